"""Outreach, charity, village register: what counts once, what adds up, what must be there."""

from __future__ import annotations

from datetime import date

import pytest

from domain.outreach.activities import (
    GuideIssued,
    LawListCompiled,
    NoticeBoardUpdated,
    PublicityHeld,
    StationActivityHeld,
    StudyKind,
    StudySessionHeld,
    TrainingAttended,
    TrainingHeld,
    WorkDeployed,
    WorkReportHeard,
)
from domain.outreach.charity import (
    DonationForm,
    DonationRecorded,
    DriveOpened,
    DriveReported,
    ParticipantJoined,
    ParticipantKind,
    TurnoutCounted,
)
from domain.villages import VillageAbolished, VillageRenamed, VillageTakenOver
from projections.outreach.activities import (
    OfficeAct,
    attendances,
    office_acts,
    sittings,
    study_sessions,
)
from projections.outreach.charity import (
    Drive,
    Summary,
    Turnout,
    donations,
    drives,
    participants,
    summaries,
    turnouts,
)
from tests.support.ledger import Bench
from tests.support.rulebook import given

DAY = date(2024, 5, 10)


def session(
    code: str,
    kinds: tuple[StudyKind, ...] = ("party-group",),
    studied: tuple[str, ...] = ("中华人民共和国慈善法",),
) -> StudySessionHeld:
    return StudySessionHeld(
        session=code, title="学法", kinds=kinds, laws=studied, participants=10, held_on=DAY
    )


def village(code: str) -> VillageTakenOver:
    return VillageTakenOver(
        village=code, name="示例村", kind="village", taken_over_on=date(2024, 1, 1)
    )


def attended(*villages: str) -> TrainingAttended:
    return TrainingAttended(
        training="ET", township="445102100", villages=villages, persons=5, attended_on=DAY
    )


TRAINING = TrainingHeld(
    training="ET",
    programme="children-directors",
    title="儿童主任培训",
    kind="children-directors",
    mode="offline",
    participations=5,
    held_on=DAY,
)
ONE, TWO = "445102100001", "445102100002"


TWICE = (
    session("S1", ("party-group", "first-agenda")),
    session("S1", ("lecture",), ("信访工作条例",)),
    session("S2"),
)


async def test_a_session_of_several_kinds_told_twice_is_one_session(bench: Bench) -> None:
    await bench.tell(*TWICE)

    assert (await bench.figure("F01")).value == 2


def test_what_is_told_of_a_session_later_adds_kinds_and_laws() -> None:
    one, two = given(*TWICE).rows(study_sessions)

    assert one.kinds == ["party-group", "first-agenda", "lecture"]
    assert one.laws == ["中华人民共和国慈善法", "信访工作条例"]
    assert two.kinds == ["party-group"]


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
    bench: Bench, studied: tuple[str, ...], *, holds: bool
) -> None:
    await bench.tell(session("S1"), session("S2", studied=studied))

    assert (await bench.statement("S12")).holds is holds


async def test_a_village_counts_once_and_coverage_needs_every_village_on_the_register(
    bench: Bench,
) -> None:
    await bench.tell(village(ONE), village(TWO), TRAINING, attended(ONE), attended(ONE))

    figure = await bench.figure("F58")
    assert (figure.value, figure.beside) == (1, "1 / 2")
    assert not (await bench.statement("S15")).holds

    await bench.tell(attended(TWO))
    assert (await bench.figure("F58")).beside == "2 / 2"
    assert (await bench.statement("S15")).holds


async def test_a_village_merged_away_need_not_come_but_one_that_came_must_be_listed(
    bench: Bench,
) -> None:
    merged = VillageAbolished(
        village=TWO, merged_into=ONE, decision_number="示例1号", abolished_on=date(2024, 3, 1)
    )
    await bench.tell(village(ONE), village(TWO), TRAINING, attended(ONE))
    assert not (await bench.statement("S15")).holds

    await bench.tell(merged)
    assert (await bench.statement("S15")).holds

    await bench.tell(attended(TWO))
    assert not (await bench.statement("S15")).holds


def test_a_sheet_waits_for_its_training_and_for_every_village_on_it() -> None:
    sheet = attended(ONE, TWO)

    assert given(village(ONE)).waits_for(sheet) == {"training/ET", f"village/{TWO}"}
    book = given(TRAINING, village(ONE), village(TWO), sheet)
    assert [(row.training, row.village) for row in book.rows(attendances)] == [
        ("ET", ONE),
        ("ET", TWO),
    ]


async def test_a_village_renamed_keeps_its_code_and_stays_one_village(bench: Bench) -> None:
    renamed = VillageRenamed(
        village=ONE,
        name="示例社区",
        kind="community",
        decision_number="示例2号",
        renamed_on=date(2024, 7, 1),
    )
    await bench.tell(village(ONE), renamed, TRAINING, attended(ONE))

    assert (await bench.figure("F58")).beside == "1 / 1"


