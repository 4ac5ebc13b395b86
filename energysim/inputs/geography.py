"""Geography: outlines of countries, where places and nodes lie, which way lines run, which zone a place belongs to.

Outlines come from `outlines.geojson` of a data folder, the rest from its tables `places`, `nodes`, `line_paths` and
`place_zones`. Every problem of the outlines is one line, as for the tables, and all are told at once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from energysim.errors import InputError
from energysim.inputs import tables as t
from energysim.inputs.files import read_text, short_name
from energysim.inputs.read import Dataset, read_dataset

Points = NDArray[np.float64]
"""Longitude and latitude [degrees], one row a point."""
OUTLINES = "outlines.geojson"
FEW = 4
"""Points of the smallest ring: three corners and the first again."""


@dataclass(frozen=True)
class Outline:
    """A country: rings are closed, holes among them; `note` is the footnote that its name carries."""

    id: str
    name: str
    focus: bool
    note: str
    rings: tuple[Points, ...]


@dataclass(frozen=True)
class Place:
    """A point on the map [degrees]."""

    id: str
    name: str
    kind: str
    longitude: float
    latitude: float

    @property
    def point(self) -> tuple[float, float]:
        """Longitude and latitude."""
        return self.longitude, self.latitude


@dataclass(frozen=True)
class Geography:
    """What a map needs of a data folder."""

    outlines: Mapping[str, Outline]
    places: Mapping[str, Place]
    nodes: Mapping[str, Place]
    lines: Mapping[str, tuple[str, ...]]
    """`pipelines.zvornik` -> the places it runs through."""
    zones: Mapping[str, str]
    """Place -> the node that supplies it."""

    def path(self, line: str) -> Points | None:
        """The points of a line, or None where the tables know no way for it."""
        places = self.lines.get(line)
        return np.array([self.places[p].point for p in places]) if places else None


def read_geography(root: Path | None = None) -> Geography:
    """The geography of a data folder (default: the shipped one). Raises InputError with every problem."""
    dataset = read_dataset(root)
    path = dataset.root / OUTLINES
    if not path.is_file():
        raise InputError(
            f"{short_name(path)}: the file is missing; restore it from the package or from version control"
        )
    changed = path.stat()
    return _geography(dataset.root, dataset.digest, (changed.st_mtime_ns, changed.st_size))


@lru_cache(maxsize=4)
def _geography(root: Path, digest: str, changed: tuple[int, int]) -> Geography:
    """Read once; digest and changed notice an edited table or outline."""
    dataset = read_dataset(root)
    places = {r.place: Place(r.place, r.name, r.kind, r.longitude, r.latitude) for r in _used(dataset, t.PlaceRow)}
    nodes = {r.node: Place(r.node, r.name, r.kind, r.longitude, r.latitude) for r in _used(dataset, t.NodeRow)}
    lines: dict[str, list[tuple[int, str]]] = {}
    for row in _used(dataset, t.LinePathRow):
        lines.setdefault(row.line, []).append((row.number, row.place))
    zones = {r.place: r.node for r in _used(dataset, t.PlaceZoneRow)}
    return Geography(
        outlines=MappingProxyType(_outlines(root / OUTLINES)),
        places=MappingProxyType(places),
        nodes=MappingProxyType(nodes),
        lines=MappingProxyType({line: tuple(p for _, p in sorted(found)) for line, found in lines.items()}),
        zones=MappingProxyType(zones),
    )


def _used(dataset: Dataset, cls: type[t.Row]) -> Iterator[Any]:
    return (row for row in cast(tuple[Any, ...], dataset.rows(cls.table)) if row.rival is None)


def _outlines(path: Path) -> dict[str, Outline]:
    name = short_name(path)
    try:
        tree = json.loads(read_text(path, name))
    except json.JSONDecodeError as error:
        raise InputError(f"{name}:{error.lineno}: not valid JSON: {error.msg}; restore the file") from None
    features = tree.get("features") if isinstance(tree, dict) else None
    if not isinstance(features, list) or not features:
        raise InputError(f"{name}: no features; expected a GeoJSON FeatureCollection of countries")
    problems: list[str] = []
    found: dict[str, Outline] = {}
    for k, feature in enumerate(features, start=1):
        outline = _outline(feature, f"{name}: feature {k}", problems)
        if outline is not None and outline.id in found:
            problems.append(f"{name}: feature {k}: {outline.id!r} stands twice; keep one")
        elif outline is not None:
            found[outline.id] = outline
    if problems:
        raise InputError(*problems)
    return found


def _outline(feature: Any, where: str, problems: list[str]) -> Outline | None:
    """One country, or None with what is wrong."""
    about = feature.get("properties") if isinstance(feature, dict) else None
    shape = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(about, dict) or not isinstance(shape, dict):
        problems.append(f"{where}: properties or geometry is missing; expected a GeoJSON feature")
        return None
    missing = [p for p in ("iso_a2", "name") if not isinstance(about.get(p), str) or not about[p]]
    problems += [f"{where}: {p} is missing; expected a text such as 'RS'" for p in missing]
    if missing:
        return None
    where = f"{where} ({about['iso_a2']})"
    kind, parts = shape.get("type"), shape.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(parts, list):
        problems.append(f"{where}: found geometry {kind!r}; expected Polygon or MultiPolygon")
        return None
    polygons = parts if kind == "MultiPolygon" else [parts]
    rings = [_ring(ring) for polygon in polygons for ring in (polygon if isinstance(polygon, list) else [None])]
    sound = tuple(ring for ring in rings if ring is not None)
    if not rings or len(sound) < len(rings):
        problems.append(
            f"{where}: {len(rings) - len(sound) or 'no'} rings that cannot be drawn; expected closed rings of at least "
            f"{FEW} points [longitude, latitude] in degrees"
        )
        return None
    return Outline(about["iso_a2"], about["name"], about.get("is_focus") is True, str(about.get("note") or ""), sound)


def _ring(points: Any) -> Points | None:
    """A closed ring of finite degrees, else None."""
    if not isinstance(points, list) or len(points) < FEW or points[0] != points[-1]:
        return None
    for point in points:
        if not isinstance(point, list) or len(point) < 2:
            return None
        if not all(isinstance(v, (int, float)) and not isinstance(v, bool) and math.isfinite(v) for v in point[:2]):
            return None
        if abs(point[0]) > 180 or abs(point[1]) > 90:
            return None
    return np.array([point[:2] for point in points], dtype=float)
