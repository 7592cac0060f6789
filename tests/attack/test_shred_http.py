"""The shred test over HTTP and rosters: real services without a broker, and every file they leave.

Given a person who came by every door of the gateway, in rosters, and was shown by command, in
pages, releases and files; when two people have them forgotten while gateway, pages and inside view
run, then nothing of them is in any answer, any log and any file any more.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import httpx
import pytest

from infra import embedded, postgres
from infra.settings import Settings
from ledger import keys, mentions
from projections import opening, tail
from tests.attack import disk
from tests.crawl.walk import Answer
from tests.rosters.conftest import DIBAO, PAYOUTS
from tests.support.engine import altered, rows_at_head
from tests.support.gateway import BATCH, LINES, ONE, listed, outcomes
from tests.support.kafka import until
from tests.support.ledger import LEDGER, Bench
from tests.support.persons import (
    CLEAR,
    OTHER,
    REF,
    SEALER,
    SECRETS,
    a_case_told,
    a_payment_told,
    an_end_told,
)
from tests.support.process import environment, in_turn
from tests.support.releasing import draft, households, publish
from tests.support.rosters import sheet, text

PLAIN = {"content-type": "application/json"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WHO = ("--by", "示例甲", "--purpose", "期限已满，本人申请")
OTHER_ONE = ("--by", "示例乙", "--purpose", "经审核同意")


class Place(NamedTuple):
    """Where a server and services keep their files, and people theirs."""

    settings: Settings
    postgres: Path
    home: Path
    logs: Path
    temporary: Path
    office: Path
    """What people wrote by command that is about nobody in particular."""
    handed_in: Path
    """Rosters, and copies of them: what is told of the person in clear, by those who hold it."""

    @property
    def folders(self) -> tuple[Path, ...]:
        return self.postgres, self.home, self.logs, self.temporary, self.office


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    data = tmp_path / "pg"
    url = postgres.embedded_url(data)
    names = ("home", "logs", "temporary", "office", "handed_in")
    folders = [tmp_path / name for name in names]
    for each in folders:
        each.mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    try:
        yield Place(Settings(database_url=url, home=folders[0]), data, *folders)
    finally:
        embedded.stop(data)
        shutil.rmtree(data, ignore_errors=True)


@asynccontextmanager
async def running(
    place: Place, name: str, *arguments: str, fail_at: str = ""
) -> AsyncIterator[Any]:
    """A service in a process of its own, with a client of it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    log = place.logs / f"{name}.log"
    with log.open("ab") as file:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from cli import main; main()"),
            *("run", *arguments, "--port", str(port)),
            env=environment(place.settings) | {"MINGJIAN_FAIL_AT": fail_at},
            stdout=file,
            stderr=file,
        )
    base = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient(base_url=base, timeout=60) as client:

            async def ready() -> bool:
                assert process.returncode is None, log.read_text()
                try:
                    return (await client.get("/readyz")).status_code == 200
                except httpx.TransportError:
                    return False

            await until(ready)
            if "--auditor" in arguments:
                token = log.read_text().partition("token: ")[2].split()[0]
                client.headers["authorization"] = f"Bearer {token}"
                client.headers["mingjian-purpose"] = "test"
            yield client
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def live(raw: bytes) -> bytes:
    """An event as it comes to a live ledger, which receives it itself."""
    message = json.loads(raw)
    message.pop("receivedat", None)
    return json.dumps(message, ensure_ascii=False).encode()


def binary(raw: bytes) -> dict[str, Any]:
    """An event with its attributes in headers."""
    message = json.loads(raw)
    data = message.pop("data")
    message.pop("datacontenttype", None)
    head = {f"ce-{name}": str(value) for name, value in message.items()}
    return {"content": json.dumps(data, ensure_ascii=False).encode(), "headers": PLAIN | head}


def wrong(raw: bytes, name: str) -> bytes:
    """Another event, whose amount is none."""
    return live(altered(raw, {"amount_fen": -5}, id=name))


CASE = [
    *("DB-7", "445102100001", "农村", CLEAR["name"], CLEAR["id_number"], "户主"),
    *("500", "1990-01", "1989-12-10", "湘民〔1989〕1号"),
]
ANOTHER = [
    *("DB-8", "445102100001", "农村", OTHER.name, OTHER.id_number, "户主"),
    *("500", "1990-01", "1989-12-10", "湘民〔1989〕1号"),
]
PAID = [
    *("DB-7", "低保", CLEAR["name"], CLEAR["id_number"], CLEAR["account"], "500"),
    *("1990-01", "1990-01-08", "成功"),
]


