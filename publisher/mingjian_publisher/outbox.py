"""The outbox (待发箱): events on disk until the ledger has said what became of each.

Put an event in within the transaction that makes the fact, where your database is the same file;
else right after it. What was put in is sent until it is answered, also after a crash, under the
same id: the ledger knows it again.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple, Protocol, Self

from mingjian_publisher.events import Event, name_of, to_bytes
from mingjian_publisher.gateway import Unreachable

BATCH = 500
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
_TABLE = """
CREATE TABLE IF NOT EXISTS outbox (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    event BLOB NOT NULL,
    outcome TEXT,
    answer TEXT,
    put_at REAL NOT NULL,
    answered_at REAL
)
"""


class Sent(NamedTuple):
    """What became of an event, and the whole document that was told of it, as JSON."""

    name: str
    outcome: str
    """accepted, duplicate, parked or quarantined."""
    answer: str


class Sender(Protocol):
    """Whoever can send a batch; raises Unreachable where it cannot be known what arrived."""

    def send(self, events: Sequence[bytes]) -> Sequence[Sent | None]:
        """One answer per event, in order; None of one that is not answered yet."""


class SameName(ValueError):
    """Another event of that name is in the outbox: a name is one fact's for ever."""


class Outbox:
    """Events in a SQLite file. One process at a time sends from it; any number may put in."""

    def __init__(self, path: Path | str) -> None:
        self._file = sqlite3.connect(path, isolation_level=None)
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute("PRAGMA synchronous = FULL")
        self._file.execute("PRAGMA busy_timeout = 10000")
        self._file.execute(_TABLE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def put(self, events: Iterable[Event]) -> int:
        """Keep events to be sent, all or none; returns how many are new.

        The same event again changes nothing. Another one of the same name takes the place of one
        that was refused, which it mends; else it raises SameName.
        """
        new = 0
        with closing(self._file.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            try:
                for told in events:
                    new += self._put(cursor, name_of(told), to_bytes(told))
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")
        return new

    def _put(self, cursor: sqlite3.Cursor, name: str, raw: bytes) -> int:
        cursor.execute(
            "INSERT INTO outbox (name, event, put_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (name, raw, time.time()),
        )
        if cursor.rowcount:
            return 1
        kept, outcome = cursor.execute(
            "SELECT event, outcome FROM outbox WHERE name = ?", (name,)
        ).fetchone()
        if kept == raw:
            return 0
        if outcome != "quarantined":
            raise SameName(f"{name}：待发箱中已有同名的另一事件 / another event has this name")
        cursor.execute(
            "UPDATE outbox SET event = ?, put_at = ?, outcome = NULL, answer = NULL,"
            " answered_at = NULL WHERE name = ?",
            (raw, time.time(), name),
        )
        return 1

    def waiting(self, limit: int = BATCH) -> list[tuple[int, bytes]]:
        """Numbers and bytes of what is not answered, in the order in which it was put in."""
        return self._file.execute(
            "SELECT number, event FROM outbox WHERE outcome IS NULL ORDER BY number LIMIT ?",
            (limit,),
        ).fetchall()

    def answered(self, answers: Iterable[tuple[int, Sent]]) -> None:
        """Note what became of events."""
        rows = [(sent.outcome, sent.answer, time.time(), number) for number, sent in answers]
        self._file.executemany(
            "UPDATE outbox SET outcome = ?, answer = ?, answered_at = ? WHERE number = ?", rows
        )

    def counts(self) -> dict[str, int]:
        """Outcome → how many; "waiting" of what is not answered."""
        return dict(
            self._file.execute(
                "SELECT coalesce(outcome, 'waiting'), count(*) FROM outbox GROUP BY 1 ORDER BY 1"
            ).fetchall()
        )

    def told(self, names: Iterable[str]) -> dict[str, Sent]:
        """Name → what became of it, in the order of the names; "waiting" of what is not answered.

        A name that was never put in is left out.
        """
        found: dict[str, Sent] = {}
        for name in names:
            row = self._file.execute(
                "SELECT name, coalesce(outcome, 'waiting'), coalesce(answer, '{}') FROM outbox"
                " WHERE name = ?",
                (name,),
            ).fetchone()
            if row is not None:
                found[name] = Sent(*row)
        return found

    def refused(self) -> list[Sent]:
        """What is to be mended, with what was told of it."""
        rows: list[Any] = self._file.execute(
            "SELECT name, outcome, answer FROM outbox WHERE outcome = 'quarantined' ORDER BY number"
        ).fetchall()
        return [Sent(*row) for row in rows]


def deliver(
    outbox: Outbox,
    sender: Sender,
    *,
    patience: float = 0.0,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Send what waits, in order, until nothing waits; returns how many were answered.

    Where the ledger cannot be reached it is tried again, at longer and longer intervals, for
    `patience` seconds without any answer, the time of trying counted; then raises Unreachable.
    Nothing is lost by that.
    """
    count, pause, waited = 0, FIRST_PAUSE, 0.0
    while batch := outbox.waiting():
        started = time.monotonic()
        try:
            answers = sender.send([raw for _, raw in batch])
        except Unreachable as error:
            waited += time.monotonic() - started
            if waited >= patience:
                raise
            rest = min(error.retry_after or pause, LONGEST_PAUSE, patience - waited)
            sleep(rest)
            waited, pause = waited + rest, min(2 * pause, LONGEST_PAUSE)
            continue
        told = [
            (number, sent)
            for (number, _), sent in zip(batch, answers, strict=True)
            if sent is not None
        ]
        outbox.answered(told)
        count += len(told)
        if told:
            pause, waited = FIRST_PAUSE, 0.0
            continue
        waited += time.monotonic() - started
        if waited >= patience:
            raise Unreachable("尚无回执 / no answer yet")
        rest = min(pause, patience - waited)
        sleep(rest)
        waited, pause = waited + rest, min(2 * pause, LONGEST_PAUSE)
    return count
