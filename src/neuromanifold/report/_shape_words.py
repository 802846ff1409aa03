"""What stands below the picture of M."""

from __future__ import annotations

import textwrap

from neuromanifold.report._shape import Locus, Shape

_WIDTH = 58


def caption(drawn: Shape) -> str:
    """Where the picture is taken, and where its surface comes from: at most two lines."""
    view = drawn.view
    if drawn.is_boundary:
        source = "boundary of M (numerical)"
    elif drawn.is_exact:
        source = "exact equation"
    elif len(drawn.triangles):
        source = "equation fitted to functions of M"
    else:
        source = "functions of M"
    where = [view.words] if view.words else []
    if not view.is_section:
        where.append("projected to principal directions")
    return textwrap.fill("; ".join([*where, source]), _WIDTH)


def locus_name(locus: Locus) -> str:
    """The subnetwork, and how many smaller ones coincide with it in the picture."""
    others = f" and {locus.n_others} more" if locus.n_others else ""
    return f"subnetwork {locus.label}{others}"
