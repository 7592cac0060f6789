"""The root of the command line: every module of this room is a command, but for the shared ones."""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from io import TextIOWrapper
from types import ModuleType
from typing import Any, NoReturn

import asyncpg
import typer
from aiokafka.errors import KafkaError
from pydantic import ValidationError
from typer import Abort, TyperException
from typer.core import TyperGroup

import cli
from cli.console import NoDatabase, Unreachable, cause, console
from cli.contracts import NoSuchEventType
from domain.bureau.reading import FolderWrong
from infra.alarm import Alarm
from infra.kafka.local import KafkaFailedError, ToolMissingError
from infra.settings import Settings, settings
from ledger.adopting import CannotAdopt
from ledger.aside import BytesLacking, NoSuchNumber
from ledger.journal import Unsaid
from ledger.migration import Unfit
from ledger.offsets import NoSuchPartition
from ledger.release import CannotRelease
from ledger.seal import WrongSecret
from ledger.store import LedgerMissing, LedgerRestoring
from projections.opening import NoDivision
from reports.moment import Unanswerable
from upkeep.leaving_out import NotHalted

REFUSALS = (
    BytesLacking,
    CannotAdopt,
    CannotRelease,
    FolderWrong,
    LedgerMissing,
    NoDatabase,
    NoDivision,
    NoSuchEventType,
    NoSuchNumber,
    NoSuchPartition,
    NotHalted,
    Unanswerable,
    Unsaid,
    WrongSecret,
)
"""What a command could not do as asked; the message says what to do."""
NOT_YET = (Unfit, LedgerRestoring)
"""Alarms that say: upgrade, or finish the restore, and try again."""
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
SHARED = {"aside", "console", "moment", "root", "takeaway"}
"""Modules that are no command: what several commands need."""


class NoCommand(TypeError):
    """A module that defines no command of its own name, or does not say for whom it is."""


class ByReader(TyperGroup):
    """Help that lists commands under those whom they are for."""

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


def register(app: typer.Typer, module: ModuleType) -> None:
    """Give a module's command its place: a function, or a group, of the module's own name."""
    name = module.__name__.rpartition(".")[2]
    command = getattr(module, name, None)
    heading = READERS.get(getattr(module, "FOR", ""))
    if heading is None:
        raise NoCommand(f"{module.__name__} does not say for whom it is (FOR)")
    # What is said in short is said in full: a list of commands cuts it otherwise.
    if isinstance(command, typer.Typer):
        app.add_typer(command, name=name, short_help=command.info.help, rich_help_panel=heading)
    elif callable(command):
        short = (command.__doc__ or "").partition("\n")[0]
        app.command(name, short_help=short, rich_help_panel=heading)(command)
    else:
        raise NoCommand(f"{module.__name__} defines no command {name}")


def modules() -> Iterator[ModuleType]:
    """The modules of commands, by name."""
    for _, name, _ in pkgutil.iter_modules(cli.__path__):
        if name not in SHARED:
            yield import_module(f"cli.{name}")


app = typer.Typer(
    cls=ByReader,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # its boxes cut Chinese texts
    help="明鉴 Mingjian：民政业务账本 / the ledger of a civil-affairs bureau",
)
for command in modules():
    register(app, command)


def _named(alarm: Exception) -> str:
    return f"{type(alarm).__name__}: {alarm}"


ENDINGS: tuple[tuple[Any, int, Callable[[Any], str]], ...] = (
    (REFUSALS, 2, str),
    (NOT_YET, 2, _named),
    (Alarm, 1, _named),
    (Abort, 1, lambda _: "已取消 / aborted"),
    (
        asyncpg.InsufficientPrivilegeError,
        2,
        lambda error: f"数据库用户没有这项权限 / the database user may not do this: {error}",
    ),
    ((ToolMissingError, KafkaFailedError), 3, lambda error: f"Kafka: {error}"),
    (
        KafkaError,
        3,
        lambda error: (
            f"连接不上 Kafka（{settings().kafka}）：{error}"
            " / Kafka cannot be reached; see MINGJIAN_KAFKA"
        ),
    ),
    ((Unreachable, asyncpg.PostgresConnectionError), 3, str),
)
"""Exceptions that are no fault of the program: exit code and what is said; the first that fits."""


def main() -> None:
    """Run a command; what it cannot do ends with one line: 2 refused, 3 no server.

    An alarm ends with 1, as services do; but a database that no command may use yet is a refusal:
    1 says of several commands that they found a difference.
    """
    _only_text()
    try:
        sys.exit(app(standalone_mode=False))
    except ValidationError as error:
        if error.title != Settings.__name__:
            raise
        wrong = error.errors()[0]
        if not wrong["loc"]:  # of several settings together
            fail(wrong["msg"].removeprefix("Value error, "), 2)
        name = f"MINGJIAN_{wrong['loc'][0]}".upper()
        fail(f"环境变量 {name} 的值不对 / {name}: {wrong['msg']}", 2)
    except Exception as error:
        for kind, code, said in ENDINGS:
            if isinstance(error, kind):
                fail(said(error), code)
        if isinstance(error, TyperException):
            misused(error)
        if isinstance(error, OSError):
            if error.filename is None:
                fail(f"没有成功：{cause(error)} / failed", 3)
            fail(f"{error.filename}：{cause(error)}", 2)
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
