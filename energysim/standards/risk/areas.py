"""The areas that ENTSOG's indicators speak of, the countries and the zones at home, and by what gas comes into them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from energysim.inputs.assets import Daily, GasSystem, Route
from energysim.inputs.tables import UpstreamRow
from energysim.standards.infrastructure.capacities import BORDER, TERMINAL, TRANSIT
from energysim.standards.subject import ABROAD, Subject

HOME = "Serbia"
"""The country whose zones are told apart."""
OWN_SIDE = "rs"
"""Its side of a border point in the table of upstream assets."""


@dataclass(frozen=True)
class Areas:
    """Area -> nodes: countries, which act for themselves, and zones, the finest areas there are."""

    countries: Mapping[str, tuple[str, ...]]
    """HOME first."""
    zones: Mapping[str, tuple[str, ...]]
    """Every node at home with demand by itself, and the countries abroad."""

    @property
    def all(self) -> dict[str, tuple[str, ...]]:
        """HOME, its zones, then countries abroad."""
        return {HOME: self.countries[HOME], **self.zones, **self.countries}

    @property
    def within(self) -> dict[str, tuple[str, ...]]:
        """HOME -> its zones; countries abroad are one zone each."""
        return {HOME: tuple(z for z in self.zones if z not in self.countries)}


@dataclass(frozen=True)
class Inlet:
    """An interconnection of an area: what is out when it is out, and what it can carry in [GWh/d]."""

    name: str
    table: str
    """`upstream` or `pipelines`."""
    assets: tuple[str, ...]
    capacity: float
    neighbour: str
    """The country or node on the other side."""

    def out_of(self, system: GasSystem) -> GasSystem:
        """The system without it on any day."""
        for name in self.assets:
            asset = getattr(system, self.table)[name]
            system = system.with_asset(self.table, replace(asset, available=np.zeros(system.days)))
        return system


def areas_of(subject: Subject) -> Areas:
    """Countries and zones of a subject; a country abroad is a node with demand and goes by that node's name."""
    nodes, demanding = subject.system.nodes, {o.node for o in subject.system.offtakes.values()}
    abroad = {
        n.name.partition(" at ")[0] or n.id: (n.id,) for n in nodes.values() if n.kind == ABROAD and n.id in demanding
    }
    inside = {n: (n,) for n in subject.at_home if n in demanding}
    return Areas({HOME: subject.at_home, **abroad}, {**inside, **abroad})


def short(country: str) -> str:
    """A country in the name of a figure or a column: its first word."""
    return country.partition(" ")[0].lower()


def inlets(subject: Subject, system: GasSystem, area: Sequence[str], day: int) -> list[Inlet]:
    """Interconnections of an area on a day of a system, largest first: border points and pipelines from outside it.

    The border point of a route is the last on its way; where it enters at a transit node it carries no more than the
    arcs from there into other nodes. Both directions of a line fail together. Terminals, stores and production in
    the area are none.
    """
    found = [*_borders(subject, system, area, day), *_lines(system, area, day)]
    return sorted((i for i in found if i.capacity > 0), key=lambda i: (-i.capacity, i.name))


def border(system: GasSystem, route: Route) -> str:
    """The last border point on a route's way, or else the last asset on it; blank for gas that rises at home."""
    points = [u for u in route.path if system.upstream[u].kind == BORDER]
    return (points or list(route.path) or [""])[-1]


def _borders(subject: Subject, system: GasSystem, area: Sequence[str], day: int) -> Iterator[Inlet]:
    ways = [r for _, r in system.routes.values()] + [a.route for a in system.accounts.values() if a.route]
    sides = _sides(subject)
    entering: dict[str, set[str]] = {}
    for route in ways:
        point = border(system, route)
        if point and route.entry_node in area and float(np.asarray(route.open)[day]) > 0:
            entering.setdefault(point, set()).add(route.entry_node)
    for point, nodes in entering.items():
        asset = system.upstream[point]
        if asset.kind == TERMINAL:
            continue
        capacity = float(asset.free[day])
        if all(system.nodes[n].kind == TRANSIT for n in nodes):
            arcs = [p for p in system.pipelines.values() if p.from_node in nodes]
            capacity = min(capacity, sum(_working(p.capacity, p.available, day) for p in arcs))
        yield Inlet(asset.name.partition(",")[0] or point, "upstream", (point,), capacity, sides.get(point, point))


def _lines(system: GasSystem, area: Sequence[str], day: int) -> Iterator[Inlet]:
    """Pipelines from outside, lines between the same two nodes apart from one another."""
    for p in system.pipelines.values():
        if p.to_node not in area or p.from_node in area:
            continue
        back = [
            q.id
            for q in system.pipelines.values()
            if (q.from_node, q.to_node, q.name) == (p.to_node, p.from_node, p.name)
        ]
        capacity = _working(p.capacity, p.available, day)
        yield Inlet(p.name or p.id, "pipelines", (p.id, *back), capacity, p.from_node)


def _sides(subject: Subject) -> dict[str, str]:
    """Border point -> its side that is not at home, where the tables name one."""
    rows = [r for r in subject.dataset.rows("upstream") if isinstance(r, UpstreamRow)]
    return {r.upstream: r.side.upper() for r in rows if r.side and r.side != OWN_SIDE}


def _working(capacity: Daily, available: Daily, day: int) -> float:
    share = float(np.asarray(available)[day])
    return float(np.asarray(capacity)[day]) * share if share > 0 else 0.0
