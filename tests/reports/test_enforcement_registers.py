"""Registers of what is public between two days only: nothing comes back, whatever is asked.

The bureau's terms are five years for bodies and two for persons, from the day of the decision; by
hand: a decision of 2024-09-27 is up to 2029-09-26 and 2026-09-26.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from domain.bureau.reading import read
from domain.funeral import KeepingBodyTakenOver
from domain.inspection import (
    DrawnObjectExempted,
    InspectionConducted,
    ObjectRegistered,
    RandomDrawPerformed,
)
from domain.officers import (
    AdviserEngaged,
    AdviserEngagementEnded,
    DepartmentEstablished,
    LicenceSuspended,
    OfficerLeft,
    PostLicenceRequired,
)
from domain.penalties.events import (
    PenaltyDecided,
    PenaltyPublicationWithdrawn,
    PenaltyPublished,
    PenaltyVaried,
)
from projections.read_model import MAX_POSITION
from projections.snapshot import snapshot
from reports import registers
from reports.moment import Moment
from reports.registers import asking
from reports.registers.asking import Query
from tests.support.bureau import SAMPLE
from tests.support.enforcement import (
    BODY,
    OTHER,
    PERSON,
    SECOND,
    a_body,
    a_decision,
    a_licence,
    a_result,
    an_inspection,
    an_officer,
    on,
)
from tests.support.ledger import LEDGER, Bench
from tests.support.rulebook import changed

TODAY = on("2025-03-01")
BODIES = (a_body(), a_body(SECOND, name="示例棋社"))
Rows = Sequence[Mapping[str, Any]]


async def shown(
    bench: Bench,
    name: str,
    *,
    today: date = TODAY,
    asof: date | None = None,
    at: int = MAX_POSITION - 1,
    query: Query | None = None,
) -> Rows:
    """The rows of a register for a reader of a day, who asks about one (else about their own)."""
    day = asof or today
    moment = Moment(LEDGER, day, day, at)
    register = registers.of(SAMPLE)[name]
    async with snapshot(bench.connection):
        found = await asking.listing(
            bench.connection, register, moment, query or Query(), today=today
        )
        number = await asking.count(bench.connection, register, moment, today=today)
        for record in found.ids:
            args = (bench.connection, register, moment, record)
            for past in await asking.history(*args, today=today):
                assert past.values.keys() == {"title"}, "of what is up for a time no past is told"
    assert query is not None or number == len(found.rows)
    return found.rows


async def numbers(bench: Bench, name: str, **when: Any) -> list[Any]:
    """What the records are called by that the reader sees."""
    key = {"penalties": "decision_number", "officers": "licence_number"}[name]
    return [row[key] for row in await shown(bench, name, **when)]


async def head(bench: Bench) -> int:
    found = await bench.connection.fetchval("SELECT max(position) FROM ledger.entry")
    return int(found)


def published(case: str, day: str) -> PenaltyPublished:
    return PenaltyPublished(case_number=case, place="示例网站", published_on=on(day))


def of_person(case: str) -> PenaltyDecided:
    return a_decision(case, subject=None, person=PERSON.model_dump(), cause="示例甲的违法行为")


def withdrawn(case: str, day: str) -> PenaltyPublicationWithdrawn:
    return PenaltyPublicationWithdrawn(case_number=case, reason="复议变更", withdrawn_on=on(day))


def varied(case: str, day: str) -> PenaltyVaried:
    return PenaltyVaried(
        case_number=case, kinds=("fine",), amount_fen=50_000, reason="示例", varied_on=on(day)
    )


# Penalties


async def test_a_penalty_is_told_with_its_party_its_law_and_its_clock(bench: Bench) -> None:
    body = a_decision("CF-1", cause="未参加年度检查", kinds=("warning", "fine"), amount_fen=120_000)
    unregistered = a_decision("CF-3", subject=None, unregistered_body="示例联谊会")
    decided = (body, of_person("CF-2"), unregistered)
    up = (published("CF-1", "10-14"), published("CF-2", "10-12"), published("CF-3", "10-12"))
    await bench.tell(*BODIES, *decided, *up)

    rows = {row["decision_number"][-4:-1]: row for row in await shown(bench, "penalties")}
    first, person = rows["F-1"], rows["F-2"]
    assert (first["party"], first["cause"]) == ("示例协会", "未参加年度检查")
    assert (first["legal_basis"], first["kinds"]) == (
        "社会团体登记管理条例 第三十条",
        ["fine", "warning"],
    )
    assert (first["due_on"], first["timeliness"], first["late"]) == (on("10-12"), "late", 1)
    assert (first["last_day"], person["last_day"]) == (on("2029-09-26"), on("2026-09-26"))
    assert (person["party"], person["cause"], person["timeliness"]) == ("自然人", None, "in-time")
    assert rows["F-3"]["party"] == "示例联谊会"
    fined = Query(filters={"kinds": "fine"})
    assert len(await shown(bench, "penalties", query=fined)) == 1
    assert len(await shown(bench, "penalties", query=Query(search="自然人"))) == 1


async def test_a_penalty_is_there_between_its_publication_and_the_end_of_its_term(
    bench: Bench,
) -> None:
    """Each day to either side; and on no day that is asked about outside of them."""
    told = (a_decision("CF-1"), of_person("CF-2"), published("CF-1", "10-12"))
    await bench.tell(*BODIES, *told, published("CF-2", "10-12"), a_decision("CF-9"))
    body, person = "示例民罚〔2024〕CF-1号", "示例民罚〔2024〕CF-2号"

    for today, there in (
        ("2024-10-11", []),
        ("2024-10-12", [body, person]),
        ("2026-09-26", [body, person]),
        ("2026-09-27", [body]),
        ("2029-09-26", [body]),
        ("2029-09-27", []),
    ):
        assert await numbers(bench, "penalties", today=on(today)) == there, today
    assert await numbers(bench, "penalties", asof=on("10-11")) == []
    # A reader of 2027 who asks about 2025 does not find the person, one who asks ahead no body.
    late: dict[str, Any] = {"today": on("2027-01-01")}
    assert await numbers(bench, "penalties", **late, asof=on("2025-01-01")) == [body]
    assert await numbers(bench, "penalties", **late, asof=on("2029-10-01")) == []


async def test_what_was_taken_down_comes_back_on_no_day_and_at_no_position(bench: Bench) -> None:
    await bench.tell(*BODIES, a_decision("CF-1"), published("CF-1", "10-12"))
    before = await head(bench)
    assert len(await numbers(bench, "penalties")) == 1
    await bench.tell(varied("CF-1", "12-02"))
    assert await shown(bench, "withdrawn-penalties", today=on("2024-12-01")) == []
    (gone,) = await shown(bench, "withdrawn-penalties", today=on("2024-12-03"))
    assert (gone["undone"], gone["due_on"]) == ("varied", on("12-05"))
    assert (gone["withdrawn_on"], gone["reason"], gone["timeliness"]) == (None, None, None)
    (gone,) = await shown(bench, "withdrawn-penalties", today=on("2024-12-06"))
    assert (gone["withdrawn_on"], gone["timeliness"]) == (None, "late")
    await bench.tell(withdrawn("CF-1", "12-06"))

    for asof in ("2024-10-12", "2024-11-30", "2024-12-02"):
        for at in (before, MAX_POSITION - 1):
            assert await numbers(bench, "penalties", asof=on(asof), at=at) == [], (asof, at)
    (gone,) = await shown(bench, "withdrawn-penalties")
    assert (gone["since"], gone["withdrawn_on"]) == (on("12-02"), on("12-06"))
    assert (gone["reason"], gone["timeliness"]) == ("复议变更", "late")
    assert "party" not in gone
    assert await shown(bench, "withdrawn-penalties", today=on("2029-09-27")) == []

    await bench.tell(published("CF-1", "12-10"))
    (again,) = await shown(bench, "penalties")
    assert (again["kinds"], again["amount_fen"]) == (["fine"], 50_000)
    assert await numbers(bench, "penalties", asof=on("11-30")) == []


async def test_what_was_corrected_is_not_told_to_who_asks_for_an_earlier_position(
    bench: Bench,
) -> None:
    """A person had been entered as a body of that name."""
    wrong = a_decision("CF-1", subject=None, unregistered_body="示例甲")
    await bench.tell(*BODIES, wrong, published("CF-1", "10-12"))
    before = await head(bench)
    assert [row["party"] for row in await shown(bench, "penalties")] == ["示例甲"]
    await bench.tell(changed(wrong, by=of_person("CF-1")))

    assert [row["party"] for row in await shown(bench, "penalties")] == ["自然人"]
    assert await shown(bench, "penalties", at=before) == []


async def test_where_no_term_is_known_nothing_is_shown(bench: Bench) -> None:
    """A term for persons only from 2099 on."""
    await bench.tell(*BODIES, a_decision("CF-1"), of_person("CF-2"))
    await bench.tell(published("CF-1", "10-12"), published("CF-2", "10-12"))
    name, person = "cn/rules.toml", "[[penalties.shown-person-years]]\nsince = "
    rules = SAMPLE.files[name].decode()
    later = rules.replace(f"{person}2018-12-05", f"{person}2099-01-01")
    assert rules != later
    register = registers.of(read({**SAMPLE.files, name: later.encode()}))["penalties"]
    moment = Moment(LEDGER, TODAY, TODAY, MAX_POSITION - 1)
    async with snapshot(bench.connection):
        found = await asking.listing(bench.connection, register, moment, Query(), today=TODAY)
    assert [row["party"] for row in found.rows] == ["示例协会"]


# Inspections and draws


def drawn(*objects: str) -> RandomDrawPerformed:
    return RandomDrawPerformed(
        draw_number="SSJ-1",
        drawn_on=on("05-15"),
        population=300,
        list_digest="a" * 64,
        algorithm="示例",
        seed="s-1",
        drawn_objects=objects,
        drawn_officers=("ZF-03", "ZF-04"),
    )


def random(number: str, day: str, **more: Any) -> InspectionConducted:
    return an_inspection(number, day, **{"mode": "random", "draw_number": "SSJ-1", **more})


async def test_an_inspection_is_told_once_its_result_is_published(bench: Bench) -> None:
    """20 working days after Wednesday 2024-06-05 end on 07-04; the festival takes one."""
    await bench.tell(*BODIES, an_inspection("JC-1", outcome="rectification"), an_inspection("JC-2"))
    assert await shown(bench, "inspections") == []
    await bench.tell(a_result("JC-1", "07-05"))

    assert await shown(bench, "inspections", today=on("07-04")) == []
    assert await shown(bench, "inspections", asof=on("07-04")) == []
    (row,) = await shown(bench, "inspections", today=on("07-05"))
    assert (row["object"], row["kind"]) == ("示例协会", "organisation")
    assert (row["inspected_on"], row["outcome"]) == (on("06-05"), "rectification")
    assert (row["due_on"], row["published_on"]) == (on("07-04"), on("07-05"))
    assert row["timeliness"] == "late"
    assert not {"officers", "platform", "stream"} & row.keys()


async def test_what_is_inspected_is_called_as_it_stands_on_its_register(bench: Bench) -> None:
    """A home, an ash-keeping body; of what is on none, be it a person, there is no name."""
    home = ObjectRegistered(
        object_code="YL-1", kind="elderly-home", name="示例养老院", registered_on=on("01-02")
    )
    ashes = KeepingBodyTakenOver(
        body="K1",
        name="示例骨灰楼",
        kind="columbarium",
        township="445102100",
        registered_on=on("01-04"),
    )
    objects = ("inspected-object/YL-1", "keeping-body/K1", "person/PZ-1")
    done = (an_inspection(f"JC-{n}", object=each) for n, each in enumerate(objects))
    told = (a_result(f"JC-{n}", "06-14") for n in range(3))
    await bench.tell(*BODIES, home, ashes, *done, *told)

    rows = await shown(bench, "inspections", query=Query(sort="inspection_number"))
    assert [(row["object"], row["kind"]) for row in rows] == [
        ("示例养老院", "elderly-home"),
        ("示例骨灰楼", "keeping-body"),
        (None, "unregistered"),
    ]
    assert "PZ-1" not in str(rows)


async def test_a_draw_lists_what_was_drawn_and_what_came_of_it(bench: Bench) -> None:
    """The result of one is public, that of another not yet, the third ended before its turn."""
    third = a_body("52445102MJ0000018D", name="示例幼儿园")
    exempt = DrawnObjectExempted(
        draw_number="SSJ-1",
        object="organisation/52445102MJ0000018D",
        cause="deregistered",
        approved_by="SP-01",
        exempted_on=on("05-30"),
    )
    await bench.tell(
        *(*BODIES, third),
        drawn(BODY, f"organisation/{SECOND}", "organisation/52445102MJ0000018D"),
        random("JC-1", "05-23"),
        random("JC-2", "05-27", object=f"organisation/{SECOND}"),
        *(exempt, a_result("JC-1", "06-11")),
    )
    of_draw = Query(record="SSJ-1")
    rows = await shown(bench, "drawn-objects", query=of_draw)
    assert {row["object"]: (row["inspected_on"], row["exempted"]) for row in rows} == {
        "示例协会": (on("05-23"), None),
        "示例棋社": (None, None),
        "示例幼儿园": (None, "deregistered"),
    }
    assert {row["outcome"] for row in rows} == {"nothing-found", None}
    early = await shown(bench, "drawn-objects", asof=on("05-29"))
    assert {(row["inspected_on"], row["exempted"]) for row in early} == {(None, None)}
    other = Query(record="SSJ-2")
    assert await shown(bench, "drawn-objects", query=other) == []
    assert registers.of(SAMPLE)["drawn-objects"].of == "draws"


# Officers and advisers


async def test_an_officer_is_there_while_in_post_with_a_valid_licence(bench: Bench) -> None:
    """A licence is valid to 2026-05-31; one leaves on 1 November, one's licence is suspended."""
    suspended = LicenceSuspended(
        officer="ZF-05", licence_number="示例证ZF-05-1", reason="示例", suspended_on=on("12-01")
    )
    await bench.tell(
        DepartmentEstablished(department="ZZ", title="社会组织股", established_on=on("01-01")),
        PostLicenceRequired(post="P-ZF-03", department="ZZ", title="执法岗", from_on=on("01-01")),
        *(an_officer(code) for code in ("ZF-03", "ZF-04", "ZF-05")),
        *(a_licence(code) for code in ("ZF-03", "ZF-04", "ZF-05", "ZF-09")),
    )
    before = await head(bench)
    await bench.tell(OfficerLeft(officer="ZF-04", reason="retired", left_on=on("11-01")))
    first, gone, stopped = (f"示例证ZF-0{n}-1" for n in (3, 4, 5))
    assert await numbers(bench, "officers", today=on("10-31")) == [first, gone, stopped]
    await bench.tell(suspended)

    assert await numbers(bench, "officers", today=on("11-30")) == [first, stopped]
    assert await numbers(bench, "officers") == [first]
    for asof in ("2024-06-01", "2024-10-31"):
        for at in (before, MAX_POSITION - 1):
            assert await numbers(bench, "officers", asof=on(asof), at=at) == [first], (asof, at)
    assert await numbers(bench, "officers", today=on("2026-06-01")) == []
    (row,) = await shown(bench, "officers")
    assert (row["post"], row["department"]) == ("执法岗", "社会组织股")
    assert (row["scope"], row["last_day"]) == ("民政行政执法", on("2026-05-31"))


