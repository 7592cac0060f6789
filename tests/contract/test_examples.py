"""Every event type has an example that the ledger would read, and says what a vendor must know."""

from __future__ import annotations

import json

import pytest

from domain import examples
from domain.catalogue import EVENTS
from domain.envelope import read
from domain.event import Event
from tests.support.bureau import SAMPLE


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda e: e.TYPE)
def test_the_example_is_read_as_that_event(event: type[Event]) -> None:
    raw = json.dumps(examples.message(event, SAMPLE), ensure_ascii=False).encode()

    assert read(raw, SAMPLE, replay=True).event.MODEL is event


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda e: e.TYPE)
def test_the_contract_says_what_the_fact_is(event: type[Event]) -> None:
    assert event.TITLE
    assert event.__doc__
    assert event.ON in event.model_fields
    assert event.KEY in event.model_fields


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda e: e.TYPE)
def test_some_source_may_publish_it(event: type[Event]) -> None:
    assert [source.name for source in SAMPLE.sources.values() if source.may(event.TYPE)]
