"""A programme with a few columns and rows of its own beside it, for aims that no cost states.

The largest multiple of demand that can be served, the smallest worst share of curtailment, the smallest stock that
suffices: each is the same gas system with another objective and, perhaps, one more column or a handful of rows.
The solver stays loaded, so that a sequence of aims or bounds costs little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from energysim.errors import InfeasibleError, SolverError
from energysim.model.certificate import Certificate, certified
from energysim.model.compile import StandardForm, Vector
from energysim.model.lazy import Vectors
from energysim.model.resident import OPTIONS, new_solver, pass_model

Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Optimum:
    """An optimum of an augmented programme: its objective, values by column and duals by row, extras at the end."""

    objective: float
    values: Vector
    duals: Vector
    certificate: Certificate


class Augmented:
    """A standard form to which columns and rows are added before the first solve; bounds and costs may change after."""

    def __init__(self, form: StandardForm, presolve: bool = True) -> None:
        """presolve: whether HiGHS looks for reductions before the first solve; long rows of one's own make that slow."""
        self.form = form
        self._options = OPTIONS | {"dual_simplex_cost_perturbation_multiplier": 1.0}
        if not presolve:
            self._options |= {"presolve": "off"}
        rows, columns = form.matrix.shape
        self._entries: list[tuple[Positions, Positions, Vector]] = []
        self._size: list[int] = [int(rows), int(columns)]
        self.column_lower, self.column_upper = form.column_lower.copy(), form.column_upper.copy()
        self.row_lower, self.row_upper = form.row_lower.copy(), form.row_upper.copy()
        self._solver: Any = None
        self._matrix: sp.csc_array | None = None

    def add_column(
        self, lower: float, upper: float, rows: Sequence[int] | Positions = (), values: Sequence[float] | Vector = ()
    ) -> int:
        """A new column with its entries in existing rows; its position."""
        k = self._size[1]
        self._take(rows, np.full(len(rows), k), values)
        self.column_lower, self.column_upper = np.append(self.column_lower, lower), np.append(self.column_upper, upper)
        self._size[1] += 1
        return k

    def add_row(
        self, lower: float, upper: float, columns: Sequence[int] | Positions, values: Sequence[float] | Vector
    ) -> int:
        """A new row with its entries in existing columns; its position."""
        k = self._size[0]
        self._take(np.full(len(columns), k), columns, values)
        self.row_lower, self.row_upper = np.append(self.row_lower, lower), np.append(self.row_upper, upper)
        self._size[0] += 1
        return k

    def _take(self, rows: Any, columns: Any, values: Any) -> None:
        if self._solver is not None:
            raise ValueError("columns and rows are added before the first solve")
        arrays = np.asarray(rows, dtype=np.int64), np.asarray(columns, dtype=np.int64)
        self._entries.append((*arrays, np.asarray(values, dtype=float)))

    def minimise(self, cost: Vector) -> Optimum:
        """The certified optimum of a cost vector over all columns under the present bounds.

        cost: shape (columns,); shorter: the rest costs nothing. Raises InfeasibleError or SolverError.
        """
        cost = np.concatenate([cost, np.zeros(self._size[1] - len(cost))])
        vectors = Vectors(cost, self.column_lower, self.column_upper, self.row_lower, self.row_upper)
        matrix = self._load(vectors)
        found: Optimum | str | None = None
        for again in (self._as_it_stands, self._factorised_anew, self._solver.clearSolver):
            again()
            found = self._optimum(matrix, vectors)
            if found is None:  # a warm start may end in numbers that seem to allow nothing: a cold one decides
                self._solver.clearSolver()
                found = self._optimum(matrix, vectors)
            if found is None:
                raise InfeasibleError("no plan reaches this aim within the bounds")
            if isinstance(found, Optimum) and found.certificate.holds:
                return found
        why = f"its optimum fails its certificate: {found.certificate}" if isinstance(found, Optimum) else found
        raise SolverError(f"the solver found no certain optimum: {why}")

    def forget(self) -> None:
        """Start the next question from nothing: another aim under other bounds is often found sooner so, and its answer
        does not hang on what was asked before."""
        if self._solver is not None:
            self._solver.clearSolver()

    def _as_it_stands(self) -> None:
        """Go on from where the last question ended."""

    def _factorised_anew(self) -> None:
        """Keep the basis alone: long update files cost digits, which long rows need."""
        basis = self._solver.getBasis()
        self._solver.clearSolver()
        self._solver.setBasis(basis)

    def _optimum(self, matrix: sp.csc_array, vectors: Vectors) -> Optimum | str | None:
        """Where the solver stops, with its certificate; its status where that is no optimum; None: no plan is allowed."""
        solver = self._solver
        solver.run()
        status = solver.getModelStatus()
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            return f"it stopped with status {solver.modelStatusToString(status)}"
        found = solver.getSolution()
        values, duals = np.array(found.col_value), np.array(found.row_dual)
        return Optimum(float(np.sum(vectors.cost * values)), values, duals, certified(matrix, vectors, values, duals))

    def _load(self, new: Vectors) -> sp.csc_array:
        """Pass the programme whole the first time, later its costs and bounds alone."""
        if self._matrix is None:
            self._matrix = self._whole()
            self._solver = new_solver(self._options)
            pass_model(self._solver, self._matrix, new)
            return self._matrix
        columns, rows = np.arange(self._size[1], dtype=np.int32), np.arange(self._size[0], dtype=np.int32)
        self._solver.changeColsCost(len(columns), columns, new.cost)
        self._solver.changeColsBounds(len(columns), columns, new.lower, new.upper)
        self._solver.changeRowsBounds(len(rows), rows, new.row_lower, new.row_upper)
        return self._matrix

    def _whole(self) -> sp.csc_array:
        base = sp.coo_array(self.form.matrix)
        parts = [(base.coords[0], base.coords[1], base.data), *self._entries]
        rows, columns, data = (np.concatenate([p[k] for p in parts]) for k in range(3))
        return sp.csc_array(sp.coo_array((data, (rows, columns)), shape=tuple(self._size)))
