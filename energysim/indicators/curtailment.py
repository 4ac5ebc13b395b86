"""Curtailment rates and remaining flexibility, and the bands in which ENTSOG publishes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energysim.indicators.basic import curtailment_by_node, demand_by_node
from energysim.results import Results

Series = NDArray[np.float64] | Sequence[float]
Bands = tuple[tuple[float, str], ...]
"""(upper end [1], name), rising; a value on an end belongs to the band below it."""
RATE_BANDS: Bands = (
    (0.0, "none"),
    (0.05, "< 5 %"),
    (0.15, "5–15 %"),
    (0.30, "15–30 %"),
    (0.50, "30–50 %"),
    (np.inf, "> 50 %"),
)
"""ENTSOG, TYNDP 2017, Annex F: 5–15, 15–30, 30–50, > 50 %; below 5 % it shows a country without flexibility."""
FLEXIBILITY_BANDS_2017: Bands = ((0.01, "0–1 %"), (0.05, "1–5 %"), (0.20, "5–20 %"), (np.inf, "> 20 %"))
"""Regional investment plans (GRIP) of 2017."""
FLEXIBILITY_BANDS_2020: Bands = ((0.15, "0–15 %"), (np.inf, "> 15 %"))
"""ENTSOG, TYNDP 2020, security-of-supply page."""
DEPENDENCE_BANDS: Bands = ((0.20, "< 20 %"), (0.40, "20–40 %"), (0.60, "40–60 %"), (np.inf, "> 60 %"))
"""GRIP Southern Corridor 2014, p. 94."""
ROUNDING = 1e-9


def band(value: float, bands: Bands) -> str:
    """Name of the band in which a share [1] lies; `–` where there is no share."""
    if np.isnan(value):
        return "–"
    return next(name for end, name in bands if value <= end + ROUNDING)


def curtailment_rate(curtailment: float, demand: float) -> float:
    """Curtailment rate CR [1] = disrupted demand DD ÷ demand D; NaN without demand.

    Source: ENTSOG, TYNDP 2017, Annex F, p. 15 to 20 (disrupted rate).
    """
    return curtailment / demand if demand > 0 else np.nan


def remaining_flexibility(additional: float, demand: float) -> float:
    """Remaining flexibility RF [1] = 1 − DD_add ÷ D, 0…1, DD_add the additional cut when demand D of an area is doubled; NaN without demand.

    Source: ENTSOG, TYNDP 2017, Annex F, p. 15 to 20.
    """
    return min(1.0, max(0.0, 1.0 - additional / demand)) if demand > 0 else np.nan


def area_rates(result: Results, areas: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """One row an area: demand and curtailment [GWh] of the run, rate [1], worst_day and worst_fortnight [1].

    rate = Σ over d of curtailment ÷ Σ over d of demand; worst_day = its highest on one gas day; worst_fortnight = the
    highest over 14 consecutive days (the whole run where it is shorter). Source: ENTSOG, TYNDP 2017, Annex F, p. 15 to 20.
    """
    demand, cut = demand_by_node(result), curtailment_by_node(result)
    rows = []
    for area, nodes in areas.items():
        inside = [n for n in nodes if n in demand]
        d, c = demand[inside].sum(axis=1).to_numpy(), cut[inside].sum(axis=1).to_numpy()
        rows.append(
            (area, d.sum(), c.sum(), curtailment_rate(c.sum(), d.sum()), worst_rate(c, d, 1), worst_rate(c, d, 14))
        )
    return pd.DataFrame(rows, columns=["area", "demand", "curtailment", "rate", "worst_day", "worst_fortnight"])


def worst_rate(curtailment: Series, demand: Series, days: int) -> float:
    """Highest curtailment rate [1] over so many consecutive days; over all of them where there are fewer; NaN without demand."""
    window = np.ones(min(days, len(demand)))
    if not len(window) or not np.sum(demand) > 0:
        return np.nan
    lost, wanted = (np.convolve(series, window, mode="valid") for series in (curtailment, demand))
    return float(np.max(np.divide(lost, wanted, out=np.zeros_like(lost), where=wanted > 0)))
