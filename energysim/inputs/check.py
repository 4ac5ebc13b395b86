"""Checks between tables, at once when the data are read: every name that a row refers to must exist.

What the figures of several rows must satisfy together is checked in `inputs.check_figures`. A table with
problems of its own is not held against the rows that refer to it, so that one mistake gives one message.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from energysim.errors import suggest
from energysim.inputs.check_figures import FIGURES
from energysim.inputs.row import Known, Tables

PARAMETERS = (
    "threshold_temperature", "cold_kink_temperature", "cold_slope_factor", "heating_season_start", "heating_season_end",
    "heating_shoulder_start", "heating_shoulder_end", "heating_rule_temperature", "temperature_weight_0",
    "temperature_weight_1", "temperature_weight_2", "temperature_weight_3", "tie_breaking_cost", "loss_backstop_price",
    "demand_residual_annual_sd", "demand_residual_daily_sd", "demand_residual_daily_lag1", "price_residual_sd",
    "price_residual_lag1", "weather_block_days", "project_discount_rate", "project_life_years",
    "probability_cold_winter", "probability_no_russian_gas", "probability_scenario_events",
)  # fmt: skip
"""Rows that `data/parameters.csv` must hold."""


Reference = tuple[str, str, str, tuple[tuple[str, str], ...], tuple[str, ...]]

_NODES, _SECTORS, _CLASSES = (("nodes", "node"),), (("sectors", "sector"),), (("demand_classes", "demand_class"),)
_PLACES = (("places", "place"),)
_ACCOUNTS, _PRICES = (("storage_accounts", "account"),), (("prices", "price_series"),)
_PROJECTS = (("projects", "project"),)

REFERENCES: tuple[Reference, ...] = (
    ("reservations", "upstream", "upstream asset", (("upstream", "upstream"),), ()),
    ("pipelines", "from_node", "node", _NODES, ()),
    ("pipelines", "to_node", "node", _NODES, ()),
    ("contracts", "gas_source", "gas source", (("gas_sources", "gas_source"),), ()),
    ("contracts", "price_series", "price series", _PRICES, ()),
    ("contracts", "destination", "node", _NODES, ()),
    ("contract_seasons", "contract", "contract", (("contracts", "contract"),), ()),
    ("routes", "entry_node", "node", _NODES, ()),
    ("production", "node", "node", _NODES, ()),
    ("production", "price_series", "price series", _PRICES, ()),
    ("storage_sites", "node", "node", _NODES, ()),
    ("storage_accounts", "site", "storage site", (("storage_sites", "site"),), ()),
    ("storage_seasons", "account", "account", _ACCOUNTS, ()),
    ("storage_curves", "account", "account", _ACCOUNTS, ()),
    ("storage_targets", "account", "account", _ACCOUNTS, ()),
    ("closing_values", "account", "account", _ACCOUNTS, ()),
    ("sectors", "demand_class", "demand class", _CLASSES, ()),
    ("demand_levels", "sector", "sector", _SECTORS, ("all",)),
    ("demand_calendar", "sector", "sector", _SECTORS, ("all",)),
    ("regional_shares", "sector", "sector", _SECTORS, ()),
    ("regional_shares", "region", "region", (("region_zones", "region"),), ()),
    ("region_zones", "sector", "sector", _SECTORS, ("all",)),
    ("region_zones", "region", "region", (("regional_shares", "region"),), ()),
    ("region_zones", "node", "node", _NODES, ()),
    ("curtailment_steps", "demand_class", "demand class", _CLASSES, ()),
    ("fuel_switch", "demand_class", "demand class", _CLASSES, ()),
    ("oil_stocks", "demand_class", "demand class", _CLASSES, ()),
    ("place_zones", "place", "place", _PLACES, ()),
    ("place_zones", "node", "node", _NODES, ()),
    ("line_paths", "place", "place", _PLACES, ()),
    ("project_effects", "project", "project", _PROJECTS, ()),
    ("project_effects", "builds_on", "project", _PROJECTS, ()),
    ("project_effects", "node", "node", _NODES, ()),
    ("project_effects", "to_node", "node", _NODES, ()),
    ("project_effects", "demand_class", "demand class", _CLASSES, ()),
    ("project_effects", "price_series", "price series", _PRICES, ()),
)
"""Table, column, what it names, where such names stand, further names that are allowed."""

_OPENINGS: Reference = ("storage_levels", "account", "account", _ACCOUNTS, ())

PATHS: dict[str, tuple[tuple[str, str], ...]] = {
    "upstream": (("upstream", "upstream"),),
    "pipelines": (("pipelines", "pipeline"),),
    "reservations": (("reservations", "reservation"),),
    "contracts": (("contracts", "contract"),),
    "accounts": _ACCOUNTS,
    "sites": (("storage_sites", "site"),),
    "production": (("production", "field"),),
    "prices": _PRICES,
}
"""First word of an asset path in a table -> where the second stands."""

ASSETS = {
    "tariffs": ("upstream", "pipelines", "reservations", "accounts"),
    "routes": ("contracts", "accounts"),
    "projects": tuple(PATHS),
    "project_effects": ("upstream", "pipelines", "contracts", "accounts", "sites"),
    "events": tuple(PATHS),
    "outage_rates": tuple(k for k in PATHS if k not in ("reservations", "prices")),
}
"""Tables with a column `asset` (or `also`), and the kinds of asset that may stand there."""


def check_tables(tables: Tables) -> list[str]:
    """Every problem between tables, each with file and line."""
    found = [*_unknown_names(tables), *_unknown_assets(tables), *_unknown_ways(tables)]
    problems = _told_once(found)
    unsound = {name for name, table in tables.items() if not table.sound} | {f.table for f in found}
    if "parameters" not in unsound:
        problems += _check_parameters(tables["parameters"])
    for needed, check in FIGURES:
        if not unsound & set(needed):
            problems += check(tables)
    return problems


@dataclass(frozen=True)
class Unknown:
    """A name that stands nowhere else."""

    table: str
    place: str
    column: str
    text: str


def _told_once(found: list[Unknown]) -> list[str]:
    """One line for each unknown name, with the other places where it stands."""
    places: dict[str, list[Unknown]] = {}
    for unknown in found:
        places.setdefault(unknown.text, []).append(unknown)
    lines = []
    for text, (first, *others) in places.items():
        named = ", ".join(dict.fromkeys(o.place for o in others[:3]))
        more = f" and {len(others) - 3} more" if len(others) > 3 else ""
        lines.append(f"{first.place}: {first.column}: {text}" + (f" (also in {named}{more})" if others else ""))
    return lines


def _names(tables: Tables, places: tuple[tuple[str, str], ...]) -> set[str] | None:
    """Every name that stands there; None if a table there has problems of its own."""
    if not all(tables[name].sound for name, _ in places):
        return None
    return {str(getattr(row, column)) for name, column in places for row, _ in tables[name]}


def _unknown_names(tables: Tables) -> Iterator[Unknown]:
    for name, column, kind, places, more in (*REFERENCES, _OPENINGS):
        known = _names(tables, places)
        for row, line in tables[name] if known is not None else ():
            value = getattr(row, column)
            if value is None or value in (known or ()) or value in more:
                continue
            if name == "storage_levels" and row.kind != "opening":
                continue  # a report may be of several accounts together
            text = f"unknown {kind} {value!r}{suggest(value, {*(known or ()), *more})}"
            yield Unknown(name, tables[name].where(line), column, text)


def _unknown_assets(tables: Tables) -> Iterator[Unknown]:
    for name, kinds in ASSETS.items():
        for row, line in tables[name]:
            for column in ("asset", "also"):
                path = getattr(row, column, None)
                if path is None or (name == "tariffs" and path == "network"):
                    continue
                problem = _wrong_asset(tables, path, kinds, ways=name == "tariffs")
                if problem:
                    yield Unknown(name, tables[name].where(line), column, problem)


def _wrong_asset(tables: Tables, path: str, kinds: Collection[str], ways: bool) -> str | None:
    """What is wrong with an asset path such as `contracts.gazprom` or `accounts.X.injection`."""
    kind, _, rest = path.partition(".")
    asset, _, way = rest.partition(".")
    if kind not in kinds:
        return (
            f"unknown kind of asset {kind!r}{suggest(kind, kinds)}; expected a path such as `{next(iter(kinds))}.NAME`"
        )
    known = _names(tables, PATHS[kind])
    if known is not None and asset not in known:
        return f"unknown asset {asset!r} in {kind}{suggest(asset, known)}"
    if ways and (kind == "accounts") != (way in ("injection", "withdrawal")):
        return f"found {path!r}; write `accounts.NAME.injection` or `accounts.NAME.withdrawal`"
    return None


def _unknown_ways(tables: Tables) -> Iterator[Unknown]:
    known = _names(tables, (("upstream", "upstream"),))
    for row, line in tables["routes"] if known is not None else ():
        for asset in row.path.split(">"):
            if asset not in (known or ()):
                hint = suggest(asset, known or ()) or "; the path is a list such as `hungary>horgos`"
                yield Unknown("routes", tables["routes"].where(line), "path", f"unknown upstream asset {asset!r}{hint}")
    for row, line in tables["pipelines"].used():
        if row.from_node == row.to_node:
            text = f"the pipeline ends where it starts, at {row.to_node}"
            yield Unknown("pipelines", tables["pipelines"].where(line), "to_node", text)


def _check_parameters(table: Known) -> Iterator[str]:
    lines = {row.parameter: line for row, line in table.used()}
    for name in PARAMETERS:
        if name not in lines:
            near = get_close_matches(name, set(lines) - set(PARAMETERS), n=1)
            hint = f"; mend the name {near[0]!r} on this line" if near else "; add a row"
            yield f"{table.where(lines[near[0]] if near else 1)}: parameter: {name!r} is missing{hint}"
