"""`mingjian report`: what a report plan says of a period, as a file; and a file that came back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import typer

from cli import report_check
from cli.console import OURS, JsonOption, LedgerOption, out, refuse, run, say, writable
from cli.moment import AsofOption, AtOption, KnownOption, answer, print_notes
from cli.usual import Usual
from domain.bureau.bureau import Bureau
from domain.calendar import SHANGHAI
from ledger import adopted, store
from reports import drafting, plans
from reports.document import Document
from reports.moment import Moment, Unanswerable
from reports.plans import spans
from reports.plans.plan import Plan
from reports.render import extra, forms, text

FOR = "reader"

Format = Literal["html", "md", "text", "xlsx", "docx", "pdf"]


class Reports(Usual):
    """A group to whose name a plan may be given, without the word `make`."""

    usual = "make"


report = typer.Typer(
    cls=Reports,
    no_args_is_help=True,
    add_completion=False,
    help="按报告方案输出文稿：report PLAN；核对交回的文稿：report check FILE / documents",
)


@report.command()
def make(
    plan: Annotated[str, typer.Argument(help="报告方案：annual 为年度报告 / report plan")],
    output: Annotated[Path, typer.Option("-o", "--output", help="输出文件 / file")],
    period: Annotated[
        str | None,
        typer.Option(
            "--period", help="期间：2024、2024-03、2024-Q1、2024-H1、2024-03/ytd / period"
        ),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="格式 / format")] = "html",
    ledger: LedgerOption = OURS,
    asof: AsofOption = None,
    known: KnownOption = None,
    at: AtOption = None,
    details: Annotated[
        bool,
        typer.Option("--details", help="列出不成立的条件，含个案，不得外传 / name single cases"),
    ] = False,
    merged: Annotated[
        bool,
        typer.Option("--merged", help="如发布一样合并小单元格 / small cells merged, as released"),
    ] = False,
    site: Annotated[
        str | None,
        typer.Option(
            "--site",
            metavar="URL",
            help="数值链接所指的网站，默认为单位资料所写 / where its figures are seen",
        ),
    ] = None,
) -> None:
    """按报告方案输出文稿 / what a report plan says of a period."""
    writable(output)
    remarks: list[str] = []
    try:
        if form != "text":
            forms.require(form)
    except extra.Unmade as error:
        raise refuse(error) from None
    leads = None if site is None else site_of(site)

    async def build(connection: Any, moment: Moment) -> Document:
        bureau = await adopted.at(connection, ledger, moment.at)
        made = await drafting.document(
            connection, plan_of(bureau, plan), bureau, moment, details=details, merged=merged
        )
        if not made.published:
            from reports.prose import of_staff  # noqa: PLC0415  what is published is past checking

            remarks.extend(map(str, of_staff(made, bureau)))
        return made

    async def asked_for(connection: Any) -> str:
        return period or await _last(connection, ledger, plan)

    answered = run(answer(build, ledger, asked_for, asof, known, at))
    made = answered.said if leads is None else replace(answered.said, site=leads)
    try:
        raw = text.render(made).encode() if form == "text" else forms.render(form, made)
    except extra.Unmade as error:
        raise refuse(error) from None
    output.write_bytes(raw)
    say(f"{output}")
    if made.notice and made.audience == "public":
        out.print(f"{made.notice} / not the published report", soft_wrap=True)
    print_notes(answered, known, [made.lacks])
    for remark in remarks:
        out.print(f"审校 / prose: {remark}", soft_wrap=True)


@report.command()
def check(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]", help="DOCX、PDF、XLSX、HTML、Markdown、纯文本；不写则核对发布的文件"
        ),
    ] = None,
    plan: Annotated[
        str | None, typer.Option("--plan", help="是哪个方案的草稿，默认自认 / of which plan")
    ] = None,
    period: Annotated[
        str | None, typer.Option("--period", help="是哪个期间的草稿 / of which period")
    ] = None,
    ledger: LedgerOption = OURS,
    as_json: JsonOption = False,
) -> None:
    """回检：是哪一份文稿，改了哪些数 / which document a file is, and what was changed; else exit 1.

    编辑、另存、粘贴、重新录入过的都能核对：数值一律取自账本 / values come from the ledger.
    不写 FILE 时，把各次发布的文件重新生成，与签发时记入的校验码核对 / without FILE: make the files
    of all releases again and compare them with what was recorded.
    """
    if file is None:
        report_check.made_again(ledger, as_json=as_json)
        return
    report_check.check(file, ledger, plan, period, as_json=as_json)


def site_of(text: str) -> str:
    """The address of a site, without a slash at its end. Raises Exit."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise refuse(
            f"--site 应为网址，如 https://mz.example.gov.cn，不是 {text[:80]}"
            " / --site is an address as https://mz.example.gov.cn"
        )
    return text.rstrip("/")


def plan_of(bureau: Bureau, name: str) -> Plan:
    """A plan of a bureau that has nothing wrong. Raises Unanswerable."""
    there = plans.every(bureau)
    if name not in there:
        named = "、".join(there) or "还没有"
        raise Unanswerable(f"{bureau.name}没有报告方案 {name[:40]}；有：{named}")
    wrong = [item for item in plans.check(bureau) if item.file == there[name].file]
    if wrong:
        raise Unanswerable("报告方案有误，先改正：\n" + "\n".join(map(str, wrong)))
    return there[name]


async def _last(connection: Any, ledger: str, name: str) -> str:
    """The last period of a plan that had ended when the ledger was last recorded."""
    found = await store.find_ledger(connection, ledger)
    if found is None or found.last_recorded_at is None:
        raise Unanswerable(f"账本 {ledger} 还没有记录：用 --period 写明期间")
    plan = plan_of(await adopted.at(connection, ledger), name)
    return spans.text(
        spans.last(plan.periods[0], found.last_recorded_at.astimezone(SHANGHAI).date())
    )
