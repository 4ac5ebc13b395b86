"""The plane divided among points: what lies nearer to a point than to any other is its cell.

With scattered points this is the Voronoi diagram. A cell is what is left of a box when the half-planes nearer to other
points are cut off it, one after the other; each edge remembers which point lies behind it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
NOBODY = -1
"""Behind an edge of the box."""
Corner = tuple[float, float, int]
"""A corner (x, y) and the point behind the edge that begins there."""


def cells(points: Array, box: tuple[float, float, float, float]) -> list[list[Corner]]:
    """A convex cell for every point, corners in order; points: one row each; box: left, bottom, right, top."""
    left, bottom, right, top = box
    found = []
    for k, point in enumerate(points):
        cell: list[Corner] = [
            (left, bottom, NOBODY),
            (right, bottom, NOBODY),
            (right, top, NOBODY),
            (left, top, NOBODY),
        ]
        nearest = np.argsort(((points - point) ** 2).sum(axis=1), kind="stable")
        for other in nearest:
            away = points[other] - point
            if other != k and away.any():
                limit = float(away @ (points[other] + point) / 2)
                cell = _cut(cell, (float(away[0]), float(away[1])), limit, int(other))
        found.append(cell)
    return found


def _cut(cell: Sequence[Corner], away: tuple[float, float], limit: float, other: int) -> list[Corner]:
    """What of a cell lies on the near side of the line half-way to another point."""
    beyond = [x * away[0] + y * away[1] - limit for x, y, _ in cell]
    kept: list[Corner] = []
    for k, (x, y, behind) in enumerate(cell):
        after = (k + 1) % len(cell)
        here, there = beyond[k], beyond[after]
        if here <= 0:
            kept.append((x, y, behind))
        if (here <= 0) != (there <= 0):
            part = here / (here - there)
            crossing = (x + part * (cell[after][0] - x), y + part * (cell[after][1] - y))
            kept.append((*crossing, other if here <= 0 else behind))
    return kept


def borders(found: Sequence[Sequence[Corner]], zones: Sequence[str]) -> list[Array]:
    """Edges between cells of different zones, each once: two rows (x, y)."""
    lines = []
    for k, cell in enumerate(found):
        for n, (x, y, behind) in enumerate(cell):
            if behind > k and zones[behind] != zones[k]:
                after = cell[(n + 1) % len(cell)]
                lines.append(np.array([(x, y), after[:2]]))
    return lines
