"""How many parameters count: parameters minus the dimension of their known symmetries."""

from __future__ import annotations

from fractions import Fraction
from functools import singledispatch
from math import comb

from neuromanifold.models import (
    MLP,
    AbstractActivation,
    Convolution,
    LightningAttention,
    Model,
    Monomial,
    Polynomial,
)


@singledispatch
def effective_parameters(model: Model) -> int:
    """P minus the dimension of the symmetries known for every θ of the family.

    It bounds the dimension of M. For a model given by its own function nothing is known: P.
    """
    return model.n_parameters


@effective_parameters.register
def _(model: MLP) -> int:
    """Rescalings of the hidden neurons, or changes of basis if the network is linear.

    σ = c·xʳ: P − Σ_hidden d_i. Linear: the matrices of rank min dᵢ. Other polynomials: P, unless
    biases can absorb a translation that makes σ a monomial.
    """
    widths, hidden = model.widths, model.widths[1:-1]
    if not hidden:
        return model.n_parameters
    if model.activation.degree == 1:
        if not model.bias and not _is_homogeneous(model.activation):
            return model.n_parameters
        rank = min(widths)
        linear = rank * (widths[0] + widths[-1] - rank)
        return linear + (widths[-1] if model.bias else 0)
    rescales = _is_translated_monomial if model.bias else _is_homogeneous
    return model.n_parameters - (sum(hidden) if rescales(model.activation) else 0)


@effective_parameters.register
def _(model: Convolution) -> int:
    """One rescaling between neighbouring layers if σ = c·xʳ: Σ k_i − L + 1; otherwise Σ k_i."""
    if _is_homogeneous(model.activation):
        return model.n_parameters - len(model.filters) + 1
    return model.n_parameters


@effective_parameters.register
def _(model: LightningAttention) -> int:
    """Matrices V_i and A_i = K_iᵀQ_i up to rescaling, and changes of basis between layers.

    For t ≥ 2 tokens, widths d_0, …, d_l and α_i = min(a, d_{i−1}):
    Σ (α_i(2d_{i−1} − α_i) + d_i d_{i−1}) − Σ_{0<i<l} d_i² − l. A single layer with one token sees
    of A only its symmetric part, of rank at most min(2a, d).
    """
    d, layers = model.d, model.layers
    alpha = min(model.a, d)
    if model.tokens == 1:
        rank = min(2 * model.a, d)
        attention = rank * d - comb(rank, 2)
    else:
        attention = alpha * (2 * d - alpha)
    values = (layers - 1) * d * d + model.d_out * d
    changes_of_basis = (layers - 1) * d * d
    return layers * attention + values - changes_of_basis - layers


def _is_homogeneous(activation: AbstractActivation) -> bool:
    match activation:
        case Monomial():
            return True
        case Polynomial(coefficients):
            return not any(coefficients[:-1])
        case _:
            return False


def _is_translated_monomial(activation: AbstractActivation) -> bool:
    """Whether σ(x) = a(x + c)ʳ + b."""
    if not isinstance(activation, Polynomial):
        return _is_homogeneous(activation)
    r = activation.degree
    *_, before, leading = (Fraction(c) for c in activation.coefficients)
    shift = before / (r * leading)
    return all(
        Fraction(activation.coefficients[i]) == leading * comb(r, i) * shift ** (r - i)
        for i in range(1, r)
    )
