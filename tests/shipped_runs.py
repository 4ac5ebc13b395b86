"""Every shipped scenario, run once for all tests of one process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any
from unittest.mock import patch

import pandas as pd

import energysim
from energysim.model import frames
from energysim.simulate import Course, simulate
from energysim.studies import foresight

MCM = 10.55
"""GWh in a million cubic metres of contracts and storage."""


@dataclass(frozen=True)
class Run:
    """A run, the system with its news (as last believed), and the plan made before the first surprise."""

    scenario: energysim.Scenario
    system: energysim.GasSystem
    results: energysim.Results
    undisturbed: pd.DataFrame


@cache
def dataset() -> Any:
    """The shipped tables, read once."""
    return energysim.load_data()


@cache
def shipped(name: str) -> Run:
    """A shipped scenario's run; the course of plans behind it is recorded on the way."""
    courses: list[Course] = []

    def recorded(*args: Any, **kwargs: Any) -> Course:
        courses.append(simulate(*args, **kwargs))
        return courses[-1]

    scenario = energysim.read_scenario(name)
    with patch.object(foresight, "simulate", recorded):
        results = energysim.run(scenario, dataset=dataset())
    course = next(c for c in courses if c.foresight == results.manifest["foresight"])
    first = course.plans[0]
    return Run(scenario, course.realised.believed, results, frames.quantities(first.believed, first.solution))
