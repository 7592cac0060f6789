"""Every way a CloudEvent comes: the content modes of the Kafka and HTTP bindings, unpacked."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bodies import elements, lines
from domain.carriage import MOST_EVENTS, Carried, from_http, from_kafka
from domain.faults import REASONS, Unacceptable

EVENT = b'{"specversion":"1.0","id":"m-1","data":{"a":1}}'
DATA = b'{ "certificate_number" : "J-1",\n"registered_on":"2024-03-01" }'
ATTRIBUTES = {"specversion": "1.0", "id": "m-1", "source": "marriage", "division": "445102"}
STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch+json"

Headers = list[tuple[str, bytes | None]]


def kafka(content_type: str | None = None, /, **attributes: str) -> Headers:
    headers: Headers = [(f"ce_{name}", text.encode()) for name, text in attributes.items()]
    return headers + ([] if content_type is None else [("content-type", content_type.encode())])


def http(content_type: str | None = None, /, **attributes: str) -> list[tuple[str, str]]:
    headers = [(f"ce-{name}", text) for name, text in attributes.items()]
    return headers + ([] if content_type is None else [("Content-Type", content_type)])


def refused(headers: Any, value: bytes | None, read: Any = from_kafka) -> Unacceptable:
    with pytest.raises(Unacceptable) as caught:
        read(headers, value)
    return caught.value


def one(carried: Carried) -> dict[str, Any]:
    (event,) = carried.events
    made: dict[str, Any] = json.loads(event)
    return made


# Structured mode.


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        STRUCTURED,
        f"{STRUCTURED}; charset=UTF-8",
        'Application/CloudEvents+JSON;charset="utf-8"',
        "application/cloudevents",
        "application/json",
        "application/json; charset=utf-8",
        "application/avro",  # says nothing of a mode, and the value is plainly a whole event
    ],
)
def test_a_structured_event_is_the_value_as_it_is(content_type: str | None) -> None:
    assert from_kafka(kafka(content_type), EVENT) == Carried("structured", (EVENT,))
    if content_type not in (None, "application/avro"):
        assert from_http(http(content_type), EVENT) == Carried("structured", (EVENT,))


def test_a_byte_order_mark_is_no_part_of_an_event() -> None:
    mark = b"\xef\xbb\xbf"
    assert from_kafka([], mark + EVENT).events == (EVENT,)
    assert from_kafka([], mark + b"[%b]" % EVENT).events == (EVENT,)
    assert one(from_kafka(kafka(None, **ATTRIBUTES), mark + DATA))["data"] == json.loads(DATA)


def test_a_structured_event_may_repeat_its_attributes_in_headers_and_its_own_count() -> None:
    headers = kafka(STRUCTURED, id="another", specversion="0.3")
    assert from_kafka(headers, EVENT) == Carried("structured", (EVENT,))
    assert from_kafka(kafka(None, id="another"), EVENT) == Carried("structured", (EVENT,))
    assert from_http(http(STRUCTURED, id="another"), EVENT) == Carried("structured", (EVENT,))


def test_a_header_without_a_value_is_unset() -> None:
    headers: Headers = [("ce_id", None), ("ce_type", b""), ("content-type", None)]
    assert from_kafka(headers, EVENT) == Carried("structured", (EVENT,))
    assert from_http([("ce-id", " "), *http("application/json")], EVENT).mode == "structured"


# Binary mode.


def test_a_binary_event_is_told_in_the_order_of_its_headers_with_the_bytes_of_its_data() -> None:
    headers = [*kafka("application/json", **ATTRIBUTES), ("ce_subject", "案/一".encode())]
    (event,) = from_kafka(headers, DATA).events
    assert event == (
        b'{"specversion":"1.0","id":"m-1","source":"marriage","division":"445102",'
        b'"datacontenttype":"application/json","subject":"' + "案/一".encode() + b'",'
        b'"data":' + DATA + b"}"
    )
    assert from_kafka(headers, DATA).mode == "binary"


def test_a_binary_event_says_its_media_type_itself() -> None:
    assert "datacontenttype" not in one(from_kafka(kafka(None, **ATTRIBUTES), DATA))
    twice = kafka("application/json", datacontenttype="application/json", **ATTRIBUTES)
    assert one(from_kafka(twice, DATA))["datacontenttype"] == "application/json"
    told = one(from_kafka(kafka("Application/JSON; charset=gbk", **ATTRIBUTES), DATA))
    assert told["datacontenttype"] == "Application/JSON; charset=gbk"  # the contract refuses it


def test_a_binary_event_may_have_no_data() -> None:
    for value in (None, b""):
        assert one(from_kafka(kafka(None, **ATTRIBUTES), value)) == ATTRIBUTES
    assert one(from_http(http(None, **ATTRIBUTES), b"")) == ATTRIBUTES


def test_an_attribute_stands_in_one_header() -> None:
    fault = refused([*kafka(None, **ATTRIBUTES), ("ce_id", b"m-2")], DATA)
    assert (fault.code, fault.pointer) == ("duplicate_key", "/id")
    fault = refused(kafka("application/json", datacontenttype="text/plain", **ATTRIBUTES), DATA)
    assert (fault.code, fault.pointer) == ("duplicate_key", "/datacontenttype")
    fault = refused([*kafka("text/plain"), *kafka("application/json", **ATTRIBUTES)], DATA)
    assert (fault.code, fault.pointer) == ("duplicate_key", "/datacontenttype")
    fault = refused(kafka(None, data="{}", **ATTRIBUTES), b"")
    assert (fault.code, fault.pointer) == ("malformed_envelope", "/data")


def test_attributes_are_utf_8() -> None:
    fault = refused([*kafka(None, **ATTRIBUTES), ("ce_subject", "案".encode("gbk"))], DATA)
    assert (fault.code, fault.pointer) == ("invalid_utf8", "/subject")


@pytest.mark.parametrize(
    ("content_type", "value", "code", "pointer", "said"),
    [
        ("application/avro", b"\x02\x01", "unsupported_content_mode", "/datacontenttype", "avro"),
        ("text/plain", b"{}", "unsupported_content_mode", "/datacontenttype", "text/plain"),
        ("application/json", b"\x00\x00\x00\x00\x07{}", "unsupported_content_mode", "/data", "id"),
        (None, b"\x1f\x8b\x08\x00", "unsupported_content_mode", "/data", "gzip"),
        (None, b"<event/>", "unsupported_content_mode", "/data", "XML"),
        (None, '{"名":1}'.encode("gbk"), "invalid_utf8", "/data", ""),
        (None, b'{"a":1', "not_json", "/data", ""),
        (None, b'{"a":1},"source":"other"', "not_json", "/data", ""),
        (None, b'1},"x":{', "not_json", "/data", ""),
        ("application/json", EVENT, "malformed_envelope", "/data", STRUCTURED),
    ],
)
def test_what_cannot_be_data_is_refused_and_kept_with_its_attributes(
    content_type: str | None, value: bytes, code: str, pointer: str, said: str
) -> None:
    fault = refused(kafka(content_type, **ATTRIBUTES), value)
    assert (fault.code, fault.pointer) == (code, pointer)
    assert said in fault.expected
    assert fault.whole is not None
    kept = json.loads(fault.whole)
    assert base64.b64decode(kept.pop("data_base64")) == value
    assert kept == ATTRIBUTES | ({"datacontenttype": content_type} if content_type else {})


@given(st.dictionaries(st.sampled_from(["id", "subject", "time", "x1"]), st.text(min_size=1)))
def test_a_binary_event_can_be_told_again_from_what_is_kept(attributes: dict[str, str]) -> None:
    headers: Headers = [("ce_specversion", b"1.0")]
    headers += [(f"ce_{name}", text.encode()) for name, text in attributes.items()]
    (event,) = from_kafka(headers, DATA).events
    pairs = json.loads(event, object_pairs_hook=list)
    assert [(f"ce_{name}", text.encode()) for name, text in pairs[:-1]] == headers
    assert event.endswith(b'"data":' + DATA + b"}")


# Batched mode.


@pytest.mark.parametrize("content_type", [None, BATCHED, f"{BATCHED}; charset=utf-8"])
def test_a_batch_gives_each_event_in_the_bytes_that_stand_there(content_type: str | None) -> None:
    other = b'{ "specversion" : "1.0", "id":"\\u006d-2", "data": [1, {"x": "],["}] }'
    value = b" [ %b\n,%b ] \n" % (EVENT, other)
    assert from_kafka(kafka(content_type), value) == Carried("batched", (EVENT, other))


def test_a_batch_may_be_empty() -> None:
    for value in (b"[]", b" [ ]\n"):
        assert from_kafka([], value) == Carried("batched", ())


@pytest.mark.parametrize(
    "odd", [b'{"a":NaN}', b'{"a":-0}', b'{"a":1e999}', b"1" * 5_000, b"7", b'"x"']
)
def test_an_odd_element_of_a_batch_leaves_the_others_alone(odd: bytes) -> None:
    assert from_kafka([], b"[%b,%b,%b]" % (EVENT, odd, EVENT)).events == (EVENT, odd, EVENT)


def test_an_element_of_another_encoding_leaves_the_others_alone() -> None:
    odd = '{"a":"民政"}'.encode("gbk")
    assert from_kafka([], b"[%b,%b]" % (odd, EVENT)).events == (odd, EVENT)


@pytest.mark.parametrize("value", [b"[", b"[1,]", b"[1 2]", b'[{"a":1}', b'["x]', b"[1]]", b"[1]x"])
def test_a_list_that_nobody_can_cut_is_refused_whole(value: bytes) -> None:
    assert refused([], value).code == "not_json"


def test_a_batch_that_says_so_is_a_list() -> None:
    assert refused(kafka(BATCHED), EVENT).code == "not_json"
    assert from_kafka(kafka(STRUCTURED), b"[%b]" % EVENT).mode == "structured"  # and no JSON object


def test_a_batch_has_a_limit() -> None:
    whole = b"[" + b",".join([b"{}"] * MOST_EVENTS)
    assert len(from_kafka([], whole + b"]").events) == MOST_EVENTS
    assert refused([], whole + b",{}]").code == "unsupported_content_mode"


def test_of_a_list_that_is_far_too_long_only_the_beginning_is_cut() -> None:
    """Also where its elements have to be looked for one by one."""
    for first in (b"1", b"NaN"):
        many = b"[" + first + b",{}" * 100_000 + b"]"
        assert elements(many, most=10) == [first] + [b"{}"] * 10
        assert "at most 10000 events" in refused([], many).expected


@given(st.lists(st.recursive(st.none() | st.floats() | st.text(), st.lists)), st.booleans())
def test_batches_are_cut_where_their_elements_end(values: list[Any], spaced: Any) -> None:
    texts = [json.dumps(value, ensure_ascii=spaced).encode("utf-8", "replace") for value in values]
    glue = b" ,\n " if spaced else b","
    assert from_kafka(kafka(BATCHED), b"[" + glue.join(texts) + b"]").events == tuple(texts)


# What is not supported is named.


@pytest.mark.parametrize(
    ("content_type", "value", "said"),
    [
        ("application/cloudevents+avro", b"\x00\x01", "application/cloudevents+avro"),
        ("application/cloudevents+protobuf", EVENT, "application/cloudevents+protobuf"),
        ("application/cloudevents-batch+protobuf", b"", "application/cloudevents-batch+protobuf"),
        ("application/cloudevents+xml", b"<event/>", "application/cloudevents+xml"),
        ("application/avro", b"\x02\x01", "application/avro"),
        (f"{STRUCTURED}; charset=GBK", EVENT, "charset=gbk"),
        (STRUCTURED, b"\x00\x00\x00\x00\x01" + EVENT, "schema registry"),
        (None, b"\x00\x00\x00\x00\x01" + EVENT, "schema registry"),
        (None, b"\x1f\x8b\x08\x00", "gzip"),
        (None, b"Obj\x01\x04", "avro"),
        (None, b"<event/>", "XML"),
    ],
)
def test_other_formats_are_named(content_type: str | None, value: bytes, said: str) -> None:
    fault = refused(kafka(content_type), value)
    assert (fault.code, fault.pointer) == ("unsupported_content_mode", "")
    assert said in fault.expected
    assert STRUCTURED in fault.expected
    assert fault.whole is None


def test_what_came_is_not_repeated_where_it_may_be_somebodys_data() -> None:
    fault = refused(kafka("11010519491231002x/x"), b"x")
    assert fault.code == "unsupported_content_mode"
    assert "1949" not in fault.expected


def test_compressed_bodies_are_named() -> None:
    assert "br" in refused([("content-encoding", b"br"), *kafka(STRUCTURED)], b"x").expected
    fault = refused([("Content-Encoding", "gzip"), *http(None, **ATTRIBUTES)], b"x", from_http)
    assert (fault.code, fault.pointer) == ("unsupported_content_mode", "/data")
    assert from_kafka([("content-encoding", b"identity")], EVENT).events == (EVENT,)


@pytest.mark.parametrize("value", [None, b"", b"  \n"])
def test_a_message_without_anything_says_so(value: bytes | None) -> None:
    assert refused([], value).code == "not_json"
    assert "empty" in refused([], value).expected


# HTTP.


def test_attributes_in_http_headers_are_unescaped_once() -> None:
    headers = [
        *http("application/json", **ATTRIBUTES),
        ("CE-Subject", "Euro%20%E2%82%AC%20%f0%9f%98%80"),
        ("ce-x1", '"say \\"%22\\" \\\\ now"'),
        ("ce-x2", "%2541"),
        ("ce-x3", "100%"),
        ("ce-x4", "民政".encode().decode("latin-1")),
    ]
    told = one(from_http(headers, DATA))
    assert told["subject"] == "Euro € 😀"
    assert told["x1"] == 'say """ \\ now'
    assert told["x2"] == "%41"
    assert told["x3"] == "100%"
    assert told["x4"] == "民政"


