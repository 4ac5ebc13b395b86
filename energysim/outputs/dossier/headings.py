"""What a reader calls the columns of a dossier's tables; the files beside the page keep the short names."""

from __future__ import annotations

import re
from collections.abc import Mapping

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
_FILL = re.compile(r"at_(\d+)_percent")


def heading(table: str, column: str, names: Mapping[str, str]) -> str:
    """The words above a column."""
    known = HEADINGS.get(table, {}).get(column) or names.get(column)
    return known or _FILL.sub(r"at \1 %", column).replace("_", " ")
