"""Charts of a run: `energysim.plot.supply(result)` and its kin return a matplotlib Figure; `save` writes it."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.figure import Figure

from energysim.outputs.canvas import save
from energysim.outputs.charts import contracts, curtailment, prices, storage, supply
from energysim.outputs.sankey import origins
from energysim.outputs.security_charts import duration, entries, replacements, resilience

__all__ = [
    "catalogue",
    "charts",
    "contracts",
    "curtailment",
    "duration",
    "entries",
    "origins",
    "prices",
    "replacements",
    "resilience",
    "save",
    "storage",
    "supply",
]


def charts() -> dict[str, Callable[..., Figure]]:
    """The charts that every run gets, by name, each called as `chart(result, unit="mcm")`."""
    return {"supply": supply, "storage": storage, "curtailment": curtailment, "contracts": contracts, "prices": prices}


def catalogue() -> dict[str, Callable[..., Figure]]:
    """Every chart by name, called in the same way; one may refuse a run that has nothing to show (InputError)."""
    return {
        **charts(),
        "replacements": replacements,
        "resilience": resilience,
        "duration": duration,
        "entries": entries,
        "origins": origins,
    }
