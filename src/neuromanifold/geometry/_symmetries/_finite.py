"""Finite symmetries of a parametrization: permutations of hidden units, signs and roots of unity."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np

from neuromanifold.geometry._symmetries._continuous import LinearSymmetries, ParameterLayout
from neuromanifold.models import Model
from neuromanifold.rings import ObjectRing, PrimeField, kernel, random_prime, reduced_row_echelon

_MOST_TESTS = 4000
_ORDERS = (2, 3, 5)


@dataclass(frozen=True, eq=False)
class IndexPermutations:
    """The permutations of one index that several axes of arrays share, such as hidden neurons.

    Attributes:
        axes: (array, axis) for each place where the index occurs.
        n_values: How many values it takes.
        layout: The arrays.
        n_parameters: P.
    """

    axes: tuple[tuple[int, int], ...]
    n_values: int
    layout: ParameterLayout
    n_parameters: int

    def __str__(self) -> str:
        places = []
        for array, axis in self.axes:
            index = [":"] * self.layout.positions[array].ndim
            index[axis] = "j"
            places.append(f"{self.layout.names[array]}[{','.join(index)}]")
        return f"permutations of the {self.n_values} values of j in {', '.join(places)}"

    def moved(self, order: Sequence[int]) -> np.ndarray:
        """The permutation π of positions with (gθ)_i = θ_π(i), where value j takes that of order[j]."""
        positions = np.arange(self.n_parameters)
        for array, where in enumerate(self.layout.positions):
            taken = where
            for a, axis in self.axes:
                if a == array:
                    taken = np.take(taken, order, axis)
            positions[where] = taken
        return positions

    @property
    def generators(self) -> list[np.ndarray]:
        """Transpositions of neighbours."""
        result = []
        for j in range(self.n_values - 1):
            order = list(range(self.n_values))
            order[j : j + 2] = [j + 1, j]
            result.append(self.moved(order))
        return result


def index_permutations(
    model: Model, continuous: LinearSymmetries, generator: np.random.Generator
) -> tuple[IndexPermutations, ...]:
    """Indices of arrays whose simultaneous permutation leaves f_θ as it is, for all θ.

    A set of axes of equal length is tested by exchanging two values, and then by a cycle, at random
    θ and x modulo a random prime; small sets come first. Permutations that lie in the connected
    group of `continuous` are left out.
    """
    layout = continuous.layout
    field = PrimeField(random_prime(generator))
    test = _Invariance(model, field, generator)
    lengths: dict[int, list[tuple[int, int]]] = {}
    for array, positions in enumerate(layout.positions):
        for axis, n in enumerate(positions.shape):
            if n > 1:
                lengths.setdefault(n, []).append((array, axis))
    found = []
    for n, every_place in sorted(lengths.items()):
        places, n_tests = every_place, 0
        for size in range(1, len(places) + 1):
            n_tests += comb(len(places), size)
            if n_tests > _MOST_TESTS:
                break
            for axes in itertools.combinations(places, size):
                if not set(axes) <= set(places):
                    continue
                index = IndexPermutations(axes, n, layout, model.n_parameters)
                swap = index.generators[0]
                cycle = index.moved([*range(1, n), 0])
                if test.holds(swap) and test.holds(cycle):
                    places = [place for place in places if place not in axes]
                    if not continuous.contains_swap(swap):
                        found.append(index)
    return tuple(found)


class _Invariance:
    """Whether permuted parameters have the same function, at random points modulo a prime."""

    def __init__(self, model: Model, field: PrimeField, generator: np.random.Generator) -> None:
        self._program, self._field = model.program, field
        self._theta = field.random(generator, (model.n_parameters,))
        self._x = field.random(generator, model.input_shape)
        self._value = self._run(self._theta)

    def holds(self, permutation: np.ndarray) -> bool:
        return np.array_equal(self._run(self._theta[permutation]), self._value)

    def _run(self, theta: np.ndarray) -> np.ndarray:
        return np.asarray(self._program.run(self._field, theta, self._x))


@dataclass(frozen=True, eq=False)
class RootsOfUnity:
    """The maps θ_i ↦ ζ^{e_i}·θ_i with ζ = exp(2πi/order).

    Attributes:
        order: 2 for signs.
        exponents: e for each of a set of generators: (number of generators, P).
    """

    order: int
    exponents: np.ndarray

    @property
    def generators(self) -> np.ndarray:
        """The diagonals."""
        values = np.exp(2j * np.pi * np.arange(self.order) / self.order)
        return values[self.exponents]


def roots_of_unity(model: Model, continuous: LinearSymmetries) -> tuple[RootsOfUnity, ...]:
    """Rescalings by roots of unity of order 2, 3 and 5 that are no part of continuous rescalings.

    diag(ζ^e) preserves f_θ if Σ e_i·α_i ≡ 0 for all exponents α that occur in it. A lattice that
    contains them follows from the program: sums unite the exponents, products add them. Cancellation
    is not seen, so what is found is a symmetry, and a few might be missed.
    """
    result = []
    for order in _ORDERS:
        exponents = _exponent_span(model, order)
        allowed = kernel(exponents, order)
        torus = _torus_torsion(continuous.rescalings, order)
        extra, known = [], torus
        for row in allowed:
            echelon, _ = reduced_row_echelon(np.vstack([known, row]), order)
            if len(echelon) > len(known):
                extra.append(row)
                known = echelon
        if extra:
            result.append(RootsOfUnity(order, np.array(extra)))
    return tuple(result)


def _torus_torsion(rescalings: np.ndarray, order: int) -> np.ndarray:
    """Exponents modulo `order` of the elements of the torus whose order divides it."""
    rows = [list(map(int, row)) for row in rescalings]
    # dividing combinations that vanish modulo a prime by it saturates the lattice there
    while rows:
        dependent = kernel(np.array(rows).T % order, order)
        if not len(dependent):
            break
        combination = [int(c) for c in dependent[0]]
        total = [
            sum(c * row[i] for c, row in zip(combination, rows, strict=True))
            for i in range(len(rows[0]))
        ]
        rows[next(k for k, c in enumerate(combination) if c)] = [t // order for t in total]
    matrix = np.array(rows, np.int64).reshape(len(rows), rescalings.shape[1]) % order
    return reduced_row_echelon(matrix, order)[0] if rows else matrix


def _exponent_span(model: Model, order: int) -> np.ndarray:
    """Generators, modulo a prime, of a lattice with all exponents of θ that occur in f_θ."""
    P = model.n_parameters
    spans = _Spans(P, order)
    zeros = (0,) * P
    ring = ObjectRing(lambda value: _Graded(spans, zeros if value else None, 0))
    theta = np.empty(P, object)
    for i in range(P):
        theta[i] = _Graded(spans, tuple(int(i == j) for j in range(P)), 0)
    x = np.empty(model.n_inputs, object)
    x[:] = [_Graded(spans, zeros, 0)] * model.n_inputs
    outputs = np.ravel(model.program.run(ring, theta, x.reshape(model.input_shape)))
    rows = [np.zeros((1, P), np.int64)]
    for value in outputs:
        if value.base is not None:
            rows += [np.array([value.base]), spans.rows[value.span]]
    return np.concatenate(rows) % order


class _Spans:
    """Subspaces of F_ℓ^P, numbered; joins are remembered."""

    def __init__(self, P: int, order: int) -> None:
        self.order = order
        self.rows = [np.zeros((0, P), np.int64)]
        self._numbers = {self.rows[0].tobytes(): 0}
        self._joins: dict[tuple[int, int, tuple[int, ...]], int] = {}

    def join(self, a: int, b: int, vector: tuple[int, ...] = ()) -> int:
        if a == b and not any(vector):
            return a
        key = (min(a, b), max(a, b), vector)
        number = self._joins.get(key)
        if number is None:
            parts = [self.rows[a], self.rows[b]]
            if any(vector):
                parts.append(np.array([vector]))
            stacked = np.concatenate(parts)
            echelon = reduced_row_echelon(stacked, self.order)[0] if len(stacked) else stacked
            number = self._numbers.setdefault(echelon.tobytes(), len(self.rows))
            if number == len(self.rows):
                self.rows.append(echelon)
            self._joins[key] = number
        return number


class _Graded:
    """A polynomial whose exponents lie in base + span modulo ℓ; base None for zero."""

    __slots__ = ("base", "span", "spans")

    def __init__(self, spans: _Spans, base: tuple[int, ...] | None, span: int) -> None:
        self.spans, self.base, self.span = spans, base, span

    def __add__(self, other: _Graded) -> _Graded:
        if self.base is None or other.base is None:
            return other if self.base is None else self
        order = self.spans.order
        gap = tuple((a - b) % order for a, b in zip(self.base, other.base, strict=True))
        return _Graded(self.spans, self.base, self.spans.join(self.span, other.span, gap))

    __sub__ = __add__

    def __neg__(self) -> _Graded:
        return self

    def __mul__(self, other: _Graded) -> _Graded:
        return self._product(other, 1)

    def __truediv__(self, other: _Graded) -> _Graded:
        return self._product(other, -1)

    def __pow__(self, exponent: int) -> _Graded:
        if self.base is None:
            return self
        order = self.spans.order
        return _Graded(self.spans, tuple(exponent * a % order for a in self.base), self.span)

    def _product(self, other: _Graded, sign: int) -> _Graded:
        if self.base is None or other.base is None:
            return _Graded(self.spans, None, 0)
        order = self.spans.order
        base = tuple((a + sign * b) % order for a, b in zip(self.base, other.base, strict=True))
        return _Graded(self.spans, base, self.spans.join(self.span, other.span))
