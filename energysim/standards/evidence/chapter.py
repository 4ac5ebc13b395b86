"""Which figure to check first: what every headline indicator owes to each figure that its sources leave in doubt.

One figure at a time goes to the low and to the high end of its range, the system is made anew and the scenario
played again (`swings`); the change is what the published table holds, not a derivative. From the same runs come three
intervals of each indicator: one figure at a time, the root of summed squares, and all figures at their bad (good) end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from energysim.dossier import Chapter, Figure, Table
from energysim.errors import EnergysimError
from energysim.inputs.doubts import End
from energysim.standards.evidence.names import amount, figure_name, span, whom
from energysim.standards.evidence.swings import Contradiction, Examination, Extra, Indicator, Swing
from energysim.standards.subject import Subject
from energysim.words import say, term

SWING = "highest − lowest over its range"
FORMULA = "base ± √(Σ one-sided change²)"
UNTOUCHED = "does not touch the case"
NOTES = (
    "Each figure moves alone over its range, all else as used; rows that are one figure move as one (column moves). "
    "Where a row states no range, what other sources say of the same days spans it.",
    "Interval: root of summed squares of the one-sided changes, which takes figures for independent and their effects for "
    "additive; neither holds exactly. Beside it: the furthest that one figure alone moves the indicator, and the case in which "
    "every figure stands at the end that is bad (or good) for it, solved once; effects that help or hinder each other can go "
    "beyond any of the three.",
    "Figures that only shape the answer to cold move with demand of a normal year held, because the year is measured.",
    "Low and high are judgements of what is possible, not of what is likely: C stands for the weakest source of a figure.",
)


def _source() -> str:
    return say("scenario solved again at low and high of {files}", files="data/*.csv")


def one_at_a_time(base: float, ends: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Envelope: the lowest and highest value that one figure alone gives, base included; NaN ends are left out."""
    known = [v for pair in ends for v in pair if not np.isnan(v)]
    return min([base, *known]), max([base, *known])


def root_sum_square(
    base: float, ends: Sequence[tuple[float, float]], floor: float | None = None
) -> tuple[float, float]:
    """Interval [indicator's unit] = base − √(Σ fall²) … base + √(Σ rise²) over figures, not below a floor.

    rise (fall) of a figure = how far the higher (lower) of its two ends lies above (below) base, 0 if it does not. For ends on
    both sides at equal distance this is the root of summed squares of half swings. Source: law of propagation of uncertainty
    for independent inputs, JCGM 100:2008 (GUM), 5.1.2, with finite changes for derivatives.
    """
    pairs = [one_at_a_time(base, [pair]) for pair in ends]
    fall, rise = (float(np.sqrt(np.sum([(pair[k] - base) ** 2 for pair in pairs]))) for k in (0, 1))
    low = base - fall
    return (low if floor is None else min(base, max(floor, low))), base + rise


def swing_of(base: float, pair: tuple[float, float]) -> float:
    """Swing = highest − lowest of the indicator at low, as used and at high."""
    low, high = one_at_a_time(base, [pair])
    return high - low


def worst_ends(base: float, found: Sequence[Swing], indicator: Indicator, bad: bool) -> dict[str, End]:
    """The end at which each figure is worst (or best) for an indicator; figures that are so as used are left out."""
    sign = indicator.worse if bad else -indicator.worse
    ends: dict[str, End] = {}
    for swing in found:
        low, high = (sign * (v - base) for v in swing.ends(indicator.id))
        if np.nanmax([low, high, 0.0]) > indicator.trace:
            ends[swing.doubt.id] = "low" if not low < high else "high"
    return ends


def chapter(subject: Subject, extras: Mapping[Indicator, Extra] | None = None) -> Chapter:
    """The chapter on evidence of a scenario as it says, events and foresight. Raises EnergysimError.

    extras: further indicators and what computes them from a subject; they are measured at every end too.
    """
    asked = Examination(subject, extras or {})
    found, against = asked.swings(), asked.contradictions()
    lead = headline(asked.indicators, asked.base, found)
    base = asked.base[lead.id]
    intervals = [_interval(asked, found, i) for i in asked.indicators]
    short, full = _contradictions(lead, base, against)
    tables = {
        "evidence_ranking": _ranking(lead, base, found),
        "evidence_intervals": _intervals(intervals),
        "evidence_contradictions": short,
        "evidence_statements": full,
        "evidence_figures": _figures_table(lead, base, found),
        "evidence_swings": _swings(asked, found),
    }
    figures = (*_counts(lead, base, found, against), *(_figure(i) for i in intervals))
    return Chapter(
        "evidence", say("Which figure to check first"), "", figures, tables, tuple(str(term(note)) for note in NOTES)
    )


