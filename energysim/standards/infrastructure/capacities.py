"""What could bring gas into an area on a day, by technical capacity: the supply side of the N−1 formula.

A *border point* is an entry, with its free capacity net of what is reserved for transit. Where routes enter at a
transit node, the entry is no more than the arcs from that node into zones: the exits of the transit line. Stores and
terminals inside, and production, are taken at what they can give on that day; a store's rate falls along its
deliverability curve, its site's with it. Gas behind a border point plays no part: that is what N−1 leaves open.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass, field

import numpy as np

from energysim.errors import InputError
from energysim.inputs.assets import GasSystem, Route, StorageAccount

TRANSIT = "transit"
"""Kind of the nodes that gas only passes."""
BORDER, TERMINAL, SUPPLY = "border_point", "terminal", "supply_limit"
PRODUCTION = "production"
HALF = 0.5
"""Share of what may come through an entry from which on an upstream asset counts as what feeds it."""
Fills = Mapping[str, float]
"""Account -> stock as a share of its volume, 0…1."""


@dataclass(frozen=True)
class Lost:
    """What is out: upstream assets (border points too), stores (sites, or accounts without one) and contracts."""

    upstream: frozenset[str] = frozenset()
    stores: frozenset[str] = frozenset()
    contracts: frozenset[str] = frozenset()


NOTHING = Lost()


@dataclass(frozen=True)
class Capacities:
    """Technical capacities of one day [GWh/d]. Entries and exits are net of what is reserved for others."""

    entries: Mapping[str, float]
    """Border point -> free capacity."""
    enters: Mapping[str, str]
    """Border point -> transit node whose exits limit it; not there where gas enters a zone straight."""
    exits: Mapping[str, float]
    """Transit node -> capacity of its arcs into zones."""
    production: Mapping[str, float]
    """Contract -> rate."""
    stores: Mapping[str, float]
    """Site -> withdrawal of all accounts."""
    callable_stores: Mapping[str, float]
    """Site -> withdrawal of callable accounts."""
    terminals: Mapping[str, float] = field(default_factory=dict)
    """Terminal inside the area -> send-out."""

    def entry(self, lost: Lost = NOTHING) -> float:
        """EP: capacity of the border points that are not lost."""
        total = 0.0
        for node in (None, *self.exits):
            here = sum(v for e, v in self.entries.items() if self.enters.get(e) == node and e not in lost.upstream)
            total += here if node is None else min(here, self.exits[node])
        return total

    def storage(self, lost: Lost = NOTHING, callable_only: bool = False) -> float:
        """S: withdrawal of the stores that are not lost."""
        return _rest(self.callable_stores if callable_only else self.stores, lost.stores)

    def produced(self, lost: Lost = NOTHING) -> float:
        """P: production that is not lost."""
        return _rest(self.production, lost.contracts)

    def send_out(self, lost: Lost = NOTHING) -> float:
        """LNG: terminals inside the area that are not lost."""
        return _rest(self.terminals, lost.upstream)

    def total(self, lost: Lost = NOTHING, callable_only: bool = False) -> float:
        """EP + P + S + LNG of what is not lost."""
        return self.entry(lost) + self.produced(lost) + self.storage(lost, callable_only) + self.send_out(lost)

    def items(self) -> dict[str, Lost]:
        """Single infrastructures whose loss the formula asks about: entries, stores, terminals, production."""
        return {
            **{e: Lost(upstream=frozenset({e})) for e in (*self.entries, *self.terminals)},
            **{s: Lost(stores=frozenset({s})) for s in self.stores},
            **{c: Lost(contracts=frozenset({c})) for c in self.production},
        }

    def largest(self, callable_only: bool = False) -> tuple[str, float]:
        """I: the single largest infrastructure and what is lost with it [GWh/d]; the first by name of equals."""
        whole = self.total(callable_only=callable_only)
        sizes = {item: whole - self.total(lost, callable_only) for item, lost in self.items().items()}
        if not sizes:
            return "", 0.0
        item = min(sizes, key=lambda i: (-sizes[i], i))
        return item, sizes[item]


def capacities(system: GasSystem, day: int, area: Collection[str], fills: Fills) -> Capacities:
    """The capacities of a day for an area of nodes, with accounts at some fills.

    A border point that is whole gives no more than what is left of a damaged asset that feeds it (`feeds`). Raises
    InputError, with every problem, where a capacity is unknown.
    """
    problems: list[str] = []
    zones = {n for n in area if system.nodes[n].kind != TRANSIT}
    entries, enters = _entries(system, day, area, problems)
    exits = {
        node: sum(_working(p.capacity, p.available, day) for p in system.pipelines.values()
                  if p.from_node == node and p.to_node in zones)
        for node in dict.fromkeys(enters.values())
    }  # fmt: skip
    terminals = {
        t: float(system.upstream[t].free[day])
        for _, r, _ in _ways(system, day, area)
        for t in r.path
        if system.upstream[t].kind == TERMINAL and not _border(system, r)
    }
    production = {
        c.id: _working(c.dcq, c.available, day)
        for c in system.contracts.values()
        if c.kind == PRODUCTION and any(r.entry_node in area for r in c.routes)
    }
    stores = {s: store_rate(system, day, members, fills) for s, members in stores_inside(system, area).items()}
    usable = {s: store_rate(system, day, members, fills, True) for s, members in stores_inside(system, area).items()}
    for e, node in enters.items():
        if np.isinf(entries[e]) and np.isinf(exits[node]):
            problems.append(f"upstream.{e}: no capacity is known of it nor of the exits of {node}; give it one")
    found = {"upstream": {e: v for e, v in entries.items() if e not in enters} | terminals,
             "contracts": production, "stores": stores}  # fmt: skip
    problems += [
        f"{table}.{name}: its capacity is not known; N−1 needs a number"
        for table, values in found.items()
        for name, value in values.items()
        if np.isinf(value)
    ]
    if problems:
        raise InputError(*problems)
    return Capacities(entries, enters, exits, production, stores, usable, terminals)


def store_rate(
    system: GasSystem, day: int, accounts: Collection[StorageAccount], fills: Fills, callable_only: bool = False
) -> float:
    """What the accounts of one site can withdraw at some fills [GWh/d], the lesser of two limits.

    The accounts' own capacities on their curves; the site's capacity on the mean of all its accounts' curves (by
    volume), since pressure falls for the whole site. callable_only: only callable accounts withdraw.
    """
    curve = {a.id: float(np.interp(fills[a.id], *np.array(a.withdrawal_curve).T)) for a in accounts}
    site = next((system.sites[a.site] for a in accounts if a.site in system.sites), None)
    own = sum(
        curve[a.id] * _working(a.withdrawal_capacity, a.available, day)
        for a in accounts
        if a.callable or not callable_only
    )
    if site is None:
        return own
    volume = sum(a.volume for a in accounts)
    mean = sum(curve[a.id] * a.volume for a in accounts) / volume if volume > 0 else 1.0
    return min(own, mean * _working(site.withdrawal_capacity, site.available, day))


def stores_inside(system: GasSystem, area: Collection[str]) -> dict[str, list[StorageAccount]]:
    """Site (or account without one) -> its accounts that stand in the area and not behind a route."""
    found: dict[str, list[StorageAccount]] = {}
    for account in system.accounts.values():
        if account.route is None and account.node in area:
            found.setdefault(account.site or account.id, []).append(account)
    return found


def feeds(system: GasSystem, day: int, area: Collection[str]) -> dict[str, frozenset[str]]:
    """Border point -> upstream assets before it that feed it: on the way of half or more of what may come through it.

    Weights are daily contract quantities and withdrawal of callable stock abroad, whether they work that day or not;
    where all are zero, every route counts alike.
    """
    ways: dict[str, list[tuple[float, tuple[str, ...]]]] = {}
    for quantity, route, _ in _ways(system, day, area):
        border = _border(system, route)
        if border:
            ways.setdefault(border, []).append((quantity, route.path[: route.path.index(border)]))
    found = {}
    for border, through in ways.items():
        equal = not any(quantity for quantity, _ in through)
        weighed = [(1.0 if equal else quantity, before) for quantity, before in through]
        enough = HALF * sum(weight for weight, _ in weighed) - 1e-9
        passed = {u for _, before in weighed for u in before}
        found[border] = frozenset(u for u in passed if sum(w for w, before in weighed if u in before) >= enough)
    return found


def lost_with(system: GasSystem, day: int, area: Collection[str], gone: Set[str]) -> Lost:
    """What is lost with some upstream assets: themselves and every border point that one of them feeds."""
    fed = {b for b, assets in feeds(system, day, area).items() if assets & gone}
    return Lost(upstream=frozenset(gone | fed))


def _entries(
    system: GasSystem, day: int, area: Collection[str], problems: list[str]
) -> tuple[dict[str, float], dict[str, str]]:
    """Border points of open routes into the area with their capacity, and the transit node that limits them."""
    before = feeds(system, day, area)
    entries: dict[str, float] = {}
    nodes: dict[str, set[str]] = {}
    for _, route, owner in _ways(system, day, area):
        border = _border(system, route)
        if not border:
            if not any(system.upstream[u].kind == TERMINAL for u in route.path):
                problems.append(f"{owner}: route {route.id} passes no border point; N−1 needs one with a capacity")
            continue
        nodes.setdefault(border, set()).add(route.entry_node)
        damaged = [system.upstream[u] for u in before[border]]
        left = [float(u.free[day]) for u in damaged if u.kind != SUPPLY and float(np.asarray(u.available)[day]) < 1]
        entries[border] = min(float(system.upstream[border].free[day]), *left, np.inf)
    enters = {}
    for border, at in nodes.items():
        if len(at) == 1 and system.nodes[next(iter(at))].kind == TRANSIT:
            enters[border] = next(iter(at))
    return entries, enters


def _ways(system: GasSystem, day: int, area: Collection[str]) -> Iterator[tuple[float, Route, str]]:
    """Quantity [GWh/d], route and owner of all open ways into the area from outside it."""
    for contract in system.contracts.values():
        for route in contract.routes:
            inside = contract.kind == PRODUCTION and not route.path
            if route.entry_node in area and not inside and np.asarray(route.open)[day] > 0:
                yield float(np.asarray(contract.dcq)[day]), route, f"contracts.{contract.id}"
    for account in system.accounts.values():
        way = account.route
        if way is not None and way.entry_node in area and np.asarray(way.open)[day] > 0:
            rate = float(np.asarray(account.withdrawal_capacity)[day]) if account.callable else 0.0
            yield rate, way, f"accounts.{account.id}"


def _border(system: GasSystem, route: Route) -> str:
    """The border point by which a route enters: the last on its way."""
    return next((u for u in reversed(route.path) if system.upstream[u].kind == BORDER), "")


def _working(capacity: object, available: object, day: int) -> float:
    """Capacity that works; an unlimited one that is out gives nothing."""
    share = float(np.asarray(available)[day])
    return float(np.asarray(capacity)[day]) * share if share > 0 else 0.0


def _rest(values: Mapping[str, float], lost: Set[str]) -> float:
    return sum(v for name, v in values.items() if name not in lost)
