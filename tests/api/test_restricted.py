"""Who is restricted is shown in no view of records, but by what an audit hold keeps, with a trace.

The person is of case DB-7, of which payments of 123.45 元 are told; DB-1 to DB-3 are of others.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from urllib.parse import quote

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette

from infra import postgres
from infra.postgres import with_user
from infra.roles import Role
from ledger import access, looks, restraints
from ledger.journal import Said
from ledger.restraints import PERSON, What
from rules import working
from tests.support import published
from tests.support.inside import TOKENS, bearing, browser, inside, peopled
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_payment
from tests.support.pages import client_of
from tests.support.persons import BANK, OFFICE, REF, SEALER, a_case, an_end_told
from tests.support.procedure import posted

SAID = Said("示例甲", "本人申请，保管期限未满")
FEN = 12_345
CASE = "case/DB-7"
TOLD = (REF, "DB-7", "123.45", str(FEN))
"""What must stand nowhere: pseudonym, number of the case, amount."""
JSON = {"accept": "application/json"}
MARK = "【已限制处理】"
OPENED = "?restricted=yes"
RECORD = "/entries/19"
FORMS = ("", ".json", ".csv", ".xlsx")
ROWS = "/figures/F16/rows{}?known=now"
LISTS = (ROWS, "/findings/rules/A53{}", "/parked{}", "/desk{}", "/desk/dibao-notice{}")
"""Where the person's records are among others', with the place of the form."""


def paid(month: str, on: str) -> bytes:
    return event(BANK, f"p-DB-7-{month}", a_payment("DB-7", FEN, month, on=on))


async def filled(url: str) -> None:
    """The published ledger, and the case: two payments, the later after its end, a notice."""
    await peopled(url)
    notice = event(OFFICE, "n-DB-7", posted("DB-7", "2024-01-05", "2024-01-12"))
    unknown = event(
        *(BANK, "p-DB-7-again", a_payment("DB-7", FEN, "2024-04")),
        corrects=f"{BANK}/p-DB-7-none",
        kind="changed",
    )
    async with postgres.connect(url) as connection:
        bench = await Bench.join(connection)
        case = event(OFFICE, "c-DB-7", a_case("DB-7", 2024))
        ended = an_end_told("DB-7", 2024)
        lines = (case, notice, paid("2024-02", "2024-02-10"), ended, paid("2024-09", "2024-09-10"))
        tally = await bench.take(*lines, unknown)
        assert (tally.accepted, tally.parked) == (5, 1)
        await working.follow(connection, LEDGER)
        query = "SELECT min(position) FROM ledger.entry WHERE stream = $1"
        assert await connection.fetchval(query, CASE) == int(RECORD.rpartition("/")[2])


@pytest.fixture(scope="module")
def url(server_url: str) -> Iterator[str]:
    with published.database(server_url, "restricted", filling=filled) as made:
        yield made


@pytest.fixture
async def app(url: str) -> AsyncIterator[Starlette]:
    async with inside(with_user(url, Role.AUDITOR)) as made:
        yield made


@pytest.fixture
async def restrained(url: str) -> AsyncIterator[None]:
    async with restraint(url, "restriction", f"{PERSON}{REF}"):
        yield


async def set_(url: str, what: What, subject: str) -> None:
    async with postgres.connect(url) as connection:
        await restraints.begin(connection, SEALER, LEDGER, what, subject, SAID)


async def end(url: str, what: What, subject: str) -> None:
    async with postgres.connect(url) as connection:
        await restraints.end(connection, SEALER, LEDGER, what, subject, SAID)


@asynccontextmanager
async def restraint(url: str, what: What, subject: str) -> AsyncIterator[None]:
    """Set, and ended."""
    await set_(url, what, subject)
    try:
        yield
    finally:
        await end(url, what, subject)


def text_of(answer: httpx.Response) -> str:
    """All that an answer says, but for the address that was asked."""
    said = answer.text
    if answer.content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
            said = "".join(parts.read(name).decode() for name in parts.namelist())
    return said.replace(str(answer.request.url.path), "")


async def get(
    app: Starlette, url: str, who: str, path: str, purpose: str = "核查"
) -> httpx.Response:
    async with browser(app) as client:
        headers = JSON | bearing(TOKENS[url][who], quote(purpose))
        return await client.get(path, headers=headers)


async def finding_of(app: Starlette, url: str) -> str:
    found = (await get(app, url, "auditor-a", "/findings/rules/A53.json")).json()["findings"]
    (name,) = (each["id"] for each in found if each["subject"] == CASE)
    return str(name)


async def test_every_list_shows_the_row_and_nothing_of_it(app: Starlette, url: str) -> None:
    """In all forms, to auditors and to staff; while nobody is restricted the rows are there."""
    for restricted in (False, True, False):
        if restricted:
            await set_(url, "restriction", f"{PERSON}{REF}")
        for path in LISTS:
            for form in FORMS if restricted else (".json",):
                said = text_of(await get(app, url, "auditor-a", path.format(form)))
                assert any(each in said for each in TOLD) is not restricted, (path, form)
                if form == ".json":
                    assert (MARK in said) is restricted, path
            staff = text_of(await get(app, url, "staff-a", path.format(".json")))
            assert not restricted or not any(each in staff for each in TOLD), path
        if restricted:
            await end(url, "restriction", f"{PERSON}{REF}")


@pytest.mark.usefixtures("restrained")
async def test_rows_of_others_stay_as_they_are(app: Starlette, url: str) -> None:
    rows = (await get(app, url, "auditor-a", ROWS.format(".json"))).json()["rows"]
    covered = [each for each in rows if each.get("restricted") == MARK]
    assert [each["position"] for each in covered] == [21, 23]
    assert all(
        value is None
        for each in covered
        for name, value in each.items()
        if name not in ("position", "restricted")
    )
    others = [each for each in rows if "restricted" not in each]
    told = published.AS_PUBLISHED_FEN + published.LATE_FEN
    assert sum(each["contribution"] for each in others) == told


async def test_pages_that_are_about_nobody_else_are_refused(app: Starlette, url: str) -> None:
    finding = await finding_of(app, url)
    paths = (
        *(f"/entries/{number}" for number in range(19, 24)),
        *(f"/streams/{CASE}", f"/findings/{finding}", f"/sources/{OFFICE}/events/c-DB-7"),
        f"/sources/{BANK}/events/p-DB-7-again",
    )
    for path in paths:
        assert (await get(app, url, "auditor-a", path)).status_code == 200, path
    async with restraint(url, "restriction", f"{PERSON}{REF}"):
        for path in paths:
            for asked in (path, path + OPENED):
                answer = await get(app, url, "auditor-a", asked)
                assert answer.status_code == 403, asked
                assert answer.json()["code"] == "restricted"
                assert answer.json()["title"] == MARK
                assert not [each for each in TOLD if each in text_of(answer)], asked
        assert (await get(app, url, "staff-a", RECORD)).status_code == 403
        assert (await get(app, url, "staff-b", RECORD)).status_code == 404, "not theirs anyway"
        assert (await get(app, url, "auditor-a", "/entries/1")).status_code == 200
    assert (await get(app, url, "auditor-a", RECORD)).status_code == 200, "restricted no more"


@pytest.mark.usefixtures("restrained")
@pytest.mark.parametrize("held", ["hold/ledger", f"hold/person/{REF}", f"hold/stream/{CASE}"])
async def test_what_an_audit_hold_keeps_an_auditor_may_open_and_staff_may_not(
    app: Starlette, url: str, held: str
) -> None:
    async with restraint(url, "hold", held):
        assert (await get(app, url, "auditor-a", RECORD)).status_code == 403, "it is asked for"
        for who, leads in (("auditor-a", True), ("staff-a", False)):
            async with browser(app) as client:
                page = await client.get(RECORD, headers=bearing(TOKENS[url][who], quote("核查")))
            assert (f'href="{RECORD}{OPENED}"' in page.text) == leads, who
        said_nothing = await get(app, url, "auditor-a", RECORD + OPENED, "")
        assert said_nothing.json()["code"] == "purpose-needed"
        assert (await get(app, url, "staff-a", RECORD + OPENED)).json()["code"] == "restricted"
        purpose = f"审计，{held.count('/')}"
        opened = await get(app, url, "auditor-a", RECORD + OPENED, purpose)
        assert REF in opened.json()["open"]
        listed = await get(app, url, "auditor-a", ROWS.format(".json"))
        assert not [each for each in TOLD if each in listed.text], "a list opens nobody"
    await app.state.noting.stop(app.state.pool)  # lines on their way are written
    async with postgres.connect(url) as connection:
        seen = await looks.read(connection, LEDGER, subject=f"{PERSON}{REF}")
        refused = await access.read(connection, LEDGER, remark="restricted", limit=500)
    assert {(each.who, each.purpose) for each in seen[:1]} == {("auditor-a", purpose)}
    assert {line.who for line in refused} >= {"auditor-a", "staff-a"}


@pytest.mark.usefixtures("restrained")
async def test_a_hold_on_another_case_opens_nothing(app: Starlette, url: str) -> None:
    async with restraint(url, "hold", "hold/stream/case/DB-1"):
        answer = await get(app, url, "auditor-a", RECORD + OPENED)
        assert answer.json()["code"] == "restricted"


@pytest.mark.usefixtures("restrained")
async def test_a_record_that_nobody_with_the_secret_wrote_ends_no_restriction(
    app: Starlette, url: str
) -> None:
    """Nothing is shown until somebody has looked at it; the public pages need none of this."""
    async with postgres.connect(url) as connection:
        number = await forged(connection, "person-unrestricted", f"{PERSON}{REF}")
        try:
            for path in (RECORD, ROWS.format(""), "/findings", "/parked"):
                answer = await get(app, url, "auditor-a", path)
                assert (answer.status_code, answer.json()["code"]) == (500, "altered"), path
            async with client_of(url) as public:
                assert (await public.get("/figures/F16")).status_code == 200
        finally:
            await connection.execute("ALTER TABLE ledger.journal DISABLE TRIGGER USER")
            await connection.execute("DELETE FROM ledger.journal WHERE number = $1", number)
            await connection.execute("ALTER TABLE ledger.journal ENABLE TRIGGER USER")
            await connection.execute("UPDATE ledger.ledger SET journal = journal - 1")


async def forged(connection: asyncpg.Connection, kind: str, subject: str) -> int:
    """A record of the journal by who can only write to the database; its number."""
    number: int = await connection.fetchval(
        "UPDATE ledger.ledger SET journal = journal + 1 RETURNING journal"
    )
    await connection.execute(
        "INSERT INTO ledger.journal (ledger, number, recorded_at, position, kind, subject, by, why,"
        " detail, mac) SELECT ledger, $1, recorded_at, position, $2, $3, by, why, detail, mac"
        " FROM ledger.journal ORDER BY number DESC LIMIT 1",
        number,
        kind,
        subject,
    )
    return number


async def test_public_pages_hold_nothing_of_anybody(url: str) -> None:
    """They are the same whether or not somebody is restricted: releases state sums, and no case."""
    paths = (
        "/",
        "/figures",
        "/figures/F16",
        "/statements",
        "/reports/2024",
        "/registers",
        "/disclosure",
        "/themes",
        "/corrections",
        "/search?q=示例",
        "/feed.atom",
        "/api/v1/figures",
        "/officers",
        "/organisations",
    )
    pages = []
    for _ in range(2):
        async with client_of(url) as public:
            pages.append([(await public.get(path)).text for path in paths])
        async with postgres.connect(url) as connection:
            restricted = await restraints.restriction_of(connection, SEALER, LEDGER, REF)
            do = restraints.begin if restricted is None else restraints.end
            await do(connection, SEALER, LEDGER, "restriction", f"{PERSON}{REF}", SAID)
    assert pages[0] == pages[1]
    for path, page in zip(paths, pages[0], strict=True):
        assert not [each for each in TOLD if each in page], path