def headline(indicators: Sequence[Indicator], base: Mapping[str, float], found: Sequence[Swing]) -> Indicator:
    """Unserved gas if anybody is cut, as used or at some end; else the lowest callable stock; else costs."""
    by_id = {i.id: i for i in indicators}
    unserved = by_id["unserved_gas"]
    if one_at_a_time(base["unserved_gas"], [s.ends("unserved_gas") for s in found])[1] > unserved.trace:
        return unserved
    return by_id.get("lowest_stock", by_id["costs"])


def ranked(indicator: Indicator, base: float, found: Sequence[Swing]) -> list[tuple[float, Swing]]:
    """Swing and figure, widest first; what moves the indicator by no more than a trace is left out."""
    swings = [(swing_of(base, s.ends(indicator.id)), s) for s in found]
    return sorted([(w, s) for w, s in swings if w > indicator.trace], key=lambda pair: -pair[0])


Interval = tuple[Indicator, dict[str, float]]


def _interval(asked: Examination, found: Sequence[Swing], indicator: Indicator) -> Interval:
    base = asked.base[indicator.id]
    ends = [s.ends(indicator.id) for s in found]
    low, high = one_at_a_time(base, ends)
    least, most = root_sum_square(base, ends, indicator.floor)
    good, bad = (_corner(asked, found, indicator, bad) for bad in (False, True))
    named = {"base": base, "one_low": low, "one_high": high, "squares_low": least, "squares_high": most,
             "all_good": good, "all_bad": bad}  # fmt: skip
    return indicator, {k: v * indicator.factor for k, v in named.items()}


def _corner(asked: Examination, found: Sequence[Swing], indicator: Indicator, bad: bool) -> float:
    """Every figure at its bad (good) end for an indicator; where none moves it alone, at its bad end for the objective."""
    ends = worst_ends(asked.base[indicator.id], found, indicator, bad)
    if not ends and not ranked(indicator, asked.base[indicator.id], found):
        objective = next(i for i in asked.indicators if i.id == "objective")
        ends = worst_ends(asked.base["objective"], found, objective, bad)
    try:
        return asked.together(ends, found, indicator.id)
    except EnergysimError:
        return float("nan")


def _figure(interval: Interval) -> Figure:
    indicator, value = interval
    if value["one_high"] - value["one_low"] <= indicator.trace * indicator.factor:
        note = say("no figure in doubt moves it by itself")
    else:
        unsolved = [k for k in ("all_good", "all_bad") if np.isnan(value[k])]
        named = ", ".join(term(k.replace("_", " ")) for k in unsolved)
        note = say("{ends}: could not be solved together", ends=named) if unsolved else ""
    return Figure(
        f"evidence_{indicator.id}", say("{indicator}, by the ranges of its inputs", indicator=term(indicator.name)),
        value["base"], _unit(indicator), term(FORMULA), _source(), low=value["squares_low"], high=value["squares_high"],
        note=note,
    )  # fmt: skip


def _counts(lead: Indicator, base: float, found: Sequence[Swing], against: Sequence[Contradiction]) -> list[Figure]:
    order = ranked(lead, base, found)
    what, source = _inside(lead), _source()
    failed = sum(bool(s.problem) for s in found)
    first = Figure("evidence_first", say("Figure to check first, for {indicator}", indicator=what), None, _unit(lead),
                   term(SWING), source, note=say("no figure in doubt moves {indicator}", indicator=what))  # fmt: skip
    if order:
        width, doubt = order[0][0], order[0][1].doubt
        name = say("Check first, for {indicator}: {figure}", indicator=what, figure=figure_name(doubt.name))
        first = replace(first, name=name, value=width * lead.factor, note=say("ask: {whom}", whom=whom(doubt.ask)))
    return [
        first,
        Figure("evidence_touching", say("Figures in doubt that touch the case"),
               _count(sum(s.touches for s in found), len(found)), "", say("count whose ends give another system"), source,
               note=say("{count} could not be solved at an end", count=failed) if failed else ""),
        Figure("evidence_moving", say("Figures in doubt that move {indicator}", indicator=what), _count(len(order), len(found)),
               "", say("count with a swing above a trace"), source),
        Figure("evidence_statements", say("Statements of other sources that would make another case"),
               _count(sum(c.touches for c in against), len(against)), "", say("count of rivals that give another system"),
               source),
    ]  # fmt: skip


def _count(some: int, all_: int) -> str:
    return say("{count} of {all}", count=some, all=all_)


def _inside(indicator: Indicator) -> str:
    """The indicator's name within a sentence."""
    name = str(term(indicator.name))
    return f"{name[0].lower()}{name[1:]}"


