"""Input is hostile: each kind of mistake gives one clear line with file, line and a suggestion, exit code 2,
no traceback, and nothing is written.

Every case is a valid base, the shipped data folder or a small scenario, with one edit.
"""

import csv
import io
import shutil

import pytest
from click.testing import CliRunner

from energysim.cli import main
from energysim.inputs.read import data_root, read_dataset

DATA = data_root() / "data"
BASELINE = data_root() / "scenarios" / "baseline_2025_26.yaml"


def refused(arguments):
    """The problem lines of a command that must be refused."""
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    output = result.output
    assert result.exit_code == 2, output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in output
    return [line for line in output.splitlines() if line.lower().startswith("error:")]


def is_one_problem(problems, place, words):
    """One mistake gives one line, which says where and what to try."""
    assert len(problems) == 1, "\n".join(problems)
    assert place in problems[0]
    for word in words:
        assert word in problems[0], f"{word!r} not in {problems[0]!r}"


# --- data -----------------------------------------------------------------------------------------------------------


class Folder:
    """A copy of the shipped data to be broken; an edit gives `file.csv:line`, where the message must point."""

    def __init__(self, path):
        self.path = path

    def lines(self, table):
        return (self.path / f"{table}.csv").read_text(encoding="utf-8").splitlines()

    def write(self, table, lines):
        (self.path / f"{table}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def find(self, table, **key):
        """Index of the first line whose cells are these; `rival` is blank unless named."""
        lines = self.lines(table)
        header = next(csv.reader([lines[0]]))
        key = {"rival": "", **key} if "rival" in header else key
        for k, line in enumerate(lines[1:], start=1):
            cells = dict(zip(header, next(csv.reader([line])), strict=True))
            if all(cells[c] == v for c, v in key.items()):
                return k
        raise LookupError(f"{table}: no row {key}")

    def change(self, table, key, **values):
        """Other cells in one row."""
        lines, k = self.lines(table), self.find(table, **key)
        header = next(csv.reader([lines[0]]))
        cells = {**dict(zip(header, next(csv.reader([lines[k]])), strict=True)), **values}
        text = io.StringIO()
        csv.writer(text, lineterminator="").writerow(cells.values())
        lines[k] = text.getvalue()
        self.write(table, lines)
        return f"{table}.csv:{k + 1}:"

    def head(self, table, old, new):
        """Another name in the header."""
        lines = self.lines(table)
        assert old in lines[0]
        self.write(table, [lines[0].replace(old, new, 1), *lines[1:]])
        return f"{table}.csv:1:"

    def again(self, table, **key):
        """A row a second time, at the end."""
        lines = self.lines(table)
        self.write(table, [*lines, lines[self.find(table, **key)]])
        return f"{table}.csv:{len(lines) + 1}:"

    def drop(self, table, **key):
        """A row away; points at the row after it."""
        lines, k = self.lines(table), self.find(table, **key)
        self.write(table, lines[:k] + lines[k + 1 :])
        return f"{table}.csv:{k + 1}:"

    def glue(self, table, extra, **key):
        """Text behind a row."""
        lines, k = self.lines(table), self.find(table, **key)
        lines[k] += extra
        self.write(table, lines)
        return f"{table}.csv:{k + 1}:"


def drop_column(folder):
    rows = [next(csv.reader([line])) for line in folder.lines("gas_sources")]
    k = rows[0].index("kind")
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([row[:k] + row[k + 1 :] for row in rows])
    folder.write("gas_sources", text.getvalue().splitlines())
    return "gas_sources.csv:1:"


def drop_file(folder):
    (folder.path / "tariffs.csv").unlink()
    return "tariffs.csv"


def empty_file(folder):
    (folder.path / "oil_stocks.csv").write_text("")
    return "oil_stocks.csv:1:"


def semicolons(folder):
    folder.write("nodes", [line.replace(",", ";") for line in folder.lines("nodes")])
    return "nodes.csv:1:"


def latin_letters(folder):
    path = folder.path / "places.csv"
    lines = path.read_bytes().split(b"\n")
    lines[4] = lines[4].replace(b"Paracin", "Paraćin".encode("cp1250"))
    path.write_bytes(b"\n".join(lines))
    return "places.csv:5:"


def no_weather(folder):
    folder.write("weather_belgrade", folder.lines("weather_belgrade")[:1])
    return "weather_belgrade.csv:1:"


def open_quote(folder):
    lines = folder.lines("weather_belgrade")
    lines[30] = '"' + lines[30]
    folder.write("weather_belgrade", lines)
    return "weather_belgrade.csv:31:"


def wrong_end_of_circle(folder):
    folder.change("storage_levels", {"account": "banatski_dvor_gazprom", "date": "2025-10-01"}, kind="observed")
    account = folder.find("storage_accounts", account="banatski_dvor_gazprom")
    return f"storage_accounts.csv:{account + 1}:"


def share_of_region(folder):
    folder.change("regional_shares", {"sector": "households", "region": "cw"}, share="0.13")
    return f"regional_shares.csv:{folder.find('regional_shares', sector='households') + 1}:"


def depth_of_step(folder):
    folder.change("curtailment_steps", {"demand_class": "power", "step": "2"}, depth_fraction="0.3")
    return f"curtailment_steps.csv:{folder.find('curtailment_steps', demand_class='power') + 1}:"


def mistyped_parameter(folder):
    return folder.change("parameters", {"parameter": "cold_slope_factor"}, parameter="cold_slop_factor")


def curve_without_end(folder):
    folder.drop("storage_curves", account="banatski_dvor_gazprom", kind="withdrawal", fill_fraction="1")
    lines = folder.lines("storage_curves")
    last = max(
        k for k, line in enumerate(lines) if line.startswith("banatski_dvor_gazprom,withdrawal") and ",,,," in line
    )
    return f"storage_curves.csv:{last + 1}:"


PIECE = {"piece": "gazprom_2025_10"}
PIPE = {"pipeline": "gms_gospodjinci"}
IBS = {"upstream": "ibs", "side": "rs"}
SERBIAN = {"account": "banatski_dvor_serbian", "date": "2025-10-01"}
FEEDSTOCK = {"demand_class": "feedstock", "step": "3"}
MARCH = {"date": "2003-03-15"}

BROKEN_DATA = {
    "typo in a column": (
        lambda f: f.head("pipelines", "shrinkage_fraction", "shrinkage_fracton"),
        ["shrinkage_fracton", "did you mean `shrinkage_fraction`"],
    ),
    "missing column": (drop_column, ["column `kind` is missing"]),
    "column twice": (lambda f: f.head("upstream", ",note", ",note,low"), ["`low` stands twice"]),
    "missing file": (drop_file, ["missing", "restore"]),
    "empty file": (empty_file, ["empty", "demand_class"]),
    "semicolons": (semicolons, ["semicolons", "save the file with commas"]),
    "not UTF-8": (latin_letters, ["UTF-8", "0xe6"]),
    "quote not closed": (open_quote, ["quotation mark"]),
    "negative capacity": (
        lambda f: f.change("pipelines", PIPE, capacity_gwh_per_day="-60.48"),
        ["capacity_gwh_per_day", "-60.48", "at least 0"],
    ),
    "NaN": (
        lambda f: f.change("upstream", IBS, capacity_gwh_per_day="nan"),
        ["capacity_gwh_per_day", "'nan'", "finite"],
    ),
    "infinity": (lambda f: f.change("contracts", PIECE, dcq_mcm_per_day="inf"), ["dcq_mcm_per_day", "'inf'", "finite"]),
    "text in a number": (
        lambda f: f.change("contracts", PIECE, dcq_mcm_per_day="9,5"),
        ["dcq_mcm_per_day", "'9,5'", "expected a number"],
    ),
    "low above high": (
        lambda f: f.change("upstream", IBS, low="53.05", high="47.48"),
        ["low 53.05 is above high", "swap"],
    ),
    "value outside its range": (
        lambda f: f.change("upstream", IBS, capacity_gwh_per_day="63"),
        ["capacity_gwh_per_day 63 is above its high 53.05", "range"],
    ),
    "take-or-pay above 1": (
        lambda f: f.change("contracts", {"piece": "socar_2025_w"}, take_or_pay_fraction="80"),
        ["take_or_pay_fraction", "at most 1", "80 % is 0.8"],
    ),
    "reversed validity": (
        lambda f: f.change("contracts", PIECE, valid_from="2025-10-31", valid_to="2025-10-01"),
        ["valid_from 2025-10-31 is after valid_to 2025-10-01", "swap"],
    ),
    "overlapping validity": (
        lambda f: f.change("prices", {"price_series": "socar", "valid_from": "2026-01-01"}, valid_from="2025-12-01"),
        ["socar holds twice on 2025-12-01", "end the earlier row"],
    ),
    "row twice": (lambda f: f.again("tariffs", tariff="transportgas"), ["transportgas holds twice", "line "]),
    "gap in prices": (
        lambda f: f.drop("prices", price_series="ttf", valid_from="2024-10-01"),
        ["ttf has no price from 2024-10-01 to 2024-12-31", "needs one"],
    ),
    "unknown source": (
        lambda f: f.change("upstream", IBS, source="BTG813;SEED01"),
        ["source", "'SEED01'", "did you mean", "SEED001"],
    ),
    "source id twice": (lambda f: f.again("sources", source="SEED001"), ["'SEED001' stands twice"]),
    "unknown node of a pipeline": (
        lambda f: f.change("pipelines", PIPE, to_node="NORHT"),
        ["to_node", "unknown node 'NORHT'", "`NORTH`"],
    ),
    "unknown node of a route": (
        lambda f: f.change("routes", {"route": "socar_ibs"}, entry_node="SUOTH"),
        ["entry_node", "unknown node 'SUOTH'", "`SOUTH`"],
    ),
    "unknown upstream asset of a route": (
        lambda f: f.change("routes", {"route": "socar_ibs"}, path="shah_denis>igb>ibs"),
        ["path", "'shah_denis'", "`shah_deniz`"],
    ),
    "unknown asset of a route": (
        lambda f: f.change("routes", {"route": "socar_ibs"}, asset="contracts.sokar"),
        ["asset", "'sokar'", "`socar`"],
    ),
    "unknown asset of a tariff": (
        lambda f: f.change("tariffs", {"tariff": "southern_corridor"}, asset="upsteam.igb"),
        ["asset", "'upsteam'", "`upstream`"],
    ),
    "unknown account": (
        lambda f: f.change("storage_seasons", {"account": "hungary_serbian", "month": "3"}, account="hungary_serb"),
        ["account", "'hungary_serb'", "`hungary_serbian`"],
    ),
    "unknown site": (
        lambda f: f.change("storage_accounts", {"account": "banatski_dvor_gazprom"}, site="banatsky_dvor"),
        ["site", "'banatsky_dvor'", "`banatski_dvor`"],
    ),
    "unknown contract": (
        lambda f: f.change("contract_seasons", {"contract": "bosnia", "month": "3"}, contract="bosnja"),
        ["contract", "'bosnja'", "`bosnia`"],
    ),
    "unknown price series": (
        lambda f: f.change("contracts", {"piece": "lng_2024"}, price_series="tff"),
        ["price_series", "'tff'", "`ttf`"],
    ),
    "unknown gas source": (
        lambda f: f.change("contracts", {"piece": "lng_2024"}, gas_source="lgn"),
        ["gas_source", "'lgn'", "`lng`"],
    ),
    "unknown demand class": (
        lambda f: f.change("sectors", {"sector": "households"}, demand_class="houshold"),
        ["demand_class", "'houshold'", "`households`"],
    ),
    "unknown destination": (
        lambda f: f.change("contracts", {"piece": "bosnia"}, destination="AB"),
        ["destination", "unknown node 'AB'", "known: BA,"],
    ),
    "rival of nothing": (
        lambda f: f.change("contracts", {"piece": "mvm_2026", "rival": "repeat"}, piece="mvm_2062"),
        ["piece", "a rival of 'mvm_2062'", "no such row is in use", "`mvm_2026`"],
    ),
    "unknown parameter": (mistyped_parameter, ["'cold_slope_factor' is missing", "'cold_slop_factor'"]),
    "shares do not add to 1": (share_of_region, ["share", "households", "add to 0.97", "must add to 1"]),
    "steps do not add to 1": (depth_of_step, ["depth_fraction", "power", "add to 0.9", "must add to 1"]),
    "missing opening stock": (wrong_end_of_circle, ["no opening stock on 2025-10-01", "add a row of kind `opening`"]),
    "opening above volume": (
        lambda f: f.change("storage_levels", SERBIAN, level_mcm="420", high="420"),
        ["opening stock", "420 mcm", "above its volume, 400 mcm", "storage_accounts.csv:"],
    ),
    "curve does not end at 1": (
        curve_without_end,
        ["fill_fraction", "withdrawal curve of banatski_dvor_gazprom", "0 to 1"],
    ),
    "lost-load values overlap": (
        lambda f: (
            f.change("curtailment_steps", FEEDSTOCK, voll_eur_per_mwh="260"),
            f"curtailment_steps.csv:{f.find('curtailment_steps', demand_class='industry') + 1}:",
        )[1],
        ["voll_eur_per_mwh", "260", "feedstock", "overlap", "order of cuts"],
    ),
    "gas dearer than lost load": (
        lambda f: f.change("prices", {"price_series": "ttf", "valid_from": "2022-01-01"}, price_eur_per_mwh="155"),
        ["price_eur_per_mwh", "ttf", "contracts.csv:", "lowest value of lost load", "curtailment_steps.csv:"],
    ),
    "target dearer than lost load": (
        lambda f: f.change("storage_targets", {"target_day": "11-01"}, shortfall_price_eur_per_mwh="250"),
        ["shortfall_price_eur_per_mwh", "250", "lowest value of lost load"],
    ),
    "prices spread too wide": (
        lambda f: f.change("parameters", {"parameter": "loss_backstop_price"}, value="20000", high="30000"),
        ["value", "spread", "lower the highest"],
    ),
    "estimate without range": (
        lambda f: f.change("storage_levels", SERBIAN, low="", high=""),
        ["level_mcm is an estimate", "fill low and high"],
    ),
    "blank needed figure": (
        lambda f: f.change("contracts", PIECE, dcq_mcm_per_day=""),
        ["dcq_mcm_per_day is blank", "never zero"],
    ),
    "bad date": (
        lambda f: f.change("contracts", PIECE, valid_to="31.10.2025"),
        ["valid_to", "'31.10.2025'", "expected a date such as"],
    ),
    "moment for a date": (
        lambda f: f.change("contracts", PIECE, as_of="86400"),
        ["as_of", "'86400'", "expected a date such as"],
    ),
    "month that is none": (
        lambda f: f.change("storage_targets", {"target_day": "11-01"}, target_day="13-01"),
        ["target_day", "'13-01'", "such as 11-01"],
    ),
    "wrong word": (
        lambda f: f.change("upstream", IBS, kind="boarder_point"),
        ["kind", "'boarder_point'", "did you mean `border_point`"],
    ),
    "yes mistyped": (
        lambda f: f.change("contracts", PIECE, estimate="yess"),
        ["estimate", "'yess'", "expected yes or no"],
    ),
    "calorific value in MJ": (
        lambda f: f.change("contracts", PIECE, gcv_kwh_per_m3="37.98"),
        ["gcv_kwh_per_m3", "37.98", "at most 13", "MJ"],
    ),
    "too many cells": (lambda f: f.glue("gas_sources", ",", gas_source="lng"), ["16 cells for 15 columns", "comma"]),
    "weather without a day": (lambda f: f.drop("weather_belgrade", **MARCH), ["2003-03-16 does not follow 2003-03-14"]),
    "weather NaN": (
        lambda f: f.change("weather_belgrade", MARCH, temperature_c="nan"),
        ["temperature_c", "'nan'", "degrees Celsius"],
    ),
    "weather with a bad date": (
        lambda f: f.change("weather_belgrade", MARCH, date="2003-15-03"),
        ["date", "'2003-15-03'", "expected a date"],
    ),
    "no weather at all": (no_weather, ["no rows"]),
}


@pytest.fixture
def folder(tmp_path):
    copy = tmp_path / "data"
    copy.mkdir()
    for path in DATA.glob("*.csv"):
        shutil.copyfile(path, copy / path.name)
    return Folder(copy)


@pytest.mark.parametrize("kind", BROKEN_DATA)
def test_broken_data_gives_one_line(kind, folder):
    edit, words = BROKEN_DATA[kind]
    place = edit(folder)
    is_one_problem(refused(["check", "--data", folder.path, BASELINE]), f"data/{place}", words)


def test_several_mistakes_in_the_data_are_all_told_at_once(folder):
    places = [
        folder.change("contracts", PIECE, dcq_mcm_per_day="-1", notice_days="x"),
        folder.change("pipelines", PIPE, to_node="NORHT"),
        folder.change("upstream", IBS, low="53.05", high="47.48", valid_from="2024-01-01", valid_to="2023-12-31"),
        folder.change("weather_belgrade", MARCH, temperature_c="warm"),
        folder.change("storage_levels", SERBIAN, level_mcm="420", high="420"),
    ]
    problems = refused(["check", "--data", folder.path])  # with every shipped scenario
    assert len(problems) == 7, "\n".join(problems)  # two each in the contract and the border point
    assert all(any(place in p for p in problems) for place in places)


def test_a_rival_row_does_not_repeat_the_mistake_of_the_row_it_rivals(folder):
    place = folder.change("contracts", {"piece": "gazprom_2026_10"}, premium_eur_per_mwh="none")
    is_one_problem(refused(["check", "--data", folder.path]), place, ["premium_eur_per_mwh", "expected a number"])


def test_a_name_taken_away_is_missed_once(folder):
    folder.drop("nodes", node="SOUTH")
    is_one_problem(refused(["check", "--data", folder.path]), ".csv:", ["unknown node 'SOUTH'", "also in", "more"])


def test_data_saved_by_a_spreadsheet_with_a_byte_order_mark_are_read(folder):
    path = folder.path / "nodes.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(read_dataset(folder.path).rows("nodes")) == len(read_dataset().rows("nodes"))


# --- scenarios ------------------------------------------------------------------------------------------------------

SCENARIO = """\
title: A valid base
extends: baseline_2025_26
weather: 2011/12
sources: [SEED001, EST]
rivals:
  upstream.hungary: half
set:
  contracts.gazprom.dcq: 6 mcm/d
  contracts.mvm.dcq: {value: 3 mcm/d, start: 2026-01-01, until: 2026-02-28}
events:
  - name: Shah Deniz stops
    asset: upstream.shah_deniz
    start: 2026-01-05
    until: 2026-01-20
    available: 0
    announced_until: 2026-01-10
    source: EST
  - name: Border at half
    asset: upstream.ibs
    start: 2026-02-01
    until: 2026-02-03
    capacity: 2 mcm/d
    repeat: {every_days: 7, times: 3}
variants:
  colder:
    title: and colder
    weather: design
    without: [Border at half]
"""

BROKEN_SCENARIOS = {
    # kind: (old text, new text, a word on the line where the message must point, words)
    "unknown key": ("weather: 2011/12", "wether: 2011/12", "wether", ["wether", "unknown key; did you mean `weather`"]),
    "unknown key of an event": ("    until: 2026-01-20", "    untill: 2026-01-20", "untill",
                                ["Shah Deniz stops", "untill", "did you mean `until`"]),
    "unknown key of a setting": ("start: 2026-01-01, until", "strat: 2026-01-01, until", "strat",
                                 ["contracts.mvm.dcq", "strat", "did you mean `start`"]),
    "unknown asset": ("asset: upstream.shah_deniz", "asset: upstream.shah_denis", "shah_denis",
                      ["Shah Deniz stops", "'shah_denis'", "`shah_deniz`"]),
    "unknown kind of asset": ("asset: upstream.ibs", "asset: pipeline.ibs", "pipeline.ibs",
                              ["unknown kind of asset 'pipeline'", "`pipelines`"]),
    "unknown asset in set": ("contracts.gazprom.dcq", "contracts.gasprom.dcq", "gasprom", ["'gasprom'", "`gazprom`"]),
    "unknown field in set": ("contracts.gazprom.dcq", "contracts.gazprom.dqc", "dqc", ["'dqc'", "`dcq`"]),
    "set without a field": ("contracts.gazprom.dcq", "contracts.gazprom", "gazprom", ["such as contracts.gazprom.dcq"]),
    "wrong unit": ("dcq: 6 mcm/d", "dcq: 6 mcm", "6 mcm", ["'6 mcm'", "energy", "rate is needed", "`6 mcm/d`"]),
    "mistyped unit": ("capacity: 2 mcm/d", "capacity: 2 mmc/d", "mmc/d", ["unknown unit 'mmc/d'", "`mcm/d`"]),
    "number without unit": ("dcq: 6 mcm/d", "dcq: 6", "dcq: 6", ["no unit", "`6 mcm/d`"]),
    "negative quantity in set": ("dcq: 6 mcm/d", "dcq: -6 mcm/d", "-6", ["'-6 mcm/d' is negative", "0 or more"]),
    "negative quantity": ("capacity: 2 mcm/d", "capacity: -2 mcm/d", "capacity: -2", ["Border at half", "is negative", "0 or more"]),
    "endless quantity": ("dcq: 6 mcm/d", "dcq: 1e999 mcm/d", "1e999", ["no finite number"]),
    "available above 1": ("available: 0", "available: 40", "available", ["between 0 and 1", "found 40", "`40 %`"]),
    "available not a number": ("available: 0", "available: none of it", "available", ["'none of it'", "`40 %`"]),
    "available a truth value": ("available: 0", "available: true", "available", ["available", "found true", "0.4"]),
    "two quantities": ("available: 0", "available: 0\n    capacity: 1 mcm/d", "- name: Shah",
                       ["exactly one of", "found available and capacity"]),
    "no quantity": ("    available: 0\n", "", "- name: Shah", ["exactly one of", "found none"]),
    "quantity that does not apply": ("capacity: 2 mcm/d", "price: 30 EUR/MWh", "price: 30",
                                     ["`price` cannot be said of upstream", "capacity"]),
    "reversed dates": ("until: 2026-01-20", "until: 2026-01-02", "until: 2026-01-02",
                       ["until 2026-01-02 is before start 2026-01-05", "swap"]),
    "reversed dates in set": ("until: 2026-02-28", "until: 2025-12-28", "mvm", ["before start 2026-01-01", "swap"]),
    "event outside the gas year": ("start: 2026-01-05\n    until: 2026-01-20\n    available: 0\n    announced_until: 2026-01-10",
                                   "start: 2027-01-05\n    until: 2027-01-20\n    available: 0", "2027-01-05",
                                   ["outside the gas year 2025-10-01 to 2026-09-30"]),
    "repeats beyond the gas year": ("times: 3", "times: 300", "start: 2026-02-01", ["outside the gas year"]),
    "known after it starts": ("announced_until: 2026-01-10", "known_from: 2026-01-06", "known_from",
                              ["known_from 2026-01-06 is after start", "first day at the latest"]),
    "known from a wrong word": ("announced_until: 2026-01-10", "known_from: day_on", "known_from",
                                ["'day_on'", "date such as", "`day_one`"]),
    "announced end before the start": ("announced_until: 2026-01-10", "announced_until: 2026-01-04", "announced_until",
                                       ["announced_until 2026-01-04 is before start"]),
    "a day that is none": ("until: 2026-01-20", "until: 2026-01-32", "2026-01-32", ["'2026-01-32'", "expected a date such as"]),
    "unknown extends": ("baseline_2025_26", "baseline_2025_27", "extends", ["'baseline_2025_27'", "`baseline_2025_26`"]),
    "circle": ("baseline_2025_26", "broken", "extends", ["broken > broken is a circle"]),
    "extends a number": ("extends: baseline_2025_26", "extends: 2025", "extends", ["extends", "found 2025", "text"]),
    "unknown weather": ("weather: 2011/12", "weather: 2011/21", "weather", ["'2011/21'", "`design`", "`2011/12`"]),
    "unknown weather of a variant": ("weather: design", "weather: desing", "desing", ["'desing'", "did you mean `design`"]),
    "bad gas year": ("title: A valid base", "title: A valid base\ngas_year: 2025/27", "gas_year", ["'2025/27'", "`2025/26`"]),
    "gas year without data": ("extends: baseline_2025_26", "gas_year: 2031/32", "gas_year", ["2031/32"]),
    "unknown rival": ("hungary: half", "hungary: hafl", "hafl", ["no rival 'hafl'", "`half`"]),
    "unknown table of a rival": ("upstream.hungary", "upsteam.hungary", "upsteam", ["unknown table 'upsteam'", "`upstream`"]),
    "unknown source": ("[SEED001, EST]", "[SEED001, ETS]", "ETS", ["sources", "'ETS'", "EST"]),
    "unknown source of an event": ("    source: EST", "    source: ETS", "ETS", ["Shah Deniz stops", "'ETS'", "EST"]),
    "ramp with a capacity": ("    repeat:", "    ramp_days: 3\n    repeat:", "ramp_days", ["`ramp_days`", "not with `capacity`"]),
    "overlapping repeats": ("every_days: 7", "every_days: 2", "repeat", ["repeat every 2 days overlaps", "lasts 3"]),
    "nothing to leave out": ("[Border at half]", "[Border at haf]", "haf", ["no event named 'Border at haf'", "`Border at half`"]),
    "invalid YAML": ("rivals:\n", "rivals: [\n", "set:", ["not valid YAML", "check indentation"]),
    "tab": ("  upstream.hungary", "\tupstream.hungary", "\tupstream", ["not valid YAML"]),
    "key twice": ("sources:", "weather: normal\nsources:", "weather: normal", ["the key `weather` stands twice"]),
    "title missing": ("title: A valid base\n", "", "extends", ["title", "missing"]),
    "list for a mapping": ("  upstream.hungary: half", "  - upstream.hungary", "rivals:", ["rivals", "expected a mapping"]),
    "id in the file": ("title: A valid base", "title: A valid base\nid: other", "id: other", ["id", "leave this key out"]),
}  # fmt: skip


def broken(tmp_path, text, name="broken.yaml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def line_with(text, word):
    return next(k for k, line in enumerate(text.splitlines(), start=1) if word in line)


def refused_and_nothing_written(tmp_path, path):
    """The problems of a scenario file: the same on `check` and `run`, and no trace of a run."""
    out = tmp_path / "out"
    problems = refused(["run", path, "--out", out])
    assert not out.exists()
    return problems


def test_the_base_is_valid(tmp_path):
    result = CliRunner().invoke(main, ["check", str(broken(tmp_path, SCENARIO))])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("kind", BROKEN_SCENARIOS)
def test_broken_scenario_gives_one_line(kind, tmp_path):
    old, new, word, words = BROKEN_SCENARIOS[kind]
    assert SCENARIO.count(old) == 1
    text = SCENARIO.replace(old, new)
    path = broken(tmp_path, text)
    place = f"broken.yaml:{line_with(text, word)}:"
    if kind in ("unknown weather of a variant",):  # only the variant is wrong; it is run with --variants or `id/name`
        is_one_problem(refused(["run", path, "--variants", "--out", tmp_path / "out"]), place, words)
        assert not (tmp_path / "out").exists()
    else:
        is_one_problem(refused_and_nothing_written(tmp_path, path), place, words)
    is_one_problem(refused(["check", path]), place, words)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("- a\n- list\n", "broken.yaml:1:", ["a scenario is a mapping"]),
        ("", "broken.yaml:1:", ["a scenario is a mapping"]),
        ("title: no year\n", "broken.yaml:1:", ["gas_year is missing", "`gas_year: 2025/26`"]),
        ("title: a\ncontext: \x01\n", "broken.yaml:2:", ["not valid YAML"]),
        ("title: a\ngas_year: 2025/26\nset: &a {x: *a}\n", "broken.yaml:", ["x"]),
        ("title: a\ngas_year: 2025/26\nsources:\n", "broken.yaml:3:", ["sources", "blank"]),
        ("title: 5\ngas_year: 2025/26\n", "broken.yaml:1:", ["title", "found 5", "text"]),
        ("title: a\ngas_year: 9999/00\n", "broken.yaml:2:", ["gas_year", "9999/00"]),
    ],
)  # fmt: skip
def test_files_that_are_no_scenario(text, place, words, tmp_path):
    is_one_problem(refused_and_nothing_written(tmp_path, broken(tmp_path, text)), place, words)


