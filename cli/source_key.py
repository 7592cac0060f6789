"""`mingjian source key`: the keys with which upstream systems send over HTTP."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from cli.aside import instant
from cli.console import (
    LOOK,
    OURS,
    ByOption,
    JsonOption,
    LedgerOption,
    WhyOption,
    columns,
    console,
    database,
    out,
    print_json,
    run,
    say,
)
from infra.settings import settings
from ledger import journal, source_keys
from ledger.seal import Sealer
from ledger.source_keys import Key

MOST_DAYS = 1_100

key = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="来源系统以 HTTP 报送的密钥 / keys with which sources send over HTTP",
)
DaysOption = Annotated[
    int, typer.Option(min=1, max=MOST_DAYS, help="有效天数 / valid for so many days")
]
SourceArgument = Annotated[str, typer.Argument(metavar="SOURCE", help="来源系统 / source")]


@key.command()
def new(
    name: SourceArgument,
    by: ByOption,
    why: WhyOption,
    days: DaysOption = 365,
    ledger: LedgerOption = OURS,
    as_json: JsonOption = False,
) -> None:
    """签发密钥，只显示这一次；更换期间可有两个有效 / a new key, shown once; two may be valid."""
    said = journal.said(by, why)
    until = datetime.now(UTC) + timedelta(days=days)

    async def work() -> tuple[str, str]:
        async with database(ledger) as connection:
            sealer = Sealer(settings().secret, ledger)
            return await source_keys.issue(connection, sealer, ledger, name, until, said)

    key_id, token = run(work())
    _show(name, key_id, token, until, as_json=as_json)


def _show(name: str, key_id: str, token: str, until: datetime, *, as_json: bool) -> None:
    if as_json:
        print_json({"source": name, "id": key_id, "key": token, "until": until.isoformat()})
        return
    console.print(f"{LOOK} 密钥只显示这一次，账本只存其摘要 / shown once: only its hash is kept")
    console.print(f"{name}，编号 {key_id}，有效至 / valid until {instant(until)}")
    say(token)


def rotate(
    name: SourceArgument,
    by: ByOption,
    why: WhyOption,
    overlap: Annotated[
        str, typer.Option("--overlap", metavar="7d", help="旧密钥再有效多久 / old keys go on for")
    ] = "7d",
    days: DaysOption = 365,
    ledger: LedgerOption = OURS,
    as_json: JsonOption = False,
) -> None:
    """更换密钥：签发新的，旧的到期即失效 / a new key; the old ones end after the overlap."""
    said = journal.said(by, why)
    now = datetime.now(UTC)
    until, old_until = now + timedelta(days=days), now + span(overlap)

    async def work() -> tuple[str, str, list[Key]]:
        async with database(ledger) as connection:
            sealer = Sealer(settings().secret, ledger)
            return await source_keys.rotate(
                connection, sealer, ledger, name, until, old_until, said
            )

    key_id, token, old = run(work())
    for each in old:
        ends = instant(min(each.until, old_until))
        console.print(f"{name}，旧密钥 {each.id} 有效至 / the old one is valid until {ends}")
    _show(name, key_id, token, until, as_json=as_json)


def span(text: str) -> timedelta:
    """Days, hours or minutes: 7d, 12h, 30m. Raises typer.BadParameter."""
    found = re.fullmatch(r"([0-9]{1,4})([dhm])", text)
    if found is None:
        raise typer.BadParameter(f"{text}：如 7d、12h、30m / as in 7d", param_hint="--overlap")
    unit = {"d": "days", "h": "hours", "m": "minutes"}[found[2]]
    return timedelta(**{unit: int(found[1])})


@key.command("list")
def list_keys(
    name: Annotated[
        str | None, typer.Argument(metavar="[SOURCE]", help="来源系统，默认全部 / of one source")
    ] = None,
    ledger: LedgerOption = OURS,
    as_json: JsonOption = False,
) -> None:
    """列出签发过的密钥：谁、何时、为何、是否有效 / keys that were issued, and which are valid."""

    async def work() -> dict[str, Key]:
        async with database(ledger) as connection:
            return await source_keys.read(connection, Sealer(settings().secret, ledger), ledger)

    now = datetime.now(UTC)
    found = [each for each in run(work()).values() if name in (None, each.source)]
    if as_json:
        print_json(
            [
                {"source": each.source, "id": each.id, "state": _state(each, now)}
                | {"since": each.since, "until": each.until, "by": each.by, "why": each.why}
                for each in found
            ]
        )
        return
    table = columns("来源系统", "编号", "状态", "签发", "有效至", "经办人", "事由")
    for each in found:
        times = (instant(each.since), instant(each.until))
        table.add_row(each.source, each.id, STATES[_state(each, now)], *times, each.by, each.why)
    if found:
        out.print(table)
    out.print(f"共 {len(found)} 个 / keys")


STATES = {"valid": "有效", "expired": "到期", "revoked": "已吊销"}


def _state(each: Key, now: datetime) -> str:
    if each.revoked:
        return "revoked"
    return "valid" if each.valid(now) else "expired"


@key.command()
def revoke(
    name: SourceArgument,
    key_id: Annotated[str, typer.Argument(metavar="ID", help="密钥编号 / id of the key")],
    by: ByOption,
    why: WhyOption,
    ledger: LedgerOption = OURS,
) -> None:
    """吊销密钥，几秒内失效 / revoke a key; within seconds it opens nothing."""
    said = journal.said(by, why)

    async def work() -> None:
        async with database(ledger) as connection:
            sealer = Sealer(settings().secret, ledger)
            await source_keys.revoke(connection, sealer, ledger, name, key_id, said)

    run(work())
    say(f"{name}：密钥 {key_id} 已吊销 / revoked")
