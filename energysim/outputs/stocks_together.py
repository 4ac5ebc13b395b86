"""Stocks of several runs in one chart."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.figure import Figure

from energysim.indicators import basic as indicators
from energysim.outputs.canvas import BODY, TEXT_LINE, TEXT_SIZE, date_axis, positions
from energysim.outputs.charts import UnitName
from energysim.outputs.findings import foresight_words
from energysim.outputs.letters import wrapped
from energysim.outputs.palette import CYCLE, INK
from energysim.outputs.scenario_words import said_title
from energysim.outputs.sheet import Margins, made_by, method_notes, sheet
from energysim.outputs.wording import Unit, number, unit_named
from energysim.results import Results
from energysim.words import day_month, say

LEFT, RIGHT = 0.85, 2.75
"""Inches beside the data: for the axis, for the legend."""
LETTERS, LEGEND = 34, RIGHT - 0.55
"""Most letters in a line of the legend, and the inches that they have."""
BETWEEN = 0.5
"""Lines between two entries of the legend."""


def stocks(results: Sequence[Results], unit: UnitName = "mcm") -> Figure:
    """Callable stock on the morning [mcm or GWh] of every run, by day of its horizon; the longest run's dates stand below.

    Where the horizons differ, the dates bear no year, and the legend says the gas year of each run.
    """
    measure = unit_named(unit)
    longest = max(results, key=lambda r: len(r.dates))
    same = all(r.dates.equals(longest.dates) for r in results)
    names = [wrapped(run_name(r, same), LETTERS, LEGEND, TEXT_SIZE) for r in results]
    body = max(BODY, TEXT_LINE * sum(len(n) + BETWEEN for n in names))
    known = {str(r.manifest["foresight"]) for r in results}
    about = [
        say("Callable stock on the morning of each gas day, {unit}", unit=measure.name),
        "" if same else say("day by day from the start of each run"),
        foresight_words(known.pop()) if len(known) == 1 else "",
    ]
    runs = say("runs {runs}", runs=", ".join(r.run_id for r in results))
    source = [made_by(results[0].manifest), runs, *method_notes()]
    figure, axes = sheet(_finding(results, measure), about, source, Margins(body, LEFT, RIGHT))
    x = positions(longest.dates)
    handles: list[Artist] = []
    for k, result in enumerate(results):
        stock = (indicators.callable_stock(result) * measure.factor).to_numpy()
        style = "-" if k < len(CYCLE) else "--"
        handles += axes.plot(x[: len(stock)], stock, color=CYCLE[k % len(CYCLE)], linewidth=1.8, linestyle=style)
    date_axis(axes, longest.dates)
    if not same:
        axes.set_xticks(axes.get_xticks(), [t.get_text().split("\n")[0] for t in axes.get_xticklabels()])
    axes.set_ylim(bottom=0)
    axes.set_ylabel(measure.name, size=TEXT_SIZE)
    axes.legend(handles, ["\n".join(n) for n in names], loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0,
                frameon=False, fontsize=TEXT_SIZE, labelcolor=INK, labelspacing=BETWEEN)  # fmt: skip
    return figure


def run_name(result: Results, same: bool) -> str:
    """What a run is called among others: its title, and its gas year unless all have the `same` days."""
    title = str(said_title(result.title))
    return title if same else f"{title} ({result.manifest['gas_year']})"


def _finding(results: Sequence[Results], unit: Unit) -> str:
    """Which run's stock falls lowest, how low, when."""
    stocked = [indicators.callable_stock(r) for r in results]
    stock, least = min(zip(stocked, results, strict=True), key=lambda pair: float(pair[0].min()))
    amount = f"{number(float(stock.min()) * unit.factor)} {unit.name}"
    return say("Stock falls lowest in: {title}, to {amount} on {day}",
               title=said_title(least.title), amount=amount, day=day_month(stock.idxmin()))  # fmt: skip
