"""Bytes on disk: what of a person, or of a key, stands in which file, in whatever form."""

from __future__ import annotations

import base64
import gzip
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import asyncpg

from tests.support.persons import SECRETS, spellings

LOG = (
    *("wal_recycle = off", "min_wal_size = '32MB'", "max_wal_size = '64MB'"),
    *("log_statement = 'all'", "logging_collector = off"),
)
"""Settings of a server whose log tells all, and that keeps no old one for another use."""

Named = tuple[str, bytes]
"""Bytes that are looked for, and what they are called where they are found."""


async def log_all(connection: asyncpg.Connection) -> None:
    """Have the server write down whatever it is asked."""
    for setting in LOG:
        await connection.execute(f"ALTER SYSTEM SET {setting}")
    await connection.execute("SELECT pg_reload_conf()")


async def compact(connection: asyncpg.Connection) -> None:
    """What autovacuum, checkpoints and the end of archived log do in time."""
    await connection.execute("VACUUM FULL")
    for _ in range(4):
        await connection.execute("CHECKPOINT")
        await connection.execute("SELECT pg_switch_wal()")
        await connection.execute("SELECT pg_logical_emit_message(false, 'shred', 'x')")
    await connection.execute("CHECKPOINT")


def of_person(texts: Iterable[str] = SECRETS) -> list[Named]:
    """What says something of a person."""
    return [(f"{text[:2]}…", secret) for text in texts for secret in spellings(text)]


def of_keys(key: bytes, wrapped: bytes) -> list[Named]:
    """What opens what is sealed of a person."""
    named: list[Named] = []
    for name, raw in (("key", key), ("wrapped key", wrapped)):
        encoded = base64.b64encode(raw).rstrip(b"=")
        named += [(name, raw), (name, raw.hex().encode()), (name, encoded)]
    return named


def found(sought: Sequence[Named], *folders: Path) -> list[tuple[str, Path]]:
    """What stands in which file, or in the name of one."""
    return [
        (what, path)
        for folder in folders
        for path in sorted(folder.rglob("*"))
        for what in in_bytes(sought, path.read_bytes() if path.is_file() else b"", path.name)
    ]


def in_bytes(sought: Sequence[Named], raw: bytes, name: str = "") -> set[str]:
    """What stands in some bytes, and in what is packed in them."""
    parts = [name.encode(), *unpacked(raw)]
    return {what for what, secret in sought for part in parts if secret in part}


def unpacked(raw: bytes) -> Iterator[bytes]:
    """The bytes, and what they are as an archive, a workbook or a packed file."""
    yield raw
    if raw.startswith(b"PK"):
        with suppress(BadZipFile), ZipFile(BytesIO(raw)) as archive:
            for each in archive.namelist():
                yield each.encode()
                yield from unpacked(archive.read(each))
    elif raw.startswith(b"\x1f\x8b"):
        with suppress(OSError, EOFError, zlib.error):
            yield from unpacked(gzip.decompress(raw))
