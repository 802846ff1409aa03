"""What ends a search by monodromy."""

from __future__ import annotations

from dataclasses import dataclass, field

from neuromanifold.errors import InvalidInputError


@dataclass(frozen=True)
class Confidence:
    """Stop when, for k solutions, N paths in a row have brought nothing new: (k/(k+1))^N ≤ 1 − `level`.

    If exactly one solution were missing and paths ended at every solution equally often, that would
    have had at most this probability. It is an estimate, not a proof.

    Attributes:
        level: between 0 and 1.

    Raises:
        InvalidInputError: `level` is not between 0 and 1.

    >>> from neuromanifold.continuation import System, monodromy
    >>> cubic = System(["x^3 + a^2*x + b^2 + 1"], parameters=["a", "b"])
    >>> result = monodromy(cubic, stop=Confidence(0.9999))
    >>> result.n_distinct, result.completeness.evidence.word, result.completeness.confidence > 0.9999
    (3, 'estimated', True)
    """

    level: float = 0.999

    def __post_init__(self):
        if not 0 < self.level < 1:
            raise InvalidInputError(
                f"The confidence level is {self.level}; choose it between 0 and 1."
            )


@dataclass(frozen=True)
class SolutionCount:
    """Stop at the last of `count` solutions, for families of which the number is known.

    Attributes:
        count: solutions of a generic member; with `identify` or a group, classes of them.
        otherwise: ends a search that does not find so many.

    Raises:
        InvalidInputError: `count` is less than 1.

    >>> from neuromanifold.continuation import System, monodromy
    >>> cubic = System(["x^3 + a*x + b"], parameters=["a", "b"])
    >>> result = monodromy(cubic, stop=SolutionCount(3))
    >>> result.n_distinct, result.completeness.evidence.word
    (3, 'count given')
    """

    count: int
    otherwise: Confidence = field(default_factory=Confidence)

    def __post_init__(self):
        if self.count < 1:
            raise InvalidInputError(
                f"The solution count is {self.count}; give at least 1, or leave stop out."
            )


@dataclass(frozen=True)
class TraceTest:
    """Stop when the trace test shows that no solution is missing.

    The family must be linear in some parameters h. On a line h = a + t·v the solutions form a curve;
    over all its points with t·(ℓ(x) − κ) = s the sum of t is affine in s, and over no other set. The
    linear form ℓ involves all coordinates, or only one if that needs fewer points with ℓ(x) = κ. The
    test is not attempted where these are more than 3k + 200 for k solutions and more than twice the
    paths of the search or 40 000.

    Attributes:
        otherwise: ends the search where the test is not possible or too expensive.

    Source: A. Leykin, J. I. Rodriguez, F. Sottile, Trace test, 2018.

    >>> from neuromanifold.continuation import System, monodromy
    >>> cubic = System(["x^3 + a*x + b"], parameters=["a", "b"])
    >>> result = monodromy(cubic, stop=TraceTest(otherwise=Confidence(0.9999)))
    >>> result.n_distinct, result.completeness.evidence.word
    (3, 'trace test')
    """

    otherwise: Confidence = field(default_factory=Confidence)


StoppingCriterion = TraceTest | SolutionCount | Confidence
