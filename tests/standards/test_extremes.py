"""Once in twenty winters: estimators against arithmetic and scipy, residuals, intervals, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import genextreme, gumbel_r
from standards_subject import examined

from energysim import GasSystem, InputError, Scenario
from energysim.inputs.weather import one_in_twenty
from energysim.standards import extremes
from energysim.standards.extremes import average_demand, comparison, design_demand, highest_means
from energysim.standards.return_levels import empirical, gev, gumbel, gumbel_ml, interval, l_moments
from energysim.standards.subject import Fit, Subject

BASE = "baseline_2025_26"
Y20 = -math.log(-math.log(0.95))


def test_highest_mean_over_consecutive_days() -> None:
    demand = np.array([[1.0, 5.0, 3.0, 4.0], [2.0, 2.0, 2.0, 2.0]])
    assert highest_means(demand, 1) == pytest.approx([5, 2])
    assert highest_means(demand, 2) == pytest.approx([(5 + 3) / 2, 2])
    assert highest_means(demand, 3) == pytest.approx([(5 + 3 + 4) / 3, 2])
    with pytest.raises(InputError, match="mean over 5 days; the winter has 4"):
        highest_means(demand, 5)


def test_l_moments_of_three_winters() -> None:
    first, second, third = l_moments(np.array([4.0, 1.0, 10.0]))
    assert first == pytest.approx((1 + 4 + 10) / 3)
    assert second == pytest.approx(((4 - 1) + (10 - 1) + (10 - 4)) / 3 / 2)  # half the mean difference of pairs
    assert third == pytest.approx((10 - 2 * 4 + 1) / 3)


def test_gumbel_of_three_winters() -> None:
    scale = ((4 - 1) + (10 - 1) + (10 - 4)) / 6 / math.log(2)
    expected = (1 + 4 + 10) / 3 + scale * (Y20 - 0.5772156649)
    assert gumbel(np.array([4.0, 1.0, 10.0]), 20) == pytest.approx(expected)
    assert one_in_twenty(np.array([4.0, 1.0, 10.0])) == pytest.approx(expected)


def test_likelihood_agrees_with_scipy() -> None:
    samples = gumbel_r.rvs(170, 9, size=(3, 60), random_state=1)
    for sample, found in zip(samples, gumbel_ml(samples, 20), strict=True):
        assert found == pytest.approx(gumbel_r.ppf(0.95, *gumbel_r.fit(sample)), rel=1e-4)


@pytest.mark.parametrize("shape", [0.25, -0.1, 1e-9])
def test_generalised_extreme_value_finds_the_quantile(shape: float) -> None:
    sample = genextreme.ppf((np.arange(4000) + 0.5) / 4000, shape, 170, 9)
    assert gev(sample, 20) == pytest.approx(genextreme.ppf(0.95, shape, 170, 9), rel=2e-3)


def test_rank_of_nineteen_winters() -> None:
    assert empirical(np.arange(1.0, 20.0), 20) == pytest.approx(19)  # rank 0.95 * 20 = 19, the highest
    assert empirical(np.arange(1.0, 20.0), 10) == pytest.approx(18)  # rank 0.9 * 20
    assert empirical(np.arange(1.0, 12.0), 5) == pytest.approx(9 + 0.6)  # rank 0.8 * 12 = 9.6
    assert np.isnan(empirical(np.arange(1.0, 19.0), 20))


@pytest.mark.parametrize("method", [gumbel, gumbel_ml, gev, empirical])
def test_winters_all_alike_give_that_value(method: Callable[..., np.ndarray]) -> None:
    assert method(np.full((2, 25), 7.0), 20) == pytest.approx([7, 7])


@pytest.mark.parametrize("method", [gumbel, gumbel_ml, gev])
def test_estimates_move_with_the_unit_of_demand(method: Callable[..., np.ndarray]) -> None:
    sample = gumbel_r.rvs(170, 9, size=47, random_state=2)
    assert method(3 * sample + 5, 20) == pytest.approx(3 * method(sample, 20) + 5)


def test_interval_is_as_wide_as_theory_says() -> None:
    winters, scale = 400, 9.0
    sample = gumbel_r.ppf((np.arange(winters) + 0.5) / winters, 170, scale)[None]
    low, high = interval("gumbel_ml", sample, 20, seed=3)
    error = scale / math.sqrt(winters) * math.sqrt(1.11 + 0.51 * Y20 + 0.61 * Y20**2)
    assert high - low == pytest.approx(2 * 1.645 * error, rel=0.15)
    assert low < gumbel_r.ppf(0.95, 170, scale) < high


def test_shipped_estimates_lie_within_their_intervals_and_fall_with_length() -> None:
    frame = comparison(examined(BASE))
    assert len(frame) == 4 * 4
    assert (frame.note == "").all()
    for ends in (("without_low", "without", "without_high"), ("with_low", "with_residual", "with_high")):
        low, value, high = (frame[c] for c in ends)
        assert ((low < value) & (value < high)).all()
    assert (frame.with_residual > frame.without).all()
    for _, rows in frame.groupby("method"):
        assert rows.sort_values("days").with_residual.is_monotonic_decreasing
    one_day = frame[frame.days == 1]
    assert one_day.without.between(180, 210).all()  # 17 to 20 mcm/d: what suppliers expect of a hard day


def test_residual_can_be_left_out_and_is_the_same_every_time() -> None:
    subject = examined(BASE)
    plain = design_demand(subject, 1, fit=Fit(residuals=False))
    assert plain.value == pytest.approx(one_in_twenty(highest_means(extremes.winter_demand(subject), 1)))
    noisy = design_demand(subject, 1)
    assert 2 < noisy.value - plain.value < extremes.residual(subject).daily_sd
    fresh = Subject(subject.dataset, subject.scenario, subject.system)
    assert design_demand(fresh, 1) == noisy


def test_no_residual_in_the_parameters_is_no_residual() -> None:
    noise = extremes._noise(replace(extremes.residual(examined(BASE)), daily_sd=0.0), (2, 5))
    assert not noise.any()
    rough = extremes._noise(extremes.residual(examined(BASE)), (30, 200))
    assert rough.std() == pytest.approx(7.6, rel=0.01)
    assert np.corrcoef(rough[..., 1:].ravel(), rough[..., :-1].ravel())[0, 1] == pytest.approx(0.27, abs=0.01)


def test_return_period_and_area_can_be_chosen() -> None:
    subject = examined(BASE)
    ten, twenty, fifty = (design_demand(subject, 7, fit=Fit(return_period=r)).value for r in (10, 20, 50))
    assert ten < twenty < fifty
    everywhere = design_demand(subject, 1, nodes=list(subject.system.nodes)).value
    assert 10 < everywhere - design_demand(subject, 1).value < 25  # Bosnia at its peak
    assert average_demand(subject, 7) < ten


def test_a_record_too_short_for_the_rank_says_so() -> None:
    rare = Fit("empirical", return_period=100)
    with pytest.raises(InputError, match=r"47 winters are too few .* 99 or more are"):
        design_demand(examined(BASE), 1, fit=rare)
    frame = comparison(examined(BASE), lengths=(1,), return_period=100).set_index("method")
    assert math.isnan(frame.without["empirical"])
    assert "too few" in frame.note["empirical"]


def test_nonsense_is_refused_at_once() -> None:
    wrong = Fit("gumble", return_period=1.0)  # type: ignore[arg-type]
    with pytest.raises(InputError) as caught:
        design_demand(examined(BASE), 1, fit=wrong)
    assert "method: unknown 'gumble'; did you mean" in str(caught.value)
    assert "return_period: found 1 years" in str(caught.value)
    assert len(caught.value.problems) == 2


def test_a_horizon_without_a_whole_winter_is_refused(small_system: Callable[..., GasSystem]) -> None:
    bare = Subject(examined(BASE).dataset, Scenario(title="bare", gas_year=""), small_system())
    with pytest.raises(InputError, match="holds no whole winter"):
        design_demand(bare, 1)
    year = Subject(bare.dataset, bare.scenario, replace(small_system(365), first_day=examined(BASE).system.first_day))
    with pytest.raises(InputError, match="no climate"):
        design_demand(year, 1)
