"""What a sweep found, in words: names of measures and axes, the finding, and the sentence of each break-even."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from energysim.inputs.axis import Axis
from energysim.inputs.sweep_file import MEASURES, Measure, StudyFile
from energysim.inputs.vary import COLDER, Search
from energysim.outputs.wording import MCM, TRACE, Unit, number

NAMES: dict[Measure, str] = {
    "unserved_gas": "unserved gas",
    "unserved_protected": "unserved gas of protected customers",
    "worst_day": "worst day",
    "cut_days": "days with cuts",
    "costs": "costs",
    "penalties": "penalties",
    "objective": "costs and penalties",
}
FOUND = ("value", "holds_at", "exceeds_at")
"""Columns of a break-even that are blank where there is none."""
BRIEF = 2
"""Axes up to which a title names the worst case."""
MEUR = 1e-3
"""MEUR in a kEUR."""


@dataclass(frozen=True)
class SweepView:
    """A sweep with its results: `cases` holds label columns and findings (GWh, kEUR), a row a case in design order.

    indices: the frame of `studies.sensitivity.indices`, or None.
    """

    file: StudyFile
    axes: Sequence[Axis]
    cases: pd.DataFrame
    search: Search | None = None
    indices: pd.DataFrame | None = None
    unit: Unit = MCM

    def __post_init__(self) -> None:
        """Findings that are blank in every case have no column in a casebook: here they are blank columns."""
        blank = [c for c in (FOUND if self.search else ("first_cut",)) if c not in self.cases]
        if blank:
            object.__setattr__(self, "cases", self.cases.assign(**dict.fromkeys(blank)))

    @property
    def measure(self) -> Measure:
        """What charts and sentences look at."""
        return self.search.measure if self.search else self.file.measure

    def unit_of(self, measure: Measure) -> str:
        """Unit in which a measure is shown."""
        return {"energy": self.unit.name, "rate": self.unit.rate, "days": "d", "money": "MEUR"}[MEASURES[measure]]

    def factor(self, measure: Measure) -> float:
        """Shown units in one unit of the rows."""
        return {"days": 1.0, "money": MEUR}.get(MEASURES[measure], self.unit.factor)

    def text(self, measure: Measure, value: float) -> str:
        """`383 mcm` of a value in the rows' unit."""
        return f"{number(value * self.factor(measure))} {self.unit_of(measure)}"

    def shown(self, measure: Measure) -> pd.Series[float]:
        """A measure of all cases in the unit shown."""
        return self.cases[measure].astype(float) * self.factor(measure)

    def said(self, row: Mapping[str, Any]) -> str:
        """The values of a case: `contracts.gazprom.dcq 6 mcm/d, weather design`."""
        return ", ".join(f"{a.path} {value_text(a, row[a.label])}" for a in self.axes)


NBSP = "\N{NO-BREAK SPACE}"


def value_text(axis: Axis, value: Any) -> str:
    """A value with its unit, as a reader would write it: true minus, no trailing zeros."""
    text = f"{value:.4g}" if axis.numeric and not isinstance(value, (bool, str)) else str(value)
    text = text.replace("-", "−") if axis.numeric else text
    return f"{text}{NBSP}{axis.unit}".strip()


def bracket_text(search: Search, value: float) -> str:
    """A value of a break-even with as many digits as its tolerance is worth."""
    digits = max(0, math.ceil(-math.log10(search.tolerance) - 1e-9))
    return f"{value:.{digits}f} {search.axis.unit}".strip().replace("-", "−").replace(" ", NBSP)


def axis_title(axis: Axis) -> str:
    """How an axis is called in tables and charts, with its days where it has any."""
    days = f", {axis.start or 'first day'} to {axis.until or 'last day'}" if axis.start or axis.until else ""
    return f"{axis.path}{days}" + (f" [{axis.unit}]" if axis.unit else "")


def folded(text: str, width: int) -> str:
    """A name in lines of about a width, broken at its dots and underscores where it must be."""
    parts = re.findall(r"[^._ ]+[._ ]?|[._ ]", text)
    lines = [""]
    for part in parts:
        if lines[-1] and len(lines[-1]) + len(part.rstrip()) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(line.strip() for line in lines)


def finding(view: SweepView, brief: bool = False) -> str:
    """The one sentence of a sweep: the range of the measure, its worst case, and how many cases have none of it.

    brief: the worst case is left out where it takes many words.
    """
    if view.search:
        return _range_of_break_evens(view, view.search)
    measure, values = view.measure, view.cases[view.measure].astype(float)
    low, high = float(values.min()), float(values.max())
    name = NAMES[measure][0].upper() + NAMES[measure][1:]
    if high - low <= TRACE:
        return f"{name}: {view.text(measure, high)} in every one of {len(values):,} cases."
    worst = view.cases.iloc[int(values.argmax())].to_dict()
    spread = f"{name}: {number(low * view.factor(measure))} to {view.text(measure, high)}"
    if not brief or len(view.axes) <= BRIEF:
        spread += f", most with {view.said({str(k): v for k, v in worst.items()})}"
    none = int((values <= TRACE).sum())
    return f"{spread}." + (
        f" None in {none:,} of {len(values):,} cases." if none and MEASURES[measure] != "money" else ""
    )


