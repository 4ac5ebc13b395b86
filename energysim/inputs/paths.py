"""What a path names: `contracts.gazprom`, `offtakes.households`; and what can be set or said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from energysim.errors import InputError, suggest
from energysim.inputs.assets import Daily, GasSystem
from energysim.units import Dimension

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


def repriced(asset: Any, price: Daily) -> Any:
    """An asset at another price [EUR/MWh by day]; gas not taken below take-or-pay is paid for at that price too."""
    if not getattr(asset, "periods", ()):
        return replace(asset, price=price)
    periods = tuple(replace(p, shortfall_price=float(price[p.first : p.last + 1].mean())) for p in asset.periods)
    return replace(asset, price=price, periods=periods)
