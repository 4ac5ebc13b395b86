"""The N−1 ladder: every candidate outage beside the others, N−1 against stock, and N−1 on every day of a scenario.

Besides what the formula counts as one infrastructure, the ladder holds the assets further up that routes pass, and
risk groups. Two assumptions are made there, both prudent: an upstream asset takes with it every border point that it
feeds (half or more of what may come through); and a risk group takes the points of all its assets: Hungary's gas stands
before Horgoš, so TurkStream takes that point too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from energysim.dossier import Table
from energysim.inputs.assets import GasSystem
from energysim.standards.extremes import ENDS
from energysim.standards.infrastructure.capacities import (
    BORDER,
    SUPPLY,
    TERMINAL,
    Capacities,
    Lost,
    capacities,
    lost_with,
)
from energysim.standards.infrastructure.contracted import contracted_day, deliveries
from energysim.standards.infrastructure.formula import FULL, LOW, MET, PLANNED, Question, fills_by_day, ratio
from energysim.standards.risk_group import risk_groups
from energysim.words import say, term

STEP = 0.05
"""Distance between two fills of the curve."""
ENTRY, STORE, UPSTREAM, RISK_GROUP = "entry", "store", "upstream", "risk group"
"""Kinds of candidate outage, beside `production` and `terminal`."""
BISECTIONS = 50


@dataclass(frozen=True)
class Rung:
    """A candidate outage: what it is called, of what kind it is, and what goes with it."""

    name: str
    kind: str
    lost: Lost


def rungs(asked: Question) -> dict[str, Rung]:
    """Every candidate outage by its id: single infrastructures, assets further up, risk groups."""
    subject, found = asked.subject, asked.levels[FULL]
    system = subject.system
    result = {
        item: Rung(label(system, found, item), _kind(system, found, item), lost) for item, lost in found.items().items()
    }
    on_the_way = {u for way in _paths(asked) for u in way}
    for u in system.upstream.values():
        if u.id in on_the_way and u.id not in result and u.kind not in (SUPPLY, BORDER):
            result[u.id] = Rung(str(term(u.name or u.id)), UPSTREAM, lost_with(system, asked.day, asked.area, {u.id}))
    return result | groups_on_the_day(asked)


def groups_on_the_day(asked: Question) -> dict[str, Rung]:
    """The risk groups that take more border points on the reference day than their first asset alone."""
    system, result = asked.subject.system, {}
    for group in risk_groups(asked.subject):
        alone = lost_with(system, asked.day, asked.area, {group.head})
        together = lost_with(system, asked.day, asked.area, {group.head, *group.fed})
        if (together.upstream - alone.upstream) & set(asked.levels[FULL].entries):
            result["risk_group_" + "_".join(group.fed)] = Rung(group.name(system), RISK_GROUP, together)
    return result


def ladder(asked: Question) -> pd.DataFrame:
    """Every candidate outage, worst first; columns as in `ladder_table`."""
    system, demand = asked.subject.system, asked.demand.value
    found = rungs(asked)
    day = contracted_day(system, asked.day, asked.area, asked.fills[PLANNED])
    delivered = deliveries(day, {item: rung.lost for item, rung in found.items()})
    rows = []
    for item, rung in found.items():
        whole = asked.levels[FULL]
        by_level = [ratio(asked.levels[level], demand, rung.lost) for level in (FULL, PLANNED, LOW)]
        rows.append((rung.name, rung.kind, whole.total() - whole.total(rung.lost), *by_level,
                     delivered[item], delivered[item] / demand * 100.0, item))  # fmt: skip
    columns = ["name", "kind", "lost", "full", "planned", "at_30", "gas", "gas_share", "asset"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values(["full", "asset"], kind="stable", ignore_index=True)


def ladder_table(frame: pd.DataFrame) -> Table:
    """The ladder as a table of a dossier."""
    rates, shares = ("lost", "gas"), ("full", "planned", "at_30", "gas_share")
    return Table(
        say("N−1 ladder: every candidate outage, worst first"),
        frame,
        {**dict.fromkeys(rates, "GWh/d"), **dict.fromkeys(shares, "%")},
        source=say("Reg. (EU) 2017/1938, Annex II"),
        note=say(
            "gas left: what is contracted and could still come with stores as planned, and its share of demand; an upstream "
            "asset takes every border point that it feeds"
        ),
        shown=("name", "lost", "full", "planned", "at_30", "gas", "gas_share"),
    )


def curve(asked: Question) -> pd.DataFrame:
    """N−1 against stock: fill, withdrawal of all and of callable accounts [GWh/d], largest, both N−1 [%]."""
    rows = []
    for fill in np.round(np.arange(0.0, 1.0 + STEP / 2, STEP), 10):
        found = asked.capacities_at(float(fill))
        rows.append((fill * 100.0, found.storage(), found.storage(callable_only=True), found.largest()[0],
                     ratio(found, asked.demand.value),
                     ratio(found, asked.demand.value, callable_only=True)))  # fmt: skip
    columns = ["fill", "withdrawal", "callable_withdrawal", "largest", "n_minus_1", "n_minus_1_callable"]
    return pd.DataFrame(rows, columns=columns)


def curve_table(asked: Question) -> Table:
    """The curve as a table of a dossier."""
    units = {"fill": "%", "withdrawal": "GWh/d", "callable_withdrawal": "GWh/d", "n_minus_1": "%",
             "n_minus_1_callable": "%"}  # fmt: skip
    frame, system, found = curve(asked), asked.subject.system, asked.levels[FULL]
    return Table(
        say("N−1 against stock, on the deliverability curve"),
        frame,
        units,
        source=say("Reg. (EU) 2017/1938, Annex II"),
        note=say("every account at the same fill; callable: only stock that the country may withdraw"),
        names={item: label(system, found, item) for item in frame["largest"].unique()},
    )


def fill_that_meets(asked: Question, callable_only: bool = False) -> float | None:
    """Lowest fill of all stores at which N−1 is 100 %, 0…1, by bisection; None where full stores do not suffice."""

    def met(fill: float) -> bool:
        found = asked.capacities_at(fill)
        return ratio(found, asked.demand.value, callable_only=callable_only) >= MET

    if not met(1.0):
        return None
    if met(0.0):
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (low, middle) if met(middle) else (middle, high)
    return high


def course(asked: Question) -> pd.DataFrame:
    """N−1 by day of the scenario's course, with its stocks and what is damaged, against the same demand.

    Columns: date, callable_stock [GWh], entry, withdrawal [GWh/d], largest, n_minus_1, n_minus_1_callable [%]. The
    largest is the largest of what works that day, so during an outage one more loss is asked for.
    """
    subject = asked.subject
    happened = subject.course
    system = happened.realised.believed
    fills = fills_by_day(system, happened)
    usable = [a for a in system.accounts.values() if a.callable]
    rows = []
    for day in range(system.days):
        found = capacities(system, day, asked.area, {a: float(f[day]) for a, f in fills.items()})
        rows.append((
            system.date_of(day).isoformat(),
            sum(fills[a.id][day] * a.volume for a in usable),
            found.entry(),
            found.storage(),
            found.largest()[0],
            ratio(found, asked.demand.value),
            ratio(found, asked.demand.value, callable_only=True),
        ))  # fmt: skip
    columns = ["date", "callable_stock", "entry", "withdrawal", "largest", "n_minus_1", "n_minus_1_callable"]
    return pd.DataFrame(rows, columns=columns)


def course_table(frame: pd.DataFrame) -> Table:
    """The course as a table of a dossier."""
    units = {"callable_stock": "GWh", "entry": "GWh/d", "withdrawal": "GWh/d", "n_minus_1": "%",
             "n_minus_1_callable": "%"}  # fmt: skip
    return Table(
        say("N−1 on every day of the scenario, with its stocks and what is damaged"),
        frame,
        units,
        source=say("Reg. (EU) 2017/1938, Annex II"),
        note=say("against demand once in twenty winters on every day; without the largest of what works that day"),
        on_page=False,
    )


def days_below(frame: pd.DataFrame, column: str) -> list[date]:
    """Days of a course on which N−1 is below 100 %, October to April: at no other time can demand be that high."""
    below = [date.fromisoformat(str(day)) for day in frame.loc[frame[column] < MET - 1e-9, "date"]]
    return [day for day in below if (day.month, day.day) >= ENDS[0] or (day.month, day.day) <= ENDS[1]]


def label(system: GasSystem, found: Capacities, item: str) -> str:
    """What a reader calls an infrastructure; the only entry of a transit line goes by the line's name."""
    line = found.enters.get(item)
    if line is not None and list(found.enters.values()).count(line) == 1:
        return str(term(system.nodes[line].name or line))
    tables: tuple[Mapping[str, Any], ...] = (system.upstream, system.sites, system.accounts, system.contracts)
    return next((str(term(table[item].name or item)) for table in tables if item in table), item)


def _kind(system: GasSystem, found: Capacities, item: str) -> str:
    if item in found.stores:
        return STORE
    if item in found.production:
        return "production"
    return "terminal" if system.upstream[item].kind == TERMINAL else ENTRY


def _paths(asked: Question) -> list[tuple[str, ...]]:
    """Ways of open routes into the area."""
    system, day = asked.subject.system, asked.day
    ways = [r for c in system.contracts.values() for r in c.routes]
    ways += [a.route for a in system.accounts.values() if a.route]
    return [r.path for r in ways if r.entry_node in asked.area and np.asarray(r.open)[day] > 0]
