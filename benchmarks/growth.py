"""How time grows with days, nodes and cases: exponents of log-log fits."""

from __future__ import annotations

import numpy as np

from benchmarks.harness import Found, fresh

DAYS = (30, 91, 182, 365, 730)
NODES = (12, 24, 48)
CASES = (4, 8, 16)


def measure() -> Found:
    """Seconds of energysim (build; solve), and of a cold default solve, against size; of a sweep against cases."""
    by_days = {d: _sizes(days=d) for d in DAYS}
    by_nodes = {n: _sizes(days=182, nodes=n) for n in NODES}
    by_cases = {k: {"sweep": float(sum(fresh("sweep", "ours", days=182, cases=k)["seconds"]))} for k in CASES}
    tables: dict[str, dict[int, dict[str, float]]] = {"days": by_days, "nodes": by_nodes, "cases": by_cases}
    return {
        name: {"seconds": {str(k): v for k, v in table.items()}, "exponent": _exponents(table)}
        for name, table in tables.items()
    }


def _sizes(**size: int) -> dict[str, float]:
    ours, default = fresh("solve", "ours", **size), fresh("solve", "numpy", **size)
    return {"build": ours["build"], "solve": ours["solve"], "default_solve": default["solve"]}


def _exponents(table: dict[int, dict[str, float]]) -> dict[str, float]:
    sizes = np.log(list(table))
    names = next(iter(table.values()))
    return {name: float(np.polyfit(sizes, np.log([row[name] for row in table.values()]), 1)[0]) for name in names}
