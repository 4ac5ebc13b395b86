"""The atlas of outages: exact answers on a town with a store, the shipped year against single runs, the verb."""

from __future__ import annotations

import io
import json
import pickle
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from rich.console import Console

import energysim
from energysim import (
    Contract,
    DemandClass,
    Event,
    GasSystem,
    InputError,
    Node,
    Offtake,
    Pipeline,
    Policy,
    Route,
    Scenario,
    StorageAccount,
    StorageSite,
    Upstream,
)  # fmt: skip
from energysim.cli import main
from energysim.outputs import atlas_chart
from energysim.outputs.atlas_findings import survivable_finding
from energysim.outputs.atlas_page import atlas_page
from energysim.outputs.atlas_tables import (
    chosen,
    foresight_gap,
    longest_survivable,
    ranking,
    solved,
    tables,
    worst_starts,
)  # fmt: skip
from energysim.outputs.canvas import save
from energysim.outputs.page import page_console
from energysim.outputs.wording import GWH, MCM
from energysim.simulate import simulate
from energysim.studies.atlas import Atlas, AtlasBench
from energysim.studies.atlas_assets import asset_path, default_assets
from energysim.studies.atlas_inputs import Written, read_grid, starts
from energysim.studies.campaign import carry_out
from energysim.studies.foresight import outcome
from energysim.studies.study import Workbench

FIRST, DAYS, STOCK = date(2026, 1, 1), 20, 10.0
PEAK = range(10, 15)
"""Days on which the town's industry burns twice as much."""
NEED = np.array([3.0 if d in PEAK else 2.0 for d in range(DAYS)])


def town(scenario: Scenario) -> GasSystem:
    """Two GWh a day (three on peak days) through one border, and a store of 10 GWh that cannot be filled again."""
    return GasSystem.build(
        FIRST, DAYS, nodes=[Node("FIELD"), Node("TOWN")],
        pipelines=[Pipeline("there", "FIELD", "TOWN", 9.0, name="Main"), Pipeline("back", "TOWN", "FIELD", 9.0, name="Main")],
        upstream=[Upstream("border", 3.0, name="Border"), Upstream("far", 9.0), Upstream("idle", 3.0), Upstream("open", np.inf)],
        contracts=[Contract("import", [Route("r", "FIELD", ("far", "border", "open"))], dcq=3.0, price=20.0),
                   Contract("dear", [Route("d", "FIELD", ("idle",))], dcq=3.0, price=2000.0)],
        sites=[StorageSite("cavern")],
        accounts=[StorageAccount("store", 20.0, STOCK, 9.0, 0.0, node="TOWN", site="cavern", closing_values=((20.0, 25.0),))],
        demand_classes=[DemandClass("industry", ((1.0, 300.0),), 1), DemandClass("homes", ((1.0, 1000.0),), 2, protected=True)],
        offtakes=[Offtake("industry", "TOWN", NEED - 1.0), Offtake("homes", "TOWN", 1.0)],
        policy=Policy(stock="hold_low"),
    )  # fmt: skip


def atlas(**changes: Any) -> Atlas:
    asked: dict[str, Any] = {
        "scenario": Scenario(title="a town"),
        "assets": ("upstream.border",),
        "starts": (FIRST, date(2026, 1, 9), date(2026, 1, 11), date(2026, 1, 19)),
        "durations": (3, 5, 6),
        "build": town,
    }
    return Atlas(**asked | changes)


def frame(study: Atlas) -> pd.DataFrame:
    bench = study.prepare()
    return pd.DataFrame([{**c.labels, **study.solve(bench, c)} for c in study.cases()])


@pytest.fixture(scope="module")
def both() -> pd.DataFrame:
    return frame(atlas(foresights=("surprise", "foreseen")))


def one(rows: pd.DataFrame, **labels: Any) -> pd.Series[Any]:
    for name, value in labels.items():
        rows = rows[rows[name] == value]
    assert len(rows) == 1
    return rows.iloc[0]


# --- exact answers ------------------------------------------------------------------------------------------------


def test_unserved_is_need_less_stock(both: pd.DataFrame) -> None:
    for row in both.to_dict("records"):
        first = (date.fromisoformat(row["start"]) - FIRST).days
        need = float(NEED[first : first + row["duration"]].sum())
        assert row["unserved_gas"] == pytest.approx(max(0.0, need - STOCK), abs=1e-6), row
        assert row["extra_unserved"] == row["unserved_gas"]
        assert row["unserved_protected"] == 0.0  # industry covers all of it
        assert row["truncated"] == (first + row["duration"] > DAYS)
        assert row["outage_days"] == min(row["duration"], DAYS - first)


