"""Rechecking the certificates of saved solutions, from nothing but the system."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from neuromanifold.continuation._certificates._certificate import Certificate
from neuromanifold.continuation._certificates._certify import (
    Certifier,
    denominator_map,
    excludes_zero,
)
from neuromanifold.continuation._certificates._distinct import count_distinct
from neuromanifold.continuation._certificates._verification import Verification
from neuromanifold.continuation._solutions import Solution, SolveResult
from neuromanifold.continuation._systems._square_up import squared_up
from neuromanifold.continuation._systems._system import System
from neuromanifold.errors import InvalidInputError

BEYOND_SQUARE = ", the equations beyond the squared-up ones"
_NEAR = 1e-6


def verify_solutions(result: SolveResult) -> Verification:
    """Prove every certificate of a result again in Arb, for exactly its box.

    Only the system, its parameters and the boxes are used. Of an overdetermined system the certificates
    speak of its squared-up form, which is made again from the seed.

    Raises:
        InvalidInputError: the result cannot have come from `solve`.

    Examples:
        >>> from neuromanifold.continuation import solve
        >>> verification = verify_solutions(solve(["x^2 - 2*y", "y^2 - x"]))
        >>> verification.n_confirmed, verification.is_confirmed
        (4, True)
    """
    if result.seed < 0:
        raise InvalidInputError(f"The seed is {result.seed}; a saved result has none below 0.")
    square = squared_up(result.system, np.random.default_rng(result.seed))
    confirmed, problems = recheck(result.system, square, result.distinct)
    return Verification(
        what="solutions",
        n_points=len(result.distinct),
        n_claimed=sum(solution.is_certified for solution in result.distinct),
        n_confirmed=len(confirmed),
        n_real=sum(certificate.is_real for certificate in confirmed),
        problems=tuple(problems),
        unchecked="that no solution is missing, multiplicities, the ledger"
        + (BEYOND_SQUARE if square is not result.system else ""),
    )


def recheck(
    system: System, square: System, solutions: Sequence[Solution]
) -> tuple[list[Certificate], list[str]]:
    """The certificates that are proved again, and a sentence for each statement that is not.

    Args:
        system: what was solved.
        square: its squared-up form, of which the certificates speak.
        solutions: those without a certificate are passed over.
    """
    certifier = Certifier(square.map, denominator_map(system))
    problems: list[str] = []
    confirmed: list[Certificate] = []
    for k, solution in enumerate(solutions, 1):
        if not solution.is_certified:
            continue
        certificate = solution.certificate
        assert certificate is not None
        proved, denominators = certifier.check(certificate, square.exact_values)
        if not proved.is_certified:
            problems.append(f"Solution {k} is not proved: its box need not hold exactly one zero.")
            continue
        if not excludes_zero(denominators):
            problems.append(f"Solution {k} may be a zero of a denominator.")
            continue
        confirmed.append(proved)
        center = np.array(certificate.center)
        near = _NEAR * max(np.abs(center).max(), _NEAR)
        if solution.x.shape != center.shape or not np.abs(solution.x - center).max() <= near:
            problems.append(f"Solution {k} is not near the zero of its certificate.")
        if solution.is_real != certificate.is_real or certificate.is_real != proved.is_real:
            problems.append(
                f"Solution {k} is called {'real' if solution.is_real else 'not real'}, which its "
                "certificate does not prove again."
            )
    n_different = count_distinct(confirmed)
    if n_different < len(confirmed):
        problems.append(
            f"Only {n_different} of {len(confirmed)} boxes are proved to hold different zeros."
        )
    return confirmed, problems
