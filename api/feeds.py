"""What was published, for programs: an Atom feed, and lists as portals give them.

The lists are those of the portals of Guangdong (gkmlpt): programs that read these read ours.

Both name what stands and is public, the latest first. Addresses begin with that of the site where
the folder states it; the address that a client named is not repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import Response

from api import problems
from api.answers import Json
from api.issued import address
from api.paging import page_of
from api.question import Pages
from api.roles import EVERYBODY
from api.view import View
from infra.visible import visible
from reports import filed
from reports.release import ANNUAL, Release, standing
from reports.shown import SAMPLE_BANNER

router = Pages(admits=EVERYBODY)
CATEGORIES = {"all": "全部", "reports": "年度报告", "releases": "发布"}
"""Columns of the site, by what a list is asked for."""
PAGE = 100
NEWEST = 50
"""Entries of the feed."""
ATOM = "application/atom+xml"


@router.get("/feed.atom")
async def atom(_request: Request, view: View) -> Response:
    """The latest releases (RFC 4287); a later edition is the same entry, updated."""
    found = _public(view)[:NEWEST]
    name = _said(view, f"{view.bureau.name}的发布")
    updated = found[0].published_at if found else "1970-01-01T00:00:00+08:00"
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN">',
        f"<id>{_urn(view.ledger.name)}</id>",
        f"<title>{_text(name)}</title>",
        f"<updated>{updated}</updated>",
        f"<author><name>{_text(view.bureau.name)}</name></author>",
        f'<link rel="self" type="{ATOM}" href="{_text(_at(view, "/feed.atom"))}"/>',
        *(line for item in found for line in _entry(view, item)),
        "</feed>",
    ]
    return Response("\n".join(lines) + "\n", media_type=f"{ATOM}; charset=utf-8")


def _entry(view: View, item: Release) -> list[str]:
    where = _text(_at(view, address(item).rpartition("/")[0]))
    return [
        "<entry>",
        f"<id>{_urn(view.ledger.name, item.plan, item.period)}</id>",
        f"<title>{_text(_said(view, item.title))}</title>",
        f"<updated>{item.published_at}</updated>",
        f'<link rel="alternate" type="text/html" href="{where}"/>',
        f'<link rel="enclosure" type="application/zip" href="{where}.zip"/>',
        f'<category term="{item.kind}" label="{_text(filed.COLUMNS[item.kind])}"/>',
        f"<summary>{_text(f'索引号 {filed.index_of(item, view.bureau)}')}</summary>",
        "</entry>",
    ]


@router.get("/gkmlpt/api/all/{category}", takes=("page", "sid"))
async def gkmlpt(request: Request, view: View, category: str) -> Response:
    """A page of a column; one beyond the last is empty, as there."""
    page, sid = page_of(request.query_params), request.query_params.get("sid", "")
    if category not in CATEGORIES:
        there = "、".join(f"{name} {title}" for name, title in CATEGORIES.items())
        raise problems.not_found(f"没有栏目 {category[:40]}", f"可选：{there}")
    if sid not in ("", view.bureau.division):
        raise problems.bad_choice(f"没有站点 {sid[:40]}", f"sid 为 {view.bureau.division}")
    found = [item for item in _public(view) if category != "reports" or item.plan == ANNUAL]
    shown = found[(page - 1) * PAGE : page * PAGE]
    return Json({"total": len(found), "articles": [_article(view, item) for item in shown]})


def _article(view: View, item: Release) -> dict[str, Any]:
    """As the portals tell it; times are seconds, but for `created_at`."""
    published = datetime.fromisoformat(item.published_at)
    seconds, where = int(published.timestamp()), _at(view, address(item).rpartition("/")[0])
    shown = item.addresses[0].url if item.addresses else where
    return {
        "id": int(item.index.replace("-", "")),
        "identifier": filed.index_of(item, view.bureau),
        "title": _said(view, item.title),
        "publisher": item.signed or view.bureau.name,
        "document_number": "",
        "classify_main_name": filed.COLUMNS[item.kind],
        "date": seconds,
        "display_publish_time": seconds,
        "created_at": f"{published:%Y-%m-%d %H:%M:%S}",
        "url": shown,
        "post_url": where,
        "is_expired": 0,
        "is_abolished": 0,
    }


def _public(view: View) -> Sequence[Release]:
    return standing([item for item in view.releases if item.audience == "public"])


def _at(view: View, path: str) -> str:
    return f"{view.bureau.site.url}{path}"


def _said(view: View, title: str) -> str:
    """What is taken over by program bears the mark of a sample in its title: it has no page."""
    return f"{title}（{SAMPLE_BANNER}）" if view.ledger.sample else title


def _urn(*names: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, '/'.join(('mingjian', *names)))}"


def _text(text: str) -> str:
    return escape(visible(text), {'"': "&quot;"})
