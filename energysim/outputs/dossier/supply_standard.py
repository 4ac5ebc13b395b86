"""What the chapter on the supply standard has to say, in sentences made from its figures and tables."""

from __future__ import annotations

from typing import Any

import pandas as pd

from energysim.dossier import Chapter
from energysim.outputs.wording import Unit, number
from energysim.words import decimals, say, term
from energysim.words.lists import listed

EVENTS_LEFT_OUT = "The cases are the Regulation's own, and no event of the scenario is in force in them"
"""Begins the note of a chapter on a scenario with events."""
SERVED = 1e-6
"""GWh up to which nothing lacks."""
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
    said = [_verdicts(chapter.tables[TABLES[s]].frame, term(text), unit) for s, text in SUPPLY.items()]
    if any(note.startswith((EVENTS_LEFT_OUT, term(EVENTS_LEFT_OUT))) for note in chapter.notes):
        said.insert(0, term(NOT_THE_SCENARIO))
    if "supply_standard_outages" in chapter.tables:
        said += _together(chapter.tables["supply_standard_outages"].frame, unit)
    share = chapter["protected_services_share"]
    if share.value is not None:
        said.append(_services(chapter.value(share.id), share.high, share.verdict == "pass"))
    return said


def _services(share: float, high: float | None, within: bool) -> str:
    """Whether protected services are few enough; shares in per cent."""
    take = say(
        "Protected services other than households take {share} % of annual consumption{high}",
        share=number(share),
        high=say(" ({share} % of final use)", share=number(high)) if high is not None else "",
    )
    if within:
        return say("{take}: within the 20 % that the Regulation allows.", take=take)
    return say("{take}: above the 20 % that the Regulation allows.", take=take)


def _verdicts(table: pd.DataFrame, supply: str, unit: Unit) -> str:
    rows: list[dict[str, Any]] = [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
    failed = [row for row in rows if row["verdict"] == "fail"]
    if not failed:
        least = min(rows, key=lambda row: _margin(row))
        if _margin(least) == float("inf"):
            return say("{supply}, there are no protected customers to be served.", supply=supply)
        return say(
            "{supply}, protected customers can be served in every case and from every stock; closest to the limit is {case}, "
            "where {times} times their demand could be served.",
            supply=supply,
            case=_case(least),
            times=decimals(_margin(least), 2),
        )
    cases = dict.fromkeys(row["case"] for row in rows)
    missed = {c: [row for row in failed if row["case"] == c] for c in cases if any(row["case"] == c for row in failed)}
    met = [f"({c})" for c in cases if c not in missed]
    held = (
        say("{supply}, the standard is met from every stock in {cases}.", supply=supply, cases=listed(met))
        if met
        else say("{supply}, the standard is met in no case.", supply=supply)
    )
    return " ".join([held, *(_missed(case, found, unit) for case, found in missed.items())])


def _missed(case: str, rows: list[dict[str, Any]], unit: Unit) -> str:
    """One sentence on a case that fails: from which stocks, and what lacks from the lowest."""
    fills = dict.fromkeys(f"{number(float(row['fill']))} %" for row in rows if not pd.isna(row["fill"]))
    worst = max(rows, key=lambda row: float(row["missing"]))
    return say(
        "In case ({case}){out} it is missed{stock}: up to {missing} lack, and protected customers are served for {days}.",
        case=case,
        out=say(" without {outage}", outage=worst["without"]) if worst["without"] else "",
        stock=say(" from stores at {fills}", fills=listed(fills)) if fills else "",
        missing=unit.text(float(worst["missing"])),
        days=_days(worst),
    )


def _margin(row: dict[str, Any]) -> float:
    return -1.0 if pd.isna(row["multiple"]) else float(row["multiple"])


def _case(row: dict[str, Any]) -> str:
    return say(
        "case ({case}){out}{stock}",
        case=row["case"],
        out=say(" without {outage}", outage=row["without"]) if row["without"] else "",
        stock="" if pd.isna(row["fill"]) else say(" from stores at {fills}", fills=f"{number(float(row['fill']))} %"),
    )


def _days(row: dict[str, Any]) -> str:
    days = int(row["days"])
    if not days:
        return say("not a day")
    return say("{days} {days|day|days}", days=days)


def _together(rows: pd.DataFrame, unit: Unit) -> list[str]:
    groups = rows[~rows["single"].astype(bool) & (rows["stock"] == "planned")]
    said = []
    for name, found in groups.groupby("infrastructure", sort=False):
        parts = []
        for row in found.to_dict("records"):
            missing = float(row["missing"])
            lack = say(" ({missing} lack)", missing=unit.text(missing)) if missing > SERVED else ""
            much = (
                say("not at all")
                if pd.isna(row["multiple"])
                else say("{times} times their demand", times=decimals(float(row["multiple"]), 2))
            )
            parts.append(
                say("{much} with everything assumed{lack}", much=much, lack=lack)
                if row["supply"] == "all"
                else say("{much} with contracted gas alone{lack}", much=much, lack=lack)
            )
        said.append(
            say(
                "Case ({case}) without {outage}, from planned stock: protected customers could be served {parts}.",
                case="c",
                outage=name,
                parts=", ".join(parts),
            )
        )
    return said
