"""Events over HTTP without a broker: each has its outcome in the answer, and none is doubled."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from itertools import count

import asyncpg
import httpx
import pytest

from api.gateway import bodies, door, events, room, stream
from api.gateway.app import Gateway
from api.gateway.door import MOST_OF_AN_EVENT
from api.problems import Problem
from domain import carriage
from projections import projector
from tests.support.gateway import BATCH, LINES, ONE, listed, outcomes
from tests.support.kafka import until
from tests.support.ledger import LEDGER, event
from tests.support.money import a_household, a_payment, an_id

_numbers = count(1)
FORM = {"content-type": "application/x-www-form-urlencoded"}


def a_case(name: str) -> bytes:
    return event("social-assistance", f"c-{name}", a_household(name), receivedat=None)


def a_line(name: str) -> bytes:
    return event("payouts", f"p-{name}", a_payment(name, 50_000, "2024-03"), receivedat=None)


async def counters(connection: asyncpg.Connection) -> list[int]:
    """Entries, what is aside, and the journal."""
    query = "SELECT position, parked, quarantined, journal FROM ledger.ledger"
    return list(await connection.fetchrow(query))


async def test_one_event_is_answered_with_what_became_of_it(client: httpx.AsyncClient) -> None:
    """Sent again, in whatever content mode, it is a duplicate."""
    raw = a_case("one")
    first = await client.post("/events", content=raw, headers=ONE)
    assert first.status_code == 200
    told = first.json()
    assert (told["outcome"], told["source"], told["id"]) == (
        "accepted",
        "social-assistance",
        "c-one",
    )
    assert first.headers["location"] == "/sources/social-assistance/events/c-one"
    again = await client.post("/events", content=raw, headers=ONE)
    assert (again.status_code, again.json()["outcome"]) == (200, "duplicate")

    message = json.loads(raw)
    attributes = set(message) - {"data", "datacontenttype", "receivedat"}
    head = {f"ce-{name}": str(message[name]) for name in attributes}
    head["content-type"] = "application/json"
    binary = await client.post("/events", content=json.dumps(message["data"]), headers=head)
    assert (binary.status_code, binary.json()["outcome"]) == (200, "duplicate")
    plain = {"content-type": "application/json"}
    whole = await client.post("/events", content=raw, headers=plain)
    assert (whole.status_code, whole.json()["outcome"]) == (200, "duplicate")


async def test_the_status_says_what_became_of_one(client: httpx.AsyncClient) -> None:
    """Parked is taken, and not in the ledger; what is refused is a problem with its faults."""
    parked = await client.post("/events", content=a_line("later"), headers=ONE)
    assert (parked.status_code, parked.json()["outcome"]) == (202, "parked")
    for _ in range(2):  # the second time as a duplicate of what was refused
        wrong = a_line("wrong").replace(b'"amount_fen":50000', b'"amount_fen":-1')
        refused = await client.post("/events", content=wrong, headers=ONE)
        assert refused.status_code == 422
        assert refused.headers["content-type"] == "application/problem+json"
        told = refused.json()
        assert told["type"] == "/problems/quarantined"
        (fault,) = told.get("duplicate_of", told)["faults"]
        assert (fault["code"], fault["pointer"]) == ("negative_amount", "/data/amount_fen")
    assert (await client.get(told["type"])).json()["code"] == "quarantined"


async def test_a_batch_is_answered_in_its_order(client: httpx.AsyncClient) -> None:
    """An event may rest on one before it in the same batch; one that is wrong stops no other."""
    wrong = a_line("odd").replace(b'"amount_fen":50000', b'"amount_fen":"1"')
    case = a_case("B")
    batch = listed(a_line("none"), case, wrong, a_line("B"), case)
    expected = ["parked", "accepted", "quarantined", "accepted", "duplicate"]
    answer = await client.post("/events", content=batch, headers=BATCH)
    assert (answer.status_code, outcomes(answer)) == (200, expected)
    positions = [each["position"] for each in answer.json()["events"] if "position" in each]
    assert positions == sorted(positions)
    plain = {"content-type": "application/json"}
    again = await client.post("/events", content=batch, headers=plain)
    assert outcomes(again) == ["duplicate"] * 5
    nothing = await client.post("/events", content=b"[]", headers=BATCH)
    assert (nothing.status_code, nothing.json()) == (200, {"events": []})


async def test_a_stream_is_answered_line_by_line(
    client: httpx.AsyncClient, ledger: asyncpg.Connection
) -> None:
    """What the door refuses is said of its line, is kept nowhere, and stops no other line."""
    before = await counters(ledger)
    huge = b'{"source":"payouts","x":"' + b"a" * MOST_OF_AN_EVENT + b'"}'
    lines = (a_case("S"), b"", b"nonsense", a_line("S"), b'{"source": "nobody"}', b"7", huge)

    async def sent() -> AsyncIterator[bytes]:
        whole = b"\n".join(lines)
        for start in range(0, len(whole), 997):
            yield whole[start : start + 997]
            await asyncio.sleep(0)

    answer = await client.post("/events", content=sent(), headers=LINES)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/x-ndjson"
    told = [json.loads(line) for line in answer.text.splitlines()]
    assert [(each["line"], each["outcome"], each.get("status")) for each in told] == [
        (1, "accepted", None),
        (2, "refused", 400),
        (3, "accepted", None),
        (4, "refused", 422),
        (5, "refused", 400),
        (6, "refused", 413),
    ]
    after = await counters(ledger)
    assert after == [before[0] + 2, *before[1:]]


async def test_answers_of_a_long_stream_are_not_kept_in_memory(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "IN_MEMORY", 100)
    monkeypatch.setattr(stream, "AT_ONCE", 7)
    lines = b"\n".join(a_case(f"long-{number}") for number in range(20))
    answer = await client.post("/events", content=lines, headers=LINES)
    told = [json.loads(line)["outcome"] for line in answer.text.splitlines()]
    assert told == ["accepted"] * 20


async def test_a_stream_that_ends_early_says_how_many_lines_were_taken(
    client: httpx.AsyncClient, ledger: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "MOST_LINES", 4)
    monkeypatch.setattr(stream, "AT_ONCE", 2)
    before = await counters(ledger)
    lines = b"\n".join(a_case(f"early-{number}") for number in range(6))
    answer = await client.post("/events", content=lines, headers=LINES)
    assert answer.status_code == 413
    assert (answer.json()["code"], answer.json()["lines"]) == ("too-many-events", 4)
    assert (await counters(ledger))[0] == before[0] + 4


async def test_the_door_refuses_a_request_as_a_whole(
    client: httpx.AsyncClient, ledger: asyncpg.Connection
) -> None:
    """What is no JSON object is kept nowhere, and nothing that came with it."""
    before = await counters(ledger)
    good = a_case("never")
    for content, headers, status, pointers in (
        (b"{", ONE, 400, [""]),
        (b"", ONE, 400, [""]),
        (b"\xff\xfe{}", ONE, 400, [""]),
        (b"[" * 40 + b"]" * 40, ONE, 400, [""]),
        (listed(good, b"7", b'"x"'), BATCH, 400, ["/1", "/2"]),
        (listed(good, b'{"source":"elsewhere"}'), BATCH, 422, ["/1/source"]),
        (listed(good, b"{}"), BATCH, 422, ["/1/source"]),
        (good[:-1], BATCH, 400, [""]),
    ):
        answer = await client.post("/events", content=content, headers=headers)
        assert answer.status_code == status, answer.text
        assert [each["pointer"] for each in answer.json()["errors"]] == pointers
    assert await counters(ledger) == before


async def test_what_is_odd_and_still_json_is_passed_on(client: httpx.AsyncClient) -> None:
    """It has an outcome that names what is wrong with it."""
    for raw, code in (
        (b'{"source":"payouts","id":"a","id":"a"}', "duplicate_key"),
        (b'{"source":"payouts","id":"b","x":"\\u0000"}', "forbidden_character"),
        (b'{"source":"payouts","id":"c","x":1e999}', "number_out_of_range"),
        (b'{"source":"payouts","id":"d","x":"' + b"a" * 66_000 + b'"}', "oversize"),
        (b'{"source":"payouts","type":"cn.mingjian.nothing.v1"}', "malformed_envelope"),
    ):
        answer = await client.post("/events", content=raw, headers=ONE)
        assert answer.status_code == 422, answer.text
        assert answer.json()["faults"][0]["code"] == code


async def test_requests_are_bounded(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "MOST_BYTES", 100_000)
    monkeypatch.setattr(door, "MOST_EVENTS", 3)

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 10_000

    for content, headers, code in (
        (b" " * 100_001, ONE, "too-large"),
        (endless(), ONE, "too-large"),
        (listed(*[b"{}"] * 4), BATCH, "too-many-events"),
    ):
        answer = await client.post("/events", content=content, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (413, code)
        assert answer.json()["detail"]


async def test_a_batch_that_is_too_long_by_far_is_told_how_to_send_it(
    client: httpx.AsyncClient,
) -> None:
    """Also where it is longer than any message may be."""
    for many in (door.MOST_EVENTS + 1, carriage.MOST_EVENTS + 1):
        answer = await client.post("/events", content=listed(*[b"{}"] * many), headers=BATCH)
        told = answer.json()
        assert (answer.status_code, told["code"]) == (413, "too-many-events")
        assert "at most 1000 events" in told["detail"]
        assert "split it into requests of at most 1000" in told["hint"]


async def test_what_is_not_supported_is_named(client: httpx.AsyncClient) -> None:
    raw = a_case("odd")
    for headers, content in (
        ({"content-type": "text/xml"}, b"<a/>"),
        (FORM, b"a=b"),
        ({}, raw),
        ({"content-type": "application/cloudevents+avro"}, raw),
        (ONE | {"content-type": "application/cloudevents+json; charset=gbk"}, raw),
        (ONE | {"content-encoding": "gzip"}, gzip.compress(raw)),
    ):
        answer = await client.post("/events", content=content, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-content"), headers
        assert "application/cloudevents-batch+json" in answer.headers["accept-post"]
    for method, path, allowed in (
        ("GET", "/events", "POST"),
        ("DELETE", "/lint", "GET, HEAD, POST"),
        ("POST", "/sources/payouts/events/x", "GET, HEAD"),
    ):
        answer = await client.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (405, "wrong-method")
        assert sorted(answer.headers["allow"].split(", ")) == allowed.split(", ")
    page = await client.post("/events", content=raw, headers=ONE | {"accept": "text/html"})
    assert (page.status_code, page.json()["code"]) == (406, "only-json")
    nowhere = await client.get("/nowhere")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "no-address")


async def test_what_waits_is_bounded(
    client: httpx.AsyncClient, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "WAIT_SECONDS", 0.1)
    batch = listed(a_case("full-1"), a_case("full-2"))
    with gateway.room.of(room.MOST_EVENTS, 0):
        full = await client.post("/events", content=batch, headers=BATCH)
        assert (full.status_code, full.json()["code"]) == (429, "too-many-waiting")
        assert full.headers["retry-after"] == "1"
        lines = batch[1:-1].replace(b"},{", b"}\n{")
        full = await client.post("/events", content=lines, headers=LINES)
        assert (full.status_code, full.json()["lines"]) == (429, 0)
    taken = await client.post("/events", content=batch, headers=BATCH)
    assert outcomes(taken) == ["accepted", "accepted"]


async def test_bodies_are_bounded_all_together_and_by_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Room is taken by what came, not by what is announced, and given back."""
    monkeypatch.setattr(room, "MOST_OF_ONE", 600)
    shared = room.Room(size=1_000)
    with shared.body("one") as ours, shared.body("other") as theirs:
        ours(600)
        with pytest.raises(Problem) as refused:
            ours(1)
        assert (refused.value.status, refused.value.wait) == (429, 1)
        theirs(400)
        with pytest.raises(Problem), shared.body("third") as more:
            more(1)
    with shared.body("third") as more:
        more(600)


