"""Files are there whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from energysim.files import write_whole
from energysim.outputs.canvas import save


def full(descriptor: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_whole(tmp_path / "table.csv", b"old")
    chart = save(Figure(), tmp_path / "chart.png")
    drawn = chart.read_bytes()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"No space left on device: .*table\.csv"):
        write_whole(path, b"new")
    with pytest.raises(OSError, match=r"No space left on device: .*chart\.png"):
        save(Figure(figsize=(1, 1)), chart)
    assert (path.read_bytes(), chart.read_bytes()) == (b"old", drawn)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["chart.png", "table.csv"]
