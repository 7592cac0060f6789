"""A file is handed in at the inside view: what `report check` says of it, and no file stops it.

Given the small published ledger, whose last payment was told after the report was published: when
somebody hands in the published report, a draft of now, or what no document is, they are told what
the command tells, staff of other work only of what was published, and nothing is written.
"""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import zipfile
from collections.abc import AsyncIterator, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette

from api import checked, checking_apart
from infra import postgres
from ledger import adopted, users
from ledger.users import User
from projections.snapshot import snapshot
from reports import drafting, files, plans, release
from reports.handed.file import MOST_BYTES
from reports.moment import Moment, period_of
from reports.render import forms, text
from tests.cli.test_aside import shell_on
from tests.support import databases
from tests.support.inside import BY_SECURITY, admit_all, bearing, browser, inside, sealer, token_of
from tests.support.ledger import LEDGER
from tests.support.published import fill, last_of

JSON = {"accept": "application/json"}
HERE = "http://127.0.0.1:8000"
PAID = "0.19万元"
"""As it was published."""
TOKENS: dict[str, str] = {}


async def reporting(url: str) -> None:
    """The small published ledger, with staff who make its reports beside the others."""
    await fill(url)
    async with postgres.connect(url) as connection:
        made = User("staff-r", "staff", frozenset({"reporting"}))
        TOKENS.update(await admit_all(connection))
        await users.admit(connection, sealer(), LEDGER, made, BY_SECURITY)
        TOKENS[made.name] = await token_of(connection, made.name)


@pytest.fixture(scope="module")
def url(server_url: str) -> Iterator[str]:
    with databases.copied(server_url, "checked", reporting) as made:
        yield made


@pytest.fixture
async def connection(url: str) -> AsyncIterator[asyncpg.Connection]:
    async with postgres.connect(url) as made:
        yield made


@pytest.fixture
async def app(url: str) -> AsyncIterator[Starlette]:
    async with inside(url) as made:
        yield made


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app) as made:
        yield made


async def published(connection: asyncpg.Connection, form: str = "docx") -> bytes:
    async with snapshot(connection):
        (item,) = await release.released(connection, LEDGER)
    return forms.render(form, await files.document(connection, item))


async def draft(connection: asyncpg.Connection, form: str = "") -> bytes:
    at = await last_of(connection)
    bureau = await adopted.at(connection, LEDGER, at)
    moment = Moment(LEDGER, *period_of("2024"), at)
    plan = plans.of(bureau)[plans.ANNUAL]
    made = await drafting.document(connection, plan, bureau, moment)
    return forms.render(form, made) if form else text.render(made).encode()


async def hand_in(
    client: httpx.AsyncClient, who: str, name: str, raw: bytes, **more: str
) -> httpx.Response:
    return await client.post(
        "/check", files={"file": (name, raw)}, data=more, headers=JSON | bearing(TOKENS[who])
    )


@pytest.mark.parametrize("who", ["auditor-a", "staff-r", "staff-a", "staff-c"])
async def test_the_published_file_is_known_by_its_bytes_to_everybody(
    client: httpx.AsyncClient, connection: asyncpg.Connection, who: str
) -> None:
    told = (await hand_in(client, who, "报告.docx", await published(connection))).json()
    assert (told["fine"], told["known_by"], told["recorded_file"]) == (True, "bytes", "docx")
    assert (told["file"], told["plan"], told["period"]) == ("报告.docx", "annual", "2024")
    assert told["findings"] == []


