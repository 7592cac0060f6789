"""One run: a fresh database, topics of its own, the three services, and what is counted of them."""

from __future__ import annotations

import asyncio
import itertools
import json
import signal
from collections import Counter
from contextlib import suppress
from typing import Any, Self
from uuid import uuid4

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from infra import postgres
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.broker import ensure_topics
from infra.settings import Settings
from projections import opening
from projections.read_model import SCHEMA
from tests.faults import wire
from tests.faults.servers import Servers, rss_mib
from tests.faults.services import MINGJIAN, Service
from tests.support.bureau import SAMPLE
from tests.support.users import as_service, let_in

LEDGER = "445102"
SERVICES = ("intake", "relay", "projector")
SECRET = "a ledger of the fault harness, 48213609"  # noqa: S105  it makes the ledger a live one
DRAIN_SECONDS = 240.0
KILLED = -signal.SIGKILL
RESTART_SECONDS = 0.5
MOST_EXITS = 20
NOT_NOW = (wire.Refused, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What a server says that is just coming up."""
_numbers = itertools.count(1)


class Stuck(Exception):
    """Something that must come to an end did not."""


class Run:
    """Starts services and keeps them going, as a supervisor (systemd, Docker) would."""

    def __init__(self, servers: Servers, *, live: bool = False, port: int | None = None) -> None:
        """`port` is that of a proxy between the services and PostgreSQL."""
        self.servers = servers
        self.live = live
        self.prefix = f"f{uuid4().hex[:8]}"
        self.directory = servers.directory / f"run-{next(_numbers)}-{self.prefix}"
        self.directory.mkdir()
        self.url = servers.postgres.url(self.prefix)
        self.environment = {
            "MINGJIAN_DATABASE_URL": servers.postgres.url(self.prefix, port),
            "MINGJIAN_KAFKA": servers.bootstrap,
            "MINGJIAN_KAFKA_PREFIX": self.prefix,
            "MINGJIAN_HOME": str(self.directory / "home"),
            "MINGJIAN_LEDGER_SECRET": SECRET if live else "",
            "MINGJIAN_FAIL_AT": "",
        }
        self.acked = self.directory / "acked.jsonl"
        self.offered = self.directory / "offered.jsonl"
        self.forged = self.directory / "forged.jsonl"
        self.kills: Counter[str] = Counter()
        """Where processes died by us."""
        self.exits: list[tuple[str, int]] = []
        """Services that ended by themselves: which, and the exit code."""
        self.deaths: Counter[str] = Counter()
        """Services that died of SIGKILL, by whosever hand."""
        self.rss_mib = 0.0
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._up: dict[str, Service] = {}
        self._others: list[Service] = []
        self._sampler: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        async with postgres.connect(self.servers.postgres.url()) as admin:
            await admin.execute(f"CREATE DATABASE {self.prefix}")
            await let_in(admin)
        given = Settings(database_url=self.url, ledger_secret=SECRET if self.live else None)
        async with postgres.connect(self.url) as connection:
            kind = "live" if self.live else "replay"
            await opening.create_ledger(connection, LEDGER, kind, given)
        await ensure_topics(
            Bootstrap(self.servers.bootstrap),
            sources=SAMPLE.sources,
            divisions=[LEDGER],
            prefix=self.prefix,
        )
        self._sampler = asyncio.create_task(self._sample())
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._sampler is not None:
            self._sampler.cancel()
        await self.end()
        for service in self._others:
            await service.kill()
        with suppress(OSError, KafkaError, asyncpg.PostgresError):
            await self._clean_up()

    async def _clean_up(self) -> None:
        """Databases and topics of many runs would fill the disk and slow the broker."""
        bootstrap = self.servers.bootstrap
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
        await admin.start()
        try:
            await admin.delete_topics(list(wire.partitions(bootstrap, f"{self.prefix}.")))
        finally:
            await admin.close()
        async with postgres.connect(self.servers.postgres.url()) as connection:
            await connection.execute(f"DROP DATABASE {self.prefix} WITH (FORCE)")

    # Processes.

    def begin(self, name: str, label: str = "", **environment: str) -> Service:
        """Start a service, without anybody who starts it again; options may follow its name."""
        label = label or name
        program, *_ = name.split()
        own = {
            "MINGJIAN_DATABASE_URL": as_service(self.environment["MINGJIAN_DATABASE_URL"], program)
        }
        service = Service(
            ["run", *name.split()],
            self.environment | own | environment,
            self.directory / f"{label}.log",
        )
        self._up[label] = service
        return service

    def program(self, module: str, *arguments: str, **environment: str) -> Service:
        """Start another program of the harness in this run's environment."""
        log = self.directory / f"{module.rpartition('.')[2]}.log"
        service = Service(list(arguments), self.environment | environment, log, module)
        self._others.append(service)
        return service

    def produce(self, *options: str) -> Service:
        """Start an upstream system; see producer.py."""
        live = ["--live"] if self.live else []
        return self.program("tests.faults.producer", str(self.acked), *options, *live)

    async def produced(self, *options: str) -> None:
        """Let an upstream system send all it has."""
        producer = self.produce(*options, "--pause", "0")
        if code := await producer.ended():
            raise Stuck(f"the producer ended with {code}: {producer.said()[-500:]}")

    def keep(
        self, name: str, label: str = "", plan: list[str] | None = None, **environment: str
    ) -> None:
        """Start a service and start it again whenever it ends; `plan` says where it shall die."""
        label = label or name
        self._tasks[label] = asyncio.create_task(
            self._keep(name, label, plan, environment), name=label
        )

    def keep_all(self, plans: dict[str, list[str]] | None = None, **environment: str) -> None:
        for name in SERVICES:
            self.keep(name, plan=(plans or {}).get(name), **environment)

    async def _keep(
        self, name: str, label: str, plan: list[str] | None, environment: dict[str, str]
    ) -> None:
        while True:
            point = plan[0] if plan else ""
            service = self.begin(name, label, **environment, MINGJIAN_FAIL_AT=point)
            code = await service.ended()
            if code != KILLED:
                self.exits.append((label, code))
                await asyncio.sleep(RESTART_SECONDS)
                continue
            self.deaths[label] += 1
            if plan:
                self.kills[plan.pop(0).partition(":")[0]] += 1
            if name == "intake":
                await self.evict()

    async def carried_out(self, plans: dict[str, list[str]], seconds: float) -> None:
        """Wait until every planned kill has taken place; `keep` takes them off the lists."""
        try:
            async with asyncio.timeout(seconds):
                while any(plans.values()):
                    if len(self.exits) > MOST_EXITS:
                        raise Stuck(f"services end by themselves: {self.exits[-3:]}")
                    await asyncio.sleep(0.1)
        except TimeoutError:
            left = [plan[0] for plan in plans.values() if plan]
            raise Stuck(f"not reached in time: {', '.join(left)}") from None

    async def evict(self) -> None:
        """Spare us ten seconds: what the broker does when a session has ended."""
        group = f"{self.prefix}.intake.{LEDGER}"
        try:
            await asyncio.to_thread(wire.evict, self.servers.bootstrap, group)
        except (OSError, wire.Refused):
            return  # the broker is away, or busy with the group; it will notice by itself

    def up(self, label: str) -> Service:
        """The process of that name which runs now."""
        return self._up[label]

    async def kill(self, label: str, counted_as: str) -> None:
        """SIGKILL a service; whoever keeps it starts it again."""
        service = self._up[label]
        if service.code is None:
            await service.kill()
            self.kills[counted_as] += 1

    async def end(self, how: signal.Signals = signal.SIGKILL) -> dict[str, int]:
        """End all services for good; returns their exit codes."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._tasks.clear()
        for service in self._up.values():
            service.signal(how)
        codes = {label: await service.ended() for label, service in self._up.items()}
        self._up.clear()
        return codes

    async def _sample(self) -> None:
        """The most memory that any service ever had."""
        while True:
            self.rss_mib = max([self.rss_mib, *(rss_mib(s.pid) for s in self._up.values())])
            await asyncio.sleep(0.5)

    def logs(self) -> str:
        """The last lines of every log, for those who look into a failure."""
        shown: list[str] = []
        for log in sorted(self.directory.glob("*.log")):
            shown += [f"{log.name}: {line[:300]}" for line in log.read_text().splitlines()[-4:]]
        return "\n".join(shown)

    # Waiting and judging.

    async def lag(self) -> list[str]:
        """What is not finished yet, in words; the servers must answer."""
        bootstrap = self.servers.bootstrap
        left: list[str] = []
        async with postgres.connect(self.url) as connection:
            if await connection.fetchval("SELECT to_regclass('ledger.relayed')") is None:
                return ["no tables yet"]
            for source in SAMPLE.sources:
                topic = f"{self.prefix}.intake.{source}"
                end = await asyncio.to_thread(wire.offset, bootstrap, topic, 0, wire.END)
                taken = await connection.fetchval(
                    "SELECT next_offset FROM ledger.source_offset WHERE topic = $1", topic
                )
                if (taken or 0) < end:
                    left.append(f"{source} {taken or 0}/{end}")
            row = await connection.fetchrow(
                "SELECT position, parked, quarantined,"
                f" (SELECT coalesce(min(position), 0) FROM {SCHEMA}.checkpoint) AS projected,"
                " (SELECT coalesce(jsonb_object_agg(what, number), '{}') FROM ledger.relayed) AS"
                " told FROM ledger.ledger"
            )
        if row is None:
            return [*left, "no ledger yet"]
        told = json.loads(row["told"])
        for what, number in (
            ("accepted", row["position"]),
            ("parked", row["parked"]),
            ("quarantined", row["quarantined"]),
        ):
            if told.get(what, 0) < number:
                left.append(f"{what} told {told.get(what, 0)}/{number}")
        if row["projected"] < row["position"]:
            left.append(f"projected {row['projected']}/{row['position']}")
        return left

    async def drained(self, seconds: float = DRAIN_SECONDS) -> None:
        """Wait until everything sent is taken in, published, told and projected."""
        left: list[str] = ["not asked yet"]
        try:
            async with asyncio.timeout(seconds):
                while left:
                    try:
                        left = await self.lag()
                    except (OSError, *NOT_NOW) as error:
                        left = [type(error).__name__]
                    await asyncio.sleep(0.2)
        except TimeoutError:
            raise Stuck(f"lag left after {seconds:.0f} s: {', '.join(left)}") from None

    async def position(self) -> int:
        """How many entries the ledger has."""
        async with postgres.connect(self.url) as connection:
            if await connection.fetchval("SELECT to_regclass('ledger.ledger')") is None:
                return 0
            found: int | None = await connection.fetchval("SELECT position FROM ledger.ledger")
            return found or 0

    async def grown_to(self, position: int, seconds: float = 60.0) -> None:
        """Wait until the ledger has so many entries."""
        async with asyncio.timeout(seconds):
            while True:
                if await self.position() >= position:
                    return
                await asyncio.sleep(0.05)

    async def said(self, service: Service, words: str, seconds: float = 60.0) -> None:
        """Wait until a service has logged this."""
        async with asyncio.timeout(seconds):
            while words not in service.said():
                if service.code is not None:
                    raise Stuck(f"ended with {service.code} before it said {words!r}")
                await asyncio.sleep(0.05)

    async def judged(self, *options: str) -> dict[str, Any]:
        """What the checker says, a program of its own."""
        arguments = ["--database-url", self.url, "--kafka", self.servers.bootstrap]
        arguments += ["--prefix", self.prefix, "--acked", str(self.acked)]
        arguments += ["--offered", str(self.offered), "--forged", str(self.forged)]
        arguments += ["--json", *options]
        if self.live:
            arguments += ["--secret", SECRET]
        service = self.program("tests.faults.check", *arguments)
        code = await service.ended()
        said = service.said()
        try:
            verdict: dict[str, Any] = json.loads(said.strip().rpartition("\n")[2])
        except ValueError:
            raise Stuck(f"the checker ended with {code}: {said[-700:]}") from None
        return verdict


__all__ = ["KILLED", "LEDGER", "MINGJIAN", "SERVICES", "Run", "Stuck"]
