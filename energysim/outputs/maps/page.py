"""The page that maps stand on: title, subtitle, body, foot. Lengths are inches unless said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from energysim.inputs.geography import Geography
from energysim.outputs.canvas import SMALL_SIZE, TEXT_SIZE, TITLE_SIZE
from energysim.outputs.findings import SEPARATOR
from energysim.outputs.maps.labels import fitted
from energysim.outputs.palette import GREY
from energysim.words import say, term

POINTS = 72
"""Points in an inch."""
EDGE, GAP = 0.3, 0.2
TITLE_LINE, TEXT_LINE, SMALL_LINE = 0.25, 0.19, 0.15


@dataclass(frozen=True)
class Page:
    """A figure whose body begins so far above its lower edge."""

    figure: Figure
    low: float

    def axes(self, x: float, y: float, width: float, height: float) -> Axes:
        """Axes in the body, measured from its lower left corner."""
        wide, high = self.figure.get_size_inches()
        return self.figure.add_axes(
            (float((EDGE + x) / wide), float((self.low + y) / high), float(width / wide), float(height / high))
        )

    def write(self, x: float, y: float, lines: Iterable[str], **style: Any) -> None:
        """Lines of text standing on a point of the body."""
        wide, high = self.figure.get_size_inches()
        look: dict[str, Any] = {"size": TEXT_SIZE, "ha": "left", "va": "bottom"}
        self.figure.text((EDGE + x) / wide, (self.low + y) / high, "\n".join(lines), **(look | style))


def page(width: float, body: float, title: str, below: str, under: Iterable[str]) -> Page:
    """An empty page around a body so wide and high: a title, what is shown, and lines for the foot."""
    titles = balanced(title, width)
    shown = wrapped(below, width, TEXT_SIZE)
    feet = [line for text in under for line in wrapped(text, width, SMALL_SIZE)]
    low = EDGE / 2 + SMALL_LINE * len(feet) + GAP / 2
    top = low + body + GAP / 2 + TEXT_LINE * len(shown) + GAP / 2
    size = (width + 2 * EDGE, top + TITLE_LINE * len(titles) + EDGE / 2)
    made = Page(Figure(figsize=size), low)
    style: dict[str, Any] = {"size": TITLE_SIZE, "weight": "bold", "ha": "left", "va": "bottom"}
    made.figure.suptitle("\n".join(titles), x=EDGE / size[0], y=top / size[1], **style)
    made.write(0.0, body + GAP / 2, shown, color=GREY)
    made.write(0.0, EDGE / 2 - low, feet, size=SMALL_SIZE, color=GREY, linespacing=1.25)
    return made


def balanced(title: str, width: float) -> list[str]:
    """A title in as few lines as there must be, of nearly one length."""
    lines = fitted(title, width * POINTS, TITLE_SIZE, "bold")
    for share in (0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55):
        shorter = fitted(title, share * width * POINTS, TITLE_SIZE, "bold")
        if len(shorter) > len(lines):
            break
        lines = shorter
    return lines


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Lines of text no wider than so many inches, broken at its separators where that can be."""
    lines: list[str] = []
    for part in text.split(SEPARATOR):
        joined = f"{lines[-1]}{SEPARATOR}{part}" if lines else part
        if lines and len(fitted(joined, width * POINTS, size)) == 1:
            lines[-1] = joined
        else:
            lines += fitted(part, width * POINTS, size)
    return lines


def notes(geography: Geography) -> list[str]:
    """What stands at the foot of every map: where outlines come from, how zones are drawn, the countries' footnotes."""
    ground = SEPARATOR.join([
        say("Outlines: Natural Earth"),
        say("zones approximate: each place drawn with its nearest town; lines simplified"),
        say("entry capacity: without what is reserved for transit"),
    ])  # fmt: skip
    return [ground, *[f"* {term(o.note)}" for o in geography.outlines.values() if o.note]]
