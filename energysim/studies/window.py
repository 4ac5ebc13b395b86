r"""Part of a horizon as a gas system of its own, guided by a plan of the whole: for sampled winters and rolling plans.

A window must not behave as if the world ended with it. What ties its days to the others is taken from a plan
of the whole horizon (usually the one in which nothing happens):

* **stocks** open at the plan's level, and what is left on the window's last evening $e$ is worth what the later
  days give for it: with $y$ the duals and $A$ the rows of the plan, for account $a$

$$v_a = \sum_{r \,\in\, \text{rows after } e} A_{r,\,\mathit{inventory}_{a,e}}\; y_r \qquad [\mathrm{EUR/MWh}]$$

  that is, of the rows in which that stock stands all but the balance of the last day and targets on that
  evening, which are the window's own;
* **contract periods** are clipped; of quantity and take-or-pay only what the plan does not take outside is left
  (of later days no more than the contract can still bring);
* **oil** that the plan keeps to burn after the window is left out of its tanks and refills;
* **targets** on mornings outside are dropped.

By duality the plan's own days are then an optimum of the window, and the objectives of windows that tile a
horizon, closing stocks counted once, add to the objective of the whole (`tests/test_window.py`).

A single price for stored gas would let a shortage empty every store on the window's last days. So $v_a$ holds only at
the planned stock: below it the value rises in equal steps to that of the cheapest lost load, above it it falls to
nothing. That rise is a choice of this project, on the safe side where the window ends in winter;
`remaining_values` computes the true steps by planning the days that remain from several stocks.

Ids of contracts, periods, offtakes, accounts and fuels are those of the whole horizon, so that all windows of a
length have the same rows but for targets; a period outside the window stays on its first day, without effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from energysim.errors import InputError, suggest
from energysim.inputs.assets import (
    Climate,
    Contract,
    Daily,
    FuelSwitch,
    GasSystem,
    Offtake,
    Period,
    StorageAccount,
)
from energysim.inputs.force_majeure import deliverable
from energysim.inputs.scenario import Event
from energysim.inputs.soundness import DAILY_TYPE
from energysim.model.solve import Solution
from energysim.simulate import Course, Plan
from energysim.studies.study import Workbench

STEPS = 4
"""Steps of closing value below the planned stock, and as many above."""
NOTHING = 1e-9
"""GWh of take-or-pay that stay where nothing is left to take, so that the row remains."""

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

A = TypeVar("A", bound="DataclassInstance")

ClosingValues = Mapping[str, tuple[tuple[float, float], ...]]
"""Account -> steps of (width [GWh], value [EUR/MWh]), falling, from an empty store upwards."""


def cut_out(
    system: GasSystem,
    plan: Course | Plan,
    first_day: date | int,
    days: int,
    openings: Mapping[str, float] | None = None,
    closing: ClosingValues | None = None,
) -> GasSystem:
    """The days from `first_day` on as a system of their own, guided by a plan of the whole horizon.

    plan: of this system or of one with the same assets and days. openings: account or fuel -> stock on the first
    morning [GWh], where it is not the plan's. closing: account -> steps of closing value, where they are not to
    follow from the plan's duals. Raises InputError.
    """
    span = _span(system, first_day, days)
    guide = _Guide(system, plan.realised if isinstance(plan, Course) else plan, span)
    openings, closing = dict(openings or {}), dict(closing or {})
    _check_names(system, openings, closing)
    changed: dict[str, Any] = {
        table: _keyed(_sliced(a, span) for a in getattr(system, table).values())
        for table in ("pipelines", "upstream", "sites", "offtakes", "sales")
    }
    changed["contracts"] = _keyed(_contract(c, guide) for c in system.contracts.values())
    changed["fuel_switches"] = _keyed(_fuel(f, guide, openings) for f in system.fuel_switches.values())
    dearest = min((c.steps[0][1] for c in system.demand_classes.values() if c.cuttable and c.steps), default=0.0)
    changed["accounts"] = _keyed(_account(a, guide, openings, closing, dearest) for a in system.accounts.values())
    temperature, climate = system.temperature, system.climate
    if temperature is not None:
        lead = len(temperature) - system.days
        climate = None if climate is None else ClimateWindow(climate, temperature, span.start, lead, days)
        temperature = temperature[span.start : span.stop + lead]
    first = system.date_of(span.start)
    return replace(system, first_day=first, days=days, temperature=temperature, climate=climate, **changed)


def within(system: GasSystem, events: Sequence[Event]) -> list[Event]:
    """The occurrences of events that touch a system's days; a window refuses the others as outside its horizon."""
    occurrences = [o for e in events for o in e.occurrences]
    return [o for o in occurrences if o.until >= system.first_day and o.start <= system.last_day]


