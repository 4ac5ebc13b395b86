"""Summary of the risk assessment: the indicators that ENTSOG publishes, for countries and for the zones at home.

Curtailment rate, remaining flexibility, single largest interconnection disruption, supply-source dependence, import
route diversification, import dependence and concentration. Definitions: ENTSOG, TYNDP 2017, Annex F, and TYNDP 2020.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
from energysim.standards.risk_group import WITH_IT, said_loss
from energysim.standards.spells import spell
from energysim.standards.subject import Subject
from energysim.words import decimals, say, term

PLACE = "2"
ANNEX_F = "ENTSOG, TYNDP 2017, Annex F, p. 15–20"
DAYS = {"day": "one day", "fortnight": "14 days"}
EVENTS = "events of the scenario on these days in force"
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
    notes = [str(term(note)) for note in NOTES]
    try:
        peak, found = _peak(subject, areas)
        figures += found
        tables |= peak
    except InputError as problem:  # no climate, or a horizon without the design spell
        notes.append(
            say(
                "Curtailment, flexibility and disruption on days of high demand could not be computed: {problem}",
                problem=problem,
            )
        )
        figures += [_missing(i, term(n), f"{problem}") for i, n in _PEAK_FIGURES.items()]
    yearly = dependence.dependence_table(subject, areas)
    figures += _dependence_figures(yearly, areas)
    tables |= _dependence_tables(yearly, areas, _zone_names(subject, areas))
    routes = diversification.routes_table(subject, areas)
    concentration = diversification.concentration_table(subject)
    figures += [*_route_figures(routes, areas), *_diversity_figures(concentration)]
    tables |= _diversity_tables(routes, concentration)
    title = say("Summary of the risk assessment: ENTSOG's indicators")
    return Chapter("entsog", title, PLACE, tuple(figures), tables, tuple(notes))


def _peak(subject: Subject, areas: Areas) -> tuple[dict[str, Table], list[Figure]]:
    """Tables and figures of the days of high demand. Raises InputError."""
    rates = entsog_cases.curtailment_table(subject, areas)
    room = entsog_cases.flexibility_table(subject, areas)
    outages = entsog_cases.disruption_table(subject, areas)
    largest = entsog_cases.largest_disruption(outages)
    percent = dict.fromkeys([str(c) for c in rates if c not in ("area", "band")], "%")
    in_force = term(EVENTS) if _disturbed(subject) else say("no event falls on these days")
    names, annex = _area_names(subject, areas), term(ANNEX_F)
    bands = _said(rates["band"])
    tables = {
        "entsog_curtailment": Table(
            say("Curtailment rates, once in twenty winters"), rates, percent, annex,
            say("{events}; {words}; band: of the highest shared rate", events=in_force, words=term(WORDS)),
            names=names | bands,
        ),
        "entsog_flexibility": Table(
            say("Remaining flexibility, and how often demand could be met"), room,
            {f"{c}_{what}": said for c in CASES for what, said in (("flexibility", "%"), ("multiple", "1"))},
            annex, say("no event; bands: of the lower one"), names=names,
        ),
        "entsog_slid": Table(
            say("Peak day without an interconnection"), outages, {"capacity": "GWh/d", "shared": "%", "first": "%"}, annex,
            say("no event; capacities net of transit; SLID: the row of an area's largest; {words}", words=term(WORDS)),
            names=names | bands | _said(outages["band"]) | _said(outages["interconnection"]),
        ),
    }  # fmt: skip
    return tables, [
        *_rate_figures(rates, areas),
        *_room_figures(room, areas),
        *_slid_figures(largest, areas),
    ]


def _zone_names(subject: Subject, areas: Areas) -> dict[str, str]:
    """Zone -> what a reader calls it."""
    nodes = subject.system.nodes
    return {z: str(term(nodes[z].name or z)) for z in areas.zones if z in nodes}


def _area_names(subject: Subject, areas: Areas) -> dict[str, str]:
    """Zone or country -> what a reader calls it."""
    return _zone_names(subject, areas) | {c: str(term(c)) for c in areas.countries}


def _said(names: Iterable[str]) -> dict[str, str]:
    """English name in a table's cells -> the same in the language spoken."""
    return {str(name): str(term(str(name))) for name in names if str(name)}


def _disturbed(subject: Subject) -> bool:
    return any(entsog_cases.asset_events(subject, spell(subject, days)) for days in CASES.values())


