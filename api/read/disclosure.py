"""公开目录: what is to be made public, by which text and when, where it is, when it was last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api import problems
from api.disclosure import last_of, limits_of, told_of
from api.question import Pages
from api.read import asked as asking
from api.read.answers import head, listed, only, page, sent, single
from api.read.asked import ASOF, AT, LEDGER, PAGED, public
from api.read.moments import said_of, then_asked
from api.read.shape import BASE, Field, Operation, Parameter
from api.registers_asked import ahead_of
from api.roles import EVERYBODY
from api.view import View
from domain.bureau.bureau import Bureau
from domain.codes import labels_of
from reports import disclosure as catalogue
from reports.disclosure.row import Audience, Channel, Kind, Level, Way
from reports.registers.tabling import NOT_CONNECTED

PATH = "/disclosure"
TAG = "公开目录"
router = Pages(public, admits=EVERYBODY)
_PAGES = {"register": "名录", "theme": "专题", "plan": "历次发布"}


def _codes(of: Any) -> Mapping[str, str]:
    return {str(code): name for code, name in labels_of(of).items()}


_CODED = {
    "channels": ("公开渠道", _codes(Channel)),
    "audience": ("公开对象", _codes(Audience)),
    "levels": ("公开层级", _codes(Level)),
    "ways": ("公开方式", _codes(Way)),
    "kind": ("类型", _codes(Kind)),
}


def _coded(name: str, *, several: bool) -> tuple[Field, Field]:
    title, codes = _CODED[name]
    its = Field(name, title, "array" if several else "string", optional=False, codes=codes)
    return its, Field(f"{name}_name", f"{title}的名称", optional=False)


_ROW = (
    Field("name", "事项，即其地址中的名字", optional=False),
    Field("area", "一级事项", optional=False),
    Field("item", "二级事项", optional=False),
    Field("content", "公开内容", optional=False),
    Field("basis", "公开依据", optional=False),
    Field("limit", "公开时限，按所问的一天有效的规定"),
    Field("body", "公开主体", optional=False),
    *_coded("channels", several=True),
    *_coded("audience", several=False),
    *_coded("levels", several=True),
    *_coded("ways", several=True),
    *_coded("kind", several=False),
    Field("connected", "是否已接入；未接入的没有网页，也没有日期", "boolean", optional=False),
    Field(
        "pages",
        "本站公开它的网页；不向全社会公开的没有",
        "array",
        optional=False,
        inside=(
            Field("kind", "哪一种网页", optional=False, codes=_PAGES),
            Field("address", "网页", optional=False),
            Field("title", "名称", optional=False),
        ),
    ),
    Field("last_published_on", "最近一次公开的日期；不向全社会公开的没有", format="date"),
    Field("address", "网页", optional=False),
)
_LIMITS = Field(
    "limits",
    "时限所据的各个参数，按所问的一天有效的",
    "array",
    optional=False,
    inside=(
        Field("parameter", "参数", optional=False),
        Field("title", "名称", optional=False),
        Field("value", "数", "integer", optional=False),
        Field("unit", "单位", optional=False),
        Field("basis", "依据", optional=False),
        Field("checked", "是否已对照原文核实", "boolean", optional=False),
    ),
)
_MEANT = (LEDGER, ASOF, AT)


def _filters() -> Iterator[Parameter]:
    yield asking.text("area", "一级事项")
    yield asking.text("item", "二级事项")
    yield asking.text("body", "公开主体")
    for name, (title, codes) in _CODED.items():
        yield asking.code(name, title, codes)
    yield asking.yes("connected", "是否已接入")
    yield from asking.days("last_published_on", "最近一次公开的日期")


_ALL = Operation(
    id="disclosure",
    path=PATH,
    title="公开目录",
    says="应当公开的各个事项、依据、时限、渠道，公开在哪里，最近何时公开。未接入的没有网页和日期。",
    parameters=(*_MEANT, *_filters(), asking.chosen(_ROW), *PAGED),
    answer=listed(_ROW),
    tag=TAG,
)
_ONE = Operation(
    id="disclosure-one",
    path=PATH + "/{name}",
    title="一个公开事项",
    says="一个事项，和它的时限所据的参数。",
    parameters=(
        Parameter("name", "事项", {"type": "string", "minLength": 1}, "事项", in_path=True),
        *_MEANT,
        asking.chosen(_ROW),
    ),
    answer=single(_ROW, _LIMITS),
    tag=TAG,
)


def operations(_bureau: Bureau) -> Iterator[Operation]:
    """The same of every bureau."""
    yield from (_ALL, _ONE)


@router.get(PATH)
async def index(request: Request, view: View) -> Response:
    """All rows of the catalogue."""
    asked = asking.read(request, _ALL)
    then = await then_asked(request, view, asked, ())
    rows = catalogue.of(view.bureau)
    last = await last_of(view, then, rows)
    found = [told_of(view, then, row, last) for row in rows.values()]
    said = said_of(then)
    listing = page(request, found, asked, said, lambda row: str(row["name"]))
    return sent(head(view, ahead_of(then)) | said | listing)


@router.get(_ONE.path)
async def one(request: Request, view: View, name: str) -> Response:
    """One row, with the limits that hold and by which texts."""
    asked = asking.read(request, _ONE)
    rows = catalogue.of(view.bureau)
    row = rows.get(name)
    if row is None:
        raise problems.not_found(f"公开目录没有 {name[:40]}", f"各个事项见 {BASE}{PATH}")
    then = await then_asked(request, view, asked, ())
    last = await last_of(view, then, rows)
    absent = "" if row.connected else f"{row.item}{NOT_CONNECTED}"
    return sent(
        head(view, absent, ahead_of(then))
        | said_of(then)
        | {
            "row": only(told_of(view, then, row, last), asked),
            "limits": limits_of(view, row, then.moment.end),
        }
    )