def _ranking(lead: Indicator, base: float, found: Sequence[Swing]) -> Table:
    """The answer to "which figure to phone the operator about"."""
    rows = []
    for place, (width, swing) in enumerate(ranked(lead, base, found), start=1):
        d, (low, high) = swing.doubt, swing.ends(lead.id)
        rows.append((place, figure_name(d.name), amount(d.used, d.unit), span(d.low, d.high, d.unit),
                     *(v * lead.factor for v in (low, high, width, base))))  # fmt: skip
    columns = ["rank", "figure", "used", "range", "at_low", "at_high", "swing", "base"]
    return Table(
        say("Figures by what they do to: {indicator}", indicator=term(lead.name)), pd.DataFrame(rows, columns=columns),
        dict.fromkeys(("at_low", "at_high", "swing", "base"), _unit(lead)), _source(),
        say("at its low end, at its high end: with the figure there; sources and whom to ask: {file}", file="evidence_figures.csv"),
        shown=tuple(columns[:-1]),
    )  # fmt: skip


def _swings(asked: Examination, found: Sequence[Swing]) -> Table:
    rows = [
        (i.id, place, s.doubt.id, *(v * i.factor for v in s.ends(i.id)), width * i.factor, _unit(i))
        for i in asked.indicators
        for place, (width, s) in enumerate(ranked(i, asked.base[i.id], found), start=1)
    ]
    columns = ["indicator", "rank", "id", "at_low", "at_high", "swing", "unit"]
    title = say("Every indicator at both ends of every figure that moves it")
    return Table(title, pd.DataFrame(rows, columns=columns), source=_source(), on_page=False)


def _figures_table(lead: Indicator, base: float, found: Sequence[Swing]) -> Table:
    """Every figure in doubt with its provenance and what it does to the leading indicator."""
    places = {s.doubt.id: k for k, (_, s) in enumerate(ranked(lead, base, found), start=1)}
    rows = []
    for s in found:
        d, (low, high) = s.doubt, s.ends(lead.id)
        effect = s.problem or ("" if s.touches else str(term(UNTOUCHED)))
        swing = swing_of(base, (low, high))
        rows.append((places.get(d.id), d.id, figure_name(d.name), d.used, d.low, d.high, d.unit, ";".join(d.sources), d.confidence,
                     d.estimate, *(v * lead.factor for v in (low, high, swing)), whom(d.ask), d.moves, effect))  # fmt: skip
    columns = ["rank", "id", "figure", "used", "low", "high", "unit", "sources", "confidence", "estimate", "at_low", "at_high",
               "swing", "ask", "moves", "effect"]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns).astype({"rank": "Int64"})
    units = dict.fromkeys(("at_low", "at_high", "swing"), _unit(lead))
    title = say("Every figure in use with a range, and {indicator} at its ends", indicator=term(lead.name).lower())
    return Table(title, frame, units, _source(), on_page=False)


def _contradictions(lead: Indicator, base: float, against: Sequence[Contradiction]) -> tuple[Table, Table]:
    """What other sources say, taken at its word, the largest change first: for the page, and with sources and notes."""
    rows = []
    for c in against:
        s, value = c.statement, c.values.get(lead.id, float("nan"))
        if c.touches:
            used = (
                f"{s.used} {s.said.split()[-1]}" if s.used and "GWh" in s.said else s.used
            )  # both are put in one unit
            rows.append((figure_name(s.name), used, s.said, s.inside, value * lead.factor,
                         (value - base) * lead.factor, ";".join(s.sources), s.note, c.problem))  # fmt: skip
    columns = ["statement", "used", "said", "inside_range", "value", "change", "sources", "note", "problem"]
    frame = pd.DataFrame(rows, columns=columns)
    order = frame["change"].abs().sort_values(ascending=False, kind="stable", na_position="last").index
    frame, units = frame.loc[order].reset_index(drop=True), {"value": _unit(lead), "change": _unit(lead)}
    title = say("What other sources say, and {indicator} if they are right", indicator=term(lead.name).lower())
    source = say("rivals in {files}", files="data/*.csv")
    moving = frame[frame["change"].abs() > lead.trace * lead.factor].drop(columns=["sources", "note", "problem"])
    return (
        Table(title, moving.reset_index(drop=True), units, source,
              say("each at its word, with all its rows; one outside the range in use often speaks of another thing: notes in {file}",
                  file="evidence_statements.csv")),
        Table(title, frame, units, source, on_page=False),
    )  # fmt: skip


def _intervals(intervals: Sequence[Interval]) -> Table:
    frame = pd.DataFrame([{"indicator": str(term(i.name)), "unit": _unit(i), **values} for i, values in intervals])
    return Table(
        say("What each indicator inherits from the ranges of its inputs"),
        frame,
        source=_source(),
        note=say(
            "one figure: the furthest that one alone goes; all: root of summed squares; all good, all bad: every figure at that "
            "end"
        ),
    )


def _unit(indicator: Indicator) -> str:
    return indicator.shown or indicator.unit
