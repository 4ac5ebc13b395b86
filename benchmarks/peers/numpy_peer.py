"""Raw arrays: index arithmetic in numpy, one sparse matrix, handed to HiGHS with its default options.

The physical limit of a modelling layer, and the least readable: every block is a range of positions.
"""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np
import scipy.sparse as sp

from benchmarks.figures import Array, Figures, Places, figures
from energysim.inputs.assets import GasSystem

INF = highspy.kHighsInf


class Programme:
    """Columns, rows and entries, added block by block."""

    def __init__(self) -> None:
        self.columns = self.rows = 0
        self.cost: list[Array] = []
        self.column_upper: list[Array] = []
        self.row_lower: list[Array] = []
        self.row_upper: list[Array] = []
        self.entries: list[tuple[Places, Places, Array]] = []
        self.place: dict[str, Places] = {}

    def add_columns(self, name: str, shape: tuple[int, ...], cost: Any = 0.0, upper: Any = INF) -> Places:
        """Non-negative columns of a shape; their positions."""
        count = int(np.prod(shape))
        self.cost.append(np.broadcast_to(cost, shape).ravel())
        self.column_upper.append(np.broadcast_to(upper, shape).ravel())
        places = np.arange(self.columns, self.columns + count).reshape(shape)
        self.columns += count
        self.place[name] = places
        return places

    def add_rows(self, shape: tuple[int, ...], lower: Any, upper: Any) -> Places:
        """Rows of a shape; their positions."""
        count = int(np.prod(shape))
        self.row_lower.append(np.broadcast_to(lower, shape).ravel())
        self.row_upper.append(np.broadcast_to(upper, shape).ravel())
        places = np.arange(self.rows, self.rows + count).reshape(shape)
        self.rows += count
        return places

    def put(self, rows: Places, columns: Places, values: Any) -> None:
        """Entries of the matrix, broadcast against each other."""
        r, c, v = np.broadcast_arrays(rows, columns, np.asarray(values, dtype=float))
        self.entries.append((r.ravel(), c.ravel(), v.ravel()))

    def highs(self) -> highspy.Highs:
        """The programme in a solver of default options."""
        r, c, v = (np.concatenate(part) for part in zip(*self.entries, strict=True))
        matrix = sp.csc_array((v, (r, c)), shape=(self.rows, self.columns))
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        lower, integrality = np.zeros(self.columns), np.zeros(self.columns, dtype=np.int32)
        status = solver.passModel(
            self.columns, self.rows, matrix.nnz, 1, 1, 0.0,
            np.concatenate(self.cost), lower, np.concatenate(self.column_upper),
            np.concatenate(self.row_lower), np.concatenate(self.row_upper),
            matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data, integrality,
        )  # fmt: skip
        assert status != highspy.HighsStatus.kError
        return solver


def build(system: GasSystem) -> highspy.Highs:
    """The programme of a system, handed over and not yet solved."""
    f, lp = figures(system), Programme()
    balance = lp.add_rows((f.nodes, f.days), f.demand.node_demand, f.demand.node_demand)
    _network(f, lp, balance)
    _contracts(f, lp, balance)
    _storage(f, lp, balance)
    _demand(f, lp, balance)
    upstream = lp.add_rows(f.upstream.capacity.shape, -INF, f.upstream.capacity)
    for row, routes, accounts in zip(upstream, f.upstream.routes, f.upstream.accounts, strict=True):
        lp.put(row, lp.place["nomination"][routes], 1.0)
        lp.put(row, lp.place["withdrawal"][accounts], 1.0)
    return lp.highs()


def solve(model: highspy.Highs) -> float:
    """The least cost [kEUR]; primal values are read as every user would."""
    model.run()
    assert model.getModelStatus() == highspy.HighsModelStatus.kOptimal, model.getModelStatus()
    np.array(model.getSolution().col_value)
    return float(model.getObjectiveValue())


def run(system: GasSystem) -> float:
    """The whole way."""
    return solve(build(system))


def _network(f: Figures, lp: Programme, balance: Places) -> None:
    net = f.network
    flow = lp.add_columns("flow", net.capacity.shape, net.tariff, net.capacity)
    lp.put(balance[net.end], flow, net.arriving[:, None])
    lp.put(balance[net.start], flow, -1.0)


