"""What the chapter on ENTSOG's indicators has to say, in one sentence each, written from its numbers."""

from __future__ import annotations

from typing import Any

from energysim.dossier import Chapter
from energysim.outputs.wording import Unit, number

MARKETS = {"open": "if every seller delivers all year", "contracted": "by contract alone"}
SHARED, FIRST = "_shared", "_first"
"""Ends of the columns of a country, by mode."""
FOUR = 4
"""Columns of two countries in both modes."""
NOTICEABLE = 0.05
"""Per cent below which nobody is said to be short."""
WITH_IT, NOTHING = " with it", "nothing lost"
"""How the name of a joint loss ends, and what a row without a loss is called."""


def findings(chapter: Chapter, unit: Unit) -> list[str]:
    """Who is cut on a peak day, which interconnection matters, on which source all hangs, how diverse supply is."""
    parts = [
        _peak(chapter), _slid(chapter, unit), _tightest(chapter), _dependence(chapter), _sharing(chapter), _diversity(chapter)
    ]  # fmt: skip
    return [sentence for sentence in parts if sentence]


def _table(chapter: Chapter, name: str) -> list[dict[str, Any]]:
    """The rows of a table, none where it could not be made."""
    found = chapter.tables.get(name)
    return [{str(k): v for k, v in row.items()} for row in found.frame.to_dict("records")] if found else []


def _peak(chapter: Chapter) -> str:
    rows = _table(chapter, "entsog_curtailment")
    if not rows:
        return ""
    events = chapter.tables["entsog_curtailment"].note.startswith("events")
    on = f"On the day of demand met once in twenty winters{', with the events of the scenario in force,' if events else ''}"
    if all(row["day_shared"] <= NOTICEABLE for row in rows):
        return f"{on} nobody need be cut."
    home = rows[0]
    return (
        f"{on} {home['area']} loses at least {_percent(home['day_shared'])} of its demand if the shortage is shared with its "
        f"neighbours, {_percent(home['day_first'])} if it comes first."
    )


def _slid(chapter: Chapter, unit: Unit) -> str:
    rows = _table(chapter, "entsog_slid")
    if not rows:
        return ""
    own = [r for r in rows if r["area"] == rows[0]["area"]]
    row, worst = next(r for r in own if r["largest"]), max(own, key=lambda r: float(r["shared"]))
    size = f"{number(row['capacity'] * unit.factor)} {unit.rate}"
    said = f"cuts {_percent(row['shared'])} of demand" if row["shared"] > NOTICEABLE else "cuts nobody"
    first = (
        f"Losing the largest interconnection of {row['area']} on such a day, {row['interconnection']} ({size}), {said}"
    )
    if worst["shared"] <= row["shared"] + NOTICEABLE:
        return f"{first}."
    return f"{first}; {worst['interconnection']} matters more: without it {_percent(worst['shared'])} is cut."


def _tightest(chapter: Chapter) -> str:
    rows = [r for r in _table(chapter, "entsog_flexibility") if r["day_multiple"] == r["day_multiple"]]
    if not rows:
        return ""
    row, home = min(rows, key=lambda r: float(r["day_multiple"])), rows[0]
    said = f"Least room has {row['area']}: on that day it could be given {_more(row)} than its demand"
    return f"{said}." if row is home else f"{said}; {home['area']} {_more(home)}."


def _dependence(chapter: Chapter) -> str:
    rows = _dependences(chapter)
    parts = [f"{words} {_of_market([r for r in rows if r['market'] == m])}" for m, words in MARKETS.items()]
    text = "; ".join(p for p in parts if not p.endswith(" "))
    return f"Over the year, of demand at home: {text}." if text else ""


def _of_market(rows: list[dict[str, Any]]) -> str:
    """What the loss of a source does, beside what is cut anyway and what more is cut if another is lost with it."""
    single = [r for r in rows if not r["lost"].endswith(WITH_IT) and r["lost"] != NOTHING]
    if not single:
        return ""
    base = next((_home(r) for r in rows if r["lost"] == NOTHING), 0.0)
    worst = max(single, key=_home)
    needless = _home(worst) <= base + NOTICEABLE
    said = "no single source is needed" if needless else f"losing {worst['lost']} cuts {_percent(_home(worst))}"
    if base > NOTICEABLE:
        said = f"{_percent(base)} is cut even with nothing lost, " + (
            "and no single source makes it worse" if needless else f"{_percent(_home(worst))} without {worst['lost']}"
        )
    joint = [r for r in rows if r["lost"].endswith(WITH_IT) and _home(r) > _home(worst) + NOTICEABLE]
    if joint:
        more = max(joint, key=_home)
        source, _, fed = more["lost"].removesuffix(WITH_IT).partition(", and ")
        same = not needless and source == worst["lost"]
        said += f" ({_percent(_home(more))} {'if' if same else f'without {source} if'} {fed} is lost with it)"
    return said


def _sharing(chapter: Chapter) -> str:
    """What sharing moves between two countries, in the case in which it moves most."""
    rows = _dependences(chapter)
    names = [n for n in (rows[0] if rows else {}) if n.endswith((SHARED, FIRST))]
    if len(names) < FOUR:
        return ""
    home_shared, home_first, other_shared, other_first = names[:FOUR]
    row = max(rows, key=lambda r: abs(float(r[other_first] - r[other_shared])))
    if abs(row[other_first] - row[other_shared]) <= NOTICEABLE:
        return ""
    return (
        f"Sharing moves shortage: without {row['lost']} ({row['market']} supply) {other_shared.removesuffix(SHARED).capitalize()} "
        f"loses {_percent(row[other_first])} at best if each country comes first and {_percent(row[other_shared])} if all share, "
        f"for {number(row[home_shared] - row[home_first])} percentage points more at home."
    )


def _diversity(chapter: Chapter) -> str:
    by = {r["basis"]: r for r in _table(chapter, "entsog_diversity") if r["dimension"] == "source"}
    taken, signed = by.get("physical"), by.get("contractual")
    if not taken or not signed or not taken["largest"]:
        return ""
    routes = [f for f in chapter.figures if f.id.startswith("ird_") and f.value is not None]
    scored = f"; import routes score {number(chapter.value(routes[0].id))} of 10,000 (low is diverse)" if routes else ""
    paper = f"{_percent(signed['largest_share'])} of what is under contract"
    if not signed["largest"]:
        paper = "nothing is under contract"
    elif signed["largest"] != taken["largest"]:
        paper = f"{signed['largest']} {paper}"
    return (
        f"{taken['largest']} is {_percent(taken['largest_share'])} of the gas taken for the country, {paper}{scored}."
    )


def _dependences(chapter: Chapter) -> list[dict[str, Any]]:
    """Rows of the tables of both markets, with their market."""
    return [{"market": m} | row for m in MARKETS for row in _table(chapter, f"entsog_dependence_{m}")]


def _home(row: dict[str, Any]) -> float:
    """Rate of the first country in a row of the dependence table, shortage shared."""
    return float(next(v for k, v in row.items() if k.endswith(SHARED)))


def _more(row: dict[str, Any]) -> str:
    """`3.6 % more`, of a multiple of demand."""
    return f"{_percent(100.0 * (row['day_multiple'] - 1.0))} more"


def _percent(value: float) -> str:
    return f"{number(value)} %"
