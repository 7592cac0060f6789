"""Every field and every code of a contract says in Chinese and English what it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.catalogue import EVENTS, LINES, full_type
from domain.contract import standards, words
from domain.contract.english import ENGLISH
from domain.contract.messages import TYPES
from domain.contract.words import NoWord, word
from domain.laws import basis
from tests.support.contracts import BOOK

HAN = re.compile("[\u4e00-\u9fff]")
LATIN = re.compile("[A-Za-z]{2}")
NO_EXAMPLE = {"data"}


def fields(schema: Any, of: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each field of the objects of a schema, by where it stands."""
    if isinstance(schema, list):
        for inner in schema:
            yield from fields(inner, of)
    elif isinstance(schema, dict):
        if schema.get("type") == "object":
            for name, field in schema.get("properties", {}).items():
                yield f"{of}.{name}", field
        for key, inner in schema.items():
            yield from fields(inner, f"{of}/{key}" if key != "properties" else of)


ALL = [
    *fields(BOOK.definitions, "definitions"),
    *(found for name in TYPES for found in fields(BOOK.message(name), name)),
]


def test_there_are_as_many_fields_as_the_classes_have() -> None:
    assert len(ALL) > 1_200


def test_every_field_has_a_chinese_name() -> None:
    assert not [where for where, field in ALL if not HAN.search(field.get("x-label", ""))]


def test_every_field_is_described_in_chinese_and_english() -> None:
    """By its name, what it must be, and its unit where it has one."""
    described = {where: field.get("description", "") for where, field in ALL if "data" not in where}
    halves = {where: text.partition(" / ") for where, text in described.items()}
    assert not [where for where, (zh, _, _en) in halves.items() if not HAN.search(zh)]
    assert not [where for where, (_, _, en) in halves.items() if not LATIN.search(en)]


def test_every_field_says_in_english_more_than_its_name() -> None:
    """A docstring of its class does, its type does, or the table of English words."""
    only = {
        where
        for where, field in ALL
        if field.get("description", "").partition(" / ")[2].strip().lower()
        == where.rpartition(".")[2].replace("_", " ")
    }
    assert not only


def test_no_english_word_is_said_that_no_field_needs() -> None:
    """One that is gone, misspelt, or explained by its class by now."""
    asked: set[str] = set()
    english = words.english

    def noted(name: str) -> str:
        asked.add(name)
        return english(name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("domain.contract.schema.english", noted)
        book = type(BOOK)(BOOK.bureau)
        assert book.definitions
    explained = {line.partition(" ")[0] for line in ENGLISH.split("\n") if line}
    assert explained - asked == set()


BEHIND = {
    "id_number": "GB 11643",
    "uscc": "GB 32100",
    "firm_code": "GB 32100",
    "residence_division": "GB/T 2260",
    "township": "GB/T 10114",
    "settled_on": "GB/T 7408",
    "receivedat": "RFC 3339",
    "card_number": "GB 11643",
    "listed_ground": "《行政处罚法》第五十八条",
}


@pytest.mark.parametrize("name", BEHIND)
def test_a_field_says_the_standard_or_law_behind_it(name: str) -> None:
    """Wherever it stands, and whether it is optional or in a list."""
    told = {where: field for where, field in ALL if where.rpartition(".")[2] == name}
    assert told
    lacking = [w for w, field in told.items() if BEHIND[name] not in field.get("x-standard", "")]
    assert lacking == []


def test_every_standard_is_of_something_and_every_law_is_in_the_table() -> None:
    types = {*BOOK.definitions["$defs"], "Instant"}
    assert {*standards.NORMS, *standards.BASES} - types == set()
    assert set(standards.FIELDS) - {where.rpartition(".")[2] for where, _ in ALL} == set()
    for text in standards.BASES.values():
        for citation in basis(text).citations:
            assert BOOK.bureau.laws.named(citation.law), citation.law


def test_what_was_not_read_says_so() -> None:
    """A standard of the state is sold, and none was read here."""
    told = {field["x-standard"] for _, field in ALL if "x-standard" in field}
    assert {
        each for each in told if "GB" in each and not each.endswith(standards.NOT_READ)
    } == set()


def test_every_field_has_an_example() -> None:
    lacking = {where for where, field in ALL if "examples" not in field}
    assert {where.rpartition(".")[2] for where in lacking} <= NO_EXAMPLE


def test_money_says_its_unit() -> None:
    fen = {w: f for w, f in ALL if w.endswith("_fen")}
    assert fen
    assert not [where for where, field in fen.items() if "分" not in field["description"]]


def lists(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if "enum" in schema:
            yield schema
        schema = list(schema.values())
    if isinstance(schema, list):
        for inner in schema:
            yield from lists(inner)


def test_every_code_has_a_chinese_label() -> None:
    found = [*lists(BOOK.definitions["$defs"])]
    found += [each for name in TYPES for each in lists(BOOK.message(name)["$defs"]["data"])]

    codes = [
        (code, each.get("x-labels", {}).get(str(code))) for each in found for code in each["enum"]
    ]
    assert len(codes) > 300
    assert not [code for code, label in codes if label is None]


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda e: e.TYPE)
def test_a_type_says_its_law_its_senders_and_what_parks_it(event: Any) -> None:
    made = BOOK.message(full_type(event))

    assert HAN.search(made["x-label"])
    assert made["x-basis"]
    assert made["$defs"]["message"]["properties"]["source"]["enum"]
    assert made["x-stream"]["kind"] == event.STREAM
    assert event.OPENS or made["x-stream"]["opened_by"]
    assert made["x-parked-until"]


def test_every_line_is_called_as_the_glossary_calls_it() -> None:
    glossary = (Path(__file__).parents[2] / "docs/glossary.md").read_text(encoding="utf-8")
    assert set(words.LINES) == set(LINES)
    for line, name in words.LINES.items():
        assert f"| {name} | `{line}` |" in glossary


def test_a_field_without_a_name_is_told_by_its_own() -> None:
    with pytest.raises(NoWord, match="Payment\\.amuont_fen has no Chinese label"):
        word("amuont_fen", "Payment")


def test_no_name_is_explained_that_nothing_has() -> None:
    """A label that nobody needs is one of a field that is gone, or a misspelt one."""
    used: set[str] = set()
    asked = words.word

    def noted(field: str, *owners: str) -> words.Word:
        names = [*(f"{owner}.{field}" for owner in owners), field]
        used.add(next(name for name in names if name in words.known()))
        return asked(field, *owners)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("domain.contract.schema.word", noted)
        patch.setattr("domain.contract.opened.word", noted)
        book = type(BOOK)(BOOK.bureau)
        assert book.definitions
    assert words.known() - used == set()
