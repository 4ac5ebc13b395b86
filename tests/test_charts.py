"""Charts draw every kind of run, say a number of the frames in the title, and no text is clipped or covered."""

import itertools
import subprocess
import sys
from functools import cache

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.text import Text

from energysim.errors import InputError
from energysim.indicators import basic as indicators
from energysim.outputs import canvas, findings, plot, wording
from energysim.results import Results
from energysim.units import to_mcm
from energysim.words import speaking

CHARTS = tuple(name for name in plot.catalogue() if name not in ("origins", "map"))
"""Those that a run made here can be drawn by: origins are traced through a network, a map needs one."""
SOURCES = ("domestic", "russia", "azerbaijan", "lng", "hungary", "spot_hungary", "spot_bulgaria", "emergency", "new")
ACCOUNTS = ("banatski_dvor_serbian", "banatski_dvor_gazprom", "hungary_serbian")
OPEN = dict(zip(ACCOUNTS, ("callable", "not callable", "callable"), strict=True))
CLASSES = ("feedstock", "industry", "power", "bosnia", "district_heating", "commercial", "households")
NODES = ("NORTH", "BELGRADE_BANAT", "WEST", "CENTRAL", "SOUTH", "BA")
LONG_NAME = "Commerce, public services, agriculture, transport"
EVENTS = [
    ("Transit through Bulgaria ends, told in autumn", "2026-01-05", "2026-02-20"),
    ("Refinery hydrogen and petrochemical feedstock run on", "2025-10-01", "2026-09-30"),
    ("Alexandroupolis terminal at a quarter of its output", "2026-02-01", "2026-09-30"),
    *[(f"Event number {k}", "2026-01-01", "2026-01-31") for k in range(6)],
]