def _rate_figures(rates: pd.DataFrame, areas: Areas) -> Iterator[Figure]:
    by_area = rates.set_index("area")
    for country in areas.countries:
        named = term(country)
        row: Any = by_area.loc[country]
        yield Figure(f"course_rate_{short(country)}", say("Curtailment rate of {country} in the scenario's course", country=named),
                     _number(row["course"]), "%", say("Σ curtailment ÷ Σ demand over the year"), term(ANNEX_F),
                     note=say("worst day {share} %", share=decimals(row["worst_day"], 1)))  # fmt: skip
        for case in CASES:
            value = _number(row[f"{case}_shared"])
            note = say(
                "band {band}; each country first {share} %",
                band=term(_band(value)),
                share=decimals(row[f"{case}_first"], 1),
            )
            yield Figure(
                f"curtailment_rate_{case}_{short(country)}",
                say("Curtailment rate of {country}, {days} once in twenty winters", country=named, days=term(DAYS[case])),
                value, "%", say("{symbols}, shortage shared evenly", symbols="CR = DD ÷ D"), term(ANNEX_F),
                note=note if value else say("nobody need be cut"),
            )  # fmt: skip


def _room_figures(room: pd.DataFrame, areas: Areas) -> Iterator[Figure]:
    by_area = room.set_index("area")
    for country in areas.countries:
        row: Any = by_area.loc[country]
        for case in CASES:
            yield Figure(
                f"flexibility_{case}_{short(country)}",
                say("Remaining flexibility of {country}, {days} once in twenty winters", country=term(country),
                    days=term(DAYS[case])),
                _number(row[f"{case}_flexibility"]), "%",
                say("{symbols}, demand of the country doubled", symbols="RF = 100 % − DD_add ÷ D"), term(ANNEX_F),
                note=say("{times} times demand on every day and in every zone alike",
                         times=decimals(row[f"{case}_multiple"], 2)),
            )  # fmt: skip


def _slid_figures(largest: pd.DataFrame, areas: Areas) -> Iterator[Figure]:
    by_area = largest.set_index("area")
    for country in areas.countries:
        if country not in by_area.index:
            name = say("Single largest interconnection of {country} out", country=term(country))
            yield _missing(f"slid_{short(country)}", name, say("it has none"))
            continue
        row: Any = by_area.loc[country]
        note = say("each country first {share} %", share=decimals(row["first"], 1))
        if row["worst"] != row["interconnection"]:
            note = say(
                "{first}; worst is {interconnection}: {share} %",
                first=note,
                interconnection=term(row["worst"]),
                share=decimals(row["worst_rate"], 1),
            )
        yield Figure(
            f"slid_{short(country)}",
            say("Peak-day curtailment of {country} without {interconnection}", country=term(country),
                interconnection=term(row["interconnection"])),
            _number(row["shared"]), "%", say("{symbols}, single largest interconnection out", symbols="SLID: DD ÷ D"),
            term(ANNEX_F), note=note,
        )  # fmt: skip


def _dependence_figures(yearly: pd.DataFrame, areas: Areas) -> Iterator[Figure]:
    bases = yearly[yearly["lost"] == dependence.NOTHING]
    single = yearly[~yearly["lost"].str.endswith(WITH_IT) & (yearly["lost"] != dependence.NOTHING)]
    for market in dependence.MARKETS:
        for country in areas.countries:
            of = single[(single["market"] == market) & (single["area"] == country)]
            if of.empty:
                name = say("Source dependence of {country}", country=term(country))
                yield _missing(f"dependence_{market}_{short(country)}", name, say("no source gives gas"))
                continue
            row: Any = of.sort_values(["shared", "first"], ascending=False, kind="stable").iloc[0]
            base = float(bases[(bases["market"] == market) & (bases["area"] == country)]["shared"].iloc[0])
            name = (
                say("Largest source dependence of {country}, open supply", country=term(country))
                if market == dependence.MARKETS[0]
                else say("Largest source dependence of {country}, contracted supply", country=term(country))
            )
            yield Figure(
                f"dependence_{market}_{short(country)}", name, _number(row["shared"]), "%",
                say("{symbols} over the year, source at 0, shared evenly", symbols="CSSD: DD ÷ D"), term(ANNEX_F),
                note=_source_note(row, base) if row["shared"] or row["first"] else say("no single source is needed"),
            )  # fmt: skip


def _source_note(row: Mapping[str, Any], base: float) -> str:
    """On which source an area depends most; base: curtailment [%] with nothing lost."""
    parts = [
        say(
            "source: {source}; band {band}; each country first (USSD) {share} %",
            source=said_loss(row["lost"]),
            band=term(row["band"]),
            share=decimals(row["first"], 1),
        )
    ]
    if not np.isnan(row["least_share"]):
        parts.append(say("least share of it needed {share} % of all demand", share=decimals(row["least_share"], 0)))
    if base:
        parts.append(say("{share} % with nothing lost", share=decimals(base, 1)))
    return "; ".join(parts)


