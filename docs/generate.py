"""Write the generated chapters of the documentation: `make docs`. No network, no solver, same bytes every time.

* `formulation.md`       the mathematics, read from the docstrings and declarations of `energysim/model/*.py`
* `data_dictionary.md`   the columns of every table, from the classes in `energysim/inputs/tables.py`
* `scenarios.md`         the shipped scenarios, from their YAML files
* `cli.md`               the help of every command
* `charts.md`            every chart by name, from the docstrings of the functions that draw them
* `scenario.schema.json` the JSON Schema of scenario files, for editors
* `study.schema.json`    the JSON Schema of study files (`energysim sweep`)
* `glossary.md`          only its last section, the indicators, from `energysim/indicators/`

`tests/test_docs.py` holds that the files are what this program would write.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import click

from energysim.cli import main as cli
from energysim.inputs.evidence import USED_BY
from energysim.inputs.read import PROVENANCE, Dataset, read_dataset, read_scenario, scenario_files, scenario_schema
from energysim.inputs.scenario import Event, Fragment, Scenario, Setting
from energysim.inputs.sweep_file import sweep_schema
from energysim.inputs.tables import TABLES, Row, SourceRow
from energysim.outputs import gallery, plot
from energysim.outputs.gallery import MAKES

DOCS = Path(__file__).resolve().parent
PACKAGE = DOCS.parent / "energysim"
NOTICE = "<!-- written by docs/generate.py: change the source it names, then run `make docs` -->"


def pages() -> dict[str, str]:
    """Every generated file: name in `docs/` -> text."""
    dataset = read_dataset()
    return {
        "formulation.md": formulation(),
        "data_dictionary.md": data_dictionary(dataset),
        "scenarios.md": scenarios(dataset),
        "cli.md": command_line(),
        "charts.md": charts(),
        "scenario.schema.json": scenario_schema(),
        "study.schema.json": sweep_schema(),
        "glossary.md": glossary(),
    }


def charts() -> str:
    """Every chart by name: what it shows, and what it is drawn of."""

    def rows(drawn: Mapping[str, Callable[..., Any]], made_by: Callable[[str], str] | None = None) -> list[list[str]]:
        found = []
        for name, draw in drawn.items():
            whole = draw.func if isinstance(draw, partial) else draw
            says = " ".join((inspect.getdoc(whole) or "").split("\n\n")[0].split())
            found.append([f"`{name}`", says.split("Raises ")[0].strip(), *([f"`{made_by(name)}`"] if made_by else [])])
        return found

    header = ["chart", "shows"]
    return _page(
        NOTICE,
        "# Charts",
        "`energysim chart NAME RUN…` draws any of them as SVG, PNG or PDF (`--format`), in English or Serbian (`--lang`), in mcm or "
        "GWh (`--unit`); in Python `energysim.plot.NAME(…)` returns a matplotlib Figure. The title is the finding, written from the "
        "numbers; below it stand unit, scenario and foresight, at the foot the run and the data. One palette, safe for colour-blind "
        "readers, and one order of sources and classes hold everywhere. In Python the chart `map` is `plot.map_of`.",
        "## Of a run",
        "RUN is a folder that `energysim run` wrote, or a scenario, which is then run. `all` draws whatever it has something to show for.",
        _table(header, rows({**plot.catalogue(), "fan": plot.fan})),
        "## Of several runs, in one chart",
        _table(header, rows(plot.several())),
        "## Of a dossier",
        "RUN is the folder that the command wrote; `ladder`, `stock`, `value_months` and `waterfall` are also drawn of scenarios.",
        _table([*header, "made by"], rows(gallery.of_dossiers(), MAKES.__getitem__)),
        "## Of a study",
        _table([*header, "made by"], rows(gallery.of_studies(), lambda name: MAKES.get(name, MAKES["exceedance"]))),
    )


def _page(*parts: str) -> str:
    return "\n\n".join(p.strip("\n") for p in parts if p.strip()) + "\n"


def _table(header: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; empty without rows."""
    if not rows:
        return ""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(_cell(c) for c in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


# --- formulation ----------------------------------------------------------------------------------------------------

CHAPTERS = {
    "model/build.py": "The whole in one view",
    "model/network.py": "Network",
    "model/contracts.py": "Contracts",
    "model/storage.py": "Storage",
    "model/demand.py": "Demand, curtailment and fuel switch",
    "inputs/demand.py": "Where demand comes from",
    "model/solve.py": "One optimum, certified",
    "model/ranges.py": "Plans of equal cost",
    "model/freeze.py": "The past stays as it was",
    "model/compile.py": "From Pyomo to arrays",
    "model/block.py": "What a block is",
    "model/frames.py": "From the solution to tables",
}
"""Module -> heading, in the order of reading; modules not named follow under their file name."""


def formulation() -> str:
    """The mathematics, chapter by chapter."""
    files = dict(CHAPTERS)
    for path in sorted((PACKAGE / "model").glob("*.py")):
        if path.name != "__init__.py":
            files.setdefault(f"model/{path.name}", path.name)
    return _page(
        NOTICE,
        "# Formulation",
        "The linear programme of `energysim`, as it stands in the code. Inside, gas is energy at gross calorific value: "
        "GWh, GWh/d, EUR/MWh, and money is kEUR (GWh times EUR/MWh). A *law* below is a constraint under its name "
        "in the code; the results call it in words (`bindings`). A name with a subscript is a quantity by asset and day; "
        "days are counted from 0. Bounds and terms are written as in the code, and what is published is in the "
        "[glossary](glossary.md).",
        *[_chapter(name, title) for name, title in files.items()],
    )


def _chapter(name: str, title: str) -> str:
    tree = ast.parse((PACKAGE / name).read_text(encoding="utf-8"))
    laws = [
        _law(node) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and _index_sets(node) is not None
    ]
    return _page(
        f"## {title}",
        f"`energysim/{name}`",
        ast.get_docstring(tree) or "",
        _titled("Sets", _table(["set", "meaning"], _sets(tree))),
        _titled("Data", _table(["name", "over", "meaning and unit"], _data(tree))),
        _titled("Variables", _table(["variable", "over", "bounds", "meaning and unit"], _variables(tree))),
        _titled("Laws", "\n\n".join(laws)),
        _titled("Terms of the balance and the objective", _table(["term", "kind", "as in the code"], _terms(tree))),
    )


def _titled(title: str, body: str) -> str:
    return f"### {title}\n\n{body}" if body else ""


def _law(node: ast.FunctionDef) -> str:
    formula, _, reason = _one_line(ast.get_docstring(node) or "").partition(": ")
    sets = ", ".join(f"`{s}`" for s in _index_sets(node) or [])
    why = reason[:1].upper() + reason[1:] if reason else ""
    return f"**`{node.name}`** for every {sets.replace(', ', ' and ')}\n\n$$ {_latex(formula.rstrip('.'))} $$\n\n{why}".strip()


def _index_sets(node: ast.FunctionDef) -> list[str] | None:
    """The sets over which a function decorated with `@law(m, …)` is stated; None for other functions."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name) and decorator.func.id == "law":
            return [_name(a) for a in decorator.args[1:]]
    return None


WORD = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,}(?:\\_[A-Za-z]+)*")


def _latex(formula: str) -> str:
    """A docstring's formula with names of several letters upright."""
    return WORD.sub(lambda m: rf"\mathit{{{m.group()}}}", formula)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _name(node: ast.expr) -> str:
    """`day` of `m.day`; anything else as written."""
    return node.attr if isinstance(node, ast.Attribute) else ast.unparse(node)


def _text(node: ast.expr | None) -> str:
    if node is None:
        return ""
    return (
        str(node.value) if isinstance(node, ast.Constant) else re.sub(r"\{.*?\}", "…", ast.unparse(node)).strip("f'\"")
    )


def _code(node: ast.expr) -> str:
    text = ast.unparse(node).replace("m.", "")
    return "`" + re.sub(r"sum\(\((.*?)\)\)", r"sum(\1)", text) + "`"


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((k.value for k in call.keywords if k.arg == name), None)


def _component(node: ast.AST, *kinds: str) -> tuple[str, ast.Call] | None:
    """Name and call of `m.name = pyo.Kind(…)`."""
    if not (
        isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute) and isinstance(node.value, ast.Call)
    ):
        return None
    kind = node.value.func
    return (node.targets[0].attr, node.value) if isinstance(kind, ast.Attribute) and kind.attr in kinds else None


