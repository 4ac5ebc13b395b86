"""Weather: any winter on record, the typical one, and a 1-in-20 design winter, as daily temperatures.

Belgrade's daily mean temperature stands for all zones (the demand model was fitted on it). A weather
year is laid on the horizon by calendar day, gas year by gas year; 29 February takes the day before where
the weather year has none, and is left out where only the weather year has one.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from energysim.errors import InputError, suggest

Days = NDArray[np.datetime64]
Temperatures = NDArray[np.float64]

TYPICAL_WINTER = "2018/19"
"""`normal`: a real, typical winter. A climatological mean year would hide every daily limit."""
RETURN_PERIOD_YEARS = 20
DESIGN_SPELLS = (1, 7, 14, 30)
"""Lengths in days of the nested cold spells of the design winter."""
DESIGN_CENTRE = (1, 20)
"""Month and day around which the design spell is laid: the coldest of the year on average."""
DEGREE_DAY_THRESHOLD = 16.0
"""degC below which degree days are counted."""
HEATING_SEASON = ((10, 15), (4, 15))
"""First and last month and day over which degree days are counted."""
LEAD_DAYS = 3
"""Days before the first that the effective temperature looks back on."""
EULER = 0.5772156649015329


@dataclass(frozen=True)
class WeatherRecord:
    """Daily mean temperatures [degC] without gaps, with how each day was obtained."""

    days: Days
    temperature: Temperatures
    quality: NDArray[np.str_]

    def __post_init__(self) -> None:
        """Copies that nobody can write to: one record serves every run."""
        for f in fields(self):
            array = getattr(self, f.name).copy()
            array.setflags(write=False)
            object.__setattr__(self, f.name, array)

    @cached_property
    def first(self) -> date:
        """First day on record."""
        return self.days[0].astype(date)  # type: ignore[no-any-return]

    @cached_property
    def last(self) -> date:
        """Last day on record."""
        return self.days[-1].astype(date)  # type: ignore[no-any-return]

    @cached_property
    def winters(self) -> list[str]:
        """Gas years whose winter (October to April) is on record, such as `1979/80`."""
        years = range(self.first.year, self.last.year)
        return [gas_year_name(y) for y in years if self.first <= date(y, 10, 1) and date(y + 1, 4, 30) <= self.last]

    def on(self, day: date) -> float | None:
        """The temperature of a day, None outside the record."""
        k = (day - self.first).days
        return float(self.temperature[k]) if 0 <= k < len(self.temperature) else None

    def winter(self, name: str) -> Temperatures:
        """Temperatures of 1 October to 30 April of a winter on record."""
        start = gas_year_start(name)
        first = (start - self.first).days
        return self.temperature[first : first + (date(start.year + 1, 5, 1) - start).days]


def gas_year_start(name: str) -> date:
    """1 October of a gas year written `2025/26`. Raises InputError."""
    first, _, second = name.partition("/")
    if not (first.isdigit() and len(first) == 4 and second == f"{(int(first) + 1) % 100:02d}"):
        raise InputError(f"gas year {name!r}; write it like `2025/26` (1 October to 30 September)")
    return date(int(first), 10, 1)


def gas_year_name(start_year: int) -> str:
    """`2025/26` of 2025."""
    return f"{start_year}/{(start_year + 1) % 100:02d}"


def temperatures(record: WeatherRecord, weather: str, first_day: date, days: int) -> tuple[Temperatures, list[str]]:
    """Daily temperatures [degC] of a horizon under a named weather, and remarks on what had to be filled.

    weather: `normal`, `design`, `actual` or a winter on record; a horizon longer than a gas year repeats it
    in each. The series starts LEAD_DAYS early. Days beyond the record are `normal`. Raises InputError.
    """
    kept: dict[tuple[str, date, int], tuple[Temperatures, list[str]]] = vars(record).setdefault("_horizons", {})
    if (weather, first_day, days) not in kept:
        kept[weather, first_day, days] = _temperatures(record, weather, first_day, days)
    values, remarks = kept[weather, first_day, days]
    return values.copy(), list(remarks)


def _temperatures(record: WeatherRecord, weather: str, first_day: date, days: int) -> tuple[Temperatures, list[str]]:
    """The same, made anew."""
    dates = [first_day + timedelta(days=d) for d in range(-LEAD_DAYS, days)]
    if weather == "design":
        return design_winter(record, dates), ["weather: 1-in-20 design winter"]
    source = {"normal": TYPICAL_WINTER}.get(weather, weather)
    if weather != "actual" and source not in record.winters:
        hint = suggest(source, record.winters)
        raise InputError(f"weather {weather!r} is not on record{hint}; or `normal`, `design`, `actual`")
    values, filled = np.empty(len(dates)), 0
    for k, day in enumerate(dates):
        found = record.on(day if weather == "actual" else _laid(day, first_day, source))
        if found is None:
            found, filled = record.on(_laid(day, first_day, TYPICAL_WINTER)), filled + 1
        if found is None:
            raise InputError(f"weather {weather!r}: neither {day} nor the typical winter {TYPICAL_WINTER} is on record")
        values[k] = found
    name = {"normal": f"normal (typical winter {TYPICAL_WINTER})", "actual": "as measured"}.get(weather, weather)
    remarks = [f"weather: {name}"]
    if filled:
        remarks.append(f"weather: {filled} days beyond the record take the normal winter")
    return values, remarks


def _laid(day: date, first_day: date, winter: str) -> date:
    """The day of a weather year that stands for a day; the days of the lead run on into the first gas year."""
    return _moved(day, gas_year_start(winter).year - _gas_year_of(max(day, first_day)))


def _gas_year_of(day: date) -> int:
    return day.year if day.month >= 10 else day.year - 1


def _moved(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 2, 28)


def one_in_twenty(samples: Temperatures) -> float:
    """The value exceeded once in twenty winters: Gumbel fitted by L-moments (Hosking 1990).

    samples: one maximum a winter; for cold, pass the negative temperatures.
    """
    x = np.sort(samples)
    n = len(x)
    b0, b1 = x.mean(), float(np.sum(np.arange(n) * x) / (n * (n - 1)))
    scale = (2 * b1 - b0) / np.log(2.0)
    location = b0 - EULER * scale
    return float(location - scale * np.log(-np.log(1 - 1 / RETURN_PERIOD_YEARS)))


def spell_minima(record: WeatherRecord, length: int) -> Temperatures:
    """Coldest mean over `length` consecutive days of every winter on record [degC]."""
    kernel = np.ones(length) / length
    return np.array([np.convolve(record.winter(w), kernel, mode="valid").min() for w in record.winters])


def degree_days(record: WeatherRecord, threshold: float = DEGREE_DAY_THRESHOLD) -> Temperatures:
    """Degree days below the threshold, 15 October to 15 April, of every winter on record [degC d]."""
    totals = []
    for name in record.winters:
        start, values = gas_year_start(name), record.winter(name)
        season = np.array([_in_season(start + timedelta(days=d)) for d in range(len(values))])
        totals.append(np.clip(threshold - values, 0, None)[season].sum())
    return np.array(totals)


def design_winter(record: WeatherRecord, dates: list[date]) -> Temperatures:
    """A winter whose coldest 1, 7, 14 and 30 days and whose degree days are each met once in twenty years [degC].

    dates: the days of a horizon, LEAD_DAYS before the first included. The spells are nested around
    20 January; the rest of the heating season is the typical winter, shifted so that the degree days fit,
    but nowhere colder than the outermost spell, which would deepen it. The whole season is built first, so
    a horizon of a few weeks sees its part of it. All five in one winter is rarer than each alone: prudent.
    """
    values, _ = temperatures(record, "normal", dates[LEAD_DAYS], len(dates) - LEAD_DAYS)
    for year in sorted({_gas_year_of(day) for day in dates}):
        season = _design_season(record, year)
        values = np.array([season.get(day, value) for day, value in zip(dates, values, strict=True)])
    return values


def _design_season(record: WeatherRecord, year: int) -> dict[date, float]:
    """The heating season of the design winter of the gas year that starts in `year`."""
    first = date(year, 10, 1)
    year_dates = [first + timedelta(days=d) for d in range((date(year + 1, 10, 1) - first).days)]
    inside = np.array([_in_season(d) for d in year_dates])
    dates = [d for d in year_dates if _in_season(d)]
    values = temperatures(record, "normal", first, len(year_dates))[0][LEAD_DAYS:][inside]
    spell, free = _nested_spells(record), np.ones(len(dates), dtype=bool)
    centre = dates.index(date(year + 1, *DESIGN_CENTRE))
    start = centre - (len(spell) - 1) // 2
    values[start : start + len(spell)], free[start : start + len(spell)] = spell, False
    wanted, typical = one_in_twenty(degree_days(record)), values[free]
    low, high = -20.0, 20.0
    for _ in range(60):  # bisection on the shift: degree days fall as it grows
        shift = (low + high) / 2
        values[free] = np.maximum(typical + shift, min(spell[0], spell[-1]))
        total = np.clip(DEGREE_DAY_THRESHOLD - values, 0, None).sum()
        low, high = (shift, high) if total > wanted else (low, shift)
    return dict(zip(dates, values.tolist(), strict=True))


def _nested_spells(record: WeatherRecord) -> Temperatures:
    """Temperatures of the longest design spell: rings around its coldest day, one a spell, each even [degC]."""
    length = DESIGN_SPELLS[-1]
    days = np.empty(length)
    middle = (length - 1) // 2
    inner, done = slice(middle, middle), 0.0
    for n in DESIGN_SPELLS:
        mean = -one_in_twenty(-spell_minima(record, n))
        outer = slice(middle - (n - 1) // 2, middle - (n - 1) // 2 + n)
        core = days[inner].copy()
        days[outer] = (n * mean - done) / (n - len(core))
        days[inner] = core
        inner, done = outer, n * mean
    return days


def _in_season(day: date) -> bool:
    return (day.month, day.day) >= HEATING_SEASON[0] or (day.month, day.day) <= HEATING_SEASON[1]
