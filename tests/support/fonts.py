"""Fonts of the machine, and one of another name: what an office puts into its folder."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest

from reports.render import faces

COLLECTION = b"ttcf"
FAMILY, STYLE, FULL, POSTSCRIPT = 1, 2, 4, 6
ENGLISH = (3, 1, 0x409)
"""Windows, Unicode, English: what a name is said in."""


def there() -> None:
    """The test is skipped, and says so, where the machine has no Chinese font."""
    try:
        faces.found()
    except faces.FontsMissing:
        pytest.skip("NO FONT: PDF was not made (apt-get install fonts-noto-cjk)")


def renamed(font: Any, family: str) -> bytes:
    """A font that typst lists, as a file of its own, called otherwise."""
    content = Path(font.path).read_bytes()
    at = 0
    if content[:4] == COLLECTION:
        (at,) = struct.unpack_from(">I", content, 12 + 4 * font.index)
    (count,) = struct.unpack_from(">H", content, at + 4)
    tables = {}
    for n in range(count):
        tag, _, start, length = struct.unpack_from(">4sIII", content, at + 12 + 16 * n)
        tables[tag] = content[start : start + length]
    tables[b"name"] = _names(family)
    made = content[at : at + 4] + struct.pack(">4H", count, 0, 0, 0)
    place, bodies = 12 + 16 * count, b""
    for tag, body in sorted(tables.items()):
        made += struct.pack(">4sIII", tag, 0, place + len(bodies), len(body))
        bodies += body + b"\0" * (-len(body) % 4)
    return made + bodies


def _names(family: str) -> bytes:
    texts = {FAMILY: family, STYLE: "Regular", FULL: family, POSTSCRIPT: "Renamed"}
    records, words = b"", b""
    for number, text in texts.items():
        said = text.encode("utf-16-be")
        records += struct.pack(">6H", *ENGLISH, number, len(said), len(words))
        words += said
    return struct.pack(">3H", 0, len(texts), 6 + len(records)) + records + words
