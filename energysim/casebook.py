"""Casebook: the rows of a study in a folder that a killed process leaves readable.

    STUDY/
      study.json                     what was asked: name, digest, options, versions, units, the command
      plan.parquet                   key and labels of every case asked for, in the study's order
      cases/part-HASH.parquet        rows: key, labels, findings; a part is written whole or not at all
      failures/part-HASH.parquet     key, labels and error of cases that failed; tried again the next time
      cases.parquet, cases.csv       once every case was tried: all rows in the plan's order, same bytes always

A key is a hash of everything that moves a row, so a row that is there need not be computed again, and rows of
other inputs may stay in the folder: they are kept aside. Nothing here knows the time of day. One process
at a time writes a folder (`alone`); any number may read it.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from energysim.errors import InputError, not_installed
from energysim.files import TEMPORARY, alone_in, write_table, write_whole

FORMAT = 1
"""Version of the folder's layout."""
KEY = "key"
ERROR = "error"
WHOLE = ("cases.parquet", "cases.csv")
"""Files that hold all rows asked for."""
ATTEMPTS = 5
"""How often a part may vanish between listing and reading: another process has just joined the parts."""

Value = str | float | int | bool | None
Row = Mapping[str, Value]


@dataclass(frozen=True)
class Casebook:
    """The rows of a study, kept in a folder. `cases` and `failures` are its tables in pandas."""

    folder: Path

    # --- opening ------------------------------------------------------------------------------------------------

    @classmethod
    def create(cls, folder: Path | str, study: Mapping[str, Any]) -> Casebook:
        """Open a folder for writing; one that holds a study of the same name keeps its rows.

        study: `name`, `digest`, and what else is to stand in study.json (`options`, `versions`, `units`,
        `command`). Raises InputError where the folder is something else.
        """
        book = cls(Path(folder))
        if book.folder.exists():
            _refuse_other_folders(book, str(study["name"]))
        for name in ("cases", "failures"):
            (book.folder / name).mkdir(parents=True, exist_ok=True)
        text = json.dumps({"format": FORMAT, **study}, indent=2, ensure_ascii=False, default=str)
        with book.alone():
            for leftover in book.folder.rglob(f"{TEMPORARY}*"):
                leftover.unlink(missing_ok=True)
            # a path on the command line may hold bytes that are no text: JSON escapes them
            write_whole(book.folder / "study.json", (text + "\n").encode(errors="backslashreplace"))
        return book

    @classmethod
    def open(cls, folder: Path | str) -> Casebook:
        """Open a study's folder for reading. Raises InputError when it is none."""
        book = cls(Path(folder))
        _ = book.study
        return book

    @property
    def study(self) -> dict[str, Any]:
        """What was asked: the content of study.json. Raises InputError when there is none."""
        path = self.folder / "study.json"
        if not path.is_file():
            hint = "give the folder that a study such as `energysim atlas` wrote"
            raise InputError(f"{self.folder}: no study here (study.json is missing); {hint}")
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            hint = "delete it and run the study again: the rows are kept"
            raise InputError(f"{path}: cannot be read ({error}); {hint}") from None
        if not isinstance(found, dict) or found.get("format") != FORMAT or not isinstance(found.get("name"), str):
            raise InputError(f"{path}: not a study of format {FORMAT}; choose another folder")
        return found

    @property
    def units(self) -> dict[str, str]:
        """Column -> unit, as far as stated."""
        found = self.study.get("units", {})
        return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}

    # --- writing ------------------------------------------------------------------------------------------------

    def alone(self) -> AbstractContextManager[None]:
        """Nobody else writes the folder while the block runs. Raises InputError where somebody does."""
        return alone_in(self.folder)

    def plan(self, labels: Mapping[str, Row]) -> None:
        """State the cases that are asked for: key -> labels, in the study's order.

        `cases.parquet` and `cases.csv` of another plan go: they are there once all of this one was tried.
        """
        content = _bytes(_table({KEY: key, **row} for key, row in labels.items()))
        path = self.folder / "plan.parquet"
        if path.is_file() and path.read_bytes() != content:
            for name in WHOLE:
                (self.folder / name).unlink(missing_ok=True)
        write_whole(path, content)

    def append(self, rows: Sequence[Row]) -> None:
        """Keep the rows of finished cases, all or none of them."""
        self._append("cases", rows)

    def append_failures(self, rows: Sequence[Row]) -> None:
        """Keep what is known of cases that failed: key, labels, error."""
        self._append("failures", rows)

    def _append(self, kind: str, rows: Sequence[Row]) -> Path | None:
        if not rows:
            return None
        content = _bytes(_table(rows))
        return write_whole(self.folder / kind / _part_name(content), content)

    def forget_failures(self) -> None:
        """Drop what is known of failed cases, before they are tried again."""
        for part in self._parts("failures"):
            part.unlink(missing_ok=True)

    def compact(self) -> None:
        """Join the parts into one, and write the rows asked for as cases.parquet and cases.csv, in order."""
        planned = set(self.planned())
        for kind in ("cases", "failures"):
            parts = [p for p in self._parts(kind) if planned.issuperset(_read_part(p, [KEY])[KEY].to_pylist())]
            if len(parts) > 1:
                joined = self._append(kind, _joined([_read_part(p) for p in parts]).to_pylist())
                for part in parts:
                    if part != joined:
                        part.unlink(missing_ok=True)
        table = self.table()
        text = table.to_pandas(use_threads=False).to_csv(index=False, lineterminator="\n")
        for name, content in zip(WHOLE, (_bytes(table), text.encode()), strict=True):
            write_whole(self.folder / name, content)

    def keep_tables(self, tables: Mapping[str, pd.DataFrame]) -> None:
        """Write tables made from the rows beside them, as NAME.csv."""
        for name, table in tables.items():
            write_table(self.folder / f"{name}.csv", table)

    # --- reading ------------------------------------------------------------------------------------------------

    def keys(self) -> set[str]:
        """The keys of all finished cases, of whatever inputs."""
        return set(self._read("cases", [KEY])[KEY].to_pylist())

    def planned(self) -> list[str]:
        """The keys of the cases asked for, in order."""
        return list(self._plan()[KEY].to_pylist())

    def count(self) -> int:
        """How many of the cases asked for are finished."""
        return len(self.keys().intersection(self.planned()))

    def table(self) -> pa.Table:
        """Rows of the cases asked for, in the study's order, as an Arrow table: key, labels, findings."""
        return self._in_order("cases", self.planned(), list(self.units))

    def failures_table(self) -> pa.Table:
        """Cases asked for that failed and have not succeeded since, as an Arrow table: key, labels, error."""
        finished = self.keys()
        table = self._in_order("failures", [k for k in self.planned() if k not in finished], [ERROR])
        if ERROR in table.column_names:
            return table
        return table.append_column(ERROR, pa.array([], type=pa.string()))

    def _in_order(self, kind: str, keys: Sequence[str], stated: Sequence[str]) -> pa.Table:
        """Rows of these keys in their order: the labels as planned, then stated columns, then others by name.

        A column that holds nothing is left out unless it is stated: rows of other inputs may have brought it.
        """
        plan, found = self._plan(), self._read(kind, keys=keys)
        place = {key: k for k, key in enumerate(found[KEY].to_pylist())}
        labels = plan.take(_places(k for k, key in enumerate(plan[KEY].to_pylist()) if key in place))
        rows = found.take(_places(place[key] for key in labels[KEY].to_pylist()))
        findings = {c: rows[c].to_pylist() for c in rows.column_names if c not in plan.column_names}
        filled = sorted(c for c, values in findings.items() if any(v is not None for v in values))
        for name in dict.fromkeys([*(c for c in stated if c in findings), *filled]):
            labels = labels.append_column(name, _column(findings[name]))
        return labels

    @property
    def cases(self) -> pd.DataFrame:
        """Rows of the cases asked for, in the study's order: key, labels, findings (`units` names their units)."""
        frame: pd.DataFrame = self.table().to_pandas(use_threads=False)
        return frame

    @property
    def failures(self) -> pd.DataFrame:
        """Cases asked for that failed and have not succeeded since: key, labels, error."""
        frame: pd.DataFrame = self.failures_table().to_pandas(use_threads=False)
        return frame

    def to_polars(self) -> Any:
        """`cases` as a polars frame. Raises InputError where polars is not installed."""
        try:
            return import_module("polars").from_arrow(self.table())
        except ImportError:
            raise not_installed("polars", "polars") from None

    def kept_table(self, name: str) -> pd.DataFrame:
        """A table that stands beside the rows. Raises InputError where there is none."""
        path = self.folder / f"{name}.csv"
        if not path.is_file():
            raise InputError(f"{path} is missing; run the study again to its end: the rows are kept")
        return pd.read_csv(path)

    def checksum(self, columns: Collection[str] | None = None) -> str:
        """Hash of the rows asked for, in order, whatever the parts they came in (of some columns, if given)."""
        digest = hashlib.sha256()
        for row in self.table().to_pylist():
            digest.update(json.dumps({k: v for k, v in row.items() if columns is None or k in columns}).encode())
        return digest.hexdigest()

    def _plan(self) -> pa.Table:
        path = self.folder / "plan.parquet"
        return _read_part(path) if path.is_file() else _table([])

    def _parts(self, kind: str) -> list[Path]:
        return sorted((self.folder / kind).glob("part-*.parquet"))

    def _read(self, kind: str, columns: list[str] | None = None, keys: Collection[str] | None = None) -> pa.Table:
        """Rows of a kind (of some keys, if given), each key once."""
        for left in reversed(range(ATTEMPTS)):
            try:
                parts = [_read_part(path, columns) for path in self._parts(kind)]
            except FileNotFoundError:
                if not left:
                    raise
                continue
            break
        if keys is not None:
            wanted = pa.array(keys, type=pa.string())
            parts = [part.filter(pc.is_in(part[KEY], wanted)) for part in parts]
        return _joined(parts)


