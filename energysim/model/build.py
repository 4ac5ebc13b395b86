r"""The table of contents of the model: sets, blocks, the balance they share, the objective.

$$\min \; \underbrace{\sum \mathit{costs}}_{\text{invoices}} + \underbrace{\sum \mathit{penalties}}_{\text{harm}}
\qquad\text{subject to}\qquad \sum_{\text{blocks}} \mathit{delivers}_{n,d} = 0 \quad \forall n, d$$

and to the one row that routes and stored gas abroad share, for every upstream asset $u$:

$$\sum_{r \ni u} \mathit{nomination}_{r,d} + \sum_{a \ni u} \mathit{withdrawal}_{a,d} \le \mathit{capacity}_{u,d}$$
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo

from energysim.inputs.assets import GasSystem
from energysim.model.block import Block, data, indexed_set, law, stack
from energysim.model.contracts import add_contracts
from energysim.model.demand import add_demand
from energysim.model.network import add_network
from energysim.model.storage import add_storage


@dataclass(frozen=True)
class Model:
    """A Pyomo model and the blocks it was made of; lives for one compile."""

    pyomo: Any
    blocks: tuple[Block, ...]


def build(system: GasSystem) -> Model:
    """The linear programme of a gas system, readable and not yet solved."""
    m = pyo.ConcreteModel(name="energysim")
    m.node = pyo.Set(dimen=1, initialize=list(system.nodes), doc="places where gas balances")
    m.day = pyo.RangeSet(0, system.days - 1, doc="gas days")
    m.day_end = pyo.RangeSet(0, system.days, doc="mornings of gas days and the last evening")

    network = add_network(m, system)
    blocks = (
        network,
        add_contracts(m, system, flow=m.flow),
        add_storage(m, system),
        add_demand(m, system),
    )
    add_upstream_limits(m, system)
    _close_balance(m, blocks)
    _state_objective(m, blocks)
    return Model(m, blocks)


def add_upstream_limits(m: Any, system: GasSystem) -> None:
    """Limit the gas that passes each upstream asset, nominated or withdrawn from a store abroad."""
    limited = {u.id: u for u in system.upstream.values()}
    m.upstream = pyo.Set(dimen=1, initialize=list(limited), doc="fields, pipelines abroad, terminals, border points")
    through = {u: [r for r, (_, route) in system.routes.items() if u in route.path] for u in limited}
    indexed_set(m, "routes_through", m.upstream, through, m.route, "routes that pass an asset")
    stored = {u: [a.id for a in system.accounts.values() if a.route and u in a.route.path] for u in limited}
    indexed_set(m, "accounts_through", m.upstream, stored, m.account, "stores abroad whose gas passes an asset")
    used = [u for u in limited if through[u] or stored[u]]
    m.used_upstream = pyo.Set(dimen=1, initialize=used, within=m.upstream, doc="upstream assets that some gas passes")
    free = stack((u.free for u in limited.values()), system.days)
    data(m, "upstream_capacity", m.upstream, m.day, values=free, doc="capacity net of reservations [GWh/d]")

    @law(m, m.used_upstream, m.day)
    def upstream_limit(m: Any, u: Any, d: Any) -> Any:
        r"""\sum_{r \ni u} nomination_{r,d} + \sum_{a \ni u} withdrawal_{a,d} \le capacity_{u,d}: one pipe, whoever owns the gas."""
        nominated = sum(m.nomination[r, d] for r in m.routes_through[u])
        return nominated + sum(m.withdrawal[a, d] for a in m.accounts_through[u]) <= m.upstream_capacity[u, d]


def _close_balance(m: Any, blocks: tuple[Block, ...]) -> None:
    @law(m, m.node, m.day)
    def node_balance(m: Any, n: Any, d: Any) -> Any:
        r"""\sum_{blocks} delivers_{n,d} = 0: what arrives, is produced, bought or cut equals what is used."""
        return sum(deliver(n, d) for block in blocks for deliver in block.delivers.values()) == 0


def _state_objective(m: Any, blocks: tuple[Block, ...]) -> None:
    """One Objective per kind of cost and of penalty; the programme minimises their sum."""
    for block in blocks:
        for kind, terms in (("cost", block.costs), ("penalty", block.penalties)):
            for name, term in terms.items():
                setattr(m, f"{kind}_{name}", pyo.Objective(rule=term, doc=f"{block.name}: {name} [kEUR]"))
