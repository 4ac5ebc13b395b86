"""Gas is neither made nor lost, limits hold and nobody knows the future: every shipped scenario, from its frames."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from shipped_runs import Run, shipped

import energysim

GOLDEN = Path(__file__).with_name("golden.csv")
ACTIONS = ("flow", "nomination", "sales", "injection", "withdrawal", "fuel_switch", "curtailment")
STOCKS = ("inventory", "oil_stock")
SMALL = 1e-6


@pytest.mark.parametrize("name", list(energysim.scenarios()))
def test_physics(name: str) -> None:
    run = shipped(name)
    check_balance(run)
    check_storage(run)
    check_limits(run)
    check_certificates(run)
    check_costs(run)
    check_order_of_cuts(run)
    check_frozen_past(run)
    check_golden(run)


def check_balance(run: Run) -> None:
    left_over = run.results.balance.groupby(["node", "date"])["value"].sum().abs()
    assert len(left_over) == len(run.system.nodes) * run.system.days
    assert left_over.max() <= SMALL, left_over.idxmax()


def check_storage(run: Run) -> None:
    for a in run.system.accounts.values():
        stock, into, out_of = (run.results.quantity(q)[a.id] for q in ("inventory", "injection", "withdrawal"))
        evening = stock * (1 - a.loss_per_day) + into * (1 - a.injection_fuel) - out_of
        assert stock.iloc[0] == pytest.approx(a.opening, abs=SMALL), a.id
        assert np.abs(stock.to_numpy()[1:] - evening.to_numpy()[:-1]).max() <= SMALL, a.id
        for level in (stock, evening):
            assert level.min() >= -SMALL, a.id
            assert level.max() <= a.volume + SMALL, a.id


def check_limits(run: Run) -> None:
    flow, capacity = run.results.quantity("flow"), run.results.quantity("flow_capacity")
    assert list(flow.columns) == list(capacity.columns)
    assert ((flow - capacity) <= SMALL).all(axis=None)
    nominated = run.results.quantity("nomination")
    daily = run.results.quantity("dcq")
    for c in run.system.contracts.values():
        taken = nominated[[r.id for r in c.routes]].sum(axis=1)
        assert (taken <= daily[c.id] + SMALL).all(), c.id
    actions = run.results.quantities[run.results.quantities["variable"].isin([*ACTIONS, *STOCKS])]
    assert actions["value"].min() >= -SMALL


def check_certificates(run: Run) -> None:
    assert run.results.manifest["certificates"]
    for certificate in run.results.manifest["certificates"]:
        assert certificate["relative_gap"] <= 1e-7
        for kind in ("bound_violation", "row_violation", "dual_violation"):
            assert certificate[kind] <= 1e-6, kind


def check_costs(run: Run) -> None:
    outcomes = run.results.manifest["outcomes"]
    objective = outcomes[run.results.manifest["foresight"]]["objective"]
    assert run.results.costs["value"].sum() == pytest.approx(objective, rel=1e-7, abs=1e-3)
    assert set(outcomes) == {"surprise", "foreseen"}
    assert outcomes["surprise"]["objective"] >= outcomes["foreseen"]["objective"] - 1e-6 * abs(objective)


def check_order_of_cuts(run: Run) -> None:
    """A class is cut on a day only where every class before it at the node has nothing left to give up."""
    cut, demand = run.results.quantity("curtailment"), run.results.quantity("demand")
    oil = run.results.quantity("fuel_switch").reindex(columns=demand.columns, fill_value=0.0)
    by_class = run.system.demand_classes
    for later in run.system.offtakes.values():
        suffering = cut[later.id] > SMALL
        for earlier in run.system.offtakes.values():
            first, second = by_class[earlier.demand_class], by_class[later.demand_class]
            if earlier.node != later.node or not first.cuttable or not first.cut_order < second.cut_order:
                continue
            still_burning = (demand[earlier.id] - cut[earlier.id] - oil[earlier.id])[suffering]
            assert still_burning.max() <= 1e-5 or not suffering.any(), (earlier.id, later.id, still_burning.idxmax())


def check_frozen_past(run: Run) -> None:
    """Until the first surprise the country did what it would have done without one."""
    news = [pd.Timestamp(n["date"]) for n in run.results.manifest["news"]]
    if len(news) < 2:
        return
    keys = ["variable", "asset", "date"]
    both = run.undisturbed.merge(run.results.quantities, on=keys, suffixes=("_planned", "_done"), validate="1:1")
    last = both["variable"].isin(STOCKS).map({True: news[1], False: news[1] - pd.Timedelta(days=1)})
    past = both[both["variable"].isin([*ACTIONS, *STOCKS]) & (both["date"] <= last)]
    assert not past.empty or news[1] == run.results.dates[0]
    assert (past["value_planned"] - past["value_done"]).abs().max() <= SMALL


def check_golden(run: Run) -> None:
    """Headline numbers stay as written down, with the reason of their last change, in `golden.csv`."""
    golden = {row["scenario"]: row for row in csv.DictReader(GOLDEN.open())}
    assert run.scenario.id in golden, "new scenario: run docs/headline_numbers.py"
    row, outcomes = golden[run.scenario.id], run.results.manifest["outcomes"]
    assert row["why_changed"]
    for foresight in ("surprise", "foreseen"):
        for figure, value in outcomes[foresight].items():
            expected = float(row[f"{figure}_{foresight}"])
            assert value == pytest.approx(expected, rel=1e-6, abs=1e-3), (
                f"{figure} under {foresight} moved; if that is wanted, run docs/headline_numbers.py --why REASON"
            )
