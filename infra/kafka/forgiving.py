"""Reading whatever stands in a topic: odd names of headers, batches that unpack to gigabytes, junk.

The client library stops at what it cannot read, and comes back to it for ever: its partition stands
still. And it unpacks a batch whole, however large that gets, so that ten kilobytes fill the memory.
Here every batch can be passed. A header's name that is no UTF-8 is written as escapes: no attribute
of an event has such a name. What cannot be read becomes one record that says so, and whoever reads
the topic names it as he names all that he did not expect there.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import cramjam
from aiokafka.codec import _detect_xerial_stream
from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatch, _DefaultRecordBatchPy
from aiokafka.record.memory_records import _MemoryRecordsPy

UNREADABLE = "unreadable"
"""The only header of a record that stands for what cannot be read; its value says why."""
UNPACKED_BYTES = 2 * 2**20
"""A batch may unpack to so much. No program of ours makes one of more than 1 MiB, and the topics of
sources hold nothing that is packed."""
HANDED_OUT_BYTES = 32 * 2**20
"""Of one answer of the broker so much unpacked is handed out; the rest is asked for again."""
OLD_FORMATS = 2
"""Formats before this one have no headers."""
_MAGIC_AT = struct.calcsize(">qii")
_ATTRIBUTES_AT = _DefaultRecordBatchPy.ATTRIBUTES_OFFSET
_HEAD_BYTES = _DefaultRecordBatchPy.HEADER_STRUCT.size
_PACKED = _DefaultRecordBatchPy.CODEC_MASK
_LENGTH = struct.Struct(">i")
_XERIAL_HEAD_BYTES = 16


class _Unreadable(NamedTuple):
    """In place of a batch, or of the rest of one, that cannot be read."""

    offset: int
    timestamp: int
    timestamp_type: int
    headers: Sequence[tuple[str, bytes]]
    key: None = None
    value: None = None
    checksum: None = None


class _Bytes(bytearray):
    """Bytes that decode to text whatever they are."""

    def __getitem__(self, key: Any) -> Any:
        found = super().__getitem__(key)
        return _Bytes(found) if isinstance(key, slice) else found

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        return super().decode(encoding, "backslashreplace" if errors == "strict" else errors)


class _SlowBatch(_DefaultRecordBatchPy):  # type: ignore[misc]  # final for type checkers only
    """The library's own reader in Python, on forgiving bytes."""

    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        self._buffer: bytearray = _Bytes(self._buffer)


class _Batch:
    """The library's fast reader; from the first odd name on, the slow one."""

    def __init__(self, piece: memoryview, handing_out: Callable[[int], None]) -> None:
        """`handing_out` is told how many bytes the batch has, unpacked."""
        self._piece = piece
        self._handing_out = handing_out
        self._fast = DefaultRecordBatch(piece)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._fast, name)

    def __next__(self) -> Any:
        return next(self._fast)

    def __iter__(self) -> Iterator[Any]:
        offset = self._fast.base_offset
        try:
            for record in self._records():
                offset = record.offset + 1
                yield record
        except (ValueError, CorruptRecordException, cramjam.DecompressionError) as error:
            if offset < self._fast.next_offset:
                why = [(UNREADABLE, str(error).encode()[:200])]
                stamped = (self._fast.max_timestamp, self._fast.timestamp_type)
                yield _Unreadable(offset, *stamped, why)

    def _records(self) -> Iterator[Any]:
        plain = _unpacked(self._piece) if self._fast.compression_type else self._piece
        self._handing_out(len(plain))
        read = 0
        try:
            for record in DefaultRecordBatch(plain):
                read += 1
                yield record
        except UnicodeDecodeError:
            yield from islice(_SlowBatch(plain), read, None)


class _Records(_MemoryRecordsPy):  # type: ignore[misc]  # final for type checkers only
    """What one fetch brought of a partition, batch by batch."""

    def __init__(self, bytes_data: bytes) -> None:
        self._handed_out = 0
        super().__init__(bytes_data)

    def has_next(self) -> bool:
        """Also False once enough was unpacked: then what follows is fetched anew."""
        return self._handed_out < HANDED_OUT_BYTES and super().has_next()

    def next_batch(self, *_layout: int) -> Any:
        piece = self._next_slice
        if piece is None or piece[_MAGIC_AT] < OLD_FORMATS:
            return super().next_batch()
        self._cache_next()
        return _Batch(piece, self._hand_out)

    def _hand_out(self, unpacked: int) -> None:
        self._handed_out += unpacked


def _unpacked(piece: memoryview) -> bytearray:
    """A packed batch as it would be if it were not; raises where it unpacks to too much."""
    head, body = bytearray(piece[:_HEAD_BYTES]), piece[_HEAD_BYTES:].tobytes()
    codec = head[_ATTRIBUTES_AT + 1] & _PACKED
    head[_ATTRIBUTES_AT + 1] &= ~_PACKED
    try:
        head += _UNPACK[codec](body)
    except cramjam.DecompressionError as error:
        raise ValueError(
            f"a batch of {len(body)} bytes that cannot be unpacked into {UNPACKED_BYTES}: {error}"
        ) from error
    return head


def _into(codec: Any) -> Callable[[bytes], bytes | memoryview]:
    """Unpack with this codec into a bounded buffer: it fails when that is full."""

    def unpack(body: bytes) -> memoryview:
        buffer = bytearray(UNPACKED_BYTES)
        return memoryview(buffer)[: codec.decompress_into(body, buffer)]

    return unpack


def _snappy(body: bytes) -> bytes:
    """Each block says first how long it is unpacked."""
    blocks = _xerial_blocks(body) if _detect_xerial_stream(body) else iter([body])
    whole = bytearray()
    for block in blocks:
        if len(whole) + cramjam.snappy.decompress_raw_len(block) > UNPACKED_BYTES:
            raise ValueError(f"a batch that unpacks to more than {UNPACKED_BYTES} bytes")
        whole += memoryview(cramjam.snappy.decompress_raw(block))
    return bytes(whole)


def _xerial_blocks(body: bytes) -> Iterator[bytes]:
    at = _XERIAL_HEAD_BYTES
    while at < len(body):
        end = at + _LENGTH.size
        length = _LENGTH.unpack(body[at:end])[0]
        if length <= 0 or end + length > len(body):
            raise ValueError("a block of snappy that is cut off")
        yield body[end : end + length]
        at = end + length


_UNPACK: dict[int, Callable[[bytes], bytes | memoryview]] = {
    _DefaultRecordBatchPy.CODEC_GZIP: _into(cramjam.gzip),
    _DefaultRecordBatchPy.CODEC_SNAPPY: _snappy,
    _DefaultRecordBatchPy.CODEC_LZ4: _into(cramjam.lz4),
    _DefaultRecordBatchPy.CODEC_ZSTD: _into(cramjam.zstd),
}


def install() -> None:
    """Let every consumer of this process read so."""
    fetcher.MemoryRecords = _Records
