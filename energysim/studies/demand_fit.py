"""How well does demand from weather fit what is known: months, border days, stated peaks, annual balances.

Every function takes the dataset and returns a frame, computed from the shipped tables alone. One sign
everywhere: *residual = measured - modelled*, so a positive bias (mean residual) says the model is too low.
Nothing here changes the model: levels by gas year are in `data/demand_levels.csv`; this page says how far
they can be trusted. `energysim.studies.calibration` makes the page `docs/demand_fit.md` of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energysim.inputs import tables as t
from energysim.inputs.demand import DemandModel
from energysim.inputs.demand_tables import demand_model
from energysim.inputs.horizon import Horizon
from energysim.inputs.read import Dataset
from energysim.inputs.weather import LEAD_DAYS, gas_year_start, one_in_twenty, temperatures

Series = NDArray[np.float64]
Rivals = Mapping[str, str]

VARIANTS: dict[str, dict[str, str]] = {
    "used": {},
    "mild": {"demand_levels.all": "mild"},
    "threshold 20": {"parameters.threshold_temperature": "best_fit"},
}
"""Name -> rivals selected: the pair in use, the flat pair, the threshold that fitted 2009-11 best."""
GROSS = {
    "sectors.extraction_own_use": "gross_production",
    "regional_shares.extraction_own_use": "gross_production",
}
"""Months and annual balances count field gas gross: the fields' own use belongs to the modelled side there."""
LEVEL_YEAR = "2024/25"
"""Gas year whose level, calendar and plants carry the table of winters: the 2024 level."""
BOSNIA = "BA"
WINDOWS = (1, 7, 14, 30)
WINTER_DAYS = 212
"""1 October to 30 April."""
SMOOTHING_DAYS = 7
"""Days over which the slow part of a daily residual is averaged."""


# --- the model on any days ------------------------------------------------------------------------------------


def modelled(
    dataset: Dataset, first: date, days: int, weather: str = "actual", rivals: Rivals | None = None
) -> pd.DataFrame:
    """Daily demand by date: `serbia`, `bosnia`, `serbia_base` (without weather) in GWh/d; temperatures in degC."""
    model = demand_model(Horizon(dataset, first, days, rivals or {}))
    temperature, _ = temperatures(dataset.weather, weather, first, days)
    frame = _demand(model, temperature)
    frame["serbia_base"] = _demand(model, np.full(days + LEAD_DAYS, model.response.threshold))["serbia"]
    frame["temperature"] = temperature[LEAD_DAYS:]
    frame["effective"] = model.response.effective(temperature)
    return frame


def _demand(model: DemandModel, temperature: Series) -> pd.DataFrame:
    days = len(temperature) - LEAD_DAYS
    totals = {"serbia": np.zeros(days), "bosnia": np.zeros(days)}
    for offtake in model.offtakes(temperature):
        totals["bosnia" if offtake.node == BOSNIA else "serbia"] += offtake.demand
    return pd.DataFrame(totals, index=pd.date_range(model.first_day, periods=days, name="date"))


def demand_gcv(dataset: Dataset) -> float:
    """kWh/m3 of the reduced metre in which demand is stated."""
    return Horizon(dataset, gas_year_start(LEVEL_YEAR), 1).parameter("demand_gcv")


# --- months and years -----------------------------------------------------------------------------------------


def monthly_fit(dataset: Dataset, rivals: Rivals | None = None) -> pd.DataFrame:
    """Measured and modelled supply of each month [GWh/d], without doubtful months (confidence C).

    The months are supply *before storage*, with field gas gross: they equal consumption only in a month in
    which storage does nothing, so winters lie below and summers above it by what storage gives and takes.
    """
    rows = [r for r in cast(Iterable[t.MonthlySupplyRow], dataset.rows("monthly_supply")) if r.rival is None]
    starts = [date.fromisoformat(f"{r.month}-01") for r in rows]
    days = (max(starts) - min(starts)).days + 31
    daily = modelled(dataset, min(starts), days, rivals={**(rivals or {}), **GROSS})
    records = []
    for row in rows:
        if row.confidence == "C" or row.supply_mcm is None:
            continue
        month = daily.loc[row.month]
        supply = row.supply_mcm * cast(float, row.gcv_kwh_per_m3) / len(month)
        records.append((pd.Period(row.month, "M"), _season(row.month), supply, month.serbia.mean(),
                        month.serbia_base.mean(), month.temperature.mean()))  # fmt: skip
    columns = ["month", "season", "measured", "modelled", "modelled_base", "temperature"]
    return _with_residual(pd.DataFrame(records, columns=columns).set_index("month"))


