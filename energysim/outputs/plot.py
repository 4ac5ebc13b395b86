"""Charts: `energysim.plot.supply(result)` and its kin return a matplotlib Figure; `save` writes it.

Of a run are those in `catalogue` and `fan`; of several runs those in `several`; of dossiers and studies those in `gallery`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from matplotlib.figure import Figure

from energysim.outputs.canvas import save
from energysim.outputs.charts import curtailment, cuts, prices, supply
from energysim.outputs.contract_charts import contracts, takes
from energysim.outputs.fan_chart import fan
from energysim.outputs.gallery import (
    atlas,
    exceedance,
    ladder,
    sensitivity,
    stock,
    survivable,
    survival,
    sweep,
    tornado,
    trigger,
    value_months,
    waterfall,
)
from energysim.outputs.maps import map_of, maps
from energysim.outputs.multiples import multiples
from energysim.outputs.sankey import origins
from energysim.outputs.security_charts import duration, entries, replacements, resilience
from energysim.outputs.stock_chart import storage
from energysim.outputs.stocks_together import stocks
from energysim.outputs.timeline import timeline

__all__ = [
    "atlas",
    "catalogue",
    "charts",
    "contracts",
    "curtailment",
    "cuts",
    "duration",
    "entries",
    "exceedance",
    "fan",
    "ladder",
    "map_of",
    "maps",
    "multiples",
    "origins",
    "prices",
    "replacements",
    "resilience",
    "save",
    "sensitivity",
    "several",
    "stock",
    "stocks",
    "storage",
    "supply",
    "survivable",
    "survival",
    "sweep",
    "takes",
    "timeline",
    "tornado",
    "trigger",
    "value_months",
    "waterfall",
]


def charts() -> dict[str, Callable[..., Figure]]:
    """The charts that every run gets, by name, each called as `chart(result, unit="mcm")`."""
    return {"supply": supply, "storage": storage, "curtailment": curtailment, "contracts": contracts, "prices": prices}


def catalogue() -> dict[str, Callable[..., Figure]]:
    """Every chart of a run by name, called in the same way; one may refuse a run that has nothing to show (InputError)."""
    return {
        **charts(),
        "cuts": cuts,
        "takes": takes,
        "timeline": timeline,
        "replacements": replacements,
        "resilience": resilience,
        "duration": duration,
        "entries": entries,
        "origins": origins,
        "map": map_of,
    }


def several() -> dict[str, Callable[..., Figure]]:
    """Every chart of several runs by name, each called as `chart(results, unit="mcm")`; InputError for too many or too few."""
    return {
        "maps": maps,
        "multiples": multiples,
        "multiples_cuts": partial(multiples, of="cuts"),
        "stocks": stocks,
    }
