"""`mingjian source day`: how much of a source came on a day, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.console import OURS, JsonOption, LedgerOption, database, out, print_facts, print_json, run
from infra.visible import visible
from ledger import days, own_books, store
from ledger.days import Day
from ledger.own_books import Compared, Listed
from reports.moment import day_of

SHOWN = 20
"""So many names of a kind are printed for people; the statement has the others."""


def day(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="来源系统 / source")],
    on: Annotated[str, typer.Argument(metavar="DAY", help="接收日期，如 2024-05-10")],
    against: Annotated[
        Path | None,
        typer.Option(
            "--against",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="来源自己的清单：每行一个编号，或一条事件 / the source's own list of ids",
        ),
    ] = None,
    ledger: LedgerOption = OURS,
    as_json: JsonOption = False,
) -> None:
    """某一来源某日收到多少、在何处、缺什么 / what came of a source on a day, what is missing.

    与 --against 所给的清单有出入，以 1 退出 / ends with 1 where it differs from --against.
    """
    theirs = None if against is None else listed_in(against)
    said, compared = run(_asked(ledger, source, day_of(on), theirs))
    if as_json:
        print_json(said.as_json() | ({} if compared is None else {"against": compared.as_json()}))
    else:
        _show(said)
        if compared is not None:
            _compare(compared)
    if compared is not None and not compared.same:
        raise typer.Exit(1)


def listed_in(path: Path) -> Listed:
    """The ids in a file."""
    found = Listed()
    with path.open("rb") as file:
        found.add(file)
    return found


async def _asked(
    name: str, source: str, on: date, theirs: Listed | None
) -> tuple[Day, Compared | None]:
    async with database(name) as connection:
        ledger = await store.find_ledger(connection, name)
        if ledger is None:
            raise store.LedgerMissing(name)
        said = await days.day_of(connection, ledger, source, on, datetime.now(UTC))
        if theirs is None:
            return said, None
        return said, await own_books.against(connection, said, theirs)


def _show(said: Day) -> None:
    numbers = "没有顺序号"
    if said.first is not None:
        numbers = f"{said.first} 至 {said.last}，缺 {said.lacking} 个"
    if said.numbers_given_up:
        numbers += "；此前缺号过多，不再逐一核对"
    print_facts(
        f"{said.source} {said.day} 收到的来件 / received{'' if said.over else '（当日未完）'}",
        {
            "合计": f"{said.total:,}",
            "已记入": f"{said.accepted:,}",
            "待关联": f"{said.parked:,}，仍在等待 {len(said.waiting):,}",
            "未通过校验": f"{said.quarantined:,}",
            "重复": f"{said.duplicate:,}",
            "此前来件当日记入": f"{said.taken_up:,}",
            "顺序号": numbers,
            "缺号": _listed([_range(each) for each in said.missing]),
            "重号": _listed([str(number) for number in said.repeated]),
            "未通过校验的": _listed([_named(each, "reason") for each in said.refused]),
            "重复的": _listed([_named(each, "offset") for each in said.duplicates]),
            "仍在等待的": _listed([_named(each, "waits_for") for each in said.waiting]),
            "编号": f"{said.ids:,} 个，SHA-256 {said.ids_sha256}",
        },
    )


def _range(numbers: days.Range) -> str:
    return (
        str(numbers.first) if numbers.first == numbers.last else f"{numbers.first}–{numbers.last}"
    )


def _named(each: dict[str, Any], why: str) -> str:
    name = each["id"] or each.get("offset") or str(each.get("number") or "")
    return visible(f"{name}（{each[why]}）" if each.get(why) else name)


def _listed(names: Sequence[str]) -> str:
    """The first of them, and how many there are."""
    more = f" 等 {len(names):,} 项" if len(names) > SHOWN else ""
    return "、".join(names[:SHOWN]) + more or "—"


def _compare(compared: Compared) -> None:
    print_facts(
        "与来源的清单比对 / against its own list",
        {
            "两边都有": f"{compared.both:,}",
            "来源已发，从未收到": _listed([visible(name) for name in compared.not_here]),
            "在别的日子收到": _listed([visible(name) for name in compared.other_days]),
            "收到，来源清单中没有": _listed(compared.not_there),
            "清单中列了不止一次": _listed(compared.twice),
            "清单中不是编号的行": _listed([str(line) for line in compared.no_ids]),
        },
    )
    if compared.same:
        out.print("✓ 一致 / the same")
