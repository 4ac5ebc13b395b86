"""B11: probabilistic adequacy of systems small enough to be known exactly, through the Monte Carlo study's own code.

Systems A, B, test1 and test2 of the test suite of PRAS (Probabilistic Resource Adequacy Suite, NREL; MIT licence): units,
a line and a store that fail and are repaired as two-state chains; a megawatt is read as a GWh/d, an hour as a gas day.
Enumerated, the answers are exact; sampled, they lie within three standard errors.

PRAS dispatches period by period and charges whenever it can. Here the whole path is planned at once, foreseen; in
these systems both serve the same: no path offers a choice between serving early and serving late, and what is left in
store has a small value, so that it is charged whenever it can be.

Tables are read from the folder in ENERGYSIM_BENCHMARKS; a test without its case skips.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from test_published import table

from energysim import Contract, GasSystem, Node, Offtake, Pipeline, Route, StorageAccount
from energysim.inputs.ensembles import Ensemble
from energysim.inputs.outages import OutageProcess, Runs, joint_paths, joint_states
from energysim.studies import risk
from energysim.studies.montecarlo import SampleBench
from energysim.studies.study import TRACE

CASE = "B11_adequacy"
SYSTEMS = ("A", "B", "test1", "test2")
SAMPLES = 600


def of(name: str, system: str) -> pd.DataFrame:
    found = table(CASE, name)
    return found[found["system"] == system]


@cache
def bench(name: str) -> SampleBench:
    """A PRAS system: units as contracts, lines as a pipeline either way, stores as accounts."""
    loads, units, lines, stores = (of(t, name) for t in ("loads", "units", "lines", "storages"))
    days = int(loads["period"].max())
    processes, contracts = [], []
    for (region, unit), rows in units.groupby(["region", "unit"]):
        capacity = rows.sort_values("period")["capacity"].to_numpy(dtype=float)
        contracts.append(Contract(unit, [Route(f"{unit}_{region}", region)], dcq=capacity, price=0.0))
        processes.append(process(unit, (f"contracts.{unit}",), rows.iloc[0]))
    pipes = []
    for row in lines.rename(columns={"from": "start", "to": "end"}).itertuples():
        ways = (
            (f"{row.line}_there", row.start, row.end, row.cap_forward),
            (f"{row.line}_back", row.end, row.start, row.cap_backward),
        )
        pipes += [Pipeline(way, start, end, float(capacity)) for way, start, end, capacity in ways]
        processes.append(process(row.line, tuple(f"pipelines.{way}" for way, *_ in ways), row))
    accounts = []
    for row in stores.itertuples():
        assert (row.charge_eff, row.discharge_eff, row.carryover_eff) == (1, 1, 1)
        accounts.append(StorageAccount(
            row.unit, volume=row.energy_capacity, opening=row.initial_energy, node=row.region,
            withdrawal_capacity=row.max_discharge, injection_capacity=row.max_charge,
            closing_values=((row.energy_capacity, 1.0),),  # PRAS charges whenever it can
        ))  # fmt: skip
        processes.append(process(row.unit, (f"accounts.{row.unit}",), row))
    system = GasSystem.build(
        "2026-01-01",
        days,
        nodes=[Node(r) for r in loads["region"].unique()],
        pipelines=pipes,
        contracts=contracts,
        accounts=accounts,
        offtakes=[
            Offtake("load", region, rows.sort_values("period")["load"].to_numpy(dtype=float))
            for region, rows in loads.groupby("region")
        ],
    )
    return SampleBench(system, ensemble=Ensemble(seed=11), processes=tuple(processes))


def process(name: str, assets: tuple[str, ...], row: object) -> OutageProcess:
    return OutageProcess(name, assets, float(row.p_fail), float(row.p_repair))


@cache
def played(name: str, outages: tuple[tuple[str, Runs], ...]) -> tuple[np.ndarray, np.ndarray, float]:
    """Unserved by region and day, stock by morning, and what flows by L1 towards B, of one path."""
    found = bench(name)
    system, course = found.play(0, dict(outages))
    solution = course.realised.solution
    columns = solution.form.columns

    def daily(quantity: str, length: int) -> np.ndarray:
        return solution.values[columns[quantity].slice].reshape(-1, length)

    cut = daily("curtailment", system.days).reshape(len(system.offtakes), -1, system.days).sum(axis=1)
    flow = daily("flow", system.days).sum(axis=1) if system.pipelines else np.zeros(2)
    return cut, daily("inventory", system.days + 1), float(flow[0] - flow[1])


def key(outages: dict[str, Runs]) -> tuple[tuple[str, Runs], ...]:
    return tuple(sorted(outages.items()))


@cache
def enumerated(name: str) -> tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray, float]]]:
    """Probability of every path (of every joint state, where no store links the days) and how it goes."""
    found = bench(name)
    every = joint_paths if found.system.accounts else joint_states
    paths = list(every(found.processes, found.system.days))
    return np.array([odds for odds, _ in paths]), [played(name, key(outages)) for _, outages in paths]


def expected(name: str) -> pd.Series:
    return table(CASE, "expected").set_index("system").loc[name]


def by_period(row: pd.Series, column: str) -> list[float]:
    return [float(v) for v in str(row[column]).split(";")]


@pytest.mark.parametrize("name", SYSTEMS)
def test_b11_enumerated_exactly(name: str) -> None:
    known = expected(name)
    odds, runs = enumerated(name)
    assert odds.sum() == pytest.approx(1, abs=1e-12)
    cut = np.array([c.sum(axis=0) for c, _, _ in runs])

    def exact(values: np.ndarray) -> float:
        return risk.mean(values, weights=odds).value

    days = range(cut.shape[1])
    assert [exact(cut[:, d] > TRACE) for d in days] == pytest.approx(by_period(known, "LOLP_by_period"), abs=1e-5)
    assert [exact(cut[:, d]) for d in days] == pytest.approx(by_period(known, "EUE_by_period"), abs=1e-5)
    assert exact((cut > TRACE).sum(axis=1)) == pytest.approx(known["LOLE_total_periods"], abs=1e-5)
    assert exact(cut.sum(axis=1)) == pytest.approx(known["EUE_total"], abs=1e-5)


def test_b11_regions_and_flow_of_test1() -> None:
    odds, runs = enumerated("test1")
    regions = np.array([c.sum(axis=1) for c, _, _ in runs])
    assert odds @ regions == pytest.approx([0.314, 0.333], abs=1e-5)
    assert odds @ (regions > TRACE) == pytest.approx([0.1, 0.1], abs=1e-5)
    assert odds @ np.array([flow for _, _, flow in runs]) == pytest.approx(0.081, abs=1e-5)


def test_b11_stored_energy_of_test2() -> None:
    odds, runs = enumerated("test2")
    stock = np.array([s[0] for _, s, _ in runs])  # shape (paths, mornings)
    assert odds @ stock[:, 1:] == pytest.approx([1.62, 2.2842], abs=1e-5)


@pytest.mark.parametrize("name", SYSTEMS)
def test_b11_sampled_within_three_standard_errors(name: str) -> None:
    known, found = expected(name), bench(name)
    cut = np.array([played(name, key(found.outages(n)))[0].sum(axis=0) for n in range(SAMPLES)])
    for values, exact in (
        (cut.sum(axis=1), known["EUE_total"]),
        ((cut > TRACE).sum(axis=1).astype(float), known["LOLE_total_periods"]),
    ):
        estimate = risk.mean(values)
        assert estimate.error < 0.15 * exact
        assert abs(estimate.value - exact) <= 3 * estimate.error
