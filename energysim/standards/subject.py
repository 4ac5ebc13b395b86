"""What the standards are computed on: a scenario's system, its undisturbed plan, and one resident engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np

from energysim.errors import InputError
from energysim.inputs.assets import Daily, GasSystem
from energysim.inputs.ensembles import Draw, apply_draw, weather_sensitive
from energysim.inputs.read import Dataset, read_dataset, read_scenario
from energysim.inputs.scenario import Scenario
from energysim.inputs.weather import LEAD_DAYS, temperatures
from energysim.model.solve import Engine
from energysim.results import Results
from energysim.simulate import Course, simulate
from energysim.studies.foresight import adjusted, collect, resolve
from energysim.studies.study import Workbench

ABROAD = "exit"
"""Kind of the nodes that are another country."""


Method = Literal["gumbel", "gumbel_ml", "gev", "empirical"]


@dataclass(frozen=True)
class Fit:
    """How demand once in so many years is read off the winters on record; see `extremes`."""

    method: Method = "gumbel"
    residuals: bool = True
    """Whether what the demand model leaves unexplained is laid on every winter."""
    return_period: float = 20.0
    """Years."""


@dataclass
class Subject:
    """A scenario under examination. `system` has its settings but not its events; the shipped data stand behind it."""

    dataset: Dataset
    scenario: Scenario
    system: GasSystem
    fit: Fit = Fit()
    """The choice that `extremes.design_demand` takes unless told otherwise; all chapters share it."""
    bench: Workbench = field(init=False)

    def __post_init__(self) -> None:
        self.bench = Workbench(self.system)

    @property
    def engine(self) -> Engine:
        """The resident solver that every study of this subject shares."""
        return self.bench.engine

    @cached_property
    def plan(self) -> Course:
        """The year in which nothing happens: the planned stocks are this plan's."""
        return self.bench.undisturbed

    @cached_property
    def course(self) -> Course:
        """The scenario as it says, events and foresight."""
        return simulate(self.system, self.scenario, engine=self.engine, first=None)

    @cached_property
    def results(self) -> Results:
        """The frames of the scenario's course."""
        return collect(self.system, self.course, {})

    @cached_property
    def planned(self) -> Results:
        """The frames of the undisturbed plan."""
        return collect(self.system, self.plan, {})

    @cached_property
    def answering(self) -> frozenset[str]:
        """Demand classes that answer to temperature."""
        return frozenset(weather_sensitive(self.system))

    @property
    def at_home(self) -> tuple[str, ...]:
        """Nodes of the country itself: all but exits to others."""
        return tuple(n.id for n in self.system.nodes.values() if n.kind != ABROAD)

    def offtakes(self, nodes: Sequence[str] | None = None, protected: bool | None = None) -> tuple[str, ...]:
        """Ids of offtakes at some nodes (default: at home), of protected classes or of the others only."""
        wanted = set(self.at_home if nodes is None else nodes)
        classes = self.system.demand_classes
        return tuple(
            o.id
            for o in self.system.offtakes.values()
            if o.node in wanted and (protected is None or classes[o.demand_class].protected == protected)
        )

    def in_weather(self, weather: str) -> GasSystem:
        """The system in another weather: a winter on record, `normal` or `design`. Raises InputError."""
        return apply_draw(self.system, Draw(0, 0, weather, np.nan, temperature=self.temperature(weather)))

    def temperature(self, weather: str) -> Daily:
        """Daily mean temperatures of a weather on the horizon's days, the lead before the first included [degC]."""
        if self.system.climate is None or self.system.temperature is None:
            raise InputError("this system has no climate, so there is no demand once in twenty years to compute")
        found, _ = temperatures(self.dataset.weather, weather, self.system.first_day, self.system.days)
        lead = len(self.system.temperature) - self.system.days
        return np.asarray(found[LEAD_DAYS - lead :])


def subject(
    scenario: Scenario | str,
    dataset: Dataset | None = None,
    weather: str | None = None,
    settings: Mapping[str, str] | None = None,
    fit: Fit | None = None,
) -> Subject:
    """The subject of a scenario (an id, `id/variant`, a file or the Scenario itself). Raises InputError."""
    dataset = dataset or read_dataset()
    asked = adjusted(read_scenario(scenario) if isinstance(scenario, str) else scenario, weather, None, settings)
    return Subject(dataset, asked, resolve(asked, dataset), fit or Fit())
