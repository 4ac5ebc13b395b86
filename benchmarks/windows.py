"""A year of rolling windows: 30 days from every morning on, with a demand forecast that is wrong the further it looks.

The windows are cut by `energysim.studies.window` out of a plan of the whole year, so that stocks, contracts and the
value of what is left are those a planner would have. All routes get the same windows, ready made.
"""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from types import MappingProxyType
from typing import Any

import numpy as np

from energysim.inputs.assets import GasSystem
from energysim.model.compile import compile_system
from energysim.model.solve import Engine, Solution
from energysim.model.tie import tie_breaking
from energysim.simulate import simulate
from energysim.studies.window import cut_out


def rolling_windows(year: GasSystem, days: int = 30, first: int = 0, count: int = 0, every: int = 1) -> list[GasSystem]:
    """Windows of `days` from the mornings first, first + every, …; count 0: as many as the year holds."""
    plan = simulate(year).realised
    starts = range(first, year.days - days + 1, every)
    return [_forecast(cut_out(year, plan, start, days), start) for start in (starts[:count] if count else starts)]


def solve_in_order(windows: list[GasSystem], step: int) -> dict[str, Any]:
    """Seconds and objective of every window, each from the basis of the last one moved on by `step` days."""
    engine, last = Engine(), None
    seconds, objectives = [], []
    for window in windows:
        start = perf_counter()
        form = compile_system(window)
        solution: Solution = engine.solve(
            form, tie_breaking(form, window), last.basis if last else None, shift=step if last else 0
        )
        objectives.append(solution.objective)
        seconds.append(perf_counter() - start)
        last = solution
    return {"setup": 0.0, "seconds": seconds, "objectives": objectives}


def _forecast(window: GasSystem, start: int) -> GasSystem:
    """The window with another demand forecast: exact today, up to 15 % wrong in four weeks."""
    rng = np.random.default_rng([13, start])
    ahead = np.arange(window.days)
    factor = np.clip(1 + np.minimum(0.02 * np.sqrt(ahead), 0.15) * rng.standard_normal(window.days), 0.5, 1.5)
    offtakes = {o.id: replace(o, demand=o.demand * factor) for o in window.offtakes.values()}
    return replace(window, offtakes=MappingProxyType(offtakes))
