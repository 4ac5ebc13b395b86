"""How far a study is: a bar on stderr with counts, rate and time left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from energysim.outputs.page import page_console

SLOW = 1.0
"""Cases a second below which a rate reads better by the minute."""


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(rate_in_words(task.speed or task.finished_speed), style="cyan")


class _TimeLeft(TimeRemainingColumn):
    def render(self, task: Task) -> Text:
        left = super().render(task)
        return Text.assemble(left, " left") if task.time_remaining is not None else Text("")


def rate_in_words(speed: float | None) -> str:
    """`3.8 a second`, `12 a minute`; nothing while unknown."""
    if not speed:
        return ""
    return f"{speed:,.1f} a second" if speed >= SLOW else f"{60 * speed:,.1f} a minute"


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int, int], None]]:
    """A bar that is shown on a terminal while the block runs; the function it gives takes cases done, asked for, and failed."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[counts]}"), _Rate())
    console = page_console(stderr=True)
    with Progress(*columns, _TimeLeft(), console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=None, counts="")
        told = False

        def show(done: int, asked: int, failed: int) -> None:
            nonlocal told
            counts = f"{done:,} of {asked:,}" + (f", {failed:,} failed" if failed else "")
            if not told:  # what was found finished is no part of the rate
                bar.reset(task, total=asked, completed=done)
            told = True
            bar.update(task, total=asked, completed=done, counts=counts)

        yield show
