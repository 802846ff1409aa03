"""Changes of units: coordinates and equations of moderate size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import fmpq

from neuromanifold.continuation._systems._sparse import expanded_in_doubles
from neuromanifold.continuation._systems._system import System
from neuromanifold.errors import TooLargeError
from neuromanifold.rings import Evaluator

_MOST_TERMS = 20_000
_FARTHEST = 500
_MODERATE = 8  # binary digits
_SLIGHT = 3  # binary digits in which units may differ from 1 without need for a change
_ROUNDING = 1e-30  # a coordinate that is so much smaller than in other solutions is 0
_APART = 20
_SAMPLES = 4


@dataclass(frozen=True, eq=False)
class Scaling:
    """x_j = 2^{e_j}·y_j, and F_i divided by 2^{k_i}.

    Attributes:
        coordinates: (n,), the integers e_j.
        equations: (m,), the integers k_i.
    """

    coordinates: np.ndarray
    equations: np.ndarray

    @staticmethod
    def by_coefficients(system: System) -> Scaling:
        """The units in which the terms of each equation are as equal as possible.

        With r_i and v the least squares fit of log|c_ia| ≈ r_i − ⟨a, v⟩ over all terms c_ia·x^a, the
        unit of x_j is e^{v_j}. There is no change where all units are between 1/8 and 8, or the
        polynomials are too large to be multiplied out.

        Source: the idea of A. Morgan, Solving polynomial systems using continuation, 1987, chapter 5.

        >>> Scaling.by_coefficients(System(["x^2 - 10^20", "x*y = 1"])).coordinates
        array([ 33, -33])
        """
        terms = _Terms.of(system)
        if terms is None:
            return _unchanged(system)
        units = terms.balanced_units()
        return _fitting(np.where(np.max(np.abs(units)) < _SLIGHT, 0.0, units), terms)

    @staticmethod
    def by_points(system: System, points: np.ndarray) -> Scaling:
        """The units in which the coordinates of given points are about 1 in the geometric mean."""
        terms = _Terms.of(system)
        if terms is None or not len(points):
            return _unchanged(system)
        return _fitting(_mean_logarithms(points), terms)

    @staticmethod
    def between(system: System, points: np.ndarray) -> Scaling:
        """Halfway between the units of given points and those of the coefficients, on a log scale.

        Where the two are alike the points decide.
        """
        terms = _Terms.of(system)
        if terms is None or not len(points):
            return _unchanged(system)
        by_points, by_coefficients = _mean_logarithms(points), terms.balanced_units()
        apart = np.abs(np.round(by_points) - np.round(by_coefficients))
        if np.max(apart, initial=0) < _APART:
            return _fitting(by_points, terms)
        return _fitting((np.round(by_points) + np.round(by_coefficients)) / 2, terms)

    @property
    def sizes(self) -> np.ndarray:
        """2^{e_j}."""
        return 2.0**self.coordinates

    def applied(self, system: System) -> System:
        """The system in the coordinates y, with the same parameters."""
        if not self.coordinates.any() and not self.equations.any():
            return system
        polynomials = system.map
        inputs = {
            x: x * power_of_two(int(e))
            for x, e in zip(polynomials.variables, self.coordinates, strict=True)
        }
        inputs |= {p: p for p in polynomials.parameters}
        circuit = polynomials.variables[0].circuit
        outputs = Evaluator(polynomials.outputs)(inputs, circuit.constant)
        scaled = [f * power_of_two(-int(k)) for f, k in zip(outputs, self.equations, strict=True)]
        return system.with_polynomials(scaled, system.degrees)


def equation_sizes(system: System) -> list[fmpq]:
    """max |F_i(x)| over a few random x with |x_j| = 1, to the nearest power of 2."""
    rng = np.random.default_rng(0)
    points = np.exp(2j * np.pi * rng.uniform(size=(_SAMPLES, system.n_variables)))
    values, _ = system.map.linearize(points, system.values)
    largest = np.max(np.abs(values), axis=0)
    largest = np.where(np.isfinite(largest) & (largest > 0), largest, 1.0)
    return [power_of_two(int(k)) for k in np.round(np.log2(largest))]


def power_of_two(exponent: int) -> fmpq:
    """2^exponent."""
    return fmpq(2) ** exponent if exponent >= 0 else 1 / fmpq(2) ** -exponent


def _mean_logarithms(points: np.ndarray) -> np.ndarray:
    """log₂ of the geometric mean size of each coordinate of the points; rounding errors count as 0."""
    sizes = np.abs(points)
    counts = sizes > _ROUNDING * sizes.max(axis=0, initial=0.0)
    logarithms = np.log2(np.where(counts, sizes, 1.0))
    return logarithms.sum(axis=0) / np.maximum(counts.sum(axis=0), 1)


@dataclass(frozen=True, eq=False)
class _Terms:
    """All terms of some polynomials: log₂|c| and a for each c·x^a, polynomial after polynomial.

    Attributes:
        sizes: (m,), how many terms each polynomial has.
        exponents: (M, n).
        logarithms: (M,).
    """

    sizes: np.ndarray
    exponents: np.ndarray
    logarithms: np.ndarray

    @staticmethod
    def of(system: System) -> _Terms | None:
        """None where the polynomials are too large to be multiplied out, or one of them is 0."""
        try:
            polynomials = expanded_in_doubles(system, _MOST_TERMS)
        except TooLargeError:
            return None
        sizes = np.array([len(p.coefficients) for p in polynomials])
        coefficients = np.concatenate([p.coefficients for p in polynomials])
        exponents = np.vstack([p.exponents for p in polynomials]).astype(float)
        return _Terms(sizes, exponents, np.log2(np.abs(coefficients))) if sizes.all() else None

    @property
    def first(self) -> np.ndarray:
        """(m,), the position of the first term of each polynomial."""
        return np.cumsum(self.sizes) - self.sizes

    def balanced_units(self) -> np.ndarray:
        """The least squares fit of log₂|c| ≈ r_i + ⟨a, u⟩: (n,)."""

        def centred(rows: np.ndarray) -> np.ndarray:
            means = (np.add.reduceat(rows, self.first).T / self.sizes).T
            return rows - np.repeat(means, self.sizes, axis=0)

        return -np.linalg.lstsq(centred(self.exponents), centred(self.logarithms))[0]


def _fitting(logarithms: np.ndarray, terms: _Terms) -> Scaling:
    """The units nearest to 2^logarithms, and what the equations are divided by then."""
    e = np.clip(np.round(logarithms), -_FARTHEST, _FARTHEST).astype(int)
    k = np.round(np.maximum.reduceat(terms.logarithms + terms.exponents @ e, terms.first))
    return Scaling(e, np.where(np.abs(k) > _MODERATE, k, 0).astype(int))


def _unchanged(system: System) -> Scaling:
    return Scaling(np.zeros(system.n_variables, int), np.zeros(system.n_equations, int))
