"""What the website of the sample publishes: 工作动态 through the year, and the other columns.

The column holds what tells the readings apart: an item corrected, one withdrawn within the year,
one taken down and put up again, one withdrawn only after the report, one published first elsewhere.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from domain.calendar import is_working_day, roll_to_working_day
from domain.disclosure import (
    Column,
    ItemCorrected,
    ItemDrafted,
    ItemEvent,
    ItemPublished,
    ItemReviewed,
    ItemTakenOver,
    ItemWithdrawn,
    SecrecyReviewed,
    Topic,
)
from domain.identifiers import TOWNSHIPS
from sample.feed import Feed, Truth, dice

SOURCE = "website"
PUBLISHED_IN_COLUMN = 49
"""In 工作动态 within the year; one is withdrawn again, which leaves what the report counts."""
EARLIER = ((12, 8), (12, 19), (12, 27))
"""Items of 工作动态 of the December before."""
_WORDS: tuple[tuple[Topic, str], ...] = (
    ("social-assistance", "开展困难群众入户走访"),
    ("shuangbai", "双百社工入村服务"),
    ("social-assistance", "组织救助政策进村宣讲"),
    ("children", "关爱留守儿童活动"),
    ("elderly-care", "长者食堂走访检查"),
    ("shuangbai", "社工站督导交流"),
    ("social-assistance", "低保动态核查工作推进"),
    ("placenames", "街路巷命名现场踏勘"),
    ("marriage", "婚俗新风宣传"),
    ("organisations", "社会组织走访座谈"),
    ("rule-of-law", "民政法规学习宣传"),
)
_ELSEWHERE: tuple[tuple[Column, Topic, str, tuple[int, ...]], ...] = (
    ("funds", "social-assistance", "救助资金发放情况", tuple(range(1, 13))),
    ("notices", "organisations", "社会组织事项通告", (2, 5, 7, 11)),
    ("policies", "social-assistance", "保障标准文件", (3, 6)),
    ("policies", "placenames", "地名管理文件", (5,)),
    ("enforcement", "organisations", "双随机检查结果", (8, 9, 10)),
)


class _Column(NamedTuple):
    """The generator's own memory of 工作动态: when items went up, and which came down for good."""

    up: dict[str, date]
    down: set[str]


class _Website:
    """The website of the sample."""

    def __init__(self, feed: Feed, year: int) -> None:
        self.feed = feed
        self.year = year
        self.chance = dice("disclosure", year)
        self.column = _Column({}, set())
        self.sent: Counter[str] = Counter()

    def tell(self, step: str, event: ItemEvent) -> str:
        """Send a step; a step told twice of one item gets a number."""
        name = f"{event.item}-{step}"
        self.sent[name] += 1
        again = "" if self.sent[name] == 1 else f"-{self.sent[name]}"
        received = max(event.occurred_on(), date(self.year, 1, 1))
        return self.feed.send(SOURCE, name + again, event, received=received)

    def publish(self, item: str, column: Column, topic: Topic, title: str, on: date) -> None:
        """Draft, review, clear and publish an item."""
        drafted = on - timedelta(days=self.chance.randrange(2, 6))
        reviewed = on - timedelta(days=self.chance.randrange(2))
        author = self.chance.choice(("JB-01", "JB-02", "JB-03"))
        self.tell(
            "drafted", ItemDrafted(item=item, title=title, drafted_on=drafted, drafted_by=author)
        )
        self.tell(
            "reviewed",
            ItemReviewed(
                item=item,
                reviewed_on=reviewed,
                first_by="JB-04",
                second_by="SP-01",
                third_by="ZF-02",
            ),
        )
        self.tell(
            "cleared",
            SecrecyReviewed(
                item=item, reviewed_on=reviewed, reviewed_by="SP-02", may_be_published=True
            ),
        )
        self.show(item, column, topic, title, on)

    def show(self, item: str, column: Column, topic: Topic, title: str, on: date) -> str:
        """Put an item up in a column."""
        if column == "work-news":
            self.column.up.setdefault(item, on)
        return self.tell(
            f"published-{column}",
            ItemPublished(
                item=item,
                column=column,
                topic=topic,
                title=title,
                path=f"/xqmzj/{column}/{item}.html",
                published_on=on,
            ),
        )

    def withdraw(self, item: str, on: date, reason: str) -> None:
        self.tell("withdrawn", ItemWithdrawn(item=item, withdrawn_on=on, reason=reason))

    def days(self) -> list[date]:
        """When 工作动态 is updated: about once a week, on working days."""
        last, end = date(self.year - 1, *EARLIER[-1]), date(self.year, 12, 30)
        step = (end - last).days / (PUBLISHED_IN_COLUMN + 1)
        found = []
        for n in range(1, PUBLISHED_IN_COLUMN + 1):
            wished = last + timedelta(days=round(n * step) + self.chance.randrange(-2, 3))
            found.append(_nearest_working_day(wished))
        return sorted(found)


