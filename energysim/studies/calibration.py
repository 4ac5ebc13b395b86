"""How well does demand from weather fit what is known: months, border days, stated peaks, annual balances.

Every function takes the dataset and returns a frame, computed from the shipped tables alone. One sign
everywhere: *residual = measured - modelled*, so a positive bias (mean residual) says the model is too low.
Nothing here changes the model: levels by gas year are in `data/demand_levels.csv`; this page says how far
they can be trusted. `report` writes `docs/demand_fit.md`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energysim.inputs import tables as t
from energysim.inputs.assemble import Horizon, demand_model
from energysim.inputs.demand import DemandModel
from energysim.inputs.read import Dataset, read_dataset
from energysim.inputs.weather import LEAD_DAYS, TYPICAL_WINTER, gas_year_start, one_in_twenty, temperatures

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
RECENT_WINTERS = 30
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
    columns = ["date", "item", "measured", "low", "high", "modelled", "compared_with"]
    return _with_residual(pd.DataFrame(records, columns=columns).sort_values(["date", "item"], ignore_index=True))


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

# --- the page -------------------------------------------------------------------------------------------------


def report(dataset: Dataset) -> str:
    """The page `docs/demand_fit.md`: fits, winters, residuals, and which pair of base and slope fits where."""
    sections = (_head, _years, _months, _days, _peaks, _pairs, _winters, _residuals)
    return "\n\n".join(section(dataset) for section in sections) + "\n"


def _head(dataset: Dataset) -> str:
    return f"""<!-- generated by python -m energysim.studies.calibration -->
# How well demand fits

Demand is a base and a slope by sector on Belgrade temperature, times a level by gas year
(`data/sectors.csv`, `data/demand_levels.csv`); this page sets it beside everything that is known. All mcm are
reduced metres of {demand_gcv(dataset):g} kWh, Serbia without Bosnia. **Residual = measured − modelled: a positive
bias says the model is too low.** R² is that of the model as it stands, so it can be negative. Nothing is fitted
here: the level of each gas year is a row of `data/demand_levels.csv`."""


def _years(dataset: Dataset) -> str:
    gcv, frame = demand_gcv(dataset), annual_fit(dataset)
    rows = [(y, r.kind, f"{r.measured / gcv:,.0f}", f"{r.modelled / gcv:,.0f}", f"{r.residual / r.modelled:+.1%}")
            for y, r in frame.iterrows()]  # fmt: skip
    figures = residual_figures(dataset).loc["annual"]
    return f"""## Years: the only measured consumption

Inland consumption (mcm) and the model in the weather of the year; own use of the fields is on both sides. Storage
is settled here, so this is the judge of the level. The model is lower by {figures.bias_relative:.1%} in the mean
(sd {figures.sd_relative:.1%}), in {(frame.residual > 0).sum()} of {len(frame)} years.

{_table("year | kind | measured | modelled | residual", rows)}"""


def _months(dataset: Dataset) -> str:
    gcv, frame = demand_gcv(dataset), monthly_fit(dataset)
    rows = [(name, *_figures(part, gcv)) for name, part in [("all", frame), *frame.groupby("season")]]
    best = refit(frame)
    return f"""## Months: supply before storage

{len(frame)} months, {frame.index[0]} to {frame.index[-1]}, mcm/d. A month is border inflow less 9 % for Bosnia plus
field gas: **supply before storage, not consumption.** Summers hold injection and winters lack withdrawal, so a
positive summer and a negative winter bias are right; by itself no bias of a season judges the model. September 2021
(doubtful) is left out. The spring of 2020 was supplied from store and low in demand.

{_table("season | n | bias | sd | R² | correlation", rows)}

Least squares on these months would take {best["base"]:.2f} of the base and {best["slope"]:.2f} of the slope (sd then
{best["sd"] / gcv:.2f} mcm/d, R² {best["r2"]:.2f}). Storage flattens the months, so this slope is a lower bound, not
advice."""


def _days(dataset: Dataset) -> str:
    gcv, frame = demand_gcv(dataset), daily_fit(dataset)
    quiet, december = _quiet(frame), frame[~frame.index.isin(_quiet(frame).index)]
    rows = [(name, *_figures(part, gcv)) for name, part in (("all", frame), ("October, November", quiet), ("December", december))]
    (measured, model), best = weekend_effect(quiet), refit(quiet)
    late = december.iloc[len(december) // 2 :] / gcv
    return f"""## Days: the border in autumn 2025

