"""What a comparison of two scenarios has to say."""

from __future__ import annotations

import pandas as pd

from energysim.dossier import Chapter, Table
from energysim.outputs.dossier.digits import digits, in_unit
from energysim.outputs.wording import Unit

SHARES = ("shapley", "alone")
"""Columns that share out a change, the better first."""


def findings(chapter: Chapter, unit: Unit) -> list[str]:
    """How each indicator changes, and which difference brings most of it."""
    said = []
    tables = attributions(chapter)
    for figure in chapter.figures:
        name = figure.id.removeprefix("change_")
        if name not in tables or not isinstance(figure.value, float):
            continue
        shown, factor = in_unit(figure.unit, unit)
        sentence = f"{figure.name}: {digits(figure.value * factor)} {shown}"
        most = largest(tables[name])
        if most is not None:
            what, share = most
            sentence += f"; most of it by the {what} ({digits(share * factor)})"
        said.append(f"{sentence}.")
    return said or ["Nothing that is measured here changes."]


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
