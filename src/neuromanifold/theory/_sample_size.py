"""Covering numbers and sample sizes from the dimension and the degree of a neuromanifold."""

from math import isfinite, log

from neuromanifold.errors import InvalidInputError
from neuromanifold.theory._prediction import Prediction, Status, integer

_SOURCE = (
    "Marchetti, Shahverdi, Mereta, Trager, Kohn 2025, arXiv:2501.18915, from a secondary account"
)


def log_covering_number(
    dimension: int, degree: int, epsilon: float, *, constant: float = 0.0
) -> Prediction[float]:
    """m log(d / ε) + C, which bounds log N_ε(M) up to an absolute factor.

    N_ε(M) is the least number of balls of radius ε that cover the part of M in the unit ball; m is
    its dimension, d its degree, and C depends on the ambient space only.

    Args:
        dimension: m ≥ 0.
        degree: d ≥ 1.
        epsilon: 0 < ε ≤ 1.
        constant: C ≥ 0.

    Returns:
        m log(d / ε) + C.

    Raises:
        InvalidInputError: if a value is out of range.

    Source: Marchetti, Shahverdi, Mereta, Trager, Kohn, "Position: Algebra unveils deep learning",
    2025, arXiv:2501.18915, from a secondary account; unconfirmed.

    Examples:
        >>> round(log_covering_number(5, 4, 0.1).value, 2)
        18.44
    """
    m, d = integer("dimension", dimension, least=0), integer("degree", degree, least=1)
    epsilon = _unit("epsilon", epsilon)
    if not (isfinite(constant) and constant >= 0):
        raise InvalidInputError(f"constant is {constant}; give a number of at least 0.")
    return Prediction(
        m * log(d / epsilon) + constant,
        f"logarithm of the number of balls of radius {epsilon} that cover a variety of dimension "
        f"{m} and degree {d} in the unit ball, up to an absolute factor",
        _SOURCE,
        Status.UNCONFIRMED,
    )


def sufficient_samples(
    dimension: int,
    degree: int,
    epsilon: float,
    *,
    delta: float,
    diameter: float = 1.0,
    constant: float = 0.0,
) -> Prediction[float]:
    """D²/ε² (m log(d / ε) + C + log(1 / δ)) samples, up to an absolute factor.

    With so many samples the empirical and the true risk differ by at most ε on all of M with
    probability 1 − δ.

    Args:
        dimension: m ≥ 0.
        degree: d ≥ 1.
        epsilon: 0 < ε ≤ 1.
        delta: 0 < δ ≤ 1.
        diameter: bound D > 0 on the loss.
        constant: C ≥ 0 of `log_covering_number`.

    Returns:
        the number of samples, not rounded.

    Raises:
        InvalidInputError: if a value is out of range.

    Source: Marchetti, Shahverdi, Mereta, Trager, Kohn 2025, arXiv:2501.18915, from a secondary
    account; unconfirmed.

    Examples:
        >>> round(sufficient_samples(5, 4, 0.1, delta=0.05).value)
        2144
    """
    entropy = log_covering_number(dimension, degree, epsilon, constant=constant)
    delta = _unit("delta", delta)
    if not (isfinite(diameter) and diameter > 0):
        raise InvalidInputError(f"diameter is {diameter}; give a number above 0.")
    return Prediction(
        (diameter / epsilon) ** 2 * (entropy.value - log(delta)),
        f"samples after which the risks differ by at most {epsilon} with probability {1 - delta}, "
        "up to an absolute factor",
        _SOURCE,
        Status.UNCONFIRMED,
    )


def _unit(field: str, value: float) -> float:
    if not 0 < value <= 1:
        raise InvalidInputError(f"{field} is {value}; give a number above 0 and at most 1.")
    return float(value)
