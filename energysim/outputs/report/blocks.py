"""What a report is made of: sections of blocks, each already said in the reader's language. No HTML, no drawing.

Layout knows these kinds and nothing else: the template has one macro a kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True)
class Prose:
    """Paragraphs, or points of a list; `quiet` ones are set small."""

    kind: ClassVar[str] = "prose"
    sentences: tuple[str, ...]
    points: bool = False
    quiet: bool = False


@dataclass(frozen=True)
class Chart:
    """A chart as inline SVG, what it says in words, and where it can be explored, the data of its interactive twin."""

    kind: ClassVar[str] = "chart"
    id: str
    svg: str
    says: str
    live: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Grid:
    """A table: headings, rows of text, which columns hold numbers, what stands below."""

    kind: ClassVar[str] = "grid"
    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    foot: str = ""

    def __post_init__(self) -> None:
        """Negative numbers bear a minus sign, not a hyphen."""
        signed = tuple(
            tuple(f"−{c[1:]}" if n and c[:1] == "-" else c for c, n in zip(row, self.numeric, strict=True))
            for row in self.rows
        )
        object.__setattr__(self, "rows", signed)


@dataclass(frozen=True)
class Facts:
    """Pairs of a name and what holds for it."""

    kind: ClassVar[str] = "facts"
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Command:
    """Lines to be typed in a terminal."""

    kind: ClassVar[str] = "command"
    lines: tuple[str, ...]


Block = Prose | Chart | Grid | Facts | Command


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it, smaller sections last."""

    id: str
    heading: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = field(default=())


def grid(
    title: str, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]], words: int = 1, foot: str = ""
) -> Grid:
    """A table whose first columns, `words` of them, hold words and whose others hold numbers."""
    return Grid(title, headings, tuple(rows), tuple(k >= words for k in range(len(headings))), foot)
