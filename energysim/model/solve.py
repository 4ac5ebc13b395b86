r"""HiGHS: one resident solver, the tie-breaking cost, and the certificate computed outside it.

Optima of such models are degenerate: many plans cost the same. One documented tie-breaking cost makes
the plan unique. In EUR/MWh, with $\varepsilon$ = `policy.tie_breaking_cost`:

* stock policy: $\mp 0.1\,\varepsilon$ per GWh in store and day (*hold high* keeps gas, *hold low* sells it first);
* path length: $\varepsilon$ per 1000 km of pipeline or route;
* a fixed hash of component, index and absolute day: up to $0.1\,\varepsilon$.

Costs are reported without it. Dual simplex only: interior points may stop on another plan of equal cost. Only beyond
three years an interior-point method goes ahead, and simplex ends on its vertex.

The first case of a programme is solved cold; its basis is the *base* from which every other case starts unless told
otherwise, so that a result depends on neither the order of cases nor the number of workers.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from energysim.errors import InfeasibleError, SolverError
from energysim.inputs.assets import GasSystem
from energysim.model.compile import Index, Span, StandardForm, Vector
from energysim.model.lazy import Columns, Vectors

STOCK = "inventory"
"""The quantity that the stock policy holds high or low; its last axis counts the mornings of the horizon."""

GAP_TOLERANCE = 1e-7
"""Largest |primal − dual| / (1 + |primal|) of a certified optimum."""
VIOLATION_TOLERANCE = 1e-6
"""Largest violation of a bound or row [GWh] and of a dual sign [EUR/MWh]."""

OPTIONS: dict[str, Any] = {
    "output_flag": False,
    "solver": "simplex",
    "simplex_strategy": 1,  # dual
    "simplex_scale_strategy": 0,  # the rows are of one scale by construction
    "simplex_dual_edge_weight_strategy": 1,  # Devex: steepest edge pays for its weights at every warm start
    "threads": 1,
    "random_seed": 0,
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
}
RESIDENTS = 3
"""Programmes that stay loaded in an engine: a structure and its neighbours under settings."""
LONG = 3 * 366
"""Days beyond which an interior-point method goes ahead of the simplex."""


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
    basis: Basis

    def of(self, quantity: str) -> dict[Index, float]:
        """A quantity's values by index tuple."""
        span = self.form.columns[quantity]
        return dict(zip(span.indices, self.values[span.slice].tolist(), strict=True))

    def by_day(self, quantity: str) -> dict[str, Vector]:
        """A quantity's series over its days, by id (quantities of one id and a day)."""
        span = self.form.columns[quantity]
        series = self.values[span.slice].reshape(span.shape)
        return {str(label): values for label, values in zip(span.axes[0], series, strict=True)}

    @property
    def objective(self) -> float:
        """Costs plus penalties without the tie-breaking cost [kEUR]."""
        return float(self.form.objective @ self.values)

    def cost_by_kind(self) -> dict[str, float]:
        """kEUR by kind of cost and penalty."""
        return {kind: float(vector @ self.values) for kind, vector in self.form.costs.items()}


class Engine:
    """Resident HiGHS solvers, one a programme: the first case is passed whole, later ones as what has changed.

    options: options of HiGHS that differ from OPTIONS; lazy: whether curtailment columns come only when called.
    """

    def __init__(self, options: dict[str, Any] | None = None, lazy: bool = True) -> None:
        self.options = OPTIONS | (options or {})
        self.lazy = lazy
        self._residents: list[Resident] = []

    def solve(self, form: StandardForm, tie: Vector, start: Basis | None = None) -> Solution:
        """The certified optimum of a programme, from a basis given, else the programme's base, else cold.

        Raises InfeasibleError or SolverError.
        """
        resident = self._resident(form)
        solution = resident.solve(form, tie, start or resident.base)
        if not solution.certificate.holds:
            solution = self.solve_cold(form, tie)
        if not solution.certificate.holds:
            raise SolverError(f"the solver's optimum fails its certificate: {solution.certificate}")
        resident.base = resident.base or solution.basis
        return solution

    def solve_cold(self, form: StandardForm, tie: Vector) -> Solution:
        """The same without any memory: a new solver, every column from the start."""
        return Resident(form, self.options, lazy=False).solve(form, tie, None)

    def _resident(self, form: StandardForm) -> Resident:
        """The solver that holds this programme, made if there is none; the latest used last."""
        found = next((r for r in self._residents if same_matrix(r.form, form)), None)
        if found:
            self._residents.remove(found)
        self._residents = [*self._residents[1 - RESIDENTS :], found or Resident(form, self.options, self.lazy)]
        return self._residents[-1]


