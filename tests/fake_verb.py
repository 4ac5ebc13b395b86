"""A verb over the counting study, run by tests as a programme of its own: `python fake_verb.py --count 40 …`."""

from __future__ import annotations

import click

from energysim.cli.common import one_funnel
from energysim.cli.study_options import StudyOptions, carried_out, end, study_options


@click.command()
@click.option("--count", type=int, default=20)
@click.option("--seconds", type=float, default=0.0)
@click.option("--log", default="")
@click.option("--fails", type=int, multiple=True)
@study_options("weather", "foresight")
@one_funnel
def squares(count: int, seconds: float, log: str, fails: tuple[int, ...], options: StudyOptions) -> None:
    """Squares of whole numbers."""
    from fake_studies import Squares

    book, report = carried_out(Squares(count, seconds, log, fails), options)
    click.echo(f"{report.solved} solved, {report.found} found: {book.checksum()}")
    end(book, report)


if __name__ == "__main__":
    squares()
