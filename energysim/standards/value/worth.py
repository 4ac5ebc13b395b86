"""What a plan is worth in money: costs, missed targets and unserved gas kept apart, at three values of lost load.

One sign everywhere in `value` and `projects`: **a value is what is saved, positive where more of it helps**.

A plan is made at the scenario's own value of lost load; what it leaves unserved is then priced at low, mid and high.
So the three figures are of one plan, and differ by the price of harm alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np

from energysim.inputs.assets import DemandClass, GasSystem, LossCase
from energysim.inputs.demand_tables import read_demand_classes
from energysim.inputs.horizon import Horizon
from energysim.inputs.scenario import Planner
from energysim.model.compile import Vector
from energysim.model.solve import Solution
from energysim.standards.subject import Subject

CASES: tuple[LossCase, ...] = ("low", "mid", "high")
"""Columns of the table of values of lost load."""
UNSERVED, TARGETS = "penalty_curtailment", "penalty_filling_shortfall"
"""The two kinds of harm."""

LostLoad = Mapping[LossCase, Mapping[str, DemandClass]]
"""Case -> class id -> the class with its depth steps at that case's prices [EUR/MWh]."""


@dataclass(frozen=True)
class Money:
    """What a horizon costs [kEUR]; also what is saved between two (`before - after`).

    costs: as invoiced; targets: missed filling targets at their price, a rule of prudence and nobody's invoice;
    low, mid, high: unserved gas at the three values of lost load; unserved: how much it is [GWh].
    """

    costs: float
    targets: float
    low: float
    mid: float
    high: float
    unserved: float

    def __sub__(self, other: Money) -> Money:
        return Money(*(a - b for a, b in zip(self._parts(), other._parts(), strict=True)))

    def harm(self, case: LossCase) -> float:
        """Unserved gas at one value of lost load [kEUR]."""
        return float(getattr(self, case))

    def total(self, case: LossCase = "mid") -> float:
        """Costs and all harm [kEUR]: the programme's objective at that value of lost load."""
        return self.costs + self.targets + self.harm(case)

    def _parts(self) -> tuple[float, ...]:
        return self.costs, self.targets, self.low, self.mid, self.high, self.unserved


def lost_load(subject: Subject) -> LostLoad:
    """The demand classes of a subject at low, mid and high value of lost load, from its data."""
    system = subject.system
    horizon = Horizon(subject.dataset, system.first_day, system.days, subject.scenario.rivals)
    found = {c: read_demand_classes(horizon, Planner(value_of_lost_load=c)) for c in CASES}
    return {case: {c.id: c for c in classes} for case, classes in found.items()}


def same_lost_load(system: GasSystem) -> LostLoad:
    """The classes of a system built in code, which states one value of lost load."""
    return dict.fromkeys(CASES, system.demand_classes)


def money(system: GasSystem, solution: Solution, prices: LostLoad) -> Money:
    """What a plan costs, and its harm at the three values of lost load."""
    by_kind = solution.cost_by_kind()
    span = solution.form.columns["curtailment"]
    cut = solution.values[span.slice].reshape(span.shape).sum(axis=2)
    harm = {case: float(np.sum(_steps(system, prices[case], span.shape[1]) * cut)) for case in CASES}
    costs = sum(v for k, v in by_kind.items() if k.startswith("cost_"))
    return Money(costs, by_kind.get(TARGETS, 0.0), harm["low"], harm["mid"], harm["high"], float(cut.sum()))


def _steps(system: GasSystem, classes: Mapping[str, DemandClass], steps: int) -> Vector:
    """Value of lost load by offtake and step [EUR/MWh]."""
    found = np.zeros((len(system.offtakes), steps))
    for k, offtake in enumerate(system.offtakes.values()):
        values = [v for _, v in classes[offtake.demand_class].steps]
        found[k, : len(values)] = values
    return cast(Vector, found)
