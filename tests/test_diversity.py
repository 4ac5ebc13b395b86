"""Diversity of supply and curtailment rates: what is expected is written as arithmetic on a few rows."""

from __future__ import annotations

import math

import pandas as pd
import pytest

import energysim
from energysim import Contract, GasSystem, Node, Offtake, Pipeline, Route
from energysim.indicators import curtailment, diversity
from energysim.results import Results


@pytest.fixture(scope="module")
def result() -> Results:
    """Two towns and three days: 1 a day at home, 4 from abroad that end on day two, a route of 3 to B."""
    system = GasSystem.build(
        "2026-01-01", 3,
        nodes=[Node("A"), Node("B")],
        pipelines=[Pipeline("A_B", "A", "B", capacity=3.0)],
        contracts=[
            Contract("field", [Route("field_A", "A")], dcq=1.0, price=10.0, gas_source="domestic"),
            Contract("east", [Route("east_A", "A"), Route("east_B", "B")], dcq=[4.0, 4.0, 0.0], price=20.0, gas_source="east"),
        ],
        offtakes=[Offtake("homes", "A", demand=2.0), Offtake("homes", "B", demand=[2.0, 3.0, 3.0])],
    )  # fmt: skip
    return energysim.solve(system)


def test_shares_and_concentration_of_three_rows() -> None:
    amounts = {"x": 5.0, "y": 3.0, "z": 2.0, "idle": 0.0}
    assert diversity.shares(amounts).to_dict() == pytest.approx({"x": 5 / 10, "y": 3 / 10, "z": 2 / 10})
    assert diversity.concentration(amounts) == pytest.approx(50**2 + 30**2 + 20**2)
    assert diversity.equal_suppliers(amounts) == pytest.approx(10_000 / (50**2 + 30**2 + 20**2))
    assert diversity.concentration({"all": 7.0}) == pytest.approx(10_000)
    assert diversity.imported_share(amounts, ["z"]) == pytest.approx(1 - 2 / 10)
    assert diversity.imported_share(amounts) == pytest.approx(1.0)


def test_nothing_is_not_zero() -> None:
    assert math.isnan(diversity.concentration({}))
    assert math.isnan(diversity.equal_suppliers({"x": 0.0}))
    assert math.isnan(diversity.imported_share({}))
    assert math.isnan(diversity.import_route_diversification({}))
    assert diversity.tercile(math.nan) == "–"
    assert math.isnan(curtailment.curtailment_rate(0.0, 0.0))
    assert math.isnan(curtailment.remaining_flexibility(0.0, 0.0))
    assert math.isnan(curtailment.worst_rate([0.0], [0.0], 1))
    assert curtailment.band(math.nan, curtailment.RATE_BANDS) == "–"


def test_ird_of_a_two_source_system_by_hand() -> None:
    # two points of 30 and 10 on one border, one of 60 on another: (40 %)² + (60 %)²
    assert diversity.import_route_diversification({"north": [30.0, 10.0], "south": [60.0]}) == pytest.approx(
        40**2 + 60**2
    )
    # half by a border, half straight from a producer
    assert diversity.import_route_diversification({"north": [50.0]}, sources=[50.0]) == pytest.approx(50**2 + 50**2)
    assert diversity.import_route_diversification({"n": [20.0]}, [30.0], [50.0]) == pytest.approx(20**2 + 30**2 + 50**2)
    assert diversity.import_route_diversification({"only": [7.0, 5.0]}) == pytest.approx(10_000)


@pytest.mark.parametrize(
    ("index", "third"),
    [(2000.0, "low (diverse)"), (3585.0, "low (diverse)"), (3586.0, "middle"), (6153.0, "middle"), (10_000.0, "high")],
)
def test_terciles(index: float, third: str) -> None:
    assert diversity.tercile(index) == third


def test_contracted_and_nominated_amounts(result: Results) -> None:
    sources = {"field": "domestic", "east": "abroad"}
    assert diversity.contracted_amounts(result, sources).to_dict() == pytest.approx(
        {"domestic": 3 * 1, "abroad": 4 + 4}
    )
    # day one 4 are wanted, of them 1 from the field; day two 5: all of both; day three the field alone
    assert diversity.nominated_amounts(result, sources).to_dict() == pytest.approx({"domestic": 3 * 1, "abroad": 3 + 4})
    assert diversity.nominated_amounts(result, {"east": "abroad"}).to_dict() == pytest.approx({"abroad": 3 + 4})
    by_way = diversity.nominated_by_route(result, {"field_A": "home", "east_A": "border", "east_B": "border"})
    assert by_way.to_dict() == pytest.approx({"home": 3 * 1, "border": 3 + 4})


def test_rates_of_areas(result: Results) -> None:
    rates = curtailment.area_rates(result, {"both": ["A", "B"], "nobody": []}).set_index("area")
    # 4, 5 and 5 wanted; 5 - 1 = 4 lack on day three
    assert rates.loc["both"].to_dict() == pytest.approx(
        {"demand": 14.0, "curtailment": 4.0, "rate": 4 / 14, "worst_day": 4 / 5, "worst_fortnight": 4 / 14}
    )
    assert rates.loc["nobody", ["rate", "worst_day"]].isna().all()
    assert curtailment.worst_rate([0.0, 1.0, 2.0], [4.0, 4.0, 2.0], 2) == pytest.approx(3 / 6)


@pytest.mark.parametrize(
    ("value", "bands", "name"),
    [
        (0.0, curtailment.RATE_BANDS, "none"),
        (0.04, curtailment.RATE_BANDS, "< 5 %"),
        (0.15, curtailment.RATE_BANDS, "5–15 %"),
        (0.16, curtailment.RATE_BANDS, "15–30 %"),
        (0.5, curtailment.RATE_BANDS, "30–50 %"),
        (1.0, curtailment.RATE_BANDS, "> 50 %"),
        (0.005, curtailment.FLEXIBILITY_BANDS_2017, "0–1 %"),
        (0.21, curtailment.FLEXIBILITY_BANDS_2017, "> 20 %"),
        (0.15, curtailment.FLEXIBILITY_BANDS_2020, "0–15 %"),
        (0.151, curtailment.FLEXIBILITY_BANDS_2020, "> 15 %"),
        (0.41, curtailment.DEPENDENCE_BANDS, "40–60 %"),
    ],
)
def test_bands(value: float, bands: curtailment.Bands, name: str) -> None:
    assert curtailment.band(value, bands) == name


def test_flexibility_is_a_share() -> None:
    assert curtailment.remaining_flexibility(3.0, 10.0) == pytest.approx(1 - 3 / 10)
    assert curtailment.remaining_flexibility(12.0, 10.0) == 0.0
    assert curtailment.curtailment_rate(3.0, 12.0) == pytest.approx(3 / 12)
    assert diversity.shares(pd.Series(dtype=float)).empty
