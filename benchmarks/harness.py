"""Fresh processes, paired repeats, medians: what all measurements share."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LIBRARIES = ("highspy", "pyomo", "linopy", "pypsa", "pyoptinterface", "numpy", "scipy", "pandas", "xarray", "joblib")
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
Found = dict[str, Any]


def environment() -> dict[str, str]:
    """The environment of a measured process: this checkout, one thread in the linear algebra."""
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    return os.environ | ONE_THREAD | {"PYTHONPATH": os.pathsep.join(p for p in paths if p), "PYTHONWARNINGS": "ignore"}


def fresh(task: str, route: str, **options: Any) -> Found:
    """What `benchmarks.worker` finds in a process of its own."""
    words = [w for name, value in options.items() for w in (f"--{name}", str(value))]
    _, output = timed([sys.executable, "-m", "benchmarks.worker", task, route, *words])
    found: Found = json.loads(output.splitlines()[-1])
    return found


def timed(command: Sequence[str]) -> tuple[float, str]:
    """Wall time of a command and what it printed. Raises RuntimeError with its complaint if it fails."""
    start = perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    seconds = perf_counter() - start
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return seconds, done.stdout


def paired(routes: Iterable[str], repeats: int, measure: Any) -> dict[str, list[Found]]:
    """measure(route) for every route in turn, `repeats` times over, so that a slow minute hits all alike."""
    names = list(routes)
    found: dict[str, list[Found]] = {name: [] for name in names}
    for repeat in range(repeats):
        for name in names if repeat % 2 == 0 else reversed(names):
            found[name].append(measure(name))
    return found


def ratio(found: Mapping[str, Sequence[float]], above: str, below: str = "ours") -> float:
    """Median of the paired ratios of two routes."""
    return median(a / b for a, b in zip(found[above], found[below], strict=True))


def spread(objectives: Mapping[str, Sequence[float]]) -> float:
    """Largest relative difference between any two routes' objectives of one case."""
    worst = 0.0
    for values in zip(*objectives.values(), strict=True):
        worst = max(worst, (max(values) - min(values)) / max(1.0, abs(values[0])))
    return worst


def machine() -> Found:
    """What it was measured on, without names of hosts or dates."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 if hasattr(os, "sysconf") else 0.0
    return {
        "architecture": platform.machine(),
        "system": platform.system(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }
