"""How far a quantity may lie elsewhere at the same cost: the optimal face, and the extremes on it."""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np

from energysim.errors import SolverError
from energysim.model.compile import StandardForm, Vector
from energysim.model.lazy import Vectors
from energysim.model.resident import OPTIONS, new_solver, pass_model
from energysim.model.solve import Engine, Solution

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
    # without the tie the multipliers are others, so the programme is solved anew; with it they are at hand
    optimum = solution if tie is not None else Engine(lazy=False).solve(form, np.zeros(len(solution.values)))
    cost = form.objective if tie is None else form.objective + tie
    values, duals = optimum.values, optimum.duals
    reduced = cost - form.matrix.T @ duals
    zero = ZERO if tie is None else ZERO_WITH_TIE
    fixed, tight, activity = np.abs(reduced) > zero, np.abs(duals) > zero, form.matrix @ values
    face = Vectors(
        cost=quantity,
        lower=np.where(fixed, values, form.column_lower),
        upper=np.where(fixed, values, form.column_upper),
        row_lower=np.where(tight, activity, form.row_lower),
        row_upper=np.where(tight, activity, form.row_upper),
    )
    solver = new_solver(OPTIONS)
    pass_model(solver, form.matrix, face)
    columns = np.arange(len(cost), dtype=np.int32)
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
