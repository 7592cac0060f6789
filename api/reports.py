"""The annual report: which ones were published, and the report as a page and as documents.

Documents name no single case, whoever asks: they leave the office.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import downloads, packs, problems, scoped, takeaway
from api.answers import answer, wants_json
from api.furniture import Place
from api.issued import address
from api.pages import years_of
from api.question import Pages
from api.roles import EVERYBODY
from api.view import View
from reports import filed, plans, publication, recorded
from reports.document import Document, FigureRef, Gap, Paragraph, Run, Section, StatementRef, Table
from reports.release import Release
from reports.render import forms, html, markdown
from reports.render.extra import Unmade
from reports.shown import json_value

router = Pages(admits=EVERYBODY)


async def _document(view: View, year: str, *, details: bool = False) -> Document:
    plan = plans.of(view.bureau).get(plans.ANNUAL)
    if plan is None or not re.fullmatch("[0-9]{4}", year):
        raise problems.not_found(f"没有 {year[:40]} 年的报告", "报告目录：/reports")
    moment = await view.moment(year)
    return await view.document(plan, moment, details=details)


@router.get("/reports")
async def reports(request: Request, view: View) -> Response:
    """Published reports, and those that they superseded; for auditors, what cannot be one."""
    data: dict[str, Any] = {"years": years_of(view), "publications": []}
    for item in view.publications:
        later = view.superseded_by(item.moment)
        data["publications"].append(
            {
                "year": item.year,
                "published_at": item.published_at,
                "at": item.moment.at,
                "superseded_by": None if later is None else later.published_at,
            }
        )
    if view.auditor:
        async with view.values.reading() as connection:
            found = await publication.unfit(connection, view.ledger.name)
        data["unfit"] = [item._asdict() for item in found]
    return await answer(
        request, "reports.html", view, data, offices=await run_in_threadpool(forms.offices)
    )


@router.get("/reports/{year}.html")
async def report_document(_request: Request, view: View, year: str) -> Response:
    """The annual report as a document of its own, for download."""
    made = await downloads.saved(view, await _document(view, year))
    return Response(
        html.render(made),
        media_type="text/html; charset=utf-8",
        headers={
            "Content-Security-Policy": f"default-src 'none'; style-src {html.style_hash()}",
            "Content-Disposition": _named(made, "html"),
        },
    )


def _named(made: Document, form: str) -> str:
    """Of a document that is saved: what was not published says so in its name, too."""
    mark = f"-unpublished-at-{made.moment.at}" if made.notice else ""
    moment = made.moment
    return f'inline; filename="rule-of-law-report-{moment.ledger}-{moment.start.year}{mark}.{form}"'


@router.get("/reports/{year}.md")
async def report_markdown(_request: Request, view: View, year: str) -> Response:
    """The annual report as Markdown."""
    made = await downloads.saved(view, await _document(view, year))
    return Response(
        markdown.render(made),
        media_type="text/markdown; charset=utf-8",
        headers={"Content-Disposition": _named(made, "md")},
    )


@router.get("/reports/{year}.docx")
async def report_docx(request: Request, view: View, year: str) -> Response:
    """The annual report as an official document, for Word and WPS."""
    return await _office(request, view, "docx", year)


@router.get("/reports/{year}.pdf")
async def report_pdf(request: Request, view: View, year: str) -> Response:
    """The annual report as an official document, to be kept and handed on."""
    return await _office(request, view, "pdf", year)


async def _office(request: Request, view: View, form: str, year: str) -> Response:
    made = await downloads.saved(view, await _document(view, year))
    return await downloads.office(request, view, form, f"report-{year}", made)


@router.get("/reports/{year}")
async def report_page(request: Request, view: View, year: str) -> Response:
    """The annual report in the site's frame."""
    made = await _document(view, year, details=view.auditor)
    mark = "-unpublished" if made.notice else ""
    files = takeaway.document(made, f"report-{year}{mark}", await _definitions(view, made))
    data = document_json(made) if wants_json(request) else {}
    release = view.issued(made.moment)
    return await answer(
        request,
        "report.html",
        view,
        data,
        moment=made.moment,
        files=files,
        pack=None if release is None else packs.of_release(view, release, made, view.releases),
        article=html.article(made),
        addresses=() if release is None else release.addresses,
        filed={} if release is None else filed.head(release, view.bureau, view.releases),
        title=made.title,
        earlier=[
            item
            for item in view.publications
            if item.year == made.moment.start.year and view.superseded_by(item.moment)
        ],
        year=year,
        theirs=[release.position] if release and scoped.handles(request, "reporting") else [],
        offices=await run_in_threadpool(forms.offices),
    )


