"""`energysim chart`: charts by name, of runs, dossiers and studies, or of scenarios that are run for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from energysim.cli.chart_names import NAMES, OF_DOSSIERS, OF_RUNS, OF_STUDIES, ON_A_DAY
from energysim.cli.common import check_folder, one_funnel, refuse_all_at_once

if TYPE_CHECKING:
    from energysim.cli.chart_sources import Source

EVERY = "all"


@click.command()
@click.argument("name", type=click.Choice([*NAMES, *OF_RUNS, *OF_DOSSIERS, *OF_STUDIES, EVERY]), metavar="NAME")
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("charts"), show_default=True,
              help="Folder that receives the charts.")  # fmt: skip
@click.option("--format", "ending", type=click.Choice(["svg", "png", "pdf"]), default="svg", show_default=True,
              help="Kind of file.")  # fmt: skip
@click.option("--unit", type=click.Choice(["mcm", "gwh"]), default="mcm", show_default=True, help="Unit of the charts.")
@click.option("--lang", type=click.Choice(["en", "sr", "sr-Cyrl"]), default="en", show_default=True,
              help="Language: English, Serbian in Latin or in Cyrillic letters.")  # fmt: skip
@click.option("--day", metavar="DATE|EVENT", help="Of map and maps: a gas day, an event's name, or `events` for the mean "
              "of all their days.  [default: the worst day]")  # fmt: skip
@one_funnel
def chart(name: str, runs: tuple[str, ...], out: Path, ending: str, unit: str, lang: str, day: str | None) -> None:
    """Draw a chart of runs by its name.

    RUN is a folder that another command wrote, or a scenario (an id, a file, either with `/variant`), which is then
    run. Nothing is written if any input is wrong. NAME is one of

    \b
    of a run (`energysim run`) or a scenario:
      supply, storage, curtailment, contracts, prices, cuts, takes,
      timeline, replacements, resilience, duration, entries, origins, map, fan
    of several runs or scenarios, in one chart:
      maps, multiples, multiples_cuts, stocks
    of a dossier, or of a scenario where it takes seconds:
      ladder, stock (n1)       survival, trigger (endurance)
      value_months (value)     tornado (standards --chapter evidence)
      waterfall (compare; also of two scenarios and more)
    of a study:
      atlas, survivable (atlas)   exceedance, fan (montecarlo)
      sweep, sensitivity (sweep)
    all: every chart that each RUN has something to show for
    """
    from energysim.errors import InputError
    from energysim.outputs.canvas import save
    from energysim.outputs.page import page_console
    from energysim.words import speaking

    if day is not None and name not in ON_A_DAY:
        raise InputError(f"--day {day}: goes with {' and '.join(ON_A_DAY)}; leave it out for {name}")
    console = page_console()
    found: list[Source] = []
    said = {"unit": unit} | ({} if day is None else {"day": day})
    with speaking(lang):
        with console.status("reading") as status:
            refuse_all_at_once([partial(check_folder, out), *(partial(_read, r, found) for r in runs)])
            drawn, left_out = _drawn(name, found, said, status.update)
        paths = [out / f"{called}.{ending}" for called, _ in drawn]
        twice = sorted({str(p) for p in paths if paths.count(p) > 1})
        if twice:
            raise InputError(
                *(f"{p} would be written twice; draw these runs with an --out of their own" for p in twice)
            )
        for line in left_out:
            console.print(line, style="dim", highlight=False)
        for path, (_, figure) in zip(paths, drawn, strict=True):
            console.print(str(save(figure, path)), highlight=False, soft_wrap=True)


def _drawn(name: str, found: list[Source], said: dict[str, str], tell: Any) -> tuple[list[tuple[str, Any]], list[str]]:
    """File name without ending -> chart, and what could not be drawn where all is asked. Raises InputError."""
    from energysim.cli.chart_sources import compared, draw, draw_all, draw_together

    if name in OF_RUNS:
        return [(name, draw_together(name, _each(found, lambda s: [s.run(name, tell)]), said))], []
    if name == "waterfall" and any(s.scenario for s in found):
        found = [compared(found, tell)]
    if name == EVERY:
        return draw_all(found, said, tell)
    return _each(found, lambda s: draw(name, s, said, tell)), []


def _each(found: Sequence[Source], make: Callable[[Source], list[Any]]) -> list[Any]:
    """What is made of every source; the problems of all of them together. Raises InputError."""
    made: list[Any] = []
    refuse_all_at_once([partial(lambda s: made.extend(make(s)), s) for s in found])
    return made


def _read(name: str, found: list[Source]) -> None:
    from energysim.cli.chart_sources import source

    found.append(source(name))
