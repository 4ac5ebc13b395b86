r"""Endurance: how long each outage can last, which stock to stay above, and when the first protected customer is cut.

Three questions on the same laws (see `survival`, `trigger`): the *survival time* of every class of customers under the
outage of every asset, with recourse, and beside it stock ÷ deficit, which is a rule of thumb; the *trigger stock levels* of
each day of a winter met once in twenty years, for an outage that strikes on it; and the *days to the first protected cut*
in the scenario as it is played.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from energysim.dossier import Chapter, Figure
from energysim.standards.endurance.question import (
    EVERYONE,
    PROTECTED,
    TRIGGER_DAYS,
    Question,
    Weather,
    class_groups,
    everyone_and_protected,
    largest_source,
    name_of,
    question,
    weathered,
)
from energysim.standards.endurance.survival import Emergency, Survival, days_to_first_cut, survival
from energysim.standards.endurance.tables import MODEL, WEEK, tables, triggers
from energysim.standards.endurance.trigger import first_below
from energysim.standards.risk_group import risk_groups
from energysim.standards.spells import events_left_out
from energysim.standards.subject import Subject
from energysim.studies.study import unserved_by_day
from energysim.words import full_date, iso_or_local, say, spoken, term

NO_CUT = "no protected customer is cut"
"""Ends the note of the days to the first cut where there is none."""


def chapter(
    subject: Subject,
    assets: Sequence[str] | None = None,
    start: date | None = None,
    weather: Weather = "design",
    trigger_asset: str | None = None,
    trigger_days: int = TRIGGER_DAYS,
    step: int = 1,
) -> Chapter:
    """Endurance of a scenario's system.

    assets: whose outage is asked, as a person writes them; default: all that the undisturbed year uses, the largest source
    and the risk group. start: first day of the outage, default 1 January. weather: that the outage strikes in.
    trigger_asset, trigger_days: the outage behind the trigger levels, default the largest source for 30 days.
    step: days between the trigger levels. Raises InputError with every problem.
    """
    asked = question(subject, assets, start, weather, trigger_asset, trigger_days, step)
    plan = subject.plan.realised
    emergency = Emergency(weathered(subject, weather), plan, asked.start, asked.end - asked.start + 1)
    groups = class_groups(subject)
    surprised = survival(emergency, asked.assets, groups)
    struck = tuple(dict.fromkeys(s.asset for s in surprised if s.days is not None and s.days < emergency.days))
    announced = survival(replace(emergency, notice=False), struck, groups)
    levels = triggers(subject, asked) if asked.trigger_asset else pd.DataFrame()
    return Chapter(
        id="endurance",
        title=say("Endurance"),
        place="2",
        figures=(
            *_survival_figures(subject, asked, surprised, announced),
            first_cut(subject),
            *_trigger_figures(levels, asked.step),
        ),
        tables=tables(subject, asked, emergency, surprised, announced, levels),
        notes=_notes(subject, asked, emergency),
    )


def first_cut(subject: Subject) -> Figure:
    """Days from the scenario's first event to its first protected cut."""
    system, starts = subject.system, [e.start for e in subject.scenario.occurrences()]
    value, note = None, say("the scenario has no event")
    if starts:
        start = min(max(0, system.day_of(min(starts))), system.days - 1)
        value = days_to_first_cut(unserved_by_day(system, subject.course, protected_only=True), start)
        foresight = term(subject.scenario.foresight)
        note = say("from {date}, foresight: {foresight}", date=_dated(system.date_of(start)), foresight=foresight)
        note += "" if value is not None else f"; {term(NO_CUT)}"
    return Figure(
        "days_to_first_protected_cut", say("Days from the first event to the first cut of protected customers"), value, "d",
        say("first day with protected curtailment − first day of the first event"), say("course of the scenario"), note=note,
    )  # fmt: skip


def _dated(day: date) -> str:
    """A day within a sentence."""
    return iso_or_local(day) if spoken() == "en" else full_date(day)


