"""The charts by name, once more: an instant `--help` loads no registry. Tests hold these equal to `energysim.plot`'s."""

from __future__ import annotations

NAMES = (
    "supply",
    "storage",
    "curtailment",
    "contracts",
    "prices",
    "cuts",
    "takes",
    "timeline",
    "replacements",
    "resilience",
    "duration",
    "entries",
    "origins",
    "map",
)
"""Charts of a run."""
OF_RUNS = ("maps", "multiples", "multiples_cuts", "stocks")
"""Charts of several runs together."""
OF_DOSSIERS = ("ladder", "stock", "survival", "trigger", "value_months", "tornado", "waterfall")
OF_STUDIES = ("atlas", "survivable", "exceedance", "fan", "sweep", "sensitivity")
FAN = "fan"
"""Drawn of runs as well as of Monte Carlo studies."""
ON_A_DAY = ("map", "maps")
