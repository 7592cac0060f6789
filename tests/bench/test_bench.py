"""The bench's own arithmetic: a bench that counts wrongly proves nothing."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from domain.identifiers import check_resident_id
from tests.bench import datasette, growth, million, table
from tests.bench.__main__ import QUICK, Bench
from tests.bench.corrections import Cost, Costs
from tests.bench.live import percentiles
from tests.bench.load import HOST, asked
from tests.bench.place import Failed, Place, watch
from tests.bench.work import breaches_of, results, work


def test_one_payment_in_a_hundred_breaks_a_rule_and_every_rule_is_broken() -> None:
    made = work(500)
    wrong = Counter(payment.wrong for payment in made.payments if payment.wrong is not None)
    assert len(made.payments) == 5_000
    assert wrong.total() == 50
    assert set(wrong) == {
        "amount-differs",
        "month-already-paid",
        "month-not-entitled",
        "programme-differs",
        "unknown-case",
    }


def test_the_plan_says_what_judging_the_messages_one_by_one_says() -> None:
    made = work(300)
    cases = {
        data["case_number"]: data for data in (json.loads(raw)["data"] for _, raw in made.cases)
    }
    paid: dict[str, list[str]] = {number: [] for number in cases}
    breaches: Counter[str] = Counter()
    totals: dict[tuple[str, str, str], tuple[int, int]] = {}
    unknown = 0
    for raw in made.raw:
        data = json.loads(raw)["data"]
        case = cases.get(data["case_number"])
        if case is None:
            unknown += 1
            continue
        mine = paid[data["case_number"]]
        terms = (case["programme"], case["first_month"], case["monthly_amount_fen"])
        breaches.update(breaches_of(data, *terms, mine))
        mine += data["months"]
        key = (data["township"], data["programme"], data["settled_on"][:7])
        fen, count = totals.get(key, (0, 0))
        totals[key] = (fen + data["amount_fen"], count + 1)
    assert results(made.payments) == (totals, dict(breaches), unknown)


def test_an_event_is_visible_at_the_first_look_that_shows_its_position() -> None:
    # Two cases came first. Sent at 0, 1 and 2 s; the looks show the first event at 0.5 s, the
    # other two together at 2.1 s: they waited 500, 1100 and 100 ms.
    looks = [(0, -1.0), (3, 0.5), (5, 2.1)]
    assert percentiles([0.0, 1.0, 2.0], looks, first=2).p50 == 500.0


def _steps(*values: int) -> Callable[[], Awaitable[int]]:
    left = list(values)

    async def progress() -> int:
        return left.pop(0)

    return progress


async def test_the_clock_starts_when_the_work_is_first_seen_to_move() -> None:
    passage = await watch(_steps(10, 10, 25, 60, 110), 10, 110)
    assert passage.done == 85
    assert passage.seconds > 0


async def test_more_done_than_there_was_to_do_is_a_failure() -> None:
    with pytest.raises(Failed, match="111 done, but there were only 110"):
        await watch(_steps(10, 111), 10, 110)


def test_a_contender_that_fails_is_named_and_the_others_have_their_turn(tmp_path: Path) -> None:
    nothing = work(1)
    bench = Bench(Place("", "", tmp_path), QUICK, nothing, nothing)
    turns: list[str] = []

    async def wrong(name: str) -> int:
        turns.append(name)
        raise AssertionError("totals: 1, expected 2")

    async def right(name: str) -> int:
        turns.append(name)
        return 7

    assert bench.attempt("one", "one_1", wrong) is None
    assert bench.attempt("other", "other_1", right) == 7
    assert bench.attempt("one", "one_2", wrong) is None
    assert turns == ["one_1", "other_1"]
    assert bench.failed == {"one": "failed: totals: 1, expected 2"}


def test_a_ratio_is_left_out_when_a_side_was_not_measured() -> None:
    numbers = table.with_ratios({"e2e_events_per_s": 9_000.0, "emmett_events_per_s": 300.0})
    assert numbers["e2e_vs_emmett"] == 30.0
    assert "e2e_vs_eventsourcing" not in numbers


def test_a_goal_may_be_a_floor_or_a_ceiling() -> None:
    assert table.LINES["e2e_vs_eventsourcing"].holds(15.0) is True
    assert table.LINES["e2e_vs_eventsourcing"].holds(14.99) is False
    assert table.LINES["rss_max_mib"].holds(400.0) is True
    assert table.LINES["rss_max_mib"].holds(400.1) is False
    assert table.LINES["relay_entries_per_s"].holds(1.0) is None


def test_a_correction_costs_what_it_costs_at_its_dearest_place() -> None:
    measured = [
        *(Cost("payments", 100, "first", 2, 1), Cost("payments", 100, "last", 1, 1)),
        *(Cost("payments", 1_000, "first", 9, 9), Cost("payments", 10_000, "last", 2, 2)),
        *(Cost("payments", 10_000, "first", 3, 2), Cost("decisions", 10_000, "first", 99, 99)),
    ]
    numbers = table.with_ratios(Costs(measured, 0.5).numbers())
    assert numbers == {
        "correction_ms_at_100": 3,
        "correction_ms_at_10000": 5,
        "correction_at_10000_vs_100": 1.67,
        "corrections_at_once_s": 0.5,
    }


def test_rows_are_copied_as_they_are_and_counted_on_their_page(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"id": "a", "name": "甲", "ended_on": None},
        {"id": "b", "name": "乙", "ended_on": "x"},
    ]
    datasette.write(tmp_path / "rows.db", {"register": rows})
    with closing(sqlite3.connect(tmp_path / "rows.db")) as connection:
        assert connection.execute("SELECT * FROM register").fetchall() == [
            ("a", "甲", None),
            ("b", "乙", "x"),
        ]
    page = "<thead><tr><th>id</th></tr></thead><tr>\n <td>a</td></tr><tr><td>b</td></tr>"
    assert datasette.table_of(page) == 2


async def test_an_answer_is_read_whole_in_one_piece_or_in_parts() -> None:
    parts = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    whole = b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(parts + whole)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, HOST, 0) as server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        assert await asked(reader, writer, "/") == ("200", b"abcde")
        assert await asked(reader, writer, "/") == ("404", b"no")
        writer.close()


LINE = (
    '{"id":"dz-2024-000001","source":"payouts",'
    '"type":"cn.mingjian.assistance.payment-settled.v1","subject":"case/DB-00170","sequence":1,'
    '"receivedat":"2024-01-05T18:00:00+08:00","data":{"case_number":"DB-00170",'
    '"payee":{"id_number":"445190197012010029"},"amount_fen":80400,"months":["2024-02"],'
    '"settled_on":"2024-02-29"}}'
)


def test_a_line_moves_to_another_year_and_to_another_case_and_person() -> None:
    moved = json.loads(million.moved(LINE, 1))
    assert (moved["id"], moved["receivedat"][:10]) == ("dz-2025-000001", "2025-01-05")
    assert moved["data"]["settled_on"] == "2025-02-28"
    assert moved["data"]["payee"]["id_number"] == "445190197012010029"
    named = LINE.replace("dz-2024-000001", "promise-old-03401")
    assert json.loads(million.moved(named, 1))["id"] == "promise-old-03401-2025"

    other = json.loads(million.copied(LINE, 1))
    assert (other["id"], other["subject"]) == ("dz1-2024-000001", "case/DB1-00170")
    person = other["data"]["payee"]["id_number"]
    assert person != "445190197012010029"
    assert check_resident_id(person) is None


def test_a_ledger_of_many_years_is_in_order_of_receipt_and_has_its_corrections() -> None:
    said = [
        json.loads(line)
        for line in million.lines([LINE.encode()] * 200, (2024, 2025), 2, corrections=196_000)
    ]
    received = [line["receivedat"] for line in said]
    assert received == sorted(received)
    assert [line["sequence"] for line in said] == list(range(1, len(said) + 1))
    corrections = [line for line in said if "corrects" in line]
    assert len(said) - len(corrections) == 3 * 200  # two copies in 2024, one in 2025
    assert len(corrections) > 300  # two thirds of 600
    assert {line["correctionkind"] for line in corrections} == {"changed"}


def test_the_law_is_the_power_of_the_size() -> None:
    sizes = (1_000, 2_000, 4_000, 8_000)
    assert growth.Law(sizes, [3.0] * 4).exponent == 0
    assert growth.Law(sizes, [0.2, 0.4, 0.8, 1.6]).exponent == 1
    assert growth.Law(sizes, [1, 4, 16, 64]).exponent == 2


async def test_what_grows_is_measured_as_it_is_done(server_url: str, tmp_path: Path) -> None:
    """Counts are compared on the way; how long it takes is of no matter here."""
    laws = await growth.measure(Place(server_url, "", tmp_path), "grown", divided_by=100)
    assert laws.keys() == growth.WHAT.keys()
    assert growth.numbers(laws).keys() < table.LINES.keys()
