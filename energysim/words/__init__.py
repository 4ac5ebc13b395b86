"""Words: every label and sentence in the reader's language, and how numbers and dates are written in it.

English stands in the code, as templates; Serbian in the glossary (`sr/*.csv`, one row a template or a term), in Latin
letters. Cyrillic comes from it by transliteration (`cyrillic`). Nothing else in the package knows a language:

>>> with speaking("sr"):
...     say("and {count} more estimates: `energysim explain ASSET`, manifest.json", count=3)
'i još 3 procene: `energysim explain ASSET`, manifest.json'
"""

from energysim.words.language import LANGUAGES, Term, missing, say, speaking, spoken, term
from energysim.words.numerals import (
    day_month,
    decimals,
    full_date,
    iso_or_local,
    localised,
    month_name,
    month_year,
    table_day,
)

__all__ = [
    "LANGUAGES",
    "Term",
    "day_month",
    "decimals",
    "full_date",
    "iso_or_local",
    "localised",
    "missing",
    "month_name",
    "month_year",
    "say",
    "speaking",
    "spoken",
    "table_day",
    "term",
]
