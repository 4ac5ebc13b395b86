"""The language spoken, and what a template of a sentence becomes in it.

A template is an English sentence with named fields: `say("{gas} go unserved", gas="3 mcm")`. In another language the
glossary's row for the template is used, with the same fields in any order. Three things a field can do:

    {days|day|days}           a word that agrees with the number `days`; Serbian has three: {days|dan|dana|dana}
    {asset:genitive}          a Term in another case than the nominative
    {name}                    anything else, as it is: values are never translated, whoever hands them in has said them
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from io import StringIO
from string import Formatter
from typing import Any

from energysim.errors import InputError, suggest
from energysim.words.cyrillic import cyrillic

LANGUAGES: Mapping[str, str] = {"en": "English", "sr": "srpski (latinica)", "sr-Cyrl": "српски (ћирилица)"}
"""Language tag -> its name."""
CASES = ("genitive", "accusative", "locative", "instrumental")
"""Cases of a term that the glossary may hold beside the nominative."""
GLOSSARY = "sr"
_SPOKEN: ContextVar[str] = ContextVar("spoken", default="en")
_MISSING: set[str] = set()


class Term(str):
    """A name of the field with its cases: `{asset:genitive}` in a template writes that case, `{asset}` the nominative."""

    cases: Mapping[str, str]

    def __new__(cls, nominative: str, cases: Mapping[str, str] | None = None) -> Term:
        made = super().__new__(cls, nominative)
        made.cases = cases or {}
        return made

    def __format__(self, case: str) -> str:
        return self.cases.get(case, str(self)) if case in CASES else super().__format__(case)


class _Sentence(Formatter):
    """`str.format` with words that agree with a number: `{days|day|days}`."""

    def __init__(self, language: str) -> None:
        self.language = language

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        name, *forms = field_name.split("|")
        value = kwargs[name]
        return (agreeing(value, forms, self.language) if forms else value), name


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Everything said inside is said in this language. Raises InputError for an unknown one.

    It holds for the thread it is called in: other threads and worker processes speak English until they are told.
    """
    if language not in LANGUAGES:
        raise InputError(
            f"unknown language {language!r}{suggest(language, LANGUAGES)}; expected {', '.join(LANGUAGES)}"
        )
    token = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def spoken() -> str:
    """The language that is spoken now: a key of LANGUAGES."""
    return _SPOKEN.get()


def say(template: str, /, **values: Any) -> str:
    """A template in the language spoken, its fields filled; English where the glossary has no row for it."""
    language = _SPOKEN.get()
    found: str = template if language == "en" else _lookup(template, language)
    return _Sentence(language).vformat(found, (), values) if values else str(found)


def term(name: str) -> Term:
    """A name, of an asset say, in the language spoken, with its cases; as it stands where the glossary does not know it."""
    language = _SPOKEN.get()
    return Term(name) if language == "en" else _lookup(name, language)


def missing() -> frozenset[str]:
    """Templates and names asked for in another language that the glossary has no row for."""
    return frozenset(_MISSING)


def agreeing(count: Any, forms: Sequence[str], language: str) -> str:
    """The form that agrees with a number: English one, other; Serbian one, few, many (1 dan, 2 dana, 5 dana; 21 dan).

    A number that is not whole takes the last form in English, in Serbian the one for few (1,9 dana).
    """
    size = abs(float(count))
    if language == "en":
        return forms[0] if size == 1 else forms[-1]
    if size % 1:
        return forms[len(forms) // 2]
    if size % 10 == 1 and size % 100 != 11:
        return forms[0]
    return forms[1] if 2 <= size % 10 <= 4 and not 12 <= size % 100 <= 14 else forms[-1]


def _lookup(english: str, language: str) -> Term:
    found = glossary().get(english)
    if found is None:
        _MISSING.add(english)
        return Term(english)
    return _in_cyrillic(english) if language == "sr-Cyrl" else found


@cache
def glossary() -> dict[str, Term]:
    """English template or name -> Serbian in Latin letters. Raises InputError for a row that stands twice."""
    found: dict[str, Term] = {}
    for page in sorted(files("energysim.words").joinpath(GLOSSARY).iterdir(), key=lambda p: p.name):
        for row in csv.DictReader(StringIO(page.read_text(encoding="utf-8"))):
            cases = {c: row[c] for c in CASES if row.get(c)}
            said = Term(row["serbian"], cases)
            held = found.get(row["english"], said)
            if (held, held.cases) != (said, said.cases):
                raise InputError(f"{page.name}: {row['english']!r} has two translations")
            found[row["english"]] = said
    return found


@cache
def _in_cyrillic(english: str) -> Term:
    found = glossary()[english]
    return Term(cyrillic(found), {case: cyrillic(text) for case, text in found.cases.items()})
