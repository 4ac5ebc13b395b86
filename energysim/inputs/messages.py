"""Pydantic's complaints as sentences that a gas analyst can act on: what was found, what was expected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from energysim.errors import suggest

Problem = tuple[tuple[Any, ...], str]
"""Where in the input (keys and positions), and what is wrong there."""

BRANCH = re.compile(r"(float|str|bool|date|Setting)$|(function-|constrained-|literal\[)")
"""Names that pydantic adds to a location for the kinds of value that a key may have."""

EXPECTED = {
    "float": "a number, such as 6.5",
    "int": "a whole number",
    "bool": "yes or no",
    "date": "a date such as 2026-01-31",
    "string": "text (in quotes if it looks like a number)",
    "finite": "a finite number",
    "tuple": "a list, each item after a dash",
    "list": "a list, each item after a dash",
    "dict": "a mapping, `key: value`",
    "model": "a mapping of keys",
    "literal": "",
}
"""First word of pydantic's error type -> what was expected."""

REMEDIES = (
    ("fraction", "a share lies between 0 and 1, so 80 % is 0.8"),
    ("share", "a share lies between 0 and 1, so 80 % is 0.8"),
    ("gcv", "gross kWh per cubic metre; a figure in MJ is divided by 3.6"),
)
"""Word in a column's name -> what to try when its value is out of range."""


def explain(
    errors: Iterable[Any], cls: type[BaseModel], parts: Mapping[str, type[BaseModel]] | None = None
) -> list[Problem]:
    """The problems behind pydantic's errors of a class, one for each mistake.

    parts: key -> class of what stands below it, to look up the keys that are known there.
    """
    groups: dict[tuple[Any, ...], list[Any]] = {}
    for error in errors:
        groups.setdefault(tuple(p for p in error["loc"] if not BRANCH.match(str(p))), []).append(error)
    for location in [loc for loc in groups if any(other[: len(loc)] == loc and other != loc for other in groups)]:
        del groups[location]  # a mapping is no number: its keys are complained of on their own
    mistyped: set[tuple[Any, ...]] = set()
    problems: list[Problem] = []
    for location, group in sorted(groups.items(), key=lambda g: g[1][0]["type"] != "extra_forbidden"):
        if location in mistyped:
            continue  # the key is there, under a wrong name
        if group[0]["type"] == "extra_forbidden":
            known = _class_of(location, cls, parts or {}).model_fields
            hint = suggest(str(location[-1]), known)
            mistyped |= {(*location[:-1], k) for k in known if f"mean `{k}`" in hint}
            problems.append((location, f"unknown key{hint}"))
        else:
            problems += [(location, text) for text in _sentences(group)]
    return problems


def _class_of(location: tuple[Any, ...], cls: type[BaseModel], parts: Mapping[str, type[BaseModel]]) -> type[BaseModel]:
    for part in location[:-1]:
        cls = parts.get(str(part), cls)
    return cls


def _sentences(group: list[Any]) -> list[str]:
    error = next((e for e in group if e["type"] == "value_error"), group[0])
    found, kind, context = error.get("input"), error["type"], error.get("ctx", {})
    if kind == "missing" or found is None:
        return ["is blank or missing; fill it"]
    if kind == "value_error":
        return str(context["error"]).split("\n")
    if kind == "string_pattern_mismatch":
        return [f"found {found!r}; expected the form {context['pattern']}"]
    if kind in ("greater_than_equal", "less_than_equal"):
        limit = context.get("ge", context.get("le"))
        side = "at least" if kind == "greater_than_equal" else "at most"
        remedy = next((f" ({text})" for word, text in REMEDIES if word in str(error["loc"][-1])), "")
        return [f"found {found!r}; expected {side} {limit:g}{remedy}"]
    if kind == "literal_error" and len(group) == 1:
        allowed = re.findall(r"'([^']*)'", context["expected"])
        return [f"found {found!r}{suggest(str(found), allowed) or '; expected ' + context['expected']}"]
    wanted = [w for w in dict.fromkeys(_expected(e) for e in group) if w]
    return [f"found {found!r}; expected {' or '.join(wanted)}"]


def _expected(error: Any) -> str:
    kind = str(error["type"])
    if kind == "literal_error":
        return str(error["ctx"]["expected"]).replace("'", "`")
    return EXPECTED.get(kind.partition("_")[0], str(error["msg"])[0].lower() + str(error["msg"])[1:])
