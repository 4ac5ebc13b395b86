"""ENTSOG's indicators: a small country by hand, then the shipped year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from standards_subject import examined

from energysim import Contract, GasSystem, Node, Offtake, Pipeline, Route, Scenario, StorageAccount, Upstream
from energysim.indicators.curtailment import remaining_flexibility
from energysim.outputs.dossier.entsog import findings
from energysim.outputs.wording import GWH, MCM
from energysim.standards.risk import chapter as entsog
from energysim.standards.risk.areas import HOME, areas_of, inlets
from energysim.standards.risk.cases import (
    both_modes,
    case,
    curtailment_table,
    disruption_table,
    flexibility_table,
    largest_disruption,
)
from energysim.standards.risk.cooperation import Sharing
from energysim.standards.risk.dependence import (
    NOTHING,
    closing_stocks,
    dependence_table,
    losses,
    on_the_market,
)
from energysim.standards.risk.diversification import concentration_table, route_diversification, routes_table
from energysim.standards.risk_group import WITH_IT, risk_groups
from energysim.standards.subject import Subject

DAYS = 10
NEIGHBOUR = "Neighbour"


@pytest.fixture(scope="module")
def country() -> Subject:
    """Towns A and B, and a neighbour behind B; 12 from the east, 6 from the west, 2 spot, for 10 + 5 + 5 a day."""
    system = GasSystem.build(
        "2026-01-01", DAYS, label="small",
        nodes=[Node("A"), Node("B"), Node("X", name="Neighbour at the border", kind="exit")],
        pipelines=[Pipeline("A_B", "A", "B", 20.0), Pipeline("B_A", "B", "A", 20.0), Pipeline("B_X", "B", "X", 6.0)],
        upstream=[Upstream("east_border", capacity=12.0), Upstream("west_border", capacity=8.0)],
        contracts=[
            Contract("east", [Route("east_A", "A", ("east_border",))], dcq=12.0, price=20.0, gas_source="east", kind="long_term"),
            Contract("west", [Route("west_B", "B", ("west_border",))], dcq=6.0, price=22.0, gas_source="west", kind="long_term"),
            Contract("hub", [Route("hub_B", "B", ("west_border",))], dcq=2.0, price=40.0, gas_source="hub", kind="spot"),
        ],
        accounts=[StorageAccount("store", volume=30.0, opening=20.0, withdrawal_capacity=5.0, injection_capacity=0.0, node="A")],
        offtakes=[Offtake("town", "A", 10.0), Offtake("town", "B", 5.0), Offtake("abroad", "X", 5.0)],
    )  # fmt: skip
    return Subject(examined("baseline_2025_26").dataset, Scenario(title="small", gas_year=""), system)


def test_areas_of_a_country(country: Subject) -> None:
    areas = areas_of(country)
    assert areas.countries == {HOME: ("A", "B"), NEIGHBOUR: ("X",)}
    assert list(areas.all) == [HOME, "A", "B", NEIGHBOUR]
    assert areas.within == {HOME: ("A", "B")}


def test_interconnections_largest_first(country: Subject) -> None:
    found = inlets(country, country.system, ("A", "B"), 0)
    assert [(i.name, i.capacity) for i in found] == [("east_border", 12.0), ("west_border", 8.0)]
    of_b = inlets(country, country.system, ("B",), 0)
    assert [(i.assets, i.capacity) for i in of_b] == [(("A_B", "B_A"), 20.0), (("west_border",), 8.0)]
    dark = of_b[0].out_of(country.system)
    assert not np.any(dark.pipelines["A_B"].available) and not np.any(dark.pipelines["B_A"].available)
    [line] = inlets(country, country.system, ("X",), 0)
    assert (line.assets, line.neighbour) == (("B_X",), "B")


def test_source_dependence_by_hand(country: Subject) -> None:
    found = dependence_table(country, areas_of(country)).set_index(["market", "lost", "area"])
    # stores must end no lower than planned or begun; the plan draws what it likes, so the year's stock is what it leaves
    drawn = 20.0 - closing_stocks(country)["store"]
    everything = 20.0 * DAYS
    without_east = 1 - (8.0 * DAYS + drawn) / everything
    assert found.loc[("open", "east", HOME), "shared"] == pytest.approx(100 * without_east)
    assert found.loc[("open", "east", NEIGHBOUR), "shared"] == pytest.approx(100 * without_east)
    # home comes first with all it has; the neighbour owns nothing and gets what home can spare, which is nothing
    assert found.loc[("open", "east", HOME), "first"] == pytest.approx(100 * (1 - (8.0 * DAYS + drawn) / (15.0 * DAYS)))
    assert found.loc[("open", "east", NEIGHBOUR), "first"] == pytest.approx(100)
    # all sellers give 20 for 20: of the east's 12 all are needed but for the stock
    assert found.loc[("open", "east", HOME), "least_share"] == pytest.approx(100 * (12.0 * DAYS - drawn) / everything)
    # by contract 18 for 20 even with nothing lost, and 6 without the east
    short = 1 - (18.0 * DAYS + drawn) / everything
    assert found.loc[("contracted", NOTHING, HOME), "shared"] == pytest.approx(100 * short)
    assert found.loc[("contracted", "east", HOME), "shared"] == pytest.approx(
        100 * (1 - (6.0 * DAYS + drawn) / everything)
    )
    assert found.loc[("contracted", "east", HOME), "band"] == "40–60 %"  # 60 % lies on the end of it


def test_losses_are_single_sources_and_what_they_feed() -> None:
    subject = examined("baseline_2025_26")
    system, groups = subject.system, risk_groups(subject)
    names = [loss.name for loss in losses(system, groups)]
    assert names[0] == NOTHING
    # only Russian gas has no way but TurkStream, through which Hungary is fed too
    assert [n for n in names if n.endswith(WITH_IT)] == ["Russian pipeline gas, and Hungary with it"]
    assert names.index("Russian pipeline gas, and Hungary with it") == names.index("Russian pipeline gas") + 1
    contracted = on_the_market(system, "contracted")
    assert not [c for c in contracted.contracts.values() if c.kind == "spot" and c.dcq.any()]
    russia = next(loss for loss in losses(system, groups) if loss.source == "russia" and loss.upstream)
    lost = russia.out_of(system)
    assert not lost.contracts["gazprom"].dcq.any() and not lost.upstream["hungary"].free.any()


def test_diversity_by_hand(country: Subject) -> None:
    routes = routes_table(country, areas_of(country))
    assert route_diversification(routes, HOME) == pytest.approx((100 * 12 / 20) ** 2 + (100 * 8 / 20) ** 2)
    assert route_diversification(routes, NEIGHBOUR) == pytest.approx(10_000)
    table = concentration_table(country).set_index(["basis", "dimension"])
    assert table.loc[("contractual", "source"), "hhi"] == pytest.approx((100 * 12 / 18) ** 2 + (100 * 6 / 18) ** 2)
    assert table.loc[("contractual", "entry"), "largest"] == "east_border"
    taken = country.results.quantity("nomination").sum()
    whole = float(taken.sum())
    by_entry = [float(taken["east_A"]), float(taken["west_B"] + taken["hub_B"])]
    assert table.loc[("physical", "entry"), "hhi"] == pytest.approx(sum((100 * a / whole) ** 2 for a in by_entry))
    assert (table["import_dependence"] == 100).all()


def test_a_chapter_without_a_climate_leaves_out_what_it_cannot_know(country: Subject) -> None:
    chapter = entsog.chapter(country)
    assert np.isnan(chapter.value("slid_serbia")) and "climate" in chapter["slid_serbia"].note
    assert "entsog_curtailment" not in chapter.tables
    assert chapter.value("ird_serbia") == pytest.approx((100 * 12 / 20) ** 2 + (100 * 8 / 20) ** 2)
    said = findings(chapter, GWH)
    assert any("by contract alone losing east cuts" in s for s in said)
    assert not any("nan" in s for s in said)


def test_the_shipped_peak_day() -> None:
    subject = examined("baseline_2025_26")
    areas = areas_of(subject)
    room = flexibility_table(subject, areas).set_index("area")
    assert room["day_flexibility"].between(0, 100).all() and (room["day_multiple"] >= 1).all()
    # an area's second helping is never less than the same share every day
    assert (room["day_flexibility"] >= 100 * (room["day_multiple"] - 1).clip(upper=1) - 1e-4).all()
    abroad = list(areas.countries)[1]
    window = case(subject, 1)
    pipe = float(window.pipelines["zvornik"].capacity[0])
    demand = float(window.offtakes["bosnia@BA"].demand[0])
    assert room.loc[abroad, "day_flexibility"] == pytest.approx(100 * remaining_flexibility(2 * demand - pipe, demand))
    outages = disruption_table(subject, areas)
    slid = largest_disruption(outages).set_index("area")
    assert slid.loc[HOME, "capacity"] == pytest.approx(141.98)
    assert slid.loc[HOME, "worst"] == "Kireevo-Zajecar"
    assert slid.loc[abroad, ["shared", "first"]].tolist() == pytest.approx([100, 100])  # one pipe leads there
    assert (
        outages.loc[outages["area"] == HOME, "first"] <= outages.loc[outages["area"] == HOME, "shared"] + 1e-6
    ).all()


def test_the_scenarios_events_are_in_force_on_the_design_days() -> None:
    subject = examined("russian_loss_alone")
    areas = areas_of(subject)
    window = case(subject, 1)
    assert not window.upstream["turkstream"].free.any()
    morning = pd.Timestamp(window.first_day)
    stock = subject.results.quantity("inventory").loc[morning]
    assert window.accounts["banatski_dvor_serbian"].opening == pytest.approx(stock["banatski_dvor_serbian"])
    rates = curtailment_table(subject, areas).set_index("area")
    home, abroad = rates.loc[HOME], rates.loc[list(areas.countries)[1]]
    assert home["day_shared"] > home["day_first"] > 30 and abroad["day_first"] == pytest.approx(100)
    assert home["band"] == "> 50 %" and 0 < home["course"] < home["worst_day"]


def test_serbia_depends_on_russian_gas_by_contract() -> None:
    subject = examined("baseline_2025_26")
    areas = areas_of(subject)
    year = on_the_market(subject.system, "contracted")
    sharing = Sharing(year, areas.all, list(areas.countries))
    lost = next(loss for loss in losses(year) if loss.source == "russia").out_of(year)
    sharing.look_at(lost, closing_stocks(subject))
    together, apart = both_modes(sharing, areas)
    # what is left, with no stock to spend: home gas, Azerbaijan and MVM, and some oil
    left = sum(float(c.dcq.sum()) for c in lost.contracts.values() if not c.destination)
    demand = sum(float(np.sum(o.demand)) for o in year.offtakes.values())
    oil = sum(f.oil_stock + float(np.sum(f.refill)) for f in year.fuel_switches.values())
    assert 1 - (left + oil) / demand - 0.01 < together[HOME] < 1 - left / demand + 0.01
    assert apart[HOME] < together[HOME]
    assert route_diversification(routes_table(subject, areas), HOME) == pytest.approx(
        sum((100 * b / (141.98 + 120.96 + 52.03)) ** 2 for b in (141.98, 120.96 + 52.03))
    )


def test_findings_name_the_unit_and_the_worst(small_chapter: Callable[[], entsog.Chapter]) -> None:
    chapter = small_chapter()
    said = " ".join(findings(chapter, MCM))
    assert "mcm/d" in said and "matters more" in said and "could be given 4 % more" in said


@pytest.fixture
def small_chapter() -> Callable[[], entsog.Chapter]:
    """A chapter of three tables, no model behind it."""

    def make() -> entsog.Chapter:
        slid = pd.DataFrame(
            {
                "area": ["Serbia", "Serbia"],
                "interconnection": ["big", "small"],
                "capacity": [100.0, 50.0],
                "largest": [True, False],
                "shared": [0.0, 12.0],
                "first": [0.0, 10.0],
                "band": ["none", "5–15 %"],
            }
        )
        room = pd.DataFrame({"area": ["Serbia", "B"], "day_flexibility": [30.0, 4.0], "day_multiple": [1.3, 1.04]})
        empty = entsog.Chapter("entsog", "", "", ())
        tables = {"entsog_slid": slid, "entsog_flexibility": room}
        return replace(empty, tables={name: entsog.Table("", frame) for name, frame in tables.items()})

    return make
