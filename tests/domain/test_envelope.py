"""Strict reading: each malformed input has its own reason code, and nothing else ever happens."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import examples
from domain.catalogue import EVENTS
from domain.envelope import Door, Received, read
from domain.faults import REASONS, Unacceptable
from domain.identifiers import resident_id_check
from ledger.content import told
from tests.support.bureau import SAMPLE
from tests.support.engine import altered
from tests.support.ledger import event
from tests.support.money import a_household, a_payment

DIVISION = "445102"
PAYMENT = event("payouts", "p-1", a_payment("DB-1", 50_000, "2024-01"))
CASE = event("social-assistance", "c-1", a_household("DB-1"))


def _message(raw: bytes) -> dict[str, Any] | None:
    """What the intake reads first: the object, where it is written with no byte to spare."""
    made = told(raw)
    return None if made is None else made[0]


def outcome(raw: bytes, *, replay: bool = True) -> tuple[str, str]:
    """("ok", stream), or reason code and pointer."""
    try:
        return "ok", Door(SAMPLE, replay).read(raw, _message(raw)).stream
    except Unacceptable as fault:
        return fault.code, fault.pointer


def with_member(**person: Any) -> bytes:
    message = json.loads(CASE)
    message["data"]["members"][0]["person"] |= person
    return json.dumps(message, ensure_ascii=False).encode()


def replaced(old: bytes, new: bytes, line: bytes = PAYMENT) -> bytes:
    assert old in line
    return line.replace(old, new, 1)


def test_well_formed_events_are_read() -> None:
    assert outcome(PAYMENT) == ("ok", "case/DB-1")
    assert outcome(CASE) == ("ok", "case/DB-1")


def test_white_space_escapes_and_another_order_of_keys_change_nothing() -> None:
    message = json.loads(CASE)
    shuffled = dict(reversed(message.items()))
    for text in (
        json.dumps(message, indent=2),
        json.dumps(shuffled, ensure_ascii=False),
        json.dumps(message, ensure_ascii=True),
    ):
        raw = text.encode()
        received = Door(SAMPLE, replay=True).read(raw, _message(raw))
        assert received.json == message
        assert received.stream == "case/DB-1"


BAD: dict[str, tuple[bytes, str, str]] = {
    "not JSON": (b"not json", "not_json", ""),
    "empty": (b"", "not_json", ""),
    "half an object": (PAYMENT[:-20], "not_json", ""),
    "two objects": (PAYMENT + PAYMENT, "not_json", ""),
    "a list": (b"[]", "not_json", ""),
    "a number": (b"17", "not_json", ""),
    "a byte order mark": (b"\xef\xbb\xbf" + PAYMENT, "not_json", ""),
    "a control character": (replaced(b"DB-1", b"DB\x011"), "not_json", ""),
    "invalid UTF-8": (replaced(b"payouts", b"pay\xffouts"), "invalid_utf8", ""),
    "a surrogate in UTF-8": (replaced(b"DB-1", b"DB\xed\xa0\x80"), "invalid_utf8", ""),
    "UTF-16": (PAYMENT.decode().encode("utf-16"), "invalid_utf8", ""),
    "duplicate keys": (
        replaced(b'"data":{', b'"data":{"amount_fen":1,'),
        "duplicate_key",
        "/data/amount_fen",
    ),
    "duplicate keys that agree": (
        replaced(b'"data":{', b'"data":{"amount_fen":50000,'),
        "duplicate_key",
        "/data/amount_fen",
    ),
    "duplicate envelope key": (replaced(b"{", b'{"id":"p-1",'), "duplicate_key", "/id"),
    "duplicate key by escape": (replaced(b"{", b'{"\\u0069d":"p-1",'), "duplicate_key", "/id"),
    "NaN": (replaced(b"50000", b"NaN"), "not_a_number", "/data/amount_fen"),
    "Infinity": (replaced(b"50000", b"-Infinity"), "not_a_number", "/data/amount_fen"),
    "1e400": (replaced(b"50000", b"1e400"), "number_out_of_range", "/data/amount_fen"),
    "30 digits": (replaced(b"50000", b"1" * 30), "number_out_of_range", "/data/amount_fen"),
    "5,000 digits": (replaced(b"50000", b"1" * 5_000), "number_out_of_range", "/data/amount_fen"),
    "2^53": (replaced(b"50000", b"9007199254740992"), "number_out_of_range", "/data/amount_fen"),
    "100,000 deep": (b"[" * 100_000, "too_deep", ""),
    "100,000 deep inside": (
        replaced(b"50000", b"[" * 100_000 + b"]" * 100_000),
        "too_deep",
        "",
    ),
    "33 deep": (replaced(b"50000", b"[" * 31 + b"]" * 31), "too_deep", ""),
    "20 MiB": (b'{"id":"' + b"x" * 20 * 2**20 + b'"}', "oversize", ""),
    "one byte too long": (PAYMENT + b" " * (65_536 - len(PAYMENT)), "oversize", ""),
    "NUL by escape": (replaced(b"DB-1", b"DB\\u0000"), "forbidden_character", "/subject"),
    "NUL in a key": (replaced(b"{", b'{"\\u0000":1,'), "forbidden_character", ""),
    "lone surrogate": (replaced(b"DB-1", b"\\ud83d"), "forbidden_character", "/subject"),
    "surrogates the wrong way": (
        replaced(b"DB-1", b"\\ude00\\ud83d"),
        "forbidden_character",
        "/subject",
    ),
    "no type": (altered(PAYMENT, type=None), "malformed_envelope", "/type"),
    "type a number": (altered(PAYMENT, type=7), "malformed_envelope", "/type"),
    "unknown type": (altered(PAYMENT, type="cn.mingjian.x.y.v1"), "unknown_type", "/type"),
    "another version": (
        altered(PAYMENT, type="cn.mingjian.assistance.payment-settled.v9"),
        "unknown_type",
        "/type",
    ),
    "type without prefix": (
        altered(PAYMENT, type="assistance.payment-settled.v1"),
        "unknown_type",
        "/type",
    ),
    "no id": (altered(PAYMENT, id=None), "malformed_envelope", "/id"),
    "id with a slash": (altered(PAYMENT, id="a/b"), "malformed_envelope", "/id"),
    "id with a line end": (altered(PAYMENT, id="p-1\n"), "malformed_envelope", "/id"),
    "time without zone": (
        altered(PAYMENT, time="2024-01-08T10:00:00"),
        "malformed_envelope",
        "/time",
    ),
    "another CloudEvents version": (
        altered(PAYMENT, specversion="0.3"),
        "malformed_envelope",
        "/specversion",
    ),
    "unknown attribute": (altered(PAYMENT, 示例甲="x"), "malformed_envelope", ""),
    "sequence negative": (altered(PAYMENT, sequence=-1), "malformed_envelope", "/sequence"),
    "sequence a word": (altered(PAYMENT, sequence="one"), "malformed_envelope", "/sequence"),
    "sequence empty": (altered(PAYMENT, sequence=""), "malformed_envelope", "/sequence"),
    "sequence with a sign": (altered(PAYMENT, sequence="+1"), "malformed_envelope", "/sequence"),
    "sequence １": (
        altered(PAYMENT, sequence="１"),
        "malformed_envelope",
        "/sequence",
    ),
    "sequence as text of 2^53": (
        altered(PAYMENT, sequence="9007199254740992"),
        "malformed_envelope",
        "/sequence",
    ),
    "sequence 1.0": (altered(PAYMENT, sequence=1.0), "malformed_envelope", "/sequence"),
    "minus zero": (replaced(b"50000", b"-0"), "amount_not_integer", "/data/amount_fen"),
    "a number with an exponent": (
        replaced(b"50000", b"5e4"),
        "amount_not_integer",
        "/data/amount_fen",
    ),
    "unknown source": (altered(PAYMENT, source="nobody"), "unknown_source", "/source"),
    "unauthorised source": (altered(PAYMENT, source="marriage"), "unauthorised", "/type"),
    "foreign division": (altered(PAYMENT, division="445103"), "wrong_division", "/division"),
    "no receivedat in a replay": (altered(PAYMENT, receivedat=None), "wrong_clock", "/receivedat"),
    "corrects without kind": (
        altered(PAYMENT, corrects="payouts/p-0"),
        "malformed_envelope",
        "/correctionkind",
    ),
    "kind without corrects": (
        altered(PAYMENT, correctionkind="changed"),
        "malformed_envelope",
        "/correctionkind",
    ),
    "unknown kind": (
        altered(PAYMENT, corrects="payouts/p-0", correctionkind="mended"),
        "malformed_envelope",
        "/correctionkind",
    ),
    "missing field": (altered(PAYMENT, {"amount_fen": None}), "missing_field", "/data/amount_fen"),
    "no data": (PAYMENT[: PAYMENT.index(b',"data":')] + b"}", "missing_field", "/data"),
    "unknown field": (altered(PAYMENT, {"示例甲": 1}), "unknown_field", "/data"),
    "29 February 2023": (
        altered(PAYMENT, {"settled_on": "2023-02-29"}),
        "no_such_date",
        "/data/settled_on",
    ),
    "31 April": (
        altered(PAYMENT, {"settled_on": "2024-04-31"}),
        "no_such_date",
        "/data/settled_on",
    ),
    "a date with time": (
        altered(PAYMENT, {"settled_on": "2024-01-08T10:00:00"}),
        "malformed_value",
        "/data/settled_on",
    ),
    "month 13": (altered(PAYMENT, {"months": ["2024-13"]}), "malformed_value", "/data/months/0"),
    "month with a line end": (
        altered(PAYMENT, {"months": ["2024-01\n"]}),
        "malformed_value",
        "/data/months/0",
    ),
    "negative amount": (
        altered(PAYMENT, {"amount_fen": -1}),
        "negative_amount",
        "/data/amount_fen",
    ),
    "amount as float": (
        altered(PAYMENT, {"amount_fen": 500.5}),
        "amount_not_integer",
        "/data/amount_fen",
    ),
    "amount as round float": (
        altered(PAYMENT, {"amount_fen": 500.0}),
        "amount_not_integer",
        "/data/amount_fen",
    ),
    "amount as string": (
        altered(PAYMENT, {"amount_fen": "500"}),
        "amount_not_integer",
        "/data/amount_fen",
    ),
    "amount true": (
        altered(PAYMENT, {"amount_fen": True}),
        "amount_not_integer",
        "/data/amount_fen",
    ),
    "unknown programme": (
        altered(PAYMENT, {"programme": "pension"}),
        "not_in_bureau",
        "/data/programme",
    ),
    "wrong check digit": (
        with_member(id_number="445190200203150011"),
        "wrong_check_digit",
        "/data/members/0/person/id_number",
    ),
    "id with a born-on that never was": (
        with_member(id_number="44519020230229001" + resident_id_check("44519020230229001")),
        "no_such_date",
        "/data/members/0/person/id_number",
    ),
    "no id number": (
        with_member(id_kind="none", id_number=None),
        "missing_field",
        "/data/members/0/person/no_id_reason",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_each_fault_has_its_own_reason(what: str) -> None:
    raw, code, pointer = BAD[what]
    assert outcome(raw) == (code, pointer)
    assert code in REASONS


def test_a_live_ledger_has_its_own_clock() -> None:
    assert outcome(PAYMENT, replay=False) == ("wrong_clock", "/receivedat")
    assert outcome(altered(PAYMENT, receivedat=None), replay=False)[0] == "ok"


def test_the_first_fault_is_the_one_reported() -> None:
    """In the order of REASONS, whichever way the bytes were read."""
    raw = altered(
        PAYMENT, {"amount_fen": 10**20, "programme": "pension"}, type="cn.mingjian.x.y.v1"
    )
    assert outcome(raw)[0] == "number_out_of_range"
    assert outcome(raw.replace(b"445102", b"445103"))[0] == "number_out_of_range"
    assert outcome(raw[:-1])[0] == "number_out_of_range"


def test_a_pointer_never_repeats_what_a_stranger_wrote() -> None:
    """A vendor who sends a person's name as a key must not make us store it in clear."""
    for raw in (altered(PAYMENT, 示例甲="x"), altered(PAYMENT, {"示例甲": 1})):
        with pytest.raises(Unacceptable) as caught:
            Door(SAMPLE, replay=True).read(raw, _message(raw))
        assert "示例甲" not in caught.value.pointer + caught.value.expected


