"""The resident engine: the same bits in any order, lazy columns exact, lies caught, long horizons on the vertex."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from energysim import GasSystem, InfeasibleError, Offtake, SolverError
from energysim.model.compile import StandardForm, compile_system
from energysim.model.lazy import Columns
from energysim.model.resident import Resident, Stop
from energysim.model.solve import Engine, Solution
from energysim.model.tie import tie_breaking
from energysim.studies.study import Workbench

Build = Callable[..., GasSystem]


def cases(small_system: Build) -> list[GasSystem]:
    """Plenty, scarcity on some days, scarcity on most: the lazy columns are called never, once and again."""
    days, rng = 40, np.random.default_rng(7)
    base = small_system(days=days)
    found = [base]
    for k in range(6):
        demand = 2.0 + rng.uniform(0, 1.0 + k, days)
        changed = base.with_asset("offtakes", replace(base.offtakes["households@WEST_ZONE"], demand=demand))
        out = np.where(np.arange(days) % (9 - k) < k, 0.0, 1.0)
        found.append(changed.with_asset("upstream", replace(base.upstream["border"], available=out)))
    return found


def solved(engine: Engine, systems: Sequence[GasSystem]) -> list[Solution]:
    forms = [compile_system(s) for s in systems]
    return [engine.solve(f, tie_breaking(f, s)) for f, s in zip(forms, systems, strict=True)]


def test_lazy_curtailment_is_exact(small_system: Build) -> None:
    systems = cases(small_system)
    for lazy, full in zip(solved(Engine(), systems), solved(Engine(lazy=False), systems), strict=True):
        assert lazy.objective == pytest.approx(full.objective, rel=1e-9)
        np.testing.assert_allclose(lazy.values, full.values, atol=1e-7)
    assert [len(s.basis.added) > 0 for s in solved(Engine(), systems)][0::6] == [False, True]


def test_a_cut_of_the_past_is_kept_by_lazy_columns(small_system: Build) -> None:
    """A fixed cut (the past frozen by bounds) is moved to the row bounds and comes back in the values."""
    scarce = cases(small_system)[-1]
    form = compile_system(scarce)
    tie = tie_breaking(form, scarce)
    first = Engine().solve(form, tie)
    span = form.columns["curtailment"]
    lower, upper = form.column_lower.copy(), form.column_upper.copy()
    past = span.start + np.flatnonzero(span.days() < 20)
    lower[past] = upper[past] = first.values[past]
    again = Engine().solve(replace(form, column_lower=lower, column_upper=upper), tie)
    assert again.objective == pytest.approx(first.objective)
    np.testing.assert_allclose(again.values, first.values, atol=1e-7)


def test_order_and_company_change_no_bit(small_system: Build) -> None:
    systems = cases(small_system)
    alone = []
    for k in range(len(systems)):
        engine = Engine()
        solved(engine, systems[:1])  # the base
        alone.append(solved(engine, [systems[k]])[0].values)
    together, order = Engine(), np.random.default_rng(1).permutation(len(systems))
    solved(together, systems[:1])
    for k in order:
        assert np.array_equal(solved(together, [systems[k]])[0].values, alone[k])


def test_another_structure_starts_from_the_base_by_name_and_changes_no_bit(small_system: Build) -> None:
    base = small_system(days=40)
    leaking = base.with_asset("accounts", replace(base.accounts["store"], loss_per_day=0.001))
    more = small_system(days=40, offtakes=[*base.offtakes.values(), Offtake("industry", "WEST_ZONE", 0.1)])
    for other in (leaking, more):
        early, late = Engine(), Engine()
        first = solved(early, [base, other])[1]
        last = solved(late, [base, *cases(small_system)[1:3], other])[-1]
        cold = solved(Engine(), [other])[0]
        assert np.array_equal(first.values, last.values)
        np.testing.assert_allclose(first.values, cold.values, atol=1e-7)
        assert first.iterations < cold.iterations
        assert early.cold_solves == 0


def test_a_base_that_was_unloaded_is_the_same_base(small_system: Build) -> None:
    """Several other structures drive the base's solver out; its next case starts from the same basis all the same."""
    scarce = cases(small_system)
    engine = Engine()
    expected = solved(engine, [scarce[-1], scarce[-2]])[1]  # a base that cuts: its basis holds called columns
    store = scarce[-1].accounts["store"]
    others = [scarce[-1].with_asset("accounts", replace(store, loss_per_day=loss / 1000)) for loss in range(1, 6)]
    engine = Engine()
    found = solved(engine, [scarce[-1], *others, scarce[-2]])[-1]
    assert len(expected.basis.added)
    assert found.iterations == expected.iterations
    assert np.array_equal(found.values, expected.values)