@pytest.mark.parametrize("text", ["%C0%A0", "%ff", "\xe9"])
def test_http_headers_that_are_no_utf_8_are_refused(text: str) -> None:
    fault = refused([*http(None, **ATTRIBUTES), ("ce-subject", text)], DATA, from_http)
    assert (fault.code, fault.pointer) == ("invalid_utf8", "/subject")


@given(st.text(min_size=1).filter(lambda text: text == text.strip()))
def test_any_text_comes_through_an_http_header(text: str) -> None:
    def escaped(char: str) -> str:  # as the binding says, 3.1.3.2
        plain = "!" <= char <= "~" and char not in '"%'
        return char if plain else "".join(f"%{byte:02X}" for byte in char.encode())

    headers = [*http(None, **ATTRIBUTES), ("ce-subject", "".join(map(escaped, text)))]
    assert one(from_http(headers, DATA))["subject"] == text


def test_http_says_the_media_type_of_data_in_content_type_only() -> None:
    headers = http("application/json", datacontenttype="application/json", **ATTRIBUTES)
    fault = refused(headers, DATA, from_http)
    assert (fault.code, fault.pointer) == ("malformed_envelope", "/datacontenttype")


def test_lists_and_lines_come_over_http() -> None:
    two = (EVENT, b'{"id":2}')
    batch = b"[" + b",".join(two) + b"]"
    for content_type in (BATCHED, "application/json"):
        assert from_http(http(content_type), batch) == Carried("batched", two)
    text = b"\xef\xbb\xbf" + b"\r\n\n".join(two) + b"\n"
    assert from_http(http("application/x-ndjson"), text) == Carried("batched", two)
    assert list(lines(text)) == list(two)


