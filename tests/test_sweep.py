"""Sweeps: designs, labels, cases on a small system with known answers, sensitivity against published indices, the verb."""

from __future__ import annotations

import io
import json
import pickle
from datetime import date

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from rich.console import Console

from energysim import Contract, GasSystem, InputError, Node, Offtake, Route, StorageAccount, Upstream
from energysim.cli import main
from energysim.inputs.axis import Axis
from energysim.inputs.scenario import Event, Scenario
from energysim.inputs.sweep_file import StudyFile, read_study, study_files
from energysim.inputs.vary import Search, varied
from energysim.outputs.sweep_charts import charts
from energysim.outputs.sweep_page import sweep_page
from energysim.outputs.sweep_view import SweepView, finding, folded, importance, sentences, value_text
from energysim.studies import designs, sensitivity
from energysim.studies.sweep_plan import plan_sweep

RUPTURE = Event(name="Rupture", asset="upstream.pipe", start="2026-01-04", until="2026-01-06", available=0)
SCENARIO = Scenario(title="in code", events=(RUPTURE,))


def town(scenario: Scenario) -> GasSystem:
    """Ten days of 5 GWh/d from a pipe of 6 GWh/d and a store of 8 GWh that gives 4 GWh/d."""
    return GasSystem.build(
        "2026-01-01", 10, nodes=[Node("A")], offtakes=[Offtake("city", "A", 5.0)], upstream=[Upstream("pipe", 6.0)],
        contracts=[Contract("import", [Route("by_pipe", "A", ("pipe",))], 6.0, 20.0)],
        accounts=[StorageAccount("store", volume=8.0, opening=8.0, withdrawal_capacity=4.0, injection_capacity=1.0,
                                 node="A", closing_values=((8.0, 25.0),))],
    )  # fmt: skip


def planned(scenario=SCENARIO, **said):
    file = StudyFile.model_validate({"title": "A town", "scenario": "in code", "id": "town", **said})
    return plan_sweep(file, scenario=scenario, build=town)


def rows(sweep):
    bench = sweep.prepare()
    return [{**case.labels, **sweep.solve(bench, case)} for case in sweep.cases()]


# --- cases ----------------------------------------------------------------------------------------------------------


def test_a_grid_crosses_every_value_with_units_in_the_labels():
    sweep = planned(vary={"contracts.import.dcq": ["0 GWh/d", "6 GWh/d"], "foresight": ["surprise", "foreseen"]})
    assert [dict(c.labels) for c in sweep.cases()] == [
        {"contracts.import.dcq [GWh/d]": dcq, "foresight": f} for dcq in (0.0, 6.0) for f in ("surprise", "foreseen")
    ]


def test_a_list_is_solved_as_listed():
    cases = [{"foresight": "surprise", "contracts.import.dcq": "3 GWh/d"},
             {"contracts.import.dcq": "6 GWh/d", "foresight": "foreseen"}]  # fmt: skip
    assert [dict(c.labels) for c in planned(list=cases).cases()] == [
        {"foresight": "surprise", "contracts.import.dcq [GWh/d]": 3.0},
        {"foresight": "foreseen", "contracts.import.dcq [GWh/d]": 6.0},
    ]


def test_a_study_crosses_to_another_process_unchanged():
    sweep = planned(vary={"contracts.import.dcq": ["0 GWh/d", "6 GWh/d"]})
    again = pickle.loads(pickle.dumps(sweep))
    assert again.digest == sweep.digest
    assert [c.key(again.digest) for c in again.cases()] == [c.key(sweep.digest) for c in sweep.cases()]


def test_more_values_keep_the_cases_that_are_there():
    first = planned(vary={"contracts.import.dcq [GWh/d]": [0, 6]})
    more = planned(vary={"contracts.import.dcq": ["0 GWh/d", "3 GWh/d", "6 GWh/d"]})
    assert {c.key(first.digest) for c in first.cases()} < {c.key(more.digest) for c in more.cases()}
    assert first.digest != planned(Scenario(title="other"), vary={"contracts.import.dcq [GWh/d]": [0, 6]}).digest


def test_what_is_varied_is_what_is_solved():
    # three days without the pipe: 4 GWh/d from 8 GWh in store, so 1 + 1 + 5 GWh are missing of 15
    found = rows(planned(vary={"events.Rupture.duration": ["1 days", "2 days", "3 days"]}))
    assert [r["unserved_gas"] for r in found] == [pytest.approx(v) for v in (1.0, 2.0, 7.0)]
    assert found[0]["survival_time"] == 0
    found = rows(planned(vary={"offtakes.demand_factor": [0.4, 0.8], "accounts.store.opening [GWh]": [0, 8]}))
    assert [r["unserved_gas"] for r in found][1] == 0.0
    assert found[0]["unserved_gas"] < 6.0  # what is free before the rupture is stored at 1 GWh/d
    assert found[2]["first_cut"] == "2026-01-04"


