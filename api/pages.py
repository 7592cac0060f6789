"""Public pages: what this is, figures and statements. Totals only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api import issued, problems, takeaway, themes
from api.answers import answer
from api.groups import grouped
from api.question import Pages
from api.roles import EVERYBODY
from api.view import View
from domain.reporting.releases import ReleaseContent
from reports import published
from reports.breakdown import Breakdown
from reports.evaluate import FigureValue, StatementValue
from reports.moment import Moment, period_of
from reports.plans.wording import missing
from reports.published import Printed
from reports.shown import is_money, json_value, written_exact
from reports.themes import tabling

router = Pages(admits=EVERYBODY)
LATEST = 6
"""Releases that the first page names."""


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A figure at a moment, beside what the report printed and what is known now."""

    value: FigureValue
    now: FigureValue | None
    """For auditors only: the public is told what was released."""
    printed: Printed | None
    invented: bool
    again: FigureValue | None = None
    """For auditors: what is worked out today of the moment that was released."""
    redefined: bool = False
    """Whether it is worked out otherwise today than when it was released."""

    @property
    def stands(self) -> bool:
        """Whether what was released is what is worked out today of the same moment."""
        if self.again is None or self.again.moment != self.value.moment or self.again.lacks:
            return True
        return self.again.value == self.value.value

    @property
    def difference(self) -> int | Decimal | None:
        """Exact value now less the exact value then; None where there is nothing to subtract."""
        then, now = self.value.exact, None if self.now is None else self.now.exact
        if isinstance(then, bool) or isinstance(now, bool):
            return None
        if isinstance(then, int | Decimal) and isinstance(now, int | Decimal):
            return now - then
        return None

    @property
    def changed(self) -> bool:
        """Whether the value known now is another one."""
        return self.now is not None and self.value.exact != self.now.exact

    @property
    def agrees(self) -> bool | None:
        """Whether the value is what the report printed; None when it printed none."""
        return None if self.printed is None else self.printed.agrees(self.value.value)

    def as_json(self) -> dict[str, Any]:
        """The figure for machines."""
        figure = self.value.figure
        printed = None
        if self.printed is not None:
            printed = {
                "expected": self.printed.expected,
                "compare": self.printed.compare,
                "unit": self.printed.unit,
                "agrees": self.agrees,
            }
        return {
            "id": figure.id,
            "name": figure.name,
            "unit": figure.unit,
            "kind": figure.measure.kind,
            "definition": figure.definition,
            "reading": figure.reading,
            "value": json_value(self.value.value),
            "exact": json_value(self.value.exact),
            "exact_unit": "分" if is_money(figure) else figure.unit,
            "beside": self.value.beside,
            "asof": self.value.moment.end.isoformat(),
            "at": self.value.moment.at,
            **self.value.lacks.as_json(),
            "printed": printed,
            "invented": self.invented,
            **self._later(),
        }

    def _later(self) -> dict[str, Any]:
        """For auditors: what is known now, and what is worked out today of the moment released."""
        if self.now is None:
            return {}
        later: dict[str, Any] = {
            "now": {
                "value": json_value(self.now.value),
                "exact": json_value(self.now.exact),
                "at": self.now.moment.at,
            },
            "difference": json_value(self.difference),
        }
        if self.again is not None:
            later["worked_out_again"] = {
                "value": json_value(self.again.value),
                "exact": json_value(self.again.exact),
                "same": self.stands,
                "redefined": self.redefined,
            }
        return later


