"""`mingjian journal`: what was done to a ledger, and what became of all that is no entry."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.aside import Lists, instant
from cli.console import (
    MOST,
    OURS,
    JsonOption,
    LedgerOption,
    columns,
    database,
    out,
    print_json,
    run,
)
from ledger import journal as records
from ledger import store
from ledger.journal import Note
from ledger.store import LedgerMissing
from reports.shown import label

FOR = "auditor"

journal = typer.Typer(
    cls=Lists,
    add_completion=False,
    help="经办日志：记录之外的一切，何时、何事、何人、为何；不带子命令即列出 / the journal",
)


@journal.command("list")
def list_journal(
    last: Annotated[
        int,
        typer.Option("--last", min=0, max=MOST, help="只列最后几条；0 为全部 / the last; 0: all"),
    ] = 100,
    ledger: LedgerOption = OURS,
    as_json: JsonOption = False,
) -> None:
    """列出经办日志，最早的在前 / list the journal, the oldest first."""
    notes = run(_read(ledger, last))
    if as_json:
        print_json([_as_json(note) for note in notes])
        return
    numbers = ("编号", "账本位置")
    table = columns("编号", "时间", "何事", "对象", "账本位置", "经办人", "事由", right=numbers)
    for note in notes:
        table.add_row(
            str(note.number),
            instant(note.recorded_at),
            f"{label(note.kind, 'journal')} {note.kind}",
            note.subject,
            str(note.position),
            note.by or "",
            note.why or "",
        )
    if notes:
        out.print(table)
    out.print(f"共 {len(notes)} 条 / records")


def _as_json(note: Note) -> dict[str, Any]:
    facts = note._asdict() | {"detail": note.facts}
    facts["detail"].pop("folder", None)  # mingjian bureau adopted -o
    del facts["mac"]
    return facts


async def _read(ledger: str, last: int) -> list[Note]:
    async with database(ledger) as connection:
        counters = await store.find_ledger(connection, ledger)
        if counters is None:
            raise LedgerMissing(ledger)
        after = max(0, counters.journal - last) if last else 0
        return await records.read(connection, ledger, after, limit=counters.journal)
