"""Reading: CSV tables and YAML scenarios -> frozen rows and scenarios, every problem reported at once.

A problem is one line, `file:line: column: what was found; what was expected; what to try`. Nothing
outside this module opens an input file.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError

from energysim.errors import InputError, suggest
from energysim.inputs.scenario import Event, Fragment, Planner, Repeat, Scenario, merge, with_variant
from energysim.inputs.tables import TABLES, Row, SourceRow
from energysim.inputs.weather import WeatherRecord

PROVENANCE = frozenset({"valid_from", "valid_to", "rival", "low", "high", "source", "as_of", "confidence", "estimate", "note"})  # fmt: skip


@dataclass(frozen=True)
class Table:
    """The rows of one file and the line each stands on."""

    name: str
    path: Path
    rows: tuple[Row, ...]
    lines: tuple[int, ...]

    def where(self, row: Row) -> str:
        """`data/contracts.csv:12` of a row."""
        return f"{self.path.parent.name}/{self.path.name}:{self.lines[self.rows.index(row)]}"


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


def data_root() -> Path:
    """The folder that holds `data/` and `scenarios/`: inside the installed package, else the checkout."""
    package = Path(__file__).resolve().parents[1]
    for candidate in (package / "_shipped", package.parent):
        if (candidate / "data" / "contracts.csv").is_file():
            return candidate
    raise InputError(f"no data folder beside or inside {package}; reinstall energysim")


@lru_cache(maxsize=4)
def read_dataset(root: Path | None = None) -> Dataset:
    """The tables of a data folder (default: the shipped one). Raises InputError with every problem."""
    folder = root or data_root() / "data"
    problems: list[str] = []
    if not folder.is_dir():
        raise InputError(f"{folder}: no such data folder; give one that holds contracts.csv and its sister tables")
    tables = {name: _read_table(folder / f"{name}.csv", cls, problems) for name, cls in TABLES.items()}
    sources = _read_sources(folder / "sources.csv", problems)
    weather = _read_weather(folder / "weather_belgrade.csv", problems)
    found = {t.name: t for t in tables.values() if t is not None}
    for table in found.values():
        problems += _check_validity(table)
        problems += _check_sources(table, sources)
    if problems or weather is None:
        raise InputError(*problems)
    return Dataset(folder, found, sources, weather, _digest(folder))


def _read_table(path: Path, cls: type[Row], problems: list[str]) -> Table | None:
    name = f"{path.parent.name}/{path.name}"
    raw = _read_csv(path, name, {_column(cls, f) for f in cls.model_fields}, problems)
    if raw is None:
        return None
    keys = [_column(cls, k) for k in cls.key]
    used = {tuple(cells[k] for k in keys): cells for _, cells in reversed(raw) if not cells["rival"]}
    rows, lines = [], []
    for line, cells in raw:
        if cells["rival"]:  # a rival states only what differs
            base = used.get(tuple(cells[k] for k in keys), {})
            cells = {c: v or ("" if c in PROVENANCE else base.get(c, "")) for c, v in cells.items()}
        row = _validated(cls, {c: _cell(v) for c, v in cells.items()}, f"{name}:{line}", problems)
        if row is not None:
            rows.append(row)
            lines.append(line)
    return Table(cls.table, path, tuple(rows), tuple(lines))


def _column(cls: type[BaseModel], field_name: str) -> str:
    return cls.model_fields[field_name].alias or field_name


def _cell(text: str) -> object:
    if text == "":
        return None
    return {"yes": True, "no": False}.get(text, text)


def _read_csv(
    path: Path, name: str, expected: set[str], problems: list[str]
) -> list[tuple[int, dict[str, str]]] | None:
    """(line, cells) of a file whose header must be exactly the expected columns."""
    if not path.is_file():
        problems.append(f"{name}: the file is missing; restore it from the package or from version control")
        return None
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        problems.append(f"{name}: not UTF-8 text (byte {error.start}); save it as UTF-8")
        return None
    reader = csv.reader(StringIO(text))
    header = next(reader, [])
    missing, unknown = expected - set(header), [c for c in header if c not in expected]
    for column in sorted(missing):
        problems.append(f"{name}:1: column `{column}` is missing")
    for column in unknown:
        problems.append(f"{name}:1: unknown column `{column}`{suggest(column, expected)}")
    if missing or unknown:
        return None
    rows = []
    for cells in reader:
        if not any(cells):
            continue
        if len(cells) != len(header):
            problems.append(f"{name}:{reader.line_num}: {len(cells)} cells for {len(header)} columns; a comma too few or many")
            continue
        rows.append((reader.line_num, dict(zip(header, (c.strip() for c in cells), strict=True))))
    return rows


def _validated(cls: type[Any], cells: Mapping[str, object], where: str, problems: list[str]) -> Any:
    try:
        return cls.model_validate(cells)
    except ValidationError as error:
        problems += [f"{where}: {_explain(e, cls)}" for e in error.errors()]
        return None


def _explain(error: Any, cls: type[BaseModel]) -> str:
    """One pydantic error as a sentence a gas analyst can act on."""
    location = ".".join(str(p) for p in error["loc"])
    found, kind = error.get("input"), error["type"]
    prefix = f"{location}: " if location else ""
    if kind == "extra_forbidden":
        return f"{prefix}unknown key{suggest(str(error['loc'][-1]), cls.model_fields)}"
    if kind == "missing" or (found is None and kind.endswith(("_type", "_parsing"))):
        return f"{prefix}is blank or missing; a missing figure is never zero, fill it"
    if kind == "value_error":
        return f"{prefix}{error['ctx']['error']}"
    if kind == "literal_error":
        allowed = error["ctx"]["expected"]
        return f"{prefix}found {found!r}; expected {allowed}"
    if kind in ("greater_than_equal", "less_than_equal"):
        limit = error["ctx"].get("ge", error["ctx"].get("le"))
        side = "at least" if kind == "greater_than_equal" else "at most"
        return f"{prefix}found {found!r}; expected {side} {limit:g}"
    return f"{prefix}found {found!r}; {str(error['msg'])[0].lower()}{error['msg'][1:]}"


def _read_sources(path: Path, problems: list[str]) -> dict[str, SourceRow]:
    name = f"{path.parent.name}/{path.name}"
    raw = _read_csv(path, name, set(SourceRow.model_fields), problems) or []
    rows = [_validated(SourceRow, {k: v or None for k, v in cells.items()}, f"{name}:{line}", problems) for line, cells in raw]
    return {r.source: r for r in rows if r is not None}


def _read_weather(path: Path, problems: list[str]) -> WeatherRecord | None:
    name = f"{path.parent.name}/{path.name}"
    columns = {"date", "temperature_c", "quality", "source", "as_of", "confidence", "estimate"}
    raw = _read_csv(path, name, columns, problems)
    if not raw:
        return None
    try:
        days = np.array([cells["date"] for _, cells in raw], dtype="datetime64[D]")
        temperature = np.array([float(cells["temperature_c"]) for _, cells in raw])
    except ValueError as error:
        problems.append(f"{name}: {error}; expected ISO dates and numbers in degrees Celsius")
        return None
    steps = np.diff(days).astype(int)
    for k in np.flatnonzero(steps != 1)[:5]:
        problems.append(f"{name}:{raw[k + 1][0]}: date {days[k + 1]} does not follow {days[k]}; the record has no gaps")
    bad = ~np.isfinite(temperature) | (np.abs(temperature) > 60)
    for k in np.flatnonzero(bad)[:5]:
        problems.append(f"{name}:{raw[k][0]}: temperature_c: found {temperature[k]}; expected degrees Celsius")
    return WeatherRecord(days, temperature, np.array([cells["quality"] for _, cells in raw]))


def _check_validity(table: Table) -> list[str]:
    """Rows of one key must not hold on the same day."""
    problems = []
    by_key: dict[tuple[str, ...], list[tuple[Row, int]]] = {}
    for row, line in zip(table.rows, table.lines, strict=True):
        by_key.setdefault((*row.identity, row.rival or ""), []).append((row, line))
    for key, rows in by_key.items():
        rows.sort(key=lambda r: (r[0].valid_from is not None, str(r[0].valid_from)))
        for (a, _), (b, line) in zip(rows, rows[1:], strict=False):
            if a.valid_to is None or b.valid_from is None or b.valid_from <= a.valid_to:
                problems.append(
                    f"data/{table.path.name}:{line}: {'/'.join(k for k in key if k)} holds twice on "
                    f"{b.valid_from or 'its first day'}; end the earlier row or name one a rival"
                )
    return problems


def _check_sources(table: Table, sources: Mapping[str, SourceRow]) -> list[str]:
    return [
        f"data/{table.path.name}:{line}: source: unknown {s!r}{suggest(s, sources)}"
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


# --- scenarios ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ScenarioFile:
    """The raw content of a scenario file and the line of each key."""

    path: Path
    content: dict[str, Any]
    line_of: Callable[[Iterable[Any]], int] = field(repr=False)

    @property
    def id(self) -> str:
        """The file's name without its ending."""
        return self.path.stem


