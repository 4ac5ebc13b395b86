"""The infrastructure standard, N−1: both formulas of Annex II to Regulation (EU) 2017/1938, and what they leave open.

    N−1 = (EP + P + S + LNG − I) ÷ Dmax              (1)
    N−1 = (EP + P + S + LNG − I) ÷ (Dmax − Deff)     (2)

The reference day is the peak of the design winter, 20 January of the gas year. EP, P, S and LNG are technical capacities
(`capacities`), I the single largest of them, Dmax demand at home once in twenty winters (`extremes`), Deff what heating
plants can burn as oil instead. Beside the capacity stands the gas that is contracted (`contracted`): a country can
pass N−1 and still be short. Ladder, curve and course are in `ladder`, the terms in `terms`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from energysim.dossier import Chapter, Figure
from energysim.standards.extremes import UPPER_BOUND, Estimate, comparison_table, design_demand
from energysim.standards.infrastructure import ladder
from energysim.standards.infrastructure.contracted import contracted_day, largest_delivery, undocumented
from energysim.standards.infrastructure.formula import (
    FULL,
    MET,
    PLANNED,
    Question,
    ask,
    demand_measures,
    n_minus_1,
    ratio,
)
from energysim.standards.infrastructure.terms import LEVELS, terms_table
from energysim.standards.spells import events_left_out, spell
from energysim.standards.subject import ABROAD, Subject
from energysim.words import full_date, say, term
from energysim.words.lists import listed

__all__ = ["chapter", "demand_measures", "n_minus_1"]

OURS = "energysim"
"""Source of what no regulation defines."""
FIRST = "(EP + P + S + LNG − I) ÷ Dmax"
SECOND = "(EP + P + S + LNG − I) ÷ (Dmax − Deff)"
IN_TIME = 1.0
"""Days of warning that an outage gives: oil that needs longer notice is not there in time."""
NEVER = "never"


def chapter(subject: Subject) -> Chapter:
    """N−1 of a scenario's system, with everything it rests on. Raises InputError, InfeasibleError, SolverError."""
    asked = ask(subject)
    window = spell(subject, 1)
    in_time, warned = (demand_measures(window, subject.offtakes(), w) for w in (IN_TIME, float("inf")))
    rungs, days = ladder.ladder(asked), ladder.course(asked)
    figures = (
        *_by_level(asked),
        _largest(asked),
        *_by_loss(asked, rungs),
        *_second_formula(asked, in_time, warned),
        _with_neighbours(asked),
        *_against_stock(asked),
        *_in_course(asked, days),
        *_contracted(asked, rungs),
        _demand(asked),
    )
    tables = {
        "n_minus_1_terms": terms_table(asked, in_time, warned),
        "n_minus_1_ladder": ladder.ladder_table(rungs),
        "n_minus_1_stock": ladder.curve_table(asked),
        "n_minus_1_course": ladder.course_table(days),
        "one_in_twenty": comparison_table(subject),
    }
    title = say("Infrastructure standard: N−1 (Article 5)")
    return Chapter("n_minus_1", title, "3", figures, tables, _notes(asked))


def _annex() -> str:
    """Where the formula stands."""
    return say("Reg. (EU) 2017/1938, Annex II")


def _standard(id: str, name: str, asked: Question, level: str, note: str = "", **changes: Any) -> Figure:
    """N−1 as a figure, with the interval that it has from that of demand.

    changes: `demand`, and whatever `formula.ratio` takes.
    """
    estimate: Estimate = changes.pop("demand", asked.demand)
    value, low, high = (ratio(asked.levels[level], d, **changes) for d in (estimate.value, estimate.high, estimate.low))
    formula = SECOND if "measures" in changes else FIRST
    return Figure(id, name, value, "%", formula, _annex(), "pass" if value >= MET else "fail", low, high, note)


