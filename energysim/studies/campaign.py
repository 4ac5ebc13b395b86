"""Carry out a study: what is not in its casebook yet is solved here, on all cores or on a cluster, and kept.

No row depends on the order of the cases, on who solved them or on how often the campaign was stopped. A case
that fails is kept as a failure and the others go on; about one case in a hundred is solved a second time from
a cold start, and a difference is a failure as well.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from energysim.casebook import Casebook
from energysim.errors import EnergysimError
from energysim.studies.foresight import PACKAGES
from energysim.studies.pool import WorkerLost, automatic_workers, here, on_this_machine, room_for_workers
from energysim.studies.study import Case, Study
from energysim.studies.worker import ColdStudy, Outcome, Task

Progress = Callable[[int, int, int], None]
"""Called with the cases done (those found finished included), asked for, and failed."""

WRITE_EVERY = 1.0
"""Seconds between two writes, at first; what is not written is lost when the process is killed."""
WRITE_SHARE = 0.01
"""Later writes are further apart: at most this share of the time so far can be lost."""
ONE_IN = 100
"""One case in so many is solved again from a cold start, and at least one."""

UNITS = {
    "unserved_gas": "GWh", "unserved_protected": "GWh", "worst_day": "GWh/d", "cut_days": "d",
    "costs": "kEUR", "penalties": "kEUR", "objective": "kEUR", "relative_gap": "1",
}  # fmt: skip
"""Finding of `study.numbers` -> its unit."""


@dataclass(frozen=True)
class Report:
    """What a campaign did: cases asked for; found finished; solved; failed; solved twice; other rows kept."""

    folder: Path
    asked: int
    found: int
    solved: int
    failed: int
    rechecked: int
    aside: int


def described(study: Study, command: str = "") -> dict[str, Any]:
    """What a casebook states of a study. `options` and `units` (column -> unit) come from the study if it has them."""
    return {
        "name": study.name,
        "digest": study.digest,
        "options": dict(getattr(study, "options", {})),
        "units": {**UNITS, **getattr(study, "units", {})},
        "versions": {p: version(p) for p in PACKAGES},
        "command": command,
    }


def carry_out(
    study: Study,
    book: Casebook | Path | str,
    cases: Sequence[Case] | None = None,
    *,
    workers: int | None = None,
    dask: str | None = None,
    progress: Progress | None = None,
) -> Report:
    """Solve the cases of a study (or only some) that its casebook does not hold, and keep their rows.

    book: the casebook, or the folder to keep it in. workers: processes (None: as many as cores and memory allow;
    1: this process), never more than memory allows. dask: address of a cluster's scheduler instead. Raises EnergysimError, and KeyboardInterrupt
    on Ctrl-C; in both cases everything finished so far is kept, and the same call resumes.
    """
    if not isinstance(book, Casebook):
        book = Casebook.create(book, described(study))
    with book.alone():
        return _carry_out(study, book, study.cases() if cases is None else cases, workers, dask, progress)


def _carry_out(
    study: Study,
    book: Casebook,
    cases: Sequence[Case],
    workers: int | None,
    dask: str | None,
    progress: Progress | None,
) -> Report:
    digest = study.digest
    planned = {case.key(digest): case for case in cases}
    book.plan({key: case.labels for key, case in planned.items()})
    book.forget_failures()
    finished = book.keys()
    tasks = _tasks(study, {key: case for key, case in planned.items() if key not in finished})
    ledger = _Ledger(book, len(planned), len(planned) - len(tasks), progress)
    if tasks:
        try:
            with closing(_outcomes(study, digest, tasks, workers, dask)) as outcomes:
                ledger.keep(outcomes)
        except WorkerLost as error:
            kept = f"{book.count():,} of {len(planned):,} cases are kept in {book.folder}"
            raise EnergysimError(f"{error}; {kept}; the same command resumes") from None
    book.compact()
    twice = sum(task.cold for task in tasks)
    aside = len(finished - planned.keys())
    return Report(book.folder, len(planned), ledger.found, ledger.solved, ledger.failed, twice, aside)


def _tasks(study: Study, pending: dict[str, Case]) -> list[Task]:
    """The pending cases, some of them marked to be solved twice: keys are hashes, so any rule on them samples."""
    if not pending or not isinstance(study, ColdStudy):
        return [Task(key, case) for key, case in pending.items()]
    least = min(pending)
    return [Task(key, case, key == least or int(key, 16) % ONE_IN == 0) for key, case in pending.items()]


def _outcomes(
    study: Study, digest: str, tasks: list[Task], workers: int | None, dask: str | None
) -> Generator[Outcome, None, None]:
    if dask is not None:
        cluster = import_module("energysim.studies.cluster")  # needs an extra, so only when asked for
        return cast(Generator[Outcome, None, None], cluster.on_cluster(study, digest, tasks, dask))
    count = automatic_workers(len(tasks)) if workers is None else min(workers, len(tasks), room_for_workers())
    return here(study, digest, tasks) if count == 1 else on_this_machine(study, digest, tasks, count)


@dataclass
class _Ledger:
    """Takes outcomes as they come and writes them every few seconds."""

    book: Casebook
    asked: int
    found: int
    progress: Progress | None
    solved: int = 0
    failed: int = 0
    _waiting: list[Outcome] = field(default_factory=list)

    def keep(self, outcomes: Iterator[Outcome]) -> None:
        """Keep all outcomes; whatever ends it, what has come is written."""
        began = written = time.monotonic()
        self._tell()
        try:
            for outcome in outcomes:
                self._waiting.append(outcome)
                self.failed += outcome.error is not None
                self.solved += outcome.error is None
                self._tell()
                now = time.monotonic()
                if now - written >= max(WRITE_EVERY, WRITE_SHARE * (now - began)):
                    self._write()
                    written = now
        finally:
            self._write()

    def _write(self) -> None:
        self.book.append([o.row for o in self._waiting if o.error is None])
        self.book.append_failures([o.row for o in self._waiting if o.error is not None])
        self._waiting.clear()

    def _tell(self) -> None:
        if self.progress:
            self.progress(self.found + self.solved + self.failed, self.asked, self.failed)
