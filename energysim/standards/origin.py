"""Where the gas that is burnt comes from: the chapter on origins, by month, class and zone, from the scenario's own course."""

from __future__ import annotations

from typing import Any

import pandas as pd

from energysim.dossier import Chapter, Figure, Table
from energysim.indicators.origin import IN_STORE, origin_shares, served_by_origin, trace
from energysim.results import Results
from energysim.standards.subject import ABROAD, Subject
from energysim.studies.foresight import collect
from energysim.words import month_year, say, spoken, term

SOURCE = "proportional sharing, Bialek 1996"
FORMULA = "gas served of this origin ÷ gas served"
LEAST_SHARE = 5e-4
"""Share below which an origin has no figure of its own."""
PER_CENT = 100.0
UNSOLD = (IN_STORE, "unknown")
"""Origins that are nobody's contract."""


def chapter(subject: Subject) -> Chapter:
    """Origins of the gas served at home in the scenario as it says, events and foresight. Raises EnergysimError."""
    return of_results(collect(subject.system, subject.course, {}))


def of_results(results: Results) -> Chapter:
    """The chapter of any run, solved just now or loaded. Raises InputError for a run saved without what it needs."""
    kinds = results.assets[results.assets["table"] == "nodes"].set_index("asset")["group"]
    names = names_of(results)
    served = served_by_origin(results, trace(results))
    home = served[served["node"].map(kinds) != ABROAD]
    tables = {
        "origin_by_month": _table(say("Origin of the gas served in the country"), home, ("month",), {}, names),
        "origin_by_class": _table(say("Origin of the gas served, by demand class"), home, ("demand_class", "month"),
                                  _labels(results, "demand_classes"), names),
        "origin_by_zone": _table(say("Origin of the gas served, by zone"), home, ("node", "month"),
                                 _labels(results, "nodes"), names),
    }  # fmt: skip
    return Chapter("origin", say("Where the gas comes from"), "1",
                   (*_of_year(home, names), *_telling(results, home, names)), tables, _notes(home))  # fmt: skip


def names_of(results: Results) -> dict[str, str]:
    """Origin -> what a reader calls it."""
    own = {IN_STORE: say("Gas in store at the start"), "unknown": say("Unknown origin")}
    return {**_labels(results, "gas_sources"), **own}


def _of_year(home: pd.DataFrame, names: dict[str, str]) -> list[Figure]:
    """The share of every origin in the gas served over the horizon, largest first."""
    total = home.groupby("origin", sort=False)["value"].sum().sort_values(ascending=False, kind="stable")
    if total.empty:
        return [
            Figure(
                "origin_share",
                say("Origin of the gas served"),
                None,
                "%",
                term(FORMULA),
                term(SOURCE),
                note=say("no gas was served"),
            )
        ]
    shares = total / total.sum()
    leading = next((o for o in shares.index if o not in UNSOLD), None)
    return [
        _figure(
            f"origin_share_{o}",
            say("{origin}, all gas served", origin=names.get(str(o), str(o))),
            str(o),
            shares,
            o == leading,
        )
        for o, share in shares.items()
        if share >= LEAST_SHARE
    ]


def _telling(results: Results, home: pd.DataFrame, names: dict[str, str]) -> list[Figure]:
    """The leading bought origin where it matters most: the class cut last in its month of most gas, and the zone most dependent."""
    bought = home[~home["origin"].isin(UNSOLD)]
    if bought.empty:
        return []
    leading = str(bought.groupby("origin", sort=False)["value"].sum().idxmax())
    name = names.get(leading, leading)
    classes = results.assets[results.assets["table"] == "demand_classes"]
    last = classes[classes["protected"]].sort_values("order", kind="stable")["asset"]
    of_last = [c for c in last if (home["demand_class"] == c).any()][-1:]
    figures = []
    for each in of_last:
        gas = home[home["demand_class"] == each]
        month = str(gas.groupby(gas["date"].dt.strftime("%Y-%m"))["value"].sum().idxmax())
        shares: Any = origin_shares(gas).loc[month]
        title = say(
            "{origin}, {who}, {month}",
            origin=name,
            who=_labels(results, "demand_classes")[each],
            month=month if spoken() == "en" else month_year(f"{month}-01"),
        )
        figures.append(_figure("origin_last_class", title, leading, shares))
    by_zone = origin_shares(home.assign(month="all"), ("node",))
    zone = str(by_zone[leading].idxmax())
    of_zone: Any = by_zone.loc[zone]
    label = say("{origin}, most dependent zone: {zone}", origin=name, zone=_labels(results, "nodes")[zone])
    return [*figures, _figure("origin_zone", label, leading, of_zone)]


def _figure(name: str, title: str, origin: str, shares: pd.Series[float], leading: bool = True) -> Figure:
    """A share [%]; the leading origin's would be higher by the opening stock's if that gas had the same origin."""
    share, stored = float(shares[origin]), float(shares.get(IN_STORE, 0.0))
    open_end = leading and stored > LEAST_SHARE
    return Figure(
        name, title, PER_CENT * share, "%", term(FORMULA), term(SOURCE),
        low=PER_CENT * share if open_end else None,
        high=PER_CENT * (share + stored) if open_end else None,
        note=say("high end: gas in store at the start too") if open_end else "",
    )  # fmt: skip


def _table(title: str, home: pd.DataFrame, by: tuple[str, ...], labels: dict[str, str], names: dict[str, str]) -> Table:
    if home.empty:
        return Table(title, pd.DataFrame(columns=pd.Index(by)), source=term(SOURCE), note=say("No gas was served."))
    frame = PER_CENT * origin_shares(home, by)
    frame = frame.loc[:, frame.max() >= PER_CENT * LEAST_SHARE]
    units = {str(c): "%" for c in frame.columns}
    frame = frame.reset_index()
    for column in by[:-1]:
        frame[column] = frame[column].map(lambda v: labels.get(str(v), str(v)))
    return Table(title, frame, units, term(SOURCE), say("rows add to 100 %"), names=names)


def _labels(results: Results, table: str) -> dict[str, str]:
    rows = results.assets[results.assets["table"] == table]
    return {str(a): str(term(str(n))) for a, n in zip(rows["asset"], rows["name"], strict=True)}


def _notes(home: pd.DataFrame) -> tuple[str, ...]:
    notes = [
        say(
            "Origin is who sold the gas under the contract, traced by perfect mixing at every node and in every store; "
            "gas bought at a hub may physically be of any field."
        ),
        say(
            "Gas served = demand − curtailment − fuel switch. Gas in store on the first morning has no known origin and is an "
            "origin of its own."
        ),
    ]
    if (home["origin"] == "unknown").any():
        notes.append(
            say("A trace of gas served could not be followed to an entry point; it is shown as of unknown origin.")
        )
    return tuple(notes)
