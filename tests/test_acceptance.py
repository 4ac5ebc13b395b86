"""What a reader with pencil and paper would check before believing a number."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shipped_runs import MCM, dataset, shipped

import energysim
from energysim.inputs.events import apply_events
from energysim.model.compile import StandardForm, compile_system
from energysim.model.ranges import face_range
from energysim.model.solve import Engine
from energysim.model.tie import tie_breaking

# --- hand arithmetic: what cannot possibly be served is not served -----------------------------------------------


def entry_bound(system: energysim.GasSystem, with_stores: bool) -> np.ndarray:
    """More gas than can enter on any day [GWh/d]: daily quantities through the narrowest points upstream.

    Sources all of whose ways pass one point are together no more than it lets through; such groups are
    formed one after another without overlap. Stores abroad count as sources where asked for.
    """
    free = {u.id: u.free for u in system.upstream.values()}

    def way(route: energysim.Route) -> np.ndarray:
        return np.min([np.where(np.asarray(route.open) > 0, np.inf, 0.0), *(free[u] for u in route.path)], axis=0)

    source, paths = {}, {}
    for c in system.contracts.values():
        source[c.id] = np.minimum(np.asarray(c.dcq) * c.available, sum(way(r) for r in c.routes))
        paths[c.id] = set.intersection(*(set(r.path) for r in c.routes))
    for a in system.accounts.values():
        if with_stores and a.route is not None and a.callable:
            source[a.id] = np.minimum(np.asarray(a.withdrawal_capacity) * a.available, way(a.route))
            paths[a.id] = set(a.route.path)
    total = np.zeros(system.days)
    left = dict(source)
    tightest = sorted(free, key=lambda u: float(np.minimum(free[u], 1e6).sum()))
    for u in tightest:
        behind = [name for name in left if u in paths[name]]
        if len(behind) > 1:
            total = total + np.minimum(sum(left.pop(name) for name in behind), free[u])
    return np.asarray(total + sum(left.values()))


def shortage_floor(name: str) -> tuple[float, float]:
    """The largest shortage that arithmetic proves [GWh], and by how much any window contradicts the run."""
    run = shipped(name)
    system = apply_events(energysim.resolve(run.scenario, dataset()), run.scenario.occurrences())
    demand = np.sum([o.demand for o in system.offtakes.values()], axis=0)
    cut = run.results.quantity("curtailment").sum(axis=1).to_numpy()
    stock = run.results.quantity("inventory")
    oil_stock = run.results.quantity("oil_stock")
    can_burn = {
        f.id: np.asarray(f.switchable) * sum(o.demand for o in system.offtakes.values() if o.demand_class == f.id)
        for f in system.fuel_switches.values()
    }
    bought, with_foreign_stores = entry_bound(system, False), entry_bound(system, True)
    largest, contradiction = 0.0, 0.0
    for d1 in range(system.days):
        window = slice(d1, None)
        length = np.arange(1, system.days - d1 + 1)
        home, abroad = np.zeros(len(length)), np.zeros(len(length))
        for a in system.accounts.values():
            if not a.callable:
                continue
            rate = np.cumsum((np.asarray(a.withdrawal_capacity) * a.available)[window])
            given = np.minimum(rate, stock[a.id].iloc[d1])
            home, abroad = (home, abroad + given) if a.route else (home + given, abroad)
        oil = np.zeros(len(length))
        for f in system.fuel_switches.values():
            most = oil_stock[f.id].iloc[d1] + np.cumsum(np.asarray(f.refill)[window])
            oil += np.minimum(np.cumsum(can_burn[f.id][window]), most)
        entry = np.minimum(np.cumsum(bought[window]) + abroad, np.cumsum(with_foreign_stores[window]))
        floor = np.cumsum(demand[window]) - entry - home - oil
        largest = max(largest, float(floor.max()))
        contradiction = max(contradiction, float((floor - np.cumsum(cut[window])).max()))
    return largest, contradiction


SHORT = ["january_2009", "russian_loss_alone", "russian_loss_horgos", "balkan_stream_cold_spell"]
"""Scenarios in which arithmetic alone proves a shortage."""


@pytest.mark.parametrize("name", [*SHORT, "shah_deniz_2025_announced", "baseline_2025_26"])
def test_shortage_is_at_least_what_arithmetic_proves(name: str) -> None:
    largest, contradiction = shortage_floor(name)
    print(f"{name}: at least {largest / MCM:.1f} mcm cannot be served")
    assert contradiction <= 1e-5
    if name in SHORT:
        assert largest > 0


# --- figures known from an independent quick model ---------------------------------------------------------------


def unserved(name: str) -> float:
    return float(shipped(name).results.quantity("curtailment").sum(axis=None)) / MCM


def test_russian_loss_alone_leaves_hundreds_of_millions_of_cubic_metres_short() -> None:
    assert 200 <= unserved("russian_loss_alone") <= 700


def test_horgos_removes_two_thirds_of_the_shortage() -> None:
    assert unserved("russian_loss_horgos") <= unserved("russian_loss_alone") / 3


@pytest.mark.parametrize("name", [n for n in energysim.scenarios() if n.startswith("baseline_")])
def test_nobody_is_cut_in_a_baseline(name: str) -> None:
    assert unserved(name) <= 1e-6


def test_the_russian_daily_quantity_binds_on_most_winter_days() -> None:
    results = shipped("baseline_2025_26").results
    winter = slice("2025-11-01", "2026-03-31")
    routes = [r.id for r in shipped("baseline_2025_26").system.contracts["gazprom"].routes]
    taken = results.quantity("nomination")[routes].sum(axis=1)[winter]
    full = taken >= results.quantity("dcq")["gazprom"][winter] - 1e-6
    assert full.mean() > 0.5


# --- the same answer every time ----------------------------------------------------------------------------------


def test_a_second_run_gives_the_same_bytes(tmp_path: Path) -> None:
    first = shipped("january_2009").results.save(tmp_path / "first")
    second = energysim.run("january_2009").save(tmp_path / "second")
    written = sorted(p.name for p in first.iterdir() if p.suffix in (".parquet", ".csv"))
    assert len(written) == 12
    for name in written:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


SETTINGS: dict[str, dict[str, Any]] = {
    "devex pricing": {"simplex_dual_edge_weight_strategy": 1},
    "scaling": {"simplex_scale_strategy": 2},
    "no presolve": {"presolve": "off"},
    "primal simplex": {"simplex_strategy": 4},
}
PUBLISHED = ("flow", "nomination", "injection", "withdrawal", "inventory", "fuel_switch", "oil_stock", "sales")


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize(
    "name", ["baseline_2025_26", "russian_loss_alone", "january_2009", "shah_deniz_2025_announced"]
)
def test_no_published_quantity_depends_on_the_solver(name: str, setting: str) -> None:
    form, tie, days, plain = programme(name)
    other = Engine(options=SETTINGS[setting]).solve(form, tie).values
    moved = {}
    for quantity in (*PUBLISHED, "curtailment"):
        span = form.columns[quantity]
        difference = plain[span.slice] - other[span.slice]
        if quantity == "curtailment":  # published as the sum of its steps
            steps = max(i[1] for i in span.indices) + 1
            difference = difference.reshape(-1, steps, days).sum(axis=1).ravel()
        if difference.size and np.abs(difference).max() > 1e-3:
            where = np.flatnonzero(np.abs(difference) > 1e-3)
            indices = [span.indices[k] for k in where[:5]] if quantity != "curtailment" else where[:5].tolist()
            moved[quantity] = (len(where), float(np.abs(difference).max()), indices)
    assert not moved, moved


@pytest.mark.parametrize(
    "name", ["baseline_2025_26", "russian_loss_alone", "january_2009", "shah_deniz_2025_announced"]
)
def test_no_published_quantity_can_move_on_the_optimal_face(name: str) -> None:
    """The face solve: of all plans that cost the same with the tie, none lets any published quantity move."""
    form, tie, _, _ = programme(name)
    solution = Engine().solve(form, tie)
    signs = np.random.default_rng(0)
    quantity = np.zeros(len(solution.values))
    for published in (*PUBLISHED, "curtailment"):
        span = form.columns[published]
        quantity[span.slice] = signs.choice([-1.0, 1.0], span.stop - span.start)
    low, high = face_range(form, solution, quantity, tie)
    assert high - low <= 1e-3


@cache
def programme(name: str) -> tuple[StandardForm, np.ndarray, int, np.ndarray]:
    """The programme of a scenario with everything known, its tie-breaking cost and its plan as shipped."""
    scenario = energysim.read_scenario(name)
    system = energysim.resolve(scenario, dataset())
    form = compile_system(apply_events(system, scenario.occurrences()))
    tie = tie_breaking(form, system)
    return form, tie, system.days, Engine().solve(form, tie).values
