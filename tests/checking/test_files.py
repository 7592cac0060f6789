"""The files of a release are known by their bytes: from sign-off on, and on any machine."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from cli import report_check
from domain.bureau.bureau import Bureau
from infra import postgres
from infra.postgres import with_user
from infra.roles import Role
from projections.catalogue import READ_MODELS
from projections.snapshot import snapshot
from reports import checking, files, handed, plans, release
from reports.catalogue import MEASURES
from reports.document import Document, FigureRef, Paragraph
from reports.release import Release
from reports.render import faces, forms
from tests.cli.test_aside import Shell, shell_on
from tests.support import fonts
from tests.support.bureau import SAMPLE
from tests.support.ledger import LEDGER, Bench
from tests.support.money import a_household, a_payment
from tests.support.pages import client_of
from tests.support.published import database, fill
from upkeep.rebuild import driver


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A ledger of its own with a published report."""
    await fill(database_url)
    async with postgres.connect(database_url) as made:
        yield made


async def published(connection: asyncpg.Connection) -> Release:
    async with snapshot(connection):
        (item,) = await release.released(connection, LEDGER)
    return item


async def test_what_is_published_is_recorded_in_every_form_that_can_be_made(
    connection: asyncpg.Connection,
) -> None:
    item = await published(connection)
    assert {file.form for file in item.files} == {f for f in forms.FORMS if forms.there(f)}
    document = await files.document(connection, item)
    for file in item.files:
        raw = forms.render(file.form, document)
        assert (file.sha256, file.bytes) == (hashlib.sha256(raw).hexdigest(), len(raw))


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/releases/annual/2024.docx", "docx"),
        ("/releases/annual/2024/1.docx", "docx"),
        ("/reports/2024.docx", "docx"),
        ("/reports/2024.pdf", "pdf"),
        ("/releases/annual/2024/1.pdf", "pdf"),
        ("/reports/2024.html", "html"),
        ("/reports/2024.md", "md"),
    ],
)
async def test_what_pages_give_out_is_what_was_recorded(
    connection: asyncpg.Connection, database_url: str, path: str, form: str
) -> None:
    if form == "pdf":
        fonts.there()
    (recorded,) = [file for file in (await published(connection)).files if file.form == form]
    async with client_of(database_url) as client:
        answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    assert hashlib.sha256(answer.content).hexdigest() == recorded.sha256


async def test_the_same_files_are_made_after_later_events_and_after_a_rebuild(
    connection: asyncpg.Connection,
) -> None:
    item = await published(connection)
    bench = await Bench.join(connection)
    late = a_payment("DB-1", 7_000, "2024-11", on="2024-12-30")
    await bench.tell(a_household("DB-4"), late)
    assert await files.differing(connection, item) == []
    await driver.anew(connection, READ_MODELS, lambda _: None)
    assert await files.differing(connection, await published(connection)) == []


def test_two_ledgers_with_the_same_records_make_the_same_files(server_url: str) -> None:
    """Another machine, or one restored from the topics: the entries are all that it has."""

    async def made(url: str) -> Release:
        async with postgres.connect(url) as connection:
            return await published(connection)

    found = []
    for name in ("files_here", "files_there"):
        with database(server_url, name, filling=fill) as url:
            found.append(asyncio.run(made(url)))
    assert found[0].files == found[1].files != ()


