"""What the chapter on endurance has to say, in sentences made from its figures and tables."""

from __future__ import annotations

from typing import Any

import pandas as pd

from energysim.dossier import Chapter, Figure, Table
from energysim.outputs.wording import Unit, number
from energysim.words import day_month, say, term

NO_CUT = "no protected customer is cut"
"""Stands in the note of the days to the first cut where there is none."""
SINGLE = "day"
"""A row of trigger levels that stands for one day."""


def findings(chapter: Chapter, unit: Unit) -> list[str]:
    """Survival of the largest source and of the risk group, the weakest asset, the first cut, and the trigger stocks."""
    known = {f.id: f for f in chapter.figures}
    said = [s for key in ("source", "group") for s in _outage(known, key)]
    weakest = known.get("survival_weakest_protected")
    if weakest is not None and weakest.value is not None:
        said.append(say("{name}: {days} ({note}).", name=weakest.name, days=_days(weakest), note=weakest.note))
    first = known["days_to_first_protected_cut"]
    if first.value is not None:
        when = (
            say("{days} after the first event", days=_days(first))
            if first.value
            else say("on the very day of the first event")
        )
        said.append(
            say("In the scenario protected customers are first cut {when} ({note}).", when=when, note=first.note)
        )
    elif NO_CUT in first.note or term(NO_CUT) in first.note:
        said.append(say("In the scenario no protected customer is cut."))
    return said + (_triggers(chapter.tables["trigger_levels"], unit) if "trigger_levels" in chapter.tables else [])


def _outage(known: dict[str, Figure], key: str) -> list[str]:
    parts, out = [], ""
    for who, words in (("protected", say("protected customers")), ("everyone", say("everybody at home"))):
        survival, thumb = known.get(f"survival_{key}_{who}"), known.get(f"thumb_{key}_{who}")
        if survival is None:
            continue
        out = survival.name.partition(":")[0]
        if survival.value is None:
            parts.append(say("{customers} are cut without it", customers=words))
            continue
        later = (
            say(", {days} with notice given in time", days=number(survival.high)) if survival.high is not None else ""
        )
        rough = (
            ""
            if thumb is None or thumb.value is None
            else say("; stock ÷ deficit would say {days} d", days=number(_value(thumb)))
        )
        more = say(" and more")
        parts.append(
            say(
                "{customers} endure it for {days}{more}{later}{rough}",
                customers=words,
                days=_days(survival),
                more=more if more in survival.note else "",
                later=later,
                rough=rough,
            )
        )
    return [say("{outage}, by surprise: {parts}.", outage=out, parts="; ".join(parts))] if parts else []


def span_of(levels: pd.DataFrame) -> str:
    """What a row of trigger levels stands for, in English: a day, a week, a stretch."""
    days = pd.to_datetime(levels["date"])
    step = (days.iloc[1] - days.iloc[0]).days if len(days) > 1 else 1
    return {1: "day", 7: "week"}.get(step, "stretch")


def _triggers(table: Table, unit: Unit) -> list[str]:
    levels, outage = table.frame, table.title.partition(": ")[2]
    outage = f"{outage[:1].upper()}{outage[1:]}"
    line, rows, span = levels["trigger_protected"], len(levels), span_of(levels)
    without = int(line.isna().sum())
    lacking = unit.text(float(levels["shortage_protected"].max()))
    if without == rows:
        return [
            say(
                "{outage} in a winter of one in twenty, no stock keeps protected customers served: up to {lacking} lack.",
                outage=outage,
                lacking=lacking,
            )
        ]
    top = int(line.fillna(-1.0).argmax())
    said = say(
        "{outage} in a winter of one in twenty, a callable stock of {stock} (needed for an outage from {date}) keeps protected "
        "customers served",
        outage=outage,
        stock=unit.text(float(line.iloc[top])),
        date=day_month(levels["date"].iloc[top]),
    )
    if without:
        said += _but(span, without, rows, lacking)
    below = levels[levels["planned"] < line]
    if below.empty:
        return [say("{line}. The planned stock lies above the line wherever there is one.", line=said)]
    date = day_month(below["date"].iloc[0])
    return [
        say("{line}. The planned stock falls below the line first for an outage from {date}.", line=said, date=date)
    ]


def _but(span: str, without: int, rows: int, lacking: str) -> str:
    """On how many days, weeks or stretches no stock suffices."""
    told: dict[str, Any] = {"without": without, "rows": rows, "lacking": lacking}
    if span == SINGLE:
        return say(", but on {without} of {rows} days, when not even full stores do (up to {lacking} lack)", **told)
    if span == "week":
        return say(", but on {without} of {rows} weeks, when not even full stores do (up to {lacking} lack)", **told)
    return say(", but on {without} of {rows} stretches, when not even full stores do (up to {lacking} lack)", **told)


def _value(figure: Figure) -> float:
    return float(figure.value or 0.0)


def _days(figure: Figure) -> str:
    days = _value(figure)
    if not days:
        return say("not a day")
    return say("{days} {days|day|days}", days=int(days)) if days == int(days) else f"{number(days)} {say('days')}"
