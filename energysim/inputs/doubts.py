"""Figures in doubt: every figure in use that its sources leave a range, and what other sources say instead.

A *doubt* is a figure of the data in use on a horizon with its range: the row's own `low` and `high`, or, where it
states none, the span of what rival rows say of the same days. Rows that stand for one figure move as one (see GROUPS); what
moves along, so that sums and stocks stay sound, is in `inputs.doubt_edits`. A *statement* is a rival taken at its word, all its
rows together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from energysim.inputs.doubt_names import OWN, WORDS, label, unit_of, whom
from energysim.inputs.evidence import overruled
from energysim.inputs.horizon import Horizon
from energysim.inputs.read import PROVENANCE, Dataset
from energysim.inputs.row import Row
from energysim.inputs.tables import TABLES

End = Literal["low", "high"]
SHARES = ("regional_shares", "region_zones")
"""Tables in which rows add to 1."""
SHAPE = ("threshold_temperature", "cold_kink_temperature", "cold_slope_factor", "temperature_weight_")
"""Beginnings of the parameters that shape the answer to cold."""
SOLVER = frozenset({"tie_breaking_cost"})
"""Parameters that are no figures of the world."""
SAME_QUANTITY = 0.01
"""Share of a contract's quantity by which rate times days may differ from it through rounding."""
HELP = "emergency"
"""Kind of the contracts that are zero unless a scenario adds volume: its choice, about which nobody can be asked."""

FEEDING = ("contracts", "contract_seasons", "production", "upstream", "reservations", "pipelines", "storage_accounts",
           "storage_levels", "storage_sites", "storage_curves", "storage_seasons", "storage_targets", "closing_values",
           "sectors", "demand_levels", "demand_calendar", "regional_shares", "region_zones", "fuel_switch", "oil_stocks",
           "prices", "tariffs", "curtailment_steps", "parameters")  # fmt: skip
"""Tables whose figures make the system."""


def _decision(row: Any) -> tuple[str, ...]:
    """Rows of one published decision or estimate belong together; without a source each stands alone."""
    return row.identity if row.source == OWN else (str(row.source), str(row.valid_from))


GROUPS: Mapping[str, tuple[Callable[[Any], tuple[str, ...]], str]] = {
    "storage_curves": (lambda r: (r.account, r.kind), "the points of the curve together"),
    "storage_seasons": (lambda r: (r.account,), "the months together"),
    "contract_seasons": (lambda r: (r.contract,), "the months together"),
    "storage_targets": (lambda r: (r.account,), "the targets of the account together"),
    "closing_values": (lambda r: (str(r.valid_from),), "all steps of all accounts together"),
    "curtailment_steps": (lambda r: ("all",), "all classes together, so that the order of cuts stays"),
    "reservations": (lambda r: (r.reservation, str(r.valid_from)), "on every asset that the transit passes"),
    "pipelines": (lambda r: (r.name or r.pipeline, str(r.valid_from)), "both directions of the main together"),
    "sectors": (_decision, "sectors of one source together; base against slope, so that a normal year's demand stays"),
    "tariffs": (_decision, "tariffs of one decision together"),
    "demand_calendar": (
        lambda r: (r.calendar, r.sector),
        "the days of a week against each other, its mean kept; months together",
    ),
    "regional_shares": (lambda r: (r.region,), "all sectors together; the other regions make room"),
    "region_zones": (lambda r: (r.sector, r.region), "the largest share; the other zones make room"),
}
"""Table -> which rows are one figure, and how that is said."""

ALONG = {
    "contracts": "a quantity that is rate times days goes along",
    "storage_accounts": "the opening stock stays within the volume",
    "storage_levels": "stays within the volume",
    "demand_levels": "base along with slope where the row gives both the same",
    "parameters": "slopes scaled along, so that a normal year's demand stays",
}
"""Table -> what moves along with a single row."""


@dataclass(frozen=True)
class Doubt:
    """A figure with its range, in the table's own unit; `rows` are (line of the table from 0, low, high)."""

    id: str
    name: str
    table: str
    column: str
    used: float
    low: float
    high: float
    unit: str
    sources: tuple[str, ...]
    confidence: str
    estimate: bool
    ask: str
    moves: str
    rows: tuple[tuple[int, float, float], ...]


