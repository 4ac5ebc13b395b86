"""From tables to the gas system of a horizon: the rows that hold on each day become daily series.

`system_at` is the one place where volumes become energy (each row by its own calorific value), where
the lesser of the two sides of a border is taken, and where pieces of a contract are strung together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar, cast

import numpy as np

from energysim.errors import InputError, suggest
from energysim.inputs import tables as t
from energysim.inputs.assets import (
    Contract,
    Curve,
    Daily,
    DemandClass,
    FuelSwitch,
    GasSystem,
    Node,
    Period,
    Pipeline,
    Policy,
    Route,
    StorageAccount,
    StorageSite,
    Target,
    Upstream,
)
from energysim.inputs.demand import DemandModel, HeatResponse, SectorDemand
from energysim.inputs.read import Dataset
from energysim.inputs.scenario import Planner
from energysim.inputs.weather import gas_year_start, temperatures

R = TypeVar("R", bound=t.Row)


@dataclass(frozen=True)
class Horizon:
    """Gas days from the first to the last, and the rows of a dataset that hold in them."""

    dataset: Dataset
    first: date
    days: int
    rivals: Mapping[str, str] = field(default_factory=dict)

    @property
    def last(self) -> date:
        """The last gas day."""
        return self.first + timedelta(days=self.days - 1)

    @property
    def dates(self) -> list[date]:
        """Every gas day."""
        return [self.first + timedelta(days=d) for d in range(self.days)]

    def rows(self, cls: type[R]) -> list[R]:
        """Rows in force on any day, the selected rivals after the rows they overrule."""
        used, chosen = [], []
        for row in cast(Iterable[R], self.dataset.rows(cls.table)):
            if not row.meets(self.first, self.last):
                continue
            if row.rival is None:
                used.append(row)
            elif self.rivals.get(f"{cls.table}.{row.identity[0]}") == row.rival:
                chosen.append(row)
        return used + chosen

    def spans(self, rows: Iterable[R]) -> Iterator[tuple[R, slice]]:
        """Each row with the days on which it holds, in order, so that later rows overwrite earlier ones."""
        for row in rows:
            start = max(0, (row.valid_from - self.first).days) if row.valid_from else 0
            stop = min(self.days, (row.valid_to - self.first).days + 1) if row.valid_to else self.days
            yield row, slice(start, stop)

    def series(self, rows: Iterable[R], value: Callable[[R], float | None], missing: float = np.nan) -> Daily:
        """A daily series from the rows' values; a blank value leaves `missing`."""
        result = np.full(self.days, missing)
        for row, span in self.spans(rows):
            found = value(row)
            result[span] = missing if found is None else found
        return result

    def grouped(self, cls: type[R], key: str) -> dict[str, list[R]]:
        """Rows by one of their columns, in file order."""
        groups: dict[str, list[R]] = {}
        for row in self.rows(cls):
            groups.setdefault(getattr(row, key), []).append(row)
        return groups

    def parameter(self, name: str) -> float:
        """The value of a parameter on the first day."""
        rows = self.grouped(t.ParameterRow, "parameter").get(name)
        if not rows:
            raise InputError(f"data/parameters.csv: parameter {name!r} is missing")
        return float(self.series(rows, lambda r: r.value)[0])


def check_rivals(dataset: Dataset, rivals: Mapping[str, str]) -> list[str]:
    """One line for every selected rival that no row carries."""
    problems = []
    for path, name in rivals.items():
        table, _, key = path.partition(".")
        if table not in dataset.tables:
            problems.append(f"rivals: {path}: unknown table {table!r}{suggest(table, dataset.tables)}")
            continue
        rows = [r for r in dataset.rows(table) if r.identity[0] == key]
        known = {r.rival for r in rows if r.rival}
        if not rows:
            problems.append(
                f"rivals: {path}: unknown {key!r}{suggest(key, {r.identity[0] for r in dataset.rows(table)})}"
            )
        elif name not in known:
            problems.append(f"rivals: {path}: no rival {name!r}{suggest(name, known)}")
    return problems


