"""Random solutions of random members of a family."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from neuromanifold.continuation._random import complex_gaussian
from neuromanifold.continuation._systems._system import System
from neuromanifold.errors import InvalidInputError
from neuromanifold.rings import PolynomialMap

_DRAWS_COMPARED = 8
_MOST_DRAWS = 200
_STEPS = 40
_CONVERGED = 1e-11
_WORST_CONDITION = 1e9
_COLLAPSED = 1e-8


class StartPairs:
    """Draws pairs (x, p) with F(x; p) = 0.

    Where F is linear in some parameters h, a random x is a solution for every h with A(x)·h = −b(x);
    the one nearest to a random h is taken. Where that fails because some equations do not contain h,
    Newton's method moves x and h together, each step being the shortest: (x, h) ← (x, h) − J⁺F.

    Args:
        system: square or overdetermined.
        free: positions of the parameters that may move; the others are drawn at random and kept.
        linear: positions of free parameters in which F is linear.
    """

    def __init__(self, system: System, free: Sequence[int], linear: Sequence[int]) -> None:
        own = system.map
        self._system = system
        self._n = system.n_variables
        self._free = np.array(free, int)
        self._fixed = np.delete(np.arange(len(own.parameters)), self._free)
        self._joint = PolynomialMap(
            own.outputs,
            (*own.variables, *(own.parameters[k] for k in self._free)),
            tuple(own.parameters[k] for k in self._fixed),
        )
        self._movable = self._n + np.flatnonzero(np.isin(self._free, linear))

    def parameters(self, rng: np.random.Generator, scale: float = 1.0) -> np.ndarray:
        """Random parameters of the map: complex Gaussian numbers, and ι = i."""
        n = len(self._system.parameters)
        named = scale * complex_gaussian(rng, n)
        return np.concatenate([named, np.full(len(self._system.map.parameters) - n, 1j)])

    def pair(
        self,
        rng: np.random.Generator,
        parameters: np.ndarray | None = None,
        n_draws: int = _DRAWS_COMPARED,
    ) -> tuple[np.ndarray, np.ndarray]:
        """x and all parameters: of a few draws the one with the best conditioned Jacobian.

        Args:
            rng: the source of randomness.
            parameters: where the parameters that are not free keep their values; random ones
                otherwise.
            n_draws: how many draws are compared.

        Raises:
            InvalidInputError: 200 draws gave none with a regular Jacobian.
        """
        found: list[tuple[float, np.ndarray, np.ndarray]] = []
        for _ in range(_MOST_DRAWS):
            p = self.parameters(rng)
            if parameters is not None:
                p[self._fixed] = parameters[self._fixed]
            z = np.concatenate([complex_gaussian(rng, self._n), p[self._free]])
            z = self._solve(z, p[self._fixed])
            if z is None:
                continue
            p[self._free] = z[self._n :]
            condition = self.condition(z[: self._n], p)
            if condition < _WORST_CONDITION:
                found.append((condition, z[: self._n], p))
            if len(found) == n_draws:
                break
        if not found:
            raise InvalidInputError(
                "No start pair was found: Newton's method in variables and parameters reached no regular "
                "solution; give one with start=(x, p)."
            )
        _, x, p = min(found, key=lambda draw: draw[0])
        return x, p

    def condition(self, x: np.ndarray, p: np.ndarray) -> float:
        """The condition number of ∂F/∂x."""
        _, J = self._joint.linearize(self._join(x, p)[None, :], p[self._fixed])
        J = J[0][:, : self._n]
        J = J / np.maximum(np.abs(J).max(axis=1, keepdims=True), 1e-300)
        return float(np.linalg.cond(J)) if np.isfinite(J).all() else np.inf

    def refined(self, x: np.ndarray, p: np.ndarray) -> np.ndarray | None:
        """The solution near x for these p, by Newton's method; None if there is none."""
        return self._newton(self._join(x, p), p[self._fixed], np.arange(self._n))

    def velocity(self, x: np.ndarray, p: np.ndarray) -> float:
        """How fast the solution moves with the parameters: ‖∂x/∂p‖·‖p‖/‖x‖."""
        _, J = self._joint.linearize(self._join(x, p)[None, :], p[self._fixed])
        moves = np.linalg.lstsq(J[0][:, : self._n], J[0][:, self._n :], rcond=None)[0]
        size = float(np.max(np.abs(p[self._free]), initial=0.0)) or 1.0
        return float(
            np.max(np.abs(moves), initial=0.0) * (size / max(float(np.abs(x).max()), 1e-8))
        )

    def _join(self, x: np.ndarray, p: np.ndarray) -> np.ndarray:
        return np.concatenate([x, p[self._free]])

    def _solve(self, z: np.ndarray, fixed: np.ndarray) -> np.ndarray | None:
        if len(self._movable):
            solved = self._newton(z, fixed, self._movable, steps=3)
            if solved is not None and not self._has_collapsed(solved, z, fixed):
                return solved
        solved = self._newton(z, fixed, np.arange(len(z)))
        return None if solved is None or self._has_collapsed(solved, z, fixed) else solved

    def _has_collapsed(self, z: np.ndarray, begin: np.ndarray, fixed: np.ndarray) -> bool:
        """An equation has become 0 = 0, because its parameters have."""
        _, J = self._joint.linearize(np.stack([z, begin]), fixed)
        sizes = np.abs(J[:, :, : self._n]).max(axis=2)
        return bool(np.any(sizes[0] < _COLLAPSED * sizes[1]))

    def _newton(
        self, z: np.ndarray, fixed: np.ndarray, moving: np.ndarray, steps: int = _STEPS
    ) -> np.ndarray | None:
        z = z.astype(np.complex128)
        farthest = 1e8 * max(1.0, float(np.max(np.abs(z), initial=0.0)))
        for _ in range(steps):
            F, J = self._joint.linearize(z[None, :], fixed)
            if not (np.isfinite(F).all() and np.isfinite(J).all()):
                return None
            step = np.linalg.lstsq(J[0][:, moving], -F[0], rcond=1e-12)[0]
            remaining = F[0] + J[0][:, moving] @ step
            z[moving] += step
            size = np.max(np.abs(z))
            if not size < farthest:
                return None
            if np.max(np.abs(step), initial=0.0) <= _CONVERGED * size and np.max(
                np.abs(remaining)
            ) / size <= _CONVERGED * max(np.abs(J[0]).max(), 1.0):
                return z
        return None
