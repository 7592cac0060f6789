"""A text as rules read it: paragraphs, sentences, the counts in them, and what is known beside it.

Nothing is changed on reading: places are those of the paragraphs that were given. Full-width digits
count as digits, commas within numbers are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from domain.calendar import Calendar
from domain.laws import Laws, numeral
from reports.prose.wording import Wording


class Known(NamedTuple):
    """An exact number that is known: of a figure, by its name."""

    name: str
    """As of the figure: 低保户数."""
    value: int | Decimal
    """As printed: money in its unit."""
    unit: str = ""
    id: str = ""


class Span(NamedTuple):
    """Characters of a paragraph."""

    paragraph: int
    start: int
    end: int
    text: str


class Count(NamedTuple):
    """A number with what it counts: 1435户, 1809.05万元. Money is in 元."""

    start: int
    """Within the text it was read from."""
    end: int
    value: Decimal
    unit: str
    written: str
    """The number as it stands."""
    scale: int
    """What one of it as written is worth: 10000 in 万元."""
    rough: bool
    """Whether it is said to be about so much."""


UNITS = (
    *(
        "元/人·月",
        "元",
        "户次",
        "户",
        "人次",
        "人",
        "名",
        "位",
        "对",
        "宗",
        "个",
        "家",
        "条",
        "件",
        "次",
    ),
    *(
        "期",
        "份",
        "本",
        "台",
        "处",
        "场",
        "项",
        "卷",
        "辆",
        "起",
        "例",
        "间",
        "张",
        "床",
        "所",
        "座",
        "岁",
    ),
)
"""What numbers of a report count. Days, months and years are no quantities here."""
SAME = {"名": "人", "位": "人"}
NUMBER = r"[0-9０-９](?:[0-9０-９,，]*[0-9０-９])?(?:[.．][0-9０-９]+)?"
_DIGITS = str.maketrans("０１２３４５６７８９．", "0123456789.")
_COUNT = re.compile(
    rf"(?<![第0-9０-９.．/／\-—~～A-Za-z])({NUMBER})\s*(?:多|余|几)?\s*(万|亿)?(?:多|余)?\s*"
    rf"({'|'.join(UNITS[1:])})(?!月|百分点|半月|星期|工作日|小时)(\s*/\s*(?:人|户)?[·.．]?月?)?"
)
_ROUGH = re.compile("多|余|几")
_ABOUT = re.compile("(?:约|近|超|超过|逾|不足|不到|突破|接近)\\s*$")
_SENTENCE = re.compile(r"[^。；;！!？?\n]+[。；;！!？?]*")
_CELLS = re.compile(r"\s*[\t|｜]\s*")
_DAY = re.compile(r"\s*([12][0-9]{3})\s*年\s*([0-9]{1,2})\s*月\s*([0-9]{1,2})\s*日\s*")
_OLD_DAY = re.compile(
    r"\s*([一二][〇○零Oo一二三四五六七八九]{3})\s*年\s*([一二三四五六七八九十]{1,3})\s*月\s*([一二三四五六七八九十]{1,3})\s*日\s*"
)
_OLD_YEAR = re.compile("([一二][〇○零Oo一二三四五六七八九]{3})\\s*年")
_OLD_DIGITS = str.maketrans("〇○零Oo一二三四五六七八九", "00000123456789")
_OF_YEAR = re.compile(r"([12][0-9]{3})\s*年(?!\s*[0-9]{1,2}\s*月|.{0,4}[上下]半年|.{0,3}季度)")
_SAID = re.compile("[。，；]")
_TELLS = re.compile("报告|总结|情况|汇报|要点|计划|通报|白皮书")
BREAKS = frozenset("，。；：！？\n") | frozenset(",;:")
"""Marks that part clauses."""
TITLE_LINES = 3
"""Among so many first paragraphs is the title: above it may stand who wrote it."""


def digits(text: str) -> str:
    """Full-width digits as digits, character for character."""
    return text.translate(_DIGITS)


def number(text: str) -> Decimal:
    """A number as it stands in a text."""
    return Decimal(digits(text).replace(",", "").replace("，", ""))


def counts(text: str) -> list[Count]:
    """All numbers with what they count, in order."""
    found = []
    for at in _COUNT.finditer(text):
        rough = bool(_ROUGH.search(at[0]) or _ABOUT.search(text[: at.start()]))
        scale = {"万": 10_000, "亿": 100_000_000}.get(at[2], 1)
        unit = SAME.get(at[3], at[3]) + ("/" if at[4] else "")
        found.append(Count(at.start(), at.end(), number(at[1]) * scale, unit, at[1], scale, rough))
    return found


def _dated(text: str) -> date | None:
    """The date that a paragraph is: 2024年12月31日, or the same in Chinese numerals."""
    found = _DAY.fullmatch(digits(text))
    if found:
        return day(*map(int, found.groups()))
    old = _OLD_DAY.fullmatch(text)
    if old is None:
        return None
    numbers = [_NUMERALS.get(part, 0) for part in old.groups()[1:]]
    return day(int(old[1].translate(_OLD_DIGITS)), *numbers)


def day(year: int, month: int, of_month: int) -> date | None:
    """A day; None where the calendar has none such."""
    try:
        return date(year, month, of_month)
    except ValueError:
        return None


@dataclass(frozen=True)
class Text:
    """A text, and what is known beside it."""

    paragraphs: tuple[str, ...]
    laws: Laws
    wording: Wording
    calendar: Calendar
    figures: tuple[Known, ...] = ()
    statements: tuple[str, ...] = ()
    given: date | None = None
    """The date it has, where it is known otherwise than from the text."""

    @cached_property
    def rows(self) -> dict[int, list[str]]:
        """Paragraphs that are rows of tables, with their cells."""
        return {
            at: _CELLS.split(one.strip().strip("|｜"))
            for at, one in enumerate(self.paragraphs)
            if "\t" in one.strip() or one.count("|") + one.count("｜") > 1
        }

    @cached_property
    def prose(self) -> list[tuple[int, str]]:
        """Paragraphs that are none."""
        return [(at, one) for at, one in enumerate(self.paragraphs) if at not in self.rows]

    @cached_property
    def sentences(self) -> list[Span]:
        """Parts of its prose that end with 。；！？."""
        return [
            Span(at, found.start(), found.end(), found[0])
            for at, one in self.prose
            for found in _SENTENCE.finditer(one)
        ]

    @cached_property
    def date_at(self) -> tuple[int, date] | None:
        """Where the date under it stands: the last paragraph that is a date and nothing else."""
        for at, one in reversed(self.prose):
            made = _dated(one)
            if made:
                return at, made
        return None

    @property
    def dated(self) -> date | None:
        """The date it has."""
        return self.given or (self.date_at[1] if self.date_at else None)

    @property
    def title(self) -> str:
        """What it is, by its first paragraphs."""
        lines = (one for _, one in self.prose[:TITLE_LINES])
        return "\n".join(one for one in lines if len(one) <= _LONGEST and not _SAID.search(one))

    @cached_property
    def year(self) -> int | None:
        """The year it tells of, by its title; else that of its date."""
        for told in self.title.split("\n"):
            line = _OLD_YEAR.sub(lambda old: f"{old[1].translate(_OLD_DIGITS)}年", told)
            found = _OF_YEAR.search(line)
            if found and _TELLS.search(line):
                return int(found[1])
        return self.dated.year if self.dated else None

    def before(self, at: Span) -> str:
        """The paragraph of a sentence, up to it."""
        return self.paragraphs[at.paragraph][: at.start]

    def matches(self, pattern: re.Pattern[str]) -> Iterator[tuple[int, re.Match[str]]]:
        """Where a pattern is found in its prose."""
        for at, one in self.prose:
            for found in pattern.finditer(one):
                yield at, found


_NUMERALS = {numeral(n): n for n in range(1, 32)}
_LONGEST = 60
"""Characters of a paragraph that may be a title."""


def read(text: str) -> list[str]:
    """The paragraphs of a text: one per line that is not blank."""
    return [line.rstrip("\r") for line in text.split("\n") if line.strip()]


def clause(text: str, at: int) -> tuple[int, str]:
    """Where the clause that a character stands in begins, and what it says up to there."""
    start = max((text.rfind(mark, 0, at) for mark in BREAKS), default=-1) + 1
    return start, text[start:at]


def shared(name: str, context: str) -> float:
    """How much of a name a text repeats: the share of its pairs of characters."""
    pairs = [name[at : at + 2] for at in range(len(name) - 1)] or [name]
    return sum(pair in context for pair in pairs) / len(pairs)


def joined(items: Sequence[str]) -> str:
    """甲、乙."""
    return "、".join(items)
