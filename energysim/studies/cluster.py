"""A study on a dask cluster that is already there: the same worker function, on other machines.

Imported only when a cluster is asked for: `distributed` is an extra.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Generator, Sequence
from contextlib import suppress
from importlib.metadata import version

from energysim.errors import InputError, not_installed
from energysim.inputs.read import read_dataset
from energysim.studies.study import Study
from energysim.studies.worker import Outcome, Task, solve_one

try:
    from distributed import Client, as_completed
except ImportError:
    raise not_installed("distributed (dask)", "cluster") from None

PATIENCE = "10s"
"""How long a scheduler may take to answer."""
PACKAGES = ("energysim", "highspy", "numpy", "scipy", "pyomo")


def identity() -> dict[str, str]:
    """What must be the same everywhere for a row to be the same: versions and the shipped data."""
    versions = {package: version(package) for package in PACKAGES}
    return {"python": platform.python_version().rpartition(".")[0], **versions, "data": read_dataset().digest[:10]}


def on_cluster(study: Study, digest: str, tasks: Sequence[Task], address: str) -> Generator[Outcome, None, None]:
    """The outcomes of tasks as they come; a case whose worker dies again and again is a failure, not the end.

    Raises InputError where no scheduler answers, it has no workers, or they are not as this machine is.
    """
    client = _connected(address)
    try:
        _check_workers(client, address)
        shared = client.scatter(study, broadcast=True, hash=False)
        futures = {
            client.submit(solve_one, shared, digest, task, key=f"{task.key}-{os.getpid()}", pure=False): task
            for task in tasks
        }
        try:
            for future in as_completed(futures, loop=client.loop):
                task = futures.pop(future)
                if future.status == "finished":
                    yield future.result()
                else:
                    error = future.exception()
                    yield Outcome(task, {}, f"{type(error).__name__}: {error}")
        finally:
            client.cancel(list(futures), force=True)
    finally:
        with suppress(OSError, TimeoutError):
            client.close(timeout=PATIENCE)


_wanted = identity


def _connected(address: str) -> Client:
    try:
        return Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError, TypeError, ImportError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(
            f"--dask {address}: no scheduler answers there ({reason}); expected an address such as "
            "tcp://10.0.0.1:8786, as `dask scheduler` prints it"
        ) from None


def _check_workers(client: Client, address: str) -> None:
    """Refuse a cluster without workers, or whose workers would compute other numbers."""
    try:
        found = client.run(identity)
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise InputError(
            f"--dask {address}: the workers cannot run energysim ({reason}); install the same version there"
        ) from None
    if not found:
        raise InputError(f"--dask {address}: the scheduler has no workers; start some with `dask worker {address}`")
    wanted = _wanted()
    wrong = {
        f"--dask {address}: the workers have {name} {theirs.get(name)}, this machine {mine}; make them the same"
        for theirs in found.values()
        for name, mine in wanted.items()
        if theirs.get(name) != mine
    }
    if wrong:
        raise InputError(*sorted(wrong))
