"""`energysim compare`: what differs between scenarios, what that does, and which difference brings how much."""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import Path

import click

from energysim.cli.common import check_folder, checked, one_funnel
from energysim.cli.dossiers import tell


@click.command()
@click.argument("first")
@click.argument("others", nargs=-1, required=True, metavar="SECOND...")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("comparisons"), show_default=True,
              help="Folder that receives one folder per comparison.")  # fmt: skip
@click.option("--unit", type=click.Choice(["mcm", "gwh"]), default="mcm", show_default=True, help="Unit of the page.")
@click.option("--charts/--no-charts", default=True, show_default=True, help="Draw charts beside the tables.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON instead of the page.")
@one_funnel
def compare(first: str, others: tuple[str, ...], out: Path, unit: str, charts: bool, as_json: bool) -> None:
    """Compare scenarios with a first one: inputs, results, and why.

    Differences of inputs come first, then those of indicators, then how much of each change every input difference
    brings: alone, last, and by Shapley's shares for up to six differences. FIRST and SECOND are ids from `energysim
    scenarios`, files, or either with `/variant`. Nothing is written if any input is wrong.
    """
    from energysim.dossier import MANIFEST
    from energysim.files import check_place
    from energysim.outputs.page import page_console
    from energysim.studies import compare as study

    before = [partial(check_folder, out), partial(_refuse_twice, others), partial(_refuse_folders, (first, *others))]
    dataset, found = checked([first, *others], False, before=before)
    base, seconds = found[0][1], [s for _, s in found[1:]]
    folder = out / "-".join(Path(s.id.replace("/", "--")).name for s in (base, *seconds))
    check_place(folder, MANIFEST, "a comparison")
    again = " ".join(["energysim", "compare", *(shlex.quote(n) for n in (first, *others))])
    with page_console(stderr=as_json).status(base.id) as status:
        dossier = study.compare(base, *seconds, dataset=dataset, command=again, progress=status.update)
    tell(dossier, folder, "compare", unit, charts, as_json)


def _refuse_twice(names: tuple[str, ...]) -> None:
    from energysim.errors import InputError

    twice = [n for n in dict.fromkeys(names) if names.count(n) > 1]
    if twice:
        raise InputError(*(f"{n} is to be compared twice; name it once" for n in twice))


def _refuse_folders(names: tuple[str, ...]) -> None:
    from energysim.errors import InputError

    folders = [n for n in names if (Path(n) / "manifest.json").is_file()]
    if folders:
        raise InputError(
            *(
                f"{n}: a run's folder; compare takes scenarios, `energysim report RUN RUN` compares runs"
                for n in folders
            )
        )
