"""The CloudEvents 1.0 envelope, and strict reading of what arrived.

`read` turns received bytes into a `Received` event or raises `Unacceptable` with a reason code,
a JSON pointer, what was expected and what to do. The order of the tests is the order of the codes
in `REASONS`: the first that fails is the one reported (of repeated keys and odd numbers, the first
in the text).
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar

import msgspec
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from domain.catalogue import SOURCES, type_of
from domain.corrections import CorrectionKind
from domain.event import Division, Event, Instant
from domain.form import convert, wire_form
from domain.spelling import respelled

MAX_BYTES = 65_535
"""Largest event, in bytes (an entry of the ledger's Merkle tile has a 16-bit length)."""
MAX_DEPTH = 32
MAX_INTEGER = 2**53 - 1
MOST_FAULTS = 20
"""So many faults of one message are told; a wrong unit may stand in a thousand lines."""

REASONS: dict[str, str] = {
    "invalid_utf8": "不是有效的 UTF-8；send UTF-8 text",
    "too_deep": f"嵌套超过 {MAX_DEPTH} 层；flatten the message",
    "oversize": f"超过 {MAX_BYTES} 字节；send files by digest, not inline",
    "not_json": "不是 JSON 对象；send one JSON object per event",
    "duplicate_key": "同一对象中键重复；write each key once",
    "not_a_number": "NaN 或 Infinity；write a JSON number",
    "forbidden_character": "含 U+0000 或孤立代理项；remove it",
    "number_out_of_range": "数值超出 ±(2^53−1)；check the unit",
    "malformed_envelope": "CloudEvents 信封有误；see the contract",
    "unknown_type": "事件类型未登记；see `mingjian contracts export`",
    "unknown_source": "来源系统未登记；ask the bureau for registration",
    "unauthorised": "该来源无权发布此类事件；ask the bureau",
    "wrong_division": "不属于本账本的区划；send to the ledger of that division",
    "wrong_clock": "receivedat 只用于且必须用于回放账本；see the contract",
    "missing_field": "缺少必填字段；add it",
    "unknown_field": "合同中没有的字段；remove it",
    "wrong_check_digit": "校验码不符；check the number",
    "no_such_date": "日期不存在；check the date",
    "negative_amount": "金额为负；send a return or a correction instead",
    "amount_not_integer": "金额须为整数分；multiply 元 by 100",
    "malformed_value": "字段值不符合合同；see expected",
    "id_conflict": "同一 source 与 id 已有不同内容；use a new id, name the old one in corrects",
    "correction_mismatch": "更正须与原事件同类型同对象；revoke it and send a new event instead",
    "storage_refused": "数据库拒收；report to the bureau",
}
"""Reason codes of quarantine, with meaning and remedy, in the order they are tested."""


class Fault(NamedTuple):
    """One thing wrong with a message: reason code, JSON pointer, what was expected. No content."""

    code: str
    pointer: str
    expected: str


def fault(code: str, pointer: str = "", expected: str = "") -> Fault:
    """A fault that expects the remedy of its code, if nothing more is known."""
    return Fault(code, pointer, expected or REASONS[code])


class Unacceptable(Exception):
    """What arrived cannot be accepted; it goes to quarantine for the first of these faults."""

    def __init__(
        self, code: str, pointer: str = "", expected: str = "", *, others: Iterable[Fault] = ()
    ) -> None:
        super().__init__(code, pointer, expected)
        self.faults = (fault(code, pointer, expected), *others)
        self.as_before: Received | None = None
        """What 0.1.0 would have read: it may stand in the ledger, or be parked, from then."""

    @property
    def code(self) -> str:
        """Reason code of the first fault."""
        return self.faults[0].code

    @property
    def pointer(self) -> str:
        """Where the first fault is."""
        return self.faults[0].pointer

    @property
    def expected(self) -> str:
        """What was expected there."""
        return self.faults[0].expected


EventId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,119}$")]
SourceName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
EventName = Annotated[
    str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}/[A-Za-z0-9][A-Za-z0-9._:-]{0,119}$")
]
"""One event, named for ever: "<source>/<id>"."""
D = TypeVar("D", bound=Event)


class Envelope(BaseModel, Generic[D]):
    """CloudEvents attributes and the extensions of the ledger; no others are taken.

    `corrects` names an event that this one corrects: with `changed` (更正) its `data` replaces the
    old data whole, with `revoked` (撤销) it repeats it. See domain.corrections.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    specversion: Literal["1.0"]
    id: EventId
    source: SourceName
    type: str
    subject: Annotated[str, Field(min_length=1, max_length=200)]
    time: Instant
    datacontenttype: Literal["application/json"]
    division: Division
    sequence: Annotated[int, Field(ge=0, le=MAX_INTEGER)]
    corrects: EventName | None = None
    correctionkind: CorrectionKind | None = None
    receivedat: Instant | None = None
    data: D


@dataclass(slots=True)
class Received:
    """An event that is well-formed: the typed envelope, the parsed JSON, the bytes."""

    raw: bytes
    json: dict[str, Any]
    id: str
    source: str
    type: str
    event: Event
    stream: str
    received_at: datetime | None
    corrects: str | None
    correction_kind: str | None

    @property
    def name(self) -> str:
        """The name of the event for ever: `<source>/<id>`."""
        return f"{self.source}/{self.id}"


_NOT_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*"?|[^\[\]{}"]+', re.DOTALL)


def _depth(raw: bytes) -> int:
    depth = deepest = 0
    for char in _NOT_STRUCTURE.sub(b"", raw):
        if char in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        else:
            depth -= 1
    return deepest


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise Unacceptable("duplicate_key", expected="each key once in an object")
            seen.add(key)
    return made


def _constant(_: str) -> Any:
    raise Unacceptable("not_a_number")


def _integer(text: str) -> int:
    if len(text) > len(f"-{MAX_INTEGER}"):
        raise Unacceptable("number_out_of_range")
    value = int(text)
    if not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise Unacceptable("number_out_of_range")
    return value


def _real(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise Unacceptable("number_out_of_range")
    return value


_decode = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_constant=_constant, parse_int=_integer, parse_float=_real
).decode


def _has_forbidden(value: Any) -> bool:
    """Whether a NUL or a lone surrogate stands in any string; neither can be stored as text."""
    if isinstance(value, str):
        return "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value)
    if isinstance(value, dict):
        return any(_has_forbidden(k) or _has_forbidden(v) for k, v in value.items())
    return isinstance(value, list) and any(_has_forbidden(item) for item in value)


def parse(raw: bytes) -> dict[str, Any]:
    """Strict JSON object: UTF-8, bounded size and depth, no double keys, NaN, NUL, surrogates."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise Unacceptable("invalid_utf8") from None
    head = raw[: MAX_BYTES + 1]
    if head.count(b"[") + head.count(b"{") > MAX_DEPTH and _depth(head) > MAX_DEPTH:
        raise Unacceptable("too_deep")
    if len(raw) > MAX_BYTES:
        raise Unacceptable("oversize")
    try:
        made = _decode(text)
    except ValueError:
        raise Unacceptable("not_json") from None
    if not isinstance(made, dict):
        raise Unacceptable("not_json", expected="a JSON object")
    if ("\x00" in text or "\\u" in text) and _has_forbidden(made):
        raise Unacceptable("forbidden_character")
    return made