def _called(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def _sets(tree: ast.AST) -> list[list[str]]:
    found = []
    for node in ast.walk(tree):
        component = _component(node, "Set", "RangeSet")
        if component:
            given = _keyword(component[1], "initialize") or ast.Tuple(component[1].args, ast.Load())
            found.append([f"`{component[0]}`", _text(_keyword(component[1], "doc")) or _code(given)])
    for call in _called(tree, "indexed_set"):
        found.append(
            [f"`{_text(call.args[1])}[{_name(call.args[2])}]`", _text(call.args[5] if len(call.args) > 5 else None)]
        )
    return [row for row in found if row[1]]


def _data(tree: ast.AST) -> list[list[str]]:
    rows = []
    for call in _called(tree, "data"):
        over = ", ".join(f"`{_name(a)}`" for a in call.args[2:])
        rows.append([f"`{_text(call.args[1])}`", over.replace("m_set", "segment"), _text(_keyword(call, "doc"))])
    return rows


def _variables(tree: ast.AST) -> list[list[str]]:
    rows = []
    for node in ast.walk(tree):
        component = _component(node, "Var")
        if component is None:
            continue
        name, call = component
        bounds = _keyword(call, "bounds")
        limits = "0 …"
        if isinstance(bounds, ast.Lambda) and isinstance(bounds.body, ast.Tuple):
            low, high = bounds.body.elts
            limits = f"{ast.unparse(low)} … {_code(high)}"
        rows.append([f"`{name}`", ", ".join(f"`{_name(a)}`" for a in call.args), limits, _text(_keyword(call, "doc"))])
    return rows


def _terms(tree: ast.AST) -> list[list[str]]:
    kinds = {"delivers": "balance [GWh/d]", "costs": "cost [kEUR]", "penalties": "penalty [kEUR]"}
    rows = []
    for call in _called(tree, "Block"):
        for keyword in call.keywords:
            if keyword.arg in kinds and isinstance(keyword.value, ast.Dict):
                for key, value in zip(keyword.value.keys, keyword.value.values, strict=True):
                    body = value.body if isinstance(value, ast.Lambda) else value
                    rows.append([f"`{_text(key)}`", kinds[keyword.arg], _code(body)])
    return rows


# --- data dictionary ------------------------------------------------------------------------------------------------

UNIT_ENDINGS = (
    ("_mcm_per_day_per_c", "mcm/d per degC"),
    ("_gwh_per_day", "GWh/d"),
    ("_mcm_per_day", "mcm/d"),
    ("_eur_per_mwh", "EUR/MWh"),
    ("_kwh_per_m3", "kWh/m3"),
    ("_meur", "MEUR"),
    ("_mcm", "mcm"),
    ("_gwh", "GWh"),
    ("_km", "km"),
    ("temperature_c", "degC"),
    ("_days", "d"),
    ("_per_year", "1/year"),
    ("_fraction", "1"),
    ("_factor", "1"),
    ("factor", "1"),
    ("share_of_volume", "1"),
    ("share", "1"),
    ("latitude", "degrees"),
    ("longitude", "degrees"),
)
"""Ending of a column's name -> its unit."""

EVERY_ROW = [
    ["`valid_from`, `valid_to`", "first and last date on which the row holds; blank: open"],
    [
        "`rival`",
        "blank for a row that is used; a name for what another source says, used only where a scenario asks for it",
    ],
    ["`low`, `high`", "range of the row's headline figure, in its unit; an estimate must have both"],
    ["`source`", "ids of `data/sources.csv`, joined by `;`; `EST` is an estimate of this project"],
    ["`as_of`", "date of the statement or of the estimate"],
    ["`confidence`", "A operator, regulator or two agreeing sources; B one decent source; C weak, or an estimate"],
    ["`estimate`", "yes where the figure is not a source's own"],
    ["`note`", "how it was come by"],
]


def data_dictionary(dataset: Dataset) -> str:
    """Columns, units, keys and users of every table."""
    tables = [_dictionary_entry(cls, dataset) for cls in TABLES.values()]
    index = [
        [f"[{name}](#{name})", str(len(dataset.rows(name))), USED_BY.get(name, "evidence for checks, maps and reports")]
        for name in TABLES
    ]
    return _page(
        NOTICE,
        "# Data dictionary",
        "One CSV file a table in `data/`, UTF-8, dates as `2026-01-31`, yes or no in words, and a blank cell means "
        "*not known*, never zero. The unit stands in a column's name. A row with a `rival` name fills only the columns in "
        "which it differs. Volumes become energy by the row's own `gcv_kwh_per_m3`: 10.289 for the reduced metre of the "
        "demand tables, 10.55 for contracts and storage. `energysim explain ASSET` prints the rows behind an asset, "
        "`energysim check` reads all of it and reports every problem at once.",
        "Columns of every table, not repeated below:",
        _table(["column", "meaning"], EVERY_ROW),
        _table(["table", "rows", "used by"], index),
        *tables,
        "## sources",
        f"`data/sources.csv`: {len(dataset.sources)} rows. A publication or statement that figures are taken from.",
        _table(
            ["column", "kind", "unit", "must be filled"], [_column(n, f) for n, f in SourceRow.model_fields.items()]
        ),
        "## weather_belgrade",
        f"`data/weather_belgrade.csv`: {len(dataset.weather.days):,} rows, {dataset.weather.first} to {dataset.weather.last}, "
        f"no gaps, {len(dataset.weather.winters)} winters. Daily mean temperature of Belgrade (`temperature_c` [degC]), "
        "which stands for all zones; `quality` says how each day was obtained.",
        _table(["quality", "days"], _qualities(dataset)),
        "## outlines",
        "`data/outlines.geojson`: outlines of Serbia, Kosovo (a feature of its own) and neighbours, in degrees; "
        "for maps, nothing is computed from them.",
    )


def _qualities(dataset: Dataset) -> list[list[str]]:
    kinds = dataset.weather.quality.tolist()
    return [[kind, f"{kinds.count(kind):,}"] for kind in sorted(set(kinds))]


def _dictionary_entry(cls: type[Row], dataset: Dataset) -> str:
    rows = dataset.rows(cls.table)
    rivals = sum(r.rival is not None for r in rows)
    facts = [
        f"`data/{cls.table}.csv`: {len(rows) - rivals} rows in use, {rivals} rivals, "
        f"{sum(r.estimate for r in rows)} estimates among them.",
        "Key: " + ", ".join(f"`{_alias(cls, k)}`" for k in cls.key) + ".",
        f"Headline (the figure that `low` and `high` are the range of): `{cls.headline}`." if cls.headline else "",
        f"Used by {USED_BY[cls.table]}." if cls.table in USED_BY else "Evidence for checks, maps and reports.",
    ]
    fields = [(n, f) for n, f in cls.model_fields.items() if n not in PROVENANCE]
    body = [_column(f.alias or n, f, n in cls.needed) for n, f in fields]
    return _page(
        f"## {cls.table}", " ".join(f for f in facts if f), _table(["column", "kind", "unit", "must be filled"], body)
    )


def _alias(cls: type[Row], name: str) -> str:
    return cls.model_fields[name].alias or name


def _column(name: str, field: Any, needed: bool = False) -> list[str]:
    must = "yes" if field.is_required() else "in a row that is used" if needed else ""
    return [f"`{name}`", _kind(field.annotation), _unit(name), must]


def _unit(name: str) -> str:
    return next((unit for ending, unit in UNIT_ENDINGS if name.endswith(ending)), "")


def _kind(annotation: Any) -> str:
    """What a column holds, in words."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _kind(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(_kind(a) for a in get_args(annotation) if a is not NoneType))
    if origin is Literal:
        return ", ".join(f"`{a}`" for a in get_args(annotation))
    return {"str": "text", "bool": "yes or no", "int": "whole number", "float": "number", "date": "date"}[
        annotation.__name__
    ]


# --- scenarios ------------------------------------------------------------------------------------------------------


def scenarios(dataset: Dataset) -> str:
    """Every shipped scenario with its variants."""
    found = [read_scenario(name) for name in scenario_files()]
    index = [[f"[{s.id}](#{s.id})", s.gas_year, s.weather, s.title, str(len(s.variants))] for s in found]
    return _page(
        NOTICE,
        "# Scenarios",
        "The shipped scenarios, one YAML file each in `scenarios/`. Run one with `energysim run ID`, a variant with "
        "`energysim run ID/VARIANT`, all variants with `--variants`. A scenario that extends another takes over its "
        "settings and events; what it states itself comes on top. Editors complete and check the files with "
        "[scenario.schema.json](scenario.schema.json).",
        _table(["id", "gas year", "weather", "title", "variants"], index),
        *[_scenario(s, dataset) for s in found],
    )


def _scenario(s: Scenario, dataset: Dataset) -> str:
    facts = [f"Gas year {s.gas_year}", f"weather {s.weather}", f"foresight {s.foresight}"]
    facts += [f"extends [{s.extends}](#{s.extends})"] if s.extends else []
    sources = [f"{k}: {dataset.sources[k].title}" for k in s.sources]
    variants = [f"* `{s.id}/{name}`: {v.title}{_changes(v)}" for name, v in s.variants.items()]
    return _page(
        f"## {s.id}",
        f"**{s.title}.** " + ", ".join(facts) + ".",
        s.context,
        _table(["set", "value"], [[f"`{k}`", _setting(v)] for k, v in s.set.items()]),
        _table(["rival taken", "name"], [[f"`{k}`", v] for k, v in s.rivals.items()]),
        _table(["event", "asset", "what", "from", "until", "known", "believed to end"], [_event(e) for e in s.events]),
        "Variants:\n\n" + "\n".join(variants) if variants else "",
        "Sources: " + "; ".join(sources) + "." if sources else "",
    )


def _setting(value: Any) -> str:
    if isinstance(value, Setting):
        return f"{value.value}, {value.start or 'start'} to {value.until or 'end'}"
    return str(value)


def _event(e: Event) -> list[str]:
    again = f" ({e.repeat.times} times, every {e.repeat.every_days} days)" if e.repeat else ""
    ramp = f", back over {e.ramp_days} days" if e.ramp_days else ""
    known = "on its first day" if e.known_from is None else str(e.known_from).replace("_", " ")
    what = f"{_stated(e)}{ramp}"
    return [e.name, f"`{e.asset}`", what, str(e.start), f"{e.until}{again}", known, str(e.announced_until or "")]


def _stated(e: Event) -> str:
    value = getattr(e, e.quantity)
    return f"{e.quantity} {value:g}" if isinstance(value, float) else f"{e.quantity} {value}"


def _changes(v: Fragment) -> str:
    parts = [f"without {name}" for name in v.without]
    parts += [f"weather {v.weather}"] if v.weather else []
    parts += [f"`{k}` = {_setting(x)}" for k, x in v.set.items()]
    parts += [f"`{k}` by rival `{x}`" for k, x in v.rivals.items()]
    parts += [f"{e.name}: `{e.asset}` {_stated(e)} from {e.start} until {e.until}" for e in v.events]
    return f" ({'; '.join(parts)})" if parts else ""


# --- command line ---------------------------------------------------------------------------------------------------

HELP = cli.context_settings.get("help_option_names", ["--help"])


def command_line() -> str:
    """The help of the programme and of every command."""
    return _page(
        NOTICE,
        "# Command line",
        "Exit codes: 0 done; 1 the programme failed, or a case of a study; 2 the input is wrong, with one "
        "line per problem on stderr; 130 stopped by Ctrl-C; 143 a study stopped by SIGTERM.",
        *[f"## {title}\n\n```text\n{text}```" for title, text in _helps(cli, "energysim")],
    )


def _helps(command: click.Command, name: str, parent: click.Context | None = None) -> Iterator[tuple[str, str]]:
    context = click.Context(command, parent, name, terminal_width=96, max_content_width=96, help_option_names=HELP)
    yield context.command_path, click.unstyle(command.get_help(context)).rstrip() + "\n"
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None and not found.hidden:
                yield from _helps(found, child, context)


# --- glossary -------------------------------------------------------------------------------------------------------

INDICATORS = PACKAGE / "indicators"
START = "<!-- indicators, written by docs/generate.py -->"


def glossary() -> str:
    """The glossary with its last section, the indicators, written anew; the rest is written by hand."""
    by_hand = (DOCS / "glossary.md").read_text(encoding="utf-8").partition(START)[0]
    return _page(by_hand, START, _table(["indicator", "formula and unit"], [list(i) for i in indicators()]))


def indicators() -> list[tuple[str, str]]:
    """Name and docstring of every public function of the indicators room, module by module."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(INDICATORS.glob("*.py"))]
    functions = [n for t in trees for n in t.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]
    return [(f"`{f.name}`", inspect.cleandoc(ast.get_docstring(f) or "")) for f in functions]


def main() -> None:
    """Write every page."""
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8", newline="\n")
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
