"""Social organisations: days of decisions and ends, capital, heads, zombies, the count."""

from __future__ import annotations

from datetime import date

import pytest

from domain.event import Event
from domain.organisations.events import (
    EstablishmentAccepted,
    EstablishmentApplied,
    EstablishmentRefused,
    RegisteredItemChanged,
    RegistrationRevoked,
)
from rules.a44_organisations import RULE
from tests.lines.test_organisations import (
    counted,
    deregistered,
    disposed,
    identified,
    liquidated,
)
from tests.support.enforcement import ASSOCIATION, OTHER, PRIVATE, SECOND, a_body, established, on
from tests.support.findings import Seen, findings, seen
from tests.support.ledger import Bench

BODY, APPLICATION = f"organisation/{ASSOCIATION}", "organisation-application/SQ-1"


# Decisions


@pytest.mark.parametrize(("accepted", "late"), [("03-21", False), ("03-20", True)])
async def test_a_decision_is_made_within_sixty_days(
    bench: Bench, accepted: str, *, late: bool
) -> None:
    """Decided on 20 May: the 60th day after 21 March."""
    await bench.tell(established(ASSOCIATION, "05-20", accepted_on=on(accepted)))

    expected = [Seen(BODY, "decided", on("05-20"))]
    assert await seen(bench, RULE) == (expected if late else [])


APPLIED: tuple[Event, ...] = (
    EstablishmentApplied(
        application_number="SQ-1", kind="association", name="示例协会", applied_on=on("03-01")
    ),
    EstablishmentAccepted(application_number="SQ-1", accepted_on=on("03-21")),
)


async def test_a_decision_that_was_never_made_is_missing_from_the_day_after(bench: Bench) -> None:
    await bench.tell(*APPLIED)
    assert await seen(bench, RULE) == [Seen(APPLICATION, "decided", on("05-21"))]

    decision = established(ASSOCIATION, "05-20", application_number="SQ-1")
    await bench.tell(decision.model_copy(update={"accepted_on": on("03-21")}))
    assert await seen(bench, RULE) == []


async def test_a_refusal_is_a_decision_too(bench: Bench) -> None:
    refused = EstablishmentRefused(application_number="SQ-1", reason="示例", decided_on=on("05-22"))
    await bench.tell(*APPLIED, refused)

    assert await seen(bench, RULE) == [
        Seen(APPLICATION, "decided", on("05-21"), on("05-22")),
        Seen(APPLICATION, "decided", on("05-22")),
    ]


# Ends


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("06-24", []),
        ("06-25", [Seen(BODY, "deregistered", on("06-25"))]),
    ],
)
async def test_a_body_is_deregistered_fifteen_days_after_its_liquidation(
    bench: Bench, day: str, expected: list[Seen]
) -> None:
    """Liquidated 9 June."""
    await bench.tell(a_body(), liquidated(ASSOCIATION), deregistered(ASSOCIATION, day))

    assert await seen(bench, RULE) == expected


async def test_a_body_that_was_liquidated_and_stays(bench: Bench) -> None:
    await bench.tell(a_body(), liquidated(ASSOCIATION))

    assert await seen(bench, RULE) == [Seen(BODY, "deregistered", on("06-25"))]


@pytest.mark.parametrize("way", ["revoked", "certificate-revoked", "deregistered"])
async def test_a_zombie_that_was_cleared_is_off_the_register(bench: Bench, way: str) -> None:
    cleared = disposed(ASSOCIATION, way, "09-03")
    await bench.tell(a_body(), identified(ASSOCIATION), cleared)
    assert await seen(bench, RULE) == [Seen(BODY, "cleared 2024-09-03", on("09-03"))]

    ended = RegistrationRevoked(uscc=ASSOCIATION, penalty_case="CF-1", revoked_on=on("09-03"))
    await bench.tell(ended)
    assert await seen(bench, RULE) == []


async def test_a_zombie_told_to_rectify_stays(bench: Bench) -> None:
    order = disposed(ASSOCIATION, "rectification", "09-03", rectify_by=on("12-01"))
    await bench.tell(a_body(), identified(ASSOCIATION), order)

    assert await seen(bench, RULE) == []


# Capital and heads


@pytest.mark.parametrize(
    ("uscc", "fen", "lawful"),
    [
        (ASSOCIATION, 3_000_000, True),
        (ASSOCIATION, 2_999_999, False),
        (PRIVATE, 0, True),
    ],
)
async def test_an_association_has_thirty_thousand_yuan(
    bench: Bench, uscc: str, fen: int, *, lawful: bool
) -> None:
    await bench.tell(established(uscc, "05-20", capital_fen=fen))

    assert (await seen(bench, RULE) == []) is lawful


async def test_nobody_heads_two_associations(bench: Bench) -> None:
    await bench.tell(a_body(), established(SECOND, "05-20"))
    ((_, one),) = await findings(bench, RULE)
    assert (one.valid_from, one.valid_to) == (on("05-20"), None)

    change = RegisteredItemChanged(
        uscc=ASSOCIATION,
        item="legal-representative",
        legal_representative=OTHER,
        decision_number="示例民社〔2024〕3号",
        decided_on=on("07-01"),
    )
    await bench.tell(change)
    ((_, one),) = await findings(bench, RULE)
    assert (one.valid_from, one.valid_to) == (on("05-20"), on("07-01"))


async def test_one_may_head_an_association_and_another_kind_of_body(bench: Bench) -> None:
    await bench.tell(a_body(), established(PRIVATE, "05-20"))

    assert await seen(bench, RULE) == []


# The count


async def test_the_register_comes_to_what_was_counted(bench: Bench) -> None:
    await bench.tell(
        a_body(),
        a_body(SECOND, legal_representative=OTHER),
        counted("01-31", 2),
        liquidated(ASSOCIATION),
        deregistered(ASSOCIATION),
        counted("06-30", 1),
    )
    assert await seen(bench, RULE) == []

    await bench.tell(counted("07-31", 2))
    ((_, one),) = await findings(bench, RULE)
    assert (one.what, one.valid_from) == ("登记册应有1个，清点为2个", date(2024, 7, 31))
