"""One palette and one order of sources and classes for every chart, safe for colour-blind readers.

Hues are those of Okabe and Ito (Color Universal Design, 2008); tints of one hue keep kin together:
yellow and olive for hubs, purple for gas from store. Colours repeat a difference that order or a label
already shows, they never carry it alone.
"""

from __future__ import annotations

from collections.abc import Iterable

BLACK, INK, GREY, PALE, SHADE = "#000000", "#333333", "#767676", "#E6E6E6", "#EFEFEF"
ORANGE, SKY, GREEN, YELLOW = "#E69F00", "#56B4E9", "#009E73", "#F0E442"
BLUE, VERMILLION, PURPLE = "#0072B2", "#D55E00", "#CC79A7"
CYCLE = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILLION, YELLOW, GREY)
"""For lines that have no colour of their own, such as nodes."""
SPARE = ("#8DD3C7", "#BDBDBD", "#B2DF8A", "#80B1D3")
"""For sources and classes that are not listed here."""

SOURCES: dict[str, str] = {
    "domestic": GREEN,
    "russia": BLUE,
    "azerbaijan": ORANGE,
    "lng": SKY,
    "hungary": YELLOW,
    "spot_hungary": "#B5A92A",
    "spot_bulgaria": "#7D6B1A",
    "emergency": VERMILLION,
    "banatski_dvor_serbian": "#882255",
    "hungary_serbian": PURPLE,
    "banatski_dvor_gazprom": "#EBC9DC",
    "fuel_switch": "#4D4D4D",
}
"""Gas sources, storage accounts and the fuel switch, from the bottom of a stack."""

ENTRIES: dict[str, str] = {"kireevo": BLUE, "horgos": YELLOW, "ibs": ORANGE}
"""Entry points by what comes through them most: Russian gas, gas bought in Hungary, Azerbaijani gas."""

CLASSES: dict[str, str] = {
    "feedstock": YELLOW,
    "industry": ORANGE,
    "power": SKY,
    "bosnia": "#A6A6A6",
    "district_heating": PURPLE,
    "commercial": BLUE,
    "households": VERMILLION,
    "losses": BLACK,
}
"""Demand classes in the order of cuts."""


def ordered(ids: Iterable[str], known: Iterable[str]) -> list[str]:
    """Known ids in the palette's order, then the others as they come."""
    given, order = list(ids), list(known)
    return [i for i in order if i in given] + [i for i in given if i not in order]


def colours(ids: Iterable[str], known: dict[str, str]) -> dict[str, str]:
    """A colour for every id: its own, else the next spare one."""
    given = list(ids)
    spare = [i for i in given if i not in known]
    return {i: known[i] if i in known else SPARE[spare.index(i) % len(SPARE)] for i in given}


def luminance(colour: str) -> float:
    """How bright a colour `#RRGGBB` is, 0…1: weights of ITU-R BT.709."""
    red, green, blue = (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
