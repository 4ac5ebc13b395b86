"""A sweep: one scenario, many values of any of its inputs. A study on the protocol of `studies.study`.

A case is the scenario with one value on every axis; its labels are those values, numbers with the unit in the
label's name. Where a break-even is asked, a case is a whole search: one for each combination of the axes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd

from energysim.errors import InputError
from energysim.inputs.apply import apply_settings
from energysim.inputs.assemble import system_at
from energysim.inputs.assets import GasSystem
from energysim.inputs.axis import Axis, Value
from energysim.inputs.read import read_dataset
from energysim.inputs.scenario import Scenario
from energysim.inputs.sweep_file import MEASURES, StudyFile
from energysim.inputs.vary import Search, varied
from energysim.model.resident import OPTIONS
from energysim.studies import designs, sensitivity
from energysim.studies.atlas import survival_time
from energysim.studies.break_even import break_even
from energysim.studies.study import TRACE, Case, Row, Scalar, Workbench, numbers, unserved_by_day

Builder = Callable[[Scenario], GasSystem]
"""Makes the system of a scenario before its settings; a function of a module, so that other processes find it."""
BASE = ("gas_year", "weather", "rivals", "planner")
"""Keys of a scenario from which the system is made before its settings."""
KEPT = 64
"""So many systems before their settings are kept by a process."""
UNITS_INSIDE = {"energy": "GWh", "rate": "GWh/d", "days": "d", "money": "kEUR"}
"""Unit of the rows, by what a measure is a quantity of."""


@dataclass
class SweepBench(Workbench):
    """A workbench that remembers the system of every weather, gas year, rival and planner it has met."""

    bases: dict[str, GasSystem] = field(default_factory=dict)

    def knows(self, scenario: Scenario) -> bool:
        """Whether the scenario's system before its settings is at hand."""
        return _key(scenario) in self.bases


