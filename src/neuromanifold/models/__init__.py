"""Parametric families of functions: networks, or any JAX function of parameters and input."""

from neuromanifold.models._activation import (
    AbstractActivation,
    Monomial,
    Polynomial,
    identity,
    monomial,
    polynomial,
)
from neuromanifold.models._attention import LightningAttention
from neuromanifold.models._convolution import Convolution
from neuromanifold.models._description import build_model, describe_model
from neuromanifold.models._function import FunctionModel
from neuromanifold.models._mlp import MLP
from neuromanifold.models._model import Model
from neuromanifold.models._restriction import Restriction

__all__ = [
    "MLP",
    "AbstractActivation",
    "Convolution",
    "FunctionModel",
    "LightningAttention",
    "Model",
    "Monomial",
    "Polynomial",
    "Restriction",
    "build_model",
    "describe_model",
    "identity",
    "monomial",
    "polynomial",
]
