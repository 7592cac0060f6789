"""What lasts has its value for every day, in whatever order its decisions were told.

Histories in the order of their dates, with the rows worked out by hand. A stream is opened by the
telling, its history by the dates: steps dated before the fact that opens it are among them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from domain.event import Event, Person
from domain.funeral import KeepingBodyClosed, KeepingBodyTakenOver
from domain.officers import (
    AdviserEngaged,
    AdviserEngagementEnded,
    DepartmentAbolished,
    DepartmentEstablished,
    LicenceIssued,
    LicenceResumed,
    LicenceSuspended,
    OfficerLeft,
    OfficerReturned,
    OfficerSeconded,
    OfficerTransferred,
    PostLicenceReleased,
    PostLicenceRequired,
)
from domain.organisations.events import RegisteredItemChanged
from domain.placename import (
    NameAnnounced,
    NameExtentChanged,
    NameRetired,
    NameTakenOver,
)
from domain.villages import VillageAbolished, VillageEstablished, VillageRenamed, VillageTakenOver
from projections.funeral import KeepingBody, keeping_bodies
from projections.officers import (
    Department,
    Licence,
    LicencePost,
    OfficerPost,
    adviser_lawyers,
    departments,
    licence_posts,
    licences,
    officer_posts,
)
from projections.organisations import (
    RegisteredValue,
    registered_values,
)
from projections.placename import (
    PlaceValue,
    place_values,
)
from projections.read_model import ReadModel
from projections.villages import Village, villages
from tests.support.enforcement import (
    ASSOCIATION,
    ENDED,
    ENDED_AGAIN,
    OTHER,
    PERSON,
    a_body,
    a_licence,
    an_officer,
    on,
)
from tests.support.orders import History, in_any_order
from tests.support.placename import RENAMED, a_name, a_proposal, an_approval
from tests.support.rulebook import given

A_VILLAGE = "445102100201"
FIRST_LICENCE, SECOND_LICENCE = "示例证ZF-03-1", "示例证ZF-03-2"
LATER = on("2025-03-01")


def a_department(title: str, day: str) -> DepartmentEstablished:
    return DepartmentEstablished(department="ET", title=title, established_on=on(day))


def a_post(title: str, day: str, department: str) -> PostLicenceRequired:
    return PostLicenceRequired(post="P-1", department=department, title=title, from_on=on(day))


def held(post: str, department: str | None, since: date, to: date) -> OfficerPost:
    return OfficerPost("ZF-09", post, department, leader=False, valid_from=since, valid_to=to)


def a_village(name: str, day: str) -> VillageRenamed:
    return VillageRenamed(
        village=A_VILLAGE, name=name, kind="village", decision_number="示例1号", renamed_on=on(day)
    )


def a_change(item: str, value: str | None, day: str, **more: Any) -> RegisteredItemChanged:
    return RegisteredItemChanged.model_validate(
        {
            "uscc": ASSOCIATION,
            "item": item,
            "new_value": value,
            "decision_number": "示例民社〔2024〕2号",
            "decided_on": on(day),
            **more,
        }
    )


RETIRED = NameRetired(place="R1", retired_on=LATER, reason="道路灭失")


def announced(day: str, location: str | None) -> NameAnnounced:
    return NameAnnounced(place="R1", announced_on=on(day), location=location)


def an_extent(day: str, location: str) -> NameExtentChanged:
    return NameExtentChanged(
        place="R1",
        location=location,
        authority="市人民政府",
        document_number="示例府函〔2024〕3号",
        approved_on=on(day),
    )


HISTORIES: tuple[History, ...] = (
    (
        departments,
        (
            DepartmentAbolished(department="ET", abolished_on=on("2019-05-01")),
            a_department("儿童股", "2020-01-01"),
            a_department("儿童福利股", "03-01"),
            DepartmentAbolished(department="ET", abolished_on=on("07-01")),
            a_department("儿童福利股", "2025-01-01"),
        ),
        [
            Department("ET", "儿童股", on("2020-01-01"), on("03-01")),
            Department("ET", "儿童福利股", on("03-01"), on("07-01")),
            Department("ET", "儿童福利股", on("2025-01-01"), None),
        ],
    ),
    (
        licence_posts,
        (
            a_post("执法岗位", "2020-01-01", "ZZ"),
            a_post("行政执法岗位", "05-01", "SW"),
            PostLicenceReleased(post="P-1", reason="示例", released_on=on("10-01")),
        ),
        [
            LicencePost("P-1", "ZZ", "执法岗位", on("2020-01-01"), on("05-01")),
            LicencePost("P-1", "SW", "行政执法岗位", on("05-01"), on("10-01")),
        ],
    ),
    (
        officer_posts,  # what came before the take-over stands, and so does what it found
        (
            OfficerSeconded(officer="ZF-09", to="示例单位", seconded_on=on("2022-02-01")),
            OfficerReturned(officer="ZF-09", post="P-1", returned_on=on("2022-08-01")),
            an_officer("ZF-09"),
            OfficerTransferred(officer="ZF-09", post="P-2", transferred_on=on("06-01")),
            OfficerLeft(officer="ZF-09", reason="retired", left_on=on("11-01")),
        ),
        [
            held("P-ZF-09", "ZZ", on("2020-01-01"), on("2022-02-01")),
            held("P-1", None, on("2022-08-01"), on("01-01")),
            held("P-ZF-09", "ZZ", on("01-01"), on("06-01")),
            held("P-2", None, on("06-01"), on("11-01")),
        ],
    ),
    (
        licences,  # the second one was suspended before the first day on which it was to be valid
        (
            an_officer("ZF-03", taken_over_on=on("2021-01-01")),
            LicenceSuspended(
                officer="ZF-03",
                licence_number=FIRST_LICENCE,
                reason="示例",
                suspended_on=on("2023-03-01"),
            ),
            LicenceResumed(
                officer="ZF-03",
                licence_number=FIRST_LICENCE,
                valid_until=on("2026-05-31"),
                resumed_on=on("2023-05-01"),
            ),
            a_licence("ZF-03"),
            LicenceIssued(
                officer="ZF-03",
                licence_number=SECOND_LICENCE,
                scope="民政行政执法",
                valid_from=on("03-01"),
                valid_until=on("2029-02-28"),
                issued_on=on("02-01"),
            ),
            LicenceSuspended(
                officer="ZF-03",
                licence_number=SECOND_LICENCE,
                reason="示例",
                suspended_on=on("02-15"),
            ),
        ),
        [
            Licence("ZF-03", FIRST_LICENCE, "民政行政执法", on("2021-06-01"), on("2023-03-01")),
            Licence("ZF-03", FIRST_LICENCE, "民政行政执法", on("2023-05-01"), on("2026-06-01")),
        ],
    ),
    (
        villages,
        (
            a_village("没有的村", "2009-01-01"),  # on no register yet
            VillageEstablished(
                village=A_VILLAGE,
                name="甲村",
                kind="village",
                decision_number="示例2号",
                established_on=on("2010-05-01"),
            ),
            a_village("乙村", "2020-01-01"),
            VillageTakenOver(
                village=A_VILLAGE, name="丙村", kind="village", taken_over_on=on("01-01")
            ),
            a_village("丙村", "02-01"),
            VillageAbolished(
                village=A_VILLAGE, decision_number="示例3号", abolished_on=on("06-01")
            ),
        ),
        [
            Village(A_VILLAGE, "445102100", "甲村", "village", on("2010-05-01"), on("2020-01-01")),
            Village(A_VILLAGE, "445102100", "乙村", "village", on("2020-01-01"), on("01-01")),
            Village(A_VILLAGE, "445102100", "丙村", "village", on("01-01"), on("06-01")),
        ],
    ),
    (
        keeping_bodies,
        (
            KeepingBodyTakenOver(
                body="GH-01",
                name="示例骨灰楼",
                kind="columbarium",
                township="445102100",
                registered_on=on("2008-06-01"),
            ),
            KeepingBodyTakenOver(
                body="GH-01",
                name="新示例骨灰楼",
                kind="columbarium",
                township="445102100",
                registered_on=on("03-01"),
            ),
            KeepingBodyClosed(body="GH-01", closed_on=on("05-06"), reason="迁移完毕"),
        ),
        [
            KeepingBody(
                *("GH-01", "示例骨灰楼", "columbarium", "445102100"), on("2008-06-01"), on("03-01")
            ),
            KeepingBody(
                *("GH-01", "新示例骨灰楼", "columbarium", "445102100"), on("03-01"), on("05-06")
            ),
        ],
    ),
    (
        place_values,
        (
            a_proposal("示例大道", "03-01"),
            an_approval("06-03"),
            an_approval("07-01", "另名路"),
            RENAMED,
            RETIRED,
        ),
        [
            PlaceValue("R1", "name", "示例路", on("06-03"), on("09-03")),
            PlaceValue("R1", "romanised-name", "Shili Lu", on("06-03"), on("09-03")),
            PlaceValue("R1", "name", "新名路", on("09-03"), LATER),
            PlaceValue("R1", "romanised-name", "Xinming Lu", on("09-03"), LATER),
        ],
    ),
    (
        place_values,  # renamed before it was taken over, under the name from before
        (
            RENAMED.model_copy(update={"approved_on": on("2020-01-01")}),
            NameTakenOver(
                place="R1",
                **a_name("旧名路", "Jiuming Lu"),
                approved_on=on("2015-06-01"),
                taken_over_on=on("01-01"),
            ),
        ),
        [
            PlaceValue("R1", "name", "旧名路", on("2015-06-01"), on("2020-01-01")),
            PlaceValue("R1", "romanised-name", "Jiuming Lu", on("2015-06-01"), on("2020-01-01")),
            PlaceValue("R1", "name", "新名路", on("2020-01-01"), on("01-01")),
            PlaceValue("R1", "romanised-name", "Xinming Lu", on("2020-01-01"), on("01-01")),
            PlaceValue("R1", "name", "旧名路", on("01-01"), None),
            PlaceValue("R1", "romanised-name", "Jiuming Lu", on("01-01"), None),
        ],
    ),
    (
        place_values,
        (
            a_proposal("示例大道", "03-01"),
            announced("06-12", "东西走向，长 420 米"),
            announced("06-20", None),
            an_extent("09-04", "向东延长至示例江"),
            RETIRED,
        ),
        [
            PlaceValue("R1", "location", "东西走向，长 420 米", on("06-12"), on("09-04")),
            PlaceValue("R1", "location", "向东延长至示例江", on("09-04"), LATER),
        ],
    ),
)
"""The read model, a history of one stream in the order of its dates, the rows it comes to."""


@pytest.mark.parametrize(
    ("model", "history", "expected"),
    [pytest.param(*each, id=f"{each[0].name}-{n}") for n, each in enumerate(HISTORIES)],
)
@hypothesis.given(data=st.data())
@hypothesis.settings(max_examples=60, deadline=None)
def test_told_in_any_order_what_lasts_holds_from_day_to_day(
    model: ReadModel, history: tuple[Event, ...], expected: list[Any], data: st.DataObject
) -> None:
    told = data.draw(in_any_order(history))

    assert sorted(given(*told).rows(model), key=str) == sorted(expected, key=str)


LAWYER = Person(id_kind="other", id_number="99999202300000001", name="示例丁")


def engaged(since: str, until: str, *lawyers: Person) -> AdviserEngaged:
    return AdviserEngaged(
        engagement="A",
        firm="示例律师事务所",
        firm_code="A",
        lawyers=lawyers,
        from_on=on(since),
        until_on=on(until),
    )


ADVISERS = (
    AdviserEngagementEnded(engagement="A", reason="示例", ended_on=on("2022-12-01")),
    engaged("2023-01-01", "2023-12-31", PERSON, OTHER),
    engaged("2023-10-01", "2025-12-31", PERSON, LAWYER),
    AdviserEngagementEnded(engagement="A", reason="示例", ended_on=on("07-01")),
)


@hypothesis.given(in_any_order(ADVISERS))
@hypothesis.settings(max_examples=24, deadline=None)
def test_lawyers_are_engaged_in_stretches_whatever_the_order(told: list[Event]) -> None:
    """One to the end of the first contract, one from it into the second, one in the second."""
    rows = given(*told).rows(adviser_lawyers)

    assert sorted((row.valid_from, row.valid_to) for row in rows) == [
        (on("2023-01-01"), on("01-01")),
        (on("2023-01-01"), on("07-01")),
        (on("2023-10-01"), on("07-01")),
    ]


REGISTERED = (
    a_change("name", "旧示例协会", "2020-06-01"),
    a_body(address="示例路1号", legal_representative=PERSON),
    a_change("address", None, "02-01"),
    a_change("scope", "养老服务", "03-01"),
    a_change("name", "新示例协会", "04-01"),
    a_change("legal-representative", None, "05-01", legal_representative=OTHER),
    ENDED,
    ENDED_AGAIN,
    a_change("scope", "终止之后", "12-24"),
)
VALUES = [
    RegisteredValue(ASSOCIATION, "name", "示例协会", on("2015-05-20"), on("2020-06-01")),
    RegisteredValue(ASSOCIATION, "name", "旧示例协会", on("2020-06-01"), on("01-01")),
    RegisteredValue(ASSOCIATION, "name", "示例协会", on("01-01"), on("04-01")),
    RegisteredValue(ASSOCIATION, "name", "新示例协会", on("04-01"), on("11-20")),
    RegisteredValue(ASSOCIATION, "address", "示例路1号", on("2015-05-20"), on("02-01")),
    RegisteredValue(ASSOCIATION, "scope", "养老服务", on("03-01"), on("11-20")),
    RegisteredValue(ASSOCIATION, "capital", "30,000.00元", on("2015-05-20"), on("11-20")),
]


@hypothesis.given(in_any_order(REGISTERED))
@hypothesis.settings(max_examples=60, deadline=None)
def test_the_register_holds_of_a_body_what_was_registered_last_until_the_body_ends(
    told: list[Event],
) -> None:
    """A legal representative is there by pseudonym only."""
    rows = given(*told).rows(registered_values)
    persons = [row for row in rows if row.item == "legal-representative"]

    assert sorted((row for row in rows if row not in persons), key=str) == sorted(VALUES, key=str)
    first, second = sorted(persons, key=lambda row: row.valid_from)
    assert first.value != second.value
    assert (first.valid_from, first.valid_to, second.valid_from, second.valid_to) == (
        *(on("2015-05-20"), on("05-01"), on("05-01"), on("11-20")),
    )
    assert not any(str(PERSON.name) in str(row) for row in persons)