def _claimed_type(message: dict[str, Any]) -> type[Event]:
    claimed = message.get("type")
    if not isinstance(claimed, str):
        raise Unacceptable("malformed_envelope", "/type", "the event type, a string")
    event = type_of(claimed)
    if event is None:
        raise Unacceptable("unknown_type", "/type")
    return event


@cache
def _form(event: type[Event]) -> type[msgspec.Struct]:
    """The form in which messages of this event arrive."""
    whole: type[BaseModel] = Envelope[event]  # type: ignore[valid-type]  # made at run time
    return wire_form(whole)


def _refusal(event: type[Event], raw: bytes) -> Unacceptable:
    """Why the form does not take a message, as the event's class explains it."""
    try:
        Envelope[event].model_validate_json(raw)  # type: ignore[valid-type]  # made at run time
    except ValidationError as error:
        return _unacceptable(error)
    return Unacceptable("malformed_value")


def _unacceptable(error: ValidationError) -> Unacceptable:
    """The faults that pydantic names, as reason codes of ours; the first one decides."""
    named = error.errors(include_url=False, include_input=False)[:MOST_FAULTS]
    first, *others = dict.fromkeys(map(_fault, named))
    return Unacceptable(*first, others=others)


def _fault(error: ErrorDetails) -> Fault:
    kind, where = error["type"], error["loc"]
    pointer = "".join(f"/{part}" for part in where)
    last = str(where[-1]) if where else ""
    code = "malformed_value"
    if kind in REASONS:
        code = kind
    elif where and where[0] != "data":
        code = "malformed_envelope"
        if kind == "extra_forbidden":  # a stranger's name may be personal data
            pointer = ""
    elif kind == "missing":
        code = "missing_field"
    elif kind == "extra_forbidden":
        code, pointer = "unknown_field", pointer.rpartition("/")[0]
    elif last.endswith("_fen") and kind in ("int_type", "int_from_float", "int_parsing"):
        code = "amount_not_integer"
    elif last.endswith("_fen") and kind in ("greater_than_equal", "greater_than"):
        code = "negative_amount"
    elif kind.startswith("date") and kind != "date_type":
        code = "no_such_date"
    return fault(code, pointer, error["msg"])


def read(
    raw: bytes, division: str, *, replay: bool, message: dict[str, Any] | None = None
) -> Received:
    """One event of `division` from its bytes.

    `message` is the object in them, where it is known to be written as we would write it.

    Raises Unacceptable. A replay ledger takes its recording time from `receivedat`, so there it
    is required; a live ledger has its own clock, so there it is refused.
    """
    if message is not None:
        try:
            return _received(raw, message, division, replay=replay)
        except Unacceptable:
            pass  # the strict reading below may find a reason that comes before this one
    return _received(raw, parse(raw), division, replay=replay)


def _received(raw: bytes, message: dict[str, Any], division: str, *, replay: bool) -> Received:
    event_class = _claimed_type(message)
    try:
        envelope = convert(message, _form(event_class))
    except msgspec.ValidationError:
        refusal = _refusal(event_class, raw)
        then = respelled(Envelope[event_class], message)  # type: ignore[valid-type]  # made here
        if then != message:
            with contextlib.suppress(Unacceptable):
                refusal.as_before = _received(raw, then, division, replay=replay)
        raise refusal from None
    source = SOURCES.get(envelope.source)
    if source is None:
        raise Unacceptable("unknown_source", "/source")
    if not source.may(event_class.TYPE):
        raise Unacceptable("unauthorised", "/type", f"{source.name}: {', '.join(source.types)}")
    if envelope.division != division:
        raise Unacceptable("wrong_division", "/division", division)
    if replay is (envelope.receivedat is None):
        raise Unacceptable("wrong_clock", "/receivedat")
    if (envelope.corrects is None) is not (envelope.correctionkind is None):
        raise Unacceptable("malformed_envelope", "/correctionkind", "corrects and correctionkind")
    event = envelope.data
    return Received(
        raw,
        message,
        envelope.id,
        envelope.source,
        event_class.TYPE,
        event,
        event.stream(),
        envelope.receivedat,
        envelope.corrects,
        envelope.correctionkind,
    )