def marginal_value(system: GasSystem, solution: Solution, account: str, evening: int) -> float:
    """What the days from `evening` on give for one more GWh in store on that morning [EUR/MWh]; 0 at the horizon's end.

    From the plan's duals, see the formula at the head; never below 0.
    """
    if evening >= system.days:
        return 0.0
    form, k = solution.form, list(system.accounts).index(account)
    column = form.columns["inventory"].start + k * (system.days + 1) + evening
    entries = slice(form.matrix.indptr[column], form.matrix.indptr[column + 1])
    rows, coefficients = form.matrix.indices[entries], form.matrix.data[entries]
    own = rows == form.rows["inventory_balance"].start + k * system.days + evening - 1
    if "filling_target" in form.rows:
        targets = form.rows["filling_target"]
        own |= (rows >= targets.start) & (rows < targets.stop)
    return max(0.0, float(coefficients[~own] @ solution.duals[rows[~own]]))


def closing_steps(
    planned: float, volume: float, value: float, dearest: float, steps: int = STEPS
) -> tuple[tuple[float, float], ...]:
    """Value of what is left, in steps from an empty store upwards: (width [GWh], value [EUR/MWh]), falling.

    Below the planned stock the value rises in equal steps from `value` to `dearest` when empty, above it it
    falls towards nothing when full.
    """
    planned, rise = min(max(planned, 0.0), volume), max(dearest - value, 0.0)
    below = [(planned / steps, value + rise * k / steps) for k in range(steps, 0, -1)]
    above = [((volume - planned) / steps, value * (1 - k / (steps + 1))) for k in range(1, steps + 1)]
    return (*below, *above)


def remaining_values(
    bench: Workbench, plan: Course | Plan, evening: int, points: int = STEPS
) -> dict[str, tuple[tuple[float, float], ...]]:
    """Steps of closing value on an evening from what the days after it cost when they open on more or less stock.

    One account at a time, the others as planned: value = fall of the objective per GWh between neighbouring
    stocks, `points` below the planned stock and as many above; made to fall. Empty at the horizon's end, where the
    accounts' own closing values hold. Raises EnergysimError.
    """
    system = bench.system
    if evening >= system.days:
        return {}
    guide = _Guide(system, plan.realised if isinstance(plan, Course) else plan, slice(0, evening))
    found = {}
    for account in system.accounts.values():
        if not account.callable or account.volume <= 0:
            continue
        planned = guide.stock(account, evening)
        levels = np.unique(
            np.round(np.r_[np.linspace(0, planned, points + 1), np.linspace(planned, account.volume, points + 1)], 9)
        )
        costs = []
        for level in levels:
            rest = cut_out(system, plan, evening, system.days - evening, openings={account.id: float(level)})
            costs.append(bench.course(system=rest).realised.solution.objective)
        values = [(a - b) / (y - x) for (x, a), (y, b) in pairwise(zip(levels, costs, strict=True))]
        falling = np.clip(np.minimum.accumulate(values), 0.0, None)
        found[account.id] = tuple(zip(np.diff(levels).tolist(), falling.tolist(), strict=True))
    return found


@dataclass(frozen=True)
class ClimateWindow:
    """A climate of which only some days are looked at; outside them the weather is the horizon's own."""

    climate: Climate
    usual: Daily
    first: int
    lead: int
    days: int

    def offtakes(self, temperature: Daily) -> list[Offtake]:
        """Offtakes of the window's days; the series starts `lead` days before the first of them."""
        whole = self.usual.copy()
        whole[self.first : self.first + self.lead + self.days] = temperature
        span = slice(self.first, self.first + self.days)
        return [_sliced(replace(o, demand=np.asarray(o.demand)), span) for o in self.climate.offtakes(whole)]


class _Guide:
    """What a window needs of the plan: stocks on its mornings, and what is taken outside it."""

    def __init__(self, system: GasSystem, plan: Plan, span: slice) -> None:
        self.system, self.solution, self.span = system, plan.solution, span
        days = system.days
        self.nominated = dict(zip(system.routes, self._by_asset("nomination", days), strict=True))
        self.inventory = dict(zip(system.accounts, self._by_asset("inventory", days + 1), strict=True))
        self.oil = dict(zip(system.fuel_switches, self._by_asset("oil_stock", days + 1), strict=True))

    def _by_asset(self, quantity: str, length: int) -> Daily:
        found = self.solution.form.columns.get(quantity)
        values = np.zeros(0) if found is None else self.solution.values[found.slice]
        return values.reshape(-1, length)

    def stock(self, account: StorageAccount, morning: int) -> float:
        """Planned stock of an account [GWh], within what it can hold."""
        return float(np.clip(self.inventory[account.id][morning], 0.0, account.volume))


def _span(system: GasSystem, first_day: date | int, days: int) -> slice:
    first = system.day_of(first_day)
    if days < 1 or first < 0 or first + days > system.days:
        raise InputError(
            f"a window of {days} days from {system.date_of(first)} lies outside the horizon {system.first_day} to "
            f"{system.last_day}; choose days within it"
        )
    return slice(first, first + days)


