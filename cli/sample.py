"""`mingjian sample`: write a sample year. It is for development and not in the package."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.console import refuse, say, writable
from domain.bureau.reading import FolderWrong
from domain.calendar import CalendarUnknown
from infra import bureaus
from infra.settings import settings

FOR = "start"

ABSENT = (
    "示例年度只在源码目录中，安装包不含：请在 git 检出的源码中运行"
    " / the sample year is not installed: run this from a checkout of the source"
)


def development(module: str) -> Any:
    """A module of `sample`, which only a checkout has; elsewhere the command ends here."""
    try:
        return import_module(f"sample.{module}")
    except ModuleNotFoundError as error:
        if error.name != "sample":
            raise
        raise refuse(ABSENT) from None


def sample(
    output: Annotated[Path, typer.Option("-o", "--output", help="事件文件 / JSON Lines")],
    year: Annotated[int, typer.Option(help="年份 / year")] = 2024,
    bureau: Annotated[Path | None, typer.Option(help="单位目录 / bureau's folder")] = None,
    truth: Annotated[
        Path | None,
        typer.Option(help="生成器自己的月末数和应有的疑点 / its own counts and breaches"),
    ] = None,
    defects: Annotated[
        bool, typer.Option("--defects", help="改为写出埋有疑点的年度 / a year with planted defects")
    ] = False,
) -> None:
    """写出示例年度的事件（按接收顺序） / write a sample year in order of receipt.

    With --defects instead: cases that break audit rules, and lawful ones at the limits.
    """
    for path in filter(None, (output, truth)):
        writable(path)
    folder = bureau or settings().bureau or bureaus.default()
    try:
        office = development("office").of(folder)
    except (OSError, FolderWrong) as error:
        raise refuse(error) from None
    try:
        made = development("defects" if defects else "year").build(year, office)
    except CalendarUnknown as error:
        raise refuse(f"{year} 年的放假安排尚未列出 / {error}") from None
    except LookupError as error:
        raise refuse(error.args[0]) from None
    count = 0
    with output.open("wb") as file:
        for line in made.feed.lines():
            file.write(line + b"\n")
            count += 1
    if truth is not None:
        told = made.truth | {"findings": [one.as_json() for one in made.planted]}
        truth.write_text(json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True))
    say(f"{output}：{count} 条事件 / events")
    for item in made.feed.planted:
        say(f"  {item['known_since']}  {item['figures']:<4} {item['what']}")
