"""Numbers of persons where none belongs, spelled in every way: refused, or masked; never repeated.

Given a small live ledger, when a number comes in each place of an event, of a request, of a roster
and of a command, each time another number, so that what is found says where it came in; then no
table holds it in clear, and no answer, page, file, command or log repeats it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import unicodedata
from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote_plus
from zipfile import ZipFile

import asyncpg
import httpx
import pytest

from infra import logging as logs
from infra import postgres
from infra.settings import Settings
from projections import tail
from tests.rosters.conftest import DIBAO, JIA, a_row
from tests.support.databases import filled
from tests.support.engine import altered
from tests.support.gateway import BATCH, LINES, ONE, fill, gateway_of
from tests.support.ledger import LEDGER, event
from tests.support.money import a_household, a_payment, an_id
from tests.support.pages import client_of
from tests.support.persons import cells
from tests.support.process import in_turn
from tests.support.rosters import sheet, text

HAN = str.maketrans("0123456789", "〇一二三四五六七八九")
SPELLED: dict[str, Callable[[str], str]] = {
    "as it is": lambda number: number,
    "full width": lambda number: "".join(chr(ord(c) + 0xFEE0) for c in number),
    "small x": lambda number: number.lower(),
    "blanks": lambda number: f"{number[:6]} {number[6:14]} {number[14:]}",
    "nothing between": "\u200b".join,
    "Arabic-Indic": lambda number: number.translate({48 + n: 0x660 + n for n in range(10)}),
    "汉字": lambda number: number.translate(HAN),
}
PARTED: dict[str, Callable[[str], str]] = {
    "hyphens": lambda number: f"{number[:6]}-{number[6:14]}-{number[14:]}",
    "dots": lambda number: f"{number[:6]}.{number[6:14]}.{number[14:]}",
}
"""As running numbers are written, too: in an event nobody can tell, in a log it is left out."""
SEALED = re.compile(r"\.(sealed|key|digest|content|leaf|mac|sha256)$")


class Canaries:
    """Numbers that are valid, no two alike, and where each was put."""

    def __init__(self) -> None:
        self.put: dict[str, str] = {}
        self._serial = iter(range(1, 999))
        self._spelled = cycle(SPELLED.items())

    def __call__(self, where: str, spelling: str = "") -> str:
        """A number for a place, in this spelling or in the next one."""
        name, spelled = next(self._spelled)
        if spelling:
            name, spelled = spelling, (SPELLED | PARTED)[spelling]
        ends_in_x = name == "small x"
        number = next(
            made
            for made in (an_id("19620304", serial) for serial in self._serial)
            if made.endswith("X") == ends_in_x
        )
        self.put[number] = f"{where}, {name}"
        return spelled(number)

    def every(self, where: str, *, parted: bool = False) -> list[str]:
        """One in each spelling."""
        return [self(where, each) for each in (SPELLED | PARTED if parted else SPELLED)]

    def told(self, text: str) -> set[str]:
        """Which of them stand in a text, however they are spelled there."""
        text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
        plain = "".join(_plain(c) for c in unicodedata.normalize("NFKC", unquote_plus(text)))
        return {where for number, where in self.put.items() if number in plain}


def _plain(character: str) -> str:
    """A digit as 0 to 9, and nothing for what only parts digits."""
    digit = unicodedata.numeric(character, -1.0)
    if digit in range(10):
        return str(int(digit))
    return "" if character in " .-\u200b" else character.upper()


class Run(NamedTuple):
    """What was told, and what everybody was answered."""

    canaries: Canaries
    answers: dict[str, str]
    """To whoever sent something: what it was → all of the answer."""
    statuses: dict[str, int]
    read: dict[str, str]
    """Pages, files, commands and tables → all of it."""
    logged: str


@pytest.fixture(scope="module")
def ran(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """All of it once, for every test."""
    with filled(server_url, "canaries", fill) as url:
        home = tmp_path_factory.mktemp("home")
        yield asyncio.run(_run(Settings(database_url=url, home=home)))


async def _run(given: Settings) -> Run:
    canaries, log = Canaries(), StringIO()
    answers: dict[str, str] = {}
    statuses: dict[str, int] = {}
    logs.configure(given, log)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the client says what it asks for

    def noted(what: str, answer: httpx.Response) -> None:
        statuses[what] = answer.status_code
        answers[what] = repr(answer.headers) + _text(answer.content)

    async with (
        gateway_of(given) as (gateway, _),
        client_of(given.database_url or "") as public,
        client_of(given.database_url or "", auditor=True) as inside,
        postgres.connect(given.database_url or "") as connection,
    ):
        await gateway.post("/events", content=live(CASE), headers=ONE)
        for what, raw in misplaced(canaries):
            noted(f"event: {what}", await gateway.post("/events", content=raw, headers=ONE))
        for what, sent in carried(canaries):
            noted(f"request: {what}", await gateway.request(**sent))
        for what, sent in rosters(canaries):
            noted(f"roster: {what}", await gateway.request(**sent))
        await tail.catch_up(connection, LEDGER)
        for client in (public, inside):
            for number in canaries.every("path", parted=True):
                for path in ("/", "/streams/case/", "/sources/payouts/events/", "/reports/"):
                    await client.get(f"{path}{quote(number)}")
            for number in canaries.every("query", parted=True):
                for path in ("/figures?period=", "/organisations?q=", "/search?q=", "/?x="):
                    await client.get(f"{path}{quote(number)}")
                await client.get("/", headers={"authorization": f"Bearer {quote(number)}"})
        read = await pages(public, inside)
        codes, read["acting by command"] = await in_turn(given, *acting(canaries))
        assert 0 not in codes, read["acting by command"]
        for_the_number = read["acting by command"].count("不得有证件号码或账号")
        assert for_the_number == 4 * len(SPELLED | PARTED) - 4  # what is unseen is refused as that
        _, read["commands"] = await in_turn(given, *READING)
        _, read["lint"] = await in_turn(given, ("lint", str(_file(given.home, canaries))))
        read |= await tables(connection)
    return Run(canaries, answers, statuses, read, log.getvalue())


CASE = event("social-assistance", "c-1", a_household("DB-1"))
PAYMENT = event("payouts", "p-1", a_payment("DB-1", 50_000, "2024-01"))


def live(raw: bytes) -> bytes:
    """An event as a live ledger takes it."""
    return altered(raw, {}, receivedat=None)


def misplaced(canaries: Canaries) -> Iterator[tuple[str, bytes]]:
    """An event with a number where none belongs: its place, in each spelling."""
    attributes = ("id", "subject", "source", "type", "time", "division", "note", "dataschema")
    fields = ("case_number", "decision_number", "programme", "remark", "township", "village")
    for name in attributes:
        for n, number in enumerate(canaries.every(name)):
            changed = {"id": f"a-{name}-{n}", name: number}
            yield f"{name} {n}", altered(live(CASE), {}, **changed)
    for name in fields:
        for n, number in enumerate(canaries.every(f"data/{name}")):
            changed = {name: f"示例〔2024〕{number}号" if name == "decision_number" else number}
            yield f"data/{name} {n}", altered(live(CASE), changed, id=f"f-{name}-{n}")
    for n, number in enumerate(canaries.every("corrects")):
        more = {"corrects": f"payouts/{number}", "correctionkind": "changed"}
        yield f"corrects {n}", altered(live(PAYMENT), {}, id=f"k-{n}", **more)
    plain = canaries("extension name", "as it is")
    yield "extension name", altered(live(CASE), {}, id="x-1", **{f"x{plain}": "1"})
    yield "unknown field", altered(live(CASE), {f"x{canaries('field name')}": 1}, id="x-2")


def carried(canaries: Canaries) -> Iterator[tuple[str, dict[str, Any]]]:
    """A number in a request to the gateway, beside its event."""
    body = live(PAYMENT)
    for n, number in enumerate(canaries.every("gateway", parted=True)):
        there = quote(number)
        post: dict[str, Any] = {"method": "POST", "url": "/events", "content": body}
        yield f"query {n}", post | {"url": f"/events?x={there}", "headers": ONE}
        yield f"path {n}", {"method": "GET", "url": f"/sources/payouts/events/{there}"}
        yield f"source {n}", {"method": "GET", "url": f"/sources/{there}/events/1"}
        yield f"no path {n}", {"method": "GET", "url": f"/{there}"}
        yield f"key {n}", post | {"headers": ONE | {"authorization": f"Bearer mj_{there}_x"}}
        yield f"kind {n}", post | {"headers": {"content-type": f"text/x{there}"}}
        yield f"prefer {n}", post | {"headers": ONE | {"prefer": f"wait={there}"}}
        if n >= len(SPELLED):  # of labels nobody can tell: running numbers are written so
            continue
        lines = b'{"source": "' + number.encode() + b'"}\n' + number.encode()
        yield f"lines {n}", post | {"content": lines, "headers": LINES}
        yield f"batch {n}", post | {"content": b"[" + lines, "headers": BATCH}
        yield f"lint {n}", post | {"url": "/lint", "content": lines, "headers": LINES}


def rosters(canaries: Canaries) -> Iterator[tuple[str, dict[str, Any]]]:
    """A number in a roster, where none is looked for."""
    for n in range(len(SPELLED)):
        title, heading = f"花名册（2024年1月）{canaries('title')}", canaries("heading")
        row = a_row(f"DB-{canaries('cell')}", JIA, f"五百{canaries('amount')}")
        made: dict[str, list[Any]] = {
            "title": [[title], DIBAO, row],
            "heading": [["（2024年1月）"], [*DIBAO, heading], row],
            "case": [["（2024年1月）"], DIBAO, a_row(f"DB-{canaries('case')}", JIA)],
        }
        for where, rows in made.items():
            for file in (sheet(rows, name=canaries("sheet")[:30]), text(rows, "utf-8-sig")):
                post: dict[str, Any] = {"method": "POST", "url": "/rosters/dibao", "content": file}
                yield f"{where} {n} {file[:2]!r}", post
            named = {"file": (f"{canaries('file name')}.csv", file, "text/csv")}
            data = {"map": "dibao", "do": "preview"}
            yield (
                f"page {where} {n}",
                {
                    "method": "POST",
                    "url": "/rosters",
                    "files": named,
                    "data": data | {"period": canaries("period"), "key": canaries("key")},
                },
            )
        yield f"map {n}", {"method": "POST", "url": f"/rosters/{quote(canaries('map'))}"}


def acting(canaries: Canaries) -> Iterator[tuple[str, ...]]:
    """Commands that would write a number down for ever."""
    for number in canaries.every("--why", parted=True):
        yield ("source", "suspend", "payouts", "--by", "示例", "--why", f"{number} 投诉")
        yield ("source", "suspend", "payouts", "--by", number, "--why", "投诉")
        yield ("source", "key", "new", "payouts", "--by", "示例", "--why", number)
        yield ("person", "show", "--ref", "0" * 64, "--by", "示例", "--purpose", number)
        yield (
            "user",
            "add",
            number,
            "--role",
            "security-administrator",
            "--by",
            "示例",
            "--why",
            "启用",
        )


READING: tuple[tuple[str, ...], ...] = (
    *(("outcomes", source) for source in ("payouts", "social-assistance", "rosters")),
    *(("parked",), ("parked", "list"), ("quarantine",), ("journal",), ("journal", "--json")),
    *(("quarantine", "show", str(number)) for number in range(1, 60, 7)),
    *(("access", "list"), ("access", "looks"), ("source", "list"), ("findings",), ("waiting",)),
    *(("user", "list"), ("models",), ("offsets",), ("figures",), ("withhold", "list"), ("verify",)),
)


def _file(home: Path, canaries: Canaries) -> Path:
    file = home / "misplaced.jsonl"
    file.write_bytes(b"\n".join(raw for _, raw in misplaced(canaries)))
    return file


async def pages(public: httpx.AsyncClient, inside: httpx.AsyncClient) -> dict[str, str]:
    """Where something of what came is shown."""
    told = {}
    quarantined = [f"/quarantine?page={n}" for n in range(1, 4)]
    asked = [(public, each) for each in ("/", "/feed.atom", "/corrections", "/search", "/healthz")]
    asked += [(inside, each) for each in (*quarantined, "/parked", "/waiting", "/desk")]
    asked += [(inside, each) for each in ("/findings", "/streams/case/DB-1", "/entries/1")]
    for client, path in asked:
        answer = await client.get(path)
        assert answer.status_code == 200, path
        told[f"page {path} {id(client)}"] = repr(answer.headers) + _text(answer.content)
    return told


async def tables(connection: asyncpg.Connection) -> dict[str, str]:
    """What stands open in each column of each table."""
    told: dict[str, str] = {}
    for table, column, value in await cells(connection):
        if not SEALED.search(name := f"{table}.{column}"):
            told[name] = f"{told.get(name, '')}\n{value.decode('utf-8', 'replace')}"
    return told


def _text(body: bytes) -> str:
    """An answer as text, a workbook's too."""
    if not body.startswith(b"PK"):
        return body.decode("utf-8", "replace")
    with ZipFile(BytesIO(body)) as archive:
        return "\n".join(
            archive.read(each).decode("utf-8", "replace") for each in archive.namelist()
        )


