"""Paths that run to infinity, recognized by the initial forms of the homotopy."""

from __future__ import annotations

import numpy as np

from neuromanifold.continuation._sparse import SparsePolynomial

_BLOCK = 2**12
_LARGEST_DENOMINATOR = 8
_NEAR_INTEGER = 0.05
_REST = 0.3
_ITERATIONS = 6
_FARTHEST = 0.3
_NEXT_TERM = 100.0
_EXACT = 1e-13
_DAMPING = 1e-12


class InitialForms:
    """Tells whether x(t) = z·t^w·(1 + o(1)) with a coordinate of w below 0, z in (C∖0)ⁿ.

    H(x, t) is a polynomial in x and t. At a point of the path the exponents w = dlog x/dlog t are read
    off and rounded to rational numbers with a small common denominator. Of each equation the terms
    c·x^a·t^k with the least ⟨a, w⟩ + k must dominate; they form its initial form, which z must solve.
    It is solved by the Gauss–Newton method from the point of the path, and only a solution to rounding
    error counts: a large finite solution, where terms of different order balance or nearly solve their
    initial form, is not taken for infinity.

    Source: B. Huber, J. Verschelde, Polyhedral end games for polynomial continuation, 1998.

    Args:
        homotopy: H, as many polynomials as variables x; t is the last variable.
    """

    def __init__(self, homotopy: list[SparsePolynomial]) -> None:
        self._n = len(homotopy)
        self._exponents = np.vstack([p.exponents for p in homotopy]).astype(float)
        self._c = np.concatenate([p.coefficients for p in homotopy])
        ends = np.cumsum([len(p.exponents) for p in homotopy])
        self._first = np.concatenate([[0], ends[:-1]])
        self._parts = [slice(a, b) for a, b in zip(self._first, ends, strict=True)]

    def lead_to_infinity(self, points: np.ndarray, t: np.ndarray) -> np.ndarray:
        """Which of the points (B, n) at t (B,) are on the way to infinity, beyond doubt: (B,)."""
        result = np.zeros(len(points), bool)
        usable = np.flatnonzero(
            (points != 0).all(axis=1) & np.isfinite(points).all(axis=1) & (t > 0)
        )
        for k in range(0, len(usable), _BLOCK):
            rows = usable[k : k + _BLOCK]
            with np.errstate(all="ignore"):
                result[rows] = self._judge(points[rows], t[rows])
        return result

    def _judge(self, points: np.ndarray, t: np.ndarray) -> np.ndarray:
        logarithms = np.log(np.column_stack([points, t]).astype(np.complex128))
        terms = self._terms(logarithms)
        J = self._jacobians(terms)
        slopes = -np.add.reduceat(terms * self._exponents[:, -1], self._first, axis=1)
        J[~np.isfinite(J).all(axis=(1, 2))] = 0
        size = np.sum(np.abs(J), axis=2).max(axis=1)
        J += (1e-14 * size)[:, None, None] * np.eye(self._n)
        J[size == 0] = np.eye(self._n)
        w = np.linalg.solve(J, slopes[:, :, None])[:, :, 0].real
        w, denominators = _rounded(w)
        order = w @ self._exponents[:, :-1].T + self._exponents[:, -1]
        least = np.minimum.reduceat(order, self._first, axis=1)
        counts = np.diff([*self._first, len(self._c)])
        leads = order <= np.repeat(least, counts, axis=1) + 1e-6
        sizes = np.abs(terms)
        leading = np.add.reduceat(sizes * leads, self._first, axis=1)
        rest = np.add.reduceat(sizes * ~leads, self._first, axis=1)
        n_leading = np.add.reduceat(leads.astype(int), self._first, axis=1)
        good = (denominators > 0) & (w.min(axis=1) < 0)
        good &= ((n_leading >= 2) & (rest <= _REST * leading)).all(axis=1)
        rows = np.flatnonzero(good)
        # The expansion goes on with t^{w + 1/m}.
        reach = np.minimum(
            _FARTHEST, _NEXT_TERM * t[rows] ** (1 / np.maximum(denominators[rows], 2))
        )
        good[rows] = self._solve(logarithms[rows], leads[rows], reach)
        return good

    def _solve(self, logarithms: np.ndarray, leads: np.ndarray, reach: np.ndarray) -> np.ndarray:
        """Whether the initial forms have a common zero within reach of the point, in log x."""
        solved = np.zeros(len(logarithms), bool)
        active = np.arange(len(logarithms))
        begin = logarithms
        logarithms = logarithms.copy()
        for _ in range(_ITERATIONS):
            terms = self._terms(logarithms[active]) * leads[active]
            F = np.add.reduceat(terms, self._first, axis=1)
            good = (np.abs(F) <= _EXACT * np.add.reduceat(np.abs(terms), self._first, axis=1)).all(
                1
            )
            moved = np.abs(logarithms[active] - begin[active]).max(axis=1)
            solved[active[good]] = (moved <= reach[active])[good]
            keep = ~good & (moved <= reach[active])
            if not keep.any():
                break
            active, F, J = active[keep], F[keep], self._jacobians(terms[keep])
            adjoint = J.conj().swapaxes(1, 2)
            normal = adjoint @ J + _DAMPING * np.eye(self._n)
            step = np.linalg.solve(normal, -(adjoint @ F[:, :, None]))[:, :, 0]
            logarithms[active, :-1] += step
        return solved

    def _terms(self, logarithms: np.ndarray) -> np.ndarray:
        """c·x^a·t^k, relative to the largest of its equation: (B, number of terms)."""
        exponents = logarithms @ self._exponents.T + np.log(self._c)
        largest = np.maximum.reduceat(np.real(exponents), self._first, axis=1)
        counts = np.diff([*self._first, len(self._c)])
        return np.exp(exponents - np.repeat(largest, counts, axis=1))

    def _jacobians(self, terms: np.ndarray) -> np.ndarray:
        """∂F_i/∂log x_j, (B, n, n)."""
        return np.stack([terms[:, p] @ self._exponents[p, :-1] for p in self._parts], axis=1)


def _rounded(w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rational numbers near w (B, n) with the least common denominator, 0 where there are none."""
    result, denominators = np.zeros_like(w), np.zeros(len(w), int)
    for m in range(1, _LARGEST_DENOMINATOR + 1):
        near = np.rint(w * m)
        fits = (denominators == 0) & (np.abs(w * m - near) <= _NEAR_INTEGER).all(axis=1)
        result[fits] = near[fits] / m
        denominators[fits] = m
    return result, denominators
