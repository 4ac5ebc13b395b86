"""Campaigns: nothing computed twice, nothing lost, and no row tells who made it, where or when."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from fake_studies import Doubtful, Outages, Squares
from fake_verb import squares

from energysim.casebook import Casebook, read_study
from energysim.errors import EnergysimError, InputError
from energysim.studies import pool
from energysim.studies.campaign import Report, carry_out
from energysim.studies.study import Case, Study

VERB = Path(__file__).with_name("fake_verb.py")


def solved(log: Path) -> Counter[int]:
    """Number -> how often it was computed."""
    return Counter(int(line.split()[0]) for line in log.read_text().splitlines()) if log.exists() else Counter()


def files(folder: Path) -> tuple[bytes, bytes]:
    return (folder / "cases.parquet").read_bytes(), (folder / "cases.csv").read_bytes()


# --- what is kept ---------------------------------------------------------------------------------------------------


def test_what_is_there_is_not_computed_again(tmp_path: Path) -> None:
    study, folder = Squares(10, log=str(tmp_path / "log")), tmp_path / "s"
    first = carry_out(study, folder, study.cases()[:4], workers=1)
    assert (first.asked, first.found, first.solved, first.aside) == (4, 0, 4, 0)
    told: list[tuple[int, int, int]] = []
    second = carry_out(study, folder, workers=1, progress=lambda *counts: told.append(counts))
    assert (second.asked, second.found, second.solved) == (10, 4, 6)
    assert told == [(done, 10, 0) for done in range(4, 11)]
    assert solved(tmp_path / "log") == Counter(range(10))
    third = carry_out(study, folder, study.cases()[:3], workers=1)
    assert (third.found, third.solved, third.aside) == (3, 0, 7)
    assert len(read_study(folder).cases) == 3


def test_other_inputs_are_other_rows(tmp_path: Path) -> None:
    carry_out(Squares(5), tmp_path, workers=1)
    report = carry_out(replace(Squares(5), digest="squares-2"), tmp_path, workers=1)
    assert (report.solved, report.aside) == (5, 5)
    assert carry_out(Squares(5), tmp_path, workers=1).found == 5


def test_a_failure_is_kept_and_tried_again(tmp_path: Path) -> None:
    log = tmp_path / "log"
    report = carry_out(Squares(8, log=str(log), fails=(2,), breaks=(5,)), tmp_path / "s", workers=1)
    assert (report.solved, report.failed) == (6, 2)
    failures = read_study(tmp_path / "s").failures
    assert failures["error"].tolist() == ["no square of 2", "ZeroDivisionError: a mistake"]
    report = carry_out(Squares(8, log=str(log)), tmp_path / "s", workers=1)
    assert (report.found, report.solved, report.failed) == (6, 2, 0)
    assert read_study(tmp_path / "s").failures.empty
    assert solved(log) == Counter(range(8)) + Counter([2, 5])


def test_a_study_that_cannot_be_prepared_ends_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        carry_out(Squares(digest="unsound"), tmp_path, workers=1)
    assert raised.value.problems == ("first problem", "second problem")


def test_one_case_in_a_hundred_is_solved_again_from_a_cold_start(tmp_path: Path) -> None:
    assert carry_out(Doubtful(300), tmp_path / "sound", workers=1).rechecked in range(1, 12)
    report = carry_out(Doubtful(300, off=0.01), tmp_path / "off", workers=1)
    assert report.failed == report.rechecked > 0
    errors = read_study(tmp_path / "off").failures["error"]
    assert errors.str.contains("from a cold start; this row is not kept").all()
    assert carry_out(Doubtful(3), tmp_path / "few", workers=1).rechecked == 1


# --- who made it ----------------------------------------------------------------------------------------------------


def shuffled(study: Study) -> Sequence[Case]:
    cases = list(study.cases())
    random.Random(1).shuffle(cases)
    return cases


@pytest.mark.parametrize("study", [Squares(60), Outages()], ids=lambda s: s.name)
def test_rows_do_not_depend_on_order_or_workers(tmp_path: Path, study: Study) -> None:
    for name, workers, first in (("a", 1, study.cases()), ("b", 1, shuffled(study)), ("c", 2, shuffled(study)[:7])):
        carry_out(study, tmp_path / name, first, workers=workers)
        carry_out(study, tmp_path / name, workers=workers)
    assert files(tmp_path / "a") == files(tmp_path / "b") == files(tmp_path / "c")
    assert len({read_study(tmp_path / name).checksum() for name in "abc"}) == 1


def test_a_worker_that_dies_is_named_and_the_rest_is_kept(tmp_path: Path) -> None:
    study, folder = Squares(60, seconds=0.01, dies=(50,)), tmp_path / "s"
    with pytest.raises(EnergysimError, match=r"a worker process ended by itself .* of 60 cases are kept in"):
        carry_out(study, folder, workers=2)
    kept = Casebook.open(folder).count()
    assert 0 < kept < 60
    assert carry_out(Squares(60), folder, workers=1).found == kept


def running(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """The verb as a programme of its own, once it has written a part."""
    command = [sys.executable, str(VERB), "--count", "300", "--seconds", "0.02", "--workers", "2"]
    command += ["--out", str(folder / "s"), "--log", str(folder / "log"), *arguments]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(VERB.parents[1]), str(VERB.parent)])}
    started = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored where a shell runs the tests behind it
    )  # fmt: skip
    until(lambda: any((folder / "s/cases").glob("part-*")) or started.poll() is not None)
    return started


def until(done: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def no_worker_is_left(log: Path) -> bool:
    return not any(alive(int(line.split()[1])) for line in log.read_text().splitlines())


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_killed_half_way_and_resumed(tmp_path: Path) -> None:
    """What was written before the kill is not computed again; together everything is there once."""
    started = running(tmp_path)
    started.kill()
    started.communicate()
    until(lambda: no_worker_is_left(tmp_path / "log"))  # they notice by themselves
    kept = set(Casebook.open(tmp_path / "s").cases["number"])
    assert 0 < len(kept) < 300
    report = carry_out(Squares(300, log=str(tmp_path / "again")), tmp_path / "s", workers=1)
    again = solved(tmp_path / "again")
    assert set(again) == set(range(300)) - kept
    assert max(again.values()) == 1
    assert (report.found, report.solved, report.failed) == (len(kept), 300 - len(kept), 0)
    carry_out(Squares(300), tmp_path / "whole", workers=1)
    assert files(tmp_path / "s") == files(tmp_path / "whole")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize(("stopped", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_is_one_line_and_leaves_no_worker(tmp_path: Path, stopped: signal.Signals, code: int) -> None:
    started = running(tmp_path)
    if stopped == signal.SIGINT:
        os.killpg(started.pid, stopped)  # as a terminal does: every process of the group hears it
    else:
        started.send_signal(stopped)
    out, err = started.communicate(timeout=60)
    kept = Casebook.open(tmp_path / "s").count()
    assert started.returncode == code
    assert (out, err) == ("", f"stopped; {kept} of 300 cases kept in {tmp_path / 's'}; the same command resumes\n")
    assert kept > 0
    until(lambda: no_worker_is_left(tmp_path / "log"), seconds=5)


# --- the verb -------------------------------------------------------------------------------------------------------


def test_the_verb_ends_with_the_count_of_failures(tmp_path: Path) -> None:
    command = ["--fails", "3", "--fails", "4", "--out", f"{tmp_path}/s", "--limit", "10", "--workers", "1"]
    told = CliRunner().invoke(squares, command)
    assert told.exit_code == 1
    assert told.stdout.startswith("8 solved, 0 found: ")
    first, second, last = told.stderr.splitlines()
    assert (first, second) == ("error: no square of 3", "error: no square of 4")
    assert last.startswith("error: 2 of 10 cases failed; they stand in `failures`")
    again = read_study(tmp_path / "s").study["command"]
    assert again == f"energysim squares --fails 3 --fails 4 --out {tmp_path}/s --limit 10"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--set", "contracts"], "write PATH=VALUE"),
        (["--workers", "0"], "x>=1"),
        (["--limit", "none"], "not a valid integer"),
        (["--out", f"{__file__}/s"], "is a file; choose a folder"),
        (["--out", "x\udcff"], "holds bytes that are no text"),
        (["--dask", "nowhere"], "--dask 'nowhere': no address"),
        (["--dask", ""], "--dask '': no address"),
        (["--dask", "tcp://127.0.0.1:1"], "--dask tcp://127.0.0.1:1: no scheduler answers there"),
    ],
)
def test_a_wrong_option_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if "--dask" in arguments:
        pytest.importorskip("distributed")
        monkeypatch.setattr("energysim.studies.cluster.PATIENCE", "200ms")
    told = CliRunner().invoke(squares, arguments)
    assert told.exit_code == 2
    assert says in told.stderr
    assert "Traceback" not in told.output
    assert (tmp_path / "studies").exists() == (arguments[-1] == "tcp://127.0.0.1:1")  # else nothing is written


def test_a_cluster_needs_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "energysim.studies.cluster", raising=False)
    told = CliRunner().invoke(squares, ["--dask", "tcp://x:1", "--out", str(tmp_path)])
    assert (told.exit_code, told.stderr) == (2, "error: distributed (dask) is not installed; `pip install 'energysim[cluster]'` brings it\n")  # fmt: skip


# --- how many -------------------------------------------------------------------------------------------------------


def test_memory_and_cores_set_the_number_of_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("joblib.cpu_count", lambda: 8)
    monkeypatch.setattr(pool, "free_memory", lambda: 3.5 * pool.FOOTPRINT)
    assert pool.automatic_workers(1000) == 3
    assert pool.automatic_workers(5) == 1
    monkeypatch.setattr(pool, "free_memory", lambda: 0.0)
    assert pool.automatic_workers(1000) == 1
    assert pool.room_for_workers() == 1
    monkeypatch.setattr(pool, "free_memory", lambda: float("inf"))
    assert pool.room_for_workers() == pool.MOST
    assert pool.automatic_workers(1000) == 8


def test_a_control_group_limits_memory(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 9000 kB\nMemAvailable:    4000 kB\n")
    assert pool.free_memory(tmp_path, meminfo) == 4000 * 1024
    (tmp_path / "memory.max").write_text("1000000\n")
    (tmp_path / "memory.current").write_text("700000\n")
    (tmp_path / "memory.stat").write_text("anon 500000\ninactive_file 200000\n")
    assert pool._room(tmp_path) == 500_000
    (tmp_path / "memory.max").write_text("max\n")
    assert pool._room(tmp_path) == float("inf")
    assert pool.free_memory(tmp_path / "none", tmp_path / "none") == float("inf")


# --- a cluster ------------------------------------------------------------------------------------------------------


def test_a_cluster_that_goes_away_is_no_failure_of_cases(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    study = Squares(200, seconds=0.02)
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as local:

        def leave(done: int, asked: int, failed: int) -> None:
            if done == 5:
                local.close()

        with pytest.raises(EnergysimError, match=r"the cluster went away .* of 200 cases are kept"):
            carry_out(study, tmp_path, dask=local.scheduler_address, progress=leave)
    assert read_study(tmp_path).failures.empty
    assert read_study(tmp_path).cases["number"].size >= 5


def test_a_cluster_gives_the_same_rows(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    from energysim.studies import cluster

    study = Squares(12, fails=(3,))
    carry_out(study, tmp_path / "here", workers=1)
    with distributed.LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None) as local:
        report: Report = carry_out(study, tmp_path / "there", dask=local.scheduler_address)
        with pytest.MonkeyPatch.context() as patch:
            other = {**cluster.identity(), "highspy": "0.0"}
            patch.setattr(cluster, "_wanted", lambda: other)
            with pytest.raises(InputError, match=r"the workers have highspy .*, this machine 0\.0; make"):
                carry_out(Squares(2), tmp_path / "other", dask=local.scheduler_address)
    assert (report.solved, report.failed) == (11, 1)
    assert files(tmp_path / "here") == files(tmp_path / "there")
    assert read_study(tmp_path / "there").failures["error"].tolist() == ["no square of 3"]
