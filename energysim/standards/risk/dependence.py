r"""Supply-source dependence: who is short over a whole year when one source gives nothing at all.

The gas source's contracts have a daily quantity of zero on every day, and curtailment over the year is made least in two
modes: *cooperative* (ENTSOG's CSSD, spread as evenly as can be over zones) and *selfish* (USSD, countries first at home). The
year is known in advance, prices play no part, and callable stores must end the year where the undisturbed plan ends, or where they
began if that is lower: what lies in store is not a supply of its own. What a curtailment rate of 30 % over a year means
in winter is told by the other cases.

Asked twice, since the answer hangs on it: with every seller the scenario assumes, hub and emergency gas included
(`open`), and with gas under contract and home production only (`contracted`). Where Hungary is fed by the lost gas,
what comes from Hungary is lost with it in a case of its own (see `risk_group`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from energysim.indicators.curtailment import DEPENDENCE_BANDS, band
from energysim.inputs.assets import GasSystem
from energysim.standards.infrastructure.contracted import CONTRACTED
from energysim.standards.risk.areas import Areas, short
from energysim.standards.risk.cases import MODES, both_modes
from energysim.standards.risk.cooperation import Key, Sharing
from energysim.standards.risk_group import RiskGroup, joint_name, risk_groups
from energysim.standards.subject import Subject

MARKETS = ("open", "contracted")
NOTHING = "nothing lost"
TRACE = 1e-6
"""GWh by which curtailment must rise to count as more."""


@dataclass(frozen=True)
class Loss:
    """A source that gives nothing, and what is fed by it; names are English, `said_loss` puts them in words."""

    name: str
    source: str = ""
    upstream: tuple[str, ...] = ()

    def out_of(self, system: GasSystem) -> GasSystem:
        """The system in which it gives nothing."""
        for c in system.contracts.values():
            if (c.gas_source or c.id) == self.source:
                system = system.with_asset("contracts", replace(c, dcq=np.zeros(system.days)))
        for u in self.upstream:
            system = system.with_asset("upstream", replace(system.upstream[u], available=np.zeros(system.days)))
        return system


def losses(system: GasSystem, groups: Sequence[RiskGroup] = ()) -> list[Loss]:
    """Nothing, then every source with gas to give, each followed by the case in which what it feeds is lost too.

    A source feeds what a risk group does if all its gas comes through that group's first asset.
    """
    giving = dict.fromkeys(c.gas_source or c.id for c in system.contracts.values() if (c.dcq * c.available).any())
    order = [s for s in system.gas_sources if s in giving] + [s for s in giving if s not in system.gas_sources]
    found = [Loss(NOTHING)]
    for source in order:
        name = system.gas_sources.get(source, source)
        found.append(Loss(name, source))
        ways = [r.path for c, r in system.routes.values() if (c.gas_source or c.id) == source]
        for group in (g for g in groups if all(g.head in way for way in ways)):
            found.append(Loss(joint_name(name, group.fed), source, group.fed))
    return found


def on_the_market(system: GasSystem, market: str) -> GasSystem:
    """The system with all its sellers (`open`) or without spot, emergency and slots without gas (`contracted`)."""
    for c in system.contracts.values():
        if market != MARKETS[0] and c.kind not in CONTRACTED:
            system = system.with_asset("contracts", replace(c, dcq=np.zeros(system.days)))
    return system


def dependence_table(subject: Subject, areas: Areas) -> pd.DataFrame:
    """One row a market, loss and area: curtailment over the year [%] in both modes, least share of the source [%], band.

    least_share: the least of the source's gas, as a share of all demand, with which all demand is met; NaN where it is
    not met even with all of it.
    Raises EnergysimError.
    """
    year, rows = subject.system, []
    sharing = Sharing(year, areas.all, list(areas.countries))
    closing, groups = closing_stocks(subject), risk_groups(subject)
    for market in MARKETS:
        base = on_the_market(year, market)
        held: dict[Key, float] = {}
        for loss in losses(base, groups):
            sharing.look_at(loss.out_of(base), closing)
            together, apart = both_modes(sharing, areas)
            if loss.name == NOTHING:
                held = {(z, 0): float(together[z]) * sharing.tallies[z, 0].demand for z in areas.zones}
            least = np.nan
            if loss.source and not loss.upstream and max(held.values()) <= TRACE:
                least = 0.0
                if together.any():
                    sharing.look_at(base, closing)
                    least = _least_share(sharing, loss.source, held)
            for area in areas.all:
                rate = band(float(together[area]), DEPENDENCE_BANDS)
                rows.append((market, loss.name, area, 100.0 * together[area], 100.0 * apart[area], 100.0 * least, rate))
    return pd.DataFrame(rows, columns=["market", "lost", "area", *MODES, "least_share", "band"])


def closing_stocks(subject: Subject) -> dict[str, float]:
    """Callable account -> stock that must be left at the end of the year [GWh]; see the module."""
    planned = subject.plan.realised.solution.by_day("inventory")
    return {
        a.id: max(0.0, min(a.opening * (1.0 - a.loss_per_day) ** subject.system.days, float(planned[a.id][-1])))
        for a in subject.system.accounts.values()
        if a.callable
    }


def countries_table(table: pd.DataFrame, countries: Sequence[str], market: str) -> pd.DataFrame:
    """The matrix that a page shows of one market: a row a loss, two columns a country, then least share and band of the first."""
    rows = []
    for lost, of in table[table["market"] == market].groupby("lost", sort=False):
        by_area = of.set_index("area")
        rates = [float(by_area[mode].loc[c]) for c in countries for mode in MODES]
        rows.append((lost, *rates, float(of["least_share"].iloc[0]), str(by_area["band"].loc[countries[0]])))
    named = [f"{short(c)}_{mode}" for c in countries for mode in MODES]
    return pd.DataFrame(rows, columns=["lost", *named, "least_share", "band"])


def zones_table(table: pd.DataFrame, zones: Sequence[str]) -> pd.DataFrame:
    """The cooperative rates by zone: a row a market and loss, a column a zone [%]."""
    wide = table.pivot_table(index=["lost", "market"], columns="area", values=MODES[0], sort=False)
    order = table[["lost", "market"]].drop_duplicates()
    return wide.loc[pd.MultiIndex.from_frame(order), list(zones)].rename_axis(columns=None).reset_index()


def _least_share(sharing: Sharing, source: str, held: Mapping[Key, float]) -> float:
    """Least gas of a source, as a share of all demand, with which nobody's curtailment rises above what is held."""
    routes = [r.id for c, r in sharing.system.routes.values() if (c.gas_source or c.id) == source]
    demand = sum(sharing.tallies[z].demand for z in held)
    return sharing.least_taken(routes, held) / demand if demand > 0 else np.nan
