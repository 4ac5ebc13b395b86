"""The value of a little more and of a whole unit more, on systems small enough to count by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from standards_subject import examined

from energysim import (
    Contract,
    DemandClass,
    Event,
    GasSystem,
    Node,
    Offtake,
    Period,
    Pipeline,
    Route,
    StorageAccount,
    Target,
)
from energysim.inputs.assets import Upstream
from energysim.inputs.events import apply_events
from energysim.inputs.read import read_scenario
from energysim.inputs.scenario import Scenario
from energysim.model.solve import Engine
from energysim.outputs.dossier import value as value_findings
from energysim.outputs.wording import MCM
from energysim.standards.subject import Subject
from energysim.standards.value.chapter import by_month, capacity_values, chapter, first_cut, node_prices, value_table
from energysim.standards.value.marginal import Base, Marginal
from energysim.standards.value.played import FULL, UNIT, Stage, eve, marginal_table, shortened
from energysim.standards.value.points import Point, enlarged, points, room
from energysim.standards.value.worth import CASES, Money, money, same_lost_load

System = Callable[..., GasSystem]


def short(
    days: int = 3, demand: float = 40.0, dcq: float = 30.0, border: float = 35.0, store: StorageAccount | None = None
) -> GasSystem:
    """An import at 20 EUR/MWh that falls short of demand, which is cut at 200 and deeper at 500."""
    return GasSystem.build(
        "2026-01-01",
        days,
        nodes=[Node("A"), Node("B")],
        pipelines=[Pipeline("ab", "A", "B", capacity=50.0, tariff=1.0)],
        upstream=[Upstream("border", capacity=border, name="Border")],
        contracts=[Contract("import", [Route("r", "A", ("border",))], dcq=dcq, price=20.0, name="Import")],
        accounts=[store] if store else [],
        demand_classes=[DemandClass("city", ((0.5, 200.0), (0.5, 500.0)))],
        offtakes=[Offtake("city", "B", demand)],
    )


def base(system: GasSystem) -> Base:
    return Base(system, Engine(), lambda s: s)


def marginal(system: GasSystem, table: str, asset: str, field: str, step: float = 0.01) -> Marginal:
    point = Point(table, asset, field)
    return base(system).marginal(lambda by: enlarged(system, point, by), step, *room(system, point, step))


def stage(system: GasSystem, *events: Event, foresight: str = "surprise") -> Stage:
    scenario = Scenario(title="t", gas_year="", events=events, foresight=foresight)  # type: ignore[arg-type]
    return Stage(system, scenario, Engine(), same_lost_load(system))


def test_one_more_of_what_is_short_saves_the_cut_less_the_gas_on_every_day() -> None:
    found = marginal(short(), "contracts", "import", "dcq")
    assert found.up == pytest.approx(3 * (200 - 20 - 1), rel=1e-9)  # three days, lost load less gas and tariff
    assert found.down == pytest.approx(found.up, rel=1e-9) and found.dual == pytest.approx(found.up, rel=1e-9)
    assert found.daily == pytest.approx([179.0] * 3) and found.days == 3 and not found.degenerate
    assert found.value == found.dual and found.error < 1e-4


def test_where_another_limit_is_as_tight_the_value_is_a_range() -> None:
    for table, asset, field in (("contracts", "import", "dcq"), ("upstream", "border", "capacity")):
        found = marginal(short(dcq=30.0, border=30.0), table, asset, field)
        assert (found.up, found.down) == pytest.approx((0.0, 3 * 179.0))
        assert found.degenerate and found.value is None and (found.low, found.high) == pytest.approx((0.0, 537.0))
        assert found.low - 1e-9 <= found.dual <= found.high + 1e-9 and found.error == 0


def test_what_does_not_bind_is_worth_exactly_nothing() -> None:
    found = marginal(short(), "pipelines", "ab", "capacity")
    assert (found.dual, found.up, found.down, found.days) == (0.0, 0.0, 0.0, 0)


def test_a_depth_step_makes_a_kink() -> None:
    """At the edge of a step of lost load one GWh more is worth the first step, one less costs the second."""
    found = marginal(short(demand=40.0, dcq=20.0), "contracts", "import", "dcq")
    assert (found.up, found.down) == pytest.approx((3 * 179.0, 3 * 479.0))


def test_withdrawal_capacity_scales_the_whole_curve(small_system: System) -> None:
    """Capacity stands in bounds, in intercepts and in the matrix; the dual holds them all."""
    curve = ((0.0, 0.2), (0.5, 0.8), (1.0, 1.0))
    store = StorageAccount(
        "store", 20.0, 15.0, 3.0, 1.0, "EAST_ZONE", withdrawal_curve=curve, closing_values=((20.0, 25.0),)
    )
    system = small_system(days=5, accounts=[store], offtakes=[Offtake("households", "EAST_ZONE", 9.3)])
    found = marginal(system, "accounts", "store", "withdrawal_capacity", 1e-3)
    assert found.up is not None and found.up > 100 and not found.degenerate
    assert found.dual == pytest.approx(found.up, rel=1e-4) and found.dual == pytest.approx(found.down, rel=1e-4)


def test_a_full_store_has_only_a_last_unit_and_a_contract_of_nothing_only_a_first(small_system: System) -> None:
    store = StorageAccount("store", 5.0, 5.0, 2.0, 0.0, "EAST_ZONE", closing_values=((5.0, 25.0),))
    spare = Contract("spare", [Route("spare_r", "WEST_ZONE")], dcq=0.0, price=30.0)
    system = small_system(accounts=[store], contracts=[spare])
    stock = marginal(system, "accounts", "store", "opening")
    assert stock.up is None and stock.one_sided and not stock.degenerate and stock.value == stock.down
    unsigned = marginal(system, "contracts", "spare", "dcq")
    assert unsigned.down is None and unsigned.up is not None and unsigned.up > 0


def test_quantities_of_a_contract_follow_its_day_unless_stated_on_their_own() -> None:
    system = short()
    contract = system.contracts["import"]
    for quantity, expected in ((90.0, 90.0 + 3.0), (60.0, 60.0)):  # three days of 30, and less than that
        period = Period("year", 0, 2, quantity, 0.8 * quantity, 20.0)
        held = system.with_asset("contracts", replace(contract, periods=(period,)))
        larger = enlarged(held, Point("contracts", "import", "dcq"), 1.0).contracts["import"].periods[0]
        assert larger.quantity == pytest.approx(expected) and larger.take_or_pay == pytest.approx(0.8 * expected)


def test_more_of_a_dear_contract_with_take_or_pay_costs_money(small_system: System) -> None:
    period = Period("p", 0, 5, 6.0, 6.0, 60.0)
    spot = Contract("spot", [Route("spot_west", "WEST_ZONE")], dcq=1.0, price=60.0, periods=(period,))
    cheap = Contract("import", [Route("import_border", "EAST_ZONE", ("border",))], dcq=6.0, price=20.0)
    found = marginal(small_system(contracts=[cheap, spot]), "contracts", "spot", "dcq")
    assert found.dual < 0 and found.dual == pytest.approx(found.up, rel=1e-4)


def test_capacity_that_is_out_gives_nothing_more() -> None:
    system = short(dcq=40.0, border=35.0)
    pipe_out = system.with_asset("upstream", replace(system.upstream["border"], available=np.array([1.0, 0.0, 1.0])))
    found = marginal(pipe_out, "upstream", "border", "capacity")
    assert found.daily == pytest.approx([179.0, 0.0, 179.0])


def test_points_are_what_limits_and_can_be_used(small_system: System) -> None:
    found = {f"{p.table}.{p.asset}.{p.field}" for p in points(small_system())}
    assert {"upstream.border.capacity", "contracts.spot.dcq", "accounts.store.opening"} <= found
    closed = replace(small_system().accounts["store"], callable=False)
    assert not [p for p in points(small_system(accounts=[closed])) if p.table == "accounts"]


def test_money_keeps_costs_targets_and_harm_apart() -> None:
    system = short()
    prices = {
        c: {"city": DemandClass("city", ((0.5, v), (0.5, 500.0)))}
        for c, v in zip(CASES, (100.0, 200.0, 300.0), strict=True)
    }
    found = money(system, base(system).solution, prices)
    assert found.costs == pytest.approx(3 * 30 * 21)
    assert (found.low, found.mid, found.high) == pytest.approx((3 * 10 * 100, 3 * 10 * 200, 3 * 10 * 300))
    assert found.total() == pytest.approx(base(system).objective) and found.unserved == pytest.approx(30.0)
    assert (found - found) == Money(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def test_a_unit_more_is_played_and_may_save_less_than_its_slope() -> None:
    """10.55 GWh/d more where 10 are missing: the cut of three days, less the gas."""
    system = short(demand=40.0, dcq=30.0, border=60.0)
    played, foreseen = stage(system).saved(enlarged(system, Point("contracts", "import", "dcq"), UNIT))
    assert played == foreseen
    assert played.costs == pytest.approx(-3 * 10 * 21) and played.mid == pytest.approx(3 * 10 * 200)
    assert played.total() < UNIT * 3 * 179.0


def test_a_unit_of_what_no_plan_meets_is_not_even_played() -> None:
    system = short()
    on_stage = stage(system)
    on_stage.before("surprise")
    on_stage.engine.solve = None  # type: ignore[method-assign, assignment]
    assert on_stage.saved(enlarged(system, Point("pipelines", "ab", "capacity"), UNIT))[0].total() == 0


def outage(until: int = 3, **more: object) -> Event:
    return Event(
        name="Cut", asset="upstream.border", start=date(2026, 1, 2), until=date(2026, 1, until), available=0.0, **more
    )  # type: ignore[arg-type]


def test_a_day_of_earlier_repair_saves_the_cut_of_that_day() -> None:
    """The border out on days 2 and 3: on the third the 20 of the first step and 10 of the second would be served."""
    table = marginal_table(_subject(short(), outage()), same_lost_load(short()))
    row = table[table["kind"] == "repair"].iloc[0]
    assert row["unserved"] * 1000 == pytest.approx(20 * 500 + 10 * 200)  # of 40 cut on that day 10 stay cut
    assert row["costs"] * 1000 == pytest.approx(-30 * 21) and row["mid"] == pytest.approx(row["foreseen"])
    assert row["gas"] == pytest.approx(30.0)


def test_an_event_of_one_day_does_not_happen_and_an_announced_end_stays() -> None:
    assert shortened(outage(until=2)) is None
    told = shortened(outage(until=3, announced_until=date(2026, 1, 3)))
    assert told is not None and (told.until, told.announced_until) == (date(2026, 1, 2), date(2026, 1, 3))


def test_stock_on_the_eve_is_worth_the_cut_that_a_surprise_brings() -> None:
    """Two days of 30 cut, 10 of it from store: the next mcm spares the dear step, less what it is worth at the end."""
    store = StorageAccount("store", 200.0, 10.0, 50.0, 0.0, "B", closing_values=((200.0, 15.0),))
    system = short(days=4, demand=30.0, store=store)
    table = marginal_table(_subject(system, outage()), same_lost_load(system))
    row = table[table["kind"] == "eve"].iloc[0]
    assert row["note"] == "morning of 1 January 2026"
    assert row["per_unit"] == pytest.approx(500.0) and row["mid"] == pytest.approx(500.0 * 10.55 / 1000)


def test_a_full_store_is_told_by_its_last_mcm_not_by_one_more() -> None:
    store = StorageAccount("store", 20.0, 20.0, 50.0, 0.0, "B", name="Cave", closing_values=((20.0, 15.0),))
    system = short(days=4, demand=40.0, store=store)
    found = chapter(_subject(system), same_lost_load(system))
    table = found.tables["marginal_values"].frame
    row = table[table["kind"] == "stock"].iloc[0]
    assert row["measure"] == "the last mcm in store on the first morning" and row["note"] == FULL
    said = [s for s in value_findings.findings(found, MCM) if "Cave" in s and "first morning" in s]
    assert said[0].startswith("The last mcm in Cave, which is full, on the first morning is worth")


def test_what_a_value_owes_to_missed_targets_is_said() -> None:
    """Nobody needs the gas; a target on the second day is missed by 50 GWh, which one mcm lessens by 10.55 at 42 each."""
    target = Target("t", day=1, level=60.0, shortfall_price=42.0)
    store = StorageAccount(
        "s", 100.0, 10.0, 0.0, 0.0, "B", name="Cave", targets=(target,), closing_values=((100.0, 15.0),)
    )
    system = short(days=3, demand=20.0, store=store)
    found = chapter(_subject(system), same_lost_load(system))
    row = found.tables["marginal_values"].frame.query("kind == 'stock'").iloc[0]
    assert row["targets"] == pytest.approx(10.55 * 42 / 1000) and row["mid"] == pytest.approx(10.55 * (42 + 15) / 1000)
    assert found["stock_1"].note == "of it missed filling targets avoided: 0.44 MEUR"
    assert any("0.44 MEUR of it are missed filling targets avoided." in s for s in value_findings.findings(found, MCM))


def test_an_event_that_comes_again_ends_earlier_each_time() -> None:
    again = outage(until=2, repeat={"times": 2, "every_days": 2})
    table = marginal_table(_subject(short(days=5), again), same_lost_load(short()))
    assert table[table["kind"] == "repair"].iloc[0]["note"] == "a single day: it does not happen; each of its 2 times"


def test_the_eve_is_the_day_before_the_first_news_or_new_year(small_system: System) -> None:
    system = small_system()
    assert eve(system, date(2026, 1, 4)) == 2 and eve(system, None) == 0
    assert eve(replace(system, first_day=date(2026, 2, 1)), None) is None


def test_node_prices_and_days_above_the_first_cut() -> None:
    frame = node_prices(base(short())).set_index("node")
    assert frame.loc["B", "mean"] == pytest.approx(200.0) and frame.loc["A", "mean"] == pytest.approx(199.0)
    assert frame.loc["B", "days_above"] == 3 and frame.loc["A", "days_above"] == 0 and first_cut(short()) == 200.0
    assert node_prices(base(short()), threshold=199.0)["days_above"].tolist() == [3, 3]


def test_values_by_month_are_means_over_all_days() -> None:
    system = replace(short(days=3), first_day=date(2026, 1, 31))  # one day of January, two of February
    contract = replace(system.contracts["import"], dcq=np.array([30.0, 30.0, 40.0]))
    system = system.with_asset("contracts", contract)
    values = capacity_values(base(system))
    row = by_month(system, values).set_index("asset").loc["contracts.import"]
    assert row["2026-01"] == pytest.approx(179.0) and row["2026-02"] == pytest.approx(179.0 / 2)


def test_the_table_gives_one_value_or_a_range() -> None:
    table = value_table(capacity_values(base(short(dcq=30.0, border=30.0)))).set_index("asset")
    row = table.loc["contracts.import"]
    assert (
        row["degenerate"] == "yes"
        and np.isnan(row["value"])
        and (row["low"], row["high"]) == pytest.approx((0.0, 537.0))
    )
    assert table.loc["pipelines.ab", "value"] == 0 and np.isnan(table.loc["pipelines.ab", "mean"])
    plain = value_table(capacity_values(base(short()))).set_index("asset").loc["contracts.import"]
    assert plain["mean"] == pytest.approx(179.0) and plain["per_mcm"] == pytest.approx(179.0 * 10.55)


def _subject(system: GasSystem, *events: Event) -> Subject:
    scenario = Scenario(title="t", gas_year="", events=events)
    return Subject(examined("baseline_2025_26").dataset, scenario, system)


def test_the_chapter_of_a_small_system_is_proven_and_the_same_twice() -> None:
    first, second = (chapter(_subject(short(), outage()), same_lost_load(short())) for _ in range(2))
    assert first["strong_duality"].verdict == first["dual_agreement"].verdict == "pass"
    assert first.figures == second.figures
    for name, table in first.tables.items():
        assert table.frame.equals(second.tables[name].frame)
    said = value_findings.findings(first, MCM)
    assert any("A day less of “Cut” saves" in s for s in said) and all(s.endswith(".") for s in said)


@pytest.mark.parametrize("name", ["baseline_2025_26", "january_2009"])
def test_duals_of_a_shipped_year_agree_with_finite_differences(name: str) -> None:
    subject = examined(name)
    events = read_scenario(name).occurrences()
    found = capacity_values(Base(subject.system, subject.engine, lambda s: apply_events(s, events)))
    assert len(found) > 15 and max(m.error for _, m in found) < 1e-4
    for point, m in found:
        if m.up is not None and m.down is not None and point.field != "injection_capacity":
            assert m.up <= m.down + 1e-3, point  # more is worth no more than less
