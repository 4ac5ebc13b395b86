"""Part of a horizon as a system of its own: the year's plan holds in it, and its figures are those of the year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest

from energysim import Contract, DemandClass, Event, GasSystem, InputError, Node, Offtake, Period, Route, StorageAccount
from energysim.inputs.assets import Daily, FuelSwitch, Target
from energysim.studies.study import Workbench, numbers
from energysim.studies.window import (
    NOTHING,
    STEPS,
    ClimateWindow,
    closing_steps,
    cut_out,
    marginal_value,
    remaining_values,
    within,
)

DAYS = 40


class Weather:
    """Ten GWh/d at 10 degC, one more for each degree less, on the mean of a day and the day before."""

    def __init__(self, days: int) -> None:
        self.days = days

    def offtakes(self, temperature: Daily) -> list[Offtake]:
        mean = (temperature[1:] + temperature[:-1]) / 2
        return [
            Offtake("homes", "A", np.maximum(0.0, 10.0 + (10.0 - mean)) * np.where(np.arange(self.days) < 25, 1, 0.2))
        ]


def season() -> GasSystem:
    """A cold month and a mild rest: a store, a contract with a quantity and take-or-pay, oil, a spot step."""
    temperature = 8.0 + 6.0 * np.sin(np.arange(DAYS + 1) / 5)
    climate = Weather(DAYS)
    return GasSystem.build(
        "2026-01-01",
        DAYS,
        nodes=[Node("A")],
        contracts=[
            Contract(
                "import", [Route("import_a", "A")], dcq=9.0, price=20.0 + 0.1 * np.arange(DAYS),
                periods=[Period("early", 0, 14, 110.0, 100.0, 20.0), Period("late", 15, DAYS - 1, 170.0, 150.0, 20.0)],
            ),
            Contract("spot", [Route("spot_a", "A")], dcq=1.0, price=60.0, kind="spot"),
        ],
        accounts=[
            StorageAccount(
                "store", volume=60.0, opening=40.0, withdrawal_capacity=5.0, injection_capacity=3.0, node="A",
                withdrawal_curve=((0.0, 0.2), (0.5, 1.0), (1.0, 1.0)), holding_cost=0.01, loss_per_day=0.001,
                targets=(Target("mid", 20, 30.0, 30.0), Target("end", 35, 50.0, 35.0)),
                closing_values=((30.0, 50.0), (30.0, 30.0)),
            ),
            StorageAccount("foreign", volume=5.0, opening=5.0, withdrawal_capacity=0.0, injection_capacity=0.0, node="A",
                           callable=False),
        ],
        demand_classes=[DemandClass("homes", steps=((0.5, 300.0), (0.5, 600.0)), protected=True)],
        offtakes=climate.offtakes(temperature),
        fuel_switches=[FuelSwitch("homes", switchable=0.1, oil_stock=8.0, oil_price=80.0, refill=0.05)],
        climate=climate,
        temperature=temperature,
    )  # fmt: skip


@cache
def year() -> Workbench:
    return Workbench(season())


def of(bench: Workbench, quantity: str, length: int) -> np.ndarray:
    solution = bench.undisturbed.realised.solution
    return solution.values[solution.form.columns[quantity].slice].reshape(-1, length)


WINDOWS = [(0, 12), (12, 13), (25, 15)]


@pytest.mark.parametrize(("first", "days"), WINDOWS)
def test_the_years_plan_is_the_windows_plan(first: int, days: int) -> None:
    window = Workbench(cut_out(season(), year().undisturbed, first, days))
    assert window.system.first_day == season().date_of(first)
    for quantity, extra in (
        ("nomination", 0),
        ("curtailment", 0),
        ("fuel_switch", 0),
        ("withdrawal", 0),
        ("inventory", 1),
    ):
        expected = of(year(), quantity, DAYS + extra)[:, first : first + days + extra]
        assert of(window, quantity, days + extra) == pytest.approx(expected, abs=1e-6), quantity


def test_something_is_cut_burnt_and_stored_in_the_year_so_that_the_test_above_says_something() -> None:
    assert of(year(), "curtailment", DAYS).sum() > 1
    assert of(year(), "fuel_switch", DAYS).sum() > 1
    assert of(year(), "injection", DAYS).sum() > 1


def test_windows_that_tile_the_year_add_to_its_objective() -> None:
    total = 0.0
    for first, days in WINDOWS:
        bench = Workbench(cut_out(season(), year().undisturbed, first, days))
        found = bench.undisturbed.realised.solution
        total += found.objective
        if first + days < DAYS:  # what is left stays in the year: its value counts there, once
            total -= found.cost_by_kind()["cost_closing_stock"]
    assert total == pytest.approx(year().undisturbed.realised.solution.objective, abs=1e-5)


@pytest.mark.parametrize("evening", [12, 25])
def test_the_marginal_value_is_what_a_gwh_more_saves_later(evening: int) -> None:
    value = marginal_value(season(), year().undisturbed.realised.solution, "store", evening)
    stock = of(year(), "inventory", DAYS + 1)[0, evening]

    def cost(opening: float) -> float:
        rest = cut_out(season(), year().undisturbed, evening, DAYS - evening, openings={"store": opening})
        return Workbench(rest).undisturbed.realised.solution.objective

    step = 1e-3
    more, less = (cost(stock) - cost(stock + step)) / step, (cost(stock - step) - cost(stock)) / step
    assert more - 1e-3 <= value <= less + 1e-3
    assert value > 1


def test_nothing_follows_the_horizons_end() -> None:
    assert marginal_value(season(), year().undisturbed.realised.solution, "store", DAYS) == 0
    whole = cut_out(season(), year().undisturbed, 0, DAYS)
    assert whole.accounts["store"].closing_values[:2] == season().accounts["store"].closing_values


def test_ids_stay_and_periods_outside_keep_a_row_without_effect() -> None:
    window = cut_out(season(), year().undisturbed, 0, 10)
    early, late = window.contracts["import"].periods
    assert (early.first, early.last, late.first, late.last) == (0, 9, 0, 0)
    taken = of(year(), "nomination", DAYS)[0]
    assert early.quantity == pytest.approx(110.0 - taken[10:15].sum())
    assert early.take_or_pay == pytest.approx(max(NOTHING, 100.0 - taken[10:15].sum()))
    assert late.quantity >= 9.0 and late.take_or_pay == NOTHING
    assert {t.id: t.day for t in window.accounts["store"].targets} == {}
    later = cut_out(season(), year().undisturbed, date(2026, 1, 11), 10)
    assert {t.id: t.day for t in later.accounts["store"].targets} == {"mid": 10}
    assert list(window.offtakes) == list(season().offtakes)


def test_a_shortage_does_not_empty_the_store() -> None:
    """Spot gas at 60 is bought and the store kept, because days follow; at one price a GWh the store would go first."""
    window = cut_out(season(), year().undisturbed, 0, 12)
    outage = Event(
        name="less", asset="contracts.import", start=date(2026, 1, 6), until=date(2026, 1, 12), available=0.7
    )
    linear = replace(window.accounts["store"], closing_values=((60.0, 25.0),))
    kept = Workbench(window).course([outage]).realised.solution.of("inventory")["store", 12]
    dumped = (
        Workbench(window.with_asset("accounts", linear)).course([outage]).realised.solution.of("inventory")["store", 12]
    )
    assert dumped < kept


def test_steps_rise_below_the_planned_stock_and_fall_above_it() -> None:
    steps = closing_steps(planned=30.0, volume=50.0, value=40.0, dearest=240.0)
    assert sum(w for w, _ in steps) == pytest.approx(50.0)
    assert [v for _, v in steps] == pytest.approx([240.0, 190.0, 140.0, 90.0, 32.0, 24.0, 16.0, 8.0])
    assert [v for _, v in closing_steps(0.0, 50.0, 300.0, 240.0)][:STEPS] == [300.0] * STEPS


def test_remaining_values_fall_and_enclose_the_dual() -> None:
    evening = 25
    steps = remaining_values(year(), year().undisturbed, evening)["store"]
    values = [v for _, v in steps]
    assert values == sorted(values, reverse=True)
    assert sum(w for w, _ in steps) == pytest.approx(60.0)
    stock = of(year(), "inventory", DAYS + 1)[0, evening]
    reached = np.cumsum([w for w, _ in steps])
    below = values[int(np.flatnonzero(reached >= stock - 1e-6)[0])]
    above = [v for v, r in zip(values, reached, strict=True) if r > stock + 1e-6][:1] or [0.0]
    dual = marginal_value(season(), year().undisturbed.realised.solution, "store", evening)
    assert above[0] - 1e-3 <= dual <= below + 1e-3
    assert "foreign" not in remaining_values(year(), year().undisturbed, evening)
    assert remaining_values(year(), year().undisturbed, DAYS) == {}


def test_the_climate_moves_with_the_window() -> None:
    system = season()
    window = cut_out(system, year().undisturbed, 20, 10)
    assert isinstance(window.climate, ClimateWindow) and window.temperature is not None
    assert len(window.temperature) == 11
    again = window.climate.offtakes(window.temperature)[0].demand
    assert again == pytest.approx(np.asarray(system.offtakes["homes@A"].demand)[20:30])
    colder = [
        Event(
            name="cold", asset="weather", start=date(2026, 1, 21), until=date(2026, 1, 25), temperature_change="-4 degC"
        )
    ]
    whole = Workbench(system).course(colder).realised.believed.offtakes["homes@A"].demand
    part = Workbench(window).course(colder).realised.believed.offtakes["homes@A"].demand
    assert part == pytest.approx(np.asarray(whole)[20:30])


def test_openings_are_those_given() -> None:
    window = cut_out(season(), year().undisturbed, 20, 10, openings={"store": 12.0, "homes": 3.0})
    assert window.accounts["store"].opening == 12.0
    assert window.fuel_switches["homes"].oil_stock == 3.0


@pytest.mark.parametrize(
    ("first", "days", "more", "says"),
    [
        (-1, 5, {}, "outside the horizon"),
        (38, 5, {}, "outside the horizon"),
        (0, 0, {}, "outside the horizon"),
        (0, 5, {"openings": {"stor": 1.0}}, "did you mean `store`"),
        (0, 5, {"openings": {"store": 99.0}}, "between 0 and 60"),
        (0, 5, {"closing": {"nobody": ((1.0, 1.0),)}}, "unknown account"),
    ],
)
def test_what_cannot_be_cut_out_is_refused(first: int, days: int, more: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        cut_out(season(), year().undisturbed, first, days, **more)  # type: ignore[arg-type]


def test_events_outside_are_left_out() -> None:
    window = cut_out(season(), year().undisturbed, 10, 10)
    events = [
        Event(name=str(k), asset="contracts.spot", start=date(2026, 1, k), until=date(2026, 1, k + 1), available=0)
        for k in (1, 10, 15, 21)
    ]
    assert [e.name for e in within(window, events)] == ["10", "15"]


def test_a_system_without_stores_can_be_cut(small_system: Callable[..., GasSystem]) -> None:
    system = small_system(accounts=[])
    bench = Workbench(system)
    window = Workbench(cut_out(system, bench.undisturbed, 2, 3))
    assert numbers(window.system, window.undisturbed)["costs"] == pytest.approx(
        float(numbers(system, bench.undisturbed)["costs"] or 0) / 2
    )
