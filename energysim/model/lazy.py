"""Lazy curtailment: most columns of a programme are depth steps of cuts that nobody needs; they come when called.

In place of the curtailment columns of a node and day stands one *relaxed* column at the lowest of their costs.
That programme is a relaxation: any plan of the full one is a plan of it that costs no more. So where its optimum
uses no relaxed column it is optimal for the full programme; where it does, the true columns of that node and day
are added, the relaxed one is closed, and the solver goes on from where it stands. Exact, never an approximation:
the certificate is computed on the full programme.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from energysim.model.compile import StandardForm, Vector

LAZY, BALANCE = "curtailment", "node_balance"
USED = 1e-9
"""GWh/d above which a relaxed column counts as used."""
NEIGHBOURS = 7
"""Days on both sides of a cut whose columns come with it in the second round, since a cut wanders to cheap days."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Vectors:
    """What changes from case to case, for the columns and rows that the solver holds."""

    cost: Vector
    lower: Vector
    upper: Vector
    row_lower: Vector
    row_upper: Vector


class Columns:
    """Which columns of a full programme the solver holds: the kept ones, then one relaxed column a node and day."""

    def __init__(self, form: StandardForm, lazy: bool = True) -> None:
        """The kept columns of a programme; all of them if not lazy, or if there is nothing to leave out."""
        self.form = form
        self.columns, self.rows = form.columns, form.rows
        self.height, self.width = form.matrix.shape
        span = form.columns.get(LAZY)
        possible = lazy and span and BALANCE in form.rows
        self.lazy: Ints = np.arange(span.start, span.stop) if possible and span else np.zeros(0, int)
        self.kept: Ints = np.setdiff1d(np.arange(self.width), self.lazy, assume_unique=True)
        self.group, self.balance_rows = _groups(form, self.lazy)
        self.groups = len(self.balance_rows)
        order = np.argsort(self.group, kind="stable")
        self._first = np.searchsorted(self.group[order], np.arange(self.groups))
        self._order = order
        self.day = form.rows[BALANCE].days()[self.balance_rows - form.rows[BALANCE].start] if self.groups else self.lazy

    def same(self, other: Columns) -> bool:
        """Whether a basis of the other is one of this: the same programme but for bounds and costs, held the same way."""
        return self is other or (len(self.lazy) == len(other.lazy) and same_matrix(self.form, other.form))

    def matrix(self, form: StandardForm) -> sp.csc_array:
        """The kept columns and the relaxed ones, shape (rows, kept + groups)."""
        entries = (np.ones(self.groups), (self.balance_rows, np.arange(self.groups)))
        relaxed = sp.csc_array(sp.coo_array(entries, shape=(form.matrix.shape[0], self.groups)))
        return sp.csc_array(sp.hstack([form.matrix[:, self.kept], relaxed], format="csc"))

    def vectors(self, form: StandardForm, cost: Vector) -> Vectors:
        """Costs and bounds of the kept and relaxed columns; what must be cut at least is moved to the row bounds."""
        lower, room = form.column_lower[self.lazy], form.column_upper[self.lazy] - form.column_lower[self.lazy]
        price = np.where(room > 0, cost[self.lazy], np.inf)
        cheapest, total = np.zeros(self.groups), np.zeros(self.groups)
        if self.groups:
            cheapest = np.minimum.reduceat(price[self._order], self._first)
            total = np.add.reduceat(room[self._order], self._first)
        shift = form.matrix[:, self.lazy] @ lower if lower.any() else 0.0
        return Vectors(
            cost=np.concatenate([cost[self.kept], np.where(np.isfinite(cheapest), cheapest, 0.0)]),
            lower=np.concatenate([form.column_lower[self.kept], np.zeros(self.groups)]),
            upper=np.concatenate([form.column_upper[self.kept], total]),
            row_lower=form.row_lower - shift,
            row_upper=form.row_upper - shift,
        )

    def used(self, values: Vector) -> Ints:
        """Groups whose relaxed column is in use."""
        return np.flatnonzero(values[len(self.kept) : len(self.kept) + self.groups] > USED)

    def called(self, used: Ints, rounds: int) -> NDArray[np.bool_]:
        """Groups whose true columns are to come: those used, then also those of days around, then all."""
        wanted = np.zeros(self.groups, dtype=bool)
        wanted[used] = True
        if rounds == 1:
            days = np.unique(self.day[used])
            near = (days[:, None] + np.arange(-NEIGHBOURS, NEIGHBOURS + 1)).ravel()
            wanted |= np.isin(self.day, near)
        if rounds > 1:
            wanted[:] = True
        return wanted

    def groups_of(self, columns: Ints) -> Ints:
        """The groups of some of the full programme's lazy columns."""
        return self.group[columns - self.lazy[0]] if len(columns) else np.zeros(0, dtype=np.int64)

    def members(self, groups: NDArray[np.bool_]) -> Ints:
        """The full programme's columns of some groups."""
        return self.lazy[groups[self.group]]

    def full(self, form: StandardForm, values: Vector, added: Ints) -> Vector:
        """The values of all columns of the full programme."""
        result = form.column_lower.copy()
        result[self.kept] = values[: len(self.kept)]
        result[added] += values[len(self.kept) + self.groups :]
        return result


def same_matrix(first: StandardForm, second: StandardForm) -> bool:
    """Whether two programmes differ in bounds and costs alone."""
    a, b = first.matrix, second.matrix
    if a is b:
        return True
    if a.shape != b.shape or first.columns != second.columns or first.rows != second.rows:
        return False
    return bool(
        np.array_equal(a.indptr, b.indptr) and np.array_equal(a.indices, b.indices) and np.array_equal(a.data, b.data)
    )


def _groups(form: StandardForm, lazy: Ints) -> tuple[Ints, Ints]:
    """The group of every lazy column, and the balance row of every group."""
    if not len(lazy):
        return np.zeros(0, int), np.zeros(0, int)
    rows = form.rows[BALANCE]
    part: Any = sp.coo_array(form.matrix[rows.slice, :][:, lazy])
    row_of = np.zeros(len(lazy), dtype=np.int64)
    row_of[part.coords[1]] = rows.start + part.coords[0]
    found, group = np.unique(row_of, return_inverse=True)
    return np.asarray(group), np.asarray(found)
