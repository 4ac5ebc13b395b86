"""How figures in doubt are called, in which unit they stand, and who would know them."""

from __future__ import annotations

from typing import Any

from energysim.inputs.read import Dataset

OWN = "EST"
"""The source that stands for an estimate of this project: there is nobody behind it to ask."""

WORDS = {
    "capacity_gwh_per_day": "capacity", "reserved_gwh_per_day": "capacity reserved", "dcq_mcm_per_day": "daily quantity",
    "dcq_fraction": "daily quantity by month", "production_mcm_per_day": "production", "volume_mcm": "volume",
    "working_gas_volume_mcm": "working gas volume", "withdrawal_fraction": "withdrawal by month",
    "rate_fraction": "curve", "level_mcm": "opening stock", "target_fraction": "target level",
    "value_eur_per_mwh": "value of closing stock", "price_eur_per_mwh": "price", "tariff_eur_per_mwh": "tariff",
    "slope_mcm_per_day_per_c": "demand per degree", "slope_factor": "level of demand", "factor": "calendar factor",
    "share": "share of demand", "voll_eur_per_mwh": "value of lost load", "switchable_fraction": "switchable to oil",
    "stock_mcm": "oil stock", "value": "",
}  # fmt: skip
"""Headline column -> what a reader calls it."""
UNITS = {
    "_gwh_per_day": "GWh/d", "_mcm_per_day_per_c": "mcm/d/degC", "_mcm_per_day": "mcm/d", "_mcm": "mcm",
    "_eur_per_mwh": "EUR/MWh", "_fraction": "1", "factor": "1", "share": "1",
}  # fmt: skip
"""Ending of a column -> its unit."""


def unit_of(column: str) -> str:
    """The unit of a column from its ending."""
    return next((unit for ending, unit in UNITS.items() if column.endswith(ending)), "")


def label(dataset: Dataset, row: Any, group: bool = False) -> str:
    """What a reader calls the asset of a row (or of the rows that move with it)."""
    if row.table == "curtailment_steps":
        return "All demand classes"
    if row.table == "closing_values":
        return "All accounts"
    if row.table == "sectors" and group:
        return "Serbian sectors"
    if row.table == "regional_shares":
        return f"Region {row.region}"
    if row.table == "region_zones":
        return f"{row.node} of region {row.region}" + ("" if row.sector == "all" else f", {row.sector}")
    if row.table == "demand_calendar" and row.calendar == "weekday":
        return "Weekdays and weekends"
    name = getattr(row, "name", None) or _name_of(dataset, row) or row.identity[0].replace("_", " ")
    name = "All sectors" if name == "all" else name
    name = name.partition(",")[0] if row.table == "upstream" else name
    side = getattr(row, "side", None)
    more = f" ({side} side)" if side else " and its like" if row.table == "tariffs" and group else ""
    more = f", {row.kind}" if row.table == "storage_curves" else more
    dates = f" from {row.valid_from}" if row.table in ("prices", "production") and row.valid_from else ""
    return f"{name}{more}{dates}"


def _name_of(dataset: Dataset, row: Any) -> str:
    """The name that another table gives the account, contract, sector or class of a row."""
    for column, table in (("account", "storage_accounts"), ("contract", "contracts"), ("sector", "sectors"),
                          ("demand_class", "demand_classes")):  # fmt: skip
        if hasattr(row, column):
            asset = getattr(row, column)
            named = [r for r in dataset.rows(table) if getattr(r, column) == asset and getattr(r, "name", None)]
            return str(named[-1].name) if named else ""  # type: ignore[attr-defined]
    return ""


def whom(dataset: Dataset, row: Any, sources: tuple[str, ...]) -> str:
    """Who would know: the seller, owner or operator that the row names; else who published its sources."""
    if row.table == "contracts":
        return str(row.supplier)
    if row.table in ("upstream", "pipelines", "storage_sites", "production"):
        far = getattr(row, "kind", "") == "supply_limit"
        return "sellers and operators upstream" if far else f"operator of {label(dataset, row)}"
    if row.table in ("reservations", "tariffs"):
        return f"operator of {row.upstream.replace('_', ' ')}" if row.table == "reservations" else "operator, regulator"
    if hasattr(row, "account"):
        held = [r for r in dataset.rows("storage_accounts") if r.identity[0] == row.account and r.rival is None]
        return f"{held[-1].owner} and the operator of {held[-1].site.replace('_', ' ')}" if held else ""  # type: ignore[attr-defined]
    return ", ".join(publishers(dataset, sources)) or "no source yet: an estimate of this project"


def publishers(dataset: Dataset, sources: tuple[str, ...]) -> list[str]:
    """Who published the sources, this project left out."""
    found = [dataset.sources[s].publisher for s in sources if s != OWN and s in dataset.sources]
    return list(dict.fromkeys(p for p in found if p))
