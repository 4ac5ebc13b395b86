r"""HiGHS: one resident solver, the tie-breaking cost, and the certificate computed outside it.

Optima of such models are degenerate: many plans cost the same. One documented tie-breaking cost makes
the plan unique. In EUR/MWh, with $\varepsilon$ = `policy.tie_breaking_cost`:

* stock policy: $\mp 0.1\,\varepsilon$ per GWh in store and day (*hold high* keeps gas, *hold low* sells it first);
* path length: $\varepsilon$ per 1000 km of pipeline or route;
* a fixed hash of component, index and absolute day: up to $0.1\,\varepsilon$.

Costs are reported without it. Dual simplex only: interior points may stop on another plan of equal cost.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Any

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from energysim.errors import InfeasibleError, SolverError
from energysim.inputs.assets import GasSystem
from energysim.model.compile import Index, Span, StandardForm, Vector

GAP_TOLERANCE = 1e-7
"""Largest |primal − dual| / (1 + |primal|) of a certified optimum."""
VIOLATION_TOLERANCE = 1e-6
"""Largest violation of a bound or row [GWh] and of a dual sign [EUR/MWh]."""

OPTIONS: dict[str, Any] = {
    "output_flag": False,
    "solver": "simplex",
    "simplex_strategy": 1,  # dual
    "simplex_scale_strategy": 0,  # the rows are of one scale by construction
    "threads": 1,
    "random_seed": 0,
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
}


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


@dataclass(frozen=True)
class Solution:
    """A certified optimum: values and reduced costs by column, duals by row."""

    form: StandardForm
    values: Vector
    reduced_costs: Vector
    duals: Vector
    certificate: Certificate
    iterations: int

    def of(self, quantity: str) -> dict[Index, float]:
        """A quantity's values by index tuple."""
        span = self.form.columns[quantity]
        return dict(zip(span.indices, self.values[span.slice].tolist(), strict=True))

    @property
    def objective(self) -> float:
        """Costs plus penalties without the tie-breaking cost [kEUR]."""
        return float(self.form.objective @ self.values)

    def cost_by_kind(self) -> dict[str, float]:
        """kEUR by kind of cost and penalty."""
        return {kind: float(vector @ self.values) for kind, vector in self.form.costs.items()}


@dataclass
class Engine:
    """A resident HiGHS: the first programme is passed whole, later ones of the same matrix as changed vectors."""

    options: dict[str, Any] = field(default_factory=dict)
    _solver: Any = None
    _form: StandardForm | None = None

    def solve(self, form: StandardForm, tie: Vector) -> Solution:
        """The certified optimum of a programme; warm when only bounds and costs differ from the last one.

        Raises InfeasibleError or SolverError.
        """
        cost = form.objective + tie
        if self._solver is not None and _same_matrix(self._form, form):
            self._update(form, cost)
        else:
            self._load(form, cost)
        self._form = form
        solution = self._run(form, cost)
        if not solution.certificate.holds:
            self._load(form, cost)  # once more, cold
            solution = self._run(form, cost)
        if not solution.certificate.holds:
            raise SolverError(f"the solver's optimum fails its certificate: {solution.certificate}")
        return solution

    def _load(self, form: StandardForm, cost: Vector) -> None:
        solver = highspy.Highs()
        for name, value in (OPTIONS | self.options).items():
            solver.setOptionValue(name, value)
        solver.passModel(highs_lp(form, cost))
        self._solver = solver

    def _update(self, form: StandardForm, cost: Vector) -> None:
        solver, n = self._solver, len(cost)
        columns = np.arange(n, dtype=np.int32)
        solver.changeColsCost(n, columns, cost)
        solver.changeColsBounds(n, columns, form.column_lower, form.column_upper)
        rows = np.arange(len(form.row_lower), dtype=np.int32)
        solver.changeRowsBounds(len(rows), rows, form.row_lower, form.row_upper)

    def _run(self, form: StandardForm, cost: Vector) -> Solution:
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
        found = solver.getSolution()
        values, duals = np.array(found.col_value), np.array(found.row_dual)
        reduced = cost - form.matrix.T @ duals
        iterations = int(solver.getInfo().simplex_iteration_count)
        certificate = certify(form, cost, values, duals)
        return Solution(form, values, reduced, duals, certificate, iterations)


