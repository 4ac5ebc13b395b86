r"""How long an outage can last before a class of customers is cut, with recourse; and the rule of thumb beside it.

The outage strikes on a day on which nobody knew of it; its length is known when it starts. The *survival time* of a
class is the largest whole number of days it may last such that this class and every class above it in the order of cuts
are served in full from that day to the end of the window (so the days after the outage, with emptied stores, count),
while lower classes may be cut as needed and everything else is done for them: other suppliers within their notice,
stores, oil. A longer outage leaves less, so halving finds it.

The rule of thumb divides the stock by the deficit, $T = S / \max(0, L - C)$: callable stock outside the lost asset,
gas that the undisturbed plan takes through it, demand of those who may be cut. It knows neither the rate at which a store
can deliver nor the gas that can come another way.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from energysim.inputs.assets import Daily, GasSystem
from energysim.inputs.events import apply_events
from energysim.inputs.scenario import Event
from energysim.model.compile import StandardForm, compile_system
from energysim.simulate import Plan, remember
from energysim.standards.subject import ABROAD
from energysim.standards.supply.serving import SERVED, Recourse
from energysim.studies.atlas_assets import JOINT
from energysim.studies.window import cut_out

THUMB_DAYS = 30
"""Days from the start over which the rule of thumb takes its means."""


@dataclass(frozen=True)
class Survival:
    """What an outage of an asset came to for one class and all above it."""

    asset: str
    demand_class: str
    days: int | None
    """Longest outage [d]; the window's length: and more. None: customers are cut without any outage."""
    missing: float
    """Least cut of these customers if the asset is out for the whole window [GWh]."""
    thumb: float | None
    """Rule of thumb [d]; None where nothing is lacking."""


@dataclass(frozen=True)
class Emergency:
    """The days that an outage strikes in: a system in its weather, the plan that was followed until then."""

    system: GasSystem
    plan: Plan
    start: int
    days: int
    notice: bool = True
    """Whether gas and oil that need notice can only come once it has passed."""

    def window(self, asset: str, length: int) -> GasSystem:
        """The days from the start on, with an asset (or several joined by `+`) out for the first so many of them."""
        system = struck(self.system, asset, self.start, min(length, self.days))
        if self.notice:
            system = remember(system, self.plan, self.start)
        return cut_out(system, self.plan, self.start, self.days)


def struck(system: GasSystem, asset: str, start: int, length: int) -> GasSystem:
    """The system with an asset, or several joined by `+`, out for so many days from a day on."""
    if length < 1 or not asset:
        return system
    first = system.date_of(start)
    until = first + timedelta(days=length - 1)
    return apply_events(
        system, [Event(name=p, asset=p, start=first, until=until, available=0.0) for p in asset.split(JOINT)]
    )


def classes_from(system: GasSystem, demand_class: str) -> tuple[str, ...]:
    """Offtakes of a class and of all classes above it in the order of cuts; those abroad only if the class is theirs."""
    classes = system.demand_classes
    abroad = {o.id for o in system.offtakes.values() if system.nodes[o.node].kind == ABROAD}
    return tuple(
        o.id
        for o in system.offtakes.values()
        if classes[o.demand_class].cut_order >= classes[demand_class].cut_order
        and (o.id not in abroad or o.demand_class == demand_class)
    )


def survival(
    emergency: Emergency, assets: Sequence[str], groups: Mapping[str, Collection[str]], recourse: Recourse | None = None
) -> list[Survival]:
    """Survival times of groups of customers (name -> offtakes) under the outage of each asset, asset by asset."""
    recourse, found = recourse or Recourse(), []
    intact = {name: recourse.load(emergency.window("", 0)).least_cut(whom) for name, whom in groups.items()}
    for asset in assets:
        windows = _Windows(emergency, asset)
        known: list[tuple[set[str], int]] = []
        for name, whom in groups.items():
            if intact[name] > SERVED:
                found.append(Survival(asset, name, None, intact[name], None))
                continue
            shortest = max([d for others, d in known if others >= set(whom)], default=0)  # who asks less lasts longer
            days, missing = _longest(windows, recourse, whom, shortest)
            known.append((set(whom), days))
            found.append(Survival(asset, name, days, missing, rule_of_thumb_of(emergency, asset, whom)))
    return found


