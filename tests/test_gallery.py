"""Charts of dossiers, studies and several runs: numbers from the tables, nothing clipped, clear words where it is the wrong folder."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from looks import looks_as_before, pictures_in
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from shipped_runs import dataset, shipped

import energysim
from energysim import Dossier, InputError, plot, read_study
from energysim.casebook import Casebook
from energysim.cli import chart_names as verb
from energysim.cli import main
from energysim.cli.chart import chart
from energysim.inputs.sweep_file import StudyFile
from energysim.inputs.winters import OWN, demand_by_winter
from energysim.outputs import gallery, sheet
from energysim.outputs.canvas import rendered
from energysim.words import LANGUAGES, speaking

BASE = "baseline_2026_27"
SWEPT = {
    "id": "depends", "title": "What decides?", "scenario": BASE, "sensitivity": "morris", "samples": 2, "measure": "costs",
    "vary": {"contracts.gazprom.dcq": {"low": "0 mcm/d", "high": "10 mcm/d"}, "weather": {"values": ["normal", "design"]}},
}  # fmt: skip


@cache
def folder() -> Path:
    return Path(mkdtemp())


@cache
def study(name: str) -> Casebook:
    """A small study of each kind, from Python."""
    place = folder() / name
    if name == "atlas":
        return energysim.atlas(
            BASE, place, assets=["kireevo", "horgos"], starts=["2027-01-15"], durations=[7, 30], workers=1
        )
    if name == "montecarlo":
        return energysim.montecarlo(BASE, place, samples=4, workers=1)
    return energysim.sweep(StudyFile.model_validate(SWEPT), place, workers=1)


@cache
def n_minus_1() -> Path:
    """A folder with a dossier on N−1."""
    return energysim.assess(BASE, ["n_minus_1"], dataset=dataset()).save(folder() / "n1")


def runs() -> list[energysim.Results]:
    return [shipped(name).results for name in (BASE, "russian_loss_alone", "january_2009")]


def draw(name: str) -> Figure:
    """A chart as a notebook would draw it."""
    if name.startswith("multiples"):
        return plot.multiples(runs(), of="cuts" if name == "multiples_cuts" else "supply")
    if name == "fan":
        return plot.fan(runs()[0])
    if name in ("ladder", "stock"):
        return getattr(plot, name)(Dossier.load(n_minus_1()))
    kind = {"atlas": "atlas", "survivable": "atlas", "exceedance": "montecarlo"}.get(name, "sweep")
    return getattr(plot, name)(study(kind))


def faults(figure: Figure) -> list[object]:
    """Texts that stand outside the sheet, and pairs that cover each other."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    unseen = {
        id(label)
        for axes in figure.findobj(lambda a: hasattr(a, "get_xaxis"))
        for axis in (axes.xaxis, axes.yaxis)
        for t in axis.get_major_ticks()
        if not axes.axison or not min(axis.get_view_interval()) <= t.get_loc() <= max(axis.get_view_interval())
        for label in (t.label1, t.label2)
    }
    texts = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip() and id(t) not in unseen]
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in texts]
    outside = [t for t, b in boxes if b.x0 < 0 or b.y0 < 0 or b.x1 > figure.bbox.x1 or b.y1 > figure.bbox.y1]
    covered = [(a, b) for (a, one), (b, two) in combinations(boxes, 2) if one.padded(-1).overlaps(two.padded(-1))]
    return [*outside, *covered]