def test_survival_time_is_the_days_before_the_first_cut(both: pd.DataFrame) -> None:
    """From 9 January the town needs 2 + 2 + 3 + 3 + 3 GWh, 3 more than its stock, and industry can give up 2 a day;
    a planner who holds stock low cuts last, on the fourth and fifth day."""
    for foresight in ("surprise", "foreseen"):
        row = one(both, start="2026-01-09", duration=5, foresight=foresight)
        assert (row["survival_time"], row["extra_unserved"], row["cut_days"]) == (3, 3.0, 2)
        assert pd.isna(row["survival_time_protected"])
        assert pd.isna(one(both, start="2026-01-01", duration=5, foresight=foresight)["survival_time"])


def test_protected_customers_come_last() -> None:
    (row,) = frame(atlas(starts=(FIRST,), durations=(12,))).to_dict("records")
    need = float(NEED[:12].sum())  # 26 GWh, of which homes 12
    assert row["unserved_gas"] == pytest.approx(need - STOCK, abs=1e-6)
    assert row["unserved_protected"] == pytest.approx(need - STOCK - (need - 12), abs=1e-6)
    assert row["survival_time_protected"] is not None


def test_extra_cost_is_stock_used_less_gas_not_bought() -> None:
    """Five days without 2 GWh at 20 EUR/MWh; 10 GWh from store that would be worth 25 at the end."""
    (row,) = frame(atlas(starts=(FIRST,), durations=(5,))).to_dict("records")
    assert row["extra_cost"] == pytest.approx(10 * (25 - 20), abs=1e-6)


def test_half_the_border_is_half_the_outage() -> None:
    (row,) = frame(atlas(starts=(date(2026, 1, 11),), durations=(5,), depths=(0.5,))).to_dict("records")
    assert row["extra_unserved"] == 0.0  # 1.5 GWh a day of 3 come, the store gives 7.5
    assert row["extra_cost"] == pytest.approx(7.5 * (25 - 20), abs=1e-6)


def test_assets_that_fail_together() -> None:
    alone, joint = frame(atlas(assets=("sites.cavern", "upstream.border+sites.cavern"), starts=(FIRST,), durations=(3,))).to_dict("records")  # fmt: skip
    assert alone["extra_unserved"] == 0.0
    assert joint["extra_unserved"] == pytest.approx(6.0, abs=1e-6)
    assert joint["unserved_protected"] == pytest.approx(3.0, abs=1e-6)
    assert joint["asset_name"] == "Border and cavern"
    assert joint["survival_time"] == joint["survival_time_protected"] == 0


def test_the_years_own_events_are_the_background() -> None:
    """What the base year cuts by itself is not laid to the outage."""
    spell = Event(name="no store", asset="sites.cavern", start="2026-01-18", until="2026-01-20", available=0)
    shut = Event(name="border shut", asset="upstream.border", start="2026-01-19", until="2026-01-20", available=0)
    study = atlas(
        scenario=Scenario(title="a bad end", events=(spell, shut)), starts=(FIRST,), foresights=("surprise", "foreseen")
    )
    for row in frame(study).to_dict("records"):
        need = 2.0 * row["duration"]
        assert row["unserved_gas"] == pytest.approx(4.0 + max(0.0, need - STOCK), abs=1e-6)
        assert row["extra_unserved"] == pytest.approx(max(0.0, need - STOCK), abs=1e-6)
        assert pd.isna(row["survival_time"]) == (need <= STOCK)


# --- what the rows say -----------------------------------------------------------------------------------------------


def test_worst_start_and_longest_survivable(both: pd.DataFrame) -> None:
    worst = worst_starts(both)
    assert one(worst, duration=5, foresight="foreseen")["start"] == "2026-01-11"  # all five peak days
    longest = longest_survivable(both[both["foresight"] == "foreseen"]).set_index("start")
    assert longest.loc["2026-01-01", ["longest", "at_least", "first_harm"]].to_list() == [5, False, 6]
    assert longest.loc["2026-01-11", ["longest", "at_least", "first_harm"]].to_list() == [3, False, 5]
    at_the_end = longest.loc["2026-01-19"]  # nothing is known of outages that outlast the horizon
    assert (at_the_end["longest"], at_the_end["at_least"]) == (0, True)
    protected = longest_survivable(both, "protected")
    assert set(protected.loc[protected["start"] == "2026-01-11", "longest"]) == {6}
    with pytest.raises(InputError, match="expected one of anyone, protected"):
        longest_survivable(both, "nobody")


