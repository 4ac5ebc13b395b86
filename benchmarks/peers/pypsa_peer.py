"""PyPSA: a network of buses, links, generators and stores; what it has no component for is added in linopy.

Nominations, curtailment and deliveries of oil are generators, stores sit behind a link in and a link out. Shared
quantities, deliverability, targets and closing values come through `extra_functionality`, as PyPSA intends.
"""

from __future__ import annotations

import logging
import warnings
from typing import Any

import highspy
import linopy
import numpy as np
import pandas as pd
import pypsa
import xarray as xr

from benchmarks.figures import Array, Figures, figures
from benchmarks.peers.labels import Labels, incidence
from energysim.inputs.assets import GasSystem

logging.getLogger("pypsa").setLevel(logging.ERROR)
logging.getLogger("linopy").setLevel(logging.ERROR)
warnings.simplefilter("ignore")


def build(system: GasSystem) -> tuple[pypsa.Network, highspy.Highs]:
    """The programme of a system, handed over and not yet solved."""
    f = figures(system)
    n = network(f)
    n.optimize.create_model(include_objective_constant=False)
    extra_functionality(f)(n, n.snapshots)
    return n, linopy.io.to_highspy(n.model)


def solve(built: tuple[pypsa.Network, highspy.Highs]) -> float:
    """The least cost [kEUR]; primal values are read as every user would."""
    _, solver = built
    solver.setOptionValue("output_flag", False)
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal, solver.getModelStatus()
    np.array(solver.getSolution().col_value)
    return float(solver.getObjectiveValue())


def run(system: GasSystem) -> float:
    """The whole way as PyPSA's manual shows it, with the direct interface instead of a file."""
    f = figures(system)
    n = network(f)
    status, condition = n.optimize(
        solver_name="highs", io_api="direct", include_objective_constant=False,
        extra_functionality=extra_functionality(f), progress=False, output_flag=False,
    )  # fmt: skip
    assert (status, condition) == ("ok", "optimal"), (status, condition)
    return float(n.objective)


class Names:
    """Names of components by kind."""

    def __init__(self, f: Figures) -> None:
        self.flow = _names("flow", len(f.network.start))
        self.nomination = _names("nomination", len(f.contracts.route_node))
        self.sales = _names("sales", len(f.contracts.sale_node))
        self.injection = _names("injection", len(f.storage.node))
        self.withdrawal = _names("withdrawal", len(f.storage.node))
        self.inventory = _names("inventory", len(f.storage.node))
        self.curtailment = _names("curtailment", f.demand.width.size)
        self.fuel_switch = _names("fuel_switch", len(f.demand.switching))
        self.oil = _names("oil", len(f.demand.oil_opening))


def network(f: Figures) -> pypsa.Network:
    """The network with all daily series."""
    n, name, s, d = pypsa.Network(), Names(f), f.storage, f.demand
    n.set_snapshots(pd.RangeIndex(f.days, name="snapshot"))
    bus, store_bus, oil_bus = _names("node", f.nodes), _names("store", len(s.node)), _names("tank", len(d.oil_opening))
    n.add("Bus", [*bus, *store_bus, *oil_bus])
    n.add("Load", _names("demand", f.nodes), bus=bus, p_set=_frame(n, d.node_demand, _names("demand", f.nodes)))

    def add(kind: str, names: list[str], limit: Array, cost: Array, **attributes: Any) -> None:
        if names:
            size = np.where(limit.max(axis=1) > 0, limit.max(axis=1), 1.0)
            share = _frame(n, limit / size[:, None], names)
            n.add(kind, names, p_nom=size, p_max_pu=share, marginal_cost=_cost(n, cost, names), **attributes)

    net, c = f.network, f.contracts
    add("Link", name.flow, net.capacity, net.tariff, bus0=_pick(bus, net.start), bus1=_pick(bus, net.end),
        efficiency=net.arriving)  # fmt: skip
    add("Generator", name.nomination, c.capacity, c.cost, bus=_pick(bus, c.route_node))
    add("Generator", name.sales, c.sale_capacity, -c.sale_price, bus=_pick(bus, c.sale_node), sign=-1.0)
    add("Link", name.injection, s.injection_capacity, s.injection_cost, bus0=_pick(bus, s.node), bus1=store_bus,
        efficiency=s.stored)  # fmt: skip
    add("Link", name.withdrawal, s.withdrawal_capacity, s.withdrawal_cost, bus0=store_bus, bus1=_pick(bus, s.node))
    if name.inventory:
        holding = _cost(n, s.holding_cost, name.inventory)
        n.add("Store", name.inventory, bus=store_bus, e_nom=s.volume, e_initial=s.opening, standing_loss=1 - s.keeping,
              marginal_cost_storage=holding)  # fmt: skip
    cut = (d.width[:, :, None] * d.demand[:, None, :]).reshape(-1, f.days)
    where = np.repeat(d.node, d.width.shape[1])
    add("Generator", name.curtailment, cut, d.value.ravel(), bus=_pick(bus, where))
    switching = _pick(bus, d.node[d.switching])
    add("Link", name.fuel_switch, d.switchable, d.oil_price, bus0=_pick(oil_bus, d.oil_of), bus1=switching)
    if name.oil:
        most = d.oil_opening + d.oil_refill.sum(axis=1)  # a tank that never overflows
        n.add("Store", name.oil, bus=oil_bus, e_nom=most, e_initial=d.oil_opening)
    add("Generator", _names("delivery", len(name.oil)), d.oil_refill, np.zeros(len(name.oil)), bus=oil_bus)
    return n


