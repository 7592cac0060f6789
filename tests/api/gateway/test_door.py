"""The door: whatever bytes come, they are passed on in the key's name, or refused with a reason."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.gateway.door import MOST_OF_AN_EVENT, Refused, look

KNOWN = frozenset({"payouts", "marriage"})
STATUSES = {400, 403, 413, 422}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
MESSAGES = st.fixed_dictionaries({}, optional={"source": VALUES | st.sampled_from(sorted(KNOWN))})


@given(
    raw=st.binary() | VALUES.map(json.dumps).map(str.encode), key=st.sampled_from([None, "payouts"])
)
def test_no_bytes_break_it(raw: bytes, key: str | None) -> None:
    found = look(raw, key, KNOWN)
    if isinstance(found, Refused):
        assert found.status in STATUSES
        assert found.wrong.detail
    else:
        assert found.raw == raw
        assert found.source in KNOWN


@given(message=MESSAGES)
def test_a_key_never_speaks_in_another_name(message: dict[str, Any]) -> None:
    """What says so is not passed on; what says nothing is its key's."""
    found = look(json.dumps(message).encode(), "payouts", KNOWN)
    named = message.get("source")
    if isinstance(named, str) and named != "payouts":
        assert isinstance(found, Refused)
        assert found.status == HTTPStatus.FORBIDDEN
    elif not isinstance(found, Refused):
        assert found.source == "payouts"


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b'{"source":"payouts"' + b" " * MOST_OF_AN_EVENT + b"}", 413),
        (b'{"source":"payouts","source":"marriage"}', 403),
        (b'{"source":"marriage","source":"payouts"}', None),  # refused later: a key twice
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, 400),
        (b'{"source":"pay\\u006futs"}', None),
        (b'{"source":"payouts\\u0000"}', 403),
        (b'{"source":"\\ud800"}', None),
        (b"\xef\xbb\xbf{}", 400),
        (b"null", 400),
        (b'{"source":"payouts"} {}', 400),
    ],
)
def test_names_and_nesting_at_the_edge(raw: bytes, status: int | None) -> None:
    found = look(raw, "payouts", KNOWN)
    assert (found.status if isinstance(found, Refused) else None) == status
