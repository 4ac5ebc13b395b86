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
        title="Supply standard",
        place="4",
        figures=(*(f for c in cases for f in _figures(subject, c)), _services(subject)),
        tables=_tables(subject, cases),
        notes=(*_events_left_out(subject), *NOTES, *_unsigned(subject, cases)),
    )


def _events_left_out(subject: Subject) -> list[str]:
    """That the cases are the Regulation's own, where the scenario has events in winter."""
    names = events_left_out(subject)
    return [f"{EVENTS_LEFT_OUT}: {'; '.join(names)}."] if names else []


def _unsigned(subject: Subject, cases: Sequence[Examined]) -> list[str]:
    """Which gas counts as contracted by assumption alone."""
    days = [subject.system.day_of(c.window.first_day) for c in cases]
    found = dict.fromkeys(name for day in days for name in undocumented(subject, day))
    names = [subject.system.contracts[name].name or name for name in found]
    return [f"Counted as contracted although nobody is known to have signed it: {', '.join(names)}."] if names else []


EVENTS_LEFT_OUT = "The cases are the Regulation's own, and no event of the scenario is in force in them"
"""Begins the note that names those events."""
NOTES = (
    "Case (c): each border point, store and field is taken out in turn, and the one whose loss leaves the least for protected "
    "customers counts; it need not be the largest by capacity, which N−1 looks for.",
    "Asked is whether protected customers can be served, all others cut if need be; whether they would be depends on orders "
    "given in time. Each case is known when it starts, and gas that needs notice has been nominated.",
    "Contracted: production, long-term contracts, purchases and callable stock; not spot gas, emergency help and slots "
    "without gas behind them. Planned stock: of the year in which nothing happens.",
    f"Days: the days of the case over and over, opening stock once; {LONGEST} means that many and more.",
)


