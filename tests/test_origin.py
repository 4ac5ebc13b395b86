"""Molecule tracing: three nodes, two sources and a store by hand; conservation on solved systems; the chapter."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from energysim import Contract, InputError, Node, Offtake, Pipeline, Results, Route, StorageAccount
from energysim.indicators.origin import IN_STORE, origin_shares, served_by_origin, trace
from energysim.outputs.dossier.origin import findings
from energysim.outputs.wording import MCM
from energysim.standards.origin import of_results
from energysim.standards.subject import subject
from energysim.studies.foresight import collect, solve

DAYS = pd.date_range("2026-01-31", periods=3, freq="D")
SERVED_AT_C = [4.5, 8.1, 4.5]


def by_hand(**changes: dict[str, list[float]]) -> Results:
    """A (6 red) -3-> B (4 blue, a store with 10 in it) -5-> C, which loses a tenth on the way; then the store is drawn."""
    told = {
        "nomination": {"red_A": [6.0, 6.0, 6.0], "blue_B": [4.0, 4.0, 4.0]},
        "flow": {"ab": [3.0, 3.0, 3.0], "bc": [5.0, 9.0, 5.0]},
        "injection": {"store": [2.0, 0.0, 2.0]},
        "withdrawal": {"store": [0.0, 2.0, 0.0]},
        "inventory": {"store": [10.0, 12.0, 10.0]},
        "demand": {"town@A": [3.0, 3.0, 3.0], "town@C": [5.5, 8.6, 5.0], "works@C": [0.5, 0.5, 0.5]},
        "curtailment": {"works@C": [0.5, 0.5, 0.5]},
        "fuel_switch": {"town@C": [1.0, 0.5, 0.5]},
    } | changes
    rows = [
        pd.DataFrame({"variable": variable, "asset": asset, "date": DAYS, "value": values})
        for variable, series in told.items()
        for asset, values in series.items()
    ]
    assets = [("red_A", "routes", "red", "A"), ("blue_B", "routes", "blue", "B"), ("ab", "pipelines", "A>B", ""),
              ("bc", "pipelines", "B>C", ""), ("store", "accounts", "callable", "B"), ("town@A", "offtakes", "town", "A"),
              ("town@C", "offtakes", "town", "C"), ("works@C", "offtakes", "works", "C"), ("A", "nodes", "zone", ""),
              ("B", "nodes", "zone", ""), ("C", "nodes", "zone", ""), ("red", "gas_sources", "red", ""),
              ("blue", "gas_sources", "blue", ""), ("town", "demand_classes", "town", ""),
              ("works", "demand_classes", "works", "")]  # fmt: skip
    if "ba" in told["flow"]:
        assets.append(("ba", "pipelines", "B>A", ""))
    about = pd.DataFrame(assets, columns=["asset", "table", "group", "node"])
    about["shrinkage"] = np.where(about["asset"] == "bc", 0.1, 0.0)
    about["name"], about["order"], about["protected"] = about["asset"], range(len(about)), about["asset"] == "town"
    prices = pd.DataFrame({"node": "A", "date": DAYS, "value": 0.0})
    empty = pd.DataFrame()
    return Results(pd.concat(rows), empty, empty, prices, empty, about, {})


def test_what_meets_at_a_node_mixes_and_leaves_as_the_mix():
    found = trace(by_hand())
    red, blue = found.origins.index("red"), found.origins.index("blue")
    a, b, c = (found.nodes.index(n) for n in "ABC")
    assert found.mix[0, a, red] == 1.0
    assert found.mix[0, b, red] == pytest.approx(3 / (3 + 4))
    assert found.mix[0, c] == pytest.approx(found.mix[0, b])  # losses on the way change no share
    assert found.mix[0, c, blue] == pytest.approx(4 / (3 + 4))


def test_a_store_is_a_mixture_and_gives_what_lay_in_it_that_morning():
    found = trace(by_hand())
    red, blue, old = (found.origins.index(o) for o in ("red", "blue", IN_STORE))
    b = found.nodes.index("B")
    assert found.content[1, 0] == pytest.approx(np.array([2 * 3 / 7, 2 * 4 / 7, 10.0])[np.argsort([red, blue, old])])
    taken = {red: 2 * (6 / 7) / 12, blue: 2 * (8 / 7) / 12, old: 2 * 10 / 12}
    assert found.mix[1, b, red] == pytest.approx((3 + taken[red]) / (3 + 4 + 2))
    assert found.mix[1, b, old] == pytest.approx(taken[old] / (3 + 4 + 2))
    assert found.content[2, 0, blue] == pytest.approx(8 / 7 - taken[blue])


def test_gas_flowing_both_ways_is_solved_not_followed():
    found = trace(by_hand(flow={"ab": [3.0] * 3, "ba": [1.0] * 3, "bc": [4.0, 8.0, 4.0]}))
    red = found.origins.index("red")
    # 7 a = 6 + b and 7 b = 3 a, the shares of red gas at A and B
    assert found.mix[0, found.nodes.index("A"), red] == pytest.approx(6 / (7 - 3 / 7))
    assert found.mix[0, found.nodes.index("B"), red] == pytest.approx(3 / 7 * 6 / (7 - 3 / 7))


def test_served_gas_is_demand_less_cuts_and_oil():
    served = served_by_origin(by_hand())
    at_c = served[served["node"] == "C"].groupby("date")["value"].sum()
    assert at_c.tolist() == pytest.approx(SERVED_AT_C)
    assert "works" not in set(served["demand_class"])  # all of it was cut


def test_monthly_shares_weigh_days_by_gas_and_add_to_one():
    served = served_by_origin(by_hand())
    shares = origin_shares(served, ("month", "node"))
    assert shares.sum(axis=1).to_numpy() == pytest.approx(np.ones(len(shares)))
    assert shares.loc[("2026-01", "C"), "red"] == pytest.approx(3 / 7)
    january = 3.0 + 4.5 * 3 / 7  # all at A, and its part at C
    assert origin_shares(served).loc["2026-01", "red"] == pytest.approx(january / (3.0 + 4.5))
    assert set(origin_shares(served, ("month", "demand_class")).index.get_level_values(1)) == {"town"}


def test_the_opening_stock_may_be_given_an_origin():
    plain, told = trace(by_hand()), trace(by_hand(), opening={"store": "red"})
    assert IN_STORE not in told.origins
    red, old = plain.origins.index("red"), plain.origins.index(IN_STORE)
    assert told.mix[..., told.origins.index("red")] == pytest.approx(plain.mix[..., red] + plain.mix[..., old])
    with pytest.raises(InputError, match="no account 'shop' to give an origin to"):
        trace(by_hand(), opening={"shop": "red"})


def test_a_circle_without_an_entry_and_a_dry_node_have_no_origin():
    still = {"red_A": [0.0] * 3, "blue_B": [0.0] * 3}
    ring = {"ab": [3.0] * 3, "ba": [3.0] * 3, "bc": [0.0] * 3}
    found = trace(by_hand(nomination=still, flow=ring, withdrawal={"store": [0.0] * 3}, injection={"store": [0.0] * 3}))
    assert not found.mix[0].any()
    assert set(served_by_origin(by_hand(nomination=still, flow=ring), found)["origin"]) == {"unknown"}


def test_a_run_of_an_older_version_is_refused():
    old = by_hand()
    with pytest.raises(InputError, match="older version"):
        trace(Results(**{**vars(old), "assets": old.assets.drop(columns="shrinkage")}))


def unbalanced(result: Results) -> float:
    """Largest gap, over origins, of all that entered less all that was served, lost, or is in store at the end."""
    found = trace(result)
    served = served_by_origin(result, found).groupby("origin")["value"].sum()
    routes = result.assets[result.assets["table"] == "routes"].set_index("asset")["group"]
    entered = result.quantity("nomination").sum().groupby(routes).sum()
    pipes = result.assets[result.assets["table"] == "pipelines"]
    lost = np.zeros(len(found.origins))
    for pipe, ends, loss in zip(pipes["asset"], pipes["group"], pipes["shrinkage"], strict=True):
        at = found.nodes.index(ends.partition(">")[0])
        lost += loss * (result.quantity("flow")[pipe].to_numpy()[:, None] * found.mix[:, at]).sum(axis=0)
    gaps = []
    for k, origin in enumerate(found.origins):
        stored = found.content[-1, :, k].sum() - found.content[0, :, k].sum()
        gaps.append(entered.get(origin, 0.0) - served.get(origin, 0.0) - lost[k] - stored)
    return float(np.abs(gaps).max())


def test_no_gas_of_any_origin_is_made_or_lost(small_system):
    lossy = small_system(
        days=20,
        pipelines=[Pipeline("east_west", "EAST_ZONE", "WEST_ZONE", capacity=4.0, tariff=0.5, shrinkage=0.02)],
        offtakes=[Offtake("households", "EAST_ZONE", demand=[1.0] * 10 + [6.0] * 9 + [0.0]),
                  Offtake("households", "WEST_ZONE", demand=[2.0] * 19 + [0.0])],
        contracts=[Contract("import", [Route("import_border", "EAST_ZONE", ("border",))], [6.0] * 19 + [0.0], 20.0),
                   Contract("spot", [Route("spot_west", "WEST_ZONE")], [1.0] * 19 + [0.0], 60.0)],
    )  # fmt: skip
    result = solve(lossy)
    assert result.quantity("injection").to_numpy().sum() > 1.0
    assert result.quantity("withdrawal").to_numpy().sum() > 1.0
    assert unbalanced(result) < 1e-5


def test_fuel_of_injection_is_lost_pro_rata(small_system):
    store = StorageAccount(
        "store", 20.0, 5.0, 2.0, 1.0, node="EAST_ZONE", injection_fuel=0.1, closing_values=((20, 90),)
    )
    result = solve(small_system(accounts=[store]))
    found = trace(result)
    assert found.content.sum(axis=2) == pytest.approx(result.quantity("inventory").to_numpy(), abs=1e-6)


def test_the_shipped_year_under_a_loss_of_russian_gas():
    examined = subject("russian_loss_alone")
    results = collect(examined.system, examined.course, {})
    found = trace(results)
    total = found.mix.sum(axis=2)
    assert np.all((np.abs(total - 1) < 1e-9) | (total == 0))
    served = served_by_origin(results, found)
    assert not (served["origin"] == "unknown").any()
    gas = sum(s * results.quantity(v).to_numpy().sum() for v, s in
              (("demand", 1), ("curtailment", -1), ("fuel_switch", -1)))  # fmt: skip
    assert served["value"].sum() == pytest.approx(gas, rel=1e-6)
    chapter = of_results(results)
    assert sum(f.value for f in chapter.figures if f.id.startswith("origin_share")) == pytest.approx(100, abs=0.5)
    months = chapter.tables["origin_by_month"].frame.set_index("month")
    assert months.loc["2026-02", "russia"] < months.loc["2025-12", "russia"] / 5
    assert chapter["origin_last_class"].value < chapter["origin_last_class"].high
    said = findings(chapter, MCM)
    assert said[0].startswith("Of the gas served in the country: Russian pipeline gas")


def test_a_system_without_gas_says_so(small_system):
    result = solve(small_system(days=2, contracts=[], accounts=[], pipelines=[], nodes=[Node("WEST_ZONE")], upstream=[],
                                offtakes=[Offtake("households", "WEST_ZONE", demand=2.0)]))  # fmt: skip
    chapter = of_results(result)
    assert chapter.figures[0].value is None
    assert findings(chapter, MCM) == ["No gas was served, so it has no origin."]
