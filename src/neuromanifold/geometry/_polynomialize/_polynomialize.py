"""Polynomial copies of networks with other activations."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from neuromanifold.errors import InvalidInputError
from neuromanifold.functions import Dataset
from neuromanifold.geometry._polynomialize._activation_sites import SiteProgram
from neuromanifold.geometry._polynomialize._error_propagation import Compared, compare
from neuromanifold.geometry._polynomialize._minimax import IntervalPolynomial, best_approximation
from neuromanifold.geometry._polynomialize._result import Polynomialized, PolynomialLayer
from neuromanifold.geometry._polynomialize._steps import Step
from neuromanifold.models import Model
from neuromanifold.rings import double_precision

_GRID = 4097
# A range of one number is widened, so that the polynomial is not constant there.
_NARROWEST = 0.1


def polynomialize(model: Model, data: Any, *, parameters: Any, degree: int) -> Polynomialized:
    """Replace every activation by its best polynomial on the range that the data give it.

    An activation is any function σ of one variable that the network applies entry by entry, such
    as ReLU, tanh or GELU, or one written by the user: the traced program is searched for them. For
    each the range [low, high] of its pre-activations over all units and samples is recorded, and σ
    becomes the polynomial p of degree ≤ d with the least maximal error on m = max(400, 40d)
    Chebyshev points of that range, which is the best uniform approximation up to a factor of about
    1.001. A quotient a/b becomes a·p(b) with p ≈ 1/b.

    The copy is within `error_bound` of the network at every sample. At a site with pre-activation
    z in the network and z̃ in the copy, |σ(z) − p(z̃)| ≤ sup |σ − p| + max |p′|·|z − z̃|; between
    sites errors pass through sums and products by |ab − ãb̃| ≤ |a||b − b̃| + |a − ã||b̃|. This is
    proved for the data, at the given parameters, in real arithmetic: rounding is not accounted for.
    For other inputs nothing is claimed.

    By Stone and Weierstrass polynomials approximate every continuous σ uniformly on a compact
    range, so the error goes to 0 as the degree grows, on that range only. It cannot be 0: by Leshno
    et al. the functions of networks with a given σ of any width span a finite-dimensional space if
    and only if σ is a polynomial. So the network itself has no coefficient vector, and its copy has
    one in a space that grows with the degree.

    Args:
        model: A network, such as `Model.from_function(f, params, input_shape)`.
        data: A `Dataset`, of which the inputs are used, or an array of inputs with the samples
            along the first axis.
        parameters: The trained parameters θ, as a pytree or as a flat vector.
        degree: d ≥ 1.

    Returns:
        The polynomial model, with the bound.

    Raises:
        InvalidInputError: If the degree is not an integer of at least 1, the data have the wrong
            shape, or a value on the way is not finite.
        NotPolynomialError: If an operation is neither polynomial nor a function of one variable,
            such as the maximum over an array.

    Source: Leshno, Lin, Pinkus, Schocken, "Multilayer feedforward networks with a nonpolynomial
    activation function can approximate any function" (1993).

    Examples:
        >>> import jax
        >>> import numpy as np
        >>> from neuromanifold.geometry import dimension, polynomialize
        >>> from neuromanifold.models import Model
        >>> def network(params, x):
        ...     return params["W2"] @ jax.nn.relu(params["W1"] @ x)
        >>> trained = {"W1": np.eye(2), "W2": np.ones((1, 2))}
        >>> inputs = [[-1.0, -1.0], [1.0, 1.0]]
        >>> model = Model.from_function(network, trained, (2,))
        >>> copy = polynomialize(model, inputs, parameters=trained, degree=2)
        >>> round(copy.error_bound, 4), round(copy.layers[0].sup_error, 4)  # 2·(1/16), 1/16
        (0.125, 0.0625)
        >>> dimension(copy.model).value  # symmetric 3 × 3 matrices of rank two
        5
    """
    if isinstance(degree, bool) or not isinstance(degree, int | np.integer) or degree < 1:
        raise InvalidInputError(f"degree is {degree!r}; give an integer of at least 1.")
    start = perf_counter()
    theta, X = model.flatten(parameters), _inputs(model, data)
    leaves = jax.tree_util.tree_leaves(model.unflatten(theta))
    with double_precision():
        x = jax.ShapeDtypeStruct(model.input_shape, np.float64)
        program = SiteProgram.of(jax.make_jaxpr(model.apply)(model.parameter_shapes, x))
        before = _pre_activations(program, leaves, X, None)
        polynomials = [
            _fit(step, values, int(degree))
            for step, values in zip(program.sites(), before, strict=True)
        ]
        copy = _copy(model, program, polynomials, int(degree))
        after = _pre_activations(program, leaves, X, polynomials)
        layers = tuple(
            _layer(*site) for site in zip(program.sites(), polynomials, before, after, strict=True)
        )
        output = _compared(program, leaves, X, layers)
    return Polynomialized(
        model=copy,
        error_bound=float(np.max(output.bound)),
        measured_error=float(np.max(np.abs(output.value - output.copy))),
        layers=layers,
        n_samples=len(X),
        seconds=perf_counter() - start,
    )


def _copy(
    model: Model, program: SiteProgram, polynomials: Sequence[IntervalPolynomial], degree: int
) -> Model:
    def apply(params: Any, x: Any) -> Any:
        arguments = [*jax.tree_util.tree_leaves(params), x]
        return program.run(arguments, lambda step, z: polynomials[step.site or 0](z))[0]

    name = model.name.removesuffix(f" ({model.n_parameters} parameters)")
    apply.__name__ = f"{name}, activations of degree {degree}"
    zeros = jax.tree_util.tree_map(lambda leaf: np.zeros(leaf.shape), model.parameter_shapes)
    copy = Model.from_function(apply, zeros, model.input_shape)
    _ = copy.program  # an operation that is left and not polynomial is named here
    return copy


def _inputs(model: Model, data: Any) -> np.ndarray:
    X = np.asarray(data.X if isinstance(data, Dataset) else data, np.float64)
    if X.ndim == 0 or not len(X) or X[0].size != model.n_inputs:
        raise InvalidInputError(
            f"data has inputs of shape {X.shape[1:]} in {len(X) if X.ndim else 0} samples; "
            f"{model.name} takes inputs of shape {model.input_shape}, samples along the first axis."
        )
    if not np.isfinite(X).all():
        raise InvalidInputError("data has an input that is not finite; remove the sample.")
    return X.reshape(-1, *model.input_shape)


def _pre_activations(
    program: SiteProgram,
    leaves: Sequence[Any],
    X: np.ndarray,
    polynomials: Sequence[IntervalPolynomial] | None,
) -> list[np.ndarray]:
    """For every site the values of its argument, in the network or in its copy."""

    def recorded(x: Any) -> list[Any]:
        values: list[Any] = []

        def at_site(step: Step, z: Any) -> Any:
            values.append(z)
            return step.function(z) if polynomials is None else polynomials[step.site or 0](z)

        program.run([*leaves, x], at_site)
        return values

    found = [np.asarray(values).ravel() for values in jax.jit(jax.vmap(recorded))(X)]
    for i, values in enumerate(found, start=1):
        if not np.isfinite(values).all():
            raise InvalidInputError(
                f"activation {i} is given a value that is not finite; check the parameters and the "
                "data."
            )
    return found


def _fit(step: Step, values: np.ndarray, degree: int) -> IntervalPolynomial:
    low, high = float(values.min()), float(values.max())
    if high - low <= 1e-9 * max(abs(low), abs(high), 1e-300):
        width = _NARROWEST * (abs(low) or 1.0)
        low, high = low - width, high + width

    def function(z: np.ndarray) -> np.ndarray:
        sigma = np.asarray(step.function(jnp.asarray(z)), np.float64)
        if not np.isfinite(sigma).all():
            raise InvalidInputError(
                f"activation {(step.site or 0) + 1} has a pole in the range [{low:.4g}, "
                f"{high:.4g}] of its arguments; no polynomial is close to it there."
            )
        return sigma

    return best_approximation(function, low, high, degree)


def _layer(
    step: Step, polynomial: IntervalPolynomial, before: np.ndarray, after: np.ndarray
) -> PolynomialLayer:
    low, high = polynomial.low, polynomial.high
    grid = (low + high) / 2 + (high - low) / 2 * np.cos(np.linspace(0, np.pi, _GRID))
    points = np.concatenate([grid, before])
    values = np.asarray(step.function(jnp.asarray(points)), np.float64)
    return PolynomialLayer(
        low=low,
        high=high,
        degree=len(polynomial.coefficients) - 1,
        sup_error=float(np.max(np.abs(values - polynomial(points)))),
        lipschitz=polynomial.lipschitz(min(low, float(after.min())), max(high, float(after.max()))),
        polynomial=polynomial,
    )


def _compared(
    program: SiteProgram, leaves: Sequence[Any], X: np.ndarray, layers: Sequence[PolynomialLayer]
) -> Compared:
    def at_site(step: Step, z: Compared) -> Compared:
        layer = layers[step.site or 0]
        bound = layer.sup_error + layer.lipschitz * z.bound
        return Compared(step.function(z.value), layer.polynomial(z.copy), bound)

    def run(x: Any) -> tuple[Any, Any, Any]:
        (output,) = compare(program, [*leaves, x], at_site)
        return output.value, output.copy, output.bound

    return Compared(*(np.asarray(part) for part in jax.jit(jax.vmap(run))(X)))