def system_at(
    dataset: Dataset,
    gas_year: str,
    weather: str = "normal",
    rivals: Mapping[str, str] | None = None,
    planner: Planner | None = None,
) -> GasSystem:
    """The gas system of a gas year under a weather, with the chosen rivals. Raises InputError."""
    rivals, planner = rivals or {}, planner or Planner()
    problems = check_rivals(dataset, rivals)
    if problems:
        raise InputError(*problems)
    first = gas_year_start(gas_year)
    days = (gas_year_start(f"{first.year + 1}/{(first.year + 2) % 100:02d}") - first).days
    horizon = Horizon(dataset, first, days, rivals)
    temperature, remarks = temperatures(dataset.weather, weather, first, days)
    climate = demand_model(horizon)
    tariffs = _tariffs(horizon)
    routes = _routes(horizon, tariffs)
    pipelines, offtakes = _pipelines(horizon, tariffs), climate.offtakes(temperature)
    connected = {n for p in pipelines for n in (p.from_node, p.to_node)} | {o.node for o in offtakes}
    nodes = [r for r in horizon.rows(t.NodeRow) if r.node in connected]  # no Gastrans in 2009
    return GasSystem.build(
        first_day=first,
        days=days,
        nodes=[Node(r.node, r.name, r.kind, r.latitude, r.longitude) for r in nodes],
        pipelines=pipelines,
        upstream=_upstream(horizon),
        contracts=[*_production(horizon, tariffs), *_contracts(horizon, routes)],
        sites=_sites(horizon),
        accounts=_accounts(horizon, routes, tariffs),
        demand_classes=_classes(horizon, planner),
        offtakes=offtakes,
        fuel_switches=_fuel_switches(horizon),
        policy=Policy(planner.stock, planner.value_of_lost_load, horizon.parameter("tie_breaking_cost")),
        label=gas_year,
        climate=climate,
        temperature=temperature,
        gas_sources={r.gas_source: r.name for r in sorted(horizon.rows(t.GasSourceRow), key=lambda r: r.stack_order)},
        remarks=remarks,
    )


def demand_model(horizon: Horizon) -> DemandModel:
    """The demand model of a horizon from the sector, level, share and calendar tables."""
    p = horizon.parameter
    response = HeatResponse(
        threshold=p("threshold_temperature"),
        kink=p("cold_kink_temperature"),
        cold_factor=p("cold_slope_factor"),
        weights=tuple(p(f"temperature_weight_{k}") for k in range(4)),
        season=(int(p("heating_season_start")), int(p("heating_season_end"))),
        shoulder=(int(p("heating_shoulder_start")), int(p("heating_shoulder_end"))),
        rule_temperature=p("heating_rule_temperature"),
    )
    levels = horizon.grouped(t.DemandLevelRow, "sector")
    sectors = []
    for name, rows in horizon.grouped(t.SectorRow, "sector").items():
        base = horizon.series(rows, lambda r: _gwh(r.base_mcm_per_day, r.gcv_kwh_per_m3), missing=0.0)
        slope = horizon.series(rows, lambda r: _gwh(r.slope_mcm_per_day_per_c, r.gcv_kwh_per_m3), missing=0.0)
        for level in ("all", name):
            base = base * horizon.series(levels.get(level, []), lambda r: r.base_factor, missing=1.0)
            slope = slope * horizon.series(levels.get(level, []), lambda r: r.slope_factor, missing=1.0)
        weekday, month = _calendar(horizon, name)
        shares = _zone_shares(horizon, name)
        sectors.append(
            SectorDemand(name, rows[-1].demand_class, base * month * weekday, slope * weekday,
                         rows[-1].heating_season_only, shares)
        )  # fmt: skip
    return DemandModel(horizon.first, response, tuple(sectors))


def _calendar(horizon: Horizon, sector: str) -> tuple[Daily, Daily]:
    factors: dict[tuple[str, int], float] = {}
    rows = [r for r in horizon.rows(t.DemandCalendarRow) if r.sector in ("all", sector)]
    for row in sorted(rows, key=lambda r: r.sector != "all"):  # a sector's own row overrules `all`
        factors[row.calendar, row.key_number] = cast(float, row.factor)
    weekday = np.array([factors.get(("weekday", d.isoweekday()), 1.0) for d in horizon.dates])
    month = np.array([factors.get(("month", d.month), 1.0) for d in horizon.dates])
    return weekday, month


def _zone_shares(horizon: Horizon, sector: str) -> dict[str, float]:
    """Share of a sector's demand by node: regional shares, each region split over zones."""
    zones: dict[str, dict[str, float]] = {}
    for row in sorted(horizon.rows(t.RegionZoneRow), key=lambda r: r.sector != "all"):
        if row.sector not in ("all", sector):
            continue
        key = row.region if row.sector == "all" else f"{row.region} own"
        zones.setdefault(key, {})[row.node] = cast(float, row.share)
    shares: dict[str, float] = {}
    for regional in horizon.rows(t.RegionalShareRow):
        if regional.sector == sector:
            split = zones.get(f"{regional.region} own", zones.get(regional.region, {}))
            for node, share in split.items():
                shares[node] = shares.get(node, 0.0) + share * cast(float, regional.share)
    if abs(sum(shares.values()) - 1) > 1e-6:
        raise InputError(
            f"data/regional_shares.csv: shares of sector {sector!r} over zones add to {sum(shares.values()):g}; "
            "regional_shares and region_zones must each add to 1"
        )
    return shares


