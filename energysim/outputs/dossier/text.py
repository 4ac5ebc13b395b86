"""A dossier as words and cells, before it is a terminal page, Markdown or anything else: what is written, and how many digits."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from energysim.dossier import Chapter, Figure, Table, Verdict
from energysim.outputs.dossier.compare import findings as compare
from energysim.outputs.dossier.description import findings as description
from energysim.outputs.dossier.digits import NOTHING, digits, in_unit, in_words, plain
from energysim.outputs.dossier.endurance import findings as endurance
from energysim.outputs.dossier.entsog import findings as entsog
from energysim.outputs.dossier.evidence import findings as evidence
from energysim.outputs.dossier.headings import heading, month
from energysim.outputs.dossier.n_minus_1 import findings as n_minus_1
from energysim.outputs.dossier.origin import findings as origin
from energysim.outputs.dossier.projects import findings as projects
from energysim.outputs.dossier.supply_standard import findings as supply_standard
from energysim.outputs.dossier.value import findings as value
from energysim.outputs.wording import Unit
from energysim.words import decimals, iso_or_local, say, term

FINDINGS: Mapping[str, Callable[[Chapter, Unit], list[str]]] = {
    "compare": compare,
    "description": description,
    "n_minus_1": n_minus_1,
    "supply_standard": supply_standard,
    "entsog": entsog,
    "endurance": endurance,
    "value": value,
    "projects": projects,
    "evidence": evidence,
    "origin": origin,
}
"""Chapter -> what it has to say in sentences."""
TINY = 5e-4
"""A pure number below this is written with a power of ten: it proves something by being small."""
KEPT_WORDS = ("pass", "fail", "yes", "no", "never")
"""Words that stand in a table's cells as they are in the files beside the page, in English."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH = re.compile(r"\d{4}-\d{2}")


@dataclass(frozen=True)
class Line:
    """A figure as it is written: name, value with unit, interval, verdict, then formula, source and note."""

    name: str
    value: str
    interval: str
    verdict: str
    """As it is written; `key` is what it is."""
    formula: str
    source: str
    note: str
    key: Verdict = ""


@dataclass(frozen=True)
class Cells:
    """A table as it is written: headings with units, rows of text, and which columns hold numbers."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    foot: str


def sentences(chapter: Chapter, unit: Unit) -> list[str]:
    """What a chapter has to say, from its numbers; nothing where it has none."""
    kind = "compare" if chapter.id.startswith("compare_") else chapter.id
    return FINDINGS[kind](chapter, unit) if chapter.figures and kind in FINDINGS else []


def line(figure: Figure, unit: Unit) -> Line:
    """A figure in the reader's unit and with sensible digits."""
    shown, factor = in_unit(figure.unit, unit)
    interval = ""
    if figure.low is not None and figure.high is not None:
        interval = f"{digits(figure.low * factor)} … {digits(figure.high * factor)}"
    return Line(
        figure.name,
        _value(figure, shown, factor),
        interval,
        verdict(figure.verdict),
        figure.formula,
        figure.source,
        in_words(figure.note, unit),
        figure.verdict,
    )


def _value(figure: Figure, shown: str, factor: float) -> str:
    if figure.value is None or isinstance(figure.value, str):
        return _text(figure.value) if figure.value else NOTHING
    value = figure.value * factor
    if figure.unit == "1":
        return f"{value:.0e}" if 0 < abs(value) < TINY else digits(value)
    return _counted(value, figure.unit) or f"{digits(value)} {shown}".strip()


def _counted(value: float, unit: str) -> str:
    """A number of things, which their name agrees with; nothing for another unit."""
    match unit:
        case "d":
            return say("{value} {things|d|d}", value=digits(value), things=value)
        case "days":
            return say("{value} {things|day|days}", value=digits(value), things=value)
        case "points":
            return say("{value} {things|point|points}", value=digits(value), things=value)
        case "projects":
            return say("{value} {things|project|projects}", value=digits(value), things=value)
    return ""


def verdict(found: str) -> str:
    """`pass` or `fail` as it is written."""
    return term(found) if found else ""


def _text(value: str) -> str:
    """A value that is a word or a day."""
    return iso_or_local(value) if _DATE.fullmatch(value) else str(term(value)) if value in KEPT_WORDS else value


def cells(table: Table, unit: Unit, name: str = "") -> Cells:
    """A table in the reader's unit, by its name; each column with the digits that its largest number needs."""
    headings, columns, numeric = [], [], []
    shown = table.shown or tuple(str(c) for c in table.frame.columns)
    own = _units_by_row(table, unit) if UNIT in shown else None
    for column in shown:
        written, factor = in_unit(table.units.get(column, ""), unit)
        series = table.frame[column]
        is_number = pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series)
        headings.append(heading(name, column, table.names) + (f" [{written}]" if written and written != "1" else ""))
        numeric.append(bool(is_number))
        if own is not None and (column == UNIT or is_number):
            columns.append(
                [w if column == UNIT else digits(float(v) * f) for v, (w, f) in zip(series, own, strict=True)]
            )
        else:
            columns.append(
                _numbers(series * factor, written == "%")
                if is_number
                else [_word(v, unit, table.names) for v in series]
            )
    rows = tuple(tuple(row) for row in zip(*columns, strict=True)) if columns else ()
    foot = " · ".join(
        part for part in (table.note, say("source: {source}", source=table.source) if table.source else "") if part
    )
    return Cells(table.title, tuple(headings), rows, tuple(numeric), in_words(foot, unit))


UNIT = "unit"
"""The column of a table in which every row has a unit of its own."""


def _units_by_row(table: Table, unit: Unit) -> list[tuple[str, float]]:
    return [in_unit(str(u), unit) for u in table.frame[UNIT]]


def _numbers(series: pd.Series[float], per_cent: bool = False) -> list[str]:
    """A column of numbers, all with as many places as its largest asks for, so that they can be compared by eye."""
    finite = series[np.isfinite(series.astype(float))].abs()
    if finite.empty or float(finite.max()) == 0:
        return [digits(float(v)) for v in series]
    whole = bool((finite == finite.round()).all())
    top = float(finite.max())
    places = 0 if whole or top >= 999.5 else 1 if top >= 9.995 or per_cent else 2 if top >= 0.0995 else 3
    return [digits(float(v)) if not np.isfinite(v) else plain(decimals(float(v), places)) for v in series]


def _word(value: Any, unit: Unit, names: Mapping[str, str]) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return NOTHING
    if isinstance(value, bool | np.bool_):
        return say("yes") if value else say("no")
    if isinstance(value, pd.Timestamp | date) or _DATE.fullmatch(str(value)):
        return iso_or_local(value)
    if isinstance(value, float):
        return digits(value)
    if _MONTH.fullmatch(str(value)):
        return month(str(value))
    if str(value) in KEPT_WORDS:
        return str(term(str(value)))
    return names.get(str(value)) or in_words(str(value), unit)
