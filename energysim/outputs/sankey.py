"""The winter's gas from source to class: a Sankey diagram of traced origins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from energysim.indicators.origin import IN_STORE, served_by_origin
from energysim.outputs import findings
from energysim.outputs.canvas import LEFT, RIGHT, SPAN, TEXT_SIZE, canvas
from energysim.outputs.charts import UnitName
from energysim.outputs.findings import name_of
from energysim.outputs.letters import shortened, width
from energysim.outputs.palette import CLASSES, GREY, INK, SOURCES, colours, ordered
from energysim.outputs.wording import number, unit_named
from energysim.results import Results
from energysim.words import say

WINTER = (10, 11, 12, 1, 2, 3)
"""Months of the gas winter."""
GAP, BAR = 0.035, 0.02
"""Room between two bars as a share of the height, and their width as a share of the width."""
FROM, TO = 0.32, 0.8
"""Where the bars of origins and of classes stand, as shares of the width."""
BEFORE, BEHIND = LEFT + FROM * SPAN - 0.2, RIGHT + (1 - TO - BAR) * SPAN - 0.2
"""Inches for the names of origins left of their bars, and of classes right of theirs."""
STORED = "#882255"
"""Gas that lay in store at the start has no other origin."""
LEAST = 0.002
"""Share of all gas below which a band is not drawn."""
Spans = Mapping[str, tuple[float, float]]
"""Name -> lower and upper end of its bar, 0…1 of the height."""


def origins(result: Results, ax: Axes | None = None, unit: UnitName = "mcm") -> Figure:
    """Gas served from October to March [mcm or GWh]: origins left, demand classes right, perfect mixing between.

    Raises InputError for a run saved by a version that kept too little of the network.
    """
    measure, sheet = unit_named(unit), canvas(result, ax)
    table = winter_table(result)
    total = float(table.to_numpy().sum())
    left, right = spans(table.sum(axis=1) / total), spans(table.sum() / total)
    tint = colours([o for o in table.index if o != IN_STORE], SOURCES) | {IN_STORE: STORED}
    axes = sheet.axes
    axes.set_axis_off()
    axes.set(xlim=(0, 1), ylim=(0, 1))
    start, end = ({k: top for k, (_, top) in side.items()} for side in (left, right))
    scale = scale_of(table.sum(axis=1) / total), scale_of(table.sum() / total)
    for origin in table.index:
        for group in table.columns:
            share = float(table.loc[origin, group]) / total
            if share < LEAST:
                continue
            heights = share * scale[0], share * scale[1]
            axes.add_patch(_band(start[origin], heights[0], end[group], heights[1], tint[origin]))
            start[origin] -= heights[0]
            end[group] -= heights[1]
    grey = dict.fromkeys(table.columns, GREY)
    sides = (left, FROM, tint, table.sum(axis=1), BEFORE), (right, TO, grey, table.sum(), BEHIND)
    for side, place, colour, amounts, room in sides:
        for name, (low, high) in side.items():
            axes.add_patch(_bar(place, low, high, colour[name]))
            amount = f"  {number(float(amounts[name]) * measure.factor)}"
            said = shortened(_name(result, name), room - width(amount, TEXT_SIZE), TEXT_SIZE) + amount
            x, align = (place - 0.01, "right") if place == FROM else (place + BAR + 0.01, "left")
            style: dict[str, Any] = {"ha": align, "va": "center", "size": TEXT_SIZE, "color": INK}
            axes.text(x, (low + high) / 2, said, **style)
    what = say(
        "Gas served from October to March by origin (proportional mixing) and demand class, {unit}", unit=measure.name
    )
    return sheet.finish(findings.origins_finding(result, table, measure), what, [], dated=False)


def winter_table(result: Results) -> pd.DataFrame:
    """Gas served from October to March [GWh]: origins down, demand classes across, both in the order of the palette."""
    served = served_by_origin(result)
    winter = served[served["date"].dt.month.isin(WINTER)]
    winter = served if winter.empty else winter
    table = winter.pivot_table(index="origin", columns="demand_class", values="value", aggfunc="sum").fillna(0.0)
    table = table.loc[ordered(table.index, [*SOURCES, IN_STORE]), ordered(table.columns, CLASSES)]
    return table.rename_axis(index=None, columns=None)


def spans(shares: pd.Series[float]) -> dict[str, tuple[float, float]]:
    """Where each bar stands, the first on top, with room between them."""
    scale, top, found = scale_of(shares), 1.0, {}
    for name, share in shares.items():
        found[str(name)] = (top - float(share) * scale, top)
        top -= float(share) * scale + GAP
    return found


def scale_of(shares: pd.Series[float]) -> float:
    """Height of all the gas, 0…1: what the gaps leave."""
    return 1.0 - GAP * (len(shares) - 1)


def _name(result: Results, name: str) -> str:
    if name == IN_STORE:
        return say("In store on the first day")
    table = (
        "demand_classes"
        if name in set(result.assets.loc[result.assets["table"] == "demand_classes", "asset"])
        else "gas_sources"
    )
    return name_of(result, table, name)


def _bar(x: float, low: float, high: float, colour: str) -> PathPatch:
    corners = [(x, low), (x + BAR, low), (x + BAR, high), (x, high), (x, low)]
    return PathPatch(Outline(np.array(corners)), facecolor=colour, linewidth=0)


def _band(start: float, height: float, end: float, wide: float, colour: str) -> PathPatch:
    """A ribbon from the top of one bar's free part to another's, as two cubic curves."""
    x0, x1 = FROM + BAR, TO
    middle = (x0 + x1) / 2
    points = [(x0, start), (middle, start), (middle, end), (x1, end), (x1, end - wide), (middle, end - wide),
              (middle, start - height), (x0, start - height), (x0, start)]  # fmt: skip
    codes = [Outline.MOVETO, *[Outline.CURVE4] * 3, Outline.LINETO, *[Outline.CURVE4] * 3, Outline.CLOSEPOLY]
    return PathPatch(Outline(np.array(points), codes), facecolor=colour, alpha=0.45, linewidth=0)