def telling(ran: Run, texts: dict[str, str]) -> dict[str, set[str]]:
    return {what: found for what, text in texts.items() if (found := ran.canaries.told(text))}


def test_no_event_with_a_number_in_the_wrong_place_is_accepted(ran: Run) -> None:
    taken = [
        what for what, status in ran.statuses.items() if what.startswith("event") and status < 300
    ]
    assert taken == []


def test_no_table_and_no_topic_holds_one_in_clear(ran: Run) -> None:
    """What is published is what stands open in the tables of entries, outcomes and the journal."""
    assert (
        telling(ran, {k: v for k, v in ran.read.items() if k.startswith(("ledger.", "read"))}) == {}
    )


def test_no_page_and_no_command_shows_one(ran: Run) -> None:
    rest = {k: v for k, v in ran.read.items() if not k.startswith(("ledger.", "read"))}
    assert telling(ran, rest) == {}


def test_no_answer_repeats_one(ran: Run) -> None:
    assert telling(ran, ran.answers) == {}


def test_no_log_holds_one(ran: Run) -> None:
    assert ran.canaries.told(ran.logged) == set()


def test_the_search_sees_each_spelling() -> None:
    canaries = Canaries()
    for where in (*SPELLED, *PARTED):
        number = canaries(where, where)
        for told in (f"甲{number}乙", quote(number), json.dumps(number)):
            assert canaries.told(told) == {f"{where}, {where}"}
