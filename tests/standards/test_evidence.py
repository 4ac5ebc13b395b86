"""Sensitivity to evidence: pure intervals as arithmetic, edits that keep sums, and a planted figure that is found."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from energysim.dossier import Chapter
from energysim.errors import InputError
from energysim.inputs.demand_tables import demand_model
from energysim.inputs.doubt_edits import edited, moved
from energysim.inputs.doubts import FEEDING, Doubt, doubts, statements
from energysim.inputs.evidence import USED_BY
from energysim.inputs.fingerprint import fingerprint
from energysim.inputs.horizon import Horizon
from energysim.inputs.read import Dataset, read_dataset
from energysim.inputs.weather import temperatures
from energysim.outputs.dossier.evidence import findings
from energysim.outputs.wording import MCM
from energysim.standards.evidence.chapter import chapter, one_at_a_time, root_sum_square, swing_of, worst_ends
from energysim.standards.evidence.swings import INDICATORS, Examination, Indicator, Swing
from energysim.standards.subject import Subject, subject
from energysim.studies.foresight import resolve
from energysim.studies.study import numbers

SCENARIO = "russian_loss_alone"
UNSERVED = INDICATORS[0]


# pure functions


def test_the_envelope_holds_the_base_and_leaves_out_what_could_not_be_solved():
    assert one_at_a_time(5.0, [(4.0, 7.0), (5.5, math.nan)]) == (4.0, 7.0)
    assert one_at_a_time(5.0, []) == (5.0, 5.0)
    assert swing_of(5.0, (6.0, 8.0)) == 8.0 - 5.0  # both ends above what is used


def test_root_of_summed_squares_is_one_sided_and_stops_at_the_floor():
    ends = [(8.0, 13.0), (14.0, 10.0)]
    low, high = root_sum_square(10.0, ends)
    assert low == pytest.approx(10 - math.sqrt(2**2 + 0**2))
    assert high == pytest.approx(10 + math.sqrt(3**2 + 4**2))
    even = root_sum_square(10.0, [(7.0, 13.0), (14.0, 6.0)])  # the same as half swings, where both sides are alike
    assert even == (pytest.approx(10 - 5), pytest.approx(10 + 5))
    assert root_sum_square(1.0, [(-9.0, 1.0)], floor=0.0) == (0.0, 1.0)
    assert root_sum_square(1.0, []) == (1.0, 1.0)


def test_the_bad_end_is_told_by_the_figures_own_swing():
    def swing(name: str, low: float, high: float) -> Swing:
        doubt = Doubt(name, name, "", "", 0, 0, 1, "", (), "C", True, "", "", ())
        return Swing(doubt, {"x": low}, {"x": high}, True)

    found = [swing("up", 4.0, 7.0), swing("down", 6.0, 3.0), swing("still", 5.0, 5.0), swing("peak", 4.0, 4.5)]
    more_is_bad, less_is_bad = (Indicator("x", "x", "", 0.01, worse=w) for w in (1, -1))
    assert worst_ends(5.0, found, more_is_bad, bad=True) == {"up": "high", "down": "low"}
    assert worst_ends(5.0, found, more_is_bad, bad=False) == {"up": "low", "down": "high", "peak": "low"}
    assert worst_ends(5.0, found, less_is_bad, bad=True) == worst_ends(5.0, found, more_is_bad, bad=False)


# figures in doubt and their edits


@cache
def examined() -> Subject:
    return subject(SCENARIO)


@cache
def horizon() -> Horizon:
    return Horizon(read_dataset(), examined().system.first_day, examined().system.days)


def doubt_of(start: str, of: Horizon | None = None) -> Doubt:
    return next(d for d in doubts(of or horizon()) if d.id.startswith(start))


def demand_of(dataset: Dataset) -> Any:
    asked = examined().scenario
    return resolve(asked.model_copy(update={"set": {}, "rivals": {}}), dataset).offtakes


def total(dataset: Dataset) -> float:
    return float(np.sum([o.demand for o in demand_of(dataset).values()]))


def test_every_figure_in_use_that_makes_the_system_is_seen():
    others = {"nodes", "routes", "demand_classes", "outage_rates"}  # without figures, or for other studies only
    assert set(FEEDING) == {t for t, user in USED_BY.items() if user.startswith(("model", "inputs"))} - others
    found = doubts(horizon())
    assert len({d.id for d in found}) == len(found)
    assert all(d.low <= d.used <= d.high and d.low < d.high and d.ask for d in found)
    assert not [d for d in found if d.id.startswith("contracts.gazprom_2014")]  # not in force
    assert not [d for d in found if "tie_breaking" in d.id]


def test_sources_that_differ_span_a_range_where_the_row_states_none():
    found = doubt_of("pipelines.gms_gospodjinci")
    assert (found.low, found.used, found.high) == (54.43, 60.48, 60.48)


@pytest.mark.parametrize("end", ["low", "high"])
def test_shares_still_add_to_one_and_demand_only_moves_about(end):
    before = total(horizon().dataset)
    for name in ("regional_shares.households.voj", "region_zones.all.cw"):
        after = moved(horizon(), doubt_of(name), end)
        assert total(after) == pytest.approx(before)
        assert {i: o.demand.sum() for i, o in demand_of(after).items()} != {
            i: o.demand.sum() for i, o in demand_of(horizon().dataset).items()
        }


@pytest.mark.parametrize("name", ["sectors.households", "parameters.threshold", "parameters.temperature_weight_1"])  # fmt: skip
@pytest.mark.parametrize("end", ["low", "high"])
def test_the_shape_of_the_answer_to_cold_leaves_a_normal_year_as_it_is(name, end):
    after = moved(horizon(), doubt_of(name), end)
    assert total(after) == pytest.approx(total(horizon().dataset), rel=2e-3)
    peaks = [np.sum([o.demand for o in demand_of(d).values()], axis=0).max() for d in (horizon().dataset, after)]
    assert peaks[0] != pytest.approx(peaks[1], rel=1e-4)


def test_the_week_keeps_its_mean_and_a_level_moves_base_and_slope():
    for end in ("low", "high"):
        after = moved(horizon(), doubt_of("demand_calendar.weekday"), end)
        week = [r.factor for r in after.rows("demand_calendar") if r.calendar == "weekday"]
        assert np.mean(week) == pytest.approx(1.0, abs=1e-3)
        assert (np.ptp(week) < 1e-12) == (end == "low")
    after = moved(horizon(), doubt_of("demand_levels.all"), "high")
    assert total(after) > 1.09 * total(horizon().dataset)


def test_shares_still_add_to_one_where_a_scenario_believes_a_rival():
    survey = replace(horizon(), rivals={"regional_shares.households": "survey_2007"})
    doubt = doubt_of("regional_shares.commercial_public.voj", survey)
    after = replace(survey, dataset=moved(survey, doubt, "high"))
    usual = demand_model(survey).offtakes(examined().system.temperature)
    there = demand_model(after).offtakes(examined().system.temperature)
    assert np.sum([o.demand for o in there]) == pytest.approx(np.sum([o.demand for o in usual]))


def test_an_opening_stock_stays_within_its_account():
    for name in ("storage_accounts.banatski_dvor_serbian", "storage_levels.banatski_dvor_gazprom"):
        for end in ("low", "high"):
            system = resolve(examined().scenario, moved(horizon(), doubt_of(name), end))
            assert all(a.opening <= a.volume + 1e-9 for a in system.accounts.values())


def test_rows_that_are_one_figure_move_as_one():
    assert len(doubt_of("storage_curves.banatski_dvor_serbian.withdrawal").rows) == 5
    assert len(doubt_of("reservations.hungarian_transit").rows) == 3
    assert len(doubt_of("pipelines.north_belgrade").rows) == 2
    assert len([d for d in doubts(horizon()) if d.table == "curtailment_steps"]) == 1


def test_help_that_only_a_scenario_adds_is_nothing_to_ask_about():
    assert [r for r in read_dataset().rows("contracts") if r.kind == "emergency" and r.high]
    assert not [d for d in doubts(horizon()) if "emergency" in d.id]


@pytest.mark.parametrize(("end", "rate"), [("low", 1.0), ("high", 2.5)])
def test_a_quantity_that_is_rate_times_days_follows_the_rate(end, rate):
    doubt = doubt_of("contracts.socar_2025_w")
    after = moved(horizon(), doubt, end)
    (row,) = [r for r in after.rows("contracts") if r.piece == "socar_2025_w" and r.rival is None]
    assert (row.dcq_mcm_per_day, row.acq_mcm) == (rate, pytest.approx(rate * 182))
    assert doubt.moves == "a quantity that is rate times days goes along"
    assert not doubt_of("contracts.lng_2024").moves


def test_the_two_curves_of_a_store_have_names_of_their_own():
    names = [d.name for d in doubts(horizon()) if d.id.startswith("storage_curves.banatski_dvor_serbian")]
    assert names == ["Banatski Dvor, Serbian gas, withdrawal: curve", "Banatski Dvor, Serbian gas, injection: curve"]
    assert len({d.name for d in doubts(horizon())}) == len(doubts(horizon()))


def test_a_statement_shows_the_first_figure_that_differs():
    (found,) = [s for s in statements(horizon()) if s.name.endswith("two day mean")]
    assert (found.name, found.used, found.said) == ("temperature weight 1: two day mean", "0.5", "1")


def test_an_end_that_is_what_is_used_is_not_solved_again():
    asked = Examination(examined())
    asked.__dict__["base"] = {"x": 1.0}
    asked._variant = None  # type: ignore[method-assign, assignment]
    assert asked._at(doubt_of("pipelines.gms_gospodjinci"), "high") == ({"x": 1.0}, False)


def test_figures_are_not_moved_in_a_system_that_is_not_their_own():
    asked = examined()
    dry = asked.system.with_asset(
        "fuel_switches", replace(asked.system.fuel_switches["district_heating"], oil_stock=0.0)
    )
    with pytest.raises(InputError, match="not the one that its scenario and data make"):
        _ = Examination(Subject(asked.dataset, asked.scenario, dry)).base


def test_temperatures_that_are_kept_are_nobody_elses():
    system, weather = examined().system, read_dataset().weather
    first, _ = temperatures(weather, "normal", system.first_day, system.days)
    first[:] = 99.0
    assert temperatures(weather, "normal", system.first_day, system.days)[0].max() < 40


def test_the_fingerprint_sees_one_bit():
    system = examined().system
    contract = next(iter(system.contracts.values()))
    same = system.with_asset("contracts", replace(contract, dcq=contract.dcq.copy()))
    assert fingerprint(same) == fingerprint(system)
    other = contract.dcq.copy()
    other[100] = np.nextafter(other[100], 1e9)
    assert fingerprint(system.with_asset("contracts", replace(contract, dcq=other))) != fingerprint(system)


def test_a_rival_fills_its_blanks_from_the_row_in_force_on_its_first_day():
    (row,) = [r for r in read_dataset().rows("storage_accounts") if r.rival == "five_out"]
    assert row.volume_mcm == 400  # not the 100 of 2008


def test_every_rival_of_regional_shares_still_adds_to_one():
    survey = next(s for s in statements(horizon()) if "survey 2007" in s.name)
    assert len(survey.rivals) == 1
    asked = examined().scenario.model_copy(update={"rivals": survey.rivals})
    assert np.sum([o.demand for o in resolve(asked).offtakes.values()]) == pytest.approx(total(read_dataset()))


# the chapter, on data in which only a few figures are in doubt


def in_doubt(keep: Mapping[str, Callable[[Any], bool]], rivals: Callable[[Any], bool] = lambda r: False) -> Dataset:
    """The shipped data with the ranges of all but some rows closed, and most rivals left out."""
    dataset = read_dataset()
    tables = dict(dataset.tables)
    for name in FEEDING:
        rows = tuple(
            r if r.rival or keep.get(name, lambda _: False)(r) else r.model_copy(update={"low": None, "high": None})
            for r in dataset.rows(name)
            if not r.rival or rivals(r)
        )
        tables[name] = replace(tables[name], rows=rows)
    return replace(dataset, tables=MappingProxyType(tables))


def at(dataset: Dataset) -> Chapter:
    asked = subject(SCENARIO, dataset=dataset)
    return chapter(Subject(dataset, asked.scenario, asked.system))


@pytest.fixture(scope="module")
def planted() -> tuple[Dataset, Chapter]:
    """The oil stock matters much, a price in summer nothing to who is cut, a site's volume not at all."""
    dataset = in_doubt(
        {
            "oil_stocks": lambda r: r.high == 485,
            "storage_sites": lambda r: r.identity[0] == "banatski_dvor",
            "prices": lambda r: r.identity[0] == "gazprom",
            "fuel_switch": lambda r: True,
            "curtailment_steps": lambda r: True,
            "contracts": lambda r: r.identity[0] == "lng_2024",
        },
        lambda r: r.rival in ("no_oil", "entsog_600"),
    )
    line = next(k for k, r in enumerate(dataset.rows("contracts")) if r.identity[0] == "lng_2024")
    dataset = edited(dataset, "contracts", {line: {"low": 0.82, "high": 0.82}})
    return dataset, at(dataset)


