"""From readable Pyomo rules to arrays: minimise c·x subject to row and column bounds.

Each rule is walked once (`model.walk`) into a `Programme`: the matrix, and the exact map from the sheet's
figures to row bounds, column bounds and costs. A system is then *bound* in a millisecond or two. Systems of the
same structure share the programme; curves, losses, shrinkage, depths of curtailment and the sets themselves are
structural and make another one.

Pyomo's own standard-form compiler is the oracle (the tests hold the arrays identical) and the fallback: a
rule that cannot be walked is named in a warning, and the system is compiled by it every time.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import pyomo.core as pyo
import pyomo.core.base.constraint as pyomo_constraint
import scipy.sparse as sp
from numpy.typing import NDArray
from pyomo.common.gc_manager import PauseGC
from pyomo.core.expr import relational_expr
from pyomo.core.expr.template_expr import TemplateExpressionError, templatize_rule
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from energysim.inputs.assets import GasSystem
from energysim.model.build import build, construct, describe
from energysim.model.sheet import Label, Sheet
from energysim.model.walk import ONE, Grid, Labels, NotWalkable, Number, Terms, Walker, holds_variable

Vector = NDArray[np.float64]
Index = tuple[Label, ...]

KEPT_PROGRAMMES = 8
"""Programmes remembered in a process; a study needs one or two."""


@dataclass(frozen=True)
class Span:
    """The consecutive columns (or rows) of one component: all combinations of the labels of its axes, in order."""

    start: int
    axes: tuple[tuple[Label, ...], ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of labels on each axis."""
        return tuple(len(a) for a in self.axes)

    @property
    def stop(self) -> int:
        """One past the last position."""
        return self.start + int(np.prod(self.shape, dtype=int))

    @property
    def slice(self) -> slice:
        """The positions."""
        return slice(self.start, self.stop)

    @cached_property
    def indices(self) -> tuple[Index, ...]:
        """The index tuple of every position."""
        return tuple(product(*self.axes))

    def days(self) -> NDArray[np.int64]:
        """The last label of every position, where that is a day."""
        repeat = int(np.prod(self.shape[:-1], dtype=int))
        return np.tile(np.asarray(self.axes[-1], dtype=np.int64), repeat)


@dataclass(frozen=True)
class Map:
    """A vector as an affine function of the figures: `base + matrix @ figures`."""

    base: Vector
    matrix: sp.csr_array

    def __call__(self, figures: Vector) -> Vector:
        return np.asarray(self.base + self.matrix @ figures)


@dataclass(frozen=True)
class StandardForm:
    """A linear programme as arrays: `matrix` (rows, columns), bounds, and the objective per unit of each column [kEUR]."""

    matrix: sp.csc_array
    row_lower: Vector
    row_upper: Vector
    column_lower: Vector
    column_upper: Vector
    objective: Vector
    columns: dict[str, Span]
    rows: dict[str, Span]
    cost_maps: dict[str, Map]
    figures: Vector

    @property
    def days(self) -> int:
        """Gas days of the horizon."""
        return self.columns["flow"].shape[-1]

    @cached_property
    def costs(self) -> dict[str, Vector]:
        """The objective by kind of cost and penalty; they add to the whole."""
        return {kind: cost(self.figures) for kind, cost in self.cost_maps.items()}


@dataclass(frozen=True)
class Programme:
    """The linear programme of every system of one structure."""

    matrix: sp.csc_array
    row_lower: Map
    row_upper: Map
    column_lower: Map
    column_upper: Map
    objective: Map
    columns: dict[str, Span]
    rows: dict[str, Span]
    costs: dict[str, Map]

    def bind(self, sheet: Sheet) -> StandardForm:
        """The arrays for one sheet of this structure."""
        figures = sheet.values()
        return StandardForm(
            self.matrix,
            row_lower=self.row_lower(figures),
            row_upper=self.row_upper(figures),
            column_lower=self.column_lower(figures),
            column_upper=self.column_upper(figures),
            objective=self.objective(figures),
            columns=self.columns,
            rows=self.rows,
            cost_maps=self.costs,
            figures=figures,
        )


_programmes: dict[str, Programme | None] = {}
"""Structure -> its programme, None where a rule could not be walked; the latest last."""


def compile_system(system: GasSystem) -> StandardForm:
    """The standard form of a gas system's linear programme; walked once a structure, bound for each system."""
    sheet = describe(system)
    structure = sheet.structure
    programme = _programmes.pop(structure) if structure in _programmes else _programme(sheet)
    _programmes[structure] = programme
    while len(_programmes) > KEPT_PROGRAMMES:
        del _programmes[next(iter(_programmes))]
    return programme.bind(sheet) if programme else stock_form(system)


def _programme(sheet: Sheet) -> Programme | None:
    try:
        return walk(sheet)
    except NotWalkable as problem:
        warnings.warn(f"{problem}; Pyomo's own compiler is used, which is slow", stacklevel=3)
        return None


