"""What a report is written from: runs, the standards of their systems, what differs between them, and the evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from energysim.dossier import Dossier
from energysim.outputs.wording import MCM, Unit
from energysim.results import Results


@dataclass(frozen=True)
class Material:
    """Everything a report says comes from here; nothing is typed by hand."""

    runs: tuple[Results, ...]
    standards: tuple[Dossier, ...]
    """One for each system; runs that differ by events alone share one."""
    system_of: tuple[int, ...]
    """Place in `standards` of each run's system."""
    evidence: tuple[Sequence[Mapping[str, Any]], ...]
    """For each system, the figures it rests on: rows of `energysim.inputs.evidence.figures_in_use`."""
    sources: Mapping[str, str]
    """Source id -> its title and date."""
    command: str
    """What makes the report again."""
    comparison: Dossier | None = None
    """What differs between the first run and each one in `compared`; None where there is none."""
    compared: tuple[int, ...] = ()
    """Places in `runs` of those whose inputs differ from the first one's."""
    stale: tuple[str, ...] = ()
    """Runs that were made with other data than the standards: they stand in the report, which says so."""
    unit: Unit = MCM

    def of_system(self, system: int) -> list[Results]:
        """The runs of one system."""
        return [r for r, s in zip(self.runs, self.system_of, strict=True) if s == system]
