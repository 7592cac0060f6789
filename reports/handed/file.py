"""What is read of a file that was handed in, whatever form it has."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from reports.manifest import FORMAT

MOST_BYTES = 32 * 2**20
MOST_CHARACTERS = 400_000
"""A yearbook; a report has ten thousand."""
CELL = "\t"
"""Between the cells of a row."""


class NotReadable(ValueError):
    """A file cannot be read; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A bookmark, or an id: its name, and what it spans of the text of its block."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a row of a table with its cells parted by CELL."""

    text: str
    marks: tuple[Mark, ...] = ()
    margin: bool = False
    """Whether it stands in a header or a footer."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A file: its form, its blocks with text, its manifest, and what people should know."""

    form: str
    blocks: tuple[Block, ...]
    manifest: dict[str, Any] | None = None
    notes: tuple[str, ...] = ()


def handed(
    form: str,
    blocks: Iterable[Block],
    manifest: dict[str, Any] | None = None,
    notes: Iterable[str] = (),
) -> Handed:
    """Blocks without the empty ones. Raises NotReadable where there is no text, or too much."""
    kept = tuple(block for block in blocks if block.text.strip())
    if not kept:
        raise NotReadable("文件里没有文字；扫描件须先识别 / there is no text in it")
    if sum(len(block.text) for block in kept) > MOST_CHARACTERS:
        raise NotReadable(f"文字超过 {MOST_CHARACTERS:,} 字，不像一份文稿 / too much text")
    return Handed(form, kept, manifest, tuple(dict.fromkeys(notes)))


def manifest_in(text: str) -> dict[str, Any] | None:
    """A manifest of ours in a text; None for all else. It says what to look up, and no more."""
    start, end = text.find("{"), text.rfind("}")
    if FORMAT not in text or not 0 <= start < end:
        return None
    try:
        found = json.loads(text[start : end + 1])
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and found.get("format") == FORMAT else None