def test_a_scenario_that_is_not_utf8(tmp_path):
    path = tmp_path / "broken.yaml"
    path.write_bytes("title: a\ncontext: Paraćin\n".encode("cp1250"))
    is_one_problem(refused_and_nothing_written(tmp_path, path), "broken.yaml:2:", ["UTF-8"])


def test_a_circle_of_two(tmp_path):
    broken(tmp_path, "title: b\nextends: a_first\n", "b_second.yaml")
    path = broken(tmp_path, "title: a\nextends: b_second\n", "a_first.yaml")
    words = ["a_first > b_second > a_first is a circle"]
    is_one_problem(refused_and_nothing_written(tmp_path, path), "b_second.yaml:2:", words)


def test_a_mistake_in_what_is_extended_is_told_where_it_stands(tmp_path):
    text = SCENARIO.replace("dcq: 6 mcm/d", "dcq: 6 bananas")
    broken(tmp_path, text, "parent.yaml")
    child = broken(tmp_path, "title: child\nextends: parent\nweather: normal\n", "child.yaml")
    place = f"parent.yaml:{line_with(text, 'bananas')}:"
    is_one_problem(refused_and_nothing_written(tmp_path, child), place, ["'bananas'"])
    is_one_problem(refused(["check", child, tmp_path / "parent.yaml"]), place, ["'bananas'"])


