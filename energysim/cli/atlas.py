"""`energysim atlas`: every asset, every date, every length."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from energysim.cli.common import checked, one_funnel
from energysim.cli.study_options import StudyOptions, carried_out, end, study_options

if TYPE_CHECKING:
    import pandas as pd

    from energysim.casebook import Casebook
    from energysim.inputs.scenario import Foresight
    from energysim.studies.atlas import Atlas
    from energysim.studies.atlas_inputs import Written

SCENARIO = "baseline_2025_26"


@click.command()
@click.argument("scenario", default=SCENARIO)
@click.option("--asset", "assets", multiple=True, metavar="ASSET",
              help="An asset such as kireevo or sites.banatski_dvor; joined by + they fail together. May be repeated.  "
                   "[default: every asset that the undisturbed year uses]")  # fmt: skip
@click.option("--start", "starts", multiple=True, metavar="DATE|RULE",
              help="First day of the outage, or daily, weekly, half_monthly (1st and 15th), monthly. May be repeated.  "
                   "[default: half_monthly]")  # fmt: skip
@click.option("--from", "first", metavar="DATE", help="First date of a rule.  [default: the gas year's first]")
@click.option("--to", "last", metavar="DATE", help="Last date of a rule.  [default: 31 March]")
@click.option("--duration", "durations", multiple=True, metavar="DAYS",
              help="Gas days that the outage lasts. May be repeated.  [default: 7, 14, 30, 60, 90]")  # fmt: skip
@click.option("--depth", "depths", multiple=True, metavar="SHARE",
              help="Share that is lost, such as 50 % or 0.5. May be repeated.  [default: 100 %]")  # fmt: skip
@click.option("--foresight", type=click.Choice(["surprise", "foreseen", "both"]), default="foreseen", show_default=True,
              help="Whether outages are known on their first day, on day one, or one after the other.")  # fmt: skip
@study_options("foresight")
@one_funnel
def atlas(
    scenario: str,
    assets: tuple[str, ...],
    starts: tuple[str, ...],
    first: str | None,
    last: str | None,
    durations: tuple[str, ...],
    depths: tuple[str, ...],
    foresight: str,
    options: StudyOptions,
) -> None:
    """Take away every asset at every date; chart the unserved gas.

    SCENARIO is the gas year it happens in, with its own events (baseline_2025_26 unless said). By default that is about
    1,000 cases: every asset that the year uses, lost completely from the 1st and the 15th of the winter months.
    docs/atlas.md says how to read the result. Rows, charts and what is needed to resume go to one folder; a case
    that is there is not computed again. Nothing is written if any input is wrong.
    """
    from energysim.studies.atlas_inputs import Written

    written = Written(assets, starts, first, last, durations, depths)
    known: tuple[Foresight, ...] = ("surprise",) if foresight == "surprise" else ("foreseen",)
    study = _planned(scenario, written, ("surprise", "foreseen") if foresight == "both" else known, options)
    book, report = carried_out(study, options)
    cases = book.cases
    if len(cases):
        _tell(book, cases, options)
    end(book, report)


def _planned(name: str, written: Written, foresights: tuple[Foresight, ...], options: StudyOptions) -> Atlas:
    """The atlas that is asked for. Raises InputError with everything that is wrong with it."""
    from energysim.errors import InputError
    from energysim.studies.ask import plan_atlas
    from energysim.studies.foresight import adjusted

    try:
        dataset, [(_, scenario)] = checked(
            [name], False, change=lambda s: adjusted(s, options.weather, None, options.edits), before=[options.check]
        )
    except InputError as error:
        raise InputError(*error.problems, *_problems(name, written)) from None
    if options.weather:
        scenario = scenario.model_copy(update={"title": f"{scenario.title}; here: weather {options.weather}"})
    return plan_atlas(scenario, written, foresights, dataset)


def _problems(name: str, written: Written) -> Sequence[str]:
    """What is wrong with the words, seen against the scenario as it is shipped, if it is."""
    from energysim.errors import InputError
    from energysim.inputs.read import read_scenario
    from energysim.studies.atlas_inputs import read_grid
    from energysim.studies.foresight import resolve

    try:
        system = resolve(read_scenario(name))
    except InputError:
        system = None
    try:
        read_grid(written, system)
    except InputError as error:
        return error.problems
    return ()


def _tell(book: Casebook, cases: pd.DataFrame, options: StudyOptions) -> None:
    """Tables and charts beside the rows, then the page or JSON."""
    from energysim.files import write_table
    from energysim.outputs.atlas_page import atlas_page
    from energysim.outputs.atlas_tables import ranking, tables
    from energysim.outputs.page import page_console
    from energysim.outputs.wording import unit_named

    study = book.study
    for name, table in tables(cases).items():
        write_table(book.folder / f"{name}.csv", table)
    if options.charts:
        _draw(book, cases, study, options.unit)
    if options.as_json:
        told = {"study": study, "ranking": json.loads(ranking(cases).to_json(orient="records"))}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    console = page_console()
    console.print(atlas_page(cases, study, unit_named(options.unit)), highlight=False)
    said = f"tables and charts: {book.folder}\nrun again: {options.command}\n"
    console.print(said, style="dim", highlight=False, soft_wrap=True)


def _draw(book: Casebook, cases: pd.DataFrame, study: dict[str, Any], unit: str) -> None:
    """One chart of unserved gas for each foresight, and one of survivable outages."""
    from energysim.outputs import atlas_chart
    from energysim.outputs.canvas import save

    asked, source = (
        study["options"],
        f"Source: energysim {study['versions']['energysim']}, atlas {study['digest'][:10]}",
    )
    about = asked["title"]
    for foresight in dict.fromkeys(cases["foresight"]):
        chart = atlas_chart.unserved(cases, foresight=foresight, unit=unit, scenario=about, source=source)
        save(chart, book.folder / f"unserved_{foresight}.png")
        chart = atlas_chart.survivable(cases, foresight=foresight, scenario=about, source=source)
        save(chart, book.folder / f"survivable_{foresight}.png")
