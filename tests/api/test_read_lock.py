"""Nothing of the read API vanishes or changes its type under a program that reads it."""

from __future__ import annotations

import copy

import pytest

from tests.api.lock import broken, locked, shape

NOW, LOCKED = shape(), locked()
VILLAGES = "/api/v1/registers/villages"


@pytest.mark.parametrize("path", LOCKED)
def test_what_was_published_is_still_there(path: str) -> None:
    assert broken({path: LOCKED[path]}, NOW) == []


def test_what_was_added_is_locked() -> None:
    """Lock it: `python -m tests.api.lock`."""
    assert NOW == LOCKED


def test_registers_are_in_the_lock_with_their_columns() -> None:
    rows = LOCKED[VILLAGES]["fields"]
    assert (rows["rows[].name"], rows["rows[].kind_name"]) == ("string|null", "string|null")
    amounts = LOCKED["/api/v1/registers/standards"]
    assert amounts["fields"]["rows[].amount_fen"] == "integer|null"
    assert amounts["parameters"]["effective_from_from"] == "string (date)"


def test_a_break_is_named() -> None:
    """The tests above can fail: of a path, a parameter, a field that vanish, and another type."""
    now = copy.deepcopy(NOW)
    del now["/api/v1/releases"]
    del now[VILLAGES]["parameters"]["q"]
    del now[VILLAGES]["fields"]["rows[].township"]
    now[VILLAGES]["fields"]["count"] = "string"
    now[VILLAGES]["fields"]["more"] = "string"
    assert broken(LOCKED, now) == [
        f"{VILLAGES}: fields count was integer|null and is string",
        f"{VILLAGES}: fields rows[].township is no more",
        f"{VILLAGES}: parameters q is no more",
        "/api/v1/releases is no more",
    ]