Kireevo in − Horgoš out + Horgoš in + Kalotina in + net production − Bosnia as modelled, mcm/d, before storage.

{_table("days | n | bias | sd | R² | correlation", rows)}

October and November follow the weather: the slope that fits is {best["slope"]:.2f} of the one used (the base
{best["base"]:.2f}), the weekend is {measured:.3f} of a working day (model {model:.3f}). The level is higher by
{quiet.residual.mean() / gcv:.1f} mcm/d than the model: last injection, gas power plants (a half more than in 2024) and
the level. In late December the border stands still at {late.measured.mean():.1f} mcm/d (sd {late.measured.std():.2f})
while modelled demand rises to {late.modelled.max():.1f}: contracts at their limit, storage takes the swing. No slope can
be read from these days."""


def _quiet(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[pd.DatetimeIndex(frame.index).month < 12]


def _peaks(dataset: Dataset) -> str:
    rows = [(f"{r.date:%Y-%m-%d}", r.item, _range(r.low, r.high), f"{r.modelled:.1f}", r.compared_with)
            for r in peak_fit(dataset).itertuples()]  # fmt: skip
    return f"""## Stated peaks

mcm/d; the metre of a statement is not known (±4 %), forecasts carry a nominal date. The two of January 2009 are not
independent: the level of that year was set by them.

{_table("date | statement | stated | model | compared with", rows)}

Cold days agree: what was said of frost-free winter days and of expected peaks lies within a mcm/d or so of the model.
Mild days do not: on 16 November 2022 and 24 December 2023 three to five mcm/d more were stated than the weather
asks for. Power plants explain up to two, injection and rounding up the rest."""


def _range(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:g}–{high:g}"


def _pairs(dataset: Dataset) -> str:
    gcv = demand_gcv(dataset)
    columns = {name: _scores(dataset, rivals, gcv) for name, rivals in VARIANTS.items()}
    names = list(next(iter(columns.values())))
    rows = [(name, *(f"{columns[v][name]:.2f}" for v in columns)) for name in names]
    return f"""## Which pair fits where

`mild` is the flat pair (`demand_levels.all: mild`: more base, less slope); `threshold 20`
(`parameters.threshold_temperature: best_fit`) counts degrees from 20 °C.

{_table(f"measure | {' | '.join(columns)}", rows)}

* **`mild` fits volumes:** years, months and mild days. Who asks about annual balances, summers or warm winters
  should run it too; the pair in use lies some 7 % under the years.
* **The pair in use fits cold:** the expected peaks and the frost-free 14 mcm/d. `mild` lies below every one of
  them; for security of supply the steep pair is the prudent one.
* **`threshold 20` alone fits nothing:** slopes were calibrated at 16 °C and must fall to about 0.8 with it; alone it
  is too high by a sixth. Do not select it without a level of its own. Nor does it mend summers, which storage fills.
* `mild` moves Bosnia as well (base up, slope down), as its rows undo only the level in use."""


def _scores(dataset: Dataset, rivals: Rivals, gcv: float) -> dict[str, float]:
    years, months, days = annual_fit(dataset, rivals), monthly_fit(dataset, rivals), daily_fit(dataset, rivals)
    peaks, season, table = peak_fit(dataset, rivals), months.season, winters(dataset, rivals)
    cold = peaks[peaks.item.isin(["expected_peak", "expected_cold_january_day", "national_use_without_frost"])]
    mild = peaks[peaks.item.isin(["national_use", "national_use_range"])]
    quiet = _quiet(days)
    return {
        "years: bias, %": 100 * float((years.residual / years.modelled).mean()),
        "years: root mean square, %": 100 * float(np.sqrt(((years.residual / years.modelled) ** 2).mean())),
        "months: bias, mcm/d": fit_figures(months)["bias"] / gcv,
        "months: sd, mcm/d": fit_figures(months)["sd"] / gcv,
        "months: R²": fit_figures(months)["r2"],
        "winter months: bias, mcm/d": float(months.residual[season == "winter"].mean()) / gcv,
        "summer months: bias, mcm/d": float(months.residual[season == "summer"].mean()) / gcv,
        "days Oct-Nov: bias, mcm/d": fit_figures(quiet)["bias"] / gcv,
        "days Oct-Nov: sd, mcm/d": fit_figures(quiet)["sd"] / gcv,
        "days Oct-Nov: correlation": fit_figures(quiet)["correlation"],
        "statements on mild days: bias, mcm/d": float(mild.residual.mean()),
        "statements on cold: bias, mcm/d": float(cold.residual.mean()),
        "normal winter: January, mcm/d": table.january["normal"],
        "normal winter: peak day, mcm/d": table.peak["normal"],
        "1-in-20 peak day, mcm/d": one_in_twenty_demand(table).value["peak"],
    }


def _winters(dataset: Dataset) -> str:
    frame = winters(dataset)
    rare, recent = one_in_twenty_demand(frame), one_in_twenty_demand(frame, RECENT_WINTERS)
    low, high = _level_range(dataset)
    peak = rare.value["peak"]
    columns = ["january", "peak", "peak_day", "demand_7", "demand_14", "demand_30", "temperature_1"]
    rows = [(w, f"{r.annual_gwh:,.0f}", f"{r.annual_mcm:,.0f}", *(_short(r[c]) for c in columns)) for w, r in frame.iterrows()]
    quantiles = [(name, f"{r.value:,.1f}", f"{r.error:.1f}", f"{recent.value[name]:,.1f}", _short(frame[name]["design"]))
                 for name, r in rare.iterrows()]  # fmt: skip
    return f"""## Winters at the 2024 level