def _contracts(f: Figures, lp: Programme, balance: Places) -> None:
    c, flow = f.contracts, lp.place["flow"]
    nomination = lp.add_columns("nomination", c.capacity.shape, c.cost, c.capacity)
    sales = lp.add_columns("sales", c.sale_capacity.shape, -c.sale_price, c.sale_capacity)
    shortfall = lp.add_columns("take_shortfall", c.pledge.shape, c.shortfall_price)
    lp.put(balance[c.route_node], nomination, 1.0)
    lp.put(balance[c.sale_node], sales, -1.0)
    daily = lp.add_rows((len(c.shared), f.days), -INF, c.dcq[c.shared])
    for row, contract in zip(daily, c.shared, strict=True):
        lp.put(row, nomination[c.route_contract == contract], 1.0)
    for contract, node in c.destination.items():
        row = lp.add_rows((f.days,), -INF, 0.0)
        lp.put(row, nomination[c.route_contract == contract], 1.0)
        lp.put(row, flow[f.network.end == node], -1.0)
    most, least = lp.add_rows(c.quantity.shape, -INF, c.quantity), lp.add_rows(c.pledge.shape, c.pledge, INF)
    for q, (contract, days) in enumerate(zip(c.period_contract, c.period_days, strict=True)):
        taken = nomination[c.route_contract == contract, days]
        lp.put(most[q], taken, 1.0)
        lp.put(least[q], taken, 1.0)
    lp.put(least, shortfall, 1.0)


def _storage(f: Figures, lp: Programme, balance: Places) -> None:
    s, days, accounts = f.storage, f.days, len(f.storage.node)
    injection = lp.add_columns("injection", (accounts, days), s.injection_cost[:, None], s.injection_capacity)
    withdrawal = lp.add_columns("withdrawal", (accounts, days), s.withdrawal_cost, s.withdrawal_capacity)
    holding = np.hstack([np.zeros((accounts, 1)), s.holding_cost])
    inventory = lp.add_columns("inventory", (accounts, days + 1), holding, s.volume[:, None])
    short = lp.add_columns("filling_shortfall", s.target_level.shape, s.target_price)
    closing = lp.add_columns("closing_stock", s.closing_width.shape, -s.closing_value, s.closing_width)
    lp.put(balance[s.node], withdrawal, 1.0)
    lp.put(balance[s.node], injection, -1.0)
    lp.put(lp.add_rows((accounts,), s.opening, s.opening), inventory[:, 0], 1.0)
    chain = lp.add_rows((accounts, days), 0.0, 0.0)
    lp.put(chain, inventory[:, 1:], 1.0)
    lp.put(chain, inventory[:, :-1], -s.keeping[:, None])
    lp.put(chain, injection, -s.stored[:, None])
    lp.put(chain, withdrawal, 1.0)
    for rate, intercept, slope in (
        (withdrawal, s.withdrawal_intercept, s.withdrawal_slope),
        (injection, s.injection_intercept, s.injection_slope),
    ):
        account, piece = np.nonzero(~np.isnan(intercept[:, :, 0]))
        curve = lp.add_rows((len(account), days), -INF, intercept[account, piece])
        lp.put(curve, rate[account], 1.0)
        lp.put(curve, inventory[account, :-1], -slope[account, piece])
    for rate, limits in ((withdrawal, s.site_withdrawal), (injection, s.site_injection)):
        rows = lp.add_rows(limits.shape, -INF, limits)
        for row, members in zip(rows, s.site_accounts, strict=True):
            lp.put(row, rate[members], 1.0)
    target = lp.add_rows(s.target_level.shape, s.target_level, INF)
    lp.put(target, inventory[s.target_account, s.target_day], 1.0)
    lp.put(target, short, 1.0)
    left = lp.add_rows((accounts,), -INF, 0.0)
    lp.put(left, inventory[:, -1], -1.0)
    lp.put(left[s.closing_account], closing, 1.0)


def _demand(f: Figures, lp: Programme, balance: Places) -> None:
    d, days = f.demand, f.days
    limit = d.width[:, :, None] * d.demand[:, None, :]
    curtailment = lp.add_columns("curtailment", limit.shape, d.value[:, :, None], limit)
    switch = lp.add_columns("fuel_switch", d.switchable.shape, d.oil_price[:, None], d.switchable)
    stock = lp.add_columns("oil_stock", (len(d.oil_opening), days + 1))
    delivery = lp.add_columns("oil_delivery", d.oil_refill.shape, 0.0, d.oil_refill)
    lp.put(balance[d.node][:, None, :], curtailment, 1.0)
    lp.put(balance[d.node[d.switching]], switch, 1.0)
    once = lp.add_rows(switch.shape, -INF, d.demand[d.switching])
    lp.put(once, switch, 1.0)
    lp.put(once[:, None, :], curtailment[d.switching], 1.0)
    lp.put(lp.add_rows(d.oil_opening.shape, d.oil_opening, d.oil_opening), stock[:, 0], 1.0)
    chain = lp.add_rows(delivery.shape, 0.0, 0.0)
    lp.put(chain, stock[:, 1:], 1.0)
    lp.put(chain, stock[:, :-1], -1.0)
    lp.put(chain, delivery, -1.0)
    lp.put(chain[d.oil_of], switch, 1.0)
