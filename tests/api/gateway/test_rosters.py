"""Rosters over HTTP: a preview keeps nothing; what was confirmed is sent, and nothing else."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import asyncpg
import httpx
import openpyxl
import pytest

from api.gateway import rosters as page
from api.gateway.app import Gateway
from infra.settings import Settings
from tests.api.gateway.test_lint import dump, followed
from tests.rosters.conftest import BING, DIBAO, JIA, PAYOUTS, YI, a_payout, a_row
from tests.support.databases import filled
from tests.support.gateway import a_key, fill, gateway_of
from tests.support.rosters import sheet, text

MERGED = [
    ["结婚登记名册（2024年3月）"],
    ["结婚证字号", "登记日期", "男方", "", "", "女方", "", "", "登记员"],
    ["", "", "姓名", "身份证号", "户籍区划代码", "姓名", "身份证号", "户籍区划代码", ""],
]
OVER = [(0, 0, 0, 8), (1, 2, 1, 4), (1, 5, 1, 7), (1, 0, 2, 0), (1, 1, 2, 1), (1, 8, 2, 8)]


@pytest.fixture
def live_url(server_url: str) -> Iterator[str]:
    """URL of a database with a live ledger, of each test its own."""
    with filled(server_url, "gateway_rosters", fill) as url:
        yield url


def households(*rows: Sequence[Any]) -> bytes:
    """A CSV in GBK, a row a person."""
    return text([["城乡低保对象花名册（2024年1月）"], DIBAO, *rows])


def payouts(*rows: Sequence[Any]) -> bytes:
    """A workbook with plain headings."""
    return sheet([["保障金发放明细（2024年1月）"], PAYOUTS, *rows])


def marriages(day: str = "2024-03-08") -> bytes:
    """A workbook with headings over two rows, some merged."""
    couple = [*("示甲", JIA.number, "445102"), *("例丙", BING.number, "445102")]
    return sheet([*MERGED, ["J445102-2024-000101", day, *couple, "HY-01、HY-02"]], OVER)


async def previewed(client: httpx.AsyncClient, made: str, content: bytes, **asked: Any) -> Any:
    told = await client.post(f"/rosters/{made}", params=asked, content=content)
    assert told.status_code == 200, told.text
    return told.json()


def form(content: bytes | None = None, **fields: str) -> dict[str, Any]:
    """What a browser sends of the page."""
    parts: list[tuple[str, Any]] = [(name, (None, value)) for name, value in fields.items()]
    if content is not None:
        parts.append(("file", ("花名册.csv", content, "text/csv")))
    return {"files": parts}


def hidden(html: str) -> dict[str, str]:
    """What a page hands on to its confirmation."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html))


async def test_three_layouts_are_previewed_sent_once_and_give_nothing_again(
    client: httpx.AsyncClient, ledger: asyncpg.Connection
) -> None:
    """A CSV in GBK, a workbook, and one with merged headings."""
    brought = (
        ("dibao", households(a_row("DB-1", JIA), a_row("DB-2", BING)), 2),
        ("payouts", payouts(a_payout("DB-1", JIA, "500", "2024-01")), 1),
        ("marriages", marriages(), 1),
    )
    for made, content, events in brought:
        before = await dump(ledger)
        told = await previewed(client, made, content)
        assert told["wrong"] == []
        assert (told["events"], told["counts"]["new"]) == (events, events)
        assert told["sent"] is False
        assert await dump(ledger) == before
        sent = await previewed(client, made, content, confirm=told["confirm"])
        assert (sent["sent"], sent["outcomes"]) == (True, {"accepted": events})
        await followed(ledger)
        again = await previewed(client, made, content)
        assert (again["events"], again["confirm"], again["rows"]) == (0, None, [])
        assert again["counts"]["unchanged"] == events


async def test_the_page_does_the_same_without_a_script(
    client: httpx.AsyncClient, ledger: asyncpg.Connection
) -> None:
    """Choose, look, confirm; names are masked, and what is confirmed is in the page itself."""
    empty = await client.get("/rosters", headers={"accept": "text/html"})
    assert empty.status_code == 200
    assert 'enctype="multipart/form-data"' in empty.text
    assert "（dibao，来源 rosters）" in empty.text
    assert "<script" not in empty.text
    before = await dump(ledger)
    content = households(a_row("DB-1", JIA), a_row("DB-1", YI, "", relation="子女"))
    shown = await client.post("/rosters", **form(content, map="dibao", key="", do="preview"))
    assert shown.status_code == 200, shown.text
    assert "确认报送 1 条事件" in shown.text
    assert "GB18030/GBK" in shown.text
    assert "示甲" not in shown.text
    assert JIA.number not in shown.text
    assert "期初接收" in shown.text
    assert await dump(ledger) == before
    held = hidden(shown.text)
    assert held["kept"] == b64encode(content).decode()
    done = await client.post("/rosters", **form(None, **held, key="", do="send"))
    assert done.status_code == 200, done.text
    assert re.search(r"已记入 <span lang=\"en\">accepted</span></dt><dd>1</dd>", done.text)
    await followed(ledger)
    again = await client.post("/rosters", **form(content, map="dibao", key="", do="preview"))
    assert "没有要报送的：账本已经与这份花名册一致" in again.text
    assert 'value="send"' not in again.text


