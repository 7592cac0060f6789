"""Laws and regulations by date (法律版本): what was in force when, as data.

Events are judged by the text in force on their business date, so a law stands here once per
edition. `until` is the last day in force, None = still in force. `checked` says that the dates
were read in the law's own text; the others are from practice and must be verified before a rule
rests on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple


class Law(NamedTuple):
    """One edition of a law, regulation or document of general application."""

    title: str
    document: str
    """文号 or edition."""
    since: date
    until: date | None = None
    checked: bool = True
    note: str = ""


def _day(text: str) -> date:
    return date.fromisoformat(text)


LAWS: tuple[Law, ...] = (
    # General
    Law("中华人民共和国宪法", "2018修正", _day("2018-03-11")),
    Law("中华人民共和国民法典", "主席令45号", _day("2021-01-01")),
    Law("中华人民共和国行政处罚法", "2021修订", _day("2021-07-15")),
    Law("中华人民共和国行政许可法", "2019修正", _day("2019-04-23")),
    Law("中华人民共和国个人信息保护法", "主席令91号", _day("2021-11-01")),
    Law("政府信息公开条例", "国令711号", _day("2019-05-15")),
    Law("信访工作条例", "中共中央、国务院2022", _day("2022-05-01")),
    Law("关于严格规范涉企行政检查的意见", "国办发〔2024〕54号", _day("2025-01-03")),
    # Social assistance
    Law("社会救助暂行办法", "国令649号（2019修正）", _day("2019-03-02")),
    Law("最低生活保障审核确认办法", "民发〔2021〕57号", _day("2021-07-01"), checked=False),
    Law("特困人员认定办法", "民发〔2021〕43号", _day("2021-07-01"), checked=False),
    # Children
    Law("中华人民共和国未成年人保护法", "2020修订", _day("2021-06-01"), _day("2024-04-25")),
    Law("中华人民共和国未成年人保护法", "2024修正", _day("2024-04-26")),
    Law("未成年人网络保护条例", "国令766号", _day("2024-01-01")),
    # Charity and social organisations
    Law("中华人民共和国慈善法", "2016", _day("2016-09-01"), _day("2024-09-04")),
    Law("中华人民共和国慈善法", "2023修正", _day("2024-09-05")),
    Law("社会团体登记管理条例", "2016修订", _day("2016-02-06")),
    Law("民办非企业单位登记管理暂行条例", "国令251号", _day("1998-10-25")),
    Law("社会组织登记管理机关行政处罚程序规定", "民政部令68号", _day("2021-10-15")),
    Law("社会组织信用信息管理办法", "民政部令60号", _day("2018-01-24")),
    Law("社会组织抽查暂行办法", "民发〔2017〕45号", _day("2017-03-13")),
    # Marriage and adoption
    Law(
        "婚姻登记条例",
        "国令387号",
        _day("2003-10-01"),
        _day("2025-05-09"),
        note="国务院2024-12-06决定另有修改，施行日待核",
    ),
    Law("婚姻登记条例", "国令804号", _day("2025-05-10")),
    Law("关于贯彻落实民法典中有关婚姻登记规定的通知", "民发〔2020〕116号", _day("2021-01-01")),
    Law(
        "婚姻登记工作规范",
        "民发〔2015〕230号",
        _day("2016-02-01"),
        _day("2025-05-09"),
        checked=False,
    ),
    Law("婚姻登记工作规范", "民发〔2025〕23号", _day("2025-05-10"), checked=False),
    Law("中国公民收养子女登记办法", "2023修订", _day("2023-07-20")),
    # Place names and funerals
    Law("地名管理条例", "国令753号", _day("2022-05-01")),
    Law("地名管理条例实施办法", "民政部令71号", _day("2024-05-01")),
    Law("地名备案公告管理办法（试行）", "民政部2023", _day("2023-06-13"), checked=False),
    Law("殡葬管理条例", "2012修正", _day("2012-11-09"), _day("2026-03-29")),
    Law("殡葬管理条例", "2026修订", _day("2026-03-30")),
    # Elderly care
    Law("中华人民共和国老年人权益保障法", "2018修正", _day("2018-12-29")),
)

COUNTRY = "中华人民共和国"


def short(title: str) -> str:
    """A title as people say it, without the country's name."""
    return title.removeprefix(COUNTRY)


class Laws:
    """All editions that are known, in the order in which they were listed."""

    def __init__(self, editions: Iterable[Law]) -> None:
        self.all = tuple(editions)

    def editions(self, title: str) -> tuple[Law, ...]:
        """All known editions of a law, by its full or short title."""
        return tuple(law for law in self.all if short(law.title) == short(title))

    def in_force(self, title: str, on: date) -> Law | None:
        """The edition in force on a day."""
        standing = (
            law
            for law in self.editions(title)
            if law.since <= on and (law.until is None or on <= law.until)
        )
        return next(standing, None)

    def short_titles(self) -> Iterator[str]:
        """Each law once, by its short title, in the order of the list."""
        return iter(dict.fromkeys(short(law.title) for law in self.all))


_BUILT_IN = Laws(LAWS)
editions, in_force, short_titles = _BUILT_IN.editions, _BUILT_IN.in_force, _BUILT_IN.short_titles
