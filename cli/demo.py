"""`mingjian demo`: the sample year through the ledger, beside the report, and the pages."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from cli.console import columns, console, database, our_ledger, out, progress, refuse, run
from cli.figures import printed
from cli.ingest import counted, take_files
from cli.run import LOOPBACK, PortOption, listening, serve
from cli.sample import development
from cli.statements import answer_of
from cli.verify import print_verified, verified
from domain.bureau.bureau import Bureau
from infra.settings import settings
from ledger import adopted, files, sequences
from ledger.intake import Intake, Tally
from projections import opening
from projections.catalogue import READ_MODELS
from projections.read_model import VERSION
from projections.snapshot import serving
from reports import definitions, drafting, evaluate, plans, publication, published, publishing
from reports.moment import Moment, instant_of, resolve
from reports.publishing import Act
from reports.render import docx, extra
from rules import working
from upkeep.rebuild import driver

FOR = "start"

YEAR = 2024
PUBLISHED = "2025-01-17"
LINKS = {
    "市民 / a citizen": "/",
    "经办人 / a clerk": f"/reports/{YEAR}",
    "门户开发者 / a portal developer": "/api",
    "报送单位 / a vendor": "docs/publishing.md",
    "审计 / an auditor": "docs/auditing.md",
}
"""Where each kind of reader begins: a page, or a document of this checkout."""


def demo(
    no_serve: Annotated[
        bool, typer.Option("--no-serve", help="打印后退出 / exit after printing")
    ] = False,
    kafka: Annotated[bool, typer.Option("--kafka", help="经 Kafka / through Kafka")] = False,
    port: PortOption = 8000,
) -> None:
    """示例年度：记账、投影、与年报逐项对照，然后打开页面 / load the sample year and compare."""
    year = development("year")
    if not settings().sample:
        raise refuse(
            "示例只记入示例账本：去掉 MINGJIAN_LEDGER_SECRET"
            " / the sample year goes into a sample ledger only: unset MINGJIAN_LEDGER_SECRET"
        )
    taken = None if no_serve else listening(LOOPBACK, port)
    home = settings().home
    home.mkdir(parents=True, exist_ok=True)
    file = home / f"sample-{YEAR}.jsonl"
    with console.status("生成示例年度 / making the sample year …"):
        made = year.build(YEAR)
        lines = list(made.feed.lines())
        file.write_bytes(b"".join(line + b"\n" for line in lines))
        (home / f"sample-{YEAR}.truth.json").write_text(json.dumps(made.truth, sort_keys=True))
    out.print(f"示例年度 {YEAR}：{len(lines)} 条事件 → {file}")
    equal = run(_demo(file, kafka=kafka)) & _verified()
    planted = columns("2025年2月起才知道的更正 / known only later", "何时所知", "影响指标")
    for item in made.feed.planted:
        planted.add_row(item["what"], item["known_since"], item["figures"])
    out.print(planted)
    base = "" if taken is None else f"http://{LOOPBACK}:{taken.getsockname()[1]}"
    out.print(f"年度报告（DOCX）→ {run(_document(base))}")
    if taken is None:
        raise typer.Exit(0 if equal else 1)
    out.print("\n从这里开始 / begin here（Ctrl-C 结束）")
    for reader, link in LINKS.items():
        out.print(f"  {reader}：{base}{link}" if link.startswith("/") else f"  {reader}：{link}")
    serve(LOOPBACK, port, auditor=False, taken=taken)


async def _demo(file: Path, *, kafka: bool) -> bool:
    await _begin()
    started = time.perf_counter()
    tally, way = await _take(file, kafka=kafka)
    seconds = time.perf_counter() - started
    out.print(f"{way}\n{counted(tally)}\n{tally}")
    out.print(f"记账与投影用时 {seconds:.1f} 秒")
    async with database() as connection:
        moment = await resolve(connection, our_ledger(), str(YEAR), known=PUBLISHED)
        known = await definitions.at(connection, moment)
        bureau = await adopted.at(connection, our_ledger(), moment.at)
        figures = await evaluate.figures(connection, moment, list(known.figures.values()))
        statements = await evaluate.statements(connection, moment, list(known.statements.values()))
    out.print(f"\n公布时所知 / as known then（{PUBLISHED}，位置 {moment.at}）")
    report = published.load(bureau, YEAR)
    equal = _figures_table(report, figures) & _statements_table(statements)
    await _publish_months(bureau)
    if (told := await _release(bureau, moment)) is not None:
        await _take(told, kafka=kafka)
        out.print(f"年度报告已按位置 {moment.at} 的数值发布 / released as known then")
    return equal


async def _take(file: Path, *, kafka: bool) -> tuple[Tally, str]:
    if kafka:
        told: tuple[Tally, str]
        told = await development("over_kafka").demo_on_kafka(settings(), file, progress)
        return told
    return await _without_broker(file)


async def _publish_months(bureau: Bureau) -> None:
    """The bulletins of the year, each as known a few days after its month."""
    bulletins, given = development("bulletins"), settings()
    every = list(bulletins.bulletins(bureau, YEAR))
    async with database() as connection:
        ledger = await opening.open_ledger(connection, our_ledger(), given)
        intake = Intake(ledger, given.secret, given.quarantine_bytes)
        done = 0
        with progress() as bars:
            advance = bars.counting("发布月报 bulletins", "期 months", len(every))
            for each in every:
                done += await bulletins.publish(connection, intake, bureau, each)
                advance(1)
        await working.follow(connection, ledger.name)
    if done:
        out.print(f"{YEAR} 年各月月报 {done} 期已发布，各按发布当日的入账 / bulletins released")


async def _release(bureau: Bureau, moment: Moment) -> Path | None:
    """A file of what makes the annual report public; None where it is already."""
    async with database() as connection:
        if await publication.find(connection, our_ledger(), YEAR) is not None:
            return None
        ledger = await opening.open_ledger(connection, our_ledger(), settings())
        plan = plans.of(bureau)[plans.ANNUAL]
        draft = await drafting.draft(connection, plan, bureau, str(YEAR), moment)
        act = Act("JB-05", "年度报告公开", instant_of(f"{PUBLISHED}T16:52"))
        facts = await publishing.facts(connection, draft, act)
        number = await sequences.following(connection, ledger.name, bureau.publisher)
        lines = publishing.records(facts, bureau.publisher, number, ledger, act)
    file = settings().home / f"release-{YEAR}.jsonl"
    file.write_bytes(b"".join(line + b"\n" for line in lines))
    return file


async def _document(site: str) -> Path | str:
    """Where the released report lies as DOCX, with links to the pages; or why there is none."""
    if not docx.there():
        return extra.HOW
    async with database() as connection:
        found = await publication.find(connection, our_ledger(), YEAR)
        if found is None:
            return "没有发布 / not released"
        bureau = await adopted.at(connection, our_ledger(), found.moment.at)
        plan = plans.of(bureau)[plans.ANNUAL]
        made = await drafting.document(connection, plan, bureau, found.moment)
    file = settings().home / f"report-{YEAR}.docx"
    file.write_bytes(docx.render(replace(made, site=site)))
    return file


def _verified() -> bool:
    """Whether what is held by now is what was recorded."""
    out.print("\n核验 / verify")
    made = run(verified(our_ledger()))
    print_verified(made)
    return not made.differences


async def _begin() -> None:
    """The sample ledger; after an upgrade what serves of it is built anew without asking."""
    async with database(told=False, create=True) as connection:
        ledger = await opening.create_ledger(connection, our_ledger(), "replay", settings())
        if ledger.sample and await serving(connection) not in (None, VERSION):
            with progress() as bars:
                total = sum((await driver.heads(connection)).values())
                advance = bars.counting("重建 rebuild", "条 entries", total)
                await driver.anew(connection, READ_MODELS, advance)


async def _without_broker(file: Path) -> tuple[Tally, str]:
    async with database() as connection:
        ledger = await opening.open_ledger(connection, our_ledger(), settings())
        tally = await take_files(connection, ledger, [file], files.BATCH_RECORDS)
    server = "MINGJIAN_DATABASE_URL" if settings().database_url else "内置 PostgreSQL / embedded"
    return tally, f"路径：文件 → 账本（{server}） → 读模型，未经 Kafka"


def _figures_table(report: Sequence[published.Printed], values: list[evaluate.FigureValue]) -> bool:
    table = columns("指标", "名称", "年报", "明鉴", "单位", "")
    by_id = {value.figure.id: value for value in values}
    equal = 0
    for row in report:
        value = by_id.get(row.id)
        same = value is not None and published.compare(row.expected, row.compare, value.value)
        equal += same
        name, shown = row.name, "—"
        if value is not None:
            name, shown = value.figure.name, printed(value)
        table.add_row(row.id, name, row.wording, shown, row.unit, "=" if same else "≠")
    out.print(table)
    out.print(f"{equal} / {len(report)} 项与年报相同 / figures equal")
    return equal == len(report)


def _statements_table(values: list[evaluate.StatementValue]) -> bool:
    table = columns("表述", "名称", "成立", "条件数")
    for value in values:
        count = len(value.conditions)
        table.add_row(value.statement.id, value.statement.name, answer_of(value.holds), str(count))
    out.print(table)
    holding = sum(value.holds is True for value in values)
    idle = sum(value.holds is None for value in values)
    out.print(f"{holding} / {len(values)} 项表述成立 / statements hold")
    if idle:
        out.print(f"{idle} 项没有适用的事项 / nothing happened to which they apply")
    return holding + idle == len(values) > 0
