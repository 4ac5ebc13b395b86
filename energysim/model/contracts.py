r"""Contracts: gas that may be nominated, by routes through upstream capacities, and sales.

For contract $c$ with routes $r$, each through the upstream assets $U(r)$, on day $d$:

$$0 \le \mathit{nomination}_{r,d} \le \mathit{dcq}_{c,d} \cdot \mathit{available}_{c,d} \qquad
\sum_{r \in c} \mathit{nomination}_{r,d} \le \mathit{dcq}_{c,d} \cdot \mathit{available}_{c,d}$$

over a period $q$ of its validity, with take-or-pay as a priced shortfall, never a hard minimum:

$$\sum_{d \in q} \mathit{nomination} \le \mathit{quantity}_q \qquad
\sum_{d \in q} \mathit{nomination} + \mathit{take\_shortfall}_q \ge \mathit{take\_or\_pay}_q$$

Gas paid for and not taken shows as the cost `take_or_pay`; the make-up gas it may entitle to in a later year has no
value within this one.

A contract with a destination clause brings no more than flows on to its destination $n$, so that gas bought
by a neighbour is not Serbia's:

$$\sum_{r \in c} \mathit{nomination}_{r,d} \le \sum_{p \to n} \mathit{flow}_{p,d}$$

Force majeure has pro-rated quantity and take-or-pay before they come here (`inputs.force_majeure`), and
notice has already lowered the daily quantity: both are edits of the inputs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from energysim.inputs.assets import Contract, GasSystem, Period
from energysim.model.block import Block, data, indexed_set, law, stack, working


def add_contracts(m: Any, system: GasSystem, flow: Any) -> Block:
    """Add nominations by route, their daily and period quantities, and sales.

    flow: the network's variable, which destination clauses refer to.
    """
    routes = system.routes
    periods = {p.id: (c, p) for c in system.contracts.values() for p in c.periods if _binding(p)}
    _declare_sets(m, system, routes, periods)
    _declare_data(m, system, periods)

    m.nomination = pyo.Var(
        m.route,
        m.day,
        bounds=lambda m, r, d: (0, m.nomination_capacity[r, d]),
        doc="gas nominated under a contract on one of its routes [GWh/d]",
    )
    m.take_shortfall = pyo.Var(m.period, domain=pyo.NonNegativeReals, doc="gas paid for but not taken [GWh]")
    m.sales = pyo.Var(m.sale, m.day, bounds=lambda m, s, d: (0, m.sales_capacity[s, d]), doc="gas sold [GWh/d]")

    @law(m, m.shared_contract, m.day)
    def daily_contract_quantity(m: Any, c: Any, d: Any) -> Any:
        r"""\sum_{r \in c} nomination_{r,d} \le dcq_{c,d}: one daily quantity, whichever way the gas comes."""
        return sum(m.nomination[r, d] for r in m.routes_of[c]) <= m.dcq[c, d]

    @law(m, m.bound_contract, m.day)
    def destination_clause(m: Any, c: Any, d: Any) -> Any:
        r"""\sum_{r \in c} nomination_{r,d} \le \sum_{p \to n} flow_{p,d}: a neighbour's gas goes to the neighbour."""
        nominated = sum(m.nomination[r, d] for r in m.routes_of[c])
        return nominated - sum(flow[p, d] for p in m.pipelines_to_destination[c]) <= 0

    @law(m, m.limited_period)
    def period_quantity(m: Any, q: Any) -> Any:
        r"""\sum_{r \in c(q)} \sum_{d \in q} nomination_{r,d} \le quantity_q: the annual (or shorter) contract quantity."""
        return sum(m.nomination[r, d] for r in m.period_routes[q] for d in m.period_days[q]) <= m.quantity[q]

    @law(m, m.pledged_period)
    def take_or_pay(m: Any, q: Any) -> Any:
        r"""\sum_{r \in c(q)} \sum_{d \in q} nomination_{r,d} + take\_shortfall_q \ge take\_or\_pay_q: paid for, taken or not."""
        taken = sum(m.nomination[r, d] for r in m.period_routes[q] for d in m.period_days[q])
        return taken + m.take_shortfall[q] >= m.pledge[q]

    return Block(
        name="contracts",
        delivers={
            "nomination": lambda n, d: sum(m.nomination[r, d] for r in m.routes_at[n]),
            "sales": lambda n, d: -sum(m.sales[s, d] for s in m.sales_at[n]),
        },
        costs={
            "gas": lambda m: sum(m.gas_price[r, d] * m.nomination[r, d] for r in m.route for d in m.day),
            "entry": lambda m: sum(m.route_tariff[r, d] * m.nomination[r, d] for r in m.route for d in m.day),
            "take_or_pay": lambda m: sum(m.take_shortfall_price[q] * m.take_shortfall[q] for q in m.period),
            "sales": lambda m: -sum(m.sales_price[s, d] * m.sales[s, d] for s in m.sale for d in m.day),
        },
    )


