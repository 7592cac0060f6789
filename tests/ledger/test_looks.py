"""Who looked at a record that names a person: written once, changed by nobody."""

from __future__ import annotations

import asyncpg
import pytest

from ledger import journal, looks
from tests.support.ledger import LEDGER, Bench

AUDITOR = looks.reader("示例审计员", "auditor", "2024 年低保专项审计")


async def test_a_look_says_who_and_for_what_purpose(bench: Bench) -> None:
    await looks.note(bench.connection, LEDGER, AUDITOR, ["entry/3", "entry/4"])
    await looks.note(bench.connection, LEDGER, AUDITOR, ["person/00ff"])
    (look,) = await looks.read(bench.connection, LEDGER, subject="entry/4")
    assert (look.who, look.role, look.purpose) == ("示例审计员", "auditor", "2024 年低保专项审计")
    subjects = [each.subject for each in await looks.read(bench.connection, LEDGER)]
    assert subjects[0] == "person/00ff"
    assert sorted(subjects[1:]) == ["entry/3", "entry/4"]


@pytest.mark.parametrize("change", ["UPDATE ledger.look SET who = 'x'", "DELETE FROM ledger.look"])
async def test_no_look_is_changed(bench: Bench, change: str) -> None:
    with pytest.raises(asyncpg.PostgresError, match="append-only"):
        await bench.connection.execute(change)


@pytest.mark.parametrize(
    ("who", "purpose"), [("", "审计"), ("示例审计员", " "), ("示例审计员", "x" * 501)]
)
def test_nobody_looks_without_a_name_and_a_purpose(who: str, purpose: str) -> None:
    with pytest.raises(journal.Unsaid):
        looks.reader(who, "auditor", purpose)
