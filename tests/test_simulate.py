"""The news: what is known when, what notice and the past bind, and the edits that events are. All by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from energysim import (
    Contract,
    Event,
    GasSystem,
    InputError,
    Node,
    Offtake,
    Period,
    Pipeline,
    Route,
    Scenario,
    Upstream,
    solve,
)
from energysim.inputs.apply import apply_settings
from energysim.inputs.events import apply_events
from energysim.simulate import simulate
from energysim.studies.foresight import replacements

DAY = date(2026, 1, 1)


def on(day: int) -> date:
    return date(2026, 1, 1 + day)


def outage(**changes: Any) -> Event:
    """The import is out on the third and fourth day."""
    return Event(
        **({"name": "outage", "asset": "upstream.border", "start": on(2), "until": on(3), "available": 0} | changes)
    )


def cut(system: GasSystem, course: Any) -> float:
    solution = course.realised.solution
    return float(solution.values[solution.form.columns["curtailment"].slice].sum())


def test_surprise_is_never_cheaper_than_foresight(small_system: Callable[..., GasSystem]) -> None:
    system = small_system()
    surprise, foreseen = (simulate(system, [outage()], f) for f in ("surprise", "foreseen"))  # type: ignore[arg-type]
    assert [p.day for p in surprise.plans] == [on(0), on(2)]
    assert [p.day for p in foreseen.plans] == [on(0)]
    now, known = surprise.realised.solution.objective, foreseen.realised.solution.objective
    assert now >= known - 1e-6 * abs(known)
    assert cut(system, surprise) >= cut(system, foreseen) - 1e-9


def test_the_past_is_what_was_done(small_system: Callable[..., GasSystem]) -> None:
    course = simulate(small_system(), [outage()])
    first, last = (p.solution.of("nomination") for p in course.plans)
    assert [last["import_border", d] for d in (0, 1)] == pytest.approx(
        [first["import_border", d] for d in (0, 1)], abs=1e-9
    )
    assert last["import_border", 2] == 0 != first["import_border", 2]


def test_a_longer_outage_than_announced_is_news(small_system: Callable[..., GasSystem]) -> None:
    event = outage(until=on(4), announced_until=on(2))
    course = simulate(small_system(), [event])
    assert [p.day for p in course.plans] == [on(0), on(2), on(3)]
    believed = course.plans[1].believed.upstream["border"].available
    assert believed.tolist() == [1, 1, 0, 1, 1, 1]
    assert course.realised.believed.upstream["border"].available.tolist() == [1, 1, 0, 0, 0, 1]


def test_an_outage_withdrawn_early_is_news(small_system: Callable[..., GasSystem]) -> None:
    course = simulate(small_system(), [outage(until=on(2), announced_until=on(5))])
    assert [p.day for p in course.plans] == [on(0), on(2), on(3)]
    assert course.plans[1].believed.upstream["border"].available.tolist() == [1, 1, 0, 0, 0, 0]
    assert course.realised.solution.of("nomination")["import_border", 3] > 0


def test_maintenance_is_known_from_day_one(small_system: Callable[..., GasSystem]) -> None:
    course = simulate(small_system(), [outage(known_from="day_one")])
    assert [p.day for p in course.plans] == [on(0)]


def test_spot_needs_notice(small_system: Callable[..., GasSystem]) -> None:
    """The spot step (1 GWh/d, one day's notice) cannot help on the day of the surprise, but on the next."""
    course = simulate(small_system(), [outage()])
    taken = course.realised.solution.of("nomination")
    assert taken["spot_west", 2] == pytest.approx(0.0, abs=1e-9)
    assert taken["spot_west", 3] == pytest.approx(1.0)


def test_overlapping_shares_take_the_smallest_and_losses_add(small_system: Callable[..., GasSystem]) -> None:
    events = [
        outage(available=0.5),
        outage(name="second", start=on(3), until=on(4), available=0.8),
        outage(name="less", asset="contracts.import", available=None, lost="1 GWh/d", start=on(1), until=on(2)),
        outage(name="lesser", asset="contracts.import", available=None, lost="2 GWh/d", start=on(2), until=on(2)),
    ]
    struck = apply_events(small_system(), events)
    np.testing.assert_allclose(
        struck.upstream["border"].free, [6, 6, 3, 3, 4.8, 6]
    )  # (8 - 2) x share, pro rata with transit
    assert struck.contracts["import"].dcq.tolist() == [6, 5, 3, 6, 6, 6]


def test_an_asset_comes_back_along_its_ramp(small_system: Callable[..., GasSystem]) -> None:
    struck = apply_events(small_system(), [outage(until=on(2), ramp_days=2)])
    np.testing.assert_allclose(struck.upstream["border"].available, [1, 1, 0, 1 / 3, 2 / 3, 1])


def test_a_repeated_event_comes_again(small_system: Callable[..., GasSystem]) -> None:
    event = outage(start=on(0), until=on(0), repeat={"every_days": 2, "times": 3})
    course = simulate(small_system(), [event])
    assert course.realised.believed.upstream["border"].available.tolist() == [0, 1, 0, 1, 0, 1]
    assert [p.day for p in course.plans] == [on(0), on(2), on(4)]


def test_an_added_delivery_and_a_price(small_system: Callable[..., GasSystem]) -> None:
    events = [
        outage(name="help", asset="contracts.spot", available=None, added="2 GWh/d"),
        outage(name="dear", asset="prices.spot", available=None, price="90 EUR/MWh", until=on(2)),
        outage(name="dearer", asset="prices.spot", available=None, price_change="+5 EUR/MWh", until=on(2)),
    ]
    spot = apply_events(small_system(), events).contracts["spot"]
    assert spot.dcq.tolist() == [1, 1, 3, 3, 1, 1]
    assert spot.price.tolist() == [60, 60, 95, 60, 60, 60]


def with_take_or_pay() -> GasSystem:
    period = Period("year", 0, 9, quantity=40.0, take_or_pay=30.0, shortfall_price=20.0)
    return GasSystem.build(
        "2026-01-01", 10, nodes=[Node("A")], upstream=[Upstream("field", capacity=float("inf"))],
        contracts=[Contract("c", [Route("r", "A", ("field",))], dcq=5.0, price=20.0, periods=(period,))],
        offtakes=[Offtake("city", "A", demand=2.0)],
    )  # fmt: skip


def test_force_majeure_pro_rates_quantity_and_take_or_pay() -> None:
    """Four of ten days lost: 40 x 6/10 and 30 x 6/10 remain."""
    event = Event(name="field out", asset="upstream.field", start=on(2), until=on(5), available=0)
    (period,) = apply_events(with_take_or_pay(), [event]).contracts["c"].periods
    assert (period.quantity, period.take_or_pay) == pytest.approx((24.0, 18.0))
    (untouched,) = (
        apply_events(with_take_or_pay(), [event.model_copy(update={"force_majeure": False})]).contracts["c"].periods
    )
    assert (untouched.quantity, untouched.take_or_pay) == (40.0, 30.0)


def test_take_or_pay_is_paid_for_and_never_forced() -> None:
    """Demand is 20 over ten days, 30 are pledged: 10 are paid for at 20 EUR/MWh without being taken."""
    costs = solve(with_take_or_pay()).costs.set_index("item")["value"]
    assert costs["gas"] == pytest.approx(20 * 20.0)
    assert costs["take_or_pay"] == pytest.approx(10 * 20.0)


def test_settings_change_what_they_name(small_system: Callable[..., GasSystem]) -> None:
    system = small_system()
    changed = apply_settings(
        system,
        {
            "contracts.import.dcq": "3 GWh/d",
            "accounts.store.opening": "1 mcm",
            "offtakes.households.demand_factor": 1.1,
        },
    )
    assert changed.contracts["import"].dcq.tolist() == [3.0] * 6
    assert changed.accounts["store"].opening == pytest.approx(10.55)
    assert changed.offtakes["households@WEST_ZONE"].demand.tolist() == pytest.approx([2.2] * 6)
    assert system.contracts["import"].dcq.tolist() == [6.0] * 6  # the original is untouched


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("contracts.import.dcq", "3", "has no unit"),
        ("contracts.import.dcq", "3 EUR/MWh", "rate is needed"),
        ("contracts.imprt.dcq", "3 GWh/d", "did you mean `import`"),
        ("contracts.import.dqc", "3 GWh/d", "did you mean `dcq`"),
        ("contract.import.dcq", "3 GWh/d", "did you mean `contracts`"),
        ("accounts.store.opening", "30 GWh", "above the volume"),
        ("pipelines.east_west.capacity", "-1 GWh/d", "negative"),
    ],
)
def test_a_wrong_setting_is_explained(
    small_system: Callable[..., GasSystem], path: str, value: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        apply_settings(small_system(), {path: value})


def test_losing_more_than_an_unlimited_asset_has_is_refused() -> None:
    event = Event(name="x", asset="upstream.field", start=on(2), until=on(5), lost="1 GWh/d")
    with pytest.raises(InputError, match="needs a stated capacity"):
        apply_events(with_take_or_pay(), [event])


def test_gas_with_a_destination_clause_is_not_free_for_all() -> None:
    """The neighbour N buys 3 but needs 2; without the clause the city's missing unit would come from the neighbour's gas."""
    two_towns: dict[str, Any] = {
        "nodes": [Node("CITY"), Node("N")],
        "pipelines": [Pipeline("exit", "CITY", "N", capacity=5.0)],
        "offtakes": [Offtake("city", "CITY", demand=1.0), Offtake("neighbour", "N", demand=2.0)],
    }
    for destination, unserved in (("N", 1.0), ("", 0.0)):
        contract = Contract("theirs", [Route("r", "CITY")], dcq=3.0, price=20.0, destination=destination)
        result = solve(GasSystem.build("2026-01-01", 1, contracts=[contract], **two_towns))
        assert result.manifest["outcomes"]["surprise"]["unserved_gas"] == pytest.approx(unserved)


def test_what_stood_in_for_the_lost_gas_adds_to_nothing(small_system: Callable[..., GasSystem]) -> None:
    """Without losses on the way, what one source brings less the others bring more, or it is cut."""
    event = outage()
    course = simulate(small_system(), [event])
    found = replacements(small_system(), course, Scenario(title="t", events=(event,)))
    assert found is not None
    assert (found["first"], found["last"]) == ("2026-01-03", "2026-01-04")
    assert sum(found["during"].values()) == pytest.approx(0.0, abs=1e-6)
    assert found["during"]["import"] < 0 < found["during"]["curtailment"]
