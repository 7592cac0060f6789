"""Users: one role each, admitted by the security administrator, standing in the journal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.codes import labels_of
from ledger import journal, users
from ledger.journal import Kind, Said
from ledger.store import LedgerAltered
from ledger.users import FirstOfAll, NoSuchUser, NotAdmitting, UnfitUser, User
from tests.support.inside import BY_SECURITY, EVERYBODY, admit_all, sealer
from tests.support.ledger import LEDGER, Bench

SECURITY = User("sec", "security-administrator")
AUDITOR = User("auditor-a", "auditor")
OPERATOR = Said("李明", "启用")


async def admit(bench: Bench, user: User, said: Said = BY_SECURITY) -> None:
    await users.admit(bench.connection, sealer(), LEDGER, user, said)


async def standing(bench: Bench) -> dict[str, User]:
    return users.standing(await users.read(bench.connection, sealer(), LEDGER))


async def test_the_first_user_is_a_security_administrator_whom_the_operator_admits(
    bench: Bench,
) -> None:
    with pytest.raises(FirstOfAll):
        await admit(bench, AUDITOR, OPERATOR)
    await admit(bench, SECURITY, OPERATOR)
    assert list(await standing(bench)) == ["sec"]


async def test_from_then_on_only_a_security_administrator_changes_users(bench: Bench) -> None:
    await admit(bench, SECURITY, OPERATOR)
    await admit(bench, AUDITOR)
    until = datetime.now(UTC) + timedelta(days=1)
    common = (bench.connection, sealer(), LEDGER)
    for said in (OPERATOR, Said("auditor-a", "自己")):
        for deed in (
            users.admit(*common, User("other", "staff"), said),
            users.change(*common, replace(AUDITOR, role="staff"), said),
            users.dismiss(*common, "auditor-a", said),
            users.issue(*common, "auditor-a", until, said),
        ):
            with pytest.raises(NotAdmitting):
                await deed
    assert (await standing(bench))["auditor-a"].role == "auditor"


async def test_a_person_has_one_user_and_one_role(bench: Bench) -> None:
    """Three administrators apart: by the provider's subject a person is found to be there."""
    same = users.identity(sealer(), "https://id.example", "subject-1")
    await admit(bench, replace(SECURITY, identity=same), OPERATOR)
    for role in users.ROLES:
        with pytest.raises(UnfitUser, match="一人一个用户"):
            await admit(bench, User("another", role, identity=same))
    other = users.identity(sealer(), "https://id.example", "subject-2")
    await admit(bench, replace(AUDITOR, identity=other))
    assert users.by_identity(await standing(bench), other) == (await standing(bench))["auditor-a"]


@pytest.mark.parametrize(
    "wrong",
    [
        User("Sec", "auditor"),
        User("a b", "auditor"),
        User("x" * 41, "auditor"),
        User("u13800138000", "auditor"),
        User("x", "root"),  # type: ignore[arg-type]
        User("x", "auditor", lines=frozenset({"assistance"})),
        User("x", "system-administrator", townships=frozenset({"445102100"})),
        User("x", "staff", lines=frozenset({"assistence"})),
        User("x", "staff", townships=frozenset({"445102999"})),
    ],
    ids=str,
)
async def test_what_is_no_user_is_not_admitted(bench: Bench, wrong: User) -> None:
    await admit(bench, SECURITY, OPERATOR)
    with pytest.raises(UnfitUser):
        await admit(bench, wrong)


async def test_a_token_opens_until_it_ends_or_another_takes_its_place(bench: Bench) -> None:
    tokens = await admit_all(bench.connection)
    assert len(set(tokens.values())) == len(EVERYBODY)
    known, now = await standing(bench), datetime.now(UTC)
    for name, token in tokens.items():
        found = users.by_token(known, token, now)
        assert found is not None
        assert found.name == name
        assert users.by_token(known, token + "x", now) is None
        assert users.by_token(known, token, now + timedelta(days=2)) is None
    for wrong in ("", "mju", "mju__", f"mj_{tokens['sys'][4:]}", tokens["sys"].rpartition("_")[0]):
        assert users.by_token(known, wrong, now) is None
    common = (bench.connection, sealer(), LEDGER)
    again = await users.issue(*common, "sys", now + timedelta(days=1), BY_SECURITY)
    known = await standing(bench)
    assert users.by_token(known, tokens["sys"], now) is None
    assert users.by_token(known, again, now) == known["sys"]
    secrets = [token.split("_", 2)[2] for token in (*tokens.values(), again)]
    written = "".join(str(note) for note in await journal.read(bench.connection, LEDGER))
    assert not any(secret in written for secret in secrets)


async def test_who_is_dismissed_is_gone_and_may_be_admitted_anew(bench: Bench) -> None:
    tokens = await admit_all(bench.connection)
    common = (bench.connection, sealer(), LEDGER)
    await users.dismiss(*common, "staff-a", BY_SECURITY)
    known = await users.read(*common)
    assert known["staff-a"].dismissed
    assert users.by_token(known, tokens["staff-a"], datetime.now(UTC)) is None
    with pytest.raises(NoSuchUser):
        await users.dismiss(*common, "staff-a", BY_SECURITY)
    await users.admit(*common, User("staff-a", "staff"), BY_SECURITY)
    known = await standing(bench)
    assert known["staff-a"].lines == frozenset()
    assert users.by_token(known, tokens["staff-a"], datetime.now(UTC)) is None
    kinds = [note.kind for note in await journal.read(bench.connection, LEDGER)]
    assert kinds.count("user-admitted") == len(EVERYBODY) + 1
    assert labels_of(Kind)["user-dismissed"] == "注销用户"


async def test_a_user_whom_only_the_database_wrote_is_none(bench: Bench) -> None:
    await admit(bench, SECURITY, OPERATOR)
    await bench.connection.execute(
        "INSERT INTO ledger.journal (ledger, number, recorded_at, position, kind, subject, detail,"
        " mac) SELECT ledger, number + 1, recorded_at, position, kind, 'user/forged', detail, mac"
        " FROM ledger.journal WHERE kind = 'user-admitted'"
    )
    with pytest.raises(LedgerAltered):
        await users.read(bench.connection, sealer(), LEDGER)
