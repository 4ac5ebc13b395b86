"""What `energysim chart` draws from: a folder of a run, a dossier or a study, or a scenario computed for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from energysim.cli.chart_names import FAN, NAMES, OF_DOSSIERS
from energysim.cli.common import checked

if TYPE_CHECKING:
    from energysim.dossier import Dossier
    from energysim.inputs.scenario import Scenario
    from energysim.results import Results

Drawn = tuple[str, Any]
"""The name of a chart's file without its ending, and the figure."""
Tell = Callable[[str], Any]
Said = Mapping[str, str]
"""What the command line says of a chart: `unit`, and `day` of a map."""
COMPUTED: Mapping[str, str] = {"ladder": "n_minus_1", "stock": "n_minus_1", "value_months": "value"}
"""Chart of a dossier -> the chapter that is computed for a scenario; the others take half a minute and more."""
A_KIND: Mapping[str, str] = {"run": "a run", "dossier": "a dossier", "study": "a study", "scenario": "a scenario"}


@dataclass(frozen=True)
class Source:
    """Something to draw: `kind` is run, dossier, study or scenario; `called` begins the names of its charts."""

    kind: str
    called: str
    what: Any
    scenario: Scenario | None = None
    dataset: Any = None

    def run(self, name: str, tell: Tell) -> Results:
        """The run, made now of a scenario. Raises InputError where this is something else."""
        from energysim.studies.foresight import run

        if self.kind == "run":
            return self.what  # type: ignore[no-any-return]
        if self.scenario is None:
            raise _wrong(self, name)
        tell(f"{self.scenario.id}: running")
        return run(self.scenario, dataset=self.dataset)


def source(name: str) -> Source:
    """A folder as what it holds, or a scenario that resolves. Raises InputError."""
    from energysim.casebook import read_study
    from energysim.dossier import MANIFEST, Dossier
    from energysim.errors import InputError
    from energysim.results import Results

    folder = Path(name)
    if not folder.is_dir():
        dataset, [(_, scenario)] = checked([name], False)
        return Source("scenario", Path(scenario.id.replace("/", "--")).name, None, scenario, dataset)
    called = folder.resolve().name
    if (folder / MANIFEST).is_file():
        return Source("dossier", called, Dossier.load(folder))
    if (folder / "study.json").is_file():
        return Source("study", called, read_study(folder))
    if not (folder / "manifest.json").is_file():
        wrote = "`energysim run`, `n1`, `compare`, `atlas` or another command wrote"
        raise InputError(f"{folder}: no run, dossier or study here; give the folder that {wrote}")
    return Source("run", called, Results.load(folder))


def draw(name: str, found: Source, said: Said, tell: Tell) -> list[Drawn]:
    """A chart of a source, with its file name; of a dossier of several comparisons, a waterfall each. Raises InputError."""
    from energysim.outputs import gallery, plot
    from energysim.outputs.dossier.charts import waterfalls
    from energysim.outputs.fan_chart import fan
    from energysim.outputs.wording import unit_named
    from energysim.studies.foresight import save_name

    if name in NAMES or (name == FAN and found.kind != "study"):
        result = found.run(name, tell)
        called = found.called if found.kind == "run" else save_name(result)
        return [(f"{called}-{name}", {**plot.catalogue(), FAN: fan}[name](result, **said))]
    if name in OF_DOSSIERS:
        dossier = _dossier(name, found, tell)
        several = waterfalls(dossier, unit_named(said["unit"])) if name == "waterfall" else {}
        if len(several) > 1:
            return [(f"{found.called}-{n}", figure) for n, figure in several.items()]
        return [(f"{found.called}-{name}", gallery.of_dossiers()[name](dossier, **said))]
    if found.kind != "study":
        raise _wrong(found, name)
    return [(f"{found.called}-{name}", gallery.of_studies()[name](found.what, **said))]


def draw_together(name: str, runs: Sequence[Results], said: Said) -> Any:
    """One chart of several runs. Raises InputError."""
    from energysim.outputs import plot

    return plot.several()[name](runs, **said)


def draw_all(sources: Sequence[Source], said: Said, tell: Tell) -> tuple[list[Drawn], list[str]]:
    """Every chart that the sources have something to show for, and why the others are left out."""
    from energysim.errors import InputError
    from energysim.outputs import gallery
    from energysim.studies.foresight import save_name

    charts: list[Drawn] = []
    left_out: list[str] = []
    for found in sources:
        if found.scenario is not None:
            result = found.run("all", tell)
            found = Source("run", save_name(result), result)
        names: Sequence[str] = (*NAMES, FAN)
        if found.kind != "run":
            names = list(gallery.of_dossiers() if found.kind == "dossier" else gallery.of_studies())
        for name in names:
            try:
                charts += draw(name, found, said, tell)
            except InputError as error:
                left_out.append(f"{name}: {error}")
    if not charts:
        raise InputError(*left_out)
    return charts, left_out if all(s.kind in ("run", "scenario") for s in sources) else []


def compared(sources: Sequence[Source], tell: Tell) -> Source:
    """The comparison of the first scenario with the others. Raises InputError."""
    from energysim.errors import InputError
    from energysim.studies.compare import compare

    scenarios = [s.scenario for s in sources if s.scenario is not None]
    if len(scenarios) < len(sources) or len(scenarios) < 2:
        raise InputError("waterfall draws a folder that `energysim compare` wrote, or two scenarios and more")
    dossier = compare(*scenarios, dataset=sources[0].dataset, progress=tell)
    return Source("dossier", "-".join(s.called for s in sources), dossier)


def _dossier(name: str, found: Source, tell: Tell) -> Dossier:
    """The dossier, made now of a scenario where that takes seconds. Raises InputError."""
    from energysim.errors import InputError
    from energysim.outputs.gallery import MAKES
    from energysim.standards.ask import assess

    if found.kind == "dossier":
        return found.what  # type: ignore[no-any-return]
    if found.scenario is None:
        raise _wrong(found, name)
    if name not in COMPUTED:
        command = MAKES[name].replace("SCENARIO", found.scenario.id)
        raise InputError(
            f"{name} takes half a minute and more to compute: run `{command}`, then `energysim chart {name} FOLDER` on the "
            "folder it names"
        )
    tell(f"{found.scenario.id}: {COMPUTED[name].replace('_', ' ')}")
    return assess(found.scenario, [COMPUTED[name]], dataset=found.dataset)


def _wrong(found: Source, name: str) -> Exception:
    """What to say where a chart needs something else: which command makes it."""
    from energysim.errors import InputError
    from energysim.outputs.gallery import MAKES

    command = MAKES.get(name, "energysim montecarlo SCENARIO" if name == FAN else "energysim run SCENARIO")
    if found.scenario is not None:
        command = command.replace("SCENARIO", found.scenario.id)
    return InputError(f"{found.called} is {A_KIND[found.kind]}; {name} draws the folder that `{command}` makes")
