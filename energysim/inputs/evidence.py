"""Where each number comes from: `explain` an asset's figures, and list the estimates a run rests on."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from energysim.errors import InputError, suggest
from energysim.inputs.horizon import Horizon
from energysim.inputs.read import PROVENANCE, Dataset
from energysim.inputs.scenario import Setting
from energysim.inputs.tables import TABLES, Row

DECISIVE = ("contracts", "upstream", "production", "storage_accounts", "storage_levels", "demand_levels", "pipelines",
            "oil_stocks", "fuel_switch")  # fmt: skip
"""Tables whose estimates are listed with every result."""

OWN = "EST"
"""Source of what this project estimates; a case of its own is no statement of another source."""

USED_BY = {
    "nodes": "model/network.py: node balance",
    "pipelines": "model/network.py: flow",
    "upstream": "model/build.py: upstream_limit (the lesser of the sides of a border)",
    "reservations": "model/build.py: upstream_limit (capacity kept for others)",
    "tariffs": "model/network.py and model/contracts.py: transport and entry cost",
    "contracts": "model/contracts.py: nomination, daily_contract_quantity, period_quantity, take_or_pay",
    "contract_seasons": "model/contracts.py: daily quantity by month",
    "routes": "model/contracts.py: where gas enters and what it passes",
    "prices": "model/contracts.py: gas cost",
    "production": "model/contracts.py: nomination of domestic gas",
    "storage_sites": "model/storage.py: site_withdrawal, site_injection",
    "storage_accounts": "model/storage.py: inventory, withdrawal, injection",
    "storage_seasons": "model/storage.py: withdrawal by month",
    "storage_curves": "model/storage.py: deliverability, injectability",
    "storage_levels": "model/storage.py: opening_stock (rows of kind opening); history in charts",
    "storage_targets": "model/storage.py: filling_target",
    "closing_values": "model/storage.py: closing_balance",
    "sectors": "inputs/demand.py: base and slope",
    "demand_levels": "inputs/demand.py: level by gas year",
    "regional_shares": "inputs/demand.py: spread over regions",
    "region_zones": "inputs/demand.py: spread over zones",
    "demand_calendar": "inputs/demand.py: weekday and month",
    "demand_classes": "model/demand.py: order of cuts, protection",
    "curtailment_steps": "model/demand.py: curtailment",
    "fuel_switch": "model/demand.py: fuel_switch",
    "oil_stocks": "model/demand.py: oil_stock",
    "parameters": "inputs/demand.py, inputs/ensembles.py, model/solve.py",
    "outage_rates": "inputs/outages.py: outages that Monte Carlo samples",
    "projects": "standards/projects/: cost of projects",
    "project_effects": "standards/projects/: what projects change",
}
"""Table -> who uses it; tables not named are evidence for checks, maps and reports."""


@dataclass(frozen=True)
class Explanation:
    """One row of a table as an answer to "where does this come from?"."""

    table: str
    line: int
    row: Row
    figures: dict[str, Any]
    sources: tuple[str, ...]

    @property
    def used_by(self) -> str:
        """Which part of the package uses the table."""
        return USED_BY.get(self.table, "evidence for checks, maps and reports")


def explain(dataset: Dataset, path: str) -> list[Explanation]:
    """Every row behind `asset`, `table.asset` or `table.asset.field`, used rows first. Raises InputError."""
    parts = path.split(".")
    tables = [parts[0]] if parts[0] in TABLES else list(TABLES)
    names = parts[1:] if parts[0] in TABLES else parts
    if not names:
        raise InputError(f"name an asset of {parts[0]}, such as {parts[0]}.{dataset.rows(parts[0])[0].identity[0]}")
    asset, fields = names[0], names[1:]
    found = []
    for name in tables:
        table = dataset.tables[name]
        for row, line in zip(table.rows, table.lines, strict=True):
            if asset in _names(row):
                found.append(_explanation(dataset, name, line, row, fields))
    if not found:
        known = {n for t in tables for r in dataset.rows(t) for n in _names(r)}
        raise InputError(f"nothing is known of {asset!r}{suggest(asset, known)}")
    if fields and not any(e.figures for e in found):
        known_fields = {f for e in found for f in type(e.row).model_fields} - PROVENANCE
        raise InputError(f"{asset} has no field {fields[0]!r}{suggest(fields[0], known_fields)}")
    return sorted(
        [e for e in found if e.figures or not fields], key=lambda e: (e.row.rival is not None, e.table, e.line)
    )


def _names(row: Row) -> set[str]:
    """What a reader may call the row: its first key and, for pieces of a contract, the family."""
    names = {row.identity[0]}
    if row.table == "contracts":
        names.add(row.contract)  # type: ignore[attr-defined]
    return names


def _explanation(dataset: Dataset, table: str, line: int, row: Row, fields: list[str]) -> Explanation:
    figures = {
        name: value
        for name, value in row.model_dump().items()
        if name not in PROVENANCE and name not in row.key and value is not None
    }
    if fields:
        figures = {k: v for k, v in figures.items() if k == fields[0] or k.startswith(f"{fields[0]}_")}
    titles = tuple(
        f"{s}: {dataset.sources[s].title}" + (f" ({dataset.sources[s].date})" if dataset.sources[s].date else "")
        for s in row.source.split(";")
    )
    return Explanation(table, line, row, figures, titles)


SET_BY = {
    "contracts": ("contracts", "dcq"),
    "production": ("contracts", "dcq"),
    "upstream": ("upstream", "capacity"),
    "pipelines": ("pipelines", "capacity"),
    "storage_accounts": ("accounts", "volume"),
    "storage_levels": ("accounts", "opening"),
    "oil_stocks": ("fuel_switches", "oil_stock"),
    "fuel_switch": ("fuel_switches", "switchable"),
}
"""Table -> kind of asset and field of the setting that takes the place of its headline figure."""


def estimates_in_use(horizon: Horizon, settings: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Estimated figures that a run of this horizon rests on, with their ranges, decisive tables only.

    settings: paths that a scenario sets, or the mapping itself; a setting over part of the horizon replaces nothing.
    """
    replaced = _replaced(horizon, settings)
    return [
        {
            "table": row.table,
            "asset": "/".join(i for i in row.identity if i),
            "figure": row.headline,
            "value": value,
            "low": row.low,
            "high": row.high,
            "confidence": row.confidence,
            "status": getattr(row, "status", None),
            "note": row.note,
        }
        for row, value in _decisive(horizon)
        if row.estimate and row.low != row.high and not _set(row, replaced)
    ]


