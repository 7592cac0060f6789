"""The forms of an event say what its class says: the fast reader decides, the class explains."""

from __future__ import annotations

import copy
import json
import string
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mypy import api as mypy
from pydantic import BaseModel, ValidationError

from domain import examples
from domain.adoption import AdoptionApplied
from domain.aggregate import Aggregate, Entry, counts, evolves, judges, once
from domain.assistance.payouts import PaymentSettled
from domain.bureau.bureau import Bureau
from domain.cases.decisions import Breach
from domain.catalogue import EVENTS
from domain.dates import Instant
from domain.envelope import Envelope, read
from domain.faults import Unacceptable
from domain.form import convert, open_form, wire_form
from domain.marriage.marriages import CertificateVoided, MarriageRegistered
from domain.parsing import parse
from projections.assistance import payments
from projections.read_model import ReadModel
from tests.support.bureau import SAMPLE

LEDGER = "445102"
ROOT = Path(__file__).parents[2]


# One decides, the other explains.

ODD: Sequence[Any] = (
    *(None, True, False, 0, -1, 1, 2**53, 10**30, 1.0, 0.5, 1e300, [], {}, [None]),
    *("", " ", "0", "true", "x" * 501, "示例", "示\u2028例", "\x1c", "a\x1cb", "a\xa0b"),
    *("2024-02-30", "2024-05-10", "2024-05-10\n", "2024-05-10 ", "2024-5-1", "20240510"),
    *("1714521600", "２０２４-05-10", "2024-05-10T00:00:00Z", "2024-W19-5"),
    *("1899-12-31", "2200-01-01", "9999-12-31"),
    *("2024-05", "2024-13", "2024-05\n", "２０２４-05", "２０２４"),
    *(
        "445102100",
        "445102100\n",
        "４４５１０２１００",
        "EX-0001",
        "EX-0001\n",
        "EX 0001",
        "Ex.0001_-",
    ),
    *("51445102MJ0000018G", "51445102MJ0000018g", "0" * 64, "0" * 64 + "\n", "09:30", "24:00"),
    *("2024-05-10t10:00:00z", "2024-05-10T10:00:00.1234567+08:00", "2024-05-10T10:00:60Z"),
    *("2024-05-10T24:00:00Z", "2024-05-10T10:00+08:00", "2024-05-10 10:00:00+08:00"),
)
"""Values that readers disagree about: spellings, ends of lines, other digits, numbers as text."""

