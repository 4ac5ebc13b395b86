"""`energysim sweep`: a study file from values to findings."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from energysim.cli.common import one_funnel, refuse_all_at_once
from energysim.cli.study_options import StudyOptions, carried_out, end, study_options

if TYPE_CHECKING:
    from energysim.inputs.sweep_file import StudyFile
    from energysim.studies.sweep import Sweep


@click.command()
@click.argument("study", metavar="STUDY")
@study_options()
@one_funnel
def sweep(study: str, options: StudyOptions) -> None:
    """Run a STUDY file: many values of any inputs of a scenario.

    It says what each value does, what matters most, and where cuts begin. STUDY is the path of a YAML file (docs/sweeps.md says what it holds) or the id of a shipped study: gazprom_dcq,
    how_cold, what_matters. Every value is tried on the inputs first; nothing is written if any of them is wrong.
    Rows, charts and what is needed to resume go to one folder; a case that is there is not computed again.
    """
    from energysim.files import write_table
    from energysim.outputs.page import page_console
    from energysim.outputs.plot import save
    from energysim.outputs.sweep_charts import charts
    from energysim.outputs.sweep_page import sweep_page
    from energysim.outputs.sweep_view import SweepView
    from energysim.outputs.wording import unit_named

    planned: list[Sweep] = []
    refuse_all_at_once([partial(options.check, Path(study).stem), lambda: planned.append(_planned(study, options))])
    (asked,) = planned
    book, report = carried_out(asked, options, title=asked.file.title)
    cases = book.cases
    whole = not report.failed and options.limit is None
    indices = asked.sensitivity(cases) if asked.file.sensitivity and whole else None
    view = SweepView(asked.file, asked.axes, cases, asked.search, indices, unit_named(options.unit))
    if indices is not None:
        write_table(book.folder / "sensitivity.csv", indices)
    if options.charts and not cases.empty:
        for name, figure in charts(view).items():
            save(figure, book.folder / f"{name}.png")
    if options.as_json:
        told = {"study": book.study, "cases": json.loads(cases.to_json(orient="records"))}
        told |= {} if indices is None else {"sensitivity": json.loads(indices.to_json(orient="records"))}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        console = page_console()
        console.print(sweep_page(view), highlight=False)
        said = f"tables and charts: {book.folder}\nrun again: {options.command}\n"
        console.print(said, style="dim", highlight=False, soft_wrap=True)
    end(book, report)


def _planned(study: str, options: StudyOptions) -> Sweep:
    from energysim.inputs.sweep_file import read_study
    from energysim.studies.sweep_plan import plan_sweep

    return plan_sweep(_adjusted(read_study(study), options))


def _adjusted(file: StudyFile, options: StudyOptions) -> StudyFile:
    """The study file with what the command line says on top."""
    changes = {k: v for k, v in (("weather", options.weather), ("foresight", options.foresight)) if v}
    said: dict[tuple[str, ...], str] = {("weather",): "--weather"} if options.weather else {}
    said |= {("set", path): "--set" for path in options.edits}
    return file.model_copy(update={**changes, "set": {**file.set, **options.edits}}).noted(said)
