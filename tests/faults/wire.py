"""Kafka read with plain sockets: what stands in a topic byte for byte, and who is in a group.

A checker that reads through the client under test shares its blind spots: aiokafka raises on a
header name that is not UTF-8 and hides transaction marks. Written for one local broker.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from typing import NamedTuple

import cramjam

PRODUCE, FETCH, LIST_OFFSETS, METADATA, OFFSET_FETCH = 0, 1, 2, 3, 9
LEAVE_GROUP, DESCRIBE_GROUPS, DELETE_GROUPS = 13, 15, 42
FIRST, END = -2, -1
FETCH_BYTES = 16 * 2**20
CONTROL, LOG_APPEND = 0x20, 0x08
UNPACK = {1: cramjam.gzip.decompress, 3: cramjam.lz4.decompress, 4: cramjam.zstd.decompress}
"""By the number of the compression."""
NONE, UNKNOWN_MEMBER = 0, 25
TIMEOUT_SECONDS = 30.0


class Refused(Exception):
    """The broker answered with an error code."""


class Stored(NamedTuple):
    """A record as it stands in a topic; `control` marks the end of a transaction."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[bytes, bytes | None], ...]
    control: bool = False


class Reader:
    """Takes values off the front of bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, form: str) -> int:
        """One number of a struct format."""
        (value,) = struct.unpack_from(">" + form, self.data, self.at)
        self.at += struct.calcsize(form)
        return int(value)

    def chunk(self, size: int) -> bytes | None:
        """So many bytes; None for a negative size."""
        if size < 0:
            return None
        self.at += size
        return self.data[self.at - size : self.at]

    def text(self) -> str:
        return (self.chunk(self.take("h")) or b"").decode()

    def varint(self) -> int:
        """A number in Kafka's zigzag form."""
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return (value >> 1) ^ -(value & 1)
            shift += 7

    def error(self, *allowed: int) -> None:
        """An error code that must be none, or allowed."""
        code = self.take("h")
        if code not in (NONE, *allowed):
            raise Refused(f"Kafka error code {code}")


def _text(value: str) -> bytes:
    return struct.pack(">h", len(value)) + value.encode()


def _call(bootstrap: str, api: int, version: int, body: bytes) -> Reader:
    host, _, port = bootstrap.rpartition(":")
    request = struct.pack(">hhi", api, version, 1) + _text("checker") + body
    with socket.create_connection((host, int(port)), timeout=TIMEOUT_SECONDS) as connection:
        connection.sendall(struct.pack(">i", len(request)) + request)
        with connection.makefile("rb") as stream:
            (size,) = struct.unpack(">i", stream.read(4))
            answer = Reader(stream.read(size))
    answer.take("i")  # correlation id
    return answer


def partitions(bootstrap: str, prefix: str) -> dict[str, int]:
    """Topic → how many partitions, of all topics whose name begins so."""
    answer = _call(bootstrap, METADATA, 1, struct.pack(">i", -1))
    for _ in range(answer.take("i")):
        answer.take("i")
        answer.text()
        answer.take("i")
        answer.text()
    answer.take("i")
    found: dict[str, int] = {}
    for _ in range(answer.take("i")):
        answer.error()
        name = answer.text()
        answer.take("b")
        count = answer.take("i")
        for _ in range(count):
            answer.error()
            answer.take("i")
            answer.take("i")
            for _ in range(2):
                answer.chunk(4 * answer.take("i"))
        if name.startswith(prefix):
            found[name] = count
    return found


def offset(bootstrap: str, topic: str, partition: int, which: int) -> int:
    """The first offset of a partition, or the one after its last."""
    body = struct.pack(">ii", -1, 1) + _text(topic) + struct.pack(">iiq", 1, partition, which)
    answer = _call(bootstrap, LIST_OFFSETS, 1, body)
    _one_partition(answer)
    answer.take("q")
    return answer.take("q")


def _one_partition(answer: Reader) -> None:
    """The head of an answer about one partition of one topic."""
    answer.take("i")
    answer.text()
    answer.take("i")
    answer.take("i")
    answer.error()


