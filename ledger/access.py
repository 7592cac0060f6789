"""The access log (访问日志): every request of the inside view, and who made it.

网络安全法 (2016) art. 21 (3) asks that logs be kept for at least six months; as amended, in force
from 2026-01-01, the article may have another number (unverified). The database refuses to delete a
line that is younger, and to change any. The log tells of readers, so it is no part of a ledger's
proofs; that a part of it was deleted is a record of the journal.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import asyncpg

from ledger import journal
from ledger.journal import Kind, Said
from ledger.seal import Sealer

MONTHS = 6
"""For so long a line is kept at least."""
SIGNED_IN, SIGNED_OUT, FAILED = "signed-in", "signed-out", "sign-in-failed"
TOO_MANY, OTHER_ROLE, OUT_OF_SCOPE = "too-many-failures", "other-role", "out-of-scope"
RESTRICTED = "restricted"
REMARKS = {
    SIGNED_IN: "登录",
    SIGNED_OUT: "退出",
    FAILED: "登录失败",
    TOO_MANY: "登录失败过多，暂不受理",
    OTHER_ROLE: "越角色",
    OUT_OF_SCOPE: "越条线、镇街",
    RESTRICTED: "限制处理，未予显示",
}
"""What else is noted of a request, and what it is called."""
PRUNED: Kind = "access-pruned"
SUBJECT = "access-log"


class Line(NamedTuple):
    """A request, and what came of it."""

    at: datetime
    who: str | None
    """The user; None where nobody had signed in."""
    role: str | None
    address: str
    """The network address of the reader."""
    method: str
    path: str
    """Without query, and without what may be a personal number."""
    status: int
    milliseconds: int
    """Until the answer began."""
    remark: str | None = None
    """What else is to be noted, one of REMARKS."""


class TooYoung(ValueError):
    """Lines of the last six months are not deleted."""

    def __init__(self, latest: datetime) -> None:
        super().__init__(
            f"访问日志至少保存 {MONTHS} 个月（网络安全法）：只能清理 {latest:%Y-%m-%d} 以前的"
            f" / access logs are kept for {MONTHS} months: --before {latest:%Y-%m-%d} or earlier"
        )


async def write(connection: asyncpg.Connection, ledger: str, lines: Sequence[Line]) -> None:
    """Add lines, all or none."""
    await connection.copy_records_to_table(
        "access",
        schema_name="ledger",
        columns=("ledger", *Line._fields),
        records=[(ledger, *line) for line in lines],
    )


async def read(
    connection: asyncpg.Connection,
    ledger: str,
    *,
    who: str | None = None,
    remark: str | None = None,
    limit: int = 100,
    offset: int = 0,
) -> list[Line]:
    """The last lines, newest first; of one user, or with one remark, where that is given."""
    rows = await connection.fetch(
        f"SELECT {', '.join(Line._fields)} FROM ledger.access WHERE {_WHICH}"
        " ORDER BY number DESC LIMIT $4 OFFSET $5",
        ledger,
        who,
        remark,
        limit,
        offset,
    )
    return [Line(*row) for row in rows]


async def count(
    connection: asyncpg.Connection, ledger: str, who: str | None, remark: str | None
) -> int:
    """How many lines there are, of one user, or with one remark, where that is given."""
    found: int = await connection.fetchval(
        f"SELECT count(*) FROM ledger.access WHERE {_WHICH}", ledger, who, remark
    )
    return found


_WHICH = "ledger = $1 AND ($2::text IS NULL OR who = $2) AND ($3::text IS NULL OR remark = $3)"


async def prune(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, before: datetime, said: Said
) -> int:
    """Delete the lines from before a moment; how many. Raises TooYoung, and as `journal.deed`."""
    async with journal.deed(connection, sealer, ledger) as deed:
        latest = await connection.fetchval(f"SELECT now() - interval '{MONTHS} months 1 minute'")
        if before > latest:
            raise TooYoung(latest)
        done = await connection.execute(
            "DELETE FROM ledger.access WHERE ledger = $1 AND at < $2", ledger, before
        )
        gone = int(done.rpartition(" ")[2])
        deed.note(PRUNED, SUBJECT, {"before": before.isoformat(), "lines": gone}, said)
    return gone
