"""The values of one path that a study varies: a list in one unit, even steps, or a range to be drawn from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from energysim.errors import InputError
from energysim.inputs.sweep_file import AxisSpec, Written
from energysim.units import Dimension, parse, split_quantity

Kind = Literal[
    "energy", "rate", "price", "share", "days", "temperature", "money", "factor", "date", "choice", "yes_no"
]  # fmt: skip
Value = str | float | int | bool

NAMES: tuple[Kind, ...] = ("date", "choice", "yes_no")
"""Kinds whose values are no numbers."""
PHYSICAL: tuple[Dimension, ...] = get_args(Dimension)
UNITS: dict[Kind, str] = {
    "energy": "mcm", "rate": "mcm/d", "price": "EUR/MWh", "days": "days", "temperature": "degC", "money": "MEUR",
}  # fmt: skip
"""Unit to suggest where one is missing; a share or a factor may be bare."""

WITH_UNIT = re.compile(r"^(.*\S)\s*\[\s*([^\[\]]*\S)\s*\]$")
DIGITS = 6
"""Telling digits of a value that is drawn or spaced evenly, so that a label says exactly what was solved."""


@dataclass(frozen=True)
class Axis:
    """A path and its values. Numbers are in `unit`; a range has low and high instead of values."""

    path: str
    kind: Kind
    unit: str = ""
    values: tuple[Value, ...] = ()
    low: float | None = None
    mid: float | None = None
    high: float | None = None
    start: date | None = None
    until: date | None = None

    @property
    def label(self) -> str:
        """Column of a case's value: `contracts.gazprom.dcq [mcm/d]`; the path alone where there is no unit."""
        return f"{self.path} [{self.unit}]" if self.unit else self.path

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers, as opposed to dates, names and yes or no."""
        return self.kind not in NAMES

    @property
    def ends(self) -> tuple[Value, ...]:
        """The values that are checked before anything is solved: all of a list, both ends and the middle of a range."""
        return self.values or tuple(v for v in (self.low, self.mid, self.high) if v is not None)

    def at(self, share: float) -> Value:
        """The value below which a share (0…1) of the draws lies; values of a list are equally likely."""
        if self.values:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        assert self.low is not None
        assert self.high is not None
        if self.kind == "days":
            return min(int(self.low + share * (self.high - self.low + 1)), int(self.high))
        if self.mid is None:
            return rounded(self.low + share * (self.high - self.low))
        return rounded(_triangular(share, self.low, self.mid, self.high))

    def written(self, value: Value) -> Value:
        """A value as a scenario file would have it: `6 mcm/d`."""
        if not self.numeric or self.kind == "factor":
            return value
        return f"{value:.12g} {self.unit}".strip()


def _triangular(share: float, low: float, mid: float, high: float) -> float:
    """Inverse of the cumulative distribution of a triangle from low over mid to high."""
    width = high - low
    if width == 0:
        return low
    if share < (mid - low) / width:
        return low + float((share * width * (mid - low)) ** 0.5)
    return high - float(((1 - share) * width * (high - mid)) ** 0.5)


def rounded(value: float) -> float:
    """A number with as many digits as its label shows."""
    return float(f"{value:.{DIGITS}g}") + 0.0  # no negative zero


def axis_of(path: str, unit: str, kind: Kind, spec: AxisSpec) -> Axis:
    """An axis as a study file has it. Raises InputError with every problem; where it stands is the caller's to add."""
    written = spec.values if spec.values is not None else _ends(spec)
    numbers, unit = read_values(written, kind, unit, path)
    if spec.values is not None:
        _refuse_twice(numbers)
        return Axis(path, kind, unit, numbers, start=spec.start, until=spec.until)
    if spec.steps is not None:
        return Axis(
            path, kind, unit, _spaced(numbers[0], numbers[1], spec.steps, kind), start=spec.start, until=spec.until
        )
    if kind in NAMES:
        raise InputError("a range needs numbers; write a list of values, which are then equally likely")
    low, *mid, high = [float(n) for n in numbers]
    if not low < high:
        raise InputError(f"low {low:g} is not below high {high:g}; swap them")
    if mid and not low <= mid[0] <= high:
        raise InputError(f"mid {mid[0]:g} lies outside low {low:g} to high {high:g}")
    return Axis(path, kind, unit, (), low, mid[0] if mid else None, high, spec.start, spec.until)


def split_key(key: str) -> tuple[str, str]:
    """Path and unit of a key such as `contracts.gazprom.dcq [mcm/d]`."""
    match = WITH_UNIT.match(key.strip())
    return (match.group(1), match.group(2)) if match else (key.strip(), "")


