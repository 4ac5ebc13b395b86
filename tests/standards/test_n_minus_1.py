"""N−1: the formula by arithmetic, capacities of systems drawn by hand, ladder, contracts, and the shipped chapter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from standards_subject import examined

from energysim import (
    Contract,
    FuelSwitch,
    GasSystem,
    InputError,
    Node,
    Offtake,
    Pipeline,
    Route,
    Scenario,
    StorageAccount,
    StorageSite,
    Upstream,
)
from energysim.dossier import Chapter
from energysim.outputs.dossier.n_minus_1 import PIPES_ALONE, findings
from energysim.outputs.wording import GWH
from energysim.standards.extremes import Estimate
from energysim.standards.infrastructure import ladder
from energysim.standards.infrastructure.capacities import NOTHING, Lost, capacities, feeds
from energysim.standards.infrastructure.chapter import chapter, demand_measures, n_minus_1
from energysim.standards.infrastructure.contracted import contracted_day, deliveries, largest_delivery
from energysim.standards.infrastructure.formula import Question, ratio, reference_day
from energysim.standards.subject import Subject

BASE = "baseline_2025_26"
AREA = ("LINE", "EAST", "WEST")
FULL = {"store": 1.0, "guest": 1.0}
CURVE = ((0.0, 0.0), (0.5, 1.0), (1.0, 1.0))


def country(**changes: Any) -> GasSystem:
    """A transit line with two exits, a straight entry, a field, and a store of two owners; a neighbour behind it."""
    assets: dict[str, Any] = {
        "nodes": [Node("LINE", name="The line", kind="transit"), Node("EAST"), Node("WEST"), Node("NEXT", kind="exit")],
        "pipelines": [
            Pipeline("exit_1", "LINE", "EAST", capacity=30.0),
            Pipeline("exit_2", "LINE", "WEST", capacity=10.0),
            Pipeline("east_west", "EAST", "WEST", capacity=5.0),
            Pipeline("west_next", "WEST", "NEXT", capacity=4.0),
        ],
        "upstream": [
            Upstream("turkstream", capacity=300.0, reserved=200.0, kind="pipeline"),
            Upstream("kireevo", capacity=260.0, reserved=200.0),
            Upstream("hungary", capacity=12.0, kind="supply_limit"),
            Upstream("horgos", capacity=50.0),
        ],
        "contracts": [
            Contract("long", [Route("long_line", "LINE", ("turkstream", "kireevo"))], dcq=35.0, price=20.0,
                     kind="long_term"),
            Contract("hub", [Route("hub_west", "WEST", ("hungary", "horgos"))], dcq=9.0, price=30.0, kind="purchase"),
            Contract("spot", [Route("spot_west", "WEST", ("hungary", "horgos"))], dcq=9.0, price=30.0, kind="spot"),
            Contract("field", [Route("field_east", "EAST")], dcq=5.0, price=10.0, kind="production"),
            Contract("theirs", [Route("theirs_line", "LINE", ("turkstream", "kireevo"))], dcq=3.0, price=20.0,
                     kind="long_term", destination="NEXT"),
        ],
        "sites": [StorageSite("salt", withdrawal_capacity=15.0)],
        "accounts": [
            StorageAccount("store", 100.0, 50.0, 12.0, 1.0, node="EAST", site="salt", withdrawal_curve=CURVE),
            StorageAccount("guest", 100.0, 50.0, 12.0, 1.0, node="EAST", site="salt", withdrawal_curve=CURVE,
                           callable=False),
        ],
        "offtakes": [Offtake("homes", "EAST", 20.0), Offtake("homes", "WEST", 30.0), Offtake("homes", "NEXT", 4.0)],
    }  # fmt: skip
    return GasSystem.build("2026-01-20", 1, **(assets | changes))


def question(system: GasSystem, demand: float = 60.0) -> Question:
    """N−1 of the country above against a demand that is given, all stores as said by level."""
    subject = Subject(examined(BASE).dataset, Scenario(title="small", gas_year=""), system)
    fills = {"full": FULL, "planned": {"store": 0.5, "guest": 1.0}, "30": dict.fromkeys(FULL, 0.3)}
    levels = {name: capacities(system, 0, AREA, fill) for name, fill in fills.items()}
    return Question(subject, 0, AREA, Estimate(demand, demand, demand), fills, levels)


def test_both_formulas() -> None:
    assert n_minus_1(100, 5, 40, 3, 60, 80) == pytest.approx((100 + 5 + 40 + 3 - 60) / 80 * 100)
    assert n_minus_1(100, 5, 40, 3, 60, 80, measures=10) == pytest.approx((100 + 5 + 40 + 3 - 60) / (80 - 10) * 100)
    with pytest.raises(InputError, match="Dmax is above 0"):
        n_minus_1(1, 1, 1, 1, 1, 10, measures=10)
    with pytest.raises(InputError):
        n_minus_1(1, 1, 1, 1, 1, 0)


def test_entries_are_net_of_transit_and_no_more_than_the_exits() -> None:
    found = capacities(country(), 0, AREA, FULL)
    assert found.entry() == pytest.approx(min(260 - 200, 30 + 10) + 50)
    assert found.entry(Lost(upstream=frozenset({"kireevo"}))) == pytest.approx(50)
    assert (found.produced(), found.send_out()) == (5, 0)
    assert found.largest() == ("horgos", 50)
    assert ratio(found, 60) == pytest.approx((40 + 50 + 5 + 15 - 50) / 60 * 100)
    narrow = capacities(country(upstream=[Upstream("turkstream", 300.0, kind="pipeline"), Upstream("kireevo", 25.0),
                                          Upstream("hungary", 12.0, kind="supply_limit"),
                                          Upstream("horgos", 50.0)]), 0, AREA, FULL)  # fmt: skip
    assert narrow.entry() == pytest.approx(25 + 50)


def test_a_store_gives_the_lesser_of_its_site_and_its_owners() -> None:
    def rates(fill: float) -> tuple[float, float]:
        found = capacities(country(), 0, AREA, {"store": fill, "guest": fill})
        return found.storage(), found.storage(callable_only=True)

    assert rates(1.0) == pytest.approx((min(15, 12 + 12), min(15, 12)))
    assert rates(0.3) == pytest.approx((0.6 * 15, 0.6 * 12))
    assert rates(0.0) == (0, 0)
    uneven = capacities(country(), 0, AREA, {"store": 0.25, "guest": 1.0})
    assert uneven.storage() == pytest.approx((0.5 * 100 + 1.0 * 100) / 200 * 15)
    assert uneven.storage(callable_only=True) == pytest.approx(0.5 * 12)


def test_a_terminal_within_the_country_sends_out_and_one_abroad_does_not() -> None:
    ways = [
        Contract("coast", [Route("coast_west", "WEST", ("harbour",))], dcq=7.0, price=1.0, kind="lng_slot"),
        Contract("far", [Route("far_west", "WEST", ("harbour", "border"))], dcq=7.0, price=1.0, kind="lng_slot"),
    ]
    upstream = [Upstream("harbour", 8.0, kind="terminal"), Upstream("border", 20.0)]
    inside = capacities(country(contracts=ways[:1], upstream=upstream), 0, AREA, FULL)
    assert (inside.send_out(), inside.entry()) == (8, 0)
    outside = capacities(country(contracts=ways[1:], upstream=upstream), 0, AREA, FULL)
    assert (outside.send_out(), outside.entry()) == (0, 20)


def test_unknown_capacities_are_named_all_at_once() -> None:
    wrong = country(
        upstream=[Upstream("horgos", np.inf)],
        contracts=[
            Contract("hub", [Route("hub_west", "WEST", ("horgos",))], dcq=9.0, price=1.0),
            Contract("nowhere", [Route("nowhere_west", "WEST")], dcq=9.0, price=1.0),
            Contract("field", [Route("field_east", "EAST")], dcq=np.inf, price=1.0, kind="production"),
        ],
    )
    with pytest.raises(InputError) as caught:
        capacities(wrong, 0, AREA, FULL)
    said = "\n".join(caught.value.problems)
    assert "upstream.horgos: its capacity is not known" in said
    assert "contracts.nowhere: route nowhere_west passes no border point" in said
    assert "contracts.field: its capacity is not known" in said


def test_closed_routes_and_damage_count() -> None:
    system = country()
    hub = [replace(c, routes=[replace(r, open=0.0) for r in c.routes]) for c in system.contracts.values()
           if c.id in ("hub", "spot")]  # fmt: skip
    closed = country(contracts=[*(c for c in system.contracts.values() if c.id not in ("hub", "spot")), *hub])
    assert capacities(closed, 0, AREA, FULL).entry() == pytest.approx(40)
    damaged = system.with_asset("upstream", replace(system.upstream["turkstream"], available=0.1))
    assert capacities(damaged, 0, AREA, FULL).entry() == pytest.approx(0.1 * 100 + 50)  # what still reaches Kireevo
    dry = system.with_asset("upstream", replace(system.upstream["hungary"], available=0.0))
    assert capacities(dry, 0, AREA, FULL).entry() == pytest.approx(40 + 50)  # no gas, but the pipe stands


def test_what_feeds_an_entry_brings_half_of_it_or_more() -> None:
    assert feeds(country(), 0, AREA) == {"kireevo": {"turkstream"}, "horgos": {"hungary"}}


def test_ladder_by_hand() -> None:
    asked = question(country())
    frame = ladder.ladder(asked).set_index("asset")
    whole = 40 + 50 + 5 + 15
    assert frame.full["horgos"] == pytest.approx((whole - 50) / 60 * 100)
    assert frame.full["kireevo"] == pytest.approx((whole - 40) / 60 * 100)
    assert frame.full["turkstream"] == frame.full["kireevo"]
    assert frame.full["salt"] == pytest.approx((whole - 15) / 60 * 100)
    assert frame.at_30["salt"] == pytest.approx((whole - 15) / 60 * 100)
    assert frame.at_30["field"] == pytest.approx((40 + 50 + 0.6 * 15) / 60 * 100)
    assert frame.full.is_monotonic_increasing
    # Hungary's reservation on TurkStream is in the shipped table; its gas stands before Horgos
    assert frame.kind.iloc[0] == "risk group"
    assert frame.full.iloc[0] == pytest.approx((5 + 15) / 60 * 100)


def test_contracted_gas_by_hand() -> None:
    """Long-term 35, purchase 9, field 5, callable stock at half 12; no spot, nor what the neighbour bought."""
    frame = ladder.ladder(question(country())).set_index("asset")
    day = contracted_day(country(), 0, AREA, {"store": 0.5, "guest": 1.0})
    assert largest_delivery(day) == pytest.approx(35 + 9 + 5 + 12)
    assert frame.gas["kireevo"] == pytest.approx(9 + 5 + 12)
    assert frame.gas["horgos"] == pytest.approx(35 + 5 + 12)
    assert frame.gas["salt"] == pytest.approx(35 + 9 + 5)
    assert frame.gas["field"] == pytest.approx(35 + 9 + 12)
    assert frame.gas.iloc[0] == pytest.approx(5 + 12)
    assert frame.gas_share["horgos"] == pytest.approx((35 + 5 + 12) / 60 * 100)
    without = contracted_day(country(), 0, AREA, {"store": 0.5, "guest": 1.0}, without=["long"])
    assert deliveries(without, {"whole": NOTHING})["whole"] == pytest.approx(9 + 5 + 12)


def test_pipes_within_the_country_do_not_limit_contracted_gas_but_exits_do() -> None:
    big = [replace(c, dcq=100.0) if c.id == "long" else c for c in country().contracts.values()]
    day = contracted_day(country(contracts=big), 0, AREA, {"store": 0.0, "guest": 1.0})
    assert largest_delivery(day) == pytest.approx(30 + 10 + 9 + 5)


def test_fill_that_meets_the_standard_by_hand() -> None:
    """40 + 50 + 5 + 15 * 2f - 50 = 50 at f = 1/6; of callable gas alone 12 * 2f = 5 at f = 5/24."""
    asked = question(country(), demand=50.0)
    assert ladder.fill_that_meets(asked) == pytest.approx(1 / 6)
    assert ladder.fill_that_meets(asked, callable_only=True) == pytest.approx(5 / 24)
    assert ladder.fill_that_meets(question(country(), demand=45.0)) == 0
    assert ladder.fill_that_meets(question(country(), demand=61.0)) is None
    curve = ladder.curve(asked).set_index("fill")
    assert list(curve.index) == pytest.approx(list(range(0, 101, 5)))
    assert curve.n_minus_1[25.0] == pytest.approx((45 + 0.5 * 15) / 50 * 100)


def test_oil_counts_where_stock_and_notice_allow() -> None:
    homes = [Offtake("heat", "EAST", 20.0), Offtake("heat", "WEST", 30.0), Offtake("heat", "NEXT", 40.0)]

    def measures(stock: float, notice: int, warning: float) -> float:
        fuel = FuelSwitch("heat", 0.4, stock, 80.0, refill=1.0, notice_days=notice)
        system = country(offtakes=homes, fuel_switches=[fuel])
        return demand_measures(system, ["heat@EAST", "heat@WEST"], warning)

    assert measures(500.0, 1, 1) == pytest.approx(0.4 * (20 + 30))
    assert measures(6.0, 1, 1) == pytest.approx(6 + 1)
    assert measures(500.0, 4, 1) == 0
    assert measures(500.0, 4, np.inf) == pytest.approx(0.4 * (20 + 30))


def test_days_below_are_looked_for_from_october_to_april() -> None:
    days = pd.DataFrame({"date": ["2026-04-30", "2026-05-01", "2026-09-30"], "n": [90.0, 90.0, 90.0]})
    assert [d.isoformat() for d in ladder.days_below(days, "n")] == ["2026-04-30"]
    assert not ladder.days_below(days.assign(n=100.0), "n")


def test_a_horizon_without_the_reference_day_is_refused(small_system: Callable[..., GasSystem]) -> None:
    with pytest.raises(InputError, match="holds no 20 January"):
        reference_day(small_system(6))
    assert reference_day(small_system(30)) == 19


@cache
def shipped(name: str = BASE) -> Chapter:
    return chapter(examined(name))


def test_shipped_terms_give_the_shipped_ratio() -> None:
    found = shipped()
    terms = found.tables["n_minus_1_terms"].frame
    total = terms.groupby("symbol").gwh_per_day.sum()
    full = terms[terms.what.str.endswith("stores full") & ~terms.what.str.startswith("of it")].gwh_per_day.sum()
    largest = terms.loc[terms.symbol == "I", "gwh_per_day"].iloc[0]
    demand = found.value("d_max")
    by_hand = (total["EP"] + total["P"] + full + total["LNG"] - largest) / demand * 100
    assert found.value("n_minus_1_full") == pytest.approx(by_hand)
    assert largest == pytest.approx(141.98)
    assert total["EP"] == pytest.approx(120.96 + 52.03 + 141.98)  # Balkan Stream net of transit, never 241 or 367
    assert (terms.loc[terms.symbol.isin(["EP", "P", "S"]), "sources"] != "").all()
    assert terms.loc[terms.symbol == "P", "estimate"].iloc[0] == "yes"


def test_shipped_chapter_is_plausible_and_says_what_the_formula_leaves_out() -> None:
    found = shipped()
    figure = found["n_minus_1_full"]
    assert figure.verdict == "pass"
    assert 110 < figure.value < 122  # type: ignore[operator]
    assert figure.low < figure.value < figure.high  # type: ignore[operator]
    assert found.value("n_minus_1_30") < found.value("n_minus_1_full") < found.value("n_minus_1_without_kireevo")
    assert 50 < found.value("n_minus_1_without_risk_group_hungary") < 62
    assert found.value("n_minus_1_with_neighbours") < found.value("n_minus_1_full")
    assert found.value("n_minus_1_measures") == found.value("n_minus_1_full")  # four days' notice come too late
    assert found.value("n_minus_1_measures_ahead") > found.value("n_minus_1_full")
    assert found["first_day_below"].value == "never"
    said = " ".join(findings(found, GWH))
    assert "can pass N−1 and still be short" in said
    assert found.value("contracted_without_largest") < 100 <= found.value("n_minus_1_full")
    assert len({f.id for f in found.figures}) == len(found.figures)


def test_an_undocumented_winter_counts_less() -> None:
    found = shipped("baseline_2026_27")
    assert found.value("contracted_documented") < found.value("contracted") - 30
    assert "Gazprom" in found["contracted_documented"].note
    assert "known to be signed" in " ".join(findings(found, GWH))


def test_loss_of_turkstream_shows_in_the_course() -> None:
    found = shipped("russian_loss_alone")
    assert found["first_day_below"].value == "2026-01-01"
    days = found.tables["n_minus_1_course"].frame.set_index("date")
    assert days.n_minus_1["2025-12-31"] > 100 > days.n_minus_1["2026-01-01"]
    assert any("no event of the scenario is in force" in note for note in found.notes)
    assert not any("no event of the scenario" in note for note in shipped().notes)  # only maintenance in June


def test_who_does_not_pass_is_not_told_that_one_can_pass_and_be_short() -> None:
    found = shipped("january_2009")
    assert found["n_minus_1_full"].verdict == "fail"
    said = " ".join(findings(found, GWH))
    assert "can pass N−1" not in said and PIPES_ALONE in said
