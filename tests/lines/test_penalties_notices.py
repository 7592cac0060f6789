"""What the public is told of penalties: on which days a decision is up, and when it must come down.

Working days by hand: 7 after Friday 2024-09-27 end on 10-12 (the holiday lasts to 10-07, 09-29 and
10-12 are worked), so 10-15 is two after that; 3 after Monday 2024-12-02 end on 12-05.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.event import Event, Person
from domain.penalties.events import (
    PenaltyDecided,
    PenaltyPublicationWithdrawn,
    PenaltyPublished,
    PenaltyRevoked,
    PenaltyVaried,
)
from projections.penalties.notices import notices, withdrawals
from tests.support.enforcement import BODY, PERSON, a_body, a_decision, on
from tests.support.ledger import Correction
from tests.support.rulebook import changed, given

CHILD = Person(id_kind="resident-id", id_number="445190200703150017", name="示例丙")
"""17 years old on 27 September 2024."""
NO_NUMBER = Person(id_kind="none", no_id_reason="示例", name="示例丁")


def decided(**more: Any) -> PenaltyDecided:
    return a_decision("CF-1", **{"cause": "未参加年度检查", **more})


def of(person: Person) -> dict[str, Any]:
    return {"subject": None, "person": person.model_dump()}


def published(day: str) -> PenaltyPublished:
    return PenaltyPublished(case_number="CF-1", place="示例网站", published_on=on(day))


def varied(day: str) -> PenaltyVaried:
    return PenaltyVaried(
        case_number="CF-1", kinds=("fine",), amount_fen=50_000, reason="示例", varied_on=on(day)
    )


def withdrawn(day: str, reason: str | None = "复议变更") -> PenaltyPublicationWithdrawn:
    return PenaltyPublicationWithdrawn(case_number="CF-1", reason=reason, withdrawn_on=on(day))


REVOKED = PenaltyRevoked(
    case_number="CF-1", how="held-unlawful", authority="示例法院", revoked_on=on("12-02")
)


def up(*told: Event | Correction) -> list[tuple[date, date | None]]:
    """From and until when a decision is up."""
    rows = given(a_body(), *told).rows(notices)
    return [(row.published_on, row.down_on) for row in rows]


def test_what_nobody_published_is_not_told() -> None:
    assert up(decided()) == []
    assert up(decided(), varied("10-10"), REVOKED) == []
    assert given(a_body(), decided(), REVOKED).rows(withdrawals) == []


def test_a_decision_is_told_as_it_was_made() -> None:
    (told,) = given(a_body(), decided(), published("10-12")).rows(notices)

    assert (told.party, told.subject, told.cause) == ("registered", BODY, "未参加年度检查")
    assert (told.legal_basis, told.kinds) == ("社会团体登记管理条例 第三十条", ["warning"])
    assert (told.decided_on, told.due_on, told.late) == (on("09-27"), on("10-12"), 0)
    assert not {"handlers", "approved_by", "case_number"} & set(notices.columns)


def test_what_is_late_is_late_by_working_days() -> None:
    """12 October is a Saturday that is worked; 14 and 15 are Monday and Tuesday."""
    for day, late in (("10-12", 0), ("10-13", 0), ("10-14", 1), ("10-15", 2)):
        (told,) = given(a_body(), decided(), published(day)).rows(notices)
        assert told.late == late, day
    (told,) = given(a_body(), decided(), published("2199-01-01")).rows(notices)
    assert told.late is None  # nobody knows the working days of that time


def test_of_a_person_nothing_is_told_that_they_can_be_known_by() -> None:
    book = given(decided(**of(PERSON)), published("10-11"))
    (told,) = book.rows(notices)

    assert (told.party, told.subject, told.body, told.cause) == ("person", None, None, None)
    pseudonym = book.open_text(decided(**of(PERSON))).split('"ref":"')[1][:32]
    assert pseudonym not in str(told)


@pytest.mark.parametrize("person", [CHILD, NO_NUMBER], ids=["a minor", "of unknown age"])
def test_of_who_is_not_known_to_be_of_age_nothing_is_told(person: Person) -> None:
    for step in ((), (REVOKED,), (varied("10-15"), withdrawn("10-16"))):
        book = given(decided(**of(person)), published("10-11"), *step)
        assert book.rows(notices) == []
        assert book.rows(withdrawals) == []


def test_of_age_is_who_has_their_eighteenth_birthday() -> None:
    """Born on 15 March 2007: the day before it, and on it."""
    for day, rows in (("2025-03-14", 0), ("2025-03-15", 1)):
        told = given(decided(day=day, **of(CHILD)), published("2025-03-20"))
        assert len(told.rows(notices)) == rows


def test_what_was_revoked_is_down_at_once_and_has_to_be_taken_down_in_three_days() -> None:
    book = given(a_body(), decided(), published("10-11"), REVOKED)
    assert [(n.published_on, n.down_on) for n in book.rows(notices)] == [(on("10-11"), on("12-02"))]
    (gone,) = book.rows(withdrawals)
    assert (gone.undone, gone.since, gone.due_on) == ("held-unlawful", on("12-02"), on("12-05"))
    assert (gone.withdrawn_on, gone.reason) == (None, None)

    book.tell(withdrawn("12-04", "法院确认违法"))
    (gone,) = book.rows(withdrawals)
    assert (gone.since, gone.withdrawn_on, gone.reason) == (
        on("12-02"),
        on("12-04"),
        "法院确认违法",
    )
    # What is void does not go up again.
    book.tell(published("12-20"))
    assert [n.down_on for n in book.rows(notices)] == [on("12-02")]


def test_what_was_varied_goes_up_again_as_varied() -> None:
    steps = (decided(), published("10-11"), varied("11-01"), withdrawn("11-04"), published("11-06"))
    first, second = given(a_body(), *steps).rows(notices)

    assert (first.kinds, first.published_on, first.down_on) == (
        ["warning"],
        on("10-11"),
        on("11-01"),
    )
    assert (second.kinds, second.amount_fen) == (["fine"], 50_000)
    assert (second.published_on, second.down_on, second.late) == (on("11-06"), None, None)


def test_what_was_varied_before_it_was_published_is_told_as_varied() -> None:
    (told,) = given(a_body(), decided(), varied("10-08"), published("10-11")).rows(notices)
    assert (told.kinds, told.due_on, told.late) == (["fine"], on("10-12"), 0)


def test_what_was_taken_down_only_is_down_and_says_so() -> None:
    book = given(a_body(), decided(), published("10-11"), withdrawn("11-04", None))
    assert [n.down_on for n in book.rows(notices)] == [on("11-04")]
    (gone,) = book.rows(withdrawals)
    assert (gone.undone, gone.since, gone.due_on) == ("taken-down", on("11-04"), None)
    # The next undoing finds nothing up; a second withdrawal has nothing to take down.
    book.tell(REVOKED)
    book.tell(withdrawn("12-04"))
    assert book.rows(withdrawals) == [gone]


def test_what_is_said_to_be_published_before_it_was_decided_is_up_from_the_decision_on() -> None:
    assert up(decided(), published("09-20")) == [(on("09-27"), None)]
    assert up(decided(), published("10-11"), published("10-14")) == [(on("10-11"), None)]


def test_a_party_that_was_mistaken_is_corrected() -> None:
    """What a person calls themself was told as a body: the row that named them ends."""
    wrong = decided(subject=None, unregistered_body="示例甲工作室")
    right = changed(wrong, by=decided(**of(PERSON)))
    (told,) = given(wrong, published("10-11"), right).rows(notices)
    assert (told.party, told.body) == ("person", None)