ANY = st.one_of(
    st.sampled_from(ODD),
    st.text(alphabet=string.printable + "年〔〕０１\u2028\x85\xa0", max_size=12),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where a value stands in a message, the message itself left out."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(item, (*path, key))


def put(message: Any, path: tuple[Any, ...], value: Any, *, drop: bool) -> None:
    *way, last = path
    for step in way:
        message = message[step]
    if drop:
        del message[last]
    else:
        message[last] = value


def full_example(event: Any) -> dict[str, Any]:
    """An example message in which the fields that may be left out are there, too."""
    message = copy.deepcopy(examples.message(event, SAMPLE))
    for name, field in event.model_fields.items():
        if name not in message["data"]:
            value = "EX-0001" if field.default is None else field.default
            message["data"][name] = json.loads(json.dumps(value))
    return message


def both(event: Any, message: dict[str, Any]) -> tuple[Any, Any]:
    """What the class and the wire form make of a message; None where they refuse it."""
    raw = json.dumps(message, ensure_ascii=False).encode()
    try:
        slow: Any = Envelope[event].model_validate_json(raw)
    except ValidationError:
        slow = None
    try:
        fast: Any = convert(parse(raw), wire_form(Envelope[event]))
    except (msgspec.ValidationError, Unacceptable):
        fast = None
    return slow, fast


def values(of: Any) -> Any:
    """A model or a form as plain values, to be compared."""
    if isinstance(of, BaseModel):
        return {name: values(getattr(of, name)) for name in type(of).model_fields}
    if isinstance(of, msgspec.Struct):
        return {name: values(getattr(of, name)) for name in of.__struct_fields__}
    return tuple(map(values, of)) if isinstance(of, tuple) else of


@settings(max_examples=1_000)
@given(data=st.data())
def test_the_form_takes_what_the_class_takes_and_nothing_else(data: st.DataObject) -> None:
    event = data.draw(st.sampled_from(sorted(EVENTS.values(), key=lambda e: e.TYPE)))
    message = full_example(event)
    for _ in range(data.draw(st.integers(0, 2))):
        path = data.draw(st.sampled_from(sorted(places(message), key=repr)))
        put(message, path, data.draw(ANY), drop=data.draw(st.booleans()))

    slow, fast = both(event, message)

    assert (slow is None) == (fast is None), message
    assert values(slow) == values(fast)


def kinds_of_fields() -> dict[str, list[tuple[Any, str]]]:
    """Line → (event, field) for each kind of field that no event before has."""
    seen: set[str] = set()
    kinds: dict[str, list[tuple[Any, str]]] = {}
    for event in sorted(EVENTS.values(), key=lambda e: e.TYPE):
        for name, field in event.model_fields.items():
            kind = f"{field.annotation} {field.metadata} {field.is_required()}"
            if kind not in seen:
                seen.add(kind)
                kinds.setdefault(event.TYPE.partition(".")[0], []).append((event, name))
    return kinds


KINDS = kinds_of_fields()


@pytest.mark.parametrize("line", KINDS)
def test_each_kind_of_field_with_each_odd_value(line: str) -> None:
    """Every kind of field, and what stands in it, with what readers were seen to disagree about."""
    for event, name in KINDS[line]:
        for path in [p for p in places(full_example(event)) if p[:2] == ("data", name)]:
            for odd in ODD:
                message = full_example(event)
                put(message, path, odd, drop=False)
                slow, fast = both(event, message)
                assert (slow is None) == (fast is None), (event.TYPE, path, odd)
                assert values(slow) == values(fast), (event.TYPE, path, odd)


# One spelling.


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-10T10:00:00Z",
        "2024-05-10t10:00:00z",
        "2024-05-10T10:00:00+08:00",
        "2024-05-10T10:00:00.123456789-03:30",
    ],
)
def test_a_moment_is_written_as_rfc_3339_asks(text: str) -> None:
    assert Instant.read(text).utcoffset() is not None


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-10T10:00:00",  # no offset
        "2024-05-10T10:00+08:00",  # no seconds
        "2024-05-10 10:00:00+08:00",
        "2024-05-10T10:00:00+0800",
        "2024-05-10T10:00:60Z",
        "2024-02-30T10:00:00Z",
        "0001-01-01T00:00:00+08:00",
        "9999-12-31T23:59:59Z",
        "1715306400",
        "2024-05-10T10:00:00Z\n",
    ],
)
def test_no_other_spelling_is_a_moment(text: str) -> None:
    with pytest.raises(ValueError, match=r"a moment|a date that exists"):
        Instant.read(text)


def test_digits_after_microseconds_are_cut_not_rounded() -> None:
    assert Instant.read("2024-12-31T23:59:59.9999999+08:00").microsecond == 999_999


def test_a_date_as_seconds_since_1970_is_no_date() -> None:
    message = examples.message(MarriageRegistered, SAMPLE)
    message["data"]["registered_on"] = "1709251200"

    with pytest.raises(Unacceptable) as refused:
        read(json.dumps(message).encode(), SAMPLE, replay=True)

    assert (refused.value.code, refused.value.pointer) == ("malformed_value", "/data/registered_on")


# The open form.


STORED = {
    "certificate_number": "J445102-2024-000001",
    "parties": [
        {"ref": "a" * 32, "resident_here": True},
        {"ref": "b" * 32, "resident_here": False, "of_age": False},
    ],
    "registered_on": "2024-03-01",
    "registrars": ["EX-0001"],
}


def test_in_the_open_form_a_person_is_a_pseudonym_with_flags() -> None:
    groom, bride = convert(STORED, open_form(MarriageRegistered)).parties

    assert (groom.ref, groom.resident_here, groom.of_age) == ("a" * 32, True, None)
    assert (bride.ref, bride.resident_here, bride.of_age) == ("b" * 32, False, False)
    assert groom.__struct_fields__ == (
        *("ref", "unborn", "damaged_name"),
        *("resident_here", "outside", "of_age", "same_sex"),
    )


def test_a_form_has_methods_and_defaults_of_its_class() -> None:
    married = convert(STORED, open_form(MarriageRegistered))

    assert married.stream() == "marriage/J445102-2024-000001"
    assert married.occurred_on() == date(2024, 3, 1)
    assert married.kind == "first"


