"""Figures and statements of the published annual reports, as they were released."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api import problems
from api.pages import FigureLine, lines_of
from api.question import Pages
from api.read import asked as asking
from api.read import cursor, valued
from api.read.answers import head, listed, moment_of, only, page, sent, single
from api.read.asked import AFTER, AT, LEDGER, PAGED, PERIOD, public
from api.read.shape import BASE, Field, Operation
from api.roles import EVERYBODY
from api.view import View
from domain.bureau.bureau import Bureau
from domain.codes import labels_of
from reports.breakdown import Breakdown
from reports.evaluate import StatementValue
from reports.measure import Kind
from reports.moment import Moment
from reports.shown import is_money, json_value

FIGURES, STATEMENTS = "/figures", "/statements"
TAG = "指标和表述"
router = Pages(public, admits=EVERYBODY)
_KINDS = {str(code): name for code, name in labels_of(Kind).items()}
_BY = {"month": "月", "township": "镇街"}
_MEANT = (LEDGER, PERIOD, AT)
_FIGURE = (
    Field("id", "指标", optional=False),
    Field("name", "名称", optional=False),
    Field("group", "分类", optional=False),
    Field("kind", "性质", optional=False, codes=_KINDS),
    Field("kind_name", "性质的名称", optional=False),
    *valued.FIELDS,
    Field("definition", "发布时的定义", optional=False),
    Field("reading", "采用的口径"),
    Field("printed", "报告所载"),
    Field("agrees", "是否与报告所载相同；报告没有的为 null", "boolean"),
    Field("invented", "示例账本的数值，原报告没有", "boolean", optional=False),
)
_CUT = Field(
    "breakdowns",
    "按月和按镇街的构成；不足 3 户、3 例的已并入“其他（合并）”",
    "array",
    optional=False,
    inside=(
        Field("by", "按什么分", optional=False, codes=_BY),
        Field("adds_up", "各项之和是否即为总数；各月末的数不相加", "boolean", optional=False),
        Field("merged", "是否有并入的", "boolean", optional=False),
        Field("total", "总数；金额见 total_fen", "integer"),
        Field("total_fen", "总金额，单位为分", "integer"),
        Field(
            "cells",
            "各项",
            "array",
            optional=False,
            inside=(
                Field("code", "月份、日期或镇街代码；并入的为 null"),
                Field("name", "名称", optional=False),
                Field("number", "数；不单列的为 null，金额见 amount_fen", "integer"),
                Field("amount_fen", "金额，单位为分", "integer"),
            ),
        ),
    ),
)
_STATEMENT = (
    Field("id", "表述", optional=False),
    Field("name", "名称", optional=False),
    Field("holds", "是否成立；没有适用的事项的为 null", "boolean"),
    Field("holds_when", "何时成立", optional=False),
    Field("conditions", "条件的项数", "integer", optional=False),
    Field("broken", "其中不成立的项数", "integer", optional=False),
)
_ALL = Operation(
    id="figures",
    path=FIGURES,
    title="指标",
    says="年度报告所载的各项指标，以发布时为准。",
    parameters=(
        *_MEANT,
        asking.code("kind", "性质", _KINDS),
        asking.text("group", "分类"),
        asking.text("unit", "单位"),
        asking.yes("invented", "是否虚构"),
        asking.chosen(_FIGURE),
        *PAGED,
    ),
    answer=listed(_FIGURE),
    tag=TAG,
)
_ONE = Operation(
    id="figures-one",
    path=FIGURES + "/{id}",
    title="一项指标",
    says="一项指标的数值、定义和构成，以发布时为准。",
    parameters=(asking.id_of("指标，如 F16"), *_MEANT, asking.chosen(_FIGURE)),
    answer=single(_FIGURE, _CUT),
    tag=TAG,
)
_CLAIMS = Operation(
    id="statements",
    path=STATEMENTS,
    title="表述",
    says="年度报告中的各项表述是否成立，以发布时为准。",
    parameters=(
        *_MEANT,
        asking.yes("holds", "是否成立"),
        asking.chosen(_STATEMENT),
        *PAGED,
    ),
    answer=listed(_STATEMENT),
    tag=TAG,
)
_CLAIM = Operation(
    id="statements-one",
    path=STATEMENTS + "/{id}",
    title="一项表述",
    says="一项表述是否成立，以发布时为准。",
    parameters=(asking.id_of("表述，如 S01"), *_MEANT, asking.chosen(_STATEMENT)),
    answer=single(_STATEMENT),
    tag=TAG,
)


def operations(_bureau: Bureau) -> Iterator[Operation]:
    """The same of every bureau."""
    yield from (_ALL, _ONE, _CLAIMS, _CLAIM)


@router.get(FIGURES)
async def figures(request: Request, view: View) -> Response:
    """All figures of a report."""
    asked = asking.read(request, _ALL)
    view, moment = await _meant(request, view, asked)
    lines = await lines_of(view, moment)
    found = [_figure(line) for line in lines.values()]
    return await _listed(request, view, asked, moment, found)


@router.get(FIGURES + "/{name}")
async def figure(request: Request, view: View, name: str) -> Response:
    """One figure with its parts."""
    asked = asking.read(request, _ONE)
    if name not in view.defined.figures:
        raise problems.not_found(f"没有指标 {name[:40]}", f"各项指标见 {BASE}{FIGURES}")
    view, moment = await _meant(request, view, asked)
    line = (await lines_of(view, moment, [name]))[name]
    cuts = await view.cut(line.value)
    said = await moment_of(view, moment)
    money = is_money(line.value.figure)
    return sent(
        head(view)
        | said
        | {
            "row": only(_figure(line), asked),
            "breakdowns": [_breakdown(cut, money=money) for cut in cuts],
        }
    )


@router.get(STATEMENTS)
async def statements(request: Request, view: View) -> Response:
    """All statements of a report."""
    asked = asking.read(request, _CLAIMS)
    view, moment = await _meant(request, view, asked)
    values = await view.statements(moment, view.defined.statements)
    found = [_statement(value) for value in values.values()]
    return await _listed(request, view, asked, moment, found)


@router.get(STATEMENTS + "/{name}")
async def statement(request: Request, view: View, name: str) -> Response:
    """One statement."""
    asked = asking.read(request, _CLAIM)
    if name not in view.defined.statements:
        raise problems.not_found(f"没有表述 {name[:40]}", f"各项表述见 {BASE}{STATEMENTS}")
    view, moment = await _meant(request, view, asked)
    value = (await view.statements(moment, [name]))[name]
    said = await moment_of(view, moment)
    return sent(head(view) | said | {"row": only(_statement(value), asked)})


async def _meant(request: Request, view: View, asked: Mapping[str, Any]) -> tuple[View, Moment]:
    """The report that is asked about. Raises Problem."""
    question = {name: str(asked[name]) for name in (PERIOD.name, AT.name) if name in asked}
    text = asked.get(AFTER.name)
    if text is not None:  # of the report that was begun with
        question |= {AT.name: cursor.pinned(cursor.read(request, text), asked)[AT.name]}
    at = question.get(AT.name)
    if at is not None and view.publication(question.get(PERIOD.name), at) is None:
        if text is not None:
            raise cursor.refused(text)
        there = "、".join(str(item.moment.at) for item in view.publications) or "没有"
        why = f"应为一次发布的位置（{there}）"
        raise asking.problem([asking.wrong(AT, at, why)])
    view = view.as_public(**question)
    return view, await view.moment()


async def _listed(
    request: Request,
    view: View,
    asked: Mapping[str, Any],
    moment: Moment,
    found: list[dict[str, Any]],
) -> Response:
    said = await moment_of(view, moment)
    meant = (AT.name, PERIOD.name)
    own = {name: value for name, value in asked.items() if name not in meant}
    return sent(head(view) | said | page(request, found, own, said, lambda row: str(row["id"])))


def _figure(line: FigureLine) -> dict[str, Any]:
    value, its = line.value, line.value.figure
    return {
        "id": its.id,
        "name": its.name,
        "group": its.group,
        "kind": its.measure.kind,
        "kind_name": _KINDS[its.measure.kind],
        **valued.fields_of(value.value, value.exact, its.unit, value.beside, money=is_money(its)),
        "definition": its.definition,
        "reading": its.reading or None,
        "printed": None if line.printed is None else line.printed.wording,
        "agrees": line.agrees,
        "invented": line.invented,
    }


def _statement(value: StatementValue) -> dict[str, Any]:
    return {
        "id": value.statement.id,
        "name": value.statement.name,
        "holds": value.holds,
        "holds_when": value.statement.holds_when,
        "conditions": len(value.conditions),
        "broken": sum(not ok for ok, _, _ in value.conditions),
    }


def _breakdown(cut: Breakdown, *, money: bool) -> dict[str, Any]:
    whole = json_value(cut.total)
    return {
        "by": cut.by,
        "adds_up": cut.adds_up,
        "merged": cut.merged,
        "total": None if money else whole,
        "total_fen": whole if money else None,
        "cells": [
            {
                "code": cell.key or None,
                "name": cell.label,
                "number": None if money else cell.exact,
                "amount_fen": cell.exact if money else None,
            }
            for cell in cut.cells
        ],
    }
