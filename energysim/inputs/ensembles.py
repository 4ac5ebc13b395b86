r"""What is drawn for a sample: a winter, how demand departs from the model, and hub prices.

**Weather.** A member of the ensemble is a path of daily temperatures. `analogue`: every winter on record once.
`resampled`: blocks of past winters put together, each day from the same calendar day of some winter
(`weather_block_days` long, their joints at a random phase), so that the cold lies where it can lie in a year. Members
are ordered by degree days; sample $n$ of $S$ strata takes the member at $u = (h_n + U_n) / S$ of that order, where
every $S$ samples go through the strata $h = 0 \dots S-1$ once, in an order drawn for them: any number of samples, a study
cut short too, is as cold as the ensemble in the mean. With `trend`, each past winter $w$ is shifted to the gas year $g$ by
the slope $b$ of least squares of winter means on years:

$$T_d \leftarrow T_d + b\,(g - w)$$

**Demand.** What the demand model leaves unexplained (`docs/demand_fit.md`): one factor a sample and a first-order
autoregressive noise, both on Serbian offtakes only, the noise on those that answer to weather, by their share:

$$\mathit{demand}_{o,d} \leftarrow f\,\mathit{demand}_{o,d} + \mathit{share}_{o,d}\, x_d, \quad
\ln f \sim N(-\sigma_a^2/2, \sigma_a), \quad x_d = \rho\, x_{d-1} + \sqrt{1-\rho^2}\,\sigma\,\varepsilon_d$$

**Prices.** Of spot, terminal and emergency gas, by a factor $e^{z_d - \sigma_p^2/2}$ of mean 1, $z$ autoregressive too.

Every driver of every sample has a random stream of its own, keyed by (seed, sample, name): leaving one out changes no
other, and any sample can be drawn again alone (common random numbers).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from energysim.errors import InputError, suggest
from energysim.inputs.assets import Daily, GasSystem
from energysim.inputs.paths import repriced
from energysim.inputs.weather import (
    DEGREE_DAY_THRESHOLD,
    HEATING_SEASON,
    WeatherRecord,
    gas_year_start,
    temperatures,
)

WeatherKind = Literal["resampled", "analogue", "fixed"]
MEMBERS = 4000
"""Resampled winters that the strata are cut from."""
AT_HUB = ("spot", "lng_slot", "emergency")
"""Kinds of contract whose price follows the hub."""


def stream(seed: int, sample: int, driver: str) -> np.random.Generator:
    """The random stream of a driver of a sample, whatever else is drawn."""
    key = np.random.SeedSequence([seed, sample, zlib.crc32(driver.encode()), len(driver)])
    return np.random.Generator(np.random.Philox(key))


def autoregressive(rng: np.random.Generator, sd: float, lag1: float, days: int) -> Daily:
    """A stationary first-order autoregressive series of zero mean, shape (days,)."""
    shocks = rng.standard_normal(days) * sd
    series = np.empty(days)
    value, fresh = 0.0, float(np.sqrt(1 - lag1**2))
    for d in range(days):
        value = shocks[d] if d == 0 else lag1 * value + fresh * shocks[d]
        series[d] = value
    return series


def warming_trend(record: WeatherRecord, winters: Sequence[str]) -> tuple[float, float]:
    """Slope of winter means (October to April) on years by least squares, and its standard error [degC a year]."""
    if len(winters) < 3:
        raise InputError(f"a trend needs three winters or more, found {len(winters)}; draw from more of them")
    years = np.array([gas_year_start(w).year for w in winters], dtype=float)
    means = np.array([record.winter(w).mean() for w in winters])
    slope, level = np.polyfit(years, means, 1)
    residual = means - level - slope * years
    spread = float(((years - years.mean()) ** 2).sum())
    return float(slope), float(np.sqrt((residual @ residual) / (len(years) - 2) / spread))


@dataclass(frozen=True)
class WeatherEnsemble:
    """Equally likely winters in the order of their degree days, mildest first.

    laid: temperatures of the winters on record on the horizon's days, the lead before the first included [degC],
    shape (winters, lead + days); chosen: which winter each day of a member is from, shape (members, lead + days).
    """

    winters: tuple[str, ...]
    laid: Daily
    chosen: NDArray[np.int16]
    degree_days: Daily
    trend: tuple[float, float] | None = None
    """Slope and standard error [degC a year] that the winters were shifted by."""

    def member(self, place: float) -> tuple[int, Daily]:
        """Number and temperatures [degC] of the member at a place 0…1 in the order of degree days."""
        k = min(int(place * len(self.chosen)), len(self.chosen) - 1)
        return k, self.laid[self.chosen[k], np.arange(self.laid.shape[1])]

    def name(self, k: int) -> str:
        """The winter a member is; `resampled` where it is put together."""
        first = self.chosen[k, 0]
        return self.winters[first] if (self.chosen[k] == first).all() else "resampled"


def weather_ensemble(
    record: WeatherRecord,
    system: GasSystem,
    kind: WeatherKind,
    seed: int,
    block_days: int,
    trend: bool = False,
    since: str | None = None,
) -> WeatherEnsemble:
    """The winters that samples of a system's days are drawn from. Raises InputError."""
    if system.temperature is None or system.climate is None:
        raise InputError("this system has no climate, so no weather can be drawn; use weather `fixed`")
    if since is not None and since not in record.winters:
        raise InputError(f"winter {since!r} is not on record{suggest(since, record.winters)}")
    winters = tuple(record.winters[record.winters.index(since) if since else 0 :])
    laid = np.array([temperatures(record, w, system.first_day, system.days)[0] for w in winters])
    shift = warming_trend(record, winters) if trend else None
    if shift is not None:
        years = np.array([gas_year_start(w).year for w in winters])
        laid = laid + shift[0] * (_gas_year(system.first_day) - years)[:, None]
    length = laid.shape[1]
    if kind == "analogue":
        chosen = np.repeat(np.arange(len(winters), dtype=np.int16)[:, None], length, axis=1)
    else:
        chosen = _blocks(stream(seed, 0, "weather ensemble"), len(winters), length, block_days)
    degree_days = _degree_days(laid, system)
    totals = degree_days[chosen, np.arange(length)].sum(axis=1)
    order = np.argsort(totals, kind="stable")
    return WeatherEnsemble(winters, laid, chosen[order], totals[order], shift)


