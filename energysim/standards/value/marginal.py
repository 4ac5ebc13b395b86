r"""The value of a little more: from the duals of one plan, and checked by solving again with more and with less.

Let $z(\theta)$ be the least objective with so much of a figure $\theta$. What one unit more saves is, by the
envelope theorem, for multipliers $y$ of rows and $d$ of columns, values $x$, bounds $b$, $u$ and matrix $A$,

$$-\frac{dz}{d\theta} = -\sum_r y_r \frac{db_r}{d\theta} - \sum_j d_j \frac{du_j}{d\theta}
  + \sum_{r} y_r \left(\frac{dA}{d\theta}\,x\right)_r \qquad [\mathrm{kEUR\ per\ GWh/d}]$$

A capacity enters several rows and, where a deliverability curve scales with it, the matrix as well; so the derivatives
are taken between two compiled programmes, figure by figure, and none is derived by hand. Every term has a day.

At a kink of $z$ the multipliers are not unique: the value for more (right) is below the value for less (left), since
$z$ is convex, and any multiplier between them is as good as another. Then the range is reported, not the multiplier.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from energysim.inputs.assets import GasSystem
from energysim.model.compile import Span, StandardForm, Vector, compile_system
from energysim.model.solve import Engine, Solution

STEP = 0.01
"""GWh/d (or GWh) up and down in a finite difference."""
FINER = 100.0
"""How many times smaller the second step is."""
AGREEMENT = 1e-4
"""Relative difference up to which two slopes are one."""
NOTHING = 1e-3
"""kEUR per GWh/d over the horizon (1 EUR per MWh/d): what is less is no value."""
UNTOUCHED = 1e-9
"""kEUR: a multiplier times a change below this is none."""
PERIODS = ("period_quantity", "take_or_pay")
"""Rows that count over a contract's period: their value is spread over its days."""


@dataclass(frozen=True)
class Marginal:
    """What one unit more saves over the horizon [kEUR per GWh/d or GWh].

    dual: from the multipliers, `daily` the same by day; up: per unit by a little more, down: per unit by a little less;
    None where there can be no more (a full store) or no less (a capacity of zero).
    """

    dual: float
    up: float | None
    down: float | None
    daily: Vector

    @property
    def slopes(self) -> list[float]:
        """The slopes that exist."""
        return [s for s in (self.up, self.down) if s is not None]

    @property
    def degenerate(self) -> bool:
        """Whether more and less are worth different amounts, so that a range is the answer."""
        return len(self.slopes) == 2 and not agree(*self.slopes)

    @property
    def one_sided(self) -> bool:
        """Whether only more or only less is possible: then that slope is the answer, and the dual need not be it."""
        return len(self.slopes) < 2

    @property
    def low(self) -> float:
        """Lower end of the range."""
        return min(self.slopes)

    @property
    def high(self) -> float:
        """Upper end of the range."""
        return max(self.slopes)

    @property
    def value(self) -> float | None:
        """The value where it is one number, None at a kink."""
        if self.degenerate:
            return None
        return self.slopes[0] if self.one_sided else self.dual

    @property
    def error(self) -> float:
        """Relative difference of the dual from the finite differences; at a kink, how far it lies outside the range."""
        low, high = self.low, self.high
        if self.one_sided:  # a dual lies above the slope of more, below that of less
            low, high = (low, np.inf) if self.up is not None else (-np.inf, high)
        nearest = float(np.clip(self.dual, low, high)) if self.degenerate or self.one_sided else (low + high) / 2
        return abs(self.dual - nearest) / max(abs(nearest), abs(self.dual), 1.0)

    @property
    def days(self) -> int:
        """Days on which it binds."""
        return int((np.abs(self.daily) > NOTHING).sum())


def agree(a: float, b: float) -> bool:
    """Whether two slopes [kEUR per GWh/d] are one number."""
    return abs(a - b) <= max(AGREEMENT * max(abs(a), abs(b)), NOTHING)


class Base:
    """One plan with everything known, solved without the tie-breaking cost, so that its duals are those of the prices."""

    def __init__(self, system: GasSystem, engine: Engine, change: Callable[[GasSystem], GasSystem]) -> None:
        """change: what is laid over a system before it is planned, such as events."""
        self.system, self.engine, self.change = system, engine, change
        self.form = compile_system(change(system))
        self.solution = engine.solve(self.form, np.zeros(self.form.matrix.shape[1]))

    @cached_property
    def objective(self) -> float:
        """kEUR."""
        return self.solution.objective

    def objective_of(self, form: StandardForm) -> float:
        """The least objective of a neighbouring programme [kEUR]."""
        solved = self.engine.solve(form, np.zeros(form.matrix.shape[1]), self.solution.basis)
        return solved.objective

    def marginal(
        self, edit: Callable[[float], GasSystem], step: float = STEP, more: bool = True, less: bool = True
    ) -> Marginal:
        """What one unit more saves. edit: amount more [GWh/d or GWh] -> the system with it, before `change`.

        more, less: whether there can be more, and less. Where the two slopes differ they are taken again with a much
        smaller step: a curve (a deliverability that scales) then straightens, a kink stays.
        """
        found = self._slopes(edit, step, more, less)
        return self._slopes(edit, step / FINER, more, less) if found.degenerate else found

    def _slopes(self, edit: Callable[[float], GasSystem], step: float, more: bool, less: bool) -> Marginal:
        sign = 1.0 if more else -1.0
        first = compile_system(self.change(edit(sign * step)))
        daily = Terms.between(self.form, first, self.solution).by_day(self.system) / (sign * step)
        up = self._saved(first) / step if more else None
        down = None
        if less:
            other = compile_system(self.change(edit(-step))) if more else first
            down = -self._saved(other) / step
        return Marginal(float(daily.sum()), _clean(up), _clean(down), daily)

    def _saved(self, other: StandardForm) -> float:
        """What a neighbouring programme saves [kEUR]; nothing is solved where this plan is its optimum too."""
        return 0.0 if unmoved(self.form, other, self.solution) else self.objective - self.objective_of(other)


