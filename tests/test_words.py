"""Every sentence has its Serbian: the glossary and the code agree, grammar and letters come out right."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from io import StringIO
from pathlib import Path
from string import Formatter

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from rich.console import Console
from shipped_runs import dataset, shipped

import energysim
from energysim.errors import InputError
from energysim.inputs.sweep_file import read_study, study_files
from energysim.outputs import findings, scenario_words, wording
from energysim.outputs.page import page
from energysim.outputs.wording import MCM
from energysim.words import (
    Term,
    cyrillic,
    day_month,
    decimals,
    full_date,
    iso_or_local,
    language,
    missing,
    month_name,
    month_year,
    say,
    speaking,
    spoken,
    table_day,
    term,
)
from energysim.words.cyrillic import DIGRAPHS, LETTERS, exceptions
from energysim.words.numerals import SHORT

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "energysim"
NAMED = (
    "contracts", "demand_classes", "events", "gas_sources", "nodes", "outage_rates", "pipelines", "places",
    "production", "projects", "sectors", "storage_accounts", "storage_sites", "upstream",
)  # fmt: skip
"""Tables whose rows have a name that an output may show."""
WORDS_OF_TABLES = {
    "gas_sources": ("country",), "contracts": ("supplier", "status"), "projects": ("effect", "status"),
    "storage_accounts": ("owner",),
}  # fmt: skip
"""Further columns whose words an output may show."""
IDS = {"storage_sites": "site"}
"""Ids that an output shows, for a limit that has no other name."""
TOLD = ("cold_spell_surprise", "eu_transit_ban", "shah_deniz_2025_announced", "balkan_stream_2021")
"""Scenarios whose sentences are read here: cuts and none, demand that rises, several pieces of news."""
ENGLISH = {"the", "of", "and", "on", "is", "are", "with", "from", "by", "at", "not", "for", "all", "year"}


# --- the code and the glossary -----------------------------------------------------------------------------------


@cache
def trees() -> dict[str, ast.Module]:
    """Syntax trees of the package by path."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return {str(p.relative_to(ROOT)): ast.parse(p.read_text(encoding="utf-8")) for p in paths}


@cache
def spoken_templates() -> dict[str, list[tuple[str, ast.Call]]]:
    """Literal first argument of each `say` and `term` -> where (file:line), and the call."""
    found: dict[str, list[tuple[str, ast.Call]]] = {}
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and _name(node.func) in ("say", "term"):
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.setdefault(first.value, []).append((f"{path}:{node.lineno}", node))
    return found


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def fields(template: str) -> dict[str, bool]:
    """Fields of a template -> whether a word has to agree with them, so that they are numbers."""
    found: dict[str, bool] = {}
    for _, name, _, _ in Formatter().parse(template):
        if name is not None:
            plain, bar, _ = name.partition("|")
            found[plain] = found.get(plain, False) or bool(bar)
    return found


@cache
def constants() -> frozenset[str]:
    """Every string that stands in the package."""
    nodes = [n for tree in trees().values() for n in ast.walk(tree) if isinstance(n, ast.Constant)]
    return frozenset(n.value for n in nodes if isinstance(n.value, str))


@cache
def data_names() -> frozenset[str]:
    """Names of the tables; abroad the part before the comma too, and a long-term supplier for its pieces."""
    names: set[str] = set()
    for table in NAMED:
        for row in dataset().tables[table].rows:
            said = [getattr(row, column, None) for column in ("name", IDS.get(table, ""))]
            said += [str(getattr(row, column) or "").replace("_", " ") for column in WORDS_OF_TABLES.get(table, ())]
            said += [str(said[0]).partition(",")[0]] if table == "upstream" and said[0] else []
            names |= {str(s) for s in said if s}
    return frozenset(names)


@cache
def territories() -> frozenset[str]:
    """Names and footnotes of the outlines that maps are drawn on."""
    outlines = json.loads((ROOT / "data" / "outlines.geojson").read_text(encoding="utf-8"))
    return frozenset(f["properties"][k] for f in outlines["features"] for k in ("name", "note")) - {""}


@cache
def scenario_names() -> frozenset[str]:
    """Titles, contexts and names of events of all scenarios and variants."""
    names: set[str] = set()
    for s in energysim.scenarios().values():
        events = [*s.events, *(e for v in s.variants.values() for e in v.events)]
        names |= {s.title, s.context, *(v.title for v in s.variants.values()), *(e.name for e in events)}
    return frozenset(names)


