"""What each figure in doubt does to the headline indicators: rebuilt, re-solved and measured at both ends of its range.

Nothing here is a derivative: the system is made anew from the changed tables, the scenario is played on it as it
says (surprises and all) in the resident engine, and the indicators are read off the course.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from energysim.errors import EnergysimError, InputError
from energysim.inputs.doubt_edits import moved, stock_within, year_kept
from energysim.inputs.doubts import SHAPE, Doubt, End, Statement, doubts, statements
from energysim.inputs.fingerprint import fingerprint
from energysim.inputs.horizon import Horizon
from energysim.inputs.read import Dataset
from energysim.inputs.scenario import Scenario
from energysim.standards.extremes import design_demand
from energysim.standards.infrastructure.capacities import capacities
from energysim.standards.infrastructure.formula import ratio, reference_day
from energysim.standards.subject import Subject
from energysim.studies.foresight import resolve
from energysim.studies.study import Workbench, numbers

Values = Mapping[str, float]
"""Indicator -> value."""
Extra = Callable[[Subject], float]
"""An indicator that the caller adds: a subject made of changed data -> a number."""
ENDS: tuple[End, End] = ("low", "high")


@dataclass(frozen=True)
class Indicator:
    """A headline indicator: unit of its values, unit and factor for a reader, and which way is worse (+1: up)."""

    id: str
    name: str
    unit: str
    trace: float
    """Change below which nothing has happened."""
    worse: int = 1
    shown: str = ""
    factor: float = 1.0
    floor: float | None = 0.0
    """What it cannot be below."""


INDICATORS = (
    Indicator("unserved_gas", "Unserved gas", "GWh", 1e-3),
    Indicator("unserved_protected", "Unserved gas of protected customers", "GWh", 1e-3),
    Indicator("worst_day", "Worst day's cut", "GWh/d", 1e-3),
    Indicator("cut_days", "Days with cuts", "d", 0.5),
    Indicator("lowest_stock", "Lowest callable stock", "GWh", 1e-3, worse=-1),
    Indicator("costs", "Costs", "kEUR", 0.01, shown="MEUR", factor=1e-3, floor=None),
    Indicator("objective", "Costs and penalties", "kEUR", 0.01, shown="MEUR", factor=1e-3, floor=None),
)
N_MINUS_1 = Indicator("n_minus_1", "N−1, stores full", "%", 1e-6, worse=-1)

HOME_DEMAND = ("sectors", "demand_levels", "demand_calendar")
"""Tables that make the demand of a cold day at home; shares only move it about the country."""
RESIDUAL = "demand_residual_"
"""Beginning of the parameters that only demand once in twenty years uses."""


@dataclass(frozen=True)
class Swing:
    """A doubt and the indicators at its ends."""

    doubt: Doubt
    low: Values
    high: Values
    touches: bool
    """Whether either end gives a system that is not the scenario's to the bit, or another demand once in twenty years."""
    problem: str = ""
    """Why an end could not be solved."""

    def ends(self, indicator: str) -> tuple[float, float]:
        """The indicator at the low and the high figure; NaN where it could not be solved."""
        return self.low.get(indicator, np.nan), self.high.get(indicator, np.nan)


@dataclass(frozen=True)
class Contradiction:
    """A statement taken at its word, and the indicators with it, N−1 apart."""

    statement: Statement
    values: Values
    touches: bool
    problem: str = ""


