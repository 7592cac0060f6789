"""`mingjian waiting`: all that waits for somebody, who must act, and since when."""

from __future__ import annotations

from cli.aside import instant, yuan
from cli.console import OURS, JsonOption, LedgerOption, columns, database, out, print_json, run
from ledger.store import LedgerMissing, find_ledger
from reports import waiting as all_waiting
from reports.waiting import Waits

FOR = "clerk"


def waiting(ledger: LedgerOption = OURS, as_json: JsonOption = False) -> None:
    """待办：等什么、谁来办、从何时起 / all that waits: who must act, since when."""
    found = run(_waiting(ledger))
    if as_json:
        print_json([each.as_json() for each in found])
        return
    numbers = ("条数", "声称金额（元）")
    table = columns("待办", "何事", *numbers, "从何时起", "谁来办", "怎么办", right=numbers)
    for each in found:
        table.add_row(
            each.title,
            each.about,
            str(each.rows),
            yuan(each.claims_fen or None),
            "" if each.since is None else instant(each.since),
            each.actor,
            each.remedy,
        )
    if found:
        out.print(table)
    out.print(f"共 {len(found)} 项 / {len(found)} kinds of things wait")


async def _waiting(name: str) -> list[Waits]:
    async with database(name) as connection:
        ledger = await find_ledger(connection, name)
        if ledger is None:
            raise LedgerMissing(name)
        return await all_waiting.waiting(connection, ledger)
