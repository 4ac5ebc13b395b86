"""The ground of a map: countries, and zones as areas in the colour of their cut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from energysim.indicators.curtailment import RATE_BANDS, band
from energysim.inputs.geography import Geography
from energysim.outputs.drawing import SHORTAGE
from energysim.outputs.maps.cells import Corner, borders, cells
from energysim.outputs.maps.outlines import BOX, Array, Country, project
from energysim.outputs.maps.snapshot import Zone
from energysim.outputs.palette import GREY, INK

HUNDRED, TICK = 100 / 111.2, 0.03
"""A hundred kilometres, a degree of latitude being 111.2 of them; and the ends of the bar that shows them."""
SCALE_BAR = (BOX[0] + 0.12, BOX[1] + 0.12)
LAND, SEA, BORDER = "#F1EFEA", "#DCE6EE", "#9A958C"
HATCH, HATCH_COLOUR = "////", "#CFCBC3"
DOTS, DASHES = (0, (1, 1.5)), (0, (4, 2))
BAND_COLOURS = {
    name: to_hex(SHORTAGE(place))
    for (_, name), place in zip(RATE_BANDS, (0.0, 0.2, 0.38, 0.54, 0.68, 1.0), strict=True)
}
"""Band of the curtailment rate -> colour of a zone, from the scale of the heat maps."""


def frame(axes: Axes) -> None:
    """Limits, a bar of scale and a thin frame; the sea lies below everything."""
    axes.set(xlim=(BOX[0], BOX[2]), ylim=(BOX[1], BOX[3]), xticks=[], yticks=[], facecolor=SEA)
    axes.set_aspect("equal", adjustable="box", anchor="NW")
    axes.spines[:].set(color=BORDER, linewidth=0.6)
    x, y = SCALE_BAR
    axes.plot([x, x, x + HUNDRED, x + HUNDRED], [y + TICK, y, y, y + TICK], color=INK, linewidth=0.9, zorder=8)
    axes.text(x + HUNDRED / 2, y + TICK, "100 km", size=7, ha="center", va="bottom", color=INK, zorder=8)


def draw_ground(
    axes: Axes, geography: Geography, on_map: Mapping[str, Country], zones: Iterable[Zone], scale: float = 1.0
) -> None:
    """Countries, those that are supplied in the colour of their cut; the home country divided among its zones."""
    found = list(zones)
    colour = {z.country: BAND_COLOURS.get(band(z.share, RATE_BANDS), LAND) for z in found if z.country}
    apart = frozenset(
        (x, y) for country in on_map.values() if country.footnoted for ring in country.rings for x, y in ring.tolist()
    )
    for name, country in on_map.items():
        if country.footnoted:
            _apart(axes, country, scale)
        elif country.home:
            _border(axes, country, apart, scale)
        else:
            style = {"edgecolor": BORDER, "linewidth": 0.6 * scale}
            axes.add_patch(PathPatch(country.path, facecolor=colour.get(name, LAND), zorder=1.0, **style))
    home = [country.path for country in on_map.values() if country.home]
    if home:
        _areas(axes, Path.make_compound_path(*home), geography, [z for z in found if not z.country])


def _apart(axes: Axes, country: Country, scale: float) -> None:
    """A territory with a footnote: hatched, its line thin and broken."""
    with rc_context({"hatch.linewidth": 0.6}):
        style = {"facecolor": LAND, "edgecolor": HATCH_COLOUR, "hatch": HATCH}
        axes.add_patch(PathPatch(country.path, linewidth=0, zorder=1.3, **style))
    line = {"edgecolor": GREY, "linewidth": 0.8 * scale, "linestyle": DASHES}
    axes.add_patch(PathPatch(country.path, fill=False, zorder=2.2, **line))


def _border(axes: Axes, country: Country, apart: frozenset[tuple[float, float]], scale: float) -> None:
    """The line of the home country, left out along a territory with a footnote, whose own line is there."""
    pieces = [piece for ring in country.rings for piece in _stretches(ring, apart)]
    for colour, width in (("white", 2.6), (INK, 1.1)):  # the white edge keeps the border on dark zones
        lines = LineCollection(pieces, colors=colour, linewidths=width * scale, zorder=2.0)
        axes.add_collection(lines, autolim=False)


def _stretches(ring: Array, apart: frozenset[tuple[float, float]]) -> list[Array]:
    """The parts of a ring that do not run along shared points."""
    shared = np.array([(x, y) in apart for x, y in ring.tolist()])
    along = shared[:-1] & shared[1:]
    breaks = np.flatnonzero(np.diff(along.astype(int))) + 1
    starts, stops = [0, *breaks], [*breaks, len(along)]
    return [ring[a : b + 1] for a, b in zip(starts, stops, strict=True) if not along[a]]


def _areas(axes: Axes, inside: Path, geography: Geography, zones: Sequence[Zone]) -> None:
    """Each zone as the cells of its places, clipped to the home country, a dotted line between zones."""
    of, found = _cells(geography, [z.id for z in zones])
    for zone in zones:
        parts = [Path([*[c[:2] for c in cell], cell[0][:2]], closed=True)
                 for cell, of_zone in zip(found, of, strict=True) if of_zone == zone.id]  # fmt: skip
        if parts:
            colour = BAND_COLOURS.get(band(zone.share, RATE_BANDS), LAND)
            patch = PathPatch(Path.make_compound_path(*parts), facecolor=colour, linewidth=0, zorder=1.4)
            axes.add_patch(patch).set_clip_path(inside, axes.transData)
    for colour, width, dots in (("white", 1.6, "-"), (INK, 0.8, DOTS)):
        between = LineCollection(borders(found, of), colors=colour, linewidths=width, linestyles=[dots], zorder=1.5)
        axes.add_collection(between, autolim=False)
        between.set_clip_path(inside, axes.transData)


def _cells(geography: Geography, zones: Sequence[str]) -> tuple[list[str], list[list[Corner]]]:
    """The zone of every cell, and the cells of the places that belong to the zones of a run."""
    places = [p for p, node in geography.zones.items() if node in zones]
    if not places:
        return [], []
    points = project(np.array([geography.places[p].point for p in places]))
    return [geography.zones[p] for p in places], cells(points, BOX)
