"""Charts of a dossier: the N−1 ladder, N−1 against stock, survival times, trigger stocks, what the answer depends on, duals.

Each takes a dossier and a unit and returns a matplotlib Figure whose title is the finding; a dossier without the table
has no such chart (`charts` leaves it out).
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from energysim.dossier import Chapter, Dossier
from energysim.outputs.canvas import SMALL_SIZE, TEXT_SIZE, TITLE_SIZE, date_axis, positions
from energysim.outputs.dossier.compare import SHARES, attributions, findings
from energysim.outputs.dossier.digits import digits, in_unit
from energysim.outputs.dossier.endurance import span_of
from energysim.outputs.palette import BLACK, BLUE, GREY, INK, ORANGE, PALE, SKY, VERMILLION
from energysim.outputs.wording import MCM, Unit
from energysim.units import REPORTING_GCV
from energysim.words import day_month

WIDTH, LEFT, RIGHT, ROW, HEAD, FOOT = 11.0, 3.7, 1.75, 0.3, 0.3, 0.95
"""Inches: the sheet, its margins, a row of bars, and room above and below the rows."""
NAME_LETTERS, TITLE_LETTERS, TEXT_LETTERS, SHOWN = 52, 92, 145, 18
"""Letters in a name, a line of a title and of text; rows of a chart."""
HEAT = LinearSegmentedColormap.from_list("value", ["#FFFFFF", "#F6C9A8", VERMILLION, "#5A2700"])
ENDURES = LinearSegmentedColormap.from_list("days", ["#B33A00", "#F6C9A8", "#FFFFFF"])


def charts(dossier: Dossier, unit: Unit = MCM) -> dict[str, Figure]:
    """Every chart that the dossier has a table for, by name."""
    known: dict[str, tuple[str, Callable[[Dossier, Unit], Figure]]] = {
        "ladder": ("n_minus_1_ladder", ladder),
        "stock": ("n_minus_1_stock", stock),
        "survival": ("survival", survival),
        "trigger": ("trigger_levels", trigger),
        "value_months": ("dual_months", value_months),
        "tornado": ("evidence_ranking", tornado),
    }
    there = {name: draw for name, (table, draw) in known.items() if table in dossier.tables}
    found = {name: draw(dossier, unit) for name, draw in there.items() if not dossier.table(known[name][0]).empty}
    compared = [c for c in dossier.chapters if c.id.startswith("compare_") and attributions(c)]
    return found | {f"waterfall_{c.id.rpartition('_')[2]}": waterfall(dossier, c, unit) for c in compared}


def waterfall(dossier: Dossier, chapter: Chapter, unit: Unit = MCM) -> Figure:
    """From the first scenario to the second: what each difference of inputs brings to the indicator that says most."""
    measure, table = next(iter(attributions(chapter).items()))
    change = chapter[f"change_{measure}"]
    shown, factor = in_unit(change.unit, unit)
    column = next(c for c in SHARES if c in table.frame)
    shares = table.frame[column].fillna(0.0).to_numpy(dtype=float) * factor
    whole = chapter.value(f"change_{measure}") * factor
    steps = [*shares, whole - shares.sum()] if abs(whole - shares.sum()) > 1e-3 * abs(whole) else list(shares)
    names = [*table.frame["difference"], *(["together only"] if len(steps) > len(shares) else []), "change in all"]
    ends = np.cumsum(steps)
    figure, axes = _rows(
        dossier, findings(chapter, unit)[0].rstrip("."), f"{chapter.title}, {change.name.lower()}, {shown}", names
    )
    for k, step in enumerate(steps):
        axes.barh(k, step, left=ends[k] - step, height=0.62, color=ORANGE if step > 0 else SKY, linewidth=0)
    axes.barh(len(steps), whole, height=0.62, color=GREY, linewidth=0)
    for k, (end, value) in enumerate(zip([*ends, whole], [*steps, whole], strict=True)):
        axes.annotate(digits(float(value)), (end, k), xytext=(4 if value >= 0 else -4, 0), textcoords="offset points",
                      ha="left" if value >= 0 else "right", va="center", size=TEXT_SIZE, color=INK)  # fmt: skip
    axes.axvline(0, color=BLACK, linewidth=1)
    axes.margins(x=0.15)
    axes.set_xlabel(shown, size=TEXT_SIZE)
    return figure


def ladder(dossier: Dossier, unit: Unit = MCM) -> Figure:
    """N−1 [% of design demand] for every candidate outage, and the contracted gas that could still come."""
    table = dossier.table("n_minus_1_ladder").head(SHOWN)
    least = table.iloc[int(table["gas_share"].argmin())]
    single = table[table["kind"] != "risk group"]
    worst = (single if len(single) else table).iloc[0]
    title = (
        f"Without {worst['name']}, the pipes left could carry {digits(worst['full'])} % of design demand; without "
        f"{least['name']}, the gas contracted is {digits(least['gas_share'])} % of it"
    )
    figure, axes = _rows(dossier, title, "N−1 by outage, % of demand met once in twenty winters", list(table["name"]))
    rows = np.arange(len(table))
    axes.barh(rows, table["full"], height=0.62, color=SKY, linewidth=0)
    axes.plot(table["at_30"], rows, "|", color=BLUE, markersize=12, markeredgewidth=2)
    axes.plot(table["gas_share"], rows, "D", color=VERMILLION, markersize=6)
    axes.axvline(100, color=BLACK, linewidth=1)
    axes.set_xlim(0, max(110.0, float(table[["full", "gas_share"]].max().max()) * 1.05))
    axes.set_xlabel("%", size=TEXT_SIZE)
    handles: list[Artist] = [
        Patch(color=SKY, label="N−1, stores full"),
        Line2D([], [], color=BLUE, marker="|", markersize=12, markeredgewidth=2, linestyle="", label="stores at 30 %"),
        Line2D([], [], color=VERMILLION, marker="D", linestyle="", label="contracted gas"),
    ]
    _legend(figure, handles)
    return figure


def stock(dossier: Dossier, unit: Unit = MCM) -> Figure:
    """N−1 [%] against the fill of stores [%], for all stock and for callable stock."""
    table = dossier.table("n_minus_1_stock")
    met = dossier["n_minus_1"]["fill_that_meets"].value
    title = (
        f"N−1 is 100 % or more from a fill of {digits(float(met))} % on"
        if isinstance(met, float | int)
        else "N−1 is below 100 % even with full stores"
    )
    figure, axes = _plot(dossier, title, "N−1 against the fill of all stores, % of demand met once in twenty winters")
    handles: list[Artist] = []
    for column, colour, label in (("n_minus_1", BLUE, "all stock"), ("n_minus_1_callable", ORANGE, "callable stock")):
        handles += axes.plot(table["fill"], table[column], color=colour, linewidth=2, label=label)
    axes.axhline(100, color=BLACK, linewidth=1)
    axes.set(xlim=(0, 100))
    axes.set_xlabel("fill, %", size=TEXT_SIZE)
    axes.set_ylabel("N−1, %", size=TEXT_SIZE)
    _legend(figure, handles)
    return figure


def survival(dossier: Dossier, unit: Unit = MCM) -> Figure:
    """Survival time [d] of each class (and all above it) under each outage, as a table of shades."""
    table = dossier.table("survival").head(SHOWN).set_index("out")
    longest = float(np.nanmax(table.to_numpy(dtype=float)))
    limited = int((table < longest).any(axis=1).sum())
    title = f"{limited} of {len(table)} outages cut somebody within {digits(longest)} days" + (
        "" if limited else "; nobody is cut"
    )
    figure, axes = _rows(dossier, title, dossier.tables["survival"].title, table.index)
    axes.imshow(table.to_numpy(dtype=float), aspect="auto", cmap=ENDURES, vmin=0, vmax=longest)
    for (row, column), days in np.ndenumerate(table.to_numpy(dtype=float)):
        said = "–" if np.isnan(days) else f"{days:.0f}" + ("+" if days >= longest else "")
        dark = not np.isnan(days) and days < 0.25 * longest
        axes.text(column, row, said, ha="center", va="center", size=TEXT_SIZE, color="white" if dark else INK)
    names = [textwrap.fill(str(c).replace("_", " "), 11) for c in table.columns]
    axes.set_xticks(range(len(names)), names, fontsize=TEXT_SIZE)
    axes.grid(False)
    axes.tick_params(length=0)
    return figure


def trigger(dossier: Dossier, unit: Unit = MCM) -> Figure:
    """Stock to stay above on each day [mcm or GWh], and what the plan and the scenario hold."""
    table = dossier.table("trigger_levels")
    days = pd.DatetimeIndex(pd.to_datetime(table["date"]))
    columns = ["trigger_protected", "planned", "scenario"]
    shown = table[columns] * unit.factor
    none = table["trigger_protected"].isna()
    top = shown["trigger_protected"].max()
    title = f"To keep protected customers served, callable stock must stay above up to {digits(float(top))} {unit.name}"
    if none.any():
        title += f"; on {int(none.sum())} of {len(table)} {span_of(table)}s not even full stores suffice"
    figure, axes = _plot(dossier, title, f"{dossier.tables['trigger_levels'].title}, {unit.name}")
    x = positions(days)
    step = x[1] - x[0] if len(x) > 1 else 1.0
    for k in np.flatnonzero(none):
        axes.axvspan(x[k] - step / 2, x[k] + step / 2, color="#F6C9A8", linewidth=0)
    handles: list[Artist] = []
    styles = (("trigger_protected", VERMILLION, "stay above this"), ("planned", BLACK, "undisturbed plan"),
              ("scenario", BLUE, "scenario"))  # fmt: skip
    for column, colour, label in styles:
        handles += axes.plot(x, shown[column], color=colour, linewidth=2, label=label)
    if none.any():
        handles.append(Patch(color="#F6C9A8", label="no stock suffices"))
    date_axis(axes, pd.date_range(days[0], days[-1]))
    axes.set_ylim(bottom=0)
    axes.set_ylabel(unit.name, size=TEXT_SIZE)
    _legend(figure, handles)
    return figure


def tornado(dossier: Dossier, unit: Unit = MCM) -> Figure:
    """What the leading indicator becomes with each figure at the low and at the high end of its range."""
    table = dossier.table("evidence_ranking").head(SHOWN - 3)
    about = dossier.tables["evidence_ranking"]
    written = about.units.get("at_low", "")
    factor = unit.factor if written in ("GWh", "GWh/d") else 1.0
    shown = written.replace("GWh", unit.name) if factor != 1.0 else written
    base = float(table["base"].iloc[0]) * factor
    first = table.iloc[0]
    title = (
        f"{first['figure']}: over its range, {first['range']}, the answer goes from {digits(first['at_low'] * factor)} to "
        f"{digits(first['at_high'] * factor)} {shown}"
    )
    figure, axes = _rows(dossier, title, f"{about.title}, {shown}", list(table["figure"]))
    rows = np.arange(len(table))
    for column, colour in (("at_low", SKY), ("at_high", ORANGE)):
        axes.barh(rows, table[column] * factor - base, left=base, height=0.62, color=colour, linewidth=0)
    axes.axvline(base, color=BLACK, linewidth=1)
    axes.set_xlabel(shown, size=TEXT_SIZE)
    _legend(figure, [Patch(color=SKY, label="figure at its low end"), Patch(color=ORANGE, label="at its high end")])
    return figure


def value_months(dossier: Dossier, unit: Unit = MCM) -> Figure:
    """Mean multiplier of each limit by month [EUR/MWh]: when more of it would help."""
    table = dossier.table("dual_months").head(SHOWN)
    months = [c for c in table.columns if c[:2] == "20"]
    values = table[months].to_numpy(dtype=float)
    row, column = np.unravel_index(np.nanargmax(values), values.shape)
    title = f"{table['name'].iloc[row]} is worth most: {digits(float(values[row, column]))} EUR/MWh in {months[column]}"
    names = [f"{r['name']}: {r['limit']}" for r in table.to_dict("records")]
    figure, axes = _rows(dossier, title, "Mean value of one more unit by limit and month, EUR/MWh", names)
    axes.imshow(np.clip(values, 0, None), aspect="auto", cmap=HEAT, vmin=0, vmax=max(1.0, float(np.nanmax(values))))
    for (r, c), value in np.ndenumerate(values):
        dark = value > 0.55 * np.nanmax(values)
        said = digits(float(round(value))) if abs(value) >= 0.5 else ""
        axes.text(c, r, said, ha="center", va="center", size=SMALL_SIZE, color="white" if dark else INK)
    axes.set_xticks(range(len(months)), [day_month(f"{m}-01")[2:] for m in months], fontsize=TEXT_SIZE)
    axes.grid(False)
    axes.tick_params(length=0)
    return figure


def _rows(dossier: Dossier, title: str, what: str, names: Sequence[Any] | pd.Index[Any]) -> tuple[Figure, Axes]:
    """A sheet with one row a name, the first on top."""
    figure, axes = _sheet(dossier, title, what, max(3, len(names)) * ROW + 0.2, LEFT)
    labels = [textwrap.shorten(str(n), NAME_LETTERS, placeholder=" …") for n in names]
    axes.set_yticks(range(len(labels)), labels, fontsize=TEXT_SIZE)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.grid(axis="x", color=PALE, linewidth=0.7)
    return figure, axes


def _plot(dossier: Dossier, title: str, what: str) -> tuple[Figure, Axes]:
    """A sheet with an ordinary plot."""
    figure, axes = _sheet(dossier, title, what, 4.2, 0.85)
    axes.grid(axis="y", color=PALE, linewidth=0.7)
    return figure, axes


def _sheet(dossier: Dossier, title: str, what: str, body: float, left: float) -> tuple[Figure, Axes]:
    """Title, what is shown, scenario and foot around axes of a height [in]."""
    m = dossier.manifest
    titles = textwrap.wrap(title, TITLE_LETTERS)
    below = textwrap.wrap(f"{what} · {m['title']} · gas year {m['gas_year']}", TEXT_LETTERS)
    over = HEAD + 0.25 * len(titles) + 0.19 * len(below) + 0.2
    height = over + body + FOOT
    figure = Figure(figsize=(WIDTH, height))
    axes = figure.add_axes((left / WIDTH, FOOT / height, (WIDTH - left - RIGHT) / WIDTH, body / height))
    style: dict[str, Any] = {"ha": "left", "va": "top"}
    figure.suptitle("\n".join(titles), x=0.3 / WIDTH, y=1 - 0.2 / height, size=TITLE_SIZE, weight="bold", **style)
    figure.text(
        0.3 / WIDTH, 1 - (0.28 + 0.25 * len(titles)) / height, "\n".join(below), size=TEXT_SIZE, color=GREY, **style
    )
    foot = (
        f"Source: energysim {m['versions']['energysim']}, data {str(m['data_digest'])[:10]} · transport model, daily step: "
        f"pressures and hours are not seen · 1 mcm = {REPORTING_GCV} GWh"
    )
    figure.text(0.3 / WIDTH, 0.14 / height, foot, size=SMALL_SIZE, color=GREY, va="bottom")
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=TEXT_SIZE, colors=INK)
    return figure, axes


def _legend(figure: Figure, handles: Sequence[Artist]) -> None:
    """Beside the data, on the right."""
    (axes,) = figure.axes
    labels = [textwrap.fill(str(h.get_label()), 18) for h in handles]
    axes.legend(
        handles,
        labels,
        loc="upper left",
        bbox_to_anchor=(1.01, 1.0),
        borderaxespad=0,
        frameon=False,
        fontsize=TEXT_SIZE,
    )
