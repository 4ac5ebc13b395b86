"""The rules obey the compiler's limits, and each constraint is the text it should be."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

from energysim import Event, FuelSwitch, GasSystem, Period, Route, Sale, StorageSite, Target
from energysim.inputs.events import apply_events
from energysim.inputs.read import read_scenario, scenario_files
from energysim.model.block import law
from energysim.model.build import add_upstream_limits, construct
from energysim.model.compile import StandardForm, compile_system, stock_form
from energysim.model.solve import Engine
from energysim.model.tie import tie_breaking
from energysim.simulate import simulate
from energysim.studies.foresight import resolve

EXPECTED = Path(__file__).parent / "lp"


@pytest.fixture
def full_system(small_system: Callable[..., GasSystem]) -> GasSystem:
    """Every kind of asset at least once, over two days."""
    base = small_system(days=2)
    contract = base.contracts["import"]
    period = Period("import_2026", 0, 1, quantity=11.0, take_or_pay=8.0, shortfall_price=20.0)
    two_ways = (*contract.routes, type(contract.routes[0])("import_west", "WEST_ZONE", ("border",), tariff=1.0))
    account = base.accounts["store"]
    return small_system(
        days=2,
        contracts=[
            type(contract)("import", two_ways, dcq=6.0, price=20.0, periods=(period,)),
            type(contract)("spot", base.contracts["spot"].routes, dcq=1.0, price=60.0, destination="WEST_ZONE"),
        ],
        sites=[StorageSite("cavern", withdrawal_capacity=1.5, injection_capacity=0.8)],
        accounts=[
            type(account)(
                "store", volume=20.0, opening=5.0, withdrawal_capacity=2.0, injection_capacity=1.0, node="EAST_ZONE",
                site="cavern", withdrawal_curve=((0.0, 0.2), (0.5, 1.0), (1.0, 1.0)),
                injection_curve=((0.0, 1.0), (0.8, 1.0), (1.0, 0.4)), loss_per_day=0.001, injection_fuel=0.01,
                holding_cost=0.002, targets=(Target("store_target", 1, 5.5, 90.0),), closing_values=((20.0, 25.0),),
            )
        ],
        fuel_switches=[FuelSwitch("households", switchable=0.4, oil_stock=1.0, oil_price=80.0, refill=0.1)],
        sales=[Sale("neighbour", "EAST_ZONE", capacity=0.5, price=30.0)],
    )  # fmt: skip


def assert_same_arrays(one: StandardForm, other: StandardForm) -> None:
    """Every array equal to the last bit, every name in the same place."""
    assert one.columns == other.columns
    assert one.rows == other.rows
    assert one.costs.keys() == other.costs.keys()
    assert (one.matrix != other.matrix).nnz == 0
    for name in ("row_lower", "row_upper", "column_lower", "column_upper"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    for kind, vector in one.costs.items():
        np.testing.assert_array_equal(vector, other.costs[kind], err_msg=kind)


def test_the_walk_gives_the_arrays_of_pyomos_own_compiler(full_system: GasSystem) -> None:
    assert_same_arrays(compile_system(full_system), stock_form(full_system))


@pytest.mark.parametrize("name", scenario_files())
def test_the_walk_gives_the_same_arrays_on_every_shipped_scenario(name: str) -> None:
    """Walked, bound to the system of the last news, and equal to the stock compiler's; a fallback would warn and fail."""
    scenario = read_scenario(name)
    system = apply_events(resolve(scenario), scenario.occurrences())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_same_arrays(compile_system(system), stock_form(system))


def test_systems_of_one_structure_share_a_programme(small_system: Callable[..., GasSystem]) -> None:
    """Demand, capacity and prices are bound; a curve, a loss or another asset is another programme."""
    base = small_system()
    form = compile_system(base)
    dearer = base.with_asset("contracts", replace(base.contracts["import"], price=33.0, dcq=2.0))
    assert compile_system(dearer).matrix is form.matrix
    assert_same_arrays(compile_system(dearer), stock_form(dearer))
    leaking = base.with_asset("accounts", replace(base.accounts["store"], loss_per_day=0.01))
    assert compile_system(leaking).matrix is not form.matrix
    assert_same_arrays(compile_system(leaking), stock_form(leaking))


def test_a_day_may_be_numpys_whole_number(small_system: Callable[..., GasSystem]) -> None:
    """A target's morning found with numpy stands in the row of that morning."""
    store = small_system().accounts["store"]
    forms = []
    for day in (4, np.int64(4)):
        target = Target("full", day, 10.0, 100.0)  # type: ignore[arg-type]
        system = small_system(accounts=[replace(store, targets=(target,))])
        forms.append(compile_system(system))
        assert_same_arrays(forms[-1], stock_form(system))
    assert_same_arrays(*forms)


