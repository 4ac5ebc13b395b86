"""What is asked about endurance: whose outage, from when to when, for whom; and what a reader calls it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from energysim.errors import InputError
from energysim.inputs.assets import GasSystem
from energysim.standards.endurance.survival import classes_from
from energysim.standards.risk_group import outage_name, risk_groups
from energysim.standards.subject import Subject
from energysim.studies.atlas_assets import JOINT, asset_path, default_assets
from energysim.words import say, term

START, WINTER_FIRST, WINTER_END = (1, 1), (11, 1), (3, 31)
"""Month and day: of the outage whose length is asked, and of the first and last day of winter."""
TRIGGER_DAYS = 30
"""Length of the outage behind the trigger levels [d]."""
EVERYONE, PROTECTED = "everyone", "protected"

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
    first = day_of(system, START) if start is None else system.day_of(start)
    end = day_of(system, WINTER_END)
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


def day_of(system: GasSystem, month_day: tuple[int, int]) -> int:
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


def weathered(subject: Subject, weather: Weather) -> GasSystem:
    """The system in the weather that is asked for."""
    return subject.system if weather == "scenario" else subject.in_weather("design")


def name_of(subject: Subject, path: str) -> str:
    """What a reader calls an asset; the contracts of one source by the source, a risk group by its name."""
    system = subject.system
    parts = [p.partition(".") for p in path.split(JOINT)]
    sources = {system.contracts[name].gas_source for table, _, name in parts if table == "contracts"}
    if len(parts) > 1 and len(sources) == 1 and all(table == "contracts" for table, _, _ in parts):
        source = sources.pop()
        if source:
            return say("all {source}", source=term(system.gas_sources.get(source, source)))
    return outage_name(system, path, risk_groups(subject))


def everyone_and_protected(subject: Subject) -> dict[str, str]:
    """The class from which on everybody at home, and every protected customer, is served."""
    home = {subject.system.offtakes[o].demand_class for o in subject.offtakes()}
    classes = [c for c in subject.system.demand_classes.values() if c.id in home and c.cuttable]
    ordered = sorted(classes, key=lambda c: c.cut_order)
    found = {EVERYONE: ordered[0].id} if ordered else {}
    protected = [c.id for c in ordered if c.protected]
    return found | ({PROTECTED: protected[0]} if protected else {})
