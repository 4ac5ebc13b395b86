"""Checks of figures that belong together: shares, curves, steps, stocks and the ladder of prices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from energysim.errors import InputError, suggest
from energysim.inputs.paths import FIELDS
from energysim.inputs.row import Known, Tables
from energysim.units import parse

Placed = tuple[Any, int]
"""A row and its line."""

Check = Callable[[Tables], Iterator[str]]

SPREAD = 1e4
"""Dearest less cheapest price [EUR/MWh] above which small costs drown in the solver's tolerance."""
LISTED = 4
"""So many prices above the lowest lost load are named one by one; more of them are that figure's mistake."""


def _groups(rows: Iterable[Placed], key: Callable[[Any], Any]) -> dict[Any, list[Placed]]:
    groups: dict[Any, list[Placed]] = {}
    for row, line in rows:
        groups.setdefault(key(row), []).append((row, line))
    return groups


def _together(rows: list[Placed]) -> Iterator[tuple[date, list[Placed]]]:
    """The rows that hold together, from each date on which one of them begins to hold."""
    for day in sorted({row.valid_from or date.min for row, _ in rows}):
        yield day, [(row, line) for row, line in rows if row.holds_on(day)]


def _lines(rows: list[Placed]) -> str:
    return f"line{'s' if len(rows) > 1 else ''} {', '.join(str(line) for _, line in rows)}"


def _add_to_one(table: Known, key: Callable[[Any], Any], column: str, what: str) -> Iterator[str]:
    for name, rows in _groups(table.used(), key).items():
        for _, held in _together(rows):
            total = sum(getattr(row, column) for row, _ in held)
            if abs(total - 1) > 1e-6:
                named = "/".join(name) if isinstance(name, tuple) else name
                yield f"{table.where(held[0][1])}: {column}: {what} of {named} add to {total:g}, must add to 1 ({_lines(held)})"
                break


def _check_shares(tables: Tables) -> Iterator[str]:
    yield from _add_to_one(tables["regional_shares"], lambda r: r.sector, "share", "the regions")
    yield from _add_to_one(tables["region_zones"], lambda r: (r.sector, r.region), "share", "the zones")
    shared = {row.sector for row, _ in tables["regional_shares"]}
    for row, line in tables["sectors"].used():
        if row.sector not in shared:
            yield f"{tables['sectors'].where(line)}: sector: {row.sector!r} has no rows in regional_shares.csv; add them"


def _check_curves(tables: Tables) -> Iterator[str]:
    table = tables["storage_curves"]
    for (account, kind), rows in _groups(table.used(), lambda r: (r.account, r.kind)).items():
        ordered = sorted(rows, key=lambda r: r[0].fill_fraction)
        for end, (row, line) in ((0, ordered[0]), (1, ordered[-1])):
            if row.fill_fraction != end:
                side = "begins" if end == 0 else "ends"
                yield (f"{table.where(line)}: fill_fraction: the {kind} curve of {account} {side} at "
                       f"{row.fill_fraction:g}; it must run from 0 to 1")  # fmt: skip


def _check_stocks(tables: Tables) -> Iterator[str]:
    levels, accounts = tables["storage_levels"], tables["storage_accounts"]
    opened = {(row.account, row.date): (row, line) for row, line in levels.used() if row.kind == "opening"}
    for first in sorted({day for _, day in opened}):
        for row, line in accounts.used():
            if not row.holds_on(first):
                continue
            if (row.account, first) not in opened:
                yield (f"{accounts.where(line)}: {row.account} has no opening stock on {first}, as other accounts have; "
                       f"add a row of kind `opening` to {levels.name}")  # fmt: skip
                continue
            level, at = opened[row.account, first]
            if level.level_mcm is None:
                yield f"{levels.where(at)}: level_mcm: is blank in an opening stock; a missing figure is never zero"
            elif (
                level.level_mcm * (level.gcv_kwh_per_m3 or row.gcv_kwh_per_m3)
                > row.volume_mcm * row.gcv_kwh_per_m3 + 1e-6
            ):
                yield (f"{levels.where(at)}: level_mcm: opening stock of {row.account}, {level.level_mcm:g} mcm, is above "
                       f"its volume, {row.volume_mcm:g} mcm ({accounts.where(line)})")  # fmt: skip


def _check_closing_values(tables: Tables) -> Iterator[str]:
    table = tables["closing_values"]
    for account, rows in _groups(table.used(), lambda r: r.account).items():
        for _, held in _together(rows):
            held.sort(key=lambda r: r[0].step)
            for (a, _), (b, line) in pairwise(held):
                if b.value_eur_per_mwh > a.value_eur_per_mwh:
                    yield (f"{table.where(line)}: value_eur_per_mwh: {b.value_eur_per_mwh:g} in step {b.step} of {account} "
                           f"is above the {a.value_eur_per_mwh:g} of step {a.step}; values fall from step to step")  # fmt: skip
            total = sum(row.share_of_volume for row, _ in held)
            if total > 1 + 1e-6:
                yield f"{table.where(held[0][1])}: share_of_volume: the steps of {account} add to {total:g} ({_lines(held)})"


