"""Maps: what is read of the geography, what is shown of a run, and that a reader can read it."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.path import Path as Shape
from matplotlib.text import Text
from shipped_runs import shipped

import energysim
from energysim.errors import InputError
from energysim.indicators import basic as indicators
from energysim.inputs.files import data_root
from energysim.inputs.geography import OUTLINES, Geography, read_geography
from energysim.inputs.tables import TABLES
from energysim.outputs import plot
from energysim.outputs.canvas import rendered
from energysim.outputs.maps import map_of, maps
from energysim.outputs.maps.annotate import rates
from energysim.outputs.maps.cells import NOBODY, borders, cells
from energysim.outputs.maps.finding import finding, short_finding
from energysim.outputs.maps.labels import Board, Spot, around, beside, fitted, text_size
from energysim.outputs.maps.outlines import BOX, countries, thinned
from energysim.outputs.maps.period import EVENTS, period
from energysim.outputs.maps.snapshot import Line, Snapshot, snapshot
from energysim.outputs.maps.strokes import middle
from energysim.outputs.wording import GWH, MCM, number
from energysim.words import missing, speaking

BAN, LOSS, OLD, PLAIN = "eu_transit_ban", "russian_loss_alone", "january_2009", "baseline_2026_27"
MOST_BYTES = 250_000
NOTE = "UNSCR 1244/1999"


@cache
def seen(name: str, day: str | None = None) -> Snapshot:
    """What the map of a shipped scenario shows."""
    result = shipped(name).results
    return snapshot(result, read_geography(), period(result, day))


def line(shown: Snapshot, name: str) -> Line:
    (found,) = (x for x in shown.lines if x.id == name)
    return found


# --- geography ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped data folder."""
    copy = tmp_path_factory.mktemp("geography") / "data"
    copy.mkdir()
    for path in (data_root() / "data").iterdir():
        if path.suffix in (".csv", ".geojson"):
            shutil.copyfile(path, copy / path.name)
    return copy


def refused(folder: Path) -> list[str]:
    with pytest.raises(InputError) as error:
        read_geography(folder)
    return list(error.value.problems)


def test_shipped_geography_has_what_a_map_needs() -> None:
    geography = read_geography()
    assert {"RS", "XK", "BA", "HU", "BG"} <= set(geography.outlines)
    assert [o.id for o in geography.outlines.values() if o.note] == ["XK"]
    assert set(geography.zones.values()) <= set(geography.nodes)
    assert geography.lines["pipelines.zvornik"] == ("sabac", "loznica", "zvornik")
    assert geography.path("pipelines.unknown") is None
    path = geography.path("pipelines.zvornik")
    assert path is not None and path.shape == (3, 2)
    assert tuple(path[0]) == geography.places["sabac"].point


def test_towns_of_zones_lie_in_their_country_and_on_the_map() -> None:
    geography = read_geography()
    rings = [Shape(ring) for ring in geography.outlines["RS"].rings]
    near = {"horgos", "kireevo_zajecar_entry", "dimitrovgrad_kalotina", "loznica"}  # border places, known to 10 km
    for place in set(geography.zones) - near:
        point = geography.places[place].point
        assert any(ring.contains_point(point) for ring in rings), place


def test_every_problem_of_the_outlines_is_told_at_once(folder: Path) -> None:
    path = folder / OUTLINES
    whole = path.read_text(encoding="utf-8")
    tree = json.loads(whole)
    first, second, third, fourth = tree["features"][:4]
    del first["properties"]["name"]
    second["geometry"]["coordinates"][0] = second["geometry"]["coordinates"][0][:-1]
    third["geometry"] = {"type": "Point", "coordinates": [20, 44]}
    fourth["properties"]["iso_a2"] = tree["features"][4]["properties"]["iso_a2"]
    try:
        path.write_text(json.dumps(tree), encoding="utf-8")
        told = refused(folder)
    finally:
        path.write_text(whole, encoding="utf-8")
    assert len(told) == 4
    for problem, words in zip(
        told,
        (["feature 1", "name is missing"], ["feature 2", "closed rings"], ["feature 3", "'Point'"], ["twice"]),
        strict=True,
    ):
        assert problem.startswith(f"data/{OUTLINES}") and all(word in problem for word in words), problem


