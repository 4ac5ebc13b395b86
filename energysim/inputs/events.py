"""apply_events(system, events) -> another system: events laid over their days by the rules of `inputs.scenario`.

A pure edit, no mathematics; force majeure then pro-rates what was promised.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from energysim.errors import InputError
from energysim.inputs.assets import Daily, GasSystem
from energysim.inputs.force_majeure import pro_rate
from energysim.inputs.paths import POSSIBLE, RATE_FIELD, SCALED, find_assets, repriced
from energysim.inputs.scenario import Event
from energysim.units import REPORTING_GCV, Dimension, parse

_DIMENSION: dict[str, Dimension] = {
    "available": "share",
    "capacity": "rate",
    "lost": "rate",
    "added": "rate",
    "price": "price",
    "price_change": "price",
    "temperature_change": "temperature",
}


@dataclass(frozen=True)
class Effect:
    """An event in numbers: its weight by day (1 while it lasts, falling on the ramp) and its value."""

    event: Event
    weight: Daily
    value: float


def check_events(system: GasSystem, events: Sequence[Event]) -> list[str]:
    """One line for everything that keeps an event from being applied to this system, with its line if it has one."""
    problems: dict[tuple[str, ...], str] = {}
    for event in events:
        for key, problem in _event_problems(system, event):
            where = event.where(key)
            line = f"{where}{': ' if where else ''}event {event.name!r}: {event.asset}: {problem}"
            problems.setdefault((where, event.name, event.asset, key), line)  # a repeated event is told of once
    return list(problems.values())


def _event_problems(system: GasSystem, event: Event) -> Iterator[tuple[str, str]]:
    """(key of the event, what is wrong with it)."""
    if event.start > system.last_day or event.until < system.first_day:
        days = f"{system.first_day} to {system.last_day}"
        yield "start", f"{event.start} to {event.until} lies outside the gas year {days}"
    if event.ramp_days and event.quantity in ("capacity", "price"):
        yield "ramp_days", f"`ramp_days` goes with a share or a change, not with `{event.quantity}`"
    try:
        table, assets = find_assets(system, event.asset)
    except InputError as error:
        yield from (("asset", p) for p in error.problems)
        return
    if event.quantity not in POSSIBLE[table]:
        yield event.quantity, f"`{event.quantity}` cannot be said of {table}; possible: {', '.join(POSSIBLE[table])}"
        return
    try:
        for asset in assets or [None]:
            _value(event, asset)
    except InputError as error:
        yield from ((event.quantity, p) for p in error.problems)
    if event.quantity == "lost" and any(np.isinf(getattr(a, RATE_FIELD[table])).any() for a in assets):
        yield "lost", "`lost` needs a stated capacity and this asset has none; use `capacity` or name the contract"
    if event.quantity == "available" and any(_unlimited(a, table) for a in assets) and not _all_or_nothing(event):
        yield (
            "available",
            (
                "a part or a ramp of an asset without a stated capacity says nothing; use `capacity`, or `available: 0` "
                "without ramp_days, or name the contract"
            ),
        )
    if table == "weather" and system.climate is None:
        yield "asset", "this system has no climate, so its weather cannot change"


def _unlimited(asset: Any, table: str) -> bool:
    return table in RATE_FIELD and bool(np.isinf(getattr(asset, RATE_FIELD[table])).any())


def _all_or_nothing(event: Event) -> bool:
    try:
        return _value(event, None) in (0.0, 1.0) and not event.ramp_days
    except InputError:  # told elsewhere
        return True


def apply_events(system: GasSystem, events: Sequence[Event]) -> GasSystem:
    """The system with events laid over their days. Raises InputError with every problem."""
    problems = check_events(system, events)
    if problems:
        raise InputError(*problems)
    struck = _strike(_apply_weather(system, events), events)
    excused = [e for e in events if e.force_majeure and e.quantity in ("available", "capacity", "lost")]
    if not excused:
        return struck
    as_excused = struck if len(excused) == len(events) else _strike(system, excused)
    return pro_rate(system, as_excused, struck)


def _strike(system: GasSystem, events: Sequence[Event]) -> GasSystem:
    """Every touched asset with its events."""
    touched: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        table, assets = find_assets(system, event.asset)
        for asset in assets:
            touched.setdefault((table, asset.id), []).append(event)
    for (table, name), own in touched.items():
        system = system.with_asset(table, _struck(system, table, getattr(system, table)[name], own))
    return system


def _apply_weather(system: GasSystem, events: Iterable[Event]) -> GasSystem:
    changes = [e for e in events if e.asset.partition(".")[0] == "weather"]
    if not changes or system.climate is None or system.temperature is None:
        return system
    temperature = system.temperature.copy()
    lead = len(temperature) - system.days
    for event in changes:
        temperature[lead:] += _weight(system, event) * _value(event, None)
    usual = {o.id: np.asarray(o.demand) for o in system.climate.offtakes(system.temperature)}
    for offtake in system.climate.offtakes(temperature):
        current = system.offtakes.get(offtake.id, offtake)
        scale = np.divide(current.demand, usual[offtake.id], out=np.ones(system.days), where=usual[offtake.id] > 0)
        system = system.with_asset("offtakes", replace(offtake, demand=offtake.demand * scale))  # keeps settings
    return replace(system, temperature=temperature)


def _struck(system: GasSystem, table: str, asset: Any, events: list[Event]) -> Any:
    """One asset with its events, in the order of the rules."""
    effects = [Effect(e, _weight(system, e), _value(e, asset)) for e in events]
    share = np.ones(system.days)
    for e in _of(effects, "available"):
        share = np.minimum(share, 1 - e.weight * (1 - e.value))
    for e in _of(effects, "demand_factor"):
        asset = replace(asset, demand=asset.demand * (1 + e.weight * (e.value - 1)))
    if _of(effects, "capacity", "lost", "added"):
        asset = _limited(asset, table, share, effects)
    elif table in SCALED:
        asset = replace(asset, **{SCALED[table]: getattr(asset, SCALED[table]) * share})
    else:
        asset = replace(asset, available=asset.available * share)
    if table in ("contracts", "sales"):
        price = asset.price.copy()
        for e in _of(effects, "price"):
            price = np.where(e.weight > 0, e.value, price)
        for e in _of(effects, "price_change"):
            price = price + e.weight * e.value
        asset = repriced(asset, price)
    return asset


def _limited(asset: Any, table: str, share: Daily, effects: list[Effect]) -> Any:
    """An asset whose rate is limited, lowered or raised, the share that works included."""
    rate = getattr(asset, RATE_FIELD[table])
    working = np.where(share > 0, rate, 0.0) * np.where(np.isinf(rate), 1.0, share)
    for e in _of(effects, "capacity"):
        working = np.where(e.weight > 0, np.minimum(working, e.value), working)
    lost = sum((e.weight * e.value for e in _of(effects, "lost")), np.zeros_like(rate))
    added = sum((e.weight * e.value for e in _of(effects, "added")), np.zeros_like(rate))
    left = np.clip(working - lost, 0, None)
    if table == "upstream":  # a partial loss is shared pro rata with what is reserved for others
        known = np.isfinite(rate) & (rate > 0)
        kept = np.divide(left, rate, out=np.ones_like(rate), where=known)
        return replace(asset, capacity=np.where(known, rate, left) + added, available=asset.available * kept)
    changes: dict[str, Any] = {RATE_FIELD[table]: left + added}
    if table == "contracts":
        raised = [float((added[p.first : p.last + 1]).sum()) for p in asset.periods]
        changes["periods"] = tuple(
            replace(p, quantity=p.quantity + more) for p, more in zip(asset.periods, raised, strict=True)
        )
    return replace(asset, **changes)


def _of(effects: list[Effect], *quantities: str) -> list[Effect]:
    return [e for e in effects if e.event.quantity in quantities]


def _weight(system: GasSystem, event: Event) -> Daily:
    """1 on the days of the event, falling linearly over `ramp_days` after it."""
    weight = np.zeros(system.days)
    start, stop = system.day_of(event.start), system.day_of(event.until) + 1
    weight[max(0, start) : max(0, stop)] = 1.0
    for k in range(event.ramp_days):
        if 0 <= stop + k < system.days:
            weight[stop + k] = 1 - (k + 1) / (event.ramp_days + 1)
    return weight


def _value(event: Event, asset: Any) -> float:
    written = getattr(event, event.quantity)
    if event.quantity == "demand_factor":
        return float(written)
    value = parse(written, _DIMENSION[event.quantity], getattr(asset, "gcv_kwh_per_m3", None) or REPORTING_GCV)
    if value < 0 and event.quantity not in ("price_change", "temperature_change"):
        raise InputError(f"{event.quantity} {written!r} is negative; use 0 or more")
    return value
