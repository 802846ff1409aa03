"""Pictures of M in function space."""

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest

from neuromanifold.errors import InvalidInputError
from neuromanifold.models import MLP, Convolution, LightningAttention, identity, monomial
from neuromanifold.report import AffineView, shape_figure, shape_picture
from neuromanifold.report._implicit import approximate_equation, gradient, implicit_equation
from neuromanifold.report._sampler import Sampler
from neuromanifold.report._shape import shape
from neuromanifold.report._shape_equation import Hypersurface
from neuromanifold.report._shape_reach import Reach
from neuromanifold.report._shape_surface import zero_surface
from neuromanifold.report._strands import Strands

ROOT = Path(__file__).parents[1]
_SPEC = spec_from_file_location("gallery", ROOT / "examples" / "gallery.py")
GALLERY = module_from_spec(_SPEC)
_SPEC.loader.exec_module(GALLERY)

UMBRELLA = Convolution([3, 2], [2, 1], identity())
CONE = MLP([2, 1, 1], monomial(2))
PRODUCTS = Convolution([2, 2], [1, 1], identity())
CUBICS = MLP([2, 2, 1], monomial(3))
NODE = Convolution([2, 2], [1, 1], monomial(2))


@pytest.fixture(scope="module")
def umbrella():
    return shape(AffineView.fixing(UMBRELLA, {"c1": 1, "c3": 0}), grid=24, seed=0)


def test_the_surface_satisfies_the_equation(umbrella):
    B, D, E = umbrella.points.T
    assert umbrella.is_exact
    assert umbrella.equation == "c1*c4**2 + c2**2*c5 - c2*c3*c4"
    np.testing.assert_allclose(D**2 + B**2 * E, 0, atol=1e-3)
    assert umbrella.reached[umbrella.triangles].all()


def test_half_of_the_singular_line_is_not_reached(umbrella):
    """B = D = 0, and A + C·t + E·t² has real factors if and only if C² ≥ 4AE."""
    B, D, E = umbrella.singular.points.T
    np.testing.assert_allclose([B, D], 0, atol=1e-4)
    assert E.min() < -0.97
    assert E.max() > 0.97
    clear = np.abs(E) > 0.03
    np.testing.assert_array_equal(umbrella.singular_reached[clear], (E <= 0)[clear])
    assert len(umbrella.singular.paths(umbrella.singular.links)) == 1


def test_a_subnetwork_lies_on_the_surface(umbrella):
    (locus,) = umbrella.loci
    assert (locus.label, locus.dimension, locus.n_others) == (
        "Convolution((3, 1), (2, 1), x)",
        1,
        4,
    )
    np.testing.assert_allclose(locus.strands.points[:, 1:], 0, atol=1e-6)


def test_the_cone_has_one_singular_point():
    drawn = shape(AffineView.chosen(CONE), grid=24, seed=0)
    assert drawn.singular.points.shape == (1, 3)
    np.testing.assert_allclose(drawn.singular.points, 0, atol=1e-6)
    assert drawn.reached.all()


def test_the_boundary_of_products_is_the_discriminant():
    drawn = shape(AffineView.fixing(PRODUCTS, {}), grid=24, seed=0)
    A, B, C = drawn.points.T
    assert drawn.is_boundary
    np.testing.assert_allclose(B**2 - 4 * A * C, 0, atol=0.02)
    assert A.min() < -0.9
    assert A.max() > 0.9
    A, B, C = (drawn.points[drawn.triangles].mean(axis=1) + 0.1 * drawn.normals).T
    assert np.mean(B**2 < 4 * A * C) > 0.98  # no real roots: outside


@pytest.mark.parametrize("seed", [0, 1])
def test_reached_cubics_have_one_real_root(seed):
    view = AffineView.fixing(CUBICS, {"c1": 1})
    rng = np.random.default_rng(seed)
    sampler = Sampler(view.mu, view, np.sqrt(3), rng)
    reach = Reach(sampler, *sampler.on_section(rng.standard_normal((200, CUBICS.n_parameters))))
    points = rng.uniform(-1, 1, (300, 3))
    b, c, d = points.T
    discriminant = b**2 * c**2 - 4 * c**3 - 4 * b**3 * d - 27 * d**2 + 18 * b * c * d
    clear = np.abs(discriminant) > 1e-3
    np.testing.assert_array_equal(reach(points, 1e-9)[clear], (discriminant < 0)[clear])
    found = reach.boundary(1.0, 300)
    equation = approximate_equation(found, 2e-3)
    assert equation is not None
    assert equation.shape == (5, 5, 5)  # the discriminant of a cubic has degree 4


def _reach(view, seed):
    rng = np.random.default_rng(seed)
    sampler = Sampler(view.mu, view, np.sqrt(3) * view.radius, rng)
    return Reach(sampler, *sampler.on_section(rng.standard_normal((200, view.model.n_parameters))))


@pytest.mark.parametrize("seed", range(5))
def test_every_smooth_point_of_the_umbrella_is_reached(seed):
    """Of AD² + B²E = BCD only B = D = 0, C² < 4AE has no real parameters."""
    view = AffineView.chosen(UMBRELLA, seed)
    polynomial = Hypersurface.of(UMBRELLA, seed).restricted(view)
    points, triangles, _ = zero_surface(polynomial, view.radius, 24)
    slope = np.linalg.norm(gradient(points / view.radius, polynomial), axis=1)
    smooth = slope > 0.03 * np.median(slope)
    assert smooth.mean() > 0.95
    used = np.intersect1d(np.unique(triangles), np.flatnonzero(smooth))
    A, B, C, D, E = view.functions(points[used]).T
    np.testing.assert_allclose(A * D**2 + B**2 * E, B * C * D, atol=3e-3)
    assert _reach(view, seed).of_vertices(points)[used].all()


