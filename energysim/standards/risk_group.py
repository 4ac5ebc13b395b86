"""Risk groups: what fails together because a neighbour whose gas is an asset of its own is fed through one too.

The table of reservations says for whom part of an upstream asset is kept: of TurkStream, for Hungary. If that asset fails the
neighbour is short itself, and it is prudent to count its gas as lost as well. This is the one definition behind the N−1
ladder, the supply standard, endurance and the dependence on a source; and one name: `TurkStream, and Hungary with it`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from energysim.inputs.assets import GasSystem
from energysim.inputs.horizon import Horizon
from energysim.inputs.tables import ReservationRow
from energysim.standards.subject import Subject
from energysim.studies.atlas_assets import JOINT
from energysim.words import say, term
from energysim.words.lists import listed

WITH_IT = " with it"
"""Ends the English name of everything that takes a neighbour's gas along."""


@dataclass(frozen=True)
class RiskGroup:
    """An upstream asset, and the upstream assets that stand for the gas of those fed through it."""

    head: str
    fed: tuple[str, ...]

    @property
    def path(self) -> str:
        """The group as an outage: its assets, joined by `+`."""
        return JOINT.join(f"upstream.{u}" for u in (self.head, *self.fed))

    def name(self, system: GasSystem) -> str:
        """What a reader calls it."""
        return with_them(system.upstream[self.head].name or self.head, self.fed)


def joint_name(name: str, fed: Iterable[str]) -> str:
    """What is lost together with the gas of those that it feeds, in English: a key, which `said_loss` puts in words."""
    return f"{name}, and {' and '.join(f.capitalize() for f in fed)}{WITH_IT}"


def said_loss(lost: str) -> str:
    """A name that may be a `joint_name`, in the language spoken."""
    if not lost.endswith(WITH_IT):
        return str(term(lost))
    asset, _, fed = lost.removesuffix(WITH_IT).rpartition(", and ")
    return with_them(asset, fed.split(" and "))


def with_them(name: str, fed: Iterable[str]) -> str:
    """The name of what is lost together with the gas of those that it feeds: `TurkStream, and Hungary with it`."""
    return say(
        "{asset}, and {countries} with it", asset=term(name), countries=listed(term(f.capitalize()) for f in fed)
    )


def risk_groups(subject: Subject) -> tuple[RiskGroup, ...]:
    """One group for each set of neighbours that the table of reservations names on the horizon's days.

    Its asset is the first of the table on which the reservation stands: the one furthest up. A reservation counts if
    both are upstream assets of the system: gas of a neighbour that Serbia cannot draw on is not Serbia's to lose.
    """
    system = subject.system
    rows = Horizon(subject.dataset, system.first_day, system.days, subject.scenario.rivals).rows(ReservationRow)
    kept_for: dict[str, set[str]] = {}
    for row in rows:
        if row.upstream in system.upstream and row.beneficiary in system.upstream and row.reserved_gwh_per_day:
            kept_for.setdefault(row.upstream, set()).add(row.beneficiary)
    heads: dict[tuple[str, ...], str] = {}
    for head, fed in kept_for.items():
        heads.setdefault(tuple(sorted(fed)), head)
    return tuple(RiskGroup(head, fed) for fed, head in heads.items())


def outage_name(system: GasSystem, path: str, groups: Sequence[RiskGroup]) -> str:
    """What a reader calls an outage: the risk group's name, or the names of its assets."""
    return next((g.name(system) for g in groups if g.path == path), "") or said_names(system, path)


def said_names(system: GasSystem, path: str) -> str:
    """What a reader calls the assets of a path, each once, in the language spoken."""
    parts = (part.partition(".")[::2] for part in path.split(JOINT))
    names = (getattr(system, table)[asset].name or asset.replace("_", " ") for table, asset in parts)
    return listed(term(name) for name in dict.fromkeys(names))
