"""Demand once in twenty years: the highest means over 1, 7, 14 and 30 days of every winter on record.

(thin slice: Gumbel by L-moments without residuals; to be widened)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from energysim.inputs.weather import one_in_twenty
from energysim.standards.subject import Subject

LENGTHS = (1, 7, 14, 30)


@dataclass(frozen=True)
class Estimate:
    """A quantile with its interval [GWh/d]."""

    value: float
    low: float
    high: float


def winter_demand(subject: Subject) -> NDArray[np.float64]:
    """Home demand under every winter on record [GWh/d], shape (winters, days)."""
    home = set(subject.offtakes())
    found = []
    for winter in subject.dataset.weather.winters:
        system = subject.in_weather(winter)
        found.append(np.sum([o.demand for o in system.offtakes.values() if o.id in home], axis=0))
    return np.array(found)


def highest_means(demand: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Highest mean over so many consecutive days, along the last axis."""
    total = np.cumsum(np.concatenate([np.zeros((*demand.shape[:-1], 1)), demand], axis=-1), axis=-1)
    return np.asarray((total[..., length:] - total[..., :-length]).max(axis=-1) / length)


def design_demand(subject: Subject, days: int) -> Estimate:
    """Mean demand at home over the worst so many days that is met once in twenty winters [GWh/d]."""
    value = one_in_twenty(highest_means(winter_demand(subject), days))
    return Estimate(value, value, value)


def average_demand(subject: Subject, days: int) -> float:
    """Mean over the winters on record of the highest mean demand at home over so many days [GWh/d]."""
    return float(highest_means(winter_demand(subject), days).mean())
