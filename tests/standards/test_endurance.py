"""Endurance: survival times with recourse, the rule of thumb beside them, trigger stocks, and the first protected cut."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from standards_subject import examined

from energysim import Contract, DemandClass, GasSystem, InputError, Node, Offtake, Route, StorageAccount, Upstream
from energysim.outputs.dossier.endurance import findings
from energysim.outputs.wording import GWH
from energysim.simulate import Plan, simulate
from energysim.standards.endurance import chapter as endurance
from energysim.standards.endurance.survival import (
    Emergency,
    classes_from,
    days_to_first_cut,
    passing,
    rule_of_thumb,
    stock_outside,
    survival,
)
from energysim.standards.endurance.tables import difference
from energysim.standards.endurance.trigger import (
    Line,
    Trigger,
    callable_stock,
    first_below,
    over_week,
    sampled_days,
    trigger_levels,
)

HOUSEHOLDS = ("households@TOWN",)
EVERYONE = ("industry@TOWN", "households@TOWN")
GROUPS = {"everyone": EVERYONE, "protected": HOUSEHOLDS}


def town(days: int = 40, stock: float = 10.0, spot: float = 0.0, notice: int = 0, **changes: Any) -> GasSystem:
    """A store of 10 GWh that gives 2 GWh/d, an import of 3, dear spot gas, households of 1 and industry of 2 GWh/d."""
    assets: dict[str, Any] = {
        "nodes": [Node("TOWN")],
        "upstream": [Upstream("border", capacity=3.0)],
        "contracts": [
            Contract("import", [Route("import_border", "TOWN", ("border",))], dcq=3.0, price=20.0),
            Contract("spot", [Route("spot_town", "TOWN")], dcq=spot, price=60.0, notice_days=notice),
        ],
        "accounts": [
            StorageAccount("store", 10.0, stock, withdrawal_capacity=2.0, injection_capacity=0.0, node="TOWN",
                           closing_values=((10.0, 25.0),)),
        ],
        "demand_classes": [
            DemandClass("industry", steps=((1.0, 250.0),), cut_order=1),
            DemandClass("households", steps=((1.0, 1000.0),), cut_order=2, protected=True),
        ],
        "offtakes": [Offtake("industry", "TOWN", 2.0), Offtake("households", "TOWN", 1.0)],
    }  # fmt: skip
    return GasSystem.build("2026-01-01", days, **(assets | changes))


def times(
    system: GasSystem, start: int = 5, days: int = 30, notice: bool = True
) -> dict[str, tuple[int | None, float | None]]:
    """Group -> survival time and rule of thumb when the border is out."""
    emergency = Emergency(system, simulate(system).realised, start, days, notice)
    return {s.demand_class: (s.days, s.thumb) for s in survival(emergency, ["upstream.border"], GROUPS)}


def test_rule_of_thumb_by_hand() -> None:
    assert rule_of_thumb(stock=10, lost=3, cuttable=2) == pytest.approx(10 / (3 - 2))
    assert rule_of_thumb(10, 3, 0) == pytest.approx(10 / 3)
    assert rule_of_thumb(10, 2, 3) is None


def test_difference_only_where_something_was_seen() -> None:
    assert difference(10, 12.5, 30) == pytest.approx(-2.5)
    assert difference(30, 12.5, 30) == pytest.approx(17.5)
    assert difference(30, 45.0, 30) is None
    assert difference(None, 4.0, 30) is None and difference(4, None, 30) is None


def test_survival_falls_short_of_stock_over_deficit() -> None:
    found = times(town())
    assert found["protected"] == (10, pytest.approx(10 / (3 - 2)))  # 10 GWh at 1 GWh/d
    assert found["everyone"] == (0, pytest.approx(10 / 3))  # 3 GWh/d are asked of a store that gives 2


def test_survival_exceeds_stock_over_deficit() -> None:
    found = times(town(spot=0.75))
    assert found["protected"][0] == 30 > 10  # 0.75 GWh/d of spot gas, idle until then, and 0.25 of the store: 40 days
    assert times(town(spot=0.5))["protected"] == (20, pytest.approx(10.0))  # 10 / (1 - 0.5)


def test_gas_under_notice_comes_later() -> None:
    assert times(town(stock=0.0, spot=1.0))["protected"][0] == 30
    assert times(town(stock=0.0, spot=1.0, notice=1))["protected"][0] == 0
    assert times(town(stock=0.0, spot=1.0, notice=1), notice=False)["protected"][0] == 30
    assert times(town(stock=1.0, spot=1.0, notice=1))["protected"][0] == 30  # the store bridges the day


def test_days_after_the_outage_count() -> None:
    """A store emptied by a short outage is missed in the cold that comes after it."""
    cold = np.full(40, 1.0)
    cold[20:22] = 4.5  # import 3, so 1.5 GWh/d of the store on two days
    system = town(offtakes=[Offtake("industry", "TOWN", 0.0), Offtake("households", "TOWN", cold)])
    assert times(system)["protected"][0] == 10 - 2 * 1.5
    assert times(system, days=10)["protected"][0] == 10  # a window that ends before the cold does not see it


def test_survival_never_rises_with_less_stock() -> None:
    found = [times(town(stock=s, spot=0.25))["protected"][0] or 0 for s in (10.0, 7.0, 3.0, 0.0)]
    assert found == sorted(found, reverse=True) == [13, 9, 4, 0]  # stock / (1 - 0.25), whole days


def test_who_is_cut_without_any_outage_has_no_survival_time() -> None:
    system = town(offtakes=[Offtake("industry", "TOWN", 9.0), Offtake("households", "TOWN", 1.0)])
    assert times(system)["everyone"] == (None, None)
    assert times(system)["protected"][0] == 10


def test_several_assets_fail_together_and_a_lost_store_is_no_stock() -> None:
    system = town(spot=1.0)
    plan = simulate(system).realised
    both = "upstream.border+accounts.store"
    assert passing(system, plan, both)[5] == pytest.approx(3.0)
    assert stock_outside(system, plan, both, 5) == 0
    assert stock_outside(system, plan, "upstream.border", 5) == pytest.approx(10)
    [everyone, protected] = survival(Emergency(system, plan, 5, 30), [both], GROUPS)
    assert (everyone.days, protected.days) == (0, 30)
    assert everyone.missing == pytest.approx(30 * (3 - 1))


def test_classes_above_in_the_order_of_cuts() -> None:
    system = GasSystem.build(
        "2026-01-01", 1, nodes=[Node("TOWN"), Node("AWAY", kind="exit")],
        demand_classes=[DemandClass(n, steps=((1.0, 100.0 * k),), cut_order=k) for k, n in enumerate(("low", "away", "top"), 1)],
        offtakes=[Offtake("low", "TOWN", 1.0), Offtake("away", "AWAY", 1.0), Offtake("top", "TOWN", 1.0)],
    )  # fmt: skip
    assert classes_from(system, "low") == ("low@TOWN", "top@TOWN")
    assert classes_from(system, "away") == ("away@AWAY", "top@TOWN")
    assert classes_from(system, "top") == ("top@TOWN",)


def test_days_to_first_cut() -> None:
    assert days_to_first_cut([0.0, 0.0, 0.0, 0.5], start=1) == 3 - 1
    assert days_to_first_cut([0.7, 0.5], start=0) == 0
    assert days_to_first_cut([0.7, 0.0, 1e-6], start=1) is None


@pytest.fixture(scope="module")
def line() -> Callable[..., list[Trigger]]:
    def build(length: int, system: GasSystem | None = None, days: tuple[int, ...] = (0, 10, 28)) -> list[Trigger]:
        system = system or town()
        plan: Plan = simulate(system).realised
        return trigger_levels(system, plan, "upstream.border", length, days, 29, [Line("protected", HOUSEHOLDS)])

    return build


def test_trigger_by_hand(line: Callable[..., list[Trigger]]) -> None:
    assert [t.level for t in line(4)] == pytest.approx([4, 4, 2])  # 1 GWh/d; two days are left on day 28
    long = line(12)
    assert [t.level is None for t in long] == [True, True, False]
    assert long[0].shortage == pytest.approx(12 - 10)
    assert long[2].shortage == 0


def test_trigger_keeps_pressure_for_the_last_day(line: Callable[..., list[Trigger]]) -> None:
    """withdrawal ≤ 2 · inventory / 10: the last of n days at 1 GWh/d must open on 5 GWh."""
    store = StorageAccount("store", 10.0, 10.0, withdrawal_capacity=2.0, injection_capacity=0.0, node="TOWN",
                           withdrawal_curve=((0.0, 0.0), (1.0, 1.0)), closing_values=((10.0, 25.0),))  # fmt: skip
    assert [t.level for t in line(3, town(accounts=[store]))] == pytest.approx([5 + 2, 5 + 2, 5 + 1])


def test_trigger_never_rises_with_a_shorter_outage(line: Callable[..., list[Trigger]]) -> None:
    rows = [[np.inf if t.level is None else t.level for t in line(n)] for n in (12, 9, 5, 1)]
    for longer, shorter in pairwise(rows):
        assert all(b <= a + 1e-9 for a, b in zip(longer, shorter, strict=True))


def test_trigger_suffices_and_less_does_not() -> None:
    system = town(spot=0.5)
    plan = simulate(system).realised
    [found] = trigger_levels(system, plan, "upstream.border", 7, [10], 29, [Line("protected", HOUSEHOLDS)])
    assert found.level == pytest.approx(7 * (1 - 0.5))
    for share, expected in ((1.0, 7), (0.9, 6)):
        poorer = town(spot=0.5, stock=share * (found.level or 0.0))
        assert times(poorer, start=10, days=7)["protected"][0] == expected


def test_sampled_days_and_weeks() -> None:
    demand = [1.0] * 10
    demand[3], demand[8] = 2.0, 2.0
    assert sampled_days(demand, 0, 9) == {0: (0, 3), 7: (7, 8)}
    assert sampled_days(demand, 0, 9, step=1) == {d: (d,) for d in range(10)}
    assert over_week([Trigger(0, "p", 4.0, 0.0), Trigger(3, "p", 6.0, 0.0)]) == (6.0, 0.0)
    assert over_week([Trigger(0, "p", 4.0, 0.0), Trigger(3, "p", None, 2.5)]) == (None, 2.5)


def test_first_below() -> None:
    assert first_below([9.0, 8.0, 7.0], [5.0, 8.0, 7.5]) == 2
    assert first_below([9.0, 8.0], [5.0, None]) == 1
    assert first_below([9.0, 8.0], [9.0, 8.0]) is None


def test_callable_stock_leaves_others_gas_out() -> None:
    theirs = StorageAccount("theirs", 10.0, 6.0, 2.0, 1.0, node="TOWN", callable=False)
    system = town(accounts=[*town().accounts.values(), theirs])
    assert callable_stock(system, simulate(system).realised)[0] == pytest.approx(10)


def test_shipped_year() -> None:
    chapter = endurance.chapter(examined("russian_loss_alone"), assets=["turkstream", "horgos"], step=40)
    table = chapter.tables["survival"].frame
    classes = [c for c in table.columns if c != "out"]
    assert table["out"].tolist()[0] == "TurkStream"
    home = [c for c in classes if c != "bosnia"]  # who is cut later endures longer
    assert (table[home].diff(axis=1).iloc[:, 1:] <= 0).to_numpy().all()
    told = chapter.tables["survival_announced"].frame.set_index("out")
    assert (told[home] >= table.set_index("out").loc[told.index, home]).to_numpy().all()
    assert chapter.value("days_to_first_protected_cut") >= 0
    assert any(note.startswith("Of the scenario's events only") for note in chapter.notes)
    levels = chapter.tables["trigger_levels"].frame
    assert [d.isoformat() for d in levels["date"][:2]] == [
        date(2025, 11, 1).isoformat(),
        date(2025, 12, 11).isoformat(),
    ]
    held = levels.dropna(subset=["trigger_protected", "trigger_all"])
    assert (held["trigger_protected"] <= held["trigger_all"] + 1e-6).all()
    assert (levels["scenario"] <= levels["planned"] + 1e-6).all()
    assert all(sentence.endswith(".") for sentence in findings(chapter, GWH))


def test_wrong_questions_are_refused_all_at_once() -> None:
    asked = examined("russian_loss_alone")
    with pytest.raises(InputError) as caught:
        endurance.chapter(asked, assets=["turkstrem"], start=date(2031, 1, 1), weather="mild", trigger_days=0)  # type: ignore[arg-type]
    assert [p.partition(":")[0] for p in caught.value.problems] == [
        "weather", "trigger_days", "start", "unknown asset 'turkstrem'; did you mean `turkstream`?",
    ]  # fmt: skip
