"""Pieces that charts are made of: stacks of daily steps, the demand line, a heat map, places of small panels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from energysim.indicators import basic as indicators
from energysim.outputs.canvas import SMALL_SIZE, TEXT_SIZE, date_axis, numbers, steps
from energysim.outputs.findings import label, name_of
from energysim.outputs.palette import BLACK, INK, PALE, SOURCES, VERMILLION, colours, ordered
from energysim.outputs.wording import number
from energysim.results import Results
from energysim.words import say

TENTH = 10
"""Per cent to which the scale of the heat map is rounded up."""
SAME = 0.05
"""EUR/MWh up to which nodes share one line of prices."""
COLUMNS = ((1, 1), (4, 2), (9, 3))
"""Panels up to which there are so many columns; four beyond."""
LETTERS = 80
"""Letters of panel titles side by side."""
LEFT, PANEL_WIDTH, ABOVE, BELOW = 0.02, 0.8, 0.085, 0.11
"""Margins of a panel: shares of its column, and of the host's height for title and dates."""
SHORTAGE = LinearSegmentedColormap.from_list("shortage", ["#FFFFFF", "#F6C9A8", VERMILLION, "#5A2700"])


def supply_layers(result: Results, factor: float) -> tuple[pd.DataFrame, dict[str, dict[str, Any]]]:
    """Supply by source that is worth a layer, what is cut on top [GWh/d times `factor`], and how each layer is drawn."""
    stack = indicators.supply_by_source(result) * factor
    stack = stack[[s for s in ordered(stack.columns, SOURCES) if stack[s].max() > indicators.TRACE]]
    tint = colours(stack.columns, SOURCES)
    styles: dict[str, dict[str, Any]] = {s: {"color": tint[s], "label": label(result, s)} for s in stack.columns}
    if indicators.cut_days(result):
        stack = stack.assign(unserved=indicators.unserved_by_day(result) * factor)
        styles["unserved"] = {"facecolor": "white", "edgecolor": BLACK, "hatch": "xxxxx", "label": say("Unserved gas")}
    return stack, styles


def stack_steps(axes: Axes, frame: pd.DataFrame, styles: dict[str, dict[str, Any]]) -> list[Artist]:
    """Columns as daily steps on top of each other; returns what the legend shows."""
    handles: list[Artist] = []
    x, whole = steps(frame)
    base = np.zeros(len(x))
    for column in frame.columns:
        top = base + whole[column].to_numpy()
        handles.append(axes.fill_between(x, base, top, step="post", linewidth=0, **styles[column]))
        base = top
    return handles


def demand_line(axes: Axes, demand: pd.Series[float], label: str) -> Artist:
    """The demand line, black on a white edge so that it shows on every colour."""
    x, whole = steps(demand.to_frame())
    axes.step(x, whole["demand"], where="post", color="white", linewidth=2.6)
    (line,) = axes.step(x, whole["demand"], where="post", color=BLACK, linewidth=1.2, label=label)
    return line


def shortage_map(axes: Axes, result: Results, days: pd.DatetimeIndex) -> None:
    """Heat map: share of demand cut [%], nodes down, days across."""
    demand = indicators.demand_by_node(result).loc[days]
    share = cut_shares(indicators.curtailment_by_node(result).loc[days], demand)
    share_map(axes, share, [name_of(result, "nodes", n) for n in share.columns], scale_end(share))
    axes.set_title(say("Share of demand cut by node"), loc="left", size=TEXT_SIZE)
    share_scale(axes.inset_axes((0.7, 1.07, 0.22, 0.09)), scale_end(share))


def cut_shares(cut: pd.DataFrame, demand: pd.DataFrame) -> pd.DataFrame:
    """Share of demand cut [%]; NaN where there is no demand."""
    return 100 * cut / demand.where(demand > 0)


def scale_end(*shares: pd.DataFrame) -> float:
    """End of the scale of maps that are read together [%]."""
    most = max(float(share.max().max()) for share in shares)
    return float(np.ceil(max(TENTH, most - indicators.TRACE) / TENTH) * TENTH)


def share_map(axes: Axes, share: pd.DataFrame, names: Sequence[str], top: float) -> None:
    """Shares [%] as colours, columns down with their names beside them, days across; grey where there is no demand."""
    edges, _ = steps(share)
    known = np.ma.masked_invalid(share.T.to_numpy(dtype=float))
    mesh = axes.pcolormesh(edges, np.arange(len(share.columns) + 1), known, cmap=SHORTAGE, vmin=0, vmax=top)
    mesh.set_rasterized(True)
    date_axis(axes, pd.DatetimeIndex(share.index))
    axes.grid(False)
    axes.invert_yaxis()
    axes.set_facecolor(PALE)
    axes.set_yticks(np.arange(len(share.columns)) + 0.5, list(names))
    axes.yaxis.tick_right()
    axes.tick_params(axis="y", length=0, labelsize=SMALL_SIZE)


def share_scale(scale: Axes, top: float) -> None:
    """The colours of a heat map from 0 to the end of its scale [%]."""
    scale.imshow(np.linspace(0, 1, 256).reshape(1, -1), aspect="auto", cmap=SHORTAGE)
    scale.set(xticks=[], yticks=[], frame_on=False)
    place: dict[str, Any] = {"transform": scale.transAxes, "va": "center", "size": SMALL_SIZE}
    scale.text(-0.03, 0.5, "0 %", ha="right", **place)
    scale.text(1.03, 0.5, f"{number(top)} %", ha="left", **place)


def panel_places(panels: int) -> tuple[list[tuple[float, float, float, float]], int]:
    """Positions of small panels within their host, row by row, and how many letters a line of a title may have."""
    columns = next((c for most, c in COLUMNS if panels <= most), 4)
    height = 1 / max(1, -(-panels // columns))
    places = [
        (
            (k % columns + LEFT) / columns,
            1 - (k // columns + 1) * height + BELOW,
            PANEL_WIDTH / columns,
            height - ABOVE - BELOW,
        )
        for k in range(panels)
    ]
    return places, LETTERS // columns


def alike(frame: pd.DataFrame) -> list[list[str]]:
    """Nodes of equal price together, the largest group first."""
    groups: list[list[str]] = []
    for node in frame.columns:
        near = [g for g in groups if float((frame[g[0]] - frame[node]).abs().max()) <= SAME]
        if near:
            near[0].append(node)
        else:
            groups.append([node])
    return sorted(groups, key=len, reverse=True)


def plain(axes: Axes, across: Literal["x", "y"] = "y") -> None:
    """Axes without dates: light grid across the values, no box, plain numbers."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis=across, color=PALE, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=TEXT_SIZE, colors=INK)
    axis = axes.xaxis if across == "x" else axes.yaxis
    axis.set_major_formatter(numbers())
