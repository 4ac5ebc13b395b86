"""What an atlas has to say, in one sentence each, written from its rows."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from energysim.outputs.atlas_tables import ranking, weakest
from energysim.outputs.findings import FORESIGHT, SEPARATOR, percent
from energysim.outputs.wording import TRACE, Unit, number
from energysim.words import day_month


def unserved_finding(rows: pd.DataFrame, unit: Unit) -> str:
    """The worst outage among cases of one length, depth and foresight, and how many assets nobody would miss."""
    table = ranking(rows)
    assets, harmless = len(table), int((table["survival_time"].isna()).sum())
    known = "foreseen " if rows["foresight"].iloc[0] == "foreseen" else ""  # a bound: not to be quoted without it
    length = f"{known}{int(rows['duration'].iloc[0])}-day outage"
    whenever = f"whenever it starts ({_dates(rows)})" if rows["start"].nunique() > 1 else f"from {_dates(rows)}"
    if harmless == assets:
        return f"No {length} of {_assets(assets)} cuts anybody, {whenever}"
    worst = table.iloc[0]
    lost = f"{unit.text(float(worst['unserved']))} go unserved"
    if worst["unserved_protected"] > TRACE:
        lost += f", {number(float(worst['unserved_protected']) * unit.factor)} of them from protected customers"
    spared = f"; {harmless} of {_assets(assets)} can be out that long without a cut" if assets > 1 and harmless else ""
    return f"The worst {length} is that of {worst['asset_name']} from {day_month(worst['start'])}: {lost}{spared}"


def survivable_finding(table: pd.DataFrame, lengths: Sequence[int], whom: str) -> str:
    """The asset whose outage may last the shortest, and how many may fail for the longest length asked."""
    whose = "anybody" if whom == "anyone" else "a protected customer"
    least = weakest(table)
    safe, assets = int((least["at_least"] & (least["longest"] == lengths[-1])).sum()), len(least)
    known = ", if foreseen" if table["foresight"].iloc[0] == "foreseen" else ""
    if safe == assets:
        return (
            f"Each of {_assets(assets)} may fail for {lengths[-1]} days, whenever it starts, without a cut of {whose}"
            f"{known}"
        )
    limited = least[~least["at_least"]]
    if limited.empty:  # outages that outlast the year, or failed to solve, prove nothing
        return (
            f"No outage that was solved and ends within the year cuts {whose}{known}; that {lengths[-1]} days are survived "
            f"from every start is known of {safe} of {_assets(assets)}"
        )
    shortest = int(limited["longest"].iloc[0])
    first = limited[limited["longest"] == shortest]
    held = f"; {safe} of {_assets(assets)} may for {lengths[-1]} days and more{known}" if safe else ""
    limit = f"for more than {shortest} days" if shortest else f"for {lengths[0]} days"
    if len(first) == 1:
        who = f"{first['asset_name'].iloc[0]} may not fail {limit} from {day_month(first['start'].iloc[0])}"
        return f"{who} without a cut of {whose}{held}"
    return (
        f"{len(first)} of {_assets(assets)} may not fail {limit} from their worst date without a cut of {whose}{held}"
    )


def chosen_line(rows: pd.DataFrame, length: bool = True) -> str:
    """Which cases these are: length, depth, foresight."""
    foresight, depth = str(rows["foresight"].iloc[0]), float(rows["depth"].iloc[0])
    days = int(rows["duration"].iloc[0])
    lasting = f"outage of {days} {'day' if days == 1 else 'days'}" if length else "outage"
    lost = "all of the asset lost" if depth == 1 else f"{percent(depth)} of the asset lost"
    return SEPARATOR.join([f"{lasting}, {lost}", f"foresight: {FORESIGHT.get(foresight, foresight)}"])


def _assets(count: int) -> str:
    return f"{count} asset{'s' if count != 1 else ''}"


def _dates(rows: pd.DataFrame) -> str:
    dates = sorted(rows["start"].unique())
    return day_month(dates[0]) if len(dates) == 1 else f"{day_month(dates[0])} to {day_month(dates[-1])}"
