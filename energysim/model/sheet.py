"""The sheet of a gas system: the sets and figures of its linear programme, before any rule is stated.

Every block writes its part of the sheet from the system; its rules then speak of sets and Params by name
and never of the system. Two systems with the same *structure* (sets, and the figures that multiply a
variable in a row: shrinkage, losses, storage curves, depths of curtailment) share one compiled programme;
all other figures, demand, capacities, quantities, prices, only move bounds and costs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
import pyomo.core as pyo
from numpy.typing import NDArray

from energysim.errors import InputError

Array = NDArray[np.float64]
Label = str | int
Labels = Sequence[Label]
"""A `range` for days and steps, a list of ids otherwise."""


@dataclass(frozen=True)
class Family:
    """A set for every element of another: routes at a node, days of a period."""

    over: str
    members: Mapping[Label, Labels]
    within: str
    doc: str


@dataclass(frozen=True)
class Figure:
    """An array whose axes follow sets."""

    sets: tuple[str, ...]
    values: Array
    doc: str
    structural: bool


@dataclass
class Sheet:
    """Sets and figures by name, in the order in which they were written."""

    sets: dict[str, tuple[Labels, str]] = field(default_factory=dict)
    families: dict[str, Family] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)

    def set(self, name: str, labels: Iterable[Label], doc: str) -> None:
        """Write down a set: ids in order, or a `range`."""
        self.sets[name] = (labels if isinstance(labels, range) else list(labels), doc)

    def family(self, name: str, over: str, members: Mapping[Any, Labels], within: str, doc: str) -> None:
        """Write down, for each element of the set `over`, its members out of the set `within`."""
        self.families[name] = Family(over, {k: members.get(k, ()) for k in self.sets[over][0]}, within, doc)

    def figure(self, name: str, *sets: str, values: Any, doc: str, structural: bool = False) -> None:
        """Write down numbers whose axes follow the sets; `doc` carries the unit. Raises InputError for a NaN.

        structural: the figure multiplies a variable in a row (or another figure), so another value is another matrix.
        """
        shape = tuple(len(self.sets[s][0]) for s in sets)
        array = np.broadcast_to(np.asarray(values, dtype=float), shape) if np.size(values) else np.zeros(shape)
        if np.isnan(array).any():
            raise InputError(f"{name} [{doc}] is not a number somewhere; an input is missing or contradicts itself")
        self.figures[name] = Figure(sets, array, doc, structural)

    @property
    def structure(self) -> str:
        """Hash of everything that decides rows, columns and matrix; the rest only moves bounds and costs."""
        digest = hashlib.sha256(repr([(n, labels) for n, (labels, _) in self.sets.items()]).encode())
        digest.update(repr([(n, f.over, f.members, f.within) for n, f in self.families.items()]).encode())
        for name, figure in self.figures.items():
            digest.update(f"{name}{figure.sets}".encode())
            if figure.structural:
                digest.update(np.ascontiguousarray(figure.values).tobytes())
        return digest.hexdigest()

    def symbolic(self) -> list[str]:
        """Names of the figures that only move bounds and costs, in order."""
        return [name for name, figure in self.figures.items() if not figure.structural]

    def values(self) -> Array:
        """All symbolic figures one after the other, shape (figures,)."""
        arrays = [self.figures[name].values.ravel() for name in self.symbolic()]
        return np.concatenate(arrays) if arrays else np.zeros(0)


def declare(sheet: Sheet) -> Any:
    """A Pyomo model with the sheet's sets and (still empty, mutable) Params, and no variable or rule yet."""
    m = pyo.ConcreteModel(name="energysim")
    m.laws, m.objectives = {}, {}
    for name, (labels, doc) in sheet.sets.items():
        if isinstance(labels, range):
            setattr(m, name, pyo.RangeSet(labels.start, labels.stop - 1, doc=doc))
        else:
            setattr(m, name, pyo.Set(dimen=1, initialize=labels, doc=doc))
    for name, family in sheet.families.items():
        members = {k: list(v) for k, v in family.members.items()}  # the walk refuses one that is not in `within`
        setattr(m, name, pyo.Set(getattr(m, family.over), dimen=1, initialize=members, doc=family.doc))
    for name, figure in sheet.figures.items():
        setattr(m, name, pyo.Param(*(getattr(m, s) for s in figure.sets), mutable=True, doc=figure.doc))
    return m


def fill(m: Any, sheet: Sheet) -> None:
    """Put the sheet's figures into the model's Params, for those who solve it with Pyomo's own means."""
    for name, figure in sheet.figures.items():
        keys: Iterable[Any] = list(product(*(sheet.sets[s][0] for s in figure.sets)))
        keys = [k[0] for k in keys] if len(figure.sets) == 1 else keys
        getattr(m, name).store_values(dict(zip(keys, figure.values.ravel().tolist(), strict=True)))
