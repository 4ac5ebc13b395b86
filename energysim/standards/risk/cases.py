"""ENTSOG's cases of high demand: who is cut on one day and in a fortnight met once in twenty winters, and with a loss.

Demand is that of `spells`, stores stand as the undisturbed year leaves them, and spells are planned on their own, so
that no plan of the year sees them come. Where the scenario has events that fall on these days they are in force, and stores
and oil tanks stand where its course leaves them; its changes of weather and demand are left out, since demand is given.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from energysim.indicators.curtailment import (
    FLEXIBILITY_BANDS_2017,
    FLEXIBILITY_BANDS_2020,
    RATE_BANDS,
    area_rates,
    band,
)
from energysim.inputs.assets import GasSystem
from energysim.inputs.events import apply_events
from energysim.inputs.scenario import Event
from energysim.standards.risk.areas import Areas, Inlet, inlets
from energysim.standards.risk.cooperation import Sharing
from energysim.standards.risk.flexibility import Flexibility
from energysim.standards.spells import spell
from energysim.standards.subject import Subject
from energysim.studies.window import within

MODES = ("shared", "first")
"""Columns by mode: the shortage shared evenly (cooperative), and each country first at home (selfish)."""
CASES = {"day": 1, "fortnight": 14}
"""Case -> its days."""
NOT_DEMAND = ("weather", "offtakes", "prices")
"""What an event on a spell of given demand cannot change."""


def case(subject: Subject, days: int) -> GasSystem:
    """The spell of so many days under the scenario's events. Raises InputError."""
    window = spell(subject, days)
    events = asset_events(subject, window)
    if not events:
        return window
    stock, oil = (subject.results.quantity(q) for q in ("inventory", "oil_stock"))
    morning = pd.Timestamp(window.first_day)
    for account in window.accounts.values():
        opening = min(max(float(stock[account.id].loc[morning]), 0.0), account.volume)
        window = window.with_asset("accounts", replace(account, opening=opening))
    for fuel in window.fuel_switches.values():
        window = window.with_asset("fuel_switches", replace(fuel, oil_stock=max(0.0, float(oil[fuel.id].loc[morning]))))
    return apply_events(window, events)


def asset_events(subject: Subject, window: GasSystem) -> list[Event]:
    """Events of the scenario that touch a window and are not about weather, demand or prices."""
    return [e for e in within(window, subject.scenario.events) if e.asset.partition(".")[0] not in NOT_DEMAND]


def curtailment_table(subject: Subject, areas: Areas) -> pd.DataFrame:
    """Curtailment rates [%] by area: in the scenario's course, and in the cases of high demand by mode.

    Columns: area, course, worst_day, then day and fortnight each `_shared` and `_first`, and `band` of the highest of the
    shared ones. Raises InputError.
    """
    course = area_rates(subject.results, areas.all).set_index("area")
    frame = pd.DataFrame({"course": course["rate"], "worst_day": course["worst_day"]}).loc[list(areas.all)]
    for name, days in CASES.items():
        together, apart = both_modes(Sharing(case(subject, days), areas.all, list(areas.countries)), areas)
        frame[f"{name}_{MODES[0]}"], frame[f"{name}_{MODES[1]}"] = together, apart
    highest = frame[[f"{c}_{MODES[0]}" for c in CASES]].max(axis=1)
    frame = 100.0 * frame
    frame["band"] = [band(float(v), RATE_BANDS) for v in highest]
    return frame.rename_axis("area").reset_index()


def both_modes(sharing: Sharing, areas: Areas) -> tuple[pd.Series[float], pd.Series[float]]:
    """Curtailment rate [1] by area when zones share evenly, and when countries come first at home and share within.

    A country's cooperative rate is that of its zones together.
    """
    together = sharing.cooperative(list(areas.zones)).set_index("area")
    if not together["curtailment"].any():  # what all can have at once, each can have at its best
        return pd.Series(0.0, index=list(areas.all)), pd.Series(0.0, index=list(areas.all))
    apart = sharing.selfish(areas.within).set_index("area")["rate"]
    found = {
        area: float(together.loc[inside, "curtailment"].sum()) / float(together.loc[inside, "demand"].sum())
        for area, nodes in areas.all.items()
        for inside in [[z for z, own in areas.zones.items() if set(own) <= set(nodes)]]
    }
    return pd.Series(found, dtype=float), apart.reindex(list(areas.all))


def flexibility_table(subject: Subject, areas: Areas) -> pd.DataFrame:
    """Remaining flexibility [%] and largest multiple of demand [1] by area and case, no event; bands of the lower one.

    Raises InputError.
    """
    frame = pd.DataFrame({"area": list(areas.all)})
    for name, days in CASES.items():
        found = Flexibility(spell(subject, days), areas.all, list(areas.zones)).table(list(areas.all))
        frame[f"{name}_flexibility"] = 100.0 * found["flexibility"]
        frame[f"{name}_multiple"] = found["multiple"]
    lowest = frame[[f"{c}_flexibility" for c in CASES]].min(axis=1) / 100.0
    frame["band_2017"] = [band(float(v), FLEXIBILITY_BANDS_2017) for v in lowest]
    frame["band_2020"] = [band(float(v), FLEXIBILITY_BANDS_2020) for v in lowest]
    return frame


def disruption_table(subject: Subject, areas: Areas) -> pd.DataFrame:
    """Peak-day curtailment [%] of each area without one of its interconnections: a row each, largest first.

    Columns: area, interconnection, capacity [GWh/d], largest (whether it is the area's single largest), shared, first, band.
    No event. Raises InputError.
    """
    window = spell(subject, 1)
    sharing = Sharing(window, areas.all, list(areas.countries))
    known: dict[tuple[str, ...], tuple[pd.Series[float], pd.Series[float]]] = {}

    def without(inlet: Inlet) -> tuple[pd.Series[float], pd.Series[float]]:
        if inlet.assets not in known:
            sharing.look_at(inlet.out_of(window))
            known[inlet.assets] = both_modes(sharing, areas)
        return known[inlet.assets]

    rows = []
    for area, nodes in areas.all.items():
        for k, inlet in enumerate(inlets(subject, window, nodes, 0)):
            together, apart = (100.0 * float(series[area]) for series in without(inlet))
            name = band(together / 100.0, RATE_BANDS)
            rows.append((area, inlet.name, inlet.capacity, k == 0, together, apart, name))
    columns = ["area", "interconnection", "capacity", "largest", *MODES, "band"]
    return pd.DataFrame(rows, columns=columns)


def largest_disruption(table: pd.DataFrame) -> pd.DataFrame:
    """SLID: of each area the row of its single largest interconnection, and beside it the one whose loss is worst.

    Columns: area, interconnection, capacity, shared, first, band, worst, worst_rate.
    """
    largest = table[table["largest"]].drop(columns="largest").reset_index(drop=True)
    ranked = table.sort_values(MODES[0], ascending=False, kind="stable").drop_duplicates("area").set_index("area")
    largest["worst"] = ranked["interconnection"].loc[largest["area"]].to_numpy()
    largest["worst_rate"] = ranked[MODES[0]].loc[largest["area"]].to_numpy()
    return largest
