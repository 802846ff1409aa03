"""Searches in families of networks: minimal filling widths and activation thresholds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from math import comb

from neuromanifold.errors import InvalidInputError
from neuromanifold.geometry._dimension import dimension
from neuromanifold.models import MLP, monomial
from neuromanifold.theory import identifiable_dimension, mlp_dimension_bound


@dataclass(frozen=True)
class MinimalFilling:
    """Networks that fill their space of forms, where no hidden width can be lowered.

    Attributes:
        inputs: d₀.
        outputs: d_h.
        exponent: r, for the activation xʳ.
        largest: The largest hidden width that was tried.
        widths: The minimal filling widths (d₀, …, d_h).
        n_architectures: How many hidden widths are in the range.
        n_ranks: For how many of them a dimension was computed; for the others it follows from
            bounds, or from a narrower or wider network.
        failure_probability: A bound for the probability that one of the dimensions is wrong.
        seed: Of every dimension.
    """

    inputs: int
    outputs: int
    exponent: int
    largest: int
    widths: tuple[tuple[int, ...], ...]
    n_architectures: int
    n_ranks: int
    failure_probability: float
    seed: int
    kind: str = "exact"

    @property
    def not_unimodal(self) -> tuple[tuple[int, ...], ...]:
        """Those whose widths do not first rise and then fall, weakly."""
        return tuple(widths for widths in self.widths if not is_unimodal(widths))

    def __str__(self) -> str:
        title = f"Minimal filling widths for x^{self.exponent}"
        shape = f"({self.inputs}, …, {self.outputs})"
        lines = [
            title,
            "=" * len(title),
            f"• {len(self.widths)} among {self.n_architectures} networks {shape} with hidden "
            f"widths up to {self.largest}",
        ]
        lines += [
            f"• {widths}{'' if is_unimodal(widths) else ': not unimodal'}" for widths in self.widths
        ]
        lines.append(f"• {self.kind}, {self.n_ranks} dimensions computed, seed {self.seed}")
        return "\n".join(lines)


def minimal_filling_widths(
    inputs: int,
    outputs: int,
    *,
    hidden_layers: int,
    exponent: int,
    largest: int,
    seed: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> MinimalFilling:
    """All (d₀, d₁, …, d_h) that fill and cannot be narrowed, with 1 ≤ dᵢ ≤ `largest` inside.

    A network fills if dim M = d_h binom(d₀ + R − 1, R), R = r^{h−1}. Wider networks contain
    narrower ones, so filling is inherited by wider hidden layers, and not filling by narrower ones;
    where neither decides, a bound or the dimension does.

    Args:
        inputs: d₀.
        outputs: d_h.
        hidden_layers: h − 1.
        exponent: r ≥ 2, for the activation xʳ without biases.
        largest: The largest hidden width.
        seed: Of every dimension.
        on_progress: Called with (architectures decided, all).

    Returns:
        The minimal widths in this range, sorted.

    Raises:
        InvalidInputError: If a number is too small.
        TooLargeError: If a network is too large for `dimension`.

    Source: Kileel, Trager, Bruna 2019, who conjecture that such widths are unimodal; Dao and
    Rodriguez, arXiv:2605.09609, report a counterexample.

    Examples:
        >>> from neuromanifold.geometry import minimal_filling_widths
        >>> found = minimal_filling_widths(2, 1, hidden_layers=3, exponent=2, largest=4)
        >>> found.widths
        ((2, 3, 3, 2, 1),)
    """
    for name, value, least in (
        ("inputs", inputs, 1),
        ("outputs", outputs, 1),
        ("hidden_layers", hidden_layers, 1),
        ("exponent", exponent, 2),
        ("largest", largest, 1),
    ):
        if value < least:
            raise InvalidInputError(f"{name} is {value}; give an integer of at least {least}")
    sizes = list(product(range(1, largest + 1), repeat=hidden_layers))
    degree = exponent**hidden_layers
    space = outputs * comb(inputs + degree - 1, degree)
    filling: list[tuple[int, ...]] = []
    narrow: list[tuple[int, ...]] = []
    n_ranks, failure = 0, 0.0
    # from narrow to wide: a network above no filling one is minimal as soon as it fills
    for done, hidden in enumerate(sorted(sizes, key=sum), start=1):
        if on_progress is not None:
            on_progress(done, len(sizes))
        if any(_is_below(small, hidden) for small in filling):
            continue
        widths = (inputs, *hidden, outputs)
        if mlp_dimension_bound(widths, exponent).value < space:
            continue
        if any(_is_below(hidden, large) for large in narrow):
            continue
        result = dimension(MLP(widths, monomial(exponent)), seed=seed)
        n_ranks, failure = n_ranks + 1, failure + result.failure_probability
        (filling if result.value == space else narrow).append(hidden)
    return MinimalFilling(
        inputs,
        outputs,
        exponent,
        largest,
        tuple(sorted((inputs, *hidden, outputs) for hidden in filling)),
        len(sizes),
        n_ranks,
        min(1.0, failure),
        seed,
    )


def is_unimodal(widths: Sequence[int]) -> bool:
    """Whether a sequence first rises and then falls, weakly.

    >>> is_unimodal((2, 3, 3, 1)), is_unimodal((2, 1, 2))
    (True, False)
    """
    top = list(widths).index(max(widths))
    return list(widths[:top]) == sorted(widths[:top]) and list(widths[top:]) == sorted(
        widths[top:], reverse=True
    )


def _is_below(small: tuple[int, ...], large: tuple[int, ...]) -> bool:
    return all(a <= b for a, b in zip(small, large, strict=True))


@dataclass(frozen=True)
class ActivationThreshold:
    """From which exponent on a network has as many dimensions as effective parameters.

    Attributes:
        widths: (d₀, …, d_h).
        n_effective: Σ dᵢ d_{i−1} − Σ_{0<i<h} dᵢ.
        dimensions: dim M for r = 1, 2, …, up to the largest exponent that was tried.
        failure_probability: A bound for the probability that one of them is wrong.
        seed: Of every dimension.
        kind: How the dimensions were found.
    """

    widths: tuple[int, ...]
    n_effective: int
    dimensions: tuple[int, ...]
    failure_probability: float
    seed: int
    kind: str = "exact"

    @property
    def value(self) -> int | None:
        """The smallest t with dim M = n_effective for every tested r > t; None if there is none."""
        below = [r for r, value in enumerate(self.dimensions, 1) if value < self.n_effective]
        last = max(below, default=0)
        return last if last < len(self.dimensions) else None

    def __str__(self) -> str:
        title = f"Activation threshold of the widths {self.widths}"
        up_to = len(self.dimensions)
        if self.value is None:
            verdict = f"not reached up to x^{up_to}"
        else:
            verdict = f"{self.value}: dimension {self.n_effective} for {self.value} < r ≤ {up_to}"
        dimensions = ", ".join(f"x^{r}: {value}" for r, value in enumerate(self.dimensions, 1))
        return "\n".join(
            [
                title,
                "=" * len(title),
                f"• threshold {verdict}",
                f"• dimensions ({self.kind}) {dimensions}",
                f"• {self.n_effective} effective parameters; nothing is said about r > {up_to}",
                f"• seed {self.seed}",
            ]
        )


def activation_threshold(
    widths: Sequence[int], up_to: int, *, seed: int = 0
) -> ActivationThreshold:
    """The smallest t such that dim M = Σ dᵢ d_{i−1} − Σ_{0<i<h} dᵢ for all t < r ≤ `up_to`.

    Args:
        widths: (d₀, …, d_h), for the activation xʳ without biases.
        up_to: The largest exponent to try, at least 2.
        seed: Of every dimension.

    Returns:
        The threshold, with all the dimensions.

    Raises:
        InvalidInputError: If `up_to` is below 2 or the widths are no widths.
        TooLargeError: If the network is too large for `dimension`.

    Source: Finkel, Rodriguez, Wu, Yahl 2025, who prove that a threshold exists if no hidden width
    is 1; see `neuromanifold.theory.activation_threshold_bound`.

    Examples:
        >>> from neuromanifold.geometry import activation_threshold
        >>> result = activation_threshold([2, 3, 1], 7)
        >>> result.value, result.dimensions
        (4, (2, 3, 4, 5, 6, 6, 6))
    """
    if up_to < 2:
        raise InvalidInputError(f"up_to is {up_to}; give an exponent of at least 2")
    results = [dimension(MLP(widths, monomial(r)), seed=seed) for r in range(1, up_to + 1)]
    return ActivationThreshold(
        tuple(widths),
        identifiable_dimension(widths).value,
        tuple(result.value for result in results),
        min(1.0, sum(result.failure_probability for result in results)),
        seed,
    )
