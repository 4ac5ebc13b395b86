"""Write a file so that it is there whole or not at all, whatever stops the programme or the machine."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pandas as pd

from energysim.errors import InputError

if sys.platform != "win32":
    import fcntl

TEMPORARY = ".writing-"
"""First letters of a file that is being written; what a killed process leaves of it is never read."""


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file in one step; the one that stood there stays until then. Raises OSError, naming the file."""
    scratch = path.with_name(f"{TEMPORARY}{os.getpid()}-{path.name}")
    try:
        with scratch.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(scratch, path)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from None  # a full disk names no file by itself
    return path


def write_table(path: Path, table: pd.DataFrame) -> Path:
    """Write a table for people and spreadsheets as CSV, the same bytes every time."""
    text = table.to_csv(index=False, float_format="%.6f", lineterminator="\n")
    return write_whole(path, text.encode())


@contextmanager
def whole_folder(folder: Path, mark: str, what: str) -> Iterator[Path]:
    """A scratch folder that takes the place of `folder` when the block ends well, and leaves no trace otherwise.

    mark: the file by which an older one is known as ours and may be replaced; what: the word for one, in the message.
    Raises InputError where something else stands in the place.
    """
    check_place(folder, mark, what)
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        yield scratch
        scratch.chmod(0o755)
        if not folder.exists():
            os.replace(scratch, folder)
            return
        check_place(folder, mark, what)
        old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.old.", dir=folder.parent))
        os.replace(folder, old / "replaced")
        os.replace(scratch, folder)
        shutil.rmtree(old)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise


def check_place(folder: Path, mark: str, what: str) -> None:
    """Refuse a folder that holds something else; `mark` and `what` as in `whole_folder`. Raises InputError."""
    if folder.exists() and not (folder / mark).is_file():
        raise InputError(f"{folder} exists and is not {what}; choose another --out")


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep out other processes that want to be alone in a folder while the block runs. Raises InputError.

    The lock ends with the process, however that ends. Where a system has no such locks, nobody is kept out.
    """
    if sys.platform == "win32":
        yield
        return
    place = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            try:
                fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                problem = f"{folder}: another process is writing here; wait until it ends, or choose another --out"
                raise InputError(problem) from None
        yield
    finally:
        os.close(place)
