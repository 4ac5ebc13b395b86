"""The front page: every public name loads, is documented and says its units; importing it costs nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

import energysim


@pytest.mark.parametrize("name", [n for n in energysim.__all__ if n != "__version__"])
def test_public_name_is_documented(name: str) -> None:
    thing = getattr(energysim, name)
    assert thing.__doc__, f"energysim.{name} has no docstring"
    assert len(thing.__doc__) > 20


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        energysim.nonsense  # noqa: B018


def test_importing_the_package_and_help_bring_in_nothing_heavy() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from energysim.cli import main; "
        "out = CliRunner().invoke(main, ['--help']); assert out.exit_code == 0; "
        "print([m for m in ('pandas', 'pyomo', 'highspy', 'matplotlib', 'numpy', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_solving_a_plan_loads_no_statistics() -> None:
    """Pyomo's import hook would load scipy.stats with scipy.sparse; see `energysim/model/__init__.py`."""
    code = (
        "import sys, energysim.simulate; assert 'scipy.sparse' in sys.modules; "
        "print([m for m in ('scipy.stats', 'matplotlib', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
