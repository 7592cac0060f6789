"""`mingjian bureau`: a bureau's folder begun, checked and shown."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.console import JsonOption, print_facts, print_json, refuse, say
from domain.bureau.bureau import Bureau
from domain.bureau.parameters import PARAMETERS
from domain.bureau.places import Place
from domain.bureau.programmes import Programme
from domain.bureau.reading import NATIONAL, FolderWrong, Wrong
from domain.bureau.rules import Dated
from infra import bureaus
from infra.new_bureau import CannotBegin, begin
from infra.settings import settings
from reports import plans

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
    return f"{value}（{dated.since}起，{dated.basis}）"


def read(folder: Path) -> tuple[Bureau | None, tuple[Wrong, ...]]:
    """The bureau of a folder, and all that is wrong with it or its plans. Raises OSError."""
    try:
        found = bureaus.load(folder)
    except FolderWrong as error:
        return None, error.all
    return found, tuple(sorted(plans.check(found)))


def path_of(folder: Path, wrong: Wrong) -> Path:
    """Where the file is in which something is wrong."""
    if wrong.file.startswith(NATIONAL):
        return bureaus.national(folder) / wrong.file.removeprefix(NATIONAL)
    return folder / wrong.file
