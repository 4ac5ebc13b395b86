"""Comparisons: which inputs differ, Shapley's shares by hand, shares that add up, and the verb."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from shipped_runs import dataset

from energysim import InputError, Scenario, read_scenario
from energysim.cli import main
from energysim.dossier import Dossier
from energysim.outputs.dossier.charts import charts
from energysim.outputs.dossier.compare import findings
from energysim.outputs.wording import MCM
from energysim.studies.compare import Comparison, Subset, compare, differences, manifest, shapley

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
        ("event: stop", "–", "happens"),
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
    assert (changed.what, changed.second) == ("event: stop", "happens otherwise")


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
    chapters = compare(first, second, dataset())
    assert findings(chapters[1], MCM)[0].startswith(
        "Unserved gas: -391 mcm; most of it by the event: Hungary keeps its gas"
    )
    figure = charts(Dossier(chapters, manifest(first, [second], dataset(), "")))["waterfall_1"]
    widths = [round(p.get_width()) for p in figure.axes[0].patches if abs(p.get_width()) > 1]
    assert widths == [-391, -391], "one difference brings it all, and the change in all"


def test_the_same_twice_is_refused() -> None:
    with pytest.raises(InputError, match="have the same inputs"):
        compare(scenario(), scenario(title="B"), dataset())


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
    ],
)
def test_wrong_input_is_one_line_and_writes_nothing(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = run(*words, "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert said in done.stderr
    assert not (tmp_path / "out").exists()
