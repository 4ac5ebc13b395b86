"""What projects change in a gas system, and the system with some of them: read from the data, or made in code.

Every project's new assets are in every system, with nothing to give unless the project is chosen, so that systems with
and without it are one programme with other bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from energysim.errors import InputError
from energysim.inputs import tables as t
from energysim.inputs.apply import apply_settings
from energysim.inputs.assets import Contract, GasSystem, Pipeline, Route, StorageAccount, Upstream
from energysim.inputs.horizon import Horizon
from energysim.inputs.paths import FIELDS
from energysim.inputs.supply_tables import read_tariffs
from energysim.units import REPORTING_GCV, parse
from energysim.words import say

LEAST = 1e-9
"""GWh/d below which nothing is left of a capacity."""


@dataclass(frozen=True)
class Addition:
    """So much more of a field of an asset [GWh/d or GWh]."""

    table: str
    asset: str
    field: str
    amount: float


@dataclass(frozen=True)
class Entry:
    """Gas behind a new border point."""

    contract: Contract
    point: Upstream


@dataclass(frozen=True)
class Main:
    """A new main between two nodes."""

    pipeline: Pipeline


@dataclass(frozen=True)
class Saving:
    """Demand of an offtake that changes by a mean rate over the horizon [GWh/d], in the shape that it has."""

    offtake: str
    rate: float


Effect = Addition | Entry | Main | Saving


@dataclass(frozen=True)
class Project:
    """A project: what it changes (nothing: not modelled, `reason` says why), and what it costs [MEUR].

    in_base: it works already. builds_on: the project without which this one is none. smaller, larger: the same effects at
    the low and high end of their ranges, empty where there is none.
    """

    id: str
    name: str
    effects: tuple[Effect, ...] = ()
    cost: float | None = None
    cost_low: float | None = None
    cost_high: float | None = None
    in_base: bool = False
    builds_on: str = ""
    reason: str = ""
    smaller: tuple[Effect, ...] = ()
    larger: tuple[Effect, ...] = ()
    note: str = ""


def configured(system: GasSystem, projects: Sequence[Project], chosen: Iterable[str]) -> tuple[GasSystem, float]:
    """The system with the chosen projects and no other, and the price of the gas that their stores open with [kEUR].

    A larger store opens as full as it was; that gas is charged at what the closing values give for it, so that gas which is
    never touched neither gains nor costs anything. Raises InputError.
    """
    chosen, charge = set(chosen), 0.0
    for project in projects:
        on = project.id in chosen
        for effect in project.effects:
            if isinstance(effect, Entry):
                dcq = effect.contract.dcq if on else 0.0
                system = system.with_asset("upstream", effect.point)
                system = system.with_asset("contracts", replace(effect.contract, dcq=dcq))
            elif isinstance(effect, Main):
                capacity = effect.pipeline.capacity if on else 0.0
                system = system.with_asset("pipelines", replace(effect.pipeline, capacity=capacity))
            elif on != project.in_base:
                sign = 1.0 if on else -1.0
                if isinstance(effect, Saving):
                    system = _saved(system, effect, sign)
                else:
                    system, paid = _added(system, effect, sign)
                    charge += paid
    return system, charge


def _saved(system: GasSystem, effect: Saving, sign: float) -> GasSystem:
    offtake = system.offtakes[effect.offtake]
    if not np.any(offtake.demand):
        raise InputError(f"offtakes.{effect.offtake}: there is no demand to be saved")
    factor = 1.0 + sign * effect.rate / float(np.mean(offtake.demand))
    if factor < 0:
        raise InputError(f"offtakes.{effect.offtake}: the project saves more than there is")
    return system.with_asset("offtakes", replace(offtake, demand=np.asarray(offtake.demand) * factor))


def _added(system: GasSystem, effect: Addition, sign: float) -> tuple[GasSystem, float]:
    """The system with more of a field; the gas that a larger store opens with is paid for [kEUR]."""
    asset: Any = getattr(system, effect.table)[effect.asset]
    value = np.asarray(getattr(asset, effect.field)) + sign * effect.amount
    if (value < -LEAST).any():
        raise InputError(f"{effect.table}.{effect.asset}.{effect.field}: the project takes away more than there is")
    value = np.clip(value, 0.0, None)
    if not (isinstance(asset, StorageAccount) and effect.field == "volume"):
        change: Any = value if value.ndim else float(value)
        return system.with_asset(effect.table, replace(asset, **{effect.field: change})), 0.0
    fill = asset.opening / asset.volume if asset.volume else 0.0
    path = f"accounts.{asset.id}"
    opening = min(fill, 1.0) * float(value)
    system = system.with_asset("accounts", replace(asset, opening=min(asset.opening, opening)))
    system = apply_settings(system, {f"{path}.volume": f"{float(value)!r} GWh"})
    larger = replace(system.accounts[asset.id], opening=opening)
    return system.with_asset("accounts", larger), worth(larger) - worth(asset)


def worth(account: StorageAccount) -> float:
    """What the closing values give for the opening stock [kEUR]."""
    left, total = account.opening, 0.0
    for width, value in account.closing_values:
        total += min(width, left) * value
        left -= min(width, left)
    return total


def read_projects(horizon: Horizon, system: GasSystem) -> list[Project]:
    """Every project of the data, with what it would change in a system of this horizon, or why it is not modelled."""
    effects: dict[str, list[t.ProjectEffectRow]] = {}
    for effect in horizon.rows(t.ProjectEffectRow):
        effects.setdefault(effect.project, []).append(effect)
    costs: dict[str, list[float]] = {}
    for other in horizon.dataset.rows("projects"):
        figures = (other.cost_meur, other.low, other.high)  # type: ignore[attr-defined]
        costs.setdefault(other.identity[0], []).extend(v for v in figures if v is not None)
    found = []
    for row in horizon.rows(t.ProjectRow):
        if row.rival is not None:
            continue
        rows = effects.get(row.project, [])
        known = costs.get(row.project, []) if row.cost_meur is not None else []
        project = Project(
            row.project, row.name, (), row.cost_meur, min(known, default=None), max(known, default=None),
            in_base=any(e.in_base for e in rows), builds_on=next((e.builds_on for e in rows if e.builds_on), ""),
            note="; ".join(dict.fromkeys(n for n in (row.note, *(e.note for e in rows if e.effect != "site_injection")) if n)),
        )  # fmt: skip
        found.append(_with_effects(project, row, rows, horizon, system))
    return _without_base(found)


def _with_effects(
    project: Project, row: t.ProjectRow, rows: Sequence[t.ProjectEffectRow], horizon: Horizon, system: GasSystem
) -> Project:
    if not rows or rows[0].kind == "none":
        return replace(project, reason=(rows[0].note if rows else None) or say("no effect in the data"))
    made: dict[str, tuple[Effect, ...]] = {}
    try:
        for name, amount in (("effects", _amount), ("smaller", _low), ("larger", _high)):
            if name == "effects" or any(amount(e) != e.amount for e in rows):
                made[name] = tuple(_effect(e, amount(e), row, horizon, system) for e in rows)
        changed = replace(project, **cast(Any, made))
        configured(system, [changed], () if project.in_base else [project.id])
    except InputError as error:
        return replace(
            project, reason=say("not in gas year {year}: {problem}", year=system.label, problem=error.problems[0])
        )
    return changed


def _without_base(projects: Sequence[Project]) -> list[Project]:
    """A project that builds on one which is not modelled is not modelled either."""
    known = {p.id for p in projects if not p.reason}
    return [
        replace(p, effects=(), reason=say("builds on {project}, which is not modelled", project=p.builds_on))
        if p.effects and p.builds_on and p.builds_on not in known
        else p
        for p in projects
    ]


def _amount(row: t.ProjectEffectRow) -> float:
    return cast(float, row.amount)


def _ends(row: t.ProjectEffectRow) -> list[float]:
    """The ends of an amount's range, the one that changes least first."""
    return sorted((_amount(row) if end is None else end for end in (row.low, row.high)), key=abs)


