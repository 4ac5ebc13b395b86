"""What a block of the model tells the rest: gas it delivers, money it costs, harm it does.

A block touches the others in two places only, the node balance and the objective. Everything it
states is a Pyomo rule that the compiler can walk once with index templates: integer days, generator
sums, no branch on an index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyomo.core as pyo
from numpy.typing import NDArray

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


def working(capacity: Any, available: Any) -> NDArray[np.float64]:
    """Capacity that works, by day; what is out gives 0 even where the capacity is unlimited."""
    capacity, available = np.broadcast_arrays(np.asarray(capacity, dtype=float), np.asarray(available, dtype=float))
    return np.where(available > 0, capacity, 0.0) * np.where(np.isinf(capacity), 1.0, available)


def stack(series: Iterable[NDArray[np.float64]], days: int) -> NDArray[np.float64]:
    """Daily series one above the other, shape (assets, days), also for no asset at all."""
    rows = list(series)
    return np.vstack(rows) if rows else np.zeros((0, days))


def variable(m: Any, name: str, *sets: Any, doc: str, bounds: Any = None) -> None:
    """Declare a non-negative variable over the sets; its elements are made only if Pyomo itself is to solve."""
    setattr(m, name, pyo.Var(*sets, domain=pyo.NonNegativeReals, bounds=bounds, dense=False, doc=doc))


def law(m: Any, *sets: Any) -> Callable[[Callable[..., Expression]], None]:
    """Decorator: state a rule for every element of the sets, under the function's name.

    Over an empty set there is nothing to state (and Pyomo's templates cannot be walked). The rule is kept,
    not called: the compiler walks it once, or `build.construct` hands it to Pyomo.
    """

    def state(rule: Callable[..., Expression]) -> None:
        if all(len(s) for s in sets):
            m.laws[rule.__name__] = pyo.Constraint(*sets, rule=rule, doc=rule.__doc__)

    return state
