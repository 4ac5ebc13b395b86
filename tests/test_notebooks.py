"""Notebooks hold no outputs and use nothing of energysim but its public names."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

import energysim
from energysim.outputs import plot

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def code_cells(path: Path) -> list[dict[str, Any]]:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def source(cell: dict[str, Any]) -> str:
    """The Python of a cell, without the lines that only a notebook understands."""
    return "\n".join(line for line in "".join(cell["source"]).splitlines() if not line.startswith("%"))


def test_there_is_a_notebook() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_outputs_are_stripped(path: Path) -> None:
    for cell in code_cells(path):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_only_public_names_are_used(path: Path) -> None:
    tree = ast.parse("\n".join(source(cell) for cell in code_cells(path)))
    for node in ast.walk(tree):
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