def test_every_template_of_the_code_stands_in_the_glossary() -> None:
    rows = language.glossary()
    lacking = [f"{at[0][0]}: {english!r}" for english, at in spoken_templates().items() if english not in rows]
    assert not lacking, "no row in energysim/words/sr for\n" + "\n".join(sorted(lacking))


@pytest.mark.parametrize(
    ("unwanted", "instead"),
    [
        (r"(?<!\w)klas[aeiou]m?a?\b", "kategorija"),
        (r"interventn|hitn\w+ pomoć", "hitna isporuka"),
        (r"vremensk\w+ prilik", "vremenski uslovi"),
        (r"ograničen\w+ (isporuk|potražnj)|isporuka \w*\s?ograničen", "obustava isporuke"),
        (r"\bzaliha (?!ma)(je|nije|od|kao|u)\b|[aei] zaliha$", "zalihe"),
        (r"suprotn\w+ navod|alternativni podat", "drugi izvor"),
        (r"zadovolj", "podmiriti"),
        ("“", "”"),
        (r"\}\.\.|(?<!·)  \w|\s[,.;:](?=\s|$)", "no doubled stop or blank"),
    ],
)
def test_one_thing_has_one_name(unwanted: str, instead: str) -> None:
    """The words of docs/serbian.md are used throughout."""
    found = [s for name in language.glossary().values() for s in (name, *name.cases.values())]
    assert len(found) > 1000
    wrong = [s[:100] for s in found if re.search(unwanted, s, re.IGNORECASE)]
    assert not wrong, f"{instead}: {wrong}"


def test_translations_use_the_fields_of_their_template() -> None:
    wrong = [
        f"{english!r}: {fields(english).keys() ^ fields(text).keys()}"
        for english, row in language.glossary().items()
        for text in (row, *row.cases.values())
        if fields(english).keys() != fields(text).keys()
    ]
    assert not wrong, "fields differ in\n" + "\n".join(wrong)


def test_every_call_fills_the_fields_of_its_template() -> None:
    wrong = []
    for english, places in spoken_templates().items():
        for where, call in places:
            given_names = {k.arg for k in call.keywords}
            if None not in given_names and given_names != fields(english).keys():
                wrong.append(f"{where}: {english!r} is called with {sorted(map(str, given_names))}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("tongue", ["en", "sr", "sr-Cyrl"])
def test_every_row_can_be_said(tongue: str) -> None:
    with speaking(tongue):
        for english, row in language.glossary().items():
            if not fields(english):
                assert not fields(row)
                continue
            numbers = {name for template in (english, row) for name, counts in fields(template).items() if counts}
            values = {name: 3 if name in numbers else Term("X") for name in fields(english)}
            said = say(english, **values)
            assert "{" not in said and "|" not in said, said
            assert "X" in said or not set(values) - numbers, said


def test_no_row_of_the_glossary_is_without_a_use() -> None:
    weather = {c.removeprefix("weather: ") for c in constants()}  # remarks are kept with what they are about
    studies = {read_study(name).title for name in study_files()}
    used = constants() | weather | set(SHORT) | data_names() | territories() | scenario_names() | studies
    unused = [english for english in language.glossary() if english not in used]
    assert not unused, "rows that nothing says:\n" + "\n".join(unused)


@pytest.mark.parametrize("names", [data_names, territories, scenario_names])
def test_names_of_data_maps_and_scenarios_are_translated(names: object) -> None:
    assert callable(names)
    lacking = sorted(names() - language.glossary().keys())
    assert not lacking, "no row in energysim/words/sr for\n" + "\n".join(lacking)


def test_translations_begin_and_end_as_their_template() -> None:
    def edges(text: str) -> tuple[str, str]:
        return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]

    for english, row in language.glossary().items():
        for text in (row, *row.cases.values()):
            assert text.strip() and edges(text) == edges(english), english


# --- letters -----------------------------------------------------------------------------------------------------

CYRILLIC = "".join(LETTERS.values()) + "".join(DIGRAPHS.values())
LATIN = {v: k for k, v in {**LETTERS, **DIGRAPHS}.items()}


def latin(text: str) -> str:
    """Cyrillic to Latin letters, as Serbian primers have it."""
    return "".join(LATIN[c] if c in LATIN else LATIN[c.lower()].capitalize() for c in text)


