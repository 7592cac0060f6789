"""`mingjian findings`: what breaks a rule of law, as it stands at the moment asked about."""

from __future__ import annotations

from typing import Any

from cli.console import OURS, JsonOption, LedgerOption, columns, out, print_json, run
from cli.moment import AsofOption, AtOption, KnownOption, PeriodOption, answer, print_notes
from domain.money import format_yuan
from ledger import adopted
from projections.snapshot import snapshot
from reports.lacks import Answerable, answerable
from reports.moment import Moment
from reports.shown import json_value
from rules import evaluation
from rules.rule import Found, Rule, rules

Named = tuple[Rule, str, Found]
"""What a rule found about a subject."""


def findings(
    period: PeriodOption = "2024",
    ledger: LedgerOption = OURS,
    asof: AsofOption = None,
    known: KnownOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """疑点 / what breaks a rule of law, as it stands at the moment asked about."""

    async def asked(connection: Any, moment: Moment) -> tuple[list[Named], Answerable]:
        read = frozenset[str]().union(*(one.needs for one in rules()))
        found: list[Named] = []
        async with snapshot(connection):
            then = await answerable(connection, moment, read)
            name, at, _, on = then.moment.parameters
            bureaus = await adopted.versions(connection, name)
            for rule in rules():
                whole = await evaluation.whole(connection, rule, name, at, bureaus)
                found += [(rule, *one) for one in whole if one[1].valid_from <= on]
        return found, then

    answered = run(answer(asked, ledger, period, asof, known, at))
    findings, (moment, lacks) = answered.said
    if as_json:
        print_json(
            [
                {"rule": rule.code, "name": rule.name, "subject": subject}
                | {name: json_value(value) for name, value in found._asdict().items()}
                | answered.as_json()
                | lacks.as_json()
                | {"at": moment.at, "final": moment.final}
                for rule, subject, found in findings
            ]
        )
        return
    table = columns("疑点", "对象", "位置", "日期", "金额（元）", "说明")
    for rule, subject, found in findings:
        table.add_row(
            rule.name,
            subject,
            str(found.position),
            str(found.on_date),
            "" if found.amount_fen is None else format_yuan(found.amount_fen),
            found.what,
        )
    out.print(table)
    out.print(f"共 {len(findings)} 条 / {len(findings)} findings")
    print_notes(answered, known, [lacks])
