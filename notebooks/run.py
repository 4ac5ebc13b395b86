"""Execute every notebook of this folder in place of its reader: `make notebooks`.

One line a notebook; exit code 1 if any fails. Nothing is written: in version control notebooks have no outputs.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

HERE = Path(__file__).resolve().parent
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
CELL_SECONDS = 600
"""Longest time that one cell may take."""


def execute(path: Path) -> str:
    """Run a notebook from its own folder; what went wrong, or nothing."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--log-level=ERROR"],
    )
    try:
        client.execute()
    except CellExecutionError as error:
        return COLOUR.sub("", str(error))
    except TimeoutError:
        return f"a cell takes longer than {CELL_SECONDS} s"
    return ""


def main() -> int:
    """Run all notebooks and say how each went."""
    failed = 0
    for path in sorted(HERE.glob("*.ipynb")):
        began = time.perf_counter()
        problem = execute(path)
        print(f"{path.name}: {'failed' if problem else 'runs'} ({time.perf_counter() - began:.0f} s)", flush=True)
        if problem:
            print(problem, file=sys.stderr)
            failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