@pytest.mark.parametrize(
    ("text", "words"),
    [("{", ":1: not valid JSON"), ('{"features": []}', "no features"), ("[1]", "no features"), (None, "is missing")],
)
def test_outlines_that_cannot_be_read(folder: Path, text: str | None, words: str) -> None:
    path = folder / OUTLINES
    whole = path.read_text(encoding="utf-8")
    try:
        path.unlink() if text is None else path.write_text(text, encoding="utf-8")
        assert any(words in problem for problem in refused(folder))
    finally:
        path.write_text(whole, encoding="utf-8")


def test_lines_and_zones_name_known_places(folder: Path) -> None:
    for table, found, wrong in (("line_paths", ",sabac,", ",sabacc,"), ("place_zones", "sabac,WEST", "sabac,WESTERN")):
        path = folder / f"{table}.csv"
        whole = path.read_text(encoding="utf-8")
        try:
            path.write_text(whole.replace(found, wrong, 1), encoding="utf-8")
            (problem,) = refused(folder)
        finally:
            path.write_text(whole, encoding="utf-8")
        assert f"{table}.csv" in problem and "did you mean" in problem


def test_a_line_is_named_by_its_table() -> None:
    row = {"line": "pipes.x", "number": 1, "place": "nis"}
    row |= {"source": "EST", "as_of": "2026-01-01", "confidence": "C", "estimate": False}
    with pytest.raises(ValueError, match="line"):
        TABLES["line_paths"].model_validate(row)


# --- cells and outlines ---------------------------------------------------------------------------------------------


def test_cells_hold_what_is_nearest_and_fill_the_box() -> None:
    rng = np.random.default_rng(1)
    points = rng.uniform(0, 10, (12, 2))
    found = cells(points, (0, 0, 10, 10))
    for point in rng.uniform(0, 10, (200, 2)):
        nearest = int(((points - point) ** 2).sum(axis=1).argmin())
        assert Shape([c[:2] for c in found[nearest]]).contains_point(point, radius=1e-9)
    areas = []
    for cell in found:
        x, y = np.array([c[:2] for c in cell]).T
        areas.append(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)
    assert sum(areas) == pytest.approx(100)


def test_two_points_share_one_border_if_their_zones_differ() -> None:
    found = cells(np.array([(2.0, 5.0), (6.0, 5.0)]), (0, 0, 10, 10))
    assert [b for _, _, b in found[0]].count(NOBODY) == 3
    (border,) = borders(found, ["a", "b"])
    assert sorted(map(tuple, border)) == [(4.0, 0.0), (4.0, 10.0)]
    assert borders(found, ["a", "a"]) == []


def test_neighbours_thin_a_shared_border_alike() -> None:
    rng = np.random.default_rng(2)
    shared = np.column_stack([np.linspace(0, 10, 60), rng.uniform(-0.05, 0.05, 60)])
    shared[20] = (shared[20][0], 1.0)
    above = np.vstack([shared, [(10, 5), (0, 5)], shared[:1]])
    below = np.vstack([shared[::-1], [(0, -5), (10, -5)], shared[-1:]])
    kept = [{tuple(p) for p in thinned(ring, 0.05)} & {tuple(p) for p in shared} for ring in (above, below)]
    assert len(kept[0]) < 30
    assert kept[0] ^ kept[1] <= {tuple(p) for p in (*shared[:3], *shared[-3:])}
    assert tuple(shared[20]) in kept[0]
    closed = thinned(above, 0.05)
    assert tuple(closed[0]) == tuple(closed[-1])


def test_only_countries_within_the_frame_are_drawn() -> None:
    on_map = countries(read_geography(), 100.0)
    assert {"RS", "XK", "RO"} <= set(on_map)
    left, bottom, right, top = BOX
    for country in on_map.values():
        low, high = country.path.get_extents().get_points()
        assert (low >= (left - 0.11, bottom - 0.11)).all() and (high <= (right + 0.11, top + 0.11)).all()


