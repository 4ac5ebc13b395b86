"""Case after case on one core: everything re-drawn, or outages only."""

from __future__ import annotations

from statistics import mean, median
from typing import Any

from benchmarks.harness import Found, fresh, paired, spread
from benchmarks.routes import REBUILT, RESIDENT

ROUTES = (*RESIDENT, *REBUILT)


def measure(family: str, cases: int = 8, repeats: int = 2, system: str = "reference") -> Found:
    """Median and mean seconds a case; every case counts with its fastest repeat, so that other jobs do not."""
    found = paired(ROUTES, repeats, lambda route: fresh("sweep", route, family=family, cases=cases, system=system))
    seconds = {name: fastest(runs) for name, runs in found.items()}
    return {
        "cases": cases,
        "seconds": {name: median(values) for name, values in seconds.items()},
        "mean": {name: mean(values) for name, values in seconds.items()},
        "setup": {name: median(f["setup"] for f in found[name]) for name in RESIDENT},
        "ratio": {name: median(values) / median(seconds["ours"]) for name, values in seconds.items() if name != "ours"},
        "ratio_of_means": {
            name: mean(values) / mean(seconds["ours"]) for name, values in seconds.items() if name != "ours"
        },
        "difference": spread({name: runs[0]["objectives"] for name, runs in found.items()}),
    }


def fastest(runs: list[dict[str, Any]]) -> list[float]:
    """The least seconds of every case over the repeats."""
    return [min(times) for times in zip(*(f["seconds"] for f in runs), strict=True)]
