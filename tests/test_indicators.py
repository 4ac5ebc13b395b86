"""Indicators on a run of three days written by hand: what is expected is written as arithmetic."""

import math
from dataclasses import replace

import pandas as pd
import pytest

from energysim.errors import InputError
from energysim.indicators import basic as indicators
from energysim.results import Results

DATES = pd.date_range("2026-01-01", periods=3)
ASSETS = [
    # asset, table, name, group, parent, order, protected, volume
    ("field_A", "routes", "Field", "domestic", "field", 0, False, math.nan),
    ("gas_A", "routes", "Gas company", "russia", "gas", 1, False, math.nan),
    ("gas_late_A", "routes", "Gas company", "russia", "gas_late", 2, False, math.nan),
    ("field", "contracts", "Field", "domestic", "", 0, False, math.nan),
    ("gas", "contracts", "Gas company", "russia", "", 1, False, math.nan),
    ("gas_late", "contracts", "Gas company", "russia", "", 2, False, math.nan),
    ("idle", "contracts", "Idle", "lng", "", 3, False, math.nan),
    ("ours", "accounts", "Our gas", "callable", "store", 0, False, 50.0),
    ("theirs", "accounts", "Their gas", "not callable", "store", 1, False, 90.0),
    ("homes@A", "offtakes", "Homes", "homes", "A", 2, True, math.nan),
    ("plants@A", "offtakes", "Plants", "plants", "A", 1, False, math.nan),
    ("plants@B", "offtakes", "Plants", "plants", "B", 1, False, math.nan),
    ("homes", "demand_classes", "Homes", "homes", "", 2, True, math.nan),
    ("plants", "demand_classes", "Plants", "plants", "", 1, False, math.nan),
    ("A", "nodes", "Town A", "zone", "", 0, False, math.nan),
    ("B", "nodes", "Town B", "zone", "", 1, False, math.nan),
]
QUANTITIES = {
    "nomination": {"field_A": (1, 1, 1), "gas_A": (6, 0, 0), "gas_late_A": (0, 0, 2)},
    "dcq": {"field": (1, 1, 1), "gas": (8, 8, 0), "gas_late": (0, 0, 2), "idle": (0, 0, 0)},
    "withdrawal": {"ours": (0, 4, 3), "theirs": (0, 0, 0)},
    "injection": {"ours": (1, 0, 0), "theirs": (0, 0, 0)},
    "inventory": {"ours": (20, 21, 17), "theirs": (90, 90, 90)},
    "target_level": {"ours": (None, 25, None)},
    "fuel_switch": {"homes@A": (0, 0.5, 0)},
    "demand": {"homes@A": (4, 5, 4), "plants@A": (1, 1, 1), "plants@B": (1, 2, 1)},
    "curtailment": {"homes@A": (0, 0.5, 0), "plants@A": (0, 1, 0), "plants@B": (0, 1, 0)},
}
BALANCE = {
    ("A", "demand"): (-5, -6, -5),
    ("B", "demand"): (-1, -2, -1),
    ("A", "curtailment"): (0, 1.5, 0),
    ("B", "curtailment"): (0, 1, 0),
}
PRICES = {"A": (20, 500, 30), "B": (22, 400, 30), "transit": (18, 18, 18)}
COSTS = [("cost", "gas", "gas_A", 120.0), ("cost", "gas", "field_A", 30.0), ("cost", "closing_stock", "ours", -280.0)]
COSTS += [("penalty", "curtailment", "homes@A", 400.0), ("penalty", "curtailment", "plants@B", 500.0)]
BINDINGS = [("daily contract quantity", "gas_A", 0, 2.0), ("withdrawal capacity", "ours", 1, 480.0)]
BINDINGS += [("daily contract quantity", "field_A", day, value) for day, value in enumerate((5.0, 470.0, 15.0))]


def long(series, key):
    rows = [
        (*name, day, float(value))
        for name, values in series.items()
        for day, value in zip(DATES, values, strict=True)
        if value is not None
    ]
    return pd.DataFrame(rows, columns=[*key, "date", "value"])


@pytest.fixture
def result():
    quantities = {(variable, asset): v for variable, assets in QUANTITIES.items() for asset, v in assets.items()}
    bindings = pd.DataFrame(BINDINGS, columns=["limit", "asset", "date", "value"])
    return Results(
        quantities=long(quantities, ["variable", "asset"]).assign(unit="GWh/d"),
        balance=long(BALANCE, ["node", "block"]),
        costs=pd.DataFrame(COSTS, columns=["kind", "item", "asset", "value"]),
        prices=long({(node,): v for node, v in PRICES.items()}, ["node"]),
        bindings=bindings.assign(date=DATES[bindings["date"]]),
        assets=pd.DataFrame(
            ASSETS, columns=["asset", "table", "name", "group", "parent", "order", "protected", "volume"]
        ),
        manifest={"run_id": "by-hand", "scenario": {"title": "Three days", "events": []}},
    )


@pytest.fixture
def uncut(result):
    rows, blocks = result.quantities, result.balance
    return replace(
        result,
        quantities=rows.assign(value=rows["value"].where(rows["variable"] != "curtailment", 0.0)),
        balance=blocks[blocks["block"] != "curtailment"],
    )


