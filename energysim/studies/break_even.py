"""Break-even: at which value of a scalar a measure first exceeds a limit, by bisection.

Assumed is that the measure passes the limit once between low and high: worse all the way from one end to the
other. Both ends are computed, so that "never" and "always" are said plainly; whether the measure rose without
falling back at every value that was looked at is reported (`monotone`). What it does between those is not seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Outcome = Literal["found", "never", "always"]
SLACK = 1e-6
"""Relative fall of a measure that still counts as not falling (the solver's own accuracy)."""
MOST_STEPS = 60


@dataclass(frozen=True)
class BreakEven:
    """What the search found. `holds_at` and `exceeds_at` close the bracket in which the limit is first exceeded."""

    outcome: Outcome
    holds_at: float | None
    """Last value found at which the measure does not exceed the limit."""
    exceeds_at: float | None
    """First value found at which it does."""
    at_low: float
    """The measure at the lower end of the search."""
    at_high: float
    """The measure at the upper end."""
    runs: int
    monotone: bool

    @property
    def value(self) -> float | None:
        """The middle of the bracket: the break-even to half the tolerance; None if there is none."""
        return None if self.holds_at is None or self.exceeds_at is None else (self.holds_at + self.exceeds_at) / 2


def break_even(
    measure: Callable[[float], float],
    low: float,
    high: float,
    tolerance: float,
    limit: float = 0.0,
    whole: bool = False,
) -> BreakEven:
    """Where between low and high a measure first exceeds a limit, to a tolerance.

    whole: only whole numbers are looked at (days), and the search ends at neighbours.
    """
    seen: dict[float, float] = {}

    def exceeds(at: float) -> bool:
        if at not in seen:
            seen[at] = measure(at)
        return seen[at] > limit

    above_low, above_high = exceeds(low), exceeds(high)
    if above_low == above_high:
        outcome: Outcome = "always" if above_low else "never"
        return BreakEven(outcome, None, None, seen[low], seen[high], len(seen), True)
    holds, beyond = (high, low) if above_low else (low, high)
    for _ in range(MOST_STEPS):
        middle = float(round((holds + beyond) / 2)) if whole else float(f"{(holds + beyond) / 2:.10g}")
        if abs(beyond - holds) <= tolerance or middle in (holds, beyond):
            break
        holds, beyond = (holds, middle) if exceeds(middle) else (middle, beyond)
    along = [seen[at] for at in sorted(seen, reverse=above_low)]
    monotone = all(later >= earlier - SLACK * (1 + abs(earlier)) for earlier, later in pairwise(along))
    return BreakEven("found", holds, beyond, seen[low], seen[high], len(seen), monotone)
