"""Is a gas system sound? Every inconsistency of its assets as one line each, all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from itertools import pairwise
from typing import Any

import numpy as np

from energysim.errors import suggest

DAILY_TYPE = "DailyLike"
"""Annotation of the fields that hold one number per gas day."""


MAY_BE_UNLIMITED = ("capacity", "dcq", "notified", "withdrawal_capacity", "injection_capacity")
"""Daily fields that may be infinite; a demand or a price may not."""


def check_system(system: Any) -> list[str]:
    """Every inconsistency of a system, one line each; empty when it is sound."""
    return [*_check_series(system), *_check_references(system), *_check_names(system), *_check_contracts(system),
            *_check_storage(system), *_check_demand(system)]  # fmt: skip


def _check_series(system: Any) -> list[str]:
    problems = []
    if system.days < 1:
        problems.append(f"the horizon has {system.days} days; it needs at least one")
    for table in ("pipelines", "upstream", "contracts", "sites", "accounts", "offtakes", "fuel_switches", "sales"):
        for asset in getattr(system, table).values():
            problems += _series_problems(system, f"{table}.{asset.id}", asset)
            own = [*getattr(asset, "routes", ()), getattr(asset, "route", None)]
            for route in filter(None, own):
                problems += _series_problems(system, f"{table}.{asset.id} route {route.id}", route)
    return problems


def _series_problems(system: Any, name: str, asset: Any) -> list[str]:
    """What is wrong with the daily series of one asset."""
    problems = []
    for f in fields(asset):
        if f.type != DAILY_TYPE:
            continue
        value = getattr(asset, f.name)
        if np.isnan(value).any():
            problems.append(f"{name}.{f.name} is not a number on day {int(np.isnan(value).argmax())}")
        elif f.name not in MAY_BE_UNLIMITED and np.isinf(value).any():
            problems.append(f"{name}.{f.name} is infinite on {system.date_of(int(np.isinf(value).argmax()))}")
        elif f.name != "price" and (value < 0).any():
            day = system.date_of(int((value < 0).argmax()))
            problems.append(f"{name}.{f.name} is negative on {day}: {value.min():g}; use 0 or more")
        elif f.name in ("available", "open", "switchable") and (value > 1).any():
            problems.append(f"{name}.{f.name} is above 1: {value.max():g}; a share lies in 0…1")
    return problems


def _check_references(system: Any) -> list[str]:
    problems = []

    def known(what: str, name: str, names: Iterable[str], kind: str) -> None:
        if name not in names:
            problems.append(f"{what}: unknown {kind} {name!r}{suggest(name, names)}")

    for p in system.pipelines.values():
        known(f"pipelines.{p.id}.from_node", p.from_node, system.nodes, "node")
        known(f"pipelines.{p.id}.to_node", p.to_node, system.nodes, "node")
        if p.from_node == p.to_node:
            problems.append(f"pipelines.{p.id} starts and ends at {p.from_node}")
        if not 0 <= p.shrinkage < 1:
            problems.append(f"pipelines.{p.id}.shrinkage is {p.shrinkage:g}; it lies in 0…1")
    routes = [(f"contracts.{c.id}", r) for c in system.contracts.values() for r in c.routes]
    routes += [(f"accounts.{a.id}", a.route) for a in system.accounts.values() if a.route]
    for owner, r in routes:
        known(f"{owner} route {r.id}", r.entry_node, system.nodes, "node")
        for u in r.path:
            known(f"{owner} route {r.id}", u, system.upstream, "upstream asset")
    for a in system.accounts.values():
        if a.route is None:
            known(f"accounts.{a.id}.node", a.node, system.nodes, "node")
        if a.site:
            known(f"accounts.{a.id}.site", a.site, system.sites, "storage site")
    for c in system.contracts.values():
        if c.destination:
            known(f"contracts.{c.id}.destination", c.destination, system.nodes, "node")
    for o in system.offtakes.values():
        known(f"offtake {o.id}", o.node, system.nodes, "node")
        known(f"offtake {o.id}", o.demand_class, system.demand_classes, "demand class")
    fed = {n for p in system.pipelines.values() for n in (p.from_node, p.to_node)} | {
        o.node for o in system.offtakes.values()
    }
    fed |= {r.entry_node for _, r in routes if r} | {a.node for a in system.accounts.values()}
    for node in system.nodes:
        if node not in fed | {s.node for s in system.sales.values()}:
            problems.append(
                f"nodes.{node}: nothing is connected; give it a pipeline, a route or an offtake, or leave it out"
            )
    for s in system.sales.values():
        known(f"sales.{s.id}.node", s.node, system.nodes, "node")
    for f in system.fuel_switches.values():
        known(f"fuel_switches.{f.id}", f.demand_class, system.demand_classes, "demand class")
    return problems


def _check_names(system: Any) -> list[str]:
    """Parts of assets go by their own id in the model, so two of one name would be one."""
    owners: dict[tuple[str, str], list[str]] = {}
    for c in system.contracts.values():
        for r in c.routes:
            owners.setdefault(("route", r.id), []).append(f"contracts.{c.id}")
        for p in c.periods:
            owners.setdefault(("period", p.id), []).append(f"contracts.{c.id}")
    for a in system.accounts.values():
        for t in a.targets:
            owners.setdefault(("target", t.id), []).append(f"accounts.{a.id}")
    return [
        f"{kind} {name!r} is given {'twice' if len(of) == 2 else f'{len(of)} times'} "
        f"({', '.join(dict.fromkeys(of))}); give each {kind} an id of its own"
        for (kind, name), of in owners.items()
        if len(of) > 1
    ]


def _check_contracts(system: Any) -> list[str]:
    problems = []
    for c in system.contracts.values():
        if not c.routes:
            problems.append(f"contracts.{c.id} has no route; gas needs an entry node")
        for p in c.periods:
            if not 0 <= p.first <= p.last < system.days:
                problems.append(f"contracts.{c.id} period {p.id}: days {p.first}…{p.last} lie outside the horizon")
            if p.take_or_pay > p.quantity:
                problems.append(
                    f"contracts.{c.id} period {p.id}: take-or-pay {p.take_or_pay:g} GWh is above the quantity "
                    f"{p.quantity:g} GWh; min above max"
                )
    return problems


def _check_storage(system: Any) -> list[str]:
    problems = []
    for a in system.accounts.values():
        for name, stock in (("opening", a.opening), ("volume", a.volume)):
            if np.isnan(stock):
                problems.append(f"accounts.{a.id}.{name} is not a number; give it in GWh")
        if a.opening > a.volume + 1e-9:
            problems.append(f"accounts.{a.id}: opening stock {a.opening:g} GWh is above the volume {a.volume:g} GWh")
        if a.opening < 0 or a.volume < 0:
            problems.append(f"accounts.{a.id}: negative stock or volume")
        values = [v for _, v in a.closing_values]
        if any(later > earlier for earlier, later in pairwise(values)):
            problems.append(f"accounts.{a.id}: closing values must fall from step to step, found {values}")
        for kind, curve in (("withdrawal", a.withdrawal_curve), ("injection", a.injection_curve)):
            problems += [f"accounts.{a.id}: the {kind} curve {p}" for p in check_curve(curve)]
        for target in a.targets:
            if not 0 <= target.day <= system.days:
                problems.append(
                    f"accounts.{a.id} target {target.id}: day {target.day} lies outside the horizon; "
                    f"a morning from 0 to {system.days} (the end)"
                )
            if np.isnan(target.level):
                problems.append(f"accounts.{a.id} target {target.id}: level is not a number; give it in GWh")
    return problems


def check_curve(curve: tuple[tuple[float, float], ...]) -> list[str]:
    """What is wrong with a curve of rate over fill."""
    fills, rates = [x for x, _ in curve], [y for _, y in curve]
    problems = []
    if len(curve) < 2 or fills != sorted(set(fills)) or fills[0] != 0 or fills[-1] != 1:
        problems.append(f"must rise in fill from 0 to 1, found {fills}")
    if not all(0 <= y <= 1 for y in rates):  # NaN compares false
        problems.append(f"gives rates as shares of the capacity, in 0…1, found {rates}")
    return problems


def _check_demand(system: Any) -> list[str]:
    problems = [] if system.offtakes else ["nothing demands gas; give the system at least one offtake"]
    order = sorted((c for c in system.demand_classes.values() if c.cuttable), key=lambda c: c.cut_order)
    for c in order:
        prices = [v for _, v in c.steps]
        if any(later < earlier for earlier, later in pairwise(prices)):
            problems.append(f"demand class {c.id}: value of lost load must rise with depth, found {prices}")
        if abs(sum(w for w, _ in c.steps) - 1) > 1e-9:
            problems.append(
                f"demand class {c.id}: depth steps add to {sum(w for w, _ in c.steps):g}; they must add to 1"
            )
    for first, second in pairwise(order):
        if (
            first.cut_order != second.cut_order
            and first.steps
            and second.steps
            and first.steps[-1][1] >= second.steps[0][1]
        ):
            problems.append(
                f"value of lost load of {first.id} (up to {first.steps[-1][1]:g}) overlaps that of {second.id} "
                f"(from {second.steps[0][1]:g}); the order of cuts would not hold"
            )
    return problems
