"""The solver's answers are certified outside it, unique, and honest about failure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from energysim import Contract, GasSystem, InfeasibleError, Node, Offtake, Policy, Route, StorageAccount
from energysim.model.certificate import certify
from energysim.model.compile import compile_system
from energysim.model.ranges import face_range
from energysim.model.solve import Engine
from energysim.model.tie import tie_breaking


def test_certificate_holds_and_a_planted_error_is_caught(small_system: Callable[..., GasSystem]) -> None:
    system = small_system()
    form = compile_system(system)
    tie = tie_breaking(form, system)
    solution = Engine().solve(form, tie)
    assert solution.certificate.holds
    moved = solution.values.copy()
    moved[form.columns["nomination"].start] += 0.01
    assert not certify(form, form.objective + tie, moved, solution.duals).holds
    lied = solution.duals.copy()
    lied[form.rows["node_balance"].start] += 0.5
    assert not certify(form, form.objective + tie, solution.values, lied).holds


def test_a_basis_that_is_not_optimal_fails(small_system: Callable[..., GasSystem]) -> None:
    system = small_system()
    form = compile_system(system)
    tie = tie_breaking(form, system)
    worse = Engine().solve(form, tie - 2 * form.objective)  # the optimum of another cost
    assert not certify(form, form.objective + tie, worse.values, worse.duals).holds


def test_contradictory_rows_are_reported_as_infeasible(small_system: Callable[..., GasSystem]) -> None:
    system = small_system()
    form = compile_system(system)
    lower = form.row_lower.copy()
    lower[form.rows["opening_stock"].start] = 1e6
    upper = form.row_upper.copy()
    upper[form.rows["opening_stock"].start] = 1e6
    with pytest.raises(InfeasibleError, match="contradicts itself"):
        Engine().solve(replace(form, row_lower=lower, row_upper=upper), tie_breaking(form, system))


def test_warm_and_cold_solves_agree(small_system: Callable[..., GasSystem]) -> None:
    cheap, dear = small_system(), small_system(offtakes=[Offtake("households", "WEST_ZONE", demand=4.5)])
    engine = Engine()
    form = compile_system(small_system())
    engine.solve(form, tie_breaking(form, cheap))
    changed = replace(form, column_upper=form.column_upper * 0.9)
    warm = engine.solve(changed, tie_breaking(form, cheap))
    cold = Engine().solve(changed, tie_breaking(form, cheap))
    np.testing.assert_allclose(warm.values, cold.values, atol=1e-6)
    other = compile_system(dear)
    assert engine.solve(other, tie_breaking(other, dear)).certificate.holds  # another matrix: loaded anew


def store_in_time(policy: str) -> GasSystem:
    """Gas costs the same every day and may be bought early (hold high) or late (hold low)."""
    return GasSystem.build(
        "2026-01-01", 4, nodes=[Node("A")], policy=Policy(stock=policy),  # type: ignore[arg-type]
        contracts=[Contract("c", [Route("r", "A")], dcq=3.0, price=20.0)],
        accounts=[StorageAccount("s", 10.0, 0.0, 5.0, 5.0, node="A")],
        offtakes=[Offtake("city", "A", demand=[1.0, 1.0, 1.0, 5.0])],
    )  # fmt: skip


def test_stock_policy_decides_between_plans_of_equal_cost() -> None:
    stocks = {}
    for policy in ("hold_high", "hold_low"):
        system = store_in_time(policy)
        form = compile_system(system)
        solution = Engine().solve(form, tie_breaking(form, system))
        assert solution.objective == pytest.approx(20.0 * 8)
        stocks[policy] = [solution.of("inventory")["s", d] for d in range(5)]
        quantity = np.zeros(len(solution.values))
        quantity[form.columns["inventory"].start + 2] = 1.0  # stock on the third morning
        assert face_range(form, solution, quantity) == pytest.approx((0.0, 4.0), abs=1e-6)
    # 3 of supply against 1, 1, 1, 5: two more than the last day's supply must be stored; early or late costs the same
    assert stocks["hold_high"] == pytest.approx([0, 2, 4, 6, 0], abs=6)
    assert stocks["hold_low"] == pytest.approx([0, 0, 0, 2, 0], abs=1e-6)
    assert sum(stocks["hold_high"]) > sum(stocks["hold_low"]) + 2


def test_tie_breaking_is_fixed_and_small(small_system: Callable[..., GasSystem]) -> None:
    system = small_system()
    form = compile_system(system)
    tie = tie_breaking(form, system)
    np.testing.assert_array_equal(tie, tie_breaking(compile_system(small_system()), system))
    assert np.abs(tie).max() <= 2 * system.policy.tie_breaking_cost
    span = form.columns["nomination"]
    assert len(set(tie[span.slice].tolist())) == span.stop - span.start  # no two columns alike
