"""How deep and how long service falls: the served share, and the area that a shortage cuts out of it.

Source of the notions: the resilience triangle of Bruneau et al., Earthquake Spectra 19 (2003).
"""

from __future__ import annotations

import pandas as pd

from energysim.indicators.basic import TRACE, system_demand, unserved_by_day
from energysim.results import Results

RECOVERED = 0.95
"""Served share from which service counts as restored."""


def served_share(result: Results) -> pd.Series[float]:
    """Served share Q [1] of each gas day = 1 − Σ curtailment ÷ Σ firm demand; 1 where nobody demands gas."""
    demand = system_demand(result)
    cut = unserved_by_day(result)
    return (1.0 - (cut / demand.where(demand > 0)).fillna(0.0)).rename("served_share")


def resilience_loss(result: Results) -> float:
    """Resilience loss [d] = Σ over d of (1 − Q): the area between full and actual service, in days without any gas.

    Source: Bruneau et al. 2003 (the area of the resilience triangle).
    """
    return float((1.0 - served_share(result)).sum())


def deepest_cut(result: Results) -> float:
    """Deepest cut [1] = max over d of (1 − Q)."""
    return float((1.0 - served_share(result)).max())


def recovery_time(result: Results, share: float = RECOVERED) -> int | None:
    """Recovery time [d]: gas days from the first cut to the first day from which Q stays at `share` or above.

    0: service never fell below it; None: it had not recovered on the last day. A trace does not count as cut.
    Source: Bruneau et al. 2003 (rapidity).
    """
    served = served_share(result)
    cut = unserved_by_day(result) > TRACE
    below = served.index[(served < share - 1e-12) & cut]
    if below.empty:
        return 0
    if below[-1] == served.index[-1]:
        return None
    first = cut.index[cut][0]
    return int((below[-1] - first).days) + 1
