"""What an atlas has to say, in one sentence each, written from its rows."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from energysim.outputs.atlas_tables import ranking, weakest
from energysim.outputs.findings import SEPARATOR, foresight_words, percent
from energysim.outputs.sheet import named
from energysim.outputs.wording import TRACE, Unit, number
from energysim.words import day_month, say


def unserved_finding(rows: pd.DataFrame, unit: Unit) -> str:
    """The worst outage among cases of one length, depth and foresight, and how many assets nobody would miss."""
    table = ranking(rows)
    assets, harmless = len(table), int((table["survival_time"].isna()).sum())
    length = _outage(int(rows["duration"].iloc[0]), str(rows["foresight"].iloc[0]))
    if harmless == assets:
        said = {"outage": length, "assets": assets, "days": _dates(rows)}
        if rows["start"].nunique() > 1:
            return say(
                "No {outage} of {assets} {assets|asset|assets} cuts anybody, whenever it starts ({days})", **said
            )
        return say("No {outage} of {assets} {assets|asset|assets} cuts anybody, from {days}", **said)
    worst = table.iloc[0]
    found = say(
        "The worst {outage} is that of {asset} from {day}: {amount} go unserved",
        outage=length, asset=named(worst["asset_name"]), day=day_month(worst["start"]), amount=unit.text(float(worst["unserved"])),
    )  # fmt: skip
    if worst["unserved_protected"] > TRACE:
        protected = number(float(worst["unserved_protected"]) * unit.factor)
        found += ", " + say("{amount} of them from protected customers", amount=protected)
    if assets > 1 and harmless:
        spared = {"harmless": harmless, "assets": assets}
        found += "; " + say("{harmless} of {assets} {assets|asset|assets} can be out that long without a cut", **spared)
    return found


def _outage(days: int, foresight: str) -> str:
    """`30-day outage`; one that is foreseen is a bound, not to be quoted without the word."""
    if foresight == "foreseen":
        return say("foreseen {days}-day outage", days=days)
    return say("{days}-day outage", days=days)


def survivable_finding(table: pd.DataFrame, lengths: Sequence[int], whom: str) -> str:
    """The asset whose outage may last the shortest, and how many may fail for the longest length asked."""
    whose = say("anybody") if whom == "anyone" else say("a protected customer")
    least = weakest(table)
    safe, assets = int((least["at_least"] & (least["longest"] == lengths[-1])).sum()), len(least)
    known = ", " + say("if foreseen") if table["foresight"].iloc[0] == "foreseen" else ""
    counts = {"safe": safe, "assets": assets, "days": lengths[-1], "whom": whose}
    if safe == assets:
        sound = say(
            "Each of {assets} {assets|asset|assets} may fail for {days} days, whenever it starts, without a cut of {whom}",
            **counts,
        )
        return f"{sound}{known}"
    limited = least[~least["at_least"]]
    if limited.empty:  # outages that outlast the year, or failed to solve, prove nothing
        nobody = say("No outage that was solved and ends within the year cuts {whom}", whom=whose)
        rest = say(
            "that {days} days are survived from every start is known of {safe} of {assets} {assets|asset|assets}",
            **counts,
        )
        return f"{nobody}{known}; {rest}"
    shortest = int(limited["longest"].iloc[0])
    first = limited[limited["longest"] == shortest]
    held = ""
    if safe:
        held = "; " + say("{safe} of {assets} {assets|asset|assets} may for {days} days and more", **counts) + known
    limit = say("for more than {days} {days|day|days}", days=shortest)
    if not shortest:
        limit = say("for {days} {days|day|days}", days=lengths[0])
    if len(first) == 1:
        asset, day = named(first["asset_name"].iloc[0]), day_month(first["start"].iloc[0])
        who = say(
            "{asset} may not fail {limit} from {day} without a cut of {whom}",
            asset=asset,
            limit=limit,
            day=day,
            whom=whose,
        )
        return f"{who}{held}"
    many = say(
        "{weak} of {assets} {assets|asset|assets} may not fail {limit} from their worst date without a cut of {whom}",
        weak=len(first), assets=assets, limit=limit, whom=whose,
    )  # fmt: skip
    return f"{many}{held}"


def chosen_line(rows: pd.DataFrame, length: bool = True) -> str:
    """Which cases these are: length, depth, foresight."""
    foresight, depth = str(rows["foresight"].iloc[0]), float(rows["depth"].iloc[0])
    days = int(rows["duration"].iloc[0])
    lasting = say("outage of {days} {days|day|days}", days=days) if length else say("outage")
    lost = say("all of the asset lost") if depth == 1 else say("{share} of the asset lost", share=percent(depth))
    return SEPARATOR.join([f"{lasting}, {lost}", foresight_words(foresight)])


def _dates(rows: pd.DataFrame) -> str:
    dates = sorted(rows["start"].unique())
    if len(dates) == 1:
        return day_month(dates[0])
    return say("{first} to {last}", first=day_month(dates[0]), last=day_month(dates[-1]))
