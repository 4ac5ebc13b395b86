"""Studies for tests: one that only counts, one on a small gas system. Importable, so that workers find them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from energysim import (
    Contract,
    DemandClass,
    Event,
    GasSystem,
    InputError,
    Node,
    Offtake,
    Route,
    StorageAccount,
    Upstream,
)
from energysim.errors import SolverError
from energysim.studies.study import Case, Row, Workbench, numbers


@dataclass(frozen=True)
class Squares:
    """Squares of whole numbers. log: file that receives a line for every case solved."""

    count: int = 20
    seconds: float = 0.0
    log: str = ""
    fails: tuple[int, ...] = ()
    breaks: tuple[int, ...] = ()
    dies: tuple[int, ...] = ()
    digest: str = "squares-1"
    name: str = field(default="squares", init=False)
    units = {"square": "GWh", "nothing": "d"}  # noqa: RUF012

    def cases(self) -> Sequence[Case]:
        return [Case({"number": n, "word": f"ц{n % 3}"}) for n in range(self.count)]

    def prepare(self) -> Workbench:
        if self.digest == "unsound":
            raise InputError("first problem", "second problem")
        return Workbench(None)  # type: ignore[arg-type]

    def solve(self, bench: Workbench, case: Case) -> Row:
        n = case.labels["number"]
        assert isinstance(n, int)
        time.sleep(self.seconds)
        if self.log:
            with Path(self.log).open("a") as file:
                file.write(f"{n} {os.getpid()}\n")
        if n in self.fails:
            raise SolverError(f"no square of {n}")
        if n in self.breaks:
            raise ZeroDivisionError("a mistake")
        if n in self.dies:
            os.kill(os.getpid(), signal.SIGKILL)
        return {"square": n * n if n % 2 else n * n / 4, "even": n % 2 == 0, "nothing": None, "objective": float(n)}


@dataclass(frozen=True)
class Doubtful(Squares):
    """Whose cold solutions differ from the warm ones by `off`."""

    off: float = 0.0

    def solve_cold(self, bench: Workbench, case: Case) -> Row:
        return {"objective": float(case.labels["number"] or 0) + self.off}


def town(days: int = 4) -> GasSystem:
    """One town, an import by a border and a store."""
    return GasSystem.build(
        "2026-01-01", days, nodes=[Node("A")], upstream=[Upstream("border", capacity=3.0)],
        contracts=[Contract("import", [Route("r", "A", ("border",))], dcq=3.0, price=20.0)],
        accounts=[StorageAccount("store", volume=8.0, opening=2.0, withdrawal_capacity=1.0, injection_capacity=1.0,
                                 node="A", closing_values=((8.0, 15.0),))],
        demand_classes=[DemandClass("homes", steps=((0.4, 900.0), (0.6, 1000.0)), protected=True)],
        offtakes=[Offtake("homes", "A", demand=2.5)],
    )  # fmt: skip


@dataclass(frozen=True)
class Outages:
    """The border loses a share on a day of the town's four."""

    shares: tuple[float, ...] = (0.0, 0.25, 0.5, 1.0)
    digest: str = "outages-1"
    name: str = field(default="outages", init=False)

    def cases(self) -> Sequence[Case]:
        return [Case({"share": s, "day": d}) for s in self.shares for d in (1, 2, 3)]

    def prepare(self) -> Workbench:
        return Workbench(town())

    def solve(self, bench: Workbench, case: Case) -> Row:
        labels: dict[str, Any] = dict(case.labels)
        day = date(2026, 1, labels["day"])
        event = Event(name="loss", asset="upstream.border", start=day, until=day, available=1 - labels["share"])  # type: ignore[call-arg]
        course = bench.course([event])
        return numbers(bench.system, course)

    def solve_cold(self, bench: Workbench, case: Case) -> Row:
        return self.solve(Workbench(bench.system), case)
