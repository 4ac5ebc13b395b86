"""The sheet every chart is drawn on: title, subtitle, lanes of events, legend beside the data, foot; and saving.

Only matplotlib's object-oriented interface is used: no state, no window. Lengths are in inches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter

from energysim.errors import InputError
from energysim.files import write_whole
from energysim.outputs.findings import SEPARATOR, foot, subtitle
from energysim.outputs.letters import POINTS, shortened, width, wrapped
from energysim.outputs.palette import GREY, INK, PALE, SHADE
from energysim.outputs.svg import slim
from energysim.outputs.wording import number
from energysim.results import Results
from energysim.words import day_month, say, speaking, spoken, term

WIDTH, BODY = 11.0, 4.5
LEFT, RIGHT, BOTTOM, TOP = 0.85, 2.75, 0.85, 0.2
SPAN = WIDTH - LEFT - RIGHT
TITLE_SIZE, TEXT_SIZE, SMALL_SIZE = 13, 9, 8
TITLE_LINE, TEXT_LINE, LANE = 0.25, 0.19, 0.19
TITLE_CHARS, TEXT_CHARS, LEGEND_CHARS, BESIDE_CHARS, FOOT_CHARS = 86, 150, 28, 62, 170
"""Most letters in a line; wide letters get fewer, so that lines fit these inches:"""
WHOLE, LEGEND, BESIDE = WIDTH - LEFT - 0.2, RIGHT - 0.55, 5.2
CHAR = 0.068
"""Mean width of a small letter."""
GAP = 0.14
LEGEND_SIZES = ((TEXT_SIZE, 0.5), (SMALL_SIZE, 0.3), (6.5, 0.25))
"""Sizes of letters of a legend and the room between its entries as a share of them, from the most readable."""
LINE = 1.25
"""Height of a line as a share of the size of its letters."""
LANES = 6
"""Most lanes of events; further events are only shaded."""
LONG = 120
"""Days from which ticks stand on the first of each month."""
HALVES = 60
"""Days from which ticks stand on the first and the fifteenth of each month."""
LONGEST = 1000
"""Days from which ticks stand on the first day of each gas year."""
MONTHS, DAYS, FEW = 13, 8, 3
"""Most ticks over many months, over days, and in a small panel."""
DAY = pd.Timedelta(days=1)
FORMATS = (".svg", ".png", ".pdf")
DPI = 150


@dataclass(frozen=True)
class Occurrence:
    """An event within the days shown; `stop` is the morning after its last day."""

    name: str
    """As said in the reader's language."""
    start: pd.Timestamp
    stop: pd.Timestamp
    written: str = ""
    """Its name as the scenario has it."""


