"""Mixed cells and mixed volumes, in exact integers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flint import fmpz_mat
from numpy.typing import ArrayLike

from neuromanifold import _core
from neuromanifold.errors import InvalidInputError, TooLargeError

_LARGEST_EXPONENT = 2**31
_HEIGHTS = 2**20
_MOST_DRAWS = 20
_ANY_VOLUME = 2**63 - 1


@dataclass(frozen=True, eq=False)
class MixedCells:
    """The fine mixed cells of a generic lifting ω of n supports A₁, …, A_n ⊂ Zⁿ.

    A mixed cell is a choice of two points {aᵢ, bᵢ} ⊂ Aᵢ for each i such that for one vector β the function
    c ↦ ⟨c, β⟩ + ωᵢ(c) on Aᵢ is smallest exactly at aᵢ and bᵢ. Its volume is |det(aᵢ − bᵢ)ᵢ|, and the
    volumes of all mixed cells add up to the mixed volume of the Newton polytopes conv(Aᵢ).

    Attributes:
        supports: (mᵢ, n) each, as they were given.
        liftings: (mᵢ,) each, ω on the points.
        points: (N, n, 2), the row numbers of aᵢ and bᵢ in support i.
        normals: (N, n), integers with β = normals/volumes.
        volumes: (N,), positive integers.
    """

    supports: tuple[np.ndarray, ...]
    liftings: tuple[np.ndarray, ...]
    points: np.ndarray
    normals: np.ndarray
    volumes: np.ndarray

    def __len__(self) -> int:
        return len(self.volumes)

    @property
    def mixed_volume(self) -> int:
        """The number of solutions in (C∖0)ⁿ of a generic system with these supports."""
        return sum(map(int, self.volumes))

    @property
    def edges(self) -> np.ndarray:
        """(N, n, n): row i is aᵢ − bᵢ."""
        return self.edges_of(np.arange(len(self)))

    def edges_of(self, cells: np.ndarray) -> np.ndarray:
        """The edges of some cells (B,): (B, n, n)."""
        points = self.points[cells]
        rows = [A[points[:, i, 0]] - A[points[:, i, 1]] for i, A in enumerate(self.supports)]
        return np.stack(rows, axis=1)

    def heights(self, support: int, cells: np.ndarray | None = None) -> np.ndarray:
        """(B, mᵢ): volume·(⟨c, β⟩ + ωᵢ(c)) on the points of support i, minus the smallest value; exact.

        Args:
            support: i.
            cells: numbers of cells (B,); by default all.
        """
        chosen = slice(None) if cells is None else cells
        A, lifting = self.supports[support], self.liftings[support]
        shifted = (A - A.min(axis=0)).T.astype(self.normals.dtype)
        total = self.normals[chosen] @ shifted + self.volumes[chosen, None] * lifting
        return total - np.take_along_axis(total, self.points[chosen, support, :1], axis=1)


def mixed_cells(
    supports: Sequence[ArrayLike],
    seed: int | np.random.Generator = 0,
    *,
    most_volume: int | None = None,
) -> MixedCells:
    """The fine mixed cells of n supports in Zⁿ for a random integer lifting.

    All decisions are taken in exact arithmetic, with 64-bit integers as long as nothing overflows and
    with big integers otherwise; a lifting that is not generic is noticed and drawn again. One seed
    gives the same cells everywhere. Ctrl-C stops the search.

    Args:
        supports: n arrays (mᵢ, n) of integers, negative ones included; no point twice in a support.
        seed: chooses the lifting.
        most_volume: the mixed volume for which the cells are still wanted; by default any.

    Raises:
        InvalidInputError: shapes do not fit, a point occurs twice, or an entry is not an integer below 2³¹.
        TooLargeError: the mixed volume is larger than `most_volume`.

    Source: A. Jensen, Tropical homotopy continuation, 2016.

    >>> square = [[0, 0], [1, 0], [0, 1], [1, 1]]
    >>> mixed_cells([square, square]).mixed_volume  # two bilinear equations
    2
    """
    arrays = _checked(supports)
    rng = np.random.default_rng(seed)
    # Few points and low degrees first: what is intersected early stays small.
    order = sorted(range(len(arrays)), key=lambda i: (_degree(arrays[i]), len(arrays[i])))
    shifted = [arrays[i] - arrays[i].min(axis=0) for i in order]
    sizes = np.array([len(A) for A in shifted], np.int32)
    for _ in range(_MOST_DRAWS):
        heights = [rng.integers(0, _HEIGHTS, len(A)) for A in arrays]
        lifting = np.concatenate([heights[i] for i in order])
        try:
            found = _core.mixed_cells(
                sizes,
                np.concatenate(shifted),
                lifting,
                _simplex_heights(len(arrays), rng),
                most_volume=_ANY_VOLUME if most_volume is None else most_volume,
            )
        except _core.DegenerateLifting:
            continue
        if most_volume is not None and found["is_too_large"]:
            raise _too_large(most_volume)
        points = np.empty_like(found["points"])
        points[:, order] = found["points"]
        normals, volumes = found["normals"], found["volumes"]
        if normals is None:
            normals, volumes = _normals(arrays, heights, points)
        # The search counts big integers as 1.
        if most_volume is not None and sum(map(int, volumes)) > most_volume:
            raise _too_large(most_volume)
        return MixedCells(tuple(arrays), tuple(heights), points, normals, volumes)
    raise InvalidInputError(
        f"No generic lifting was found in {_MOST_DRAWS} draws; choose another seed."
    )


def _too_large(most_volume: int) -> TooLargeError:
    return TooLargeError(
        f"The mixed volume of the supports is so large that a polyhedral start has more than "
        f"{most_volume:,} paths, too many to track; lower the degrees or leave out monomials."
    )


def _simplex_heights(n: int, rng: np.random.Generator) -> np.ndarray:
    """Heights for which {0, e_j} in each standard simplex is the only mixed cell: all others are higher."""
    high = 1 - np.hstack([np.ones((n, 1), np.int64), np.eye(n, dtype=np.int64)])
    return 4 * _HEIGHTS * high + rng.integers(0, _HEIGHTS, (n, n + 1))


def _degree(A: np.ndarray) -> int:
    return int((A - A.min(axis=0)).sum(axis=1).max())


def _checked(supports: Sequence[ArrayLike]) -> list[np.ndarray]:
    n = len(supports)
    arrays = []
    for i, support in enumerate(supports):
        A = np.asarray(support)
        if A.ndim != 2 or A.shape[1:] != (n,) or not len(A):
            raise InvalidInputError(
                f"Support {i} has shape {A.shape}; {n} supports need the shape (number of points, {n})."
            )
        is_integer = np.issubdtype(A.dtype, np.integer)
        if not is_integer or max(int(A.max()), -int(A.min())) >= _LARGEST_EXPONENT:
            raise InvalidInputError(f"Support {i} has entries that are no integers below 2³¹.")
        if len(set(map(tuple, A.tolist()))) < len(A):
            raise InvalidInputError(f"Support {i} has a point twice; give every point once.")
        arrays.append(A.astype(np.int64))
    if not arrays:
        raise InvalidInputError("No supports were given; give n supports in n variables.")
    return arrays


def _normals(
    arrays: list[np.ndarray], heights: list[np.ndarray], points: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Inner normals and volumes of given cells, in big integers."""
    normals = np.empty((len(points), len(arrays)), dtype=object)
    volumes = np.empty(len(points), dtype=object)
    for k, cell in enumerate(points):
        pairs = list(zip(arrays, heights, cell, strict=True))
        edges = fmpz_mat([(A[a] - A[b]).tolist() for A, _, (a, b) in pairs])
        falls = fmpz_mat([[int(h[b] - h[a])] for _, h, (a, b) in pairs])
        volumes[k] = abs(int(edges.det()))
        scaled = edges.solve(falls) * volumes[k]
        normals[k] = [int(scaled[i, 0].p) for i in range(len(arrays))]
    return normals, volumes