def _gwh(mcm: float | None, gcv: float | None) -> float | None:
    return None if mcm is None or gcv is None else mcm * gcv


def _tariffs(horizon: Horizon) -> dict[str, Daily]:
    """Asset path -> EUR/MWh, all tariffs on it added up."""
    totals: dict[str, Daily] = {}
    for rows in horizon.grouped(t.TariffRow, "tariff").values():
        series = horizon.series(rows, lambda r: r.tariff_eur_per_mwh, missing=0.0)
        totals[rows[0].asset] = totals.get(rows[0].asset, np.zeros(horizon.days)) + series
    return totals


def _lesser_of(horizon: Horizon, rows: list[Any]) -> Daily:
    """The lesser of the sides of a border; a blank side does not limit, no side at all means closed."""
    sides: dict[str | None, list[Any]] = {}
    for row in rows:
        sides.setdefault(row.side, []).append(row)
    result, exists = np.full(horizon.days, np.inf), np.zeros(horizon.days, dtype=bool)
    for side_rows in sides.values():
        side = horizon.series(side_rows, lambda r: r.capacity_gwh_per_day, missing=np.inf)
        result = np.minimum(result, side)
        for _, span in horizon.spans(side_rows):
            exists[span] = True
    return np.where(exists, result, 0.0)


def _upstream(horizon: Horizon) -> list[Upstream]:
    reserved: dict[str, Daily] = {}
    for rows in horizon.grouped(t.ReservationRow, "upstream").values():
        series = horizon.series(rows, lambda r: r.reserved_gwh_per_day, missing=0.0)
        reserved[rows[0].upstream] = reserved.get(rows[0].upstream, np.zeros(horizon.days)) + series
    return [
        Upstream(u, _lesser_of(horizon, rows), reserved.get(u, 0.0), rows[0].name.partition(",")[0], rows[0].kind)
        for u, rows in horizon.grouped(t.UpstreamRow, "upstream").items()
    ]


def _pipelines(horizon: Horizon, tariffs: Mapping[str, Daily]) -> list[Pipeline]:
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


def _routes(horizon: Horizon, tariffs: Mapping[str, Daily]) -> dict[str, list[Route]]:
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


def _contracts(horizon: Horizon, routes: Mapping[str, list[Route]]) -> list[Contract]:
    contracts = []
    seasons: dict[str, dict[int, float | None]] = {}
    for season in horizon.rows(t.ContractSeasonRow):
        seasons.setdefault(season.contract, {})[season.month] = season.dcq_fraction
    for family, rows in horizon.grouped(t.ContractRow, "contract").items():
        ways = routes.get(f"contracts.{family}", [])
        if not ways:
            continue  # no way to Serbia in this horizon, such as an interconnector not yet built
        dcq = horizon.series(rows, lambda r: _gwh(r.dcq_mcm_per_day, r.gcv_kwh_per_m3), missing=0.0)
        dcq = dcq * _season(horizon, seasons.get(family, {}))
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
            daily_sum if row.acq_mcm is None else cast(float, _gwh(row.acq_mcm, row.gcv_kwh_per_m3)) * days / total
        )
        quantity = min(quantity, daily_sum)
        pledge = quantity * (row.take_or_pay_fraction or 0.0)
        yield Period(row.piece, span.start, span.stop - 1, quantity, pledge, float(price[span].mean()))


def _production(horizon: Horizon, tariffs: Mapping[str, Daily]) -> list[Contract]:
    fields = []
    for name, rows in horizon.grouped(t.ProductionRow, "field").items():
        rate = horizon.series(rows, lambda r: _gwh(r.production_mcm_per_day, r.gcv_kwh_per_m3), missing=0.0)
        route = Route(f"{name}_field", rows[-1].node, (), tariffs.get("network", 0.0))
        fields.append(
            Contract(name, [route], rate, _price(horizon, rows), gas_source="domestic", name=rows[0].name,
                     kind="production", gcv_kwh_per_m3=rows[-1].gcv_kwh_per_m3)
        )  # fmt: skip
    return fields


