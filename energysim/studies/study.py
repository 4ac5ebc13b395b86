"""Many runs of one kind: what a study is, what a case is, and what a process keeps between cases.

A study names its cases and solves one of them at a time on a workbench; who solves which, in what order
and on how many machines is `studies.campaign`'s business, and where the rows are kept is `casebook`'s.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np

from energysim.inputs.assets import Daily, GasSystem
from energysim.inputs.scenario import Event, Foresight, Scenario
from energysim.model.solve import Engine
from energysim.simulate import Course, Plan, simulate

Scalar = str | float | int | bool | None
Row = dict[str, Scalar]
"""One line of a casebook: the labels of a case, then what was found."""

TRACE = 1e-3
"""GWh/d below which gas does not count as cut."""


@dataclass(frozen=True)
class Case:
    """One run of a study: the labels say what is asked, completely, and stand in its row."""

    labels: Mapping[str, Scalar]

    def key(self, digest: str) -> str:
        """Content address: the study's digest and the labels, nothing else."""
        text = json.dumps([digest, dict(self.labels)], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:20]


class Study(Protocol):
    """What `campaign` needs of a study. Studies are small, frozen and can be pickled."""

    @property
    def name(self) -> str:
        """`atlas`, `montecarlo` or `sweep`."""

    @property
    def digest(self) -> str:
        """Hash of everything but the labels that moves a case's numbers: data, scenario, version, options."""

    def cases(self) -> Sequence[Case]:
        """All cases, in a fixed order."""

    def prepare(self) -> Workbench:
        """Done once in every process: the base system and its solver."""

    def solve(self, bench: Workbench, case: Case) -> Row:
        """The findings of one case (labels not repeated); the same whatever was solved before. Raises EnergysimError."""


@dataclass
class Workbench:
    """What a process keeps between cases: the undisturbed system and a resident solver."""

    system: GasSystem
    engine: Engine = field(default_factory=Engine)
    _first_plans: dict[tuple[Event, ...], Plan] = field(default_factory=dict)

    @cached_property
    def undisturbed(self) -> Course:
        """The plan of the base system in which nothing happens; its basis is where every case starts."""
        return simulate(self.system, engine=self.engine)

    def course(
        self, events: Sequence[Event] = (), foresight: Foresight = "foreseen", system: GasSystem | None = None
    ) -> Course:
        """How the base system (or a changed one) fares under events; the same bits whatever was solved before."""
        _ = self.undisturbed  # first of all, so that every case starts from its basis and none from another case's
        first = self._first_plan(events, foresight) if system is None or system is self.system else None
        return simulate(system or self.system, events, foresight=foresight, engine=self.engine, first=first)

    def _first_plan(self, events: Sequence[Event], foresight: Foresight) -> Plan | None:
        """The plan of day one of the base system, which surprises later in the year share; None if nothing is shared."""
        plan = self.undisturbed.realised
        scenario = Scenario(title="first plan", gas_year="", foresight=foresight, events=tuple(events))
        if len(scenario.news_days(self.system.first_day, self.system.last_day)) == 1:
            return None
        known = tuple(scenario.known_on(self.system.first_day, self.system.first_day))
        if not known:
            return plan
        if known not in self._first_plans:
            self._first_plans = {known: simulate(self.system, known, "foreseen", engine=self.engine).realised}
        return self._first_plans[known]


def unserved_by_day(system: GasSystem, course: Course, protected_only: bool = False) -> Daily:
    """Curtailment of all offtakes, or of protected classes, by gas day [GWh/d]."""
    solution = course.realised.solution
    span = solution.form.columns["curtailment"]
    cut = solution.values[span.slice].reshape(len(system.offtakes), -1, system.days).sum(axis=1)
    if protected_only:
        cut = cut[[system.demand_classes[o.demand_class].protected for o in system.offtakes.values()]]
    return np.asarray(cut.sum(axis=0))


def numbers(system: GasSystem, course: Course) -> Row:
    """The findings that every study reports: gas in GWh, money in kEUR, days in d."""
    by_day = unserved_by_day(system, course)
    by_kind = course.realised.solution.cost_by_kind()
    return {
        "unserved_gas": round(float(by_day.sum()), 6),
        "unserved_protected": round(float(unserved_by_day(system, course, protected_only=True).sum()), 6),
        "worst_day": round(float(by_day.max(initial=0.0)), 6),
        "cut_days": int((by_day > TRACE).sum()),
        "costs": round(sum(v for k, v in by_kind.items() if k.startswith("cost_")), 6),
        "penalties": round(sum(v for k, v in by_kind.items() if k.startswith("penalty_")), 6),
        "objective": round(course.realised.solution.objective, 6),
        "relative_gap": round(course.realised.solution.certificate.relative_gap, 9),
    }