def _season(month: str) -> str:
    number = int(month[5:7])
    return "winter" if number in (11, 12, 1, 2, 3) else "October, April" if number in (4, 10) else "summer"


def annual_fit(dataset: Dataset, rivals: Rivals | None = None) -> pd.DataFrame:
    """Inland consumption of calendar years and the model in the same weather [GWh], own use of fields in both.

    The only measured consumption, storage settled: it judges the level, which the months cannot.
    """
    rows = [
        r
        for r in cast(Iterable[t.AnnualBalanceRow], dataset.rows("annual_balance"))
        if r.item == "inland_consumption" and r.rival is None and r.year >= _first_level(dataset).year + 1
    ]
    records = []
    for row in rows:
        first = date(row.year, 1, 1)
        days = (date(row.year + 1, 1, 1) - first).days
        total = modelled(dataset, first, days, rivals={**(rivals or {}), **GROSS}).serbia.sum()
        measured = cast(float, row.quantity_mcm) * cast(float, row.gcv_kwh_per_m3)
        records.append((row.year, measured, total, "estimate" if row.estimate else "statistics"))
    return _with_residual(pd.DataFrame(records, columns=["year", "measured", "modelled", "kind"]).set_index("year"))


def _first_level(dataset: Dataset) -> date:
    rows = [r for r in dataset.rows("demand_levels") if r.identity == ("all",)]
    return min(r.valid_from for r in rows if r.valid_from)


