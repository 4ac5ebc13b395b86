"""How long it takes from a gas system to a programme inside HiGHS, beside a cold default solve of the same year."""

from __future__ import annotations

from statistics import median

from benchmarks.harness import Found, fresh, paired, ratio
from benchmarks.routes import REBUILT

ROUTES = ("ours", *REBUILT)


def measure(repeats: int = 3, system: str = "reference") -> Found:
    """Seconds in fresh processes, imports done: the first build of the process, and a later one."""
    found = paired(ROUTES, repeats, lambda route: fresh("build", route, system=system))
    solved = [fresh("solve", "numpy", system=system) for _ in range(repeats)]
    first = {name: [f["first"] for f in runs] for name, runs in found.items()}
    default = median(f["solve"] for f in solved)
    return {
        "seconds": {name: median(values) for name, values in first.items()},
        "again": {name: median(f["again"] for f in runs) for name, runs in found.items()},
        "default_solve": default,
        "share_of_solve": median(first["ours"]) / default,
        "ratio": {name: ratio(first, name) for name in REBUILT},
    }
