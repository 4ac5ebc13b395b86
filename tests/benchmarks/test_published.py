"""Cases with published answers that nobody in this project wrote.

B05  netgen-2, minimum-cost flow, from the test data of networkx (BSD-3).
B07  Belgian gas network: D. De Wolf, Y. Smeers, Management Science 46(11), 2000, 1454-1465.
B13  Rupture near Vetrino, 1-3 November 2021: news record.
B15  Shah Deniz outage, January 2025: news record.
B22  A store over three periods: store test of PyPSA (MIT), objective 2.6.

Tables of B07 are read from the folder in ENERGYSIM_BENCHMARKS; a test without its case skips.
"""

from __future__ import annotations

import bz2
import os
import pickle
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from shipped_runs import MCM, dataset, shipped

import energysim
from energysim import (
    Contract,
    Event,
    GasSystem,
    Node,
    Offtake,
    Period,
    Pipeline,
    Results,
    Route,
    Sale,
    StorageAccount,
)

CASES = Path(os.environ.get("ENERGYSIM_BENCHMARKS", Path(__file__).resolve().parents[3] / "shared" / "benchmarks"))


def table(case: str, name: str) -> pd.DataFrame:
    path = CASES / case / f"{name}.csv"
    if not path.is_file():
        pytest.skip(f"{path} is not there; set ENERGYSIM_BENCHMARKS to the folder of published cases")
    return pd.read_csv(path)


def objective(results: Results) -> float:
    """Costs and penalties from the frame, in full precision [kEUR]."""
    return float(results.costs["value"].sum())


def test_b05_netgen_2_minimum_cost_flow() -> None:
    networkx = pytest.importorskip("networkx")
    path = Path(networkx.__file__).parent / "algorithms" / "flow" / "tests" / "netgen-2.gpickle.bz2"
    if not path.is_file():
        pytest.skip(f"{path} is not there; this networkx ships without its test data")
    graph = pickle.loads(bz2.decompress(path.read_bytes()))
    scale = 1e-3  # thousands of units as GWh: supplies up to 113, arcs up to 400
    wanted = {f"n{n}": scale * graph.nodes[n].get("demand", 0) for n in graph}
    system = GasSystem.build(
        first_day="2026-01-01",
        days=1,
        nodes=[Node(n) for n in wanted],
        pipelines=[
            Pipeline(f"n{a}_n{b}", f"n{a}", f"n{b}", scale * arc["capacity"], tariff=arc["weight"])
            for a, b, arc in graph.edges(data=True)
        ],
        contracts=[
            Contract(f"supply_{n}", [Route(f"supply_{n}", n)], dcq=-w, price=0.0) for n, w in wanted.items() if w < 0
        ],
        demand_classes=[energysim.DemandClass("users", steps=((1.0, 1e6),))],  # above the dearest path there is
        offtakes=[Offtake("users", n, w) for n, w in wanted.items() if w > 0],
    )
    results = energysim.solve(system)
    assert (len(graph), graph.number_of_edges()) == (400, 1416)
    assert results.quantity("curtailment").abs().max(axis=None) <= 1e-9
    assert objective(results) / scale == pytest.approx(6_749_969_302, rel=1e-9)


def test_b07_belgian_gas_network() -> None:
    nodes, arcs = table("B07_belgium_gastrans", "nodes"), table("B07_belgium_gastrans", "arcs")
    expected = table("B07_belgium_gastrans", "expected").set_index("quantity")["value"].astype(float)
    supplied = nodes[nodes["supply_max_Mm3d"] > 0]
    consumed = nodes[nodes["supply_max_Mm3d"] < 0]
    back = arcs[arcs["active"] == 0]  # a compressor works one way only
    ways = [*zip(arcs["arc"], arcs["from"], arcs["to"], strict=True)]
    ways += [(f"{a}_back", b, f) for a, f, b in zip(back["arc"], back["from"], back["to"], strict=True)]
    system = GasSystem.build(
        first_day="2026-01-01",
        days=1,
        nodes=[Node(n) for n in nodes["node"]],
        pipelines=[Pipeline(f"arc_{a}", start, end, capacity=np.inf) for a, start, end in ways],
        contracts=[
            # a supply between bounds: take-or-pay at a price no plan would pay stands for the lower one
            Contract(
                row.node,
                [Route(f"supply_{row.node}", row.node)],
                dcq=row.supply_max_Mm3d,
                price=row.cost_usd_per_MBTU,
                periods=[Period(f"day_{row.node}", 0, 0, row.supply_max_Mm3d, row.supply_min_Mm3d, 1e3)],
            )
            for row in supplied.itertuples()
        ],
        offtakes=[Offtake("users", row.node, -row.supply_max_Mm3d) for row in consumed.itertuples()],
        sales=[Sale(f"more_{n}", n, capacity=1e3, price=0.0) for n in consumed["node"]],  # demands are lower limits
    )
    results = energysim.solve(system)
    supply = results.quantity("nomination").iloc[0]
    assert objective(results) == pytest.approx(expected["min_supply_cost"], abs=1e-5)
    assert results.quantity("curtailment").abs().max(axis=None) <= 1e-9
    for n in ("Voeren", "Peronnes", "Anderlues"):
        assert supply[f"supply_{n}"] == pytest.approx(expected[f"supply_{n}"], abs=1e-6)
    rest = supply[[f"supply_{n}" for n in ("Dudzele", "Loenhout", "Zeebrugge")]].sum()
    assert rest == pytest.approx(expected["sum_supply_Dudzele_Loenhout_Zeebrugge"], abs=1e-6)
    for row in supplied.itertuples():
        assert row.supply_min_Mm3d - 1e-9 <= supply[f"supply_{row.node}"] <= row.supply_max_Mm3d + 1e-9


