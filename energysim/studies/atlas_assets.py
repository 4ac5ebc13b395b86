"""Assets of an atlas: which can fail, which the undisturbed year uses, how they are called and written.

An asset of an atlas is a path such as `upstream.kireevo`, or several joined by `+` that fail together, such as
the two directions of a main.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from energysim.errors import InputError, suggest
from energysim.inputs.assets import GasSystem
from energysim.inputs.paths import ALIASES, RATE_FIELD
from energysim.simulate import Course

TABLES = ("upstream", "sites", "accounts", "contracts", "pipelines")
"""Kinds of assets whose outage an atlas can ask for."""
JOINT = "+"
"""Stands between assets that fail together."""
USED = 0.01
"""Share of the horizon's demand that passes an asset before it counts as used."""

Way = tuple[str, str]
"""Something gas passes, by kind and id: a route, an account or a main."""


def default_assets(
    system: GasSystem, undisturbed: Course, depths: Sequence[float] = (1.0,)
) -> dict[str, tuple[str, ...]]:
    """Every asset that the undisturbed year uses -> others whose complete loss would be the same.

    Assets that exactly the same gas passes are one: the first with a stated capacity, in the order of TABLES,
    and the tightest of a table, stands for all of them. The two directions of a main are one asset. Where a part is
    to be lost as well, assets without a stated capacity are left out: a part of them says nothing.
    """
    demand = float(sum(o.demand.sum() for o in system.offtakes.values()))
    passed, groups = _passed(undisturbed), dict[frozenset[Way], list[str]]()
    for path, ways in _ways(system).items():
        if sum(passed.get(w, 0.0) for w in ways) >= USED * demand > 0:
            groups.setdefault(frozenset(ways), []).append(path)
    found = [sorted(paths, key=lambda p: _preference(system, p)) for paths in groups.values()]
    found.sort(key=lambda paths: TABLES.index(paths[0].partition(".")[0]))
    whole = min(depths) >= 1.0
    return {first: tuple(others) for first, *others in found if whole or np.isfinite(_limit_of_all(system, first))}


def _preference(system: GasSystem, path: str) -> tuple[bool, int, float]:
    limit = _limit_of_all(system, path)
    return not np.isfinite(limit), TABLES.index(path.partition(".")[0]), limit


def _limit_of_all(system: GasSystem, path: str) -> float:
    return sum(limit_of(system, part) for part in path.split(JOINT))


def limit_of(system: GasSystem, path: str) -> float:
    """Largest daily quantity of an asset [GWh/d]; infinite where none is stated."""
    table, _, name = path.partition(".")
    asset = getattr(system, table)[name]
    if table == "upstream":
        return float(asset.free.max(initial=0.0))
    return float(getattr(asset, RATE_FIELD.get(table, "withdrawal_capacity")).max(initial=0.0))


def _ways(system: GasSystem) -> dict[str, list[Way]]:
    """Path of every asset that gas can pass -> what of it passes there, as far as it is usable at all."""
    open_routes = {
        r.id: r for c, r in system.routes.values() if float((c.dcq * c.available * (r.open > 0)).max(initial=0.0)) > 0
    }
    own = {a.id: a for a in system.accounts.values() if a.callable}
    ways: dict[str, list[Way]] = {
        f"upstream.{u}": [("route", r.id) for r in open_routes.values() if u in r.path]
        + [("route of", a.id) for a in own.values() if a.route and u in a.route.path]
        for u in system.upstream
    }
    ways |= {f"sites.{s}": [("account", a.id) for a in own.values() if a.site == s] for s in system.sites}
    ways |= {f"accounts.{a}": [("account", a)] for a in own}
    ways |= {
        f"contracts.{c.id}": [("route", r.id) for r in c.routes if r.id in open_routes]
        for c in system.contracts.values()
    }
    return ways | {path: [("main", part.partition(".")[2]) for part in path.split(JOINT)] for path in _mains(system)}


def _mains(system: GasSystem) -> Iterator[str]:
    """Pipelines; the two directions between the same nodes, under the same name, as one path."""
    done: set[str] = set()
    for p in system.pipelines.values():
        if p.id in done:
            continue
        back = [q.id for q in system.pipelines.values()
                if (q.from_node, q.to_node, q.name) == (p.to_node, p.from_node, p.name) and q.id not in done]  # fmt: skip
        done |= {p.id, *back[:1]}
        yield JOINT.join(f"pipelines.{i}" for i in (p.id, *back[:1]))


def _passed(course: Course) -> dict[Way, float]:
    """Gas over the horizon [GWh] by what it passes."""
    kinds = {"nomination": "route", "withdrawal": "account", "flow": "main"}
    total: dict[Way, float] = {}
    for quantity, kind in kinds.items():
        span = course.realised.solution.form.columns[quantity]
        for index, value in zip(span.indices, course.realised.solution.values[span.slice].tolist(), strict=True):
            total[kind, str(index[0])] = total.get((kind, str(index[0])), 0.0) + value
    return total | {("route of", name): v for (kind, name), v in total.items() if kind == "account"}


def asset_names(system: GasSystem, path: str) -> str:
    """What a reader calls the asset of an atlas: names of its parts, each once."""
    named = []
    for part in path.split(JOINT):
        table, _, name = part.partition(".")
        named.append(getattr(system, table)[name].name or name.replace("_", " "))
    return " and ".join(dict.fromkeys(named))


def asset_path(system: GasSystem, written: str) -> str:
    """The path of what a person writes: `kireevo`, `upstream.kireevo`, `kireevo+ibs`. Raises InputError."""
    return JOINT.join(_one_path(system, part.strip()) for part in written.split(JOINT))


def _one_path(system: GasSystem, written: str) -> str:
    known = [f"{table}.{name}" for table in TABLES for name in getattr(system, table)]
    table, dot, name = written.partition(".")
    path = f"{ALIASES.get(table, table)}.{name}" if dot else written
    if path in known:
        return path
    bare = [k for k in known if k.partition(".")[2] == written]
    if len(bare) == 1:
        return bare[0]
    if bare:
        raise InputError(f"{written!r} is the name of {' and of '.join(bare)}; write one of them")
    if dot and path.partition(".")[0] not in TABLES:
        raise InputError(f"{written!r}: an outage cannot strike {table}{suggest(table, TABLES)}")
    near = suggest(written if dot else written.lower(), known if dot else [k.partition(".")[2] for k in known])
    raise InputError(f"unknown asset {written!r}{near or '; `energysim show SCENARIO` lists the assets'}")