def _check_losses(tables: Tables) -> Iterator[str]:
    """Steps add to 1 and rise; classes are cut in order because their values do not overlap."""
    table, classes = tables["curtailment_steps"], tables["demand_classes"]
    yield from _add_to_one(table, lambda r: r.demand_class, "depth_fraction", "the steps")
    steps = _groups(sorted(table.used(), key=lambda r: r[0].step), lambda r: r.demand_class)
    order: list[Any] = []
    for row, line in classes.used():
        if row.cuttable and row.cut_order is None:
            yield f"{classes.where(line)}: cut_order: is blank, but {row.demand_class} can be cut; number it"
        elif row.cuttable and row.demand_class not in steps:
            yield f"{classes.where(line)}: demand_class: {row.demand_class} has no rows in {table.name}; add its steps"
        elif row.cuttable:
            order.append(row)
    order.sort(key=lambda r: r.cut_order)
    rank = {c.demand_class: c.cut_order for c in order}
    ladder = [step for c in order for step in steps[c.demand_class]]
    for column, case in (("voll_eur_per_mwh", ""), ("low", " in the low case"), ("high", " in the high case")):
        for (a, before), (b, line) in pairwise(ladder):
            low, high = getattr(a, column), getattr(b, column)
            same = a.demand_class == b.demand_class
            if low is None or high is None or high > low or (same and high == low):
                continue
            if not same and rank[a.demand_class] == rank[b.demand_class]:
                continue  # cut together
            yield (f"{table.where(line)}: {column}: {high:g} of {b.demand_class}, step {b.step}, is not above {low:g} of "
                   f"{a.demand_class}, step {a.step} (line {before}){case}; the ranges overlap and the order of cuts "
                   "would not hold")  # fmt: skip


def _check_prices(tables: Tables) -> Iterator[str]:
    """A series has a price on every day between its first and last on which a contract needs one."""
    table = tables["prices"]
    users = [row for name in ("contracts", "production") for row, _ in tables[name].used()]
    for series, rows in _groups(table.used(), lambda r: r.price_series).items():
        rows.sort(key=lambda r: r[0].valid_from or date.min)
        for (a, _), (b, line) in pairwise(rows):
            first, last = (d + timedelta(days=k) for d, k in ((a.valid_to, 1), (b.valid_from, -1)))
            user = next((u for u in users if u.price_series == series and first <= last and u.meets(first, last)), None)
            if user is not None:
                yield f"{table.where(line)}: valid_from: {series} has no price from {first} to {last}, where {user.identity[0]} needs one"


def _check_ladder(tables: Tables) -> Iterator[str]:
    """Having gas must be cheaper than doing without: every price lies below the lowest value of lost load."""
    steps, parameters = tables["curtailment_steps"], tables["parameters"]
    losses = [(row.voll_eur_per_mwh if row.low is None else min(row.low, row.voll_eur_per_mwh), row, line)
              for row, line in steps.used()]  # fmt: skip
    backstop = max((row.value, line) for row, line in parameters.used() if row.parameter == "loss_backstop_price")
    prices = sorted(_prices(tables), key=lambda p: -p[0])
    if not losses or not prices:
        return
    floor, row, line = min(losses, key=lambda p: p[0])
    above = [(price, text) for price, text in prices if price >= floor]
    lowest = f"the lowest value of lost load, {floor:g} EUR/MWh ({steps.where(line)})"
    if len(above) > LISTED:
        yield (f"{steps.where(line)}: voll_eur_per_mwh: {floor:g} EUR/MWh of {row.demand_class} lies below {len(above)} "
               f"prices of gas, up to {prices[0][0]:g}; cutting would be cheaper than supply")  # fmt: skip
    else:
        for price, text in above:
            yield f"{text} comes to {price:g} EUR/MWh, not below {lowest}; cutting would be cheaper than supply"
    highest = max(row.high or row.voll_eur_per_mwh for row, _ in steps.used())
    if backstop[0] <= highest:
        yield f"{parameters.where(backstop[1])}: value: loss_backstop_price {backstop[0]:g} must be above every lost load, {highest:g}"
    if max(backstop[0], highest) - min(0.0, prices[-1][0]) >= SPREAD:
        where = parameters.where(backstop[1]) if backstop[0] >= highest else steps.name
        yield f"{where}: value: prices spread over {SPREAD:g} EUR/MWh or more; the solver would not see the small ones, lower the highest"


