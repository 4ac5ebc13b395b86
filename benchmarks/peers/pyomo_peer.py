"""Stock Pyomo from energysim's own rules: the model rebuilt for every case, or kept and its parameters updated.

`build` and `solve` are the naive way: rules called element by element (Pyomo's default), its standard-form compiler, HiGHS with
default options. `Persistent` is Pyomo's own answer to sweeps: mutable parameters and the persistent HiGHS interface.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import highspy
import numpy as np
import pyomo.environ as pyo
import scipy.sparse as sp
from pyomo.contrib.solver.solvers.highs import Highs
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from energysim.inputs.assets import GasSystem
from energysim.model.build import construct, describe


def model(system: GasSystem) -> Any:
    """The programme as a stock Pyomo model with one objective."""
    m = construct(system)
    parts = list(m.component_objects(pyo.Objective))
    for part in parts:
        part.deactivate()
    m.total = pyo.Objective(expr=sum(part.expr for part in parts))
    return m


def build(system: GasSystem) -> highspy.Highs:
    """The programme of a system through Pyomo's standard-form compiler, in a solver of default options."""
    form = LinearStandardFormCompiler().write(model(system), mixed_form=True)
    kinds, rhs = np.array([kind for _, kind in form.rows]), np.asarray(form.rhs, dtype=float)
    lower = np.where(kinds <= 0, rhs, -highspy.kHighsInf)
    upper = np.where(kinds >= 0, rhs, highspy.kHighsInf)
    least = np.array([-np.inf if v.lb is None else v.lb for v in form.columns], dtype=float)
    most = np.array([np.inf if v.ub is None else v.ub for v in form.columns], dtype=float)
    matrix = sp.csc_array(form.A)
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    rows, columns = matrix.shape
    status = solver.passModel(
        columns, rows, matrix.nnz, 1, 1, float(form.c_offset[0]), sp.csr_array(form.c).toarray()[0], least, most,
        lower, upper, matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data,
        np.zeros(columns, dtype=np.int32),
    )  # fmt: skip
    assert status != highspy.HighsStatus.kError
    return solver


def solve(solver: highspy.Highs) -> float:
    """The least cost [kEUR]; primal values are read as every user would."""
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal, solver.getModelStatus()
    np.array(solver.getSolution().col_value)
    return float(solver.getObjectiveValue())


def run(system: GasSystem) -> float:
    """The whole way as Pyomo's manual shows it."""
    m = model(system)
    result = pyo.SolverFactory("highs").solve(m)
    pyo.assert_optimal_termination(result)
    return float(pyo.value(m.total))


class Persistent:
    """A model kept in Pyomo's persistent HiGHS interface; each case stores the figures that changed and solves again."""

    def __init__(self, system: GasSystem) -> None:
        self.model, self.sheet = model(system), describe(system)
        self.keys = {
            name: list(product(*(self.sheet.sets[s][0] for s in figure.sets)))
            for name, figure in self.sheet.figures.items()
        }
        self.solver = Highs()
        self.solver.config.load_solutions = False
        updates = self.solver.config.auto_updates
        for kind in list(updates):
            setattr(updates, kind, False)  # nothing but parameters changes between cases
        updates.update_parameters = True
        self.solver.set_instance(self.model)
        self.solver.solve(self.model)

    def solve(self, system: GasSystem) -> float:
        """The least cost [kEUR] of a system of the same structure."""
        sheet = describe(system)
        for name, figure in sheet.figures.items():
            changed = figure.values != self.sheet.figures[name].values
            if changed.any():
                keys: list[Any] = [key for key, moved in zip(self.keys[name], changed.ravel(), strict=True) if moved]
                keys = [key[0] for key in keys] if len(figure.sets) == 1 else keys
                getattr(self.model, name).store_values(dict(zip(keys, figure.values[changed].tolist(), strict=True)))
        self.sheet = sheet
        return float(self.solver.solve(self.model).incumbent_objective)
