"""Cutting values out of received bytes, and putting them back, however a vendor writes JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.event import Path
from ledger.content import canonical, compact
from ledger.spans import cut_out, put_back
from tests.oracle.delivery import oddly

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(TEXT, VALUES, max_size=5)


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every path in a value but the whole."""
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    for step, inner in steps:
        yield (*path, step)
        if isinstance(inner, dict | list):
            yield from places(inner, (*path, step))


def at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def apart(paths: list[Path]) -> list[Path]:
    """Those that do not lie within another."""
    return [p for p in paths if not any(q != p and p[: len(q)] == q for q in paths)]


@given(OBJECTS, st.data())
def test_what_is_cut_out_is_the_value_and_comes_back(message: Any, data: st.DataObject) -> None:
    raw = oddly(message, data.draw(st.randoms()))
    chosen = st.lists(st.sampled_from(sorted(places(message), key=str)), unique=True, max_size=4)
    paths = apart(data.draw(chosen)) if message else []
    instead = [b'{"ref":"%d"}' % number for number in range(len(paths))]

    left, cuts = cut_out(raw, list(zip(paths, instead, strict=True)))

    for path, cut, new in zip(paths, cuts, instead, strict=True):
        assert json.loads(cut.value) == at(message, path)
        assert left[cut.start : cut.start + cut.length] == new
        assert at(json.loads(left), path) == json.loads(new)
    assert put_back(left, reversed(cuts)) == raw


@given(OBJECTS, st.data())
def test_a_value_has_one_canonical_text_however_it_is_written(
    message: Any, data: st.DataObject
) -> None:
    raw = oddly(message, data.draw(st.randoms()))
    assert canonical(json.loads(raw)) == canonical(message)
    assert json.loads(canonical(message)) == message


@given(OBJECTS, st.data())
def test_only_bytes_that_waste_none_are_read_at_once(message: Any, data: st.DataObject) -> None:
    raw = oddly(message, data.draw(st.randoms()))
    made = compact(raw)
    if made is not None:
        assert made == (message, canonical(message))
        assert len(made[1]) == len(raw)
    tight = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    if b"\\u" not in tight:
        assert compact(tight) == (message, canonical(message))


def test_the_canonical_text_is_that_of_rfc_8785() -> None:
    """Its example of keys and texts, without the numbers that no contract takes."""
    value = {
        "string": '\u20ac$\u000f\nA\'B"\\\\"/',
        "literals": [None, True, False],
        "1": {"f": {"f": "hi", "F": 5}, "\n": 56},
        "10": {},
        "": "empty",
        "a": {},
        "111": [{"e": "yes", "E": "no"}],
        "A": {},
    }
    assert canonical(value).decode() == (
        '{"":"empty","1":{"\\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{"E":"no","e":"yes"}],'
        '"A":{},"a":{},"literals":[null,true,false],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_numbers_with_a_fraction_are_not_read_at_once() -> None:
    """They could be written longer than they came, and hide what reading dropped."""
    assert compact(b'{"a":1,"a":1,"b":1e9}') is None
    assert compact(b'{"a":1e2}') is None
    assert compact(b'{"a":-0,"b":1}') is None