def test_unserved_gas(result):
    assert indicators.unserved_gas(result) == 0.5 + 1 + 1
    assert indicators.unserved_by_class(result).to_dict() == {"plants": 1 + 1, "homes": 0.5}
    assert list(indicators.unserved_by_class(result).index) == ["plants", "homes"]  # order of cuts, not of rows
    assert list(indicators.unserved_by_day(result)) == [0, 0.5 + 1 + 1, 0]
    assert indicators.unserved_protected(result) == 0.5
    assert indicators.curtailment_by_node(result).loc["2026-01-02"].to_dict() == {"A": 0.5 + 1, "B": 1}


def test_when_cuts_come(result, uncut):
    assert indicators.cut_days(result) == 1
    assert indicators.first_cut(result) == indicators.last_cut(result) == DATES[1]
    assert indicators.first_cut_by_class(result).to_dict() == {"plants": DATES[1], "homes": DATES[1]}
    assert indicators.cut_days(uncut) == 0
    assert indicators.first_cut(uncut) is None
    assert indicators.last_cut(uncut) is None
    assert indicators.first_cut_by_class(uncut).empty
    assert indicators.curtailment_by_node(uncut).to_numpy().sum() == 0


def test_supply_meets_demand(result):
    supply = indicators.supply_by_source(result)
    assert list(supply) == ["domestic", "russia", "ours", "theirs", "fuel_switch"]
    assert list(supply["russia"]) == [6 + 0, 0 + 0, 0 + 2]
    need = indicators.system_demand(result) - indicators.unserved_by_day(result)
    assert list(supply.sum(axis=1)) == list(need + result.quantity("injection").sum(axis=1))
    assert list(indicators.demand_by_node(result)["A"]) == [5, 6, 5]


def test_shares_of_sources(result):
    shares = indicators.source_shares(result)
    assert shares["domestic"] == pytest.approx((1 + 1 + 1) / (3 + 6 + 2))
    assert shares["russia"] == pytest.approx((6 + 2) / (3 + 6 + 2))
    assert indicators.import_dependence(result) == pytest.approx(1 - 3 / 11)


def test_stocks(result):
    assert list(indicators.callable_stock(result)) == [20, 21, 17]  # without the account that is not callable
    assert indicators.stock_on(result, "2026-01-03").to_dict() == {"ours": 17, "theirs": 90}
    with pytest.raises(InputError, match="2026-01-01 to 2026-01-03"):
        indicators.stock_on(result, "2026-01-04")


def test_days_of_cover(result):
    assert indicators.days_of_cover(result, "2026-01-03") == pytest.approx(17 / ((6 + 8) / 2))
    assert math.isnan(indicators.days_of_cover(result, "2026-01-01"))


def test_target_shortfalls(result):
    (row,) = indicators.target_shortfalls(result).to_dict("records")
    assert row == {"account": "ours", "date": DATES[1], "level": 25, "inventory": 21, "shortfall": 25 - 21}


def test_contract_use(result):
    use = indicators.contract_use(result)
    assert use.loc["gas", ["nominated", "dcq", "use", "full_days"]].tolist() == [6, 8 + 8, 6 / 16, 0]
    assert use.loc["gas_late", ["nominated", "dcq", "use", "full_days"]].tolist() == [2, 2, 2 / 2, 1]
    assert use.loc["field", "full_days"] == 3
    assert math.isnan(use.loc["idle", "use"])
    assert use.loc["idle", "gas_source"] == "lng"


def test_average_price(result):
    spent = 20 * 5 + 500 * 6 + 30 * 5 + 22 * 1 + 400 * 2 + 30 * 1
    assert indicators.average_price(result) == pytest.approx(spent / (5 + 6 + 5 + 1 + 2 + 1))
    assert list(indicators.node_prices(result)) == ["A", "B", "transit"]


def test_costs_and_penalties_stay_apart(result):
    table = indicators.cost_breakdown(result)
    assert table["cost"].to_dict() == {"gas": 120 + 30, "closing_stock": -280, "curtailment": 0}
    assert table["penalty"].to_dict() == {"gas": 0, "closing_stock": 0, "curtailment": 400 + 500}


def test_binding_limits(result):
    ranked = indicators.binding_limits(result)
    assert list(ranked["asset"]) == ["field_A", "ours", "gas_A"]
    first = ranked.iloc[0]
    assert (first["name"], first["days"], first["value"]) == ("Field", 3, 5 + 470 + 15)
    assert first["mean"] == pytest.approx((5 + 470 + 15) / 3)
    on_the_second = indicators.binding_limits(result, DATES[1:2])
    assert on_the_second[["asset", "value"]].to_numpy().tolist() == [["ours", 480], ["field_A", 470]]


def test_binding_limits_of_nothing(result):
    assert indicators.binding_limits(replace(result, bindings=result.bindings.iloc[:0])).empty


def test_entry_flows_add_routes_and_stores_abroad_by_their_last_asset(result):
    run = result
    assets = run.assets.assign(entry="")
    assets.loc[assets["asset"].isin(["gas_A", "gas_late_A"]), "entry"] = "border"
    assets.loc[assets["asset"] == "ours", "entry"] = "hub"
    flows = indicators.entry_flows(replace(run, assets=assets))
    assert flows["border"].to_list() == [6 + 0, 0 + 0, 0 + 2]
    assert flows["hub"].to_list() == [0, 4, 3]
    with pytest.raises(InputError, match="older version"):
        indicators.entry_flows(run)
