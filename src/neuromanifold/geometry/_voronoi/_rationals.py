"""Rational numbers and vectors of them: read, rounded, and modulo primes."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite
from numbers import Rational
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from neuromanifold.errors import InvalidInputError

Vector = tuple[fmpq, ...]

_DENOMINATOR = 1000


def exact_number(value: Any, name: str) -> fmpq:
    """A real number as it stands: a float is the dyadic number it is, text such as "3/10" is exact.

    Raises:
        InvalidInputError: it is no finite real number, or irrational.
    """
    if isinstance(value, fmpq):
        return value
    try:
        if isinstance(value, str) or getattr(value, "is_Rational", False):
            fraction = Fraction(str(value))
        elif isinstance(value, Rational):
            fraction = Fraction(int(value.numerator), int(value.denominator))
        elif isfinite(number := float(value)):
            fraction = Fraction(number)
        else:
            raise ValueError
    except (TypeError, ValueError, ZeroDivisionError):
        raise InvalidInputError(
            f"{name} has the entry {value!r}; give finite real numbers, as floats, integers, "
            'fractions or text such as "3/10".'
        ) from None
    return fmpq(fraction.numerator, fraction.denominator)


def read_vector(given: object, n: int, name: str) -> Vector:
    """n rational numbers.

    Raises:
        InvalidInputError: they are not n, or not real numbers.
    """
    if isinstance(given, np.ndarray):
        given = given.tolist()
    if isinstance(given, str) or not hasattr(given, "__len__"):
        raise InvalidInputError(f"{name} is {given!r}; give its {n} coordinates.")
    entries = list(given)  # type: ignore[call-overload]
    if len(entries) != n:
        raise InvalidInputError(f"{name} has {len(entries)} coordinates; give {n}.")
    return tuple(exact_number(entry, name) for entry in entries)


def dyadic(value: Any) -> fmpq:
    """The rational number that a float is."""
    return fmpq(*float(value).as_integer_ratio())


def dyadics(values: np.ndarray) -> Vector:
    """The rational numbers that floats are."""
    return tuple(dyadic(value) for value in values)


def simple_fractions(values: np.ndarray) -> Vector:
    """The fractions of denominator at most 1000 next to numbers."""
    near = [Fraction(float(value)).limit_denominator(_DENOMINATOR) for value in values]
    return tuple(fmpq(x.numerator, x.denominator) for x in near)


def to_float(x: fmpq) -> float:
    """The nearest double."""
    return int(x.p) / int(x.q)


def floats(v: Vector) -> np.ndarray:
    """The nearest doubles."""
    return np.array([to_float(x) for x in v], dtype=float)


def residue(x: fmpq, p: int) -> int:
    """A rational number modulo p."""
    return int(x.p) * pow(int(x.q), -1, p) % p


def difference(v: Vector, w: Vector) -> Vector:
    """v − w."""
    return tuple(a - b for a, b in zip(v, w, strict=True))


def null_space(rows: list[Vector], n: int) -> list[Vector]:
    """A basis of {v ∈ ℚⁿ : ⟨r, v⟩ = 0 for all rows r}."""
    if not rows:
        return [tuple(fmpq(int(i == j)) for j in range(n)) for i in range(n)]
    reduced, rank = fmpq_mat([list(row) for row in rows]).rref()
    pivots = [next(j for j in range(n) if reduced[i, j] != 0) for i in range(int(rank))]
    basis = []
    for free in (j for j in range(n) if j not in set(pivots)):
        v = [fmpq(0)] * n
        v[free] = fmpq(1)
        for i, pivot in enumerate(pivots):
            v[pivot] = -reduced[i, free]
        basis.append(tuple(v))
    return basis


def shown(x: np.ndarray) -> str:
    """(x₁, …, xₙ) to six digits."""
    return "(" + ", ".join(f"{v:.6g}" for v in x) + ")"
