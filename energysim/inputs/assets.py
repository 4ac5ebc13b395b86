"""The gas system of a horizon: one frozen class per kind of asset, daily series as read-only arrays.

A `GasSystem` is what one plan sees: `days` gas days from `first_day`, energies in GWh, rates in GWh/d,
prices in EUR/MWh. It can be read from the shipped tables (`energysim.load_data().at("2025/26")`) or
built in code, asset by asset, for a study of one's own:

>>> from energysim import Contract, GasSystem, Node, Offtake, Route
>>> system = GasSystem.build(
...     first_day="2026-01-01", days=2,
...     nodes=[Node("A")],
...     contracts=[Contract("field", routes=[Route("field_A", "A")], dcq=3.0, price=[20.0, 25.0])],
...     offtakes=[Offtake("city", "A", demand=[2.0, 3.0])],
... )

Everything is frozen; `dataclasses.replace` or the `with_…` methods give a changed copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from energysim.errors import InputError
from energysim.inputs.soundness import DAILY_TYPE, check_curve, check_system

Daily = NDArray[np.float64]
"""One number per gas day, shape (days,)."""

DailyLike = Any
"""One number, or one per gas day; an array of shape (days,) once the asset is in a system."""
StockPolicy = Literal["hold_high", "hold_low"]
LossCase = Literal["low", "mid", "high"]


@dataclass(frozen=True)
class Node:
    """A place in the system where gas balances."""

    id: str
    name: str = ""
    kind: str = "zone"
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Pipeline:
    """A directed arc: capacity [GWh/d], shrinkage (share lost on the way), tariff [EUR/MWh]."""

    id: str
    from_node: str
    to_node: str
    capacity: DailyLike
    shrinkage: float = 0.0
    tariff: DailyLike = 0.0
    length_km: float = 0.0
    name: str = ""
    available: DailyLike = 1.0


@dataclass(frozen=True)
class Upstream:
    """An asset outside the balance with one capacity [GWh/d], net of what is reserved for others.

    A partial loss is shared pro rata with the reservation: what is free shrinks by the same share.
    """

    id: str
    capacity: DailyLike
    reserved: DailyLike = 0.0
    name: str = ""
    kind: str = "border_point"
    available: DailyLike = 1.0

    @property
    def free(self) -> Daily:
        """Capacity that works and is not reserved, by day [GWh/d]; an unlimited asset that is out gives 0."""
        net = np.clip(np.asarray(self.capacity) - self.reserved, 0.0, None)
        return np.where(np.asarray(self.available) > 0, net, 0.0) * np.where(np.isinf(net), 1.0, self.available)


@dataclass(frozen=True)
class Route:
    """How gas reaches the system: the upstream assets it passes, the node where it enters, its tariff [EUR/MWh]."""

    id: str
    entry_node: str
    path: tuple[str, ...] = ()
    tariff: DailyLike = 0.0
    length_km: float = 0.0
    open: DailyLike = 1.0


@dataclass(frozen=True)
class Period:
    """A stretch of a contract over which quantity and take-or-pay [GWh] count, first to last day inclusive."""

    id: str
    first: int
    last: int
    quantity: float = float("inf")
    take_or_pay: float = 0.0
    shortfall_price: float = 0.0
    """EUR/MWh paid for gas not taken below take-or-pay [GWh]."""


@dataclass(frozen=True)
class Contract:
    """Gas that may be nominated: daily quantity [GWh/d] at a price [EUR/MWh], by one or more routes."""

    id: str
    routes: tuple[Route, ...] | list[Route]
    dcq: DailyLike
    price: DailyLike
    periods: tuple[Period, ...] = ()
    notice_days: int = 0
    gas_source: str = ""
    name: str = ""
    kind: str = "purchase"
    available: DailyLike = 1.0
    notified: DailyLike = float("inf")
    """Most that may still be nominated [GWh/d] on days for which notice comes too late; set by the simulation."""
    destination: str = ""
    """Node that the gas must flow on to; blank: it may stay anywhere."""
    gcv_kwh_per_m3: float | None = None


@dataclass(frozen=True)
class StorageSite:
    """A store that accounts share: joint withdrawal and injection capacity [GWh/d]."""

    id: str
    withdrawal_capacity: DailyLike = float("inf")
    injection_capacity: DailyLike = float("inf")
    name: str = ""
    available: DailyLike = 1.0


Curve = tuple[tuple[float, float], ...]
"""Points (fill fraction, rate as a fraction of the capacity), fill rising from 0 to 1."""


@dataclass(frozen=True)
class Target:
    """Stock wanted at the start of a day [GWh]; a shortfall is priced [EUR/MWh], never forbidden."""

    id: str
    day: int
    level: float
    shortfall_price: float


@dataclass(frozen=True)
class StorageAccount:
    """An owner's gas in a store: volume and opening stock [GWh], rates [GWh/d], costs [EUR/MWh].

    `loss_per_day` is a share of what is in store, `injection_fuel` a share of what is injected [1].
    `closing_values` are steps (width [GWh], value [EUR/MWh]), falling.
    """

    id: str
    volume: float
    opening: float
    withdrawal_capacity: DailyLike
    injection_capacity: DailyLike
    node: str = ""
    route: Route | None = None
    site: str = ""
    callable: bool = True
    withdrawal_curve: Curve = ((0.0, 1.0), (1.0, 1.0))
    injection_curve: Curve = ((0.0, 1.0), (1.0, 1.0))
    loss_per_day: float = 0.0
    injection_fuel: float = 0.0
    withdrawal_cost: float = 0.0
    injection_cost: float = 0.0
    holding_cost: DailyLike = 0.0
    """EUR per MWh in store at the end of a day."""
    targets: tuple[Target, ...] = ()
    closing_values: tuple[tuple[float, float], ...] = ()
    name: str = ""
    available: DailyLike = 1.0

    @property
    def entry_node(self) -> str:
        """The node that withdrawal feeds."""
        return self.route.entry_node if self.route else self.node


@dataclass(frozen=True)
class DemandClass:
    """Consumers cut together. `steps` are (depth as a share of demand, lost load [EUR/MWh]), rising."""

    id: str
    steps: tuple[tuple[float, float], ...]
    cut_order: int = 1
    protected: bool = False
    cuttable: bool = True
    name: str = ""


@dataclass(frozen=True)
class Offtake:
    """Demand [GWh/d] of one class at one node."""

    demand_class: str
    node: str
    demand: DailyLike

    @property
    def id(self) -> str:
        """`class@NODE`."""
        return f"{self.demand_class}@{self.node}"


@dataclass(frozen=True)
class FuelSwitch:
    """Oil that a class can burn instead of gas, in gas terms: share of demand [1], stock [GWh], price [EUR/MWh],
    refill [GWh/d]."""

    demand_class: str
    switchable: DailyLike
    oil_stock: float
    oil_price: float
    refill: DailyLike = 0.0
    notice_days: int = 0
    notified: Mapping[str, Daily] = field(default_factory=dict)
    """Offtake id -> most oil that may still be burnt [GWh/d] where notice comes too late; set by the simulation."""

    @property
    def id(self) -> str:
        """The class that can switch."""
        return self.demand_class


@dataclass(frozen=True)
class Sale:
    """Gas that may be sold at a node: up to `capacity` [GWh/d] at `price` [EUR/MWh]."""

    id: str
    node: str
    capacity: DailyLike
    price: DailyLike
    name: str = ""


class Climate(Protocol):
    """What turns temperatures into demand, so that an event can change the weather."""

    def offtakes(self, temperature: Daily) -> list[Offtake]:
        """Offtakes of every class and node; the series starts some days before the first day."""


@dataclass(frozen=True)
class Policy:
    """What the planner believes in besides costs: printed with every result, because it sets the stock
    on the eve of a surprise."""

    stock: StockPolicy = "hold_high"
    value_of_lost_load: LossCase = "mid"
    tie_breaking_cost: float = 1e-4
    """EUR/MWh, so small that it only decides between plans of equal cost."""


@dataclass(frozen=True)
class GasSystem:
    """All assets over one horizon. Mappings are keyed by id and keep their order."""

    first_day: date
    days: int
    nodes: Mapping[str, Node]
    pipelines: Mapping[str, Pipeline] = field(default_factory=dict)
    upstream: Mapping[str, Upstream] = field(default_factory=dict)
    contracts: Mapping[str, Contract] = field(default_factory=dict)
    sites: Mapping[str, StorageSite] = field(default_factory=dict)
    accounts: Mapping[str, StorageAccount] = field(default_factory=dict)
    demand_classes: Mapping[str, DemandClass] = field(default_factory=dict)
    offtakes: Mapping[str, Offtake] = field(default_factory=dict)
    fuel_switches: Mapping[str, FuelSwitch] = field(default_factory=dict)
    sales: Mapping[str, Sale] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    label: str = ""
    climate: Climate | None = None
    temperature: Daily | None = None
    """Daily mean temperature [degC], with the lead days that the climate looks back on."""
    gas_sources: Mapping[str, str] = field(default_factory=dict)
    """Gas source id -> what a reader calls it, in the order in which supply is stacked."""
    remarks: tuple[str, ...] = ()
    """What a reader of the result must know of the inputs."""

    @classmethod
    def build(
        cls,
        first_day: date | str,
        days: int,
        nodes: Iterable[Node],
        pipelines: Iterable[Pipeline] = (),
        upstream: Iterable[Upstream] = (),
        contracts: Iterable[Contract] = (),
        sites: Iterable[StorageSite] = (),
        accounts: Iterable[StorageAccount] = (),
        demand_classes: Iterable[DemandClass] = (),
        offtakes: Iterable[Offtake] = (),
        fuel_switches: Iterable[FuelSwitch] = (),
        sales: Iterable[Sale] = (),
        policy: Policy | None = None,
        label: str = "",
        climate: Climate | None = None,
        temperature: Daily | None = None,
        gas_sources: Mapping[str, str] | None = None,
        remarks: Iterable[str] = (),
    ) -> GasSystem:
        """A checked system from lists of assets; classes not given get one lost-load step at 1000 EUR/MWh."""
        given = {c.id: c for c in demand_classes}
        offtakes, remarks = list(offtakes), list(remarks)
        safe = [_with_concave_curves(a) for a in accounts]
        accounts, remarks = [a for a, _ in safe], remarks + [r for _, said in safe for r in said]
        for offtake in offtakes:
            given.setdefault(offtake.demand_class, DemandClass(offtake.demand_class, steps=((1.0, 1000.0),)))
        system = cls(
            first_day=date.fromisoformat(first_day) if isinstance(first_day, str) else first_day,
            days=days,
            nodes=_keyed(nodes, days),
            pipelines=_keyed(pipelines, days),
            upstream=_keyed(upstream, days),
            contracts=_keyed(contracts, days),
            sites=_keyed(sites, days),
            accounts=_keyed(accounts, days),
            demand_classes=_keyed(given.values(), days),
            offtakes=_keyed(offtakes, days),
            fuel_switches=_keyed(fuel_switches, days),
            sales=_keyed(sales, days),
            policy=policy or Policy(),
            label=label,
            climate=climate,
            temperature=None if temperature is None else _read_only(temperature),
            gas_sources=MappingProxyType(dict(gas_sources or {})),
            remarks=tuple(remarks),
        )
        problems = check_system(system)
        if problems:
            raise InputError(*problems)
        return system

    def day_of(self, day: date | int) -> int:
        """The number of a date in the horizon (0 = first day); may lie outside 0…days-1."""
        return day if isinstance(day, int) else (day - self.first_day).days

    def date_of(self, day: int) -> date:
        """The date of a gas day's number."""
        return self.first_day + timedelta(days=int(day))

    @property
    def last_day(self) -> date:
        """The last gas day."""
        return self.date_of(self.days - 1)

    @property
    def routes(self) -> dict[str, tuple[Contract, Route]]:
        """All routes of all contracts, by route id."""
        return {r.id: (c, r) for c in self.contracts.values() for r in c.routes}

    def with_asset(self, table: str, asset: Any) -> GasSystem:
        """A copy in which one asset replaces the one of the same id (or is added)."""
        changed = dict(getattr(self, table))
        changed[asset.id] = _daily_fields(asset, self.days)
        changes: dict[str, Any] = {table: MappingProxyType(changed)}
        return replace(self, **changes)