def scenario_files(folder: Path | None = None) -> dict[str, Path]:
    """Scenario id -> file, of the shipped folder unless another is given."""
    root = folder or data_root() / "scenarios"
    return {p.stem: p for p in sorted(root.glob("*.yaml"))}


def read_scenario(name: str, folder: Path | None = None) -> Scenario:
    """A scenario by id, `id/variant` or path of a YAML file, with what it extends merged in.

    Raises InputError with every problem, each with file and line.
    """
    files = scenario_files(folder)
    stem, _, variant = name.partition("/")
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        stem, variant = path.stem, ""
        if not path.is_file():
            raise InputError(f"{name}: no such scenario file")
        files = {**{p.stem: p for p in path.parent.glob("*.yaml")}, **files, stem: path}
    if stem not in files:
        raise InputError(f"unknown scenario {name!r}{suggest(stem, files)} (`energysim scenarios` lists them)")
    scenario = _resolve(stem, files)
    if not variant:
        return scenario
    if variant not in scenario.variants:
        raise InputError(f"scenario {stem} has no variant {variant!r}{suggest(variant, scenario.variants)}")
    happening = {e.name for e in scenario.events}
    for name in scenario.variants[variant].without:
        if name not in happening:
            raise InputError(f"{stem}/{variant}: without: no event named {name!r}{suggest(name, happening)}")
    return with_variant(scenario, variant)


