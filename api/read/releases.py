"""Releases: which there are, what one says, its values. Nothing is worked out anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from api import problems
from api.issued import shown
from api.question import Pages
from api.read import asked as asking
from api.read import cursor, valued
from api.read.answers import head, listed, moment_of, only, page, sent, single
from api.read.asked import AFTER, LEDGER, PAGED, public
from api.read.moments import said_of, then_asked
from api.read.shape import BASE, Field, Operation, Parameter
from api.releases import head_json, table_json, text_of
from api.roles import EVERYBODY
from api.view import View
from domain.bureau.bureau import Bureau
from domain.codes import labels_of
from domain.reporting.releases import Edition, ReleaseValue, ValueType
from reports import release
from reports.release import Release

PATH = "/releases"
TAG = "发布"
router = Pages(public, admits=EVERYBODY)
_TYPES = {str(code): name for code, name in labels_of(ValueType).items()}
_EDITION: TypeAdapter[int] = TypeAdapter(Edition)
_PLAN = Parameter("plan", "报告方案", {"type": "string", "minLength": 1}, "方案", in_path=True)
_PERIOD = Parameter(
    "period",
    "期间：2024、2024-11、2024-Q3、2024-H1；自年初起的写作 2024-11.ytd",
    {"type": "string", "minLength": 4},
    "期间",
    in_path=True,
)
_NUMBER = Parameter(
    "edition", "第几版", {"type": "integer", "minimum": 1, "maximum": 10_000}, "版次", in_path=True
)
_RELEASE = (
    Field("plan", "方案", optional=False),
    Field("period", "期间", optional=False),
    Field("edition", "第几版", "integer", optional=False),
    Field("title", "标题", optional=False),
    Field("asof", "业务截止", optional=False, format="date"),
    Field("at", "账本位置", "integer", optional=False),
    Field("published_at", "发布时间", optional=False, format="date-time"),
    Field("signed_on", "签发日期", optional=False, format="date"),
    Field("index_number", "索引号", optional=False),
    Field("digest", "发布内容的校验码（SHA-256）", optional=False),
    Field(
        "files",
        "发布时记入校验码的文件",
        "array",
        optional=False,
        inside=(
            Field("form", "格式，即文件名的后缀", optional=False),
            Field("sha256", "文件的校验码（SHA-256）", optional=False),
            Field("bytes", "字节数", "integer", optional=False),
        ),
    ),
    Field("address", "网页", optional=False),
    Field("superseded_by", "取代它的一版的网页；现行的为 null"),
)
_SAYS = (
    Field("text", "标题和段落，各一项", "array", optional=False),
    Field(
        "tables",
        "各表",
        "array",
        optional=False,
        inside=(
            Field("title", "标题", optional=False),
            Field(
                "columns",
                "各栏",
                "array",
                optional=False,
                inside=(
                    Field("heading", "栏目"),
                    Field("group", "其上的栏目"),
                    Field("unit", "单位"),
                ),
            ),
            Field(
                "rows",
                "各行",
                "array",
                optional=False,
                inside=(
                    Field("heading", "项目"),
                    Field("unit", "单位"),
                    Field("total", "是否合计", "boolean", optional=False),
                    Field(
                        "cells",
                        "各栏的值",
                        "array",
                        optional=False,
                        inside=(
                            Field("text", "印出来的样子"),
                            Field("type", "属于哪一种；null 为数"),
                            Field("value", "所印的值，不带单位"),
                            Field("exact", "未经取整的值；金额单位为分"),
                        ),
                    ),
                ),
            ),
            Field("note", "表下的注"),
        ),
    ),
    Field(
        "definitions",
        "发布时各数值的定义",
        "array",
        optional=False,
        inside=(
            Field("key", "数值", optional=False),
            Field("text", "定义", optional=False),
            Field("digest", "算法的校验码（SHA-256）", optional=False),
        ),
    ),
)
_VALUE = (
    Field("key", "方案中的名字", optional=False),
    Field("name", "名称", optional=False),
    *valued.FIELDS,
    Field("invented", "示例账本的数值，原报告没有", "boolean", optional=False),
)
_OF_VALUES = (
    LEDGER,
    asking.text("key", "方案中的名字"),
    asking.text("name", "名称"),
    asking.code("type", "种类", _TYPES),
    asking.text("unit", "单位"),
    asking.yes("invented", "是否虚构"),
    asking.chosen(_VALUE),
    *PAGED,
)
_ALL = Operation(
    id="releases",
    path=PATH,
    title="历次发布",
    says="按期发布的报告，各版均在，依方案、期间、版次的次序。",
    parameters=(
        LEDGER,
        asking.text("plan", "方案"),
        asking.text("period", "期间"),
        asking.chosen(_RELEASE),
        *PAGED,
    ),
    answer=listed(_RELEASE),
    tag=TAG,
)
_ONE = Operation(
    id="releases-one",
    path=PATH + "/{plan}/{period}",
    title="现行的发布",
    says="一个方案一个期间现行的一版所说的：文字、各表、定义。",
    parameters=(_PLAN, _PERIOD, LEDGER, asking.chosen(_RELEASE)),
    answer=single(_RELEASE, *_SAYS),
    tag=TAG,
)
_EDITIONS = replace(
    _ONE,
    id="releases-edition",
    path=_ONE.path + "/editions/{edition}",
    title="一版发布",
    says="一个方案一个期间某一版所说的，也可以是已被取代的一版。",
    parameters=(_PLAN, _PERIOD, _NUMBER, LEDGER, asking.chosen(_RELEASE)),
)
_VALUES = Operation(
    id="releases-values",
    path=_ONE.path + "/values",
    title="现行的发布的数值",
    says="现行的一版所发布的各个数值和表述。",
    parameters=(_PLAN, _PERIOD, *_OF_VALUES),
    answer=listed(_VALUE, Field("edition", "第几版", "integer", optional=False)),
    tag=TAG,
)
_VALUES_OF = replace(
    _VALUES,
    id="releases-edition-values",
    path=_EDITIONS.path + "/values",
    title="一版发布的数值",
    says="某一版所发布的各个数值和表述。",
    parameters=(_PLAN, _PERIOD, _NUMBER, *_OF_VALUES),
)


def operations(_bureau: Bureau) -> Iterator[Operation]:
    """The same of every bureau."""
    yield from (_ALL, _ONE, _EDITIONS, _VALUES, _VALUES_OF)


@router.get(PATH)
async def index(request: Request, view: View) -> Response:
    """All public releases."""
    asked = asking.read(request, _ALL)
    then = await then_asked(request, view, asked, ("release", "release_section"))
    told = shown(view.releases, auditor=False)
    stands = release.standing(told)
    found = [_row(view, item, stands) for item in told if item.position <= then.moment.at]
    said = said_of(then)
    return sent(head(view) | said | page(request, found, asked, said, _key))


def _key(row: Mapping[str, Any]) -> str:
    return f"{row['plan']} {row['period']} {row['edition']:05}"


@router.get(_ONE.path)
async def standing(request: Request, view: View, plan: str, period: str) -> Response:
    """What stands of a plan and period."""
    return await _one(request, view, _ONE, _found(view, plan, period))


@router.get(_EDITIONS.path)
async def edition(request: Request, view: View, plan: str, period: str, edition: str) -> Response:
    """One edition."""
    return await _one(request, view, _EDITIONS, _found(view, plan, period, edition))


@router.get(_VALUES.path)
async def values(request: Request, view: View, plan: str, period: str) -> Response:
    """The values of what stands."""
    asked = asking.read(request, _VALUES)
    if AFTER.name not in asked:
        return await _values(request, view, asked, _found(view, plan, period))
    at = cursor.read(request, asked[AFTER.name]).at  # of the edition that was begun with
    begun = [each for each in _editions(view, plan, period) if each.moment.at == at]
    if not begun:
        raise cursor.refused(asked[AFTER.name])
    return await _values(request, view, asked, begun[0])


@router.get(_VALUES_OF.path)
async def values_of(request: Request, view: View, plan: str, period: str, edition: str) -> Response:
    """The values of one edition."""
    asked = asking.read(request, _VALUES_OF)
    return await _values(request, view, asked, _found(view, plan, period, edition))


def _editions(view: View, plan: str, period: str) -> list[Release]:
    """Of a plan and period, the latest first."""
    wanted = (plan, period.replace(".", "/"))
    found = [i for i in shown(view.releases, auditor=False) if (i.plan, i.period) == wanted]
    return sorted(found, key=lambda item: item.edition, reverse=True)


def _found(view: View, plan: str, period: str, edition: str | None = None) -> Release:
    """What stands, or one edition. Raises Problem."""
    found = _editions(view, plan, period)
    if edition is not None:
        try:
            number = _EDITION.validate_python(edition)
        except ValidationError:
            raise asking.problem([asking.wrong(_NUMBER, edition)]) from None
        found = [item for item in found if item.edition == number]
    if not found:
        raise problems.not_found("没有这一发布", f"已发布的：{BASE}{PATH}")
    return found[0]


async def _one(request: Request, view: View, operation: Operation, item: Release) -> Response:
    asked = asking.read(request, operation)
    says = await view.said(item)
    stands = release.standing(shown(view.releases, auditor=False))
    return sent(
        head(view)
        | await moment_of(view, item.moment)
        | {
            "row": only(_row(view, item, stands), asked),
            "text": text_of(says),
            "tables": [table_json(block.table) for block in says.blocks if block.table is not None],
            "definitions": [each.model_dump() for each in says.definitions],
        }
    )


async def _values(
    request: Request, view: View, asked: Mapping[str, Any], item: Release
) -> Response:
    says = await view.said(item)
    moment = await moment_of(view, item.moment)
    found = [_value(each) for each in says.values]
    return sent(
        head(view)
        | moment
        | {"edition": item.edition}
        | page(request, found, asked, moment, lambda row: str(row["key"]))
    )


def _row(view: View, item: Release, stands: list[Release]) -> dict[str, Any]:
    said = head_json(view, item, stands)
    return {field.name: said[field.name] for field in _RELEASE}


def _value(value: ReleaseValue) -> dict[str, Any]:
    return {
        "key": value.key,
        "name": value.name,
        **valued.fields_of(
            release.read(value.type, value.value),
            release.read(value.type, value.exact),
            value.unit,
            value.beside,
            money=valued.is_money(value.unit),
        ),
        "invented": value.invented,
    }
