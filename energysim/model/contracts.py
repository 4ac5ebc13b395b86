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

from energysim.inputs.assets import Contract, GasSystem, Period
from energysim.model.block import Block, law, stack, variable, working
from energysim.model.sheet import Sheet


def describe_contracts(sheet: Sheet, system: GasSystem) -> None:
    """Write down contracts, their routes and periods, prices and quantities, and sales."""
    periods = {p.id: (c, p) for c in system.contracts.values() for p in c.periods}
    _describe_sets(sheet, system, periods)
    _describe_figures(sheet, system, periods)


def add_contracts(m: Any, flow: Any) -> Block:
    """Add nominations by route, their daily and period quantities, and sales.

    flow: the network's variable, which destination clauses refer to.
    """
    variable(m, "nomination", m.route, m.day, bounds=lambda m, r, d: (0, m.nomination_capacity[r, d]),
             doc="gas nominated under a contract on one of its routes [GWh/d]")  # fmt: skip
    variable(m, "take_shortfall", m.period, doc="gas paid for but not taken [GWh]")
    variable(m, "sales", m.sale, m.day, bounds=lambda m, s, d: (0, m.sales_capacity[s, d]), doc="gas sold [GWh/d]")

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


def _describe_sets(sheet: Sheet, system: GasSystem, periods: dict[str, tuple[Contract, Period]]) -> None:
    contracts, routes = system.contracts, system.routes
    sheet.set("route", routes, doc="routes of contracts")
    sheet.set("contract", contracts, doc="contracts and spot steps")
    shared = [c.id for c in contracts.values() if len(c.routes) > 1]
    sheet.set("shared_contract", shared, doc="contracts with several routes")
    bound = {c.id: c.destination for c in contracts.values() if c.destination}
    sheet.set("bound_contract", bound, doc="contracts with a destination clause")
    leading = {c: [p.id for p in system.pipelines.values() if p.to_node == n] for c, n in bound.items()}
    sheet.family("pipelines_to_destination", "bound_contract", leading, "pipeline", "arcs into the destination")
    sheet.set("period", periods, doc="periods over which a quantity counts")
    limited = [q for q, (_, p) in periods.items() if np.isfinite(p.quantity)]
    sheet.set("limited_period", limited, doc="with a quantity")
    pledged = [q for q, (_, p) in periods.items() if p.take_or_pay > 0]
    sheet.set("pledged_period", pledged, doc="with take-or-pay")
    sheet.set("sale", system.sales, doc="places where gas may be sold")
    entering: dict[str, list[str]] = {n: [] for n in system.nodes}
    for r, (_, route) in routes.items():
        entering[route.entry_node].append(r)
    sheet.family("routes_at", "node", entering, "route", "routes that enter at a node")
    of_contract = {c.id: [r.id for r in c.routes] for c in contracts.values()}
    sheet.family("routes_of", "contract", of_contract, "route", "routes of a contract")
    selling = {n: [s.id for s in system.sales.values() if s.node == n] for n in system.nodes}
    sheet.family("sales_at", "node", selling, "sale", "sales at a node")
    of_period = {q: [r.id for r in c.routes] for q, (c, _) in periods.items()}
    sheet.family("period_routes", "period", of_period, "route", "routes that count in a period")
    days = {q: range(p.first, p.last + 1) for q, (_, p) in periods.items()}
    sheet.family("period_days", "period", days, "day", "days of a period")


def _describe_figures(sheet: Sheet, system: GasSystem, periods: dict[str, tuple[Contract, Period]]) -> None:
    days, contracts, sales = system.days, system.contracts.values(), system.sales.values()
    dcq = {c.id: np.minimum(working(c.dcq, c.available), c.notified) for c in contracts}
    pairs = [(c, r) for c in contracts for r in c.routes]
    sheet.figure("dcq", "contract", "day", values=stack(dcq.values(), days), doc="daily contract quantity [GWh/d]")
    limit = stack((working(dcq[c.id], r.open) for c, r in pairs), days)
    doc = "daily quantity on an open route [GWh/d]"
    sheet.figure("nomination_capacity", "route", "day", values=limit, doc=doc)
    price = stack((c.price for c, _ in pairs), days)
    sheet.figure("gas_price", "route", "day", values=price, doc="gas price [EUR/MWh]")
    tariff = stack((r.tariff for _, r in pairs), days)
    sheet.figure("route_tariff", "route", "day", values=tariff, doc="entry [EUR/MWh]")
    limits = {q: p for q, (_, p) in periods.items()}
    sheet.figure("quantity", "period", values=[p.quantity for p in limits.values()], doc="most gas in the period [GWh]")
    sheet.figure("pledge", "period", values=[p.take_or_pay for p in limits.values()], doc="take-or-pay [GWh]")
    unpaid = [max(0.0, p.shortfall_price) for p in limits.values()]  # nobody is paid for gas he leaves
    sheet.figure("take_shortfall_price", "period", values=unpaid, doc="gas not taken is paid for [EUR/MWh]")
    capacity = stack((s.capacity for s in sales), days)
    sheet.figure("sales_capacity", "sale", "day", values=capacity, doc="most gas sold [GWh/d]")
    price = stack((s.price for s in sales), days)
    sheet.figure("sales_price", "sale", "day", values=price, doc="price of gas sold [EUR/MWh]")
