"""Charts as SVG that stands inside a page: no prolog, names of its own, fit to the column."""

from __future__ import annotations

import re

from matplotlib.figure import Figure

from energysim.outputs.canvas import rendered

_PROLOG = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_SIZE = re.compile(r'(<svg[^>]*?) (?:width|height)="[\d.]+pt"')
_METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
_ID = re.compile(r'(id="|href="#|url\(#)([^")]+)')


def inline(figure: Figure, name: str, says: str) -> str:
    """A figure as an `<svg>` element with a title for readers who cannot see it; ids begin with `name`, so that none meet."""
    text = _PROLOG.sub("", rendered(figure, ".svg").decode())
    text = _METADATA.sub("", text)
    for _ in range(2):
        text = _SIZE.sub(r"\1", text)
    text = _ID.sub(rf"\1{name}-\2", text)
    return text.replace("<svg ", f'<svg role="img" aria-label="{escaped(says)}" ', 1)


def escaped(text: str) -> str:
    """Text that may stand in an attribute."""
    for letter, written in (("&", "&amp;"), ('"', "&quot;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(letter, written)
    return text
