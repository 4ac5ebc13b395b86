"""Charts of what a shortage does and what stands in for lost gas: waterfall, resilience curve, duration curve.

As `charts`: each takes a run, optional Axes and `unit`, and returns a matplotlib Figure whose title is the finding.
"""

from __future__ import annotations

import textwrap
from typing import Any, Literal

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
from energysim.outputs.canvas import TEXT_SIZE, canvas, date_axis, shade, steps
from energysim.outputs.charts import UnitName
from energysim.outputs.drawing import stack_steps
from energysim.outputs.findings import label, name_of
from energysim.outputs.palette import BLACK, CYCLE, GREY, INK, PALE, SOURCES, VERMILLION, colours, ordered
from energysim.outputs.wording import LEAST_CHANGE, number, source_name, unit_named
from energysim.results import Results
from energysim.words import day_month

LOST, REST = "Lost gas", "Other changes"
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
    tint = colours([b for b in bars.index if b not in (LOST, REST)], SOURCES)
    left = bars.iloc[0] - bars.iloc[1:].cumsum()  # where each replacement ends and what is still missing begins
    axes = sheet.axes
    for k, (name, amount) in enumerate(bars.items()):
        start = 0.0 if k == 0 else float(left.iloc[k - 1])
        style: dict[str, Any] = {"color": GREY if name in (LOST, REST) else tint[str(name)]}
        if name == "curtailment":
            style = {"facecolor": "white", "edgecolor": BLACK, "hatch": "xxxxx"}
        axes.barh(k, amount, left=start, height=0.66, linewidth=0.8, **style)
        end = start + float(amount)
        axes.text(end, k, f" {number(abs(amount))}", ha="left", va="center", size=TEXT_SIZE, color=INK)
        if 0 < k < len(bars) - 1:
            axes.plot([start] * 2, [k + 0.33, k + 1 - 0.33], color=GREY, linewidth=0.8)
    lines = 2 if len(bars) <= ROOMY else 1
    axes.set_yticks(range(len(bars)), [_bar_name(result, str(b), lines) for b in bars.index], fontsize=TEXT_SIZE)
    axes.yaxis.tick_right()
    axes.invert_yaxis()
    _plain(axes, "x")
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0, float(bars.iloc[0]) * 1.1)
    axes.set_xlabel(measure.name, size=TEXT_SIZE)
    span = f"{day_month(found['first'])} to {day_month(found['last'])}"
    what = f"Change against the plan before the first news, {span}, {measure.name}"
    return sheet.finish(findings.replacements_finding(result, measure), what, [], dated=False)


def waterfall(result: Results, during: dict[str, float]) -> pd.Series[float]:
    """Bars in order [GWh]: gas lost (higher demand among it), what replaces it by source, what is cut; the rest if it shows.

    Positive amounts fill the loss; their sum is the loss. Stores and sources below a trace are in the rest.
    """
    change = pd.Series({k: float(v) for k, v in during.items()})
    lost = -float(change[change < -LEAST_CHANGE].sum())
    gained = change[change > LEAST_CHANGE]
    order = [s for s in ordered(gained.index, SOURCES) if s != "curtailment"]
    cut = ["curtailment"] if "curtailment" in gained else []
    bars = pd.Series({LOST: lost, **{s: float(gained[s]) for s in [*order, *cut]}})
    rest = lost - float(bars.iloc[1:].sum())
    return pd.concat([bars, pd.Series({REST: rest})]) if abs(rest) > VISIBLE * lost else bars