def donated(code: str, form: DonationForm, fen: int) -> DonationRecorded:
    return DonationRecorded(
        drive="W",
        donation=code,
        participant="e-1",
        form=form,
        value_fen=fen,
        recipient="示例慈善会",
        donated_on=DAY,
    )


def joined(code: str, kind: ParticipantKind = "enterprise") -> ParticipantJoined:
    return ParticipantJoined(drive="W", participant=code, name="示例企业", kind=kind, joined_on=DAY)


DRIVE = DriveOpened(
    drive="W", programme="charity-week", title="慈善宣传周", opens_on=DAY, closes_on=DAY
)


async def test_goods_count_at_stated_value_money_does_not_and_enterprises_once(
    bench: Bench,
) -> None:
    await bench.tell(
        *(DRIVE, donated("d-1", "goods", 1_234_500), donated("d-2", "money", 99_000)),
        *(joined("e-1"), joined("e-1"), joined("o-1", "organisation")),
    )

    assert (await bench.figure("F55")).exact == 1_234_500
    assert str((await bench.figure("F55")).value) == "1.23"
    assert (await bench.figure("F53")).value == 1
    assert await bench.rows("payment") == []


# What is read of it


def test_every_sitting_is_a_row_whatever_the_kind_of_event() -> None:
    station = StationActivityHeld(
        activity="H-1",
        programme="station",
        title="示例活动",
        station="SG-01",
        township="445102100",
        participations=20,
        held_on=DAY,
    )
    publicity = PublicityHeld(
        publicity="P-1",
        programme="fair",
        title="示例宣传",
        place="示例广场",
        laws=("中华人民共和国慈善法",),
        participations=300,
        held_on=DAY,
    )

    rows = given(station, publicity, TRAINING).rows(sittings)
    assert [(row.sitting, row.line, row.participations, row.township) for row in rows] == [
        ("H-1", "station-activity", 20, "445102100"),
        ("P-1", "publicity", 300, None),
        ("ET", "training", 5, None),
    ]
    assert [(row.kind, row.mode) for row in rows] == [
        (None, None),
        (None, None),
        ("children-directors", "offline"),
    ]


def test_what_the_office_did_is_a_row_with_who_answered_for_it() -> None:
    """In person, where it is a hearing or a deployment; else nobody is asked."""
    facts = (
        GuideIssued(guide="canteens", title="指南", edition="2024版", copies=9, issued_on=DAY),
        NoticeBoardUpdated(board="XC-1", title="宣传栏", content="示例", updated_on=DAY),
        LawListCompiled(law_list="QD-1", title="清单", laws=("慈善法",), compiled_on=DAY),
        WorkReportHeard(
            meeting="M-1", title="汇报", first_responsible=True, heard_by="ZF-01", heard_on=DAY
        ),
        WorkDeployed(
            meeting="M-2",
            title="部署",
            first_responsible=False,
            task="示例",
            deployed_by="ZF-02",
            deployed_on=DAY,
        ),
    )

    assert given(*facts).rows(office_acts) == [
        OfficeAct("guide", "canteens", "指南", DAY, None),
        OfficeAct("notice-board", "XC-1", "宣传栏", DAY, None),
        OfficeAct("law-list", "QD-1", "清单", DAY, None),
        OfficeAct("hearing", "M-1", "汇报", DAY, first_responsible=True),
        OfficeAct("deployment", "M-2", "部署", DAY, first_responsible=False),
    ]


def test_the_turnout_of_a_drive_is_counted_by_place_and_summed_up_in_its_own_words() -> None:
    counted = TurnoutCounted(drive="W", place="示例广场", participations=800, counted_on=DAY)
    words = DriveReported(
        drive="W",
        enterprises_stated="200多家",
        participations_stated="近1万人次",
        goods_stated="约1.2万元",
        reported_on=DAY,
    )
    book = given(DRIVE, counted, words)

    assert given().waits_for(counted) == {"charity-drive/W"}
    assert book.rows(turnouts) == [Turnout("W", "示例广场", None, 800, DAY)]
    assert book.rows(summaries) == [Summary("W", "200多家", "近1万人次", "约1.2万元", DAY)]


def test_who_joined_a_drive_and_what_was_given_are_rows_as_told() -> None:
    book = given(DRIVE, joined("e-1"), joined("e-1"), donated("d-1", "goods", 1_234_500))

    assert book.rows(drives) == [Drive("W", "charity-week", "慈善宣传周", DAY, DAY)]
    assert [row.participant for row in book.rows(participants)] == ["e-1", "e-1"]
    given_away = [(row.donation, row.form, row.value_fen) for row in book.rows(donations)]
    assert given_away == [("d-1", "goods", 1_234_500)]
