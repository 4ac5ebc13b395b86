r"""The supply standard of Regulation (EU) 2017/1938, Article 6(1): protected customers served in three hard cases.

| case | days | demand | supply |
|---|---|---|---|
| (a) | 7 | extreme temperatures of a peak period met once in twenty years | all that works |
| (b) | 30 | exceptionally high demand met once in twenty years | all that works |
| (c) | 30 | an average winter | without the single largest gas infrastructure |

Asked is whether protected customers *can* be served, all others cut if need be (see `serving`), from three stocks
and from two supplies: everything the system assumes, and only what is contracted, produced or in store (`contracted.CONTRACTED`).
Which infrastructure is the largest in case (c) is found by trying each; the one that leaves the smallest multiple is
the answer, and a group that fails together stands beside it.

The margin is told three ways. The *multiple* $\varphi$ of protected demand that could be served; the *volume*
$(\varphi - 1) \cdot D$ over the case; and the *days*: for how many days from the first on protected customers can be served
in full if the days of the case came again and again (with what contracts bring on such days, and the opening stock once).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from energysim.dossier import Chapter, Figure, Table, Verdict
from energysim.inputs.assets import GasSystem
from energysim.simulate import Course
from energysim.standards.infrastructure.contracted import undocumented
from energysim.standards.risk_group import outage_name, risk_groups
from energysim.standards.spells import events_left_out
from energysim.standards.subject import ABROAD, Subject
from energysim.standards.supply.cases import (
    CASES,
    FILLS,
    LONGEST,
    SUPPLIES,
    Answer,
    Examined,
    Supply,
    examine,
    infrastructure,
)
from energysim.standards.supply.serving import SERVED, uncuttable
from energysim.studies.atlas_assets import asset_path
from energysim.words import decimals, say, term

LAW = "Reg. (EU) 2017/1938, Art. 6(1)"
SERVICES_LIMIT = 20.0
"""Per cent of annual final consumption up to which services may be protected beside households, Art. 2(5)."""
HOUSEHOLDS, HEAT = "households", "district_heating"


def services_share(services: float, consumption: float) -> float | None:
    """Protected services ÷ annual final consumption [%], at most 20 by Reg. (EU) 2017/1938, Art. 2(5); None without any."""
    return 100.0 * services / consumption if consumption > 0 else None


def chapter(subject: Subject, outages: Sequence[str] | None = None) -> Chapter:
    """The supply standard of a scenario.

    outages: infrastructure tried in case (c), as a person writes it; default: border points, stores and fields.
    Raises InputError where the system has no climate, the horizon lacks the days or an asset is unknown.
    """
    system = subject.system
    single = (
        infrastructure(system, subject.at_home) if outages is None else tuple(asset_path(system, o) for o in outages)
    )
    together = tuple(g.path for g in risk_groups(subject)) if outages is None else ()
    cases = [examine(subject, c, single, together) for c in CASES if single or not c.outage]
    return Chapter(
        id="supply_standard",
        title=say("Supply standard"),
        place="4",
        figures=(*(f for c in cases for f in _figures(subject, c)), _services(subject)),
        tables=_tables(subject, cases),
        notes=(*_events_left_out(subject), *method_notes(), *_unsigned(subject, cases)),
    )


def _events_left_out(subject: Subject) -> list[str]:
    """That the cases are the Regulation's own, where the scenario has events in winter."""
    names = events_left_out(subject)
    return [f"{term(EVENTS_LEFT_OUT)}: {'; '.join(term(n) for n in names)}."] if names else []


def _unsigned(subject: Subject, cases: Sequence[Examined]) -> list[str]:
    """Which gas counts as contracted by assumption alone."""
    days = [subject.system.day_of(c.window.first_day) for c in cases]
    found = dict.fromkeys(name for day in days for name in undocumented(subject, day))
    names = [term(subject.system.contracts[name].name or name) for name in found]
    if not names:
        return []
    return [
        say(
            "Counted as contracted although nobody is known to have signed it: {contracts}.", contracts=", ".join(names)
        )
    ]


EVENTS_LEFT_OUT = "The cases are the Regulation's own, and no event of the scenario is in force in them"
"""Begins the note that names those events."""


