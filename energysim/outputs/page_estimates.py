"""The estimates a run rests on, as a table of its terminal page: the most uncertain first."""

from __future__ import annotations

from typing import Any

from rich.table import Table
from rich.text import Text

from energysim.outputs.page_table import caption, new_table
from energysim.results import Results
from energysim.units import REPORTING_GCV, to_gwh
from energysim.words import localised, say, term

SHOWN_ESTIMATES = 9
SEASON_DAYS = 150
"""Days over which a stock counts, when stocks and daily rates are ranked together."""


def estimates_table(results: Results) -> Table | None:
    """The most uncertain inputs with the figure used, its range and why; None where nothing is estimated."""
    estimates = sorted(results.manifest["estimates"], key=_weight)
    if not estimates:
        return None
    table = new_table(say("Uncertain inputs"), say("figure"), say("used"), say("range"), say("why"))
    table.columns[3].justify, table.columns[3].no_wrap = "left", False
    for e in estimates[:SHOWN_ESTIMATES]:
        used = f"{localised(format(e['value'], 'g'))} {_unit_of(e['figure'])}"
        span = localised(f"{e['low']:g} … {e['high']:g}")
        table.add_row(str(e["asset"]), used, span, Text(e["note"] or ""))
    if len(estimates) > SHOWN_ESTIMATES:
        hidden = len(estimates) - SHOWN_ESTIMATES
        table.caption = caption(
            say("and {count} more estimates: `energysim explain ASSET`, manifest.json", count=hidden)
        )
    return table


def _weight(estimate: dict[str, Any]) -> tuple[int, float]:
    """Contracts with an unknown status first, then the widest range in energy terms."""
    width = float(estimate["high"]) - float(estimate["low"])
    width *= 1.0 if "gwh" in estimate["figure"] else to_gwh(1.0, REPORTING_GCV)
    if estimate["figure"].endswith("_mcm"):  # a stock lasts a season, a rate recurs every day
        width /= SEASON_DAYS
    idle = estimate["value"] == 0 and estimate.get("status") != "unknown"
    return (0 if estimate.get("status") == "unknown" else 2 if idle else 1, -width)


def _unit_of(figure: str) -> str:
    endings = {"_mcm_per_day": "mcm/d", "_gwh_per_day": "GWh/d", "_mcm": "mcm", "_factor": "×"}
    return next((term(unit) for ending, unit in endings.items() if figure.endswith(ending)), "")
