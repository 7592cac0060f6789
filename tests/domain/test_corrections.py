"""Corrections: what still stands of a stream, and how what replaces a fact is judged."""

from __future__ import annotations

from datetime import UTC, date, datetime

import hypothesis
import pytest
from hypothesis import strategies as st

from domain.aggregate import Entry
from domain.assistance.payouts import RecoveryReceived
from domain.corrections import Standing, effective, fits, replaces
from domain.event import Event
from projections.assistance import payments
from tests.support.bureau import SAMPLE
from tests.support.money import a_household, a_payment
from tests.support.rulebook import Book, changed, given, recovered, revoked

CASE = a_household("DB-1", fen=50_000)
JANUARY = a_payment("DB-1", 50_000, "2024-01")
FEBRUARY = a_payment("DB-1", 50_000, "2024-02")
BACK = RecoveryReceived(
    case_number="DB-1", programme="dibao", amount_fen=20_000, received_on=date(2024, 9, 3)
)
AT = datetime(2024, 1, 1, tzinfo=UTC)


# How a correction is judged.


def test_a_payment_put_right_is_no_second_payment() -> None:
    assert given(CASE, JANUARY).when(JANUARY) == ["month-already-paid"]
    assert given(CASE, JANUARY).when(changed(JANUARY, by=FEBRUARY)) == []


def test_the_month_of_the_payment_put_right_is_free_again() -> None:
    book = given(CASE, JANUARY, changed(JANUARY, by=FEBRUARY))
    assert book.when(JANUARY) == []
    assert book.when(FEBRUARY) == ["month-already-paid"]


def test_what_is_still_wrong_after_the_correction_is_said() -> None:
    wrong = a_payment("DB-1", 10_000, "2024-01")
    assert given(CASE, JANUARY).when(changed(JANUARY, by=wrong)) == ["amount-differs"]


def test_taking_a_fact_back_breaches_nothing_even_a_wrong_one() -> None:
    wrong = a_payment("DB-1", 10_000, "2024-01")
    book = given(CASE, wrong)
    assert book.breaches == [[], ["amount-differs"]]
    assert book.when(revoked(wrong)) == []


def test_a_change_of_a_change_is_judged_without_both() -> None:
    book = given(CASE, JANUARY, changed(JANUARY, by=FEBRUARY))
    assert book.when(changed(FEBRUARY, by=JANUARY)) == []


# Which corrections fit.


@pytest.mark.parametrize(
    ("fact", "kind", "of", "stream", "fit"),
    [
        (JANUARY, "changed", JANUARY.TYPE, "case/DB-1", True),
        (JANUARY, "revoked", JANUARY.TYPE, "case/DB-1", True),
        (JANUARY, "changed", JANUARY.TYPE, "case/DB-2", False),
        (JANUARY, "changed", CASE.TYPE, "case/DB-1", False),
        (JANUARY, "recovered", JANUARY.TYPE, "case/DB-1", False),
        (BACK, "recovered", JANUARY.TYPE, "case/DB-1", True),
        (BACK, "recovered", JANUARY.TYPE, "case/DB-2", False),
    ],
)
def test_a_correction_stays_with_its_fact(
    fact: Event, kind: str, of: str, stream: str, *, fit: bool
) -> None:
    """更正 and 撤销 keep type and stream; money that came back (追回) keeps the stream."""
    assert fits(fact, kind, of, stream) is fit


# What still stands of a stream.


def money(book: Book) -> list[tuple[str, int, str]]:
    return [(row.kind, row.amount_fen, row.months) for row in book.rows(payments)]


def test_rows_are_those_of_what_stands() -> None:
    told = given(CASE, JANUARY)
    assert money(told) == [("settled", 50_000, "2024-01")]
    told.tell(changed(JANUARY, by=FEBRUARY))
    assert money(told) == [("settled", 50_000, "2024-02")]
    told.tell(recovered(FEBRUARY, by=BACK))
    assert money(told) == [("settled", 50_000, "2024-02"), ("recovered", 20_000, "")]
    told.tell(revoked(FEBRUARY))
    assert money(told) == [("settled", 50_000, "2024-01"), ("recovered", 20_000, "")]
    told.tell(revoked(JANUARY))
    assert money(told) == [("recovered", 20_000, "")]