def _ends(spec: AxisSpec) -> tuple[Written, ...]:
    ends = (spec.from_, spec.to) if spec.steps is not None else (spec.low, spec.mid, spec.high)
    return tuple(e for e in ends if e is not None)


def read_values(
    written: Sequence[Written], kind: Kind, unit: str = "", path: str = ""
) -> tuple[tuple[Value, ...], str]:
    """The values and their common unit; `unit` is that of bare numbers. Raises InputError with every problem."""
    if kind in NAMES:
        if unit:
            raise InputError(f"these values have no unit; leave {unit!r} out")
        return tuple(_plain(w, kind) for w in written), ""
    pairs = [split_quantity(w) for w in written]
    bare = [p[0] for p in pairs if p and not p[1]]
    if bare and not unit and kind not in ("share", "factor"):
        digits, full = (", ".join(f"{n:g}{end}" for n in dict.fromkeys(bare)) for end in ("", f" {UNITS[kind]}"))
        verb = "has" if len(set(bare)) == 1 else "have"
        once = f"`{path} [{UNITS[kind]}]`" if path else f"`PATH [{UNITS[kind]}]`"
        raise InputError(f"{digits} {verb} no unit; write {full}, or the unit once behind the path: {once}")
    problems: list[str] = []
    numbers: list[Value] = []
    found: dict[str, str] = {}
    for text, pair in zip(written, pairs, strict=True):
        try:
            numbers.append(_number(text, pair, kind, unit))
            own = unit if pair is None or not pair[1] else pair[1]
            found.setdefault(own.lower(), own)
        except InputError as error:
            problems += error.problems
    if not problems and len(found) > 1:
        several = " and ".join(f"`{u or 'no unit'}`" for u in found.values())
        problems.append(f"the values are in {several}; write all of them in one unit")
    if problems:
        raise InputError(*dict.fromkeys(problems))
    return tuple(numbers), next(iter(found.values()), "")


def _number(written: Written, pair: tuple[float, str] | None, kind: Kind, unit: str) -> Value:
    if pair is None or pair[0] != pair[0] or abs(pair[0]) == float("inf"):
        expected = (
            "a plain factor such as 0.95" if kind == "factor" else f"a quantity such as `6 {UNITS.get(kind, '%')}`"
        )
        raise InputError(f"found {written!r}; expected {expected}")
    if kind == "factor":
        if pair[1] or unit:
            raise InputError(f"found {written!r}; a factor has no unit, write for example 0.95")
        return pair[0]
    text = f"{pair[0]:.12g} {pair[1] or unit}".strip()
    assert kind in PHYSICAL
    parse(text, kind)
    if kind == "days":
        if pair[0] != int(pair[0]):
            raise InputError(f"found {written!r}; expected whole days")
        return int(pair[0])
    return pair[0] + 0.0


def _plain(written: Written, kind: Kind) -> Value:
    if kind == "yes_no":
        if str(written).lower() not in ("true", "false", "yes", "no"):
            raise InputError(f"found {written!r}; expected true or false")
        return str(written).lower() in ("true", "yes")
    if not isinstance(written, str) or not written:
        raise InputError(f"found {written!r}; expected a name or a date, in quotes if it looks like a number")
    if kind == "date":
        read_day(written)
    return written


def read_day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise InputError(f"found {written!r}; expected a date such as 2026-01-31") from None


def _spaced(first: Value, last: Value, steps: int, kind: Kind) -> tuple[Value, ...]:
    """Evenly spaced values, both ends included."""
    if kind in ("choice", "yes_no"):
        raise InputError("names cannot be spaced evenly; write them as a list")
    if first == last:
        raise InputError(f"from and to are both {first}; they are the ends of the steps")
    if kind == "date":
        a, b = read_day(str(first)).toordinal(), read_day(str(last)).toordinal()
        days = [date.fromordinal(round(a + (b - a) * k / (steps - 1))).isoformat() for k in range(steps)]
        return tuple(dict.fromkeys(days))
    a, b = float(first), float(last)  # type: ignore[assignment]
    values = [rounded(a + (b - a) * k / (steps - 1)) for k in range(steps)]
    return tuple(dict.fromkeys(round(v) if kind == "days" else v for v in values))


def _refuse_twice(values: Iterable[Value]) -> None:
    seen: list[Value] = []
    twice = [v for v in values if v in seen or seen.append(v)]  # type: ignore[func-returns-value]
    if twice:
        raise InputError(f"{', '.join(map(str, twice))} stands twice; each value once")
