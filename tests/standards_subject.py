"""Shipped scenarios under examination, made once for all tests of one process."""

from __future__ import annotations

from functools import cache

from shipped_runs import dataset

from energysim.standards.subject import Subject, subject


@cache
def examined(name: str) -> Subject:
    """The subject of a shipped scenario, its plan and estimates kept."""
    return subject(name, dataset())
