"""A dossier made in Serbian: the same numbers, every word said, and no English but in the notes of data rows."""

from __future__ import annotations

import re
from functools import cache

import pytest
from rich.console import Console
from standards_subject import examined

from energysim import assess
from energysim.dossier import Chapter, Dossier, Figure, Table
from energysim.outputs.dossier.digits import in_unit, in_words
from energysim.outputs.dossier.headings import EVERYWHERE, HEADINGS, heading, month
from energysim.outputs.dossier.page import dossier_markdown, dossier_page
from energysim.outputs.dossier.text import cells, line, sentences
from energysim.outputs.report.guard import stated
from energysim.outputs.wording import GWH, MCM
from energysim.standards.ask import CHAPTERS
from energysim.standards.evidence.names import amount, asset_name, figure_name, span, whom
from energysim.standards.risk_group import joint_name, said_loss, said_names, with_them
from energysim.words import missing, speaking
from energysim.words.language import glossary
from energysim.words.lists import known, listed, weather_named, within

FIRST = ("description", "origin", "n_minus_1", "supply_standard")
"""The chapters that a report shows."""
ENGLISH = re.compile(
    r"\b(the|of|and|on|is|are|with|from|without|stores|demand|gas year|days|winter|supply|capacity|not)\b"
)


@cache
def made(scenario: str, language: str) -> tuple[Chapter, ...]:
    """The first chapters in a language, on the subject that all tests share."""
    with speaking(language):
        return tuple(CHAPTERS[name](examined(scenario)) for name in FIRST)


@pytest.fixture(scope="module", autouse=True)
def unsaid() -> frozenset[str]:
    """What other tests missed before anything here was said."""
    return missing()


@pytest.fixture(scope="module")
def dossier(unsaid: frozenset[str]) -> Dossier:
    with speaking("sr"):
        return assess("january_2009", chapters=FIRST)


def plain(chapters: tuple[Chapter, ...]) -> list[tuple[object, ...]]:
    """What must not hang on the language: ids, numbers, units, verdicts."""
    kept = (
        (f.id, f.value if not isinstance(f.value, str) or f.value[:2] == "20" else "", f.unit, f.verdict, f.low, f.high)
        for c in chapters
        for f in c.figures
    )
    return [tuple(-1.0 if v is None else v for v in row) for row in kept]


def test_figures_and_tables_hold_the_same_numbers_in_both_languages() -> None:
    english, serbian = made("russian_loss_alone", "en"), made("russian_loss_alone", "sr")
    assert plain(english) == plain(serbian)
    for one, other in zip(english, serbian, strict=True):
        assert one.title != other.title
        assert list(one.tables) == list(other.tables)
        for name, table in one.tables.items():
            assert list(table.frame.columns) == list(other.tables[name].frame.columns), "column names stay English"
            assert table.units == other.tables[name].units
            numbers = table.frame.select_dtypes("number")
            assert numbers.equals(other.tables[name].frame.select_dtypes("number")), name


def test_every_word_of_the_first_chapters_is_in_the_glossary(unsaid: frozenset[str], dossier: Dossier) -> None:
    with speaking("sr"):
        for unit in (MCM, GWH):
            assert dossier_markdown(dossier, unit)
            for chapter in made("russian_loss_alone", "sr"):
                assert sentences(chapter, unit) and [line(f, unit) for f in chapter.figures]
                assert [cells(t, unit, name) for name, t in chapter.tables.items()]
        Console(file=open("/dev/null", "w")).print(dossier_page(dossier, MCM, brief=True))  # noqa: SIM115
    assert missing() == unsaid


@pytest.mark.parametrize("language", ["sr", "sr-Cyrl"])
def test_no_english_word_is_left_on_the_page(language: str, dossier: Dossier) -> None:
    with speaking(language):
        shown = dossier if language == "sr" else assess("january_2009", chapters=FIRST[2:3])
        text = dossier_markdown(shown, MCM)
    text = re.sub(r"`[^`]*`|\b[\w/]+\.(csv|md)\b", "", text)
    assert not (found := ENGLISH.findall(text)), found
    assert "{" not in text and ".." not in text


@pytest.mark.parametrize("language", ["en", "sr"])
def test_every_number_of_a_sentence_has_its_unit(language: str) -> None:
    with speaking(language):
        told = [s for c in made("russian_loss_alone", language) for s in sentences(c, MCM) if re.search(r"\d", s)]
        assert len(told) > 6 and [stated(s) for s in told] == told


def test_the_standards_speak_serbian(dossier: Dossier) -> None:
    with speaking("sr"):
        text = dossier_markdown(dossier, MCM)
    assert "Uredba (EU) 2017/1938, Prilog II" in text
    assert "Standard N−1 nije ispunjen: bez najveće infrastrukture" in text
    assert re.search(r"Dmax, projektna potražnja[^|]*\| \d+,\d mil\. m³/dan", text)
    assert "GASTRANS" not in text or "GTCP" in text, "ids of sources stay"


