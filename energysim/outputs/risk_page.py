"""The terminal page of a Monte Carlo study: how likely a cut is, how bad, what causes it, and what is not in the figures."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

import numpy as np
import pandas as pd
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from energysim.outputs.wording import TRACE, Unit, gap_text, number
from energysim.units import REPORTING_GCV
from energysim.words import day_month, decimals, localised, say

SHOWN_ELEMENTS = 12
SHOWN_WINTERS = 5
OUTAGE_CHARS = 30
LEAST_WORDS = 10
"""Letters in a line of words beside numbers; all of it fits 80 columns."""
NOTHING = "–"


def risk_page(
    cases: pd.DataFrame, estimates: pd.DataFrame, ranking: pd.DataFrame, study: Mapping[str, Any], unit: Unit
) -> Group:
    """Everything an analyst reads first, from the rows, what was estimated from them, and study.json."""
    samples = cases[cases["variant"] == "as drawn"]
    parts: list[RenderableType | None] = [
        *_head(samples, study),
        Text(f"\n{finding(estimates, len(samples), unit, study.get('options', {}))}\n", style="bold"),
        _figures(estimates, study.get("options", {}), unit),
        _elements(ranking, len(samples), study.get("options", {}), unit),
        _worst(samples, study.get("options", {}), unit),
        _foot(samples, study, unit),
    ]
    return Group(*[p for p in parts if p is not None])


def assumed() -> str:
    """What every probability rests on."""
    return say(
        "Failure rates are mostly assumed, outages are taken to be independent of each other and of the cold, and refusals "
        "to deliver are no failures"
    )


def period(asked: Mapping[str, Any]) -> str:
    """What a sample is: a winter, or a whole gas year."""
    return "year" if asked.get("whole_year") else "winter"


def finding(estimates: pd.DataFrame, samples: int, unit: Unit, asked: Mapping[str, Any]) -> str:
    """The result in a sentence or two, intervals included; that failure rates are assumed comes first.

    asked: options of the study.
    """
    by = {str(row["figure"]): row for row in estimates.to_dict("records")}
    p, u, tail = by["loss_of_load_probability"], by["expected_unserved"], by["cvar_95"]
    given = "" if "outages" in asked.get("without", ()) else say("If assets fail as often as assumed,") + " "
    if not p["value"]:
        none = {"samples": decimals(samples), "high": percent(p["high"])}
        told = (
            say(
                "nobody is cut in any of {samples} sampled years; that leaves a probability of up to {high} (95 %).",
                **none,
            )
            if asked.get("whole_year")
            else say(
                "nobody is cut in any of {samples} sampled winters; that leaves a probability of up to {high} (95 %).",
                **none,
            )
        )
        return _capital(f"{given}{told}")
    value, low, high, worst = (small(v * unit.factor) for v in (u["value"], u["low"], u["high"], tail["value"]))
    chance = {"share": percent(p["value"]), "least": percent(p["low"]), "most": percent(p["high"])}
    gas = {"unit": unit.name, "value": value, "low": low, "high": high, "worst": worst}
    if asked.get("whole_year"):
        cut = say("somebody is cut in {share} of years (95 % of the sampling: {least} to {most}).", **chance)
        lost = say(
            "Expected unserved gas is {value} {unit} a year ({low} to {high}); the worst 5 % of years lose {worst} {unit} in "
            "the mean.",
            **gas,
        )
    else:
        cut = say("somebody is cut in {share} of winters (95 % of the sampling: {least} to {most}).", **chance)
        lost = say(
            "Expected unserved gas is {value} {unit} a winter ({low} to {high}); the worst 5 % of winters lose {worst} "
            "{unit} in the mean.",
            **gas,
        )
    return _capital(f"{given}{cut} {lost}")


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def small(value: float) -> str:
    """A number as elsewhere; what is little but not nothing keeps a digit: 0.004."""
    text = NOTHING if pd.isna(value) or np.isinf(value) else number(value)
    return localised(f"{value:.1g}") if text == "0" and abs(value) >= 1e-4 else text


def percent(share: float) -> str:
    """A share as `12 %`, `3.4 %` or `0.25 %`."""
    value = 100 * float(share)
    text = f"{value:.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2g}"
    return f"{localised(text)} %"


def _head(samples: pd.DataFrame, study: Mapping[str, Any]) -> list[RenderableType]:
    asked = study.get("options", {})
    words = [
        str(asked.get("scenario", "")),
        f"gas year {asked['gas_year']}" if asked.get("gas_year") else "",
        f"{len(samples):,} {'years' if asked.get('whole_year') else 'winters'}",
        f"seed {asked.get('seed', 1)}",
    ]
    title = f"Monte Carlo: {asked.get('title', 'a system built in code')}"
    lines: list[RenderableType] = [Text(title, style="bold"), Text("  ·  ".join(w for w in words if w), style="dim")]
    return [*lines, Text("Drawn: " + drawn(asked), style="dim")]


def drawn(asked: Mapping[str, Any]) -> str:
    """What is drawn and what is known, in words."""
    without = set(asked.get("without", ()))
    said = [_weather(asked, without)]
    if "demand" not in without:
        said.append(say("demand's residual"))
    if "prices" not in without:
        said.append(say("hub prices"))
    ahead = say("Weather, demand and prices are known ahead.")
    if "outages" in without:
        return f"{', '.join(said)}. {ahead}"
    known = say("outages known on their first day, the mean repair time believed")
    if asked.get("foresight") == "foreseen":
        known = say("outages all known on 1 October (a bound)")
    elif asked.get("length_known", True):
        known = say("outages known on their first day, their ends too")
    return f"{', '.join([*said, say('outages')])}; {known}. {ahead}"


def _weather(asked: Mapping[str, Any], without: Set[str]) -> str:
    kind = asked.get("weather") if "weather" not in without else None
    if kind == "resampled":
        said = say("winters put together from past ones")
    elif kind == "analogue":
        said = say("past winters whole")
    else:
        return say("weather as in the scenario ({weather})", weather=str(asked.get("scenario_weather", "given")))
    return f"{said}, {say('shifted by the warming since')}" if asked.get("trend") else said


def _figures(estimates: pd.DataFrame, asked: Mapping[str, Any], unit: Unit) -> Table:
    table = _table(f"What to expect of a {period(asked)}", "", "estimate", "95 %", "unit")
    for row in estimates.to_dict("records"):
        shown, name = _shown(row["unit"], unit)
        low, high = shown(row["low"]), shown(row["high"])
        table.add_row(Text(row["meaning"]), shown(row["value"]), f"{low} … {high}" if low != NOTHING else NOTHING, name)
    table.caption = Text(
        "95 %: of the sampling alone; assumed rates move the figures by more\n"
        f"{NOTHING}: the samples cannot say; costs: money without harm\n",
        style="dim italic",
    )
    return table


def _shown(stated: str, unit: Unit) -> tuple[Any, str]:
    """How a figure of a unit is written, and the unit as written."""
    kinds: dict[str, tuple[float, str]] = {
        "GWh": (unit.factor, unit.name), "GWh/d": (unit.factor, unit.rate), "kEUR": (1e-3, "MEUR"), "1": (100.0, "%"), "d": (1.0, "days"), "ppm": (1.0, "ppm"),
    }  # fmt: skip
    factor, name = kinds[stated]
    return (lambda value: small(value * factor)), name


def _elements(ranking: pd.DataFrame, samples: int, asked: Mapping[str, Any], unit: Unit) -> Table | None:
    if ranking.empty:
        return None
    table = _table("What causes it", "element", "out in", "days", f"saves [{unit.name}]", "95 %", "achieve", "reduce")
    for row in ranking.head(SHOWN_ELEMENTS).to_dict("records"):
        table.add_row(
            Text(row["name"]),
            percent(row["samples_out"] / samples),
            number(row["mean_days_out"]),
            _amount(row["saved"] * unit.factor),
            _interval(row["saved_low"] * unit.factor, row["saved_high"] * unit.factor),
            _times(row["achievement"]),
            _times(row["reduction"]),
        )
    solved = bool(ranking["solved"].any())
    meaning = "out from the first day to the last" if solved else "failing at least once"
    lines = [
        f"saves: unserved gas that a perfect element would save; out in: share of {period(asked)}s; days: mean days out",
        f"achieve: risk with the element {meaning}, over the risk; reduce: the risk, over that with it perfect",
        "elements solved again, draw for draw" if solved else
        f"from the samples at hand: noisy where failures are rare ({NOTHING}: too few to tell), below 0 by chance alone; "
        "--ranking solves them again",
        *([f"and {len(ranking) - SHOWN_ELEMENTS} more elements"] if len(ranking) > SHOWN_ELEMENTS else []),
    ]  # fmt: skip
    table.caption = Text("\n".join(lines) + "\n", style="dim italic")
    return table


def _amount(value: float) -> str:
    return small(value).replace("-", "−")


def _interval(low: float, high: float) -> str:
    return NOTHING if pd.isna(low) else f"{_amount(low)} … {_amount(high)}"


def _times(value: float) -> str:
    return NOTHING if pd.isna(value) else "∞" if np.isinf(value) else f"{number(value)} ×"


def _worst(samples: pd.DataFrame, asked: Mapping[str, Any], unit: Unit) -> Table | None:
    cut = samples[samples["unserved_gas"] > TRACE].sort_values(["unserved_gas", "sample"], ascending=[False, True])
    if cut.empty:
        return None
    table = _table(f"The worst of them [{unit.name}]", "sample", "unserved", "protected", "days", "worst on", "HDD", "level",
                   "longest outages")  # fmt: skip
    names = [str(c) for c in samples.columns if str(c).startswith("out_")]
    for row in cut.head(SHOWN_WINTERS).to_dict("records"):
        out = sorted(((row[c], c.removeprefix("out_")) for c in names if row[c]), reverse=True)
        table.add_row(
            str(row["sample"]),
            unit(row["unserved_gas"]),
            unit(row["unserved_protected"]) if row["unserved_protected"] > TRACE else NOTHING,
            str(row["cut_days"]),
            day_month(row["worst_date"]),
            NOTHING if pd.isna(row["degree_days"]) else number(row["degree_days"]),
            f"{100 * (row['demand_level'] - 1):+.1f} %",
            Text(_shortened([f"{name} {days:.0f} d" for days, name in out])),
        )
    until = "15 April" if asked.get("whole_year") else "31 March"
    caption = f"HDD: degree days below 16 °C, 15 October to {until}; level: demand's level drawn against the model's"
    table.caption = Text(caption, style="dim italic")
    return table


def _shortened(names: list[str]) -> str:
    """As many names as fit, and how many more there are."""
    shown = [n for k, n in enumerate(names) if len(", ".join(names[: k + 1])) <= OUTAGE_CHARS]
    more = f" +{len(names) - len(shown)}" if len(shown) < len(names) else ""
    return (", ".join(shown) + more) if shown else f"{len(names)} outages" if names else NOTHING


def _foot(samples: pd.DataFrame, study: Mapping[str, Any], unit: Unit) -> Text:
    volume = f" mcm at {REPORTING_GCV:g} kWh/m3." if unit.name == "mcm" else ""
    worst = float(samples["relative_gap"].max())
    return Text(
        f"\nThe intervals hold the sampling alone. {assumed()}: docs/montecarlo.md, data/outage_rates.csv.\n"
        f"montecarlo {str(study.get('digest', ''))[:10]} · every optimum certified (relative gap {gap_text(worst)})\n"
        f"Transport model with daily steps: pressures and hours are not seen.{volume}",
        style="dim",
    )


def _table(title: str, *columns: str) -> Table:
    style: dict[str, Any] = {"title_justify": "left", "caption_justify": "left"}
    table = Table(title=Text(title, style="bold"), box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), **style)
    for k, column in enumerate(columns):
        words = (not k and column in ("", "element")) or column.endswith("outages")  # what gives way where it is narrow
        shape: dict[str, Any] = {"justify": "left" if words else "right", "no_wrap": not words, "overflow": "fold"}
        table.add_column(Text(column), min_width=min(len(column), LEAST_WORDS if words else len(column)), **shape)
    return table
