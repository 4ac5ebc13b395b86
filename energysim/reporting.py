"""A report, from the question to the page: run what has not been run, assess the systems, compare, gather the evidence.

>>> import energysim
>>> page = energysim.report("shah_deniz_long", lang="sr")                           # doctest: +SKIP
>>> Path("report.html").write_text(page)                                            # doctest: +SKIP
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from energysim.errors import InputError
from energysim.inputs.evidence import figures_in_use
from energysim.inputs.horizon import Horizon
from energysim.inputs.read import Dataset, read_dataset
from energysim.inputs.scenario import Scenario
from energysim.outputs.report.html import report_html
from energysim.outputs.report.material import Material
from energysim.outputs.report.titles import told_apart
from energysim.outputs.wording import unit_named
from energysim.results import Results
from energysim.standards.ask import assess
from energysim.studies.compare import compare, differences
from energysim.studies.foresight import resolve, run
from energysim.words import speaking, spoken

CHAPTERS = ("description", "origin", "n_minus_1", "supply_standard")
"""Chapters of the standards that every report holds; each takes a few seconds at most."""
Progress = Callable[[str], None]


def report(
    runs: Results | Scenario | str | Path | Sequence[Results | Scenario | str | Path],
    *,
    lang: str = "en",
    unit: str = "mcm",
    chapters: Sequence[str] = CHAPTERS,
    dataset: Dataset | None = None,
) -> str:
    """A report as one self-contained HTML page.

    runs: one or several of: finished runs, their folders, scenarios (ids, files, Scenario); several are compared with the
    first. lang: a key of `energysim.words.LANGUAGES`. unit: `mcm` or `gwh`. chapters: names of `energysim.assess`'s
    chapters. Raises EnergysimError.
    """
    asked = [runs] if isinstance(runs, Results | Scenario | str | Path) else list(runs)
    if not asked:
        raise InputError("no runs given; a report needs one or more")
    unit_named(unit)
    with speaking(lang):
        found = [read_run(r, dataset) for r in asked]
        return report_html(gather(found, unit=unit, chapters=chapters, dataset=dataset))


def read_run(run_or_name: Results | Scenario | str | Path, dataset: Dataset | None = None) -> Results:
    """A finished run as it is, from its folder, or made now from a scenario. Raises EnergysimError."""
    if isinstance(run_or_name, Results):
        return run_or_name
    if isinstance(run_or_name, Scenario):
        return run(run_or_name, dataset=dataset)
    return Results.load(run_or_name) if Path(run_or_name).is_dir() else run(str(run_or_name), dataset=dataset)


def gather(
    runs: Sequence[Results],
    *,
    unit: str = "mcm",
    chapters: Sequence[str] = CHAPTERS,
    dataset: Dataset | None = None,
    command: str = "",
    progress: Progress | None = None,
) -> Material:
    """Everything that a report of some runs is written from, said in the language spoken. Raises EnergysimError."""
    told = progress or (lambda _: None)
    dataset = dataset or read_dataset()
    for result in runs:
        scenario_of(result)  # refuses what is no scenario's run, before anything is read from it
    runs = told_apart(runs)
    scenarios = [scenario_of(r) for r in runs]
    systems, system_of = _systems(scenarios)
    standards, evidence = [], []
    for scenario in systems:
        told(f"{scenario.id}: standards")
        if chapters:
            standards.append(assess(scenario, chapters, dataset=dataset))
        system = resolve(scenario, dataset)
        horizon = Horizon(dataset, system.first_day, system.days, scenario.rivals)
        evidence.append(figures_in_use(horizon, scenario.set))
    told("comparison")
    differing = [k for k, s in enumerate(scenarios) if s != scenarios[0] and differences(scenarios[0], s)]
    others = [scenarios[k] for k in differing]
    comparison = compare(scenarios[0], *others, dataset=dataset, command=command) if others else None
    told("drawing")
    return Material(
        runs=tuple(runs),
        standards=tuple(standards),
        system_of=tuple(system_of),
        evidence=tuple(evidence),
        sources={id: f"{s.title}, {s.date}" if s.date else s.title for id, s in dataset.sources.items()},
        command=command or _command(scenarios, unit),
        comparison=comparison,
        compared=tuple(differing),
        stale=tuple(r.run_id for r in runs if r.manifest.get("data_digest") != dataset.digest),
        unit=unit_named(unit),
    )


def scenario_of(result: Results) -> Scenario:
    """The scenario that a run was made from, settings of its command line included. Raises InputError where it has none."""
    found: Mapping[str, Any] = result.manifest["scenario"]
    if not result.manifest["gas_year"] or "set" not in found:
        raise InputError(
            f"{found.get('id', 'the run')}: made from a system built in code; a report needs a scenario's run"
        )
    return Scenario.model_validate(found)


def _command(scenarios: Sequence[Scenario], unit: str) -> str:
    """What makes the report again from the scenarios, in the language spoken."""
    options = [("--lang", spoken(), "en"), ("--unit", unit.lower(), "mcm")]
    said = [f"{option} {value}" for option, value, usual in options if value != usual]
    return " ".join(["energysim", "report", *(shlex.quote(s.id) for s in scenarios), *said])


def _systems(scenarios: Sequence[Scenario]) -> tuple[list[Scenario], list[int]]:
    """The scenarios whose systems differ, events aside, and which of them stands for each."""
    keys, kept, of = [], [], []
    for scenario in scenarios:
        key = scenario.model_dump_json(include={"gas_year", "weather", "set", "rivals", "planner"})
        if key not in keys:
            keys.append(key)
            kept.append(scenario)
        of.append(keys.index(key))
    return kept, of
