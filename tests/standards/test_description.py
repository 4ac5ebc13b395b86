"""The description of the system: shares that add up, a peak that is the estimate, withdrawal on the curve."""

from __future__ import annotations

from dataclasses import replace

import pytest
from standards_subject import examined

from energysim import StorageAccount
from energysim.outputs.dossier.description import findings
from energysim.outputs.wording import MCM
from energysim.standards.description import (
    chapter,
    consumption_table,
    home_demand,
    sources_table,
    storage_table,
    withdrawal_at,
)
from energysim.standards.extremes import design_demand

STORE = StorageAccount("store", 100.0, 50.0, withdrawal_capacity=8.0, injection_capacity=1.0,
                       withdrawal_curve=((0.0, 0.25), (0.5, 0.75), (1.0, 1.0)))  # fmt: skip


@pytest.mark.parametrize(
    ("fill", "rate"), [(0.0, 8 * 0.25), (0.25, 8 * (0.25 + 0.75) / 2), (0.5, 8 * 0.75), (1.0, 8.0)]
)
def test_withdrawal_lies_on_the_curve(fill: float, rate: float) -> None:
    assert withdrawal_at(STORE, fill) == pytest.approx(rate)


def test_storage_table_tells_every_account_and_whose_it_is() -> None:
    system = examined("baseline_2025_26").system
    table = storage_table(system).set_index("account")
    assert table["volume"].sum() == pytest.approx(sum(a.volume for a in system.accounts.values()))
    assert not table.loc["Banatski Dvor, Russian gas", "callable"]
    rates = table.filter(like="at_").to_numpy()
    assert (rates[:, :-1] >= rates[:, 1:]).all(), "a store gives no more when it is emptier"


def test_consumption_adds_to_the_year_and_to_the_peak() -> None:
    subject = examined("baseline_2025_26")
    table = consumption_table(subject)
    assert table["annual"].sum() == pytest.approx(home_demand(subject).sum())
    assert table["share"].sum() == pytest.approx(100.0)
    assert table["peak_day"].sum() == pytest.approx(design_demand(subject, 1).value)
    assert "bosnia" not in set(table["demand_class"]), "Bosnia and Herzegovina is another country"


def test_sources_add_to_all_gas_taken_for_the_country() -> None:
    subject = examined("baseline_2025_26")
    table = sources_table(subject)
    nominated = subject.planned.quantity("nomination")
    abroad = [r for c, r in subject.system.routes.values() if c.destination]
    assert [r.id for r in abroad], "Bosnia and Herzegovina buys its own gas"
    own = nominated.drop(columns=[r.id for r in abroad])
    assert table["taken"].sum() == pytest.approx(own.to_numpy().sum(), rel=1e-6)
    assert table["share"].sum() == pytest.approx(100.0)
    fields = own[[r.id for c, r in subject.system.routes.values() if c.kind == "production"]].to_numpy().sum()
    assert chapter(subject).value("domestic_share") == pytest.approx(100.0 * fields / own.to_numpy().sum())


def test_sentences_follow_the_numbers() -> None:
    made = chapter(examined("baseline_2025_26"))
    said = " ".join(findings(made, MCM))
    assert "Russian pipeline gas with 87.2 %" in said
    figures = tuple(replace(f, value=10.55) if f.id == "annual_consumption" else f for f in made.figures)
    assert "Demand is 1 mcm a year" in " ".join(findings(replace(made, figures=figures), MCM))
