"""Rows of the tables that only maps read: which places a line passes, and which zone a place belongs to."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from energysim.inputs.row import Row

LINE_KINDS = ("upstream", "pipelines", "nodes", "sites", "contracts", "transit")
"""What can have a line on the map, by its table; `transit` is drawn only, the model does not know it."""
LINE = rf"^({'|'.join(LINE_KINDS)})\.[A-Za-z0-9_]+$"


class LinePathRow(Row):
    """A line runs through its places in the order of their numbers; a line of one place is a point."""

    table = "line_paths"
    key = ("line", "number")
    line: Annotated[str, Field(pattern=LINE)]
    number: Annotated[int, Field(ge=1)]
    place: str


class PlaceZoneRow(Row):
    """The zone that supplies a place; what lies nearest to it is drawn as part of that zone."""

    table = "place_zones"
    key = ("place",)
    place: str
    node: str