# --- days -----------------------------------------------------------------------------------------------------------


def test_the_worst_day_is_shown_unless_told() -> None:
    cut, demand = (indicators.unserved_by_day(shipped(BAN).results), indicators.system_demand(shipped(PLAIN).results))
    assert list(period(shipped(BAN).results).days) == [cut.idxmax()]
    assert list(period(shipped(PLAIN).results).days) == [demand.idxmax()]
    assert "highest demand" in period(shipped(PLAIN).results).said


def test_a_day_or_the_days_of_events_can_be_chosen() -> None:
    result = shipped(LOSS).results
    assert list(period(result, "2026-02-01").days) == list(period(result, date(2026, 2, 1)).days)
    stop = period(result, "TurkStream stops")
    assert (len(stop.days), str(stop.days[0].date())) == (90, "2026-01-01")
    every = period(result, EVENTS)
    assert len(every.days) == 90 + 9  # the maintenance in June too
    with pytest.raises(InputError, match="not a gas day of this run"):
        period(result, "2030-01-01")
    with pytest.raises(InputError, match="did you mean `TurkStream stops`"):
        period(result, "TurkStream stop")
    with pytest.raises(InputError, match="has no event"):
        period(shipped(PLAIN).results, EVENTS)


# --- numbers --------------------------------------------------------------------------------------------------------


def test_entry_points_show_their_flow_and_what_is_left_to_them() -> None:
    result, shown = shipped(BAN).results, seen(BAN)
    flows = indicators.entry_flows(result).loc[shown.period.days[0]]
    for entry in ("kireevo", "ibs", "horgos"):
        found = line(shown, f"upstream.{entry}")
        assert found.flow == pytest.approx(flows[entry], abs=1e-9)
    assert line(shown, "upstream.kireevo").capacity == pytest.approx(366.73 - 245.77)


def test_capacity_of_an_entry_is_net_of_reservations(small_system: Callable[..., Any]) -> None:
    result = energysim.solve(small_system())
    assert set(result.quantity("entry_capacity")) == {"border"}
    assert (result.quantity("entry_capacity")["border"] == 8.0 - 2.0).all()


def test_two_directions_are_one_line_the_way_the_gas_goes() -> None:
    result, shown = shipped(BAN).results, seen(BAN)
    day = shown.period.days[0]
    flow = result.quantity("flow").loc[day]
    assert flow["south_central"] > flow["central_south"]
    found = line(shown, "pipelines.south_central")
    assert found.flow == pytest.approx(flow["south_central"] - flow["central_south"])
    assert tuple(found.points[0]) == read_geography().places["nis"].point
    assert not any(x.id == "pipelines.central_south" for x in shown.lines)


def test_a_line_binds_where_one_more_unit_would_save() -> None:
    shown = seen(BAN)
    assert [x.id for x in shown.binding] == ["pipelines.south_central"]
    assert "Balkan Stream" in shown.beyond
    bound = shipped(BAN).results.bindings
    days = bound[(bound["limit"] == "pipeline capacity") & (bound["asset"] == "south_central")]["date"]
    event = seen(BAN, EVENTS)
    assert line(event, "pipelines.south_central").binds == days.isin(event.period.days).sum() > 1


def test_a_trunk_carries_what_came_in_less_what_left() -> None:
    shown = seen(PLAIN)
    trunk = [x.flow for x in shown.lines if x.id == "nodes.GASTRANS"]
    entry, *offtakes = (
        line(shown, name).flow for name in ("upstream.kireevo", "pipelines.gms_paracin", "pipelines.gms_pancevo")
    )
    assert trunk[0] == pytest.approx(entry - offtakes[0])
    assert trunk[-1] == pytest.approx(entry - sum(offtakes))
    assert trunk[-1] == pytest.approx(line(shown, "pipelines.gms_gospodjinci").flow, rel=0.01)  # less shrinkage


