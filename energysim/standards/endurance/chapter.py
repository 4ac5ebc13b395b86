r"""Endurance: how long each outage can last, which stock to stay above, and when the first protected customer is cut.

Three questions on the same laws (see `survival`, `trigger`): the *survival time* of every class of customers under the
outage of every asset, with recourse, and beside it stock ÷ deficit, which is a rule of thumb; the *trigger stock levels* of
each day of a winter met once in twenty years, for an outage that strikes on it; and the *days to the first protected cut*
in the scenario as it is played.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd

from energysim.dossier import Chapter, Figure, Table
from energysim.errors import InputError
from energysim.inputs.assets import GasSystem
from energysim.standards.endurance.survival import (
    THUMB_DAYS,
    Emergency,
    Survival,
    classes_from,
    days_to_first_cut,
    passing,
    stock_outside,
    survival,
)
from energysim.standards.endurance.trigger import (
    Line,
    callable_stock,
    first_below,
    over_week,
    sampled_days,
    trigger_levels,
)
from energysim.standards.risk_group import outage_name, risk_groups
from energysim.standards.spells import events_left_out
from energysim.standards.subject import Subject
from energysim.studies.atlas_assets import JOINT, asset_path, default_assets
from energysim.studies.study import unserved_by_day

START, WINTER_FIRST, WINTER_END = (1, 1), (11, 1), (3, 31)
"""Month and day: of the outage whose length is asked, and of the first and last day of winter."""
TRIGGER_DAYS = 30
"""Length of the outage behind the trigger levels [d]."""
EVERYONE, PROTECTED = "everyone", "protected"
ALL, ANNOUNCED = "all", "all_announced"
"""Lines of trigger stocks for everybody at home, when nobody knew and when notice could be given."""
MODEL = "this model, Reg. (EU) 2017/1938, Annex VI, 2"

Weather = Literal["scenario", "design"]


@dataclass(frozen=True)
class Question:
    """What is asked, in the horizon's day numbers."""

    assets: tuple[str, ...]
    start: int
    end: int
    weather: Weather
    trigger_asset: str
    trigger_days: int
    step: int
    """Days between the trigger levels."""


def chapter(
    subject: Subject,
    assets: Sequence[str] | None = None,
    start: date | None = None,
    weather: Weather = "design",
    trigger_asset: str | None = None,
    trigger_days: int = TRIGGER_DAYS,
    step: int = 1,
) -> Chapter:
    """Endurance of a scenario's system.

    assets: whose outage is asked, as a person writes them; default: all that the undisturbed year uses, the largest source
    and the risk group. start: first day of the outage, default 1 January. weather: that the outage strikes in.
    trigger_asset, trigger_days: the outage behind the trigger levels, default the largest source for 30 days.
    step: days between the trigger levels. Raises InputError with every problem.
    """
    asked = question(subject, assets, start, weather, trigger_asset, trigger_days, step)
    plan = subject.plan.realised
    emergency = Emergency(_weathered(subject, weather), plan, asked.start, asked.end - asked.start + 1)
    groups = class_groups(subject)
    surprised = survival(emergency, asked.assets, groups)
    struck = tuple(dict.fromkeys(s.asset for s in surprised if s.days is not None and s.days < emergency.days))
    announced = survival(replace(emergency, notice=False), struck, groups)
    levels = _triggers(subject, asked) if asked.trigger_asset else pd.DataFrame()
    return Chapter(
        id="endurance",
        title="Endurance",
        place="2",
        figures=(
            *_survival_figures(subject, asked, surprised, announced),
            first_cut(subject),
            *_trigger_figures(levels, span_of(asked.step)),
        ),
        tables=_tables(subject, asked, emergency, surprised, announced, levels),
        notes=_notes(subject, asked, emergency),
    )


