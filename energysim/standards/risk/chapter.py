"""Summary of the risk assessment: the indicators that ENTSOG publishes, for countries and for the zones at home.

Curtailment rate, remaining flexibility, single largest interconnection disruption, supply-source dependence, import
route diversification, import dependence and concentration. Definitions: ENTSOG, TYNDP 2017, Annex F, and TYNDP 2020.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from energysim.dossier import Chapter, Figure, Table
from energysim.errors import InputError
from energysim.indicators import diversity
from energysim.indicators.curtailment import RATE_BANDS, band
from energysim.standards.risk import cases as entsog_cases
from energysim.standards.risk import dependence, diversification
from energysim.standards.risk.areas import HOME, Areas, areas_of, short
from energysim.standards.risk.cases import CASES
from energysim.standards.risk_group import WITH_IT
from energysim.standards.spells import spell
from energysim.standards.subject import Subject

PLACE = "2"
ANNEX_F = "ENTSOG, TYNDP 2017, Annex F, p. 15–20"
DAYS = {"day": "one day", "fortnight": "14 days"}
COURSE = "in the scenario's course"
MARKETS = {
    "open": "every seller of the scenario delivers",
    "contracted": "gas under contract only, no spot, no emergency help, no slot without gas",
}
WORDS = "shared: the shortage spread evenly; first: each country before its neighbours"
NOTES = (
    "Cooperative: the highest curtailment rate is made least, then the next, zone by zone, over the whole window. Selfish: each "
    "country at its best while every other keeps what it would have alone; the two countries' figures need not come true at once.",
    "Aims, not plans: prices play no part, a window is known in advance, and on one day or 14 days stores may be drawn down to what "
    "pressure allows. What is reported is the least shortage that could be had.",
    "Source dependence is told twice, with every seller the scenario assumes and with gas under contract only; hub gas that comes "
    "all year is an assumption, and so is that Hungary keeps its gas when its own supply fails.",
    "A transport model: capacities within the country are estimates, and a zone's figure is no better than they are.",
)


def chapter(subject: Subject) -> Chapter:
    """All of ENTSOG's indicators of a subject. Raises EnergysimError; what needs a spell that cannot be had is left out with a note."""
    areas = areas_of(subject)
    figures: list[Figure] = []
    tables: dict[str, Table] = {}
    notes = list(NOTES)
    try:
        peak, found = _peak(subject, areas)
        figures += found
        tables |= peak
    except InputError as problem:  # no climate, or a horizon without the design spell
        notes.append(f"Curtailment, flexibility and disruption on days of high demand could not be computed: {problem}")
        figures += [_missing(i, n, f"{problem}") for i, n in _PEAK_FIGURES.items()]
    yearly = dependence.dependence_table(subject, areas)
    figures += _dependence_figures(yearly, areas)
    tables |= _dependence_tables(yearly, areas, _zone_names(subject, areas))
    routes = diversification.routes_table(subject, areas)
    concentration = diversification.concentration_table(subject)
    figures += [*_route_figures(routes, areas), *_diversity_figures(concentration)]
    tables |= _diversity_tables(routes, concentration)
    return Chapter(
        "entsog", "Summary of the risk assessment: ENTSOG's indicators", PLACE, tuple(figures), tables, tuple(notes)
    )


def _peak(subject: Subject, areas: Areas) -> tuple[dict[str, Table], list[Figure]]:
    """Tables and figures of the days of high demand. Raises InputError."""
    rates = entsog_cases.curtailment_table(subject, areas)
    room = entsog_cases.flexibility_table(subject, areas)
    outages = entsog_cases.disruption_table(subject, areas)
    largest = entsog_cases.largest_disruption(outages)
    percent = dict.fromkeys([str(c) for c in rates if c not in ("area", "band")], "%")
    in_force = (
        "events of the scenario on these days in force" if _disturbed(subject) else "no event falls on these days"
    )
    names = _zone_names(subject, areas)
    tables = {
        "entsog_curtailment": Table("Curtailment rates, once in twenty winters", rates, percent, ANNEX_F, f"{in_force}; "
                                    f"{WORDS}; band: of the highest shared rate", names=names),
        "entsog_flexibility": Table("Remaining flexibility, and how often demand could be met", room,
                                    {f"{c}_{what}": said for c in CASES for what, said in (("flexibility", "%"), ("multiple", "1"))},
                                    ANNEX_F, "no event; bands: of the lower one", names=names),
        "entsog_slid": Table("Peak day without an interconnection", outages, {"capacity": "GWh/d", "shared": "%", "first": "%"}, ANNEX_F,
                             f"no event; capacities net of transit; SLID: the row of an area's largest; {WORDS}", names=names),
    }  # fmt: skip
    return tables, [
        *_rate_figures(rates, areas),
        *_room_figures(room, areas),
        *_slid_figures(largest, areas),
    ]


