"""The years in which a project is tried: an ordinary one and disrupted ones, each with its probability.

Probabilities are rows of `data/parameters.csv`: assumed, and printed with every result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from energysim.errors import InputError
from energysim.inputs.assets import GasSystem
from energysim.inputs.events import check_events
from energysim.inputs.horizon import Horizon
from energysim.inputs.read import read_scenario
from energysim.inputs.scenario import Event, Scenario
from energysim.standards.subject import Subject

NO_RUSSIAN_GAS = "russian_loss_alone"
"""The scenario whose events are played in the gas year asked for."""
COLD = "design"
"""The weather of a winter once in twenty years."""


@dataclass(frozen=True)
class Case:
    """A year: its probability [1/a], what happens in it, and the system in its weather, without any project."""

    id: str
    name: str
    probability: float
    scenario: Scenario
    system: GasSystem


def cases(subject: Subject) -> list[Case]:
    """An ordinary year, the scenario's surprises, a winter without Russian gas, and a cold winter, as far as they apply.

    The ordinary year takes what probability the others leave. Raises InputError if they leave none.
    """
    scenario, system = subject.scenario, subject.system
    parameter = Horizon(subject.dataset, system.first_day, system.days, scenario.rivals).parameter
    planned = [e for e in scenario.events if e.known_from == "day_one"]
    surprises = [e for e in scenario.events if e.known_from != "day_one"]
    lost = moved([e for e in read_scenario(NO_RUSSIAN_GAS).events if e.known_from != "day_one"], system)
    cold = scenario.weather == COLD
    usual = subject.in_weather("normal") if cold and system.climate else system
    found = []
    if surprises and not _same(surprises, lost):
        found.append(
            Case("as_asked", "what the scenario asks", parameter("probability_scenario_events"), scenario, system)
        )
    if lost:
        events = [*planned, *(surprises if _same(surprises, lost) else lost)]
        probability = parameter("probability_no_russian_gas")
        found.append(Case("no_russian_gas", "no Russian gas, no help", probability, _with(scenario, events), usual))
    quiet = _with(scenario, planned)
    if system.climate is not None:
        severe = system if cold else subject.in_weather(COLD)
        probability = parameter("probability_cold_winter")
        found.append(Case("cold_winter", "a winter once in twenty years", probability, quiet, severe))
    left = 1.0 - sum(c.probability for c in found)
    if left < 0:
        raise InputError(
            f"the probabilities of the disrupted years add to {1 - left:g}; they must leave an ordinary year"
        )
    return [Case("ordinary", "an ordinary year", left, quiet, usual), *found]


def _with(scenario: Scenario, events: Sequence[Event]) -> Scenario:
    return scenario.model_copy(update={"events": tuple(events)})


def _same(some: Sequence[Event], others: Sequence[Event]) -> bool:
    return {(e.name, e.asset) for e in some} >= {(e.name, e.asset) for e in others} and bool(others)


def moved(events: Sequence[Event], system: GasSystem) -> list[Event]:
    """Events as if they fell into this system's gas year; those on assets that it has not are left out."""
    found = []
    for event in events:
        years = system.first_day.year + (event.start.month < system.first_day.month) - event.start.year
        there = event.model_copy(update={"start": _later(event.start, years), "until": _later(event.until, years)})
        if not check_events(system, [there]):
            found.append(there)
    return found


def _later(day: date, years: int) -> date:
    leap = day.month == 2 and day.day == 29
    return day.replace(year=day.year + years, day=28 if leap else day.day)
