"""What stands around what a page is about: menu, its address and labels, how far its data runs.

The labels are those by which search engines and portals of the government read pages (政府网站发展
指引). What the folder does not state is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request

from api import downloads, gate, looks
from api.question import WAS
from api.roles import (
    AUDIT_ADMINISTRATORS,
    AUDITORS,
    BUSINESS,
    CLERKS,
    EVERYBODY,
    SECURITY_ADMINISTRATORS,
    WORK,
    Admits,
    user_of,
)
from api.view import ASKED, FREE_PARAMETERS, View
from ledger.users import User
from reports.moment import Moment
from reports.release import Release
from reports.shown import local, written, written_day


@dataclass(frozen=True, slots=True)
class Column:
    """A column (栏目) of the site, as the menu names it."""

    path: str
    name: str
    kind: str = ""
    """What it is among the columns of government sites."""
    publishes: str = ""
    """For readers of labels; empty for columns of the inside view."""
    apart: bool = False
    """Whether it is about a day of its own, and not about the report that the public looks at; to
    auditors no column is: they look at all of a moment."""
    admits: Admits = EVERYBODY

    def place(self, path: str) -> str:
        """`page` at its own address, `true` further inside, else empty: values of aria-current."""
        if path == self.path:
            return "page"
        return "true" if path.startswith(f"{self.path}/") else ""


PUBLIC = (
    Column("/disclosure", "公开目录", "信息公开", "依法应当公开的事项、依据和时限", apart=True),
    Column("/reports", "年度报告", "信息公开", "法治政府建设年度报告及其历次发布"),
    Column("/releases", "发布", "信息公开", "按期发布的报告，各版均在"),
    Column("/themes", "专题", "数据发布", "按月公布的社会救助、婚姻登记等数字", apart=True),
    Column("/registers", "名录", "数据发布", "公开的各类名录及其变更记录", apart=True),
    Column("/corrections", "更正", "信息公开", "已公开的内容后来有何更正", apart=True),
    Column("/figures", "指标", "数据发布", "年度报告所载的各项指标、定义和构成"),
    Column("/statements", "表述", "数据发布", "年度报告中的各项表述及其成立条件"),
)
OF_RELEASES = ("/reports", "/releases")
"""Columns whose lists are of what was published."""
INSIDE = (
    Column(WORK, "我的工作", apart=True, admits=CLERKS),
    Column("/streams", "查事项", apart=True, admits=BUSINESS),
    Column("/desk", "公开工作台", apart=True, admits=BUSINESS),
    Column("/check", "回检", apart=True, admits=BUSINESS),
    Column("/withheld", "隐去文字", apart=True, admits=BUSINESS),
    Column("/findings", "疑点", apart=True, admits=BUSINESS),
    Column("/parked", "待关联", apart=True, admits=BUSINESS),
    Column("/waiting", "待办", apart=True, admits=AUDITORS),
    Column("/quarantine", "未通过校验", apart=True, admits=BUSINESS),
    Column("/foreign", "外来消息", apart=True, admits=AUDITORS),
    Column("/users", "用户", apart=True, admits=SECURITY_ADMINISTRATORS),
    Column("/access", "访问日志", apart=True, admits=AUDIT_ADMINISTRATORS),
    Column("/access/looks", "查阅留痕", apart=True, admits=AUDIT_ADMINISTRATORS),
)


@dataclass(frozen=True, slots=True)
class Place:
    """What a page shows where that is not the moment that was asked for."""

    shows: Moment | None = None
    release: Release | None = None
    canonical: str = ""
    """Its one address, where the page knows better."""
    column: str = ""
    """The column that it stands in, where its address does not say so."""


NOWHERE = Place()


async def around(
    request: Request, view: View, moment: Moment | None, place: Place
) -> dict[str, Any]:
    """What templates put around a page."""
    path, shows = f"{place.column}{request.url.path}", place.shows or moment
    release = place.release or (None if moment is None else view.issued(moment))
    recorded = None if shows is None else await view.recorded(shows)
    return {
        "menu": menu(path, user_of(request)),
        "canonical": place.canonical or canonical(request, view, moment),
        "labels": [] if request.app.state.inside else list(labels(path, view, release)),
        "runs_to": runs_to(view, shows, recorded, path),
    }


def menu(path: str, user: User | None) -> list[tuple[Column, str]]:
    """The columns for who reads, and where among them a page stands."""
    inside = [] if user is None else [each for each in INSIDE if each.admits.fits(user)]
    columns = (*PUBLIC, *inside)
    return [(column, column.place(path)) for column in columns]


def canonical(request: Request, view: View, moment: Moment | None) -> str:
    """The one address of what is shown, among those that show the same; without a host.

    What was published last needs no period, and what stands of a period no position.
    """
    path, asked = request.url.path, view.question
    kept = {"ledger": view.ledger.name} if view.ledger.name != request.app.state.ledger else {}
    if moment is not None and view.is_published(moment):
        latest = view.publication(None)
        year = str(moment.start.year)
        if year not in path.split("/") and (latest is None or str(latest.year) != year):
            kept["period"] = view.period_text(moment)
        if view.superseded_by(moment):
            kept["at"] = str(moment.at)
    elif view.auditor:
        kept |= {name: asked[name] for name in ("period", *FREE_PARAMETERS) if asked.get(name)}
    common = (*ASKED, *downloads.PARAMETERS, WAS, gate.PARAMETER, looks.PARAMETER)
    kept |= {name: asked[name] for name in sorted(asked) if name not in common and asked[name]}
    if kept.get("page") == "1":
        del kept["page"]
    query = f"?{urlencode(kept)}" if kept else ""
    return f"{quote(path)}{query}"


def labels(path: str, view: View, release: Release | None) -> Iterator[tuple[str, str]]:
    """The labels of a public page but for its title; those of an article where it shows a release.

    A list is none.
    """
    bureau = view.bureau.name
    yield "SiteName", f"明鉴 · {bureau}"
    if view.bureau.site.url:
        yield "SiteDomain", view.bureau.site.url.partition("://")[2]
    if view.bureau.site.site_code:
        yield "SiteIDCode", view.bureau.site.site_code
    column = next((column for column in PUBLIC if column.place(path)), None)
    if column is None:
        return
    yield "ColumnName", column.name
    yield "ColumnType", column.kind
    yield "ColumnDescription", f"{bureau}{column.publishes}"
    yield "ColumnKeywords", f"{column.name},{bureau}"
    if release is not None and column.path != path:
        yield "ContentSource", bureau
        yield "PubDate", release.published_at[:16].replace("T", " ")


def runs_to(view: View, moment: Moment | None, recorded: datetime | None, path: str) -> str:
    """How far a page's data runs, in the words of who reads it; empty where there is nothing.

    `recorded` is the time of the moment's last entry. Numbers of entries tell a citizen nothing.
    """
    if moment is None:
        return _ledger(view) if view.auditor else _published(view, path)
    if recorded is None:
        return "数据截至：还没有记录"
    day = written_day(min(moment.end, local(recorded).date()))
    told = f"数据截至{day}，依据{_time(recorded)}及以前收到的记录"
    return f"{told}，入账至位置 {moment.at}{_behind(view)}" if view.auditor else told


def _published(view: View, path: str) -> str:
    """Of a list of what was published."""
    times = [item.published_at for item in view.releases if item.audience == "public"]
    lists = any(column.place(path) for column in PUBLIC if column.path in OF_RELEASES)
    return f"数据截至{written(max(times))}的发布" if times and lists else ""


def _ledger(view: View) -> str:
    recorded = view.ledger.last_recorded_at
    if recorded is None:
        return ""
    return f"账本记到位置 {view.ledger.position}（{_time(recorded)}）{_behind(view)}"


def _behind(view: View) -> str:
    lack = view.ledger.position - view.folded
    return f"；汇总表尚缺 {lack} 条" if lack > 0 else ""


def _time(instant: datetime) -> str:
    return written(local(instant).isoformat(timespec="minutes"))
