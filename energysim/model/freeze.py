"""The past, frozen by bounds in a programme of the same rows and columns: lower = upper = what was done."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from energysim.errors import SolverError
from energysim.model.compile import StandardForm
from energysim.model.solve import Solution

ACTIONS = ("flow", "nomination", "sales", "injection", "withdrawal", "curtailment", "fuel_switch", "oil_delivery")
"""Quantities of a gas day: done once the day is over."""
STOCKS = ("inventory", "oil_stock")
"""Stocks on the morning of a day: known up to and including today."""


def freeze(form: StandardForm, done: Solution, today: int) -> StandardForm:
    """The programme with every action before `today`, and every stock up to this morning, as in `done`."""
    if form.columns != done.form.columns:
        raise SolverError("news changed the columns of the programme; the past cannot be kept")
    lower, upper = form.column_lower.copy(), form.column_upper.copy()
    for names, last in ((ACTIONS, today - 1), (STOCKS, today)):
        for name in names:
            span = form.columns[name]
            past = span.start + np.flatnonzero(span.days() <= last)
            lower[past] = upper[past] = done.values[past]
    return replace(form, column_lower=lower, column_upper=upper)
