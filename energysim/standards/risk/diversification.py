"""How diverse supply is: by route, source and supplier, on paper and in the gas that came."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from energysim.indicators import diversity
from energysim.inputs.horizon import Horizon
from energysim.inputs.tables import ContractRow
from energysim.standards.infrastructure.contracted import CONTRACTED
from energysim.standards.risk.areas import HOME, Areas, Inlet, border, inlets
from energysim.standards.subject import Subject

AT_HOME = "home production"
"""Entry point of gas that rises in the country."""
DIMENSIONS = ("source", "entry", "supplier")
BASES = ("contractual", "physical")


def routes_table(subject: Subject, areas: Areas) -> pd.DataFrame:
    """Interconnections of each country on its peak day: country, neighbour, interconnection, capacity [GWh/d], share [%]."""
    rows = []
    for country, nodes in areas.countries.items():
        found = entries_of(subject, nodes)
        total = sum(i.capacity for i in found)
        for i in found:
            neighbour = HOME if i.neighbour in areas.countries[HOME] and country != HOME else i.neighbour
            rows.append((country, neighbour, i.name, i.capacity, 100.0 * i.capacity / total))
    return pd.DataFrame(rows, columns=["country", "neighbour", "interconnection", "capacity", "share"])


def entries_of(subject: Subject, nodes: tuple[str, ...]) -> list[Inlet]:
    """Interconnections of a country on the day of its highest demand, net of transit."""
    demand = np.sum([o.demand for o in subject.system.offtakes.values() if o.node in nodes], axis=0)
    return inlets(subject, subject.system, nodes, int(np.argmax(demand)))


def route_diversification(table: pd.DataFrame, country: str) -> float:
    """IRD of a country from its rows of `routes_table`, points grouped by neighbour."""
    own = table[table["country"] == country]
    borders = {str(n): of["capacity"].tolist() for n, of in own.groupby("neighbour", sort=False)}
    return diversity.import_route_diversification(borders)


def concentration_table(subject: Subject) -> pd.DataFrame:
    """One row a basis and dimension: HHI, equal suppliers, largest with its share [%], import dependence [%]; home gas only.

    contractual: daily quantities of gas under contract over the year, a contract with several ways at the first of them;
    physical: what was nominated in the scenario's course. Gas that a neighbour bought for itself is left out.
    """
    rows = []
    for basis in BASES:
        for dimension in DIMENSIONS:
            amounts = _amounts(subject, basis, dimension)
            by = diversity.shares(amounts)
            largest = (str(by.idxmax()), 100.0 * float(by.max())) if len(by) else ("", np.nan)
            imported = diversity.imported_share(_amounts(subject, basis, "source"), [_source(subject, "domestic")])
            rows.append(
                (basis, dimension, diversity.concentration(amounts), diversity.equal_suppliers(amounts), *largest,
                 100.0 * imported)
            )  # fmt: skip
    columns = ["basis", "dimension", "hhi", "equal_suppliers", "largest", "largest_share", "import_dependence"]
    return pd.DataFrame(rows, columns=columns)


def _amounts(subject: Subject, basis: str, dimension: str) -> pd.Series[float]:
    own = [c for c in subject.system.contracts.values() if not c.destination]
    if basis == BASES[0]:
        own = [c for c in own if c.kind in CONTRACTED]
    entry = {r.id: _entry(subject, border(subject.system, r)) for c in own for r in c.routes}
    if dimension == "entry" and basis == BASES[1]:
        return diversity.nominated_by_route(subject.results, entry)
    suppliers = supplier_names(subject)
    labels = {
        "source": {c.id: _source(subject, c.gas_source or c.id) for c in own},
        "entry": {c.id: entry[c.routes[0].id] for c in own},
        "supplier": {c.id: suppliers.get(c.id, c.name or c.id) for c in own},
    }[dimension]
    amounts = diversity.contracted_amounts if basis == BASES[0] else diversity.nominated_amounts
    return amounts(subject.results if basis == BASES[1] else subject.planned, labels)


def supplier_names(subject: Subject) -> Mapping[str, str]:
    """Contract -> who sells the gas, as the tables say."""
    system = subject.system
    horizon = Horizon(subject.dataset, system.first_day, system.days, subject.scenario.rivals)
    return {
        family: rows[-1].supplier
        for family, rows in horizon.grouped(ContractRow, "contract").items()
        if rows[-1].supplier
    }


def _source(subject: Subject, source: str) -> str:
    return subject.system.gas_sources.get(source, source)


def _entry(subject: Subject, point: str) -> str:
    """What a reader calls an entry point."""
    if not point:
        return AT_HOME
    return subject.system.upstream[point].name.partition(",")[0] or point
