"""Edits of the inputs at their corners, each with the answer worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from energysim import (
    Contract,
    DemandClass,
    Event,
    FuelSwitch,
    GasSystem,
    InputError,
    Node,
    Offtake,
    Period,
    Pipeline,
    Route,
    StorageAccount,
    StorageSite,
    Upstream,
    solve,
)
from energysim.inputs.apply import apply_settings
from energysim.inputs.events import apply_events
from energysim.inputs.scenario import Setting
from energysim.inputs.soundness import check_system
from energysim.simulate import simulate


def event(asset: str, first: int = 3, last: int = 4, **what: object) -> Event:
    return Event(name="event", asset=asset, start=date(2026, 1, first), until=date(2026, 1, last), **what)  # type: ignore[arg-type]


def test_a_loss_at_the_border_is_shared_with_the_transit(small_system: Callable[..., GasSystem]) -> None:
    """8 GWh/d, 2 of them reserved: half of it lost leaves 3 of Serbia's 6, however the half is stated."""
    for what in ({"available": 0.5}, {"capacity": "4 GWh/d"}, {"lost": "4 GWh/d"}):
        struck = apply_events(small_system(), [event("upstream.border", **what)])
        np.testing.assert_allclose(struck.upstream["border"].free, [6, 6, 3, 3, 6, 6])


def test_an_addition_helps_even_where_the_asset_is_out(small_system: Callable[..., GasSystem]) -> None:
    events = [event("contracts.spot", available=0), event("contracts.spot", added="2 GWh/d")]
    spot = apply_events(small_system(), events).contracts["spot"]
    np.testing.assert_allclose(spot.dcq * spot.available, [1, 1, 2, 2, 1, 1])


def unlimited() -> GasSystem:
    return GasSystem.build(
        "2026-01-01", 6, nodes=[Node("A")], upstream=[Upstream("field", capacity=float("inf"))],
        contracts=[Contract("c", [Route("r", "A", ("field",))], dcq=5.0, price=20.0)],
        offtakes=[Offtake("city", "A", demand=2.0)],
    )  # fmt: skip


@pytest.mark.parametrize("what", [{"available": 0.4}, {"available": 0, "ramp_days": 2}])
def test_a_part_of_an_unlimited_asset_is_refused(what: dict[str, float]) -> None:
    with pytest.raises(InputError, match="without a stated capacity says nothing"):
        apply_events(unlimited(), [event("upstream.field", **what)])


def test_an_unlimited_asset_can_be_out_or_limited() -> None:
    out = apply_events(unlimited(), [event("upstream.field", available=0)]).upstream["field"]
    assert out.free.tolist() == [np.inf, np.inf, 0, 0, np.inf, np.inf]
    held = apply_events(unlimited(), [event("upstream.field", capacity="3 GWh/d")]).upstream["field"]
    assert held.free.tolist() == [np.inf, np.inf, 3, 3, np.inf, np.inf]


def test_ways_that_share_an_asset_share_its_loss_under_force_majeure() -> None:
    """Two routes through one pipe limited to 1 of 4 GWh/d on all days: a quarter of quantity and pledge remains."""
    period = Period("year", 0, 9, quantity=40.0, take_or_pay=20.0, shortfall_price=20.0)
    routes = [Route("r1", "A", ("pipe", "east")), Route("r2", "A", ("pipe", "west"))]
    system = GasSystem.build(
        "2026-01-01", 10, nodes=[Node("A")],
        upstream=[Upstream(u, capacity=9.0) for u in ("pipe", "east", "west")],
        contracts=[Contract("c", routes, dcq=4.0, price=20.0, periods=(period,))],
        offtakes=[Offtake("city", "A", demand=2.0)],
    )  # fmt: skip
    struck = apply_events(system, [event("upstream.pipe", 1, 10, capacity="1 GWh/d")])
    (left,) = struck.contracts["c"].periods
    assert (left.quantity, left.take_or_pay) == pytest.approx((10.0, 5.0))


def test_a_site_without_a_stated_capacity_can_be_out() -> None:
    system = GasSystem.build(
        "2026-01-01", 6, nodes=[Node("A")], sites=[StorageSite("cavern")],
        accounts=[StorageAccount("s", 50.0, 50.0, 5.0, 5.0, node="A", site="cavern")],
        offtakes=[Offtake("city", "A", demand=2.0)],
    )  # fmt: skip
    taken = solve(system, [event("sites.cavern", available=0)]).quantity("withdrawal")["s"]
    assert taken.tolist() == pytest.approx([2, 2, 0, 0, 2, 2])