def _with_residual(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(residual=frame.measured - frame.modelled)


def fit_figures(frame: pd.DataFrame) -> dict[str, float]:
    """Number, bias, sd of the residual, R2 and correlation of `measured` against `modelled` [unit of the frame]."""
    deviation = frame.measured - frame.measured.mean()
    return {
        "n": len(frame),
        "bias": float(frame.residual.mean()),
        "sd": float(frame.residual.std()),
        "r2": float(1 - (frame.residual**2).sum() / (deviation**2).sum()),
        "correlation": float(np.corrcoef(frame.measured, frame.modelled)[0, 1]),
    }


def refit(frame: pd.DataFrame) -> dict[str, float]:
    """Least squares of `measured` on the modelled base and weather parts: the factors that would fit best.

    Returns the factor of base and slope, and sd and R2 of what remains. A diagnosis, not a calibration:
    storage flattens every measured series, so the slope comes out too low.
    """
    parts = np.column_stack([frame.modelled_base, frame.modelled - frame.modelled_base])
    factors, *_ = np.linalg.lstsq(parts, frame.measured.to_numpy(), rcond=None)
    rest = frame.measured - parts @ factors
    sd = float(np.sqrt((rest**2).sum() / (len(frame) - 2)))
    explained = 1 - (rest**2).sum() / ((frame.measured - frame.measured.mean()) ** 2).sum()
    return {"base": float(factors[0]), "slope": float(factors[1]), "sd": sd, "r2": float(explained)}


# --- days at the border ---------------------------------------------------------------------------------------


def daily_fit(dataset: Dataset, rivals: Rivals | None = None) -> pd.DataFrame:
    """Gas that stays in Serbia by day, October to December 2025, and the model [GWh/d].

    measured = Kireevo in - Horgos out (Gastrans) + Horgos in (old line) + Kalotina in + production net -
    Bosnia as modelled. Before storage and line pack; Gastrans' compressor gas is in it.
    """
    flows: dict[date, float] = {}
    for row in cast(Iterable[t.BorderFlowRow], dataset.rows("border_flows")):
        if row.rival is None and row.flow_gwh is not None:
            flows[row.date] = flows.get(row.date, 0.0) + (row.flow_gwh if row.direction == "entry" else -row.flow_gwh)
    first, days = min(flows), len(flows)
    model = modelled(dataset, first, days, rivals=rivals)
    net = np.array([flows[d] for d in pd.DatetimeIndex(model.index).date])
    fields = Horizon(dataset, first, days).grouped(t.ProductionRow, "field").values()
    horizon = Horizon(dataset, first, days)
    production = sum(horizon.series(rows, _production, missing=0.0) for rows in fields)
    frame = model.rename(columns={"serbia": "modelled", "serbia_base": "modelled_base"})
    frame.insert(0, "measured", net + production - frame.bosnia)
    frame["weekend"] = pd.DatetimeIndex(frame.index).day_of_week >= 5
    return _with_residual(frame)


def _production(row: t.ProductionRow) -> float:
    return cast(float, row.production_mcm_per_day) * cast(float, row.gcv_kwh_per_m3)


def weekend_effect(frame: pd.DataFrame) -> tuple[float, float]:
    """Weekend over working day at equal weather [1]: as measured and as modelled.

    Each day is divided by the mean of the seven days around it, so slow moves of storage fall out.
    """

    def ratio(series: pd.Series[float]) -> float:
        relative = (series / series.rolling(7, center=True).mean()).dropna()
        weekend = frame.weekend.loc[relative.index]
        return float(relative[weekend].mean() / relative[~weekend].mean())

    return ratio(frame.measured), ratio(frame.modelled)


# --- stated peaks ---------------------------------------------------------------------------------------------


def peak_fit(dataset: Dataset, rivals: Rivals | None = None) -> pd.DataFrame:
    """National figures stated by suppliers and ministers and the model at the same thing [mcm/d, stated metre].

    `low` and `high` are the stated range; `compared_with` says what of the model is set beside the figure.
    Local, delivered and capacity figures are left out, and those before the first level by gas year.
    """
    records = []
    for row in cast(Iterable[t.PeakStatementRow], dataset.rows("peak_statements")):
        if row.item not in BASES or row.rival is not None or row.date < _first_level(dataset):
            continue
        words, compute = BASES[row.item]
        value = compute(dataset, row.date, rivals or {}) / cast(float, row.gcv_kwh_per_m3)
        stated = cast(float, row.demand_mcm)
        low, high = (stated if x is None else x for x in (row.low, row.high))
        records.append((row.date, row.item, stated, low, high, value, words))
    columns = ["date", "statement", "measured", "low", "high", "modelled", "compared_with"]
    return _with_residual(pd.DataFrame(records, columns=columns).sort_values(["date", "statement"], ignore_index=True))


def _on_day(dataset: Dataset, day: date, rivals: Rivals) -> float:
    return float(modelled(dataset, day, 1, rivals=rivals).serbia.iloc[0])


def _month_mean(dataset: Dataset, day: date, rivals: Rivals) -> float:
    return float(modelled(dataset, day.replace(day=1), 31, rivals={**rivals, **GROSS}).serbia.mean())


def _season_so_far(dataset: Dataset, day: date, rivals: Rivals) -> float:
    first = date(day.year, 10, 15)
    return float(modelled(dataset, first, (day - first).days + 1, rivals=rivals).serbia.mean())


def _normal_january(dataset: Dataset, day: date, rivals: Rivals) -> float:
    return float(modelled(dataset, date(day.year, 1, 1), 31, "normal", rivals).serbia.mean())


def _normal_peak(dataset: Dataset, day: date, rivals: Rivals) -> float:
    return float(modelled(dataset, date(day.year - 1, 10, 1), WINTER_DAYS, "normal", rivals).serbia.max())


def _at_zero(dataset: Dataset, day: date, rivals: Rivals) -> float:
    model = demand_model(Horizon(dataset, day, 7, rivals))
    return float(_demand(model, np.zeros(7 + LEAD_DAYS)).serbia.mean())


Comparison = Callable[[Dataset, date, Rivals], float]
BASES: dict[str, tuple[str, Comparison]] = {
    "normal_january_use": ("January of the normal winter", _normal_january),
    "national_need": ("the day", _on_day),
    "national_use": ("the day", _on_day),
    "national_use_range": ("15 October to the day", _season_so_far),
    "expected_cold_january_day": ("0 degC, week mean", _at_zero),
    "national_use_without_frost": ("0 degC, week mean", _at_zero),
    "expected_peak": ("peak of the normal winter", _normal_peak),
    "supply_before_storage_month_mean": ("the month", _month_mean),
}
"""Item of `peak_statements` -> what of the model it is compared with."""


# --- winters --------------------------------------------------------------------------------------------------


def winters(dataset: Dataset, rivals: Rivals | None = None) -> pd.DataFrame:
    """Serbia at the 2024 level under every winter on record, `normal` and `design`, one row each.

    Columns: annual_gwh [GWh], annual_mcm [mcm], and in mcm/d of the reduced metre january, peak, peak_day,
    demand_7/14/30 (highest mean over so many days, October to April); temperature_1/7/14/30 [degC, coldest
    mean]. Gas year from 1 October; days beyond the record take the normal winter.
    """
    first = gas_year_start(LEVEL_YEAR)
    days = (gas_year_start("2025/26") - first).days
    model, gcv = demand_model(Horizon(dataset, first, days, rivals or {})), demand_gcv(dataset)
    records = {}
    for name in [*dataset.weather.winters, "normal", "design"]:
        temperature, _ = temperatures(dataset.weather, name, first, days)
        demand = _demand(model, temperature).serbia
        cold = demand.iloc[:WINTER_DAYS] / gcv
        records[name] = {
            "annual_gwh": demand.sum(),
            "annual_mcm": demand.sum() / gcv,
            "january": cold[pd.DatetimeIndex(cold.index).month == 1].mean(),
            "peak": cold.max(),
            "peak_day": f"{cold.idxmax():%d %b}",
            **{f"demand_{n}": cold.rolling(n).mean().max() for n in WINDOWS[1:]},
            **{f"temperature_{n}": _coldest(temperature[LEAD_DAYS : LEAD_DAYS + WINTER_DAYS], n) for n in WINDOWS},
        }
    return pd.DataFrame.from_dict(records, orient="index").rename_axis("winter")


def _coldest(temperature: Series, length: int) -> float:
    return float(np.convolve(temperature, np.ones(length) / length, mode="valid").min())


def one_in_twenty_demand(frame: pd.DataFrame, last: int | None = None) -> pd.DataFrame:
    """1-in-20 over the winters of `winters` (or the last so many), Gumbel by L-moments, and its standard error.

    Rows: peak, demand_7/14/30 [mcm/d], annual_mcm [mcm]; columns: value, error (jackknife).
    """
    record = frame.drop(index=["normal", "design"])
    record = record if last is None else record.iloc[-last:]
    columns = ["peak", "demand_7", "demand_14", "demand_30", "annual_mcm"]
    result = {c: _with_error(record[c].to_numpy(dtype=float)) for c in columns}
    return pd.DataFrame.from_dict(result, orient="index", columns=["value", "error"])


def _with_error(samples: Series) -> tuple[float, float]:
    left_out = np.array([one_in_twenty(np.delete(samples, k)) for k in range(len(samples))])
    return one_in_twenty(samples), float(np.sqrt((len(samples) - 1) * left_out.var()))


def one_in_twenty_with_residuals(dataset: Dataset, rivals: Rivals | None = None) -> float:
    """1-in-20 of the peak day with the short-run daily residuals laid on it [mcm/d of the reduced metre].

    The series of autumn 2025 is laid on every winter from each of its days in turn, round and round; the
    mean of the resulting quantiles is given. An upper bound: line pack and storage are in those residuals.
    """
    first = gas_year_start(LEVEL_YEAR)
    model = demand_model(Horizon(dataset, first, WINTER_DAYS, rivals or {}))
    kept = residuals(dataset)
    noise = kept.short_run[kept.series == "daily"].to_numpy()
    paths = np.array([np.resize(np.roll(noise, -k), WINTER_DAYS) for k in range(len(noise))])
    names = dataset.weather.winters
    peaks = np.empty((len(noise), len(names)))
    for j, name in enumerate(names):
        demand = _demand(model, temperatures(dataset.weather, name, first, WINTER_DAYS)[0]).serbia.to_numpy()
        peaks[:, j] = (demand + paths).max(axis=1)
    return float(np.mean([one_in_twenty(row) for row in peaks])) / demand_gcv(dataset)


# --- residuals ------------------------------------------------------------------------------------------------


def residuals(dataset: Dataset) -> pd.DataFrame:
    """What the model in use leaves unexplained, kept for weather ensembles: years, months and days in one frame.

    Indexed by first day; columns: series (`annual`, `monthly`, `daily`), measured, modelled, residual and
    short_run [GWh/d], relative [1, residual over modelled]. short_run has the slow part taken out, which
    is level or storage and not noise: the mean of all years, of the season, of the seven days around.
    """
    years, months, days = _per_day(annual_fit(dataset)), monthly_fit(dataset), daily_fit(dataset)
    slow = {
        "annual": years.residual * 0 + years.residual.mean(),
        "monthly": months.residual.groupby(months.season).transform("mean"),
        "daily": days.residual.rolling(SMOOTHING_DAYS, center=True, min_periods=SMOOTHING_DAYS // 2 + 1).mean(),
    }
    parts = []
    for series, frame in (("annual", years), ("monthly", months), ("daily", days)):
        part = frame[["measured", "modelled", "residual"]].assign(series=series)
        part["short_run"] = part.residual - slow[series]
        part["relative"] = part.residual / part.modelled
        part.index = part.index.to_timestamp() if isinstance(part.index, pd.PeriodIndex) else part.index
        parts.append(part)
    return pd.concat(parts).rename_axis("start")


def _per_day(years: pd.DataFrame) -> pd.DataFrame:
    """Calendar years in GWh/d, indexed by year as a period."""
    index = pd.PeriodIndex([str(y) for y in years.index], freq="Y")
    days = np.array([(date(p.year + 1, 1, 1) - date(p.year, 1, 1)).days for p in index])
    return years[["measured", "modelled", "residual"]].div(days, axis=0).set_index(index)


def residual_figures(dataset: Dataset) -> pd.DataFrame:
    """By series: number, bias, sd and lag-1 autocorrelation of the residual [GWh/d, 1], sd of its relative value
    [1], and sd and lag-1 of the short run [GWh/d, 1]."""
    frame, records = residuals(dataset), {}
    for series, longest in (("annual", 366), ("monthly", 31), ("daily", 1)):
        part = frame[frame.series == series]
        follows = np.append(False, np.diff(part.index.to_numpy()) <= np.timedelta64(longest, "D"))
        records[series] = {
            "n": len(part),
            "bias": part.residual.mean(),
            "sd": part.residual.std(),
            "lag1": _lag_one(part.residual.to_numpy(), follows),
            "bias_relative": part.relative.mean(),
            "sd_relative": part.relative.std(),
            "short_run_sd": part.short_run.std(),
            "short_run_lag1": _lag_one(part.short_run.to_numpy(), follows),
        }
    return pd.DataFrame.from_dict(records, orient="index").rename_axis("series")


def _lag_one(values: Series, follows: NDArray[np.bool_]) -> float:
    """Correlation of each value with the one before, where one follows the other without a gap."""
    later = np.flatnonzero(follows)
    return float(np.corrcoef(values[later], values[later - 1])[0, 1])
