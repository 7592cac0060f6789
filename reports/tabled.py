"""Figures, breakdowns, statements and documents as tables that are taken along.

A table says what its page says: the same values of the same moment, small cells merged as there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from domain.money import format_yuan
from domain.reporting.releases import ReleaseContent
from reports import document as documents
from reports import release
from reports.breakdown import Breakdown
from reports.cells.cell import MERGED
from reports.dimensions import MONTH
from reports.document import Document, FigureRef, StatementRef
from reports.evaluate import FigureValue, StatementValue
from reports.measure import Exact
from reports.moment import Moment
from reports.plans.layout import PERCENT
from reports.render.csv import NOTICE
from reports.shown import (
    INTERNAL,
    INVENTED,
    SAMPLE_BANNER,
    is_money,
    label,
    written_day,
    written_exact,
)
from reports.table import Table as Cut
from reports.tables import Column, Table

WHOLE = "没有合并的行"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T|$)")
FIGURE = (
    Column("id", "指标"),
    Column("name", title="名称"),
    Column("value", "数值", "number"),
    Column("unit", "单位"),
    Column("amount_fen", "精确金额", "money"),
    Column("exact", "精确值", "number"),
    Column("beside", "附注"),
    Column("kind", "性质"),
    Column("asof", "业务截止", "date"),
    Column("at", "账本位置", "number"),
    Column("definition", "定义"),
    Column("reading", "采用的口径"),
)
"""What there is to say of a figure at a moment: what is money has an exact amount, and no other
exact value."""
STATEMENT = (
    Column("id", "表述"),
    Column("name", title="名称"),
    Column("holds", "成立", "number"),
    Column("conditions", "条件", "number", "项"),
    Column("broken", "不成立", "number", "项"),
    Column("holds_when", "何时成立"),
    Column("at", "账本位置", "number"),
)
TOLD = (
    *FIGURE[:4],
    Column("beside", "附注"),
    Column("invented", "虚构"),
    Column("definition", "定义"),
)
"""What a document says of a value."""
CONDITION = (
    Column("ok", "成立", "number"),
    Column("what", "条件"),
    Column("position", "账本位置", "number"),
)


def about(
    office: str, moment: Moment | None, ledger: str, *, sample: bool, internal: bool
) -> dict[str, str]:
    """What must be known of every table of a file."""
    notices = [SAMPLE_BANNER] * sample + [INTERNAL] * internal
    made = {NOTICE: "；".join(notices), "来源": f"{office}的账本 {ledger}"}
    if moment is not None:
        made |= {
            "期间": f"{written_day(moment.start)}至{written_day(moment.end)}",
            "业务截止": written_day(moment.end),
            "账本位置": str(moment.at),
        }
    return made


def figure_row(value: FigureValue) -> tuple[Any, ...]:
    """A figure under the columns of FIGURE."""
    figure = value.figure
    money = is_money(figure)
    return (
        figure.id,
        figure.name,
        timed(value.value),
        figure.unit or None,
        value.exact if money else None,
        None if money else timed(value.exact),
        value.beside or None,
        label(figure.measure.kind, "kind"),
        value.moment.end,
        value.moment.at,
        figure.definition,
        figure.reading or None,
    )


def figures(values: Iterable[FigureValue], title: str = "指标") -> Table:
    """Figures, one a row."""
    return Table("figures", title, FIGURE, [figure_row(value) for value in values])


def timed(value: Any) -> Any:
    """The day or the time that a text is, else the value itself."""
    if not isinstance(value, str) or not _DAY.match(value):
        return value
    with suppress(ValueError):
        return date.fromisoformat(value)
    with suppress(ValueError):
        time = datetime.fromisoformat(value)
        return value if time.tzinfo is None else time
    return value


def breakdown(value: FigureValue, cut: Breakdown) -> Table:
    """A figure by month or by township, as its page has it."""
    figure = value.figure
    ends = not cut.adds_up
    what = "各月末" if ends else "按月" if cut.by == "month" else "按镇街"
    exact = (
        Column("amount_fen", "金额", "money")
        if is_money(figure)
        else Column("value", "数值", "number", figure.unit)
    )
    columns = (
        Column("day", "日期", "date") if ends else Column("code", "代码"),
        Column("label", "时点" if ends else "月份" if cut.by == "month" else "镇街"),
        exact,
    )
    said = {
        "定义": figure.definition,
        "合并情况": _merged("户" if figure.unit == "户" else "例") if cut.merged else WHOLE,
    }
    if cut.adds_up:
        said["合计"] = written_exact(figure, cut.total)
    rows = [
        (timed(cell.key) if ends else cell.key or None, cell.label, cell.exact)
        for cell in cut.cells
    ]
    return Table(f"by-{cut.by}", f"{figure.name}（{what}）", columns, rows, said)


def _merged(unit: str) -> str:
    return f"不足 3 {unit}的各行已并入“{MERGED}”，以免认出个人"


def statement_row(value: StatementValue) -> tuple[Any, ...]:
    """A statement under the columns of STATEMENT."""
    return (
        value.statement.id,
        value.statement.name,
        value.holds,
        len(value.conditions),
        sum(not ok for ok, _, _ in value.conditions),
        value.statement.holds_when,
        value.moment.at,
    )


def statements(values: Iterable[StatementValue], title: str = "表述") -> Table:
    """Statements, one a row."""
    return Table("statements", title, STATEMENT, [statement_row(value) for value in values])


def document(made: Document, definitions: Mapping[str, str] | None = None) -> list[Table]:
    """What a document says in numbers: those of its sentences, its claims, and its tables."""
    found = list(_references(made))
    numbers = [run for run in found if isinstance(run, FigureRef)]
    claims = [run for run in found if isinstance(run, StatementRef)]
    tables = []
    if numbers:
        tables.append(_numbers(numbers, definitions or {}))
    if claims:
        columns = (*STATEMENT[:3],)
        rows = [(run.id, run.name, run.holds) for run in claims]
        tables.append(Table("statements", "文中表述", columns, rows))
    return [*tables, *_tables(made)]


def released(says: ReleaseContent, made: Document) -> list[Table]:
    """What was released: every value, claims too, and the tables."""
    definitions = {item.key: item.text for item in says.definitions}
    rows = [
        (
            value.key,
            value.name,
            timed(release.read(value.type, value.value)),
            value.unit,
            value.beside,
            INVENTED if value.invented else None,
            definitions.get(value.key),
        )
        for value in says.values
    ]
    values = [Table("values", "发布的数值", TOLD, rows)] if rows else []
    return [*values, *_tables(made)]


def _tables(made: Document) -> list[Table]:
    return [_table(table, n) for n, table in enumerate(made.tables(), 1)]


def _references(made: Document) -> Iterator[FigureRef | StatementRef]:
    """Numbers and claims of the sentences, each once."""
    seen: set[tuple[str, str]] = set()
    for section in made.sections:
        for run in (run for paragraph in section.paragraphs for run in paragraph.runs):
            if isinstance(run, FigureRef | StatementRef) and (run.id, run.name) not in seen:
                seen.add((run.id, run.name))
                yield run


def _numbers(numbers: Sequence[FigureRef], definitions: Mapping[str, str]) -> Table:
    rows = [
        (
            run.id or None,
            run.name,
            timed(run.value),
            run.unit or None,
            run.beside or None,
            INVENTED if run.invented else None,
            definitions.get(run.id or run.name),
        )
        for run in numbers
    ]
    return Table("values", "文中数值", TOLD, rows)


def _table(table: documents.Table, number: int) -> Table:
    """A table of a document; what has no value is empty."""
    percent = [
        any(row.cells[n].text.endswith(PERCENT) for row in table.rows)
        for n in range(len(table.columns))
    ]
    columns = [Column("row", table.corner or "项目")]
    if table.by_row:
        columns.append(Column("unit", "单位"))
    for n, column in enumerate(table.columns):
        unit = column.unit or (PERCENT if percent[n] and not table.by_row else "")
        title = f"{column.group}{column.heading}" or f"第 {n + 1} 栏"
        columns.append(Column(f"value_{n + 1}", title, "number", unit))
    rows = [
        (
            row.heading,
            *([row.unit or None] if table.by_row else []),
            *(_cell(cell) for cell in row.cells),
        )
        for row in table.rows
    ]
    merged = any(row.heading == MERGED for row in table.rows)
    said = {"说明": table.note, "合并情况": f"已并入“{MERGED}”一行" if merged else WHOLE}
    if table.units:
        said = {"单位": table.units, **said}
    return Table(f"table-{number}", table.title or f"表 {number}", tuple(columns), rows, said)


def _cell(cell: documents.Cell) -> int | Decimal | str | bool | date | datetime | None:
    found: int | Decimal | str | bool | date | datetime | None = timed(cell.value)
    return found


def measure(table: Cut, total: Exact) -> Table:
    """A measure by its dimensions, codes beside their names; without any, one row."""
    part = table.asked.slice
    its, bureau = part.measure, part.bureau
    columns = []
    for n, dimension in enumerate(table.dimensions, 1):
        columns += [
            Column(f"code_{n}", f"{dimension.name}代码"),
            Column(f"label_{n}", dimension.name),
        ]
    columns.append(
        Column("amount_fen", "金额", "money")
        if its.is_money
        else Column("value", "数值", "number", its.unit)
    )
    rows = []
    for cell in table.cells:
        named: list[Any] = []
        for dimension, code in zip(table.dimensions, cell.codes, strict=True):
            named += [code, dimension.label(bureau, code)]
        rows.append((*named, timed(cell.exact)))
    cut = f"（{part.words}）" if part.words else ""
    sums = "截止日" if its.kind == "stock" and MONTH in table.dimensions else "合计"
    whole = format_yuan(int(total)) if its.is_money and isinstance(total, int) else str(total)
    said = {"定义": its.definition, "采用的口径": its.reading}
    if table.dimensions:
        said[sums] = f"{whole} 元" if its.is_money else f"{whole} {its.unit}".strip()
    return Table("measure", f"{its.name}{cut}", tuple(columns), rows, said)
