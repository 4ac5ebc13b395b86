"""How far a quantity may lie elsewhere at the same cost: the optimal face, and the extremes on it."""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np

from energysim.errors import SolverError
from energysim.model.compile import StandardForm, Vector
from energysim.model.solve import OPTIONS, Solution, highs_lp

ZERO = 1e-7
"""Reduced costs and duals below this [EUR/MWh] count as zero: the column or row is free on the face."""
ZERO_WITH_TIE = 1e-9
"""The same where the tie-breaking cost counts: the solver's own tolerance, since ties are told apart by little."""


def face_range(
    form: StandardForm, solution: Solution, quantity: Vector, tie: Vector | None = None
) -> tuple[float, float]:
    """Smallest and largest value of a linear quantity over all plans of equal cost.

    tie: the tie-breaking cost, if it is to count as cost; with it the plan should be unique.

    quantity: coefficients by column. Columns and rows with a reduced cost or dual are fixed at their
    bounds and the rest re-optimised; no objective row is added.
    """
    solver = highspy.Highs()
    for name, value in OPTIONS.items():
        solver.setOptionValue(name, value)
    cost = form.objective if tie is None else form.objective + tie
    solver.passModel(highs_lp(form, cost))
    solver.run()
    _expect_optimal(solver)
    found = solver.getSolution()
    values, duals = np.array(found.col_value), np.array(found.row_dual)
    reduced = cost - form.matrix.T @ duals
    lower, upper = form.column_lower.copy(), form.column_upper.copy()
    zero = ZERO if tie is None else ZERO_WITH_TIE
    fixed = np.abs(reduced) > zero
    lower[fixed] = upper[fixed] = values[fixed]
    row_lower, row_upper = form.row_lower.copy(), form.row_upper.copy()
    tight, activity = np.abs(duals) > zero, form.matrix @ values
    row_lower[tight] = row_upper[tight] = activity[tight]
    columns, rows = np.arange(len(cost), dtype=np.int32), np.arange(len(row_lower), dtype=np.int32)
    solver.changeColsBounds(len(columns), columns, lower, upper)
    solver.changeRowsBounds(len(rows), rows, row_lower, row_upper)
    solver.setOptionValue("simplex_strategy", 4)  # primal: the present plan is feasible on the face
    extremes = []
    for sign in (1.0, -1.0):
        solver.changeColsCost(len(columns), columns, sign * quantity)
        solver.run()
        _expect_optimal(solver)
        extremes.append(float(quantity @ np.array(solver.getSolution().col_value)))
    present = float(quantity @ solution.values)
    return min(extremes[0], present), max(extremes[1], present)


def _expect_optimal(solver: Any) -> None:
    status = solver.getModelStatus()
    if status != highspy.HighsModelStatus.kOptimal:
        raise SolverError(f"the range could not be found: the solver stopped with {solver.modelStatusToString(status)}")