Calendar and plants of gas year {LEVEL_YEAR}. Demand in mcm/d: January mean, peak day and its date, highest mean of
7, 14 and 30 days; last the coldest day, °C. `normal` is {TYPICAL_WINTER}. Summer weather beyond the record is normal.

{_table("winter | GWh/a | mcm/a | January | peak | on | 7 d | 14 d | 30 d | °C", rows)}

Once in twenty winters (Gumbel by L-moments; error by leaving out one winter at a time):

{_table(f"measure | 1-in-20 | error | last {RECENT_WINTERS} winters | design winter", quantiles)}

The peak of {peak:.1f} mcm/d is that of the modelled mean. With the day-to-day residuals of autumn 2025 laid on
every winter it is {one_in_twenty_with_residuals(dataset):.1f}, an upper bound, as line pack is in them. The level itself is
known to {low:g}–{high:g} for that gas year: {peak * low:.1f}–{peak * high:.1f} mcm/d, more than weather and residual together.
The design winter meets the 1-in-20 temperatures of 1, 7, 14 and 30 days and of the degree days exactly; as its spells
are even within, its peak *demand* comes out slightly under the 1-in-20 of demand."""


def _level_range(dataset: Dataset) -> tuple[float, float]:
    rows = Horizon(dataset, gas_year_start(LEVEL_YEAR), 1).grouped(t.DemandLevelRow, "sector")["all"]
    return cast(float, rows[-1].low), cast(float, rows[-1].high)


def _residuals(dataset: Dataset) -> str:
    figures = residual_figures(dataset)
    rows = [(s, f"{r.n:.0f}", f"{r.bias:.1f}", f"{r.sd:.1f}", f"{r.lag1:.2f}", f"{r.sd_relative:.1%}",
             f"{r.short_run_sd:.1f}", f"{r.short_run_lag1:.2f}") for s, r in figures.iterrows()]  # fmt: skip
    return f"""## Residuals kept for later use

`residuals(dataset)` gives the series (GWh/d), computed anew from the tables. `short run` has the slow part out: the
mean of all years, of the season, of the {SMOOTHING_DAYS} days around.

{_table("series | n | bias | sd | lag 1 | sd, relative | short-run sd | short-run lag 1", rows)}

A weather ensemble takes two draws: one factor a year with sd {figures.sd_relative["annual"]:.1%} (independent from year
to year), and day-to-day noise with sd {figures.short_run_sd["daily"]:.1f} GWh/d and lag-1 correlation
{figures.short_run_lag1["daily"]:.2f}. The whole monthly and daily residuals hold storage, and must not be used as noise
of demand: the model moves storage itself."""


def _figures(frame: pd.DataFrame, gcv: float) -> tuple[str, ...]:
    f = fit_figures(frame)
    return (f"{f['n']:.0f}", f"{f['bias'] / gcv:+.2f}", f"{f['sd'] / gcv:.2f}", f"{f['r2']:.2f}", f"{f['correlation']:.2f}")


def _short(value: object) -> str:
    return f"{value:,.1f}" if isinstance(value, float) else str(value)


def _table(header: str, rows: Iterable[tuple[object, ...]]) -> str:
    lines = [f"| {header} |", "|" + " --- |" * len(header.split("|"))]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)])


def main() -> None:
    """Print the page."""
    sys.stdout.write(report(read_dataset()))


if __name__ == "__main__":
    main()
