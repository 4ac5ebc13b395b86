"""The guard of generated sentences: no sentence without its number, no number without its unit.

A number's unit is the word after it (`3 mcm`, `12 days`, `5 of 9 levels`), or the range or date it belongs to. What is
quoted from the inputs, titles and names of assets, may hold numbers of its own; it is taken out before the check. A name
that is nothing but a number or a quantity (`3`, `2026`, `6 mcm/d`) stays: taken out, it would take real numbers with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from energysim.errors import EnergysimError

_NUMBER = re.compile(r"(?<![\w.,/])[−-]?[<>]?\d[\d.,]*(?<![.,])")
_YEAR = r"(?:19|20)\d\d"
_STANDS_FOR_ITSELF = re.compile(
    rf"\b{_YEAR}[/–]\d\d(?:\d\d)?\b"  # a gas year
    rf"|\b\d{{1,2}}\.? [^\W\d_]+\.? {_YEAR}\b"  # a date with its year
    rf"|\b{_YEAR}-\d\d(?:-\d\d)?\b"
    rf"|\b{_YEAR}\b"
    r"|\d+\.? ?(?:×|·) ?10"  # a power of ten
    r"|N[−-]1"
    r"|\([−-]?[\d.,]+–[−-]?[\d.,]+\)"  # an interval, of the number with a unit before it
)
_UNIT = re.compile(
    r"^(?:\.?[ \N{NO-BREAK SPACE}]*(?:%|‰|°C|(?!(?:of|od|од)\b)[^\W\d_])"
    r"| (?:of|od|од) (?:[<>]?\d|them\b|toga\b|тога\b)"  # 3 of 5 levels
    r"|[ \N{NO-BREAK SPACE}]*(?:–|…|-|to |do |до |i |и |and )[ ]*[−-]?[<>]?\d)"  # 3 to 5 mcm
)


_QUANTITY = re.compile(r"[−-]?\d[\d.,]*(?:\s+\S+)?")
"""A name that is a number, with or without a unit."""


def stated(sentence: str, quoted: Iterable[str] = ()) -> str:
    """The sentence itself, if it holds a number and every number in it has a unit.

    quoted: titles and names that stand in it as the inputs have them. Raises EnergysimError otherwise: such a sentence is a
    fault of the programme, not of its inputs.
    """
    names = sorted({q.strip() for q in quoted if q.strip()}, key=len, reverse=True)
    bare = sentence
    for name in (n for n in names if not _QUANTITY.fullmatch(n)):
        bare = re.sub(rf"(?<![\w.,]){re.escape(name)}(?!\w|[.,]\d)", "…", bare)
    if not re.search(r"\d", bare):
        raise EnergysimError(f"a sentence without its number: {sentence}")
    rest = _STANDS_FOR_ITSELF.sub("x", bare)
    for found in _NUMBER.finditer(rest):
        if found[0] not in names and not _UNIT.match(rest[found.end() :]):
            raise EnergysimError(f"a number without its unit, {found[0]!r}: {sentence}")
    return sentence
