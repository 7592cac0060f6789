"""Public pages and the auditor's view, over a small ledger on PostgreSQL."""

from __future__ import annotations

import re

import asyncpg
import httpx
import pytest

from infra.settings import Settings
from ledger import release
from ledger.journal import Said
from ledger.seal import Sealer
from reports.moment import NOT_FINAL
from tests.support.pages import client_of, json_of
from tests.support.published import (
    AS_PUBLISHED_FEN,
    FIRST,
    LATE_FEN,
    NAME,
    fill,
    settle,
)

PUBLIC = (
    "/",
    "/reports",
    "/reports/2024",
    "/reports/2024.html",
    "/reports/2024.md",
    "/figures",
    "/figures/F14",
    "/figures/F16",
    "/figures/F28",
    "/figures/F45",
    "/figures/F63",
    "/statements",
    "/statements/S16",
    "/statements/S20",
)
AUDIT = (
    "/figures/F16/rows",
    "/figures/F28/rows",
    "/entries/1",
    "/streams/case/DB-1",
    "/quarantine",
    "/parked",
    "/waiting",
    "/foreign",
)
BANNER = "示例数据，非官方发布"


async def test_every_public_page_of_a_sample_ledger_bears_the_banner(
    public: httpx.AsyncClient,
) -> None:
    for path in PUBLIC:
        response = await public.get(path)
        assert response.status_code == 200, path
        assert BANNER in response.text, path
        assert "noindex" in response.headers["x-robots-tag"], path


async def test_each_page_has_its_json(
    public: httpx.AsyncClient, auditor: httpx.AsyncClient
) -> None:
    for path in (*PUBLIC[1:3], *PUBLIC[5:]):
        data = await json_of(public, f"{path}.json")
        assert data["sample"] is True, path
        assert data["notice"] == BANNER, path
        asked = await public.get(path, headers={"accept": "application/json"})
        assert asked.json() == data, path
    index = await json_of(public, "/index.json")
    assert index["years"] == [2024]
    assert index["counts"] == {}
    counts = (await json_of(auditor, "/index.json"))["counts"]
    assert counts["entries"] == counts["projected"] > FIRST
    assert (counts["parked"], counts["quarantined"]) == (1, 1)


async def test_a_figure_as_published_and_for_auditors_as_known_now(
    public: httpx.AsyncClient, auditor: httpx.AsyncClient
) -> None:
    told = await json_of(public, "/figures/F16.json")
    assert not {"now", "difference", "worked_out_again"} & told.keys()
    figure = await json_of(auditor, "/figures/F16.json")
    assert told.items() <= figure.items()

    assert (figure["exact"], figure["value"], figure["exact_unit"]) == (
        AS_PUBLISHED_FEN,
        0.19,
        "分",
    )
    assert figure["now"]["exact"] == AS_PUBLISHED_FEN + LATE_FEN
    assert figure["difference"] == LATE_FEN
    assert figure["worked_out_again"] == {
        "value": 0.19,
        "exact": AS_PUBLISHED_FEN,
        "same": True,
        "redefined": False,
    }
    assert figure["printed"] == {
        "expected": "1809.05",
        "compare": "=",
        "unit": "万元",
        "agrees": False,
    }
    assert figure["asof"] == "2024-12-31"

    page = (await public.get("/figures/F16")).text
    assert "1,900.00 元" in page
    assert "100.00 元" not in page.replace("1,900.00 元", "")
    assert "现在" not in page
    assert "+100.00 元" in (await auditor.get("/figures/F16")).text
    assert "✗ 不同" in page
    assert "按到账日期" in page


async def test_what_few_were_paid_has_no_breakdown(public: httpx.AsyncClient) -> None:
    """One household each in two months and townships: no cell, nor the sum of any, can be shown."""
    figure = await json_of(public, "/figures/F16.json")

    assert figure["breakdowns"] == []