def _keyed(assets: Iterable[Any], days: int) -> Mapping[str, Any]:
    result: dict[str, Any] = {}
    for asset in assets:
        if asset.id in result:
            raise InputError(f"{type(asset).__name__} {asset.id!r} is given twice; ids must be unique")
        result[asset.id] = _daily_fields(asset, days)
    return MappingProxyType(result)


def _daily_fields(asset: Any, days: int) -> Any:
    """The asset with every daily field as a read-only array of shape (days,)."""
    changes: dict[str, Any] = {}
    for f in fields(asset):
        value = getattr(asset, f.name)
        if f.type == DAILY_TYPE:
            changes[f.name] = daily(value, days, f"{type(asset).__name__} {asset.id}: {f.name}")
        elif f.name == "routes":
            changes[f.name] = tuple(_daily_fields(r, days) for r in value)
        elif is_dataclass(value):
            changes[f.name] = _daily_fields(value, days)
    return replace(asset, **changes) if changes else asset


def concave_minorant(curve: Curve) -> Curve:
    """A concave curve between 0 and the given one, whose rates are 0 or more; itself where it is concave already.

    A linear programme takes the concave hull of a curve, which would overstate the rate where the curve
    bends the other way; a curve under it errs on the safe side. Of three such curves the highest on average
    is taken: chords extended from the left, chords extended from the right (where they stay above 0), and
    the hull scaled down until it fits, which always does.
    """
    fills, rates = np.array(curve, dtype=float).T
    forward = _chords_extended(fills, rates)
    if np.array_equal(forward, rates):
        return tuple(curve)
    backward = _chords_extended(-fills[::-1], rates[::-1])[::-1]
    hull = _concave_hull(fills, rates)
    share = np.divide(rates, hull, out=np.ones_like(rates), where=hull > 0).min()
    sound = [c for c in (forward, backward) if (c >= 0).all()] + [np.minimum(rates, share * hull)]
    best = max(sound, key=lambda c: float(np.sum((c[1:] + c[:-1]) * np.diff(fills))))
    return tuple(zip(fills.tolist(), best.tolist(), strict=True))


