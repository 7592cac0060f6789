"""All services over TLS, each as its own user and with nothing more; and what rights become of."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from aiokafka.errors import KafkaError
from mingjian_publisher import Refused
from mingjian_publisher.kafka import Topic, secured

from consumers.intake import IntakeApp
from consumers.posting import Poster
from consumers.projector import ProjectorApp
from consumers.publisher import careful_producer, publish
from consumers.relay import RelayApp
from consumers.service import App
from infra import postgres
from infra.kafka import acls
from infra.kafka.admin import administering
from infra.kafka.bootstrap import Bootstrap, NotLetIn
from infra.kafka.refusals import NotAuthorised, beginning
from infra.kafka.rights import Right, service_user, source_user, users
from infra.kafka.topics import intake_topic, journal_topic, ledger_topic
from infra.settings import Settings
from ledger import journal, register
from ledger.seal import Sealer
from ledger.wire import Message
from projections import opening
from tests.support.kafka import until
from tests.support.ledger import LEDGER, event
from tests.support.money import a_household, a_payment
from tests.support.process import mingjian
from upkeep import balance, broker_rights, reconcile
from upkeep.broker_rights import Change, Wanted

pytestmark = pytest.mark.kafka

CASES, PAYOUTS = "social-assistance", "payouts"
PASSWORD = "a password of tests"  # noqa: S105
WHO = ("--by", "李明", "--why", "按登记册")


@pytest.fixture
async def place(admin_of: Bootstrap, database_url: str) -> AsyncIterator[Settings]:
    """A ledger whose users have their rights, and passwords; settings of its administrator."""
    settings = Settings(
        kafka=admin_of.servers,
        kafka_user=admin_of.user,
        kafka_password=admin_of.password,
        kafka_ca_file=admin_of.ca_file,
        kafka_prefix=f"t{uuid4().hex[:10]}",
        database_url=database_url,
    )
    async with postgres.connect(database_url) as connection:
        await opening.create_ledger(connection, LEDGER, "replay", settings)
    change = await applied(settings)
    assert len(change.made) > len(users([], ""))
    yield settings
    await applied(settings, Wanted([], []))


async def applied(settings: Settings, want: Wanted | None = None) -> Change:
    prefix = settings.kafka_prefix
    async with postgres.connect(settings.database_url or "") as connection:
        want = want or await broker_rights.wanted(connection, Settings().secret, prefix)
    async with administering(Bootstrap.of(settings)) as admin:
        change = await broker_rights.difference(admin, want, prefix)
        await broker_rights.carry_out(admin, change, lambda _user: PASSWORD)
        return change


def as_user(settings: Settings, user: str) -> Settings:
    return settings.model_copy(update={"kafka_user": user, "kafka_password": PASSWORD})


def as_service(settings: Settings, service: str) -> Settings:
    return as_user(settings, service_user(service, settings.kafka_prefix))


def as_source(settings: Settings, source: str) -> Settings:
    return as_user(settings, source_user(source, settings.kafka_prefix))


def a_topic(settings: Settings, user: str, source: str) -> Topic:
    """The program of a vendor, as one source's user, on another's topic or its own."""
    name = source_user(user, settings.kafka_prefix)
    security = secured(name, PASSWORD, settings.kafka_ca_file)
    return Topic(
        settings.kafka or "", source, prefix=settings.kafka_prefix, wait=60, security=security
    )


async def told(topic: Topic, *events: bytes) -> list[str | None]:
    return [each and each.outcome for each in await asyncio.to_thread(topic.send, events)]


async def taking_from(settings: Settings, user: str, *rights: Right) -> None:
    async with administering(Bootstrap.of(settings)) as admin:
        given = [right for right in await acls.given_rights(admin) if right.user == user]
        assert set(rights) <= set(given)
        await acls.take(admin, rights)


async def ended(app: App) -> BaseException:
    async with asyncio.timeout(60):
        await app.failed()
    assert app.error is not None
    return app.error


async def test_each_service_does_its_work_as_its_own_user(
    place: Settings, connection: asyncpg.Connection
) -> None:
    case = event(CASES, "c-1", a_household("DB-1"))
    payment = event(PAYOUTS, "p-1", a_payment("DB-1", 50_000, "2024-01"))
    intake = IntakeApp(as_service(place, "intake"), LEDGER)
    relay = RelayApp(as_service(place, "relay"), LEDGER)
    projector = ProjectorApp(as_service(place, "projector"), LEDGER)
    # The intake and the relay make the topics that are missing.
    async with intake, relay, projector:
        # A vendor writes its own topic and hears what became of it; another's is closed to it.
        assert await told(a_topic(place, CASES, CASES), case) == ["accepted"]
        with pytest.raises(Refused, match="may not write the one or read the other"):
            await told(a_topic(place, CASES, PAYOUTS), case)

        # What came over HTTP is put down by the gateway.
        poster = Poster(Bootstrap.of(as_service(place, "gateway")), place.kafka_prefix)
        posting = asyncio.create_task(poster.run())
        lying = await poster.put(PAYOUTS, [payment])
        assert lying.topic == intake_topic(PAYOUTS, place.kafka_prefix)
        posting.cancel()
        await asyncio.gather(posting, return_exceptions=True)

        async def projected() -> bool:
            return projector.position == 2

        await until(projected, intake, relay, projector)
    where = (Bootstrap.of(as_service(place, "operator")), place.kafka_prefix, LEDGER)
    assert (await reconcile.compare_entries(connection, *where)).equal
    assert (await reconcile.compare_journal(connection, *where)).equal


async def test_a_forged_entry_does_not_come_into_the_ledger_topic(place: Settings) -> None:
    async with RelayApp(as_service(place, "relay"), LEDGER):
        pass  # it has made the topics
    prefix = place.kafka_prefix
    forgers = [as_source(place, CASES), *(as_service(place, s) for s in ("intake", "projector"))]
    for forger in forgers:
        for topic in (ledger_topic(LEDGER, prefix), journal_topic(LEDGER, prefix)):
            with pytest.raises(NotAuthorised, match=f"{forger.kafka_user} may not Write"):
                await forge(Bootstrap.of(forger), topic)


async def forge(bootstrap: Bootstrap, topic: str) -> None:
    """Try it as a service would."""
    producer = careful_producer(bootstrap, "forger", 2**20)
    try:
        async with beginning(bootstrap):
            await producer.start()
        await publish(producer, topic, [Message(None, b"junk")])
    finally:
        with suppress(KafkaError):
            await producer.stop()


async def test_a_second_time_changes_nothing_and_a_source_taken_out_has_nothing(
    place: Settings, connection: asyncpg.Connection
) -> None:
    assert not any(await applied(place))
    prefix = place.kafka_prefix
    whole = await broker_rights.wanted(connection, Settings().secret, prefix)
    gone = source_user(PAYOUTS, prefix)
    others = Right("somebody.else", "Read", "Topic", intake_topic(PAYOUTS, prefix))
    async with administering(Bootstrap.of(place)) as admin:
        await acls.give(admin, [others])
        await acls.set_password(admin, "somebody.else", PASSWORD)
    rest = Wanted(
        [user for user in whole.users if user != gone],
        [right for right in whole.rights if right.user != gone],
    )
    change = await applied(place, rest)
    assert (change.made, change.removed, change.given) == ([], [gone], [])
    assert {right.user for right in change.taken} == {gone}
    with pytest.raises(NotLetIn, match="no such user"):
        async with administering(Bootstrap.of(as_source(place, PAYOUTS))):
            pass
    # What is not ours stays as it is.
    async with administering(Bootstrap.of(place)) as admin:
        assert others in await acls.given_rights(admin)
        assert "somebody.else" in await acls.users(admin)
        await acls.take(admin, [others])
        await acls.remove_user(admin, "somebody.else")
    # Taken in again, it has what it had.
    assert (await applied(place)).made == [gone]


async def test_a_suspended_source_has_no_rights_until_it_is_resumed(
    place: Settings, connection: asyncpg.Connection
) -> None:
    sealer, said = Sealer(Settings().secret, LEDGER), journal.said("示例管理员", "密钥外泄")
    await register.suspend(connection, sealer, LEDGER, PAYOUTS, said)
    change = await applied(place)
    assert change.removed == [source_user(PAYOUTS, place.kafka_prefix)]
    assert {right.user for right in change.taken} == set(change.removed)
    await register.resume(connection, sealer, LEDGER, PAYOUTS, said)
    assert (await applied(place)).made == change.removed


async def test_topics_that_may_not_be_seen_are_not_taken_for_missing(
    place: Settings, connection: asyncpg.Connection
) -> None:
    """`reconcile` as a user without rights said that the topic lacks every entry."""
    async with RelayApp(as_service(place, "relay"), LEDGER):
        pass  # it has made the topics
    prefix = place.kafka_prefix
    stranger = Bootstrap.of(as_source(place, CASES))
    topic = ledger_topic(LEDGER, prefix)
    with pytest.raises(NotAuthorised, match=f"may not Describe {topic}"):
        await reconcile.compare_entries(connection, stranger, prefix, LEDGER)
    with pytest.raises(NotAuthorised, match="may not Describe"):
        await balance.books(connection, stranger, prefix, LEDGER)


async def test_the_command_makes_a_folder_for_each_user_and_changes_nothing_twice(
    place: Settings, tmp_path: Path
) -> None:
    prefix, folder = place.kafka_prefix, tmp_path / "access"
    user = source_user(PAYOUTS, prefix)
    await applied(place, Wanted([], []))
    chosen = folder / service_user("relay", prefix) / "password"
    chosen.parent.mkdir(parents=True)
    chosen.write_text("chosen by people\n")

    command = ("kafka", "acl", "--apply", "--secrets", str(folder), *WHO)
    code, said = await mingjian(place, *command)
    assert (code, f"+ 用户 / user {user}" in said) == (0, True)
    assert f"+ 权限 / right {user} Write Topic {prefix}.intake.{PAYOUTS}" in said
    password = (folder / user / "password").read_text().strip()
    assert password not in said
    assert {f.stat().st_mode & 0o777 for f in (folder / user).iterdir()} == {0o600}
    ca = folder / user / "ca.pem"
    for name, word in ((user, password), (service_user("relay", prefix), "chosen by people")):
        async with administering(Bootstrap(place.kafka or "", name, word, ca)):
            pass
    assert await mingjian(place, *command) == (0, "没有变化 / nothing to change\n")

    # Another password: shown once, and the old one opens nothing.
    code, said = await mingjian(place, "kafka", "password", PAYOUTS, *WHO)
    assert (code, said.split()[0]) == (0, user)
    async with administering(Bootstrap(place.kafka or "", user, said.split()[1], ca)):
        pass
    with pytest.raises(NotLetIn, match="wrong password"):
        async with administering(Bootstrap(place.kafka or "", user, password, ca)):
            pass

    # A wrong password is one thing, somebody who is not the administrator another.
    relay = as_service(place, "relay")
    assert (await mingjian(relay, "kafka", "acl", "--apply", *WHO))[0] == 3
    known = relay.model_copy(update={"kafka_password": "chosen by people"})
    assert (await mingjian(known, "kafka", "acl", "--apply", *WHO))[0] == 2
    assert (await mingjian(known, "kafka", "password", PAYOUTS, *WHO))[0] == 2
    code, said = await mingjian(place, "kafka", "acl", "--print")
    assert f"--add --allow-principal User:{user} --operation Write" in said


async def test_what_is_done_to_users_is_in_the_journal_and_what_is_not_done_is_not(
    place: Settings, connection: asyncpg.Connection
) -> None:
    prefix = place.kafka_prefix
    user = source_user(PAYOUTS, prefix)
    sealer, said = Sealer(Settings().secret, LEDGER), journal.said("示例管理员", "密钥外泄")
    number = await register.suspend(connection, sealer, LEDGER, PAYOUTS, said)

    # Without a name and a reason nothing is done; who only looks leaves no trace.
    assert (await mingjian(place, "kafka", "acl", "--apply"))[0] == 2
    assert (await mingjian(place, "kafka", "acl", "--print"))[0] == 0
    relay = as_service(place, "relay")
    assert (await mingjian(relay, "kafka", "acl", "--apply", *WHO))[0] == 2
    assert (await mingjian(relay, "kafka", "password", CASES, *WHO))[0] == 2
    assert await journal.read(connection, LEDGER, number) == []

    for _ in range(2):  # the second time there is nothing to do, and nothing to tell
        assert (await mingjian(place, "kafka", "acl", "--apply", *WHO))[0] == 0
    await register.resume(connection, sealer, LEDGER, PAYOUTS, said)
    _, shown = await mingjian(place, "kafka", "acl", "--apply", *WHO)
    _, other = await mingjian(place, "kafka", "password", PAYOUTS, *WHO)
    service = service_user("relay", prefix)
    _, third = await mingjian(place, "kafka", "password", service, *WHO)
    passwords = [line.split()[1] for line in (*shown.splitlines(), *other.splitlines(),
                 *third.splitlines()) if line.startswith((f"{user} ", f"{service} "))]  # fmt: skip
    assert len(passwords) == 3

    notes = await journal.read(connection, LEDGER, number)
    words = [
        f"Read Group {prefix}.source.{PAYOUTS}.*",
        f"Read Topic {prefix}.receipts.{PAYOUTS}",
        f"Write Topic {prefix}.intake.{PAYOUTS}",
    ]
    gone = {"user": user, "made": False, "removed": True, "given": [], "taken": words}
    back = {"user": user, "made": True, "removed": False, "given": words, "taken": []}
    assert [(note.kind, note.subject, note.facts) for note in notes] == [
        ("kafka-rights-changed", f"source/{PAYOUTS}", gone),
        ("source-resumed", f"source/{PAYOUTS}", {}),
        ("kafka-rights-changed", f"source/{PAYOUTS}", back),
        ("kafka-password-changed", f"source/{PAYOUTS}", {"user": user}),
        ("kafka-password-changed", f"kafka/{service}", {"user": service}),
    ]
    assert {(note.by, note.why) for note in notes if note.kind.startswith("kafka")} == {WHO[1::2]}
    every = await connection.fetchval(
        "SELECT string_agg(encode(detail, 'escape'), '') FROM ledger.journal"
    )
    assert not [word for word in passwords if word in every]

    _, told = await mingjian(place, "source", "show", PAYOUTS, "--json")
    kafka = json.loads(told)["kafka"]
    assert [kafka["user"], kafka["rights"]["by"], kafka["password"]["number"]] == [
        *(True, WHO[1], notes[3].number),
    ]
    _, told = await mingjian(place, "source", "list")
    (line,) = [line for line in told.splitlines() if line.startswith(f"{PAYOUTS} ")]
    assert f"有（第 {notes[2].number} 条）" in line


# A service that may not do its work ends, and says what it may not.


async def test_a_service_as_the_wrong_user_does_not_begin(place: Settings) -> None:
    settings = as_source(place, CASES)
    for app in (IntakeApp(settings, LEDGER), ProjectorApp(settings, LEDGER)):
        with pytest.raises(NotAuthorised) as said:
            await app.open()
        await app.close()
        assert f"User:{settings.kafka_user} may not Describe" in str(said.value)


async def test_a_service_with_a_wrong_password_does_not_begin(place: Settings) -> None:
    wrong = as_service(place, "relay").model_copy(update={"kafka_password": "wrong"})
    app = RelayApp(wrong, LEDGER)
    with pytest.raises(NotLetIn, match="wrong password, or no such user"):
        await app.open()
    await app.close()


async def test_an_intake_that_may_read_no_more_ends_by_name(place: Settings) -> None:
    user, prefix = service_user("intake", place.kafka_prefix), place.kafka_prefix
    async with IntakeApp(as_service(place, "intake"), LEDGER) as app:
        await taking_from(
            place, user, Right(user, "Read", "Topic", f"{prefix}.intake.", whole=False)
        )
        error = await ended(app)
    assert isinstance(error, NotAuthorised)
    assert f"User:{user} may not Read {prefix}.intake." in str(error)


async def test_an_intake_that_is_in_no_group_ends_by_name(place: Settings) -> None:
    user, prefix = service_user("intake", place.kafka_prefix), place.kafka_prefix
    group = f"{prefix}.intake.{LEDGER}"
    await taking_from(place, user, Right(user, "Read", "Group", group))
    app = IntakeApp(as_service(place, "intake"), LEDGER)
    with pytest.raises(NotAuthorised) as said:
        await app.run()
    assert f"User:{user} may not Read {group}" in str(said.value)


async def test_a_relay_that_may_write_no_more_ends_by_name(
    place: Settings, connection: asyncpg.Connection
) -> None:
    user, prefix = service_user("relay", place.kafka_prefix), place.kafka_prefix
    topic = journal_topic(LEDGER, prefix)
    await taking_from(place, user, Right(user, "Write", "Topic", topic))
    # The journal of a new ledger has its adoption to publish.
    assert await connection.fetchval("SELECT journal FROM ledger.ledger") > 0
    async with RelayApp(as_service(place, "relay"), LEDGER) as app:
        error = await ended(app)
    assert isinstance(error, NotAuthorised)
    assert f"User:{user} may not Write {topic}" in str(error)
