"""The ends of paths in projective space, where infinity is a place like any other."""

from __future__ import annotations

import numpy as np

from neuromanifold.continuation._paths._track import PathBatch, TrackerOptions, track
from neuromanifold.continuation._systems._degrees import degrees_along
from neuromanifold.rings import Circuit, Evaluator, Node, PolynomialMap

_POLISHING = 3


class ProjectivePatch:
    """H(y₁/y₀, …, y_n/y₀; p)·y₀^d = 0 and ⟨a, y⟩ = 1 for the n + 1 unknowns y₀, …, y_n.

    The patch a is one more parameter for each unknown; every path has its own, in which its start has
    length 1.

    Args:
        homotopy: H, polynomials in x₁, …, x_n.
    """

    def __init__(self, homotopy: PolynomialMap) -> None:
        circuit = Circuit()
        y = circuit.inputs(len(homotopy.variables) + 1)
        p = circuit.inputs(len(homotopy.parameters))
        a = circuit.inputs(len(y))
        inputs = {x: _Graded(v, 1, y[0]) for x, v in zip(homotopy.variables, y[1:], strict=True)}
        inputs |= {x: _Graded(v, 0, y[0]) for x, v in zip(homotopy.parameters, p, strict=True)}
        graded = Evaluator(homotopy.outputs)(
            inputs, lambda c: _Graded(circuit.constant(c), 0, y[0])
        )
        self.degrees = np.array([form.degree for form in graded])
        one = sum((b * v for b, v in zip(a[1:], y[1:], strict=True)), a[0] * y[0])
        self.map = PolynomialMap.build([*(form.node for form in graded), one - 1], y, [*p, *a])

    def is_tight(self, homotopy: PolynomialMap) -> bool:
        """No equation has a superfluous factor y₀, as cancellation of terms would leave."""
        columns = [range(len(homotopy.variables))]
        return bool((degrees_along(homotopy, columns, None, False)[:, 0] == self.degrees).all())

    def track(
        self,
        points: np.ndarray,
        start: np.ndarray,
        target: np.ndarray,
        options: TrackerOptions,
        threads: int,
    ) -> tuple[PathBatch, np.ndarray]:
        """Follow paths from points x (B, n); the ends in the patch, and all parameters there (B, m)."""
        y = np.column_stack([np.ones(len(points)), points])
        largest = np.abs(y).max(axis=1, keepdims=True)
        y = y / largest
        y = y / np.linalg.norm(y, axis=1, keepdims=True)
        here, there = (
            np.hstack([np.broadcast_to(p, (len(y), p.shape[-1])), y.conj()])
            for p in (np.asarray(start), np.asarray(target))
        )
        return track(self.map.tape, y, here, there, options=options, threads=threads), there

    def polished(self, y: np.ndarray, p: np.ndarray) -> np.ndarray:
        """The ends y (B, n + 1) after Newton steps that are measured coordinate by coordinate.

        So a y₀ far below the rounding errors of the others becomes as accurate as they are.
        """
        for _ in range(_POLISHING if len(y) else 0):
            F, J = self.map.linearize(y, p)
            J = J * y[:, None, :]
            rows = np.abs(J).max(axis=2)
            rows = np.where(rows > 0, rows, 1.0)
            J, F = J / rows[:, :, None], F / rows
            usable = np.isfinite(np.sum(np.abs(J), axis=(1, 2)) + np.sum(np.abs(F), axis=1))
            J[~usable] = np.eye(y.shape[1])
            step = np.stack(
                [np.linalg.lstsq(a, -b, rcond=1e-15)[0] for a, b in zip(J, F, strict=True)]
            )
            y = np.where(np.reshape(usable, (-1, 1)), y * (1 + step), y)
        return y


class _Graded:
    """A polynomial made homogeneous of some degree by powers of y₀."""

    __slots__ = ("_zeroth", "degree", "node")

    def __init__(self, node: Node, degree: int, zeroth: Node) -> None:
        self.node = node
        self.degree = degree
        self._zeroth = zeroth

    def _raised(self, degree: int) -> Node:
        return (
            self.node * self._zeroth ** (degree - self.degree)
            if degree > self.degree
            else self.node
        )

    def _with(self, node: Node, degree: int) -> _Graded:
        return _Graded(node, degree, self._zeroth)

    def __add__(self, other: _Graded) -> _Graded:
        degree = max(self.degree, other.degree)
        return self._with(self._raised(degree) + other._raised(degree), degree)

    def __sub__(self, other: _Graded) -> _Graded:
        degree = max(self.degree, other.degree)
        return self._with(self._raised(degree) - other._raised(degree), degree)

    def __neg__(self) -> _Graded:
        return self._with(-self.node, self.degree)

    def __mul__(self, other: _Graded) -> _Graded:
        return self._with(self.node * other.node, self.degree + other.degree)

    def __truediv__(self, other: _Graded) -> _Graded:
        return self._with(self.node / other.node, self.degree - other.degree)

    def __pow__(self, n: int) -> _Graded:
        return self._with(self.node**n, n * self.degree)
