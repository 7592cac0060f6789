"""The records: rows behind figures, entries, streams, what was not taken. Never public.

Only open parts are read here: no sealed part, no key, no clear content of quarantine. An open part
names persons by pseudonym and flags, so that looking at it needs a purpose all the same. Auditors
see every record, staff those of their lines and townships (api/scoped.py); to them others are not
there. Of whom is restricted, nobody is shown anything (api/restricted.py).
"""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import asyncpg
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import forms, problems, purpose, restricted, scoped, takeaway
from api import found as findings
from api.answers import answer
from api.paging import PAGE_ROWS, page_of, pages
from api.question import Pages
from api.roles import AUDITORS, BUSINESS, scope_of
from api.view import View
from domain.catalogue import EVENTS
from domain.codes import coded
from domain.faults import REASONS
from domain.laws import in_chinese
from ledger import aside, evidence
from projections.snapshot import known_at
from reports import waiting as all_waiting
from reports.measure import Figure, Slice
from reports.moment import Moment
from reports.shown import HIDDEN, fact, is_money, json_value
from reports.table import all_parameters

HEX_WIDTH = 16


router = Pages(admits=AUDITORS)


@router.get("/figures/{figure_id}/rows", takes=("page",))
async def rows(request: Request, view: View, figure_id: str) -> Response:
    """The rows behind a figure, in the order of the entries that made them."""
    figure = view.defined.figures.get(figure_id)
    if figure is None:
        raise problems.not_found(f"没有指标 {figure_id}", "指标目录：/figures")
    page, moment = page_of(request.query_params), await view.moment()
    whole = forms.wants_file(request)
    skip, most = (0, None) if whole else ((page - 1) * PAGE_ROWS, PAGE_ROWS)
    async with view.values.reading() as connection:
        count, listed = await _rows(connection, moment, figure, skip, most)
    if any(part.measure.cells != "open" for part in _parts(figure.slice)):
        await purpose.look(request, view, [f"figure/{figure_id}"])
    columns = [name for name in (listed[0] if listed else {}) if name not in ("figure", *HIDDEN)]
    shown = [{name: json_value(value) for name, value in row.items()} for row in listed]
    data = {"figure": figure_id, **pages(count, page), "rows": shown}
    return await answer(
        request,
        "rows.html",
        view,
        data,
        moment=moment,
        files=takeaway.rows(figure, columns, listed),
        figure=figure,
        columns=columns,
        unit="分" if is_money(figure) else figure.unit,
        base=f"/figures/{figure_id}/rows",
    )


def _parts(part: Slice) -> list[Slice]:
    """The slices whose rows make up this one; itself unless it is worked out from others."""
    if part.measure.derive is None:
        return [part]
    return [each for used in part.parts for each in _parts(used)]


async def _rows(
    connection: asyncpg.Connection, moment: Moment, figure: Figure, skip: int, most: int | None
) -> tuple[int, list[dict[str, Any]]]:
    """How many there are, and a page of them; without `most`, all that are left."""
    listed: list[dict[str, Any]] = []
    count = 0
    for part in _parts(figure.slice):
        sql = f"FROM ({known_at(part.rows)}) AS rows"
        mine = await connection.fetchval(
            all_parameters(f"SELECT count(*) {sql}"), *moment.parameters
        )
        left = None if most is None else most - len(listed)
        if left != 0 and skip < count + mine:
            first = max(0, skip - count)
            records = await connection.fetch(
                all_parameters(
                    f"SELECT * {sql} ORDER BY position LIMIT $5::bigint OFFSET $6::bigint"
                ),
                *moment.parameters,
                left,
                first,
            )
            listed += [{"figure": part.measure.name, **dict(record)} for record in records]
        count += mine
    return count, listed


