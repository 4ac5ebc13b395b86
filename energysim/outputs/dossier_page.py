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
from energysim.outputs.dossier_text import Cells, Line, cells, line, sentences
from energysim.outputs.wording import MCM, Unit
from energysim.units import REPORTING_GCV

SHOWN_ROWS = 16
"""Rows of a table on the terminal; the file beside it holds all."""
STYLES = {"pass": "bold green", "fail": "bold red", "": ""}


def dossier_page(dossier: Dossier, unit: Unit = MCM) -> Group:
    """Everything at once, chapter by chapter, in the order of the template."""
    parts: list[RenderableType] = [_head(dossier)]
    for chapter in dossier.chapters:
        parts += _chapter(chapter, unit)
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


def _chapter(chapter: Chapter, unit: Unit) -> Iterator[RenderableType]:
    yield Text()
    yield Rule(
        Text(f"{chapter.place}   {chapter.title}" if chapter.place else chapter.title, style="bold"), align="left"
    )
    for sentence in sentences(chapter, unit):
        yield Text(sentence)
    if chapter.figures:
        yield _figures([line(f, unit) for f in chapter.figures])
    for name, table in chapter.tables.items():
        if table.on_page:
            yield _grid(cells(table, unit), f"{name}.csv")
    for note in chapter.notes:
        yield Text(note, style="dim")


def _figures(lines: list[Line]) -> RenderableType:
    """One figure a block: name, value, interval, verdict; below it formula and source."""
    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), expand=True)
    grid.add_column("indicator, formula · source", ratio=1)
    for heading in ("value", "interval", ""):
        grid.add_column(heading, justify="right", no_wrap=True)
    for item in lines:
        below = " · ".join(part for part in (item.formula, item.source, item.note) if part)
        name = Text.assemble(item.name, ("\n  " + below if below else "", "dim"))
        grid.add_row(
            name, Text(item.value, style="bold"), item.interval, Text(item.verdict, style=STYLES[item.verdict])
        )
    return grid


def _grid(found: Cells, file: str) -> RenderableType:
    grid = Grid(title=Text(found.title, style="bold"), title_justify="left", caption_justify="left",
                box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))  # fmt: skip
    for heading, numeric in zip(found.headings, found.numeric, strict=True):
        grid.add_column(Text(heading), justify="right" if numeric else "left", overflow="fold")
    for row in found.rows[:SHOWN_ROWS]:
        grid.add_row(*[Text(cell) for cell in row])
    hidden = len(found.rows) - SHOWN_ROWS
    said = [f"and {hidden} more rows: {file}"] if hidden > 0 else []
    caption = " · ".join([*said, *([found.foot] if found.foot else [])])
    grid.caption = Text(caption, style="dim") if caption else None
    return Padding(grid, (1, 0, 0, 0))


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
