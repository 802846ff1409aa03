"""Best uniform approximation of a function on an interval by polynomials."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial import Chebyshev, Polynomial
from numpy.polynomial import chebyshev as basis

_POINTS_PER_DEGREE = 40
_FEWEST_POINTS = 400


@dataclass(frozen=True, eq=False)
class IntervalPolynomial:
    """p(z) = Σ a_k t^k with t = scale·z + shift, which maps [low, high] onto [−1, 1].

    Attributes:
        low: The left end of the interval.
        high: The right end.
        coefficients: a_0, …, a_d.
    """

    low: float
    high: float
    coefficients: tuple[float, ...]

    @property
    def scale(self) -> float:
        """dt/dz."""
        return 2.0 / (self.high - self.low)

    @property
    def shift(self) -> float:
        """t at z = 0."""
        return -(self.high + self.low) / (self.high - self.low)

    def __call__(self, z: Any) -> Any:
        """p(z), by sums and products only."""
        t = z * self.scale + self.shift
        result = t * 0.0 + self.coefficients[-1]
        for coefficient in reversed(self.coefficients[:-1]):
            result = result * t + coefficient
        return result

    def lipschitz(self, low: float, high: float) -> float:
        """max |p′| on an interval: it is attained at an end or at a zero of p″."""
        slope = Polynomial(self.coefficients).deriv()
        ends = [low * self.scale + self.shift, high * self.scale + self.shift]
        roots = slope.deriv().roots() if slope.degree() > 1 else np.zeros(0)
        # a root may be computed with a small imaginary part; more candidates do no harm inside
        inner = [float(r.real) for r in roots if ends[0] < r.real < ends[1]]
        return self.scale * float(np.max(np.abs(slope(np.array([*ends, *inner])))))


def best_approximation(
    function: Callable[[np.ndarray], np.ndarray], low: float, high: float, degree: int
) -> IntervalPolynomial:
    """The polynomial of degree ≤ d with the least maximal error on m Chebyshev points of [low, high].

    It solves min e subject to |σ(z_i) − p(z_i)| ≤ e, a linear program in the coefficients of p and
    e. With m = max(400, 40d) points its error on the whole interval exceeds the least possible one
    by little: a polynomial of degree d is bounded on [−1, 1] by 1/cos(πd/2m) ≤ 1.001 times its
    maximum on the points (Ehlich, Zeller 1964). The coefficients are then rounded to short dyadic
    numbers, which adds at most a thousandth of the error.

    >>> p = best_approximation(abs, -1, 1, 2)  # z² + 1/8
    >>> np.round(p.coefficients, 4)
    array([0.125, 0.   , 1.   ])
    """
    from scipy.optimize import linprog

    m = max(_FEWEST_POINTS, _POINTS_PER_DEGREE * degree)
    # with both ends, and with the middle, where activations have their kink
    t = np.cos(np.pi * np.arange(2 * (m // 2) + 1) / (2 * (m // 2)))
    t[len(t) // 2] = 0.0
    values = np.asarray(function((low + high) / 2 + (high - low) / 2 * t), float)
    height = max(float(np.abs(values).max()), np.finfo(float).tiny)
    terms = basis.chebvander(t, degree)
    ones = np.ones((len(t), 1))
    target = values / height
    program = linprog(
        np.eye(degree + 2)[-1],
        A_ub=np.block([[terms, -ones], [-terms, -ones]]),
        b_ub=np.concatenate([target, -target]),
        bounds=[(None, None)] * (degree + 1) + [(0, None)],
    )
    weights = program.x[:-1] if program.success else basis.chebfit(t, target, degree)
    coefficients = Chebyshev(weights * height).convert(kind=Polynomial).coef
    padded = np.zeros(degree + 1)
    padded[: len(coefficients)] = coefficients
    error = float(np.max(np.abs(Polynomial(padded)(t) - values)))
    if error > 1e-12 * height:
        # short dyadic numbers keep exact computations short, and change p by error/1000 at most
        quantum = 2.0 ** np.floor(np.log2(error / (1000 * (degree + 1))))
        padded = np.round(padded / quantum) * quantum
    return IntervalPolynomial(float(low), float(high), tuple(padded.tolist()))
