"""Filling a statistics return: only parts of which the ledger can fill every cell are printed.

What is left out is named, with the reason. The relations that the form prints are worked out on
what was filled, and said to hold or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from domain.bureau.bureau import Bureau
from reports.document import CODE, Cell, Column, Paragraph, Row, Section, Table, Text
from reports.formula import Relation
from reports.measure import Value
from reports.plans import layout, plan, spans
from reports.plans.form import Form, Item, Part
from reports.plans.plan import Quantity, TablePlan
from reports.plans.values import Numbers, base

BEFORE = ("上期",)
CORNER, NOW, GROWTH = "指标名称", "数量", "环比（%）"
TOTAL = "合计"
UNREAD = "待核"
"""In place of a code, or of a number of the form, that nobody has read."""
WORKED_OUT = "*"
_NONE = "—"
_CENT = Decimal("0.01")


def growth(now: Value, before: Value) -> Decimal | None:
    """环比 in percent of two numbers as they are printed, half-up to two places.

    None where there is nothing to compare with: the number before is not above 0.
    """
    if isinstance(now, bool) or not isinstance(now, int | Decimal):
        return None
    if isinstance(before, bool) or not isinstance(before, int | Decimal) or before <= 0:
        return None
    exact = (Fraction(now) - Fraction(before)) / Fraction(before) * 100
    # To whole hundredths first: a quotient of decimals is not exact, and half a cent would be lost.
    cents = exact * 100
    size = (2 * abs(cents.numerator) + cents.denominator) // (2 * cents.denominator)
    return Decimal(size if exact >= 0 else -size).scaleb(-2)


@dataclass
class Filled:
    """A part of a form: its table, or why it has none; and the numbers that relations are of."""

    part: Part
    table: Table | None = None
    lacking: list[str] = field(default_factory=list)
    columns: dict[str, dict[str, Fraction | None]] = field(default_factory=dict)
    """Where relations are worked out (a column, a township) → name → exact value, money in 元."""
    printed: dict[str, dict[str, Fraction | None]] = field(default_factory=dict)
    """The same as it is printed, in the unit of the form."""

    @property
    def names(self) -> set[str]:
        return {item.name for item in self.part.items}


def ask(numbers: Numbers, form: Form) -> None:
    """All numbers that a form will read."""
    for part in form.parts:
        if any(item.lacking for item in part.items):
            continue
        if part.by:
            layout.ask(numbers, _grid(part))
            continue
        for item in part.items:
            if item.quantity is not None:
                numbers.ask(item.quantity)
                numbers.ask(item.quantity.moved(BEFORE))


def sections(numbers: Numbers, form: Form, bureau: Bureau) -> Iterator[Section]:
    """The return as it is printed: head, parts, relations, what is left out, how it is read."""
    on = numbers.span[1]
    filled = [_part(numbers, part, bureau, on) for part in form.parts]
    there = [each for each in filled if each.table is not None]
    front = map(_said, _head(form, bureau, numbers.span))
    yield Section(0, "", (*front, *(each.table for each in there if each.table is not None)))
    relations = list(_relations(form, there))
    if relations:
        yield Section(1, "表内逻辑关系核对", tuple(map(_said, relations)))
    left_out = [
        f"{each.part.title}：{'；'.join(each.lacking)}。" for each in filled if each.table is None
    ]
    if left_out:
        yield Section(1, "未列入的部分", tuple(map(_said, left_out)))
    yield Section(1, "填报说明", tuple(map(_said, _notes(there, on))))


def _said(text: str) -> Paragraph:
    return Paragraph((Text(text),), "ledger")


def _head(form: Form, bureau: Bureau, span: spans.Span) -> Iterator[str]:
    head = form.head(span[1])
    said = {
        "表号": head.number if head else UNREAD,
        "制表机关": head.maker if head else UNREAD,
        "批准机关": head.approver if head else UNREAD,
        "批准文号": head.approval if head else UNREAD,
    }
    yield from (f"{name}：{text}" for name, text in said.items() if text)
    area = f"{bureau.division:0<12}"
    period = spans.said("period", span)
    yield f"填报单位：{bureau.name}　　地区编码：{area}　　报告期：{period}"


def _notes(there: list[Filled], on: date) -> Iterator[str]:
    items = [item for each in there if not each.part.by for item in each.part.items]
    yield "金额以万元计，保留一位小数，其他指标取整；上期为上一报告期（上月或者上季）填报的数。"
    if any(item.quantity and item.quantity.shift for item in items):
        yield "累计支出和办理数自年初起计；1月、第一季度的上期为上年全年的累计数。"
    if items:
        yield f"环比按填列的数计算，保留两位小数；上期不大于0的不计算，填“{_NONE}”。"
    codes = [item.code(on) for item in items]
    if any(code is not None and not code.checked for code in codes):
        yield f"代码后有“{WORKED_OUT}”的，系由同组代码推定，没有在当期报表上见到，报出前请核对。"
    if any(code is None for code in codes):
        yield f"代码为“{UNREAD}”的，没有在公开的报表上见到，报出前请按统计系统填写。"


def _part(numbers: Numbers, part: Part, bureau: Bureau, on: date) -> Filled:
    made = Filled(part)
    for item in part.items:
        if item.lacking:
            made.lacking.append(f"“{item.heading}”{item.lacking}")
    if made.lacking:
        return made
    if part.by:
        _fill_grid(numbers, made, bureau)
    else:
        _fill_rows(numbers, made, on)
    return made


def _fill_rows(numbers: Numbers, made: Filled, on: date) -> None:
    """A row for each indicator: its code, this period, the one before, the growth."""
    rows = []
    for item in made.part.items:
        quantity = item.quantity
        if quantity is None:
            raise TypeError(f"{item.heading} counts nothing, and nothing is said to be lacking")
        cells = []
        for heading, asked in ((NOW, quantity), (BEFORE[0], quantity.moved(BEFORE))):
            answer = numbers.answer(asked)
            if answer.value is None:
                period = spans.said("period", spans.shifted(numbers.span, asked.shift))
                made.lacking.append(f"“{item.heading}”没有{heading}（{period}）的数")
            else:
                exact = base(numbers.exact(asked), money=asked.is_money)
                made.columns.setdefault(heading, {})[item.name] = exact
                made.printed.setdefault(heading, {})[item.name] = base(answer.value)
            text = answer.text.removesuffix(answer.unit)
            cells.append(Cell(text, answer.value, answer.exact))
        grown = growth(cells[0].value, cells[1].value)
        cells.append(Cell(_NONE) if grown is None else Cell(f"{grown}", grown))
        rows.append(Row(item.heading, (Cell(_code(item, on)), *cells), unit=item.unit))
    if not made.lacking:
        columns = tuple(map(Column, (CODE, NOW, BEFORE[0], GROWTH)))
        made.table = Table(made.part.title, CORNER, columns, tuple(rows))


def _code(item: Item, on: date) -> str:
    code = item.code(on)
    if code is None:
        return UNREAD
    return code.text if code.checked else f"{code.text}{WORKED_OUT}"


def _grid(part: Part) -> TablePlan:
    """A part by townships as plans have tables."""
    columns = tuple(
        plan.Column(
            heading=item.heading,
            group=item.group,
            name=item.name,
            quantity=None if item.formula is not None else item.quantity,
            formula=item.formula,
            shape=item.quantity or Quantity(""),
        )
        for item in part.items
    )
    return TablePlan(part.title, columns, part.by, total=TOTAL, corner="地区")


def _fill_grid(numbers: Numbers, made: Filled, bureau: Bureau) -> None:
    """A row for each township, and one over all; an average of nobody is no gap."""
    items = made.part.items
    table = layout.lay_out(numbers, _grid(made.part), bureau, "")
    for row in table.rows:
        exact = {
            item.name: base(cell.exact, money=bool(item.quantity and item.quantity.is_money))
            for item, cell in zip(items, row.cells, strict=True)
        }
        made.columns[row.heading] = exact
        made.printed[row.heading] = {
            item.name: base(cell.value) for item, cell in zip(items, row.cells, strict=True)
        }
        for item, cell in zip(items, row.cells, strict=True):
            worked_out = item.formula is not None and all(
                exact[name] is not None for name in item.formula.names
            )
            if cell.value is None and not worked_out:
                made.lacking.append(f"“{item.heading}”没有{row.heading}的数")
    if made.lacking:
        return
    shown = [n for n, item in enumerate(items) if not item.hidden]
    columns = tuple(table.columns[n] for n in shown)
    made.table = replace(
        table,
        columns=columns,
        units="、".join(dict.fromkeys(column.unit for column in columns if column.unit)),
        rows=tuple(replace(row, cells=tuple(row.cells[n] for n in shown)) for row in table.rows),
    )


def _relations(form: Form, there: list[Filled]) -> Iterator[str]:
    """Each relation of the form: whether it holds of what was filled."""
    headings = {item.name: item.heading for part in form.parts for item in part.items}
    for relation in form.checks:
        parts = [each for each in there if each.names & {*relation.names}]
        known = {name for each in parts for name in each.names}
        lacking = [headings[name] for name in relation.names if name not in known]
        if lacking:
            yield f"{relation.text}：未核，没有填列{'、'.join(lacking)}。"
        else:
            yield f"{relation.text}：{_held(relation, parts)}。"


def _held(relation: Relation, parts: list[Filled]) -> str:
    """What is said of a relation over the columns, or townships, of what was filled."""
    broken, rounded = [], False
    for place in dict.fromkeys(place for each in parts for place in each.columns):
        exact = _together([each.columns for each in parts], place)
        if not relation.holds(exact):
            left, right = relation.left.work(exact), relation.right.work(exact)
            broken.append(f"{place}左边为{_number(left)}，右边为{_number(right)}")
        elif not relation.holds(_together([each.printed for each in parts], place)):
            rounded = True
    if broken:
        items = [item for each in parts for item in each.part.items if item.name in relation.names]
        money = any(item.quantity is not None and item.quantity.is_money for item in items)
        unit = "，金额单位为元" if money else ""
        return f"不符（{'；'.join(broken)}{unit}）"
    return "相符，按填列的数有四舍五入的差额" if rounded else "相符"


def _together(
    parts: list[dict[str, dict[str, Fraction | None]]], place: str
) -> Mapping[str, Fraction | None]:
    return {name: value for part in parts for name, value in part.get(place, {}).items()}


def _number(value: Fraction | None) -> str:
    """A side of a relation, in full."""
    if value is None:
        return "没有数"
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{exact if value.denominator == 1 else exact.quantize(_CENT, ROUND_HALF_UP):f}"
