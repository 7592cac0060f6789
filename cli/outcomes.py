"""`mingjian outcomes SOURCE`: what became of all that a source sent, from any point on."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from cli.console import OURS, JsonOption, LedgerOption, columns, database, out, run, say
from cli.outcome import SourceArgument
from ledger import adopted, told
from reports.shown import label
from rules.outcomes import document

FOR = "publisher"
AT_ONCE = 1_000

AfterOption = Annotated[
    str | None,
    typer.Option("--after", metavar="CURSOR", help="此后的，如 0.0 / after a cursor"),
]


def outcomes(
    source: SourceArgument,
    after: AfterOption = None,
    ledger: LedgerOption = OURS,
    as_json: JsonOption = False,
) -> None:
    """某一来源此后的全部处理结果，按入账次序 / outcomes of a source, in the order of the record.

    用 --json 时每行一份回执，末行为续读的游标 / with --json one document a line, the cursor last.
    """
    run(_print(ledger, source, after, as_json=as_json))


async def _print(ledger: str, source: str, after: str | None, *, as_json: bool) -> None:
    async with database(ledger) as connection:
        base = (await adopted.at(connection, ledger)).site.url
        count, cursor = 0, after
        table = columns("时间", "编号", "结果", "账本位置", "缘由", right=("账本位置",))
        while True:
            found, cursor = await told.outcomes_after(connection, ledger, source, cursor, AT_ONCE)
            if not found:
                break
            count += len(found)
            for each in found:
                said = document(each, base)
                if as_json:
                    say(json.dumps(said, ensure_ascii=False))
                    continue
                settled = said.get("settled", {}).get("how", "")
                table.add_row(
                    said.get("recorded_at", "")[:19].replace("T", " "),
                    said["id"] or said.get("offset") or "",
                    label(said["outcome"], "outcome") + (f"（{settled}）" if settled else ""),
                    str(said.get("position", "")),
                    said.get("reason") or "、".join(w["name"] for w in said.get("warnings", ())),
                )
        if as_json:
            say(json.dumps({"next": cursor}))
            return
        if count:
            out.print(table)
        out.print(f"共 {count} 条；续读 / read on: mingjian outcomes {source} --after {cursor}")
