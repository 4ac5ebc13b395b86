"""A gas system as plain arrays: what the four hand-written peers share, and nothing of energysim's model.

Assets are numbered in the order of the system. Axes: T days, N nodes, P pipelines, R routes, C contracts, Q periods,
L sales, U upstream assets, S sites, A accounts, F filling targets, O offtakes, M depth steps, W offtakes that can
switch, X oil stocks. Units as in the system: GWh, GWh/d, EUR/MWh; costs are in kEUR.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from energysim.inputs.assets import Curve, GasSystem

Array = NDArray[np.float64]
Places = NDArray[np.int_]
"""Positions in another axis."""


@dataclass(frozen=True)
class Network:
    """Pipelines."""

    start: Places  # (P,) node
    end: Places  # (P,) node
    arriving: Array  # (P,) 1 - shrinkage
    capacity: Array  # (P, T)
    tariff: Array  # (P, T)


@dataclass(frozen=True)
class Contracts:
    """Contracts by route, their periods, and sales."""

    route_contract: Places  # (R,)
    route_node: Places  # (R,)
    capacity: Array  # (R, T) daily quantity on an open route
    cost: Array  # (R, T) price and entry tariff
    dcq: Array  # (C, T)
    shared: Places  # contracts with several routes
    destination: dict[int, int]  # contract -> node its gas must flow on to
    period_contract: Places  # (Q,)
    period_days: list[slice]  # (Q,)
    quantity: Array  # (Q,) may be infinite
    pledge: Array  # (Q,) take-or-pay, may be 0
    shortfall_price: Array  # (Q,)
    sale_node: Places  # (L,)
    sale_capacity: Array  # (L, T)
    sale_price: Array  # (L, T)


@dataclass(frozen=True)
class Upstream:
    """Capacities outside the balance; only those that some gas passes."""

    capacity: Array  # (U, T)
    routes: list[Places]  # (U,) routes that pass
    accounts: list[Places]  # (U,) stores abroad whose gas passes


@dataclass(frozen=True)
class Storage:
    """Accounts, sites, targets and closing values."""

    node: Places  # (A,)
    volume: Array  # (A,)
    opening: Array  # (A,)
    keeping: Array  # (A,) 1 - loss a day
    stored: Array  # (A,) 1 - injection fuel
    withdrawal_capacity: Array  # (A, T)
    injection_capacity: Array  # (A, T)
    withdrawal_intercept: Array  # (A, K, T) rate <= intercept + slope * opening inventory; NaN where a curve is shorter
    withdrawal_slope: Array  # (A, K, T)
    injection_intercept: Array  # (A, J, T)
    injection_slope: Array  # (A, J, T)
    withdrawal_cost: Array  # (A, T)
    injection_cost: Array  # (A,)
    holding_cost: Array  # (A, T) of inventory at the end of the day
    site_accounts: list[Places]  # (S,)
    site_withdrawal: Array  # (S, T) may be infinite
    site_injection: Array  # (S, T)
    target_account: Places  # (F,)
    target_day: Places  # (F,) morning 0..T
    target_level: Array  # (F,)
    target_price: Array  # (F,)
    closing_account: Places  # one entry per step of an account
    closing_width: Array
    closing_value: Array


@dataclass(frozen=True)
class Demand:
    """Offtakes, curtailment and fuel switch."""

    node: Places  # (O,)
    demand: Array  # (O, T)
    node_demand: Array  # (N, T)
    width: Array  # (O, M) share of demand; 0 where a class has fewer steps
    value: Array  # (O, M)
    switching: Places  # (W,) offtake
    switchable: Array  # (W, T)
    oil_of: Places  # (W,) oil stock
    oil_price: Array  # (W,)
    oil_opening: Array  # (X,)
    oil_refill: Array  # (X, T)


@dataclass(frozen=True)
class Figures:
    """All numbers of the linear programme of one gas system."""

    days: int
    nodes: int
    network: Network
    contracts: Contracts
    upstream: Upstream
    storage: Storage
    demand: Demand


def figures(system: GasSystem) -> Figures:
    """Read the arrays off the assets of a system."""
    node = {n: k for k, n in enumerate(system.nodes)}
    return Figures(
        days=system.days,
        nodes=len(node),
        network=_network(system, node),
        contracts=_contracts(system, node),
        upstream=_upstream(system),
        storage=_storage(system, node),
        demand=_demand(system, node),
    )


def _network(system: GasSystem, node: dict[str, int]) -> Network:
    pipes = list(system.pipelines.values())
    return Network(
        start=_places(node[p.from_node] for p in pipes),
        end=_places(node[p.to_node] for p in pipes),
        arriving=np.array([1.0 - p.shrinkage for p in pipes]),
        capacity=_daily((_working(p.capacity, p.available) for p in pipes), system.days),
        tariff=_daily((p.tariff for p in pipes), system.days),
    )


def _contracts(system: GasSystem, node: dict[str, int]) -> Contracts:
    contracts, days = list(system.contracts.values()), system.days
    pairs = [(c, r) for c in contracts for r in c.routes]
    place = {c.id: k for k, c in enumerate(contracts)}
    periods = [(c, p) for c in contracts for p in c.periods if np.isfinite(p.quantity) or p.take_or_pay > 0]
    dcq = _daily((np.minimum(_working(c.dcq, c.available), c.notified) for c in contracts), days)
    sales = list(system.sales.values())
    return Contracts(
        route_contract=_places(place[c.id] for c, _ in pairs),
        route_node=_places(node[r.entry_node] for _, r in pairs),
        capacity=_daily((dcq[place[c.id]] * r.open for c, r in pairs), days),
        cost=_daily((c.price + r.tariff for c, r in pairs), days),
        dcq=dcq,
        shared=_places(k for k, c in enumerate(contracts) if len(c.routes) > 1),
        destination={k: node[c.destination] for k, c in enumerate(contracts) if c.destination},
        period_contract=_places(place[c.id] for c, _ in periods),
        period_days=[slice(p.first, p.last + 1) for _, p in periods],
        quantity=np.array([p.quantity for _, p in periods]),
        pledge=np.array([p.take_or_pay for _, p in periods]),
        shortfall_price=np.array([p.shortfall_price for _, p in periods]),
        sale_node=_places(node[s.node] for s in sales),
        sale_capacity=_daily((s.capacity for s in sales), days),
        sale_price=_daily((s.price for s in sales), days),
    )


def _upstream(system: GasSystem) -> Upstream:
    routes = [r.path for _, r in system.routes.values()]
    accounts = [a.route.path if a.route else () for a in system.accounts.values()]
    passing = {
        u: ([k for k, p in enumerate(routes) if u in p], [k for k, p in enumerate(accounts) if u in p])
        for u in system.upstream
    }
    used = {u: through for u, through in passing.items() if any(through)}
    return Upstream(
        capacity=_daily((system.upstream[u].free for u in used), system.days),
        routes=[_places(r) for r, _ in used.values()],
        accounts=[_places(a) for _, a in used.values()],
    )


def _storage(system: GasSystem, node: dict[str, int]) -> Storage:
    accounts, sites, days = list(system.accounts.values()), list(system.sites.values()), system.days
    share = [a.available if a.callable else 0.0 * a.available for a in accounts]
    opened = [s * (a.route.open if a.route else 1.0) for a, s in zip(accounts, share, strict=True)]
    targets = [(k, t) for k, a in enumerate(accounts) for t in a.targets]
    out = _pieces([(a.withdrawal_curve, a.volume, a.withdrawal_capacity) for a in accounts], days)
    into = _pieces([(a.injection_curve, a.volume, a.injection_capacity) for a in accounts], days)
    closing = [(k, *step) for k, a in enumerate(accounts) if a.callable for step in a.closing_values]
    return Storage(
        node=_places(node[a.entry_node] for a in accounts),
        volume=np.array([a.volume for a in accounts]),
        opening=np.array([a.opening for a in accounts]),
        keeping=np.array([1.0 - a.loss_per_day for a in accounts]),
        stored=np.array([1.0 - a.injection_fuel for a in accounts]),
        withdrawal_capacity=_daily((a.withdrawal_capacity * s for a, s in zip(accounts, opened, strict=True)), days),
        injection_capacity=_daily((a.injection_capacity * s for a, s in zip(accounts, share, strict=True)), days),
        withdrawal_intercept=out[0],
        withdrawal_slope=out[1],
        injection_intercept=into[0],
        injection_slope=into[1],
        withdrawal_cost=_daily((np.full(days, a.withdrawal_cost) + (a.route.tariff if a.route else 0.0) for a in accounts), days),
        injection_cost=np.array([a.injection_cost for a in accounts]),
        holding_cost=_daily((a.holding_cost for a in accounts), days),
        site_accounts=[_places(k for k, a in enumerate(accounts) if a.site == s.id) for s in sites],
        site_withdrawal=_daily((_working(s.withdrawal_capacity, s.available) for s in sites), days),
        site_injection=_daily((_working(s.injection_capacity, s.available) for s in sites), days),
        target_account=_places(k for k, _ in targets),
        target_day=_places(t.day for _, t in targets),
        target_level=np.array([t.level for _, t in targets]),
        target_price=np.array([t.shortfall_price for _, t in targets]),
        closing_account=_places(k for k, _, _ in closing),
        closing_width=np.array([w for _, w, _ in closing]),
        closing_value=np.array([v for _, _, v in closing]),
    )  # fmt: skip


def _demand(system: GasSystem, node: dict[str, int]) -> Demand:
    offtakes, fuels, days = list(system.offtakes.values()), system.fuel_switches, system.days
    steps = [system.demand_classes[o.demand_class].steps for o in offtakes]
    width, value = np.zeros((2, len(offtakes), max(map(len, steps), default=0)))
    for k, of_class in enumerate(steps):
        width[k, : len(of_class)], value[k, : len(of_class)] = np.array(of_class).T
    places = _places(node[o.node] for o in offtakes)
    demand, node_demand = _daily((o.demand for o in offtakes), days), np.zeros((len(node), days))
    np.add.at(node_demand, places, demand)
    switching = [(k, o, fuels[o.demand_class]) for k, o in enumerate(offtakes) if o.demand_class in fuels]
    oil = {f: k for k, f in enumerate(fuels)}
    return Demand(
        node=places,
        demand=demand,
        node_demand=node_demand,
        width=width,
        value=value,
        switching=_places(k for k, _, _ in switching),
        switchable=_daily((np.minimum(f.switchable * o.demand, f.notified.get(o.id, np.inf)) for _, o, f in switching), days),
        oil_of=_places(oil[f.id] for _, _, f in switching),
        oil_price=np.array([f.oil_price for _, _, f in switching]),
        oil_opening=np.array([f.oil_stock for f in fuels.values()]),
        oil_refill=_daily((f.refill for f in fuels.values()), days),
    )  # fmt: skip


def _places(positions: Iterable[int]) -> Places:
    return np.fromiter(positions, dtype=int)


def _daily(series: Iterable[Any], days: int) -> Array:
    rows = list(series)
    return np.array(rows, dtype=float) if rows else np.zeros((0, days))


def _working(capacity: Any, available: Any) -> Array:
    """Capacity that works; what is out gives nothing even where the capacity is unlimited."""
    limited = np.where(np.isinf(capacity), np.inf, capacity * np.where(np.isinf(capacity), 1.0, available))
    return np.where(available > 0, limited, 0.0)


def _pieces(curves: list[tuple[Curve, float, Array]], days: int) -> Array:
    """Straight pieces of (curve, volume, capacity): intercept and slope, shape (2, accounts, pieces, days)."""
    most = max((len(curve) - 1 for curve, _, _ in curves), default=0)
    pieces = np.full((2, len(curves), most, days), np.nan)
    for a, (curve, volume, capacity) in enumerate(curves):
        for k, ((x0, y0), (x1, y1)) in enumerate(pairwise(curve)):
            slope = (y1 - y0) / (x1 - x0)
            pieces[0, a, k] = capacity * (y0 - slope * x0)
            pieces[1, a, k] = capacity * (slope / volume if volume > 0 else 0.0)
    return pieces