def method_notes() -> tuple[str, ...]:
    """What a reader must know of any scenario's supply standard."""
    return (
        say(
            "Case ({case}): each border point, store and field is taken out in turn, and the one whose loss leaves the least for "
            "protected customers counts; it need not be the largest by capacity, which N−1 looks for.",
            case="c",
        ),
        say(
            "Asked is whether protected customers can be served, all others cut if need be; whether they would be depends on "
            "orders given in time. Each case is known when it starts, and gas that needs notice has been nominated."
        ),
        say(
            "Contracted: production, long-term contracts, purchases and callable stock; not spot gas, emergency help and slots "
            "without gas behind them. Planned stock: of the year in which nothing happens."
        ),
        say(
            "Days: the days of the case over and over, opening stock once; {days} means that many and more.",
            days=LONGEST,
        ),
    )


def _figures(subject: Subject, examined: Examined) -> list[Figure]:
    case, name, law, found = examined.case, term(examined.case.name), term(LAW), []
    for supply in SUPPLIES:
        answer = examined.of("planned", supply)
        label = say("{case}, contracted gas only", case=name) if supply == "contracted" else name
        key = f"supply_standard_{case.letter}_{supply}"
        low, high = _ends(examined, supply)
        found += [
            Figure(f"{key}_multiple", say("{case}: multiple of protected demand", case=label), _finite(answer.multiple), "",
                   say("largest φ with φ · protected demand served, others cut if need be"), law, answer.verdict,
                   low, high, _stocks_note(subject, examined, supply)),
            Figure(f"{key}_margin", say("{case}: margin", case=label), answer.margin, "GWh",
                   say("(φ − 1) · protected demand of the case"), law),
            Figure(f"{key}_days", say("{case}: days served", case=label), answer.days, "d",
                   say("longest stretch of the case's days, repeated, with no protected cut"), law,
                   note=say("{days} {days|day|days} and more", days=LONGEST) if answer.days >= LONGEST else ""),
        ]  # fmt: skip
    answer = examined.of("planned", "all")
    needed, plan = protected_by_day(examined), say("Reg. (EU) 2017/1938, Annex VI, 4")
    return [
        *found,
        Figure(f"supply_standard_{case.letter}_need", say("{case}: gas that protected customers need", case=name),
               answer.need, "GWh", say("Σ protected demand over the case"), plan),
        Figure(f"supply_standard_{case.letter}_capacity", say("{case}: capacity that they need on the worst day", case=name),
               float(needed.max(initial=0.0)), "GWh/d", say("largest daily protected demand"), plan),
    ]  # fmt: skip


def _finite(multiple: float | None) -> float | None:
    return None if multiple is None or np.isinf(multiple) else multiple


def _ends(examined: Examined, supply: Supply) -> tuple[float | None, float | None]:
    """Multiples under the two ends of the estimated demand, the lower first; none where either is not known."""
    known = [_finite(r[supply]) for r in examined.range]
    ends = sorted(r for r in known if r is not None)
    return (ends[0], ends[-1]) if len(ends) == 2 else (None, None)


def protected_by_day(examined: Examined) -> Any:
    """Protected demand of a case by day [GWh/d]."""
    window = examined.window
    return np.sum(
        [o.demand for o in window.offtakes.values() if window.demand_classes[o.demand_class].protected
         and window.nodes[o.node].kind != ABROAD] or [np.zeros(window.days)], axis=0,
    )  # fmt: skip


def _stocks_note(subject: Subject, examined: Examined, supply: Supply) -> str:
    at = {fill: examined.of(fill, supply) for fill in FILLS}
    told = say(
        "stock full: {full}; at {fill} %: {low}",
        full=_times(at["full"].multiple),
        fill=f"{100 * (FILLS['low'] or 0):.0f}",
        low=_times(at["low"].multiple),
    )
    out = at["planned"].outage
    if not out:
        return told
    return say("without {outage}; {stocks}", outage=outage_name(subject.system, out, risk_groups(subject)), stocks=told)


def _times(multiple: float | None) -> str:
    if multiple is None:
        return say("not even losses are served")
    return say("no protected demand") if np.isinf(multiple) else decimals(multiple, 2)


