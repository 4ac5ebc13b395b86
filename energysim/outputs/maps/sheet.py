"""The map of one run: a page of its own, or drawn in axes that are given."""

from __future__ import annotations

from datetime import date

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from energysim.errors import InputError
from energysim.inputs.geography import Geography, read_geography
from energysim.outputs.canvas import SMALL_SIZE, TEXT_SIZE
from energysim.outputs.charts import UnitName
from energysim.outputs.findings import foot, subtitle
from energysim.outputs.maps.finding import finding
from energysim.outputs.maps.ground import frame
from energysim.outputs.maps.legend import draw_legend
from energysim.outputs.maps.outlines import countries
from energysim.outputs.maps.page import GAP, POINTS, notes, page, wrapped
from energysim.outputs.maps.period import period
from energysim.outputs.maps.picture import RATIO, draw, label, unit_of
from energysim.outputs.maps.snapshot import Snapshot, snapshot
from energysim.outputs.palette import GREY
from energysim.outputs.wording import Unit, unit_named
from energysim.results import Results
from energysim.words import say

MAP, LEGEND = 6.9, 2.75
"""Inches of width of a map and of the legend beside it."""


def map_of(result: Results, ax: Axes | None = None, unit: UnitName = "mcm", day: str | date | None = None) -> Figure:
    """Map of a run [mcm/d or GWh/d]: flows against capacities, lines that bind, zones by the share cut, stores.

    day: a gas day, an event's name (mean over its days) or `events` (mean over those of all); unless told, the day with
    most unserved gas, or of highest demand where nobody is cut. Raises InputError for a day or an event that the run
    does not have, and for a run none of whose nodes is on the map.
    """
    geography, measure = read_geography(), unit_named(unit)
    shown = snapshot(result, geography, period(result, day))
    what = say("Gas flows and cuts, {rate}; {period}", rate=measure.rate, period=shown.period.said)
    if ax is not None:
        return _within(ax, result, shown, geography, measure, what)
    high, scale = MAP * RATIO, unit_of(MAP)
    sheet = page(MAP + GAP + LEGEND, high, finding(shown), subtitle(result, what), [foot(result), *notes(geography)])
    axes, on_map = sheet.axes(0.0, 0.0, MAP, high), countries(geography, scale)
    draw(axes, shown, geography, on_map, scale)
    label(axes, shown, geography, on_map, scale, measure)
    side = sheet.axes(MAP + GAP, 0.0, LEGEND, high)
    draw_legend(side, (LEGEND * POINTS, high * POINTS), [shown], geography, measure)
    return sheet.figure


def _within(ax: Axes, result: Results, shown: Snapshot, geography: Geography, measure: Unit, what: str) -> Figure:
    """A map in axes that were given, its legend to their right."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise InputError("the axes given belong to no figure; make them with Figure().subplots()")
    frame(ax)
    ax.apply_aspect()
    box = ax.get_window_extent().transformed(figure.dpi_scale_trans.inverted())
    width, high = float(box.width), float(box.height)
    scale = unit_of(width)
    on_map = countries(geography, scale)
    draw(ax, shown, geography, on_map, scale, min(1.0, width / MAP))
    label(ax, shown, geography, on_map, scale, measure)
    side = ax.inset_axes((1.0 + GAP / width, 0.0, LEGEND / width, 1.0))
    draw_legend(side, (LEGEND * POINTS, high * POINTS), [shown], geography, measure)
    room = width + GAP + LEGEND
    above = [line for text in (finding(shown), subtitle(result, what)) for line in wrapped(text, room, TEXT_SIZE)]
    ax.set_title("\n".join(above), loc="left", size=TEXT_SIZE)
    below = [line for text in notes(geography) for line in wrapped(text, room, SMALL_SIZE)]
    ax.text(0.0, -0.02, "\n".join(below), transform=ax.transAxes, size=SMALL_SIZE, color=GREY, va="top")
    return figure
