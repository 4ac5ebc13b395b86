"""The command line: click verbs; errors become exit codes.

Exit codes: 0 done; 1 the programme failed (solver, disk); 2 the input is wrong (one line per problem).
Heavy imports stand inside the commands, so that `--help` is instant.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from energysim import __version__
from energysim.errors import EnergysimError, InputError

if TYPE_CHECKING:
    from energysim.inputs.read import Dataset
    from energysim.inputs.scenario import Scenario
    from energysim.results import Results

F = TypeVar("F", bound=Callable[..., Any])
BAD_INPUT = 2
FAILED = 1


def one_funnel(command: F) -> F:
    """Turn the package's errors into lines on stderr and an exit code."""

    @wraps(command)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except InputError as error:
            for problem in error.problems:
                click.echo(f"error: {problem}", err=True)
            sys.exit(BAD_INPUT)
        except (EnergysimError, OSError) as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(FAILED)

    return guarded  # type: ignore[return-value]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="energysim")
def main() -> None:
    """What happens to Serbia's gas supply when something goes wrong, and what would help?

    Start with `energysim scenarios`, then `energysim run SCENARIO`.
    """


@main.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("results"), show_default=True,
              help="Folder that receives one folder per run.")  # fmt: skip
@click.option("--weather", help="`normal`, `design` (1 in 20), `actual`, or a winter such as 2011/12.")
@click.option("--foresight", type=click.Choice(["surprise", "foreseen"]), help="How events become known.")
@click.option("--set", "settings", multiple=True, metavar="PATH=VALUE",
              help="Change an input, such as contracts.gazprom.dcq='6 mcm/d'. May be repeated.")  # fmt: skip
@click.option("--variants", is_flag=True, help="Run the scenarios' variants too.")
@click.option("--unit", type=click.Choice(["mcm", "gwh"]), default="mcm", show_default=True, help="Unit of the page.")
@click.option("--charts/--no-charts", default=True, show_default=True, help="Draw the run's charts beside its tables.")
@click.option("--json", "as_json", is_flag=True, help="Print the manifest as JSON instead of the page.")
@one_funnel
def run(
    scenarios: tuple[str, ...],
    out: Path,
    weather: str | None,
    foresight: Any,
    settings: tuple[str, ...],
    variants: bool,
    unit: str,
    charts: bool,
    as_json: bool,
) -> None:
    """Run scenarios and print, for each, who is cut, when, why and at what cost.

    SCENARIO is an id from `energysim scenarios`, the path of a YAML file, or either with `/variant`. Tables, charts
    and a manifest go to one folder per run below --out; nothing is written if any input is wrong.
    """
    from energysim.outputs.page import page_console, print_page
    from energysim.outputs.wording import unit_named
    from energysim.studies import foresight as study

    console = page_console(stderr=as_json)
    edits = {path.strip(): value.strip() for path, equals, value in (s.partition("=") for s in settings) if equals}
    dataset, asked = _checked(
        scenarios,
        variants,
        change=lambda s: study.adjusted(s, weather, foresight, edits),
        before=[partial(_check_edits, settings), partial(_check_folder, out)],
    )
    finished: list[Results] = []
    for name, scenario in asked:
        with console.status(f"{scenario.id}: reading") as status:
            again = study.command_line(name, weather, foresight, edits)
            progress = partial(_report, status, scenario.id)
            result = study.run(scenario, dataset=dataset, progress=progress, command=again)
        folder = result.save(out / study.save_name(result))
        finished.append(result)
        if charts:
            _draw(result, folder, unit)
        if as_json:
            click.echo(json.dumps(result.manifest, indent=2, ensure_ascii=False, default=str))
            continue
        print_page(result, console, unit_named(unit))
        console.print(
            f"tables and charts: {folder}\nrun again: {result.manifest['command']}\n",
            style="dim",
            highlight=False,
            soft_wrap=True,
        )
    if len(finished) > 1 and not as_json:
        _compare(finished, console, unit)