def certify(form: StandardForm, cost: Vector, values: Vector, duals: Vector) -> Certificate:
    """Primal and dual objective and violations, from the arrays alone."""
    reduced = cost - form.matrix.T @ duals
    activity = form.matrix @ values
    column_part, column_bad = _dual_part(reduced, form.column_lower, form.column_upper)
    row_part, row_bad = _dual_part(duals, form.row_lower, form.row_upper)
    primal, dual = float(cost @ values), column_part + row_part
    return Certificate(
        primal=primal,
        dual=dual,
        relative_gap=abs(primal - dual) / (1 + abs(primal)),
        bound_violation=_violation(values, form.column_lower, form.column_upper),
        row_violation=_violation(activity, form.row_lower, form.row_upper),
        dual_violation=max(column_bad, row_bad),
    )


def tie_breaking(form: StandardForm, system: GasSystem) -> Vector:
    """The tie-breaking cost of every column [EUR/MWh], see the module's docstring."""
    epsilon = system.policy.tie_breaking_cost
    tie = np.zeros(form.matrix.shape[1])
    lengths = {p.id: p.length_km for p in system.pipelines.values()}
    lengths |= {r.id: r.length_km for _, r in system.routes.values()}
    for name, span in form.columns.items():
        tie[span.slice] = 0.1 * epsilon * _hash(name, span, system.first_day.toordinal())
        if name in ("flow", "nomination"):
            tie[span.slice] += epsilon * np.array([lengths[i[0]] for i in span.indices]) / 1000.0
        if name == "inventory":
            tie[span.slice] += (-0.1 if system.policy.stock == "hold_high" else 0.1) * epsilon
    return tie


def _hash(name: str, span: Span, epoch: int) -> Vector:
    """Fixed numbers in 0…1 from component, index and absolute day (the last index, where it is an integer)."""
    keys = np.empty(len(span.indices), dtype=np.uint64)
    for k, index in enumerate(span.indices):
        *head, last = index if index else (0,)
        day = last + epoch if isinstance(last, int) else 0
        text = "|".join([name, *map(str, head), "" if isinstance(last, int) else str(last)])
        keys[k] = (zlib.crc32(text.encode()) << 20) ^ day
    with np.errstate(over="ignore"):  # splitmix64: arithmetic modulo 2**64 is the point
        z = keys + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return z.astype(float) / 2.0**64


def _same_matrix(first: StandardForm | None, second: StandardForm) -> bool:
    if first is None or first.matrix.shape != second.matrix.shape or first.columns.keys() != second.columns.keys():
        return False
    a, b = first.matrix, second.matrix
    return bool(
        np.array_equal(a.indptr, b.indptr) and np.array_equal(a.indices, b.indices) and np.array_equal(a.data, b.data)
    )


def _violation(values: Vector, lower: Vector, upper: Vector) -> float:
    return float(np.max(np.concatenate([[0.0], lower - values, values - upper])))


def _dual_part(dual: Vector, lower: Vector, upper: Vector) -> tuple[float, float]:
    """Dual objective of some bounds, and the largest multiplier that points at an infinite one."""
    bound = np.where(dual > 0, lower, upper)
    finite = np.isfinite(bound)
    part = float(np.sum(dual[finite] * bound[finite]))
    return part, float(np.max(np.abs(dual[~finite]), initial=0.0))


def highs_lp(form: StandardForm, cost: Vector) -> Any:
    """The programme as HiGHS takes it."""
    matrix = sp.csc_array(form.matrix)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = matrix.shape[1], matrix.shape[0]
    lp.col_cost_ = cost
    lp.col_lower_, lp.col_upper_ = form.column_lower, form.column_upper
    lp.row_lower_, lp.row_upper_ = form.row_lower, form.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = _int32(matrix.indptr), _int32(matrix.indices)
    lp.a_matrix_.value_ = matrix.data
    return lp


def _int32(array: NDArray[Any]) -> NDArray[np.int32]:
    return np.asarray(array, dtype=np.int32)
