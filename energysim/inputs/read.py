"""Reading: the CSV tables of a data folder -> frozen rows, every problem reported at once.

A problem is one line, `file:line: column: what was found; what was expected; what to try`. Files are opened
in `inputs.files`, scenarios read in `inputs.scenario_file`, references between tables checked in `inputs.check`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

import numpy as np
from pydantic import BaseModel, ValidationError

from energysim.errors import InputError, suggest
from energysim.inputs.check import check_tables
from energysim.inputs.files import data_root, read_cells, short_name
from energysim.inputs.messages import explain
from energysim.inputs.row import Known, Row
from energysim.inputs.scenario_file import read_scenario, scenario_files, scenario_schema
from energysim.inputs.tables import TABLES, SourceRow
from energysim.inputs.weather import TYPICAL_WINTER, WeatherRecord

__all__ = ["PROVENANCE", "Dataset", "Table", "data_root", "read_dataset", "read_scenario", "scenario_files",
           "scenario_schema"]  # fmt: skip

PROVENANCE = frozenset(
    {"valid_from", "valid_to", "rival", "low", "high", "source", "as_of", "confidence", "estimate", "note"}
)
SHOWN = 5
"""So many like problems of the weather record are listed before they are counted."""


@dataclass(frozen=True)
class Table:
    """The rows of one file and the line each stands on."""

    name: str
    path: Path
    rows: tuple[Row, ...]
    lines: tuple[int, ...]

    def where(self, row: Row) -> str:
        """`data/contracts.csv:12` of a row."""
        return f"{short_name(self.path)}:{self.lines[self.rows.index(row)]}"


@dataclass(frozen=True)
class Dataset:
    """All tables of a data folder, used rows and rivals alike, and the weather record."""

    root: Path
    tables: Mapping[str, Table]
    sources: Mapping[str, SourceRow]
    weather: WeatherRecord
    digest: str
    """SHA-256 over the files, so that a result names the data it came from."""

    def rows(self, table: str) -> tuple[Row, ...]:
        """Every row of a table, rivals included."""
        return self.tables[table].rows


def read_dataset(root: Path | None = None) -> Dataset:
    """The tables of a data folder (default: the shipped one). Raises InputError with every problem.

    A folder is read again only when one of its files has changed.
    """
    folder = root or data_root() / "data"
    if not folder.is_dir():
        raise InputError(f"{folder}: no such data folder; give one that holds contracts.csv and its sister tables")
    return _read_folder(folder.resolve(), _fingerprint(folder))


def _fingerprint(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, time of change and size of every table, so that an edited file is noticed."""
    found = [(p.name, p.stat()) for p in sorted(folder.glob("*.csv")) if p.is_file()]
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in found)


@lru_cache(maxsize=4)
def _read_folder(folder: Path, fingerprint: tuple[tuple[str, int, int], ...]) -> Dataset:
    problems: list[str] = []
    tables, unsound = {}, set()
    for name, cls in TABLES.items():
        before = len(problems)
        tables[name] = _read_table(folder / f"{name}.csv", cls, problems)
        problems += _check_validity(tables[name])
        if len(problems) > before:
            unsound.add(name)
    before = len(problems)
    sources = _read_sources(folder / "sources.csv", problems)
    sources_sound = len(problems) == before
    weather = _read_weather(folder / "weather_belgrade.csv", sources if sources_sound else None, problems)
    for table in tables.values() if sources_sound else ():
        problems += _check_sources(table, sources)
    known = {name: Known(short_name(t.path), t.rows, t.lines, name not in unsound) for name, t in tables.items()}
    problems += check_tables(known)
    if problems or weather is None:
        raise InputError(*problems)
    return Dataset(folder, MappingProxyType(tables), MappingProxyType(sources), weather, _digest(folder))


def _read_table(path: Path, cls: type[Row], problems: list[str]) -> Table:
    name = short_name(path)
    raw = read_cells(path, [_column(cls, f) for f in cls.model_fields], problems) or []
    keys = [_column(cls, k) for k in cls.key]
    used: dict[tuple[str, ...], list[Mapping[str, str]]] = {}
    for _, cells in raw:
        if not cells["rival"]:
            used.setdefault(tuple(cells[k] for k in keys), []).append(cells)
    rows, lines, orphans = [], [], set()
    for line, cells in raw:
        inherited: set[str] = set()
        if cells["rival"]:  # a rival states only what differs
            base = _overruled_row(used.get(tuple(cells[k] for k in keys), []), cells["valid_from"])
            inherited = {c for c, v in cells.items() if base and not v and c not in PROVENANCE}
            cells = {c: base[c] if base and c in inherited else v for c, v in cells.items()}
        row, wrong = _validated(cls, cells)
        key = tuple(cells[k] for k in keys)
        if cells["rival"] and key not in used and len(wrong) > 1:
            if key not in orphans:
                name_of_row = "/".join(k for k in key if k)
                hint = suggest(key[0], {k[0] for k in used})
                problems.append(
                    f"{name}:{line}: {keys[0]}: a rival of {name_of_row!r}, but no such row is in use{hint}"
                )
            orphans.add(key)
            continue
        problems += [f"{name}:{line}: {text}" for column, text in wrong if column not in inherited]
        if row is not None:
            rows.append(row)
            lines.append(line)
    return Table(cls.table, path, tuple(rows), tuple(lines))


def _overruled_row(rows: list[Mapping[str, str]], first: str) -> Mapping[str, str] | None:
    """The row that a rival fills its blanks from: the one in force on the rival's first day, else the first of them."""
    in_force = [r for r in rows if r["valid_from"] <= first and (not r["valid_to"] or first <= r["valid_to"])]
    return in_force[-1] if first and in_force else rows[0] if rows else None


