"""apply(system, settings and events) -> another system: pure edits, no mathematics.

`apply_settings` changes stated values of assets; `apply_events` lays events over their days by the rules
of `inputs.scenario`; force majeure then pro-rates quantities and take-or-pay by the contract days lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from energysim.errors import InputError, suggest
from energysim.inputs.assets import Contract, Daily, GasSystem, Period, StorageAccount
from energysim.inputs.scenario import Event, Setting
from energysim.inputs.soundness import check_system
from energysim.units import REPORTING_GCV, Dimension, parse

FIELDS: dict[str, dict[str, Dimension]] = {
    "contracts": {"dcq": "rate", "price": "price", "notice_days": "days"},
    "upstream": {"capacity": "rate", "reserved": "rate"},
    "pipelines": {"capacity": "rate", "tariff": "price"},
    "accounts": {
        "volume": "energy",
        "opening": "energy",
        "withdrawal_capacity": "rate",
        "injection_capacity": "rate",
        "withdrawal_cost": "price",
        "injection_cost": "price",
        "holding_cost": "price",
        "callable": "share",
    },
    "sites": {"withdrawal_capacity": "rate", "injection_capacity": "rate"},
    "sales": {"capacity": "rate", "price": "price"},
    "fuel_switches": {"oil_stock": "energy", "switchable": "share", "oil_price": "price", "notice_days": "days"},
    "offtakes": {"demand_factor": "share"},
}
"""What `set` can change: table -> field -> dimension."""

ALIASES = {"production": "contracts", "prices": "contracts"}
"""Other names of a table in paths: fields of production and prices belong to a contract."""

RATE_FIELD = {"contracts": "dcq", "upstream": "capacity", "pipelines": "capacity", "sales": "capacity"}
SCALED = {"offtakes": "demand", "fuel_switches": "switchable", "sales": "capacity"}
"""Tables without an `available` field: the share scales this field instead."""

POSSIBLE: dict[str, tuple[str, ...]] = {
    "contracts": ("available", "capacity", "lost", "added", "price", "price_change"),
    "upstream": ("available", "capacity", "lost", "added"),
    "pipelines": ("available", "capacity", "lost", "added"),
    "accounts": ("available",),
    "sites": ("available",),
    "sales": ("available", "capacity", "price", "price_change"),
    "fuel_switches": ("available",),
    "offtakes": ("demand_factor", "available"),
    "weather": ("temperature_change",),
}
"""Which quantities an event on an asset of a table can state."""


def apply_settings(
    system: GasSystem,
    settings: Mapping[str, float | str | bool | Setting],
    where: Callable[[str], str] = lambda path: "set",
) -> GasSystem:
    """The system with stated values changed. Raises InputError with every problem, one line each.

    where: path of a setting -> where it stands, for messages.
    """
    problems: list[str] = []
    for path, setting in settings.items():
        try:
            system = _set(system, path, setting)
        except InputError as error:
            problems += [f"{where(path)}: {path}: {p}" for p in error.problems]
    for problem in [] if problems else check_system(system):
        culprit = next((p for p in reversed(list(settings)) if _asset_path(p) in problem), next(iter(settings), ""))
        problems.append(f"{where(culprit)}: {culprit}: {problem}")
    if problems:
        raise InputError(*problems)
    return system


def _asset_path(path: str) -> str:
    table, _, rest = path.rpartition(".")[0].partition(".")
    return f"{ALIASES.get(table, table)}.{rest}"


def find_assets(system: GasSystem, path: str) -> tuple[str, list[Any]]:
    """The table and the assets that a path names: `contracts.gazprom`, `offtakes.households`, `offtakes`."""
    table, _, name = path.partition(".")
    if table == "weather":
        return table, []
    table = ALIASES.get(table, table)
    if table not in FIELDS:
        raise InputError(f"unknown kind of asset {table!r}{suggest(table, [*FIELDS, 'weather', *ALIASES])}")
    assets: Mapping[str, Any] = getattr(system, table)
    if table == "offtakes":
        found = [o for o in assets.values() if name in ("", o.id, o.demand_class)]
        if not found:
            raise InputError(f"unknown offtake {name!r}{suggest(name, {*assets, *system.demand_classes})}")
        return table, found
    if name not in assets:
        raise InputError(f"unknown asset {name!r} in {table}{suggest(name, assets)}")
    return table, [assets[name]]


def _set(system: GasSystem, path: str, setting: float | str | bool | Setting) -> GasSystem:
    asset_path, _, name = path.rpartition(".")
    if not asset_path or ("." not in asset_path and asset_path in {*FIELDS, *ALIASES} - {"offtakes"}):
        raise InputError("a setting names a table, an asset and a field, such as contracts.gazprom.dcq")
    table, assets = find_assets(system, asset_path)
    if name not in FIELDS.get(table, {}):
        raise InputError(f"{table} has no field {name!r} that can be set{suggest(name, FIELDS.get(table, {}))}")
    span, written = slice(None), setting
    if isinstance(setting, Setting):
        span, written = _span(system, setting.start, setting.until), setting.value
    for asset in assets:
        system = system.with_asset(table, _changed(asset, table, name, written, span))
    return system


def _changed(asset: Any, table: str, name: str, written: object, span: slice) -> Any:
    if span != slice(None) and not isinstance(getattr(asset, name, None), np.ndarray) and name != "demand_factor":
        raise InputError(f"{name} is one value for the whole gas year; leave out start and until")
    if name == "callable":
        if not isinstance(written, bool) and str(written).lower() not in ("true", "false", "yes", "no"):
            raise InputError(f"found {written!r}; expected true or false")
        return replace(asset, callable=written in (True, "true", "yes", "True"))
    if name == "demand_factor":
        return replace(asset, demand=_over(asset.demand, span, asset.demand[span] * _factor(written)))
    value = parse(written, FIELDS[table][name], getattr(asset, "gcv_kwh_per_m3", None) or REPORTING_GCV)
    if value < 0 and name != "price":
        raise InputError(f"{written!r} is negative; use 0 or more")
    if name == "notice_days":
        if value != int(value):
            raise InputError(f"found {written!r}; expected whole days")
        return replace(asset, notice_days=int(value))
    if isinstance(asset, StorageAccount) and name == "volume":
        return _resized(asset, value)
    before = getattr(asset, name)
    changes: dict[str, Any] = {name: _over(before, span, value) if isinstance(before, np.ndarray) else value}
    if name == "dcq":
        changes["periods"] = tuple(_with_daily_quantity(p, before, changes[name]) for p in asset.periods)
    if name == "price" and hasattr(asset, "periods"):
        return _repriced(asset, changes[name])
    return replace(asset, **changes)


def _with_daily_quantity(period: Period, before: Daily, after: Daily) -> Period:
    """A period under other daily quantities: what followed from them follows again, a stated quantity only shrinks."""
    days = slice(period.first, period.last + 1)
    due, now = float(before[days].sum()), float(after[days].sum())
    share = now / due if due > 0 else 1.0
    if period.quantity < due - 1e-9:  # stated on its own, below the sum of the days
        share = min(1.0, share)
    quantity = period.quantity * share if np.isfinite(period.quantity) else period.quantity
    return replace(period, quantity=quantity, take_or_pay=period.take_or_pay * share)


def _factor(written: object) -> float:
    try:
        factor = float(str(written))
    except ValueError:
        factor = np.nan
    if not 0 <= factor <= 5:
        raise InputError(f"found {written!r}; expected a plain factor from 0 to 5, such as 0.95")
    return factor


def _resized(account: StorageAccount, volume: float) -> StorageAccount:
    """An account of another volume: targets and closing-value steps keep their shares of it."""
    scale = volume / account.volume if account.volume else 1.0
    return replace(
        account,
        volume=volume,
        targets=tuple(replace(t, level=t.level * scale) for t in account.targets),
        closing_values=tuple((width * scale, value) for width, value in account.closing_values),
    )


def _over(series: Daily, span: slice, value: float | Daily) -> Daily:
    result = series.copy()
    result[span] = value
    return result


def _span(system: GasSystem, start: Any, until: Any) -> slice:
    first = 0 if start is None else max(0, system.day_of(start))
    last = system.days if until is None else min(system.days, system.day_of(until) + 1)
    if first >= last:
        raise InputError(
            f"the dates {start} to {until} lie outside the horizon {system.first_day} to {system.last_day}"
        )
    return slice(first, last)


# --- events ---------------------------------------------------------------------------------------------------------


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
    return _force_majeure(system, as_excused, struck)


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
        asset = _repriced(asset, price)
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


def _repriced(asset: Any, price: Daily) -> Any:
    """An asset at another price; gas not taken below take-or-pay is paid for at that price too."""
    if not getattr(asset, "periods", ()):
        return replace(asset, price=price)
    periods = tuple(replace(p, shortfall_price=float(price[p.first : p.last + 1].mean())) for p in asset.periods)
    return replace(asset, price=price, periods=periods)


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


_DIMENSION: dict[str, Dimension] = {
    "available": "share",
    "capacity": "rate",
    "lost": "rate",
    "added": "rate",
    "price": "price",
    "price_change": "price",
    "temperature_change": "temperature",
}


def _value(event: Event, asset: Any) -> float:
    written = getattr(event, event.quantity)
    if event.quantity == "demand_factor":
        return float(written)
    value = parse(written, _DIMENSION[event.quantity], getattr(asset, "gcv_kwh_per_m3", None) or REPORTING_GCV)
    if value < 0 and event.quantity not in ("price_change", "temperature_change"):
        raise InputError(f"{event.quantity} {written!r} is negative; use 0 or more")
    return value


# --- force majeure --------------------------------------------------------------------------------------------------


def _force_majeure(before: GasSystem, excused: GasSystem, after: GasSystem) -> GasSystem:
    """Pro-rate quantity and take-or-pay by Σ lost DCQ days ÷ Σ DCQ days of each period.

    before: nothing has happened; excused: only what releases both sides has; after: everything has.
    """
    for contract in before.contracts.values():
        if not contract.periods:
            continue
        promised, left = _deliverable(contract, before), _deliverable(excused.contracts[contract.id], excused)
        periods = tuple(_pro_rated(p, promised, left) for p in contract.periods)
        if periods != contract.periods:
            after = after.with_asset("contracts", replace(after.contracts[contract.id], periods=periods))
    return after


def _deliverable(contract: Contract, system: GasSystem) -> Daily:
    """What the contract could bring each day [GWh/d]: its daily quantity, but no more than its ways let through.

    Ways that share an asset together bring no more than that asset lets through.
    """
    ways, passed = np.zeros(system.days), []
    for route in contract.routes:
        limit = np.where(np.asarray(route.open) > 0, np.inf, 0.0)
        for name in route.path:
            limit = np.minimum(limit, system.upstream[name].free)
        ways = ways + limit
        passed.append(set(route.path))
    for name in set.intersection(*passed):
        ways = np.minimum(ways, system.upstream[name].free)
    return np.asarray(np.minimum(np.asarray(contract.dcq) * contract.available, ways))


def _pro_rated(period: Period, promised: Daily, left: Daily) -> Period:
    days = slice(period.first, period.last + 1)
    due = promised[days].sum()
    share = min(1.0, float(left[days].sum() / due)) if due > 0 else 1.0
    if share >= 1.0:
        return period
    quantity = period.quantity * share if np.isfinite(period.quantity) else period.quantity
    return replace(period, quantity=quantity, take_or_pay=period.take_or_pay * share)
