"""Events as CloudEvents 1.0 in the structured JSON form."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Literal, NotRequired, TypedDict

SHANGHAI = timezone(timedelta(hours=8))
BYTE_ORDER_MARK = "\ufeff"

CorrectionKind = Literal["changed", "revoked", "recovered"]
"""更正, 撤销, 追回."""


class Event(TypedDict):
    """One fact that a source states. `data` is as the contract of its `type` says."""

    specversion: Literal["1.0"]
    id: str
    source: str
    type: str
    subject: str
    time: str
    datacontenttype: NotRequired[str]
    division: str
    sequence: NotRequired[int]
    corrects: NotRequired[str]
    correctionkind: NotRequired[CorrectionKind]
    receivedat: NotRequired[str]
    data: Any


def event(
    type: str,  # noqa: A002 - as CloudEvents calls it
    data: Mapping[str, Any],
    *,
    source: str,
    subject: str,
    division: str,
    id: str | None = None,  # noqa: A002 - as CloudEvents calls it
    time: datetime | None = None,
    sequence: int | None = None,
    corrects: str | None = None,
    correctionkind: CorrectionKind | None = None,
) -> Event:
    """An event of now, with an id of its own, where these are not told.

    `time` must say its zone (raises ValueError). Give an `id` of your own where your system can
    make the same one again for the same fact: then a second run tells nothing twice.
    """
    happened = datetime.now(SHANGHAI) if time is None else time
    if happened.tzinfo is None:
        raise ValueError("time 须带时区 / needs a time zone, e.g. datetime.now(SHANGHAI)")
    made: Event = {
        "specversion": "1.0",
        "id": str(uuid.uuid4()) if id is None else id,
        "source": source,
        "type": type,
        "subject": subject,
        "time": happened.isoformat(timespec="milliseconds"),
        "datacontenttype": "application/json",
        "division": division,
        "data": dict(data),
    }
    if sequence is not None:
        made["sequence"] = sequence
    if corrects is not None:
        made["corrects"] = corrects
    if correctionkind is not None:
        made["correctionkind"] = correctionkind
    return made


def name_of(told: Event) -> str:
    """The name of an event for ever: "<source>/<id>". Raises ValueError where it has none."""
    try:
        return f"{told['source']}/{told['id']}"
    except (KeyError, TypeError) as missing:
        what = "source、id 须写明 / an event needs both: source, id"
        raise ValueError(f"{what}: {json.dumps(told, ensure_ascii=False)[:80]}") from missing


def to_bytes(told: Event) -> bytes:
    """The event as it travels: UTF-8 JSON without line breaks. Raises ValueError for NaN."""
    text = json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()


def read_lines(lines: Iterable[str]) -> Iterator[Event]:
    """The events of a JSON Lines file, opened as UTF-8 text; empty lines are left out."""
    for line in lines:
        if text := line.removeprefix(BYTE_ORDER_MARK).strip():
            told: Event = json.loads(text)
            yield told