@dataclass(frozen=True)
class Basis:
    """Where a solver stood: its basis, and the curtailment columns that had been called."""

    solver_basis: Any
    called: NDArray[np.bool_]


class Resident:
    """One programme inside one HiGHS."""

    def __init__(self, form: StandardForm, options: dict[str, Any], lazy: bool) -> None:
        self.form = form
        self.base: Basis | None = None
        self._columns = Columns(form, lazy)
        self._options = options
        self._added = np.zeros(0, dtype=np.int64)
        self._loaded: Vectors | None = None
        self._solver = new_solver(options)

    def solve(self, form: StandardForm, tie: Vector, start: Basis | None) -> Solution:
        """The optimum of a case from a basis, or cold; its certificate is still to be judged."""
        cost = form.objective + tie
        vectors = self._columns.vectors(form, cost)
        self._remove_added()
        self._load(vectors)
        called = np.zeros(self._columns.groups, dtype=bool)
        if start is not None and start.called.any():
            self._call(form, cost, start.called)
            called = start.called.copy()
        self._solver.clearSolver()  # nothing but the basis is handed on: no factor, no weights, to the last bit
        if start is not None and self._solver.setBasis(start.solver_basis) != highspy.HighsStatus.kOk:
            self._solver.clearSolver()
        iterations, rounds = self._run(form), 0
        while len(used := self._columns.used(self._values())):
            more = self._columns.called(used, rounds) & ~called
            self._call(form, cost, more)
            called, rounds = called | more, rounds + 1
            iterations += self._run(form)
        return self._solution(form, cost, iterations, Basis(self._solver.getBasis(), called))

    def _load(self, new: Vectors) -> None:
        """Pass the programme whole, or what has changed since the last case."""
        solver, old = self._solver, self._loaded
        if old is None:
            solver.passModel(highs_lp(self._columns.matrix(self.form), new))
        else:
            n = np.flatnonzero(new.cost != old.cost).astype(np.int32)
            solver.changeColsCost(len(n), n, new.cost[n])
            n = np.flatnonzero((new.lower != old.lower) | (new.upper != old.upper)).astype(np.int32)
            solver.changeColsBounds(len(n), n, new.lower[n], new.upper[n])
            n = np.flatnonzero((new.row_lower != old.row_lower) | (new.row_upper != old.row_upper)).astype(np.int32)
            solver.changeRowsBounds(len(n), n, new.row_lower[n], new.row_upper[n])
        self._loaded = new

    def _call(self, form: StandardForm, cost: Vector, groups: NDArray[np.bool_]) -> None:
        """Add the true columns of some groups and close their relaxed ones."""
        relaxed = (len(self._columns.kept) + np.flatnonzero(groups)).astype(np.int32)
        assert self._loaded is not None
        upper = self._loaded.upper.copy()
        upper[relaxed] = 0.0
        self._solver.changeColsBounds(len(relaxed), relaxed, np.zeros(len(relaxed)), np.zeros(len(relaxed)))
        self._loaded = replace(self._loaded, upper=upper)
        columns = self._columns.members(groups)
        part = sp.csc_array(form.matrix[:, columns])
        room = form.column_upper[columns] - form.column_lower[columns]
        self._solver.addCols(len(columns), cost[columns], np.zeros(len(columns)), room, part.nnz,
                             _int32(part.indptr[:-1]), _int32(part.indices), part.data)  # fmt: skip
        self._added = np.concatenate([self._added, columns])

    def _remove_added(self) -> None:
        if len(self._added):
            first = len(self._columns.kept) + self._columns.groups
            self._solver.deleteCols(len(self._added), np.arange(first, first + len(self._added), dtype=np.int32))
            self._added = self._added[:0]

    def _run(self, form: StandardForm) -> int:
        """Run the solver; iterations of the simplex. Raises InfeasibleError or SolverError."""
        solver = self._solver
        long = len(form.columns[STOCK].axes[-1]) - 1 > LONG if STOCK in form.columns else False
        if long and self._options["solver"] == "simplex":
            _go_ahead(solver)
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

    def _solution(self, form: StandardForm, cost: Vector, iterations: int, basis: Basis) -> Solution:
        found = self._solver.getSolution()
        values = self._columns.full(form, np.array(found.col_value), self._added)
        duals = np.array(found.row_dual)
        reduced = cost - form.matrix.T @ duals
        certificate = certify(form, cost, values, duals)
        return Solution(form, values, reduced, duals, certificate, iterations, basis)


