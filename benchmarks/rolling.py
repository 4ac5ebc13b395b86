"""A year of 30-day windows, one every day. Peers solve a sample of them, and their year is that sample's mean."""

from __future__ import annotations

from statistics import mean

from benchmarks.harness import Found, fresh, paired
from benchmarks.routes import REBUILT
from benchmarks.sweep import fastest

DAYS, WINDOW, FIRST = 365, 30, 60
PEERS = ("persistent", *REBUILT)


def measure(sample: int = 12, repeats: int = 2) -> Found:
    """Seconds for all windows of the year; energysim's are all measured, each from the last one's basis."""
    count = DAYS - WINDOW + 1
    ours = [fresh("windows", "ours") for _ in range(repeats)]
    part = {"first": FIRST, "windows": sample}
    found = paired(PEERS, repeats, lambda route: fresh("windows", route, **part))
    seconds = {"ours": fastest(ours)} | {name: fastest(runs) for name, runs in found.items()}
    year = {name: mean(values) * count for name, values in seconds.items()}
    same = ours[0]["objectives"][FIRST : FIRST + sample]
    worst = max(
        abs(a - b) / max(1.0, abs(a))
        for runs in found.values()
        for a, b in zip(same, runs[0]["objectives"], strict=True)
    )
    return {
        "windows": count,
        "sample": sample,
        "seconds": year,
        "a_window": {name: mean(values) for name, values in seconds.items()},
        "ratio": {name: year[name] / year["ours"] for name in PEERS},
        "difference": worst,
    }