def _range_of_break_evens(view: SweepView, search: Search) -> str:
    """The sentence of a single search; of several, the range of what they found."""
    found = view.cases[view.cases["outcome"] == "found"]
    if len(view.cases) == 1 or found.empty:
        return sentences(view)[0]
    values = found["value"].astype(float)
    ends = [found.iloc[int(k)].to_dict() for k in (values.argmin(), values.argmax())]
    low, high = (f"{_placed(search, e['value'])} ({view.said({str(k): v for k, v in e.items()})})" for e in ends)
    limit = _limit(view, search)[1]
    rest = len(view.cases) - len(found)
    none = f"; no break-even in {rest:,} of {len(view.cases):,} cases" if rest else ""
    return f"{_capital(limit)} between {low} and {high}{none}."


def _placed(search: Search, value: float) -> str:
    """Where a break-even lies; a change of temperature is no temperature."""
    if search.axis.path != COLDER:
        return bracket_text(search, value)
    return f"{bracket_text(search, abs(value))} {'colder' if value < 0 else 'warmer'} than the scenario's weather"


def importance(view: SweepView) -> str:
    """Which input matters most, from the indices, with half the 95 % interval; and whether that is sure."""
    if view.indices is None or view.indices.empty:
        return ""
    first, *others = view.indices.to_dict("records")
    name = NAMES[view.measure]
    key = "total_order" if "total_order" in view.indices else "effect"
    near = [
        str(row["input"])
        for row in others
        if first[key] - row[key] <= math.hypot(first[f"{key}_interval"], row[f"{key}_interval"])
    ]
    doubt = f" Within the error {', '.join(near)} may matter as much; take more samples." if near else ""
    if key == "total_order":
        return (
            f"{first['input']} matters most for {name}: alone it explains {_per_cent(first, 'first_order')} of the "
            f"variance, with its interactions {_per_cent(first, 'total_order')}.{doubt}"
        )
    effect = view.text(view.measure, float(first["effect"]))
    return f"{first['input']} matters most for {name}: over its range it moves it by {effect} on average.{doubt}"


def _per_cent(row: Mapping[Any, Any], key: str) -> str:
    """An estimated share of a variance with half its interval; sampled, it may lie outside 0…100 %."""
    return f"{100 * row[key]:.0f} ± {100 * row[f'{key}_interval']:.0f} %".replace("-", "−")


def sentences(view: SweepView) -> list[str]:
    """One sentence for each break-even, in the order of the cases."""
    assert view.search is not None
    return [_sentence(view, view.search, row) for row in view.cases.to_dict("records")]


def _sentence(view: SweepView, search: Search, row: Mapping[Any, Any]) -> str:
    text = _found(view, search, row)
    return f"{view.said(row)}: {text}" if view.axes else _capital(text)


def _found(view: SweepView, search: Search, row: Mapping[Any, Any]) -> str:
    axis, (good, bad) = search.axis, _limit(view, search)
    what = "change of temperature" if axis.path == COLDER else axis.path
    ends = f"{value_text(axis, search.low)} and {value_text(axis, search.high)}"
    if row["outcome"] == "never":
        return f"{good} anywhere between {ends} ({what})."
    if row["outcome"] == "always":
        least = view.text(search.measure, min(row["at_low"], row["at_high"]))
        return (
            f"{bad.removesuffix(' begin')} everywhere between {ends} ({what}): {NAMES[search.measure]} {least} or more."
        )
    holds, exceeds = row["holds_at"], row["exceeds_at"]
    if axis.path == COLDER and holds > exceeds >= 0:
        above, cut = bracket_text(search, holds), bracket_text(search, exceeds)
        text = f"{bad.removesuffix(' begin')} even in the scenario's own weather; none from {above} above it, the first"
        return f"{text} between there and {cut} above.{_doubt(search, row)}"
    reach, first = _reach(search, holds, exceeds)
    place = "" if axis.path == COLDER else f" ({what})"
    return f"{good} {reach}; {bad} between there and {first}{place}.{_doubt(search, row)}"


def _doubt(search: Search, row: Mapping[Any, Any]) -> str:
    if row["monotone"]:
        return ""
    return f" {_capital(NAMES[search.measure])} does not rise steadily on the way: there may be other such points."


def _reach(search: Search, holds: float, exceeds: float) -> tuple[str, str]:
    """How far it holds and where it no longer does: `down to 4.2 degC below …` and `4.3 degC below`."""
    axis, down = search.axis, exceeds < holds
    if axis.path != COLDER:
        return f"{'down' if down else 'up'} to {bracket_text(search, holds)}", bracket_text(search, exceeds)
    first = f"{bracket_text(search, abs(exceeds))} {'below' if exceeds < 0 else 'above'}"
    if down:
        return f"down to {bracket_text(search, -holds)} below the scenario's weather", first
    return f"up to {bracket_text(search, holds)} beside the scenario's weather", bracket_text(search, exceeds)


def _limit(view: SweepView, search: Search) -> tuple[str, str]:
    """How it is said that the limit holds, and that it is exceeded."""
    if search.limit == 0 and search.measure in ("unserved_gas", "worst_day", "cut_days"):
        return "no cut", "cuts begin"
    if search.limit == 0 and search.measure == "unserved_protected":
        return "no cut of protected customers", "cuts of protected customers begin"
    limit = f"{NAMES[search.measure]} {view.text(search.measure, search.limit)}"
    return f"{limit} or less", f"more than {view.text(search.measure, search.limit)}"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