def _binding(period: Period) -> bool:
    """A period that limits nothing needs no row."""
    return np.isfinite(period.quantity) or period.take_or_pay > 0


def _declare_sets(
    m: Any, system: GasSystem, routes: dict[str, Any], periods: dict[str, tuple[Contract, Period]]
) -> None:
    contracts = system.contracts
    m.route = pyo.Set(dimen=1, initialize=list(routes), doc="routes of contracts")
    m.contract = pyo.Set(dimen=1, initialize=list(contracts), doc="contracts and spot steps")
    m.shared_contract = pyo.Set(
        dimen=1, initialize=[c.id for c in contracts.values() if len(c.routes) > 1], doc="contracts with several routes"
    )
    bound = {c.id: c.destination for c in contracts.values() if c.destination}
    m.bound_contract = pyo.Set(dimen=1, initialize=list(bound), doc="contracts with a destination clause")
    leading = {c: [p.id for p in system.pipelines.values() if p.to_node == n] for c, n in bound.items()}
    indexed_set(m, "pipelines_to_destination", m.bound_contract, leading, m.pipeline, "arcs into the destination")
    m.period = pyo.Set(dimen=1, initialize=list(periods), doc="periods over which a quantity counts")
    m.limited_period = pyo.Set(
        dimen=1, initialize=[q for q, (_, p) in periods.items() if np.isfinite(p.quantity)], doc="with a quantity"
    )
    m.pledged_period = pyo.Set(
        dimen=1, initialize=[q for q, (_, p) in periods.items() if p.take_or_pay > 0], doc="with take-or-pay"
    )
    m.sale = pyo.Set(dimen=1, initialize=list(system.sales), doc="places where gas may be sold")
    entering = {n: [r for r, (_, route) in routes.items() if route.entry_node == n] for n in system.nodes}
    indexed_set(m, "routes_at", m.node, entering, m.route, "routes that enter at a node")
    indexed_set(
        m,
        "routes_of",
        m.contract,
        {c.id: [r.id for r in c.routes] for c in contracts.values()},
        m.route,
        "routes of a contract",
    )
    selling = {n: [s.id for s in system.sales.values() if s.node == n] for n in system.nodes}
    indexed_set(m, "sales_at", m.node, selling, m.sale, "sales at a node")
    of_period = {q: [r.id for r in c.routes] for q, (c, _) in periods.items()}
    indexed_set(m, "period_routes", m.period, of_period, m.route, "routes that count in a period")
    days = {q: list(range(p.first, p.last + 1)) for q, (_, p) in periods.items()}
    indexed_set(m, "period_days", m.period, days, m.day, "days of a period")


def _declare_data(m: Any, system: GasSystem, periods: dict[str, tuple[Contract, Period]]) -> None:
    days, contracts, sales = system.days, system.contracts.values(), system.sales.values()
    dcq = {c.id: np.minimum(working(c.dcq, c.available), c.notified) for c in contracts}
    pairs = [(c, r) for c in contracts for r in c.routes]
    data(m, "dcq", m.contract, m.day, values=stack(dcq.values(), days), doc="daily contract quantity [GWh/d]")
    limit = stack((dcq[c.id] * r.open for c, r in pairs), days)
    data(m, "nomination_capacity", m.route, m.day, values=limit, doc="daily quantity on an open route [GWh/d]")
    data(m, "gas_price", m.route, m.day, values=stack((c.price for c, _ in pairs), days), doc="gas price [EUR/MWh]")
    data(m, "route_tariff", m.route, m.day, values=stack((r.tariff for _, r in pairs), days), doc="entry [EUR/MWh]")
    in_order = [p for _, p in periods.values()]
    data(m, "quantity", m.period, values=[p.quantity for p in in_order], doc="most gas in the period [GWh]")
    data(m, "pledge", m.period, values=[p.take_or_pay for p in in_order], doc="take-or-pay [GWh]")
    data(m, "take_shortfall_price", m.period, values=[p.shortfall_price for p in in_order], doc="[EUR/MWh]")
    data(m, "sales_capacity", m.sale, m.day, values=stack((s.capacity for s in sales), days), doc="[GWh/d]")
    data(m, "sales_price", m.sale, m.day, values=stack((s.price for s in sales), days), doc="[EUR/MWh]")
