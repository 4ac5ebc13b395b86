"""The certificate of an optimum: primal and dual objective and every violation, computed outside the solver."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from energysim.model.compile import StandardForm, Vector
from energysim.model.lazy import Vectors

GAP_TOLERANCE = 1e-7
"""Largest |primal − dual| / (1 + |primal|) of a certified optimum."""
VIOLATION_TOLERANCE = 1e-6
"""Largest violation of a bound or row [GWh] and of a dual sign [EUR/MWh]."""


@dataclass(frozen=True)
class Certificate:
    """Proof of an optimum, recomputed from the arrays and the solution, of the objective with tie."""

    primal: float
    dual: float
    relative_gap: float
    bound_violation: float
    row_violation: float
    dual_violation: float

    @property
    def holds(self) -> bool:
        """Whether every tolerance is met."""
        violations = (self.bound_violation, self.row_violation, self.dual_violation)  # a NaN holds nothing
        return self.relative_gap <= GAP_TOLERANCE and all(v <= VIOLATION_TOLERANCE for v in violations)


def certify(form: StandardForm, cost: Vector, values: Vector, duals: Vector) -> Certificate:
    """Primal and dual objective and violations, from the arrays alone."""
    bounds = Vectors(cost, form.column_lower, form.column_upper, form.row_lower, form.row_upper)
    return certified(form.matrix, bounds, values, duals)


def certified(matrix: sp.csc_array, vectors: Vectors, values: Vector, duals: Vector) -> Certificate:
    """The same of any matrix with its costs and bounds."""
    cost = vectors.cost
    reduced = cost - matrix.T @ duals
    activity = matrix @ values
    column_part, column_bad = _dual_part(reduced, vectors.lower, vectors.upper)
    row_part, row_bad = _dual_part(duals, vectors.row_lower, vectors.row_upper)
    primal, dual = float(np.sum(cost * values)), column_part + row_part
    return Certificate(
        primal=primal,
        dual=dual,
        relative_gap=abs(primal - dual) / (1 + abs(primal)),
        bound_violation=_violation(values, vectors.lower, vectors.upper),
        row_violation=_violation(activity, vectors.row_lower, vectors.row_upper),
        dual_violation=max(column_bad, row_bad),
    )


def _violation(values: Vector, lower: Vector, upper: Vector) -> float:
    return float(np.max(np.concatenate([[0.0], lower - values, values - upper])))


def _dual_part(dual: Vector, lower: Vector, upper: Vector) -> tuple[float, float]:
    """Dual objective of some bounds, and the largest multiplier that points at an infinite one."""
    bound = np.where(dual > 0, lower, upper)
    finite = np.isfinite(bound)
    part = float(np.sum(dual[finite] * bound[finite]))
    return part, float(np.max(np.abs(dual[~finite]), initial=0.0))
