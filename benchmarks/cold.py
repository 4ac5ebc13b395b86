"""Whole processes, cold: interpreter, imports, the reference year, the programme, the optimum, one number printed."""

from __future__ import annotations

import sys
from statistics import median

from benchmarks.harness import Found, paired, ratio, spread, timed
from benchmarks.routes import REBUILT

ROUTES = ("ours", *REBUILT)


def measure(repeats: int = 5) -> Found:
    """Wall seconds, as the manual of each library shows the way."""
    found = paired(ROUTES, repeats, _process)
    seconds = {name: [f["seconds"] for f in runs] for name, runs in found.items()}
    return {
        "seconds": {name: median(values) for name, values in seconds.items()},
        "ratio": {name: 1 / ratio(seconds, name) for name in REBUILT},
        "difference": spread({name: [f["objective"] for f in runs] for name, runs in found.items()}),
    }


def _process(route: str) -> Found:
    script = ["benchmarks.ours_cold"] if route == "ours" else ["benchmarks.peer_cold", route]
    seconds, output = timed([sys.executable, "-m", *script])
    return {"seconds": seconds, "objective": float(output.split()[-1])}
