"""A drawn SVG made small: coordinates rounded to what can be seen, steps written as steps, no indentation.

matplotlib writes every point of a path with six decimals and both coordinates. A point of a chart is 1/72 inch, so two
decimals are finer than any printer; relative moves along one axis (`h`, `v`) say a step in a third of the letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

PLACES = 2
"""Decimals of a coordinate, in points of 1/72 inch."""
CENTS = int(10**PLACES)
_PATH = re.compile(r'( d=")([^"]*)(")')
_PLACE = re.compile(r'( (?:x|y|width|height)=")(-?\d+\.\d+)(")')
_MOVED = re.compile(r"(translate\()(-?[\d.]+)([ ,]+)(-?[\d.]+)(\))")
_GLYPH = re.compile(r'(<use [^>]*?)transform="translate\((-?[\d.]+) 0\)"')
_INDENT = re.compile(r"\n\s+")
_COMMENT = re.compile(r"(<!--.*?-->)", re.DOTALL)
"""Every text of a chart stands before its letters as a comment: words of the inputs, which may look like a path."""
_POINTS = {"M": 1, "L": 1, "Q": 2, "C": 3}
"""Points that follow a command of an absolute path."""
Move = tuple[str, list[int]]
"""A relative command and its numbers, in hundredths of a point."""


def slim(page: bytes) -> bytes:
    """The same picture in fewer bytes; the same bytes every time. Comments stay as they are."""
    parts = _COMMENT.split(page.decode("utf-8"))
    return "".join(part if k % 2 else _slim(part) for k, part in enumerate(parts)).encode("utf-8")


def _slim(page: str) -> str:
    text = _PATH.sub(lambda m: m[1] + shorter(m[2]) + m[3], page)
    text = _PLACE.sub(lambda m: m[1] + _plain(_cents(m[2])) + m[3], text)
    text = _MOVED.sub(lambda m: f"{m[1]}{_plain(_cents(m[2]))} {_plain(_cents(m[4]))}{m[5]}", text)
    text = _GLYPH.sub(r'\1x="\2"', text)  # a letter moved along its line
    return _INDENT.sub("\n", text)


def shorter(path: str) -> str:
    """The data of a path in relative moves, runs along one axis put together; as it stands where it has other commands."""
    words = path.split()
    if not set(words).isdisjoint("HVSTAhvstamlcq"):
        return path
    return "".join(name + _numbers(values) for name, values in _joined(_moves(words)))


def _moves(words: list[str]) -> Iterator[Move]:
    """Each command relative to where the one before it ended; a subpath begins absolute."""
    at = start = (0, 0)
    place = 0
    while place < len(words):
        name = words[place]
        place += 1
        if name in "zZ":
            at = start
            yield "z", []
            continue
        count = 2 * _POINTS[name]
        found = [_cents(word) for word in words[place : place + count]]
        place += count
        end = found[-2], found[-1]
        if name == "M":
            start = end
            yield "M", found
        elif name == "L":
            yield from _line(end[0] - at[0], end[1] - at[1])
        else:
            yield name.lower(), [value - at[k % 2] for k, value in enumerate(found)]
        at = end


def _line(across: int, down: int) -> Iterator[Move]:
    if across and down:
        yield "l", [across, down]
    elif down:
        yield "v", [down]
    else:
        yield "h", [across]


def _joined(moves: Iterator[Move]) -> Iterator[Move]:
    """Neighbours along one axis and in one direction as one move; moves to where one stands already left out.

    A dot, drawn by a move to its own place, keeps it.
    """
    held: Move | None = None
    for name, values in moves:
        if held and name in "hv" and name == held[0] and values[0] * held[1][0] > 0:
            held = (name, [values[0] + held[1][0]])
            continue
        if held and name == "h" and values[0] == 0 and held[0] != "M":
            continue
        if held and held[0] == "h" and held[1][0] == 0 and name in "hvlcq":
            held = (name, values)
            continue
        if held:
            yield held
        held = (name, values)
    if held:
        yield held


def _numbers(values: list[int]) -> str:
    """Numbers side by side; a minus sign parts them as well as a space."""
    written = ""
    for value in values:
        text = _plain(value)
        written += text if not written or text[0] == "-" else f" {text}"
    return written


def _cents(word: str) -> int:
    return round(float(word) * CENTS)


def _plain(cents: int) -> str:
    """`1.46` of 146, `.5` of 50, `-3` of -300."""
    whole, rest = divmod(abs(cents), CENTS)
    decimals = f".{rest:0{PLACES}d}".rstrip("0") if rest else ""
    digits = f"{whole}{decimals}" if whole or not decimals else decimals
    return f"-{digits}" if cents < 0 else digits
