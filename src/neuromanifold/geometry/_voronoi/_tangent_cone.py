"""Real tangents of a plane curve at a singular point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq, fmpq_mpoly_ctx, fmpq_poly

from neuromanifold.geometry._voronoi._rational_function import real_roots
from neuromanifold.geometry._voronoi._rationals import Vector, dyadic
from neuromanifold.rings import Evaluator, Node


@dataclass(frozen=True)
class TangentCone:
    """Directions of real tangents, irrational ones rounded.

    Attributes:
        simple: those that belong to one smooth branch, which goes on to both sides of the point.
        all: these, and those of several branches or of a cusp.
    """

    simple: list[Vector]
    all: list[Vector]


def plane_tangents(f: Node, inputs: Sequence[Node], point: Vector) -> TangentCone:
    """The real tangents of f = 0 at a point.

    The terms of lowest degree of f(p + X) are a product of linear forms over ℂ. A real form that
    occurs once belongs to one smooth branch.
    """
    context = fmpq_mpoly_ctx.get(("X", "Y"), "degrevlex")
    shifted = {x: g + p for x, g, p in zip(inputs, context.gens(), point, strict=True)}
    terms = Evaluator([f])(shifted, context.constant)[0].to_dict()
    order = min(sum(int(e) for e in exponents) for exponents in terms)
    form = [fmpq(0)] * (order + 1)  # Σ form[j]·X^(order − j)·Y^j
    for (e, j), c in terms.items():
        if int(e) + int(j) == order:
            form[int(j)] = fmpq(c)
    slopes = fmpq_poly(form)
    n_vertical = order - slopes.degree()
    found = [((fmpq(0), fmpq(1)), n_vertical)] if n_vertical else []
    for factor, multiplicity in slopes.factor()[1] if slopes.degree() > 0 else ():
        if factor.degree() == 1:
            real = [-factor[0] / factor[1]]
        else:
            real = [dyadic(t.mid()) for t, _ in real_roots(factor)]
        found += [((fmpq(1), slope), multiplicity) for slope in real]
    return TangentCone([w for w, m in found if m == 1], [w for w, _ in found])
