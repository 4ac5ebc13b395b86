"""The risk group: one definition and one name, behind every chapter that asks what fails together."""

from __future__ import annotations

from standards_subject import examined

from energysim import Contract, GasSystem, Node, Offtake, Route, Scenario, Upstream
from energysim.outputs.dossier import endurance as page
from energysim.outputs.wording import MCM
from energysim.standards.endurance import chapter as endurance
from energysim.standards.endurance import question
from energysim.standards.infrastructure import ladder
from energysim.standards.infrastructure.formula import ask
from energysim.standards.risk.dependence import losses
from energysim.standards.risk_group import RiskGroup, outage_name, risk_groups, with_them
from energysim.standards.subject import Subject

NAME = "TurkStream, and Hungary with it"
GROUP = RiskGroup("turkstream", ("hungary",))


def subject(*upstream: Upstream, first_day: str = "2026-01-01") -> Subject:
    system = GasSystem.build(
        first_day, 5,
        nodes=[Node("A")],
        upstream=upstream,
        contracts=[Contract("gas", [Route("gas_A", "A", tuple(u.id for u in upstream))], dcq=5.0, price=20.0)],
        offtakes=[Offtake("town", "A", 4.0)],
    )  # fmt: skip
    return Subject(examined("baseline_2025_26").dataset, Scenario(title="small", gas_year=""), system)


def test_a_group_is_what_the_table_of_reservations_names() -> None:
    both = (Upstream("turkstream", 9.0), Upstream("kireevo", 9.0), Upstream("hungary", 9.0))
    assert risk_groups(subject(*both)) == (GROUP,)  # the asset furthest up, once
    assert risk_groups(subject(*both[:2])) == ()  # none of Hungary's gas can come
    assert risk_groups(subject(*both, first_day="2021-01-01")) == ()  # Hungary was not yet fed through TurkStream
    assert (GROUP.path, GROUP.fed) == ("upstream.turkstream+upstream.hungary", ("hungary",))


def test_names() -> None:
    system = subject(Upstream("turkstream", 9.0, name="TurkStream"), Upstream("hungary", 9.0)).system
    assert outage_name(system, GROUP.path, [GROUP]) == NAME
    assert outage_name(system, "upstream.turkstream", [GROUP]) == "TurkStream"
    assert with_them("Gas", ["hungary", "greece"]) == "Gas, and Hungary and Greece with it"


def test_a_winter_before_turkstream_has_no_group() -> None:
    asked = examined("january_2009")
    assert risk_groups(asked) == ()
    assert not [loss for loss in losses(asked.system, risk_groups(asked)) if loss.upstream]


def test_every_chapter_means_and_calls_it_the_same() -> None:
    asked = examined("baseline_2025_26")
    assert risk_groups(asked) == (GROUP,)
    [rung] = ladder.groups_on_the_day(ask(asked)).values()
    assert rung.name == NAME and {"turkstream", "hungary"} <= rung.lost.upstream
    assert question.name_of(asked, GROUP.path) == NAME
    assert GROUP.path in question.question(asked, None, None, "design", None, 30).assets
    [loss] = [loss for loss in losses(asked.system, risk_groups(asked)) if loss.upstream]
    assert (loss.name, loss.source, loss.upstream) == (
        "Russian pipeline gas, and Hungary with it",
        "russia",
        ("hungary",),
    )


def test_sentences_on_the_group() -> None:
    asked = examined("baseline_2025_26")
    chapter = endurance.chapter(asked, assets=[GROUP.path], trigger_asset=GROUP.path, step=120)
    said = page.findings(chapter, MCM)
    assert [s for s in said if s.startswith(f"Without {NAME}, by surprise: protected customers")]
    assert [s for s in said if s.startswith(f"Without {NAME} for 30 days in a winter of one in twenty")]
    assert not [s for s in said if "Gas available to Serbia" in s]
