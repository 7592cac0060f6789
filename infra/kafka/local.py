"""One real Apache Kafka broker from its Maven jars, for machines without Docker.

Tests and `make kafka` run the same broker code as production does. A stand-in broker would not do:
the promises of the ledger (idempotent producing, flushing, recovery after a crash, retention that
never deletes) are kept by Kafka itself, so they have to be tested against Kafka itself.
"""

import contextlib
import secrets
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from infra.jars import NotFetchedError, ToolMissingError, fetched, find_tool
from infra.settings import settings

HOST = "127.0.0.1"
DEFAULT_PORT = 9092
POM = Path(__file__).with_name("pom.xml")
PROPERTIES = Path(__file__).with_name("broker.properties")
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
        self, data_dir: Path, port: int | None = None, settings: Mapping[str, str] | None = None
    ) -> None:
        """`settings` are broker properties which override ours."""
        self.data_dir = data_dir.resolve()
        self.log_file = self.data_dir / "broker.log"
        self.port = port if port is not None else free_port()
        self.bootstrap = f"{HOST}:{self.port}"
        self.settings = dict(settings or {})
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the broker and wait until it serves; blocks for a few seconds."""
        if self.process is not None or answers(self.port):
            raise KafkaFailedError(f"there is already a Kafka at {self.bootstrap}")
        jars = ensure_jars(default_home())
        self.data_dir.mkdir(parents=True, exist_ok=True)
        properties = self.data_dir / "broker.properties"
        properties.write_text(self._properties(), encoding="utf-8")
        if not (self.data_dir / "log" / "meta.properties").exists():
            self._format(jars, properties)
        broker = java(jars, "kafka.Kafka", str(properties))
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                ["/bin/sh", "-c", DIE_WITH_PARENT, "sh", *broker],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
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

    def _properties(self) -> str:
        controller = f"{HOST}:{free_port()}"
        own = {
            "controller.quorum.voters": f"1@{controller}",
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}",
            "log.dirs": str(self.data_dir / "log"),
        }
        # Kafka takes the last line of a name.
        lines = [f"{name}={value}" for name, value in (own | self.settings).items()]
        return "\n".join([PROPERTIES.read_text(encoding="utf-8"), *lines, ""])

    def _format(self, jars: Path, properties: Path) -> None:
        cluster = secrets.token_urlsafe(16)  # the form of Kafka's own random-uuid
        arguments = ("format", f"--cluster-id={cluster}", f"--config={properties}")
        command = java(jars, "kafka.tools.StorageTool", *arguments)
        result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if result.returncode != 0:
            raise KafkaFailedError(f"cannot format {self.data_dir}: {tail(result.stderr)}")

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not answers(self.port):
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


def answers(port: int) -> bool:
    """Say whether a broker serves here: it must list a live broker in its own metadata.

    An open port or an ApiVersions answer comes earlier, when creating a topic still fails because
    the only broker has not been let in by its controller.
    """
    request = struct.pack(">hhihi", 3, 1, 1, -1, 0)  # Metadata v1, no client id, no topics
    try:
        with socket.create_connection((HOST, port), timeout=1) as connection:
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
    """Run a broker in the foreground until Ctrl-C or SIGTERM; the port may be given."""
    port = int(sys.argv[1]) if sys.argv[1:] else DEFAULT_PORT
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # both arrive as KeyboardInterrupt
    kafka = LocalKafka(default_home() / "kafka" / "data", port)
    print("Preparing Apache Kafka; the first time this fetches about 45 MB.", flush=True)  # noqa: T201
    try:
        with kafka:
            print(  # noqa: T201
                f"Apache Kafka answers at {kafka.bootstrap}. Its data and log: {kafka.data_dir}\n"
                f"In another shell: export MINGJIAN_KAFKA={kafka.bootstrap}\n"
                "Ctrl-C stops it; what was published stays.",
                flush=True,
            )
            if kafka.process is not None:
                kafka.process.wait()
            sys.exit(f"Kafka ended by itself; see {kafka.log_file}")
    except KeyboardInterrupt:
        return
    except (ToolMissingError, NotFetchedError, KafkaFailedError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
