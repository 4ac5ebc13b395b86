"""What a reader calls the columns of a dossier's tables; the files beside the page keep the short names."""

from __future__ import annotations

import re
from collections.abc import Mapping

from energysim.words import month_year, say, spoken, term

HEADINGS: Mapping[str, Mapping[str, str]] = {
    "consumption": {"name": "customers"},
    "storage_withdrawal": {"volume": "working volume"},
    "n_minus_1_terms": {"symbol": "term", "gwh_per_day": "size", "estimate": "estimate?"},
    "n_minus_1_ladder": {"name": "without", "full": "N−1, stores full", "planned": "N−1, as planned", "at_30": "N−1, at 30 %",
                         "gas": "gas left", "gas_share": "of demand"},
    "n_minus_1_stock": {"fill": "stores", "callable_withdrawal": "of it callable", "n_minus_1": "N−1",
                        "n_minus_1_callable": "N−1, callable gas only"},
    "one_in_twenty": {"without": "without residual", "without_low": "low", "without_high": "high", "with_low": "low",
                      "with_high": "high"},
    "supply_standard": {"fill": "stores", "missing": "short by", "multiple": "multiple φ", "days": "lasts"},
    "supply_standard_contracted": {"fill": "stores", "missing": "short by", "multiple": "multiple φ", "days": "lasts"},
    "supply_standard_outages": {"infrastructure": "without", "missing": "short by", "multiple": "multiple φ",
                                "days": "lasts"},
    "entsog_curtailment": {"course": "scenario's course", "worst_day": "its worst day", "day_shared": "peak day, shared",
                           "day_first": "peak day, first", "fortnight_shared": "14 days, shared",
                           "fortnight_first": "14 days, first"},
    "entsog_flexibility": {"day_flexibility": "peak day", "day_multiple": "times demand", "fortnight_flexibility": "14 days",
                           "fortnight_multiple": "times demand", "band_2017": "band of 2017", "band_2020": "band of 2020"},
    "entsog_slid": {"interconnection": "without", "largest": "its largest?", "first": "country first"},
    "entsog_dependence_open": {"lost": "without", "least_share": "least share needed"},
    "entsog_dependence_contracted": {"lost": "without", "least_share": "least share needed"},
    "entsog_dependence_zones": {"lost": "without", "market": "supply"},
    "entsog_diversity": {"dimension": "by", "hhi": "HHI", "largest_share": "its share"},
    "survival_rule_of_thumb": {"out": "without", "lost": "lost gas", "thumb": "stock ÷ deficit", "survival": "survival time"},
    "trigger_levels": {"date": "outage from", "trigger_protected": "line, protected", "trigger_all": "line, all",
                       "trigger_all_announced": "line, all, with notice", "shortage_protected": "short from full",
                       "planned": "planned stock", "scenario": "scenario's stock"},
    "survival": {"out": "without"},
    "survival_announced": {"out": "without"},
    "capacity_values": {"name": "asset", "days": "binds", "low": "worth at least", "high": "worth at most", "mean": "on a day it binds"},
    "marginal_values": {"name": "asset", "measure": "what more", "mid": "saves", "low": "low VoLL", "high": "high VoLL"},
    "node_prices": {"name": "node", "min": "lowest", "max": "highest", "days_above": "days at first cut"},
    "dual_months": {"name": "asset"},
    "projects": {"name": "project", "pint": "PINT", "toot": "TOOT", "annuity": "annual cost", "ratio": "benefit ÷ cost",
                 "needed": "bad years to pay"},
    "project_cases": {"case": "year", "pint_mid": "PINT", "toot_mid": "TOOT", "costs": "of it costs", "unserved": "of it cuts"},
    "project_years": {"name": "year"},
    "projects_left_out": {"name": "project"},
    "evidence_ranking": {"at_low": "at its low end", "at_high": "at its high end"},
    "evidence_intervals": {"base": "as used", "one_low": "one figure, low", "one_high": "one figure, high",
                           "squares_low": "all, low", "squares_high": "all, high"},
    "evidence_contradictions": {"said": "it says", "inside_range": "within range", "value": "then"},
}  # fmt: skip
"""Table -> column -> heading, where blanks for underscores do not make it a reader's word."""
EVERYWHERE: Mapping[str, str] = {
    "annual": "annual", "at_30": "at 30 %", "demand_class": "demand class", "equal_suppliers": "equal suppliers",
    "gwh_per_day": "GWh per day", "import_dependence": "import dependence", "in_store": "in store", "largest_day": "largest day",
    "mcm_per_day": "mcm per day", "n_minus_1": "N−1", "n_minus_1_callable": "N−1, callable gas only",
    "peak_day": "peak day", "with_residual": "with residual",
    "working_volume": "working volume",
    "all_good": "all good", "all_bad": "all bad", "district_heating": "district heating",
}  # fmt: skip
"""Column -> heading in any table, where the name has an underscore; a name of one word is its own heading."""
_FILL = re.compile(r"at_(\d+)_percent")
_MONTH = re.compile(r"\d{4}-\d{2}")


def heading(table: str, column: str, names: Mapping[str, str]) -> str:
    """The words above a column. names are said already; a month is written as the language writes it."""
    if column in names:
        return names[column]
    if _MONTH.fullmatch(column):
        return month(column)
    fill = _FILL.fullmatch(column)
    return say("at {fill} %", fill=fill[1]) if fill else str(term(_plain(table, column)))


def _plain(table: str, column: str) -> str:
    return HEADINGS.get(table, {}).get(column) or EVERYWHERE.get(column) or column.replace("_", " ")


def month(written: str) -> str:
    """`2027-01` as it stands in English, `januar 2027.` in Serbian."""
    return written if spoken() == "en" else month_year(f"{written}-01")