def _bar_name(result: Results, bar: str, lines: int) -> str:
    if bar in (LOST, REST):
        return bar
    if bar in ("curtailment", "fuel_switch"):
        return "Cut" if bar == "curtailment" else "Fuel oil"
    name = source_name(result, bar).replace("from store:", "Store:")
    if lines == 1:
        return textwrap.shorten(name, BAR_LETTERS, placeholder=" …")
    return textwrap.fill(name, BAR_LETTERS, max_lines=lines, placeholder=" …")


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
    (curve,) = sheet.axes.step(x, served, where="post", color=BLACK, linewidth=1.4, label="Served share of demand")
    limit = sheet.axes.axhline(
        100 * RECOVERED, color=GREY, linewidth=0.9, linestyle="--", label=f"{100 * RECOVERED:.0f} %"
    )
    date_axis(sheet.axes, sheet.days)
    low = float(share.min().iloc[0])
    sheet.axes.set_ylim(max(0.0, np.floor((low - 5) / 10) * 10), 101)
    sheet.axes.set_ylabel("%", size=TEXT_SIZE)
    handles: list[Artist] = [curve, limit, Patch(color=VERMILLION, alpha=0.35, label="Resilience loss")]
    return sheet.finish(findings.resilience_finding(result), "Served share of firm demand, %", handles)


def duration(result: Results, ax: Axes | None = None, unit: UnitName = "mcm") -> Figure:
    """Load-duration curve: gas days in the order of demand [mcm/d or GWh/d], and which supply served each."""
    measure, sheet = unit_named(unit), canvas(result, ax)
    demand = (indicators.system_demand(result) * measure.factor).sort_values(ascending=False, kind="stable")
    stack = indicators.supply_by_source(result) * measure.factor
    stack = stack[[s for s in ordered(stack.columns, SOURCES) if stack[s].max() > indicators.TRACE]]
    ranked = stack.loc[demand.index].set_axis(pd.RangeIndex(1, len(demand) + 1))
    tint = colours(stack.columns, SOURCES)
    x, base = np.arange(len(demand) + 1) + 0.5, np.zeros(len(demand) + 1)
    handles: list[Artist] = []
    for source in ranked:
        top = base + np.append(ranked[source], ranked[source].iloc[-1])
        handles.append(sheet.axes.fill_between(x, base, top, step="post", linewidth=0, color=tint[str(source)],
                                               label=label(result, str(source))))  # fmt: skip
        base = top
    (curve,) = sheet.axes.step(x, np.append(demand, demand.iloc[-1]), where="post", color=BLACK, linewidth=1.4,
                               label="Firm demand")  # fmt: skip
    _plain(sheet.axes)
    sheet.axes.set(xlim=(0.5, len(demand) + 0.5), ylim=(0, None))
    sheet.axes.set_xlabel("gas days, highest demand first", size=TEXT_SIZE)
    sheet.axes.set_ylabel(measure.rate, size=TEXT_SIZE)
    what = f"Gas days in the order of demand, {measure.rate}; supply above demand goes into store or is sold"
    return sheet.finish(findings.duration_finding(result, measure), what, [curve, *reversed(handles)], dated=False)


def entries(result: Results, ax: Axes | None = None, unit: UnitName = "mcm") -> Figure:
    """Daily flow by entry point [mcm/d or GWh/d], stacked, with the days of events marked."""
    measure, sheet = unit_named(unit), canvas(result, ax)
    flows = indicators.entry_flows(result) * measure.factor
    flows = flows[flows.sum().sort_values(ascending=False, kind="stable").index]
    flows = flows.loc[:, flows.max() > indicators.TRACE]
    shade(sheet.axes, result, sheet.days)
    styles: dict[str, dict[str, Any]] = {
        str(e): {"color": CYCLE[k % len(CYCLE)], "label": name_of(result, "upstream", str(e))}
        for k, e in enumerate(flows)
    }
    handles = stack_steps(sheet.axes, flows, styles)
    date_axis(sheet.axes, sheet.days)
    sheet.axes.set_ylim(bottom=0)
    sheet.axes.set_ylabel(measure.rate, size=TEXT_SIZE)
    what = f"Daily flow by entry point, gas for neighbours included, {measure.rate}"
    return sheet.finish(findings.entries_finding(result, measure), what, handles[::-1])


def _plain(axes: Axes, across: Literal["x", "y"] = "y") -> None:
    """Axes without dates: light grid across the values, no box, plain numbers."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis=across, color=PALE, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=TEXT_SIZE, colors=INK)
