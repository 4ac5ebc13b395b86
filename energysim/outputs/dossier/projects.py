"""What the chapter on projects has to say, in sentences made from its tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from energysim.dossier import Chapter
from energysim.outputs.wording import Unit, number
from energysim.words import say

SMALL = 0.05
"""MEUR a year below which a project saves nothing worth a word."""
NAMED = 3
"""So many projects that pay are named."""


def findings(chapter: Chapter, unit: Unit) -> list[str]:
    """Which projects pay and on what that hangs, what is worth nothing alone, and what is not valued."""
    table = chapter.tables["projects"].frame
    years = {str(r["case"]): r for r in _records(chapter.tables["project_years"].frame)}
    said = [_paying(table), *_hanging(table, years), _idle(table), _substitutes(table)]
    left = len(chapter.tables["projects_left_out"].frame)
    counted = say(
        "{valued} of {all} projects can be valued; the others are listed with the reason.",
        valued=len(table),
        all=len(table) + left,
    )
    return [s for s in (*said, counted if left else "") if s]


def _paying(table: pd.DataFrame) -> str:
    paying = table[table["ratio"] >= 1]
    if paying.empty:
        return say("No project whose cost is known saves as much a year as it costs a year.")
    named = ", ".join(
        say(
            "{project} {saved} against {cost} MEUR",
            project=r["name"],
            saved=number(r["pint"]),
            cost=number(r["annuity"]),
        )
        for r in _records(paying.head(NAMED))
    )
    more = say(" and {others} more", others=len(paying) - NAMED) if len(paying) > NAMED else ""
    return say(
        "Alone on top of what exists, these save more a year than they cost: {projects}{more}.",
        projects=named,
        more=more,
    )


def _hanging(table: pd.DataFrame, years: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Projects that pay only if a bad year comes often enough, by what they would need."""
    rows = table[(table["needed"] > 0) & (table["needed"] <= 1)]
    said = []
    for case, held in rows.groupby("critical", sort=True):
        year = years[str(case)]
        parts = ", ".join(f"{r['name']} {_once(1 / r['needed'])}" for r in _records(held))
        said.append(
            say(
                "These hang on how often this comes, assumed {often}: {year}. To pay, each needs it at least: {projects}.",
                often=_once(1 / year["probability"]),
                year=year["name"],
                projects=parts,
            )
        )
    return said


def _once(years: float) -> str:
    """`once in 65 years`; never rarer than is needed."""
    whole = max(1, int(years + 1e-9))
    return (
        say("every year") if whole == 1 else say("once in {count} {years|year|years}", count=number(whole), years=whole)
    )


def _idle(table: pd.DataFrame) -> str:
    idle = table[table["pint"].abs() < SMALL]
    if idle.empty:
        return ""
    return say(
        "Worth nothing by themselves in the years tried, as capacity is that has no gas behind it: {projects}.",
        projects=", ".join(idle["name"]),
    )


def _substitutes(table: pd.DataFrame) -> str:
    first = table[table["pint"] > SMALL]
    falls = first[first["toot"] < 0.5 * first["pint"]]
    if len(falls) < 2:
        return ""
    worst = _records(falls)[0]
    return say(
        "{count} are substitutes: with all others built, each saves less than half of what it saves alone ({project} {left} in "
        "place of {alone} MEUR a year).",
        count=len(falls),
        project=worst["name"],
        left=number(worst["toot"]),
        alone=number(worst["pint"]),
    )


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in r.items()} for r in frame.to_dict("records")]