async def test_the_public_may_not_choose_a_moment(public: httpx.AsyncClient) -> None:
    for path in (
        "/figures",
        "/figures/F16",
        "/reports/2024",
        "/reports/2024.md",
        "/statements/S20",
    ):
        for parameter in ("asof=2024-06-30", "known=2024-06-30", "known=now", "at=3"):
            response = await public.get(
                f"{path}?{parameter}", headers={"accept": "application/json"}
            )
            problem = response.json()
            assert response.status_code == 403, path
            assert response.headers["content-type"] == "application/problem+json", path
            assert problem["code"] == "published-cut-offs-only", path
            assert set(problem) == {
                "type",
                "title",
                "status",
                "detail",
                "instance",
                "code",
                "hint",
            }
    page = await public.get("/figures/F16?at=3")
    assert page.status_code == 403
    assert "published-cut-offs-only" in page.text
    assert BANNER in page.text


async def test_the_public_sees_no_records(public: httpx.AsyncClient) -> None:
    for path in AUDIT:
        response = await public.get(path)
        assert response.status_code == 403, path
        assert "DB-1" not in response.text, path
    for path in PUBLIC:
        assert "DB-1" not in (await public.get(path)).text, path
    assert "rows" not in await json_of(public, "/statements/S16.json")


async def test_errors_are_problems(public: httpx.AsyncClient) -> None:
    for path, status, code in (
        ("/figures/F99.json", 404, "not-found"),
        ("/statements/S99.json", 404, "not-found"),
        ("/nowhere.json", 404, "not-found"),
        ("/reports/2023.json", 404, "not-published"),
        ("/reports/x.json", 404, "not-found"),
        ("/figures.json?period=2023", 404, "not-published"),
        ("/figures.json?ledger=445199", 404, "no-ledger"),
    ):
        response = await public.get(path)
        assert (response.status_code, response.json()["code"]) == (status, code), path
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["hint"], path
    posted = await public.post("/figures.json")
    assert (posted.status_code, posted.json()["code"]) == (405, "refused")


async def test_nothing_is_shown_before_publication(database_url: str) -> None:
    await fill(database_url, publish=False)
    async with client_of(database_url) as public:
        for path in ("/figures", "/figures/F16", "/reports/2024", "/statements"):
            assert (await public.get(path)).status_code == 404, path
        index = await public.get("/")
        assert index.status_code == 200
        assert "尚未发布" in index.text
    async with client_of(database_url, auditor=True) as auditor:
        figure = await json_of(auditor, "/figures/F16.json?period=2024")
        assert figure["exact"] == AS_PUBLISHED_FEN + LATE_FEN
        assert (await auditor.get("/reports/2024")).status_code == 200


@pytest.mark.empty
async def test_a_database_without_a_ledger_says_what_to_do(database_url: str) -> None:
    async with client_of(database_url) as public:
        response = await public.get("/index.json")
    assert (response.status_code, response.json()["code"]) == (503, "no-ledger")
    assert "mingjian demo" in response.json()["hint"]


async def test_the_auditor_chooses_any_moment(auditor: httpx.AsyncClient) -> None:
    async def exact(query: str) -> int:
        figure = await json_of(auditor, f"/figures/F16.json?period=2024&{query}")
        return int(figure["exact"])

    assert await exact("") == AS_PUBLISHED_FEN
    assert await exact("known=now") == AS_PUBLISHED_FEN + LATE_FEN
    assert await exact("known=2025-02-09") == AS_PUBLISHED_FEN
    assert await exact("known=2025-02-10") == AS_PUBLISHED_FEN + LATE_FEN
    assert await exact("asof=2024-01-31") == 150_000
    assert await exact("asof=2024-01-31&known=2024-01-01") == 0
    assert await exact("at=0") == 0
    refused = await auditor.get("/figures/F16.json?at=many")
    assert (refused.status_code, refused.json()["code"]) == (400, "unanswerable")
    # Fields of the form that are left empty ask for nothing.
    assert await exact("asof=&known=&at=") == AS_PUBLISHED_FEN


async def test_every_page_of_the_auditor_opens_at_another_moment(
    auditor: httpx.AsyncClient,
) -> None:
    for path in PUBLIC:
        response = await auditor.get(path, params={"period": "2024", "at": 4})
        assert response.status_code == 200, path
        assert response.headers["cache-control"] == "private, no-store"
    for path in AUDIT:
        page = await auditor.get(path)
        assert page.status_code == 200, path
        assert NAME not in page.text, path
        assert "noindex" in page.headers["x-robots-tag"]


