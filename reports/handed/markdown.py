"""Markdown as our renderer writes it, or as somebody changed it: its text without its marks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reports.handed.file import CELL, Block, Handed, handed, manifest_in
from reports.handed.text import decoded

_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_LINK = re.compile(r"(?<!\\)\[((?:[^\[\]\\]|\\.)*)\]\([^()\s]*\)")
_RULE = re.compile(r"\|?[\s:|-]+\|?")
_LEAD = re.compile(r"(#{1,6}|>)\s+")
_BOLD = re.compile(r"(?<!\\)\*\*")
_BAR = re.compile(r"(?<!\\)\|")
_ESCAPE = re.compile(r"\\([\\`*_\[\]<>#|~+.)-])")


def read(raw: bytes) -> Handed:
    """Its lines. Raises NotReadable."""
    text = decoded(raw)
    # The last one: somebody may have put another document above.
    found = [made for each in _COMMENT.findall(text) if (made := manifest_in(each)) is not None]
    return handed("md", _blocks(_COMMENT.sub("", text)), found[-1] if found else None)


def _blocks(text: str) -> Iterator[Block]:
    for line in map(str.strip, text.splitlines()):
        if line.startswith("|"):
            if not _RULE.fullmatch(line):
                cells = _BAR.split(line.removesuffix("|"))[1:]
                yield Block(CELL.join(_plain(cell.strip()) for cell in cells))
        else:
            yield Block(_plain(_LEAD.sub("", line)))


def _plain(text: str) -> str:
    return _ESCAPE.sub(r"\1", _BOLD.sub("", _LINK.sub(r"\1", text)))