async def test_a_form_that_cannot_be_made_is_left_out(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = forms.Form("xlsx", "application/x", package="no_such_package_anywhere")
    monkeypatch.setattr(forms, "FORMS", {**forms.FORMS, "xlsx": lacking})
    await fill(database_url)
    async with postgres.connect(database_url) as connection:
        item = await published(connection)
        assert "xlsx" not in {file.form for file in item.files}
        assert files.without(item.files) == ["xlsx"]  # type: ignore[arg-type]  # told by their form


async def test_a_pdf_is_known_by_its_bytes_else_by_its_words(
    connection: asyncpg.Connection,
) -> None:
    """And where one number of it was changed, that is named."""
    fonts.there()
    item = await published(connection)
    document = await files.document(connection, item)
    raw = forms.render("pdf", document)
    for made, recorded in ((raw, "pdf"), (raw + b"\n", "")):
        checked = await checking.check(connection, LEDGER, made, handed.read(made, "r.pdf"))
        assert (checked.fine, checked.recorded) == (True, recorded), checked.findings
        assert checked.release == item
    figure = next(run for run in document.figures() if run.text == "0.19万元")
    changed = forms.render("pdf", said_otherwise(document, figure, "0.91万元"))
    checked = await checking.check(connection, LEDGER, changed, handed.read(changed, "r.pdf"))
    assert not checked.fine
    assert ["0.91万元" in each.text for each in checked.findings if each.is_fault] == [True]


def said_otherwise(document: Document, figure: FigureRef, text: str) -> Document:
    """The same document, with one number printed otherwise."""
    sections = tuple(
        replace(
            section,
            blocks=tuple(
                replace(
                    block,
                    runs=tuple(
                        replace(run, text=text) if run is figure else run for run in block.runs
                    ),
                )
                if isinstance(block, Paragraph)
                else block
                for block in section.blocks
            ),
        )
        for section in document.sections
    )
    return replace(document, sections=sections)


async def test_a_pdf_in_other_fonts_is_no_other_document(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    fonts.there()
    item = await published(connection)
    serif = faces.found()
    sans = replace(serif, parts=tuple(replace(serif.parts[2], role=p.role) for p in serif.parts))
    monkeypatch.setattr(faces, "found", lambda: sans)
    assert await files.differing(connection, item) == ["pdf"]
    assert not report_check._other(["pdf"])
    assert report_check._other(["docx", "pdf"])


async def test_a_recorded_file_is_known_by_its_bytes_and_one_byte_more_is_not(
    connection: asyncpg.Connection,
) -> None:
    item = await published(connection)
    raw = forms.render("html", await files.document(connection, item))
    for made, recorded in ((raw, "html"), (raw + b"\n", "")):
        checked = await checking.check(
            connection, LEDGER, made, handed.read(made, "report-2024.html")
        )
        assert (checked.fine, checked.recorded) == (True, recorded), checked.findings
        assert checked.release == item


async def test_a_definition_that_code_changes_later_rewrites_nothing(
    connection: asyncpg.Connection, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From today on a program counts only payments over 400.00 元: 1,500.00 元 of 1,900.00.

    What was released stays, byte by byte; auditors see what it would be now, and why.
    """
    item = await published(connection)
    before = [await page(database_url, path) for path in PUBLIC]
    figure = plans.of(SAMPLE)[plans.ANNUAL].figures["F16"].figure
    assert figure is not None
    old = figure.measure

    def counted(bureau: Bureau) -> str:
        rows = old.rows if isinstance(old.rows, str) else old.rows(bureau)
        return f"SELECT * FROM ({rows}) AS every WHERE contribution > 40000"

    later = {**MEASURES, old.name: replace(old, rows=counted)}
    monkeypatch.setattr(plans, "MEASURES", later)
    plans._read.cache_clear()
    try:
        assert await files.differing(connection, item) == []
        assert [await page(database_url, path) for path in PUBLIC] == before
        async with client_of(database_url, auditor=True) as client:
            told = (await client.get("/figures/F16.json")).json()
            seen = (await client.get("/figures/F16")).text
        assert told["exact"] == 190_000
        again = {"exact": 150_000, "same": False, "redefined": True}
        assert again.items() <= told["worked_out_again"].items()
        assert "口径在发布后有改动" in seen
    finally:
        monkeypatch.undo()
        plans._read.cache_clear()


PUBLIC = ("/releases/annual/2024/1.json", "/reports/2024.md", "/figures/F16.json")


async def page(url: str, path: str) -> str:
    async with client_of(url) as client:
        return (await client.get(path)).text


# By command.


@pytest.fixture
def shell(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """Commands on a ledger with a published report."""
    asyncio.run(fill(database_url))
    return shell_on(database_url, monkeypatch, capsys)


def test_a_report_is_printed_changed_and_checked_by_command(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    assert shell("report", "annual", "--period", "2024", "--at", "11", "-o", str(file)).code == 0
    good = shell("report", "check", str(file))
    assert (good.code, "逐字节相同" in good.out) == (0, True), good

    file.write_text(file.read_text().replace("0.19万元", "0.91万元"))
    bad = shell("report", "check", str(file))
    assert (bad.code, "F16 发放低保金额，“0.19万元” → “0.91万元”" in bad.out) == (1, True), bad
    told = json.loads(shell("report", "check", str(file), "--json").out)
    assert (told["fine"], told["release"]) == (False, "annual/2024/1")
    assert {each["about"] for each in told["findings"]} == {"F16 发放低保金额"}

    other = tmp_path / "other.txt"
    other.write_text("会议纪要。")
    none = shell("report", "check", str(other))
    assert (none.code, "不像本账本的任何文稿" in none.out) == (1, True), none
    for name, raw in (("a.docx", b"PK\x03\x04"), ("b.pdf", b"%PDF-1.4"), ("c.doc", OLE)):
        (tmp_path / name).write_bytes(raw)
        refused = shell("report", "check", str(tmp_path / name))
        assert (refused.code, "Traceback" in refused.err) == (2, False), refused


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def test_files_of_releases_are_made_again_and_held_against_their_record(shell: Shell) -> None:
    same = shell("report", "check")
    assert (same.code, "annual/2024/1：与发布时相同" in same.out) == (0, True), same


def test_whoever_may_only_read_checks_too(
    shell: Shell, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "report.md"
    at = ("--period", "2024", "--at", "11")
    assert shell("report", "annual", *at, "--format", "md", "-o", str(file)).code == 0
    monkeypatch.setenv("MINGJIAN_DATABASE_URL", with_user(database_url, Role.AUDITOR))
    said = shell("report", "check", str(file))
    assert (said.code, said.err) == (0, ""), said
