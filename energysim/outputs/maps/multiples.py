"""Small maps of several runs on one page, with one legend and the same scales."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from matplotlib.figure import Figure

from energysim.errors import InputError
from energysim.inputs.geography import read_geography
from energysim.outputs.canvas import TEXT_SIZE
from energysim.outputs.charts import UnitName
from energysim.outputs.findings import SEPARATOR, foot, foresight_words
from energysim.outputs.maps.finding import compared, short_finding
from energysim.outputs.maps.labels import fitted
from energysim.outputs.maps.legend import draw_legend
from energysim.outputs.maps.outlines import countries
from energysim.outputs.maps.page import GAP, POINTS, TEXT_LINE, notes, page
from energysim.outputs.maps.period import period
from energysim.outputs.maps.picture import RATIO, draw, unit_of
from energysim.outputs.maps.sheet import LEGEND, MAP
from energysim.outputs.maps.snapshot import Snapshot, snapshot
from energysim.outputs.scenario_words import said_title
from energysim.outputs.wording import Unit, unit_named
from energysim.results import Results
from energysim.words import say

MOST, ACROSS = 6, 3
"""Most maps on one page, and in one row."""
SQUARE = 2
"""Maps in a row of four, so that none stands alone."""
SMALL, LARGER = 3.1, 4.7
"""Inches of width of each map, and of those in a single row."""
HEADS = 3
"""Most lines of a scenario's title above its map."""


def maps(results: Sequence[Results], unit: UnitName = "mcm", day: str | date | None = None) -> Figure:
    """Small maps of up to six runs side by side, each on its own worst day unless told, with one legend and one scale.

    unit: of the rates above each map [mcm/d or GWh/d]; day: as for `map_of`. Raises InputError for no run or for more
    than six, and where `map_of` would.
    """
    if not 1 <= len(results) <= MOST:
        raise InputError(f"{len(results)} runs given; a page of maps shows 1 to {MOST}")
    geography, measure = read_geography(), unit_named(unit)
    shown = [snapshot(r, geography, period(r, day)) for r in results]
    across = SQUARE if len(results) == SQUARE**2 else min(len(results), ACROSS)
    rows = -(-len(results) // across)
    wide = LARGER if rows == 1 else SMALL
    high, scale = wide * RATIO, wide / MAP
    heads = [_head(r, s, measure, wide) for r, s in zip(results, shown, strict=True)]
    below, foresights = (
        say("Zones by the share of demand cut, and lines that bind"),
        [foresight_words(str(r.manifest["foresight"])) for r in results],
    )
    if len(set(foresights)) == 1:
        below = SEPARATOR.join([below, foresights[0]])
    else:
        heads = [[*head, known] for head, known in zip(heads, foresights, strict=True)]
    step = high + TEXT_LINE * max(len(h) for h in heads) + GAP
    left = across * (wide + GAP)
    body = rows * step - GAP
    title = compared([str(said_title(r.title)) for r in results], shown)
    sheet = page(left + LEGEND, body, title, below, [_foot(results), *notes(geography)])
    on_map = countries(geography, unit_of(wide))
    for k, (head, one) in enumerate(zip(heads, shown, strict=True)):
        x, y = k % across * (wide + GAP), (rows - 1 - k // across) * step
        draw(sheet.axes(x, y, wide, high), one, geography, on_map, unit_of(wide), scale)
        sheet.write(x, y + high + GAP / 4, head)
    side = sheet.axes(left, 0.0, LEGEND, body)
    draw_legend(side, (LEGEND * POINTS, body * POINTS), shown, geography, measure, scale)
    return sheet.figure


def _head(result: Results, shown: Snapshot, measure: Unit, wide: float) -> list[str]:
    """The scenario's title, cut where it is long, and what its map shows."""
    title = fitted(str(said_title(result.title)), wide * POINTS, TEXT_SIZE)
    if len(title) > HEADS:
        title = [*title[: HEADS - 1], f"{title[HEADS - 1]} …"]
    return [*title, *fitted(short_finding(shown, measure), wide * POINTS, TEXT_SIZE)]


def _foot(results: Sequence[Results]) -> str:
    """The foot of the first run, with the ids and the data of all."""
    text = foot(results[0])
    for key, length in (("run_id", None), ("data_digest", 10)):
        found = [str(r.manifest.get(key, ""))[:length] for r in results]
        if found[0]:
            text = text.replace(found[0], ", ".join(dict.fromkeys(f for f in found if f)))
    return text