def _gas_year(day: date) -> int:
    return day.year if day.month >= 10 else day.year - 1


def _blocks(rng: np.random.Generator, winters: int, length: int, block_days: int) -> NDArray[np.int16]:
    """Which winter each day is from: blocks of one winter, their joints at a phase of the member's own."""
    blocks = length // block_days + 2
    drawn = rng.integers(winters, size=(MEMBERS, blocks))
    phase = rng.integers(block_days, size=MEMBERS)
    place = (np.arange(length)[None, :] + phase[:, None]) // block_days
    return np.take_along_axis(drawn, place, axis=1).astype(np.int16)


def _degree_days(temperature: Daily, system: GasSystem) -> Daily:
    """Degrees below the threshold in the heating season, 0 in the lead [degC], shape of the temperatures."""
    lead = temperature.shape[-1] - system.days
    days = [system.first_day + timedelta(days=d) for d in range(-lead, system.days)]
    (start, end) = HEATING_SEASON
    season = np.array([d >= system.first_day and ((d.month, d.day) >= start or (d.month, d.day) <= end) for d in days])
    return np.asarray(np.clip(DEGREE_DAY_THRESHOLD - temperature, 0, None) * season)


@dataclass(frozen=True)
class DemandResidual:
    """What the demand model leaves unexplained: sd of a year [1]; sd [GWh/d] and lag-1 correlation of a day."""

    annual_sd: float
    daily_sd: float
    daily_lag1: float


@dataclass(frozen=True)
class PriceResidual:
    """Sd and lag-1 correlation of the logarithm of hub prices about those of the table [1]."""

    sd: float
    lag1: float


@dataclass(frozen=True)
class Draw:
    """What a sample is made of besides outages; None leaves the system as it is."""

    sample: int
    stratum: int
    winter: str
    degree_days: float
    """Degree days of the heating season in the horizon [degC d]; NaN where the system has no temperature."""
    temperature: Daily | None = None
    demand_level: float = 1.0
    demand_noise: Daily | None = None
    """GWh/d over all Serbian offtakes that answer to weather."""
    price_factor: Daily | None = None


