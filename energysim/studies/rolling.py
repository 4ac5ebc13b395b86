"""Rolling plans: a planner who sees some days ahead, acts for the first of them, and looks again.

Between the two bounds of `foresight` (all known on day one; nothing known of an event before its date) stands the
planner who does know what is coming, but only within a window: a forecast of weather, prices and announced works.
Beyond the window a plan of the whole year speaks: what it leaves in store and takes under contracts later is
what a window must leave (`studies.window`). Days for which notice comes too late keep what the last window (beyond it,
the plan of the year) ordered. Every window is solved from the basis of the one before, moved on by the days that have
passed; what was done is then frozen in the programme of the whole horizon, whose costs are the realised ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from energysim.errors import InputError
from energysim.inputs.assets import GasSystem
from energysim.inputs.events import apply_events
from energysim.inputs.scenario import Event, Scenario
from energysim.model.certificate import certify
from energysim.model.compile import Vector, compile_system
from energysim.model.freeze import ACTIONS, freeze
from energysim.model.solve import Engine, Solution
from energysim.model.tie import tie_breaking
from energysim.simulate import Course, Plan, Progress, remember, simulate
from energysim.studies.window import cut_out


def roll(
    system: GasSystem,
    events: Sequence[Event] = (),
    window: int = 30,
    step: int = 1,
    guide: Plan | None = None,
    engine: Engine | None = None,
    progress: Progress | None = None,
) -> Course:
    """How a horizon goes under a planner who sees `window` days and plans anew every `step` days and on news.

    system: as it will be, weather included. events: known from their `known_from` on, as always, and only within
    the window; what was ordered with notice stays ordered. guide: a plan of the same assets over the whole horizon
    that tells what later days are worth; default: this system's own, undisturbed. The course's last plan is what
    happened. Raises InputError and solver errors.
    """
    if not 1 <= step <= window <= system.days:
        raise InputError(
            f"a window of {window} days moved on by {step}: the step is 1 day or more, the window no shorter, and "
            f"the horizon has {system.days} days"
        )
    engine = engine or Engine()
    guide = guide or simulate(system).realised
    if guide.solution.form.columns != compile_system(system).columns:
        raise InputError("the guide is a plan of other assets or days; make it with `simulate` on the same system")
    scenario = Scenario(title="rolling", gas_year="", foresight="surprise", events=tuple(events))
    news = [system.day_of(d) for d in scenario.news_days(system.first_day, system.last_day)]
    so_far, last, before = guide, None, 0  # so far: what was done, then what is planned, then what the guide says
    for today in sorted({*range(0, system.days, step), *news}):
        if progress:
            progress(f"rolling: {system.date_of(today)}")
        believed = apply_events(system, scenario.known_on(system.date_of(today), system.first_day))
        if last:
            believed = remember(believed, so_far, today)
        part = cut_out(believed, so_far, today, min(window, system.days - today))
        form = compile_system(part)
        last = engine.solve(form, tie_breaking(form, part), last.basis if last else None, shift=today - before)
        so_far, before = _followed(so_far, believed, part, last, today), today
    return Course("surprise", (_happened(system, scenario, so_far),))


def _followed(plan: Plan, believed: GasSystem, part: GasSystem, window: Solution, today: int) -> Plan:
    """The plan of the whole horizon with a window's decisions in place of its own."""
    values, days = plan.solution.values.copy(), slice(today, today + part.days)

    def whole(name: str) -> Vector:
        """A view of the values of a quantity, ids down and days across: what is written to it stays."""
        span = plan.solution.form.columns[name]
        return values[span.slice].reshape(span.shape)

    def decided(name: str) -> Vector:
        span = window.form.columns[name]
        return window.values[span.slice].reshape(span.shape)

    for name in ACTIONS:
        whole(name)[..., days] = decided(name)
    whole("inventory")[:, today + 1 : days.stop + 1] = decided("inventory")[:, 1:]
    # a window does not see the oil that is kept for later days: what of it is brought meanwhile is brought all the same
    for stock, delivery, fuel in zip(
        whole("oil_stock"), whole("oil_delivery"), believed.fuel_switches.values(), strict=True
    ):
        delivery[days] += fuel.refill[days] - part.fuel_switches[fuel.id].refill
        burnt = sum(b for o, b in zip(plan.solution.form.columns["fuel_switch"].axes[0], whole("fuel_switch"), strict=True)
                    if believed.offtakes[str(o)].demand_class == fuel.id)  # fmt: skip
        stock[1:] = stock[0] + np.cumsum(delivery - burnt)
    duals, prices = plan.solution.duals.copy(), plan.solution.form.rows["node_balance"]
    in_force = duals[prices.slice].reshape(prices.shape)  # a view
    in_force[:, days] = window.duals[window.form.rows["node_balance"].slice].reshape(-1, part.days)
    return replace(plan, solution=replace(plan.solution, values=values, duals=duals))


def _happened(system: GasSystem, scenario: Scenario, done: Plan) -> Plan:
    """The programme of the whole horizon in which everything is done: what is left to find are the costs.

    Where all is fixed any node price is optimal; those of the windows in force are taken, and certified.
    """
    final = remember(apply_events(system, scenario.occurrences()), done, system.days)
    form = compile_system(final)
    frozen = freeze(form, done.solution, system.days)
    tie = tie_breaking(frozen, system)
    found, cost = Engine().solve(frozen, tie), frozen.objective + tie
    duals, planned = found.duals.copy(), done.solution
    duals[frozen.rows["node_balance"].slice] = planned.duals[planned.form.rows["node_balance"].slice]
    certificate = certify(frozen, cost, found.values, duals)
    reduced = cost - frozen.matrix.T @ duals
    return Plan(system.first_day, final, replace(found, duals=duals, reduced_costs=reduced, certificate=certificate))
