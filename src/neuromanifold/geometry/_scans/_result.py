"""A table of dimensions."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuromanifold._files import read_text, write_atomically
from neuromanifold.errors import InvalidInputError
from neuromanifold.geometry._dimension import Dimension
from neuromanifold.geometry._scans._theory import predicted_dimension
from neuromanifold.models import MLP, Model, Monomial, build_model, describe_model
from neuromanifold.theory import Prediction, mlp_recursive_bound

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go
    from matplotlib.figure import Figure

_FORMAT = "neuromanifold scan"
_VERSION = 1


@dataclass(frozen=True)
class ScanRow:
    """One architecture of a scan.

    Attributes:
        model: The architecture.
        dimension: What was computed.
        recursive_bound: min over the hidden layers k of dim(d₀, …, d_k) + dim(d_k, …, d_h) − d_k,
            from the computed dimensions of the blocks; None if the model is no network with a
            monomial activation and a hidden layer.
        prediction: What a theorem says, where there is one.
    """

    model: Model
    dimension: Dimension
    recursive_bound: int | None
    prediction: Prediction[int] | None

    @property
    def is_sharp(self) -> bool | None:
        """Whether the dimension is min(expected dimension, recursive bound)."""
        if self.recursive_bound is None:
            return None
        return self.dimension.value == min(self.dimension.expected, self.recursive_bound)

    @property
    def contradicts_theory(self) -> bool:
        """Whether the computed dimension exceeds the recursive bound or differs from a theorem."""
        value = self.dimension.value
        exceeds = self.recursive_bound is not None and value > self.recursive_bound
        return exceeds or (self.prediction is not None and self.prediction.value != value)

    @property
    def record(self) -> dict[str, Any]:
        """The row of the table, by column."""
        result = self.dimension
        return {
            "architecture": result.model,
            "parameters": result.n_parameters,
            "dimension": result.value,
            "expected": result.expected,
            "defect": result.defect,
            "ambient": result.ambient,
            "filling": result.is_filling,
            "fiber_dimension": result.fiber_dimension,
            "recursive_bound": self.recursive_bound,
            "sharp": self.is_sharp,
            "theory": None if self.prediction is None else self.prediction.value,
            "source": None if self.prediction is None else self.prediction.source,
            "failure_probability": result.failure_probability,
        }


@dataclass(frozen=True)
class Scan:
    """Dimensions of many architectures, beside what is known about them.

    Attributes:
        models: The architectures that were asked for.
        rows: Those whose dimension is known, in the same order.
        failures: A sentence for each architecture or block that could not be computed.
        seed: The seed of every dimension.
        computed: The dimensions of the rows and of the blocks that the recursive bound needs.
    """

    models: tuple[Model, ...]
    rows: tuple[ScanRow, ...]
    failures: Mapping[Model, str]
    seed: int
    computed: Mapping[Model, Dimension]

    @staticmethod
    def of(
        models: tuple[Model, ...],
        computed: Mapping[Model, Dimension],
        failures: Mapping[Model, str],
        seed: int,
    ) -> Scan:
        """The table of what has been computed."""
        rows = tuple(
            ScanRow(model, computed[model], _bound(model, computed), predicted_dimension(model))
            for model in models
            if model in computed
        )
        return Scan(models, rows, dict(failures), seed, dict(computed))

    @property
    def is_complete(self) -> bool:
        """Whether every architecture was tried, and every block."""
        return not self.pending

    @property
    def pending(self) -> tuple[Model, ...]:
        """The architectures and blocks that are still to be computed."""
        return tuple(
            model
            for model in with_blocks(self.models)
            if model not in self.computed and model not in self.failures
        )

    @property
    def defective(self) -> tuple[ScanRow, ...]:
        """The rows with dim M below the expected dimension."""
        return tuple(row for row in self.rows if row.dimension.defect)

    @property
    def filling(self) -> tuple[ScanRow, ...]:
        """The rows with dim M = dim V."""
        return tuple(row for row in self.rows if row.dimension.is_filling)

    @property
    def not_sharp(self) -> tuple[ScanRow, ...]:
        """The rows below both the expected dimension and the recursive bound."""
        return tuple(row for row in self.rows if row.is_sharp is False)

    @property
    def contradictions(self) -> tuple[ScanRow, ...]:
        """The rows that contradict a theorem: there should be none."""
        return tuple(row for row in self.rows if row.contradicts_theory)

    def to_dataframe(self) -> pd.DataFrame:
        """One row for each architecture; unknown values are missing.

        Raises:
            ImportError: pandas is not installed.
        """
        import pandas as pd

        return pd.DataFrame([row.record for row in self.rows], columns=list(_columns()))

    def to_csv(self) -> str:
        """The table as text with commas; unknown values are empty."""
        text = io.StringIO()
        writer = csv.DictWriter(text, _columns(), lineterminator="\n")
        writer.writeheader()
        for row in self.rows:
            writer.writerow(row.record)
        return text.getvalue()

    def plot(self) -> Figure:
        """Dimensions and defects as static heat maps."""
        from neuromanifold.report import scan_figure

        return scan_figure(self)

    def interactive(self) -> go.Figure:
        """Dimensions and defects as interactive heat maps."""
        from neuromanifold.report import scan_chart

        return scan_chart(self)

    def save(self, path: str | Path) -> None:
        """Write everything as JSON; `Scan.load` reads it, and `scan` continues it.

        Models that are Python functions cannot be written and are left out.

        Raises:
            InvalidInputError: The file cannot be written.
        """
        document = {
            "format": _FORMAT,
            "version": _VERSION,
            "seed": self.seed,
            "models": [text for model in self.models if (text := describe_model(model))],
            "failures": [
                {"architecture": text, "sentence": sentence}
                for model, sentence in self.failures.items()
                if (text := describe_model(model))
            ],
            "dimensions": [
                {"architecture": text, **asdict(result)}
                for model, result in self.computed.items()
                if (text := describe_model(model))
            ],
            "table": [row.record for row in self.rows],
        }
        write_atomically(path, json.dumps(document, indent=1, ensure_ascii=False) + "\n")

    @staticmethod
    def load(path: str | Path) -> Scan:
        """Read what `save` wrote.

        Raises:
            InvalidInputError: The file cannot be read or holds no scan.
        """
        text = read_text(path)
        try:
            document = json.loads(text)
            if document["format"] != _FORMAT or document["version"] != _VERSION:
                raise ValueError("another format or version")
            models = tuple(build_model(entry) for entry in document["models"])
            computed = {
                build_model(entry.pop("architecture")): _dimension(entry)
                for entry in document["dimensions"]
            }
            failures = {
                build_model(entry["architecture"]): str(entry["sentence"])
                for entry in document["failures"]
            }
            return Scan.of(models, computed, failures, int(document["seed"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidInputError(
                f"'{path}' holds no scan that this version can read ({error}); give a file that "
                "Scan.save or `neuromanifold scan --json` wrote"
            ) from error

    def __str__(self) -> str:
        title = f"Dimensions of {len(self.rows)} architecture{'' if len(self.rows) == 1 else 's'}"
        lines = [title, "=" * len(title)]
        if not self.is_complete:
            total = len(with_blocks(self.models))
            lines.append(f"• NOT COMPLETE: {len(self.pending)} of {total} still to be computed")
        lines.append(f"• {len(self.filling)} filling, {len(self.defective)} defective")
        bounded = [row for row in self.rows if row.recursive_bound is not None]
        if bounded:
            sharp = len(bounded) - len(self.not_sharp)
            lines.append(
                f"• min(expected, recursive bound) is the dimension of {sharp} of {len(bounded)}"
            )
        agreements = [
            row.prediction.value == row.dimension.value
            for row in self.rows
            if row.prediction is not None
        ]
        if agreements:
            lines.append(f"• theory beside {len(agreements)}: {sum(agreements)} agree")
        if self.contradictions:
            names = ", ".join(row.dimension.model for row in self.contradictions[:3])
            lines.append(f"!!! WARNING: {len(self.contradictions)} contradict theorems: {names}")
        lines += [f"• not computed: {sentence}" for sentence in self.failures.values()]
        lines.append(f"• exact dimensions, seed {self.seed}")
        return "\n".join(lines)


def with_blocks(models: Sequence[Model]) -> list[Model]:
    """The models, and then the blocks that their recursive bounds need, each once."""
    return list(dict.fromkeys([*models, *(block for m in models for block in cut_blocks(m))]))


def cut_blocks(model: Model) -> list[Model]:
    """The parts of a network with a monomial activation that the recursive bound needs."""
    if not _is_cut(model):
        return []
    assert isinstance(model, MLP)
    d = model.widths
    cuts = range(1, len(d) - 1)
    parts = [part for k in cuts for part in (d[: k + 1], d[k:]) if len(part) > 2]
    return [MLP(part, model.activation) for part in parts]


def _bound(model: Model, computed: Mapping[Model, Dimension]) -> int | None:
    if not _is_cut(model) or any(block not in computed for block in cut_blocks(model)):
        return None
    assert isinstance(model, MLP)

    def block_dimension(widths: tuple[int, ...]) -> int:
        if len(widths) == 2:
            return widths[0] * widths[1]
        return computed[MLP(widths, model.activation)].value

    return mlp_recursive_bound(model.widths, block_dimension).value


def _is_cut(model: Model) -> bool:
    match model:
        case MLP(activation=Monomial(exponent=r), bias=False):
            return r > 1 and len(model.widths) > 2
    return False


def _columns() -> tuple[str, ...]:
    return (
        "architecture",
        "parameters",
        "dimension",
        "expected",
        "defect",
        "ambient",
        "filling",
        "fiber_dimension",
        "recursive_bound",
        "sharp",
        "theory",
        "source",
        "failure_probability",
    )


def _dimension(entry: dict[str, Any]) -> Dimension:
    fields: dict[str, Any] = entry | {"primes": tuple(entry["primes"])}
    return Dimension(**fields)
