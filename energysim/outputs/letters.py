"""How wide a text is on the sheet, and where its lines break: Cyrillic and long names need more room than English."""

from __future__ import annotations

import re
import textwrap
from functools import cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

POINTS = 72
"""Points in an inch."""
FITTED = 1.05
"""Width on a screen ÷ width on paper, at most, for sentences."""
_AFTER_NUMBER = re.compile(r"(?<=\d) (?=\w)|(?<=\d\.) (?=\w)")
GLUE = "\x1f"
"""Stands for a blank at which a line must not end."""
FEWEST = 8
"""Letters below which a line is not broken further, whatever its width."""


@cache
def width(text: str, size: float, bold: bool = False) -> float:
    """Width [inch] of one line of text at a size in points, at most: on a screen letters are fitted to pixels."""
    font = FontProperties(size=size, weight="bold" if bold else "normal")
    return float(text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]) / POINTS * FITTED


def wrapped(text: str, letters: int, inches: float, size: float, bold: bool = False) -> list[str]:
    """Lines of at most so many letters, and of fewer where wide letters would not fit the inches."""
    for most in range(letters, FEWEST, -1):
        lines = _broken(text, most)
        if all(width(line, size, bold) <= inches for line in lines):
            return lines
    return _broken(text, FEWEST)


def _broken(text: str, letters: int) -> list[str]:
    """Lines of so many letters, never between a number and the word behind it, as in a date."""
    return [line.replace(GLUE, " ").strip() for line in textwrap.wrap(_AFTER_NUMBER.sub(GLUE, text), letters)]


def shortened(text: str, inches: float, size: float) -> str:
    """A text that fits the inches: whole, or as many of its words as do, and an ellipsis."""
    if width(text, size) <= inches:
        return text
    words = text.split()
    for kept in range(len(words) - 1, 0, -1):
        short = f"{' '.join(words[:kept])} …"
        if width(short, size) <= inches:
            return short
    return "…"
