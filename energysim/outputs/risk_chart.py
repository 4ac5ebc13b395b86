"""The exceedance curve of a Monte Carlo study: how likely it is that more than so much gas goes unserved."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator

from energysim.outputs.canvas import SMALL_SIZE, TEXT_SIZE, TITLE_SIZE
from energysim.outputs.palette import BLUE, GREY, INK, VERMILLION
from energysim.outputs.risk_page import ASSUMED, drawn, finding, period, small
from energysim.outputs.wording import unit_named
from energysim.units import REPORTING_GCV

WIDTH, HEIGHT = 11.0, 6.6
LEFT, RIGHT, BOTTOM = 0.85, 0.4, 1.1
LINE, TITLE_CHARS, TEXT_CHARS = 0.19, 92, 150
CURVES = {"all": (BLUE, "All customers, Bosnia included"), "protected": (VERMILLION, "Protected customers")}


def exceedance_chart(
    curves: pd.DataFrame, estimates: pd.DataFrame, study: Mapping[str, Any], samples: int, unit: str = "mcm"
) -> Figure:
    """P(unserved > level) with its 95 % band, of everybody and of protected customers; mean and CVaR marked.

    curves: whom, level [GWh], probability, low, high [1]; estimates: figure, value [GWh]. Source of the form: the
    exceedance curve of annual unserved gas with EGNS and CVaR, usual in adequacy studies.
    """
    measure, asked = unit_named(unit), study.get("options", {})
    figure = Figure(figsize=(WIDTH, HEIGHT))
    sentences = textwrap.wrap(finding(estimates, samples, measure, asked), TITLE_CHARS)
    under = textwrap.wrap(
        f"Probability that more than so much gas goes unserved in a {period(asked)}, {measure.name}; bands hold 95 % of the "
        f"sampling. {asked.get('title', '')}. {samples:,} {period(asked)}s. Drawn: {drawn(asked)}",
        TEXT_CHARS,
    )
    top = 0.2 + 0.25 * len(sentences) + LINE * len(under) + 0.45
    axes = figure.add_axes(
        (LEFT / WIDTH, BOTTOM / HEIGHT, (WIDTH - LEFT - RIGHT) / WIDTH, (HEIGHT - BOTTOM - top) / HEIGHT)
    )
    figure.suptitle(
        "\n".join(sentences), x=LEFT / WIDTH, y=1 - 0.2 / HEIGHT, ha="left", va="top", size=TITLE_SIZE, weight="bold"
    )
    below = 1 - (0.3 + 0.25 * len(sentences)) / HEIGHT
    figure.text(LEFT / WIDTH, below, "\n".join(under), size=TEXT_SIZE, color=GREY, va="top")
    seen = False
    for whom, (colour, name) in CURVES.items():
        curve = curves[curves["whom"] == whom]
        if (curve["probability"] > 0).any():
            _curve(axes, curve, measure.factor, colour, name)
            seen = True
    if seen:
        _marks(axes, estimates, measure.factor, measure.name, float(curves["level"].max()) * measure.factor)
        _scales(axes, curves, measure.factor, measure.name)
    else:
        axes.set_axis_off()
        nobody = f"Nobody is cut in any sampled {period(asked)}."
        axes.text(0.5, 0.5, nobody, ha="center", va="center", color=INK, size=TITLE_SIZE)
    notes = (
        f"{ASSUMED}.\nTransport model, daily step: pressures and hours are not seen. 1 mcm = {REPORTING_GCV} GWh. "
        f"Source: energysim {study.get('versions', {}).get('energysim', '')}, montecarlo {str(study.get('digest', ''))[:10]}"
    )
    figure.text(LEFT / WIDTH, 0.14 / HEIGHT, notes, size=SMALL_SIZE, color=GREY, va="bottom")
    return figure


def _curve(axes: Axes, curve: pd.DataFrame, factor: float, colour: str, name: str) -> None:
    """A falling step with its band; a level of 0 stands for any cut at all."""
    levels = curve["level"].to_numpy() * factor
    bands = {side: 100 * curve[side].to_numpy() for side in ("probability", "low", "high")}
    axes.fill_between(levels, bands["low"], bands["high"], step="post", color=colour, alpha=0.18, linewidth=0)
    axes.step(levels, bands["probability"], where="post", color=colour, linewidth=1.8, label=name)


def _marks(axes: Axes, estimates: pd.DataFrame, factor: float, unit: str, largest: float) -> None:
    """Lines at the expected unserved gas and at CVaR, each named beside its upper end."""
    by = estimates.set_index("figure")["value"]
    for figure, name, height in (("expected_unserved", "expected", 0.965), ("cvar_95", "mean of the worst 5 %", 0.9)):
        place = float(by[figure]) * factor
        right = place > 0.55 * largest
        axes.axvline(place, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.annotate(
            f"{name}: {small(place)} {unit}", (place, height), xycoords=("data", "axes fraction"),
            xytext=(-4 if right else 4, 0), textcoords="offset points", ha="right" if right else "left",
            size=TEXT_SIZE, color=INK, va="center", bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1},
        )  # fmt: skip


def _scales(axes: Axes, curves: pd.DataFrame, factor: float, unit: str) -> None:
    seen = curves["probability"][curves["probability"] > 0]
    axes.set_yscale("log")
    axes.set_ylim(100 * seen.min() / 2, min(100.0, 100 * curves["high"].max() * 2.2))
    axes.set_xlim(0, max(float(curves["level"].max()) * factor * 1.04, 1e-3))
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g} %"))
    axes.yaxis.set_minor_formatter(FuncFormatter(lambda v, _: ""))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.10g}"))
    axes.set_xlabel(f"unserved gas, {unit}", size=TEXT_SIZE)
    axes.set_ylabel("probability of more", size=TEXT_SIZE)
    axes.tick_params(labelsize=TEXT_SIZE)
    axes.grid(axis="both", color="#E6E6E6", linewidth=0.6)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.set_axisbelow(True)
    axes.legend(
        loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, frameon=False, fontsize=TEXT_SIZE, borderaxespad=0.3
    )
