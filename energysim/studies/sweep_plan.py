"""From a study file to a sweep: every value and combination is tried on the inputs before anything is solved.

All problems are told at once, each on the line of the study file where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import replace

from energysim.errors import InputError
from energysim.inputs.axis import Axis, Value, read_values, split_key
from energysim.inputs.events import check_events
from energysim.inputs.read import Dataset, read_dataset, read_scenario
from energysim.inputs.scenario import Scenario
from energysim.inputs.sweep_file import AxisSpec, BreakEvenSpec, StudyFile
from energysim.inputs.vary import Search, read_axis, read_search, varied
from energysim.studies import designs
from energysim.studies.foresight import adjusted, resolve
from energysim.studies.sweep import Builder, Sweep, SweepBench, design_shares

CHECKED = 1000
"""So many combinations of values are tried on the inputs before anything is solved."""
SHOWN = 5
"""So many like problems are listed before they are counted."""
PLACE = re.compile(r"^(?:[^\s:]+\.ya?ml:\d+|--\S+): ")


def plan_sweep(
    file: StudyFile, dataset: Dataset | None = None, scenario: Scenario | None = None, build: Builder | None = None
) -> Sweep:
    """The sweep of a study file, every value tried on the inputs. Raises InputError with every problem at once.

    scenario, build: instead of the scenario that the file names and the shipped data, for a system built in code.
    """
    if build is None:
        dataset = dataset or read_dataset()
        scenario = scenario_of(file) if scenario is None else scenario
        resolve(scenario, dataset)
    assert scenario is not None
    draft = Sweep(file, scenario, (), (), None, dataset.digest if dataset else "", build)
    bench = draft.new_bench()
    problems: list[str] = []
    axes, columns = _axes(draft, bench, problems)
    search = _search(draft, bench, problems)
    _refuse_same_path(file, axes, search, problems)
    for axis in [*axes, *([search.axis] if search else [])]:
        problems += _check_axis(draft, bench, axis, search)
    sweep = replace(draft, axes=axes, search=search)
    if not problems:
        try:
            sweep = replace(sweep, rows=_rows(file, axes, columns))
        except InputError as error:
            problems += [f"{_where(file, 'vary')}: {p}" for p in error.problems]
    problems += _check_rows(sweep, bench) if not problems else []
    if problems:
        raise InputError(*problems)
    return sweep


def scenario_of(file: StudyFile) -> Scenario:
    """The scenario of a study file with what the file sets on top."""
    try:
        scenario = read_scenario(file.scenario)
    except InputError as error:
        place = _where(file, "scenario")
        raise InputError(*(p if PLACE.match(p) else f"{place}: scenario: {p}" for p in error.problems)) from None
    settings = {path: value for path, value in file.set.items()}
    changed = adjusted(scenario, file.weather, file.foresight, settings)  # type: ignore[arg-type]
    lines = {("weather",): _where(file, "weather")} if file.weather else {}
    return changed.noted(lines | {("set", path): _where(file, "set", path) for path in settings})


def _where(file: StudyFile, *location: str) -> str:
    return file.where(*location, default=file.id or "study")


def _axes(draft: Sweep, bench: SweepBench, problems: list[str]) -> tuple[tuple[Axis, ...], list[tuple[Value, ...]]]:
    """The axes of a study and, for listed cases, the values of each axis case by case."""
    file, scenario, system = draft.file, draft.scenario, bench.system
    axes: list[Axis] = []
    columns: list[tuple[Value, ...]] = []
    for key, spec in file.vary.items():
        try:
            axes.append(read_axis(key, spec, system, scenario))
        except InputError as error:
            problems += [f"{_where(file, 'vary', key)}: vary: {key}: {p}" for p in error.problems]
    for key in file.list[0] if file.list else ():
        written = tuple(case[key] for case in file.list)
        try:
            axis = read_axis(key, AxisSpec(values=tuple(dict.fromkeys(written))), system, scenario)
            columns.append(read_values(written, axis.kind, split_key(key)[1])[0])
            axes.append(axis)
        except InputError as error:
            problems += [f"{_where(file, 'list', '0', key)}: list: {key}: {p}" for p in error.problems]
    return tuple(axes), columns


def _search(draft: Sweep, bench: SweepBench, problems: list[str]) -> Search | None:
    """The break-even search of a study; a problem that begins with a key stands on that key's line."""
    file = draft.file
    if file.break_even is None:
        return None
    try:
        return read_search(file.break_even, file.measure, bench.system, draft.scenario)
    except InputError as error:
        for problem in error.problems:
            key = problem.partition(":")[0].partition(" ")[0]
            place = _where(file, "break_even", key if key in BreakEvenSpec.model_fields else "path")
            problems.append(f"{place}: break_even: {problem}")
        return None


