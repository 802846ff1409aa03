"""Finite datasets: the samples (a, b) on which a loss Σ‖f(a) − b‖² is measured."""

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Self, cast, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neuromanifold.errors import InvalidInputError

_COLUMNS_SHOWN = 12


@final
@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """S samples (aₛ, bₛ), s = 1, …, S, of inputs and targets.

    The squared loss of a function f on the dataset is L(f) = Σₛ ‖f(aₛ) − bₛ‖².

    Attributes:
        X: the inputs, float64 of shape (S, …): the first axis counts samples.
        Y: the targets, float64 of shape (S, …).
        inputs: names of the input columns, one per number of a sample in row-major order; empty if
            the columns have no names.
        targets: names of the target columns.

    Raises:
        InvalidInputError: if an array is not real and finite, has no sample, or the numbers of
            samples or of names disagree.

    Examples:
        >>> data = Dataset([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [[0.0], [1.0], [0.0]])
        >>> data.n_samples, data.input_shape, data.output_shape
        (3, (2,), (1,))
        >>> print(data)
        Dataset with 3 samples
        ======================
        • inputs: 2 numbers per sample, shape (2,)
        • targets: 1 number per sample, shape (1,)
    """

    X: NDArray[np.float64]
    Y: NDArray[np.float64]
    inputs: tuple[str, ...]
    targets: tuple[str, ...]

    def __init__(
        self,
        X: ArrayLike,
        Y: ArrayLike,
        *,
        inputs: Sequence[str] = (),
        targets: Sequence[str] = (),
    ) -> None:
        object.__setattr__(self, "X", _samples("X", X))
        object.__setattr__(self, "Y", _samples("Y", Y))
        object.__setattr__(self, "inputs", tuple(inputs))
        object.__setattr__(self, "targets", tuple(targets))
        if len(self.X) != len(self.Y):
            raise InvalidInputError(
                f"X has {_count(len(self.X), 'sample')} but Y has {len(self.Y)}; "
                "give one target for each input, samples along the first axis."
            )
        for field, names, shape in (
            ("inputs", self.inputs, self.input_shape),
            ("targets", self.targets, self.output_shape),
        ):
            if names and len(names) != math.prod(shape):
                raise InvalidInputError(
                    f"{field} names {_count(len(names), 'column')} but a sample has "
                    f"{_count(math.prod(shape), 'number')}; give one name for each number."
                )

    @classmethod
    def from_csv(
        cls, path: str | PathLike[str], inputs: Sequence[str], targets: Sequence[str]
    ) -> Self:
        r"""Read named columns of a comma-separated file whose first line names the columns.

        Blank lines are skipped; columns that are not asked for may hold anything.

        Args:
            path: the file, in UTF-8.
            inputs: names of the input columns, in order.
            targets: names of the target columns, in order; a column may be input and target.

        Returns:
            a dataset with X of shape (S, len(inputs)) and Y of shape (S, len(targets)).

        Raises:
            InvalidInputError: if the file cannot be read, a column is missing or repeated, a cell
                is not a finite number, or there are no rows.

        Examples:
            >>> import pathlib, tempfile
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     file = pathlib.Path(folder, "points.csv")
            ...     _ = file.write_text("x,note,y\n1,first,2\n3,second,4\n")
            ...     data = Dataset.from_csv(file, inputs=["x"], targets=["y"])
            >>> data.X.tolist(), data.Y.tolist()
            ([[1.0], [3.0]], [[2.0], [4.0]])
        """
        inputs, targets = _names("inputs", inputs), _names("targets", targets)
        rows = _rows(Path(path))
        header = next(rows, (1, []))[1]
        if not header:
            raise InvalidInputError(
                f"{path} is empty; its first line must name the columns, for example "
                f"{','.join((*inputs, *targets))}."
            )
        where = {name: _position(path, header, name) for name in (*inputs, *targets)}
        X: list[list[float]] = []
        Y: list[list[float]] = []
        for line, row in rows:
            if len(row) != len(header):
                raise InvalidInputError(
                    f"{path}, line {line} has {_count(len(row), 'cell')} but the header names "
                    f"{_count(len(header), 'column')}; add or remove cells."
                )
            X.append([_number(path, line, name, row[where[name]]) for name in inputs])
            Y.append([_number(path, line, name, row[where[name]]) for name in targets])
        if not X:
            raise InvalidInputError(f"{path} has a header but no rows; add at least one sample.")
        return cls(np.array(X), np.array(Y), inputs=inputs, targets=targets)

    @classmethod
    def random(
        cls,
        input_shape: int | Sequence[int],
        output_shape: int | Sequence[int],
        samples: int,
        seed: int,
    ) -> Self:
        """Draw inputs and targets with independent standard normal entries.

        Args:
            input_shape: shape of one input.
            output_shape: shape of one target.
            samples: number S ≥ 1 of samples.
            seed: non-negative integer; the same seed gives the same dataset.

        Returns:
            the dataset, with X of shape (S, *input_shape) and Y of shape (S, *output_shape).

        Raises:
            InvalidInputError: if a size is below 1 or the seed is negative.

        Examples:
            >>> data = Dataset.random((2, 2), (2,), samples=6, seed=1)
            >>> data == Dataset.random((2, 2), (2,), samples=6, seed=1)
            True
        """
        _integer("samples", samples, least=1)
        _integer("seed", seed, least=0)
        generator = np.random.default_rng(seed)
        X = generator.standard_normal((samples, *_shape("input_shape", input_shape)))
        Y = generator.standard_normal((samples, *_shape("output_shape", output_shape)))
        return cls(X, Y)

    @property
    def n_samples(self) -> int:
        """The number S of samples."""
        return len(self.X)

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one input."""
        return self.X.shape[1:]

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Shape of one target."""
        return self.Y.shape[1:]

    def reshaped(
        self, input_shape: int | Sequence[int], output_shape: int | Sequence[int]
    ) -> "Dataset":
        """Give the same numbers in the shapes a model takes, in row-major order.

        Args:
            input_shape: shape of the model's input, with as many entries as an input has here.
            output_shape: shape of the model's output.

        Returns:
            a dataset with X of shape (S, *input_shape) and Y of shape (S, *output_shape).

        Raises:
            InvalidInputError: if the numbers of entries disagree.

        Examples:
            >>> flat = Dataset([[1.0, 2.0, 3.0, 4.0]], [[5.0]])
            >>> flat.reshaped((2, 2), (1,)).X.tolist()
            [[[1.0, 2.0], [3.0, 4.0]]]
        """
        new_input, new_output = (
            _shape("input_shape", input_shape),
            _shape("output_shape", output_shape),
        )
        for verb, kind, new, old in (
            ("takes", "input", new_input, self.input_shape),
            ("gives", "target", new_output, self.output_shape),
        ):
            if math.prod(new) != math.prod(old):
                raise InvalidInputError(
                    f"the model {verb} {_count(math.prod(new), 'number')} per sample (shape {new}) "
                    f"but the dataset has {_count(math.prod(old), kind + ' column')}; "
                    f"give {_count(math.prod(new), kind + ' column')} or change the model."
                )
        return Dataset(
            self.X.reshape(self.n_samples, *new_input),
            self.Y.reshape(self.n_samples, *new_output),
            inputs=self.inputs,
            targets=self.targets,
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Dataset):
            return NotImplemented
        return (
            (self.inputs, self.targets) == (other.inputs, other.targets)
            and np.array_equal(self.X, other.X)
            and np.array_equal(self.Y, other.Y)
        )

    def __hash__(self) -> int:
        # Adding 0.0 turns −0.0 into 0.0, which compares equal to it.
        return hash(((self.X + 0.0).tobytes(), (self.Y + 0.0).tobytes(), self.X.shape))

    def __repr__(self) -> str:
        title = f"Dataset with {_count(self.n_samples, 'sample')}"
        lines = [title, "=" * len(title)]
        for field, names, shape in (
            ("inputs", self.inputs, self.input_shape),
            ("targets", self.targets, self.output_shape),
        ):
            columns = f": {_listed(names)}" if names else ""
            numbers = _count(math.prod(shape), "number")
            lines.append(f"• {field}: {numbers} per sample, shape {shape}{columns}")
        return "\n".join(lines)