def test_a_missing_case_ends_the_ladder(both: pd.DataFrame) -> None:
    gone = both[~((both["start"] == "2026-01-01") & (both["duration"] == 5))]
    found = longest_survivable(gone).set_index("start").loc["2026-01-01"]
    assert set(found["longest"]) == {3}
    assert found["at_least"].all()


def test_ranking_puts_the_most_harmful_first() -> None:
    rows = frame(atlas(assets=("sites.cavern", "upstream.border"), durations=(3, 6), starts=(FIRST, date(2026, 1, 9))))
    table = ranking(rows, duration=6)
    assert list(table["asset"]) == ["upstream.border", "sites.cavern"]
    assert table["start"].iloc[0] == "2026-01-09"
    assert table["unserved"].iloc[0] == pytest.approx(2 * 2 + 4 * 3 - STOCK, abs=1e-6)
    assert list(table["longest"]) == [3, 6]
    assert list(table["at_least"]) == [False, True]
    with pytest.raises(InputError, match="this atlas has no duration 9; it has 3, 6"):
        ranking(rows, duration=9)


def test_outages_that_outlast_the_year_hide_no_harm_and_prove_no_endurance(both: pd.DataFrame) -> None:
    rows = both[both["foresight"] == "foreseen"]  # of the last start no length is known
    assert ranking(rows)[["longest", "at_least"]].to_numpy().tolist() == [[3, False]]
    ladders = longest_survivable(rows)
    assert "may not fail for more than 3 days from 9 Jan" in survivable_finding(ladders, (3, 5, 6), "anyone")
    late = ladders[ladders["start"] == "2026-01-19"]
    assert survivable_finding(late, (3, 5, 6), "anyone").startswith(
        "No outage that was solved and ends within the year"
    )
    sound = ladders.assign(longest=6, at_least=True)
    assert "may fail for 6 days, whenever it starts" in survivable_finding(sound, (3, 5, 6), "anyone")


def test_surprise_is_never_cheaper(both: pd.DataFrame) -> None:
    gap = foresight_gap(both)
    assert len(gap) == len(both) / 2
    assert (gap["regret"] >= -1e-6).all()
    assert foresight_gap(both[both["foresight"] == "foreseen"]).empty


def test_rows_of_something_else_are_refused() -> None:
    with pytest.raises(InputError, match="no rows of an atlas"):
        solved(pd.DataFrame({"a": [1]}))
    assert len(chosen(frame(atlas(starts=(FIRST,), durations=(5,))))) == 1


def test_page_and_charts(both: pd.DataFrame, tmp_path: Path) -> None:
    console = page_console(stderr=True)
    with console.capture() as shown:
        console.print(atlas_page(both, {"options": atlas().options, "digest": "0123456789ab"}, GWH, duration=5))
    text = " ".join(shown.get().split())
    assert "The worst 5-day outage is that of Border from 11 Jan: 5 GWh go unserved." in text
    assert "What surprise adds" in text
    figure = atlas_chart.unserved(both, duration=5, foresight="foreseen", unit="gwh", source="Source: a test")
    assert figure.get_suptitle().replace("\n", " ").startswith("The worst foreseen 5-day outage is that of Border")
    assert [t.get_text() for t in figure.axes[0].texts] == ["–", "3", "5", "–*"]
    lasting = atlas_chart.survivable(both, foresight="foreseen")
    assert [t.get_text() for t in lasting.axes[0].texts] == ["5", "3", "3"]  # nothing is known of the last date
    first, second = save(figure, tmp_path / "a.png"), save(atlas_chart.unserved(both, 5, None, "foreseen", "gwh", "", "Source: a test"), tmp_path / "b.png")  # fmt: skip
    assert first.read_bytes() == second.read_bytes()
    quiet = both[both["survival_time"].isna()]
    assert "cuts anybody" in atlas_chart.unserved(quiet, 3).get_suptitle().replace("\n", " ")
    assert set(tables(both)) == {"worst_starts", "survivable", "survivable_protected", "surprise_against_foreseen"}