async def told_by_every_door(gateway: httpx.AsyncClient, connection: asyncpg.Connection) -> None:
    """One event, binary, batch, stream, lint; accepted, parked and refused."""
    case, paid = live(a_case_told("DB-1")), live(a_payment_told("DB-1", "1990-02"))
    refused = wrong(a_payment_told("DB-1", "1990-05"), "p-single")
    for sent, status in (
        ({"content": case, "headers": ONE}, 200),
        (binary(paid), 200),
        ({"content": refused, "headers": ONE}, 422),
        (binary(wrong(a_payment_told("DB-1", "1990-05"), "p-binary")), 422),
        ({"content": b'{"data": "' + SECRETS[0].encode(), "headers": ONE}, 400),
        ({"content": b'{"source": "payouts", "id": "p-odd", "data": "' + SECRETS[1].encode(),
          "headers": ONE}, 400),
    ):  # fmt: skip
        answer = await gateway.post("/events", **sent)
        assert answer.status_code == status, answer.text
    batch = listed(
        live(a_case_told("DB-2", 1991)),
        live(a_payment_told("DB-9", "1990-04")),
        wrong(a_payment_told("DB-2", "1991-05"), "p-batch"),
        live(an_end_told("DB-1")),
        live(an_end_told("DB-2", 1992)),
    )
    answer = await gateway.post("/events", content=batch, headers=BATCH)
    expected = ["accepted", "parked", "quarantined", "accepted", "accepted"]
    assert outcomes(answer) == expected, answer.text
    lines = b"\n".join((paid, wrong(a_payment_told("DB-1", "1990-06"), "p-line"), refused))
    answer = await gateway.post("/events", content=lines, headers=LINES)
    assert answer.status_code == 200, answer.text
    assert (await gateway.post("/lint", content=lines, headers=LINES)).status_code == 200
    await tail.catch_up(connection, LEDGER)


async def handed_in(
    place: Place, gateway: httpx.AsyncClient, connection: asyncpg.Connection
) -> None:
    """Rosters over HTTP and by command: previewed, marked, sent; a month later the case is over."""
    january = sheet([["城乡低保对象花名册（1990年1月）"], DIBAO, CASE, ANOTHER])
    odd = sheet([["城乡低保对象花名册（1990年1月）"], DIBAO, [*CASE[:6], "五百", *CASE[7:]]])
    june = text([["城乡低保对象花名册（1991年6月）"], DIBAO, ANOTHER])
    paid = text([["保障金发放明细（1990年1月）"], PAYOUTS, PAID])
    marked = await gateway.post("/rosters/dibao", content=odd, headers={"accept": XLSX})
    assert marked.headers["content-type"] == XLSX
    files = {"file": (f"{CLEAR['name']}.xlsx", odd, XLSX)}
    page = await gateway.post("/rosters", files=files, data={"map": "dibao", "do": "preview"})
    assert page.status_code == 200, page.text
    for name, content, more in (
        ("dibao", january, {}),
        ("payouts", paid, {}),
        ("dibao", june, {"ended": "1"}),
    ):
        told = await gateway.post(f"/rosters/{name}", content=content)
        asked = {"confirm": told.json()["confirm"], **more}
        sent = await gateway.post(f"/rosters/{name}", params=asked, content=content)
        assert sent.json().get("outcomes") in ({"accepted": 1}, {"accepted": 2}), sent.text
        await tail.catch_up(connection, LEDGER)
    file, copy = place.handed_in / "名册.xlsx", place.handed_in / "标红.xlsx"
    file.write_bytes(odd)
    codes, _ = await in_turn(
        place.settings, ("import", str(file), "--map", "dibao", "-o", str(copy))
    )
    assert codes == [1]
    assert copy.is_file()


READING: tuple[tuple[str, ...], ...] = (
    *(("outcomes", "payouts"), ("outcome", "payouts", "p-single"), ("parked",), ("quarantine",)),
    *(("quarantine", "show", "1"), ("parked", "show", "1"), ("journal",), ("findings",)),
    *(("access", "list"), ("access", "looks"), ("source", "list"), ("waiting",)),
    ("person", "history", "--ref", REF, *WHO),
    ("person", "show", "--ref", REF, *WHO),
)
"""Commands that read, as `mingjian` takes them; the last of them shows persons in clear."""


WRITING: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("发放.xlsx", ("figures", "--period", "1990", "--format", "xlsx")),
    ("低保.csv", ("measure", "在保人数", "--by", "镇街", "--period", "1990", "--format", "csv")),
    ("重报.jsonl", ("quarantine", "resend", "--source", "payouts")),
    ("公报.html", ("report", "annual", "--period", "1990", "--format", "html")),
)
"""Files that people take along."""


async def read_by_command(place: Place) -> str:
    """All that is printed, and files."""
    for path in place.office.iterdir():
        path.unlink()
    files = [(*asked, "-o", str(place.office / name)) for name, asked in WRITING]
    files.append(("findings", "--sheets", str(place.office)))
    codes, said = await in_turn(place.settings, *READING, *files)
    assert set(codes) == {0}, said
    return said


