"""`mingjian person forget`, `restrict`, `hold` …: what is ordered about a person's data."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer

from cli.aside import instant
from cli.console import (
    LOOK,
    OURS,
    ByOption,
    LedgerOption,
    columns,
    console,
    database,
    refuse,
    run,
    say,
)
from cli.person_who import (
    RESIDENT,
    FileOption,
    KindOption,
    PurposeOption,
    RefOption,
    asked,
    sealer_of,
)
from ledger import forgetting, journal, looks, mentions, restraints
from ledger.forgetting import Forgotten, MustBeKept
from ledger.journal import Said
from ledger.restraints import HOLD, PERSON, WHOLE, What
from ledger.seal import Sealer

StreamOption = Annotated[
    str | None,
    typer.Option("--stream", metavar="STREAM", help="一个个案、一个对象 / one stream"),
]
WholeOption = Annotated[bool, typer.Option("--whole-ledger", help="整个账本 / the whole ledger")]


def forget(
    by: ByOption,
    purpose: PurposeOption,
    ref: RefOption = None,
    file: FileOption = None,
    kind: KindOption = RESIDENT,
    ledger: LedgerOption = OURS,
) -> None:
    """遗忘一人：一人提出，另一人办理；期限未满的不予办理 / two people, and no period that runs.

    第一次执行为提出，由另一人再次执行即办理，不可恢复 / the second one's call cannot be undone.
    """
    said, sealer = journal.said(by, purpose, looks.ASKED), sealer_of(ledger)
    whom = asked(sealer, ref, file, kind)

    async def work() -> forgetting.Order | Forgotten:
        async with database(ledger) as connection:
            return await forgetting.forget(connection, sealer, ledger, whom.ref, said, whom.known)

    try:
        done = run(work())
    except MustBeKept as error:
        _print_running(error)
        raise refuse(error) from error
    if isinstance(done, Forgotten):
        _print_forgotten(done)
        return
    say(
        f"已提出（经办日志第 {done.number} 条）；"
        f"另一人在 {instant(done.until)} 之前执行同一命令即办理"
        " / ordered: another person carries it out with the same command"
    )


def _print_running(error: MustBeKept) -> None:
    table = columns("何项", "缘由", "依据", "至")
    for each in error.running:
        until = "—" if each.until is None else str(each.until)
        table.add_row(each.subject, each.why, each.basis, until)
    console.print(table)


def _print_forgotten(done: Forgotten) -> None:
    say(
        f"已遗忘（经办日志第 {done.number} 条）："
        f"{done.entries} 条记录中的 {done.parts} 处不再可读，"
        f"{len(done.blanked)} 件封存来件的原字节已销毁"
        f" / forgotten: {done.parts} parts of {done.entries} entries, {len(done.blanked)} messages"
    )
    for copy in done.doubtful:
        console.print(f"{LOOK} {copy.table} {copy.number} 只有姓名相同，请核 / holds the name only")
    console.print(
        f"{LOOK} 尚在别处的：早先的数据库备份和 WAL、人员密钥备份、各来源接收主题（30 天）；"
        "见 docs/operating.md 的 What goes, and when 一表 / copies elsewhere: see docs/operating.md"
    )


def restrict(
    by: ByOption,
    purpose: PurposeOption,
    ref: RefOption = None,
    file: FileOption = None,
    kind: KindOption = RESIDENT,
    ledger: LedgerOption = OURS,
) -> None:
    """限制处理：只存储，不再查阅和使用 / stored, and not otherwise processed."""
    _restrain(
        "restriction",
        restraints.begin,
        journal.said(by, purpose, looks.ASKED),
        ref,
        file,
        kind,
        ledger,
    )


def unrestrict(
    by: ByOption,
    purpose: PurposeOption,
    ref: RefOption = None,
    file: FileOption = None,
    kind: KindOption = RESIDENT,
    ledger: LedgerOption = OURS,
) -> None:
    """解除限制处理 / process it again."""
    _restrain(
        "restriction",
        restraints.end,
        journal.said(by, purpose, looks.ASKED),
        ref,
        file,
        kind,
        ledger,
    )


def hold(
    by: ByOption,
    purpose: PurposeOption,
    ref: RefOption = None,
    file: FileOption = None,
    kind: KindOption = RESIDENT,
    stream: StreamOption = None,
    whole: WholeOption = False,
    ledger: LedgerOption = OURS,
) -> None:
    """设审计留存：一人、一个对象或整个账本，其间不得遗忘 / an audit hold: nothing is forgotten."""
    said = journal.said(by, purpose, looks.ASKED)
    _restrain("hold", restraints.begin, said, ref, file, kind, ledger, _of(stream, whole=whole))


def release_hold(
    by: ByOption,
    purpose: PurposeOption,
    ref: RefOption = None,
    file: FileOption = None,
    kind: KindOption = RESIDENT,
    stream: StreamOption = None,
    whole: WholeOption = False,
    ledger: LedgerOption = OURS,
) -> None:
    """解除审计留存 / end an audit hold."""
    said = journal.said(by, purpose, looks.ASKED)
    _restrain("hold", restraints.end, said, ref, file, kind, ledger, _of(stream, whole=whole))


def _of(stream: str | None, *, whole: bool) -> str | None:
    """What is held, where it is no person."""
    if whole:
        return f"{HOLD}{WHOLE}"
    return None if stream is None else f"{HOLD}stream/{stream}"


Restrain = Callable[[asyncpg.Connection, Sealer, str, What, str, Said], Coroutine[Any, Any, int]]


def _restrain(
    what: What,
    do: Restrain,
    said: Said,
    ref: str | None,
    file: Path | None,
    kind: str,
    ledger: str,
    subject: str | None = None,
) -> None:
    sealer = sealer_of(ledger)
    whom = None if subject is not None else asked(sealer, ref, file, kind)

    async def work() -> tuple[str, int]:
        async with database(ledger) as connection:
            of = subject
            if whom is not None:
                refs = await mentions.pseudonyms(connection, ledger, whom.ref)
                of = f"{HOLD if what == 'hold' else ''}{PERSON}{refs[0]}"
            return str(of), await do(connection, sealer, ledger, what, str(of), said)

    of, number = run(work())
    say(f"{of}：已记入经办日志第 {number} 条 / record {number} of the journal")
