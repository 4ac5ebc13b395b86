"""energysim itself, through the same two functions as its peers, and the way its studies solve case after case."""

from __future__ import annotations

from typing import Any

from energysim.inputs.assets import GasSystem
from energysim.model.compile import StandardForm, Vector, compile_system
from energysim.model.lazy import Vectors
from energysim.model.resident import OPTIONS, new_solver, pass_model
from energysim.model.solve import Engine
from energysim.model.tie import tie_breaking

Built = tuple[StandardForm, Vector, Any]


def build(system: GasSystem) -> Built:
    """The programme of a system, tie-breaking cost included, handed over whole and not yet solved."""
    form = compile_system(system)
    tie = tie_breaking(form, system)
    solver = new_solver(OPTIONS)
    vectors = Vectors(form.objective + tie, form.column_lower, form.column_upper, form.row_lower, form.row_upper)
    pass_model(solver, form.matrix, vectors)
    return form, tie, solver


def solve(built: Built) -> float:
    """The least cost [kEUR] without the tie-breaking cost, certified, by an engine that knows nothing yet."""
    form, tie, _ = built
    return Engine().solve(form, tie).objective


def run(system: GasSystem) -> float:
    """The whole way, as `simulate` goes it."""
    form = compile_system(system)
    return Engine().solve(form, tie_breaking(form, system)).objective


class Resident:
    """One engine for all cases; each starts from the basis of the base system."""

    def __init__(self, system: GasSystem) -> None:
        self.engine = Engine()
        self.solve(system)

    def solve(self, system: GasSystem) -> float:
        """The least cost [kEUR] of a system of the same structure, certified."""
        form = compile_system(system)
        return self.engine.solve(form, tie_breaking(form, system)).objective