async def test_a_body_for_which_there_is_no_room_is_asked_to_come_again(
    client: httpx.AsyncClient, gateway: Gateway
) -> None:
    raw = a_case("no-room")
    with gateway.room.body("") as more:
        more(room.MOST_OF_ONE)
        for path in ("/events", "/lint"):
            full = await client.post(path, content=raw, headers=ONE)
            assert (full.status_code, full.json()["code"]) == (429, "too-many-waiting")
            assert full.headers["retry-after"] == "1"
    taken = await client.post("/events", content=raw, headers=ONE)
    assert taken.json()["outcome"] == "accepted"


async def test_a_preference_to_wait_is_applied(client: httpx.AsyncClient) -> None:
    for said, applied in (("wait=5", "wait=5"), ('respond-async, wait="900"', "wait=30")):
        raw = a_case(f"wait-{next(_numbers)}")
        answer = await client.post("/events", content=raw, headers=ONE | {"prefer": said})
        assert (answer.status_code, answer.headers["preference-applied"]) == (200, applied)
    answer = await client.post("/events", content=a_case("no-wait"), headers=ONE)
    assert "preference-applied" not in answer.headers


async def test_many_at_once_are_taken_in_few_transactions_each_with_its_own_outcome(
    client: httpx.AsyncClient, ledger: asyncpg.Connection
) -> None:
    names = [f"many-{number}" for number in range(40)]
    answers = await asyncio.gather(
        *(client.post("/events", content=a_case(name), headers=ONE) for name in names)
    )
    told = [(each.json()["outcome"], each.json()["id"]) for each in answers]
    assert told == [("accepted", f"c-{name}") for name in names]
    times = await ledger.fetchval(
        "SELECT count(DISTINCT recorded_at) FROM ledger.entry WHERE event_id LIKE 'c-many-%'"
    )
    assert times < 20


