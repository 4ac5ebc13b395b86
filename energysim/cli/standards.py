"""Verbs that give the numbers an analyst is asked for: `standards`, `n1`, `value`, `endurance`."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from energysim.cli.common import check_edits, check_folder, checked, edits_of, one_funnel
from energysim.cli.dossiers import tell

F = TypeVar("F", bound=Callable[..., Any])
USUAL = "baseline_2026_27"
"""The scenario that is examined unless one is named: the coming gas year."""
CHAPTERS = (
    "description",
    "origin",
    "entsog",
    "endurance",
    "n_minus_1",
    "supply_standard",
    "value",
    "projects",
    "evidence",
)


PART = 2
"""Chapters up to which the page shows all their tables."""


def standards_options(command: F) -> F:
    """SCENARIO and the options that all four verbs share."""
    for decorate in reversed([
        click.argument("scenario", required=False),
        click.option("--year", metavar="YEAR",
                     help="A gas year such as 2025/26 instead of a scenario: its shipped baseline."),
        click.option("--weather", help="`normal`, `design` (1 in 20), `actual`, or a winter such as 2011/12."),
        click.option("--set", "settings", multiple=True, metavar="PATH=VALUE",
                     help="Change an input, such as contracts.gazprom.dcq='6 mcm/d'. May be repeated."),
        click.option("--method", type=click.Choice(["gumbel", "gumbel_ml", "gev", "empirical"]), default="gumbel",
                     show_default=True, help="How demand once in twenty years is read off the winters on record."),
        click.option("--residuals/--no-residuals", default=True, show_default=True,
                     help="Lay what the demand model leaves unexplained on every winter."),
        click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("standards"),
                     show_default=True, help="Folder that receives one folder per scenario."),
        click.option("--unit", type=click.Choice(["mcm", "gwh"]), default="mcm", show_default=True,
                     help="Unit of the page."),
        click.option("--charts/--no-charts", default=True, show_default=True, help="Draw charts beside the tables."),
        click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON instead of the page."),
    ]):  # fmt: skip
        command = decorate(command)
    return command


@click.command()
@standards_options
@click.option("--chapter", "chapters", multiple=True, type=click.Choice(CHAPTERS),
              help="Only this chapter. May be repeated.  [default: all]")  # fmt: skip
@one_funnel
def standards(chapters: tuple[str, ...], **said: Any) -> None:
    """Give all standards and indicators of a gas year.

    N−1, the supply standard, ENTSOG's indicators, endurance, the value of capacity and projects, where the gas
    comes from, and which figure to check first: each with formula, inputs and source, in the order of the template
    of a preventive action plan (Regulation (EU) 2017/1938, Annex VI). SCENARIO is an id from `energysim scenarios`,
    a file, or either with `/variant`; without one the coming gas year. Tables (CSV), charts and the page as Markdown go to a
    folder below --out; nothing is written if any input is wrong.
    """
    _assess("standards", chapters or CHAPTERS, **said)


@click.command()
@standards_options
@one_funnel
def n1(**said: Any) -> None:
    """Compute the N−1 standard, term by term.

    Both formulas of Annex II, the ladder of candidate outages, N−1 against stock, and the gas that is
    actually contracted beside the capacity.
    """
    _assess("n1", ("n_minus_1",), **said)


@click.command()
@standards_options
@one_funnel
def value(**said: Any) -> None:
    """Say what more capacity, stock and projects are worth.

    Multipliers checked by finite differences, one more mcm of stock, one more mcm/d at each point, a day's earlier
    repair, and projects put in one at a time and taken out one at a time.
    """
    _assess("value", ("value", "projects"), **said)


@click.command()
@standards_options
@one_funnel
def endurance(**said: Any) -> None:
    """Say how long the system endures each outage.

    Survival time by asset and class with recourse, the stock to stay above on each day, and days to the first cut of
    protected customers.
    """
    _assess("endurance", ("supply_standard", "endurance"), **said)


def _assess(
    verb: str,
    chapters: tuple[str, ...],
    *,
    scenario: str | None,
    year: str | None,
    weather: str | None,
    settings: tuple[str, ...],
    method: Any,
    residuals: bool,
    out: Path,
    unit: str,
    charts: bool,
    as_json: bool,
) -> None:
    from energysim.dossier import MANIFEST
    from energysim.files import check_place
    from energysim.outputs.page import page_console
    from energysim.standards.ask import assess
    from energysim.standards.subject import Fit
    from energysim.studies.foresight import adjusted

    name = scenario_name(scenario, year)
    edits = edits_of(settings)
    dataset, [(_, asked)] = checked(
        [name],
        False,
        change=lambda s: adjusted(s, weather, None, edits),
        before=[partial(check_edits, settings), partial(check_folder, out)],
    )
    changed = _changes(weather, settings, method, residuals, chapters if verb == "standards" else CHAPTERS)
    again = " ".join(["energysim", verb, shlex.quote(name), *changed])
    folder = out / _folder(asked.id, verb, changed)
    check_place(folder, MANIFEST, "a dossier")
    console = page_console(stderr=as_json)
    with console.status(asked.id) as status:
        dossier = assess(
            asked,
            chapters,
            fit=Fit(method, residuals),
            dataset=dataset,
            progress=lambda text: status.update(f"{asked.id}: {text}"),
            command=again,
        )
    tell(dossier, folder, verb, unit, charts, as_json, brief=len(chapters) > PART)


def scenario_name(scenario: str | None, year: str | None) -> str:
    """The scenario that is examined: the one named, the shipped baseline of a gas year, or the usual one.

    Raises InputError where both are given, or a year has no baseline.
    """
    from energysim.errors import InputError, suggest
    from energysim.inputs.read import scenario_files

    if "" in (scenario, year):
        raise InputError(f"{'--year' if year == '' else 'SCENARIO'} is empty; leave it out for {USUAL}")
    if scenario and year:
        raise InputError(f"--year {year}: SCENARIO {scenario} has its own gas year; leave one of them out")
    if scenario or not year:
        return scenario or USUAL
    baseline = f"baseline_{year.replace('/', '_')}"
    shipped = [s.removeprefix("baseline_").replace("_", "/") for s in scenario_files() if s.startswith("baseline_")]
    if year not in shipped:
        raise InputError(
            f"--year {year!r}: no baseline of that gas year; expected one of {', '.join(shipped)}{suggest(year, shipped)}"
        )
    return baseline


def _folder(scenario: str, verb: str, changed: Sequence[str]) -> str:
    """Folder of a dossier: what was asked otherwise than usual has a folder of its own and replaces nothing."""
    ending = f"-{hashlib.sha256(' '.join(changed).encode()).hexdigest()[:6]}" if changed else ""
    return f"{Path(scenario.replace('/', '--')).name}-{verb}{ending}"


def _changes(
    weather: str | None, settings: tuple[str, ...], method: str, residuals: bool, chapters: Sequence[str]
) -> list[str]:
    """The options that make another dossier, as they are typed."""
    parts = [f"--weather {shlex.quote(weather)}"] if weather else []
    parts += [f"--set {shlex.quote(s)}" for s in settings]
    parts += [f"--method {method}"] if method != "gumbel" else []
    parts += ["--no-residuals"] if not residuals else []
    asked = [c for c in CHAPTERS if c in chapters]
    return parts + ([f"--chapter {c}" for c in asked] if asked != list(CHAPTERS) else [])