def test_the_planted_figure_is_found_and_its_swing_is_that_of_a_run(planted):
    dataset, found = planted
    first = found.tables["evidence_ranking"].frame.iloc[0]
    assert first["figure"] == "District heating: oil stock"
    assert found["evidence_first"].name == "Check first, for unserved gas: District heating: oil stock"
    assert found["evidence_first"].value == first["swing"]
    assert found["evidence_first"].note == "ask: Government of Serbia"
    dry = subject(SCENARIO, dataset, settings={"fuel_switches.district_heating.oil_stock": "0 mcm"})
    assert first["at_low"] == pytest.approx(numbers(dry.system, dry.course)["unserved_gas"], abs=1e-5)
    assert first["swing"] == pytest.approx(first["at_low"] - first["at_high"])
    row = found.tables["evidence_figures"].frame.query("rank == 1").iloc[0]
    assert (row["sources"], row["used"], row["low"], row["high"]) == ("N_GOV15;EST", 85, 0, 485)
    assert row["at_high"] == first["at_high"]


def test_what_has_no_effect_is_said_to_have_none(planted):
    _, found = planted
    figures = found.tables["evidence_figures"].frame.set_index("id")
    assert figures.loc["storage_sites.banatski_dvor@2011-10-01", "effect"] == "does not touch the case"
    assert not [i for i in figures.index if i.startswith("contracts")]  # low is high: nothing is in doubt
    assert "prices.gazprom@2026-04-01" in figures.index
    ranking = found.tables["evidence_ranking"].frame
    assert not ranking["figure"].str.contains("2026-04-01").any()
    costs = found.tables["evidence_swings"].frame.query("indicator == 'costs'")
    assert "prices.gazprom@2026-04-01" in set(costs["id"])
    assert found["evidence_touching"].value == f"{len(figures) - 1} of {len(figures)}"


