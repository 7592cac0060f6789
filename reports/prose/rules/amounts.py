"""Numbers by what they count: money without 元, units that do not fit, bounds for figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from reports.prose.rule import Found, rule
from reports.prose.text import (
    NUMBER,
    SAME,
    UNITS,
    Count,
    Known,
    Span,
    Text,
    counts,
    digits,
    number,
    shared,
)

_END = r"(?=\s*(?:[，。；、,;）)]|$))"
_MONEY = (
    "标准|补贴|补助|津贴|资金|金额|保障金|保障费|生活费|供养金|低保金|救助金|慰问金|抚恤金|善款|捐款|罚款|经费|"
    "费用|工资|支出|收入|补差|价款|结余"
)
_LINKS = (
    "总额|合计|总计|共计|共|已|为|是|约|达到|达|提高到|提高至|提高|发放|支出|拨付|投入|"
    "调整为|调整到|调整至|到|至|从|由"
)
_WITHOUT = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![0-9０-９.．/]){NUMBER}\s*万?\s*[/／]\s*(?:人|户|名|次|天|日|月|年|场|家)(?:\s*[·.．/、]?\s*(?:月|年|天|次))?",
        rf"(?:每人每[月年天日次]|每[月年天日]每人|每户每[月年])\s*{NUMBER}\s*[万亿]?{_END}",
        rf"(?:{_MONEY})(?:标准)?(?:{_LINKS}|[：:]|\s)*{NUMBER}\s*[万亿]?(?:余|多)?{_END}",
        rf"(?:{_MONEY})[^，。；、,;0-9]{{0,10}}每(?:人|户|名|家|位|场|床){NUMBER}\s*[万亿]?{_END}",
        rf"(?:{_MONEY})(?:{_LINKS})*{NUMBER}\s*万(?=增|提|上|下|降|减)",
        rf"(?:发放|支出|拨付|投入|筹集|募集|下拨|补发|罚款|追回)[^，。；、,;0-9]{{0,12}}{NUMBER}\s*[万亿]{_END}",
    )
)
_BOUND = re.compile(
    rf"(?:(?P<over>超过|超|突破|逾|高于|多于)|(?P<under>不足|不到|少于|低于)|"
    rf"(?P<about>将近|接近|(?<![最附临])近|(?<![合节公条签大集])约|大约))\s*(?P<one>{NUMBER}\s*[万亿]?\s*(?:%|％|{'|'.join(UNITS)}))"
    rf"|(?P<two>{NUMBER})\s*(?P<more>多|余|几)?\s*(?P<scale>[万亿]?)\s*(?P<after>多|余)?\s*(?P<unit>{'|'.join(UNITS)}|%|％)(?P<end>以上|左右|上下)?"
)
_SUFFIX = re.compile("(?:户数|人数|人次|次数|家数|宗数|条数|个数|期数|金额|数量|数)$")
_CLOSE = Decimal("0.2")
"""A bound is of a figure where it is no farther from it than this share of it."""
_LIKE = 0.4
"""A name is meant where so much of it stands before the number."""
_RATE = re.compile(
    rf"占[^，。；]{{0,16}}(?:比例|比重|比)?[^，。；]{{0,4}}?(超过|超|近|约|不足|不到)\s*({NUMBER})\s*[%％]"
)


@rule("amount_without_unit", "金额没有写元", "an amount of money without 元", "补上元或万元")
def without_yuan(text: Text) -> Iterator[Found]:
    """A number without 元 that the words beside it say is money (标准, 补贴, /人·月).

    Numbers with another unit (1.6倍, 每人每年2次) are left alone.
    """
    for at, one in text.prose:
        places: list[tuple[int, int]] = []
        for pattern in _WITHOUT:
            for found in pattern.finditer(one):
                if not any(found.start() < end and start < found.end() for start, end in places):
                    places.append(found.span())
        for start, end in sorted(places):
            yield Found(at, start, end, "数字后写元或万元", "元 or 万元 after the number")


@rule(
    "mixed_units",
    "计量单位与所计的对象不符",
    "a unit does not fit what is counted",
    "改用相符的单位，或改写所计的对象；户和人分别写",
)
def mixed(text: Text) -> Iterator[Found]:
    """Households in 人, persons in 户, bodies in 人 (`wording.toml`).

    Looked at is a number directly behind what it counts.
    """
    for unit in text.wording.units:
        pattern = re.compile(
            rf"(?:{unit.of.pattern})(?:\s|共|有|计|为|达|总数|合计)*{NUMBER}\s*(?:多|余)?\s*(?:{'|'.join(unit.wrong)})(?!次|月)"
        )
        for at, found in text.matches(pattern):
            yield Found(at, found.start(), found.end(), f"以{unit.right}计", f"in {unit.right}")


@rule(
    "bound_for_exact",
    "有确数而写约数、超过、以上",
    "a bound where the exact figure is known",
    "写确切的数值",
)
def bounds(text: Text) -> Iterator[Found]:
    """超过, 近, 约, 多, 余, 以上 with a number, where the exact one is known.

    That is a figure of that name and unit near it, or a share of which the text has both parts.
    What is asked for (不低于, 须) is no report.
    """
    for at in text.sentences:
        for found in _BOUND.finditer(at.text):
            written = _bound(found)
            if written is None:
                continue
            known = _meant(text, at, found, *written)
            if known is not None:
                place = at.start + found.start()
                said = f"{known.value}{known.unit}（{known.name}）"
                yield Found(at.paragraph, place, at.start + found.end(), said, said)
    yield from _rates(text)


def _bound(found: re.Match[str]) -> tuple[str, Decimal, str] | None:
    """Over, under or about; the number, money in 元; the unit. None where it is no bound."""
    if found["one"]:
        way = "over" if found["over"] else "under" if found["under"] else "about"
        inside = counts(found["one"]) or _percent(found["one"])
        return (way, inside[0].value, inside[0].unit) if inside else None
    if not (found["more"] or found["after"] or found["end"]):
        return None
    scale = {"万": 10_000, "亿": 100_000_000}.get(found["scale"], 1)
    unit = SAME.get(found["unit"], found["unit"]).replace("％", "%")
    way = "about" if found["end"] in {"左右", "上下"} else "over"
    return way, number(found["two"]) * scale, unit


def _percent(text: str) -> list[Count]:
    found = re.match(rf"({NUMBER})\s*[%％]", text)
    return [Count(0, found.end(), number(found[1]), "%", found[1], 1, rough=False)] if found else []


def _meant(
    text: Text, at: Span, found: re.Match[str], way: str, value: Decimal, unit: str
) -> Known | None:
    context = text.before(at)[-12:] + at.text[: found.start()]
    best: tuple[float, Known] | None = None
    for known in text.figures:
        scale = 10_000 if known.unit.startswith("万") else 1
        exact = Decimal(known.value) * scale
        of = known.unit.removeprefix("万")
        if SAME.get(of, of) != unit or not _fits(way, value, exact):
            continue
        name = _SUFFIX.sub("", known.name)
        share = shared(name, context + at.text[found.start() : found.end() + 8])
        if share >= _LIKE and (best is None or share > best[0]):
            best = share, known
    return best[1] if best else None


def _fits(way: str, bound: Decimal, exact: Decimal) -> bool:
    near = abs(exact - bound) <= _CLOSE * abs(exact)
    if way == "over":
        return near and exact >= bound
    return near and (way == "about" or exact <= bound)


def _rates(text: Text) -> Iterator[Found]:
    """A占B的比例超过76%, where the sentence has both numbers."""
    for at in text.sentences:
        found = _RATE.search(digits(at.text))
        if found is None:
            continue
        before = counts(at.text[: found.start()])
        pairs = (
            (small, large)
            for small in before
            for large in before
            if small.unit == large.unit and small.value < large.value
        )
        limit = number(found[2])
        for small, large in pairs:
            share = small.value / large.value * 100
            way = {"超": "over", "不": "under"}.get(found[1][0], "about")
            names = (_label(at.text, small), _label(at.text, large))
            if _fits(way, limit, share) and all(
                shared(n, found[0] + at.text) > _LIKE for n in names
            ):
                place = at.start + found.start(1)
                said = f"{share:.1f}%（{small.written}/{large.written}）"
                known = any(
                    k.unit == "%" and _fits(way, limit, Decimal(k.value)) for k in text.figures
                )
                if not known:
                    yield Found(at.paragraph, place, at.start + found.end(), said, said)
                break


def _label(text: str, count: Count) -> str:
    """The words before a number, up to the mark before them."""
    return re.split("[，。；、：,;:]", text[: count.start])[-1]