DRAWN = ["ladder", "stock", "atlas", "survivable", "exceedance", "sensitivity", "fan", "multiples", "multiples_cuts"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", DRAWN)
def test_nothing_is_clipped_or_covered(name: str, language: str) -> None:
    with speaking(language):
        figure = draw(name)
    assert not faults(figure)


OLDER = ["ladder", "stock", "multiples", "multiples_cuts"]
"""Charts that are looked at with those of dossiers and of runs."""
LOOKED_AT = [name for name in DRAWN if name not in OLDER]


@pytest.mark.parametrize("name", LOOKED_AT)
def test_it_looks_as_it_did(name: str) -> None:
    looks_as_before(f"studies/{name}", draw(name))


def test_every_picture_is_of_a_chart() -> None:
    assert pictures_in("studies") == set(LOOKED_AT)


def test_a_chart_has_the_same_bytes_twice() -> None:
    for ending in (".svg", ".png", ".pdf"):
        assert rendered(draw("fan"), ending) == rendered(draw("fan"), ending)


def test_the_command_line_knows_every_chart() -> None:
    assert list(verb.NAMES) == list(plot.catalogue())
    assert list(verb.OF_RUNS) == list(plot.several())
    assert list(verb.OF_DOSSIERS) == list(gallery.of_dossiers())
    assert list(verb.OF_STUDIES) == list(gallery.of_studies())
    assert set(gallery.MAKES) | {"fan"} == {*verb.OF_DOSSIERS, *verb.OF_STUDIES}
    for name in (*verb.NAMES, "multiples", "maps", *verb.OF_DOSSIERS, *verb.OF_STUDIES):
        assert callable(plot.catalogue().get(name) or getattr(plot, name)), (
            "energysim.plot.NAME draws what energysim chart NAME draws"
        )
        assert name in str(chart.help), "the help lists every name"
    options = {p.name: p for p in chart.params}
    assert tuple(options["lang"].type.choices) == tuple(LANGUAGES)  # type: ignore[attr-defined]


# --- the fan of the weather -----------------------------------------------------------------------------------------


def test_a_winter_on_record_lies_where_the_run_has_it() -> None:
    run, demand = shipped(BASE), demand_by_winter(shipped(BASE).scenario, dataset())
    assert demand.index[0] == pd.Timestamp("2026-10-01")
    assert demand.index[-1] == pd.Timestamp("2027-04-30")
    own = run.results.quantity("demand").sum(axis=1).loc[demand.index]
    np.testing.assert_allclose(demand[OWN], own, rtol=1e-9)
    np.testing.assert_allclose(demand["2018/19"], demand[OWN], rtol=1e-9, err_msg="`normal` is the winter 2018/19")
    assert len(demand.columns) == 1 + len(dataset().weather.winters)
    assert list(demand_by_winter(run.scenario, dataset(), "2020/21").columns[:2]) == [OWN, "2020/21"]
    with pytest.raises(InputError, match="not on record"):
        demand_by_winter(run.scenario, dataset(), "1800/01")


def test_settings_of_demand_reach_every_winter() -> None:
    scenario = shipped(BASE).scenario
    less = scenario.model_copy(update={"set": {"offtakes.households.demand_factor": 0.5}})
    before, after = demand_by_winter(scenario, dataset()), demand_by_winter(less, dataset())
    saved = (before - after).sum()
    assert saved["1995/96"] > saved["2018/19"] > 0


def test_the_fan_says_what_the_coldest_winter_adds() -> None:
    demand = demand_by_winter(shipped(BASE).scenario, dataset())
    more = (demand.drop(columns=OWN).sum() - demand[OWN].sum()) / 10.55
    title = plot.fan(runs()[0]).get_suptitle().replace("\n", " ").replace("\N{NO-BREAK SPACE}", " ")
    assert title.startswith(f"Of 47 winters {more.idxmax()} demands most, {more.max():.0f} mcm more than")
    of_study = plot.fan(study("montecarlo")).get_suptitle().replace("\n", " ").replace("\N{NO-BREAK SPACE}", " ")
    assert of_study == title, "the study is of the same scenario"
    with pytest.raises(InputError, match="no Monte Carlo study"):
        plot.fan(study("atlas"))
    manifest = runs()[0].manifest
    with pytest.raises(InputError, match="made with other data"):
        plot.fan(replace(runs()[0], manifest={**manifest, "data_digest": "other"}))
    with pytest.raises(InputError, match="built in code"):
        plot.fan(replace(runs()[0], manifest={k: v for k, v in manifest.items() if k != "data_digest"}))


# --- several runs ---------------------------------------------------------------------------------------------------


def test_panels_share_scale_and_legend() -> None:
    figure = plot.multiples(runs())
    panels = [a for a in figure.axes[0].child_axes if a.get_title(loc="left")]
    assert [a.get_title(loc="left").splitlines()[-1] for a in panels] == [
        "nobody is cut",
        "410 mcm unserved, 90 days",
        "40 mcm unserved, 13 days",
    ]
    assert len({a.get_ylim() for a in panels}) == 1
    assert len([a for a in figure.findobj(lambda o: type(o).__name__ == "Legend")]) == 1
    assert "nobody is cut in 1 of 3 runs" in figure.get_suptitle().replace("\n", " ")
    for wrong in (runs()[:1], runs() * 5, runs()[0]):
        with pytest.raises(InputError, match="two to 12 runs"):
            plot.multiples(wrong)  # type: ignore[arg-type]


# --- studies and dossiers -------------------------------------------------------------------------------------------


def test_a_study_made_in_python_keeps_what_its_charts_draw(tmp_path: Path) -> None:
    book = study("montecarlo")
    assert set(book.kept_table("estimates")["figure"]) >= {"expected_unserved", "cvar_95"}
    assert book.kept_table("exceedance")["level"].max() == pytest.approx(book.cases["unserved_gas"].max())
    book = Casebook.create(tmp_path / "s", {"name": "montecarlo", "digest": "x", "options": {}})
    with pytest.raises(InputError, match=r"estimates.csv is missing"):
        book.kept_table("estimates")
    with pytest.raises(InputError, match="no case of this study is finished"):
        plot.exceedance(book)


def test_old_tables_are_not_drawn_beside_new_rows(tmp_path: Path) -> None:
    book = study("montecarlo")
    curves = book.kept_table("exceedance")
    book.keep_tables({"exceedance": curves.assign(level=curves["level"] + 1.0)})
    with pytest.raises(InputError, match="not those of the rows"):
        plot.exceedance(book)
    book.keep_tables({"exceedance": curves})
    assert plot.exceedance(book)


def test_a_sweep_is_drawn_from_its_folder_alone() -> None:
    book = read_study(study("sweep").folder)
    assert "matters most for costs" in plot.sensitivity(book).get_suptitle().replace("\n", " ")
    assert plot.sweep(book).get_suptitle().startswith("Costs")


def test_the_wrong_kind_is_told_which_command_makes_the_right_one() -> None:
    dossier = Dossier.load(n_minus_1())
    with pytest.raises(InputError, match="`energysim endurance SCENARIO` makes it"):
        plot.survival(dossier)
    with pytest.raises(InputError, match="energysim compare FIRST SECOND"):
        plot.waterfall(dossier)
    with pytest.raises(InputError, match="`energysim atlas SCENARIO` makes"):
        plot.atlas(study("montecarlo"))
    with pytest.raises(InputError, match="`energysim sweep STUDY` makes"):
        plot.sensitivity(study("atlas"))


# --- the verb -------------------------------------------------------------------------------------------------------


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["chart", *words], catch_exceptions=False)


