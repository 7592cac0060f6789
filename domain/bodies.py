"""What a body is: JSON, a whole event, a list of events, or something else that its head tells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from domain.faults import Unacceptable

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
FOREIGN = {
    b"\x00": "the wire format of a schema registry (a zero byte and a schema id)",
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x04\x22\x4d\x18": "lz4",
    b"\xff\x06\x00\x00sNaPpY": "snappy",
    b"\x82SNAPPY\x00": "snappy",
    b"Obj\x01": "avro",
    b"<": "XML",
}
"""How bodies begin that are not JSON, and what they are; no JSON text begins so."""
BLANK = b" \t\r\n"
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)


def lines(body: bytes) -> Iterator[bytes]:
    """One event a line: without the ends of lines, byte order marks and blank lines."""
    for line in body.split(b"\n"):
        if stripped := line.removeprefix(BYTE_ORDER_MARK).strip(BLANK):
            yield stripped


_list = msgspec.json.Decoder(list[msgspec.Raw]).decode


def elements(body: bytes, most: int) -> list[bytes]:
    """The elements of a JSON list, each as it is written there; of longer lists `most` + 1."""
    try:
        return [bytes(element) for element in _list(body)[: most + 1]]
    except (ValueError, RecursionError):
        pass
    # One of them may be what we refuse later, by itself: a NaN, text that is not UTF-8.
    if not is_json(body) or not body.lstrip(BLANK).startswith(b"["):
        raise Unacceptable("not_json", "", "a JSON list of events, as a batch is")
    found: list[bytes] = []
    depth, begun = 0, 0
    for token in _TOKEN.finditer(body):
        mark = token[0]
        if mark in b"[{":
            depth += 1
            begun = token.end() if depth == 1 else begun
        elif depth == 1 and mark in b",]":
            found.append(body[begun : token.start()].strip(BLANK))
            begun = token.end()
            if len(found) > most:
                return found
        depth -= mark in b"]}"
    return found if found != [b""] else []


def is_json(body: bytes) -> bool:
    """Whether it is one JSON value; odd numbers and bytes that are no UTF-8 are looked at later."""
    try:
        msgspec.json.decode(body)
    except (ValueError, RecursionError):
        try:
            json.loads(body.decode("utf-8", "replace"), parse_int=str)
        except RecursionError:
            raise Unacceptable("too_deep") from None
        except ValueError:
            return False
    return True


class _Event(msgspec.Struct):
    specversion: Any


_decode_event = msgspec.json.Decoder(_Event).decode


def is_event(body: bytes) -> bool:
    """Whether a body is a whole event. No fact of ours has a field of that name."""
    try:
        _decode_event(body)
    except (ValueError, RecursionError):
        return False
    return True


def foreign(body: bytes) -> str | None:
    """What a body is that is not JSON, where its first bytes tell."""
    head = body.lstrip(BLANK)
    return next((what for begins, what in FOREIGN.items() if head.startswith(begins)), None)