def _report(status: Any, scenario: str, text: str) -> None:
    status.update(f"{scenario}: {text}")


def _check_folder(out: Path) -> None:
    """Refuse, before anything is solved, a folder that could not be written."""
    existing = next(p for p in (out.absolute(), *out.absolute().parents) if p.exists())
    if not existing.is_dir():
        raise InputError(f"--out {out}: {existing} is a file; choose a folder")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise InputError(f"--out {out}: {existing} may not be written to; choose another folder")


def _check_edits(settings: tuple[str, ...]) -> None:
    wrong = [s for s in settings if "=" not in s]
    if wrong:
        raise InputError(*(f"--set {s!r}: write PATH=VALUE, such as contracts.gazprom.dcq='6 mcm/d'" for s in wrong))


def _checked(
    names: Sequence[str],
    variants: bool,
    data: Path | None = None,
    change: Callable[[Scenario], Scenario] = lambda s: s,
    before: Sequence[Callable[[], Any]] = (),
) -> tuple[Dataset, list[tuple[str, Scenario]]]:
    """The data and the scenarios, as changed, each with the name it is called by; every one of them resolves.

    Raises InputError with every problem of all of them at once.
    """
    from energysim.inputs.read import read_dataset, read_scenario
    from energysim.inputs.scenario import with_variant
    from energysim.studies.foresight import resolve

    sound: list[Dataset] = []
    found: list[tuple[str, Scenario]] = []

    def one(name: str) -> None:
        scenario = read_scenario(name)
        asked = {name: scenario}
        asked |= {f"{name}/{v}": with_variant(scenario, v) for v in scenario.variants if variants}
        found.extend((called, change(s)) for called, s in asked.items())
        _refuse_all_at_once([partial(resolve, change(s), sound[0]) for s in asked.values() if sound])

    _refuse_all_at_once([*before, lambda: sound.append(read_dataset(data)), *(partial(one, n) for n in names)])
    return sound[0], found


def _refuse_all_at_once(steps: Sequence[Callable[[], Any]]) -> None:
    """Take every step and raise the problems of all of them together."""
    problems: list[str] = []
    for step in steps:
        try:
            step()
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(*dict.fromkeys(problems))


def _draw(result: Results, folder: Path, unit: str) -> None:
    from energysim.outputs import plot

    for name, chart in plot.charts().items():
        plot.save(chart(result, unit=unit), folder / f"{name}.png")


def _compare(results: list[Results], console: Any, unit: str) -> None:
    from rich import box
    from rich.table import Table

    from energysim.outputs.wording import unit_named

    as_printed = unit_named(unit)
    table = Table(title="Side by side", box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    for k, column in enumerate(
        ["scenario", f"unserved {as_printed.name}", "if foreseen", "of which protected", "costs MEUR"]
    ):
        table.add_column(column, justify="left" if k == 0 else "right")
    for result in results:
        outcomes = result.manifest["outcomes"]
        now, foreseen = outcomes[result.manifest["foresight"]], outcomes["foreseen"]
        table.add_row(
            result.manifest["scenario"]["id"],
            as_printed(now["unserved_gas"]),
            as_printed(foreseen["unserved_gas"]),
            as_printed(now["unserved_protected"]),
            f"{now['costs'] / 1000:,.0f}",
        )
    console.print(table)


@main.command("scenarios")
@one_funnel
def list_scenarios() -> None:
    """List the shipped scenarios and their variants."""
    from rich import box
    from rich.table import Table

    from energysim.inputs.read import read_scenario, scenario_files
    from energysim.outputs.page import page_console

    table = Table(box=box.SIMPLE_HEAD)
    for column in ("scenario", "gas year", "weather", "title"):
        table.add_column(column, no_wrap=column != "title")
    for name in scenario_files():
        scenario = read_scenario(name)
        title = scenario.title + (f"\n[dim]variants: {', '.join(scenario.variants)}[/dim]" if scenario.variants else "")
        table.add_row(name, scenario.gas_year, scenario.weather, title)
    page_console().print(table)


@main.command()
@click.argument("scenario")
@one_funnel
def show(scenario: str) -> None:
    """Show the resolved inputs of SCENARIO: context, what is set, events, and the main figures that result."""
    from energysim.inputs.read import read_dataset, read_scenario
    from energysim.outputs.inputs_page import inputs_page
    from energysim.outputs.page import page_console
    from energysim.studies.foresight import resolve

    dataset = read_dataset()
    found = read_scenario(scenario)
    page_console().print(inputs_page(found, resolve(found, dataset), dataset), highlight=False)


@main.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="Data folder to check instead of the shipped one."
)
@one_funnel
def check(files: tuple[Path, ...], data: Path | None) -> None:
    """Check the data and all scenarios (or only the YAML FILES given); report every problem at once."""
    from energysim.inputs.read import scenario_files

    names = [str(f) for f in files] or list(scenario_files())
    dataset, found = _checked(names, variants=True, data=data)
    rows = sum(len(t.rows) for t in dataset.tables.values())
    count = f"{len(dataset.tables)} tables with {rows:,} rows and {len(found)} scenarios"
    click.echo(f"{count} (variants included) are sound")


