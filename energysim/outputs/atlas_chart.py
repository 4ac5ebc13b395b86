"""Heat maps of an atlas: assets down, start dates across; the title is the finding. Lengths are in inches.

`unserved` colours what an outage of one length costs, `survivable` how long an outage may last. A cell always says
what it is: a number where it fits, a dash on grey where nobody is cut, hatching where the case is not solved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, PowerNorm
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from energysim.outputs.atlas_findings import chosen_line, survivable_finding, unserved_finding
from energysim.outputs.atlas_tables import chosen, longest_survivable, ranking
from energysim.outputs.canvas import CHAR, GAP, SMALL_SIZE, TEXT_LINE, TEXT_SIZE, TITLE_LINE, TITLE_SIZE, TOP, WIDTH
from energysim.outputs.letters import width, wrapped
from energysim.outputs.palette import GREY, INK, SHADE, VERMILLION
from energysim.outputs.sheet import in_lines, method_notes, named, row_names, scenario_title, units_whole
from energysim.outputs.wording import number, unit_named
from energysim.units import REPORTING_GCV, to_gwh
from energysim.words import day_month, say

LEFT, RIGHT, ROW, HEAD, FOOT = 2.75, 0.3, 0.31, 0.5, 1.05
EDGE = 0.25
TITLE_CHARS, SUBTITLE_CHARS, FOOT_CHARS = 96, 138, 175
HARM = LinearSegmentedColormap.from_list("harm", ["#FBE3C8", "#F4B583", VERMILLION, "#8A3A00", "#4A1F00"])
"""One hue from light to dark: read without colours as well; never white, which could be no data."""
DARK = 0.45
"""Share of the scale from which letters on it are white."""
NOBODY = "–"
NARROW = 0.1
"""Width of a cell up to which it has no edge."""

Place = tuple[str, str]
"""Asset and start date."""
LEAST_TOP = 10.0
"""mcm at which the scale ends at least, so that a trace does not look like a catastrophe."""
NICE = (1.0, 2.0, 5.0, 10.0)
"""Ends of scales, times a power of ten."""
LABELS = 16
"""Most start dates that are all named; beyond, the first of each month is."""


@dataclass(frozen=True)
class Cell:
    """What one cell shows: its letters, and how dark it is (0…1; None: nobody is cut)."""

    letters: str
    darkness: float | None


@dataclass(frozen=True)
class Words:
    """What stands around the cells, from the top down."""

    title: str
    subtitle: tuple[str, ...]
    source: str


def unserved(
    frame: pd.DataFrame,
    duration: int | None = None,
    depth: float | None = None,
    foresight: str | None = None,
    unit: str = "mcm",
    scenario: str = "",
    source: str = "",
) -> Figure:
    """Gas unserved because of an outage of one length [mcm or GWh], by asset and start; see `chosen` for defaults."""
    measure, rows = unit_named(unit), chosen(frame, duration, depth, foresight)
    least_top = to_gwh(LEAST_TOP, REPORTING_GCV)
    scale = PowerNorm(0.5, vmin=0.0, vmax=_nice(max(float(rows["extra_unserved"].max()), least_top) * measure.factor))
    cells: dict[Place, Cell] = {}
    for row in rows.to_dict("records"):
        amount, star = float(row["extra_unserved"]) * measure.factor, "*" if row["truncated"] else ""
        cut = pd.notna(row["survival_time"])
        darkness = float(scale(max(amount, 0.0))) if cut else None
        cells[row["asset"], row["start"]] = Cell((number(amount) if cut else NOBODY) + star, darkness)
    about = (
        say("Gas unserved because of the outage, {unit}", unit=measure.name),
        chosen_line(rows),
        say("* outlasts the gas year") if rows["truncated"].any() else "",
        scenario_title(scenario),
    )
    drawing = _drawn(rows, list(ranking(rows)["asset"]), cells, Words(unserved_finding(rows, measure), about, source))
    coloured = any(c.darkness is not None for c in cells.values())
    if coloured:
        drawing.scale(scale, measure.name)
    drawing.keys([_plain(f"{NOBODY}  {say('nobody is cut because of it')}")], beside=3.1 if coloured else 0.0)
    return drawing.figure


def survivable(
    frame: pd.DataFrame,
    whom: str = "anyone",
    depth: float | None = None,
    foresight: str | None = None,
    scenario: str = "",
    source: str = "",
) -> Figure:
    """The longest outage that cuts nobody (`anyone`), or nobody protected (`protected`) [d], by asset and start."""
    rows = chosen(frame, None, depth, foresight)
    same = frame[(frame["depth"] == rows["depth"].iloc[0]) & (frame["foresight"] == rows["foresight"].iloc[0])]
    table, lengths = longest_survivable(same, whom), sorted(int(n) for n in same["duration"].unique())
    steps, cells = [0, *lengths], dict[Place, Cell]()
    for row in table.to_dict("records"):
        longest = int(row["longest"])
        shown = Cell(str(longest), 1.0 - steps.index(longest) / len(lengths))
        if row["at_least"]:
            shown = Cell(f"≥{longest}", None)
        if longest or not row["at_least"]:  # otherwise nothing is known
            cells[row["asset"], row["start"]] = shown
    mildest = table.groupby("asset", sort=False)["longest"].agg(["min", "mean"]).sort_values(["min", "mean"])
    asked = ", ".join(str(n) for n in lengths)
    what = say("Longest outage that cuts no protected customer, days, of {lengths}", lengths=asked)
    if whom == "anyone":
        what = say("Longest outage that cuts nobody, days, of {lengths}", lengths=asked)
    about = (what, chosen_line(rows, length=False), scenario_title(scenario))
    words = Words(survivable_finding(table, lengths, whom), about, source)
    drawing = _drawn(table, [str(a) for a in mildest.index], cells, words)
    shades = [Patch(color=HARM(1.0 - k / len(lengths)), label=_days(n, lengths[0])) for k, n in enumerate(steps[:-1])]
    drawing.keys([*shades, _plain(f"≥  {say('survived, as far as was asked')}")])
    return drawing.figure


def _days(longest: int, shortest: int) -> str:
    """What a shade means."""
    return say("{days} d", days=longest) if longest else say("not even {days} d", days=shortest)


# --- drawing --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawing:
    """A drawn sheet, to which the key below the cells is added."""

    figure: Figure
    axes: Axes
    height: float
    foot: float
    unsolved: bool

    def scale(self, norm: PowerNorm, unit: str) -> None:
        """The colours of quantities, below the cells."""
        box = (LEFT / WIDTH, (self.foot - 0.35) / self.height, 2.5 / WIDTH, 0.13 / self.height)
        bar = self.figure.add_axes(box)
        bar.imshow(np.linspace(0.0, 1.0, 256).reshape(1, -1), aspect="auto", cmap=HARM, extent=(0, 1, 0, 1))
        ticks = [share * float(norm.vmax or 0.0) for share in (0.0, 0.1, 0.5, 1.0)]
        bar.set_xticks([float(norm(t)) for t in ticks], [number(t) for t in ticks], fontsize=SMALL_SIZE, color=INK)
        bar.set_yticks([])
        bar.tick_params(length=2, colors=INK)
        bar.spines[:].set_visible(False)
        bar.text(1.03, 0.5, unit, transform=bar.transAxes, va="center", size=SMALL_SIZE, color=INK)

    def keys(self, handles: Sequence[Artist], beside: float = 0.0) -> None:
        """What colours and signs mean, below the cells, as far as they occur."""
        signs = list(handles)
        if self.unsolved:
            signs.append(Patch(facecolor="white", edgecolor=GREY, hatch="////", linewidth=0.4, label=say("not solved")))
        place = ((LEFT + beside) / WIDTH, (self.foot - 0.19) / self.height)
        self.figure.legend(
            handles=signs, loc="upper left", bbox_to_anchor=place, ncols=len(signs), frameon=False, borderpad=0,
            fontsize=SMALL_SIZE, handlelength=1.2, columnspacing=1.2, borderaxespad=0, labelcolor=INK,
        )  # fmt: skip


def _plain(label: str) -> Patch:
    return Patch(facecolor=SHADE, edgecolor=GREY, linewidth=0.4, label=label)


def _nice(top: float) -> float:
    """The next round number for the end of a scale."""
    power = 10.0 ** np.floor(np.log10(top))
    return float(next(n for n in NICE if n * power >= top - 1e-9) * power)


def _drawn(table: pd.DataFrame, order: Sequence[str], cells: Mapping[Place, Cell], words: Words) -> Drawing:
    """The sheet with its cells and words."""
    names = dict(zip(table["asset"], table["asset_name"], strict=True))
    dates = sorted(table["start"].unique())
    drawing = _sheet(len(order), words, unsolved=len(cells) < len(order) * len(dates))
    axes, wide = drawing.axes, (WIDTH - LEFT - RIGHT) / len(dates)
    for (y, asset), (x, start) in product(enumerate(order), enumerate(dates)):
        if (asset, start) not in cells:
            _box(axes, x, y, facecolor="white", edgecolor=GREY, hatch="////", linewidth=0)
            continue
        shown = cells[asset, start]
        colour = SHADE if shown.darkness is None else HARM(shown.darkness)
        _box(axes, x, y, facecolor=colour, edgecolor="white", linewidth=1.0 if wide > NARROW else 0.0)
        if width(shown.letters, SMALL_SIZE) + CHAR <= wide:
            tint = "white" if (shown.darkness or 0.0) > DARK else INK
            axes.text(x + 0.5, y + 0.5, shown.letters, ha="center", va="center", size=SMALL_SIZE, color=tint)
    axes.set(xlim=(0, len(dates)), ylim=(len(order), 0))
    _label(axes, [named(names[a]) for a in order], dates)
    return drawing


def _box(axes: Axes, x: int, y: int, **style: Any) -> None:
    axes.add_patch(Rectangle((x, y), 1, 1, **style))


def _label(axes: Axes, names: Sequence[str], dates: Sequence[str]) -> None:
    """Names at the left, start dates on top, the year with the first date of each year."""
    stamps = [pd.Timestamp(d) for d in dates]
    named = [k for k, s in enumerate(stamps) if len(stamps) <= LABELS or k == 0 or s.month != stamps[k - 1].month]
    years = [k == 0 or stamps[k].year != stamps[j].year for j, k in zip([0, *named], named, strict=False)]
    texts = [
        day_month(stamps[k]) + (f"\n{stamps[k].year}" if new else "\n") for k, new in zip(named, years, strict=True)
    ]
    axes.xaxis.tick_top()
    axes.set_xticks([k + 0.5 for k in named], texts, fontsize=SMALL_SIZE)
    row_names(axes, np.arange(len(names)) + 0.5, names, LEFT - EDGE - 0.1)
    axes.tick_params(length=0, colors=INK)
    axes.spines[:].set_visible(False)


def _sheet(rows: int, words: Words, unsolved: bool) -> Drawing:
    """An empty sheet: title, subtitle, head of dates, rows, key and foot; it grows with its rows."""
    inside = WIDTH - 2 * EDGE
    titles = _evenly(units_whole(words.title), inside)
    below = in_lines(words.subtitle, SUBTITLE_CHARS, inside, TEXT_SIZE)
    notes = in_lines([words.source, *method_notes()], FOOT_CHARS, inside, SMALL_SIZE)
    foot = FOOT + TEXT_LINE * (len(notes) - 1)
    under = foot + ROW * rows + HEAD
    over = under + TEXT_LINE * len(below) + GAP / 2
    height = over + TITLE_LINE * len(titles) + TOP
    figure = Figure(figsize=(WIDTH, height))
    margin = EDGE / WIDTH
    axes = figure.add_axes((LEFT / WIDTH, foot / height, (WIDTH - LEFT - RIGHT) / WIDTH, ROW * rows / height))
    figure.text(margin, GAP / height, "\n".join(notes), size=SMALL_SIZE, color=GREY, va="bottom")
    figure.text(margin, under / height, "\n".join(below), size=TEXT_SIZE, color=GREY, va="bottom")
    style: dict[str, Any] = {"ha": "left", "va": "bottom", "size": TITLE_SIZE, "weight": "bold"}
    figure.suptitle("\n".join(titles), x=margin, y=over / height, **style)
    return Drawing(figure, axes, height, foot, unsolved)


def _evenly(text: str, inches: float) -> list[str]:
    """A title on as few lines as it needs, all about as long."""
    needed = len(wrapped(text, TITLE_CHARS, inches, TITLE_SIZE, bold=True))
    return next(
        lines
        for letters in range(-(-len(text) // max(1, needed)), len(text) + 1)
        if len(lines := wrapped(text, letters, inches, TITLE_SIZE, bold=True)) <= needed
    )
