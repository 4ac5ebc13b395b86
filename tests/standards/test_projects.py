"""Projects put in and taken out: arithmetic, substitutes and complements, and the table of their effects."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from standards_subject import examined

from energysim import Contract, DemandClass, GasSystem, InputError, Node, Offtake, Pipeline, Route, StorageAccount
from energysim.dossier import Chapter, Table
from energysim.indicators.payback import break_even_probability, capital_recovery_factor, expected_benefit, payback
from energysim.inputs.assets import Upstream
from energysim.inputs.horizon import Horizon
from energysim.inputs.read import data_root, read_dataset, read_scenario
from energysim.inputs.scenario import Scenario
from energysim.inputs.study_tables import ProjectEffectRow
from energysim.model.solve import Engine
from energysim.outputs.dossier import projects as projects_findings
from energysim.outputs.wording import MCM
from energysim.standards.projects.benefits import Bench, Benefit, Terms, benefits, case_table, project_table
from energysim.standards.projects.cases import Case, cases, moved
from energysim.standards.projects.chapter import chapter
from energysim.standards.projects.edits import (
    Addition,
    Entry,
    Main,
    Project,
    Saving,
    configured,
    read_projects,
    worth,
)
from energysim.standards.subject import Subject
from energysim.standards.value.worth import same_lost_load

QUIET = Scenario(title="t", gas_year="")


def small(**changes: object) -> GasSystem:
    """Two days; 10 GWh/d by a border at 20 EUR/MWh to a city at B that wants 15 and is cut at 500."""
    assets: dict[str, object] = {
        "nodes": [Node("A"), Node("B")],
        "pipelines": [Pipeline("ab", "A", "B", capacity=10.0)],
        "upstream": [Upstream("border", capacity=10.0)],
        "contracts": [Contract("import", [Route("r", "A", ("border",))], dcq=30.0, price=20.0)],
        "demand_classes": [DemandClass("city", ((1.0, 500.0),))],
        "offtakes": [Offtake("city", "B", 15.0)],
    }
    return GasSystem.build("2026-01-01", 2, **(assets | changes))  # type: ignore[arg-type]


def entry(name: str, amount: float, price: float, node: str = "B") -> Project:
    route = Route(f"{name}_r", node, (f"{name}_p",))
    return Project(name, name, (Entry(Contract(f"gas_{name}", [route], amount, price), Upstream(f"{name}_p", 50.0)),))


def bench(system: GasSystem, *projects: Project) -> Bench:
    return Bench(Case("ordinary", "a year", 1.0, QUIET, system), projects, Engine(), same_lost_load(system))


def test_annuity_benefit_and_payback_are_arithmetic() -> None:
    assert (
        capital_recovery_factor(0.04, 25)
        == pytest.approx(0.04 * 1.04**25 / (1.04**25 - 1))
        == pytest.approx(0.064012, abs=1e-6)
    )
    assert capital_recovery_factor(0.0, 20) == 1 / 20 and capital_recovery_factor(0.1, 1) == pytest.approx(1.1)
    assert expected_benefit({"a": 10.0, "b": 100.0}, {"a": 0.95, "b": 0.05}) == pytest.approx(0.95 * 10 + 0.05 * 100)
    assert payback(100.0, 20.0) == 5.0 and payback(100.0, 0.0) is None and payback(None, 20.0) is None
    assert break_even_probability(10.0, in_case=100.0, otherwise=1.0) == pytest.approx((10 - 1) / (100 - 1))
    assert break_even_probability(10.0, 100.0, 11.0) == 0.0 and break_even_probability(10.0, 9.0, 1.0) is None
    assert break_even_probability(None, 100.0, 1.0) is None


@pytest.mark.parametrize(("rate", "years"), [(-0.01, 25), (0.04, 0), (float("nan"), 25), (0.04, float("inf"))])
def test_no_annuity_of_nonsense(rate: float, years: float) -> None:
    with pytest.raises(InputError, match="annuity"):
        capital_recovery_factor(rate, years)


def test_probabilities_must_be_there_and_add_to_one() -> None:
    with pytest.raises(InputError, match="no probability for the case b"):
        expected_benefit({"a": 1.0, "b": 1.0}, {"a": 1.0})
    with pytest.raises(InputError, match=r"add to 0\.9"):
        expected_benefit({"a": 1.0, "b": 1.0}, {"a": 0.5, "b": 0.4})


def test_substitutes_are_worth_more_first_than_last() -> None:
    """Either entry ends the cut of 5 GWh/d; with both, the dearer one saves nothing and the other its cheaper gas."""
    found = benefits(bench(small(), entry("north", 5.0, 30.0), entry("south", 5.0, 40.0)))
    assert found["north"].pint.total() == pytest.approx(2 * 5 * (500 - 30))
    assert found["south"].pint.total() == pytest.approx(2 * 5 * (500 - 40))
    assert found["north"].toot.total() == pytest.approx(2 * 5 * (40 - 30)) and found[
        "south"
    ].toot.total() == pytest.approx(0)
    assert all(b.pint.total() > b.toot.total() for b in found.values())
    assert found["north"].pint.costs == pytest.approx(-2 * 5 * 30) and found["north"].pint.unserved == pytest.approx(
        10.0
    )


def test_complements_are_worth_more_last_than_first() -> None:
    """A larger border and a larger main: only both together bring more gas."""
    border = Project("border", "Border", (Addition("upstream", "border", "capacity", 5.0),))
    main = Project("main", "Main", (Addition("pipelines", "ab", "capacity", 5.0),))
    found = benefits(bench(small(), border, main))
    for b in found.values():
        assert b.pint.total() == pytest.approx(0) and b.toot.total() == pytest.approx(2 * 5 * (500 - 20))


def test_capacity_without_gas_behind_it_is_worth_nothing() -> None:
    system = small(contracts=[Contract("import", [Route("r", "A", ("border",))], dcq=10.0, price=20.0)])
    more = Project(
        "more", "More", (Addition("upstream", "border", "capacity", 9.0), Addition("pipelines", "ab", "capacity", 9.0))
    )
    pipe = Project("pipe", "Pipe", (Main(Pipeline("new", "A", "B", 9.0)),))
    found = benefits(bench(system, more, pipe))
    assert [b.pint.total() for b in found.values()] == pytest.approx([0, 0])


def test_what_stands_already_is_put_back_and_takes_with_it_what_builds_on_it() -> None:
    line = Project("line", "Line", (Addition("upstream", "border", "capacity", 10.0),), in_base=True)
    upgrade = Project("upgrade", "Upgrade", (Addition("upstream", "border", "capacity", 5.0),), builds_on="line")
    wide = small(pipelines=[Pipeline("ab", "A", "B", capacity=20.0)])
    tried = bench(wide, line, upgrade)
    found = benefits(tried)
    assert found["line"].pint.total() == pytest.approx(2 * 10 * 480)  # back from nothing to 10
    assert found["line"].toot.total() == pytest.approx(2 * 15 * 480)  # without it the upgrade is gone too
    assert found["upgrade"].pint.total() == found["upgrade"].toot.total() == pytest.approx(2 * 5 * 480)


def test_saved_demand_saves_its_gas_in_the_shape_of_demand() -> None:
    system = small(offtakes=[Offtake("city", "B", [4.0, 8.0])])
    project = Project("heat", "Heat", (Saving("city@B", -3.0),))
    assert configured(system, [project], ["heat"])[0].offtakes["city@B"].demand == pytest.approx([2.0, 4.0])
    assert benefits(bench(system, project))["heat"].pint.total() == pytest.approx((4 - 2 + 8 - 4) * 20)
    with pytest.raises(InputError, match="saves more than there is"):
        configured(system, [replace(project, effects=(Saving("city@B", -7.0),))], ["heat"])


def test_where_there_is_no_demand_there_is_none_to_save() -> None:
    system = small(offtakes=[Offtake("city", "B", 0.0)])
    with pytest.raises(InputError, match="no demand to be saved"):
        configured(system, [Project("heat", "Heat", (Saving("city@B", -3.0),))], ["heat"])


def test_two_days_are_not_set_against_a_year_of_cost() -> None:
    subject = Subject(examined("baseline_2025_26").dataset, QUIET, small())
    with pytest.raises(InputError, match="2 days, not a year"):
        chapter(subject, same_lost_load(small()))


def test_how_often_a_year_must_come_is_never_said_too_rare() -> None:
    assert [projects_findings._once(y) for y in (65.9, 2.0, 1.9)] == [
        "once in 65 years",
        "once in 2 years",
        "every year",
    ]


def test_gas_in_a_larger_store_is_not_free() -> None:
    """A store that nobody needs is worth nothing when it is larger: its gas costs what it is worth at the end."""
    store = StorageAccount("s", 100.0, 80.0, 0.0, 0.0, "B", closing_values=((60.0, 50.0), (40.0, 30.0)))
    system = small(accounts=[store])
    project = Project("wider", "Wider", (Addition("accounts", "s", "volume", 50.0),))
    larger, charge = configured(system, [project], ["wider"])
    assert (larger.accounts["s"].volume, larger.accounts["s"].opening) == pytest.approx((150.0, 120.0))
    assert worth(store) == 60 * 50 + 20 * 30 and charge == pytest.approx((90 * 50 + 30 * 30) - worth(store))
    assert benefits(bench(system, project))["wider"].pint.total() == pytest.approx(0, abs=1e-6)


def test_a_store_that_is_needed_pays_for_the_gas_it_gives() -> None:
    store = StorageAccount("s", 10.0, 10.0, 20.0, 0.0, "B", closing_values=((10.0, 50.0),))
    project = Project("wider", "Wider", (Addition("accounts", "s", "volume", 4.0),))
    tight = small(offtakes=[Offtake("city", "B", 17.0)])  # 14 short over two days, 10 in store
    found = benefits(bench(replace(tight, accounts=small(accounts=[store]).accounts), project))["wider"].pint
    assert found.mid == pytest.approx(4 * 500) and found.costs == pytest.approx(-4 * 50)


def test_projects_that_are_not_chosen_change_nothing() -> None:
    system, project = small(), entry("north", 5.0, 30.0)
    tried = bench(system, project)
    assert tried.cost(frozenset()).total() == pytest.approx(bench(system).cost(frozenset()).total())
    with pytest.raises(InputError, match="takes away more than there is"):
        configured(system, [Project("p", "p", (Addition("upstream", "border", "capacity", 11.0),), in_base=True)], [])


def test_the_table_weighs_the_years_and_says_when_it_pays() -> None:
    project = replace(entry("north", 5.0, 30.0), cost=0.05, cost_low=0.04, cost_high=0.06)
    system = small()
    plenty = small(offtakes=[Offtake("city", "B", 5.0)])
    tried = [Case("ordinary", "a year", 0.9, QUIET, plenty), Case("bad", "a bad year", 0.1, QUIET, system)]
    found = {c.id: benefits(Bench(c, [project], Engine(), same_lost_load(system))) for c in tried}
    table = project_table([project], tried, found, Terms(0.0, 10.0), {"north": 0.02})
    row = table.iloc[0]
    assert row["pint"] == pytest.approx(0.1 * 4.7) and row["toot"] == pytest.approx(0.47)  # MEUR: 2 x 5 x 470 kEUR
    assert row["annuity"] == pytest.approx(0.005) and row["annuity_high"] == pytest.approx(0.006)
    assert row["ratio"] == pytest.approx(0.47 / 0.005) and row["payback"] == pytest.approx(0.05 / 0.47)
    assert (row["critical"], row["needed"]) == ("bad", pytest.approx(0.005 / 4.7))
    cells = case_table([project], tried, found).set_index("case")
    assert cells.loc["bad", "pint_mid"] == pytest.approx(4.7) and cells.loc["ordinary", "pint_mid"] == 0
    free = project_table([replace(project, cost=None)], tried, found, Terms(0.04, 25.0), {"north": 0.0}).iloc[0]
    assert pd.isna(free["annuity"]) and pd.isna(free["ratio"]) and pd.isna(free["payback"])


def test_a_range_of_effects_is_tried_at_both_ends() -> None:
    project = entry("north", 5.0, 30.0)
    small_one, large_one = (entry("north", a, 30.0).effects for a in (2.0, 9.0))
    found = benefits(bench(small(), replace(project, smaller=small_one, larger=large_one)))["north"]
    assert found.smaller.total() == pytest.approx(2 * 2 * 470) and found.larger.total() == pytest.approx(2 * 5 * 470)


def test_every_shipped_project_has_an_effect_or_a_reason() -> None:
    subject = examined("baseline_2025_26")
    horizon = Horizon(subject.dataset, subject.system.first_day, subject.system.days)
    found = {p.id: p for p in read_projects(horizon, subject.system)}
    assert set(found) == {r.identity[0] for r in subject.dataset.rows("projects")}
    assert all(bool(p.effects) != bool(p.reason) for p in found.values())
    assert {"banatski_dvor_expansion", "ibs_upgrade", "igb_expansion", "rs_mk", "rs_ro", "rs_hr", "rs_ba_east",
            "heat_line"} <= {i for i, p in found.items() if p.effects}  # fmt: skip
    assert found["nis_belgrade"].reason == "no capacity in the data" and found["ibs"].in_base
    expansion = found["banatski_dvor_expansion"]
    assert (expansion.cost_low, expansion.cost_high) == (70.0, 145.0)
    system, charge = configured(subject.system, [expansion], [expansion.id])
    before, after = (s.accounts["banatski_dvor_serbian"] for s in (subject.system, system))
    assert after.volume - before.volume == pytest.approx(300 * 10.55)
    assert after.opening / after.volume == pytest.approx(before.opening / before.volume) and charge > 0


def test_what_a_year_does_not_have_is_said() -> None:
    subject = examined("january_2009")
    horizon = Horizon(subject.dataset, subject.system.first_day, subject.system.days)
    found = {p.id: p for p in read_projects(horizon, subject.system)}
    assert found["igb_expansion"].reason == "not in gas year 2008/09: upstream.igb does not exist"
    assert "does not exist" in found["ibs_upgrade"].reason


def test_pipes_in_the_south_bring_nothing_in_an_ordinary_shipped_year() -> None:
    subject = examined("baseline_2025_26")
    horizon = Horizon(subject.dataset, subject.system.first_day, subject.system.days)
    wanted = [p for p in read_projects(horizon, subject.system) if p.id in ("ibs", "ibs_upgrade", "igb_expansion")]
    case = next(c for c in cases(subject) if c.id == "ordinary")
    found = benefits(Bench(case, wanted, subject.engine, same_lost_load(subject.system)))
    assert found["ibs_upgrade"].pint.total() == pytest.approx(0, abs=1) and found[
        "igb_expansion"
    ].pint.total() == pytest.approx(0, abs=1)
    assert found["ibs"].pint.total() > 1000  # kEUR: Azerbaijani gas and LNG come this way


def test_the_years_tried_add_to_one_and_none_is_counted_twice() -> None:
    plain, lost = (cases(examined(n)) for n in ("baseline_2025_26", "russian_loss_alone"))
    for tried in (plain, lost):
        assert sum(c.probability for c in tried) == pytest.approx(1.0)
        assert [c.id for c in tried] == ["ordinary", "no_russian_gas", "cold_winter"]
    assert {e.name for e in plain[0].scenario.events} == {"TurkStream maintenance"}
    assert len(plain[1].scenario.events) == len({(e.name, e.start) for e in plain[1].scenario.events}) == 5
    later = moved(read_scenario("russian_loss_alone").events, examined("january_2009").system)
    assert {e.start.year for e in later} <= {2009} and not any("turkstream" in e.asset for e in later)


COMMON = {
    "source": "EST",
    "as_of": "2026-11-21",
    "confidence": "C",
    "estimate": True,
    "in_base": False,
    "low": 1,
    "high": 2,
}


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"kind": "add", "amount": 1, "unit": "mcm"}, "fills asset, field"),
        ({"kind": "pipe", "amount": 1, "unit": "mcm/d", "node": "A", "to_node": "B", "field": "x"}, "has no field"),
        ({"kind": "pipe", "amount": -1, "unit": "mcm/d", "node": "A", "to_node": "B", "low": -2}, "is negative"),
        ({"kind": "none"}, "fills note"),
    ],
)
def test_an_effect_states_what_its_kind_needs(row: dict[str, object], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        ProjectEffectRow.model_validate({"project": "p", "effect": "e", **COMMON, **row})


def test_broken_effects_are_told_with_their_lines(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(data_root() / "data", folder)
    path = folder / "project_effects.csv"
    text = path.read_text(encoding="utf-8")
    text = text.replace("nis_horgos,none", "nis_horgoz,none").replace(",capacity,57.81,GWh/d,", ",capacity,57.81,mcm,")
    text = text.replace("injection_capacity,1.85,mcm/d", "injectoin_capacity,1.85,mcm/d", 1)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_dataset(folder)
    said = "\n".join(raised.value.problems)
    assert "unknown project 'nis_horgoz'" in said
    path.write_text(text.replace("nis_horgoz,none", "tilva,more"), encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_dataset(folder)
    said = "\n".join(raised.value.problems)
    assert "'nis_horgos' has no row" in said and "quantity of energy, but rate" in said
    assert ("accounts has no field 'injectoin_capacity'" in said and "tilva has both" in said) or "twice" in said


def test_findings_are_made_from_the_tables() -> None:
    benefit = benefits(bench(small(), entry("north", 5.0, 30.0), entry("south", 5.0, 40.0)))
    names = [replace(entry(n, 5.0, 30.0), name=n.title(), cost=30.0) for n in ("north", "south")]
    tried = [Case("ordinary", "a year", 0.9, QUIET, small()), Case("bad", "a bad year", 0.1, QUIET, small())]
    nothing = Benefit(*[benefit["north"].pint - benefit["north"].pint] * 4)
    found = {"ordinary": dict.fromkeys(("north", "south"), nothing), "bad": benefit}
    table = project_table(names, tried, found, Terms(0.0, 100.0), {"north": 0.0, "south": 0.0})
    years = pd.DataFrame([(c.id, c.name, c.probability) for c in tried], columns=["case", "name", "probability"])
    left = pd.DataFrame([("x", "X", "no size")], columns=["project", "name", "reason"])
    tables = {"projects": Table("p", table), "project_years": Table("y", years), "projects_left_out": Table("l", left)}
    said = "\n".join(projects_findings.findings(Chapter("projects", "P", "7", (), tables), MCM))
    assert "North 0.47 against 0.3" in said and "a bad year" in said and "2 are substitutes" in said
    assert "2 of 3 projects can be valued" in said
