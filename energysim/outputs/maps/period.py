"""Which gas days a map shows: one day, or the mean over the days of events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd

from energysim.errors import InputError, suggest
from energysim.indicators import basic as indicators
from energysim.outputs.canvas import DAY, occurrences
from energysim.results import Results
from energysim.words import day_month, full_date, say, term

EVENTS = "events"
"""The mean over all days on which any event goes on."""
Why = Literal["worst", "highest", "chosen", "event"]


@dataclass(frozen=True)
class Period:
    """The days shown, why these, and the event whose days they are (EVENTS for all of them)."""

    days: pd.DatetimeIndex
    why: Why
    event: str = ""

    @property
    def short(self) -> str:
        """`8 Jan`, or `mean of 90 days` with the first and the last of them."""
        if len(self.days) == 1:
            return day_month(self.days[0])
        first, last = day_month(self.days[0]), day_month(self.days[-1])
        return say(
            "Mean of {days} {days|day|days} between {first} and {last}", days=len(self.days), first=first, last=last
        )

    @property
    def said(self) -> str:
        """What the subtitle says: the date and why this day is shown."""
        if self.why == "event":
            names = say("all events") if self.event == EVENTS else term(self.event)
            first, last = full_date(self.days[0]), full_date(self.days[-1])
            return say("mean of the days of: {event} ({first} – {last})", event=names, first=first, last=last)
        day = full_date(self.days[0])
        if self.why == "worst":
            return say("{day}, the day with most unserved gas", day=day)
        return say("{day}, the day of highest demand", day=day) if self.why == "highest" else day


def period(result: Results, day: str | date | None = None) -> Period:
    """The days to show: the worst day of unserved gas (of demand, where nobody is cut) unless told otherwise.

    day: a gas day, the name of an event (the mean over its days), or `events` (the mean over the days of all).
    Raises InputError for a day outside the run or an event that it does not have.
    """
    if day is None:
        cut, demand = indicators.unserved_by_day(result), indicators.system_demand(result)
        if indicators.cut_days(result):
            return Period(pd.DatetimeIndex([cut.idxmax()]), "worst")
        return Period(pd.DatetimeIndex([demand.idxmax()]), "highest")
    stamp = _stamp(day)
    if stamp is None:
        return _of_events(result, str(day))
    if stamp not in result.dates:
        first, last = result.dates[0].date(), result.dates[-1].date()
        raise InputError(f"{stamp.date()} is not a gas day of this run; expected one from {first} to {last}")
    return Period(pd.DatetimeIndex([stamp]), "chosen")


def _stamp(day: str | date) -> pd.Timestamp | None:
    """The date that is meant; None where it is the name of something else."""
    try:
        return pd.Timestamp(date.fromisoformat(day) if isinstance(day, str) else day).normalize()
    except ValueError:
        return None


def _of_events(result: Results, name: str) -> Period:
    found = occurrences(result, result.dates)
    known = dict.fromkeys(e.name for e in found)
    chosen = [e for e in found if name in (EVENTS, e.name, e.written)]
    if not chosen:
        hint = suggest(name, [EVENTS, *known]) if known else "; this run has no event"
        raise InputError(f"no event {name!r}{hint}; expected a date such as 2026-01-31, {EVENTS!r} or an event's name")
    days = sorted({d for e in chosen for d in pd.date_range(e.start, e.stop - DAY)})
    said = next((e.name for e in chosen if name in (e.name, e.written)), name)
    return Period(pd.DatetimeIndex(days), "event", said)
