"""Pyomo rules as tables: each rule is called once with index templates and evaluated with whole arrays.

Pyomo returns one expression with *index templates* in place of days and ids. Here a `Table` holds all
assignments of labels to those templates, one line each; a sum over a set replaces every line by as many
lines as the set has members (a join, as in a data base), and what a line says is added to its target: a row
of the programme, a column's bound, the objective. Figures that are not structural stay symbolic: a
`Number` is a constant plus coefficients of positions in the sheet's vector of figures, so the walk yields
the exact map from figures to bounds and costs.

What cannot be walked raises `NotWalkable`, and the compiler falls back on Pyomo's own compiler: a branch on an
index, a `for` over a set outside a sum, products of two symbolic figures, sets of tuples.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyomo.core.base.set import SetData
from pyomo.core.expr import numeric_expr, template_expr
from pyomo.core.expr.numvalue import native_numeric_types

Ints = NDArray[np.int64]
Value = NDArray[np.float64] | float


class NotWalkable(Exception):
    """A rule, or a part of one, that cannot be evaluated with index templates."""


@dataclass(frozen=True)
class Number:
    """A constant plus symbolic figures: `constant + sum(coefficient * figure[position])`, line by line."""

    constant: Value = 0.0
    figures: tuple[tuple[Ints, Value], ...] = ()

    def __add__(self, other: Number) -> Number:
        return Number(self.constant + other.constant, self.figures + other.figures)

    def __mul__(self, other: Number) -> Number:
        if self.figures and other.figures:
            raise NotWalkable("a product of two figures that both move bounds; declare one of them structural")
        many, factor = (self, other.constant) if self.figures else (other, self.constant)
        return Number(many.constant * factor, tuple((p, c * factor) for p, c in many.figures))


ONE = Number(1.0)


class Labels:
    """Codes for labels: integers stand for themselves, ids are numbered as they are met."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def code(self, label: Any) -> int:
        """The integer that stands for a label."""
        if isinstance(label, int | np.integer):
            return int(label)
        return self._codes.setdefault(label, len(self._codes))


class Axis:
    """One index of a component: its labels, and where in order a code stands."""

    def __init__(self, members: Any, labels: Labels) -> None:
        self.labels = tuple(members)
        kinds = {type(m) for m in self.labels}
        if not kinds <= {int} and not kinds <= {str}:
            raise NotWalkable(f"the set {members.name} holds neither ids nor whole numbers")
        self.codes: Ints = np.fromiter((labels.code(m) for m in self.labels), dtype=np.int64, count=len(self.labels))
        self._first = int(self.codes.min(initial=0))
        self._place = np.full(int(self.codes.max(initial=-1)) - self._first + 1, -1, dtype=np.int64)
        self._place[self.codes - self._first] = np.arange(len(self.codes))

    def positions(self, codes: Ints) -> Ints:
        """Where the codes stand. Raises KeyError for one that is not a member."""
        shifted = codes - self._first
        if np.any((shifted < 0) | (shifted >= len(self._place))):
            raise KeyError("a rule asks for an element that its set does not hold")
        found = self._place[shifted]
        if np.any(found < 0):
            raise KeyError("a rule asks for an element that its set does not hold")
        return found


@dataclass(frozen=True)
class Grid:
    """The consecutive places of an indexed component: the first place and an axis for each index."""

    start: int
    axes: tuple[Axis, ...]

    @property
    def size(self) -> int:
        """Number of elements."""
        return int(np.prod([len(a.labels) for a in self.axes], dtype=int))

    def places(self, codes: Sequence[Ints]) -> Ints:
        """Places of elements, given one array of codes for each index."""
        place: Ints = np.zeros(1, dtype=np.int64)
        for axis, code in zip(self.axes, codes, strict=True):
            place = place * len(axis.labels) + axis.positions(code)
        return place + self.start


