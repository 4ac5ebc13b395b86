"""One scenario, both ways: as news arrives, and with everything known on day one.

A planner that knows of no danger fills storage just enough; one that knows all prepares. The truth lies
between, so every run reports both numbers. Law: realised objective under surprise ≥ foreseen, but where force majeure
lowers a contract's quantity below what had been taken before anybody knew: that gas stays taken under surprise only.
"""

from __future__ import annotations

import hashlib
import json
import shlex
import time
from collections.abc import Mapping, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from energysim.errors import InputError, suggest
from energysim.inputs.apply import apply_settings
from energysim.inputs.assemble import system_at
from energysim.inputs.assets import Daily, GasSystem
from energysim.inputs.events import check_events
from energysim.inputs.evidence import estimates_in_use
from energysim.inputs.horizon import Horizon, check_rivals
from energysim.inputs.read import Dataset, read_dataset, read_scenario, scenario_files
from energysim.inputs.scenario import Event, Foresight, Scenario
from energysim.model import frames
from energysim.model.ranges import face_range
from energysim.model.resident import OPTIONS
from energysim.model.solve import Solution
from energysim.results import FORMAT, Results
from energysim.simulate import Course, Progress, simulate
from energysim.studies.record import contract_periods, reported_stocks

PACKAGES = ("energysim", "pyomo", "highspy", "numpy", "scipy", "pandas")


def resolve(scenario: Scenario, dataset: Dataset | None = None) -> GasSystem:
    """The gas system of a scenario, settings applied, events not yet. Raises InputError with every problem."""
    dataset = dataset or read_dataset()
    problems, rivals, weather = _unknown_names(scenario, dataset)
    place = partial(scenario.where, default=scenario.id or "scenario")
    try:  # with what is known, so that settings and events are checked as well
        system = system_at(dataset, scenario.gas_year, weather, rivals, scenario.planner)
    except InputError as error:
        raise InputError(
            *problems, *(f"{place('gas_year')}: {scenario.gas_year}: {p}" for p in error.problems)
        ) from None
    for event in scenario.events:
        prefix = "" if event.where() else f"{place()}: "
        problems += [prefix + p for p in check_events(system, event.occurrences)]
    try:
        system = apply_settings(system, scenario.set, lambda path: f"{place('set', path)}: set")
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(*problems)
    return system


def _unknown_names(scenario: Scenario, dataset: Dataset) -> tuple[list[str], dict[str, str], str]:
    """What a scenario names that the data do not hold; and its rivals and weather as far as they are known."""
    place = partial(scenario.where, default=scenario.id or "scenario")
    problems, rivals, weather = [], dict(scenario.rivals), scenario.weather
    for path, name in scenario.rivals.items():
        wrong = check_rivals(dataset, {path: name})
        problems += [f"{place('rivals', path)}: {p}" for p in wrong]
        if wrong:
            del rivals[path]
    for source in scenario.sources:
        if source not in dataset.sources:
            problems.append(
                f"{place('sources', source)}: sources: unknown {source!r}{suggest(source, dataset.sources)}"
            )
    for event in scenario.events:
        for source in (event.source or "").split(";"):
            if source and source not in dataset.sources:
                where = event.where("source", default=place())
                hint = suggest(source, dataset.sources)
                problems.append(f"{where}: event {event.name!r}: source: unknown {source!r}{hint}")
    if weather not in ("normal", "design", "actual", *dataset.weather.winters):
        hint = suggest(weather, ("normal", "design", "actual", *dataset.weather.winters))
        known = "`normal`, `design`, `actual` or a winter on record such as `2011/12`"
        problems.append(f"{place('weather')}: weather: unknown {weather!r}; expected {known}{hint}")
        weather = "normal"
    return problems, rivals, weather


def run(
    scenario: Scenario | str,
    *,
    weather: str | None = None,
    foresight: Foresight | None = None,
    settings: Mapping[str, str] | None = None,
    dataset: Dataset | None = None,
    progress: Progress | None = None,
    command: str | None = None,
) -> Results:
    """Run a scenario (an id, `id/variant`, file path or Scenario) and return its results.

    weather, foresight, settings (`path: value`) override what the scenario says; `command` is kept in the
    manifest as the way to make the run again. The manifest holds the
    same scenario's outcome under the other foresight beside this one's. Raises EnergysimError.
    """
    began = time.perf_counter()
    dataset = dataset or read_dataset()
    name = scenario if isinstance(scenario, str) else scenario.id or "SCENARIO.yaml"
    command = command or command_line(name, weather, foresight, settings)
    scenario = adjusted(
        read_scenario(scenario) if isinstance(scenario, str) else scenario, weather, foresight, settings
    )
    system = resolve(scenario, dataset)
    main = simulate(system, scenario, progress=progress)
    other: Foresight = "foreseen" if scenario.foresight == "surprise" else "surprise"
    second = main if not scenario.events else simulate(system, scenario, foresight=other, progress=progress)
    courses = {main.foresight: main, other: second}
    manifest = _manifest(dataset, scenario, system, main, courses, command, time.perf_counter() - began)
    return collect(system, main, manifest)


