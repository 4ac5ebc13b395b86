"""What the chapter on ENTSOG's indicators has to say, in one sentence each, written from its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from energysim.dossier import Chapter
from energysim.outputs.wording import Unit, number
from energysim.words import say, spoken, term
from energysim.words.lists import listed

MARKETS = ("open", "contracted")
EVENTS = "events of the scenario on these days in force"
"""Begins the note of the table of curtailment where there are any."""
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
    events = chapter.tables["entsog_curtailment"].note.startswith((EVENTS, term(EVENTS)))
    on = (
        say("On the day of demand met once in twenty winters, with the events of the scenario in force,")
        if events
        else say("On the day of demand met once in twenty winters")
    )
    if all(row["day_shared"] <= NOTICEABLE for row in rows):
        return say("{on} nobody need be cut.", on=on)
    home = rows[0]
    return say(
        "{on} {country} loses at least {shared} of its demand if the shortage is shared with its neighbours, {first} if it comes "
        "first.",
        on=on,
        country=term(home["area"]),
        shared=_percent(home["day_shared"]),
        first=_percent(home["day_first"]),
    )


def _slid(chapter: Chapter, unit: Unit) -> str:
    rows = _table(chapter, "entsog_slid")
    if not rows:
        return ""
    own = [r for r in rows if r["area"] == rows[0]["area"]]
    row, worst = next(r for r in own if r["largest"]), max(own, key=lambda r: float(r["shared"]))
    told = {
        "country": term(row["area"]),
        "interconnection": term(row["interconnection"]),
        "size": f"{number(row['capacity'] * unit.factor)} {unit.rate}",
    }
    first = (
        say(
            "Losing the largest interconnection of {country} on such a day, {interconnection} ({size}), cuts {share} of demand",
            **told,
            share=_percent(row["shared"]),
        )
        if row["shared"] > NOTICEABLE
        else say(
            "Losing the largest interconnection of {country} on such a day, {interconnection} ({size}), cuts nobody",
            **told,
        )
    )
    if worst["shared"] <= row["shared"] + NOTICEABLE:
        return f"{first}."
    return say(
        "{first}; {interconnection} matters more: without it {share} is cut.",
        first=first,
        interconnection=term(worst["interconnection"]),
        share=_percent(worst["shared"]),
    )


def _tightest(chapter: Chapter) -> str:
    rows = [r for r in _table(chapter, "entsog_flexibility") if r["day_multiple"] == r["day_multiple"]]
    if not rows:
        return ""
    row, home = min(rows, key=lambda r: float(r["day_multiple"])), rows[0]
    names = chapter.tables["entsog_flexibility"].names
    said = say(
        "Least room has {area}: on that day it could be given {share} more than its demand",
        area=names.get(row["area"], row["area"]) if spoken() != "en" else row["area"],
        share=_more(row),
    )
    if row is home:
        return f"{said}."
    return say("{least}; {country} {share} more.", least=said, country=term(home["area"]), share=_more(home))


def _dependence(chapter: Chapter) -> str:
    rows = _dependences(chapter)
    told = {m: _of_market(chapter, [r for r in rows if r["market"] == m]) for m in MARKETS}
    parts = [
        say("if every seller delivers all year {what}", what=what)
        if m == "open"
        else say("by contract alone {what}", what=what)
        for m, what in told.items()
        if what
    ]
    return say("Over the year, of demand at home: {parts}.", parts="; ".join(parts)) if parts else ""


def _of_market(chapter: Chapter, rows: list[dict[str, Any]]) -> str:
    """What the loss of a source does, beside what is cut anyway and what more is cut if another is lost with it."""
    single = [r for r in rows if not r["lost"].endswith(WITH_IT) and r["lost"] != NOTHING]
    if not single:
        return ""
    base = next((_home(r) for r in rows if r["lost"] == NOTHING), 0.0)
    worst = max(single, key=_home)
    needless = _home(worst) <= base + NOTICEABLE
    if base > NOTICEABLE:
        said = (
            say("{base} is cut even with nothing lost, and no single source makes it worse", base=_percent(base))
            if needless
            else say(
                "{base} is cut even with nothing lost, {share} without {source}",
                base=_percent(base),
                share=_percent(_home(worst)),
                source=term(worst["lost"]),
            )
        )
    elif needless:
        said = say("no single source is needed")
    else:
        said = say("losing {source} cuts {share}", source=term(worst["lost"]), share=_percent(_home(worst)))
    joint = [r for r in rows if r["lost"].endswith(WITH_IT) and _home(r) > _home(worst) + NOTICEABLE]
    if joint:
        more = max(joint, key=_home)
        source, _, fed = more["lost"].removesuffix(WITH_IT).partition(", and ")
        told = {"said": said, "share": _percent(_home(more)), "countries": listed(term(f) for f in fed.split(" and "))}
        if not needless and source == worst["lost"]:
            return say("{said} ({share} if {countries} is lost with it)", **told)
        return say("{said} ({share} without {source} if {countries} is lost with it)", source=term(source), **told)
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
    said = chapter.tables[f"entsog_dependence_{row['market']}"].names
    return say(
        "Sharing moves shortage: without {source} ({market} supply) {country} loses {first} at best if each country comes first "
        "and {shared} if all share, for {points} percentage points more at home.",
        source=said.get(row["lost"], row["lost"]),
        market=term(row["market"]),
        country=_country(said, other_shared),
        first=_percent(row[other_first]),
        shared=_percent(row[other_shared]),
        points=number(row[home_shared] - row[home_first]),
    )


def _country(names: Mapping[str, str], column: str) -> str:
    """The country of a column of shared rates: in English by its first word."""
    return column.removesuffix(SHARED).capitalize() if spoken() == "en" else names[column].rpartition(", ")[0]


def _diversity(chapter: Chapter) -> str:
    by = {r["basis"]: r for r in _table(chapter, "entsog_diversity") if r["dimension"] == "source"}
    taken, signed = by.get("physical"), by.get("contractual")
    if not taken or not signed or not taken["largest"]:
        return ""
    routes = [f for f in chapter.figures if f.id.startswith("ird_") and f.value is not None]
    scored = (
        say("; import routes score {score} of {most} points (low is diverse)", score=number(chapter.value(routes[0].id)),
            most=number(10_000))
        if routes else ""
    )  # fmt: skip
    share = _percent(signed["largest_share"])
    if not signed["largest"]:
        paper = say("nothing is under contract")
    elif signed["largest"] != taken["largest"]:
        paper = say("{source} {share} of what is under contract", source=term(signed["largest"]), share=share)
    else:
        paper = say("{share} of what is under contract", share=share)
    return say(
        "{source} is {share} of the gas taken for the country, {paper}{scored}.",
        source=term(taken["largest"]),
        share=_percent(taken["largest_share"]),
        paper=paper,
        scored=scored,
    )


def _dependences(chapter: Chapter) -> list[dict[str, Any]]:
    """Rows of the tables of both markets, with their market."""
    return [{"market": m} | row for m in MARKETS for row in _table(chapter, f"entsog_dependence_{m}")]


def _home(row: dict[str, Any]) -> float:
    """Rate of the first country in a row of the dependence table, shortage shared."""
    return float(next(v for k, v in row.items() if k.endswith(SHARED)))


def _more(row: dict[str, Any]) -> str:
    """`3.6 %` more than demand, of a multiple of it."""
    return _percent(100.0 * (row["day_multiple"] - 1.0))


def _percent(value: float) -> str:
    return f"{number(value)} %"
