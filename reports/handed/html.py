"""An HTML page as readers see it: ours, what a portal made of it, or what an editor saved."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from reports.handed.file import CELL, Block, Handed, Mark, NotReadable, handed, manifest_in
from reports.handed.text import decoded

MOST = 8_000_000
_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "dd", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table"),
        *("tbody", "tfoot", "thead", "tr", "ul"),
    )
)
_UNREAD = frozenset(("script", "style", "template", "title", "noscript", "svg", "select", "option"))
_VOID = frozenset(
    (
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"),
        *("track", "wbr"),
    )
)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[Block] = []
        self.pieces: list[str] = []
        self.length = 0
        self.marks: list[Mark] = []
        self.open: list[tuple[str, str, int, bool]] = []
        """Elements: tag, id, where it began in its block, whether readers see it not."""
        self.unread = 0
        self.row = False
        self.manifest: dict[str, Any] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {key: value or "" for key, value in attrs}
        style = told.get("style", "").replace(" ", "").lower()
        hidden = tag in _UNREAD or "hidden" in told or "display:none" in style
        if tag in _BLOCKS and not self.row:
            self._flush()
        if tag == "tr":
            self._flush()
            self.row = True
        if tag in ("td", "th") and self.length:
            self._add(CELL)
        if tag == "br":
            self._add("\n")
        if tag not in _VOID:
            mark = told.get("data-mark") or told.get("id", "")
            self.open.append((tag, mark, self.length, hidden))
            self.unread += hidden

    def handle_endtag(self, tag: str) -> None:
        if not any(each[0] == tag for each in self.open):
            return
        while self.open:
            name, mark, start, hidden = self.open.pop()
            self.unread -= hidden
            if mark and self.length > start:
                self.marks.append(Mark(mark, start, self.length))
            if name == tag:
                break
        if tag in ("tr", "table"):
            self.row = False
        if tag in _BLOCKS and not self.row:
            self._flush()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] == "script":
            self.manifest = manifest_in(data) or self.manifest
        if not self.unread:
            self._add(data)

    def _add(self, text: str) -> None:
        self.pieces.append(text)
        self.length += len(text)

    def _flush(self) -> None:
        if self.pieces:
            self.blocks.append(Block("".join(self.pieces), tuple(self.marks)))
        self.pieces, self.length, self.marks = [], 0, []
        self.open = [(tag, "", 0, hidden) for tag, _, _, hidden in self.open]


def read(raw: bytes) -> Handed:
    """Its text in order. Raises NotReadable."""
    text = decoded(raw)
    if len(text) > MOST:
        raise NotReadable(f"网页超过 {MOST:,} 字，不予读取 / the page is too large")
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader._flush()  # noqa: SLF001  what stands after the last element
    return handed("html", reader.blocks, reader.manifest)
