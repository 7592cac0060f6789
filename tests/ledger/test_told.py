"""What became of an event, asked by its name, by its place, and from any point on."""

from __future__ import annotations

from datetime import UTC, datetime

import asyncpg
import pytest

from domain.faults import IN_ENGLISH, REASONS
from ledger import told
from ledger.intake import Intake
from ledger.records import Record
from ledger.told import CursorWrong, Told
from rules.outcomes import document
from tests.support.engine import altered
from tests.support.history import BANK, OFFICE
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_household, a_payment

CASE = event(OFFICE, "c-1", a_household("DB-1", fen=50_000))
PAYMENT = event(BANK, "p-1", a_payment("DB-1", 50_000, "2024-01"))
TOO_LITTLE = event(BANK, "p-2", a_payment("DB-1", 49_999, "2024-02"))
TWICE_WRONG = altered(PAYMENT, {"amount_fen": "50000", "settled_on": "2024/2/5"}, id="p-3")
TOPIC = f"mingjian.intake.{BANK}"


@pytest.fixture
def intake(bench: Bench) -> Intake:
    return bench.intake


@pytest.fixture
def connection(bench: Bench) -> asyncpg.Connection:
    return bench.connection


async def take(intake: Intake, connection: asyncpg.Connection, *lines: bytes) -> None:
    await intake.take(connection, [Record(line, f"test:{n}") for n, line in enumerate(lines)])


async def by_topic(
    intake: Intake, connection: asyncpg.Connection, *lines: bytes, first: int = 0
) -> None:
    """As the bank's own topic brings them."""
    await intake.take(
        connection,
        [
            Record(line, f"{TOPIC}/0/{offset}", BANK, (TOPIC, 0))
            for offset, line in enumerate(lines, first)
        ],
    )


async def of(connection: asyncpg.Connection, event_id: str, source: str = BANK) -> Told:
    found = await told.outcome_of(connection, LEDGER, source, event_id)
    assert found is not None
    return found


def test_every_code_has_words_in_both_languages() -> None:
    assert IN_ENGLISH.keys() == REASONS.keys()


async def test_nothing_is_told_of_what_never_came(connection: asyncpg.Connection) -> None:
    assert await told.outcome_of(connection, LEDGER, BANK, "p-1") is None
    assert await told.outcome_at(connection, LEDGER, BANK, f"{TOPIC}/0/0") is None
    assert await told.outcomes_after(connection, LEDGER, BANK, None, 10) == ([], "0.1")


async def test_an_entry_says_its_position_and_on_which_law_its_warnings_rest(
    intake: Intake, connection: asyncpg.Connection
) -> None:
    await take(intake, connection, CASE, PAYMENT, TOO_LITTLE)
    said = document(await of(connection, "p-2"))

    assert (said["outcome"], said["position"], said["ledger"]) == ("accepted", 3, LEDGER)
    assert said["type"] == "cn.mingjian.assistance.payment-settled.v1"
    assert said["instance"] == "/sources/payouts/events/p-2"
    (warning,) = said["warnings"]
    assert (warning["code"], warning["rule"]) == ("amount-differs", "A01")
    assert warning["law"].startswith("《")
    assert "warnings" not in document(await of(connection, "p-1"))


async def test_what_waits_says_for_what_in_words_and_since_when(
    intake: Intake, connection: asyncpg.Connection
) -> None:
    await take(intake, connection, PAYMENT)
    said = document(await of(connection, "p-1"))

    assert (said["outcome"], said["reason"]) == ("parked", "stream:case/DB-1")
    waits = said["waits_for"]
    assert waits["what"] == "stream:case/DB-1"
    assert waits["since"] == said["recorded_at"] == "2024-01-08T18:00:00.000+08:00"
    assert "case/DB-1" in waits["zh"]
    assert "case/DB-1" in waits["en"]
    assert {"type": "cn.mingjian.assistance.case-taken-over.v1"}.items() <= next(
        each.items() for each in waits["brought_by"] if "case-taken-over" in each["type"]
    )
    await take(intake, connection, CASE)
    assert document(await of(connection, "p-1"))["position"] == 2