def walk(sheet: Sheet) -> Programme:
    """The programme of a sheet, by one walk through every rule. Raises NotWalkable, naming the rule."""
    with PauseGC():  # small objects are made, none is garbage yet
        m = build(sheet).pyomo
        walker = _walker(m, sheet)
        figures = len(sheet.values())
        rows, matrix, row_bounds = _walk_rows(m, walker, figures)
        column_bounds = _walk_columns(m, walker, figures)
        costs = _walk_costs(m, walker, matrix.shape[1], figures)
        columns = {v.name: _span(walker.variables[id(v)]) for v in m.component_objects(pyo.Var)}
    base = np.sum([c.base for c in costs.values()], axis=0)
    total = Map(base, sp.csr_array(sum((c.matrix for c in costs.values()), start=sp.csr_array((len(base), figures)))))
    return Programme(matrix, *row_bounds, *column_bounds, total, columns, rows, costs)


def _walker(m: Any, sheet: Sheet) -> Walker:
    """A walker that knows where every variable and figure of the model stands."""
    walker, column, place = Walker(Labels()), 0, 0
    for variable in m.component_objects(pyo.Var):
        walker.variables[id(variable)] = grid = walker.grid(variable, column)
        column += grid.size
    for name, figure in sheet.figures.items():
        param = getattr(m, name)
        if figure.structural:
            walker.fixed[id(param)] = (walker.grid(param, 0), figure.values.ravel())
        else:
            walker.figures[id(param)] = grid = walker.grid(param, place)
            place += grid.size
    return walker


def _walk_rows(m: Any, walker: Walker, figures: int) -> tuple[dict[str, Span], sp.csc_array, tuple[Map, Map]]:
    """Spans by law, the matrix, and the maps of lower and upper row bounds."""
    terms, rows, start = Terms(), {}, 0
    open_below, open_above = [], []
    for name, law in m.laws.items():
        with _named(name):
            grid = walker.grid(law, start)
            body, sense, other, templates = _sides(m, law)
            table = walker.table(grid, templates)
            walker.add(body, table, ONE, terms)
            walker.add(other, table, Number(-1.0), terms)
        if sense == "<":
            open_below.append(slice(start, start + grid.size))
        if sense == ">":
            open_above.append(slice(start, start + grid.size))
        rows[name], start = _span(grid), start + grid.size
    width = sum(g.size for g in walker.variables.values())
    bound = _fold([(t, n * Number(-1.0)) for t, n in terms.constants], start, figures)
    lower, upper = _opened(bound, open_below, -np.inf), _opened(bound, open_above, np.inf)
    return rows, _matrix(terms, (start, width)), (lower, upper)


def _sides(m: Any, law: Any) -> tuple[Any, str, Any, Any]:
    """A law as body, sense (`<`, `>` or `equal`) and other side, with its templates; a side without variables is `other`."""
    expression, templates = templatize_rule(m, law.rule, law.index_set() if law.is_indexed() else None)
    if not isinstance(expression, relational_expr.EqualityExpression | relational_expr.InequalityExpression):
        raise NotWalkable(f"a {type(expression).__name__}; write `left <= right` or `left == right`")
    left, right = expression.args
    equal = isinstance(expression, relational_expr.EqualityExpression)
    if holds_variable(left):
        return left, "equal" if equal else "<", right, templates
    return right, "equal" if equal else ">", left, templates


def _walk_columns(m: Any, walker: Walker, figures: int) -> tuple[Map, Map]:
    """Maps of lower and upper column bounds."""
    width = sum(g.size for g in walker.variables.values())
    lower: list[tuple[Any, Number]] = []
    upper: list[tuple[Any, Number]] = []
    unlimited = []
    for variable in m.component_objects(pyo.Var):
        grid = walker.variables[id(variable)]
        if variable._rule_bounds is None:  # non-negative, as every variable here
            unlimited.append(slice(grid.start, grid.start + grid.size))
            continue
        with _named(f"the bounds of {variable.name}"):
            limits, templates = templatize_rule(m, variable._rule_bounds, variable.index_set())
            table = walker.table(grid, templates)
            for limit, found in zip(limits, (lower, upper), strict=True):
                found.append((table.target, walker.number(limit, table)))
    return _fold(lower, width, figures), _opened(_fold(upper, width, figures), unlimited, np.inf)


def _walk_costs(m: Any, walker: Walker, width: int, figures: int) -> dict[str, Map]:
    """The map of every kind of cost."""
    costs = {}
    for name, objective in m.objectives.items():
        terms = Terms()
        with _named(name):
            expression, _ = templatize_rule(m, objective.rule, None)
            walker.add(expression, walker.table(Grid(0, ()), ()), ONE, terms)
            if terms.constants:
                raise NotWalkable("a cost that no variable multiplies")
        costs[name] = _fold([(column, number) for _, column, number in terms.columns], width, figures)
    return costs


@contextmanager
def _named(rule: str) -> Iterator[None]:
    """Say which rule could not be walked."""
    try:
        yield
    except (NotWalkable, KeyError, TemplateExpressionError, TypeError, AttributeError) as problem:
        raise NotWalkable(f"the rule {rule} cannot be walked with index templates: {problem}") from problem