def figures_in_use(horizon: Horizon, settings: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Every decisive figure that a run of this horizon rests on, estimated or not, with what other sources say.

    One dict a figure: table, asset, name, since (the date from which it holds, None: from the first day on), figure,
    value, low, high, confidence, estimate, source and as_of, set (whether the scenario sets it instead) and rivals: (name,
    value, source) of each statement of another source that holds in the horizon; where a rival is chosen, the row that it
    overrules is one, with a blank name.
    """
    replaced = _replaced(horizon, settings)
    return [
        {
            "table": row.table,
            "asset": "/".join(i for i in row.identity if i),
            "name": _name(horizon.dataset, row),
            "since": row.valid_from if row.valid_from and row.valid_from > horizon.first else None,
            "figure": row.headline,
            "value": value,
            "low": row.low,
            "high": row.high,
            "confidence": row.confidence,
            "estimate": row.estimate,
            "source": row.source,
            "as_of": row.as_of,
            "set": _set(row, replaced),
            "rivals": _rivals(horizon, row),
        }
        for row, value in _decisive(horizon)
    ]


def _decisive(horizon: Horizon) -> Iterator[tuple[Row, float]]:
    """Rows of the decisive tables that a run of this horizon rests on, each with its headline figure."""
    for name in DECISIVE:
        rows = horizon.rows(TABLES[name])
        for row in rows:
            value = getattr(row, row.headline) if row.headline else None
            if value is None or overruled(horizon, row, rows):
                continue
            if name == "storage_levels" and (row.kind != "opening" or row.date != horizon.first):  # type: ignore[attr-defined]
                continue
            yield row, value


def _set(row: Row, replaced: Container[tuple[str, str, str]]) -> bool:
    """Whether a setting stands in for the row's headline figure on all days."""
    return row.table in SET_BY and (*SET_BY[row.table], _asset(row)) in replaced


NAMED_BY = {
    "storage_levels": "storage_accounts",
    "demand_levels": "sectors",
    "oil_stocks": "demand_classes",
    "fuel_switch": "demand_classes",
}
"""Table without names -> the table that names what its rows are about."""
EVERYTHING = {"all": "All sectors"}
"""What stands for everything -> its name."""


def _name(dataset: Dataset, row: Row) -> str:
    """What a reader calls the asset of a row; its id where nothing names it."""
    own, id = getattr(row, "name", None), row.identity[0]
    if own:
        return str(own)
    others = dataset.rows(NAMED_BY[row.table]) if row.table in NAMED_BY else ()
    names = [str(r.name) for r in others if r.identity[0] == id and r.name]  # type: ignore[attr-defined]
    return names[0] if names else EVERYTHING.get(id, id)


def _rivals(horizon: Horizon, row: Row) -> list[tuple[str, float, str]]:
    """What other sources say of the same figure in the horizon: what a statement is called, its value, who makes it.

    Rows in use of other days are no statement against one in use; against a chosen rival they are. A case that this
    project made up, such as no gas at all, is nobody's statement.
    """
    same = [r for r in horizon.dataset.rows(row.table) if r.identity == row.identity and r.rival != row.rival]
    others = [r for r in same if r.source != OWN]
    said = [(r, getattr(r, str(row.headline))) for r in others if r.meets(horizon.first, horizon.last)]
    return [(r.rival or "", value, r.source) for r, value in said if value is not None]


def overruled(horizon: Horizon, row: Row, rows: Iterable[Row]) -> bool:
    """Whether chosen rivals take a used row's place on every day of the horizon on which it holds."""
    if row.rival is not None:
        return False
    rivals = [r for r in rows if r.rival is not None and r.identity == row.identity]
    days = (horizon.first + timedelta(days=d) for d in range(horizon.days))
    return bool(rivals) and all(any(r.holds_on(day) for r in rivals) for day in days if row.holds_on(day))


def _asset(row: Row) -> str:
    """What a setting calls the asset of a row: pieces of a contract go by their family."""
    return str(row.contract) if row.table == "contracts" else row.identity[0]  # type: ignore[attr-defined]


def _replaced(horizon: Horizon, settings: Iterable[str]) -> set[tuple[str, str, str]]:
    """Kind, field and asset of every figure that a setting replaces over the whole horizon."""
    found = set()
    for path in settings:
        value = settings[path] if isinstance(settings, Mapping) else None
        if isinstance(value, Setting) and (
            (value.start or horizon.first) > horizon.first or (value.until or horizon.last) < horizon.last
        ):
            continue
        asset_path, _, field = path.rpartition(".")
        kind, _, asset = asset_path.partition(".")
        found.add(("contracts" if kind == "production" else kind, field, asset))
    return found