def test_b22_a_store_over_three_periods() -> None:
    system = GasSystem.build(
        first_day="2026-01-01",
        days=3,
        nodes=[Node("A")],
        contracts=[Contract("field", [Route("field_A", "A")], dcq=[3.0, 0.0, 0.0], price=1.0)],
        accounts=[
            StorageAccount(
                "store", volume=10, opening=1, withdrawal_capacity=10, injection_capacity=10, node="A", holding_cost=0.2
            )
        ],
        offtakes=[Offtake("users", "A", 1.0)],
    )
    results = energysim.solve(system)
    assert objective(results) == pytest.approx(2.6, abs=1e-9)
    assert results.quantity("nomination")["field_A"].tolist() == pytest.approx([2, 0, 0], abs=1e-9)


# --- B13: loss of Balkan Stream, November 2021 -------------------------------------------------------------------


def test_b13_no_shortage_when_balkan_stream_broke_in_2021() -> None:
    results = shipped("balkan_stream_2021").results
    days = slice("2021-11-01", "2021-11-03")
    demand = results.quantity("demand")[days].sum(axis=None)
    assert results.quantity("curtailment")[days].sum(axis=None) <= 0.02 * demand
    nominated = results.quantity("nomination") / MCM
    help_from_hungary = nominated.loc["2021-11-01":"2021-11-02", "emergency_hu_horgos"]
    assert help_from_hungary.sum() == pytest.approx(10, rel=0.2)
    lost = nominated.loc["2021-11-01":"2021-11-02", ["gazprom_balkan", "bosnia_balkan"]]
    assert lost.sum(axis=None) == 0
    drawn = (results.quantity("withdrawal")[days].sum(axis=1) / MCM).round(2)
    print("withdrawn on 1, 2 and 3 November [mcm]:", drawn.tolist())


# --- B15: Shah Deniz, January 2025 -------------------------------------------------------------------------------

OUTAGE = date(2025, 1, 11)
STORES = ["banatski_dvor_serbian", "hungary_serbian"]
SPOT = [f"contracts.spot_{where}_{step}.dcq" for where in ("hu", "bg") for step in (1, 2, 3)]


def test_b15_azerbaijani_gas_flows_at_its_daily_rate_before_the_outage() -> None:
    taken = azerbaijani(shipped("shah_deniz_2025_announced").results)["2024-12-01":"2025-01-10"]
    low = taken[(taken - 1.7).abs() > 0.1]
    assert low.empty, f"days off 1.7 mcm/d: {low.round(2).to_dict()}"


@pytest.mark.parametrize("name", ["shah_deniz_2025_announced", "shah_deniz_2025_announced/spot_off"])
def test_b15_nobody_is_cut(name: str) -> None:
    results = shipped(name).results
    assert results.quantity("curtailment").sum(axis=None) <= 1e-3 * results.quantity("demand").sum(axis=None)


@pytest.mark.parametrize("days", [5, 7])
def test_b15_with_spot_off_each_day_lost_takes_a_day_out_of_the_stores(days: int) -> None:
    """The announced week, and the shortest of the record's durations, on the system as shipped."""
    drop = stock_after(outage(0), days) - stock_after(outage(days), days)
    assert drop == pytest.approx(1.7 * days, rel=0.05)


@pytest.mark.parametrize("spot", [False, True])
@pytest.mark.parametrize("days", [5, 7, 30, 60, 120])
def test_b15_nobody_is_cut_and_what_replaces_the_gas_adds_up(days: int, spot: bool) -> None:
    """Beyond the cold week Russian gas has room and is cheaper than what a full store is worth: the split is printed."""
    usual, hit = outage(0, spot=spot), outage(days, spot=spot)
    assert hit.quantity("curtailment").sum(axis=None) <= 1e-6
    span = slice(pd.Timestamp(OUTAGE), pd.Timestamp(OUTAGE + timedelta(days=days - 1)))
    more = (hit.quantity("nomination") - usual.quantity("nomination"))[span].sum() / MCM
    lost = -more.filter(like="socar").sum()
    drop = stock_after(usual, days) - stock_after(hit, days)
    print(
        f"{days} days, spot {'on' if spot else 'off'}: lost {lost:.1f} mcm, stores {drop:.1f}, {more[more.abs() > 0.05].round(1).to_dict()}"
    )
    assert hit.quantity("fuel_switch").sum(axis=None) == pytest.approx(0, abs=1e-6)
    assert drop + more.sum() == pytest.approx(0, abs=0.2)  # within the shrinkage on the way


def azerbaijani(results: Results) -> pd.Series:
    return results.quantity("nomination").filter(like="socar").sum(axis=1) / MCM


def stock_after(results: Results, days: int) -> float:
    """Serbian gas in store on the morning after so many days of outage [mcm]."""
    return float(results.quantity("inventory").loc[pd.Timestamp(OUTAGE + timedelta(days=days)), STORES].sum() / MCM)


@cache
def outage(days: int, spot: bool = False) -> Results:
    """The shipped system of January 2025 without any news, of whose Azerbaijani gas `days` are lost from 11 January."""
    scenario = energysim.read_scenario("shah_deniz_2025_physical")
    settings = {} if spot else dict.fromkeys(SPOT, "0 mcm/d")
    changed = energysim.Scenario.model_validate({**scenario.model_dump(), "set": {**scenario.set, **settings}})
    system = energysim.resolve(changed, dataset())
    if not days:
        return energysim.solve(system)
    until = OUTAGE + timedelta(days=days - 1)
    event = Event(name="No Azerbaijani gas", asset="contracts.socar", start=OUTAGE, until=until, available=0)
    return energysim.solve(system, [event])