async def lines_of(
    view: View, moment: Moment, ids: Iterable[str] | None = None
) -> dict[str, FigureLine]:
    """These figures (all where none are named) at a moment and now."""
    needed = list(view.defined.figures if ids is None else ids)
    values = await view.figures(moment, needed)
    now: Mapping[str, FigureValue] = {}
    again: Mapping[str, FigureValue] = {}
    says: ReleaseContent | None = None
    if view.auditor:
        now = await view.figures_now(moment, needed)
        if (release := view.issued(moment)) is not None:
            says, again = await view.said(release), await view.figures_at(moment, needed)
    year = moment.start.year
    told = {name: value.value for name, value in values.items()}
    whole = (moment.start, moment.end) == period_of(str(year))
    return {
        figure_id: FigureLine(
            value,
            now.get(figure_id),
            published.find(view.bureau, year, figure_id) if whole else None,
            view.ledger.sample and published.invented(view.bureau, figure_id, year, told),
            again.get(figure_id),
            says is not None and issued.redefined(says, view.defined, figure_id),
        )
        for figure_id, value in values.items()
    }


@router.get("/")
async def index(request: Request, view: View) -> Response:
    """What this is, the latest month's numbers or the latest report's, the way to everything else.

    Auditors see both.
    """
    counts = await _counts(view) if view.auditor else {}
    latest = issued.shown(view.releases, auditor=view.auditor)[:LATEST]
    fronts, charts = await themes.front(view)
    months: dict[str, Any] = {
        "fronts": fronts,
        "charts": charts,
        "tabling": tabling,
        "latest": latest,
    }
    if not view.publications and not view.auditor and not view.question.get("period"):
        nothing: dict[str, Any] = {"years": [], "groups": [], "counts": counts}
        nothing["months"] = [each.as_json() for each in fronts]
        return await answer(
            request,
            "index.html",
            view,
            nothing,
            groups=[],
            lines={},
            counts=counts,
            address=issued.address,
            **months,
        )
    moment = await view.moment()
    groups = [group for group in grouped(view.defined.figures.values()) if group.key]
    lines = await lines_of(view, moment, [i for group in groups for i in group.key])
    data: dict[str, Any] = {
        "years": years_of(view),
        "groups": [
            {"heading": g.heading, "figures": [lines[i].as_json() for i in g.key]} for g in groups
        ],
        "counts": counts,
        "months": [each.as_json() for each in fronts],
    }
    listed = [(group.heading, lines[i]) for group in groups for i in group.key]
    return await answer(
        request,
        "index.html",
        view,
        data,
        moment=moment,
        files=takeaway.figures(listed, "主要指标", auditor=view.auditor),
        groups=groups,
        lines=lines,
        counts=counts,
        address=issued.address,
        **months,
    )


def years_of(view: View) -> list[int]:
    """The years whose reports were published, the latest first."""
    return list(dict.fromkeys(item.year for item in view.publications))


async def _counts(view: View) -> dict[str, int]:
    from ledger import foreign  # noqa: PLC0415  it brings the client of Kafka along; for auditors

    claims = await view.waiting()
    async with view.values.reading() as connection:
        places = await foreign.places(connection, view.ledger.name)
    return {
        "entries": view.ledger.position,
        "projected": view.folded,
        "parked": claims["parked"].events,
        "quarantined": claims["quarantine"].events,
        "foreign": sum(place.foreign for place in places.values()),
    }


@router.get("/figures")
async def figures(request: Request, view: View) -> Response:
    """All figures: as published, what the report printed, as known now."""
    moment = await view.moment()
    lines = await lines_of(view, moment)
    data = {"figures": [line.as_json() for line in lines.values()]}
    groups = grouped(view.defined.figures.values())
    listed = [(group.heading, lines[i]) for group in groups for i in group.figures]
    return await answer(
        request,
        "figures.html",
        view,
        data,
        moment=moment,
        files=takeaway.figures(listed, "指标", auditor=view.auditor),
        lines=lines,
        groups=groups,
    )