def _resolve(stem: str, files: Mapping[str, Path]) -> Scenario:
    chain: list[ScenarioFile] = []
    name: str | None = stem
    while name is not None:
        if any(f.id == name for f in chain):
            raise InputError(f"{chain[-1].path.name}: extends: {' > '.join([f.id for f in chain] + [name])} is a circle")
        if name not in files:
            file = chain[-1]
            raise InputError(f"{_where(file, ['extends'])}: extends: unknown scenario {name!r}{suggest(name, files)}")
        chain.append(_load_yaml(files[name]))
        parent = chain[-1].content.get("extends")
        name = str(parent) if parent is not None else None
    merged: dict[str, Any] = {}
    for file in reversed(chain):
        merged = merge(merged, file.content)
    own = chain[0]
    merged.update({k: own.content[k] for k in ("title", "context", "extends", "variants") if k in own.content})
    inherited = len(merged.get("events") or []) - len(own.content.get("events") or [])
    try:
        scenario = Scenario.model_validate({**merged, "id": stem})
    except ValidationError as error:
        raise InputError(*[_scenario_problem(own, e, inherited) for e in error.errors()]) from None
    if not scenario.gas_year:
        raise InputError(f"{own.path.name}:1: gas_year is missing; write for example `gas_year: 2025/26` or extend a baseline")
    return scenario


_PARTS: dict[str, type[BaseModel]] = {"events": Event, "variants": Fragment, "repeat": Repeat, "planner": Planner}


def _scenario_problem(file: ScenarioFile, error: Any, inherited: int) -> str:
    location = list(error["loc"])
    if len(location) > 1 and location[0] == "events" and isinstance(location[1], int):
        location[1] -= inherited
    cls: type[BaseModel] = Scenario
    for part in location[:-1]:  # the class whose keys are meant
        cls = _PARTS.get(str(part), cls)
    return f"{_where(file, location)}: {_explain({**error, 'loc': location}, cls)}"


def _where(file: ScenarioFile, location: Iterable[Any]) -> str:
    return f"{file.path.name}:{file.line_of(location)}"


def _load_yaml(path: Path) -> ScenarioFile:
    try:
        tree = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(f"{path.name}:{line}: not valid YAML: {error.problem}; check indentation and quotes") from None
    except UnicodeDecodeError:
        raise InputError(f"{path.name}: not UTF-8 text") from None
    if not isinstance(tree, CommentedMap):
        raise InputError(f"{path.name}:1: a scenario is a mapping of keys such as title, gas_year, events")

    def line_of(location: Iterable[Any]) -> int:
        node, line = tree, 1
        for part in location:
            if not hasattr(node, "lc"):
                break
            try:
                line = (node.lc.key(part) if isinstance(node, CommentedMap) else node.lc.item(part))[0] + 1
                node = node[part]
            except (KeyError, IndexError, TypeError):
                break
        return int(line)

    return ScenarioFile(path, _plain(tree), line_of)


def _plain(node: Any) -> Any:
    """Ordinary dicts and lists from ruamel's commented ones."""
    if isinstance(node, dict):
        return {str(k): _plain(v) for k, v in node.items()}
    if isinstance(node, list):
        return [_plain(v) for v in node]
    if isinstance(node, float):
        return float(node)
    return node


def scenario_schema() -> str:
    """The JSON Schema of scenario files, for editors."""
    schema = Scenario.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["properties"].pop("id", None)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
