"""What a scenario's gas year would demand in every winter on record: the spread of the weather, nothing solved."""

from __future__ import annotations

import numpy as np
import pandas as pd

from energysim.errors import InputError
from energysim.inputs.apply import apply_settings
from energysim.inputs.assemble import system_at
from energysim.inputs.assets import GasSystem
from energysim.inputs.ensembles import Draw, apply_draw
from energysim.inputs.read import Dataset
from energysim.inputs.scenario import Scenario
from energysim.inputs.weather import temperatures

OWN = "scenario"
"""Column of the scenario's own weather."""
LAST = (4, 30)
"""Month and day on which a winter on record ends."""


def demand_by_winter(scenario: Scenario, dataset: Dataset, since: str | None = None) -> pd.DataFrame:
    """Firm demand of all customers [GWh/d], gas days 1 October to 30 April down, winters on record across; OWN first.

    What settings make of demand stays, as a factor; events are left out. since: first winter, such as `1996/97`.
    Raises InputError, also where the weather moves nothing.
    """
    system = system_at(dataset, scenario.gas_year, scenario.weather, scenario.rivals, scenario.planner)
    system = apply_settings(system, scenario.set) if scenario.set else system
    if system.climate is None or system.temperature is None:
        raise InputError(f"{scenario.id}: this system has no climate, so no other weather can be laid on it")
    winters = dataset.weather.winters
    if since is not None and since not in winters:
        raise InputError(f"winter {since!r} is not on record")
    columns = {OWN: _demand(system)}
    for winter in winters[winters.index(since) if since else 0 :]:
        laid = temperatures(dataset.weather, winter, system.first_day, system.days)[0]
        columns[winter] = _demand(apply_draw(system, Draw(0, 0, winter, np.nan, temperature=laid)))
    days = pd.date_range(system.first_day, periods=system.days, name="date")
    end = pd.Timestamp(system.first_day.year + 1, *LAST)
    return pd.DataFrame(columns, index=days).loc[:end]


def _demand(system: GasSystem) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """All offtakes together [GWh/d], shape (days,)."""
    return np.asarray(np.sum([o.demand for o in system.offtakes.values()], axis=0))
