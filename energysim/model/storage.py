r"""Storage: owners' accounts in sites, with deliverability that falls as the store empties.

For account $a$, stocks indexed $0 \dots T$ so that no rule asks whether a day is the first:

$$\mathit{inventory}_{a,d+1} = (1-\mathit{loss}_a)\,\mathit{inventory}_{a,d}
  + (1-\mathit{fuel}_a)\,\mathit{injection}_{a,d} - \mathit{withdrawal}_{a,d}$$

$$\mathit{withdrawal}_{a,d} \le \alpha_{s,d} + \beta_{s,d}\,\mathit{inventory}_{a,d} \qquad
  \mathit{injection}_{a,d} \le \gamma_{s,d} - \delta_{s,d}\,\mathit{inventory}_{a,d}
  \qquad \text{for every piece } s \text{ of } a\text{'s curves}$$

which are concave in opening inventory (a flat piece at full capacity is the bound of the rate itself); a curve that is not concave was replaced by its lower concave
minorant when the system was built, and the results say so. Availability caps the rates by bounds. Targets are soft:

$$\mathit{inventory}_{a,t} + \mathit{filling\_shortfall}_t \ge \mathit{target}_t$$

and what is left on the last evening is valued in falling steps, because free gas at the horizon
empties every store. Only callable accounts serve the country.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from energysim.inputs.assets import Curve, GasSystem, StorageAccount, Target
from energysim.model.block import Block, law, stack, variable, working
from energysim.model.sheet import Sheet

PIECE = "#"
"""Stands between an account and the number of a piece of its curve."""
Segment = tuple[float, float]
"""Rate limit per unit of capacity, as (intercept [1], slope per GWh of inventory [1/GWh])."""


def describe_storage(sheet: Sheet, system: GasSystem) -> None:
    """Write down accounts, their sites, curves, filling targets and the value of what is left at the end."""
    accounts = list(system.accounts.values())
    targets = {t.id: (a, t) for a in accounts for t in a.targets}
    _describe_sets(sheet, system, accounts, targets)
    _describe_stocks(sheet, accounts, targets)
    _describe_rates(sheet, system, accounts)
    _describe_charges(sheet, accounts, system.days)


def add_storage(m: Any) -> Block:
    """Add stocks with their injection and withdrawal, filling targets and closing stock."""
    variable(m, "injection", m.account, m.day, bounds=lambda m, a, d: (0, m.injection_capacity[a, d]),
             doc="gas put into store [GWh/d]")  # fmt: skip
    variable(m, "withdrawal", m.account, m.day, bounds=lambda m, a, d: (0, m.withdrawal_capacity[a, d]),
             doc="gas taken from store [GWh/d]")  # fmt: skip
    variable(m, "inventory", m.account, m.day_end, bounds=lambda m, a, e: (0, m.volume[a]),
             doc="gas in store at the start of a day [GWh]")  # fmt: skip
    variable(m, "filling_shortfall", m.target, doc="stock below a target [GWh]")
    variable(m, "closing_stock", m.account, m.closing_step, bounds=lambda m, a, s: (0, m.closing_width[a, s]),
             doc="stock on the last evening, in steps of falling value [GWh]")  # fmt: skip
    _state_laws(m)
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


def _state_laws(m: Any) -> None:
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

    @law(m, m.withdrawal_piece, m.day)
    def deliverability(m: Any, s: Any, d: Any) -> Any:
        r"""withdrawal_{a,d} \le \alpha_{s,d} + \beta_{s,d} inventory_{a,d}, s a piece of a's curve: reservoir pressure."""
        falling = sum(m.withdrawal_slope[s, d] * m.inventory[a, d] for a in m.account_of_withdrawal_piece[s])
        rate = sum(m.withdrawal[a, d] for a in m.account_of_withdrawal_piece[s])
        return rate - falling <= m.withdrawal_intercept[s, d]

    @law(m, m.injection_piece, m.day)
    def injectability(m: Any, s: Any, d: Any) -> Any:
        r"""injection_{a,d} \le \gamma_{s,d} - \delta_{s,d} inventory_{a,d}, s a piece of a's curve: a full store resists."""
        falling = sum(m.injection_slope[s, d] * m.inventory[a, d] for a in m.account_of_injection_piece[s])
        rate = sum(m.injection[a, d] for a in m.account_of_injection_piece[s])
        return rate - falling <= m.injection_intercept[s, d]

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


def pieces(curve: Curve, volume: float) -> list[Segment]:
    """The straight pieces of a concave curve, per GWh/d of capacity; a flat top at full capacity is the bound itself."""
    found = []
    for (x0, y0), (x1, y1) in pairwise(curve):
        slope = (y1 - y0) / (x1 - x0)
        if slope or y0 < 1:
            found.append((y0 - slope * x0, slope / volume if volume > 0 else 0.0))
    return found


