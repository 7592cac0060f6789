"""What restrains data of a person is believed for its mac, and is where the person is told of."""

from __future__ import annotations

import asyncpg
import pytest

from ledger import forgetting, journal, restraints, restricted, rostered
from ledger.restraints import KINDS, PERSON, CannotRestrain
from ledger.restricted import About
from ledger.store import LedgerAltered
from tests.support.ledger import LEDGER, Bench
from tests.support.persons import (
    BANK,
    OFFICE,
    REF,
    SEALER,
    a_case_told,
    a_payment_told,
    an_end_told,
)

SAID = journal.said("示例甲", "本人申请，保管期限未满")
LONG_AGO = (a_case_told("DB-1"), a_payment_told("DB-1", "1990-02"), an_end_told("DB-1"))
SUBJECT = f"{PERSON}{REF}"


async def forge(connection: asyncpg.Connection, kind: str, subject: str) -> None:
    """A record of the journal as who can only write to the database writes it."""
    await connection.execute(
        "INSERT INTO ledger.journal (ledger, number, recorded_at, position, kind, subject, by, why,"
        " detail, mac) SELECT ledger, number + 1, recorded_at, position, $1, $2, '示例丙', '伪造',"
        " detail, mac FROM ledger.journal ORDER BY number DESC LIMIT 1",
        kind,
        subject,
    )


@pytest.mark.parametrize("what", KINDS)
async def test_a_forged_record_neither_begins_nor_ends_one(
    bench: Bench, what: restraints.What
) -> None:
    subject = SUBJECT if what == "restriction" else f"hold/{SUBJECT}"
    await bench.take(*LONG_AGO)
    await restraints.begin(bench.connection, SEALER, LEDGER, what, subject, SAID)
    assert subject in await restraints.standing(bench.connection, SEALER, LEDGER, what)
    await forge(bench.connection, KINDS[what][1], subject)
    with pytest.raises(LedgerAltered):
        await restraints.standing(bench.connection, SEALER, LEDGER, what)


async def test_what_goes_by_restraints_stops_at_a_forged_one(bench: Bench) -> None:
    await bench.take(*LONG_AGO)
    await restraints.begin(bench.connection, SEALER, LEDGER, "hold", "hold/ledger", SAID)
    await forge(bench.connection, "hold-released", "hold/ledger")
    await forge(bench.connection, "person-unrestricted", SUBJECT)
    with pytest.raises(LedgerAltered):
        await forgetting.forget(bench.connection, SEALER, LEDGER, REF, SAID)
    with pytest.raises(LedgerAltered):
        await rostered.person(bench.connection, SEALER, LEDGER, ["case/DB-1"], REF)
    with pytest.raises(LedgerAltered):
        await restricted.read(bench.connection, SEALER, LEDGER)


async def test_a_case_is_restricted_whole_and_its_number_in_every_text(bench: Bench) -> None:
    """The end of the case names nobody, and is theirs all the same."""
    await bench.take(*LONG_AGO, a_case_told("DB-12"))
    await restraints.begin(bench.connection, SEALER, LEDGER, "restriction", SUBJECT, SAID)
    veil = await restricted.read(bench.connection, SEALER, LEDGER)
    case, other = About(REF, "case/DB-1"), About(REF, "case/DB-12")
    assert {at: set(abouts) for at, abouts in veil.positions.items()} == {
        **{position: {case} for position in (1, 2, 3)},
        4: {other},
    }
    assert veil.of(events=[(BANK, "p-DB-1-1990-02")]) == {case}
    assert veil.of(events=[(OFFICE, "p-DB-1-1990-02")]) == frozenset()
    assert veil.of(texts=["与DB-1重复"]) == {case}
    assert veil.of(texts=["stream:case/DB-12"]) == {other}
    assert veil.of(texts=[f'{{"ref":"{REF}"}}']) == {About(REF, "")}
    assert veil.of(texts=["DB-123", "XDB-1", "case/DB-2"]) == frozenset()
    assert not veil.keeps(frozenset({case}))


async def test_nobody_is_veiled_while_nobody_is_restricted(bench: Bench) -> None:
    await bench.take(*LONG_AGO)
    assert not (await restricted.read(bench.connection, SEALER, LEDGER)).names
    await restraints.begin(bench.connection, SEALER, LEDGER, "restriction", SUBJECT, SAID)
    await restraints.end(bench.connection, SEALER, LEDGER, "restriction", SUBJECT, SAID)
    veil = await restricted.read(bench.connection, SEALER, LEDGER)
    assert veil.of(positions=[1, 2, 3], texts=[REF, "case/DB-1"]) == frozenset()


@pytest.mark.parametrize(
    ("held", "keeps"),
    [
        ("hold/ledger", {"case/DB-1", "case/DB-2"}),
        (f"hold/{SUBJECT}", {"case/DB-1", "case/DB-2"}),
        ("hold/stream/case/DB-1", {"case/DB-1"}),
        ("hold/stream/case/DB-9", set()),
    ],
)
async def test_what_an_audit_hold_keeps(bench: Bench, held: str, keeps: set[str]) -> None:
    await bench.take(*LONG_AGO, a_case_told("DB-2"))
    await restraints.begin(bench.connection, SEALER, LEDGER, "restriction", SUBJECT, SAID)
    await restraints.begin(bench.connection, SEALER, LEDGER, "hold", held, SAID)
    veil = await restricted.read(bench.connection, SEALER, LEDGER)
    abouts = {name: veil.names[name] for name in ("case/DB-1", "case/DB-2")}
    assert {name for name, each in abouts.items() if veil.keeps(each)} == keeps


@pytest.mark.parametrize(("what", "words"), [("restriction", "限制处理"), ("hold", "设审计留存")])
async def test_what_is_so_already_is_named(bench: Bench, what: restraints.What, words: str) -> None:
    with pytest.raises(CannotRestrain, match=f"没有{words}"):
        await restraints.end(bench.connection, SEALER, LEDGER, what, SUBJECT, SAID)
    await restraints.begin(bench.connection, SEALER, LEDGER, what, SUBJECT, SAID)
    with pytest.raises(CannotRestrain, match=f"已{words}"):
        await restraints.begin(bench.connection, SEALER, LEDGER, what, SUBJECT, SAID)
