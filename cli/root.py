"""The root of the command line: every module of this room is a command, but for the shared ones.

A command's module is imported when the command is called, or help asked for: all of them together
take longer to import than most commands to run.
"""

from __future__ import annotations

import gc
import os
import pkgutil
import sys
from collections.abc import Iterator, MutableMapping
from functools import cache
from importlib import import_module
from io import TextIOWrapper
from keyword import iskeyword
from types import ModuleType
from typing import Any, NoReturn

import typer
from typer import TyperException
from typer.core import TyperGroup

import cli

READERS = {
    "start": "起步 / to begin",
    "reader": "数据使用者 / for those who read",
    "publisher": "报送单位 / for those who publish events",
    "clerk": "经办人 / for clerks",
    "auditor": "审计 / for auditors",
    "operator": "运维 / for operators",
}
"""For whom a command is, as its module says with FOR: one heading of the help each."""
SHORT = 200
"""Characters of a short help; all of ours are shorter."""
SHARED = {
    *("aside", "console", "endings", "moment", "previewing"),
    *("person_look", "person_order", "person_who", "report_check"),
    *("root", "source_day", "source_key", "source_register", "source_shown", "takeaway"),
    "usual",
}
"""Modules that are no command: what several commands need."""


class NoCommand(TypeError):
    """A module that defines no command of its own name, or does not say for whom it is."""


class Commands(MutableMapping[str, Any]):
    """Name → command; a command's module is imported when the command is asked for."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            if name not in names():
                raise KeyError(name)
            self._made[name] = command_of(import_module(f"cli.{_module(name)}"))
        return self._made[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(names())

    def __len__(self) -> int:
        return len(names())

    def __contains__(self, name: object) -> bool:
        return name in names()


class ByReader(TyperGroup):
    """Help that lists commands under those whom they are for."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = Commands()

    def format_commands(self, _ctx: Any, formatter: Any) -> None:
        """Each list in the order of names."""
        for heading in READERS.values():
            its = [
                (name, command.get_short_help_str(SHORT))
                for name, command in sorted(self.commands.items())
                if getattr(command, "rich_help_panel", None) == heading
            ]
            if its:
                with formatter.section(heading):
                    formatter.write_dl(its)


def command_of(module: ModuleType) -> Any:
    """A module's command: a function, or a group, of the module's own name.

    A name that Python keeps for itself has a _ after it there: import_.
    """
    name = module.__name__.rpartition(".")[2]
    command = getattr(module, name, None)
    name = name.rstrip("_")
    heading = READERS.get(getattr(module, "FOR", ""))
    if heading is None:
        raise NoCommand(f"{module.__name__} does not say for whom it is (FOR)")
    alone = _application()
    # What is said in short is said in full: a list of commands cuts it otherwise.
    if isinstance(command, typer.Typer):
        alone.add_typer(command, name=name, short_help=command.info.help, rich_help_panel=heading)
    elif callable(command):
        short = (command.__doc__ or "").partition("\n")[0]
        alone.command(name, short_help=short, rich_help_panel=heading)(command)
        alone.callback()(lambda: None)  # a group, though of one
    else:
        raise NoCommand(f"{module.__name__} defines no command {name}")
    made: Any = typer.main.get_command(alone)
    return made.commands[name]


@cache
def names() -> tuple[str, ...]:
    """The names of the commands, which are those of their modules, in order."""
    found = (m.name for m in pkgutil.iter_modules(cli.__path__) if m.name not in SHARED)
    return tuple(sorted(name.rstrip("_") for name in found))


def _module(name: str) -> str:
    """The module of a command."""
    return f"{name}_" if iskeyword(name) else name


def _application(**options: Any) -> typer.Typer:
    """Without boxes, which cut Chinese texts."""
    return typer.Typer(
        add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None, **options
    )


app = _application(
    cls=ByReader,
    no_args_is_help=True,
    help="明鉴 Mingjian：民政业务账本 / the ledger of a civil-affairs bureau",
)
app.callback()(lambda: None)  # a group, whose commands are those of `Commands`


def main() -> None:
    """Run a command; what it cannot do ends with one line: 2 refused, 3 no server.

    An alarm ends with 1, as services do; but a database that no command may use yet is a refusal:
    1 says of several commands that they found a difference.
    """
    # What is imported stays: to look it through again and again takes a sixth of a start.
    gc.set_threshold(50_000)
    # What else is installed has no say in what is valid; to look for it reads every package's data.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    os.environ.setdefault("OPENPYXL_LXML", "False")  # documents bring lxml: no other part uses it
    _only_text()
    try:
        sys.exit(app(standalone_mode=False))
    except Exception as error:
        from cli.endings import ending  # noqa: PLC0415  it knows the exceptions of all rooms

        if (told := ending(error)) is not None:
            fail(*told)
        if isinstance(error, TyperException):
            misused(error)
        raise


def _only_text() -> None:
    """Take only arguments that are text, and show text on whatever is there to show it.

    A terminal of another coding, such as GBK, has no ✓: it is written out.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    if any("\ud800" <= char <= "\udfff" for char in "".join(sys.argv)):
        fail("参数不是 UTF-8 文本 / an argument is no UTF-8 text", 2)  # no database takes it


def fail(why: str, code: int) -> NoReturn:
    """End with one line that says why."""
    from cli.console import console  # noqa: PLC0415  half a second that help does not need

    console.print(f"✗ {why}", soft_wrap=True)
    sys.exit(code)


MISUSES = {
    "MissingParameter": "缺少参数",
    "NoSuchOption": "没有这个选项",
    "BadParameter": "参数的值不对",
}
"""By the name of the framework's exception: it exports none of them."""


def misused(error: Any) -> NoReturn:
    """End with what is wrong in how a command was called, and where to read how it is."""
    kind = type(error).__name__
    if kind == "NoArgsIsHelpError":
        error.show()
        sys.exit(2)
    ours = not error.message.isascii()
    said = error.message if ours else f"{MISUSES.get(kind, '用法不对')} / {error.format_message()}"
    seen = f"；用法见 / see: {error.ctx.command_path} --help" if error.ctx else ""
    fail(f"{said}{seen}", 2)
