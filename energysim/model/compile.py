"""From the readable Pyomo model to arrays: minimise c·x subject to row and column bounds.

The arrays come from Pyomo's own standard-form compiler; here they are named: which columns belong to
which quantity, which rows to which law, and one cost vector per kind of cost, so that a cost breakdown
is a product and not a second copy of the mathematics.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.core.base.constraint as pyomo_constraint
import pyomo.environ as pyo
import scipy.sparse as sp
from numpy.typing import NDArray
from pyomo.common.gc_manager import PauseGC
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from energysim.inputs.assets import GasSystem
from energysim.model.build import build

Vector = NDArray[np.float64]
Index = tuple[Any, ...]


@dataclass(frozen=True)
class Span:
    """The consecutive columns (or rows) of one component, with its index tuples in order."""

    start: int
    indices: tuple[Index, ...]

    @property
    def stop(self) -> int:
        """One past the last position."""
        return self.start + len(self.indices)

    @property
    def slice(self) -> slice:
        """The positions."""
        return slice(self.start, self.stop)


@dataclass(frozen=True)
class StandardForm:
    """A linear programme as arrays: `matrix` (rows, columns), bounds, and costs by kind [kEUR]."""

    matrix: sp.csc_array
    row_lower: Vector
    row_upper: Vector
    column_lower: Vector
    column_upper: Vector
    costs: dict[str, Vector]
    columns: dict[str, Span]
    rows: dict[str, Span]

    @property
    def objective(self) -> Vector:
        """The sum of all costs and penalties per unit of each column."""
        total = np.zeros(self.matrix.shape[1])
        for vector in self.costs.values():
            total += vector
        return total


def compile_system(system: GasSystem) -> StandardForm:
    """The standard form of a gas system's linear programme."""
    with PauseGC(), _rules_called_once():  # a hundred thousand small objects are made, none is garbage yet
        return standard_form(build(system).pyomo)


@contextmanager
def _rules_called_once() -> Iterator[None]:
    """Let Pyomo call each rule once with index templates: faster, and a rule that cannot be walked shows."""
    before = pyomo_constraint.TEMPLATIZE_CONSTRAINTS
    pyomo_constraint.TEMPLATIZE_CONSTRAINTS = True
    try:
        yield
    finally:
        pyomo_constraint.TEMPLATIZE_CONSTRAINTS = before


def standard_form(m: Any) -> StandardForm:
    """The arrays of a Pyomo model, by Pyomo's standard-form compiler, with names."""
    variables = list(m.component_objects(pyo.Var))
    order = [v[i] for v in variables for i in v]
    compiled = LinearStandardFormCompiler().write(m, mixed_form=True, column_order=order)
    columns = _spans([(v.name, [_tuple(i) for i in v]) for v in variables])
    position = {id(var): j for j, var in enumerate(order)}
    place = np.fromiter((position[id(v)] for v in compiled.columns), dtype=int, count=len(compiled.columns))
    rows, row_lower, row_upper, row_order = _rows(m, compiled)
    matrix = sp.coo_array(compiled.A)
    matrix = sp.csc_array(
        (matrix.data, (row_order[matrix.coords[0]], place[matrix.coords[1]])), shape=(len(row_lower), len(order))
    )
    costs = {}
    for objective, vector in zip(compiled.objectives, sp.csr_array(compiled.c), strict=True):
        dense = np.zeros(len(order))
        dense[place] = vector.toarray().ravel()
        costs[objective.name] = dense
    lower = np.fromiter((-np.inf if v.lb is None else v.lb for v in order), dtype=float, count=len(order))
    upper = np.fromiter((np.inf if v.ub is None else v.ub for v in order), dtype=float, count=len(order))
    return StandardForm(matrix, row_lower, row_upper, lower, upper, costs, columns, rows)


def _rows(m: Any, compiled: Any) -> tuple[dict[str, Span], Vector, Vector, NDArray[np.int_]]:
    """Rows in the order of the model, their bounds, and where each compiled row goes."""
    constraints = list(m.component_objects(pyo.Constraint, active=True))
    rows = _spans([(c.name, [_tuple(i) for i in c]) for c in constraints])
    position = {id(c[i]): k for k, (c, i) in enumerate((c, i) for c in constraints for i in c)}
    lower, upper = np.full(len(position), -np.inf), np.full(len(position), np.inf)
    order = np.empty(len(compiled.rows), dtype=int)
    for k, ((constraint, kind), rhs) in enumerate(zip(compiled.rows, compiled.rhs, strict=True)):
        order[k] = row = position[id(constraint)]
        if kind <= 0:
            lower[row] = rhs
        if kind >= 0:
            upper[row] = rhs
    return rows, lower, upper, order


def _spans(named: list[tuple[str, list[Index]]]) -> dict[str, Span]:
    spans, start = {}, 0
    for name, indices in named:
        spans[name] = Span(start, tuple(indices))
        start += len(indices)
    return spans


def _tuple(index: Any) -> Index:
    return index if isinstance(index, tuple) else (index,)
