"""A dossier: the indicators an analyst is asked for, in chapters; the table between the standards and the pages.

A chapter holds *figures* (one line each: what it is, what it came to, by which formula, from which source) and
*tables* behind them. Chapters follow the order of the template of a preventive action plan, Regulation (EU)
2017/1938, Annex VI. A dossier is one folder: `figures.csv`, a CSV file a table and `dossier.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from energysim.errors import InputError
from energysim.files import whole_folder, write_table, write_whole

Verdict = Literal["", "pass", "fail"]
FORMAT = 1
"""Version of the folder's layout."""
MANIFEST = "dossier.json"


@dataclass(frozen=True)
class Figure:
    """One indicator: its value (None: it could not be computed, `note` says why), its formula and its source."""

    id: str
    name: str
    value: float | str | None
    unit: str
    formula: str
    source: str
    verdict: Verdict = ""
    low: float | None = None
    """Lower end of the value's interval, in its unit."""
    high: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Table:
    """A table behind some figures: what it shows, column -> unit, and where its numbers come from."""

    title: str
    frame: pd.DataFrame
    units: Mapping[str, str] = field(default_factory=dict)
    """Column -> unit; columns not named hold words, dates or counts."""
    source: str = ""
    note: str = ""
    on_page: bool = True
    """Whether the page shows it; the folder holds it in any case."""
    shown: tuple[str, ...] = ()
    """Columns that the page shows; none named: all."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Id -> what a reader calls it, in headings and cells of the page."""


@dataclass(frozen=True)
class Chapter:
    """Some indicators that belong together. place: the chapter of the template of a preventive action plan."""

    id: str
    title: str
    place: str
    figures: tuple[Figure, ...]
    tables: Mapping[str, Table] = field(default_factory=dict)
    """Name (a file name) -> table."""
    notes: tuple[str, ...] = ()
    """What a reader must know of the method, one sentence each."""

    def __getitem__(self, figure: str) -> Figure:
        """A figure by its id."""
        return next(f for f in self.figures if f.id == figure)

    def value(self, figure: str) -> float:
        """The number of a figure; NaN where it could not be computed. Raises InputError where it is no number."""
        found = self[figure].value
        if isinstance(found, str):
            raise InputError(f"{figure} is {found!r}, not a number")
        return float("nan") if found is None else float(found)


@dataclass(frozen=True)
class Dossier:
    """Chapters on one scenario, and what went into them."""

    chapters: tuple[Chapter, ...]
    manifest: Mapping[str, Any]

    def __getitem__(self, chapter: str) -> Chapter:
        """A chapter by its id."""
        return next(c for c in self.chapters if c.id == chapter)

    @property
    def figures(self) -> pd.DataFrame:
        """Every figure, one row each: chapter, then the fields of `Figure`."""
        rows = [{"chapter": c.id, **asdict(f)} for c in self.chapters for f in c.figures]
        return pd.DataFrame(rows, columns=["chapter", *(f.name for f in fields(Figure))])

    def table(self, name: str) -> pd.DataFrame:
        """A table by its name. Raises InputError for an unknown one."""
        if name not in self.tables:
            raise InputError(f"no table {name!r} in this dossier; it has {', '.join(self.tables)}")
        return self.tables[name].frame

    @property
    def tables(self) -> dict[str, Table]:
        """Every table by its name."""
        return {name: table for chapter in self.chapters for name, table in chapter.tables.items()}

    def save(self, folder: Path | str, beside: Mapping[str, str | bytes] | None = None) -> Path:
        """Write every table as CSV, all or nothing; a dossier that stood there is replaced; the same one gives the same bytes.

        beside: file name -> text or content that goes beside the tables. Raises InputError where something else stands there.
        """
        folder = Path(folder)
        described = {"format": FORMAT, **self.manifest, "chapters": [_described(c) for c in self.chapters]}
        text = json.dumps(described, indent=2, ensure_ascii=False, default=str)
        with whole_folder(folder, MANIFEST, "a dossier") as scratch:
            figures = self.figures  # values are of several types, which the writer would not round
            figures["value"] = [round(v, 6) if isinstance(v, float) else v for v in figures["value"]]
            write_table(scratch / "figures.csv", figures)
            for name, table in self.tables.items():
                write_table(scratch / f"{name}.csv", table.frame)
            for name, content in {**(beside or {}), MANIFEST: f"{text}\n"}.items():
                write_whole(scratch / name, content.encode() if isinstance(content, str) else content)
        return folder


def _described(chapter: Chapter) -> dict[str, Any]:
    tables = {
        name: {"title": t.title, "units": dict(t.units), "source": t.source, "note": t.note}
        for name, t in chapter.tables.items()
    }
    return {
        "id": chapter.id,
        "title": chapter.title,
        "place": chapter.place,
        "notes": list(chapter.notes),
        "tables": tables,
    }
