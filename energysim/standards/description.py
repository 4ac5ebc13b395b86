"""Description of the system, as the template asks for it: consumption, peak, entries, sources, stores, production, power."""

from __future__ import annotations

import numpy as np
import pandas as pd

from energysim.dossier import Chapter, Figure, Table
from energysim.indicators import basic
from energysim.inputs.assets import GasSystem, StorageAccount
from energysim.standards.extremes import LENGTHS, design_demand
from energysim.standards.spells import spell
from energysim.standards.subject import Subject
from energysim.words import say, term
from energysim.words.lists import weather_named

PLACE = "1"
FILLS = (1.0, 0.75, 0.5, 0.3, 0.1)
"""Shares of working gas volume at which the largest withdrawal is told."""
HEATING_MONTHS = (10, 11, 12, 1, 2, 3)
"""The gas winter, over which storage is set against demand."""


def chapter(subject: Subject) -> Chapter:
    """The year in which nothing happens, and what the system could do. Raises EnergysimError."""
    consumption, stores = consumption_table(subject), storage_table(subject.system)
    home = float(consumption["annual"].sum())
    winter = float(home_demand(subject)[lambda s: s.index.month.isin(HEATING_MONTHS)].sum())
    volume = float(sum(a.volume for a in subject.system.accounts.values() if a.callable))
    taken = _taken(subject)
    domestic = float(taken["domestic"].sum()) / float(taken.to_numpy().sum()) if "domestic" in taken else 0.0
    abroad = [
        term(a.name or a.id)
        for a in subject.system.accounts.values()
        if a.callable and a.route is not None and a.volume > 0
    ]
    figures = (
        Figure("annual_consumption", say("Annual consumption"), home, "GWh", say("Σ demand at home over the gas year"),
               _template("(a)"), note=say("weather {weather}, before any cut", weather=weather_named(subject.scenario.weather))),
        *(_peak(subject, days) for days in LENGTHS),
        Figure("storage_to_winter", say("Callable storage against winter demand"), 100 * volume / winter, "%",
               say("Σ callable working gas volume ÷ demand at home October to March"), _template("(d)(i)"),
               note=say("stored abroad included: {stores}", stores=", ".join(abroad)) if abroad else ""),
        Figure("domestic_share", say("Domestic production in all gas taken"), 100 * domestic, "%",
               say("nominations of domestic gas ÷ all nominations for the country, undisturbed year"), _template("(e)")),
        Figure("power_share", say("Gas to make electricity and heat in main plants"),
               100 * _share(consumption, "power", home), "%", say("demand of the class power ÷ annual consumption"),
               _template("(f)")),
    )  # fmt: skip
    tables = {
        "consumption": Table(say("Consumption and the one-in-twenty peak day by class"), consumption,
                             {"annual": "GWh", "share": "%", "peak_day": "GWh/d"}, _template("(a)"),
                             shown=("name", "protected", "annual", "share", "peak_day")),
        "import_sources": Table(say("Gas taken for the country in the undisturbed year by source"), sources_table(subject),
                                {"taken": "GWh", "share": "%", "largest_day": "GWh/d"}, _template("(c)"),
                                say("gas that a neighbour bought for itself left out")),
        "storage_withdrawal": Table(say("Largest withdrawal at different filling levels"), stores,
                                    {"volume": "GWh", **{f"at_{100 * f:.0f}_percent": "GWh/d" for f in FILLS}},
                                    _template("(d)(ii)"),
                                    say("deliverability curves are estimates: the usual shape of a depleted field")),
    }  # fmt: skip
    return Chapter("description", say("Description of the system"), PLACE, figures, tables)


def _template(point: str) -> str:
    """The point of the template of a preventive action plan that asks for a figure."""
    return say("Reg. (EU) 2017/1938, Annex VI, 1.1{point}", point=point)


