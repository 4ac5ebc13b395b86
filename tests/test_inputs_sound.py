"""What a run is said to rest on, what `show` prints, and which inputs are refused or put right, figures by hand."""

import io
import shutil
from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from energysim import Contract, GasSystem, InputError, Node, Offtake, Route, StorageAccount
from energysim.cli import main
from energysim.inputs.assets import Period, Target, concave_minorant
from energysim.inputs.evidence import OWN, estimates_in_use, figures_in_use
from energysim.inputs.horizon import Horizon
from energysim.inputs.read import Dataset, data_root, read_dataset, read_scenario
from energysim.inputs.scenario import Setting
from energysim.inputs.supply_tables import read_upstream
from energysim.outputs.inputs_page import inputs_page
from energysim.outputs.page import page
from energysim.outputs.wording import unit_named
from energysim.studies.foresight import resolve, solve

FIRST, DAYS = date(2025, 10, 1), 365


def used(rivals=None, settings=()):
    """(table, asset) -> value of the estimates of gas year 2025/26."""
    found = estimates_in_use(Horizon(read_dataset(), FIRST, DAYS, rivals or {}), settings)
    return [(e["table"], e["asset"], e["value"]) for e in found]


# --- estimates ------------------------------------------------------------------------------------------------------


def test_a_chosen_rival_stands_in_the_list_of_estimates_instead_of_what_it_overrules():
    hungary = [e for e in used({"upstream.hungary": "half"}) if e[:2] == ("upstream", "hungary")]
    assert hungary == [("upstream", "hungary", 31.65)]


def test_a_rival_that_holds_for_part_of_the_time_leaves_the_figure_in_use():
    dataset = read_dataset()
    rows = [r for r in dataset.rows("upstream") if r.upstream == "hungary" and r.rival in (None, "half")]
    rows = [r.model_copy(update={"valid_to": date(2025, 12, 31)}) if r.rival else r for r in rows]
    found = estimates_in_use(Horizon(with_rows(dataset, "upstream", rows), FIRST, DAYS, {"upstream.hungary": "half"}))
    assert [e["value"] for e in found if e["table"] == "upstream"] == [63.3, 31.65]


@pytest.mark.parametrize(
    ("path", "table", "asset"),
    [
        ("upstream.hungary.capacity", "upstream", "hungary"),
        ("pipelines.north_belgrade.capacity", "pipelines", "north_belgrade"),
        ("contracts.spot_bg_1.dcq", "contracts", "spot_bg_1"),
        ("fuel_switches.district_heating.oil_stock", "oil_stocks", "district_heating"),
    ],
)
def test_a_setting_takes_the_estimate_out_of_the_list(path, table, asset):
    before = [e for e in used() if e[0] == table]
    after = [e for e in used(settings=[path]) if e[0] == table]
    gone = [e for e in before if e not in after]
    assert gone and all(e[1].startswith(asset) for e in gone)
    assert not [e for e in after if e[1] == asset]


def figure(asset, rivals=None):
    """The rows of figures in use of an asset."""
    found = figures_in_use(Horizon(read_dataset(), FIRST, DAYS, rivals or {}))
    return [f for f in found if f["asset"] == asset]


def test_what_this_project_made_up_is_no_statement_of_another_source():
    (spot,) = figure("spot_hu_1")  # its only rival is the case of no spot gas at all
    assert spot["rivals"] == []
    assert OWN not in {
        source for f in figures_in_use(Horizon(read_dataset(), FIRST, DAYS)) for *_, source in f["rivals"]
    }


def test_against_a_chosen_rival_stands_the_row_that_it_overrules():
    (plain,), (chosen,) = figure("kireevo/rs"), figure("kireevo/rs", {"upstream.kireevo": "bizlife"})
    said = {(name, value) for name, value, _ in chosen["rivals"]}
    assert ("", plain["value"]) in said
    assert ("bizlife", chosen["value"]) not in said
    assert ("bizlife", chosen["value"]) in {(name, value) for name, value, _ in plain["rivals"]}


def test_figures_of_one_asset_are_told_apart_by_the_day_from_which_they_hold():
    assert [f["since"] for f in figure("vojvodina")] == [None, date(2026, 1, 1)]