@main.command()
@click.argument("asset", metavar="ASSET[.FIELD]")
@one_funnel
def explain(asset: str) -> None:
    """Say where a number comes from: value, unit, source, rivals, confidence and who uses it.

    ASSET is an id such as gazprom, ibs or banatski_dvor_serbian, or `table.id`, with an optional field:
    `explain contracts.gazprom_2026_10.dcq`.
    """
    from energysim.inputs.evidence import explain as look_up
    from energysim.inputs.read import read_dataset
    from energysim.outputs.explained import explained
    from energysim.outputs.page import page_console

    page_console().print(explained(look_up(read_dataset(), asset)), highlight=False)


@main.command()
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file instead of the terminal.")
@one_funnel
def schema(out: Path | None) -> None:
    """Print the JSON Schema of scenario files, for completion and checking in editors."""
    from energysim.inputs.read import scenario_schema

    if out is None:
        click.echo(scenario_schema(), nl=False)
    else:
        out.write_text(scenario_schema(), encoding="utf-8")
        click.echo(f"written: {out}")


@main.command()
@one_funnel
def doctor() -> None:
    """Check this installation: versions, data, solver; say what to do about what is wrong."""
    from importlib.metadata import version

    from energysim.inputs.assets import Contract, GasSystem, Node, Offtake, Route
    from energysim.inputs.read import data_root, read_dataset, scenario_files
    from energysim.studies.foresight import PACKAGES, solve

    click.echo(f"python {sys.version.split()[0]}")
    for package in PACKAGES:
        click.echo(f"{package} {version(package)}")
    dataset = read_dataset()
    click.echo(
        f"data {data_root() / 'data'} ({len(dataset.tables)} tables, {len(dataset.sources)} sources, {dataset.digest[:10]})"
    )
    click.echo(f"scenarios {len(scenario_files())}")
    toy = GasSystem.build(
        "2026-01-01", 2, nodes=[Node("A")], contracts=[Contract("c", [Route("r", "A")], 2.0, 20.0)],
        offtakes=[Offtake("city", "A", 1.0)],
    )  # fmt: skip
    objective = solve(toy).manifest["outcomes"]["surprise"]["objective"]
    if abs(objective - 40.0) > 1e-9:
        raise EnergysimError(f"the solver gives {objective} for a problem whose answer is 40; reinstall highspy")
    click.echo("solver: answers a two-day test problem exactly\nall is well")


@main.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the line that switches on completion in SHELL; add it to the shell's start-up file."""
    lines = {
        "bash": 'eval "$(_ENERGYSIM_COMPLETE=bash_source energysim)"',
        "zsh": 'eval "$(_ENERGYSIM_COMPLETE=zsh_source energysim)"',
        "fish": "_ENERGYSIM_COMPLETE=fish_source energysim | source",
    }
    click.echo(lines[shell])
