"""`mingjian models`: where each read model stands; leave out an entry that one cannot fold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple

import asyncpg
import typer

from cli.aside import Lists
from cli.console import (
    OURS,
    ByOption,
    JsonOption,
    LedgerOption,
    WhyOption,
    columns,
    database,
    out,
    print_json,
    run,
    say,
)
from infra.settings import settings
from ledger import journal
from ledger.journal import Note
from projections import tail
from projections.catalogue import READ_MODELS
from projections.checkpoint import Stand
from projections.read_model import MAX_POSITION
from projections.snapshot import reached, snapshot
from reports.shown import written_instant
from rules import asked
from rules.rule import Rule, rules
from upkeep.leaving_out import leave_out

FOR = "operator"

models = typer.Typer(
    cls=Lists,
    add_completion=False,
    help="读模型到哪里、停在哪里；不带子命令即列出 / where each read model stands",
)


class Worked(NamedTuple):
    """A rule, and how far it is worked out."""

    rule: Rule
    stand: Stand
    findings: int
    """That are known now."""

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "rule": self.rule.code,
            "position": self.stand.position,
            "findings": self.findings,
            "halted": _halted_json(self.stand),
        }


def _halted_json(stand: Stand) -> dict[str, Any] | None:
    halt = stand.halt
    if halt is None:
        return None
    return {"position": halt.position, "error": halt.error, "since": halt.since}


def _halted(stand: Stand) -> str:
    """Where it has halted, and since when."""
    if (halt := stand.halt) is None:
        return ""
    since = "" if halt.since is None else f"，自 {written_instant(halt.since.isoformat())}"
    return f"位置 {halt.position} 之前：{halt.error}{since}"


class Line(NamedTuple):
    """A read model of a ledger."""

    stand: Stand
    rows: int
    """That are known now."""
    left_out: dict[int, Note]

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "read_model": self.stand.read_model,
            "position": self.stand.position,
            "changed": self.stand.changed,
            "rows": self.rows,
            "halted": _halted_json(self.stand),
            "left_out": [
                {"position": p, "by": n.by, "why": n.why, "journal": n.number}
                for p, n in sorted(self.left_out.items())
            ],
        }


@models.command("list")
def list_models(ledger: LedgerOption = OURS, as_json: JsonOption = False) -> None:
    """列出读模型 / the read models: position, rows, where one has halted, what is left out."""
    lines, worked = run(_lines(ledger))
    if as_json:
        print_json([line.as_json() for line in lines] + [each.as_json() for each in worked])
        return
    numbers = ("位置", "行数")
    table = columns("读模型", *numbers, "停在", "略去", right=numbers)
    for stand, rows, left_out in lines:
        told = "；".join(
            f"位置 {p}（{note.by}：{note.why}）" for p, note in sorted(left_out.items())
        )
        table.add_row(stand.read_model, str(stand.position), str(rows), _halted(stand), told)
    out.print(table)
    _print_worked(worked)
    for stand, _, _ in lines:
        if (halt := stand.halt) is not None:
            out.print(
                f"{halt.read_model}：改正程序后 mingjian rebuild --model {halt.read_model}，"
                f"或 mingjian models leave-out {halt.read_model} {halt.position}"
                " --by WHO --why REASON / mend the code and rebuild, or leave that entry out",
                soft_wrap=True,
            )


def _print_worked(worked: Sequence[Worked]) -> None:
    numbers = ("位置", "疑点")
    table = columns("规则", "名称", *numbers, "停在", right=numbers)
    for rule, stand, found in worked:
        table.add_row(rule.code, rule.name, str(stand.position), str(found), _halted(stand))
    out.print(table)


@models.command("leave-out")
def leave_out_of_model(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="读模型 / the read model")],
    position: Annotated[
        int, typer.Argument(metavar="POSITION", help="停在的位置 / where it halts")
    ],
    by: ByOption,
    why: WhyOption,
    ledger: LedgerOption = OURS,
) -> None:
    """决定读模型略去它读不了的一条记录，记入经办日志 / leave out an entry that it cannot fold.

    账本中的记录不变；略去的一直标明 / the entry stays in the ledger, and it stays told.
    """
    if model not in {one.name for one in READ_MODELS}:
        known = ", ".join(one.name for one in READ_MODELS)
        raise typer.BadParameter(f"没有读模型 {model}；有 / there is no such read model: {known}")
    said = journal.said(by, why)

    async def work() -> tuple[int, Stand | None]:
        async with database(ledger) as connection:
            number = await leave_out(connection, settings().secret, ledger, model, position, said)
            only = [one for one in READ_MODELS if one.name == model]
            await tail.catch_up(connection, ledger, only)
            async with snapshot(connection):
                return number, (await reached(connection, ledger)).get(model)

    number, stand = run(work())
    say(f"{model}：略去位置 {position}，经办日志 {number} / left out, journal {number}")
    if stand is None:
        say("接着重建 / go on with the rebuild: mingjian rebuild")
    elif (halt := stand.halt) is not None:
        say(f"又停在位置 {halt.position} 之前 / halted again: {halt.error}")
        raise typer.Exit(1)
    else:
        say(f"已到位置 {stand.position} / now at {stand.position}")


async def _lines(ledger: str) -> tuple[list[Line], list[Worked]]:
    async with database(ledger) as connection, snapshot(connection):
        stands = await reached(connection, ledger)
        notes = await journal.left_out(connection, ledger, stands)
        lines = [
            Line(stand, await _rows(connection, ledger, name), notes.get(name, {}))
            for name, stand in sorted(stands.items())
        ]
        return lines, await _worked(connection, ledger)


async def _worked(connection: asyncpg.Connection, ledger: str) -> list[Worked]:
    """How far each rule is; none where read models of before there were findings serve."""
    stood = await asked.worked_out(connection, ledger)
    now = Counter(
        each.rule.code for each in await asked.standing(connection, ledger, MAX_POSITION - 1)
    )
    return [
        Worked(rule, stood[rule.code], now[rule.code]) for rule in rules() if rule.code in stood
    ]


async def _rows(connection: asyncpg.Connection, ledger: str, name: str) -> int:
    count: int = await connection.fetchval(
        f"SELECT count(*) FROM {name} WHERE ledger = $1 AND known_to = {MAX_POSITION}", ledger
    )
    return count
