"""What the doctor asks of the gateway: does it run and take events, and whose keys are valid."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from cli.doctor.finding import Finding, fine, look, off, wrong
from infra.settings import Settings
from ledger import source_keys, store
from ledger.seal import Sealer
from ledger.store import LedgerAltered

ADDRESS = "http://127.0.0.1:8010"
"""Where `mingjian run gateway` listens unless it is told otherwise."""
ANSWER_SECONDS = 3
SOON = timedelta(days=30)
OLD = timedelta(minutes=1)
NEW_KEY = "mingjian source key new SOURCE --by --why"


async def gateway_findings(
    connection: asyncpg.Connection | None, given: Settings, name: str, address: str = ADDRESS
) -> list[Finding]:
    """All checks of the gateway at an address, and with a database of the keys."""
    found: list[Finding] = []
    if connection is not None and await store.exists(connection):
        found = [each async for each in _keys(connection, given, name)]
    expected = any(finding.check != "gateway.keys" for finding in found)
    return [*found, *[each async for each in _service(given, name, address, expected=expected)]]


async def _keys(
    connection: asyncpg.Connection, given: Settings, name: str
) -> AsyncIterator[Finding]:
    """Of each source that has keys, until when one is valid."""
    try:
        keys = await source_keys.read(connection, Sealer(given.secret, name), name)
    except LedgerAltered as error:
        yield wrong("gateway.keys", str(error), "mingjian verify; docs/operating.md")
        return
    if not keys:
        text = "尚未签发来源密钥，只接收本机来件 / no key yet: the gateway listens here only"
        yield off("gateway.keys", text)
        return
    now = datetime.now(UTC)
    for source in sorted({key.source for key in keys.values()}):
        ours = [key for key in keys.values() if key.source == source and not key.revoked]
        check = f"gateway.key.{source}"
        renew = NEW_KEY.replace("SOURCE", source)
        if not ours:
            yield off(check, f"来源 {source} 的密钥都已吊销 / all its keys are revoked")
            continue
        until = max(key.until for key in ours)
        text = f"来源 {source} 的密钥至 / key valid until {until:%Y-%m-%d}"
        if until <= now:
            yield wrong(check, f"{text}，已到期 / expired", renew)
        elif until <= now + SOON:
            yield look(check, f"{text}，不到 {SOON.days} 天 / less than {SOON.days} days", renew)
        else:
            yield fine(check, text)


async def _service(
    given: Settings, name: str, address: str, *, expected: bool
) -> AsyncIterator[Finding]:
    """Whether one answers, and what it says of itself."""
    told = await asyncio.to_thread(_asked, address)
    if told is None:
        text = f"{address} 没有接收网关 / no gateway answers there"
        remedy = "mingjian run gateway；在别处的 / elsewhere: mingjian doctor --gateway URL"
        yield look("gateway", text, remedy) if expected else off("gateway", text)
        return
    if told.get("service") != "gateway" or told.get("ledger") != name:
        what = f"{told.get('service', '?')} {told.get('ledger', '')}".strip()
        text = f"{address} 不是账本 {name} 的接收网关 / another service: {what[:80]}"
        yield look("gateway", text, "mingjian doctor --gateway URL")
        return
    if reasons := told.get("wrong"):
        text = f"接收网关不能接收 / the gateway takes nothing: {'；'.join(map(str, reasons))}"
        yield wrong("gateway", text, "看它的日志 / see its log; start what it needs")
    else:
        yield fine("gateway", f"接收网关 / gateway {address}：能接收 / takes events")
    if told.get("keyless"):
        text = "接收网关没有密钥，本机任何程序都可以报送 / any program here may send: no key yet"
        yield look("gateway.keyless", text, NEW_KEY)
    read_at = told.get("keys_read_at")
    if read_at and datetime.now(UTC) - datetime.fromisoformat(read_at) > OLD:
        text = f"接收网关的密钥是 {read_at} 读的 / its keys were read then, and not since"
        yield look("gateway.keys_read", text, "看它的日志 / see its log")
    if told.get("kafka") is not (given.kafka is not None):
        text = "接收网关与此处设置不同，只有一个用 Kafka / Kafka is set here or there, not both"
        yield look("gateway.kafka", text, "两处 MINGJIAN_KAFKA 设成一样 / set it alike for both")


def _asked(address: str) -> dict[str, Any] | None:
    """What is answered at /readyz; None where nobody answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{address.rstrip('/')}/readyz", timeout=ANSWER_SECONDS) as answer:
            content = answer.read()
    except urllib.error.HTTPError as error:  # not ready: it says why
        content = error.read()
    except (OSError, ValueError):
        return None
    try:
        told = json.loads(content)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
