"""The table of commands, the help, and how mistakes leave."""

from __future__ import annotations

import json
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner
from tests.brandbrain.conftest import Command

from brandbrain.cli import COMMANDS, cli
from brandbrain.exits import CODES, Exit, code_of
from brandbrain_core import errors

HEAVY = {"sqlalchemy", "alembic", "trafilatura", "httpx2", "rich", "brandbrain_core", "brandbrain_store", "asyncio"}


def test_help_imports_nothing_heavy() -> None:
    """The help of the whole is there before anything slow could be imported."""
    code = "import sys; from brandbrain.cli import cli; cli(['--help'], standalone_mode=False); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set() == HEAVY & set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_and_described(name: str) -> None:
    """The table names the command as it calls itself, and it and all below it print help and take --json."""
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert name == command.name
    below = list(command.commands) if isinstance(command, click.Group) else []
    for args in [[name, inner] for inner in below] or [[name]]:
        result = CliRunner().invoke(cli, [*args, "--help"], prog_name="brandbrain")
        assert 0 == result.exit_code
        assert "--json" in result.stdout


def test_an_unknown_command_is_guessed() -> None:
    """A slip of the finger gets a suggestion, and the code of a mistake of usage."""
    result = CliRunner().invoke(cli, ["compil"])
    assert Exit.USAGE == result.exit_code
    assert "Did you mean 'compile'?" in result.stderr


def test_the_help_lists_every_exit_code() -> None:
    """Scripts find all codes in the help of the whole."""
    listed = CliRunner().invoke(cli, ["--help"]).stdout
    assert [] == [code for code in Exit if f"{code:>3}  " not in listed]


def test_every_error_of_the_library_has_a_code() -> None:
    """No error of ours falls through the table, and the table names each kind once."""
    assert len(CODES) == len({kind for kind, _ in CODES})
    assert Exit.FAILED == code_of(errors.CompileFailed("x"))
    assert Exit.UNAVAILABLE == code_of(errors.Unavailable("x", "y"))


def test_errors_can_be_json(command: Command) -> None:
    """With --json an error is an object on stderr, as the API would put it, and stdout stays empty."""
    result = command("show", "--json", code=3)
    assert ("", "no_database") == (result.stdout, json.loads(result.stderr)["code"])


def test_a_wrong_setting_stops_every_command(command: Command) -> None:
    """A misspelt setting is a mistake of usage that names it, not a traceback."""
    wrong = Command(folder=command.folder, env={"BRANDBRAIN_PROT": "1"})
    assert "BRANDBRAIN_PROT is no setting; did you mean BRANDBRAIN_PORT?" in wrong("show", code=2).stderr


def test_the_command_runs_as_a_module(command: Command) -> None:
    """`python -m brandbrain` is the command."""
    out, _ = command.process("--version")
    assert out.startswith("brandbrain 0.")
