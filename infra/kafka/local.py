"""One real Apache Kafka broker from its Maven jars, for machines without Docker.

Tests and `make kafka` run the same broker code as production does. A stand-in broker would not do:
the promises of the ledger (idempotent producing, flushing, recovery after a crash, retention that
never deletes) are kept by Kafka itself, so they have to be tested against Kafka itself.
"""

import argparse
import contextlib
import secrets
import signal
import socket
import ssl
import struct
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from infra.jars import NotFetchedError, ToolMissingError, fetched, find_tool
from infra.kafka import secure
from infra.kafka.certificates import ALWAYS
from infra.settings import settings

HOST = "127.0.0.1"
DEFAULT_PORT = 9092
SECURE_PORT = 9093
POM = Path(__file__).with_name("pom.xml")
START_SECONDS = 60.0
STOP_SECONDS = 30.0

# The serial collector and a small first heap keep an idle broker small; they do not limit it.
JAVA_OPTIONS = ("-Xms64m", "-Xmx512m", "-XX:+UseSerialGC")
JAVA_LOGGING = ("defaultLogLevel=warn", "showDateTime=true")

# The shell becomes Java (`exec`), so the process id is Java's. Its side job waits for one line from
# us: a line means that we stopped the broker ourselves, end of file means that we are dead. Unlike
# PR_SET_PDEATHSIG this does not depend on which thread started the broker, nor on Linux.
DIE_WITH_PARENT = 'exec 3<&0; (read -r line <&3 || kill -KILL $$) & exec "$@" 3<&- </dev/null'


class KafkaFailedError(RuntimeError):
    """Formatting or starting went wrong although the tools are there."""


def ensure_jars(home: Path) -> Path:
    """Return the directory with the server's jars, fetching them with Maven the first time."""
    return fetched(POM, home / "kafka", "a local Kafka (about 45 MB)")


class LocalKafka:
    """A single node that is broker and controller at once (KRaft), with its data in `data_dir`.

    Port and data outlive `stop` and `kill`: `start` then brings back the same broker.
    """

    def __init__(
        self,
        data_dir: Path,
        port: int | None = None,
        settings: Mapping[str, str] | None = None,
        *,
        host: str | None = None,
    ) -> None:
        """`settings` are broker properties which override ours.

        With a `host`, by which clients know it, it is a secure one (infra/kafka/secure.py), and
        listens for other machines unless the host is this one; else it speaks in clear, on
        loopback only.
        """
        self.data_dir = data_dir.resolve()
        self.log_file = self.data_dir / "broker.log"
        self.port = port if port is not None else free_port()
        self.host = host
        self.bootstrap = f"{host or HOST}:{self.port}"
        self.secrets = self.data_dir / "access"
        """Of a secure one: certificates, and the password of the administrator."""
        self.settings = dict(settings or {})
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the broker and wait until it serves; blocks for a few seconds."""
        if self.process is not None or accepts(self.port):
            raise KafkaFailedError(f"there is already a Kafka at {self.bootstrap}")
        jars = ensure_jars(default_home())
        # Intake topics hold personal data in clear: nobody else of this machine reads them.
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.data_dir.chmod(0o700)
        if self.host is not None:
            secure.prepare(self.secrets, [self.host])
        properties = self.data_dir / "broker.properties"
        secure.write(properties, self._properties())
        if not (self.data_dir / "log" / "meta.properties").exists():
            self._format(jars, properties)
        broker = java(jars, "kafka.Kafka", str(properties))
        self.log_file.touch(mode=0o600)
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                ["/bin/sh", "-c", DIE_WITH_PARENT, "sh", *broker],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                umask=0o077,
                start_new_session=True,  # Ctrl-C in a terminal is for us, and we stop the broker
            )
        try:
            self._wait_until_ready(self.process)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Stop as an operator would (SIGTERM): segments flushed, clean-shutdown mark written."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the broker as a crash would (SIGKILL): what it had in memory only is gone."""
        self._end(signal.SIGKILL)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def _end(self, how: signal.Signals) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise KafkaFailedError(f"Kafka did not stop in {STOP_SECONDS:.0f} s") from None
        finally:
            process.communicate(b"stopped\n")  # so that the side job ends without killing

    def _properties(self) -> dict[str, str]:
        controller, self._own = f"{HOST}:{free_port()}", free_port()
        own = {
            "controller.quorum.voters": f"1@{controller}",
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}",
        }
        if self.host is not None:
            listens = f"{HOST if self.host in ALWAYS else ''}:{self.port}"
            clients = {secure.LISTENER: (listens, self.bootstrap)}
            own = secure.properties(self.secrets, clients, f"{HOST}:{self._own}", controller)
        return own | {"log.dirs": str(self.data_dir / "log")} | self.settings

    def _format(self, jars: Path, properties: Path) -> None:
        arguments = ["format"]
        if self.host is None:
            cluster = secrets.token_urlsafe(16)  # the form of Kafka's own random-uuid
            arguments += [f"--cluster-id={cluster}", f"--config={properties}"]
        else:
            arguments += [f"@{secure.format_arguments(self.secrets, properties)}"]
        command = java(jars, "kafka.tools.StorageTool", *arguments)
        result = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, check=False, umask=0o077
        )
        if result.returncode != 0:
            raise KafkaFailedError(f"cannot format {self.data_dir}: {tail(result.stderr)}")

    def _answers(self) -> bool:
        """Whether it serves; a secure one is asked as itself."""
        if self.host is None:
            return answers(self.port)
        itself = ssl.create_default_context(cafile=self.secrets / "ca.pem")
        itself.load_cert_chain(self.secrets / "server.pem")
        return answers(self._own, itself)

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if process.poll() is not None or time.monotonic() > deadline:
                log = self.log_file.read_text(errors="replace")
                raise KafkaFailedError(f"Kafka did not start; {self.log_file}:\n{tail(log)}")
            time.sleep(0.05)


