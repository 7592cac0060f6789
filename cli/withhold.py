"""`mingjian withhold`: a number or a name that no view shows any more."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from cli.aside import NumberArgument, instant
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
    refuse,
    run,
    say,
)
from infra.settings import settings
from ledger import journal, secret, withheld
from ledger.withheld import MARK, CannotWithhold, Piece, Place, Withheld
from reports.shown import fact

FOR = "clerk"
SHOWN = 10
"""Places that are listed; all are counted."""

withhold = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="隐去公开文字中的个人信息，今后各处各时点都不再显示 / text that no view shows any more",
)


@withhold.command()
def text(
    by: ByOption,
    why: WhyOption,
    entry: Annotated[
        int | None,
        typer.Option("--entry", metavar="N", help="在哪条记录中，默认第一条 / in which entry"),
    ] = None,
    everywhere: Annotated[
        bool,
        typer.Option(
            "--everywhere",
            help="不是号码的短文字，也处处隐去 / also a short text that is no number",
        ),
    ] = False,
    ledger: LedgerOption = OURS,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 / do not ask")] = False,
) -> None:
    """隐去一段文字；文字从标准输入读，第二行可写上下文 / the text is read from standard input.

    第一行是要隐去的文字，第二行（可不写）是它所在的上下文：只在这样的上下文中隐去。
    """
    said = journal.said(by, why)
    piece = _asked()
    if not (withheld.is_number(piece.text) or piece.before or piece.after or everywhere):
        raise refuse(
            "这段文字不是号码，别处也可能有：第二行写明它所在的上下文，或用 --everywhere"
            " / no number: give the words around it as second line, or --everywhere"
        )

    async def find() -> list[Place]:
        async with database(ledger) as connection, connection.transaction(readonly=True):
            return await withheld.places(connection, ledger, piece)

    found = run(find())
    here = [place for place in found if entry in (None, place.position)]
    if not here:
        raise refuse(
            "账本的记录中没有这段文字，或已经隐去 / no entry holds this text, or it is withheld"
        )
    _print_places(found)
    try:
        withheld.require_readable(found)
    except CannotWithhold as error:
        raise refuse(error) from error
    if not yes and not typer.confirm(
        "今后各处各时点都不再显示，是否隐去？/ withhold it?", err=True
    ):
        raise typer.Exit(1)

    async def work() -> int:
        async with database(ledger) as connection:
            sealer = await secret.sealer(connection, settings().secret, ledger)
            async with journal.deed(connection, sealer, ledger) as deed:
                return withheld.withhold(deed, piece, here[0], said)

    try:
        number = run(work())
    except CannotWithhold as error:
        raise refuse(error) from error
    say(f"经办日志第 {number} 条：已隐去，显示为{MARK} / withheld")


def _asked() -> Piece:
    """It is on no command line: those stand in histories and lists of processes."""
    if sys.stdin.isatty():
        console.print("要隐去的文字 / the text:")
    lines = [sys.stdin.readline().rstrip("\r\n")]
    if sys.stdin.isatty():
        console.print("它所在的上下文，可空 / the words around it, may be empty:")
    lines.append(sys.stdin.readline().rstrip("\r\n"))
    try:
        return withheld.piece_of(*lines)
    except CannotWithhold as error:
        raise refuse(error) from error


def _print_places(found: Sequence[Place]) -> None:
    """Where it stands, without repeating it."""
    console.print(f"{LOOK} 记录中共 {len(found)} 处 / places")
    for place in found[:SHOWN]:
        console.print(f"  #{place.position}  {fact(place.type)}  {place.pointer}")
    if len(found) > SHOWN:
        console.print(f"  … 其余 {len(found) - SHOWN} 处 / more")


@withhold.command("list")
def list_withheld(ledger: LedgerOption = OURS, as_json: JsonOption = False) -> None:
    """列出隐去的文字在何处、何人、为何 / where texts are withheld, by whom and why."""

    async def work() -> list[Withheld]:
        async with database(ledger) as connection:
            return await withheld.read(connection, ledger)

    found = run(work())
    if as_json:
        print_json(
            [
                {"number": each.number, "at": each.at, "position": each.position}
                | {"pointer": each.pointer, "by": each.by, "why": each.why}
                | {"shown_again": each.shown_again is not None}
                for each in found
            ]
        )
        return
    table = columns(
        "编号", "时间", "记录", "字段", "经办人", "事由", "状态", right=("编号", "记录")
    )
    for each in found:
        state = "已恢复显示" if each.shown_again else "隐去"
        where = (str(each.position), each.pointer)
        table.add_row(str(each.number), instant(each.at), *where, each.by, each.why, state)
    if found:
        out.print(table)
    out.print(f"共 {len(found)} 条 / records")


@withhold.command("show-again")
def show_again(
    number: NumberArgument, by: ByOption, why: WhyOption, ledger: LedgerOption = OURS
) -> None:
    """误隐去的文字恢复显示 / what was withheld by mistake is shown again."""
    said = journal.said(by, why)

    async def work() -> None:
        async with database(ledger) as connection:
            sealer = await secret.sealer(connection, settings().secret, ledger)
            async with journal.deed(connection, sealer, ledger) as deed:
                await withheld.show_again(deed, number, said)

    try:
        run(work())
    except CannotWithhold as error:
        raise refuse(error) from error
    say(f"经办日志第 {number} 条隐去的文字已恢复显示 / shown again")
