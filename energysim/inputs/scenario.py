"""What goes wrong, and when it is known: scenarios, events, and their pure edits of a gas system.

A scenario is a short YAML file: a gas year, weather, what is *set* differently, and *events*. An event
touches one asset over some days; it is an edit of the inputs, the linear programme never hears of it.

Rules where events overlap on one asset and day (`apply_events`):

* an event of the same name as one it inherits (from `extends`, or in a variant) replaces it;
* `available` (share that works): the smallest share holds, since a broken pipe is not broken twice;
* `capacity` (a stated rate): the smallest holds, after shares;
* `lost` (a rate): losses add up, never below zero;
* `added` (a rate): additions add up;
* `price`, `price_change`: the last one listed sets the price, changes add up after it;
* `demand_factor`: factors multiply; `temperature_change`: changes add up.

News: an event is known from `known_from` (by default its own first day: a surprise), and believed to end
on `announced_until`; what really happens is `until`. Both a longer and a shorter outage are then news.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from energysim.inputs.assets import LossCase, StockPolicy

Foresight = Literal["surprise", "foreseen"]

QUANTITIES = ("available", "capacity", "lost", "added", "price", "price_change", "demand_factor", "temperature_change")


class Strict(BaseModel):
    """Unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Repeat(Strict):
    """The event comes again: `times` in all, each starting `every_days` after the one before."""

    every_days: int = Field(ge=1, description="days from one start to the next")
    times: int = Field(ge=1, le=366, description="how often in all, the first included")


class Event(Strict):
    """Something happens to one asset from `start` to `until`, both included."""

    name: str = Field(description="what a reader calls it")
    asset: str = Field(
        description="path of the asset: contracts.X, upstream.X, pipelines.X, accounts.X, sites.X, sales.X, "
        "offtakes.CLASS, offtakes.CLASS@NODE, offtakes (all), fuel_switches.CLASS, prices.CONTRACT or weather"
    )
    start: date = Field(description="first gas day touched")
    until: date = Field(description="last gas day touched (what really happens)")
    available: float | str | None = Field(default=None, description="share of the asset that works, 0…1 or `40 %`")
    capacity: str | None = Field(default=None, description="rate it is limited to, with unit: `6 mcm/d`")
    lost: str | None = Field(default=None, description="rate lost, with unit: `1.7 mcm/d`")
    added: str | None = Field(default=None, description="rate added, with unit: `5 mcm/d`")
    price: str | None = Field(default=None, description="price of a contract, with unit: `60 EUR/MWh`")
    price_change: str | None = Field(default=None, description="change of a price, with unit: `+20 EUR/MWh`")
    demand_factor: float | None = Field(default=None, ge=0, le=5, description="multiplies demand")
    temperature_change: str | None = Field(default=None, description="with unit: `-8 degC`; asset `weather`")
    known_from: date | Literal["day_one"] | None = Field(
        default=None, description="when it becomes known; default: its own first day (a surprise)"
    )
    announced_until: date | None = Field(default=None, description="last day as believed at first")
    ramp_days: int = Field(default=0, ge=0, le=366, description="days over which the asset comes back, linearly")
    repeat: Repeat | None = None
    force_majeure: bool = Field(default=True, description="pro-rate quantity and take-or-pay by the days lost")
    source: str | None = Field(default=None, description="source ids, joined by ;")

    @model_validator(mode="after")
    def _consistent(self) -> Event:
        if self.until < self.start:
            raise ValueError(f"until {self.until} is before start {self.start}; swap the dates")
        if isinstance(self.known_from, date) and self.known_from > self.start:
            raise ValueError(
                f"known_from {self.known_from} is after start {self.start}; an event is known on its first day at the "
                "latest, because the gas does not come"
            )
        if self.announced_until is not None and self.announced_until < self.start:
            raise ValueError(f"announced_until {self.announced_until} is before start {self.start}")
        given = [q for q in QUANTITIES if getattr(self, q) is not None]
        if len(given) != 1:
            raise ValueError(
                f"an event states exactly one of {', '.join(QUANTITIES)}; found {', '.join(given) or 'none'}"
            )
        if self.repeat and self.repeat.every_days <= (self.until - self.start).days:
            raise ValueError(f"repeat every {self.repeat.every_days} days is shorter than the event itself")
        return self

    @property
    def quantity(self) -> str:
        """Which of the possible quantities this event states."""
        return next(q for q in QUANTITIES if getattr(self, q) is not None)

    @property
    def occurrences(self) -> list[Event]:
        """The event once for every repetition."""
        if self.repeat is None:
            return [self]
        steps = [timedelta(days=k * self.repeat.every_days) for k in range(self.repeat.times)]
        return [
            self.model_copy(
                update={
                    "start": self.start + s,
                    "until": self.until + s,
                    "known_from": self.known_from + s if isinstance(self.known_from, date) else self.known_from,
                    "announced_until": self.announced_until + s if self.announced_until else None,
                    "repeat": None,
                }
            )
            for s in steps
        ]

    def known(self, first_day: date) -> date:
        """The date from which planners know of it."""
        if self.known_from == "day_one":
            return first_day
        return max(first_day, self.known_from or self.start)

    def news(self, first_day: date) -> list[date]:
        """The dates on which what is known of it changes."""
        dates = [self.known(first_day)]
        if self.announced_until is not None and self.announced_until != self.until:
            dates.append(max(dates[0], min(self.until, self.announced_until) + timedelta(days=1)))
        return dates

    def as_known_on(self, day: date, first_day: date) -> Event | None:
        """The event as believed on a day; None while unknown."""
        if day < self.known(first_day):
            return None
        believed = self.announced_until
        if believed is None or day > min(self.until, believed):
            return self
        return self.model_copy(update={"until": believed})


