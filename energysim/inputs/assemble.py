"""From tables to the gas system of a gas year: the one place where all readers meet.

Volumes have become energy (each row by its own calorific value), the lesser of the two sides of a border
has been taken, and pieces of a contract are strung together in the modules called here.
"""

from __future__ import annotations

from collections.abc import Mapping

from energysim.errors import InputError
from energysim.inputs import tables as t
from energysim.inputs.assets import GasSystem, Node, Policy
from energysim.inputs.demand_tables import demand_model, read_demand_classes, read_fuel_switches
from energysim.inputs.horizon import Horizon, check_rivals
from energysim.inputs.read import Dataset
from energysim.inputs.scenario import Planner
from energysim.inputs.storage_tables import read_accounts, read_sites
from energysim.inputs.supply_tables import (
    read_contracts,
    read_pipelines,
    read_production,
    read_routes,
    read_tariffs,
    read_upstream,
)
from energysim.inputs.weather import gas_year_start, temperatures


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
    tariffs = read_tariffs(horizon)
    routes = read_routes(horizon, tariffs)
    pipelines, offtakes = read_pipelines(horizon, tariffs), climate.offtakes(temperature)
    connected = {n for p in pipelines for n in (p.from_node, p.to_node)} | {o.node for o in offtakes}
    nodes = [r for r in horizon.rows(t.NodeRow) if r.node in connected]  # no Gastrans in 2009
    return GasSystem.build(
        first_day=first,
        days=days,
        nodes=[Node(r.node, r.name, r.kind, r.latitude, r.longitude) for r in nodes],
        pipelines=pipelines,
        upstream=read_upstream(horizon),
        contracts=[*read_production(horizon, tariffs), *read_contracts(horizon, routes)],
        sites=read_sites(horizon),
        accounts=read_accounts(horizon, routes, tariffs),
        demand_classes=read_demand_classes(horizon, planner),
        offtakes=offtakes,
        fuel_switches=read_fuel_switches(horizon),
        policy=Policy(planner.stock, planner.value_of_lost_load, horizon.parameter("tie_breaking_cost")),
        label=gas_year,
        climate=climate,
        temperature=temperature,
        gas_sources={r.gas_source: r.name for r in sorted(horizon.rows(t.GasSourceRow), key=lambda r: r.stack_order)},
        remarks=remarks,
    )
