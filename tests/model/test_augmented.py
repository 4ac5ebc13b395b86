"""Aims beside the programme: the same plans, another question, columns and rows of its own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from energysim import GasSystem, InfeasibleError
from energysim.model.augmented import Augmented
from energysim.model.compile import StandardForm, Vector, compile_system
from energysim.simulate import simulate


def on(form: StandardForm, quantity: str, *labels: str) -> Vector:
    """Cost 1 on a quantity's columns of some assets (all, if none is named)."""
    cost, span = np.zeros(form.matrix.shape[1]), form.columns[quantity]
    cost[span.slice] = [float(not labels or str(i[0]) in labels) for i in span.indices]
    return cost


def test_without_anything_added_it_is_the_programme_itself(small_system: Callable[..., GasSystem]) -> None:
    system = small_system()
    form = compile_system(system)
    found = Augmented(form).minimise(form.objective)
    assert found.certificate.holds
    assert found.objective == pytest.approx(simulate(system).realised.solution.objective, abs=1e-2)


def test_an_aim_without_prices_cuts_least(small_system: Callable[..., GasSystem]) -> None:
    # 8 border less 2 reserved, none of it available: 1 spot in the west, 2 from store in the east (of 5 in stock)
    system = small_system(days=2)
    dry = system.with_asset("contracts", system.contracts["import"].__class__(
        "import", system.contracts["import"].routes, dcq=0.0, price=20.0))  # fmt: skip
    form = compile_system(dry)
    least = Augmented(form).minimise(on(form, "curtailment")).objective
    demand = sum(float(np.sum(o.demand)) for o in dry.offtakes.values())
    assert least == pytest.approx(demand - 2 * 1.0 - 2 * 2.0)
    protected = (
        Augmented(form).minimise(on(form, "curtailment", "households@EAST_ZONE", "households@WEST_ZONE")).objective
    )
    assert protected == pytest.approx(max(0.0, 2 * (1.0 + 2.0) - 2 * 1.0 - 2 * 2.0))


def test_bounds_and_costs_may_change_between_solves_but_not_the_matrix(small_system: Callable[..., GasSystem]) -> None:
    form = compile_system(small_system())
    asked = Augmented(form)
    worst = asked.add_column(0.0, 1.0)
    asked.add_row(-np.inf, 0.0, [*range(*form.columns["curtailment"].slice.indices(form.matrix.shape[1])), worst],
                  [*np.ones(form.columns["curtailment"].stop - form.columns["curtailment"].start), -100.0])  # fmt: skip
    cost = np.zeros(worst + 1)
    cost[worst] = 1.0
    assert asked.minimise(cost).objective == pytest.approx(0.0)
    span = form.columns["nomination"]
    asked.column_upper[span.slice] = 0.0
    first, fresh = asked.minimise(cost).objective, Augmented(form)
    assert first > 0
    with pytest.raises(ValueError, match="before the first solve"):
        asked.add_column(0.0, 1.0, [0], [1.0])
    fresh.column_upper[span.slice] = 0.0
    assert 100 * first == pytest.approx(fresh.minimise(on(form, "curtailment")).objective)
    asked.column_upper[worst] = 0.0
    with pytest.raises(InfeasibleError, match="no plan reaches this aim"):
        asked.minimise(cost)
