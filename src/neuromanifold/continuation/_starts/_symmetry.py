"""Permutations of the variables that permute the equations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from neuromanifold.continuation._systems._sparse import SparsePolynomial

_MOST_VARIABLES = 64
_MOST_TRIALS = 300
_STEP = np.uint64(0x9E3779B97F4A7C15)
_MARK = np.uint64(0xD1B54A32D192ED03)


@dataclass(frozen=True, eq=False)
class PermutationSymmetry:
    """Permutations σ, π with F_{π(i)}(σx) = F_i(x), where (σx)_{σ(j)} = x_j.

    Attributes:
        variables: σ, (n,), a permutation of 0, …, n − 1.
        equations: π, (m,).
    """

    variables: np.ndarray
    equations: np.ndarray


def permutation_symmetries(polynomials: Sequence[SparsePolynomial]) -> list[PermutationSymmetry]:
    """Generators of a group of symmetries of F, coefficients being compared in double precision.

    The search refines a colouring of the variables by the terms they occur in, gives one variable of
    a cell a colour of its own and refines again. Every permutation is tested, so that all that come
    out are symmetries; where the search would be long, some of the group may be missing.

    Source: B. McKay, Practical graph isomorphism, 1981 (individualization and refinement).

    >>> system = [
    ...     SparsePolynomial(np.array([[2, 0], [0, 1]]), np.array([1.0, -3.0])),  # x² − 3y
    ...     SparsePolynomial(np.array([[0, 2], [1, 0]]), np.array([1.0, -3.0])),  # y² − 3x
    ... ]
    >>> [(s.variables.tolist(), s.equations.tolist()) for s in permutation_symmetries(system)]
    [([1, 0], [1, 0])]
    """
    n = polynomials[0].exponents.shape[1]
    return _Search(polynomials).generators() if n <= _MOST_VARIABLES else []


def equivariant_matching(symmetries: Sequence[PermutationSymmetry], n: int) -> np.ndarray | None:
    """A variable μ(i) for each of n equations with μ(π(i)) = σ(μ(i)) for all symmetries.

    Returns:
        μ, a permutation of 0, …, n − 1, the identity if that will do; None if there is none.

    >>> sigma, pi = np.array([1, 0, 2, 3]), np.array([0, 1, 3, 2])
    >>> equivariant_matching([PermutationSymmetry(sigma, pi)], 4)
    array([2, 3, 0, 1])
    """
    matched: dict[int, int] = {}
    for i in range(n):
        if i in matched:
            continue
        taken = set(matched.values())
        free = [v for v in dict.fromkeys([i, *range(n)]) if v not in taken]
        orbit = next((o for v in free if (o := _orbit_of_pair(symmetries, i, v)) is not None), None)
        if orbit is None:
            return None
        matched |= orbit
    return np.array([matched[i] for i in range(n)])


def _orbit_of_pair(
    symmetries: Sequence[PermutationSymmetry], i: int, v: int
) -> dict[int, int] | None:
    """The images of i with those of v, if they correspond one to one."""
    pairs, frontier = {i: v}, [i]
    while frontier:
        k = frontier.pop()
        for s in symmetries:
            image, w = int(s.equations[k]), int(s.variables[pairs[k]])
            if image not in pairs:
                pairs[image] = w
                frontier.append(image)
            elif pairs[image] != w:
                return None
    return pairs if len(set(pairs.values())) == len(pairs) else None


def orbits(generators: Iterable[np.ndarray], n: int) -> np.ndarray:
    """For each of 0, …, n − 1 the least number that a permutation group moves it to.

    >>> orbits([np.array([1, 0, 2])], 3)
    array([0, 0, 2])
    """
    least = np.arange(n)
    moves = list(generators)
    while True:
        before = least
        for sigma in moves:
            smaller = np.minimum(least, least[sigma])
            least = smaller.copy()
            least[sigma] = np.minimum(smaller[sigma], smaller)
        if np.array_equal(before, least):
            return least


class _Search:
    """Colours are hashes of what tells a variable, or an equation, apart from others."""

    def __init__(self, polynomials: Sequence[SparsePolynomial]) -> None:
        self._exponents = np.vstack([p.exponents for p in polynomials]).astype(np.int64)
        self._n, self._m = self._exponents.shape[1], len(polynomials)
        self._owner = np.repeat(np.arange(self._m), [len(p.exponents) for p in polynomials])
        values = np.concatenate([p.coefficients for p in polynomials])
        self._coefficient = np.unique(values, return_inverse=True)[1]
        self._powers = self._exponents.astype(np.uint64) * _STEP
        self._kinds = _mixed(self._coefficient.astype(np.uint64) * _MARK)
        self._occurs = self._exponents > 0
        self._names = _mixed(np.arange(1, self._n + 1, dtype=np.uint64))
        self._left = _MOST_TRIALS

    @cached_property
    def _terms(self) -> np.ndarray:
        return self._sorted(self._owner, self._exponents)

    @cached_property
    def _equation_order(self) -> np.ndarray:
        return np.argsort(self._equation_hashes(self._names), kind="stable")

    def generators(self) -> list[PermutationSymmetry]:
        """Interchangeable variables first; up to them, symmetries keep the order within a class."""
        colours = self._refined(np.zeros(self._n, np.uint64))
        swaps, ranks = self._interchangeable(colours)
        return swaps + self._stabilizer(self._refined(_mixed(colours + ranks * _MARK)))

    def _interchangeable(self, colours: np.ndarray) -> tuple[list[PermutationSymmetry], np.ndarray]:
        """Transpositions that are symmetries, and each variable's rank in its class under them."""
        swaps: list[PermutationSymmetry] = []
        ranks = np.zeros(self._n, np.uint64)
        classes: list[list[int]] = []
        for v in range(self._n):
            for members in classes:
                if colours[members[0]] == colours[v] and self._left > 0:
                    self._left -= 1
                    swap = np.arange(self._n)
                    swap[[members[-1], v]] = v, members[-1]
                    symmetry = self._symmetry(swap)
                    if symmetry is not None:
                        swaps.append(symmetry)
                        ranks[v] = len(members)
                        members.append(v)
                        break
            else:
                classes.append([v])
        return swaps, ranks

    def _stabilizer(self, colours: np.ndarray) -> list[PermutationSymmetry]:
        """Generators of the symmetries that keep the colours, a refined colouring."""
        cell = _first_cell(colours)
        if cell is None:
            return []
        v = int(cell[0])
        marked = self._marked(colours, v)
        found = self._stabilizer(marked)
        for w in cell[1:].tolist():
            least = orbits([s.variables for s in found], self._n)
            if least[w] != least[v] and self._left > 0:
                symmetry = self._between(marked, self._marked(colours, w))
                if symmetry is not None:
                    found.append(symmetry)
        return found

    def _between(self, source: np.ndarray, target: np.ndarray) -> PermutationSymmetry | None:
        """A symmetry that takes one colouring to the other."""
        if not np.array_equal(np.sort(source), np.sort(target)):
            return None
        symmetry = self._symmetry(_matching(source, target))
        cell = _first_cell(source)
        if symmetry is not None or cell is None:
            return symmetry
        v = int(cell[0])
        marked = self._marked(source, v)
        for w in np.flatnonzero(target == source[v]).tolist():
            if self._left <= 0:
                break
            symmetry = self._between(marked, self._marked(target, w))
            if symmetry is not None:
                return symmetry
        return None

    def _marked(self, colours: np.ndarray, v: int) -> np.ndarray:
        mark = np.zeros(self._n, np.uint64)
        mark[v] = _n_different(colours)  # another one than earlier marks
        return self._refined(_mixed(colours + mark * _MARK))

    def _refined(self, colours: np.ndarray) -> np.ndarray:
        """Colours that tell variables apart by the terms and equations they occur in."""
        self._left -= 1
        n_cells = _n_different(colours)
        while n_cells < self._n:
            terms = self._term_hashes(colours)
            equations = self._sums(terms)
            places = _mixed(_mixed(terms + equations[self._owner])[:, None] + self._powers)
            columns = np.where(self._occurs, places, np.uint64(0)).sum(axis=0)
            finer = _mixed(_mixed(colours) + columns)
            n_before, n_cells = n_cells, _n_different(finer)
            if n_cells == n_before:
                break
            colours = finer
        return colours

    def _symmetry(self, sigma: np.ndarray) -> PermutationSymmetry | None:
        """σ with the π that belongs to it, if there is one."""
        images = self._equation_hashes(self._names[sigma])
        pi = np.empty(self._m, np.int64)
        pi[np.argsort(images, kind="stable")] = self._equation_order
        moved = self._sorted(pi[self._owner], self._exponents[:, np.argsort(sigma)])
        return PermutationSymmetry(sigma, pi) if np.array_equal(moved, self._terms) else None

    def _equation_hashes(self, names: np.ndarray) -> np.ndarray:
        return self._sums(self._term_hashes(names))

    def _term_hashes(self, colours: np.ndarray) -> np.ndarray:
        factors = np.where(self._occurs, _mixed(self._powers + colours), np.uint64(0))
        return _mixed(factors.sum(axis=1) + self._kinds)

    def _sums(self, terms: np.ndarray) -> np.ndarray:
        """One number for each equation, from those of its terms in any order."""
        sums = np.zeros(self._m, np.uint64)
        np.add.at(sums, self._owner, terms)
        return _mixed(sums)

    def _sorted(self, owner: np.ndarray, exponents: np.ndarray) -> np.ndarray:
        rows = np.column_stack([owner, self._coefficient, exponents])
        return rows[np.lexsort(rows.T)]


def _first_cell(colours: np.ndarray) -> np.ndarray | None:
    """The members of a cell of several variables, None where all have colours of their own."""
    _, cells, sizes = np.unique(colours, return_inverse=True, return_counts=True)
    shared = np.flatnonzero(sizes[cells] > 1)
    return None if not len(shared) else np.flatnonzero(cells == cells[shared[0]])


def _n_different(colours: np.ndarray) -> int:
    return len(set(colours.tolist()))


def _matching(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """A permutation that respects the colours and moves as few variables as it can."""
    sigma = np.arange(len(source))
    moving = np.flatnonzero(source != target)
    by_source = moving[np.argsort(source[moving], kind="stable")]
    sigma[by_source] = moving[np.argsort(target[moving], kind="stable")]
    return sigma


def _mixed(values: np.ndarray) -> np.ndarray:
    """A hash of 64-bit numbers (the finalizer of splitmix64), modulo 2⁶⁴."""
    with np.errstate(over="ignore"):
        z = values
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))
