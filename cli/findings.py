"""`mingjian findings`: what breaks a rule of law, as it stands at the moment asked about."""

from __future__ import annotations

from typing import Any

from cli.console import OURS, JsonOption, LedgerOption, columns, out, print_json, run
from cli.moment import AsofOption, AtOption, KnownOption, PeriodOption, answer, print_notes
from domain.money import format_yuan
from projections.snapshot import snapshot
from reports import reads
from reports.lacks import Answerable, answerable
from reports.moment import Moment
from reports.shown import json_value
from rules import rule


def findings(
    period: PeriodOption = "2024",
    ledger: LedgerOption = OURS,
    asof: AsofOption = None,
    known: KnownOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """疑点 / what breaks a rule of law, as it stands at the moment asked about."""

    async def asked(connection: Any, moment: Moment) -> tuple[list[rule.Finding], Answerable]:
        read = frozenset[str]().union(*(reads.named(one.rows) for one in rule.rules()))
        async with snapshot(connection):
            then = await answerable(connection, moment, read)
            return await rule.findings(connection, then.moment.parameters), then

    answered = run(answer(asked, ledger, period, asof, known, at))
    findings, (moment, lacks) = answered.said
    if as_json:
        print_json(
            [
                {"rule": found.rule.code, "name": found.rule.name}
                | {name: json_value(value) for name, value in found.row.items()}
                | answered.as_json()
                | lacks.as_json()
                | {"at": moment.at, "final": moment.final}
                for found in findings
            ]
        )
        return
    table = columns("疑点", "对象", "位置", "日期", "金额（元）", "说明")
    for found in findings:
        row = found.row
        table.add_row(
            found.rule.name,
            row["subject"],
            str(row["position"]),
            str(row["on_date"]),
            format_yuan(row["amount_fen"]),
            row["what"],
        )
    out.print(table)
    out.print(f"共 {len(findings)} 条 / {len(findings)} findings")
    print_notes(answered, known, [lacks])
