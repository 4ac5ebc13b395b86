r"""Why two scenarios differ: their inputs first, then what came out, then how much of the change each input difference brings.

A difference is one edit that leads from the first scenario towards the second: its gas year, weather, foresight, a
choice of the planner, one rival, one setting, one event. Every subset of the differences is a scenario of its own, so
the change of an indicator $v$ can be shared out three ways:

* *alone*: $v(\{i\}) - v(\emptyset)$, the difference laid on the first scenario by itself;
* *last*: $v(N) - v(N \setminus \{i\})$, what the second scenario owes to it at the end;
* *Shapley*: the mean of what it brings over all orders, for up to six differences:

$$\phi_i = \sum_{S \subseteq N \setminus \{i\}} \frac{|S|!\,(n-|S|-1)!}{n!}\,\bigl(v(S \cup \{i\}) - v(S)\bigr)$$

Shapley's shares add to the whole change (L. S. Shapley, A value for n-person games, 1953); the other two need not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import combinations
from math import factorial
from typing import Any

import pandas as pd

from energysim.dossier import Chapter, Dossier, Figure, Table
from energysim.errors import InputError
from energysim.inputs.read import Dataset, read_dataset, read_scenario
from energysim.inputs.scenario import Event, Scenario, Setting
from energysim.model.solve import Engine
from energysim.simulate import Progress, simulate
from energysim.studies.foresight import PACKAGES, resolve
from energysim.studies.study import numbers
from energysim.words import iso_or_local, localised, say, spoken, term
from energysim.words.lists import known

NOTHING = 1e-6
"""Change of an indicator, in its unit, up to which it counts as none."""
MOST = 6
"""Differences up to which every subset is solved."""
MEASURES: Mapping[str, tuple[str, str]] = {
    "unserved_gas": ("Unserved gas", "GWh"),
    "unserved_protected": ("Unserved gas of protected customers", "GWh"),
    "worst_day": ("Worst day's cut", "GWh/d"),
    "cut_days": ("Days with cuts", "d"),
    "costs": ("Costs", "MEUR"),
    "objective": ("Costs and penalties", "MEUR"),
}
"""Finding -> what it is called and its unit; money is kEUR in a row and MEUR here."""
SHAPLEY = "Shapley 1953"
Numbers = dict[str, float]
Subset = frozenset[int]


@dataclass(frozen=True)
class Difference:
    """One edit from the first scenario towards the second: what it is, both values, and how it is made."""

    what: str
    first: str
    second: str
    make: Callable[[Scenario], Scenario]


def differences(first: Scenario, second: Scenario) -> list[Difference]:
    """What leads from one scenario to another, one edit each, in a fixed order; nothing where they are the same.

    Another gas year brings its events and its dated settings with it: in the other year they would lie outside.
    """
    found = []
    if first.gas_year != second.gas_year:
        found.append(
            Difference(say("gas year, with what happens in it"), first.gas_year, second.gas_year, _year(second))
        )
        first = found[0].make(first)
    for key in ("weather", "foresight"):
        a, b = getattr(first, key), getattr(second, key)
        if a != b:
            found.append(Difference(str(term(key)), known(str(a)), known(str(b)), _set(key, b)))
    for key in type(first.planner).model_fields:
        a, b = getattr(first.planner, key), getattr(second.planner, key)
        if a != b:
            what = say("planner: {choice}", choice=known(key.replace("_", " ")))
            found.append(Difference(what, str(a), str(b), _planner(key, b)))
    for table in ("rivals", "set"):
        a, b = getattr(first, table), getattr(second, table)
        for key in [*a, *(k for k in b if k not in a)]:
            if a.get(key) != b.get(key):
                what = say("rival: {path}", path=key) if table == "rivals" else say("setting: {path}", path=key)
                found.append(Difference(what, _said(a.get(key)), _said(b.get(key)), _entry(table, key, b.get(key))))
    events_a, events_b = _events(first), _events(second)
    for name in [*events_a, *(n for n in events_b if n not in events_a)]:
        a, b = events_a.get(name), events_b.get(name)
        if _effect(a) != _effect(b):
            found.append(
                Difference(say("event: {event}", event=known(name)), *_happens(a, b), _event(name, b, list(events_b)))
            )
    return found


def _events(scenario: Scenario) -> dict[str, Event]:
    """Events by name. Raises InputError where two share one, which could not be told apart."""
    names = [e.name for e in scenario.events]
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise InputError(*(f"{scenario.id}: two events are called {n!r}; give each a name of its own" for n in twice))
    return {e.name: e for e in scenario.events}


def _effect(event: Event | None) -> dict[str, Any] | None:
    """What an event does; who reported it does not count."""
    return None if event is None else event.model_dump(exclude={"source"})


def _happens(first: Event | None, second: Event | None) -> tuple[str, str]:
    """What both scenarios have of an event: its days; where both have it, what differs of it."""
    if first is None or second is None:
        return tuple("–" if e is None else _days_of(e) for e in (first, second))  # type: ignore[return-value]
    a, b = _effect(first) or {}, _effect(second) or {}
    keys = [k for k in a if a[k] != b[k]]
    return tuple(", ".join(f"{known(k.replace('_', ' '))} {_field(e[k])}" for k in keys) for e in (a, b))  # type: ignore[return-value]


def _days_of(event: Event) -> str:
    return say("happens, {first} to {last}", first=iso_or_local(event.start), last=iso_or_local(event.until))


def _field(value: Any) -> str:
    if isinstance(value, dict):  # a repetition
        return ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in value.items())
    return "–" if value is None else str(value)


def _year(second: Scenario) -> Callable[[Scenario], Scenario]:
    dated = {k: v for k, v in second.set.items() if isinstance(v, Setting) and (v.start or v.until)}

    def make(s: Scenario) -> Scenario:
        kept = {k: v for k, v in s.set.items() if not (isinstance(v, Setting) and (v.start or v.until))}
        return s.model_copy(update={"gas_year": second.gas_year, "events": second.events, "set": {**kept, **dated}})

    return make


def _said(value: Any) -> str:
    """A setting as a reader would say it, with the days it holds on where it does not hold on all."""
    if value is None:
        return say("as in the data")
    if not isinstance(value, Setting):
        return str(value)
    days = [say("from {date}", date=iso_or_local(value.start))] if value.start is not None else []
    days += [say("until {date}", date=iso_or_local(value.until))] if value.until is not None else []
    return " ".join([str(value.value), *days])


def _set(key: str, value: Any) -> Callable[[Scenario], Scenario]:
    return lambda s: s.model_copy(update={key: value})


def _planner(key: str, value: Any) -> Callable[[Scenario], Scenario]:
    return lambda s: s.model_copy(update={"planner": s.planner.model_copy(update={key: value})})


def _entry(table: str, key: str, value: Any) -> Callable[[Scenario], Scenario]:
    def make(s: Scenario) -> Scenario:
        kept = {k: v for k, v in getattr(s, table).items() if k != key}
        return s.model_copy(update={table: kept if value is None else {**kept, key: value}})

    return make


def _event(name: str, event: Event | None, order: list[str]) -> Callable[[Scenario], Scenario]:
    """Put an event in, change it or take it out; events of the second scenario stand in its order, after the others."""

    def make(s: Scenario) -> Scenario:
        kept = [e for e in s.events if e.name != name] + ([] if event is None else [event])
        place = {n: k for k, n in enumerate(order)}
        return s.model_copy(update={"events": tuple(sorted(kept, key=lambda e: place.get(e.name, -1)))})

    return make


def shapley(value: Callable[[Subset], float], players: int) -> list[float]:
    """Share of each player in value(all) − value(none), see the head; 2^players subsets are looked at."""
    shares = []
    for i in range(players):
        others = [k for k in range(players) if k != i]
        share = 0.0
        for size in range(players):
            weight = factorial(size) * factorial(players - size - 1) / factorial(players)
            for subset in combinations(others, size):
                s = frozenset(subset)
                share += weight * (value(s | {i}) - value(s))
        shares.append(share)
    return shares


class Comparison:
    """Two scenarios and every scenario between them, each solved once when it is first asked for."""

    def __init__(self, first: Scenario, second: Scenario, dataset: Dataset) -> None:
        self.first, self.second, self.dataset = first, second, dataset
        self.differences = differences(first, second)
        if not self.differences:
            raise InputError(f"{first.id} and {second.id} have the same inputs, so there is nothing to compare")
        self._engine = Engine()
        self._solved: dict[Subset, Numbers] = {}

    def at(self, subset: Subset) -> Numbers:
        """The findings of the first scenario with some of the differences laid on it. Raises EnergysimError."""
        if subset not in self._solved:
            scenario = self.first
            for k in sorted(subset):
                scenario = self.differences[k].make(scenario)
            system = resolve(scenario, self.dataset)
            found = numbers(system, simulate(system, scenario, engine=self._engine))
            row = {name: float(found[name] or 0.0) for name in MEASURES}
            row["costs"], row["objective"] = row["costs"] / 1000, row["objective"] / 1000
            self._solved[subset] = row
        return self._solved[subset]

    @property
    def everything(self) -> Subset:
        """All differences: the second scenario."""
        return frozenset(range(len(self.differences)))

    def attribution(self, measure: str) -> pd.DataFrame:
        """Difference, alone, last and (for up to MOST differences) shapley, in the measure's unit.

        NaN where a scenario in between cannot be had.
        """
        whole, count = self.everything, len(self.differences)
        one = (frozenset({i}) for i in range(count))
        alone = [self._value(s, measure) - self._value(frozenset(), measure) for s in one]
        last = [self._value(whole, measure) - self._value(whole - {i}, measure) for i in range(count)]
        frame = pd.DataFrame({"difference": [d.what for d in self.differences], "alone": alone, "last": last})
        if count <= MOST:
            frame["shapley"] = shapley(lambda s: self._value(s, measure), count)
        return frame

    def _value(self, subset: Subset, measure: str) -> float:
        """NaN for a scenario in between that contradicts itself, such as a rival of another year."""
        try:
            return self.at(subset)[measure]
        except InputError:
            return float("nan")


def compare(
    first: Scenario | str,
    *others: Scenario | str,
    dataset: Dataset | None = None,
    command: str = "",
    progress: Progress | None = None,
) -> Dossier:
    """A first scenario against each other one (ids, `id/variant`, files or Scenarios): two chapters a pair.

    command: kept in the manifest as the way to make it again. Raises EnergysimError.
    """
    dataset = dataset or read_dataset()
    base, *seconds = (read_scenario(s) if isinstance(s, str) else s for s in (first, *others))
    if not seconds:
        raise InputError("nothing to compare with; give at least two scenarios")
    chapters: list[Chapter] = []
    for number, second in enumerate(seconds, start=1):
        if progress:
            progress(f"{base.id} against {second.id}")
        chapters += pair(base, second, dataset, number)
    return Dossier(tuple(chapters), _manifest(base, seconds, dataset, command))


def pair(first: Scenario, second: Scenario, dataset: Dataset, number: int = 1) -> tuple[Chapter, Chapter]:
    """What differs between two scenarios, then what that did and which difference brought how much.

    number: of the comparison, which its chapters and tables bear. Raises EnergysimError.
    """
    asked = Comparison(first, second, dataset)
    before, after = asked.at(frozenset()), asked.at(asked.everything)
    inputs = pd.DataFrame(
        [(d.what, d.first, d.second) for d in asked.differences], columns=["difference", "first", "second"]
    )
    names = {"first": first.id, "second": second.id}
    table = Table(say("Inputs that differ"), inputs, note=say("first: {first}; second: {second}", **names))
    differ = Chapter(f"inputs_{number}", say("{first} against {second}: what differs", **names), "", (),
                     {f"inputs_{number}": table})  # fmt: skip
    figures = tuple(
        Figure(f"change_{m}", str(term(name)), after[m] - before[m], unit, say("second − first"), say("both scenarios solved"),
               note=say("from {before} to {after}", before=_amount(before[m], unit), after=_amount(after[m], unit)))
        for m, (name, unit) in MEASURES.items()
    )  # fmt: skip
    title = say("{first} against {second}: what that changes", **names)
    changes = Chapter(f"compare_{number}", title, "", figures, _attributions(asked, number), _notes(asked))
    return differ, changes


def _attributions(asked: Comparison, number: int) -> dict[str, Table]:
    """For each finding that changes, what each difference brings."""
    before, after = asked.at(frozenset()), asked.at(asked.everything)
    tables = {}
    for measure in [m for m in MEASURES if abs(after[m] - before[m]) > NOTHING]:
        name, unit = MEASURES[measure]
        frame = asked.attribution(measure)
        tables[f"{measure}_{number}"] = Table(
            say("{indicator}: what each difference brings", indicator=term(name)), frame,
            dict.fromkeys(frame.columns.drop("difference"), unit), SHAPLEY,
            say("alone: laid on the first by itself; last: taken off the second; only Shapley's shares add to the change"),
        )  # fmt: skip
    return tables


def _notes(asked: Comparison) -> tuple[str, ...]:
    """What a reader must know of the shares: too many differences, or a gas year among them."""
    notes = []
    if len(asked.differences) > MOST:
        notes.append(
            say(
                "{count} differences are too many for Shapley's shares (at most {most}).",
                count=len(asked.differences),
                most=MOST,
            )
        )
    if asked.first.gas_year != asked.second.gas_year:
        notes.append(
            say(
                "A gas year comes with its data, its events and its dated settings: they are one difference and cannot be told "
                "apart here. To see the events alone, compare the second scenario with one of the same gas year."
            )
        )
    return tuple(notes)


def _amount(value: float, unit: str) -> str:
    """A number with its unit; an energy as English writes it, since the page puts it in the reader's unit."""
    if spoken() == "en" or "GWh" in unit:
        return f"{value:,.5g} {unit}"
    return f"{localised(f'{value:,.5g}')} {term(unit)}"


def _manifest(first: Scenario, others: Sequence[Scenario], dataset: Dataset, command: str) -> dict[str, Any]:
    """What a dossier of comparisons states of itself."""
    return {
        "scenario": first.id,
        "title": say(
            "{first}, compared with {others}",
            first=known(first.title),
            others="; ".join(known(s.title) for s in others),
        ),
        "gas_year": ", ".join(dict.fromkeys(s.gas_year for s in (first, *others))),
        "weather": ", ".join(dict.fromkeys(s.weather for s in (first, *others))),
        "resolved": [json.loads(s.model_dump_json()) for s in (first, *others)],
        "data_digest": dataset.digest,
        "versions": {p: version(p) for p in PACKAGES},
        "command": command,
    }
