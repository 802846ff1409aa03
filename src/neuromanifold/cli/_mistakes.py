"""What pydantic found wrong in a specification, as sentences with table, key and remedy."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from neuromanifold.cli._tables import (
    FAMILIES,
    DataTable,
    Monomial,
    Polynomial,
    RandomTable,
    SolveTable,
    SpecTable,
)

_FAMILY_NAMES = ", ".join(f'"{name}"' for name in FAMILIES)

_MUST_BE = "{where} is {shown}; it must be "
_TEMPLATES = {
    "int_type": _MUST_BE + "a whole number.",
    "int_from_float": _MUST_BE + "a whole number.",
    "float_type": _MUST_BE + "a number.",
    "finite_number": _MUST_BE + "a finite number.",
    "bool_type": _MUST_BE + "true or false.",
    "string_type": _MUST_BE + 'a "text" in quotes.',
    "list_type": _MUST_BE + "a list [ ... ].",
    "model_type": _MUST_BE + "a table.",
    "model_attributes_type": _MUST_BE + "a table.",
    "dict_type": _MUST_BE + "a table.",
    "greater_than_equal": _MUST_BE + "a whole number of at least {ge}.",
    "less_than": _MUST_BE + "below {lt}.",
    "too_short": "{where} is {shown}; the list is too short, give {min_length} or more.",
    "string_too_short": "{where} is empty; give a file name.",
    "activation": "{where} is {shown}; {msg}.",
    "lengths": "{where} cannot be used: {msg}.",
    "source": "{where} cannot be used: {msg}.",
    "columns": "{where} cannot be used: {msg}.",
}
_OTHER = "{where} is {shown}, which cannot be used ({msg})."


def sentences(error: ValidationError, document: dict[str, Any]) -> list[str]:
    """One sentence for each mistake in `document`."""
    return [_sentence(dict(mistake), document) for mistake in error.errors(include_url=False)]


def _sentence(mistake: dict[str, Any], document: dict[str, Any]) -> str:
    path, value = _locate(mistake["loc"], document)
    match mistake["type"]:
        case "extra_forbidden":
            return _unknown_key(path, document)
        case "missing":
            return _missing_key(path)
        case "union_tag_not_found" if isinstance(value, dict):
            return f"{_where(path)} has no key 'family'; add one of {_FAMILY_NAMES}."
        case "union_tag_not_found":
            template = _TEMPLATES["dict_type"]
        case "union_tag_invalid":
            return _unknown_family(path, value)
        case kind:
            template = _TEMPLATES.get(kind, _OTHER)
    context = {key: str(entry) for key, entry in mistake.get("ctx", {}).items()}
    return template.format(
        **context | {"where": _where(path), "shown": _show(value), "msg": mistake["msg"]}
    )


def _missing_key(path: list[str | int]) -> str:
    if len(path) == 1:
        return f"The table [{path[0]}] is missing; add it with its keys."
    return f"{_where(path[:-1])} has no key '{path[-1]}'; add it."


def _unknown_family(path: list[str | int], table: Any) -> str:
    family = table.get("family") if isinstance(table, dict) else table
    hint = _nearest(str(family), FAMILIES)
    return f"{_where(path)} family is {_show(family)}, which is unknown;{hint} use {_FAMILY_NAMES}."


def _locate(loc: Sequence[str | int], document: Any) -> tuple[list[str | int], Any]:
    # Pydantic's locations also name the member of a union; only what the file holds is kept.
    path: list[str | int] = []
    value = document
    for depth, part in enumerate(loc):
        if _holds(value, part):
            value = value[part]
        elif depth < len(loc) - 1 or not isinstance(value, dict) or part in FAMILIES:
            continue
        path.append(part)
    return path, value


def _holds(value: Any, part: str | int) -> bool:
    if isinstance(value, list):
        return isinstance(part, int) and part < len(value)
    return isinstance(value, dict) and part in value


def _where(path: Sequence[str | int]) -> str:
    if not path:
        return "The specification"
    text = f"[{path[0]}]"
    separator = " "
    for part in path[1:]:
        text += f"[{part}]" if isinstance(part, int) else f"{separator}{part}"
        separator = "."
    return text


def _unknown_key(path: list[str | int], document: dict[str, Any]) -> str:
    key = str(path[-1])
    allowed = sorted(_table_at(path[:-1], document).model_fields)
    hint = _nearest(key, allowed)
    if len(path) == 1:
        tables = ", ".join(f"[{name}]" for name in allowed)
        return f"[{key}] is not a table of a specification;{hint} the tables are {tables}."
    if path[1:2] == ["activation"] and key in ("monomial", "polynomial"):
        return f"{_where(path[:-1])} has both 'monomial' and 'polynomial'; keep one of them."
    known = ", ".join(allowed)
    return f"{_where(path[:-1])} has no key '{key}';{hint} allowed: {known}."


def _table_at(path: list[str | int], document: dict[str, Any]) -> type[BaseModel]:
    match path:
        case ["model"]:
            return FAMILIES[document["model"]["family"]]
        case ["model", "activation"]:
            return Monomial if "monomial" in document["model"]["activation"] else Polynomial
        case ["data"]:
            return DataTable
        case ["data", "random"]:
            return RandomTable
        case ["solve"]:
            return SolveTable
    return SpecTable


def _nearest(word: str, candidates: Any) -> str:
    close = difflib.get_close_matches(word, list(candidates), n=1, cutoff=0.6)
    return f" did you mean '{close[0]}'?" if close else ""


def _show(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        text = f'"{value}"'
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{key} = {_show(item)}" for key, item in value.items()) + "}"
    else:
        text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."
