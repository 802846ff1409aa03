"""The normal cone of a curve with several branches through one point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from neuromanifold.geometry._voronoi._rationals import Vector, floats

_ZERO = 1e-10


@dataclass(frozen=True, eq=False)
class Branch:
    """c(t) − p = Σ_{j ≥ k} c_j·(t − t₀)ʲ up to a positive factor, with c_k ≠ 0.

    Attributes:
        coefficients: c₀, c₁, …, c_{2k} as rational numbers; those before c_k vanish.
        side: 0 if t takes values on both sides of t₀, 1 or −1 if only above or below it.
    """

    coefficients: tuple[Vector, ...]
    side: int

    @property
    def order(self) -> int:
        """k."""
        return (len(self.coefficients) - 1) // 2


def branch_cone(branches: Sequence[Branch], metric: np.ndarray) -> tuple[np.ndarray, int]:
    """The cone of v for which p is the nearest point to p + εv on every branch, for small ε > 0.

    On a branch, ‖c(t) − p‖² − 2ε⟨v, c(t) − p⟩ has to be ≥ 0 for small t − t₀. The first term has
    order 2k, so the numbers ⟨v, c_j⟩ with j < 2k decide: the first one that is not zero has to be
    negative, and j even unless the branch has one side only.

    Returns:
        A basis of the smallest linear space that contains the cone, as columns (n, d), and d, the
        dimension of the cone, which is open in that space.
    """
    n = len(metric)
    basis = np.eye(n)
    while basis.shape[1]:
        odd, even = _leading(branches, metric, basis)
        if not odd:
            odd = _forced(np.array(even).reshape(-1, basis.shape[1]))
        if not odd:
            return basis, basis.shape[1]
        basis = basis @ _kernel(np.array(odd))
    return basis, 0


def _leading(
    branches: Sequence[Branch], metric: np.ndarray, basis: np.ndarray
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Forms on the space that must vanish, and forms that must be negative."""
    odd, even = [], []
    for branch in branches:
        for j in range(branch.order, 2 * branch.order):
            coefficient = floats(branch.coefficients[j])
            form = coefficient @ metric @ basis
            size = np.abs(coefficient).max() * np.abs(metric).max()
            if np.abs(form).max(initial=0.0) > _ZERO * size:
                form = form / np.linalg.norm(form)
                if branch.side == 0 and j % 2:
                    odd.append(form)
                else:
                    even.append(form * (branch.side**j if branch.side else 1))
                break
    return odd, even


def _forced(forms: np.ndarray) -> list[np.ndarray]:
    """Those of the forms a with a·v ≤ 0 that vanish on {v : a·v ≤ 0 for all a}."""
    from scipy.optimize import linprog

    forced = []
    for form in forms:
        found = linprog(form, A_ub=forms, b_ub=np.zeros(len(forms)), bounds=(-1, 1))
        if found.fun > -_ZERO:
            forced.append(form)
    return forced


def _kernel(rows: np.ndarray) -> np.ndarray:
    _, sizes, right = np.linalg.svd(rows)
    return right[int(np.sum(sizes > _ZERO * sizes[0])) :].T
