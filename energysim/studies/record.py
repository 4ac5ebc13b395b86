"""What a run keeps beside its frames so that it can be drawn later: reported stocks and quantities over periods."""

from __future__ import annotations

import re
from math import isfinite
from typing import Any, cast

from energysim.inputs.assets import GasSystem
from energysim.inputs.evidence import OWN
from energysim.inputs.horizon import Horizon, gwh
from energysim.inputs.tables import StorageLevelRow

ALL_CALLABLE = "all_serbian"
"""Name in data/storage_levels.csv of a report on all gas that Serbia may withdraw, in whatever store."""
ALL_AT_SITE = "_all"
"""End of the name of a report on all gas at a site, whoever owns it."""


def reported_stocks(system: GasSystem, horizon: Horizon) -> list[dict[str, Any]]:
    """What was reported to lie in store on days of the horizon, rivals left out.

    about (`account`, `callable`: all gas that Serbia may withdraw, or `site`: all gas there, whoever owns it), accounts
    (whose sum it is), date, level [GWh], estimate (whether it is one), by (its publisher, blank: this project).
    """
    listed = []
    for row in horizon.rows(StorageLevelRow):
        about, counted = _counted(system, row.account)
        level = gwh(row.level_mcm, row.gcv_kwh_per_m3)
        inside = horizon.first <= row.date <= horizon.last
        if row.kind != "observed" or row.rival is not None or level is None or not counted or not inside:
            continue
        listed.append(
            {
                "about": about,
                "accounts": counted,
                "date": row.date.isoformat(),
                "level": round(level, 6),
                "estimate": row.estimate,
                "by": _publisher(horizon, row.source),
            }
        )
    return sorted(listed, key=lambda r: (cast(str, r["date"]), r["accounts"]))


def _publisher(horizon: Horizon, source: str) -> str:
    """Who published the first of the sources of a row; `EST` is our own mark of an estimate, not a publisher."""
    known = [horizon.dataset.sources[s] for s in source.split(";") if s != OWN]
    return re.split(r";| / | via ", known[0].publisher or known[0].title)[0] if known else ""


def _counted(system: GasSystem, reported: str) -> tuple[str, list[str]]:
    """What a report is about, one account, all callable gas or all gas at a site, and whose sum it is; nobody's where unknown."""
    if reported in system.accounts:
        return "account", [reported]
    if reported == ALL_CALLABLE:
        return "callable", [a.id for a in system.accounts.values() if a.callable]
    return "site", [a.id for a in system.accounts.values() if f"{a.site}{ALL_AT_SITE}" == reported]


def contract_periods(system: GasSystem) -> list[dict[str, Any]]:
    """Quantities over periods as they are in force in the end: contract, period, first and last gas day, quantity
    (None: unlimited) and pledge (paid for, taken or not) [GWh]."""
    return [
        {
            "contract": contract.id,
            "period": period.id,
            "first": system.date_of(period.first).isoformat(),
            "last": system.date_of(period.last).isoformat(),
            "quantity": round(period.quantity, 6) if isfinite(period.quantity) else None,
            "pledge": round(period.take_or_pay, 6),
        }
        for contract in system.contracts.values()
        for period in contract.periods
        if period.first < system.days
    ]
