"""How much gas that is actually contracted could come on one day: what N−1, which counts pipes, leaves out.

One gas day by the laws of the model with another aim: the largest delivery into the country. Demand and pipes within
it are unlimited; contracts, stores and everything up to the border bind, the exits of a transit line too. Counted is
gas under long-term and seasonal contracts, production, and callable stock at its level on that morning. Not counted
is spot gas, emergency help and a terminal slot (capacity without gas), nor gas bought by a neighbour for itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import numpy as np

from energysim.errors import InputError
from energysim.inputs.assets import (
    Contract,
    DemandClass,
    GasSystem,
    Offtake,
    StorageAccount,
    StorageSite,
    Upstream,
)
from energysim.inputs.horizon import Horizon
from energysim.inputs.tables import ContractRow
from energysim.model.augmented import Augmented
from energysim.model.compile import Span, StandardForm, compile_system
from energysim.standards.infrastructure.capacities import NOTHING, TRANSIT, Fills, Lost
from energysim.standards.subject import Subject

CONTRACTED = ("long_term", "purchase", "production")
"""Kinds of contract that stand for gas somebody has sold."""
DOCUMENTED = ("in_force", "expired")
"""Status of a contract that is, or was on its days, known to be signed (an expired one was in force then); not
`announced`, `assumed` or `unknown`."""
AT_ZONE = "any"
"""Class that stands for all demand of a zone."""


def statuses(subject: Subject, day: int) -> dict[str, str]:
    """Contract -> status on a day, as the table of contracts says; contracts built in code are not in it."""
    horizon = Horizon(subject.dataset, subject.system.date_of(day), 1, subject.scenario.rivals)
    return {family: rows[-1].status for family, rows in horizon.grouped(ContractRow, "contract").items()}


def undocumented(subject: Subject, day: int) -> list[str]:
    """Contracts that bring gas on a day by assumption alone: nobody is known to have signed them."""
    status = statuses(subject, day)
    return [
        c.id
        for c in sold(subject.system, subject.at_home)
        if c.dcq[day] > 0 and status.get(c.id, DOCUMENTED[0]) not in DOCUMENTED
    ]


def sold(system: GasSystem, area: Collection[str]) -> list[Contract]:
    """Contracts under which somebody has sold gas to a country: no capacity alone, no gas of a neighbour."""
    return [
        c for c in system.contracts.values() if c.kind in CONTRACTED and (not c.destination or c.destination in area)
    ]


def contracted_day(
    system: GasSystem, day: int, area: Collection[str], fills: Fills, without: Collection[str] = ()
) -> GasSystem:
    """A day as a system of its own in which only contracted gas and callable stock can come, to unlimited demand.

    area: nodes of the country. without: contracts that are left out too.
    """
    bought = [c for c in sold(system, area) if c.id not in without]
    accounts = [a for a in system.accounts.values() if a.callable]
    zones = [n for n in area if system.nodes[n].kind != TRANSIT]
    most = sum(_most(system, c, day) for c in bought) + sum(_at(a.withdrawal_capacity, day) for a in accounts)
    if np.isinf(most):
        raise InputError("a contract or store has no limit on what it can bring in a day; give it a daily quantity")
    return GasSystem.build(
        system.date_of(day),
        1,
        nodes=[system.nodes[n] for n in area],
        pipelines=[
            replace(p, capacity=_at(p.capacity, day) if system.nodes[p.from_node].kind == TRANSIT else np.inf,
                    available=_at(p.available, day), tariff=0.0)
            for p in system.pipelines.values()
            if p.from_node in area and p.to_node in area
        ],
        upstream=[Upstream(u.id, float(u.free[day]), kind=u.kind) for u in system.upstream.values()],
        contracts=[_contract(c, day, area) for c in bought],
        sites=[
            StorageSite(s.id, _at(s.withdrawal_capacity, day), 0.0, available=_at(s.available, day))
            for s in system.sites.values()
        ],
        accounts=[_account(a, day, fills[a.id]) for a in accounts if a.entry_node in area],
        demand_classes=[DemandClass(AT_ZONE, ((1.0, 1.0),))],
        offtakes=[Offtake(AT_ZONE, n, most) for n in zones],
    )  # fmt: skip


def deliveries(system: GasSystem, losses: Mapping[str, Lost]) -> dict[str, float]:
    """Largest delivery of a `contracted_day` with each of some losses [GWh/d]; the solver stays loaded."""
    form = compile_system(system)
    held = Augmented(form)
    cost = np.zeros(form.matrix.shape[1])
    cost[form.columns["curtailment"].slice] = 1.0
    wanted = float(sum(np.sum(o.demand) for o in system.offtakes.values()))
    found = {}
    for name, lost in losses.items():
        held.column_upper, held.row_upper = form.column_upper.copy(), form.row_upper.copy()
        _close(held, form, system, lost)
        found[name] = wanted - held.minimise(cost).objective
    return found


def largest_delivery(system: GasSystem, lost: Lost = NOTHING) -> float:
    """Largest delivery of a `contracted_day` [GWh/d], with a loss or whole."""
    return deliveries(system, {"": lost})[""]


def _close(held: Augmented, form: StandardForm, system: GasSystem, lost: Lost) -> None:
    """Bring to nothing what is lost: rows of upstream assets, columns of stores and contracts."""
    if "upstream_limit" in form.rows:
        held.row_upper[_positions(form.rows["upstream_limit"], lost.upstream)] = 0.0
    stores = [a.id for a in system.accounts.values() if (a.site or a.id) in lost.stores]
    held.column_upper[_positions(form.columns["withdrawal"], stores)] = 0.0
    routes = [r for r, (c, _) in system.routes.items() if c.id in lost.contracts]
    held.column_upper[_positions(form.columns["nomination"], routes)] = 0.0


def _positions(span: Span, names: Iterable[str]) -> list[int]:
    """Positions of some assets on the only day."""
    wanted = set(names)
    return [span.start + k for k, name in enumerate(span.axes[0]) if name in wanted]


def _most(system: GasSystem, contract: Contract, day: int) -> float:
    """What a contract can bring at most [GWh/d]: its daily quantity, or what its ways can carry."""
    ways = [min((float(system.upstream[u].free[day]) for u in r.path), default=np.inf) for r in contract.routes]
    return min(_at(contract.dcq, day), sum(ways))


def _contract(contract: Contract, day: int, area: Collection[str]) -> Contract:
    routes = [replace(r, tariff=0.0, open=_at(r.open, day)) for r in contract.routes if r.entry_node in area]
    return Contract(
        contract.id, routes, _at(contract.dcq, day), 0.0, kind=contract.kind, available=_at(contract.available, day)
    )


def _account(account: StorageAccount, day: int, fill: float) -> StorageAccount:
    route = account.route and replace(account.route, tariff=0.0, open=_at(account.route.open, day))
    return StorageAccount(
        account.id,
        account.volume,
        fill * account.volume,
        _at(account.withdrawal_capacity, day),
        0.0,
        node=account.node,
        route=route,
        site=account.site,
        withdrawal_curve=account.withdrawal_curve,
        available=_at(account.available, day),
    )


def _at(series: object, day: int) -> float:
    return float(np.asarray(series)[day])
