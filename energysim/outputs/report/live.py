"""The interactive twins of some charts: the same numbers as data that the page's script draws with ECharts.

A twin is a plain dict: dates or categories, series with name, colour, kind and values, the unit. The script knows how
to draw these and nothing of gas. Values are rounded to what a reader can tell apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from energysim.indicators import basic as indicators
from energysim.outputs.canvas import occurrences
from energysim.outputs.charts import INJECTED, SOLD, price_lines, taken_out
from energysim.outputs.drawing import supply_layers
from energysim.outputs.findings import name_of
from energysim.outputs.palette import BLACK, CLASSES, CYCLE, SOURCES, colours, ordered
from energysim.outputs.stocks_together import run_name
from energysim.outputs.wording import Unit
from energysim.results import Results
from energysim.words import day_month, iso_or_local, say

Twin = dict[str, Any]
PLACES = 3
"""Decimals kept; mcm/d or GWh/d are shown with at most two."""


def supply(result: Results, unit: Unit) -> Twin:
    """Supply by source stacked, what is injected and sold below zero, demand as a line."""
    stack, styles = supply_layers(result, unit.factor)
    series = [_area(style["label"], style.get("color", "#FFFFFF"), stack[s]) for s, style in styles.items()]
    if "unserved" in styles:
        series[-1]["border"] = BLACK
    taken = -taken_out(result) * unit.factor
    below = {"injection": (say("Injection into store"), INJECTED), "sales": (say("Sales"), SOLD)}
    series += [_area(*below[str(what)], taken[what]) for what in taken]
    series.append(_line(say("Firm demand"), BLACK, indicators.system_demand(result) * unit.factor))
    return _by_day(result, series, unit.rate)


def storage(result: Results, unit: Unit) -> Twin:
    """Stock of each account on the morning, and of all callable ones."""
    stock = result.quantity("inventory") * unit.factor
    tint = colours(stock.columns, SOURCES)
    series = [_line(name_of(result, "accounts", str(a)), tint[str(a)], stock[a]) for a in stock]
    if len(stock.columns) > 1:
        series.append(_line(say("All callable stock"), BLACK, indicators.callable_stock(result) * unit.factor))
    return _by_day(result, series, unit.name)


def curtailment(result: Results, unit: Unit) -> Twin | None:
    """Curtailment by class stacked; None where nobody is cut."""
    cut = indicators.curtailment_by_class(result) * unit.factor
    cut = cut[[c for c in ordered(cut.columns, CLASSES) if cut[c].max() > indicators.TRACE]]
    if cut.empty or not len(cut.columns):
        return None
    tint = colours(cut.columns, CLASSES)
    series = [_area(name_of(result, "demand_classes", str(c)), tint[str(c)], cut[c]) for c in cut]
    return _by_day(result, series, unit.rate)


def prices(result: Results, unit: Unit) -> Twin:
    """Cost of one more MWh, nodes of one price in one line; unit is taken for the sake of one call for all."""
    series = [_line(name, CYCLE[k % len(CYCLE)], price) for k, (name, price) in enumerate(price_lines(result))]
    return _by_day(result, series, say("EUR/MWh"))


def stocks_side_by_side(results: Sequence[Results], unit: Unit) -> Twin:
    """Callable stock of several runs, by day of their gas years."""
    return _side_by_side(results, [indicators.callable_stock(r) * unit.factor for r in results], unit.name)


def cuts_side_by_side(results: Sequence[Results], unit: Unit) -> Twin | None:
    """Unserved gas of several runs, by day of their gas years; None where nobody is cut in any."""
    if not any(indicators.cut_days(r) for r in results):
        return None
    return _side_by_side(results, [indicators.unserved_by_day(r) * unit.factor for r in results], unit.rate)


TWINS = {"supply": supply, "storage": storage, "curtailment": curtailment, "prices": prices}
"""Name of a chart -> its twin."""


def _side_by_side(results: Sequence[Results], columns: Sequence[pd.Series[float]], unit: str) -> Twin:
    longest = max(results, key=lambda r: len(r.dates))
    same = all(r.dates.equals(longest.dates) for r in results)
    series = [
        _line(run_name(r, same), CYCLE[k % len(CYCLE)], c)
        for k, (r, c) in enumerate(zip(results, columns, strict=True))
    ]
    days = [(iso_or_local if same else day_month)(d) for d in longest.dates]
    return {"days": days, "series": series, "unit": unit, "events": []}


def _by_day(result: Results, series: list[dict[str, Any]], unit: str) -> Twin:
    days = [iso_or_local(d) for d in result.dates]
    first = result.dates[0]
    events = [
        {"name": e.name, "from": (e.start - first).days, "to": (e.stop - first).days - 1}
        for e in occurrences(result, result.dates)
    ]
    return {"days": days, "series": series, "unit": unit, "events": events}


def _area(name: str, colour: str, values: pd.Series[float]) -> dict[str, Any]:
    return _line(name, colour, values) | {"stacked": True}


def _line(name: str, colour: str, values: pd.Series[float]) -> dict[str, Any]:
    """A series; NaN becomes None, since JSON knows no NaN."""
    return {
        "name": str(name),
        "colour": colour,
        "values": [None if v != v else round(float(v), PLACES) for v in values],
    }