def _zone_names(subject: Subject, areas: Areas) -> dict[str, str]:
    """Zone -> what a reader calls it."""
    nodes = subject.system.nodes
    return {z: nodes[z].name or z for z in areas.zones if z in nodes}


def _disturbed(subject: Subject) -> bool:
    return any(entsog_cases.asset_events(subject, spell(subject, days)) for days in CASES.values())


def _rate_figures(rates: pd.DataFrame, areas: Areas) -> Iterator[Figure]:
    by_area = rates.set_index("area")
    for country in areas.countries:
        row = by_area.loc[country]
        yield Figure(f"course_rate_{short(country)}", f"Curtailment rate of {country} {COURSE}", _number(row["course"]), "%",
                     "Σ curtailment ÷ Σ demand over the year", ANNEX_F, note=f"worst day {row['worst_day']:.1f} %")  # fmt: skip
        for case in CASES:
            value = _number(row[f"{case}_shared"])
            yield Figure(
                f"curtailment_rate_{case}_{short(country)}",
                f"Curtailment rate of {country}, {DAYS[case]} once in twenty winters", value, "%",
                "CR = DD ÷ D, shortage shared evenly", ANNEX_F,
                note=f"band {_band(value)}; each country first {row[f'{case}_first']:.1f} %" if value else "nobody need be cut",
            )  # fmt: skip


def _room_figures(room: pd.DataFrame, areas: Areas) -> Iterator[Figure]:
    by_area = room.set_index("area")
    for country in areas.countries:
        row = by_area.loc[country]
        for case in CASES:
            yield Figure(
                f"flexibility_{case}_{short(country)}",
                f"Remaining flexibility of {country}, {DAYS[case]} once in twenty winters",
                _number(row[f"{case}_flexibility"]), "%", "RF = 100 % − DD_add ÷ D, demand of the country doubled", ANNEX_F,
                note=f"{row[f'{case}_multiple']:.2f} times demand on every day and in every zone alike",
            )  # fmt: skip


def _slid_figures(largest: pd.DataFrame, areas: Areas) -> Iterator[Figure]:
    by_area = largest.set_index("area")
    for country in areas.countries:
        if country not in by_area.index:
            yield _missing(f"slid_{short(country)}", f"Single largest interconnection of {country} out", "it has none")
            continue
        row = by_area.loc[country]
        worst = (
            f"; worst is {row['worst']}: {row['worst_rate']:.1f} %" if row["worst"] != row["interconnection"] else ""
        )
        yield Figure(
            f"slid_{short(country)}", f"Peak-day curtailment of {country} without {row['interconnection']}",
            _number(row["shared"]), "%", "SLID: DD ÷ D, single largest interconnection out", ANNEX_F,
            note=f"each country first {row['first']:.1f} %{worst}",
        )  # fmt: skip


def _dependence_figures(yearly: pd.DataFrame, areas: Areas) -> Iterator[Figure]:
    bases = yearly[yearly["lost"] == dependence.NOTHING]
    single = yearly[~yearly["lost"].str.endswith(WITH_IT) & (yearly["lost"] != dependence.NOTHING)]
    for market in dependence.MARKETS:
        for country in areas.countries:
            of = single[(single["market"] == market) & (single["area"] == country)]
            if of.empty:
                yield _missing(
                    f"dependence_{market}_{short(country)}", f"Source dependence of {country}", "no source gives gas"
                )
                continue
            row = of.sort_values(["shared", "first"], ascending=False, kind="stable").iloc[0]
            base = float(bases[(bases["market"] == market) & (bases["area"] == country)]["shared"].iloc[0])
            known = not np.isnan(row["least_share"])
            least = f"; least share of it needed {row['least_share']:.0f} % of all demand" if known else ""
            anyway = f"; {base:.1f} % with nothing lost" if base else ""
            yield Figure(
                f"dependence_{market}_{short(country)}", f"Largest source dependence of {country}, {market} supply",
                _number(row["shared"]), "%", "CSSD: DD ÷ D over the year, source at 0, shared evenly", ANNEX_F,
                note="no single source is needed" if not row["shared"] and not row["first"] else
                f"source: {row['lost']}; band {row['band']}; each country first (USSD) {row['first']:.1f} %{least}{anyway}",
            )  # fmt: skip


