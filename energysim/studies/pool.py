"""A study on this machine: how many workers it can feed, and the worker processes themselves (joblib, loky)."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from pathlib import Path

import joblib

from energysim.errors import EnergysimError
from energysim.studies.study import Study
from energysim.studies.worker import Outcome, Task, solve_one, start

FOOTPRINT = 500 * 2**20
"""Bytes that one worker takes with the shipped gas year: measured (peak 320 MB in an atlas) and rounded up."""
CASES_A_WORKER = 4
"""A worker costs seconds to start: there are never more than one for so many cases."""
MOST = 1024
"""Workers of one machine, whatever it says of its memory."""
CGROUPS = Path("/sys/fs/cgroup")


class WorkerLost(EnergysimError):
    """A worker process ended by itself (killed, or out of memory), or a whole cluster did."""


def automatic_workers(cases: int) -> int:
    """As many workers as there are cores and room in memory, and work for them."""
    return max(1, min(int(joblib.cpu_count()), room_for_workers(), cases // CASES_A_WORKER))


def room_for_workers() -> int:
    """As many workers as memory has room for, at least one."""
    return max(1, int(min(free_memory() / FOOTPRINT, MOST)))


def free_memory(cgroups: Path = CGROUPS, meminfo: Path = Path("/proc/meminfo")) -> float:
    """Bytes that may still be taken: of the machine and of every control group above this process.

    Where the system does not say, there is no limit (infinity): the number of cores then decides.
    """
    rooms = [float("inf")]
    for line in _lines(meminfo):
        if line.startswith("MemAvailable:"):
            rooms.append(1024.0 * int(line.split()[1]))
    for line in _lines(Path("/proc/self/cgroup")):
        _, controllers, path = line.split(":", 2)
        top = cgroups / "memory" if "memory" in controllers.split(",") else cgroups
        group = top / path.lstrip("/")
        rooms += [_room(g) for g in (group, *group.parents) if g.is_relative_to(top)]
    return min(rooms)


def _room(group: Path) -> float:
    """Bytes left in a control group, version 2 or 1; infinity where it sets no limit."""
    for limit, used in (("memory.max", "memory.current"), ("memory.limit_in_bytes", "memory.usage_in_bytes")):
        stated, taken = _lines(group / limit), _lines(group / used)
        if stated and taken and stated[0].isdigit():
            pages = dict(line.split() for line in _lines(group / "memory.stat"))
            cached = int(pages.get("inactive_file", 0))  # counted as used, and given back when asked for
            return float(max(0, int(stated[0]) - int(taken[0]) + cached))
    return float("inf")


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []


def here(study: Study, digest: str, tasks: Iterable[Task]) -> Generator[Outcome, None, None]:
    """The outcomes of tasks, solved in this process one after the other."""
    for task in tasks:
        yield solve_one(study, digest, task)


def on_this_machine(study: Study, digest: str, tasks: Sequence[Task], workers: int) -> Generator[Outcome, None, None]:
    """The outcomes of tasks as they come, from worker processes. Raises WorkerLost; closing it ends the workers."""
    with joblib.parallel_config(
        "loky", n_jobs=workers, inner_max_num_threads=1, initializer=start, initargs=(os.getpid(),)
    ):
        pool = joblib.Parallel(return_as="generator_unordered", pre_dispatch="2*n_jobs", max_nbytes=None)
        with _deaf_children():
            outcomes = pool(joblib.delayed(solve_one)(study, digest, task) for task in tasks)
    try:
        yield from outcomes
    except BrokenExecutor:
        raise WorkerLost("a worker process ended by itself (killed, or out of memory: try fewer --workers)") from None


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Processes started meanwhile do not hear Ctrl-C: it is this process that ends them, in order."""
    if threading.current_thread() is not threading.main_thread():  # where no signal arrives either
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # children inherit it
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
