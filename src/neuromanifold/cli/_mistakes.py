"""What pydantic found wrong in a specification, as sentences that name the table, key and remedy."""

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

_EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "string_type": 'a "text" in quotes',
    "list_type": "a list [ ... ]",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "dict_type": "a table",
}


def sentences(error: ValidationError, document: dict[str, Any]) -> list[str]:
    """One sentence for each mistake in `document`."""
    return [_sentence(dict(mistake), document) for mistake in error.errors(include_url=False)]


def _sentence(mistake: dict[str, Any], document: dict[str, Any]) -> str:
    path, value = _locate(mistake["loc"], document)
    where = _where(path)
    match mistake["type"]:
        case "extra_forbidden":
            return _unknown_key(path, document)
        case "missing":
            if len(path) == 1:
                return f"The table [{path[0]}] is missing; add it with its keys."
            return f"{_where(path[:-1])} has no key '{path[-1]}'; add it."
        case "union_tag_not_found":
            if not isinstance(value, dict):
                return f"{where} is {_show(value)}; it must be a table."
            return f"{where} has no key 'family'; add family = one of {_FAMILY_NAMES}."
        case "union_tag_invalid":
            family = value.get("family") if isinstance(value, dict) else value
            hint = _nearest(str(family), FAMILIES)
            return f"{where} family is {_show(family)}, which is unknown;{hint} use {_FAMILY_NAMES}."
        case "greater_than_equal":
            return (
                f"{where} is {_show(value)}; it must be a whole number "
                f"of at least {mistake['ctx']['ge']}."
            )
        case "less_than":
            return f"{where} is {_show(value)}; it must be below {mistake['ctx']['lt']}."
        case "too_short":
            return (
                f"{where} is {_show(value)}; the list must have at least "
                f"{mistake['ctx']['min_length']} {_entries(mistake['ctx']['min_length'])}."
            )
        case "string_too_short":
            return f"{where} is empty; give a file name."
        case "activation":
            return f"{where} is {_show(value)}; {mistake['msg']}."
        case "lengths" | "source" | "columns":
            return f"{where} cannot be used: {mistake['msg']}."
    expected = _EXPECTED.get(mistake["type"])
    if expected is None:
        return f"{where} is {_show(value)}, which cannot be used ({mistake['msg']})."
    return f"{where} is {_show(value)}; it must be {expected}."


def _locate(loc: Sequence[str | int], document: Any) -> tuple[list[str | int], Any]:
    # Pydantic's locations also name the member of a union; only what the file holds is kept.
    path: list[str | int] = []
    value = document
    for depth, part in enumerate(loc):
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        elif depth < len(loc) - 1 or not isinstance(value, dict) or part in FAMILIES:
            continue
        path.append(part)
    return path, value


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


def _entries(count: int) -> str:
    return "entry" if count == 1 else "entries"


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
