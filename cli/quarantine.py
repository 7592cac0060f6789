"""`mingjian quarantine`: what could not be accepted; list, show, release after repair."""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import datetime, time
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.aside import (
    Lists,
    NumberArgument,
    SettledOption,
    Then,
    instant,
    list_aside,
    one,
    what_it_says,
)
from cli.console import (
    LOOK,
    MOST,
    OURS,
    ByOption,
    JsonOption,
    LedgerOption,
    WhyOption,
    console,
    database,
    out,
    print_facts,
    print_json,
    progress,
    run,
    say,
    writable,
)
from cli.moment import AtOption, KnownOption
from cli.outcome import fault_facts, show
from domain.calendar import SHANGHAI
from domain.faults import REASONS
from domain.money import format_yuan
from infra.settings import settings
from infra.visible import visible
from ledger import adopted, aside, journal, release, secret, told
from ledger.aside import QUARANTINE, Row
from ledger.clock import EPOCH
from ledger.intake import Intake
from ledger.seal import Sealer
from projections import opening
from reports.moment import day_of
from reports.shown import label, waited_for
from rules import working
from rules.outcomes import document

FOR = "publisher"

PRIVATE = 0o600
NOT_KEPT = "，超出来源限额，未留存原字节"

quarantine = typer.Typer(
    cls=Lists,
    add_completion=False,
    help="未通过校验：不能接受的来件及其原因；修复后释放。不带子命令即列出"
    " / what could not be accepted",
)


ReasonOption = Annotated[
    str | None, typer.Option("--reason", metavar="CODE", help="只限这一原因，如 not_json")
]
SourceOption = Annotated[
    str | None, typer.Option("--source", help="只限这一来源；读不出来源的按其主题")
]


