"""Linear convolutional networks: singular points, real points, boundary, critical points."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from operator import mul

from neuromanifold.theory._linear_convolution import reduced_architecture
from neuromanifold.theory._prediction import (
    Criterion,
    Prediction,
    Status,
    integer,
    positive_integers,
)

_STRIDES = "Kohn, Montúfar, Shahverdi, Trager 2024"
_STRIDE_ONE = "Kohn, Merkh, Montúfar, Trager 2022"


def lcn_singular_architectures(
    filters: Sequence[int], strides: Sequence[int]
) -> Prediction[tuple[tuple[int, ...], ...]]:
    """Filter sizes d′ + 1 of the architectures whose union is the singular locus.

    With degrees d and cumulative strides S of the reduced architecture of L > 1 layers,

        Sing(M̄_{d,S}) = {0} ∪ ⋃_{d′ ∈ D} M_{d′,S},
        D = {d′ ≠ d : Σ d′ᵢSᵢ = Σ dᵢSᵢ, and Σ_{i≥l} d′ᵢSᵢ ≥ Σ_{i≥l} dᵢSᵢ for all l}.

    For L = 1 the closure is the whole space and D is empty.

    Args:
        filters: sizes (k₁, …, k_L) of the filters.
        strides: strides (s₁, …, s_L); the last one plays no role.

    Returns:
        the filter sizes for the cumulative strides of `reduced_architecture`.

    Raises:
        InvalidInputError: if the lists are empty, differ in length or hold a value below 1.

    Source: Kohn, Montúfar, Shahverdi, Trager, "Function space and critical points of linear
    convolutional networks", 2024.

    Examples:
        >>> lcn_singular_architectures([3, 2], [2, 1]).value  # AD² + B²E = BCD along B = D = 0
        ((1, 3),)
    """
    k, S = reduced_architecture(filters, strides)
    d = tuple(size - 1 for size in k)
    found = tuple(
        tuple(degree + 1 for degree in other) for other in _larger_tails(d, S) if other != d
    )
    return Prediction(
        found,
        f"filter sizes of the architectures in the singular locus, for cumulative strides {S}",
        _STRIDES,
        Status.PROVED,
    )


def lcn_real_roots(filters: Sequence[int]) -> Prediction[int]:
    """Number e of filters of even size: with stride one, M is the forms with at least e real roots.

    M consists of the real binary forms of degree Σ (kᵢ − 1) with e or more real roots on the
    projective line, counted with multiplicity; a filter of even size has odd degree and a real
    root. M is the whole space if and only if e ≤ 1.

    Args:
        filters: sizes (k₁, …, k_L) of the filters, for strides 1.

    Returns:
        e.

    Raises:
        InvalidInputError: if the list is empty or holds a value below 1.

    Source: Kohn, Merkh, Montúfar, Trager, "Geometry of linear convolutional networks", 2022.

    Examples:
        >>> lcn_real_roots([2, 2]).value, lcn_real_roots([3, 2]).value
        (2, 1)
    """
    k = positive_integers("filters", filters, least_count=1)
    return Prediction(
        sum(1 for size in k if size % 2 == 0),
        f"real roots needed by a form to be a product of filters of sizes {k}; none "
        "or one is no condition",
        _STRIDE_ONE,
        Status.UNCONFIRMED_SOURCE,
    )


def lcn_boundary_codimension(filters: Sequence[int], strides: Sequence[int]) -> Prediction[int]:
    """1 if layers merged by the reduction hold two filters of even size or more, otherwise 2.

    Points of the boundary of M relative to its Zariski closure are of two kinds. Stride-one points
    come from merged layers that do not reach all real forms; they have codimension 1 if there are
    any. All others are boundary points of the reduced architecture, of codimension 2 or more.

    Args:
        filters: sizes (k₁, …, k_L) of the filters.
        strides: strides (s₁, …, s_L); the last one plays no role.

    Returns:
        the codimension in M of the stride-one boundary points, which is 1, or else the least
        possible codimension 2 of the boundary, which may be empty.

    Raises:
        InvalidInputError: if the lists are empty, differ in length or hold a value below 1.

    Source: Kohn, Montúfar, Shahverdi, Trager 2024, with `lcn_real_roots` for the condition.

    Examples:
        >>> lcn_boundary_codimension([2, 2], [1, 1]).value  # discriminant 0
        1
        >>> lcn_boundary_codimension([3, 2], [2, 1]).value
        2
    """
    reduced_architecture(filters, strides)
    groups: dict[int, list[int]] = {}
    for size, S in zip(filters, accumulate((1, *strides[:-1]), mul), strict=True):
        groups.setdefault(S, []).append(size)
    splits = any(lcn_real_roots(group).value > 1 for group in groups.values())
    return Prediction(
        1 if splits else 2,
        "codimension of the stride-one boundary points"
        if splits
        else "lower bound for the codimension of the boundary points",
        _STRIDES,
        Status.UNCONFIRMED_SOURCE,
    )


def lcn_no_spurious_critical_points(
    filters: Sequence[int], strides: Sequence[int], samples: int
) -> Criterion:
    """Strides sᵢ ≥ 2 between layers and N ≥ Σ (kᵢ − 1) Sᵢ + 1 generic samples.

    Then every critical point w of the squared loss has product 0, or the parametrisation is regular
    at w and its image is a smooth interior point of M. Neither fully connected linear networks nor
    strides 1 have this property.

    Args:
        filters: sizes (k₁, …, k_L) of the filters.
        strides: strides (s₁, …, s_L); the last one plays no role.
        samples: number N of samples, that is of windows of the end-to-end filter.

    Returns:
        whether the architecture is reduced and there are enough samples.

    Raises:
        InvalidInputError: if the lists are empty, differ in length or hold a value below 1.

    Source: Kohn, Montúfar, Shahverdi, Trager 2024.

    Examples:
        >>> lcn_no_spurious_critical_points([3, 2], [2, 1], 5).holds
        True
        >>> lcn_no_spurious_critical_points([3, 2], [1, 1], 5).reason
        'layers 1 and 2 have stride 1 between them'
    """
    reduced_architecture(filters, strides)
    n = integer("samples", samples, least=1)
    S = tuple(accumulate((1, *strides[:-1]), mul))
    demand = sum((k - 1) * step for k, step in zip(filters, S, strict=True)) + 1
    merged = [i for i, stride in enumerate(strides[:-1], start=1) if stride == 1]
    reason = f"the architecture is reduced and {n} ≥ {demand} samples"
    if merged:
        reason = f"layers {merged[0]} and {merged[0] + 1} have stride 1 between them"
    elif n < demand:
        reason = f"{n} < {demand} samples"
    return Criterion(
        not merged and n >= demand,
        "critical points are 0 or pure, at smooth interior points of M",
        reason,
        _STRIDES,
        Status.PROVED,
    )


def _larger_tails(d: tuple[int, ...], S: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """All d′ with the same Σ d′ᵢSᵢ and tails at least those of d, from the last layer on."""
    total = sum(a * b for a, b in zip(d, S, strict=True))

    def extend(tail: tuple[int, ...], used: int, needed: int) -> Iterator[tuple[int, ...]]:
        i = len(d) - len(tail) - 1
        if i < 0:
            if used == total:
                yield tail
            return
        needed += d[i] * S[i]
        for degree in range((total - used) // S[i] + 1):
            if used + degree * S[i] >= needed:
                yield from extend((degree, *tail), used + degree * S[i], needed)

    if len(d) > 1:
        yield from extend((), 0, 0)