async def test_all_faults_are_told_later_as_they_were_told_then(
    intake: Intake, connection: asyncpg.Connection
) -> None:
    await by_topic(intake, connection, CASE[:0] + TWICE_WRONG)
    said = document(await of(connection, "p-3"), "https://mz.example.gov.cn")

    assert (said["outcome"], said["number"], said["offset"]) == ("quarantined", 1, "0/0")
    assert (said["reason"], said["pointer"]) == ("amount_not_integer", "/data/amount_fen")
    amount, day = said["faults"]
    assert (amount["received"], amount["meant"]) == ("50000", 50_000)
    assert (day["pointer"], day["received"]) == ("/data/settled_on", "2024/2/5")
    assert day["meant"] == "2024-02-05"
    assert day["expected"] == {"zh": "日期，写作 YYYY-MM-DD", "en": "a date, YYYY-MM-DD"}
    assert day["link"] == "https://mz.example.gov.cn/problems/malformed_value"
    assert day["message"]["zh"] == "字段值不符合合同"
    assert day["remedy"]["en"] == "see expected"
    assert said["mends"] == "payouts/p-3"


async def test_bytes_whose_id_nobody_can_read_are_found_by_their_offset(
    intake: Intake, connection: asyncpg.Connection
) -> None:
    await by_topic(intake, connection, b"\xff", b"\xff")
    found = await told.outcome_at(connection, LEDGER, BANK, f"{TOPIC}/0/0")
    assert found is not None
    said = document(found)
    assert (said["id"], said["source"], said["reason"]) == (None, BANK, "invalid_utf8")
    assert said["mends"] == f"{TOPIC}/0/0"
    assert await told.outcome_at(connection, LEDGER, OFFICE, f"{TOPIC}/0/0") is None

    again = await told.outcome_at(connection, LEDGER, BANK, f"{TOPIC}/0/1")
    assert again is not None
    first = document(again)["duplicate_of"]
    assert (first["outcome"], first["number"]) == ("quarantined", 1)


async def test_a_duplicate_names_what_had_come_before(
    intake: Intake, connection: asyncpg.Connection
) -> None:
    await take(intake, connection, CASE, PAYMENT, PAYMENT, PAYMENT)
    assert document(await of(connection, "p-1"))["duplicates"] == 2

    (item,) = (await intake.take(connection, [Record(PAYMENT, "test:9")])).items
    said = document(told.of_item(item, LEDGER, datetime(2024, 5, 1, tzinfo=UTC)))
    assert (said["outcome"], said["id"]) == ("duplicate", "p-1")
    assert said["duplicate_of"] == {"outcome": "accepted", "position": 2}


async def test_another_content_under_a_used_id_is_told_beside_the_entry(
    intake: Intake, connection: asyncpg.Connection
) -> None:
    await take(intake, connection, CASE, PAYMENT, altered(PAYMENT, {"amount_fen": 1}))
    said = document(await of(connection, "p-1"))
    assert said["position"] == 2
    (other,) = said["also"]
    assert (other["outcome"], other["reason"]) == ("quarantined", "id_conflict")


# From any point on.


async def heard(
    connection: asyncpg.Connection, cursor: str | None, most: int = 100, source: str = BANK
) -> tuple[list[tuple[str, str | None]], str]:
    found, after = await told.outcomes_after(connection, LEDGER, source, cursor, most)
    return [(each.outcome, each.id) for each in found], after


async def test_outcomes_are_read_on_from_any_point_in_the_order_of_the_record(
    intake: Intake, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parked, refused, then the case, which takes up what waited; then a mended event."""
    await take(intake, connection, PAYMENT, TWICE_WRONG)
    await take(intake, connection, CASE, TOO_LITTLE)
    await take(intake, connection, altered(TOO_LITTLE, {"months": ["2024-03"]}, id="p-3"))
    everything = [
        ("parked", "p-1"),
        ("quarantined", "p-3"),
        ("accepted", "p-1"),
        ("accepted", "p-2"),
        ("accepted", "p-3"),
        ("quarantined", "p-3"),
    ]
    assert await heard(connection, None) == (everything, "4.5")
    assert await heard(connection, "4.5") == ([], "4.5")
    assert await heard(connection, None, source=OFFICE) == ([("accepted", "c-1")], "4.5")

    for span in (1, 2, told.SPAN):
        monkeypatch.setattr(told, "SPAN", span)
        for most in (1, 2, 5):
            read: list[tuple[str, str | None]] = []
            cursor: str | None = None
            while True:
                part, cursor = await heard(connection, cursor, most)
                if not part:
                    break
                assert len(part) <= most
                read += part
            assert read == everything
    (*_, last), _ = await told.outcomes_after(connection, LEDGER, BANK, None, 100)
    assert document(last)["settled"] == {
        "how": "mended",
        "by": "payouts/p-3",
        "position": 4,
        "at": "2024-02-08T18:00:00.000+08:00",
    }


async def test_a_cursor_that_was_never_given_out_is_refused(
    connection: asyncpg.Connection,
) -> None:
    with pytest.raises(CursorWrong, match=r"0\.0"):
        await told.outcomes_after(connection, LEDGER, BANK, "yesterday", 1)
