"""Reports and releases as PDF, and how many who ask for files of offices are served."""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from api import papers
from api.papers import Papers
from api.problems import Problem
from reports.document import Document
from reports.render import faces, forms, pdf
from tests.browser.paper import plain
from tests.support import fonts
from tests.support.letters import letter
from tests.support.pages import client_of, json_of
from tests.support.published import FIRST


@pytest.fixture
def _drawn() -> None:
    fonts.there()


def words(raw: bytes) -> str:
    return plain("".join(page.extract_text() for page in PdfReader(BytesIO(raw)).pages))


@pytest.mark.usefixtures("_drawn")
async def test_the_report_is_offered_as_pdf_and_its_hash_told(public: httpx.AsyncClient) -> None:
    answer = await public.get("/reports/2024.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert ".pdf" in answer.headers["content-disposition"]
    for said in ("发布时间：2025年1月17日 16:52", "示例数据，非官方发布", "0.19万元（虚构）"):
        assert plain(said) in words(answer.content)
    told = json.loads(PdfReader(BytesIO(answer.content)).attachments[pdf.MANIFEST][0])
    assert (told["release"], told["at"], told["sample"]) == ("annual/2024/1", FIRST, True)
    (edition,) = (await json_of(public, "/reports/2024/versions.json"))["versions"]
    (file,) = [each for each in edition["files"] if each["form"] == "pdf"]
    assert file["sha256"] == hashlib.sha256(answer.content).hexdigest()
    for path in ("/releases/annual/2024.pdf", "/releases/annual/2024/1.pdf", file["address"]):
        assert (await public.get(path)).content == answer.content, path
    for path in ("/reports/2024", "/reports", "/releases/annual/2024", "/reports/2024/versions"):
        assert ">PDF</a>" in (await public.get(path)).text, path


@pytest.mark.usefixtures("_drawn")
async def test_the_public_gets_no_pdf_of_another_moment(
    public: httpx.AsyncClient, auditor: httpx.AsyncClient
) -> None:
    refused = await public.get("/reports/2024.pdf?known=now", headers={"accept": "*/*"})
    assert refused.status_code == 403
    draft = await auditor.get("/reports/2024.pdf?known=now")
    assert "非发布文本" in words(draft.content)
    assert (await public.get("/reports/2023.pdf")).status_code == 404


async def test_without_a_font_the_address_says_why_and_all_else_is_there(
    filled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> faces.Faces:
        raise faces.FontsMissing(faces.HOW)

    monkeypatch.setattr(faces, "found", none)
    async with client_of(filled) as public:
        answer = await public.get("/reports/2024.pdf", headers={"accept": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (501, "documents-missing")
        assert "fonts-noto-cjk" in answer.json()["detail"]
        (edition,) = (await json_of(public, "/reports/2024/versions.json"))["versions"]
        assert {each["form"] for each in edition["files"]} == {"html", "md", "docx"}
        for path in ("/reports/2024", "/reports", "/releases/annual/2024"):
            assert ">PDF</a>" not in (await public.get(path)).text, path


class Slow:
    """A form that takes until it may end; `made` is how often one was made."""

    def __init__(self) -> None:
        self.ends = threading.Event()
        self.made: list[str] = []
        self.beside = 0

    def render(self, _form: str, document: Document) -> bytes:
        self.beside += 1
        assert self.beside == 1  # one at a time
        self.ends.wait(60)
        self.made.append(document.title)
        self.beside -= 1
        return document.title.encode()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    made = Slow()
    monkeypatch.setattr(forms, "render", made.render)
    yield made
    made.ends.set()


async def asked(found: Papers, title: str, **other: Any) -> asyncio.Task[bytes]:
    task = asyncio.create_task(found.get("slow", letter(title=title, **other)))
    await asyncio.sleep(0)
    return task


async def test_a_file_that_many_ask_for_is_made_once(slow: Slow) -> None:
    found = Papers()
    many = [await asked(found, "甲") for _ in range(100)]
    many[0].cancel()  # who goes away ends it for nobody
    slow.ends.set()
    assert set(await asyncio.gather(*many[1:])) == {"甲".encode()}
    assert await found.get("slow", letter(title="甲")) == "甲".encode()
    assert slow.made == ["甲"]
    found.stop()


async def test_of_other_files_few_may_wait_and_the_loop_goes_on(slow: Slow) -> None:
    """Asking for files must not keep anybody from the pages."""
    found = Papers()
    waiting = [await asked(found, str(n)) for n in range(papers.WAITING)]
    refused = await asked(found, "one more")
    with pytest.raises(Problem) as busy:
        await refused
    assert busy.value.status == 503
    assert await asyncio.to_thread(str, 1) == "1"
    slow.ends.set()
    assert await asyncio.gather(*waiting) == [str(n).encode() for n in range(papers.WAITING)]
    found.stop()


async def test_what_was_published_is_kept_while_there_is_room(
    slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow.ends.set()
    monkeypatch.setattr(papers, "MOST_BYTES", 2)
    found = Papers()
    for title in ("1", "2", "1", "3", "1", "2"):
        await found.get("slow", letter(title=title))
    assert slow.made == ["1", "2", "3", "2"]
    for _ in range(2):
        await found.get("slow", letter(title="4", published=""))
    assert slow.made == ["1", "2", "3", "2", "4", "4"]
    found.stop()