def test_the_verb_draws_of_folders_and_scenarios_alike(tmp_path: Path) -> None:
    out = ["--out", str(tmp_path)]
    done = [
        run("all", str(n_minus_1()), str(study("atlas").folder), str(study("sweep").folder), *out),
        run("waterfall", BASE, "gazprom_lapse_6", "gazprom_lapse_0", *out, "--lang", "sr"),
        run("multiples", BASE, "gazprom_lapse_6", *out),
    ]
    assert [d.exit_code for d in done] == [0, 0, 0], [d.stderr for d in done]
    assert {p.name for p in tmp_path.iterdir()} == {
        "n1-ladder.svg", "n1-stock.svg", "atlas-atlas.svg", "atlas-survivable.svg", "sweep-sweep.svg",
        "sweep-sensitivity.svg", f"{BASE}-gazprom_lapse_6-gazprom_lapse_0-waterfall_1.svg",
        f"{BASE}-gazprom_lapse_6-gazprom_lapse_0-waterfall_2.svg", "multiples.svg",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("survival", BASE), f"run `energysim endurance {BASE}`, then `energysim chart survival FOLDER`"),
        (("atlas", BASE), f"{BASE} is a scenario; atlas draws the folder that `energysim atlas {BASE}` makes"),
        (("supply", "N1"), "n1 is a dossier; supply draws the folder that `energysim run SCENARIO` makes"),
        (("exceedance", "ATLAS"), "holds a study `atlas`; exceedance draws what `energysim montecarlo SCENARIO` makes"),
        (("multiples", BASE), "two to 12 runs"),
        (("supply", BASE, "--day", "2027-01-01"), "--day 2027-01-01: goes with map and maps"),
        (("waterfall", BASE), "two scenarios and more"),
        (("ladder", "EMPTY"), "no run, dossier or study here"),
        (("ladder", "nowhere", "nobody"), "unknown scenario 'nobody'"),
        (("ladder", "N1", "N1"), "would be written twice"),
    ],
)
def test_wrong_input_is_told_and_nothing_is_written(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    places = {"N1": n_minus_1(), "ATLAS": study("atlas").folder, "EMPTY": tmp_path / "empty"}
    done = run(*(str(places.get(w, w)) for w in words), "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert said in done.stderr
    assert not (tmp_path / "out").exists()


# --- words ----------------------------------------------------------------------------------------------------------


def test_names_of_rows_fit_their_room_and_units_stay_whole() -> None:
    figure = Figure(figsize=(6, 3))
    axes = figure.add_axes((0.5, 0.1, 0.4, 0.8))
    sheet.row_names(
        axes,
        [0, 1],
        [
            "short",
            "a very long name of a pipeline that needs two lines, and then some more of it that finds no room at all",
        ],
        2.5,
    )
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels[0] == "short"
    assert len(labels[1].splitlines()) == sheet.ROW_LINES
    assert labels[1].endswith("…")
    with speaking("sr"):
        assert (
            sheet.units_whole("410 mil. m³ je 5 %")
            == "410\N{NO-BREAK SPACE}mil.\N{NO-BREAK SPACE}m³ je 5\N{NO-BREAK SPACE}%"
        )
        ticks = sheet.plain_numbers()
        assert (
            sheet.named("Gazprom") == sheet.scenario_title("Gazprom") == "Gasprom"
            or sheet.named("nobody knows") == "nobody knows"
        )
    assert ticks(-1234.5, 0) == "−1.234,5", "written as spoken when the chart was made"