@pytest.mark.parametrize(
    ("model", "fixed", "discriminant", "is_reached"),
    [
        (PRODUCTS, {}, lambda A, B, C: B**2 - 4 * A * C, np.greater),
        (
            CUBICS,
            {"c1": 1},
            lambda b, c, d: b**2 * c**2 - 4 * c**3 - 4 * b**3 * d - 27 * d**2 + 18 * b * c * d,
            np.less,
        ),
    ],
    ids=["products", "cubics"],
)
def test_growing_stops_at_the_discriminant(model, fixed, discriminant, is_reached):
    view = AffineView.fixing(model, fixed)
    axis = np.linspace(-1, 1, 50)
    points = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    points = np.stack([points[:, 0], points[:, 1], 0.3 + 0.2 * points[:, 0]], axis=1)
    value = discriminant(*points.T)
    steps = 0.01 * np.eye(3)
    slope = [(discriminant(*(points + h).T) - discriminant(*(points - h).T)) / 0.02 for h in steps]
    clear = np.abs(value) > 0.02 * np.linalg.norm(slope, axis=0) + 1e-3
    expected = is_reached(value, 0)
    assert 0.1 < np.mean(expected[clear]) < 0.9
    np.testing.assert_array_equal(_reach(view, 0).of_vertices(points)[clear], expected[clear])


def test_higher_codimension_is_projected():
    view = AffineView.fixing(NODE, {"c1": 1})
    assert not view.is_section
    drawn = shape(view, grid=24, seed=0)
    assert len(drawn.triangles) > 1000
    assert not drawn.is_exact
    assert {locus.dimension for locus in drawn.loci} == {1}


def test_a_chosen_view_contains_singular_functions():
    drawn = shape(
        AffineView.chosen(LightningAttention(d=2, a=2, d_out=1, tokens=2)), grid=24, seed=0
    )
    (locus,) = drawn.loci
    assert drawn.is_exact
    assert len(drawn.singular.links) > 50
    # The subnetwork of rank 1 is the singular locus.
    gaps = np.linalg.norm(drawn.singular.points[:, None] - locus.strands.points, axis=2)
    assert gaps.min(axis=0).max() < 0.03 * drawn.view.radius


def test_sheets_that_meet_are_told_apart():
    """D² = B²·4⁻²: two planes, closer to each other near B = 0 than the coarse grid."""
    rng = np.random.default_rng(0)
    B, E = rng.uniform(-1, 1, (2, 400))
    points = np.stack([B, B * rng.choice([-0.25, 0.25], 400), E], axis=1)
    equation = implicit_equation(points)
    assert equation is not None
    vertices, triangles, normals = zero_surface(equation, 1.0, 24)
    np.testing.assert_allclose(np.abs(vertices[:, 1]), np.abs(vertices[:, 0]) / 4, atol=2e-3)
    near = np.abs(vertices[triangles].mean(axis=1)[:, 0]) < 0.1
    assert near.sum() > 1000
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1)


def test_strands_close_loops():
    angle = np.linspace(0, 2 * np.pi, 50, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)
    strands = Strands.through(np.concatenate([circle, [[5.0, 0, 0]]]), 0.1)
    assert len(strands.links) == 50
    assert len(strands.paths(strands.links)) == 1
    np.testing.assert_array_equal(strands.loose, [[5.0, 0, 0]])


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (lambda: AffineView.fixing(UMBRELLA, {"c1": 1}), "1 conditions are given"),
        (lambda: AffineView.fixing(UMBRELLA, {"c1": 1, "c9": 0}), "'c9' is no coordinate of V"),
        (lambda: AffineView.fixing(CONE, {}, radius=-1), "radius is -1"),
        (lambda: AffineView.fixing(NODE, {"c1": 1, "c2": 1}), "at most 1"),
        (lambda: AffineView.through(CUBICS, [[1, 0, 0, 0]]), "4 functions"),
        (lambda: AffineView.through(CUBICS, [[1, 0, 0, 0]] * 4), "linearly dependent"),
        (lambda: AffineView.chosen(MLP([1, 1, 1], monomial(2))), "choose a larger model"),
    ],
)
def test_bad_views_are_explained(view, words):
    with pytest.raises(InvalidInputError, match=words):
        view()


def test_nothing_in_the_picture_is_explained():
    view = AffineView.fixing(CONE, {}, center={"c1": 5, "c3": -5})
    with pytest.raises(InvalidInputError, match="no function of M"):
        shape_figure(CONE, view)


def test_a_direction_of_length_zero_is_refused():
    with pytest.raises(InvalidInputError, match="eye"):
        shape_figure(CONE, eye=(0, 0, 0))


def test_both_figures_show_the_same_parts():
    static = shape_figure(CONE)
    labels = [text.get_text() for text in static.legends[0].get_texts()]
    names = [trace.name for trace in shape_picture(CONE).data]
    assert labels == names == ["M", "singular point"]


def test_the_gallery_shows_every_picture():
    page = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
    names = [picture.__name__ for picture in GALLERY.PICTURES]
    assert re.findall(r'--8<-- "examples/gallery.py:(\w+)"', page) == names
    assert re.findall(r"\(assets/gallery/(\w+)\.png\)", page) == names
    for name in names:
        assert (GALLERY.FOLDER / f"{name}.png").stat().st_size < 150_000


@pytest.mark.parametrize("name", ["cone", "half_circle", "cusp", "nodal_cubic"])
def test_the_gallery_runs(name):
    assert getattr(GALLERY, name)().axes


@pytest.mark.long
@pytest.mark.parametrize("picture", GALLERY.PICTURES, ids=lambda picture: picture.__name__)
def test_the_whole_gallery_runs(picture):
    assert picture().axes