@pytest.mark.parametrize("who", ["auditor-a", "staff-r", "staff-a"])
async def test_a_number_that_was_changed_is_told_as_the_command_tells_it(
    client: httpx.AsyncClient,
    connection: asyncpg.Connection,
    url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    who: str,
) -> None:
    said = (await published(connection, "md")).decode()
    assert said.count(f"低保金{PAID}") == 1
    file = tmp_path / "改过.md"
    file.write_text(said.replace(f"低保金{PAID}", "低保金0.53万元"), encoding="utf-8")
    told = (await hand_in(client, who, file.name, file.read_bytes())).json()
    (one,) = (each for each in told["findings"] if each["fault"])
    assert (one["kind"], one["about"]) == ("changed", "F16 发放低保金额")
    assert (one["before"], one["after"]) == (PAID, "0.53万元")
    assert (await client.get(one["href"], headers=bearing(TOKENS[who]))).status_code == 200

    ran = await asyncio.to_thread(
        shell_on(url, monkeypatch, capsys), "report", "check", str(file), "--json"
    )
    command = json.loads(ran.out)
    assert ran.code == 1
    assert {name: told[name] for name in command} == command


async def test_a_page_shows_where_what_was_printed_and_what_stands_there(
    client: httpx.AsyncClient, connection: asyncpg.Connection
) -> None:
    said = (await published(connection, "md")).decode().replace(f"低保金{PAID}", "低保金0.53万元")
    sent = {"file": ("a<b>.md", said.encode())}
    answer = await client.post("/check", files=sent, headers=bearing(TOKENS["staff-a"]))
    page = unescape(answer.text)
    assert answer.status_code == 200
    assert "a&lt;b&gt;.md" in answer.text
    assert "手工改动" in page
    assert f"<td>{PAID}</td>" in page.replace('<span lang="en">', "").replace("</span>", "")
    assert '<a href="/figures/F16?' in page


async def test_drafts_are_for_who_makes_reports_and_for_auditors(
    client: httpx.AsyncClient, connection: asyncpg.Connection
) -> None:
    """A draft tells the values of now; staff of one line or township are told of no such thing."""
    said, marked = await draft(connection), await draft(connection, "md")
    for who in ("auditor-a", "staff-r"):
        told = (await hand_in(client, who, "草稿.txt", said)).json()
        assert (told["fine"], told["plan"], told["release"]) == (True, "annual", None)
        bare = (await hand_in(client, who, "x.txt", b"1", plan="annual", period="2024")).json()
        assert bare["plan"] in ("annual", None)
    for who in ("staff-a", "staff-b", "staff-c"):
        told = (await hand_in(client, who, "草稿.txt", said, plan="annual", period="2024")).json()
        assert told["release"] in (None, "annual/2024/1")
        assert {each["before"] for each in told["findings"]}.isdisjoint({"0.20万元"})
        told = (await hand_in(client, who, "草稿.md", marked)).json()  # whose manifest says it
        assert told["release"] in (None, "annual/2024/1")
        assert "0.20万元" not in {each["before"] for each in told["findings"]}
        page = await client.get("/check", headers=bearing(TOKENS[who]))
        assert "只与已发布的核对" in page.text