def _survival_figures(
    subject: Subject, asked: Question, surprised: Sequence[Survival], announced: Sequence[Survival]
) -> list[Figure]:
    found = []
    system, length = subject.system, asked.end - asked.start + 1
    told = {(s.asset, s.demand_class): s for s in announced}
    whom = everyone_and_protected(subject)
    named = {"source": largest_source(system, subject), "group": next((g.path for g in risk_groups(subject)), "")}
    labels = {PROTECTED: say("protected customers"), EVERYONE: say("everybody at home")}
    for key, path in named.items():
        for who, first in whom.items():
            s = next((s for s in surprised if (s.asset, s.demand_class) == (path, first)), None)
            if s is None:
                continue
            later = told.get((path, first), s)
            told_of = {"asset": name_of(subject, path), "customers": labels[who]}
            found += [
                Figure(f"survival_{key}_{who}", say("Without {asset}: survival time of {customers}", **told_of), s.days, "d",
                       say("longest outage with nobody of them cut to the end of the window"), term(MODEL),
                       low=s.days if later.days != s.days else None, high=later.days if later.days != s.days else None,
                       note=_noted(s, later, length)),
                Figure(f"thumb_{key}_{who}", say("Without {asset}: rule of thumb for {customers}", **told_of), s.thumb, "d",
                       say("stock ÷ max(0, lost gas − demand of the others)"), say("rule of thumb, not a survival time"),
                       note="" if s.thumb is not None else say("no deficit")),
            ]  # fmt: skip
    weak = [s for s in surprised if s.demand_class == whom.get(PROTECTED) and s.days is not None]
    if weak:
        least = min(weak, key=lambda s: (s.days or 0, -s.missing))
        same = sum(s.days == least.days for s in weak) - 1
        note = say("without {asset}", asset=name_of(subject, least.asset))
        if same:
            note = say("{without}; as short without {others} more", without=note, others=same)
        found.append(
            Figure("survival_weakest_protected", say("Shortest survival time of protected customers"), least.days, "d",
                   say("least over assets"), term(MODEL), note=note)
        )  # fmt: skip
    return found


def _noted(s: Survival, later: Survival, length: int) -> str:
    if s.days is None:
        return say("they are cut without any outage")
    if s.days >= length:
        return say("the whole window of {days} {days|day|days} and more", days=length)
    if later.days != s.days:
        return say("of {length} d; high: with notice given in time", length=length)
    return say("of {length} d, notice or not", length=length)


def _trigger_figures(levels: pd.DataFrame, step: int) -> list[Figure]:
    if levels.empty:
        return []
    line, model = levels[f"trigger_{PROTECTED}"], term(MODEL)
    formula = say("min Σ callable stock with no protected cut to the end of winter")
    highest = levels.iloc[int(np.nanargmax(line.to_numpy()))] if line.notna().any() else None
    figures = [
        Figure("trigger_highest", say("Highest trigger stock for protected customers"), None if highest is None else
               float(highest[f"trigger_{PROTECTED}"]), "GWh", formula, model,
               note=say("not even full stores ever suffice") if highest is None else
               say("for an outage from {date}", date=iso_or_local(highest["date"]))),
        Figure("trigger_without", say("Not even full stores keep protected customers served"),
               say("{count} of {all}", count=int(line.isna().sum()), all=len(line)), "", _spans(step), model,
               note=say("largest shortage {gas}", gas=f"{levels[f'shortage_{PROTECTED}'].max():.1f} GWh")
               if line.isna().any() else ""),
    ]  # fmt: skip
    for name, title in _first_titles(step).items():
        below = first_below(levels[name].tolist(), line.tolist())
        figures.append(
            Figure(f"trigger_first_below_{name}", title, None if below is None else str(levels["date"][below]), "",
                   say("stock < trigger stock, or no stock suffices"), model,
                   note=say("never between 1 November and 31 March") if below is None else "")
        )  # fmt: skip
    return figures


def _spans(step: int) -> str:
    """What is counted where no stock suffices."""
    if step == 1:
        return say("days on which an outage brings a protected cut from full stores")
    if step == WEEK:
        return say("weeks on which an outage brings a protected cut from full stores")
    return say("stretches of {days} days on which an outage brings a protected cut from full stores", days=step)


def _first_titles(step: int) -> dict[str, str]:
    """Column of stocks -> name of the figure that says when they first do not suffice."""
    if step == 1:
        return {
            "planned": say("First day on which the planned stock does not suffice"),
            "scenario": say("First day on which the scenario's stock does not suffice"),
        }
    if step == WEEK:
        return {
            "planned": say("First week on which the planned stock does not suffice"),
            "scenario": say("First week on which the scenario's stock does not suffice"),
        }
    return {
        "planned": say("First stretch of {days} days on which the planned stock does not suffice", days=step),
        "scenario": say("First stretch of {days} days on which the scenario's stock does not suffice", days=step),
    }


def _notes(subject: Subject, asked: Question, emergency: Emergency) -> tuple[str, ...]:
    system = emergency.system
    events = say(
        "Of the scenario's events only the days to the first protected cut and the scenario's stock take account."
    )
    return (
        *([events] if events_left_out(subject) else ()),
        say(
            "Survival: window {first} to {last}, weather {weather}; stocks and nominations as planned until the first day, the "
            "outage's length known from then on, everything then done for the customers in question. Gas and oil under notice "
            "come only once it has passed, and line pack, which may bridge hours, is not modelled: a day is lost or it is not.",
            first=iso_or_local(system.date_of(asked.start)),
            last=iso_or_local(system.date_of(asked.end)),
            weather=say("met once in twenty years") if asked.weather == "design" else say("of the scenario"),
        ),
        say(
            "Trigger levels let each store hold what serves best; a stock above the line in the wrong store may be too little."
        ),
    )
