"""What the chapter on endurance has to say, in sentences made from its figures and tables."""

from __future__ import annotations

import pandas as pd

from energysim.dossier import Chapter, Figure, Table
from energysim.outputs.wording import Unit, number
from energysim.words import day_month


def findings(chapter: Chapter, unit: Unit) -> list[str]:
    """Survival of the largest source and of the risk group, the weakest asset, the first cut, and the trigger stocks."""
    known = {f.id: f for f in chapter.figures}
    said = [s for key in ("source", "group") for s in _outage(known, key)]
    weakest = known.get("survival_weakest_protected")
    if weakest is not None and weakest.value is not None:
        said.append(f"{weakest.name}: {_days(weakest)} ({weakest.note}).")
    first = known["days_to_first_protected_cut"]
    if first.value is not None:
        when = f"{_days(first)} after the first event" if first.value else "on the very day of the first event"
        said.append(f"In the scenario protected customers are first cut {when} ({first.note}).")
    elif "no protected" in first.note:
        said.append("In the scenario no protected customer is cut.")
    return said + (_triggers(chapter.tables["trigger_levels"], unit) if "trigger_levels" in chapter.tables else [])


def _outage(known: dict[str, Figure], key: str) -> list[str]:
    parts, out = [], ""
    for who, words in (("protected", "protected customers"), ("everyone", "everybody at home")):
        survival, thumb = known.get(f"survival_{key}_{who}"), known.get(f"thumb_{key}_{who}")
        if survival is None:
            continue
        out = survival.name.partition(":")[0]
        if survival.value is None:
            parts.append(f"{words} are cut without it")
            continue
        later = f", {number(survival.high)} with notice given in time" if survival.high is not None else ""
        rough = "" if thumb is None or thumb.value is None else f"; stock ÷ deficit would say {number(_value(thumb))}"
        full = " and more" if "and more" in survival.note else ""
        parts.append(f"{words} endure it for {_days(survival)}{full}{later}{rough}")
    text = "; ".join(parts)
    return [f"{out}, by surprise: {text}."] if parts else []


def span_of(levels: pd.DataFrame) -> str:
    """What a row of trigger levels stands for: a day, a week, a stretch."""
    days = pd.to_datetime(levels["date"])
    step = (days.iloc[1] - days.iloc[0]).days if len(days) > 1 else 1
    return {1: "day", 7: "week"}.get(step, "stretch")


def _triggers(table: Table, unit: Unit) -> list[str]:
    levels, outage = table.frame, table.title.partition(": ")[2]
    line, rows, span = levels["trigger_protected"], len(levels), span_of(levels)
    without = int(line.isna().sum())
    lacking = unit.text(float(levels["shortage_protected"].max()))
    if without == rows:
        return [
            f"{outage[:1].upper()}{outage[1:]} in a winter of one in twenty, no stock keeps protected customers served: up to {lacking} lack."
        ]
    top = int(line.fillna(-1.0).argmax())
    said = (
        f"{outage[:1].upper()}{outage[1:]} in a winter of one in twenty, a callable stock of {unit.text(float(line.iloc[top]))} (needed for "
        f"an outage from {day_month(levels['date'].iloc[top])}) keeps protected customers served"
    )
    if without:
        said += f", but on {without} of {rows} {span}s, when not even full stores do (up to {lacking} lack)"
    below = levels[levels["planned"] < line]
    if below.empty:
        return [f"{said}. The planned stock lies above the line wherever there is one."]
    return [
        f"{said}. The planned stock falls below the line first for an outage from {day_month(below['date'].iloc[0])}."
    ]


def _value(figure: Figure) -> float:
    return float(figure.value or 0.0)


def _days(figure: Figure) -> str:
    days = _value(figure)
    if not days:
        return "not a day"
    return f"{number(days)} {'day' if days == 1 else 'days'}"