def solve(
    system: GasSystem,
    events: Sequence[Event] = (),
    foresight: Foresight = "surprise",
    title: str = "a system built in code",
) -> Results:
    """Solve a system as it is, or with events laid over it, and return the frames.

    system: from `GasSystem.build`, `system_at` or `resolve`. Raises EnergysimError.
    """
    began = time.perf_counter()
    course = simulate(system, events, foresight=foresight)
    manifest = {
        "format": FORMAT,
        "run_id": "in-code",
        "scenario": {"id": "in_code", "title": title, "context": "", "sources": [], "weather": "", "events": []},
        "gas_year": system.label,
        "first_day": system.first_day.isoformat(),
        "last_day": system.last_day.isoformat(),
        "foresight": foresight,
        "outcomes": {foresight: outcome(system, course)},
        "undisturbed": None,
        "news": [],
        "eve_of_surprise": None,
        "replacements": None,
        "policy": {"stock": system.policy.stock, "value_of_lost_load": system.policy.value_of_lost_load,
                   "tie_breaking_cost": system.policy.tie_breaking_cost},
        "targets": [],
        "reported_stocks": [],
        "contract_periods": contract_periods(course.realised.believed),
        "remarks": list(system.remarks),
        "estimates": [],
        "certificates": [_certificate(p.solution) for p in course.plans],
        "versions": {p: version(p) for p in PACKAGES},
        "solver": {"name": "HiGHS", "options": OPTIONS},
        "seconds": round(time.perf_counter() - began, 2),
    }  # fmt: skip
    return collect(system, course, manifest)


def load_data(folder: Path | str | None = None) -> Dataset:
    """The shipped data tables (or another folder's): every row, rivals included. Raises InputError."""
    return read_dataset(Path(folder) if folder is not None else None)


def scenarios() -> dict[str, Scenario]:
    """Every shipped scenario by id."""
    return {name: read_scenario(name) for name in scenario_files()}


def adjusted(
    scenario: Scenario, weather: str | None, foresight: Foresight | None, settings: Mapping[str, str] | None
) -> Scenario:
    """The scenario with what the command line says on top."""
    changes: dict[str, Any] = {}
    if weather:
        changes["weather"] = weather
    if foresight:
        changes["foresight"] = foresight
    if settings:
        changes["set"] = {**scenario.set, **settings}
    said: dict[tuple[str, ...], str] = {("weather",): "--weather"} if weather else {}
    for path in settings or {}:
        said["set", path] = "--set"
    return scenario.model_copy(update=changes).noted(said)


def collect(system: GasSystem, course: Course, manifest: dict[str, Any]) -> Results:
    """The frames of a course: quantities of what happened, prices and bindings of the plans in force."""
    last = course.realised
    segments = [(system.day_of(p.day), p.solution) for p in course.plans]
    return Results(
        quantities=frames.quantities(last.believed, last.solution),
        balance=frames.balance(last.believed, last.solution),
        costs=frames.costs(last.solution),
        prices=frames.prices(system, segments),
        bindings=frames.bindings(system, segments),
        assets=frames.assets(last.believed),
        manifest=manifest,
    )


def outcome(system: GasSystem, course: Course) -> dict[str, float]:
    """The few numbers of a course that are compared: objective [kEUR], unserved gas and its protected part [GWh]."""
    solution = course.realised.solution
    span = solution.form.columns["curtailment"]
    cut = solution.values[span.slice].reshape(len(system.offtakes), -1).sum(axis=1)
    protected = np.array([system.demand_classes[o.demand_class].protected for o in system.offtakes.values()])
    by_kind = solution.cost_by_kind()
    return {
        "objective": round(solution.objective, 6),
        "costs": round(sum(v for k, v in by_kind.items() if k.startswith("cost_")), 6),
        "unserved_gas": round(float(cut.sum()), 6),
        "unserved_protected": round(float(cut[protected].sum()), 6) if len(cut) else 0.0,
    }


def _manifest(
    dataset: Dataset,
    scenario: Scenario,
    system: GasSystem,
    main: Course,
    courses: Mapping[Foresight, Course],
    command: str,
    seconds: float,
) -> dict[str, Any]:
    resolved = json.loads(scenario.model_dump_json(exclude_defaults=False))
    versions = {p: version(p) for p in PACKAGES}
    identity = json.dumps([dataset.digest, resolved, versions["energysim"], OPTIONS], sort_keys=True, default=str)
    horizon = Horizon(dataset, system.first_day, system.days, scenario.rivals)
    return {
        "format": FORMAT,
        "run_id": hashlib.sha256(identity.encode()).hexdigest()[:10],
        "scenario": resolved,
        "gas_year": scenario.gas_year,
        "first_day": system.first_day.isoformat(),
        "last_day": system.last_day.isoformat(),
        "foresight": main.foresight,
        "outcomes": {foresight: outcome(system, course) for foresight, course in sorted(courses.items())},
        "undisturbed": outcome(system, Course("surprise", main.plans[:1])) if len(main.plans) > 1 else None,
        "news": [
            {
                "date": p.day.isoformat(),
                "expected_unserved": outcome(system, Course(main.foresight, (p,)))["unserved_gas"],
            }
            for p in main.plans
        ],
        "eve_of_surprise": _eve(system, main),
        "replacements": replacements(system, main, scenario),
        "policy": {
            "stock": system.policy.stock,
            "value_of_lost_load": system.policy.value_of_lost_load,
            "tie_breaking_cost": system.policy.tie_breaking_cost,
        },
        "targets": [
            {"account": a.id, "date": system.date_of(t.day).isoformat(), "level": t.level, "price": t.shortfall_price}
            for a in system.accounts.values()
            for t in a.targets
        ],
        "reported_stocks": reported_stocks(system, horizon),
        "contract_periods": contract_periods(main.realised.believed),
        "remarks": list(system.remarks),
        "estimates": estimates_in_use(horizon, scenario.set),
        "certificates": [_certificate(p.solution) for p in main.plans],
        "data_digest": dataset.digest,
        "versions": versions,
        "solver": {"name": "HiGHS", "options": OPTIONS},
        "command": command,
        "seconds": round(seconds, 2),
    }


