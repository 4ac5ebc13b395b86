"""Charts of a run: `energysim.plot.supply(result)` and its kin return a matplotlib Figure; `save` writes it."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.figure import Figure

from energysim.outputs.canvas import save
from energysim.outputs.charts import contracts, curtailment, prices, storage, supply

__all__ = ["charts", "contracts", "curtailment", "prices", "save", "storage", "supply"]


def charts() -> dict[str, Callable[..., Figure]]:
    """Every chart by name, each called as `chart(result, unit="mcm")`."""
    return {"supply": supply, "storage": storage, "curtailment": curtailment, "contracts": contracts, "prices": prices}
