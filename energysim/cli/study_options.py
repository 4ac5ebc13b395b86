"""What every study's verb shares: its options, carrying the study out on screen, and how it ends.

@click.command()
@click.argument("scenario")
@study_options("foresight")            # leaves --foresight to the verb itself
@one_funnel
def atlas(scenario: str, options: StudyOptions) -> None:
    ...
    book, report = carried_out(study, options)
    ...                                # the page and the charts, from `book.cases`
    end(book, report)
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from energysim.cli import STOPPED
from energysim.cli.common import (
    FAILED,
    TERMINATED,
    Terminated,
    check_edits,
    check_folder,
    edits_of,
    heeding_termination,
    refuse_all_at_once,
    stop,
)

if TYPE_CHECKING:
    from energysim.casebook import Casebook
    from energysim.inputs.scenario import Foresight
    from energysim.studies.campaign import Report
    from energysim.studies.study import Case, Study

STUDIES = Path("studies")
"""Where studies go unless --out says otherwise."""
HOW_NOT_WHAT = ("workers", "dask", "as_json")
"""Options that move no number and stay out of the command that makes the study again."""
FAILURES_SHOWN = 5
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
"""Set before numpy is loaded: sums split over threads round differently, and a row must not tell who made it."""


@dataclass(frozen=True)
class StudyOptions:
    """What the command line says about a study; None where it says nothing."""

    command: str
    out: Path | None = None
    workers: int | None = None
    dask: str | None = None
    limit: int | None = None
    weather: str | None = None
    foresight: Foresight | None = None
    settings: tuple[str, ...] = ()
    unit: str = "mcm"
    charts: bool = True
    as_json: bool = False

    @property
    def edits(self) -> dict[str, str]:
        """Path -> value of every --set."""
        return edits_of(self.settings)

    def folder(self, name: str) -> Path:
        """Where a study of that name is kept."""
        return self.out or STUDIES / name

    def check(self, name: str = "study") -> None:
        """Refuse a wrong --set or --dask and a folder that could not be written; a step of `checked`."""
        folder = self.folder(name)
        refuse_all_at_once([lambda: check_edits(self.settings), lambda: check_folder(folder), self._check_cluster])

    def _check_cluster(self) -> None:
        if self.dask is not None:  # needs an extra, so only when asked for
            import_module("energysim.studies.cluster").check_address(self.dask)


def _options() -> dict[str, Callable[..., Any]]:
    return {
        "out": click.option("--out", type=click.Path(path_type=Path, file_okay=False),
            help="Folder that keeps the study; what is there is not computed again.  [default: studies/NAME]"),
        "workers": click.option("--workers", type=click.IntRange(min=1), metavar="N",
            help="Processes that share the cases, if memory allows.  [default: as many as cores and memory allow]"),
        "dask": click.option("--dask", metavar="ADDRESS",
            help="Carry out on the dask cluster of this scheduler, such as tcp://10.0.0.1:8786."),
        "limit": click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N cases."),
        "weather": click.option("--weather",
            help="`normal`, `design` (1 in 20), `actual`, or a winter such as 2011/12."),
        "foresight": click.option("--foresight", type=click.Choice(["surprise", "foreseen"]),
            help="How events become known."),
        "settings": click.option("--set", "settings", multiple=True, metavar="PATH=VALUE",
            help="Change an input, such as contracts.gazprom.dcq='6 mcm/d'. May be repeated."),
        "unit": click.option("--unit", type=click.Choice(["mcm", "gwh"]), default="mcm", show_default=True,
            help="Unit of the page."),
        "charts": click.option("--charts/--no-charts", default=True, show_default=True,
            help="Draw the study's charts beside its tables."),
        "as_json": click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the page."),
    }  # fmt: skip


def study_options(*left_out: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a verb the options of every study, as one argument `options: StudyOptions`.

    left_out: fields of StudyOptions that the verb states itself or that mean nothing to it.
    """
    taken = {field: option for field, option in _options().items() if field not in left_out}

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def called(*args: Any, **said: Any) -> Any:
            for variable in ONE_THREAD:
                os.environ.setdefault(variable, "1")
            own = {field: said.pop(field) for field in taken}
            return command(*args, **said, options=StudyOptions(again(click.get_current_context()), **own))

        for option in reversed(taken.values()):
            called = option(called)
        return called

    return decorate


def again(context: click.Context) -> str:
    """The command that makes the same study again, from what was said on the command line."""
    words = ["energysim", str(context.info_name)]
    for parameter in context.command.params:
        name = parameter.name
        if context.get_parameter_source(name) is not ParameterSource.COMMANDLINE or name in HOW_NOT_WHAT:
            continue
        value = context.params[name]
        values = value if isinstance(value, tuple) else (value,)
        if not isinstance(parameter, click.Option):
            words += map(str, values)
        elif parameter.is_flag:
            words.append(parameter.opts[0] if value else (parameter.secondary_opts or parameter.opts)[0])
        else:
            words += [word for v in values for word in (parameter.opts[0], str(v))]
    return shlex.join(words)


def carried_out(
    study: Study, options: StudyOptions, cases: list[Case] | None = None, title: str | None = None
) -> tuple[Casebook, Report]:
    """Carry out a study (or only some of its cases) with progress on stderr; Ctrl-C ends the programme with 130.

    Raises EnergysimError. The cases that failed are in the report and the casebook; if all did, the programme
    ends with exit code 1.
    """
    from energysim.casebook import Casebook
    from energysim.outputs.progress import progress_bar
    from energysim.studies.campaign import carry_out, described

    options.check(study.name)
    book = Casebook.create(options.folder(study.name), described(study, options.command))
    chosen = list(study.cases() if cases is None else cases)[: options.limit]
    try:
        with progress_bar(title or study.name) as progress, heeding_termination():
            report = carry_out(study, book, chosen, workers=options.workers, dask=options.dask, progress=progress)
    except KeyboardInterrupt as how:
        kept = f"{book.count():,} of {len(chosen):,} cases kept in {book.folder}"
        stop(f"stopped; {kept}; the same command resumes", TERMINATED if isinstance(how, Terminated) else STOPPED)
    if report.failed == report.asked:
        end(book, report)  # there is nothing to tell
    if report.aside:
        click.echo(f"{book.folder} also keeps {report.aside:,} rows that were not asked for now", err=True)
    return book, report


def end(book: Casebook, report: Report) -> None:
    """Say which cases failed, if any, and leave with exit code 1 then."""
    if not report.failed:
        return
    failures = book.failures
    for line in failures["error"].drop_duplicates().head(FAILURES_SHOWN):
        click.echo(f"error: {' '.join(str(line).split())}", err=True)
    click.echo(
        f"error: {report.failed:,} of {report.asked:,} cases failed; they stand in `failures` "
        f'(energysim query {book.folder} "select * from failures"), and the same command tries them again',
        err=True,
    )
    sys.exit(FAILED)
