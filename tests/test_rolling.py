"""Rolling plans: with nothing new to learn they repeat the plan of the year; with less foresight they cost more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from energysim import Event, GasSystem, InputError
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
    for quantity in ("inventory", "nomination", "withdrawal"):
        np.testing.assert_allclose(rolled.by_day(quantity)["store" if quantity != "nomination" else "import_border"],
                                   year.by_day(quantity)["store" if quantity != "nomination" else "import_border"],
                                   atol=1e-5)  # fmt: skip


def test_foresight_within_a_window_lies_between_none_and_all(small_system: Build) -> None:
    system = seasonal(small_system)
    loss = Event(name="loss", asset="upstream.border", start=date(2026, 2, 5), until=date(2026, 2, 24), available="0 %")
    foreseen = simulate(system, [loss], foresight="foreseen").realised.solution.objective
    rolled = roll(system, [loss], window=15).realised.solution.objective
    assert rolled >= foreseen - 1e-6
    warm = roll(system, [loss], window=15, engine=Engine()).realised.solution
    cold = roll(system, [loss], window=15, engine=Engine(lazy=False)).realised.solution
    np.testing.assert_allclose(warm.values, cold.values, atol=1e-6)


def test_a_window_that_makes_no_sense_is_refused(small_system: Build) -> None:
    for window, step in ((0, 1), (5, 6), (99, 1), (5, 0)):
        with pytest.raises(InputError, match="window of"):
            roll(small_system(days=6), window=window, step=step)