def _sites(horizon: Horizon) -> list[StorageSite]:
    return [
        StorageSite(
            site,
            horizon.series(rows, lambda r: r.withdrawal_capacity_gwh_per_day, missing=np.inf),
            horizon.series(rows, lambda r: r.injection_capacity_gwh_per_day, missing=np.inf),
            rows[0].name,
        )
        for site, rows in horizon.grouped(t.StorageSiteRow, "site").items()
    ]


def _accounts(
    horizon: Horizon, routes: Mapping[str, list[Route]], tariffs: Mapping[str, Daily]
) -> list[StorageAccount]:
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
        rate = horizon.series(rows, lambda r: _gwh(r.withdrawal_capacity_mcm_per_day, r.gcv_kwh_per_m3), missing=0.0)
        accounts.append(
            StorageAccount(
                id=name,
                site=row.site,
                node=sites[row.site].node or "",
                route=way,
                volume=volume,
                opening=_opening(horizon, name, gcv),
                withdrawal_capacity=rate * _season(horizon, seasons.get(name, {})),
                injection_capacity=horizon.series(
                    rows, lambda r: _gwh(r.injection_capacity_mcm_per_day, r.gcv_kwh_per_m3), missing=0.0
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


def _season(horizon: Horizon, share: Mapping[int, float | None]) -> Daily:
    """A share by month as a daily series; months not listed count in full."""
    return np.array([share.get(d.month, 1.0) for d in horizon.dates], dtype=float)


def _curve(horizon: Horizon, account: str, kind: str) -> Curve:
    points = {
        r.fill_fraction: cast(float, r.rate_fraction)
        for r in horizon.rows(t.StorageCurveRow)
        if r.account == account and r.kind == kind
    }
    return concave_minorant(tuple(sorted(points.items()))) if points else ((0.0, 1.0), (1.0, 1.0))


def concave_minorant(curve: Curve) -> Curve:
    """A concave curve nowhere above the given one: the curve itself where it is concave already.

    A linear programme takes the concave hull of a curve, which would overstate the rate where the curve
    bends the other way; a chord that cuts under it errs on the safe side.
    """
    points = list(curve)
    k = 1
    while k < len(points) - 1:
        (x0, y0), (x1, y1), (x2, y2) = points[k - 1 : k + 2]
        if (y1 - y0) * (x2 - x1) < (y2 - y1) * (x1 - x0) - 1e-12:  # bends upwards: the later slope must not be steeper
            slope = (y1 - y0) / (x1 - x0)
            points[k + 1] = (x2, min(y2, y1 + slope * (x2 - x1)))
        k += 1
    return tuple(points)


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


def _classes(horizon: Horizon, planner: Planner) -> list[DemandClass]:
    column = {"low": "low", "mid": "voll_eur_per_mwh", "high": "high"}[planner.value_of_lost_load]
    steps: dict[str, dict[int, tuple[float, float]]] = {}
    for row in horizon.rows(t.CurtailmentStepRow):
        value = getattr(row, column)
        steps.setdefault(row.demand_class, {})[row.step] = (cast(float, row.depth_fraction), float(value))
    rows = horizon.rows(t.DemandClassRow)
    last = max(r.cut_order or 0 for r in rows) + 1
    backstop = ((1.0, horizon.parameter("loss_backstop_price")),)
    return [
        DemandClass(
            r.demand_class,
            tuple(steps[r.demand_class][k] for k in sorted(steps[r.demand_class])) if r.cuttable else backstop,
            r.cut_order or last,
            r.protected,
            r.cuttable,
            r.name,
        )
        for r in rows
    ]


def _fuel_switches(horizon: Horizon) -> list[FuelSwitch]:
    stocks = horizon.grouped(t.OilStockRow, "demand_class")
    switches = []
    for name, rows in horizon.grouped(t.FuelSwitchRow, "demand_class").items():
        stock = stocks.get(name, [])
        level = horizon.series(stock, lambda r: _gwh(r.stock_mcm, r.gcv_kwh_per_m3), missing=0.0)
        refill = horizon.series(stock, lambda r: _gwh(r.refill_mcm_per_day, r.gcv_kwh_per_m3), missing=0.0)
        share = horizon.series(rows, lambda r: r.switchable_fraction, missing=0.0)
        row = rows[-1]
        switches.append(
            FuelSwitch(
                name, share, float(level[0]), cast(float, row.oil_price_eur_per_mwh), refill, row.notice_days or 0
            )
        )
    return switches