@dataclass(frozen=True)
class Statement:
    """What another source says: rivals (as a scenario selects them), the figures it would put in place of those used."""

    name: str
    rivals: Mapping[str, str]
    table: str
    used: str
    """Figure of the row in use; blank where there is none."""
    said: str
    """What stands in its place: the headline figure with its unit, else the first other column that differs."""
    inside: bool | None
    """Whether what it says lies within the range of the row in use; None where that has none."""
    sources: tuple[str, ...]
    note: str


def doubts(horizon: Horizon) -> list[Doubt]:
    """Every figure in use on the horizon with a range, in the order of the tables."""
    found: list[Doubt] = []
    for name in FEEDING:
        groups: dict[tuple[str, ...], list[tuple[int, Any, float, float]]] = {}
        key = GROUPS[name][0] if name in GROUPS else lambda r: (*r.identity, str(r.valid_from or ""))
        for line, row in in_use(horizon, name):
            low, high = _range(horizon, row)
            if low < high:
                groups.setdefault(key(row), []).append((line, row, low, high))
        found += [_doubt(horizon.dataset, name, rows) for rows in groups.values()]
    return found


def statements(horizon: Horizon) -> list[Statement]:
    """What rivals say that hold on the horizon and are not selected, the rows of one rival of one asset together."""
    found = []
    for name in FEEDING:
        groups: dict[tuple[str, ...], list[Any]] = {}
        for row in horizon.dataset.rows(name):
            path = f"{name}.{row.identity[0]}"
            if row.rival and row.meets(horizon.first, horizon.last) and horizon.rivals.get(path) != row.rival:
                groups.setdefault((*_family(row), row.rival), []).append(row)
        found += [_statement(horizon, name, rows) for rows in groups.values()]
    return found


def in_use(horizon: Horizon, name: str) -> Iterator[tuple[int, Any]]:
    """The rows in force, rivals only where selected, with their place in the table."""
    table: Any = horizon.dataset.tables[name].rows
    used = horizon.rows(TABLES[name])
    chosen = {id(r) for r in used if not overruled(horizon, r, used)}
    for line, row in enumerate(table):
        headline = row.headline
        if id(row) not in chosen or headline is None or getattr(row, headline) is None:
            continue
        if name == "storage_levels" and not _opens(horizon, row):
            continue
        if (name == "parameters" and row.identity[0] in SOLVER) or (name == "contracts" and row.kind == HELP):
            continue
        yield line, row


def _opens(horizon: Horizon, row: Any) -> bool:
    return bool(row.kind == "opening" and row.date == horizon.first)


def _range(horizon: Horizon, row: Row) -> tuple[float, float]:
    """The row's own range; where it states none, the span of what others say of all its days in the horizon."""
    used = float(getattr(row, str(row.headline)))
    if row.low is not None and row.high is not None and row.low < row.high:
        return row.low, row.high
    first = max(horizon.first, row.valid_from or horizon.first)
    last = min(horizon.last, row.valid_to or horizon.last)
    said = [used]
    for other in horizon.dataset.rows(row.table):
        value = getattr(other, str(row.headline))
        whole = other.holds_on(first) and other.holds_on(last)
        if other.identity == row.identity and other is not row and value is not None and whole:
            said.append(float(value))
    return min(said), max(said)


def _doubt(dataset: Dataset, table: str, rows: list[tuple[int, Any, float, float]]) -> Doubt:
    """A figure of one row or of a group, shown by the sum of its rows (sectors) or the row of the widest range."""
    _, row, low, high = _shown(table, rows)
    column = str(row.headline)
    used = float(getattr(row, column))
    if table == "sectors" and len(rows) > 1:
        used, low, high = (
            sum(v) for v in zip(*((float(getattr(r, column)), lo, hi) for _, r, lo, hi in rows), strict=True)
        )
    identity = ".".join(dict.fromkeys(i for i in rows[0][1].identity if i))
    sources = tuple(dict.fromkeys(s for _, r, _, _ in rows for s in r.source.split(";")))
    return Doubt(
        id=f"{table}.{identity}" + (f"@{row.valid_from}" if _dated(dataset, row) else ""),
        name=": ".join(part for part in (label(dataset, row, len(rows) > 1), WORDS.get(column, column)) if part),
        table=table,
        column=column,
        used=used,
        low=low,
        high=high,
        unit=row.unit if table == "parameters" else unit_of(column),
        sources=sources,
        confidence=max(r.confidence for _, r, _, _ in rows),
        estimate=any(r.estimate for _, r, _, _ in rows),
        ask=whom(dataset, row, sources),
        moves=_along(table, rows),
        rows=tuple((line, lo, hi) for line, _, lo, hi in rows),
    )