def test_a_setting_over_half_the_year_leaves_the_estimate_in_use():
    part = {"upstream.hungary.capacity": Setting(value="10 GWh/d", start=date(2026, 1, 1))}
    whole = {"upstream.hungary.capacity": Setting(value="10 GWh/d", start=FIRST)}
    assert ("upstream", "hungary", 63.3) in used(settings=part)
    assert ("upstream", "hungary", 63.3) not in used(settings=whole)


# --- show -----------------------------------------------------------------------------------------------------------


def shown(scenario, dataset=None):
    dataset = dataset or read_dataset()
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(inputs_page(scenario, resolve(scenario, dataset), dataset), highlight=False)
    return console.export_text()


def line_of(text, name):
    return next(line for line in text.splitlines() if line.strip().startswith(name))


def test_show_names_the_rival_that_a_capacity_follows_from():
    scenario = read_scenario("baseline_2025_26")
    text = shown(scenario.model_copy(update={"rivals": {"upstream.hungary": "half"}}))
    assert line_of(text, "Gas available").split()[-3:] == ["31.6", "capacity", "31.6"]


def test_show_says_that_a_capacity_is_set():
    scenario = read_scenario("baseline_2025_26")
    text = shown(scenario.model_copy(update={"set": {**scenario.set, "upstream.hungary.capacity": "20 GWh/d"}}))
    assert line_of(text, "Gas available").split()[-4:] == ["20.0", "set", "to", "20.0"]


def test_show_takes_two_rows_of_one_side_as_a_range_and_reads_the_beneficiary():
    dataset = read_dataset()
    (row,) = [r for r in dataset.rows("upstream") if r.upstream == "igb" and not r.rival]
    later = row.model_copy(update={"valid_from": date(2026, 1, 1), "capacity_gwh_per_day": 100.0})
    earlier = row.model_copy(update={"valid_to": date(2025, 12, 31)})
    rows = [r for r in dataset.rows("upstream") if r.upstream != "igb"]
    changed = with_rows(dataset, "upstream", [*rows, earlier, later])
    held = [r.model_copy(update={"beneficiary": "north_macedonia"}) for r in dataset.rows("reservations")]
    text = shown(read_scenario("baseline_2025_26"), with_rows(changed, "reservations", held))
    assert "capacity 86.7 … 100.0" in line_of(text, "Interconnector Greece")
    assert "lesser of" not in line_of(text, "Interconnector Greece")
    assert "less 245.8 reserved for North Macedonia" in line_of(text, "Balkan Stream")
    assert "Hungary" not in line_of(text, "Balkan Stream")


# --- borders --------------------------------------------------------------------------------------------------------


def with_rows(dataset, table, rows) -> Dataset:
    rows = tuple(rows)
    return replace(
        dataset, tables={**dataset.tables, table: replace(dataset.tables[table], rows=rows, lines=(1,) * len(rows))}
    )


def ibs(dataset, **changes):
    """Capacity of the border at Kalotina in gas year 2025/26, with other cells on its Bulgarian side."""
    rows = [
        r.model_copy(update=changes) if r.side == "bg" else r
        for r in dataset.rows("upstream")
        if r.upstream == "ibs" and not r.rival
    ]
    (asset,) = read_upstream(Horizon(with_rows(dataset, "upstream", rows), FIRST, DAYS))
    return np.asarray(asset.capacity)


def test_a_border_needs_both_its_sides():
    dataset = read_dataset()
    assert ibs(dataset).tolist() == [52.03] * 365
    assert ibs(dataset, capacity_gwh_per_day=None).tolist() == [52.03] * 365  # blank: this side does not limit
    assert ibs(dataset, valid_to=date(2025, 10, 31)).tolist() == [52.03] * 31 + [0.0] * 334
    assert ibs(dataset, valid_to=date(2025, 9, 30)).tolist() == [0.0] * 365  # ended before the year began


def test_two_reservations_on_one_asset_add_up():
    dataset = read_dataset()
    rows = [r for r in dataset.rows("reservations") if r.upstream == "kireevo" and not r.rival]
    second = rows[0].model_copy(update={"reservation": "other", "beneficiary": "bosnia", "reserved_gwh_per_day": 10.0})
    horizon = Horizon(with_rows(dataset, "reservations", [*rows, second]), FIRST, DAYS)
    (kireevo,) = [u for u in read_upstream(horizon) if u.id == "kireevo"]
    assert np.asarray(kireevo.reserved).tolist() == pytest.approx([255.77] * 365)