@router.get("/entries/{position}", takes=(restricted.PARAMETER,), admits=BUSINESS)
async def entry(request: Request, view: View, position: str) -> Response:
    """One entry: header, open part as stored (exact bytes) and in lines, breaches."""
    ledger = view.ledger.name
    number = int(position) if re.fullmatch("[0-9]{1,18}", position) else 0
    at = await view.position()
    async with view.values.reading() as connection:
        row = await evidence.entry(connection, ledger, number)
        if row is None or not await scoped.theirs(request, view, connection, row["stream"]):
            raise problems.not_found(
                f"账本中没有位置 {position[:40]}", f"现有位置 1 至 {view.ledger.position}"
            )
        corrections = await evidence.corrections_of(connection, ledger, row, at)
        found = await findings.about(request, view, connection, at, [number])
    await restricted.require(request, view, positions=[number], texts=[row["stream"]])
    if purpose.names_people([row["type"]]):
        await purpose.look(request, view, [f"entry/{number}"])
    open_part: bytes = row["open"]
    message = json.loads(open_part)
    event = EVENTS.get(row["type"])
    data = {
        "position": number,
        "recorded_at": json_value(row["recorded_at"]),
        "source": row["source"],
        "event_id": row["event_id"],
        "type": row["type"],
        "title": fact(row["type"]),
        "basis": in_chinese(event.BASIS) if event else "",
        "stream": row["stream"],
        "version": row["version"],
        "breaches": list(row["breaches"] or ()),
        "findings": _alone(request, found, row["stream"]),
        "codes": []
        if event is None
        else [c._asdict() for c in coded(event, message["data"], view.bureau)],
        "corrects": message.get("corrects"),
        "correctionkind": message.get("correctionkind"),
        "corrected_by": [dict(correction) for correction in corrections],
        "bytes": len(open_part),
        "sha256": row["sha256"],
        "open": open_part.decode(),
    }
    return await answer(
        request,
        "entry.html",
        view,
        data,
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


@router.get("/streams", takes=("stream",), admits=BUSINESS)
async def find_stream(request: Request, view: View) -> Response:
    """Asks for a stream by name, and leads there; what is not there is told by its own page."""
    asked = request.query_params.get("stream", "").strip()
    if "/" in asked:
        return RedirectResponse(f"/streams/{quote(asked)}{view.query()}", HTTPStatus.SEE_OTHER)
    if asked:
        raise problems.bad_choice(f"事项写作种类/编号，不是 {asked[:40]}", "如 case/DB-1")
    return await answer(request, "find_stream.html", view, {"stream": None})


@router.get("/streams/{kind}/{key:path}", takes=("page", restricted.PARAMETER), admits=BUSINESS)
async def stream(request: Request, view: View, kind: str, key: str) -> Response:
    """What happened to one business thing, in order."""
    name, page = f"{kind}/{key}", page_of(request.query_params)
    at = await view.position()
    ledger = view.ledger.name
    offset = (page - 1) * PAGE_ROWS
    async with view.values.reading() as connection:
        count = await evidence.length_of(connection, ledger, name, at)
        if not count or not await scoped.theirs(request, view, connection, name):
            raise problems.not_found(f"账本中没有 {name}", "从指标的明细行进入")
        rows = await evidence.history(connection, ledger, name, at, PAGE_ROWS, offset)
        positions = [row["position"] for row in rows]
        found = await findings.about(request, view, connection, at, positions, name)
        types = await evidence.types_of(connection, ledger, name, at)
    await restricted.require(request, view, texts=[name])
    if purpose.names_people(types):
        await purpose.look(request, view, [f"stream/{name}"])
    found = _alone(request, found, name)
    entries = [_history(row) for row in rows]
    data = {"stream": name, **pages(count, page), "entries": entries, "findings": found}
    then = view.asked_then()
    return await answer(request, "stream.html", view, data, base=f"/streams/{name}", then=then)


def _alone(request: Request, found: list[dict[str, Any]], stream: str) -> list[dict[str, Any]]:
    """The findings that are shown with a stream: to staff those that are about it alone."""
    if scope_of(request) is None:
        return found
    return [each for each in found if each["subject"] == stream]


def _history(row: Any) -> dict[str, Any]:
    message = json.loads(row["open"])
    event = EVENTS.get(row["type"])
    return {
        "position": row["position"],
        "version": row["version"],
        "recorded_at": json_value(row["recorded_at"]),
        "source": row["source"],
        "event_id": row["event_id"],
        "type": row["type"],
        "title": fact(row["type"]),
        "occurred_on": message["data"].get(event.ON) if event else None,
        "corrects": message.get("corrects"),
        "correctionkind": message.get("correctionkind"),
        "breaches": list(row["breaches"] or ()),
    }


@router.get("/quarantine", takes=("page",), admits=BUSINESS)
async def quarantine(request: Request, view: View) -> Response:
    """What could not be accepted: counts by reason, then rows without content."""
    return await _aside(request, view, aside.QUARANTINE)


@router.get("/parked", takes=("page",), admits=BUSINESS)
async def parked(request: Request, view: View) -> Response:
    """What waits for something not yet known: counts, then rows without content."""
    return await _aside(request, view, aside.PARKED)


@router.get("/waiting")
async def waiting(request: Request, view: View) -> Response:
    """All that waits for somebody now: who must act, and since when."""
    async with view.values.reading() as connection:
        found = await all_waiting.waiting(connection, view.ledger)
    data = {
        "waiting": [each.as_json() | {"title": each.title, "actor": each.actor} for each in found]
    }
    return await answer(request, "waiting.html", view, data)


async def _aside(request: Request, view: View, table: aside.Table) -> Response:
    """All of it for auditors; for staff what waits of theirs, and nothing of how much there is."""
    page = page_of(request.query_params)
    scoped.require_present(request, view)
    ledger, told, then = view.ledger.name, await view.told(), view.asked_then()
    staff, of = scope_of(request) is not None, await scoped.sending(request, view)
    async with view.values.reading() as connection:
        counts = await aside.counts(connection, table, ledger, told, settled=not staff, of=of)
        rows = await aside.rows(
            connection,
            table,
            ledger,
            settled=not staff,
            of=of,
            journal=told,
            limit=PAGE_ROWS,
            offset=(page - 1) * PAGE_ROWS,
        )
    looked = await restricted.uncovered(request, view, rows)
    persons = [each["number"] for each in looked if purpose.names_people([each["type"]])]
    if persons:
        await purpose.look(request, view, [f"{table.name}/{number}" for number in persons])
    data = {
        "journal": told,
        **pages(sum(count.rows for count in counts), page),
        "counts": [dict(zip(_COUNT[table], count, strict=True)) for count in counts],
        "rows": [{_NAMES.get(name, name): json_value(row[name]) for name in row} for row in rows],
    }
    return await answer(
        request,
        f"{table.name}.html",
        view,
        data,
        base=f"/{table.name}",
        then=then,
        reasons=REASONS,
        staff=staff,
    )


_COUNT = {
    aside.QUARANTINE: ("name", "count", "settled", "claims_fen", "discarded"),
    aside.PARKED: ("name", "count", "settled", "claims_fen", "refused"),
}
_NAMES = {"parked_at": "received_at"}
"""On both pages alike: when the message came."""
