"""Personal data: sealed under each person's own key, nowhere in clear, forgotten with the key."""

from __future__ import annotations

import json
from typing import Any

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag

from domain.assistance.benefits import CaseTakenOver, Member
from domain.children import Child
from domain.event import CardHolder, Payee, Person
from infra.settings import Settings
from ledger import keys
from ledger.intake import Intake, Record, Tally
from ledger.seal import Sealer, seal_person, unseal_person
from ledger.store import Ledger
from projections import tail
from projections.catalogue import READ_MODELS
from projections.read_model import SCHEMA
from tests.support.bureau import SAMPLE
from tests.support.engine import altered, ledger_dump, rows_at_head, take
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_household, a_payment, an_id

OFFICE, BANK = "social-assistance", "payouts"
CLEAR = {
    "name": "示例欧阳瑜",
    "id_number": an_id("19550607", 321),
    "account": "9999990000012345678",
    "address": "示例路99号7座",
    "phone": "10012345678",
}
SECOND = CLEAR | {"id_number": an_id("19560607", 322), "name": "示例司徒岚"}
MAY_HOLD_KEYS = {"sealed_part", "person_key"}


OURS = Sealer(Settings().secret, LEDGER)


def a_payee(clear: dict[str, str]) -> Payee:
    return Payee.model_validate({"id_kind": "resident-id", **clear})


def a_case(number: str = "DB-1") -> CaseTakenOver:
    members = (
        Member(person=a_payee(CLEAR), covered=True, head=True),
        Member(person=a_payee(SECOND), covered=False),
    )
    return a_household(number).model_copy(update={"members": members})


CASE = event(OFFICE, "c-1", a_case())


async def cells(connection: asyncpg.Connection) -> list[tuple[str, str, Any]]:
    """Every value of every column of every table of ours."""
    columns = await connection.fetch(
        "SELECT table_schema || '.' || table_name, column_name FROM information_schema.columns"
        f" WHERE table_schema IN ('ledger', '{SCHEMA}')"
    )
    found: list[tuple[str, str, Any]] = []
    for table, column in columns:
        rows = await connection.fetch(f'SELECT "{column}" FROM {table}')
        found += [(table, column, row[0]) for row in rows]
    return found


def as_bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


async def test_nothing_personal_stands_in_clear_in_any_column(
    connection: asyncpg.Connection,
) -> None:
    """Accepted, parked and refused events; labels and messages of quarantine, too."""
    bench = await Bench.open(connection)
    paid = a_payment("DB-9", 50_000, "2024-01").model_copy(update={"payee": a_payee(SECOND)})
    parked = event(BANK, "p-1", paid)
    wrong = json.loads(altered(CASE, id="c-2", subject="case/DB-2"))
    wrong["data"]["members"][0]["person"]["id_number"] = CLEAR["id_number"][:-1] + "0"
    wrong["data"]["members"][1]["person"]["phone"] = CLEAR["name"]
    refused = [
        json.dumps(wrong, ensure_ascii=False).encode(),
        altered(CASE, id=CLEAR["name"]),
        altered(CASE, None, **{CLEAR["name"]: "x"}),
        altered(CASE, {CLEAR["name"]: "x"}, id="c-4"),
        altered(CASE, type=CLEAR["name"]),
        CLEAR["name"].encode() + CASE,
    ]
    tally = await bench.take(CASE, parked, *refused)
    assert (tally.accepted, tally.parked, tally.quarantined) == (1, 1, 6)

    secrets = {value.encode() for value in (*CLEAR.values(), *SECOND.values())}
    secrets |= {json.dumps(value.decode()).strip('"').encode() for value in secrets}
    for table, column, value in await cells(connection):
        for secret in secrets:
            assert secret not in as_bytes(value), (table, column)


async def test_the_persons_key_gives_the_fields_back_as_received(
    connection: asyncpg.Connection,
) -> None:
    await take(connection, (await Bench.open(connection)).intake, CASE)
    rows = await connection.fetch(
        "SELECT ordinal, person, key, master, open, sealed FROM ledger.sealed_part"
        " JOIN ledger.person_key USING (ledger, person) JOIN ledger.entry USING (ledger, position)"
        " ORDER BY ordinal"
    )
    members = json.loads(CASE)["data"]["members"]
    keys_of = [keys.opened(OURS, LEDGER, row) for row in rows]
    opened = [
        json.loads(unseal_person(key, row["open"], row["sealed"]))
        for key, row in zip(keys_of, rows, strict=True)
    ]
    assert opened == [member["person"] for member in members]
    assert len(set(keys_of)) == 2
    left = json.loads(rows[0]["open"])["data"]["members"]
    assert [member["person"]["ref"] for member in left] == [row["person"] for row in rows]


async def test_an_altered_open_part_or_another_persons_key_opens_nothing(
    connection: asyncpg.Connection,
) -> None:
    await take(connection, (await Bench.open(connection)).intake, CASE)
    first, second = await connection.fetch(
        "SELECT person, key, master, open, sealed FROM ledger.sealed_part"
        " JOIN ledger.person_key USING (ledger, person) JOIN ledger.entry USING (ledger, position)"
        " ORDER BY ordinal"
    )
    firsts, seconds = (keys.opened(OURS, LEDGER, row) for row in (first, second))
    for key, open_part, sealed in (
        (firsts, first["open"].replace(b"rural", b"urban"), first["sealed"]),
        (seconds, first["open"], first["sealed"]),
        (firsts, first["open"], first["sealed"][:-1] + b"\x00"),
        (firsts, first["open"], second["sealed"]),
    ):
        with pytest.raises(InvalidTag):
            unseal_person(key, open_part, sealed)