def _strictly(raw: bytes) -> Received | str:
    try:
        return read(raw, SAMPLE, replay=True)
    except Unacceptable as fault:
        return fault.code


def _read(raw: bytes) -> Received | str:
    try:
        return Door(SAMPLE, replay=True).read(raw, _message(raw))
    except Unacceptable as fault:
        return fault.code


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["", "\x00", "\ud800", "2023-02-29", 1e308, -0.0, 2**53, -(2**64)]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
FIELDS = [*json.loads(PAYMENT), *json.loads(PAYMENT)["data"], "corrects", "correctionkind", "x"]


@given(st.sampled_from(FIELDS), JSON, st.booleans(), st.booleans())
@settings(max_examples=400, deadline=None)
def test_any_value_in_any_place_is_read_the_same_by_the_quick_way_and_the_strict_one(
    name: str,
    value: Any,
    ascii_only: bool,  # noqa: FBT001  hypothesis gives arguments
    inside: bool,  # noqa: FBT001
) -> None:
    message = json.loads(PAYMENT)
    (message["data"] if inside else message)[name] = value
    text = json.dumps(message, ensure_ascii=ascii_only, separators=(",", ":"))
    raw = text.encode("utf-8", "surrogatepass")
    assert _read(raw) == _strictly(raw)