async def test_rows_behind_a_figure_lead_to_entries_and_streams(
    auditor: httpx.AsyncClient,
) -> None:
    rows = await json_of(auditor, "/figures/F16/rows.json?known=now")
    assert rows["count"] == 5
    assert sum(row["contribution"] for row in rows["rows"]) == AS_PUBLISHED_FEN + LATE_FEN
    position = rows["rows"][0]["position"]
    page = (await auditor.get("/figures/F16/rows")).text
    assert f'href="/entries/{position}?period=2024"' in page

    entry = await json_of(auditor, f"/entries/{position}.json")
    assert entry["title"] == "到账"
    assert '"amount_fen":50000' in entry["open"]
    assert "sealed" not in entry
    page = (await auditor.get(f"/entries/{position}")).text
    assert f'href="/streams/{entry["stream"]}"' in page
    assert "00000000  7b 22 73 70" in page

    stream = await json_of(auditor, f"/streams/{entry['stream']}.json")
    assert [item["version"] for item in stream["entries"]] == [1, 2, 3]
    early = await json_of(auditor, f"/streams/{entry['stream']}.json?known=2024-01-31")
    assert [item["version"] for item in early["entries"]] == [1, 2]


async def test_an_entry_with_persons_shows_pseudonyms_only(auditor: httpx.AsyncClient) -> None:
    entry = await json_of(auditor, "/entries/1.json")

    assert entry["type"] == "assistance.case-taken-over.v1"
    assert '"ref":' in entry["open"]
    assert "id_number" not in entry["open"]
    assert NAME not in entry["open"]


async def test_codes_are_shown_with_their_names(auditor: httpx.AsyncClient) -> None:
    """Pages showed `dibao`, `month-not-entitled` and `settled`, which no clerk can read."""
    page = (await auditor.get("/entries/1")).text
    assert '<td lang="en">dibao</td><td>最低生活保障</td>' in page
    rows = (await auditor.get("/figures/F16/rows")).text
    assert "DB-1 到账" in rows
    stream = (await auditor.get("/streams/case/DB-1")).text
    assert '金额与应发不符 <small lang="en">amount-differs</small>' in stream
    position = re.findall(r"/entries/(\d+)", stream)[-1]
    assert "记入时发现：金额与应发不符" in (await auditor.get(f"/entries/{position}")).text


async def test_rows_are_paged(auditor: httpx.AsyncClient) -> None:
    second = await json_of(auditor, "/figures/F16/rows.json?page=2")
    assert (second["count"], second["pages"], second["rows"]) == (4, 1, [])
    assert (await auditor.get("/figures/F16/rows?page=0")).status_code == 400


async def test_all_that_waits_stands_on_one_page(
    auditor: httpx.AsyncClient, public: httpx.AsyncClient
) -> None:
    """A payment of an unknown case, and half a message that names no source."""
    waits = (await json_of(auditor, "/waiting.json"))["waiting"]
    assert [(each["what"], each["rows"], each["who"]) for each in waits] == [
        ("parked", 1, "source"),
        ("quarantined", 1, "clerk"),
    ]
    page = (await auditor.get("/waiting")).text
    assert all(each["since"].endswith("+08:00") for each in waits), "as every page has it"
    assert "来源系统：儿童福利信息系统或残疾人两项补贴信息系统或老年人补贴信息系统" in page
    assert "本局经办人" in page
    assert (await public.get("/waiting")).status_code == 403


async def test_what_was_not_taken_is_counted_without_its_content(
    auditor: httpx.AsyncClient,
) -> None:
    quarantine = await json_of(auditor, "/quarantine.json")
    assert quarantine["count"] == 1
    assert quarantine["rows"][0]["reason"] == "not_json"
    assert "sealed" not in quarantine["rows"][0]
    counted = {"name": "not_json", "count": 1, "settled": 0, "claims_fen": 0, "discarded": 0}
    assert quarantine["counts"] == [counted]
    parked = await json_of(auditor, "/parked.json")
    assert parked["rows"][0]["waits_for"] == "stream:case/DB-99"
    assert "sealed" not in parked["rows"][0]
    assert (parked["rows"][0]["claims_fen"], parked["rows"][0]["claims_on"]) == (
        40_000,
        "2024-02-08",
    )
    assert parked["counts"][0]["claims_fen"] == 40_000
    page = (await auditor.get("/parked")).text
    assert '业务对象 <span lang="en">case/DB-99</span>' in page
    assert "400.00" in page
    assert "2024-02-08" in page


