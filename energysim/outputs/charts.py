"""Charts: functions from results to a matplotlib Figure. The title is the finding, written from the numbers.

Each takes optional Axes to draw in (then only the chart itself, its title and its legend are drawn there)
and `unit`, `mcm` or `gwh`. See `canvas` for the sheet, `palette` for colours and order, `findings` for titles.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from energysim.errors import InputError
from energysim.indicators import basic as indicators
from energysim.outputs import findings
from energysim.outputs.canvas import (
    BODY,
    RIGHT,
    SMALL_SIZE,
    TEXT_SIZE,
    canvas,
    date_axis,
    occurrences,
    positions,
    shade,
    steps,
)
from energysim.outputs.chart_findings import cuts_finding
from energysim.outputs.drawing import (
    alike,
    cut_shares,
    demand_line,
    scale_end,
    share_map,
    share_scale,
    shortage_map,
    stack_steps,
    supply_layers,
)
from energysim.outputs.findings import name_of
from energysim.outputs.letters import shortened, width
from energysim.outputs.palette import CLASSES, CYCLE, GREY, INK, colours, ordered
from energysim.outputs.wording import Unit, number, unit_named
from energysim.results import Results
from energysim.words import say

UnitName = Literal["mcm", "gwh"]
"""What energies are shown in."""

MARGIN = 14
"""Days shown before the first and after the last cut."""
SPREAD = 5
"""Highest ÷ median price from which the price axis is logarithmic."""
INJECTED, SOLD = "#C9A3B8", "#B0B0B0"
PRICE_TICKS = (1, 2, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000, 2000, 5000)
UPPER = 0.58
"""Height of the curtailment above the map of nodes, as a share of the body."""
TITLES, SPLIT = 2, 0.09
"""Titles above the maps of cuts, and the room that each has as a share of the height."""
ROW = RIGHT - 0.15
"""Inches that the name of a row of a map may have."""
MANY = 3
"""Nodes of one price that are called `all other nodes`."""


def supply(result: Results, ax: Axes | None = None, unit: UnitName = "mcm") -> Figure:
    """Daily supply by source [mcm/d or GWh/d] stacked against demand; injection and sales lie below zero."""
    measure, sheet = unit_named(unit), canvas(result, ax)
    stack, styles = supply_layers(result, measure.factor)
    taken = -taken_out(result) * measure.factor
    below = {
        "injection": {"color": INJECTED, "label": say("Injection into store")},
        "sales": {"color": SOLD, "label": say("Sales")},
    }

    shade(sheet.axes, result, sheet.days)
    above = stack_steps(sheet.axes, stack, styles)
    under = stack_steps(sheet.axes, taken, below)
    demand = demand_line(sheet.axes, indicators.system_demand(result) * measure.factor, say("Firm demand"))
    sheet.axes.axhline(0, color=INK, linewidth=0.8)
    date_axis(sheet.axes, sheet.days)
    sheet.axes.set_ylabel(measure.rate, size=TEXT_SIZE)
    handles = [demand, *reversed(above), *under]
    what = say("Daily supply by source, {rate}", rate=measure.rate)
    return sheet.finish(findings.supply_finding(result, measure), what, handles)


def curtailment(result: Results, ax: Axes | None = None, unit: UnitName = "mcm") -> Figure:
    """Curtailment by class [mcm/d or GWh/d] stacked, and below it the share of demand cut [%] by node."""
    measure = unit_named(unit)
    days = around_cuts(result)
    sheet = canvas(result, ax, days)
    cut = indicators.curtailment_by_class(result).loc[days] * measure.factor
    cut = cut[[c for c in ordered(cut.columns, CLASSES) if cut[c].max() > indicators.TRACE * measure.factor]]
    tint = colours(cut.columns, CLASSES)
    sheet.axes.set_axis_off()
    upper = sheet.axes.inset_axes((0, 1 - UPPER, 1, UPPER) if len(cut.columns) else (0, 0, 1, 1))
    shade(upper, result, days)
    handles = stack_steps(
        upper, cut, {c: {"color": tint[c], "label": name_of(result, "demand_classes", c)} for c in cut.columns}
    )
    date_axis(upper, days)
    if len(cut.columns):
        upper.tick_params(labelbottom=False)
        shortage_map(sheet.axes.inset_axes((0, 0, 1, 0.28)), result, days)
    else:
        demand = indicators.system_demand(result) * measure.factor
        handles = [demand_line(upper, demand, say("Firm demand, all of it served"))]
    upper.set_ylim(bottom=0)
    upper.set_ylabel(measure.rate, size=TEXT_SIZE)
    what = say("Curtailment by demand class, {rate}", rate=measure.rate)
    return sheet.finish(findings.curtailment_finding(result, measure), what, handles[::-1], room=BODY * UPPER)


def cuts(result: Results, ax: Axes | None = None, unit: UnitName = "mcm") -> Figure:
    """Heat maps of the share of demand cut [%] by gas day: by demand class above, by node below; beside them what is unserved.

    Raises InputError where nobody is cut.
    """
    if not indicators.cut_days(result):
        raise InputError(
            f"{result.manifest['scenario']['id']}: nobody is cut, so there is no map of cuts; choose a run with unserved gas"
        )
    measure, days = unit_named(unit), around_cuts(result)
    sheet = canvas(result, ax, days)
    by_class = indicators.curtailment_by_class(result).loc[days], indicators.demand_by_class(result).loc[days]
    by_node = indicators.curtailment_by_node(result).loc[days], indicators.demand_by_node(result).loc[days]
    shares = [cut_shares(*by_class).dropna(axis=1, how="all"), cut_shares(*by_node).dropna(axis=1, how="all")]
    top = scale_end(*shares)
    rows = [len(s.columns) for s in shares]
    room = 1 - TITLES * SPLIT
    heights = [room * n / sum(rows) for n in rows]
    sheet.axes.set_axis_off()
    titles = say("By demand class, in the order of cuts"), say("By node")
    tables, bottoms = ("demand_classes", "nodes"), (heights[1] + SPLIT, 0.0)
    for share, (cut, _), table, title, bottom, height in zip(
        shares, (by_class, by_node), tables, titles, bottoms, heights, strict=True
    ):
        panel = sheet.axes.inset_axes((0, bottom, 1, height))
        names = [_cut_row(result, table, str(c), float(cut[c].sum()), measure) for c in share.columns]
        share_map(panel, share, names, top)
        panel.tick_params(labelbottom=bottom == 0)
        panel.set_title(title, loc="left", size=TEXT_SIZE)
        for edge in {e for o in occurrences(result, days) for e in (o.start, o.stop) if days[0] < e <= days[-1]}:
            panel.axvline(positions(pd.DatetimeIndex([edge]))[0], color=GREY, linewidth=0.8, linestyle=":")
    share_scale(sheet.axes.inset_axes((0.72, 1 - SPLIT + 0.02, 0.22, 0.03)), top)
    what = say("Share of demand cut by gas day, %; beside it unserved gas, {unit}", unit=measure.name)
    missing = any(bool(s.isna().to_numpy().any()) for s in shares)
    what = say("{what}; grey: no demand", what=what) if missing else what
    return sheet.finish(cuts_finding(result, measure), what, [], shaded=False)


def _cut_row(result: Results, table: str, asset: str, cut: float, measure: Unit) -> str:
    """`Households  12.3` with as much of the name as fits beside the map; the name alone where nothing is cut."""
    amount = f"  {number(cut * measure.factor)}" if cut > indicators.TRACE else ""
    return shortened(name_of(result, table, asset), ROW - width(amount, SMALL_SIZE), SMALL_SIZE) + amount


def prices(result: Results, ax: Axes | None = None, unit: UnitName = "mcm") -> Figure:
    """Node prices [EUR/MWh]: cost of one more MWh, harm of a cut included; nodes of equal price share a line.

    unit is taken for the sake of one call for all charts; prices are per MWh either way.
    """
    sheet, lines = canvas(result, ax), price_lines(result)
    shade(sheet.axes, result, sheet.days)
    handles: list[Artist] = []
    for k, (text, price) in enumerate(lines):
        x, line = steps(price.to_frame("price"))
        style: dict[str, Any] = {"color": CYCLE[k % len(CYCLE)], "linewidth": 1.6, "zorder": len(lines) + 2 - k}
        handles += sheet.axes.step(x, line["price"], where="post", label=text, **style)
    shown = pd.DataFrame({text: price for text, price in lines})
    date_axis(sheet.axes, sheet.days)
    if len(lines) and shown.min().min() > 0 and shown.max().max() > SPREAD * float(np.median(shown)):
        sheet.axes.set_yscale("log")
        low, high = shown.min().min(), shown.max().max()
        ticks = [t for t in PRICE_TICKS if low / 2 <= t <= high * 2]
        sheet.axes.set_yticks(ticks, [number(t) for t in ticks])
        sheet.axes.set_yticks([], minor=True)
        sheet.axes.set_ylim(max(t for t in (*PRICE_TICKS[:1], *ticks) if t <= max(low, 1)), high * 1.1)
    sheet.axes.set_ylabel(say("EUR/MWh"), size=TEXT_SIZE)
    what = say("Cost of one more MWh at each node, EUR/MWh")
    if sheet.axes.get_yscale() == "log":
        what = say("Cost of one more MWh at each node, EUR/MWh on a logarithmic scale")
    return sheet.finish(findings.prices_finding(result), what, handles)


def price_lines(result: Results) -> list[tuple[str, pd.Series[float]]]:
    """Node prices [EUR/MWh] by gas day, with a name: nodes of one price are one line, the largest group first."""
    frame = indicators.node_prices(result)
    groups = alike(frame.loc[:, frame.max() > 0])
    lines = []
    for k, nodes in enumerate(groups):
        text = "; ".join(name_of(result, "nodes", n) for n in nodes)
        if len(groups) == 1 or (k == 0 and len(nodes) > MANY):
            text = say("All nodes") if len(groups) == 1 else say("All other nodes")
        lines.append((text, frame[nodes[0]]))
    return lines


def taken_out(result: Results) -> pd.DataFrame:
    """Gas put into stores and sold by gas day [GWh/d], days x `injection` and `sales`, as far as there is any."""
    taken = pd.DataFrame({"injection": result.quantity("injection").sum(axis=1)}, index=result.dates)
    taken["sales"] = result.quantity("sales").sum(axis=1)
    return taken.loc[:, taken.max() > indicators.TRACE]


def around_cuts(result: Results) -> pd.DatetimeIndex:
    """The days of cuts and some before and after; the whole horizon without cuts."""
    first, last = indicators.first_cut(result), indicators.last_cut(result)
    if first is None or last is None:
        return result.dates
    margin = pd.Timedelta(days=MARGIN)
    return result.dates[(result.dates >= first - margin) & (result.dates <= last + margin)]
