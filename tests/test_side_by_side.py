"""Charts of several runs, and the interactive twins: what they must agree with the pictures on."""

from __future__ import annotations

import pytest
from matplotlib.text import Text
from shipped_runs import shipped

from energysim.indicators import basic as indicators
from energysim.outputs import charts
from energysim.outputs.maps.multiples import maps
from energysim.outputs.report import live
from energysim.outputs.security_charts import resilience
from energysim.outputs.stocks_together import run_name, stocks
from energysim.outputs.wording import unit_named

MCM = unit_named("mcm")
LOSS, LONG = "russian_loss_horgos", "shah_deniz_long"


def test_prices_of_one_height_are_one_line_in_picture_and_twin() -> None:
    result = shipped(LOSS).results
    lines = charts.price_lines(result)
    assert len(lines) < len(indicators.node_prices(result).columns)
    assert [s["name"] for s in live.prices(result, MCM)["series"]] == [name for name, _ in lines]
    assert lines[0][0] in {"All nodes", "All other nodes"}


def test_the_supply_twin_shows_what_goes_into_stores_below_zero() -> None:
    result = shipped(LOSS).results
    put_in = charts.taken_out(result)["injection"]
    twin = {s["name"]: s["values"] for s in live.supply(result, MCM)["series"]}
    assert sum(twin["Injection into store"]) == pytest.approx(-MCM.factor * float(put_in.sum()), abs=0.2)
    assert min(twin["Injection into store"]) < 0 < max(twin["Firm demand"])


def test_stocks_of_other_years_bear_their_gas_year_and_no_date_of_the_first_run() -> None:
    runs = [shipped(LOSS).results, shipped("january_2009").results]
    figure = stocks(runs)
    legend = figure.axes[0].get_legend()
    assert legend is not None
    said = [" ".join(t.get_text().split()) for t in legend.get_texts()]
    assert said == [run_name(r, same=False) for r in runs]
    assert "2008/09" in said[1]
    ticks = [t.get_text() for t in figure.axes[0].get_xticklabels()]
    assert ticks[0] == "1 Oct" and not any("20" in t for t in ticks)
    foot = " ".join(t.get_text() for t in figure.findobj(Text))
    assert all(r.run_id in foot for r in runs), "every run is named in the foot"


def test_stocks_of_one_year_bear_their_dates() -> None:
    figure = stocks([shipped(LOSS).results, shipped(LOSS).results])
    assert figure.axes[0].get_xticklabels()[0].get_text() == "1 Oct\n2025"


def test_four_maps_stand_two_by_two() -> None:
    result = shipped(LONG).results
    boxes = [a.get_position() for a in maps([result] * 4).axes[:4]]
    assert len({round(b.x0, 3) for b in boxes}) == len({round(b.y0, 3) for b in boxes}) == 2


@pytest.mark.parametrize("name", ["baseline_2026_27", LOSS])
def test_no_more_than_all_demand_can_be_served(name: str) -> None:
    result = shipped(name).results
    axes = resilience(result).axes[0]
    assert max(axes.get_yticks()) == 100
    labels = [t.get_text() for t in axes.get_legend().get_texts()]  # type: ignore[union-attr]
    assert ("Resilience loss" in labels) == bool(indicators.cut_days(result))
