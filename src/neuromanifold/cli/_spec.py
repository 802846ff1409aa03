"""Reading a specification file: a model, a dataset and how to solve."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from neuromanifold.cli._mistakes import sentences
from neuromanifold.cli._tables import SpecTable
from neuromanifold.errors import InvalidInputError

if TYPE_CHECKING:
    from neuromanifold.functions import Dataset
    from neuromanifold.models import Model


@dataclass(frozen=True)
class Spec:
    """A specification and the file it came from.

    Attributes:
        path: the file; a CSV file is found relative to it.
        tables: what the file says.
    """

    path: Path
    tables: SpecTable

    @property
    def csv(self) -> Path | None:
        """The CSV file, if the data come from one."""
        data = self.tables.data
        return self.path.parent / data.csv if data is not None and data.csv is not None else None

    def model(self) -> Model:
        """The model of ``[model]``.

        Raises:
            InvalidInputError: its sizes do not fit together.
        """
        return self.tables.model.build()

    def data(self, model: Model) -> Dataset:
        """The dataset of ``[data]``.

        Raises:
            InvalidInputError: there is no ``[data]``, or the CSV file lacks a column or a number.
        """
        from neuromanifold.functions import Dataset

        data = self.tables.data
        if data is None:
            raise InvalidInputError(
                f"'{self.path}' has no table [data]; add one with "
                'csv = "file.csv", or with random = {samples = 20, seed = 0}.'
            )
        if data.random is not None:
            return Dataset.random(
                model.input_shape,
                model.output_shape,
                samples=data.random.samples,
                seed=data.random.seed,
            )
        assert self.csv is not None
        flat = Dataset.from_csv(self.csv, inputs=data.inputs or [], targets=data.targets or [])
        return flat.reshaped(model.input_shape, model.output_shape)


def read_spec(path: Path) -> Spec:
    """Read and check a specification.

    Raises:
        InvalidInputError: the file is missing, is not TOML, or says something that has no meaning;
            one sentence for each mistake.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InvalidInputError(
            f"Cannot read the specification '{path}': {reason}; give the path of a TOML file."
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            f"Cannot read the specification '{path}': it is not UTF-8 text; "
            "give the path of a TOML file."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise InvalidInputError(
            f"'{path}' is not valid TOML: {error}; correct it there."
        ) from error
    try:
        return Spec(path, SpecTable.model_validate(document))
    except ValidationError as error:
        found = sentences(error, document)
        raise InvalidInputError("\n".join(f"{path}: {sentence}" for sentence in found)) from error