def _samples(field: str, values: ArrayLike) -> NDArray[np.float64]:
    try:
        given = np.asarray(values)
    except ValueError as error:
        raise InvalidInputError(
            f"{field} is not a rectangular array; give every sample the same shape."
        ) from error
    if given.dtype.kind not in "iuf":
        raise InvalidInputError(
            f"{field} has entries of type {given.dtype}; give real numbers, "
            "for example as a float64 array."
        )
    if given.ndim == 0 or given.size == 0:
        raise InvalidInputError(
            f"{field} has shape {given.shape}, which holds no sample; "
            "give at least one sample along the first axis."
        )
    array = np.array(given, dtype=np.float64, order="C")
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        index = tuple(int(i) for i in bad[0])
        raise InvalidInputError(
            f"{field}{list(index)} is {array[index]}, which is not finite; "
            "remove the sample or give a number."
        )
    array.flags.writeable = False
    return array


def _shape(field: str, shape: int | Sequence[int]) -> tuple[int, ...]:
    sizes = (shape,) if isinstance(shape, int | np.integer) else tuple(shape)
    return tuple(_integer(field, size, least=1) for size in sizes)


def _integer(field: str, value: object, *, least: int) -> int:
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
        raise InvalidInputError(f"{field} is {value!r}; give an integer of at least {least}.")
    if value < least:
        raise InvalidInputError(f"{field} is {value}; give an integer of at least {least}.")
    return int(value)


