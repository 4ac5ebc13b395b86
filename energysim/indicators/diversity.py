"""Diversity of supply: how much hangs on one source, one route or one supplier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from energysim.indicators.basic import contract_nominations
from energysim.results import Results

WHOLE = 10_000.0
"""Index of a market with one supplier: shares are counted in per cent and squared."""
IRD_TERCILES = (3585.0, 6153.0)
"""Ends of the lower and middle third of European countries. ENTSOG, TYNDP 2015."""
TERCILES = ("low (diverse)", "middle", "high")


def shares(amounts: Mapping[str, float] | pd.Series[float]) -> pd.Series[float]:
    """Share [1] of each amount = amount ÷ Σ amounts; empty where nothing is above zero."""
    found = pd.Series(dict(amounts), dtype=float)
    found = found[found > 0]
    return (found / found.sum()).rename("share")


def concentration(amounts: Mapping[str, float] | pd.Series[float]) -> float:
    """Herfindahl–Hirschman index HHI = Σ (share in %)², 0…10,000, 10,000: all from one; NaN where there is nothing.

    Source: US Department of Justice, Horizontal Merger Guidelines (above 2,500, since 2023 above 1,800: highly concentrated).
    """
    found = shares(amounts)
    return float(WHOLE * (found**2).sum()) if len(found) else np.nan


def equal_suppliers(amounts: Mapping[str, float] | pd.Series[float]) -> float:
    """How many equal suppliers would be as concentrated = 10,000 ÷ HHI; NaN where there is nothing."""
    return WHOLE / concentration(amounts)


def imported_share(amounts: Mapping[str, float] | pd.Series[float], domestic: Iterable[str] = ("domestic",)) -> float:
    """Import dependence [1] = 1 − domestic amounts ÷ Σ amounts; NaN where there is nothing.

    Source: Eurostat, energy import dependency, without stock change.
    """
    found = shares(amounts)
    return 1.0 - float(found.reindex(list(domestic)).sum()) if len(found) else np.nan


def import_route_diversification(
    borders: Mapping[str, Sequence[float]], sources: Sequence[float] = (), terminals: Sequence[float] = ()
) -> float:
    """Import route diversification IRD = Σ_borders (Σ_k %IP_k)² + Σ_sources (%IP_i)² + Σ_terminals (%LNG_m)², 0…10,000, low: diverse.

    borders: neighbour -> firm capacities of its interconnection points; sources: import points straight from a producer;
    terminals: LNG send-out; all in one unit, %: share in their sum. NaN where there is none. Source: ENTSOG, TYNDP
    2017, Annex F, p. 15 to 20; terciles of TYNDP 2015: 3,585 and 6,153.
    """
    terms = [sum(points) for points in borders.values()] + [*sources, *terminals]
    total = sum(terms)
    return sum((100.0 * t / total) ** 2 for t in terms) if total > 0 else np.nan


def tercile(index: float, ends: Sequence[float] = IRD_TERCILES) -> str:
    """Third of European countries in which an IRD lies; `–` where there is none."""
    return "–" if np.isnan(index) else TERCILES[int(np.searchsorted(ends, index))]


def contracted_amounts(result: Results, labels: Mapping[str, str]) -> pd.Series[float]:
    """Gas under contract by label [GWh] = Σ over d of the daily contract quantity that is available.

    labels: contract -> source, entry point or supplier; contracts without a label are left out.
    """
    return _labelled(result.quantity("dcq").sum(), labels)


def nominated_amounts(result: Results, labels: Mapping[str, str]) -> pd.Series[float]:
    """Gas taken by label [GWh] = Σ over d of nominations. labels: contract -> label; contracts without one are left out."""
    return _labelled(contract_nominations(result).sum(), labels)


def nominated_by_route(result: Results, labels: Mapping[str, str]) -> pd.Series[float]:
    """Gas taken by label [GWh] = Σ over d of nominations. labels: route -> entry point; routes without one are left out."""
    return _labelled(result.quantity("nomination").sum(), labels)


def _labelled(amounts: pd.Series[float], labels: Mapping[str, str]) -> pd.Series[float]:
    """Amounts added up by label, labels in the order in which they are given."""
    found = {label: 0.0 for label in labels.values()}
    for asset, label in labels.items():
        found[label] += float(amounts.get(asset, 0.0))
    return pd.Series(found, dtype=float)