def test_several_mistakes_in_a_scenario_are_all_told_at_once(tmp_path):
    text = SCENARIO
    for old, new in [
        ("2011/12", "1911/12"),
        ("SEED001", "SEED01"),
        ("hungary: half", "hungary: hafl"),
        ("dcq: 6 mcm/d", "dcq: 6"),
        ("upstream.shah_deniz", "upstream.shah_denis"),
        ("capacity: 2 mcm/d", "capacity: 2 mcm"),
    ]:
        text = text.replace(old, new)
    problems = refused_and_nothing_written(tmp_path, broken(tmp_path, text))
    assert len(problems) == 6, "\n".join(problems)
    for word in ("1911/12", "SEED01", "hafl", "dcq: 6", "shah_denis", "2 mcm"):
        assert any(f"broken.yaml:{line_with(text, word)}:" in p for p in problems), word


def test_several_mistakes_of_form_are_all_told_at_once(tmp_path):
    text = SCENARIO
    for old, new in [
        ("weather: 2011/12", "wether: 2011/12"),
        ("until: 2026-01-20", "until: 2026-01-02"),
        ("times: 3", "times: 0"),
    ]:
        text = text.replace(old, new)
    problems = refused_and_nothing_written(tmp_path, broken(tmp_path, text))
    assert len(problems) == 3, "\n".join(problems)
    for word in ("wether", "until: 2026-01-02", "times: 0"):
        assert any(f"broken.yaml:{line_with(text, word)}:" in p for p in problems), word