def home_demand(subject: Subject) -> pd.Series[float]:
    """Demand of all offtakes at home by gas day [GWh/d]."""
    demand = subject.planned.quantity("demand")
    return demand[list(subject.offtakes())].sum(axis=1)


def consumption_table(subject: Subject) -> pd.DataFrame:
    """Class, protected, annual [GWh], share [%] and demand on the one-in-twenty peak day [GWh/d], home only."""
    peak = spell(subject, 1)
    rows = []
    demand = subject.planned.quantity("demand")
    for k in sorted(subject.system.demand_classes.values(), key=lambda k: k.cut_order):
        members = [o for o in subject.offtakes() if subject.system.offtakes[o].demand_class == k.id]
        if members:
            on_peak = float(sum(np.sum(peak.offtakes[o].demand) for o in members))
            rows.append(
                (k.id, str(term(k.name or k.id)), k.protected, float(demand[members].to_numpy().sum()), on_peak)
            )
    frame = pd.DataFrame(rows, columns=["demand_class", "name", "protected", "annual", "peak_day"])
    frame.insert(4, "share", 100 * frame["annual"] / frame["annual"].sum())
    return frame


def sources_table(subject: Subject) -> pd.DataFrame:
    """Gas source, what was taken for the country over the year [GWh], its share [%] and its largest day [GWh/d]."""
    supply = _taken(subject)
    sources = [s for s in subject.system.gas_sources if s in supply and float(supply[s].sum()) > basic.TRACE]
    taken = supply[sources].sum()
    return pd.DataFrame(
        {
            "source": [str(term(subject.system.gas_sources[s])) for s in sources],
            "taken": taken.to_numpy(),
            "share": (100 * taken / taken.sum()).to_numpy(),
            "largest_day": supply[sources].max().to_numpy(),
        }
    )


def _taken(subject: Subject) -> pd.DataFrame:
    """Nominations [GWh/d] by gas source, but for what a neighbour bought for itself, by gas day."""
    nominated = basic.contract_nominations(subject.planned)
    own = [c for c in subject.system.contracts.values() if not c.destination and c.id in nominated]
    sources = dict.fromkeys(c.gas_source or c.id for c in own)
    return pd.DataFrame(
        {s: nominated[[c.id for c in own if (c.gas_source or c.id) == s]].sum(axis=1) for s in sources},
        index=nominated.index,
    )


def storage_table(system: GasSystem) -> pd.DataFrame:
    """Account, callable, volume [GWh] and the most it can give at some filling levels [GWh/d], pipes not counted."""
    rows = [
        (str(term(a.name or a.id)), a.callable, a.volume, *(withdrawal_at(a, fill) for fill in FILLS))
        for a in system.accounts.values()
    ]
    return pd.DataFrame(rows, columns=["account", "callable", "volume", *(f"at_{100 * f:.0f}_percent" for f in FILLS)])


def withdrawal_at(account: StorageAccount, fill: float) -> float:
    """Largest withdrawal at a fill 0…1 [GWh/d] = largest withdrawal capacity of the horizon · curve(fill)."""
    fills, rates = zip(*account.withdrawal_curve, strict=True)
    return float(np.max(account.withdrawal_capacity) * np.interp(fill, fills, rates))


def _peak(subject: Subject, days: int) -> Figure:
    estimate = design_demand(subject, days)
    name = (
        say("Demand met once in twenty winters, one day")
        if days == 1
        else say("Demand met once in twenty winters, {days} {days|day|days}", days=days)
    )
    formula = say("quantile of the winters' highest means over so many days ({method})", method=subject.fit.method)
    return Figure(f"design_demand_{days}", name, estimate.value, "GWh/d", formula,
                  say("Reg. (EU) 2017/1938, Annex II and Article 6"), low=estimate.low, high=estimate.high)  # fmt: skip


def _share(consumption: pd.DataFrame, demand_class: str, total: float) -> float:
    return float(consumption.loc[consumption["demand_class"] == demand_class, "annual"].sum()) / total
