"""What the chapter on the supply standard has to say, in sentences made from its figures and tables."""

from __future__ import annotations

from typing import Any

import pandas as pd

from energysim.dossier import Chapter
from energysim.outputs.wording import Unit, number

EVENTS_LEFT_OUT = "The cases are the Regulation's own"
"""Begins the note of a chapter on a scenario with events."""
TABLES = {"all": "supply_standard", "contracted": "supply_standard_contracted"}
NOT_THE_SCENARIO = (
    "These are the Regulation's own cases: none of the scenario's events is in force in them, and to meet them is not to withstand "
    "the scenario."
)
SUPPLY = {
    "all": "With everything the system assumes",
    "contracted": "With contracted gas, production and stock alone",
}


def findings(chapter: Chapter, unit: Unit) -> list[str]:
    """Whether the standard is met from either supply, what a group that fails together would do, and who is protected."""
    said = [_verdicts(chapter.tables[TABLES[s]].frame, text, unit) for s, text in SUPPLY.items()]
    if any(note.startswith(EVENTS_LEFT_OUT) for note in chapter.notes):
        said.insert(0, NOT_THE_SCENARIO)
    if "supply_standard_outages" in chapter.tables:
        said += _together(chapter.tables["supply_standard_outages"].frame, unit)
    share = chapter["protected_services_share"]
    if share.value is not None:
        high = f" ({number(share.high)} % of final use)" if share.high is not None else ""
        within = "within" if share.verdict == "pass" else "above"
        said.append(
            f"Protected services other than households take {number(chapter.value(share.id))} % of annual consumption{high}: "
            f"{within} the 20 % that the Regulation allows."
        )
    return said


def _verdicts(table: pd.DataFrame, supply: str, unit: Unit) -> str:
    rows: list[dict[str, Any]] = [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
    failed = [row for row in rows if row["verdict"] == "fail"]
    if not failed:
        least = min(rows, key=lambda row: _margin(row))
        if _margin(least) == float("inf"):
            return f"{supply}, there are no protected customers to be served."
        return (
            f"{supply}, protected customers can be served in every case and from every stock; closest to the limit is "
            f"{_case(least)}, where {_margin(least):.2f} times their demand could be served."
        )
    cases = dict.fromkeys(row["case"] for row in rows)
    missed = {c: [row for row in failed if row["case"] == c] for c in cases if any(row["case"] == c for row in failed)}
    met = [f"({c})" for c in cases if c not in missed]
    held = f"the standard is met from every stock in {' and '.join(met)}" if met else "the standard is met in no case"
    told = [_missed(case, found, unit) for case, found in missed.items()]
    return " ".join([f"{supply}, {held}.", *told])


def _missed(case: str, rows: list[dict[str, Any]], unit: Unit) -> str:
    """One sentence on a case that fails: from which stocks, and what lacks from the lowest."""
    fills = dict.fromkeys(f"{number(float(row['fill']))} %" for row in rows if not pd.isna(row["fill"]))
    stock = f" from stores at {' and '.join(fills)}" if fills else ""
    worst = max(rows, key=lambda row: float(row["missing"]))
    out = f" without {worst['without']}" if worst["without"] else ""
    return (
        f"In case ({case}){out} it is missed{stock}: up to "
        f"{unit.text(float(worst['missing']))} lack, and protected customers are served for {_days(worst)}."
    )


def _margin(row: dict[str, Any]) -> float:
    return -1.0 if pd.isna(row["multiple"]) else float(row["multiple"])


def _case(row: dict[str, Any]) -> str:
    out = f" without {row['without']}" if row["without"] else ""
    return f"case ({row['case']}){out}" + (
        "" if pd.isna(row["fill"]) else f" from stores at {number(float(row['fill']))} %"
    )


def _days(row: dict[str, Any]) -> str:
    days = int(row["days"])
    if not days:
        return "not a day"
    return f"{days} {'day' if days == 1 else 'days'}"


def _together(rows: pd.DataFrame, unit: Unit) -> list[str]:
    groups = rows[~rows["single"].astype(bool) & (rows["stock"] == "planned")]
    said = []
    for name, found in groups.groupby("infrastructure", sort=False):
        parts = []
        for row in found.to_dict("records"):
            with_what = "everything assumed" if row["supply"] == "all" else "contracted gas alone"
            lack = f" ({unit.text(float(row['missing']))} lack)" if float(row["missing"]) > 1e-6 else ""
            much = "not at all" if pd.isna(row["multiple"]) else f"{float(row['multiple']):.2f} times their demand"
            parts.append(f"{much} with {with_what}{lack}")
        said.append(
            f"Case (c) without {name}, from planned stock: protected customers could be served {', '.join(parts)}."
        )
    return said
