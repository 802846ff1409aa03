"""Results as text, notebook cells, figures and self-contained pages.

The figures are imported on first use: printing a landscape needs no plotting library.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from neuromanifold.report._text import landscape_summary, landscape_text

if TYPE_CHECKING:
    from neuromanifold.report._description import description_text
    from neuromanifold.report._figures import landscape_figure, loss_figure, manifold_figure
    from neuromanifold.report._heatmap import scan_chart, scan_figure
    from neuromanifold.report._html import landscape_html, landscape_html_fragment, write_html
    from neuromanifold.report._shape_figure import shape_figure
    from neuromanifold.report._shape_picture import shape_picture
    from neuromanifold.report._shape_view import AffineView
    from neuromanifold.report._voronoi_figure import voronoi_figure, voronoi_picture

_MODULE_OF = {
    "AffineView": "_shape_view",
    "description_text": "_description",
    "landscape_figure": "_figures",
    "landscape_html": "_html",
    "landscape_html_fragment": "_html",
    "loss_figure": "_figures",
    "manifold_figure": "_figures",
    "scan_chart": "_heatmap",
    "scan_figure": "_heatmap",
    "shape_figure": "_shape_figure",
    "shape_picture": "_shape_picture",
    "voronoi_figure": "_voronoi_figure",
    "voronoi_picture": "_voronoi_figure",
    "write_html": "_html",
}

__all__ = [
    "AffineView",
    "description_text",
    "landscape_figure",
    "landscape_html",
    "landscape_html_fragment",
    "landscape_summary",
    "landscape_text",
    "loss_figure",
    "manifold_figure",
    "scan_chart",
    "scan_figure",
    "shape_figure",
    "shape_picture",
    "voronoi_figure",
    "voronoi_picture",
    "write_html",
]


def __getattr__(name: str) -> Any:
    if name in _MODULE_OF:
        return getattr(import_module(f"neuromanifold.report.{_MODULE_OF[name]}"), name)
    raise AttributeError(f"module 'neuromanifold.report' has no attribute {name!r}")
