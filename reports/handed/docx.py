"""A DOCX as readers see it: words that were struck out, or are hidden, are not there.

Runs that an editor split are one text again; text boxes, footnotes, headers and footers are blocks
of their own. Of a change that is only proposed (修订) what is inserted counts, as it prints.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reports.handed.archive import Archive
from reports.handed.file import CELL, Block, Handed, Mark, NotReadable, handed, manifest_in

_MAIN = re.compile(r"word/document\d*\.xml")
_NOTES = re.compile(r"word/(footnotes|endnotes)\d*\.xml")
_MARGINS = re.compile(r"word/(header|footer)\d*\.xml")
_KEPT = re.compile(r"(customXml/item\d+|docProps/custom)\.xml")
"""Where a manifest may stand."""
_UNREAD = frozenset(
    (
        *("del", "delInstrText", "delText", "Fallback", "instrText", "moveFrom"),
        *("pPrChange", "rPrChange"),
    )
)
"""What no reader is shown; a Fallback says again what stands before it."""
_SIGNS: Mapping[str, str] = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_OFF = ("0", "false", "off")
TRACKED = "含未接受的修订：按已接受核对 / tracked changes, read as if accepted"


@dataclass
class _Text:
    """A block that is being read."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0
    open: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Number of a bookmark → its name, where it began."""
    marks: list[Mark] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.pieces.append(text)
        self.length += len(text)


class _Reader:
    """Goes through a part and collects its blocks."""

    def __init__(self, *, margin: bool = False) -> None:
        self.margin = margin
        self.blocks: list[Block] = []
        self.inside: list[_Text] = []
        """Blocks within blocks: a text box stands in a paragraph."""
        self.rows = [0]
        """How many rows of tables are open, outside and in each text box."""
        self.unread = 0
        self.in_text = False
        self.tracked = False
        self.run: list[str] | None = None
        self.hidden = False

    def begin(self, tag: str, told: Mapping[str, str]) -> None:
        if tag in _UNREAD:
            self.tracked |= tag in ("del", "moveFrom")
            self.unread += 1
        elif self.unread:
            return
        elif tag == "txbxContent":
            self._end_run()
            self.rows.append(0)
        elif tag == "tr":
            self.rows[-1] += 1
            self.inside.append(_Text())
        elif tag == "p":
            if not self.rows[-1]:
                self.inside.append(_Text())
        elif tag == "r":
            self.run, self.hidden = [], False
        elif tag == "vanish":
            self.hidden = told.get("val", "1") not in _OFF
        elif tag == "ins":
            self.tracked = True
        else:
            self._within(tag, told)

    def _within(self, tag: str, told: Mapping[str, str]) -> None:
        if tag == "t":
            self.in_text = True
        elif tag in _SIGNS and self.run is not None:
            self.run.append(_SIGNS[tag])
        elif not self.inside:
            return
        elif tag == "bookmarkStart":
            self.inside[-1].open[told.get("id", "")] = told.get("name", ""), self.inside[-1].length
        elif tag == "bookmarkEnd":
            began = self.inside[-1].open.pop(told.get("id", ""), None)
            if began is not None and self.inside[-1].length > began[1]:
                self.inside[-1].marks.append(Mark(*began, self.inside[-1].length))

    def text(self, text: str) -> None:
        if self.in_text and not self.unread and self.run is not None:
            self.run.append(text)

    def end(self, tag: str) -> None:
        if tag in _UNREAD:
            self.unread -= 1
        elif self.unread:
            return
        elif tag == "t":
            self.in_text = False
        elif tag == "r":
            self._end_run()
        elif tag == "txbxContent":
            self.rows.pop()
        elif tag == "tc" and self.inside and self.rows[-1]:
            self.inside[-1].add(CELL)
        elif tag == "tr":
            self.rows[-1] -= 1
            self._end_block()
        elif tag == "p" and not self.rows[-1]:
            self._end_block()

    def _end_run(self) -> None:
        if self.run and self.inside and not self.hidden:
            self.inside[-1].add("".join(self.run))
        self.run = None

    def _end_block(self) -> None:
        if self.inside:
            made = self.inside.pop()
            text = "".join(made.pieces).rstrip(CELL)
            self.blocks.append(Block(text, tuple(made.marks), self.margin))


def read(raw: bytes) -> Handed:
    """The text of a DOCX in order, footnotes and margins at its end. Raises NotReadable."""
    archive = Archive(raw)
    main = [name for name in archive.names if _MAIN.fullmatch(name)]
    if not main:
        raise NotReadable("不是 DOCX：没有正文 / no DOCX: it has no body")
    tracked = False
    blocks: list[Block] = []
    for names, margin in (
        (main[:1], False),
        (filter(_NOTES.fullmatch, archive.names), False),
        (filter(_MARGINS.fullmatch, archive.names), True),
    ):
        for name in names:
            reader = _Reader(margin=margin)
            archive.walk(name, reader.begin, reader.end, reader.text)
            blocks += reader.blocks
            tracked |= reader.tracked
    found = next(_manifests(archive), None)
    return handed("docx", blocks, found, [TRACKED] if tracked else [])


def _manifests(archive: Archive) -> Iterator[dict[str, Any]]:
    for name in filter(_KEPT.fullmatch, archive.names):
        try:
            found = manifest_in(archive.text(name))
        except NotReadable:
            continue  # another program's part, in whatever form
        if found is not None:
            yield found
