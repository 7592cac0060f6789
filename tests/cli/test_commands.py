"""A command stands in the module of its name, and is in the command line by standing there."""

from __future__ import annotations

import re
from types import ModuleType

import pytest
import typer
from typer.testing import CliRunner

from cli import root

GIVEN = typer.main.get_command(root.app)


def test_every_module_of_the_command_line_is_the_command_of_its_name() -> None:
    """A module that registers nothing, or a command from elsewhere, is named here."""
    names = {module.__name__.rpartition(".")[2] for module in root.modules()}
    assert set(getattr(GIVEN, "commands", {})) == names
    assert len(names) >= 15
    for info in root.app.registered_commands:
        assert info.callback is not None
        assert info.callback.__module__ == f"cli.{info.name}"


def test_shared_modules_are_there_and_are_no_commands() -> None:
    for name in root.SHARED:
        __import__(f"cli.{name}")
    assert not root.SHARED & set(getattr(GIVEN, "commands", {}))


def test_a_module_without_its_command_is_refused_by_name() -> None:
    module = ModuleType("cli.forgotten")
    module.__dict__["remembered"] = lambda: None
    with pytest.raises(root.NoCommand, match=r"cli\.forgotten"):
        root.register(typer.Typer(), module)


def test_help_lists_every_command_under_those_whom_it_is_for() -> None:
    said = CliRunner().invoke(root.app, ["--help"]).output
    headings = [said.index(f"\n{heading}:") for heading in root.READERS.values()]

    assert headings == sorted(headings)
    for name in getattr(GIVEN, "commands", {}):
        assert len(re.findall(rf"^  {name} ", said, re.MULTILINE)) == 1, name


def test_a_command_that_does_not_say_for_whom_it_is_is_refused_by_name() -> None:
    module = ModuleType("cli.forgotten")
    module.__dict__["forgotten"] = lambda: None
    with pytest.raises(root.NoCommand, match=r"cli\.forgotten does not say for whom"):
        root.register(typer.Typer(), module)