def _by_level(asked: Question) -> Iterator[Figure]:
    for level, words in LEVELS.items():
        yield _standard(f"n_minus_1_{level}", say("N−1, {level}", level=term(words)), asked, level)
    words = say("N−1, {level}, callable gas only", level=term(LEVELS[PLANNED]))
    note = say("gas in the country's stores that others own does not count")
    yield _standard("n_minus_1_callable", words, asked, PLANNED, note, callable_only=True)


def _largest(asked: Question) -> Figure:
    found = asked.levels[FULL]
    item, size = found.largest()
    name = say("{symbol}, the single largest gas infrastructure", symbol="I")
    formula = say("largest single item of {terms} and {last}", terms="EP, P, S", last="LNG")
    if not item:
        note = say("nothing brings gas into the country")
        return Figure("largest", name, None, "GWh/d", formula, _annex(), note=note)
    full = f"{name}: {ladder.label(asked.subject.system, found, item)}"
    return Figure("largest", full, size, "GWh/d", formula, _annex())


def _by_loss(asked: Question, rungs: pd.DataFrame) -> Iterator[Figure]:
    """N−1 without each entry point, and without each risk group, stores full."""
    found = ladder.rungs(asked)
    for item in rungs["asset"]:
        rung = found[item]
        if rung.kind in (ladder.ENTRY, ladder.RISK_GROUP):
            note = say("every border point that they feed is lost") if rung.kind == ladder.RISK_GROUP else ""
            name = say("N−1 without {outage}", outage=rung.name)
            yield _standard(f"n_minus_1_without_{item}", name, asked, FULL, note, lost=rung.lost)


def _second_formula(asked: Question, in_time: float, warned: float) -> Iterator[Figure]:
    for id, name, measures, notice in (
        (
            "measures",
            say("N−1, stores full, with what moves to oil in time"),
            in_time,
            say("notice of at most {days} {days|day|days}", days=int(IN_TIME)),
        ),
        (
            "measures_ahead",
            say("N−1, stores full, with oil ordered ahead of the cold"),
            warned,
            say("any notice; cold is forecast, an outage is not"),
        ),
    ):
        note = f"Deff = {measures:.1f} GWh/d; {notice}"
        yield _standard(f"n_minus_1_{id}", name, asked, FULL, note, measures=measures)


def _with_neighbours(asked: Question) -> Figure:
    """N−1 of an area that holds the neighbours supplied through the country, demand from the same winters."""
    subject = asked.subject
    abroad = [n for n in subject.system.nodes.values() if n.kind == ABROAD]
    id, name = "n_minus_1_with_neighbours", say("N−1, stores full, with those supplied through the country")
    if not abroad:
        return Figure(id, name, None, "%", FIRST, _annex(), note=say("nobody is supplied through the country"))
    demand = design_demand(subject, 1, nodes=list(subject.system.nodes))
    note = say(
        "{nodes} in the area: Dmax = {demand}; no other entry",
        nodes=listed(term(n.name or n.id) for n in abroad),
        demand=f"{demand.value:.1f} GWh/d",
    )
    return _standard(id, name, asked, FULL, note, demand=demand)


def _against_stock(asked: Question) -> Iterator[Figure]:
    for id, name, callable_only in (
        ("", say("Fill of stores from which on N−1 is 100 %"), False),
        ("_callable", say("Fill of stores from which on N−1 is 100 %, callable gas only"), True),
    ):
        fill = ladder.fill_that_meets(asked, callable_only)
        note = "" if fill is None or fill > 0 else say("empty stores suffice")
        yield Figure(
            f"fill_that_meets{id}", name, NEVER if fill is None else fill * 100.0, "" if fill is None else "%",
            f"{FIRST} = 1", _annex(), note=say("not even full stores suffice") if fill is None else note,
        )  # fmt: skip


