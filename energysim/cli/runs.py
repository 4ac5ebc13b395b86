"""Verbs that run scenarios and show them: `run`, `scenarios`, `show`."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from energysim.cli.common import check_edits, check_folder, checked, edits_of, one_funnel

if TYPE_CHECKING:
    from energysim.results import Results


@click.command()
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
    """Run scenarios: who is cut, when, why and at what cost.

    SCENARIO is an id from `energysim scenarios`, the path of a YAML file, or either with `/variant`. Tables, charts
    and a manifest go to one folder per run below --out; nothing is written if any input is wrong.
    """
    from energysim.outputs.page import page_console, print_page
    from energysim.outputs.wording import unit_named
    from energysim.studies import foresight as study

    console = page_console(stderr=as_json)
    edits = edits_of(settings)
    dataset, asked = checked(
        scenarios,
        variants,
        change=lambda s: study.adjusted(s, weather, foresight, edits),
        before=[partial(check_edits, settings), partial(check_folder, out)],
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


@click.command()
@one_funnel
def scenarios() -> None:
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


@click.command()
@click.argument("scenario")
@one_funnel
def show(scenario: str) -> None:
    """Show the resolved inputs of SCENARIO.

    Its context, what is set, its events, and the main figures that result.
    """
    from energysim.inputs.read import read_dataset, read_scenario
    from energysim.outputs.inputs_page import inputs_page
    from energysim.outputs.page import page_console
    from energysim.studies.foresight import resolve

    dataset = read_dataset()
    found = read_scenario(scenario)
    page_console().print(inputs_page(found, resolve(found, dataset), dataset), highlight=False)
