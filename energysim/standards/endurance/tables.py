"""The tables of endurance: survival by asset and class, beside the rule of thumb, and the trigger stocks of a winter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from energysim.dossier import Table
from energysim.standards.endurance.question import (
    EVERYONE,
    PROTECTED,
    WINTER_END,
    WINTER_FIRST,
    Question,
    class_groups,
    day_of,
    everyone_and_protected,
    name_of,
    weathered,
)
from energysim.standards.endurance.survival import THUMB_DAYS, Emergency, Survival, passing, stock_outside
from energysim.standards.endurance.trigger import Line, callable_stock, over_week, sampled_days, trigger_levels
from energysim.standards.subject import Subject
from energysim.words import full_date, say, term

ALL, ANNOUNCED = "all", "all_announced"
"""Lines of trigger stocks for everybody at home, when nobody knew and when notice could be given."""
MODEL = "this model, Reg. (EU) 2017/1938, Annex VI, 2"
WEEK = 7


def tables(
    subject: Subject,
    asked: Question,
    emergency: Emergency,
    surprised: Sequence[Survival],
    announced: Sequence[Survival],
    levels: pd.DataFrame,
) -> dict[str, Table]:
    """Every table of the chapter by its name; no levels: no table of them."""
    groups = list(class_groups(subject))[::-1]
    length, first = emergency.days, emergency.system.date_of(emergency.start)
    foot = say(
        "{days}: to the end of the window and beyond; a column counts its class and all above it in the order of cuts",
        days=length,
    )
    found = {
        "survival": Table(
            say("Survival time in days, outage from {date} that nobody expected", date=full_date(first)),
            _wide(subject, surprised, groups), {}, term(MODEL), foot,
        ),
        "survival_rule_of_thumb": Table(
            say("Survival time beside the rule of thumb, where either tells of a limit"),
            _thumbs(subject, emergency, surprised),
            {"lost": "GWh/d", "stock": "GWh", "lacking": "GWh", "thumb": "d", "survival": "d", "difference": "d"},
            say("rule of thumb: stock ÷ max(0, lost gas − demand of the others)"),
            say("lost gas and demand: means of the first {days} {days|day|days}; lacking: if out to the end of the window",
                days=min(THUMB_DAYS, length)),
            names={EVERYONE: say("everyone"), PROTECTED: say("protected")},
        ),
    }  # fmt: skip
    if announced:
        found["survival_announced"] = Table(
            say("The same in days where notice could be given in time"),
            _wide(subject, announced, groups),
            {},
            term(MODEL),
            foot,
        )
    if not levels.empty:
        found["trigger_levels"] = _trigger_table(subject, asked, levels)
    return found


def _trigger_table(subject: Subject, asked: Question, levels: pd.DataFrame) -> Table:
    """The trigger stocks as a table of a dossier."""
    out = say(
        "without {asset} for {days} {days|day|days}",
        asset=name_of(subject, asked.trigger_asset),
        days=asked.trigger_days,
    )
    return Table(
        say("Trigger stock levels, design winter: {outage}", outage=out), levels,
        dict.fromkeys(levels.columns.drop("date"), "GWh"), term(MODEL),
        say("{row}: the outage strikes then; no level: not even full stores suffice, shortage: what lacks then; all: everybody "
            "at home; announced: notice given in time; margin: planned − protected", row=_row(asked.step)),
        shown=("date", "trigger_protected", "trigger_all_announced", "shortage_protected", "planned", "scenario", "margin"),
    )  # fmt: skip


def _row(step: int) -> str:
    """What a row of trigger levels stands for."""
    if step == 1:
        return say("a row a day")
    return say("a row a week") if step == WEEK else say("a row a stretch of {days} days", days=step)


def _wide(subject: Subject, found: Sequence[Survival], groups: Sequence[str]) -> pd.DataFrame:
    """An asset a row, a class a column, the weakest first."""
    told = {(s.asset, s.demand_class): s.days for s in found}
    assets = dict.fromkeys(s.asset for s in found)
    rows = [{"out": name_of(subject, a), **{g: told[a, g] for g in groups}} for a in assets]
    frame = pd.DataFrame(rows, columns=["out", *groups]).astype(dict.fromkeys(groups, float))
    return frame.sort_values(list(groups), kind="stable").reset_index(drop=True)


def _thumbs(subject: Subject, emergency: Emergency, found: Sequence[Survival]) -> pd.DataFrame:
    """A row for each asset and group whose survival ends within the window, or would by the rule of thumb."""
    system, whom = emergency.system, {first: who for who, first in everyone_and_protected(subject).items()}
    days = slice(emergency.start, emergency.start + min(THUMB_DAYS, emergency.days))
    rows = [
        {
            "out": name_of(subject, s.asset),
            "customers": whom[s.demand_class],
            "lost": float(passing(system, emergency.plan, s.asset)[days].mean()),
            "stock": stock_outside(system, emergency.plan, s.asset, emergency.start),
            "lacking": s.missing,
            "thumb": s.thumb,
            "survival": s.days,
            "difference": difference(s.days, s.thumb, emergency.days),
        }
        for s in found
        if s.demand_class in whom
        and s.days is not None
        and (s.days < emergency.days or (s.thumb is not None and s.thumb < emergency.days))
    ]
    columns = ["out", "customers", "lost", "stock", "lacking", "thumb", "survival", "difference"]
    frame = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[2:], float))
    return frame.sort_values(
        ["customers", "survival", "thumb"], ascending=[False, True, True], kind="stable"
    ).reset_index(drop=True)


def difference(days: int | None, thumb: float | None, length: int) -> float | None:
    """Survival time − rule of thumb [d]; None where either is unknown, or both are longer than what was looked at."""
    if days is None or thumb is None or (days >= length and thumb >= length):
        return None
    return days - thumb


def triggers(subject: Subject, asked: Question) -> pd.DataFrame:
    """A row a day (or a stretch of `step` days): the lines, the planned stock and the scenario's, and by how much they lie above."""
    system, plan = weathered(subject, "design"), subject.plan.realised
    end = day_of(system, WINTER_END)
    demand = np.sum([o.demand for o in system.offtakes.values()], axis=0)
    weeks = sampled_days(demand, day_of(system, WINTER_FIRST), end, asked.step)
    days = sorted({d for chosen in weeks.values() for d in chosen})
    home = subject.offtakes()
    lines = (
        Line(PROTECTED, subject.offtakes(protected=True)),
        Line(ALL, home),
        Line(ANNOUNCED, home, notice=False),
    )
    found = trigger_levels(system, plan, asked.trigger_asset, asked.trigger_days, days, end, lines)
    stocks = {"planned": callable_stock(system, plan), "scenario": callable_stock(system, subject.course.realised)}
    rows = []
    for first, chosen in weeks.items():
        row: dict[str, Any] = {"date": system.date_of(first)}
        for line in lines:
            row[f"trigger_{line.name}"], row[f"shortage_{line.name}"] = over_week(
                [t for t in found if t.day in chosen and t.line == line.name]
            )
        week = slice(first, min(first + asked.step, end + 1))
        row |= {name: float(series[week].min()) for name, series in stocks.items()}
        level = row[f"trigger_{PROTECTED}"]
        row["margin"] = None if level is None else row["planned"] - level
        rows.append(row)
    order = [
        "date",
        *(f"trigger_{n.name}" for n in lines),
        *(f"shortage_{n.name}" for n in lines[:2]),
        *stocks,
        "margin",
    ]
    return pd.DataFrame(rows, columns=order).astype(dict.fromkeys(order[1:], float))
