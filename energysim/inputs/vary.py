"""What a study may vary: a path, the values it takes, and the edit of a scenario that each value is.

| path | what it moves |
|---|---|
| as in `set`: `contracts.gazprom.dcq`, `accounts.X.opening`, `offtakes.households.demand_factor` | an input |
| `weather`, `gas_year`, `foresight`, `planner.stock`, `planner.value_of_lost_load`, `rivals.TABLE.KEY` | a choice |
| `weather.temperature_change` | every day of the horizon, or those from `start` to `until`, known from day one |
| `events.NAME.start` | the whole event with its dates; `until` or `duration` then move its end alone |
| `events.NAME.available`, `lost`, `capacity` and so on | how deep it goes, instead of what the event states |

A value goes through a scenario and so meets the same checks as one in a scenario file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, get_args

from pydantic import ValidationError

from energysim.errors import InputError, suggest
from energysim.inputs.apply import settable
from energysim.inputs.assets import GasSystem
from energysim.inputs.axis import NAMES, Axis, Kind, Value, axis_of, read_day, read_values, split_key
from energysim.inputs.messages import explain
from energysim.inputs.paths import ALIASES, FIELDS
from energysim.inputs.scenario import QUANTITIES, Event, Foresight, Planner, Scenario, Setting
from energysim.inputs.sweep_file import MEASURES, AxisSpec, BreakEvenSpec, Measure
from energysim.inputs.weather import gas_year_start
from energysim.units import parse

EVENT_FIELDS: dict[str, Kind] = {
    "start": "date", "until": "date", "announced_until": "date", "known_from": "choice", "duration": "days",
    "ramp_days": "days", "available": "share", "capacity": "rate", "lost": "rate", "added": "rate", "price": "price",
    "price_change": "price", "demand_factor": "factor", "temperature_change": "temperature",
}  # fmt: skip
CHOICES = ("weather", "gas_year", "foresight")
COLDER = "weather.temperature_change"


def read_axis(key: str, spec: AxisSpec, system: GasSystem, scenario: Scenario) -> Axis:
    """An axis as a study file has it. Raises InputError with every problem; where it stands is the caller's to add."""
    path, unit = split_key(key)
    kind = kind_of(path, system, scenario)
    if unit and spec.unit and unit != spec.unit:
        raise InputError(f"the unit is given twice, as [{unit}] and as `unit: {spec.unit}`; keep one")
    if (spec.start or spec.until) and (path in CHOICES or path.partition(".")[0] in ("events", "planner", "rivals")):
        raise InputError("start and until go with an input or weather.temperature_change; leave them out")
    axis = axis_of(path, unit or spec.unit or "", kind, spec)
    if path == COLDER and not scenario.gas_year:  # a system built in code has a horizon of its own
        return replace(axis, start=axis.start or system.first_day, until=axis.until or system.last_day)
    return axis


@dataclass(frozen=True)
class Search:
    """A break-even search: move an axis between low and high until a measure first exceeds a limit."""

    axis: Axis
    low: float
    high: float
    tolerance: float
    measure: Measure
    limit: float
    """GWh, GWh/d, d or kEUR, as the measure."""


def read_search(spec: BreakEvenSpec, measure: Measure, system: GasSystem, scenario: Scenario) -> Search:
    """A break-even search as a study file has it. Raises InputError with every problem."""
    path, _ = split_key(spec.path)
    if kind_of(path, system, scenario) in NAMES:
        raise InputError(f"{path} takes names or dates; a break-even moves a number")
    ends = AxisSpec.model_validate({"low": spec.low, "high": spec.high, "start": spec.start, "until": spec.until})
    axis = read_axis(spec.path, ends, system, scenario)
    assert axis.low is not None
    assert axis.high is not None
    measure = spec.measure or measure
    problems = []
    tolerance, limit = 1.0 if axis.kind == "days" else (axis.high - axis.low) / 100, 0.0
    if spec.tolerance is not None:
        try:
            (said,), unit = read_values([spec.tolerance], axis.kind, axis.unit)
            tolerance = float(said)
            if unit.lower() != axis.unit.lower():
                problems.append(f"tolerance: found {spec.tolerance!r}; write it in {axis.unit}, as low and high")
            elif not 0 < tolerance <= axis.high - axis.low:
                problems.append(f"tolerance: found {spec.tolerance!r}; expected more than 0 and at most high − low")
        except InputError as error:
            problems += [f"tolerance: {p}" for p in error.problems]
    if spec.above is not None:
        try:
            limit = parse(spec.above, MEASURES[measure])
        except InputError as error:
            problems += [f"above: {p}" for p in error.problems]
    if problems:
        raise InputError(*problems)
    return Search(axis, axis.low, axis.high, tolerance, measure, limit)


