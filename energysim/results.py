"""Results: tidy frames and a manifest, the table between the model and everything said about it.

Frames (columns; one row per asset and gas day unless said):

* `quantities`  variable, asset, date, value, unit: flows, nominations, stocks, demand, curtailment …
* `balance`     node, date, block, value [GWh/d]: what each block delivers to a node; sums to zero
* `costs`       kind (cost or penalty), item, asset, value [kEUR], over the whole horizon
* `prices`      node, date, value [EUR/MWh]: cost of one more MWh at the node that day
* `bindings`    limit, asset, date, value [EUR/MWh]: what one more unit of a binding limit would save
* `assets`      asset, table, name, group, parent, order, protected, volume [GWh], node, entry, shrinkage [1]: what labels
                and sums them (parent: a route's contract, an account's site, an offtake's node; entry: the last asset
                abroad that a route passes; group of a pipeline: `FROM>TO`)

A run is one folder: a Parquet and a CSV file per frame and `manifest.json`. Loading needs no solver.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from energysim.errors import InputError
from energysim.files import whole_folder

FRAMES = ("quantities", "balance", "costs", "prices", "bindings", "assets")
FORMAT = 2
"""Version of the folder's layout and of the frames' columns."""

SAID = ("run_id", "scenario", "gas_year", "first_day", "last_day", "foresight", "outcomes", "undisturbed", "news",
        "eve_of_surprise", "replacements", "policy", "targets", "remarks", "estimates", "certificates", "versions")  # fmt: skip
"""What every manifest holds."""


@dataclass(frozen=True)
class Results:
    """What a run found; see the module's docstring for the frames."""

    quantities: pd.DataFrame
    balance: pd.DataFrame
    costs: pd.DataFrame
    prices: pd.DataFrame
    bindings: pd.DataFrame
    assets: pd.DataFrame
    manifest: dict[str, Any]

    def quantity(self, variable: str) -> pd.DataFrame:
        """One variable as a table, dates down and assets across, in its own unit."""
        rows = self.quantities[self.quantities["variable"] == variable]
        if rows.empty:
            return pd.DataFrame(index=self.dates)
        order = rows["asset"].drop_duplicates()
        return rows.pivot(index="date", columns="asset", values="value")[list(order)]

    @property
    def dates(self) -> pd.DatetimeIndex:
        """The gas days of the horizon."""
        return pd.DatetimeIndex(self.prices["date"].drop_duplicates(), name="date")

    @property
    def run_id(self) -> str:
        """Short hash of everything that went into the run."""
        return str(self.manifest["run_id"])

    @property
    def title(self) -> str:
        """The scenario's headline."""
        return str(self.manifest["scenario"]["title"])

    def save(self, folder: Path | str) -> Path:
        """Write the run to a folder, all or nothing; a run that stood there before is replaced."""
        folder = Path(folder)
        with whole_folder(folder, "manifest.json", "a run") as scratch:
            for name in FRAMES:
                frame: pd.DataFrame = getattr(self, name)
                frame.to_parquet(scratch / f"{name}.parquet", index=False, compression="zstd")
                frame.to_csv(scratch / f"{name}.csv", index=False, float_format="%.6f", lineterminator="\n")
            text = json.dumps(self.manifest, indent=2, ensure_ascii=False, default=str)
            (scratch / "manifest.json").write_text(text + "\n", encoding="utf-8")
        return folder

    @classmethod
    def load(cls, folder: Path | str) -> Results:
        """A run read back from its folder. Raises InputError when it is none."""
        folder = Path(folder)
        manifest = folder / "manifest.json"
        if not manifest.is_file():
            raise InputError(
                f"{folder}: no run here (manifest.json is missing); give the folder that `energysim run` wrote"
            )
        try:
            found = json.loads(manifest.read_text(encoding="utf-8"))
            made = found["format"]
        except (ValueError, KeyError, TypeError):
            raise InputError(f"{manifest}: no manifest of a run; run the scenario again") from None
        if made != FORMAT:
            again = found.get("command", "energysim run SCENARIO")
            raise InputError(
                f"{folder}: a run of another version (format {made}, expected {FORMAT}); make it again: {again}"
            )
        lacking = [key for key in SAID if key not in found]
        if lacking:
            raise InputError(f"{manifest}: lacks {', '.join(lacking)}; make the run again")
        frames: dict[str, pd.DataFrame] = {}
        for name in FRAMES:
            try:
                frames[name] = pd.read_parquet(folder / f"{name}.parquet")
            except (OSError, ValueError) as error:  # pyarrow's own errors are ValueErrors
                raise InputError(f"{folder / name}.parquet cannot be read ({error}); make the run again") from None
        return cls(**frames, manifest=found)
