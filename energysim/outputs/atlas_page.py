"""The terminal page of an atlas: the findings, the ranking of assets, what surprise adds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from energysim.outputs.atlas_findings import chosen_line, survivable_finding, unserved_finding
from energysim.outputs.atlas_tables import chosen, foresight_gap, longest_survivable, ranking, solved
from energysim.outputs.wording import TRACE, Unit, gap_text, number
from energysim.units import REPORTING_GCV
from energysim.words import day_month

SHOWN_ASSETS = 25
SHOWN_GAPS = 5
NOTHING = "–"
LEAST_NAME = 14
"""Letters of an asset's name beside the numbers; all of it fits 80 columns."""


def atlas_page(frame: pd.DataFrame, study: Mapping[str, Any], unit: Unit, duration: int | None = None) -> Group:
    """Everything an analyst reads first, from the rows and the casebook's study.json alone."""
    rows = chosen(frame, duration)
    same = frame[(frame["depth"] == rows["depth"].iloc[0]) & (frame["foresight"] == rows["foresight"].iloc[0])]
    parts: list[RenderableType | None] = [
        *_head(frame, study),
        Text(f"\n{unserved_finding(rows, unit)}.", style="bold"),
        *_survivable_lines(same),
        Text(),
        *_ranking(frame, rows, unit),
        _notes(study),
        _surprise(frame, unit),
        _foot(frame, study, unit),
    ]
    return Group(*[p for p in parts if p is not None])


def _head(frame: pd.DataFrame, study: Mapping[str, Any]) -> list[RenderableType]:
    asked = study.get("options", {})
    weather = f"weather {asked['weather']}" if asked.get("weather") else ""
    cases = f"{len(solved(frame)):,} cases"
    words = [
        str(asked.get("scenario", "")),
        f"gas year {asked['gas_year']}" if asked.get("gas_year") else "",
        weather,
        cases,
    ]
    title = f"Atlas of outages: {asked.get('title', 'a system built in code')}"
    return [Text(title, style="bold"), Text("  ·  ".join(w for w in words if w), style="dim")]


def _survivable_lines(same: pd.DataFrame) -> list[RenderableType]:
    lengths = sorted(int(n) for n in same["duration"].unique())
    return [Text(f"{survivable_finding(longest_survivable(same, w), lengths, w)}.") for w in ("anyone", "protected")]


def _ranking(frame: pd.DataFrame, rows: pd.DataFrame, unit: Unit) -> list[RenderableType]:
    """Assets that somebody would miss, then the others with what their outage costs."""
    length, depth, foresight = (
        int(rows["duration"].iloc[0]),
        float(rows["depth"].iloc[0]),
        str(rows["foresight"].iloc[0]),
    )
    found = ranking(frame, length, depth, foresight)
    harmless = found["survival_time"].isna() & found["at_least"] & (found["longest"] >= solved(frame)["duration"].max())
    table = _table("Assets by their worst start", "asset", "from", unit.name, "protected", "after", "days", "MEUR",
                   "longest", "protected")  # fmt: skip
    for row in found[~harmless].head(SHOWN_ASSETS).to_dict("records"):
        harmed = pd.notna(row["survival_time"])
        table.add_row(
            Text(row["asset_name"], style="bold" if row["unserved_protected"] > TRACE else ""),
            day_month(row["start"]),
            unit(row["unserved"]) if harmed else NOTHING,
            unit(row["unserved_protected"]) if row["unserved_protected"] > TRACE else NOTHING,
            f"{row['survival_time']:.0f} d" if harmed else NOTHING,
            str(row["cut_days"]) if harmed else NOTHING,
            _money(row["extra_cost"]),
            _length(row["longest"], row["at_least"]),
            _length(row["longest_protected"], row["at_least_protected"]),
        )
    hidden = int((~harmless).sum()) - SHOWN_ASSETS
    lines = [
        *([f"and {hidden} more assets, all less harmful"] if hidden > 0 else []),
        chosen_line(rows),
        f"{NOTHING}: nobody is cut because of it; protected customers lose gas where the name is bold",
        "after: survival time, whole days from the start until somebody is cut; days: with a cut",
        "MEUR: extra costs of the year, without harm; below 0: gas cut is not bought, dear contracts pause",
        "longest: outage that cuts nobody (nobody protected) whenever it starts; ≥: at least; ?: not known",
    ]
    table.caption = Text("\n".join(lines), style="dim italic")
    spared = [f"{r['asset_name']} ({_money(r['extra_cost'])})" for r in found[harmless].to_dict("records")]
    told = Text(f"Nobody is cut, whenever and however long these are out [MEUR at {length} d]: {', '.join(spared)}")
    return [*([table] if len(found) > len(spared) else []), *([Text(), told] if spared else [])]


