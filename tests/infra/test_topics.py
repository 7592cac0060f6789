"""Names of topics and origins, there and back."""

from __future__ import annotations

import pytest

from infra.kafka.topics import intake_source, intake_topic, receipts_topic
from ledger.records import Place, origin_of, partition_of, place_of
from tests.support.bureau import SAMPLE


@pytest.mark.parametrize("prefix", ["mingjian", "city.intake.mingjian"])
def test_the_source_of_an_intake_topic_is_the_one_it_was_made_for(prefix: str) -> None:
    assert [intake_source(intake_topic(name, prefix)) for name in SAMPLE.sources] == list(
        SAMPLE.sources
    )


@pytest.mark.parametrize("topic", ["mingjian.quarantine", receipts_topic("payouts"), "intake.x.y"])
def test_no_other_topic_speaks_for_a_source(topic: str) -> None:
    assert intake_source(topic) is None


def test_an_origin_says_partition_and_offset() -> None:
    partition = ("mingjian.intake.payouts", 3)
    assert place_of(origin_of(partition, 41)) == Place(partition, 41)
    assert place_of(origin_of(partition, 41, 3)) == Place(partition, 41, 3)
    assert partition_of(origin_of(partition, 41)) == partition


@pytest.mark.parametrize("origin", ["year.jsonl:12", "quarantine/4", "a/b/c", ""])
def test_any_other_origin_names_no_partition(origin: str) -> None:
    assert place_of(origin) is None
    assert partition_of(origin) is None
