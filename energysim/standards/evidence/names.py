"""Names of figures in doubt, and of those who would know, in the language spoken; words of the data's own rows stay as they are."""

from __future__ import annotations

import re

from energysim.words import iso_or_local, localised, say
from energysim.words.lists import known

_SIDE = re.compile(r"(.*) \((\w\w) side\)")
_FROM = re.compile(r"(.*) from (\d{4}-\d{2}-\d{2})")
_OWNED = re.compile(r"(.*) and the operator of (.*)")
OPERATOR = "operator of "


def figure_name(english: str) -> str:
    """`Banatski Dvor, Serbian gas: opening stock`: the asset as the glossary calls it, then which of its figures."""
    head, colon, tail = english.rpartition(": ")
    return f"{asset_name(head)}: {known(tail)}" if colon else known(tail)


def asset_name(english: str) -> str:
    """An asset, with the side of a border point or the day from which a row holds."""
    if side := _SIDE.fullmatch(english):
        return say("{asset} ({side} side)", asset=asset_name(side[1]), side=side[2])
    if since := _FROM.fullmatch(english):
        return say("{asset} from {date}", asset=known(since[1]), date=iso_or_local(since[2]))
    return known(english)


def whom(english: str) -> str:
    """Who would know a figure."""
    if english.startswith(OPERATOR):
        return say("operator of {asset}", asset=asset_name(english.removeprefix(OPERATOR)))
    if owned := _OWNED.fullmatch(english):
        return say("{owner} and the operator of {asset}", owner=owned[1], asset=known(owned[2]))
    return known(english)


def amount(value: float, unit: str) -> str:
    """A figure in its own unit; an energy as English writes it, since the page puts it in the reader's unit."""
    if "GWh" in unit:
        return f"{value:.4g} {unit}"
    return localised(f"{value:.4g}")


def span(low: float, high: float, unit: str) -> str:
    """The range of a figure, with its unit."""
    if "GWh" in unit:
        return f"{low:.4g}–{high:.4g} {unit}"
    ends = localised(f"{low:.4g} … {high:.4g}")
    return ends if unit in ("", "1") else f"{ends} {known(unit)}"
