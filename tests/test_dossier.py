"""A dossier keeps its tables whole, and its pages say each number with unit, formula and source."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from energysim.dossier import Chapter, Dossier, Figure, Table
from energysim.errors import InputError
from energysim.outputs.dossier import text as dossier_text
from energysim.outputs.dossier.page import SHOWN_ROWS, dossier_markdown, dossier_page
from energysim.outputs.wording import GWH, MCM

TERMS = pd.DataFrame(
    {"term": ["EP", "P|S"], "rate": [315.0, 5.275], "day": [date(2026, 1, 20), None], "assumed": [True, False]}
)


def dossier() -> Dossier:
    figures = (
        Figure("ratio", "Ratio", 116.284, "%", "a ÷ b", "Annex", "pass", 110.0, 121.5),
        Figure("peak", "Peak", 211.0, "GWh/d", "largest day", "own", "fail"),
        Figure("none", "Unknown", None, "d", "c", "own", note="no store here"),
        Figure("who", "Largest", "Horgos", "", "argmax", "own"),
    )
    table = Table("Terms", TERMS, {"rate": "GWh/d"}, "Annex II", "net of transit")
    chapter = Chapter("sample", "A sample", "3", figures, {"terms": table}, ("Daily steps.",))
    manifest = {"title": "T", "scenario": "s", "gas_year": "2025/26", "weather": "normal", "data_digest": "abcdef",
                "versions": {"energysim": "0"}}  # fmt: skip
    return Dossier((chapter,), manifest)


def printed(made: Dossier) -> str:
    console = Console(width=100, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(dossier_page(made))
    return console.export_text()


def test_tables_and_figures_are_saved_whole_and_alike(tmp_path: Path) -> None:
    first = dossier().save(tmp_path / "a", {"page.md": "x\n"})
    again = dossier().save(tmp_path / "a", {"page.md": "x\n"})
    second = dossier().save(tmp_path / "b", {"page.md": "x\n"})
    assert first == again
    assert sorted(p.name for p in first.iterdir()) == ["dossier.json", "figures.csv", "page.md", "terms.csv"]
    assert all((first / p.name).read_bytes() == p.read_bytes() for p in second.iterdir())
    figures = pd.read_csv(first / "figures.csv")
    assert list(figures["id"]) == ["ratio", "peak", "none", "who"]
    assert figures["value"].isna().tolist() == [False, False, True, False], "missing is never zero"
    assert json.loads((first / "dossier.json").read_text())["chapters"][0]["tables"]["terms"]["units"] == {
        "rate": "GWh/d"
    }


def test_a_dossier_is_read_back_as_it_was_saved(tmp_path: Path) -> None:
    made = dossier()
    odd = pd.DataFrame({"n": pd.array([1, None], dtype="Int64"), "k": [3, 4], "x": [0.5, float("nan")], "id": ["007", ""],
                        "day": [date(2026, 1, 20), None],
                        "said": ["1", None], "sure": pd.Series([True, None], dtype=object)})  # fmt: skip
    table = Table("Odd", odd, {"x": "GWh"}, shown=("n", "x"), names={"007": "Bond"}, on_page=False)
    (chapter,) = made.chapters
    made = replace(made, chapters=(replace(chapter, tables={**chapter.tables, "odd": table}),))
    read = Dossier.load(made.save(tmp_path / "d"))
    assert read.chapters[0].figures == made.chapters[0].figures, "numbers stay numbers, words words, none none"
    assert read.manifest == made.manifest
    pd.testing.assert_frame_equal(read.table("odd"), odd)
    assert read.table("terms")["assumed"].tolist() == [True, False]
    assert replace(read.tables["odd"], frame=odd) == replace(table, frame=odd)
    assert read.save(tmp_path / "again").joinpath("odd.csv").read_bytes() == (tmp_path / "d" / "odd.csv").read_bytes()
    with pytest.raises(InputError, match="no dossier here"):
        Dossier.load(tmp_path)
    (tmp_path / "d" / "odd.csv").unlink()
    with pytest.raises(InputError, match="cannot be read"):
        Dossier.load(tmp_path / "d")


def test_what_is_not_a_dossier_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep")
    with pytest.raises(InputError, match="is not a dossier"):
        dossier().save(tmp_path / "mine")
    assert [p.name for p in tmp_path.rglob("*")] == ["mine", "letter.txt"]


def test_figures_are_found_by_name() -> None:
    made = dossier()
    assert made["sample"].value("ratio") == 116.284
    assert made.table("terms") is TERMS
    with pytest.raises(InputError, match="no table 'term' in this dossier"):
        made.table("term")
    with pytest.raises(InputError, match="not a number"):
        made["sample"].value("who")


def test_page_says_value_unit_formula_and_source_within_100_columns() -> None:
    text = printed(dossier())
    for word in ("116 %", "110 … 122", "a ÷ b · Annex", "20 mcm/d", "pass", "fail", "no store here", "Horgos",
                 "[mcm/d]", "29.9", "2026-01-20", "source: Annex II", "Daily steps."):  # fmt: skip
        assert word in text, word
    assert max(len(row) for row in text.splitlines()) <= 100


def test_figures_stand_below_the_formula_and_source_they_share() -> None:
    made = dossier()
    alike = [Figure(f"f{k}", f"Share {k}", float(k), "%", "x ÷ y", "Annex II") for k in range(3)]
    rows = printed(replace(made, chapters=(replace(made.chapters[0], figures=tuple(alike), tables={}),))).splitlines()
    (start,) = [k for k, row in enumerate(rows) if "x ÷ y · Annex II" in row]
    assert [row.split()[:2] for row in rows[start + 1 : start + 4]] == [["Share", "0"], ["Share", "1"], ["Share", "2"]]


def test_the_reader_sees_names_and_one_unit() -> None:
    frame = pd.DataFrame(
        {"largest": ["horgos", "none"], "low": [10.55, 1.0], "unit": ["GWh", "EUR"], "west": [1.0, 2.0]}
    )
    names = {"horgos": "Horgoš", "west": "Western Serbia"}
    table = Table("t", frame, {"west": "kEUR per GWh/d"}, note="203–211 GWh/d", names=names)
    found = dossier_text.cells(table, MCM)
    assert found.headings == ("largest", "low", "unit", "Western Serbia [kEUR per mcm/d]")
    assert [row[:3] for row in found.rows] == [("Horgoš", "1", "mcm"), ("none", "1", "EUR")]
    assert found.foot == "19.2–20 mcm/d"
    assert dossier_text.cells(table, GWH).foot == "203–211 GWh/d"
    kept = dossier_text.line(Figure("f", "F", 1e-9, "1", "", "", note="Deff = 0.0 GWh/d; 1,055 GWh"), MCM)
    assert (kept.value, kept.note) == ("1e-09", "Deff = 0 mcm/d; 100 mcm")


def test_long_headings_and_words_are_not_folded() -> None:
    made = dossier()
    frame = pd.DataFrame({"name": ["Gospodjinci-Batajnica and Banat mains"] * 2, "a_b_c_d_e_f": [1.0, 2.0]}).assign(
        **{f"column_{k}": [float(k)] * 2 for k in range(8)}
    )
    text = printed(replace(made, chapters=(replace(made.chapters[0], tables={"terms": Table("Terms", frame)}),)))
    assert "Gospodjinci-Batajnica" in text
    assert max(len(row) for row in text.splitlines()) <= 100


def test_long_tables_end_with_the_name_of_the_file() -> None:
    made = dossier()
    rows = pd.concat([TERMS] * SHOWN_ROWS, ignore_index=True)
    long = replace(made.chapters[0], tables={"terms": Table("Terms", rows)})
    assert f"and {SHOWN_ROWS} more rows: terms.csv" in printed(replace(made, chapters=(long,)))
    assert dossier_markdown(replace(made, chapters=(long,))).count("| EP |") == SHOWN_ROWS


def test_markdown_holds_everything_and_keeps_its_columns() -> None:
    text = dossier_markdown(dossier(), GWH)
    assert "| Ratio | 116 % | 110 … 122 | pass | a ÷ b | Annex |  |" in text
    assert "| P\\|S | 5.3 | – | no |" in text
    widths = {row.replace("\\|", "").count("|") for row in text.splitlines() if row.startswith("| ") and "Ratio" in row}
    assert widths == {8}


@pytest.mark.parametrize(
    ("value", "said"),
    [(1733.6, "1,734"), (116.28, "116"), (38.27, "38.3"), (0.421, "0.42"), (0.0041, "0.004"), (0.0, "0"), (-0.00001, "0"),
     (float("nan"), "–"), (float("inf"), "no limit")],
)  # fmt: skip
def test_numbers_have_sensible_digits(value: float, said: str) -> None:
    assert dossier_text.digits(value) == said


def test_columns_share_their_places() -> None:
    table = Table("t", pd.DataFrame({"x": [1.0, 0.254, float("nan")], "y": [1500.2, 3.0, 1.0]}), {"x": "GWh"})
    found = dossier_text.cells(table, GWH)
    assert [row[0] for row in found.rows] == ["1.00", "0.25", "–"]
    assert [row[1] for row in found.rows] == ["1,500", "3", "1"]
    assert dossier_text.cells(table, MCM).headings == ("x [mcm]", "y")
