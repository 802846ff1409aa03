"""The equation of a hypersurface from random points of it modulo primes."""

from __future__ import annotations

import numpy as np
from flint import fmpq_mpoly, fmpq_mpoly_ctx

from neuromanifold.geometry._interpolation._forms import Form, PointSampler, interpolate
from neuromanifold.geometry._interpolation._monomials import Monomials
from neuromanifold.rings import random_prime

_SPARE = 4


def hypersurface(
    sample: PointSampler, names: tuple[str, ...], generator: np.random.Generator
) -> fmpq_mpoly | None:
    """The polynomial of least degree over ℚ that vanishes on a hypersurface in affine space.

    A polynomial of degree at most k in x is a form of degree k in (1, x).

    Args:
        sample: Draws points of shape (count, n); at unlucky parameters there may be a few less.
        names: Of the n coordinates.
        generator: Of primes and points.

    Returns:
        The polynomial with coprime integer coefficients; None if there are no points, or if they
        lie in something of smaller dimension.

    Raises:
        TooLargeError: If the degree is so large that there are more than 3000 monomials.
    """

    def cone(size: int, p: int, generator: np.random.Generator) -> np.ndarray:
        points = sample(size + _SPARE, p, generator)[:size]
        return np.concatenate([np.ones((len(points), 1), np.int64), points], axis=1)

    if not len(sample(_SPARE, random_prime(generator), generator)):
        return None
    describe = f"a hypersurface in the coordinates {', '.join(names)}"
    no_weights = np.zeros((0, len(names) + 1), np.int64)
    degree, found = 0, None
    while found is None or not found.forms:
        degree += 1
        found = interpolate(cone, degree, no_weights, generator, describe)
    return _polynomial(found.forms[0], found.monomials, names) if len(found.forms) == 1 else None


def _polynomial(form: Form, monomials: Monomials, names: tuple[str, ...]) -> fmpq_mpoly:
    terms = {}
    for position, coefficient in zip(form.positions, form.coefficients, strict=True):
        exponents = np.bincount(monomials.factors[position], minlength=len(names) + 1)
        terms[tuple(exponents[1:].tolist())] = coefficient
    return fmpq_mpoly_ctx.get(names, "degrevlex").from_dict(terms)
