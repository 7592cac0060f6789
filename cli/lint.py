"""`mingjian lint`: what the ledger would do with events now; nothing is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.console import OURS, JsonOption, LedgerOption, columns, database, out, print_json, run, say
from cli.outcome import show
from domain.faults import Fault
from infra import bureaus
from infra.settings import settings
from ledger import files
from ledger.linting import read
from ledger.outcomes import Item
from ledger.records import Record
from ledger.seal import Sealer
from ledger.store import Ledger
from upkeep import linting

FOR = "publisher"
MOST = 10_000
"""Events judged together: the second may rest on the first."""


def lint(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)
    ],
    ledger: LedgerOption = OURS,
    contract: Annotated[
        bool, typer.Option("--contract", help="只对照合同，不用数据库 / by the contract alone")
    ] = False,
    replay: Annotated[
        bool, typer.Option("--replay", help="与 --contract 同用：回放账本的来件 / for a replay")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """预检事件文件（JSON Lines），不留存 / what would become of a file; nothing is kept.

    有未通过校验的即以 1 退出 / exits with 1 if anything would be quarantined.
    """
    with path.open("rb") as file:
        lines = list(files.read_lines(file))
    if contract:
        _by_contract(lines, ledger, replay=replay, as_json=as_json)
        return
    if len(lines) > MOST:
        raise typer.BadParameter(f"一次最多 {MOST} 条 / at most {MOST} events at a time")

    async def work() -> linting.Linted:
        async with database(ledger) as connection:
            return await linting.lint(connection, settings(), ledger, lines)

    found = linting.document(run(work()))
    if as_json:
        print_json(found)
    else:
        _print(found)
    if any(each["outcome"] == "quarantined" for each in found["events"]):
        raise typer.Exit(1)


def _print(found: dict[str, Any]) -> None:
    for number, each in enumerate(found["events"], start=1):
        say(f"第 {number} 条 / event {number}")
        show(each)
    if found["figures"] is None:
        say(f"指标 / figures：{found['why']}")
    elif found["figures"]:
        numbers = ("现在", "之后")
        table = columns("指标", "名称", "年", *numbers, "单位", right=numbers)
        for move in found["figures"]:
            values = (str(move["before"]), str(move["after"]))
            table.add_row(move["id"], move["name"], str(move["year"]), *values, move["unit"])
        out.print(table)
    say(f"共 {len(found['events'])} 条，没有留存 / events; nothing was kept")


def _by_contract(lines: list[bytes], name: str, *, replay: bool, as_json: bool) -> None:
    """What the contract says of each line, without a database."""
    given = settings()
    records = [Record(raw, f"lint:{number}") for number, raw in enumerate(lines, start=1)]
    ledger = Ledger(name, "replay" if replay else "live", given.sample, 0, None)
    items = read(records, ledger, bureaus.ours(given), Sealer(given.secret, name))
    if as_json:
        print_json([[fault._asdict() for fault in item.faults] for item in items])
    for number, item in enumerate(items, start=1):
        for fault in () if as_json else item.faults:
            say(_line(number, item, fault))
    wrong = sum(bool(item.faults) for item in items)
    if not as_json:
        say(f"共 {len(items)} 条，{wrong} 条不合合同 / of {len(items)}, {wrong} do not fit")
    if wrong:
        raise typer.Exit(1)


def _line(number: int, item: Item, fault: Fault) -> str:
    name = item.name or "—"
    return f"{number}：{name} ✗ {fault.code} {fault.pointer}：{fault.expected}"