def _figures(subject: Subject, examined: Examined) -> list[Figure]:
    case, found = examined.case, []
    for supply in SUPPLIES:
        answer = examined.of("planned", supply)
        label = f"{case.name}{', contracted gas only' if supply == 'contracted' else ''}"
        key = f"supply_standard_{case.letter}_{supply}"
        low, high = _ends(examined, supply)
        found += [
            Figure(f"{key}_multiple", f"{label}: multiple of protected demand", _finite(answer.multiple), "",
                   "largest φ with φ · protected demand served, others cut if need be", LAW, answer.verdict,
                   low, high, _stocks_note(subject, examined, supply)),
            Figure(f"{key}_margin", f"{label}: margin", answer.margin, "GWh", "(φ − 1) · protected demand of the case", LAW),
            Figure(f"{key}_days", f"{label}: days served", answer.days, "d",
                   "longest stretch of the case's days, repeated, with no protected cut", LAW,
                   note=f"{LONGEST} days and more" if answer.days >= LONGEST else ""),
        ]  # fmt: skip
    answer = examined.of("planned", "all")
    needed = protected_by_day(examined)
    return [
        *found,
        Figure(f"supply_standard_{case.letter}_need", f"{case.name}: gas that protected customers need", answer.need, "GWh",
               "Σ protected demand over the case", "Reg. (EU) 2017/1938, Annex VI, 4"),
        Figure(f"supply_standard_{case.letter}_capacity", f"{case.name}: capacity that they need on the worst day",
               float(needed.max(initial=0.0)), "GWh/d", "largest daily protected demand", "Reg. (EU) 2017/1938, Annex VI, 4"),
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
    told = (
        f"stock full: {_times(at['full'].multiple)}; at {100 * (FILLS['low'] or 0):.0f} %: {_times(at['low'].multiple)}"
    )
    out = at["planned"].outage
    return f"without {outage_name(subject.system, out, risk_groups(subject))}; {told}" if out else told


def _times(multiple: float | None) -> str:
    if multiple is None:
        return "not even losses are served"
    return "no protected demand" if np.isinf(multiple) else f"{multiple:.2f}"


def _services(subject: Subject) -> Figure:
    use = annual_use(subject)
    protected = {k: v for k, v in use.items() if subject.system.demand_classes[k].protected}
    services = sum(v for k, v in protected.items() if k not in (HOUSEHOLDS, HEAT))
    final = sum(v for k, v in use.items() if k not in (HEAT, "power", "feedstock"))
    share, high = services_share(services, sum(use.values())), services_share(services, final)
    note = (
        f"without gas turned into heat and power or used as feedstock: {high:.1f} %"
        if high is not None
        else "no demand"
    )
    if HEAT in protected and HEAT in subject.system.fuel_switches:
        switch = float(np.max(subject.system.fuel_switches[HEAT].switchable, initial=0.0))
        note += (
            f"; district heating counts as protected although {100 * switch:.0f} % of it can burn oil while stocks last, and "
            "the Regulation protects heating plants that cannot switch"
        )
    within: Verdict = "" if share is None else "pass" if max(share, high or 0.0) <= SERVICES_LIMIT else "fail"
    return Figure(
        "protected_services_share", "Protected services beside households, of annual consumption", share, "%",
        "protected classes but households and district heating ÷ annual demand at home without losses (≤ 20 %)",
        "Reg. (EU) 2017/1938, Art. 2(5)", within, share, high, note,
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
        ("all", "supply_standard", "Supply standard, everything the system assumes"),
        ("contracted", "supply_standard_contracted", "Supply standard, contracted gas only"),
    )
    named = "; ".join(f"{c.case.letter}: {c.case.name}" for c in cases)
    foot = f"{named}; short by: least curtailment of protected customers; φ: largest multiple of their demand that can be served"
    found = {
        name: Table(title, _answers(subject, [c.of(f, s) for c in cases for f in FILLS], cases), units, LAW, foot)
        for s, name, title in titled
    }
    tried = [c for c in cases if c.case.outage]
    if tried:
        frame = pd.concat([_outages(subject, c) for c in tried], ignore_index=True)
        found["supply_standard_outages"] = Table(
            "Case (c), every infrastructure tried",
            frame,
            {"missing": "GWh", "days": "d"},
            LAW,
            "single: no means a group that fails together",
            names={"all": "everything", "contracted": "contracted", "planned": "as planned", "low": "at 30 %"},
        )
    found["supply_standard_sources"] = Table(
        "Who supplies the cases: least-cost plans at the planned stock", _sources(system, cases),
        {f"{n}_{c.case.letter}": u for c in cases for n, u in (("total", "GWh"), ("worst_day", "GWh/d"))},
        "this model", "gas of all customers; c: without its largest infrastructure; worst day: of highest demand",
        names={f"{n}_{c.case.letter}": f"{c.case.letter}: {w}" for c in cases for n, w in (("total", "total"), ("worst_day", "worst day"))},
    )  # fmt: skip
    needs = {"year": "GWh", "share": "%"} | {f"case_{c.case.letter}": "GWh" for c in cases}
    found["supply_standard_customers"] = Table(
        "Customers and the gas they need", _customers(subject, cases), needs, "Reg. (EU) 2017/1938, Art. 2(5), Annex VI, 4",
        "year: demand of the scenario's weather over the horizon",
        names={f"case_{c.case.letter}": f"case {c.case.letter}" for c in cases},
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
    known = {"fuel_switch": "replaced by oil", "curtailment": "cut (any customer)"}
    known |= {a.id: f"from store: {a.name or a.id}" for a in system.accounts.values()}
    return known.get(source) or system.gas_sources.get(source) or source.replace("_", " ")


def _customers(subject: Subject, cases: Sequence[Examined]) -> pd.DataFrame:
    use, system = annual_use(subject), subject.system
    rows = []
    for name, year in sorted(use.items(), key=lambda item: -system.demand_classes[item[0]].cut_order):
        group = system.demand_classes[name]
        row: dict[str, Any] = {
            "customers": group.name or name.replace("_", " "), "protected": group.protected, "year": year,
            "share": services_share(year, sum(use.values())),
        }  # fmt: skip
        for c in cases:
            mine = [o for o in c.window.offtakes.values() if o.demand_class == name and o.node in subject.at_home]
            row[f"case_{c.case.letter}"] = float(sum(o.demand.sum() for o in mine))
        rows.append(row)
    return pd.DataFrame(rows)
