"""Charts of a sweep: a line over one axis, a heat map over two, points over many, bars of sensitivity."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from energysim.inputs.axis import Axis
from energysim.outputs.canvas import DPI, SMALL_SIZE, TEXT_SIZE, TITLE_CHARS, TITLE_SIZE
from energysim.outputs.drawing import SHORTAGE
from energysim.outputs.findings import SEPARATOR
from energysim.outputs.letters import shortened, wrapped
from energysim.outputs.palette import BLUE, GREY, INK, ORANGE, PALE, VERMILLION
from energysim.outputs.sheet import named, plain_ticks, units_whole
from energysim.outputs.sweep_view import (
    NBSP,
    SweepView,
    axis_title,
    finding,
    folded,
    importance,
    measure_name,
    value_text,
)
from energysim.outputs.wording import number
from energysim.words import decimals, say

WIDTH, HEIGHT = 9.0, 5.2
PANELS, COLUMNS = 9, 3
"""Most panels of points, and how many stand side by side."""
MOST_NUMBERS = 144
"""Cells of a heat map up to which each carries its number."""
DARK = 0.55
"""Share of the scale from which numbers are white."""
MOST_LETTERS = 90
"""Letters of ticks side by side."""
TICK_CHARS, NAME_CHARS = 26, 44


def charts(view: SweepView) -> dict[str, Figure]:
    """The charts that suit a sweep, by name."""
    found: dict[str, Figure] = {}
    if view.indices is not None:
        found["sensitivity"] = sensitivity_chart(view)
    if view.axes and len(view.cases) > 1:
        column = "value" if view.search else view.measure
        if not view.cases[column].isna().all():
            found["sweep"] = sweep_chart(view)
    return found


def sweep_chart(view: SweepView) -> Figure:
    """The measure (or the break-even) over the axes: a line, a heat map, or a panel of points for each axis."""
    crossed = not view.file.sampled and not view.file.list
    if len(view.axes) == 1:
        return _line(view)
    if len(view.axes) == 2 and crossed:
        return _map(view)
    return _points(view)


def _quantity(view: SweepView) -> tuple[pd.Series[float], str]:
    """What is drawn, in the unit shown, and how its axis is called."""
    if view.search:
        name = say("break-even of {axis}", axis=axis_title(view.search.axis))
        return view.cases["value"].astype(float), folded(name, NAME_CHARS)
    return view.shown(view.measure), f"{measure_name(view.measure)} [{view.unit_of(view.measure)}]"


def _line(view: SweepView) -> Figure:
    figure, axes = _sheet(view, finding(view, brief=True))
    axis, (values, name) = view.axes[0], _quantity(view)
    places = _places(axis, view.cases[axis.label])
    if axis.numeric or axis.kind == "date":
        order = np.argsort(places, kind="stable")
        axes.plot(places[order], values.to_numpy()[order], color=BLUE, marker="o", markersize=4, linewidth=1.6)
    else:
        if view.search:
            axes.plot(places, values, "o", color=BLUE, markersize=8)
            axes.axhline(0, color=INK, linewidth=0.8)
        else:
            axes.bar(places, values, color=BLUE, width=0.6)
        axes.set_xlim(-0.6, len(places) - 0.4)
        for x, y in zip(places, values, strict=True):
            style: dict[str, Any] = {"ha": "left" if view.search else "center", "va": "bottom", "size": TEXT_SIZE}
            axes.annotate(
                number(y).replace("-", "−"), (x, y), (6 if view.search else 0, 3), textcoords="offset points", **style
            )
        axes.margins(y=0.12)
    _names(axes, axis)
    if not view.search:
        axes.set_ylim(bottom=min(0.0, float(values.min())))
    _plain(axes, axis_title(axis), name)
    return figure


def _map(view: SweepView) -> Figure:
    figure, axes = _sheet(view, finding(view, brief=True))
    values, name = _quantity(view)
    across, down = sorted(view.axes, key=lambda a: not a.numeric)
    table = pd.DataFrame({"x": view.cases[across.label], "y": view.cases[down.label], "v": values})
    grid = table.pivot(index="y", columns="x", values="v")
    grid = grid.reindex(index=list(down.values), columns=list(across.values))
    if across.numeric:
        grid = grid[sorted(grid.columns)]
    if down.numeric:
        grid = grid.loc[sorted(grid.index, reverse=True)]
    low, high = float(np.nanmin(grid.to_numpy())), float(np.nanmax(grid.to_numpy()))
    low = low if view.search or low < 0 else 0.0
    mesh = axes.imshow(grid.to_numpy(), cmap=SHORTAGE, aspect="auto", vmin=low, vmax=high if high > low else low + 1)
    axes.set_xticks(range(grid.shape[1]), [value_text(across, v).split(NBSP)[0] for v in grid.columns])
    axes.set_yticks(range(grid.shape[0]), [value_text(down, v).split(NBSP)[0] for v in grid.index])
    if grid.size <= MOST_NUMBERS:
        for (r, c), value in np.ndenumerate(grid.to_numpy()):
            dark = (value - low) > DARK * (high - low)
            text = "–" if np.isnan(value) else number(value).replace("-", "−")
            axes.text(c, r, text, ha="center", va="center", size=SMALL_SIZE, color="white" if dark else INK)
    axes.set_xticks(np.arange(grid.shape[1] + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(grid.shape[0] + 1) - 0.5, minor=True)
    axes.grid(which="minor", color=PALE, linewidth=0.8)
    axes.tick_params(which="both", length=0, labelsize=TEXT_SIZE, colors=INK)
    if sum(len(str(v)) for v in grid.columns) > MOST_LETTERS:
        axes.tick_params(axis="x", rotation=60)
    axes.spines[:].set_visible(False)
    axes.set_xlabel(axis_title(across), size=TEXT_SIZE)
    axes.set_ylabel(axis_title(down), size=TEXT_SIZE)
    scale = figure.colorbar(mesh, ax=axes, fraction=0.04, pad=0.02)
    scale.set_label(name, size=TEXT_SIZE)
    plain_ticks(scale.ax)
    scale.ax.tick_params(labelsize=SMALL_SIZE)
    scale.outline.set_visible(False)
    return figure


def _points(view: SweepView) -> Figure:
    shown = list(view.axes)[:PANELS]
    columns = 2 if len(shown) == 4 else min(COLUMNS, len(shown))
    rows = -(-len(shown) // columns)
    figure, panels = _sheet(view, finding(view, brief=True), rows, columns)
    values, name = _quantity(view)
    for k, (axis, axes) in enumerate(zip(shown, panels, strict=False)):
        places = _places(axis, view.cases[axis.label])
        axes.scatter(places, values, s=9, color=BLUE, alpha=0.6, linewidths=0)
        _names(axes, axis)
        _plain(axes, folded(axis_title(axis), NAME_CHARS - 10), name if k % columns == 0 else "", SMALL_SIZE)
    for axes in panels[len(shown) :]:
        axes.set_visible(False)
    return figure


def sensitivity_chart(view: SweepView) -> Figure:
    """A bar for each input: total and first order (or Morris's mean change), with 95 % intervals."""
    assert view.indices is not None
    found, sobol = view.indices.iloc[::-1], "total_order" in view.indices
    figure, axes = _sheet(view, importance(view), height=2.2 + 0.55 * len(found))
    places = np.arange(len(found))
    style: dict[str, Any] = {"error_kw": {"elinewidth": 1, "capsize": 2, "ecolor": INK}}
    if sobol:
        for shift, key, colour, label in ((0.19, "total_order", BLUE, say("in all, interactions included (total order)")),
                                          (-0.19, "first_order", ORANGE, say("alone (first order)"))):  # fmt: skip
            width = found[f"{key}_interval"]
            axes.barh(places + shift, found[key], 0.34, xerr=width, color=colour, label=label, **style)
        axes.legend(loc="lower right", frameon=False, fontsize=SMALL_SIZE)
        name = say("share of the variance: {measure} [1]", measure=measure_name(view.measure))
    else:
        factor = view.factor(view.measure)
        axes.barh(places, found["effect"] * factor, 0.5, xerr=found["effect_interval"] * factor, color=BLUE, **style)
        axes.plot(
            found["spread"] * factor, places, "D", color=VERMILLION, markersize=5, label=say("spread of the change")
        )
        axes.legend(loc="lower right", frameon=False, fontsize=SMALL_SIZE)
        said = {"measure": measure_name(view.measure), "unit": view.unit_of(view.measure)}
        name = say("mean change over the input's range: {measure} [{unit}]", **said)
    axes.set_yticks(places, [folded(str(n), TICK_CHARS) for n in found["input"]])
    axes.axvline(0, color=INK, linewidth=0.8)  # estimates below 0 are drawn: they show how noisy the others are
    _plain(axes, name, "")
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=PALE, linewidth=0.7)
    axes.tick_params(axis="y", length=0)
    return figure


