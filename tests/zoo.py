"""Architectures with known dimensions, and where the numbers come from."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np

from neuromanifold.models import (
    MLP,
    Convolution,
    LightningAttention,
    Model,
    identity,
    monomial,
    polynomial,
)

KTB = "Kileel, Trager, Bruna 2019"
AH = "Alexander, Hirschowitz 1995"
FINKEL = "Finkel, Rodriguez, Wu, Yahl 2025, equi-width networks"
USEVICH = "Usevich, Borsoi, Dérand, Clausel 2025"
MASSARENTI = "Massarenti, Mella 2025, refined expected dimension"
LCN = "Kohn, Montúfar, Shahverdi, Trager 2024"
PCN = "Shahverdi, Marchetti, Kohn 2025"
LIGHTNING = "Henry, Marchetti, Kohn 2025"
RAZOR = "Shahverdi, Marchetti, Kohn 2026, subnetworks"
RATIONAL = "Grosdos, Robeva, Zubkov 2025"
DETERMINANTAL = "matrices of bounded rank: r(m + n − r)"
SEGRE = "cone over Segre–Veronese: 1 + Σ(n_j − 1) for factors P^{n_j − 1}"
DERIVED = "elementary: one rescaling for every hidden neuron, one change of basis between layers"


@dataclass(frozen=True)
class Known:
    """A model, dim M, and what else is known: expected dimension, dim V."""

    model: Model
    value: int
    source: str
    expected: int | None = None
    ambient: int | None = None

    def __str__(self) -> str:
        return f"{self.model.name}->{self.value}"


def _power(widths: tuple[int, ...], r: int, value: int, source: str, **known: int) -> Known:
    return Known(MLP(widths, monomial(r)), value, source, **known)


WARING_DEFECTIVE = [
    _power((n, k, 1), r, value, AH, expected=expected)
    for r, n, k, value, expected in [
        (2, 3, 2, 5, 6),
        (2, 4, 2, 7, 8),
        (2, 4, 3, 9, 10),
        (2, 5, 2, 9, 10),
        (2, 5, 3, 12, 15),
        (2, 5, 4, 14, 15),
        (3, 5, 7, 34, 35),
        (4, 3, 5, 14, 15),
        (4, 4, 9, 34, 35),
        (4, 5, 14, 69, 70),
    ]
]
_EXCEPTIONS = {(3, 5, 7), (4, 3, 5), (4, 4, 9), (4, 5, 14)}

WARING_EXPECTED = [
    _power((n, k, 1), r, min(n * k, ambient), AH, expected=min(n * k, ambient), ambient=ambient)
    for r, n, ambient in [
        (2, 2, 3),
        (2, 4, 10),
        (3, 2, 4),
        (3, 3, 10),
        (3, 4, 20),
        (3, 5, 35),
        (4, 2, 5),
        (4, 3, 15),
        (4, 4, 35),
        (5, 2, 6),
        (5, 3, 21),
        (5, 4, 56),
    ]
    for k in sorted({1, -(-ambient // n) - 1, -(-ambient // n)} - {0})
    if (r, n, k) not in _EXCEPTIONS and (r > 2 or k in (1, n))
]

DEEP = [
    _power((4, 5, 3), 2, 29, "scan of multi-output networks", expected=30),
    _power((3, 5, 2), 3, 19, "scan of multi-output networks", expected=20),
    _power((3, 4, 2, 1), 2, 11, "products of two conics: 6 + 6 − 1"),
    _power((2, 3, 4, 5), 2, 24, "five binary quartics from four squares: det = 0"),
    _power((2, 2, 2, 1), 2, 5, KTB, expected=5, ambient=5),
    _power((2, 2, 2, 2), 2, 8, KTB, expected=8, ambient=10),
    _power((3, 2, 2, 1), 2, 7, MASSARENTI, expected=8, ambient=15),
    _power((3, 3, 2, 1), 2, 11, KTB, expected=12, ambient=15),
    _power((3, 3, 3, 1), 2, 12, MASSARENTI, expected=15, ambient=15),
    _power((2, 2, 3, 1), 3, 6, MASSARENTI),
    _power((2, 3, 2, 1), 3, 8, "the refined expected dimension 9 does not apply"),
    _power((2, 2, 1), 2, 3, KTB, expected=3, ambient=3),
    _power((3, 2, 2), 2, 8, USEVICH, expected=8),
    _power((2, 2, 3), 2, 8, "Kubjas, Li, Wiesmann 2024: det = 0", expected=8, ambient=9),
    _power((4, 3, 2), 2, 15, KTB, expected=15),
    _power((2, 3, 4, 5, 4, 6, 4, 1), 2, 65, "filling", expected=65, ambient=65),
]

MINIMAL_FILLING = [
    _power((2, 2, 1), 2, 3, KTB),
    _power((2, 2, 2, 1), 2, 5, KTB),
    _power((2, 3, 3, 2, 1), 2, 9, KTB),
    _power((2, 3, 3, 3, 2, 1), 2, 17, KTB),
    _power((2, 3, 3, 2), 2, 10, KTB),
    _power((3, 4, 3, 1), 2, 15, KTB),
]

THRESHOLDS = [
    *(
        _power((n,) * (layers + 1), r, layers * n * n - (layers - 1) * n, FINKEL)
        for n, layers, exponents in [
            (2, 2, range(2, 8)),
            (3, 2, range(2, 8)),
            (2, 3, range(2, 8)),
            (3, 3, range(2, 8)),
            (2, 4, range(2, 4)),
        ]
        for r in exponents
    ),
    *(
        _power((2, k, 1), r, 2 * k if r >= 2 * k - 1 else r + 1, "threshold r = 2k − 1")
        for k in (2, 3, 4)
        for r in (2 * k - 2, 2 * k - 1)
    ),
    _power((3, 3, 1), 2, 6, "below the threshold"),
    _power((3, 3, 1), 3, 9, "threshold"),
    _power((2, 3, 2), 2, 6, "below the threshold"),
    _power((2, 3, 2), 3, 8, "below the threshold"),
    _power((2, 3, 2), 4, 9, "threshold"),
    *(
        _power(widths, 2, value, USEVICH, expected=value)
        for widths, value in [
            ((3, 3, 2, 2), 14),
            ((4, 3, 2, 2), 17),
            ((3, 2, 2, 3), 12),
            ((4, 4, 3, 2), 27),
            ((4, 3, 3, 2, 2), 23),
        ]
    ),
    _power((3, 2, 1), 3, 6, USEVICH),
    _power((3, 2, 2, 1), 3, 8, USEVICH),
    _power((3, 3, 2, 1), 3, 12, USEVICH),
]

BIASES = [
    Known(MLP(widths, monomial(r), bias=True), value, USEVICH)
    for widths, r, value in [
        ((2, 2, 1), 2, 6),
        ((2, 2, 2), 2, 10),
        ((2, 1, 2), 2, 6),
        ((2, 2, 1), 3, 7),
        ((1, 2, 1), 3, 4),
        ((2, 2, 2, 1), 3, 11),
    ]
]

LINEAR = [
    Known(MLP(widths, identity()), value, DETERMINANTAL, expected=value, ambient=ambient)
    for widths, value, ambient in [
        ((2, 1, 2), 3, 4),
        ((3, 1, 3), 5, 9),
        ((3, 2, 3), 8, 9),
        ((4, 1, 2), 5, 8),
        ((3, 2, 4), 10, 12),
        ((3, 2, 4, 5), 12, 15),
        ((3, 4, 2), 6, 6),
    ]
] + [
    Known(MLP((3, 2, 3), identity(), bias=True), 11, DETERMINANTAL, expected=11, ambient=12),
]

INHOMOGENEOUS = [
    Known(MLP(widths, polynomial(coefficients)), value, RAZOR, ambient=ambient)
    for coefficients, widths, value, ambient in [
        ([0, 0, 1, 1], (2, 2, 1), 6, 7),
        ([0, 0, 1, 1], (2, 2, 2), 8, None),
        ([0, 0, 1, 1], (2, 2, 2, 1), 10, None),
        ([0, 0, 1, 1], (3, 3, 2, 1), 17, None),
        ([0, 0, 1, 1], (2, 3, 2), 12, None),
        ([0, 0, 1, 1], (2, 1, 1), 3, None),
        ([0, 1, 1], (2, 2, 1), 5, None),
        ([0, 1, 1], (3, 2, 1), 7, None),
        ([0, 0, 1, 1], (2, 3, 1), 7, None),
        ([0, 0, 1, 1, 1], (2, 3, 1), 9, None),
        ([0, 0, 0, 1, 1, 1], (2, 1, 2, 1), 5, None),
    ]
]


def segre_veronese(sizes: tuple[int, ...], degrees: tuple[int, ...]) -> Model:
    """∏ (w_j·x_j)^{a_j} in blocks x_j of `sizes` variables: the cone over Segre–Veronese."""
    ends = list(itertools.accumulate(sizes))

    def product(factors: list[Any], x: Any) -> Any:
        value = 1.0
        for w, size, end, a in zip(factors, sizes, ends, degrees, strict=True):
            value = value * (w @ x[end - size : end]) ** a
        return value

    return Model.from_function(product, [np.ones(n) for n in sizes], (ends[-1],))


def bilinear_forms(m: int, r: int, n: int) -> Model:
    """xᵀAB y with A ∈ R^{m×r}, B ∈ R^{r×n}: matrices of rank ≤ r, with one output."""

    def form(factors: list[Any], x: Any) -> Any:
        a, b = factors
        return x[:m] @ a @ b @ x[m:]

    return Model.from_function(form, [np.ones((m, r)), np.ones((r, n))], (m + n,))


# (factors P^{n−1} as n, degrees aⱼ, deg, generic ED degree): §0.
SEGRE_VERONESE_TABLE = [
    ((2, 2), (1, 1), 2, 6),
    ((2, 3), (1, 1), 3, 10),
    ((2, 4), (1, 1), 4, 14),
    ((2, 5), (1, 1), 5, 18),
    ((3, 3), (1, 1), 6, 39),
    ((3, 4), (1, 1), 10, 83),
    ((3, 5), (1, 1), 15, 143),
    ((4, 4), (1, 1), 20, 284),
    ((4, 5), (1, 1), 35, 676),
    ((5, 5), (1, 1), 70, 2205),
    ((2, 2, 2), (1, 1, 1), 6, 34),
    ((3, 2, 2), (1, 1, 1), 12, 100),
    ((2, 2, 2, 2), (1, 1, 1, 1), 24, 280),
    ((3, 3, 2), (1, 1, 1), 30, 435),
    ((3, 3, 3), (1, 1, 1), 90, 2385),
    ((2,), (2,), 2, 4),
    ((2,), (3,), 3, 7),
    ((3,), (2,), 4, 13),
    ((4,), (2,), 8, 40),
    ((3,), (3,), 9, 39),
    ((2, 2), (2, 1), 4, 14),
    ((2, 3), (2, 1), 6, 22),
]

SEGRE_VERONESE = [
    Known(segre_veronese(sizes, degrees), 1 + sum(sizes) - len(sizes), SEGRE)
    for sizes, degrees, _, _ in SEGRE_VERONESE_TABLE
] + [
    Known(bilinear_forms(m, r, n), r * (m + n - r), DETERMINANTAL, ambient=m * n)
    for m, r, n in [(2, 1, 2), (2, 1, 3), (3, 2, 3), (3, 2, 4), (4, 2, 4)]
]

CONVOLUTIONS = [
    Known(Convolution(filters, strides), value, LCN, expected=value)
    for filters, strides, value in [
        ((3, 2), (2, 1), 4),
        ((2, 2, 2), (1, 2, 1), 4),
        ((3, 2), (1, 1), 4),
        ((3, 3), (2, 1), 5),
        ((2, 2, 2), (2, 2, 1), 4),
    ]
] + [
    Known(Convolution(filters, strides, activation), value, source, expected=value)
    for filters, strides, activation, value, source in [
        ((2, 2), (1, 1), monomial(2), 3, PCN),
        ((3, 2), (1, 1), monomial(2), 4, PCN),
        ((2, 2, 2), (1, 1, 1), monomial(2), 4, PCN),
        ((3, 2, 2), (2, 1, 1), monomial(2), 5, PCN),
        ((2, 3), (1, 1), monomial(3), 4, PCN),
        ((3, 3, 2), (1, 2, 1), monomial(3), 6, PCN),
        ((3, 2), (2, 1), polynomial([0, 1, 1]), 5, RAZOR),
        ((2, 2), (1, 1), polynomial([0, 1, 1]), 4, RAZOR),
        ((2, 2, 2), (1, 1, 1), polynomial([0, 1, 1]), 6, RAZOR),
        ((3, 2, 2), (1, 1, 1), polynomial([0, 1, 1]), 7, RAZOR),
    ]
]


def attention_stack(widths: tuple[int, ...], a: int, tokens: int) -> Model:
    """Lightning attention layers R^{d_{i−1}×t} → R^{d_i×t} of changing widths."""

    def stack(params: list[Any], x: Any) -> Any:
        for k, q, v in params:
            x = v @ x @ x.T @ k.T @ q @ x
        return x

    params = [
        (np.ones((a, before)), np.ones((a, before)), np.ones((after, before)))
        for before, after in itertools.pairwise(widths)
    ]
    return Model.from_function(stack, params, (widths[0], tokens))


ATTENTION = [
    *(
        Known(LightningAttention(d, a, d_out, t), value, LIGHTNING, expected=value)
        for d, d_out, a, t, value in [
            (2, 1, 1, 2, 4),
            (2, 1, 2, 2, 5),
            (2, 2, 2, 2, 7),
            (3, 2, 1, 2, 10),
            (3, 2, 2, 3, 13),
        ]
    ),
    *(
        Known(LightningAttention(d, a, d_out, 1), value, DERIVED, expected=value)
        for d, d_out, a, value in [(2, 1, 1, 4), (2, 2, 2, 6), (3, 2, 1, 10), (1, 2, 2, 2)]
    ),
    *(
        Known(LightningAttention(d, a, d_out, 2, layers), value, source, expected=value)
        for d, a, d_out, layers, value, source in [
            (2, 1, 2, 2, 8, LIGHTNING),
            (2, 2, 2, 2, 10, LIGHTNING),
            (2, 1, 2, 3, 10, LIGHTNING),
            (2, 1, 1, 2, 6, DERIVED),
            (2, 2, 3, 2, 12, DERIVED),
            (3, 2, 1, 2, 17, DERIVED),
        ]
    ),
    *(
        Known(attention_stack(widths, a, 2), value, LIGHTNING)
        for widths, a, value in [
            ((2, 2, 2), 1, 8),
            ((2, 2, 2), 2, 10),
            ((2, 3, 2), 1, 8),
            ((2, 3, 2), 2, 10),
            ((3, 2, 1), 1, 10),
        ]
    ),
]


def reciprocal_network(widths: tuple[int, ...]) -> Model:
    """W_L σ(W_{L−1} … σ(W_1 x)) with σ(z) = 1/z and no biases."""

    def network(matrices: list[Any], x: Any) -> Any:
        first, *others = matrices
        x = first @ x
        for matrix in others:
            x = matrix @ (1 / x)
        return x

    matrices = [np.ones((b, a)) for a, b in itertools.pairwise(widths)]
    return Model.from_function(network, matrices, (widths[0],))


RATIONAL_NETWORKS = [
    Known(reciprocal_network(widths), value, RATIONAL)
    for widths, value in [
        ((2, 2, 1), 4),
        ((2, 3, 1), 6),
        ((3, 2, 1), 6),
        ((3, 3, 1), 9),
        ((3, 3, 2), 12),
        ((4, 3, 2), 15),
        ((2, 4, 3), 16),
        ((2, 2, 2, 1), 6),
        ((3, 2, 2, 1), 8),
        ((3, 3, 3, 1), 15),
        ((2, 2, 2, 2), 8),
        ((2, 2, 2, 2, 1), 8),
        ((3, 2, 2, 2, 1), 10),
    ]
]

ALL = [
    *WARING_DEFECTIVE,
    *WARING_EXPECTED,
    *DEEP,
    *MINIMAL_FILLING,
    *THRESHOLDS,
    *BIASES,
    *LINEAR,
    *INHOMOGENEOUS,
    *SEGRE_VERONESE,
    *CONVOLUTIONS,
    *ATTENTION,
    *RATIONAL_NETWORKS,
]
