"""The terminal page of `explain`: what is used, how sure it is, where it comes from, and what others say."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from energysim.inputs.evidence import Explanation
from energysim.words import iso_or_local, localised, say, term

UNITS = {
    "_gwh_per_day": "GWh/d",
    "_mcm_per_day_per_c": "mcm/d per degC",
    "_mcm_per_day": "mcm/d",
    "_eur_per_mwh": "EUR/MWh",
    "_kwh_per_m3": "kWh/m3",
    "_mcm": "mcm",
    "_gwh": "GWh",
    "_meur": "MEUR",
    "_km": "km",
    "_days": "days",
}
"""End of a column's name -> its unit."""


def explained(found: list[Explanation]) -> Group:
    """All explanations of an asset: by table, each row in use with its rivals beneath it."""
    parts: list[RenderableType] = []
    for table in dict.fromkeys(e.table for e in found):
        rows = [e for e in found if e.table == table]
        head = say("data/{table}.csv · used by {user}", table=table, user=rows[0].used_by)
        parts.append(Text(head, style="bold underline"))
        for identity in dict.fromkeys(e.row.identity for e in rows):
            same = [e for e in rows if e.row.identity == identity]
            used = [e for e in same if e.row.rival is None]
            for e in used:
                parts += _used(e)
            for e in same:
                if e.row.rival is not None:
                    parts += _rival(e, used[0] if used else None)
        parts.append(Text())
    return Group(*parts)


def _used(e: Explanation) -> list[RenderableType]:
    title = Text("\n" + "/".join(i for i in e.row.identity if i), style="bold")
    title.append(f"   {_place(e)}", style="dim")
    head = {k: v for k, v in e.figures.items() if not isinstance(v, float)}
    lines: list[Text] = [Text(", ".join(f"{_plain(k)} {_write(v)}" for k, v in head.items()))] if head else []
    for name, value in e.figures.items():
        if isinstance(value, float):
            line = Text(f"{_plain(name)} = ")
            line.append(f"{_write(value)} {_unit(name)}".rstrip(), style="bold")
            line.append(_range(e) if name == e.row.headline else "")
            lines.append(line)
    return [title, Padding(Group(*lines, *_provenance(e)), (0, 0, 0, 2))]


def _rival(e: Explanation, used: Explanation | None) -> list[RenderableType]:
    """What another source says, only where it differs from what is used."""
    base = used.figures if used else {}
    differing = {k: v for k, v in e.figures.items() if base.get(k) != v}
    figures = "; ".join(f"{_plain(k)} = {_write(v)} {_unit(k)}".rstrip() for k, v in differing.items())
    said = figures or say("the same figure")
    line = Text(f"{say('rival')} ", style="dim")
    line.append(f"{e.row.rival}: ", style="italic")
    line.append(said)
    line.append(f"   {_place(e)}", style="dim")
    return [Padding(Group(line, *_provenance(e)), (0, 0, 0, 4))]


def _provenance(e: Explanation) -> list[Text]:
    known = {"grade": e.row.confidence, "day": iso_or_local(e.row.as_of)}
    sure = say("confidence {grade}, as of {day}", **known)
    if e.row.estimate:
        sure = say("confidence {grade}, estimate, as of {day}", **known)
    lines = [Text(f"{sure}; {'; '.join(e.sources)}", style="dim")]
    return [*lines, Text(e.row.note, style="dim italic")] if e.row.note else lines


def _place(e: Explanation) -> str:
    """`from 2021-01-01, line 4`: when the row holds and where it stands."""
    return say("{validity}, line {line}", validity=_validity(e), line=e.line)


def _validity(e: Explanation) -> str:
    first, last = e.row.valid_from, e.row.valid_to
    if first and last:
        return say("{first} to {last}", first=iso_or_local(first), last=iso_or_local(last))
    if first:
        return say("from {first}", first=iso_or_local(first))
    return say("until {last}", last=iso_or_local(last)) if last else say("always")


def _range(e: Explanation) -> str:
    low, high = e.row.low, e.row.high
    if low is None or high is None:
        return ""
    return f"   ({say('range {low} … {high}', low=_write(float(low)), high=_write(float(high)))})"


def _unit(name: str) -> str:
    return next((term(unit) for ending, unit in UNITS.items() if name.endswith(ending)), "")


def _plain(name: str) -> str:
    for ending in UNITS:
        name = name.removesuffix(ending)
    return name.replace("_", " ")


def _write(value: Any) -> str:
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    return localised(f"{value:g}") if isinstance(value, float) else str(value)
