"""`mingjian doctor`: what is wrong on this machine, and what to do. It changes nothing."""

from __future__ import annotations

import json
import logging
import platform
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime

import asyncpg
import typer
from aiokafka.errors import KafkaError
from rich.console import Console

from cli.console import JsonOption, run
from cli.doctoring_kafka import kafka_findings
from cli.doctoring_postgres import postgres_findings
from cli.finding import Finding, Level, disk, fine, look, off, wrong
from infra import beat, postgres
from infra.settings import Settings, settings

out = Console(soft_wrap=True)
MARKS = {
    Level.FINE: "[green]✓[/green]",
    Level.LOOK: "[yellow]![/yellow]",
    Level.WRONG: "[red]✗[/red]",
    Level.OFF: "–",
}
SERVICES = ("intake", "relay", "projector")
PROBE_SECONDS = 3.0


def doctor(as_json: JsonOption = False) -> None:
    """检查本机: 哪里不对,怎么办 / what is wrong here, and what to do.

    退出码 / exit: 0 正常或只有提醒 fine or warnings, 1 有错误 something is wrong.
    """
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # the checks say it better
    found = run(findings(settings()))
    bad = sum(finding.level is Level.WRONG for finding in found)
    if as_json:
        made = {"ok": not bad, "checks": [finding._asdict() for finding in found]}
        typer.echo(json.dumps(made, ensure_ascii=False, indent=1))
    else:
        for level, _, text, remedy in found:
            arrow = f" → {remedy}" if remedy else ""
            out.print(f"{MARKS[level]} {text}{arrow}", highlight=False)
        looks = sum(finding.level is Level.LOOK for finding in found)
        out.print(f"{bad} 个错误 / wrong, {looks} 个提醒 / to look at", highlight=False)
    raise typer.Exit(1 if bad else 0)


async def findings(given: Settings) -> list[Finding]:
    """All checks, in the order in which one rests on the other."""
    found = [*_machine(given), *_services(given)]
    data = given.home / "postgres" / "PG_VERSION"
    if given.database_url is None and not data.exists():
        remedy = "mingjian demo 或 / or mingjian ingest"
        found.append(look("postgres", "还没有内置数据库 / no embedded database yet", remedy))
        return [*found, *await _kafka(given, None)]
    try:
        async with postgres.connect(postgres.database_url(given)) as connection:
            found += await postgres_findings(connection, given)
            found += await _kafka(given, connection)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        remedy = "检查 MINGJIAN_DATABASE_URL 与服务器 / check MINGJIAN_DATABASE_URL and the server"
        text = f"PostgreSQL 连接不上或问不出 / cannot be asked: {type(error).__name__}"
        found += [wrong("postgres", text, remedy), *await _kafka(given, None)]
    return found


async def _kafka(given: Settings, connection: asyncpg.Connection | None) -> list[Finding]:
    if given.kafka is None:
        return [off("kafka", "Kafka 未配置 / not configured (MINGJIAN_KAFKA)")]
    try:
        return await kafka_findings(connection, given)
    except (OSError, TimeoutError, KafkaError) as error:
        text = f"Kafka 连接不上或问不出 / cannot be asked ({given.kafka}): {type(error).__name__}"
        return [wrong("kafka", text, "检查 MINGJIAN_KAFKA 与 broker / check MINGJIAN_KAFKA")]


def _machine(given: Settings) -> Iterator[Finding]:
    yield fine("python", f"Python {platform.python_version()}")
    yield disk("disk.home", given.home)


def _services(given: Settings) -> Iterator[Finding]:
    for name in SERVICES:
        check, silent = f"service.{name}", beat.silent_for(given.home, name)
        alarm = beat.last_alarm(given.home, name)
        if silent <= beat.SILENT_SECONDS:
            yield fine(check, f"{name} 在运行 / runs")
        elif alarm is not None:
            at = datetime.fromtimestamp(alarm.at).astimezone().isoformat(timespec="seconds")
            text = f"{name} 因 {alarm.name} 于 {at} 停下 / stopped itself"
            yield wrong(check, text, "见 / see docs/operating.md, “报警 / alarms”")
        elif silent == float("inf"):
            yield off(check, f"{name} 未在此运行过 / never ran with this MINGJIAN_HOME")
        else:
            text = f"{name} 已 {silent:.0f} 秒无动静 / silent for so many seconds"
            yield look(check, text, f"mingjian run {name}")
    if given.metrics_port is not None:
        yield _probe(f"http://{given.metrics_host}:{given.metrics_port}/readyz")


def _probe(url: str) -> Finding:
    try:
        with urllib.request.urlopen(url, timeout=PROBE_SECONDS) as answer:  # noqa: S310  http, ours
            body = json.load(answer)
    except urllib.error.HTTPError as error:
        reasons = "; ".join(json.load(error)["wrong"])
        return wrong("readyz", f"{url}: {reasons}", "先解决所述原因 / mend what it names")
    except (OSError, ValueError) as error:
        text = f"{url} 没有答复 / gives no answer: {type(error).__name__}"
        return look("readyz", text, "服务在运行吗 / does the service run? MINGJIAN_METRICS_PORT")
    return fine("readyz", f"{url}: {body.get('service', '')} 就绪 / ready")


COMMANDS = (doctor,)
