"""What theorems say about the identifiability of a model, to be shown beside the computed answer."""

from __future__ import annotations

from functools import singledispatch

from neuromanifold import theory
from neuromanifold.models import MLP, Convolution, Model, Monomial


@singledispatch
def identifiability_theorems(model: Model) -> tuple[theory.Criterion, ...]:
    """The theorems whose hypotheses the model fulfils."""
    return ()


@identifiability_theorems.register
def _(model: MLP) -> tuple[theory.Criterion, ...]:
    if not isinstance(model.activation, Monomial) or len(model.widths) < 3:
        return ()
    widths, r = model.widths, model.activation.exponent
    if r < 2:
        return ()
    criteria: list[theory.Criterion] = []
    if model.bias:
        criteria.append(theory.bias_identifiability(widths, r))
    else:
        criteria.append(theory.massarenti_mella_identifiability(widths, r))
        if len(widths) == 3:
            criteria.append(theory.shallow_identifiability(*widths, r))
        criteria.append(theory.deep_identifiability(widths, r))
        criteria.append(theory.pyramidal_identifiability(widths, r))
    return tuple(criterion for criterion in criteria if criterion.holds)


@identifiability_theorems.register
def _(model: Convolution) -> tuple[theory.Criterion, ...]:
    if not isinstance(model.activation, Monomial):
        return ()
    criterion = theory.polynomial_cnn_identifiability(model.filters, model.activation.exponent)
    return (criterion,) if criterion.holds else ()
