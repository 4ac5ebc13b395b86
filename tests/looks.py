"""Charts as they were last looked at: a figure is held against its picture below `tests/pictures`, with tolerance.

A picture that differs is a question: does the chart look right? If so, `ENERGYSIM_REDRAW=1 pytest -k looks` draws the
pictures anew, to be looked at one by one before they are committed.
"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from energysim.outputs.canvas import rendered

PICTURES = Path(__file__).parent / "pictures"
REDRAW = "ENERGYSIM_REDRAW"
WIDTH = 640
"""Pixels of a picture's width: enough to see words and colours move, small enough for the repository."""
COLOURS = 256
TOLERANCE = 5.0
"""Root mean square difference of colour values (0 to 255); rounding to COLOURS alone makes up to 2."""


def looks_as_before(name: str, figure: Figure) -> None:
    """Assert that a figure looks like `tests/pictures/NAME.png`."""
    path, now = PICTURES / f"{name}.png", picture(figure)
    if os.environ.get(REDRAW):
        path.parent.mkdir(parents=True, exist_ok=True)
        now.quantize(COLOURS).save(path, optimize=True)
        return
    assert path.is_file(), f"{path} is missing; draw it with {REDRAW}=1 and look at it"
    distance = difference(now, Image.open(path).convert("RGB"))
    assert distance < TOLERANCE, f"{name} differs by {distance:.1f}; look at it, then draw its picture anew"


def picture(figure: Figure) -> Image.Image:
    """A figure as a small picture."""
    whole = Image.open(BytesIO(rendered(figure, ".png"))).convert("RGB")
    return whole.resize((WIDTH, round(whole.height * WIDTH / whole.width)), Image.Resampling.LANCZOS)


def difference(one: Image.Image, two: Image.Image) -> float:
    """Root mean square of what differs; pictures of other heights differ wholly, but for a rounded line."""
    if abs(one.height - two.height) > 2:
        return 255.0
    box = (0, 0, WIDTH, min(one.height, two.height))
    a, b = (np.asarray(p.crop(box), dtype=float) for p in (one, two))
    return float(np.sqrt(((a - b) ** 2).mean()))


def pictures_in(folder: str) -> set[str]:
    """Names of the pictures in a folder, without ending."""
    return {p.stem for p in (PICTURES / folder).glob("*.png")}
