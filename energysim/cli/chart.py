"""`energysim chart`: one chart, or all, of finished runs or of scenarios that are run for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from energysim.cli.common import check_folder, checked, one_funnel, refuse_all_at_once

if TYPE_CHECKING:
    from energysim.results import Results

NAMES = (
    "supply",
    "storage",
    "curtailment",
    "contracts",
    "prices",
    "replacements",
    "resilience",
    "duration",
    "entries",
    "origins",
)
EVERY = "all"


@click.command()
@click.argument("name", type=click.Choice([*NAMES, EVERY]))
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("charts"), show_default=True,
              help="Folder that receives the charts.")  # fmt: skip
@click.option("--format", "ending", type=click.Choice(["svg", "png", "pdf"]), default="svg", show_default=True,
              help="Kind of file.")  # fmt: skip
@click.option("--unit", type=click.Choice(["mcm", "gwh"]), default="mcm", show_default=True, help="Unit of the charts.")
@one_funnel
def chart(name: str, runs: tuple[str, ...], out: Path, ending: str, unit: str) -> None:
    """Draw a chart of runs by its name.

    RUN is a folder that `energysim run` wrote, or a scenario (an id, a file, either with `/variant`), which is then run.
    `all` draws every chart that the run has something to show for. Nothing is written if any input is wrong.
    """
    from energysim.errors import InputError
    from energysim.outputs import plot
    from energysim.outputs.page import page_console

    console = page_console()
    found: list[tuple[str, Results]] = []
    with console.status("reading") as status:
        refuse_all_at_once([lambda: check_folder(out), *(lambda r=r: found.append(_run(r, status)) for r in runs)])
    drawn: list[tuple[Path, Any]] = []
    for called, result in found:
        for chart_name, draw in plot.catalogue().items():
            if name not in (chart_name, EVERY):
                continue
            try:
                drawn.append((out / f"{called}-{chart_name}.{ending}", draw(result, unit=unit)))
            except InputError as error:
                if name != EVERY:
                    raise
                console.print(f"{chart_name}: {error}", style="dim", highlight=False)
    for path, figure in drawn:
        console.print(str(plot.save(figure, path)), highlight=False, soft_wrap=True)


def _run(name: str, status: Any) -> tuple[str, Results]:
    """A run and the name its charts go by: read from its folder, or run now. Raises InputError."""
    from energysim.results import Results
    from energysim.studies.foresight import run, save_name

    if Path(name).is_dir():
        return Path(name).resolve().name, Results.load(name)
    dataset, [(_, scenario)] = checked([name], False)
    status.update(f"{scenario.id}: running")
    result = run(scenario, dataset=dataset)
    return save_name(result), result
