"""Corrections made public: of releases and of registers, and nothing of a person."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import replace
from datetime import date, datetime

import asyncpg
import pytest

from reports.render.forms import offices
from tests.support.enforcement import OTHER, a_body
from tests.support.ledger import Bench, Correction
from tests.support.money import a_household
from tests.support.pages import client_of, json_of
from tests.support.published import PUBLISHED_AT
from tests.support.registering import a_village, changed
from tests.support.releasing import ACT, draft, households, publish, release_report

LATER = replace(
    ACT,
    at=datetime.fromisoformat("2025-01-06T09:00:00+08:00"),
    why="补报十一月的一户",
    signature=None,
)
DAY = date(2025, 2, 1)
WRONG, RIGHT = (changed("name", "06-10", new_value=name) for name in ("写错的协会", "改正的协会"))
CASE, GONE = a_household("DB-1"), a_village(2)
PERSON = changed("legal-representative", "07-01", legal_representative=OTHER)


@pytest.fixture
async def bench(connection: asyncpg.Connection) -> Bench:
    """A release with two editions; a body, a village and a case, of which something is corrected.

    The body's legal representative and the case are corrected, too; of these nothing is public.
    """
    made = await Bench.open(connection)
    await made.tell(CASE, a_body(name="示例书画协会"), a_village(1), GONE)
    await made.tell(WRONG, PERSON)
    await publish(made, draft(households(1), at=1))
    await publish(made, draft(households(2), at=2), LATER)
    other = PERSON.model_copy(update={"decision_number": "示例民社〔2024〕11号"})
    await made.tell(
        Correction(RIGHT, "changed", WRONG),
        Correction(other, "changed", PERSON),
        Correction(GONE, "revoked", GONE),
        Correction(CASE, "revoked", CASE),
        received=DAY,
    )
    return made


@pytest.mark.usefixtures("bench")
async def test_what_was_changed_why_and_when(database_url: str) -> None:
    async with client_of(database_url) as public:
        told = await json_of(public, "/corrections.json")
        page = (await public.get("/corrections")).text
        rows = [
            (row["of"], row["on"], row["name"], row["before"], row["after"], row["why"])
            for row in told["rows"]
        ]
        assert sorted(rows) == sorted(
            [
                ("register", "2025-02-01", "名称", "写错的协会", "改正的协会", "更正"),
                ("register", "2025-02-01", "名称", "示例2村", None, "撤销"),
                ("register", "2025-02-01", "类别", "村", None, "撤销"),
                ("register", "2025-02-01", "镇街", "意溪镇", None, "撤销"),
                ("release", "2025-01-06", "在保户数", "1户", "2户", "数据修订"),
            ]
        )
        (released,) = (row for row in told["rows"] if row["of"] == "release")
        assert released["reason"] == "补报十一月的一户"
        assert (released["before_at"], released["after_at"]) == (
            "/releases/monthly/2024-11/1",
            "/releases/monthly/2024-11/2",
        )
        titles = {row["title"] for row in told["rows"] if row["of"] == "register"}
        assert titles == {"社会组织名录：改正的协会", "村（居）民委员会名录：示例2村"}
        for row in told["rows"]:
            for address in filter(None, (row["before_at"], row["after_at"])):
                assert (await public.get(address)).status_code == 200, address
    assert "补报十一月的一户" in page
    assert "谨此致歉" in page


async def test_nothing_of_a_person_and_no_position_is_told(bench: Bench, database_url: str) -> None:
    async with client_of(database_url) as public:
        text = (await public.get("/corrections")).text + (await public.get("/corrections.csv")).text
        rows = (await json_of(public, "/corrections.json"))["rows"]
        assert all("position" not in row for row in rows)
    for secret in ("法定代表人", "DB-1", "示例甲", "示例乙", "#", "账本位置,"):
        assert secret not in text.partition("<tbody>")[2], secret
    async with client_of(database_url, auditor=True) as auditor:
        told = await json_of(auditor, "/corrections.json")
    last = await bench.connection.fetchval("SELECT position FROM ledger.ledger")
    assert {row["position"] for row in told["rows"] if row["of"] == "register"} == {
        last - 3,
        last - 1,
    }


async def test_a_page_is_pinned_and_chosen(bench: Bench, database_url: str) -> None:
    last = await bench.connection.fetchval("SELECT position FROM ledger.ledger")
    async with client_of(database_url) as public:
        then = await json_of(public, f"/corrections.json?at={last - 4}")
        assert [row["of"] for row in then["rows"]] == ["release"]
        of = await json_of(public, "/corrections.json?of=register")
        assert {row["of"] for row in of["rows"]} == {"register"}
        plan = await json_of(public, "/corrections.json?plan=monthly&period=2024-11")
        assert [row["name"] for row in plan["rows"]] == ["在保户数"]
        assert (await json_of(public, "/corrections.json?plan=annual"))["count"] == 0
        for wrong in ("of=person", "size=7", "page=0", "colour=red", "at=1000000"):
            assert (await public.get(f"/corrections?{wrong}")).status_code == 400, wrong
        assert (await public.get("/corrections?page=2")).status_code == 404
        csv = (await public.get("/corrections.csv?for=program")).text
        assert "补报十一月的一户" in csv
        assert (await public.get("/corrections.xlsx")).status_code == 200


LINKS = r'<a href="([^"]+)"[^>]*>(?:HTML|Markdown|改了什么)'


async def test_versions_of_a_report_have_their_reasons_and_hashes(
    connection: asyncpg.Connection, database_url: str
) -> None:
    bench = await Bench.open(connection)
    await bench.tell(a_household("DB-1"))
    await release_report(bench, 1, PUBLISHED_AT, signature=ACT.signature)
    await bench.tell(a_household("DB-2"), received=DAY)
    last = await connection.fetchval("SELECT position FROM ledger.ledger")
    later = datetime.fromisoformat("2025-02-02T09:00:00+08:00")
    await release_report(bench, last, later)
    async with client_of(database_url) as public:
        told = await json_of(public, "/reports/2024/versions.json")
        page = (await public.get("/reports/2024/versions")).text
        assert [(v["edition"], v["stands"]) for v in told["versions"]] == [(2, True), (1, False)]
        changes = "/corrections?plan=annual&period=2024"
        assert [v["changes"] for v in told["versions"]] == [changes, None]
        for version in told["versions"]:
            assert version["reason"] == "年度公开"
            assert version["digest"] in page
            assert (await public.get(version["address"])).status_code == 200
            for file in version["files"]:
                raw = (await public.get(file["address"])).content
                assert len(raw) == file["bytes"]
                assert hashlib.sha256(raw).hexdigest() == file["sha256"]
            forms = [file["form"] for file in version["files"]]
            assert forms == ["html", "md", *offices()]
        assert (await json_of(public, changes.replace("?", ".json?")))["count"] > 0
        pinned = f"/reports/2024/versions?period=2024&at={last}"  # said their moment twice
        for link in re.findall(
            r'<a href="([^"]+)"[^>]*>(?:HTML|Markdown|改了什么)', (await public.get(pinned)).text
        ):
            assert (await public.get(html.unescape(link))).status_code == 200, link
        assert (await public.get("/reports/2023/versions")).status_code == 404
