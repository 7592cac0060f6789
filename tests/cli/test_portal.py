"""`mingjian portal`: what another site shows is fetched and compared with what was released."""

from __future__ import annotations

import asyncio
import hashlib
import json
import zipfile
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest

from infra import postgres
from tests.cli.test_aside import Shell, shell_on
from tests.support.ledger import Bench
from tests.support.money import a_household
from tests.support.pages import client_of
from tests.support.releasing import draft, households, publish

PERIOD = ("--period", "2024-11")
PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1>{1}</body></html>"


@pytest.fixture
def site() -> Iterator[tuple[str, dict[str, bytes]]]:
    """A site on this machine, and what stands on it by path."""
    pages: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = pages.get(self.path)
            self.send_response(HTTPStatus.NOT_FOUND if page is None else HTTPStatus.OK)
            self.end_headers()
            self.wfile.write(page or b"")

        def log_message(self, *_: object) -> None:
            """Nothing is said of it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", pages
        server.shutdown()


@pytest.fixture
def shell(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """Commands on a ledger with a release of November: 在保17户."""

    async def make() -> None:
        async with postgres.connect(database_url) as connection:
            bench = await Bench.open(connection)
            await bench.tell(a_household("DB-1"))
            await publish(bench, draft(households(17), at=1))

    asyncio.run(make())
    return shell_on(database_url, monkeypatch, capsys)


def pack_of(url: str) -> str:
    """The body that the publish pack gives."""

    async def body() -> bytes:
        async with client_of(url) as client:
            answer = await client.get("/releases/monthly/2024-11.zip")
        with zipfile.ZipFile(BytesIO(answer.content)) as pack:
            return pack.read("fragment.html")

    return asyncio.run(body()).decode()


def test_what_a_portal_shows_is_compared_in_words(
    shell: Shell, site: tuple[str, dict[str, bytes]], database_url: str, tmp_path: Path
) -> None:
    address, pages = site
    body = pack_of(database_url)
    saved = tmp_path / "post.html"
    saved.write_text(PAGE.format("月报", body), encoding="utf-8")
    where = f"{address}/content/post_1.html"
    pages["/content/post_1.html"] = saved.read_bytes()
    told = ("--url", where, "--on", "2024-12-06", "--by", "BG-01")
    more = ("--index-number", "114/2024-00007", "--page", str(saved))
    assert shell("portal", "shown", "monthly", *PERIOD, *told, *more).code == 0
    good = shell("portal", "check")
    assert (good.code, "核对 1 个网址，0 个不符" in good.out) == (0, True), good

    wide = body.replace("17", "１７").replace("在保", " 在 保 ")
    pages["/content/post_1.html"] = PAGE.format("月报", wide).encode()
    other = shell("portal", "check", "--json")
    (found,) = json.loads(other.out)
    assert (other.code, found["differs"]) == (1, ["网页与登记时的校验码不同，刊载后改过"])

    wrong = f"<meta charset=gbk><script>月报</script>{body.replace('17', '71')}"
    pages["/content/post_1.html"] = wrong.encode("gb18030")
    (found,) = json.loads(shell("portal", "check", "monthly", "--json").out)
    assert found["differs"][:3] == [
        "没有标题“月报”",
        "没有数值 17户（在保户数）",
        "没有这一句：在保17户",
    ]
    del pages["/content/post_1.html"]
    (found,) = json.loads(shell("portal", "check", "--json").out)
    assert found["differs"] == ["打不开：网站答复 404"]

    async def page() -> str:
        async with client_of(database_url) as client:
            listed = (await client.get("/gkmlpt/api/all/all")).json()["articles"]
            assert [item["url"] for item in listed] == [where]
            return (await client.get("/releases/monthly/2024-11")).text

    text = asyncio.run(page())
    assert f'<a rel="external" href="{where}">' in text
    assert "（2024年12月6日刊载，索引号 " in text
    assert hashlib.sha256(saved.read_bytes()).hexdigest() not in text


def test_what_cannot_be_told_is_refused(shell: Shell) -> None:
    told = ("--by", "BG-01", "--on", "2024-12-06", "--url")
    good = "https://www.example.gov.cn/content/post_1.html"
    for arguments in (
        ("monthly", "--period", "2024-12", *told, good),
        ("monthly", *PERIOD, "--edition", "2", *told, good),
        ("monthly", *PERIOD, *told, "javascript:alert(1)"),
        ("monthly", *PERIOD, "--by", "BG-01", "--on", "2024-02-30", "--url", good),
    ):
        assert shell("portal", "shown", *arguments).code == 2, arguments
    nothing = shell("portal", "check")
    assert (nothing.code, "核对 0 个网址" in nothing.out) == (0, True)
