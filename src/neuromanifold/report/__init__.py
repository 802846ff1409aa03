"""Results as text, notebook cells, figures and self-contained pages."""

from neuromanifold.report._text import landscape_summary, landscape_text

__all__ = ["landscape_summary", "landscape_text"]
