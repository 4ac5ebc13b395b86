"""Charts: functions from results to a matplotlib Figure. The title is the finding, written from the numbers.

Each takes optional Axes to draw in (then only the chart itself, its title and its legend are drawn there)
and `unit`, `mcm` or `gwh`. See `canvas` for the sheet, `palette` for colours and order, `findings` for titles.
"""

from __future__ import annotations

import textwrap
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from energysim.indicators import basic as indicators
from energysim.outputs import findings
from energysim.outputs.canvas import TEXT_SIZE, canvas, date_axis, positions, shade, steps
from energysim.outputs.drawing import alike, demand_line, panel_places, shortage_map, stack_steps
from energysim.outputs.findings import label, name_of, percent
from energysim.outputs.palette import (
    BLACK,
    CLASSES,
    CYCLE,
    INK,
    SOURCES,
    colours,
    ordered,
)
from energysim.outputs.wording import number, unit_named
from energysim.results import Results

UnitName = Literal["mcm", "gwh"]
"""What energies are shown in."""

MARGIN = 14
"""Days shown before the first and after the last cut."""
SPREAD = 5
"""Highest ÷ median price from which the price axis is logarithmic."""
TARGET: dict[str, Any] = {"markersize": 6, "markeredgecolor": BLACK, "zorder": 3}
PRICE_TICKS = (1, 2, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000, 2000, 5000)
MANY = 3
"""Nodes of one price that are called `all other nodes`."""


def supply(result: Results, ax: Axes | None = None, unit: UnitName = "mcm") -> Figure:
    """Daily supply by source [mcm/d or GWh/d] stacked against demand; injection and sales lie below zero."""
    measure, sheet = unit_named(unit), canvas(result, ax)
    stack = indicators.supply_by_source(result) * measure.factor
    stack = stack[[s for s in ordered(stack.columns, SOURCES) if stack[s].max() > indicators.TRACE]]
    tint = colours(stack.columns, SOURCES)
    styles: dict[str, dict[str, Any]] = {s: {"color": tint[s], "label": label(result, s)} for s in stack.columns}
    if indicators.cut_days(result):
        stack = stack.assign(unserved=indicators.unserved_by_day(result) * measure.factor)
        styles["unserved"] = {"facecolor": "white", "edgecolor": BLACK, "hatch": "xxxxx", "label": "Unserved gas"}
    taken = pd.DataFrame({"Injection into store": result.quantity("injection").sum(axis=1)}, index=result.dates)
    taken["Sales"] = result.quantity("sales").sum(axis=1)
    taken = -taken.loc[:, taken.max() > indicators.TRACE] * measure.factor
    below = {"Injection into store": "#C9A3B8", "Sales": "#B0B0B0"}

    shade(sheet.axes, result, sheet.days)
    above = stack_steps(sheet.axes, stack, styles)
    under = stack_steps(sheet.axes, taken, {c: {"color": below[c], "label": c} for c in taken.columns})
    demand = demand_line(sheet.axes, indicators.system_demand(result) * measure.factor)
    sheet.axes.axhline(0, color=INK, linewidth=0.8)
    date_axis(sheet.axes, sheet.days)
    sheet.axes.set_ylabel(measure.rate, size=TEXT_SIZE)
    handles = [demand, *reversed(above), *under]
    return sheet.finish(findings.supply_finding(result, measure), f"Daily supply by source, {measure.rate}", handles)


def storage(result: Results, ax: Axes | None = None, unit: UnitName = "mcm") -> Figure:
    """Stock on the morning [mcm or GWh] by account with opening and target levels, and the callable sum."""
    measure, sheet = unit_named(unit), canvas(result, ax)
    stock, x = result.quantity("inventory") * measure.factor, positions(result.dates)
    accounts = result.assets[result.assets["table"] == "accounts"].set_index("asset").reindex(list(stock))
    targets, tint = indicators.target_shortfalls(result), colours(stock.columns, SOURCES)
    shade(sheet.axes, result, sheet.days)
    handles: list[Artist] = []
    if (accounts["group"] == "callable").sum() > 1:
        total = indicators.callable_stock(result) * measure.factor
        handles += sheet.axes.plot(x, total, color=BLACK, linewidth=2.2, label="All callable stock")
    for account, row in accounts.iterrows():
        closed = "" if row["group"] == "callable" else " (not callable)"
        volume = f", volume {number(row['volume'] * measure.factor)}" if row["volume"] > 0 else ""
        text = f"{row['name']}{closed}: opening {number(stock[account].iloc[0])}{volume}"
        style: dict[str, Any] = {"color": tint[str(account)], "linewidth": 1.8, "linestyle": "--" if closed else "-"}
        handles += sheet.axes.plot(x, stock[account], label=text, **style)
        sheet.axes.plot(x[0], stock[account].iloc[0], "o", color=tint[str(account)], clip_on=False)
        of = targets[targets["account"] == account]
        days, level = positions(of["date"]), of["level"] * measure.factor
        sheet.axes.plot(days, level, "D", color=tint[str(account)], **TARGET)
    if len(targets):
        handles += sheet.axes.plot([], [], "D", color="white", label="Target level", **TARGET)
    date_axis(sheet.axes, sheet.days)
    sheet.axes.set_ylim(bottom=0)
    sheet.axes.set_ylabel(measure.name, size=TEXT_SIZE)
    what = f"Stock on the morning of each gas day, {measure.name}"
    return sheet.finish(findings.storage_finding(result, measure), what, handles)