def new_solver(options: dict[str, Any]) -> Any:
    """A HiGHS with options set."""
    solver = highspy.Highs()
    for name, value in options.items():
        solver.setOptionValue(name, value)
    return solver


def _go_ahead(solver: Any) -> None:
    """Let an interior-point method with crossover find a basis, from which the simplex then starts."""
    known = solver.setOptionValue("solver", "hipo") == highspy.HighsStatus.kOk
    solver.setOptionValue("solver", "hipo" if known else "ipx")
    solver.setOptionValue("run_crossover", "on")
    solver.run()
    solver.setOptionValue("solver", "simplex")


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
            kilometres = np.array([lengths[str(i)] for i in span.axes[0]])
            tie[span.slice] += epsilon * np.repeat(kilometres, span.shape[-1]) / 1000.0
        if name == STOCK:
            tie[span.slice] += (-0.1 if system.policy.stock == "hold_high" else 0.1) * epsilon
    return tie


def _hash(name: str, span: Span, epoch: int) -> Vector:
    """Fixed numbers in 0…1 from component, index and absolute day (the last index, where it is an integer)."""
    *heads, last = span.axes or ((0,),)
    dated = all(isinstance(label, int) for label in last)
    endings = [""] if dated else [str(label) for label in last]
    texts = ["|".join([name, *map(str, head), end]) for head in product(*heads) for end in endings]
    keys = np.array([zlib.crc32(text.encode()) for text in texts], dtype=np.uint64) << np.uint64(20)
    if dated:
        keys = (keys[:, None] ^ (np.asarray(last, dtype=np.int64) + epoch).astype(np.uint64)).ravel()
    with np.errstate(over="ignore"):  # splitmix64: arithmetic modulo 2**64 is the point
        z = keys + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return z.astype(float) / 2.0**64


def same_matrix(first: StandardForm, second: StandardForm) -> bool:
    """Whether two programmes differ in bounds and costs alone."""
    a, b = first.matrix, second.matrix
    if a is b:
        return True
    if a.shape != b.shape or first.columns != second.columns:
        return False
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


def highs_lp(matrix: sp.csc_array, vectors: Vectors) -> Any:
    """The programme as HiGHS takes it."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = matrix.shape[1], matrix.shape[0]
    lp.col_cost_ = vectors.cost
    lp.col_lower_, lp.col_upper_ = vectors.lower, vectors.upper
    lp.row_lower_, lp.row_upper_ = vectors.row_lower, vectors.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = _int32(matrix.indptr), _int32(matrix.indices)
    lp.a_matrix_.value_ = matrix.data
    return lp


def _int32(array: NDArray[Any]) -> NDArray[np.int32]:
    return np.asarray(array, dtype=np.int32)