def _refuse_same_path(file: StudyFile, axes: Sequence[Axis], search: Search | None, problems: list[str]) -> None:
    paths = [a.path for a in axes]
    for path in dict.fromkeys(p for p in paths if paths.count(p) > 1):
        problems.append(f"{_where(file, 'vary')}: vary: {path} stands twice; keep one")
    if search and search.axis.path in paths:
        problems.append(
            f"{_where(file, 'break_even', 'path')}: break_even: {search.axis.path} is varied as well; keep one"
        )


def _rows(file: StudyFile, axes: Sequence[Axis], columns: Sequence[tuple[Value, ...]]) -> tuple[tuple[Value, ...], ...]:
    if file.list:
        return tuple(zip(*columns, strict=True))
    if file.sampled:
        return tuple(designs.values_at(axes, design_shares(file, len(axes))))
    return tuple(designs.grid(axes))


def _check_axis(draft: Sweep, bench: SweepBench, axis: Axis, search: Search | None) -> list[str]:
    """What keeps single values of an axis from being solved, on the line where they stand."""
    file, problems = draft.file, []
    key = next((k for k in file.vary if split_key(k)[0] == axis.path), "")
    searched = search is not None and search.axis is axis
    for k, value in enumerate(axis.ends):
        inner = "low" if k == 0 else "high"
        place = _where(file, "break_even", inner) if searched else _where(file, "vary", key, str(k))
        place = _where(file, "list") if file.list else place
        kind = "break_even" if searched else "vary" if key else "list"
        for problem in _wrong(draft, bench, [(axis, value)]):
            problems.append(f"{place}: {kind}: {axis.path}: {_said(axis, value)}{problem}")
    return _some(problems)


def _said(axis: Axis, value: Value) -> str:
    return f"{axis.written(value)}: " if axis.numeric or axis.kind == "date" else ""


def _check_rows(sweep: Sweep, bench: SweepBench) -> list[str]:
    """What keeps combinations of values from being solved, each kind of problem once."""
    if len(sweep.axes) < 2:
        return []
    rows = list(dict.fromkeys(sweep.rows))
    step = max(1, -(-len(rows) // CHECKED))
    problems: dict[str, str] = {}
    for k in range(0, len(rows), step):
        chosen = list(zip(sweep.axes, rows[k], strict=True))
        for problem in _wrong(sweep, bench, chosen):
            place = _where(sweep.file, *(("list", str(k)) if sweep.file.list else ("vary",)))
            combination = ", ".join(f"{a.path} {a.written(v)}" for a, v in chosen)
            problems.setdefault(problem, f"{place}: {combination}: {problem}")
    return _some(list(problems.values()))


def _some(problems: list[str]) -> list[str]:
    """The first problems of many alike, and how many more there are."""
    if len(problems) <= SHOWN:
        return problems
    first, _, _ = problems[0].partition(": ")
    return [*problems[:SHOWN], f"{first}: and {len(problems) - SHOWN} more like these"]


def _wrong(sweep: Sweep, bench: SweepBench, chosen: Sequence[tuple[Axis, Value]]) -> list[str]:
    """What keeps values from being applied to the inputs, without the place where it stands."""
    told = {"set", "rivals", *(a.path for a, _ in chosen), *(a.path.partition(".")[2] for a, _ in chosen)}
    try:
        scenario = varied(sweep.scenario, chosen)
        if sweep.build is None and not bench.knows(scenario):
            resolve(scenario, read_dataset())  # its messages know the names that are meant
        system = sweep.system_of(bench, scenario)
    except InputError as error:
        return [_plainly(p, told) for p in error.problems]
    same_days = system.first_day == bench.system.first_day
    changed = [e for e in scenario.events if e not in sweep.scenario.events or not same_days]
    return [_plainly(p, told) for e in changed for p in check_events(system, e.occurrences)]


def _plainly(problem: str, told: Container[str]) -> str:
    """A problem without the place and the path that its line begins with anyway."""
    problem = PLACE.sub("", problem)
    first, _, rest = problem.partition(": ")
    while rest and first in told:
        problem = rest
        first, _, rest = problem.partition(": ")
    return problem
