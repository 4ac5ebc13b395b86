"""The terminal page of `show`: a scenario resolved into the figures that the model will see."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from energysim.inputs.assets import GasSystem
from energysim.inputs.horizon import Horizon
from energysim.inputs.read import Dataset
from energysim.inputs.scenario import Event, Scenario, Setting
from energysim.inputs.tables import ReservationRow, UpstreamRow
from energysim.units import to_mcm


def inputs_page(scenario: Scenario, system: GasSystem, dataset: Dataset) -> Group:
    """Context, changes, events and the main figures of a scenario."""
    parts: list[RenderableType] = [
        Text(scenario.title, style="bold"),
        Text(
            f"{scenario.id} · gas year {scenario.gas_year} · {'; '.join(system.remarks)} · foresight {scenario.foresight}",
            style="dim",
        ),
        Text(f"\n{scenario.context.strip()}\n"),
    ]
    titles = [f"{s}: {dataset.sources[s].title}" for s in scenario.sources]
    if titles:
        parts.append(Text("Sources: " + "; ".join(titles) + "\n", style="dim"))
    if scenario.set or scenario.rivals:
        parts.append(_changes(scenario))
    if scenario.events:
        parts.append(_events(scenario))
    parts += [_contracts(system), _upstream(system, dataset, scenario), _pipelines(system), _stores(system)]
    if scenario.variants:
        lines = [f"  {scenario.id}/{name}: {v.title}" for name, v in scenario.variants.items()]
        parts.append(Text("Variants\n" + "\n".join(lines)))
    return Group(*parts)


def _grid(title: str, *columns: str) -> Table:
    table = Table(title=Text(title, style="bold"), box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for k, column in enumerate(columns):
        table.add_column(Text(column), justify="left" if k == 0 else "right")
    return table


def _changes(scenario: Scenario) -> Table:
    table = _grid("Set differently from the data", "path", "value")
    for path, value in scenario.set.items():
        if isinstance(value, Setting):
            table.add_row(path, f"{value.value} ({value.start or 'start'} to {value.until or 'end'})")
        else:
            table.add_row(path, str(value))
    for path, rival in scenario.rivals.items():
        table.add_row(path, f"rival figure `{rival}`")
    return table


def _events(scenario: Scenario) -> Table:
    table = _grid("Events", "event", "asset", "what", "from", "to", "known", "believed to end")
    for event in scenario.events:
        table.add_row(
            event.name,
            event.asset,
            f"{event.quantity} {getattr(event, event.quantity)}",
            f"{event.start}",
            f"{event.until}" + (f" ×{event.repeat.times}" if event.repeat else ""),
            _known(event),
            str(event.announced_until or ""),
        )
    return table


def _known(event: Event) -> str:
    return "surprise" if event.known_from is None else str(event.known_from).replace("_", " ")


def _contracts(system: GasSystem) -> Table:
    table = _grid("Contracts", "contract", "mcm/d", "EUR/MWh", "notice d", "routes")
    for c in system.contracts.values():
        dcq, price = to_mcm(1.0) * np.asarray(c.dcq), np.asarray(c.price)
        table.add_row(
            c.name or c.id, _range(dcq, 2), _range(price, 1), str(c.notice_days), ", ".join(r.id for r in c.routes)
        )
    return table


def _upstream(system: GasSystem, dataset: Dataset, scenario: Scenario) -> Table:
    """What passes each asset on the way, and how it follows from both sides of a border and reservations."""
    horizon = Horizon(dataset, system.first_day, system.days, scenario.rivals)
    rows, reservations = horizon.grouped(UpstreamRow, "upstream"), horizon.grouped(ReservationRow, "upstream")
    table = _grid("Capacities on the way to Serbia [GWh/d]", "asset", "for Serbia", "how it follows")
    table.columns[2].justify = "left"
    for u in system.upstream.values():
        if f"upstream.{u.id}.capacity" in scenario.set:
            sides = [f"set to {_range(np.asarray(u.capacity), 1)}"]
        else:
            sides = _sides(horizon, rows.get(u.id, []))
        parts = [("lesser of " if len(sides) > 1 else "") + ", ".join(sides)] if sides else []
        if np.any(u.reserved):
            names = dict.fromkeys(_plain(r.beneficiary) for r in reservations.get(u.id, []))
            parts.append(f"less {_range(np.asarray(u.reserved), 1)} reserved for {' and '.join(names) or 'others'}")
        table.add_row(u.name or u.id, _range(u.free, 1), "; ".join(parts))
    return table


def _sides(horizon: Horizon, rows: list[UpstreamRow]) -> list[str]:
    """Each side of a border that has a stated capacity, with what the scenario's rivals make of it."""
    said = []
    for side in dict.fromkeys(r.side for r in rows):
        stated = horizon.series([r for r in rows if r.side == side], lambda r: r.capacity_gwh_per_day)
        stated = stated[~np.isnan(stated)]
        if len(stated):
            said.append(f"{side or 'capacity'} {_range(stated, 1)}")
    return said


def _plain(name: str) -> str:
    return name.replace("_", " ").title()


def _pipelines(system: GasSystem) -> Table:
    table = _grid("Pipelines inside [GWh/d]", "pipeline", "capacity", "from", "to")
    for p in system.pipelines.values():
        table.add_row(p.name or p.id, _range(np.asarray(p.capacity), 1), p.from_node, p.to_node)
    return table


def _stores(system: GasSystem) -> Table:
    table = _grid("Stores", "account", "volume mcm", "opening mcm", "out mcm/d", "in mcm/d", "callable")
    for a in system.accounts.values():
        out, into = to_mcm(1.0) * np.asarray(a.withdrawal_capacity), to_mcm(1.0) * np.asarray(a.injection_capacity)
        table.add_row(
            a.name or a.id, f"{to_mcm(a.volume):,.0f}", f"{to_mcm(a.opening):,.0f}", _range(out, 1), _range(into, 2),
            "yes" if a.callable else "no",
        )  # fmt: skip
    return table


def _range(values: NDArray[np.float64], digits: int) -> str:
    low, high = float(values.min()), float(values.max())
    text = ["no limit" if np.isinf(v) else f"{v:,.{digits}f}" for v in (low, high)]
    return text[0] if text[0] == text[1] else f"{text[0]} … {text[1]}"