def tail(log: str) -> str:
    hint = "\nKafka 4 needs Java 17 or newer." if "UnsupportedClassVersionError" in log else ""
    return log[-2000:] + hint


def java(jars: Path, main_class: str, *arguments: str) -> list[str]:
    logging = [f"-Dorg.slf4j.simpleLogger.{option}" for option in JAVA_LOGGING]
    options = [*JAVA_OPTIONS, *logging, "-cp", f"{jars}/*"]
    return [find_tool("java", "a local Kafka needs Java 17"), *options, main_class, *arguments]


def accepts(port: int) -> bool:
    """Whether anything listens there."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def answers(port: int, context: ssl.SSLContext | None = None) -> bool:
    """Say whether a broker serves here: it must list a live broker in its own metadata.

    An open port or an ApiVersions answer comes earlier, when creating a topic still fails because
    the only broker has not been let in by its controller.
    """
    request = struct.pack(">hhihi", 3, 1, 1, -1, 0)  # Metadata v1, no client id, no topics
    try:
        with (
            socket.create_connection((HOST, port), timeout=1) as plain,
            context.wrap_socket(plain, server_hostname=HOST) if context else plain as connection,
        ):
            connection.sendall(struct.pack(">i", len(request)) + request)
            reply = connection.recv(4096)
    except OSError:
        return False
    # Length, correlation id, number of brokers.
    return len(reply) >= 12 and struct.unpack_from(">i", reply, 8)[0] > 0  # noqa: PLR2004


def free_port() -> int:
    """Choose a port below those the system gives to outgoing connections.

    One from that range could be taken by any client while a killed broker is down.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((HOST, port))
            return port


def default_home() -> Path:
    """Where the jars and a developer's broker live, from MINGJIAN_HOME."""
    return settings().home


def main() -> None:
    """Run a broker in the foreground until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m infra.kafka.local", description=main.__doc__)
    parser.add_argument("port", type=int, nargs="?")
    parser.add_argument("--secure", action="store_true", help="TLS, users, rights")
    parser.add_argument("--host", help="by which other machines know this one (with --secure)")
    given = parser.parse_args()
    if given.host and not given.secure:
        parser.error("--host: in clear it listens on this machine only; add --secure")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # both arrive as KeyboardInterrupt
    host = (given.host or "localhost") if given.secure else None
    folder = default_home() / "kafka" / ("secure" if given.secure else "data")
    kafka = LocalKafka(
        folder, given.port or (SECURE_PORT if given.secure else DEFAULT_PORT), host=host
    )
    print("Preparing Apache Kafka; the first time this fetches about 45 MB.", flush=True)  # noqa: T201
    try:
        with kafka:
            print(_told(kafka), flush=True)  # noqa: T201
            if kafka.process is not None:
                kafka.process.wait()
            sys.exit(f"Kafka ended by itself; see {kafka.log_file}")
    except KeyboardInterrupt:
        return
    except (ToolMissingError, NotFetchedError, KafkaFailedError) as error:
        sys.exit(str(error))


def _told(kafka: LocalKafka) -> str:
    """What to do in another shell."""
    exports = {"MINGJIAN_KAFKA": kafka.bootstrap}
    then = ""
    if kafka.host is not None:
        exports |= {
            "MINGJIAN_KAFKA_CA_FILE": str(kafka.secrets / "ca.pem"),
            "MINGJIAN_KAFKA_USER": secure.ADMIN,
            "MINGJIAN_KAFKA_PASSWORD_FILE": str(kafka.secrets / "admin.password"),
        }
        then = (
            "As the administrator make users and give them their rights:"
            " .venv/bin/mingjian kafka acl --apply --secrets DIR"
            " --by WHO --why REASON\n"
        )
    return (
        f"Apache Kafka answers at {kafka.bootstrap}. Its data and log: {kafka.data_dir}\n"
        "In another shell:\n"
        + "".join(f"  export {name}={value}\n" for name, value in exports.items())
        + f"{then}Ctrl-C stops it; what was published stays."
    )


if __name__ == "__main__":
    main()
