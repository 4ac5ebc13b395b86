"""Study files: the documented ones parse, and each kind of mistake gives one line with file, line and suggestion.

Every case is a valid base with one edit; nothing is solved and nothing written.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from energysim import InputError
from energysim.cli import main
from energysim.inputs.axis import read_values, rounded
from energysim.inputs.sweep_file import StudyFile, read_study, sweep_schema
from energysim.studies.sweep_plan import plan_sweep

CHAPTER = Path(__file__).resolve().parents[1] / "docs" / "sweeps.md"
BLOCKS = re.findall(r"```yaml\n(.*?)```", CHAPTER.read_text(encoding="utf-8"), flags=re.DOTALL)

BASE = """\
title: A study
scenario: shah_deniz_long
foresight: foreseen
set:
  contracts.lng.dcq: 0 mcm/d
vary:
  contracts.gazprom.dcq:
    - 6 mcm/d
    - 10 mcm/d
  weather: [normal, design]
  weather.temperature_change: {from: -4 degC, to: 0 degC, steps: 3}
  events.Shah Deniz fails.duration: [30 days, 60 days]
  rivals.upstream.hungary: [none, half]
measure: unserved_gas
"""
SAMPLED = """\
title: A study
scenario: shah_deniz_long
vary:
  contracts.gazprom.dcq: {low: 6 mcm/d, mid: 8 mcm/d, high: 10 mcm/d}
  offtakes.demand_factor: {low: 0.9, high: 1.1}
design: latin_hypercube
samples: 64
seed: 3
"""
SEARCH = """\
title: A study
scenario: shah_deniz_long
break_even:
  path: offtakes.households.demand_factor
  low: 0.5
  high: 2
  tolerance: 0.01
  measure: unserved_gas
  above: 0 mcm
"""
LISTED = """\
title: A study
scenario: shah_deniz_long
list:
  - weather: normal
    contracts.gazprom.dcq: 6 mcm/d
  - weather: design
    contracts.gazprom.dcq: 8 mcm/d
