"""What a picture of M shows: a surface, its singular locus, and subnetworks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.spatial import KDTree

from neuromanifold.errors import InvalidInputError
from neuromanifold.geometry import Subnetwork, subnetworks
from neuromanifold.report._implicit import approximate_equation, implicit_equation
from neuromanifold.report._newton import gauss_newton
from neuromanifold.report._sampler import Sampler
from neuromanifold.report._shape_equation import SINGULAR_FINENESS, Hypersurface
from neuromanifold.report._shape_reach import Reach
from neuromanifold.report._shape_surface import zero_surface
from neuromanifold.report._shape_view import AffineView
from neuromanifold.report._strands import Strands

_BASES = 400
_PRINCIPAL = 1000
_FINENESS = 45.0
_SEGMENTS = 400
_BOUNDARY_ERROR = 2e-3
_SIDE = 0.02
_GROUPS = 3
_SAME = 0.05
_THREAD = 0.02
_SAMPLES = 8


@dataclass(frozen=True, eq=False)
class Locus:
    """The functions of a subnetwork in the view.

    Attributes:
        label: The subnetwork.
        strands: Points, linked where they form curves.
        dimension: Of the locus in the view, 0 or 1.
        n_others: How many smaller subnetworks have no other functions there.
    """

    label: str
    strands: Strands
    dimension: int
    n_others: int


@dataclass(frozen=True, eq=False)
class Shape:
    """The part of M in a view.

    Attributes:
        view: Where it is drawn.
        points: Vertices of the surface, (n, 3); without triangles, functions of M.
        triangles: Of the surface, (T, 3). It is M̄ if M has codimension 1 or is projected, and
            the boundary of M if M fills V.
        normals: Of the triangles, of length 1, (T, 3); at the boundary they point out of M.
        reached: Which vertices real parameters reach, (n,).
        singular: The singular locus of M̄, where its equation is known.
        singular_reached: Which of its points real parameters reach.
        loci: Subnetworks.
        is_boundary: M fills V, and the surface is its boundary.
        is_exact: The surface is drawn from the exact equation of M.
        equation: That equation.
        seed: The seed of all random choices.
    """

    view: AffineView
    points: np.ndarray
    triangles: np.ndarray
    normals: np.ndarray
    reached: np.ndarray
    singular: Strands
    singular_reached: np.ndarray
    loci: tuple[Locus, ...]
    is_boundary: bool
    is_exact: bool
    equation: str | None
    seed: int


def shape(view: AffineView, *, grid: int, seed: int) -> Shape:
    """M in a view: its surface, where real parameters reach it, its singular locus, subnetworks.

    Args:
        view: Where to look.
        grid: Points of the grid for the surface along each axis.
        seed: Of the samples.
    """
    rng = np.random.default_rng(seed)
    if not view.is_section:
        view = _principal(view, rng)
    sampler = Sampler(view.mu, view, np.sqrt(3.0) * view.radius, rng)
    theta, drawn = sampler.on_section(rng.standard_normal((_BASES, view.model.n_parameters)))
    if not len(theta) and view.manifold_dimension < view.space.dimension:
        raise InvalidInputError(
            "no function of M was found in the picture: choose another centre, a larger radius or "
            "other conditions"
        )
    reach = Reach(sampler, theta, drawn)
    surface = _Surface()
    hypersurface, singular = None, np.zeros((0, 3))
    is_boundary = view.manifold_dimension == view.space.dimension
    if is_boundary:
        surface = _boundary(view, reach, grid)
    else:
        if view.is_section and view.manifold_dimension == view.space.dimension - 1:
            hypersurface = Hypersurface.of(view.model, seed)
        if hypersurface is None:
            inside = np.abs(drawn).max(axis=1) <= view.radius
            polynomial = implicit_equation(drawn[inside] / view.radius)
        else:
            polynomial = hypersurface.restricted(view)
            singular = hypersurface.singular_points(view, drawn)
        if polynomial is not None:
            points, triangles, normals = zero_surface(polynomial, view.radius, grid)
            surface = _Surface(points, triangles, normals, reach.of_vertices(points))
            surface = surface.without_threads(singular, _THREAD * view.radius)
        else:
            surface = replace(surface, points=drawn, reached=np.ones(len(drawn), bool))
    return Shape(
        view=view,
        points=surface.points,
        triangles=surface.triangles,
        normals=surface.normals,
        reached=surface.reached,
        singular=Strands.through(singular, view.radius / SINGULAR_FINENESS),
        singular_reached=reach(singular),
        loci=_loci(view, rng),
        is_boundary=is_boundary,
        is_exact=hypersurface is not None,
        equation=None if hypersurface is None else hypersurface.text,
        seed=seed,
    )


def _principal(view: AffineView, rng: np.random.Generator) -> AffineView:
    theta = rng.standard_normal((_PRINCIPAL, view.model.n_parameters))
    if len(view.conditions):
        theta, _ = gauss_newton(lambda theta, _: view.hidden(view.mu(theta)), theta, 1e-10)
    return view.toward(view.mu(theta)) if len(theta) > 3 else view


@dataclass(frozen=True, eq=False)
class _Surface:
    points: np.ndarray = field(default_factory=lambda: np.zeros((0, 3)))
    triangles: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), np.int64))
    normals: np.ndarray = field(default_factory=lambda: np.zeros((0, 3)))
    reached: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))

    def without_threads(self, singular: np.ndarray, width: float) -> _Surface:
        """Where M̄ is only a curve, rounding errors of F can look like a thin surface: leave it out."""
        if not len(singular):
            return self
        near = KDTree(singular).query(self.points)[0] <= width
        kept = ~(near & ~self.reached)[self.triangles].any(axis=1)
        return replace(self, triangles=self.triangles[kept], normals=self.normals[kept])


def _boundary(view: AffineView, reach: Reach, grid: int) -> _Surface:
    """The boundary of a filling M, from points where segments leave it.

    An equation is fitted to them. Its zero set separates M from its complement where exactly one of
    two points on both sides is reached.
    """
    known = reach.boundary(view.radius, _SEGMENTS)
    polynomial = approximate_equation(known / view.radius, _BOUNDARY_ERROR)
    if polynomial is None:
        return _Surface()
    points, triangles, normals = zero_surface(polynomial, view.radius, grid)
    centers = points[triangles].mean(axis=1)
    side = reach.separates(centers, normals, _SIDE * view.radius)
    kept, outward = side != 0, -side[:, None] * normals
    used, index = np.unique(triangles[kept], return_inverse=True)
    return _Surface(points[used], index.reshape(-1, 3), outward[kept], np.ones(len(used), bool))


def _loci(view: AffineView, rng: np.random.Generator) -> tuple[Locus, ...]:
    try:
        found = subnetworks(view.model)
    except InvalidInputError:  # a family without known subnetworks
        return ()
    groups: dict[str, list[Subnetwork]] = {}
    for locus in found:
        groups.setdefault(locus.architecture.name, []).append(locus)
    result: list[Locus] = []
    for label, members in groups.items():
        drawn = [_drawn_locus(view, locus, rng) for locus in members]
        seen = [part for part in drawn if part is not None and part[1] <= 1]
        if not seen:
            continue
        points = np.concatenate([part.points for part, _ in seen])
        offsets = np.cumsum([0, *(len(part.points) for part, _ in seen)])
        links = [part.links + first for (part, _), first in zip(seen, offsets, strict=False)]
        strands = Strands(points, np.concatenate(links))
        same = [i for i, other in enumerate(result) if _covers(other.strands, strands, view.radius)]
        if same:
            result[same[0]] = replace(result[same[0]], n_others=result[same[0]].n_others + 1)
        elif len(result) < _GROUPS:
            result.append(Locus(label, strands, max(dim for _, dim in seen), 0))
    return tuple(result)


def _covers(larger: Strands, smaller: Strands, radius: float) -> bool:
    gap = np.asarray(KDTree(larger.points).query(smaller.points)[0])
    return bool(gap.max() <= _SAME * radius)


def _drawn_locus(
    view: AffineView, locus: Subnetwork, rng: np.random.Generator
) -> tuple[Strands, int] | None:
    """The locus in the cube, and its dimension there."""
    support = list(locus.model.support)

    def mu(theta: np.ndarray) -> np.ndarray:
        full = np.zeros((len(theta), view.model.n_parameters))
        full[:, support] = theta
        return view.mu(full)

    sampler = Sampler(mu, view, np.sqrt(3.0) * view.radius, rng, _FINENESS)
    theta, drawn = sampler.on_section(rng.standard_normal((_BASES, len(support))))
    inside = np.abs(drawn).max(axis=1, initial=0.0) <= view.radius
    if not inside.any():
        return None
    dim = _dimension_in_view(view, mu, theta[inside])
    if dim == 1:
        return Strands.through(drawn[inside], 1.3 * sampler.spacing), dim
    return Strands(drawn[inside], np.zeros((0, 2), np.int64)), dim


def _dimension_in_view(
    view: AffineView, mu: Callable[[np.ndarray], np.ndarray], theta: np.ndarray
) -> int:
    """Dim(T ∩ ker H) = rank T − rank HT for the tangent spaces T, at some of the parameters."""
    values = []
    for row in theta[:_SAMPLES]:
        step = 1e-6 * (1.0 + np.abs(row).max())
        shifts = step * np.eye(len(row))
        tangents = (mu(row + shifts) - mu(row - shifts)) / (2 * step)
        ranks = [_rank(tangents), _rank(tangents @ view.conditions.T)]
        values.append(ranks[0] - ranks[1])
    return int(np.median(values))


def _rank(matrix: np.ndarray) -> int:
    if not matrix.size:
        return 0
    singular = np.linalg.svd(matrix, compute_uv=False)
    return int(np.sum(singular > 1e-6 * max(float(singular[0]), 1e-300)))
