"""The pages of a dossier: on the terminal, 100 columns wide, and as Markdown to be pasted in a preventive action plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table as Grid
from rich.text import Text

from energysim.dossier import Chapter, Dossier
from energysim.outputs.dossier.text import Cells, Line, cells, line, sentences
from energysim.outputs.page import WIDTH
from energysim.outputs.wording import MCM, Unit
from energysim.units import REPORTING_GCV

SHOWN_ROWS = 16
"""Rows of a table on the terminal; the file beside it holds all."""
LEAST_WORDS = 12
"""Letters in a line of words that do not fit beside the numbers."""
GAP = 3
"""Blanks between two columns."""
STYLES = {"pass": "bold green", "fail": "bold red", "": ""}


def dossier_page(dossier: Dossier, unit: Unit = MCM, brief: bool = False) -> Group:
    """Everything at once, chapter by chapter, in the order of the template.

    brief: of each chapter's tables only the first; the others stand in the folder and in the Markdown page.
    """
    parts: list[RenderableType] = [_head(dossier)]
    for chapter in dossier.chapters:
        parts += _chapter(chapter, unit, brief)
    parts.append(Text(foot(dossier, unit), style="dim"))
    return Group(*parts)


def foot(dossier: Dossier, unit: Unit) -> str:
    """What holds for every number of the dossier."""
    volume = f" mcm at {REPORTING_GCV:g} kWh/m3 (gross)." if unit.name == MCM.name else ""
    return (
        f"data {str(dossier.manifest['data_digest'])[:10]} · energysim {dossier.manifest['versions']['energysim']} · "
        f"order of chapters: template of a preventive action plan, Reg. (EU) 2017/1938, Annex VI\n"
        f"Transport model with daily steps: pressures and hours are not seen.{volume}"
    )


def _head(dossier: Dossier) -> RenderableType:
    m = dossier.manifest
    said = f"{m['scenario']}  ·  gas year {m['gas_year']}  ·  weather of the scenario: {m['weather']}"
    return Text.assemble((f"{m['title']}\n", "bold"), (said, "dim"))


def _chapter(chapter: Chapter, unit: Unit, brief: bool) -> Iterator[RenderableType]:
    yield Text()
    yield Rule(
        Text(f"{chapter.place}   {chapter.title}" if chapter.place else chapter.title, style="bold"), align="left"
    )
    for sentence in sentences(chapter, unit):
        yield Text(sentence)
    if chapter.figures:
        yield _figures(_together([line(f, unit) for f in chapter.figures]))
    on_page = {name: table for name, table in chapter.tables.items() if table.on_page}
    for name, table in list(on_page.items())[: 1 if brief else None]:
        yield _grid(cells(table, unit), f"{name}.csv")
    if brief and len(on_page) > 1:
        yield Text("more tables: " + ", ".join(list(on_page)[1:]), style="dim")
    for note in chapter.notes:
        yield Text(note, style="dim")


def _together(lines: list[Line]) -> list[Line]:
    """The lines with those of one formula and source side by side, where the first of them stands."""
    order = list(dict.fromkeys((i.formula, i.source) for i in lines))
    return sorted(lines, key=lambda i: order.index((i.formula, i.source)))


def _figures(lines: list[Line]) -> RenderableType:
    """One figure a block: name, value, interval, verdict; below it formula and source."""
    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), expand=True)
    grid.add_column("indicator, formula · source", ratio=1)
    for heading in ("value", "interval", ""):
        grid.add_column(heading, justify="right", no_wrap=True)
    above: tuple[str, str] | None = None
    for item in lines:
        same = above == (item.formula, item.source)
        above = (item.formula, item.source)
        below = " · ".join(part for part in (("as above",) if same else above) + (item.note,) if part)
        name = Group(Text(item.name), Padding(Text(below, style="dim"), (0, 0, 0, 2)))
        value, verdict = Text(item.value, style="bold"), Text(item.verdict, style=STYLES[item.verdict])
        grid.add_row(name, value, item.interval, verdict)
    return grid


def _grid(found: Cells, file: str) -> RenderableType:
    """A table within the page: numbers keep their width, words share what is left, columns that find no room stay in the file."""
    widths = _widths(found)
    grid = Grid(title=Text(found.title, style="bold"), title_justify="left", caption_justify="left",
                box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))  # fmt: skip
    for heading, numeric, width in zip(found.headings, found.numeric, widths, strict=False):
        grid.add_column(Text(heading), justify="right" if numeric else "left", width=width, overflow="fold")
    for row in found.rows[:SHOWN_ROWS]:
        grid.add_row(*[Text(cell) for cell in row[: len(widths)]])
    hidden, missing = len(found.rows) - SHOWN_ROWS, len(found.headings) - len(widths)
    said = [f"and {hidden} more rows: {file}"] if hidden > 0 else []
    said += [f"and {missing} more columns: {file}"] if missing > 0 else []
    caption = " · ".join([*said, *([found.foot] if found.foot else [])])
    grid.caption = Text(caption, style="dim") if caption else None
    return Padding(grid, (1, 0, 0, 0))


def _widths(found: Cells) -> list[int]:
    """Width of each column that finds room, the first ones first."""
    columns = list(zip(*found.rows[:SHOWN_ROWS], strict=True)) or [()] * len(found.headings)
    longest = [max([len(c) for c in column], default=0) for column in columns]
    word = [max(len(w) for w in heading.split()) for heading in found.headings]
    room = {k: max(n, w) for k, (n, w) in enumerate(zip(longest, word, strict=True))}
    least = {k: room[k] if found.numeric[k] or room[k] <= LEAST_WORDS else LEAST_WORDS for k in room}
    kept = [k for k in room if sum(least[j] + GAP for j in range(k + 1)) <= WIDTH]
    spare = WIDTH - sum(least[k] + GAP for k in kept)
    widths = [least[k] for k in kept]
    while spare > 0 and any(widths[k] < room[k] for k in kept):
        narrowest = min((k for k in kept if widths[k] < room[k]), key=lambda k: widths[k])
        widths[narrowest] += 1
        spare -= 1
    return widths


def dossier_markdown(dossier: Dossier, unit: Unit = MCM) -> str:
    """The same as Markdown, every row of every table, to be pasted elsewhere."""
    m = dossier.manifest
    parts = [f"# {m['title']}", f"Scenario `{m['scenario']}`, gas year {m['gas_year']}, weather {m['weather']}."]
    for chapter in dossier.chapters:
        parts.append(f"## {chapter.place + '. ' if chapter.place else ''}{chapter.title}")
        parts += sentences(chapter, unit)
        lines = [line(f, unit) for f in chapter.figures]
        rows = [(i.name, i.value, i.interval, i.verdict, i.formula, i.source, i.note) for i in lines]
        headings = ("indicator", "value", "interval", "verdict", "formula", "source", "note")
        if rows:
            parts.append(_markdown(headings, rows, (False, True, True, False, False, False, False)))
        for table in [t for t in chapter.tables.values() if t.on_page]:
            found = cells(table, unit)
            parts.append(f"**{found.title}**")
            parts.append(_markdown(found.headings, found.rows, found.numeric))
            parts += [found.foot] if found.foot else []
        parts += chapter.notes
    parts.append(foot(dossier, unit))
    return "\n\n".join(parts) + "\n"


def _markdown(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]], numeric: tuple[bool, ...]) -> str:
    lines = ["| " + " | ".join(map(_escaped, headings)) + " |"]
    lines.append("|" + "|".join("---:" if n else "---" for n in numeric) + "|")
    lines += ["| " + " | ".join(map(_escaped, row)) + " |" for row in rows]
    return "\n".join(lines)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
