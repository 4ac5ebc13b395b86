"""Who goes short: sharing a shortage evenly, and each looking after itself first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from energysim import (
    Contract,
    DemandClass,
    GasSystem,
    InputError,
    Node,
    Offtake,
    Pipeline,
    Route,
    StorageAccount,
)
from energysim.standards.risk.cooperation import Sharing, cooperative, selfish
from energysim.standards.risk.flexibility import Flexibility
from energysim.standards.risk.own_gas import ownership, reachable

ZONES = ("A", "B", "C")
EACH = {z: (z,) for z in ZONES}
CLOSE = 1e-6


def gas(node: str, quantity: Any, destination: str = "") -> Contract:
    return Contract(f"import_{node}{destination}", [Route(f"way_{node}{destination}", node)], dcq=quantity, price=20.0,
                    destination=destination)  # fmt: skip


def link(start: str, end: str, capacity: float) -> Pipeline:
    return Pipeline(f"{start}_{end}", start, end, capacity=capacity)


def system(
    imports: dict[str, Any], demand: dict[str, Any], links: list[Pipeline], days: int = 1, **more: Any
) -> GasSystem:
    nodes = dict.fromkeys([*demand, *imports, *(n for p in links for n in (p.from_node, p.to_node))])
    assets = {
        "nodes": [Node(n) for n in nodes],
        "pipelines": links,
        "contracts": [gas(n, q) for n, q in imports.items()],
        "offtakes": [Offtake("town", n, demand=d) for n, d in demand.items()],
    }
    return GasSystem.build("2026-01-01", days, **(assets | more))


def rates(found: Any) -> dict[str, float]:
    return dict(zip(found["area"], found["rate"], strict=True))


PAIR = {"A": ("A",), "B": ("B",)}
BOTH_WAYS = [link("A", "B", 100.0), link("B", "A", 100.0)]


def test_symmetric_zones_are_cut_alike() -> None:
    short = system({"A": 6.0, "B": 6.0}, {"A": 10.0, "B": 10.0}, BOTH_WAYS)
    assert rates(cooperative(short, PAIR)) == pytest.approx({"A": 1 - 6 / 10, "B": 1 - 6 / 10})
    assert rates(selfish(short, PAIR)) == pytest.approx({"A": 1 - 6 / 10, "B": 1 - 6 / 10})
    fed = system({"T": 12.0}, {"A": 10.0, "B": 10.0}, [link("T", "A", 100.0), link("T", "B", 100.0)])
    assert rates(cooperative(fed, PAIR)) == pytest.approx({"A": 1 - 12 / 20, "B": 1 - 12 / 20})


def test_a_shortage_is_shared_in_proportion_to_demand_where_the_link_is_slack() -> None:
    uneven = system({"A": 20.0, "B": 1.0}, {"A": 20.0, "B": 10.0}, BOTH_WAYS)
    assert rates(cooperative(uneven, PAIR)) == pytest.approx({"A": 1 - 21 / 30, "B": 1 - 21 / 30})


def test_a_full_link_ends_the_sharing_and_the_rest_goes_on() -> None:
    # C hangs on a link of 1; A and B share what is left of 9 + 1 - 1 = 9 among 20
    three = system({"A": 9.0, "B": 1.0}, {"A": 10.0, "B": 10.0, "C": 10.0}, [*BOTH_WAYS, link("A", "C", 1.0)])
    found = cooperative(three, EACH)
    assert rates(found) == pytest.approx({"A": 1 - 9 / 20, "B": 1 - 9 / 20, "C": 1 - 1 / 10})
    assert found["curtailment"].sum() == pytest.approx(30 - 10)


def test_selfish_areas_export_only_what_they_do_not_need() -> None:
    # A keeps 10 of 14; B takes the rest of 4; cooperation takes A's 14 and B's 0 together
    rich = system({"A": 14.0, "B": 0.0}, {"A": 10.0, "B": 10.0}, BOTH_WAYS)
    assert rates(selfish(rich, PAIR)) == pytest.approx({"A": 0.0, "B": 1 - 4 / 10})
    assert rates(cooperative(rich, PAIR)) == pytest.approx({"A": 1 - 14 / 20, "B": 1 - 14 / 20})


def test_a_new_link_can_raise_a_countrys_own_shortage_under_cooperation_and_never_when_selfish() -> None:
    apart = system({"A": 9.0, "B": 3.0}, {"A": 10.0, "B": 10.0}, [link("A", "B", 0.0)])
    joined = apart.with_asset("pipelines", link("A", "B", 100.0))
    assert rates(cooperative(apart, PAIR)) == pytest.approx({"A": 0.1, "B": 0.7})
    assert rates(cooperative(joined, PAIR)) == pytest.approx({"A": 1 - 12 / 20, "B": 1 - 12 / 20})
    assert rates(selfish(joined, PAIR)) == pytest.approx(rates(selfish(apart, PAIR)))


def test_gas_of_a_neighbour_is_carried_and_is_not_the_carriers() -> None:
    # B's own 4 pass through A, which lacks 5; only B may burn them
    own = system({}, {"A": 10.0, "B": 10.0}, [link("A", "B", 100.0)], contracts=[gas("A", 5.0), gas("A", 4.0, "B")])
    assert rates(Sharing(own, PAIR).alone()) == pytest.approx({"A": 1 - 5 / 10, "B": 1 - 4 / 10})
    assert rates(selfish(own, PAIR)) == pytest.approx({"A": 1 - 5 / 10, "B": 1 - 4 / 10})
    assert rates(cooperative(own, PAIR)) == pytest.approx({"A": 1 - 9 / 20, "B": 1 - 9 / 20})


def test_whose_gas_it_is() -> None:
    whole = system({"T": 1.0, "S": 1.0, "A": 1.0}, {"A": 1.0, "B": 1.0},
                   [link("T", "A", 1.0), link("T", "B", 1.0), link("S", "A", 1.0), link("A", "B", 1.0)])  # fmt: skip
    found = ownership(whole, PAIR)
    assert found.common == {"way_T"}  # S reaches A alone
    assert found.carrying == {"A_B": ()}
    assert reachable(whole, "S") == {"S", "A", "B"}
    # nobody's own gas serves the first in the queue: alone A has 1 + 1 of its 1
    assert rates(Sharing(whole, PAIR).alone()) == pytest.approx({"A": 0.0, "B": 1.0})


def test_a_rate_is_that_of_the_window_or_of_each_day() -> None:
    # two days, 4 a day and a store with 4: the window shares 12 among 20, however the days fall
    store = StorageAccount("store", volume=10.0, opening=4.0, withdrawal_capacity=4.0, injection_capacity=0.0, node="A")
    two = system({"A": 4.0}, {"A": [4.0, 8.0], "B": [4.0, 4.0]}, BOTH_WAYS, days=2, accounts=[store])
    assert rates(cooperative(two, PAIR)) == pytest.approx({"A": 1 - 12 / 20, "B": 1 - 12 / 20})
    daily = cooperative(two, PAIR, daily=True)
    assert list(zip(daily["area"], daily["day"], strict=True)) == [("A", 0), ("A", 1), ("B", 0), ("B", 1)]
    assert daily["rate"].to_numpy() == pytest.approx(np.full(4, 1 - 12 / 20))
    first = system({"A": [8.0, 4.0]}, {"A": 8.0, "B": 8.0}, BOTH_WAYS, days=2)
    assert cooperative(first, PAIR, daily=True)["rate"].to_numpy() == pytest.approx([1 / 2, 3 / 4, 1 / 2, 3 / 4])


def test_what_cannot_be_cut_is_served_first() -> None:
    classes = [DemandClass("town", ((1.0, 300.0),)), DemandClass("losses", ((1.0, 5000.0),), cuttable=False)]
    offtakes = [Offtake("town", "A", 8.0), Offtake("losses", "A", 2.0), Offtake("town", "B", 10.0)]
    lossy = system({"A": 2.0}, {"A": 0.0, "B": 0.0}, BOTH_WAYS, demand_classes=classes, offtakes=offtakes)
    assert rates(cooperative(lossy, PAIR)) == pytest.approx({"A": 8 / 10, "B": 1.0})
    dry = lossy.with_asset("contracts", gas("A", 0.0))
    assert rates(cooperative(dry, PAIR)) == pytest.approx({"A": 1.0, "B": 1.0})


def test_a_country_first_shares_within() -> None:
    # country H = A + B has 12 of 20, its neighbour C has 4 of 10 and gets nothing
    links = [*BOTH_WAYS, link("B", "C", 100.0)]
    three = system({"A": 12.0, "C": 4.0}, {"A": 10.0, "B": 10.0, "C": 10.0}, links)
    areas = {"H": ("A", "B"), **EACH}
    sharing = Sharing(three, areas, ["H", "C"])
    assert rates(sharing.selfish({"H": ("A", "B")})) == pytest.approx({"H": 0.4, "A": 0.4, "B": 0.4, "C": 0.6})
    assert rates(sharing.cooperative(list(ZONES))) == pytest.approx(dict.fromkeys(ZONES, 1 - 16 / 30))
    assert sharing.least() == pytest.approx(30 - 16)


def test_the_resident_programme_answers_as_a_fresh_one() -> None:
    base = system({"A": 14.0, "B": 3.0}, {"A": 10.0, "B": 10.0}, BOTH_WAYS)
    less = base.with_asset("contracts", gas("A", 4.0))
    sharing = Sharing(base, PAIR)
    sharing.selfish()
    sharing.look_at(less)
    assert rates(sharing.cooperative()) == pytest.approx(rates(cooperative(less, PAIR)))
    assert rates(sharing.selfish()) == pytest.approx(rates(selfish(less, PAIR)))
    sharing.look_at(base)
    assert sharing.least_taken(["way_A"], {("A", 0): 2.0, ("B", 0): 2.0}) == pytest.approx(20 - 4 - 3)
    with pytest.raises(ValueError, match="another structure or demand"):
        sharing.look_at(base.with_asset("offtakes", Offtake("town", "A", demand=11.0)))


def test_stock_may_have_to_stay() -> None:
    store = StorageAccount("store", volume=10.0, opening=6.0, withdrawal_capacity=6.0, injection_capacity=1.0, node="A")
    held = system({"A": 4.0}, {"A": 10.0}, [], accounts=[store])
    sharing = Sharing(held, {"A": ("A",)})
    assert sharing.least() == pytest.approx(0.0)
    sharing.look_at(held, {"store": 5.0})
    assert sharing.least() == pytest.approx(10 - 4 - 1)


def test_remaining_flexibility_by_hand() -> None:
    # A: 15 for 10; B: 8 for 10 by a link of 4, of which it uses 2; 23 for 20 in all
    roomy = system({"A": 15.0, "B": 8.0}, {"A": 10.0, "B": 10.0}, [link("A", "B", 4.0)])
    found = Flexibility(roomy, {**PAIR, "both": ("A", "B")}, ["A", "B"]).table(["A", "B", "both"]).set_index("area")
    assert found["flexibility"].to_dict() == pytest.approx({"A": 3 / 10, "B": 2 / 10, "both": 3 / 20})
    assert found["multiple"].to_dict() == pytest.approx({"A": 13 / 10, "B": 12 / 10, "both": 23 / 20})
    short = Flexibility(system({"A": 8.0}, {"A": 10.0}, []), {"A": ("A",)}).table(["A"]).iloc[0]
    assert (short["base_rate"], short["flexibility"], short["multiple"]) == pytest.approx((0.2, 0.0, 1.0))
    # two days: the second helping may differ from day to day, the multiple may not
    days = Flexibility(system({"A": [20.0, 11.0]}, {"A": 10.0}, [], days=2), {"A": ("A",)}).table(["A"]).iloc[0]
    assert (days["flexibility"], days["multiple"]) == pytest.approx(((10 + 1) / 20, 1.1))


def test_areas_that_make_no_sense_are_told_all_at_once() -> None:
    one = system({"A": 1.0}, {"A": 1.0, "B": 1.0}, BOTH_WAYS)
    with pytest.raises(InputError) as caught:
        Sharing(one, {"x": ("A", "Z"), "y": ("A",)})
    unknown, *others = caught.value.problems
    assert unknown.startswith("area x: unknown node 'Z'")
    assert others == ["node A lies in x and y; areas must not share a node", "node B has demand and lies in no area"]
    with pytest.raises(InputError, match="unknown area 'w'"):
        Sharing(one, {"x": ("A", "B")}, ["w"])


amount = st.integers(0, 12).map(float)
PAIRS = [(a, b) for a in (*ZONES, "T") for b in ZONES if a != b]


@st.composite
def networks(draw: Any) -> GasSystem:
    """Three zones and a transit node, gas at each, and pipes of any capacity, many of them missing."""
    capacities = draw(st.lists(st.sampled_from([0.0, 0.0, 1.0, 4.0, 20.0]), min_size=len(PAIRS), max_size=len(PAIRS)))
    imports = {n: draw(amount) for n in (*ZONES, "T")}
    demand = {z: draw(st.integers(1, 12).map(float)) for z in ZONES}
    return system(imports, demand, [link(a, b, c) for (a, b), c in zip(PAIRS, capacities, strict=True)])


thorough = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def with_less(whole: GasSystem, zone: str, share: float) -> GasSystem:
    contract = whole.contracts[f"import_{zone}"]
    return whole.with_asset("contracts", replace(contract, dcq=np.asarray(contract.dcq) * share))


@thorough
@given(networks(), st.sampled_from(ZONES), st.sampled_from([0.0, 0.5]))
def test_selfish_a_lost_import_hurts_nobody_who_is_not_supplied_through_it(
    whole: GasSystem, zone: str, share: float
) -> None:
    before, after = rates(selfish(whole, EACH)), rates(selfish(with_less(whole, zone, share), EACH))
    spared = set(ZONES) - reachable(whole, zone)
    assert all(after[z] <= before[z] + CLOSE for z in spared)


@thorough
@given(networks(), st.sampled_from(PAIRS))
def test_selfish_a_new_link_between_zones_raises_nobodys_shortage(whole: GasSystem, ends: tuple[str, str]) -> None:
    if ends[0] == "T":  # opens gas to an area, not one area to another
        return
    shut = whole.with_asset("pipelines", link(*ends, 0.0))
    before, after = (rates(selfish(s, EACH)) for s in (shut, whole.with_asset("pipelines", link(*ends, 10.0))))
    assert all(after[z] <= before[z] + CLOSE for z in ZONES)


@thorough
@given(networks(), st.sampled_from((*ZONES, "T")), st.sampled_from([0.0, 0.5]))
def test_cooperative_the_highest_rate_never_falls_when_an_import_falls(
    whole: GasSystem, node: str, share: float
) -> None:
    before, after = rates(cooperative(whole, EACH)), rates(cooperative(with_less(whole, node, share), EACH))
    assert max(after.values()) >= max(before.values()) - CLOSE


@thorough
@given(networks())
def test_cooperative_rates_are_equal_where_links_are_slack(whole: GasSystem) -> None:
    """No pipe with room leads from a zone that is served to one that is cut deeper: else the two would share."""
    sharing = Sharing(whole, EACH)
    found = rates(sharing.cooperative())
    limits = {(z, 0): r * sharing.tallies[z, 0].demand + CLOSE for z, r in found.items()}
    span = sharing.form.columns["flow"]
    sharing._start(alone=False)
    sharing._limit(limits)
    flows = sharing.programme.minimise(np.zeros(1)).values[span.slice]
    for (name, _), flow in zip(span.indices, flows, strict=True):
        pipe = whole.pipelines[str(name)]
        if pipe.from_node in ZONES and flow < float(np.asarray(pipe.capacity)[0]) - 1e-4:
            assert found[pipe.to_node] <= found[pipe.from_node] + 1e-4


def test_cooperation_never_leaves_the_worst_off_behind_the_selfish_case() -> None:
    rich = system({"A": 14.0, "B": 2.0}, {"A": 10.0, "B": 10.0}, BOTH_WAYS)
    assert max(rates(cooperative(rich, PAIR)).values()) < max(rates(selfish(rich, PAIR)).values())
