r"""Trigger stock levels, "stay above this line": the guard curve behind which a named outage hurts nobody protected.

For each day $t$ the line is the smallest callable stock with which, in a winter met once in twenty years and with the
outage striking on that day for so many days, the customers in question are served in full from $t$ to the end of winter:

$$R_t = \min \sum_a \mathit{inventory}_{a,0} \quad \text{subject to the laws of the days } t \dots T
  \text{ and no curtailment of the customers}$$

Each account may hold what serves best, so a stock above the line in the wrong store can still be too little. Where even full
stores do not suffice there is no line, and what is missing then is given instead.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from energysim.inputs.assets import Daily, GasSystem
from energysim.simulate import Plan
from energysim.standards.endurance.survival import Emergency
from energysim.standards.supply.serving import SERVED, Recourse


@dataclass(frozen=True)
class Trigger:
    """A line on one day [GWh]."""

    day: int
    line: str
    level: float | None
    """Smallest sufficient stock; None where even full stores do not suffice."""
    shortage: float
    """What the customers lack with full stores; 0 where there is a line."""


@dataclass(frozen=True)
class Line:
    """Whom a line protects, and whether gas under notice comes only once that has passed."""

    name: str
    offtakes: Collection[str]
    notice: bool = True


def trigger_levels(
    system: GasSystem, plan: Plan, asset: str, length: int, days: Sequence[int], end: int, lines: Sequence[Line]
) -> list[Trigger]:
    """The lines on some days. system: in the weather to be survived; end: the last day that must be served.

    plan: followed until the outage strikes; of it count what contracts have brought and gas under notice, not its stocks.
    """
    found = []
    for day in days:
        recourse, windows = Recourse(), dict[bool, GasSystem]()  # one programme a day: its rows are that window's
        for line in lines:
            if line.notice not in windows:
                windows[line.notice] = Emergency(system, plan, day, end - day + 1, line.notice).window(asset, length)
            window = windows[line.notice]
            level = recourse.load(window).least_stock(line.offtakes)
            shortage = 0.0 if level is not None else recourse.load(_full(window)).least_cut(line.offtakes)
            found.append(Trigger(day, line.name, level, shortage))
    return found


def sampled_days(demand: Sequence[float] | Daily, first: int, end: int, step: int = 7) -> dict[int, tuple[int, ...]]:
    """First day of each week -> the days of it that are looked at: the first, and the one of highest demand [GWh/d]."""
    found = {}
    for start in range(first, end + 1, step):
        week = np.asarray(demand[start : min(start + step, end + 1)])
        found[start] = tuple(sorted({start, start + int(week.argmax())}))
    return found


def over_week(triggers: Sequence[Trigger]) -> tuple[float | None, float]:
    """The line of a week [GWh]: the highest of its days, None if one has none; and the largest shortage."""
    levels = [t.level for t in triggers]
    known = [level for level in levels if level is not None]
    return max(known) if len(known) == len(levels) else None, max(t.shortage for t in triggers)


def _full(system: GasSystem) -> GasSystem:
    for account in system.accounts.values():
        if account.callable:
            system = system.with_asset("accounts", replace(account, opening=account.volume))
    return system


def callable_stock(system: GasSystem, plan: Plan) -> Daily:
    """Callable stock of a plan on every morning and the last evening [GWh]."""
    stock = plan.solution.by_day("inventory")
    own = [stock[a.id] for a in system.accounts.values() if a.callable]
    return np.asarray(np.sum(own or [np.zeros(system.days + 1)], axis=0))


def first_below(stock: Sequence[float], line: Sequence[float | None]) -> int | None:
    """Position of the first day on which a stock lies below the line [GWh] or no line exists; None: never."""
    for k, (held, level) in enumerate(zip(stock, line, strict=True)):
        if level is None or np.isnan(level) or held < level - SERVED:
            return k
    return None
