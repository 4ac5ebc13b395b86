"""What is taken under contracts against their quantities over periods and against what is paid for in any case."""

from __future__ import annotations

from typing import Any

import pandas as pd

from energysim.errors import InputError
from energysim.indicators.basic import TRACE, contract_nominations
from energysim.results import Results

COLUMNS = ["contract", "period", "first", "last", "taken", "daily", "quantity", "pledge"]


def period_use(result: Results) -> pd.DataFrame:
    """One row per contract and period, in order: contract, period, first, last and, in GWh, taken, daily, quantity, pledge, shortfall.

    daily = Σ over d of the daily contract quantity that was available; quantity (NaN: none agreed) and pledge = the annual
    quantity and its take-or-pay part, in proportion to the days in the horizon and less what force majeure took off;
    shortfall = max(0, pledge − taken). Days on which a contract has no period make one row more, named after the contract.
    Raises InputError for a run that keeps no periods.
    """
    if "contract_periods" not in result.manifest:
        raise InputError("this run keeps no quantities of contracts over periods; run it again")
    taken, dcq = contract_nominations(result), result.quantity("dcq")
    agreed: list[dict[str, Any]] = result.manifest["contract_periods"]
    rows: list[tuple[Any, ...]] = []
    for contract in map(str, dcq):
        rest, daily = dcq.index, dcq[contract]
        of = taken[contract] if contract in taken else 0.0 * daily
        found = [(p["period"], daily.loc[p["first"] : p["last"]].index, p["quantity"], p["pledge"])
                 for p in agreed if p["contract"] == contract]  # fmt: skip
        for _, days, _, _ in found:
            rest = rest.difference(days)
        if float(daily[rest].sum()) > TRACE:
            found.append((contract, rest, None, 0.0))
        for period, days, quantity, pledge in found:
            rows.append(
                (contract, period, days[0], days[-1], float(of[days].sum()), float(daily[days].sum()), quantity, pledge)
            )
    frame = pd.DataFrame(rows, columns=COLUMNS).astype({"quantity": float, "pledge": float})
    return frame.assign(shortfall=(frame["pledge"] - frame["taken"]).clip(lower=0.0))
