"""The files of the pages: figures, statements, releases and reports as tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Protocol

from api.downloads import Files
from domain.bureau.bureau import Bureau
from domain.codes import labels_of
from domain.reporting.releases import Audience, ReleaseContent
from reports import tabled
from reports.breakdown import Breakdown
from reports.document import Document
from reports.evaluate import FigureValue, StatementValue
from reports.measure import Dimension, Figure
from reports.moment import Moment
from reports.published import Printed
from reports.release import Release
from reports.shown import INVENTED, heading, is_money, written
from reports.tables import Column, Table


class Line(Protocol):
    """A figure as a page has it; what is known now for auditors only."""

    @property
    def value(self) -> FigureValue: ...
    @property
    def now(self) -> FigureValue | None: ...
    @property
    def printed(self) -> Printed | None: ...
    @property
    def invented(self) -> bool: ...
    @property
    def agrees(self) -> bool | None: ...


class Told(Protocol):
    """A correction as a page tells it."""

    def as_json(self, *, auditor: bool) -> dict[str, Any]: ...


GROUP = Column("group", "分类")
COMPARED = (
    Column("invented", "虚构"),
    Column("printed", "报告所载"),
    Column("agrees", "与报告相同", "number"),
)
"""Of a figure, beside what tabled.FIGURE says."""
NOW = (
    Column("now", "现在数值", "number"),
    Column("now_amount_fen", "现在精确金额", "money"),
    Column("now_exact", "现在精确值", "number"),
    Column("now_at", "现在账本位置", "number"),
)
"""For auditors."""
RELEASES = (
    Column("plan", "方案"),
    Column("period", "期间"),
    Column("edition", "版次", "number"),
    Column("title", "标题"),
    Column("audience", "范围"),
    Column("asof", "业务截止", "date"),
    Column("at", "账本位置", "number"),
    Column("published_at", "发布时间", "date"),
    Column("digest", "内容校验码"),
    Column("address", "地址"),
    Column("superseded_by", "现行的一版"),
)


def figures(lines: Iterable[tuple[str, Line]], title: str, *, auditor: bool) -> Files:
    """Figures, each with the heading of its group."""
    return Files("figures", title, (_figures(lines, title, auditor=auditor),))


def figure(line: Line, group: str, cuts: Sequence[Breakdown], *, auditor: bool) -> Files:
    """One figure, and its parts by month and by township."""
    its = line.value.figure
    first = _figures([(group, line)], its.name, auditor=auditor)
    parts = [tabled.breakdown(line.value, cut) for cut in cuts]
    return Files(f"figure-{its.id}", f"{its.name}（{its.id}）", (first, *parts))


def _figures(lines: Iterable[tuple[str, Line]], title: str, *, auditor: bool) -> Table:
    columns = (*tabled.FIGURE, *COMPARED, GROUP, *(NOW if auditor else ()))
    rows = [_row(group, line, auditor=auditor) for group, line in lines]
    return Table("figures", title, columns, rows)


def _row(group: str, line: Line, *, auditor: bool) -> tuple[Any, ...]:
    row = (
        *tabled.figure_row(line.value),
        INVENTED if line.invented else None,
        line.printed.wording if line.printed else None,
        line.agrees,
        group,
    )
    if not auditor:
        return row
    if line.now is None:
        return (*row, *[None] * len(NOW))
    now, money = line.now, is_money(line.now.figure)
    return (
        *row,
        tabled.timed(now.value),
        now.exact if money else None,
        None if money else tabled.timed(now.exact),
        now.moment.at,
    )


def statements(
    values: Iterable[StatementValue], now: Mapping[str, StatementValue], *, auditor: bool
) -> Files:
    """Statements; for auditors also as known now."""
    return Files("statements", "表述", (_statements(values, now, "表述", auditor=auditor),))


def _statements(
    values: Iterable[StatementValue],
    now: Mapping[str, StatementValue],
    title: str,
    *,
    auditor: bool,
) -> Table:
    columns: tuple[Column, ...] = tabled.STATEMENT
    if auditor:
        columns += (
            Column("now_holds", "现在成立", "number"),
            Column("now_at", "现在账本位置", "number"),
        )
    rows = []
    for value in values:
        later: tuple[Any, ...] = ()
        if auditor:
            known = now.get(value.statement.id)
            later = (None, None) if known is None else (known.holds, known.moment.at)
        rows.append((*tabled.statement_row(value), *later))
    return Table("statements", title, columns, rows)


def statement(
    value: StatementValue, now: StatementValue | None, again: StatementValue, *, auditor: bool
) -> Files:
    """One statement; for auditors also each of its conditions."""
    name = value.statement.name
    known = {} if now is None else {value.statement.id: now}
    tables = [_statements([value], known, name, auditor=auditor)]
    if auditor:
        rows = [(ok, what, position) for ok, what, position in again.conditions]
        tables.append(Table("conditions", f"{name}（条件）", tabled.CONDITION, rows))
    return Files(f"statement-{value.statement.id}", name, tuple(tables))


def releases(heads: Iterable[Mapping[str, Any]], title: str) -> Files:
    """What was released; `heads` are those of its JSON."""
    audiences = labels_of(Audience)
    rows = [
        tuple(
            audiences.get(head["audience"], head["audience"])
            if column.name == "audience"
            else tabled.timed(head[column.name])
            if column.kind == "date"
            else head[column.name]
            for column in RELEASES
        )
        for head in heads
    ]
    return Files("releases", title, (Table("releases", title, RELEASES, rows),) if rows else ())


VERSIONS = (
    Column("edition", "版次", "number"),
    Column("title", "标题"),
    Column("published_at", "发布时间", "date"),
    Column("asof", "业务截止", "date"),
    Column("reason", "事由"),
    Column("values", "数值", "number", "个"),
    Column("digest", "内容校验码"),
    Column("address", "地址"),
    Column("changes", "与前一版的差异"),
)


def versions(heads: Iterable[Mapping[str, Any]], title: str) -> Files:
    """The editions of a report; `heads` are those of its JSON."""
    rows = [
        tuple(
            tabled.timed(head[column.name]) if column.kind == "date" else head[column.name]
            for column in VERSIONS
        )
        for head in heads
    ]
    return Files("versions", title, (Table("versions", title, VERSIONS, rows),))


CORRECTIONS = (
    Column("of_name", "更正的是"),
    Column("on", "日期", "date"),
    Column("title", "公开的内容"),
    Column("name", "项目"),
    Column("before", "原为"),
    Column("after", "改为"),
    Column("why", "性质"),
    Column("reason", "事由"),
    Column("before_at", "前一版"),
    Column("after_at", "现在的内容"),
)


def corrections(listed: Iterable[Told], moment: Moment, *, auditor: bool) -> Files:
    """What was corrected of what is public; where, for auditors only."""
    columns = (*CORRECTIONS, *([Column("position", "账本位置", "number")] if auditor else []))
    rows = []
    for each in listed:
        told = each.as_json(auditor=auditor)
        told["on"] = date.fromisoformat(told["on"])
        rows.append([told[column.name] for column in columns])
    table = Table("corrections", "更正公开", columns, rows)
    return Files("corrections", "更正公开", (table,), moment)


def rows(figure: Figure, names: Sequence[str], listed: Sequence[Mapping[str, Any]]) -> Files:
    """The rows behind a figure; codes of a dimension stand beside what they are called."""
    part = figure.slice
    dimensions = {dimension.column: dimension for dimension in part.measure.dimensions}
    columns = [Column("position", "账本位置", "number"), Column("figure", "指标")]
    for name in names:
        title = heading(name, part)
        if name in dimensions:
            columns += [Column(name, f"{title}代码"), Column(f"{name}_name", title)]
        elif name == "contribution" and is_money(figure):
            columns.append(Column("contribution_fen", title, "money"))
        else:
            unit = figure.unit if name == "contribution" else ""
            columns.append(Column(name, title, "number", unit))
    made = []
    for row in listed:
        values = [row["position"], row["figure"]]
        for name in names:
            values.append(row[name])
            if name in dimensions:
                values.append(_called(dimensions[name], part.bureau, row[name]))
        made.append(values)
    table = Table("rows", f"{figure.name}（明细行）", tuple(columns), made)
    return Files(f"figure-{figure.id}-rows", table.title, (table,))


def _called(dimension: Dimension, bureau: Bureau, code: Any) -> str | None:
    return None if code is None else dimension.label(bureau, str(code))


def document(made: Document, name: str, definitions: Mapping[str, str]) -> Files:
    """What a document says in numbers: those of its sentences, its claims, its tables."""
    return Files(name, made.title, tuple(tabled.document(made, definitions)))


def release(found: Release, says: ReleaseContent, made: Document) -> Files:
    """What was released: its values, and its tables."""
    said = {
        "发布": f"{written(found.published_at)}发布，第 {found.edition} 版",
        "发布内容校验码": found.content,
    }
    tables = (
        replace(table, about={**said, **table.about}) for table in tabled.released(says, made)
    )
    name = f"{found.plan}-{found.period.replace('/', '.')}-{found.edition}"
    return Files(name, made.title, tuple(tables), found.moment)


def definitions(says: ReleaseContent) -> dict[str, str]:
    """Key of a value → how it was defined when it was released."""
    return {item.key: item.text for item in says.definitions}
