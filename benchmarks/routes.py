"""The ways to the optimum that are measured, and the systems they are measured on."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

from benchmarks.reference_year import reference_year
from energysim.inputs.assets import GasSystem

SHIPPED = "baseline_2024_25"
"""The scenario whose system is measured beside the reference year."""


@dataclass(frozen=True)
class Route:
    """A module with `build`, `solve` and `run`, and what a reader calls it."""

    name: str
    module: str
    label: str

    def load(self) -> Any:
        """The module, imported now."""
        return importlib.import_module(f"benchmarks.peers.{self.module}")


ROUTES = {
    r.name: r
    for r in (
        Route("ours", "ours", "energysim"),
        Route("numpy", "numpy_peer", "raw numpy + HiGHS"),
        Route("poi", "poi_peer", "PyOptInterface"),
        Route("linopy", "linopy_peer", "linopy"),
        Route("pypsa", "pypsa_peer", "PyPSA"),
        Route("pyomo", "pyomo_peer", "Pyomo, rebuilt"),
        Route("persistent", "pyomo_peer", "Pyomo, persistent"),
    )
}
REBUILT = ("numpy", "poi", "linopy", "pypsa", "pyomo")
"""Peers that make the programme anew for every case."""
RESIDENT = ("ours", "persistent")
"""Routes that keep a solver between cases: their modules have a class for it."""


def resident(name: str, system: GasSystem) -> Any:
    """A route's resident solver, ready for its first case."""
    module = ROUTES[name].load()
    return module.Persistent(system) if name == "persistent" else module.Resident(system)


def system_of(name: str, days: int = 365, nodes: int = 12) -> GasSystem:
    """The `reference` system, or the `shipped` one (whose size is its own)."""
    if name == "reference":
        return reference_year(days, nodes)
    foresight = importlib.import_module("energysim.studies.foresight")
    read = importlib.import_module("energysim.inputs.read")
    system: GasSystem = foresight.resolve(read.read_scenario(SHIPPED), read.read_dataset())
    return system
