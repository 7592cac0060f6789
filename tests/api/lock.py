"""The shape of the read API, frozen: addresses, parameters, fields and their types.

`python -m tests.api.lock` writes it anew. Clients are built on it: what was published under
`/api/v1` stays as it is, so the command refuses to lock where something vanished or is of another
type. What is added is locked. Names of codes, and prose, may be improved at any time.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from api.read import document
from api.read.shape import BASE, Field, Operation
from reports import registers
from tests.support.bureau import SAMPLE

LOCK = Path(__file__).with_name("read.lock.json")
Shape = dict[str, dict[str, dict[str, str]]]


def national(operation: Operation) -> bool:
    """Whether it is the same for every bureau: registers of its own are its own promise."""
    name = operation.path.split("/")[2:3]
    own = set(registers.of(SAMPLE)) - registers.national(SAMPLE)
    return operation.tag != "名录" or not name or name[0] not in own


def shape() -> Shape:
    """Address → parameters and fields, by name, with their types."""
    return {
        BASE + each.path: {
            "parameters": {one.name: one.types for one in each.parameters},
            "fields": dict(_flat(each.answer)),
        }
        for each in document.operations(SAMPLE)
        if national(each)
    }


def _flat(fields: tuple[Field, ...], above: str = "") -> Iterator[tuple[str, str]]:
    for each in fields:
        name = above + each.name
        yield name, each.types
        yield from _flat(each.inside, f"{name}[]." if each.type == "array" else f"{name}.")


def locked() -> Shape:
    found: Shape = json.loads(LOCK.read_text(encoding="utf-8"))
    return found


def broken(before: Shape, now: Shape) -> list[str]:
    """What was published and is no more, or is of another type."""
    found = []
    for path, parts in before.items():
        if path not in now:
            found.append(f"{path} is no more")
            continue
        for part, names in parts.items():
            for name, kind in names.items():
                other = now[path][part].get(name)
                if other is None:
                    found.append(f"{path}: {part} {name} is no more")
                elif other != kind:
                    found.append(f"{path}: {part} {name} was {kind} and is {other}")
    return found


if __name__ == "__main__":
    if LOCK.exists() and (wrong := broken(locked(), shape())):
        sys.exit("\n".join([*wrong, "a client may rely on it: keep it, or begin /api/v2"]))
    text = json.dumps(shape(), ensure_ascii=False, indent=1, sort_keys=True)
    LOCK.write_text(text + "\n", encoding="utf-8")
