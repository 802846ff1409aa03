"""Common real zeros of polynomials in two variables, by resultants."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from flint import arb, ctx, fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpq_poly

from neuromanifold.errors import InvalidInputError
from neuromanifold.geometry._voronoi._rational_function import real_roots
from neuromanifold.rings import Evaluator, Node

Number = fmpq | arb

_BITS = 256


def plane_zeros(nodes: Sequence[Node], inputs: Sequence[Node]) -> list[tuple[Number, Number]]:
    """The common real zeros of f₁, f₂, … in the plane, rational coordinates exactly.

    x is a root of all resultants of f₁ and fᵢ with respect to y, and y of those with respect to x.
    A pair of such roots is a common zero if all fᵢ vanish there: exactly if both are rational, and
    up to a ball of about 10⁻⁶⁰ otherwise.

    Raises:
        InvalidInputError: there are infinitely many.
    """
    context = fmpq_mpoly_ctx.get(("x", "y"), "degrevlex")
    gens = dict(zip(inputs, context.gens(), strict=True))
    all_ = Evaluator(nodes)(gens, context.constant)
    polynomials = [f for f in all_ if f != 0]
    first, others = polynomials[0], polynomials[1:]
    common = reduce(lambda f, g: f.gcd(g), polynomials)
    if common.total_degree() > 0:
        raise InvalidInputError(
            f"Equations of the set have the common factor {common}; leave multiple factors out."
        )
    with ctx.workprec(_BITS):
        xs, ys = (_candidates(first, others, eliminated) for eliminated in (1, 0))
        return [(x, y) for x in xs for y in ys if all(_vanishes(f, x, y) for f in polynomials)]


def _candidates(first: fmpq_mpoly, others: Sequence[fmpq_mpoly], eliminated: int) -> list[Number]:
    resultants = [_resultant(first, f, eliminated) for f in others]
    known = reduce(lambda f, g: f.gcd(g), [r for r in resultants if r != 0], fmpq_poly([0]))
    found: list[Number] = []
    for factor, _ in known.factor()[1] if known.degree() > 0 else ():
        if factor.degree() == 1:
            found.append(-factor[0] / factor[1])
        else:
            found += [root for root, _ in real_roots(factor)]
    return found


def _resultant(f: fmpq_mpoly, g: fmpq_mpoly, eliminated: int) -> fmpq_poly:
    """Res(f, g) in the other variable; f itself or g if it does not contain the eliminated one."""
    for h in (f, g):
        if h.degrees()[eliminated] == 0:
            return _univariate(h, 1 - eliminated)
    return _univariate(f.resultant(g, eliminated), 1 - eliminated)


def _univariate(f: fmpq_mpoly, variable: int) -> fmpq_poly:
    coefficients = [fmpq(0)] * (int(f.degrees()[variable]) + 1)
    for exponents, c in f.to_dict().items():
        coefficients[int(exponents[variable])] += fmpq(c)
    return fmpq_poly(coefficients)


def _vanishes(f: fmpq_mpoly, x: Number, y: Number) -> bool:
    if isinstance(x, fmpq) and isinstance(y, fmpq):
        return (
            sum((fmpq(c) * x ** int(i) * y ** int(j) for (i, j), c in f.to_dict().items()), fmpq(0))
            == 0
        )
    value = arb(0)
    for (i, j), c in f.to_dict().items():
        value += arb(fmpq(c)) * arb(x) ** int(i) * arb(y) ** int(j)
    return bool(value.contains(0))
