"""Numbers and dates as the language spoken writes them: `1,734.5` and `1 Jan` in English, `1.734,5` and `1. jan.` in Serbian."""

from __future__ import annotations

from typing import Any

import pandas as pd

from energysim.words.language import Term, spoken, term

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
SHORT = tuple(month[:3] for month in MONTHS)
_SWAP = str.maketrans(",.", ".,")


def localised(written: str) -> str:
    """A number written the English way, `1,734.5`, as the language spoken writes it; digits, signs and marks only."""
    return written if spoken() == "en" else written.translate(_SWAP)


def decimals(value: float, places: int = 0) -> str:
    """A number with so many places and its thousands set apart."""
    return localised(f"{value:,.{places}f}")


def day_month(day: Any) -> str:
    """`1 Jan` of a date; Serbian puts the month in the genitive: `1. jan.`, `1. marta`."""
    stamp = pd.Timestamp(day)
    month = SHORT[stamp.month - 1]
    return f"{stamp.day} {month}" if spoken() == "en" else f"{stamp.day}. {term(month):genitive}"


def table_day(day: Any) -> str:
    """A date in the head of a narrow column: `1 Oct`, in Serbian `1.10.`"""
    stamp = pd.Timestamp(day)
    return day_month(stamp) if spoken() == "en" else f"{stamp.day}.{stamp.month}."


def full_date(day: Any) -> str:
    """`1 January 2026` of a date; Serbian puts the month in the genitive: `1. januara 2026.`"""
    stamp = pd.Timestamp(day)
    month = MONTHS[stamp.month - 1]
    if spoken() == "en":
        return f"{stamp.day} {month} {stamp.year}"
    return f"{stamp.day}. {month_name(stamp.month):genitive} {stamp.year}."


def month_name(month: int) -> Term:
    """`January` of 1."""
    return term(MONTHS[month - 1])


def month_year(day: Any) -> str:
    """`January 2026` of a date."""
    stamp = pd.Timestamp(day)
    year = str(stamp.year) if spoken() == "en" else f"{stamp.year}."
    return f"{month_name(stamp.month)} {year}"


def iso_or_local(day: Any) -> str:
    """A date in a table: `2026-01-31`, in Serbian `31. 1. 2026.`"""
    stamp = pd.Timestamp(day)
    return f"{stamp:%Y-%m-%d}" if spoken() == "en" else f"{stamp.day}. {stamp.month}. {stamp.year}."
