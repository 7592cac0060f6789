"""Ash certificates: old and new forms by number, and what is recorded with a breach.

By hand: of 10 old forms 3 are issued and 1 is voided, so 6 are sealed; of 10 new ones 2 are issued,
so 8 are blank at the end of the year.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.envelope import read
from domain.event import Event, Person
from domain.faults import Unacceptable
from domain.funeral import (
    AshesCertificateIssued,
    AshesPlaced,
    CremationRecorded,
    FormKind,
    FormStockCounted,
    FormStockPrinted,
    FormStockSealed,
    FormVersionActivated,
    FormVoided,
    KeepingBodyClosed,
    KeepingBodyTakenOver,
)
from projections.cases.deaths import Death, deaths
from projections.funeral import (
    FormMovement,
    FormVersion,
    keeping_bodies,
    movements,
    versions,
)
from reports.catalogue import MEASURES, slice_of
from reports.table import Asked, tabulate
from tests.support.bureau import SAMPLE
from tests.support.enforcement import PERSON
from tests.support.ledger import Bench, event
from tests.support.money import PUBLISHED, an_id
from tests.support.rulebook import given

CHANGE = date(2024, 3, 15)
EARLIER = date(2024, 2, 1)
KINDS: tuple[FormKind, ...] = ("promise", "receipt")


def printed(form: str, kind: FormKind) -> FormStockPrinted:
    return FormStockPrinted(
        form=form, kind=kind, first_number=1, last_number=10, printed_on=date(2024, 1, 2)
    )


def activated(form: str, kind: FormKind, on: date, **more: Any) -> FormVersionActivated:
    return FormVersionActivated(
        form=form, kind=kind, activated_on=on, notice_number="示例殡〔2024〕1号", **more
    )


def issued(form: str, kind: FormKind, number: int, on: date) -> AshesCertificateIssued:
    return AshesCertificateIssued(
        form=form, kind=kind, number=number, deceased=PERSON, issued_on=on, issuer="BY-01"
    )


def sealed(kind: FormKind, on: date = CHANGE, first: int = 5, **more: Any) -> FormStockSealed:
    return FormStockSealed.model_validate(
        {
            "form": f"{kind}-old",
            "kind": kind,
            "first_number": first,
            "last_number": 10,
            "sealed_on": on,
            "count": 11 - first,
            "witnesses": ("BY-01", "JB-03"),
            **more,
        }
    )


def before(kind: FormKind) -> list[Event]:
    """The old version in use: numbers 1, 2 and 4 issued, 3 spoiled."""
    old = f"{kind}-old"
    spoiled = FormVoided(
        form=old, kind=kind, number=3, voided_on=date(2024, 2, 1), reason="填写错误"
    )
    return [
        printed(old, kind),
        activated(old, kind, date(2024, 1, 2)),
        *(issued(old, kind, number, date(2024, 2, 1)) for number in (1, 2, 4)),
        spoiled,
    ]


def changed(kind: FormKind) -> list[Event]:
    """The new version came into use on 15 March; number 1 and 2 issued, the rest blank."""
    new = f"{kind}-new"
    return [
        printed(new, kind),
        activated(new, kind, CHANGE, replaces=f"{kind}-old"),
        issued(new, kind, 1, CHANGE),
        issued(new, kind, 2, date(2024, 6, 3)),
        FormStockCounted(form=new, kind=kind, blank=8, counted_on=date(2024, 12, 31)),
    ]


def whole_year(*, without: Event | None = None) -> list[Event]:
    """Both forms changed; a test may leave out a step."""
    steps = [step for kind in KINDS for step in (*before(kind), *changed(kind), sealed(kind))]
    return [step for step in steps if step != without]


async def faults(bench: Bench) -> list[str]:
    """What is wrong with the old forms."""
    return [what for ok, what, _ in (await bench.statement("S01")).conditions if not ok]


# The day of the change


async def test_both_new_forms_came_into_use_on_one_day(bench: Bench) -> None:
    await bench.tell(*whole_year())

    assert (await bench.figure("F45")).value == "2024-03-15"
    assert (await bench.figure("F45", year=2023)).value is None
    assert await faults(bench) == []


async def test_two_days_are_no_day(bench: Bench) -> None:
    later = activated("receipt-new", "receipt", date(2024, 3, 18), replaces="receipt-old")
    stock = printed("receipt-new", "receipt")
    await bench.tell(*before("promise"), *changed("promise"), *before("receipt"), stock, later)

    assert (await bench.figure("F45")).value is None


async def test_one_of_the_two_forms_is_no_day(bench: Bench) -> None:
    await bench.tell(*before("promise"), *changed("promise"), *before("receipt"))

    assert (await bench.figure("F45")).value is None
    assert "骨灰领取证新版已启用" in await faults(bench)


async def test_a_first_version_replaces_nothing_and_is_no_change(bench: Bench) -> None:
    await bench.tell(*before("promise"))

    assert (await bench.figure("F45")).value is None


# The old forms


async def test_nothing_is_said_of_an_empty_year(bench: Bench) -> None:
    assert not (await bench.statement("S01")).holds


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("promise", "骨灰承诺证旧版于停用当日按号段封存"),
        ("receipt", "骨灰领取证旧版于停用当日按号段封存"),
    ],
)
async def test_old_forms_not_sealed(bench: Bench, kind: FormKind, fault: str) -> None:
    await bench.tell(*whole_year(without=sealed(kind)))

    assert await faults(bench) == [
        f"{kind}-old 印制 10 = 开具 3 + 作废 1 + 空白 0 + 封存 0",
        fault,
    ]


async def test_old_forms_sealed_a_day_later(bench: Bench) -> None:
    late = sealed("promise", date(2024, 3, 16))
    await bench.tell(*whole_year(without=sealed("promise")), late)

    assert await faults(bench) == ["骨灰承诺证旧版于停用当日按号段封存"]


@pytest.mark.parametrize(
    ("on", "expected"),
    [(date(2024, 3, 14), []), (CHANGE, ["promise-old 停用后未再开具"])],
)
async def test_an_old_form_is_issued_before_the_day_of_the_change(
    bench: Bench, on: date, expected: list[str]
) -> None:
    """R-AS-01: from 15 March on no more; the day before is lawful. One form less is sealed."""
    old = issued("promise-old", "promise", 5, on)
    steps = whole_year(without=sealed("promise"))
    await bench.tell(*steps, old, sealed("promise", first=6))

    assert await faults(bench) == expected


async def test_a_form_unaccounted_for(bench: Bench) -> None:
    """R-AS-02: 10 printed, 3 issued, 1 voided, 5 sealed: one is missing."""
    await bench.tell(*whole_year(without=sealed("receipt")), sealed("receipt", first=6))

    assert await faults(bench) == ["receipt-old 印制 10 = 开具 3 + 作废 1 + 空白 0 + 封存 5"]


@pytest.mark.parametrize("number", [2, 11])
async def test_a_number_issued_twice_or_never_printed(bench: Bench, number: int) -> None:
    """R-AS-02 goes by number range: the sums are right, the numbers are not."""
    steps = whole_year(without=issued("promise-old", "promise", 4, EARLIER))
    await bench.tell(*steps, issued("promise-old", "promise", number, EARLIER))

    assert await faults(bench) == ["promise-old 开具、作废、封存的号码都在印制号段内，没有重号"]


async def test_between_two_counts_a_version_in_use_is_settled_as_of_the_last(bench: Bench) -> None:
    """End of March: 1 issued, 9 blank. One more is issued in June, counted in December."""
    counts = [
        FormStockCounted(form=f"{k}-new", kind=k, blank=9, counted_on=date(2024, 3, 31))
        for k in KINDS
    ]
    await bench.tell(*whole_year(), *counts)

    for asof in (date(2024, 3, 31), date(2024, 7, 1), date(2024, 12, 31)):
        assert (await bench.statement("S01", asof=asof)).holds
    assert not (await bench.statement("S01", asof=date(2024, 3, 30))).holds


async def test_a_seal_told_late_was_not_known_when_the_report_was_published(bench: Bench) -> None:
    await bench.tell(*whole_year(without=sealed("promise")))
    await bench.tell(sealed("promise"), received=date(2025, 2, 3))

    assert (await bench.statement("S01")).holds
    assert not (await bench.statement("S01", known=PUBLISHED)).holds


# What is read of it


def test_a_form_is_followed_by_number_from_print_to_count() -> None:
    """Ten printed, two issued, so eight are counted; a count has no numbers."""
    new = "promise-new"
    book = given(*changed("promise"))
    deceased = next(row.deceased for row in book.rows(movements) if row.step == "issued")

    assert book.rows(movements) == [
        FormMovement(new, "promise", "printed", date(2024, 1, 2), 1, 10, 10),
        FormMovement(new, "promise", "issued", CHANGE, 1, 1, 1, deceased),
        FormMovement(new, "promise", "issued", date(2024, 6, 3), 2, 2, 1, deceased),
        FormMovement(new, "promise", "counted", date(2024, 12, 31), None, None, 8),
    ]
    assert book.rows(versions) == [FormVersion(new, "promise", CHANGE, "promise-old")]


# What is recorded with a breach


@pytest.mark.parametrize(
    ("on", "expected"),
    [(date(2024, 3, 14), ["form-version-not-in-use"]), (CHANGE, [])],
)
def test_a_new_form_is_issued_from_the_day_it_is_in_use(on: date, expected: list[str]) -> None:
    """R-AS-01."""
    new = activated("promise-new", "promise", CHANGE, replaces="promise-old")
    book = given(printed("promise-new", "promise"), new)

    assert book.when(issued("promise-new", "promise", 1, on)) == expected


def test_a_form_that_never_came_into_use_is_not_issued() -> None:
    book = given(printed("promise-new", "promise"))

    assert book.when(issued("promise-new", "promise", 1, CHANGE)) == ["form-version-not-in-use"]


@pytest.mark.parametrize(
    ("on", "expected"),
    [(date(2024, 3, 14), []), (CHANGE, ["form-version-stopped"])],
)
def test_an_old_form_is_issued_until_the_day_it_was_sealed(on: date, expected: list[str]) -> None:
    """R-AS-01; it is recorded all the same."""
    late = issued("promise-old", "promise", 5, on)
    book = given(*before("promise"), sealed("promise"))

    assert book.when(late) == expected
    book.tell(late)
    steps = sorted(row.step for row in book.rows(movements))
    assert steps == [*["issued"] * 4, "printed", "sealed", "voided"]


def test_what_is_under_seal_is_what_the_number_range_says() -> None:
    """R-AS-02: numbers 5 to 10 are six forms."""
    book = given(*before("promise"))

    assert book.when(sealed("promise", count=7)) == ["sealed-count-differs"]
    assert book.when(sealed("promise", count=6)) == []


def test_a_range_that_runs_backwards_is_malformed() -> None:
    data = {"first_number": 9, "last_number": 8}

    with pytest.raises(Unacceptable):
        read(event("funeral", "x", sealed("promise"), data=data), SAMPLE, replay=True)


# Placements


BODY = KeepingBodyTakenOver(
    body="GH-01",
    name="示例骨灰楼",
    kind="columbarium",
    township="445102100",
    registered_on=date(2008, 6, 1),
)
CLOSED = KeepingBodyClosed(body="GH-01", closed_on=date(2024, 5, 6), reason="迁移完毕")


def placed(on: date) -> AshesPlaced:
    return AshesPlaced(
        body="GH-01",
        deceased=PERSON,
        receipt_form="receipt-old",
        receipt_number=1,
        placed_on=on,
    )


def test_ashes_wait_for_a_body_that_is_on_the_register() -> None:
    february = placed(date(2024, 2, 1))

    assert given().waits_for(february) == {"keeping-body/GH-01"}
    assert given(BODY).when(february) == []


def test_a_closed_body_takes_no_more_ashes() -> None:
    """From the day it closed; they are placed all the same."""
    book = given(BODY, CLOSED)
    assert book.when(placed(date(2024, 5, 5))) == []
    assert book.when(placed(date(2024, 5, 6))) == ["body-closed"]

    book.tell(placed(date(2024, 5, 6)))
    assert [row.valid_to for row in book.rows(keeping_bodies)] == [date(2024, 5, 6)]


async def test_placements_are_counted_by_month_as_persons_are(bench: Bench) -> None:
    """Four in February, one in March and one after the year; the dead are persons."""
    measure = MEASURES["骨灰安放数"]
    assert measure.cells == "persons"
    on = (date(2024, 2, 1),) * 4 + (date(2024, 3, 1), date(2025, 1, 1))
    others = [
        Person(id_kind="resident-id", id_number=an_id(number=n + 1), name="示例甲")
        for n in range(6)
    ]
    told = (
        placed(day).model_copy(update={"receipt_number": n + 1, "deceased": others[n]})
        for n, day in enumerate(on)
    )
    await bench.tell(BODY, *told)

    (made,) = await tabulate(
        bench.connection,
        await bench.moment(),
        [Asked(slice_of(SAMPLE, measure.name, {}), ("月",))],
    )
    assert {cell.codes: cell.exact for cell in made.cells if cell.exact} == {
        ("2024-02",): 4,
        ("2024-03",): 1,
    }


def test_no_open_part_names_the_dead() -> None:
    cremated = CremationRecorded(
        record="HH-1",
        deceased=PERSON,
        died_on=date(2024, 1, 30),
        cremated_on=date(2024, 2, 1),
    )
    facts = (cremated, placed(date(2024, 2, 1)), issued("receipt-old", "receipt", 1, EARLIER))

    for text in map(given().open_text, facts):
        assert str(PERSON.name) not in text
        assert str(PERSON.id_number) not in text


def test_a_cremation_and_an_ashes_certificate_say_that_a_person_died() -> None:
    deceased = Person(id_kind="resident-id", id_number=an_id(number=801), name="示例甲")
    book = given(
        CremationRecorded(
            record="HH-1",
            deceased=deceased,
            died_on=date(2024, 3, 1),
            cremated_on=date(2024, 3, 3),
        ),
        FormStockPrinted(
            form="receipt-2024",
            kind="receipt",
            first_number=1,
            last_number=9,
            printed_on=date(2024, 1, 2),
        ),
        AshesCertificateIssued(
            form="receipt-2024",
            kind="receipt",
            number=1,
            deceased=deceased,
            issued_on=date(2024, 3, 4),
            issuer="JB-01",
        ),
    )
    cremation, certificate = book.rows(deaths)

    assert cremation[1:] == (date(2024, 3, 1), date(2024, 3, 3), None)
    assert certificate == Death(cremation.person_ref, date(2024, 3, 4), date(2024, 3, 4))
