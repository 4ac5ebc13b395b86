"""A study on a dask cluster that is already there: the same worker function, on other machines.

Imported only when a cluster is asked for: `distributed` is an extra.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Generator, Sequence
from contextlib import suppress
from importlib.metadata import version

from energysim.errors import InputError, not_installed
from energysim.inputs.read import read_dataset
from energysim.studies.pool import WorkerLost
from energysim.studies.study import Study
from energysim.studies.worker import Outcome, Task, solve_one

try:
    from distributed import Client, as_completed
except ImportError:
    raise not_installed("distributed (dask)", "cluster") from None

ADDRESS = re.compile(r"(?:(?:tcp|tls|ucx|ws|wss)://)?(?:\[[0-9a-fA-F:]+\]|[^\s:/\[\]]+):[0-9]{1,5}")
"""What an address looks like: anything else is refused at once, and not waited for."""
EXPECTED = "expected an address such as tcp://10.0.0.1:8786, as `dask scheduler` prints it"
PATIENCE = "10s"
"""How long a scheduler may take to answer."""
PACKAGES = ("energysim", "highspy", "numpy", "scipy", "pyomo")


def identity() -> dict[str, str]:
    """What must be the same everywhere for a row to be the same: versions and the shipped data."""
    versions = {package: version(package) for package in PACKAGES}
    return {"python": platform.python_version().rpartition(".")[0], **versions, "data": read_dataset().digest[:10]}


def on_cluster(study: Study, digest: str, tasks: Sequence[Task], address: str) -> Generator[Outcome, None, None]:
    """The outcomes of tasks as they come; a case whose worker dies again and again is a failure, not the end.

    Raises InputError where no scheduler answers, it has no workers, or they are not as this machine is, and
    WorkerLost where the cluster goes away.
    """
    client = _connected(address)
    try:
        _check_workers(client, address)
        try:
            shared = client.scatter(study, broadcast=True, hash=False)
        except Exception as error:
            raise InputError(f"--dask {address}: the workers cannot load the study ({error})") from None
        futures = {
            client.submit(solve_one, shared, digest, task, key=f"{task.key}-{os.getpid()}", pure=False): task
            for task in tasks
        }
        try:
            for future in as_completed(futures, loop=client.loop):
                task = futures.pop(future)
                if future.status == "finished":
                    yield future.result()
                elif future.status == "error":
                    raised = future.exception()
                    yield Outcome(task, {}, f"{type(raised).__name__}: {raised}")
                else:
                    raise WorkerLost(f"--dask {address}: the cluster went away or let go of the cases")
        finally:
            client.cancel(list(futures), force=True)
    finally:
        with suppress(OSError, TimeoutError):
            client.close(timeout=PATIENCE)


def check_address(address: str) -> None:
    """Raise InputError where an address cannot be that of a scheduler."""
    if not ADDRESS.fullmatch(address):
        raise InputError(f"--dask {address!r}: no address; {EXPECTED}")


_wanted = identity


class _Client(Client):  # type: ignore[misc]
    """A client that only `on_cluster` closes: one that never connected waits and complains when it is collected."""

    def __del__(self) -> None:
        pass


def _connected(address: str) -> Client:
    check_address(address)
    try:
        return _Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError, TypeError, ImportError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"--dask {address}: no scheduler answers there ({reason}); {EXPECTED}") from None


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