async def test_wrong_cells_are_listed_and_come_back_marked(
    client: httpx.AsyncClient, ledger: asyncpg.Connection
) -> None:
    """Nothing is sent while one is wrong, unless only the right rows are wanted."""
    content = households(a_row("DB-1", JIA, "五百"), a_row("DB-2", BING))
    told = await previewed(client, "dibao", content)
    (wrong,) = told["wrong"]
    # The title and the headings stand above: the first row of the body is the third.
    assert (wrong["cell"], wrong["why"].startswith("应为金额，单位元")) == ("G3", True)
    assert [each["code"] for each in told["hindrances"]] == ["wrong-cells"]
    refused = await client.post(
        "/rosters/dibao", params={"confirm": told["confirm"]}, content=content
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "roster-not-sent")
    assert refused.json()["preview"]["wrong"] == told["wrong"]

    marked = await client.post("/rosters/dibao", content=content, headers={"accept": page.XLSX})
    assert marked.headers["content-type"] == page.XLSX
    cell = openpyxl.load_workbook(BytesIO(marked.content)).active["G3"]
    assert (cell.value, cell.fill.fgColor.rgb) == ("五百", "FFF8B4B4")
    assert cell.comment.text.startswith("应为金额，单位元")

    shown = await client.post("/rosters", **form(content, map="dibao", do="preview"))
    assert '<th scope="row">G3</th>' in shown.text
    held = hidden(shown.text)
    copy = await client.post("/rosters", **form(None, **held, do="marked"))
    assert openpyxl.load_workbook(BytesIO(copy.content)).active["G3"].value == "五百"
    done = await client.post("/rosters", **form(None, **held, do="send", only_good="1"))
    assert "<dd>1</dd>" in done.text.partition("报送结果")[2].partition("</dl>")[0]
    await followed(ledger)
    assert (await previewed(client, "dibao", content))["counts"]["unchanged"] == 1


async def test_what_was_confirmed_is_sent_and_nothing_else(
    client: httpx.AsyncClient, ledger: asyncpg.Connection
) -> None:
    """The ledger moved, or the file did: nothing is sent, and the new preview is shown."""
    one, two = households(a_row("DB-1", JIA)), households(a_row("DB-1", JIA), a_row("DB-2", BING))
    first = await previewed(client, "dibao", two)
    meanwhile = await previewed(client, "dibao", one)
    await previewed(client, "dibao", one, confirm=meanwhile["confirm"])
    await followed(ledger)
    before = await dump(ledger)
    late = await client.post("/rosters/dibao", params={"confirm": first["confirm"]}, content=two)
    assert (late.status_code, late.json()["code"]) == (409, "preview-changed")
    now = late.json()["preview"]
    assert (now["events"], now["counts"]["new"], now["counts"]["unchanged"]) == (1, 1, 1)
    shown = await client.post("/rosters", **form(two, map="dibao", do="send", confirm="x" * 26))
    assert shown.status_code == 409
    assert "预览之后有了变化" in shown.text
    assert hidden(shown.text)["confirm"] == now["confirm"]
    other = await client.post("/rosters/dibao", params={"confirm": now["confirm"]}, content=one)
    assert other.status_code == 409
    assert await dump(ledger) == before
    done = await previewed(client, "dibao", two, confirm=now["confirm"])
    assert done["outcomes"] == {"accepted": 1}


async def test_many_that_would_end_are_confirmed_by_their_number(
    client: httpx.AsyncClient, ledger: asyncpg.Connection
) -> None:
    rows = [a_row(f"DB-{n}", JIA._replace(name="示")) for n in range(6)]
    january = households(*rows)
    told = await previewed(client, "dibao", january)
    await previewed(client, "dibao", january, confirm=told["confirm"])
    await followed(ledger)
    february = households(rows[0])
    told = await previewed(client, "dibao", february, period="2024-01")
    assert (told["counts"]["ended"], told["hindrances"][0]["code"]) == (5, "many-end")
    asked = {"confirm": told["confirm"], "ended": "4"}
    refused = await client.post("/rosters/dibao", params=asked, content=february)
    assert (refused.status_code, refused.json()["code"]) == (409, "roster-not-sent")
    sent = await previewed(client, "dibao", february, confirm=told["confirm"], ended="5")
    assert sent["outcomes"] == {"accepted": 5}


