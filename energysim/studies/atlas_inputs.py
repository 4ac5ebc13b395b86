"""What a person writes for an atlas: dates or rules for them, lengths, depths; read and checked, all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Any

import numpy as np

from energysim.errors import InputError, suggest
from energysim.inputs.assets import GasSystem
from energysim.studies.atlas_assets import JOINT, asset_path, limit_of
from energysim.units import parse

DURATIONS = (7, 14, 30, 60, 90)
"""Days that an outage lasts unless said."""
DEPTHS = (1.0,)
"""Share of the asset that is lost unless said."""
USUAL_RULE = "half_monthly"
"""Start dates unless said."""

RULES: Mapping[str, Callable[[date, date], bool]] = {
    "monthly": lambda day, first: day.day == 1,
    "half_monthly": lambda day, first: day.day in (1, 15),
    "weekly": lambda day, first: (day - first).days % 7 == 0,
    "daily": lambda day, first: True,
}
"""Name of a rule for start dates -> whether an outage starts on a day; weeks count from the first day."""


def starts(rule: str, first: date, last: date) -> tuple[date, ...]:
    """The start dates of a rule of RULES from `first` to `last`, both included."""
    days = (first + timedelta(days=k) for k in range((last - first).days + 1))
    return tuple(d for d in days if RULES[rule](d, first))


@dataclass(frozen=True)
class Written:
    """What a person writes for an atlas; empty where nothing is said."""

    assets: Sequence[str] = ()
    starts: Sequence[str] = ()
    first: str | None = None
    last: str | None = None
    durations: Sequence[str] = ()
    depths: Sequence[str] = ()


@dataclass(frozen=True)
class Grid:
    """What is asked: paths of assets (none: the default ones), start dates, gas days, shares lost."""

    assets: tuple[str, ...]
    starts: tuple[date, ...]
    durations: tuple[int, ...]
    depths: tuple[float, ...]


def read_grid(written: Written, system: GasSystem | None) -> Grid:
    """What a person wrote as numbers and dates, checked against the system. Raises InputError with every problem.

    system: None where the scenario itself is wrong, so that only the words can be checked.
    """
    problems: list[str] = []

    def each(option: str, words: Sequence[str], read: Callable[[str], Any]) -> tuple[Any, ...]:
        found = []
        for word in words:
            try:
                found.append(read(word))
            except InputError as error:
                problems.extend(f"--{option}: {p}" for p in error.problems)
        return tuple(found)

    durations = each("duration", written.durations, _days) if written.durations else DURATIONS
    depths = each("depth", written.depths, lambda w: round(parse(w, "share"), 9)) if written.depths else DEPTHS
    dates = each("start", [w for w in written.starts if w not in RULES], _date)
    rules = [w for w in written.starts if w in RULES] or ([] if written.starts else [USUAL_RULE])
    first, last = (each(o, [w] if w else [], _date) for o, w in (("from", written.first), ("to", written.last)))
    if (first or last) and not rules and len(dates) == len(written.starts):
        problems.append(f"--from and --to go with a rule such as `--start {USUAL_RULE}`, not with dates")
    if system is None:
        raise InputError(*problems)
    window = (first or (system.first_day,))[0], (last or (_winter_end(system),))[0]
    problems += _window_problems(system, *window)
    assets = each("asset", written.assets, lambda w: asset_path(system, w))
    problems += [f"--start: {d} is given twice; leave one out" for d in _repeated(dates)]
    ruled = {d for r in rules for d in starts(r, *window) if not problems}
    problems += (
        [f"--start: `{rules[0]}` has no date from {window[0]} to {window[1]}"]
        if not (ruled or dates or problems)
        else []
    )
    grid = Grid(assets, tuple(sorted({*dates, *ruled})), durations, depths)
    wrong = check_atlas(
        system, grid.assets or ("",), grid.starts or (system.first_day,), durations or (1,), depths or (1.0,)
    )
    problems += [f"--{p}" for p in wrong if grid.assets or not p.startswith("asset:")]
    if problems:
        raise InputError(*dict.fromkeys(problems))
    return grid


def _days(written: str) -> int:
    """Whole gas days: `30`, `30 d`."""
    number = written.strip().removesuffix("s").removesuffix("ay").removesuffix("d").strip()
    if not number.lstrip("+-").isdecimal():
        raise InputError(f"found {written!r}; expected whole days such as 30")
    return int(number)


def _date(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        rules = f", or one of {', '.join(RULES)}{suggest(written, RULES) if get_close_matches(written, RULES) else ''}"
        raise InputError(f"found {written!r}; expected a date such as 2026-01-15{rules}") from None


def _window_problems(system: GasSystem, first: date, last: date) -> list[str]:
    horizon = f"{system.first_day} to {system.last_day}"
    outside = [f"--{o}: {d} lies outside the gas year {horizon}" for o, d in (("from", first), ("to", last))
               if not system.first_day <= d <= system.last_day]  # fmt: skip
    return outside + ([f"--from {first} is after --to {last}; swap the dates"] if last < first else [])


def _winter_end(system: GasSystem) -> date:
    """The first 31 March of the horizon, or its last day."""
    ends = [date(system.first_day.year + k, 3, 31) for k in (0, 1)]
    return min([system.last_day, *(e for e in ends if e >= system.first_day)])


def check_atlas(
    system: GasSystem,
    assets: Sequence[str],
    starts: Sequence[date],
    durations: Sequence[int],
    depths: Sequence[float],
) -> list[str]:
    """Everything that keeps an atlas from being drawn, one line each."""
    problems = []
    for what, given in (("asset", assets), ("start", starts), ("duration", durations), ("depth", depths)):
        problems += [] if given else [f"{what}: none is given; an atlas needs at least one"]
        problems += [f"{what}: {_shown(g)} is given twice; leave one out" for g in _repeated(given)]
    horizon = f"{system.first_day} to {system.last_day}"
    problems += [
        f"start: {s} lies outside the gas year {horizon}"
        for s in dict.fromkeys(starts)
        if not system.first_day <= s <= system.last_day
    ]
    problems += [
        f"duration: found {n}; expected whole days from 1 to {system.days}"
        for n in dict.fromkeys(durations)
        if not 1 <= n <= system.days
    ]
    problems += [
        f"depth: found {100 * d:g} %; expected the share lost, above 0 and up to 100 %"
        for d in dict.fromkeys(depths)
        if not 0 < d <= 1
    ]
    for path in dict.fromkeys(assets):
        problems += _asset_problems(system, path, any(0 < d < 1 for d in depths))
    return problems


def _asset_problems(system: GasSystem, path: str, partial: bool) -> Iterator[str]:
    parts = path.split(JOINT)
    yield from (f"asset: {path}: {p} is named twice; leave one out" for p in _repeated(parts))
    for part in parts:
        try:
            found = asset_path(system, part)
        except InputError as error:
            yield from (f"asset: {p}" for p in error.problems)
            continue
        if partial and not np.isfinite(limit_of(system, found)):
            yield (
                f"asset: {found} has no stated capacity, so a part of it says nothing; "
                "ask for depth 100 % alone, or name the contract or account behind it"
            )


def _repeated(given: Iterable[Any]) -> list[Any]:
    listed = list(given)
    return [g for k, g in enumerate(listed) if listed.index(g) != k and g not in listed[k + 1 :]]


def _shown(value: Any) -> str:
    return f"{100 * value:g} %" if isinstance(value, float) else str(value)
