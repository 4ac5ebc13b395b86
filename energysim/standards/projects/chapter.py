"""What infrastructure projects would save a year: put in one at a time, and taken out one at a time.

* **PINT**: C(base) − C(base + project), the project alone on top of what exists;
* **TOOT**: C(all) without the project − C(all), the project as the last of all that can be modelled.

Substitutes: PINT ≥ TOOT; complements: PINT ≤ TOOT. Both are printed. C are the costs of a year and its unserved gas at the
value of lost load, in an ordinary year and in disrupted ones, each with its probability; missed filling targets are a
rule of prudence, not money, and stand beside. A project that works already is put back into the base without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from energysim.dossier import Chapter, Figure, Table
from energysim.errors import InputError
from energysim.inputs.horizon import Horizon
from energysim.standards.projects.benefits import (
    CASE_UNITS,
    UNITS,
    Bench,
    Terms,
    benefits,
    case_table,
    gas_bought,
    project_table,
)
from energysim.standards.projects.cases import Case, cases
from energysim.standards.projects.edits import Project, read_projects
from energysim.standards.subject import Subject
from energysim.standards.value.worth import LostLoad, lost_load
from energysim.words import localised, say, term

PLACE = "7"
YEAR = (365, 366)
"""Days of a horizon whose benefit can stand against a year's cost."""
SOURCE = "ENTSOG, TYNDP 2017, pp. 175–176; ESW-CBA methodology, February 2015"


def chapter(subject: Subject, prices: LostLoad | None = None) -> Chapter:
    """Projects for a scenario's gas year, as if each were finished. Raises EnergysimError."""
    _ = subject.plan  # first, so that every solve starts from its basis
    system = subject.system
    if system.days not in YEAR:
        raise InputError(f"projects are paid by the year; the horizon has {system.days} days, not a year")
    horizon = Horizon(subject.dataset, system.first_day, system.days, subject.scenario.rivals)
    projects = read_projects(horizon, system)
    modelled = [p for p in projects if p.effects]
    tried = cases(subject)
    prices = prices or lost_load(subject)
    found = {c.id: benefits(Bench(c, modelled, subject.engine, prices)) for c in tried}
    terms = Terms(horizon.parameter("project_discount_rate"), horizon.parameter("project_life_years"))
    summary = project_table(modelled, tried, found, terms, {p.id: gas_bought(p, system) for p in modelled})
    paid = say(
        "{rate} % a year over {years} years, both assumed",
        rate=localised(f"{100 * terms.rate:g}"),
        years=f"{terms.years:g}",
    )
    tables = {
        "projects": Table(
            say("What each project saves a year, against what it costs a year"),
            summary,
            UNITS,
            term(SOURCE),
            paid,
            shown=("name", "pint", "toot", "cost", "annuity", "ratio", "payback", "needed"),
        ),
        **_behind(projects, tried, case_table(modelled, tried, found)),
    }
    figures = (_counted(projects, modelled), *_figures(summary))
    notes = tuple(str(term(note)) for note in NOTES)
    return Chapter("projects", say("Infrastructure projects"), PLACE, figures, tables, notes)


def _behind(projects: Sequence[Project], tried: Sequence[Case], by_case: pd.DataFrame) -> dict[str, Table]:
    """The tables behind the summary: benefit by year tried, the years themselves, what is left out."""
    names = {p.id: str(term(p.name)) for p in projects if p.effects} | {c.id: str(term(c.name)) for c in tried}
    return {
        "project_cases": Table(
            say("Benefit by year tried"),
            by_case,
            CASE_UNITS,
            term(SOURCE),
            shown=("project", "case", "probability", "pint_mid", "toot_mid", "costs", "unserved"),
            names=names,
        ),
        "project_years": Table(
            say("The years tried"),
            _years(tried),
            {"probability": "1/a"},
            "data/parameters.csv",
            say("probabilities are assumed"),
            shown=("name", "probability", "events"),
        ),
        "projects_left_out": Table(
            say("Projects that are not valued, and why"),
            _left_out(projects),
            source="data/project_effects.csv",
            shown=("name", "reason"),
        ),
    }


def _years(tried: Sequence[Case]) -> pd.DataFrame:
    rows = [(c.id, str(term(c.name)), c.probability, "; ".join(term(e.name) for e in c.scenario.events)) for c in tried]
    return pd.DataFrame(rows, columns=["case", "name", "probability", "events"])


def _left_out(projects: Sequence[Project]) -> pd.DataFrame:
    rows = [(p.id, str(term(p.name)), p.reason) for p in projects if not p.effects]
    return pd.DataFrame(rows, columns=["project", "name", "reason"])


def _counted(projects: Sequence[Project], modelled: Sequence[Project]) -> Figure:
    note = say("of {projects}; the others are listed with the reason", projects=len(projects))
    return Figure("projects_valued", say("Projects valued"), float(len(modelled)), "projects",
                  say("those with an effect in the data"), "data/project_effects.csv", note=note)  # fmt: skip


def _figures(table: pd.DataFrame) -> Iterator[Figure]:
    """PINT of every project valued, then TOOT, then benefit ÷ annual cost."""
    rows = table.to_dict("records")
    ways = (("pint", "Σ p · (C(base) − C(base + project))"), ("toot", "Σ p · (C(all − project) − C(all))"))
    for way, formula in ways:
        for row in rows:
            low, high = sorted((row[f"{way}_low"], row[f"{way}_high"]))
            yield Figure(f"{way}_{row['project']}", f"{row['name']}: {way.upper()}", row[way], "MEUR/a", formula, term(SOURCE), "",
                         low, high)  # fmt: skip
    for row in rows:
        known = not pd.isna(row["ratio"])
        cost = say("cost {money} MEUR", money=localised(f"{row['cost']:g}"))
        name = say("{project}: benefit ÷ annual cost", project=row["name"])
        yield Figure(f"ratio_{row['project']}", name, row["ratio"] if known else None, "1",
                     say("PINT ÷ (CRF · cost + interest on gas in store)"), term(SOURCE),
                     note=cost if known else say("cost not in the data"))  # fmt: skip


NOTES = (
    "Each project is tried in the base gas year as if it were finished; what is not yet built is not moved forward in time.",
    "PINT puts a project on top of what exists, TOOT takes it out of all that can be modelled: substitutes have PINT ≥ TOOT.",
    "Gas behind a new border point, its price and its volume are estimates, and it is assumed to come even when the "
    "neighbours keep theirs: of a link that saves only in such a year, the whole benefit hangs on it.",
    "The gas that a larger store opens with is charged at its closing value, and its interest is a cost of every year.",
    "Of a project that saves demand the gas is counted, not the cost of what takes its place.",
    "CRF = r (1 + r)^n ÷ ((1 + r)^n − 1); probabilities, interest and life are assumed.",
    "Avoided cuts are priced at the low, mid and high value of lost load (the intervals); missed filling targets are no money and stand beside.",
    "Under surprise a small loss is possible: another plan of the same cost before the news leaves the stores otherwise.",
)