def _dependence_tables(yearly: pd.DataFrame, areas: Areas, names: Mapping[str, str]) -> dict[str, Table]:
    zones = dependence.zones_table(yearly, list(areas.zones))
    tables = {}
    for market, words in MARKETS.items():
        frame = dependence.countries_table(yearly, list(areas.countries), market)
        tables[f"entsog_dependence_{market}"] = Table(
            f"Supply-source dependence, {words}", frame, {str(c): "%" for c in frame if c not in ("lost", "band")},
            f"{ANNEX_F}; bands GRIP Southern Corridor 2014, p. 94",
            "curtailment over the year with the source at 0; shared: CSSD; first: USSD; least share: the source's in all demand with "
            f"which all is met; band: of {HOME}, shared",
            names={f"{short(c)}_{way}": f"{c}, {way}" for c in areas.countries for way in ("shared", "first")},
        )  # fmt: skip
    about = "curtailment over the year with the source at 0, shared evenly (CSSD)"
    return tables | {
        "entsog_dependence_zones": Table("Supply-source dependence by zone", zones, dict.fromkeys(areas.zones, "%"), ANNEX_F, about,
                                         names=names)
    }  # fmt: skip


def _route_figures(routes: pd.DataFrame, areas: Areas) -> Iterator[Figure]:
    for country in areas.countries:
        index = diversification.route_diversification(routes, country)
        yield Figure(
            f"ird_{short(country)}", f"Import route diversification of {country}", _number(index), "of 10,000",
            "IRD = Σ (share in % of all points on one border)² + Σ (of a producer's pipe)² + Σ (of an LNG terminal)²", ANNEX_F,
            note=f"{diversity.tercile(index)} third of European countries (TYNDP 2015: 3,585 and 6,153)",
        )  # fmt: skip


def _diversity_figures(table: pd.DataFrame) -> Iterator[Figure]:
    said = {"contractual": "by contract", "physical": "gas taken in the course"}
    for basis, words in said.items():
        of = table[table["basis"] == basis].set_index("dimension")
        yield Figure(f"import_dependence_{basis}", f"Import dependence, {words}", _number(of["import_dependence"].iloc[0]), "%",
                     "1 − domestic gas ÷ all gas", "Eurostat, energy import dependency")  # fmt: skip
        for dimension in diversification.DIMENSIONS:
            row = of.loc[dimension]
            yield Figure(
                f"hhi_{dimension}_{basis}", f"Concentration by {dimension}, {words}", _number(row["hhi"]), "of 10,000",
                "HHI = Σ (share in %)²", "Herfindahl–Hirschman index",
                note=f"largest: {row['largest']}, {row['largest_share']:.0f} %" if row["largest"] else "no gas",
            )  # fmt: skip


def _diversity_tables(routes: pd.DataFrame, concentration: pd.DataFrame) -> dict[str, Table]:
    return {
        "entsog_routes": Table("Interconnections of each country, net of transit", routes,
                               {"capacity": "GWh/d", "share": "%"}, ANNEX_F, "on the day of highest demand"),
        "entsog_diversity": Table("Concentration of supply at home", concentration,
                                  {"hhi": "1", "equal_suppliers": "1", "largest_share": "%", "import_dependence": "%"},
                                  "Herfindahl–Hirschman index", "contractual: daily quantities under contract over the year; "
                                  "physical: nominations in the course; gas that a neighbour bought for itself left out"),
    }  # fmt: skip


_PEAK_FIGURES: Mapping[str, str] = {
    "curtailment_rate_day_serbia": f"Curtailment rate of {HOME}, one day once in twenty winters",
    "flexibility_day_serbia": f"Remaining flexibility of {HOME}, one day once in twenty winters",
    "slid_serbia": f"Single largest interconnection of {HOME} out",
}
"""What stands empty where there is no spell of high demand."""


def _missing(name: str, what: str, why: str) -> Figure:
    return Figure(name, what, None, "%", "", ANNEX_F, note=why)


def _number(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)


def _band(percent: float | None) -> str:
    return band(np.nan if percent is None else percent / 100.0, RATE_BANDS)