def _prices(tables: Tables) -> Iterator[tuple[float, str]]:
    """(EUR/MWh, which row) of every way to have gas: bought with tariffs, kept in store or replaced by oil."""
    prices, tariffs = tables["prices"], _dearest_way(tables)
    users = [(name, row, line) for name in ("contracts", "production") for row, line in tables[name].used()]
    for row, line in prices.used():
        costs = [
            (
                row.price_eur_per_mwh + user.premium_eur_per_mwh + tariffs.get(getattr(user, "contract", ""), 0.0),
                name,
                at,
            )
            for name, user, at in users
            if user.price_series == row.price_series
            and user.meets(row.valid_from or date.min, row.valid_to or date.max)
        ]
        if costs:
            cost, name, at = max(costs)
            yield (
                cost,
                f"{prices.where(line)}: price_eur_per_mwh: {row.price_series} with premium ({tables[name].where(at)}) and tariffs",
            )
    for name, column in (("storage_targets", "shortfall_price_eur_per_mwh"), ("closing_values", "value_eur_per_mwh"),
                         ("fuel_switch", "oil_price_eur_per_mwh")):  # fmt: skip
        for row, line in tables[name].used():
            yield getattr(row, column), f"{tables[name].where(line)}: {column}: {'/'.join(row.identity)}"


def _dearest_way(tables: Tables) -> dict[str, float]:
    """Contract -> tariffs on the dearest of its routes [EUR/MWh], roughly: the dearest rows of all years."""
    dearest: dict[str, float] = {}
    for asset, rows in _groups(tables["tariffs"].used(), lambda r: r.asset).items():
        by_tariff = _groups(rows, lambda r: r.tariff).values()
        dearest[asset] = sum(max(row.tariff_eur_per_mwh for row, _ in held) for held in by_tariff)
    inside = max((v for k, v in dearest.items() if k.startswith("pipelines.")), default=0.0) + dearest.get(
        "network", 0.0
    )
    ways: dict[str, float] = {}
    for row, _ in tables["routes"].used():
        cost = inside + sum(dearest.get(f"upstream.{u}", 0.0) for u in row.path.split(">"))
        name = row.asset.partition(".")[2]
        ways[name] = max(ways.get(name, 0.0), cost)
    return ways


def _check_projects(tables: Tables) -> Iterator[str]:
    """Every project says what it changes, or why it is not modelled; nothing is left out in silence."""
    table, projects = tables["project_effects"], tables["projects"]
    effects = _groups(table.used(), lambda r: r.project)
    for row, line in projects.used():
        if row.project not in effects:
            yield (f"{projects.where(line)}: project: {row.project!r} has no row in {table.name}; add what it changes, or "
                   "a row of kind `none` with the reason")  # fmt: skip
    for project, rows in effects.items():
        kinds = {r.kind for r, _ in rows}
        if "none" in kinds and len(rows) > 1:
            yield f"{table.where(rows[0][1])}: kind: {project} has both `none` and effects ({_lines(rows)}); keep one of them"
        for column in ("in_base", "builds_on"):
            if len({getattr(r, column) for r, _ in rows}) > 1:
                yield f"{table.where(rows[-1][1])}: {column}: the rows of {project} disagree ({_lines(rows)})"
    for row, line in table:
        yield from (f"{table.where(line)}: {problem}" for problem in _wrong_amount(row))


def _wrong_amount(row: Any) -> Iterator[str]:
    """What is wrong with the field or the unit of a project's effect."""
    if row.kind == "none" or row.amount is None or row.unit is None:
        return
    kind = (row.asset or "").partition(".")[0]
    known = FIELDS.get(kind, {})
    if row.kind == "add" and row.field not in known:
        yield f"field: {kind} has no field {row.field!r} that can be set{suggest(str(row.field), known)}"
        return
    try:
        parse(f"{row.amount} {row.unit}", known[row.field] if row.kind == "add" else "rate", row.gcv_kwh_per_m3 or 1.0)
    except InputError as error:
        yield from (f"unit: {p}" for p in error.problems)


FIGURES: tuple[tuple[tuple[str, ...], Check], ...] = (
    (("sectors", "regional_shares", "region_zones"), _check_shares),
    (("storage_curves",), _check_curves),
    (("storage_levels", "storage_accounts"), _check_stocks),
    (("closing_values",), _check_closing_values),
    (("curtailment_steps", "demand_classes"), _check_losses),
    (("prices", "contracts", "production"), _check_prices),
    (("project_effects", "projects"), _check_projects),
    (("curtailment_steps", "parameters", "prices", "contracts", "production", "routes", "tariffs", "storage_targets",
      "closing_values", "fuel_switch"), _check_ladder),
)  # fmt: skip
"""Tables that must be sound for a check to make sense, and the check."""
