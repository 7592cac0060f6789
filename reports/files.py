"""The files of a release: made from what was recorded of it, the same bytes wherever and whenever.

Their hashes are told with the release. What the folder of a later day says, what became known since
and what is worked out otherwise today changes no byte of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import asyncpg

from domain.calendar import SHANGHAI
from domain.reporting.files import ReleaseFile, ReleaseFilesRecorded
from domain.reporting.releases import ReleaseContent, Released, first_day
from ledger import adopted, store
from reports import aside, recorded, release
from reports.document import Document
from reports.moment import Moment
from reports.release import Release
from reports.render import forms
from reports.render.extra import Unmade


async def document(
    connection: asyncpg.Connection, item: Release, says: ReleaseContent | None = None
) -> Document:
    """A release as its files say it. Raises Altered, LedgerMissing."""
    ledger = await store.find_ledger(connection, item.moment.ledger)
    if ledger is None:
        raise store.LedgerMissing(item.moment.ledger)
    if says is None:
        says = await release.content(connection, item)
    waits = await aside.at(connection, item.moment)
    # Where its figures were seen then: a folder that is adopted later leads elsewhere.
    bureau = await adopted.at(connection, item.moment.ledger, item.moment.at)
    site = bureau.site.url
    return recorded.document_of(item, says, waits, sample=ledger.sample, site=site)


def made(what: Document, wanted: Sequence[str] = ()) -> tuple[ReleaseFile, ...]:
    """Its files, in every form that can be made on this machine, or in those that are wanted."""
    found = []
    for form in wanted or forms.FORMS:
        if forms.there(form):
            try:
                raw = forms.render(form, what)
            except Unmade:  # as little as one that is not there: no font, or none with a character
                continue
            digest = hashlib.sha256(raw).hexdigest()
            found.append(ReleaseFile(form=form, sha256=digest, bytes=len(raw)))
    return tuple(found)


async def recording(
    connection: asyncpg.Connection, closing: Released, says: ReleaseContent, ledger: str
) -> ReleaseFilesRecorded | None:
    """The fact that tells the files of what is released; None where no form can be made here."""
    item = _of_event(closing, ledger)
    files = made(await document(connection, item, says))
    if not files:
        return None
    return ReleaseFilesRecorded(
        plan=closing.plan,
        period=closing.period,
        edition=closing.edition,
        recorded_on=closing.occurred_on(),
        files=files,
    )


def _of_event(told: Released, ledger: str) -> Release:
    """A release as it will be read once it is recorded, but for its position and number."""
    return Release(
        plan=told.plan,
        period=told.period,
        edition=told.edition,
        kind=told.kind,
        title=told.title,
        audience=told.audience,
        moment=Moment(ledger, first_day(told.period), told.asof, told.at),
        published_at=told.published_at.astimezone(SHANGHAI).isoformat(),
        position=0,
        content=told.content,
        bureau=told.bureau,
        merged=told.merged,
        signed=told.signed or "",
        dated=told.dated or "",
        published_by=told.published_by,
        reason=told.reason,
        signed_on=told.signed_on or told.occurred_on(),
        index="",
    )


async def differing(connection: asyncpg.Connection, item: Release) -> list[str]:
    """The forms whose file, made again now, is another than was recorded."""
    wanted = [file.form for file in item.files if forms.there(file.form)]
    now = {file.form: file for file in made(await document(connection, item), wanted)}
    return [
        file.form
        for file in item.files
        if file.form in now and now[file.form].sha256 != file.sha256
    ]


def without(files: Sequence[ReleaseFile]) -> list[str]:
    """The forms that could not be made on this machine."""
    there = {file.form for file in files}
    return [form for form in forms.FORMS if form not in there]
