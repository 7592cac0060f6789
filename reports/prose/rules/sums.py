"""Sums (合计), worked out anew from the parts that stand beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from reports.prose.rule import Found, rule
from reports.prose.text import Count, Span, Text, counts, digits

_TOTAL = re.compile(r"(?:共计|合计|总计|总共|一共|合共)[^，。；、\d]{0,8}$")
_TOGETHER = re.compile(
    r"^\s*(?:两项|三项|以上)?共(?:支出|发放|检查|办理|计|为|有|筹集|拨付|投入|下拨|处理)?\s*$"
)
_BEGINS = re.compile(r"\s*(?:以上)?(?:各项|三项|两项)?(?:共计|合计|总计|总共)")
_LISTS = re.compile("其中|(?<=[户人名对宗个家条件次元])(?:：|，?分别为)")
_APART = re.compile("运用|通过|涉及|属于|来自|参加|享受|占|完成|已|新增|经|在岗|双方")
_CHANGE = re.compile("增加|减少|新增|增长|下降|上升|[比较]上|同比|退出|多了|少了")
_NEAR = 8
"""Characters before a number that say whether it is a change."""
_ADDED = re.compile(r"(?<![0-9.+])([0-9.]+(?:\s*[+＋]\s*[0-9.]+)+)\s*[=＝]\s*([0-9.]+)")
_TOTAL_ROW = re.compile(r"合\s*计|总\s*计|共\s*计|全\s*[区县市省]")
_NUMERIC = re.compile(r"-?[0-9][0-9,]*(?:\.[0-9]+)?")
_NEARLY = Decimal("0.85")
_FEW = 2


@rule("sum_wrong", "合计与各项之和不符", "a sum does not add up", "核对各项和合计，改正其一")
def sums(text: Text) -> Iterator[Found]:
    """其中, 共计, 17+2=19, and 合计 in tables.

    Parts that need not be all (其中老年人…) may be less than the whole; those that make it up
    (`wording.toml`), or nearly do, must give it.
    """
    for at in text.sentences:
        yield from _added(at)
        yield from _totals(text, at)
        yield from _among(text, at)
    yield from _tables(text)


def _added(at: Span) -> Iterator[Found]:
    for found in _ADDED.finditer(digits(at.text)):
        right = sum(Decimal(part.strip()) for part in re.split("[+＋]", found[1]))
        if right != Decimal(found[2]):
            yield Found(
                at.paragraph,
                at.start + found.start(),
                at.start + found.end(),
                f"{right}",
                f"{right}",
            )


def _exact(count: Count, total: Decimal, parts: list[Count]) -> bool:
    """Whether parts give a total, to the places in which they are written."""
    if total == count.value:
        return True
    coarse = max(_step(one) for one in [count, *parts])
    fine = min(_step(one) for one in [count, *parts])
    # Written to different places, they may differ by what rounding does.
    if coarse != fine:
        return abs(total - count.value) <= coarse / 2
    # 万元 is printed rounded to two places: so many of them may be off together.
    rounded = (len(parts) + 1) // 2 if _places(count) > 1 else int(len(parts) > _FEW)
    return bool(_places(count)) and abs(total - count.value) <= coarse * rounded


def _places(count: Count) -> int:
    return len(digits(count.written).partition(".")[2])


def _step(count: Count) -> Decimal:
    return Decimal(1).scaleb(-_places(count)) * count.scale


def _totals(text: Text, at: Span) -> Iterator[Found]:
    found = counts(at.text)
    for place, count in enumerate(found):
        ahead = at.text[: count.start]
        last = re.split("[，,]", ahead)[-1]
        if not (_TOTAL.search(ahead) or _TOGETHER.search(last)):
            continue
        if count.rough:
            continue
        before = [one for one in found[:place] if one.unit == count.unit]
        parts = before or _above(text, at, count.unit)
        if len(parts) < _FEW:
            continue
        tails = (parts[n:] for n in range(len(parts) - 1))
        if any(_exact(count, sum((p.value for p in t), Decimal(0)), t) for t in tails):
            continue
        if _exact(count, parts[0].value, parts[:1]):  # the whole was named first
            continue
        yield _sum(at, count, sum((p.value for p in parts), Decimal(0)))


def _above(text: Text, at: Span, unit: str) -> list[Count]:
    """The numbers that a sum is of where it begins a sentence: in the paragraph, or items above."""
    if at.start:
        begins = _BEGINS.match(at.text)
        return [one for one in counts(text.before(at)) if one.unit == unit] if begins else []
    found: list[Count] = []
    for paragraph in range(at.paragraph - 1, -1, -1):
        one = text.paragraphs[paragraph]
        inside = [c for c in counts(one) if c.unit == unit]
        if (
            not re.match(r"\s*[（(]?[0-9一二三四五六七八九十]{1,3}[）).．、]", one)
            or len(inside) != 1
        ):
            break
        found.append(inside[0])
    return found


def _among(text: Text, at: Span) -> Iterator[Found]:
    """执法19宗，其中行政检查17宗，行政处罚2宗."""
    found = _LISTS.search(at.text)
    if found is None:
        return
    mark = found.start()
    every = counts(at.text)
    behind = [one for one in every if one.start > mark]
    for unit in dict.fromkeys(one.unit for one in behind):
        ahead = [one for one in every if one.start < mark and one.unit == unit]
        line = at.text
        if not ahead and not at.text[:mark].strip(" ，"):
            line = text.before(at)
            ahead = [one for one in counts(line) if one.unit == unit]
        ahead = [one for one in ahead if not _CHANGE.search(line[: one.start][-_NEAR:])]
        parts = _parallel(at.text, mark, [one for one in behind if one.unit == unit])
        if not ahead or ahead[-1].rough or _gives(ahead, parts):
            continue
        yield from _not_all(text, at, ahead[-1], parts, mark, here=line is at.text)


def _gives(totals: list[Count], parts: list[Count]) -> bool:
    """Whether the first parts, or all, give one of the totals."""
    for number in range(1, len(parts) + 1):
        so_far = sum((part.value for part in parts[:number]), Decimal(0))
        if any(_exact(total, so_far, parts[:number]) for total in totals):
            return True
    return False


def _not_all(
    text: Text, at: Span, total: Count, parts: list[Count], mark: int, *, here: bool
) -> Iterator[Found]:
    """More than the whole; or less, where the parts should be all of it."""
    so_far = sum((part.value for part in parts), Decimal(0))
    whole = len(parts) > 1 and _makes_up(text, at.text[mark:], parts, mark)
    rest = at.text[parts[-1].end : parts[-1].end + 2]
    short = len(parts) > 1 and so_far < total.value and not rest.startswith("等")
    near = so_far >= total.value * _NEARLY or total.value - so_far <= _FEW * parts[-1].scale
    if so_far > total.value or whole or (short and near):
        start = total.start if here else parts[0].start
        said = _money(total, so_far)
        yield Found(
            at.paragraph,
            at.start + start,
            at.start + parts[-1].end,
            f"各项之和{said}",
            f"their sum, {said}",
        )


def _parallel(text: str, mark: int, parts: list[Count]) -> list[Count]:
    """Parts that are listed alike: up to words that say they are cut otherwise."""
    made: list[Count] = []
    end = mark
    for part in parts:
        between = text[end : part.start]
        if made and _APART.search(between):
            break
        made.append(part)
        end = part.end
    return made


def _makes_up(text: Text, said: str, parts: list[Count], mark: int) -> bool:
    """Whether the parts are known to be all there are of their whole."""
    labels, end = [], 0
    for part in parts:
        labels.append(said[end : part.start - mark])
        end = part.end - mark
    return any(
        len(one.parts) == len(labels)
        and all(any(part.search(label) for label in labels) for part in one.parts)
        for one in text.wording.wholes
    )


def _sum(at: Span, count: Count, total: Decimal) -> Found:
    said = f"{_money(count, total)}"
    return Found(at.paragraph, at.start + count.start, at.start + count.end, said, said)


def _money(count: Count, value: Decimal) -> str:
    scale = {10_000: "万", 100_000_000: "亿"}.get(count.scale, "")
    return f"{(value / count.scale).normalize():f}{scale}{count.unit}"


def _tables(text: Text) -> Iterator[Found]:
    """A row 合计 is the sum of the rows above it, column by column."""
    at: list[int] = []
    for paragraph in [*sorted(text.rows), -1]:
        if at and paragraph != at[-1] + 1:
            yield from _table(text, at)
            at = []
        at.append(paragraph)


def _table(text: Text, at: list[int]) -> Iterator[Found]:
    above: list[list[str]] = []
    for paragraph in at:
        cells = text.rows[paragraph]
        if not cells or not _TOTAL_ROW.fullmatch(cells[0]):
            above.append(cells)
            continue
        for column in range(1, len(cells)):
            column_cells = [row[column] for row in above if len(row) == len(cells)]
            numbers = [c for c in column_cells if _NUMERIC.fullmatch(c)]
            # The heading may be a number, too, of a year say; a gap makes a sum unknown.
            if len(numbers) < _FEW or len(numbers) < len(column_cells) - 1:
                continue
            if not _NUMERIC.fullmatch(cells[column]) or _is_ratio(above, column):
                continue
            right = sum(Decimal(c.replace(",", "")) for c in numbers)
            places = max(len(c.partition(".")[2]) for c in numbers)
            # Whole numbers add up; others may be rounded, each by half of the last place.
            off = Decimal(len(numbers)).scaleb(-places) / 2 if places else Decimal(0)
            if abs(right - Decimal(cells[column].replace(",", ""))) > off:
                line = text.paragraphs[paragraph]
                start = line.find(cells[column], line.find(cells[0]) + len(cells[0]))
                end = start + len(cells[column])
                yield Found(paragraph, start, end, f"{right}", f"{right}")


def _is_ratio(rows: list[list[str]], column: int) -> bool:
    """Whether a column is of what is no sum: shares, averages, standards."""
    headings = " ".join(row[column] for row in rows if len(row) > column)
    return bool(re.search("%|％|率|比|人均|户均|平均|标准|增长|水平|年份|序号", headings))