def records(bootstrap: str, topic: str, partition: int = 0) -> Iterator[Stored]:
    """Every record of a partition, transaction marks included, up to its end of this moment."""
    at = offset(bootstrap, topic, partition, FIRST)
    end = offset(bootstrap, topic, partition, END)
    while at < end:
        place = struct.pack(">iiqi", 1, partition, at, FETCH_BYTES)
        limits = struct.pack(">iiiib", -1, 500, 1, FETCH_BYTES, 0)
        answer = _call(bootstrap, FETCH, 4, limits + struct.pack(">i", 1) + _text(topic) + place)
        answer.take("i")  # throttle time
        _one_partition(answer)
        answer.take("q")
        answer.take("q")
        answer.chunk(16 * max(0, answer.take("i")))
        data = answer.chunk(answer.take("i")) or b""
        for record in unpack(data):
            if at <= record.offset < end:
                yield record
                at = record.offset + 1
        if not data:
            break


def unpack(data: bytes) -> Iterator[Stored]:
    """The records of whole batches (format 2); a batch cut off at the end is left out."""
    at = 0
    while at + 61 <= len(data):
        (base, length) = struct.unpack_from(">qi", data, at)
        if at + 12 + length > len(data):
            return
        (attributes, _, first_ms, max_ms) = struct.unpack_from(">hiqq", data, at + 21)
        (count,) = struct.unpack_from(">i", data, at + 57)
        body = data[at + 61 : at + 12 + length]
        if codec := attributes & 7:
            body = bytes(UNPACK[codec](body))
        reader = Reader(body)
        for _ in range(count):
            yield _record(reader, base, first_ms, max_ms, attributes)
        at += 12 + length


def _record(reader: Reader, base: int, first_ms: int, max_ms: int, attributes: int) -> Stored:
    reader.varint()
    reader.take("b")
    at_ms = first_ms + reader.varint()
    number = base + reader.varint()
    key = reader.chunk(reader.varint())
    value = reader.chunk(reader.varint())
    headers = tuple(
        (reader.chunk(reader.varint()) or b"", reader.chunk(reader.varint()))
        for _ in range(reader.varint())
    )
    if attributes & LOG_APPEND:
        at_ms = max_ms
    return Stored(number, at_ms, key, value, headers, bool(attributes & CONTROL))


def members(bootstrap: str, group: str) -> list[str]:
    """The members of a consumer group."""
    answer = _call(bootstrap, DESCRIBE_GROUPS, 0, struct.pack(">i", 1) + _text(group))
    answer.take("i")
    answer.error()
    for _ in range(4):
        answer.text()
    found: list[str] = []
    for _ in range(answer.take("i")):
        found.append(answer.text())
        answer.text()
        answer.text()
        for _ in range(2):
            answer.chunk(answer.take("i"))
    return found


def evict(bootstrap: str, group: str) -> None:
    """Take every member out of a group, as the broker does with the silent after ten seconds."""
    for member in members(bootstrap, group):
        answer = _call(bootstrap, LEAVE_GROUP, 0, _text(group) + _text(member))
        answer.error(UNKNOWN_MEMBER)


def committed(bootstrap: str, group: str, topic: str, partition: int = 0) -> int:
    """The offset up to which a group says it has consumed; 0 if it never did, or is moving."""
    place = struct.pack(">i", 1) + _text(topic) + struct.pack(">ii", 1, partition)
    answer = _call(bootstrap, OFFSET_FETCH, 1, _text(group) + place)
    answer.take("i")
    answer.text()
    answer.take("i")
    answer.take("i")
    return max(0, answer.take("q"))


def delete_group(bootstrap: str, group: str) -> None:
    """Delete a group without members, and with it all that it committed."""
    answer = _call(bootstrap, DELETE_GROUPS, 0, struct.pack(">i", 1) + _text(group))
    answer.take("i")
    answer.take("i")
    answer.text()
    answer.error()


def put_raw(bootstrap: str, topic: str, batch: bytes, partition: int = 0) -> None:
    """Send a batch as it is, acknowledged by all: for records that no client would make."""
    place = struct.pack(">iii", 1, partition, len(batch)) + batch
    body = struct.pack(">hhii", -1, -1, 30_000, 1) + _text(topic) + place
    until = time.monotonic() + TIMEOUT_SECONDS
    while True:
        try:
            _one_partition(_call(bootstrap, PRODUCE, 3, body))
        except Refused:
            # A topic just made has no leader yet.
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return
