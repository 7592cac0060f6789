"""Who may do what on the broker: every cell of user × topic × operation, tried on a real one.

A grid below says for each user and topic: R read, W write, D describe, S read settings, N create.
Nobody has any other right: to alter a topic or its settings, to delete it or records of it.
"""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
import uvloop
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from mingjian_publisher import Refused
from mingjian_publisher.kafka import Topic, secured

from infra.kafka import acls
from infra.kafka.admin import administering
from infra.kafka.bootstrap import Bootstrap, NotLetIn
from infra.kafka.broker import ensure_topics
from infra.kafka.local import LocalKafka
from infra.kafka.rights import rights, users
from tests.support.access import REQUESTS, may, may_join

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="module")]

TOPICS = ("intake.a", "intake.a-b", "ledger.445102", "journal.445102", "quarantine", "receipts.a",
          "receipts.a-b")  # fmt: skip
MATRIX = """
service.intake     RDSN  RDSN  DSN    DSN    DSN   DSN    DSN
service.relay      DSN   DSN   RWDSN  RWDSN  WDSN  WDSN   WDSN
service.projector  -     -     RDS    DS     DS    -      -
service.gateway    WDSN  WDSN  DSN    DSN    DSN   DSN    DSN
service.operator   RDSN  RDSN  RDSN   RDSN   RDSN  RWDSN  RWDSN
source.a           WD    -     -      -      -     RD     -
source.a-b         -     WD    -      -      -     -      RD
nobody             -     -     -      -      -     -      -
"""
"""`nobody` has a password, and no rights."""
LETTERS = {"R": "Read", "W": "Write", "D": "Describe", "S": "DescribeConfigs", "N": "Create"}
NEVER = sorted(REQUESTS.keys() - LETTERS.values())
GROUPS = {
    "service.intake": {"intake.445102"},
    "source.a": {"source.a.anything"},
    "source.a-b": {"source.a-b.anything"},
}
"""User → the consumer groups they may be in."""
PREFIX = "mingjian"
PASSWORD = "a password of tests"  # noqa: S105
PARSED = {line.split()[0]: line.split()[1:] for line in MATRIX.strip().splitlines()}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def broker(secure_kafka: LocalKafka, admin_of: Bootstrap) -> Bootstrap:
    """A broker with topics, users and rights, as its administrator."""
    sources, ledgers = ["a", "a-b"], ["445102"]
    assert not await ensure_topics(admin_of, sources=sources, divisions=ledgers)
    await ensure_topics(admin_of, sources=["x"], divisions=[], prefix="other")
    async with administering(admin_of) as admin:
        await acls.give(admin, rights(sources, ledgers, PREFIX))
        for user in [*users(sources, PREFIX), f"{PREFIX}.nobody"]:
            await acls.set_password(admin, user, PASSWORD)
    assert secure_kafka.host == "localhost"
    return admin_of


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clients(broker: Bootstrap) -> AsyncIterator[dict[str, AIOKafkaAdminClient]]:
    """User → a client that is let in as them."""
    async with AsyncExitStack() as stack:
        yield {
            user: await stack.enter_async_context(administering(as_user(broker, user)))
            for user in PARSED
        }


def as_user(broker: Bootstrap, user: str, password: str = PASSWORD) -> Bootstrap:
    return Bootstrap(broker.servers, f"{PREFIX}.{user}", password, broker.ca_file)


@pytest.mark.parametrize("operation", [*LETTERS.values(), *NEVER])
@pytest.mark.parametrize("user", PARSED)
async def test_a_user_may_what_the_grid_says_and_nothing_else(
    clients: dict[str, AIOKafkaAdminClient], user: str, operation: str
) -> None:
    expected = {
        topic: operation in {LETTERS[letter] for letter in cell.replace("-", "")}
        for topic, cell in zip(TOPICS, PARSED[user], strict=True)
    }
    found = {topic: await may(clients[user], operation, f"{PREFIX}.{topic}") for topic in TOPICS}
    assert found == expected
    # Another system's topic, on the same broker, is nobody's here.
    assert not await may(clients[user], operation, "other.intake.x")


async def test_a_user_is_in_no_group_but_their_own(
    clients: dict[str, AIOKafkaAdminClient],
) -> None:
    every = set().union(*GROUPS.values(), {"source.a", "source.a-", "intake.445103"})
    for user, client in clients.items():
        joined = {group for group in every if await may_join(client, f"{PREFIX}.{group}")}
        assert joined == GROUPS.get(user, set()), user