def _money(keur: float) -> str:
    return f"{keur / 1000:+,.1f}"


def _length(days: int, at_least: bool) -> str:
    return f"≥ {days} d" if at_least and days else "?" if at_least else f"{days} d"


def _notes(study: Mapping[str, Any]) -> Text | None:
    same = study.get("options", {}).get("same_as", {})
    told = [f"{asset} ({', '.join(others)})" for asset, others in same.items()]
    return Text(f"\nStand for assets whose complete loss is the same: {'; '.join(told)}", style="dim") if told else None


def _surprise(frame: pd.DataFrame, unit: Unit) -> Table | None:
    gap = foresight_gap(frame)
    told = gap[gap["gap"].abs() > TRACE]
    if gap.empty:
        return None
    table = _table(
        f"What surprise adds [{unit.name}]", "asset", "from", "days", "depth", "surprise", "foreseen", "MEUR"
    )
    for row in told.head(SHOWN_GAPS).to_dict("records"):
        table.add_row(
            Text(row["asset_name"]),
            day_month(row["start"]),
            str(row["duration"]),
            f"{100 * row['depth']:.0f} %",
            unit(row["extra_unserved_surprise"]),
            unit(row["extra_unserved_foreseen"]),
            _money(row["regret"]),
        )
    more = int((gap["gap"] > TRACE).sum())
    table.caption = Text(
        f"{more:,} of {len(gap):,} outages leave more unserved as a surprise; MEUR: costs and harm together",
        style="dim italic",
    )
    return table


def _foot(frame: pd.DataFrame, study: Mapping[str, Any], unit: Unit) -> Text:
    worst = float(frame["relative_gap"].max())
    cut_off = int(frame["truncated"].astype(bool).sum())
    notes = [f"{number(cut_off)} outages outlast the gas year and count to its end."] if cut_off else []
    seen = set(frame["foresight"])
    if "foreseen" in seen:
        notes.append("Foreseen: outages are known on day one, a bound on what preparation can do.")
    if "surprise" in seen:
        notes.append("Surprise: an outage and its end are known on its first day.")
    notes.append("Force majeure pro-rates contracts.")
    volume = f" mcm at {REPORTING_GCV:g} kWh/m3." if unit.name == "mcm" else ""
    certified = f"atlas {str(study.get('digest', ''))[:10]} · every optimum certified (relative gap {gap_text(worst)})"
    model = f"Transport model with daily steps: pressures and hours are not seen.{volume}"
    return Text("\n" + "\n".join([" ".join(notes), certified, model]), style="dim")


def _table(title: str, *columns: str) -> Table:
    style: dict[str, Any] = {"title_justify": "left", "caption_justify": "left"}
    table = Table(
        title=Text(title, style="bold"),
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1),
        collapse_padding=True,
        **style,
    )
    for k, column in enumerate(columns):
        width = None if k else LEAST_NAME
        table.add_column(
            Text(column), justify="right" if k else "left", no_wrap=k > 0, min_width=width, overflow="fold"
        )
    return table