@dataclass
class Examination:
    """A subject whose data are moved and solved again; a system that was solved once is not solved again."""

    subject: Subject
    extras: Mapping[Indicator, Extra] = field(default_factory=dict)
    _courses: dict[str, Values] = field(default_factory=dict)

    @cached_property
    def horizon(self) -> Horizon:
        """The rows in use."""
        system, scenario = self.subject.system, self.subject.scenario
        return Horizon(self.subject.dataset, system.first_day, system.days, scenario.rivals)

    @cached_property
    def base(self) -> Values:
        """The indicators of the scenario as it is. Raises InputError for a system that is not its scenario's."""
        if self._variant(self.subject.dataset)[1] != self._print:
            raise InputError(
                "the system is not the one that its scenario and data make, so its figures cannot be moved"
            )
        _ = self.subject.plan  # solved first of all, so that every case starts from its basis
        self._courses[self._print] = course_values(self.subject)
        return self._measured(self.subject, self._print, self._peak)

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """Every indicator that the scenario has."""
        return tuple(i for i in (*INDICATORS, N_MINUS_1, *self.extras) if i.id in self.base)

    def swings(self) -> list[Swing]:
        """Every figure in doubt at both its ends, in the order of the tables."""
        return [self._swing(d) for d in doubts(self.horizon)]

    def contradictions(self) -> list[Contradiction]:
        """Every statement of another source, taken at its word."""
        return [self._contradiction(s) for s in statements(self.horizon)]

    def together(self, ends: Mapping[str, End], found: Sequence[Swing], indicator: str) -> float:
        """An indicator with many figures moved at once: doubt id -> end. Raises EnergysimError."""
        base, horizon = self.base, self.horizon
        chosen = [s.doubt for s in found if s.doubt.id in ends]
        if not chosen:
            return base[indicator]
        for doubt in chosen:
            horizon = replace(horizon, dataset=moved(horizon, doubt, ends[doubt.id]))
        made, print_of = self._variant(horizon.dataset)
        peak = self._peak if indicator == N_MINUS_1.id else None
        if peak is not None and any(_shapes_peak(d) for d in chosen):
            peak = design_demand(made, 1).value
        return self._measured(made, print_of, peak)[indicator]

    def _swing(self, doubt: Doubt) -> Swing:
        values: dict[End, Values] = {}
        touches, problem = False, ""
        for end in ENDS:
            try:
                values[end], other = self._at(doubt, end)
                touches = touches or other
            except EnergysimError as error:
                values[end], touches, problem = {}, True, f"{end}: {self._why(error)}"
        return Swing(doubt, values["low"], values["high"], touches, problem)

    def _contradiction(self, said: Statement) -> Contradiction:
        _ = self.base
        scenario = self.subject.scenario
        asked = scenario.model_copy(update={"rivals": {**scenario.rivals, **said.rivals}})
        try:
            made, print_of = self._variant(self._believed(said, asked), asked)
            values = self._measured(made, print_of, None)
        except EnergysimError as error:
            return Contradiction(said, {}, True, self._why(error))
        return Contradiction(said, values, print_of != self._print)

    def _believed(self, said: Statement, asked: Scenario) -> Dataset:
        """The data under a statement, with what must move along as it does with a doubt."""
        after = replace(self.horizon, rivals=asked.rivals)
        if any(path.partition(".")[2].startswith(SHAPE) for path in said.rivals):
            return year_kept(self.horizon, after)
        return stock_within(after) if said.table.startswith("storage_") else after.dataset

    def _at(self, doubt: Doubt, end: End) -> tuple[Values, bool]:
        """The indicators with a figure at an end, and whether it makes another case. Raises EnergysimError."""
        base = self.base
        if _as_used(self.subject.dataset, doubt, end):
            return base, False
        made, print_of = self._variant(moved(self.horizon, doubt, end))
        peak, same = self._peak, print_of == self._print
        if doubt.id.startswith(f"parameters.{RESIDUAL}") and self.subject.fit.residuals:
            peak = None if peak is None else design_demand(made, 1).value
        elif _shapes_peak(doubt) and not same:
            peak = self._moved_peak(made)
        return self._measured(made, print_of, peak), not same or peak != self._peak

    def _variant(self, dataset: Dataset, scenario: Scenario | None = None) -> tuple[Subject, str]:
        """The subject on other data (or under other rivals) and its fingerprint. Raises InputError."""
        asked = scenario or self.subject.scenario
        made = Subject(dataset, asked, resolve(asked, dataset), self.subject.fit)
        made.bench = Workbench(made.system, self.subject.engine)
        return made, fingerprint(made.system)

    def _measured(self, subject: Subject, print_of: str, peak: float | None) -> Values:
        if print_of not in self._courses:
            self._courses[print_of] = course_values(subject)
        found = dict(self._courses[print_of])
        if peak is not None:
            found[N_MINUS_1.id] = full_stores(subject, peak)
        return {**found, **{i.id: float(ask(subject)) for i, ask in self.extras.items()}}

    def _why(self, error: EnergysimError) -> str:
        """The first line of an error, without the place in the scenario that it is not about."""
        return str(error).splitlines()[0].rpartition(f"{self.subject.scenario.gas_year}: ")[2]

    @cached_property
    def _print(self) -> str:
        return fingerprint(self.subject.system)

    @cached_property
    def _peak(self) -> float | None:
        """Demand at home once in twenty winters [GWh/d]; None where the horizon holds no winter to ask it of."""
        try:
            reference_day(self.subject.system)
            return design_demand(self.subject, 1).value
        except InputError:
            return None

    @cached_property
    def _plain_peak(self) -> float:
        return _plain(self.subject)

    def _moved_peak(self, made: Subject) -> float | None:
        """Demand once in twenty winters of another demand model: without residual, whose share in it is held."""
        return None if self._peak is None else self._peak * _plain(made) / self._plain_peak


def _as_used(dataset: Dataset, doubt: Doubt, end: End) -> bool:
    """Whether a figure's end is what is used; of lost load the planner may read another column."""
    rows = dataset.tables[doubt.table].rows
    ends = {line: high if end == "high" else low for line, low, high in doubt.rows}
    return doubt.table != "curtailment_steps" and all(getattr(rows[k], doubt.column) == v for k, v in ends.items())


def course_values(subject: Subject) -> Values:
    """The indicators that are read off the scenario's course."""
    course, system = subject.course, subject.system
    row = numbers(system, course)
    found = {i.id: float(row[i.id] or 0.0) for i in INDICATORS if i.id in row}
    solution = course.realised.solution
    stocks = solution.values[solution.form.columns["inventory"].slice].reshape(-1, system.days + 1)
    mine = [a.callable for a in system.accounts.values()]
    if any(mine):
        found["lowest_stock"] = round(float(stocks[mine].sum(axis=0).min()), 6)
    return found


def full_stores(subject: Subject, peak: float) -> float:
    """N−1 [%], formula (1) of Regulation (EU) 2017/1938, Annex II, stores full, of demand once in twenty years [GWh/d]."""
    system = subject.system
    full = dict.fromkeys(system.accounts, 1.0)
    return ratio(capacities(system, reference_day(system), subject.at_home, full), peak)


def _plain(subject: Subject) -> float:
    return design_demand(subject, 1, fit=replace(subject.fit, residuals=False)).value


def _shapes_peak(doubt: Doubt) -> bool:
    parameter = doubt.table == "parameters" and doubt.id.partition(".")[2].startswith((*SHAPE, RESIDUAL))
    return parameter or doubt.table in HOME_DEMAND
