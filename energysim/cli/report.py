"""`energysim report`: one page on runs, for people who decide: HTML that opens anywhere, or PDF."""

from __future__ import annotations

import shlex
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from energysim.cli.common import check_folder, checked, one_funnel, refuse_all_at_once

if TYPE_CHECKING:
    from energysim.results import Results

LANGUAGES = ("en", "sr", "sr-Cyrl")
NAMED = 3
"""Runs up to which a report's file name names each."""
LONGEST, SHORTENED = 180, 60
"""Bytes of a file name up to which all of it is kept; letters that are kept of a longer one."""


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of the report.")
@click.option("--format", "ending", type=click.Choice(["html", "pdf"]), default="html", show_default=True,
              help="Kind of file; pdf needs the extra `pdf`.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("reports"), show_default=True,
              help="Folder that receives the report.")  # fmt: skip
@click.option("--unit", type=click.Choice(["mcm", "gwh"]), default="mcm", show_default=True, help="Unit of the report.")
@one_funnel
def report(runs: tuple[str, ...], lang: str, ending: str, out: Path, unit: str) -> None:
    """Write a report of runs to read, explore and print.

    The answer comes first, then charts, standards, evidence with what other sources say, and the limits of the method.

    RUN is a folder that `energysim run` wrote, or a scenario (an id, a file, either with `/variant`), which is then run.
    Several are compared with the first. The page is one file that opens without a network; it can be explored on
    screen and printed. Nothing is written if any input is wrong.
    """
    from energysim.files import write_whole
    from energysim.outputs.page import page_console
    from energysim.outputs.report.html import report_html
    from energysim.reporting import gather
    from energysim.words import speaking

    if ending == "pdf":
        from energysim.outputs.report.pdf import report_pdf  # tells what is missing before anything runs
    console = page_console()
    with console.status("reading") as status, speaking(lang):
        dataset, found = _found(runs, out, status)
        place = out / f"{_name(runs, found)}{'' if lang == 'en' else f'.{lang}'}.{ending}"
        _refuse(runs, found, place)
        material = gather(
            found, unit=unit, dataset=dataset, command=_again(runs, lang, ending, unit), progress=status.update
        )
        content = report_pdf(material) if ending == "pdf" else report_html(material).encode()
    out.mkdir(parents=True, exist_ok=True)
    path = write_whole(place, content)
    console.print(f"{path} ({len(content) / 1e6:.1f} MB)", highlight=False, soft_wrap=True)


def _found(runs: tuple[str, ...], out: Path, status: Any) -> tuple[Any, list[Results]]:
    """The data and every run, read from its folder or run now, after all inputs were found sound."""
    from energysim.results import Results
    from energysim.studies.foresight import run

    loaded: dict[str, Results] = {}
    resolved: list[Any] = []

    def load(name: str) -> None:
        loaded[name] = Results.load(name)

    folders = [r for r in runs if Path(r).is_dir()]
    others = [r for r in runs if r not in folders]
    refuse_all_at_once([*(partial(load, f) for f in folders),
                        lambda: resolved.append(checked(others, False, before=[partial(check_folder, out)]))])  # fmt: skip
    dataset, scenarios = resolved[0]
    for name, scenario in scenarios:
        status.update(f"{scenario.id}: running")
        loaded[name] = run(scenario, dataset=dataset, command=f"energysim run {shlex.quote(name)}")
    return dataset, [loaded[r] for r in runs]


def _refuse(runs: tuple[str, ...], found: list[Results], place: Path) -> None:
    """Refuse the same run twice, and a place that is taken by a folder. Raises InputError."""
    from energysim.errors import InputError

    ids = [r.run_id for r in found]
    twice = [" and ".join(dict.fromkeys(r for r, k in zip(runs, ids, strict=True) if k == id))
             for id in dict.fromkeys(ids) if ids.count(id) > 1]  # fmt: skip
    problems = [f"{names}: the same run twice; name it once" for names in twice]
    if place.is_dir():
        problems.append(f"{place} is a folder; choose another --out")
    if problems:
        raise InputError(*problems)


def _name(runs: tuple[str, ...], found: list[Results]) -> str:
    """Of a folder its name, of a scenario its id; of many only the first, with a short hash of all runs."""
    names = [Path(r).resolve().name if Path(r).is_dir() else str(f.manifest["scenario"]["id"])
             for r, f in zip(runs, found, strict=True)]  # fmt: skip
    names = [Path(n.replace("/", "--")).name for n in names]
    joined = "-".join(names)
    if len(names) <= NAMED and len(joined.encode()) <= LONGEST:
        return joined
    digest = sha256(" ".join(r.run_id for r in found).encode()).hexdigest()[:6]
    others = f"-and-{len(names) - 1}-others" if len(names) > 1 else ""
    return f"{names[0][:SHORTENED]}{others}-{digest}"


def _again(runs: tuple[str, ...], lang: str, ending: str, unit: str) -> str:
    """The command that makes the report again."""
    options = [("--lang", lang, "en"), ("--format", ending, "html"), ("--unit", unit, "mcm")]
    parts = ["energysim", "report", *(shlex.quote(r) for r in runs)]
    return " ".join(parts + [f"{option} {value}" for option, value, usual in options if value != usual])