def test_every_interval_holds_the_base(planted):
    _, found = planted
    table = found.tables["evidence_intervals"].frame
    for kind in ("one", "squares"):
        assert (table[f"{kind}_low"] <= table["base"]).all()
        assert (table["base"] <= table[f"{kind}_high"]).all()
    unserved = table.iloc[0]
    assert unserved["all_good"] <= unserved["base"] <= unserved["all_bad"]
    assert found["evidence_unserved_gas"].low == unserved["squares_low"]
    assert found["evidence_n_minus_1"].low == found["evidence_n_minus_1"].high  # none of these stands in the formula


def test_a_statement_is_taken_at_its_word_or_told_why_not(planted):
    _, found = planted
    table = found.tables["evidence_statements"].frame.set_index("statement")
    ranking = found.tables["evidence_ranking"].frame
    assert table.loc["District heating: no oil", "value"] == pytest.approx(ranking.iloc[0]["at_low"])
    assert table.loc["All demand classes: entsog 600", "problem"].startswith("value of lost load of feedstock")
    assert math.isnan(table.loc["All demand classes: entsog 600", "value"])


def test_the_sentences_name_the_figure_and_whom_to_ask(planted):
    _, found = planted
    said = findings(found, MCM)
    assert said[0].startswith("To know unserved gas better, check first: District heating: oil stock (ask: Government")
    assert "if independent they leave unserved gas between" in said[2]
    assert said[-1].startswith("If another source is right (District heating: no oil), unserved gas is")


