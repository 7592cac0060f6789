"""Old-age allowances of the sample year: a dozen persons of great age, and their money."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from domain import elderly as facts
from domain.assistance.payouts import PaymentSettled
from domain.bureau.programmes import Programme
from sample.days import MONTHS, label, working_day
from sample.feed import Feed, dice
from sample.office import Office, place
from sample.people import People
from sample.sender import Sender

PAY_WORKING_DAY = 10


class _Holder(NamedTuple):
    """Age as the year begins, month of birth, months from which and to which there is money."""

    age: int
    birth_month: int
    first: int = 0
    last: int = 12

    def age_in(self, month: int) -> int:
        """Completed years at the end of a month."""
        return self.age + (month >= self.birth_month)


HOLDERS = (
    *(_Holder(81 + n, 1 + n) for n in range(6)),
    _Holder(89, 6),  # turns 90 in June
    _Holder(93, 2),
    _Holder(96, 9, last=8),  # dies in August
    _Holder(101, 4),
    _Holder(79, 3, first=3),  # turns 80 in March
    _Holder(79, 10, first=10),
)


def send(feed: Feed, year: int) -> None:
    """Send cases and money of each allowance. No figure of the annual report."""
    for programme in feed.office.bureau.programmes.values():
        if programme.line == "elderly" and programme.pays == "graded":
            _send_programme(feed, year, programme)


def _send_programme(feed: Feed, year: int, programme: Programme) -> None:
    chance, homes = dice(f"{programme.code} sent", year), feed.office.villages
    people = People(chance, 8)
    sender = Sender(feed, "elderly", year, "{name}-{key}")
    payer = Sender(feed, "payouts", year, "{key}-{number:03d}")
    for number, holder in enumerate(HOLDERS, start=1):
        born = date(year - 1 - holder.age, holder.birth_month, 1)
        elder = facts.Elder(
            id_kind="resident-id",
            id_number=people.id_number(born, man=chance.random() < 0.5),
            name=people.name(),
            account=people.account(),
        )
        home = place(chance.choice(homes))
        key = f"{programme.code}-{number:04d}"
        _send_case(sender.about(key), programme, holder, elder, home)
        _pay(payer.about(key), programme, holder, home["township"])


def _level(programme: Programme, holder: _Holder, month: int) -> str:
    """By the age that is reached in the month."""
    age = holder.age_in(month)
    fits = (v for v in programme.levels if (v.ages[0] or 0) <= age <= (v.ages[1] or age))
    return next(fits, programme.levels[0]).code


def _send_case(
    case: Sender,
    programme: Programme,
    holder: _Holder,
    elder: facts.Elder,
    home: dict[str, str],
) -> None:
    year, first, prefix = case.year, holder.first, case.office.prefix
    granted = {
        "programme": programme.code,
        **home,
        "elder": elder,
        "level": _level(programme, holder, first),
        "first_month": label(year, first),
    }
    if first == 0:
        number, decided_on = f"{prefix}〔{year - 1}〕80号", date(year - 1, 11, 20)
        old = {"decision_number": number, "decided_on": decided_on}
        case.send(facts.AllowanceTakenOver, case.day(1, 1), "jg", **granted, **old)
    else:
        asked = {"programme": programme.code, **home, "elder": elder}
        applied_on, decided_on = working_day(year, first, 2), working_day(year, first, 6)
        case.send(facts.AllowanceApplied, applied_on, "sq", **asked)
        granted |= {
            "applied_on": applied_on,
            "decision_number": f"{prefix}〔{year}〕{80 + first}号",
        }
        case.send(facts.AllowanceApproved, decided_on, "sd", **granted)
    if granted["level"] != (level := _level(programme, holder, holder.last)):
        adjusted = {"level": level, "reason": "达到上一年龄段"}
        month = holder.birth_month
        on = working_day(year, month, 3)
        case.send(facts.AllowanceAdjusted, on, "tz", from_month=label(year, month), **adjusted)
    if holder.last < MONTHS[-1]:
        died_on = working_day(year, holder.last, 9)
        stopped = {"last_month": label(year, holder.last), "reason": "died", "died_on": died_on}
        on = working_day(year, holder.last + 1, 3)
        case.feed.ended_after_death(died_on, on, f"case/{case.key}")
        case.send(facts.AllowanceStopped, on, "tf", **stopped)


def _pay(case: Sender, programme: Programme, holder: _Holder, township: str) -> None:
    for month in range(max(holder.first, 1), holder.last + 1):
        case.send(
            PaymentSettled,
            working_day(case.year, month, PAY_WORKING_DAY),
            programme=programme.code,
            months=(label(case.year, month),),
            amount_fen=100 * _yuan(case.office, programme, _level(programme, holder, month)),
            township=township,
        )


def _yuan(office: Office, programme: Programme, level: str) -> int:
    kind = programme.follows(None, level)
    return office.amounts(kind or "")[1]
