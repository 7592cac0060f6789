"""`mingjian verify`: is what the ledger holds what was recorded, everything worked out again."""

from __future__ import annotations

import typer

from cli.console import (
    OURS,
    JsonOption,
    LedgerOption,
    columns,
    database,
    out,
    print_json,
    progress,
    run,
)
from domain.codes import labels_of
from infra.settings import settings
from upkeep.verification import driver
from upkeep.verification.difference import Kind
from upkeep.verification.driver import Verified

FOR = "auditor"


def verify(ledger: LedgerOption = OURS, as_json: JsonOption = False) -> None:
    """核验：由所存内容重新计算，逐项对照，不作改动 / is what is held what was recorded; read only.

    退出码 / exit：0 相符 as recorded，1 有差异 different.
    """
    made = run(verified(ledger))
    if as_json:
        print_json(made.as_json())
    else:
        print_verified(made)
    if made.differences:
        raise typer.Exit(1)


async def verified(ledger: str) -> Verified:
    """Verify a ledger, with bars; raises LedgerMissing, LedgerRestoring, WrongSecret."""
    async with database(ledger, proven=False) as connection:
        with progress() as bars:
            given = settings()
            return await driver.verify(
                connection, given.secret, ledger, given.kafka_prefix, bars.counting
            )


def print_verified(made: Verified) -> None:
    """What was checked, and the first difference of each kind."""
    checked = made.entries
    forgotten = (
        f"，{checked.forgotten:,} 处个人信息已无密钥（只核叶值）" if checked.forgotten else ""
    )
    lacking = f"（{made.lacking:,} 条缺原字节 without bytes）" if made.lacking else ""
    rows = "未核对（旧版在用或尚未建立）" if made.rows is None else f"{made.rows:,} 行"
    out.print(
        f"记录 entries {checked.entries:,}，"
        f"其中打开个人信息 persons {checked.persons:,} 处{forgotten}；"
        f"经办日志 journal {made.ledger.journal:,} 条，"
        f"待关联和未通过校验 put aside {made.put_aside:,} 条{lacking}；"
        f"读模型 read models {rows}",
        soft_wrap=True,
    )
    if not made.differences:
        out.print("✓ 与所记相符 / as recorded")
        return
    names = labels_of(Kind)
    table = columns("差异", "处数", "首处 / first", right=("处数",))
    for kind, found in made.differences.kinds.items():
        table.add_row(f"{names[kind]} {kind}", f"{found.count:,}", found.first.text)
    out.print(table)
    out.print(f"✗ 共 {made.differences.total:,} 处差异 / differences")
