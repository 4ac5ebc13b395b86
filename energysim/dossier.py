"""A dossier: the indicators an analyst is asked for, in chapters; the table between the standards and the pages.

A chapter holds *figures* (one line each: what it is, what it came to, by which formula, from which source) and
*tables* behind them. Chapters follow the order of the template of a preventive action plan, Regulation (EU)
2017/1938, Annex VI. A dossier is one folder: `figures.csv`, a CSV file a table and `dossier.json`, from which it can be
read back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from energysim.errors import InputError
from energysim.files import whole_folder, write_table, write_whole

Verdict = Literal["", "pass", "fail"]
FORMAT = 1
"""Version of the folder's layout."""
MANIFEST = "dossier.json"
ABOUT_TABLE = ("title", "units", "source", "note", "on_page", "shown", "names")
"""Fields of a table that are kept beside its rows."""


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
        text = json.dumps(described, indent=2, ensure_ascii=False, default=_plain)
        with whole_folder(folder, MANIFEST, "a dossier") as scratch:
            figures = self.figures  # values are of several types, which the writer would not round
            figures["value"] = [round(v, 6) if isinstance(v, float) else v for v in figures["value"]]
            write_table(scratch / "figures.csv", figures)
            for name, table in self.tables.items():
                write_table(scratch / f"{name}.csv", table.frame)
            for name, content in {**(beside or {}), MANIFEST: f"{text}\n"}.items():
                write_whole(scratch / name, content.encode() if isinstance(content, str) else content)
        return folder

    @classmethod
    def load(cls, folder: Path | str) -> Dossier:
        """A dossier read back from its folder: figures as they were, tables with six decimals. Raises InputError when it is none."""
        folder = Path(folder)
        if not (folder / MANIFEST).is_file():
            hint = "give the folder that a command such as `energysim n1` wrote"
            raise InputError(f"{folder}: no dossier here ({MANIFEST} is missing); {hint}")
        try:
            described = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            chapters = tuple(_read_chapter(folder, c) for c in described.pop("chapters"))
            described.pop("format")
        except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
            why = f"no {error}: it is damaged, or of an older version" if isinstance(error, KeyError) else error
            raise InputError(f"{folder}: the dossier cannot be read ({why}); make it again") from None
        return cls(chapters, described)


def _described(chapter: Chapter) -> dict[str, Any]:
    tables = {
        name: {
            **{key: getattr(table, key) for key in ABOUT_TABLE},
            "kinds": {str(c): _kind(table.frame[c]) for c in table.frame},
        }
        for name, table in chapter.tables.items()
    }
    return {
        "id": chapter.id,
        "title": chapter.title,
        "place": chapter.place,
        "notes": list(chapter.notes),
        "figures": [asdict(f) for f in chapter.figures],
        "tables": tables,
    }


def _plain(value: Any) -> Any:
    """What JSON does not know: numpy's scalars as Python's, anything else as text."""
    return value.item() if isinstance(value, np.generic) else dict(value) if isinstance(value, Mapping) else str(value)


def _read_chapter(folder: Path, described: dict[str, Any]) -> Chapter:
    tables = {}
    for name, about in described["tables"].items():
        kept: dict[str, Any] = {key: tuple(about[key]) if key == "shown" else about[key] for key in ABOUT_TABLE}
        tables[name] = Table(frame=_read_table(folder / f"{name}.csv", about["kinds"]), **kept)
    figures = tuple(Figure(**f) for f in described["figures"])
    return Chapter(described["id"], described["title"], described["place"], figures, tables, tuple(described["notes"]))


def _kind(column: pd.Series[Any]) -> str:
    """What a column holds, by which it is read back; `word?` where a blank is missing and no empty word."""
    kind = {"b": "truth", "i": "whole", "u": "whole", "f": "number", "M": "date"}.get(column.dtype.kind, "word")
    if kind != "word":
        return kind
    there = set(column.dropna().map(type))
    if there and there <= {bool, np.bool_, date}:
        return "day" if date in there else "truth"
    return "word?" if column.isna().any() else "word"


def _read_table(path: Path, kinds: Mapping[str, str]) -> pd.DataFrame:
    """A table as it was written: column -> kind."""
    written = pd.read_csv(path, dtype=str, keep_default_na=False)
    return pd.DataFrame(
        {column: _of_kind(written[column], kind) for column, kind in kinds.items()}, index=written.index
    )


def _of_kind(column: pd.Series[str], kind: str) -> pd.Series[Any]:
    blank = column == ""
    if kind == "number":
        return pd.to_numeric(column.mask(blank)).astype(float)
    if kind == "whole":
        return pd.to_numeric(column.mask(blank)).astype("Int64" if blank.any() else "int64")
    if kind == "truth":
        truths = (column == "True").astype(object if blank.any() else bool)
        return truths.mask(blank, None) if blank.any() else truths
    if kind == "date":
        return pd.to_datetime(column)
    if kind == "day":
        return pd.Series(pd.to_datetime(column.mask(blank)).dt.date, dtype=object).mask(blank, None)
    return column.mask(blank) if kind == "word?" else column
