"""The report: every sentence from numbers, one file that needs no network, the same bytes twice, wrong input refused."""

from __future__ import annotations

import re
import shutil
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner
from shipped_runs import dataset, shipped

import energysim
from energysim import reporting
from energysim.cli import main
from energysim.cli.report import LANGUAGES as OFFERED
from energysim.errors import EnergysimError, InputError
from energysim.inputs.files import data_root
from energysim.outputs.report.guard import stated
from energysim.outputs.report.html import report_html
from energysim.outputs.report.material import Material
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
    headings = page.texts["h2"]
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
    assert page.name == f"{CUT}.sr.html"
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
