"""Where a system could be larger: each capacity, contract quantity and stock, and the same system with more of it.

An enlargement is an edit of the inputs before events are laid over them: a larger pipe that is out gives nothing
more. It touches the days on which there is such a capacity at all (all of them where there never is one).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from energysim.inputs.assets import Contract, Daily, GasSystem, Period
from energysim.words import say, term

Dimension = Literal["rate", "stock"]

FIELDS: dict[tuple[str, str], str] = {
    ("upstream", "capacity"): "upstream capacity",
    ("pipelines", "capacity"): "pipeline capacity",
    ("contracts", "dcq"): "daily contract quantity",
    ("accounts", "withdrawal_capacity"): "withdrawal capacity",
    ("accounts", "injection_capacity"): "injection capacity",
    ("sites", "withdrawal_capacity"): "withdrawal capacity of the site",
    ("sites", "injection_capacity"): "injection capacity of the site",
    ("accounts", "opening"): "opening stock",
    ("fuel_switches", "oil_stock"): "oil stock",
}
"""Table and field -> what a reader calls the limit; the words of `bindings`."""
STOCKS = ("opening", "oil_stock")


@dataclass(frozen=True)
class Point:
    """One figure of which there could be more."""

    table: str
    asset: str
    field: str
    name: str = ""

    @property
    def limit(self) -> str:
        """What a reader calls it, in English."""
        return FIELDS[self.table, self.field]

    @property
    def dimension(self) -> Dimension:
        """`rate` [GWh/d] or `stock` [GWh]."""
        return "stock" if self.field in STOCKS else "rate"


def points(system: GasSystem) -> list[Point]:
    """Every figure that limits and that gas could use, in the order of FIELDS: of capacities those that exist, of
    contracts also those without a quantity at present, which could be signed."""
    found = []
    for table, field in FIELDS:
        for asset in getattr(system, table).values():
            value = np.asarray(getattr(asset, field))
            closed = table == "accounts" and not asset.callable
            there = bool((value > 0).any()) or table in ("contracts", "fuel_switches") or field in STOCKS
            if np.isfinite(value).any() and there and not closed:
                found.append(Point(table, asset.id, field, _name(system, table, asset)))
    return found


def _name(system: GasSystem, table: str, asset: Any) -> str:
    if table == "fuel_switches":
        return say(
            "{customers}, oil", customers=term(system.demand_classes[asset.demand_class].name or asset.demand_class)
        )
    return str(term(getattr(asset, "name", "") or asset.id))


def enlarged(system: GasSystem, point: Point, by: float) -> GasSystem:
    """The system with so much more of one figure [GWh/d or GWh], less where `by` is negative.

    A contract's period quantities and take-or-pay that follow from its daily quantity follow; those stated on their
    own stay. A stock above its volume is left for the caller to refuse.
    """
    asset: Any = getattr(system, point.table)[point.asset]
    value = getattr(asset, point.field)
    if point.dimension == "stock":
        return system.with_asset(point.table, replace(asset, **{point.field: max(0.0, value + by)}))
    after = _raised(value, by)
    changes: dict[str, Any] = {point.field: after}
    if isinstance(asset, Contract):
        changes["periods"] = tuple(_followed(p, asset.dcq, after) for p in asset.periods)
    return system.with_asset(point.table, replace(asset, **changes))


def room(system: GasSystem, point: Point, by: float) -> tuple[bool, bool]:
    """Whether there can be so much more of a figure, and so much less."""
    asset: Any = getattr(system, point.table)[point.asset]
    value = np.asarray(getattr(asset, point.field), dtype=float)
    more = point.field != "opening" or float(value) + by <= asset.volume + 1e-9
    return more, bool(np.max(value) >= by)


def _raised(series: Daily, by: float) -> Daily:
    """The series changed on the days on which it is above zero and limited, or on all limited days if it never is."""
    limited = np.isfinite(series)
    there = limited & (series > 0)
    result = series.copy()
    days = there if there.any() else limited
    result[days] = np.clip(series[days] + by, 0.0, None)
    return result


def _followed(period: Period, before: Daily, after: Daily) -> Period:
    days = slice(period.first, period.last + 1)
    due, now = float(before[days].sum()), float(after[days].sum())
    if due <= 0 or not np.isfinite(period.quantity) or period.quantity < due - 1e-9:
        return period
    share = now / due
    return replace(period, quantity=period.quantity * share, take_or_pay=period.take_or_pay * share)
