"""apply_settings(system, settings) -> another system: stated values changed. A pure edit, no mathematics."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from energysim.errors import InputError, suggest
from energysim.inputs.assets import Daily, GasSystem, Period, StorageAccount
from energysim.inputs.paths import ALIASES, FIELDS, find_assets, repriced
from energysim.inputs.scenario import Setting
from energysim.inputs.soundness import check_system
from energysim.units import REPORTING_GCV, parse


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


def settable(system: GasSystem, path: str) -> tuple[str, list[Any], str]:
    """Table, assets and field that a path names, such as contracts.gazprom.dcq. Raises InputError."""
    asset_path, _, name = path.rpartition(".")
    if not asset_path or ("." not in asset_path and asset_path in {*FIELDS, *ALIASES} - {"offtakes"}):
        raise InputError("a setting names a table, an asset and a field, such as contracts.gazprom.dcq")
    table, assets = find_assets(system, asset_path)
    if name not in FIELDS.get(table, {}):
        raise InputError(f"{table} has no field {name!r} that can be set{suggest(name, FIELDS.get(table, {}))}")
    return table, assets, name


def _set(system: GasSystem, path: str, setting: float | str | bool | Setting) -> GasSystem:
    table, assets, name = settable(system, path)
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
        return repriced(asset, changes[name])
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
