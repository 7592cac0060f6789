"""A command stands in the module of its name, and is in the command line by standing there."""

from __future__ import annotations

import re
import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli import root

GIVEN: Any = typer.main.get_command(root.app)


def test_every_module_of_the_command_line_is_the_command_of_its_name() -> None:
    """A module that registers nothing, or a command from elsewhere, is named here."""
    assert set(GIVEN.commands) == set(root.names())
    assert len(GIVEN.commands) >= 15
    for name, command in GIVEN.commands.items():
        assert command.name == name
        if not hasattr(command, "commands"):
            assert command.callback.__module__ == f"cli.{name}"


def test_a_command_imports_no_other() -> None:
    """Each start of a command would take twice as long."""
    code = (
        "import sys; from typer.testing import CliRunner; from cli.root import app;"
        "assert CliRunner().invoke(app, ['run', 'api', '--help']).exit_code == 0;"
        "print(*sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    loaded = set(found.stdout.split())
    assert {f"cli.{name}" for name in root.names()} & loaded == {"cli.run"}
    unasked = ("aiokafka", "api.app", "faststream", "openpyxl", "xlsxwriter")
    assert loaded.isdisjoint(unasked)


def test_shared_modules_are_there_and_are_no_commands() -> None:
    for name in root.SHARED:
        __import__(f"cli.{name}")
    assert not root.SHARED & set(GIVEN.commands)


def test_a_module_without_its_command_is_refused_by_name() -> None:
    module = ModuleType("cli.forgotten")
    module.__dict__["remembered"] = lambda: None
    with pytest.raises(root.NoCommand, match=r"cli\.forgotten"):
        root.command_of(module)


def test_help_lists_every_command_under_those_whom_it_is_for() -> None:
    said = CliRunner().invoke(root.app, ["--help"]).output
    headings = [said.index(f"\n{heading}:") for heading in root.READERS.values()]

    assert headings == sorted(headings)
    for name in GIVEN.commands:
        assert len(re.findall(rf"^  {name} ", said, re.MULTILINE)) == 1, name


def test_a_command_that_does_not_say_for_whom_it_is_is_refused_by_name() -> None:
    module = ModuleType("cli.forgotten")
    module.__dict__["forgotten"] = lambda: None
    with pytest.raises(root.NoCommand, match=r"cli\.forgotten does not say for whom"):
        root.command_of(module)