def extra_functionality(f: Figures) -> Any:
    """What PyPSA lacks, as the function that `Network.optimize` calls before it solves."""

    def add(n: pypsa.Network, snapshots: pd.Index) -> None:
        m, x, name = n.model, Labels(f), Names(f)
        generators, links, levels = m["Generator-p"], m["Link-p"], m["Store-e"]
        flow = _axis(links, name.flow, "pipeline", x)
        nomination = _axis(generators, name.nomination, "route", x)
        withdrawal = _axis(links, name.withdrawal, "account", x)
        injection = _axis(links, name.injection, "account", x)
        inventory = _axis(levels, name.inventory, "account", x)
        _contracts(m, x, f, flow, nomination, withdrawal)
        _curves(m, x, f, inventory, withdrawal, injection)
        _stock_values(m, x, f, inventory)
        if name.fuel_switch:
            steps = f.demand.width.shape[1]
            cut = [_pick(name.curtailment, f.demand.switching * steps + k) for k in range(steps)]
            relief = _axis(links, name.fuel_switch, "switching", x) + sum(
                1 * _axis(generators, names, "switching", x) for names in cut
            )
            firm = x.array(f.demand.demand[f.demand.switching], "switching", "day")
            m.add_constraints(relief <= firm, name="served_once")

    return add


def _contracts(m: Any, x: Labels, f: Figures, flow: Any, nomination: Any, withdrawal: Any) -> None:
    c = f.contracts
    nominated = x.total(1 * nomination, c.route_contract, "route", "contract")
    if len(c.shared):
        shared = x.array(c.dcq, "contract", "day").isel(contract=c.shared)
        m.add_constraints(nominated.isel(contract=c.shared) <= shared, name="daily_quantity")
    for contract, node in c.destination.items():
        into = flow.isel(pipeline=np.flatnonzero(f.network.end == node)).sum("pipeline")
        m.add_constraints(nominated.isel(contract=contract, drop=True) - into <= 0, name=f"destination_{contract}")
    if len(f.upstream.capacity):
        passing = x.array(incidence(f.upstream.routes, len(c.route_node)), "upstream", "route")
        through = (nomination * passing).sum("route")
        if any(map(len, f.upstream.accounts)):
            passing = x.array(incidence(f.upstream.accounts, len(f.storage.node)), "upstream", "account")
            through = through + (withdrawal * passing).sum("account")
        m.add_constraints(through <= x.array(f.upstream.capacity, "upstream", "day"), name="upstream_limit")
    if len(c.pledge):
        shortfall = m.add_variables(0, coords=x.coords("period"), name="take_shortfall")
        within = np.zeros((len(c.pledge), f.days))
        for row, days in zip(within, c.period_days, strict=True):
            row[days] = 1.0
        taken = (x.pick(nominated, "contract", c.period_contract, "period") * x.array(within, "period", "day")).sum(
            "day"
        )
        limited = np.flatnonzero(np.isfinite(c.quantity))
        m.add_constraints(
            taken.isel(period=limited) <= x.array(c.quantity, "period").isel(period=limited), name="quantity"
        )
        m.add_constraints(taken + shortfall >= x.array(c.pledge, "period"), name="take_or_pay")
        m.objective = m.objective + (shortfall * x.array(c.shortfall_price, "period")).sum()  # fmt: skip


