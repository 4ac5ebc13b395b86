"""What is written on a map: lines with flow and capacity, entries, stores, zones, towns, countries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from energysim.indicators.curtailment import RATE_BANDS, band
from energysim.inputs.geography import Geography
from energysim.outputs.findings import percent
from energysim.outputs.maps.ground import HUNDRED
from energysim.outputs.maps.labels import Board, Spot, among, around, beside, fitted, text_size
from energysim.outputs.maps.outlines import BOX, Country, project
from energysim.outputs.maps.snapshot import Line, Snapshot, Source, Store, Zone
from energysim.outputs.maps.strokes import HALO, outer_width, radius
from energysim.outputs.palette import BLACK, GREY, INK, YELLOW
from energysim.outputs.wording import Unit
from energysim.words import decimals, say, term

Array = NDArray[np.float64]
LARGE, MEDIUM, SMALL = 9.5, 8.0, 7.0
"""Points of letters: what binds, lines, stores and zones, towns."""
NAME, ZONE, LAND = 100.0, 88.0, 72.0
"""Points: widest name of an entry or a store, of a zone, of a country."""
COARSE, FAINT = 3, 0.6
"""Every so many points of a border keep labels off it, and how much."""
CORNERS = ((0.0, 0.0), (-0.5, -0.5), (0.5, 0.5), (-0.5, 0.5), (0.5, -0.5), (0.0, 0.5), (0.0, -0.5))
"""Points of a box that must lie within a country: shares of its width and height from its centre."""
GRID = 50
"""Places tried across the map."""
TOWN = 2.6
"""Points: size of the dot of a town."""
FIRST = ("beograd", "batajnica", "novi_sad", "nis", "paracin", "pancevo", "gospodjinci")
LANDMARKS = (*FIRST, "subotica", "kragujevac", "uzice", "leskovac", "zrenjanin")
"""Towns by which a reader finds the way, the first of them named before the zones."""
TOUCHING = 14.0
"""Square points of lines that the name of a town may touch."""
BOX_STYLE: dict[str, Any] = {"boxstyle": "square,pad=0.15", "facecolor": "white", "alpha": 0.85, "linewidth": 0}
TOWN_STYLE: dict[str, Any] = {"boxstyle": "square,pad=0.05", "facecolor": "white", "alpha": 0.6, "linewidth": 0}
BOUND_STYLE: dict[str, Any] = {"boxstyle": "round,pad=0.25", "facecolor": YELLOW, "edgecolor": BLACK, "linewidth": 1.0}


@dataclass(frozen=True)
class Writer:
    """Writes on a map whose unit is so many points long."""

    axes: Axes
    board: Board
    unit: float
    geography: Geography
    on_map: Mapping[str, Country]
    measure: Unit

    def points(self, degrees: Any) -> Array:
        """Degrees -> points from the lower left corner."""
        found: Array = (project(np.asarray(degrees)) - np.array(BOX[:2])) * self.unit
        return found

    def point(self, degrees: Any) -> tuple[float, float]:
        """One of them."""
        x, y = self.points(degrees)
        return float(x), float(y)

    def units(self, at: tuple[float, float]) -> tuple[float, float]:
        """Points from the lower left corner -> units of the map."""
        return at[0] / self.unit + BOX[0], at[1] / self.unit + BOX[1]

    def write(self, text: str, at: tuple[float, float], size: float, **style: Any) -> None:
        """Text centred on a place given in points."""
        look: dict[str, Any] = {"ha": "center", "va": "center", "color": INK, "linespacing": 1.1, "zorder": 8}
        self.axes.text(*self.units(at), text, size=size, **(look | style))

    def label(self, text: str, size: float, spots: Iterable[Spot], **style: Any) -> None:
        """Text that must be said, at the best of its places, with a leader where that is far off."""
        found = self.board.place(text_size(text, size, style.get("weight", "normal")), spots, needed=True)
        if found is None:
            return
        if found.far:
            x, y = zip(self.units(found.centre), self.units(found.anchor), strict=True)
            self.axes.plot(x, y, color=INK, linewidth=0.6, zorder=7.9)
        self.write(text, found.centre, size, **({"bbox": BOX_STYLE} | style))


def writer(axes: Axes, geography: Geography, on_map: Mapping[str, Country], measure: Unit, unit: float) -> Writer:
    """A writer on an empty board of the size of the map."""
    board = Board((BOX[2] - BOX[0]) * unit, (BOX[3] - BOX[1]) * unit)
    return Writer(axes, board, unit, geography, on_map, measure)


def annotate(pen: Writer, shown: Snapshot) -> None:
    """Every label, the important ones first."""
    _block(pen, shown)
    for line in sorted((x for x in shown.lines if x.labelled), key=lambda x: (not x.binds, len(x.points), x.id)):
        _line(pen, line, len(shown.period.days))
    for store in shown.stores:
        _store(pen, store)
    for source in shown.sources:
        _source(pen, source)
    towns = _places(pen, shown)
    _towns(pen, {place: at for place, at in towns.items() if place in FIRST})
    for zone in sorted(shown.zones, key=lambda z: -z.cut):
        _zone(pen, zone)
    _towns(pen, {place: at for place, at in towns.items() if place not in FIRST})
    _countries(pen, shown)


def rates(line: Line, measure: Unit) -> str:
    """`5.9 / 10.9`: flow and capacity; only the flow where no capacity is known."""
    if line.capacity is None:
        return short(line.flow, measure)
    if line.capacity <= 0:
        return say("closed")
    return f"{short(line.flow, measure)} / {short(line.capacity, measure)}"


def short(rate: float, measure: Unit) -> str:
    """A rate with one decimal; two where it is less than one and not nothing."""
    value = rate * measure.factor
    return "0" if abs(value) < 0.005 else decimals(value, 2 if abs(value) < 0.995 else 1)


def _block(pen: Writer, shown: Snapshot) -> None:
    """What no label may cover: stores and sources; what it had better not: lines."""
    for country in pen.on_map.values():
        for ring in country.rings if country.outline.focus else ():
            pen.board.block_line((ring[::COARSE] - np.array(BOX[:2])) * pen.unit, 2.0, FAINT)
    pen.board.block((HUNDRED * pen.unit / 2 + 10, 14.0), HUNDRED * pen.unit, 16.0)
    for line in shown.lines:
        pen.board.block_line(pen.points(line.points), outer_width(line) + (HALO if line.binds else 0.0))
    for passing in shown.passing:
        pen.board.block_line(pen.points(passing), 2.0)
    for store in shown.stores:
        pen.board.block(pen.point(store.points[0]), 2 * radius(store), 2 * radius(store), 4.0)
        if len(store.points) > 1:
            pen.board.block_line(pen.points(store.points), 3.0)
    for source in shown.sources:
        pen.board.block(pen.point(source.point), 9, 9, 4.0)


def _line(pen: Writer, line: Line, days: int) -> None:
    text, weight = rates(line, pen.measure), "bold" if line.binds else "normal"
    entry = line.id.startswith("upstream.")
    if entry:
        text = f"{_wrapped(line.name)}\n{text}"
    if line.binds and days > 1:
        text += "\n" + say("binds on {bound} of {days} {days|day|days}", bound=line.binds, days=days)
    size = LARGE if line.binds else MEDIUM
    points, room = pen.points(line.points), text_size(text, size, weight)
    wide = outer_width(line) / 2 + (HALO / 2 + 7 if line.binds else 2.5)
    start = (float(points[0][0]), float(points[0][1]))
    spots = around(start, room, wide + 1) if entry else beside(points, room, wide)
    style: dict[str, Any] = {"weight": weight, "zorder": 9} | ({"bbox": BOUND_STYLE} if line.binds else {})
    pen.label(text, size, spots, **style)


def _store(pen: Writer, store: Store) -> None:
    held = pen.measure(store.callable, 0) + (f" + {pen.measure(store.other, 0)}" if store.other > 0 else "")
    text = f"{_wrapped(store.name)}\n{held} / {pen.measure(store.volume, 0)}"
    room = text_size(text, MEDIUM)
    pen.label(text, MEDIUM, around(pen.point(store.points[0]), room, radius(store) + 2))


def _source(pen: Writer, source: Source) -> None:
    text = f"{_wrapped(source.name)}\n{short(source.flow, pen.measure)}"
    pen.label(text, MEDIUM, around(pen.point(source.point), text_size(text, MEDIUM), 6.0))


def _zone(pen: Writer, zone: Zone) -> None:
    """Name of a zone and how much of its demand is cut, off the lines; a country that is not cut has its name only."""
    places = _grid(pen, zone)
    if (zone.country and not zone.is_cut) or not len(places):
        return
    text = _wrapped(zone.name, ZONE, "bold")
    if zone.is_cut:
        text += "\n" + say("{share} cut", share=_share(zone.share))
    x, y = places.mean(axis=0)
    spots = [Spot(s.centre, s.anchor, min(s.cost, 40.0)) for s in among(places, (float(x), float(y)))]
    pen.label(text, MEDIUM, spots, weight="bold", bbox=BOX_STYLE | {"alpha": 0.75})


def _share(share: float) -> str:
    """A share in per cent, with a decimal where the whole number would seem to lie in another band."""
    whole = band(round(share, 2), RATE_BANDS) == band(share, RATE_BANDS)
    return percent(share) if whole else f"{decimals(100 * share, 1)}\N{NO-BREAK SPACE}%"


def _grid(pen: Writer, zone: Zone) -> Array:
    """Places within a zone: those nearest to its towns in the home country; or in the country that it stands for."""
    if zone.country:
        return _within(pen, [c for c in pen.on_map.values() if c.outline.id == zone.country])
    found = _within(pen, [c for c in pen.on_map.values() if c.home])
    of = list(pen.geography.zones.items())
    towns = pen.points([pen.geography.places[p].point for p, _ in of])
    nearest = ((found[:, None, :] - towns[None, :, :]) ** 2).sum(axis=2).argmin(axis=1)
    own: Array = found[np.array([of[k][1] == zone.id for k in nearest], dtype=bool)]
    return own


def _within(pen: Writer, countries: Sequence[Country], size: tuple[float, float] = (0.0, 0.0)) -> Array:
    """Points of a grid over the map around which a box of this size lies in countries [points]."""
    x, y = np.meshgrid(
        np.linspace(0, pen.board.width, GRID + 2)[1:-1], np.linspace(0, pen.board.height, GRID + 2)[1:-1]
    )
    every = np.column_stack([x.ravel(), y.ravel()])
    hit = np.zeros(len(every), dtype=bool)
    for country in countries:
        low, high = (country.path.get_extents().get_points() - np.array(BOX[:2])) * pen.unit
        near = np.flatnonzero(((every >= low) & (every <= high)).all(axis=1))
        for across, up in CORNERS if any(size) else CORNERS[:1]:
            corner = (every[near] + np.array(size) * (across, up)) / pen.unit + np.array(BOX[:2])
            near = near[country.path.contains_points(corner)]
        hit[near] = True
    return every[hit]


def _places(pen: Writer, shown: Snapshot) -> dict[str, tuple[float, float]]:
    """The places at which lines begin, end or bend, and the landmarks [points]."""
    drawn = {line.id for line in shown.lines}
    on_lines = (p for line, places in pen.geography.lines.items() if line in drawn for p in places)
    wanted = {}
    for place in dict.fromkeys([*LANDMARKS, *on_lines]):
        found = pen.geography.places.get(place)
        if found is None or place.startswith("gastrans_"):
            continue  # an off-take is drawn apart from its town: the town has the name
        if found.kind != "border_point":  # there the entry has the name
            wanted[place] = pen.point(found.point)
    return wanted


def _towns(pen: Writer, towns: dict[str, tuple[float, float]]) -> None:
    """A dot and a name for each place, where there is room for the name."""
    style: dict[str, Any] = {"color": "white", "markeredgecolor": INK, "markeredgewidth": 0.8, "zorder": 6}
    for place, at in towns.items():
        if pen.board.hidden(at, (TOWN, TOWN)):
            continue
        text = str(term(pen.geography.places[place].name))
        room = text_size(text, SMALL)
        free = pen.board.place(room, around(at, room, 3.5)[:16], allowed=TOUCHING)
        if free is not None:
            pen.board.block(at, TOWN, TOWN)
            pen.axes.plot(*pen.units(at), "o", markersize=TOWN, **style)
            pen.write(text, free.centre, SMALL, bbox=TOWN_STYLE)


def _countries(pen: Writer, shown: Snapshot) -> None:
    """Names of countries, wholly within their part of the map."""
    said = {z.country for z in shown.zones if z.country and z.is_cut}
    for country in pen.on_map.values():
        if country.outline.id in said or country.home:
            continue
        text = _wrapped(str(term(country.outline.name)).upper(), LAND)
        room = text_size(text, MEDIUM)
        places = _within(pen, [country], room)
        if len(places):
            x, y = places.mean(axis=0)
            free = pen.board.place(room, among(places, (float(x), float(y))))
            if free is not None:
                pen.write(text, free.centre, MEDIUM, color=GREY, style="italic", zorder=7)


def _wrapped(name: str, width: float = NAME, weight: str = "normal") -> str:
    return "\n".join(fitted(name, width, MEDIUM, weight))
