"""The whole set: from Python, on the command line, with wrong input, and the same bytes every time."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from standards_subject import examined

import energysim
from energysim.cli import main
from energysim.cli.standards import CHAPTERS as ON_THE_COMMAND_LINE
from energysim.outputs.dossier.headings import HEADINGS
from energysim.outputs.dossier.page import dossier_markdown, dossier_page
from energysim.outputs.dossier.text import FINDINGS, cells, line
from energysim.outputs.wording import MCM
from energysim.standards import ask
from energysim.standards.ask import CHAPTERS, assess


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), catch_exceptions=False)


def test_every_chapter_has_its_sentences_and_its_place_on_the_command_line() -> None:
    assert list(CHAPTERS) == list(ON_THE_COMMAND_LINE)
    assert {*CHAPTERS, "compare"} == set(FINDINGS)


@pytest.mark.parametrize("name", ["description", "origin", "n_minus_1", "supply_standard", "value"])
def test_every_figure_says_formula_and_source(name: str) -> None:
    chapter = CHAPTERS[name](examined("baseline_2025_26"))
    assert chapter.id == name
    ids = [f.id for f in chapter.figures]
    assert len(ids) == len(set(ids))
    for figure in chapter.figures:
        assert figure.name and figure.formula and figure.source, figure.id
        assert figure.value is not None or figure.note, f"{figure.id} has no value and does not say why"
        if figure.low is not None and figure.high is not None and isinstance(figure.value, float):
            assert figure.low - 1e-9 <= figure.value <= figure.high + 1e-9, figure.id
        assert "GWh" not in line(figure, MCM).note, "the page has one unit of energy"
    for title, table in chapter.tables.items():
        if table.on_page:
            found = cells(table, MCM, title)
            assert not [h for h in found.headings if "_" in h or "GWh" in h], title
            assert not [c for row in found.rows for c in row if "_" in c and " " not in c and ";" not in c], title
            assert set(HEADINGS.get(title, {})) <= set(table.frame.columns), title


def test_n1_prints_and_saves_the_same_bytes_twice(tmp_path: Path) -> None:
    first = run("n1", "--year", "2025/26", "--out", str(tmp_path / "a"))
    assert first.exit_code == 0, first.output
    assert "A country can pass N−1 and still be short" in first.output.replace("\n", " ")
    assert (
        max(len(row) for row in first.output.splitlines() if "energysim" not in row and "tables and charts:" not in row)
        <= 100
    )
    run("n1", "--year", "2025/26", "--out", str(tmp_path / "b"))
    (made,) = (tmp_path / "a").iterdir()
    assert made.name == "baseline_2025_26-n1"
    files = sorted(p.name for p in made.iterdir())
    assert {"dossier.json", "figures.csv", "ladder.png", "n1.md", "n_minus_1_ladder.csv", "n_minus_1_terms.csv"} <= set(
        files
    )
    for name in files:
        assert (made / name).read_bytes() == (tmp_path / "b" / made.name / name).read_bytes(), name
    figures = pd.read_csv(made / "figures.csv").set_index("id")
    by_hand = examined("baseline_2025_26")
    assert float(figures.loc["n_minus_1_full", "value"]) == pytest.approx(
        CHAPTERS["n_minus_1"](by_hand).value("n_minus_1_full"), abs=1e-4
    )


def test_json_is_one_list_of_figures(tmp_path: Path) -> None:
    done = run("standards", "baseline_2025_26", "--chapter", "description", "--out", str(tmp_path), "--json")
    figures = json.loads(done.stdout)
    assert {"id", "value", "unit", "formula", "source"} <= set(figures[0])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("n1", "baseline_2025_26", "--year", "2025/26"), "has its own gas year; leave one of them out"),
        (("n1", "--year", "2019/20"), "no baseline of that gas year; expected one of 2021/22"),
        (("n1", "baselin_2025_26"), "did you mean `baseline_2025_26`"),
        (("value", "baseline_2025_26", "--set", "contracts.gazprom.dcq"), "write PATH=VALUE"),
        (("endurance", "baseline_2025_26", "--set", "contracts.gazprom.dcq=6"), "has no unit"),
        (("standards", "--weather", "2012/14"), "unknown '2012/14'"),
        (("n1", ""), "SCENARIO is empty; leave it out for baseline_2026_27"),
    ],
)
def test_wrong_input_is_one_line_and_writes_nothing(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = run(*words, "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert said in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_something_else_is_refused_before_anything_is_solved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("energysim.standards.ask.assess", lambda *_, **__: pytest.fail("solved in vain"))
    letter = tmp_path / "baseline_2025_26-n1" / "letter.txt"
    letter.parent.mkdir()
    letter.write_text("keep")
    done = run("n1", "baseline_2025_26", "--out", str(tmp_path))
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "exists and is not a dossier" in done.stderr
    assert [p.name for p in tmp_path.rglob("*")] == ["baseline_2025_26-n1", "letter.txt"]


def test_what_is_asked_otherwise_replaces_nothing_and_says_so(tmp_path: Path) -> None:
    words = ("standards", "baseline_2025_26", "--chapter", "description", "--out", str(tmp_path))
    for more in ((), ("--set", "contracts.gazprom.dcq=6 mcm/d")):
        assert run(*words, *more).exit_code == 0
    plain, changed = sorted(tmp_path.iterdir(), key=lambda p: "--set" in (p / "standards.md").read_text())
    assert plain.name != changed.name
    command = "energysim standards baseline_2025_26 --set 'contracts.gazprom.dcq=6 mcm/d' --chapter description"
    assert f"Made by `{command}`" in (changed / "standards.md").read_text()


def test_wrong_chapter_names_the_nearest() -> None:
    with pytest.raises(energysim.InputError, match=r"unknown chapter 'n_minus'.*n_minus_1"):
        assess("baseline_2025_26", ["n_minus"])


def test_public_call_gives_frames_and_pages() -> None:
    dossier = energysim.assess("baseline_2025_26", ["description"], settings={"contracts.gazprom.dcq": "0 mcm/d"})
    assert set(dossier.figures["chapter"]) == {"description"}
    assert "Russian" not in dossier.table("import_sources").query("share > 50")["source"].to_list()
    assert "| indicator | value |" in dossier_markdown(dossier)
    assert dossier_page(dossier).renderables


def test_a_country_without_demand_is_refused() -> None:
    with pytest.raises(energysim.InputError, match="nobody in the country demands gas"):
        assess("baseline_2025_26", settings={"offtakes.demand_factor": "0"})


def test_a_chapter_without_ground_says_why_and_spares_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def groundless(_: object) -> None:
        raise energysim.InputError("no winter in the horizon")

    monkeypatch.setitem(ask.CHAPTERS, "n_minus_1", groundless)
    dossier = assess("baseline_2025_26", ["description", "n_minus_1"])
    assert dossier["n_minus_1"].notes == ("not computed: no winter in the horizon",)
    assert "not computed: no winter in the horizon" in dossier_markdown(dossier)
    with pytest.raises(energysim.InputError, match="no winter in the horizon"):
        assess("baseline_2025_26", ["n_minus_1"])
