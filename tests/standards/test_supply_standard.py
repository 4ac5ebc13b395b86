"""The supply standard: multiples, volumes and days by hand, against re-solves, and the shipped cases."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from standards_subject import examined

from energysim import (
    Contract,
    DemandClass,
    FuelSwitch,
    GasSystem,
    InputError,
    Node,
    Offtake,
    Pipeline,
    Route,
    StorageAccount,
    Upstream,
)
from energysim.dossier import Chapter, Figure, Table
from energysim.inputs.assets import Period
from energysim.outputs.dossier.supply_standard import NOT_THE_SCENARIO, findings
from energysim.outputs.wording import GWH
from energysim.standards.subject import subject
from energysim.standards.supply import chapter as supply_standard
from energysim.standards.supply.cases import (
    Answer,
    Examination,
    contracted_only,
    filled,
    infrastructure,
    margin,
    verdict,
    without,
    worst,
)
from energysim.standards.supply.chapter import EVENTS_LEFT_OUT, services_share
from energysim.standards.supply.serving import Multiple, Recourse, repeated

HOME = ("households@TOWN",)
CLASSES = (
    DemandClass("industry", steps=((1.0, 250.0),), cut_order=1),
    DemandClass("households", steps=((0.5, 1000.0), (0.5, 1200.0)), cut_order=2, protected=True),
)


def town(days: int = 8, **changes: Any) -> GasSystem:
    """A town with a store of 10 GWh that gives 2 GWh/d, an import of 3, households of 1 and industry of 2."""
    assets: dict[str, Any] = {
        "nodes": [Node("TOWN")],
        "upstream": [Upstream("border", capacity=3.0)],
        "contracts": [Contract("import", [Route("import_border", "TOWN", ("border",))], dcq=3.0, price=20.0)],
        "accounts": [StorageAccount("store", 10.0, 10.0, withdrawal_capacity=2.0, injection_capacity=1.0, node="TOWN")],
        "demand_classes": CLASSES,
        "offtakes": [Offtake("industry", "TOWN", 2.0), Offtake("households", "TOWN", 1.0)],
    }
    return GasSystem.build("2026-01-01", days, **(assets | changes))


def cut_off(days: int = 8, **changes: Any) -> GasSystem:
    return without(town(days, **changes), "upstream.border")


def largest(system: GasSystem) -> float | None:
    return Multiple(system, HOME).largest(system)


def test_margin_verdict_and_share_are_arithmetic() -> None:
    assert margin(1.25, 8.0) == pytest.approx((1.25 - 1) * 8)
    assert margin(0.5, 8.0) == pytest.approx(-4)
    assert (verdict(0.0), verdict(1e-7), verdict(1e-5)) == ("pass", "pass", "fail")
    assert services_share(2.0, 16.0) == pytest.approx(100 * 2 / 16)
    assert services_share(0.0, 0.0) is None


def test_multiple_by_hand() -> None:
    assert largest(cut_off(8)) == pytest.approx(10 / 8)  # the stock binds
    assert largest(cut_off(4)) == pytest.approx(2 / 1)  # the rate binds
    assert largest(town(8)) == pytest.approx((8 * 3 + 10) / 8)  # import and stock, all of it to households
    assert largest(without(town(8), "accounts.store+upstream.border")) == pytest.approx(0)


def test_multiple_with_oil_by_hand() -> None:
    oil = [FuelSwitch("households", switchable=0.5, oil_stock=2.0, oil_price=60.0)]
    assert largest(cut_off(8, fuel_switches=oil)) == pytest.approx((10 + 2) / 8)
    oil = [FuelSwitch("households", switchable=0.5, oil_stock=99.0, oil_price=60.0)]
    assert largest(cut_off(8, fuel_switches=oil)) == pytest.approx(10 / (8 * 0.5))  # oil keeps its half of more demand
    none = [StorageAccount("store", 10.0, 0.0, withdrawal_capacity=2.0, injection_capacity=0.0, node="TOWN")]
    assert largest(cut_off(8, fuel_switches=oil, accounts=none)) == pytest.approx(
        0
    )  # below 1 too oil serves half at most


def test_losses_come_first() -> None:
    lost = DemandClass("losses", steps=((1.0, 5000.0),), cut_order=9, cuttable=False)
    demand = [Offtake("losses", "TOWN", 0.25), Offtake("households", "TOWN", 1.0)]
    assert largest(cut_off(8, demand_classes=[*CLASSES, lost], offtakes=demand)) == pytest.approx((10 - 8 * 0.25) / 8)
    demand = [Offtake("losses", "TOWN", 2.5), Offtake("households", "TOWN", 1.0)]
    assert largest(cut_off(8, demand_classes=[*CLASSES, lost], offtakes=demand)) is None


def test_no_protected_demand_has_no_limit() -> None:
    assert Multiple(town(), ()).largest(town()) == np.inf


@pytest.mark.parametrize("seed", range(4))
def test_multiple_agrees_with_re_solves(seed: int) -> None:
    system = _two_towns(np.random.default_rng(seed))
    whom = [o for o in system.offtakes if o.startswith("households")]
    found = Multiple(system, whom).largest(system)
    assert found is not None and found > 0
    assert _least_cut(system, whom, found * (1 - 1e-6)) <= 1e-6
    assert _least_cut(system, whom, found * (1 + 1e-3)) > 1e-6
    low, high = 0.0, 20.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if _least_cut(system, whom, middle) <= 1e-7 else (low, middle)
    assert found == pytest.approx(low, rel=1e-5)


def _least_cut(system: GasSystem, whom: list[str], factor: float) -> float:
    for o in whom:
        system = system.with_asset("offtakes", replace(system.offtakes[o], demand=system.offtakes[o].demand * factor))
    return Recourse().load(system).least_cut(whom)


def _two_towns(random: np.random.Generator) -> GasSystem:
    days = 6
    return GasSystem.build(
        "2026-01-01",
        days,
        nodes=[Node("TOWN"), Node("HILL")],
        pipelines=[Pipeline("up", "TOWN", "HILL", capacity=random.uniform(1, 3), shrinkage=0.02)],
        upstream=[Upstream("border", capacity=random.uniform(2, 5))],
        contracts=[
            Contract("import", [Route("import_border", "TOWN", ("border",))], dcq=4.0, price=20.0,
                     periods=(Period("import_all", 0, days - 1, quantity=random.uniform(8, 20)),)),
            Contract("field", [Route("field_hill", "HILL")], dcq=random.uniform(0.2, 1), price=25.0, kind="production"),
        ],
        accounts=[
            StorageAccount("store", 10.0, random.uniform(2, 10), withdrawal_capacity=3.0, injection_capacity=1.0, node="TOWN",
                           withdrawal_curve=((0.0, 0.2), (0.5, 1.0), (1.0, 1.0)), loss_per_day=0.001),
        ],
        demand_classes=CLASSES,
        offtakes=[Offtake("industry", "TOWN", 2.0), Offtake("households", "TOWN", random.uniform(0.5, 1.5, days)),
                  Offtake("households", "HILL", random.uniform(0.5, 1.5, days))],
        fuel_switches=[FuelSwitch("households", switchable=0.3, oil_stock=random.uniform(0, 3), oil_price=60.0)],
    )  # fmt: skip


def test_days_by_hand() -> None:
    found = Examination(town(8), HOME, longest=30)
    assert found.answer("upstream.border").days == 10 / 1  # 10 GWh, 1 GWh/d; rate 2
    assert found.answer("upstream.border", "low").days == 3 / 1
    assert found.answer("upstream.border", "low").missing == pytest.approx(8 - 3)
    assert found.answer("upstream.border", "low").multiple == pytest.approx(3 / 8)
    assert found.answer("").days == 30  # as long as anybody asks
    dry = found.answer("accounts.store+upstream.border")
    assert (dry.days, dry.missing, dry.verdict) == (0, pytest.approx(8), "fail")


def test_answer_tells_stock_need_and_margin() -> None:
    answer = Examination(town(8), HOME, longest=30).answer("upstream.border")
    assert (answer.stock, answer.need) == (pytest.approx(10), pytest.approx(8 * 1))
    assert answer.margin == pytest.approx((10 / 8 - 1) * 8)


def test_less_stock_never_helps() -> None:
    system = town(8, contracts=[Contract("field", [Route("field_town", "TOWN")], dcq=0.25, price=20.0)])
    answers = [Examination(filled(system, f), HOME, longest=30).answer() for f in (1.0, 0.6, 0.3, 0.0)]
    for more, less in pairwise(answers):
        assert less.days <= more.days and less.missing >= more.missing
        assert (less.multiple or 0) <= (more.multiple or 0)


def test_repeated_days_hold_the_first_ones() -> None:
    days = (Period("import_all", 0, 3, quantity=2.0),)
    contract = Contract("import", [Route("import_border", "TOWN", ("border",))], dcq=3.0, price=20.0, periods=days)
    once = town(4, contracts=[contract], accounts=[])
    twice = repeated(once, 2)
    assert [(p.first, p.last, p.quantity) for p in twice.contracts["import"].periods] == [(0, 3, 2.0), (4, 7, 2.0)]
    assert Recourse().load(once).least_cut(HOME) == pytest.approx(4 - 2)
    assert Recourse().load(twice).least_cut(HOME, 4) == pytest.approx(4 - 2)
    assert Recourse().load(twice).least_cut(HOME) == pytest.approx(8 - 4)


def test_contracted_gas_is_what_somebody_has_sold() -> None:
    kinds = ("long_term", "purchase", "production", "spot", "emergency", "lng_slot")
    system = town(contracts=[Contract(k, [Route(f"{k}_town", "TOWN")], dcq=1.0, price=20.0, kind=k) for k in kinds])
    left = [c.id for c in contracted_only(system).contracts.values() if c.available.max() > 0]
    assert left == ["long_term", "purchase", "production"]
    assert largest(contracted_only(system)) == pytest.approx((3 * 8 + 10) / 8)


def test_candidates_are_border_points_stores_and_fields_at_home() -> None:
    system = GasSystem.build(
        "2026-01-01", 1,
        nodes=[Node("TOWN"), Node("ABROAD", kind="exit")],
        upstream=[Upstream("far", 9.0, kind="pipeline"), Upstream("border", 3.0), Upstream("unused", 3.0)],
        contracts=[
            Contract("import", [Route("import_border", "TOWN", ("far", "border"))], dcq=3.0, price=20.0),
            Contract("field", [Route("field_town", "TOWN")], dcq=1.0, price=20.0, kind="production"),
        ],
        accounts=[StorageAccount("store", 10.0, 5.0, 2.0, 1.0, node="TOWN"),
                  StorageAccount("theirs", 10.0, 5.0, 2.0, 1.0, node="TOWN", callable=False)],
        offtakes=[Offtake("households", "TOWN", 1.0), Offtake("households", "ABROAD", 1.0)],
    )  # fmt: skip
    assert infrastructure(system, ["TOWN"]) == ("upstream.border", "accounts.store", "contracts.field")


def test_the_worst_outage_counts() -> None:
    def answer(outage: str, multiple: float | None, missing: float) -> Answer:
        return Answer(outage, "planned", "all", 0.0, 8.0, missing, multiple, 0)

    assert worst([answer("a", 1.2, 0.0), answer("b", 0.9, 0.5), answer("c", 0.9, 0.7)]).outage == "c"
    assert worst([answer("a", 0.0, 8.0), answer("b", None, 8.0)]).outage == "b"


def test_shipped_year_in_three_cases() -> None:
    asked = examined("baseline_2025_26")
    chapter = supply_standard.chapter(asked, outages=["kireevo", "horgos"])
    rows = chapter.tables["supply_standard"].frame
    assert rows["case"].tolist() == ["a"] * 3 + ["b"] * 3 + ["c"] * 3
    for _, at in rows.groupby("case"):  # full, planned, 30 %
        assert at["fill"].is_monotonic_decreasing and (at["multiple"].diff().dropna() <= 1e-6).all()
    for letter in "abc":
        need, multiple = (
            chapter.value(f"supply_standard_{letter}_need"),
            chapter.value(f"supply_standard_{letter}_all_multiple"),
        )
        assert chapter.value(f"supply_standard_{letter}_all_margin") == pytest.approx((multiple - 1) * need)
        assert multiple >= chapter.value(f"supply_standard_{letter}_contracted_multiple")
    peak = chapter["supply_standard_a_all_multiple"]
    assert peak.low is not None and peak.high is not None and peak.low < chapter.value(peak.id) < peak.high
    tried = chapter.tables["supply_standard_outages"].frame
    planned = tried[(tried["stock"] == "planned") & (tried["supply"] == "all")].set_index("infrastructure")["multiple"]
    assert chapter.value("supply_standard_c_all_multiple") == pytest.approx(planned.min())
    customers = chapter.tables["supply_standard_customers"].frame
    assert customers.loc[customers["protected"], "case_a"].sum() == pytest.approx(
        chapter.value("supply_standard_a_need")
    )
    assert customers["share"].sum() == pytest.approx(100)
    sources = chapter.tables["supply_standard_sources"].frame
    assert sources["total_b"].sum() > customers["case_b"].sum()  # Bosnia's demand and losses besides
    assert all(sentence.endswith(".") for sentence in findings(chapter, GWH))
    assert not pd.isna(chapter.value("protected_services_share"))


def test_events_are_not_in_the_cases_and_the_page_says_so() -> None:
    group = "turkstream+hungary"
    chapter = supply_standard.chapter(examined("russian_loss_alone"), outages=[group])
    assert chapter["supply_standard_b_all_multiple"].verdict == "pass"  # nothing of the loss of Russian gas is in it
    [note] = [n for n in chapter.notes if n.startswith(EVENTS_LEFT_OUT)]
    assert "TurkStream stops; Hungary keeps its gas" in note
    said = findings(chapter, GWH)
    assert said[0] == NOT_THE_SCENARIO
    assert any("without TurkStream, and Hungary with it" in s for s in said)
    assert chapter["supply_standard_c_all_multiple"].note.startswith("without TurkStream, and Hungary with it;")
    assert NOT_THE_SCENARIO not in findings(replace(chapter, notes=supply_standard.method_notes()), GWH)


def test_sentences_where_there_is_no_store_no_limit_or_nothing_at_all() -> None:
    row = {"case": "c", "without": "the line", "fill": np.nan, "verdict": "pass", "missing": 0.0, "multiple": 1.5, "margin": 1.0,
           "days": 90}  # fmt: skip
    failed = row | {"verdict": "fail", "missing": 2.0, "multiple": np.nan, "days": 3}
    nobody = row | {"multiple": np.inf}
    group = {
        "infrastructure": "both",
        "single": False,
        "stock": "planned",
        "supply": "all",
        "multiple": np.nan,
        "missing": 2.0,
    }
    tables = {"supply_standard": row, "supply_standard_contracted": failed, "supply_standard_outages": group}
    services = Figure("protected_services_share", "", None, "%", "", "")

    def said(**changed: dict[str, Any]) -> str:
        made = {name: Table("", pd.DataFrame([r])) for name, r in (tables | changed).items()}
        return " ".join(findings(Chapter("supply_standard", "", "4", (services,), made), GWH))

    assert "nan" not in said() and "closest to the limit is case (c) without the line, where 1.50 times" in said()
    assert "In case (c) without the line it is missed: up to 2 GWh lack" in said()
    assert "could be served not at all with everything assumed (2 GWh lack)" in said()
    assert "there are no protected customers" in said(supply_standard=nobody)


def test_without_protected_demand_there_is_no_multiple() -> None:
    nobody = {f"offtakes.{k}.demand_factor": "0" for k in ("households", "commercial", "district_heating")}
    chapter = supply_standard.chapter(subject("baseline_2025_26", settings=nobody), outages=[])
    figure = chapter["supply_standard_a_all_multiple"]
    assert (figure.value, figure.low, figure.high) == (None, None, None)
    assert "no protected demand" in figure.note


def test_unknown_infrastructure_is_refused() -> None:
    with pytest.raises(InputError, match="unknown asset 'kirevo'"):
        supply_standard.chapter(examined("baseline_2025_26"), outages=["kirevo"])
