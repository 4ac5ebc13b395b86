"""Demand from weather: the arithmetic of the response, the winters, the design winter and the page that tells."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from energysim.errors import InputError
from energysim.inputs.demand import HeatResponse
from energysim.inputs.demand_tables import demand_model
from energysim.inputs.horizon import Horizon
from energysim.inputs.read import Dataset, read_dataset
from energysim.inputs.weather import (
    DESIGN_SPELLS,
    LEAD_DAYS,
    WeatherRecord,
    degree_days,
    one_in_twenty,
    spell_minima,
    temperatures,
)
from energysim.studies import calibration

PAGE = Path(__file__).resolve().parents[1] / "docs" / "demand_fit.md"
RESPONSE = HeatResponse(16.0, -5.0, 0.6, (1.0, 0.5, 0.25, 0.125), (1015, 415), (1001, 503), 12.0)


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return read_dataset()


@pytest.fixture(scope="module")
def winters(dataset: Dataset) -> pd.DataFrame:
    return calibration.winters(dataset)


def coldest(temperature: np.ndarray, length: int) -> float:
    return float(np.convolve(temperature, np.ones(length) / length, mode="valid").min())


# --- the response, by hand ------------------------------------------------------------------------------------


def test_effective_temperature_looks_three_days_back() -> None:
    effective = RESPONSE.effective(np.array([8.0, 4.0, 2.0, -6.0, 10.0]))
    assert effective == pytest.approx(
        [
            (-6.0 + 2.0 / 2 + 4.0 / 4 + 8.0 / 8) / 1.875,
            (10.0 + -6.0 / 2 + 2.0 / 4 + 4.0 / 8) / 1.875,
        ]
    )


def test_degrees_are_flatter_below_the_kink() -> None:
    degrees = RESPONSE.degrees(np.array([20.0, 16.0, 6.0, -5.0, -15.0]))
    assert degrees == pytest.approx([0.0, 0.0, 16 - 6, 16 + 5, 16 + 5 + 0.6 * (15 - 5)])


def test_district_heating_follows_season_and_rule() -> None:
    days = [date(2025, 9, 30), date(2025, 10, 14), date(2025, 10, 14), date(2025, 10, 15), date(2026, 4, 15)]
    days += [date(2026, 4, 16), date(2026, 5, 3), date(2026, 5, 4)]
    effective = np.array([0.0, 12.1, 12.0, 20.0, 20.0, 12.1, 12.0, 0.0])
    expected = [False, False, True, True, True, False, True, False]
    assert RESPONSE.heating(days, effective).tolist() == expected


def test_weekday_factors_average_one_and_weekends_are_lower(dataset: Dataset) -> None:
    model = demand_model(Horizon(dataset, date(2024, 11, 4), 7))  # Monday to Sunday
    flat = np.full(7 + LEAD_DAYS, 5.0)
    total = np.sum([o.demand for o in model.offtakes(flat)], axis=0)
    week = (5 * 1.0145 + 2 * 0.9638) / 7
    assert week == pytest.approx(1, abs=1e-4)
    assert total[0] / total.mean() == pytest.approx(1.0145 / week)
    assert total[6] / total[0] == pytest.approx(0.9638 / 1.0145)


def test_demand_of_a_day_by_hand(dataset: Dataset) -> None:
    """Households on a Monday of the 2024 level at a steady 0 degC: base + 16 degrees of slope."""
    model = demand_model(Horizon(dataset, date(2024, 11, 4), 1))
    demand = sum(o.demand[0] for o in model.offtakes(np.zeros(1 + LEAD_DAYS)) if o.demand_class == "households")
    assert demand == pytest.approx(1.0145 * (0.1582 + 16 * 0.1477) * 10.289)


# --- weather --------------------------------------------------------------------------------------------------


def test_leap_days_of_horizon_and_weather_year(dataset: Dataset) -> None:
    record = dataset.weather
    leap, _ = temperatures(record, "2018/19", date(2024, 2, 28), 3)  # 28, 29 February, 1 March
    assert leap[LEAD_DAYS:].tolist() == [record.on(date(2019, 2, 28))] * 2 + [record.on(date(2019, 3, 1))]
    plain, _ = temperatures(record, "2019/20", date(2025, 2, 28), 2)  # 29 February 2020 is left out
    assert plain[LEAD_DAYS:].tolist() == [record.on(date(2020, 2, 28)), record.on(date(2020, 3, 1))]


def test_lead_runs_on_into_the_first_gas_year(dataset: Dataset) -> None:
    record = dataset.weather
    values, _ = temperatures(record, "2011/12", date(2025, 10, 1), 1)
    assert values.tolist() == [record.on(date(2011, 9, 28) + timedelta(days=d)) for d in range(4)]


def test_a_longer_horizon_repeats_the_weather_year(dataset: Dataset) -> None:
    two, _ = temperatures(dataset.weather, "normal", date(2021, 10, 1), 730)
    one, _ = temperatures(dataset.weather, "normal", date(2022, 10, 1), 365)
    assert two[LEAD_DAYS + 365 :] == pytest.approx(one[LEAD_DAYS:])


def test_days_beyond_the_record_are_normal_and_said(dataset: Dataset) -> None:
    values, remarks = temperatures(dataset.weather, "actual", date(2025, 10, 1), 365)
    normal, _ = temperatures(dataset.weather, "normal", date(2025, 10, 1), 365)
    filled = (date(2026, 9, 30) - dataset.weather.last).days
    assert f"{filled} days beyond the record" in " ".join(remarks)
    assert values[-filled:] == pytest.approx(normal[-filled:])


def test_unknown_or_unfillable_weather_is_refused(dataset: Dataset) -> None:
    record = dataset.weather
    with pytest.raises(InputError, match="not on record"):
        temperatures(record, "1978/79", date(2025, 10, 1), 10)
    short = WeatherRecord(record.days[:900], record.temperature[:900], record.quality[:900])
    with pytest.raises(InputError, match="typical winter"):
        temperatures(short, "actual", date(2025, 10, 1), 10)


def test_gumbel_quantile_by_hand() -> None:
    """Samples 1 to 4: mean 2.5, b1 = (0*1 + 1*2 + 2*3 + 3*4) / (4*3)."""
    scale = (2 * 20 / 12 - 2.5) / np.log(2)
    expected = 2.5 - np.euler_gamma * scale - scale * np.log(-np.log(0.95))
    assert one_in_twenty(np.array([3.0, 1.0, 4.0, 2.0])) == pytest.approx(expected)


def test_degree_days_reach_15_april_in_leap_years_too(dataset: Dataset) -> None:
    record = dataset.weather
    days = [date(2023, 10, 15) + timedelta(days=d) for d in range(184)]
    assert days[-1] == date(2024, 4, 15)
    expected = sum(max(0.0, 16 - (record.on(d) or 0.0)) for d in days)
    assert degree_days(record)[record.winters.index("2023/24")] == pytest.approx(expected)


@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_design_winter_meets_its_quantiles(dataset: Dataset, year: int) -> None:
    record, days = dataset.weather, (date(year + 1, 5, 1) - date(year, 10, 1)).days
    values = temperatures(record, "design", date(year, 10, 1), days)[0][LEAD_DAYS:]
    for length in DESIGN_SPELLS:
        assert coldest(values, length) == pytest.approx(-one_in_twenty(-spell_minima(record, length)))
    season = values[14 : days - 15]  # 15 October to 15 April
    assert np.clip(16 - season, 0, None).sum() == pytest.approx(one_in_twenty(degree_days(record)))
    normal = temperatures(record, "normal", date(year, 10, 1), days)[0][LEAD_DAYS:]
    assert values.mean() < normal.mean()
    assert values.argmin() == (date(year + 1, 1, 20) - date(year, 10, 1)).days


@pytest.mark.parametrize(("first", "days"), [(date(2025, 10, 1), 92), (date(2026, 1, 15), 20), (date(2026, 2, 10), 40)])
def test_part_of_a_design_winter_is_that_part(dataset: Dataset, first: date, days: int) -> None:
    whole = temperatures(dataset.weather, "design", date(2025, 10, 1), 365)[0]
    start = (first - date(2025, 10, 1)).days
    part = temperatures(dataset.weather, "design", first, days)[0]
    assert part == pytest.approx(whole[start : start + days + LEAD_DAYS])


# --- winters --------------------------------------------------------------------------------------------------


def test_every_winter_on_record_is_usable(dataset: Dataset, winters: pd.DataFrame) -> None:
    assert len(dataset.weather.winters) == 47
    assert list(winters.index) == [*dataset.weather.winters, "normal", "design"]
    assert winters.annual_mcm.between(2250, 3150).all()
    assert winters.peak.between(13, 20).all()
    assert (winters.peak > winters.demand_7).all()
    assert (winters.demand_7 > winters.demand_14).all()
    assert (winters.demand_14 > winters.demand_30).all()


def test_acceptance_figures(winters: pd.DataFrame) -> None:
    record = winters.drop(index=["normal", "design"])
    assert 2.6 <= round(winters.annual_mcm["normal"] / 1000, 1) <= 3.1  # 2.60 bcm: at the lower edge
    assert 2.6 <= record.annual_mcm.mean() / 1000 <= 3.1
    assert 13 <= winters.january["normal"] <= 14
    assert 16 <= winters.peak["normal"] <= 17
    assert 18 <= calibration.one_in_twenty_demand(winters).value["peak"] <= 19.5


def test_design_winter_is_colder_than_normal(winters: pd.DataFrame) -> None:
    colder = ["temperature_1", "temperature_7", "temperature_14", "temperature_30"]
    more = ["annual_mcm", "january", "peak", "demand_7", "demand_14", "demand_30"]
    assert (winters.loc["design", colder] < winters.loc["normal", colder]).all()
    assert (winters.loc["design", more] > winters.loc["normal", more]).all()


# --- fits -----------------------------------------------------------------------------------------------------


def test_base_and_bosnia_are_parts_of_their_own(dataset: Dataset) -> None:
    frame = calibration.modelled(dataset, date(2024, 7, 1), 1)
    assert frame.temperature.iloc[0] > 16  # no heating: all is base
    assert frame.serbia.iloc[0] == pytest.approx(frame.serbia_base.iloc[0])
    assert frame.bosnia.iloc[0] == pytest.approx(0.31 * 10.289 * 1.0145)  # a Monday


def test_net_inflow_of_a_day_by_hand(dataset: Dataset) -> None:
    frame = calibration.daily_fit(dataset)
    first = frame.iloc[0]
    expected = 312.964209 - 241.011 + 0.003 + 1.46575 + 0.5 * 10.55 - first.bosnia
    assert first.measured == pytest.approx(expected)
    assert len(frame) == 92
    assert (frame.residual == frame.measured - frame.modelled).all()


def test_months_leave_out_the_doubtful_one(dataset: Dataset) -> None:
    frame = calibration.monthly_fit(dataset)
    assert len(frame) == 70
    assert pd.Period("2021-09") not in frame.index
    assert frame.measured[pd.Period("2017-01")] == pytest.approx(320.2 * 10.289 / 31)


def test_fit_figures_by_hand() -> None:
    frame = pd.DataFrame({"measured": [1.0, 2.0, 6.0], "modelled": [1.0, 3.0, 3.0]})
    figures = calibration.fit_figures(frame.assign(residual=frame.measured - frame.modelled))
    assert figures["n"] == 3
    assert figures["bias"] == pytest.approx((0 - 1 + 3) / 3)
    assert figures["r2"] == pytest.approx(1 - (0 + 1 + 9) / (4 + 1 + 9))


def test_fits_say_what_the_page_says(dataset: Dataset) -> None:
    """Signs on which the words of the page rest."""
    used, mild = calibration.annual_fit(dataset), calibration.annual_fit(dataset, calibration.VARIANTS["mild"])
    assert used.residual.mean() > 0
    assert abs(mild.residual.mean()) < used.residual.mean()
    peaks = calibration.peak_fit(dataset)
    cold = peaks[peaks.statement.isin(["expected_peak", "national_use_without_frost", "expected_cold_january_day"])]
    assert (cold.residual.abs() < 1.75).all()
    assert (peaks[peaks.statement == "national_use"].residual > 2).all()
    measured, modelled = calibration.weekend_effect(calibration.daily_fit(dataset).loc[:"2025-11-30"])
    assert measured == pytest.approx(modelled, abs=0.01)


def test_residuals_are_one_series_of_each_kind(dataset: Dataset) -> None:
    frame = calibration.residuals(dataset)
    assert frame.series.value_counts().to_dict() == {"daily": 92, "monthly": 70, "annual": 16}
    assert np.isfinite(frame.drop(columns="series").to_numpy(dtype=float)).all()
    assert calibration.residuals(dataset).equals(frame)
    figures = calibration.residual_figures(dataset)
    assert (figures.short_run_sd <= figures.sd).all()
    assert (figures.short_run_lag1.abs() < 1).all()


def test_page_is_fresh(dataset: Dataset) -> None:
    assert PAGE.read_text(encoding="utf-8") == calibration.report(dataset), (
        "run `python -m energysim.studies.calibration > docs/demand_fit.md`"
    )