async def test_deleting_a_key_forgets_the_person_and_changes_nothing_else(
    connection: asyncpg.Connection,
) -> None:
    """What comes later about that person is sealed under a new key; the old stays shut."""
    bench = await Bench.open(connection)
    await bench.take(CASE, event(BANK, "p-1", a_payment("DB-1", 50_000, "2024-01")))
    before = await ledger_dump(connection), await rows_at_head(connection)
    person, key = await connection.fetchrow(
        "SELECT person, key FROM ledger.person_key ORDER BY person LIMIT 1"
    )
    await connection.execute("DELETE FROM ledger.person_key WHERE person = $1", person)

    after = await ledger_dump(connection), await rows_at_head(connection)
    before[0]["person_key"] = [row for row in before[0]["person_key"] if row[1] != person]
    assert after == before
    await connection.execute(f"DELETE FROM {SCHEMA}.checkpoint")
    for model in READ_MODELS:
        await connection.execute(f"DELETE FROM {model.table}")
    await tail.catch_up(connection, LEDGER)
    assert await rows_at_head(connection) == before[1]

    fresh = (await Bench.open(connection)).intake
    assert await take(connection, fresh, CASE) == Tally(duplicate=1)
    await take(connection, fresh, event(OFFICE, "c-2", a_case("DB-2")))
    assert await connection.fetchval(
        "SELECT key FROM ledger.person_key WHERE person = $1", person
    ) not in (None, key)


async def test_a_person_has_one_key_whoever_writes_and_whenever(
    connection: asyncpg.Connection,
) -> None:
    first = (await Bench.open(connection)).intake
    await take(connection, first, CASE, event(OFFICE, "c-2", a_case("DB-2")))
    second = (await Bench.open(connection)).intake
    await take(connection, second, event(OFFICE, "c-3", a_case("DB-3")))
    assert await connection.fetchval("SELECT count(*) FROM ledger.person_key") == 2
    assert await connection.fetchval("SELECT count(*) FROM ledger.sealed_part") == 6


SEALER = Sealer(b"secret", LEDGER)


def test_a_person_is_the_same_in_every_programme_and_differs_by_kind_of_document() -> None:
    def ref(kind: str, number: str) -> str:
        person = Person.model_validate({"id_kind": kind, "id_number": number, "name": "示例"})
        return SEALER.person(person, "x/1#0")

    number = an_id("19550607", 321)
    assert ref("resident-id", number) == ref("resident-id", number)
    assert ref("passport", "E12345678") != ref("hk-macao-permit", "E12345678")
    assert ref("passport", "e12345678") == ref("passport", "E12345678")
    assert len(ref("resident-id", number)) == 32


def test_one_without_a_number_is_a_new_person_at_each_mention() -> None:
    nobody = Person(id_kind="none", name="示例", no_id_reason="弃婴, 身份不明")
    assert SEALER.person(nobody, "a/1#0") != SEALER.person(nobody, "a/1#1")
    assert SEALER.person(nobody, "a/1#0") == SEALER.person(nobody, "a/1#0")


def test_another_secret_gives_other_pseudonyms_and_digests() -> None:
    other = Sealer(b"another", LEDGER)
    assert other.pseudonym("resident-id", "1") != SEALER.pseudonym("resident-id", "1")
    assert other.digest(b"x") != SEALER.digest(b"x")
    with pytest.raises(InvalidTag):
        other.unbox(SEALER.box(b"x"))


def test_the_same_fields_never_seal_to_the_same_bytes() -> None:
    key = b"k" * 32
    assert seal_person(key, b"open", b"clear") != seal_person(key, b"open", b"clear")


def test_reading_and_splitting_leaves_what_was_read_as_it_was() -> None:
    """A batch that failed is taken again from the same items."""
    ledger = Ledger(LEDGER, "replay", sample=True, position=0, last_recorded_at=None)
    (item,) = Intake(ledger, b"secret")._read([Record(CASE, "test:0")], SAMPLE)
    assert item.received is not None
    first = SEALER.split(item.received, SAMPLE)
    assert SEALER.split(item.received, SAMPLE) == first
    assert item.received.json == json.loads(CASE)


@pytest.mark.parametrize("kind", [Payee, Child, CardHolder])
def test_the_open_part_says_nothing_of_a_person_but_pseudonyms_and_flags(
    kind: type[Person],
) -> None:
    number = an_id("20120301", 55)
    fields = {"id_kind": "resident-id", "id_number": number, "name": "示例"}
    if kind is CardHolder:
        fields["card_number"] = f"{number}41"
    if issubclass(kind, Payee):
        fields["account"] = CLEAR["account"]
    person = kind.model_validate(fields)
    opened = SEALER.open_person(person, "r" * 32, a_case(), SAMPLE)
    text = json.dumps(opened, ensure_ascii=False)
    assert not any(value in text for value in fields.values() if len(value) > 1)
    assert opened["ref"] == "r" * 32
    if "account" in fields:
        assert opened["account_ref"] == SEALER.pseudonym("account_ref", CLEAR["account"])
