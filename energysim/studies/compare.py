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

from energysim.dossier import Chapter, Figure, Table
from energysim.errors import InputError
from energysim.inputs.read import Dataset
from energysim.inputs.scenario import Event, Scenario, Setting
from energysim.model.solve import Engine
from energysim.simulate import simulate
from energysim.studies.foresight import PACKAGES, resolve
from energysim.studies.study import numbers

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
        found.append(Difference("gas year, with what happens in it", first.gas_year, second.gas_year, _year(second)))
        first = found[0].make(first)
    for key in ("weather", "foresight"):
        a, b = getattr(first, key), getattr(second, key)
        if a != b:
            found.append(Difference(key, str(a), str(b), _set(key, b)))
    for key in type(first.planner).model_fields:
        a, b = getattr(first.planner, key), getattr(second.planner, key)
        if a != b:
            found.append(Difference(f"planner: {key.replace('_', ' ')}", str(a), str(b), _planner(key, b)))
    for table, label in (("rivals", "rival"), ("set", "setting")):
        a, b = getattr(first, table), getattr(second, table)
        for key in [*a, *(k for k in b if k not in a)]:
            if a.get(key) != b.get(key):
                found.append(
                    Difference(f"{label}: {key}", _said(a.get(key)), _said(b.get(key)), _entry(table, key, b.get(key)))
                )
    events_a, events_b = ({e.name: e for e in s.events} for s in (first, second))
    for name in [*events_a, *(n for n in events_b if n not in events_a)]:
        if _effect(events_a.get(name)) != _effect(events_b.get(name)):
            a, b = ("happens" if name in events else "–" for events in (events_a, events_b))
            b = "happens otherwise" if a == b else b
            found.append(Difference(f"event: {name}", a, b, _event(name, events_b.get(name))))
    return found


def _effect(event: Event | None) -> dict[str, Any] | None:
    """What an event does; who reported it does not count."""
    return None if event is None else event.model_dump(exclude={"source"})


def _year(second: Scenario) -> Callable[[Scenario], Scenario]:
    dated = {k: v for k, v in second.set.items() if isinstance(v, Setting) and (v.start or v.until)}

    def make(s: Scenario) -> Scenario:
        kept = {k: v for k, v in s.set.items() if not (isinstance(v, Setting) and (v.start or v.until))}
        return s.model_copy(update={"gas_year": second.gas_year, "events": second.events, "set": {**kept, **dated}})

    return make


def _said(value: Any) -> str:
    if value is None:
        return "as in the data"
    return str(getattr(value, "value", value))


def _set(key: str, value: Any) -> Callable[[Scenario], Scenario]:
    return lambda s: s.model_copy(update={key: value})


def _planner(key: str, value: Any) -> Callable[[Scenario], Scenario]:
    return lambda s: s.model_copy(update={"planner": s.planner.model_copy(update={key: value})})


def _entry(table: str, key: str, value: Any) -> Callable[[Scenario], Scenario]:
    def make(s: Scenario) -> Scenario:
        kept = {k: v for k, v in getattr(s, table).items() if k != key}
        return s.model_copy(update={table: kept if value is None else {**kept, key: value}})

    return make


def _event(name: str, event: Any) -> Callable[[Scenario], Scenario]:
    def make(s: Scenario) -> Scenario:
        kept = tuple(e for e in s.events if e.name != name)
        return s.model_copy(update={"events": kept if event is None else (*kept, event)})

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


def compare(first: Scenario, second: Scenario, dataset: Dataset, number: int = 1) -> tuple[Chapter, Chapter]:
    """What differs between two scenarios, then what that did and which difference brought how much.

    number: of the comparison, which its chapters and tables bear. Raises EnergysimError.
    """
    asked = Comparison(first, second, dataset)
    before, after = asked.at(frozenset()), asked.at(asked.everything)
    inputs = pd.DataFrame(
        [(d.what, d.first, d.second) for d in asked.differences], columns=["difference", "first", "second"]
    )
    differ = Chapter(f"inputs_{number}", f"{first.id} against {second.id}: what differs", "", (),
                     {f"inputs_{number}": Table("Inputs that differ", inputs, note=f"first: {first.id}; second: {second.id}")})  # fmt: skip
    tables = {}
    for measure in [m for m in MEASURES if abs(after[m] - before[m]) > NOTHING]:
        name, unit = MEASURES[measure]
        frame = asked.attribution(measure)
        tables[f"{measure}_{number}"] = Table(
            f"{name}: what each difference brings", frame, dict.fromkeys(frame.columns.drop("difference"), unit), SHAPLEY,
            "alone: laid on the first by itself; last: taken off the second; only Shapley's shares add to the change",
        )  # fmt: skip
    figures = tuple(
        Figure(f"change_{m}", name, after[m] - before[m], unit, "second − first", "both scenarios solved",
               note=f"from {before[m]:,.5g} {unit} to {after[m]:,.5g} {unit}")
        for m, (name, unit) in MEASURES.items()
    )  # fmt: skip
    few = len(asked.differences) <= MOST
    notes = (
        () if few else (f"{len(asked.differences)} differences are too many for Shapley's shares (at most {MOST}).",)
    )
    title = f"{first.id} against {second.id}: what that changes"
    return differ, Chapter(f"compare_{number}", title, "", figures, tables, notes)


def manifest(first: Scenario, others: Sequence[Scenario], dataset: Dataset, command: str) -> dict[str, Any]:
    """What a dossier of comparisons states of itself."""
    return {
        "scenario": first.id,
        "title": f"{first.title}, compared with {'; '.join(s.title for s in others)}",
        "gas_year": first.gas_year,
        "weather": first.weather,
        "resolved": [json.loads(s.model_dump_json()) for s in (first, *others)],
        "data_digest": dataset.digest,
        "versions": {p: version(p) for p in PACKAGES},
        "command": command,
    }
