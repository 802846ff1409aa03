"""Results as text, notebook cells, figures and self-contained pages.

The figures are imported on first use: printing a landscape needs no plotting library.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from neuromanifold.report._text import landscape_summary, landscape_text

if TYPE_CHECKING:
    from neuromanifold.report._description import description_text
    from neuromanifold.report._figures import landscape_figure, loss_figure, manifold_figure
    from neuromanifold.report._html import landscape_html, landscape_html_fragment, write_html

_MODULE_OF = {
    "description_text": "_description",
    "landscape_figure": "_figures",
    "landscape_html": "_html",
    "landscape_html_fragment": "_html",
    "loss_figure": "_figures",
    "manifold_figure": "_figures",
    "write_html": "_html",
}

__all__ = [
    "description_text",
    "landscape_figure",
    "landscape_html",
    "landscape_html_fragment",
    "landscape_summary",
    "landscape_text",
    "loss_figure",
    "manifold_figure",
    "write_html",
]


def __getattr__(name: str) -> Any:
    if name in _MODULE_OF:
        return getattr(import_module(f"neuromanifold.report.{_MODULE_OF[name]}"), name)
    raise AttributeError(f"module 'neuromanifold.report' has no attribute {name!r}")
