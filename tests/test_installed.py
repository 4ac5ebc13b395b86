"""The wheel carries data and scenarios: the installed package works in an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from energysim.inputs.read import data_root, scenario_files

ROOT = Path(__file__).resolve().parents[1]


def test_a_checkout_uses_its_own_folders() -> None:
    assert data_root() == ROOT
    assert "shah_deniz_long" in scenario_files()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def test_the_wheel_carries_what_maps_are_drawn_from(installed: Path) -> None:
    folder = installed / "energysim" / "_shipped" / "data"
    for name in ("outlines.geojson", "places.csv", "line_paths.csv", "place_zones.csv"):
        assert (folder / name).is_file(), name


def test_the_installed_package_runs_anywhere(installed: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(installed)}
    call = [sys.executable, "-c", "from energysim.cli import main; main()"]
    where = "from energysim.inputs.read import data_root; print(data_root())"
    found = subprocess.run(
        [sys.executable, "-c", where], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert Path(found.stdout.strip()) == installed / "energysim" / "_shipped"
    done = subprocess.run(
        [*call, "run", "january_2009", "--no-charts"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "go unserved" in done.stdout
    (run,) = (tmp_path / "results").iterdir()
    assert {p.name for p in run.iterdir()} >= {"manifest.json", "quantities.parquet", "quantities.csv"}
