"""A page as its elements: what a reader's tools make of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr"})
LANDMARKS = {
    "header": "banner",
    "nav": "navigation",
    "main": "main",
    "footer": "contentinfo",
    "form": "form",
    "aside": "complementary",
}
SECTIONS = ("article", "section", "main", "aside", "nav")
"""Within these a header or a footer is no landmark."""


@dataclass
class Element:
    """A tag with what stands in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    parent: Element | None = None
    inside: list[Element | str] = field(default_factory=list)

    @property
    def children(self) -> list[Element]:
        return [one for one in self.inside if isinstance(one, Element)]

    @property
    def text(self) -> str:
        """All text in it, with no more space than is read."""
        return " ".join("".join(self._texts()).split())

    @property
    def lang(self) -> str:
        """The language of its text."""
        here: Element | None = self
        while here is not None:
            if "lang" in here.attributes:
                return here.attributes["lang"]
            here = here.parent
        return ""

    def above(self) -> Iterator[Element]:
        """What it stands in, from inside out."""
        here = self.parent
        while here is not None:
            yield here
            here = here.parent

    def all(self, tag: str = "") -> Iterator[Element]:
        """The elements in it with this tag, or every one."""
        for one in self.children:
            if tag in ("", one.tag):
                yield one
            yield from one.all(tag)

    def _texts(self) -> Iterator[str]:
        for one in self.inside:
            if isinstance(one, str):
                yield one
            else:
                yield from one._texts()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self._here = Element("")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs}, self._here)
        self._here.inside.append(made)
        if tag not in VOID:
            self._here = made

    def handle_endtag(self, tag: str) -> None:
        assert self._here.tag == tag, f"</{tag}> ends <{self._here.tag}>"
        assert self._here.parent is not None
        self._here = self._here.parent

    def handle_data(self, data: str) -> None:
        self._here.inside.append(data)


def read(page: str) -> Element:
    """The elements of a page; each must be ended where it began."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader._here is reader.root, f"<{reader._here.tag}> is not ended"
    return reader.root


def landmarks(page: Element) -> list[tuple[str, str]]:
    """Kind and name of each landmark; a region is one where it has a name."""
    found = []
    for one in page.all():
        kind = one.attributes.get("role") or LANDMARKS.get(one.tag, "")
        name = one.attributes.get("aria-label", "")
        if one.tag in ("header", "footer") and any(up.tag in SECTIONS for up in one.above()):
            continue
        if kind in (*LANDMARKS.values(), "region") and (name or kind not in ("form", "region")):
            found.append((kind, name))
    return found
