"""A dossier as words and cells, before it is a terminal page, Markdown or anything else: what is written, and how many digits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from energysim.dossier import Chapter, Figure, Table
from energysim.outputs.dossier.description import findings as description
from energysim.outputs.dossier.endurance import findings as endurance
from energysim.outputs.dossier.entsog import findings as entsog
from energysim.outputs.dossier.evidence import findings as evidence
from energysim.outputs.dossier.n_minus_1 import findings as n_minus_1
from energysim.outputs.dossier.origin import findings as origin
from energysim.outputs.dossier.projects import findings as projects
from energysim.outputs.dossier.supply_standard import findings as supply_standard
from energysim.outputs.dossier.value import findings as value
from energysim.outputs.wording import Unit

FINDINGS: Mapping[str, Callable[[Chapter, Unit], list[str]]] = {
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
NOTHING = "–"
"""Where there is no number: missing is never zero."""


@dataclass(frozen=True)
class Line:
    """A figure as it is written: name, value with unit, interval, verdict, then formula, source and note."""

    name: str
    value: str
    interval: str
    verdict: str
    formula: str
    source: str
    note: str


@dataclass(frozen=True)
class Cells:
    """A table as it is written: headings with units, rows of text, and which columns hold numbers."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    foot: str


def sentences(chapter: Chapter, unit: Unit) -> list[str]:
    """What a chapter has to say, from its numbers."""
    return FINDINGS[chapter.id](chapter, unit) if chapter.id in FINDINGS else []


def line(figure: Figure, unit: Unit) -> Line:
    """A figure in the reader's unit and with sensible digits."""
    shown, factor = _in_unit(figure.unit, unit)
    value = NOTHING if figure.value is None else figure.value
    text = value if isinstance(value, str) else f"{digits(value * factor)} {shown}".strip()
    interval = ""
    if figure.low is not None and figure.high is not None:
        interval = f"{digits(figure.low * factor)} … {digits(figure.high * factor)}"
    return Line(
        figure.name,
        text.removesuffix(" 1") if figure.unit == "1" else text,
        interval,
        figure.verdict,
        figure.formula,
        figure.source,
        figure.note,
    )


def cells(table: Table, unit: Unit) -> Cells:
    """A table in the reader's unit; each column with the digits that its largest number needs."""
    headings, columns, numeric = [], [], []
    for name in table.shown or table.frame.columns:
        shown, factor = _in_unit(table.units.get(name, ""), unit)
        series = table.frame[name]
        is_number = pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series)
        headings.append(
            str(name).replace("n_minus_1", "N−1").replace("_", " ") + (f" [{shown}]" if shown and shown != "1" else "")
        )
        numeric.append(bool(is_number))
        columns.append(_numbers(series * factor) if is_number else [_word(v) for v in series])
    rows = tuple(tuple(row) for row in zip(*columns, strict=True)) if columns else ()
    foot = " · ".join(part for part in (table.note, f"source: {table.source}" if table.source else "") if part)
    return Cells(table.title, tuple(headings), rows, tuple(numeric), foot)


def digits(value: float) -> str:
    """A number with about three telling digits: 1,734 · 116 · 38.3 · 0.42 · 0.004."""
    if np.isnan(value):
        return NOTHING
    if np.isinf(value):
        return "no limit"
    size = abs(value)
    places = 0 if size >= 99.95 or value == round(value) else 1 if size >= 9.995 else 2 if size >= 0.0995 else 3
    text = f"{value:,.{places}f}"
    return text if text.strip("-0.,") else "0"


def _numbers(series: pd.Series[float]) -> list[str]:
    """A column of numbers, all with as many places as its largest asks for, so that they can be compared by eye."""
    finite = series[np.isfinite(series.astype(float))].abs()
    if finite.empty or float(finite.max()) == 0:
        return [digits(float(v)) for v in series]
    whole = bool((finite == finite.round()).all())
    top = float(finite.max())
    places = 0 if whole or top >= 999.5 else 1 if top >= 9.995 else 2 if top >= 0.0995 else 3
    return [digits(float(v)) if not np.isfinite(v) else _plain(f"{float(v):,.{places}f}") for v in series]


def _plain(text: str) -> str:
    return text if text.strip("-0.,") else text.replace("-", "")


def _word(value: Any) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return NOTHING
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, pd.Timestamp | date):
        return f"{pd.Timestamp(value):%Y-%m-%d}"
    if isinstance(value, float):
        return digits(value)
    return str(value)


def _in_unit(written: str, unit: Unit) -> tuple[str, float]:
    """The unit that is printed, and the factor to it: GWh and GWh/d as the reader asked."""
    if unit.name == "mcm" and written in ("GWh", "GWh/d"):
        return written.replace("GWh", "mcm"), unit.factor
    return written, 1.0
