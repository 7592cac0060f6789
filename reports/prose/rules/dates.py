"""Dates: days that no calendar has, days after the text's own, how far a report runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from domain.calendar import CalendarUnknown
from reports.prose.rule import Found, rule
from reports.prose.text import Text, day, digits

_DAY = re.compile(r"(?:([12][0-9]{3})\s*年\s*)?(?<![0-9])([0-9]{1,2})\s*月\s*([0-9]{1,2})\s*日")
_MONTH = re.compile(r"([12][0-9]{3})\s*年\s*([0-9]{1,2})\s*月(?!\s*[0-9]+\s*日)")
_LONE = re.compile(r"(?<![0-9.个年])(?:1[3-9]|[2-9][0-9])\s*月(?=份|底|初|末)")
_ISO = re.compile(r"(?<![0-9\-])([12][0-9]{3})-([0-9]{2})-([0-9]{2})(?![0-9\-])")
_CLOCK = re.compile(
    r"(?<![0-9:：])([0-9]{1,2})[:：]([0-9]{2})(?![0-9:：])(?=\s*(?:$|[至到，。；、）—～\-]|[前后]))"
)
_YEAR = re.compile(r"([12][0-9]{3})\s*年")
_PLANNED = re.compile(
    "将|拟|计划|预计|安排|定于|届时|力争|争取|下一步|施行|有效期|到期|截止|期限|之前|以前|底前|日前|请于|务必"
)
_FORWARD = re.compile(r"\s*(?:前|起|之前|以前|至|到|—|～|或)")
_PLANS = re.compile("通知|要点|计划|方案|安排|预案|公告|邀请|函$")
_WHOLE = re.compile(r"年度[^，。；]{0,20}报告|年[^，。；]{0,20}(?:工作)?(?:总结|情况|报告)$")
_PART = re.compile("半年|季度|[0-9一二三四五六七八九十]月")
_RUNS_TO = re.compile("截至|截止|统计(?:时点|期)|数据(?:时点|期)|至本年末|以12月31日为准")
_ACT = re.compile("颁证|颁发了?结婚证|(?:结婚|离婚|收养)登记|办理登记")
_CLOSED = re.compile("值班|放假|不办理|暂停|开放公告")
_LAST_HOUR, _LAST_MINUTE = 24, 59
_WORKDAYS = 5


@rule("date_impossible", "没有这一天", "there is no such day", "改正日期")
def impossible(text: Text) -> Iterator[Found]:
    """2月30日, 13月, 25:00.

    Without a year, 2月29日 is judged by the year before it in the paragraph, or that of the report.
    """
    for at, line in text.prose:
        one = digits(line)
        for found in _DAY.finditer(one):
            year, said = _year(text, one, found), (int(found[2]), int(found[3]))
            if day(year or 2000, *said) is None:
                yield Found(at, *found.span(), *_A_DAY)
        for pattern, is_there, expected in _OTHERS:
            for found in pattern.finditer(one):
                if not is_there(*map(int, found.groups())):
                    yield Found(at, *found.span(), *expected)


_A_DAY = ("日历上有的一天", "a day of the calendar")
_A_MONTH = ("1月至12月", "a month from 1 to 12")
_OTHERS: tuple[tuple[re.Pattern[str], Callable[..., bool], tuple[str, str]], ...] = (
    (_MONTH, lambda year, month: day(year, month, 1) is not None, _A_MONTH),
    (_LONE, lambda: False, _A_MONTH),
    (_ISO, lambda *parts: day(*parts) is not None, _A_DAY),
    (
        _CLOCK,
        lambda hour, minute: hour <= _LAST_HOUR and minute <= _LAST_MINUTE,
        ("0:00至24:00", "a time from 0:00 to 24:00"),
    ),
)
"""What is told in numbers, whether there is such a thing, and what is expected."""


def _year(text: Text, line: str, found: re.Match[str], ahead: int = 0) -> int | None:
    """The year a day is in: said with it, before it in the paragraph, or that of the report."""
    if found[1]:
        return int(found[1])
    before = _YEAR.findall(line[: ahead + found.start()])
    return int(before[-1]) if before else text.year


@rule(
    "date_after_report",
    "所述日期晚于文稿日期",
    "a day after the date of the text",
    "改正日期；是安排的，写明将于何时",
)
def later(text: Text) -> Iterator[Found]:
    """A day later than the text's own date that is told as past.

    Plans and notices, and what is said to come (将, 拟, …前), are left alone.
    """
    dated = text.dated
    if dated is None or _PLANS.search(text.title):
        return
    under = text.date_at
    for at in text.sentences:
        if under and at.paragraph == under[0]:
            continue
        for found in _DAY.finditer(digits(at.text)):
            year = _year(text, digits(text.before(at) + at.text), found, len(text.before(at)))
            said = year and day(year, int(found[2]), int(found[3]))
            if not said or said <= dated:
                continue
            behind = at.text[found.end() :]
            if (
                _PLANNED.search(at.text)
                or _FORWARD.match(behind)
                or _quoted(at.text, found.start())
            ):
                continue
            place = at.start + found.start()
            expected = f"不晚于{dated}的日期"
            yield Found(at.paragraph, place, at.start + found.end(), expected, f"at most {dated}")


def _quoted(text: str, at: int) -> bool:
    return text.rfind("《", 0, at) > text.rfind("》", 0, at)


@rule(
    "cut_off_missing",
    "全年报告的落款在年内，没有写数据截至何日",
    "a report of a whole year dated within it does not say how far its numbers run",
    "写明数据截至哪一天，或在年度结束后落款",
    weight="ask",
)
def cut_off(text: Text) -> Iterator[Found]:
    """A report of the year that is dated not after its end and nowhere says 截至."""
    under = text.date_at
    if under is None or text.year != under[1].year or _RUNS_TO.search("".join(text.paragraphs)):
        return
    title = text.title.split("\n")
    whole = any(_WHOLE.search(line) and not _PART.search(line) for line in title)
    if whole:
        at = under[0]
        yield Found(
            at, 0, len(text.paragraphs[at]), "写明数据截至的日期", "how far the numbers run"
        )


@rule(
    "act_on_a_day_off",
    "放假日办理登记、颁证",
    "a registration on a public holiday",
    "核对日期；当日确有办理的，写明开放公告",
    weight="ask",
)
def on_a_day_off(text: Text) -> Iterator[Found]:
    """登记 or 颁证 on a day off that is no weekend (`holidays.toml`)."""
    for at in text.sentences:
        if not _ACT.search(at.text) or _CLOSED.search(at.text):
            continue
        for found in _DAY.finditer(digits(at.text)):
            year = int(found[1]) if found[1] else text.year
            said = year and day(year, int(found[2]), int(found[3]))
            if any(found[0] in known.name for known in text.figures):
                continue  # it is counted, and answered for, where the figure comes from
            if said and said.isoweekday() <= _WORKDAYS and _off(text, said):
                place = at.start + found.start()
                yield Found(at.paragraph, place, at.start + found.end(), "工作日", "a working day")


def _off(text: Text, said: date) -> bool:
    try:
        return not text.calendar.is_working_day(said)
    except CalendarUnknown:
        return False
