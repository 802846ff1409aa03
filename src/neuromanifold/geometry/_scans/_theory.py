"""What theorems say about the dimension of a model, to be shown beside the computed one."""

from __future__ import annotations

from functools import singledispatch

from neuromanifold import theory
from neuromanifold.models import MLP, Convolution, LightningAttention, Model, Monomial


@singledispatch
def predicted_dimension(model: Model) -> theory.Prediction[int] | None:
    """The dimension that a theorem gives, or None where no theorem is implemented."""
    return None


@predicted_dimension.register
def _(model: MLP) -> theory.Prediction[int] | None:
    """Linear networks, sums of powers, equal widths, and identifiable blocks."""
    widths, sigma = model.widths, model.activation
    if model.bias or not isinstance(sigma, Monomial):
        return None
    r = sigma.exponent
    if r == 1 or len(widths) == 2:
        return theory.linear_mlp_dimension(widths)
    if len(widths) == 3 and widths[-1] == 1:
        return theory.alexander_hirschowitz_dimension(widths[0], r, widths[1])
    if theory.equi_width_threshold(widths) or theory.deep_identifiability(widths, r).holds:
        return theory.identifiable_dimension(widths)
    return None


@predicted_dimension.register
def _(model: Convolution) -> theory.Prediction[int] | None:
    match model.activation:
        case Monomial(exponent=1):
            return theory.lcn_dimension(model.filters)
        case Monomial():
            return theory.polynomial_cnn_dimension(model.filters)
    return None


@predicted_dimension.register
def _(model: LightningAttention) -> theory.Prediction[int] | None:
    if model.tokens > 1:
        widths = (*(model.d for _ in range(model.layers)), model.d_out)
        return theory.lightning_dimension(widths, model.a)
    if model.layers == 1:
        return theory.lightning_one_token_dimension(model.d, model.a, model.d_out)
    return None
