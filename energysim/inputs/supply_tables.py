"""From tables to supply: tariffs, upstream assets, pipelines, routes, contracts and production."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import numpy as np

from energysim.errors import InputError, suggest
from energysim.inputs import tables as t
from energysim.inputs.assets import Contract, Daily, Period, Pipeline, Route, Upstream
from energysim.inputs.horizon import Horizon, gwh, monthly


def read_tariffs(horizon: Horizon) -> dict[str, Daily]:
    """Asset path -> EUR/MWh, all tariffs on it added up."""
    totals: dict[str, Daily] = {}
    for rows in horizon.grouped(t.TariffRow, "tariff").values():
        series = horizon.series(rows, lambda r: r.tariff_eur_per_mwh, missing=0.0)
        totals[rows[0].asset] = totals.get(rows[0].asset, np.zeros(horizon.days)) + series
    return totals


def _lesser_of(horizon: Horizon, rows: list[Any]) -> Daily:
    """The lesser of the sides of a border, closed on days when a side that the table knows has no row in force.

    A side in force whose capacity is blank does not limit. A row that names no side stands for the whole border.
    """
    known = [r for r in horizon.dataset.rows(rows[0].table) if r.identity[0] == rows[0].identity[0] and not r.rival]
    sides: dict[str | None, list[Any]] = {r.side: [] for r in cast(list[Any], known)}
    for row in rows:
        sides.setdefault(row.side, []).append(row)
    result, in_force = np.full(horizon.days, np.inf), {side: np.zeros(horizon.days, dtype=bool) for side in sides}
    for side, side_rows in sides.items():
        result = np.minimum(result, horizon.series(side_rows, lambda r: r.capacity_gwh_per_day, missing=np.inf))
        for _, span in horizon.spans(side_rows):
            in_force[side][span] = True
    whole = in_force.pop(None, np.zeros(horizon.days, dtype=bool))
    both = np.all(list(in_force.values()), axis=0) if in_force else False
    return np.where(whole | both, result, 0.0)


def read_upstream(horizon: Horizon) -> list[Upstream]:
    """Upstream assets with the lesser of their sides and what is reserved for others [GWh/d]."""
    reserved: dict[str, Daily] = {}
    by_reservation: dict[tuple[str, str], list[t.ReservationRow]] = {}
    for row in horizon.rows(t.ReservationRow):
        by_reservation.setdefault((row.reservation, row.upstream), []).append(row)
    for (_, name), held in by_reservation.items():
        series = horizon.series(held, lambda r: r.reserved_gwh_per_day, missing=0.0)
        reserved[name] = reserved.get(name, np.zeros(horizon.days)) + series
    return [
        Upstream(u, _lesser_of(horizon, rows), reserved.get(u, 0.0), rows[0].name.partition(",")[0], rows[0].kind)
        for u, rows in horizon.grouped(t.UpstreamRow, "upstream").items()
    ]


def read_pipelines(horizon: Horizon, tariffs: Mapping[str, Daily]) -> list[Pipeline]:
    """Directed arcs; gas that enters a zone from a transit node pays the network tariff there."""
    kinds = {r.node: r.kind for r in horizon.rows(t.NodeRow)}
    network = tariffs.get("network", np.zeros(horizon.days))
    pipes = []
    for name, rows in horizon.grouped(t.PipelineRow, "pipeline").items():
        row = rows[0]
        enters = kinds.get(row.from_node) == "transit" and kinds.get(row.to_node) == "zone"
        tariff = tariffs.get(f"pipelines.{name}", np.zeros(horizon.days)) + (network if enters else 0.0)
        capacity = _lesser_of(horizon, rows)
        pipes.append(
            Pipeline(name, row.from_node, row.to_node, capacity, row.shrinkage_fraction or 0.0, tariff,
                     row.length_km or 0.0, row.name)
        )  # fmt: skip
    return pipes


def read_routes(horizon: Horizon, tariffs: Mapping[str, Daily]) -> dict[str, list[Route]]:
    """Asset path (`contracts.X`, `accounts.X`) -> its routes, closed outside their validity."""
    known = horizon.grouped(t.UpstreamRow, "upstream")
    kinds = {r.node: r.kind for r in horizon.rows(t.NodeRow)}
    routes: dict[str, list[Route]] = {}
    for rows in horizon.grouped(t.RouteRow, "route").values():
        row = rows[-1]
        path = tuple(row.path.split(">"))
        is_open = horizon.series(rows, lambda _: 1.0, missing=0.0)
        tariff = np.zeros(horizon.days)
        if not all(u in known for u in path):
            continue  # an asset on the way does not exist in this horizon
        for u in path:
            tariff = tariff + tariffs.get(f"upstream.{u}", 0.0)
        if kinds.get(row.entry_node) == "zone":
            tariff = tariff + tariffs.get("network", 0.0)
        route = Route(row.route, row.entry_node, path, tariff, row.length_km or 0.0, is_open)
        routes.setdefault(row.asset, []).append(route)
    return routes


def _price(horizon: Horizon, rows: list[Any]) -> Daily:
    """Price series plus premium, piece by piece [EUR/MWh]; days without a piece take the nearest one's terms."""
    series = {
        name: horizon.series(found, lambda r: r.price_eur_per_mwh)
        for name, found in horizon.grouped(t.PriceRow, "price_series").items()
    }
    result = np.full(horizon.days, np.nan)
    for row, span in horizon.spans(rows):
        if row.price_series not in series:
            raise InputError(
                f"data/{row.table}.csv: {row.identity[0]}: unknown price series {row.price_series!r}{suggest(row.price_series, series)}"
            )
        result[span] = (series[row.price_series] + row.premium_eur_per_mwh)[span]
        if np.isnan(result[span]).any():
            day = horizon.dates[span.start + int(np.isnan(result[span]).argmax())]
            raise InputError(
                f"data/prices.csv: series {row.price_series!r} has no price on {day}; add a row that holds then"
            )
    known = np.flatnonzero(~np.isnan(result))
    nearest = known[np.abs(known[None, :] - np.arange(horizon.days)[:, None]).argmin(axis=1)]
    return np.asarray(result[nearest])


