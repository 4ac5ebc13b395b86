"""The table of evidence: each decisive figure with its range, source, confidence, and what other sources say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from energysim.outputs.report.blocks import Block, Grid, Prose
from energysim.outputs.report.summary import doubt_sentence
from energysim.outputs.wording import number
from energysim.words import iso_or_local, say, term

Row = Mapping[str, Any]
TABLES: Mapping[str, str] = {
    "contracts": "Contracts: daily quantity",
    "upstream": "Border points and lines abroad: capacity",
    "production": "Domestic production",
    "storage_accounts": "Gas in store: volume",
    "storage_levels": "Gas in store: opening stock",
    "demand_levels": "Demand: level",
    "pipelines": "Pipelines: capacity",
    "oil_stocks": "Oil stocks",
    "fuel_switch": "Demand that can move to oil",
}
"""Table of the data -> what its headline figures are, in the order of the report."""
UNITS = (
    ("_mcm_per_day", "mcm/d"),
    ("_gwh_per_day", "GWh/d"),
    ("_mcm", "mcm"),
    ("_fraction", "share"),
    ("_factor", "factor"),
)
"""Ending of a figure's name -> its unit."""


def evidence(rows: Sequence[Row], sources: Mapping[str, str], of: str = "", last: bool = True) -> Iterator[Block]:
    """What the figures of one system rest on; with the last system's, the legend and the list of sources."""
    yield Prose((f"{of}: {doubt_sentence(rows)}" if of else doubt_sentence(rows),))
    for table, title in TABLES.items():
        held = [r for r in rows if r["table"] == table]
        if held:
            yield _grid(say(title), held)
    if last:
        yield Prose((say("Confidence: A, documented and unopposed; B, documented with gaps or conflicts; C, estimate or single weak source. An estimate is marked with a tilde (~); its range is the span within which the truth is believed to lie."),), quiet=True)  # fmt: skip
        cited = sorted({s for r in rows for s in _cited(r)})
        known = tuple(f"{s}: {sources[s]}" for s in cited if s in sources)
        yield Prose(known, points=True, quiet=True)


def _cited(row: Row) -> set[str]:
    said = [row["source"], *(source for _, _, source in row["rivals"])]
    return {s.strip() for text in said for s in str(text).split(";")}


def _grid(title: str, rows: Sequence[Row]) -> Grid:
    headings = (
        say("figure"),
        say("used"),
        say("range"),
        say("confidence"),
        say("source, date"),
        say("other sources say"),
    )
    numeric = (False, True, True, False, False, False)
    return Grid(title, headings, tuple(_cells(r) for r in rows), numeric)


def _cells(row: Row) -> tuple[str, ...]:
    unit = next((say(u) for ending, u in UNITS if str(row["figure"]).endswith(ending)), "")
    used = f"{'~' if row['estimate'] else ''}{number(row['value'])} {unit}".strip()
    if row["set"]:
        used = say("set by the scenario")
    low, high = row["low"], row["high"]
    span = "" if low is None or high is None or number(low) == number(high) else f"{number(low)} – {number(high)}"
    differ = [(number(v), s) for _, v, s in row["rivals"] if number(v) != number(row["value"])]
    others = dict.fromkeys(f"{value} ({s.replace(';', ', ')})" for value, s in differ)
    source = f"{str(row['source']).replace(';', ', ')}, {iso_or_local(row['as_of'])}"
    name = str(term(str(row["name"])))
    if row["since"]:
        name = say("{asset} from {date}", asset=name, date=iso_or_local(row["since"]))
    return name, used, span, str(row["confidence"]), source, "; ".join(others)
