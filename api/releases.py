"""Releases: what was published of any plan, as it was published, with nothing worked out anew.

The public sees those that stand or were superseded; auditors also what is internal, and what cannot
be one. A release has an address for ever: plan, period, edition.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import downloads, packs, problems, scoped, takeaway
from api.answers import answer
from api.furniture import Place
from api.issued import address, shown
from api.question import Pages
from api.roles import EVERYBODY
from api.view import View
from domain.reporting.releases import ReleaseContent, ReleaseValue
from reports import filed, recorded, release
from reports.aside import Aside
from reports.release import Release
from reports.render import forms, html
from reports.shown import json_value

router = Pages(admits=EVERYBODY)


@router.get("/releases")
async def releases(request: Request, view: View) -> Response:
    """All releases, by plan; for auditors, what cannot be one."""
    return await _listed(request, view, shown(view.releases, auditor=view.auditor))


@router.get("/releases/{plan}")
async def releases_of(request: Request, view: View, plan: str) -> Response:
    """The releases of a plan, the latest first."""
    found = [item for item in shown(view.releases, auditor=view.auditor) if item.plan == plan]
    if not found:
        raise problems.not_found(f"方案 {plan[:40]} 没有发布", "已发布的：/releases")
    return await _listed(request, view, found, plan)


@router.get("/releases/{plan}/{period}.docx")
async def standing_docx(request: Request, view: View, plan: str, period: str) -> Response:
    """What stands of a plan and period, for Word and WPS."""
    return await _office(request, view, "docx", _of(view, plan, period, None)[0])


@router.get("/releases/{plan}/{period}.pdf")
async def standing_pdf(request: Request, view: View, plan: str, period: str) -> Response:
    """What stands of a plan and period, to be kept and handed on."""
    return await _office(request, view, "pdf", _of(view, plan, period, None)[0])


@router.get("/releases/{plan}/{period}/{edition}.docx")
async def edition_docx(
    request: Request, view: View, plan: str, period: str, edition: str
) -> Response:
    """One edition, for Word and WPS."""
    return await _office(request, view, "docx", _of(view, plan, period, edition)[0])


@router.get("/releases/{plan}/{period}/{edition}.pdf")
async def edition_pdf(
    request: Request, view: View, plan: str, period: str, edition: str
) -> Response:
    """One edition, to be kept and handed on."""
    return await _office(request, view, "pdf", _of(view, plan, period, edition)[0])


@router.get("/releases/{plan}/{period}")
async def standing(request: Request, view: View, plan: str, period: str) -> Response:
    """What stands of a plan and period."""
    return await _one(request, view, plan, period, None)


@router.get("/releases/{plan}/{period}/{edition}")
async def edition(request: Request, view: View, plan: str, period: str, edition: str) -> Response:
    """One edition, also where a later one stands."""
    return await _one(request, view, plan, period, edition)


async def _listed(
    request: Request, view: View, found: Iterable[Release], plan: str = ""
) -> Response:
    listed = list(found)
    stands = release.standing(listed)
    data: dict[str, Any] = {"releases": [head_json(view, item, stands) for item in listed]}
    if view.auditor:
        async with view.values.reading() as connection:
            unfit = await release.unfit(connection, view.ledger.name)
        data["unfit"] = [item._asdict() for item in unfit]
    return await answer(
        request,
        "releases.html",
        view,
        data,
        files=takeaway.releases(data["releases"], "发布"),
        stands=stands,
        found=listed,
        address=address,
        plan=plan,
    )


async def _one(
    request: Request, view: View, plan: str, period: str, edition: str | None
) -> Response:
    found, editions = _of(view, plan, period, edition)
    says = await view.said(found)
    data = head_json(view, found, release.standing(editions)) | {
        "values": [value_json(value) for value in says.values],
        "tables": [table_json(block.table) for block in says.blocks if block.table is not None],
        "text": text_of(says),
        "definitions": [item.model_dump() for item in says.definitions],
    }
    told = recorded.document_of(found, says, Aside(), sample=view.ledger.sample)
    return await answer(
        request,
        "release.html",
        view,
        data,
        place=Place(found.moment, found, _canonical(found, editions)),
        files=takeaway.release(found, says, told),
        pack=packs.of_release(view, found, told, editions),
        found=found,
        article=html.article(told),
        filed=filed.head(found, view.bureau, editions),
        editions=editions,
        address=address,
        theirs=[found.position] if scoped.handles(request, "reporting") else [],
        offices={
            form: f"{address(found)}.{form}{view.query()}"
            for form in await run_in_threadpool(forms.offices)
        },
    )


def _of(view: View, plan: str, period: str, edition: str | None) -> tuple[Release, list[Release]]:
    """The edition that is asked for, or the one that stands, among all of a plan and period."""
    listed = shown(view.releases, auditor=view.auditor)
    period = period.replace(".", "/")
    editions = [item for item in listed if (item.plan, item.period) == (plan, period)]
    wanted = release.standing(editions)
    if edition is not None:
        wanted = [item for item in editions if str(item.edition) == edition]
    if not wanted:
        raise problems.not_found("没有这一发布", "已发布的：/releases")
    return wanted[0], editions


async def _office(request: Request, view: View, form: str, found: Release) -> Response:
    """A release as a document, with a note on what waited then: the same file as the command's."""
    says, waits = await view.said(found), await view.aside(found.moment)
    made = recorded.document_of(found, says, waits, sample=view.ledger.sample)
    name = address(found).removeprefix("/releases/").replace("/", "-")
    return await downloads.office(request, view, form, name, await downloads.saved(view, made))


