"""Where gradient descent from random starts actually ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from neuromanifold._equality import same_fields
from neuromanifold.errors import InvalidInputError
from neuromanifold.functions import FunctionSpace, metric_factor
from neuromanifold.models import Model

if TYPE_CHECKING:
    from neuromanifold.landscapes._result import Landscape

_BLOCK, _STEPS = 500, 5000
_FINISH_BLOCK, _FINISH_STEPS = 50, 500
_GRADIENT_TOLERANCE = 1e-7
_MATCH_TOLERANCE = 1e-3
_SEPARATION = 10.0


@dataclass(frozen=True, eq=False)
class Training:
    """The ends of `runs` gradient descents.

    Attributes:
        coefficients: the function each run ended at, shape (runs, N).
        losses: its loss, shape (runs,).
        critical_point: index into ``landscape.critical_points`` of the point each run ended at,
            or −1 for "elsewhere": a singular or boundary point of M, infinity, or a run that was
            still moving when its steps ran out; shape (runs,).
        converged: whether the gradient had vanished to tolerance, shape (runs,).
        seed: the seed of the starts.
    """

    coefficients: np.ndarray
    losses: np.ndarray
    critical_point: np.ndarray
    converged: np.ndarray
    seed: int

    def __eq__(self, other: object) -> bool:
        return same_fields(self, other)

    __hash__ = None  # type: ignore[assignment]

    @property
    def runs(self) -> int:
        """Number of runs."""
        return len(self.losses)

    @property
    def frequencies(self) -> dict[int, float]:
        """Fraction of runs that ended at each critical point; key −1 is "elsewhere"."""
        ends, counts = np.unique(self.critical_point, return_counts=True)
        return {int(end): float(count) / self.runs for end, count in zip(ends, counts, strict=True)}


def train(
    landscape: Landscape,
    *,
    runs: int,
    seed: int,
    on_progress: Callable[[int, int], None] | None = None,
) -> Training:
    """Gradient descent θ ← θ − η∇L(μ(θ)) from θ ~ N(0, 1), all runs at once.

    Every step is taken only if it lowers the loss by at least 10⁻⁴·η‖∇L‖², else η is halved; after a
    step η grows by a tenth. A run has converged when ‖∇L‖ < 10⁻⁷·(1 + L(θ₀)). Runs still creeping along
    a flat valley after 5000 steps are finished by damped Newton steps −(|H| + λI)⁻¹∇L, which must
    lower the loss as well. An end is matched to the nearest
    critical point with real parameters when it is closer than 10⁻³ of the target's size in the
    metric Q and ten times closer than to any other one.

    Raises:
        InvalidInputError: runs < 1, or the landscape was loaded from a file and has no model.
    """
    if runs < 1:
        raise InvalidInputError(f"runs is {runs}; ask for at least 1 training run.")
    if landscape.model is None:
        raise InvalidInputError(
            "The landscape was loaded from a file and has no model to train; compute it again with "
            "`neuromanifold.landscape(model, data)`."
        )
    space = FunctionSpace.of(landscape.model)
    factor = metric_factor(landscape.metric)
    with jax.enable_x64(True):
        descent = _Descent(landscape.model, space, factor, landscape.target)
        starts = np.random.default_rng(seed).standard_normal((runs, landscape.model.n_parameters))
        theta, converged = descent.run(starts, on_progress)
    coefficients = space.coefficients(theta)
    distance = (coefficients - landscape.target) @ factor
    return Training(
        coefficients=coefficients,
        losses=np.sum(distance**2, axis=1) + landscape.constant,
        critical_point=_match(coefficients, landscape, factor),
        converged=converged,
        seed=seed,
    )


class _State(NamedTuple):
    """All runs at once: θ, L(θ), ∇L(θ), the step length or damping, and who has converged."""

    theta: jax.Array
    value: jax.Array
    gradient: jax.Array
    control: jax.Array
    done: jax.Array


class _Descent:
    """Vectorised descent on ‖Lᵀ(c(θ) − u)‖², with c(θ) read off from values at a few inputs."""

    def __init__(
        self, model: Model, space: FunctionSpace, factor: np.ndarray, target: np.ndarray
    ) -> None:
        inputs = np.random.default_rng(0).standard_normal((2 * space.dimension, *model.input_shape))
        interpolate = factor.T @ np.linalg.pinv(space.design_matrix(inputs))
        whitened_target = factor.T @ target

        def loss(theta: jax.Array) -> jax.Array:
            values = jax.vmap(lambda x: model.apply_flat(theta, x))(jnp.asarray(inputs))
            return jnp.sum((interpolate @ values.ravel() - whitened_target) ** 2)

        self._value_and_gradient = jax.vmap(jax.value_and_grad(loss))
        self._hessian = jax.vmap(jax.hessian(loss))
        self._descend = jax.jit(partial(self._block, _BLOCK, self._gradient_step))
        self._finish = jax.jit(partial(self._block, _FINISH_BLOCK, self._newton_step))

    def run(
        self, starts: np.ndarray, on_progress: Callable[[int, int], None] | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The ends of all runs, and which of them converged."""
        theta = jnp.asarray(starts)
        value, gradient = self._value_and_gradient(theta)
        norm = jnp.sqrt(jnp.sum(gradient**2, axis=1))
        tolerance = _GRADIENT_TOLERANCE * (1 + value)
        state = _State(theta, value, gradient, 0.1 / (1 + norm), norm < tolerance)
        blocks = [self._descend] * (_STEPS // _BLOCK)
        blocks += [self._finish] * (_FINISH_STEPS // _FINISH_BLOCK)
        for done, block in enumerate(blocks, start=1):
            if bool(state.done.all()):
                break
            if block is self._finish and blocks[done - 2] is self._descend:
                state = state._replace(control=jnp.ones_like(state.control))
            state = block(state, tolerance)
            if on_progress is not None:
                on_progress(done, len(blocks))
        return np.asarray(state.theta), np.asarray(state.done)

    def _block(
        self,
        length: int,
        step: Callable[[_State], tuple[jax.Array, jax.Array, jax.Array]],
        state: _State,
        tolerance: jax.Array,
    ) -> _State:
        """`length` steps of every run, each taken only where it lowers the loss enough."""

        def advance(_: jax.Array, now: _State) -> _State:
            change, if_accepted, if_rejected = step(now)
            value, gradient = self._value_and_gradient(now.theta + change)
            decrease = -jnp.sum(now.gradient * change, axis=1)
            accepted = (value <= now.value - 1e-4 * decrease) & ~now.done
            gradient = jnp.where(accepted[:, None], gradient, now.gradient)
            return _State(
                jnp.where(accepted[:, None], now.theta + change, now.theta),
                jnp.where(accepted, value, now.value),
                gradient,
                jnp.where(accepted, if_accepted, if_rejected),
                now.done | (jnp.sqrt(jnp.sum(gradient**2, axis=1)) < tolerance),
            )

        return jax.lax.fori_loop(0, length, advance, state)

    def _gradient_step(self, now: _State) -> tuple[jax.Array, jax.Array, jax.Array]:
        eta = now.control
        return -eta[:, None] * now.gradient, 1.1 * eta, 0.5 * eta

    def _newton_step(self, now: _State) -> tuple[jax.Array, jax.Array, jax.Array]:
        """−(|H| + λI)⁻¹∇L with |H| from the eigenvalues' absolute values: always downhill."""
        eigenvalues, vectors = jnp.linalg.eigh(self._hessian(now.theta))
        stiffness = jnp.abs(eigenvalues) + now.control[:, None]
        along = jnp.einsum("bij,bi->bj", vectors, now.gradient) / stiffness
        change = -jnp.einsum("bij,bj->bi", vectors, along)
        return change, now.control / 4, now.control * 4


def _match(coefficients: np.ndarray, landscape: Landscape, factor: np.ndarray) -> np.ndarray:
    reachable = [i for i, p in enumerate(landscape.critical_points) if p.has_real_parameters]
    if not reachable:
        return np.full(len(coefficients), -1)
    points = np.array([np.real(landscape.critical_points[i].coefficients) for i in reachable])
    difference = (coefficients[:, None, :] - points[None, :, :]) @ factor
    distance = np.linalg.norm(difference, axis=2)
    size = np.linalg.norm(landscape.target @ factor)
    order = np.sort(distance, axis=1)
    clear = order[:, 0] <= _MATCH_TOLERANCE * size
    if len(reachable) > 1:
        clear &= order[:, 1] >= _SEPARATION * order[:, 0]
    return np.where(clear, np.array(reachable)[distance.argmin(axis=1)], -1)
