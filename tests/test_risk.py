"""Estimates from samples: values by hand, intervals that cover, and the laws that CVaR obeys."""

from __future__ import annotations

import numpy as np
import pytest

from energysim.studies.risk import (
    Stop,
    conditional_severity,
    cvar,
    exceedance_curve,
    importance,
    mean,
    probability,
    quantile,
    ranking,
    severity_by_day,
)

TEN = np.array([0.0] * 6 + [2.0, 4.0, 6.0, 8.0])


def test_mean_and_its_error_by_hand() -> None:
    found = mean(TEN)
    assert found.value == 2.0
    assert found.error == pytest.approx(np.std(TEN, ddof=1) / np.sqrt(10))
    assert (found.low, found.high) == pytest.approx((max(0, 2 - 1.96 * found.error), 2 + 1.96 * found.error), abs=1e-3)


def test_strata_by_hand() -> None:
    strata = np.array([0, 0, 0, 1, 1, 1])
    values = np.array([1.0, 2.0, 3.0, 11.0, 12.0, 13.0])
    found = mean(values, strata)
    assert found.value == 7.0
    assert found.error == pytest.approx(np.sqrt((1 / 3 + 1 / 3) / 4))  # s² = 1 in each, n = 3, S = 2
    assert found.error < mean(values).error / 5


def test_a_stratum_with_one_sample_says_nothing_of_its_spread() -> None:
    values, strata = np.array([1.0, 2.0, 9.0]), np.array([0, 0, 1])
    assert mean(values, strata) == mean(values)


def test_strata_count_alike_even_if_a_sample_failed() -> None:
    assert mean(np.array([0.0, 0.0, 0.0, 4.0, 4.0]), np.array([0, 0, 0, 1, 1])).value == 2.0


def test_enumerated_probabilities_give_exact_figures() -> None:
    odds = np.array([0.9, 0.09, 0.01])
    values = np.array([0.0, 10.0, 100.0])
    assert mean(values, weights=odds).value == pytest.approx(1.9)
    assert mean(values, weights=odds).error == 0
    assert probability(values > 0, weights=odds).value == pytest.approx(0.1)
    assert cvar(values, 0.9, weights=odds).value == pytest.approx(19.0)  # all of the worst tenth: (0.9 + 1) / 0.1
    assert cvar(values, 0.95, weights=odds).value == pytest.approx((0.01 * 100 + 0.04 * 10) / 0.05)


def test_wilson_says_something_where_nothing_was_seen() -> None:
    found = probability(np.zeros(100, dtype=bool))
    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(0.03699, abs=1e-4)  # z² / (n + z²)
    half = probability(np.array([True, False] * 50))
    assert (half.low, half.high) == pytest.approx((0.4038, 0.5962), abs=1e-4)  # textbook values for 50 of 100


def test_samples_that_are_all_alike_have_no_interval_but_that_of_the_probability() -> None:
    nothing = np.zeros(40)
    for found in (mean(nothing), cvar(nothing, 0.95), quantile(nothing, 0.95)):
        assert found.value == 0 and np.isnan(found.low) and np.isnan(found.high)
    assert (quantile(np.zeros(400), 0.95).low, quantile(np.zeros(400), 0.95).high) == (0, 0)  # 20 would be above it
    assert probability(nothing > 0).high > 0.08


def test_importance_of_few_failures_has_no_interval() -> None:
    unserved = np.tile([0.0, 0.0, 0.0, 9.0], 50)
    lucky = np.array([3.0] * 3 + [0.0] * 197)  # failed in three samples, none of them cut
    found = importance("lucky", unserved, lucky)
    assert found.achievement.value == 0 and np.isnan(found.achievement.low) and np.isnan(found.saved.high)
    often = importance("often", unserved, np.tile([0.0, 0.0, 1.0, 1.0], 50))
    assert often.saved.low <= often.saved.value <= often.saved.high


def test_severity() -> None:
    assert conditional_severity(TEN, 1e-3).value == 5.0
    assert severity_by_day(TEN, np.array([0.0] * 6 + [1, 2, 3, 4])).value == 2.0
    assert np.isnan(conditional_severity(np.zeros(5), 1e-3).value)
    found = conditional_severity(TEN, 1e-3)
    assert 2.0 <= found.low < 5.0 < found.high <= 8.0


