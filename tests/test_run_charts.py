"""Cuts, takes, the timeline of contracts and reported stocks: numbers by hand, refusals, and small files."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from shipped_runs import dataset, shipped

import energysim
from energysim.errors import InputError
from energysim.indicators import basic as indicators
from energysim.indicators.periods import period_use
from energysim.inputs.horizon import Horizon
from energysim.outputs import plot
from energysim.outputs.canvas import rendered
from energysim.outputs.drawing import cut_shares, scale_end
from energysim.outputs.letters import shortened, width, wrapped
from energysim.outputs.palette import BLACK, CYCLE, luminance
from energysim.outputs.svg import shorter, slim
from energysim.outputs.timeline import found, window
from energysim.results import FRAMES, Results
from energysim.studies.record import contract_periods, reported_stocks
from energysim.words import missing, speaking

MCM = 10.55
"""GWh in a million cubic metres of contracts and storage."""
MOST_BYTES = 150_000
"""Bytes that a chart may add to a page."""
DATES = pd.date_range("2026-01-01", periods=4)


def title(figure: Figure) -> str:
    return figure.get_suptitle().replace("\n", " ")


def legend(figure: Figure) -> list[str]:
    texts = [t.get_text() for drawn in figure.findobj(Legend) for t in drawn.get_texts()]  # type: ignore[attr-defined]
    return [t.replace("\n", " ") for t in texts]


def taken(nominated: list[float], dcq: list[float], periods: list[dict[str, Any]]) -> Results:
    """A run of four days of one contract with one route."""
    rows = [("nomination", "way", d, v) for d, v in zip(DATES, nominated, strict=True)]
    rows += [("dcq", "gas", d, v) for d, v in zip(DATES, dcq, strict=True)]
    frames: dict[str, Any] = dict.fromkeys(FRAMES, pd.DataFrame())
    frames["quantities"] = pd.DataFrame(rows, columns=["variable", "asset", "date", "value"])
    frames["prices"] = pd.DataFrame({"node": "A", "date": DATES, "value": 1.0})
    frames["assets"] = pd.DataFrame(
        [("way", "routes", "Gas", "gas", "gas"), ("gas", "contracts", "Gas", "gas", "")],
        columns=["asset", "table", "name", "group", "parent"],
    )
    return Results(**frames, manifest={"contract_periods": periods})


def period(last: int, quantity: float | None, pledge: float) -> dict[str, Any]:
    ends = {"first": str(DATES[0].date()), "last": str(DATES[last].date())}
    return {"contract": "gas", "period": "p", **ends, "quantity": quantity, "pledge": pledge}


def test_periods_and_the_days_beside_them_by_hand() -> None:
    use = period_use(taken([1, 2, 4, 8], [5, 5, 5, 9], [period(1, 8.0, 6.0)]))
    assert use["period"].to_list() == ["p", "gas"], "days without a period make a row named after the contract"
    assert use["taken"].to_list() == [1 + 2, 4 + 8]
    assert use["daily"].to_list() == [5 + 5, 5 + 9]
    assert use["quantity"].to_list()[0] == 8
    assert np.isnan(use["quantity"][1]), "no quantity agreed is not a quantity of zero"
    assert use["shortfall"].to_list() == [6 - 3, 0]


def test_a_period_over_all_days_leaves_no_rest() -> None:
    use = period_use(taken([1, 2, 4, 8], [5, 5, 5, 9], [period(3, None, 0.0)]))
    assert use["period"].to_list() == ["p"]
    with pytest.raises(InputError, match="run it again"):
        period_use(replace(taken([1] * 4, [1] * 4, []), manifest={}))


def test_force_majeure_lowers_what_is_paid_for_in_any_case() -> None:
    announced, physical = (period_use(shipped(n).results) for n in ("baseline_2024_25", "shah_deniz_long"))
    winter = [u[u["period"] == "socar_2024_w"].iloc[0] for u in (announced, physical)]
    assert winter[0]["pledge"] == pytest.approx(256.7 * MCM)
    assert winter[1]["pledge"] < winter[0]["pledge"]
    figure = plot.takes(shipped("shah_deniz_long").results)
    said = winter[1]["pledge"] / MCM
    assert (
        title(figure)
        == f"1 take-or-pay minimum, kept: {said:.0f} mcm taken of {said:.0f} mcm to be paid for in any case"
    )


def test_a_missed_minimum_is_the_finding() -> None:
    run = shipped("shah_deniz_long").results
    periods = [p | {"pledge": 2 * p["quantity"]} if p["pledge"] else p for p in run.manifest["contract_periods"]]
    missed = replace(run, manifest={**run.manifest, "contract_periods": periods})
    row = period_use(missed).set_index("period").loc["socar_2024_w"]
    assert row["shortfall"] == pytest.approx(row["pledge"] - row["taken"])
    assert "1 of 1 take-or-pay minimums missed; most: SOCAR, 51 mcm paid for and not taken" in title(plot.takes(missed))


def test_periods_of_a_system() -> None:
    system = energysim.resolve(energysim.read_scenario("baseline_2025_26"), dataset())
    found_periods = {p["period"]: p for p in contract_periods(system)}
    winter = found_periods["socar_2025_w"]
    assert (winter["first"], winter["last"]) == ("2025-10-01", "2026-03-31")
    assert winter["pledge"] == pytest.approx(0.8 * winter["quantity"])


def test_reported_stocks_are_those_of_the_gas_year() -> None:
    system = energysim.resolve(energysim.read_scenario("baseline_2024_25"), dataset())
    reports = reported_stocks(system, Horizon(dataset(), system.first_day, system.days))
    by_account = {(r["about"], r["date"]): r for r in reports}
    both = by_account["callable", "2025-01-12"]
    assert both["level"] == pytest.approx(430 * MCM)
    assert both["accounts"] == ["banatski_dvor_serbian", "hungary_serbian"]
    assert both["by"] == "money.pl"
    assert by_account["site", "2025-09-23"]["accounts"] == ["banatski_dvor_serbian", "banatski_dvor_gazprom"]
    assert all("2024-10-01" <= r["date"] <= "2025-09-30" for r in reports)
    assert not reported_stocks(system, Horizon(dataset(), date(2012, 10, 1), 365)), "no report, no mark"


def test_reported_stocks_stand_in_the_legend_with_their_source() -> None:
    said = legend(plot.storage(shipped("shah_deniz_long").results))
    assert "Reported stock, in the colour of its line: Danas/FoNet, money.pl" in said
    assert "Reported for all gas in the store, whoever owns it: bne IntelliNews" in said
    assert not [t for t in legend(plot.storage(shipped("baseline_2026_27").results)) if "eported" in t]


def test_shares_of_demand_cut() -> None:
    share = cut_shares(pd.DataFrame({"a": [1.0, 0.0]}), pd.DataFrame({"a": [4.0, 0.0]}))
    assert share["a"][0] == 25
    assert np.isnan(share["a"][1]), "no demand is not a share of zero"
    assert scale_end(share, share / 2) == 30
    assert scale_end(share / 100) == 10


def test_cuts_say_who_is_hit_hardest() -> None:
    run = shipped("russian_loss_alone").results
    first, last = indicators.first_cut(run), indicators.last_cut(run)
    cut, demand = (
        indicators.curtailment_by_node(run).loc[first:last].sum(),
        indicators.demand_by_node(run).loc[first:last].sum(),
    )
    node = str((cut / demand).idxmax())
    name = run.assets.set_index(["table", "asset"]).loc[("nodes", node), "name"]
    assert f"and {name}, {100 * float((cut / demand).max()):.0f}\N{NO-BREAK SPACE}%" in title(plot.cuts(run))
    by_class = indicators.demand_by_class(run)
    assert by_class.sum(axis=1).to_numpy() == pytest.approx(indicators.system_demand(run).to_numpy())
    assert list(by_class)[-1] == "losses"
    with pytest.raises(InputError, match="baseline_2025_26: nobody is cut"):
        plot.cuts(shipped("baseline_2025_26").results)


def test_timeline_adds_up_to_the_contracts_of_the_run() -> None:
    run = shipped("baseline_2025_26").results
    horizon = window(dataset(), run)
    inside = slice((run.dates[0].date() - horizon.first).days, (run.dates[-1].date() - horizon.first).days + 1)
    dcq = run.quantity("dcq")
    families = {f.id: f for f in found(horizon)}
    assert next(iter(families)) == "gazprom", "the largest at the bottom"
    for contract in ("gazprom", "bosnia", "socar", "mvm"):
        daily = (families[contract].signed + families[contract].unsigned)[inside]
        assert daily == pytest.approx(dcq[contract].to_numpy()), contract
    assert families["gazprom"].unsigned[inside].max() == pytest.approx(6 * MCM), "announced for April 2026 on"
    assert not families["bosnia"].at_home
    assert "spot_hu_1" not in families


def test_timeline_says_what_is_signed() -> None:
    run = shipped("baseline_2025_26").results
    horizon = window(dataset(), run)
    start = (run.dates[0].date() - horizon.first).days
    home = [f for f in found(horizon) if f.at_home]
    signed, unsigned = (sum(float(s[start : start + 365].sum()) for s in part) for part in
                        ([f.signed for f in home], [f.unsigned for f in home]))  # fmt: skip
    share = f"{100 * signed / (signed + unsigned):.0f}\N{NO-BREAK SPACE}%"
    assert title(plot.timeline(run)) == (
        f"{share} of the daily quantities on the days of this run are signed; Gazprom: signed until 31 March 2026"
    )
    other = replace(run, manifest={**run.manifest, "data_digest": "0" * 64})
    below = "\n".join(t.get_text() for t in plot.timeline(other).texts)
    assert f"contracts as in data {dataset().digest[:10]}" in below
    with pytest.raises(InputError, match="made in code"):
        plot.timeline(replace(run, manifest={k: v for k, v in run.manifest.items() if k != "data_digest"}))


def test_window_of_an_old_run_reaches_no_further_than_it_must() -> None:
    horizon = window(dataset(), shipped("january_2009").results)
    assert (horizon.first, horizon.last) == (date(2008, 1, 1), date(2012, 9, 30))
    recent = window(dataset(), shipped("baseline_2025_26").results)
    assert (recent.first, recent.last) == (date(2020, 10, 1), date(2027, 9, 30))


@pytest.mark.parametrize("language", ["sr", "sr-Cyrl"])
def test_charts_are_said_in_serbian(language: str) -> None:
    before = missing()
    with speaking(language):
        for name in ("cuts", "takes", "timeline", "storage"):
            for text in (
                title(figure := plot.catalogue()[name](shipped("russian_loss_alone").results)),
                *legend(figure),
            ):
                assert not re.search(r"\b(of|the|and|on|from|gas year)\b", text), text
                assert "{" not in text
    assert missing() == before


def test_numbers_of_an_axis_are_said_when_drawn_not_when_saved() -> None:
    with speaking("sr"):
        figure = plot.supply(shipped("baseline_2025_26").results)
    FigureCanvasAgg(figure).draw()
    ticks = [t.get_text() for t in figure.axes[0].get_yticklabels()]
    assert "2,5" in ticks
    assert "2.5" not in ticks


@pytest.mark.parametrize("name", ["supply", "contracts", "timeline"])
def test_charts_are_small_enough_for_a_page(name: str) -> None:
    draw = plot.catalogue()[name]
    one, two = (rendered(draw(shipped("russian_loss_alone").results), ".svg") for _ in range(2))
    assert one == two
    assert len(one) < MOST_BYTES


def points(path: str) -> list[tuple[float, float]]:
    """Where the commands of a path lead, relative or not."""
    at, start, reached = (0.0, 0.0), (0.0, 0.0), []
    for name, rest in re.findall(r"([A-Za-z])([^A-Za-z]*)", path):
        values = [float(v) for v in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", rest)]
        if name in "zZ":
            at = start
            continue
        if name == "h":
            at = (at[0] + values[0], at[1])
        elif name == "v":
            at = (at[0], at[1] + values[0])
        elif name.islower():
            at = (at[0] + values[-2], at[1] + values[-1])
        else:
            at = (values[-2], values[-1])
        start = at if name == "M" else start
        reached.append(at)
    return reached


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("M 61.2 -119.583279 \nL 61.2 -112.305139 \nL 62.659726 -112.305139 \n", "M61.2-119.58v7.27h1.46"),
        ("M 0 0 L 1 0 L 2 0 L 2 0 L 2 3 L 2 1 z", "M0 0h2v3v-2z"),
        ("M 5 5 L 5 5", "M5 5h0"),
        ("M 10 10 Q 12 10 12 8.5 C 1 2 3 4 5 6 z M 1 1 L 2 2", "M10 10q2 0 2-1.5c-11-6.5-9-4.5-7-2.5zM1 1l1 1"),
        ("M 0 0 l 1 1", "M 0 0 l 1 1"),
    ],
)
def test_paths_are_written_short(path: str, written: str) -> None:
    assert shorter(path) == written


def test_a_short_path_leads_to_the_same_places() -> None:
    rng = np.random.default_rng(7)
    at = rng.uniform(-500, 500, (200, 2)).round(6)
    at[1::3, 0] = at[::3, 0][: len(at[1::3])]  # some steps straight up
    path = "M " + " L ".join(f"{x:f} {y:f}" for x, y in at)
    assert np.allclose(points(shorter(path)), at, atol=0.006)


def test_only_places_are_rounded() -> None:
    page = b'<g transform="translate(1.23456 -7.891) scale(0.015625)">\n   <use x="0.126" xlink:href="#a-0.126"/></g>'
    assert (
        slim(page) == b'<g transform="translate(1.23 -7.89) scale(0.015625)">\n<use x=".13" xlink:href="#a-0.126"/></g>'
    )


def test_lines_break_where_letters_end() -> None:
    assert wrapped("one two three", 20, 9.0, 9) == ["one two three"]
    assert wrapped("signed until 31 March 2026", 18, 9.0, 9) == ["signed until", "31 March 2026"], "not until 31"
    narrow = wrapped("Wwww Wwww Wwww", 20, width("Wwww Wwww", 9) + 0.01, 9)
    assert narrow == ["Wwww Wwww", "Wwww"]
    assert all(width(line, 9) <= 2.0 for line in wrapped("Ж" * 5 + " Ш" * 40, 60, 2.0, 9))
    assert width("Text", 9, bold=True) > width("Text", 9)


def test_a_text_too_long_loses_its_last_words() -> None:
    assert shortened("short", 3.0, 9) == "short"
    assert shortened("one two three four", width("one two three", 9), 9) == "one two …"
    assert shortened("unbreakable", 0.1, 9) == "…"


def test_luminance() -> None:
    assert luminance(BLACK) == 0
    assert luminance("#FFFFFF") == pytest.approx(1)
    assert luminance(CYCLE[0]) < luminance(CYCLE[6]), "blue is darker than yellow"