@dataclass(frozen=True)
class Canvas:
    """Axes to draw in, and whether the sheet around them is ours to fill."""

    result: Results
    axes: Axes
    days: pd.DatetimeIndex
    own: bool

    def finish(
        self,
        title: str,
        what: str,
        handles: Sequence[Artist],
        lanes: bool = True,
        dated: bool = True,
        shaded: bool = True,
        room: float = BODY,
    ) -> Figure:
        """Write title, subtitle, legend, foot and lanes of events around the data; returns the figure.

        dated: whether the chart has an axis of dates; shaded: whether days of events are shaded on it; room: inches of
        height that the legend may have.
        """
        figure = self.axes.get_figure(root=True)
        if figure is None:
            raise InputError("the axes given belong to no figure; make them with Figure().subplots()")
        events = occurrences(self.result, self.days) if dated else []
        unnamed = len({e.name for e in events}) - LANES
        more = say("Days of events, {count} more than named", count=unnamed)
        shade_of_events = Patch(color=SHADE, label=more if unnamed > 0 else say("Days of events"))
        self._legend([*handles, shade_of_events] if events and shaded else handles, room)
        if self.own:
            below = _lines(subtitle(self.result, what), TEXT_CHARS, WHOLE)
            self._sheet(figure, title, below, events if lanes else [])
        else:
            lines = wrapped(title, BESIDE_CHARS, BESIDE, TEXT_SIZE)
            lines += _lines(subtitle(self.result, what), BESIDE_CHARS, BESIDE)
            self.axes.set_title("\n".join(lines), loc="left", size=TEXT_SIZE)
        return figure

    def _legend(self, handles: Sequence[Artist], room: float) -> None:
        """Beside the data; in the largest letters in which it fits so many inches."""
        for size, between in LEGEND_SIZES:
            letters = round(LEGEND_CHARS * TEXT_SIZE / size)
            broken = [wrapped(str(h.get_label()), letters, LEGEND, size) for h in handles]
            points = size * (LINE * sum(map(len, broken)) + between * len(handles))
            if points / POINTS <= room:
                break
        if handles:
            self.axes.legend(
                handles,
                ["\n".join(lines) for lines in broken],
                loc="upper left",
                bbox_to_anchor=(1.01, 1.0),
                borderaxespad=0,
                frameon=False,
                fontsize=size,
                labelspacing=between,
            )

    def _sheet(self, figure: Figure, title: str, below: Sequence[str], events: Sequence[Occurrence]) -> None:
        """From the foot upwards: foot, data, lanes of events, subtitle, title; the sheet grows with them."""
        titles = wrapped(title, TITLE_CHARS, WHOLE, TITLE_SIZE, bold=True)
        names = list(dict.fromkeys(e.name for e in events))[:LANES]
        lanes = BOTTOM + BODY + GAP / 2
        under = lanes + LANE * len(names) + GAP
        over = under + TEXT_LINE * len(below) + GAP / 2
        height = over + TITLE_LINE * len(titles) + TOP
        figure.set_size_inches(WIDTH, height)
        x = LEFT / WIDTH
        source = "\n".join(_lines(foot(self.result), FOOT_CHARS, WHOLE, SMALL_SIZE))
        figure.text(x, GAP / height, source, size=SMALL_SIZE, color=GREY, va="bottom")
        self.axes.set_position((x, BOTTOM / height, SPAN / WIDTH, BODY / height))
        figure.text(x, under / height, "\n".join(below), size=TEXT_SIZE, color=GREY, va="bottom")
        style: dict[str, Any] = {"ha": "left", "va": "bottom", "size": TITLE_SIZE, "weight": "bold"}
        figure.suptitle("\n".join(titles), x=x, y=over / height, **style)
        if names:
            box = (x, lanes / height, SPAN / WIDTH, LANE * len(names) / height)
            self._lanes(figure.add_axes(box), names, events)

    def _lanes(self, axes: Axes, names: Sequence[str], events: Sequence[Occurrence]) -> None:
        """A bar with a name for every event."""
        axes.set(xlim=_limits(self.days), ylim=(len(names), 0))
        axes.set_axis_off()
        for row, name in enumerate(names):
            spans = [(_num(e.start), _num(e.stop) - _num(e.start)) for e in events if e.name == name]
            axes.broken_barh(spans, (row + 0.2, 0.6), color=GREY, linewidth=0)
            x, align, text = _beside(name, spans, _limits(self.days), SPAN)
            axes.text(x, row + 0.5, text, ha=align, va="center", size=SMALL_SIZE, color=INK)


def canvas(result: Results, axes: Axes | None = None, days: pd.DatetimeIndex | None = None) -> Canvas:
    """A fresh sheet, or the axes given, for the gas days to be shown (the whole horizon unless said)."""
    shown = result.dates if days is None else days
    if axes is not None:
        return Canvas(result, axes, shown, own=False)
    return Canvas(result, Figure(figsize=(WIDTH, BODY)).add_axes((0, 0, 1, 1)), shown, own=True)


def occurrences(result: Results, days: pd.DatetimeIndex) -> list[Occurrence]:
    """Events of the scenario, repetitions one by one, cut to the days shown."""
    found = []
    for event in result.manifest["scenario"].get("events", []):
        repeat = event.get("repeat") or {"every_days": 0, "times": 1}
        for k in range(repeat["times"]):
            shift = pd.Timedelta(days=k * repeat["every_days"])
            start = max(pd.Timestamp(event["start"]) + shift, days[0])
            stop = min(pd.Timestamp(event["until"]) + shift, days[-1]) + DAY
            if start < stop:
                found.append(Occurrence(term(str(event["name"])), start, stop, str(event["name"])))
    return sorted(found, key=lambda e: e.start)


def shade(axes: Axes, result: Results, days: pd.DatetimeIndex) -> None:
    """Shade the days of events behind the data, overlapping events once."""
    spans: list[list[pd.Timestamp]] = []
    for event in occurrences(result, days):
        if spans and event.start <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], event.stop)
        else:
            spans.append([event.start, event.stop])
    for start, stop in spans:
        axes.axvspan(_num(start), _num(stop), color=SHADE, linewidth=0, zorder=0)


