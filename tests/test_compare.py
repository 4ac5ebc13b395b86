"""Comparisons: which inputs differ, Shapley's shares by hand, shares that add up, and the verb."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from shipped_runs import dataset

from energysim import InputError, Scenario, read_scenario
from energysim.cli import main
from energysim.dossier import Chapter, Figure, Table
from energysim.outputs.dossier.charts import charts
from energysim.outputs.dossier.compare import findings
from energysim.outputs.wording import MCM
from energysim.studies.compare import Comparison, Subset, compare, differences, pair, shapley

BASE = {"title": "A", "gas_year": "2025/26", "set": {"contracts.gazprom.dcq": "10 mcm/d"}}
STOP = {"name": "stop", "asset": "upstream.turkstream", "start": "2026-01-10", "until": "2026-01-20", "available": 0}


def scenario(**changes: object) -> Scenario:
    return Scenario.model_validate({**BASE, **changes})


def test_shapley_by_hand() -> None:
    # a alone 6, b alone 0, c alone 0; a and b together 10; c adds 1 to anything that is there
    worth = {"": 0, "a": 6, "b": 0, "c": 1, "ab": 10, "ac": 7, "bc": 1, "abc": 11}

    def value(s: Subset) -> float:
        return float(worth["".join("abc"[k] for k in sorted(s))])

    a, b, c = shapley(value, 3)
    assert a == pytest.approx((2 * (6 - 0) + (10 - 0) + (7 - 1) + 2 * (11 - 1)) / 6)
    assert b == pytest.approx((2 * (0 - 0) + (10 - 6) + (1 - 1) + 2 * (11 - 7)) / 6)
    assert c == pytest.approx(1.0)
    assert a + b + c == pytest.approx(11.0)


def test_every_kind_of_input_is_one_difference() -> None:
    other = scenario(
        weather="2011/12", foresight="foreseen", planner={"stock": "hold_low"}, rivals={"upstream.hungary": "none"},
        set={"contracts.gazprom.dcq": "6 mcm/d", "contracts.lng.dcq": "0 mcm/d"}, events=[STOP],
    )  # fmt: skip
    assert [(d.what, d.first, d.second) for d in differences(scenario(), other)] == [
        ("weather", "normal", "2011/12"),
        ("foresight", "surprise", "foreseen"),
        ("planner: stock", "hold_high", "hold_low"),
        ("rival: upstream.hungary", "as in the data", "none"),
        ("setting: contracts.gazprom.dcq", "10 mcm/d", "6 mcm/d"),
        ("setting: contracts.lng.dcq", "as in the data", "0 mcm/d"),
        ("event: stop", "–", f"happens, {STOP['start']} to {STOP['until']}"),
    ]


def test_all_differences_together_are_the_second_scenario() -> None:
    first, second = read_scenario("russian_loss_alone"), read_scenario("baseline_2024_25")
    made = first
    for difference in differences(first, second):
        made = difference.make(made)
    assert not differences(made, second)
    assert made.events == second.events


def test_who_reported_an_event_makes_no_difference() -> None:
    told = scenario(events=[{**STOP, "source": "EST"}])
    assert not differences(scenario(events=[STOP]), told)
    (changed,) = differences(scenario(events=[STOP]), scenario(events=[{**STOP, "available": 0.5}]))
    assert changed.what == "event: stop"
    assert (changed.first, changed.second) == (f"available {float(STOP['available'])}", "available 0.5")


def test_shares_add_to_the_change_and_ends_are_runs_of_their_own() -> None:
    first, second = read_scenario("russian_loss_alone"), read_scenario("russian_loss_horgos")
    asked = Comparison(first, second, dataset())
    for measure in ("unserved_gas", "objective"):
        change = asked.at(asked.everything)[measure] - asked.at(frozenset())[measure]
        frame = asked.attribution(measure)
        assert frame["shapley"].sum() == pytest.approx(change)
    assert asked.at(frozenset())["unserved_gas"] / 10.55 == pytest.approx(410.1, abs=0.1)
    assert asked.at(asked.everything)["unserved_gas"] / 10.55 == pytest.approx(18.8, abs=0.1)


def test_sentences_and_waterfall_follow_the_numbers() -> None:
    first, second = read_scenario("russian_loss_alone"), read_scenario("russian_loss_horgos")
    dossier = compare(first, second, dataset=dataset())
    chapters = dossier.chapters
    assert findings(chapters[1], MCM)[0].startswith(
        "Unserved gas: −391 mcm; most of it by the event: Hungary keeps its gas"
    )
    figure = charts(dossier)["waterfall_1"]
    widths = [round(p.get_width()) for p in figure.axes[0].patches if abs(p.get_width()) > 1]
    assert widths == [-391, -391], "one difference brings it all, and the change in all"


def sentence(change: float, *shares: float) -> str:
    """The sentence of a comparison whose differences A, B … bring these shares."""
    frame = pd.DataFrame({"difference": list("ABC"[: len(shares)]), "shapley": shares})
    table = Table("Costs: what each difference brings", frame, {"shapley": "MEUR"})
    change_of = Figure("change_costs", "Costs", change, "MEUR", "second − first", "both scenarios solved")
    (said,) = findings(Chapter("compare_1", "a against b", "", (change_of,), {"costs_1": table}), MCM)
    return said


def test_a_part_of_a_change_is_not_called_most_of_it() -> None:
    assert sentence(206.0, 206.0) == "Costs: +206 MEUR; all of it by the A."
    assert sentence(206.0, 150.0, 56.0) == "Costs: +206 MEUR; most of it by the A (+150 MEUR)."
    assert sentence(93.1, 109.3, -16.2) == "Costs: +93.1 MEUR; +109 MEUR by the A, −16.2 MEUR by all else."
    assert sentence(100.0, 40.0, 35.0, 25.0) == "Costs: +100 MEUR; +40 MEUR by the A, +60 MEUR by all else."
    assert sentence(10.0, -50.0, 60.0) == "Costs: +10 MEUR; +60 MEUR by the B, −50 MEUR by all else."


def test_settings_that_differ_in_their_days_say_them() -> None:
    early = {"contracts.gazprom.dcq": {"value": "6 mcm/d", "until": "2026-03-31"}}
    late = {"contracts.gazprom.dcq": {"value": "6 mcm/d", "start": "2026-04-01", "until": "2026-04-30"}}
    (changed,) = differences(scenario(set=early), scenario(set=late))
    assert changed.first == "6 mcm/d until 2026-03-31"
    assert changed.second == "6 mcm/d from 2026-04-01 until 2026-04-30"


def test_events_stand_in_the_order_of_the_second_scenario() -> None:
    names = ("a", "b", "c")
    first = scenario(events=[{**STOP, "name": n} for n in ("c", "a", "x")])
    second = scenario(events=[{**STOP, "name": n, "available": 0.5 if n == "a" else 0} for n in names])
    made = first
    for difference in differences(first, second):
        made = difference.make(made)
    assert made.events == second.events
    with pytest.raises(InputError, match="two events are called 'stop'"):
        differences(scenario(), scenario(events=[STOP, STOP]))


def test_another_gas_year_is_one_difference_and_says_so() -> None:
    first, second = read_scenario("baseline_2026_27"), read_scenario("shah_deniz_long")
    dossier = compare(first, second, dataset=dataset())
    inputs, changes = dossier.chapters
    assert inputs.tables["inputs_1"].frame["second"].tolist() == ["2024/25"]
    assert "cannot be told apart" in changes.notes[0]
    assert dossier.manifest["gas_year"] == "2026/27, 2024/25"


def test_one_scenario_is_no_comparison() -> None:
    with pytest.raises(InputError, match="at least two"):
        compare("shah_deniz_long", dataset=dataset())


def test_the_same_twice_is_refused() -> None:
    with pytest.raises(InputError, match="have the same inputs"):
        pair(scenario(), scenario(title="B"), dataset())


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["compare", *words], catch_exceptions=False)


def test_the_verb_compares_with_the_first(tmp_path: Path) -> None:
    done = run("baseline_2026_27", "baseline_2026_27/gazprom_0", "baseline_2026_27/no_lng", "--out", str(tmp_path))
    assert done.exit_code == 0, done.stderr
    (folder,) = tmp_path.iterdir()
    assert folder.name == "baseline_2026_27-baseline_2026_27--gazprom_0-baseline_2026_27--no_lng"
    assert {"inputs_1.csv", "inputs_2.csv", "costs_1.csv", "waterfall_1.png", "compare.md"} <= {
        p.name for p in folder.iterdir()
    }
    assert "setting: contracts.gazprom.dcq" in done.output
    assert max(len(row) for row in done.output.splitlines() if "run again" not in row and "charts:" not in row) <= 100


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("baseline_2026_27", "baseline_2026_28"), "unknown scenario 'baseline_2026_28'"),
        (("baseline_2026_27", "baseline_2026_27"), "have the same inputs"),
        (("baseline_2026_27", "gazprom_lapse_6", "gazprom_lapse_6"), "is to be compared twice"),
    ],
)
def test_wrong_input_is_one_line_and_writes_nothing(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = run(*words, "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert said in done.stderr
    assert not (tmp_path / "out").exists()
