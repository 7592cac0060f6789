"""Pages and their rows beside Datasette, read by eight clients while two events a second arrive.

Both show the same fifty rows of the same register, each as a page and as JSON, turn about. Also how
soon `mingjian run api` answers after it was started, and how long our other pages take meanwhile.
By itself, without Kafka: `python -m tests.bench.pages`.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import uvloop
from rich.console import Console

from infra import postgres
from infra.settings import Settings
from ledger import store
from ledger.intake import Intake
from reports.moment import instant_of, resolve
from sample.office import default
from sample.year import build
from tests.bench import arrivals, datasette, reading, table
from tests.bench.load import CLIENTS, HOST, asked
from tests.bench.million import SAMPLE
from tests.bench.place import MINGJIAN, Place, Process, environment
from tests.bench.work import expect, rate
from tests.support.ledger import Bench
from tests.support.releasing import release_report

A_SECOND = 2.0
ROUNDS, SECONDS = 3, 3.0
WARM_SECONDS = 0.5
STARTS = 5
PUBLISHED = "2025-01-17"
REGISTER = "organisations"
OTHERS = (
    "/",
    "/registers",
    "/figures",
    "/figures/F16",
    "/statements",
    "/reports/2024",
    "/disclosure",
    "/themes",
    "/adoptions",
    "/releases",
)
LOOK_SECONDS = 0.005
PAIRS = {
    ("pages_per_s", "datasette_pages_per_s"): (f"/{REGISTER}", f"/rows/{REGISTER}"),
    ("rows_json_per_s", "datasette_rows_json_per_s"): (
        f"/{REGISTER}.json",
        f"/rows/{REGISTER}.json?_shape=objects",
    ),
}
"""Numbers → addresses, ours and theirs."""


async def measure(
    place: Place, name: str, theirs: Path, seconds: float = SECONDS
) -> dict[str, float]:
    """All numbers by name; raises where the two do not show the same rows."""
    async with place.database(name) as url, postgres.connect(url) as connection:
        system = place.settings(name, url)
        file = await _published(place, name, connection)
        starts, firsts = zip(*[await _started(place, system) for _ in range(STARTS)], strict=True)
        numbers = {
            "api_cold_start_s": round(statistics.median(starts), 2),
            "page_p95_cold_ms": _p95(itertools.chain(*firsts)),
        }
        async with _pages(place, system) as our_port:
            warm = [await _clients(our_port, path, WARM_SECONDS) for path in OTHERS]
            numbers["page_p95_warm_ms"] = _p95(itertools.chain(*(took for took, _ in warm)))
            rows = await _rows(our_port)
            copy = place.home / "rows.db"
            datasette.write(copy, {REGISTER: rows})
            port = _free_port()
            with datasette.serving(place, theirs, copy, port) as process:
                await _answers(process, port, f"/rows/{REGISTER}.json")
                await _same(our_port, port)
                with arrivals.meanwhile(place, system, file, A_SECOND):
                    numbers |= await _read(our_port, port, seconds)
    return numbers


async def _published(place: Place, name: str, connection: asyncpg.Connection) -> Path:
    """The sample year in a ledger, its report published; the file of its events."""
    file = place.home / f"{name}.jsonl"
    file.write_bytes(b"".join(line + b"\n" for line in build(SAMPLE).feed.lines()))
    division = default().division
    await reading.take(connection, place, name, file.read_bytes().splitlines())
    ledger = await store.find_ledger(connection, division)
    assert ledger is not None
    bench = Bench(connection, Intake(ledger, place.settings(name, "").secret))
    moment = await resolve(connection, division, str(SAMPLE), known=PUBLISHED)
    await release_report(bench, moment.at, instant_of(f"{PUBLISHED}T16:52"), SAMPLE)
    return file


async def _started(place: Place, system: Settings) -> tuple[float, list[float]]:
    """Seconds from the start of the command until the home page is there, then of each page."""
    began = time.perf_counter()
    async with _pages(place, system) as port:
        home, firsts = time.perf_counter() - began, []
        for path in (f"/{REGISTER}", *OTHERS[1:]):
            began = time.perf_counter()
            status, _ = await _once(port, path)
            firsts.append(time.perf_counter() - began)
            expect(path, status, "200")
        return home, firsts


def _p95(seconds: Iterable[float]) -> float:
    """In milliseconds."""
    return round(1_000 * statistics.quantiles(seconds, n=20)[18], 1)


@asynccontextmanager
async def _pages(place: Place, system: Settings) -> AsyncIterator[int]:
    """`mingjian run api`; its port, once the home page is there."""
    port = _free_port()
    command = [*MINGJIAN, "run", "api", "--port", str(port)]
    with place.running("api", command, environment(system)) as process:
        await _answers(process, port, "/")
        yield port


async def _answers(process: Process, port: int, path: str) -> None:
    while True:
        process.look()
        try:
            status, _ = await _once(port, path)
        except OSError:
            await asyncio.sleep(LOOK_SECONDS)
        else:
            expect(f"{process.name} {path}", status, "200")
            return


async def _rows(port: int) -> list[dict[str, Any]]:
    """All rows of the register, as its pages give them."""
    found: list[dict[str, Any]] = []
    for page in itertools.count(1):
        _, body = await _once(port, f"/{REGISTER}.json?page={page}")
        told = json.loads(body)
        found += [{k: v for k, v in row.items() if k != "address"} for row in told["rows"]]
        if page >= told["pages"]:
            return found
    raise AssertionError


async def _same(ours: int, theirs: int) -> None:
    """Both show fifty rows on a page, with as many columns."""
    our_path, their_path = PAIRS["rows_json_per_s", "datasette_rows_json_per_s"]
    mine = json.loads((await _once(ours, our_path))[1])["rows"]
    other = json.loads((await _once(theirs, their_path))[1])["rows"]
    expect("rows of a page", len(other), len(mine))
    expect("columns of a row", other[0].keys() | {"address"}, mine[0].keys())
    page = (await _once(theirs, f"/rows/{REGISTER}"))[1].decode()
    expect("rows of their page", datasette.table_of(page), len(mine))


async def _read(ours: int, theirs: int, seconds: float) -> dict[str, float]:
    rates: dict[str, list[float]] = {}
    times: list[float] = []
    largest = 0
    for _ in range(ROUNDS):
        for names, paths in PAIRS.items():
            for each, port, path in zip(names, (ours, theirs), paths, strict=True):
                took, size = await _clients(port, path, seconds)
                rates.setdefault(each, []).append(len(took) / seconds)
                if port == ours:
                    times += took
                    largest = max(largest, size)
        for path in OTHERS:
            took, size = await _clients(ours, path, seconds / len(OTHERS))
            times += took
            largest = max(largest, size)
    return {
        **{name: rate(each) for name, each in rates.items()},
        "pages_p95_ms": _p95(times),
        "pages_slowest_ms": round(1_000 * max(times), 1),
        "page_largest_kb": round(largest / 1_000, 1),
    }


async def _clients(port: int, path: str, seconds: float) -> tuple[list[float], int]:
    """How long each answer took when all clients ask for one page again and again; its bytes."""
    times: list[float] = []
    until = time.monotonic() + seconds

    async def client() -> int:
        reader, writer = await asyncio.open_connection(HOST, port)
        size = 0
        while time.monotonic() < until:
            began = time.perf_counter()
            status, body = await asked(reader, writer, path)
            times.append(time.perf_counter() - began)
            expect(path, status, "200")
            size = max(size, len(body))
        writer.close()
        return size

    sizes = await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return times, max(sizes)


async def _once(port: int, path: str) -> tuple[str, bytes]:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        return await asked(reader, writer, path)
    finally:
        writer.close()


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as free:
        port: int = free.getsockname()[1]
        return port


def main() -> None:
    """These numbers alone."""
    theirs = datasette.install(Path("build").absolute())
    with tempfile.TemporaryDirectory(prefix="mj") as made:
        home = Path(made)
        place = Place(postgres.embedded_url(home / "pg"), "", home)
        numbers = uvloop.run(measure(place, "pages", theirs))
    table.show(table.with_ratios(numbers), "pages beside Datasette", {})


if __name__ == "__main__":
    try:
        main()
    except datasette.NotHere as reason:
        Console(stderr=True).print(str(reason))
        sys.exit(1)
