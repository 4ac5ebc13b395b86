"""The terms of the N−1 formula one by one, each with its sources, its confidence and whether it is an estimate."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from energysim.dossier import Table
from energysim.inputs.horizon import Horizon
from energysim.inputs.row import Row
from energysim.inputs.tables import TABLES
from energysim.standards.infrastructure.capacities import NOTHING, stores_inside
from energysim.standards.infrastructure.formula import FULL, LOW, PLANNED, Question
from energysim.standards.infrastructure.ladder import label
from energysim.standards.subject import Subject
from energysim.units import REPORTING_GCV, to_mcm
from energysim.words import full_date, localised, say, term

LEVELS = {FULL: "stores full", PLANNED: "stores as planned", LOW: "stores at 30 %"}
"""Stock level -> what a reader calls it."""
DEMAND_TABLES = ("sectors", "demand_levels", "demand_calendar")
RESIDUAL = ("demand_residual_daily_sd", "demand_residual_daily_lag1")


@dataclass(frozen=True)
class Provenance:
    """Source ids, the worst confidence (A, B or C), and whether any figure is an estimate."""

    sources: str
    confidence: str
    estimate: str


def provenance(subject: Subject, day: int, tables: Mapping[str, Collection[str] | None]) -> Provenance:
    """Where the figures of some assets come from on a day: table -> names of its assets (None: all)."""
    horizon = Horizon(subject.dataset, subject.system.date_of(day), 1, subject.scenario.rivals)
    rows = [r for table, names in tables.items() for r in _rows(horizon, table, names)]
    said = sorted({s for row in rows for s in row.source.split(";")})
    wanted = {name for names in tables.values() for name in names or ()}
    if any(part in wanted for path in subject.scenario.set for part in path.split(".")):
        said = [say("set by the scenario"), *said]
    if not said:
        return Provenance(say("given in code"), "", "")
    confidence = max((r.confidence for r in rows), default="")
    return Provenance("; ".join(said), confidence, "yes" if any(r.estimate for r in rows) else "no")


def _rows(horizon: Horizon, table: str, names: Collection[str] | None) -> Iterator[Row]:
    """Rows of a table in force that carry a figure; a rival that is chosen takes the place of the row in use."""
    rows = [r for r in horizon.rows(TABLES[table]) if names is None or r.identity[0] in names]
    chosen = {r.identity for r in rows if r.rival is not None}
    for row in rows:
        blank = row.headline is not None and getattr(row, row.headline) is None
        if not blank and (row.rival is not None or row.identity not in chosen):
            yield row


def terms_table(asked: Question, in_time: float, warned: float) -> Table:
    """Every term: symbol, what it is, GWh/d, mcm/d, sources, confidence, estimate."""
    rows = [*_supply(asked), *_largest(asked), *_demand(asked, in_time, warned)]
    columns = ["symbol", "what", "gwh_per_day", "mcm_per_day", "confidence", "estimate", "sources"]
    found = [
        (symbol, what, value, to_mcm(value), said.confidence, said.estimate, said.sources)
        for symbol, what, value, said in rows
    ]
    return Table(
        say("Terms of the N−1 formula on {date}", date=full_date(asked.date)),
        pd.DataFrame(found, columns=columns),
        {"gwh_per_day": "GWh/d", "mcm_per_day": "mcm/d"},
        source=say("Reg. (EU) 2017/1938, Annex II"),
        note=say(
            "entries net of what is reserved for transit; mcm at {value} kWh/m3; sources: ids in {file}",
            value=localised(f"{REPORTING_GCV:g}"),
            file="data/sources.csv",
        ),
        shown=("symbol", "what", "gwh_per_day", "confidence", "estimate", "sources"),
    )


TermRow = tuple[str, str, float, Provenance]


def _supply(asked: Question) -> Iterator[TermRow]:
    subject, system, found = asked.subject, asked.subject.system, asked.levels[FULL]
    for entry in found.entries:
        own = {"upstream": [entry], "reservations": _reservations(asked, entry)}
        value = found.entries[entry]
        if entry in found.enters:
            node = found.enters[entry]
            value = min(value, found.exits[node])
            own["pipelines"] = [p.id for p in system.pipelines.values() if p.from_node == node]
        yield "EP", label(system, found, entry), value, provenance(subject, asked.day, own)
    for field in found.production:
        yield (
            "P",
            label(system, found, field),
            found.production[field],
            provenance(subject, asked.day, {"production": [field]}),
        )
    accounts = {s: [a.id for a in members] for s, members in stores_inside(system, asked.area).items()}
    for site, members in accounts.items():
        said = provenance(
            subject, asked.day, {"storage_sites": [site], "storage_accounts": members, "storage_curves": members}
        )
        for level, words in LEVELS.items():
            whole = say("{store}, {level}", store=label(system, found, site), level=term(words))
            part = say("of it callable, {level}", level=term(words))
            yield "S", whole, asked.levels[level].stores[site], said
            yield "S", part, asked.levels[level].callable_stores[site], said
    for terminal, value in found.terminals.items():
        yield "LNG", label(system, found, terminal), value, provenance(subject, asked.day, {"upstream": [terminal]})
    if not found.terminals:
        yield "LNG", say("no terminal in the country"), found.send_out(NOTHING), Provenance("", "", "")


def _largest(asked: Question) -> Iterator[TermRow]:
    found = asked.levels[FULL]
    item, value = found.largest()
    if item:
        name = say("{item}, the largest", item=label(asked.subject.system, found, item))
        yield "I", name, value, Provenance(say("see above"), "", "")


def _demand(asked: Question, in_time: float, warned: float) -> Iterator[TermRow]:
    subject, fit = asked.subject, asked.subject.fit
    used = {table: None for table in DEMAND_TABLES} | ({"parameters": RESIDUAL} if fit.residuals else {})
    said = provenance(subject, asked.day, used)
    said = Provenance(f"weather_belgrade.csv; {said.sources}", said.confidence, "yes")
    name = say(
        "demand at home once in {winters} winters ({method}, {residual}; {band})",
        winters=f"{fit.return_period:g}",
        method=fit.method,
        residual=say("residual in") if fit.residuals else say("residual left out"),
        band=f"{asked.demand.low:.0f}–{asked.demand.high:.0f} GWh/d",
    )
    yield "Dmax", name, asked.demand.value, said
    oil = list(subject.system.fuel_switches)
    in_words = say("fuel oil in place of gas, in time for a surprise"), say("fuel oil in place of gas, ordered ahead")
    for words, value in zip(in_words, (in_time, warned), strict=True):
        yield "Deff", words, value, provenance(subject, asked.day, {"fuel_switch": oil, "oil_stocks": oil})


def _reservations(asked: Question, entry: str) -> list[str]:
    """Ids of the reservations on a border point, if any holds."""
    horizon = Horizon(asked.subject.dataset, asked.date, 1, asked.subject.scenario.rivals)
    reserved = asked.subject.system.upstream[entry].reserved
    if not np.asarray(reserved)[asked.day] > 0:
        return []
    return [r.identity[0] for r in horizon.rows(TABLES["reservations"]) if r.identity[1] == entry]
