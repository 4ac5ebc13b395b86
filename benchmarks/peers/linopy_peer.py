"""linopy: labelled arrays and vectorised expressions, handed to HiGHS through its direct interface.

Written for the arithmetic that linopy 0.10 recommends (`v1`): sums over members of a node are `groupby(...).sum()`,
stocks are one variable over mornings of which rows see the first and the last.
"""

from __future__ import annotations

import highspy
import linopy
import numpy as np
import xarray as xr

from benchmarks.figures import Figures, figures
from benchmarks.peers.labels import Labels, incidence
from energysim.inputs.assets import GasSystem

linopy.options["semantics"] = "v1"


def build(system: GasSystem) -> tuple[linopy.Model, highspy.Highs]:
    """The programme of a system, handed over and not yet solved."""
    m = model(system)
    return m, linopy.io.to_highspy(m)


def solve(built: tuple[linopy.Model, highspy.Highs]) -> float:
    """The least cost [kEUR]; primal values are read as every user would."""
    _, solver = built
    solver.setOptionValue("output_flag", False)
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal, solver.getModelStatus()
    np.array(solver.getSolution().col_value)
    return float(solver.getObjectiveValue())


def run(system: GasSystem) -> float:
    """The whole way as linopy's manual shows it, with the direct interface instead of a file."""
    m = model(system)
    status, condition = m.solve("highs", io_api="direct", progress=False, output_flag=False)
    assert (status, condition) == ("ok", "optimal"), (status, condition)
    return float(m.objective.value)


def model(system: GasSystem, sparse: bool = True) -> linopy.Model:
    """The programme of a system as a linopy model."""
    f = figures(system)
    m, x = linopy.Model(sparse=sparse), Labels(f)
    _variables(m, x, f)
    _balance(m, x, f)
    _contracts(m, x, f)
    _storage(m, x, f)
    _demand(m, x, f)
    _objective(m, x, f)
    return m


def _variables(m: linopy.Model, x: Labels, f: Figures) -> None:
    add, c, s, d = m.add_variables, f.contracts, f.storage, f.demand
    cut = d.width[:, :, None] * d.demand[:, None, :]
    add(0, x.array(f.network.capacity, "pipeline", "day"), name="flow")
    add(0, x.array(c.capacity, "route", "day"), name="nomination")
    add(0, x.array(c.sale_capacity, "sale", "day"), name="sales")
    add(0, coords=x.coords("period"), name="take_shortfall")
    add(0, x.array(s.injection_capacity, "account", "day"), name="injection")
    add(0, x.array(s.withdrawal_capacity, "account", "day"), name="withdrawal")
    add(0, x.array(s.volume, "account"), coords=x.coords("account", "morning"), name="inventory")
    add(0, coords=x.coords("target"), name="filling_shortfall")
    add(0, x.array(s.closing_width, "closing"), name="closing_stock")
    add(0, x.array(cut, "offtake", "step", "day"), name="curtailment")
    add(0, x.array(d.switchable, "switching", "day"), name="fuel_switch")
    add(0, coords=x.coords("oil", "morning"), name="oil_stock")
    add(0, x.array(d.oil_refill, "oil", "day"), name="oil_delivery")


def _balance(m: linopy.Model, x: Labels, f: Figures) -> None:
    v, net, d = m.variables, f.network, f.demand
    arriving = v["flow"] * x.array(net.arriving, "pipeline")
    delivered = (
        x.total(arriving, net.end, "pipeline", "node")
        - x.total(1 * v["flow"], net.start, "pipeline", "node")
        + x.total(1 * v["nomination"], f.contracts.route_node, "route", "node")
        + x.total(v["withdrawal"] - v["injection"], f.storage.node, "account", "node")
        + x.total(v["curtailment"].sum("step"), d.node, "offtake", "node")
    )
    if len(f.contracts.sale_node):
        delivered = delivered - x.total(1 * v["sales"], f.contracts.sale_node, "sale", "node")
    if len(d.switching):
        delivered = delivered + x.total(1 * v["fuel_switch"], d.node[d.switching], "switching", "node")
    m.add_constraints(delivered == x.array(d.node_demand, "node", "day"), name="node_balance")


def _contracts(m: linopy.Model, x: Labels, f: Figures) -> None:
    v, c = m.variables, f.contracts
    nominated = x.total(1 * v["nomination"], c.route_contract, "route", "contract")
    shared = nominated.isel(contract=c.shared)
    if len(c.shared):
        m.add_constraints(shared <= x.array(c.dcq, "contract", "day").isel(contract=c.shared), name="daily_quantity")
    for contract, node in c.destination.items():
        into = v["flow"].isel(pipeline=np.flatnonzero(f.network.end == node)).sum("pipeline")
        m.add_constraints(nominated.isel(contract=contract, drop=True) - into <= 0, name=f"destination_{contract}")
    if len(c.pledge):
        within = np.zeros((len(c.pledge), f.days))
        for row, days in zip(within, c.period_days, strict=True):
            row[days] = 1.0
        by_period = x.pick(nominated, "contract", c.period_contract, "period")
        taken = (by_period * x.array(within, "period", "day")).sum("day")
        m.add_constraints(taken <= x.array(c.quantity, "period"), name="period_quantity")
        m.add_constraints(taken + v["take_shortfall"] >= x.array(c.pledge, "period"), name="take_or_pay")
    if len(f.upstream.capacity):
        passing = incidence(f.upstream.routes, len(c.route_node))
        through = v["nomination"] @ x.array(passing, "upstream", "route")
        if any(map(len, f.upstream.accounts)):
            passing = incidence(f.upstream.accounts, len(f.storage.node))
            through = through + v["withdrawal"] @ x.array(passing, "upstream", "account")
        m.add_constraints(through <= x.array(f.upstream.capacity, "upstream", "day"), name="upstream_limit")