def test_an_event_moves_as_a_whole():
    event = RUPTURE.model_copy(update={"announced_until": date(2026, 1, 5), "known_from": date(2026, 1, 3)})
    scenario = Scenario(title="t", events=(event,))
    (moved,) = varied(scenario, [(Axis("events.Rupture.start", "date"), "2026-01-07")]).events
    assert (moved.start, moved.until) == (date(2026, 1, 7), date(2026, 1, 9))
    assert (moved.known_from, moved.announced_until) == (date(2026, 1, 6), date(2026, 1, 8))
    (longer,) = varied(scenario, [(Axis("events.Rupture.duration", "days", "days"), 5)]).events
    assert (longer.start, longer.until) == (date(2026, 1, 4), date(2026, 1, 8))
    (deeper,) = varied(scenario, [(Axis("events.Rupture.lost", "rate", "GWh/d"), 2.5)]).events
    assert (deeper.quantity, deeper.lost, deeper.available) == ("lost", "2.5 GWh/d", None)


def test_colder_weather_is_an_event_known_from_day_one():
    axis = Axis("weather.temperature_change", "temperature", "degC")
    scenario = varied(Scenario(title="t", gas_year="2025/26"), [(axis, -4.0)])
    (event,) = scenario.events
    assert (event.start, event.until) == (date(2025, 10, 1), date(2026, 9, 30))
    assert (event.temperature_change, event.known_from) == ("-4 degC", "day_one")


def test_choices_reach_the_scenario():
    chosen = [
        (Axis("weather", "choice"), "2011/12"), (Axis("planner.stock", "choice"), "hold_low"),
        (Axis("rivals.upstream.hungary", "choice"), "half"), (Axis("foresight", "choice"), "foreseen"),
        (Axis("contracts.gazprom.dcq", "rate", "mcm/d", start=date(2026, 1, 1)), 6.0),
    ]  # fmt: skip
    scenario = varied(Scenario(title="t", gas_year="2025/26"), chosen)
    assert (scenario.weather, scenario.planner.stock, scenario.foresight) == ("2011/12", "hold_low", "foreseen")
    assert scenario.rivals == {"upstream.hungary": "half"}
    setting = scenario.set["contracts.gazprom.dcq"]
    assert (setting.value, setting.start, setting.until) == ("6 mcm/d", date(2026, 1, 1), None)


# --- designs --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("design", ["latin_hypercube", "sobol"])
def test_each_strip_of_a_sampled_design_holds_one_sample(design):
    where = designs.shares(design, 3, 64, seed=7)
    assert where.shape == (64, 3)
    for column in where.T:
        assert sorted((column * 64).astype(int)) == list(range(64))
    np.testing.assert_array_equal(where, designs.shares(design, 3, 64, seed=7))
    assert not np.array_equal(where, designs.shares(design, 3, 64, seed=8))


def test_shares_become_values():
    uniform, triangle = Axis("p", "rate", "u", low=2.0, high=6.0), Axis("p", "rate", "u", low=0.0, mid=3.0, high=4.0)
    assert [uniform.at(s) for s in (0.0, 0.5, 1.0)] == [2.0, 4.0, 6.0]
    assert [triangle.at(s) for s in (0.0, 0.75, 1.0)] == [0.0, 3.0, 4.0]
    draws = np.array([triangle.at(s) for s in np.linspace(0, 1, 20_001)])
    assert draws.mean() == pytest.approx(7 / 3, abs=1e-3)
    whole = [Axis("p", "days", "days", low=3, high=5).at(s) for s in (0.0, 0.3, 0.34, 0.67, 0.999, 1.0)]
    assert whole == [3, 3, 4, 5, 5, 5]
    assert [Axis("p", "choice", values=("a", "b")).at(s) for s in (0.0, 0.49, 0.5, 1.0)] == ["a", "a", "b", "b"]


def test_a_sampled_study_is_the_same_every_time():
    said = {
        "vary": {"contracts.import.dcq": {"low": "0 GWh/d", "high": "6 GWh/d"}, "foresight": ["surprise", "foreseen"]},
        "design": "latin_hypercube",
        "samples": 10,
    }
    first, second = planned(**said).cases(), planned(**said).cases()
    assert [c.labels for c in first] == [c.labels for c in second]
    assert [c.labels for c in first] != [c.labels for c in planned(**said, seed=2).cases()]
    assert sorted(str(c.labels["foresight"]) for c in first) == ["foreseen"] * 5 + ["surprise"] * 5


# --- sensitivity ----------------------------------------------------------------------------------------------------