def _describe_sets(
    sheet: Sheet, system: GasSystem, accounts: list[StorageAccount], targets: dict[str, tuple[StorageAccount, Target]]
) -> None:
    sheet.set("account", system.accounts, doc="owners' shares of storage sites")
    sheet.set("site", system.sites, doc="storage sites")
    sheet.set("target", targets, doc="filling targets")
    sheet.set("closing_day", range(system.days, system.days + 1), doc="the evening of the last gas day")
    for kind in ("withdrawal", "injection"):
        of_piece = {
            f"{a.id}{PIECE}{k}": [a.id]
            for a in accounts
            for k, _ in enumerate(pieces(getattr(a, f"{kind}_curve"), a.volume))
        }
        sheet.set(f"{kind}_piece", of_piece, doc=f"straight pieces of {kind} curves below full capacity")
        sheet.family(f"account_of_{kind}_piece", f"{kind}_piece", of_piece, "account", "account of a piece")
    steps = max([1, *(len(a.closing_values) for a in accounts)])
    sheet.set("closing_step", range(steps), doc="steps of falling value")
    at = {n: [a.id for a in accounts if a.entry_node == n] for n in system.nodes}
    sheet.family("accounts_at", "node", at, "account", "accounts that feed a node")
    inside = {s: [a.id for a in accounts if a.site == s] for s in system.sites}
    sheet.family("accounts_in", "site", inside, "account", "accounts of a site")
    of_target = {t: [a.id] for t, (a, _) in targets.items()}
    sheet.family("target_account", "target", of_target, "account", "account of a target")
    morning = {t: [v.day] for t, (_, v) in targets.items()}
    sheet.family("target_day", "target", morning, "day_end", "morning of a target")


def _describe_stocks(
    sheet: Sheet, accounts: list[StorageAccount], targets: dict[str, tuple[StorageAccount, Target]]
) -> None:
    sheet.figure("opening", "account", values=[a.opening for a in accounts], doc="stock on the first morning [GWh]")
    sheet.figure("volume", "account", values=[a.volume for a in accounts], doc="working gas volume [GWh]")
    keeping = [1 - a.loss_per_day for a in accounts]
    sheet.figure("keeping", "account", values=keeping, doc="1 - loss a day [1]", structural=True)
    stored = [1 - a.injection_fuel for a in accounts]
    sheet.figure("stored_share", "account", values=stored, doc="1 - fuel [1]", structural=True)
    wanted = [t for _, t in targets.values()]
    sheet.figure("target_level", "target", values=[t.level for t in wanted], doc="stock wanted [GWh]")
    price = [t.shortfall_price for t in wanted]
    sheet.figure("filling_shortfall_price", "target", values=price, doc="stock below a target [EUR/MWh]")
    # gas that is not callable is nobody's saving here; made callable by a scenario, it has its value
    steps = len(sheet.sets["closing_step"][0])
    padded = [(list(a.closing_values) if a.callable else []) + [(0.0, 0.0)] * steps for a in accounts]
    width = [[w for w, _ in a[:steps]] for a in padded]
    sheet.figure("closing_width", "account", "closing_step", values=width, doc="width of a step [GWh]")
    value = [[v for _, v in a[:steps]] for a in padded]
    sheet.figure("closing_value", "account", "closing_step", values=value, doc="value of a step [EUR/MWh]")


def _describe_rates(sheet: Sheet, system: GasSystem, accounts: list[StorageAccount]) -> None:
    days = system.days
    share = [a.available * (1.0 if a.callable else 0.0) for a in accounts]
    rate = stack((working(a.withdrawal_capacity, w * _open(a)) for a, w in zip(accounts, share, strict=True)), days)
    sheet.figure("withdrawal_capacity", "account", "day", values=rate, doc="withdrawal that works [GWh/d]")
    rate = stack((working(a.injection_capacity, w) for a, w in zip(accounts, share, strict=True)), days)
    sheet.figure("injection_capacity", "account", "day", values=rate, doc="injection that works [GWh/d]")
    for kind in ("withdrawal", "injection"):
        curves = [(a, piece) for a in accounts for piece in pieces(getattr(a, f"{kind}_curve"), a.volume)]
        for k, part in enumerate(("intercept", "slope")):
            values = stack((piece[k] * getattr(a, f"{kind}_capacity") for a, piece in curves), days)
            doc = f"{part} of the {kind} curve {'[GWh/d]' if part == 'intercept' else '[1/d]'}"
            sheet.figure(f"{kind}_{part}", f"{kind}_piece", "day", values=values, doc=doc, structural=part == "slope")
    sites = system.sites.values()
    limit = stack((working(s.withdrawal_capacity, s.available) for s in sites), days)
    sheet.figure("site_withdrawal_capacity", "site", "day", values=limit, doc="joint withdrawal [GWh/d]")
    limit = stack((working(s.injection_capacity, s.available) for s in sites), days)
    sheet.figure("site_injection_capacity", "site", "day", values=limit, doc="joint injection [GWh/d]")


def _describe_charges(sheet: Sheet, accounts: list[StorageAccount], days: int) -> None:
    sheet.figure("injection_cost", "account", values=[a.injection_cost for a in accounts], doc="[EUR/MWh]")
    out = stack((np.full(days, a.withdrawal_cost) + (a.route.tariff if a.route else 0.0) for a in accounts), days)
    doc = "storage fee and entry tariff [EUR/MWh]"
    sheet.figure("withdrawal_cost", "account", "day", values=out, doc=doc)
    holding = stack((a.holding_cost for a in accounts), days)
    sheet.figure("holding_cost", "account", "day", values=holding, doc="gas in store overnight [EUR/MWh/d]")


def _open(account: StorageAccount) -> Any:
    return account.route.open if account.route else 1.0
