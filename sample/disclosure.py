"""What the website of the sample publishes: 工作动态 through the year, and the other columns.

The column holds what tells the readings apart: an item corrected, one withdrawn within the year,
one taken down and put up again, one whose withdrawal was told late, one published first elsewhere.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from domain import disclosure as facts
from sample.days import MONTHS, first_day, is_working_day, roll_to_working_day
from sample.feed import Feed, dice
from sample.sender import Sender

PUBLISHED_IN_COLUMN = 49
"""In 工作动态 within the year; one is withdrawn again, which leaves what the report counts."""
EARLIER = ((12, 8), (12, 19), (12, 27))
"""Items of 工作动态 of the December before; the second is put up again in January."""
AFTER = ((1, 3), (1, 20), (1, 27), (2, 7), (2, 19), (3, 5), (3, 17))
"""Items of 工作动态 of the year after, with one of 8 January, until the record ends."""
FIRST_ELSEWHERE = 21
"""Place in the year of an item that stood among the notices first."""
CORRECTED, WITHDRAWN, WITHDRAWN_LATER = 14, 30, 41
SUBJECTS = (
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
ELSEWHERE: tuple[tuple[str, str, str, tuple[int, ...]], ...] = (
    ("funds", "social-assistance", "救助资金发放情况", tuple(range(1, 13))),
    ("notices", "organisations", "社会组织事项通告", (2, 5, 7, 11)),
    ("policies", "social-assistance", "保障标准文件", (3, 6)),
    ("policies", "placenames", "地名管理文件", (5,)),
    ("enforcement", "organisations", "双随机检查结果", (8, 9, 10)),
)
"""Column, topic, title, months."""
WINTER = {"topic": "social-assistance", "title": "岁末走访慰问困难群众"}


def send(feed: Feed, year: int) -> None:
    """All that the website publishes in the sample; counts F02 and F03."""
    site = _Website(feed, year)
    site.before()
    site.work_news()
    site.mistake()
    site.elsewhere()
    site.count()


class _Website:
    """The website; it remembers when items of 工作动态 went up, and which came down for good."""

    def __init__(self, feed: Feed, year: int) -> None:
        self.feed = feed
        self.year = year
        self.sender = Sender(feed, "website", year, "{key}-{name}")
        self.chance = dice("disclosure", year)
        self.up: dict[str, date] = {}
        self.down: dict[str, date] = {}

    def publish(self, item: str, column: str, topic: str, title: str, on: date) -> None:
        """Draft, review, clear and publish an item."""
        drafted = on - timedelta(days=self.chance.randrange(2, 6))
        reviewed = on - timedelta(days=self.chance.randrange(2))
        draft = {"title": title, "drafted_by": self.chance.choice(("JB-01", "JB-02", "JB-03"))}
        review = {"first_by": "JB-04", "second_by": "SP-01", "third_by": "ZF-02"}
        cleared = {"reviewed_by": "SP-02", "may_be_published": True}
        about = self.sender.about(item)
        about.send(facts.ItemDrafted, drafted, "drafted", **draft)
        about.send(facts.ItemReviewed, reviewed, "reviewed", **review)
        about.send(facts.SecrecyReviewed, reviewed, "cleared", **cleared)
        self.show(item, column, topic, title, on)

    def show(self, item: str, column: str, topic: str, title: str, on: date) -> None:
        """Put an item up in a column."""
        if column == "work-news":
            self.up.setdefault(item, on)
        shown = {"column": column, "topic": topic, "title": title}
        shown["path"] = f"{self.feed.office.word('website', '/mzj')}/{column}/{item}.html"
        self.sender.about(item).send(facts.ItemPublished, on, f"published-{column}", **shown)

    def withdraw(self, item: str, on: date, reason: str) -> None:
        self.sender.about(item).send(facts.ItemWithdrawn, on, "withdrawn", reason=reason)

    def before(self) -> None:
        """Items of the December before; one is taken down for a day and put up again."""
        for n, (month, day) in enumerate(EARLIER, 1):
            item, on = f"XX-{self.year - 1}-{n:03d}", date(self.year - 1, month, day)
            self.up[item] = on
            shown = {"column": "work-news", "published_on": on, **WINTER}
            taken_over = date(self.year, 1, 1)
            self.sender.about(item).send(facts.ItemTakenOver, taken_over, "taken-over", **shown)
        again = f"XX-{self.year - 1}-002"
        self.withdraw(again, date(self.year, 1, 9), "配图不清晰，更换后重新发布")
        self.show(again, "work-news", **WINTER, on=date(self.year, 1, 10))

    def days(self) -> list[date]:
        """When 工作动态 is updated: about once a week, on working days."""
        last, end = date(self.year - 1, *EARLIER[-1]), date(self.year, 12, 30)
        step = (end - last).days / (PUBLISHED_IN_COLUMN + 1)
        days = []
        for n in range(1, PUBLISHED_IN_COLUMN + 1):
            wished = last + timedelta(days=round(n * step) + self.chance.randrange(-2, 3))
            days.append(_nearest_working_day(wished))
        return sorted(days)

    def work_news(self) -> None:
        """工作动态 through the year, with its mishaps."""
        towns = list(self.feed.office.townships.values())
        for n, on in enumerate(self.days(), 1):
            topic, words = SUBJECTS[n % len(SUBJECTS)]
            title = f"{self.chance.choice(towns)}{words}"
            item = f"XX-{self.year}-{n:03d}"
            if n == FIRST_ELSEWHERE:
                self.publish(item, "notices", topic, title, on - timedelta(days=6))
                self.show(item, "work-news", topic, title, on)
            else:
                self.publish(item, "work-news", topic, title, on)
        corrected, withdrawn, later = (
            f"XX-{self.year}-{n:03d}" for n in (CORRECTED, WITHDRAWN, WITHDRAWN_LATER)
        )
        on = self.up[corrected] + timedelta(days=2)
        mended = self.sender.about(corrected)
        mended.send(facts.ItemCorrected, on, "corrected", reason="单位名称有错字")
        on = self.up[withdrawn] + timedelta(days=9)
        self.down[withdrawn] = on
        self.withdraw(withdrawn, on, "照片未作处理，保护未成年人隐私")
        known = date(self.year + 1, 2, 14)
        late = self.sender.about(later).arriving(known)
        on = date(self.year, 12, 30)
        late.send(facts.ItemWithdrawn, on, "withdrawn", reason="活动信息与上级平台重复")
        self.feed.plant("工作动态一条信息年末已撤下，次年二月才报送", known, "F03")
        self.feed.told_late(on, known, f"disclosure-item/{later}")
        self.down[later] = on

    def mistake(self) -> None:
        """The platform reported an item that never went up, and took the report back."""
        on, item = date(self.year, 8, 20), self.sender.about(f"XX-{self.year}-900")
        shown = {"column": "work-news", "topic": "other", "title": "测试稿件"}
        event = item.make(facts.ItemPublished, on, **shown)
        name = item.tell(event, "published")
        taken_back = item.arriving(on + timedelta(days=1))
        taken_back.tell(event, "published-revoked", corrects=name, kind="revoked")

    def elsewhere(self) -> None:
        """The other columns; they never count into 工作动态."""
        for column, topic, title, months in ELSEWHERE:
            for month in months:
                on = roll_to_working_day(date(self.year, month, self.chance.randrange(8, 25)))
                item = f"QT-{self.year}-{self.feed.number('items elsewhere'):03d}"
                self.publish(item, column, topic, title, on)
        on, item = date(self.year + 1, 1, 8), f"XX-{self.year + 1}-001"
        self.publish(item, "work-news", "shuangbai", "新年社工入户探访", on)
        for n, (month, day) in enumerate(AFTER, 2):
            topic, words = SUBJECTS[n % len(SUBJECTS)]
            on, item = date(self.year + 1, month, day), f"XX-{self.year + 1}-{n:03d}"
            self.publish(item, "work-news", topic, words, on)

    def count(self) -> None:
        """Items of the month that are still up at the end, and the longest wait for an update."""
        for month in MONTHS:
            first, end = first_day(self.year, month), first_day(self.year, month + 1)
            dates = sorted(on for on in self.up.values() if on < end)
            waits = [b - a for a, b in pairwise(dates) if b >= first]
            waits.append(end - timedelta(days=1) - dates[-1])
            self.feed.count("F02", first, max(waits).days)
            up = [on for item, on in self.up.items() if self.down.get(item, end) >= end]
            self.feed.count("F03", first, sum(first <= on < end for on in up))


def _nearest_working_day(day: date) -> date:
    """Before a holiday rather than after it, so that the column does not fall asleep."""
    offsets = sorted(range(-9, 10), key=abs)
    return next(d for n in offsets if is_working_day(d := day + timedelta(days=n)))
