"""Contracts: nominations against daily quantities, and what is taken against quantities over periods and take-or-pay."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from energysim.errors import InputError
from energysim.indicators import basic as indicators
from energysim.indicators.periods import period_use
from energysim.outputs.canvas import RIGHT, SMALL_SIZE, SPAN, TEXT_SIZE, canvas, date_axis, shade, steps
from energysim.outputs.chart_findings import takes_finding
from energysim.outputs.charts import UnitName
from energysim.outputs.drawing import LETTERS, PANEL_WIDTH, panel_places, plain, stack_steps
from energysim.outputs.findings import contracts_finding, label, name_of, percent
from energysim.outputs.letters import wrapped
from energysim.outputs.palette import BLACK, INK, PALE, SOURCES, VERMILLION, colours
from energysim.outputs.wording import Unit, number, unit_named
from energysim.results import Results
from energysim.words import day_month, say

ROOM = 1.32
"""End of the axis of shares, so that amounts stand behind the bars."""
BAR, MARK = 0.56, 0.8
"""Heights of a bar and of the mark of its take-or-pay minimum, as shares of a row."""
NAME_LETTERS, LEAST_ROWS, TITLE_LINES = 34, 6, 2
DASHES = (0, (2.0, 2.0))
PLEDGE_WIDTH = 2.6
QUANTITY: dict[str, Any] = {"facecolor": PALE, "edgecolor": INK, "linewidth": 0.9}


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
        title = _panel_title(name_of(result, "contracts", str(contract)), percent(row["use"]), letters)
        panel.set_title(title, loc="left", size=TEXT_SIZE)
    handles: list[Artist] = [Line2D([], [], color=BLACK, linewidth=1, label=say("Daily contract quantity"))]
    handles += [Patch(color=tint[s], label=say("Nominated: {source}", source=label(result, s))) for s in tint]
    idle = use.index[(use["nominated"] <= indicators.TRACE) & (use["dcq"] > 0)]
    if len(idle):
        names = ", ".join(name_of(result, "contracts", str(c)) for c in idle)
        handles.append(Patch(color="none", label=say("Not used: {names}", names=names)))
    what = say("Nominations, {rate} (scales differ), and % of the daily contract quantities", rate=measure.rate)
    return sheet.finish(contracts_finding(result, measure), what, handles, lanes=False)


def _panel_title(name: str, share: str, letters: int) -> str:
    """`Gazprom: 82 %` in two lines of so many letters at most; as many words of the name as fit."""
    words, inches = name.split(), SPAN * letters / LETTERS * PANEL_WIDTH
    for kept in range(len(words), 0, -1):
        short = name if kept == len(words) else f"{' '.join(words[:kept])} …"
        lines = wrapped(say("{contract}: {share}", contract=short, share=share), letters, inches, TEXT_SIZE)
        if len(lines) <= TITLE_LINES:
            break
    return "\n".join(lines)


def takes(result: Results, ax: Axes | None = None, unit: UnitName = "mcm") -> Figure:
    """What is taken of each contract over each of its periods [% of the agreed quantity; amounts in mcm or GWh], and take-or-pay.

    A contract without a quantity over periods is measured against the sum of its daily quantities. Raises InputError for
    a run that takes nothing and owes nothing, and for one that keeps no periods.
    """
    measure, sheet = unit_named(unit), canvas(result, ax)
    use = period_use(result)
    use = use[(use["taken"] > indicators.TRACE) | (use["pledge"] > 0)].reset_index(drop=True)
    if use.empty:
        raise InputError(
            f"{result.manifest['scenario']['id']}: no contract is used and none has to be, so there is nothing to compare"
        )
    source_of = result.assets[result.assets["table"] == "contracts"].set_index("asset")["group"]
    tint = colours(source_of[use["contract"]].drop_duplicates(), SOURCES)
    axes = sheet.axes
    for k, (_, row) in enumerate(use.iterrows()):
        _bar(axes, k, row, tint[source_of[row["contract"]]], measure)
    _rows(axes, [_row_name(result, row) for _, row in use.iterrows()])
    axes.set_xlim(0, 100 * ROOM)
    axes.set_xticks(range(0, 101, 20), [f"{t} %" for t in range(0, 101, 20)])
    _below(axes)
    what = say("Gas taken over each period, % of its quantity, amounts in {unit}", unit=measure.name)
    return sheet.finish(takes_finding(result, use, measure), what, [], dated=False)


def _bar(axes: Axes, place: int, row: pd.Series[Any], colour: str, measure: Unit) -> None:
    """One period: its quantity as the whole, what is taken of it, the mark of its take-or-pay minimum, both amounts."""
    agreed = bool(pd.notna(row["quantity"]))
    whole = float(row["quantity"] if agreed else row["daily"])
    axes.barh(place, 100, height=BAR, linestyle="-" if agreed else DASHES, **QUANTITY)
    share = 100 / whole if whole > 0 else 0.0
    axes.barh(place, share * row["taken"], height=BAR, color=colour, linewidth=0)
    if row["pledge"] > 0:
        ends = [place - MARK / 2, place + MARK / 2]
        axes.plot([share * row["pledge"]] * 2, ends, color=VERMILLION, linewidth=PLEDGE_WIDTH)
    amounts = {"taken": number(row["taken"] * measure.factor), "whole": number(whole * measure.factor)}
    axes.text(102, place, say("{taken} of {whole}", **amounts), va="center", size=TEXT_SIZE, color=INK)


def _rows(axes: Axes, names: list[str]) -> None:
    """Names of the rows right of the bars, the first on top; few rows keep slim bars."""
    plain(axes, "x")
    axes.set_yticks(range(len(names)), names, fontsize=TEXT_SIZE)
    axes.yaxis.tick_right()
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(max(len(names), LEAST_ROWS) - 0.5, -0.5)


def _row_name(result: Results, row: pd.Series[Any]) -> str:
    """A contract and, where it is not the whole horizon, the days of its period."""
    name = name_of(result, "contracts", str(row["contract"]))
    lines = wrapped(name, NAME_LETTERS, RIGHT - 0.25, TEXT_SIZE)
    if row["first"] > result.dates[0] or row["last"] < result.dates[-1]:
        days = say("{first} to {last}", first=day_month(row["first"]), last=day_month(row["last"]))
        lines = [*lines[:1], days]
    return "\n".join(lines)


def _below(axes: Axes) -> None:
    """The legend below the bars, where names leave no room beside them."""
    handles: list[Artist] = [
        Patch(**QUANTITY, label=say("Quantity of the period")),
        Patch(**QUANTITY, linestyle=DASHES, label=say("Sum of daily quantities, none agreed over a period")),
        Line2D([], [], color=VERMILLION, linewidth=PLEDGE_WIDTH, label=say("Take-or-pay minimum")),
    ]
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, -0.06), ncols=len(handles), frameon=False,
                fontsize=SMALL_SIZE, borderaxespad=0, borderpad=0, columnspacing=1.2)  # fmt: skip