@pytest.mark.parametrize(
    "content_type",
    [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"],
)
def test_what_any_web_page_could_send_is_refused(content_type: str | None) -> None:
    fault = refused(http(content_type), EVENT, from_http)
    assert fault.code == "unsupported_content_mode"
    assert (content_type or "without content-type").partition(";")[0] in fault.expected


# Whatever comes.

NAMES = st.sampled_from(["content-type", "content-encoding", "ce_id", "ce_specversion", "CE_Id"])
TYPES = st.sampled_from([STRUCTURED, BATCHED, "application/json", "text/plain", "a;charset=\xe9"])
BODIES = st.one_of(
    st.binary(),
    st.sampled_from([EVENT, b"[%b,7]" % EVENT, b"[" * 9_999, b'{"a":' * 9_999, b"[[]", DATA]),
)


def outcome(read: Any, headers: Any, body: bytes | None) -> Carried | Unacceptable:
    try:
        carried: Carried = read(headers, body)
    except Unacceptable as refusal:
        return refusal
    return carried


@given(
    st.lists(st.tuples(NAMES | st.text(), st.none() | st.binary() | TYPES.map(str.encode))),
    st.none() | BODIES,
)
def test_whatever_comes_over_kafka_is_carried_or_refused(
    headers: Headers, value: bytes | None
) -> None:
    found = outcome(from_kafka, headers, value)
    if isinstance(found, Unacceptable):
        assert found.code in REASONS
        assert found.whole is None or json.loads(found.whole)["data_base64"]
    else:
        assert found.mode == "batched" or len(found.events) == 1


@given(
    st.lists(
        st.tuples(
            NAMES.map(lambda name: name.replace("_", "-")),
            TYPES | st.text(st.characters(max_codepoint=255)),
        )
    ),
    BODIES,
)
def test_whatever_comes_over_http_is_carried_or_refused(
    headers: list[tuple[str, str]], body: bytes
) -> None:
    found = outcome(from_http, headers, body)
    assert isinstance(found, Carried) or found.code in REASONS
