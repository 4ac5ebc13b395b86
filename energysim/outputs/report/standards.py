"""A chapter of a dossier as a section of the report: what it says, its figures, its tables, its notes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from energysim.dossier import Chapter
from energysim.outputs.dossier.digits import in_words
from energysim.outputs.dossier.text import Line, cells, line, sentences
from energysim.outputs.report.blocks import Block, Chart, Grid, Prose, Section
from energysim.outputs.report.guard import stated
from energysim.outputs.wording import Unit
from energysim.words import say

MOST_ROWS = 40
"""Rows up to which a table is printed."""
MOST_COLUMNS = 9
"""Columns that an upright page has room for."""


def chapter_section(
    chapter: Chapter,
    unit: Unit,
    quoted: Sequence[str],
    charts: Sequence[Chart] = (),
    prefix: str = "",
    numbered: bool = True,
) -> Section:
    """The chapter as a section of its own; ids begin with `prefix`; numbered: whether its place stands in the heading."""
    heading = f"{chapter.place}. {chapter.title}" if chapter.place and numbered else chapter.title
    return Section(f"{prefix}{chapter.id}".replace("_", "-"), heading, chapter_blocks(chapter, unit, quoted, charts))


def chapter_blocks(
    chapter: Chapter,
    unit: Unit,
    quoted: Sequence[str],
    charts: Sequence[Chart] = (),
    kept: Callable[[str], bool] = lambda _: True,
) -> tuple[Block, ...]:
    """The chapter in the order in which it is read; charts stand between its sentences and its figures.

    kept: which tables are printed, by their names.
    """
    said = tuple(_guarded(s, quoted) for s in sentences(chapter, unit))
    blocks: list[Block] = [Prose(said)] if said else []
    blocks += charts
    if chapter.figures:
        blocks.append(_figures([line(f, unit) for f in chapter.figures]))
    shown = {name: table for name, table in chapter.tables.items() if table.on_page and len(table.frame) and kept(name)}
    for name, table in shown.items():
        if len(table.frame) <= MOST_ROWS:
            found = cells(table, unit, name)
            blocks.append(_cut_to_page(Grid(found.title, found.headings, found.rows, found.numeric, found.foot)))
    long = [t.title for t in shown.values() if len(t.frame) > MOST_ROWS]
    if long:
        blocks.append(
            Prose(
                (
                    say(
                        "Too long to print; `energysim standards` writes them as CSV: {titles}.", titles="; ".join(long)
                    ),
                ),
                quiet=True,
            )
        )
    if chapter.notes:
        blocks.append(Prose(tuple(in_words(n, unit) for n in chapter.notes), points=True, quiet=True))
    return tuple(blocks)


def _guarded(sentence: str, quoted: Sequence[str]) -> str:
    """A sentence that has numbers is checked for their units; one that has none qualifies those around it."""
    return stated(sentence, quoted) if any(letter.isdigit() for letter in sentence) else sentence


def _figures(lines: Sequence[Line]) -> Grid:
    """Indicator, value, interval, verdict, formula and source; notes stand below their indicator's name."""
    headings = (say("Indicator"), say("Value"), say("Interval"), say("Verdict"), say("Formula and source"))
    rows = [
        (
            f"{i.name}\n{i.note}" if i.note else i.name,
            i.value,
            i.interval,
            i.verdict,
            "; ".join(p for p in (i.formula, i.source) if p),
        )
        for i in lines
    ]
    used = [k for k in range(len(headings)) if any(row[k] for row in rows)]
    numeric = (False, True, True, False, False)
    return Grid(
        say("Indicators"),
        tuple(headings[k] for k in used),
        tuple(tuple(row[k] for k in used) for row in rows),
        tuple(numeric[k] for k in used),
    )


def _cut_to_page(found: Grid) -> Grid:
    """The first columns where there are more than a page has room for; the foot names the others."""
    if len(found.headings) <= MOST_COLUMNS:
        return found
    left_out = ", ".join(found.headings[MOST_COLUMNS:])
    foot = " · ".join(p for p in (found.foot, say("columns left out here: {columns}", columns=left_out)) if p)
    rows = tuple(row[:MOST_COLUMNS] for row in found.rows)
    return Grid(found.title, found.headings[:MOST_COLUMNS], rows, found.numeric[:MOST_COLUMNS], foot)
