"""Shared fixtures: a warning of Pyomo is a failure, and a small system that tests edit."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from energysim import Contract, DemandClass, GasSystem, Node, Offtake, Pipeline, Route, StorageAccount, Upstream


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(level=logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@pytest.fixture(autouse=True)
def pyomo_never_warns() -> Iterator[None]:
    """Pyomo only logs when a component is assigned twice or a bound is odd; here that fails the test."""
    listener = _Listener()
    logger = logging.getLogger("pyomo")
    logger.addHandler(listener)
    yield
    logger.removeHandler(listener)
    assert not listener.messages, listener.messages


@pytest.fixture
def small_system() -> Callable[..., GasSystem]:
    """Two zones, an import by a border, a dear spot step, a store and two classes, over some days."""

    def build(days: int = 6, **changes: Any) -> GasSystem:
        assets: dict[str, Any] = {
            "nodes": [Node("WEST_ZONE"), Node("EAST_ZONE")],
            "pipelines": [Pipeline("east_west", "EAST_ZONE", "WEST_ZONE", capacity=4.0, tariff=0.5)],
            "upstream": [Upstream("border", capacity=8.0, reserved=2.0)],
            "contracts": [
                Contract("import", [Route("import_border", "EAST_ZONE", ("border",))], dcq=6.0, price=20.0),
                Contract("spot", [Route("spot_west", "WEST_ZONE")], dcq=1.0, price=60.0, notice_days=1),
            ],
            "accounts": [
                StorageAccount(
                    "store", volume=20.0, opening=5.0, withdrawal_capacity=2.0, injection_capacity=1.0,
                    node="EAST_ZONE", closing_values=((20.0, 25.0),),
                )
            ],
            "demand_classes": [
                DemandClass("industry", steps=((0.5, 250.0), (0.5, 280.0)), cut_order=1),
                DemandClass("households", steps=((0.5, 1000.0), (0.5, 1200.0)), cut_order=2, protected=True),
            ],
            "offtakes": [
                Offtake("industry", "EAST_ZONE", demand=2.0),
                Offtake("households", "EAST_ZONE", demand=1.0),
                Offtake("households", "WEST_ZONE", demand=2.0),
            ],
        }  # fmt: skip
        return GasSystem.build("2026-01-01", days, **(assets | changes))

    return build
