"""`mingjian person show`, `history`, `kept`: looking at what is held of a person, with a trace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import asyncpg

from cli.aside import instant
from cli.console import (
    LOOK,
    OURS,
    ByOption,
    JsonOption,
    LedgerOption,
    columns,
    database,
    out,
    print_facts,
    print_json,
    run,
)
from cli.person_who import (
    RESIDENT,
    FileOption,
    KindOption,
    Known,
    PurposeOption,
    RefOption,
    RestrictedOption,
    asked,
    looked,
    sealer_of,
)
from domain.catalogue import EVENTS
from ledger import copies, looks, mentions
from ledger.copies import Copy
from ledger.mentions import Mention
from ledger.seal import Sealer
from reports.shown import label

STATES = {
    "clear": "可读",
    "forgotten": "已遗忘",
    "keyless": "缺密钥",
    "altered": "打不开（被改动，执行 mingjian verify）",
}
FIELDS = {
    "id_kind": "证件种类",
    "id_number": "证件号码",
    "name": "姓名",
    "no_id_reason": "无证件原因",
    "account": "账户",
    "address": "住址",
    "phone": "电话",
    "card_number": "残疾人证号",
}
_WHERE = {"parked": "待关联", "quarantine": "未通过校验"}


def show(
    by: ByOption,
    purpose: PurposeOption,
    ref: RefOption = None,
    file: FileOption = None,
    kind: KindOption = RESIDENT,
    restricted: RestrictedOption = False,
    ledger: LedgerOption = OURS,
    as_json: JsonOption = False,
) -> None:
    """账本就一人所存的一切，原文；查阅留痕 / all that is held of a person, in clear."""
    refs, told, aside = _look(by, purpose, (ref, file, kind), ledger, restricted=restricted)
    if as_json:
        entries = [mention._asdict() for mention in told]
        print_json({"refs": refs, "entries": entries, "aside": [c._asdict() for c in aside]})
        return
    latest: dict[str, str] = {}
    for mention in told:  # the last one that says something of a field
        latest |= {name: str(value) for name, value in mention.clear.items()}
    facts = {FIELDS.get(name, name): text for name, text in latest.items()}
    print_facts(f"人员 {refs[0]}", facts or {"原文": "没有可读的 / nothing that can be read"})
    table = columns("发生", "位置", "事件", "来源", "对象", "状态", "原文", right=("位置",))
    for mention in told:
        clear = "，".join(
            f"{FIELDS.get(name, name)} {value}" for name, value in mention.clear.items()
        )
        cells = (_title(mention.type), mention.source, mention.stream, STATES[mention.state])
        table.add_row(str(mention.happened), str(mention.position), *cells, clear)
    _end(table if told else None, len(told), aside)


def history(
    by: ByOption,
    purpose: PurposeOption,
    ref: RefOption = None,
    file: FileOption = None,
    kind: KindOption = RESIDENT,
    restricted: RestrictedOption = False,
    ledger: LedgerOption = OURS,
    as_json: JsonOption = False,
) -> None:
    """一人在各项业务中的经过，按发生先后 / what happened, in all programmes, in its order."""
    refs, told, aside = _look(by, purpose, (ref, file, kind), ledger, restricted=restricted)

    async def work() -> list[mentions.Step]:
        async with database(ledger) as connection:
            return await mentions.history(connection, ledger, told)

    steps = run(work())
    if as_json:
        entries = [step._asdict() | {"title": _title(step.type)} for step in steps]
        print_json({"refs": refs, "entries": entries, "aside": [c._asdict() for c in aside]})
        return
    headings = ("发生", "事件", "来源", "对象", "位置", "记录时间", "更正", "提及本人")
    table = columns(*headings, right=("位置",))
    for step in steps:
        corrected = ""
        if step.correction is not None:
            corrected = f"{label(step.correction, 'correction')}位置 {step.fact}"
        where = (step.source, step.stream, str(step.position), instant(step.recorded_at))
        named = "是" if step.names_them else ""
        table.add_row(str(step.happened), _title(step.type), *where, corrected, named)
    _end(table if steps else None, len(steps), aside)


def kept(
    by: ByOption,
    purpose: PurposeOption,
    ref: RefOption = None,
    file: FileOption = None,
    kind: KindOption = RESIDENT,
    restricted: RestrictedOption = False,
    ledger: LedgerOption = OURS,
    as_json: JsonOption = False,
) -> None:
    """遗忘之后仍留存的：假名、标志、金额、校验码 / what stays of a person who is forgotten."""
    refs, told, _ = _look(by, purpose, (ref, file, kind), ledger, restricted=restricted)

    async def work() -> list[mentions.Left]:
        async with database(ledger) as connection:
            return await mentions.left_open(connection, ledger, refs)

    left = run(work())
    if as_json:
        print_json([each._asdict() for each in left])
        return
    table = columns("位置", "事件", "公开部分对此人所说", right=("位置",))
    for each in left:
        said = "，".join(f"{name}={value}" for name, value in each.said.items())
        table.add_row(str(each.position), _title(each.type), said)
    if left:
        out.print(table)
    forgotten = sum(mention.state == "forgotten" for mention in told)
    out.print(
        f"共 {len(left)} 处，其中 {forgotten} 处已遗忘。每处另存：记录的金额和日期、封存部分的密文"
        "（无密钥，不可读）、校验码；经办日志中的假名 / places; beside them amounts, dates,"
        " ciphertext that nobody opens, hashes, and the pseudonym in the journal"
    )


def _look(
    by: str,
    purpose: str,
    given: tuple[str | None, Path | None, str],
    ledger: str,
    *,
    restricted: bool,
) -> tuple[list[str], list[Mention], list[Copy]]:
    role = "restricted" if restricted else "operator"
    reader = looks.reader(by, role, purpose)
    sealer = sealer_of(ledger)
    whom = asked(sealer, *given)

    async def work() -> tuple[list[str], list[Mention], list[Copy]]:
        async with database(ledger) as connection:
            refs, told = await looked(
                connection, sealer, ledger, whom.ref, reader, restricted=restricted
            )
            return refs, told, await _aside(connection, sealer, ledger, told, whom.known)

    return run(work())


async def _aside(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, told: list[Mention], known: Known
) -> list[Copy]:
    """Messages put aside that name the person; of whom nothing is clear, nobody can tell."""
    events = [(mention.source, mention.event_id) for mention in told]
    of = copies.traces([known, *(mention.clear for mention in told)], events)
    return await copies.holding(connection, sealer, ledger, of)


def _title(type_name: str) -> str:
    event = EVENTS.get(type_name)
    return type_name if event is None else event.TITLE


def _end(table: Any, count: int, aside: list[Copy]) -> None:
    if table is not None:
        out.print(table)
    out.print(f"共 {count} 条 / entries")
    for copy in aside:
        perhaps = "" if copy.certain else "（只有姓名相同，请核 / the name only）"
        settled = "已了结" if copy.settled else "未了结"
        out.print(f"{LOOK} {_WHERE[copy.table]} {copy.number}，{settled}{perhaps}")
