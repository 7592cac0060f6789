"""`mingjian doctor`: what is wrong on this machine, and what to do. It changes nothing."""

from __future__ import annotations

import asyncio
import logging
from typing import Annotated

import asyncpg
import typer
from aiokafka.errors import KafkaError

from cli.console import OURS, JsonOption, LedgerOption, out, print_json, run
from cli.doctor.documents import documents_findings
from cli.doctor.finding import Finding, Level, look, off, wrong
from cli.doctor.gateway import ADDRESS, gateway_findings
from cli.doctor.kafka import kafka_findings
from cli.doctor.machine import machine_findings
from cli.doctor.postgres import postgres_findings
from infra.kafka.bootstrap import NotLetIn, Unsecured
from infra.kafka.refusals import FORBIDDEN, NotAuthorised, named
from infra.postgres import connect, database_url
from infra.settings import Settings, settings

FOR = "operator"

MARKS = {
    Level.FINE: "✓",
    Level.LOOK: "!",
    Level.WRONG: "✗",
    Level.OFF: "–",
}


def doctor(
    ledger: LedgerOption = OURS,
    gateway: Annotated[
        str, typer.Option(metavar="URL", help="接收网关的地址 / where the gateway listens")
    ] = ADDRESS,
    as_json: JsonOption = False,
) -> None:
    """检查本机与账本：哪里不对，怎么办 / what is wrong here, and what to do.

    退出码 / exit：0 正常或只有提醒 fine or warnings，1 有错误 something is wrong.
    """
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # the checks say it better
    found = run(findings(settings(), ledger, gateway))
    bad = sum(finding.level is Level.WRONG for finding in found)
    if as_json:
        print_json({"ok": not bad, "checks": [finding._asdict() for finding in found]})
    else:
        for level, _, text, remedy in found:
            arrow = f" → {remedy}" if remedy else ""
            out.print(f"{MARKS[level]} {text}{arrow}", soft_wrap=True)
        looks = sum(finding.level is Level.LOOK for finding in found)
        out.print(f"{bad} 个错误 / wrong，{looks} 个提醒 / to look at")
    raise typer.Exit(1 if bad else 0)


ANSWER_SECONDS = 60.0
"""For all checks of a server; one that gives no answer is a finding, too."""


async def findings(given: Settings, ledger: str, gateway: str = ADDRESS) -> list[Finding]:
    """All checks, in the order in which one rests on the other."""
    found = [*machine_findings(given), *documents_findings()]
    data = given.home / "postgres" / "PG_VERSION"
    if given.database_url is None and not data.exists():
        remedy = "mingjian ledger create 或 / or mingjian demo"
        found.append(look("postgres", "还没有内置数据库 / no embedded database yet", remedy))
        return [*found, *await _kafka(given, None, ledger)]
    try:
        async with connect(database_url(given, None)) as connection:
            async with asyncio.timeout(ANSWER_SECONDS):
                found += await postgres_findings(connection, given, ledger)
            found += await _kafka(given, connection, ledger)
            async with asyncio.timeout(ANSWER_SECONDS):
                found += await gateway_findings(connection, given, ledger, gateway)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        remedy = "检查 MINGJIAN_DATABASE_URL 与服务器 / check MINGJIAN_DATABASE_URL and the server"
        text = f"PostgreSQL 连接不上或问不出 / cannot be asked: {type(error).__name__}"
        found += [wrong("postgres", text, remedy), *await _kafka(given, None, ledger)]
        found += await gateway_findings(None, given, ledger, gateway)
    return found


async def _kafka(
    given: Settings, connection: asyncpg.Connection | None, ledger: str
) -> list[Finding]:
    if given.kafka is None:
        return [off("kafka", "Kafka 未配置 / not configured (MINGJIAN_KAFKA)")]
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await kafka_findings(connection, given, ledger)
    except (Unsecured, NotLetIn, NotAuthorised) as error:
        return [wrong("kafka", str(error), "docs/kafka.md")]
    except FORBIDDEN as error:
        text = f"Kafka 不允许 / not allowed: {named(error, type(error).__name__)}"
        return [wrong("kafka", text, "mingjian kafka acl --print")]
    except (OSError, TimeoutError, KafkaError) as error:
        text = f"Kafka 连接不上或问不出 / cannot be asked ({given.kafka}): {type(error).__name__}"
        return [wrong("kafka", text, "检查 MINGJIAN_KAFKA 与 broker / check MINGJIAN_KAFKA")]
