"""`mingjian parked`: events that wait for what they refer to; list, show."""

from __future__ import annotations

from typing import Any

import typer

from cli.aside import (
    Lists,
    NumberArgument,
    SettledOption,
    Then,
    became,
    clock,
    frees,
    instant,
    list_aside,
    one,
    what_it_says,
)
from cli.console import (
    OURS,
    JsonOption,
    LedgerOption,
    database,
    out,
    print_facts,
    print_json,
    run,
)
from cli.moment import AtOption, KnownOption
from infra.visible import visible
from ledger import told
from ledger.aside import PARKED
from reports.shown import waited_for
from rules.outcomes import document

FOR = "publisher"

parked = typer.Typer(
    cls=Lists,
    add_completion=False,
    help="待关联：所依据的事项尚未到达的事件；到达后自动记入，无需释放。不带子命令即列出"
    " / events that wait for what they refer to; taken by themselves when that arrives",
)


@parked.command("list")
def list_parked(
    ledger: LedgerOption = OURS,
    settled: SettledOption = False,
    known: KnownOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出待关联的事件及其所等 / events that wait, and for what."""
    list_aside(PARKED, ledger, Then(known, at), settled=settled, as_json=as_json)


@parked.command("show")
def show_parked(
    number: NumberArgument,
    ledger: LedgerOption = OURS,
    known: KnownOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """一件待关联的事件：等什么，等了多久，什么会使它记入 / what it waits for."""

    async def work() -> tuple[dict[str, Any], int, list[str]]:
        row = await one(PARKED, ledger, number, Then(known, at))
        async with database(ledger) as connection:
            row["told"] = document(await told.parked_as(connection, ledger, number))
            since = await clock(connection, ledger) - row["parked_at"]
            return row, max(since.days, 0), await frees(connection, ledger, row["waits_for"])

    row, days, freed_by = run(work())
    if row["taken_at"] is None:
        row |= {"days": days, "freed_by": freed_by}
    if as_json:
        print_json(row)
        return
    facts = {
        "等待": waited_for(row["waits_for"]),
        **what_it_says(row),
        "待关联": f"{instant(row['parked_at'])}，当时账本位置 {row['position']}",
        "出处": row["origin"],
    }
    if row["taken_at"] is None:
        facts |= {"已等": f"{days} 天", "何时记入": "下列到达后自动记入 / taken when this arrives:"}
    else:
        english = "refused, in quarantine" if row["accepted_at"] is None else "taken"
        facts["结果"] = f"{became(row)}，不再等待 / {english}"
    print_facts(f"待关联的来件 {number} / parked {number}", facts)
    if row["taken_at"] is None:
        for line in freed_by:
            out.print(f"  {visible(line)}")
