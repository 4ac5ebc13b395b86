"""Charts of what a shortage does and what stands in for lost gas: waterfall, resilience curve, duration curve.

As `charts`: each takes a run, optional Axes and `unit`, and returns a matplotlib Figure whose title is the finding.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from energysim.errors import InputError
from energysim.indicators import basic as indicators
from energysim.indicators.resilience import RECOVERED, served_share
from energysim.outputs import findings
from energysim.outputs.canvas import RIGHT, TEXT_SIZE, canvas, date_axis, shade, steps
from energysim.outputs.charts import UnitName
from energysim.outputs.drawing import plain, stack_steps, supply_layers
from energysim.outputs.findings import name_of
from energysim.outputs.letters import shortened, wrapped
from energysim.outputs.palette import BLACK, ENTRIES, GREY, INK, SOURCES, VERMILLION, colours, ordered
from energysim.outputs.wording import LEAST_CHANGE, number, unit_named
from energysim.results import Results
from energysim.words import day_month, say

LOST, MORE, REST = "lost", "demand", "rest"
"""Bars that are neither a source nor a cut: gas that does not come, higher demand, what is left over."""
BAR_LETTERS, ROOMY = 34, 10
"""Letters in a line of a bar's name, and bars up to which a name may have two lines."""
VISIBLE = 0.01
"""Share of the loss from which what is left over gets a bar."""


def replacements(result: Results, ax: Axes | None = None, unit: UnitName = "mcm") -> Figure:
    """Waterfall [mcm or GWh]: gas lost during the first surprise, what came instead, what was cut.

    Raises InputError where the run has no surprise.
    """
    found = result.manifest["replacements"]
    if not found:
        raise InputError(
            f"{result.manifest['scenario']['id']}: no news changes its plan, so nothing is replaced; choose a run with an "
            "event under surprise"
        )
    measure, sheet = unit_named(unit), canvas(result, ax)
    bars = waterfall(result, found["during"]) * measure.factor
    axes = sheet.axes
    ends = _steps_down(axes, bars)
    lines = 2 if len(bars) <= ROOMY else 1
    axes.set_yticks(range(len(bars)), [_bar_name(result, str(b), lines) for b in bars.index], fontsize=TEXT_SIZE)
    axes.yaxis.tick_right()
    axes.invert_yaxis()
    plain(axes, "x")
    axes.tick_params(axis="y", length=0)
    most = max(float(ends.max()), LEAST_CHANGE * measure.factor)
    axes.set_xlim(min(0.0, float(ends.min())), most * 1.1)
    axes.set_xlabel(measure.name, size=TEXT_SIZE)
    what = say(
        "Change against the plan before the first news, {first} to {last}, {unit}",
        first=day_month(found["first"]),
        last=day_month(found["last"]),
        unit=measure.name,
    )
    return sheet.finish(findings.replacements_finding(result, measure), what, [], dated=False)


def _steps_down(axes: Axes, bars: pd.Series[float]) -> pd.Series[float]:
    """Draw the bars, each from where the one before it ended; returns what is missing after each of them."""
    tint = colours([b for b in bars.index if b not in (LOST, MORE, REST)], SOURCES)
    ends: pd.Series[float] = bars.where(bars.index.isin([LOST, MORE]), -bars).cumsum()
    for k, (name, amount) in enumerate(bars.items()):
        start = min(float(ends.iloc[k - 1]) if k else 0.0, float(ends.iloc[k]))
        style: dict[str, Any] = {"color": tint.get(str(name), GREY)}
        if name == "curtailment":
            style = {"facecolor": "white", "edgecolor": BLACK, "hatch": "xxxxx"}
        axes.barh(k, abs(amount), left=start, height=0.66, linewidth=0.8, **style)
        axes.text(start + abs(amount), k, f" {number(abs(amount))}", ha="left", va="center", size=TEXT_SIZE, color=INK)
        if k < len(bars) - 1:
            axes.plot([ends.iloc[k]] * 2, [k + 0.33, k + 1 - 0.33], color=GREY, linewidth=0.8)
    return ends


def waterfall(result: Results, during: dict[str, float]) -> pd.Series[float]:
    """Bars in order [GWh]: gas lost and higher demand, what makes up for both by source, what is cut; the rest if it shows.

    The first bars are as high as the others together. Stores and sources below a trace are in the rest.
    """
    change = pd.Series({k: float(v) for k, v in during.items()})
    more = -change.pop(MORE) if MORE in change else 0.0
    lost = -float(change[change < -LEAST_CHANGE].sum())
    gained = change[change > LEAST_CHANGE]
    needs = {LOST: lost} if lost or more <= LEAST_CHANGE else {}
    needs |= {MORE: more} if more > LEAST_CHANGE else {}
    order = [s for s in ordered(gained.index, SOURCES) if s != "curtailment"]
    cut = ["curtailment"] if "curtailment" in gained else []
    bars = pd.Series(needs | {s: float(gained[s]) for s in [*order, *cut]})
    missing = sum(needs.values())
    rest = 2 * missing - float(bars.sum())
    return pd.concat([bars, pd.Series({REST: rest})]) if abs(rest) > VISIBLE * missing else bars


