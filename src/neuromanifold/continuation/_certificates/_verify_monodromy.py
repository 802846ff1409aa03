"""Rechecking a saved result of monodromy, from nothing but the system."""

from __future__ import annotations

import numpy as np

from neuromanifold.continuation._certificates._verification import Verification
from neuromanifold.continuation._certificates._verify import BEYOND_SQUARE, recheck
from neuromanifold.continuation._monodromy._result import MonodromyResult
from neuromanifold.continuation._systems._square_up import squared_up
from neuromanifold.errors import InvalidInputError

_SQUARE_UP = 0  # the purpose for which a search draws the random numbers of its squared-up form


def verify_monodromy(result: MonodromyResult) -> Verification:
    """Prove every certificate of a search by monodromy again in Arb, for exactly its box.

    Only the system, its parameters and the boxes are used: each box holds exactly one solution, and boxes
    that do not meet hold different ones. That loops permute the solutions is checked only as far as no
    two of them come to the same one. Of an overdetermined system the certificates speak of its
    squared-up form, which is made again from the seed.

    Raises:
        InvalidInputError: the result cannot have come from `monodromy`.

    Examples:
        >>> from neuromanifold.continuation import System, monodromy
        >>> cubic = System(["x^3 + a*x^2 + b*x + c"], parameters=["a", "b", "c"])
        >>> verification = verify_monodromy(monodromy(cubic))
        >>> verification.n_confirmed, verification.is_confirmed
        (3, True)
    """
    if result.seed < 0:
        raise InvalidInputError(f"The seed is {result.seed}; a saved result has none below 0.")
    square = squared_up(result.system, np.random.default_rng([result.seed, _SQUARE_UP]))
    confirmed, problems = recheck(result.system, square, result.distinct)
    if result.n_certified_distinct > len(confirmed):
        problems.append(
            f"{result.n_certified_distinct} solutions are called proved different, but only "
            f"{len(confirmed)} are proved."
        )
    problems += [
        f"Loop {number} does not permute the solutions."
        for number, row in enumerate(result.permutations, 1)
        if not _is_partial_permutation(row)
    ]
    return Verification(
        what="solutions",
        n_points=len(result),
        n_claimed=result.n_certified,
        n_confirmed=len(confirmed),
        n_real=sum(certificate.is_real for certificate in confirmed),
        problems=tuple(problems),
        unchecked="that no solution is missing, where the loops take the solutions"
        + (", that they lie in different orbits" if result.n_symmetries > 1 else "")
        + (BEYOND_SQUARE if square is not result.system else ""),
    )


def _is_partial_permutation(row: np.ndarray) -> bool:
    """Where it is not −1, an injection into 0, …, k − 1."""
    ends = row[row != -1]
    return bool(np.all((ends >= 0) & (ends < len(row)))) and len(set(ends.tolist())) == len(ends)
