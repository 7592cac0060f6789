"""`mingjian findings`: what breaks a rule of law, as it stands on a day and was known then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import asyncpg
import typer

from cli.console import OURS, JsonOption, LedgerOption, columns, database, out, print_json, run
from cli.moment import (
    Answered,
    AsofOption,
    AtOption,
    KnownOption,
    asked,
    print_notes,
)
from domain.bureau.bureau import Bureau
from domain.codes import label, labels_of
from domain.laws import in_chinese
from domain.money import format_yuan
from domain.rectification import FindingState
from ledger import adopted
from projections.checkpoint import Stand
from projections.snapshot import serving, snapshot
from reports import aside, worksheet
from reports.findings import json_of
from reports.lacks import Lacks, answerable
from reports.moment import Moment, day_of, recorded_to
from rules import asked as table
from rules.answers import CLOSING, Answer, answers, state_of
from rules.asked import Finding, Looked
from rules.rule import Severity, rules
from rules.touching import reads

FOR = "clerk"

SEVERITIES = {name: str(code) for code, name in labels_of(Severity).items()}
EARLIEST = date(1900, 1, 1)
CLOSED = {label(state, FindingState) for state in CLOSING}


class Said(NamedTuple):
    """What was found, of which rules, and how far it is worked out."""

    found: list[Finding]
    answers: dict[str, Answer]
    looked: list[Looked]
    behind: dict[str, int]
    """Rule → the position to which it is worked out, where that is before the one asked about."""
    lacks: Lacks


def findings(
    period: Annotated[
        str | None, typer.Option("--period", help="只列这一期间的事项 / only matters of a period")
    ] = None,
    ledger: LedgerOption = OURS,
    asof: AsofOption = None,
    known: KnownOption = None,
    at: AtOption = None,
    rule: Annotated[
        list[str] | None, typer.Option("--rule", metavar="CODE", help="只列这些规则 / only these")
    ] = None,
    severity: Annotated[
        str | None,
        typer.Option("--severity", metavar="CLASS", help="、".join(SEVERITIES)),
    ] = None,
    totals: Annotated[
        bool, typer.Option("--totals", help="按规则、月份合计 / totals by rule and month")
    ] = False,
    sheets: Annotated[
        Path | None,
        typer.Option("--sheets", metavar="DIR", help="按镇街写出疑点核实表（XLSX）/ worksheets"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """疑点：截至某日仍在的，默认截至账本最后记录之日 / what breaks a rule of law, as it stands."""
    codes, severity = _meant(rule, severity)
    if sheets is not None and not sheets.is_dir():
        raise typer.BadParameter(f"没有文件夹 {sheets}", param_hint="--sheets")

    async def work() -> Answered[Said]:
        async with database(ledger) as connection:
            moment = await _moment(connection, ledger, period, asof, known, at)
            waits = await aside.at(connection, moment)
            ahead = period is None and asof is None
            said = await _ask(connection, moment, codes, severity, ahead=ahead)
            bureau = (await adopted.versions(connection, ledger)).at(moment.at)
            reach = await recorded_to(connection, moment.ledger, moment.at)
            if sheets is not None:
                _write_sheets(sheets, said, bureau)
            return Answered(said, moment, waits, await serving(connection), reach)

    answered = run(work())
    if sheets is not None:
        return
    if as_json:
        beside = answered.as_json() | {"at": answered.moment.at}
        beside |= answered.said.lacks.as_json()
        beside |= {"asof": answered.moment.end.isoformat(), "behind": answered.said.behind}
        if totals:
            print_json([each | beside for each in _totals(answered.said.found)])
        else:
            print_json([_json(each, answered.said) | beside for each in answered.said.found])
        return
    if totals:
        _print_totals(answered.said.found)
    else:
        _print_found(answered.said)
    _print_looked(answered.said.looked)
    day, position = answered.moment.end, answered.moment.at
    out.print(f"截至 {day}，按位置 {position} 所知 / as of {day}, known at {position}")
    for code, worked in answered.said.behind.items():
        out.print(f"规则 {code} 的疑点只查到位置 {worked} / {code} is worked out to {worked} only")
    print_notes(answered, known, [answered.said.lacks])


def _meant(codes: list[str] | None, severity: str | None) -> tuple[list[str], str | None]:
    """The rules and the class that were named. Raises BadParameter."""
    there = [each.code for each in rules()]
    if unknown := set(codes or ()).difference(there):
        raise typer.BadParameter(f"没有规则 {'、'.join(sorted(unknown))}；有 {'、'.join(there)}")
    if severity is not None and severity not in (*SEVERITIES, *SEVERITIES.values()):
        raise typer.BadParameter(f"类别为 {'、'.join(SEVERITIES)}，不是 {severity}")
    return codes or there, SEVERITIES.get(severity or "", severity)


async def _moment(
    connection: asyncpg.Connection,
    ledger: str,
    period: str | None,
    asof: str | None,
    known: str | None,
    at: int | None,
) -> Moment:
    """The moment asked about; without a period, all matters up to the last day recorded."""
    if period is not None:
        return await asked(connection, ledger, period, asof, known, at)
    end = None if asof is None else day_of(asof)
    moment = await asked(connection, ledger, f"{EARLIEST.year}", None, known, at)
    reach = await recorded_to(connection, moment.ledger, moment.at)
    return replace(moment, start=EARLIEST, end=end or reach or moment.end)


async def _ask(
    connection: asyncpg.Connection,
    moment: Moment,
    codes: Sequence[str],
    severity: str | None,
    *,
    ahead: bool,
) -> Said:
    """`ahead`: also what is wrong with facts that were told before their own day."""
    reading = frozenset[str]().union(*(reads(each) for each in rules() if each.code in codes))
    async with snapshot(connection):
        lacks = (await answerable(connection, moment, reading)).lacks
        worked = await table.worked_out(connection, moment.ledger)
        found = await table.standing(
            connection,
            moment.ledger,
            moment.at,
            moment.end,
            since=moment.start,
            codes=codes,
            severity=severity,
        )
        if ahead:
            which = {"codes": codes, "severity": severity}
            position, end = moment.at, moment.end
            found += await table.told_ahead(connection, moment.ledger, position, end, **which)
        said = await answers(connection, moment.ledger, moment.at, moment.end, found)
        looked = await table.looked_at(connection, moment.ledger, moment.at, found, codes)
    if severity is not None:
        looked = [each for each in looked if each.rule.severity == severity]
    none = Stand("")
    behind = {
        each.rule.code: to
        for each in looked
        if not each.rule.lacks and (to := worked.get(each.rule.code, none).position) < moment.at
    }
    return Said(found, said, looked, behind, lacks)


def _json(found: Finding, said: Said) -> dict[str, Any]:
    return json_of(found, said.answers) | {"basis": in_chinese(found.rule.basis)}


def _print_found(said: Said) -> None:
    found = said.found
    shown = columns("编号", "疑点", "类别", "对象", "位置", "日期", "金额（元）", "说明", "现状")
    for each in found:
        shown.add_row(
            each.id,
            each.rule.name,
            each.classed,
            each.subject,
            str(each.position),
            str(each.on_date),
            "" if each.amount_fen is None else format_yuan(each.amount_fen),
            each.what,
            state_of(each, said.answers),
        )
    out.print(shown)
    out.print(f"共 {len(found)} 条 / {len(found)} findings")


def _write_sheets(folder: Path, said: Said, bureau: Bureau) -> None:
    """A worksheet for each township, and one for what is of none; those that are not closed."""
    open_ = [f for f in said.found if state_of(f, said.answers) not in CLOSED]
    by_township: dict[str | None, list[Finding]] = {}
    for found in open_:
        by_township.setdefault(found.township, []).append(found)
    for code, its in by_township.items():
        place = None if code is None else bureau.place(code)
        name = "局本级" if code is None else code if place is None else place.name
        title = f"{bureau.name}疑点核实表（{name}）"
        path = folder / f"疑点核实表-{name}.xlsx"
        path.write_bytes(worksheet.write(title, its, said.answers, sample=bureau.sample))
        out.print(f"{path}：{len(its)} 条 / {len(its)} findings")


def _print_looked(looked: Sequence[Looked]) -> None:
    numbers = ("应查", "疑点", "不能判定")
    shown = columns("规则", "名称", "类别", *numbers, "", right=numbers)
    for rule, checked, hits, undecidable in looked:
        counts = ("", "", "") if rule.lacks else map(str, (checked, hits, undecidable))
        lacks = f"缺数据：{rule.lacks}" if rule.lacks else ""
        shown.add_row(rule.code, rule.name, labels_of(Severity)[rule.severity], *counts, lacks)
    out.print(shown)


def _totals(found: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings and the money in question by rule and month."""
    numbers: Counter[tuple[str, str]] = Counter()
    money: Counter[tuple[str, str]] = Counter()
    names = {each.rule.code: each.rule for each in found}
    for each in found:
        cell = each.rule.code, f"{each.on_date:%Y-%m}"
        numbers[cell] += 1
        money[cell] += each.amount_fen or 0
    return [
        {
            "rule": code,
            "name": names[code].name,
            "severity": names[code].severity,
            "month": month,
            "findings": count,
            "amount_fen": money[code, month],
        }
        for (code, month), count in sorted(numbers.items())
    ]


def _print_totals(found: Sequence[Finding]) -> None:
    numbers = ("疑点数", "金额（元）")
    shown = columns("规则", "名称", "月份", *numbers, right=numbers)
    for each in _totals(found):
        amount = format_yuan(each["amount_fen"]) if each["amount_fen"] else ""
        shown.add_row(each["rule"], each["name"], each["month"], str(each["findings"]), amount)
    out.print(shown)
    out.print(f"共 {len(found)} 条 / {len(found)} findings")
