"""Changes of units: coordinates and equations of moderate size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import fmpq

from neuromanifold.continuation._sparse import SparsePolynomial, expanded
from neuromanifold.continuation._system import System
from neuromanifold.errors import TooLargeError
from neuromanifold.rings import Evaluator, to_float

_MOST_TERMS = 20_000
_FARTHEST = 500
_MODERATE = 8
_APART = 20  # binary digits
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
        unit of x_j is e^{v_j}. There is no change where the polynomials are too large to be
        multiplied out.

        Source: the idea of A. Morgan, Solving polynomial systems using continuation, 1987, chapter 5.

        >>> Scaling.by_coefficients(System(["x^2 - 10^20", "x*y = 1"])).coordinates
        array([ 33, -33])
        """
        polynomials = _terms(system)
        if polynomials is None:
            return _unchanged(system)
        design = np.vstack(
            [
                np.hstack([np.tile(one, (len(p.exponents), 1)), p.exponents])
                for one, p in zip(np.eye(len(polynomials)), polynomials, strict=True)
            ]
        )
        logarithms = np.log2(np.abs(np.concatenate([p.coefficients for p in polynomials])))
        fit = np.linalg.lstsq(design, logarithms)[0]
        return Scaling._with_coordinates(-fit[len(polynomials) :], polynomials)

    @staticmethod
    def by_points(system: System, points: np.ndarray) -> Scaling:
        """The units in which the coordinates of given points are about 1 in the geometric mean."""
        polynomials = _terms(system)
        if polynomials is None or not len(points):
            return _unchanged(system)
        return Scaling._with_coordinates(_mean_logarithms(points), polynomials)

    @staticmethod
    def between(system: System, points: np.ndarray) -> Scaling:
        """Halfway between the units of given points and those of the coefficients, on a log scale.

        Where the two are alike the points decide.
        """
        by_points = Scaling.by_points(system, points)
        by_coefficients = Scaling.by_coefficients(system)
        apart = np.abs(by_points.coordinates - by_coefficients.coordinates)
        polynomials = _terms(system)
        if polynomials is None or np.max(apart, initial=0) < _APART:
            return by_points
        middle = (by_points.coordinates + by_coefficients.coordinates) / 2
        return Scaling._with_coordinates(middle, polynomials)

    @staticmethod
    def _with_coordinates(logarithms: np.ndarray, polynomials: list[SparsePolynomial]) -> Scaling:
        e = np.clip(np.round(logarithms), -_FARTHEST, _FARTHEST).astype(int)
        k = [
            int(
                np.round(np.max(np.log2(np.abs(p.coefficients)) + p.exponents @ e, initial=-np.inf))
            )
            for p in polynomials
        ]
        return Scaling(e, np.where(np.abs(k) > _MODERATE, k, 0))

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
    polynomials = system.map
    rng = np.random.default_rng(0)
    points = np.exp(2j * np.pi * rng.uniform(size=(_SAMPLES, system.n_variables)))
    inputs = {node: points[:, j] for j, node in enumerate(polynomials.variables)}
    inputs |= {
        node: np.full(_SAMPLES, value)
        for node, value in zip(polynomials.parameters, system.values, strict=True)
    }
    with np.errstate(over="ignore", invalid="ignore"):
        values = Evaluator(polynomials.outputs)(inputs, to_float)
        largest = np.array([np.max(np.abs(value)) for value in values])
    largest = np.where(np.isfinite(largest) & (largest > 0), largest, 1.0)
    return [power_of_two(int(k)) for k in np.round(np.log2(largest))]


def power_of_two(exponent: int) -> fmpq:
    """2^exponent."""
    return fmpq(2) ** exponent if exponent >= 0 else 1 / fmpq(2) ** -exponent


def _mean_logarithms(points: np.ndarray) -> np.ndarray:
    """log₂ of the geometric mean size of each coordinate of the points."""
    sizes = np.abs(points)
    logarithms = np.log2(np.where(sizes > 0, sizes, 1.0))
    return logarithms.sum(axis=0) / np.maximum((sizes > 0).sum(axis=0), 1)


def _terms(system: System) -> list[SparsePolynomial] | None:
    try:
        polynomials = expanded(system, _MOST_TERMS)
    except TooLargeError:
        return None
    return polynomials if all(len(p.exponents) for p in polynomials) else None


def _unchanged(system: System) -> Scaling:
    return Scaling(np.zeros(system.n_variables, int), np.zeros(system.n_equations, int))