@given(st.text(CYRILLIC + CYRILLIC.upper(), min_size=2, max_size=12))
def test_cyrillic_survives_the_way_to_latin_and_back(word: str) -> None:
    assume(not re.search("лј|нј|дж", word.lower()))  # these pairs are what the list of exceptions is for
    there = latin(word)
    whole, beginnings = exceptions()
    assume(there not in whole and not any(there.lower().startswith(b) for b, _ in beginnings))
    assert cyrillic.cyrillic(there) == word


@pytest.mark.parametrize(
    ("latin_word", "written"),
    [
        ("injektiranje", "инјектирање"),
        ("Injektiranje", "Инјектирање"),
        ("konjunktura", "конјунктура"),
        ("nadživeti", "надживети"),
        ("Ljubljana", "Љубљана"),
        ("LJUBLJANA", "ЉУБЉАНА"),
        ("NJEGOŠ", "ЊЕГОШ"),
        ("Njegoš", "Његош"),
        ("Džep", "Џеп"),
        ("čekićđžš", "чекићђжш"),
        ("TTF", "TTF"),
        ("LNG-a", "LNG-а"),
        ("SOCAR", "SOCAR"),
        ("mil. m³/dan", "мил. m³/дан"),
        ("°C", "°C"),
        ("N−1", "N−1"),
        ("Azerbejdžan", "Азербејџан"),
    ],
)
def test_words_in_cyrillic(latin_word: str, written: str) -> None:
    assert cyrillic.cyrillic(latin_word) == written


def test_fields_code_and_files_are_not_transliterated() -> None:
    text = "dan {day} u data/{table}.csv i manifest.json: `energysim run`, https://example.org/put"
    assert (
        cyrillic.cyrillic(text)
        == "дан {day} у data/{table}.csv и manifest.json: `energysim run`, https://example.org/put"
    )
    assert cyrillic.cyrillic("{days} {days|dan|dana|dana}") == "{days} {days|дан|дана|дана}"
    with speaking("sr-Cyrl"):
        assert say("From store: {account}", account="Lj nj") == "Из складишта: Lj nj"


# --- grammar, numbers, dates -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "word"),
    [(0, "dana"), (1, "dan"), (2, "dana"), (5, "dana"), (11, "dana"), (21, "dan"), (101, "dan"), (111, "dana")],
)
def test_days_agree_with_their_number(count: int, word: str) -> None:
    with speaking("sr"):
        said = say("{days} days beyond the record take the normal winter", days=count)
        assert said.startswith(f"za {count} {word} van zabeleženog niza ")


@pytest.mark.parametrize(
    ("count", "form"),
    [
        (1, "one"),
        (2, "few"),
        (5, "many"),
        (11, "many"),
        (12, "many"),
        (21, "one"),
        (22, "few"),
        (25, "many"),
        (111, "many"),
        (-1, "one"),
        (1.9, "few"),
        (114, "many"),
        (1002, "few"),
    ],
)
def test_serbian_has_three_forms(count: float, form: str) -> None:
    assert language.agreeing(count, ["one", "few", "many"], "sr") == form
    assert language.agreeing(count, ["one", "other"], "en") == ("one" if abs(count) == 1 else "other")


def test_dates_and_numbers_in_serbian() -> None:
    day = date(2026, 3, 9)
    assert (day_month(day), table_day(day), decimals(1734.5, 1), month_name(3)) == (
        "9 Mar",
        "9 Mar",
        "1,734.5",
        "March",
    )
    with speaking("sr"):
        assert decimals(1734.5, 1) == "1.734,5"
        assert wording.number(0.425) == "0,42" and MCM.text(10.55 * 1234.5) == "1.234 mil. m³"
        assert day_month(day) == "9. marta" and day_month("2026-01-29") == "29. jan."
        assert full_date(day) == "9. marta 2026." and month_year(day) == "mart 2026."
        assert iso_or_local(day) == "9. 3. 2026." and table_day(day) == "9.3."
    with speaking("sr-Cyrl"):
        assert full_date(day) == "9. марта 2026." and day_month(day) == "9. марта"


def test_a_term_has_its_cases() -> None:
    with speaking("sr"):
        gas = term("Azerbaijani gas")
        assert f"{gas} {gas:genitive}" == "Azerbejdžanski gas azerbejdžanskog gasa"
        assert f"{gas:instrumental}" == gas, "a case that the glossary lacks is the nominative"
        assert say("{amount} of {source:genitive}", amount="3", source=gas) == "3 azerbejdžanskog gasa"
    assert say("{amount} of {source:genitive}", amount="3", source=term("Azerbaijani gas")) == "3 of Azerbaijani gas"