def test_the_page_keeps_every_column_on_eighty_columns(both: pd.DataFrame) -> None:
    console = Console(width=80, file=io.StringIO())
    console.print(atlas_page(both, {"options": atlas().options}, GWH, duration=5))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    head = next(line for line in shown.splitlines() if line.lstrip().startswith("asset "))
    assert head.count("protected") == 2 and "longest" in head and "MEUR" in head
    row = next(line for line in shown.splitlines() if line.startswith(" Border "))
    assert row.split()[-3:] == ["3", "d", "?"]  # of protected customers no start shows harm, and one shows nothing


# --- the study -------------------------------------------------------------------------------------------------------


def test_carried_out_and_resumed(tmp_path: Path, both: pd.DataFrame) -> None:
    study = atlas(foresights=("surprise", "foreseen"))
    part = carry_out(study, tmp_path, study.cases()[:5], workers=1)
    whole = carry_out(study, tmp_path, workers=1)
    assert (part.solved, whole.found, whole.solved, whole.failed) == (5, 5, len(both) - 5, 0)
    kept = pd.read_parquet(tmp_path / "cases.parquet")
    pd.testing.assert_frame_equal(kept[["start", "extra_unserved"]], both[["start", "extra_unserved"]])
    assert json.loads((tmp_path / "study.json").read_text())["units"]["survival_time"] == "d"


def test_digest_is_of_inputs_not_of_the_grid() -> None:
    study = atlas()
    assert pickle.loads(pickle.dumps(study)).digest == study.digest == atlas(durations=(1,)).digest
    assert replace(study, inputs="other data").digest != study.digest
    assert atlas(scenario=Scenario(title="a town", weather="design")).digest != study.digest
    with pytest.raises(InputError, match="not those of the atlas"):
        replace(study, build=None, inputs="0").prepare()


def test_default_assets_are_those_in_use() -> None:
    bench = Workbench(town(Scenario(title="")))
    found = default_assets(bench.system, bench.undisturbed)
    assert found == {"upstream.border": ("upstream.far", "contracts.import", "upstream.open"), "pipelines.there+pipelines.back": ()}  # fmt: skip
    assert asset_path(bench.system, "border+sites.cavern") == "upstream.border+sites.cavern"


def test_rules_for_dates() -> None:
    span = date(2026, 1, 1), date(2026, 2, 15)
    assert starts("monthly", *span) == (date(2026, 1, 1), date(2026, 2, 1))
    assert starts("half_monthly", *span) == (span[0], date(2026, 1, 15), date(2026, 2, 1), span[1])
    assert starts("weekly", *span)[-1] == date(2026, 2, 12)
    assert len(starts("daily", *span)) == 46


BROKEN = {
    "--asset: unknown asset 'bordr'; did you mean `border`?": {"assets": ["bordr"]},
    "--asset: 'offtakes.homes': an outage cannot strike offtakes": {"assets": ["offtakes.homes"]},
    "--asset: upstream.border is given twice; leave one out": {"assets": ["border", "upstream.border"]},
    "--asset: upstream.far+upstream.far: upstream.far is named twice; leave one out": {"assets": ["far+far"]},
    "--asset: upstream.open has no stated capacity": {"assets": ["open"], "depths": ["50 %"]},
    "--start: 2027-01-01 lies outside the gas year 2026-01-01 to 2026-01-20": {"starts": ["2027-01-01"]},
    "--start: found 'weekley'; expected a date such as 2026-01-15, or one of": {"starts": ["weekley"]},
    "--start: 2026-01-02 is given twice; leave one out": {"starts": ["2026-01-02", "2026-01-02"]},
    "--start: `monthly` has no date from 2026-01-02 to 2026-01-20": {"starts": ["monthly"], "first": "2026-01-02"},
    "--from and --to go with a rule": {"starts": ["2026-01-02"], "last": "2026-01-20"},
    "--from 2026-01-09 is after --to 2026-01-02; swap the dates": {"first": "2026-01-09", "last": "2026-01-02"},
    "--to: 2026-03-01 lies outside the gas year": {"last": "2026-03-01"},
    "--duration: found 0; expected whole days from 1 to 20": {"durations": ["0"]},
    "--duration: found '1.5'; expected whole days such as 30": {"durations": ["1.5"]},
    "--duration: 5 is given twice; leave one out": {"durations": ["5", "5"]},
    "--depth: a share lies between 0 and 1, found '120 %'": {"depths": ["120 %"]},
    "--depth: found 0 %; expected the share lost, above 0 and up to 100 %": {"depths": ["0 %"]},
    "--depth: 50 % is given twice; leave one out": {"depths": ["50 %", "0.5"]},
}