def test_zones_stores_and_sources_are_those_of_the_day() -> None:
    result, shown = shipped(LOSS).results, seen(LOSS)
    day = shown.period.days[0]
    assert sum(z.cut for z in shown.zones) == pytest.approx(indicators.unserved_by_day(result)[day])
    assert [z.id for z in shown.zones if z.country] == ["BA"]
    assert len(shown.home) == 5
    store = shown.stores[0]
    stock = indicators.stock_on(result, day)
    assert (store.callable, store.other) == (stock["banatski_dvor_serbian"], stock["banatski_dvor_gazprom"])
    assert shown.sources[0].flow == pytest.approx(result.quantity("nomination").loc[day, "vojvodina_field"])
    assert not shown.unplaced


def test_a_run_of_other_places_is_refused(small_system: Callable[..., Any]) -> None:
    with pytest.raises(InputError, match=r"none of the run's nodes \(WEST_ZONE, EAST_ZONE\) is on the map"):
        map_of(energysim.solve(small_system()))


def test_what_has_no_place_is_named() -> None:
    geography = read_geography()
    without = {k: v for k, v in geography.lines.items() if k not in ("upstream.ibs", "contracts.vojvodina")}
    poorer = Geography(geography.outlines, geography.places, geography.nodes, without, geography.zones)
    result = shipped(BAN).results
    shown = snapshot(result, poorer, period(result))
    assert set(shown.unplaced) == {"Kalotina-Dimitrovgrad", "Vojvodina fields (NIS)"}
    assert not any(x.id == "upstream.ibs" for x in shown.lines)


# --- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (BAN, ["8 Jan: 2 of 5 zones cut", "Belgrade and south Banat (12", "what binds: Paracin-Nis main"]),
        (LOSS, ["all 5 zones are cut", "also cut: Bosnia", "no line binds: gas is missing"]),
        (PLAIN, ["nobody is cut", "no line binds; fullest: "]),
    ],
)
def test_the_title_says_who_is_cut_and_what_binds(name: str, words: list[str]) -> None:
    said = finding(seen(name))
    assert all(word in said for word in words), said


def test_panels_of_several_maps_say_their_numbers() -> None:
    shown = seen(BAN)
    lost = sum(z.cut for z in shown.zones)
    assert short_finding(shown, GWH) == f"8 January 2027: 2 of 5 zones cut, {number(lost)} GWh/d unserved"
    assert short_finding(seen(PLAIN), MCM) == "8 January 2027: nobody is cut"


def test_rates_have_their_capacity_where_it_is_known() -> None:
    points = np.zeros((2, 2))
    assert rates(Line("x", "x", points, 21.1, 42.2), MCM) == "2.0 / 4.0"
    assert rates(Line("x", "x", points, 2.11, None), MCM) == "0.20"
    assert rates(Line("x", "x", points, 0.0, 0.0), MCM) == "closed"


# --- labels ---------------------------------------------------------------------------------------------------------


def test_labels_do_not_cover_each_other() -> None:
    board = Board(300, 300)
    size = (60.0, 12.0)
    placed = [board.place(size, around((150, 150), size, 5.0), needed=True) for _ in range(6)]
    for a, b in itertools.combinations([p for p in placed if p], 2):
        apart = np.abs(np.array(a.centre) - np.array(b.centre))
        assert apart[0] >= size[0] or apart[1] >= size[1]
    assert placed[5] is not None


def test_a_label_without_room_is_left_out_unless_it_must_be_said() -> None:
    board = Board(100, 100)
    board.block((50, 50), 100, 100)
    spots = [Spot((50, 50), (50, 50)), Spot((500, 50), (50, 50))]
    assert board.place((20, 10), spots) is None
    assert board.place((20, 10), spots, needed=True) == spots[0]
    assert board.hidden((10, 10), (2, 2)) and not Board(10, 10).hidden((5, 5), (2, 2))


def test_a_label_stands_off_its_line() -> None:
    line_points = np.array([(0.0, 100.0), (200.0, 100.0)])
    board = Board(200, 200)
    board.block_line(line_points, 8.0)
    spot = board.place((40, 10), beside(line_points, (40, 10), 6.0))
    assert spot is not None and abs(spot.centre[1] - 100) >= 4 + 5
    assert not spot.far


