"""Force majeure: what releases both sides pro-rates quantity and take-or-pay by the contract days lost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from energysim.inputs.assets import Contract, Daily, GasSystem, Period


def pro_rate(before: GasSystem, excused: GasSystem, after: GasSystem) -> GasSystem:
    """Pro-rate quantity and take-or-pay by Σ lost DCQ days ÷ Σ DCQ days of each period.

    before: nothing has happened; excused: only what releases both sides has; after: everything has.
    """
    for contract in before.contracts.values():
        if not contract.periods:
            continue
        promised, left = deliverable(contract, before), deliverable(excused.contracts[contract.id], excused)
        periods = tuple(_pro_rated(p, promised, left) for p in contract.periods)
        if periods != contract.periods:
            after = after.with_asset("contracts", replace(after.contracts[contract.id], periods=periods))
    return after


def deliverable(contract: Contract, system: GasSystem) -> Daily:
    """What the contract could bring each day [GWh/d]: its daily quantity, but no more than its ways let through.

    Ways that share an asset together bring no more than that asset lets through.
    """
    ways, passed = np.zeros(system.days), []
    for route in contract.routes:
        limit = np.where(np.asarray(route.open) > 0, np.inf, 0.0)
        for name in route.path:
            limit = np.minimum(limit, system.upstream[name].free)
        ways = ways + limit
        passed.append(set(route.path))
    for name in set.intersection(*passed):
        ways = np.minimum(ways, system.upstream[name].free)
    return np.asarray(np.minimum(np.asarray(contract.dcq) * contract.available, ways))


def _pro_rated(period: Period, promised: Daily, left: Daily) -> Period:
    days = slice(period.first, period.last + 1)
    due = promised[days].sum()
    share = min(1.0, float(left[days].sum() / due)) if due > 0 else 1.0
    if share >= 1.0:
        return period
    quantity = period.quantity * share if np.isfinite(period.quantity) else period.quantity
    return replace(period, quantity=quantity, take_or_pay=period.take_or_pay * share)
