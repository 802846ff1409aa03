"""The pictures of docs/gallery.md: ``python examples/gallery.py`` writes them all, or those named."""

# ruff: noqa: D103
from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "assets" / "gallery"
DOTS_PER_INCH = 110


# --8<-- [start:umbrella]
def umbrella() -> Figure:
    from neuromanifold.models import Convolution, identity
    from neuromanifold.report import AffineView, shape_figure

    model = Convolution([3, 2], [2, 1], identity())
    view = AffineView.fixing(model, {"c1": 1, "c3": 0})
    return shape_figure(model, view, eye=(1, -1.5, 0.7))


# --8<-- [end:umbrella]


# --8<-- [start:cone]
def cone() -> Figure:
    from neuromanifold.models import MLP, monomial
    from neuromanifold.report import shape_figure

    return shape_figure(MLP([2, 1, 1], monomial(2)))


# --8<-- [end:cone]


# --8<-- [start:products]
def products() -> Figure:
    from neuromanifold.models import Convolution, identity
    from neuromanifold.report import shape_figure

    return shape_figure(Convolution([2, 2], [1, 1], identity()), eye=(1.5, 1.0, 0.8))


# --8<-- [end:products]


# --8<-- [start:cubics]
def cubics() -> Figure:
    import sympy

    from neuromanifold.models import MLP, monomial
    from neuromanifold.report import AffineView, shape_figure

    a, b = sympy.symbols("x1 x2")
    model = MLP([2, 2, 1], monomial(3))
    view = AffineView.through(
        model,
        [a**3, 3 * a**2 * b, 3 * a * b**2, b**3],
        names=("p", "q", "r"),
        words="a³ + 3p·a²b + 3q·ab² + r·b³",
    )
    return shape_figure(model, view, eye=(1.2, -1.0, 0.6))


# --8<-- [end:cubics]


# --8<-- [start:attention]
def attention() -> Figure:
    from neuromanifold.models import LightningAttention
    from neuromanifold.report import shape_figure

    return shape_figure(LightningAttention(d=2, a=2, d_out=1, tokens=2))


# --8<-- [end:attention]


# --8<-- [start:matrices]
def matrices() -> Figure:
    from neuromanifold.models import MLP, identity
    from neuromanifold.report import AffineView, shape_figure

    model = MLP([2, 1, 2], identity())
    half, reflection = [0.5, 0, 0, 0.5], [1, 0, 0, -1]
    swap, rotation = [0, 1, 1, 0], [0, 1, -1, 0]
    view = AffineView.through(
        model, [half, reflection, swap, rotation], words="2 × 2 matrices of trace 1"
    )
    return shape_figure(model, view, eye=(1, -1.5, 0.55))


# --8<-- [end:matrices]


# --8<-- [start:node]
def node() -> Figure:
    from neuromanifold.models import Convolution, monomial
    from neuromanifold.report import AffineView, shape_figure

    model = Convolution([2, 2], [1, 1], monomial(2))
    return shape_figure(model, AffineView.fixing(model, {"c1": 1}))


# --8<-- [end:node]


# --8<-- [start:half_circle]
def half_circle() -> Figure:
    from neuromanifold.geometry import AlgebraicSet, voronoi

    arc = AlgebraicSet("x^2 + y^2 = 1", inequalities=["y >= 0"])
    return voronoi(arc, [1, 0]).plot()


# --8<-- [end:half_circle]


# --8<-- [start:cusp]
def cusp() -> Figure:
    from neuromanifold.geometry import ParametricCurve, voronoi

    return voronoi(ParametricCurve(["t^2", "t^3"]), [0, 0]).plot()


# --8<-- [end:cusp]


# --8<-- [start:nodal_cubic]
def nodal_cubic() -> Figure:
    from neuromanifold.geometry import AlgebraicSet, voronoi

    return voronoi(AlgebraicSet("y^2 = x^3 + x^2"), [0, 0]).plot()


# --8<-- [end:nodal_cubic]


# --8<-- [start:isolated]
def isolated() -> Figure:
    from neuromanifold.geometry import AlgebraicSet, voronoi

    return voronoi(AlgebraicSet("y^2 = x^3 - x^2"), [0, 0]).plot()


# --8<-- [end:isolated]


# --8<-- [start:dimensions]
def dimensions() -> Figure:
    from itertools import product

    from neuromanifold.geometry import scan
    from neuromanifold.models import MLP, monomial

    widths = product((3, 4, 5), (2, 3, 4), (1, 2))
    table = scan(MLP(w, monomial(r)) for w in widths for r in (2, 3, 4, 5))
    return table.plot()


# --8<-- [end:dimensions]


# --8<-- [start:landscape]
def landscape() -> Figure:
    import neuromanifold as nm
    from neuromanifold.report import landscape_figure

    data = nm.Dataset.from_csv(
        ROOT / "src/neuromanifold/cli/demo/tokens.csv",
        inputs=["value_ge", "value_wh", "capital_ge", "capital_wh"],
        targets=["invest_ge", "invest_wh"],
    )
    model = nm.models.LightningAttention(d=2, a=2, d_out=1, tokens=2)
    land = nm.landscape(model, data, seed=0)
    return landscape_figure(land.with_training(land.train(runs=200)))


# --8<-- [end:landscape]


PICTURES: tuple[Callable[[], Figure], ...] = (
    umbrella,
    cone,
    products,
    cubics,
    attention,
    matrices,
    node,
    half_circle,
    cusp,
    nodal_cubic,
    isolated,
    dimensions,
    landscape,
)


def main(names: list[str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for picture in PICTURES:
        if not names or picture.__name__ in names:
            path = FOLDER / f"{picture.__name__}.png"
            picture().savefig(path, dpi=DOTS_PER_INCH)
            print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
