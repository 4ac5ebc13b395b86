"""Named axes for the two peers that think in labelled arrays (linopy, and PyPSA's extra constraints)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from benchmarks.figures import Array, Figures, Places


class Labels:
    """The axes of the arrays as named indexes."""

    def __init__(self, f: Figures) -> None:
        size = {
            "day": f.days, "morning": f.days + 1, "node": f.nodes, "pipeline": len(f.network.start),
            "route": len(f.contracts.route_node), "contract": len(f.contracts.dcq), "period": len(f.contracts.pledge),
            "sale": len(f.contracts.sale_node), "upstream": len(f.upstream.capacity), "account": len(f.storage.node),
            "site": len(f.storage.site_accounts), "target": len(f.storage.target_day),
            "closing": len(f.storage.closing_width), "offtake": len(f.demand.node), "step": f.demand.width.shape[1],
            "switching": len(f.demand.switching), "oil": len(f.demand.oil_opening),
            "out_piece": f.storage.withdrawal_slope.shape[1], "in_piece": f.storage.injection_slope.shape[1],
        }  # fmt: skip
        self.index = {name: pd.RangeIndex(n, name=name) for name, n in size.items()}

    def coords(self, *dims: str) -> list[pd.Index]:
        """Indexes of some axes."""
        return [self.index[d] for d in dims]

    def array(self, values: Any, *dims: str) -> xr.DataArray:
        """Values over some axes."""
        return xr.DataArray(values, coords=self.coords(*dims), dims=dims)

    def group(self, places: Places, dim: str, name: str) -> xr.DataArray:
        """The element of axis `name` to which each element of `dim` belongs."""
        return xr.DataArray(places, coords=[self.index[dim]], dims=[dim], name=name)

    def total(self, of: Any, places: Places, dim: str, name: str) -> Any:
        """The sum of members by element of axis `name`; nothing where there are none."""
        by_member = of.groupby(self.group(places, dim, name)).sum()
        return by_member.reindex({name: self.index[name]}).fillna(0.0)

    def pick(self, of: Any, dim: str, places: Places, name: str) -> Any:
        """Some elements of an axis, renamed to an axis of their own."""
        return of.isel({dim: places}).rename({dim: name}).assign_coords({name: self.index[name]})


def incidence(members: list[Places], count: int) -> Array:
    """A matrix of ones where a column is a member of a row."""
    matrix = np.zeros((len(members), count))
    for row, places in zip(matrix, members, strict=True):
        row[places] = 1.0
    return matrix
