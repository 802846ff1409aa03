"""Models as plain data, for files."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from neuromanifold.errors import InvalidInputError
from neuromanifold.models._activation import Monomial, Polynomial
from neuromanifold.models._attention import LightningAttention
from neuromanifold.models._convolution import Convolution
from neuromanifold.models._mlp import MLP
from neuromanifold.models._model import Model

# What a file may name; each is a dataclass whose fields are the arguments of its constructor.
_CLASSES = {c.__name__: c for c in (MLP, Convolution, LightningAttention, Monomial, Polynomial)}


def describe_model(model: Model) -> dict[str, Any] | None:
    """The model's class and arguments; None where it is a Python function.

    >>> from neuromanifold.models import MLP, monomial
    >>> describe_model(MLP((2, 1, 1), monomial(2)))["activation"]
    {'class': 'Monomial', 'exponent': 2}
    """
    return _plain(model) if type(model).__name__ in _CLASSES else None


def build_model(description: Any) -> Model:
    """The model that `describe_model` described.

    Raises:
        InvalidInputError: it describes no model.

    >>> from neuromanifold.models import MLP, monomial
    >>> build_model(describe_model(MLP((2, 1, 1), monomial(2))))
    MLP((2, 1, 1), x^2)
    """
    try:
        model = _built(description)
    except (TypeError, KeyError) as error:
        raise InvalidInputError(
            f"the model {description!r} has an unknown class or field"
        ) from error
    if not isinstance(model, Model):
        raise InvalidInputError(f"{description!r} does not describe a model")
    return model


def _plain(value: Any) -> Any:
    if _CLASSES.get(type(value).__name__) is type(value):
        arguments = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {"class": type(value).__name__, **arguments}
    return list(value) if isinstance(value, tuple) else value


def _built(value: Any) -> Any:
    if not isinstance(value, dict):
        return tuple(value) if isinstance(value, list) else value
    arguments = {name: _built(argument) for name, argument in value.items() if name != "class"}
    return _CLASSES[value["class"]](**arguments)
