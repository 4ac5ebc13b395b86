"""Rows of the tables that only studies read: how often assets fail, and for how long."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from energysim.inputs.row import Row
from energysim.units import Fraction

PerYear = Annotated[float, Field(ge=0, le=366, allow_inf_nan=False)]
RepairDays = Annotated[float, Field(ge=1, le=3660, allow_inf_nan=False)]


class OutageRateRow(Row):
    """A two-state process: an asset works until it fails, and is out until it is repaired.

    `asset` and `also` are lost together, by the share `share_lost_fraction`. low and high are the range of the failure
    rate; the range of the mean repair time has columns of its own.
    """

    table = "outage_rates"
    key = ("outage",)
    headline = "failures_per_year"
    needed = ("failures_per_year", "mean_repair_days", "share_lost_fraction")
    outage: str
    name: str
    asset: str
    also: str | None = None
    failures_per_year: PerYear | None = None
    mean_repair_days: RepairDays | None = None
    repair_low_days: RepairDays | None = None
    repair_high_days: RepairDays | None = None
    share_lost_fraction: Fraction | None = None

    @model_validator(mode="after")
    def _repair_in_range(self) -> Self:
        low, value, high = self.repair_low_days, self.mean_repair_days, self.repair_high_days
        if value is None:
            return self
        if self.estimate and (low is None or high is None):
            raise ValueError("mean_repair_days is an estimate, which carries its range; fill both repair columns")
        if (low is not None and value < low) or (high is not None and value > high):
            raise ValueError(
                f"mean_repair_days {value:g} lies outside {low:g} to {high:g}; mend the figure or its range"
            )
        return self
