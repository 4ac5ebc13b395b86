"""Laws that hold for any system, tried on small ones drawn at random (always the same draws)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import energysim
from energysim import (
    Contract,
    DemandClass,
    Event,
    GasSystem,
    Node,
    Offtake,
    Pipeline,
    Route,
    StorageAccount,
    Upstream,
)
from energysim.model.compile import compile_system, stock_form
from energysim.model.solve import Engine
from energysim.model.tie import tie_breaking

FIRST = date(2026, 1, 1)
CLASSES = (
    DemandClass("industry", steps=((0.5, 250.0), (0.5, 280.0)), cut_order=1),
    DemandClass("households", steps=((0.25, 1000.0), (0.75, 1300.0)), cut_order=2, protected=True),
)
steady = settings(
    derandomize=True,
    max_examples=15,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def systems(draw: Any) -> GasSystem:
    """Two to four zones in a row, three to six days: imports over a border, a dear source, a store."""
    count, days = draw(st.integers(2, 4)), draw(st.integers(3, 6))
    amount = st.integers(0, 12).map(lambda k: k / 2)
    some = st.integers(1, 12).map(lambda k: k / 2)
    price = st.integers(10, 60).map(float)
    nodes = [f"Z{k}" for k in range(count)]
    pipes = []
    for a, b in pairwise(nodes):
        tariff = draw(st.sampled_from([0.0, 0.5, 2.0]))
        loss = draw(st.sampled_from([0.0, 0.01]))
        pipes.append(Pipeline(f"{a}_{b}", a, b, draw(amount), shrinkage=loss, tariff=tariff))
        pipes.append(Pipeline(f"{b}_{a}", b, a, draw(amount), tariff=tariff))
    prices = draw(st.lists(price, min_size=days, max_size=days))
    volume = draw(some) * 4
    return GasSystem.build(
        FIRST,
        days,
        nodes=[Node(n) for n in nodes],
        pipelines=pipes,
        upstream=[Upstream("border", draw(some))],
        contracts=[
            Contract("import", [Route("import_border", nodes[0], ("border",))], dcq=draw(some), price=prices),
            Contract("dear", [Route("dear_way", draw(st.sampled_from(nodes)))], dcq=draw(amount), price=80.0),
        ],
        accounts=[
            StorageAccount(
                "store",
                volume=volume,
                opening=volume * draw(st.sampled_from([0.0, 0.25, 0.75, 1.0])),
                withdrawal_capacity=draw(some),
                injection_capacity=draw(some),
                node=draw(st.sampled_from(nodes)),
                withdrawal_curve=((0.0, 0.2), (0.5, 1.0), (1.0, 1.0)),
                injection_curve=((0.0, 1.0), (0.75, 1.0), (1.0, 0.5)),
                injection_fuel=draw(st.sampled_from([0.0, 0.02])),
                withdrawal_cost=0.5,
                closing_values=((volume / 2, 40.0), (volume / 2, 25.0)),
            )
        ],
        demand_classes=CLASSES,
        offtakes=[
            Offtake(k.id, n, draw(st.lists(amount, min_size=days, max_size=days))) for n in nodes for k in CLASSES
        ],
    )


def objective(system: GasSystem, *events: Event, foresight: Any = "surprise") -> float:
    return float(energysim.solve(system, events, foresight).manifest["outcomes"][foresight]["objective"])


def slack(value: float) -> float:
    return 1e-6 * (1 + abs(value))


def event(system: GasSystem, asset: str, start: int, length: int, available: float) -> Event:
    last = min(start + length, system.days) - 1
    first, until = FIRST + timedelta(days=start), FIRST + timedelta(days=last)
    return Event(name="Something breaks", asset=asset, start=first, until=until, available=available)


troubles = st.tuples(
    st.sampled_from(["upstream.border", "contracts.dear", "accounts.store", "pipelines.Z0_Z1"]),
    st.integers(1, 2),
    st.integers(1, 4),
    st.sampled_from([0.0, 0.5]),
)


@steady
@given(systems(), systems())
def test_every_way_to_the_optimum_ends_in_it(system: GasSystem, other: GasSystem) -> None:
    """Walked as Pyomo compiles it; with called columns, with all, from another system's basis and cold: one plan."""
    form, stock = compile_system(system), stock_form(system)
    assert form.columns == stock.columns
    assert form.rows == stock.rows
    assert (form.matrix != stock.matrix).nnz == 0
    for array in ("row_lower", "row_upper", "column_lower", "column_upper", "objective"):
        np.testing.assert_array_equal(getattr(form, array), getattr(stock, array), err_msg=array)
    tie, carrying, first = tie_breaking(form, system), Engine(), compile_system(other)
    carrying.solve(first, tie_breaking(first, other))
    found = [e.solve(form, tie) for e in (Engine(), Engine(lazy=False), carrying)] + [Engine().solve_cold(form, tie)]
    for solution in found[1:]:
        assert solution.objective == pytest.approx(found[0].objective, abs=slack(found[0].objective))
        np.testing.assert_allclose(solution.values, found[0].values, atol=1e-6)


