"""Break-even: bisection on functions and on systems whose answer is known by hand."""

from __future__ import annotations

import math

import pytest

from energysim import Contract, GasSystem, Node, Offtake, Route
from energysim.inputs.scenario import Scenario
from energysim.inputs.sweep_file import StudyFile
from energysim.studies.break_even import break_even
from energysim.studies.sweep_plan import plan_sweep

DEMAND = 5.0


def one_town(scenario: Scenario) -> GasSystem:
    """Three days of 5 GWh/d, fed by a field of 8 and a dear one of 1 GWh/d."""
    return GasSystem.build(
        "2026-01-01", 3, nodes=[Node("A")], offtakes=[Offtake("city", "A", DEMAND)],
        contracts=[Contract("field", [Route("r1", "A")], 8.0, 20.0), Contract("spot", [Route("r2", "A")], 1.0, 60.0)],
    )  # fmt: skip


def solved(break_even, **more):
    file = StudyFile.model_validate({"title": "t", "scenario": "in code", "break_even": break_even, **more})
    sweep = plan_sweep(file, scenario=Scenario(title="in code"), build=one_town)
    bench = sweep.prepare()
    return [sweep.solve(bench, case) for case in sweep.cases()]


def test_value_and_bracket_lie_within_the_tolerance():
    found = break_even(lambda x: max(0.0, x - math.pi), 0.0, 10.0, 1e-3)
    assert found.outcome == "found"
    assert found.holds_at <= math.pi < found.exceeds_at
    assert found.exceeds_at - found.holds_at <= 1e-3
    assert found.value == pytest.approx(math.pi, abs=5e-4)
    assert found.monotone
    assert found.runs <= 2 + math.ceil(math.log2(10 / 1e-3))


def test_it_searches_downwards_as_well():
    found = break_even(lambda x: max(0.0, -4.2 - x), -15.0, 0.0, 0.01)
    assert found.exceeds_at < -4.2 <= found.holds_at
    assert (found.at_low, found.at_high) == (pytest.approx(10.8), 0.0)


@pytest.mark.parametrize(("shift", "outcome"), [(20.0, "never"), (-20.0, "always")])
def test_no_break_even_is_said_plainly_and_costs_two_runs(shift, outcome):
    found = break_even(lambda x: x - shift, 0.0, 10.0, 0.1)
    assert (found.outcome, found.value, found.holds_at, found.exceeds_at, found.runs) == (outcome, None, None, None, 2)


def test_a_limit_is_exceeded_not_reached():
    assert break_even(lambda x: 3.0, 0.0, 1.0, 0.1, limit=3.0).outcome == "never"
    assert break_even(lambda x: 3.0, 0.0, 1.0, 0.1, limit=2.9).outcome == "always"


def test_whole_numbers_end_at_neighbours():
    asked = []
    found = break_even(lambda x: asked.append(x) or x - 13.5, 0.0, 90.0, 1.0, whole=True)
    assert (found.holds_at, found.exceeds_at) == (13.0, 14.0)
    assert all(x == int(x) for x in asked)


def test_a_measure_that_falls_back_is_reported():
    found = break_even(lambda x: {0.0: 0.0, 10.0: 1.0}.get(x, 5.0), 0.0, 10.0, 1.0)
    assert found.outcome == "found"
    assert not found.monotone


def test_the_least_contract_of_a_town_is_found():
    (row,) = solved({"path": "contracts.field.dcq", "low": "0 GWh/d", "high": "8 GWh/d", "tolerance": "0.01 GWh/d"})
    assert row["outcome"] == "found"
    assert row["value"] == pytest.approx(DEMAND - 1.0, abs=0.01)
    assert row["exceeds_at"] < row["holds_at"]
    assert row["at_low"] == pytest.approx(3 * (DEMAND - 1.0))
    assert row["at_high"] == 0.0


def test_a_search_for_every_case_of_a_grid():
    rows = solved(
        {"path": "contracts.field.dcq", "low": "0 GWh/d", "high": "8 GWh/d", "tolerance": "0.01 GWh/d"},
        vary={"contracts.spot.dcq [GWh/d]": [0, 2, 6]},
    )
    assert [r["outcome"] for r in rows] == ["found", "found", "never"]
    assert [r["value"] for r in rows[:2]] == [pytest.approx(5.0, abs=0.01), pytest.approx(3.0, abs=0.01)]


def test_other_measures_and_limits():
    (row,) = solved(
        {"path": "offtakes.city.demand_factor", "low": 1.0, "high": 3.0, "tolerance": 0.001, "measure": "worst_day",
         "above": "2 GWh/d"},
    )  # fmt: skip
    assert row["value"] == pytest.approx(11.0 / DEMAND, abs=0.001)
    (row,) = solved(
        {"path": "offtakes.city.demand_factor", "low": 0.2, "high": 1.0, "measure": "costs", "above": "120 kEUR"}
    )
    assert row["value"] == pytest.approx(120.0 / (3 * 20.0 * DEMAND), abs=0.01)
