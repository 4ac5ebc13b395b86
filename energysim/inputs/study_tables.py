"""Rows of the tables that only studies read: how often assets fail and for how long; what projects would change."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from energysim.inputs.row import Row
from energysim.units import GCV, Finite, Fraction, PremiumEurPerMWh

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


EFFECT_NEEDS: dict[str, tuple[str, ...]] = {
    "add": ("asset", "field", "amount", "unit"),
    "entry": ("node", "amount", "unit", "price_series", "premium_eur_per_mwh", "notice_days"),
    "pipe": ("node", "to_node", "amount", "unit"),
    "demand": ("node", "demand_class", "amount", "unit"),
    "none": ("note",),
}
"""Kind of an effect -> the columns it fills."""
EFFECT_COLUMNS = ("asset", "field", "amount", "unit", "node", "to_node", "demand_class", "price_series",
                  "premium_eur_per_mwh", "notice_days")  # fmt: skip


class ProjectEffectRow(Row):
    """One thing that a project of `projects.csv` changes in a gas system, in the year in which it is finished.

    add: so much more of a field of an asset; entry: gas that may be bought behind a new border point, daily quantity
    and price; pipe: a new main between two nodes; demand: so much more (less) a year in a class at a node; none: not
    modelled, the note says why. in_base: the project works already; builds_on: a project without which this one is none.
    """

    table = "project_effects"
    key = ("project", "effect")
    headline = "amount"
    project: str
    effect: str
    kind: Literal["add", "entry", "pipe", "demand", "none"]
    asset: str | None = None
    field: str | None = None
    amount: Finite | None = None
    unit: str | None = None
    node: str | None = None
    to_node: str | None = None
    demand_class: str | None = None
    price_series: str | None = None
    premium_eur_per_mwh: PremiumEurPerMWh | None = None
    notice_days: Annotated[int, Field(ge=0, le=366)] | None = None
    gcv_kwh_per_m3: GCV | None = None
    in_base: bool
    builds_on: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needs = EFFECT_NEEDS[self.kind]
        if self.rival is None:
            blank = [n for n in needs if getattr(self, n) is None]
            if blank:
                raise ValueError(f"an effect of kind `{self.kind}` fills {', '.join(blank)}; found blank")
        more = [n for n in EFFECT_COLUMNS if n not in needs and getattr(self, n) is not None]
        if more:
            raise ValueError(f"an effect of kind `{self.kind}` has no {', '.join(more)}; leave blank")
        if self.amount is not None and self.kind != "demand" and self.amount < 0:
            raise ValueError(f"amount {self.amount:g} is negative; only demand can fall")
        return self
