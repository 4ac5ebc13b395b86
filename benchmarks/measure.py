"""Measure everything: `python -m benchmarks.measure [PART …]` writes `benchmarks/results.json`.

Parts named on the command line are measured anew, the others are kept; none named: all. Run it on a machine with
nothing else to do. All ratios come from runs beside each other; seconds are for orientation.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.table import Table

from benchmarks import build, cold, growth, parallel, rolling, startup, sweep
from benchmarks.claims import CLAIMS, Results, figure, target
from benchmarks.harness import Found, fresh, machine, spread
from benchmarks.reference_year import reference_year, size
from benchmarks.routes import REBUILT, SHIPPED, system_of

RESULTS = Path(__file__).parent / "results.json"


def main() -> None:
    """Measure what is asked for, keep the rest, write the file and show the claims."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="parts to measure anew")
    parser.add_argument("--quick", action="store_true", help="one repeat of each: to see that everything runs")
    parser.add_argument("--out", type=Path, default=RESULTS)
    args = parser.parse_args()
    console = Console()
    results: Results = json.loads(args.out.read_text()) if args.out.exists() and args.parts else {}
    results["machine"] = machine()
    for name in args.parts or PARTS:
        start = perf_counter()
        results[name] = (QUICK if args.quick else PARTS)[name]()
        console.print(f"[dim]{name}: {perf_counter() - start:.0f} s[/dim]")
        write(args.out, results)
    console.print(table(results))


def year() -> Found:
    """The size of the reference year."""
    return {"columns": sum(size(reference_year()).values())} | {
        key: fresh("solve", "numpy")[key] for key in ("solve", "objective")
    }


def shipped(repeats: int = 3, cases: int = 8) -> Found:
    """The shipped year beside it: build, one solve, and outages of its own assets."""
    system = system_of("shipped")
    routes = ("ours", *REBUILT)
    solved = {name: [fresh("solve", name, system="shipped") for _ in range(repeats)] for name in routes}
    swept = sweep.measure("outages", cases, 1, "shipped")
    objectives = {name: [f["objective"] for f in runs] for name, runs in solved.items()}
    return {
        "scenario": SHIPPED,
        "columns": sum(size(system).values()),
        "build": {name: min(f["build"] for f in runs) for name, runs in solved.items()},
        "solve": {name: min(f["solve"] for f in runs) for name, runs in solved.items()},
        "sweep": swept,
        "difference": max(spread(objectives), swept["difference"]),
    }


PARTS: dict[str, Callable[[], Found]] = {
    "year": year,
    "build": build.measure,
    "cold": cold.measure,
    "sweep_full": lambda: sweep.measure("full"),
    "sweep_outages": lambda: sweep.measure("outages"),
    "rolling": rolling.measure,
    "parallel": parallel.measure,
    "startup": startup.measure,
    "growth": growth.measure,
    "shipped": shipped,
}
QUICK: dict[str, Callable[[], Found]] = PARTS | {
    "build": lambda: build.measure(repeats=1),
    "cold": lambda: cold.measure(repeats=1),
    "sweep_full": lambda: sweep.measure("full", cases=2, repeats=1),
    "sweep_outages": lambda: sweep.measure("outages", cases=2, repeats=1),
    "rolling": lambda: rolling.measure(sample=3, repeats=1),
    "parallel": lambda: parallel.measure(cases=4, repeats=1),
    "startup": lambda: startup.measure(repeats=3),
    "shipped": lambda: shipped(repeats=1, cases=2),
}


def write(path: Path, results: Results) -> None:
    """The results, whole or not at all."""
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(partial, path)


def table(results: Results) -> Table:
    """Every claim whose figure was measured, with its target."""
    shown = Table("claim", "target", "measured", "", title="energysim beside its peers", title_justify="left")
    for claim in CLAIMS:
        try:
            found = claim.figure(results)
        except KeyError:
            continue
        verdict = "[green]holds[/green]" if claim.holds(results) else "[red]fails[/red]"
        shown.add_row(claim.sentence, target(claim), figure(found, claim), verdict)
    return shown


if __name__ == "__main__":
    main()