async def test_nobody_but_the_administrator_gives_rights_or_passwords(
    broker: Bootstrap, clients: dict[str, AIOKafkaAdminClient]
) -> None:
    more = rights(["a"], [], PREFIX)
    for user, client in clients.items():
        with pytest.raises(KafkaError, match="ClusterAuthorizationFailed"):
            await acls.give(client, more)
        with pytest.raises(KafkaError, match="ClusterAuthorizationFailed"):
            await acls.given_rights(client)
        with pytest.raises(KafkaError, match="ClusterAuthorizationFailed"):
            await acls.set_password(client, f"{PREFIX}.{user}", "another")
    async with administering(broker) as admin:
        assert await acls.users(admin) == {"admin", *(f"{PREFIX}.{user}" for user in PARSED)}


# Who is not let in at all, and hears why.


async def refused(bootstrap: Bootstrap) -> str:
    with pytest.raises(NotLetIn) as told:
        async with administering(bootstrap):
            pass
    return str(told.value)


async def test_a_client_that_speaks_in_clear_is_told_to_speak_tls(broker: Bootstrap) -> None:
    assert "speaks TLS" in await refused(Bootstrap(broker.servers))


async def test_a_wrong_password_and_an_unknown_user_are_told_alike(broker: Bootstrap) -> None:
    for user, password in (("source.a", "wrong"), ("source.unknown", PASSWORD)):
        assert "wrong password, or no such user" in await refused(as_user(broker, user, password))


async def test_a_broker_whose_certificate_nobody_vouches_for_gets_no_password(
    broker: Bootstrap,
) -> None:
    stranger = Bootstrap(broker.servers, "admin", PASSWORD, None)
    assert "its certificate is not trusted" in await refused(stranger)


async def test_a_broker_under_another_name_gets_no_password(broker: Bootstrap) -> None:
    # The same address, written otherwise; the certificate is for 127.0.0.1 and localhost.
    port = broker.servers.rpartition(":")[2]
    elsewhere = Bootstrap(f"127.1:{port}", "admin", PASSWORD, broker.ca_file)
    assert "for another host name" in await refused(elsewhere)


async def test_the_program_of_a_vendor_says_at_once_why_it_is_not_let_in(broker: Bootstrap) -> None:
    """It waits for no broker that will never let it in, and names what to look at."""
    user = f"{PREFIX}.source.a"
    wrong = secured(user, "wrong", broker.ca_file)
    for security, said in (
        (wrong, "wrong password, or no such user"),
        (secured(user, PASSWORD), "its certificate is not trusted"),
        ({}, "speaks TLS"),
    ):
        topic = Topic(broker.servers, "a", prefix=PREFIX, security=security)
        with pytest.raises(Refused, match=said):
            await asyncio.to_thread(topic.send, [b'{"id": "1"}'])
        with pytest.raises(Refused, match=said):
            await asyncio.to_thread(topic.receipts, print)


async def test_a_port_without_tls_is_named(kafka_bootstrap: str, broker: Bootstrap) -> None:
    there = Bootstrap(kafka_bootstrap, "admin", PASSWORD, broker.ca_file)
    assert "no TLS there" in await refused(there)


async def test_where_nobody_is_no_reason_is_made_up(broker: Bootstrap) -> None:
    with pytest.raises(KafkaError, match="Unable to bootstrap"):
        async with administering(Bootstrap("localhost:1", "admin", PASSWORD, broker.ca_file)):
            pass


async def test_a_connection_ends_without_waiting_for_a_farewell(broker: Bootstrap) -> None:
    """Commands run on uvloop, which waited half a minute for each: `reconcile` took minutes."""

    async def come_and_go() -> None:
        async with administering(broker) as admin:
            await admin.list_topics()
            leaving = asyncio.timeout(20)
            await leaving.__aenter__()
        await leaving.__aexit__(None, None, None)

    await asyncio.to_thread(uvloop.run, come_and_go())


async def test_nobody_else_on_this_machine_reads_what_the_broker_keeps(
    secure_kafka: LocalKafka, broker: Bootstrap
) -> None:
    assert broker.secure
    kept = [secure_kafka.data_dir, *secure_kafka.data_dir.rglob("*")]
    assert len(kept) > 50
    assert [path for path in kept if path.lstat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)] == []
