"""From tables to demand: the demand model, classes with their value of lost load, fuel switch."""

from __future__ import annotations

from typing import cast

import numpy as np

from energysim.errors import InputError
from energysim.inputs import tables as t
from energysim.inputs.assets import Daily, DemandClass, FuelSwitch
from energysim.inputs.demand import DemandModel, HeatResponse, SectorDemand
from energysim.inputs.horizon import Horizon, gwh
from energysim.inputs.scenario import Planner


def demand_model(horizon: Horizon) -> DemandModel:
    """The demand model of a horizon from the sector, level, share and calendar tables."""
    p = horizon.parameter
    response = HeatResponse(
        threshold=p("threshold_temperature"),
        kink=p("cold_kink_temperature"),
        cold_factor=p("cold_slope_factor"),
        weights=tuple(p(f"temperature_weight_{k}") for k in range(4)),
        season=(int(p("heating_season_start")), int(p("heating_season_end"))),
        shoulder=(int(p("heating_shoulder_start")), int(p("heating_shoulder_end"))),
        rule_temperature=p("heating_rule_temperature"),
    )
    levels = horizon.grouped(t.DemandLevelRow, "sector")
    sectors = []
    for name, rows in horizon.grouped(t.SectorRow, "sector").items():
        base = horizon.series(rows, lambda r: gwh(r.base_mcm_per_day, r.gcv_kwh_per_m3), missing=0.0)
        slope = horizon.series(rows, lambda r: gwh(r.slope_mcm_per_day_per_c, r.gcv_kwh_per_m3), missing=0.0)
        for level in ("all", name):
            base = base * horizon.series(levels.get(level, []), lambda r: r.base_factor, missing=1.0)
            slope = slope * horizon.series(levels.get(level, []), lambda r: r.slope_factor, missing=1.0)
        weekday, month = _calendar(horizon, name)
        shares = _zone_shares(horizon, name)
        sectors.append(
            SectorDemand(name, rows[-1].demand_class, base * month * weekday, slope * weekday,
                         rows[-1].heating_season_only, shares)
        )  # fmt: skip
    return DemandModel(horizon.first, response, tuple(sectors))


def _calendar(horizon: Horizon, sector: str) -> tuple[Daily, Daily]:
    factors: dict[tuple[str, int], float] = {}
    rows = [r for r in horizon.rows(t.DemandCalendarRow) if r.sector in ("all", sector)]
    for row in sorted(rows, key=lambda r: r.sector != "all"):  # a sector's own row overrules `all`
        factors[row.calendar, row.key_number] = cast(float, row.factor)
    weekday = np.array([factors.get(("weekday", d.isoweekday()), 1.0) for d in horizon.dates])
    month = np.array([factors.get(("month", d.month), 1.0) for d in horizon.dates])
    return weekday, month


def _zone_shares(horizon: Horizon, sector: str) -> dict[str, float]:
    """Share of a sector's demand by node: regional shares, each region split over zones."""
    zones: dict[str, dict[str, float]] = {}
    for row in sorted(horizon.rows(t.RegionZoneRow), key=lambda r: r.sector != "all"):
        if row.sector not in ("all", sector):
            continue
        key = row.region if row.sector == "all" else f"{row.region} own"
        zones.setdefault(key, {})[row.node] = cast(float, row.share)
    regions = {r.region: cast(float, r.share) for r in horizon.rows(t.RegionalShareRow) if r.sector == sector}
    shares: dict[str, float] = {}
    for region, of_sector in regions.items():  # a selected rival has taken the place of its region's row
        split = zones.get(f"{region} own", zones.get(region, {}))
        for node, share in split.items():
            shares[node] = shares.get(node, 0.0) + share * of_sector
    if abs(sum(shares.values()) - 1) > 1e-6:
        raise InputError(
            f"data/regional_shares.csv: shares of sector {sector!r} over zones add to {sum(shares.values()):g}; "
            "regional_shares and region_zones must each add to 1"
        )
    return shares


def read_demand_classes(horizon: Horizon, planner: Planner) -> list[DemandClass]:
    """Demand classes with depth steps at the low, mid or high value of lost load [EUR/MWh]."""
    column = {"low": "low", "mid": "voll_eur_per_mwh", "high": "high"}[planner.value_of_lost_load]
    steps: dict[str, dict[int, tuple[float, float]]] = {}
    for row in horizon.rows(t.CurtailmentStepRow):
        value = getattr(row, column)
        steps.setdefault(row.demand_class, {})[row.step] = (cast(float, row.depth_fraction), float(value))
    rows = horizon.rows(t.DemandClassRow)
    last = max(r.cut_order or 0 for r in rows) + 1
    backstop = ((1.0, horizon.parameter("loss_backstop_price")),)
    return [
        DemandClass(
            r.demand_class,
            tuple(steps[r.demand_class][k] for k in sorted(steps[r.demand_class])) if r.cuttable else backstop,
            r.cut_order or last,
            r.protected,
            r.cuttable,
            r.name,
        )
        for r in rows
    ]


def read_fuel_switches(horizon: Horizon) -> list[FuelSwitch]:
    """Oil that classes can burn instead of gas [GWh]."""
    stocks = horizon.grouped(t.OilStockRow, "demand_class")
    switches = []
    for name, rows in horizon.grouped(t.FuelSwitchRow, "demand_class").items():
        stock = stocks.get(name, [])
        level = horizon.series(stock, lambda r: gwh(r.stock_mcm, r.gcv_kwh_per_m3), missing=0.0)
        refill = horizon.series(stock, lambda r: gwh(r.refill_mcm_per_day, r.gcv_kwh_per_m3), missing=0.0)
        share = horizon.series(rows, lambda r: r.switchable_fraction, missing=0.0)
        row = rows[-1]
        switches.append(
            FuelSwitch(
                name, share, float(level[0]), cast(float, row.oil_price_eur_per_mwh), refill, row.notice_days or 0
            )
        )
    return switches
