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
from energysim.words import Term, decimals, iso_or_local, localised, say, term

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
        kind = MEASURES[measure]
        return {"energy": self.unit.name, "rate": self.unit.rate}.get(kind) or (
            say("d") if kind == "days" else say("MEUR")
        )

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


def measure_name(measure: Measure) -> Term:
    """What a measure is called."""
    return term(NAMES[measure])


NBSP = "\N{NO-BREAK SPACE}"


def value_text(axis: Axis, value: Any) -> str:
    """A value with its unit, as a reader would write it: true minus, no trailing zeros."""
    text = localised(f"{value:.4g}") if axis.numeric and not isinstance(value, (bool, str)) else str(value)
    text = text.replace("-", "−") if axis.numeric else text
    return f"{text}{NBSP}{_unit(axis)}".strip()


def _unit(axis: Axis) -> str:
    """The unit of an axis as it is said; units are those of study files."""
    return term(axis.unit) if axis.unit else ""


def bracket_text(search: Search, value: float) -> str:
    """A value of a break-even with as many digits as its tolerance is worth."""
    digits = max(0, math.ceil(-math.log10(search.tolerance) - 1e-9))
    return f"{decimals(value, digits)} {_unit(search.axis)}".strip().replace("-", "−").replace(" ", NBSP)


def axis_title(axis: Axis) -> str:
    """How an axis is called in tables and charts, with its days where it has any."""
    unit = f" [{_unit(axis)}]" if axis.unit else ""
    if not (axis.start or axis.until):
        return f"{axis.path}{unit}"
    start = iso_or_local(axis.start) if axis.start else say("first day")
    until = iso_or_local(axis.until) if axis.until else say("last day")
    return f"{axis.path}, {say('{first} to {last}', first=start, last=until)}{unit}"


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
    name, count = _capital(measure_name(measure)), decimals(len(values))
    if high - low <= TRACE:
        return say(
            "{name}: {amount} in every one of {count} cases.", name=name, amount=view.text(measure, high), count=count
        )
    worst = view.cases.iloc[int(values.argmax())].to_dict()
    ends = {"name": name, "low": number(low * view.factor(measure)), "high": view.text(measure, high)}
    spread = say("{name}: {low} to {high}.", **ends)
    if not brief or len(view.axes) <= BRIEF:
        case = view.said({str(k): v for k, v in worst.items()})
        spread = say("{name}: {low} to {high}, most with {case}.", case=case, **ends)
    none = int((values <= TRACE).sum())
    if none and MEASURES[measure] != "money":
        spread += " " + say("None in {none} of {count} cases.", none=decimals(none), count=count)
    return spread


def _range_of_break_evens(view: SweepView, search: Search) -> str:
    """The sentence of a single search; of several, the range of what they found."""
    found = view.cases[view.cases["outcome"] == "found"]
    if len(view.cases) == 1 or found.empty:
        return sentences(view)[0]
    values = found["value"].astype(float)
    ends = [found.iloc[int(k)].to_dict() for k in (values.argmin(), values.argmax())]
    low, high = (f"{_placed(search, e['value'])} ({view.said({str(k): v for k, v in e.items()})})" for e in ends)
    limit = _capital(_limit(view, search)[1])
    rest = len(view.cases) - len(found)
    if not rest:
        return say("{limit} between {low} and {high}.", limit=limit, low=low, high=high)
    return say(
        "{limit} between {low} and {high}; no break-even in {rest} of {count} cases.",
        limit=limit, low=low, high=high, rest=decimals(rest), count=decimals(len(view.cases)),
    )  # fmt: skip


def _placed(search: Search, value: float) -> str:
    """Where a break-even lies; a change of temperature is no temperature."""
    if search.axis.path != COLDER:
        return bracket_text(search, value)
    change = bracket_text(search, abs(value))
    if value < 0:
        return say("{change} colder than the scenario's weather", change=change)
    return say("{change} warmer than the scenario's weather", change=change)