def test_energies_in_sentences_are_put_in_the_readers_unit_and_language() -> None:
    assert in_words("203–211 GWh/d", GWH) == "203–211 GWh/d"
    with speaking("sr"):
        assert in_words("Deff = 10.55 GWh/d", GWH) == "Deff = 10,6 GWh/dan"
        assert in_words("Deff = 1,055.0 GWh/d", MCM) == "Deff = 100 mil. m³/dan"
        assert in_unit("kEUR per GWh/d", MCM) == ("hilj. EUR po mil. m³/dan", pytest.approx(10.55))
    assert in_unit("1", MCM) == ("1", 1.0)


def test_words_dates_and_counts_of_a_table() -> None:
    figures = [Figure("a", "A", 1.0, "d", "", "", "pass"), Figure("b", "B", 22.0, "d", "", ""), Figure("c", "C", 5.0, "points", "", ""),
               Figure("e", "E", "never", "", "", "", "fail"), Figure("f", "F", "2026-01-20", "", "", ""), Figure("g", "G", "3 od 5", "", "", "")]  # fmt: skip
    with speaking("sr"):
        lines = [line(f, MCM) for f in figures]
        assert [i.value for i in lines] == ["1 dan", "22 dana", "5 tačaka", "nikad", "20. 1. 2026.", "3 od 5"]
        assert [(i.verdict, i.key) for i in lines[:2]] == [("ispunjeno", "pass"), ("", "")]
        assert heading("n_minus_1_ladder", "at_30", {}) == "N−1, na 30 %"
        assert heading("storage_withdrawal", "at_30_percent", {}) == "na 30 %"
        assert month("2027-01") == "januar 2027."
        table = Table("t", made("russian_loss_alone", "en")[0].tables["consumption"].frame.head(1)[["protected"]])
        assert cells(table, MCM).rows == (("ne",),)
    assert [line(f, MCM).value for f in figures[:4]] == ["1 d", "22 d", "5 points", "never"]
    assert month("2027-01") == "2027-01"


def test_every_heading_has_a_row() -> None:
    words = {w for table in (*HEADINGS.values(), EVERYWHERE) for w in table.values()}
    assert not words - glossary().keys()


def test_names_of_what_fails_together() -> None:
    assert said_loss(joint_name("Russian pipeline gas", ["hungary"])) == "Russian pipeline gas, and Hungary with it"
    assert said_loss("nothing lost") == "nothing lost"
    with speaking("sr"):
        assert with_them("TurkStream", ["hungary"]) == "Turski tok, a uz to i Mađarska"
        assert said_loss("TurkStream, and Hungary with it") == "Turski tok, a uz to i Mađarska"
        assert said_names(examined("russian_loss_alone").system, "upstream.turkstream") == "Turski tok"


def test_names_of_figures_in_doubt() -> None:
    english = "Kireevo-Zajecar (rs side): capacity"
    assert figure_name(english) == english and figure_name("x of the data") == "x of the data"
    assert whom("operator of TurkStream") == "operator of TurkStream"
    assert span(0.0, 126.6, "GWh/d") == "0–126.6 GWh/d" and amount(63.3, "GWh/d") == "63.3 GWh/d"
    with speaking("sr"):
        assert figure_name(english) == "Kirevo–Zaječar (strana rs): kapacitet"
        assert asset_name("gazprom from 2026-10-01") == "gazprom od 1. 10. 2026."
        assert whom("operator of TurkStream") == "operator: Turski tok"
        assert span(0.9, 1.12, "1") == "0,9 … 1,12" and amount(1.1, "mcm/d") == "1,1"


def test_names_in_a_row() -> None:
    before = missing()
    assert listed(["A", "B", "C"]) == "A and B and C" and listed([]) == ""
    with speaking("sr"):
        assert listed(["A", "B"]) == "A i B"
        assert known("a name of nobody's") == "a name of nobody's" and known("TurkStream") == "Turski tok"
    with speaking("sr"):
        assert weather_named("normal, 2011/12, design").startswith("normalni, 2011/12, projektni")
    assert weather_named("normal, design") == "normal, design"
    for language, names in (
        ("en", "Russian pipeline gas"),
        ("sr", "ruski gas iz gasovoda"),
        ("sr-Cyrl", "руски гас из гасовода"),
    ):
        with speaking(language):
            assert within(known("Russian pipeline gas")) == names
            assert within(known("TurkStream"))[0].isupper(), "a proper name keeps its capital"
    assert missing() == before, "what the data say is not missed"