async def test_advisers_are_firms_while_they_are_engaged(bench: Bench) -> None:
    engaged = AdviserEngaged(
        engagement="FW-1",
        firm="示例律师事务所",
        firm_code="LS-1",
        lawyers=(PERSON, OTHER),
        from_on=on("02-01"),
        until_on=on("2025-01-31"),
    )
    await bench.tell(engaged)
    for today, there in (("01-31", 0), ("02-01", 1), ("2025-01-31", 1), ("2025-02-01", 0)):
        assert len(await shown(bench, "advisers", today=on(today))) == there, today
    (row,) = await shown(bench, "advisers", today=on("06-01"))
    assert row == {
        "firm": "示例律师事务所",
        "engagement": "FW-1",
        "valid_from": on("02-01"),
        "last_day": on("2025-01-31"),
    }
    before = await head(bench)
    await bench.tell(AdviserEngagementEnded(engagement="FW-1", reason="示例", ended_on=on("09-01")))
    late: dict[str, Any] = {"today": on("10-01"), "asof": on("06-01")}
    assert await shown(bench, "advisers", **late) == []
    assert await shown(bench, "advisers", **late, at=before) == []


@pytest.mark.parametrize("name", ["penalties", "officers", "inspections", "withdrawn-penalties"])
def test_what_only_finds_rows_of_others_is_no_column_of_a_register(name: str) -> None:
    register = registers.of(SAMPLE)[name]
    links = set(register.public.links)
    assert not links & {column.column for column in register.columns.values()}
    assert register.key not in links
