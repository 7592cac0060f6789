"""No clear name, number, account or address of any generated person outside the sealed parts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from projections.read_model import SCHEMA
from tests.year.conftest import Loaded

SEALED = {
    ("ledger", "sealed_part", "sealed"),
    ("ledger", "person_key", "key"),
    ("ledger", "parked", "sealed"),
    ("ledger", "quarantine", "sealed"),
}
HASHES = {"digest", "content", "leaf", "mac", "head", "secret_check", "fingerprint"}
CLEAR_FIELDS = ("name", "id_number", "account", "address", "phone", "card_number")


def clear_words(value: Any) -> Iterator[str]:
    """Every clear personal value of a message: the fields of each object that is a person."""
    if isinstance(value, dict):
        if "id_kind" in value:
            yield from (value[key] for key in CLEAR_FIELDS if isinstance(value.get(key), str))
        for item in value.values():
            yield from clear_words(item)
    elif isinstance(value, list):
        for item in value:
            yield from clear_words(item)


@pytest.fixture(scope="session")
def words(loaded: Loaded) -> set[str]:
    """What must not be found."""
    found: set[str] = set()
    with loaded.file.open("rb") as file:
        for line in file:
            if b'"id_kind"' in line:
                try:
                    found.update(clear_words(json.loads(line)))
                except ValueError:
                    continue
    return found


def leaks(text: str, words: set[str]) -> set[str]:
    """Which of the words stand in a text; words are runs of digits, of Chinese, or addresses."""
    runs = set(re.findall(r"[0-9]+[A-Z]?", text)) | set(re.findall(r"[0-9]{17}[0-9X]", text))
    for run in re.findall(r"[\u4e00-\u9fff0-9]{3,}", text):
        runs.update(run[i : i + n] for n in (3, *ADDRESS_LENGTHS) for i in range(len(run) - n + 1))
    return runs & words


ADDRESS_LENGTHS = range(7, 12)


def test_every_person_is_invented(lines: list[bytes]) -> None:
    """No id of a division that exists: 445190 to 445199 for residents, 99999 for lawyers."""
    numbers = re.findall(r'"id_number":"(\d{5})', b"\n".join(lines).decode())

    assert set(numbers) == {"44519", "99999"}


def test_the_search_would_see_a_leak(words: set[str]) -> None:
    name = next(w for w in words if len(w) == 3)
    number = next(w for w in words if re.fullmatch(r"[0-9]{17}[0-9X]", w))

    assert leaks(f"户主{name}已到账", words) == {name}
    assert leaks(f'{{"id":"{number}"}}', words) == {number}
    assert len(words) > 20_000


async def test_no_column_but_the_sealed_ones_holds_personal_data(
    year_connection: asyncpg.Connection, words: set[str]
) -> None:
    columns = await year_connection.fetch(
        "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns"
        f" WHERE table_schema IN ('ledger', '{SCHEMA}')"
        " AND data_type IN ('text', 'bytea', 'ARRAY', 'jsonb') ORDER BY 1, 2, 3"
    )
    found: dict[tuple[str, ...], set[str]] = {}
    for schema, table, column, kind in columns:
        if (schema, table, column) in SEALED:
            continue
        # Hashes and pseudonyms are random hex; they hold no text to search.
        if kind == "bytea" and column in HASHES:
            continue
        as_text = f"convert_from({column}, 'UTF8')" if kind == "bytea" else f"{column}::text"
        rows = await year_connection.fetch(f"SELECT DISTINCT {as_text} FROM {schema}.{table}")
        text = "\n".join(row[0] for row in rows if row[0])
        if seen := leaks(text, words):
            found[schema, table, column] = set(list(seen)[:3])

    assert found == {}