def _services(subject: Subject) -> Figure:
    use = annual_use(subject)
    protected = {k: v for k, v in use.items() if subject.system.demand_classes[k].protected}
    services = sum(v for k, v in protected.items() if k not in (HOUSEHOLDS, HEAT))
    final = sum(v for k, v in use.items() if k not in (HEAT, "power", "feedstock"))
    share, high = services_share(services, sum(use.values())), services_share(services, final)
    note = (
        say("without gas turned into heat and power or used as feedstock: {share} %", share=decimals(high, 1))
        if high is not None
        else say("no demand")
    )
    if HEAT in protected and HEAT in subject.system.fuel_switches:
        switch = float(np.max(subject.system.fuel_switches[HEAT].switchable, initial=0.0))
        note += say(
            "; district heating counts as protected although {share} % of it can burn oil while stocks last, and the Regulation "
            "protects heating plants that cannot switch",
            share=f"{100 * switch:.0f}",
        )
    within: Verdict = "" if share is None else "pass" if max(share, high or 0.0) <= SERVICES_LIMIT else "fail"
    return Figure(
        "protected_services_share", say("Protected services beside households, of annual consumption"), share, "%",
        say("protected classes but households and district heating ÷ annual demand at home without losses (≤ 20 %)"),
        say("Reg. (EU) 2017/1938, Art. 2(5)"), within, share, high, note,
    )  # fmt: skip


def annual_use(subject: Subject) -> dict[str, float]:
    """Demand at home over the horizon by class, without what cannot be cut [GWh]."""
    system, lost = subject.system, uncuttable(subject.system)
    total: dict[str, float] = {}
    for name in subject.offtakes():
        if name not in lost:
            o = system.offtakes[name]
            total[o.demand_class] = total.get(o.demand_class, 0.0) + float(o.demand.sum())
    return total


def _tables(subject: Subject, cases: Sequence[Examined]) -> dict[str, Table]:
    system = subject.system
    units = {"fill": "%", "missing": "GWh", "margin": "GWh", "days": "d"}
    titled: tuple[tuple[Supply, str, str], ...] = (
        ("all", "supply_standard", say("Supply standard, everything the system assumes")),
        ("contracted", "supply_standard_contracted", say("Supply standard, contracted gas only")),
    )
    foot = say(
        "{cases}; short by: least curtailment of protected customers; φ: largest multiple of their demand that can be served",
        cases="; ".join(f"{c.case.letter}: {term(c.case.name)}" for c in cases),
    )
    found = {
        name: Table(title, _answers(subject, [c.of(f, s) for c in cases for f in FILLS], cases), units, term(LAW), foot)
        for s, name, title in titled
    }
    tried = [c for c in cases if c.case.outage]
    if tried:
        frame = pd.concat([_outages(subject, c) for c in tried], ignore_index=True)
        found["supply_standard_outages"] = Table(
            say("Case ({case}), every infrastructure tried", case="c"),
            frame,
            {"missing": "GWh", "days": "d"},
            term(LAW),
            say("single: no means a group that fails together"),
            names={
                "all": say("everything"),
                "contracted": say("contracted"),
                "full": say("full"),
                "planned": say("as planned"),
                "low": say("at {fill} %", fill=30),
            },
        )
    found["supply_standard_sources"] = Table(
        say("Who supplies the cases: least-cost plans at the planned stock"), _sources(system, cases),
        {f"{n}_{c.case.letter}": u for c in cases for n, u in (("total", "GWh"), ("worst_day", "GWh/d"))},
        say("this model"), say("gas of all customers; {case}: without its largest infrastructure; worst day: of highest demand", case="c"),
        names={f"{n}_{c.case.letter}": f"{c.case.letter}: {w}" for c in cases
               for n, w in (("total", say("total")), ("worst_day", say("worst day")))},
    )  # fmt: skip
    needs = {"year": "GWh", "share": "%"} | {f"case_{c.case.letter}": "GWh" for c in cases}
    found["supply_standard_customers"] = Table(
        say("Customers and the gas they need"), _customers(subject, cases), needs,
        say("Reg. (EU) 2017/1938, Art. 2(5), Annex VI, 4"), say("year: demand of the scenario's weather over the horizon"),
        names={f"case_{c.case.letter}": say("case {letter}", letter=c.case.letter) for c in cases},
    )  # fmt: skip
    return found