def _column(cls: type[BaseModel], field_name: str) -> str:
    return cls.model_fields[field_name].alias or field_name


def _validated(cls: type[BaseModel], cells: Mapping[str, str]) -> tuple[Any, list[tuple[str, str]]]:
    """A row, or None and (column, what is wrong)."""
    values: dict[str, object] = {}
    wrong: list[tuple[str, str]] = []
    for field_name, info in cls.model_fields.items():
        column = info.alias or field_name
        text, kinds = cells[column], {info.annotation, *get_args(info.annotation)}
        values[column] = text or None
        if text and bool in kinds:
            values[column] = {"yes": True, "no": False}.get(text, text)
        elif text and date in kinds and _day(text) is None:  # pydantic would take a bare number for a moment in time
            wrong.append((column, f"{column}: found {text!r}; expected a date such as 2026-01-31"))
            values[column] = None if type(None) in kinds else date.min
    try:
        row = cls.model_validate(values)
    except ValidationError as error:
        for location, text in explain(error.errors(), cls):
            column = str(location[0]) if location else ""
            wrong.append((column, f"{column}: {text}" if column else text))
    return (None, wrong) if wrong else (row, [])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 and text[4] == text[7] == "-" else None
    except ValueError:
        return None


def _read_sources(path: Path, problems: list[str]) -> dict[str, SourceRow]:
    name = short_name(path)
    sources: dict[str, SourceRow] = {}
    for line, cells in read_cells(path, SourceRow.model_fields, problems) or []:
        row, wrong = _validated(SourceRow, cells)
        problems += [f"{name}:{line}: {text}" for _, text in wrong]
        if row is not None and row.source in sources:
            problems.append(f"{name}:{line}: source: {row.source!r} stands twice; give one of them another id")
        elif row is not None:
            sources[row.source] = row
    return sources


def _read_weather(path: Path, sources: Mapping[str, SourceRow] | None, problems: list[str]) -> WeatherRecord | None:
    name, before = short_name(path), len(problems)
    columns = ("date", "temperature_c", "quality", "source", "as_of", "confidence", "estimate")
    raw = read_cells(path, columns, problems)
    if raw is None:
        return None
    if not raw and len(problems) == before:
        problems.append(f"{name}:1: no rows; expected one day a row")
    found: dict[str, list[str]] = {"date": [], "order": [], "temperature": [], "source": []}
    days, temperatures, last = [], [], None
    for line, cells in raw:
        day, degrees = _day(cells["date"]), _degrees(cells["temperature_c"])
        if day is None:
            found["date"].append(f"{name}:{line}: date: found {cells['date']!r}; expected a date such as 2026-01-31")
        elif last is not None and (day - last).days != 1:
            found["order"].append(
                f"{name}:{line}: date: {day} does not follow {last}; the record has one row for every day"
            )
        if degrees is None:
            text = f"found {cells['temperature_c']!r}; expected degrees Celsius between -60 and 60"
            found["temperature"].append(f"{name}:{line}: temperature_c: {text}")
        for source in cells["source"].split(";") if sources is not None else ():
            if sources is not None and source not in sources:
                found["source"].append(f"{name}:{line}: source: unknown {source!r}{suggest(source, sources)}")
        last = day or (last and date.fromordinal(last.toordinal() + 1))
        days.append(day or date.min)
        temperatures.append(degrees or 0.0)
    for texts in found.values():
        problems += texts[:SHOWN]
        problems += [f"{name}: {len(texts) - SHOWN} more lines like the one before"] if len(texts) > SHOWN else []
    if len(problems) > before:
        return None
    quality = np.array([cells["quality"] for _, cells in raw])
    record = WeatherRecord(np.array(days, dtype="datetime64[D]"), np.array(temperatures), quality)
    if TYPICAL_WINTER not in record.winters:
        problems.append(f"{name}:{raw[-1][0]}: the record must hold the typical winter {TYPICAL_WINTER}")
    return record


def _degrees(text: str) -> float | None:
    try:
        return float(text) if abs(float(text)) <= 60 else None  # NaN compares false
    except ValueError:
        return None


def _check_validity(table: Table) -> list[str]:
    """Rows of one key must not hold on the same day."""
    problems = []
    by_key: dict[tuple[str, ...], list[tuple[Row, int]]] = {}
    for row, line in zip(table.rows, table.lines, strict=True):
        by_key.setdefault((*row.identity, row.rival or ""), []).append((row, line))
    for key, rows in by_key.items():
        rows.sort(key=lambda r: (r[0].valid_from is not None, str(r[0].valid_from)))
        for (a, earlier), (b, line) in pairwise(rows):
            if a.valid_to is None or b.valid_from is None or b.valid_from <= a.valid_to:
                problems.append(
                    f"{short_name(table.path)}:{max(line, earlier)}: {'/'.join(k for k in key if k)} holds twice on "
                    f"{b.valid_from or 'its first day'} (line {min(line, earlier)} too); end the earlier row or name "
                    "one a rival"
                )
    return problems


def _check_sources(table: Table, sources: Mapping[str, SourceRow]) -> list[str]:
    return [
        f"{short_name(table.path)}:{line}: source: unknown {s!r}{suggest(s, sources)}"
        for row, line in zip(table.rows, table.lines, strict=True)
        for s in row.source.split(";")
        if s not in sources
    ]


def _digest(folder: Path) -> str:
    total = hashlib.sha256()
    for path in sorted(folder.glob("*.csv")):
        total.update(path.name.encode())
        total.update(path.read_bytes())
    return total.hexdigest()
