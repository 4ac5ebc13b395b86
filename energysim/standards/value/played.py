"""What a whole unit more would really save: the scenario played again with it, news and all.

One mcm more in store on the first morning or on the eve of the first surprise, one mcm/d more of each capacity and
contract, an event that ends a day earlier. A measure that no multiplier of any plan of the course meets changes none of
them, so it is worth nothing and is not played.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import pandas as pd

from energysim.inputs.assets import GasSystem
from energysim.inputs.events import apply_events
from energysim.inputs.scenario import Event, Foresight, Scenario
from energysim.model.compile import compile_system
from energysim.model.solve import Engine
from energysim.simulate import Course, simulate
from energysim.standards.subject import Subject
from energysim.standards.value.marginal import unmoved
from energysim.standards.value.points import Point, enlarged, points, room
from energysim.standards.value.worth import LostLoad, Money, money
from energysim.studies.window import cut_out, within
from energysim.units import REPORTING_GCV
from energysim.words import full_date, say, term

UNIT = REPORTING_GCV
"""GWh in one mcm, GWh/d in one mcm/d."""
NO_MONEY = Money(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
ONLY_TIES = 1e-3 * UNIT
"""kEUR: smaller terms come from the tie-breaking cost, which decides between plans of equal cost and saves nobody money."""
MEASURES = {
    "stock": "1 mcm more in store on the first morning",
    "eve": "1 mcm more in store on the eve",
    "capacity": "1 mcm/d more",
    "repair": "ends a day earlier",
}
"""Kind of a measure -> what a reader calls it."""
LAST = {"stock": "the last mcm in store on the first morning", "eve": "the last mcm in store on the eve"}
"""The same where the store is full, so that there can be no more."""
FULL = "full: value of the last mcm"
COLUMNS = ("kind", "item", "name", "measure", "low", "mid", "high", "costs", "targets", "unserved", "gas", "foreseen",
           "per_unit", "unit", "note")  # fmt: skip


@dataclass
class Stage:
    """A system and the events that are played on it, with the courses that a measure is compared with."""

    system: GasSystem
    scenario: Scenario
    engine: Engine
    prices: LostLoad
    _before: dict[Foresight, Course] = field(default_factory=dict)

    def play(self, foresight: Foresight, system: GasSystem | None = None, scenario: Scenario | None = None) -> Course:
        """How the system fares, or a changed one, or under changed events."""
        return simulate(system or self.system, scenario or self.scenario, foresight, engine=self.engine)

    def before(self, foresight: Foresight) -> Course:
        """The course without any measure."""
        if foresight not in self._before:
            self._before[foresight] = self.play(foresight)
        return self._before[foresight]

    def saved(self, system: GasSystem | None = None, scenario: Scenario | None = None) -> tuple[Money, Money]:
        """What a changed system or changed events save: as the scenario plays, and with everything known."""
        said = self.scenario.foresight
        played = self._saved(said, system, scenario)
        alike = said == "foreseen" or (len(self.before(said).plans) == 1 and scenario is None)
        return played, played if alike else self._saved("foreseen", system, scenario)

    def _saved(self, foresight: Foresight, system: GasSystem | None, scenario: Scenario | None) -> Money:
        before = self.before(foresight)
        if system is not None and scenario is None and untouched(self.system, system, self.scenario, before):
            return NO_MONEY
        after = self.play(foresight, system, scenario)
        old, new = (money(self.system, c.realised.solution, self.prices) for c in (before, after))
        return old - new


def untouched(system: GasSystem, other: GasSystem, scenario: Scenario, course: Course) -> bool:
    """Whether every plan of a course remains an optimum under another system, so that the course stays as it is."""
    scenario = scenario.model_copy(update={"foresight": course.foresight})
    for plan in course.plans:
        known = scenario.known_on(plan.day, system.first_day)
        before, after = (compile_system(apply_events(s, known)) for s in (system, other))
        if not unmoved(before, after, plan.solution, system.day_of(plan.day), ONLY_TIES):
            return False
    return True


def marginal_table(subject: Subject, prices: LostLoad) -> pd.DataFrame:
    """One row a measure: what it saves [MEUR] at low, mid and high value of lost load, and its parts.

    costs, targets and unserved add to mid; gas: cuts avoided [GWh]; foreseen: the mid value if all were known on day one;
    per_unit: EUR/MWh of stock, kEUR per GWh/d of capacity, MEUR per day of repair.
    """
    _ = subject.plan  # first, so that every solve starts from its basis
    stage = Stage(subject.system, subject.scenario, subject.engine, prices)
    rows = [*_stocks(stage), *_eve(stage), *_repairs(stage), *_capacities(stage)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _stocks(stage: Stage) -> Iterator[dict[str, object]]:
    for point in points(stage.system):
        if point.dimension == "stock":
            yield from _unit(stage, point, "stock")


def _capacities(stage: Stage) -> Iterator[dict[str, object]]:
    found = [row for p in points(stage.system) if p.dimension == "rate" for row in _unit(stage, p, "capacity")]
    yield from sorted(found, key=lambda r: -float(str(r["mid"])))


def _eve(stage: Stage) -> Iterator[dict[str, object]]:
    """One mcm more in each store on the eve of the first surprise; without one, on 1 January."""
    system = stage.system
    plans = stage.before(stage.scenario.foresight).plans
    morning = eve(system, plans[1].day if len(plans) > 1 else None)
    if morning is None:
        return
    first = system.date_of(morning)
    window = cut_out(system, plans[0], morning, system.days - morning)
    events = tuple(within(window, stage.scenario.events))
    later = Stage(window, stage.scenario.model_copy(update={"events": events}), stage.engine, stage.prices)
    for point in points(window):
        if point.dimension == "stock" and point.table == "accounts":
            yield from _unit(later, point, "eve", say("morning of {date}", date=full_date(first)))


def eve(system: GasSystem, news: date | None) -> int | None:
    """The day before the first news, or 1 January; None where the horizon holds neither."""
    if news is not None:
        return max(0, system.day_of(news) - 1)
    years = range(system.first_day.year, system.last_day.year + 1)
    return next((d for d in (system.day_of(date(y, 1, 1)) for y in years) if 0 <= d < system.days), None)


def _unit(stage: Stage, point: Point, kind: str, note: str = "") -> Iterator[dict[str, object]]:
    """What a unit more of a point saves; where there is no room, what the last unit does."""
    more, less = room(stage.system, point, UNIT)
    if not more and not less:
        return
    played, foreseen = stage.saved(enlarged(stage.system, point, UNIT if more else -UNIT))
    if not more:
        played, foreseen = NO_MONEY - played, NO_MONEY - foreseen
        note = "; ".join(filter(None, [note, term(FULL)]))
    per = (played.total() / UNIT, "EUR/MWh" if point.dimension == "stock" else "kEUR per GWh/d")
    item, limit = f"{point.table}.{point.asset}.{point.field}", term(point.limit)
    row = _row(kind, item, point.name, limit, played, foreseen, per, note)
    yield row if more else {**row, "measure": str(term(LAST[kind]))}


def _repairs(stage: Stage) -> Iterator[dict[str, object]]:
    """Every event a day shorter, one of a single day not happening; then all those that end together."""
    events = stage.scenario.events
    groups = [(e.asset, str(term(e.name)), [k]) for k, e in enumerate(events)]
    for last in sorted({e.until for e in events}):
        together = [k for k, e in enumerate(events) if e.until == last]
        if len(together) > 1:
            groups.append(("", say("all that ends on {date}", date=full_date(last)), together))
    for asset, name, chosen in groups:
        left = [shortened(e) if k in chosen else e for k, e in enumerate(events)]
        changed = stage.scenario.model_copy(update={"events": tuple(e for e in left if e)})
        played, foreseen = stage.saved(scenario=changed)
        often = max(e.repeat.times if e.repeat else 1 for k, e in enumerate(events) if k in chosen)
        said = (say("a single day: it does not happen") if any(left[k] is None for k in chosen) else "",
                say("each of its {times} times", times=often) if often > 1 else "")  # fmt: skip
        note = "; ".join(filter(None, said))
        yield _row("repair", asset, name, "", played, foreseen, (played.total() / 1000.0, "MEUR per day"), note)


def shortened(event: Event) -> Event | None:
    """The event ending a day earlier; None if it lasted one day. What was believed at first stays."""
    if event.until == event.start:
        return None
    return event.model_copy(update={"until": event.until - timedelta(days=1)})


def _row(
    kind: str, item: str, name: str, limit: str, played: Money, foreseen: Money, per: tuple[float, str], note: str
) -> dict[str, object]:
    """A row of `marginal_table`, kEUR turned into MEUR."""
    measure = f"{term(MEASURES[kind])}: {limit}" if kind == "capacity" else str(term(MEASURES[kind]))
    values = (played.total("low"), played.total("mid"), played.total("high"), played.costs, played.targets, played.mid)
    money_columns = [round(v / 1000.0, 9) + 0.0 for v in (*values, foreseen.total())]
    cells = (kind, item, name, measure, *money_columns[:6], round(played.unserved, 9) + 0.0, money_columns[6],
             round(per[0], 9) + 0.0, per[1], note)  # fmt: skip
    return dict(zip(COLUMNS, cells, strict=True))
