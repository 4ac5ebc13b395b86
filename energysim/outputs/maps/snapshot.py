"""What a map shows, as numbers: lines with flow and capacity, zones with their cut, stores with their stock.

No drawing here. Rates in GWh/d, energies in GWh, means over the days of the period; points are longitude and latitude.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from energysim.errors import InputError
from energysim.indicators import basic as indicators
from energysim.inputs.geography import Geography, Points
from energysim.outputs.findings import name_of
from energysim.outputs.maps.period import Period
from energysim.results import Results
from energysim.words import term

PIPELINE, UPSTREAM = "pipeline capacity", "upstream capacity"
"""Limits of `bindings` that a map can show."""


@dataclass(frozen=True)
class Line:
    """A line in the direction of its flow; capacity None: not known; binds: days on which one more unit would save."""

    id: str
    name: str
    points: Points
    flow: float
    capacity: float | None
    binds: int = 0
    labelled: bool = True


@dataclass(frozen=True)
class Zone:
    """Demand and what of it is cut [GWh/d]; `country` is the outline that an exit node stands for."""

    id: str
    name: str
    demand: float
    cut: float
    country: str = ""

    @property
    def share(self) -> float:
        """Share of demand that is cut [1]; NaN without demand."""
        return self.cut / self.demand if self.demand > 0 else np.nan

    @property
    def is_cut(self) -> bool:
        """Whether more than a trace is cut."""
        return self.cut > indicators.TRACE


@dataclass(frozen=True)
class Store:
    """Gas in store [GWh]: callable, of others, and the volume; out: withdrawal less injection [GWh/d]."""

    name: str
    points: Points
    callable: float
    other: float
    volume: float
    out: float


@dataclass(frozen=True)
class Source:
    """Gas that is produced where it stands [GWh/d]."""

    name: str
    point: Points
    flow: float


@dataclass(frozen=True)
class Snapshot:
    """Everything on one map."""

    period: Period
    lines: tuple[Line, ...]
    zones: tuple[Zone, ...]
    stores: tuple[Store, ...]
    sources: tuple[Source, ...]
    passing: tuple[Points, ...]
    """Lines of transit that the model does not know."""
    beyond: tuple[str, ...]
    """Limits outside the map that bind."""
    unplaced: tuple[str, ...]
    """What the run has and the map has no place for."""

    @property
    def home(self) -> tuple[Zone, ...]:
        """Zones of the country itself."""
        return tuple(z for z in self.zones if not z.country)

    @property
    def binding(self) -> tuple[Line, ...]:
        """Lines that bind, in the order of the run."""
        return tuple(line for line in self.lines if line.binds)


def snapshot(result: Results, geography: Geography, period: Period) -> Snapshot:
    """The numbers of a map. Raises InputError where no zone of the run is on it."""
    mean = _Means(result, geography, period.days)
    zones = tuple(_zones(mean))
    known = set(geography.zones.values()) | set(geography.outlines)
    if not any(z.id in known for z in zones):
        names = ", ".join(z.id for z in zones) or "none with demand"
        raise InputError(f"none of the run's nodes ({names}) is on the map; data/place_zones.csv holds those that are")
    unplaced: list[str] = [z.name for z in zones if z.id not in known]
    entries, pipes = list(_entries(mean, unplaced)), list(_pipes(mean, unplaced))
    trunks = list(_trunks(mean, entries, pipes))
    at_entry = {line.id.partition(".")[2] for line in entries}
    bound = mean.bound[mean.bound["limit"] == UPSTREAM]["asset"].drop_duplicates()
    beyond = tuple(name_of(result, "upstream", str(u)) for u in bound if u not in at_entry)
    passing = [geography.path(line) for line in geography.lines if trunks and line.startswith("transit.")]
    return Snapshot(
        period=period,
        lines=(*trunks, *entries, *pipes),
        zones=zones,
        stores=tuple(_stores(mean, unplaced)),
        sources=tuple(_sources(mean, unplaced)),
        passing=tuple(p for p in passing if p is not None),
        beyond=beyond,
        unplaced=tuple(dict.fromkeys(unplaced)),
    )


class _Means:
    """Means over the days shown, by variable and asset."""

    def __init__(self, result: Results, geography: Geography, days: pd.DatetimeIndex) -> None:
        self.result, self.geography, self.days = result, geography, days
        self.bound = result.bindings[result.bindings["date"].isin(days)]
        self._found: dict[str, pd.Series[float]] = {}

    def __call__(self, variable: str, asset: str) -> float:
        """Zero for an asset that the variable is not published of."""
        return float(self.of(variable).get(asset, 0.0))

    def of(self, variable: str) -> pd.Series[float]:
        if variable not in self._found:
            self._found[variable] = self.result.quantity(variable).loc[self.days].mean()
        return self._found[variable]

    def table(self, name: str) -> pd.DataFrame:
        return self.result.assets[self.result.assets["table"] == name]

    def binds(self, limit: str, asset: str) -> int:
        """Days on which a limit of an asset binds."""
        return int(((self.bound["limit"] == limit) & (self.bound["asset"] == asset)).sum())


def _zones(mean: _Means) -> Iterator[Zone]:
    demand, cut = indicators.demand_by_node(mean.result), indicators.curtailment_by_node(mean.result)
    kinds = mean.table("nodes").set_index("asset")["group"]
    for node in demand:
        wanted, lost = (float(frame[node].loc[mean.days].mean()) for frame in (demand, cut))
        country = str(node) if kinds.get(node) == "exit" and node in mean.geography.outlines else ""
        yield Zone(str(node), name_of(mean.result, "nodes", str(node)), wanted, lost, country)


def _entries(mean: _Means, unplaced: list[str]) -> Iterator[Line]:
    """Entry points with what comes through each: nominations and withdrawals from stores abroad."""
    flows: dict[tuple[str, str], float] = {}
    for table, variable in (("routes", "nomination"), ("accounts", "withdrawal")):
        rows = mean.table(table)
        for asset, entry, node in rows.loc[rows["entry"] != "", ["asset", "entry", "node"]].itertuples(index=False):
            flows[entry, node] = flows.get((entry, node), 0.0) + mean(variable, asset)
    capacity = mean.of("entry_capacity")
    for (entry, node), flow in flows.items():
        name, end = name_of(mean.result, "upstream", entry), mean.geography.nodes.get(node)
        points = mean.geography.path(f"upstream.{entry}")
        if points is None and entry in mean.geography.places and end is not None:
            points = np.array([mean.geography.places[entry].point, end.point])
        if points is None or len(points) < 2:
            unplaced.append(name)
            continue
        limit = float(capacity[entry]) if entry in capacity else None
        yield Line(f"upstream.{entry}", name, points, flow, limit, mean.binds(UPSTREAM, entry))


def _pipes(mean: _Means, unplaced: list[str]) -> Iterator[Line]:
    """Lines between nodes; the two directions of one line are one, drawn the way the gas goes."""
    rows = mean.table("pipelines")
    left = dict(zip(rows["asset"], rows["group"], strict=True))
    for pipe, ends in list(left.items()):
        if left.pop(pipe, None) is None:
            continue
        start, _, stop = ends.partition(">")
        back = next((p for p, group in left.items() if group == f"{stop}>{start}"), None)
        if back is not None:
            del left[back]
        points = _way(mean.geography, pipe, back, start, stop)
        net = mean("flow", pipe) - (mean("flow", back) if back else 0.0)
        ahead = back is None or net >= 0
        used = pipe if ahead else str(back)
        name = name_of(mean.result, "pipelines", used)
        if points is None:
            unplaced.append(name)
            continue
        binds = sum(mean.binds(PIPELINE, p) for p in (pipe, back) if p)
        way = points if ahead else points[::-1]
        yield Line(f"pipelines.{used}", name, way, abs(net), mean("flow_capacity", used), binds)


def _way(geography: Geography, pipe: str, back: str | None, start: str, stop: str) -> Points | None:
    """The path of a line, or of its way back turned round, or straight from node to node."""
    path = geography.path(f"pipelines.{pipe}")
    if path is not None:
        return path
    turned = geography.path(f"pipelines.{back}") if back else None
    if turned is not None:
        return turned[::-1]
    ends = [geography.nodes.get(node) for node in (start, stop)]
    return np.array([e.point for e in ends if e is not None]) if all(ends) else None


def _trunks(mean: _Means, entries: list[Line], pipes: list[Line]) -> Iterator[Line]:
    """A transit node drawn as a line: each section carries what came in less what left before it."""
    routes = pd.concat([mean.table("routes"), mean.table("accounts")])
    ends = dict(zip(mean.table("pipelines")["asset"], mean.table("pipelines")["group"], strict=True))
    for node in mean.table("nodes").query("group == 'transit'")["asset"]:
        places = mean.geography.lines.get(f"nodes.{node}", ())
        fed = {f"upstream.{e}" for e in routes.loc[routes["node"] == node, "entry"]}
        into = [line for line in entries if line.id in fed]
        if not into or len(places) < 2:
            continue
        limits = [line.capacity for line in into]
        capacity = sum(c for c in limits if c is not None) if None not in limits else None
        left = sum(line.flow for line in into)
        for k, (first, second) in enumerate(itertools.pairwise(places)):
            left -= sum(p.flow for p in pipes if _leaves(mean.geography, p, ends, node, places[k]))
            points = np.array([mean.geography.places[p].point for p in (first, second)])
            yield Line(f"nodes.{node}", name_of(mean.result, "nodes", node), points, max(0.0, left), capacity, 0, False)


def _leaves(geography: Geography, line: Line, ends: dict[str, str], node: str, place: str) -> bool:
    """Whether a line leaves a transit node at a place."""
    pipe = line.id.partition(".")[2]
    return ends[pipe].startswith(f"{node}>") and geography.lines.get(line.id, ("",))[0] == place


def _stores(mean: _Means, unplaced: list[str]) -> Iterator[Store]:
    accounts = mean.table("accounts")
    for site, rows in accounts.groupby("parent", sort=False):
        points = mean.geography.path(f"sites.{site}")
        if points is None:
            unplaced.append(str(site))
            continue
        stock = {kind: sum(mean("inventory", a) for a in rows.loc[rows["group"] == kind, "asset"])
                 for kind in ("callable", "not callable")}  # fmt: skip
        out = sum(mean("withdrawal", a) - mean("injection", a) for a in rows["asset"])
        name = term(mean.geography.places[mean.geography.lines[f"sites.{site}"][0]].name)
        yield Store(name, points, stock["callable"], stock["not callable"], float(rows["volume"].sum()), out)


def _sources(mean: _Means, unplaced: list[str]) -> Iterator[Source]:
    """Fields: routes that pass no border."""
    rows = mean.table("routes")
    for contract, routes in rows[rows["entry"] == ""].groupby("parent", sort=False):
        point, name = mean.geography.path(f"contracts.{contract}"), name_of(mean.result, "contracts", str(contract))
        if point is None:
            unplaced.append(name)
            continue
        yield Source(name, point[0], sum(mean("nomination", r) for r in routes["asset"]))