class Setting(Strict):
    """A value that differs from the data over part of the horizon."""

    value: bool | float | str
    start: date | None = None
    until: date | None = None


class Planner(Strict):
    """The planner's prudence, printed with every result."""

    stock: StockPolicy = Field(default="hold_high", description="which of equally cheap plans: keep gas or sell it")
    value_of_lost_load: LossCase = Field(default="mid", description="column of the value-of-lost-load table")


class Scenario(Strict):
    """A gas year, its weather, what is set differently and what happens. `id` is the file's name."""

    id: str = Field(default="", description="filled from the file name")
    title: str = Field(description="one line, as a headline")
    extends: str | None = Field(default=None, description="id of the scenario this one starts from")
    gas_year: str = Field(default="", pattern=r"^(\d{4}/\d{2})?$", description="1 Oct to 30 Sep: `2025/26`")
    weather: str = Field(
        default="normal", description="`normal`, `design` (1 in 20), `actual`, or a winter on record such as `2011/12`"
    )
    context: str = Field(default="", description="a paragraph: what this is, why it matters, what is uncertain")
    sources: tuple[str, ...] = Field(default=(), description="source ids behind the context")
    foresight: Foresight = Field(default="surprise", description="surprise, or everything known on day one")
    planner: Planner = Planner()
    rivals: dict[str, str] = Field(
        default_factory=dict,
        description="`table.key: rival` takes another source's figure, e.g. `upstream.hungary: three`",
    )
    set: dict[str, float | str | bool | Setting] = Field(
        default_factory=dict, description="`table.asset.field: value with unit`, e.g. `contracts.gazprom.dcq: 6 mcm/d`"
    )
    events: tuple[Event, ...] = ()
    variants: dict[str, Fragment] = Field(default_factory=dict, description="named alternatives, run as `id/name`")

    def occurrences(self) -> list[Event]:
        """All events, repetitions written out, in file order."""
        return [o for e in self.events for o in e.occurrences]

    def news_days(self, first_day: date, last_day: date) -> list[date]:
        """The dates in the horizon on which planners learn something, the first day always among them."""
        news = {first_day}
        if self.foresight == "surprise":
            news |= {d for e in self.occurrences() for d in e.news(first_day) if first_day <= d <= last_day}
        return sorted(news)

    def known_on(self, day: date, first_day: date) -> list[Event]:
        """The events as planners believe them on a day."""
        if self.foresight == "foreseen":
            return self.occurrences()
        known = [e.as_known_on(day, first_day) for e in self.occurrences()]
        return [e for e in known if e is not None]


class Fragment(Strict):
    """What a variant changes of its scenario."""

    title: str
    without: tuple[str, ...] = Field(default=(), description="names of events that do not happen")
    weather: str | None = None
    rivals: dict[str, str] = Field(default_factory=dict)
    set: dict[str, float | str | bool | Setting] = Field(default_factory=dict)
    events: tuple[Event, ...] = ()


Scenario.model_rebuild()


def merge(base: dict[str, Any], child: dict[str, Any]) -> dict[str, Any]:
    """A scenario's raw content on top of the one it extends: mappings merge key by key, events are appended."""
    merged = {k: v for k, v in base.items() if k not in ("id", "extends", "variants", "context", "title")}
    for key, value in child.items():
        if key == "events":
            merged[key] = _replaced(base.get("events", []), value or [])
        elif key in ("set", "rivals", "planner") and isinstance(value, dict):
            merged[key] = {**base.get(key, {}), **value}
        else:
            merged[key] = value
    return merged


def _replaced(before: list[Any], after: list[Any]) -> list[Any]:
    """Both lists of raw events; a later one of the same name takes the place of the earlier."""
    names = {e.get("name") for e in after if isinstance(e, dict)}
    return [*(e for e in before if not (isinstance(e, dict) and e.get("name") in names)), *after]


def with_variant(scenario: Scenario, name: str) -> Scenario:
    """The scenario with one of its variants applied; its id becomes `id/name`."""
    fragment = scenario.variants[name]
    gone = {*fragment.without, *(e.name for e in fragment.events)}
    return scenario.model_copy(
        update={
            "id": f"{scenario.id}/{name}",
            "title": f"{scenario.title}: {fragment.title}",
            "weather": fragment.weather or scenario.weather,
            "rivals": {**scenario.rivals, **fragment.rivals},
            "set": {**scenario.set, **fragment.set},
            "events": (*(e for e in scenario.events if e.name not in gone), *fragment.events),
            "variants": {},
        }
    )


def names(scenarios: Sequence[Scenario]) -> list[str]:
    """Every id that can be run, variants included."""
    return [n for s in scenarios for n in (s.id, *(f"{s.id}/{v}" for v in s.variants))]