def _storage(m: linopy.Model, x: Labels, f: Figures) -> None:
    v, s = m.variables, f.storage
    inventory, injection, withdrawal = v["inventory"], v["injection"], v["withdrawal"]
    opening, closing = _ends(inventory, x)
    at_start = inventory.isel(morning=0, drop=True)
    m.add_constraints(at_start == x.array(s.opening, "account"), name="opening_stock")
    kept = opening * x.array(s.keeping, "account") + injection * x.array(s.stored, "account") - withdrawal
    m.add_constraints(closing - kept == 0, name="inventory_balance")
    for name, rate, piece, intercept, slope in (
        ("deliverability", withdrawal, "out_piece", s.withdrawal_intercept, s.withdrawal_slope),
        ("injectability", injection, "in_piece", s.injection_intercept, s.injection_slope),
    ):
        dims = ("account", piece, "day")
        given = x.array(~np.isnan(intercept), *dims)
        beyond = opening * x.array(np.nan_to_num(slope), *dims)
        m.add_constraints(rate - beyond <= x.array(np.nan_to_num(intercept), *dims), name=name, mask=given)
    owners = np.concatenate([*s.site_accounts, np.zeros(0, dtype=int)])
    site = np.repeat(np.arange(len(s.site_accounts)), [len(a) for a in s.site_accounts])
    for name, rate, limit in (
        ("site_withdrawal", withdrawal, s.site_withdrawal),
        ("site_injection", injection, s.site_injection),
    ):
        if len(owners):
            by_site = rate.isel(account=owners).groupby(xr.DataArray(site, dims="account", name="site")).sum()
            used = np.unique(site)
            m.add_constraints(by_site <= x.array(limit, "site", "day").isel(site=used), name=name)
    if len(s.target_day):
        place = {
            "account": xr.DataArray(s.target_account, coords=x.coords("target")),
            "morning": xr.DataArray(s.target_day, coords=x.coords("target")),
        }
        stock = inventory.isel(place)
        m.add_constraints(stock + v["filling_shortfall"] >= x.array(s.target_level, "target"), name="filling_target")
    if len(s.closing_width):
        valued = x.total(1 * v["closing_stock"], s.closing_account, "closing", "account")
        m.add_constraints(valued - inventory.isel(morning=-1, drop=True) <= 0, name="closing_balance")


def _demand(m: linopy.Model, x: Labels, f: Figures) -> None:
    v, d = m.variables, f.demand
    if not len(d.switching):
        return
    cut = x.pick(v["curtailment"], "offtake", d.switching, "switching").sum("step")
    firm = x.array(d.demand[d.switching], "switching", "day")
    m.add_constraints(cut + v["fuel_switch"] <= firm, name="served_once")
    opening, closing = _ends(v["oil_stock"], x)
    m.add_constraints(v["oil_stock"].isel(morning=0, drop=True) == x.array(d.oil_opening, "oil"), name="oil_opening")
    burnt = x.total(1 * v["fuel_switch"], d.oil_of, "switching", "oil")
    m.add_constraints(closing - opening - v["oil_delivery"] + burnt == 0, name="oil_balance")


def _objective(m: linopy.Model, x: Labels, f: Figures) -> None:
    v, c, s, d = m.variables, f.contracts, f.storage, f.demand
    _, closing = _ends(v["inventory"], x)
    terms = [
        (v["flow"] * x.array(f.network.tariff, "pipeline", "day")).sum(),
        (v["nomination"] * x.array(c.cost, "route", "day")).sum(),
        (v["sales"] * x.array(-c.sale_price, "sale", "day")).sum(),
        (v["take_shortfall"] * x.array(c.shortfall_price, "period")).sum(),
        (v["injection"] * x.array(s.injection_cost, "account")).sum(),
        (v["withdrawal"] * x.array(s.withdrawal_cost, "account", "day")).sum(),
        (closing * x.array(s.holding_cost, "account", "day")).sum(),
        (v["filling_shortfall"] * x.array(s.target_price, "target")).sum(),
        (v["closing_stock"] * x.array(-s.closing_value, "closing")).sum(),
        (v["curtailment"] * x.array(d.value, "offtake", "step")).sum(),
        (v["fuel_switch"] * x.array(d.oil_price, "switching")).sum(),
    ]
    m.add_objective(sum(terms[1:], terms[0]))


def _ends(stock: linopy.Variable, x: Labels) -> tuple[linopy.Variable, linopy.Variable]:
    """A stock at the start and at the end of every day."""
    first, last = stock.isel(morning=slice(0, -1)), stock.isel(morning=slice(1, None))
    return first.rename(morning="day"), last.rename(morning="day").assign_coords(day=x.index["day"])
