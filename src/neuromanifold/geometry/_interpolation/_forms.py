"""All forms of one degree that vanish on a variety given by random points, over the rationals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import lcm

import numpy as np
from flint import fmpq, nmod_mat

from neuromanifold.errors import TooLargeError
from neuromanifold.geometry._interpolation._monomials import Monomials
from neuromanifold.rings import PrimeField, random_prime, rational_reconstruction

# Draws points: (count, prime, generator) ↦ residues of shape (count, n).
PointSampler = Callable[[int, int, np.random.Generator], np.ndarray]

LARGEST_LIST = 3_000_000
LARGEST_BLOCK = 3_000
LARGEST_BASIS = 20_000
_SPARE_POINTS = 4
_MOST_PRIMES = 400
_MOST_DIGITS = 1_800
CHECK_POINTS = 3
_REMEDY = "ask for a lower degree or use a smaller model"


@dataclass(frozen=True, eq=False)
class Form:
    """Σ coefficient·monomial with coprime integer coefficients.

    Attributes:
        positions: of the monomials, increasing.
        coefficients: not zero; the first one is positive.
    """

    positions: tuple[int, ...]
    coefficients: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Interpolation:
    """The forms of degree k vanishing on a variety: a reduced echelon basis.

    Attributes:
        monomials: the monomials of degree k.
        forms: the basis.
        primes: the primes whose residues were combined, and then those of the checks.
        largest_block: the largest number of monomials of equal weight.
    """

    monomials: Monomials
    forms: tuple[Form, ...]
    primes: tuple[int, ...]
    largest_block: int


def interpolate(
    sample: PointSampler,
    degree: int,
    weights: np.ndarray,
    generator: np.random.Generator,
    describe: str,
) -> Interpolation:
    """A basis of the forms of a degree that vanish at all points that `sample` may draw.

    The variety must be invariant under the torus of these weights; its forms are then sums of
    forms that are homogeneous for each weight, and these are found one by one. Modulo a prime the
    forms that vanish at random points cannot be fewer than the forms over the rationals; whether
    one is a form over the rationals is checked at fresh points modulo a prime not used before.

    Args:
        sample: Draws points.
        degree: k.
        weights: Integers of shape (r, n).
        generator: Of primes and points.
        describe: What vanishes where, for the message of an error.

    Raises:
        TooLargeError: If the monomials are too many, in all or of one weight.
    """
    monomials = Monomials(weights.shape[1], degree)
    blocks = _blocks(monomials, weights, generator, describe)
    primes: list[int] = []
    solved: list[_Block] = []
    open_blocks = [_Block(monomials.factors[positions], positions) for positions in blocks]
    p = random_prime(generator)
    while open_blocks:
        if len(primes) > _MOST_PRIMES:
            raise TooLargeError(
                f"{describe}: coefficients of degree {degree} have more than {_MOST_DIGITS:,} digits; "
                "use numbers with fewer digits."
            )
        primes.append(p)
        size = max(len(block.positions) for block in open_blocks)
        points = sample(size + _SPARE_POINTS, p, generator)
        n_forms = 0
        for block in open_blocks:
            free, basis = _dependencies(_values(points, block.factors, p), p)
            n_forms += len(free)
            if n_forms > LARGEST_BASIS:
                raise TooLargeError(
                    f"{describe}: of the {len(monomials):,} monomials of degree {degree}, more than "
                    f"{LARGEST_BASIS:,} depend on the others, and every one gives an equation; "
                    f"{_REMEDY}."
                )
            block.add(free, basis, p)
        open_blocks = [block for block in open_blocks if block.free]
        p = random_prime(generator)
        fresh = sample(CHECK_POINTS, p, generator)
        for block in open_blocks:
            block.lift(fresh, p)
        solved += [block for block in open_blocks if block.is_solved]
        open_blocks = [block for block in open_blocks if not block.is_solved]
    if solved:
        primes.append(p)
    forms = sorted((f for block in solved for f in block.forms), key=lambda f: f.positions[::-1])
    largest = max((len(block) for block in blocks), default=0)
    return Interpolation(monomials, tuple(forms), tuple(primes), largest)


@dataclass(eq=False)
class _Block:
    """What is known of the forms in the monomials of one weight: residues, then forms."""

    factors: np.ndarray
    positions: np.ndarray
    free: list[int] = field(default_factory=list)
    residues: np.ndarray | None = None
    modulus: int = 1
    forms: tuple[Form, ...] = ()

    @property
    def is_solved(self) -> bool:
        return bool(self.forms)

    def add(self, free: list[int], basis: np.ndarray, p: int) -> None:
        """Combine with the forms modulo another prime, unless one of the primes is unlucky."""
        quality, before = (-len(free), free), (-len(self.free), self.free)
        if self.residues is None or quality > before:
            self.free, self.residues, self.modulus = free, basis.astype(object), p
        elif quality == before:
            inverse = pow(self.modulus, -1, p)
            correction = (basis - self.residues) * inverse % p
            self.residues = self.residues + self.modulus * correction
            self.modulus *= p

    def lift(self, fresh: np.ndarray, q: int) -> None:
        """Reconstruct the forms, and keep them if they vanish at fresh points modulo q."""
        assert self.residues is not None
        values = np.ones((len(fresh), len(self.factors)), np.int64)
        for column in self.factors.T:
            values = values * fresh[:, column] % q
        forms = []
        for row in self.residues:
            places = np.flatnonzero(row != 0)
            coefficients = _integers([int(row[j]) for j in places], self.modulus)
            if coefficients is None:
                return
            residues = np.array([c % q for c in coefficients], np.int64)
            if PrimeField(q).dot(values[:, places], residues[:, None]).any():
                return
            forms.append(Form(tuple(self.positions[places].tolist()), coefficients))
        self.forms = tuple(forms)


def _integers(residues: list[int], modulus: int) -> tuple[int, ...] | None:
    """Coprime integers, first positive, in the proportions of residues of which the last is 1."""
    fractions: list[fmpq] = []
    for residue in residues:
        fraction = rational_reconstruction(residue, modulus)
        if fraction is None:
            return None
        fractions.append(fraction)
    denominator = lcm(*(int(fraction.q) for fraction in fractions))
    sign = 1 if fractions[0] > 0 else -1
    return tuple(sign * int(fraction * denominator) for fraction in fractions)


def vanishing_modulo(
    sample: PointSampler,
    degree: int,
    weights: np.ndarray,
    generator: np.random.Generator,
    p: int,
) -> list[tuple[np.ndarray, np.ndarray]]:
    """The same modulo p only: for every weight, monomials (m, k) and a basis (d, m) if d > 0."""
    monomials = Monomials(weights.shape[1], degree)
    blocks = [b for b in monomials.blocks(weights, generator) if len(b) > 1]
    points = sample(max(map(len, blocks), default=0) + _SPARE_POINTS, p, generator)
    found = []
    for positions in blocks:
        free, basis = _dependencies(_values(points, monomials.factors[positions], p), p)
        if free:
            found.append((monomials.factors[positions], basis))
    return found


def _blocks(
    monomials: Monomials, weights: np.ndarray, generator: np.random.Generator, describe: str
) -> list[np.ndarray]:
    """The blocks of more than one monomial: no coordinate vanishes, so no monomial does."""
    if len(monomials) > LARGEST_LIST:
        raise TooLargeError(
            f"{describe}: degree {monomials.degree} has {len(monomials):,} monomials in "
            f"{monomials.n_variables} coordinates, and {LARGEST_LIST:,} are the limit; {_REMEDY}."
        )
    blocks = [b for b in monomials.blocks(weights, generator) if len(b) > 1]
    largest = max(map(len, blocks), default=0)
    if largest > LARGEST_BLOCK:
        raise TooLargeError(
            f"{describe}: of the {len(monomials):,} monomials of degree {monomials.degree} in "
            f"{monomials.n_variables} coordinates, {largest:,} have the same weight, which takes a "
            f"dense matrix of that size, and {LARGEST_BLOCK:,} are the limit; {_REMEDY}."
        )
    return blocks


def _values(points: np.ndarray, factors: np.ndarray, p: int) -> np.ndarray:
    """Monomials (m, k) at the first points: shape (m + spare points, m)."""
    points = points[: len(factors) + _SPARE_POINTS]
    values = points[:, factors[:, 0]]
    for column in factors.T[1:]:
        values = values * points[:, column] % p
    return values


def _dependencies(values: np.ndarray, p: int) -> tuple[list[int], np.ndarray]:
    """The columns that depend on earlier ones, and how: rows v with values·v = 0 and v_free = 1."""
    m, n = values.shape
    reduced, rank = nmod_mat(m, n, values.ravel().tolist(), p).rref()
    if rank == n:
        return [], np.zeros((0, n), np.int64)
    entries = [int(entry) for entry in reduced.entries()[: rank * n]]
    echelon = np.array(entries, np.int64).reshape(rank, n)
    pivots = (echelon != 0).argmax(axis=1)
    free = np.setdiff1d(np.arange(n), pivots)
    basis = np.zeros((len(free), n), np.int64)
    basis[np.arange(len(free)), free] = 1
    basis[:, pivots] = -echelon[:, free].T % p
    return free.tolist(), basis