def _refuse_other_folders(book: Casebook, name: str) -> None:
    """Only a study of the same name, or an empty folder, may be written to."""
    if not book.folder.is_dir():
        raise InputError(f"{book.folder} is a file; choose another --out")
    if not (book.folder / "study.json").exists():
        if (book.folder / "plan.parquet").is_file() and (book.folder / "cases").is_dir():
            return  # study.json was lost or deleted as damaged; the keys say whose the rows are
        left = [p for p in book.folder.iterdir() if not p.name.startswith(TEMPORARY)]
        if any(p.is_file() or p.name not in ("cases", "failures") or any(p.iterdir()) for p in left):
            raise InputError(f"{book.folder} exists and is not a study; choose another --out")
        return
    found = book.study["name"]
    if found != name:
        raise InputError(f"{book.folder} holds a study `{found}`, not `{name}`; choose another --out")


# --- tables of any scalars ----------------------------------------------------------------------------------------


def _table(rows: Iterable[Row]) -> pa.Table:
    """An Arrow table of rows, the key first; a column holds truths, whole numbers, numbers or text, text where mixed."""
    rows = list(rows)
    names = list(dict.fromkeys([KEY, *(name for row in rows for name in row)]))
    table = pa.table({name: _column([row.get(name) for row in rows]) for name in names})
    return table if rows else table.cast(pa.schema([(KEY, pa.string())]))