def curtailment(result: Results, ax: Axes | None = None, unit: UnitName = "mcm") -> Figure:
    """Curtailment by class [mcm/d or GWh/d] stacked, and below it the share of demand cut [%] by node."""
    measure = unit_named(unit)
    days = _around_cuts(result)
    sheet = canvas(result, ax, days)
    cut = indicators.curtailment_by_class(result).loc[days] * measure.factor
    cut = cut[[c for c in ordered(cut.columns, CLASSES) if cut[c].max() > indicators.TRACE * measure.factor]]
    tint = colours(cut.columns, CLASSES)
    sheet.axes.set_axis_off()
    upper = sheet.axes.inset_axes((0, 0.42, 1, 0.58) if len(cut.columns) else (0, 0, 1, 1))
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
        handles = [demand_line(upper, demand, "Firm demand, all of it served")]
    upper.set_ylim(bottom=0)
    upper.set_ylabel(measure.rate, size=TEXT_SIZE)
    what = f"Curtailment by demand class, {measure.rate}"
    return sheet.finish(findings.curtailment_finding(result, measure), what, handles[::-1])


def contracts(result: Results, ax: Axes | None = None, unit: UnitName = "mcm") -> Figure:
    """Nominations against the daily contract quantity [mcm/d or GWh/d], one panel for each contract in use."""
    measure, sheet = unit_named(unit), canvas(result, ax)
    use = indicators.contract_use(result)
    used = use[use["nominated"] > indicators.TRACE]
    taken = indicators.contract_nominations(result) * measure.factor
    dcq = result.quantity("dcq") * measure.factor
    tint = colours(used["gas_source"].drop_duplicates(), SOURCES)
    sheet.axes.set_axis_off()
    places, letters = panel_places(len(used))
    for place, (contract, row) in zip(places, used.iterrows(), strict=True):
        panel = sheet.axes.inset_axes(place)
        shade(panel, result, sheet.days)
        stack_steps(panel, taken[[str(contract)]], {str(contract): {"color": tint[row["gas_source"]]}})
        x, limit = steps(dcq[[str(contract)]])
        panel.step(x, limit[str(contract)], where="post", color=BLACK, linewidth=1)
        date_axis(panel, sheet.days, small=True)
        panel.set_ylim(bottom=0)
        panel.set_title(textwrap.fill(f"{row['name']}: {percent(row['use'])}", letters), loc="left", size=TEXT_SIZE)
    idle = [str(n) for n in use.loc[(use["nominated"] <= indicators.TRACE) & (use["dcq"] > 0), "name"]]
    handles: list[Artist] = [Line2D([], [], color=BLACK, linewidth=1, label="Daily contract quantity")]
    handles += [Patch(color=tint[s], label=f"Nominated: {label(result, s)}") for s in tint]
    if idle:
        handles.append(Patch(color="none", label=f"Not used: {', '.join(idle)}"))
    what = f"Nominations, {measure.rate} (scales differ), and % of the daily contract quantities"
    return sheet.finish(findings.contracts_finding(result, measure), what, handles, lanes=False)


def prices(result: Results, ax: Axes | None = None, unit: UnitName = "mcm") -> Figure:
    """Node prices [EUR/MWh]: cost of one more MWh, harm of a cut included; nodes of equal price share a line.

    unit is taken for the sake of one call for all charts; prices are per MWh either way.
    """
    sheet, frame = canvas(result, ax), indicators.node_prices(result)
    shade(sheet.axes, result, sheet.days)
    handles: list[Artist] = []
    groups = alike(frame.loc[:, frame.max() > 0])
    for k, nodes in enumerate(groups):
        x, line = steps(frame[nodes[:1]])
        text = (
            "All other nodes" if k == 0 and len(nodes) > MANY else "; ".join(name_of(result, "nodes", n) for n in nodes)
        )
        text = "All nodes" if len(groups) == 1 else text
        style: dict[str, Any] = {"color": CYCLE[k % len(CYCLE)], "linewidth": 1.6, "zorder": len(groups) + 2 - k}
        handles += sheet.axes.step(x, line[nodes[0]], where="post", label=text, **style)
    shown = frame[[n[0] for n in groups]]
    date_axis(sheet.axes, sheet.days)
    if len(groups) and shown.min().min() > 0 and shown.max().max() > SPREAD * float(np.median(shown)):
        sheet.axes.set_yscale("log")
        low, high = shown.min().min(), shown.max().max()
        ticks = [t for t in PRICE_TICKS if low / 2 <= t <= high * 2]
        sheet.axes.set_yticks(ticks, [number(t) for t in ticks])
        sheet.axes.set_yticks([], minor=True)
        sheet.axes.set_ylim(max(t for t in (*PRICE_TICKS[:1], *ticks) if t <= max(low, 1)), high * 1.1)
    sheet.axes.set_ylabel("EUR/MWh", size=TEXT_SIZE)
    return sheet.finish(findings.prices_finding(result), "Cost of one more MWh at each node, EUR/MWh", handles)


def _around_cuts(result: Results) -> pd.DatetimeIndex:
    """The days of cuts and some before and after; the whole horizon without cuts."""
    first, last = indicators.first_cut(result), indicators.last_cut(result)
    if first is None or last is None:
        return result.dates
    margin = pd.Timedelta(days=MARGIN)
    return result.dates[(result.dates >= first - margin) & (result.dates <= last + margin)]
