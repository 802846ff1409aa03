"""Polynomial copies of networks with other activations."""

from neuromanifold.geometry._polynomialize._polynomialize import polynomialize
from neuromanifold.geometry._polynomialize._result import Polynomialized, PolynomialLayer

__all__ = ["PolynomialLayer", "Polynomialized", "polynomialize"]
