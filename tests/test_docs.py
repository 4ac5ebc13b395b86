"""The documentation is fresh, complete and without dead ends."""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import click
import pytest

import energysim
from energysim.cli import main as cli
from energysim.inputs.scenario import with_variant
from energysim.model.frames import UNITS

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
GENERATED = ["formulation.md", "data_dictionary.md", "scenarios.md", "cli.md", "charts.md", "scenario.schema.json",
             "study.schema.json", "glossary.md"]  # fmt: skip
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
MACHINE = re.compile(r"(?<![\w.])/(?:home|root|tmp|work|Users)/")


@cache
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def block(language: str) -> str:
    """The README's one block of a language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", text(ROOT / "README.md"), flags=re.DOTALL)
    return str(found)


# --- generated pages ---------------------------------------------------------------------


def test_every_generated_page_is_tested() -> None:
    assert sorted(generator().pages()) == sorted(GENERATED)


@pytest.mark.parametrize("name", GENERATED)
def test_generated_page_is_fresh(name: str) -> None:
    assert text(DOCS / name) == generator().pages()[name], "run `make docs`"


def test_every_law_has_a_formula_and_a_set() -> None:
    laws = re.findall(
        r"^\*\*`(\w+)`\*\* for every (.*)\n\n\$\$ (.*) \$\$", text(DOCS / "formulation.md"), flags=re.MULTILINE
    )
    stated = [
        p
        for p in (ROOT / "energysim" / "model").glob("*.py")
        for _ in re.findall(r"^    @law\(", text(p), flags=re.MULTILINE)
    ]
    assert len(laws) == len(stated) > 10
    assert all(name and sets and formula for name, sets, formula in laws)


# --- commands ----------------------------------------------------------------------------


def commands(group: click.Group, name: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for child in group.list_commands(context):
        command = group.get_command(context, child)
        if command is not None and not command.hidden:
            yield f"{name} {child}", command
            if isinstance(command, click.Group):
                yield from commands(command, f"{name} {child}")


@pytest.mark.parametrize(
    ("name", "command"), list(commands(cli, "energysim")), ids=lambda c: c if isinstance(c, str) else ""
)
def test_command_has_help_and_is_documented(name: str, command: click.Command) -> None:
    assert command.help
    assert f"\n## {name}\n" in text(DOCS / "cli.md")
    for option in command.params:
        assert not isinstance(option, click.Option) or option.help, f"{name} {option.opts} has no help"


# --- words -------------------------------------------------------------------------------


@pytest.mark.parametrize("variable", list(UNITS))
def test_published_variable_is_in_the_glossary(variable: str) -> None:
    rows = [row for row in text(DOCS / "glossary.md").splitlines() if row.startswith("|") and f"`{variable}`" in row]
    assert rows, f"{variable} is not in docs/glossary.md"
    assert any(UNITS[variable] in row for row in rows), f"{variable} is not in {UNITS[variable]} in docs/glossary.md"


def test_every_indicator_is_in_the_glossary() -> None:
    for path in (ROOT / "energysim" / "indicators").glob("*.py"):
        functions = [n for n in ast.parse(text(path)).body if isinstance(n, ast.FunctionDef) and n.name[0] != "_"]
        missing = [f.name for f in functions if f"| `{f.name}` |" not in text(DOCS / "glossary.md")]
        assert not missing, "run `make docs`"


# --- README ------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["make run", "make test", "pip install .", *[f"energysim {c}" for c in ("scenarios", "show", "run", "explain", "check")]])  # fmt: skip
def test_readme_shows(command: str) -> None:
    assert command in text(ROOT / "README.md")


def test_readme_scenario_works(tmp_path: Path) -> None:
    path = tmp_path / "my_case.yaml"
    path.write_text(block("yaml"), encoding="utf-8")
    scenario = energysim.read_scenario(str(path))
    for case in (scenario, *[with_variant(scenario, v) for v in scenario.variants]):
        energysim.resolve(case)


def test_readme_python_uses_public_names() -> None:
    for node in ast.walk(ast.parse(block("python"))):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "energysim":
            assert node.attr in energysim.__all__


# --- links and paths ---------------------------------------------------------------------


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as hosting sites make them."""
    headings = re.findall(r"^#+ (.*)$", text(path), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_resolve(page: Path) -> None:
    for link in LINK.findall(text(page)):
        if link.startswith(("http://", "https://")):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{page.name} links to {link}"
        assert not anchor or anchor in anchors(target), f"{page.name} links to {link}"


@pytest.mark.parametrize("page", [*PAGES, DOCS / "scenario.schema.json"], ids=lambda p: str(p.relative_to(ROOT)))
def test_no_path_of_a_machine(page: Path) -> None:
    assert not MACHINE.search(text(page))


def test_index_leads_everywhere() -> None:
    linked = {(DOCS / link.partition("#")[0]).resolve() for link in LINK.findall(text(DOCS / "index.md"))}
    missing = {p for p in DOCS.rglob("*.md") if p.name != "index.md"} - linked
    assert not missing, "docs/index.md does not link to every page"