async def test_a_key_brings_the_rosters_of_its_own_source_only(
    live_url: str, ledger: asyncpg.Connection
) -> None:
    _, own = await a_key(ledger, "rosters")
    _, other = await a_key(ledger, "payouts")
    content = households(a_row("DB-1", JIA))

    def bearer(key: str) -> dict[str, str]:
        return {"authorization": f"Bearer {key}"}

    async with gateway_of(Settings(database_url=live_url)) as (client, _):
        before = await dump(ledger)
        told = await client.post("/rosters/dibao", content=content)
        assert (told.status_code, told.json()["code"]) == (401, "key-needed")
        told = await client.post("/rosters/dibao", content=content, headers=bearer(other))
        assert (told.status_code, told.json()["code"]) == (403, "another-source")
        shown = await client.post("/rosters", **form(content, map="dibao", key=other, do="send"))
        assert shown.status_code == 403
        assert "对照表 dibao 属于来源系统 rosters" in shown.text
        assert other not in shown.text
        assert await dump(ledger) == before
        maps = await client.get("/rosters", headers=bearer(own) | {"accept": "application/json"})
        assert {each["map"] for each in maps.json()["maps"]} >= {"dibao", "payouts", "marriages"}
        maps = await client.get("/rosters", headers=bearer(other) | {"accept": "application/json"})
        assert maps.json() == {"maps": []}
        shown = await client.post("/rosters", **form(content, map="dibao", key=own, do="preview"))
        held = hidden(shown.text)
        done = await client.post("/rosters", **form(None, **held, do="send"))
        assert done.status_code == 401
        assert own not in done.text
        done = await client.post("/rosters", **form(None, **held, key=own, do="send"))
        assert "已记入" in done.text


@pytest.mark.parametrize(
    ("made", "content", "status", "code"),
    [
        ("nobody", b"", 404, "no-roster-map"),
        ("dibao", b"", 422, "unreadable-roster"),
        ("dibao", b"PK\x03\x04 no workbook", 422, "unreadable-roster"),
        ("dibao", text([DIBAO]), 422, "unreadable-roster"),  # no month is said
        ("dibao", b"x" * (page.MOST_BYTES + 1), 413, "too-large"),
    ],
)
async def test_what_is_no_roster_is_refused(
    client: httpx.AsyncClient, made: str, content: bytes, status: int, code: str
) -> None:
    told = await client.post(f"/rosters/{made}", content=content)
    assert (told.status_code, told.json()["code"]) == (status, code)
    shown = await client.post("/rosters", **form(content, map=made, do="preview"))
    assert shown.status_code == status
    assert shown.headers["content-type"].startswith("text/html")


async def test_forms_of_other_sites_and_broken_ones_are_refused(
    client: httpx.AsyncClient, gateway: Gateway
) -> None:
    content = households(a_row("DB-1", JIA))
    for site in ("cross-site", "same-site"):
        headers = {"sec-fetch-site": site}
        told = await client.post("/rosters/dibao", content=content, headers=headers)
        assert (told.status_code, told.json()["code"]) == (403, "another-site")
        shown = await client.post("/rosters", **form(content, map="dibao"), headers=headers)
        assert shown.status_code == 403
    multipart = {"content-type": "multipart/form-data; boundary=b"}
    for headers, body in (
        ({"content-type": "application/x-www-form-urlencoded"}, b"map=dibao"),
        ({"content-type": "multipart/form-data"}, b""),
        (multipart, b'--b\r\nContent-Disposition: form-data; name="map"\r\n\r\ndibao'),
        (multipart, b'--b\r\nContent-Disposition: form-data; name="kept"\r\n\r\n\xff\r\n--b--'),
        (multipart, b"--b\r\n\r\n" * 20 + b"--b--"),
    ):
        shown = await client.post("/rosters", content=body, headers=headers)
        assert shown.status_code == 400, body
    told = await client.post("/rosters/dibao?period=2024-13", content=content)
    assert (told.status_code, told.json()["code"]) == (400, "wrong-parameter")
    told = await client.post("/rosters/dibao?dry=1", content=content)
    assert told.status_code == 400
    assert gateway.rosters._free == page.MOST_FORMS
