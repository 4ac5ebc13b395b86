"""Write `docs/performance.md` from the results of the last measurement: `python -m benchmarks.report`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from string import Template

from benchmarks.claims import CLAIMS, Results, figure, target, worst_difference

HERE = Path(__file__).resolve().parent
RESULTS, TEMPLATE = HERE / "results.json", HERE / "performance.template.md"
PAGE = HERE.parent / "docs" / "performance.md"
LABELS = {
    "ours": "**energysim**",
    "numpy": "raw numpy + HiGHS",
    "poi": "PyOptInterface",
    "linopy": "linopy",
    "pypsa": "PyPSA",
    "pyomo": "Pyomo, rebuilt",
    "persistent": "Pyomo, persistent",
}


def main() -> None:
    """Render the page."""
    results: Results = json.loads(RESULTS.read_text(encoding="utf-8"))
    PAGE.write_text(page(results), encoding="utf-8")


def page(results: Results) -> str:
    """The page as text; the same results give the same bytes."""
    year, rolling, parallel, shipped = (results[k] for k in ("year", "rolling", "parallel", "shipped"))
    seconds = parallel["seconds"]
    words = {
        "difference": f"{worst_difference(results):.0e}",
        "claims": _claims(results),
        "means": _means(results),
        "columns": f"{year['columns']:,}",
        "solve": f"{year['solve']:.1f}",
        "routes": _routes(results),
        "windows": rolling["windows"],
        "sample": rolling["sample"],
        "parallel": f"{parallel['cases']} cases take {seconds['1']:.1f} s in one process and {seconds['2']:.1f} s in two: "
        f"{parallel['gain']:.2f}×. The checksums of all objectives and plans are "
        f"{'the same' if parallel['same_results'] else 'DIFFERENT'}.",
        "growth": _growth(results),
        "scenario": shipped["scenario"],
        "shipped_columns": f"{shipped['columns']:,}",
        "shipped": _table(
            (label, [shipped["build"].get(r), shipped["solve"].get(r), shipped["sweep"]["seconds"].get(r)])
            for r, label in LABELS.items()
        ),
        "machine": _machine(results),
    }
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(words)


def _claims(results: Results) -> str:
    lines = ["| | target | measured | |", "|---|---:|---:|---|"]
    for claim in CLAIMS:
        verdict = "holds" if claim.holds(results) else "**does not hold**"
        lines.append(f"| {claim.sentence} | {target(claim)} | {figure(claim.figure(results), claim)} | {verdict} |")
    return "\n".join(lines)


def _means(results: Results) -> str:
    """The ratios of mean instead of median seconds a case, where a few hard cases weigh more."""
    shown = ("pyomo", "pypsa", "linopy", "numpy")
    parts = (("re-drawn", "sweep_full"), ("outages only", "sweep_outages"))
    return "; ".join(
        f"{words}: " + ", ".join(f"{LABELS[n]} {results[part]['ratio_of_means'][n]:.3g}×" for n in shown)
        for words, part in parts
    )


def _routes(results: Results) -> str:
    parts = [results[k]["seconds"] for k in ("build", "cold", "sweep_full", "sweep_outages", "rolling")]
    return _table((label, [part.get(route) for part in parts]) for route, label in LABELS.items())


def _table(rows: Iterable[tuple[str, list[float | None]]]) -> str:
    return "\n".join(
        f"| {label} | {' | '.join('' if v is None else f'{v:.3g}' for v in values)} |" for label, values in rows
    )


def _growth(results: Results) -> str:
    names = {"build": "build", "solve": "cold solve", "default_solve": "cold solve, default HiGHS", "sweep": "sweep"}
    lines = ["| | measured at | " + " | ".join(names.values()) + " |", "|---|---|" + "---:|" * len(names)]
    for axis, found in results["growth"].items():
        sizes = ", ".join(sorted(found["seconds"], key=int))
        exponents = [f"{found['exponent'][n]:.1f}" if n in found["exponent"] else "" for n in names]
        lines.append(f"| {axis} | {sizes} | {' | '.join(exponents)} |")
    return "\n".join(lines)


def _machine(results: Results) -> str:
    m = results["machine"]
    libraries = ", ".join(f"{name} {number}" for name, number in m["libraries"].items())
    return f"{m['cores']} cores ({m['architecture']}), {m['memory_gib']} GiB, {m['system']}, Python {m['python']}; {libraries}."


if __name__ == "__main__":
    main()