def _column(values: list[Any]) -> pa.Array:
    values = [v.item() if hasattr(v, "item") else v for v in values]  # numpy's scalars
    kind = _kind({type(v) for v in values if v is not None})
    if kind == pa.int64() and any(v is not None and abs(v) >= 2**63 for v in values):
        kind = pa.string()
    if kind == pa.string():
        values = [None if v is None else _text(v) for v in values]
    return pa.array(values, type=kind, from_pandas=False)


def _places(places: Iterable[int]) -> pa.Array:
    return pa.array(places, type=pa.int64())


def _kind(found: set[type]) -> pa.DataType:
    """What holds values of these types, the same however rows are split into parts."""
    if not found:
        return pa.null()
    if found == {bool}:
        return pa.bool_()
    if found == {int}:
        return pa.int64()
    return pa.float64() if found <= {int, float} else pa.string()


def _text(value: Value) -> str:
    """A scalar as text; 6 and 6.0 are the same number."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        return str(int(value))
    return str(value)


def _joined(parts: Sequence[pa.Table]) -> pa.Table:
    """Parts as one table; where a column is of different kinds, of the kind that holds all of them."""
    if not parts:
        return _table([])
    try:
        whole = pa.concat_tables(parts, promote_options="permissive")
    except (pa.ArrowTypeError, pa.ArrowInvalid):  # numbers here, text there
        whole = _table(row for part in parts for row in part.to_pylist())
    keys = whole[KEY].to_pylist()
    if len(set(keys)) == len(keys):
        return whole
    return whole.take(_places({key: k for k, key in enumerate(keys)}.values()))


# --- files --------------------------------------------------------------------------------------------------------


def _bytes(table: pa.Table) -> bytes:
    """A table as a Parquet file: the same table gives the same bytes."""
    sink = BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def _part_name(content: bytes) -> str:
    """The name of a part is the hash of its bytes, so that damage shows."""
    return f"part-{hashlib.sha256(content).hexdigest()[:16]}.parquet"


def _read_part(path: Path, columns: list[str] | None = None) -> pa.Table:
    """A Parquet file of a casebook. Raises InputError where something else damaged it.

    From memory and by no thread: one that Arrow still keeps when a programme ends can make it abort.
    """
    content = path.read_bytes()
    try:
        if path.name.startswith("part-") and path.name != _part_name(content):
            raise ValueError("not what was written")
        table = pq.ParquetFile(pa.BufferReader(content)).read(columns, use_threads=False)
        if KEY not in table.column_names:
            raise ValueError("no keys")
        return table
    except (pa.ArrowException, OSError, KeyError, ValueError):
        raise InputError(f"{path}: damaged; delete it and run the study again: what it held is computed anew") from None


def read_study(folder: Path | str) -> Casebook:
    """A study's casebook from its folder: `.cases` and `.failures` are pandas frames, `.units` names the units.

    Raises InputError where there is no study.
    """
    return Casebook.open(folder)
