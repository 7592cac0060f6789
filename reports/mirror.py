"""What a page of another site says of a release, compared with what was released.

The page was put in by hand. Its layout, its spaces and the width of its marks are its own; its
title, its sentences and its numbers must be ours.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from html import unescape

from reports.document import Document, FigureRef, Table
from reports.release import Address
from reports.shown import INVENTED

MOST_NAMED = 10
"""Sentences that are told, of those that are not there."""
_LONGEST = 60
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]+)", re.IGNORECASE)
_GB = ("gb2312", "gbk", "gb18030")
_MARKUP = re.compile(
    r"<!--.*?-->|<(script|style|template)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE
)
"""What no reader is told: comments, scripts, styles, tags."""


def differences(document: Document, page: bytes, address: Address) -> list[str]:
    """In words, what of a release the page does not say; nothing where it says it all."""
    text = _folded(text_of(page))
    found = []
    if _folded(document.title) not in text:
        found.append(f"没有标题“{document.title}”")
    for name, number in dict.fromkeys(_numbers(document)):
        if _folded(number) not in text:
            found.append(f"没有数值 {number}（{name}）")
    lacking = [said for said in _said(document) if _folded(said) not in text]
    found += [f"没有这一句：{_cut(said)}" for said in lacking[:MOST_NAMED]]
    if len(lacking) > MOST_NAMED:
        found.append(f"另有 {len(lacking) - MOST_NAMED} 句不在网页上")
    if address.content is not None and hashlib.sha256(page).hexdigest() != address.content:
        found.append("网页与登记时的校验码不同，刊载后改过")
    return found


def text_of(page: bytes) -> str:
    """What a page says to readers; in UTF-8, or in GB18030 where it says so."""
    declared = _CHARSET.search(page[:2_000])
    name = declared[1].decode("ascii").lower() if declared else ""
    text = page.decode("gb18030" if name in _GB else "utf-8", errors="replace")
    return unescape(_MARKUP.sub("", text))


def _said(document: Document) -> Iterator[str]:
    """Headings, sentences and rows, as they stand on a page."""
    for section in document.printed:
        if section.heading:
            yield section.heading
        for block in section.blocks:
            if isinstance(block, Table):
                for row in block.rows:
                    unit = row.unit if block.by_row else ""
                    yield "".join([row.heading, unit, *(cell.text for cell in row.cells)])
            elif block.text:
                yield block.text


def _numbers(document: Document) -> Iterator[tuple[str, str]]:
    for section in document.printed:
        for paragraph in section.paragraphs:
            for run in paragraph.runs:
                if isinstance(run, FigureRef):
                    yield run.name, run.text


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).replace(f"({INVENTED})", "").split())


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
