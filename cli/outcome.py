"""`mingjian outcome SOURCE ID`: what became of one event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from cli.console import (
    OURS,
    JsonOption,
    LedgerOption,
    database,
    out,
    print_facts,
    print_json,
    run,
)
from infra.kafka.topics import intake_topic
from infra.settings import settings
from infra.visible import visible
from ledger import adopted, told
from ledger.told import Told
from reports.shown import label
from rules.outcomes import document

FOR = "publisher"


class NothingCame(LookupError):
    """Nothing of that name, or from that place, ever came."""

    def __init__(self, source: str, event_id: str) -> None:
        super().__init__(
            f"没有收到过来源 {source} 的 {event_id}：未发出、仍在途中，或者编号不同"
            f" / nothing came from {source} as {event_id}"
        )


SourceArgument = Annotated[str, typer.Argument(metavar="SOURCE", help="来源系统 / source")]


def outcome(
    source: SourceArgument,
    event_id: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="事件编号；读不出编号的写分区和偏移，如 0/118 / its id, or partition/offset",
        ),
    ],
    ledger: LedgerOption = OURS,
    as_json: JsonOption = False,
) -> None:
    """某一事件的处理结果：记入、待关联、未通过校验，及其全部缘由 / what became of an event."""
    said = run(_asked(ledger, source, event_id))
    if as_json:
        print_json(said)
        return
    show(said)


async def _asked(ledger: str, source: str, event_id: str) -> dict[str, Any]:
    async with database(ledger) as connection:
        found: Told | None
        if "/" in event_id:
            topic = intake_topic(source, settings().kafka_prefix)
            whole = event_id if event_id.startswith(("http/", topic)) else f"{topic}/{event_id}"
            found = await told.outcome_at(connection, ledger, source, whole)
        else:
            found = await told.outcome_of(connection, ledger, source, event_id)
        if found is None:
            raise NothingCame(source, event_id)
        bureau = await adopted.at(connection, ledger)
        return document(found, bureau.site.url)


# Printing: the same document, wherever a command shows it.


def show(said: Mapping[str, Any]) -> None:
    """Print an outcome document for people."""
    print_facts(title_of(said), facts_of(said))
    for fault in said.get("faults", ()):
        out.print()
        print_facts(f"{fault['pointer'] or '（整条）'}：{fault['code']}", fault_facts(fault))
    for other in said.get("also", ()):
        out.print()
        show(other)


def title_of(said: Mapping[str, Any]) -> str:
    """The name of the event, and what became of it."""
    name = "/".join(filter(None, (said["source"], said["id"]))) or "编号读不出的来件"
    return f"{name}：{label(said['outcome'], 'outcome')} {said['outcome']}"


def facts_of(said: Mapping[str, Any]) -> dict[str, str]:
    """What is said of an event as a whole, under Chinese headings."""
    facts: dict[str, str] = {}
    for name, heading in _HEADINGS.items():
        if said.get(name) is not None:
            facts[heading] = visible(str(said[name]))
    for number, warning in enumerate(said.get("warnings", ()), 1):
        law = f"；{warning['rule']} {warning['law']}" if "rule" in warning else ""
        facts[f"疑点 {number}"] = f"{warning['name']} {warning['code']}{law}"
    if "waits_for" in said:
        waits = said["waits_for"]
        facts["等待"] = visible(waits["zh"])
        for each in waits.get("brought_by", ()):
            facts[f"  {each['type']}"] = visible(f"{each['field']} = {each['value']}")
    if "duplicate_of" in said:
        first = said["duplicate_of"]
        where = first.get("position") or first.get("number") or ""
        facts["重复的是"] = f"{label(first['outcome'], 'outcome')} {where}".strip()
    if "settled" in said:
        settled = said["settled"]
        by = " ".join(str(settled[name]) for name in ("by", "position") if name in settled)
        facts["了结"] = visible(f"{_SETTLED[settled['how']]} {by}".strip())
    return facts


def fault_facts(fault: Mapping[str, Any]) -> dict[str, str]:
    """One fault: what is wrong, what was expected and received, what to do."""
    allowed = fault.get("allowed", {})
    facts = {"问题": _both(fault["message"])}
    if not allowed or not all(code in fault["expected"]["zh"] for code in allowed):
        facts["应为"] = _both(fault["expected"])  # else it is the list that comes below
    facts["办法"] = _both(fault["remedy"])
    if "received" in fault:
        facts["收到"] = visible(str(fault["received"]))
    elif "kind" in fault:
        facts["收到"] = fault["kind"]
    if "meant" in fault:
        facts["是否应为"] = "不写 / left out" if fault["meant"] is None else str(fault["meant"])
    if allowed:
        facts["可用"] = "、".join(f"{code} {name}" for code, name in allowed.items())
    return facts


def _both(words: Mapping[str, str]) -> str:
    """In both languages; once where they say the same, as lists of codes do."""
    return words["zh"] if words["zh"] == words["en"] else f"{words['zh']} / {words['en']}"


_HEADINGS = {
    "type": "类型",
    "position": "账本位置",
    "number": "编号",
    "recorded_at": "时间",
    "offset": "分区和偏移",
    "mends": "另发新编号时 mends 写",
    "duplicates": "重复收到的次数",
}
_SETTLED = {"mended": "已由事件修复", "discarded": "已废弃", "refused": "未通过校验（拒收）"}
