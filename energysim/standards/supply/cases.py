r"""The cases of the supply standard, Regulation (EU) 2017/1938, Article 6(1), and how far each can be met.

Asked is whether protected customers *can* be served, all others cut if need be (see `serving`), from three stocks
and from two supplies: everything the system assumes, and only what is contracted, produced or in store (`contracted.CONTRACTED`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from types import MappingProxyType
from typing import Literal

import numpy as np

from energysim.dossier import Verdict
from energysim.inputs.assets import GasSystem
from energysim.inputs.events import apply_events
from energysim.inputs.scenario import Event
from energysim.simulate import Course
from energysim.standards.extremes import design_demand
from energysim.standards.infrastructure.contracted import CONTRACTED
from energysim.standards.spells import Weather, scaled, spell
from energysim.standards.subject import Subject
from energysim.standards.supply.serving import SERVED, Multiple, Recourse, repeated
from energysim.studies.atlas_assets import JOINT

FILLS: Mapping[str, float | None] = MappingProxyType({"full": 1.0, "planned": None, "low": 0.3})
"""Stock on the first morning -> share of the callable volume; None: as planned."""
LONGEST = 90
"""Most days that are looked at."""
Supply = Literal["all", "contracted"]
SUPPLIES: tuple[Supply, ...] = ("all", "contracted")


@dataclass(frozen=True)
class Case:
    """A case of Article 6(1)."""

    letter: str
    name: str
    days: int
    weather: Weather
    outage: bool = False


CASES = (
    Case("a", "7-day peak, once in 20 years", 7, "one_in_twenty"),
    Case("b", "30 days, once in 20 years", 30, "one_in_twenty"),
    Case("c", "30 days, average winter, largest infrastructure out", 30, "average", outage=True),
)


@dataclass(frozen=True)
class Answer:
    """What a case came to with one outage, stock and supply. Gas in GWh."""

    outage: str
    fill: str
    supply: Supply
    stock: float
    need: float
    missing: float
    """Least curtailment of protected customers."""
    multiple: float | None
    days: int

    @property
    def verdict(self) -> Verdict:
        """Whether protected customers can be served."""
        return verdict(self.missing)

    @property
    def margin(self) -> float | None:
        """Gas beyond protected demand that could be served as protected demand [GWh]."""
        return None if self.multiple is None or np.isinf(self.multiple) else margin(self.multiple, self.need)


def verdict(missing: float) -> Verdict:
    """pass where the least curtailment of protected customers [GWh] is nothing. Source: Reg. (EU) 2017/1938, Art. 6(1)."""
    return "pass" if missing <= SERVED else "fail"


def margin(multiple: float, need: float) -> float:
    r"""(φ − 1) · D: protected demand [GWh] that could be served beyond that of the case; negative: what lacks in proportion."""
    return (multiple - 1.0) * need


def contracted_only(system: GasSystem) -> GasSystem:
    """The system without gas of other kinds of contract than CONTRACTED: production, contracts and stock alone."""
    for contract in system.contracts.values():
        if contract.kind not in CONTRACTED:
            system = system.with_asset("contracts", replace(contract, available=np.zeros(system.days)))
    return system


def filled(system: GasSystem, share: float | None) -> GasSystem:
    """The system with every callable account at a share of its volume on the first morning; None: as it is."""
    for account in system.accounts.values() if share is not None else ():
        if account.callable:
            system = system.with_asset("accounts", replace(account, opening=float(share or 0.0) * account.volume))
    return system


def without(system: GasSystem, outage: str) -> GasSystem:
    """The system with an asset, or several joined by `+`, out on all its days."""
    first, last = system.first_day, system.last_day
    parts = outage.split(JOINT) if outage else []
    return apply_events(system, [Event(name=p, asset=p, start=first, until=last, available=0.0) for p in parts])


def infrastructure(system: GasSystem, home: Sequence[str]) -> tuple[str, ...]:
    """Paths of what can be the single largest gas infrastructure: border points, stores and fields at home."""
    used = {u for c, r in system.routes.values() if r.entry_node in home for u in r.path if c.dcq.max(initial=0.0) > 0}
    borders = [f"upstream.{u.id}" for u in system.upstream.values() if u.kind == "border_point" and u.id in used]
    own = [a for a in system.accounts.values() if a.callable and a.route is None and a.node in home]
    stores = dict.fromkeys(f"sites.{a.site}" if a.site else f"accounts.{a.id}" for a in own)
    fields = [f"contracts.{c.id}" for c in system.contracts.values() if c.kind == "production"]
    return (*borders, *stores, *fields)


class Examination:
    """Answers of one case on one system of its days; the programmes stay loaded."""

    def __init__(self, window: GasSystem, protected: Sequence[str], longest: int = LONGEST) -> None:
        self.window, self.protected, self.longest = window, tuple(protected), longest
        self.need = float(sum(window.offtakes[o].demand.sum() for o in protected))
        self._times = -(-longest // window.days)
        self._recourse, self._multiple = Recourse(), Multiple(window, self.protected)

    def answer(self, outage: str = "", fill: str = "planned", supply: Supply = "all") -> Answer:
        """Whether and how far protected customers can be served."""
        struck = self.struck(outage, fill, supply)
        self._recourse.load(repeated(struck, self._times))
        missing = self._recourse.least_cut(self.protected, struck.days)
        return Answer(
            outage,
            fill,
            supply,
            stock=sum(a.opening for a in struck.accounts.values() if a.callable),
            need=self.need,
            missing=missing,
            multiple=self._multiple.largest(struck),
            days=self._days(struck.days, missing <= SERVED),
        )

    def struck(self, outage: str, fill: str, supply: Supply) -> GasSystem:
        """The window as a row of the table says."""
        found = filled(self.window, FILLS[fill])
        return without(contracted_only(found) if supply == "contracted" else found, outage)

    def _days(self, length: int, holds: bool) -> int:
        """Most days from the first on of which nobody protected is cut; feasible sets shrink, so halving finds it."""
        if holds and self._recourse.least_cut(self.protected, self.longest) <= SERVED:
            return self.longest
        served, beyond = (length, self.longest) if holds else (0, length)
        while beyond - served > 1:
            middle = (served + beyond) // 2
            if self._recourse.least_cut(self.protected, middle) <= SERVED:
                served = middle
            else:
                beyond = middle
        return served


def worst(answers: Sequence[Answer]) -> Answer:
    """The outage that leaves the least: smallest multiple, then most missing."""
    return min(answers, key=lambda a: (-1.0 if a.multiple is None else a.multiple, -a.missing, a.days))


@dataclass(frozen=True)
class Examined:
    """A case with its answers, the protected demand behind them and a least-cost plan of it."""

    case: Case
    window: GasSystem
    answers: tuple[Answer, ...]
    single: tuple[str, ...]
    range: tuple[Mapping[Supply, float | None], ...]
    """Multiples at the planned stock under the lower and the upper end of the estimated demand; empty: no interval."""
    plan: Course

    def of(self, fill: str, supply: Supply) -> Answer:
        """The answer that counts: of the worst single infrastructure."""
        return worst([a for a in self.answers if (a.fill, a.supply) == (fill, supply) and a.outage in self.single])


def examine(subject: Subject, case: Case, outages: Sequence[str], together: Sequence[str] = ()) -> Examined:
    """Every answer of a case. outages: single infrastructure of which one is out; together: groups beside it."""
    window, protected = spell(subject, case.days, case.weather), subject.offtakes(protected=True)
    single = tuple(outages) if case.outage else ("",)
    asked = (*single, *together) if case.outage else single
    found = Examination(window, protected)
    answers = tuple(found.answer(o, f, s) for o, f, s in product(asked, FILLS, SUPPLIES))
    ends: tuple[Mapping[Supply, float | None], ...] = ()
    estimate = design_demand(subject, case.days) if case.weather == "one_in_twenty" else None
    if estimate is not None and estimate.low < estimate.value < estimate.high:
        ends = tuple(_multiples(subject, window, mean, protected) for mean in (estimate.low, estimate.high))
    answered = Examined(case, window, answers, single, ends, plan=subject.plan)
    least = answered.of("planned", "all").outage
    return replace(answered, plan=subject.bench.course(system=without(window, least)))


def _multiples(
    subject: Subject, window: GasSystem, mean: float, protected: Sequence[str]
) -> Mapping[Supply, float | None]:
    other = scaled(subject, window, mean)
    programme = Multiple(other, protected)
    return {"all": programme.largest(other), "contracted": programme.largest(contracted_only(other))}
