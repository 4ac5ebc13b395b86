"""The reference year: a made-up gas system of the shape and size of a national one, built from energysim's own assets.

Synthetic and deterministic; no number in it is a claim about any country. It has 12 nodes, 13 corridors both ways,
10 contracts (five of them spot steps with a price of their own every day) on 12 routes through 6 upstream assets,
3 stores with concave curves (4 pieces out, 3 pieces in) and the linepack of 4 zones, 6 demand classes at every node
with 2 curtailment steps each, oil for district heating, and one sale: 218 columns a day, 79,600 a year.

How it was tuned. Entries bring 112 GWh/d and full stores 82 GWh/d; demand averages 83 GWh/d and peaks near 170 in the cold
spell. Winter is tight, the stores cycle once a year, nothing is cut in the base year, and what fails (or how cold
it gets) decides whether gas is cut. Spot prices move every day (6 % noise and a winter premium), so that stores have
something to trade; linepack couples every day to the next. A cold solve with default options of HiGHS takes some 15,000
pivots. What was tried before: close spot prices with fresh noise every day in every case, and linepack with curves, made
a warm case about twice as long beside a cold one; the present year re-draws the level of the market, as studies do.

Families of cases, as in a study of many winters: `redrawn` draws weather and demand, the level of the spot market (15 %),
outages of entries, corridors and stores; `outages` draws the outages alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from energysim.inputs.assets import (
    Contract,
    Daily,
    DemandClass,
    FuelSwitch,
    GasSystem,
    Node,
    Offtake,
    Period,
    Pipeline,
    Route,
    Sale,
    StorageAccount,
    StorageSite,
    Target,
    Upstream,
)

FIRST_DAY = date(2025, 10, 1)
GROUP = 12
"""Nodes of one region; a larger system is regions hung on the hub of the first."""
HUB = 6
WITHDRAWAL_CURVE = ((0.0, 0.12), (0.15, 0.45), (0.35, 0.75), (0.6, 0.92), (1.0, 1.0))
INJECTION_CURVE = ((0.0, 1.0), (0.5, 0.95), (0.85, 0.7), (1.0, 0.25))
CORRIDORS = ((0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (2, 5), (5, 6), (6, 7), (6, 8), (7, 8), (8, 9), (9, 10), (10, 11))
"""Neighbours within a region."""
NODE_SHARE = (0.04, 0.06, 0.11, 0.05, 0.07, 0.08, 0.26, 0.07, 0.09, 0.09, 0.05, 0.03)
CLASSES = (
    DemandClass("feedstock", ((0.6, 150.0), (0.4, 200.0)), cut_order=1),
    DemandClass("industry", ((0.35, 260.0), (0.65, 400.0)), cut_order=2),
    DemandClass("power", ((0.5, 480.0), (0.5, 700.0)), cut_order=3),
    DemandClass("services", ((0.3, 800.0), (0.7, 1200.0)), cut_order=4),
    DemandClass("district_heating", ((0.4, 1400.0), (0.6, 2200.0)), cut_order=5, protected=True),
    DemandClass("households", ((0.15, 2600.0), (0.85, 6000.0)), cut_order=6, protected=True),
)
BASE = (6.2, 23.3, 9.9, 2.8, 1.4, 4.0)
"""Demand of the classes that no cold explains [GWh/d], the whole system."""
SLOPE = (0.0, 0.17, 0.55, 0.77, 2.3, 1.93)
"""Demand of the classes by degree below 16 degC [GWh/d/K]."""


@dataclass(frozen=True)
class ReferenceClimate:
    """Turns a temperature series into demand by class and node, with a weekend dip of industry."""

    nodes: int
    first_day: date = FIRST_DAY

    def offtakes(self, temperature: Daily) -> list[Offtake]:
        """Offtakes of every class and node [GWh/d]."""
        cold = np.maximum(0.0, 16.0 - np.asarray(temperature))
        weekday = (self.first_day.weekday() + np.arange(len(cold))) % 7
        weekend = np.where(weekday >= 5, 0.82, 1.0)
        share = np.resize(NODE_SHARE, self.nodes)[:, None]
        node, kind = np.arange(self.nodes)[:, None], np.arange(len(CLASSES))[None, :]
        mix = share * (1 + 0.5 * np.cos(1.7 * node + 2.3 * kind))  # no two towns have the same customers
        mix /= mix.sum(axis=0)
        offtakes = []
        for k, demand_class in enumerate(CLASSES):
            total = BASE[k] * (weekend if demand_class.id == "industry" else 1.0) + SLOPE[k] * cold
            offtakes += [Offtake(demand_class.id, f"N{n}", total * mix[n, k]) for n in range(self.nodes)]
        return offtakes


def reference_year(days: int = 365, nodes: int = GROUP, seed: int = 0) -> GasSystem:
    """The reference system over `days` gas days; the first days of a longer one are the same.

    nodes: 12 or more, the demand of the same country spread over more places.
    """
    if nodes < GROUP:
        raise ValueError(f"the reference year needs at least {GROUP} nodes, found {nodes}")
    climate = ReferenceClimate(nodes)
    temperature = _temperature(days, np.random.default_rng([seed, 1]))
    return GasSystem.build(
        first_day=FIRST_DAY,
        days=days,
        nodes=[Node(f"N{n}") for n in range(nodes)],
        pipelines=_pipelines(nodes),
        upstream=_upstream(),
        contracts=_contracts(days, seed),
        sites=[
            StorageSite(s, w, i) for s, w, i in (("east", 46.0, 32.0), ("plain", 23.0, 23.0), ("south", 13.0, 15.0))
        ],
        accounts=_accounts(days) + _linepack(),
        demand_classes=CLASSES,
        offtakes=climate.offtakes(temperature),
        fuel_switches=[FuelSwitch("district_heating", 0.3, oil_stock=340.0, oil_price=78.0, refill=4.0)],
        sales=[Sale("export", "N10", 4.0, 24.0 + 1.5 * np.random.default_rng([seed, 3]).standard_normal(days))],
        climate=climate,
        temperature=temperature,
        label=f"reference year, {days} days, {nodes} nodes",
    )


def redrawn(system: GasSystem, case: int) -> GasSystem:
    """Case k of the family *full*: new weather and demand, outages, storage availability and prices."""
    rng = np.random.default_rng([7, case])
    assert isinstance(system.climate, ReferenceClimate)
    temperature = _temperature(system.days, rng, warmer=float(rng.normal(0.0, 0.8)))
    offtakes = {o.id: replace(o, demand=_frozen(o.demand)) for o in system.climate.offtakes(temperature)}
    level = float(np.exp(rng.normal(0.0, 0.15)))
    contracts = {c.id: _repriced(c, level) for c in system.contracts.values()}
    changed = replace(
        system,
        offtakes=MappingProxyType(offtakes),
        contracts=MappingProxyType(contracts),
        temperature=_frozen(temperature),
        label=f"{system.label}, case {case} redrawn",
    )
    return outages(changed, case)


def outages(system: GasSystem, case: int) -> GasSystem:
    """Case k of the family *outages*: some entries, corridors and stores fail for a while, all else as it is."""
    rng = np.random.default_rng([11, case])
    upstream, pipelines, sites = dict(system.upstream), dict(system.pipelines), dict(system.sites)
    for _ in range(rng.poisson(1.2)):
        _fail(upstream, rng, system.days, mean_days=35.0, worst=0.0, best=0.4)
    for _ in range(rng.poisson(1.0)):
        _fail(pipelines, rng, system.days, mean_days=8.0, worst=0.0, best=0.5)
    if rng.random() < 0.3:
        _fail(sites, rng, system.days, mean_days=15.0, worst=0.3, best=0.7)
    return replace(
        system,
        upstream=MappingProxyType(upstream),
        pipelines=MappingProxyType(pipelines),
        sites=MappingProxyType(sites),
        label=f"{system.label}, outages {case}",
    )


def _pipelines(nodes: int) -> list[Pipeline]:
    pairs = []
    for start in range(0, nodes, GROUP):
        pairs += [(a + start, b + start) for a, b in CORRIDORS if max(a, b) + start < nodes]
        if start:
            pairs += [(HUB, start)] + [(n, n + 1) for n in range(start, min(start + GROUP, nodes) - 1)]
    rng = np.random.default_rng(3)
    pipes: dict[str, Pipeline] = {}
    for a, b in dict.fromkeys(pairs):
        capacity, tariff, length = rng.uniform(60.0, 150.0), rng.uniform(0.2, 0.6), rng.uniform(40.0, 160.0)
        for i, j in ((a, b), (b, a)):
            pipe = Pipeline(f"N{i}_N{j}", f"N{i}", f"N{j}", capacity, 0.002, tariff, length)
            pipes[pipe.id] = pipe
    return list(pipes.values())


def _upstream() -> list[Upstream]:
    """Four entry points, and behind two of them a field and a terminal of which less can be had."""
    capacity = {"gate_a": 57.0, "gate_b": 23.0, "gate_c": 22.0, "home": 9.5, "field": 45.0, "terminal": 16.0}
    return [Upstream(name, limit) for name, limit in capacity.items()]


CONTRACTS: tuple[tuple[str, tuple[tuple[str, str, tuple[str, ...]], ...], float, float, float, float, bool], ...] = (
    # id, routes (id, node, path), dcq [GWh/d], price [EUR/MWh], quantity and take-or-pay as shares of the dcq, spot
    ("long_term", (("lt_a", "N11", ("gate_a",)), ("lt_b", "N10", ("gate_b",))), 63.0, 27.0, 0.95, 0.80, False),
    ("field_east", (("fe_b", "N10", ("field", "gate_b")),), 12.0, 29.5, 1.0, 0.85, False),
    ("field_west", (("fw_a", "N11", ("field", "gate_a")), ("fw_b", "N10", ("field", "gate_b"))), 16.0, 34.0, 0.9, 0.6, False),
    ("home_fields", (("hf", "N3", ("home",)),), 9.0, 14.0, 1.0, 0.9, False),
    ("swing", (("sw", "N11", ("gate_a",)),), 21.0, 32.0, 0.5, 0.0, False),
    ("spot_b", (("sb", "N10", ("gate_b",)),), 26.0, 36.0, 0.8, 0.0, True),
    ("spot_c1", (("sc1", "N0", ("gate_c",)),), 21.0, 35.0, 0.8, 0.0, True),
    ("spot_c2", (("sc2", "N0", ("gate_c",)),), 21.0, 38.0, 0.7, 0.0, True),
    ("spot_c3", (("sc3", "N0", ("gate_c",)),), 31.0, 44.0, 0.6, 0.0, True),
    ("lng", (("ln", "N10", ("terminal", "gate_b")),), 16.0, 57.0, 0.5, 0.0, True),
)  # fmt: skip


def _contracts(days: int, seed: int) -> list[Contract]:
    """Ten contracts with a quantity per year of the horizon; what is left over joins the last year."""
    years = max(1, days // 365)
    season = 1 + 0.18 * np.cos(2 * np.pi * (np.arange(days) - 110) / 365)  # dearest in the third week of January
    contracts = []
    for k, (name, routes, dcq, level, most, pledged, spot) in enumerate(CONTRACTS):
        noise = np.random.default_rng([seed, 2, k]).standard_normal(days)
        price = level * season * np.exp(0.06 * noise) if spot else np.full(days, level)
        stretches = [(365 * y, days - 1 if y == years - 1 else 365 * y + 364) for y in range(years)]
        periods = tuple(
            Period(f"{name}_{y}", first, last, most * dcq * (last - first + 1), pledged * dcq * (last - first + 1), 0.9 * level)
            for y, (first, last) in enumerate(stretches)
        )  # fmt: skip
        ways = tuple(Route(r, node, path, 0.6 + 0.15 * k, 400.0) for r, node, path in routes)
        contracts.append(
            Contract(name, ways, dcq, price, periods, gas_source=name, kind="spot" if spot else "purchase")
        )
    return contracts


def _accounts(days: int) -> list[StorageAccount]:
    """Three stores, nearly full on 1 October, with a target every 1 November and a value of what is left."""
    stores = (
        ("east", "N3", 4000.0, 46.0, 32.0),
        ("plain", "N4", 1900.0, 23.0, 23.0),
        ("south", "N1", 850.0, 13.0, 15.0),
    )
    accounts = []
    for k, (name, node, volume, out, into) in enumerate(stores):
        targets = tuple(
            Target(f"{name}_{y}", 31 + 365 * y, 0.9 * volume, 100.0) for y in range(1 + days // 365) if 31 + 365 * y <= days
        )  # fmt: skip
        accounts.append(
            StorageAccount(
                name,
                volume,
                0.86 * volume,
                out,
                into,
                node=node,
                site=name,
                withdrawal_curve=WITHDRAWAL_CURVE,
                injection_curve=INJECTION_CURVE,
                injection_fuel=0.01,
                withdrawal_cost=0.5 + 0.1 * k,
                injection_cost=0.7 + 0.1 * k,
                holding_cost=0.002,
                targets=targets,
                closing_values=((0.5 * volume, 38.0), (0.3 * volume, 33.0), (0.2 * volume, 28.0)),
            )
        )  # fmt: skip
    return accounts


def _linepack() -> list[StorageAccount]:
    """Gas in the pipes of four zones, as small stores at one rate; moving it costs nothing."""
    return [
        StorageAccount(
            f"linepack_{node}", volume, 0.5 * volume, 0.4 * volume, 0.4 * volume, node=node,
            closing_values=((0.5 * volume, 30.0), (0.25 * volume, 5.0), (0.25 * volume, 0.0)),
        )
        for node, volume in (("N1", 14.0), ("N2", 24.0), ("N6", 30.0), ("N9", 12.0))
    ]  # fmt: skip


def _temperature(days: int, rng: np.random.Generator, warmer: float = 0.0) -> Daily:
    """Daily mean [degC]: a cosine year, weather that lasts some days, and one cold spell each winter."""
    day = np.arange(days)
    deviation, noise = np.empty(days), rng.normal(0.0, 2.2, days)
    last = 0.0
    for d in range(days):
        deviation[d] = last = 0.86 * last + noise[d]
    spells = np.random.default_rng(rng.integers(2**32))
    for year in range(days // 365 + 1):
        start = 365 * year + 95 + int(spells.integers(0, 35))
        deviation[start : start + 12] -= 5.0
    return 12.0 - 11.0 * np.cos(2 * np.pi * (day - 106) / 365) + deviation + warmer


def _repriced(contract: Contract, level: float) -> Contract:
    """A spot step at another level of the market; other contracts keep their price."""
    if contract.kind != "spot":
        return contract
    return replace(contract, price=_frozen(contract.price * level))


def _fail(
    assets: dict[str, Any], rng: np.random.Generator, days: int, mean_days: float, worst: float, best: float
) -> None:
    """One asset works at a share between `worst` and `best` for a while."""
    name = list(assets)[int(rng.integers(len(assets)))]
    start, length = int(rng.integers(days)), 1 + int(rng.exponential(mean_days))
    available = np.array(assets[name].available)
    available[start : start + length] *= rng.uniform(worst, best)
    assets[name] = replace(assets[name], available=_frozen(available))


def _frozen(array: NDArray[np.float64]) -> NDArray[np.float64]:
    copy = np.array(array, dtype=np.float64)
    copy.setflags(write=False)
    return copy


def size(system: GasSystem) -> dict[str, int]:
    """Columns of the programme by quantity, counted from the assets without building anything."""
    days, steps = system.days, max(len(c.steps) for c in system.demand_classes.values())
    accounts = system.accounts.values()
    switching = sum(o.demand_class in system.fuel_switches for o in system.offtakes.values())
    counted: Mapping[str, int] = {
        "flow": len(system.pipelines) * days,
        "nomination": len(system.routes) * days,
        "take_shortfall": sum(len(c.periods) for c in system.contracts.values()),
        "sales": len(system.sales) * days,
        "injection": len(accounts) * days,
        "withdrawal": len(accounts) * days,
        "inventory": len(accounts) * (days + 1),
        "filling_shortfall": sum(len(a.targets) for a in accounts),
        "closing_stock": len(accounts) * max(len(a.closing_values) for a in accounts),
        "curtailment": len(system.offtakes) * steps * days,
        "fuel_switch": switching * days,
        "oil_stock": len(system.fuel_switches) * (days + 1),
        "oil_delivery": len(system.fuel_switches) * days,
    }
    return dict(counted)
