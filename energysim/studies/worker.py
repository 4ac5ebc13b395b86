"""What a worker does: one case of a study, on a workbench that its process keeps.

The function that crosses to other processes must live in an importable module: from `__main__` it would be
sent whole with every case, and the bench kept here would be lost each time.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from energysim.errors import EnergysimError
from energysim.studies.study import Case, Row, Study, Workbench

COLD_TOLERANCE = 1e-6
"""Largest relative difference of an objective between the resident solver and one that starts afresh."""
ORPHAN_CHECK = 1.0
"""Seconds between two looks at whether the campaign's process still lives."""


@runtime_checkable
class ColdStudy(Study, Protocol):
    """A study that can solve a case without anything kept from other cases."""

    def solve_cold(self, bench: Workbench, case: Case) -> Row:
        """The findings of one case from a fresh build and a fresh solver; `objective` is compared."""


@dataclass(frozen=True)
class Task:
    """A case on its way to a worker; cold: to be solved once more from a cold start and compared."""

    key: str
    case: Case
    cold: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of a case: its findings, or the error that stands in their place."""

    task: Task
    findings: Row
    error: str | None = None

    @property
    def row(self) -> Row:
        """The line of the casebook: key, labels, then findings or the error."""
        labels = dict(self.task.case.labels)
        found: Row = {"error": self.error} if self.error is not None else self.findings
        return {"key": self.task.key, **labels, **{k: v for k, v in found.items() if k not in labels}}


_one_at_a_time = threading.Lock()
_kept: tuple[tuple[str, str], Workbench] | None = None


def bench_of(study: Study, digest: str) -> Workbench:
    """The study's workbench in this process, prepared when the study is first met; an earlier study's is dropped."""
    global _kept
    if _kept is None or _kept[0] != (study.name, digest):
        _kept = None  # free the old one before the new one is built
        _kept = ((study.name, digest), study.prepare())
    return _kept[1]


def solve_one(study: Study, digest: str, task: Task) -> Outcome:
    """One case. Whatever the case itself raises is its outcome; only what the preparation raises is raised."""
    with _one_at_a_time:  # a cluster's worker may have several threads, and a bench serves one
        bench = bench_of(study, digest)
        try:
            findings = study.solve(bench, task.case)
            if task.cold and isinstance(study, ColdStudy):
                _compare(findings, study.solve_cold(bench, task.case))
        except EnergysimError as error:
            return Outcome(task, {}, str(error) or type(error).__name__)
        except Exception as error:  # a mistake in the study must not take the other cases down
            return Outcome(task, {}, f"{type(error).__name__}: {error}")
        return Outcome(task, findings)


def _compare(warm: Row, cold: Row) -> None:
    """Raise EnergysimError where a cold start finds another optimum."""
    first, second = warm["objective"], cold["objective"]
    assert isinstance(first, int | float)
    assert isinstance(second, int | float)
    if not abs(first - second) <= COLD_TOLERANCE * max(1.0, abs(second)):
        raise EnergysimError(
            f"the objective is {first!r} kEUR with the resident solver and {second!r} from a cold start; "
            "this row is not kept; report it with study.json"
        )


def start(parent: int) -> None:
    """Prepare a local worker process: Ctrl-C is the campaign's to handle, and a worker whose campaign died ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(ORPHAN_CHECK)
    os._exit(1)
