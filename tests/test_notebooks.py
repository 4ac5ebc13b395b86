"""Notebooks hold no outputs, use nothing of energysim but its public names, and leave numbers to the cells that compute them."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import pytest

import energysim
from energysim.outputs import plot

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
EVERY = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
ASKED_FOR = {"quick_start", "shah_deniz", "russian_gas", "build_your_own", "evidence"}
AT_HAND = {"energysim", "pandas", "numpy", "matplotlib", "IPython"}
"""Packages that come with energysim or with the notebook itself; the standard library may be used as well."""

MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
NOT_OURS = re.compile(
    r"```.*?```|`[^`]*`|\]\([^)]*\)"  # code, links
    rf"|\b\d{{1,2}} (?:{MONTHS})\b|\b(?:19|20)\d\d(?:/\d\d)?\b|N−1",  # dates, years, the name of a standard
    re.DOTALL,
)
"""What may hold digits in a Markdown cell: nothing that a run computes."""


@cache
def cells(path: Path, kind: str) -> list[dict[str, Any]]:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] == kind]


def source(cell: dict[str, Any]) -> str:
    """The text of a cell, without the lines that only a notebook understands."""
    return "\n".join(line for line in "".join(cell["source"]).splitlines() if not line.startswith("%"))


def code(path: Path) -> ast.Module:
    return ast.parse("\n".join(source(cell) for cell in cells(path, "code")))


def runner() -> ModuleType:
    spec = importlib.util.spec_from_file_location("run_notebooks", FOLDER / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_five_are_there() -> None:
    assert {p.stem for p in NOTEBOOKS} >= ASKED_FOR


@EVERY
def test_it_is_a_notebook(path: Path) -> None:
    nbformat.validate(nbformat.read(path, as_version=4))


@EVERY
def test_outputs_are_stripped(path: Path) -> None:
    for cell in cells(path, "code"):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


@EVERY
def test_only_public_names_are_used(path: Path) -> None:
    for node in ast.walk(code(path)):
        if isinstance(node, ast.Import):
            inside = [a.name for a in node.names if a.name.startswith("energysim.")]
            assert not inside, f"import energysim, not {inside}"
        if isinstance(node, ast.ImportFrom):
            assert not (node.module or "").startswith("energysim."), f"import energysim, not {node.module}"
            if node.module == "energysim":
                assert {a.name for a in node.names} <= set(energysim.__all__)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "energysim":
            assert node.attr in energysim.__all__, f"energysim.{node.attr} is not public"
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "energysim.plot":
            assert node.attr in plot.__all__, f"energysim.plot.{node.attr} is not public"
        if isinstance(node, ast.Attribute):
            assert not node.attr.startswith("_"), f"{ast.unparse(node)} is not public"


@EVERY
def test_nothing_else_need_be_installed(path: Path) -> None:
    for node in ast.walk(code(path)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        for name in names:
            package = name.partition(".")[0]
            assert package in AT_HAND | sys.stdlib_module_names, f"{name} does not come with energysim"


@EVERY
def test_scenarios_that_are_named_are_shipped(path: Path) -> None:
    shipped = energysim.scenarios()
    named = {
        argument.value
        for node in ast.walk(code(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("energysim.run", "energysim.read_scenario", "energysim.assess")
        for argument in node.args[:1]
        if isinstance(argument, ast.Constant)
    }
    for name in named:
        scenario, _, variant = name.partition("/")
        assert scenario in shipped
        assert not variant or variant in shipped[scenario].variants


@EVERY
def test_words_hold_no_number_that_a_run_computes(path: Path) -> None:
    for cell in cells(path, "markdown"):
        for line in NOT_OURS.sub("", source(cell)).splitlines():
            assert not re.search(r"\d", line), f"compute it in a cell and print it from there: {line}"


def test_a_typed_number_is_found() -> None:
    assert re.search(r"\d", NOT_OURS.sub("", "On 6 January 2009 some 35.3 mcm were cut"))
    assert not re.search(r"\d", NOT_OURS.sub("", "On 6 January 2009, in `x=3.5`, [here](a_1.md), N−1, winter 2011/12"))


@EVERY
def test_links_lead_somewhere(path: Path) -> None:
    for cell in cells(path, "markdown"):
        for link in re.findall(r"\]\(([^)\s]+)\)", source(cell)):
            assert (FOLDER / link).exists(), link


@EVERY
def test_the_page_of_notebooks_names_it(path: Path) -> None:
    assert f"(../notebooks/{path.name})" in (ROOT / "docs" / "notebooks.md").read_text(encoding="utf-8")


def test_one_runs_in_an_empty_folder() -> None:
    """The others are run by `make notebooks`; this one also checks the solver's optimum by hand."""
    assert runner().execute(FOLDER / "build_your_own.ipynb") == ""


@pytest.mark.parametrize(
    ("cell", "told"), [("assert sum([1, 1]) == 3", "AssertionError"), ("import warnings; warnings.warn('old')", "old")]
)
def test_a_failure_or_a_warning_is_told(cell: str, told: str, tmp_path: Path) -> None:
    wrong = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    nbformat.write(wrong, tmp_path / "wrong.ipynb")
    assert told in runner().execute(tmp_path / "wrong.ipynb")


def test_an_unknown_notebook_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        runner().chosen(["no_such_notebook"])
    assert "there are" in capsys.readouterr().err
