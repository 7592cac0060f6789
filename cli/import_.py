"""`mingjian import`: a source's monthly roster, compared with the ledger, becomes events."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import asyncpg
import typer

from cli.console import (
    OURS,
    JsonOption,
    LedgerOption,
    columns,
    console,
    database,
    out,
    print_json,
    refuse,
    run,
    say,
    with_kafka,
    writable,
)
from cli.ingest import bring_up, counted, print_reasons
from cli.previewing import show
from cli.usual import Usual
from domain.bureau.bureau import Bureau
from domain.dates import Instant
from infra import bureaus
from infra.kafka.topics import intake_topic
from infra.settings import settings
from ledger import adopted, files, secret, store
from ledger.aside import PARKED, QUARANTINE
from ledger.intake import Intake, Tally
from ledger.reasons import reasons_since
from projections import opening, snapshot, tail
from rosters import books, map_reading, maps, sheets
from rosters.maps import RosterMap
from rosters.preview import Against, Preview, prepare
from rosters.sending import hindrances
from rosters.sheets import NotReadable
from rosters.shown import as_json
from rosters.table import is_month

FOR = "publisher"
PRIVATE = 0o600


class Imports(Usual):
    """A group to whose name a file may be given, without the word `file`."""

    usual = "file"


import_ = typer.Typer(
    cls=Imports,
    no_args_is_help=True,
    add_completion=False,
    help="导入花名册：FILE --map MAP，先预览再报送 / import a monthly roster: FILE --map MAP",
)

MapOption = Annotated[
    str,
    typer.Option(
        "--map", metavar="MAP", help="对照表：名称，或者 TOML 文件 / name of a map, or file"
    ),
]
PeriodOption = Annotated[
    str | None,
    typer.Option(
        "--period",
        metavar="YYYY-MM",
        callback=lambda month: month if month is None else _month(month),
        help="花名册的月份，标题没有写明时用 / its month, where the title says none",
    ),
]


@import_.command("file")
def import_file(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)
    ],
    map_: MapOption,
    period: PeriodOption = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="预览后直接报送 / send after the preview")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help=".xlsx：标红有误单元格的副本；其他：只写出事件，不报送"
            " / .xlsx: a copy with wrong cells marked; else the events, unsent",
        ),
    ] = None,
    only_good: Annotated[
        bool,
        typer.Option("--only-good", help="有误的行留下，报送其余的 / send the rows that are right"),
    ] = False,
    ended: Annotated[
        int | None,
        typer.Option("--ended", min=0, help="确认退出的户数 / how many end, to confirm it"),
    ] = None,
    ahead: Annotated[
        bool, typer.Option("--ahead", help="月份或日期确在将来 / meant to be in the future")
    ] = False,
    received_at: Annotated[
        str | None,
        typer.Option(
            "--received", metavar="TIME", help="回放账本：收到的时间 / of a replay ledger"
        ),
    ] = None,
    ledger: LedgerOption = OURS,
    as_json: JsonOption = False,
) -> None:
    """比对一份花名册并报送 / compare a roster with the ledger, and send what is new."""
    if output is not None:
        writable(output)
    at = None if received_at is None else _moment(received_at)
    wishes = _Wishes(period, yes, output, only_good, ended, ahead, at, as_json)
    run(_import(path, map_, ledger, wishes))


class _Wishes(NamedTuple):
    """How far a command goes, and what it was told beside the file."""

    period: str | None
    yes: bool
    output: Path | None
    only_good: bool
    ended: int | None
    ahead: bool
    received_at: datetime | None
    as_json: bool


@import_.command("template")
def write_template(
    name: Annotated[str, typer.Argument(metavar="MAP", help="对照表的名称 / name of a map")],
    output: Annotated[Path, typer.Option("-o", "--output", help="新的 .xlsx / a new .xlsx")],
    period: PeriodOption = None,
) -> None:
    """写出可填写的模板：表头、单位、代码下拉、示例行 / a workbook to fill in."""
    writable(output)
    bureau = bureaus.ours(settings())
    output.write_bytes(books.template(_map(name, bureau), bureau, period))
    say(f"{output}：填写后 / when filled in: mingjian import {output} --map {name}")


@import_.command("maps")
def list_maps() -> None:
    """列出对照表 / the maps of the bureau and of the country."""
    bureau = bureaus.ours(settings())
    table = columns("对照表", "名称", "来源", "事件")
    for name in maps.places(_folder()):
        made = _map(name, bureau)
        types = {event.TITLE: None for event in made.types}
        table.add_row(name, made.title, made.source, "、".join(types))
    out.print(table)


def _month(text: str) -> str:
    if not is_month(text):
        raise typer.BadParameter(f"{text}：写如 2024-03 / a month such as 2024-03")
    return text


def _moment(text: str) -> datetime:
    try:
        return Instant.read(text)
    except ValueError:
        raise refuse(f"{text}：写如 2024-01-31T18:00:00+08:00 / a moment with its offset") from None


def _folder() -> Path:
    return settings().bureau or bureaus.default()


def _map(name: str, bureau: Bureau) -> RosterMap:
    """The map of a name, or of a file. Raises typer.Exit with all that is wrong with it."""
    known = maps.places(_folder())
    path = Path(name) if name.endswith(".toml") else known.get(name)
    if path is None:
        raise refuse(f"没有对照表 {name}；有 / no such map; there are: {'、'.join(known) or '—'}")
    made, wrong = map_reading.read_map(path.stem, path.read_bytes(), bureau)
    if made is None:
        for each in wrong:
            console.print(
                f"{path}:{each.line}: {each.what}; expected {each.expected}", soft_wrap=True
            )
        raise refuse(f"对照表有 {len(wrong)} 处错误 / errors in the map")
    return made


async def _import(path: Path, name: str, ledger_name: str, wishes: _Wishes) -> None:
    given = settings()
    async with database(ledger_name) as connection:
        ledger = await opening.open_ledger(connection, ledger_name, given)
        bureau = (await adopted.versions(connection, ledger_name)).latest
        made = _map(name, bureau)
        await _caught_up(connection, ledger)
        sealer = await secret.sealer(connection, given.secret, ledger_name)
        against = Against(connection, ledger, sealer, bureau)
        try:
            preview = await prepare(
                against, made, sheets.read(path), wishes.period, wishes.received_at
            )
        except NotReadable as error:
            raise refuse(f"{path.name}：{error}") from None
        if wishes.as_json:
            print_json(as_json(preview))
        else:
            show(preview)
        if _goes_on(preview, wishes):
            await _send(connection, ledger, preview)


async def _caught_up(connection: asyncpg.Connection, ledger: store.Ledger) -> None:
    """The read models hold what the ledger does; raises typer.Exit where they lag behind."""
    if settings().kafka is None:
        await tail.catch_up(connection, ledger.name)
    async with snapshot.snapshot(connection):
        folded = await snapshot.folded(connection, ledger.name)
    if folded < ledger.position:
        raise refuse(
            f"汇总表只到位置 {folded}，账本已到 {ledger.position}：等投影跟上再比对"
            " / the read models lag behind the ledger: compare when they have caught up"
        )


def _goes_on(preview: Preview, wishes: _Wishes) -> bool:
    """Whether the events are to be sent now; writes what is to be written instead."""
    if preview.wrong:
        if wishes.output is not None and wishes.output.suffix == ".xlsx":
            _write(wishes.output, books.marked(preview.roster, preview.wrong))
            say(f"{wishes.output}：有误的单元格已标红 / wrong cells are red")
        if not wishes.only_good:
            console.print(f"✗ 有 {len(preview.wrong)} 处错误，什么都没有报送 / nothing is sent")
            raise typer.Exit(1)
    if not preview.events:
        say("没有要报送的 / nothing to send")
        return False
    options = {"many-end": f"：--ended {preview.counts['ended']}", "month-ahead": "：--ahead"}
    for each in hindrances(preview, only_good=True, ended=wishes.ended, ahead=wishes.ahead):
        raise refuse(each.text + options.get(each.code, ""))
    if wishes.output is not None and wishes.output.suffix != ".xlsx":
        _write(wishes.output, b"".join(line + b"\n" for line in preview.events))
        say(
            f"{wishes.output}：{len(preview.events)} 条事件，含个人信息"
            " / events, with personal data"
        )
        return False
    if wishes.yes:
        return True
    if not (sys.stdin.isatty() and console.is_terminal):
        say("以上为预览，未报送；报送用 --yes / a preview; to send: --yes")
        return False
    return typer.confirm(f"报送 {len(preview.events)} 条事件？/ send?", err=True)


def _write(path: Path, content: bytes) -> None:
    """A file that holds personal data: its owner may read it, nobody else."""
    path.touch(PRIVATE)
    path.chmod(PRIVATE)
    path.write_bytes(content)


async def _send(connection: asyncpg.Connection, ledger: store.Ledger, preview: Preview) -> None:
    given, source = settings(), preview.made.source
    if given.kafka is not None:
        await _publish(preview.events, intake_topic(source, given.kafka_prefix))
        say(
            f"{len(preview.events)} 条已送入 {source} 的接收主题，结果见回执"
            " / sent; see the receipts"
        )
        return
    intake = Intake(ledger, given.secret, given.quarantine_bytes)
    groups = files.batches(preview.events, f"import/{preview.made.name}/{preview.month}")
    tally: Tally = await files.ingest(connection, intake, groups)
    await bring_up(connection, ledger.name)
    for table, number in ((QUARANTINE, ledger.quarantined), (PARKED, ledger.parked)):
        print_reasons(table, await reasons_since(connection, table, ledger.name, number))
    say(counted(tally))
    say(str(tally))


async def _publish(lines: Sequence[bytes], topic: str) -> None:
    from consumers.publisher import careful_producer, publish  # noqa: PLC0415  only with a broker
    from infra.kafka.bootstrap import Bootstrap  # noqa: PLC0415  as above
    from infra.kafka.topics import INTAKE_BATCH_BYTES  # noqa: PLC0415  as above
    from ledger.wire import Message  # noqa: PLC0415  as above

    given = with_kafka()
    producer = careful_producer(
        Bootstrap.of(given), f"{given.kafka_prefix}-import", INTAKE_BATCH_BYTES
    )
    await producer.start()
    try:
        await publish(producer, topic, [Message(None, line) for line in lines])
    finally:
        await producer.stop()