@steady
@given(systems(), st.sampled_from(["pipeline", "border", "store"]), st.sampled_from([0.0, 0.3, 0.8]))
def test_less_capacity_never_helps(system: GasSystem, where: str, share: float) -> None:
    smaller = {
        "pipeline": lambda: ("pipelines", "Z0_Z1", "capacity"),
        "border": lambda: ("upstream", "border", "capacity"),
        "store": lambda: ("accounts", "store", "withdrawal_capacity"),
    }[where]()
    kind, name, field = smaller
    asset = getattr(system, kind)[name]
    less = system.with_asset(kind, replace(asset, **{field: getattr(asset, field) * share}))
    before = objective(system)
    assert objective(less) >= before - slack(before)


@steady
@given(systems())
def test_twice_the_gas_costs_twice_as_much(system: GasSystem) -> None:
    twice = system
    for p in system.pipelines.values():
        twice = twice.with_asset("pipelines", replace(p, capacity=2 * np.asarray(p.capacity)))
    for u in system.upstream.values():
        twice = twice.with_asset("upstream", replace(u, capacity=2 * np.asarray(u.capacity)))
    for c in system.contracts.values():
        twice = twice.with_asset("contracts", replace(c, dcq=2 * np.asarray(c.dcq)))
    for o in system.offtakes.values():
        twice = twice.with_asset("offtakes", replace(o, demand=2 * np.asarray(o.demand)))
    twice = twice.with_asset("accounts", scaled(system.accounts["store"], 2.0))
    before = objective(system)
    assert objective(twice) == pytest.approx(2 * before, abs=slack(2 * before))


@steady
@given(systems())
def test_half_and_half_is_the_whole_store(system: GasSystem) -> None:
    half = scaled(system.accounts["store"], 0.5)
    parts = system.with_asset("accounts", half).with_asset("accounts", replace(half, id="other_half"))
    before = objective(system)
    assert objective(parts) == pytest.approx(before, abs=slack(before))


@steady
@given(systems(), troubles)
def test_a_disruption_without_effect_changes_nothing(system: GasSystem, trouble: tuple[str, int, int, float]) -> None:
    asset, start, length, _ = trouble
    harmless = event(system, asset, start, length, 1.0)
    plain, told = energysim.solve(system), energysim.solve(system, [harmless])
    both = plain.quantities.merge(told.quantities, on=["variable", "asset", "date"], validate="1:1")
    assert len(both) == len(plain.quantities)
    assert (both["value_x"] - both["value_y"]).abs().max() <= 1e-6
    assert objective(system, harmless) == pytest.approx(objective(system), abs=1e-6)


@steady
@given(systems(), troubles)
def test_to_know_beforehand_never_costs_more(system: GasSystem, trouble: tuple[str, int, int, float]) -> None:
    happening = event(system, *trouble)
    surprised = objective(system, happening)
    assert surprised >= objective(system, happening, foresight="foreseen") - slack(surprised)


@steady
@given(systems(), st.integers(1, 10), st.integers(0, 1))
def test_gas_for_nothing_never_costs_more(system: GasSystem, rate: int, node: int) -> None:
    gift = Contract("gift", [Route("gift_way", f"Z{node}")], dcq=rate / 2, price=0.0)
    before = objective(system)
    assert objective(system.with_asset("contracts", gift)) <= before + slack(before)


def scaled(account: StorageAccount, factor: float) -> StorageAccount:
    return replace(
        account,
        volume=account.volume * factor,
        opening=account.opening * factor,
        withdrawal_capacity=np.asarray(account.withdrawal_capacity) * factor,
        injection_capacity=np.asarray(account.injection_capacity) * factor,
        closing_values=tuple((width * factor, value) for width, value in account.closing_values),
    )
