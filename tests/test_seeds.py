"""Every claim of the founding documents is tied to the model or left out with a reason."""

import csv
import re
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT / "seeds"
DATA = ROOT / "data"
SCENARIOS = ROOT / "scenarios"

COLUMNS = [
    "claim_id",
    "document",
    "where",
    "claim",
    "value",
    "value_low",
    "value_high",
    "unit",
    "date",
    "ties_to",
    "kind",
    "reason",
]
DATA_TIE = re.compile(r"^data/([a-z0-9_]+)\.csv#(\S+)$")
SCENARIO_TIE = re.compile(r"^scenario:([a-z0-9_]+)$")


@cache
def table(path):
    with open(path, newline="", encoding="utf-8") as stream:
        return tuple(csv.DictReader(stream))


@cache
def table_ids(name):
    """The ids of a data table: the entries of its first two columns."""
    path = DATA / f"{name}.csv"
    if not path.exists():
        return None
    with open(path, newline="", encoding="utf-8") as stream:
        rows = list(csv.reader(stream))[1:]
    return frozenset(cell for row in rows for cell in row[:2] if cell)


CLAIMS = table(SEEDS / "claims.csv")
DOCUMENTS = table(SEEDS / "documents.csv")
TIES = [(row["claim_id"], tie) for row in CLAIMS for tie in row["ties_to"].split(";") if tie]
DATA_TIES = [(claim, tie) for claim, tie in TIES if not tie.startswith("scenario:")]
SCENARIO_TIES = sorted({tie for _, tie in TIES if tie.startswith("scenario:")})


def claim(claim_id):
    (row,) = [row for row in CLAIMS if row["claim_id"] == claim_id]
    return row


def rows_of(name, **key):
    return [row for row in table(DATA / f"{name}.csv") if all(row[column] == value for column, value in key.items())]


def number(text):
    return float(text) if text else None


def overlaps(row, start, end):
    """Whether a row's validity meets the period."""
    first = date.fromisoformat(row["valid_from"]) if row["valid_from"] else date.min
    last = date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max
    return first <= end and last >= start


# --- the tables themselves ---------------------------------------------------------------


def test_columns():
    with open(SEEDS / "claims.csv", newline="", encoding="utf-8") as stream:
        assert next(csv.reader(stream)) == COLUMNS


def test_claim_ids_are_unique_and_name_their_document():
    ids = [row["claim_id"] for row in CLAIMS]
    assert len(ids) == len(set(ids))
    for row in CLAIMS:
        assert re.fullmatch(r"[a-z0-9_]+", row["claim_id"])
        assert row["claim_id"].split("_")[0] == row["document"].replace("_", "")


def test_documents_are_known_and_each_has_a_claim():
    known = [row["document"] for row in DOCUMENTS]
    assert known == [f"seed_{n:03d}" for n in range(5)]
    for row in DOCUMENTS:
        assert row["title"] and row["publisher"] and row["date"] and row["language"]
        assert re.fullmatch(r"\d{3}_[0-9a-f]{16}\.txt", row["file_name"])
        assert row["file_name"].startswith(row["document"][-3:])
    assert {row["document"] for row in CLAIMS} == set(known)


def test_document_without_energy_claims_says_so():
    for document in DOCUMENTS:
        rows = [row for row in CLAIMS if row["document"] == document["document"]]
        if not any(row["kind"] == "tied" for row in rows):
            assert any(row["reason"] == "no energy claim in the document" for row in rows)


@pytest.mark.parametrize("row", CLAIMS, ids=lambda row: row["claim_id"])
def test_claim_row(row):
    assert row["where"] and row["claim"] and row["date"]
    if row["kind"] == "tied":
        assert row["ties_to"] and not row["reason"]
    else:
        assert row["kind"] == "left_out"
        assert row["reason"] and not row["ties_to"]
    value, low, high = (number(row[column]) for column in ("value", "value_low", "value_high"))
    if value is None:
        assert low is None and high is None
        assert row["unit"] in ("", "date")
    else:
        assert re.fullmatch(r"[A-Za-z_]+", row["unit"])
        assert low is None or low <= value
        assert high is None or value <= high
    for part in row["date"].split("/"):
        assert re.fullmatch(r"\d{4}(-\d{2}){0,2}", part)


def test_readme_counts():
    counts = Counter((row["document"], row["kind"]) for row in CLAIMS)
    text = (SEEDS / "README.md").read_text(encoding="utf-8")
    for document in DOCUMENTS:
        name = document["document"]
        tied, left_out = counts[name, "tied"], counts[name, "left_out"]
        assert f"| {name} | {tied} | {left_out} | {tied + left_out} |" in text


