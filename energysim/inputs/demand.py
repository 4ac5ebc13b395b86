r"""Demand from weather and calendar: base and slope by sector, spread over zones, summed by class.

$$T^{\mathrm{eff}}_d = \frac{T_d + \tfrac12 T_{d-1} + \tfrac14 T_{d-2} + \tfrac18 T_{d-3}}{1.875}, \qquad
H(T) = \max(0, 16 - T)\ \text{with 60 \% of the slope below}\ -5\,^\circ\mathrm{C}$$

$$\mathit{demand}_{k,n,d} = \mathit{share}_{k,n}\; w(\text{weekday})
\left(\mathit{base}_{k,\text{month}} + \mathit{slope}_k H(T^{\mathrm{eff}}_d)\right)$$

District heating answers to temperature only in the heating season (15 October to 15 April; in the two
weeks before and the eighteen days after only when the effective temperature is 12 degC or less).
The figures 16, 60 %, -5 and 12 degC and the season are rows of `data/parameters.csv`; bases and slopes stand
in `data/sectors.csv`, levels by gas year in `data/demand_levels.csv`. How well it fits: `docs/demand_fit.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from energysim.inputs.assets import Offtake

Array = NDArray[np.float64]


@dataclass(frozen=True)
class HeatResponse:
    """The parameters of the temperature response."""

    threshold: float
    kink: float
    cold_factor: float
    weights: tuple[float, ...]
    season: tuple[int, int]
    shoulder: tuple[int, int]
    rule_temperature: float

    def effective(self, temperature: Array) -> Array:
        """Effective temperature [degC], shape (days,), of a series that starts len(weights)-1 days earlier."""
        lead = len(self.weights) - 1
        days = len(temperature) - lead
        lagged = [w * temperature[lead - k : lead - k + days] for k, w in enumerate(self.weights)]
        return np.asarray(sum(lagged) / sum(self.weights))

    def degrees(self, effective: Array) -> Array:
        """H: degrees below the threshold, flatter below the kink [degC]."""
        above = np.clip(self.threshold - np.maximum(effective, self.kink), 0, None)
        below = np.clip(self.kink - effective, 0, None)
        return np.asarray(above + self.cold_factor * below)

    def heating(self, dates: list[date], effective: Array) -> NDArray[np.bool_]:
        """Days on which district heating runs."""
        key = np.array([d.month * 100 + d.day for d in dates])
        season = (key >= self.season[0]) | (key <= self.season[1])
        shoulder = (key >= self.shoulder[0]) | (key <= self.shoulder[1])
        return np.asarray(season | (shoulder & (effective <= self.rule_temperature)))


@dataclass(frozen=True)
class SectorDemand:
    """A sector over the horizon: base and slope by day in GWh/d and GWh/d per degC, calendar included."""

    sector: str
    demand_class: str
    base: Array
    slope: Array
    heating_season_only: bool
    shares: Mapping[str, float]
    """node -> share of the sector."""


@dataclass(frozen=True)
class DemandModel:
    """Everything needed to turn temperatures into offtakes of a horizon."""

    first_day: date
    response: HeatResponse
    sectors: tuple[SectorDemand, ...]

    def offtakes(self, temperature: Array) -> list[Offtake]:
        """Offtakes by class and node; temperature starts three days before the first day."""
        effective = self.response.effective(temperature)
        degrees = self.response.degrees(effective)
        dates = [self.first_day + timedelta(days=d) for d in range(len(effective))]
        heating = self.response.heating(dates, effective)
        total: dict[tuple[str, str], Array] = {}
        for s in self.sectors:
            warm = degrees * heating if s.heating_season_only else degrees
            demand = s.base + s.slope * warm
            for node, share in s.shares.items():
                key = (s.demand_class, node)
                total[key] = total.get(key, np.zeros(len(dates))) + share * demand
        return [Offtake(k, n, series) for (k, n), series in total.items() if series.any()]