def question(
    subject: Subject,
    assets: Sequence[str] | None,
    start: date | None,
    weather: str,
    trigger_asset: str | None,
    trigger_days: int,
    step: int = 1,
) -> Question:
    """What is asked, checked. Raises InputError with every problem."""
    system, problems = subject.system, []
    if weather not in ("scenario", "design"):
        problems.append(f"weather: found {weather!r}; expected `scenario` or `design`")
    for name, days in (("trigger_days", trigger_days), ("step", step)):
        if not isinstance(days, int) or days < 1:
            problems.append(f"{name}: found {days!r}; expected whole days, 1 or more")
    first = _day(system, START) if start is None else system.day_of(start)
    end = _day(system, WINTER_END)
    if not 0 <= first < system.days:
        problems.append(f"start: {start} lies outside the horizon {system.first_day} to {system.last_day}")
    source = largest_source(system, subject)
    groups = [g.path for g in risk_groups(subject)]
    paths = [*default_assets(system, subject.plan), *([source] if source else []), *groups]
    try:
        paths = paths if assets is None else [asset_path(system, a) for a in assets]
        source = source if trigger_asset is None else asset_path(system, trigger_asset)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(*problems)
    end = end if first <= end else system.days - 1  # an outage in summer is followed to the horizon's end
    chosen: Weather = "scenario" if weather == "scenario" else "design"
    return Question(tuple(dict.fromkeys(paths)), first, end, chosen, source, trigger_days, step)


def _day(system: GasSystem, month_day: tuple[int, int]) -> int:
    """The first such date in the horizon as a day number; the nearest end where there is none."""
    years = range(system.first_day.year, system.last_day.year + 1)
    found = [k for k in (system.day_of(date(y, *month_day)) for y in years) if 0 <= k < system.days]
    return found[0] if found else 0 if month_day != WINTER_END else system.days - 1


def largest_source(system: GasSystem, subject: Subject) -> str:
    """Contracts of the gas source that brings most in the undisturbed plan, joined by `+`; blank without contracts."""
    nominated = subject.plan.realised.solution.by_day("nomination")
    total: dict[str, float] = {}
    for route, (contract, _) in system.routes.items():
        source = contract.gas_source or contract.id
        total[source] = total.get(source, 0.0) + float(nominated[route].sum())
    if not total or max(total.values()) <= 0:
        return ""
    most = max(total, key=lambda s: total[s])
    used = [c for c in system.contracts.values() if (c.gas_source or c.id) == most and c.dcq.max(initial=0.0) > 0]
    return JOINT.join(f"contracts.{c.id}" for c in used)


def class_groups(subject: Subject) -> dict[str, Collection[str]]:
    """Class -> its offtakes and those of every class above it, from the first to be cut to the last."""
    system = subject.system
    used = {o.demand_class for o in system.offtakes.values()}
    classes = sorted(
        (c for c in system.demand_classes.values() if c.cuttable and c.id in used), key=lambda c: c.cut_order
    )
    return {c.id: classes_from(system, c.id) for c in classes}


def _weathered(subject: Subject, weather: Weather) -> GasSystem:
    return subject.system if weather == "scenario" else subject.in_weather("design")


def name_of(subject: Subject, path: str) -> str:
    """What a reader calls an asset; the contracts of one source by the source, a risk group by its name."""
    system = subject.system
    parts = [p.partition(".") for p in path.split(JOINT)]
    sources = {system.contracts[name].gas_source for table, _, name in parts if table == "contracts"}
    if len(parts) > 1 and len(sources) == 1 and all(table == "contracts" for table, _, _ in parts):
        source = sources.pop()
        if source:
            return f"all {system.gas_sources.get(source, source)}"
    return outage_name(system, path, risk_groups(subject))


