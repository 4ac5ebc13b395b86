"""Every chart of a run, and of runs together, looks as it did: in English, and in Cyrillic, where words are longest."""

from __future__ import annotations

from functools import partial

import pytest
from looks import difference, looks_as_before, picture, pictures_in
from matplotlib.figure import Figure
from shipped_runs import shipped

from energysim import compare, plot
from energysim.outputs import palette
from energysim.words import speaking

RUN, OTHER, EVENTLESS = "russian_loss_horgos", "shah_deniz_long", "baseline_2026_27"
OF_A_RUN = [*plot.catalogue(), *(f"{name}.sr-Cyrl" for name in plot.catalogue())]
OF_RUNS = [f"of-runs-{name}" for name in plot.several()]


def draw(name: str) -> Figure:
    chart, _, language = name.partition(".")
    if name in OF_RUNS:
        return plot.several()[chart.removeprefix("of-runs-")]([shipped(n).results for n in (RUN, OTHER, EVENTLESS)])
    with speaking(language or "en"):
        return plot.catalogue()[chart](shipped(RUN).results)


@pytest.mark.parametrize("name", [*OF_A_RUN, *OF_RUNS])
def test_a_chart_looks_as_it_did(name: str) -> None:
    looks_as_before(f"runs/{name}", draw(name))


def test_the_waterfall_of_a_comparison_looks_as_it_did() -> None:
    looks_as_before("runs/waterfall", plot.waterfall(compare("russian_loss_alone", RUN)))


def test_every_picture_is_of_a_chart() -> None:
    assert pictures_in("runs") == {*OF_A_RUN, *OF_RUNS, "waterfall"}


def test_what_a_reader_would_see_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    before = picture(plot.storage(shipped(RUN).results))
    again = partial(plot.supply, shipped(RUN).results)
    supply = picture(again())
    assert difference(supply, picture(again())) == 0
    assert difference(before, supply) > 20
    with speaking("sr"):
        assert difference(supply, picture(again())) > 5, "other words"
    monkeypatch.setitem(palette.SOURCES, "russia", palette.SKY)
    assert difference(supply, picture(again())) > 5, "another colour"
