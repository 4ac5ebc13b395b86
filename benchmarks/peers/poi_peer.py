"""PyOptInterface: rows as expressions in plain loops, straight into HiGHS's C interface.

Needs the shared library of HiGHS; the one that highspy brings serves, so that all peers run the same solver.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import pyoptinterface as poi
from pyoptinterface import highs

from benchmarks.figures import Array, Figures, figures
from energysim.inputs.assets import GasSystem

INF = float("inf")
Variables = Any
"""A numpy array of variables."""


def build(system: GasSystem) -> Any:
    """The programme of a system in HiGHS, not yet solved."""
    if not highs.is_library_loaded():
        library = sorted(Path(os.path.dirname(highspy.__file__)).rglob("libhighs.so*"))
        highs.load_library(str(library[0]))
    m, f = highs.Model(), figures(system)
    m.set_model_attribute(poi.ModelAttribute.Silent, True)
    x = _variables(m, f)
    _balance(m, f, x)
    _contracts(m, f, x)
    _storage(m, f, x)
    _demand(m, f, x)
    m.set_objective(_objective(f, x), poi.ObjectiveSense.Minimize)
    m.all_variables = x
    return m


def solve(model: Any) -> float:
    """The least cost [kEUR]; primal values are read as every user would."""
    model.optimize()
    status = model.get_model_attribute(poi.ModelAttribute.TerminationStatus)
    assert status == poi.TerminationStatusCode.OPTIMAL, status
    for group in model.all_variables.values():
        for variable in group.flat:
            model.get_value(variable)
    return float(model.get_model_attribute(poi.ModelAttribute.ObjectiveValue))


def run(system: GasSystem) -> float:
    """The whole way."""
    return solve(build(system))


def _variables(m: Any, f: Figures) -> dict[str, Variables]:
    c, s, d = f.contracts, f.storage, f.demand

    def many(upper: Any, shape: tuple[int, ...] | None = None) -> Variables:
        limits = np.asarray(upper) if shape is None else np.broadcast_to(upper, shape)
        found = np.empty(limits.size, dtype=object)
        for k, limit in enumerate(limits.ravel().tolist()):
            found[k] = m.add_variable(lb=0.0, ub=limit)
        return found.reshape(limits.shape)

    return {
        "flow": many(f.network.capacity),
        "nomination": many(c.capacity),
        "sales": many(c.sale_capacity),
        "take_shortfall": many(INF, c.pledge.shape),
        "injection": many(s.injection_capacity),
        "withdrawal": many(s.withdrawal_capacity),
        "inventory": many(s.volume[:, None], (len(s.volume), f.days + 1)),
        "filling_shortfall": many(INF, s.target_level.shape),
        "closing_stock": many(s.closing_width),
        "curtailment": many(d.width[:, :, None] * d.demand[:, None, :]),
        "fuel_switch": many(d.switchable),
        "oil_stock": many(INF, (len(d.oil_opening), f.days + 1)),
        "oil_delivery": many(d.oil_refill),
    }


def _balance(m: Any, f: Figures, x: dict[str, Variables]) -> None:
    net, d, arriving = f.network, f.demand, f.network.arriving.tolist()
    for n, needed in enumerate(d.node_demand.tolist()):
        into, out_of = np.flatnonzero(net.end == n), np.flatnonzero(net.start == n)
        plus = np.concatenate([
            x["nomination"][f.contracts.route_node == n],
            x["withdrawal"][f.storage.node == n],
            x["curtailment"][d.node == n].reshape(-1, f.days),
            x["fuel_switch"][d.node[d.switching] == n],
        ])  # fmt: skip
        minus = np.concatenate([
            x["flow"][out_of],
            x["injection"][f.storage.node == n],
            x["sales"][f.contracts.sale_node == n],
        ])  # fmt: skip
        for day, demand in enumerate(needed):
            row = poi.ExprBuilder()
            for p in into:
                row.add_affine_term(x["flow"][p, day], arriving[p])
            for variable in plus[:, day]:
                row.add_affine_term(variable, 1.0)
            for variable in minus[:, day]:
                row.add_affine_term(variable, -1.0)
            m.add_linear_constraint(row, poi.Eq, demand)


def _contracts(m: Any, f: Figures, x: dict[str, Variables]) -> None:
    c, nomination = f.contracts, x["nomination"]
    for contract in c.shared:
        routes = nomination[c.route_contract == contract]
        for day, limit in enumerate(c.dcq[contract].tolist()):
            m.add_linear_constraint(poi.quicksum(routes[:, day]), poi.Leq, limit)
    for contract, node in c.destination.items():
        routes, into = nomination[c.route_contract == contract], x["flow"][f.network.end == node]
        for day in range(f.days):
            m.add_linear_constraint(poi.quicksum(routes[:, day]) - poi.quicksum(into[:, day]), poi.Leq, 0.0)
    for q, (contract, days) in enumerate(zip(c.period_contract, c.period_days, strict=True)):
        taken = nomination[c.route_contract == contract, days].ravel()
        if np.isfinite(c.quantity[q]):
            m.add_linear_constraint(poi.quicksum(taken), poi.Leq, float(c.quantity[q]))
        m.add_linear_constraint(poi.quicksum(taken) + x["take_shortfall"][q], poi.Geq, float(c.pledge[q]))
    for k, limits in enumerate(f.upstream.capacity.tolist()):
        through = np.concatenate([nomination[f.upstream.routes[k]], x["withdrawal"][f.upstream.accounts[k]]])
        for day, limit in enumerate(limits):
            m.add_linear_constraint(poi.quicksum(through[:, day]), poi.Leq, limit)


def _storage(m: Any, f: Figures, x: dict[str, Variables]) -> None:
    s, inventory, injection, withdrawal = f.storage, x["inventory"], x["injection"], x["withdrawal"]
    for a, stock in enumerate(inventory):
        keeping, stored = float(s.keeping[a]), float(s.stored[a])
        m.add_linear_constraint(1.0 * stock[0], poi.Eq, float(s.opening[a]))
        for day in range(f.days):
            kept = keeping * stock[day] + stored * injection[a, day] - withdrawal[a, day]
            m.add_linear_constraint(stock[day + 1] - kept, poi.Eq, 0.0)
        for rate, intercept, slope in (
            (withdrawal[a], s.withdrawal_intercept[a], s.withdrawal_slope[a]),
            (injection[a], s.injection_intercept[a], s.injection_slope[a]),
        ):
            for limits, slopes in zip(intercept.tolist(), slope.tolist(), strict=True):
                if not np.isnan(limits[0]):
                    for day in range(f.days):
                        m.add_linear_constraint(rate[day] - slopes[day] * stock[day], poi.Leq, limits[day])
        of_steps = x["closing_stock"][s.closing_account == a]
        m.add_linear_constraint(poi.quicksum(of_steps) - stock[-1], poi.Leq, 0.0)
    for rate, limits in ((withdrawal, s.site_withdrawal), (injection, s.site_injection)):
        for members, by_day in zip(s.site_accounts, limits.tolist(), strict=True):
            for day, limit in enumerate(by_day if len(members) else []):
                m.add_linear_constraint(poi.quicksum(rate[members, day]), poi.Leq, limit)
    for t, (account, day) in enumerate(zip(s.target_account, s.target_day, strict=True)):
        stock = inventory[account, day] + x["filling_shortfall"][t]
        m.add_linear_constraint(stock, poi.Geq, float(s.target_level[t]))


def _demand(m: Any, f: Figures, x: dict[str, Variables]) -> None:
    d, switch, stock = f.demand, x["fuel_switch"], x["oil_stock"]
    for w, offtake in enumerate(d.switching):
        cut = x["curtailment"][offtake]
        for day, firm in enumerate(d.demand[offtake].tolist()):
            m.add_linear_constraint(poi.quicksum(cut[:, day]) + switch[w, day], poi.Leq, firm)
    for o, opening in enumerate(d.oil_opening.tolist()):
        burnt = switch[d.oil_of == o]
        m.add_linear_constraint(1.0 * stock[o, 0], poi.Eq, opening)
        for day in range(f.days):
            change = stock[o, day + 1] - stock[o, day] - x["oil_delivery"][o, day]
            m.add_linear_constraint(poi.quicksum(burnt[:, day]) + change, poi.Eq, 0.0)


def _objective(f: Figures, x: dict[str, Variables]) -> Any:
    c, s, d = f.contracts, f.storage, f.demand
    cost: dict[str, Array] = {
        "flow": f.network.tariff,
        "nomination": c.cost,
        "sales": -c.sale_price,
        "take_shortfall": c.shortfall_price,
        "injection": s.injection_cost[:, None],
        "withdrawal": s.withdrawal_cost,
        "filling_shortfall": s.target_price,
        "closing_stock": -s.closing_value,
        "curtailment": d.value[:, :, None],
        "fuel_switch": d.oil_price[:, None],
    }
    total = poi.ExprBuilder()
    priced = [(x[name], per_unit) for name, per_unit in cost.items()]
    for variables, per_unit in [*priced, (x["inventory"][:, 1:], s.holding_cost)]:
        for variable, price in zip(variables.flat, np.broadcast_to(per_unit, variables.shape).flat, strict=True):
            total.add_affine_term(variable, float(price))
    return total
