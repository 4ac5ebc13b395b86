"""Rolling plans: with nothing new to learn they repeat the plan of the year; with less foresight they cost more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from energysim import Contract, Event, FuelSwitch, GasSystem, InputError, Node, Offtake, Period, Route, StorageAccount
from energysim.model.solve import Engine
from energysim.simulate import simulate
from energysim.studies.rolling import roll

Build = Callable[..., GasSystem]


def seasonal(small_system: Build, days: int = 60) -> GasSystem:
    """A store that fills in the first half, when gas is cheap, and empties in the cold second half."""
    base = small_system(days=days)
    late = np.arange(days) >= days // 2
    system = base.with_asset(
        "offtakes", replace(base.offtakes["households@WEST_ZONE"], demand=np.where(late, 3.4, 1.0))
    )
    return system.with_asset("contracts", replace(base.contracts["import"], price=np.where(late, 30.0, 20.0)))


@pytest.mark.parametrize(("window", "step"), [(10, 1), (20, 5), (60, 60)])
def test_with_nothing_to_learn_the_windows_repeat_the_plan(small_system: Build, window: int, step: int) -> None:
    system, engine = seasonal(small_system), Engine()
    year = simulate(system).realised.solution
    rolled = roll(system, window=window, step=step, engine=engine).realised.solution
    assert rolled.objective == pytest.approx(year.objective, rel=1e-7)
    assert rolled.certificate.holds
    for quantity in ("inventory", "nomination", "withdrawal"):
        np.testing.assert_allclose(rolled.by_day(quantity)["store" if quantity != "nomination" else "import_border"],
                                   year.by_day(quantity)["store" if quantity != "nomination" else "import_border"],
                                   atol=1e-5)  # fmt: skip
    prices = [s.duals[s.form.rows["node_balance"].slice] for s in (rolled, simulate(system).realised.solution)]
    np.testing.assert_allclose(*prices, atol=1e-2)


def test_foresight_within_a_window_lies_between_none_and_all(small_system: Build) -> None:
    system = seasonal(small_system)
    loss = Event(name="loss", asset="upstream.border", start=date(2026, 2, 5), until=date(2026, 2, 24), available="0 %")
    foreseen = simulate(system, [loss], foresight="foreseen").realised.solution.objective
    rolled = roll(system, [loss], window=15).realised.solution.objective
    assert rolled >= foreseen - 1e-6
    warm = roll(system, [loss], window=15, engine=Engine()).realised.solution
    cold = roll(system, [loss], window=15, engine=Engine(lazy=False)).realised.solution
    np.testing.assert_allclose(warm.values, cold.values, atol=1e-6)


def one_zone(days: int = 30, **changes: Any) -> GasSystem:
    """A cheap import with an annual quantity, spot gas with three days of notice, and a store."""
    assets: dict[str, Any] = {
        "contracts": [
            Contract("import", [Route("import_a", "A")], dcq=5.0, price=20.0),
            Contract("spot", [Route("spot_a", "A")], dcq=3.0, price=60.0, notice_days=3),
        ],
        "accounts": [StorageAccount("store", 20.0, 10.0, 1.0, 1.0, node="A", closing_values=((20.0, 25.0),))],
        "offtakes": [Offtake("homes", "A", 4.0)],
    }
    return GasSystem.build("2026-01-01", days, nodes=[Node("A")], **(assets | changes))


def outage(start: int, until: int) -> Event:
    return Event(
        name="loss", asset="contracts.import", start=date(2026, 1, start), until=date(2026, 1, until), available=0
    )


@pytest.mark.parametrize("step", [1, 5])
def test_news_between_two_steps_is_heard_and_notice_is_kept(step: int) -> None:
    """The import is lost on the 8th, in the middle of a step: no gas comes of it, and spot gas only after its notice."""
    system, loss = one_zone(), outage(8, 20)
    rolled = roll(system, [loss], window=10, step=step).realised.solution
    assert rolled.by_day("nomination")["import_a"][7:20].max() == pytest.approx(0.0, abs=1e-9)
    assert rolled.by_day("nomination")["spot_a"][7:10].max() == pytest.approx(0.0, abs=1e-9)
    assert rolled.by_day("nomination")["spot_a"][10] == pytest.approx(3.0)
    assert rolled.objective >= simulate(system, [loss], foresight="foreseen").realised.solution.objective - 1e-6


@pytest.mark.parametrize("step", [1, 5])
def test_oil_that_is_kept_for_later_is_there_later(step: int) -> None:
    """Tanks and what is brought meanwhile last until the cold end, which the first windows do not see."""
    system = one_zone(
        contracts=[Contract("import", [Route("import_a", "A")], dcq=5.0, price=20.0)],
        offtakes=[Offtake("homes", "A", np.where(np.arange(30) > 20, 7.0, 4.0))],
        fuel_switches=[FuelSwitch("homes", 0.3, oil_stock=8.0, oil_price=55.0, refill=0.05)],
    )
    year = simulate(system).realised.solution
    assert year.by_day("fuel_switch")["homes@A"].sum() > 8.5  # more than the tanks held at first
    assert roll(system, window=8, step=step).realised.solution.objective == pytest.approx(year.objective, rel=1e-7)
    struck = roll(system, [outage(8, 20)], window=8, step=step).realised.solution
    assert struck.by_day("oil_stock")["homes"].min() >= -1e-9
    foreseen = simulate(system, [outage(8, 20)], foresight="foreseen").realised.solution
    assert struck.objective >= foreseen.objective - 1e-6


def test_force_majeure_after_much_was_taken_asks_for_nothing_back() -> None:
    """The quantity of the period falls below what was taken before the loss; what was taken stays taken."""
    period = Period("year", 0, 29, quantity=110.0, take_or_pay=100.0, shortfall_price=20.0)
    system = one_zone(
        contracts=[
            Contract("import", [Route("import_a", "A")], dcq=5.0, price=20.0, periods=(period,)),
            Contract("spot", [Route("spot_a", "A")], dcq=3.0, price=60.0, notice_days=3),
        ],
        offtakes=[Offtake("homes", "A", np.where(np.arange(30) < 15, 5.5, 2.5))],
    )
    loss = outage(20, 30)
    rolled = roll(system, [loss], window=8).realised.solution
    assert rolled.by_day("nomination")["import_a"].sum() > 110.0 * 19 / 30  # the quantity that is left
    assert rolled.objective >= simulate(system, [loss], foresight="foreseen").realised.solution.objective - 1e-6


def test_a_guide_of_another_system_is_refused() -> None:
    with pytest.raises(InputError, match="other assets or days"):
        roll(one_zone(), window=5, guide=simulate(one_zone(days=20)).realised)


def test_a_window_that_makes_no_sense_is_refused(small_system: Build) -> None:
    for window, step in ((0, 1), (5, 6), (99, 1), (5, 0)):
        with pytest.raises(InputError, match="window of"):
            roll(small_system(days=6), window=window, step=step)
