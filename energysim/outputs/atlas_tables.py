"""What an atlas says: pure functions from its rows to tables. No model, no drawing.

Rows have the labels `asset`, `start` (ISO date), `duration` [d], `depth` [share lost], `foresight`, and the findings of
`studies.atlas`: gas in GWh, money in kEUR. A case that failed has no findings and counts in no table; an outage
is *survived* when nobody, or nobody protected, is cut because of it: more than a trace, on any day of the year.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from energysim.errors import InputError

LABELS = ("asset", "start", "duration", "depth", "foresight")
WHOM = {"anyone": "survival_time", "protected": "survival_time_protected"}
"""Whose cut ends survival -> the column that says when."""
USUAL = 30
"""Days of the outage that a page shows, where the atlas has it."""


def solved(frame: pd.DataFrame) -> pd.DataFrame:
    """The cases that were solved, in the order of the frame. Raises InputError where none was."""
    missing = [c for c in (*LABELS, "extra_unserved") if c not in frame]
    if missing:
        raise InputError(f"these are no rows of an atlas: no column {', '.join(missing)}")
    rows = frame[frame["extra_unserved"].notna()]
    if rows.empty:
        raise InputError("the atlas has no solved case yet; run `energysim atlas` to the end")
    return rows.assign(**{c: pd.to_numeric(rows[c]) if c in rows else np.nan for c in WHOM.values()})


def chosen(
    frame: pd.DataFrame, duration: int | None = None, depth: float | None = None, foresight: str | None = None
) -> pd.DataFrame:
    """The cases of one length, depth and foresight; by default 30 d or the next shorter, the deepest, as news comes.

    Raises InputError for one that the atlas does not have.
    """
    rows = solved(frame)
    foresight = foresight or ("surprise" if "surprise" in set(rows["foresight"]) else "foreseen")
    depth = float(rows["depth"].max()) if depth is None else depth
    lengths = sorted(int(n) for n in rows["duration"].unique())
    duration = max([n for n in lengths if n <= USUAL], default=lengths[0]) if duration is None else duration
    for column, value in (("foresight", foresight), ("depth", depth), ("duration", duration)):
        known = list(dict.fromkeys(rows[column]))
        rows = rows[rows[column] == value]
        if rows.empty:
            raise InputError(f"this atlas has no {column} {value}; it has {', '.join(str(k) for k in known)}")
    return rows


def worst_starts(frame: pd.DataFrame) -> pd.DataFrame:
    """The worst start of each asset, length, depth and foresight, as whole rows in the order of the frame.

    Worst is most gas unserved because of the outage, then most of it protected, then dearest, then earliest.
    """
    rows = solved(frame)
    keys = ["asset", "duration", "depth", "foresight"]
    order = rows.sort_values(
        ["extra_unserved", "extra_protected", "extra_cost", "start"],
        ascending=[False, False, False, True],
        kind="stable",
    )
    return order.groupby(keys, sort=False).head(1).sort_index().reset_index(drop=True)


def longest_survivable(frame: pd.DataFrame, whom: str = "anyone", durations: Sequence[int] = ()) -> pd.DataFrame:
    """The longest outage survived, by asset, start, depth and foresight: `longest` [d], `at_least`, `first_harm` [d].

    longest: the longest length up to which every length of the atlas is survived, 0 where not even the shortest is.
    first_harm: the next length, if it is not survived. at_least: no length is known not to be survived, so the true
    limit lies beyond; a case that failed, is missing or outlasts the horizon is not known, and nor is what follows it.
    whom: `anyone` or `protected`. durations: lengths asked for; default: all of the frame.
    Source of the notion: the project's METHODS, days of autonomy.
    """
    if whom not in WHOM:
        raise InputError(f"whom: found {whom!r}; expected one of {', '.join(WHOM)}")
    rows, found = solved(frame), []
    lengths = sorted(durations or {int(n) for n in rows["duration"]})
    keys = ["asset", "asset_name", "start", "depth", "foresight"]
    for key, cases in rows.groupby(keys, sort=False):
        known = cases[~cases["truncated"].astype(bool)].set_index("duration")[WHOM[whom]]
        first_unknown = next((n for n in lengths if n not in known.index), None)
        ladder = lengths if first_unknown is None else lengths[: lengths.index(first_unknown)]
        harm = next((n for n in ladder if pd.notna(known[n])), None)
        survived = ladder if harm is None else ladder[: ladder.index(harm)]
        found.append((*key, max(survived, default=0), harm is None, harm))
    return pd.DataFrame(found, columns=[*keys, "longest", "at_least", "first_harm"]).astype({"first_harm": "Int64"})


def weakest(ladders: pd.DataFrame) -> pd.DataFrame:
    """The start from which each asset may be out the shortest: of those with harm, where there are any."""
    return ladders.sort_values(["at_least", "longest"], kind="stable").groupby("asset", sort=False).head(1)


def ranking(
    frame: pd.DataFrame, duration: int | None = None, depth: float | None = None, foresight: str | None = None
) -> pd.DataFrame:
    """Assets, most harmful first, by their worst start at one length, depth and foresight (see `chosen`).

    asset, asset_name, start, duration, depth, foresight, unserved, unserved_protected [GWh], cut_days,
    survival_time, survival_time_protected [d], extra_cost [kEUR]: because of the outage, at its worst start;
    longest, longest_protected [d]: survived whenever it starts, with at_least, at_least_protected.
    """
    rows = chosen(frame, duration, depth, foresight)
    worst = worst_starts(rows).rename(columns={"extra_unserved": "unserved", "extra_cut_days": "days"})
    table = worst[[*LABELS, "asset_name", "unserved", "extra_protected", "days", *WHOM.values(), "extra_cost"]]
    table = table.rename(columns={"extra_protected": "unserved_protected", "days": "cut_days"})
    same = (frame["depth"] == rows["depth"].iloc[0]) & (frame["foresight"] == rows["foresight"].iloc[0])
    for whom, ending in (("anyone", ""), ("protected", "_protected")):
        least = weakest(longest_survivable(frame[same], whom)).set_index("asset")
        table[f"longest{ending}"] = table["asset"].map(least["longest"]).astype(int)
        table[f"at_least{ending}"] = table["asset"].map(least["at_least"]).astype(bool)
    order = ["unserved", "unserved_protected", "longest", "extra_cost"]
    return table.sort_values(order, ascending=[False, False, True, False], kind="stable", ignore_index=True)


def foresight_gap(frame: pd.DataFrame) -> pd.DataFrame:
    """Cases solved under both foresights: labels, unserved and protected [GWh] of each, what surprise adds.

    gap: unserved under surprise − foreseen [GWh]; regret: the same of the objective, costs and penalties [kEUR],
    which is never below zero but for the solver's tolerance. Empty where the atlas has one foresight only.
    """
    rows = solved(frame)
    keys = ["asset", "asset_name", "start", "duration", "depth"]
    values = ["extra_unserved", "extra_protected", "objective"]
    both = rows[rows["foresight"] == "surprise"].merge(
        rows[rows["foresight"] == "foreseen"], on=keys, suffixes=("_surprise", "_foreseen")
    )
    table = both[[*keys, *(f"{v}_{f}" for v in values for f in ("surprise", "foreseen"))]].copy()
    table["gap"] = table["extra_unserved_surprise"] - table["extra_unserved_foreseen"]
    table["regret"] = table["objective_surprise"] - table["objective_foreseen"]
    return table.sort_values("gap", ascending=False, kind="stable", ignore_index=True)


def as_grid(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """A column as a table: assets down in the order of the rows, start dates across."""
    grid = table.pivot(index="asset", columns="start", values=column)
    return grid.reindex(index=list(dict.fromkeys(table["asset"])), columns=sorted(grid.columns))


def tables(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """What is kept beside the rows, by name: the worst starts, the longest survivable outages, surprise against foreseen."""
    kept = {
        "worst_starts": worst_starts(frame)[[*LABELS, "asset_name", "extra_unserved", "extra_protected", "extra_cost"]],
        "survivable": longest_survivable(frame),
        "survivable_protected": longest_survivable(frame, "protected"),
        "surprise_against_foreseen": foresight_gap(frame),
    }
    return {name: table for name, table in kept.items() if len(table)}
