"""Corrections made public (更正公开): what was published and was changed since, why and when.

Of two kinds: what a later edition of a release says otherwise, and what was corrected in rows of
public registers. Both editions, and the rows, are public by themselves; nothing else is told here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import asyncpg
from starlette.requests import Request
from starlette.responses import Response

from api import downloads, forms, problems, takeaway
from api.answers import answer
from api.issued import address, shown
from api.paging import SIZES, numbered, page_of, reached, size_of, sized
from api.question import Pages
from api.registers_asked import (
    LONGEST,
    Then,
    given_of,
    moments,
    opened,
    query_of,
    then_of,
)
from api.registers_shown import said
from api.roles import EVERYBODY
from api.view import View
from domain.codes import labels_of
from domain.corrections import CorrectionKind
from reports import editions, registers
from reports.editions import Why
from reports.registers import asking
from reports.registers.amended import SINCE, Amended, amended
from reports.registers.register import Register
from reports.release import Release

router = Pages(opened, admits=EVERYBODY)
HERE = "/corrections"
KINDS = {"release": "发布", "register": "名录"}
_OF = ("of", "plan", "period")
"""What of them may be asked for."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction as it is told."""

    of: str
    """release or register."""
    day: str
    title: str
    """Of the document, or of the register and the record."""
    name: str
    """What of it: a value, a cell, a column."""
    before: str
    after: str
    why: str
    reason: str
    """As who published said it; of a register there is none."""
    before_at: str
    after_at: str
    """Addresses of what it was, and of what it is; of a register the record's."""
    position: int
    plan: str = ""
    period: str = ""

    def as_json(self, *, auditor: bool) -> dict[str, Any]:
        """For machines; positions for auditors only."""
        told = {
            "of": self.of,
            "of_name": KINDS[self.of],
            "on": self.day,
            "title": self.title,
            "name": self.name,
            "before": self.before or None,
            "after": self.after or None,
            "why": self.why,
            "reason": self.reason or None,
            "before_at": self.before_at or None,
            "after_at": self.after_at or None,
        }
        return told | ({"position": self.position} if auditor else {})


@router.get(HERE)
async def corrections(request: Request, view: View) -> Response:
    """All corrections, the latest first, page by page; of releases, registers, one plan, period."""
    asked = given_of(request, (*moments(view), *_OF, "page", "size", *downloads.PARAMETERS))
    if asked.get("of", "release") not in KINDS:
        there = "、".join(f"{code} {name}" for code, name in KINDS.items())
        raise problems.bad_choice(f"没有 {asked['of'][:LONGEST]} 的更正", f"of 为 {there}")
    page, size = page_of(asked), size_of(asked)
    listed = [each for each in registers.of(view.bureau).values() if each.connected]
    then = await then_of(view, asked, frozenset().union(*(each.models for each in listed)))
    found = [each for each in await _all(view, then, listed) if _wanted(each, asked)]
    paged = reached(len(found), page, HERE, size)
    whole = forms.wants_file(request)
    rows = found if whole else found[(page - 1) * size : page * size]
    again = {name: asked[name] for name in _OF if name in asked}
    data = then.as_json() | paged | {"size": size}
    data["rows"] = [row.as_json(auditor=view.auditor) for row in rows]
    return await answer(
        request,
        "corrections.html",
        view,
        data,
        place=then.place(HERE, **again, **sized(size), **numbered(page)),
        files=takeaway.corrections(rows, then.moment, auditor=view.auditor),
        about=then.about,
        rows=rows,
        kinds=KINDS,
        asked_of=asked.get("of", ""),
        hidden={**then.pinned, **sized(size)},
        narrowed={name: asked[name] for name in ("plan", "period") if name in asked},
        meaning_of=editions.MEANING,
        base=HERE,
        onward=query_of({**then.pinned, **again, **sized(size)}),
        sizes={each: query_of({**then.pinned, **again, "size": str(each)}) for each in SIZES},
    )


def _wanted(each: Corrected, asked: dict[str, str]) -> bool:
    return all(getattr(each, name) == asked[name] for name in _OF if name in asked)


async def _all(view: View, then: Then, listed: list[Register]) -> list[Corrected]:
    """Those of releases and those of registers, the latest told first."""
    found = [
        *[each async for each in _released(view, then)],
        *await _registered(view, then, listed),
    ]
    return sorted(found, key=lambda each: (each.day, each.position), reverse=True)


async def _released(view: View, then: Then) -> Any:
    names = labels_of(Why)
    releases = shown(view.releases, auditor=view.auditor)
    public = [each for each in releases if each.position <= then.moment.at]
    for before, after in editions.follow(public):
        old, new = await view.said(before), await view.said(after)
        for each in editions.differences(before, old, after, new):
            yield Corrected(
                of="release",
                day=after.published_at[:10],
                title=edition_of(after),
                name=each.name,
                before=each.before,
                after=each.after,
                why=names[each.why],
                reason=after.reason,
                before_at=address(before),
                after_at=address(after),
                position=after.position,
                plan=after.plan,
                period=after.period,
            )


def edition_of(item: Release) -> str:
    """A release as it is named among its editions."""
    return f"{item.title}（第 {item.edition} 版）"


async def _registered(view: View, then: Then, listed: list[Register]) -> list[Corrected]:
    """Worked out once for a moment: it rests on nothing but the position and the folder."""

    async def work(connection: asyncpg.Connection) -> list[Corrected]:
        found = await amended(connection, listed, then.moment)
        names: dict[tuple[str, str], Any] = {}
        for register in {each.register.name: each.register for each in found}.values():
            records = {each.record for each in found if each.register.name == register.name}
            called = await asking.called(
                connection, register, then.moment, sorted(records), today=then.today
            )
            first = next(iter(register.columns.values()))
            names |= {(register.name, r): said(view, first, v) for r, v in called.items()}
        return [_told(view, each, names, _once(view, each, found)) for each in found]

    return await view.values.get(
        ("corrections", then.moment, view.bureau.digest, view.auditor), work
    )


def _once(view: View, each: Amended, found: list[Amended]) -> str:
    """What a record was called that the register has no more; its number where nobody says."""
    first = next(iter(each.register.columns.values()))
    called = (
        said(view, first, other.before)
        for other in found
        if (other.register.name, other.record) == (each.register.name, each.record)
        and other.column == first
        and other.before is not None
    )
    return next(called, each.record)


def _told(view: View, each: Amended, names: dict[tuple[str, str], Any], once: str) -> Corrected:
    register, column = each.register, each.column
    values = each.before, each.after
    if column is None:
        texts = [value.isoformat() for value in values]
    else:
        texts = [said(view, column, value) for value in values]
    called = names.get((register.name, each.record))
    there = f"/{register.of or register.name}/{quote(each.record, safe='')}"
    return Corrected(
        of="register",
        day=each.recorded_on.isoformat(),
        title=f"{register.title}：{called or once}",
        name=SINCE if column is None else column.title,
        before=texts[0],
        after=texts[1],
        why=labels_of(CorrectionKind).get(each.kind, each.kind),
        reason="",
        before_at="",
        after_at="" if called is None else there,
        position=each.position,
    )
