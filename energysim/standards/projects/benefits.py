"""What projects save in the years tried, one at a time put in and one at a time taken out, and whether that pays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from energysim.indicators.payback import (
    break_even_probability,
    capital_recovery_factor,
    expected_benefit,
    payback,
)
from energysim.inputs.assets import GasSystem, LossCase
from energysim.model.solve import Engine
from energysim.simulate import simulate
from energysim.standards.projects.cases import Case
from energysim.standards.projects.edits import Effect, Project, configured
from energysim.standards.value.worth import CASES, LostLoad, Money, money
from energysim.words import term

TRACE = 5.0
"""kEUR a year below which a difference of two plans is rounding, not a benefit."""


@dataclass(frozen=True)
class Benefit:
    """What a project saves in one case [kEUR a year], by PINT and by TOOT; and by PINT if smaller and if larger."""

    pint: Money
    toot: Money
    smaller: Money
    larger: Money


@dataclass
class Bench:
    """Costs of a case under any set of projects, each set solved once."""

    case: Case
    projects: Sequence[Project]
    engine: Engine
    prices: LostLoad
    _known: dict[frozenset[str], Money] = field(default_factory=dict)

    def cost(self, chosen: frozenset[str]) -> Money:
        """What the case costs with these projects and no other [kEUR]."""
        if chosen not in self._known:
            self._known[chosen] = self.solved(self.projects, chosen)
        return self._known[chosen]

    def solved(self, projects: Sequence[Project], chosen: frozenset[str]) -> Money:
        """The same with projects as given here; not kept."""
        system, charge = configured(self.case.system, projects, chosen)
        course = simulate(system, self.case.scenario, engine=self.engine)
        found = money(system, course.realised.solution, self.prices)
        return replace(found, costs=found.costs + charge)


def benefits(bench: Bench) -> dict[str, Benefit]:
    """Every modelled project's benefit in a case."""
    return {p.id: _benefit(bench, p) for p in bench.projects}


def _benefit(bench: Bench, project: Project) -> Benefit:
    base = frozenset(p.id for p in bench.projects if p.in_base)
    everything = frozenset(p.id for p in bench.projects)
    gone = everything - _built_on(bench.projects, project.id)
    before = base - _built_on(bench.projects, project.id)
    after = before | {project.id} | _foundations(bench.projects, project)
    pint = bench.cost(before) - bench.cost(after)
    return Benefit(
        pint=pint,
        toot=bench.cost(gone) - bench.cost(everything),
        smaller=_resized(bench, project, project.smaller, before, after, pint),
        larger=_resized(bench, project, project.larger, before, after, pint),
    )


def _resized(
    bench: Bench,
    project: Project,
    effects: tuple[Effect, ...],
    before: frozenset[str],
    after: frozenset[str],
    pint: Money,
) -> Money:
    """PINT with the project's effects at one end of their ranges; that of the middle where there is no range or the project
    works already, so that its size is known."""
    if not effects or project.in_base:
        return pint
    others = [replace(project, effects=effects) if p.id == project.id else p for p in bench.projects]
    return bench.cost(before) - bench.solved(others, after)


def _built_on(projects: Sequence[Project], id: str) -> frozenset[str]:
    """A project and all that build on it."""
    found = {id}
    while more := {p.id for p in projects if p.builds_on in found} - found:
        found |= more
    return frozenset(found)


def _foundations(projects: Sequence[Project], project: Project) -> frozenset[str]:
    """What a project builds on, down to the ground."""
    by_id, found = {p.id: p for p in projects}, set()
    while project.builds_on in by_id and project.builds_on not in found:
        found.add(project.builds_on)
        project = by_id[project.builds_on]
    return frozenset(found)


@dataclass(frozen=True)
class Terms:
    """How a project is paid: interest a year, years, cost of capital recovery."""

    rate: float
    years: float

    @property
    def factor(self) -> float:
        """The capital recovery factor [1/a]."""
        return capital_recovery_factor(self.rate, self.years)


def gas_bought(project: Project, system: GasSystem) -> float:
    """The gas that a larger store opens with, once [MEUR]."""
    chosen = () if project.in_base else (project.id,)
    return configured(system, [project], chosen)[1] / 1000.0


def benefit(saved: Money, case: LossCase) -> float:
    """Costs and unserved gas saved, without missed targets [MEUR]; what is only rounding is nothing."""
    amount = saved.costs + saved.harm(case)
    return 0.0 if abs(amount) < TRACE else amount / 1000.0