async def test_read_models_follow_by_themselves(
    client: httpx.AsyncClient, ledger: asyncpg.Connection
) -> None:
    answer = await client.post("/events", content=a_case("follow"), headers=ONE)
    position = answer.json()["position"]

    async def followed() -> bool:
        return int(position) <= await projector.folded_to(ledger, LEDGER)

    await until(followed)


async def test_a_body_that_does_not_come_is_not_waited_for(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pace is asked for, so a long body on a slow line is no fault."""
    monkeypatch.setattr(bodies, "GRACE_SECONDS", 0.2)
    raw = a_case("slow")

    async def stalling() -> AsyncIterator[bytes]:
        yield raw[:10]
        await asyncio.sleep(0.5)
        yield raw[10:]

    async def slowly() -> AsyncIterator[bytes]:
        for start in range(0, len(raw), 100):
            yield raw[start : start + 100]
            await asyncio.sleep(0.04)

    late = await client.post("/events", content=stalling(), headers=ONE)
    assert (late.status_code, late.json()["code"]) == (408, "too-slow")
    taken = await client.post("/events", content=slowly(), headers=ONE)
    assert (taken.status_code, taken.json()["outcome"]) == (200, "accepted")


async def test_an_id_that_holds_a_number_of_a_person_is_not_said_again(
    client: httpx.AsyncClient,
) -> None:
    """Nor is it said to be mended under it: it is not stored."""
    number = an_id()
    for name in (number, f"p-{number}"):
        raw = event("payouts", name, a_payment("DB-9", 50_000, "2024-03"), receivedat=None)
        answer = await client.post("/events", content=raw, headers=ONE)
        told = answer.json()
        assert (answer.status_code, told["reason"]) == (422, "personal_data_misplaced")
        assert number not in answer.text
        assert number not in str(answer.headers)
        assert told["mends"].startswith("http/payouts:")
        judged = await client.post("/lint", content=raw, headers=ONE)
        assert number not in judged.text
    for path in (f"/sources/payouts/events/{number}", f"/sources/payouts/outcomes?{number}=1"):
        refused = await client.get(path)
        assert refused.status_code in (400, 404)
        assert number not in refused.text
