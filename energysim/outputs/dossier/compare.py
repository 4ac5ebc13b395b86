"""What a comparison of two scenarios has to say."""

from __future__ import annotations

import pandas as pd

from energysim.dossier import Chapter, Table
from energysim.outputs.dossier.digits import digits, in_unit
from energysim.outputs.wording import Unit
from energysim.words import say

SHARES = ("shapley", "alone")
"""Columns that share out a change, the better first."""
MOST = (0.5, 1.05)
"""Share of a change between which a difference is said to bring most of it; above, others take a part back."""


def findings(chapter: Chapter, unit: Unit) -> list[str]:
    """How each indicator changes, and which difference brings most of it."""
    said = []
    tables = attributions(chapter)
    for figure in chapter.figures:
        name = figure.id.removeprefix("change_")
        if name not in tables or not isinstance(figure.value, float):
            continue
        shown, factor = in_unit(figure.unit, unit)
        change = f"{figure.name}: {signed(figure.value * factor)} {shown}"
        reason = _reason(tables[name], figure.value, factor, shown)
        said.append(f"{change}; {reason}." if reason else f"{change}.")
    return said or [say("Nothing that is measured here changes.")]


def signed(value: float) -> str:
    """A change with its sign: `+1.78`, `−40.0`, `0`."""
    text = digits(abs(value))
    return text if text == "0" else f"{'+' if value > 0 else '−'}{text}"


def _reason(table: Table, change: float, factor: float, unit: str) -> str:
    """Which difference brings how much of a change, and what the others do where it is not most of it."""
    most = largest(table)
    if most is None:
        return ""
    what, share = most
    if len(table.frame) == 1:
        return say("all of it by the {what}", what=what)
    if MOST[0] <= share / change <= MOST[1]:
        return say("most of it by the {what} ({share})", what=what, share=f"{signed(share * factor)} {unit}")
    rest = f"{signed((change - share) * factor)} {unit}"
    return say(
        "{share} by the {what}, {rest} by all else", what=what, share=f"{signed(share * factor)} {unit}", rest=rest
    )


def attributions(chapter: Chapter) -> dict[str, Table]:
    """Measure -> its table of attribution."""
    number = chapter.id.rpartition("_")[2]
    measures = [f.id.removeprefix("change_") for f in chapter.figures]
    return {m: chapter.tables[f"{m}_{number}"] for m in measures if f"{m}_{number}" in chapter.tables}


def largest(table: Table) -> tuple[str, float] | None:
    """The difference that brings most, and how much [unit of the table]; None where nothing could be shared out."""
    column = next(c for c in SHARES if c in table.frame)
    share: pd.Series[float] = table.frame[column].dropna()
    if share.empty:
        return None
    k = int(share.abs().to_numpy().argmax())
    return str(table.frame.loc[share.index[k], "difference"]), float(share.iloc[k])