def kind_of(path: str, system: GasSystem, scenario: Scenario) -> Kind:
    """What the values of a path are. Raises InputError, with a suggestion, if there is no such path."""
    head, _, rest = path.partition(".")
    if path in CHOICES:
        return "choice"
    if path == COLDER:
        if system.climate is None:
            raise InputError("this system has no climate, so its weather cannot change")
        return "temperature"
    if head == "events":
        return _kind_of_event(rest, scenario)
    if head == "planner":
        if rest not in Planner.model_fields:
            raise InputError(f"the planner has no key {rest!r}{suggest(rest, Planner.model_fields)}")
        return "choice"
    if head == "rivals":
        if rest.count(".") != 1:
            raise InputError("a rival is named by table and key, such as rivals.upstream.hungary")
        return "choice"
    known = [*CHOICES, COLDER, "events", "planner", "rivals", *FIELDS, *ALIASES]
    if head not in (*FIELDS, *ALIASES):
        raise InputError(f"unknown path{suggest(path if '.' not in path or head == 'weather' else head, known)}")
    _, _, name = settable(system, path)
    kinds: dict[str, Kind] = {"callable": "yes_no", "demand_factor": "factor"}
    return kinds.get(name) or FIELDS[ALIASES.get(head, head)][name]


def _kind_of_event(rest: str, scenario: Scenario) -> Kind:
    name, _, key = rest.rpartition(".")
    names = [e.name for e in scenario.events]
    if not names:
        raise InputError("the scenario has no event that could be varied")
    if name not in names:
        raise InputError(f"no event named {name or rest!r}{suggest(name or rest, names)}")
    if key not in EVENT_FIELDS:
        raise InputError(f"event {name!r} has no key {key!r} that can be varied{suggest(key, EVENT_FIELDS)}")
    return EVENT_FIELDS[key]


def varied(scenario: Scenario, chosen: Iterable[tuple[Axis, Value]]) -> Scenario:
    """The scenario with chosen values in it. Raises InputError if an event contradicts itself then."""
    changes: dict[str, Any] = {}
    settings, rivals, events = dict(scenario.set), dict(scenario.rivals), list(scenario.events)
    planner: dict[str, Any] = {}
    touched: dict[str, dict[str, Value]] = {}
    colder: list[tuple[Axis, Value]] = []
    for axis, value in chosen:
        head, _, rest = axis.path.partition(".")
        if axis.path in CHOICES:
            changes[head] = value
        elif axis.path == COLDER:
            colder.append((axis, value))
        elif head == "events":
            name, _, key = rest.rpartition(".")
            touched.setdefault(name, {})[key] = axis.written(value)
        elif head == "planner":
            planner[rest] = value
        elif head == "rivals":
            rivals[rest] = str(value)
        else:
            settings[axis.path] = _setting(axis, value)
    _refuse_unknown("foresight", changes.get("foresight"), get_args(Foresight))
    events = [_moved(e, touched[e.name]) if e.name in touched else e for e in events]
    changed = scenario.model_copy(update={**changes, "set": settings, "rivals": rivals})
    events += [_weather_event(changed, axis, value) for axis, value in colder]
    try:
        prudence = Planner.model_validate({**scenario.planner.model_dump(), **planner}) if planner else scenario.planner
        if "gas_year" in changes:
            Scenario.model_validate({"title": "-", "gas_year": changes["gas_year"]})
    except ValidationError as error:
        raise InputError(*(text for _, text in explain(error.errors(), Planner))) from None
    return changed.model_copy(update={"events": tuple(events), "planner": prudence})


def _refuse_unknown(what: str, value: Any, known: Sequence[str]) -> None:
    if value is not None and value not in known:
        raise InputError(f"unknown {what} {value!r}{suggest(str(value), known)}")


def _setting(axis: Axis, value: Value) -> Any:
    written = axis.written(value)
    return Setting(value=written, start=axis.start, until=axis.until) if axis.start or axis.until else written


def _weather_event(scenario: Scenario, axis: Axis, value: Value) -> Event:
    """Other temperatures over the whole horizon or the days of the axis, known from day one as weather is."""
    first, last = axis.start, axis.until
    if scenario.gas_year:
        autumn = gas_year_start(scenario.gas_year)
        first, last = first or autumn, last or date(autumn.year + 1, 9, 30)
    return Event(
        name="Temperature change of the study", asset="weather", start=first, until=last,
        temperature_change=str(axis.written(value)), known_from="day_one",
    )  # fmt: skip


def _moved(event: Event, keys: Mapping[str, Value]) -> Event:
    """An event with other dates or depth; what is wrong with it then is said of the event."""
    said: dict[str, Any] = {k: getattr(event, k) for k in event.model_fields_set}
    if "start" in keys:
        shift = read_day(str(keys["start"])) - event.start
        said |= {k: v + shift for k, v in _dates(said)}
    if "duration" in keys:
        if "until" in keys:
            raise InputError("until and duration of one event are both varied; keep one")
        days = int(float(str(keys["duration"]).split()[0]))
        if days < 1:
            raise InputError(f"duration {days} days; an event lasts at least a day")
        said["until"] = said["start"] + timedelta(days=days - 1)
    if any(q in keys for q in QUANTITIES):
        said = {k: v for k, v in said.items() if k not in QUANTITIES}
    plain = {k: v for k, v in keys.items() if k not in ("start", "duration")}
    if "ramp_days" in plain:
        plain["ramp_days"] = int(float(str(plain["ramp_days"]).split()[0]))
    try:
        return Event.model_validate({**said, **plain}).noted(event._lines)
    except ValidationError as error:
        texts = [": ".join([*map(str, location), text]) for location, text in explain(error.errors(), Event)]
        raise InputError(*(f"event {event.name!r}: {text}" for text in texts)) from None


def _dates(said: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key in ("start", "until", "known_from", "announced_until"):
        if isinstance(said.get(key), date):
            yield key, said[key]
