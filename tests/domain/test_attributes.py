"""Attributes as libraries write them: what other spellings mean the same, and what is refused."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.attributes import MOST_OF_EXTENSION
from domain.bureau.bureau import Bureau
from domain.contract.messages import Book
from domain.envelope import Door, read
from domain.faults import Unacceptable
from ledger.content import text_of, told
from tests.support.bureau import SAMPLE, sample_but
from tests.support.engine import altered
from tests.support.ledger import event
from tests.support.money import a_payment, an_id

DIVISION = "445102"
ID = an_id()
FULL_WIDTH = {ord(char): ord(char) + 0xFEE0 for char in "0123456789X"}
PAYMENT = event("payouts", "p-1", a_payment("DB-1", 50_000, "2024-01"))


def found(raw: bytes, **door: Any) -> tuple[str, str]:
    """("ok", name), or reason code and pointer."""
    made = told(raw)
    try:
        message = None if made is None else made[0]
        return "ok", Door(SAMPLE, **{"replay": True} | door).read(raw, message).name
    except Unacceptable as refused:
        return refused.code, refused.pointer


def with_attribute(name: str, value: Any) -> bytes:
    message = json.loads(PAYMENT) | {name: value}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def without(name: str) -> bytes:
    message = json.loads(PAYMENT)
    del message[name]
    return json.dumps(message, ensure_ascii=False).encode()


OK = ("ok", "payouts/p-1")

THE_SAME_FACT = {
    "no media type": without("datacontenttype"),
    "media type null": with_attribute("datacontenttype", None),
    "media type with charset": with_attribute("datacontenttype", "application/json; charset=utf-8"),
    "media type in capitals": with_attribute("datacontenttype", "Application/JSON"),
    "charset quoted": with_attribute("datacontenttype", 'application/json;charset="UTF-8"'),
    "another parameter": with_attribute("datacontenttype", 'application/json ; v=1; x="a;b\\"c";'),
    "sequence as text": with_attribute("sequence", "1"),
    "sequence filled up with zeros": with_attribute("sequence", "0000000001"),
    "corrects null": with_attribute("corrects", None),
    "an attribute of others null": with_attribute("dataschema", None),
    "dataschema": with_attribute("dataschema", "https://example.invalid/payment.json"),
    "traceparent": with_attribute(
        "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    ),
    "an integer": with_attribute("severitynumber", 9),
    "a boolean": with_attribute("sampled", value=True),
    "twenty characters": with_attribute("a2345678901234567890", ""),
    "a long text": with_attribute("baggage", "x" * MOST_OF_EXTENSION),
}


@pytest.mark.parametrize("raw", THE_SAME_FACT.values(), ids=THE_SAME_FACT)
def test_the_same_fact_through_another_library_is_the_same_content(raw: bytes) -> None:
    assert found(raw) == OK
    assert text_of(raw) == text_of(PAYMENT)


REFUSED: dict[str, tuple[bytes, tuple[str, str]]] = {
    "plain text": (
        with_attribute("datacontenttype", "text/plain"),
        ("malformed_envelope", "/datacontenttype"),
    ),
    "another charset": (
        with_attribute("datacontenttype", "application/json; charset=gbk"),
        ("malformed_envelope", "/datacontenttype"),
    ),
    "two charsets": (
        with_attribute("datacontenttype", "application/json; charset=utf-8; Charset=gbk"),
        ("malformed_envelope", "/datacontenttype"),
    ),
    "no media type at all": (
        with_attribute("datacontenttype", ""),
        ("malformed_envelope", "/datacontenttype"),
    ),
    "data in base64": (
        with_attribute("data_base64", "e30="),
        ("malformed_envelope", "/data_base64"),
    ),
    "a list": (with_attribute("tags", ["a"]), ("malformed_envelope", "/tags")),
    "a fraction": (with_attribute("samplerate", 0.5), ("malformed_envelope", "/samplerate")),
    "too large": (with_attribute("rate", 2**53), ("number_out_of_range", "")),
    "too long": (
        with_attribute("baggage", "x" * (MOST_OF_EXTENSION + 1)),
        ("malformed_envelope", "/baggage"),
    ),
    "a capital": (with_attribute("traceParent", "00"), ("malformed_envelope", "")),
    "a name too long": (with_attribute("a23456789012345678901", ""), ("malformed_envelope", "")),
    "a name of a person": (with_attribute("示例甲", None), ("malformed_envelope", "")),
    "a resident id": (with_attribute("operator", ID), ("malformed_envelope", "/operator")),
    "a resident id in full width": (
        with_attribute("operator", ID.translate(FULL_WIDTH)),
        ("malformed_envelope", "/operator"),
    ),
    "a resident id within": (
        with_attribute("operator", f"id:{ID.lower()};"),
        ("malformed_envelope", "/operator"),
    ),
    "a resident id as name": (
        with_attribute(ID.lower(), value=True),
        ("malformed_envelope", ""),
    ),
    "a resident id as name of null": (
        with_attribute(ID.lower(), None),
        ("malformed_envelope", ""),
    ),
    "a name like a number": (with_attribute("tel13800138000", []), ("malformed_envelope", "")),
    "data null": (with_attribute("data", None), ("missing_field", "/data")),
    "no data": (without("data"), ("missing_field", "/data")),
    "id null": (with_attribute("id", None), ("malformed_envelope", "/id")),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_nobody_can_ignore_is_refused_by_name(what: str) -> None:
    """By the name of the attribute, unless that may say who somebody is."""
    raw, refused = REFUSED[what]
    assert found(raw) == refused
    with pytest.raises(Unacceptable) as caught:
        read(raw, SAMPLE, replay=True)
    assert ID not in str(caught.value.faults).upper()


def test_the_contract_says_what_is_taken() -> None:
    schema = Book(SAMPLE).definitions["$defs"]["Envelope"]
    media = schema["properties"]["datacontenttype"]["anyOf"][0]
    assert re.search(media["pattern"], "application/json; a=b")
    ways = schema["properties"]["sequence"]["anyOf"]
    assert [way["type"] for way in ways] == ["integer", "string", "null"]
    assert schema["additionalProperties"]["type"] == ["string", "integer", "boolean", "null"]
    assert not {"datacontenttype", "receivedat", "sequence"} & set(schema["required"])


def registered_as(says: str) -> Bureau:
    return sample_but("sources.toml", "numbered = true", says)


@pytest.mark.parametrize("raw", [with_attribute("sequence", None), without("sequence")])
def test_who_numbers_its_events_numbers_each(raw: bytes) -> None:
    assert found(raw) == ("malformed_envelope", "/sequence")
    for says in ("", "numbered = false"):
        assert read(raw, registered_as(says), replay=True).id


@pytest.mark.parametrize("text", ["; " * 99, ' ; x="' * 30, "; x=y" * 40])
def test_a_media_type_is_read_in_time(text: str) -> None:
    """Two ways to read a space are as many ways to read the whole as there are numbers."""
    raw = with_attribute("datacontenttype", f"application/json{text}/")
    assert found(raw) == ("malformed_envelope", "/datacontenttype")


# When it came.


def test_nothing_is_received_later_than_now() -> None:
    """One event of the year 2204 moved the clock of a replay, and all after it was known late."""
    until = datetime(2024, 1, 31, 10, tzinfo=UTC)

    def received(at: str) -> tuple[str, str]:
        return found(altered(PAYMENT, receivedat=at), until=until)

    assert received("2024-01-31T18:00:00+08:00") == OK
    assert received("2024-01-31t10:00:00z") == OK
    assert received("2024-01-31T18:00:00.000001+08:00") == ("wrong_clock", "/receivedat")
    assert received("2204-03-04T18:00:00+08:00") == ("wrong_clock", "/receivedat")
    assert received("9999-12-31T23:59:59Z") == ("wrong_clock", "/receivedat")
    assert received("0001-01-01T00:00:00+08:00") == ("wrong_clock", "/receivedat")
    assert received("2024-01-31 18:00:00+08:00") == ("malformed_envelope", "/receivedat")
    assert found(altered(PAYMENT, receivedat="2199-12-31T23:59:59-12:00")) == OK


# What is told first.


def test_the_faults_come_in_the_order_of_the_list_whatever_stands_first() -> None:
    """A missing field was told of an event that its source may not send at all."""
    faulty = {"amount_fen": None, "settled_on": "2024-02-30"}
    assert found(altered(PAYMENT, faulty))[0] == "missing_field"
    assert found(altered(PAYMENT, faulty, receivedat=None))[0] == "wrong_clock"
    wrong = altered(PAYMENT, faulty, receivedat=None, division="445103")
    assert found(wrong)[0] == "wrong_division"
    assert found(wrong, sender="office") == ("unauthorised", "/source")
    assert found(altered(wrong, source="marriage")) == ("unauthorised", "/type")
    assert found(altered(wrong, source="nobody"))[0] == "unknown_source"
    assert found(altered(wrong, source="nobody", type="cn.mingjian.x.y.v1"))[0] == "unknown_type"
    unnamed = altered(wrong, source="nobody", type="cn.mingjian.x.y.v1", id="a/b")
    assert found(unnamed) == ("malformed_envelope", "/id")
