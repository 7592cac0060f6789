"""The root of the command line: groups of commands, and how errors are told."""

from __future__ import annotations

import sys

import asyncpg
import typer
from aiokafka.errors import KafkaError

from cli import contracts, demo, doctoring, events, reading, rebuilding, record, running, waiting
from cli.console import console
from infra.kafka.local import KafkaFailedError, ToolMissingError
from ledger.store import LedgerMissing, LedgerRestoring
from reports.moment import Unanswerable

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="明鉴 Mingjian: 民政事件账本 / the ledger of a civil-affairs bureau",
)
for module in (demo, doctoring, events, reading, rebuilding, record):
    for command in module.COMMANDS:
        app.command()(command)
app.add_typer(reading.report, name="report", help="报告 / reports")
app.add_typer(waiting.quarantine, name="quarantine")
app.add_typer(waiting.parked, name="parked")
app.add_typer(record.keys, name="keys")
app.add_typer(contracts.app, name="contracts", help="事件合同 / event contracts")
app.add_typer(running.app, name="run", help="运行服务 / run a service")


def main() -> None:
    """Run a command; a question that cannot be answered ends with one line and exit code 2."""
    try:
        app()
    except (Unanswerable, LedgerMissing, LedgerRestoring) as error:
        console.print(f"[red]✗[/red] {error}", highlight=False)
        sys.exit(2)
    except (ToolMissingError, KafkaFailedError) as error:
        console.print(f"[red]✗[/red] Kafka: {error}", highlight=False)
        sys.exit(3)
    except (OSError, KafkaError, asyncpg.PostgresConnectionError) as error:
        console.print(f"[red]✗[/red] 连接不上: {error}", highlight=False)
        console.print("  检查 MINGJIAN_DATABASE_URL 与 MINGJIAN_KAFKA,或去掉它们使用内置数据库")
        sys.exit(3)