@pytest.mark.parametrize(
    ("table", "case"),
    [("gas_sources", "genitive"), ("nodes", "genitive"), ("nodes", "locative"), ("nodes", "accusative")],
)
def test_names_that_stand_inside_sentences_have_their_cases(table: str, case: str) -> None:
    glossary = language.glossary()
    lacking = [row.name for row in dataset().tables[table].rows if row.name and not glossary[row.name].cases.get(case)]  # type: ignore[attr-defined]
    assert not lacking


def test_languages() -> None:
    with pytest.raises(InputError, match="unknown language 'srp'; did you mean"), speaking("srp"):
        pass
    with speaking("sr"):
        assert spoken() == "sr"
    assert spoken() == "en"


def test_what_the_glossary_lacks_is_said_in_english_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_MISSING", set())
    with speaking("sr"):
        template = "nothing known of {asset}"
        assert say(template, asset="x") == "nothing known of x"
        assert missing() == {template}


# --- what a scenario and its run say ----------------------------------------------------------------------------


def test_titles_with_a_variant_and_remarks_are_said_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_MISSING", set())
    title = energysim.read_scenario("baseline_2026_27/design").title
    remarks = ["weather: normal (typical winter 2018/19)", "weather: 21 days beyond the record take the normal winter"]
    curve = "storage: the injection curve of tank is not concave; its lower concave minorant is used"
    assert scenario_words.said_title(title) == title and scenario_words.said_remark(curve) == curve
    assert scenario_words.said_weather(remarks) == "; ".join(r.removeprefix("weather: ") for r in remarks)
    with speaking("sr"):
        assert scenario_words.said_title(title).endswith("zna: zima kakva dolazi jednom u dvadeset godina")
        assert scenario_words.said_weather(remarks).startswith(
            "normalni (tipična zima 2018/19); za 21 dan van zabeleženog niza"
        )
        assert scenario_words.said_weather(["weather: 2011/12"]) == "2011/12"
        assert scenario_words.said_weather([]) == "prema zadatom"
        assert scenario_words.said_remark(curve).startswith("skladište: kriva utiskivanja tank")
        assert findings.foresight_words("surprise") == "predviđanje: iznenađenje (vesti se saznaju kad stignu)"
    assert not missing()


def sentences(result: energysim.Results) -> Iterator[str]:
    """Every sentence about a run."""
    yield wording.headline(result)
    yield wording.foresight_line(result)
    for finding in ("supply", "storage", "curtailment", "contracts", "duration", "entries"):
        yield getattr(findings, f"{finding}_finding")(result, MCM)
    yield findings.prices_finding(result)
    yield findings.resilience_finding(result)
    if result.manifest["replacements"]:
        yield findings.replacements_finding(result, MCM)
    yield findings.subtitle(result, "…")
    one = pd.DataFrame({"households": [2.0], "industry": [1.0]}, index=["russia"])
    yield findings.origins_finding(result, one, MCM)


@pytest.mark.parametrize("name", TOLD)
def test_runs_are_told_in_serbian(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_MISSING", set())
    result = shipped(name).results
    console = Console(file=StringIO(), width=100)
    with speaking("sr"):
        said = [*sentences(result), findings.foot(result)]
        console.print(page(replace(result, manifest={**result.manifest, "estimates": []})))
        said.append(console.file.getvalue())  # type: ignore[attr-defined]
    assert not missing()
    for text in said:
        assert "{" not in text and "nan" not in text.split(), text
        assert not ENGLISH & set(re.findall(r"[\w’']+", text)), text
    with speaking("sr-Cyrl"):
        letters = {w for text in sentences(result) for w in re.findall(r"[A-Za-zčćđšž]{2,}", text)}
    assert letters <= exceptions()[0].keys(), "left in Latin letters"
    assert not missing()


def test_cold_is_told_as_demand_not_as_gas_that_fails() -> None:
    result = shipped("cold_spell_surprise").results
    assert re.search(
        r"2 Feb to 15 Feb: [\d.]+ mcm more demand; met by [\d.]+ mcm of gas from stores, ", wording.headline(result)
    )
    assert re.match(r"[\d.]+ mcm more are demanded; the largest", findings.replacements_finding(result, MCM))
