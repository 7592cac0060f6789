"""What a person is told of a file that was sent: its own events first, the older ones apart."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from mingjian_publisher.outbox import Sent

OUTCOMES = {
    "accepted": "已记入",
    "duplicate": "重复",
    "parked": "待关联",
    "quarantined": "未通过校验",
    "waiting": "尚无答复",
}
"""In the order in which they are told."""


def lines(told: Collection[Sent], whole: Mapping[str, int]) -> Iterator[str]:
    """Of each event of a file what became of it, as far as there is something to say of it.

    `whole`: outcome → how many there are in the whole outbox.
    """
    counts = Counter(sent.outcome for sent in told)
    older = Counter(whole) - counts
    yield f"本次文件 / this file: {_counted(counts)}"
    if older:
        yield f"待发箱中此前的 / sent before: {_counted(older)}"
    for sent in told:
        yield from of_event(sent)


def of_event(sent: Sent) -> Iterator[str]:
    """What is wrong or doubtful about an event, and what it waits for."""
    answer: dict[str, Any] = json.loads(sent.answer)
    for warning in answer.get("warnings", ()):
        yield f"! {sent.name}: {warning['code']} {warning.get('name', '')}".rstrip()
    if (waits := answer.get("waits_for")) and sent.outcome == "parked":
        yield f"… {sent.name}: {waits.get('zh', waits['what'])} / {waits.get('en', '')}"
    for fault in answer.get("faults", ()) if sent.outcome == "quarantined" else ():
        remedy = fault.get("remedy", {})
        what = f"{fault['code']} {fault.get('pointer', '')}".rstrip()
        yield f"✗ {sent.name}: {what}: {remedy.get('zh', '')} / {remedy.get('en', '')}"


def _counted(counts: Mapping[str, int]) -> str:
    known = [outcome for outcome in OUTCOMES if counts.get(outcome)]
    return "，".join(f"{OUTCOMES[each]} {each} {counts[each]}" for each in known)