def _dependence_tables(yearly: pd.DataFrame, areas: Areas, names: dict[str, str]) -> dict[str, Table]:
    zones = dependence.zones_table(yearly, list(areas.zones))
    tables = {}
    lost = {str(name): said_loss(str(name)) for name in yearly["lost"].unique()}
    ways = {f"{short(c)}_{way}": said for c in areas.countries for way, said in (
        ("shared", say("{country}, shared", country=term(c))), ("first", say("{country}, first", country=term(c))))}  # fmt: skip
    for market, words in MARKETS.items():
        frame = dependence.countries_table(yearly, list(areas.countries), market)
        tables[f"entsog_dependence_{market}"] = Table(
            say("Supply-source dependence, {market}", market=term(words)),
            frame,
            {str(c): "%" for c in frame if c not in ("lost", "band")},
            say("{source}; bands GRIP Southern Corridor 2014, p. 94", source=term(ANNEX_F)),
            say(
                "curtailment over the year with the source at 0; shared: CSSD; first: USSD; least share: the source's in all "
                "demand with which all is met; band: of {country}, shared",
                country=term(HOME),
            ),
            names=lost | ways,
        )
    tables["entsog_dependence_zones"] = Table(
        say("Supply-source dependence by zone"),
        zones,
        dict.fromkeys(areas.zones, "%"),
        term(ANNEX_F),
        say("curtailment over the year with the source at 0, shared evenly (CSSD)"),
        names=lost | {"open": say("open"), "contracted": say("contracted")} | names | {
            c: str(term(c)) for c in areas.countries
        },
    )  # fmt: skip
    return tables


def _route_figures(routes: pd.DataFrame, areas: Areas) -> Iterator[Figure]:
    for country in areas.countries:
        index = diversification.route_diversification(routes, country)
        yield Figure(
            f"ird_{short(country)}", say("Import route diversification of {country}", country=term(country)),
            _number(index), "of 10,000",
            say("IRD = Σ (share in % of all points on one border)² + Σ (of a producer's pipe)² + Σ (of an LNG terminal)²"),
            term(ANNEX_F),
            note=say("{tercile} third of European countries (TYNDP 2015: {low} and {high})",
                     tercile=term(diversity.tercile(index)), low=decimals(3585), high=decimals(6153)),
        )  # fmt: skip


def _diversity_figures(table: pd.DataFrame) -> Iterator[Figure]:
    said = {"contractual": say("by contract"), "physical": say("gas taken in the course")}
    for basis, words in said.items():
        of = table[table["basis"] == basis].set_index("dimension")
        yield Figure(f"import_dependence_{basis}", say("Import dependence, {basis}", basis=words),
                     _number(of["import_dependence"].iloc[0]), "%", say("1 − domestic gas ÷ all gas"),
                     say("Eurostat, energy import dependency"))  # fmt: skip
        for dimension in diversification.DIMENSIONS:
            row: Any = of.loc[dimension]
            largest = say("largest: {name}, {share} %", name=_holder(dimension, row["largest"]),
                          share=decimals(row["largest_share"], 0)) if row["largest"] else say("no gas")  # fmt: skip
            yield Figure(
                f"hhi_{dimension}_{basis}",
                say("Concentration by {dimension}, {basis}", dimension=term(dimension), basis=words),
                _number(row["hhi"]), "of 10,000", say("HHI = Σ (share in %)²"), say("Herfindahl–Hirschman index"),
                note=largest,
            )  # fmt: skip


def _holder(dimension: str, name: str) -> str:
    """Who holds the largest share; a supplier's own name is nobody's to translate."""
    return name if dimension == "supplier" else str(term(name))


def _diversity_tables(routes: pd.DataFrame, concentration: pd.DataFrame) -> dict[str, Table]:
    bases = {"contractual": say("contractual"), "physical": say("physical")}
    held = {
        str(r["largest"]): _holder(str(r["dimension"]), str(r["largest"])) for r in concentration.to_dict("records")
    }
    return {
        "entsog_routes": Table(
            say("Interconnections of each country, net of transit"),
            routes,
            {"capacity": "GWh/d", "share": "%"},
            term(ANNEX_F),
            say("on the day of highest demand"),
            names=_said(routes["country"]) | _said(routes["interconnection"]),
        ),
        "entsog_diversity": Table(
            say("Concentration of supply at home"),
            concentration,
            {"hhi": "1", "equal_suppliers": "1", "largest_share": "%", "import_dependence": "%"},
            say("Herfindahl–Hirschman index"),
            say(
                "contractual: daily quantities under contract over the year; physical: nominations in the course; gas that a "
                "neighbour bought for itself left out"
            ),
            names=bases | _said(diversification.DIMENSIONS) | held,
        ),
    }


_PEAK_FIGURES: Mapping[str, str] = {
    "curtailment_rate_day_serbia": "Curtailment rate of Serbia, one day once in twenty winters",
    "flexibility_day_serbia": "Remaining flexibility of Serbia, one day once in twenty winters",
    "slid_serbia": "Single largest interconnection of Serbia out",
}
"""What stands empty where there is no spell of high demand."""


def _missing(name: str, what: str, why: str) -> Figure:
    return Figure(name, what, None, "%", "", term(ANNEX_F), note=why)


def _number(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)


def _band(percent: float | None) -> str:
    return band(np.nan if percent is None else percent / 100.0, RATE_BANDS)