@dataclass(frozen=True)
class Ensemble:
    """The drivers that are drawn; one that is None stays as the system has it."""

    seed: int
    strata: int = 1
    weather: WeatherEnsemble | None = None
    demand: DemandResidual | None = None
    price: PriceResidual | None = None

    def stratum(self, sample: int) -> int:
        """The stratum of a sample: each once in every round of samples, in an order of the round's own."""
        order = stream(self.seed, sample // self.strata, "strata").permutation(self.strata)
        return int(order[sample % self.strata])

    def draw(self, system: GasSystem, sample: int) -> Draw:
        """Sample number `sample`, the same whenever and wherever it is drawn."""
        days, stratum = system.days, self.stratum(sample)
        changes: dict[str, Any] = {}
        winter, total = "as given", np.nan
        if self.weather is not None:
            place = (stratum + stream(self.seed, sample, "weather").random()) / self.strata
            k, changes["temperature"] = self.weather.member(place)
            winter, total = self.weather.name(k), float(self.weather.degree_days[k])
        elif system.temperature is not None:
            total = float(_degree_days(system.temperature, system).sum())
        if self.demand is not None:
            sd = self.demand.annual_sd
            factor = sd * stream(self.seed, sample, "demand level").standard_normal() - sd**2 / 2
            changes["demand_level"] = float(np.exp(factor))
            rng = stream(self.seed, sample, "demand noise")
            changes["demand_noise"] = autoregressive(rng, self.demand.daily_sd, self.demand.daily_lag1, days)
        if self.price is not None:
            walk = autoregressive(stream(self.seed, sample, "price"), self.price.sd, self.price.lag1, days)
            changes["price_factor"] = np.exp(walk - self.price.sd**2 / 2)
        return Draw(sample, stratum, winter, total, **changes)


def apply_draw(system: GasSystem, draw: Draw, answering: Set[str] | None = None) -> GasSystem:
    """The system in the weather, demand and prices of a sample; the same assets, nothing else changed.

    answering: `weather_sensitive` of the system, where it is known already.
    """
    demand = {o.id: np.asarray(o.demand) for o in system.offtakes.values()}
    temperature = system.temperature
    if draw.temperature is not None and system.climate is not None and temperature is not None:
        usual = {o.id: np.asarray(o.demand) for o in system.climate.offtakes(temperature)}
        for o in system.climate.offtakes(draw.temperature):
            if o.id in demand:  # what settings and events have made of it stays, as a factor
                factor = np.divide(demand[o.id], usual[o.id], out=np.ones(system.days), where=usual[o.id] > 0)
                demand[o.id] = np.asarray(o.demand) * factor
        temperature = draw.temperature
    serbian = [o.id for o in system.offtakes.values() if system.nodes[o.node].kind != "exit"]
    for o_id in serbian:
        demand[o_id] = demand[o_id] * draw.demand_level
    if draw.demand_noise is not None:
        answering = weather_sensitive(system) if answering is None else answering
        sensitive = [o for o in serbian if system.offtakes[o].demand_class in answering]
        total = np.sum([demand[o] for o in sensitive], axis=0) if sensitive else np.zeros(system.days)
        scale = np.divide(total + draw.demand_noise, total, out=np.ones(system.days), where=total > 0)
        for o_id in sensitive:
            demand[o_id] = demand[o_id] * np.clip(scale, 0.0, None)
    offtakes = {o.id: replace(o, demand=_read_only(demand[o.id])) for o in system.offtakes.values()}
    changes: dict[str, Any] = {"offtakes": MappingProxyType(offtakes), "temperature": temperature}
    if draw.price_factor is not None:
        factor = draw.price_factor
        changes["contracts"] = MappingProxyType(
            {
                c.id: repriced(c, _read_only(c.price * factor)) if c.kind in AT_HUB else c
                for c in system.contracts.values()
            }
        )
    return replace(system, **changes)


def weather_sensitive(system: GasSystem) -> set[str]:
    """Demand classes that answer to temperature; all classes where the system has no climate."""
    if system.climate is None or system.temperature is None:
        return {o.demand_class for o in system.offtakes.values()}
    here, colder = system.climate.offtakes(system.temperature), system.climate.offtakes(system.temperature - 5.0)
    before = {o.id: np.asarray(o.demand) for o in here}
    return {o.demand_class for o in colder if o.id not in before or np.abs(o.demand - before[o.id]).max() > 1e-9}


def _read_only(series: Daily) -> Daily:
    series = np.asarray(series, dtype=np.float64)
    series.setflags(write=False)
    return series