def bomb() -> bytes:
    """A DOCX whose document says 100 bytes and unpacks to 200 MB of spaces."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (200 * 2**20))
    return made.getvalue()


def entities() -> bytes:
    made = io.BytesIO()
    evil = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document>&x;</w:document>'
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", evil)
    return made.getvalue()


HOSTILE: dict[str, Any] = {
    "bomb.docx": bomb,
    "entities.docx": entities,
    "old.doc": lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600,
    "picture.png": lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 600,
    "cut.docx": lambda: entities()[:60],
    "broken.pdf": lambda: b"%PDF-1.7\n1 0 obj << /Length 99999999 >> stream",
    "empty.txt": lambda: b"",
    "long.txt": lambda: "民".encode() * 500_000,
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_what_cannot_be_read_ends_with_a_sentence(
    client: httpx.AsyncClient, name: str
) -> None:
    raw = HOSTILE[name]()
    refused = await hand_in(client, "staff-r", name, raw)
    assert (refused.status_code, refused.json()["code"]) == (400, "unreadable-file")
    assert refused.json()["detail"]
    headers = bearing(TOKENS["staff-r"])
    page = await client.post("/check", files={"file": (name, raw)}, headers=headers)
    assert page.status_code == 400
    assert "没有核对" in page.text
    assert 'type="file"' in page.text


@pytest.mark.parametrize("length", [{"content-length": str(100 * 2**20)}, {}])
async def test_a_file_of_a_hundred_megabytes_is_not_taken_in(
    client: httpx.AsyncClient, length: dict[str, str]
) -> None:
    """Announced, it is not read at all; else as far as a document could be."""
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.txt"\r\n\r\n'
        for _ in range(100):
            sent += 2**20
            yield b" " * 2**20
        yield b"\r\n--b--\r\n"

    headers = {"content-type": "multipart/form-data; boundary=b", **JSON, **length}
    headers |= bearing(TOKENS["staff-r"])
    refused = await client.post("/check", content=body(), headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (413, "too-large")
    assert sent == 0 if length else sent <= MOST_BYTES + 2 * 2**20
    assert (await hand_in(client, "staff-r", "x.txt", b"1")).status_code == 200


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\文稿\\改.txt", "改.txt"),
        ("a\u202etxt.exe", "txt.exe"),
        ("x" * 5_00 + ".txt", "xxx.txt"),
        ("\x07.txt", ".txt"),
    ],
)
async def test_odd_names_are_shown_as_they_can_be(
    client: httpx.AsyncClient, name: str, shown: str
) -> None:
    answer = await hand_in(client, "staff-r", name, "一段别的文字，与账本无关。".encode())
    assert answer.status_code == 200
    told = answer.json()
    assert told["known_by"] is None
    assert shown in told["file"]
    assert len(told["file"]) <= 2 * checked.LONGEST
    assert "\u202e" not in answer.text


async def test_what_takes_too_long_is_ended(
    client: httpx.AsyncClient, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With no time at all any file does: the next one is checked as ever."""
    raw = await published(connection)
    with monkeypatch.context() as patch:
        patch.setattr(checking_apart, "SECONDS", 0.01)
        refused = await hand_in(client, "staff-r", "报告.docx", raw)
    assert (refused.status_code, refused.json()["code"]) == (400, "unreadable-file")
    assert "没能核对完" in refused.json()["detail"]
    assert (await hand_in(client, "staff-r", "报告.docx", raw)).json()["fine"]


async def test_the_process_that_reads_files_is_told_no_secret(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[dict[str, str]] = []
    run = subprocess.run

    def noted(*args: Any, **named: Any) -> Any:
        given.append(named["env"])
        return run(*args, **named)

    monkeypatch.setenv("MINGJIAN_SECRET", "a secret that no file shall see")
    monkeypatch.setattr(subprocess, "run", noted)
    assert (await hand_in(client, "staff-r", "x.txt", b"1")).status_code == 200
    assert not [name for env in given for name in env if name.startswith("MINGJIAN_")]


async def test_a_form_of_another_site_is_not_looked_at(client: httpx.AsyncClient) -> None:
    for more in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        answer = await client.post(
            "/check",
            files={"file": ("x.txt", b"1")},
            headers=JSON | bearing(TOKENS["staff-r"]) | more,
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "other-site")


async def test_a_plan_and_a_period_that_there_are_not_are_told(client: httpx.AsyncClient) -> None:
    refused = await hand_in(client, "staff-r", "x.txt", b"1", plan="annual", period="2024-13")
    assert (refused.status_code, refused.json()["code"]) == (400, "unreadable-file")
    assert "2024-13" in refused.json()["detail"]


async def test_nothing_is_written_but_the_access_log(
    app: Starlette, client: httpx.AsyncClient, connection: asyncpg.Connection
) -> None:
    async def rows() -> dict[str, int]:
        await app.state.noting.stop(app.state.pool)
        names = await connection.fetch(
            "SELECT schemaname || '.' || quote_ident(tablename) AS name FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        return {
            each["name"]: await connection.fetchval(f"SELECT count(*) FROM {each['name']}")
            for each in names
        }

    before = await rows()
    assert (await hand_in(client, "staff-r", "x.docx", await published(connection))).json()["fine"]
    after = await rows()
    assert {name for name in after if after[name] != before[name]} == {"ledger.access"}