def _answers(subject: Subject, answers: Sequence[Answer], cases: Sequence[Examined]) -> pd.DataFrame:
    system, together = subject.system, risk_groups(subject)
    letters = [c.case.letter for c in cases for _ in FILLS]
    volume = sum(a.volume for a in system.accounts.values() if a.callable)
    rows: list[dict[str, Any]] = [
        {
            "case": letter,
            "without": outage_name(system, a.outage, together) if a.outage else "",
            "fill": 100.0 * a.stock / volume if volume > 0 else np.nan,
            "verdict": a.verdict,
            "missing": a.missing,
            "multiple": a.multiple,
            "margin": a.margin,
            "days": a.days,
        }
        for letter, a in zip(letters, answers, strict=True)
    ]
    return pd.DataFrame(rows).astype({"multiple": float, "margin": float})


def _outages(subject: Subject, examined: Examined) -> pd.DataFrame:
    """A row for each infrastructure, stock and supply, the planned stock first."""
    together = risk_groups(subject)
    rows = [
        {
            "infrastructure": outage_name(subject.system, a.outage, together),
            "single": a.outage in examined.single,
            "stock": a.fill,
            "supply": a.supply,
            "multiple": a.multiple,
            "missing": a.missing,
            "days": a.days,
        }
        for a in sorted(examined.answers, key=lambda a: a.fill != "planned")
    ]
    return pd.DataFrame(rows).astype({"multiple": float})


def _sources(system: GasSystem, cases: Sequence[Examined]) -> pd.DataFrame:
    columns: dict[str, dict[str, float]] = {}
    for c in cases:
        supplied = supplied_by(c.window, c.plan)
        day = int(np.sum([o.demand for o in c.window.offtakes.values()], axis=0).argmax())
        columns[f"total_{c.case.letter}"] = {name: float(v.sum()) for name, v in supplied.items()}
        columns[f"worst_day_{c.case.letter}"] = {name: float(v[day]) for name, v in supplied.items()}
    frame = pd.DataFrame(columns).fillna(0.0)
    frame = frame[(frame.abs() > SERVED).any(axis=1)]
    frame.insert(0, "source", [_source_name(system, str(n)) for n in frame.index])
    return frame.reset_index(drop=True)


def supplied_by(system: GasSystem, course: Course) -> dict[str, Any]:
    """What serves demand, by gas source, store (net), oil, and what is cut [GWh/d], by day."""
    solution, found = course.realised.solution, dict[str, Any]()
    for route, series in solution.by_day("nomination").items():
        contract = system.routes[route][0]
        source = contract.gas_source or contract.id
        found[source] = found.get(source, np.zeros(system.days)) + series
    out, back = solution.by_day("withdrawal"), solution.by_day("injection")
    found |= {name: out[name] - back[name] for name in system.accounts}
    found["fuel_switch"] = np.sum([*solution.by_day("fuel_switch").values(), np.zeros(system.days)], axis=0)
    span = solution.form.columns["curtailment"]
    found["curtailment"] = solution.values[span.slice].reshape(-1, system.days).sum(axis=0)
    return found


def _source_name(system: GasSystem, source: str) -> str:
    known = {"fuel_switch": say("replaced by oil"), "curtailment": say("cut (any customer)")}
    known |= {a.id: say("from store: {store}", store=term(a.name or a.id)) for a in system.accounts.values()}
    return known.get(source) or str(term(system.gas_sources.get(source) or source.replace("_", " ")))


def _customers(subject: Subject, cases: Sequence[Examined]) -> pd.DataFrame:
    use, system = annual_use(subject), subject.system
    rows = []
    for name, year in sorted(use.items(), key=lambda item: -system.demand_classes[item[0]].cut_order):
        group = system.demand_classes[name]
        row: dict[str, Any] = {
            "customers": str(term(group.name or name.replace("_", " "))), "protected": group.protected, "year": year,
            "share": services_share(year, sum(use.values())),
        }  # fmt: skip
        for c in cases:
            mine = [o for o in c.window.offtakes.values() if o.demand_class == name and o.node in subject.at_home]
            row[f"case_{c.case.letter}"] = float(sum(o.demand.sum() for o in mine))
        rows.append(row)
    return pd.DataFrame(rows)