@dataclass(frozen=True)
class Table:
    """Assignments of codes to index templates: line k counts towards `target[k]`."""

    target: Ints
    codes: dict[int, Ints]

    def joined(self, template: int, members: Ints, counts: Ints) -> Table:
        """Every line as often as it has members, with the member as the code of a new template."""
        repeat = np.repeat(np.arange(len(self.target)), counts)
        codes = {t: c[repeat] for t, c in self.codes.items()}
        return Table(self.target[repeat], codes | {template: members})


@dataclass
class Terms:
    """What a walk found: coefficients of columns and constants, each for its targets."""

    columns: list[tuple[Ints, Ints, Number]] = field(default_factory=list)
    constants: list[tuple[Ints, Number]] = field(default_factory=list)


@dataclass
class Walker:
    """Evaluates template expressions over tables.

    variables, figures: id of a Pyomo Var or symbolic Param -> its places; fixed: id of a structural Param -> values.
    """

    labels: Labels
    variables: dict[int, Grid] = field(default_factory=dict)
    figures: dict[int, Grid] = field(default_factory=dict)
    fixed: dict[int, tuple[Grid, NDArray[np.float64]]] = field(default_factory=dict)
    _axes: dict[int, Axis] = field(default_factory=dict)
    _families: dict[int, tuple[Axis, Ints, Ints, Ints]] = field(default_factory=dict)

    def axis(self, members: Any) -> Axis:
        """The axis of a Pyomo set, made once."""
        if id(members) not in self._axes:
            self._axes[id(members)] = Axis(members, self.labels)
        return self._axes[id(members)]

    def grid(self, component: Any, start: int) -> Grid:
        """The places of a Pyomo component from `start` on."""
        sets = list(component.index_set().subsets()) if component.is_indexed() else []
        return Grid(start, tuple(self.axis(s) for s in sets))

    def table(self, grid: Grid, templates: Sequence[Any]) -> Table:
        """All elements of a grid, each its own target, with its index templates."""
        table = Table(np.zeros(1, dtype=np.int64), {})
        for axis, template in zip(grid.axes, templates, strict=True):
            lines = len(table.target)
            table = table.joined(template._id, np.tile(axis.codes, lines), np.full(lines, len(axis.codes)))
        return Table(np.arange(grid.start, grid.start + len(table.target)), table.codes)

    def add(self, expression: Any, table: Table, factor: Number, terms: Terms) -> None:
        """Add `factor` times a linear expression to the terms. Raises NotWalkable."""
        if not holds_variable(expression):
            if isinstance(expression, template_expr.TemplateSumExpression):
                self._sum(expression, table, lambda e, t: self.add(e, t, _same_for_all(factor), terms))
            else:
                terms.constants.append((table.target, factor * self.number(expression, table)))
        elif isinstance(expression, template_expr.GetItemExpression):
            grid = self._known(self.variables, expression)
            terms.columns.append((table.target, grid.places(self._codes(expression, table)), factor))
        elif isinstance(expression, template_expr.TemplateSumExpression):
            self._sum(expression, table, lambda e, t: self.add(e, t, _same_for_all(factor), terms))
        elif isinstance(expression, numeric_expr.SumExpression | numeric_expr.LinearExpression):
            for part in expression.args:
                self.add(part, table, factor, terms)
        elif isinstance(expression, numeric_expr.NegationExpression):
            self.add(expression.args[0], table, factor * Number(-1.0), terms)
        elif isinstance(expression, numeric_expr.ProductExpression):
            first, second = expression.args
            if holds_variable(first):
                first, second = second, first
            self.add(second, table, factor * self.number(first, table), terms)
        else:
            raise NotWalkable(f"an expression of the kind {type(expression).__name__}")

    def number(self, expression: Any, table: Table) -> Number:
        """The value of an expression without variables, by line. Raises NotWalkable."""
        if type(expression) in native_numeric_types:
            return Number(float(expression))
        if isinstance(expression, template_expr.GetItemExpression):
            base = id(expression.args[0])
            if base in self.fixed:
                grid, values = self.fixed[base]
                return Number(values[grid.places(self._codes(expression, table))])
            grid = self._known(self.figures, expression)
            return Number(0.0, ((grid.places(self._codes(expression, table)), 1.0),))
        if isinstance(expression, numeric_expr.SumExpression | numeric_expr.LinearExpression):
            total = Number()
            for part in expression.args:
                total = total + self.number(part, table)
            return total
        if isinstance(expression, numeric_expr.NegationExpression):
            return self.number(expression.args[0], table) * Number(-1.0)
        if isinstance(expression, numeric_expr.ProductExpression):
            return self.number(expression.args[0], table) * self.number(expression.args[1], table)
        raise NotWalkable(f"an expression of the kind {type(expression).__name__}")

    def _sum(self, expression: Any, table: Table, then: Callable[[Any, Table], None]) -> None:
        for templates in expression.template_iters():
            if len(templates) != 1:
                raise NotWalkable("a sum over a set of tuples")
            over = templates[0]._set
            if isinstance(over, SetData):
                axis, lines = self.axis(over), len(table.target)
                table = table.joined(
                    templates[0]._id, np.tile(axis.codes, lines), np.full(lines, len(axis.codes), dtype=np.int64)
                )
            else:
                members, counts = self._members(over, table)
                table = table.joined(templates[0]._id, members, counts)
        if len(table.target):
            then(expression.template_args()[0], table)

    def _members(self, selected: Any, table: Table) -> tuple[Ints, Ints]:
        """Members of a set out of a family, for every line: codes one after the other, and how many each."""
        family, index = selected.args
        if id(family) not in self._families:
            axis = self.axis(family.index_set())
            codes = [[self.labels.code(m) for m in family[k]] for k in axis.labels]
            counts = np.fromiter((len(c) for c in codes), dtype=np.int64, count=len(codes))
            together = np.fromiter((c for member in codes for c in member), dtype=np.int64, count=int(counts.sum()))
            self._families[id(family)] = (axis, together, np.cumsum(counts) - counts, counts)
        axis, together, starts, sizes = self._families[id(family)]
        chosen = axis.positions(self._code(index, table))
        counts = sizes[chosen]
        within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        return together[np.repeat(starts[chosen], counts) + within], counts

    def _codes(self, expression: Any, table: Table) -> list[Ints]:
        return [self._code(i, table) for i in expression.args[1:]]

    def _code(self, index: Any, table: Table) -> Ints:
        """The codes of an index expression: a template, a label, or a day and a whole number added to it."""
        if isinstance(index, template_expr.IndexTemplate):
            return table.codes[index._id]
        if isinstance(index, int | str):
            return np.full(len(table.target), self.labels.code(index), dtype=np.int64)
        if isinstance(index, numeric_expr.SumExpression | numeric_expr.LinearExpression):
            total: Ints = np.zeros(len(table.target), dtype=np.int64)
            for part in index.args:
                total = total + self._code(part, table)
            return total
        raise NotWalkable(f"an index of the kind {type(index).__name__}")

    @staticmethod
    def _known(grids: dict[int, Grid], expression: Any) -> Grid:
        component = expression.args[0]
        if id(component) not in grids:
            raise NotWalkable(f"{getattr(component, 'name', component)} is not a variable or figure of the sheet")
        return grids[id(component)]


def holds_variable(expression: Any) -> bool:
    """Whether an expression or number depends on a variable."""
    return type(expression) not in native_numeric_types and bool(expression.is_potentially_variable())


def _same_for_all(factor: Number) -> Number:
    """A factor that may be carried into a sum: one number, not one a line."""
    if factor.figures or np.ndim(factor.constant):
        raise NotWalkable("a figure in front of a sum; write it inside the sum")
    return factor