def ishigami(where, a=7.0, b=0.1):
    """Ishigami and Homma (1990), on inputs uniform in -pi…pi."""
    x = np.pi * (2 * where - 1)
    return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_sobol_indices_of_ishigami():
    where = sensitivity.shares("sobol", 3, 1024, seed=1)
    assert where.shape == (1024 * 5, 3)
    found = sensitivity.indices("sobol", ["x1", "x2", "x3"], where, ishigami(where), seed=1).set_index("input")
    a, b = 7.0, 0.1
    variance = a**2 / 8 + b * np.pi**4 / 5 + b**2 * np.pi**8 / 18 + 0.5
    first = {"x1": 0.5 * (1 + b * np.pi**4 / 5) ** 2 / variance, "x2": a**2 / 8 / variance, "x3": 0.0}
    total = {"x1": first["x1"] + 8 * b**2 * np.pi**8 / 225 / variance, "x2": first["x2"],
             "x3": 8 * b**2 * np.pi**8 / 225 / variance}  # fmt: skip
    for name in first:
        row = found.loc[name]
        assert row["first_order"] == pytest.approx(first[name], abs=0.05)
        assert row["total_order"] == pytest.approx(total[name], abs=0.05)
        assert abs(row["first_order"] - first[name]) <= 1.5 * row["first_order_interval"] + 1e-3
        assert 0 < row["total_order_interval"] < 0.15
    pd.testing.assert_frame_equal(
        found.reset_index(), sensitivity.indices("sobol", ["x1", "x2", "x3"], where, ishigami(where), seed=1)
    )


def test_morris_ranks_a_linear_function_by_its_slopes():
    where = sensitivity.shares("morris", 3, 10, seed=1)
    found = sensitivity.indices("morris", ["a", "b", "c"], where, where @ np.array([1.0, 0.0, 5.0]), seed=1)
    assert list(found["input"]) == ["c", "a", "b"]
    np.testing.assert_allclose(found["effect"], [5.0, 1.0, 0.0], atol=1e-9)
    np.testing.assert_allclose(found["spread"], 0.0, atol=1e-9)


def test_sensitivity_refuses_what_it_cannot_say():
    where = sensitivity.shares("sobol", 2, 4, seed=1)
    with pytest.raises(InputError, match="no input moves it"):
        sensitivity.indices("sobol", ["a", "b"], where, np.zeros(len(where)), seed=1)
    with pytest.raises(InputError, match="1 of 16 cases have no result"):
        sensitivity.indices("sobol", ["a", "b"], where, np.r_[np.nan, np.ones(15)], seed=1)


def test_without_the_library_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setattr(sensitivity, "INSTALLED", False)
    said = {"vary": {"foresight": ["surprise", "foreseen"], "offtakes.demand_factor": {"low": 0.5, "high": 1.0}}}
    with pytest.raises(InputError, match=r"SALib.*pip install") as refused:
        planned(**said, sensitivity="sobol", samples=4)
    assert len(refused.value.problems) == 1


def test_sensitivity_of_a_study_from_its_rows():
    said = {
        "vary": {"offtakes.demand_factor": {"low": 0.2, "high": 0.9}, "contracts.import.price [EUR/MWh]": {"low": 20, "high": 20.5}},
        "sensitivity": "morris", "samples": 4, "measure": "costs",
    }  # fmt: skip
    sweep = planned(**said)
    cases = pd.DataFrame(rows(sweep))
    found = sweep.sensitivity(cases.sample(frac=1, random_state=0))
    assert list(found["input"]) == ["offtakes.demand_factor", "contracts.import.price [EUR/MWh]"]
    pd.testing.assert_frame_equal(found, sweep.sensitivity(cases))
    assert sorted(charts(SweepView(sweep.file, sweep.axes, cases, indices=found))) == ["sensitivity", "sweep"]


# --- what people see ------------------------------------------------------------------------------------------------


def text_of(view):
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(sweep_page(view), highlight=False)
    return console.export_text()


