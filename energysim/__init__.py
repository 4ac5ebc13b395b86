"""energysim: what happens to a country's gas supply when something goes wrong, and what would help?

The whole package is one sentence: *read what exists, apply what goes wrong, plan, act, remember; measure;
draw; tell.* `inputs` reads tables and scenarios into frozen assets; `model` turns a gas system into a
linear programme (Pyomo) and solves it (HiGHS); `simulate` plays the news; `results` holds tidy frames; `studies`
asks for many runs, whose rows `casebook` keeps; `indicators` measures; `standards` gives the numbers regulators ask
for, in a `dossier`; `outputs` draws and tells, in the `words` of the reader's language; `reporting` makes a report of
all of it; `cli` is the command line.

>>> import energysim
>>> result = energysim.run("shah_deniz_long")
>>> result.manifest["outcomes"]["surprise"]["unserved_gas"]   # GWh

Names below are public and loaded on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOME = {
    "Contract": "energysim.inputs.assets",
    "Dossier": "energysim.dossier",
    "DemandClass": "energysim.inputs.assets",
    "EnergysimError": "energysim.errors",
    "Event": "energysim.inputs.scenario",
    "FuelSwitch": "energysim.inputs.assets",
    "GasSystem": "energysim.inputs.assets",
    "InfeasibleError": "energysim.errors",
    "InputError": "energysim.errors",
    "Node": "energysim.inputs.assets",
    "Offtake": "energysim.inputs.assets",
    "Period": "energysim.inputs.assets",
    "Pipeline": "energysim.inputs.assets",
    "Policy": "energysim.inputs.assets",
    "Results": "energysim.results",
    "Route": "energysim.inputs.assets",
    "Sale": "energysim.inputs.assets",
    "Scenario": "energysim.inputs.scenario",
    "SolverError": "energysim.errors",
    "StorageAccount": "energysim.inputs.assets",
    "StorageSite": "energysim.inputs.assets",
    "Target": "energysim.inputs.assets",
    "Upstream": "energysim.inputs.assets",
    "assess": "energysim.standards.ask",
    "atlas": "energysim.studies.ask",
    "compare": "energysim.studies.compare",
    "explain": "energysim.inputs.evidence",
    "load_data": "energysim.studies.foresight",
    "montecarlo": "energysim.studies.ask",
    "plot": "energysim.outputs.plot",
    "read_scenario": "energysim.inputs.read",
    "read_study": "energysim.casebook",
    "report": "energysim.reporting",
    "resolve": "energysim.studies.foresight",
    "roll": "energysim.studies.rolling",
    "run": "energysim.studies.foresight",
    "scenarios": "energysim.studies.foresight",
    "solve": "energysim.studies.foresight",
    "speaking": "energysim.words",
    "sweep": "energysim.studies.ask",
    "system_at": "energysim.inputs.assemble",
}

__all__ = sorted([*_HOME, "__version__"])

if TYPE_CHECKING:
    from energysim.casebook import read_study
    from energysim.dossier import Dossier
    from energysim.errors import EnergysimError, InfeasibleError, InputError, SolverError
    from energysim.inputs.assemble import system_at
    from energysim.inputs.assets import (
        Contract,
        DemandClass,
        FuelSwitch,
        GasSystem,
        Node,
        Offtake,
        Period,
        Pipeline,
        Policy,
        Route,
        Sale,
        StorageAccount,
        StorageSite,
        Target,
        Upstream,
    )
    from energysim.inputs.evidence import explain
    from energysim.inputs.read import read_scenario
    from energysim.inputs.scenario import Event, Scenario
    from energysim.outputs import plot
    from energysim.reporting import report
    from energysim.results import Results
    from energysim.standards.ask import assess
    from energysim.studies.ask import atlas, montecarlo, sweep
    from energysim.studies.compare import compare
    from energysim.studies.foresight import load_data, resolve, run, scenarios, solve
    from energysim.studies.rolling import roll
    from energysim.words import speaking


def __getattr__(name: str) -> Any:
    """A public name, imported from its home when first asked for."""
    if name not in _HOME:
        raise AttributeError(f"module 'energysim' has no attribute {name!r}")
    module = import_module(_HOME[name])
    return module if name == "plot" else getattr(module, name)


def __dir__() -> list[str]:
    return __all__
