"""Shares (比例、倍数), worked out anew from the numbers that stand beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from reports.prose.rule import Found, rule
from reports.prose.text import NUMBER, Count, Span, Text, counts, digits, number

_PERCENT = re.compile(rf"(?<![0-9０-９.．]){NUMBER}\s*[%％]")
_VALUE = re.compile(NUMBER)
_FRACTION = re.compile(
    r"([0-9][0-9,.]*)\s*(?:人|名|户|个|家|宗|对|条|件|元|处|次|项)?\s*[/／÷]\s*([0-9][0-9,.]*)(?!\s*[/／])"
)
_BASE = re.compile(
    r"占(?!比|的|总?比)[^，。；\d]+|(?:为|是|相当于|完成|达到?)[^，。；]{2,24}的\s*$|同比|环比|[较比]上|(?<!占)比(?![例重率约达为超近])[^，。；]{1,20}|"
    r"较[^，。；]{1,20}|分之|上年|去年同期|按[^，。；]{0,12}$|基数"
)
_NORM = re.compile(
    "不低于|不少于|不高于|不超过|不得|须|应当|应达|力争|争取|确保|目标|要求|计划|预计|拟|比例(?:随机)?抽"
)
_RELATION = re.compile(
    "其中|中[，,、有]|应[^，。；]{0,8}[0-9]|[（(][^（）()]*[/／][^（）()]*[）)]|占(?!比|总?比)"
)
_SHARE = re.compile("率|比例|占|比重")
_RATE = re.compile(r"([^，。；、\d]{2})率[^，。；\d]{0,4}$")
_OF = re.compile(
    r"(?:^|[，。；])([^，。；\d]{2,10})占([^，。；\d]{2,12}?)(?:总数|总量|总人数)的\s*$"
)
_AMONG = re.compile(r"([^，。；\d]{2})(?:占比|比例|比重)[^，。；\d]{0,4}$")
_GROWTH = re.compile("增长|上升|下降|减少|提高|增加|降低|增幅|降幅|上浮|下浮|回落")
_AWAY = 24
"""A fraction in brackets belongs to the share so many characters before it."""
_TIMES = re.compile(rf"(?:的|为|是)\s*({NUMBER})\s*倍")
_FEW = 2


@rule(
    "share_without_base",
    "百分比没有基数",
    "a percentage without its base",
    "写出分子、分母，如86%（6人/7人）",
)
def without_base(text: Text) -> Iterator[Found]:
    """A percentage with neither a base (占…的, 比上年) nor both numbers beside it.

    What is aimed at or asked for, and 100%, is left alone.
    """
    for at, found, share in _percentages(text):
        if share == 100 or _fraction(at.text, found):  # noqa: PLR2004  100% is a claim
            continue
        ahead = at.text[: found.start()]
        near = re.split("；|;", ahead)[-1]
        part = re.split("[，,]", near)[-1]
        if _BASE.search(part) or _NORM.search(part) or _quoted(at.text, found.start()):
            continue
        pairs = _pairs(at, found, text)
        if _GROWTH.search(near) and (pairs or _BASE.search(near)):
            continue
        if _of_counted(part, text.before(at) + ahead):
            continue
        if _matches(pairs, share, found[0]) or (pairs and _related(near)):
            continue
        place = at.start + found.start()
        yield Found(at.paragraph, place, at.start + found.end(), "写明基数", "the base")


@rule(
    "share_wrong",
    "百分比、倍数与所列数不符",
    "a share does not fit its parts",
    "重新计算，改正比例或数字",
)
def wrong(text: Text) -> Iterator[Found]:
    """A percentage (or 倍) that none of the numbers it is said of gives, to the places printed."""
    for at, found, share in _percentages(text):
        fraction = _fraction(at.text, found)
        if fraction:
            part, whole = fraction
            if whole and not _rounds(part / whole * 100, share, found[0]):
                yield _at(at, found, part / whole * 100)
            continue
        named = _named(text.before(at) + at.text[: found.start()])
        if named:
            if not _rounds(named[0] / named[1] * 100, share, found[0]):
                yield _at(at, found, named[0] / named[1] * 100)
            continue
        ahead = re.split("；|;", at.text[: found.start()])[-1]
        if (
            _NORM.search(ahead[-16:])
            or _GROWTH.search(ahead[-10:])
            or not _SHARE.search(ahead[-24:])
        ):
            continue
        if re.search("超过|近|约|不足|以上", ahead[-3:] + at.text[found.end() : found.end() + 2]):
            continue
        pairs = _pairs(at, found, text)
        if pairs and _related(ahead) and not _matches(pairs, share, found[0]):
            small, large = pairs[-1]
            yield _at(at, found, small / large * 100)
    yield from _times(text)


def _related(ahead: str) -> bool:
    """Whether what stands before a share says of which numbers it is: 持证7人，持证率."""
    rate = _RATE.search(ahead)
    return bool(_RELATION.search(ahead)) or bool(rate and rate[1] in ahead[: rate.start()])


def _of_counted(part: str, ahead: str) -> bool:
    """Whether 护理型床位占比 stands after the number of all 床位."""
    found = _AMONG.search(part)
    if found is None:
        return False
    return any(ahead[: one.start].endswith(found[1]) for one in counts(ahead))


def _percentages(text: Text) -> Iterator[tuple[Span, re.Match[str], Decimal]]:
    for at in text.sentences:
        for found in _PERCENT.finditer(at.text):
            value = _VALUE.match(found[0])
            if value:
                yield at, found, number(value[0])


def _named(ahead: str) -> tuple[Decimal, Decimal] | None:
    """The numbers of 甲 and 乙 before 甲占乙总数的, each the last one behind its name."""
    said = _OF.search(ahead)
    if said is None:
        return None
    part, whole = (
        next((one for one in reversed(counts(ahead)) if name in _label(ahead, one)), None)
        for name in said.groups()
    )
    if part is None or whole is None or part.unit != whole.unit:
        return None
    return (part.value, whole.value) if 0 < part.value <= whole.value else None


def _label(text: str, count: Count) -> str:
    return re.split("[，。；、：,;:]", text[: count.start])[-1]


def _fraction(text: str, share: re.Match[str]) -> tuple[Decimal, Decimal] | None:
    """What stands as 6/7 in brackets behind a share, or before it."""
    behind = digits(text[share.end() : share.end() + _AWAY])
    before = digits(text[max(0, share.start() - _AWAY) : share.start()])
    found = (
        _FRACTION.search(behind) if behind.lstrip().startswith(("（", "(", "，即", "即")) else None
    )
    if found is None:
        found = next(iter(_FRACTION.finditer(before)), None)
    if found is None:
        return None
    part, whole = Decimal(found[1].rstrip(".,").replace(",", "")), found[2].rstrip(".,")
    return part, Decimal(whole.replace(",", ""))


def _pairs(at: Span, found: re.Match[str], text: Text) -> list[tuple[Decimal, Decimal]]:
    """Of what stands before a share, two numbers of one unit: the smaller and the greater."""
    ahead = counts(at.text[: found.start()])
    if not ahead:
        return []
    unit = ahead[-1].unit
    same = [one.value for one in ahead if one.unit == unit]
    if len(same) < _FEW and re.search("占|中，|其中", at.text[: found.start()]):
        same = [one.value for one in counts(text.before(at)) if one.unit == unit] + same
    every = [one.value for one in counts(at.text) if one.unit == unit]
    if len(same) < _FEW and len(every) > 1:
        same = every
    return [
        (min(one, other), max(one, other))
        for number, other in enumerate(same)
        for one in same[:number]
        if max(one, other)
    ]


def _matches(pairs: list[tuple[Decimal, Decimal]], share: Decimal, written: str) -> bool:
    return any(_rounds(small / large * 100, share, written) for small, large in pairs)


def _rounds(exact: Decimal, share: Decimal, written: str) -> bool:
    places = len(digits(written).rstrip("%％ ").partition(".")[2])
    step = Decimal(1).scaleb(-places)
    cut = exact - exact % step
    return share in {exact.quantize(step, ROUND_HALF_UP), cut}


def _at(at: Span, found: re.Match[str], exact: Decimal) -> Found:
    said = f"{exact.quantize(Decimal('0.1'), ROUND_HALF_UP)}%"
    return Found(at.paragraph, at.start + found.start(), at.start + found.end(), said, said)


def _quoted(text: str, at: int) -> bool:
    return text.rfind("《", 0, at) > text.rfind("》", 0, at)


def _times(text: Text) -> Iterator[Found]:
    """A为B的1.6倍, where the sentence has numbers of one unit and none is so many times another."""
    for at in text.sentences:
        for found in _TIMES.finditer(at.text):
            ahead = counts(text.before(at) + at.text[: found.start()])
            if _NORM.search(at.text[: found.start()][-16:]) or len(ahead) < _FEW:
                continue
            same = [one.value for one in ahead if one.unit == ahead[-1].unit and one.value]
            said = number(found[1])
            step = Decimal(1).scaleb(-len(digits(found[1]).partition(".")[2]))
            ratios = [one / other for one in same for other in same if one >= other]
            if len(same) >= _FEW and not any(abs(each - said) < step for each in ratios):
                exact = max(same[-2:]) / min(same[-2:])
                expected = f"{exact.quantize(Decimal('0.01'), ROUND_HALF_UP)}倍"
                place = at.start + found.start(1)
                yield Found(at.paragraph, place, at.start + found.end(), expected, expected)