def test_the_page_of_a_grid():
    sweep = planned(vary={"events.Rupture.duration": ["1 days", "3 days"]})
    view = SweepView(sweep.file, sweep.axes, pd.DataFrame(rows(sweep)))
    assert finding(view) == "Unserved gas: 0.09 to 0.66 mcm, most with events.Rupture.duration 3\N{NO-BREAK SPACE}days."
    text = text_of(view)
    assert "A town" in text
    assert "2026-01-04" in text
    assert "events.Rupture.duration" in text


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (("found", -4.2, -4.3), "No cut down to 4.2 degC below the scenario's weather; cuts begin between there and 4.3 degC below."),
        (("found", 2.9, 2.8), "Cuts even in the scenario's own weather; none from 2.9 degC above it, the first between there and 2.8 degC above."),
        (("never", None, None), "No cut anywhere between −15 degC and 5 degC (change of temperature)."),
        (("always", None, None), "Cuts everywhere between −15 degC and 5 degC (change of temperature): unserved gas 1 mcm or more."),
    ],
)  # fmt: skip
def test_a_break_even_is_one_sentence(found, expected):
    axis = Axis("weather.temperature_change", "temperature", "degC", low=-15.0, high=5.0)
    outcome, holds, exceeds = found
    row = {"outcome": outcome, "holds_at": holds, "exceeds_at": exceeds, "value": None, "at_low": 21.1, "at_high": 10.55,
           "runs": 9, "monotone": True}  # fmt: skip
    file = StudyFile.model_validate({"title": "t", "scenario": "s", "vary": {"weather": ["normal"]}})
    view = SweepView(file, (), pd.DataFrame([row]), Search(axis, -15.0, 5.0, 0.1, "unserved_gas", 0.0))
    assert [s.replace("\N{NO-BREAK SPACE}", " ") for s in sentences(view)] == [expected]
    assert expected[:20] in text_of(view).replace("\N{NO-BREAK SPACE}", " ")


def test_several_changes_of_temperature_are_not_told_as_temperatures():
    colder = Axis("weather.temperature_change", "temperature", "degC", low=-15.0, high=5.0)
    axis = Axis("foresight", "choice", values=("surprise", "foreseen"))
    file = StudyFile.model_validate({"title": "t", "scenario": "s", "vary": {"foresight": ["surprise", "foreseen"]}})
    cases = pd.DataFrame({"foresight": axis.values, "outcome": "found", "value": [2.8, -5.6]})
    view = SweepView(file, (axis,), cases, Search(colder, -15.0, 5.0, 0.1, "unserved_gas", 0.0))
    assert finding(view).replace("\N{NO-BREAK SPACE}", " ") == (
        "Cuts begin between 5.6 degC colder than the scenario's weather (foresight foreseen) and 2.8 degC warmer than the "
        "scenario's weather (foresight surprise)."
    )


def test_what_matters_most_is_told_with_its_error():
    file = StudyFile.model_validate({"title": "t", "scenario": "s", "vary": {"weather": ["normal"]}})
    found = pd.DataFrame(
        {"input": ["a", "b", "c"], "first_order": [0.87, -0.07, 0.0], "first_order_interval": [0.37, 0.13, 0.1],
         "total_order": [1.03, 0.9, 0.1], "total_order_interval": [0.25, 0.2, 0.1]}
    )  # fmt: skip
    text = importance(SweepView(file, (), pd.DataFrame({"first_cut": [None]}), indices=found))
    assert "87 ± 37 % of the variance, with its interactions 103 ± 25 %" in text
    assert "Within the error b may matter as much" in text


def test_blank_columns_of_a_casebook_are_blank_in_the_page():
    sweep = planned(vary={"offtakes.demand_factor": [0.1, 0.2]})
    view = SweepView(sweep.file, sweep.axes, pd.DataFrame(rows(sweep)).dropna(axis="columns", how="all"))
    assert finding(view) == "Unserved gas: 0 mcm in every one of 2 cases."
    assert "–" in text_of(view)


def test_names_are_folded_at_their_dots():
    assert folded("accounts.banatski_dvor_serbian.opening [mcm]", 14) == (
        "accounts.\nbanatski_dvor_\nserbian.\nopening [mcm]"
    )
    assert value_text(Axis("p", "temperature", "degC"), -4.25) == "−4.25\N{NO-BREAK SPACE}degC"


# --- the verb and what is shipped -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(study_files()))
def test_shipped_study_resolves(name):
    file = read_study(name)
    assert file.context
    assert plan_sweep(file).cases()


def test_the_verb_keeps_rows_and_charts_and_resumes(tmp_path):
    path = tmp_path / "lapse.yaml"
    path.write_text(
        "title: Two contracts\nscenario: baseline_2026_27\nforesight: foreseen\n"
        "vary: {contracts.gazprom.dcq: [6 mcm/d, 10 mcm/d]}\n"
    )
    arguments = ["sweep", str(path), "--out", str(tmp_path / "out"), "--workers", "1", "--json"]
    first = CliRunner().invoke(main, arguments)
    assert first.exit_code == 0, first.output
    told = json.loads(first.stdout)
    assert [c["contracts.gazprom.dcq [mcm/d]"] for c in told["cases"]] == [6.0, 10.0]
    assert told["cases"][0]["costs"] > told["cases"][1]["costs"]
    assert (tmp_path / "out" / "sweep.png").is_file()
    before = (tmp_path / "out" / "cases.parquet").read_bytes()
    assert json.loads(CliRunner().invoke(main, arguments).stdout)["cases"] == told["cases"]
    assert (tmp_path / "out" / "cases.parquet").read_bytes() == before
