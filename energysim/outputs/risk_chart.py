"""The exceedance curve of a Monte Carlo study: how likely it is that more than so much gas goes unserved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator

from energysim.outputs.canvas import TEXT_SIZE, TITLE_SIZE
from energysim.outputs.palette import BLUE, INK, PALE, VERMILLION
from energysim.outputs.risk_page import assumed, drawn, finding, small
from energysim.outputs.sheet import Margins, legend_above, made_by, method_notes, plain_numbers, scenario_title, sheet
from energysim.outputs.wording import Unit, unit_named
from energysim.words import decimals, say

BODY = 4.3
COLOURS = {"all": BLUE, "protected": VERMILLION}


def exceedance_chart(
    curves: pd.DataFrame, estimates: pd.DataFrame, study: Mapping[str, Any], samples: int, unit: str = "mcm"
) -> Figure:
    """P(unserved > level) with its 95 % band, of everybody and of protected customers; mean and CVaR marked.

    curves: whom, level [GWh], probability, low, high [1]; estimates: figure, value [GWh]. Source of the form: the
    exceedance curve of annual unserved gas with EGNS and CVaR, usual in adequacy studies.
    """
    measure, asked = unit_named(unit), study.get("options", {})
    digest = say("montecarlo {digest}", digest=str(study.get("digest", ""))[:10])
    figure, axes = sheet(
        finding(estimates, samples, measure, asked),
        _below(asked, samples, measure),
        [f"{assumed()}.", *method_notes(), made_by(study), digest],
        Margins(BODY, 0.85, above=0.4, below=0.55),
    )
    seen = [whom for whom in COLOURS if (curves.loc[curves["whom"] == whom, "probability"] > 0).any()]
    for whom in seen:
        name = say("All customers, Bosnia included") if whom == "all" else say("Protected customers")
        _curve(axes, curves[curves["whom"] == whom], measure.factor, COLOURS[whom], name)
    if not seen:
        _nobody(axes, bool(asked.get("whole_year")))
        return figure
    _marks(axes, estimates, measure, float(curves["level"].max()) * measure.factor)
    _scales(axes, curves, measure)
    legend_above(axes, [line for line in axes.get_lines() if not str(line.get_label()).startswith("_")])
    return figure


def _below(asked: Mapping[str, Any], samples: int, unit: Unit) -> list[str]:
    """What is drawn, of what, from how many samples of what."""
    if asked.get("whole_year"):
        what = say(
            "Probability that more than so much gas goes unserved in a year, {unit}; bands hold 95 % of the sampling",
            unit=unit.name,
        )
        size = say("{samples} years", samples=decimals(samples))
    else:
        what = say(
            "Probability that more than so much gas goes unserved in a winter, {unit}; bands hold 95 % of the sampling",
            unit=unit.name,
        )
        size = say("{samples} winters", samples=decimals(samples))
    return [what, scenario_title(str(asked.get("title", ""))), size, say("Drawn: {drivers}", drivers=drawn(asked))]


def _nobody(axes: Axes, whole_year: bool) -> None:
    axes.set_axis_off()
    nobody = say("Nobody is cut in any sampled winter.")
    if whole_year:
        nobody = say("Nobody is cut in any sampled year.")
    axes.text(0.5, 0.5, nobody, ha="center", va="center", color=INK, size=TITLE_SIZE)


def _curve(axes: Axes, curve: pd.DataFrame, factor: float, colour: str, name: str) -> None:
    """A falling step with its band; a level of 0 stands for any cut at all."""
    levels = curve["level"].to_numpy() * factor
    bands = {side: 100 * curve[side].to_numpy() for side in ("probability", "low", "high")}
    axes.fill_between(levels, bands["low"], bands["high"], step="post", color=colour, alpha=0.18, linewidth=0)
    axes.step(levels, bands["probability"], where="post", color=colour, linewidth=1.8, label=name)


def _marks(axes: Axes, estimates: pd.DataFrame, unit: Unit, largest: float) -> None:
    """Lines at the expected unserved gas and at CVaR, each named beside its upper end."""
    by = estimates.set_index("figure")["value"]
    marks = (("expected_unserved", say("expected"), 0.965), ("cvar_95", say("mean of the worst 5 %"), 0.9))
    for figure, name, height in marks:
        place = float(by[figure]) * unit.factor
        right = place > 0.55 * largest
        axes.axvline(place, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.annotate(
            f"{name}: {small(place)} {unit.name}", (place, height), xycoords=("data", "axes fraction"),
            xytext=(-4 if right else 4, 0), textcoords="offset points", ha="right" if right else "left",
            size=TEXT_SIZE, color=INK, va="center", bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1},
        )  # fmt: skip


def _scales(axes: Axes, curves: pd.DataFrame, unit: Unit) -> None:
    seen = curves["probability"][curves["probability"] > 0]
    axes.set_yscale("log")
    axes.set_ylim(100 * seen.min() / 2, min(100.0, 100 * curves["high"].max() * 2.2))
    axes.set_xlim(0, max(float(curves["level"].max()) * unit.factor * 1.04, 1e-3))
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_major_formatter(plain_numbers())
    axes.yaxis.set_minor_formatter(FuncFormatter(lambda v, _: ""))
    axes.set_xlabel(say("unserved gas, {unit}", unit=unit.name), size=TEXT_SIZE)
    axes.set_ylabel(say("probability of more, %"), size=TEXT_SIZE)
    axes.grid(axis="both", color=PALE, linewidth=0.6)