def _in_course(asked: Question, days: pd.DataFrame) -> Iterator[Figure]:
    """Since when N−1 is below 100 % in the scenario's course."""
    formula = say("{formula} with stocks and damage of the day", formula=FIRST)
    for id, name, column in (
        ("", say("First day with N−1 below 100 %"), "n_minus_1"),
        ("_callable", say("First day with N−1 below 100 %, callable gas only"), "n_minus_1_callable"),
    ):
        below = ladder.days_below(days, column)
        note = say(
            "{days} {days|day|days}, October to April; without the largest of what works that day", days=len(below)
        )
        value = below[0].isoformat() if below else NEVER
        yield Figure(f"first_day_below{id}", name, value, "", formula, OURS, note=note)


def _contracted(asked: Question, rungs: pd.DataFrame) -> Iterator[Figure]:
    """Gas that is contracted, whole and without the largest infrastructure, and what of it is documented."""
    subject = asked.subject
    item, _ = asked.levels[FULL].largest()
    lost = asked.levels[FULL].items()[item] if item else None
    assumed = undocumented(subject, asked.day)
    formula = say("largest delivery of contracted gas and callable stock ÷ Dmax")
    for id, without, whole, part, contracts in (
        ("contracted", (), say("Gas contracted on the day, as share of demand"),
         say("Gas contracted on the day, as share of demand without the largest"), say("as the scenario assumes")),
        ("contracted_documented", assumed, say("Gas known to be contracted, as share of demand"),
         say("Gas known to be contracted, as share of demand without the largest"), _left_out(subject, assumed)),
    ):  # fmt: skip
        day = contracted_day(subject.system, asked.day, asked.area, asked.fills[PLANNED], without)
        for suffix, gone, name in (("", None, whole), ("_without_largest", lost, part)):
            gas = largest_delivery(day, gone) if gone else largest_delivery(day)
            value = gas / asked.demand.value * 100.0
            low, high = (gas / d * 100.0 for d in (asked.demand.high, asked.demand.low))
            note = say("{gas}, stores as planned; {contracts}", gas=f"{gas:.1f} GWh/d", contracts=contracts)
            yield Figure(f"{id}{suffix}", name, value, "%", formula, OURS, "", low, high, note)


def _left_out(subject: Subject, assumed: Sequence[str]) -> str:
    """Which contracts nobody is known to have signed."""
    if not assumed:
        return say("every contract is documented")
    names = (term(subject.system.contracts[c].name or c) for c in assumed)
    return say("without assumed contracts: {contracts}", contracts=", ".join(names))


def _demand(asked: Question) -> Figure:
    fit = asked.subject.fit
    winters, d = f"{fit.return_period:g}", asked.demand
    formula = say("demand exceeded once in {winters} winters, {method}", winters=winters, method=fit.method)
    note = say(
        "{residual}; interval of the winters alone: how sure the level of demand is, the chapter on evidence says",
        residual=term(UPPER_BOUND) if fit.residuals else say("residual of the demand model left out"),
    )
    name = say("Dmax, design demand: at home on one day, once in {winters} winters", winters=winters)
    return Figure("d_max", name, d.value, "GWh/d", formula, _annex(), "", d.low, d.high, note)


def _notes(asked: Question) -> tuple[str, ...]:
    events = say(
        "But for N−1 by day and the first day below 100 %, no event of the scenario is in force: the formula is about a system "
        "in which everything else works."
    )
    return (
        say("Reference day: {date}, the peak of the design winter.", date=full_date(asked.date)),
        *([events] if events_left_out(asked.subject) else ()),
        say(
            "Entries are border points net of what is reserved for transit; where gas enters a transit line, no more than its "
            "exits into zones."
        ),
        say(
            "{symbol}: the lesser of the site's capacity and its accounts', both on the deliverability curve.",
            symbol="S",
        ),
        say(
            "Contracted: long-term and seasonal contracts, production and callable stock; no spot gas, emergency help or "
            "terminal slot. Pipes and demand within the country do not limit."
        ),
        say("Intervals of N−1 are those of Dmax alone; capacities are taken as exact."),
    )