def test_the_same_case_gives_the_same_bits(planted):
    dataset, found = planted
    again = Examination(Subject(dataset, examined().scenario, resolve(examined().scenario, dataset)))
    (oil,) = [s for s in again.swings() if s.doubt.table == "oil_stocks"]
    assert oil.low["unserved_gas"] == found.tables["evidence_ranking"].frame.iloc[0]["at_low"]


def test_a_further_indicator_may_be_measured_too():
    dataset = in_doubt({"oil_stocks": lambda r: r.high == 485})
    oil = Indicator("oil", "Oil in stock", "GWh", 1e-6, worse=-1)
    asked = subject(SCENARIO, dataset=dataset)
    found = chapter(asked, {oil: lambda s: s.system.fuel_switches["district_heating"].oil_stock})
    row = found.tables["evidence_swings"].frame.query("indicator == 'oil'").iloc[0]
    assert (row["at_low"], row["at_high"]) == (0.0, pytest.approx(485 * 10.289))


def test_without_doubt_there_is_nothing_to_ask():
    dataset = in_doubt({})
    found = at(dataset)
    assert found["evidence_first"].value is None
    assert (
        found["evidence_unserved_gas"].low
        == found["evidence_unserved_gas"].high
        == found.value("evidence_unserved_gas")
    )
    assert (
        findings(found, MCM)[0] == "0 of 0 figures in doubt touch the case; none of them by itself moves unserved gas."
    )
