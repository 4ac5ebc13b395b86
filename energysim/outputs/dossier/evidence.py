"""What the chapter on evidence has to say, in sentences made from its figures and tables."""

from __future__ import annotations

from typing import Any

import pandas as pd

from energysim.dossier import Chapter
from energysim.outputs.wording import TRACE, Unit, number

NEXT = 3
"""So many figures are named after the first."""
LEAST_SHARE = 0.01
"""Share of the first figure's swing below which one is not worth naming."""


def findings(chapter: Chapter, unit: Unit) -> list[str]:
    """The figure to check first, those after it, the interval they make, and the statement that would change most."""
    ranking = chapter.tables["evidence_ranking"]
    table = ranking.frame
    what = ranking.title.rpartition(": ")[2].lower()
    counted = f"{chapter['evidence_touching'].value} figures in doubt"
    if table.empty:
        return [f"{counted} touch the case; none of them by itself moves {what}.", *_cuts_together(chapter, unit)]
    shown = ranking.units["swing"]
    first: Any = table.iloc[0]
    ask = chapter["evidence_first"].note
    said = [
        f"To know {what} better, check first: {first['figure']} ({ask}). Over its range, "
        f"{first['range']}, it goes from {_amount(first['at_low'], shown, unit)} to "
        f"{_amount(first['at_high'], shown, unit)}."
    ]
    others = table.iloc[1 : 1 + NEXT]
    others = others[others["swing"] > LEAST_SHARE * first["swing"]]
    if len(others):
        named = "; ".join(f"{r.figure} ({_amount(float(r.swing), shown, unit)})" for r in others.itertuples())
        said.append(f"Then, by their swing: {named}.")
    said.append(_inherited(chapter, counted, what, shown, unit))
    against = _statement(chapter.tables["evidence_contradictions"].frame, what, shown, unit)
    return [*said, *_cuts_together(chapter, unit), *([against] if against else [])]


def _cuts_together(chapter: Chapter, unit: Unit) -> list[str]:
    """Where no figure alone cuts anybody: whether all of them at their bad end do."""
    frame = chapter.tables["evidence_intervals"].frame
    row: Any = frame.iloc[0]  # unserved gas leads the table
    if row["one_high"] > TRACE or pd.isna(row["all_bad"]):
        return []
    bad = "nor do all of them at their bad end"
    if row["all_bad"] > TRACE:
        bad = f"all of them at their bad end leave {_amount(row['all_bad'], row['unit'], unit)} unserved"
    return [f"No figure in doubt by itself cuts anybody; {bad}."]


def _inherited(chapter: Chapter, counted: str, what: str, shown: str, unit: Unit) -> str:
    frame = chapter.tables["evidence_intervals"].frame
    row: Any = frame[frame["indicator"].str.lower() == what.lower()].iloc[0]
    low, high = (_amount(row[k], shown, unit) for k in ("squares_low", "squares_high"))
    text = f"{counted} touch the case; if independent they leave {what} between {low} and {high}"
    if pd.isna(row["all_bad"]) or pd.isna(row["all_good"]):
        return f"{text}."
    good, bad = (_amount(row[k], shown, unit) for k in ("all_good", "all_bad"))
    return f"{text}; with every figure at its good end it is {good}, at its bad end {bad}."


def _statement(frame: pd.DataFrame, what: str, shown: str, unit: Unit) -> str:
    """The statement within the range in use that would change most: those outside often speak of another thing."""
    inside = frame[(frame["inside_range"] == True) & frame["change"].notna()]  # noqa: E712
    inside = inside[inside["change"].abs() > 0]
    if inside.empty:
        return ""
    top: Any = inside.iloc[0]
    return f"If another source is right ({top['statement']}), {what} is {_amount(top['value'], shown, unit)}."


def _amount(value: float, shown: str, unit: Unit) -> str:
    if shown in ("GWh", "GWh/d"):
        return unit.text(value) + ("/d" if shown == "GWh/d" else "")
    return f"{number(value)} {shown}"
