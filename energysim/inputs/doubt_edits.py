"""A doubt at the end of its range: another dataset, in which what must move along has moved along.

Besides the figure itself: shares still add to 1, a contract's quantity that is rate times days follows the rate, an opening stock lies within its account, a level moves base and
slope of demand alike, and a figure that only shapes the answer to cold (slope, threshold, lag) leaves the demand of
a normal year as it is, because the year is measured and its shape is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from energysim.inputs.demand import HeatResponse
from energysim.inputs.demand_tables import demand_model
from energysim.inputs.doubts import SHAPE, SHARES, Doubt, End, in_use, quantity_follows
from energysim.inputs.horizon import Horizon
from energysim.inputs.read import Dataset
from energysim.inputs.tables import StorageAccountRow
from energysim.inputs.weather import temperatures

Changes = dict[int, dict[str, float]]
"""Line of a table -> column -> new figure."""


def moved(horizon: Horizon, doubt: Doubt, end: End) -> Dataset:
    """The horizon's dataset with one figure at an end of its range."""
    table, dataset = doubt.table, horizon.dataset
    rows = dataset.tables[table].rows
    figures = {line: high if end == "high" else low for line, low, high in doubt.rows}
    if table == "demand_calendar" and rows[doubt.rows[0][0]].calendar == "weekday":  # type: ignore[attr-defined]
        figures = _week(doubt, rows, end)
    elif table == "region_zones":
        line = max(figures, key=lambda k: rows[k].share)  # type: ignore[attr-defined]
        figures = {line: figures[line]}
    changes: Changes = {line: {doubt.column: value} for line, value in figures.items()}
    if table == "demand_levels":
        for line, change in changes.items():
            row: Any = rows[line]
            if row.base_factor == row.slope_factor:
                change["base_factor"] = change[doubt.column]
    if table == "contracts":
        for line, change in changes.items():
            piece: Any = rows[line]
            if quantity_follows(piece):
                change["acq_mcm"] = piece.acq_mcm * change[doubt.column] / piece.dcq_mcm_per_day
    if table == "sectors":
        _hold_year(horizon, changes)
    if table in SHARES:
        _make_room(horizon, table, changes)
    if table == "curtailment_steps":  # the planner may read the low or the high column
        for change in changes.values():
            change["low"] = change["high"] = change[doubt.column]
    after = edited(dataset, table, changes)
    if table in ("storage_accounts", "storage_levels"):
        after = stock_within(replace(horizon, dataset=after))
    if table == "parameters" and any(rows[line].identity[0].startswith(SHAPE) for line in figures):
        after = year_kept(horizon, replace(horizon, dataset=after))
    return after


def edited(dataset: Dataset, table: str, changes: Mapping[int, Mapping[str, float]]) -> Dataset:
    """The dataset with some figures of one table changed; nothing is checked, a system made of it will be."""
    rows = list(dataset.tables[table].rows)
    for line, change in changes.items():
        rows[line] = rows[line].model_copy(update=dict(change))
    tables = dict(dataset.tables)
    tables[table] = replace(tables[table], rows=tuple(rows))
    return replace(dataset, tables=MappingProxyType(tables))


def _week(doubt: Doubt, rows: Any, end: End) -> dict[int, float]:
    """Low: less of a pattern; high: more of it. Days above the mean and days below it move against each other."""
    found = {}
    for line, low, high in doubt.rows:
        near, far = (low, high) if rows[line].factor >= 1 else (high, low)
        found[line] = far if end == "high" else near
    return found


def _hold_year(horizon: Horizon, changes: Changes) -> None:
    """Base against slope: Δbase = −Δslope · mean degrees of a normal year (in the heating season only, where that holds)."""
    response = demand_model(horizon).response
    for line, change in changes.items():
        row: Any = horizon.dataset.tables["sectors"].rows[line]
        slope = change["slope_mcm_per_day_per_c"]
        degrees = _degrees(horizon, response, row.heating_season_only)
        base = row.base_mcm_per_day - (slope - row.slope_mcm_per_day_per_c) * degrees
        change["base_mcm_per_day"] = max(0.0, base)


def year_kept(before: Horizon, after: Horizon) -> Dataset:
    """Slopes of all sectors scaled by mean degrees before ÷ after, so that the year's demand is the same."""
    old, new = demand_model(before).response, demand_model(after).response
    factor = {season: _degrees(before, old, season) / _degrees(after, new, season) for season in (False, True)}
    changes: Changes = {}
    for line, row in enumerate(after.dataset.rows("sectors")):
        sector: Any = row
        if sector.slope_mcm_per_day_per_c is not None:
            scaled = sector.slope_mcm_per_day_per_c * factor[sector.heating_season_only]
            changes[line] = {"slope_mcm_per_day_per_c": scaled}
    return edited(after.dataset, "sectors", changes)


def _degrees(horizon: Horizon, response: HeatResponse, season_only: bool) -> float:
    """Mean degrees that count, over the horizon in normal weather [degC]."""
    measured, _ = temperatures(horizon.dataset.weather, "normal", horizon.first, horizon.days)
    effective = response.effective(measured)
    degrees = response.degrees(effective)
    return float(np.mean(degrees * response.heating(horizon.dates, effective) if season_only else degrees))


def _make_room(horizon: Horizon, table: str, changes: Changes) -> None:
    """The other shares of the same whole shrink or grow in proportion; a share that is the whole stays."""
    whole = (lambda r: (r.sector,)) if table == "regional_shares" else (lambda r: (r.sector, r.region))
    rows: Any = horizon.dataset.tables[table].rows
    parts: dict[tuple[str, ...], list[int]] = {}
    for line, row in in_use(horizon, table):
        parts.setdefault(whole(row), []).append(line)
    for key in {whole(rows[line]) for line in changes}:
        fixed = [line for line in parts.get(key, []) if line in changes]
        others = [line for line in parts.get(key, []) if line not in changes]
        rest = _sum(rows[line].share for line in others)
        left = 1.0 - _sum(changes[line]["share"] for line in fixed)
        if rest <= 0 or left < 0:
            for line in fixed:
                del changes[line]
            continue
        for line in others:
            changes[line] = {"share": rows[line].share * left / rest}


def stock_within(horizon: Horizon) -> Dataset:
    """Opening stocks no larger than their accounts, the selected rivals in the place of what they overrule."""
    accounts: Any = [r for r in horizon.rows(StorageAccountRow) if r.holds_on(horizon.first)]
    volume = {r.account: r.volume_mcm * r.gcv_kwh_per_m3 for r in accounts}
    changes: Changes = {}
    levels: Any = horizon.dataset.rows("storage_levels")
    for line, row in enumerate(levels):
        if row.kind == "opening" and row.date == horizon.first and row.account in volume and row.level_mcm is not None:
            room = volume[row.account] / (row.gcv_kwh_per_m3 or 1.0)
            if row.gcv_kwh_per_m3 and row.level_mcm > room:
                changes[line] = {"level_mcm": room}
    return edited(horizon.dataset, "storage_levels", changes)


def _sum(values: Iterable[float]) -> float:
    return float(np.sum(list(values)))