def importance(view: SweepView) -> str:
    """Which input matters most, from the indices, with half the 95 % interval; and whether that is sure."""
    if view.indices is None or view.indices.empty:
        return ""
    first, *others = view.indices.to_dict("records")
    name = measure_name(view.measure)
    key = "total_order" if "total_order" in view.indices else "effect"
    near = [
        str(row["input"])
        for row in others
        if first[key] - row[key] <= math.hypot(first[f"{key}_interval"], row[f"{key}_interval"])
    ]
    doubt = ""
    if near:
        doubt = " " + say("Within the error {inputs} may matter as much; take more samples.", inputs=", ".join(near))
    if key == "total_order":
        matters = say(
            "{input} matters most for {name}: alone it explains {alone} of the variance, with its interactions {total}.",
            input=first["input"], name=name, alone=_per_cent(first, "first_order"), total=_per_cent(first, "total_order"),
        )  # fmt: skip
        return f"{matters}{doubt}"
    effect = view.text(view.measure, float(first["effect"]))
    matters = say(
        "{input} matters most for {name}: over its range it moves it by {effect} on average.",
        input=first["input"], name=name, effect=effect,
    )  # fmt: skip
    return f"{matters}{doubt}"


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
    what = say("change of temperature") if axis.path == COLDER else axis.path
    ends = {"low": value_text(axis, search.low), "high": value_text(axis, search.high), "what": what}
    if row["outcome"] == "never":
        return say("{good} anywhere between {low} and {high} ({what}).", good=good, **ends)
    everywhere = _everywhere(view, search)
    if row["outcome"] == "always":
        least = view.text(search.measure, min(row["at_low"], row["at_high"]))
        name = measure_name(search.measure)
        return say(
            "{bad} everywhere between {low} and {high} ({what}): {name} {least} or more.",
            bad=everywhere, name=name, least=least, **ends,
        )  # fmt: skip
    holds, exceeds = row["holds_at"], row["exceeds_at"]
    doubt = _doubt(search, row)
    if axis.path == COLDER and holds > exceeds >= 0:
        text = say(
            "{bad} even in the scenario's own weather; none from {above} above it, the first between there and {cut} above.",
            bad=everywhere, above=bracket_text(search, holds), cut=bracket_text(search, exceeds),
        )  # fmt: skip
        return f"{text}{doubt}"
    reach, first = _reach(search, holds, exceeds)
    said = {"good": good, "reach": reach, "bad": bad, "first": first}
    if axis.path == COLDER:
        return say("{good} {reach}; {bad} between there and {first}.", **said) + doubt
    return say("{good} {reach}; {bad} between there and {first} ({what}).", what=what, **said) + doubt


def _doubt(search: Search, row: Mapping[Any, Any]) -> str:
    if row["monotone"]:
        return ""
    name = _capital(measure_name(search.measure))
    return " " + say("{name} does not rise steadily on the way: there may be other such points.", name=name)


def _reach(search: Search, holds: float, exceeds: float) -> tuple[str, str]:
    """How far it holds and where it no longer does: `down to 4.2 degC below …` and `4.3 degC below`."""
    axis, down = search.axis, exceeds < holds
    place = bracket_text(search, holds)
    if axis.path != COLDER:
        reach = say("down to {place}", place=place) if down else say("up to {place}", place=place)
        return reach, bracket_text(search, exceeds)
    first = bracket_text(search, abs(exceeds))
    if down:
        below = say("down to {place} below the scenario's weather", place=bracket_text(search, -holds))
        return below, say("{place} below", place=first) if exceeds < 0 else say("{place} above", place=first)
    return say("up to {place} beside the scenario's weather", place=place), bracket_text(search, exceeds)


def _limit(view: SweepView, search: Search) -> tuple[str, str]:
    """How it is said that the limit holds, and that it is exceeded."""
    if search.limit == 0 and search.measure in ("unserved_gas", "worst_day", "cut_days"):
        return say("no cut"), say("cuts begin")
    if search.limit == 0 and search.measure == "unserved_protected":
        return say("no cut of protected customers"), say("cuts of protected customers begin")
    limit = view.text(search.measure, search.limit)
    good = say("{name} {limit} or less", name=measure_name(search.measure), limit=limit)
    return good, say("more than {limit}", limit=limit)


def _everywhere(view: SweepView, search: Search) -> str:
    """How it is said that the limit is exceeded in all there is."""
    if search.limit == 0 and search.measure in ("unserved_gas", "worst_day", "cut_days"):
        return say("cuts")
    if search.limit == 0 and search.measure == "unserved_protected":
        return say("cuts of protected customers")
    return _limit(view, search)[1]


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
