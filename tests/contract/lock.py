"""The contracts, frozen: `python -m tests.contract.lock` writes what is here now.

A vendor builds against a type; a type that changes under its version breaks what is already
running. So the lock refuses a change that breaks publishers, and says why it does: such a change
needs a new version (`.v2`). `--even-so WHY` takes it all the same, before anybody publishes, and
notes the reason. What breaks nobody is noted in the history of the contracts
(bureaus/contracts.json), which publishers are shown; a sample of what is new or changed is kept in
`published/` and must be accepted for ever.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from domain.catalogue import type_of
from domain.contract import stories
from domain.contract.messages import Book
from infra import bureaus
from infra.contracts import HISTORY
from tests.contract.compare import Change, changes, frozen, of_bureau
from tests.support.bureau import SAMPLE

LOCK = Path(__file__).with_name("events.lock.json")
PUBLISHED = Path(__file__).with_name("published")
FOLDERS = ("445102", "439902")


@cache
def now() -> dict[str, Any]:
    """The contracts as they are, with the sources and codes of both sample bureaus."""
    book = Book(SAMPLE)
    made = frozen(book)
    for folder in FOLDERS:
        bureau = bureaus.read_once(bureaus.SHIPPED / folder)
        made["bureaus"][bureau.division] = of_bureau(bureau, book.definitions["$defs"])
    return made


def locked() -> dict[str, Any]:
    """The contracts as they were frozen."""
    made: dict[str, Any] = json.loads(LOCK.read_text(encoding="utf-8"))
    return made


def in_words(found: Change) -> str:
    """A change, for whoever made it."""
    return f"{found.type or 'codes'} {found.pointer}: {found.english} / {found.chinese}"


def write(on: date, why: str = "") -> None:
    """Freeze what is here now. Raises SystemExit where that breaks a publisher, without a `why`."""
    made = now()
    found = list(changes(locked(), made))
    if (broken := [change for change in found if change.breaks]) and not why:
        text = "\n".join(map(in_words, broken))
        raise SystemExit(f"This breaks publishers; it needs a new version of the type:\n{text}")
    noted = json.loads(HISTORY.read_text(encoding="utf-8"))
    for change in found:
        told = {"on": f"{on}", **change._asdict()}
        noted.append(told | ({"why": why} if change.breaks else {}))
    HISTORY.write_text(as_lines(noted), encoding="utf-8")
    LOCK.write_text(json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    sample({change.type for change in found if change.type}, on)


def sample(types: set[str], on: date) -> None:
    """Keep a sample of each of these types, after what it needs."""
    file = PUBLISHED / f"{on}.jsonl"
    kept = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    told = {message["id"]: message for message in map(json.loads, kept)}
    for name in sorted(types):
        if (event := type_of(name)) is not None:
            told |= {one.message["id"]: one.message for one in stories.of(event, SAMPLE)}
    if told:
        order = sorted(told.values(), key=lambda message: str(message["time"]))
        lines = [json.dumps(message, ensure_ascii=False) + "\n" for message in order]
        file.write_text("".join(lines), encoding="utf-8")


def as_lines(noted: list[dict[str, Any]]) -> str:
    """The history's content: one change a line."""
    return "[\n" + ",\n".join(json.dumps(told, ensure_ascii=False) for told in noted) + "\n]\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--even-so", default="", metavar="WHY")
    write(datetime.now(UTC).date(), parser.parse_args().even_so)