def project_table(
    projects: Sequence[Project],
    tried: Sequence[Case],
    found: Mapping[str, Mapping[str, Benefit]],
    terms: Terms,
    gas: Mapping[str, float],
) -> pd.DataFrame:
    """One row a modelled project, the most useful first.

    pint, toot: expected benefit of a year [MEUR] at the mid value of lost load, `_low` and `_high` at the others; smaller,
    larger: PINT with the project's effects at the ends of their ranges, as in the middle where there is none or the project
    works already; targets: missed filling targets avoided, not in
    the benefit; annuity: CRF × cost + interest on the gas that a store opens with; critical: the year that counts most, and
    needed: how often it must come a year for the project to pay.
    """
    rows = [_project_row(p, tried, {c.id: found[c.id][p.id] for c in tried}, terms, gas[p.id]) for p in projects]
    columns = ["project", "name", "status", *UNITS, "critical", "note"]
    frame = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(UNITS, float))
    return frame.sort_values("pint", ascending=False, kind="stable", ignore_index=True)


def _project_row(
    project: Project, tried: Sequence[Case], found: Mapping[str, Benefit], terms: Terms, gas: float
) -> dict[str, object]:
    weights = {c.id: c.probability for c in tried}

    def mean(way: str, case: LossCase = "mid") -> float:
        return expected_benefit({c: benefit(getattr(b, way), case) for c, b in found.items()}, weights)

    costs = (project.cost, project.cost_low, project.cost_high)
    interest = terms.rate * gas
    annuity, low, high = (None if c is None else terms.factor * c + interest for c in costs)
    pint = mean("pint")
    critical, needed = _critical(tried, found, pint, annuity)
    return {
        "project": project.id, "name": str(term(project.name)), "status": "works already" if project.in_base else "not yet",
        "pint_low": mean("pint", "low"), "pint": pint, "pint_high": mean("pint", "high"),
        "toot_low": mean("toot", "low"), "toot": mean("toot"), "toot_high": mean("toot", "high"),
        "smaller": mean("smaller"), "larger": mean("larger"),
        "targets": expected_benefit({c: b.pint.targets / 1000.0 for c, b in found.items()}, weights),
        "cost": costs[0], "cost_low": costs[1], "cost_high": costs[2], "gas": gas,
        "annuity": annuity, "annuity_low": low, "annuity_high": high,
        "ratio": None if not annuity else pint / annuity, "payback": payback(project.cost, pint - interest),
        "critical": critical, "needed": needed, "note": project.note,
    }  # fmt: skip


def _critical(
    tried: Sequence[Case], found: Mapping[str, Benefit], expected: float, annuity: float | None
) -> tuple[str, float | None]:
    """The disrupted year in which a project saves most, and the probability of it at which the project just pays."""
    disrupted = [c for c in tried[1:] if benefit(found[c.id].pint, "mid") > 0 and c.probability < 1]
    if not disrupted:
        return "", None
    worst = max(disrupted, key=lambda c: benefit(found[c.id].pint, "mid"))
    in_case, p = benefit(found[worst.id].pint, "mid"), worst.probability
    return worst.id, break_even_probability(annuity, in_case, (expected - p * in_case) / (1.0 - p))


def case_table(
    projects: Sequence[Project], tried: Sequence[Case], found: Mapping[str, Mapping[str, Benefit]]
) -> pd.DataFrame:
    """One row a project and case: benefit by PINT and TOOT [MEUR], its parts by PINT, and the cuts avoided [GWh]."""
    rows = []
    for p in projects:
        for c in tried:
            b = found[c.id][p.id]
            rows.append(
                {
                    "project": p.id, "case": c.id, "probability": c.probability,
                    **{f"pint_{k}": benefit(b.pint, k) for k in CASES}, **{f"toot_{k}": benefit(b.toot, k) for k in CASES},
                    "costs": b.pint.costs / 1000.0, "unserved": b.pint.mid / 1000.0, "targets": b.pint.targets / 1000.0,
                    "gas": b.pint.unserved,
                }
            )  # fmt: skip
    columns = ["project", "case", "probability", *(f"{w}_{k}" for w in ("pint", "toot") for k in CASES), "costs", "unserved",
               "targets", "gas"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).round(9)


UNITS = {
    "pint_low": "MEUR/a", "pint": "MEUR/a", "pint_high": "MEUR/a", "toot_low": "MEUR/a", "toot": "MEUR/a",
    "toot_high": "MEUR/a", "smaller": "MEUR/a", "larger": "MEUR/a", "targets": "MEUR/a", "cost": "MEUR",
    "cost_low": "MEUR", "cost_high": "MEUR", "gas": "MEUR", "annuity": "MEUR/a", "annuity_low": "MEUR/a",
    "annuity_high": "MEUR/a", "ratio": "1", "payback": "a", "needed": "1/a",
}  # fmt: skip
CASE_UNITS = {
    "probability": "1/a", **{f"{w}_{k}": "MEUR" for w in ("pint", "toot") for k in CASES}, "costs": "MEUR",
    "unserved": "MEUR", "targets": "MEUR", "gas": "GWh",
}  # fmt: skip
