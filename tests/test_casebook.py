"""The casebook: what is written stays readable, in the study's order, with the same bytes however it came."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from fake_studies import Squares

import energysim
from energysim.casebook import Casebook
from energysim.cli import main
from energysim.errors import InputError
from energysim.studies.campaign import carry_out

STUDY = {"name": "toy", "digest": "d1", "units": {"cut": "GWh"}, "command": "energysim toy"}
LABELS = {f"k{n}": {"asset": "абв"[n % 3], "days": n} for n in range(6)}


def rows(keys: Sequence[str] = tuple(LABELS), **found: Any) -> list[dict[str, Any]]:
    return [{"key": k, **LABELS[k], "cut": n / 4, "worst": n, **found} for n, k in enumerate(LABELS) if k in keys]


def book(folder: Path, study: dict[str, Any] = STUDY) -> Casebook:
    made = Casebook.create(folder, study)
    made.plan(LABELS)
    return made


def files(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in ("cases.parquet", "cases.csv", "plan.parquet")}


def test_rows_come_back_in_the_studys_order(tmp_path: Path) -> None:
    made = book(tmp_path / "s")
    made.append(rows()[3:])
    made.append(rows()[:2])
    frame = energysim.read_study(tmp_path / "s").cases
    assert list(frame.columns) == ["key", "asset", "days", "cut", "worst"]
    assert list(frame["key"]) == ["k0", "k1", "k3", "k4", "k5"]
    assert frame["cut"].tolist() == [0.0, 0.25, 0.75, 1.0, 1.25]
    assert made.count() == 5


def test_the_same_rows_give_the_same_bytes_whatever_parts_they_came_in(tmp_path: Path) -> None:
    """Whole numbers, numbers, text and nothing, so that parts are of different kinds."""
    mixed = [0, 0.5, None, 3, "much", 5.0]
    all_rows = [{**r, "mixed": m, "half": m if n < 4 else None} for n, (r, m) in enumerate(zip(rows(), mixed, strict=True))]  # fmt: skip
    found, sums = [], set()
    for n, (cut, backwards) in enumerate(itertools.product((1, 2, 4, 6), (False, True))):
        made = book(tmp_path / str(n))
        parts = [all_rows[k : k + cut] for k in range(0, 6, cut)]
        for part in reversed(parts) if backwards else parts:
            made.append(part)
        sums.add(made.checksum())
        made.compact()
        assert len(list((made.folder / "cases").iterdir())) == 1
        sums.add(made.checksum())
        found.append(files(made.folder))
    assert all(f == found[0] for f in found)
    assert len(sums) == 1
    assert made.cases["mixed"].tolist()[3:] == ["3", "much", "5"]
    assert made.cases["half"].tolist()[:2] == [0.0, 0.5]


def test_what_a_killed_process_leaves_is_ignored_and_cleaned_up(tmp_path: Path) -> None:
    made = book(tmp_path / "s")
    made.append(rows()[:2])
    torn = [tmp_path / "s" / name for name in (".writing-1-study.json", "cases/.writing-7-part-ab.parquet")]
    for path in torn:
        path.write_bytes(b"PAR1 half of a fi")
    assert len(Casebook.open(tmp_path / "s").cases) == 2
    assert len(book(tmp_path / "s").cases) == 2
    assert not any(p.exists() for p in torn)


def test_a_row_written_twice_counts_once(tmp_path: Path) -> None:
    made = book(tmp_path / "s")
    made.append(rows()[:3])
    made.append(rows()[1:4])
    assert list(made.cases["key"]) == ["k0", "k1", "k2", "k3"]


def test_rows_of_other_inputs_stay_and_are_not_shown(tmp_path: Path) -> None:
    made = book(tmp_path / "s")
    made.append([{"key": "old", "asset": 1, "other": "x", "cut": "y"}])
    made.append(rows())
    made.compact()
    assert list(made.cases.columns) == ["key", "asset", "days", "cut", "worst"]
    assert made.cases["cut"].dtype == float
    assert "old" in made.keys()  # noqa: SIM118


def test_failures_are_kept_until_the_case_succeeds(tmp_path: Path) -> None:
    made = book(tmp_path / "s")
    assert list(made.failures.columns) == ["key", "asset", "days", "error"]
    made.append_failures([{"key": k, **LABELS[k], "error": "no plan"} for k in ("k1", "k2")])
    made.append(rows(["k2"]))
    assert made.failures[["key", "error"]].to_numpy().tolist() == [["k1", "no plan"]]


def test_no_time_of_day_in_a_study(tmp_path: Path) -> None:
    for name in ("a", "b"):
        book(tmp_path / name).append(rows())
    assert (tmp_path / "a/study.json").read_bytes() == (tmp_path / "b/study.json").read_bytes()
    assert [p.name for p in (tmp_path / "a/cases").iterdir()] == [p.name for p in (tmp_path / "b/cases").iterdir()]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("notes.txt", "mine", "is not a study"),
        ("study.json", "{", "cannot be read .* delete it and run the study again: the rows are kept"),
        ("study.json", '{"format": 99, "name": "toy"}', "not a study of format"),
        ("study.json", "[]", "not a study of format"),
        ("study.json", json.dumps({"format": 1, "name": "atlas"}), "holds a study `atlas`, not `toy`"),
    ],
)
def test_a_folder_that_is_something_else_is_refused(tmp_path: Path, name: str, content: str, says: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=says):
        Casebook.create(tmp_path, STUDY)
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_damaged_part_is_named(tmp_path: Path) -> None:
    """Also where a single bit differs, which Parquet itself would not notice."""
    made = book(tmp_path / "s")
    made.append(rows())
    (part,) = (tmp_path / "s" / "cases").iterdir()
    whole = part.read_bytes()
    for content in (whole[:100], b"", *(flipped(whole, place) for place in range(0, len(whole), 50))):
        part.write_bytes(content)
        with pytest.raises(InputError, match=f"{part.name}: damaged; delete it"):
            _ = made.cases


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts threads in /proc")
def test_reading_starts_no_thread(tmp_path: Path) -> None:
    """A thread that Arrow keeps makes one programme in a hundred abort when it ends, rows read or not."""
    book(tmp_path / "s").append(rows())
    code = (
        "import os, sys; from energysim.casebook import Casebook; before = len(os.listdir('/proc/self/task')); "
        "Casebook.open(sys.argv[1]).cases; print(len(os.listdir('/proc/self/task')) - before)"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "s"], capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"


def test_a_plan_without_keys_is_damaged(tmp_path: Path) -> None:
    book(tmp_path / "s")
    pd.DataFrame({"asset": ["а"]}).to_parquet(tmp_path / "s/plan.parquet")
    with pytest.raises(InputError, match=r"plan\.parquet: damaged"):
        _ = Casebook.open(tmp_path / "s").cases


def test_what_cannot_be_read_now_is_not_called_damaged(tmp_path: Path) -> None:
    made = book(tmp_path / "s")
    (tmp_path / "s/cases/part-0.parquet").mkdir()
    with pytest.raises(IsADirectoryError):
        _ = made.cases


def test_a_lost_study_json_costs_no_row(tmp_path: Path) -> None:
    book(tmp_path / "s").append(rows())
    (tmp_path / "s/study.json").unlink()
    assert len(book(tmp_path / "s").cases) == 6


def test_files_of_all_rows_are_those_of_the_plan(tmp_path: Path) -> None:
    made = book(tmp_path / "s")
    made.append(rows())
    made.compact()
    made.plan(LABELS)
    assert (tmp_path / "s/cases.csv").exists()
    made.plan({"k9": {"asset": "г", "days": 9}})
    assert not (tmp_path / "s/cases.csv").exists()
    assert not (tmp_path / "s/cases.parquet").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no such locks there")
def test_two_do_not_write_at_once(tmp_path: Path) -> None:
    made = book(tmp_path / "s")
    with made.alone(), pytest.raises(InputError, match="another process is writing here"):
        book(tmp_path / "s")
    book(tmp_path / "s")


def test_a_command_that_is_no_text_can_be_kept(tmp_path: Path) -> None:
    said = {**STUDY, "command": "energysim toy --out \udcff"}
    assert book(tmp_path / "s", said).study["command"] == said["command"]


def test_polars_is_asked_for_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(InputError, match="polars is not installed"):
        book(tmp_path / "s").to_polars()


# --- query ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def squares(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("studies") / "squares"
    carry_out(Squares(60, fails=(3,)), folder, workers=1)
    return folder


def ask(*arguments: str | Path) -> Any:
    pytest.importorskip("duckdb")
    return CliRunner().invoke(main, ["query", *map(str, arguments)])


def test_a_query_prints_a_table_with_units(squares: Path) -> None:
    told = ask(squares, "select word, max(square) as square, count(*) as n from cases group by word order by 1")
    assert told.exit_code == 0, told.output
    assert [line.split() for line in told.output.splitlines()[1:3]] == [["square"], ["word", "GWh", "n"]]
    assert "3,249" in told.output
    assert "3 rows" in told.output
    failed = ask(squares, "select number, error from failures", "--csv")
    assert failed.output == "number,error\n3,no square of 3\n"
    assert json.loads(ask(squares, "select count(*) as n from cases", "--json").output) == [{"n": 59}]
    assert "the first 40 are shown" in ask(squares, "from cases").output


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("selct", "syntax error"),
        ("", "must be one SELECT"),
        ("select asset from cases", "there is cases: key, number, word"),
        ("select * from studies", "failures: key, number, word, error"),
        ("select 1; drop table cases", "must be one SELECT"),
        ("drop table cases", "must be one SELECT"),
        ("copy cases to 'EVIL'", "must be one SELECT"),
        ("attach 'EVIL'", "must be one SELECT"),
        ("set enable_external_access = true", "must be one SELECT"),
        ("install httpfs", "must be one SELECT"),
        ("select * from read_csv('SECRET')", "disabled by configuration"),
        ("select * from read_text('SECRET')", "disabled by configuration"),
        ("select * from glob('SECRET*')", "disabled by configuration"),
        ("select * from 'SECRET'", "disabled by configuration"),
        ("select * from tables", "does not exist"),
    ],
)
def test_a_hostile_query_is_one_line_and_touches_nothing(squares: Path, tmp_path: Path, sql: str, says: str) -> None:
    (tmp_path / "secret.csv").write_text("word\nsecret\n")
    sql = sql.replace("SECRET", str(tmp_path / "secret.csv")).replace("EVIL", str(tmp_path / "evil"))
    told = ask(squares, sql)
    assert told.exit_code == 2, told.output
    assert len(told.output.splitlines()) == 1
    assert told.output.startswith("error: ")
    assert says in told.output
    assert [p.name for p in tmp_path.iterdir()] == ["secret.csv"]


def test_a_query_needs_a_study_and_the_extra(squares: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = ask(tmp_path, "select 1")
    assert (told.exit_code, told.output.count("\n")) == (2, 1)
    assert "no study here" in told.output
    monkeypatch.setitem(sys.modules, "duckdb", None)
    monkeypatch.delitem(sys.modules, "energysim.query")
    told = ask_without_extra(squares)
    assert (told.exit_code, told.output) == (2, "error: DuckDB is not installed; `pip install 'energysim[query]'` brings it\n")  # fmt: skip


def ask_without_extra(folder: Path) -> Any:
    return CliRunner().invoke(main, ["query", str(folder), "select 1"])


def test_text_from_a_study_cannot_drive_the_terminal(squares: Path) -> None:
    told = ask(squares, "select 'a' || chr(27) || '[31m' as x, '[red]b' as y, null as z, 0.1 + 0.2 as w")
    assert "\x1b" not in told.output
    assert "[red]b" in told.output
    assert "0.3 " in told.output
    assert isinstance(energysim.read_study(squares).cases, pd.DataFrame)