def _bar_name(result: Results, bar: str, lines: int) -> str:
    """What a bar is called, in so many lines beside it."""
    own = {
        LOST: say("Lost gas"),
        MORE: say("Higher demand"),
        REST: say("Other changes"),
        "curtailment": say("Cut"),
        "fuel_switch": say("Fuel oil"),
    }
    if bar in own:
        return own[bar]
    name: str = name_of(result, "gas_sources", bar)
    if bar in result.quantity("withdrawal"):
        name = say("Store: {account}", account=name_of(result, "accounts", bar))
    if lines == 1:
        return shortened(name, RIGHT - 0.25, TEXT_SIZE)
    broken = wrapped(name, BAR_LETTERS, RIGHT - 0.25, TEXT_SIZE)
    return "\n".join(broken if len(broken) <= lines else [broken[0], f"{broken[1]} …"])


def resilience(result: Results, ax: Axes | None = None, unit: UnitName = "mcm") -> Figure:
    """Served share of demand [%] by gas day, the area below full service shaded.

    unit is taken for the sake of one call for all charts; shares have none.
    """
    sheet = canvas(result, ax)
    shade(sheet.axes, result, sheet.days)
    share = 100 * served_share(result).to_frame()
    x, line = steps(share)
    served = line["served_share"].to_numpy()
    sheet.axes.fill_between(x, served, 100, step="post", color=VERMILLION, alpha=0.35, linewidth=0)
    (curve,) = sheet.axes.step(x, served, where="post", color=BLACK, linewidth=1.4, label=say("Served share of demand"))
    limit = sheet.axes.axhline(
        100 * RECOVERED, color=GREY, linewidth=0.9, linestyle="--", label=f"{100 * RECOVERED:.0f} %"
    )
    date_axis(sheet.axes, sheet.days)
    low = float(share.min().iloc[0])
    bottom = max(0.0, np.floor((low - 2) / 5) * 5)
    sheet.axes.set_ylim(bottom, 100 + (100 - bottom) / 50)
    sheet.axes.set_yticks([t for t in sheet.axes.get_yticks() if bottom <= t <= 100])
    sheet.axes.set_ylabel("%", size=TEXT_SIZE)
    handles: list[Artist] = [curve, limit]
    if indicators.cut_days(result):
        handles.append(Patch(color=VERMILLION, alpha=0.35, label=say("Resilience loss")))
    return sheet.finish(findings.resilience_finding(result), say("Served share of firm demand, %"), handles)


def duration(result: Results, ax: Axes | None = None, unit: UnitName = "mcm") -> Figure:
    """Load-duration curve: gas days in the order of demand [mcm/d or GWh/d], which supply served each and what was cut."""
    measure, sheet = unit_named(unit), canvas(result, ax)
    demand = (indicators.system_demand(result) * measure.factor).sort_values(ascending=False, kind="stable")
    stack, styles = supply_layers(result, measure.factor)
    ranked = stack.loc[demand.index].set_axis(pd.RangeIndex(1, len(demand) + 1))
    x, base = np.arange(len(demand) + 1) + 0.5, np.zeros(len(demand) + 1)
    handles: list[Artist] = []
    for source in map(str, ranked):
        top = base + np.append(ranked[source], ranked[source].iloc[-1])
        handles.append(sheet.axes.fill_between(x, base, top, step="post", linewidth=0, **styles[source]))
        base = top
    style: dict[str, Any] = {"color": BLACK, "linewidth": 1.4, "label": say("Firm demand")}
    (curve,) = sheet.axes.step(x, np.append(demand, demand.iloc[-1]), where="post", **style)
    plain(sheet.axes)
    sheet.axes.set(xlim=(0.5, len(demand) + 0.5), ylim=(0, None))
    sheet.axes.set_xlabel(say("gas days, highest demand first"), size=TEXT_SIZE)
    sheet.axes.set_ylabel(measure.rate, size=TEXT_SIZE)
    what = say(
        "Gas days in the order of demand, {rate}; supply above demand goes into store or is sold", rate=measure.rate
    )
    return sheet.finish(findings.duration_finding(result, measure), what, [curve, *reversed(handles)], dated=False)


def entries(result: Results, ax: Axes | None = None, unit: UnitName = "mcm") -> Figure:
    """Daily flow by entry point [mcm/d or GWh/d], stacked, with the days of events marked."""
    measure, sheet = unit_named(unit), canvas(result, ax)
    flows = indicators.entry_flows(result) * measure.factor
    flows = flows[flows.sum().sort_values(ascending=False, kind="stable").index]
    flows = flows.loc[:, flows.max() > indicators.TRACE]
    shade(sheet.axes, result, sheet.days)
    tint = colours(map(str, flows), ENTRIES)
    styles: dict[str, dict[str, Any]] = {
        str(e): {"color": tint[str(e)], "label": name_of(result, "upstream", str(e))} for e in flows
    }
    handles = stack_steps(sheet.axes, flows, styles)
    date_axis(sheet.axes, sheet.days)
    sheet.axes.set_ylim(bottom=0)
    sheet.axes.set_ylabel(measure.rate, size=TEXT_SIZE)
    what = say("Daily flow by entry point, gas for neighbours included, {rate}", rate=measure.rate)
    return sheet.finish(findings.entries_finding(result, measure), what, handles[::-1])