def everyone_and_protected(subject: Subject) -> dict[str, str]:
    """The class from which on everybody at home, and every protected customer, is served."""
    home = {subject.system.offtakes[o].demand_class for o in subject.offtakes()}
    classes = [c for c in subject.system.demand_classes.values() if c.id in home and c.cuttable]
    ordered = sorted(classes, key=lambda c: c.cut_order)
    found = {EVERYONE: ordered[0].id} if ordered else {}
    protected = [c.id for c in ordered if c.protected]
    return found | ({PROTECTED: protected[0]} if protected else {})


def difference(days: int | None, thumb: float | None, length: int) -> float | None:
    """Survival time − rule of thumb [d]; None where either is unknown, or both are longer than what was looked at."""
    if days is None or thumb is None or (days >= length and thumb >= length):
        return None
    return days - thumb


def first_cut(subject: Subject) -> Figure:
    """Days from the scenario's first event to its first protected cut."""
    system, starts = subject.system, [e.start for e in subject.scenario.occurrences()]
    value, note = None, "the scenario has no event"
    if starts:
        start = min(max(0, system.day_of(min(starts))), system.days - 1)
        value = days_to_first_cut(unserved_by_day(system, subject.course, protected_only=True), start)
        note = f"from {system.date_of(start)}, foresight: {subject.scenario.foresight}"
        note += "" if value is not None else "; no protected customer is cut"
    return Figure(
        "days_to_first_protected_cut", "Days from the first event to the first cut of protected customers", value, "d",
        "first day with protected curtailment − first day of the first event", "course of the scenario", note=note,
    )  # fmt: skip


def _survival_figures(
    subject: Subject, asked: Question, surprised: Sequence[Survival], announced: Sequence[Survival]
) -> list[Figure]:
    found = []
    system, length = subject.system, asked.end - asked.start + 1
    told = {(s.asset, s.demand_class): s for s in announced}
    whom = everyone_and_protected(subject)
    named = {"source": largest_source(system, subject), "group": next((g.path for g in risk_groups(subject)), "")}
    for key, path in named.items():
        for who, first in whom.items():
            s = next((s for s in surprised if (s.asset, s.demand_class) == (path, first)), None)
            if s is None:
                continue
            later = told.get((path, first), s)
            label = "protected customers" if who == PROTECTED else "everybody at home"
            note = _noted(s, later, length)
            found += [
                Figure(f"survival_{key}_{who}", f"Without {name_of(subject, path)}: survival time of {label}", s.days, "d",
                       "longest outage with nobody of them cut to the end of the window", MODEL,
                       low=s.days if later.days != s.days else None, high=later.days if later.days != s.days else None,
                       note=note),
                Figure(f"thumb_{key}_{who}", f"Without {name_of(subject, path)}: rule of thumb for {label}", s.thumb, "d",
                       "stock ÷ max(0, lost gas − demand of the others)", "rule of thumb, not a survival time",
                       note="" if s.thumb is not None else "no deficit"),
            ]  # fmt: skip
    weak = [s for s in surprised if s.demand_class == whom.get(PROTECTED) and s.days is not None]
    if weak:
        least = min(weak, key=lambda s: (s.days or 0, -s.missing))
        same = sum(s.days == least.days for s in weak) - 1
        others = f"; as short without {same} more" if same else ""
        found.append(
            Figure("survival_weakest_protected", "Shortest survival time of protected customers", least.days, "d",
                   "least over assets", MODEL, note=f"without {name_of(subject, least.asset)}{others}")
        )  # fmt: skip
    return found


def _noted(s: Survival, later: Survival, length: int) -> str:
    if s.days is None:
        return "they are cut without any outage"
    if s.days >= length:
        return f"the whole window of {length} days and more"
    return f"of {length} d" + ("; high: with notice given in time" if later.days != s.days else ", notice or not")


