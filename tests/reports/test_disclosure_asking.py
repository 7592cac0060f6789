"""Clocks over the read models: as the rules of audit judge, and by which entry it is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from domain.assistance.benefits import BenefitTerminated
from domain.event import Event
from domain.penalties.events import PenaltyPublished, PenaltyRevoked
from domain.placename import NameAnnounced
from projections.snapshot import snapshot
from reports import disclosure
from reports.disclosure import asking
from reports.disclosure.asking import Duty
from reports.moment import Moment
from rules.a27_published_late import RULE as A27
from rules.a43_naming import RULE as A43
from rules.a64_end_not_noticed import RULE as A64
from rules.rule import Rule
from tests.support.bureau import SAMPLE
from tests.support.enforcement import PERSON, a_body, a_decision, a_result, an_inspection, on
from tests.support.findings import findings
from tests.support.ledger import LEDGER, Bench, Correction
from tests.support.money import a_destitute_person, a_household
from tests.support.placename import a_proposal, an_approval
from tests.support.procedure import end_posted

ROWS = {
    "A27": ("inspection-results", "penalty-decisions"),
    "A43": ("naming-announcements",),
    "A64": ("tekun-ended",),
}
"""Rule → the rows of the catalogue that it judges."""
KEYS = {"A27": "published", "A43": "placename.announcement-days", "A64": "end "}
"""Rule → how the keys of its findings about publication begin."""


def published(case: str, day: str) -> PenaltyPublished:
    return PenaltyPublished(case_number=case, place="示例网站", published_on=on(day))


def announced(day: str) -> NameAnnounced:
    return NameAnnounced(place="R1", announced_on=on(day))


def ended(number: str) -> BenefitTerminated:
    return BenefitTerminated(
        case_number=number, last_month="2024-03", reason="other", decided_on=on("03-20")
    )


WARNING_ON_THE_SPOT = a_decision(
    "CF-9", procedure="simple", subject=None, person=PERSON.model_dump()
)
REVOKED = PenaltyRevoked(
    case_number="CF-1", how="revoked", authority="示例机关", revoked_on=on("10-12")
)


async def duties(bench: Bench, row: str, day: date, at: int | None = None) -> list[Duty]:
    """What a row's clocks say on a day, as known now or at a position."""
    position = (await bench.moment()).at if at is None else at
    moment = Moment(LEDGER, day, day, position)
    async with snapshot(bench.connection):
        return await asking.duties(bench.connection, disclosure.of(SAMPLE)[row], moment, SAMPLE)


@pytest.mark.parametrize(
    ("rule", "told", "days"),
    [
        (A27, (a_decision("CF-1"),), ("10-12", "10-13")),
        (A27, (a_decision("CF-1"), published("CF-1", "10-12")), ("10-12", "10-13")),
        (A27, (a_decision("CF-1"), published("CF-1", "10-14")), ("10-13", "10-14", "12-31")),
        (A27, (a_decision("CF-1"), REVOKED), ("10-12", "10-13")),
        (A27, (a_decision("CF-1"), REVOKED, published("CF-1", "10-20")), ("10-13", "10-20")),
        (A27, (WARNING_ON_THE_SPOT,), ("12-31",)),
        (A27, (an_inspection("JC-1"),), ("07-04", "07-05")),
        (A27, (an_inspection("JC-1"), a_result("JC-1", "07-05")), ("07-04", "07-05", "12-31")),
        (A27, (an_inspection("JC-1", mode="patrol"),), ("12-31",)),
        (A27, (an_inspection("JC-1", outcome="transferred"),), ("12-31",)),
        (A43, (a_proposal("示例路", "02-20"), an_approval("04-01")), ("04-16", "04-17")),
        (A43, (an_approval("04-01"), announced("04-16")), ("04-16", "04-17")),
        (A43, (an_approval("04-01"), announced("04-18")), ("04-17", "04-18")),
        (A64, (a_destitute_person("TK-1"), ended("TK-1")), ("04-03", "04-04")),
        (
            A64,
            (
                a_destitute_person("TK-1"),
                ended("TK-1"),
                end_posted("TK-1", "2024-04-08", "2024-04-15"),
            ),
            ("04-04", "04-08"),
        ),
        (
            A64,
            (
                a_destitute_person("TK-1"),
                ended("TK-1"),
                end_posted("TK-1", "2024-03-11", "2024-03-18"),
            ),
            ("04-04",),
        ),
        (A64, (a_household("DB-1"), ended("DB-1")), ("04-04",)),
    ],
)
async def test_the_clocks_find_late_what_the_rules_find(
    bench: Bench, rule: Rule, told: Sequence[Event], days: Sequence[str]
) -> None:
    """One is late on the desk on just the days on which the rule has a finding about it."""
    await bench.tell(a_body(), *told)
    found = [
        each for _, each in await findings(bench, rule) if each.key.startswith(KEYS[rule.code])
    ]

    for text in days:
        day = on(text)
        late = [
            duty
            for row in ROWS[rule.code]
            for duty in await duties(bench, row, day)
            if duty.standing.state in ("late", "done-late")
        ]
        standing = [
            each
            for each in found
            if each.valid_from <= day and (each.valid_to is None or day < each.valid_to)
        ]
        assert len(late) == len(standing), (text, late, standing)


async def test_a_publication_that_was_corrected_is_proved_by_the_correction(bench: Bench) -> None:
    """Told as of 10 October, then corrected to 14 October: now it is late, by the fourth entry."""
    first = published("CF-1", "10-10")
    await bench.tell(a_body(), a_decision("CF-1"), first)
    await bench.tell(Correction(published("CF-1", "10-14"), "changed", first), received=on("11-01"))
    (before,) = await duties(bench, "penalty-decisions", on("12-31"), 3)
    (after,) = await duties(bench, "penalty-decisions", on("12-31"))

    assert (before.standing.state, after.standing.state) == ("done", "done-late")
    assert before.told is not None
    assert after.told is not None
    assert after.started is not None
    assert (before.told.position, after.told.position, after.started.position) == (3, 4, 2)
    assert after.told.recorded_at.date() == on("11-01")


async def test_a_publication_that_was_taken_back_was_none(bench: Bench) -> None:
    first = published("CF-1", "10-10")
    await bench.tell(a_body(), a_decision("CF-1"), first, Correction(first, "revoked", first))
    (found,) = await duties(bench, "penalty-decisions", on("12-31"))

    assert (found.standing.state, found.done, found.told) == ("late", None, None)


async def test_facts_of_later_days_move_nothing(bench: Bench) -> None:
    """On 9 October three working days are left: 10, 11 and the Saturday 12, which is worked."""
    await bench.tell(a_body(), a_decision("CF-1"), published("CF-1", "10-10"))

    assert await duties(bench, "penalty-decisions", on("09-26")) == []
    (found,) = await duties(bench, "penalty-decisions", on("10-09"))
    assert (found.standing.state, found.standing.left, found.told) == ("due", 3, None)
