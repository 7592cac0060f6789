"""No client of Kafka is made past infra/kafka/bootstrap.py, and what settings say reaches it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from pydantic import ValidationError

from infra.kafka.bootstrap import Bootstrap, NotLetIn, Unsecured
from infra.settings import Settings
from tests.tidy.test_tidy import at, dotted, modules, tree, walked

CLIENTS = {"AIOKafkaProducer", "AIOKafkaConsumer", "AIOKafkaAdminClient", "AIOKafkaClient",
           "KafkaBroker"}  # fmt: skip
ROOMS = ("api", "cli", "consumers", "infra", "ledger", "projections", "reports", "rosters", "rules",
         "sample", "upkeep")  # fmt: skip
WORD = "p"
SECRET = "a-secret-of-trials-with-32-characters"  # noqa: S105


def past_it(module: str, parsed: ast.Module) -> list[str]:
    """Clients that are made without the arguments of a Bootstrap."""
    found = []
    for node in ast.walk(parsed):
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in CLIENTS:
            given = {key.arg: ast.unparse(key.value) for key in node.keywords}
            starred = [ast.unparse(key.value) for key in node.keywords if key.arg is None]
            secure = any(each.endswith(".options()") for each in starred) or (
                given.get("security", "").endswith(".security()")
            )
            if not secure or "bootstrap_servers" in given:
                found.append(at(module, node))
    return found


def test_every_client_of_ours_is_made_of_a_bootstrap() -> None:
    assert [where for module in modules(*ROOMS) for where in past_it(module, tree(module))] == []
    makers = {
        module
        for module in modules(*ROOMS)
        for node in walked(module)
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in CLIENTS
    }
    # Whoever needs a client takes one of these.
    assert makers == {
        "consumers/publisher.py",
        "consumers/service.py",
        "infra/kafka/admin.py",
        "infra/kafka/reader.py",
    }


@pytest.mark.parametrize(
    "code",
    [
        "AIOKafkaProducer(bootstrap_servers=given.kafka)",
        "aiokafka.AIOKafkaConsumer('t', **bootstrap.options(), bootstrap_servers='x')",
        "KafkaBroker(bootstrap.servers)",
        "AIOKafkaAdminClient(**dict(bootstrap_servers=servers))",
    ],
)
def test_a_client_made_past_it_is_seen(code: str) -> None:
    assert past_it("x.py", ast.parse(code)) == ["x.py:1"]


def given(**settings: object) -> Settings:
    return Settings.model_validate({"kafka": "broker.example:9093"} | settings)


def test_with_a_user_clients_speak_tls_and_check_whom_they_speak_to() -> None:
    options = Bootstrap.of(given(kafka_user="u", kafka_password=WORD)).options()
    context = options.pop("ssl_context")
    assert options == {
        "bootstrap_servers": "broker.example:9093",
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "u",
        "sasl_plain_password": WORD,
    }
    assert context.check_hostname
    assert context.verify_mode.name == "CERT_REQUIRED"


def test_a_password_comes_from_a_file_and_is_shown_nowhere(tmp_path: Path) -> None:
    file = tmp_path / "p"
    file.write_text("of the file\n")
    settings = given(kafka_user="u", kafka_password_file=file)
    assert Bootstrap.of(settings).password == "of the file"  # noqa: S105
    assert "of the file" not in repr(settings) + repr(Bootstrap.of(settings))
    with pytest.raises(ValidationError, match="只设一个"):
        given(kafka_user="u", kafka_password_file=file, kafka_password=WORD)


@pytest.mark.parametrize(
    "settings",
    [
        {"kafka_user": "u"},
        {"kafka_password": "p"},
        {"kafka_security": "SASL_SSL"},
        {"kafka_security": "PLAINTEXT", "kafka_user": "u", "kafka_password": "p"},
        {"kafka_security": "SASL_PLAINTEXT", "kafka_user": "u", "kafka_password": "p"},
    ],
)
def test_half_of_it_is_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        given(**settings)


def test_a_live_ledger_speaks_in_clear_to_another_machine_only_where_that_is_said() -> None:
    with pytest.raises(Unsecured, match="does not speak in clear"):
        Bootstrap.of(given(ledger_secret=SECRET))
    with pytest.raises(Unsecured):  # one of them is another machine's
        Bootstrap.of(given(ledger_secret=SECRET, kafka="localhost:9092,broker.example:9092"))
    assert not Bootstrap.of(given(ledger_secret=SECRET, kafka_security="PLAINTEXT")).secure
    for servers in ("127.0.0.1:9092", "localhost:9092", "[::1]:9092"):
        assert not Bootstrap.of(given(ledger_secret=SECRET, kafka=servers)).secure
    # A sample holds nothing that is anybody's.
    assert not Bootstrap.of(given()).secure


def test_a_certificate_file_that_is_none_is_named(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    settings = given(kafka_user="u", kafka_password=WORD, kafka_ca_file=file)
    with pytest.raises(NotLetIn, match=r"ca\.pem.*No such file"):
        Bootstrap.of(settings).options()
    file.write_text("no certificate\n")
    with pytest.raises(NotLetIn, match=r"no certificates can be read"):
        Bootstrap.of(settings).options()
