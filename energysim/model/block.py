"""What a block of the model tells the rest: gas it delivers, money it costs, harm it does.

A block touches the others in two places only, the node balance and the objective. Everything it
states is a Pyomo rule that the compiler can walk once with index templates: integer days, generator
sums, no branch on an index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray

from energysim.errors import InputError

Expression = Any
"""A Pyomo numeric expression (Pyomo ships no types)."""

Delivery = Callable[[Any, Any], Expression]
Term = Callable[[Any], Expression]


@dataclass(frozen=True)
class Block:
    """A part of the linear programme, seen from outside."""

    name: str
    delivers: Mapping[str, Delivery]
    """Name of the flow of gas -> (node, day) -> GWh/d into the node; negative where it takes gas."""
    costs: Mapping[str, Term] = field(default_factory=dict)
    """kEUR, as someone would be invoiced."""
    penalties: Mapping[str, Term] = field(default_factory=dict)
    """kEUR-equivalent of harm; never added to costs in a report."""


def data(m: Any, name: str, *sets: Any, values: Any, doc: str) -> None:
    """Declare a Param `name` over `sets` from an array whose axes follow the sets; `doc` carries the unit."""
    array = np.asarray(values, dtype=float)
    if np.isnan(array).any():
        raise InputError(f"{name} [{doc}] is not a number somewhere; an input is missing or contradicts itself")
    keys: Iterable[Any] = list(sets[0]) if len(sets) == 1 else product(*[list(s) for s in sets])
    setattr(
        m,
        name,
        pyo.Param(*sets, initialize=dict(zip(keys, array.ravel().tolist(), strict=True)), doc=doc, mutable=True),
    )


def working(capacity: Any, available: Any) -> NDArray[np.float64]:
    """Capacity that works, by day; what is out gives 0 even where the capacity is unlimited."""
    capacity, available = np.broadcast_arrays(np.asarray(capacity, dtype=float), np.asarray(available, dtype=float))
    return np.where(available > 0, capacity, 0.0) * np.where(np.isinf(capacity), 1.0, available)


def stack(series: Iterable[NDArray[np.float64]], days: int) -> NDArray[np.float64]:
    """Daily series one above the other, shape (assets, days), also for no asset at all."""
    rows = list(series)
    return np.vstack(rows) if rows else np.zeros((0, days))


def indexed_set(m: Any, name: str, over: Any, members: Mapping[Any, list[Any]], within: Any, doc: str) -> None:
    """Declare a Set `name` that gives for each element of `over` its members, in order."""
    setattr(
        m, name, pyo.Set(over, dimen=1, initialize={k: list(members.get(k, [])) for k in over}, within=within, doc=doc)
    )


def law(m: Any, *sets: Any) -> Callable[[Callable[..., Expression]], None]:
    """Decorator: state a rule for every element of the sets, under the function's name.

    Over an empty set there is nothing to state (and Pyomo's templates cannot be walked).
    """

    def state(rule: Callable[..., Expression]) -> None:
        if all(len(s) for s in sets):
            setattr(m, rule.__name__, pyo.Constraint(*sets, rule=rule, doc=rule.__doc__))

    return state