class _Windows:
    """The windows of one asset's outages by length, each compiled once."""

    def __init__(self, emergency: Emergency, asset: str) -> None:
        self.emergency, self.asset = emergency, asset
        self._made: dict[int, tuple[GasSystem, StandardForm]] = {}

    def __getitem__(self, length: int) -> tuple[GasSystem, StandardForm]:
        if length not in self._made:
            window = self.emergency.window(self.asset, length)
            self._made[length] = window, compile_system(window)
        return self._made[length]


def _longest(windows: _Windows, recourse: Recourse, whom: Collection[str], shortest: int) -> tuple[int, float]:
    """Longest outage that these customers survive, at least `shortest`, and what they lack in the longest looked at."""
    longest = windows.emergency.days
    if shortest == longest:
        return longest, 0.0
    missing = recourse.load(*windows[longest]).least_cut(whom)
    if missing <= SERVED:
        return longest, 0.0
    held, beyond, middle = (
        shortest,
        longest,
        shortest + 1,
    )  # most outages are survived for as long as asked, or not at all
    while beyond - held > 1:
        if recourse.load(*windows[middle]).least_cut(whom) <= SERVED:
            held = middle
        else:
            beyond = middle
        middle = (held + beyond) // 2
    return held, missing


def rule_of_thumb(stock: float, lost: float, cuttable: float) -> float | None:
    """Stock ÷ deficit [d], deficit = max(0, lost − cuttable) [GWh/d]; None without a deficit. A rule of thumb only."""
    deficit = max(0.0, lost - cuttable)
    return stock / deficit if deficit > 0 else None


def rule_of_thumb_of(emergency: Emergency, asset: str, whom: Collection[str]) -> float | None:
    """The rule of thumb for some customers: means over the first days, stock of the plan on the first morning."""
    system, start = emergency.system, emergency.start
    days = slice(start, start + min(THUMB_DAYS, emergency.days))
    others = [o.demand[days].mean() for o in system.offtakes.values() if o.id not in whom]
    lost = float(passing(system, emergency.plan, asset)[days].mean())
    return rule_of_thumb(stock_outside(system, emergency.plan, asset, start), lost, float(sum(others)))


def passing(system: GasSystem, plan: Plan, asset: str) -> Daily:
    """Gas that a plan takes through an asset, or through several joined by `+`, by day [GWh/d]."""
    hit = {part.partition(".")[::2] for part in asset.split(JOINT)}
    solution, total = plan.solution, np.zeros(system.days)
    for route, series in solution.by_day("nomination").items():
        contract, way = system.routes[route]
        if ("contracts", contract.id) in hit or any(("upstream", u) in hit for u in way.path):
            total = total + series
    for account, series in solution.by_day("withdrawal").items():
        if _stored_behind(system, account, hit):
            total = total + series
    for pipe, series in solution.by_day("flow").items():
        if ("pipelines", pipe) in hit:
            total = total + series
    return total


def stock_outside(system: GasSystem, plan: Plan, asset: str, day: int) -> float:
    """Callable stock of a plan on a morning that does not stand behind an asset [GWh]."""
    hit = {part.partition(".")[::2] for part in asset.split(JOINT)}
    stock = plan.solution.by_day("inventory")
    own = [a.id for a in system.accounts.values() if a.callable and not _stored_behind(system, a.id, hit)]
    return float(sum(stock[a][day] for a in own))


def _stored_behind(system: GasSystem, account: str, hit: Collection[tuple[str, ...]]) -> bool:
    found = system.accounts[account]
    ways = found.route.path if found.route else ()
    return ("accounts", account) in hit or ("sites", found.site) in hit or any(("upstream", u) in hit for u in ways)


def days_to_first_cut(cut: Sequence[float] | Daily, start: int, trace: float = 1e-3) -> int | None:
    """Whole days from a start to the first day on which more than a trace is cut [d]; 0: on that very day. None: never.

    cut: curtailment by day [GWh/d]. Source: this model's course of the scenario, as it is played.
    """
    days = np.flatnonzero(np.asarray(cut, dtype=float)[start:] > trace)
    return int(days[0]) if len(days) else None