def _nearest_working_day(day: date) -> date:
    """Before a holiday rather than after it, so that the column does not fall asleep."""
    offsets = sorted(range(-9, 10), key=abs)
    return next(d for n in offsets if is_working_day(d := day + timedelta(days=n)))


def send(feed: Feed, year: int) -> Truth:
    """All that the website publishes in the sample."""
    site = _Website(feed, year)
    _before(site)
    _work_news(site)
    _elsewhere(site)
    return _truth(site)


def _before(site: _Website) -> None:
    """Items of the December before; one is taken down for a day and put up again."""
    start = date(site.year, 1, 1)
    for n, (month, day) in enumerate(EARLIER, 1):
        item = f"XX-{site.year - 1}-{n:03d}"
        on = date(site.year - 1, month, day)
        site.column.up[item] = on
        site.tell(
            "taken-over",
            ItemTakenOver(
                item=item,
                column="work-news",
                topic="social-assistance",
                title="岁末走访慰问困难群众",
                published_on=on,
                taken_over_on=start,
            ),
        )
    again = f"XX-{site.year - 1}-002"
    site.withdraw(again, date(site.year, 1, 9), "配图不清晰,更换后重新发布")
    site.show(
        again, "work-news", "social-assistance", "岁末走访慰问困难群众", date(site.year, 1, 10)
    )


def _work_news(site: _Website) -> None:
    """工作动态 through the year, with its mishaps."""
    towns = list(TOWNSHIPS.values())
    for n, on in enumerate(site.days(), 1):
        topic, words = _WORDS[n % len(_WORDS)]
        title = f"{site.chance.choice(towns)}{words}"
        item = f"XX-{site.year}-{n:03d}"
        if n == 21:
            site.publish(item, "notices", topic, title, on - timedelta(days=6))
            site.show(item, "work-news", topic, title, on)
        else:
            site.publish(item, "work-news", topic, title, on)
    corrected, withdrawn, later = (f"XX-{site.year}-{n:03d}" for n in (14, 30, 41))
    site.tell(
        "corrected",
        ItemCorrected(
            item=corrected,
            corrected_on=site.column.up[corrected] + timedelta(days=2),
            reason="单位名称有错字",
        ),
    )
    site.withdraw(
        withdrawn, site.column.up[withdrawn] + timedelta(days=9), "照片未作处理,保护未成年人隐私"
    )
    site.column.down.add(withdrawn)
    site.withdraw(later, date(site.year + 1, 2, 14), "活动信息与上级平台重复")
    site.column.down.add(later)
    site.feed.planted.append(
        {
            "what": "工作动态一条信息在报告发布后撤下",
            "known_since": f"{site.year + 1}-02-14",
            "figures": "F03",
        }
    )
    _mistaken(site)


def _mistaken(site: _Website) -> None:
    """The platform reported an item that never went up, and took the report back."""
    item, on = f"XX-{site.year}-900", date(site.year, 8, 20)
    event = ItemPublished(
        item=item, column="work-news", topic="other", title="测试稿件", published_on=on
    )
    name = site.feed.send(SOURCE, f"{item}-published", event)
    site.feed.send(
        SOURCE,
        f"{item}-published-revoked",
        event,
        received=on + timedelta(days=1),
        corrects=name,
        kind="revoked",
    )


def _elsewhere(site: _Website) -> None:
    """The other columns; they never count into 工作动态."""
    number = 0
    for column, topic, title, months in _ELSEWHERE:
        for month in months:
            number += 1
            on = roll_to_working_day(date(site.year, month, site.chance.randrange(8, 25)))
            site.publish(f"QT-{site.year}-{number:03d}", column, topic, title, on)
    on = date(site.year + 1, 1, 8)
    site.publish(f"XX-{site.year + 1}-001", "work-news", "shuangbai", "新年社工入户探访", on)


def _truth(site: _Website) -> Truth:
    """Items of the month that are still up at the end, and the longest wait for an update."""
    truth: Truth = {}
    for month in range(1, 13):
        first = date(site.year, month, 1)
        last = date(site.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        dates = sorted(on for on in site.column.up.values() if on <= last)
        waits = [b - a for a, b in pairwise(dates) if b >= first]
        waits.append(last - dates[-1])
        truth[f"{site.year}-{month:02d}"] = {
            "F02": max(waits).days,
            "F03": sum(
                first <= on <= last
                for item, on in site.column.up.items()
                if item not in site.column.down
            ),
        }
    return truth