# --- curves ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        ([0.15, 0.8, 1.0], [0.15, 0.8, 1.0]),  # concave already
        ([0.0, 0.25, 1.0], [0.0, 0.25, 0.5]),  # the first chord extended
        ([1.0, 0.1, 0.05], [0.15, 0.1, 0.05]),  # the last chord extended: from the left it would reach -0.8
        ([1.0, 0.0, 1.0], [0.0, 0.0, 0.0]),  # 0 inside allows nothing else
    ],
)
def test_a_curve_that_bends_upwards_gives_way_to_one_beneath_it(curve, expected):
    given_curve = tuple(zip((0.0, 0.5, 1.0), curve, strict=True))
    assert [y for _, y in concave_minorant(given_curve)] == pytest.approx(expected)


@st.composite
def curves(draw):
    inside = draw(st.lists(st.integers(1, 99), min_size=1, max_size=6, unique=True))
    fills = [0.0, *(x / 100 for x in sorted(inside)), 1.0]
    rates = draw(st.lists(st.floats(0, 1), min_size=len(fills), max_size=len(fills)))
    return tuple(zip(fills, rates, strict=True))


@given(curves())
def test_the_curve_used_is_concave_and_between_nothing_and_the_curve_given(curve):
    found = concave_minorant(curve)
    assert [x for x, _ in found] == [x for x, _ in curve]
    assert all(0 <= y <= above + 1e-9 for (_, y), (_, above) in zip(found, curve, strict=True))
    slopes = [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in pairwise(found)]
    assert all(later <= earlier + 1e-7 for earlier, later in pairwise(slopes))


# --- systems built in code ------------------------------------------------------------------------------------------


def store(**changes):
    terms = {"volume": 20.0, "opening": 5.0, "withdrawal_capacity": 2.0, "injection_capacity": 1.0, "node": "A"}
    return StorageAccount("store", **(terms | changes))


def toy(**changes):
    assets = {
        "nodes": [Node("A")],
        "contracts": [Contract("c", [Route("r", "A")], 2.0, 20.0)],
        "offtakes": [Offtake("city", "A", 1.0)],
    }
    return GasSystem.build("2026-01-01", 2, **(assets | changes))


def two_contracts(first, second):
    return {"contracts": [first, second]}


