"""What the verbs share: exit codes, the funnel that errors go through, and the inputs checked before anything runs."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from energysim.cli import STOPPED
from energysim.errors import EnergysimError, InputError

if TYPE_CHECKING:
    from energysim.inputs.read import Dataset
    from energysim.inputs.scenario import Scenario

F = TypeVar("F", bound=Callable[..., Any])
BAD_INPUT = 2
FAILED = 1
TERMINATED = 143
"""The exit code of a programme that SIGTERM stopped: a batch system, a container, a machine that shuts down."""


class Terminated(KeyboardInterrupt):
    """SIGTERM came: to be ended as Ctrl-C is."""


def one_funnel(command: F) -> F:
    """Turn the package's errors into lines on stderr and an exit code."""

    @wraps(command)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except InputError as error:
            for problem in error.problems:
                click.echo(f"error: {problem}", err=True)
            sys.exit(BAD_INPUT)
        except KeyboardInterrupt:
            stop("stopped")
        except (EnergysimError, OSError) as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(FAILED)

    return guarded  # type: ignore[return-value]


def stop(text: str, code: int = STOPPED) -> NoReturn:
    """End the programme after Ctrl-C with one line, below the ^C of a terminal."""
    click.echo(("\n" if sys.stderr is not None and sys.stderr.isatty() else "") + text, err=True)
    sys.exit(code)


@contextmanager
def heeding_termination() -> Iterator[None]:
    """SIGTERM raises Terminated while the block runs, so that what is finished is written."""

    def terminate(*_: object) -> NoReturn:
        raise Terminated

    before = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def check_folder(out: Path) -> None:
    """Refuse, before anything is solved, a folder that could not be written."""
    try:
        str(out).encode()
    except UnicodeEncodeError:
        raise InputError(f"--out {str(out)!r}: holds bytes that are no text; choose another folder") from None
    existing = next(p for p in (out.absolute(), *out.absolute().parents) if p.exists())
    if not existing.is_dir():
        raise InputError(f"--out {out}: {existing} is a file; choose a folder")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise InputError(f"--out {out}: {existing} may not be written to; choose another folder")


def check_edits(settings: tuple[str, ...]) -> None:
    """Refuse a `--set` that is no PATH=VALUE."""
    wrong = [s for s in settings if "=" not in s]
    if wrong:
        raise InputError(*(f"--set {s!r}: write PATH=VALUE, such as contracts.gazprom.dcq='6 mcm/d'" for s in wrong))


def edits_of(settings: tuple[str, ...]) -> dict[str, str]:
    """What `--set` says: path -> value. What is no PATH=VALUE is left to `check_edits`."""
    return {path.strip(): value.strip() for path, equals, value in (s.partition("=") for s in settings) if equals}


def checked(
    names: Sequence[str],
    variants: bool,
    data: Path | None = None,
    change: Callable[[Scenario], Scenario] = lambda s: s,
    before: Sequence[Callable[[], Any]] = (),
) -> tuple[Dataset, list[tuple[str, Scenario]]]:
    """The data and the scenarios, as changed, each with the name it is called by; every one of them resolves.

    Raises InputError with every problem of all of them at once.
    """
    from energysim.inputs.read import read_dataset, read_scenario
    from energysim.inputs.scenario import with_variant
    from energysim.studies.foresight import resolve

    sound: list[Dataset] = []
    found: list[tuple[str, Scenario]] = []

    def one(name: str) -> None:
        scenario = read_scenario(name)
        asked = {name: scenario}
        asked |= {f"{name}/{v}": with_variant(scenario, v) for v in scenario.variants if variants}
        found.extend((called, change(s)) for called, s in asked.items())
        refuse_all_at_once([partial(resolve, change(s), sound[0]) for s in asked.values() if sound])

    refuse_all_at_once([*before, lambda: sound.append(read_dataset(data)), *(partial(one, n) for n in names)])
    return sound[0], found


def refuse_all_at_once(steps: Sequence[Callable[[], Any]]) -> None:
    """Take every step and raise the problems of all of them together."""
    problems: list[str] = []
    for step in steps:
        try:
            step()
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(*dict.fromkeys(problems))
