"""The annual report: which ones were published, and the report as a page and as documents.

Documents name no single case, whoever asks: they leave the office.
"""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter, Request, Response

from api import problems
from api.answers import answer, wants_json
from api.pages import years_of
from api.question import Asked, Snapshot
from api.view import View
from reports import annual, publication
from reports.annual import Report
from reports.render import html, markdown
from reports.shown import json_value

router = APIRouter(route_class=Asked)


async def _report(view: View, year: str, *, details: bool = False) -> Report:
    if not re.fullmatch("[0-9]{4}", year):
        raise problems.not_found(f"没有 {year[:40]} 年的报告", "报告目录：/reports")
    moment = await view.moment(year)
    return await view.report(moment, details=details)


@router.get("/reports")
async def reports(request: Request, view: Snapshot) -> Response:
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
    return await answer(request, "reports.html", view, data)


@router.get("/reports/{year}.html")
async def report_document(view: Snapshot, year: str) -> Response:
    """The annual report as a document of its own, for download."""
    made = await _report(view, year)
    mark = "" if not made.notice else f"-unpublished-at-{made.moment.at}"
    name = f"rule-of-law-report-{view.ledger.name}-{made.year}{mark}.html"
    return Response(
        html.render(made),
        media_type="text/html; charset=utf-8",
        headers={
            "Content-Security-Policy": f"default-src 'none'; style-src {html.style_hash()}",
            "Content-Disposition": f'inline; filename="{name}"',
        },
    )


@router.get("/reports/{year}.md")
async def report_markdown(view: Snapshot, year: str) -> Response:
    """The annual report as Markdown."""
    made = await _report(view, year)
    return Response(markdown.render(made), media_type="text/markdown; charset=utf-8")


@router.get("/reports/{year}")
async def report_page(request: Request, view: Snapshot, year: str) -> Response:
    """The annual report in the site's frame."""
    made = await _report(view, year, details=view.auditor)
    if wants_json(request):
        return await answer(request, "", view, _report_json(made), moment=made.moment)
    return await answer(
        request,
        "report.html",
        view,
        {},
        moment=made.moment,
        article=html.article(made),
        title=made.title,
        earlier=[
            item
            for item in view.publications
            if item.year == made.year and view.superseded_by(item.moment)
        ],
        year=year,
    )


def _report_json(report: Report) -> dict[str, Any]:
    def run(item: annual.Run) -> dict[str, Any]:
        line: dict[str, Any] = {"text": item.text}
        if isinstance(item, annual.FigureRef):
            line |= {
                "figure": item.id,
                "value": json_value(item.value),
                "exact": json_value(item.exact),
                "unit": item.unit,
                "beside": item.beside or None,
                "invented": item.invented,
            }
        elif isinstance(item, annual.StatementRef):
            line |= {"statement": item.id, "holds": item.holds}
        elif isinstance(item, annual.Gap):
            line |= {"gap": True}
        return line

    def section(item: annual.Section) -> dict[str, Any]:
        return {
            "code": item.code,
            "heading": item.heading,
            "paragraphs": [
                {"by": p.by, "text": p.text, "runs": [run(r) for r in p.runs]}
                for p in item.paragraphs
            ],
        }

    return {
        "title": report.title,
        "bureau": report.bureau,
        "signed": report.signed,
        "published": report.published,
        "unpublished": report.notice or None,
        "opening": section(report.opening),
        "parts": [
            {"heading": part.heading, "sections": [section(s) for s in part.sections]}
            for part in report.parts
        ],
        "gaps": list(report.gaps),
    }


@router.get("/reports.css")
async def report_style() -> Response:
    """The report's style sheet, as documents of their own carry it inside."""
    return Response(html.style(), media_type="text/css; charset=utf-8")
