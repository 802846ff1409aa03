"""The theorem that predicts a model's number of critical points, where there is one."""

from functools import singledispatch

from neuromanifold import theory
from neuromanifold.models import (
    MLP,
    Convolution,
    LightningAttention,
    Model,
    Monomial,
)


@singledispatch
def predicted_critical_points(model: Model) -> theory.Prediction | None:
    """The generic number of critical points for a large generic dataset, or ``None``."""
    return None


@predicted_critical_points.register
def _(model: MLP) -> theory.Prediction | None:
    match model.activation:
        case Monomial(exponent=r) if not model.bias:
            return theory.monomial_mlp_critical_points(model.widths, r)
    return None


@predicted_critical_points.register
def _(model: Convolution) -> theory.Prediction | None:
    match model.activation:
        case Monomial(exponent=1):
            return theory.lcn_critical_points(model.filters, model.strides)
        case Monomial(exponent=r):
            return theory.polynomial_cnn_critical_points(model.filters, r)
    return None


@predicted_critical_points.register
def _(model: LightningAttention) -> theory.Prediction | None:
    if model.layers > 1:
        return None
    return theory.lightning_critical_points(model.d, model.a, model.d_out, model.tokens)
