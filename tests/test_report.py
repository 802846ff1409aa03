"""Text, notebook cell, page and figures of a landscape."""

import json
import re
import textwrap
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

import neuromanifold as nm
from fake_landscape import crowded, fake_landscape
from neuromanifold.errors import InvalidInputError
from neuromanifold.landscapes import CompletenessStatus
from neuromanifold.report import (
    landscape_figure,
    landscape_html,
    landscape_html_fragment,
    landscape_text,
    loss_figure,
    manifold_figure,
    write_html,
)
from neuromanifold.report._implicit import implicit_equation
from neuromanifold.report._marching import zero_set
from neuromanifold.report._projection import Projection
from neuromanifold.report._section import section
from neuromanifold.report._words import number, percent, plural
from neuromanifold.theory import Prediction, Status

FOUR = Prediction(4, "generic ED degree of a conic", "a source", Status.PROVED)

VARIANTS = {
    "plain": fake_landscape(seed=1),
    "trained": fake_landscape(seed=1, runs=200),
    "predicted": fake_landscape(prediction=FOUR),
    "contradicted": fake_landscape(prediction=replace(FOUR, value=6)),
    "interrupted": fake_landscape(status=CompletenessStatus.INTERRUPTED),
    "crowded": crowded(fake_landscape(runs=20), 60),
    "empty": replace(fake_landscape(), critical_points=()),
    "long name": replace(fake_landscape(), model_name="MLP(" + "widths, " * 30 + ")"),
}


@pytest.fixture(params=VARIANTS)
def landscape(request):
    return VARIANTS[request.param]


def test_text_fits_the_terminal(landscape):
    lines = landscape_text(landscape).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[1] == "=" * len(lines[0])
    assert 4 <= sum(line.startswith("• ") for line in lines) <= 8


def test_text_says_the_numbers():
    text = unwrapped(landscape_text(VARIANTS["trained"]))
    best, other = VARIANTS["trained"].real_points
    assert "4 critical points over ℂ: 2 real functions, 2 with real parameters" in text
    assert "certified: 4 of 4" in text
    assert f"global minimum: point 0, loss {best.loss:.6g}, and 1 more local minimum" in text
    assert f"{other.loss:.6g}" in text
    assert "Not shown are 2 complex points" in text
    share = VARIANTS["trained"].training.frequencies[0]
    assert f"{100 * share:.1f} % at point 0" in text


def test_theorem_beside_the_count():
    assert "theorem: 4, as computed" in unwrapped(landscape_text(VARIANTS["predicted"]))
    assert "WARNING" not in landscape_text(VARIANTS["predicted"])
    contradicted = unwrapped(landscape_text(VARIANTS["contradicted"]))
    assert "theorem: 6, not as computed" in contradicted
    assert "!!! WARNING: computed 4, but for a generic dataset the theorem gives 6" in contradicted
    conjecture = replace(FOUR, status=Status.CONJECTURED)
    assert "conjecture: 4" in landscape_text(fake_landscape(prediction=conjecture))


def test_incomplete_is_loud():
    text = landscape_text(VARIANTS["interrupted"])
    assert "NOT COMPLETE (estimated): interrupted" in text


def test_long_tables_are_cut():
    text = landscape_text(VARIANTS["crowded"])
    assert len(text.splitlines()) < 45
    assert "100 more real points and 120 complex points" in unwrapped(text)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (plural(1, "point"), "1 point"),
        (plural(0, "point"), "0 points"),
        (plural(2, "local minimum"), "2 local minima"),
        (number(-1.25), "−1.25"),
        (number(complex(1, -2)), "1 − 2i"),
        (percent(1.0), "100 %"),
        (percent(0.9996), ">99.9 %"),
        (percent(0.0004), "<0.1 %"),
        (percent(0.0), "0 %"),
    ],
)
def test_words(said, expected):
    assert said == expected


def test_page_needs_no_network(landscape):
    page = landscape_html(landscape)
    links = Links()
    links.feed(page[: page.index("<script>")])
    assert links.found == []
    assert page.count("<script") == page.count("</script>")
    assert re.search(r"<script[^>]+src", page) is None


def test_page_holds_the_landscape():
    page = landscape_html(VARIANTS["trained"])
    head = page[: page.index("<script>")]
    assert "4 complex critical points, 2 real, 4 certified; complete." in head
    for point in VARIANTS["trained"].real_points:
        assert number(point.loss) in head
        assert number(point.parameters[1]) in head
    assert "<details class=" in head
    assert "not complete" not in head
    assert "not complete" in landscape_html(VARIANTS["interrupted"])
    assert "theorem differ" in landscape_html(VARIANTS["contradicted"])


def test_page_escapes_names():
    page = landscape_html(replace(VARIANTS["plain"], model_name="</script><b>x</b>"))
    assert "<b>x</b>" not in page
    coordinates = ("</script>", "x", "y")
    page = landscape_html(replace(VARIANTS["plain"], coordinates=coordinates))
    assert page.count("<script") == page.count("</script>")