def _shown(table: str, rows: list[tuple[int, Any, float, float]]) -> tuple[int, Any, float, float]:
    """The row that stands for its group: of zones the largest, of a calendar the first, else that of the widest range."""
    if table == "region_zones":
        return max(rows, key=lambda r: float(r[1].share))
    return rows[0] if table == "demand_calendar" else max(rows, key=lambda r: r[3] - r[2])


def _along(table: str, rows: list[tuple[int, Any, float, float]]) -> str:
    """What moves with the figure, in words."""
    if table in GROUPS and (len(rows) > 1 or table in SHARES):
        return GROUPS[table][1]
    row = rows[0][1]
    if (table == "contracts" and not quantity_follows(row)) or (
        table == "parameters" and not row.identity[0].startswith(SHAPE)
    ):
        return ""
    return ALONG.get(table, "")


def quantity_follows(row: Any) -> bool:
    """Whether a contract's quantity is nothing else than its daily quantity times its days."""
    if not row.acq_mcm or not row.dcq_mcm_per_day or not (row.valid_from and row.valid_to):
        return False
    days = (row.valid_to - row.valid_from).days + 1
    return bool(abs(row.acq_mcm - row.dcq_mcm_per_day * days) <= SAME_QUANTITY * row.acq_mcm)


def _dated(dataset: Dataset, row: Row) -> bool:
    """Whether several rows of one key follow one another, so that the first day belongs to the name."""
    return sum(r.identity == row.identity and r.rival is None for r in dataset.rows(row.table)) > 1


def _family(row: Any) -> tuple[str, ...]:
    """Rows that one source must be believed in together."""
    if row.table == "contracts":
        return (row.contract,)
    return (row.identity[0],) if row.table in ("upstream", "storage_accounts", "storage_sites", "storage_curves",
                                               "sectors", "prices", "production") else ()  # fmt: skip


def _said(used: Any, row: Any, column: str) -> str:
    """The figure a rival puts in place of the used one."""
    value = getattr(row, column)
    if value is not None and (used is None or getattr(used, column) != value):
        unit = row.unit if row.table == "parameters" else unit_of(column)
        return f"{value:g} {'' if unit == '1' else unit}".strip()
    figures = [c for c in type(row).model_fields if c not in PROVENANCE and c not in row.key and c != column]
    other = [c for c in figures if used is not None and getattr(row, c) not in (None, getattr(used, c))]
    return f"{other[0].replace('_', ' ')} {getattr(row, other[0])}" if other else ""


def _statement(horizon: Horizon, table: str, rows: list[Any]) -> Statement:
    column, known = str(rows[0].headline), {id(r) for r in rows}
    held = {r.identity: r for _, r in reversed(list(in_use(horizon, table))) if id(r) not in known}
    row = next((r for r in rows if _said(held.get(r.identity), r, column)), rows[0])  # the first that differs
    used, said = held.get(row.identity), getattr(row, column)
    inside = None
    if used is not None and used.low is not None and used.high is not None and said is not None:
        inside = bool(used.low - 1e-9 <= said <= used.high + 1e-9)
    return Statement(
        name=f"{label(horizon.dataset, used or row, len(rows) > 1)}: {row.rival.replace('_', ' ')}",
        rivals={f"{table}.{r.identity[0]}": r.rival for r in rows},
        table=table,
        used="" if used is None else f"{getattr(used, column):g}",
        said=_said(used, row, column),
        inside=inside,
        sources=tuple(dict.fromkeys(s for r in rows for s in r.source.split(";"))),
        note=row.note or "",
    )
