"""What was expected is said in Chinese and in English, of every fault there can be."""

from __future__ import annotations

import ast
import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import domain
from domain import examples, wanted
from domain.catalogue import EVENTS
from domain.envelope import Door
from domain.event import Event
from domain.faults import REASONS, Unacceptable
from tests.support.bureau import SAMPLE

ROOM = Path(domain.__file__).parent
JUNK: tuple[Any, ...] = (
    *("", "x y", "x" * 600, "1", "２", "1800-01-01", "2024-02-30", "11010119900101123X"),
    *("445190198503150019", "123456789012345678", "445102000000", 1.5, -1, 10**15, True),
    *([], {}, ["x", "x"], None),
)
FAULTS = {"fault", "Fault", "Unacceptable", "wrong_field", "Wrong", "PydanticCustomError"}
CODES = re.compile(r"'[^']*'|“[^”]*”|[a-z]+://|[A-Za-z0-9]*[-_./:*][-_./:*A-Za-z0-9]*")
"""Parts of a text that are codes, and so in no language."""


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a message."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for step, below in inner:
        yield (*path, step)
        if isinstance(below, dict | list):
            yield from places(below, (*path, step))


def expected_of(message: Any, *, replay: bool = True) -> set[tuple[str, str]]:
    try:
        Door(SAMPLE, replay=replay).read(json.dumps(message, ensure_ascii=False).encode())
    except Unacceptable as refusal:
        return {(each.code, each.expected) for each in refusal.faults}
    return set()


def of_an_event(kind: type[Event]) -> set[tuple[str, str]]:
    """What is expected where each field of an example is wrong, or missing."""
    right = examples.message(kind, SAMPLE) | {"data": examples.full(kind, SAMPLE)}
    found = expected_of(right, replay=False)
    for path in places(right):
        for junk in JUNK:
            wrong = copy.deepcopy(right)
            holder: Any = wrong
            for step in path[:-1]:
                holder = holder[step]
            if junk is None:
                del holder[path[-1]]
            else:
                holder[path[-1]] = junk
            found |= expected_of(wrong)
    return found


def written_in_code() -> set[str]:
    """Every text that a call in this room gives a fault, whole."""
    return {
        item.value
        for path in ROOM.rglob("*.py")
        if "reading" not in path.parts  # of a bureau's folder, which no publisher sends
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in FAULTS
        for item in (*call.args, *(each.value for each in call.keywords))
        if isinstance(item, ast.Constant) and isinstance(item.value, str) and " " in item.value
    }


def is_chinese(text: str) -> bool:
    """Whether nothing in it is English but codes: no two words in a row."""
    bare = CODES.sub("", text)
    return re.search(r"[a-z]{2,} [a-z]{2,}", bare) is None


def is_whole(expected: str) -> bool:
    said = wanted.in_chinese(expected)
    names_codes = not re.search(r"[A-Za-z]{2,} [a-z]{2,}", CODES.sub("", expected))
    return names_codes or (is_chinese(said) and re.search("[\u4e00-\u9fff]", said) is not None)


@pytest.mark.parametrize("line", sorted({name.partition(".")[0] for name in EVENTS}))
def test_what_a_field_should_be_is_said_in_both_languages(line: str) -> None:
    found = {
        expected
        for name, kind in EVENTS.items()
        if name.partition(".")[0] == line
        for code, expected in of_an_event(kind)
        if expected != REASONS[code] and not expected.startswith("no other fields than")
    }
    assert found
    assert [each for each in sorted(found) if not is_whole(each)] == []
    assert [each for each in sorted(found) if "String should match" in each] == []


def test_every_text_of_a_fault_has_its_chinese() -> None:
    texts = written_in_code()
    assert len(texts) > 20
    assert [each for each in sorted(texts) if not is_whole(each)] == []
    assert [each for each in sorted(texts) if re.search("[\u4e00-\u9fff]{6}", each)] == []


def test_a_number_with_a_wrong_last_character_is_asked_for_in_both_languages() -> None:
    ((code, expected),) = expected_of(
        examples.message(kind := EVENTS["assistance.application-received.v1"], SAMPLE)
        | {
            "data": examples.full(kind, SAMPLE)
            | {
                "applicant": {
                    "id_kind": "resident-id",
                    "id_number": "445190198503150019",
                    "name": "示",
                }
            }
        }
    )
    assert wanted.wanted(code, expected) == (
        "居民身份证号（GB 11643），末位校验码须与前 17 位相符",
        "a resident identity number (GB 11643), whose last character fits the others",
    )
