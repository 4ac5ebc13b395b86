"""A programme that stays inside one HiGHS: passed whole once, then changed by bounds and costs, case by case.

Every case starts from a basis and from nothing else, no factor, no weights: the same case gives the same bits
whatever was solved before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from energysim.errors import InfeasibleError, SolverError
from energysim.model.compile import StandardForm, Vector
from energysim.model.lazy import Columns, Ints, Vectors

OPTIONS: dict[str, Any] = {
    "output_flag": False,
    "solver": "simplex",
    "simplex_strategy": 1,  # dual
    "simplex_scale_strategy": 0,  # the rows are of one scale by construction
    "dual_simplex_cost_perturbation_multiplier": 0.0,  # the tie-breaking cost has told the ties apart already
    "simplex_update_limit": 200,  # pivots until the basis is factorised anew: long update files slow every step
    "threads": 1,
    "random_seed": 0,
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
}
PATIENCE = 10
"""Iterations per row after which a start is given up: without perturbation a simplex could circle."""
STEEPEST_WHEN_COLD, DEVEX_WHEN_WARM = -1, 1
"""Edge weights: steepest edge (HiGHS's choice) saves pivots from nothing, but pays for its weights at every warm start."""
LONG = 3 * 366
"""Days beyond which HiPO, where it is installed, goes ahead of the simplex."""


@dataclass(frozen=True)
class Basis:
    """Where a solver stood: its basis, and the curtailment columns that had been called, in the order of their coming."""

    solver_basis: Any
    added: Ints
    layout: Columns


@dataclass(frozen=True)
class Stop:
    """Where a solver stopped: values by column and multipliers by row of the full programme, still to be judged."""

    values: Vector
    duals: Vector
    iterations: int
    basis: Basis


class Resident:
    """One programme inside one HiGHS."""

    def __init__(self, form: StandardForm, options: dict[str, Any], lazy: bool) -> None:
        self.form = form
        self.layout = Columns(form, lazy)
        self._options = options
        self._simplex = options.get("solver") == "simplex"
        self._solver = new_solver({"simplex_iteration_limit": PATIENCE * form.matrix.shape[0] + 1000} | options)
        self._added: Ints = np.zeros(0, dtype=np.int64)
        self._loaded: Vectors | None = None

    def solve(self, form: StandardForm, cost: Vector, start: Basis | None) -> Stop:
        """The optimum of a case from a basis of this programme, or cold. Raises InfeasibleError or SolverError."""
        layout, solver = self.layout, self._solver
        self._remove_added()
        self._load(layout.vectors(form, cost))
        if start is not None:
            self._add(form, cost, start.added)
        solver.clearSolver()
        warm = start is not None and solver.setBasis(start.solver_basis) == highspy.HighsStatus.kOk
        weights = DEVEX_WHEN_WARM if warm else STEEPEST_WHEN_COLD
        set_options(solver, {"simplex_dual_edge_weight_strategy": weights} | self._options)
        if not warm and form.days > LONG and self._simplex:
            _go_ahead(solver)
        iterations, rounds = self._run(), 0
        while len(used := layout.used(values := self._values())):
            groups = layout.called(used, rounds)
            groups[layout.groups_of(self._added)] = False
            if not groups.any():  # a closed column within the solver's tolerance: the certificate will tell
                break
            self._add(form, cost, layout.members(groups))
            iterations, rounds = iterations + self._run(), rounds + 1
        values = layout.full(form, values, self._added)
        duals = np.array(solver.getSolution().row_dual)
        return Stop(values, duals, iterations, Basis(solver.getBasis(), self._added, layout))

    def _load(self, new: Vectors) -> None:
        """Pass the programme whole, or what has changed since the last case."""
        solver, old = self._solver, self._loaded
        if old is None:
            pass_model(solver, self.layout.matrix(self.form), new)
        else:
            n = np.flatnonzero(new.cost != old.cost).astype(np.int32)
            solver.changeColsCost(len(n), n, new.cost[n])
            n = np.flatnonzero((new.lower != old.lower) | (new.upper != old.upper)).astype(np.int32)
            solver.changeColsBounds(len(n), n, new.lower[n], new.upper[n])
            n = np.flatnonzero((new.row_lower != old.row_lower) | (new.row_upper != old.row_upper)).astype(np.int32)
            solver.changeRowsBounds(len(n), n, new.row_lower[n], new.row_upper[n])
        self._loaded = new

    def _add(self, form: StandardForm, cost: Vector, columns: Ints) -> None:
        """Add true columns and close the relaxed ones that stood for them."""
        if not len(columns) or self._loaded is None:
            return
        relaxed = (len(self.layout.kept) + np.unique(self.layout.groups_of(columns))).astype(np.int32)
        zero = np.zeros(len(relaxed))
        self._solver.changeColsBounds(len(relaxed), relaxed, zero, zero)
        upper = self._loaded.upper.copy()
        upper[relaxed] = 0.0
        self._loaded = replace(self._loaded, upper=upper)
        part = sp.csc_array(form.matrix[:, columns])
        room = form.column_upper[columns] - form.column_lower[columns]
        self._solver.addCols(len(columns), cost[columns], np.zeros(len(columns)), room, part.nnz,
                             _int32(part.indptr[:-1]), _int32(part.indices), part.data)  # fmt: skip
        self._added = np.concatenate([self._added, columns])

    def _remove_added(self) -> None:
        if len(self._added):
            first = len(self.layout.kept) + self.layout.groups
            self._solver.deleteCols(len(self._added), np.arange(first, first + len(self._added), dtype=np.int32))
            self._added = np.zeros(0, dtype=np.int64)

    def _run(self) -> int:
        """Run the solver; iterations of the simplex. Raises InfeasibleError or SolverError."""
        solver = self._solver
        solver.run()
        status = solver.getModelStatus()
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            raise InfeasibleError(
                "no plan satisfies the rows; every obligation is priced, so an input contradicts itself "
                "(run `energysim check`)"
            )
        if status != highspy.HighsModelStatus.kOptimal:
            raise SolverError(f"the solver stopped with status {solver.modelStatusToString(status)}")
        return int(solver.getInfo().simplex_iteration_count)

    def _values(self) -> Vector:
        return np.array(self._solver.getSolution().col_value)


def new_solver(options: dict[str, Any]) -> Any:
    """A HiGHS with options set."""
    solver = highspy.Highs()
    set_options(solver, options)
    return solver


def set_options(solver: Any, options: dict[str, Any]) -> None:
    """Set options of a HiGHS by name."""
    for name, value in options.items():
        solver.setOptionValue(name, value)


def _go_ahead(solver: Any) -> None:
    """Let HiPO with crossover find a basis, from which the simplex then starts; without HiPO the simplex is faster alone."""
    if solver.setOptionValue("solver", "hipo") == highspy.HighsStatus.kOk:
        solver.setOptionValue("run_crossover", "on")
        solver.run()
    solver.setOptionValue("solver", "simplex")


def pass_model(solver: Any, matrix: sp.csc_array, vectors: Vectors) -> None:
    """Hand a programme over whole, as arrays. Raises SolverError where HiGHS refuses it."""
    rows, columns = matrix.shape
    continuous = np.zeros(columns, dtype=np.int32)  # read even for a programme without integers
    status = solver.passModel(
        columns, rows, matrix.nnz, int(highspy.MatrixFormat.kColwise), int(highspy.ObjSense.kMinimize), 0.0,
        vectors.cost, vectors.lower, vectors.upper, vectors.row_lower, vectors.row_upper,
        _int32(matrix.indptr), _int32(matrix.indices), matrix.data, continuous,
    )  # fmt: skip
    if status == highspy.HighsStatus.kError:
        raise SolverError("HiGHS refuses the programme; an input is not a number or contradicts itself")


def _int32(array: NDArray[Any]) -> NDArray[np.int32]:
    return np.asarray(array, dtype=np.int32)