def date_axis(axes: Axes, days: pd.DatetimeIndex, small: bool = False) -> None:
    """Ticks such as `1 Jan`, the year below the first one of each year; light grid, no box."""
    if len(days) > LONGEST:
        stamps = pd.date_range(days[0], days[-1], freq="YS-OCT")
    elif len(days) > LONG:
        stamps = pd.date_range(days[0], days[-1], freq="MS")
        stamps = stamps[:: -(-len(stamps) // (FEW if small else MONTHS))]
    elif len(days) > HALVES and not small:
        stamps = pd.date_range(days[0], days[-1], freq="SMS")
    else:
        stamps = pd.date_range(days[0], days[-1], freq=-(-len(days) // (FEW if small else DAYS)) * DAY)
    new = [k == 0 or stamp.year != stamps[k - 1].year for k, stamp in enumerate(stamps)]
    labels = [day_month(s) + (f"\n{s.year}" if first else "") for s, first in zip(stamps, new, strict=True)]
    axes.set_xticks([_num(s) for s in stamps], labels)
    axes.set_xlim(*_limits(days))
    axes.yaxis.set_major_formatter(numbers())
    axes.tick_params(labelsize=SMALL_SIZE if small else TEXT_SIZE, colors=INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=PALE, linewidth=0.7)
    axes.set_axisbelow(True)


def numbers() -> FuncFormatter:
    """Numbers of an axis in the language spoken now: they are written when the figure is saved, which may be later."""
    language = spoken()

    def written(value: float, _: int | None) -> str:
        with speaking(language):
            return number(value)

    return FuncFormatter(written)


def steps(frame: pd.DataFrame) -> tuple[Any, pd.DataFrame]:
    """Dates and rows for steps that last a whole gas day: the last row once more, on the morning after."""
    after = frame.iloc[[-1]].set_axis(frame.index[[-1]] + DAY)
    whole = pd.concat([frame, after])
    return positions(whole.index), whole


def positions(dates: pd.Index | pd.Series[pd.Timestamp]) -> Any:
    """Dates as places on the date axis."""
    return date2num(dates.to_numpy())  # type: ignore[no-untyped-call]


def save(figure: Figure, path: Path | str) -> Path:
    """Write a chart as SVG, PNG or PDF, the same bytes every time. Raises InputError for another ending."""
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise InputError(f"{path}: unknown format {ending!r} of a chart; expected one of {', '.join(FORMATS)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_whole(path, rendered(figure, ending))


def rendered(figure: Figure, ending: str = ".png") -> bytes:
    """A chart as the content of a file of one of FORMATS, the same bytes every time."""
    undated = {".svg": {"Date": None}, ".png": {"Software": None}, ".pdf": {"CreationDate": None}}[ending]
    drawn = BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "energysim", "text.parse_math": False}):
        for text in figure.findobj(Text):  # a dollar in a title is a dollar
            text.set_parse_math(False)
        figure.savefig(drawn, format=ending[1:], dpi=DPI, metadata=undated, facecolor="white")
    return slim(drawn.getvalue()) if ending == ".svg" else drawn.getvalue()


def _beside(
    name: str, spans: list[tuple[float, float]], limits: tuple[float, float], span: float
) -> tuple[float, str, str]:
    """Where the name of a lane stands: right of its last bar, else left of its first, else shortened to the right."""
    scale = span / (limits[1] - limits[0])
    first, last = (spans[0][0] - limits[0]) * scale, (sum(spans[-1]) - limits[0]) * scale
    needed, gap = width(name, SMALL_SIZE), 0.06 / scale
    room = span + RIGHT - 0.15 - last
    if needed > room and needed < first:
        return spans[0][0] - gap, "right", name
    return sum(spans[-1]) + gap, "left", shortened(name, room, SMALL_SIZE)


def _lines(text: str, letters: int, inches: float, size: float = TEXT_SIZE) -> list[str]:
    """Text wrapped, at its separators where it can be."""
    lines: list[str] = []
    for part in text.split(SEPARATOR):
        joined = f"{lines[-1]}{SEPARATOR}{part}" if lines else part
        if lines and len(joined) <= letters and width(joined, size) <= inches:
            lines[-1] = joined
        else:
            lines += wrapped(part, letters, inches, size)
    return lines


def _limits(days: pd.DatetimeIndex) -> tuple[float, float]:
    return _num(days[0]), _num(days[-1] + DAY)


def _num(stamp: pd.Timestamp) -> float:
    return float(positions(pd.DatetimeIndex([stamp]))[0])