@quarantine.command("list")
def list_quarantine(
    ledger: LedgerOption = OURS,
    settled: SettledOption = False,
    known: KnownOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出未通过校验的来件 / what is in quarantine."""
    list_aside(QUARANTINE, ledger, Then(known, at), settled=settled, as_json=as_json)


@quarantine.command("show")
def show_quarantine(
    number: NumberArgument,
    raw: Annotated[
        str | None,
        typer.Option("--raw", metavar="FILE|-", help="写出来件原字节（可能含个人信息）"),
    ] = None,
    ledger: LedgerOption = OURS,
    known: KnownOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """一件未通过校验的来件，除内容外的一切 / everything about one of them but its content."""
    if raw is not None:
        if raw != "-":
            writable(Path(raw))
        _write_raw(raw, ledger, run(_sealed(ledger, number)))
        return
    row, said = run(_shown(ledger, number, Then(known, at)))
    row["meaning"] = REASONS.get(row["reason"], "")
    if as_json:
        print_json(row | {"told": said})
        return
    released = "未修复"
    if row["released_by"]:
        released = f"{row['released_by']}，账本位置 {row['released_at']}"
    if row["discarded_by"]:
        released = (
            f"已废弃（{row['discarded_by']}，{instant(row['discarded_at'])}："
            f"{row['discarded_why']}）"
        )
    print_facts(
        f"未通过校验的来件 {number} / quarantine {number}",
        {
            "原因": f"{label(row['reason'], 'reason')} {row['reason']}",
            "处理": row["meaning"].partition("；")[2] or "—",
            "何处": row["pointer"] or "—",
            "应为": "—" if row["expected"] == row["meaning"] else row["expected"],
            **what_it_says(row),
            "收到": f"{instant(row['received_at'])}，当时账本位置 {row['position']}",
            "出处": row["origin"],
            "大小": f"{row['size']:,} 字节{NOT_KEPT if row['withheld'] else ''}",
            "修复": released,
        },
    )
    for fault in said["faults"]:
        out.print()
        print_facts(f"{fault['pointer'] or '（整条）'}：{fault['code']}", fault_facts(fault))
    if not row["released_by"] and not row["discarded_by"]:
        out.print()
        out.print(
            f"本局修复后再判：mingjian quarantine release {number}\n"
            f"来源改正后重发，自动了结；用了新编号而未写 mends 的："
            f"mingjian quarantine release {number} --by SOURCE/ID\n"
            f"不再修复：mingjian quarantine discard {number} --by WHO --why REASON",
        )


@quarantine.command("discard")
def discard_quarantine(
    by: ByOption,
    why: WhyOption,
    number: Annotated[
        int | None, typer.Argument(metavar="[N]", max=MOST, help="编号 / number")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="所有未了结的，可限定原因和来源 / all that are open")
    ] = False,
    reason: ReasonOption = None,
    source: SourceOption = None,
    ledger: LedgerOption = OURS,
) -> None:
    """不再修复：不再计入未通过校验，记录保留，经办人和事由记入日志 / give it up."""
    said = journal.said(by, why)
    if (number is None) != everything:
        raise typer.BadParameter("写明编号，或 --all / give a number, or --all")
    if not everything and (reason or source):
        raise typer.BadParameter("--reason 与 --source 须与 --all 同用 / only with --all")
    if reason is not None and reason not in REASONS:
        raise typer.BadParameter(f"没有原因 {reason}；有 / there are {', '.join(REASONS)}")

    async def work() -> tuple[int, int]:
        async with database(ledger) as connection:
            sealer = await secret.sealer(connection, settings().secret, ledger)
            if number is None:
                return await release.discard_all(
                    connection, sealer, ledger, said, reason=reason, source=source
                )
            await release.discard(connection, sealer, ledger, number, said)
            return 1, 0

    count, fen = run(work())
    if number is not None:
        say(f"未通过校验的来件 {number} 已废弃 / discarded")
        return
    claims = f"，声称金额 {format_yuan(fen)} 元不再计入" if fen else ""
    say(f"未通过校验的来件 {count} 件已废弃{claims} / discarded")


@quarantine.command("release")
def release_quarantine(
    number: Annotated[
        int | None, typer.Argument(metavar="[N]", max=MOST, help="编号 / number")
    ] = None,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="SOURCE/ID", help="修复它的事件，须已在账本中 / the repair"),
    ] = None,
    reason: ReasonOption = None,
    source: SourceOption = None,
    ledger: LedgerOption = OURS,
) -> None:
    """修复后释放：按现行合同再判一次，或指明修复它的事件 / judge again, or name the repair.

    不写编号而写原因或者来源，即全部再判。再判后仍不能接受则说明原因，以 1 退出；所依据的事项未到
    则转为待关联。该来件的记录保留作证据 / without a number: all of a reason or a source.
    """
    if (number is None) is (reason is None and source is None):
        raise typer.BadParameter("写明编号，或者原因、来源 / give a number, or --reason, --source")
    if reason is not None and reason not in REASONS:
        raise typer.BadParameter(f"没有原因 {reason}；有 / there are {', '.join(REASONS)}")
    if number is None:
        _report(run(_release_all(ledger, reason, source, by)))
        return
    verdict = run(_release(ledger, number, by))
    if verdict.fault is not None:
        fault = verdict.fault
        where = f" {fault.pointer}" if fault.pointer else ""
        say(
            f"未通过校验的来件 {number} 仍不能接受 / still refused: "
            f"{label(fault.code, 'reason')} {fault.code}{where}"
        )
        if verdict.told is not None:
            show(document(verdict.told))
        raise typer.Exit(1)
    if verdict.prerequisite is not None:
        prerequisite = visible(waited_for(verdict.prerequisite))
        say(f"未通过校验的来件 {number} 现已合格，转为待关联，等待 / now parked: {prerequisite}")
        say("  到达后自动记入并释放 / taken and released when that arrives")
        return
    say(
        f"未通过校验的来件 {number} 已释放 / released: {visible(str(verdict.released_by))}，"
        f"账本位置 {verdict.released_at}"
    )


async def _shown(ledger: str, number: int, then: Then) -> tuple[Row, dict[str, Any]]:
    """A row, and what its source was told of it."""
    row = await one(QUARANTINE, ledger, number, then)
    async with database(ledger) as connection:
        base = (await adopted.at(connection, ledger)).site.url
        return row, document(await told.refused_as(connection, ledger, number), base)


async def _release(name: str, number: int, by: str | None) -> release.Verdict:
    async with database(name) as connection:
        ledger = await opening.open_ledger(connection, name, settings())
        if by is not None:
            sealer = Sealer(settings().secret, name)
            return await release.name_repair(connection, sealer, name, number, by)
        intake = Intake(ledger, settings().secret)
        verdict = await release.judge_again(connection, intake, number)
        if settings().kafka is None:
            await working.follow(connection, name)
        return verdict


async def _release_all(
    name: str, reason: str | None, source: str | None, by: str | None
) -> Counter[str]:
    async with database(name) as connection:
        ledger = await opening.open_ledger(connection, name, settings())
        intake = Intake(ledger, settings().secret)
        which: dict[str, Any] = {"reason": reason, "source": source}
        with progress() as bars:
            advance = bars.counting("再判", "件 messages")
            if by is not None:
                sealer = intake.sealer
                count = await release.name_repairs(
                    connection, sealer, name, by, progress=advance, **which
                )
                return Counter(released=count)
            ended = await release.judge_all_again(connection, intake, progress=advance, **which)
        if settings().kafka is None:
            await working.follow(connection, name)
        return ended


def _report(ended: Counter[str]) -> None:
    say(
        f"已释放 {ended['released']} 件，转为待关联 {ended['parked']} 件，"
        f"仍不能接受 {ended['refused']} 件，未留存原字节 {ended['lacking']} 件"
        " / released, parked, refused again, bytes not kept"
    )
    if ended["refused"] or ended["lacking"]:
        raise typer.Exit(1)


@quarantine.command("resend")
def resend_quarantine(
    source: Annotated[str, typer.Option("--source", help="来源系统 / source")],
    output: Annotated[Path, typer.Option("-o", "--output", help="清单文件，每行一件 / JSON Lines")],
    since: Annotated[
        str | None, typer.Option("--since", metavar="DAY", help="此日起收到的 / received since")
    ] = None,
    reason: ReasonOption = None,
    ledger: LedgerOption = OURS,
) -> None:
    """写出来源须重新报送的清单：编号、分区和偏移、全部原因 / what a source must send again.

    每行即该件的回执；改正后用原编号重发，或者用新编号并照抄其中的 mends，记入后自动了结。
    """
    writable(output)
    begin = EPOCH if since is None else datetime.combine(day_of(since), time(), SHANGHAI)
    count = run(_list(ledger, source, begin, reason, output))
    say(f"{output}：{count} 件待重新报送 / to be sent again")


async def _list(ledger: str, source: str, since: datetime, reason: str | None, output: Path) -> int:
    count = last = 0
    async with database(ledger) as connection:
        base = (await adopted.at(connection, ledger)).site.url
        with output.open("w", encoding="utf-8") as file:
            while found := await told.refused_of(
                connection, ledger, source, since, reason, last, LISTED_AT_ONCE
            ):
                for each in found:
                    file.write(json.dumps(document(each, base), ensure_ascii=False) + "\n")
                count += len(found)
                last = found[-1].number or 0
    return count


LISTED_AT_ONCE = 1_000


async def _sealed(ledger: str, number: int) -> bytes:
    async with database(ledger) as connection:
        return await aside.sealed(connection, QUARANTINE, ledger, number)


def _write_raw(to: str, ledger: str, sealed: bytes) -> None:
    """The received bytes, into a file that only its owner may read, or to standard output."""
    content = Sealer(settings().secret, ledger).unbox(sealed)
    console.print(f"{LOOK} 原字节可能含个人信息，用后销毁 / may hold personal data")
    if to == "-" and sys.stdout.isatty():
        say(visible(content.decode("utf-8", "backslashreplace")))
        return
    if to == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    file = Path(to)
    file.touch(PRIVATE)
    file.chmod(PRIVATE)
    file.write_bytes(content)
    say(f"{to}：{len(content)} 字节 / bytes")
