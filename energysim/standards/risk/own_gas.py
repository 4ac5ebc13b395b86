"""Whose gas it is: what an area has by itself, before anybody gives anybody anything. No solver, only the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from energysim.errors import InputError, suggest
from energysim.inputs.assets import GasSystem, Pipeline

Areas = Mapping[str, Sequence[str]]
"""Area -> its nodes. Areas may lie within one another: a country and its zones."""


@dataclass(frozen=True)
class Ownership:
    """What is closed when no area gives another anything."""

    carrying: Mapping[str, tuple[str, ...]]
    """Pipeline that leads out of an area -> routes of gas that it may carry for others."""
    common: frozenset[str]
    """Routes of contracts and accounts that could serve several areas first: nobody's own."""


def ownership(system: GasSystem, areas: Areas) -> Ownership:
    """Whose gas is whose among areas that do not overlap.

    A contract with a destination is the destination's, any other that of the area where it enters. Where gas enters
    outside all areas it belongs to the only area that it reaches without crossing another, if there is only one.
    """
    home = {n: a for a, nodes in areas.items() for n in nodes}
    first = {n: _first_areas(system, home, n) for n in system.nodes}
    carrying = {
        p.id: _carried(system, p.to_node, home[p.from_node], home)
        for p in _open(system)
        if p.from_node in home and first[p.to_node] - {home[p.from_node]}
    }
    routes = [r.id for c, r in system.routes.values() if not c.destination and len(first[r.entry_node]) > 1]
    accounts = [a.id for a in system.accounts.values() if len(first[a.entry_node]) > 1]
    return Ownership(carrying, frozenset([*routes, *accounts]))


def reachable(system: GasSystem, start: str) -> frozenset[str]:
    """Nodes to which gas can flow from a node, itself included."""
    found, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        ahead = {p.to_node for p in _open(system) if p.from_node == here} - found
        found |= ahead
        waiting += sorted(ahead)
    return frozenset(found)


def _open(system: GasSystem) -> list[Pipeline]:
    """Pipelines that can carry something on some day."""
    return [p for p in system.pipelines.values() if np.any(np.asarray(p.capacity) * np.asarray(p.available) > 0)]


def check_areas(system: GasSystem, areas: Areas, sovereign: Sequence[str]) -> None:
    """Whether areas name nodes of the system, and whether the sovereign ones hold every demand once. Raises InputError."""
    problems = [
        f"area {area}: unknown node {n!r}{suggest(n, system.nodes)}"
        for area, nodes in areas.items()
        for n in nodes
        if n not in system.nodes
    ]
    problems += [f"unknown area {a!r}{suggest(a, areas)}" for a in sovereign if a not in areas]
    holders: dict[str, list[str]] = {n: [a for a in sovereign if n in areas.get(a, ())] for n in system.nodes}
    demanding = {o.node for o in system.offtakes.values()}
    problems += [
        f"node {n} lies in {' and '.join(a)}; areas must not share a node" for n, a in holders.items() if len(a) > 1
    ]
    problems += [f"node {n} has demand and lies in no area" for n, a in holders.items() if not a and n in demanding]
    if problems:
        raise InputError(*problems)


def _first_areas(system: GasSystem, home: Mapping[str, str], node: str) -> frozenset[str]:
    """Areas that gas at a node reaches without crossing another one."""
    if node in home:
        return frozenset([home[node]])
    found: set[str] = set()
    seen, waiting = {node}, [node]
    while waiting:
        here = waiting.pop()
        for p in _open(system):
            if p.from_node != here or p.to_node in seen:
                continue
            seen.add(p.to_node)
            if p.to_node in home:
                found.add(home[p.to_node])
            else:
                waiting.append(p.to_node)
    return frozenset(found)


def _carried(system: GasSystem, ahead: str, area: str, home: Mapping[str, str]) -> tuple[str, ...]:
    """Routes of contracts whose destination lies ahead and is not the area's own."""
    within_reach = reachable(system, ahead)
    return tuple(
        r.id
        for c, r in system.routes.values()
        if c.destination in within_reach and home.get(c.destination) not in (None, area)
    )
