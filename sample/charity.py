"""The charity week of the sample: enterprises (invented), donations, turnout, and its summary."""

from __future__ import annotations

from datetime import date, timedelta

from domain.identifiers import TOWNSHIPS
from domain.money import FEN_PER_YUAN
from domain.outreach.charity import (
    DonationForm,
    DonationRecorded,
    DriveEvent,
    DriveOpened,
    DriveReported,
    ParticipantJoined,
    ParticipantKind,
    TurnoutCounted,
    ValuationBasis,
)
from sample.feed import Feed, Truth, dice

SOURCE = "office"
DAYS = 5
TAKING_PART: tuple[tuple[ParticipantKind, str, int], ...] = (
    ("enterprise", "企业", 236),
    ("organisation", "社会组织", 14),
    ("public-body", "单位", 9),
)
COMING_TWICE = 12
"""Enterprises that took part on two days."""
GIVING_GOODS, GIVING_MONEY = 96, 18
RECIPIENT = "示例慈善会"
MONTH = 9


class _Week:
    """The week, and the generator's own sums."""

    def __init__(self, feed: Feed, year: int) -> None:
        self.feed = feed
        self.drive = f"CSXCZ-{year}"
        self.opens = date(year, MONTH, 2)
        self.chance = dice("charity", year)
        self.people = 0
        self.goods_fen = 0

    def tell(self, event_id: str, event: DriveEvent) -> str:
        return self.feed.send(SOURCE, f"{self.drive}-{event_id}", event)

    def a_day(self) -> date:
        return self.opens + timedelta(days=self.chance.randrange(DAYS))

    def joins(self) -> None:
        """Who takes part; some on two days."""
        for kind, name, count in TAKING_PART:
            for n in range(1, count + 1):
                code = f"{kind}-{n:03d}"
                first = self.chance.randrange(DAYS)
                twice = kind == "enterprise" and n <= COMING_TWICE
                days = (first, (first + 1) % DAYS) if twice else (first,)
                for number, offset in enumerate(sorted(days), 1):
                    event = ParticipantJoined(
                        drive=self.drive,
                        participant=code,
                        name=f"示例{name}{n:03d}",
                        kind=kind,
                        joined_on=self.opens + timedelta(days=offset),
                    )
                    self.tell(f"{code}-joined-{number}", event)

    def donations(self) -> None:
        """Goods at stated value in whole 元, and money; one value first came ten times too high."""
        for n in range(1, GIVING_GOODS + GIVING_MONEY + 1):
            goods = n <= GIVING_GOODS
            yuan = self.chance.randrange(200, 2_720) * 100
            donation = self._donation(n, "goods" if goods else "money", yuan * FEN_PER_YUAN)
            name = f"donation-{n:03d}"
            if goods:
                self.goods_fen += donation.value_fen
            if n == 40:
                slip = donation.model_copy(update={"value_fen": donation.value_fen * 10})
                wrong = self.tell(name, slip)
                self.feed.send(
                    SOURCE,
                    f"{self.drive}-{name}-corrected",
                    donation,
                    received=donation.donated_on + timedelta(days=3),
                    corrects=wrong,
                    kind="changed",
                )
            else:
                self.tell(name, donation)

    def _donation(self, n: int, form: DonationForm, fen: int) -> DonationRecorded:
        bases: tuple[ValuationBasis, ...] = ("invoice", "invoice", "market-price", "appraisal")
        return DonationRecorded(
            drive=self.drive,
            donation=f"JZ-{n:03d}",
            participant=f"enterprise-{n:03d}",
            form=form,
            value_fen=fen,
            valuation=self.chance.choice(bases) if form == "goods" else None,
            recipient=RECIPIENT,
            donated_on=self.a_day(),
        )

    def turnout(self) -> None:
        """人次 by place and day: every township, and two squares."""
        places = [*TOWNSHIPS.items(), (None, "示例广场东"), (None, "示例广场西")]
        for offset in range(DAYS):
            for number, (township, place) in enumerate(places, 1):
                count = self.chance.randrange(330, 586)
                self.people += count
                event = TurnoutCounted(
                    drive=self.drive,
                    place=place,
                    township=township,
                    participations=count,
                    counted_on=self.opens + timedelta(days=offset),
                )
                self.tell(f"turnout-{offset + 1}-{number:02d}", event)


def send(feed: Feed, year: int) -> Truth:
    """The charity week of a year."""
    week = _Week(feed, year)
    week.tell(
        "opened",
        DriveOpened(
            drive=week.drive,
            programme="charity-week",
            title="慈善宣传周",
            opens_on=week.opens,
            closes_on=week.opens + timedelta(days=DAYS - 1),
        ),
    )
    week.joins()
    week.donations()
    week.turnout()
    week.tell(
        "reported",
        DriveReported(
            drive=week.drive,
            enterprises_stated="200多家",
            participations_stated="2.5万人次",
            goods_stated="1500多万元",
            reported_on=date(year, MONTH, 27),
        ),
    )
    enterprises = TAKING_PART[0][2]
    return {
        f"{year}-{month:02d}": {
            "F53": enterprises if month == MONTH else 0,
            "F54": week.people if month == MONTH else 0,
            "F55": week.goods_fen if month == MONTH else 0,
        }
        for month in range(1, 13)
    }
