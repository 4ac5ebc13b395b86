"""Serbian Latin letters to Cyrillic, letter by letter but for what stands in the list of exceptions.

Digraphs (lj, nj, dž) are one letter unless the exceptions say that two meet in a word (`injektiranje`). What a field of a
template holds, units, abbreviations and foreign words stay as they are; the list says which.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files
from io import StringIO

DIGRAPHS = {"lj": "љ", "nj": "њ", "dž": "џ"}
LETTERS = dict(zip("abvgdđežzijklmnoprstćufhcčš", "абвгдђежзијклмнопрстћуфхцчш", strict=True))
_FILE = r"(?:[\w/*-]|\{[^{}|]*\})*\.(?:csv|json|geojson|yaml|html|md|pdf|svg|png|parquet|py|ipynb)\b"
_KEPT = re.compile(rf"({_FILE}|\{{[^{{}}|]*\}}|`[^`]*`|https?://\S+)")
"""What is never transliterated: names of files, fields, code, addresses."""
_WORD = re.compile(r"[^\W\d_]+[²³]?", re.UNICODE)
_AGREES = re.compile(r"\{([^{}|]*)\|([^{}]*)\}")
EXCEPTIONS = "cyrillic_exceptions.csv"


def cyrillic(text: str) -> str:
    """A text in Cyrillic letters; fields of a template keep their names, the words that agree with a number do not."""
    parts: list[str] = []
    for k, part in enumerate(_KEPT.split(text)):
        parts.append(part if k % 2 else _agreeing(part))
    return "".join(parts)


def _agreeing(text: str) -> str:
    """A text without plain fields: in `{days|dan|dana}` the name stays, its words change."""
    done, at = [], 0
    for found in _AGREES.finditer(text):
        words = "|".join(_words(w) for w in found[2].split("|"))
        done += [_words(text[at : found.start()]), f"{{{found[1]}|{words}}}"]
        at = found.end()
    return "".join([*done, _words(text[at:])])


def _words(text: str) -> str:
    return _WORD.sub(lambda found: word(found[0]), text)


def word(latin: str) -> str:
    """One word: as the exceptions have it, whole or from its beginning, else letter by letter."""
    whole, beginnings = exceptions()
    if latin in whole:
        return whole[latin]
    lower = latin.lower()
    for start, said in beginnings:
        if lower.startswith(start):
            head = said if latin[0].islower() else said[0].upper() + said[1:]
            return head + _letters(latin[len(start) :])
    return _letters(latin)


def _letters(latin: str) -> str:
    made, at = [], 0
    while at < len(latin):
        pair = latin[at : at + 2]
        letter = DIGRAPHS.get(pair.lower())
        if letter is None:
            pair = latin[at]
            letter = LETTERS.get(pair.lower(), pair)
        made.append(letter.upper() if pair[0].isupper() else letter)
        at += len(pair)
    return "".join(made)


@cache
def exceptions() -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Whole words -> what they become, and beginnings of words (written `injek-`) with what they become."""
    page = files("energysim.words").joinpath(EXCEPTIONS).read_text(encoding="utf-8")
    rows = [(r["latin"], r["written"]) for r in csv.DictReader(StringIO(page))]
    whole = {latin: written for latin, written in rows if not latin.endswith("-")}
    return whole, [(latin[:-1], written.rstrip("-")) for latin, written in rows if latin.endswith("-")]
