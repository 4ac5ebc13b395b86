"""The legend of a map: bands of the cut, lines, stores, and what the figures beside them mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Circle, Polygon, Rectangle, Wedge

from energysim.inputs.geography import Geography
from energysim.outputs.maps.ground import BAND_COLOURS, BORDER, HATCH, HATCH_COLOUR, LAND
from energysim.outputs.maps.labels import fitted
from energysim.outputs.maps.snapshot import Snapshot
from energysim.outputs.maps.strokes import OTHERS, OWN, line_width
from energysim.outputs.palette import BLACK, BLUE, GREEN, GREY, INK, YELLOW
from energysim.outputs.wording import Unit
from energysim.units import REPORTING_GCV
from energysim.words import decimals, say, term

ROW, LINE, TEXT, HEAD = 15.0, 10.5, 8.5, 9.0
"""Points: height of a row and of each further line of text; sizes of letters."""
SYMBOL = 30.0
"""Points of width for a symbol."""
SAMPLE = {"mcm": 10 * REPORTING_GCV, "GWh": 100.0}
"""GWh/d: capacity of the line in the legend, 10 mcm/d or 100 GWh/d."""
BIG = 4.0
"""Points: half of the store's circle."""
Symbol = Callable[[Axes, float], None]


@dataclass
class Column:
    """Rows from the top of axes whose units are points."""

    axes: Axes
    width: float
    y: float

    def head(self, text: str) -> None:
        self.y -= 6
        self._text(0.0, text, weight="bold", size=HEAD)

    def row(self, draw: Symbol | None, text: str) -> None:
        if draw is not None:
            draw(self.axes, self.y - ROW / 2)
        self._text(SYMBOL + 6 if draw is not None else 0.0, text, size=TEXT)

    def _text(self, x: float, text: str, **style: Any) -> None:
        lines = fitted(text, self.width - x, style["size"], style.get("weight", "normal"))
        self.axes.text(x, self.y - 2.5, "\n".join(lines), va="top", color=INK, linespacing=1.15, **style)
        self.y -= ROW + LINE * (len(lines) - 1)


def draw_legend(
    axes: Axes,
    size: tuple[float, float],
    shown: list[Snapshot],
    geography: Geography,
    measure: Unit,
    scale: float = 1.0,
) -> None:
    """Fill axes of so many points with what the maps show; scale: of lines, below 1 where no figures stand on maps."""
    width, height = size
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.set_axis_off()
    column, labelled = Column(axes, width, height), scale == 1.0
    _bands(column, [o.name for o in geography.outlines.values() if o.note])
    _lines(column, shown, measure, scale)
    if any(s.stores for s in shown):
        _stores(column, shown, measure, labelled)
    if any(s.sources for s in shown):
        column.head(say("Production"))
        column.row(_diamond, f"{say('Domestic field')}, {measure.rate}" if labelled else say("Domestic field"))
    beyond = list(dict.fromkeys(name for s in shown for name in s.beyond)) if labelled else []
    if beyond:
        column.head(say("Binding beyond the map"))
        for name in beyond:
            column.row(None, f"– {name}")
    unplaced = list(dict.fromkeys(name for s in shown for name in s.unplaced))
    if unplaced:
        column.head(say("Not on the map"))
        for name in unplaced:
            column.row(None, f"– {name}")


def _bands(column: Column, apart: list[str]) -> None:
    column.head(say("Share of demand cut"))
    for name, colour in BAND_COLOURS.items():
        column.row(_swatch(colour), say("none") if name == "none" else name)
    for name in apart:
        column.row(_swatch(LAND, hatched=True), say("{territory}: not in the model", territory=term(name)))


def _lines(column: Column, shown: list[Snapshot], measure: Unit, scale: float) -> None:
    column.head(f"{say('Lines: flow / capacity')}, {measure.rate}" if scale == 1.0 else say("Lines"))
    sample = SAMPLE[measure.key]
    amount = f"{decimals(SAMPLE[measure.key] * measure.factor, 0)} {measure.rate}"
    column.row(
        _stroke(line_width(sample, scale), line_width(sample, scale) * 0.5),
        say("Width: {amount}, half of it used", amount=amount),
    )
    if any(s.binding for s in shown):
        column.row(_bound, say("Binds: one more unit would help"))
    if any(line.capacity is not None and line.capacity <= 0 for s in shown for line in s.lines):
        column.row(_dashes((0, (3, 2))), say("Closed"))
    if any(s.passing for s in shown):
        column.row(_dashes((0, (5, 2, 1, 2))), say("Transit to Hungary, not in the model"))


def _stores(column: Column, shown: list[Snapshot], measure: Unit, labelled: bool) -> None:
    stored = (
        f"{say('Stores: stock / volume')}, {measure.name}" if labelled else say("Stores: stock as a share of volume")
    )
    column.head(stored)
    column.row(_pie(OWN), say("Gas that Serbia may call"))
    if any(s.other > 0 for one in shown for s in one.stores):
        column.row(_pie(OTHERS), say("Gas of others in the same store"))


def _swatch(colour: str, hatched: bool = False) -> Symbol:
    def draw(axes: Axes, y: float) -> None:
        style: dict[str, Any] = {"facecolor": colour, "edgecolor": BORDER, "linewidth": 0.6}
        if hatched:
            style |= {"hatch": HATCH, "edgecolor": HATCH_COLOUR}
        axes.add_patch(Rectangle((2, y - 5), SYMBOL - 4, 10, **style))

    return draw


def _stroke(wide: float, filled: float) -> Symbol:
    def draw(axes: Axes, y: float) -> None:
        for colour, width in ((GREY, wide + 1.1), ("white", wide), (BLUE, filled)):
            axes.plot([2, SYMBOL - 2], [y, y], color=colour, linewidth=width, solid_capstyle="butt")
        axes.plot(
            SYMBOL * 0.62, y, marker=(3, 0, -90), markersize=8, color=BLUE, markeredgecolor="white", markeredgewidth=0.8
        )

    return draw


def _bound(axes: Axes, y: float) -> None:
    for colour, width in ((BLACK, 8.0), (YELLOW, 7.0), (BLACK, 2.5)):
        axes.plot([2, SYMBOL - 2], [y, y], color=colour, linewidth=width, solid_capstyle="butt")
    for x in (0.45, 0.55):
        axes.plot([SYMBOL * x] * 2, [y - 6, y + 6], color=BLACK, linewidth=2.0)


def _dashes(style: Any) -> Symbol:
    def draw(axes: Axes, y: float) -> None:
        axes.plot([2, SYMBOL - 2], [y, y], color=GREY, linewidth=1.2, linestyle=style)

    return draw


def _pie(colour: str) -> Symbol:
    def draw(axes: Axes, y: float) -> None:
        centre = (SYMBOL / 2, y)
        axes.add_patch(Wedge(centre, 1.5 * BIG, -60, 90, facecolor=colour, linewidth=0))
        axes.add_patch(Circle(centre, 1.5 * BIG, fill=False, edgecolor=INK, linewidth=0.9))

    return draw


def _diamond(axes: Axes, y: float) -> None:
    x = SYMBOL / 2
    axes.add_patch(Polygon([(x - 4.5, y), (x, y + 4.5), (x + 4.5, y), (x, y - 4.5)], facecolor=GREEN, linewidth=0))