def _triggers(subject: Subject, asked: Question) -> pd.DataFrame:
    """A row a day (or a stretch of `step` days): the lines, the planned stock and the scenario's, and by how much they lie above."""
    system, plan = _weathered(subject, "design"), subject.plan.realised
    end = _day(system, WINTER_END)
    demand = np.sum([o.demand for o in system.offtakes.values()], axis=0)
    weeks = sampled_days(demand, _day(system, WINTER_FIRST), end, asked.step)
    days = sorted({d for chosen in weeks.values() for d in chosen})
    home = subject.offtakes()
    lines = (
        Line(PROTECTED, subject.offtakes(protected=True)),
        Line(ALL, home),
        Line(ANNOUNCED, home, notice=False),
    )
    found = trigger_levels(system, plan, asked.trigger_asset, asked.trigger_days, days, end, lines)
    stocks = {"planned": callable_stock(system, plan), "scenario": callable_stock(system, subject.course.realised)}
    rows = []
    for first, chosen in weeks.items():
        row: dict[str, Any] = {"date": system.date_of(first)}
        for line in lines:
            row[f"trigger_{line.name}"], row[f"shortage_{line.name}"] = over_week(
                [t for t in found if t.day in chosen and t.line == line.name]
            )
        week = slice(first, min(first + asked.step, end + 1))
        row |= {name: float(series[week].min()) for name, series in stocks.items()}
        level = row[f"trigger_{PROTECTED}"]
        row["margin"] = None if level is None else row["planned"] - level
        rows.append(row)
    order = [
        "date",
        *(f"trigger_{n.name}" for n in lines),
        *(f"shortage_{n.name}" for n in lines[:2]),
        *stocks,
        "margin",
    ]
    return pd.DataFrame(rows, columns=order).astype(dict.fromkeys(order[1:], float))


def span_of(step: int) -> str:
    """What a row of trigger levels stands for."""
    return {1: "day", 7: "week"}.get(step, f"{step} days")


def _trigger_figures(levels: pd.DataFrame, span: str) -> list[Figure]:
    if levels.empty:
        return []
    line, formula = levels[f"trigger_{PROTECTED}"], "min Σ callable stock with no protected cut to the end of winter"
    highest = levels.iloc[int(np.nanargmax(line.to_numpy()))] if line.notna().any() else None
    figures = [
        Figure("trigger_highest", "Highest trigger stock for protected customers", None if highest is None else
               float(highest[f"trigger_{PROTECTED}"]), "GWh", formula, MODEL,
               note="not even full stores ever suffice" if highest is None else f"for an outage from {highest['date']}"),
        Figure("trigger_without", "Not even full stores keep protected customers served",
               f"{int(line.isna().sum())} of {len(line)}", "", f"{span}s on which an outage brings a protected cut from full stores", MODEL,
               note=f"largest shortage {levels[f'shortage_{PROTECTED}'].max():.1f} GWh" if line.isna().any() else ""),
    ]  # fmt: skip
    for name, words in (("planned", "the planned stock"), ("scenario", "the scenario's stock")):
        below = first_below(levels[name].tolist(), line.tolist())
        figures.append(
            Figure(f"trigger_first_below_{name}", f"First {span} on which {words} does not suffice",
                   None if below is None else str(levels["date"][below]), "", "stock < trigger stock, or no stock suffices",
                   MODEL, note="never between 1 November and 31 March" if below is None else "")
        )  # fmt: skip
    return figures


