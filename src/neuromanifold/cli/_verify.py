"""Rechecking a saved file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuromanifold.errors import InvalidInputError, NeuromanifoldError

if TYPE_CHECKING:
    from neuromanifold.continuation import Verification


def verify_file(path: Path) -> bool:
    """Prove the certificates in a file again and say what was found; whether all of them hold.

    Raises:
        InvalidInputError: the file cannot be read, is none of ours, or lacks its model.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no JSON file"
        raise InvalidInputError(
            f"Cannot verify '{path}': {reason.lower()}; give a file saved by this program."
        ) from error
    try:
        found = _verified(path, document)
    except NeuromanifoldError:
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # The file is well-formed, but its entries do not belong together.
        raise InvalidInputError(
            f"Cannot verify '{path}': its entries contradict each other ({error}); "
            "give a file saved by this program."
        ) from error
    print(found)
    return found.is_confirmed


def _verified(path: Path, document: Any) -> Verification:
    from neuromanifold.continuation import (
        MonodromyResult,
        SolveResult,
        verify_monodromy,
        verify_solutions,
    )

    form = document.get("format") if isinstance(document, dict) else None
    match str(form).rsplit(" ", 1)[0]:
        case "neuromanifold solutions":
            return verify_solutions(SolveResult.load(path))
        case "neuromanifold monodromy":
            return verify_monodromy(MonodromyResult.load(path))
        case "neuromanifold landscape":
            from neuromanifold.landscapes import Landscape

            return Landscape.load(path).verify()
        case _:
            raise InvalidInputError(
                f"Cannot verify '{path}': its format is {form!r}; give a saved landscape, saved "
                "solutions or a saved result of monodromy."
            )
