"""The charity week of the sample: enterprises (invented), donations, turnout, and its summary."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from domain.money import FEN_PER_YUAN
from domain.outreach import charity as facts
from sample.feed import Feed, dice
from sample.sender import Sender

OPENS = (9, 2)
DAYS = 5
TAKING_PART = (
    ("enterprise", "企业", 236),
    ("organisation", "社会组织", 14),
    ("public-body", "单位", 9),
)
COMING_TWICE = 12
"""Enterprises that took part on two days."""
GIVING_GOODS, GIVING_MONEY = 96, 18
TEN_TIMES_TOO_HIGH = 40
"""The donation whose value first came ten times too high."""
VALUATION_BASES = ("invoice", "invoice", "market-price", "appraisal")
PLACES = ((None, "示例广场东"), (None, "示例广场西"))
"""Beside the townships."""
STATED = {
    "enterprises_stated": "200多家",
    "participations_stated": "2.5万人次",
    "goods_stated": "1500多万元",
}


def send_week(feed: Feed, year: int) -> None:
    """Send the charity week of a year; counts F53, F54 and F55."""
    drive, chance = f"CSXCZ-{year}", dice("charity", year)
    week = Sender(feed, "office", year, "{key}-{name}").about(drive)
    opens = week.day(*OPENS)
    drive_of = {"programme": "charity-week", "title": "慈善宣传周"}
    closes = opens + timedelta(days=DAYS - 1)
    week.send(facts.DriveOpened, opens, "opened", closes_on=closes, **drive_of)
    _join(week, chance)
    _donate(week, chance)
    _count_turnout(week, chance)
    week.send(facts.DriveReported, week.day(9, 27), "reported", **STATED)
    feed.count("F53", opens, TAKING_PART[0][2])


def _join(week: Sender, chance: Random) -> None:
    """Who takes part; some on two days."""
    for kind, title, count in TAKING_PART:
        for n in range(1, count + 1):
            code, first = f"{kind}-{n:03d}", chance.randrange(DAYS)
            twice = kind == "enterprise" and n <= COMING_TWICE
            days = (first, (first + 1) % DAYS) if twice else (first,)
            who = {"participant": code, "name": f"示例{title}{n:03d}", "kind": kind}
            for number, day in enumerate(sorted(days), 1):
                on = week.day(*OPENS) + timedelta(days=day)
                week.send(facts.ParticipantJoined, on, f"{code}-joined-{number}", **who)


def _donate(week: Sender, chance: Random) -> None:
    """Goods at stated value in whole 元, and money."""
    for n in range(1, GIVING_GOODS + GIVING_MONEY + 1):
        goods, name = n <= GIVING_GOODS, f"donation-{n:03d}"
        fen = chance.randrange(200, 2_720) * 100 * FEN_PER_YUAN
        fields = {
            "donation": f"JZ-{n:03d}",
            "participant": f"enterprise-{n:03d}",
            "form": "goods" if goods else "money",
            "valuation": chance.choice(VALUATION_BASES) if goods else None,
            "recipient": "示例慈善会",
        }
        on = week.day(*OPENS) + timedelta(days=chance.randrange(DAYS))
        donation = week.make(facts.DonationRecorded, on, value_fen=fen, **fields)
        if goods:
            week.feed.count("F55", on, fen)
        if n == TEN_TIMES_TOO_HIGH:
            wrong = week.tell(donation.model_copy(update={"value_fen": fen * 10}), name)
            right = week.arriving(on + timedelta(days=3))
            right.tell(donation, f"{name}-corrected", corrects=wrong, kind="changed")
        else:
            week.tell(donation, name)


def _count_turnout(week: Sender, chance: Random) -> None:
    """人次 by place and day: every township, and two squares."""
    for day in range(DAYS):
        on = week.day(*OPENS) + timedelta(days=day)
        for number, (township, place) in enumerate((*week.office.townships.items(), *PLACES), 1):
            came = chance.randrange(330, 586)
            week.feed.count("F54", on, came)
            where = {"place": place, "township": township, "participations": came}
            week.send(facts.TurnoutCounted, on, f"turnout-{day + 1}-{number:02d}", **where)
