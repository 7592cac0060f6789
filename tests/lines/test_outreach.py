"""Outreach, charity, village register: what counts once, what adds up, what must be there."""

from __future__ import annotations

from datetime import date

import asyncpg
import pytest

from domain import laws
from domain.outreach.activities import StudyKind, StudySessionHeld, TrainingAttended, TrainingHeld
from domain.outreach.charity import DonationForm, DonationRecorded, DriveOpened, ParticipantJoined
from domain.villages import VillageAbolished, VillageRenamed, VillageTakenOver
from tests.support.ledger import Bench, event

DAY = date(2024, 5, 10)


def session(
    event_id: str,
    code: str,
    kinds: tuple[StudyKind, ...] = ("party-group",),
    studied: tuple[str, ...] = ("中华人民共和国慈善法",),
) -> bytes:
    fact = StudySessionHeld(
        session=code, title="学法", kinds=kinds, laws=studied, participants=10, held_on=DAY
    )
    return event("office", event_id, fact)


def village(code: str) -> bytes:
    fact = VillageTakenOver(
        village=code, name="示例村", kind="village", taken_over_on=date(2024, 1, 1)
    )
    return event("office", f"v-{code}", fact)


def attended(event_id: str, *villages: str) -> bytes:
    fact = TrainingAttended(
        training="ET", township="445102100", villages=villages, persons=5, attended_on=DAY
    )
    return event("office", event_id, fact)


TRAINING = event(
    "office",
    "et",
    TrainingHeld(
        training="ET",
        programme="children-directors",
        title="儿童主任培训",
        kind="children-directors",
        mode="offline",
        participations=5,
        held_on=DAY,
    ),
)
ONE, TWO = "445102100001", "445102100002"


async def test_a_session_of_several_kinds_told_twice_is_one_session(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    await bench.take(
        session("a", "S1", ("party-group", "first-agenda")),
        session("b", "S1", ("lecture",), ("信访工作条例",)),
        session("c", "S2"),
    )

    assert (await bench.figure("F01")).value == 2
    one, _ = await bench.rows("study_session")
    assert one["kinds"] == ["party-group", "first-agenda", "lecture"]
    assert one["laws"] == ["中华人民共和国慈善法", "信访工作条例"]


@pytest.mark.parametrize(
    ("studied", "holds"),
    [
        (("中华人民共和国慈善法", "地名管理条例实施办法"), True),
        (("慈善法",), True),  # the short title is the same law
        (("社会救助工作条例",), False),  # there is no such law
        ((), False),  # the session does not say what was studied
    ],
)
async def test_every_session_names_laws_that_exist(
    connection: asyncpg.Connection, studied: tuple[str, ...], *, holds: bool
) -> None:
    bench = await Bench.open(connection)
    await bench.take(session("a", "S1"), session("b", "S2", studied=studied))

    assert (await bench.statement("S12")).holds is holds


def test_the_edition_of_a_law_is_that_of_the_day() -> None:
    def edition(title: str, day: str) -> str | None:
        law = laws.in_force(title, date.fromisoformat(day))
        return None if law is None else law.document

    assert edition("慈善法", "2024-09-04") == "2016"
    assert edition("中华人民共和国慈善法", "2024-09-05") == "2023修正"
    assert edition("婚姻登记条例", "2025-05-09") == "国令387号"
    assert edition("婚姻登记条例", "2025-05-10") == "国令804号"
    assert edition("地名管理条例实施办法", "2024-04-30") is None
    assert edition("殡葬管理条例", "2026-03-30") == "2026修订"


def test_no_two_editions_of_a_law_are_in_force_on_one_day() -> None:
    for law in laws.LAWS:
        others = [other for other in laws.editions(law.title) if other != law]
        assert all(
            other.since > (law.until or date.max) or (other.until or date.max) < law.since
            for other in others
        )


async def test_a_village_counts_once_and_coverage_needs_every_village_on_the_register(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    await bench.take(village(ONE), village(TWO), TRAINING, attended("a", ONE), attended("b", ONE))

    figure = await bench.figure("F58")
    assert (figure.value, figure.beside) == (1, "1 / 2")
    assert not (await bench.statement("S15")).holds

    await bench.take(attended("c", TWO))
    assert (await bench.figure("F58")).beside == "2 / 2"
    assert (await bench.statement("S15")).holds


async def test_a_village_merged_away_need_not_come_but_one_that_came_must_be_listed(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    merged = VillageAbolished(
        village=TWO, merged_into=ONE, decision_number="示例1号", abolished_on=date(2024, 3, 1)
    )
    await bench.take(village(ONE), village(TWO), TRAINING, attended("a", ONE))
    assert not (await bench.statement("S15")).holds

    await bench.take(event("office", "merged", merged))
    assert (await bench.statement("S15")).holds

    await bench.take(attended("b", TWO))
    assert not (await bench.statement("S15")).holds


async def test_a_sheet_with_an_unknown_village_waits(connection: asyncpg.Connection) -> None:
    bench = await Bench.open(connection)

    assert (await bench.take(TRAINING, attended("a", ONE))).parked == 1
    await bench.take(village(ONE))
    assert (await bench.figure("F58")).value == 1


async def test_a_village_renamed_keeps_its_code_and_stays_one_village(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    renamed = VillageRenamed(
        village=ONE,
        name="示例社区",
        kind="community",
        decision_number="示例2号",
        renamed_on=date(2024, 7, 1),
    )
    await bench.take(
        village(ONE), event("office", "renamed", renamed), TRAINING, attended("a", ONE)
    )

    assert (await bench.figure("F58")).beside == "1 / 1"
    assert [row["kind"] for row in await bench.rows("village")] == ["village", "community"]


async def test_goods_count_at_stated_value_money_does_not_and_enterprises_once(
    connection: asyncpg.Connection,
) -> None:
    def given(code: str, form: DonationForm, fen: int) -> bytes:
        fact = DonationRecorded(
            drive="W",
            donation=code,
            participant="e-1",
            form=form,
            value_fen=fen,
            recipient="示例慈善会",
            donated_on=DAY,
        )
        return event("office", code, fact)

    def joined(event_id: str, code: str, kind: str = "enterprise") -> bytes:
        fact = ParticipantJoined(
            drive="W", participant=code, name="示例企业", kind="enterprise", joined_on=DAY
        )
        return event("office", event_id, fact, data={"kind": kind})

    bench = await Bench.open(connection)
    drive = DriveOpened(
        drive="W", programme="charity-week", title="慈善宣传周", opens_on=DAY, closes_on=DAY
    )
    await bench.take(
        event("office", "w", drive),
        given("d-1", "goods", 1_234_500),
        given("d-2", "money", 99_000),
        joined("j-1", "e-1"),
        joined("j-2", "e-1"),
        joined("j-3", "o-1", "organisation"),
    )

    assert (await bench.figure("F55")).exact == 1_234_500
    assert str((await bench.figure("F55")).value) == "1.23"
    assert (await bench.figure("F53")).value == 1
    assert await bench.rows("payment") == []
