"""Persons whose data are restricted (限制处理) in the inside view: the one place that decides.

Whatever staff and auditors are answered goes through `cover`: a row that tells of somebody
restricted keeps its place in the list and nothing else, in pages, JSON and files alike; a page that
is about nobody else is refused (`require`). An auditor may open a page whose records an audit hold
(审计留存) keeps, by asking for it and saying what for; staff may not. What was opened is written
down person by person. Pages that everybody may see need none of this: they show no pseudonym and
nothing of a case (reports/registers/public.py), and the public face has no secret to tell a true
restriction by.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import asyncpg
from starlette.requests import Request

from api import problems, purpose
from api.downloads import Files
from api.roles import BUSINESS, audits, user_of
from api.view import View
from ledger import restricted
from ledger.access import RESTRICTED
from ledger.restraints import PERSON
from ledger.restricted import About, Abouts, Veil
from ledger.store import LedgerAltered
from reports.tables import Table
from rules import asked

MARK = "【已限制处理】"
SAYS = "restricted"
"""In a row that is covered, in place of all that it told."""
PARAMETER, YES = "restricted", "yes"
"""By which an auditor asks for what is restricted."""
STAYS = frozenset({"position", "number", "version", "rule", "known_from", "known_to"})
"""What a covered row keeps: where it stands."""
FINDING = re.compile(r"[A-Z][0-9]+-[0-9a-f]{12}")
"""What a finding is called, which stays, too; another `id` may be the number of a case."""
POSITIONS = ("position", "started_position", "accepted_at", "released_at")
NOTHING: Abouts = frozenset()


async def veil_of(request: Request, view: View) -> Veil:
    """What is restricted now, worked out once for as long as the ledger stands so. Raises Problem.

    Of nobody on pages that everybody may see, and for administrators, who see who looked.
    """
    user = user_of(request)
    if user is None or user.role not in BUSINESS.roles or getattr(request.state, "public", False):
        return Veil()
    ledger = view.ledger
    sealer = request.app.state.gate.users.sealer_of(ledger.name)

    async def work(connection: asyncpg.Connection) -> Veil:
        veil = await restricted.read(connection, sealer, ledger.name)
        if not veil.names:
            return veil
        found: dict[str, set[About]] = {}
        resting = await asked.resting_on(connection, ledger.name, [*veil.positions], [*veil.names])
        for name, position, subject in resting:
            found.setdefault(name, set()).update(veil.of(positions=[position], texts=[subject]))
        abouts = {name: frozenset(each) for name, each in found.items()}
        return await restricted.with_findings(connection, ledger.name, veil, abouts)

    key = ("restricted", ledger.name, ledger.position, ledger.journal, view.folded)
    try:
        return await view.values.get(key, work)
    except LedgerAltered as error:
        raise problems.altered(str(error)) from None


async def require(
    request: Request,
    view: View,
    *,
    positions: Iterable[int] = (),
    events: Iterable[tuple[str, str]] = (),
    texts: Iterable[str] = (),
) -> None:
    """Raise Problem where a page is about who is restricted, unless it is opened.

    Opened by an auditor who asks for it, says what for, and an audit hold is on all of it.
    """
    veil = await veil_of(request, view)
    found = veil.of(positions=positions, events=events, texts=texts)
    if not found:
        return
    opens = audits(request) and veil.keeps(found)
    if not (opens and request.query_params.get(PARAMETER) == YES):
        request.state.opens = f"{quote(request.url.path)}?{PARAMETER}={YES}" if opens else ""
        raise _refused(request)
    persons = {each.person for each in found}
    await purpose.look(request, view, [f"{PERSON}{person}" for person in sorted(persons)])
    request.state.opened = found


async def cover(
    request: Request, view: View, data: dict[str, Any], files: Files
) -> tuple[dict[str, Any], Files]:
    """What is answered, without what is restricted. Raises Problem where that is all of it."""
    veil = await veil_of(request, view)
    if not veil.names:
        return data, files
    opened: Abouts = getattr(request.state, "opened", NOTHING)
    if _hides(veil, opened, data):
        raise _refused(request)
    tables = (_table(veil, opened, table) for table in files.tables)
    return _covered(veil, opened, data), replace(files, tables=tuple(tables))


async def uncovered(
    request: Request, view: View, rows: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Those of some rows that `cover` leaves as they are: what is looked at. Raises Problem."""
    veil = await veil_of(request, view)
    opened: Abouts = getattr(request.state, "opened", NOTHING)
    return [row for row in rows if not _hides(veil, opened, row)]


def _refused(request: Request) -> problems.Problem:
    request.state.remark = RESTRICTED
    return problems.restricted(MARK)


def _covered(veil: Veil, opened: Abouts, value: Any) -> Any:
    """A value in which each object that tells of who is restricted says so, and no more."""
    if isinstance(value, Mapping):
        if _hides(veil, opened, value):
            return {name: _staying(name, each) for name, each in value.items()} | {SAYS: MARK}
        return {name: _covered(veil, opened, each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_covered(veil, opened, each) for each in value]
    if isinstance(value, str) and _of_text(veil, opened, [value]):
        return MARK
    return value


def _table(veil: Veil, opened: Abouts, table: Table) -> Table:
    """The same of a file: a row keeps its place, and its first text says what it is."""
    names = [column.name for column in table.columns]
    first = next((n for n, column in enumerate(table.columns) if column.kind == "text"), None)
    rows: list[Sequence[Any]] = []
    for row in table.rows:
        if not _hides(veil, opened, dict(zip(names, row, strict=True))):
            rows.append(row)
            continue
        kept = [_staying(name, each) for name, each in zip(names, row, strict=True)]
        if first is not None:
            kept[first] = MARK
        rows.append(kept)
    return replace(table, rows=rows)


def _staying(name: str, value: Any) -> Any:
    """What a covered row keeps of a value."""
    is_finding = name == "id" and isinstance(value, str) and FINDING.fullmatch(value)
    return value if is_finding or name in STAYS else None


def _hides(veil: Veil, opened: Abouts, row: Mapping[str, Any]) -> bool:
    """Whether an object itself, and not only one in it, tells of who is restricted."""
    places = [row[name] for name in POSITIONS if isinstance(row.get(name), int)]
    event = (row.get("source"), row.get("event_id", row.get("id")))
    events = [(source, name) for source, name in [event] if source and name]
    told = veil.of(positions=places, events=events)
    return bool(_left(told, opened)) or _of_text(veil, opened, _texts(row.values()))


def _of_text(veil: Veil, opened: Abouts, texts: Collection[str]) -> bool:
    return bool(_left(veil.of(texts=texts), opened))


def _left(found: Abouts, opened: Abouts) -> Abouts:
    """What is not opened; a pseudonym stands for its person in whatever is."""
    persons = {each.person for each in opened}
    return frozenset(each for each in found - opened if each.stream or each.person not in persons)


def _texts(values: Iterable[Any]) -> list[str]:
    return list(_each_text(values))


def _each_text(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list | tuple):
            yield from _each_text(value)
