"""Solve a programme: the engine with its resident solvers, and the solution with its certificate.

Dual simplex only: interior points may stop on another plan of equal cost. Only beyond three years HiPO goes ahead,
where it is installed, and simplex ends on its vertex. The first programme an engine solves is solved cold; its
basis is the *base* from which every case starts unless told otherwise, carried over by name where a case has
another structure: a result depends on neither the order of cases nor the number of workers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from energysim.errors import InfeasibleError, SolverError
from energysim.model.carry import carried
from energysim.model.certificate import Certificate, certify
from energysim.model.compile import Index, StandardForm, Vector
from energysim.model.lazy import same_matrix
from energysim.model.resident import OPTIONS, Basis, Resident

CAREFUL: dict[str, Any] = {"dual_simplex_cost_perturbation_multiplier": 1.0, "simplex_iteration_limit": 2**31 - 1}
"""Options of a cold re-solve: HiGHS's own perturbation, and all the iterations it wants."""
RESIDENTS = 3
"""Programmes that stay loaded in an engine: a structure and its neighbours under settings."""


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
        return float(np.sum(self.form.objective * self.values))  # not BLAS: the same bits on any number of threads

    def cost_by_kind(self) -> dict[str, float]:
        """kEUR by kind of cost and penalty."""
        return {kind: float(np.sum(vector * self.values)) for kind, vector in self.form.costs.items()}


class Engine:
    """Resident HiGHS solvers, one a programme: the first case is passed whole, later ones as what has changed.

    options: options of HiGHS that differ from OPTIONS; lazy: whether curtailment columns come only when called.
    """

    def __init__(self, options: dict[str, Any] | None = None, lazy: bool = True) -> None:
        self.options = OPTIONS | (options or {})
        self.lazy = lazy
        self.cold_solves = 0
        """How often a solver had to start from nothing but for the first time."""
        self._residents: list[Resident] = []
        self._base: Basis | None = None

    def solve(self, form: StandardForm, tie: Vector, start: Basis | None = None, shift: int = 0) -> Solution:
        """The certified optimum of a programme, from a basis given, else the engine's base, else cold.

        shift: days by which this programme starts later than the one of the basis. Raises InfeasibleError or SolverError.
        """
        resident = self._resident(form)
        start = start or self._base
        if start is not None and (shift or not resident.layout.same(start.layout)):
            start = carried(start, resident.layout, shift)
        try:
            solution = self._judged(form, tie, resident, start)
        except (SolverError, InfeasibleError):  # a warm start may end in numbers no pivot mends
            solution = self.solve_cold(form, tie)
        if not solution.certificate.holds:
            solution = self.solve_cold(form, tie)
        self._base = self._base or solution.basis
        return solution

    def solve_cold(self, form: StandardForm, tie: Vector) -> Solution:
        """The same without any memory: a new solver, every column from the start, and by another way where it can be.

        Raises as `solve` does.
        """
        self.cold_solves += 1
        solution = self._judged(form, tie, Resident(form, self.options | CAREFUL, lazy=False), None)
        if not solution.certificate.holds:
            raise SolverError(f"the solver's optimum fails its certificate: {solution.certificate}")
        return solution

    def _resident(self, form: StandardForm) -> Resident:
        """The solver that holds this programme, made if there is none; the latest used last."""
        found = next((r for r in self._residents if same_matrix(r.form, form)), None)
        if found:
            self._residents.remove(found)
        self._residents = [*self._residents[1 - RESIDENTS :], found or Resident(form, self.options, self.lazy)]
        return self._residents[-1]

    @staticmethod
    def _judged(form: StandardForm, tie: Vector, resident: Resident, start: Basis | None) -> Solution:
        """A solution with its certificate, whatever it says."""
        cost = form.objective + tie
        stop = resident.solve(form, cost, start)
        reduced = cost - form.matrix.T @ stop.duals
        certificate = certify(form, cost, stop.values, stop.duals)
        return Solution(form, stop.values, reduced, stop.duals, certificate, stop.iterations, stop.basis)
