"""A part of V with three coordinates, in which M can be drawn."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from neuromanifold.errors import InvalidInputError
from neuromanifold.functions import FunctionSpace, read_function
from neuromanifold.geometry import Dimension, dimension
from neuromanifold.models import Model

_INDEPENDENT = 1e-9
_SHOWN = 0.9


@dataclass(frozen=True, eq=False)
class AffineView:
    """The affine subspace {c : H·(c − c₀) = 0} of V with the coordinates y = L·(c − c₀).

    If H has N − 3 rows it is a 3-space, and what is drawn is the section of M by it. With fewer rows
    the section is projected by L. The picture is the cube |y_i| ≤ r.

    Attributes:
        model: The model.
        origin: c₀, shape (N,).
        conditions: H, orthonormal rows, shape (k, N).
        axes: L, shape (3, N).
        names: What the three coordinates are.
        radius: r.
        words: Where the picture is taken, for its caption.
        space: V.

    Examples:
        >>> from neuromanifold.models import Convolution, identity
        >>> model = Convolution([3, 2], [2, 1], identity())
        >>> view = AffineView.fixing(model, {"c1": 1, "c3": 0})
        >>> view.names, view.is_section
        (('c2', 'c4', 'c5'), True)
    """

    model: Model
    origin: np.ndarray
    conditions: np.ndarray
    axes: np.ndarray
    names: tuple[str, str, str]
    radius: float
    words: str
    space: FunctionSpace

    @classmethod
    def fixing(
        cls,
        model: Model,
        fixed: Mapping[str, float],
        *,
        center: Mapping[str, float] | None = None,
        radius: float = 1.0,
    ) -> AffineView:
        """The functions some of whose coefficients are given; the others are the axes.

        Args:
            model: A polynomial model.
            fixed: Values of coordinates c1, …, cN. Where N − 3 are fixed, the three others are the
                axes. With m = dim M < N − 1, at most m − 2 may be fixed, and the surface that is
                left of M is projected to its principal directions.
            center: The centre of the picture in the other coordinates, by default 0.
            radius: r.

        Raises:
            InvalidInputError: A coordinate has no such name, or their number does not fit.
        """
        space, dim = surface_space(model)
        origin = np.zeros(space.dimension)
        for name, value in {**(center or {}), **fixed}.items():
            origin[_position(name, space)] = value
        held = [_position(name, space) for name in fixed]
        free = [i for i in range(space.dimension) if i not in held]
        unit = np.eye(space.dimension)
        words = ", ".join(f"{name} = {value:g}" for name, value in fixed.items())
        view = cls(
            model=model,
            origin=origin,
            conditions=unit[held],
            axes=unit[free[:3]],
            names=_three([f"c{i + 1}" for i in free]),
            radius=float(radius),
            words=f"section {words}" if words else "",
            space=space,
        )
        return view._checked(dim)

    @classmethod
    def through(
        cls,
        model: Model,
        functions: Sequence[Any],
        *,
        names: Sequence[str] = ("y1", "y2", "y3"),
        radius: float = 1.0,
        words: str = "section by a 3-space",
    ) -> AffineView:
        """The functions f = f₀ + y₁·f₁ + y₂·f₂ + y₃·f₃.

        Args:
            model: A polynomial model.
            functions: f₀, f₁, f₂, f₃ in V: coefficients or SymPy polynomials in x1, x2, ….
            names: Of the three axes.
            radius: r, the largest |y_i|.
            words: What to say about it in the caption.

        Raises:
            InvalidInputError: There are not four of them, one does not lie in V, or the last three
                are not linearly independent.
        """
        space, dim = surface_space(model)
        if len(functions) != 4 or len(names) != 3:
            raise InvalidInputError(
                f"a view needs 4 functions and 3 names, not {len(functions)} and {len(names)}"
            )
        vectors = np.array([np.real(read_function(space, f).vector) for f in functions])
        directions = vectors[1:]
        singular = np.linalg.svd(directions, compute_uv=False)
        if singular[-1] <= _INDEPENDENT * singular[0]:
            raise InvalidInputError("functions 1, 2 and 3 are linearly dependent; choose others")
        view = cls(
            model=model,
            origin=vectors[0],
            conditions=np.linalg.svd(directions)[2][3:],
            axes=np.linalg.pinv(directions).T,
            names=_three(names),
            radius=float(radius),
            words=words,
            space=space,
        )
        return view._checked(dim)

    @classmethod
    def meeting(cls, model: Model, origin: np.ndarray, conditions: np.ndarray) -> AffineView:
        """The functions with H·(c − c₀) = 0, to be projected to their principal directions.

        Args:
            model: A model with dim M < N − 1.
            origin: c₀, shape (N,).
            conditions: H, shape (k, N), with k ≤ m − 2.
        """
        space, dim = surface_space(model)
        rows = np.linalg.svd(conditions)[2][: len(conditions)] if len(conditions) else conditions
        view = cls(
            model=model,
            origin=origin,
            conditions=rows,
            axes=np.eye(3, space.dimension),
            names=("y1", "y2", "y3"),
            radius=1.0,
            words="",
            space=space,
        )
        return view._checked(dim)

    @classmethod
    def chosen(cls, model: Model, seed: int = 0) -> AffineView:
        """A view through random functions of M, two of them singular if M is a singular hypersurface.

        Raises:
            InvalidInputError: There is no surface to draw.
        """
        from neuromanifold.report._shape_chosen import chosen_view

        return chosen_view(model, seed)

    @property
    def is_section(self) -> bool:
        """Nothing is projected: the picture shows a 3-space of functions."""
        return len(self.conditions) == self.space.dimension - 3

    @cached_property
    def manifold_dimension(self) -> int:
        """Dim M."""
        return _value(dimension(self.model))

    @cached_property
    def mu(self) -> Callable[[np.ndarray], np.ndarray]:
        """Real parameters to coefficients, (B, P) → (B, N)."""
        space = self.space
        return lambda theta: np.real(space.coefficients(theta)).astype(np.float64)

    def __call__(self, coefficients: np.ndarray) -> np.ndarray:
        """y for rows c: (B, N) → (B, 3)."""
        return (coefficients - self.origin) @ self.axes.T

    def hidden(self, coefficients: np.ndarray) -> np.ndarray:
        """H·(c − c₀) for rows c: (B, N) → (B, k)."""
        return (coefficients - self.origin) @ self.conditions.T

    @cached_property
    def _lift(self) -> np.ndarray:
        rows = np.concatenate([self.axes, self.conditions])
        return np.linalg.pinv(rows)[:, :3].T

    @cached_property
    def origin_values(self) -> np.ndarray:
        """What the axes measure at the centre of the picture, shape (3,).

        A coordinate c_b has its value there; other axes start from 0.
        """
        unit = np.eye(self.space.dimension)
        named = [(row == unit).all(axis=1).any() for row in self.axes]
        return np.where(named, self.axes @ self.origin, 0.0)

    def functions(self, points: np.ndarray) -> np.ndarray:
        """The functions of a 3-space at points y: (B, 3) → (B, N)."""
        return self.origin + points @ self._lift

    def toward(self, coefficients: np.ndarray) -> AffineView:
        """The same subspace, projected to the principal directions of most of some functions in it."""
        center = np.median(coefficients, axis=0)
        length = np.linalg.norm(coefficients - center, axis=1)
        near = coefficients[length <= 2.0 * np.median(length)] - center
        axes = np.linalg.svd(near, full_matrices=False)[2][:3]
        radius = float(np.quantile(np.abs(near @ axes.T).max(axis=1), _SHOWN))
        names = ("y1", "y2", "y3")
        return replace(self, origin=center, axes=axes, names=names, radius=radius)

    def _checked(self, dim: int) -> AffineView:
        N, k = self.space.dimension, len(self.conditions)
        if not (np.isfinite(self.radius) and self.radius > 0):
            raise InvalidInputError(f"radius is {self.radius}; give a positive number")
        if dim >= N - 1 and k != N - 3:
            raise InvalidInputError(
                f"{k} conditions are given, but M has dimension {dim} in V of dimension {N}: "
                f"give {N - 3}, so that 3 coordinates are left"
            )
        if dim < N - 1 and k > max(dim - 2, 0):
            raise InvalidInputError(
                f"{k} conditions are given, but M has dimension {dim} in V of dimension {N}: "
                f"give at most {max(dim - 2, 0)}, so that a surface is left of M"
            )
        return self


def surface_space(model: Model) -> tuple[FunctionSpace, int]:
    """V and dim M, if there is a surface to draw."""
    space = FunctionSpace.of(model)
    dim = _value(dimension(model))
    if space.dimension < 3 or dim < 2:
        raise InvalidInputError(
            f"M has dimension {dim} in V of dimension {space.dimension}; a picture in space needs a "
            "surface at least: choose a larger model"
        )
    return space, dim


def _value(result: Dimension) -> int:
    return int(result.value)


def _position(name: str, space: FunctionSpace) -> int:
    match = re.fullmatch(r"c([1-9][0-9]*)", name)
    if match is None or int(match[1]) > space.dimension:
        raise InvalidInputError(
            f"{name!r} is no coordinate of V; they are c1, …, c{space.dimension}: "
            + ", ".join(space.coordinates)
        )
    return int(match[1]) - 1


def _three(names: Sequence[str]) -> tuple[str, str, str]:
    first, second, third = (*names, "", "", "")[:3]
    return first, second, third
