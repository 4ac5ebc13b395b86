"""Lines with their flow: the width is the capacity, the filled part the flow, an arrowhead the direction.

A line that binds is black in a yellow band, with two bars across it: the cut through which no more gas gets.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Wedge
from numpy.typing import NDArray

from energysim.outputs.maps.outlines import project
from energysim.outputs.maps.snapshot import Line, Source, Store
from energysim.outputs.palette import BLACK, BLUE, GREEN, GREY, INK, SOURCES, YELLOW

Array = NDArray[np.float64]
WIDTH = 0.085
"""Points of width for a GWh/d."""
THIN, EDGE, HALO = 0.7, 1.1, 4.5
"""Points: the thinnest flow and line, both edges of a line together, the yellow band beyond it."""
FLOWING = 0.05
"""GWh/d below which a line has no arrow."""
HEAD, LONGEST = 8.0, 15.0
"""Points: smallest and largest arrowhead."""
SPOT = 0.62
"""Where along a line the arrowhead stands."""
RADIUS = 16.0
"""Points: radius of a store of TYPICAL GWh; areas are in proportion to volumes."""
TYPICAL = 8000.0
OWN, OTHERS = SOURCES["banatski_dvor_serbian"], SOURCES["banatski_dvor_gazprom"]
ROUND: dict[str, Any] = {"solid_capstyle": "round", "solid_joinstyle": "round"}


def line_width(rate: float, scale: float = 1.0) -> float:
    """Points of width of a rate [GWh/d]."""
    return max(THIN, WIDTH * scale * rate)


def outer_width(line: Line, scale: float = 1.0) -> float:
    """Points of width of a line with its edges; without a capacity, of its flow."""
    return line_width(line.flow if line.capacity is None else line.capacity, scale) + EDGE


def draw_line(axes: Axes, line: Line, scale: float = 1.0, zorder: float = 3.0) -> None:
    """A line as wide as its capacity, filled by its flow; dashed where it is closed."""
    x, y = project(line.points).T
    closed = line.capacity is not None and line.capacity <= 0
    if closed:
        axes.plot(x, y, color=GREY, linewidth=1.0, linestyle=(0, (3, 2)), zorder=zorder)
        return
    outer = outer_width(line, scale)
    if line.binds:
        axes.plot(x, y, color=BLACK, linewidth=outer + HALO * scale + 1.0, zorder=zorder, **ROUND)
        axes.plot(x, y, color=YELLOW, linewidth=outer + HALO * scale, zorder=zorder + 0.01, **ROUND)
    if line.capacity is not None:
        axes.plot(x, y, color=GREY, linewidth=outer, zorder=zorder + 0.02, **ROUND)
        axes.plot(x, y, color="white", linewidth=max(THIN, outer - EDGE), zorder=zorder + 0.03, **ROUND)
    if line.flow > FLOWING:
        colour = BLACK if line.binds else BLUE
        axes.plot(x, y, color=colour, linewidth=line_width(line.flow, scale), zorder=zorder + 0.04, **ROUND)
    if line.labelled and line.flow > FLOWING:
        _arrowhead(axes, line, scale, zorder + 0.2)
    if line.binds:
        _bars(axes, line, outer + HALO * scale, scale, zorder + 0.3)


def middle(points: Array, share: float) -> tuple[Array, float]:
    """The point at a share of the length of a line, and the angle of the line there [degrees from east]."""
    steps = np.diff(points, axis=0)
    lengths = np.hypot(*steps.T)
    ends = np.cumsum(lengths)
    k = min(int(np.searchsorted(ends, share * ends[-1])), len(steps) - 1)
    part = 1.0 - (ends[k] - share * ends[-1]) / lengths[k]
    return points[k] + part * steps[k], math.degrees(math.atan2(steps[k][1], steps[k][0]))


def _arrowhead(axes: Axes, line: Line, scale: float, zorder: float) -> None:
    at, angle = middle(project(line.points), SPOT)
    size = min(LONGEST, max(HEAD, 1.5 * line_width(line.flow, scale))) * (1.0 if scale == 1.0 else 0.75)
    style: dict[str, Any] = {"color": BLACK if line.binds else BLUE, "markeredgecolor": "white", "markeredgewidth": 0.8}
    axes.plot(*at, marker=(3, 0, angle - 90), markersize=size, linestyle="", zorder=zorder, **style)


def _bars(axes: Axes, line: Line, across: float, scale: float, zorder: float) -> None:
    """Two bars across a line that binds."""
    for share in (0.3, 0.37):
        at, angle = middle(project(line.points), share)
        style: dict[str, Any] = {"markersize": across + 8 * scale, "markeredgewidth": 2.0 * scale}
        axes.plot(*at, marker=(2, 2, angle), color=BLACK, zorder=zorder, **style)


def radius(store: Store, scale: float = 1.0) -> float:
    """Points: the area of a store's circle is in proportion to its volume."""
    return float(RADIUS * scale * math.sqrt(max(store.volume, 0.0) / TYPICAL)) if math.isfinite(store.volume) else 0.0


def draw_store(axes: Axes, store: Store, unit: float, scale: float = 1.0) -> None:
    """A pie of the volume: callable gas, gas of others, room; unit: points in one unit of the map."""
    centre = project(store.points[0])
    size = radius(store, scale) / unit
    if size <= 0:
        return
    x, y = float(centre[0]), float(centre[1])
    axes.add_patch(Circle((x, y), size, facecolor="white", edgecolor="none", zorder=5))
    turned = 90.0
    for amount, colour in ((store.callable, OWN), (store.other, OTHERS)):
        share = min(1.0, amount / store.volume)
        if share > 0:
            end = turned - 360.0 * share
            axes.add_patch(Wedge((x, y), size, end, turned, facecolor=colour, linewidth=0, zorder=5.1))
            turned = end
    axes.add_patch(Circle((x, y), size, fill=False, edgecolor=INK, linewidth=1.0, zorder=5.2))


def draw_connection(axes: Axes, store: Store, scale: float = 1.0) -> None:
    """The line from a store to the network, an arrow on it while gas goes in or out; its capacity is not shown."""
    if len(store.points) < 2:
        return
    points = store.points if store.out >= 0 else store.points[::-1]
    line = Line("", "", points, abs(store.out), None)
    if line.flow > FLOWING:
        draw_line(axes, line, scale)
    else:
        axes.plot(*project(points).T, color=GREY, linewidth=1.0, zorder=3)


def draw_source(axes: Axes, source: Source, scale: float = 1.0) -> None:
    """Production: a diamond."""
    at = project(source.point)
    axes.plot(*at, marker="D", markersize=7 * scale, color=GREEN, markeredgecolor="white", linestyle="", zorder=5)


def draw_passing(axes: Axes, points: Array) -> None:
    """Transit that the model does not know: a thin broken line."""
    axes.plot(*project(points).T, color=GREY, linewidth=1.2, linestyle=(0, (5, 2, 1, 2)), zorder=2.9)