@dataclass(frozen=True)
class Sweep:
    """A scenario and the values it is solved with.

    rows: the values of every case in the order of the design, axis by axis (a design may repeat one).
    inputs: digest of the data; build: makes the system, None: from the shipped data.
    """

    file: StudyFile
    scenario: Scenario
    axes: tuple[Axis, ...]
    rows: tuple[tuple[Value, ...], ...]
    search: Search | None = None
    inputs: str = ""
    build: Builder | None = None

    @property
    def name(self) -> str:
        """The id of the study file."""
        return self.file.id or "sweep"

    @property
    def digest(self) -> str:
        """Hash of data, scenario, days of the axes, break-even, version and solver options; not of the values."""
        said = json.loads(self.scenario.model_dump_json(exclude={"variants"}))
        built = f"{self.build.__module__}.{self.build.__qualname__}" if self.build else ""
        days = [(a.label, str(a.start), str(a.until)) for a in self.axes if a.start or a.until]
        identity = json.dumps(
            ["sweep", self.inputs, built, said, days, repr(self.search), version("energysim"), OPTIONS], sort_keys=True
        )
        return hashlib.sha256(identity.encode()).hexdigest()[:20]

    @property
    def options(self) -> dict[str, Any]:
        """What was asked, for the casebook: enough to draw its rows without the study file."""
        said = {
            "scenario": self.scenario.id,
            "title": self.file.title,
            "file": self.file.model_dump(mode="json", by_alias=True),
        }
        search = asdict(self.search) if self.search else None
        return {**said, "axes": [asdict(a) for a in self.axes], "search": search}

    def labels(self, row: Sequence[Value]) -> dict[str, Value]:
        """Labels of a row of the design."""
        own: dict[str, Value] = {axis.label: value for axis, value in zip(self.axes, row, strict=True)}
        return own | ({"break_even": self.search.axis.label} if self.search else {})

    def cases(self) -> Sequence[Case]:
        """Every combination once, in the order of the design."""
        return [Case(self.labels(row)) for row in dict.fromkeys(self.rows)]

    def prepare(self) -> SweepBench:
        """The scenario's own system. Raises InputError."""
        if self.build is None and read_dataset().digest != self.inputs:
            raise InputError(
                "the data here are not those of the study; install the same version of energysim everywhere"
            )
        return self.new_bench()

    def new_bench(self) -> SweepBench:
        """A workbench with the scenario's own system. Raises InputError."""
        base, settings = self.base(self.scenario), self.scenario.set
        return SweepBench(apply_settings(base, settings) if settings else base, bases={_key(self.scenario): base})

    @property
    def units(self) -> dict[str, str]:
        """Unit of the columns that only this study has."""
        if self.search is None:
            return {"survival_time": "d"}
        own, measured = self.search.axis.unit or "1", UNITS_INSIDE[MEASURES[self.search.measure]]
        return {"value": own, "holds_at": own, "exceeds_at": own, "at_low": measured, "at_high": measured}

    def solve(self, bench: Workbench, case: Case) -> Row:
        """The findings of a case, or of a break-even search, whose values are in the unit of what is moved."""
        chosen = [(axis, case.labels[axis.label]) for axis in self.axes]
        if self.search is None:
            return self._findings(bench, chosen)  # type: ignore[arg-type]
        search, axis = self.search, self.search.axis
        objectives: list[Scalar] = []

        def measured(value: float) -> float:
            at: Value = int(value) if axis.kind == "days" else value
            found = self._findings(bench, [*chosen, (axis, at)])  # type: ignore[list-item]
            objectives.append(found["objective"])
            return float(found[search.measure] or 0.0)

        limit = search.limit + (0.0 if search.measure == "cut_days" else TRACE)
        found = break_even(measured, search.low, search.high, search.tolerance, limit, axis.kind == "days")
        return {
            "outcome": found.outcome,
            "value": found.value,
            "holds_at": found.holds_at,
            "exceeds_at": found.exceeds_at,
            "at_low": found.at_low,
            "at_high": found.at_high,
            "runs": found.runs,
            "monotone": found.monotone,
            "objective": objectives[0],  # of the lower end, by which a cold start is compared
        }

    def solve_cold(self, bench: Workbench, case: Case) -> Row:
        """The same from systems built anew and a fresh solver."""
        return self.solve(self.prepare(), case)

    def _findings(self, bench: Workbench, chosen: Iterable[tuple[Axis, Value]]) -> Row:
        scenario = varied(self.scenario, chosen)
        system = self.system_of(bench, scenario)
        course = bench.course(scenario.events, scenario.foresight, system)
        cut = unserved_by_day(system, course)
        days = np.flatnonzero(cut > TRACE)
        start = _first_surprise(scenario, system)
        return {
            **numbers(system, course),
            "first_cut": system.date_of(int(days[0])).isoformat() if len(days) else None,
            "survival_time": None if start is None else survival_time(np.where(np.arange(system.days) < start, 0.0, cut), start),
        }  # fmt: skip

    def system_of(self, bench: Workbench, scenario: Scenario) -> GasSystem:
        """The system of a changed scenario, settings applied. Raises InputError."""
        key = _key(scenario)
        if key == _key(self.scenario) and scenario.set == self.scenario.set:
            return bench.system  # only events or foresight differ
        bases = bench.bases if isinstance(bench, SweepBench) else {}
        if key not in bases:
            while len(bases) >= KEPT:
                bases.pop(next(iter(bases)))
            bases[key] = self.base(scenario)
        return apply_settings(bases[key], scenario.set) if scenario.set else bases[key]

    def base(self, scenario: Scenario) -> GasSystem:
        """The system of a scenario before its settings. Raises InputError."""
        if self.build is not None:
            return self.build(scenario)
        return system_at(read_dataset(), scenario.gas_year, scenario.weather, scenario.rivals, scenario.planner)

    def sensitivity(self, cases: pd.DataFrame) -> pd.DataFrame:
        """Sensitivity of the study's measure to its axes, from the rows of a casebook; see `sensitivity.indices`."""
        assert self.file.sensitivity is not None
        labels = [a.label for a in self.axes]
        found = {tuple(row[:-1]): row[-1] for row in cases[[*labels, self.file.measure]].itertuples(index=False)}
        measured = np.array([found.get(row, np.nan) for row in self.rows], dtype=float)
        where = design_shares(self.file, len(self.axes))
        return sensitivity.indices(self.file.sensitivity, labels, where, measured, self.file.seed)


def _key(scenario: Scenario) -> str:
    """What the system of a scenario before its settings depends on."""
    return scenario.model_dump_json(include=set(BASE))


def _first_surprise(scenario: Scenario, system: GasSystem) -> int | None:
    """The first day of the first event that was not known from day one; None if there is none."""
    starts = [system.day_of(o.start) for o in scenario.occurrences() if o.known_from != "day_one"]
    inside = [s for s in starts if 0 <= s < system.days]
    return min(inside) if inside else None


def design_shares(file: StudyFile, axes: int) -> designs.Shares:
    """The sampled design of a study, the same every time."""
    assert file.samples is not None
    if file.sensitivity:
        return sensitivity.shares(file.sensitivity, axes, file.samples, file.seed)
    return designs.shares(str(file.design), axes, file.samples, file.seed)
