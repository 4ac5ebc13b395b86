"""Execute notebooks in place of their reader: `make notebooks`, or `python notebooks/run.py shah_deniz evidence`.

Each runs in an empty folder of its own, so that it needs nothing but the package. One line a notebook; exit code 1 if any
fails. Nothing is written: in version control notebooks have no outputs.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

HERE = Path(__file__).resolve().parent
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
CELL_SECONDS = 600
"""Longest time that one cell may take."""


def execute(path: Path) -> str:
    """Run a notebook in an empty folder; what went wrong, warnings included, or nothing."""
    notebook = nbformat.read(path, as_version=4)
    with TemporaryDirectory() as empty:
        client = NotebookClient(
            notebook,
            timeout=CELL_SECONDS,
            kernel_name="python3",
            resources={"metadata": {"path": empty}},
            extra_arguments=["--log-level=ERROR"],
        )
        try:
            client.execute()
        except CellExecutionError as error:
            return COLOUR.sub("", str(error))
        except TimeoutError:
            return f"a cell takes longer than {CELL_SECONDS} s"
    return warnings(notebook)


def warnings(notebook: nbformat.NotebookNode) -> str:
    """What an executed notebook wrote to standard error, where a reader would see it in red."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "".join(output.text for output in outputs if output.output_type == "stream" and output.name == "stderr")


def timed(path: Path) -> tuple[str, float]:
    """What went wrong with a notebook, or nothing, and how long it took [s]."""
    began = time.perf_counter()
    return execute(path), time.perf_counter() - began


def chosen(names: Sequence[str]) -> list[Path]:
    """The notebooks of these names, all if none is given. Exits with 2 where one is unknown."""
    known = {path.stem: path for path in sorted(HERE.glob("*.ipynb"))}
    wanted = [Path(name).stem for name in names] or list(known)
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        sys.exit(2)
    return [known[name] for name in wanted]


def main(names: Sequence[str] = ()) -> int:
    """Run notebooks, as many at a time as there are cores, and say how each went."""
    failed, paths = 0, chosen(names)
    with ProcessPoolExecutor(min(len(paths), cpu_count() or 1), mp_context=get_context("spawn")) as pool:
        for path, (problem, seconds) in zip(paths, pool.map(timed, paths), strict=True):
            print(f"{path.name}: {'failed' if problem else 'runs'} ({seconds:.0f} s)", flush=True)
            if problem:
                print(problem, file=sys.stderr)
                failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