async def test_what_was_aside_is_shown_as_of_a_moment(database_url: str) -> None:
    """Parked at position 7, refused then, too; given up later."""
    last = await fill(database_url)
    await settle(database_url)
    connection = await asyncpg.connect(database_url)
    sealer = Sealer(Settings().secret, "445102")
    said = Said("示例经办人", "来源已重发")
    await release.discard(connection, sealer, "445102", 1, said)
    await connection.close()
    async with client_of(database_url, auditor=True) as auditor:
        counts = {
            (name, at): (await json_of(auditor, f"/{name}.json?at={at}"))["count"]
            for name in ("parked", "quarantine")
            for at in (6, 7, 11, last, last + 4)
        }
        assert counts == {
            ("parked", 6): 0,
            ("parked", 7): 1,
            ("parked", 11): 1,
            ("parked", last): 3,
            ("parked", last + 4): 3,
            ("quarantine", 6): 0,
            ("quarantine", 7): 1,
            ("quarantine", 11): 1,
            ("quarantine", last): 1,
            ("quarantine", last + 4): 2,
        }
        before = await json_of(auditor, f"/parked.json?at={last + 3}")
        assert [row["taken_at"] for row in before["rows"]] == [None, last + 1, None]
        then = (await auditor.get(f"/quarantine?at={last + 3}")).text
        assert "示例经办人" not in then
        assert f"账本位置 {last + 3} 当时的情形" in then
        page = (await auditor.get("/quarantine")).text
        assert "示例经办人：来源已重发" in page
        assert "当时的情形" not in page
        now = await json_of(auditor, "/quarantine.json")
        assert before["journal"] < now["journal"]
        assert [count["discarded"] for count in now["counts"] if count["name"] == "not_json"] == [1]


async def test_a_refused_parked_event_does_not_link_to_the_entry_of_another(
    database_url: str,
) -> None:
    """It was counted as 已记入, and linked to the entry that led to its refusal."""
    last = await fill(database_url)
    await settle(database_url)
    async with client_of(database_url, auditor=True) as auditor:
        parked = await json_of(auditor, "/parked.json")
        (counted,) = parked["counts"]
        assert (counted["count"], counted["settled"], counted["refused"]) == (3, 2, 1)
        assert counted["claims_fen"] == 40_000
        assert [(row["taken_at"], row["accepted_at"]) for row in parked["rows"]] == [
            (None, None),
            (last + 1, None),
            (last + 4, last + 4),
        ]
        page = (await auditor.get("/parked")).text
        assert re.findall(r"/entries/(\d+)", page) == [str(last + 4)]
        entry = last + 4
        assert f'已记入（账本位置 <a href="/entries/{entry}">{entry}</a>）' in page
        assert '<a href="/quarantine">未通过校验</a>（拒收）' in page


NOTE = "本期另有待关联 1 条未计入，声称金额 400.00 元"
METHOD = "口径说明：本期另有 1 条业务来件尚在核对，未计入任何数值；其中写明的金额共 400.00 元。"
WITH_FIGURES = (
    "/",
    "/reports/2024",
    "/reports/2024.html",
    "/reports/2024.md",
    "/figures",
    "/figures/F16",
    "/statements",
    "/statements/S16",
)


