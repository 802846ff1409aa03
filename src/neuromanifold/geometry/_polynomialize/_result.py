"""What `polynomialize` returns."""

from __future__ import annotations

from dataclasses import dataclass, field

from neuromanifold.geometry._polynomialize._minimax import IntervalPolynomial
from neuromanifold.models import Model


@dataclass(frozen=True)
class PolynomialLayer:
    """An activation σ and the polynomial p that replaces it.

    Attributes:
        low: The smallest pre-activation on the data.
        high: The largest one.
        degree: The degree of p.
        sup_error: max |σ − p| over the pre-activations of the data and 4097 points of [low, high].
        lipschitz: max |p′| between the pre-activations of the network and of its copy.
        polynomial: p.
    """

    low: float
    high: float
    degree: int
    sup_error: float
    lipschitz: float
    polynomial: IntervalPolynomial = field(repr=False)


@dataclass(frozen=True, eq=False)
class Polynomialized:
    """A polynomial copy of a network, and how far it is from the network on the data.

    Attributes:
        model: The copy: a polynomial model with the parameters of the network.
        error_bound: A bound for every |f_θ(x)_o − p_θ(x)_o| on the data, from the errors of the
            layers.
        measured_error: The largest of these differences.
        layers: What replaces each activation, in the order of the network.
        n_samples: The number of inputs.
        seconds: The time it took.
        kind: How the bound was found.
    """

    model: Model
    error_bound: float
    measured_error: float
    layers: tuple[PolynomialLayer, ...]
    n_samples: int
    seconds: float
    kind: str = "proved up to rounding, on the data"

    def __str__(self) -> str:
        title = f"Polynomial copy: {self.model.name}"
        lines = [title, "=" * len(title)]
        lines.append(f"• error at most {self.error_bound:.3g} ({self.kind})")
        lines.append(f"• largest error measured: {self.measured_error:.3g}")
        for i, layer in enumerate(self.layers, start=1):
            lines.append(
                f"• activation {i}: degree {layer.degree} on [{layer.low:.4g}, {layer.high:.4g}], "
                f"error {layer.sup_error:.3g}"
            )
        if not self.layers:
            lines.append("• nothing to replace: the network is polynomial")
        lines.append(f"• {self.n_samples} samples, {self.seconds:.2g} s")
        return "\n".join(lines)
