"""The resilience triangle on three days by hand, the waterfall's bars, and the verb that draws charts."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from shipped_runs import shipped

from energysim.cli import main
from energysim.cli.chart_names import NAMES
from energysim.errors import InputError
from energysim.indicators.origin import served_by_origin
from energysim.indicators.resilience import deepest_cut, recovery_time, resilience_loss, served_share
from energysim.outputs import plot
from energysim.outputs.sankey import GAP, spans, winter_table
from energysim.outputs.security_charts import LOST, MORE, REST, waterfall
from energysim.results import FRAMES, Results

DATES = pd.date_range("2026-01-01", periods=5)


def served(cut: list[float], demand: float = 10.0) -> Results:
    """A run of five days of one offtake, cut as said [GWh/d]."""
    rows = [("demand", "a", d, demand, "GWh/d") for d in DATES]
    rows += [("curtailment", "a", d, c, "GWh/d") for d, c in zip(DATES, cut, strict=True)]
    frames: dict[str, Any] = dict.fromkeys(FRAMES, pd.DataFrame())
    frames["quantities"] = pd.DataFrame(rows, columns=["variable", "asset", "date", "value", "unit"])
    frames["prices"] = pd.DataFrame({"node": "A", "date": DATES, "value": 1.0})
    return Results(**frames, manifest={})


def test_triangle_by_hand() -> None:
    run = served([0.0, 4.0, 2.0, 0.3, 0.0])
    assert served_share(run).to_list() == pytest.approx([1.0, 1 - 4 / 10, 1 - 2 / 10, 1 - 0.3 / 10, 1.0])
    assert resilience_loss(run) == pytest.approx(4 / 10 + 2 / 10 + 0.3 / 10)
    assert deepest_cut(run) == pytest.approx(4 / 10)
    assert recovery_time(run) == 2, "from the second day to the fourth, on which 97 % are served"
    assert recovery_time(run, 1.0) == 3


def test_recovery_may_not_be_needed_or_not_come() -> None:
    assert recovery_time(served([0.0] * 5)) == 0
    assert recovery_time(served([0.0, 0.3, 0.0, 0.0, 0.0])) == 0, "97 % is above the limit"
    assert recovery_time(served([0.0, 4.0, 0.0, 0.0, 4.0])) is None
    assert recovery_time(served([4.0, 0.0, 4.0, 0.0, 0.0])) == 3, "a relapse counts"
    assert resilience_loss(served([0.0] * 5, demand=0.0)) == 0


def test_waterfall_adds_up() -> None:
    during = {"russia": -90.0, "demand": -10.0, "lng": 20.0, "banatski_dvor_serbian": 45.0, "fuel_switch": 5.0,
              "curtailment": 28.0, "spot_hungary": 0.5}  # fmt: skip
    bars = waterfall(served([0.0] * 5), during)
    assert list(bars.index) == [LOST, MORE, "lng", "banatski_dvor_serbian", "fuel_switch", "curtailment", REST]
    assert (bars[LOST], bars[MORE]) == (90, 10)
    assert bars.iloc[2:].sum() == pytest.approx(bars[LOST] + bars[MORE])
    assert bars[REST] == pytest.approx(100 - 20 - 45 - 5 - 28)


def test_waterfall_of_a_cold_spell_begins_with_demand() -> None:
    bars = waterfall(served([0.0] * 5), {"russia": 10.0, "demand": -25.0, "lng": 15.0})
    assert list(bars.items()) == [(MORE, 25.0), ("russia", 10.0), ("lng", 15.0)]
    assert waterfall(served([0.0] * 5), {"russia": 0.0, "demand": 0.0}).to_dict() == {LOST: 0.0}


def test_title_follows_the_numbers() -> None:
    run = shipped("russian_loss_horgos").results
    cut = run.manifest["replacements"]["during"]["curtailment"] / 10.55
    assert f"{cut:.1f} mcm are cut" in plot.replacements(run).get_suptitle().replace("\n", " ")
    assert "All demand is served" in plot.resilience(shipped("baseline_2025_26").results).get_suptitle()


def test_a_run_without_news_has_no_waterfall() -> None:
    with pytest.raises(InputError, match="baseline_2025_26: no news changes its plan"):
        plot.replacements(shipped("baseline_2025_26").results)


def test_sankey_carries_all_gas_and_covers_no_text() -> None:
    run = shipped("russian_loss_horgos").results
    table = winter_table(run)
    october_to_march = served_by_origin(run).query("date.dt.month in (10, 11, 12, 1, 2, 3)")
    assert table.to_numpy().sum() == pytest.approx(october_to_march["value"].sum())
    figure = plot.origins(run)
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    boxes = [t.get_window_extent(renderer) for t in figure.findobj(Text) if t.get_text().strip() and t.get_visible()]
    assert not [1 for a, b in combinations(boxes, 2) if a.padded(-1).overlaps(b.padded(-1))]
    assert min(b.x0 for b in boxes) >= 0
    assert max(b.x1 for b in boxes) <= figure.bbox.x1
    largest = table.sum(axis=1).max() / table.to_numpy().sum()
    assert figure.get_suptitle().startswith(f"{100 * largest:.0f}\N{NO-BREAK SPACE}% of")


def test_bars_of_a_sankey_fill_the_height() -> None:
    found = spans(pd.Series({"a": 0.75, "b": 0.25}))
    assert found["a"] == pytest.approx((1 - 0.75 * (1 - GAP), 1.0))
    assert found["b"][0] == pytest.approx(0.0)
    assert found["a"][0] - found["b"][1] == pytest.approx(GAP)


def chart(*words: str) -> Result:
    return CliRunner().invoke(main, ["chart", *words], catch_exceptions=False)


def test_every_chart_has_its_name_on_the_command_line() -> None:
    assert list(NAMES) == list(plot.catalogue())


def test_charts_of_a_saved_run(tmp_path: Path) -> None:
    folder = shipped("russian_loss_horgos").results.save(tmp_path / "run")
    done = chart("resilience", str(folder), "--out", str(tmp_path / "charts"), "--format", "png")
    assert done.exit_code == 0, done.stderr
    assert [p.name for p in (tmp_path / "charts").iterdir()] == ["run-resilience.png"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("resilience", "no_such_run"), "unknown scenario 'no_such_run'"),
        (("resilience", "."), "no run, dossier or study here"),
        (("resilence", "baseline_2025_26"), "'resilence' is not one of"),
    ],
)
def test_wrong_input_draws_nothing(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    words = tuple(str(tmp_path) if w == "." else w for w in words)
    done = chart(*words, "--out", str(tmp_path / "charts"))
    assert done.exit_code == 2
    assert said in done.stderr
    assert not (tmp_path / "charts").exists()
