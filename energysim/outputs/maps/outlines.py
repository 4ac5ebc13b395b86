"""Outlines at the scale of a map: thinned to what it shows, cut to its frame, in its units.

Equirectangular: x is longitude times the cosine of the middle latitude, y is latitude; a unit is a degree of latitude.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.path import Path
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from energysim.inputs.geography import Geography, Outline, Points

Array = NDArray[np.float64]
WEST, EAST, SOUTH, NORTH = 17.75, 24.15, 41.78, 46.72
"""What is shown: Serbia and the nearer parts of its neighbours [degrees]."""
NARROW = math.cos(math.radians((SOUTH + NORTH) / 2))
BOX = (WEST * NARROW, SOUTH, EAST * NARROW, NORTH)
"""Left, bottom, right and top in units of the map."""
MARGIN = 0.1
"""Outlines are drawn so far beyond the frame, so that no cut edge shows."""
SEEN = 1.8
"""Square points: a corner whose triangle with its neighbours is smaller is left out."""
PASSES = 6


@dataclass(frozen=True)
class Country:
    """An outline at the scale of the map: its rings in units of the map, and the area that is on it."""

    outline: Outline
    rings: tuple[Array, ...]
    path: Path

    @property
    def home(self) -> bool:
        """Whether the zones lie in this country."""
        return self.outline.focus and not self.outline.note

    @property
    def footnoted(self) -> bool:
        """Whether its name carries a footnote and it is drawn apart."""
        return self.outline.focus and bool(self.outline.note)


def project(points: Points) -> Array:
    """Degrees to units of the map."""
    return np.asarray(points, dtype=float) * (NARROW, 1.0)


def countries(geography: Geography, unit: float) -> dict[str, Country]:
    """Every country that is on the map; unit: points in one unit of the map."""
    left, bottom, right, top = BOX
    box = Bbox.from_extents(left - MARGIN, bottom - MARGIN, right + MARGIN, top + MARGIN)
    found = {}
    for outline in geography.outlines.values():
        rings = tuple(thinned(project(ring), SEEN / unit**2) for ring in outline.rings)
        path = Path.make_compound_path(*[Path(ring, closed=True) for ring in rings]).clip_to_bbox(box)
        if np.size(path.vertices):
            found[outline.id] = Country(outline, rings, path)
    return found


def thinned(ring: Array, least: float) -> Array:
    """A closed ring without the corners that span less than an area with their neighbours.

    A corner goes where it is the smallest of three, pass by pass, so neighbours thin a border that they share alike.
    After M. Visvalingam and J. D. Whyatt, Line generalisation by repeated elimination of points, 1993.
    """
    points = ring[:-1]
    for _ in range(PASSES):
        before, after = np.roll(points, 1, axis=0), np.roll(points, -1, axis=0)
        a, b = points - before, after - points
        area = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / 2
        smallest = (area <= np.roll(area, 1)) & (area < np.roll(area, -1))
        gone = (area < least) & smallest
        if not gone.any() or len(points) - gone.sum() < 3:
            break
        points = points[~gone]
    return np.vstack([points, points[:1]])