REFUSED = {
    "routes": (
        two_contracts(Contract("c", [Route("r", "A")], 2.0, 20.0), Contract("k", [Route("r", "A")], 1.0, 9.0)),
        "route 'r' is given twice (contracts.c, contracts.k); give each route an id of its own",
    ),
    "periods": (
        two_contracts(
            Contract("c", [Route("r", "A")], 2.0, 20.0, periods=(Period("year", 0, 1, 3.0),)),
            Contract("k", [Route("s", "A")], 2.0, 20.0, periods=(Period("year", 0, 1, 3.0),)),
        ),
        "period 'year' is given twice (contracts.c, contracts.k); give each period an id of its own",
    ),
    "targets": (
        {"accounts": [store(targets=(Target("t", 0, 1.0, 9.0), Target("t", 1, 2.0, 9.0)))]},
        "target 't' is given twice (accounts.store); give each target an id of its own",
    ),
    "target day": (
        {"accounts": [store(targets=(Target("t", 3, 1.0, 9.0),))]},
        "accounts.store target t: day 3 lies outside the horizon; a morning from 0 to 2 (the end)",
    ),
    "opening": (
        {"accounts": [store(opening=float("nan"))]},
        "accounts.store.opening is not a number; give it in GWh",
    ),
    "volume": ({"accounts": [store(volume=float("nan"))]}, "accounts.store.volume is not a number; give it in GWh"),
    "negative rate": (
        {"accounts": [store(withdrawal_curve=((0.0, -0.1), (0.5, 1.0), (1.0, 1.0)))]},
        "accounts.store: the withdrawal curve gives rates as shares of the capacity, in 0…1, found [-0.1, 1.0, 1.0]",
    ),
    "curve out of order": (
        {"accounts": [store(injection_curve=((0.0, 1.0), (0.0, 1.0), (1.0, 1.0)))]},
        "accounts.store: the injection curve must rise in fill from 0 to 1, found [0.0, 0.0, 1.0]",
    ),
    "no demand": ({"offtakes": []}, "nothing demands gas; give the system at least one offtake"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_an_unsound_system_is_refused_with_one_line(kind):
    changes, expected = REFUSED[kind]
    with pytest.raises(InputError) as refusal:
        toy(**changes)
    assert refusal.value.problems == (expected,)


def test_a_target_on_the_last_evening_is_sound():
    system = toy(accounts=[store(targets=(Target("t", 2, 6.0, 99.0),))])  # 1 GWh more than the opening stock of 5
    stock = solve(system).quantity("inventory")["store"]
    assert len(stock) == 2 and system.accounts["store"].targets[0].day == 2


def test_what_is_shared_cannot_be_written_to():
    temperature = np.array([1.0, 2.0, 3.0])
    system = toy(temperature=temperature)
    temperature[0] = 9.0
    assert system.temperature.tolist() == [1.0, 2.0, 3.0]
    dataset = read_dataset()
    for array in (system.temperature, dataset.weather.temperature, dataset.weather.days, dataset.weather.quality):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]
    with pytest.raises(TypeError):
        dataset.tables["nodes"] = None
    with pytest.raises(TypeError):
        dataset.sources["EST"] = None


def test_a_run_is_saved_to_a_folder_named_as_text(tmp_path):
    results = solve(toy())
    assert results.save(str(tmp_path / "run")) == tmp_path / "run"
    assert (tmp_path / "run" / "manifest.json").is_file()


@pytest.mark.parametrize(("unit", "said"), [("mcm", True), ("gwh", False)])
def test_the_foot_names_a_calorific_value_only_where_volumes_are_printed(unit, said):
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(page(solve(toy()), unit_named(unit)))
    assert ("mcm at 10.55 kWh/m3" in console.export_text()) is said


# --- reading --------------------------------------------------------------------------------------------------------


def test_an_edited_table_is_read_again(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    for path in (data_root() / "data").glob("*.csv"):
        shutil.copyfile(path, folder / path.name)
    before = read_dataset(folder)
    assert read_dataset(tmp_path / "data" / ".." / "data") is before
    nodes = folder / "nodes.csv"
    nodes.write_text(nodes.read_text(encoding="utf-8").replace("Gastrans", "Gas-trans-2"), encoding="utf-8")
    after = read_dataset(folder)
    assert after is not before and after.digest != before.digest


SCENARIO = """\
title: A test
context: A test.
extends: baseline_2025_26
variants:
  dear:
    title: dear gas
    set: {contracts.gazprom.price: 99 EUR/MWh}
"""


def test_a_variant_of_a_file_is_read_by_the_name_that_a_run_prints(tmp_path, monkeypatch):
    path = tmp_path / "mine.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    assert read_scenario(f"{path}/dear").set["contracts.gazprom.price"] == "99 EUR/MWh"
    assert read_scenario(f"{path}/dear").id == "mine/dear"
    with pytest.raises(InputError, match="no variant 'deer'; did you mean `dear`"):
        read_scenario(f"{path}/deer")
    with pytest.raises(InputError, match=r"no such scenario file; did you mean `mine\.yaml`"):
        read_scenario(f"{tmp_path}/mime.yaml/dear")
    commands = []

    results = solve(toy())
    monkeypatch.setattr(
        "energysim.studies.foresight.run",
        lambda scenario, *, dataset, progress, command: (
            commands.append(command) or replace(results, manifest={**results.manifest, "command": command})
        ),
    )
    monkeypatch.setattr("energysim.cli.runs._compare", lambda *_: None)
    told = CliRunner().invoke(main, ["run", str(path), "--variants", "--no-charts", "--out", str(tmp_path / "out")])
    assert told.exit_code == 0, told.output
    assert commands == [f"energysim run {path}", f"energysim run {path}/dear"]
    assert f"run again: energysim run {path}/dear" in told.output
