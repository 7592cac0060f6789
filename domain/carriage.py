"""How CloudEvents come: the content modes of the Kafka and HTTP bindings, unpacked.

A message carries one event whole (structured), one event with its attributes in headers (binary),
or a list of events (batched). Whichever it is, what comes out is each event as JSON, as a
structured sender would have sent it; the bytes of `data`, and of each event of a list, stand in it
untouched. So an event is read, judged and stored in one way, and is the same fact by whatever way
it came.

What the two bindings leave open is decided here (docs/decisions/0057): a media type of CloudEvents
says the mode; else attributes in headers mean binary mode; else the body speaks for itself.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple
from urllib.parse import unquote_to_bytes

import msgspec

from domain.attributes import may_be_named
from domain.bodies import (
    BLANK,
    BYTE_ORDER_MARK,
    FOREIGN,
    elements,
    foreign,
    is_event,
    is_json,
    lines,
)
from domain.faults import Unacceptable
from domain.misplaced import masked

Mode = Literal["structured", "binary", "batched"]
MOST_EVENTS = 10_000
"""Events of one message; whoever has more sends a second one."""
STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch+json"
LINES = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl"})
"""Media types of one event a line (over HTTP)."""
_OURS = "application/cloudevents"
_SUPPORTED = (
    f"structured mode ({STRUCTURED}), batched mode ({BATCHED}), or binary mode with JSON data;"
    " UTF-8, not compressed"
)
_JSON = re.compile(r"[a-z]+/(?:[a-z0-9.-]+\+)?json")
_CHARSET = re.compile(r';[ \t]*charset="?([^";\t ]*)', re.IGNORECASE)
_TELLABLE = re.compile(r"a body without content-type|(charset=)?[a-z][a-z0-9.+/-]{0,60}")


class TooMany(Unacceptable):
    """More events than one message may have."""

    def __init__(self) -> None:
        most = f"at most {MOST_EVENTS} events in one message"
        super().__init__("unsupported_content_mode", "", most)


class Carried(NamedTuple):
    """The events of one message, in its order, each a JSON text; of a batch perhaps none."""

    mode: Mode
    events: tuple[bytes, ...]


def from_kafka(headers: Sequence[tuple[str, bytes | None]], value: bytes | None) -> Carried:
    """What a Kafka record carries. Raises Unacceptable where nobody can tell its events.

    A header without a value is unset. An event in binary mode without a value has no `data`.
    """
    head = _Head([])
    for key, told in headers:
        if told:
            head.add(key, "ce_", told.decode("utf-8", "surrogateescape"), _as_it_is)
    return _carried(head, value or b"")


def from_http(headers: Iterable[tuple[str, str]], body: bytes) -> Carried:
    """What an HTTP request carries. Raises Unacceptable where nobody can tell its events.

    Header values are as the server read them: Latin-1 for bytes. Without attributes in headers the
    content type must be one of CloudEvents or JSON, or one event a line: a browser sends other
    types from any page without asking.
    """
    head = _Head([])
    for key, told in headers:
        if text := told.strip(" \t"):
            head.add(key.lower(), "ce-", text, _unescaped)
    if head.media in LINES:
        _refuse_coding(head)
        return _batched(list(lines(body)))
    if head.is_of_cloudevents:
        return _carried(head, body)
    if not head.attributes and not head.is_json:
        raise _unsupported(head.media or "a body without content-type")
    if any(name == "datacontenttype" for name, _ in head.attributes):
        expected = "content-type in place of ce-datacontenttype"
        raise Unacceptable("malformed_envelope", "/datacontenttype", expected)
    return _carried(head, body)


Read = Callable[[str, str], str]
"""Reads the text of a header; raises Unacceptable, with the name of the attribute."""


@dataclass(slots=True)
class _Head:
    """What headers say: attributes in their order, and how the body is written."""

    members: list[tuple[str, Callable[[], str]]]
    """Attributes, and among them the content type, which is `datacontenttype` in binary mode."""
    content_type: str | None = None
    coding: str | None = None
    attributes: list[tuple[str, Callable[[], str]]] = field(default_factory=list)

    def add(self, key: str, prefix: str, text: str, read: Read) -> None:
        """One header more. Raises Unacceptable of a second content type."""
        if key.lower() == "content-type":
            if self.content_type is not None:
                raise Unacceptable("duplicate_key", "/datacontenttype", "one content-type")
            self.content_type = text
            self.members.append(("datacontenttype", lambda: _as_it_is("datacontenttype", text)))
        elif key.lower() == "content-encoding":
            self.coding = None if text.lower() == "identity" else text.lower()
        elif key.lower().startswith(prefix):
            name = key[len(prefix) :]
            self.attributes.append((name, lambda: read(name, text)))
            self.members.append(self.attributes[-1])

    @property
    def media(self) -> str:
        """The media type without parameters, in small letters; empty where none is told."""
        return (self.content_type or "").partition(";")[0].strip().lower()

    @property
    def is_json(self) -> bool:
        return _JSON.fullmatch(self.media) is not None

    @property
    def is_of_cloudevents(self) -> bool:
        return self.media.startswith(_OURS)


def _carried(head: _Head, body: bytes) -> Carried:
    body = body.removeprefix(BYTE_ORDER_MARK)
    if head.is_of_cloudevents:
        if head.media not in (_OURS, STRUCTURED, BATCHED):
            raise _unsupported(head.media)
        _refuse_coding(head)
        _refuse_foreign(body)
        if head.media == BATCHED:
            return _batched(elements(body, MOST_EVENTS))
        return Carried("structured", (_there(body),))
    if head.attributes and not (head.content_type is None and is_event(body)):
        return Carried("binary", (_binary(head, body),))
    _refuse_foreign(body)
    if head.content_type is not None and not head.is_json and not is_event(body):
        raise _unsupported(head.media)
    _refuse_coding(head)
    if body.lstrip(BLANK).startswith(b"["):
        return _batched(elements(body, MOST_EVENTS))
    return Carried("structured", (_there(body),))


def _there(body: bytes) -> bytes:
    if not body.strip(BLANK):
        raise Unacceptable("not_json", "", "an event: the message is empty")
    return body


# Binary mode: attributes in headers, the body is `data`.


def _binary(head: _Head, body: bytes) -> bytes:
    """One event: its attributes in the order of the headers, and the body as it is."""
    members: dict[str, bytes] = {}
    for name, read in head.members:
        told = msgspec.json.encode(read())
        if name == "datacontenttype" and members.get(name) == told:
            continue  # a library that says it twice
        if name in members:
            raise Unacceptable("duplicate_key", _at(name), "each attribute in one header")
        members[name] = told
    if "data" in members or "data_base64" in members:
        raise Unacceptable("malformed_envelope", "/data", "data in the body, in no header")
    if not body:
        return _object(members)
    if wrong := _not_data(head, members, body):
        wrong.whole = _object(members | {"data_base64": b'"%b"' % b64encode(body)})
        raise wrong
    return _object(members | {"data": body})


def _not_data(head: _Head, members: dict[str, bytes], body: bytes) -> Unacceptable | None:
    """Why a body cannot be the `data` of an event, if it cannot."""
    if head.content_type is not None and not head.is_json:
        return _unsupported(head.media, "/datacontenttype")
    if (what := head.coding or foreign(body)) is not None:
        return _unsupported(what, "/data")
    try:
        body.decode()
    except UnicodeDecodeError:
        return Unacceptable("invalid_utf8", "/data")
    if not is_json(body):
        return Unacceptable("not_json", "/data", "the data as JSON, and nothing else")
    if "specversion" in members and is_event(body):
        expected = f"the data alone, or content-type {STRUCTURED}: this is a whole event"
        return Unacceptable("malformed_envelope", "/data", expected)
    return None


def _object(members: dict[str, bytes]) -> bytes:
    return b"{%b}" % b",".join(b"%b:%b" % (msgspec.json.encode(k), v) for k, v in members.items())


def _at(name: str) -> str:
    return f"/{name}" if may_be_named(name) else ""


def _as_it_is(name: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Unacceptable("invalid_utf8", _at(name), "UTF-8 text") from None
    return text


def _unescaped(name: str, text: str) -> str:
    """The value of an HTTP header: without quotes, then one round of percent-decoding."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = re.sub(r"\\(.)", r"\1", text[1:-1])
    try:
        return unquote_to_bytes(text.encode("latin-1")).decode()
    except UnicodeError:
        raise Unacceptable("invalid_utf8", _at(name), "UTF-8, percent-encoded") from None


# Batched mode: a list of events.


def _batched(events: Sequence[bytes]) -> Carried:
    if len(events) > MOST_EVENTS:
        raise TooMany
    return Carried("batched", tuple(events))


# What is not supported.


def _refuse_foreign(body: bytes) -> None:
    if (what := foreign(body)) is not None:
        raise _unsupported(what)


def _refuse_coding(head: _Head) -> None:
    """Only UTF-8 is read, and nothing that is compressed by itself."""
    named = _CHARSET.search(head.content_type or "")
    if named is not None and named[1].lower() != "utf-8":
        raise _unsupported(f"charset={named[1].lower()}")
    if head.coding is not None:
        raise _unsupported(head.coding)


def _unsupported(what: str, pointer: str = "") -> Unacceptable:
    """Names what came, where that is no stranger's text, and what may come."""
    told = what in FOREIGN.values() or _TELLABLE.fullmatch(what) is not None
    came = f"; this is {what}" if told and masked(what) == what else ""
    return Unacceptable("unsupported_content_mode", pointer, _SUPPORTED + came)
