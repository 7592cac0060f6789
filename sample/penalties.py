"""Penalty cases of the sample year: two revocations with every step, one case without a penalty."""

from __future__ import annotations

from datetime import date, timedelta

from domain.inspection import CaseTransferred
from domain.penalties import events as facts
from sample.days import add_working_days, roll_to_working_day, workday
from sample.enforcement import inspect, platform
from sample.feed import Feed, dice, digest
from sample.organisations.bodies import ZOMBIES_REVOKED, Body, plan
from sample.people import People
from sample.sender import Sender

HANDLERS = ("ZF-03", "ZF-05")
PENALTIES = (
    (("registration-revoked", "illegal-gains-confiscated"), 120_000),
    (("registration-revoked",), 0),
)
"""Kinds and 分 of the decision on each revoked body."""
CAUSE = "连续两年未参加年度检查"


def send(feed: Feed, year: int) -> None:
    """Send the year's cases; counts F28, F30 and F31."""
    sender, bodies = platform(feed, year), plan(feed.office, year)
    for number, (code, day) in enumerate(ZOMBIES_REVOKED):
        decided = workday(year, *day)
        case, body = sender.about(f"{code}-{year}"), bodies.zombies_revoked[number]
        _prepare(case, body, decided, number)
        _decide(case, body, decided, number)
        for figure in ("F28", "F30", "F31"):
            feed.count(figure, decided)
    case = sender.about(f"CF-03-{year}")
    _open(case, bodies.zombies_rectified[0], workday(year, 4, 8), workday(year, 4, 15))
    _take_evidence(case, workday(year, 4, 24))
    reason = "违法行为轻微并及时改正"
    case.send(facts.PenaltyNotImposed, workday(year, 5, 20), reason=reason)
    _unregistered(sender.about(f"CF-04-{year}"), year)
    _on_the_spot(sender.about(f"CF-01-{year + 1}"), year + 1)


def _unregistered(case: Sender, year: int) -> None:
    """Something that called itself an association; it stopped, and nobody was punished."""
    party = {"unregistered_body": "示例民俗文化联谊会（未登记）"}
    found = {"origin": "complaint", "summary": "未经登记，擅自以社会团体名义开展活动"}
    case.send(facts.ClueRegistered, workday(year, 9, 3), **party, **found)
    who = {"handlers": HANDLERS, "approved_by": "SP-01"}
    case.send(facts.CaseFiled, workday(year, 9, 10), **party, **who)
    _take_evidence(case, workday(year, 9, 19))
    case.send(facts.PenaltyNotImposed, workday(year, 10, 15), reason="已自行解散，未造成危害后果")


def _on_the_spot(case: Sender, year: int) -> None:
    """A warning to a natural person, by the simple procedure, when the year is over."""
    chance = dice("penalties", year)
    case.send(
        facts.PenaltyDecided,
        workday(year, 1, 7),
        person=People(chance, 8).person(year, range(30, 60)).model_dump(),
        procedure="simple",
        decision_number=f"示例民当罚〔{year}〕1号",
        kinds=("warning",),
        legal_basis="示例管理规定 第八条",
        handlers=HANDLERS,
        licences_shown=True,
        handed_over=True,
    )


def _open(case: Sender, body: Body, registered: date, filed: date) -> None:
    clue = {"origin": "annual-check", "summary": CAUSE}
    case.send(facts.ClueRegistered, registered, subject=body.stream, **clue)
    who = {"handlers": HANDLERS, "approved_by": "SP-01"}
    case.send(facts.CaseFiled, filed, subject=body.stream, **who)


def _take_evidence(case: Sender, on: date, inspection: str | None = None) -> None:
    case.send(
        facts.EvidenceTaken,
        on,
        officers=HANDLERS,
        licences_shown=True,
        text_record=digest(f"{case.key} {on} 询问笔录"),
        recording=digest(f"{case.key} {on} 录像"),
        inspection_number=inspection,
    )


def _prepare(case: Sender, body: Body, decided: date, number: int) -> None:
    """The steps before the decision, counted back from it."""

    def before(days: int) -> date:
        return roll_to_working_day(decided - timedelta(days=days))

    _open(case, body, before(72), before(64))
    _take_evidence(case, before(56), _inspect(case, body, before(56)) if number == 0 else None)
    _take_evidence(case, before(48))
    if number == 0:
        case.send(facts.EvidencePreserved, before(48), items="会计账册 3 本")
        returned = add_working_days(before(48), 5)
        case.send(facts.PreservedEvidenceHandled, returned, how="returned")
    notice = {"hearing_offered": True, "receipt": digest(f"{case.key} 告知回证")}
    case.send(facts.PriorNoticeServed, before(22), **notice)
    case.send(facts.StatementHeard, before(18), waived=number == 1)
    review = {"reviewer": "FS-01", "opinion": digest(f"{case.key} 法制审核意见")}
    case.send(facts.LegalReviewPassed, before(8), legally_qualified=True, **review)


def _inspect(case: Sender, body: Body, on: date) -> str | None:
    """An inspection that ends in the penalty: until that is decided, it counts by itself."""
    inspection, _, _ = inspect(
        case,
        body.stream,
        on,
        "special",
        outcome="transferred",
        township=body.township,
        officers=HANDLERS,
        cause="年检线索核查",
    )
    inspection.send(CaseTransferred, on, penalty_case=case.key)
    for figure in ("F28", "F29", "F31"):
        case.feed.count(figure, on)
    return inspection.key


def _decide(case: Sender, body: Body, decided: date, number: int) -> None:
    """Decided; served on the third working day, published on the fifth."""
    kinds, amount_fen = PENALTIES[number]
    case.send(
        facts.PenaltyDecided,
        decided,
        subject=body.stream,
        township=body.township,
        decision_number=f"示例民罚决〔{case.year}〕{number + 1}号",
        kinds=kinds,
        amount_fen=amount_fen,
        listed_ground="major-rights",
        cause=CAUSE,
        legal_basis="社会团体登记管理条例 第三十条",
        handlers=HANDLERS,
        approved_by="ZF-01",
    )
    served = add_working_days(decided, 3)
    case.send(
        facts.PenaltyServed,
        served,
        method="in-person",
        receipt_number=f"示例民送证〔{case.year}〕{number + 1}号",
        receipt=digest(f"{case.key} 送达回证"),
    )
    case.send(facts.PenaltyPublished, add_working_days(decided, 5), place=case.office.site)
    if amount_fen:
        paid = {"amount_fen": amount_fen, "collected": "bank"}
        case.send(facts.FinePaid, add_working_days(served, 6), **paid)
    archive = digest(f"{case.key} 卷宗")
    case.send(facts.CaseClosed, add_working_days(served, 10), archive=archive)
