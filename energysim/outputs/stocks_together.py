"""Stocks of several runs in one chart."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.figure import Figure

from energysim.indicators import basic as indicators
from energysim.outputs.canvas import TEXT_SIZE, canvas, date_axis, positions
from energysim.outputs.charts import UnitName
from energysim.outputs.palette import CYCLE
from energysim.outputs.scenario_words import said_title
from energysim.outputs.wording import number, unit_named
from energysim.results import Results
from energysim.words import day_month, say


def stocks(results: Sequence[Results], unit: UnitName = "mcm") -> Figure:
    """Callable stock on the morning [mcm or GWh] of every run, by day of its horizon; the first run's dates stand below."""
    measure, sheet = unit_named(unit), canvas(results[0])
    x = positions(results[0].dates)
    handles: list[Artist] = []
    for k, result in enumerate(results):
        stock = (indicators.callable_stock(result) * measure.factor).to_numpy()[: len(x)]
        style = "-" if k < len(CYCLE) else "--"
        label = said_title(result.title)
        handles += sheet.axes.plot(
            x[: len(stock)], stock, color=CYCLE[k % len(CYCLE)], linewidth=1.8, linestyle=style, label=label
        )
    date_axis(sheet.axes, sheet.days)
    sheet.axes.set_ylim(bottom=0)
    sheet.axes.set_ylabel(measure.name, size=TEXT_SIZE)
    lowest = [indicators.callable_stock(r) for r in results]
    least = min(range(len(results)), key=lambda k: float(lowest[k].min()))
    title = say("Stock falls lowest in: {title}, to {amount} on {day}", title=said_title(results[least].title),
                amount=f"{number(float(lowest[least].min()) * measure.factor)} {measure.name}", day=day_month(lowest[least].idxmin()))  # fmt: skip
    return sheet.finish(
        title, say("Callable stock on the morning of each gas day, {unit}", unit=measure.name), handles, lanes=False
    )