def test_text_is_fitted_to_a_width() -> None:
    lines = fitted("Kiskundorozsma-Horgos old line", 90, 8)
    assert len(lines) > 1 and "".join(lines).replace(" ", "") == "Kiskundorozsma-Horgosoldline"
    assert all(text_size(x, 8)[0] <= 90 for x in lines)
    assert fitted("all 100\N{NO-BREAK SPACE}%", 1, 8) == ["all", "100\N{NO-BREAK SPACE}%"]
    assert fitted("", 90, 8) == [""]


def test_the_middle_of_a_line_goes_by_its_length() -> None:
    at, angle = middle(np.array([(0.0, 0.0), (3.0, 0.0), (3.0, 1.0)]), 0.5)
    assert tuple(at) == (2.0, 0.0) and angle == 0.0


# --- pictures -------------------------------------------------------------------------------------------------------


@cache
def picture(name: str, language: str) -> Figure:
    with speaking(language):
        return map_of(shipped(name).results)


def written(figure: Figure) -> str:
    return "\n".join(t.get_text() for t in figure.findobj(Text)).replace("\n", " ")


@pytest.mark.parametrize(("name", "language"), [(BAN, "en"), (LOSS, "sr-Cyrl"), (OLD, "sr"), (PLAIN, "sr-Cyrl")])
def test_all_that_is_written_can_be_read(name: str, language: str) -> None:
    figure = picture(name, language)
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    texts = [t for t in figure.findobj(Text) if t.get_text().strip() and t.get_visible()]
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in texts]
    for text, box in boxes:
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1, text
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        over = (min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0))
        assert min(over) < 3, f"{one!r} and {other!r}"


def test_a_map_is_small_and_the_same_every_time() -> None:
    one, two = (rendered(map_of(shipped(LOSS).results), ".svg") for _ in range(2))
    assert one == two
    assert len(one) < MOST_BYTES


@pytest.mark.parametrize("language", ["sr", "sr-Cyrl"])
def test_maps_are_said_in_serbian(language: str) -> None:
    before = missing()
    said = written(picture(LOSS, language))
    assert missing() == before
    assert ("Niš" if language == "sr" else "Ниш") in said
    assert not re.search(r"\b(of|the|and|cut|flow|none)\b", said)


def test_the_footnote_stands_at_the_foot_of_every_map() -> None:
    figures = [picture(LOSS, "en"), maps([shipped(LOSS).results])]
    beside_axes = Figure(figsize=(12, 7)).add_axes((0.05, 0.2, 0.5, 0.6))
    for figure in (*figures, map_of(shipped(BAN).results, beside_axes)):
        said = written(figure)
        assert "Kosovo*" in said
        assert NOTE in said and "approximate" in said


def test_a_map_in_given_axes_keeps_the_figure() -> None:
    figure = Figure(figsize=(12, 7))
    axes = figure.add_axes((0.05, 0.2, 0.5, 0.6))
    assert map_of(shipped(BAN).results, axes, unit="GWh", day="2027-02-01") is figure
    assert "1 February 2027" in axes.get_title(loc="left") and "GWh/d" in axes.get_title(loc="left")


def test_several_maps_share_one_page() -> None:
    results = [shipped(name).results for name in (OLD, LOSS, BAN, PLAIN)]
    figure = maps(results)
    assert len(figure.axes) == len(results) + 1
    said = written(figure)
    assert "nobody is cut in 1 of 4 runs" in said
    for result in results:
        assert result.run_id in said
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    box, (width, height) = figure.get_tightbbox(renderer), figure.get_size_inches()
    assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height


@pytest.mark.parametrize("count", [0, 7])
def test_a_page_has_one_to_six_maps(count: int) -> None:
    with pytest.raises(InputError, match="1 to 6"):
        maps([shipped(BAN).results] * count)


def test_the_map_has_its_name_in_the_catalogue() -> None:
    assert plot.catalogue()["map"] is map_of
    assert plot.maps is maps
