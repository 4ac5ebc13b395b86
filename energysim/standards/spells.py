"""The days that standards are tested on: a spell of demand met once in twenty winters, or of an average winter.

The temperatures of the design winter (spells of 1, 7, 14 and 30 days nested around 20 January) or of the typical
winter (its days of highest demand) give the shape over days, zones and classes; what answers to weather is then scaled so that the
mean demand at home over the spell is exactly the estimate of `extremes`. The spell is cut out of the year (see
`studies.window`): contracts keep what the undisturbed plan leaves them, stores open at the planned level or as said.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Literal

import numpy as np

from energysim.errors import InputError
from energysim.inputs.assets import GasSystem
from energysim.inputs.weather import DESIGN_CENTRE
from energysim.standards.extremes import ENDS, average_demand, design_demand
from energysim.standards.subject import Subject
from energysim.studies.window import cut_out

Weather = Literal["one_in_twenty", "average"]


def spell(subject: Subject, days: int, weather: Weather = "one_in_twenty", fill: float | None = None) -> GasSystem:
    """So many gas days of high demand as a system of their own, no event in it.

    fill: stock of every callable account on the first morning as a share of its volume, 0…1; None: as planned.
    Raises InputError where the horizon holds no such days or the system has no climate.
    """
    system = subject.in_weather("design" if weather == "one_in_twenty" else "normal")
    first = _first_day(subject, system, days, weather)
    openings = {} if fill is None else {a.id: fill * a.volume for a in system.accounts.values() if a.callable}
    wanted = design_demand(subject, days).value if weather == "one_in_twenty" else average_demand(subject, days)
    return scaled(subject, cut_out(system, subject.plan, first, days, openings), wanted)


def events_left_out(subject: Subject) -> list[str]:
    """Names of the scenario's events that touch a winter (October to April): no spell holds them, so a page must say so."""
    system, names = subject.system, dict[str, None]()
    for event in subject.scenario.events:
        for o in event.occurrences:
            first, last = max(o.start, system.first_day), min(o.until, system.last_day)
            days = (first + timedelta(days=k) for k in range((last - first).days + 1))
            if any((d.month, d.day) >= ENDS[0] or (d.month, d.day) <= ENDS[1] for d in days):
                names[event.name] = None
    return list(names)


def scaled(subject: Subject, window: GasSystem, mean: float) -> GasSystem:
    """The window with what answers to weather at home scaled so that demand at home has a mean [GWh/d]."""
    home = [window.offtakes[o] for o in subject.offtakes()]
    answering = [o for o in home if o.demand_class in subject.answering]
    total = float(np.sum([np.mean(o.demand) for o in home]))
    moved = float(np.sum([np.mean(o.demand) for o in answering]))
    factor = 1.0 + (mean - total) / moved if moved > 0 else 1.0
    if factor < 0:
        raise InputError(f"demand that does not answer to weather is above the {mean:g} GWh/d asked for")
    offtakes = dict(window.offtakes)
    for o in answering:
        offtakes[o.id] = replace(o, demand=np.asarray(o.demand) * factor)
    return replace(window, offtakes=MappingProxyType(offtakes))


def _first_day(subject: Subject, system: GasSystem, days: int, weather: Weather) -> date:
    if weather == "average":
        home = np.sum([system.offtakes[o].demand for o in subject.offtakes()], axis=0)
        if days > system.days:
            raise InputError(f"the horizon has {system.days} days, too few for a spell of {days}")
        means = np.convolve(home, np.ones(days) / days, mode="valid")
        return system.date_of(int(means.argmax()))
    years = (system.first_day.year, system.first_day.year + 1)
    centres = [date(y, *DESIGN_CENTRE) for y in years]
    firsts = [c - timedelta(days=(days - 1) // 2) for c in centres]
    for first in firsts:
        if system.first_day <= first and first + timedelta(days=days - 1) <= system.last_day:
            return first
    raise InputError(
        f"the horizon {system.first_day} to {system.last_day} does not hold the design spell of {days} days around 20 January"
    )
