r"""The table of contents of the model: sets, blocks, the balance they share, the objective.

$$\min \; \underbrace{\sum \mathit{costs}}_{\text{invoices}} + \underbrace{\sum \mathit{penalties}}_{\text{harm}}
\qquad\text{subject to}\qquad \sum_{\text{blocks}} \mathit{delivers}_{n,d} = 0 \quad \forall n, d$$

and to the one row that routes and stored gas abroad share, for every upstream asset $u$:

$$\sum_{r \ni u} \mathit{nomination}_{r,d} + \sum_{a \ni u} \mathit{withdrawal}_{a,d} \le \mathit{capacity}_{u,d}$$
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyomo.core as pyo

from energysim.inputs.assets import GasSystem
from energysim.model.block import Block, law, stack
from energysim.model.contracts import add_contracts, describe_contracts
from energysim.model.demand import add_demand, describe_demand
from energysim.model.network import add_network, describe_network
from energysim.model.sheet import Sheet, declare, fill
from energysim.model.storage import add_storage, describe_storage


@dataclass(frozen=True)
class Model:
    """A Pyomo model and the blocks it was made of; lives for one compile."""

    pyomo: Any
    blocks: tuple[Block, ...]


def describe(system: GasSystem) -> Sheet:
    """The sets and figures of a gas system's linear programme."""
    sheet = Sheet()
    sheet.set("node", system.nodes, doc="places where gas balances")
    sheet.set("day", range(system.days), doc="gas days")
    sheet.set("day_end", range(system.days + 1), doc="mornings of gas days and the last evening")
    describe_network(sheet, system)
    describe_contracts(sheet, system)
    describe_storage(sheet, system)
    describe_demand(sheet, system)
    _describe_upstream(sheet, system)
    return sheet


def build(sheet: Sheet) -> Model:
    """The linear programme of a sheet: sets, empty Params, variables, and rules not yet called."""
    m = declare(sheet)
    network = add_network(m)
    blocks = (
        network,
        add_contracts(m, flow=m.flow),
        add_storage(m),
        add_demand(m),
    )
    add_upstream_limits(m)
    _close_balance(m, blocks)
    _state_objective(m, blocks)
    return Model(m, blocks)


def construct(system: GasSystem) -> Any:
    """The model as Pyomo knows it, figures and all, for Pyomo's own compiler and solvers."""
    sheet = describe(system)
    m = build(sheet).pyomo
    fill(m, sheet)
    for variable in m.component_objects(pyo.Var):
        for index in variable.index_set():
            variable[index]  # a sparse variable makes its elements when they are asked for
    for name, component in {**m.laws, **m.objectives}.items():
        setattr(m, name, component)
    return m


def _describe_upstream(sheet: Sheet, system: GasSystem) -> None:
    limited = {u.id: u for u in system.upstream.values()}
    sheet.set("upstream", limited, doc="fields, pipelines abroad, terminals, border points")
    through: dict[str, list[str]] = {u: [] for u in limited}
    stored: dict[str, list[str]] = {u: [] for u in limited}
    for r, (_, route) in system.routes.items():
        for u in dict.fromkeys(route.path):
            through[u].append(r)
    for account in system.accounts.values():
        for u in dict.fromkeys(account.route.path if account.route else ()):
            stored[u].append(account.id)
    sheet.family("routes_through", "upstream", through, "route", "routes that pass an asset")
    sheet.family("accounts_through", "upstream", stored, "account", "stores abroad whose gas passes an asset")
    used = [u for u in limited if through[u] or stored[u]]
    sheet.set("used_upstream", used, doc="upstream assets that some gas passes")
    free = stack((u.free for u in limited.values()), system.days)
    sheet.figure("upstream_capacity", "upstream", "day", values=free, doc="capacity net of reservations [GWh/d]")


def add_upstream_limits(m: Any) -> None:
    """Limit the gas that passes each upstream asset, nominated or withdrawn from a store abroad."""

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
                m.objectives[f"{kind}_{name}"] = pyo.Objective(rule=term, doc=f"{block.name}: {name} [kEUR]")
