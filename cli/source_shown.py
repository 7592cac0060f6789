"""`mingjian source list|show`: how each source stands, and where that is said."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from cli.aside import instant
from cli.console import (
    OURS,
    JsonOption,
    LedgerOption,
    columns,
    database,
    out,
    print_facts,
    print_json,
    run,
)
from cli.source_key import SourceArgument
from domain.bureau.bureau import Bureau
from domain.money import format_yuan
from domain.standing import ALL, Deed, Grant, Standing
from infra.settings import settings
from ledger import adopted, broker_users, register, seen, source_keys
from ledger.broker_users import BrokerUser
from ledger.register import NoSuchSource
from ledger.seal import Sealer

STATES = {
    "active": "在用",
    "suspended": "已暂停",
    "unregistered": "未登记",
    "unlisted": "单位资料已删",
}
LIMITS = (("most_fen", "每件至多"), ("events_a_day", "每日至多"), ("fen_a_day", "每日至多"))


class Shown(NamedTuple):
    """A source, as people and programs are told of it."""

    stands: Standing
    title: str
    says: tuple[str, ...]
    """Lines and classes, of the register where it says some, else of the folder."""
    keys: int
    """How many are valid."""
    seen: datetime | None
    broker_user: BrokerUser

    @property
    def state(self) -> str:
        stands = self.stands
        if stands.suspended is not None:
            return "suspended"
        if not stands.listed:
            return "unlisted"
        return "unregistered" if stands.unregistered else "active"

    @property
    def by_register(self) -> bool:
        """Whether the register says what it may do; else the folder alone does."""
        return self.stands.registered is not None

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "source": self.stands.source,
            "title": self.title,
            "state": self.state,
            "from": "register" if self.by_register else "folder",
            "says": self.says,
            "grant": register.facts_of(self.stands.grant),
            "registered": _deed(self.stands.registered),
            "suspended": _deed(self.stands.suspended),
            "keys": self.keys,
            "seen": self.seen,
            "kafka": {
                "user": self.broker_user.there,
                "rights": _deed(self.broker_user.rights),
                "password": _deed(self.broker_user.password),
            },
        }


def list_sources(ledger: LedgerOption = OURS, as_json: JsonOption = False) -> None:
    """列出来源系统：状态、依据、范围、密钥、最近来件 / all sources, and how they stand."""
    found = run(_read(ledger))
    if as_json:
        print_json([each.as_json() for each in found])
        return
    names = (
        "来源系统",
        "名称",
        "状态",
        "依据",
        "可报送",
        "限额",
        "有效密钥",
        "Kafka 用户",
        "最近来件",
    )
    table = columns(*names, right=("有效密钥",))
    for each in found:
        table.add_row(
            each.stands.source,
            each.title,
            STATES[each.state],
            "登记册" if each.by_register else "单位资料",
            "、".join(each.says),
            "；".join(limits_of(each.stands.grant)) or "—",
            str(each.keys),
            _user(each.broker_user),
            "—" if each.seen is None else instant(each.seen),
        )
    out.print(table)
    out.print(f"共 {len(found)} 个 / sources")


def show(name: SourceArgument, ledger: LedgerOption = OURS, as_json: JsonOption = False) -> None:
    """一个来源系统：可以做什么，是谁何时为何定的 / one source: what it may do, and who said so."""
    found = run(_read(ledger, name))
    if as_json:
        print_json(found[0].as_json())
        return
    (each,) = found
    grant = each.stands.grant
    print_facts(
        f"{name} {each.title}",
        {
            "状态": STATES[each.state],
            "依据": "登记册" if each.by_register else "单位资料",
            "登记": _said(each.stands.registered),
            "暂停": _said(each.stands.suspended),
            "可报送": "、".join(each.says),
            "镇街": "全部" if grant.townships is None else "、".join(sorted(grant.townships)),
            "限额": "；".join(limits_of(grant)) or "—",
            "令牌主体": "、".join(f"{s.claim} {s.value}" for s in sorted(grant.subjects)) or "—",
            "联系": grant.contact or "—",
            "有效密钥": str(each.keys),
            "Kafka 用户": _user(each.broker_user),
            "Kafka 用户与权限": _said(each.broker_user.rights),
            "Kafka 密码": _said(each.broker_user.password),
            "最近来件": "—" if each.seen is None else instant(each.seen),
        },
    )


def limits_of(grant: Grant) -> list[str]:
    """Its limits in words."""
    said = []
    for part, words in LIMITS:
        for scope, most in sorted(getattr(grant, part).items()):
            number = f"{most} 件" if part == "events_a_day" else f"{format_yuan(most)} 元"
            said.append(f"{'' if scope == ALL else scope + ' '}{words} {number}")
    return said


def _user(user: BrokerUser) -> str:
    if user.rights is None:
        return "—"
    return f"{'有' if user.there else '无'}（第 {user.rights.number} 条）"


def _said(deed: Deed | None) -> str:
    if deed is None:
        return "—"
    return f"{instant(deed.at)} {deed.by}：{deed.why}（经办日志第 {deed.number} 条）"


def _deed(deed: Deed | None) -> dict[str, Any] | None:
    return None if deed is None else deed._asdict()


async def _read(ledger: str, only: str | None = None) -> list[Shown]:
    async with database(ledger) as connection:
        sealer, now = Sealer(settings().secret, ledger), datetime.now(UTC)
        standing = await register.standing(connection, sealer, ledger)
        bureau = (await adopted.versions(connection, ledger)).latest
        if only is not None and only not in standing:
            raise NoSuchSource(only, standing)
        wanted = [name for name in standing if only in (None, name)]
        keys = await source_keys.read(connection, sealer, ledger)
        last = await seen.last(connection, ledger, wanted)
        on_broker = await broker_users.of_sources(connection, sealer, ledger, wanted)
    return [
        Shown(
            standing[name],
            bureau.sources[name].title if name in bureau.sources else "",
            _says(standing[name], bureau),
            sum(key.source == name and key.valid(now) for key in keys.values()),
            last[name],
            on_broker[name],
        )
        for name in wanted
    ]


def _says(stands: Standing, bureau: Bureau) -> tuple[str, ...]:
    listed = bureau.sources.get(stands.source)
    return tuple(stands.grant.says or (() if listed is None else listed.says))
