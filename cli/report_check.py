"""`mingjian report check`: which document a file is, and what was changed in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from cli.console import LOOK, database, out, print_json, refuse, run, say
from infra.settings import settings
from projections import tail
from projections.snapshot import snapshot
from reports import checking, files, handed, release
from reports.checking import Asked, Checked
from reports.checking.said import which
from reports.handed.file import Handed, NotReadable
from reports.moment import period_of
from reports.render.forms import FONTS
from rules import working


def check(file: Path, ledger: str, plan: str | None, period: str | None, *, as_json: bool) -> None:
    """Check a file and end with 1 where somebody has to put something right."""
    try:
        raw = file.read_bytes()
        read = handed.read(raw, file.name)
    except NotReadable as error:
        raise refuse(f"{file.name}：{error}") from None
    span = None if period is None else period_of(period)
    checked = run(_check(ledger, raw, read, Asked(plan or "", span)))
    if as_json:
        print_json({"file": file.name, **checked.as_json()})
    else:
        _print(file.name, checked)
    if not checked.fine:
        raise typer.Exit(1)


def made_again(ledger: str, *, as_json: bool) -> None:
    """Make every recorded file again, and end with 1 where one is not what was recorded.

    A file that differs alone and follows from fonts, too, is no other document.
    """
    found = run(_made_again(ledger))
    if as_json:
        print_json([{"release": name, "differ": differ} for name, differ in found])
    else:
        for name, differ in found:
            mark, said = "✓", "与发布时相同 / the same"
            if _other(differ):
                mark, said = "✗", f"重新生成的与发布时不同：{'、'.join(differ)} / differ"
            elif differ:
                mark = LOOK
                said = (
                    f"文稿与发布时相同；{'、'.join(differ)} 的字节不同，排版用的字体或程序换过"
                    " / the same document; set in other fonts (mingjian doctor)"
                )
            out.print(f"{mark} {name}：{said}", soft_wrap=True)
        say(f"核对 {len(found)} 项发布的文件 / releases whose files were made again")
    if any(_other(differ) for _, differ in found):
        raise typer.Exit(1)


def _other(differ: list[str]) -> bool:
    """Whether the document itself is another than was released."""
    return not FONTS.issuperset(differ)


async def _made_again(ledger: str) -> list[tuple[str, list[str]]]:
    async with database(ledger) as connection:
        await _follow(connection, ledger)
        async with snapshot(connection):
            told = await release.released(connection, ledger)
        return [(item.name, await files.differing(connection, item)) for item in told if item.files]


async def _check(ledger: str, raw: bytes, read: Handed, asked: Asked) -> Checked:
    async with database(ledger) as connection:
        await _follow(connection, ledger)
        return await checking.check(connection, ledger, raw, read, asked)


async def _follow(connection: Any, ledger: str) -> None:
    """Without a broker the read models first follow the ledger, where this user may write them."""
    if settings().kafka is None and await tail.may_fold(connection):
        await working.follow(connection, ledger)


def _print(name: str, checked: Checked) -> None:
    for text in said(name, checked):
        out.print(text, soft_wrap=True)
    faults = sum(each.is_fault for each in checked.findings)
    faults += sum(each.weight == "fault" for each in checked.prose)
    remarks = len(checked.findings) + len(checked.prose) - faults
    if checked.by is not None:
        say(f"须处理 {faults} 处，提示 {remarks} 处 / to put right, to know")


def said(name: str, checked: Checked) -> list[str]:
    """For people: what it is, then what was found."""
    mark = "✓" if checked.fine else "✗"
    lines = [f"{mark} {name}：{which(checked)}"]
    lines += [f"{LOOK} {note}" for note in checked.notes]
    lines += [f"{'✗' if each.is_fault else LOOK} {each.text}" for each in checked.findings]
    return lines + [
        f"{'✗' if each.weight == 'fault' else LOOK} 审校：{each}" for each in checked.prose
    ]