def test_page_is_written_or_refused(tmp_path):
    write_html(VARIANTS["plain"], tmp_path / "x.html")
    assert (tmp_path / "x.html").read_text().startswith("<!DOCTYPE html>")
    with pytest.raises(InvalidInputError, match="does not exist"):
        write_html(VARIANTS["plain"], tmp_path / "absent" / "x.html")


def test_fragment_is_a_table_without_scripts(landscape):
    fragment = landscape_html_fragment(landscape)
    assert "<script" not in fragment
    assert fragment.count("<tr>") == fragment.count("</tr>")


def test_distances_drawn_are_losses():
    landscape = VARIANTS["plain"]
    projection = Projection.of(landscape)
    for point in landscape.real_points:
        drawn = projection(point.coefficients[None])[0]
        assert np.sum(drawn**2) + landscape.constant == pytest.approx(point.loss)
    assert projection.kept == pytest.approx(1.0)


@pytest.mark.parametrize("dimension", [1, 2, 5])
def test_projection_in_any_dimension(dimension):
    rng = np.random.default_rng(dimension)
    half = rng.normal(size=(dimension, dimension))
    landscape = fake_landscape()
    points = tuple(
        replace(point, coefficients=rng.normal(size=dimension))
        for point in landscape.critical_points
    )
    landscape = replace(
        landscape, critical_points=points, target=rng.normal(size=dimension), metric=half.T @ half
    )
    projection = Projection.of(landscape)
    drawn = projection(np.array([point.coefficients for point in points]))
    whole = projection.whiten(np.array([point.coefficients for point in points]))
    assert drawn.shape == (len(points), 3)
    assert np.all(np.linalg.norm(drawn, axis=1) <= np.linalg.norm(whole, axis=1) * (1 + 1e-12))
    assert 0.0 <= projection.kept <= 1.0 + 1e-12


def test_figures_hold_the_points(landscape):
    trace_names = {trace.name for trace in manifold_figure(landscape).data}
    assert "target u" in trace_names
    drawn = sum(len(trace.x) for trace in loss_figure(landscape).data)
    assert drawn == landscape.n_real
    assert len(landscape_figure(landscape).axes) == 2


def test_figures_are_json():
    text = manifold_figure(VARIANTS["trained"]).to_json()
    assert json.loads(text)["data"]


def test_marching_finds_the_sphere():
    axis = np.linspace(-1.2, 1.2, 40)
    x, y, z = np.meshgrid(axis, axis, axis, indexing="ij")
    points, triangles = zero_set(x**2 + y**2 + z**2 - 1.0, axis)
    p, q, r = points[triangles.T]
    area = np.linalg.norm(np.cross(q - p, r - p), axis=1).sum() / 2
    volume = np.einsum("ij,ij->i", p, np.cross(q, r)).sum() / 6
    assert area == pytest.approx(4 * np.pi, rel=0.01)
    assert volume == pytest.approx(4 / 3 * np.pi, rel=0.01)


def test_equation_of_points_on_a_quadric():
    rng = np.random.default_rng(0)
    s, t = rng.uniform(-1, 1, size=(2, 500))
    c = implicit_equation(np.stack([s, t, s * t], axis=1))
    assert c.shape == (3, 3, 3)
    inside = np.zeros_like(c)
    inside[1, 1, 0], inside[0, 0, 1] = c[1, 1, 0], c[0, 0, 1]
    assert np.abs(c - inside).max() < 1e-12
    assert c[1, 1, 0] == pytest.approx(-c[0, 0, 1])
    assert implicit_equation(rng.uniform(-1, 1, size=(3000, 3))) is None


def test_surface_drawn_is_the_neuromanifold():
    model = nm.models.MLP((2, 1, 1), nm.models.monomial(2))
    landscape = nm.landscape(model, nm.Dataset.random((2,), (1,), samples=10, seed=1))
    projection = Projection.of(landscape)
    drawn = section(landscape, projection)
    assert len(drawn.triangles) > 1000
    unwhitened = np.linalg.solve(projection.root, (drawn.points @ projection.basis).T).T
    a, b, c = (unwhitened + landscape.target).T
    assert landscape.coordinates[1].endswith("x1*x2")
    discriminant = np.abs(b**2 - 4 * a * c) / (a**2 + b**2 + c**2)
    assert np.quantile(discriminant, 0.95) < 1e-3
    np.testing.assert_allclose(drawn.losses, np.sum(drawn.points**2, axis=1) + landscape.constant)


def test_section_hides_nothing():
    model = nm.models.Convolution([3, 2], [2, 1], nm.models.identity())
    landscape = nm.landscape(model, nm.Dataset.random((5,), (1,), samples=12, seed=1))
    drawn = section(landscape, Projection.of(landscape))
    assert drawn.is_section
    assert len(drawn.triangles) > 1000


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in ("src", "href")]


def unwrapped(text):
    return re.sub(r"\s+", " ", textwrap.dedent(text))