@pytest.mark.parametrize("message", BROKEN)
def test_each_mistake_is_one_clear_line(message: str) -> None:
    usual: dict[str, Any] = {"assets": ["border"], "durations": ["5"]}
    with pytest.raises(InputError) as refused:
        read_grid(Written(**usual | BROKEN[message]), town(Scenario(title="")))
    (problem,) = refused.value.problems
    assert problem.startswith(message)


def test_an_unsound_atlas_is_refused_before_anything_is_solved() -> None:
    with pytest.raises(InputError) as refused:
        atlas(assets=("upstream.nowhere",), durations=(0,), depths=(2.0,), starts=()).prepare()
    assert len(refused.value.problems) == 4


# --- the shipped year ------------------------------------------------------------------------------------------------


def test_same_numbers_as_single_runs() -> None:
    """An outage of the atlas is the scenario with one more event: `energysim.run`, and a solver of its own."""
    scenario = energysim.read_scenario("baseline_2025_26").model_copy(update={"weather": "design"})
    dataset, foresights = energysim.load_data(), ("surprise", "foreseen")
    study = Atlas(scenario, ("upstream.kireevo", "pipelines.gms_pancevo"), (date(2026, 1, 15),), (7,),
                  foresights=foresights, inputs=dataset.digest)  # fmt: skip
    bench = study.prepare()
    assert isinstance(bench, AtlasBench)
    found = {(c.labels["asset"], c.labels["foresight"]): study.solve(bench, c) for c in study.cases()}
    events = [
        (*scenario.events, Event(name="outage", asset=a, start="2026-01-15", until="2026-01-21", available=0))
        for a in study.assets
    ]
    outcomes = energysim.run(scenario.model_copy(update={"events": events[0]}), dataset=dataset).manifest["outcomes"]
    expected = {(study.assets[0], f): outcomes[f] for f in foresights}
    alone = simulate(bench.system, events[1], foresight="foreseen")
    expected[study.assets[1], "foreseen"] = outcome(bench.system, alone)
    for case, other in expected.items():
        assert found[case]["unserved_gas"] == pytest.approx(other["unserved_gas"], abs=1e-3)
        assert found[case]["unserved_protected"] == pytest.approx(other["unserved_protected"], abs=1e-3)
        assert found[case]["objective"] == pytest.approx(other["objective"], rel=1e-6)
    assert outcomes["surprise"]["unserved_gas"] > 100


def test_verb(tmp_path: Path) -> None:
    out = tmp_path / "study"
    said = ["atlas", "--weather", "design", "--asset", "kireevo", "--asset", "sites.banatski_dvor", "--start", "2026-01-15",
            "--duration", "7", "--workers", "1", "--out", str(out)]  # fmt: skip
    result = CliRunner().invoke(main, said)
    assert result.exit_code == 0, result.output
    text = " ".join(result.output.split())
    assert "The worst foreseen 7-day outage is that of Kireevo-Zajecar from 15 Jan: " in text
    rows = pd.read_csv(out / "cases.csv")
    assert MCM.text(rows["extra_unserved"].max()) in text
    assert {"unserved_foreseen.png", "survivable_foreseen.png", "worst_starts.csv"} <= {p.name for p in out.iterdir()}
    again = CliRunner().invoke(main, [*said, "--json"])
    told = json.loads(again.stdout)
    assert told["ranking"][0]["asset"] == "upstream.kireevo"


def test_verb_refuses_everything_at_once(tmp_path: Path) -> None:
    out = tmp_path / "study"
    said = ["atlas", "baseline_2025_26", "--asset", "kirevo", "--start", "2027-01-01", "--duration", "0", "--depth", "120 %",
            "--set", "nothing", "--out", str(out)]  # fmt: skip
    result = CliRunner().invoke(main, said)
    assert result.exit_code == 2
    lines = result.output.splitlines()
    assert len(lines) == 5
    assert all(line.startswith("error: --") for line in lines)
    assert any("did you mean `kireevo`?" in line for line in lines)
    assert not out.exists()