def _curves(m: Any, x: Labels, f: Figures, inventory: Any, withdrawal: Any, injection: Any) -> None:
    s = f.storage
    evening_before = inventory.shift(day=1)
    for name, rate, piece, intercept, slope in (
        ("deliverability", withdrawal, "out_piece", s.withdrawal_intercept, s.withdrawal_slope),
        ("injectability", injection, "in_piece", s.injection_intercept, s.injection_slope),
    ):
        dims = ("account", piece, "day")
        limit, per_stock = np.nan_to_num(intercept), np.nan_to_num(slope)
        limit[:, :, 0] += per_stock[:, :, 0] * s.opening[:, None]  # the first morning's stock is given
        given = x.array(~np.isnan(intercept), *dims)
        beyond = (1 * evening_before).fillna(0) * x.array(per_stock, *dims)
        m.add_constraints(rate - beyond <= x.array(limit, *dims), name=name, mask=given)
    owners = np.concatenate([*s.site_accounts, np.zeros(0, dtype=int)])
    site = np.repeat(np.arange(len(s.site_accounts)), [len(a) for a in s.site_accounts])
    for name, rate, most in (("site_out", withdrawal, s.site_withdrawal), ("site_in", injection, s.site_injection)):
        if len(owners):
            by_site = (1 * rate.isel(account=owners)).groupby(xr.DataArray(site, dims="account", name="site")).sum()
            m.add_constraints(by_site <= x.array(most, "site", "day").isel(site=np.unique(site)), name=name)


def _stock_values(m: Any, x: Labels, f: Figures, inventory: Any) -> None:
    s = f.storage
    if len(s.target_day):
        shortfall = m.add_variables(0, coords=x.coords("target"), name="filling_shortfall")
        for t, (account, morning) in enumerate(zip(s.target_account, s.target_day, strict=True)):
            stock = inventory.isel(account=account, day=morning - 1, drop=True) if morning else s.opening[account]
            m.add_constraints(stock + shortfall.isel(target=t, drop=True) >= s.target_level[t], name=f"target_{t}")
        m.objective = m.objective + (shortfall * x.array(s.target_price, "target")).sum()
    if len(s.closing_width):
        closing = m.add_variables(0, x.array(s.closing_width, "closing"), name="closing_stock")
        valued = x.total(1 * closing, s.closing_account, "closing", "account")
        m.add_constraints(valued - inventory.isel(day=-1, drop=True) <= 0, name="closing_balance")
        m.objective = m.objective + (closing * x.array(-s.closing_value, "closing")).sum()


def _axis(of: Any, names: list[str], dim: str, x: Labels) -> Any:
    """Some components of a PyPSA variable, on an axis of their own."""
    chosen = of.sel(name=names).rename({"name": dim, "snapshot": "day"})
    return chosen.assign_coords({dim: x.index[dim], "day": x.index["day"]})


def _names(kind: str, count: int) -> list[str]:
    return [f"{kind}_{k}" for k in range(count)]


def _pick(names: list[str], places: Any) -> list[str]:
    return [names[k] for k in places]


def _frame(n: pypsa.Network, values: Array, names: list[str]) -> pd.DataFrame:
    return pd.DataFrame(values.T, index=n.snapshots, columns=names)


def _cost(n: pypsa.Network, cost: Array, names: list[str]) -> Any:
    """One number by component where no day differs, a frame otherwise."""
    if cost.ndim == 1:
        return cost
    return cost[:, 0] if (cost == cost[:, :1]).all() else _frame(n, cost, names)
