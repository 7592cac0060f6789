"""What waits for somebody, who that is, and since when: for the bureau's clerk and the operator."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple

import asyncpg

from domain.bureau.bureau import Bureau
from domain.catalogue import EVENTS
from domain.codes import Labels, labels_of
from ledger import adopted
from ledger.aside import PARKED, TABLES
from ledger.reasons import Group, groups
from ledger.store import Ledger
from projections.read_model import VERSION
from projections.snapshot import reached, serving, snapshot
from reports import publication, release
from reports.shown import json_value, label, source

What = Annotated[
    Literal["parked", "quarantined", "lacking", "halted", "unfit"],
    Labels("待关联", "未通过校验", "缺原字节", "汇总表停住", "不能发布的报告"),
]
Who = Annotated[Literal["source", "clerk", "operator"], Labels("来源系统", "本局经办人", "运维")]
OURS = frozenset({"judge_failed"})
"""Reasons of quarantine that no source can mend."""


class Waits(NamedTuple):
    """Something that goes on only when somebody acts."""

    what: str
    about: str
    """Whose it is, or what it is for: a reason, a prerequisite, a read model, a report."""
    rows: int
    claims_fen: int
    since: datetime | None
    who: str
    names: tuple[str, ...]
    """Those of the sources that must act, where it is a source."""
    remedy: str
    actor: str = ""
    """Who must act, by name where it is a source."""

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return self._asdict() | {
            "names": list(self.names),
            "since": json_value(self.since),
        }

    @property
    def title(self) -> str:
        """What it is called."""
        return labels_of(What)[self.what]


async def waiting(connection: asyncpg.Connection, ledger: Ledger) -> list[Waits]:
    """All that waits in a ledger now; what has waited longest comes first."""
    bureau = await adopted.at(connection, ledger.name)
    found: list[Waits] = []
    for table in TABLES:
        for group in await groups(connection, table, ledger.name):
            found += _parked(group, bureau) if table is PARKED else _quarantined(group, bureau)
            if group.lacking:
                found.append(_lacking(table.title, table.name, group, bureau))
    if await serving(connection) == VERSION:
        async with snapshot(connection):
            found += await _halted(connection, ledger)
            found += await _unfit(connection, ledger)
    named = [each._replace(actor=_actor(each, bureau)) for each in found]
    return sorted(named, key=lambda each: (each.since is None, each.since))


def _actor(each: Waits, bureau: Bureau) -> str:
    said = labels_of(Who)[each.who]
    return f"{said}：{'或'.join(source(n, bureau) for n in each.names)}" if each.names else said


def _parked(group: Group, bureau: Bureau) -> Iterator[Waits]:
    """A stream is begun by whoever may tell its first fact; an event is told by its source."""
    kind, _, name = group.why.partition(":")
    if kind == "event":
        names: tuple[str, ...] = (name,)
        about = f"{source(group.source or '', bureau)} 的来件，等 {source(name, bureau)} 的事件"
    else:
        opening = [e for e in EVENTS.values() if e.OPENS and name == e.STREAM]
        names = tuple(
            sorted(s.name for s in bureau.sources.values() if any(s.may(e.TYPE) for e in opening))
        )
        about = f"{source(group.source or '', bureau)} 的来件，等 {name} 的{_titles(opening)}"
    yield Waits(
        "parked",
        about,
        group.rows,
        group.claims_fen,
        group.since,
        "source",
        names,
        "发出所等的事件，到达后自动记入；清单 mingjian parked",
    )


def _titles(opening: list[Any]) -> str:
    return "或".join(dict.fromkeys(event.TITLE for event in opening)) or "首件事件"


def _quarantined(group: Group, bureau: Bureau) -> Iterator[Waits]:
    known = group.source in bureau.sources
    who, remedy = "clerk", "查明出处，释放或废弃；清单 mingjian quarantine"
    if group.why in OURS:
        who, remedy = "operator", "换用改正后的程序，再 mingjian quarantine release"
    elif known:
        who, remedy = "source", "改正后用新编号重发，本局释放；清单 mingjian quarantine"
    yield Waits(
        "quarantined",
        f"{source(group.source, bureau) if known and group.source else '来源读不出'}："
        f"{label(group.why, 'reason')}",
        group.rows,
        group.claims_fen,
        group.since,
        who,
        (group.source,) if who == "source" and group.source else (),
        remedy,
    )


def _lacking(title: str, name: str, group: Group, bureau: Bureau) -> Waits:
    known = group.source in bureau.sources
    return Waits(
        "lacking",
        f"{title}中由经办日志恢复的来件",
        group.lacking,
        0,
        group.since,
        "source" if known else "operator",
        (group.source,) if known and group.source else (),
        f"重发原来件，再次收到后补齐；清单 mingjian {name}",
    )


async def _halted(connection: asyncpg.Connection, ledger: Ledger) -> list[Waits]:
    stands = (await reached(connection, ledger.name)).values()
    halts = [stand.halt for stand in stands if stand.halt is not None]
    return [
        Waits(
            "halted",
            f"{halt.read_model}，记录 {halt.position}：{halt.error}",
            ledger.position - halt.position + 1,
            0,
            halt.since,
            "operator",
            (),
            "换用改正后的程序并 mingjian rebuild，或 mingjian models leave-out",
        )
        for halt in sorted(halts)
    ]


async def _unfit(connection: asyncpg.Connection, ledger: Ledger) -> list[Waits]:
    return [
        Waits(
            "unfit",
            f"{told.year} 年度报告（记录 {told.position}）：{told.why}",
            1,
            0,
            datetime.fromisoformat(told.published_at),
            "clerk",
            (),
            "补办后另报一次发布",
        )
        for told in await publication.unfit(connection, ledger.name)
    ] + [
        Waits(
            "unfit",
            f"{told.plan} {told.period} 第 {told.edition} 版（记录 {told.position}）：{told.why}",
            1,
            0,
            datetime.fromisoformat(told.published_at),
            "clerk",
            (),
            "补办签发，或重新执行 mingjian publish",
        )
        for told in await release.unfit(connection, ledger.name)
        if not publication.is_annual(told)
    ]
