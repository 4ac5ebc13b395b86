"""`energysim montecarlo`: many winters, each with weather, demand, prices and outages of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from energysim.cli.common import checked, one_funnel, refuse_all_at_once
from energysim.cli.study_options import StudyOptions, carried_out, end, study_options

if TYPE_CHECKING:
    import pandas as pd

    from energysim.casebook import Casebook
    from energysim.studies.campaign import Report
    from energysim.studies.montecarlo import MonteCarlo
    from energysim.studies.risk import Stop

DRIVERS = ("weather", "demand", "prices", "outages")
MOST_SAMPLES = 1_000_000
"""More would not fit into the memory of most machines, and say nothing more."""


@click.command()
@click.argument("scenario")
@click.option("--samples", type=click.IntRange(1, MOST_SAMPLES), default=1000, show_default=True, metavar="N",
              help="Winters to sample; with --error the most of them.")  # fmt: skip
@click.option("--error", metavar="SHARE|VOLUME",
              help="Stop when the standard error of expected unserved gas is below a share of it, such as '5 %', or "
                   "a volume, such as '1 mcm'.")  # fmt: skip
@click.option("--least", type=click.IntRange(min=2), default=200, show_default=True, metavar="N",
              help="With --error, the fewest winters.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of all that is drawn.")
@click.option("--weather", type=click.Choice(["resampled", "analogue", "fixed"]), default="resampled", show_default=True,
              help="Winters put together from blocks of past ones, past ones whole, or the scenario's own.")  # fmt: skip
@click.option("--trend", is_flag=True, help="Shift past winters by the warming since.")
@click.option("--since", metavar="WINTER", help="First past winter to draw from, such as 1996/97.  [default: all]")
@click.option("--without", multiple=True, type=click.Choice(DRIVERS), help="Do not draw this. May be repeated.")
@click.option("--strata", type=click.IntRange(min=1), default=10, show_default=True, metavar="N",
              help="Classes of winters by degree days, sampled evenly.")  # fmt: skip
@click.option("--foresight", type=click.Choice(["surprise", "foreseen"]), default="surprise", show_default=True,
              help="Whether outages are known on their first day or on 1 October.")  # fmt: skip
@click.option("--length", type=click.Choice(["known", "unknown"]), default="known", show_default=True,
              help="Under surprise: whether an outage's end is known with it, or the mean repair time believed.")  # fmt: skip
@click.option("--whole-year", is_flag=True, help="The whole gas year instead of 1 October to 31 March.")
@click.option("--ranking", is_flag=True, help="Solve again with each element perfect, and with it out throughout.")
@study_options("weather", "foresight")
@one_funnel
def montecarlo(scenario: str, options: StudyOptions, error: str | None, least: int, **said: Any) -> None:
    """Sample winters and outages: how likely is unserved gas?

    SCENARIO is the gas year that is sampled: its contracts, stocks and events stay; weather, what the demand model
    leaves unexplained, hub prices and outages of assets are drawn (data/outage_rates.csv, mostly assumed). Figures
    come with 95 % intervals of the sampling alone. docs/montecarlo.md says what is drawn and how to read it. A sample
    that is there is not computed again. Nothing is written if any input is wrong.
    """
    from energysim.studies.risk_summary import sampled_until

    study, stop = _planned(scenario, options, error, least, said)
    told: list[tuple[Casebook, Report]] = []

    def solve(n: int) -> pd.DataFrame:
        last = n == stop.maximum
        told[:] = [carried_out(replace(study, samples=n, ranking=study.ranking and last), options)]
        return told[0][0].cases

    n, cases = sampled_until(stop, study.strata, solve)
    if study.ranking and n < stop.maximum:
        told[:] = [carried_out(replace(study, samples=n), options, title="montecarlo: ranking")]
        cases = told[0][0].cases
    book, report = told[0]
    if len(cases):
        _tell(book, cases, options)
    end(book, report)


def _planned(
    name: str, options: StudyOptions, error: str | None, least: int, said: dict[str, Any]
) -> tuple[MonteCarlo, Stop]:
    """The study that is asked for and when it stops. Raises InputError with everything that is wrong with it."""
    from energysim.inputs.read import read_dataset
    from energysim.inputs.scenario import Scenario
    from energysim.studies.foresight import adjusted
    from energysim.studies.montecarlo import MonteCarlo, check_options

    ends, without = said.pop("length"), said.pop("without")
    study = MonteCarlo(Scenario(title=name), length_known=ends == "known", without=without, **said)
    stops: list[Stop] = []
    found: list[Any] = []

    def resolved() -> None:
        found[:] = checked(
            [name], False, change=lambda s: adjusted(s, None, None, options.edits), before=[options.check]
        )

    refuse_all_at_once([
        lambda: stops.append(_stop(error, least, study.samples)),
        lambda: check_options(study, read_dataset().weather.winters),
        resolved,
    ])  # fmt: skip
    dataset, [(_, scenario)] = found
    return replace(study, scenario=scenario, inputs=dataset.digest), stops[0]


def _stop(error: str | None, least: int, samples: int) -> Stop:
    """When to stop: after all samples, or when `5 %` or `1 mcm` is reached. Raises InputError."""
    from energysim.errors import InputError
    from energysim.studies.risk import Stop
    from energysim.units import parse

    if error is None:
        return Stop(minimum=samples, maximum=samples)
    share = volume = None
    try:
        share = parse(error, "share")
    except InputError:
        try:
            volume = parse(error, "energy")
        except InputError:
            raise InputError(f"--error {error!r}: write a share such as '5 %' or a volume such as '1 mcm'") from None
    if not (share or volume) or (share or volume or 0) < 0:
        raise InputError(f"--error {error!r}: the error asked for must be above 0")
    return Stop(share, volume, min(least, samples), samples)


def _tell(book: Casebook, cases: pd.DataFrame, options: StudyOptions) -> None:
    """Tables and chart beside the rows, then the page or JSON."""
    from energysim.files import write_table
    from energysim.inputs.read import read_dataset
    from energysim.outputs.canvas import save
    from energysim.outputs.page import page_console
    from energysim.outputs.risk_chart import exceedance_chart
    from energysim.outputs.risk_page import assumed, risk_page
    from energysim.outputs.wording import unit_named
    from energysim.studies.risk_summary import drawn, element_ranking, estimates, exceedance

    study = book.study
    names = {row.outage: row.name for row in read_dataset().rows("outage_rates") if row.rival is None}  # type: ignore[attr-defined]
    tables = {"estimates": estimates(cases), "exceedance": exceedance(cases), "ranking": element_ranking(cases, names)}
    for name, table in tables.items():
        write_table(book.folder / f"{name}.csv", table)
    if options.charts:
        save(
            exceedance_chart(tables["exceedance"], tables["estimates"], study, len(drawn(cases)), options.unit),
            book.folder / "exceedance.png",
        )
    if options.as_json:
        kept = {k: json.loads(tables[k].to_json(orient="records")) for k in ("estimates", "ranking")}
        told = {"study": study, "reservation": f"{assumed()}; intervals hold the sampling alone.", **kept}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    console = page_console()
    page = risk_page(cases, tables["estimates"], tables["ranking"], study, unit_named(options.unit))
    console.print(page, highlight=False)
    said = f"tables and charts: {book.folder}\nrun again: {options.command}\n"
    console.print(said, style="dim", highlight=False, soft_wrap=True)
