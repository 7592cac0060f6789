"""`mingjian restore`: the ledger and its read models from the topic alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.console import OURS, LedgerOption, database, progress, refuse, run, say, with_kafka
from infra.settings import Settings
from ledger import unpublished
from ledger.seal import Sealer
from projections import opening
from rules import working
from upkeep.keys import KeysRefused, import_keys
from upkeep.refused import Refused
from upkeep.restore import Restored, restore_ledger

FOR = "operator"


def restore(
    ledger: LedgerOption = OURS,
    keys_file: Annotated[
        Path | None,
        typer.Option(
            "--keys", exists=True, dir_okay=False, help="人员密钥文件 / written by keys export"
        ),
    ] = None,
) -> None:
    """由账本主题恢复账本与读模型 / the ledger and its read models from the topic alone.

    数据库须为空，或所存记录与主题一致（旧备份、中断的恢复） / the database must be empty, or hold
    the topic's own first entries: an old backup, an interrupted restore.
    """
    given = with_kafka()
    try:
        done = run(_restore(given, ledger, keys_file))
    except (Refused, KeysRefused) as error:
        raise refuse(error) from error
    say(
        f"恢复 {done.written} 条，原有 {done.compared} 条与主题一致"
        f" / {done.written} entries restored, {done.compared} were there and are equal"
    )
    for what, runs in (
        ("账本主题 / ledger topic", done.foreign),
        ("经办日志主题 / journal topic", done.foreign_notes),
    ):
        if runs.count:
            say(f"{what}：略过外来消息 / foreign records passed {runs.count}，偏移 at {runs}")
    if done.unproven:
        say(
            f"{done.unproven} 条为 0.1.0 所记且涉及人员，无从核对出自本账本；与备份或公布的数字核对"
            f" / {done.unproven} entries of 0.1.0 name persons: nothing shows who wrote them"
        )
    if done.without_key:
        say(
            f"{done.without_key} 人没有密钥，其封存部分打不开；开始接收之前用 --keys 恢复"
            f" / {done.without_key} persons without a key: restore --keys before taking events in"
        )


async def _restore(given: Settings, ledger: str, keys_file: Path | None) -> Restored:
    async with database(create=True) as connection:
        await opening.prepare(connection)
        if keys_file is not None:
            await import_keys(connection, Sealer(given.secret, ledger), ledger, keys_file)
        with progress() as bars:
            follow = bars.following("恢复", "条 entries")
            done = await restore_ledger(connection, given, ledger, follow)
        total = (await unpublished.heads(connection, ledger)).accepted
        with progress() as bars:
            advance = bars.counting("投影", "条 entries", total)
            await working.follow(connection, ledger, advance)
    return done
