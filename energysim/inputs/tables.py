"""One frozen class per table in `data/`: a column there is a field here, the unit stands in the name.

Every row says over which dates it holds, where it comes from and how sure it is. A row with a `rival`
name is what another source says of the same thing: it is kept and shown, never used unless a scenario
selects it. `low` and `high` are the range of the row's *headline* figure.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from energysim.inputs.map_tables import LinePathRow as LinePathRow
from energysim.inputs.map_tables import PlaceZoneRow as PlaceZoneRow
from energysim.inputs.row import Row as Row
from energysim.inputs.row import SourceRow as SourceRow
from energysim.inputs.study_tables import OutageRateRow as OutageRateRow
from energysim.inputs.study_tables import ProjectEffectRow as ProjectEffectRow
from energysim.units import (
    GCV,
    MCM,
    Celsius,
    DayOfYear,
    EurPerMWh,
    Factor,
    Finite,
    Fraction,
    GWhPerDay,
    MCMPerDay,
    PremiumEurPerMWh,
)

Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class NodeRow(Row):
    table = "nodes"
    key = ("node",)
    node: str
    name: str
    kind: Literal["zone", "transit", "exit"]
    latitude: Latitude
    longitude: Longitude


class PlaceRow(Row):
    table = "places"
    key = ("place",)
    place: str
    name: str
    kind: Literal["border_point", "junction", "town", "storage", "production", "proposed"]
    latitude: Latitude
    longitude: Longitude
    position: Literal["site", "town", "approximate"]


class GasSourceRow(Row):
    table = "gas_sources"
    key = ("gas_source",)
    gas_source: str
    name: str
    country: str | None = None
    kind: Literal["pipeline", "lng", "hub", "domestic"]
    stack_order: int


class UpstreamRow(Row):
    table = "upstream"
    key = ("upstream", "side")
    headline = "capacity_gwh_per_day"
    upstream: str
    side: str | None = None
    name: str
    kind: Literal["field", "pipeline", "terminal", "border_point", "supply_limit"]
    capacity_gwh_per_day: GWhPerDay | None = None


class ReservationRow(Row):
    table = "reservations"
    key = ("reservation", "upstream")
    headline = "reserved_gwh_per_day"
    needed = ("reserved_gwh_per_day",)
    reservation: str
    upstream: str
    beneficiary: str
    reserved_gwh_per_day: GWhPerDay | None = None


class PipelineRow(Row):
    table = "pipelines"
    key = ("pipeline", "side")
    headline = "capacity_gwh_per_day"
    needed = ("capacity_gwh_per_day",)
    pipeline: str
    name: str
    from_node: str
    to_node: str
    side: str | None = None
    capacity_gwh_per_day: GWhPerDay | None = None
    shrinkage_fraction: Fraction | None = None
    length_km: NonNegative | None = None


class TariffRow(Row):
    table = "tariffs"
    key = ("tariff",)
    headline = "tariff_eur_per_mwh"
    needed = ("tariff_eur_per_mwh",)
    tariff: str
    asset: str
    tariff_eur_per_mwh: EurPerMWh | None = None


class ContractRow(Row):
    table = "contracts"
    key = ("piece",)
    headline = "dcq_mcm_per_day"
    needed = ("dcq_mcm_per_day", "gcv_kwh_per_m3", "price_series", "premium_eur_per_mwh", "notice_days")
    piece: str
    contract: str
    name: str
    supplier: str
    gas_source: str
    kind: Literal["long_term", "purchase", "spot", "lng_slot", "emergency"]
    status: Literal["in_force", "expired", "announced", "assumed", "unknown"]
    firm: bool
    dcq_mcm_per_day: MCMPerDay | None = None
    acq_mcm: MCM | None = None
    take_or_pay_fraction: Fraction | None = None
    gcv_kwh_per_m3: GCV | None = None
    price_series: str | None = None
    premium_eur_per_mwh: PremiumEurPerMWh | None = None
    notice_days: Annotated[int, Field(ge=0)] | None = None
    destination: str | None = None


class ContractSeasonRow(Row):
    table = "contract_seasons"
    key = ("contract", "month")
    headline = "dcq_fraction"
    needed = ("dcq_fraction",)
    contract: str
    month: Annotated[int, Field(ge=1, le=12)]
    dcq_fraction: Fraction | None = None


class RouteRow(Row):
    table = "routes"
    key = ("route",)
    headline = "length_km"
    route: str
    asset: str
    entry_node: str
    path: str
    length_km: NonNegative | None = None


class PriceRow(Row):
    table = "prices"
    key = ("price_series",)
    headline = "price_eur_per_mwh"
    needed = ("price_eur_per_mwh",)
    price_series: str
    price_eur_per_mwh: EurPerMWh | None = None
    published_value: str | None = None
    published_unit: str | None = None


class ProductionRow(Row):
    table = "production"
    key = ("field",)
    headline = "production_mcm_per_day"
    needed = ("production_mcm_per_day", "gcv_kwh_per_m3", "price_series", "premium_eur_per_mwh")
    field: str
    name: str
    node: str
    production_mcm_per_day: MCMPerDay | None = None
    gcv_kwh_per_m3: GCV | None = None
    price_series: str | None = None
    premium_eur_per_mwh: PremiumEurPerMWh | None = None


class StorageSiteRow(Row):
    table = "storage_sites"
    key = ("site",)
    headline = "working_gas_volume_mcm"
    site: str
    name: str
    country: str
    node: str | None = None
    working_gas_volume_mcm: MCM | None = None
    withdrawal_capacity_gwh_per_day: GWhPerDay | None = None
    injection_capacity_gwh_per_day: GWhPerDay | None = None
    gcv_kwh_per_m3: GCV | None = None


class StorageAccountRow(Row):
    table = "storage_accounts"
    key = ("account",)
    headline = "volume_mcm"
    needed = ("volume_mcm", "withdrawal_capacity_mcm_per_day", "injection_capacity_mcm_per_day", "gcv_kwh_per_m3")
    account: str
    site: str
    name: str
    owner: str
    callable: bool
    volume_mcm: MCM | None = None
    withdrawal_capacity_mcm_per_day: MCMPerDay | None = None
    injection_capacity_mcm_per_day: MCMPerDay | None = None
    injection_fuel_fraction: Fraction | None = None
    gcv_kwh_per_m3: GCV | None = None


class StorageSeasonRow(Row):
    table = "storage_seasons"
    key = ("account", "month")
    headline = "withdrawal_fraction"
    needed = ("withdrawal_fraction",)
    account: str
    month: Annotated[int, Field(ge=1, le=12)]
    withdrawal_fraction: Fraction | None = None


class StorageCurveRow(Row):
    table = "storage_curves"
    key = ("account", "kind", "fill_fraction")
    headline = "rate_fraction"
    needed = ("rate_fraction",)
    account: str
    kind: Literal["withdrawal", "injection"]
    fill_fraction: Fraction
    rate_fraction: Fraction | None = None


class StorageLevelRow(Row):
    table = "storage_levels"
    key = ("account", "date", "kind")
    headline = "level_mcm"
    account: str
    date: date
    level_mcm: MCM | None = None
    kind: Literal["opening", "observed", "planned"]
    gcv_kwh_per_m3: GCV | None = None


class StorageTargetRow(Row):
    table = "storage_targets"
    key = ("account", "target_day")
    headline = "target_fraction"
    needed = ("target_fraction", "shortfall_price_eur_per_mwh")
    account: str
    target_day: DayOfYear
    target_fraction: Fraction | None = None
    shortfall_price_eur_per_mwh: EurPerMWh | None = None


class ClosingValueRow(Row):
    table = "closing_values"
    key = ("account", "step")
    headline = "value_eur_per_mwh"
    needed = ("share_of_volume", "value_eur_per_mwh")
    account: str
    step: Annotated[int, Field(ge=1)]
    share_of_volume: Fraction | None = None
    value_eur_per_mwh: EurPerMWh | None = None


class ProjectRow(Row):
    table = "projects"
    key = ("project",)
    headline = "cost_meur"
    project: str
    name: str
    kind: str
    asset: str | None = None
    capacity_gwh_per_day: GWhPerDay | None = None
    volume_mcm: MCM | None = None
    annual_mcm: MCM | None = None
    gcv_kwh_per_m3: GCV | None = None
    cost_meur: NonNegative | None = None
    expected_date: date | None = None
    status: str | None = None
    effect: str | None = None


class EventRow(Row):
    table = "events"
    key = ("event",)
    headline = "lost_mcm_per_day"
    event: str
    name: str
    start: date | None = None
    until: date | None = None
    asset: str | None = None
    lost_mcm_per_day: MCMPerDay | None = None
    gcv_kwh_per_m3: GCV | None = None
    response: str | None = None


class SectorRow(Row):
    table = "sectors"
    key = ("sector",)
    headline = "slope_mcm_per_day_per_c"
    needed = ("base_mcm_per_day", "slope_mcm_per_day_per_c", "gcv_kwh_per_m3")
    sector: str
    name: str
    demand_class: str
    base_mcm_per_day: MCMPerDay | None = None
    slope_mcm_per_day_per_c: NonNegative | None = None
    heating_season_only: bool
    gcv_kwh_per_m3: GCV | None = None


class DemandLevelRow(Row):
    table = "demand_levels"
    key = ("sector",)
    headline = "slope_factor"
    needed = ("base_factor", "slope_factor")
    sector: str
    base_factor: Factor | None = None
    slope_factor: Factor | None = None


class RegionalShareRow(Row):
    table = "regional_shares"
    key = ("sector", "region")
    headline = "share"
    needed = ("share",)
    sector: str
    region: str
    share: Fraction | None = None


class RegionZoneRow(Row):
    table = "region_zones"
    key = ("sector", "region", "node")
    headline = "share"
    needed = ("share",)
    sector: str
    region: str
    node: str
    share: Fraction | None = None


class DemandCalendarRow(Row):
    table = "demand_calendar"
    key = ("calendar", "sector", "key_number")
    headline = "factor"
    needed = ("factor",)
    calendar: Literal["weekday", "month"]
    sector: str
    key_number: Annotated[int, Field(ge=1, le=12, alias="key")]
    factor: Factor | None = None


class DemandClassRow(Row):
    table = "demand_classes"
    key = ("demand_class",)
    demand_class: str
    name: str
    cut_order: Annotated[int, Field(ge=1)] | None = None
    protected: bool
    cuttable: bool


class CurtailmentStepRow(Row):
    table = "curtailment_steps"
    key = ("demand_class", "step")
    headline = "voll_eur_per_mwh"
    needed = ("depth_fraction", "voll_eur_per_mwh")
    demand_class: str
    step: Annotated[int, Field(ge=1)]
    depth_fraction: Fraction | None = None
    voll_eur_per_mwh: EurPerMWh | None = None


class FuelSwitchRow(Row):
    table = "fuel_switch"
    key = ("demand_class",)
    headline = "switchable_fraction"
    needed = ("switchable_fraction", "oil_price_eur_per_mwh", "notice_days")
    demand_class: str
    switchable_fraction: Fraction | None = None
    oil_price_eur_per_mwh: EurPerMWh | None = None
    notice_days: Annotated[int, Field(ge=0)] | None = None


class OilStockRow(Row):
    table = "oil_stocks"
    key = ("demand_class",)
    headline = "stock_mcm"
    needed = ("stock_mcm", "refill_mcm_per_day", "gcv_kwh_per_m3")
    demand_class: str
    stock_mcm: MCM | None = None
    refill_mcm_per_day: MCMPerDay | None = None
    gcv_kwh_per_m3: GCV | None = None


class ParameterRow(Row):
    table = "parameters"
    key = ("parameter",)
    headline = "value"
    needed = ("value",)
    parameter: str
    value: Finite | None = None
    unit: str


class AnnualBalanceRow(Row):
    table = "annual_balance"
    key = ("year", "item")
    headline = "quantity_mcm"
    year: int
    item: str
    quantity_mcm: Finite | None = None
    gcv_kwh_per_m3: GCV | None = None


class SectorHistoryRow(Row):
    table = "sector_history"
    key = ("year", "sector")
    headline = "quantity_mcm"
    year: int
    sector: str
    quantity_mcm: Finite | None = None
    gcv_kwh_per_m3: GCV | None = None


class MonthlySupplyRow(Row):
    table = "monthly_supply"
    key = ("month",)
    headline = "supply_mcm"
    month: Annotated[str, Field(pattern=r"^\d{4}-\d\d$")]
    supply_mcm: MCM | None = None
    gcv_kwh_per_m3: GCV | None = None
    inflow_mcm: MCM | None = None
    bosnia_mcm: MCM | None = None
    production_mcm: MCM | None = None


class BorderFlowRow(Row):
    table = "border_flows"
    key = ("date", "point", "direction")
    headline = "flow_gwh"
    date: date
    point: str
    direction: str
    flow_gwh: NonNegative | None = None
    technical_gwh: NonNegative | None = None
    booked_gwh: NonNegative | None = None


class PeakStatementRow(Row):
    table = "peak_statements"
    key = ("date", "item")
    headline = "demand_mcm"
    date: date
    item: str
    demand_mcm: MCM | None = None
    gcv_kwh_per_m3: GCV | None = None
    kind: str
    temperature_c: Celsius | None = None


TABLES: dict[str, type[Row]] = {
    cls.table: cls
    for cls in (
        NodeRow, PlaceRow, GasSourceRow, UpstreamRow, ReservationRow, PipelineRow, TariffRow, ContractRow,
        ContractSeasonRow, RouteRow, PriceRow, ProductionRow, StorageSiteRow, StorageAccountRow, StorageSeasonRow,
        StorageCurveRow, StorageLevelRow, StorageTargetRow, ClosingValueRow, ProjectRow, EventRow,
        SectorRow, DemandLevelRow, RegionalShareRow, RegionZoneRow, DemandCalendarRow, DemandClassRow,
        CurtailmentStepRow, FuelSwitchRow, OilStockRow, ParameterRow, AnnualBalanceRow, SectorHistoryRow,
        MonthlySupplyRow, BorderFlowRow, PeakStatementRow, OutageRateRow, ProjectEffectRow, PlaceZoneRow, LinePathRow,
    )
}  # fmt: skip
