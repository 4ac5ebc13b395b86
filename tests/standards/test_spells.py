"""The days on which standards are tested have the demand that was estimated, and stocks as asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest
from standards_subject import examined

from energysim import GasSystem, InputError, Scenario
from energysim.standards.extremes import average_demand, design_demand
from energysim.standards.spells import events_left_out, spell
from energysim.standards.subject import Subject


def home(subject: Subject, window: GasSystem) -> float:
    return float(np.mean(np.sum([window.offtakes[o].demand for o in subject.offtakes()], axis=0)))


@pytest.mark.parametrize("days", [1, 7, 30])
def test_spell_has_the_estimated_mean_on_the_coldest_days(days: int) -> None:
    subject = examined("baseline_2025_26")
    window = spell(subject, days)
    assert window.days == days
    assert window.first_day <= date(2026, 1, 20) <= window.last_day
    assert home(subject, window) == pytest.approx(design_demand(subject, days).value)


def test_average_spell_takes_the_typical_winter() -> None:
    subject = examined("baseline_2025_26")
    window = spell(subject, 30, "average")
    assert home(subject, window) == pytest.approx(average_demand(subject, 30))
    assert home(subject, window) < home(subject, spell(subject, 30))


def test_stores_open_as_planned_or_as_asked() -> None:
    subject = examined("baseline_2025_26")
    planned, low = spell(subject, 7), spell(subject, 7, fill=0.3)
    inventory = subject.planned.quantity("inventory").loc["2026-01-17"]
    for account in planned.accounts.values():
        assert account.opening == pytest.approx(inventory[account.id])
        if account.callable:
            assert low.accounts[account.id].opening == pytest.approx(0.3 * account.volume)


def test_feedstock_does_not_answer_to_weather() -> None:
    subject = examined("baseline_2025_26")
    window = spell(subject, 7)
    usual = subject.system.offtakes["feedstock@BELGRADE_BANAT"].demand
    first = subject.system.day_of(window.first_day)
    assert window.offtakes["feedstock@BELGRADE_BANAT"].demand == pytest.approx(usual[first : first + 7])


def test_a_system_without_climate_says_so(small_system: Callable[..., GasSystem]) -> None:
    bare = Subject(examined("baseline_2025_26").dataset, Scenario(title="bare", gas_year=""), small_system())
    with pytest.raises(InputError, match="no climate"):
        spell(bare, 7)


def test_events_of_a_winter_are_named_as_left_out() -> None:
    lost = events_left_out(examined("russian_loss_alone"))
    assert lost[:2] == ["TurkStream stops", "Hungary keeps its gas"]
    assert events_left_out(examined("baseline_2025_26")) == []  # its only event is maintenance in June
