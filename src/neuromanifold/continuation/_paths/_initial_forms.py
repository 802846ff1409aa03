"""The exponents of paths that run to infinity or to zero coordinates, by initial forms of the homotopy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from neuromanifold import _core
from neuromanifold.continuation._systems._sparse import SparsePolynomial, expanded_segment
from neuromanifold.errors import TooLargeError
from neuromanifold.rings import PolynomialMap

_MOST_TERMS = 2_000


class InitialForms:
    """Finds w with x(t) = z·t^w·(1 + o(1)), z in (C∖0)ⁿ, from one point of the path.

    H(x, t) is a polynomial in x and t. At a point of the path the exponents w = dlog x/dlog t are read
    off and rounded to rational numbers with a small common denominator; or else w is the solution near
    them of ⟨a − b, w⟩ + k − l = 0 for all pairs of terms c·x^a·t^k, d·x^b·t^l that dominate an equation
    together. Of each equation the terms with the least ⟨a, w⟩ + k must dominate; they form its initial
    form, which z must solve. It is solved by the Gauss–Newton method from the point of the path, and
    only a solution to rounding error counts: a large finite solution, where terms of different order
    balance or nearly solve their initial form, is not taken for infinity. The zero must be near the
    point: within 100·t^{1/m}, m the denominator of w; or within 0.1 in log x, and the other terms so
    small that Newton's method leads from it to the path.

    Source: B. Huber, J. Verschelde, Polyhedral end games for polynomial continuation, 1998.

    Args:
        homotopy: H, as many polynomials as variables x; t is the last variable.
    """

    def __init__(self, homotopy: Sequence[SparsePolynomial]) -> None:
        self._native = _core.InitialForms(
            np.array([len(p.exponents) for p in homotopy], np.int64),
            np.vstack([p.exponents for p in homotopy]).astype(np.int32),
            np.concatenate([p.coefficients for p in homotopy]),
        )

    @staticmethod
    def along(
        homotopy: PolynomialMap, start: np.ndarray, target: np.ndarray
    ) -> InitialForms | None:
        """For H(x; t·start + (1 − t)·target), unless it has too many terms.

        Where double precision cannot tell whether terms cancel, exact arithmetic does.
        """
        forms = InitialForms.__new__(InitialForms)
        try:
            segment = _core.expanded_segment(homotopy.tape, start, target, _MOST_TERMS)
            forms._native = _core.InitialForms(*segment)
        except _core.LossOfPrecision:
            try:
                exact = expanded_segment(homotopy, start.tolist(), target.tolist(), _MOST_TERMS)
            except TooLargeError:
                return None
            return InitialForms(exact)
        except _core.TooManyTerms:
            return None
        return forms

    def valuations(
        self, points: np.ndarray, t: np.ndarray, threads: int = 1
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The exponents w of paths that are at points (B, n) for t (B,).

        Returns:
            Numerators (B, n) and common denominators (B,), which are 0 where there is no w beyond
            doubt; and whether the initial forms determine w (B,). If not, w is as good as the slopes
            at t.
        """
        return self._native.valuations(points, t, threads)