# --- the ties ----------------------------------------------------------------------------


def test_ties_are_well_formed():
    for claim_id, tie in TIES:
        assert DATA_TIE.match(tie) or SCENARIO_TIE.match(tie), (claim_id, tie)


@pytest.mark.parametrize(("claim_id", "tie"), DATA_TIES, ids=lambda text: text)
def test_data_tie(claim_id, tie):
    name, row_id = DATA_TIE.match(tie).groups()
    ids = table_ids(name)
    assert ids is not None, f"{claim_id}: data/{name}.csv is missing"
    assert row_id in ids, f"{claim_id}: no row {row_id} in data/{name}.csv"


@pytest.mark.parametrize("tie", SCENARIO_TIES)
def test_scenario_tie(tie):
    name = SCENARIO_TIE.match(tie).group(1)
    assert (SCENARIOS / f"{name}.yaml").exists(), f"scenarios/{name}.yaml is missing"


# --- key figures: the claim and the row that carries it agree within 1 % -----------------


def socar_pieces(start, end, rival=""):
    return [row for row in rows_of("contracts", contract="socar", rival=rival) if overlaps(row, start, end)]


def days_in(row, start, end):
    first = max(date.fromisoformat(row["valid_from"]), start)
    last = min(date.fromisoformat(row["valid_to"]), end)
    return (last - first).days + 1


def test_socar_400_mcm_per_year():
    row = claim("seed001_socar_annual_volume")
    assert row["unit"] == "mcm_per_year" and float(row["value"]) == 400
    # 2026 is the year of the term without the additional winter deal
    start, end = date(2026, 1, 1), date(2026, 12, 31)
    pieces = socar_pieces(start, end)
    assert sum(days_in(piece, start, end) for piece in pieces) == 365
    volume = sum(float(piece["dcq_mcm_per_day"]) * days_in(piece, start, end) for piece in pieces)
    assert volume == pytest.approx(float(row["value"]), rel=0.01)
    # the quantities of the pieces from April 2025 to March 2026, a full year too
    start, end = date(2025, 4, 1), date(2026, 3, 31)
    pieces = socar_pieces(start, end)
    assert sum(days_in(piece, start, end) for piece in pieces) == 365
    assert sum(float(piece["acq_mcm"]) for piece in pieces) == pytest.approx(float(row["value"]), rel=0.01)


def test_socar_winter_deal():
    extra = claim("seed001_winter_extra")
    total = claim("seed001_winter_extra_total")
    assert (extra["unit"], total["unit"]) == ("mcm_per_day", "mcm")
    (piece,) = rows_of("contracts", piece="socar_2024_w", rival="firm_part")
    assert float(piece["dcq_mcm_per_day"]) == pytest.approx(float(extra["value"]), rel=0.01)
    assert float(piece["acq_mcm"]) == pytest.approx(float(total["value"]), rel=0.01)


def test_socar_1_bcm_per_year_after_2026():
    row = claim("seed001_socar_after_2026")
    assert row["unit"] == "bcm_per_year"
    pieces = socar_pieces(date(2027, 1, 1), date(2027, 9, 30), rival="plan_1bcm")
    rates = [float(piece["dcq_mcm_per_day"]) for piece in pieces]
    assert rates
    for rate in rates:
        assert rate * 365 == pytest.approx(float(row["value"]) * 1000, rel=0.01)


def test_ibs_capacity():
    row = claim("seed001_ibs_capacity")
    assert row["unit"] == "bcm_per_year"
    expected = float(row["value"]) * 1000 / 365 * 10.55  # GWh/d
    sides = [side for side in rows_of("upstream", upstream="ibs") if side["rival"] == ""]
    assert sides
    # the model takes the lesser of the sides
    assert min(float(side["capacity_gwh_per_day"]) for side in sides if side["capacity_gwh_per_day"]) == pytest.approx(
        expected, rel=0.01
    )


def test_shah_deniz_loss():
    row = claim("seed001_outage_loss")
    assert row["unit"] == "mcm_per_day"
    (event_id,) = [tie.split("#")[1] for tie in row["ties_to"].split(";") if tie.startswith("data/events.csv")]
    (event,) = [event for event in rows_of("events", event=event_id) if event["rival"] == ""]
    assert float(event["lost_mcm_per_day"]) == pytest.approx(float(row["value"]), rel=0.01)
    assert event["start"].startswith("2025-01")
    # the rate that was running when the field failed
    (piece,) = rows_of("contracts", piece="socar_2024_w", rival="")
    assert float(piece["dcq_mcm_per_day"]) == pytest.approx(float(row["value"]), rel=0.01)
