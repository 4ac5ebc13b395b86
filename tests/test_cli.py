"""The command line as a whole: verbs are loaded when called, and the table that `--help` prints tells the truth."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module

import click
import pytest
from click.testing import CliRunner

from energysim.cli import VERBS, main


@pytest.mark.parametrize("verb", VERBS)
def test_the_table_holds_the_first_sentence_of_a_verbs_help(verb: str) -> None:
    module, sentence = VERBS[verb]
    command = getattr(import_module(f"energysim.cli.{module}"), verb)
    assert isinstance(command, click.Command)
    assert command.name == verb
    assert " ".join((command.help or "").split("\n\n")[0].split()) == sentence


@pytest.mark.parametrize("verb", VERBS)
def test_help_shows_the_whole_sentence_on_80_columns(verb: str) -> None:
    told = CliRunner().invoke(main, ["--help"], terminal_width=80).stdout
    assert f"  {VERBS[verb][1]}\n" in told


def test_help_loads_no_verb() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from energysim.cli import main; "
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0; "
        "print([m for m in sys.modules if m.startswith('energysim.') and m != 'energysim.cli'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_letters_that_the_terminal_does_not_know_are_no_failure() -> None:
    code = "from energysim.cli import main; main(['scenarios'])"
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr) == (0, "")


def test_ctrl_c_while_a_verb_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed(name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("energysim.cli.import_module", pressed)
    told = CliRunner().invoke(main, ["run"])
    assert (told.exit_code, told.stderr) == (130, "stopped\n")


def test_an_unknown_verb_is_refused() -> None:
    told = CliRunner().invoke(main, ["rum"])
    assert told.exit_code == 2
    assert "No such command 'rum'" in told.output
