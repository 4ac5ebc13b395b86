"""Weather: any winter on record, the typical one, and a 1-in-20 design winter, as daily temperatures.

Belgrade's daily mean temperature stands for all zones (the demand model was fitted on it). A weather
year is laid on the horizon by calendar day; 29 February takes the day before where the year has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

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
EULER = 0.5772156649015329


@dataclass(frozen=True)
class WeatherRecord:
    """Daily mean temperatures [degC] without gaps, with how each day was obtained."""

    days: Days
    temperature: Temperatures
    quality: NDArray[np.str_]

    @property
    def first(self) -> date:
        """First day on record."""
        return self.days[0].astype(date)  # type: ignore[no-any-return]

    @property
    def last(self) -> date:
        """Last day on record."""
        return self.days[-1].astype(date)  # type: ignore[no-any-return]

    @property
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
    """Daily temperatures of a horizon under a named weather, and remarks on what had to be filled.

    weather: `normal`, `design`, `actual` or a winter on record. Days beyond the record are `normal`.
    """
    lead = 3  # days before the first that the effective temperature looks back on
    dates = [first_day + timedelta(days=d) for d in range(-lead, days)]
    if weather == "design":
        return design_winter(record, dates), ["weather: 1-in-20 design winter"]
    source = {"normal": TYPICAL_WINTER, "actual": gas_year_name(_gas_year_of(first_day))}.get(weather, weather)
    if weather != "actual" and source not in record.winters:
        raise InputError(f"weather {weather!r} is not on record{suggest(source, record.winters)}; or `normal`, `design`, `actual`")
    shift = gas_year_start(source).year - _gas_year_of(first_day)
    values, filled = np.empty(len(dates)), 0
    for k, day in enumerate(dates):
        found = record.on(_moved(day, shift))
        if found is None:
            found, filled = record.on(_moved(day, gas_year_start(TYPICAL_WINTER).year - _gas_year_of(first_day))), filled + 1
        values[k] = np.nan if found is None else found
    name = {"normal": f"normal (typical winter {TYPICAL_WINTER})", "actual": f"as measured in {source}"}.get(weather, weather)
    remarks = [f"weather: {name}"]
    if filled:
        remarks.append(f"weather: {filled} days beyond the record take the normal winter")
    return values, remarks


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


def degree_days(record: WeatherRecord, threshold: float = 16.0) -> Temperatures:
    """Degree days below the threshold, 15 October to 15 April, of every winter on record [degC d]."""
    return np.array([np.clip(threshold - record.winter(w)[14:197], 0, None).sum() for w in record.winters])


def design_winter(record: WeatherRecord, dates: list[date]) -> Temperatures:
    """A winter whose coldest 1, 7, 14 and 30 days and whose degree days are each met once in twenty years.

    The spells are nested around 20 January; the rest of the heating season is the typical winter, shifted
    so that the degree days fit. Nothing in it is assumed beyond the record and the Gumbel fit.
    """
    base, _ = temperatures(record, "normal", dates[3], len(dates) - 3)
    spells = [-one_in_twenty(-spell_minima(record, n)) for n in DESIGN_SPELLS]
    year = next(d.year for d in dates if d.month == 1) if any(d.month == 1 for d in dates) else dates[0].year
    centre = date(year, *DESIGN_CENTRE)
    offset = np.array([abs((d - centre).days) + (0.5 if d < centre else 0.0) for d in dates])
    rank = np.argsort(np.argsort(offset, kind="stable"), kind="stable")  # 0 = centre, growing outwards
    values = base.copy()
    inner = 0
    for length, mean in zip(DESIGN_SPELLS, spells, strict=True):
        ring = (rank >= inner) & (rank < length) & (offset < 16)
        done = values[(rank < inner) & (offset < 16)].sum() if inner else 0.0
        values[ring] = (length * mean - done) / (length - inner)
        inner = length
    season = np.array([(d.month, d.day) >= (10, 15) or (d.month, d.day) <= (4, 15) for d in dates])
    free = season & ((rank >= inner) | (offset >= 16))
    wanted = one_in_twenty(degree_days(record))
    low, high = -20.0, 20.0
    for _ in range(60):  # bisection on the shift: degree days fall as it grows
        middle = (low + high) / 2
        total = np.clip(16 - np.where(free, base + middle, values), 0, None)[season].sum()
        low, high = (middle, high) if total > wanted else (low, middle)
    values[free] = base[free] + low
    return values
