"""THE STORY, one screen: read the news, plan, act until the next news, remember.

On every day that brings news the planner lays what is *known* over the system, plans to the horizon and
keeps the plan until the next news. What has been done is frozen by bounds in a programme of the same rows
and columns, so the last plan is what happened. Perfect foresight is the special case in which everything is known on
day one: a bound on what can be had, never the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from energysim.inputs.assets import Daily, GasSystem
from energysim.inputs.events import apply_events
from energysim.inputs.scenario import Event, Foresight, Scenario
from energysim.model.compile import compile_system
from energysim.model.freeze import freeze
from energysim.model.solve import Engine, Solution
from energysim.model.tie import tie_breaking

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What was planned on a day, with what was known then."""

    day: date
    believed: GasSystem
    solution: Solution


@dataclass(frozen=True)
class Course:
    """How a horizon went: the plans in order; the last one is what happened."""

    foresight: Foresight
    plans: tuple[Plan, ...]

    @property
    def realised(self) -> Plan:
        """The last plan, whose past is what happened and whose future nothing changed."""
        return self.plans[-1]


def simulate(
    system: GasSystem,
    scenario: Scenario | Sequence[Event] = (),
    foresight: Foresight | None = None,
    engine: Engine | None = None,
    progress: Progress | None = None,
    first: Plan | None = None,
) -> Course:
    """Play a scenario's events on a system; settings are already in it.

    foresight: `surprise` (each event is known from its own date) or `foreseen` (all from day one);
    default: what the scenario says. first: the plan of the first day, if someone has made it already (see
    `studies.study.Workbench`). Raises InputError, InfeasibleError, SolverError.
    """
    if not isinstance(scenario, Scenario):
        scenario = Scenario(title="events", gas_year="", events=tuple(scenario))
    foresight = foresight or scenario.foresight
    scenario = scenario.model_copy(update={"foresight": foresight})
    engine = engine or Engine()
    plans: list[Plan] = [first] if first else []
    for news in scenario.news_days(system.first_day, system.last_day)[len(plans) :]:
        if progress:
            progress(f"{foresight}: planning on {news}")
        believed = apply_events(system, scenario.known_on(news, system.first_day))
        if plans:
            believed = remember(believed, plans[-1], system.day_of(news))
        form = compile_system(believed)
        if plans:
            form = freeze(form, plans[-1].solution, system.day_of(news))
        start = plans[-1].solution.basis if plans else None
        plans.append(Plan(news, believed, engine.solve(form, tie_breaking(form, system), start)))
    return Course(foresight, tuple(plans))


def remember(system: GasSystem, plan: Plan, today: int) -> GasSystem:
    """What the last plan binds: gas and oil that need notice, quantities already taken."""
    nominated, burnt = plan.solution.by_day("nomination"), plan.solution.by_day("fuel_switch")
    for contract in system.contracts.values():
        planned = np.sum([nominated[r.id] for r in contract.routes], axis=0)
        taken = [float(planned[p.first : min(p.last + 1, today)].sum()) for p in contract.periods]
        periods = tuple(replace(p, quantity=max(p.quantity, t)) for p, t in zip(contract.periods, taken, strict=True))
        notified = within_notice(planned, today, contract.notice_days)
        system = system.with_asset("contracts", replace(contract, periods=periods, notified=notified))
    for fuel in system.fuel_switches.values():
        switching = [o.id for o in system.offtakes.values() if o.demand_class == fuel.demand_class]
        limits = {o: within_notice(burnt[o], today, fuel.notice_days) for o in switching}
        system = system.with_asset("fuel_switches", replace(fuel, notified=limits))
    return system


def within_notice(planned: Daily, today: int, notice_days: int) -> Daily:
    """Upper limit by day: until today plus notice no more than was planned, no limit after."""
    limit = np.full(len(planned), np.inf)
    soon = slice(today, today + notice_days)
    limit[soon] = np.clip(planned[soon], 0.0, None)
    return limit
