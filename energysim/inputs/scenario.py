"""What goes wrong, and when it is known: scenarios, events, and their pure edits of a gas system.

A scenario is a short YAML file: a gas year, weather, what is *set* differently, and *events*. An event
touches one asset over some days; it is an edit of the inputs, the linear programme never hears of it.

Rules where events overlap on one asset and day (`inputs.events.apply_events`):

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

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, field_validator, model_validator

from energysim.inputs.assets import LossCase, StockPolicy

Foresight = Literal["surprise", "foreseen"]

QUANTITIES = ("available", "capacity", "lost", "added", "price", "price_change", "demand_factor", "temperature_change")


YEARS = (1900, 2100)
"""First and last year of a date or gas year that is taken seriously."""


class Strict(BaseModel):
    """Unknown keys are errors. What was read from a file remembers where each of its keys stands."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    _lines: Mapping[tuple[str, ...], str] = PrivateAttr(default_factory=dict)

    def where(self, *location: str, default: str = "") -> str:
        """`file.yaml:12` of a key such as ("set", path), of what holds it if it has no line of its own."""
        for k in range(len(location), -1, -1):
            if location[:k] in self._lines:
                return self._lines[location[:k]]
        return default

    def noted(self, lines: Mapping[tuple[str, ...], str]) -> Self:
        """The same, remembering that its keys stand there; earlier notes remain."""
        noted = self.model_copy()
        noted._lines = {**self._lines, **lines}
        return noted


class Repeat(Strict):
    """The event comes again: `times` in all, each starting `every_days` after the one before."""

    every_days: int = Field(ge=1, le=3660, description="days from one start to the next")
    times: int = Field(ge=1, le=366, description="how often in all, the first included")


Headline = Annotated[str, AfterValidator(lambda written: " ".join(written.split()))]
"""Text of one line: line breaks of the file, and blanks at its ends, are no part of it."""


class Event(Strict):
    """Something happens to one asset from `start` to `until`, both included."""

    name: Headline = Field(description="what a reader calls it")
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

    @field_validator("available", "demand_factor", mode="before")
    @classmethod
    def _no_truth_value(cls, written: object) -> object:
        if isinstance(written, bool):
            raise ValueError(f"found {str(written).lower()}; expected a number such as 0.4")
        return written

    @model_validator(mode="after")
    def _consistent(self) -> Event:
        if not YEARS[0] <= self.start.year <= self.until.year <= YEARS[1] and self.start <= self.until:
            key = "start" if self.start.year < YEARS[0] else "until"
            raise ValueError(f"{key} {getattr(self, key)} is no date of a gas year; expected {YEARS[0]} to {YEARS[1]}")
        if self.until < self.start:
            raise ValueError(f"until {self.until} is before start {self.start}; swap the dates")
        if isinstance(self.known_from, date) and self.known_from > self.start:
            raise ValueError(
                f"known_from {self.known_from} is after start {self.start}; an event is known on its first day at the "
                "latest, because the gas does not come"
            )
        if self.announced_until is not None and self.announced_until < self.start:
            raise ValueError(
                f"announced_until {self.announced_until} is before start {self.start}; it is the last day as first believed"
            )
        given = [q for q in QUANTITIES if getattr(self, q) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            raise ValueError(f"an event states exactly one of {', '.join(QUANTITIES)}; found {found}")
        length = (self.until - self.start).days + 1
        if self.repeat and self.repeat.every_days < length:
            raise ValueError(
                f"repeat every {self.repeat.every_days} days overlaps the event itself, which lasts {length}"
            )
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

    @model_validator(mode="after")
    def _consistent(self) -> Setting:
        if self.start and self.until and self.until < self.start:
            raise ValueError(f"until {self.until} is before start {self.start}; swap the dates")
        return self


class Planner(Strict):
    """The planner's prudence, printed with every result."""

    stock: StockPolicy = Field(default="hold_high", description="which of equally cheap plans: keep gas or sell it")
    value_of_lost_load: LossCase = Field(default="mid", description="column of the value-of-lost-load table")


class Scenario(Strict):
    """A gas year, its weather, what is set differently and what happens. `id` is the file's name."""

    id: str = Field(default="", description="filled from the file name")
    title: Headline = Field(description="one line, as a headline")
    extends: str | None = Field(default=None, description="id of the scenario this one starts from")
    gas_year: str = Field(
        default="", description="1 Oct to 30 Sep: `2025/26`", json_schema_extra={"pattern": r"^\d{4}/\d{2}$"}
    )
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

    @field_validator("gas_year")
    @classmethod
    def _gas_year(cls, written: str) -> str:
        first = int(written[:4]) if written[:4].isdecimal() else 0
        if written and not (YEARS[0] <= first < YEARS[1] and written == f"{first}/{(first + 1) % 100:02d}"):
            raise ValueError(
                f"found {written!r}; write the two years like `2025/26` (1 October 2025 to 30 September 2026)"
            )
        return written

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

    title: Headline
    without: tuple[str, ...] = Field(default=(), description="names of events that do not happen")
    weather: str | None = None
    rivals: dict[str, str] = Field(default_factory=dict)
    set: dict[str, float | str | bool | Setting] = Field(default_factory=dict)
    events: tuple[Event, ...] = ()


Scenario.model_rebuild()


def extended(base: Scenario, child: Scenario) -> Scenario:
    """A scenario on top of the one it extends: `set`, `rivals` and `planner` merge key by key, events are
    appended or replaced by name, anything else is the child's where it says something."""
    own = {k: getattr(child, k) for k in child.model_fields_set}
    planner = base.planner.model_copy(update={k: getattr(child.planner, k) for k in child.planner.model_fields_set})
    replaced = {e.name for e in child.events}
    changes = {
        **own,
        "id": child.id,
        "extends": child.extends,
        "context": child.context,
        "variants": child.variants,
        "planner": planner,
        "rivals": {**base.rivals, **child.rivals},
        "set": {**base.set, **child.set},
        "events": (*(e for e in base.events if e.name not in replaced), *child.events),
    }
    return base.model_copy(update=changes).noted(child._lines)


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
    ).noted(fragment._lines)


def names(scenarios: Sequence[Scenario]) -> list[str]:
    """Every id that can be run, variants included."""
    return [n for s in scenarios for n in (s.id, *(f"{s.id}/{v}" for v in s.variants))]