def test_cvar_obeys_its_laws() -> None:
    rng = np.random.default_rng(3)
    values = rng.gamma(0.5, 20.0, 400)
    at = [cvar(values, a).value for a in (0.0, 0.5, 0.9, 0.95, 0.999)]
    assert at[0] == pytest.approx(values.mean())
    assert at[-1] == pytest.approx(values.max())
    assert at == sorted(at)
    assert cvar(values, 0.95).value >= quantile(values, 0.95).value
    zeta = np.linspace(0, values.max(), 20001)  # the definition of Rockafellar and Uryasev, minimised on a grid
    least = min(float(z + np.clip(values - z, 0, None).mean() / 0.1) for z in zeta)
    assert at[2] == pytest.approx(least, rel=1e-4)


def test_intervals_cover_as_often_as_they_say() -> None:
    rng = np.random.default_rng(5)
    inside = {"mean": 0, "cvar": 0, "probability": 0}
    trials = 60
    true_cvar = 20.0 * (1 + np.log(5))  # exponential of mean 20: quantile plus mean
    for _ in range(trials):
        values = rng.exponential(20.0, 200)
        inside["mean"] += mean(values).low <= 20.0 <= mean(values).high
        tail = cvar(values, 0.8)
        inside["cvar"] += tail.low <= true_cvar <= tail.high
        rare = probability(values > 60.0)
        inside["probability"] += rare.low <= np.exp(-3) <= rare.high
    assert all(0.85 <= n / trials <= 1.0 for n in inside.values()), inside


def test_exceedance_falls_and_its_band_holds_it() -> None:
    curve = exceedance_curve(TEN)
    assert curve.level.tolist() == [0, 2, 4, 6, 8]
    assert curve.probability.tolist() == pytest.approx([0.4, 0.3, 0.2, 0.1, 0.0])
    assert (curve.low <= curve.probability).all() and (curve.probability <= curve.high).all()
    assert exceedance_curve(TEN, np.array([5.0])).probability.tolist() == [0.2]


def test_importance_by_hand() -> None:
    unserved = np.array([0.0, 0.0, 10.0, 30.0])
    found = importance("line", unserved, np.array([0, 0, 0, 5]))
    assert (found.samples_out, found.mean_days_out) == (1, 1.25)
    assert found.achievement.value == pytest.approx(3.0)  # 30 against a mean of 10
    assert found.reduction.value == pytest.approx(3.0)  # a mean of 10 against 10/3 without the failure
    assert found.saved.value == pytest.approx(10 - 10 / 3)


def test_an_element_that_never_fails_or_never_matters_makes_no_difference() -> None:
    never = importance("rock", TEN, np.zeros(10))
    assert np.isnan(never.achievement.value) and never.reduction.value == 1.0 and never.saved.value == 0.0
    harmless = importance("spare", np.zeros(10), np.array([1.0] * 5 + [0.0] * 5))
    assert harmless.achievement.value == 1.0 and harmless.reduction.value == 1.0


def test_the_ranking_puts_first_what_causes_most() -> None:
    unserved = np.array([0.0, 0.0, 10.0, 30.0])
    order = ranking(unserved, {"small": np.array([0, 0, 1, 0]), "big": np.array([0, 0, 0, 5]), "idle": np.zeros(4)})
    assert [i.element for i in order] == [
        "big",
        "idle",
        "small",
    ]  # failing in a mild sample, small is a luck of the draw


def test_the_same_rows_give_the_same_interval() -> None:
    assert cvar(TEN, 0.8) == cvar(TEN.copy(), 0.8)


def test_sampling_stops_when_the_error_asked_for_is_reached() -> None:
    few, many = np.tile(TEN, 3), np.tile(TEN, 400)
    assert not Stop(relative=0.05, minimum=20, maximum=10**6).reached(few)
    assert Stop(relative=0.05, minimum=20, maximum=10**6).reached(many)
    assert not Stop(relative=0.05, minimum=5000, maximum=10**6).reached(many)
    assert Stop(absolute=1.0, minimum=20, maximum=10**6).reached(few)
    assert Stop(minimum=20, maximum=30).reached(few)
    assert not Stop(relative=0.05, minimum=20, maximum=100).reached(np.zeros(50))  # nothing seen is not certainty
