"""The shape of the house: arrows one way, one room for each library, no import inside a function but in cli."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "energysim"
MODULES = sorted(PACKAGE.rglob("*.py"))

MAY_IMPORT = {
    "errors": set(),
    "units": {"errors"},
    "inputs": {"errors", "units", "inputs"},
    "results": {"errors", "files", "units", "inputs"},
    "model": {"errors", "units", "inputs", "results", "model"},
    "simulate": {"errors", "units", "inputs", "results", "model"},
    "studies": {
        "errors",
        "units",
        "inputs",
        "results",
        "casebook",
        "dossier",
        "model",
        "simulate",
        "words",
        "studies",
    },
    "indicators": {"errors", "units", "results", "indicators"},
    "dossier": {"errors", "files"},
    "standards": {
        "errors",
        "units",
        "inputs",
        "results",
        "dossier",
        "model",
        "simulate",
        "studies",
        "indicators",
        "words",
        "standards",
    },
    "outputs": {
        "errors",
        "files",
        "units",
        "words",
        "inputs",
        "results",
        "casebook",
        "dossier",
        "indicators",
        "outputs",
    },
    "files": {"errors"},
    "words": {"errors", "words"},
    "casebook": {"errors", "files"},
    "query": {"errors", "casebook"},
    "reporting": {
        "errors",
        "inputs",
        "results",
        "dossier",
        "studies",
        "standards",
        "outputs",
        "words",
    },
    "cli": {
        "errors",
        "files",
        "units",
        "inputs",
        "results",
        "casebook",
        "query",
        "simulate",
        "studies",
        "standards",
        "dossier",
        "outputs",
        "reporting",
        "words",
        "cli",
        "",
    },
    "": {"errors", "words", "inputs", "results", "casebook", "dossier", "studies", "standards", "outputs", "reporting"},
}
"""Room -> rooms it may import; "" is the front page."""

ONE_ROOM = {
    "pyomo": {"model"},
    "highspy": {"model"},
    "scipy": {"model", "designs", "extremes"},
    "SALib": {"sensitivity"},
    "matplotlib": {"outputs"},
    "jinja2": {"outputs"},
    "weasyprint": {"pdf"},
    "rich": {"outputs", "cli"},
    "click": {"cli"},
    "ruamel": {"inputs"},
    "csv": {"inputs", "words"},
    "pyarrow": {"results", "casebook"},
    "duckdb": {"query"},
    "joblib": {"studies"},
    "distributed": {"studies"},
}
"""Third-party library -> the rooms, or single modules of a room, that know it."""


def room(path: Path) -> str:
    """The room a module stands in."""
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "" if first == "__init__" else first


def imports(node: ast.AST) -> list[str]:
    """Dotted names of the modules that an import statement brings in."""
    if isinstance(node, ast.Import):
        return [a.name for a in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        return [f"{node.module}.{a.name}" for a in node.names] if node.module == "energysim" else [node.module]
    return []


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_arrows_run_one_way(path: Path) -> None:
    for node in ast.walk(tree(path)):
        for name in imports(node):
            if name.split(".")[0] == "energysim":
                parts = name.split(".")
                target = parts[1] if len(parts) > 1 and parts[1] in MAY_IMPORT else ""
                assert target in MAY_IMPORT[room(path)], f"{path.name} must not import {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_each_library_has_one_room(path: Path) -> None:
    for node in ast.walk(tree(path)):
        for name in imports(node):
            rooms = ONE_ROOM.get(name.split(".")[0])
            assert rooms is None or {room(path), path.stem} & rooms, f"{name} does not belong in {path.name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_import_hides_in_a_function(path: Path) -> None:
    if room(path) == "cli":
        return
    for function in ast.walk(tree(path)):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            hidden = [n for n in ast.walk(function) if isinstance(n, (ast.Import, ast.ImportFrom))]
            assert not hidden, f"{path.name}: {function.name} imports inside"


def test_no_import_cycle() -> None:
    graph: dict[str, set[str]] = {}
    names = {".".join(("energysim", *p.relative_to(PACKAGE).with_suffix("").parts)): p for p in MODULES}
    for name, path in names.items():
        body = [n for n in tree(path).body if isinstance(n, (ast.Import, ast.ImportFrom))]
        graph[name] = {i for n in body for i in imports(n) if i in names}
    seen: dict[str, int] = {}

    def visit(name: str, trail: list[str]) -> None:
        assert seen.get(name) != 1, f"import cycle: {' > '.join([*trail, name])}"
        if name in seen:
            return
        seen[name] = 1
        for target in sorted(graph[name]):
            visit(target, [*trail, name])
        seen[name] = 2

    for name in graph:
        visit(name, [])


def test_files_stay_short() -> None:
    long = {p.name: len(p.read_text().splitlines()) for p in MODULES}
    assert not {n: k for n, k in long.items() if k > 480}, "split a file when it has two reasons to change"
