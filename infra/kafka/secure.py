"""What makes a broker one that other machines may reach: TLS, users, and an authoriser.

Clients speak SASL_SSL and say who they are; whoever may do something is written down
(infra/kafka/rights.py), nobody else may anything. The broker itself is known by its certificate,
on listeners of its own. `make kafka SECURE=1` and docker-compose.yml run a broker on these files.
"""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Mapping
from pathlib import Path

from infra.kafka import certificates
from infra.kafka.acls import ITERATIONS, new_password
from infra.kafka.bootstrap import MECHANISM
from infra.kafka.certificates import BROKER, write_secretly

ADMIN = "admin"
"""The user who may do everything, and gives others their rights. No service runs as it."""
LISTENER = "CLIENTS"
PROPERTIES = Path(__file__).with_name("broker.properties")


def properties(
    folder: Path, clients: Mapping[str, tuple[str, str]], broker: str, controller: str
) -> dict[str, str]:
    """Properties of a broker whose files are in a folder; they go over those of the plain one.

    `clients` are listeners for clients: name → the address it listens at, and the one it tells
    them; `broker` and `controller` are for the broker itself. Addresses are host:port.
    """
    names = list(clients)
    listens = {name: at for name, (at, _) in clients.items()}
    told = {name: to for name, (_, to) in clients.items()}
    made = {
        "listeners": _urls(listens | {"BROKER": broker, "CONTROLLER": controller}),
        "advertised.listeners": _urls(told | {"BROKER": broker}),
        "listener.security.protocol.map": ",".join(
            ["BROKER:SSL", "CONTROLLER:SSL", *(f"{name}:SASL_SSL" for name in names)]
        ),
        "inter.broker.listener.name": "BROKER",
        "controller.quorum.voters": f"1@{controller}",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(folder / "server.pem"),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(folder / "ca.pem"),
        "sasl.enabled.mechanisms": MECHANISM,
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "allow.everyone.if.no.acl.found": "false",
        "super.users": f"User:{ADMIN};User:CN={BROKER}",
    }
    for listener in ("broker", "controller"):
        made[f"listener.name.{listener}.ssl.client.auth"] = "required"
    for name in names:
        made[f"listener.name.{name.lower()}.{MECHANISM.lower()}.sasl.jaas.config"] = (
            "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        )
    return made


def prepare(folder: Path, hosts: list[str]) -> None:
    """Have certificates for these hosts and a password of the administrator in a folder."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    certificates.prepare(folder, hosts)
    if not (folder / "admin.password").exists():
        write_secretly(folder / "admin.password", f"{new_password()}\n".encode())


def format_arguments(folder: Path, config: Path) -> Path:
    """Write arguments for Kafka's storage tool: an empty log in which the administrator is known.

    It reads them as `format @FILE`, so that no list of processes shows the password.
    """
    password = (folder / "admin.password").read_text("utf-8").strip()
    user = f"name={ADMIN},iterations={ITERATIONS},password={password}"
    lines = (
        f"--cluster-id={secrets.token_urlsafe(16)}",  # the form of Kafka's own random-uuid
        f"--config={config}",
        f"--add-scram={MECHANISM}=[{user}]",
    )
    file = folder / "format.arguments"
    write_secretly(file, "\n".join(lines).encode())
    return file


def write(path: Path, given: Mapping[str, str]) -> None:
    """The properties of a broker: those of the plain one, and these. Kafka takes the last line."""
    lines = [f"{name}={value}" for name, value in given.items()]
    text = "\n".join([PROPERTIES.read_text(encoding="utf-8"), *lines, ""])
    write_secretly(path, text.encode())


def write_itself(folder: Path) -> None:
    """Write properties with which Kafka's own tools come in as the broker itself.

    For its health, and for the day on which the administrator's password is lost.
    """
    stores = ("keystore", "server.pem"), ("truststore", "ca.pem")
    lines = ["security.protocol=SSL"]
    for name, file in stores:
        lines += [f"ssl.{name}.type=PEM", f"ssl.{name}.location={folder / file}"]
    write_secretly(folder / "itself.properties", "\n".join([*lines, ""]).encode())


def main() -> None:
    """All files of a broker in a container: what docker-compose.yml does before it starts."""
    parser = argparse.ArgumentParser(prog="python -m infra.kafka.secure", description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="where the broker keeps its log")
    parser.add_argument("--inside", required=True, help="host:port for the services")
    parser.add_argument("--outside", required=True, help="host:port for other machines")
    given = parser.parse_args()
    inside, outside = given.inside, given.outside
    prepare(given.folder, [inside.rpartition(":")[0], outside.rpartition(":")[0]])
    ports = (address.rpartition(":")[2] for address in (inside, outside))
    at_inside, at_outside = (f":{port}" for port in ports)
    clients = {LISTENER: (at_inside, inside), "OTHERS": (at_outside, outside)}
    own = properties(given.folder, clients, "localhost:29092", "localhost:29093")
    config = given.folder / "broker.properties"
    write(config, own | {"log.dirs": str(given.data)})
    format_arguments(given.folder, config)
    write_itself(given.folder)


def _urls(addresses: Mapping[str, str]) -> str:
    return ",".join(f"{name}://{address}" for name, address in addresses.items())


if __name__ == "__main__":
    main()