def _places(axis: Axis, column: pd.Series[Any]) -> Any:
    """Where values stand on an axis: numbers where they are, names and dates in their order."""
    if axis.numeric:
        return column.astype(float).to_numpy()
    known = list(axis.values)
    return np.array([known.index(v) for v in column], dtype=float)


def _names(axes: Axes, axis: Axis) -> None:
    """Ticks of names and dates; slanted where there are many letters."""
    if axis.numeric:
        return
    names = [str(v) for v in axis.values]
    axes.set_xticks(range(len(names)), names)
    if sum(map(len, names)) > MOST_LETTERS:
        axes.tick_params(axis="x", rotation=60)


def _sheet(view: SweepView, title: str, rows: int = 1, columns: int = 1, height: float = HEIGHT) -> tuple[Figure, Any]:
    """A figure with title, subtitle and foot; and its axes, a list of them where there are several."""
    height = max(height, 1.6 + 2.6 * rows)
    figure = Figure(figsize=(WIDTH, height), dpi=DPI)
    figure.set_layout_engine(ConstrainedLayoutEngine(rect=(0.0, 0.05, 1.0, 0.94)))
    lines = wrapped(units_whole(title), TITLE_CHARS - 14, WIDTH - 0.3, TITLE_SIZE, bold=True)
    figure.suptitle("\n".join(lines), x=0.01, ha="left", size=TITLE_SIZE, weight="bold")
    foot = [
        named(view.file.title),
        say("study {study}", study=view.file.id),
        say("scenario {scenario}", scenario=view.file.scenario),
        say("{cases} cases", cases=decimals(len(view.cases))),
    ]
    figure.text(0.01, 0.012, shortened(SEPARATOR.join(foot), WIDTH - 0.2, SMALL_SIZE), size=SMALL_SIZE, color=GREY)
    panels = figure.subplots(rows, columns, squeeze=False)
    for axes in panels.ravel():
        plain_ticks(axes)
    return figure, panels[0, 0] if rows == columns == 1 else list(panels.ravel())


def _plain(axes: Axes, across: str, up: str, size: float = TEXT_SIZE) -> None:
    """Light grid, no box, names of both axes."""
    axes.set_xlabel(across, size=size)
    axes.set_ylabel(up, size=size)
    axes.tick_params(labelsize=size, colors=INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=PALE, linewidth=0.7)
    axes.set_axisbelow(True)