def test_cases_of_changed_systems_start_from_the_workbenchs_own_plan(small_system: Build) -> None:
    """Whichever comes first: none becomes the start of the others."""
    base, *changed = cases(small_system)
    forwards, backwards = Workbench(base), Workbench(base)
    found = [forwards.course(system=s).realised.solution for s in changed]
    again = [backwards.course(system=s).realised.solution for s in reversed(changed)][::-1]
    assert [s.iterations for s in found] == [s.iterations for s in again]
    assert all(np.array_equal(a.values, b.values) for a, b in zip(found, again, strict=True))


def test_a_closed_column_within_the_tolerance_ends_the_rounds(
    small_system: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing is left to call, the certificate judges; the engine does not go round for ever."""
    monkeypatch.setattr(Columns, "used", lambda self, values: np.arange(self.groups))
    scarce = cases(small_system)[4]
    assert solved(Engine(), [scarce])[0].objective == pytest.approx(solved(Engine(lazy=False), [scarce])[0].objective)


def test_what_is_passed_off_as_optimal_is_caught_and_solved_cold(
    small_system: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A vertex that is not optimal, then a corrupted bound inside the solver: the certificate notices both."""
    base, scarce = cases(small_system)[0], cases(small_system)[4]
    truth = solved(Engine(), [scarce])[0]
    engine = Engine()
    planted = solved(engine, [base])[0]
    honest = Resident.solve

    def lying(self: Resident, form: StandardForm, cost: Any, start: Any) -> Stop:
        if start is None:
            return honest(self, form, cost, start)
        return Stop(planted.values, planted.duals, 0, planted.basis)

    monkeypatch.setattr(Resident, "solve", lying)
    found = solved(engine, [scarce])[0]
    assert engine.cold_solves == 1
    np.testing.assert_allclose(found.values, truth.values, atol=1e-7)

    def corrupted(self: Resident, form: StandardForm, cost: Any, start: Any) -> Stop:
        upper = form.column_upper.copy()
        upper[form.columns["nomination"].slice] *= 1.5
        return honest(self, replace(form, column_upper=upper), cost, start)

    monkeypatch.setattr(Resident, "solve", corrupted)
    with pytest.raises(SolverError, match="certificate"):
        solved(engine, [scarce])


def test_an_infeasible_case_leaves_the_engine_fit(small_system: Build) -> None:
    systems, engine = cases(small_system), Engine()
    expected = [s.values for s in solved(engine, systems[:2])]
    form = compile_system(systems[1])
    lower = form.row_lower.copy()
    lower[form.rows["opening_stock"].start] = 1e6
    with pytest.raises(InfeasibleError):
        engine.solve(replace(form, row_lower=lower, row_upper=np.maximum(form.row_upper, lower)), 0 * form.objective)
    assert np.array_equal(solved(engine, [systems[1]])[0].values, expected[1])


def test_beyond_three_years_the_plan_is_that_of_the_simplex(
    small_system: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HiPO goes ahead where it is installed (here from the 31st day on); with or without it the vertex is the same."""
    system = cases(small_system)[2]
    simplex = solved(Engine(), [system])[0]
    monkeypatch.setattr("energysim.model.resident.LONG", 30)
    ahead = solved(Engine(), [system])[0]
    np.testing.assert_allclose(ahead.values, simplex.values, atol=1e-7)
    assert ahead.iterations <= simplex.iterations
