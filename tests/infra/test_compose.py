"""The containers: pinned, watched, without root, without secrets."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.kafka import secure
from infra.kafka.rights import SERVICES, service_user
from infra.roles import LOGINS

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = ("intake", "relay", "projector", "api")
LONG_RUNNING = ("postgres", "kafka", *OURS)


def service(name: str) -> str:
    """The text of one service, its anchors not resolved."""
    found = re.search(rf"^  {name}:.*?\n(.*?)(?=^  \S|^\S)", COMPOSE, re.DOTALL | re.MULTILINE)
    assert found is not None, name
    return found[1]


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_every_service_that_stays_is_watched(name: str) -> None:
    assert "healthcheck:" in service(name)


def test_a_service_of_ours_is_healthy_when_it_says_that_it_is_ready() -> None:
    for name in OURS:
        assert "healthcheck: *ready" in service(name)
    ready = COMPOSE[COMPOSE.index("x-ready: &ready") : COMPOSE.index("\nservices:")]
    port = re.search(r"MINGJIAN_METRICS_PORT: (\d+)", COMPOSE)
    assert port is not None
    assert f"http://127.0.0.1:{port[1]}/readyz" in ready
    assert not [p for p in re.findall(r'ports: \["([^"]+)"', COMPOSE) if port[1] in p]


def test_services_wait_for_a_ledger_that_a_command_of_its_own_creates() -> None:
    assert "command: [ledger, create]" in service("ledger")
    consumer = COMPOSE[COMPOSE.index("x-consumer: &consumer") : COMPOSE.index("x-as-a-user:")]
    assert "users: {condition: service_completed_successfully}" in consumer
    assert "ledger: {condition: service_completed_successfully}" in service("users")


def test_images_are_pinned() -> None:
    images = re.findall(r"image: (\S+)", COMPOSE) + re.findall(
        r"^FROM (\S+)", DOCKERFILE, re.MULTILINE
    )
    assert len(images) == 5
    for image in images:
        assert re.fullmatch(r"[a-z/]+:[0-9]+\.[0-9]+[0-9.]*(dev[0-9]+|-[a-z-]+)?", image)
        assert "latest" not in image
    assert "--require-hashes" in DOCKERFILE
    assert re.search(r"^USER 10001", DOCKERFILE, re.MULTILINE)


def test_the_apps_cannot_write_or_gain_rights() -> None:
    app = COMPOSE[COMPOSE.index("x-app:") : COMPOSE.index("x-consumer:")]
    for line in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true"):
        assert line in app
    for name in ("intake", "relay", "projector"):
        assert "<<: *consumer" in service(name)
    assert "<<: *app" in service("api")


def test_no_secret_is_committed_and_nothing_listens_outside() -> None:
    assert not re.findall(r"PASSWORD: |MINGJIAN_LEDGER_SECRET: ", COMPOSE)
    for file in re.findall(r"_FILE: (\S+)", COMPOSE):
        assert file.startswith(
            ("/run/secrets/", "${LEDGER_SECRET_FILE:+/run/secrets/", "/access/", "/broker/")
        )
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {".env", "/secrets/"} <= set(ignored)
    for published in re.findall(r'ports: \["([^"]+)"', COMPOSE):
        assert published.startswith(("127.0.0.1:", "${KAFKA_BIND:-127.0.0.1}:"))


def test_each_service_is_a_user_of_kafka_and_sees_its_own_password_only() -> None:
    for name in (*SERVICES.keys() - {"operator"},):
        text = service(name)
        assert f"MINGJIAN_KAFKA_USER: {service_user(name, 'mingjian')}\n" in text
        assert f"subpath: {service_user(name, 'mingjian')}}}" in text
        assert "broker:/broker" not in text  # the administrator's password, the authority's key
    assert "MINGJIAN_KAFKA_USER" not in service("api")
    assert "/access" not in service("api")


def test_the_broker_of_compose_is_the_one_that_is_tested(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = re.search(r"command: \[/broker, (.*)\]", service("broker-files"))
    assert command is not None
    given = command[1].replace('"', "").replace("${KAFKA_HOST:-localhost}", "kafka.example")
    monkeypatch.setattr("sys.argv", ["secure", str(tmp_path), *given.split(", ")])
    secure.main()
    lines = (tmp_path / "broker.properties").read_text().splitlines()
    own = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert own["advertised.listeners"].split(",") == [
        "CLIENTS://kafka:9092",
        "OTHERS://kafka.example:9093",
        "BROKER://localhost:29092",
    ]
    assert own["listener.security.protocol.map"].split(",") == [
        "BROKER:SSL", "CONTROLLER:SSL", "CLIENTS:SASL_SSL", "OTHERS:SASL_SSL",
    ]  # fmt: skip
    # Only these speak to others; whoever speaks for the broker shows its certificate.
    assert own["listeners"].split(",") == [
        "CLIENTS://:9092", "OTHERS://:9093",
        "BROKER://localhost:29092", "CONTROLLER://localhost:29093",
    ]  # fmt: skip
    assert own["listener.name.broker.ssl.client.auth"] == "required"
    assert own["listener.name.controller.ssl.client.auth"] == "required"
    assert own["allow.everyone.if.no.acl.found"] == "false"
    assert own["delete.topic.enable"] == "false"
    assert own["authorizer.class.name"].endswith(".StandardAuthorizer")
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    assert f"@{'/broker'}/format.arguments" in service("kafka")


@pytest.mark.parametrize("name", ["intake", "relay", "projector", "api", "gateway"])
def test_each_service_is_its_own_user_and_only_who_needs_it_has_the_secret(name: str) -> None:
    text = service(name)
    assert f"postgresql://mingjian_{name}@postgres:5432/mingjian" in text
    assert f"source: mingjian_{name}, target: database" in text
    assert text.count("target: database") == 1
    has_secret = "with-secret" in text
    assert (
        has_secret
        == ("target: database}, ledger]" in text)
        == (name in ("intake", "relay", "gateway"))
    )


def test_the_administrator_works_once_and_every_user_has_a_password() -> None:
    assert COMPOSE.count("postgresql://mingjian@") == 1
    assert "postgresql://mingjian@" in service("roles")
    makefile = (ROOT / "Makefile").read_text()
    users = re.search(r"^USERS := (.*)$", makefile, re.MULTILINE)
    assert users is not None
    assert {f"mingjian_{user}" for user in users[1].split()} == set(LOGINS)
    for user in LOGINS:
        assert f"      - {user}\n" in service("roles")
        assert f"  {user}: {{file: ./secrets/{user}}}" in COMPOSE


def test_kafka_is_the_version_that_is_tested() -> None:
    pom = (ROOT / "infra/kafka/pom.xml").read_text()
    version = re.search(r"<kafka.version>([0-9.]+)<", pom)
    assert version is not None
    assert f"image: apache/kafka:{version[1]}\n" in COMPOSE


def test_docker_compose_understands_the_file() -> None:
    docker = shutil.which("docker")
    if docker is None or _run(docker, "version").returncode != 0:
        pytest.skip("docker compose is not installed; only the text of its file was checked")
    made = _run(docker, "--env-file", ".env.example", "config", "--format", "json")
    assert made.returncode == 0, made.stderr
    services: dict[str, Any] = json.loads(made.stdout)["services"]
    assert set(services) == {*LONG_RUNNING, "broker-files", "users", "roles", "ledger"}


def _run(docker: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [docker, "compose", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