NAMES_A_FIELD = """
from collections.abc import Iterator
from domain.aggregate import Entry
from domain.assistance.payouts import PaymentSettled
from domain.marriage.marriages import MarriageRegistered

def settled(entry: Entry[PaymentSettled]) -> Iterator[int]:
    yield entry.data.{field}

def married(entry: Entry[MarriageRegistered]) -> Iterator[str]:
    for party in entry.data.parties:
        yield party.{of_person}
"""


@pytest.mark.parametrize(
    ("field", "of_person", "complaint"),
    [
        ("amount_fen", "ref", None),
        ("amuont_fen", "ref", '"PaymentSettled" has no attribute "amuont_fen"'),
        ("settled_on", "ref", 'actual type "date"'),
        ("amount_fen", "name", 'actual type "Concealed[str]"'),
        ("amount_fen", "resident_here", 'actual type "bool"'),
    ],
)
def test_a_fold_that_reads_what_is_not_there_fails_the_type_check(
    field: str, of_person: str, complaint: str | None, tmp_path: Path
) -> None:
    fold = tmp_path / "fold.py"
    fold.write_text(NAMES_A_FIELD.format(field=field, of_person=of_person))
    said, _, status = mypy.run(["--config-file", str(ROOT / "pyproject.toml"), str(fold)])

    assert status == (0 if complaint is None else 1), said
    assert complaint is None or complaint in said


# Registered by annotation.


def test_an_aggregate_takes_each_event_once() -> None:
    """Two methods took the same event; only the last one ran, silently, and a state was wrong."""
    with pytest.raises(TypeError, match=r"judges assistance\.payment-settled\.v1 twice"):

        class Twice(Aggregate):
            @judges
            def one(self, _event: PaymentSettled) -> tuple[Breach, ...]:
                return ()

            @judges
            def two(self, _event: PaymentSettled | AdoptionApplied) -> tuple[Breach, ...]:
                return ()


def test_a_fact_is_a_decision_or_a_contribution() -> None:
    with pytest.raises(TypeError, match=r"takes assistance\.payment-settled\.v1 as decision and"):

        class Both(Aggregate):
            @evolves
            def on_payment(self, _event: PaymentSettled) -> None:
                pass

            @counts
            def count_payment(self, _event: PaymentSettled, times: int) -> None:
                pass


def test_what_is_done_twice_is_a_breach_of_its_judge() -> None:
    with pytest.raises(TypeError, match=r"looks for no done-twice"):

        @once("done-twice")
        def judge(_self: Aggregate, _event: PaymentSettled) -> tuple[Breach, ...]:
            return ()


def test_a_judge_that_asks_for_the_bureau_is_given_it() -> None:
    class Book(Aggregate):
        @judges
        def judge_payment(self, _event: PaymentSettled, bureau: Bureau) -> tuple[Breach, ...]:
            return ("month-already-paid",) if bureau.short == "别处" else ()

        @judges
        def judge_voided(self, _event: CertificateVoided) -> tuple[Breach, ...]:
            return ("month-already-paid",)

    book, elsewhere = Book.blank("book/1", datetime.now(UTC)), replace(SAMPLE, short="别处")
    payment = PaymentSettled.model_validate_json(json.dumps(examples.data(PaymentSettled, SAMPLE)))
    voided = CertificateVoided.model_validate_json(
        json.dumps(examples.data(CertificateVoided, SAMPLE))
    )

    assert book.judge(payment, SAMPLE) == ()
    assert book.judge(payment, elsewhere) == ("month-already-paid",)
    assert book.judge(voided, SAMPLE) == ("month-already-paid",)


def test_a_read_model_takes_each_event_once() -> None:
    """A second fold for an event replaced the first one, and its rows were never made."""
    model = ReadModel("example", payments.row, doc="example")

    def rows(_entry: Entry[PaymentSettled]) -> tuple[()]:
        return ()

    model.adds(rows)
    with pytest.raises(TypeError, match=r"example takes assistance\.payment-settled\.v1 twice"):
        model.adds(rows)


def test_what_is_no_event_cannot_be_judged() -> None:
    with pytest.raises(TypeError, match="is no event"):

        class OfNothing(Aggregate):
            @judges
            def judge_nothing(self, _event: date) -> tuple[Breach, ...]:
                return ()
