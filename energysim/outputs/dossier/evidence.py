"""What the chapter on evidence has to say, in sentences made from its figures and tables."""

from __future__ import annotations

from typing import Any

import pandas as pd

from energysim.dossier import Chapter
from energysim.outputs.dossier.digits import in_unit, in_words
from energysim.outputs.wording import TRACE, Unit, number
from energysim.words import say

NEXT = 3
"""So many figures are named after the first."""
LEAST_SHARE = 0.01
"""Share of the first figure's swing below which one is not worth naming."""


def findings(chapter: Chapter, unit: Unit) -> list[str]:
    """The figure to check first, those after it, the interval they make, and the statement that would change most."""
    ranking = chapter.tables["evidence_ranking"]
    table = ranking.frame
    what = ranking.title.rpartition(": ")[2].lower()
    counted = str(chapter["evidence_touching"].value)
    if table.empty:
        none = say(
            "{count} figures in doubt touch the case; none of them by itself moves {indicator}.",
            count=counted,
            indicator=what,
        )
        return [none, *_cuts_together(chapter, unit)]
    shown = ranking.units["swing"]
    first: Any = table.iloc[0]
    ask = chapter["evidence_first"].note
    said = [
        say(
            "To know {indicator} better, check first: {figure} ({ask}). Over its range of {range} it goes from {low} to {high}.",
            indicator=what,
            figure=first["figure"],
            ask=ask,
            range=in_words(first["range"], unit),
            low=_amount(first["at_low"], shown, unit),
            high=_amount(first["at_high"], shown, unit),
        )
    ]
    others = table.iloc[1 : 1 + NEXT]
    others = others[others["swing"] > LEAST_SHARE * first["swing"]]
    if len(others):
        named = "; ".join(f"{r.figure} ({_amount(float(r.swing), shown, unit)})" for r in others.itertuples())
        said.append(say("Then, by their swing: {figures}.", figures=named))
    said.append(_inherited(chapter, counted, what, shown, unit))
    against = _statement(chapter.tables["evidence_contradictions"].frame, what, shown, unit)
    return [*said, *_cuts_together(chapter, unit), *([against] if against else [])]


def _cuts_together(chapter: Chapter, unit: Unit) -> list[str]:
    """Where no figure alone cuts anybody: whether all of them at their bad end do."""
    frame = chapter.tables["evidence_intervals"].frame
    row: Any = frame.iloc[0]  # unserved gas leads the table
    if row["one_high"] > TRACE or pd.isna(row["all_bad"]):
        return []
    if row["all_bad"] > TRACE:
        gas = _amount(row["all_bad"], row["unit"], unit)
        return [
            say(
                "No figure in doubt by itself cuts anybody; all of them at their bad end leave {gas} unserved.", gas=gas
            )
        ]
    return [say("No figure in doubt by itself cuts anybody; nor do all of them at their bad end.")]


def _inherited(chapter: Chapter, counted: str, what: str, shown: str, unit: Unit) -> str:
    frame = chapter.tables["evidence_intervals"].frame
    row: Any = frame[frame["indicator"].str.lower() == what.lower()].iloc[0]
    low, high = (_amount(row[k], shown, unit) for k in ("squares_low", "squares_high"))
    text = say(
        "{count} figures in doubt touch the case; if independent they leave {indicator} between {low} and {high}",
        count=counted,
        indicator=what,
        low=low,
        high=high,
    )
    if pd.isna(row["all_bad"]) or pd.isna(row["all_good"]):
        return f"{text}."
    good, bad = (_amount(row[k], shown, unit) for k in ("all_good", "all_bad"))
    return say(
        "{text}; with every figure at its good end it is {good}, at its bad end {bad}.", text=text, good=good, bad=bad
    )


def _statement(frame: pd.DataFrame, what: str, shown: str, unit: Unit) -> str:
    """The statement within the range in use that would change most: those outside often speak of another thing."""
    inside = frame[(frame["inside_range"] == True) & frame["change"].notna()]  # noqa: E712
    inside = inside[inside["change"].abs() > 0]
    if inside.empty:
        return ""
    top: Any = inside.iloc[0]
    return say(
        "If another source is right ({statement}), {indicator} is {value}.",
        statement=top["statement"],
        indicator=what,
        value=_amount(top["value"], shown, unit),
    )


def _amount(value: float, shown: str, unit: Unit) -> str:
    written, factor = in_unit(shown, unit)
    return f"{number(value * factor)} {written}"