@dataclass(frozen=True)
class Terms:
    """What the change from one programme to another saves to first order, by row and by column [kEUR]."""

    form: StandardForm
    rows: Vector
    columns: Vector
    largest: float
    """The largest single term [kEUR]: multipliers that meet no change leave the plan an optimum."""

    @classmethod
    def between(cls, form: StandardForm, other: StandardForm, solution: Solution, today: int = 0) -> Terms:
        """Terms of a solution of `form` for a change to `other`, a programme of the same rows and columns.

        today: days before it are past, and their rows and columns bind nobody any more.
        """
        duals = np.where(_past(form.rows, len(solution.duals), today), 0.0, solution.duals)
        reduced = np.where(_past(form.columns, len(solution.values), today), 0.0, solution.reduced_costs)
        rows = -duals * _change(duals, (form.row_lower, form.row_upper), (other.row_lower, other.row_upper))
        columns = -reduced * _change(
            reduced, (form.column_lower, form.column_upper), (other.column_lower, other.column_upper)
        )
        columns = columns - (other.objective - form.objective) * solution.values
        largest = max(np.abs(rows).max(initial=0.0), np.abs(columns).max(initial=0.0))
        if other.matrix is not form.matrix:
            moved = other.matrix - form.matrix
            rows = rows + duals * (moved @ solution.values)
            largest = max(largest, (abs(moved).T @ np.abs(duals)).max(initial=0.0))
        return cls(form, rows, columns, float(largest))

    def by_day(self, system: GasSystem) -> Vector:
        """The terms added up by gas day; terms without a day stand on the first, those of periods on all of theirs."""
        found = np.zeros(system.days + 1)
        for spans, terms in ((self.form.rows, self.rows), (self.form.columns, self.columns)):
            for name, span in spans.items():
                part = terms[span.slice]
                if not part.any():
                    continue
                if name in PERIODS:
                    _spread(found, system, span, part)
                elif _dated(span):
                    np.add.at(found, span.days(), part)
                else:
                    found[0] += part.sum()
        found[-2] += found[-1]
        return np.asarray(found[:-1])


def unmoved(
    form: StandardForm, other: StandardForm, solution: Solution, today: int = 0, tolerance: float = UNTOUCHED
) -> bool:
    """Whether a plan remains an optimum of a changed programme: no multiplier meets the change, and the plan fits it.

    tolerance: kEUR by which a single multiplier may meet the change.
    """
    return Terms.between(form, other, solution, today).largest <= tolerance and fits(other, solution.values)


def fits(form: StandardForm, values: Vector, tolerance: float = 1e-9) -> bool:
    """Whether a plan keeps every bound and row of a programme."""
    activity = form.matrix @ values
    inside = (values >= form.column_lower - tolerance).all() and (values <= form.column_upper + tolerance).all()
    return bool(
        inside and (activity >= form.row_lower - tolerance).all() and (activity <= form.row_upper + tolerance).all()
    )


def _change(multipliers: Vector, before: tuple[Vector, Vector], after: tuple[Vector, Vector]) -> Vector:
    """Change of the bound that each multiplier prices: the lower one where it is positive."""
    with np.errstate(invalid="ignore"):
        lower, upper = after[0] - before[0], after[1] - before[1]
    return np.nan_to_num(np.where(multipliers > 0, lower, upper), nan=0.0)


def _clean(slope: float | None) -> float | None:
    """A slope without what is left of rounding."""
    return slope if slope is None or abs(slope) > NOTHING * AGREEMENT else 0.0


def _past(spans: Mapping[str, Span], size: int, today: int) -> NDArray[np.bool_]:
    past = np.zeros(size, dtype=bool)
    for span in spans.values() if today else ():
        if _dated(span):
            past[span.slice] = span.days() < today
    return past


def _dated(span: Span) -> bool:
    return bool(span.axes) and all(isinstance(label, int) for label in span.axes[-1])


def _spread(found: Vector, system: GasSystem, span: Span, part: Vector) -> None:
    periods = {p.id: p for c in system.contracts.values() for p in c.periods}
    for (name, *_), value in zip(span.indices, part, strict=True):
        period = periods[str(name)]
        found[period.first : period.last + 1] += value / (period.last + 1 - period.first)