@router.get("/figures/{figure_id}")
async def figure(request: Request, view: View, figure_id: str) -> Response:
    """One figure: definition, settled reading, values, breakdown, then and now."""
    if figure_id not in view.defined.figures:
        raise problems.not_found(f"没有指标 {figure_id}", "指标目录：/figures")
    moment = await view.moment()
    lines = await lines_of(view, moment, [figure_id])
    line = lines[figure_id]
    cut = await view.cut(line.value)
    used = [part.measure for part in line.value.figure.slice.parts]
    data = line.as_json() | {
        "uses": [measure.name for measure in used],
        "breakdowns": [_breakdown_json(item) for item in cut],
    }
    return await answer(
        request,
        "figure.html",
        view,
        data,
        moment=moment,
        files=takeaway.figure(line, line.value.figure.group, cut, auditor=view.auditor),
        line=line,
        used=used,
        breakdowns=cut,
        difference=_difference(line),
        is_published=view.is_published(moment),
    )


def _difference(line: FigureLine) -> str:
    """The difference as people read it, with its sign."""
    difference = line.difference
    if difference is None:
        return "有变动" if line.changed else "无变动"
    if not difference:
        return "0"
    figure = line.value.figure
    text = written_exact(figure, difference if difference > 0 else -difference)
    return f"{'+' if difference > 0 else '−'}{text}"


def _breakdown_json(item: Breakdown) -> dict[str, Any]:
    return {
        "by": item.by,
        "adds_up": item.adds_up,
        "merged": item.merged,
        "total": json_value(item.total),
        "difference": item.difference if item.adds_up else None,
        "cells": [
            {"key": c.key, "label": c.label, "exact": json_value(c.exact)} for c in item.cells
        ],
    }


@router.get("/statements")
async def statements(request: Request, view: View) -> Response:
    """All statements: true or false, as published; for auditors, now too."""
    moment = await view.moment()
    values = await view.statements(moment, view.defined.statements)
    now = await _statements_now(view, moment, view.defined.statements)
    data = {"statements": [_statement_json(view, v, now.get(i)) for i, v in values.items()]}
    return await answer(
        request,
        "statements.html",
        view,
        data,
        moment=moment,
        files=takeaway.statements(values.values(), now, auditor=view.auditor),
        values=values,
        now=now,
    )


@router.get("/statements/{statement_id}")
async def statement(request: Request, view: View, statement_id: str) -> Response:
    """One statement: when it holds, and how many conditions do."""
    if statement_id not in view.defined.statements:
        raise problems.not_found(f"没有表述 {statement_id}", "表述目录：/statements")
    moment = await view.moment()
    value = (await view.statements(moment, [statement_id]))[statement_id]
    now = (await _statements_now(view, moment, [statement_id])).get(statement_id)
    again = value
    if view.auditor:  # each condition, which a release does not keep
        again = (await view.statements_at(moment, [statement_id]))[statement_id]
    return await answer(
        request,
        "statement.html",
        view,
        _statement_json(view, value, now, again),
        moment=moment,
        files=takeaway.statement(value, now, again, auditor=view.auditor),
        value=value,
        now=now,
        why="" if value.holds is not False else missing(value, details=view.auditor),
    )


async def _statements_now(
    view: View, moment: Moment, ids: Iterable[str]
) -> Mapping[str, StatementValue]:
    """For auditors, statements as known now."""
    return await view.statements_now(moment, ids) if view.auditor else {}


def _statement_json(
    view: View,
    value: StatementValue,
    now: StatementValue | None,
    again: StatementValue | None = None,
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": value.statement.id,
        "name": value.statement.name,
        "holds_when": value.statement.holds_when,
        "holds": value.holds,
        "conditions": len(value.conditions),
        "broken": sum(not ok for ok, _, _ in value.conditions),
        "at": value.moment.at,
        **value.lacks.as_json(),
    }
    if now is not None:
        made["now"] = {"holds": now.holds, "at": now.moment.at}
    if again is not None and view.auditor:
        made["same"] = again.holds == value.holds
        made["rows"] = [
            {"ok": ok, "what": what, "position": position}
            for ok, what, position in again.conditions
        ]
    return made