def _chords_extended(fills: Daily, rates: Daily) -> Daily:
    """From the first chord on, the curve or the chord before extended, whichever is lower."""
    result = rates.copy()
    for k in range(2, len(fills)):
        slope = (result[k - 1] - result[k - 2]) / (fills[k - 1] - fills[k - 2])
        reached = result[k - 1] + slope * (fills[k] - fills[k - 1])
        if rates[k] > reached + 1e-12:  # bends upwards
            result[k] = reached
    return result


def _concave_hull(fills: Daily, rates: Daily) -> Daily:
    """The lowest concave curve that is nowhere below the given one, at its points."""
    corners: list[int] = []
    for k in range(len(fills)):
        while len(corners) > 1:
            i, j = corners[-2:]
            if (rates[j] - rates[i]) * (fills[k] - fills[i]) > (rates[k] - rates[i]) * (fills[j] - fills[i]):
                break
            corners.pop()
        corners.append(k)
    return np.interp(fills, fills[corners], rates[corners])


def _with_concave_curves(account: StorageAccount) -> tuple[StorageAccount, list[str]]:
    """The account with curves a linear programme can hold, and a remark for each that had to change."""
    remarks = []
    for kind in ("withdrawal", "injection"):
        curve: Curve = getattr(account, f"{kind}_curve")
        safe = concave_minorant(curve) if len(curve) > 2 and not check_curve(curve) else curve
        if safe != curve:
            remarks.append(
                f"storage: the {kind} curve of {account.id} is not concave; its lower concave minorant is used"
            )
            changes: dict[str, Any] = {f"{kind}_curve": safe}
            account = replace(account, **changes)
    return account, remarks


def daily(value: DailyLike, days: int, what: str = "series") -> Daily:
    """A read-only array of shape (days,) from a number or a sequence of that length."""
    array = np.asarray(value, dtype=np.float64)
    if array.ndim == 0:
        array = np.full(days, float(array))
    if array.shape != (days,):
        raise InputError(f"{what} has {array.size} values for {days} days; give one number or one per day")
    return _read_only(array)


def _read_only(array: Daily) -> Daily:
    """A copy that nobody can write to."""
    array = np.array(array, dtype=np.float64)
    array.setflags(write=False)
    return array
