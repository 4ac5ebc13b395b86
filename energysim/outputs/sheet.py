"""The sheet of a chart that is not of one run: title, lines below it, axes, foot. Lengths are in inches.

`canvas` is the sheet of a run, with its events; here stand dossiers, studies and several runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from energysim.outputs.canvas import SMALL_SIZE, TEXT_LINE, TEXT_SIZE, TITLE_LINE, TITLE_SIZE, WIDTH
from energysim.outputs.findings import SEPARATOR
from energysim.outputs.letters import shortened, width, wrapped
from energysim.outputs.palette import GREY, INK
from energysim.units import REPORTING_GCV
from energysim.words import decimals, localised, say, speaking, spoken, term
from energysim.words.language import glossary

EDGE = 0.3
"""Left of title and foot, and right of the last letter."""
HEAD, GAP = 0.2, 0.1
SMALL_LINE = 0.16
TITLE_LETTERS, TEXT_LETTERS, FOOT_LETTERS, LEGEND_LETTERS = 92, 150, 175, 20
"""Most letters in a line; wide letters get fewer."""
ROW_LINES, LONG_LETTERS = 2, 60
"""Lines of the name of a row, and most letters in one."""


@dataclass(frozen=True)
class Margins:
    """Room around the axes, and their height; `above` lies between the words and the axes."""

    body: float
    left: float
    right: float = 0.4
    above: float = 0.2
    below: float = 0.5

    def box(self, height: float, foot: float) -> tuple[float, float, float, float]:
        """Where the axes stand on a sheet of a height, in its shares."""
        return (
            self.left / WIDTH,
            (foot + self.below) / height,
            (WIDTH - self.left - self.right) / WIDTH,
            self.body / height,
        )


def sheet(title: str, below: Sequence[str], source: Sequence[str], margins: Margins) -> tuple[Figure, Axes]:
    """A figure as high as its words need, and its axes: light, no box. Parts of `below` and `source` stand in a row."""
    inside = WIDTH - 2 * EDGE
    titles = wrapped(units_whole(title), TITLE_LETTERS, inside, TITLE_SIZE, bold=True)
    lines = in_lines([units_whole(part) for part in below], TEXT_LETTERS, inside, TEXT_SIZE)
    notes = in_lines(source, FOOT_LETTERS, inside, SMALL_SIZE)
    foot = EDGE / 2 + SMALL_LINE * len(notes)
    words = HEAD + TITLE_LINE * len(titles) + GAP + TEXT_LINE * len(lines)
    height = words + margins.above + margins.body + margins.below + foot
    figure = Figure(figsize=(WIDTH, height))
    axes = figure.add_axes(margins.box(height, foot))
    place: dict[str, Any] = {"ha": "left", "va": "top"}
    figure.suptitle("\n".join(titles), x=EDGE / WIDTH, y=1 - HEAD / height, size=TITLE_SIZE, weight="bold", **place)
    under = 1 - (HEAD + TITLE_LINE * len(titles) + GAP) / height
    figure.text(EDGE / WIDTH, under, "\n".join(lines), size=TEXT_SIZE, color=GREY, **place)
    figure.text(EDGE / WIDTH, EDGE / 2 / height, "\n".join(notes), size=SMALL_SIZE, color=GREY, va="bottom")
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=TEXT_SIZE, colors=INK)
    plain_ticks(axes)
    return figure, axes


def plain_ticks(axes: Axes) -> None:
    """Numbers on both axes as the language writes them, with a true minus."""
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(plain_numbers())


def plain_numbers() -> FuncFormatter:
    """Numbers as the language spoken now writes them, with a true minus, whenever they are drawn."""
    language = spoken()

    def written(value: float, _: int | None) -> str:
        with speaking(language):
            return localised(f"{value:,.10g}").replace("-", "−")

    return FuncFormatter(written)


def row_names(axes: Axes, places: Iterable[float], names: Sequence[str], inches: float) -> None:
    """Names left of rows, each in the room there is: long ones small, in two lines, shortened at last."""
    labels, sizes = [], []
    for name in names:
        small = width(name, TEXT_SIZE) > inches
        lines = wrapped(name, LONG_LETTERS, inches, SMALL_SIZE) if small else [name]
        if len(lines) > ROW_LINES:
            lines = [lines[0], shortened(" ".join(lines[1:]), inches, SMALL_SIZE)]
        labels.append("\n".join(lines))
        sizes.append(SMALL_SIZE if small else TEXT_SIZE)
    axes.set_yticks(list(places), labels)
    for label, size in zip(axes.get_yticklabels(), sizes, strict=True):
        label.set(fontsize=size, linespacing=1.0)


def units_whole(text: str) -> str:
    """A text in which no line breaks within a unit, or between a number and it: `410 mil. m³`."""
    for unit in (say("mcm"), say("MEUR")):
        text = text.replace(unit, kept_whole(unit))
        text = re.sub(rf"(\d) (?={re.escape(kept_whole(unit))})", "\\1\N{NO-BREAK SPACE}", text)
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def in_lines(parts: Sequence[str], letters: int, inches: float, size: float) -> list[str]:
    """Parts in a row with separators, on another line where they do not fit."""
    lines: list[str] = []
    for part in filter(None, parts):
        joined = f"{lines[-1]}{SEPARATOR}{part}" if lines else part
        if lines and wrapped(joined, letters, inches, size) == [joined]:
            lines[-1] = joined
        else:
            lines += wrapped(part, letters, inches, size)
    return lines


def legend(axes: Axes, handles: Sequence[Artist], inches: float) -> None:
    """Beside the data, on the right, in lines that fit the inches there."""
    labels = ["\n".join(wrapped(units_whole(str(h.get_label())), LEGEND_LETTERS, inches, TEXT_SIZE)) for h in handles]
    axes.legend(handles, labels, loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0, frameon=False,
                fontsize=TEXT_SIZE, labelcolor=INK)  # fmt: skip


def legend_above(axes: Axes, handles: Sequence[Artist], columns: int = 4) -> None:
    """In a row between the words and the data."""
    axes.legend(handles=list(handles), loc="lower left", bbox_to_anchor=(0, 1.0), ncols=columns, frameon=False,
                fontsize=TEXT_SIZE, borderaxespad=0.2, columnspacing=1.4, handlelength=1.4, labelcolor=INK)  # fmt: skip


def method_notes() -> list[str]:
    """What kind of model it is, and what a cubic metre is."""
    return [
        say("transport model, daily step: pressures and hours are not seen"),
        say("1 mcm = {gcv} GWh", gcv=decimals(REPORTING_GCV, 2)),
    ]


def made_by(manifest: Mapping[str, Any]) -> str:
    """`Source: energysim 0.1.0` of what a manifest states of itself."""
    return say("Source: energysim {version}", version=str(manifest.get("versions", {}).get("energysim", "")))


def named(text: str) -> str:
    """A name as the glossary knows it; as it stands where that is said already, or no name of the data."""
    return term(text) if spoken() != "en" and text in glossary() else text


def scenario_title(title: str) -> str:
    """A scenario's title as far as the glossary knows its parts: `Title: variant`."""
    return ": ".join(named(part) for part in title.split(": "))


def kept_whole(text: str) -> str:
    """A text that no line breaks."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")