async def _definitions(view: View, made: Document) -> dict[str, str]:
    """How figures are defined: in a report that was released, as they were then."""
    if (release := view.issued(made.moment)) is not None:
        return takeaway.definitions(await view.said(release))
    return {figure.id: figure.definition for figure in view.defined.figures.values()}


def document_json(document: Document) -> dict[str, Any]:
    """A document for machines."""
    return {
        "plan": document.plan,
        "title": document.title,
        "signed": document.signed,
        "dated": document.dated,
        "published": document.published or None,
        "unpublished": document.notice or None,
        "sections": [_section_json(section) for section in document.sections],
        "gaps": list(document.gaps),
    }


def _section_json(section: Section) -> dict[str, Any]:
    return {
        "code": section.code or None,
        "level": section.level,
        "heading": section.heading,
        "blocks": [
            _table_json(block) if isinstance(block, Table) else _paragraph_json(block)
            for block in section.blocks
        ],
    }


def _paragraph_json(paragraph: Paragraph) -> dict[str, Any]:
    return {
        "by": paragraph.by,
        "text": paragraph.text,
        "runs": [_run_json(run) for run in paragraph.runs],
    }


def _run_json(run: Run) -> dict[str, Any]:
    line: dict[str, Any] = {"text": run.text}
    if isinstance(run, FigureRef):
        line |= {
            "figure": run.id,
            "value": json_value(run.value),
            "exact": json_value(run.exact),
            "unit": run.unit,
            "beside": run.beside or None,
            "invented": run.invented,
        }
    elif isinstance(run, StatementRef):
        line |= {"statement": run.id, "holds": run.holds}
    elif isinstance(run, Gap):
        line |= {"gap": True}
    return line


def _table_json(table: Table) -> dict[str, Any]:
    return {
        "table": table.title,
        "corner": table.corner,
        "columns": [
            {"heading": column.heading, "group": column.group or None, "unit": column.unit}
            for column in table.columns
        ],
        "rows": [
            {
                "heading": row.heading,
                "unit": row.unit or None,
                "total": row.total,
                "values": [json_value(cell.value) for cell in row.cells],
                "exact": [json_value(cell.exact) for cell in row.cells],
            }
            for row in table.rows
        ],
        "note": table.note or None,
    }


@router.get("/reports/{year}/versions")
async def versions(request: Request, view: View, year: str) -> Response:
    """All editions of a year's report: when and why each was published, how large, what changed."""
    editions = [item for item in view.publications if str(item.year) == year]
    if not editions:
        raise problems.not_found(f"没有 {year[:40]} 年的报告", "报告目录：/reports")
    data: dict[str, Any] = {
        "year": int(year),
        "versions": [await _version(request, view, item.release, editions) for item in editions],
    }
    return await answer(
        request,
        "versions.html",
        view,
        data,
        place=Place(canonical=f"/reports/{year}/versions{view.query()}"),
        files=takeaway.versions(data["versions"], f"{year}年年度报告各版"),
        year=year,
    )


async def _version(
    request: Request,
    view: View,
    found: Release,
    editions: Sequence[publication.Publication],
) -> dict[str, Any]:
    """An edition; of one that still has the address of its moment, its documents."""
    says = await view.said(found)
    made: list[dict[str, Any]] = []
    if view.issued(found.moment) is found:
        document = await downloads.saved(
            view,
            recorded.document_of(
                found, says, await view.aside(found.moment), sample=view.ledger.sample
            ),
        )
        for form, raw in (await _files(request, document)).items():
            made.append(
                {
                    "form": form,
                    "address": f"/reports/{found.period}.{form}?at={found.moment.at}",
                    "bytes": len(raw),
                    "sha256": hashlib.sha256(raw).hexdigest(),
                }
            )
    first = min(editions, key=lambda item: item.release.edition)
    changes = f"/corrections?{urlencode({'plan': found.plan, 'period': found.period})}"
    return {
        "edition": found.edition,
        "title": found.title,
        "published_at": found.published_at,
        "asof": found.moment.end.isoformat(),
        "reason": found.reason,
        "digest": found.content,
        "values": len(says.values),
        "stands": editions[0].release is found,
        "address": address(found),
        "changes": None if first.release is found else changes,
        "files": made,
    }


async def _files(request: Request, document: Document) -> dict[str, bytes]:
    """The files of a document by their endings, but for those that cannot be made here."""
    made = {
        "html": (await run_in_threadpool(html.render, document)).encode(),
        "md": markdown.render(document).encode(),
    }
    for form in await run_in_threadpool(forms.offices):
        with suppress(Unmade):
            made[form] = await downloads.papers_of(request).get(form, document)
    return made


@router.bare("/reports.css")
async def report_style(_request: Request) -> Response:
    """The report's style sheet, as documents of their own carry it inside."""
    return Response(html.style(), media_type="text/css; charset=utf-8")
