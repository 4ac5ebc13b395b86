"""One measurement in a fresh process: `python -m benchmarks.worker TASK ROUTE …` prints one line of JSON.

Tasks: `build` (system -> programme handed over to HiGHS, first time in the process and once more), `solve` (build,
then HiGHS alone), `sweep` (case after case), `windows` (rolling windows, one after the other).
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

from benchmarks.reference_year import outages, redrawn
from benchmarks.routes import RESIDENT, ROUTES, resident, system_of
from energysim.inputs.assets import GasSystem

FAMILIES: dict[str, Callable[[GasSystem, int], GasSystem]] = {"full": redrawn, "outages": outages}


def main() -> None:
    """Do what the command line says and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("route", choices=ROUTES)
    parser.add_argument("--system", default="reference", choices=("reference", "shipped"))
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--nodes", type=int, default=12)
    parser.add_argument("--family", default="full", choices=FAMILIES)
    parser.add_argument("--cases", type=int, default=6)
    parser.add_argument("--window", type=int, default=30)
    parser.add_argument("--first", type=int, default=0, help="first window")
    parser.add_argument("--windows", type=int, default=0, help="number of windows; 0: all")
    parser.add_argument("--every", type=int, default=1, help="take each window of so many")
    args = parser.parse_args()
    found = TASKS[args.task](args)
    sys.stdout.write("\n" + json.dumps(found) + "\n")


def build(args: argparse.Namespace) -> dict[str, Any]:
    """Seconds from a system to the programme in HiGHS: first in a fresh process (imports done), and again."""
    route, system = ROUTES[args.route].load(), system_of(args.system, args.days, args.nodes)
    seconds = []
    for _ in range(3):
        gc.collect()
        _forget(args.route)
        start = perf_counter()
        built = route.build(system)
        seconds.append(perf_counter() - start)
        del built
    return {"first": seconds[0], "again": min(seconds[1:])}


def solve(args: argparse.Namespace) -> dict[str, Any]:
    """Seconds to build and to solve, and the objective."""
    route, system = ROUTES[args.route].load(), system_of(args.system, args.days, args.nodes)
    start = perf_counter()
    built = route.build(system)
    middle = perf_counter()
    objective = route.solve(built)
    return {"build": middle - start, "solve": perf_counter() - middle, "objective": objective}


def sweep(args: argparse.Namespace) -> dict[str, Any]:
    """Seconds and objective of every case of a family; what comes before the first case is the set-up."""
    base = system_of(args.system, args.days, args.nodes)
    cases = [FAMILIES[args.family](base, k) for k in range(args.cases)]
    return _one_by_one(args.route, base, cases)


def windows(args: argparse.Namespace) -> dict[str, Any]:
    """Seconds and objective of rolling windows. energysim starts each from the basis of the last, moved on."""
    from benchmarks.windows import rolling_windows, solve_in_order

    year = system_of(args.system, args.days, args.nodes)
    parts = rolling_windows(year, args.window, args.first, args.windows, args.every)
    if args.route == "ours":
        return solve_in_order(parts, args.every)
    return _one_by_one(args.route, parts[0], parts)


def _one_by_one(route: str, base: GasSystem, cases: list[GasSystem]) -> dict[str, Any]:
    start = perf_counter()
    if route in RESIDENT:
        solve_case = resident(route, base).solve
    else:
        module = ROUTES[route].load()
        solve_case = lambda case: module.solve(module.build(case))
        solve_case(base)  # whatever a library does once a process is not a case's business
    setup = perf_counter() - start
    seconds, objectives = [], []
    for case in cases:
        start = perf_counter()
        objectives.append(solve_case(case))
        seconds.append(perf_counter() - start)
    return {"setup": setup, "seconds": seconds, "objectives": objectives}


def _forget(route: str) -> None:
    """Let energysim compile again: what it remembers of a structure is the sweep's merit, not the build's."""
    if route == "ours":
        from energysim.model import compile as compiler

        compiler._programmes.clear()


TASKS = {"build": build, "solve": solve, "sweep": sweep, "windows": windows}

if __name__ == "__main__":
    main()
