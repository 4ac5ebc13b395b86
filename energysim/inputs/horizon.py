"""The rows of a dataset that hold in a horizon, as daily series: what every table reader starts from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TypeVar, cast

import numpy as np

from energysim.errors import InputError, suggest
from energysim.inputs import tables as t
from energysim.inputs.assets import Daily
from energysim.inputs.read import Dataset

R = TypeVar("R", bound=t.Row)


@dataclass(frozen=True)
class Horizon:
    """Gas days from the first to the last, and the rows of a dataset that hold in them."""

    dataset: Dataset
    first: date
    days: int
    rivals: Mapping[str, str] = field(default_factory=dict)

    @property
    def last(self) -> date:
        """The last gas day."""
        return self.first + timedelta(days=self.days - 1)

    @cached_property
    def dates(self) -> list[date]:
        """Every gas day."""
        return [self.first + timedelta(days=d) for d in range(self.days)]

    def rows(self, cls: type[R]) -> list[R]:
        """Rows in force on any day, the selected rivals after the rows they overrule."""
        used, chosen = [], []
        for row in cast(Iterable[R], self.dataset.rows(cls.table)):
            if not row.meets(self.first, self.last):
                continue
            if row.rival is None:
                used.append(row)
            elif self.rivals.get(f"{cls.table}.{row.identity[0]}") == row.rival:
                chosen.append(row)
        return used + chosen

    def spans(self, rows: Iterable[R]) -> Iterator[tuple[R, slice]]:
        """Each row with the days on which it holds, in order, so that later rows overwrite earlier ones."""
        for row in rows:
            start = max(0, (row.valid_from - self.first).days) if row.valid_from else 0
            stop = min(self.days, (row.valid_to - self.first).days + 1) if row.valid_to else self.days
            yield row, slice(start, stop)

    def series(self, rows: Iterable[R], value: Callable[[R], float | None], missing: float = np.nan) -> Daily:
        """A daily series from the rows' values; a blank value leaves `missing`."""
        result = np.full(self.days, missing)
        for row, span in self.spans(rows):
            found = value(row)
            result[span] = missing if found is None else found
        return result

    def grouped(self, cls: type[R], key: str) -> dict[str, list[R]]:
        """Rows by one of their columns, in file order."""
        groups: dict[str, list[R]] = {}
        for row in self.rows(cls):
            groups.setdefault(getattr(row, key), []).append(row)
        return groups

    def parameter(self, name: str) -> float:
        """The value of a parameter on the first day."""
        rows = self.grouped(t.ParameterRow, "parameter").get(name)
        if not rows:
            raise InputError(f"data/parameters.csv: parameter {name!r} is missing")
        return float(self.series(rows, lambda r: r.value)[0])


def check_rivals(dataset: Dataset, rivals: Mapping[str, str]) -> list[str]:
    """One line for every selected rival that no row carries."""
    problems = []
    for path, name in rivals.items():
        table, _, key = path.partition(".")
        if table not in dataset.tables:
            problems.append(f"rivals: {path}: unknown table {table!r}{suggest(table, dataset.tables)}")
            continue
        rows = [r for r in dataset.rows(table) if r.identity[0] == key]
        known = {r.rival for r in rows if r.rival}
        if not rows:
            problems.append(
                f"rivals: {path}: unknown {key!r}{suggest(key, {r.identity[0] for r in dataset.rows(table)})}"
            )
        elif name not in known:
            problems.append(f"rivals: {path}: no rival {name!r}{suggest(name, known)}")
    return problems


def gwh(mcm: float | None, gcv: float | None) -> float | None:
    """GWh (or GWh/d) of mcm (or mcm/d) at a calorific value in kWh/m3; None where either is blank."""
    return None if mcm is None or gcv is None else mcm * gcv


def monthly(horizon: Horizon, share: Mapping[int, float | None]) -> Daily:
    """A share by month as a daily series; months not listed count in full."""
    return np.array([share.get(d.month, 1.0) for d in horizon.dates], dtype=float)
