"""A map in its axes: the ground, lines, stores and, on a large one, everything that is written."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes

from energysim.inputs.geography import Geography
from energysim.outputs.maps.annotate import annotate, writer
from energysim.outputs.maps.ground import draw_ground, frame
from energysim.outputs.maps.outlines import BOX, Country
from energysim.outputs.maps.page import POINTS
from energysim.outputs.maps.snapshot import Snapshot
from energysim.outputs.maps.strokes import draw_connection, draw_line, draw_passing, draw_source, draw_store
from energysim.outputs.wording import Unit

RATIO = (BOX[3] - BOX[1]) / (BOX[2] - BOX[0])
"""Height of a map as a multiple of its width."""


def unit_of(width: float) -> float:
    """Points in one unit of a map so many inches wide."""
    return width * POINTS / (BOX[2] - BOX[0])


def draw(
    axes: Axes, shown: Snapshot, geography: Geography, on_map: Mapping[str, Country], unit: float, scale: float = 1.0
) -> None:
    """A map without words; unit: points in one of its units; scale: width of lines against those of a large map."""
    frame(axes)
    draw_ground(axes, geography, on_map, shown.zones, scale)
    for passing in shown.passing:
        draw_passing(axes, passing)
    for line in shown.lines:
        draw_line(axes, line, scale, zorder=4.0 if line.binds else 3.0)
    for store in shown.stores:
        draw_connection(axes, store, scale)
        draw_store(axes, store, unit, scale)
    for source in shown.sources:
        draw_source(axes, source, scale)


def label(
    axes: Axes, shown: Snapshot, geography: Geography, on_map: Mapping[str, Country], unit: float, measure: Unit
) -> None:
    """Everything that is written on a map."""
    annotate(writer(axes, geography, on_map, measure, unit), shown)
