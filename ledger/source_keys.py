"""Keys of sources (来源密钥): who may send events over HTTP, and ask what became of them.

A key is `mj_<id>_<secret>`. The ledger keeps the SHA-256 of the secret: no slow hash is needed,
since 256 random bits are guessed by nobody, however fast a hash is. Keys stand in the journal: a
record issues one, another revokes it. So they come back with a restore, and who can only write to
the database makes none: a record is believed for its mac.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import asyncpg

from ledger import adopted, journal
from ledger.journal import Kind, Note, Said
from ledger.seal import Sealer

ISSUED: Kind = "key-issued"
REVOKED: Kind = "key-revoked"
SUBJECT = "source/"
"""Before the name of the source, the subject of the records."""
MARK = "mj"
MOST_VALID = 2
"""Keys of a source that are valid at a time: the one in use, and the one that follows it."""
_ID_BYTES = 5
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Key:
    """What the ledger knows of a key."""

    id: str
    source: str
    sha256: bytes
    since: datetime
    """When it was issued, by the ledger's clock."""
    until: datetime
    """The first moment at which it is valid no more."""
    number: int
    """Of the record that issued it."""
    by: str
    why: str
    revoked: bool = False

    def valid(self, now: datetime) -> bool:
        """Whether it opens anything at a moment."""
        return not self.revoked and now < self.until


class NoSuchSource(LookupError):
    """The bureau that the ledger adopted names no such source."""

    def __init__(self, source: str, known: Mapping[str, object]) -> None:
        super().__init__(
            f"没有来源系统 {source}：本局登记的有 {'、'.join(sorted(known))}"
            f" / no source {source}: see mingjian bureau show"
        )


class TooManyKeys(ValueError):
    """A source has as many valid keys as it may."""

    def __init__(self, source: str) -> None:
        super().__init__(
            f"来源系统 {source} 已有 {MOST_VALID} 个有效密钥：先吊销不用的一个"
            f" / {source} has {MOST_VALID} valid keys: mingjian source key revoke {source} ID"
        )


class NoSuchKey(LookupError):
    """A source has no such key that could be revoked."""

    def __init__(self, source: str, key_id: str) -> None:
        super().__init__(
            f"来源系统 {source} 没有未吊销的密钥 {key_id}"
            f" / no such key: mingjian source key list {source}"
        )


def hash_of(secret: str) -> bytes:
    """What is kept of the secret part of a key."""
    return hashlib.sha256(secret.encode()).digest()


def fresh(mark: str, until: datetime) -> tuple[str, dict[str, str]]:
    """A new key or token, `<mark>_<id>_<secret>`, and what is kept of it: id, SHA-256, its end."""
    key_id, secret = secrets.token_hex(_ID_BYTES), secrets.token_urlsafe(_SECRET_BYTES)
    kept = {
        "id": key_id,
        "sha256": hash_of(secret).hex(),
        "until": until.astimezone(UTC).isoformat(),
    }
    return f"{mark}_{key_id}_{secret}", kept


def parts_of(token: str, mark: str = MARK) -> tuple[str, str] | None:
    """Id and secret of what may be a key or token; None where it cannot be one."""
    found, _, rest = token.partition("_")
    key_id, _, secret = rest.partition("_")
    return (key_id, secret) if found == mark and key_id and secret else None


async def read(connection: asyncpg.Connection, sealer: Sealer, ledger: str) -> dict[str, Key]:
    """Id → key, of all that were ever issued, in that order. Raises LedgerAltered."""
    keys: dict[str, Key] = {}
    which = "kind IN ('key-issued', 'key-revoked')"
    for note in await journal.believed(connection, sealer, ledger, which):
        key_id = note.facts["id"]
        keys[key_id] = _issued(note) if note.kind == ISSUED else _revoked(keys[key_id], note.facts)
    return keys


def _revoked(key: Key, facts: Mapping[str, str]) -> Key:
    """At once, or, of one that another key follows, from a moment on."""
    if "until" not in facts:
        return replace(key, revoked=True)
    return replace(key, until=min(key.until, datetime.fromisoformat(facts["until"])))


def _issued(note: Note) -> Key:
    facts = note.facts
    return Key(
        facts["id"],
        note.subject.removeprefix(SUBJECT),
        bytes.fromhex(facts["sha256"]),
        note.recorded_at,
        datetime.fromisoformat(facts["until"]),
        note.number,
        note.by or "",
        note.why or "",
    )


async def issue(
    connection: asyncpg.Connection,
    sealer: Sealer,
    ledger: str,
    source: str,
    until: datetime,
    said: Said,
) -> tuple[str, str]:
    """A new key, valid until then: its id, and the key itself, which is told here and never again.

    Raises NoSuchSource, TooManyKeys, and what `journal.deed` raises.
    """
    async with journal.deed(connection, sealer, ledger) as deed:
        await _require_known(connection, ledger, source)
        await _valid(connection, sealer, ledger, source)
        return _issue(deed, source, until, said)


async def rotate(
    connection: asyncpg.Connection,
    sealer: Sealer,
    ledger: str,
    source: str,
    until: datetime,
    old_until: datetime,
    said: Said,
) -> tuple[str, str, list[Key]]:
    """A new key, as `issue` makes it, and those that it follows, which end at `old_until`.

    Raises what `issue` raises.
    """
    async with journal.deed(connection, sealer, ledger) as deed:
        await _require_known(connection, ledger, source)
        old = await _valid(connection, sealer, ledger, source)
        for key in old:
            facts = {"id": key.id, "until": old_until.astimezone(UTC).isoformat()}
            deed.note(REVOKED, SUBJECT + source, facts, said)
        return *_issue(deed, source, until, said), old


async def _require_known(connection: asyncpg.Connection, ledger: str, source: str) -> None:
    known = (await adopted.versions(connection, ledger)).latest.sources
    if source not in known:
        raise NoSuchSource(source, known)


async def _valid(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, source: str
) -> list[Key]:
    """The valid keys of a source, where one more may follow them. Raises TooManyKeys."""
    keys, now = await read(connection, sealer, ledger), datetime.now(UTC)
    valid = [key for key in keys.values() if key.source == source and key.valid(now)]
    if len(valid) >= MOST_VALID:
        raise TooManyKeys(source)
    return valid


def _issue(deed: journal.Deed, source: str, until: datetime, said: Said) -> tuple[str, str]:
    key, facts = fresh(MARK, until)
    deed.note(ISSUED, SUBJECT + source, facts, said)
    return facts["id"], key


async def revoke(
    connection: asyncpg.Connection,
    sealer: Sealer,
    ledger: str,
    source: str,
    key_id: str,
    said: Said,
) -> None:
    """A key opens nothing any more. Raises NoSuchKey, and what `journal.deed` raises."""
    async with journal.deed(connection, sealer, ledger) as deed:
        key = (await read(connection, sealer, ledger)).get(key_id)
        if key is None or key.source != source or key.revoked:
            raise NoSuchKey(source, key_id)
        deed.note(REVOKED, SUBJECT + source, {"id": key_id}, said)