def _matrix(terms: Terms, shape: tuple[int, int]) -> sp.csc_array:
    """The matrix of the rows' terms; entries that add to nothing are left out, as Pyomo's compiler does."""
    values, rows, columns = [np.zeros(0)], [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for target, column, number in terms.columns:
        if number.figures:
            raise NotWalkable("a figure multiplies a variable in a row; declare it structural")
        rows.append(target)
        columns.append(column)
        values.append(np.broadcast_to(number.constant, target.shape))
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    matrix = sp.csc_array(sp.coo_array(entries, shape=shape))
    matrix.eliminate_zeros()
    return matrix


def _fold(items: list[tuple[Any, Number]], size: int, figures: int) -> Map:
    """One map from (positions, number) pairs, which are added up."""
    base = np.zeros(size)
    rows, places, values = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for target, number in items:
        if np.any(number.constant):
            np.add.at(base, target, number.constant)
        for place, coefficient in number.figures:
            rows.append(target)
            places.append(place)
            values.append(np.broadcast_to(coefficient, target.shape))
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(places)))
    return Map(base, sp.csr_array(sp.coo_array(entries, shape=(size, figures))))


def _opened(bound: Map, slices: list[slice], infinity: float) -> Map:
    """The map with some positions without limit."""
    if not slices:
        return bound
    base, keep = bound.base.copy(), np.ones(len(bound.base), dtype=bool)
    for part in slices:
        base[part], keep[part] = infinity, False
    entries = sp.coo_array(bound.matrix)
    kept = keep[entries.coords[0]]
    coords = (entries.coords[0][kept], entries.coords[1][kept])
    return Map(base, sp.csr_array(sp.coo_array((entries.data[kept], coords), shape=bound.matrix.shape)))


def _span(grid: Grid) -> Span:
    return Span(grid.start, tuple(a.labels for a in grid.axes))


def stock_form(system: GasSystem) -> StandardForm:
    """The same arrays by Pyomo's own standard-form compiler: the oracle and the fallback."""
    with PauseGC(), _rules_called_once():
        m = construct(system)
        variables = list(m.component_objects(pyo.Var))
        order = [v[i] for v in variables for i in v.index_set()]
        compiled = LinearStandardFormCompiler().write(m, mixed_form=True, column_order=order)
    columns = _stock_spans(variables)
    position = {id(var): j for j, var in enumerate(order)}
    place = np.fromiter((position[id(v)] for v in compiled.columns), dtype=int, count=len(compiled.columns))
    rows, row_lower, row_upper, row_order = _stock_rows(m, compiled)
    matrix = sp.coo_array(compiled.A)
    matrix = sp.csc_array(
        (matrix.data, (row_order[matrix.coords[0]], place[matrix.coords[1]])), shape=(len(row_lower), len(order))
    )
    costs, none = {}, sp.csr_array((len(order), 0))
    for objective, vector in zip(compiled.objectives, sp.csr_array(compiled.c), strict=True):
        dense = np.zeros(len(order))
        dense[place] = vector.toarray().ravel()
        costs[objective.name] = Map(dense, none)
    total = np.sum([cost.base for cost in costs.values()], axis=0)
    lower = np.fromiter((-np.inf if v.lb is None else v.lb for v in order), dtype=float, count=len(order))
    upper = np.fromiter((np.inf if v.ub is None else v.ub for v in order), dtype=float, count=len(order))
    return StandardForm(matrix, row_lower, row_upper, lower, upper, total, columns, rows, costs, np.zeros(0))


@contextmanager
def _rules_called_once() -> Iterator[None]:
    """Let Pyomo call each rule once with index templates: faster, and a rule that cannot be walked shows."""
    before = pyomo_constraint.TEMPLATIZE_CONSTRAINTS
    pyomo_constraint.TEMPLATIZE_CONSTRAINTS = True
    try:
        yield
    finally:
        pyomo_constraint.TEMPLATIZE_CONSTRAINTS = before


def _stock_rows(m: Any, compiled: Any) -> tuple[dict[str, Span], Vector, Vector, NDArray[np.int_]]:
    """Rows in the order of the model, their bounds, and where each compiled row goes."""
    constraints = list(m.component_objects(pyo.Constraint, active=True))
    position = {id(c[i]): k for k, (c, i) in enumerate((c, i) for c in constraints for i in c)}
    lower, upper = np.full(len(position), -np.inf), np.full(len(position), np.inf)
    order = np.empty(len(compiled.rows), dtype=int)
    for k, ((constraint, kind), rhs) in enumerate(zip(compiled.rows, compiled.rhs, strict=True)):
        order[k] = row = position[id(constraint)]
        if kind <= 0:
            lower[row] = rhs
        if kind >= 0:
            upper[row] = rhs
    return _stock_spans(constraints), lower, upper, order


def _stock_spans(components: list[Any]) -> dict[str, Span]:
    spans, start = {}, 0
    for component in components:
        axes = tuple(tuple(s) for s in component.index_set().subsets()) if component.is_indexed() else ()
        spans[component.name] = Span(start, axes)
        start = spans[component.name].stop
    return spans