def _low(row: t.ProjectEffectRow) -> float:
    return _ends(row)[0]


def _high(row: t.ProjectEffectRow) -> float:
    return _ends(row)[1]


def _effect(
    row: t.ProjectEffectRow, amount: float, project: t.ProjectRow, horizon: Horizon, system: GasSystem
) -> Effect:
    """One effect in internal units. Raises InputError where the system has not what it changes."""
    make: Mapping[str, Callable[[], Effect]] = {
        "add": lambda: _addition(row, amount, system),
        "entry": lambda: _entry(row, amount, project, horizon, system),
        "pipe": lambda: _main(row, amount, project, system),
        "demand": lambda: _saving(row, amount, system),
    }
    return make[row.kind]()


def _gwh(row: t.ProjectEffectRow, amount: float, dimension: Any = "rate") -> float:
    return parse(f"{amount} {row.unit}", dimension, row.gcv_kwh_per_m3 or REPORTING_GCV)


def _addition(row: t.ProjectEffectRow, amount: float, system: GasSystem) -> Addition:
    table, _, asset = cast(str, row.asset).partition(".")
    if asset not in getattr(system, table):
        raise InputError(f"{row.asset} does not exist")
    field = cast(str, row.field)
    return Addition(table, asset, field, _gwh(row, amount, FIELDS[table][field]))


def _node(name: str | None, system: GasSystem) -> str:
    if name not in system.nodes:
        raise InputError(f"node {name} does not exist")
    return cast(str, name)


def _entry(row: t.ProjectEffectRow, amount: float, project: t.ProjectRow, horizon: Horizon, system: GasSystem) -> Entry:
    node = _node(row.node, system)
    prices = horizon.grouped(t.PriceRow, "price_series").get(cast(str, row.price_series), [])
    price = horizon.series(prices, lambda r: r.price_eur_per_mwh) + cast(float, row.premium_eur_per_mwh)
    if np.isnan(price).any():
        raise InputError(f"price series {row.price_series} has no price on some days")
    tariff = read_tariffs(horizon).get("network", 0.0) if system.nodes[node].kind == "zone" else 0.0
    point = Upstream(f"entry_{project.project}", project.capacity_gwh_per_day or np.inf, name=project.name)
    route = Route(f"{project.project}_new", node, (point.id,), tariff)
    contract = Contract(
        f"gas_{project.project}", [route], _gwh(row, amount), price, notice_days=row.notice_days or 0,
        name=f"Gas by {project.name}", kind="spot", gcv_kwh_per_m3=row.gcv_kwh_per_m3,
    )  # fmt: skip
    return Entry(contract, point)


def _main(row: t.ProjectEffectRow, amount: float, project: t.ProjectRow, system: GasSystem) -> Main:
    ends = _node(row.node, system), _node(row.to_node, system)
    return Main(Pipeline(f"main_{project.project}", *ends, _gwh(row, amount), name=project.name))


def _saving(row: t.ProjectEffectRow, amount: float, system: GasSystem) -> Saving:
    offtake = f"{row.demand_class}@{_node(row.node, system)}"
    if offtake not in system.offtakes:
        raise InputError(f"offtakes.{offtake} does not exist")
    return Saving(offtake, _gwh(row, amount))
