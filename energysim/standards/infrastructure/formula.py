"""The N−1 formula and what goes into it: reference day, area, demand, stock levels and capacities of a subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from energysim.errors import InputError
from energysim.inputs.assets import Daily, GasSystem
from energysim.inputs.weather import DESIGN_CENTRE
from energysim.simulate import Course
from energysim.standards.extremes import Estimate, design_demand
from energysim.standards.infrastructure.capacities import Capacities, Fills, Lost, capacities
from energysim.standards.subject import Subject

FULL, PLANNED, LOW = "full", "planned", "30"
"""Stock levels for which N−1 is given: the template of Annex VI asks for 100 % and 30 %."""
LOW_FILL = 0.3
MET = 100.0
"""Per cent from which on the standard is met."""


def n_minus_1(
    entry: float, production: float, storage: float, lng: float, largest: float, demand: float, measures: float = 0.0
) -> float:
    """N−1 [%] = (EP + P + S + LNG − I) ÷ (Dmax − Deff) · 100, all in one unit; Deff = 0 gives formula (1).

    Source: Regulation (EU) 2017/1938, Annex II. Raises InputError where no demand is left to divide by.
    """
    if not 0 <= measures < demand:
        raise InputError(f"Deff is {measures:g} and Dmax {demand:g}; Dmax is above 0 and Deff between 0 and Dmax")
    return (entry + production + storage + lng - largest) / (demand - measures) * 100.0


def demand_measures(day: GasSystem, offtakes: Sequence[str], warning: float) -> float:
    """Deff [GWh/d]: demand that can be moved to oil in time, of a system of one day.

    = Σ over fuels with notice ≤ warning [d] of min(switchable share · demand of the class, oil in stock and brought).
    Source: Regulation (EU) 2017/1938, Annex II (4): what market-based measures cover sufficiently and in time.
    """
    total = 0.0
    for fuel in day.fuel_switches.values():
        needed = sum(float(day.offtakes[o].demand[0]) for o in offtakes if day.offtakes[o].demand_class == fuel.id)
        if fuel.notice_days <= warning:
            total += min(float(fuel.switchable[0]) * needed, fuel.oil_stock + float(fuel.refill[0]))
    return total


@dataclass(frozen=True)
class Question:
    """N−1 of an area on a day: demand [GWh/d], and by stock level the fills of accounts and the capacities."""

    subject: Subject
    day: int
    area: tuple[str, ...]
    demand: Estimate
    fills: Mapping[str, Fills]
    levels: Mapping[str, Capacities]

    @property
    def date(self) -> date:
        """The reference day."""
        return self.subject.system.date_of(self.day)

    def capacities_at(self, fill: float) -> Capacities:
        """Capacities of the reference day with every store at one fill, 0…1."""
        system = self.subject.system
        return capacities(system, self.day, self.area, dict.fromkeys(system.accounts, fill))


def ask(subject: Subject) -> Question:
    """N−1 of the country on the reference day. Raises InputError."""
    system = subject.system
    day, area = reference_day(system), subject.at_home
    planned = fills_by_day(system, subject.plan)
    fills: dict[str, Fills] = {
        FULL: dict.fromkeys(system.accounts, 1.0),
        PLANNED: {a: float(f[day]) for a, f in planned.items()},
        LOW: dict.fromkeys(system.accounts, LOW_FILL),
    }
    levels = {name: capacities(system, day, area, fill) for name, fill in fills.items()}
    return Question(subject, day, area, design_demand(subject, 1), fills, levels)


def reference_day(system: GasSystem) -> int:
    """The peak of the design winter, 20 January, as a day of the horizon. Raises InputError where it has none."""
    for year in (system.first_day.year, system.first_day.year + 1):
        day = date(year, *DESIGN_CENTRE)
        if system.first_day <= day <= system.last_day:
            return system.day_of(day)
    raise InputError(
        f"the horizon {system.first_day} to {system.last_day} holds no 20 January, the day that N−1 is asked for"
    )


def fills_by_day(system: GasSystem, course: Course) -> dict[str, Daily]:
    """Account -> stock on the mornings of a course as a share of its volume, shape (days + 1,)."""
    solution = course.realised.solution
    stocks = solution.values[solution.form.columns["inventory"].slice].reshape(-1, system.days + 1)
    return {
        a.id: np.clip(stock / a.volume, 0.0, 1.0) if a.volume > 0 else np.zeros(system.days + 1)
        for a, stock in zip(system.accounts.values(), stocks, strict=True)
    }


def ratio(
    found: Capacities, demand: float, lost: Lost | None = None, measures: float = 0.0, callable_only: bool = False
) -> float:
    """N−1 [%] of some capacities with an infrastructure lost (default: the largest)."""
    whole = found.total(callable_only=callable_only)
    out = found.largest(callable_only)[1] if lost is None else whole - found.total(lost, callable_only)
    terms = found.entry(), found.produced(), found.storage(callable_only=callable_only), found.send_out()
    return n_minus_1(*terms, out, demand, measures)
