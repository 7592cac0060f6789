"""`mingjian answers`: worksheets that were filled in, as events, to be taken in as others are."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated

import typer

from cli.console import OURS, LedgerOption, database, out, refuse, run, writable
from domain.bureau.bureau import Bureau
from domain.calendar import SHANGHAI
from domain.event import Event
from domain.rectification import FindingDismissed
from ledger import adopted, sequences, store
from ledger.store import Ledger
from reports import worksheet
from reports.publishing import message
from reports.worksheet import WorksheetWrong

FOR = "clerk"


def answers(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="填好的疑点核实表 / worksheets")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="事件文件 / JSON Lines")],
    ledger: LedgerOption = OURS,
) -> None:
    """读回疑点核实表，写成事件文件，再由 ingest 记入 / what people found of findings, as events."""
    try:
        said = [fact for path in files for fact in worksheet.read(path)]
        writable(output)
    except (WorksheetWrong, OSError) as error:
        raise refuse(error) from None

    async def work() -> tuple[list[str], int]:
        async with database(ledger) as connection:
            source = source_of((await adopted.versions(connection, ledger)).latest)
            into = await store.find_ledger(connection, ledger)
            named = [(_id(fact), fact) for fact in said]
            known = await store.known_ids(connection, ledger, source, [name for name, _ in named])
            new = [(name, fact) for name, fact in named if name not in known]
            if into is None:
                return [], len(known)
            number = await sequences.following(connection, ledger, source)
            return [
                _line(*each, source, of_it, into) for of_it, each in enumerate(new, number)
            ], len(known)

    try:
        lines, known = run(work())
    except LookupError as error:
        raise refuse(error) from None
    output.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    out.print(
        f"{output}：{len(lines)} 条核查结论，另有 {known} 条已记入 / {len(lines)} new answers"
    )
    if lines:
        out.print(f"下一步：mingjian ingest {output}")


def source_of(bureau: Bureau) -> str:
    """The source that may say what people found. Raises LookupError."""
    kind = FindingDismissed.TYPE
    found = next((s.name for s in bureau.sources.values() if s.may(kind)), None)
    if found is None:
        raise LookupError("单位资料中没有可报送疑点核查（rectification）的来源系统")
    return found


def _id(fact: Event) -> str:
    """The same answer has the same id, however often its worksheet is read."""
    said = json.dumps([fact.TYPE, fact.model_dump(mode="json")], sort_keys=True)
    return f"hs-{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def _line(name: str, fact: Event, source: str, number: int, ledger: Ledger) -> str:
    on = datetime.combine(fact.occurred_on(), time(12), SHANGHAI)
    now = datetime.now(UTC)
    received = max(on, ledger.last_recorded_at or on) if ledger.sample else now
    said = message(fact, name, source, number, ledger, on, received.astimezone(SHANGHAI))
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))
