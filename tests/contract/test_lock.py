"""No type changes its wire form without a new version."""

from __future__ import annotations

import json

import pytest

from domain.catalogue import EVENTS, full_type
from domain.event import Event
from tests.contract.lock import LOCK, wire_forms

WIRE_FORMS = wire_forms()
LOCKED = json.loads(LOCK.read_text(encoding="utf-8"))


def test_the_lock_holds_every_type_and_no_other() -> None:
    assert set(LOCKED) == set(WIRE_FORMS)


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda e: e.TYPE)
def test_the_wire_form_is_the_locked_one(event: type[Event]) -> None:
    name = full_type(event)

    assert WIRE_FORMS[name] == LOCKED[name]