def _canonical(found: Release, editions: Iterable[Release]) -> str:
    """The address of a release: that of its period while it stands."""
    own = address(found)
    return own.rpartition("/")[0] if found in release.standing(editions) else own


def head_json(view: View, item: Release, stands: Sequence[Release]) -> dict[str, Any]:
    """What a release is, for machines; `stands` are those that no later edition supersedes."""
    later = [one for one in stands if (one.plan, one.period) == (item.plan, item.period)]
    superseded = later[0] if later and later[0] is not item else None
    return {
        "plan": item.plan,
        "period": item.period,
        "edition": item.edition,
        "title": item.title,
        "audience": item.audience,
        "asof": item.moment.end.isoformat(),
        "at": item.moment.at,
        "published_at": item.published_at,
        "digest": item.content,
        "index_number": filed.index_of(item, view.bureau),
        "signed_on": item.signed_on.isoformat(),
        "shown_at": [
            {"url": each.url, "shown_on": each.shown_on.isoformat(), "index": each.index_number}
            for each in item.addresses
        ],
        "files": [each._asdict() for each in item.files],
        "address": address(item),
        "superseded_by": None if superseded is None else address(superseded),
    }


def value_json(value: ReleaseValue) -> dict[str, Any]:
    """A value as machines read it."""
    return {
        "key": value.key,
        "name": value.name,
        "value": json_value(release.read(value.type, value.value)),
        "exact": json_value(release.read(value.type, value.exact)),
        "unit": value.unit,
        "beside": value.beside,
        "invented": value.invented,
    }


def table_json(table: Any) -> dict[str, Any]:
    return {
        "title": table.title,
        "columns": [column.model_dump() for column in table.columns],
        "rows": [
            {
                "heading": row.heading,
                "unit": row.unit,
                "total": row.total,
                "cells": [cell.model_dump() for cell in row.cells],
            }
            for row in table.rows
        ],
        "note": table.note,
    }


def text_of(says: ReleaseContent) -> list[str]:
    """Headings and paragraphs, one a line."""
    lines = []
    for block in says.blocks:
        if block.heading:
            lines.append(block.heading)
        if block.runs:
            lines.append("".join(run.text for run in block.runs))
    return lines
