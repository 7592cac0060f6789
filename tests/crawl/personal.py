"""What is known of persons in a ledger, and whether any of it stands in an answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import asyncpg
from pypdf import PdfReader

from infra.settings import Settings
from ledger import keys
from ledger.seal import Sealer, unseal_person
from reports.shown import SAMPLE_BANNER
from tests.crawl.walk import Answer

PERSONS = (
    "SELECT e.open, s.sealed, k.person, k.key, k.master FROM ledger.sealed_part AS s"
    " JOIN ledger.entry AS e USING (ledger, position)"
    " JOIN ledger.person_key AS k USING (ledger, person) WHERE s.ledger = $1"
)
ASIDE = (
    "SELECT sealed FROM ledger.parked WHERE ledger = $1 AND sealed <> ''"
    " UNION ALL SELECT sealed FROM ledger.quarantine WHERE ledger = $1 AND sealed <> ''"
)
HAN = "\u3400-\u9fff"
TELLING = re.compile(rf"[{HAN}]{{2}}|[0-9]{{7}}")
"""A name, an address, a number of anything; no code of a contract is like that."""
RUNS = re.compile(rf"[{HAN}0-9Xx]{{2,}}")
BINARY = ("application/vnd.openxmlformats-officedocument", "application/zip")


async def words(connection: asyncpg.Connection, ledger: str, settings: Settings) -> set[str]:
    """Every value of a person in the ledger: of what is sealed in it, and of what was put aside."""
    found: set[str] = set()
    sealer = Sealer(settings.secret, ledger)
    for row in await connection.fetch(PERSONS, ledger):
        key = keys.opened(sealer, ledger, row)
        found.update(_of(json.loads(unseal_person(key, row["open"], row["sealed"]))))
    for (sealed,) in await connection.fetch(ASIDE, ledger):
        try:
            message = json.loads(sealer.unbox(sealed))
        except ValueError:
            continue
        found.update(_of_persons(message))
    return {word for word in found if word not in SAMPLE_BANNER}


def _of_persons(value: Any) -> Iterator[str]:
    if isinstance(value, dict) and "id_kind" in value:
        yield from _of(value)
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _of_persons(item)


def _of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if TELLING.search(value):
            yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _of(item)


class Search:
    """Finds words in texts; most are runs of digits and Chinese, and are looked up by length."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = set(words)
        self._lengths = sorted({len(word) for word in self._words if RUNS.fullmatch(word)})
        self._others = [word for word in self._words if not RUNS.fullmatch(word)]

    def __call__(self, text: str) -> set[str]:
        found = {word for word in self._others if word in text}
        for run in set(RUNS.findall(text)):
            for length in self._lengths:
                for start in range(len(run) - length + 1):
                    if run[start : start + length] in self._words:
                        found.add(run[start : start + length])
        return found


def all_of(answer: Answer) -> str:
    """All text of an answer: of an archive every part of it, its names and its metadata too.

    Of a PDF what is printed, and the files in it.
    """
    if answer.kind.startswith("application/pdf"):
        made = PdfReader(BytesIO(answer.body))
        parts = [body.decode() for each in made.attachments.values() for body in each]
        return "\n".join([*(page.extract_text() for page in made.pages), *parts])
    if not answer.kind.startswith(BINARY):
        return answer.body.decode("utf-8", "replace") + repr(answer.headers)
    return "\n".join(_parts(answer.body))


def _parts(body: bytes) -> Iterator[str]:
    """The parts of an archive; a workbook in a pack is an archive, too."""
    with ZipFile(BytesIO(body)) as archive:
        yield repr(archive.comment)
        for each in archive.infolist():
            part = archive.read(each)
            yield each.filename
            if part.startswith(b"PK"):
                yield from _parts(part)
            else:
                text = part.decode("utf-8", "replace")
                yield re.sub("<[^>]*>", " ", text) + text


def told(answers: Iterable[Answer], search: Search) -> list[str]:
    """Each answer in which something of a person stands."""
    return [
        f"{each.address}: {sorted(seen)[:3]}" for each in answers if (seen := search(all_of(each)))
    ]
