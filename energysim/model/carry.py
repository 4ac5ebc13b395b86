"""A basis carried over to another programme by name: to a neighbouring structure, or some days further.

What both programmes have keeps its status: a column by component, id and day (moved by the days that lie between
the two starts), a row likewise. What is new starts nonbasic (a column) or basic (a row). Such a basis need not be
square; the solver is told so and repairs it.
"""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

from energysim.model.compile import Span
from energysim.model.lazy import Columns
from energysim.model.resident import Basis

Statuses = NDArray[np.object_]


def carried(basis: Basis, layout: Columns, shift: int) -> Basis:
    """The basis for a programme of another layout that starts `shift` days later."""
    old = basis.layout
    held: list[Any] = basis.solver_basis.col_status
    full = np.full(old.width, highspy.HighsBasisStatus.kLower, dtype=object)
    full[old.kept] = held[: len(old.kept)]
    full[basis.added] = held[len(old.kept) + old.groups :]
    columns = _moved(full, old.columns, layout.columns, layout.width, shift, highspy.HighsBasisStatus.kLower)
    rows = _moved(np.array(basis.solver_basis.row_status, dtype=object), old.rows, layout.rows, layout.height, shift,
                  highspy.HighsBasisStatus.kBasic)  # fmt: skip
    relaxed = [highspy.HighsBasisStatus.kLower] * layout.groups
    result = highspy.HighsBasis()
    result.col_status = [*columns[layout.kept], *relaxed]
    result.row_status = list(rows)
    result.valid, result.alien = True, True
    return Basis(result, np.zeros(0, dtype=np.int64), layout)


def _moved(
    statuses: Statuses, old: dict[str, Span], new: dict[str, Span], size: int, shift: int, otherwise: Any
) -> Statuses:
    """Statuses of a new programme's elements, from the old element of the same name and absolute day."""
    result = np.full(size, otherwise, dtype=object)
    for name in old.keys() & new.keys():
        before, after = old[name], new[name]
        *heads, last = (_places(a, b) for a, b in zip(before.axes, after.axes, strict=True))
        if shift and all(isinstance(label, int) for label in after.axes[-1]) and len(after.axes[-1]) > 1:
            last = _places(before.axes[-1], tuple(int(label) + shift for label in after.axes[-1]))
        place = np.zeros(1, dtype=np.int64)
        known = np.ones(1, dtype=bool)
        for axis, length in zip((*heads, last), before.shape, strict=True):
            place = (place[:, None] * length + np.maximum(axis, 0)).ravel()
            known = (known[:, None] & (axis >= 0)).ravel()
        found = result[after.slice]
        found[known] = statuses[before.start + place[known]]
        result[after.slice] = found
    return result


def _places(old: tuple[Any, ...], new: tuple[Any, ...]) -> NDArray[np.int64]:
    """Where the labels of a new axis stand on the old one; -1 for those it does not have."""
    place = {label: k for k, label in enumerate(old)}
    return np.fromiter((place.get(label, -1) for label in new), dtype=np.int64, count=len(new))
