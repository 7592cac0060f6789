"""The root of the command line: every module of this room is a command, but for the shared ones."""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

import asyncpg
import typer
from aiokafka.errors import KafkaError

import cli
from cli.console import console, refuse
from cli.contracts import NoSuchEventType
from infra.alarm import Alarm
from infra.kafka.local import KafkaFailedError, ToolMissingError
from ledger.aside import BytesLacking, NoSuchNumber
from ledger.journal import Unsaid
from ledger.migration import Unfit
from ledger.offsets import NoSuchPartition
from ledger.release import CannotRelease
from ledger.seal import WrongSecret
from ledger.store import LedgerMissing, LedgerRestoring
from reports.moment import Unanswerable

REFUSALS = (
    BytesLacking,
    CannotRelease,
    LedgerMissing,
    NoSuchEventType,
    NoSuchNumber,
    NoSuchPartition,
    Unanswerable,
    Unsaid,
    WrongSecret,
)
"""What a command could not do as asked; the message says what to do."""
NOT_YET = (Unfit, LedgerRestoring)
"""Alarms that say: upgrade, or finish the restore, and try again."""
SHARED = {"aside", "console", "moment", "root"}
"""Modules that are no command: what several commands need."""


class NoCommand(TypeError):
    """A module of the command line that defines no command of its own name."""


def register(app: typer.Typer, module: ModuleType) -> None:
    """Give a module's command its place: a function, or a group, of the module's own name."""
    name = module.__name__.rpartition(".")[2]
    command = getattr(module, name, None)
    # What is said in short is said in full: a list of commands cuts it otherwise.
    if isinstance(command, typer.Typer):
        app.add_typer(command, name=name, short_help=command.info.help)
    elif callable(command):
        app.command(name, short_help=(command.__doc__ or "").partition("\n")[0])(command)
    else:
        raise NoCommand(f"{module.__name__} defines no command {name}")


def modules() -> Iterator[ModuleType]:
    """The modules of commands, by name."""
    for _, name, _ in pkgutil.iter_modules(cli.__path__):
        if name not in SHARED:
            yield import_module(f"cli.{name}")


app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # its boxes cut Chinese texts
    help="明鉴 Mingjian：民政事件账本 / the ledger of a civil-affairs bureau",
)
for command in modules():
    register(app, command)


def main() -> None:
    """Run a command; what it cannot do ends with one line: 2 refused, 3 no server.

    An alarm ends with 1, as services do; but a database that no command may use yet is a refusal:
    1 says of several commands that they found a difference.
    """
    try:
        app()
    except REFUSALS as error:
        sys.exit(refuse(error).exit_code)
    except Alarm as alarm:
        console.print(f"[red]✗[/red] {type(alarm).__name__}: {alarm}")
        sys.exit(2 if isinstance(alarm, NOT_YET) else 1)
    except (ToolMissingError, KafkaFailedError) as error:
        console.print(f"[red]✗[/red] Kafka: {error}")
        sys.exit(3)
    except (OSError, KafkaError, asyncpg.PostgresConnectionError) as error:
        console.print(f"[red]✗[/red] 连接不上：{error}")
        console.print("  检查 MINGJIAN_DATABASE_URL 与 MINGJIAN_KAFKA，或去掉它们使用内置数据库")
        sys.exit(3)