def entries_of(*facts: tuple[str, str | None, str | None]) -> list[Entry]:
    return [
        Entry("s/1", n, AT, n, "t", "a", name, CASE, SAMPLE, corrects, kind)
        for n, (name, corrects, kind) in enumerate(facts, start=1)
    ]


@pytest.mark.parametrize(
    ("facts", "standing"),
    [
        ([("1", None, None), ("2", None, None)], ["1", "2"]),
        ([("1", None, None), ("2", None, None), ("3", "a/1", "changed")], ["3", "2"]),
        ([("1", None, None), ("2", None, None), ("3", "a/1", "revoked")], ["2"]),
        ([("1", None, None), ("2", "a/1", "recovered")], ["1", "2"]),
        ([("1", None, None), ("2", "a/1", "changed"), ("3", "a/2", "changed")], ["3"]),
        ([("1", None, None), ("2", "a/1", "changed"), ("3", "a/1", "changed")], ["3"]),
        ([("1", None, None), ("2", "a/1", "changed"), ("3", "a/1", "revoked")], []),
        ([("1", None, None), ("2", "a/1", "changed"), ("3", "a/2", "revoked")], ["1"]),
        ([("1", None, None), ("2", "a/1", "revoked"), ("3", "a/2", "revoked")], ["1"]),
        ([("1", None, None), ("2", "a/1", "revoked"), ("3", "a/2", "changed")], []),
        ([("1", None, None), ("2", "a/1", "revoked"), ("3", "a/1", "changed")], ["3"]),
        ([("2", "a/1", "changed"), ("3", "a/2", "revoked")], []),
        (
            [
                ("1", None, None),
                ("2", "a/1", "changed"),
                ("3", "a/1", "changed"),
                ("4", "a/2", "changed"),
                ("5", "a/3", "revoked"),
            ],
            ["4"],
        ),
    ],
)
def test_what_still_stands(
    facts: list[tuple[str, str | None, str | None]], standing: list[str]
) -> None:
    assert [entry.event_id for entry in effective(entries_of(*facts))] == standing


def test_a_recovery_replaces_nothing() -> None:
    changed, recovered, plain = entries_of(
        ("1", "a/0", "changed"), ("2", "a/0", "recovered"), ("3", None, None)
    )
    assert [replaces(e) for e in (changed, recovered, plain)] == [True, False, False]


# What stands, kept up as it is told.


def _stands(thread: list[Entry], at: int) -> Entry | None:
    """By the rule alone: the last correction that stands rules, else the entry itself."""
    for number in range(len(thread) - 1, at, -1):
        if thread[number].corrects == thread[at].name:
            version = _stands(thread, number)
            if version is not None:
                return version if thread[number].correction_kind == "changed" else None
    return thread[at]


@hypothesis.given(
    st.lists(st.tuples(st.integers(0), st.sampled_from(["changed", "revoked"])), max_size=12)
)
def test_after_each_correction_stands_what_the_rule_says(told: list[tuple[int, str]]) -> None:
    """Corrections of any of what was told before, in any order, chains of them too."""
    thread: list[Entry] = []
    kept = Standing()
    for position, (target, kind) in enumerate([(0, ""), *told], 1):
        of = thread[target % len(thread)].name if thread else None
        entry = Entry(
            "case/DB-1", position, AT, position, "t", "s", f"e-{position}", JANUARY, SAMPLE
        )
        entry.corrects, entry.correction_kind = of, kind or None
        thread.append(entry)
        kept.tell(entry)
        for at, each in enumerate(thread):
            assert kept.fact(each.name).stands is _stands(thread, at)