def make(first, days, cut, events, title):
    """A run whose every frame is filled, with as many sources, classes and nodes as a chart must carry."""
    dates = pd.date_range(first, periods=days)
    wave = 20 + 15 * np.cos(2 * np.pi * np.arange(days) / 365)
    short = np.where(np.arange(days) % 50 < 10, 0.4 * wave, 0.0) if cut else np.zeros(days)
    offtakes = list(itertools.product(CLASSES, NODES))
    series = {("nomination", f"{s}_x"): wave for s in SOURCES} | {("dcq", s): 1.3 * wave for s in SOURCES}
    series |= {("withdrawal", a): 0.1 * wave for a in ACCOUNTS} | {("injection", a): 0.1 * wave for a in ACCOUNTS}
    series |= {("inventory", a): 100 * wave for a in ACCOUNTS} | {("fuel_switch", "power@WEST"): 0.1 * wave}
    series |= {("demand", f"{k}@{n}"): wave / len(offtakes) for k, n in offtakes}
    series |= {("curtailment", f"{k}@{n}"): short / len(offtakes) for k, n in offtakes}
    quantities = long(series, ["variable", "asset"], dates)
    target = pd.DataFrame([("target_level", ACCOUNTS[0], dates[days // 2], 3000.0)], columns=list(quantities))
    share = len(CLASSES) / len(offtakes)
    blocks = {(n, "demand"): -wave * share for n in NODES} | {(n, "curtailment"): short * share for n in NODES}
    prices = {(n,): 30 + k + 20 * short for k, n in enumerate(NODES)}
    rows = [(f"{s}_x", "routes", f"Seller of {s}", s, s, 0, False) for s in SOURCES]
    rows += [(s, "contracts", f"Seller of {s}", s, "", 0, False) for s in SOURCES]
    rows += [(a, "accounts", f"Gas in {a.replace('_', ' ')}", OPEN[a], "", 0, False) for a in ACCOUNTS]
    rows += [(f"{k}@{n}", "offtakes", LONG_NAME, k, n, CLASSES.index(k), False) for k, n in offtakes]
    rows += [(k, "demand_classes", LONG_NAME, k, "", o, k == "households") for o, k in enumerate(CLASSES)]
    rows += [(n, "nodes", "Central Serbia incl. Cacak-Uzice branch", "zone", "", 0, False) for n in NODES]
    rows += [(s, "gas_sources", f"Spot gas at the {s.replace('_', ' ')} hubs", s, "", 0, False) for s in SOURCES]
    columns = ["asset", "table", "name", "group", "parent", "order", "protected"]
    assets = pd.DataFrame(rows, columns=columns).assign(volume=4220.0, entry="")
    abroad = assets["table"] == "routes"
    assets.loc[abroad, "entry"] = [f"border_{k % 6}" for k in range(abroad.sum())]
    happening = [{"name": n, "start": a, "until": b, "repeat": None} for n, a, b in events]
    manifest = {
        "run_id": "0123456789",
        "scenario": {"id": "made", "title": title, "events": happening},
        "foresight": "surprise",
        "data_digest": "abcdef0123456789",
        "versions": {"energysim": "0.1.0"},
        "reported_stocks": [
            {
                "about": "account",
                "accounts": ["hungary_serbian"],
                "date": dates[-1].isoformat(),
                "level": 900.0,
                "estimate": True,
                "by": "",
            },
            {
                "about": "callable",
                "accounts": [ACCOUNTS[0], ACCOUNTS[2]],
                "date": dates[1].isoformat(),
                "level": 5000.0,
                "estimate": False,
                "by": "A Paper",
            },
            {
                "about": "site",
                "accounts": list(ACCOUNTS[:2]),
                "date": dates[1].isoformat(),
                "level": 4000.0,
                "estimate": False,
                "by": "Another Paper",
            },
        ],
        "contract_periods": [
            {
                "contract": "azerbaijan",
                "period": "winter",
                "first": dates[0].isoformat(),
                "last": dates[days // 2].isoformat(),
                "quantity": 900.0,
                "pledge": 800.0,
            },
        ],
        "replacements": {
            "first": str(dates[0].date()),
            "last": str(dates[-1].date()),
            "during": {
                "russia": -900.0,
                "demand": -100.0,
                **{s: 50.0 + k for k, s in enumerate(SOURCES) if s != "russia"},
                **dict.fromkeys(ACCOUNTS, 100.0),
                "fuel_switch": 60.0,
                "curtailment": 100.0,
            },
        },
    }
    balance, costs = long(blocks, ["node", "block"], dates), pd.DataFrame(columns=["kind", "item", "asset", "value"])
    bindings = pd.DataFrame(columns=["limit", "asset", "date", "value"])
    return Results(
        pd.concat([quantities, target]), balance, costs, long(prices, ["node"], dates), bindings, assets, manifest
    )


def long(series, key, dates):
    rows = [(*name, day, value) for name, values in series.items() for day, value in zip(dates, values, strict=True)]
    return pd.DataFrame(rows, columns=[*key, "date", "value"])


RUNS = {
    "cut": make(
        "2025-10-01", 365, True, EVENTS, "Ninety days without Russian gas, cold weather and no help from any neighbour"
    ),
    "uncut": make("2025-10-01", 365, False, [], "A quiet year"),
    "few days": make("2026-01-01", 3, True, EVENTS[:1], "Three days"),
}
CASES = [(name, run, "en") for name in CHARTS for run in RUNS if name != "cuts" or run != "uncut"]
CASES += [(name, "cut", language) for name in CHARTS for language in ("sr", "sr-Cyrl")]


@cache
def drawn(name, run, language="en"):
    with speaking(language):
        figure = getattr(plot, name)(RUNS[run])
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw(renderer)
    return figure, renderer


def panels(figure):
    return [*figure.axes, *(child for axes in figure.axes for child in axes.child_axes)]


def texts(figure, renderer):
    """Every text that is seen, with its extent: labels of ticks beyond the view are not drawn."""
    ticks = [(axis, t) for axes in panels(figure) for axis in (axes.xaxis, axes.yaxis) for t in axis.get_major_ticks()]
    beyond = [t for a, t in ticks if not min(a.get_view_interval()) <= t.get_loc() <= max(a.get_view_interval())]
    unseen = {id(label) for t in beyond for label in (t.label1, t.label2)}
    seen = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip() and id(t) not in unseen]
    return [(t.get_text(), t.get_window_extent(renderer)) for t in seen]


@pytest.mark.parametrize(("name", "run", "language"), CASES)
def test_nothing_is_clipped_or_covered(name, run, language):
    figure, renderer = drawn(name, run, language)
    box, (width, height) = figure.get_tightbbox(renderer), figure.get_size_inches()
    assert min(box.x0, box.y0) >= 0
    assert box.x1 <= width
    assert box.y1 <= height
    outside = [
        t for t, e in texts(figure, renderer) if e.x0 < 0 or e.y0 < 0 or e.x1 > figure.bbox.x1 or e.y1 > figure.bbox.y1
    ]
    assert not outside


@pytest.mark.parametrize(("name", "run", "language"), CASES)
def test_texts_do_not_overlap(name, run, language):
    figure, renderer = drawn(name, run, language)
    clashes = [
        (a, b)
        for (a, one), (b, other) in itertools.combinations(texts(figure, renderer), 2)
        if one.padded(-1).overlaps(other.padded(-1))
    ]
    assert not clashes


@pytest.mark.parametrize(("name", "run", "language"), CASES)
def test_legend_stands_beside_data_and_below_title(name, run, language):
    figure, renderer = drawn(name, run, language)
    legends = figure.findobj(Legend)
    assert len(legends) == (name not in ("replacements", "cuts")), "where bars and rows are named beside them"
    for legend in [] if name == "takes" else legends:
        extent, title = legend.get_window_extent(renderer), figure._suptitle.get_window_extent(renderer)
        assert not extent.overlaps(title)
        for axes in panels(figure):
            assert not extent.overlaps(axes.get_window_extent(renderer)), axes


@pytest.mark.parametrize("run", RUNS)
def test_titles_say_numbers_of_the_frames(run):
    result = RUNS[run]
    said = {
        name: drawn(name, run)[0].get_suptitle().replace("\n", " ")
        for name in ("curtailment", "storage", "contracts", "prices", "supply")
    }
    cut = result.quantity("curtailment")
    assert (
        said["curtailment"].removeprefix("No demand is cut: ").startswith(wording.number(to_mcm(cut.to_numpy().sum())))
    )
    abroad = to_mcm(indicators.unserved_by_class(result)["bosnia"])
    assert (f"({wording.number(abroad)} of them in Bosnia)" in said["curtailment"]) == (abroad > 0)
    assert f"{wording.number(to_mcm(indicators.callable_stock(result).min()))} mcm" in said["storage"]
    assert f"{wording.number(to_mcm(result.quantity('nomination')['domestic_x'].sum()))} mcm taken" in said["contracts"]
    assert f"up to {wording.number(result.prices['value'].max())} EUR" in said["prices"]
    worst = wording.number(to_mcm(cut.sum(axis=1).max()))
    assert (f"{worst} of" if cut.to_numpy().any() else "met on every day") in said["supply"]
    assert f"{findings.percent(1 / len(SOURCES))} of all gas" in said["supply"]


def test_unit_is_a_choice():
    result = RUNS["cut"]
    title = plot.curtailment(result, unit="gwh").get_suptitle()
    assert title.startswith(f"{wording.number(indicators.unserved_gas(result))} GWh")
    with pytest.raises(InputError, match="`mcm` or `gwh`"):
        plot.supply(result, unit="bcm")


@pytest.mark.parametrize("name", CHARTS)
def test_draws_in_axes_given(name):
    figure = Figure(figsize=(20, 8))
    axes = figure.subplots(1, 2)
    assert getattr(plot, name)(RUNS["cut"], ax=axes[0]) is figure
    assert axes[0].get_title(loc="left")
    assert not axes[1].has_data()


@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_saving_twice_gives_the_same_bytes(tmp_path, ending):
    one, two = (plot.save(plot.storage(RUNS["cut"]), tmp_path / f"{k}.{ending}").read_bytes() for k in "ab")
    assert one == two


def test_saving_refuses_an_unknown_format(tmp_path):
    with pytest.raises(InputError, match=r"\.svg, \.png, \.pdf"):
        plot.save(plot.storage(RUNS["cut"]), tmp_path / "chart.bmp")


def test_repeated_events_are_shaded_one_by_one():
    result = make("2026-01-01", 30, False, [], "")
    event = {"name": "E", "start": "2026-01-03", "until": "2026-01-04", "repeat": {"every_days": 10, "times": 4}}
    result.manifest["scenario"]["events"].append(event)
    found = canvas.occurrences(result, result.dates)
    assert [(o.start.day, (o.stop - o.start).days) for o in found] == [(3, 2), (13, 2), (23, 2)]


def test_numbers_are_short():
    assert [wording.number(v) for v in (1734.21, 383.19, 38.34, 0.416, 0.0, -0.0001, 4.0)] == [
        "1,734", "383", "38.3", "0.42", "0", "0", "4",
    ]  # fmt: skip


def test_charts_touch_no_window_system():
    code = "import sys, energysim.outputs.plot; print('matplotlib.pyplot' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        == "False"
    )
