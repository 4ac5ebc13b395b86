"""Gas in store: stock by account, the levels it should have, and what was reported to lie there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from energysim.indicators import basic as indicators
from energysim.outputs.canvas import TEXT_SIZE, canvas, date_axis, positions, shade
from energysim.outputs.charts import UnitName
from energysim.outputs.findings import name_of, storage_finding
from energysim.outputs.palette import BLACK, INK, SOURCES, VERMILLION, colours
from energysim.outputs.wording import Unit, number, unit_named
from energysim.results import Results
from energysim.words import say

TARGET: dict[str, Any] = {"markersize": 6, "markeredgecolor": BLACK, "zorder": 3}
HOLLOW: dict[str, Any] = {
    "markersize": 8, "markerfacecolor": "white", "markeredgewidth": 1.8, "linestyle": "", "zorder": 4,
}  # fmt: skip
REPORT, ESTIMATE, SITE = "report", "estimate", "site"
SHAPES = {REPORT: "o", ESTIMATE: "^", SITE: "s"}
"""Marks of stocks that were reported for an account or for all callable gas, estimated, and reported for a whole store."""


def storage(result: Results, ax: Axes | None = None, unit: UnitName = "mcm") -> Figure:
    """Stock on the morning [mcm or GWh] by account with opening, target and reported levels, and the callable sum."""
    measure, sheet = unit_named(unit), canvas(result, ax)
    stock, x = result.quantity("inventory") * measure.factor, positions(result.dates)
    accounts = result.assets[result.assets["table"] == "accounts"].set_index("asset").reindex(list(stock))
    targets, tint = indicators.target_shortfalls(result), colours(stock.columns, SOURCES)
    shade(sheet.axes, result, sheet.days)
    handles: list[Artist] = []
    if (accounts["group"] == "callable").sum() > 1:
        total = indicators.callable_stock(result) * measure.factor
        handles += sheet.axes.plot(x, total, color=BLACK, linewidth=2.2, label=say("All callable stock"))
    for account, row in accounts.iterrows():
        dashes = "-" if row["group"] == "callable" else "--"
        style: dict[str, Any] = {"color": tint[str(account)], "linewidth": 1.8, "linestyle": dashes}
        handles += sheet.axes.plot(x, stock[account], label=_account(result, row, stock[account], measure), **style)
        sheet.axes.plot(x[0], stock[account].iloc[0], "o", color=tint[str(account)], clip_on=False)
        of = targets[targets["account"] == account]
        days, level = positions(of["date"]), of["level"] * measure.factor
        sheet.axes.plot(days, level, "D", color=tint[str(account)], **TARGET)
    if len(targets):
        handles += sheet.axes.plot([], [], "D", color="white", label=say("Target level"), **TARGET)
    handles += _reports(sheet.axes, result, tint, measure)
    date_axis(sheet.axes, sheet.days)
    sheet.axes.set_ylim(bottom=0)
    sheet.axes.set_ylabel(measure.name, size=TEXT_SIZE)
    what = say("Stock on the morning of each gas day, {unit}", unit=measure.name)
    return sheet.finish(storage_finding(result, measure), what, handles)


def _account(result: Results, row: pd.Series[Any], stock: pd.Series[float], measure: Unit) -> str:
    """`Banatski Dvor, Serbian gas: opening 380, volume 400`."""
    opening = number(float(stock.iloc[0]))
    name: str = name_of(result, "accounts", str(row.name))
    if row["group"] != "callable":
        name = say("{account} (not callable)", account=name)
    if not row["volume"] > 0:
        return say("{account}: opening {opening}", account=name, opening=opening)
    volume = number(float(row["volume"]) * measure.factor)
    return say("{account}: opening {opening}, volume {volume}", account=name, opening=opening, volume=volume)


def _reports(axes: Axes, result: Results, tint: Mapping[str, str], measure: Unit) -> list[Artist]:
    """Reported stocks as hollow marks in the colour of the line that counts the same gas; returns what the legend says."""
    seen: dict[str, list[str]] = {}
    for report in result.manifest.get("reported_stocks", []):
        kind = SITE if report["about"] == SITE else ESTIMATE if report["estimate"] else REPORT
        seen.setdefault(kind, []).append(report["by"])
        counted = report["accounts"]
        colour = VERMILLION if kind == SITE else tint[counted[0]] if len(counted) == 1 else BLACK
        day, level = positions(pd.DatetimeIndex([report["date"]])), [report["level"] * measure.factor]
        axes.plot(day, level, SHAPES[kind], markeredgecolor=colour, clip_on=False, **HOLLOW)
    handles: list[Artist] = []
    for kind in (k for k in SHAPES if k in seen):
        by = ", ".join(dict.fromkeys(b for b in seen[kind] if b))
        text = {
            REPORT: say("Reported stock, in the colour of its line: {by}", by=by),
            ESTIMATE: say("Estimated from reports: {by}", by=by) if by else say("Estimated"),
            SITE: say("Reported for all gas in the store, whoever owns it: {by}", by=by),
        }[kind]
        edge = VERMILLION if kind == SITE else INK
        handles.append(Line2D([], [], marker=SHAPES[kind], markeredgecolor=edge, label=text, **HOLLOW))
    return handles
