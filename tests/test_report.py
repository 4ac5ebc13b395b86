"""The report: every sentence from numbers, one file that needs no network, the same bytes twice, wrong input refused."""

from __future__ import annotations

import json
import re
import shutil
import sys
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from shipped_runs import dataset, shipped

import energysim
from energysim import reporting
from energysim.cli import main
from energysim.cli.report import LANGUAGES as OFFERED
from energysim.errors import EnergysimError, InputError
from energysim.inputs.files import data_root
from energysim.outputs.report.blocks import grid
from energysim.outputs.report.guard import stated
from energysim.outputs.report.html import report_html
from energysim.outputs.report.material import Material
from energysim.outputs.report.titles import told_apart
from energysim.outputs.wording import MCM, headline
from energysim.results import Results
from energysim.words import LANGUAGES, missing, speaking

CUT, SPARED = "russian_loss_horgos", "shah_deniz_long"
BRIEF = ("description", "n_minus_1")
"""Chapters that take less than a second."""


class Page(HTMLParser):
    """The texts of a page by element, and every address it names."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, list[str]] = {}
        self.addresses: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.addresses += [v or "" for k, v in attrs if k in ("src", "href", "xlink:href", "srcset", "action")]

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open and data.strip():
            self.texts.setdefault(self.open[-1], []).append(data.strip())


def read(html: str) -> Page:
    page = Page()
    page.feed(html)
    return page


@cache
def material(*names: str, lang: str = "en", chapters: tuple[str, ...] = BRIEF) -> Material:
    with speaking(lang):
        runs = [shipped(n).results for n in names]
        return reporting.gather(runs, chapters=chapters, dataset=dataset(), command="energysim report")


@cache
def html(*names: str, lang: str = "en") -> str:
    with speaking(lang):
        return report_html(material(*names, lang=lang))


@pytest.mark.parametrize(
    "sentence",
    [
        "12.3 mcm go unserved on 1 Jan.",
        "From 3 to 5 mcm between 3 Jan and 4 Feb 2026.",
        "N−1 is 117 % (114–120) of demand, 19.0 mcm/d (18.5–19.4).",
        "3 of 5 levels are missed in 2024/25.",
        "Nedostaje 3,2 mil. m³ od 1. jan. do 3. feb.",
    ],
)
def test_the_guard_lets_sound_sentences_pass(sentence: str) -> None:
    assert stated(sentence) == sentence


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("Nobody is cut.", "without its number"),
        ("Unserved gas is 12.3.", "without its unit"),
        ("Unserved gas is 12.3 (5.1), 4 mcm.", "without its unit"),
        ("Unserved gas falls by 391; costs rise by 4 MEUR.", "without its unit"),
        ("11 mcm of Russian gas less; instead 7 of Hungarian gas.", "without its unit"),
    ],
)
def test_the_guard_refuses_the_others(sentence: str, fault: str) -> None:
    with pytest.raises(EnergysimError, match=fault):
        stated(sentence)


def test_numbers_in_quoted_titles_are_no_statement() -> None:
    assert stated("Scenario 6: 3 mcm are cut", ["Scenario 6"])
    with pytest.raises(EnergysimError):
        stated("Scenario 6: somebody is cut", ["Scenario 6"])


@pytest.mark.parametrize("name", ["3", "0", "2026", "0.5", "20", "3 mcm", "x", "12.5", "  "])
def test_no_name_of_the_inputs_stops_a_sound_sentence(name: str) -> None:
    sentence = f"{name}: 0.53 mcm go unserved on 20 Jan; the worst day has 3 mcm/d in 2026."
    assert stated(sentence, [name, "Plan 5"]) == sentence


def test_a_name_within_a_word_or_number_hides_nothing() -> None:
    with pytest.raises(EnergysimError, match="without its unit"):
        stated("Unserved gas is 12.3.", ["Un", "2"])


def test_runs_of_one_title_are_told_apart() -> None:
    plain, dry = shipped(CUT).results, energysim.run(CUT, settings={"contracts.socar.dcq": "0.3 mcm/d"})
    other = energysim.run(CUT, weather="2011/12")
    title = plain.title
    assert [r.title for r in told_apart([plain, shipped(SPARED).results])] == [title, shipped(SPARED).results.title]
    assert [r.title for r in told_apart([plain, dry])] == [
        f"{title}: as the scenario says",
        f"{title}: contracts.socar.dcq = 0.3 mcm/d",
    ]
    assert [r.title for r in told_apart([plain, other])] == [f"{title}: weather normal", f"{title}: weather 2011/12"]
    assert {r.title for r in told_apart([plain, plain])} == {f"{title}: run {plain.run_id}"}


def test_the_same_run_twice_is_refused(tmp_path: Path) -> None:
    folder = shipped(CUT).results.save(tmp_path / "run")
    told = CliRunner().invoke(main, ["report", str(folder), str(folder), "--out", str(tmp_path / "out")])
    assert told.exit_code == 2
    assert "the same run twice" in told.stderr
    assert not (tmp_path / "out").exists()


def test_compare_says_that_a_folder_is_no_scenario(tmp_path: Path) -> None:
    folder = shipped(CUT).results.save(tmp_path / "run")
    told = CliRunner().invoke(main, ["compare", SPARED, str(folder), "--out", str(tmp_path / "out")])
    assert told.exit_code == 2
    assert "`energysim report RUN RUN` compares runs" in told.stderr


def test_a_headline_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text('title: "Two\\nlines 3 "\nextends: baseline_2025_26\n', encoding="utf-8")
    assert energysim.read_scenario(str(file)).title == "Two lines 3"


def test_the_report_says_what_the_run_found() -> None:
    page = read(html(CUT))
    said = " ".join(page.texts["li"])
    assert headline(shipped(CUT).results, MCM) in said
    assert [h for h in page.texts["h2"] if h.startswith("Evidence")]
    assert "energysim run" in " ".join(page.texts["code"])
    for chart in ("supply", "storage", "curtailment", "resilience", "origins"):
        assert f'id="run-1-{chart}"' in html(CUT)


def test_it_is_one_file_that_names_nothing_outside_itself() -> None:
    for text in (html(CUT), html(SPARED, CUT)):
        assert [a for a in read(text).addresses if not a.startswith(("#", "data:"))] == []
        assert "default-src 'none'" in text
        assert re.findall(r"url\((?!#)(?!['\"]?data:)[^)]*\)", text.split("<script")[0]) == []


def test_it_is_the_same_bytes_every_time() -> None:
    again = reporting.gather([shipped(CUT).results], chapters=BRIEF, dataset=dataset(), command="energysim report")
    assert report_html(again) == html(CUT)


def test_every_id_stands_once() -> None:
    for text in (html(CUT), html(SPARED, CUT)):
        ids = re.findall(r'\bid="([^"]+)"', text.split('<script type="application/json" id="words">')[0])
        assert len(ids) == len(set(ids))


def test_several_runs_are_led_by_their_comparison() -> None:
    page = read(html(SPARED, CUT))
    headings = [h for h in page.texts["h2"] if h != "Contents"]
    assert headings.index("Comparison with the first scenario") == headings.index("Summary") + 1
    titles = [shipped(n).results.title for n in (SPARED, CUT)]
    assert [h for h in headings if h in titles] == titles
    assert any("Hardest of 2 scenarios" in s and titles[1] in s for s in page.texts["li"])


def test_systems_that_differ_by_events_alone_are_assessed_once() -> None:
    assert len(material("russian_loss_horgos", "russian_loss_alone").standards) == 1
    assert len(material(SPARED, CUT).standards) == 2


def test_four_scenarios_stay_below_8_mb() -> None:
    made = html(SPARED, CUT, "russian_loss_alone", "january_2009")
    assert len(made.encode()) < 8e6


def test_changing_a_data_row_changes_the_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(data_root() / "data", folder)
    table = folder / "contracts.csv"
    rows = table.read_text(encoding="utf-8").splitlines()
    changed = [re.sub(r",0\.82,", ",0.41,", r, count=1) if "lng_slot" in r else r for r in rows]
    assert sum(a != b for a, b in zip(rows, changed, strict=True)) == 1
    table.write_text("\n".join(changed) + "\n", encoding="utf-8")
    other = energysim.load_data(folder)
    result = energysim.run("russian_loss_alone", dataset=other)
    said = report_html(reporting.gather([result], chapters=("description",), dataset=other))
    before = headline(shipped("russian_loss_alone").results, MCM)
    assert headline(result, MCM) != before
    points = read(said).texts["li"]
    assert headline(result, MCM) in " ".join(points)
    assert before not in " ".join(points)
    assert "0.41 mcm/d" in " ".join(read(said).texts["td"])


def test_a_run_of_other_data_is_marked() -> None:
    result = shipped(SPARED).results
    old = Results(**{**vars(result), "manifest": {**result.manifest, "data_digest": "0" * 64}})
    found = reporting.gather([old], chapters=("description",), dataset=dataset())
    assert found.stale == (old.run_id,)
    assert "other data than the standards" in report_html(found)


def test_text_of_the_inputs_is_no_markup() -> None:
    scenario = energysim.read_scenario(SPARED).model_copy(update={"title": 'A <b>bold</b> & "quoted" </script> title'})
    made = report_html(
        reporting.gather([energysim.run(scenario, dataset=dataset())], chapters=("description",), dataset=dataset())
    )
    assert "<b>bold" not in made
    assert "A &lt;b&gt;bold&lt;/b&gt; &amp; " in made


def test_a_system_built_in_code_is_refused(small_system) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match="built in code"):
        energysim.report(energysim.solve(small_system()))


def test_a_manifest_that_lacks_something_is_named(tmp_path: Path) -> None:
    folder = shipped(SPARED).results.save(tmp_path / "run")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    del manifest["outcomes"]
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(InputError, match=r"manifest\.json: lacks outcomes"):
        Results.load(folder)


def test_a_negative_number_in_a_table_bears_a_minus_sign() -> None:
    found = grid("", ("what", "change"), [("a-b", "-1.5 mcm"), ("-x", "2")])
    assert found.rows == (("a-b", "−1.5 mcm"), ("-x", "2"))


@pytest.mark.parametrize("lang", [tag for tag in LANGUAGES if tag != "en"])
def test_in_serbian_nothing_is_left_in_english(lang: str) -> None:
    before = missing()
    made = html(CUT, lang=lang)
    assert f'<html lang="{ {"sr": "sr-Latn"}.get(lang, lang) }">' in made
    assert sorted(missing() - before) == []


def test_the_verb_offers_the_languages_there_are() -> None:
    assert list(OFFERED) == list(LANGUAGES)


def test_the_verb_writes_a_page(tmp_path: Path) -> None:
    folder = shipped(CUT).results.save(tmp_path / "run")
    told = CliRunner().invoke(main, ["report", str(folder), "--out", str(tmp_path / "out"), "--lang", "sr"])
    assert told.exit_code == 0, told.output
    (page,) = (tmp_path / "out").iterdir()
    assert page.name == "run.sr.html"  # a folder's own name: runs of one scenario do not overwrite each other's report
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_wrong_input_is_refused_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "manifest.json").write_text("{}")
    out = tmp_path / "out"
    told = CliRunner().invoke(main, ["report", str(tmp_path), str(broken), "shah_denis", "--out", str(out)])
    assert told.exit_code == 2
    errors = [line for line in told.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 3
    assert "manifest.json is missing" in told.stderr
    assert "no manifest of a run" in told.stderr
    assert "did you mean" in told.stderr
    assert "Traceback" not in told.stderr
    assert not out.exists()


def variant(**changes: Any) -> Results:
    """The run of SPARED with other words in its scenario."""
    result = shipped(SPARED).results
    return replace(result, manifest={**result.manifest, "scenario": {**result.manifest["scenario"], **changes}})


def test_runs_of_the_same_inputs_under_another_name_stand_side_by_side() -> None:
    again = variant(id="copy", title="Another name", sources=[])
    found = reporting.gather([shipped(SPARED).results, again], chapters=(), dataset=dataset())
    assert found.comparison is None
    found = reporting.gather([shipped(SPARED).results, again, shipped(CUT).results], chapters=(), dataset=dataset())
    assert found.compared == (2,)
    assert f"{shipped(CUT).results.title}, against the first scenario" in read(report_html(found)).texts["h3"]


@pytest.mark.parametrize("words", ['cut d="off"', "translate(1.2.3 4)", r"$\frac{1}$ of 2 $", "--> <script>x</script>"])
def test_titles_and_events_may_hold_any_words(words: str) -> None:
    events = [{**e, "name": words} for e in shipped(SPARED).results.manifest["scenario"]["events"]]
    made = report_html(reporting.gather([variant(title=words, events=events)], chapters=(), dataset=dataset()))
    assert words in read(made).texts["h1"]
    assert "<script>x" not in made


def test_the_command_of_a_report_from_python_makes_the_same_one() -> None:
    with speaking("sr"):
        found = reporting.gather([shipped(SPARED).results], unit="gwh", chapters=(), dataset=dataset())
    assert found.command == f"energysim report {SPARED} --lang sr --unit gwh"


def test_a_report_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="no runs given"):
        energysim.report([])
    with pytest.raises(InputError, match="unknown unit"):
        energysim.report(shipped(SPARED).results, unit="litres")


def test_without_weasyprint_a_pdf_is_refused_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    monkeypatch.delitem(sys.modules, "energysim.outputs.report.pdf", raising=False)
    out = tmp_path / "out"
    told = CliRunner().invoke(main, ["report", CUT, "--format", "pdf", "--out", str(out)])
    assert told.exit_code == 2
    assert told.stderr.splitlines() == [
        "error: WeasyPrint, which PDF needs, is not installed; `pip install 'energysim[pdf]'` brings it"
    ]
    assert not out.exists()
