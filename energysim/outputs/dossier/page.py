"""The pages of a dossier: on the terminal, 100 columns wide, and as Markdown to be pasted in a preventive action plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from textwrap import wrap

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table as Grid
from rich.text import Text

from energysim.dossier import Chapter, Dossier
from energysim.outputs.dossier.digits import in_words
from energysim.outputs.dossier.text import Cells, Line, cells, line, sentences
from energysim.outputs.page import WIDTH
from energysim.outputs.sheet import scenario_title
from energysim.outputs.wording import MCM, Unit
from energysim.units import REPORTING_GCV
from energysim.words import localised, say, term
from energysim.words.lists import listed, weather_named

SHOWN_ROWS = 16
"""Rows of a table on the terminal; the file beside it holds all."""
BRIEF_ROWS = 12
"""The same on a page of many chapters."""
LEAST_WORDS = 12
"""Letters in a line of words that do not fit beside the numbers."""
MOST_WORD = 24
"""Letters of the longest single word that a column must hold in one line."""
GAP = 3
"""Blanks between two columns."""
INDENT = 2
HEADING_LINES = 3
STYLES = {"pass": "bold green", "fail": "bold red", "": ""}
DETAIL: Mapping[str, tuple[str, ...]] = {
    "n_minus_1": ("n_minus_1_without_", "fill_that_meets_", "first_day_below_"),
    "supply_standard": ("_margin", "_days", "_need", "_capacity"),
    "entsog": ("_fortnight_", "hhi_entry", "hhi_supplier"),
    "endurance": ("thumb_", "trigger_first_below_scenario"),
    "value": ("stock_", "eve_"),
    "projects": ("pint_", "toot_", "ratio_"),
}
"""Chapter -> what the ids of figures hold that a page of many chapters leaves to its first table and to the files."""


def dossier_page(dossier: Dossier, unit: Unit = MCM, brief: bool = False) -> Group:
    """Everything at once, chapter by chapter, in the order of the template.

    brief: the figures asked for first and of each chapter's tables only the first; all stand in the folder and in
    the Markdown page.
    """
    parts: list[RenderableType] = [_head(dossier)]
    for chapter in dossier.chapters:
        parts += _brief(chapter, unit) if brief else _chapter(chapter, unit)
    parts += [Text(), Text(foot(dossier, unit), style="dim")]
    return Group(*parts)


def foot(dossier: Dossier, unit: Unit) -> str:
    """What holds for every number of the dossier."""
    first = say(
        "data {digest} · energysim {version} · chapters as in the template of a preventive action plan",
        digest=str(dossier.manifest["data_digest"])[:10],
        version=dossier.manifest["versions"]["energysim"],
    )
    seen = say("Transport model with daily steps: pressures and hours are not seen.")
    volume = (
        say("mcm at {value} kWh/m3 (gross).", value=localised(f"{REPORTING_GCV:g}"))
        if unit == MCM
        else say("Energies are gross.")
    )
    return f"{first}\n{seen} {volume}"


def _head(dossier: Dossier) -> RenderableType:
    m = dossier.manifest
    said = say(
        "{scenario}  ·  gas year {year}  ·  weather of the scenario: {weather}",
        scenario=m["scenario"],
        year=m["gas_year"],
        weather=weather_named(m["weather"]),
    )
    return Text.assemble((f"{scenario_title(m['title'])}\n", "bold"), (said, "dim"))


def _title(chapter: Chapter) -> str:
    return f"{chapter.place}   {chapter.title}" if chapter.place else chapter.title


def _said(chapter: Chapter, unit: Unit) -> Iterator[RenderableType]:
    yield Text()
    yield Rule(Text(_title(chapter), style="bold"), align="left")
    for sentence in sentences(chapter, unit):
        yield Text(sentence)


def _chapter(chapter: Chapter, unit: Unit) -> Iterator[RenderableType]:
    yield from _said(chapter, unit)
    yield from _figures([line(f, unit) for f in chapter.figures])
    for name, table in chapter.tables.items():
        if table.on_page:
            yield _grid(cells(table, unit, name), f"{name}.csv", SHOWN_ROWS)
    yield Text()
    for note in chapter.notes:
        yield Text(in_words(note, unit), style="dim")


def _brief(chapter: Chapter, unit: Unit) -> Iterator[RenderableType]:
    detail = DETAIL.get(chapter.id, ())
    kept = [f for f in chapter.figures if not any(part in f.id for part in detail)]
    yield from _said(chapter, unit)
    yield from _figures([line(f, unit) for f in kept])
    on_page = [name for name, table in chapter.tables.items() if table.on_page]
    for name in on_page[:1]:
        found = cells(chapter.tables[name], unit, name)
        yield _grid(found, f"{name}.csv", BRIEF_ROWS if len(found.rows) > SHOWN_ROWS else SHOWN_ROWS)
    hidden = len(chapter.figures) - len(kept)
    more = [say("{figures} figures", figures=hidden)] if hidden else []
    more += on_page[1:]
    more += [say("notes on the method")] if chapter.notes else []
    if more:
        yield Text(say("more in the folder: {what}", what=", ".join(more)), style="dim")


def _figures(lines: list[Line]) -> Iterator[RenderableType]:
    """Figures below the formula and source that they share: name, value, interval, verdict; below it what is to be noted."""
    grouped: dict[tuple[str, str], list[Line]] = {}
    for item in lines:
        grouped.setdefault((item.formula, item.source), []).append(item)
    widths = [max([len(t) for t in column], default=0) for column in zip(*[_beside(i) for i in lines], strict=True)]
    for (formula, source), held in grouped.items():
        yield Text()
        yield Text(" · ".join(part for part in (formula, source) if part), style="italic dim")
        for item in held:
            grid = Grid(box=None, pad_edge=False, padding=(0, 0, 0, INDENT), show_header=False, expand=True)
            grid.add_column(ratio=1)
            for width in widths:
                grid.add_column(justify="right", no_wrap=True, width=width)
            value, interval, verdict = _beside(item)
            grid.add_row(item.name, Text(value, style="bold"), interval, Text(verdict, style=STYLES[item.key]))
            yield grid
            if item.note:
                yield Padding(Text(item.note, style="dim"), (0, 0, 0, 2 * INDENT))


def _beside(item: Line) -> tuple[str, str, str]:
    return item.value, item.interval, item.verdict


def _grid(found: Cells, file: str, most: int) -> RenderableType:
    """A table within the page: numbers keep their width, words share what is left, columns that find no room stay in the file."""
    widths = _widths(found, most)
    grid = Grid(title=Text(found.title, style="bold"), title_justify="left", caption_justify="left",
                box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))  # fmt: skip
    for heading, numeric, width in zip(found.headings, found.numeric, widths, strict=False):
        grid.add_column(Text(heading), justify="right" if numeric else "left", width=width, overflow="fold")
    for row in found.rows[:most]:
        grid.add_row(*[Text(cell) for cell in row[: len(widths)]])
    hidden, missing = len(found.rows) - most, len(found.headings) - len(widths)
    more = [say("{rows} more {rows|row|rows}", rows=hidden)] if hidden > 0 else []
    more += [say("{columns} more {columns|column|columns}", columns=missing)] if missing > 0 else []
    said = [say("and {what}: {file}", what=listed(more), file=file)] if more else []
    caption = " · ".join([*said, *([found.foot] if found.foot else [])])
    grid.caption = Text(caption, style="dim") if caption else None
    return Padding(grid, (1, 0, 0, 0))


def _widths(found: Cells, most: int) -> list[int]:
    """Width of each column that finds room, the first ones first."""
    columns = list(zip(*found.rows[:most], strict=True)) or [()] * len(found.headings)
    longest = [max([len(c) for c in column], default=0) for column in columns]
    word = [_narrowest(heading) for heading in found.headings]
    room = {k: max(n, w) for k, (n, w) in enumerate(zip(longest, word, strict=True))}
    within = [max([len(w) for c in column for w in c.split()], default=0) for column in columns]
    words = {k: max(LEAST_WORDS, min(MOST_WORD, within[k]), word[k]) for k in room}
    least = {k: room[k] if found.numeric[k] else min(room[k], words[k]) for k in room}
    kept = [k for k in room if sum(least[j] + GAP for j in range(k + 1)) <= WIDTH + 1]
    widths = [least[k] for k in kept]
    for wanted in (room, {k: max(room[k], len(found.headings[k])) for k in room}):
        spare = WIDTH + 1 - sum(w + GAP for w in widths)
        while spare > 0 and any(widths[k] < wanted[k] for k in kept):
            widths[min((k for k in kept if widths[k] < wanted[k]), key=lambda k: widths[k])] += 1
            spare -= 1
    return widths


def _narrowest(heading: str) -> int:
    """The least width in which a heading takes no more than HEADING_LINES."""
    width = max(len(w) for w in heading.split())
    while len(wrap(heading, width)) > HEADING_LINES:
        width += 1
    return width


def dossier_markdown(dossier: Dossier, unit: Unit = MCM) -> str:
    """The same as Markdown, every row of every table, to be pasted elsewhere."""
    m = dossier.manifest
    about = say(
        "Scenario `{scenario}`, gas year {year}, weather {weather}.",
        scenario=m["scenario"],
        year=m["gas_year"],
        weather=weather_named(m["weather"]),
    )
    made = [say("Made by `{command}`.", command=m["command"])] if m.get("command") else []
    parts = [f"# {scenario_title(m['title'])}", " ".join([about, *made])]
    for chapter in dossier.chapters:
        parts.append(f"## {_title(chapter)}")
        parts += sentences(chapter, unit)
        lines = [line(f, unit) for f in chapter.figures]
        rows = [(i.name, i.value, i.interval, i.verdict, i.formula, i.source, i.note) for i in lines]
        if rows:
            headings = tuple(
                term(w) for w in ("indicator", "value", "interval", "verdict", "formula", "source", "note")
            )
            parts.append(_markdown(headings, rows, (False, True, True, False, False, False, False)))
        for name, table in chapter.tables.items():
            if table.on_page:
                found = cells(table, unit, name)
                parts.append(f"**{found.title}**")
                parts.append(_markdown(found.headings, found.rows, found.numeric))
                parts += [found.foot] if found.foot else []
        parts += [f"*{in_words(' '.join(chapter.notes), unit)}*"] if chapter.notes else []
    parts.append(foot(dossier, unit).replace("\n", "  \n"))
    return "\n\n".join(parts) + "\n"


def _markdown(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]], numeric: tuple[bool, ...]) -> str:
    lines = ["| " + " | ".join(map(_escaped, headings)) + " |"]
    lines.append("|" + "|".join("---:" if n else "---" for n in numeric) + "|")
    lines += ["| " + " | ".join(map(_escaped, row)) + " |" for row in rows]
    return "\n".join(lines)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
