"""Studies from Python, one call each: plan, carry out, hand back the casebook.

>>> import energysim
>>> book = energysim.atlas("baseline_2025_26", "studies/atlas", durations=[14, 30])   # doctest: +SKIP
>>> book.cases.nlargest(5, "unserved_gas")                                            # doctest: +SKIP

The same folder again computes only what it does not hold; the command line reads the same folders.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from energysim.casebook import Casebook
from energysim.errors import EnergysimError
from energysim.inputs.read import Dataset, read_dataset, read_scenario
from energysim.inputs.scenario import Foresight, Scenario
from energysim.inputs.sweep_file import StudyFile
from energysim.inputs.sweep_file import read_study as read_study_file
from energysim.studies.atlas import Atlas
from energysim.studies.atlas_assets import default_assets
from energysim.studies.atlas_inputs import Written, read_grid
from energysim.studies.campaign import carry_out
from energysim.studies.foresight import adjusted, resolve
from energysim.studies.montecarlo import MonteCarlo, check_options
from energysim.studies.risk_summary import estimates, exceedance
from energysim.studies.study import Study, Workbench
from energysim.studies.sweep_plan import plan_sweep


def atlas(
    scenario: Scenario | str,
    folder: Path | str,
    *,
    assets: Sequence[str] = (),
    starts: Sequence[str | date] = (),
    durations: Sequence[int] = (),
    depths: Sequence[float | str] = (),
    foresights: Sequence[Foresight] = ("foreseen",),
    weather: str | None = None,
    settings: Mapping[str, str] | None = None,
    workers: int | None = None,
    dask: str | None = None,
) -> Casebook:
    """Every asset out, from every start date, for every duration [d] and depth [1]; what is not said is as on the command line.

    starts: dates, or one of `monthly`, `half_monthly`, `weekly`, `daily`. depths: shares lost, 0…1 or `50 %`.
    Raises EnergysimError, also where a case failed.
    """
    written = Written(
        assets,
        starts=[str(s) for s in starts],
        durations=[str(d) for d in durations],
        depths=[str(d) for d in depths],
    )
    dataset, asked = read_dataset(), _adjusted(scenario, weather, settings)
    return _carried_out(plan_atlas(asked, written, tuple(foresights), dataset), folder, workers, dask)


def plan_atlas(scenario: Scenario, written: Written, foresights: tuple[Foresight, ...], dataset: Dataset) -> Atlas:
    """The atlas of what a person wrote; assets, where none is named, are those the undisturbed year uses. Raises InputError."""
    system = resolve(scenario, dataset)
    grid = read_grid(written, system)
    assets: dict[str, tuple[str, ...]] = {a: () for a in grid.assets}
    if not assets:
        assets = default_assets(system, Workbench(system).course(scenario.events, "foreseen"), grid.depths)
    return Atlas(
        scenario, tuple(assets), grid.starts, grid.durations, grid.depths, foresights, dataset.digest,
        same_as=tuple(assets.items()),
    )  # fmt: skip


def montecarlo(
    scenario: Scenario | str,
    folder: Path | str,
    *,
    samples: int = 1000,
    foresight: Foresight = "surprise",
    settings: Mapping[str, str] | None = None,
    workers: int | None = None,
    dask: str | None = None,
    **options: object,
) -> Casebook:
    """Sampled winters of a scenario; options as the fields of `studies.montecarlo.MonteCarlo`.

    Raises EnergysimError, also where a sample failed.
    """
    dataset = read_dataset()
    study = replace(
        MonteCarlo(_adjusted(scenario, None, settings), samples=samples, foresight=foresight, inputs=dataset.digest),
        **options,  # type: ignore[arg-type]
    )
    check_options(study, dataset.weather.winters)
    resolve(study.scenario, dataset)
    book = _carried_out(study, folder, workers, dask)
    book.keep_tables({"estimates": estimates(book.cases), "exceedance": exceedance(book.cases)})
    return book


def sweep(
    study: StudyFile | Path | str, folder: Path | str, *, workers: int | None = None, dask: str | None = None
) -> Casebook:
    """The cases of a study file (an id from `sweeps/`, a path, or the file read). Raises EnergysimError, also where a case failed."""
    file = study if isinstance(study, StudyFile) else read_study_file(str(study))
    planned = plan_sweep(file)
    book = _carried_out(planned, folder, workers, dask)
    if file.sensitivity:
        book.keep_tables({"sensitivity": planned.sensitivity(book.cases)})
    return book


def _adjusted(scenario: Scenario | str, weather: str | None, settings: Mapping[str, str] | None) -> Scenario:
    found = read_scenario(scenario) if isinstance(scenario, str) else scenario
    return adjusted(found, weather, None, settings)


def _carried_out(study: Study, folder: Path | str, workers: int | None, dask: str | None) -> Casebook:
    report = carry_out(study, folder, workers=workers, dask=dask)
    book = Casebook.open(folder)
    if report.failed:
        first = book.failures.iloc[0]
        raise EnergysimError(
            f"{report.failed} cases failed; the first says: {first['error']}; the others are kept in {folder}"
        )
    return book
