"""Labels that do not cover each other: each takes the first of its places that is free.

All lengths are in points, from the lower left corner of the map. A board remembers what stands where; what is
important is placed first, what finds no room is left out unless it must be said.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties
from numpy.typing import NDArray

Array = NDArray[np.float64]
Place = tuple[float, float]


@dataclass(frozen=True)
class Spot:
    """A place for a label: its centre, what it belongs to, and what it costs to stand so far off."""

    centre: Place
    anchor: Place
    cost: float = 0.0

    @property
    def far(self) -> bool:
        """Whether a leader is needed from the label to what it belongs to."""
        return self.cost >= FAR


LEADING = 1.2
"""Height of a line of text, in heights of its letters."""
STEP = 4.0
"""Points between the boxes that stand for a line."""
SOFT = 0.35
"""What covering a line costs, where covering a label costs 1."""
GAP = 1.5
"""Points of air around a label."""
COST, FAR = 3.0, 3.0 * 14.0
"""Cost of standing a point farther off; from the second on, a leader is drawn."""
_WORD = re.compile(r"[^ \n]+?[-–](?=\w)|[^ \n]+[ \n]*|[ \n]+")
"""A word with the space behind it, or the part of one up to a dash; a space that must not break is part of its word."""
_RULER = RendererAgg(16, 16, 72)  # type: ignore[no-untyped-call]


@dataclass
class Board:
    """What stands on a map of so many points: boxes (left, bottom, right, top) and how bad it is to cover each."""

    width: float
    height: float
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    _seen: tuple[Array, Array] = field(default=(np.zeros((0, 4)), np.zeros(0)), repr=False)

    def block(self, centre: Place, width: float, height: float, weight: float = 1.0) -> None:
        """Something stands here."""
        x, y = centre
        self.boxes.append((x - width / 2, y - height / 2, x + width / 2, y + height / 2))
        self.weights.append(weight)

    def block_line(self, points: Array, width: float, weight: float = SOFT) -> None:
        """A line runs here."""
        for start, stop in itertools.pairwise(points):
            count = max(1, math.ceil(float(np.hypot(*(stop - start))) / STEP))
            for part in np.linspace(0, 1, count + 1):
                x, y = start + part * (stop - start)
                self.block((float(x), float(y)), width, width, weight)

    def covered(self, centre: Place, size: Place) -> float:
        """Square points of other things that a box would cover, by their weight; infinite beyond the edge."""
        (x, y), (wide, high) = centre, (size[0] + 2 * GAP, size[1] + 2 * GAP)
        left, bottom, right, top = x - wide / 2, y - high / 2, x + wide / 2, y + high / 2
        if left < 0 or bottom < 0 or right > self.width or top > self.height:
            return math.inf
        b, weights = self._arrays()
        across = np.minimum(b[:, 2], right) - np.maximum(b[:, 0], left)
        upward = np.minimum(b[:, 3], top) - np.maximum(b[:, 1], bottom)
        return float((np.clip(across, 0, None) * np.clip(upward, 0, None) * weights).sum())

    def hidden(self, centre: Place, size: Place) -> bool:
        """Whether a label or a symbol stands on any part of a box."""
        b, weights = self._arrays()
        apart = np.abs((b[:, :2] + b[:, 2:]) / 2 - np.array(centre)) - (b[:, 2:] - b[:, :2]) / 2 - np.array(size) / 2
        return bool(((apart < 0).all(axis=1) & (weights >= 1.0)).any())

    def _arrays(self) -> tuple[Array, Array]:
        """Boxes and weights as arrays, made anew when there are more of them."""
        if len(self._seen[1]) != len(self.weights):
            self._seen = np.array(self.boxes), np.array(self.weights)
        return self._seen

    def place(self, size: Place, spots: Iterable[Spot], needed: bool = False, allowed: float = 0.0) -> Spot | None:
        """The best place for a box of this size, and it is taken.

        None where each covers more than allowed [square points], unless it must be said.
        """
        best, least = None, math.inf
        for spot in spots:
            covers = self.covered(spot.centre, size) if spot.cost < least else math.inf
            if covers + spot.cost < least and (needed or covers <= allowed):
                best, least = spot, covers + spot.cost
        if best is not None:
            self.block(best.centre, *size)
        return best


@lru_cache(maxsize=4096)
def text_size(text: str, points: float, weight: str = "normal") -> Place:
    """Width and height of lines of text."""
    font = FontProperties(size=points, weight=weight)
    lines = text.splitlines() or [""]
    measured = _RULER.get_text_width_height_descent
    wide = [measured(line, font, False)[0] for line in lines]  # type: ignore[no-untyped-call]
    return float(max(wide)), float(LEADING * points * len(lines))


def fitted(text: str, width: float, points: float, weight: str = "normal") -> list[str]:
    """Lines of text no wider than so many points, broken at spaces and after dashes; a longer word stays whole."""
    lines = [""]
    for word in _WORD.findall(str(text)):
        longer = f"{lines[-1]}{word}"
        if lines[-1] and text_size(longer.rstrip(" \n"), points, weight)[0] > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return [line.strip(" \n") for line in lines]


def around(centre: Place, size: Place, distance: float) -> list[Spot]:
    """Places for a box beside a point: right, left, above, below, then the corners, then all of them farther off."""
    found = []
    for more in (0.0, 6.0, 14.0, 26.0, 40.0):
        far = distance + more
        x, y = size[0] / 2 + far, size[1] / 2 + far
        near = (0.7 * distance + more, 0.7 * distance + more)
        a, b = size[0] / 2 + near[0], size[1] / 2 + near[1]
        corners = [(a, b), (-a, b), (a, -b), (-a, -b)]
        for k, (across, up) in enumerate([(x, 0.0), (-x, 0.0), (0.0, y), (0.0, -y), *corners]):
            found.append(Spot((centre[0] + across, centre[1] + up), centre, COST * more + 0.5 * k))
    return found


def beside(points: Array, size: Place, distance: float) -> list[Spot]:
    """Places for a box beside a line, from its middle outwards, on either side and ever farther off."""
    found = []
    steps = np.diff(points, axis=0)
    ends = np.concatenate([[0.0], np.cumsum(np.hypot(*steps.T))])
    for more in (0.0, 6.0, 14.0, 26.0, 40.0):
        for rank, share in enumerate((0.5, 0.42, 0.58, 0.34, 0.66, 0.25, 0.75, 0.15, 0.85)):
            at = share * ends[-1]
            k = min(int(np.searchsorted(ends, at, side="right")) - 1, len(steps) - 1)
            length = ends[k + 1] - ends[k]
            point = points[k] + (at - ends[k]) / length * steps[k]
            normal = np.array([-steps[k][1], steps[k][0]]) / length
            reach = distance + more + (abs(normal[0]) * size[0] + abs(normal[1]) * size[1]) / 2
            for side in (1, -1):
                x, y = point + side * reach * normal
                found.append(Spot((float(x), float(y)), (float(point[0]), float(point[1])), COST * more + rank))
    return found


def among(places: Array, centre: Place) -> list[Spot]:
    """Places within an area, dearer with the distance from its centre."""
    off = np.hypot(*(places - np.array(centre)).T)
    return [
        Spot((float(x), float(y)), (float(x), float(y)), 0.3 * float(d)) for (x, y), d in zip(places, off, strict=True)
    ]