def _check_names(system: GasSystem, openings: Mapping[str, float], closing: ClosingValues) -> None:
    stocks = {a.id: a.volume for a in system.accounts.values()} | dict.fromkeys(system.fuel_switches, np.inf)
    problems = [f"openings: unknown account or fuel {n!r}{suggest(n, stocks)}" for n in openings if n not in stocks]
    problems += [f"closing: unknown account {n!r}{suggest(n, system.accounts)}" for n in closing if n not in stocks]
    problems += [
        f"openings: {name}: {stock:g} GWh; a stock lies between 0 and {stocks[name]:g} GWh"
        for name, stock in openings.items()
        if name in stocks and not -1e-6 <= stock <= stocks[name] + 1e-6
    ]
    if problems:
        raise InputError(*problems)


def _keyed(assets: Any) -> Mapping[str, Any]:
    return MappingProxyType({a.id: a for a in assets})


def _sliced(asset: A, span: slice) -> A:
    """The asset with every daily series cut to the days."""
    changes: dict[str, Any] = {f.name: getattr(asset, f.name)[span] for f in fields(asset) if f.type == DAILY_TYPE}
    return replace(asset, **changes)


def _contract(contract: Contract, guide: _Guide) -> Contract:
    taken = np.sum([guide.nominated[r.id] for r in contract.routes], axis=0)
    later = slice(guide.span.stop, None)  # what force majeure has taken away the plan will not take
    taken[later] = np.fmin(taken, deliverable(contract, guide.system))[later]
    periods = tuple(_period(p, contract, taken, guide.span) for p in contract.periods)
    routes = tuple(_sliced(r, guide.span) for r in contract.routes)
    return replace(_sliced(contract, guide.span), routes=routes, periods=periods)


def _period(period: Period, contract: Contract, taken: Daily, window: slice) -> Period:
    """The part of a period that lies in the window, less what the plan takes outside it."""
    first, last = max(period.first, window.start), min(period.last, window.stop - 1)
    pledge = NOTHING if period.take_or_pay > 0 else 0.0
    if first > last:  # stays in name, on a day whose daily quantity limits more
        return replace(
            period,
            first=0,
            last=0,
            quantity=max(period.quantity, float(contract.dcq[window.start])),
            take_or_pay=pledge,
        )
    outside = max(0.0, float(taken[period.first : period.last + 1].sum() - taken[first : last + 1].sum()))
    return replace(
        period,
        first=first - window.start,
        last=last - window.start,
        quantity=max(period.quantity - outside, pledge),
        take_or_pay=max(period.take_or_pay - outside, pledge),
    )


def _fuel(fuel: FuelSwitch, guide: _Guide, openings: Mapping[str, float]) -> FuelSwitch:
    """A class's oil: what is in the tanks and can be brought, less what the plan keeps to burn after the window."""
    tanks, window = guide.oil[fuel.id], guide.span
    stock, refill = tanks[window.start : window.stop + 1].copy(), fuel.refill[window].copy()
    kept = float(tanks[window.stop] - tanks[window.stop :].min())
    spared = max(0.0, min(kept, float(stock.min())))
    opening, stock, kept = max(0.0, float(stock[0]) - spared), stock - spared, kept - spared
    for d in reversed(range(len(refill))):  # what the tanks do not hold yet must not be burnt when it comes
        spared = min(kept, float(refill[d]), float(stock[d + 1 :].min()))
        if spared > NOTHING:
            refill[d], kept = refill[d] - spared, kept - spared
            stock[d + 1 :] -= spared
    notified = {offtake: limit[window] for offtake, limit in fuel.notified.items()}
    return replace(
        _sliced(fuel, window), oil_stock=openings.get(fuel.id, opening), refill=_read_only(refill), notified=notified
    )


def _account(
    account: StorageAccount,
    guide: _Guide,
    openings: Mapping[str, float],
    closing: ClosingValues,
    dearest: float,
) -> StorageAccount:
    window, end = guide.span, guide.span.stop
    if account.id in closing:
        values = closing[account.id]
    elif end == guide.system.days:
        values = account.closing_values
    else:
        value = marginal_value(guide.system, guide.solution, account.id, end)
        values = closing_steps(guide.stock(account, end), account.volume, value, dearest)
    mornings = range(window.start + (window.start > 0), end + 1)
    opening = openings.get(account.id, guide.stock(account, window.start))
    return replace(
        _sliced(account, window),
        route=account.route and _sliced(account.route, window),
        opening=min(max(opening, 0.0), account.volume),
        targets=tuple(replace(t, day=t.day - window.start) for t in account.targets if t.day in mornings),
        closing_values=_padded(values),
    )


def _read_only(series: Daily) -> Daily:
    series.setflags(write=False)
    return series


def _padded(values: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    """As many steps in every window: steps without width at the end."""
    missing = 2 * STEPS - len(values)
    return (*values, *[(0.0, values[-1][1])] * missing) if values else values
