"""Reading records whose header names are not UTF-8.

The protocol says that a header's name is UTF-8; a broker does not look. The client library decodes
it strictly, so that one such record can be neither read nor passed, and its partition stands still
for ever. Here the odd bytes are written as escapes: no attribute of an event has such a name.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import DefaultRecordBatch, _DefaultRecordBatchPy
from aiokafka.record.memory_records import _MemoryRecordsPy

OLD_FORMATS = 2
"""Formats before this one have no headers."""
_MAGIC_AT = struct.calcsize(">qii")


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

    def __init__(self, piece: memoryview) -> None:
        self._piece = piece
        self._fast = DefaultRecordBatch(piece)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._fast, name)

    def __next__(self) -> Any:
        return next(self._fast)

    def __iter__(self) -> Iterator[Any]:
        read = 0
        try:
            for record in self._fast:
                read += 1
                yield record
        except UnicodeDecodeError:
            yield from islice(_SlowBatch(self._piece), read, None)


class _Records(_MemoryRecordsPy):  # type: ignore[misc]  # final for type checkers only
    """What one fetch brought of a partition, batch by batch."""

    def next_batch(self, *_layout: int) -> Any:
        piece = self._next_slice
        if piece is None or piece[_MAGIC_AT] < OLD_FORMATS:
            return super().next_batch()
        self._cache_next()
        return _Batch(piece)


def install() -> None:
    """Let every consumer of this process read so."""
    fetcher.MemoryRecords = _Records
