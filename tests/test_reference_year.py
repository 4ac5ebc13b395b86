"""The reference year of the benchmarks: its size, and that a peer's optimum of a small one is ours."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # benchmarks are no part of the package

from benchmarks.figures import figures
from benchmarks.peers import numpy_peer, ours
from benchmarks.reference_year import outages, redrawn, reference_year, size
from energysim.model.compile import compile_system


def test_the_year_is_as_large_as_a_national_one() -> None:
    assert sum(size(reference_year()).values()) >= 70_000


def test_columns_are_counted_as_they_are_compiled() -> None:
    system = reference_year(days=10)
    compiled = {name: span.stop - span.start for name, span in compile_system(system).columns.items()}
    assert compiled == size(system)


@pytest.mark.parametrize("change", [lambda s: s, lambda s: redrawn(s, 1), lambda s: outages(s, 3)])
def test_a_programme_written_by_hand_has_our_optimum(change) -> None:
    system = change(reference_year(days=10))
    assert ours.run(system) == pytest.approx(numpy_peer.run(system), rel=1e-6)


def test_a_year_begins_like_a_longer_one() -> None:
    short, long = figures(reference_year(days=10)), figures(reference_year(days=20))
    np.testing.assert_array_equal(short.demand.demand, long.demand.demand[:, :10])
    np.testing.assert_array_equal(short.contracts.cost[:, :10], long.contracts.cost[:, :10])


def test_cases_are_drawn_the_same_every_time_and_move_no_structure() -> None:
    base = reference_year(days=60)
    for family in (redrawn, outages):
        first, again = figures(family(base, 3)), figures(family(base, 3))
        np.testing.assert_array_equal(first.demand.demand, again.demand.demand)
        np.testing.assert_array_equal(first.upstream.capacity, again.upstream.capacity)
    assert compile_system(base).matrix is compile_system(redrawn(base, 5)).matrix
    np.testing.assert_array_equal(figures(outages(base, 3)).demand.demand, figures(base).demand.demand)