def _names(field: str, names: Sequence[str]) -> tuple[str, ...]:
    if isinstance(names, str):
        raise InvalidInputError(f"{field} is the text {names!r}; give a list, [{names!r}].")
    listed = tuple(names)
    if not listed:
        raise InvalidInputError(f"{field} is empty; name at least one column.")
    for name in listed:
        if not isinstance(cast(object, name), str):
            raise InvalidInputError(f"{field} contains {name!r}; give names of columns.")
        if listed.count(name) > 1:
            raise InvalidInputError(f"{field} repeats the column {name!r}; name it once.")
    return listed


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the stripped cells of every line that is not blank."""
    if path.is_dir():
        raise InvalidInputError(f"{path} is a directory; give the path of a CSV file.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            for row in reader:
                cells = [cell.strip() for cell in row]
                if cells not in ([], [""]):
                    yield reader.line_num, cells
    except FileNotFoundError as error:
        raise InvalidInputError(f"{path} does not exist; check the path of the data.") from error
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read ({error.strerror}).") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInputError(
            f"{path} is not a CSV file in UTF-8 ({error}); export the table as text."
        ) from error


def _position(path: str | PathLike[str], header: list[str], name: str) -> int:
    found = header.count(name)
    if found == 0:
        raise InvalidInputError(
            f"{path} has no column {name!r}; its columns are {_listed(header)}."
        )
    if found > 1:
        raise InvalidInputError(
            f"{path} names the column {name!r} {found} times in its header; rename the others."
        )
    return header.index(name)


def _number(path: str | PathLike[str], line: int, column: str, cell: str) -> float:
    place = f"{path}, line {line}, column {column!r}"
    if not cell:
        raise InvalidInputError(f"{place} is empty; give a number or remove the line.")
    try:
        # float() would read 1_000 as a thousand; in a table it is a typing error.
        value = float("text" if "_" in cell else cell)
    except ValueError as error:
        raise InvalidInputError(
            f"{place} is {cell!r}, which is not a number; give a number or remove the line."
        ) from error
    if not math.isfinite(value):
        raise InvalidInputError(
            f"{place} is {cell!r}, which is not finite; give a number or remove the line."
        )
    return value


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_COLUMNS_SHOWN])
    hidden = len(names) - _COLUMNS_SHOWN
    return shown if hidden <= 0 else f"{shown}, … and {hidden} more"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
