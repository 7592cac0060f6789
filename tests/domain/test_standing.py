"""The register narrows what the folder allows, cell by cell, and never widens it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from domain import envelope
from domain.envelope import Received
from domain.faults import REASONS
from domain.standing import ALL, CLASSES, Deed, Grant, Standing, Total, Wider
from domain.wanted import wanted
from tests.support.bureau import SAMPLE
from tests.support.history import BANK, OFFICE
from tests.support.ledger import event
from tests.support.money import TOWN, VILLAGE, a_household, a_payment

ELSEWHERE = next(code for code in SAMPLE.townships if code != TOWN)
DEED = Deed(7, datetime(2024, 5, 10, tzinfo=UTC), "李明", "示例")
PAID = "assistance.payment-settled"


def none_today(_scope: str) -> Total:
    return Total()


def received(source: str, fact: Any, **changes: Any) -> Received:
    """An event as the door lets it in."""
    return envelope.read(event(source, "e-1", fact, **changes), SAMPLE, replay=True)


def payment(fen: int = 50_000, **changes: Any) -> Received:
    return received(BANK, a_payment("DB-1", fen, "2024-01"), **changes)


def refused(grant: Grant, told: Received, today: Mapping[str, Total] | None = None) -> list[Any]:
    """Code and pointer of what a grant refuses."""
    so_far = today or {}
    return [
        (each.code, each.pointer)
        for each in grant.faults(told, lambda scope: so_far.get(scope, Total()))
    ]


# Source × class.


@pytest.mark.parametrize("source", SAMPLE.sources.values(), ids=lambda source: source.name)
def test_of_each_class_that_a_source_may_send_only_what_is_granted_is_left(source: Any) -> None:
    allowed = {name for name in CLASSES if source.may(f"{name}.v1")}
    assert allowed
    for part in [{name} for name in sorted(allowed)[:3]] + [set(sorted(allowed)[::2])]:
        grant = Grant(classes=frozenset(part))
        grant.require_within(source, SAMPLE)
        assert {name for name in CLASSES if grant.may(f"{name}.v1")} == part
    for line in source.lines:
        grant = Grant(lines=frozenset({line}))
        grant.require_within(source, SAMPLE)
        granted = {name for name in allowed if grant.may(f"{name}.v1")}
        assert granted == {name for name in allowed if name.startswith(f"{line}.")}


@pytest.mark.parametrize("source", SAMPLE.sources.values(), ids=lambda source: source.name)
def test_no_class_that_the_folder_refuses_can_be_granted(source: Any) -> None:
    for name in sorted(CLASSES):
        grant = Grant(classes=frozenset({name}))
        if source.may(f"{name}.v1"):
            grant.require_within(source, SAMPLE)
        else:
            with pytest.raises(Wider, match=name):
                grant.require_within(source, SAMPLE)


@pytest.mark.parametrize(
    ("grant", "named"),
    [
        (Grant(lines=frozenset({"assistance"})), "assistance"),
        (Grant(lines=frozenset({"marriage"})), "marriage"),
        (Grant(classes=frozenset({"assistance.application-received"})), "application-received"),
        (Grant(classes=frozenset({"assistance.nothing-known"})), "nothing-known"),
        (Grant(townships=frozenset({"110101001"})), "110101001"),
        (Grant(most_fen={"marriage": 1}), "marriage"),
        (Grant(classes=frozenset({PAID}), fen_a_day={"assistance.relief-paid": 1}), "relief-paid"),
    ],
)
def test_what_is_wider_than_the_folder_is_refused_by_name(grant: Grant, named: str) -> None:
    """The bank may send classes of assistance, and not the line; a limit must limit something."""
    with pytest.raises(Wider, match=named):
        grant.require_within(SAMPLE.sources[BANK], SAMPLE)


# Rights.


def test_a_grant_that_says_nothing_narrows_nothing() -> None:
    assert refused(Grant(), payment(10**13)) == []


@pytest.mark.parametrize(
    ("grant", "expected"),
    [
        (Grant(classes=frozenset({"assistance.relief-paid"})), ("unauthorised", "/type")),
        (Grant(classes=frozenset({PAID})), None),
        (Grant(townships=frozenset({ELSEWHERE})), ("division_not_granted", "/data/township")),
        (Grant(townships=frozenset({ELSEWHERE, TOWN})), None),
        (Grant(most_fen={ALL: 49_999}), ("over_ceiling", "/data/amount_fen")),
        (Grant(most_fen={"assistance": 49_999}), ("over_ceiling", "/data/amount_fen")),
        (Grant(most_fen={PAID: 49_999, "assistance": 10**9}), ("over_ceiling", "/data/amount_fen")),
        (Grant(most_fen={PAID: 50_000}), None),
        (Grant(most_fen={"assistance.relief-paid": 1}), None),
    ],
)
def test_a_payment_of_five_hundred_yuan(grant: Grant, expected: tuple[str, str] | None) -> None:
    assert refused(grant, payment(50_000)) == ([] if expected is None else [expected])


def test_of_a_case_each_sum_and_each_place_counts() -> None:
    told = received(OFFICE, a_household("DB-1", fen=60_000))
    grant = Grant(townships=frozenset({ELSEWHERE}), most_fen={ALL: 59_999})
    assert refused(grant, told) == [
        ("division_not_granted", "/data/township"),
        ("division_not_granted", "/data/village"),
        ("over_ceiling", "/data/monthly_amount_fen"),
        ("over_ceiling", "/data/standard_fen"),
    ]
    assert VILLAGE.startswith(TOWN)
    assert refused(Grant(townships=frozenset({TOWN})), told) == []


def test_a_day_is_full_at_its_limit_and_not_before() -> None:
    by_number, by_sum = Grant(events_a_day={PAID: 2}), Grant(fen_a_day={ALL: 100_000})
    assert refused(by_number, payment(), {PAID: Total(1, 0)}) == []
    assert refused(by_number, payment(), {PAID: Total(2, 0)}) == [("over_daily_limit", "/type")]
    assert refused(by_sum, payment(), {ALL: Total(1, 50_000)}) == []
    assert refused(by_sum, payment(), {ALL: Total(1, 50_001)}) == [
        ("over_daily_limit", "/data/amount_fen")
    ]


def test_to_take_back_a_sum_needs_no_room_under_a_ceiling() -> None:
    back = payment(corrects=f"{BANK}/e-0", kind="revoked")
    assert refused(Grant(most_fen={ALL: 1}, fen_a_day={ALL: 1}), back) == []
    assert refused(Grant(events_a_day={ALL: 0}), back) == [("over_daily_limit", "/type")]


# Standing.


@pytest.mark.parametrize(
    ("stands", "code", "active"),
    [
        (Standing(BANK), None, True),
        (Standing(BANK, registered=DEED, required=True), None, True),
        (Standing(BANK, required=True), "not_registered", False),
        (Standing(BANK, suspended=DEED), "source_suspended", False),
        (Standing(BANK, registered=DEED, suspended=DEED, required=True), "source_suspended", False),
        (Standing(BANK, listed=False), None, False),
    ],
)
def test_who_is_active(stands: Standing, code: str | None, *, active: bool) -> None:
    """Whom the folder has dropped is refused by the folder."""
    assert stands.active is active
    codes = [each.code for each in stands.faults(payment(), none_today)]
    assert codes == ([] if code is None else [code])


def test_what_is_expected_is_said_in_both_languages() -> None:
    grant = Grant(
        townships=frozenset({ELSEWHERE}),
        most_fen={ALL: 1, PAID: 2},
        events_a_day={ALL: 0, PAID: 0},
        fen_a_day={ALL: 1, PAID: 2},
    )
    for each in grant.faults(payment(), none_today):
        words = wanted(each.code, each.expected)
        assert words.zh != words.en
        assert each.code in REASONS
    assert (
        wanted("over_ceiling", f"at most 2 分 in one event of {PAID}").zh == f"{PAID} 每件至多 2 分"
    )
