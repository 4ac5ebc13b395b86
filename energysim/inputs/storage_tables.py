"""From tables to storage: sites, owners' accounts, curves, targets and the value of closing stock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np

from energysim.errors import InputError
from energysim.inputs import tables as t
from energysim.inputs.assets import Curve, Daily, Route, StorageAccount, StorageSite, Target
from energysim.inputs.horizon import Horizon, gwh, monthly


def read_sites(horizon: Horizon) -> list[StorageSite]:
    """Storage sites with their joint capacities [GWh/d]; a blank capacity does not limit."""
    return [
        StorageSite(
            site,
            horizon.series(rows, lambda r: r.withdrawal_capacity_gwh_per_day, missing=np.inf),
            horizon.series(rows, lambda r: r.injection_capacity_gwh_per_day, missing=np.inf),
            rows[0].name,
        )
        for site, rows in horizon.grouped(t.StorageSiteRow, "site").items()
    ]


def read_accounts(
    horizon: Horizon, routes: Mapping[str, list[Route]], tariffs: Mapping[str, Daily]
) -> list[StorageAccount]:
    """Owners' accounts as they stand on the first day [GWh, GWh/d]."""
    accounts = []
    seasons: dict[str, dict[int, float | None]] = {}
    for season in horizon.rows(t.StorageSeasonRow):
        seasons.setdefault(season.account, {})[season.month] = season.withdrawal_fraction
    sites = {r.site: r for r in horizon.rows(t.StorageSiteRow)}
    for name, rows in horizon.grouped(t.StorageAccountRow, "account").items():
        row = next(iter([r for r in rows if r.holds_on(horizon.first)][::-1]), rows[0])
        gcv = cast(float, row.gcv_kwh_per_m3)
        volume = cast(float, row.volume_mcm) * gcv
        way = routes.get(f"accounts.{name}", [None])[0]
        rate = horizon.series(rows, lambda r: gwh(r.withdrawal_capacity_mcm_per_day, r.gcv_kwh_per_m3), missing=0.0)
        accounts.append(
            StorageAccount(
                id=name,
                site=row.site,
                node=sites[row.site].node or "",
                route=way,
                volume=volume,
                opening=_opening(horizon, name, gcv),
                withdrawal_capacity=rate * monthly(horizon, seasons.get(name, {})),
                injection_capacity=horizon.series(
                    rows, lambda r: gwh(r.injection_capacity_mcm_per_day, r.gcv_kwh_per_m3), missing=0.0
                ),
                callable=row.callable,
                withdrawal_curve=_curve(horizon, name, "withdrawal"),
                injection_curve=_curve(horizon, name, "injection"),
                injection_fuel=row.injection_fuel_fraction or 0.0,
                withdrawal_cost=float(np.mean(tariffs.get(f"accounts.{name}.withdrawal", 0.0))),
                injection_cost=float(np.mean(tariffs.get(f"accounts.{name}.injection", 0.0))),
                targets=_targets(horizon, name, volume) if row.callable else (),
                closing_values=_closing_values(horizon, name, volume),
                name=row.name,
            )
        )
    return accounts


def _opening(horizon: Horizon, account: str, gcv: float) -> float:
    for row in horizon.rows(t.StorageLevelRow)[::-1]:
        if row.account == account and row.kind == "opening" and row.date == horizon.first:
            return cast(float, row.level_mcm) * (row.gcv_kwh_per_m3 or gcv)
    raise InputError(
        f"data/storage_levels.csv: no opening stock of {account} on {horizon.first}; add a row of kind `opening`"
    )


def _curve(horizon: Horizon, account: str, kind: str) -> Curve:
    points = {
        r.fill_fraction: cast(float, r.rate_fraction)
        for r in horizon.rows(t.StorageCurveRow)
        if r.account == account and r.kind == kind
    }
    return tuple(sorted(points.items())) if points else ((0.0, 1.0), (1.0, 1.0))


def _targets(horizon: Horizon, account: str, volume: float) -> tuple[Target, ...]:
    targets = {}
    for row in horizon.rows(t.StorageTargetRow):
        if row.account != account:
            continue
        month, day = (int(x) for x in row.target_day.split("-"))
        for d, when in enumerate(horizon.dates):
            if (when.month, when.day) == (month, day) and row.holds_on(when):
                level = cast(float, row.target_fraction) * volume
                name = f"{account}_{when:%Y_%m_%d}"
                targets[name] = Target(name, d, level, cast(float, row.shortfall_price_eur_per_mwh))
    return tuple(targets.values())


def _closing_values(horizon: Horizon, account: str, volume: float) -> tuple[tuple[float, float], ...]:
    steps = {
        r.step: (cast(float, r.share_of_volume) * volume, cast(float, r.value_eur_per_mwh))
        for r in horizon.rows(t.ClosingValueRow)
        if r.account == account and r.holds_on(horizon.last)
    }
    return tuple(steps[k] for k in sorted(steps))