"""


def refused(tmp_path, text):
    path, out = tmp_path / "broken.yaml", tmp_path / "out"
    path.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["sweep", str(path), "--out", str(out)])
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    assert not out.exists()
    return [line for line in result.output.splitlines() if line.startswith("error: ")]


def line_with(text, word):
    return next(k for k, line in enumerate(text.splitlines(), start=1) if word in line)


@pytest.mark.parametrize("text", [BASE, SAMPLED, SEARCH, LISTED, *BLOCKS], ids=lambda t: t.partition("\n")[0])
def test_every_base_and_every_example_of_the_chapter_resolves(text, tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    sweep = plan_sweep(read_study(str(path)))
    assert len(sweep.cases()) >= 1
    assert sweep.file.id == sweep.name == "study"


# base, old text, new text, word on the line that the message must name, words of the message
BROKEN = {
    "typo in a key": (BASE, "measure:", "mesure:", "mesure", ["unknown key", "`measure`"]),
    "typo in a key of an axis": (BASE, "steps: 3", "step: 3", "step: 3", ["step", "unknown key", "`steps`"]),
    "typo in a path": (BASE, "contracts.gazprom.dcq", "contract.gazprom.dcq", "contract.", ["`contracts`"]),
    "typo in a path without dots": (BASE, "  weather: [", "  wether: [", "wether", ["unknown path", "`weather`"]),
    "unknown asset": (BASE, "contracts.gazprom.dcq", "contracts.gasprom.dcq", "gasprom", ["unknown asset", "`gazprom`"]),
    "unknown field": (BASE, "contracts.gazprom.dcq", "contracts.gazprom.dqc", "dqc", ["no field 'dqc'", "`dcq`"]),
    "unknown event": (BASE, "Shah Deniz fails", "Shah Denis fails", "Shah Denis", ["no event named", "`Shah Deniz fails`"]),
    "unknown key of an event": (BASE, "fails.duration", "fails.duratoin", "duratoin", ["`duration`"]),
    "unknown rival": (BASE, "[none, half]", "[none, hafl]", "hafl", ["no rival 'hafl'", "`half`"]),
    "unknown weather": (BASE, "[normal, design]", "[normal, desing]", "desing", ["unknown 'desing'", "`design`"]),
    "unknown scenario": (BASE, "shah_deniz_long", "shah_denis_long", "shah_denis", ["scenario: unknown", "`shah_deniz_long`"]),
    "unknown variant": (BASE, "shah_deniz_long", "shah_deniz_long/cold", "/cold", ["no variant 'cold'", "cold_winter"]),
    "missing scenario file": (BASE, "shah_deniz_long", "nowhere.yaml", "nowhere", ["no such scenario file"]),
    "unknown foresight": (BASE, "foresight: foreseen", "foresight: all", "foresight", ["'all'", "foreseen, surprise"]),
    "unknown measure": (BASE, "unserved_gas", "unserved", "measure", ["'unserved'", "`unserved_gas`"]),
    "wrong unit": (BASE, "- 6 mcm/d", "- 6 mcm", "gazprom.dcq", ["'6 mcm' is a quantity of energy", "`6 mcm/d`"]),
    "unknown unit": (BASE, "- 6 mcm/d", "- 6 bananas", "gazprom.dcq", ["unknown unit 'bananas'", "`6 mcm/d`"]),
    "no unit": (BASE, "    - 6 mcm/d\n    - 10 mcm/d", "    - 6\n    - 10", "gazprom.dcq",
                ["6, 10 have no unit", "6 mcm/d, 10 mcm/d", "`contracts.gazprom.dcq [mcm/d]`"]),
    "no unit in a set": (BASE, "dcq: 0 mcm/d", "dcq: 0", "lng", ["has no unit"]),
    "two units": (BASE, "- 10 mcm/d", "- 100 GWh/d", "gazprom.dcq", ["`mcm/d` and `GWh/d`", "one unit"]),
    "unit twice": (BASE, "  contracts.gazprom.dcq:\n    - 6 mcm/d\n    - 10 mcm/d",
                   "  contracts.gazprom.dcq [mcm/d]: {values: [6], unit: GWh/d}", "gazprom.dcq", ["unit is given twice"]),
    "NaN": (BASE, "- 6 mcm/d", "- .nan", "gazprom.dcq", ["found nan"]),
    "infinite": (BASE, "- 6 mcm/d", "- .inf", "gazprom.dcq", ["found inf"]),
    "negative": (BASE, "- 6 mcm/d", "- -6 mcm/d", "-6 mcm/d", ["negative"]),
    "a value twice": (BASE, "- 10 mcm/d", "- 6.0 mcm/d", "gazprom.dcq", ["stands twice"]),
    "blank value": (BASE, "[normal, design]", "[normal, ~]", "weather: [", ["blank or missing"]),
    "empty axis": (BASE, "[normal, design]", "[]", "weather: [", ["empty", "{from, to, steps}"]),
    "single value": (BASE, "[normal, design]", "design", "weather: d", ["found 'design' alone", "write a list"]),
    "no form of an axis": (BASE, "steps: 3}", "}", "temperature_change", ["found from, to", "steps"]),
    "too many steps": (BASE, "steps: 3", "steps: 100000", "steps", ["found 100000", "at most 1000"]),
    "names that cannot be spaced": (BASE, "[normal, design]", "{from: normal, to: design, steps: 2}", "weather: {",
                                    ["names cannot be spaced evenly"]),
    "too warm for a unit": (BASE, "from: -4 degC", "from: -4 mcm", "temperature_change", ["temperature is needed"]),
    "half a day": (BASE, "30 days", "30.5 days", "duration", ["whole days"]),
    "no days at all": (BASE, "30 days", "0 days", "duration", ["at least a day"]),
    "outside the gas year": (BASE, "fails.duration: [30 days, 60 days]", "fails.start: [2029-01-01]", "start",
                             ["outside the gas year"]),
    "no date": (BASE, "fails.duration: [30 days, 60 days]", "fails.start: [2025-02-30]", "start", ["2026-01-31"]),
    "window of a choice": (BASE, "[normal, design]", "{values: [normal], start: 2025-01-01}", "weather: {",
                           ["leave them out"]),
    "window turned round": (BASE, "steps: 3}", "steps: 3, start: 2025-02-01, until: 2025-01-01}", "steps: 3",
                            ["swap the dates"]),
    "path set as well as key twice": (BASE, "  weather: [normal, design]", "  weather: [normal]\n  weather: [design]",
                                      "weather: [design]", ["`weather` stands twice"]),
    "path twice": (BASE, "  weather: [normal, design]", "  contracts.gazprom.dcq [mcm/d]: [7]", "vary:",
                   ["contracts.gazprom.dcq stands twice"]),
    "nothing varied": (BASE, BASE[BASE.index("vary:"):], "", "title", ["nothing is varied"]),
    "an id": (BASE, "title: A study", "title: A study\nid: mine", "id: mine", ["name of the file is the id"]),
    "samples of a grid": (BASE, "measure:", "samples: 4\nmeasure:", "samples", ["nothing is sampled"]),
    "too many cases": (BASE, "  weather.temperature_change: {from: -4 degC, to: 0 degC, steps: 3}",
                       "  weather.temperature_change: {from: -4 degC, to: 0 degC, steps: 200}\n"
                       "  offtakes.demand_factor: {from: 0.9, to: 1, steps: 500}", "vary:",
                       ["1,600,000 cases", "more than 100,000", "latin_hypercube"]),
    "low above high": (SAMPLED, "low: 0.9, high: 1.1", "low: 1.1, high: 0.9", "demand_factor", ["not below", "swap"]),
    "mid outside": (SAMPLED, "mid: 8 mcm/d", "mid: 12 mcm/d", "gazprom", ["mid 12 lies outside"]),
    "factor with a unit": (SAMPLED, "high: 1.1", "high: 110 %", "demand_factor", ["a factor has no unit"]),
    "a factor that is none": (SAMPLED, "high: 1.1", "high: 9", "demand_factor", ["from 0 to 5"]),
    "negative samples": (SAMPLED, "samples: 64", "samples: -64", "samples", ["found -64", "at least 2"]),
    "too many samples": (SAMPLED, "design: latin_hypercube\nsamples: 64", "sensitivity: sobol\nsamples: 65536", "samples",
                         ["262,144 cases", "more than 100,000"]),
    "no samples": (SAMPLED, "samples: 64\n", "", "title", ["samples is missing", "samples: 256"]),
    "samples of Sobol": (SAMPLED, "latin_hypercube\nsamples: 64", "sobol\nsamples: 100", "samples", ["64 or 128"]),
    "unknown design": (SAMPLED, "latin_hypercube", "latin_hypercup", "design", ["`latin_hypercube`"]),
    "range in a grid": (
        BASE, "steps: 3", "steps: 3}\n  offtakes.demand_factor: {low: 0.9, high: 1.1", "factor", ["is sampled"]),
    "design beside sensitivity": (SAMPLED, "seed: 3", "sensitivity: morris", "design", ["brings its own"]),
    "a negative seed": (SAMPLED, "seed: 3", "seed: -3", "seed", ["at least 0"]),
    "break-even upside down": (SEARCH, "high: 2", "high: 0.1", "low: 0.5", ["low 0.5 is not below high 0.1", "swap"]),
    "break-even without end": (SEARCH, "  high: 2\n", "", "break_even", ["high", "missing"]),
    "break-even of no number": (SEARCH, "offtakes.households.demand_factor", "weather", "path: weather", ["a number"]),
    "break-even of no path": (SEARCH, "households.demand_factor", "house.demand_factor", "path", ["`households`"]),
    "tolerance of zero": (SEARCH, "tolerance: 0.01", "tolerance: 0", "tolerance", ["more than 0"]),
    "limit without unit": (SEARCH, "above: 0 mcm", "above: 3", "above", ["no unit", "mcm"]),
    "limit in a wrong unit": (SEARCH, "above: 0 mcm", "above: 3 mcm/d", "above", ["energy is needed"]),
    "end that cannot be": (SEARCH, "high: 2", "high: 7", "high", ["from 0 to 5"]),
    "path varied and searched": (SEARCH, "break_even:", "vary: {offtakes.households.demand_factor: [1]}\nbreak_even:",
                                 "path", ["is varied as well"]),
    "uneven cases": (LISTED, "  - weather: design\n    con", "  - con", "list", ["case 2 lacks weather"]),
    "list and vary": (LISTED, "list:", "vary: {foresight: [foreseen]}\nlist:", "list", ["keep one"]),
    "unit missing in a case": (LISTED, "8 mcm/d", "8", "gazprom.dcq: 6", ["8 has no unit"]),
    "semicolons": (LISTED, "title: A study", "title; A study", "scenario", ["not valid YAML"]),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_one_mistake_gives_one_line(kind, tmp_path):
    base, old, new, word, words = BROKEN[kind]
    assert old in base
    text = base.replace(old, new, 1)
    problems = refused(tmp_path, text)
    assert len(problems) == 1, "\n".join(problems)
    if kind != "semicolons":
        assert f"broken.yaml:{line_with(text, word.strip())}:" in problems[0], problems[0]
    for expected in words:
        assert expected in problems[0], problems[0]


@pytest.mark.parametrize(
    ("text", "words"), [("", ["a study is a mapping"]), ("- a\n- b\n", ["a study is a mapping"]), ("a: [\n", ["YAML"])]
)
def test_files_that_are_no_study(text, words, tmp_path):
    (problem,) = refused(tmp_path, text)
    assert all(w in problem for w in words), problem


def test_a_study_that_is_not_there():
    for name, word in (("gazprom_dqc", "`gazprom_dcq`"), ("nowhere.yaml", "no such study file")):
        with pytest.raises(InputError, match=re.escape(word)) as error:
            read_study(name)
        assert len(error.value.problems) == 1


def test_all_mistakes_are_told_at_once(tmp_path):
    text = BASE
    for old, new in [("6 mcm/d", "6"), ("desing", ""), ("[none, half]", "[hafl]"), ("[normal, design]", "[desing]"),
                     ("60 days", "900 days"), ("from: -4 degC", "from: -4")]:  # fmt: skip
        text = text.replace(old, new, 1)
    problems = refused(tmp_path, text)
    assert len(problems) == 4, "\n".join(problems)
    for word in ("gazprom.dcq", "temperature_change", "weather: [", "rivals"):
        assert any(f"broken.yaml:{line_with(text, word)}:" in p for p in problems), word


def test_combinations_that_contradict_each_other_are_found_before_anything_is_solved(tmp_path):
    text = BASE.replace("fails.duration: [30 days, 60 days]", "fails.until: [2024-12-14]\n"
                        "  events.Shah Deniz fails.start: [2024-12-01, 2025-02-01]")  # fmt: skip
    (problem,) = refused(tmp_path, text)
    assert "until 2024-12-14 is before start 2025-02-01" in problem
    assert f"broken.yaml:{line_with(text, 'vary:')}:" in problem


def test_many_like_problems_are_counted(tmp_path):
    text = BASE.replace("[normal, design]", "[a1, a2, a3, a4, a5, a6, a7]")
    problems = refused(tmp_path, text)
    assert len(problems) == 6
    assert "and 2 more like these" in problems[-1]


def test_a_scenario_is_found_beside_its_study(tmp_path):
    (tmp_path / "mine.yaml").write_text("title: mine\nextends: baseline_2025_26\n")
    (tmp_path / "study.yaml").write_text("title: t\nscenario: mine.yaml\nvary: {weather: [normal]}\n")
    assert plan_sweep(read_study(str(tmp_path / "study.yaml"))).scenario.id == "mine"


def test_values_keep_number_and_unit_apart():
    assert read_values(["0 mcm/d", "6.5 MCM/d"], "rate") == ((0.0, 6.5), "mcm/d")
    assert read_values([0.0, 6.0], "rate", "mcm/d") == ((0.0, 6.0), "mcm/d")
    assert read_values(["40 %"], "share") == ((40.0,), "%")
    assert read_values([0.4], "share") == ((0.4,), "")
    assert read_values(["3 days"], "days") == ((3,), "days")
    assert read_values([True, "no"], "yes_no") == ((True, False), "")
    assert rounded(-0.0) == 0.0
    assert str(rounded(-1e-30)) == "-1e-30"
    assert rounded(1 / 3) == 0.333333


def test_the_schema_knows_every_key():
    schema = json.loads(sweep_schema())
    assert set(schema["properties"]) == set(StudyFile.model_fields) - {"id"}
    assert {"from", "to", "steps"} < set(schema["$defs"]["AxisSpec"]["properties"])
    result = CliRunner().invoke(main, ["schema", "--study"])
    assert json.loads(result.output) == schema
