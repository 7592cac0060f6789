"""What a reader would ask: nothing is wrong in itself, and somebody must look."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reports.prose.rule import Found, rule
from reports.prose.text import Text, digits, joined

_PAID = re.compile(r"发放[^，。；,;]{0,24}?[0-9０-９.]+\s*万元")
_MANY = 5
_BASIS = re.compile("另计|不计|不含|包括在内|为准|不宜相加|口径")
_ALONE = re.compile(r"现场(?:执法|检查)[^。；]{0,24}?(?:1|一)名[^。；，]{0,4}执法人员")
_COUPLES = re.compile(r"([0-9]+)\s*对(?:新人|夫妻|夫妇)")
_DATES = re.compile(r"[0-9]{1,2}\s*月\s*[0-9]{1,2}\s*日")
_WANTED = {
    "合计": re.compile("(?:合计|共计|总计|总额)[^，。；]{0,6}[0-9]"),
    "城乡分列的金额": re.compile("(?:城市|城镇|农村)[^，。；]{0,12}(?:发放|支出)?[0-9.]+万元"),
    "临时救助": re.compile("临时救助"),
    "流浪乞讨人员救助": re.compile("流浪"),
}


@rule(
    "payouts_incomplete",
    "逐项列出发放金额而没有合计或不全",
    "payouts are listed one by one without a total",
    "补上所缺各项；不宜相加的，写明口径",
    weight="ask",
)
def payouts(text: Text) -> Iterator[Found]:
    """Five payouts or more in one paragraph without their total, nor a word of what they hold."""
    said = "".join(text.paragraphs)
    for at, one in text.prose:
        found = list(_PAID.finditer(one))
        lacks = [name for name, pattern in _WANTED.items() if not pattern.search(said)]
        if len(found) >= _MANY and not _BASIS.search(one) and "合计" in lacks:
            expected = f"有{joined(lacks)}"
            yield Found(at, found[0].start(), found[-1].end(), expected, "a total, and all of them")


@rule(
    "same_count_twice",
    "两个日子的数完全相同",
    "two days have the very same number",
    "核对是否照抄；确实相同的，不改",
    weight="ask",
)
def same(text: Text) -> Iterator[Found]:
    """The same number of couples on two days of one paragraph."""
    for at, line in text.prose:
        one = digits(line)
        seen: dict[str, tuple[str, int]] = {}
        for found in _COUPLES.finditer(one):
            days = _DATES.findall(one[: found.start()])
            on = days[-1] if days else ""
            if _is_known(text, on):
                continue
            if on and seen.get(found[1], (on, 0))[0] != on:
                yield Found(at, *found.span(), "两天各自的数", "the number of each day")
            seen.setdefault(found[1], (on, found.start()))


def _is_known(text: Text, on: str) -> bool:
    """Whether the number of a day is one of a figure: then it is no copy."""
    return bool(on) and any(on in known.name for known in text.figures)


@rule(
    "one_officer",
    "现场执法似只有一人",
    "one officer alone, as it seems",
    "写明每次现场执法的人数和持证情况（行政处罚法第四十二条：不得少于两人）",
    weight="ask",
)
def alone(text: Text) -> Iterator[Found]:
    """现场执法 or 现场检查 by one officer: the law asks for two."""
    for at, found in text.matches(_ALONE):
        yield Found(at, *found.span(), "两名以上持证人员", "two officers with a licence")
