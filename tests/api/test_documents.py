"""Reports and releases as files for Word and WPS: of what was released, and no other."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from datetime import date
from io import BytesIO
from urllib.parse import unquote

import asyncpg
import docx
import httpx
import pytest

from reports.render import extra
from tests.support.ledger import Bench
from tests.support.money import a_household
from tests.support.pages import client_of, json_of
from tests.support.published import FIRST
from tests.support.releasing import draft, households, publish

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LINK = '<a href="/reports/2024.docx?period=2024" lang="en">DOCX</a>'


async def words(client: httpx.AsyncClient, path: str) -> str:
    response = await client.get(path)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == DOCX
    made = docx.Document(BytesIO(response.content))
    return "\n".join(paragraph.text for paragraph in made.paragraphs)


async def test_the_report_is_a_file_for_word(public: httpx.AsyncClient) -> None:
    said = await words(public, "/reports/2024.docx")
    assert "发布时间：2025年1月17日 16:52" in said
    assert "示例数据，非官方发布" in said
    assert "0.19万元（虚构）" in said
    response = await public.get("/reports/2024.docx")
    name = unquote(response.headers["content-disposition"].partition("UTF-8''")[2])
    assert re.fullmatch(r"示例_.*法治政府建设年度报告_数据截至20241231_第11号\.docx", name)
    assert LINK in (await public.get("/reports/2024")).text
    assert "/reports/2024.docx" in (await public.get("/reports")).text


async def test_its_hash_is_told_with_its_edition(public: httpx.AsyncClient) -> None:
    (edition,) = (await json_of(public, "/reports/2024/versions.json"))["versions"]
    (told,) = [each for each in edition["files"] if each["form"] == "docx"]
    raw = (await public.get(told["address"])).content
    assert told["sha256"] == hashlib.sha256(raw).hexdigest()
    assert raw == (await public.get("/releases/annual/2024.docx")).content
    assert raw == (await public.get("/releases/annual/2024/1.docx")).content


async def test_the_manifest_of_a_file_names_its_release(public: httpx.AsyncClient) -> None:
    raw = (await public.get("/reports/2024.docx")).content
    with zipfile.ZipFile(BytesIO(raw)) as package:
        text = re.sub("<[^>]*>", "", package.read("customXml/item1.xml").decode())
    told = json.loads(text[text.index("{") :])
    assert (told["release"], told["at"], told["sample"]) == ("annual/2024/1", FIRST, True)
    page = (await public.get("/reports/2024.html")).text
    assert json.loads(page[page.index('id="manifest">') :].split(">", 2)[1].split("<")[0]) == told


async def test_the_public_gets_no_document_of_another_moment(
    public: httpx.AsyncClient, auditor: httpx.AsyncClient
) -> None:
    for asked in ("known=now", "at=7"):
        refused = await public.get(f"/reports/2024.docx?{asked}", headers={"accept": "*/*"})
        assert refused.status_code == 403
        said = await words(auditor, f"/reports/2024.docx?{asked}")
        assert "这不是发布的报告" in said
        assert "DB-1" not in said
    for path in (
        "/reports/2023.docx",
        "/releases/annual/2023.docx",
        "/releases/annual/2024/2.docx",
    ):
        assert (await public.get(path)).status_code == 404, path


async def test_without_the_parts_the_page_offers_no_file_and_the_address_says_why(
    filled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extra, "installed", lambda _package: False)
    async with client_of(filled) as public:
        for path in (
            "/reports/2024",
            "/reports",
            "/releases/annual/2024",
            "/reports/2024/versions",
        ):
            page = await public.get(path)
            assert page.status_code == 200, path
            assert ">DOCX</a>" not in page.text, path
        for path in ("/reports/2024.docx", "/releases/annual/2024.docx"):
            answer = await public.get(path, headers={"accept": "application/json"})
            assert answer.headers["content-type"] == "application/problem+json"
            assert (answer.status_code, answer.json()["code"]) == (501, "documents-missing")
            assert "make setup" in answer.json()["detail"]
        assert (await public.get("/problems/documents-missing")).status_code == 200


async def test_a_bulletin_is_a_file_whatever_is_recorded_later(
    connection: asyncpg.Connection, database_url: str
) -> None:
    bench = await Bench.open(connection)
    await bench.tell(a_household("DB-1"))
    await publish(bench, draft(households(1), at=1))
    async with client_of(database_url) as public:
        first = (await public.get("/releases/monthly/2024-11.docx")).content
        assert (
            '<a href="/releases/monthly/2024-11/1.docx"'
            in (await public.get("/releases/monthly/2024-11")).text
        )
        await bench.tell(a_household("DB-2"), received=date(2025, 2, 1))
        assert (await public.get("/releases/monthly/2024-11.docx")).content == first
    said = "\n".join(p.text for p in docx.Document(BytesIO(first)).paragraphs)
    assert "在保1户" in said