def test_data_and_scenario_are_told_of_at_once(folder, tmp_path):
    place = folder.change("pipelines", PIPE, to_node="NORHT")
    path = broken(tmp_path, SCENARIO.replace("until: 2026-01-20", "until: 2026-01-02"))
    problems = refused(["check", "--data", folder.path, path])
    assert len(problems) == 2
    assert place in problems[0]
    assert "broken.yaml:14:" in problems[1]


# --- command line ---------------------------------------------------------------------------------------------------

BASE = "baseline_2025_26"
COMMANDS = {
    "unknown scenario": (["run", "baseline_2025_62"], ["'baseline_2025_62'", "did you mean", BASE]),
    "unknown variant": (["run", "shah_deniz_long/spot_of"], ["no variant 'spot_of'", "`spot_off`"]),
    "missing file": (["run", "nowhere.yaml"], ["nowhere.yaml", "no such scenario file"]),
    "set without =": (["run", BASE, "--set", "contracts.gazprom.dcq 6"], ["--set", "PATH=VALUE", "'6 mcm/d'"]),
    "set with a bad unit": (
        ["run", BASE, "--set", "contracts.gazprom.dcq=6 mcm"],
        ["--set", "contracts.gazprom.dcq", "'6 mcm'", "`6 mcm/d`"],
    ),
    "set on an unknown asset": (["run", BASE, "--set", "contracts.gasprom.dcq=6 mcm/d"], ["--set", "`gazprom`"]),
    "set to a wrong factor": (["run", BASE, "--set", "offtakes.demand_factor=nan"], ["--set", "'nan'", "such as 0.95"]),
    "unknown weather": (["run", BASE, "--weather", "2011/13"], ["--weather", "'2011/13'", "`2011/12`"]),
    "unknown foresight": (["run", BASE, "--foresight", "clairvoyant"], ["clairvoyant", "surprise", "foreseen"]),
    "the same mistake for two": (["run", BASE, "baseline_2024_25", "--weather", "coldest"], ["--weather", "'coldest'"]),
}


@pytest.mark.parametrize("kind", COMMANDS)
def test_wrong_command_gives_one_line_and_writes_nothing(kind, tmp_path):
    arguments, words = COMMANDS[kind]
    out = tmp_path / "out"
    problems = refused([*arguments, "--out", out])
    is_one_problem(problems, "", words)
    assert not out.exists()


@pytest.mark.parametrize("below", [".", "runs"])
def test_a_file_where_the_output_should_go(below, tmp_path):
    out = tmp_path / "taken"
    out.write_text("precious")
    is_one_problem(refused(["run", BASE, "--out", out / below]), "taken", ["--out", "file"])
    assert out.read_text() == "precious"


def test_a_data_folder_that_is_none(tmp_path):
    is_one_problem(refused(["check", "--data", tmp_path / "nowhere"]), "nowhere", ["no such data folder"])


def test_several_wrong_arguments_are_all_told_at_once(tmp_path):
    wrong = ["--set", "contracts.gazprom.dcq 6", "--weather", "warm", "--out", tmp_path / "out"]
    problems = refused(["run", BASE, "shah_denis_long", *wrong])
    assert len(problems) == 3, "\n".join(problems)
    assert not (tmp_path / "out").exists()
