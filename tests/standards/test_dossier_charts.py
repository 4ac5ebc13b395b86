"""Charts of a dossier: nothing clipped or covered, titles from the numbers, tables that are not there left out."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import combinations

import pandas as pd
import pytest
from looks import looks_as_before, pictures_in
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from standards_subject import examined

from energysim.dossier import Chapter, Dossier, Table
from energysim.outputs.dossier.charts import charts
from energysim.outputs.wording import GWH
from energysim.standards.ask import CHAPTERS

DRAWN = {
    "ladder": "n_minus_1",
    "stock": "n_minus_1",
    "value_months": "value",
    "survival": "endurance",
    "trigger": "endurance",
}


@cache
def dossier() -> Dossier:
    subject = examined("baseline_2025_26")
    manifest = {"title": "A gas year with a name that is as long as such names may be", "scenario": "s", "gas_year": "2025/26",
                "weather": "normal", "data_digest": "0123456789ab", "versions": {"energysim": "0.1.0"}}  # fmt: skip
    return Dossier(tuple(CHAPTERS[name](subject) for name in ("n_minus_1", "endurance", "value")), manifest)


RANKING = pd.DataFrame(
    [(1, "Level of demand of all sectors and of everything else that burns gas here", "1", "0.9 … 1.1", 105.5, 422.0, 316.5, 211.0),
     (2, "Oil stock", "85", "0 … 485 mcm", 316.5, 211.0, 105.5, 211.0)],
    columns=["rank", "figure", "used", "range", "at_low", "at_high", "swing", "base"],
)  # fmt: skip


def depending() -> Figure:
    """The tornado of a ranking written by hand."""
    table = Table("Figures by what they do to: Unserved gas", RANKING, {"at_low": "GWh", "at_high": "GWh"})
    chapter = Chapter("evidence", "Evidence", "", (), {"evidence_ranking": table})
    return charts(replace(dossier(), chapters=(chapter,)))["tornado"]


def title_of(figure: Figure) -> str:
    """The title on one line."""
    return figure.get_suptitle().replace("\n", " ").replace("\N{NO-BREAK SPACE}", " ")


def test_tornado_opens_at_the_base_and_follows_the_unit() -> None:
    figure = depending()
    assert "goes from 10 to 40 mcm" in title_of(figure)
    bars = [p for p in figure.axes[0].patches if p.get_width()]
    assert {round(b.get_x() + min(0, b.get_width()), 6) for b in bars} == {10.0, 20.0}
    assert sorted(round(abs(b.get_width()), 6) for b in bars) == [10.0, 10.0, 20.0]


@cache
def drawn() -> dict[str, Figure]:
    return charts(dossier())


def test_there_is_a_chart_for_every_table() -> None:
    assert set(drawn()) == set(DRAWN), "a dossier without the chapter on evidence has no tornado"


@pytest.mark.parametrize("name", [*DRAWN, "tornado"])
def test_it_looks_as_it_did(name: str) -> None:
    looks_as_before(f"dossiers/{name}", depending() if name == "tornado" else drawn()[name])


def test_every_picture_is_of_a_chart() -> None:
    assert pictures_in("dossiers") == {*DRAWN, "tornado"}


@pytest.mark.parametrize("name", [*DRAWN, "tornado"])
def test_nothing_is_clipped_or_covered(name: str) -> None:
    figure = depending() if name == "tornado" else drawn()[name]
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    unseen = {
        id(label)
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for t in axis.get_major_ticks()
        if not min(axis.get_view_interval()) <= t.get_loc() <= max(axis.get_view_interval())
        for label in (t.label1, t.label2)
    }
    texts = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip() and id(t) not in unseen]
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in texts]
    outside = [t for t, b in boxes if b.x0 < 0 or b.y0 < 0 or b.x1 > figure.bbox.x1 or b.y1 > figure.bbox.y1]
    assert not outside
    assert not [(a, b) for (a, one), (b, other) in combinations(boxes, 2) if one.padded(-1).overlaps(other.padded(-1))]


def test_titles_say_numbers_of_the_tables() -> None:
    said = {name: title_of(figure) for name, figure in drawn().items()}
    table = dossier().table("n_minus_1_ladder")
    single = table[table["kind"] != "risk group"].iloc[0]
    assert f"Without {single['name']}, the pipes left could carry {single['full']:.0f} %" in said["ladder"]
    fill = dossier()["n_minus_1"].value("fill_that_meets")
    assert f"from a fill of {fill:.1f} %" in said["stock"]
    top = dossier().table("trigger_levels")["trigger_protected"].max()
    assert f"above up to {top / 10.55:.0f} mcm" in said["trigger"]
    in_gwh = title_of(charts(dossier(), GWH)["trigger"])
    assert f"{top:,.0f} GWh" in in_gwh
