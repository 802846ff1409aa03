"""The table of critical points, as strings, for every medium."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from neuromanifold.landscapes._result import CriticalPoint, Landscape
from neuromanifold.report._words import kind, number, percent


@dataclass(frozen=True)
class Row:
    """One critical point in words.

    Attributes:
        position: its place in ``landscape.critical_points``.
        loss: its loss.
        index: the index of the Hessian, ``–`` for a complex function.
        kind: minimum, saddle or maximum.
        parameters: whether real parameters reach it.
        certified: whether it is certified.
        share: share of the training runs that ended there, if there was training.
        point: the point itself.
    """

    position: str
    loss: str
    index: str
    kind: str
    parameters: str
    certified: str
    share: str | None
    point: CriticalPoint

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells, in the order of `columns`."""
        cells = (self.position, self.loss, self.index, self.kind, self.parameters, self.certified)
        return cells if self.share is None else (*cells, self.share)


def columns(landscape: Landscape) -> tuple[str, ...]:
    """The headings over `Row.cells`."""
    heads = ("point", "loss", "index", "kind", "parameters", "certified")
    return heads if landscape.training is None else (*heads, "runs")


def real_rows(landscape: Landscape) -> tuple[Row, ...]:
    """The real functions, by increasing loss."""
    return _rows(landscape, landscape.real_points)


def complex_rows(landscape: Landscape) -> tuple[Row, ...]:
    """The functions that are not real."""
    return _rows(landscape, [p for p in landscape.critical_points if not p.is_real])


def _rows(landscape: Landscape, points: Sequence[CriticalPoint]) -> tuple[Row, ...]:
    place = {id(point): i for i, point in enumerate(landscape.critical_points)}
    shares = None if landscape.training is None else landscape.training.frequencies
    return tuple(
        Row(
            position=str(place[id(point)]),
            loss=number(point.loss),
            index="–" if point.index is None else str(point.index),
            kind=kind(point, landscape),
            parameters="real" if point.has_real_parameters else "complex",
            certified="yes" if point.is_certified else "no",
            share=None if shares is None else percent(shares.get(place[id(point)], 0.0)),
            point=point,
        )
        for point in points
    )