PUBLIC = (
    *("/", "/feed.atom", "/search?q=示例", "/corrections", "/figures", "/registers", "/metrics"),
    *("/releases/monthly/2024-11", "/releases/monthly/2024-11.zip", "/nowhere"),
    *("/releases/monthly/2024-11.xlsx", "/assistance/dibao", "/api/v1/releases"),
)
INSIDE = (
    *("/", "/waiting", "/parked", "/quarantine", "/findings", "/desk", "/streams/case/DB-1"),
    *("/entries/1", "/entries/2.json", "/entries/3", "/streams/case/DB-7.json", "/nowhere"),
    *("/sources/payouts/events/p-batch", "/sources/payouts/events/p-DB-9-1990-04"),
    *("/sources/payouts/events/p-DB-1-1990-02", "/sources/payouts/events/p-single"),
)
"""Where something of what came is shown; of all pages tests/crawl says that they tell of nobody."""


async def read_by_all(public: httpx.AsyncClient, inside: httpx.AsyncClient) -> list[Answer]:
    """What both faces answer."""
    asked = [(public, each) for each in PUBLIC] + [(inside, each) for each in INSIDE]
    answers = [(path, await client.get(path)) for client, path in asked]
    return [Answer(path, "", it.status_code, it.headers, it.content) for path, it in answers]


def telling(answers: list[Answer]) -> set[str]:
    """Addresses in whose answers something of the person stands."""
    sought = disk.of_person()
    return {
        each.address
        for each in answers
        if disk.in_bytes(sought, each.body) | disk.in_bytes(sought, repr(each.headers).encode())
    }


async def test_a_person_is_shredded_who_came_over_http_and_in_rosters(place: Place) -> None:
    async with postgres.connect(place.settings.database_url or "") as connection:
        await disk.log_all(connection)
        await opening.create_ledger(connection, LEDGER, "live", place.settings)
        key, wrapped = await _shred(place, connection)
        await disk.compact(connection)
    embedded.stop(place.postgres)
    sought = [*disk.of_person(), *disk.of_keys(key, wrapped)]
    assert disk.found(sought, *place.folders) == []


async def _shred(place: Place, connection: asyncpg.Connection) -> tuple[bytes, bytes]:
    """Tell, forget, tell again, while all services run; the key that was destroyed."""
    await _end_over_an_event(place, connection)
    async with AsyncExitStack() as stack:
        services = (("gateway", "gateway"), ("api", "api"), ("inside", "api", "--auditor"))
        started = [await stack.enter_async_context(running(place, *each)) for each in services]
        gateway, public, inside = started
        await handed_in(place, gateway, connection)
        await told_by_every_door(gateway, connection)
        bench = await Bench.join(connection)
        await publish(bench, draft(households(3), at=1))
        assert telling(await read_by_all(public, inside)) == set()
        assert CLEAR["id_number"] in await read_by_command(place)
        key = (await keys.load(connection, SEALER, LEDGER, [REF]))[REF]
        wrapped = await connection.fetchval(
            "SELECT key FROM ledger.person_key WHERE person = $1", REF
        )
        rows = await rows_at_head(connection)
        hashes = await connection.fetch("SELECT digest, content, leaf, mac FROM ledger.entry")
        await connection.execute("CHECKPOINT")
        known = disk.of_keys(key, wrapped)
        assert {what for what, _ in disk.found(known, place.postgres)} == {"wrapped key"}

        seen = {path.name for _, path in disk.found(disk.of_person(), place.handed_in)}
        assert seen == {"名册.xlsx", "标红.xlsx"}, "the search is blind"

        number = place.handed_in / "number"
        number.write_text(CLEAR["id_number"])
        order = ("person", "forget", "--file", str(number))
        codes, out = await in_turn(place.settings, (*order, *WHO), (*order, *OTHER_ONE))
        assert codes == [0, 0], out
        assert await rows_at_head(connection) == rows
        now = await connection.fetch("SELECT digest, content, leaf, mac FROM ledger.entry")
        assert now == hashes

        # What was shown before, is asked for again; the services go on.
        assert telling(await read_by_all(public, inside)) == set()
        assert disk.in_bytes(disk.of_person(), (await read_by_command(place)).encode()) == set()
        for name in ("p-single", "p-binary", "p-batch", "p-DB-9-1990-04", "p-DB-1-1990-02"):
            told = await gateway.get(f"/sources/payouts/events/{name}")
            assert disk.in_bytes(disk.of_person(), told.content) == set(), told.text
        codes, out = await in_turn(place.settings, ("verify",))
        assert codes == [0], out
        later = live(a_payment_told("DB-1", "1990-06"))
        answer = await gateway.post("/events", content=later, headers=ONE)
        assert answer.json()["outcome"] == "accepted", answer.text
        states = [each.state for each in await mentions.of(connection, SEALER, LEDGER, [REF])]
        assert states.count("clear") == 1
        assert set(states) == {"clear", "forgotten"}
    return key, wrapped


async def _end_over_an_event(place: Place, connection: asyncpg.Connection) -> None:
    """A gateway that ends while it has the person at hand, and notes what that was."""
    sent = live(a_payment_told("DB-1", "1990-03"))
    async with running(place, "gateway", "gateway", fail_at="intake.judged") as gateway:
        with pytest.raises(httpx.TransportError):
            await gateway.post("/events", content=sent, headers=ONE)
    assert await connection.fetchval("SELECT digest FROM ledger.attempt") is not None