def _tables(
    subject: Subject,
    asked: Question,
    emergency: Emergency,
    surprised: Sequence[Survival],
    announced: Sequence[Survival],
    levels: pd.DataFrame,
) -> dict[str, Table]:
    groups = list(class_groups(subject))[::-1]
    length, when = emergency.days, f"{emergency.system.date_of(emergency.start):%d %B %Y}"
    foot = f"{length}: to the end of the window and beyond; a column counts its class and all above it in the order of cuts"
    found = {
        "survival": Table(
            f"Survival time in days, outage from {when} that nobody expected", _wide(subject, surprised, groups), {}, MODEL, foot
        ),
        "survival_rule_of_thumb": Table(
            "Survival time beside the rule of thumb, where either tells of a limit", _thumbs(subject, emergency, surprised),
            {"lost": "GWh/d", "stock": "GWh", "lacking": "GWh", "thumb": "d", "survival": "d", "difference": "d"},
            "rule of thumb: stock ÷ max(0, lost gas − demand of the others)",
            f"lost gas and demand: means of the first {min(THUMB_DAYS, length)} days; lacking: if out to the end of the window",
        ),
    }  # fmt: skip
    if announced:
        found["survival_announced"] = Table(
            "The same in days where notice could be given in time", _wide(subject, announced, groups), {}, MODEL, foot
        )
    if not levels.empty:
        out = f"without {name_of(subject, asked.trigger_asset)} for {asked.trigger_days} days"
        found["trigger_levels"] = Table(
            f"Trigger stock levels, design winter: {out}", levels, dict.fromkeys(levels.columns.drop("date"), "GWh"), MODEL,
            f"a row a {span_of(asked.step)}: the outage strikes then; no level: not even full stores suffice, shortage: what lacks "
            "then; all: everybody at home; announced: notice given in time; margin: planned − protected",
            shown=("date", "trigger_protected", "trigger_all_announced", "shortage_protected", "planned", "scenario", "margin"),
        )  # fmt: skip
    return found


def _wide(subject: Subject, found: Sequence[Survival], groups: Sequence[str]) -> pd.DataFrame:
    """An asset a row, a class a column, the weakest first."""
    told = {(s.asset, s.demand_class): s.days for s in found}
    assets = dict.fromkeys(s.asset for s in found)
    rows = [{"out": name_of(subject, a), **{g: told[a, g] for g in groups}} for a in assets]
    frame = pd.DataFrame(rows, columns=["out", *groups]).astype(dict.fromkeys(groups, float))
    return frame.sort_values(list(groups), kind="stable").reset_index(drop=True)


def _thumbs(subject: Subject, emergency: Emergency, found: Sequence[Survival]) -> pd.DataFrame:
    """A row for each asset and group whose survival ends within the window, or would by the rule of thumb."""
    system, whom = emergency.system, {first: who for who, first in everyone_and_protected(subject).items()}
    days = slice(emergency.start, emergency.start + min(THUMB_DAYS, emergency.days))
    rows = [
        {
            "out": name_of(subject, s.asset),
            "customers": whom[s.demand_class],
            "lost": float(passing(system, emergency.plan, s.asset)[days].mean()),
            "stock": stock_outside(system, emergency.plan, s.asset, emergency.start),
            "lacking": s.missing,
            "thumb": s.thumb,
            "survival": s.days,
            "difference": difference(s.days, s.thumb, emergency.days),
        }
        for s in found
        if s.demand_class in whom
        and s.days is not None
        and (s.days < emergency.days or (s.thumb is not None and s.thumb < emergency.days))
    ]
    columns = ["out", "customers", "lost", "stock", "lacking", "thumb", "survival", "difference"]
    frame = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[2:], float))
    return frame.sort_values(
        ["customers", "survival", "thumb"], ascending=[False, True, True], kind="stable"
    ).reset_index(drop=True)


def _notes(subject: Subject, asked: Question, emergency: Emergency) -> tuple[str, ...]:
    system = emergency.system
    span = f"{system.date_of(asked.start)} to {system.date_of(asked.end)}"
    weather = "met once in twenty years" if asked.weather == "design" else "of the scenario"
    events = "Of the scenario's events only the days to the first protected cut and the scenario's stock take account."
    return (
        *([events] if events_left_out(subject) else ()),
        f"Survival: window {span}, weather {weather}; stocks and nominations as planned until the first day, the outage's "
        "length known from then on, everything then done for the customers in question. Gas and oil under notice come only "
        "once it has passed, and line pack, which may bridge hours, is not modelled: a day is lost or it is not.",
        "Trigger levels let each store hold what serves best; a stock above the line in the wrong store may be too little.",
    )
