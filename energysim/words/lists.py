"""Names in a row, with the language's word between them, and names that the glossary may know."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, reduce

from energysim.words.language import glossary, say, speaking, spoken, term


def listed(names: Iterable[str]) -> str:
    """`Horgoš and Kireevo` of two names, `A and B and C` of three; empty of none."""
    said = [str(name) for name in names]
    return reduce(lambda first, last: say("{first} and {last}", first=first, last=last), said) if said else ""


def known(name: str) -> str:
    """A name as the glossary has it; a text of the data that it does not hold stands as it is, and is not missed."""
    return str(term(name)) if spoken() != "en" and name in glossary() else name


def within(name: str) -> str:
    """A name as it stands within a sentence: a common noun without its capital (`ruski gas`), a proper one as it is."""
    return f"{name[0].lower()}{name[1:]}" if spoken() != "en" and name in _common_nouns(spoken()) else name


def weather_named(weather: str) -> str:
    """The weather of a scenario, `normal`, `design`, `actual` or a winter, or of several with commas between them."""
    return ", ".join(_weather(part) for part in weather.split(", "))


def _weather(name: str) -> str:
    if name == "design" and spoken() != "en":  # a project in design is another word
        return say("design winter")
    return known(name)


@cache
def _common_nouns(language: str) -> frozenset[str]:
    """Names in a language that begin with a capital although their genitive in the glossary does not."""
    rows = ((english, row.cases.get("genitive", "")) for english, row in glossary().items() if row[:1].isupper())
    with speaking(language):
        return frozenset(str(term(english)) for english, genitive in rows if genitive[:1].islower())