def test_oil_that_was_notified_in_one_town_stays_notified() -> None:
    """Town B already burns 2 of oil; news that touches neither town must not take it away."""
    system = GasSystem.build(
        "2026-01-01", 6, nodes=[Node("A"), Node("B")],
        pipelines=[Pipeline("ab", "A", "B", capacity=2.0), Pipeline("ba", "B", "A", capacity=1.0)],
        contracts=[Contract("c", [Route("r", "A")], dcq=6.0, price=20.0), Contract("x", [Route("s", "A")], 1.0, 90.0)],
        demand_classes=[DemandClass("heat", ((1.0, 600.0),), protected=True)],
        offtakes=[Offtake("heat", "A", demand=4.0), Offtake("heat", "B", demand=4.0)],
        fuel_switches=[FuelSwitch("heat", switchable=0.5, oil_stock=100.0, oil_price=80.0, notice_days=3)],
    )  # fmt: skip
    course = simulate(system, [event("contracts.x", available=0)])
    assert sum(course.realised.solution.of("curtailment").values()) == pytest.approx(0.0, abs=1e-9)
    assert course.realised.solution.of("fuel_switch")["heat@B", 3] == pytest.approx(2.0)


def test_notice_does_not_change_the_contract_that_is_published(small_system: Callable[..., GasSystem]) -> None:
    result = solve(small_system(), [event("upstream.border", available=0)])
    assert result.quantity("dcq")["spot"].tolist() == [1.0] * 6


def limited_by_a_year() -> GasSystem:
    period = Period("year", 0, 5, quantity=9.0)
    return GasSystem.build(
        "2026-01-01", 6, nodes=[Node("A")],
        contracts=[Contract("c", [Route("r", "A")], dcq=3.0, price=20.0, periods=(period,))],
        offtakes=[Offtake("city", "A", demand=2.0)],
    )  # fmt: skip


def test_a_quantity_over_a_period_is_named_among_the_reasons() -> None:
    """12 are wanted, 9 may be taken: one more GWh saves 1000 - 20 EUR/MWh on any day of the period."""
    binding = solve(limited_by_a_year()).bindings
    assert set(binding["limit"]) == {"contract quantity over its period"}
    assert binding["asset"].unique().tolist() == ["c"]
    assert binding["value"].tolist() == pytest.approx([980.0] * 6)


def test_daily_quantities_move_what_follows_from_them() -> None:
    stated = apply_settings(limited_by_a_year(), {"contracts.c.dcq": "6 GWh/d"}).contracts["c"].periods[0]
    assert stated.quantity == 9.0  # half of the daily sum: stated on its own, so a rise leaves it
    halved = apply_settings(limited_by_a_year(), {"contracts.c.dcq": "1.5 GWh/d"}).contracts["c"].periods[0]
    assert halved.quantity == 4.5
    more = apply_events(limited_by_a_year(), [event("contracts.c", added="1 GWh/d")]).contracts["c"].periods[0]
    assert more.quantity == 11.0


def test_a_dated_setting_of_a_single_value_is_refused(small_system: Callable[..., GasSystem]) -> None:
    dated = Setting(value="3 GWh", start=date(2026, 1, 2))
    with pytest.raises(InputError, match="one value for the whole gas year"):
        apply_settings(small_system(), {"accounts.store.opening": dated})


def test_deliverability_follows_a_capacity_that_changes() -> None:
    """A tenth full on a straight curve: a tenth of the capacity of the day, 0.4 then 1.0 less what is gone."""
    system = GasSystem.build(
        "2026-01-01", 2, nodes=[Node("A")],
        accounts=[StorageAccount("s", 100.0, 10.0, [4.0, 10.0], 0.0, node="A",
                                 withdrawal_curve=((0.0, 0.0), (1.0, 1.0)))],
        offtakes=[Offtake("city", "A", demand=5.0)],
    )  # fmt: skip
    assert solve(system).quantity("withdrawal")["s"].tolist() == pytest.approx([0.4, 10 * 9.6 / 100])


@pytest.mark.parametrize(
    ("table", "asset", "change", "said"),
    [
        ("offtakes", "households@WEST_ZONE", {"demand": np.inf}, "demand is infinite"),
        ("contracts", "import", {"price": np.inf}, "price is infinite"),
    ],
)
def test_an_infinite_demand_or_price_is_refused(
    small_system: Callable[..., GasSystem], table: str, asset: str, change: dict[str, float], said: str
) -> None:
    base = small_system()
    changed = base.with_asset(table, replace(getattr(base, table)[asset], **change))
    assert any(said in problem for problem in check_system(changed))