def read_contracts(horizon: Horizon, routes: Mapping[str, list[Route]]) -> list[Contract]:
    """Contract families, their pieces strung together over the horizon."""
    contracts = []
    seasons: dict[str, dict[int, float | None]] = {}
    for season in horizon.rows(t.ContractSeasonRow):
        seasons.setdefault(season.contract, {})[season.month] = season.dcq_fraction
    for family, rows in horizon.grouped(t.ContractRow, "contract").items():
        ways = routes.get(f"contracts.{family}", [])
        if not ways:
            continue  # no way to Serbia in this horizon, such as an interconnector not yet built
        dcq = horizon.series(rows, lambda r: gwh(r.dcq_mcm_per_day, r.gcv_kwh_per_m3), missing=0.0)
        dcq = dcq * monthly(horizon, seasons.get(family, {}))
        price = _price(horizon, rows)
        contracts.append(
            Contract(
                id=family,
                routes=ways,
                dcq=dcq,
                price=price,
                periods=tuple(_periods(horizon, rows, dcq, price)),
                notice_days=max(r.notice_days or 0 for r in rows),
                gas_source=rows[-1].gas_source,
                name=_family_name(rows[-1]),
                kind=rows[-1].kind,
                destination=rows[-1].destination or "",
                gcv_kwh_per_m3=rows[-1].gcv_kwh_per_m3,
            )
        )
    return contracts


def _family_name(row: t.ContractRow) -> str:
    """Long-term families go by their supplier, whose pieces carry dates in their names."""
    return row.supplier if row.piece != row.contract and row.kind == "long_term" else row.name


def _periods(horizon: Horizon, rows: list[t.ContractRow], dcq: Daily, price: Daily) -> Iterator[Period]:
    """Quantity and take-or-pay of each piece, in proportion to the days of it that lie in the horizon."""
    pieces = {r.piece: (r, span) for r, span in horizon.spans(rows)}  # a selected rival replaces its piece
    for row, span in pieces.values():
        days = span.stop - span.start
        if row.acq_mcm is None and row.take_or_pay_fraction is None:
            continue
        total = (row.valid_to - row.valid_from).days + 1 if row.valid_from and row.valid_to else days
        daily_sum = float(dcq[span].sum())
        quantity = (
            daily_sum if row.acq_mcm is None else cast(float, gwh(row.acq_mcm, row.gcv_kwh_per_m3)) * days / total
        )
        quantity = min(quantity, daily_sum)
        pledge = quantity * (row.take_or_pay_fraction or 0.0)
        yield Period(row.piece, span.start, span.stop - 1, quantity, pledge, float(price[span].mean()))


def read_production(horizon: Horizon, tariffs: Mapping[str, Daily]) -> list[Contract]:
    """Domestic fields as contracts that enter where they stand."""
    fields = []
    for name, rows in horizon.grouped(t.ProductionRow, "field").items():
        rate = horizon.series(rows, lambda r: gwh(r.production_mcm_per_day, r.gcv_kwh_per_m3), missing=0.0)
        route = Route(f"{name}_field", rows[-1].node, (), tariffs.get("network", 0.0))
        fields.append(
            Contract(name, [route], rate, _price(horizon, rows), gas_source="domestic", name=rows[0].name,
                     kind="production", gcv_kwh_per_m3=rows[-1].gcv_kwh_per_m3)
        )  # fmt: skip
    return fields
