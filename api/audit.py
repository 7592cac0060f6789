"""The auditor's view: rows behind figures, entries, streams, what was not taken. Never public.

Only open parts are read here: no sealed part, no key, no clear content of quarantine.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from api import problems
from api.answers import answer
from api.view import Snapshot, View
from domain.catalogue import EVENTS, SOURCES
from domain.envelope import REASONS
from domain.identifiers import TOWNSHIPS
from reports.breakdown import parts_of
from reports.catalogue import FIGURES
from reports.evaluate import all_parameters
from reports.figure import expand
from reports.shown import is_money, plain

PAGE_ROWS = 50
HEX_WIDTH = 16


def _only_for_auditors(request: Request) -> None:
    if not request.app.state.auditor:
        raise problems.auditors_only()


router = APIRouter(dependencies=[Depends(_only_for_auditors)])
PageNumber = Annotated[int, Query(ge=1, le=1_000_000)]


def _pages(count: int, page: int) -> dict[str, int]:
    return {"count": count, "page": page, "pages": max(1, -(-count // PAGE_ROWS))}


@router.get("/figures/{figure_id}/rows")
async def rows(request: Request, view: Snapshot, figure_id: str, page: PageNumber = 1) -> Response:
    """The rows behind a figure, in the order of the entries that made them."""
    if figure_id not in FIGURES:
        raise problems.not_found(f"没有指标 {figure_id}", "指标目录:/figures")
    moment = await view.moment()
    found: list[dict[str, Any]] = []
    count, skip = 0, (page - 1) * PAGE_ROWS
    for part in parts_of(FIGURES[figure_id]):
        sql = f"FROM ({expand(part.rows)}) AS rows"
        mine = await view.connection.fetchval(
            all_parameters(f"SELECT count(*) {sql}"), *moment.parameters
        )
        if len(found) < PAGE_ROWS and skip < count + mine:
            first = max(0, skip - count)
            records = await view.connection.fetch(
                all_parameters(
                    f"SELECT * {sql} ORDER BY position LIMIT $5::bigint OFFSET $6::bigint"
                ),
                *moment.parameters,
                PAGE_ROWS - len(found),
                first,
            )
            found += [{"figure": part.id, **dict(record)} for record in records]
        count += mine
    columns = [name for name in (found[0] if found else {}) if name not in ("figure", "position")]
    shown = [{name: plain(value) for name, value in row.items()} for row in found]
    data = {"figure": figure_id, **_pages(count, page), "rows": shown}
    return await answer(
        request,
        "rows.html",
        view,
        data,
        moment=moment,
        figure=FIGURES[figure_id],
        columns=columns,
        places=TOWNSHIPS,
        unit="分" if is_money(parts_of(FIGURES[figure_id])[0]) else FIGURES[figure_id].unit,
        base=f"/figures/{figure_id}/rows",
    )


@router.get("/entries/{position}")
async def entry(request: Request, view: Snapshot, position: int) -> Response:
    """One entry: header, open part as stored (exact bytes) and in lines, breaches."""
    row = await view.connection.fetchrow(
        "SELECT position, recorded_at, source, event_id, type, stream, version, open, breaches"
        " FROM ledger.entry WHERE ledger = $1 AND position = $2",
        view.ledger.name,
        position,
    )
    if row is None:
        raise problems.not_found(
            f"账本中没有位置 {position}", f"现有位置 1 至 {view.ledger.position}"
        )
    open_part: bytes = row["open"]
    message = json.loads(open_part)
    at = await view.position()
    corrected_by = await view.connection.fetch(
        "SELECT position, convert_from(open, 'UTF8')::jsonb ->> 'correctionkind' AS kind"
        " FROM ledger.entry WHERE ledger = $1 AND stream = $2 AND position > $3 AND position <= $5"
        " AND convert_from(open, 'UTF8')::jsonb ->> 'corrects' = $4 ORDER BY position",
        view.ledger.name,
        row["stream"],
        position,
        f"{row['source']}/{row['event_id']}",
        at,
    )
    event = EVENTS.get(row["type"])
    data = {
        "position": position,
        "recorded_at": plain(row["recorded_at"]),
        "source": row["source"],
        "event_id": row["event_id"],
        "type": row["type"],
        "title": event.TITLE if event else row["type"],
        "basis": event.BASIS if event else "",
        "stream": row["stream"],
        "version": row["version"],
        "breaches": list(row["breaches"] or ()),
        "corrects": message.get("corrects"),
        "correctionkind": message.get("correctionkind"),
        "corrected_by": [{"position": r["position"], "kind": r["kind"]} for r in corrected_by],
        "bytes": len(open_part),
        "sha256": hashlib.sha256(open_part).hexdigest(),
        "open": open_part.decode(),
    }
    source = SOURCES.get(row["source"])
    return await answer(
        request,
        "entry.html",
        view,
        data,
        source_title=source.title if source else "",
        pretty=json.dumps(message, ensure_ascii=False, indent=2),
        hexdump=_hexdump(open_part),
    )


def _hexdump(raw: bytes) -> str:
    """Offset, bytes in hex, and printable ASCII, as `hexdump -C` has it."""
    lines = []
    for start in range(0, len(raw), HEX_WIDTH):
        part = raw[start : start + HEX_WIDTH]
        text = "".join(chr(b) if 32 <= b < 127 else "." for b in part)  # noqa: PLR2004
        lines.append(f"{start:08x}  {part.hex(' '):<{HEX_WIDTH * 3}} {text}")
    return "\n".join(lines)


@router.get("/streams/{kind}/{key:path}")
async def stream(
    request: Request, view: Snapshot, kind: str, key: str, page: PageNumber = 1
) -> Response:
    """What happened to one business thing, in order."""
    name = f"{kind}/{key}"
    at = await view.position()
    count = await view.connection.fetchval(
        "SELECT count(*) FROM ledger.entry WHERE ledger = $1 AND stream = $2 AND position <= $3",
        view.ledger.name,
        name,
        at,
    )
    if not count:
        raise problems.not_found(f"账本中没有 {name}", "从指标的明细行进入")
    found = await view.connection.fetch(
        "SELECT position, version, recorded_at, source, event_id, type, breaches, open"
        " FROM ledger.entry WHERE ledger = $1 AND stream = $2 AND position <= $3 ORDER BY version"
        " LIMIT $4 OFFSET $5",
        view.ledger.name,
        name,
        at,
        PAGE_ROWS,
        (page - 1) * PAGE_ROWS,
    )
    entries = [_history(row) for row in found]
    data = {"stream": name, **_pages(count, page), "entries": entries}
    query = "" if at == view.ledger.position else f"?at={at}"
    return await answer(request, "stream.html", view, data, base=f"/streams/{name}", query_at=query)


def _history(row: Any) -> dict[str, Any]:
    message = json.loads(row["open"])
    event = EVENTS.get(row["type"])
    return {
        "position": row["position"],
        "version": row["version"],
        "recorded_at": plain(row["recorded_at"]),
        "source": row["source"],
        "event_id": row["event_id"],
        "type": row["type"],
        "title": event.TITLE if event else row["type"],
        "occurred_on": message["data"].get(event.ON) if event else None,
        "corrects": message.get("corrects"),
        "correctionkind": message.get("correctionkind"),
        "breaches": list(row["breaches"] or ()),
    }


@router.get("/quarantine")
async def quarantine(request: Request, view: Snapshot, page: PageNumber = 1) -> Response:
    """What could not be accepted: counts by reason, then rows without content."""
    return await _waiting(request, view, page, _QUARANTINE)


@router.get("/parked")
async def parked(request: Request, view: Snapshot, page: PageNumber = 1) -> Response:
    """What waits for something not yet known: counts, then rows without content."""
    return await _waiting(request, view, page, _PARKED)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What is shown of a table of messages that did not become entries; never its sealed bytes."""

    table: str
    by: str
    columns: str
    settled: str


