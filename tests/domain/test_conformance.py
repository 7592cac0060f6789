"""The conformance pack says of every event what the ledger's reading says of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from domain import conformance
from domain.bureau.bureau import Bureau
from domain.catalogue import EVENTS, full_type
from domain.envelope import read
from domain.faults import Unacceptable
from infra import bureaus
from tests.support.bureau import SAMPLE

BUREAUS = Path(bureaus.__file__).parents[1] / "bureaus"


def test_each_event_of_the_bureau_is_in_the_pack() -> None:
    types = {case.event["type"] for case in conformance.good(SAMPLE)}

    assert types == {full_type(event) for event in EVENTS.values()}


@pytest.mark.parametrize("replay", [False, True], ids=["live", "replay"])
def test_a_good_event_is_read(*, replay: bool) -> None:
    for case in conformance.good(SAMPLE, replay=replay):
        read(json.dumps(case.event).encode(), SAMPLE, replay=replay)


def test_of_a_bad_event_exactly_its_mistake_is_found() -> None:
    owed, found = {}, {}
    for case in conformance.bad(SAMPLE):
        owed[case.name] = [(case.code, case.pointer)]
        with pytest.raises(Unacceptable) as refused:
            read(json.dumps(case.event).encode(), SAMPLE, replay=False)
        found[case.name] = [(fault.code, fault.pointer) for fault in refused.value.faults]

    assert found == owed
    assert len(owed) > 5 * len(EVENTS)


def test_every_kind_of_mistake_is_in_the_pack() -> None:
    kinds = {case.name.rpartition(".")[2] for case in conformance.bad(SAMPLE)}

    assert len(kinds) == 13


def test_another_bureau_has_a_pack_of_its_own_events() -> None:
    other: Bureau = bureaus.load(BUREAUS / "439902")
    types = {case.event["type"] for case in conformance.good(other)}

    assert types
    assert all(case.event["division"] == other.division for case in conformance.good(other))
