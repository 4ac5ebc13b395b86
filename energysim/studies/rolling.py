"""Rolling plans: a planner who sees some days ahead, acts for the first of them, and looks again.

Between the two bounds of `foresight` (all known on day one; nothing known of an event before its date) stands the
planner who does know what is coming, but only within a window: a forecast of weather, prices and announced works.
Beyond the window a plan of the whole year speaks: what it leaves in store and takes under contracts later is
what a window must leave (`studies.window`). Every window is solved from the basis of the one before, moved on by the
days that have passed; what was done is then frozen in the programme of the whole horizon, whose costs are the
realised ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from energysim.errors import InputError
from energysim.inputs.assets import GasSystem
from energysim.inputs.events import apply_events
from energysim.inputs.scenario import Event, Scenario
from energysim.model.compile import Span, Vector, compile_system
from energysim.model.freeze import ACTIONS, STOCKS, freeze
from energysim.model.solve import Engine, Solution
from energysim.model.tie import tie_breaking
from energysim.simulate import Course, Plan, Progress, simulate
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
    """How a horizon goes under a planner who sees `window` days and plans anew every `step` days.

    system: as it will be, weather included. events: known from their `known_from` on, as always, and only within
    the window. guide: a plan of the same assets over the whole horizon that tells what later days are worth; default: this
    system's own, undisturbed. The course's last plan is what happened. Raises InputError and solver errors.
    """
    if not 1 <= step <= window <= system.days:
        raise InputError(
            f"a window of {window} days moved on by {step}: the step is 1 day or more, the window no shorter, and "
            f"the horizon has {system.days} days"
        )
    engine = engine or Engine()
    guide = guide or simulate(system).realised
    scenario = Scenario(title="rolling", gas_year="", foresight="surprise", events=tuple(events))
    columns, values = guide.solution.form.columns, guide.solution.values.copy()
    last: Solution | None = None
    for today in range(0, system.days, step):
        if progress:
            progress(f"rolling: {system.date_of(today)}")
        believed = apply_events(system, scenario.known_on(system.date_of(today), system.first_day))
        so_far = replace(guide, solution=replace(guide.solution, values=values))
        part = cut_out(believed, so_far, today, min(window, system.days - today))
        form = compile_system(part)
        last = engine.solve(form, tie_breaking(form, part), last.basis if last else None, shift=step if last else 0)
        _keep(values, columns, last, today, min(step, part.days))
    return Course("surprise", (_happened(system, scenario, guide, values),))


def _keep(values: Vector, columns: Mapping[str, Span], window: Solution, today: int, days: int) -> None:
    """Write what a window decided for its first days into the values of the whole horizon."""
    for names, later in ((ACTIONS, 0), (STOCKS, 1)):
        for name in names:
            span, part = columns[name], window.form.columns[name]
            whole = values[span.slice].reshape(span.shape)  # a view: it writes through
            decided = window.values[part.slice].reshape(part.shape)
            whole[..., today + later : today + later + days] = decided[..., later : later + days]


def _happened(system: GasSystem, scenario: Scenario, guide: Plan, values: Vector) -> Plan:
    """The programme of the whole horizon in which everything is done: what is left to find are costs and prices."""
    final = apply_events(system, scenario.occurrences())
    form = compile_system(final)
    frozen = freeze(form, replace(guide.solution, values=values), system.days)
    return Plan(system.first_day, final, Engine().solve(frozen, tie_breaking(frozen, system)))