def test_a_period_released_of_everything_keeps_its_column(small_system: Callable[..., GasSystem]) -> None:
    """Force majeure over a whole month of a contract with take-or-pay but no quantity: the past can still be kept."""
    contract = small_system().contracts["import"]
    months = tuple(Period(f"month{k}", 5 * k, 5 * k + 4, take_or_pay=9.0, shortfall_price=20.0) for k in (0, 1))
    system = small_system(days=10, contracts=[replace(contract, price=20.0, dcq=6.0, available=1.0, notified=np.inf,
                                                      routes=[Route("way", "EAST_ZONE")], periods=months)])  # fmt: skip
    loss = Event(name="loss", asset="contracts.import", start=date(2026, 1, 6), until=date(2026, 1, 10), available=0)
    paid = simulate(system, [loss]).realised.solution.of("take_shortfall")
    assert paid["month1",] == pytest.approx(0.0)


def test_what_is_closed_of_an_unlimited_contract_is_closed(small_system: Callable[..., GasSystem]) -> None:
    contract = small_system().contracts["import"]
    way = Route("way", "EAST_ZONE", open=[0, 1, 1, 1, 1, 1])
    system = small_system(contracts=[replace(contract, dcq=np.inf, routes=[way])])
    form = compile_system(system)
    assert form.column_upper[form.columns["nomination"].slice].tolist() == [0.0] + 5 * [np.inf]


def test_a_rule_that_cannot_be_walked_is_named_and_compiled_by_pyomo(
    small_system: Callable[..., GasSystem], monkeypatch: pytest.MonkeyPatch
) -> None:
    system = small_system(days=3)
    expected = compile_system(system)

    def looping(m: Any) -> None:
        @law(m, m.node)
        def looped(m: Any, n: Any) -> Any:
            total = 0
            for d in m.day:  # a loop over a set cannot be walked
                total += sum(m.flow[p, d] for p in m.pipeline)
            return total <= 1e6

        add_upstream_limits(m)

    monkeypatch.setattr("energysim.model.build.add_upstream_limits", looping)
    monkeypatch.setattr("energysim.model.compile._programmes", {})
    monkeypatch.setattr("logging.Logger.error", lambda *_, **__: None)  # Pyomo tells the log as well
    with pytest.warns(UserWarning, match="rule looped cannot be walked"):
        fallen = compile_system(system)
    assert fallen.rows.keys() == expected.rows.keys() | {"looped"}
    tie = tie_breaking(expected, system)
    assert Engine().solve(fallen, tie).objective == pytest.approx(Engine().solve(expected, tie).objective)


def test_pyomo_and_its_own_solver_interface_find_the_same_objective(full_system: GasSystem) -> None:
    form = compile_system(full_system)
    ours = Engine().solve(form, 0 * tie_breaking(form, full_system)).objective
    m: Any = construct(full_system)
    parts = list(m.component_objects(pyo.Objective))
    total = sum(p.expr for p in parts)
    for part in parts:
        part.deactivate()
    m.total = pyo.Objective(expr=total)
    pyo.SolverFactory("highs").solve(m)
    assert pyo.value(m.total) == pytest.approx(ours, rel=1e-9)


def rows_as_text(system: GasSystem, name: str) -> str:
    """The rows of one constraint, one line each: `lower <= 1 flow[a,0] - 2 flow[b,0] <= upper`."""
    form = compile_system(system)
    labels = [f"{n}[{','.join(map(str, i))}]" for n, span in form.columns.items() for i in span.indices]
    span, matrix = form.rows[name], form.matrix.tocsr()
    lines = []
    for row, index in zip(range(span.start, span.stop), span.indices, strict=True):
        entries = matrix[[row], :].tocoo()
        terms = " ".join(f"{v:+g} {labels[j]}" for j, v in sorted(zip(entries.coords[1], entries.data, strict=True)))
        limits = f"{form.row_lower[row]:g} <= {terms} <= {form.row_upper[row]:g}"
        lines.append(f"{name}[{','.join(map(str, index))}]: {limits}")
    return "\n".join(lines) + "\n"


LAWS = (
    "daily_contract_quantity", "destination_clause", "period_quantity", "take_or_pay", "opening_stock", "inventory_balance",
    "deliverability", "injectability", "site_withdrawal", "site_injection", "filling_target", "closing_balance",
    "served_once", "oil_opening", "oil_balance", "upstream_limit", "node_balance",
)  # fmt: skip


@pytest.mark.parametrize("name", LAWS)
def test_constraint_reads_as_written(full_system: GasSystem, name: str) -> None:
    """Each law on two days, as text; after a wanted change delete the file and run again to write it."""
    path, text = EXPECTED / f"{name}.lp", rows_as_text(full_system, name)
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        pytest.fail(f"{path.name} was missing and has been written: read it, then commit it")
    assert text == path.read_text()


def test_every_law_is_held_by_a_text(full_system: GasSystem) -> None:
    assert set(compile_system(full_system).rows) == set(LAWS)