def _eve(system: GasSystem, course: Course) -> dict[str, Any] | None:
    """Callable stock on the morning of the first surprise, and how far it could lie elsewhere at equal cost."""
    if len(course.plans) < 2:
        return None
    before, day = course.plans[0].solution, system.day_of(course.plans[1].day)
    span = before.form.columns["inventory"]
    quantity = np.zeros(len(before.values))
    stocks = quantity[span.slice].reshape(span.shape)  # a view: accounts down, mornings across
    stocks[[a.callable for a in system.accounts.values()], day] = 1.0
    low, high = face_range(before.form, before, quantity)
    stock = float(quantity @ before.values)
    return {"date": system.date_of(day).isoformat(), "stock": stock, "lowest": low, "highest": high}


def replacements(system: GasSystem, course: Course, scenario: Scenario) -> dict[str, Any] | None:
    """What the course has more or less of than the plan before the first news [GWh], by source.

    `during`: from the first news to the end of the events that brought it; `year`: over the horizon.
    Nominations count by gas source, stores net of injection, then what is burnt as oil, what is cut, and
    `demand` with its sign turned (higher demand is negative); but for losses on the way all add to zero.
    """
    if len(course.plans) < 2:
        return None
    start = course.plans[1].day
    ends = [e.until for e in scenario.occurrences() if start in e.news(system.first_day)] or [system.last_day]
    last = min(max(ends), system.last_day)
    window = slice(system.day_of(start), system.day_of(last) + 1)
    before, after = (_sources_by_day(p.believed, p.solution) for p in (course.plans[0], course.realised))
    change = {name: after[name] - before[name] for name in after}
    return {
        "first": start.isoformat(),
        "last": last.isoformat(),
        "during": {name: round(float(series[window].sum()), 6) for name, series in change.items()},
        "year": {name: round(float(series.sum()), 6) for name, series in change.items()},
    }


def _sources_by_day(system: GasSystem, solution: Solution) -> dict[str, Daily]:
    """Source -> GWh/d into the system, with stores net and what is not served from gas."""
    total: dict[str, Daily] = {}

    def add(name: str, quantity: str, asset: str, sign: float = 1.0) -> None:
        total[name] = total.get(name, np.zeros(system.days)) + sign * daily[quantity][asset]

    names = ("nomination", "withdrawal", "injection", "fuel_switch")
    daily = {quantity: solution.by_day(quantity) for quantity in names}
    for route, (contract, _) in system.routes.items():
        add(contract.gas_source or contract.id, "nomination", route)
    for account in system.accounts:
        add(account, "withdrawal", account)
        add(account, "injection", account, -1.0)
    for offtake in daily["fuel_switch"]:
        add("fuel_switch", "fuel_switch", offtake)
    span = solution.form.columns["curtailment"]
    total["demand"] = -np.sum([o.demand for o in system.offtakes.values()], axis=0)
    total["curtailment"] = solution.values[span.slice].reshape(-1, system.days).sum(axis=0)
    return total


def _certificate(solution: Solution) -> dict[str, float]:
    c = solution.certificate
    return {
        "objective_with_tie": c.primal,
        "relative_gap": c.relative_gap,
        "bound_violation": c.bound_violation,
        "row_violation": c.row_violation,
        "dual_violation": c.dual_violation,
    }


def command_line(
    name: str, weather: str | None, foresight: Foresight | None, settings: Mapping[str, str] | None
) -> str:
    """The command that makes a run again."""
    options = {"--weather": weather, "--foresight": foresight}
    parts = ["energysim", "run", shlex.quote(name)]
    parts += [f"{option} {shlex.quote(value)}" for option, value in options.items() if value]
    parts += [f"--set {shlex.quote(f'{path}={value}')}" for path, value in (settings or {}).items()]
    return " ".join(parts)


def save_name(results: Results) -> str:
    """Folder name of a run: scenario and run id."""
    return f"{Path(results.manifest['scenario']['id'].replace('/', '--')).name}-{results.run_id}"