async def test_every_page_with_figures_says_once_what_waits_in_its_period(
    public: httpx.AsyncClient,
) -> None:
    """As a note on the method, at the end: an orange box was the first thing a citizen read.

    Number and amount only: no reason, no id, no source; and nothing that could be no event.
    """
    for path in WITH_FIGURES:
        text = (await public.get(path)).text
        assert text.count(METHOD) == 1, path
        assert "</h1>" not in text.partition(METHOD)[2], path
        assert not re.search("not_json|p-unknown|DB-99|未通过校验|待关联|声称", text), path
    assert METHOD not in (await public.get("/reports")).text
    waits = {"quarantined": 0, "parked": 1, "claims_fen": 40_000}
    for path in ("/index", "/reports/2024", "/figures", "/figures/F16", "/statements"):
        data = await json_of(public, f"{path}.json")
        assert (data["waiting"], data["waiting_now"]) == (waits, waits), path


async def test_the_auditor_sees_what_waited_then_and_what_waits_now(
    auditor: httpx.AsyncClient,
) -> None:
    """At position 6 (31 January) nothing was put aside yet; February has the payment alone."""
    then = await json_of(auditor, "/figures/F16.json?period=2024&at=6")
    assert then["waiting"] == {"quarantined": 0, "parked": 0, "claims_fen": 0}
    assert then["waiting_now"] == {"quarantined": 0, "parked": 1, "claims_fen": 40_000}
    page = (await auditor.get("/figures/F16?period=2024&at=6")).text
    assert "所选时点：没有未通过校验或待关联的来件。" in page
    assert NOTE in page
    report = (await auditor.get("/reports/2024?at=6")).text
    assert "本期另有" not in report
    for period in ("2024-01", "2025"):
        assert "本期另有" not in (await auditor.get(f"/figures?period={period}&known=now")).text


async def test_every_answer_says_whether_it_is_final(
    public: httpx.AsyncClient, auditor: httpx.AsyncClient
) -> None:
    """The last receipt of this replay is of 10 February 2025: what is asked before that stays."""
    assert (await json_of(public, "/figures/F16.json"))["final"] is True
    for known, final in (("2025-02-09", True), ("2025-02-10", False), ("now", False)):
        question = f"?period=2024&known={known}"
        for path in ("/figures", "/statements", "/reports/2024", "/figures/F16/rows"):
            assert (await json_of(auditor, f"{path}.json{question}"))["final"] is final, path
        page = (await auditor.get(f"/figures{question}")).text
        assert (NOT_FINAL in page) == (known == "2025-02-10")


async def test_a_report_does_not_remember_what_waited_before_a_release(
    database_url: str,
) -> None:
    """Released by a named event, the ledger does not move: the page must be composed anew."""
    last = await fill(database_url)
    async with client_of(database_url, auditor=True) as auditor:
        question = "/reports/2024?period=2024&known=now"
        assert NOTE in (await auditor.get(question)).text
        connection = await asyncpg.connect(database_url)
        await release.name_repair(
            connection, Sealer(Settings().secret, "445102"), "445102", 1, "payouts/p-feb"
        )
        await connection.close()
        assert "本期另有待关联 1 条未计入" in (await auditor.get(question)).text
        row = (await json_of(auditor, "/quarantine.json"))["rows"][0]
        assert (row["released_by"], row["released_at"]) == ("payouts/p-feb", last)
        assert "payouts/p-feb" in (await auditor.get("/quarantine")).text
        # The published report speaks of its own moment.
        assert METHOD in (await auditor.get("/reports/2024")).text


@pytest.mark.parametrize(
    ("client", "headers"),
    [
        ("192.0.2.7", {}),
        ("127.0.0.1", {"host": "ledger.example:8000"}),
        ("127.0.0.1", {"x-forwarded-for": "192.0.2.7"}),
        ("127.0.0.1", {"forwarded": "for=192.0.2.7"}),
    ],
)
async def test_the_auditors_view_answers_this_machine_only(
    filled: str, client: str, headers: dict[str, str]
) -> None:
    async with client_of(filled, auditor=True, client=client) as auditor:
        response = await auditor.get("/entries/1.json", headers=headers)
    assert (response.status_code, response.json()["code"]) == (403, "loopback-only")


async def test_the_report_of_its_own_allows_its_style_and_nothing_else(
    public: httpx.AsyncClient,
) -> None:
    response = await public.get("/reports/2024.html")

    policy = response.headers["content-security-policy"]
    assert re.fullmatch(r"default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+'", policy)
    assert response.text == (await public.get("/reports/2024.html")).text
