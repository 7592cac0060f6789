"""Pages of enforcement: the clerk's words, what a draw came to, and the reader's own day."""

from __future__ import annotations

import re
from typing import Any

from domain.inspection import RandomDrawPerformed
from domain.penalties.events import PenaltyPublished
from infra import postgres
from tests.support.enforcement import (
    BODY,
    PERSON,
    a_body,
    a_decision,
    a_licence,
    a_result,
    an_inspection,
    an_officer,
    on,
)
from tests.support.ledger import Bench
from tests.support.pages import client_of, json_of

OFFICER = "ZF-77"
NUMBER = "示例民罚〔2024〕1号"


async def filled(url: str) -> None:
    """A warning to a person of November 2022 and one to a body of 2024, a draw, an officer."""
    person: dict[str, Any] = {
        "subject": None,
        "person": PERSON.model_dump(),
        "decided_on": on("2022-11-01"),
    }
    draw = RandomDrawPerformed(
        draw_number="SSJ-1",
        drawn_on=on("05-15"),
        population=300,
        list_digest="a" * 64,
        algorithm="示例",
        seed="s-1",
        drawn_objects=(BODY,),
        drawn_officers=(OFFICER, "ZF-04"),
    )
    async with postgres.connect(url) as connection:
        bench = await Bench.open(connection)
        await bench.tell(
            a_body(),
            an_officer(OFFICER),
            a_licence(OFFICER).model_copy(update={"licence_number": "示例证001"}),
            a_decision("CF-2", decision_number="示例民罚〔2022〕1号", **person),
            PenaltyPublished(case_number="CF-2", place="示例网站", published_on=on("2022-11-04")),
            draw,
            an_inspection("JC-1", mode="random", draw_number="SSJ-1", officers=(OFFICER, "ZF-04")),
            a_result("JC-1", "06-14"),
            a_decision("CF-1", decision_number=NUMBER, kinds=("warning", "fine"), amount_fen=5000),
            PenaltyPublished(case_number="CF-1", place="示例网站", published_on=on("10-12")),
        )


async def test_pages_of_enforcement_are_read_as_a_clerk_writes(database_url: str) -> None:
    await filled(database_url)
    async with client_of(database_url) as public:
        names = ("penalties", "withdrawn-penalties", "inspections", "drawn-objects", "officers")
        for name in (*names, "advisers"):
            for asked in ("", "?asof=2030-01-01", "?asof=2024-12-31&at=3"):
                page = await public.get(f"/{name}{asked}")
                assert page.status_code == 200, name
                assert "None" not in page.text, name
                assert OFFICER not in page.text, name
                assert not re.search(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])", page.text), name
        told = await json_of(public, "/penalties.json?asof=2024-12-31")
        body = next(row for row in told["rows"] if row["id"] == NUMBER)
        assert (body["kinds"], body["kinds_name"]) == (["fine", "warning"], "罚款、警告")
        fined = (await public.get("/penalties?asof=2024-12-31&kinds=fine")).text
        assert "<td>罚款、警告</td>" in fined
        assert "自然人" not in fined.partition("<tbody>")[2]
        one = (await public.get(f"/penalties/{NUMBER}?asof=2024-12-31")).text
        assert "<dt>公示至</dt><dd>2029-09-26</dd>" in one
        assert "登记情况" not in one

        draw = (await public.get("/draws/SSJ-1?asof=2024-12-31")).text
        assert "<h2>抽中的检查对象</h2>" in draw
        assert re.search(r"<td>示例协会</td>.*<td>未发现问题</td><td>2024-06-14</td>", draw)
        told = await json_of(public, "/draws/SSJ-1.json?asof=2024-12-31")
        (drawn,) = told["related"]["drawn-objects"]
        assert drawn["outcome_name"] == "未发现问题"
        workbook = await public.get("/inspections.csv?for=program&asof=2024-12-31")
        assert "示例协会" in workbook.text


async def test_of_a_sample_the_readers_day_is_its_last_one_else_that_of_the_clock(
    database_url: str,
) -> None:
    """A person of 1 November 2022 is up for two years; the sample ends on 12 October 2024."""
    await filled(database_url)
    asked = "/penalties.json?asof=2023-01-01"
    async with client_of(database_url) as public:
        assert [row["party"] for row in (await json_of(public, asked))["rows"]] == ["自然人"]
    async with postgres.connect(database_url) as connection:
        await connection.execute("UPDATE ledger.ledger SET sample = false")
    async with client_of(database_url) as public:
        assert (await json_of(public, asked))["rows"] == []
