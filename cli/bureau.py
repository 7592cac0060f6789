"""`mingjian bureau`: a bureau's folder begun, checked and shown."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.console import (
    LOOK,
    MOST,
    OURS,
    ByOption,
    JsonOption,
    LedgerOption,
    NoDatabase,
    Unreachable,
    WhyOption,
    columns,
    console,
    database,
    out,
    print_facts,
    print_json,
    refuse,
    run,
    say,
)
from domain.bureau.bureau import Bureau
from domain.bureau.parameters import PARAMETERS
from domain.bureau.places import Place
from domain.bureau.programmes import Programme
from domain.bureau.reading import NATIONAL, FolderWrong, Wrong
from domain.bureau.rules import Dated
from domain.laws import in_chinese
from infra import bureaus
from infra.alarm import Alarm
from infra.new_bureau import CannotBegin, begin
from infra.settings import settings
from ledger import adopted as versions
from ledger import adopting, journal, register, secret
from ledger.journal import Note, Said
from ledger.seal import Sealer
from ledger.store import LedgerMissing
from projections import opening
from reports import disclosure, plans, registers, themes
from rosters import map_reading

FOR = "start"

bureau = typer.Typer(
    no_args_is_help=True, add_completion=False, help="单位资料 / a bureau's folder"
)

FolderArgument = Annotated[
    Path | None, typer.Argument(metavar="[DIR]", help="单位目录，默认所用的 / folder")
]


@bureau.command()
def check(folder: FolderArgument = None, as_json: JsonOption = False) -> None:
    """检查单位目录：逐条列出错误的文件和行 / every error with its file and line; exit 1 if any."""
    where = folder or settings().bureau or bureaus.default()
    found, wrong = read(where)
    if as_json:
        print_json([each._asdict() | {"file": str(path_of(where, each))} for each in wrong])
    else:
        for each in wrong:
            expected = f"; expected {each.expected}" if each.expected else ""
            say(f"{path_of(where, each)}:{each.line}: {each.what}{expected}")
    if wrong:
        raise typer.Exit(1)
    if found is not None and not as_json:
        say(f"✓ {where}：{found.name}（{found.division}），sha256 {found.digest}")
        for text in run(_taken_away(found)):
            console.print(f"{LOOK} {text}", soft_wrap=True)


async def _taken_away(found: Bureau) -> list[str]:
    """What the register of this bureau's ledger grants, and this folder does not; in words.

    Nothing where there is no ledger to ask.
    """
    try:
        async with database(found.division) as connection:
            sealer = Sealer(settings().secret, found.division)
            beyond = await register.beyond(connection, sealer, found.division, found)
    except (NoDatabase, Unreachable, LedgerMissing, Alarm):
        return []
    return [
        f"采用后来源 {source} 不能再报送登记册所给的 / adopted, it takes from {source} what the"
        f" register grants: {'、'.join(what)}"
        for source, what in beyond.items()
    ]


@bureau.command()
def new(
    division: Annotated[str, typer.Argument(help="县级区划代码，6位 / code of the county")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="新目录 / folder to make")],
) -> None:
    """新建单位目录：先按全国规定写全，再逐项核对 / a whole folder to go over, by national rules."""
    try:
        files = begin(division, folder)
    except CannotBegin as error:
        raise refuse(error) from None
    for name in files:
        say(str(folder / name))
    say(f"请核对标有 TODO 的各处，然后 / go over each TODO, then: mingjian bureau check {folder}")


@bureau.command()
def show(folder: FolderArgument = None, as_json: JsonOption = False) -> None:
    """显示单位：名称、镇街、来源系统、保障项目、参数 / what a folder says."""
    where = folder or settings().bureau or bureaus.default()
    found, wrong = read(where)
    if found is None:
        raise refuse(f"{len(wrong)} 处错误 / errors: mingjian bureau check {where}")
    described = _described(found)
    if as_json:
        print_json(described | {"digest": found.digest})
        return
    for heading, facts in described.items():
        print_facts(heading, facts)


@bureau.command()
def adopt(
    by: ByOption,
    why: WhyOption,
    folder: FolderArgument = None,
    ledger: LedgerOption = OURS,
) -> None:
    """账本从此按这份单位资料办事；此前记录的答案不变 / the ledger goes by this folder from here on.

    单位资料全文记入经办日志 / the whole folder is kept in the journal.
    """
    where = folder or settings().bureau or bureaus.default()
    made, wrong = read(where)
    if made is None or wrong:
        raise FolderWrong(wrong, str(where))
    number = run(_adopt(ledger, made, journal.said(by, why)))
    for text in run(_taken_away(made)):
        console.print(f"{LOOK} {text}", soft_wrap=True)
    told = f"sha256 {made.digest}"
    say(
        f"{ledger} 已按这份单位资料办事 / goes by it already，{told}"
        if number is None
        else f"{ledger} 采用 / adopted {made.name}，经办日志第 {number} 条，{told}"
    )


async def _adopt(name: str, made: Bureau, said: Said) -> int | None:
    async with database(name) as connection:
        await opening.open_ledger(connection, name, settings())
        sealer = await secret.sealer(connection, settings().secret, name)
        return await adopting.adopt(connection, sealer, name, made, said)


@bureau.command()
def adopted(
    ledger: LedgerOption = OURS,
    at: Annotated[
        int | None, typer.Option("--at", min=1, max=MOST, help="这个位置的 / at this position")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("-o", "--output", help="把资料写到这个目录 / write it there")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """列出账本先后采用的单位资料 / the folders that a ledger adopted, the oldest first."""
    told, files = run(_adopted(ledger, at))
    if folder is not None:
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        say(f"{folder}：{len(files)} 个文件 / files")
        return
    if as_json:
        print_json(
            [
                {"number": note.number, "position": note.position, "recorded_at": note.recorded_at}
                | {"digest": digest_of(note), "by": note.by, "why": note.why}
                for note in told
            ]
        )
        return
    table = columns(
        "经办日志", "此位置之后", "sha256", "经办人", "事由", right=("经办日志", "此位置之后")
    )
    for note in told:
        where = (str(note.number), str(note.position))
        table.add_row(*where, digest_of(note), note.by or "", note.why or "")
    out.print(table)


def digest_of(note: Note) -> str:
    """The digest of the folder that a record tells of."""
    return note.subject.removeprefix(versions.SUBJECT)


async def _adopted(name: str, at: int | None) -> tuple[list[Note], dict[str, bytes]]:
    """The records, and the files of the one that stands at a position."""
    async with database(name) as connection:
        notes = [
            note
            for number, _, _ in await versions.digests(connection, name)
            for note in await journal.read(connection, name, number - 1, number)
        ]
        standing = await versions.at(connection, name, at)
        return notes, dict(standing.files)


def _described(bureau: Bureau) -> dict[str, dict[str, str]]:
    """What a folder says, under headings: name or code → what it is."""
    ends = "、".join(f"{year}年" for year in bureau.calendar.notices)
    return {
        "单位 / bureau": {
            "名称": bureau.name,
            "区划代码": bureau.division,
            "省、市": bureau.province + bureau.city,
            "工作日历": ends,
            "目录": f"sha256 {bureau.digest}",
        },
        "镇街 / townships": {place.code: _place(place) for place in bureau.townships.values()},
        "来源系统 / sources": {
            source.name: f"{source.title}：{'、'.join(source.says)}"
            for source in bureau.sources.values()
        },
        "保障项目 / programmes": {
            each.code: f"{each.name}（{each.unit}，{each.pays}）{_span(each)}"
            for each in bureau.programmes.values()
        },
        "参数 / rules": {
            name: "；".join(map(_dated, bureau.rules.by_name[name])) for name in PARAMETERS
        },
    }


def _place(place: Place) -> str:
    area = {"urban": "（城市）", "rural": "（农村）", None: ""}[place.area]
    return f"{place.name}{area}{_span(place)}"


def _span(dated: Place | Programme) -> str:
    since = f"，{dated.since}起" if dated.since else ""
    return since + (f"，{dated.until}止" if dated.until else "")


def _dated(dated: Dated) -> str:
    value = "、".join(dated.value) if isinstance(dated.value, tuple) else dated.value
    return f"{value}（{dated.since}起，{in_chinese(dated.basis)}）"


def read(folder: Path) -> tuple[Bureau | None, tuple[Wrong, ...]]:
    """The bureau of a folder, and what is wrong with it or what is made of it. Raises OSError."""
    try:
        found = bureaus.load(folder)
    except FolderWrong as error:
        return None, error.all
    from reports.prose import wording  # noqa: PLC0415  only a check needs its rules

    checks = (plans.check, registers.check, disclosure.check, themes.check, wording.check)
    wrong = [each for check in checks for each in check(found)]
    return found, tuple(sorted([*wrong, *map_reading.check(found, folder)]))


def path_of(folder: Path, wrong: Wrong) -> Path:
    """Where the file is in which something is wrong."""
    if wrong.file.startswith(NATIONAL):
        return bureaus.national(folder) / wrong.file.removeprefix(NATIONAL)
    return folder / wrong.file
