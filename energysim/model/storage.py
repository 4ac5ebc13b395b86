r"""Storage: owners' accounts in sites, with deliverability that falls as the store empties.

For account $a$, stocks indexed $0 \dots T$ so that no rule asks whether a day is the first:

$$\mathit{inventory}_{a,d+1} = (1-\mathit{loss}_a)\,\mathit{inventory}_{a,d}
  + (1-\mathit{fuel}_a)\,\mathit{injection}_{a,d} - \mathit{withdrawal}_{a,d}$$

$$\mathit{withdrawal}_{a,d} \le \alpha_{a,s} + \beta_{a,s}\,\mathit{inventory}_{a,d} \qquad
  \mathit{injection}_{a,d} \le \gamma_{a,s} - \delta_{a,s}\,\mathit{inventory}_{a,d}
  \qquad \text{for every segment } s$$

of the concave curves of opening inventory; a curve that is not concave was replaced by its lower concave
minorant when the system was built, and the results say so. Availability caps the rates by bounds. Targets are soft:

$$\mathit{inventory}_{a,t} + \mathit{filling\_shortfall}_t \ge \mathit{target}_t$$

and what is left on the last evening is valued in falling steps, because free gas at the horizon
empties every store. Only callable accounts serve the country.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pyomo.environ as pyo

from energysim.inputs.assets import Curve, GasSystem, StorageAccount, Target
from energysim.model.block import Block, data, indexed_set, law, stack, working

Segment = tuple[float, float]
"""Rate limit per unit of capacity, as (intercept [1], slope per GWh of inventory [1/GWh])."""


def add_storage(m: Any, system: GasSystem) -> Block:
    """Add accounts, their sites, filling targets and the value of what is left at the end."""
    accounts = system.accounts
    targets = {t.id: (a, t) for a in accounts.values() for t in a.targets}
    _declare_sets(m, system, targets)
    _declare_data(m, system, targets)
    _declare_variables(m)

    @law(m, m.account)
    def opening_stock(m: Any, a: Any) -> Any:
        r"""inventory_{a,0} = opening_a: the stock on the first morning."""
        return m.inventory[a, 0] == m.opening[a]

    @law(m, m.account, m.day)
    def inventory_balance(m: Any, a: Any, d: Any) -> Any:
        r"""inventory_{a,d+1} = (1-loss_a) inventory_{a,d} + (1-fuel_a) injection_{a,d} - withdrawal_{a,d}: gas is conserved."""
        return (
            m.inventory[a, d + 1]
            - m.keeping[a] * m.inventory[a, d]
            - m.stored_share[a] * m.injection[a, d]
            + m.withdrawal[a, d]
            == 0
        )

    @law(m, m.account, m.withdrawal_segment, m.day)
    def deliverability(m: Any, a: Any, s: Any, d: Any) -> Any:
        r"""withdrawal_{a,d} \le \alpha_{a,s} + \beta_{a,s} inventory_{a,d}: reservoir pressure."""
        slope = m.withdrawal_slope[a, s, d]
        return m.withdrawal[a, d] - slope * m.inventory[a, d] <= m.withdrawal_intercept[a, s, d]

    @law(m, m.account, m.injection_segment, m.day)
    def injectability(m: Any, a: Any, s: Any, d: Any) -> Any:
        r"""injection_{a,d} \le \gamma_{a,s} - \delta_{a,s} inventory_{a,d}: a full store resists."""
        slope = m.injection_slope[a, s, d]
        return m.injection[a, d] - slope * m.inventory[a, d] <= m.injection_intercept[a, s, d]

    @law(m, m.site, m.day)
    def site_withdrawal(m: Any, s: Any, d: Any) -> Any:
        r"""\sum_{a \in s} withdrawal_{a,d} \le capacity_{s,d}: wells and surface plant are shared."""
        return sum(m.withdrawal[a, d] for a in m.accounts_in[s]) <= m.site_withdrawal_capacity[s, d]

    @law(m, m.site, m.day)
    def site_injection(m: Any, s: Any, d: Any) -> Any:
        r"""\sum_{a \in s} injection_{a,d} \le capacity_{s,d}: compressors are shared."""
        return sum(m.injection[a, d] for a in m.accounts_in[s]) <= m.site_injection_capacity[s, d]

    @law(m, m.target)
    def filling_target(m: Any, t: Any) -> Any:
        r"""inventory_{a,t} + filling\_shortfall_t \ge target_t: prudence has a price, not a veto."""
        stock = sum(m.inventory[a, d] for a in m.target_account[t] for d in m.target_day[t])
        return stock + m.filling_shortfall[t] >= m.target_level[t]

    @law(m, m.account)
    def closing_balance(m: Any, a: Any) -> Any:
        r"""\sum_s closing\_stock_{a,s} \le inventory_{a,T}: what is left is worth what it replaces."""
        return sum(m.closing_stock[a, s] for s in m.closing_step) - sum(m.inventory[a, e] for e in m.closing_day) <= 0

    return Block(
        name="storage",
        delivers={
            "withdrawal": lambda n, d: sum(m.withdrawal[a, d] for a in m.accounts_at[n]),
            "injection": lambda n, d: -sum(m.injection[a, d] for a in m.accounts_at[n]),
        },
        costs={
            "storage": lambda m: sum(
                m.injection_cost[a] * m.injection[a, d] + m.withdrawal_cost[a, d] * m.withdrawal[a, d]
                for a in m.account
                for d in m.day
            ),
            "holding": lambda m: sum(m.holding_cost[a, d] * m.inventory[a, d + 1] for a in m.account for d in m.day),
            "closing_stock": lambda m: (
                -sum(m.closing_value[a, s] * m.closing_stock[a, s] for a in m.account for s in m.closing_step)
            ),
        },
        penalties={
            "filling_shortfall": lambda m: sum(m.filling_shortfall_price[t] * m.filling_shortfall[t] for t in m.target),
        },
    )


def segments(curve: Curve, volume: float, count: int) -> list[Segment]:
    """The straight pieces of a concave curve, per GWh/d of capacity, padded to `count` by repeating the last."""
    pieces = []
    for (x0, y0), (x1, y1) in pairwise(curve):
        slope = (y1 - y0) / (x1 - x0)
        pieces.append((y0 - slope * x0, slope / volume if volume > 0 else 0.0))
    return pieces + [pieces[-1]] * (count - len(pieces))


def _declare_sets(m: Any, system: GasSystem, targets: dict[str, tuple[StorageAccount, Target]]) -> None:
    accounts = system.accounts.values()
    m.account = pyo.Set(dimen=1, initialize=list(system.accounts), doc="owners' shares of storage sites")
    m.site = pyo.Set(dimen=1, initialize=list(system.sites), doc="storage sites")
    m.target = pyo.Set(dimen=1, initialize=list(targets), doc="filling targets")
    m.closing_day = pyo.Set(dimen=1, initialize=[system.days], doc="the evening of the last gas day")
    m.withdrawal_segment = pyo.RangeSet(
        0, max((len(a.withdrawal_curve) - 2 for a in accounts), default=0), doc="pieces of the curve"
    )
    m.injection_segment = pyo.RangeSet(0, max((len(a.injection_curve) - 2 for a in accounts), default=0))
    m.closing_step = pyo.RangeSet(0, max([0, *(len(a.closing_values) - 1 for a in accounts)]))
    at = {n: [a.id for a in accounts if a.entry_node == n] for n in system.nodes}
    indexed_set(m, "accounts_at", m.node, at, m.account, "accounts that feed a node")
    inside = {s: [a.id for a in accounts if a.site == s] for s in system.sites}
    indexed_set(m, "accounts_in", m.site, inside, m.account, "accounts of a site")
    indexed_set(
        m, "target_account", m.target, {t: [a.id] for t, (a, _) in targets.items()}, m.account, "account of a target"
    )
    indexed_set(
        m, "target_day", m.target, {t: [v.day] for t, (_, v) in targets.items()}, m.day_end, "morning of a target"
    )


def _declare_data(m: Any, system: GasSystem, targets: dict[str, tuple[StorageAccount, Target]]) -> None:
    days, accounts, sites = system.days, list(system.accounts.values()), system.sites.values()
    data(m, "opening", m.account, values=[a.opening for a in accounts], doc="stock on the first morning [GWh]")
    data(m, "volume", m.account, values=[a.volume for a in accounts], doc="working gas volume [GWh]")
    data(m, "keeping", m.account, values=[1 - a.loss_per_day for a in accounts], doc="1 - loss a day [1]")
    data(m, "stored_share", m.account, values=[1 - a.injection_fuel for a in accounts], doc="1 - fuel [1]")
    share = [a.available * (1.0 if a.callable else 0.0) for a in accounts]
    rate = stack((a.withdrawal_capacity * w * _open(a) for a, w in zip(accounts, share, strict=True)), days)
    data(m, "withdrawal_capacity", m.account, m.day, values=rate, doc="[GWh/d]")
    rate = stack((a.injection_capacity * w for a, w in zip(accounts, share, strict=True)), days)
    data(m, "injection_capacity", m.account, m.day, values=rate, doc="[GWh/d]")
    for kind, m_set in (("withdrawal", m.withdrawal_segment), ("injection", m.injection_segment)):
        pieces = [segments(getattr(a, f"{kind}_curve"), a.volume, len(m_set)) for a in accounts]
        capacity = stack((getattr(a, f"{kind}_capacity") for a in accounts), days)[:, None, :]
        for k, part in enumerate(("intercept", "slope")):
            shape = np.array([[p[k] for p in a] for a in pieces]).reshape(len(accounts), len(m_set), 1)
            unit = "[GWh/d]" if part == "intercept" else "[1/d]"
            doc = f"{part} of the {kind} curve {unit}"
            data(m, f"{kind}_{part}", m.account, m_set, m.day, values=shape * capacity, doc=doc)
    limit = stack((working(s.withdrawal_capacity, s.available) for s in sites), days)
    data(m, "site_withdrawal_capacity", m.site, m.day, values=limit, doc="[GWh/d]")
    limit = stack((working(s.injection_capacity, s.available) for s in sites), days)
    data(m, "site_injection_capacity", m.site, m.day, values=limit, doc="[GWh/d]")
    levels = [t for _, t in targets.values()]
    data(m, "target_level", m.target, values=[t.level for t in levels], doc="stock wanted [GWh]")
    data(m, "filling_shortfall_price", m.target, values=[t.shortfall_price for t in levels], doc="[EUR/MWh]")
    steps = len(m.closing_step)
    # gas that is not callable is nobody's saving here; made callable by a scenario, it has its value
    valued = [list(a.closing_values) if a.callable else [] for a in accounts]
    padded = [v + [(0.0, 0.0)] * (steps - len(v)) for v in valued]
    data(m, "closing_width", m.account, m.closing_step, values=[[w for w, _ in a] for a in padded], doc="[GWh]")
    data(m, "closing_value", m.account, m.closing_step, values=[[v for _, v in a] for a in padded], doc="[EUR/MWh]")
    data(m, "injection_cost", m.account, values=[a.injection_cost for a in accounts], doc="[EUR/MWh]")
    out = stack((a.withdrawal_cost + (a.route.tariff if a.route else 0.0) + 0 * a.holding_cost for a in accounts), days)
    data(m, "withdrawal_cost", m.account, m.day, values=out, doc="storage fee and entry tariff [EUR/MWh]")
    data(m, "holding_cost", m.account, m.day, values=stack((a.holding_cost for a in accounts), days), doc="[EUR/MWh/d]")


def _open(account: StorageAccount) -> Any:
    return account.route.open if account.route else 1.0


def _declare_variables(m: Any) -> None:
    m.injection = pyo.Var(
        m.account, m.day, bounds=lambda m, a, d: (0, m.injection_capacity[a, d]), doc="gas put into store [GWh/d]"
    )
    m.withdrawal = pyo.Var(
        m.account, m.day, bounds=lambda m, a, d: (0, m.withdrawal_capacity[a, d]), doc="gas taken from store [GWh/d]"
    )
    m.inventory = pyo.Var(
        m.account, m.day_end, bounds=lambda m, a, e: (0, m.volume[a]), doc="gas in store at the start of a day [GWh]"
    )
    m.filling_shortfall = pyo.Var(m.target, domain=pyo.NonNegativeReals, doc="stock below a target [GWh]")
    m.closing_stock = pyo.Var(
        m.account,
        m.closing_step,
        bounds=lambda m, a, s: (0, m.closing_width[a, s]),
        doc="stock on the last evening, in steps of falling value [GWh]",
    )