_QUARANTINE = _Waiting(
    "quarantine",
    "reason",
    "number, received_at, reason, pointer, expected, source, event_id, type, claims_fen, claims_on,"
    " size, origin, released_by, released_at",
    "released_at",
)
_PARKED = _Waiting(
    "parked",
    "type",
    "number, parked_at AS received_at, type, waits_for, source, event_id, claims_fen, claims_on,"
    " origin, taken_at",
    "taken_at",
)


async def _waiting(request: Request, view: View, page: int, shown: _Waiting) -> Response:
    ledger, table = view.ledger.name, shown.table
    totals = await view.connection.fetch(
        f"SELECT {shown.by} AS name, count(*) AS count, count({shown.settled}) AS settled,"
        f" coalesce(sum(claims_fen) FILTER (WHERE {shown.settled} IS NULL), 0) AS claims_fen"
        f" FROM ledger.{table} WHERE ledger = $1 GROUP BY 1 ORDER BY 1",
        ledger,
    )
    found = await view.connection.fetch(
        f"SELECT {shown.columns} FROM ledger.{table} WHERE ledger = $1 ORDER BY number"
        " LIMIT $2 OFFSET $3",
        ledger,
        PAGE_ROWS,
        (page - 1) * PAGE_ROWS,
    )
    listed = [{name: plain(value) for name, value in dict(row).items()} for row in found]
    counts = [dict(row) | {"claims_fen": int(row["claims_fen"])} for row in totals]
    data = {**_pages(sum(c["count"] for c in counts), page), "counts": counts, "rows": listed}
    return await answer(
        request, f"{table}.html", view, data, base=f"/{table}", reasons=REASONS, events=EVENTS
    )
