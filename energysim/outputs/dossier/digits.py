"""Numbers of a dossier as they are written: in the reader's unit, with the digits that tell something."""

from __future__ import annotations

import re

import numpy as np

from energysim.outputs.wording import MCM, Unit
from energysim.words import localised, say, spoken

NOTHING = "–"
"""Where there is no number: missing is never zero."""
ENERGY = "GWh"
CENTURY = 100.0
_SAID = re.compile(rf"(\d[\d,]*(?:\.\d+)?)(?:–(\d[\d,]*(?:\.\d+)?))? ({ENERGY}(?:/d)?)\b")
"""`203–211 GWh/d` within a sentence."""


def digits(value: float) -> str:
    """A number with about three telling digits: 1,734 · 116 · 38.3 · 0.42 · 0.004 · 0."""
    if np.isnan(value):
        return NOTHING
    if np.isinf(value):
        return say("no limit")
    size = abs(value)
    places = 0 if size >= 99.95 or value == round(value) else 1 if size >= 9.995 else 2 if size >= 0.0995 else 3
    text = f"{value:,.{places}f}"
    return localised(text) if text.strip("-0.,") else "0"


def plain(text: str) -> str:
    """No minus before a zero."""
    return text if text.strip("-0.,") else text.lstrip("-")


def in_unit(written: str, unit: Unit) -> tuple[str, float]:
    """The unit that is printed, and the factor to it: energies and what is per energy as the reader asked."""
    if written in ("", "1"):
        return written, 1.0
    if written == "1/a":
        return say("per 100 a"), CENTURY
    if unit != MCM or ENERGY not in written:
        return say(written), 1.0
    said = say(written).replace(ENERGY, unit.name)
    return said, 1.0 / unit.factor if f"per {ENERGY}" in written else unit.factor


def in_words(text: str, unit: Unit) -> str:
    """A sentence with the energies in it in the reader's unit: `203–211 GWh/d` -> `19.3–20.0 mcm/d`.

    Whatever language the sentence is in, its energies are put in as English writes them, and are localised here.
    """

    def converted(found: re.Match[str]) -> str:
        shown, factor = in_unit(found[3], unit)
        numbers = [digits(float(n.replace(",", "")) * factor) for n in (found[1], found[2]) if n]
        return f"{'–'.join(numbers)} {shown}"

    return _SAID.sub(converted, text) if unit == MCM or spoken() != "en" else text
