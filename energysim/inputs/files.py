"""Opening input files: CSV rows and YAML trees with the line each thing stands on. Nothing else opens one."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.constructor import DuplicateKeyError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from energysim.errors import InputError, suggest

NODES = 50_000
"""A scenario of more keys and values than this is a mistake (aliases multiply)."""


def data_root() -> Path:
    """The folder that holds `data/` and `scenarios/`: inside the installed package, else the checkout."""
    package = Path(__file__).resolve().parents[1]
    for candidate in (package / "_shipped", package.parent):
        if (candidate / "data" / "contracts.csv").is_file():
            return candidate
    raise InputError(f"no data folder beside or inside {package}; reinstall energysim")


def short_name(path: Path) -> str:
    """`data/contracts.csv`: how a table is called in messages."""
    return f"{path.resolve().parent.name}/{path.name}"


def read_text(path: Path, name: str) -> str:
    """The text of a file. Raises InputError, with the line where it stops being UTF-8."""
    try:
        raw = path.read_bytes()
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{name}:{line}: not UTF-8 text (byte {raw[error.start]:#04x}); save the file as UTF-8"
        ) from None
    except OSError as error:
        raise InputError(f"{name}: cannot be read ({error.strerror})") from None


# --- CSV ------------------------------------------------------------------------------------------------------------

Cells = list[tuple[int, dict[str, str]]]
"""(line, column -> cell) of every row."""


def read_cells(path: Path, expected: Collection[str], problems: list[str]) -> Cells | None:
    """The rows of a file whose header must be exactly the expected columns; None when the header is wrong."""
    name = short_name(path)
    if not path.is_file():
        problems.append(f"{name}: the file is missing; restore it from the package or from version control")
        return None
    try:
        text = read_text(path, name)
    except InputError as error:
        problems += error.problems
        return None
    reader = csv.reader(StringIO(text), strict=True)
    rows: Cells = []
    line = 0
    try:
        header = [c.strip() for c in next(reader, [])]
        wrong = _header_problems(header, expected)
        problems += [f"{name}:1: {p}" for p in wrong]
        if wrong:
            return None
        line = reader.line_num
        for cells in reader:
            line, start = reader.line_num, line + 1
            if not any(cells):
                continue
            if len(cells) != len(header):
                count = f"{len(cells)} cells for {len(header)} columns"
                problems.append(
                    f"{name}:{start}: {count}; a comma too few or too many, or text with a comma not in quotes"
                )
                continue
            rows.append((start, dict(zip(header, (c.strip() for c in cells), strict=True))))
    except csv.Error as error:
        problems.append(f"{name}:{line + 1}: {error}; a quotation mark is not closed or doubled")
    return rows


def _header_problems(header: list[str], expected: Collection[str]) -> list[str]:
    if not any(header):
        return [f"the first line is empty; expected the column names {', '.join(sorted(expected))}"]
    if len(header) == 1 and ";" in header[0]:
        return ["the cells are separated by semicolons; save the file with commas"]
    problems, mistyped = [], set()
    for k, column in enumerate(header):
        if column in header[:k]:
            problems.append(f"column `{column}` stands twice")
        elif column not in expected:
            hint = suggest(column, set(expected) - set(header))
            mistyped |= {e for e in expected if f"mean `{e}`" in hint}
            problems.append(f"unknown column `{column}`{hint}")
    return problems + [f"column `{c}` is missing" for c in sorted(set(expected) - set(header) - mistyped)]


# --- YAML -----------------------------------------------------------------------------------------------------------


class _Constructor(RoundTripConstructor):
    """Dates stay text, so that a wrong one meets the same check as any other value."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", lambda self, node: self.construct_scalar(node))


@dataclass(frozen=True)
class YamlFile:
    """The content of a scenario file and the line of each key."""

    path: Path
    content: dict[str, Any]
    tree: Any = field(repr=False)

    @property
    def id(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    def where(self, location: Iterable[Any] = ()) -> str:
        """`file.yaml:12` of a key, of what holds it if it does not stand there."""
        node, line = self.tree, 1
        for part in location:
            if not hasattr(node, "lc"):
                break
            try:
                line = (node.lc.key(part) if isinstance(node, CommentedMap) else node.lc.item(part))[0] + 1
                node = node[part]
            except (KeyError, IndexError, TypeError):
                break
        return f"{self.path.name}:{line}"


def read_yaml(path: Path, holds: str = "a scenario is a mapping of keys such as title, gas_year, events") -> YamlFile:
    """A YAML file that holds a mapping; `holds` says so where it does not. Raises InputError."""
    text = read_text(path, path.name)
    yaml = YAML(typ="rt")
    yaml.Constructor = _Constructor
    try:
        tree = yaml.load(text)
    except DuplicateKeyError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        key = str(error.problem).partition('"')[2].partition('"')[0]
        raise InputError(f"{path.name}:{line}: the key `{key}` stands twice; keep one") from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(f"{path.name}:{line}: not valid YAML: {error.problem}; check indentation and quotes") from None
    except (YAMLError, ValueError, RecursionError) as error:
        first, _, _ = str(error).partition("\n")
        line = text.count("\n", 0, getattr(error, "position", 0) or 0) + 1
        raise InputError(f"{path.name}:{line}: not valid YAML: {first}") from None
    if not isinstance(tree, CommentedMap):
        raise InputError(f"{path.name}:1: {holds}")
    return YamlFile(path, _plain(tree, path.name, [NODES]), tree)


def _plain(node: Any, name: str, left: list[int]) -> Any:
    """Ordinary dicts and lists from ruamel's commented ones."""
    left[0] -= 1
    if left[0] < 0:
        raise InputError(f"{name}:1: more than {NODES:,} keys and values; write the scenario without aliases")
    if isinstance(node, dict):
        return {str(k): _plain(v, name, left) for k, v in node.items()}
    if isinstance(node, list):
        return [_plain(v, name, left) for v in node]
    if isinstance(node, float):
        return float(node)
    return node
