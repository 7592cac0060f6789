"""The pages under load: `python -m tests.bench.load`, over the ledger of `make demo SERVE=0`.

Three plays, each with eight clients that ask one page after the other: nobody else is there; 64
clients that ask and never read, and 300 that send half a request; five events a second arrive,
one of any type at a time.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any

from rich.console import Console

from infra import postgres
from infra.roles import Role
from infra.settings import settings
from tests.bench.arrivals import arriving

HOST = "127.0.0.1"
SECONDS = 20.0
CLIENTS, SILENT, HALVES = 8, 64, 300
EVENTS_A_SECOND = 5
ALL = ("/", "/figures", "/statements", "/figures/F16", "/figures/F16.json", "/reports/2024")
LISTS = ("/figures", "/statements")
TIMEOUT = 30.0
console = Console(width=120)


@dataclass(slots=True)
class Measured:
    """How long each answer took, in seconds, and what was no answer."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: list[str] = field(default_factory=list)

    def table(self, title: str) -> str:
        lines = [f"{title}: {sum(map(len, self.times.values()))} answers"]
        lines[0] += f", {len(self.failed)} failed {sorted(set(self.failed))[:3]}"
        for path, times in sorted(self.times.items()):
            cuts = [1000 * t for t in (quantiles(times, n=100) if len(times) > 1 else times * 99)]
            p50, p95, worst = cuts[49], cuts[94], 1000 * max(times)
            lines.append(
                f"  {path:<20} n {len(times):>5}  p50 {p50:7.1f}  p95 {p95:7.1f}"
                f"  max {worst:7.1f} ms"
            )
        return "\n".join(lines)


async def asked(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str
) -> tuple[str, bytes]:
    """Status and body of one page, on a connection that is kept."""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    if "content-length: " in head:
        length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
        return head.split()[1], await reader.readexactly(length)
    body = bytearray()
    while size := int(await reader.readline(), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readline()
    return head.split()[1], bytes(body)


async def honest(port: int, paths: tuple[str, ...], until: float, measured: Measured) -> None:
    """Ask one page after the other."""
    writer: asyncio.StreamWriter | None = None
    for path in itertools.cycle(paths):
        if time.monotonic() > until:
            break
        started = time.perf_counter()
        try:
            async with asyncio.timeout(TIMEOUT):
                if writer is None:
                    reader, writer = await asyncio.open_connection(HOST, port)
                status, _ = await asked(reader, writer, path)
        except (OSError, EOFError, TimeoutError) as error:
            measured.failed.append(type(error).__name__)
            measured.times[path].append(time.perf_counter() - started)
            writer = None
            continue
        measured.times[path].append(time.perf_counter() - started)
        if status != "200":
            measured.failed.append(status)
    if writer is not None:
        writer.close()


async def play(port: int, paths: tuple[str, ...]) -> Measured:
    """Eight clients, for a while."""
    measured, until = Measured(), time.monotonic() + SECONDS
    shifted = [paths[n % len(paths) :] + paths[: n % len(paths)] for n in range(CLIENTS)]
    await asyncio.gather(*(honest(port, paths, until, measured) for paths in shifted))
    return measured


@asynccontextmanager
async def meanwhile(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Something that goes on during the body."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def bothersome(port: int) -> None:
    """Ask and never read, or never finish asking; who is cut off comes again."""
    ask = b"".join(f"GET {p} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode() for p in ALL) * 50
    half = f"GET / HTTP/1.1\r\nHost: {HOST}\r\nX-".encode()
    await asyncio.gather(
        *(again(port, ask) for _ in range(SILENT)), *(again(port, half) for _ in range(HALVES))
    )


async def again(port: int, sent: bytes) -> None:
    loop = asyncio.get_running_loop()
    while True:
        with socket.socket() as made:
            made.setblocking(False)  # noqa: FBT003  positional only
            try:
                await loop.sock_connect(made, (HOST, port))
                await loop.sock_sendall(made, sent)
                while True:
                    await asyncio.sleep(1)
                    await loop.sock_sendall(made, b"x")
            except OSError:
                await asyncio.sleep(0.5)


@asynccontextmanager
async def pages() -> AsyncIterator[int]:
    """`mingjian run api` in a process of its own; yields its port."""
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from cli import main; main()"),
        *("run", "api", "--port", str(port)),
        env=os.environ,
    )
    try:
        while True:
            try:
                reader, writer = await asyncio.open_connection(HOST, port)
                status, _ = await asked(reader, writer, "/readyz")
                writer.close()
            except OSError:
                await asyncio.sleep(0.2)
            else:
                break
        assert status == "200"
        yield port
    finally:
        process.terminate()
        await process.wait()


async def main() -> None:
    url = postgres.database_url(settings(), Role.AUDITOR)
    wanted = set(sys.argv[1:])
    plays: dict[str, Callable[[int], Coroutine[Any, Any, None]]] = {
        "nobody": lambda _: asyncio.sleep(0),
        "silent": bothersome,
        "events": lambda _: arriving(url, sent, EVENTS_A_SECOND, told),
    }
    told: list[str] = []
    sent = settings().home / "sample-2024.jsonl"
    for name, besides in plays.items():
        if wanted and name not in wanted:
            continue
        paths = LISTS if name == "events" else ALL
        async with AsyncExitStack() as stack:
            port = await stack.enter_async_context(pages())
            if name != "silent":
                await asyncio.gather(*(asked_once(port, path) for path in paths))
            await stack.enter_async_context(meanwhile(besides(port)))
            measured = await play(port, paths)
            console.print(measured.table(name), markup=False, highlight=False)
    console.print(f"events taken: {len(told)}, of {len(set(told))} types")


async def asked_once(port: int, path: str) -> None:
    reader, writer = await asyncio.open_connection(HOST, port)
    await asked(reader, writer, path)
    writer.close()


if __name__ == "__main__":
    asyncio.run(main())