@given(st.binary(max_size=6), st.integers(0, len(CASE)), st.integers(0, 8))
@settings(max_examples=600, deadline=None)
def test_damaged_bytes_are_refused_with_a_reason_or_read_and_nothing_else(
    noise: bytes, place: int, lost: int
) -> None:
    raw = CASE[:place] + noise + CASE[place + lost :]
    found = _read(raw)
    assert found == _strictly(raw)
    assert not isinstance(found, str) or found in REASONS


def _integers(schema: Any) -> list[dict[str, Any]]:
    """Every integer of a JSON schema."""
    if isinstance(schema, list):
        return [found for item in schema for found in _integers(item)]
    if not isinstance(schema, dict):
        return []
    own = [schema] if schema.get("type") == "integer" else []
    return own + [found for item in schema.values() for found in _integers(item)]


@pytest.mark.parametrize("name", EVENTS)
def test_every_integer_of_a_contract_is_bounded(name: str) -> None:
    """The quick way of reading leaves the range to the contract: no number is lost in a double."""
    for found in _integers(EVENTS[name].model_json_schema()):
        if "const" in found or "enum" in found:
            continue
        assert found.get("maximum", found.get("exclusiveMaximum", 2**60)) <= 2**53, found
        assert found.get("minimum", found.get("exclusiveMinimum", -(2**60))) >= -(2**53), found


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_a_date_outside_1900_to_2199_is_refused_before_any_rule_adds_days_to_it(day: str) -> None:
    fact = json.loads(
        json.dumps(examples.message(EVENTS["officers.department-established.v1"], SAMPLE))
    )
    fact["data"]["established_on"] = day

    with pytest.raises(Unacceptable) as refused:
        read(json.dumps(fact, ensure_ascii=False).encode(), SAMPLE, replay=True)
    assert (refused.value.code, refused.value.pointer) == (
        "malformed_value",
        "/data/established_on",
    )
